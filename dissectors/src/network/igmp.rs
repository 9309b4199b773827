//! IGMP (RFC 1112, RFC 2236, RFC 3376) and the multicast tracing of mtrace.

use crate::below::Below;
use crate::checksum;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Elapsed, Fixed, Hex, Ipv4, Named, Otherwise, Table};
use crate::routing::{dvmrp, pim};
use crate::view::{Step, View};

const TYPE: Field<u8> = Field::new("igmp.type", 0);
const MAX_RESPONSE: Field<u8> = Field::new("igmp.max_resp", 1);
const CHECKSUM: Field<u16> = Field::new("igmp.checksum", 2);
const GROUP: Field<Ipv4> = Field::new("igmp.maddr", 4);

const QUERY: u8 = 0x11;
const REPORT_V1: u8 = 0x12;
const DVMRP: u8 = 0x13;
const PIM_V1: u8 = 0x14;
const REPORT_V2: u8 = 0x16;
const LEAVE: u8 = 0x17;
const TRACE_RESPONSE: u8 = 0x1e;
const TRACE: u8 = 0x1f;
const REPORT_V3: u8 = 0x22;

/// The usual response time in tenths of a second: it is not printed.
const USUAL_RESPONSE: u8 = 100;

const RECORD_NAMES: Table = &[(1, "is_in"), (2, "is_ex"), (3, "to_in"), (4, "to_ex"), (5, "allow"), (6, "block")];

/// The records of a report of version 3 (RFC 3376, section 4.2).
const REPORT: &[Slot] = &[Slot::new("igmp.checksum", 2, 2), Slot::new("igmp.num_grp_recs", 6, 2)];
const RECORD: &[Slot] = &[
    Slot::new("igmp.record_type", 0, 1),
    Slot::new("igmp.aux_data_len", 1, 1),
    Slot::new("igmp.num_src", 2, 2),
    Slot::new("igmp.maddr", 4, 4),
];
const QUERY_V3: &[Slot] = &[
    Slot::new("igmp.s", 8, 1).bit(3),
    Slot::new("igmp.qrv", 8, 1).bits(0, 7),
    Slot::new("igmp.qqic", 9, 1),
    Slot::new("igmp.num_src", 10, 2),
];
/// What traces of multicast paths have (draft-ietf-idmr-traceroute-ipm).
const TRACE_FIELDS: &[Slot] = &[
    Slot::new("igmp.type", 0, 1),
    Slot::new("igmp.mtrace.max_hops", 1, 1),
    Slot::new("igmp.checksum", 2, 2),
    Slot::new("igmp.maddr", 4, 4),
    Slot::new("igmp.mtrace.saddr", 8, 4),
    Slot::new("igmp.mtrace.raddr", 12, 4),
    Slot::new("igmp.mtrace.rspaddr", 16, 4),
    Slot::new("igmp.mtrace.resp_ttl", 20, 1),
    Slot::new("igmp.mtrace.q_id", 21, 3),
];
const RECORD_SOURCE: &[Slot] = &[Slot::new("igmp.saddr", 0, 4)];

/// Notes a message, unless it is of another protocol that IGMP carries.
fn note(o: &mut Out, v: View<'_>, kind: u8) {
    /// Where queries of version 3 begin to differ.
    const VERSION_3: usize = 12;
    if o.tree.is_none() {
        return;
    }
    match kind {
        QUERY | REPORT_V1 | REPORT_V2 | LEAVE => {
            let long = kind == QUERY && v.len() >= VERSION_3;
            let version = match kind {
                QUERY if long => 3u8,
                QUERY if v.get(MAX_RESPONSE) == Ok(0) => 1,
                REPORT_V1 => 1,
                _ => 2,
            };
            o.note(id!("igmp.version"), version);
            o.note(TYPE, kind);
            match v.get(MAX_RESPONSE) {
                Ok(code) if long => o.note(MAX_RESPONSE, interval(code)),
                // Version 1 has none.
                Ok(code) if code != 0 || matches!(kind, REPORT_V2 | LEAVE) => o.note(MAX_RESPONSE, code),
                _ => {}
            }
            o.see(CHECKSUM, v);
            o.see(GROUP, v);
            if long {
                o.see_all(QUERY_V3, v);
                o.see_rows(RECORD_SOURCE, v.skip(VERSION_3).cut(usize::from(v.u16(10).unwrap_or(0)) * 4), 4);
            }
        }
        TRACE | TRACE_RESPONSE => o.see_all(TRACE_FIELDS, v),
        REPORT_V3 => {
            const VERSION: u8 = 3;
            o.note(id!("igmp.version"), VERSION);
            o.note(TYPE, kind);
            o.see_all(REPORT, v);
            let mut record = v.skip(8);
            for _ in 0..v.u16(6).unwrap_or(0) {
                let (Ok(more), Ok(sources)) = (record.u8(1), record.u16(2)) else { return };
                o.see_all(RECORD, record);
                let size = usize::from(sources) * 4;
                o.see_rows(RECORD_SOURCE, record.skip(8).cut(size), 4);
                record = record.skip(8 + size + usize::from(more) * 4);
            }
        }
        _ => {}
    }
}

/// A code of a time (RFC 3376, section 4.1.1): from 128 on a float.
fn interval(code: u8) -> u16 {
    match code {
        0..128 => code.into(),
        _ => u16::from(code & 15 | 16) << ((code >> 4 & 7) + 3),
    }
}

