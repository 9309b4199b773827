//! ICMPv6 for the tree: errors and echoes (RFC 4443, RFC 8335), listeners (RFC 3810), neighbor
//! discovery (RFC 4861, RFC 6775), home agents (RFC 6275), renumbering (RFC 2894) and node
//! information (RFC 4620).

use crate::field::Slot;
use crate::fields::Id;
use crate::naming::dns_names;
use crate::network::{icmp_extension_fields, icmp6_option_fields, icmp6_rpl_fields};
use crate::out::Out;
use crate::view::View;

const CHECKSUM: [Slot; 1] = [Slot::new("icmpv6.checksum", 2, 2)];

/// A message: its type, what has a fixed place, and where its options begin, if it has them.
type Known = (u8, &'static [Slot], Option<usize>);

const LENGTH: Slot = Slot::new("icmpv6.length", 4, 1);
const IDENTIFIER: Slot = Slot::new("icmpv6.echo.identifier", 4, 2);
const ECHO: [Slot; 2] = [IDENTIFIER, Slot::new("icmpv6.echo.sequence_number", 6, 2)];
const LISTENER: [Slot; 2] =
    [Slot::new("icmpv6.mld.maximum_response_delay", 4, 2), Slot::new("icmpv6.mld.multicast_address", 8, 16)];
const HOME_AGENT: [Slot; 1] = [Slot::new("icmpv6.mip6.identifier", 4, 2)];
const NODE: [Slot; 9] = [
    Slot::new("icmpv6.ni.qtype", 4, 2),
    Slot::new("icmpv6.ni.flag", 6, 2),
    Slot::new("icmpv6.ni.flag.g", 6, 2).bit(5),
    Slot::new("icmpv6.ni.flag.s", 6, 2).bit(4),
    Slot::new("icmpv6.ni.flag.l", 6, 2).bit(3),
    Slot::new("icmpv6.ni.flag.c", 6, 2).bit(2),
    Slot::new("icmpv6.ni.flag.a", 6, 2).bit(1),
    Slot::new("icmpv6.ni.flag.t", 6, 2).bit(0),
    Slot::new("icmpv6.ni.nonce", 8, 8),
];
const REGISTRATION: [Slot; 4] = [
    Slot::new("icmpv6.6lowpannd.da.status", 4, 1),
    Slot::new("icmpv6.6lowpannd.da.lifetime", 6, 2),
    Slot::new("icmpv6.6lowpannd.da.eui64", 8, 8),
    Slot::new("icmpv6.6lowpannd.da.reg_addr", 16, 16),
];

const UNREACHABLE: u8 = 1;
const TIME_EXCEEDED: u8 = 3;
const LISTENER_QUERY: u8 = 130;
const RENUMBERING: u8 = 138;
const NODE_QUERY: u8 = 139;
const NODE_REPLY: u8 = 140;
const LISTENER_REPORT_V2: u8 = 143;
const HOME_AGENT_REPLY: u8 = 145;
const RPL: u8 = 155;
const EXTENDED_ECHO: u8 = 160;

const MESSAGES: &[Known] = &[
    (UNREACHABLE, &[], None),
    (2, &[Slot::new("icmpv6.mtu", 4, 4)], None),
    (TIME_EXCEEDED, &[], None),
    (4, &[Slot::new("icmpv6.pointer", 4, 4)], None),
    (128, &ECHO, None),
    (129, &ECHO, None),
    (131, &LISTENER, None),
    (132, &LISTENER, None),
    (133, &[], Some(8)),
    (
        134,
        &[
            Slot::new("icmpv6.nd.ra.cur_hop_limit", 4, 1),
            Slot::new("icmpv6.nd.ra.flag", 5, 1),
            Slot::new("icmpv6.nd.ra.flag.m", 5, 1).bit(7),
            Slot::new("icmpv6.nd.ra.flag.o", 5, 1).bit(6),
            Slot::new("icmpv6.nd.ra.flag.h", 5, 1).bit(5),
            Slot::new("icmpv6.nd.ra.flag.prf", 5, 1).bits(3, 3),
            Slot::new("icmpv6.nd.ra.flag.p", 5, 1).bit(2),
            Slot::new("icmpv6.nd.ra.router_lifetime", 6, 2),
            Slot::new("icmpv6.nd.ra.reachable_time", 8, 4),
            Slot::new("icmpv6.nd.ra.retrans_timer", 12, 4),
        ],
        Some(16),
    ),
    (135, &[Slot::new("icmpv6.nd.ns.target_address", 8, 16)], Some(24)),
    (
        136,
        &[
            Slot::new("icmpv6.nd.na.flag", 4, 4),
            Slot::new("icmpv6.nd.na.flag.r", 4, 1).bit(7),
            Slot::new("icmpv6.nd.na.flag.s", 4, 1).bit(6),
            Slot::new("icmpv6.nd.na.flag.o", 4, 1).bit(5),
            Slot::new("icmpv6.nd.na.target_address", 8, 16),
        ],
        Some(24),
    ),
    (
        137,
        &[Slot::new("icmpv6.nd.rd.target_address", 8, 16), Slot::new("icmpv6.rd.na.destination_address", 24, 16)],
        Some(40),
    ),
    (
        RENUMBERING,
        &[
            Slot::new("icmpv6.rr.sequence_number", 4, 4),
            Slot::new("icmpv6.rr.segment_number", 8, 1),
            Slot::new("icmpv6.rr.flag", 9, 1),
            Slot::new("icmpv6.rr.flag.t", 9, 1).bit(7),
            Slot::new("icmpv6.rr.flag.r", 9, 1).bit(6),
            Slot::new("icmpv6.rr.flag.a", 9, 1).bit(5),
            Slot::new("icmpv6.rr.flag.s", 9, 1).bit(4),
            Slot::new("icmpv6.rr.flag.p", 9, 1).bit(3),
            Slot::new("icmpv6.rr.maxdelay", 10, 2),
        ],
        None,
    ),
    (NODE_QUERY, &NODE, None),
    (NODE_REPLY, &NODE, None),
    (141, &[], Some(8)),
    (142, &[], Some(8)),
    (LISTENER_REPORT_V2, &[Slot::new("icmpv6.mldr.nb_mcast_records", 6, 2)], None),
    (144, &HOME_AGENT, None),
    (HOME_AGENT_REPLY, &HOME_AGENT, None),
    (146, &HOME_AGENT, None),
    (
        147,
        &[
            HOME_AGENT[0],
            Slot::new("icmpv6.mip6.flag", 6, 2),
            Slot::new("icmpv6.mip6.flag.m", 6, 2).bit(15),
            Slot::new("icmpv6.mip6.flag.o", 6, 2).bit(14),
        ],
        Some(8),
    ),
    // Multicast routers (RFC 4286).
    (
        151,
        &[Slot::new("icmpv6.mcast_ra.query_interval", 4, 2), Slot::new("icmpv6.mcast_ra.robustness_variable", 6, 2)],
        None,
    ),
    // Fast handovers (RFC 5568).
    (154, &[Slot::new("icmpv6.fmip6.subtype", 4, 1), Slot::new("icmpv6.fmip6.identifier", 6, 2)], None),
    (157, &REGISTRATION, None),
    (158, &REGISTRATION, None),
    (
        EXTENDED_ECHO,
        &[IDENTIFIER, Slot::new("icmpv6.ext.echo.seq", 6, 1), Slot::new("icmpv6.ext.echo.req.local", 7, 1).bit(0)],
        None,
    ),
    (
        161,
        &[
            IDENTIFIER,
            Slot::new("icmpv6.ext.echo.seq", 6, 1),
            Slot::new("icmpv6.ext.echo.rsp.state", 7, 1).bits(5, 7),
            Slot::new("icmpv6.ext.echo.rsp.active", 7, 1).bit(2),
            Slot::new("icmpv6.ext.echo.rsp.ipv4", 7, 1).bit(1),
            Slot::new("icmpv6.ext.echo.rsp.ipv6", 7, 1).bit(0),
        ],
        None,
    ),
];

/// Octets of the header.
const HEADER: usize = 8;

const HOME_AGENT_ADDRESS: [Slot; 1] = [Slot::new("icmpv6.mip6.home_agent_address", 0, 16)];

const RESPONSE_CODE: Id = Id::of("icmpv6.mld.maximum_response_code");
const QUERY: [Slot; 6] = [
    Slot::new("icmpv6.mld.multicast_address", 8, 16),
    Slot::new("icmpv6.mld.flag", 24, 1),
    Slot::new("icmpv6.mld.flag.s", 24, 1).bit(3),
    Slot::new("icmpv6.mld.flag.qrv", 24, 1).bits(0, 7),
    Slot::new("icmpv6.mld.qqi", 25, 1),
    Slot::new("icmpv6.mld.nb_sources", 26, 2),
];
const QUERY_SOURCE: [Slot; 1] = [Slot::new("icmpv6.mld.source_address", 0, 16)];
/// Octets of a query of version 2 before its sources; those of version 1 have fewer.
const QUERY_HEADER: usize = 28;

/// Octets of a record of a report before its sources.
const RECORD_HEADER: usize = 20;
const RECORD: [Slot; 4] = [
    Slot::new("icmpv6.mldr.mar.record_type", 0, 1),
    Slot::new("icmpv6.mldr.mar.aux_data_len", 1, 1),
    Slot::new("icmpv6.mldr.mar.nb_sources", 2, 2),
    Slot::new("icmpv6.mldr.mar.multicast_address", 4, 16),
];
const RECORD_SOURCE: [Slot; 1] = [Slot::new("icmpv6.mldr.mar.source_address", 0, 16)];
const RECORD_DATA: Id = Id::of("icmpv6.mldr.mar.auxiliary_data");

/// Octets of node information before its subject or its data.
const NODE_HEADER: usize = 16;
const SUBJECT_6: [Slot; 1] = [Slot::new("icmpv6.ni.query.subject_ipv6", 16, 16)];
const SUBJECT_4: [Slot; 1] = [Slot::new("icmpv6.ni.query.subject_ipv4", 16, 4)];
const SUBJECT_NAME: Id = Id::of("icmpv6.ni.query.subject_fqdn");
const NODE_TTL: Slot = Slot::new("icmpv6.ni.reply.node_ttl", 0, 4);
const NODE_NAME: Id = Id::of("icmpv6.ni.reply.node_name");
const NODE_6: [Slot; 2] = [NODE_TTL, Slot::new("icmpv6.ni.reply.node_address", 4, 16)];
const NODE_4: [Slot; 2] = [NODE_TTL, Slot::new("icmpv6.ni.reply.ipv4_address", 4, 4)];

/// Octets of a renumbering message before what it says.
const RENUMBERING_HEADER: usize = 16;
const MATCH: [Slot; 7] = [
    Slot::new("icmpv6.rr.pco.mp.opcode", 0, 1),
    Slot::new("icmpv6.rr.pco.mp.oplength", 1, 1),
    Slot::new("icmpv6.rr.pco.mp.ordinal", 2, 1),
    Slot::new("icmpv6.rr.pco.mp.matchlen", 3, 1),
    Slot::new("icmpv6.rr.pco.mp.minlen", 4, 1),
    Slot::new("icmpv6.rr.pco.mp.maxlen", 5, 1),
    Slot::new("icmpv6.rr.pco.mp.matchprefix", 8, 16),
];
/// Octets of a part that matches.
const MATCH_SIZE: usize = 24;
const USE: [Slot; 10] = [
    Slot::new("icmpv6.rr.pco.up.uselen", 0, 1),
    Slot::new("icmpv6.rr.pco.up.keeplen", 1, 1),
    Slot::new("icmpv6.rr.pco.up.flagmask", 2, 1),
    Slot::new("icmpv6.rr.pco.up.raflags", 3, 1),
    Slot::new("icmpv6.rr.pco.up.validlifetime", 4, 4),
    Slot::new("icmpv6.rr.pco.up.preferredlifetime", 8, 4),
    Slot::new("icmpv6.rr.pco.up.flag", 12, 4),
    Slot::new("icmpv6.rr.pco.up.flag.v", 12, 1).bit(7),
    Slot::new("icmpv6.rr.pco.up.flag.p", 12, 1).bit(6),
    Slot::new("icmpv6.rr.pco.up.useprefix", 16, 16),
];
/// Octets of a part that says what to use.
const USE_SIZE: usize = 32;
const RESULT: [Slot; 7] = [
    Slot::new("icmpv6.rr.rm.flag", 0, 2),
    Slot::new("icmpv6.rr.rm.flag.b", 0, 2).bit(1),
    Slot::new("icmpv6.rr.rm.flag.f", 0, 2).bit(0),
    Slot::new("icmpv6.rr.rm.ordinal", 2, 1),
    Slot::new("icmpv6.rr.rm.matchedlen", 3, 1),
    Slot::new("icmpv6.rr.rm.interfaceindex", 4, 4),
    Slot::new("icmpv6.rr.rm.matchedprefix", 8, 16),
];

/// Notes a message of a type.
pub(crate) fn note(o: &mut Out, v: View<'_>, kind: u8, code: u8) {
    o.see_all(&CHECKSUM, v);
    match kind {
        LISTENER_QUERY => return query(o, v),
        RPL => return icmp6_rpl_fields::note(o, v.skip(4), code),
        _ => {}
    }
    let Some((_, slots, options)) = MESSAGES.iter().find(|known| known.0 == kind) else { return };
    o.see_all(slots, v);
    if let Some(at) = *options {
        icmp6_option_fields::note(o, v.skip(at));
    }
    match kind {
        UNREACHABLE | TIME_EXCEEDED => {
            // In units of eight octets (RFC 4884, section 4.4).
            if let Ok(units @ 1..) = v.u8(4) {
                o.see_all(&[LENGTH], v);
                icmp_extension_fields::note(o, v.skip(HEADER + usize::from(units) * 8));
            }
        }
        EXTENDED_ECHO => icmp_extension_fields::note(o, v.skip(HEADER)),
        LISTENER_REPORT_V2 => report(o, v),
        HOME_AGENT_REPLY => o.see_rows(&HOME_AGENT_ADDRESS, v.skip(HEADER), 16),
        NODE_QUERY => subject(o, v, code),
        NODE_REPLY => answer(o, v),
        RENUMBERING => renumbering(o, v.skip(RENUMBERING_HEADER), code),
        _ => {}
    }
}

/// A query of listeners, of either version.
fn query(o: &mut Out, v: View<'_>) {
    if v.len() < QUERY_HEADER {
        return o.see_all(&LISTENER, v);
    }
    let Ok(code) = v.u16(4) else { return };
    // From 32768 on it is a mantissa of 12 bits and an exponent (RFC 3810, section 5.1.3).
    let mantissa = u32::from(code & 0xfff | 0x1000);
    o.note(RESPONSE_CODE, if code < 0x8000 { code.into() } else { mantissa << (u32::from(code >> 12 & 7) + 3) });
    o.see_all(&QUERY, v);
    let Ok(sources) = v.u16(26) else { return };
    o.see_rows(&QUERY_SOURCE, v.skip(QUERY_HEADER).cut(usize::from(sources) * 16), 16);
}

/// A listener's report of version 2.
fn report(o: &mut Out, v: View<'_>) {
    let Ok(records) = v.u16(6) else { return };
    let mut rest = v.skip(HEADER);
    for _ in 0..records {
        let (Ok(words), Ok(sources), true) = (rest.u8(1), rest.u16(2), rest.has(RECORD_HEADER)) else { return };
        o.see_all(&RECORD, rest);
        let sources = usize::from(sources) * 16;
        o.see_rows(&RECORD_SOURCE, rest.skip(RECORD_HEADER).cut(sources), 16);
        rest = rest.skip(RECORD_HEADER + sources);
        let data = usize::from(words) * 4;
        if data > 0 {
            o.note_octets(RECORD_DATA, rest.cut(data).data());
        }
        rest = rest.skip(data);
    }
}

/// Whom a query of node information is about.
fn subject(o: &mut Out, v: View<'_>, code: u8) {
    match code {
        0 => o.see_all(&SUBJECT_6, v),
        1 => name(o, v.skip(NODE_HEADER), SUBJECT_NAME),
        2 => o.see_all(&SUBJECT_4, v),
        _ => {}
    }
}

/// What is known of a node.
fn answer(o: &mut Out, v: View<'_>) {
    let data = v.skip(NODE_HEADER);
    match v.u16(4) {
        Ok(2) => {
            o.see_all(&[NODE_TTL], data);
            name(o, data.skip(4), NODE_NAME);
        }
        Ok(3) => o.see_rows(&NODE_6, data, 20),
        Ok(4) => o.see_rows(&NODE_4, data, 8),
        _ => {}
    }
}

/// A name in the form of DNS.
fn name(o: &mut Out, v: View<'_>, id: Id) {
    if let Some(name) = dns_names::plain(v, 0, &mut [0; 255]) {
        o.note_octets(id, name);
    }
}

/// Operations on prefixes, or what came of them.
fn renumbering(o: &mut Out, mut v: View<'_>, code: u8) {
    match code {
        0 => {
            while v.has(MATCH_SIZE) {
                // In units of eight octets.
                let Ok(units @ 3..) = v.u8(1) else { return };
                o.see_all(&MATCH, v);
                let size = usize::from(units) * 8;
                o.see_rows(&USE, v.cut(size).skip(MATCH_SIZE), USE_SIZE);
                v = v.skip(size);
            }
        }
        1 => o.see_rows(&RESULT, v, MATCH_SIZE),
        _ => {}
    }
}