/// An IGMP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "igmp";
    if o.opt.quiet > 0 {
        o.put("igmp");
        return Ok(());
    }
    let kind = v.get(TYPE)?;
    note(o, v, kind);
    match kind {
        QUERY => query(o, v)?,
        REPORT_V1 => {
            o.put(("igmp v1 report ", v.get(GROUP)?));
            odd_length(o, v.len());
        }
        REPORT_V2 => o.put(("igmp v2 report ", v.get(GROUP)?)),
        REPORT_V3 => {
            o.put("igmp v3 report");
            report_v3(o, v)?;
        }
        LEAVE => o.put(("igmp leave ", v.get(GROUP)?)),
        DVMRP => {
            o.put("igmp dvmrp");
            if v.len() < 8 {
                odd_length(o, v.len());
            } else {
                dvmrp::dissect(o, v, below)?;
            }
        }
        PIM_V1 => {
            o.put("igmp pimv1");
            pim::version_1(o, v, below)?;
        }
        TRACE_RESPONSE => trace(o, v, "mresp ")?,
        TRACE => trace(o, v, "mtrace ")?,
        _ => o.put(("igmp-", kind)),
    }
    if o.opt.verbose > 0
        && v.len() >= 4
        && let Ok(covered) = v.bytes(0, v.len())
        && checksum::internet(covered) != 0
    {
        o.put((" bad igmp cksum ", Hex(v.u16(2)?), "!"));
    }
    Ok(())
}

fn odd_length(o: &mut Out, len: usize) {
    o.put((len != 8).then_some((" [len ", len, "]")));
}

fn query(o: &mut Out, v: View<'_>) -> Step {
    o.put("igmp query");
    if v.len() >= 12 {
        return query_v3(o, v);
    }
    match v.get(MAX_RESPONSE)? {
        0 => o.put(" v1"),
        USUAL_RESPONSE => o.put(" v2"),
        time => o.put((" v2 [max resp time ", time, "]")),
    }
    let group = v.get(GROUP)?;
    o.put((group.0 != [0; 4]).then_some((" [gaddr ", group, "]")));
    odd_length(o, v.len());
    Ok(())
}

/// Version 3 queries (RFC 3376, section 4.1).
fn query_v3(o: &mut Out, v: View<'_>) -> Step {
    o.put(" v3");
    if !v.len().is_multiple_of(4) {
        o.put((" [invalid len ", v.len(), "]"));
        return Ok(());
    }
    let code = v.get(MAX_RESPONSE)?;
    if code != USUAL_RESPONSE {
        let tenths = match u32::from(code) {
            code @ 0..128 => code,
            code => (code & 15 | 16) << ((code >> 4 & 7) + 3),
        };
        o.put(" [max resp time ");
        if tenths < 600 {
            o.put((Fixed(f64::from(tenths) * 0.1, 1), "s"));
        } else {
            o.put(Elapsed(tenths / 10));
        }
        o.put("]");
    }
    let group = v.get(GROUP)?;
    if group.0 == [0; 4] {
        return Ok(());
    }
    o.put((" [gaddr ", group));
    let sources = usize::from(v.u16(10)?);
    if sources > 0 {
        if v.len() < 12 + sources * 4 {
            o.put(" [invalid number of sources]");
        } else if o.opt.verbose > 1 {
            put_sources(o, v.skip(12), sources)?;
        } else {
            o.put((", ", sources, " source(s)"));
        }
    }
    o.put("]");
    Ok(())
}

fn put_sources(o: &mut Out, v: View<'_>, count: usize) -> Step {
    o.put(" {");
    for i in 0..count {
        o.put((" ", Ipv4(v.array(i * 4)?)));
    }
    o.put(" }");
    Ok(())
}

/// Version 3 reports (RFC 3376, section 4.2).
fn report_v3(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 16 || !v.len().is_multiple_of(4) {
        o.put((" [invalid len ", v.len(), "]"));
        return Ok(());
    }
    let groups = v.u16(6)?;
    o.put((", ", groups, " group record(s)"));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let mut record = v.skip(8);
    for _ in 0..groups {
        if record.len() < 8 {
            o.put(" [invalid number of groups]");
            return Ok(());
        }
        o.put((" [gaddr ", Ipv4(record.array(4)?)));
        o.put((" ", Named(RECORD_NAMES, record.u8(0)?.into(), Otherwise::Dec(" [v3-report-#", "]"))));
        let sources = usize::from(record.u16(2)?);
        if record.len() < 8 + sources * 4 {
            o.put((" [invalid number of sources ", sources, "]"));
            return Ok(());
        }
        if o.opt.verbose == 1 {
            o.put((", ", sources, " source(s)"));
        } else {
            put_sources(o, record.skip(8), sources)?;
        }
        o.put("]");
        record = record.skip(8 + sources * 4);
    }
    Ok(())
}

/// A traceroute query or response of mtrace.
fn trace(o: &mut Out, v: View<'_>, name: &'static str) -> Step {
    if v.len() < 24 {
        o.put((" [invalid len ", v.len(), "]"));
        return Ok(());
    }
    let reply_to: [u8; 4] = v.array(16)?;
    o.put((name, v.u24(21)?, ": ", Ipv4(v.array(8)?), " to ", Ipv4(v.array(12)?), " reply-to ", Ipv4(reply_to)));
    if reply_to[0] >> 4 == 14 {
        o.put((" with-ttl ", v.u8(20)?));
    }
    Ok(())
}
