//! DCCP (RFC 4340).

use crate::below::{Below, Ip, ip_of};
use crate::checksum;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex4, Octets, Table, lookup, named, named_dec};
use crate::transport::dccp_fields;
use crate::view::{Step, View};

/// The IP protocol number.
const PROTOCOL: u8 = 33;
/// Octets of the generic header with short and with extended sequence numbers.
const SHORT_HEADER: usize = 12;
const LONG_HEADER: usize = 16;

const SOURCE: Field<u16> = Field::new("dccp.srcport", 0);
const DESTINATION: Field<u16> = Field::new("dccp.dstport", 2);
const HEADER_WORDS: Field<u8> = Field::new("dccp.data_offset", 4);
const CCVAL: Field<u8> = Field::bits("dccp.ccval", 5, 4, 15);
const COVERAGE: Field<u8> = Field::bits("dccp.cscov", 5, 0, 15);
const CHECKSUM: Field<u16> = Field::new("dccp.checksum", 6);
const TYPE: Field<u8> = Field::bits("dccp.type", 8, 1, 15);
const EXTENDED: Field<u8> = Field::bits("dccp.x", 8, 0, 1);

const REQUEST: u8 = 0;
const RESPONSE: u8 = 1;
const DATA: u8 = 2;
const RESET: u8 = 7;
const SYNC_ACK: u8 = 9;
const NAMES: Table = &[
    (0, "DCCP-Request"),
    (1, "DCCP-Response"),
    (2, "DCCP-Data"),
    (3, "DCCP-Ack"),
    (4, "DCCP-DataAck"),
    (5, "DCCP-CloseReq"),
    (6, "DCCP-Close"),
    (7, "DCCP-Reset"),
    (8, "DCCP-Sync"),
    (9, "DCCP-SyncAck"),
];
const RESET_CODES: Table = &[
    (0, "unspecified"),
    (1, "closed"),
    (2, "aborted"),
    (3, "no_connection"),
    (4, "packet_error"),
    (5, "option_error"),
    (6, "mandatory_error"),
    (7, "connection_refused"),
    (8, "bad_service_code"),
    (9, "too_busy"),
    (10, "bad_init_cookie"),
    (11, "aggression_penalty"),
];
const FEATURES: Table = &[
    (0, "reserved"),
    (1, "ccid"),
    (2, "allow_short_seqno"),
    (3, "sequence_window"),
    (4, "ecn_incapable"),
    (5, "ack_ratio"),
    (6, "send_ack_vector"),
    (7, "send_ndp_count"),
    (8, "minimum checksum coverage"),
    (9, "check data checksum"),
];

const CHANGE_L: u8 = 32;
const CONFIRM_L: u8 = 33;
const CHANGE_R: u8 = 34;
const CONFIRM_R: u8 = 35;
const INIT_COOKIE: u8 = 36;
const NDP_COUNT: u8 = 37;
const ACK_VECTOR_0: u8 = 38;
const ACK_VECTOR_1: u8 = 39;
const DATA_DROPPED: u8 = 40;
const TIMESTAMP: u8 = 41;
const TIMESTAMP_ECHO: u8 = 42;
const ELAPSED_TIME: u8 = 43;
const DATA_CHECKSUM: u8 = 44;
const OPTION_NAMES: Table = &[
    (0, "nop"),
    (1, "mandatory"),
    (2, "slowreceiver"),
    (32, "change_l"),
    (33, "confirm_l"),
    (34, "change_r"),
    (35, "confirm_r"),
    (36, "initcookie"),
    (37, "ndp_count"),
    (38, "ack_vector0"),
    (39, "ack_vector1"),
    (40, "data_dropped"),
    (41, "timestamp"),
    (42, "timestamp_echo"),
    (43, "elapsed_time"),
    (44, "data_checksum"),
];

/// A DCCP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "dccp";
    let ip = ip_of(below)?;
    v.check(SHORT_HEADER)?;
    if v.len() < SHORT_HEADER {
        o.put(("truncated-dccp - ", SHORT_HEADER - v.len(), " bytes missing!"));
        return Ok(());
    }
    let extended = v.get(EXTENDED)? != 0;
    let mut fixed = if extended { LONG_HEADER } else { SHORT_HEADER };
    if v.len() < fixed {
        o.put(("truncated-dccp - ", fixed - v.len(), " bytes missing!"));
        return Ok(());
    }
    v.check(fixed)?;
    for field in [HEADER_WORDS, CCVAL, COVERAGE, TYPE, EXTENDED] {
        o.see(field, v);
    }
    o.see(CHECKSUM, v);
    dccp_fields::note(o, v);
    let (sport, dport) = (v.get(SOURCE)?, v.get(DESTINATION)?);
    o.put((ip.source()?, ".", SOURCE.show(sport), " > ", ip.destination()?, ".", DESTINATION.show(dport), ": DCCP"));
    let header_len = usize::from(v.get(HEADER_WORDS)?) * 4;
    if o.opt.quiet > 0 {
        o.put((" ", (v.len() as u32).wrapping_sub(header_len as u32)));
        if header_len > v.len() {
            o.put((" [bad hdr length ", header_len, " - too long, > ", v.len(), "]"));
        }
        return Ok(());
    }
    if o.opt.verbose > 0 {
        o.put((" (CCVal ", v.get(CCVAL)?, ", CsCov ", v.get(COVERAGE)?));
        check(o, v, ip)?;
        o.put(")");
    }
    let kind = v.get(TYPE)?;
    let specific = v.skip(fixed);
    let size = match kind {
        REQUEST => 4,
        RESPONSE | RESET => 12,
        DATA => 0,
        _ if kind <= SYNC_ACK => 8,
        _ => 0,
    };
    let name = named_dec(NAMES, kind, "unknown-type-");
    fixed += size;
    if v.len() < fixed {
        o.put((" truncated-", name, " - ", fixed - v.len(), " bytes missing!"));
        return Ok(());
    }
    o.put(" ");
    match kind {
        REQUEST => {
            specific.check(size)?;
            o.put((name, " (service=", specific.u32(0)?, ") "));
        }
        RESPONSE => {
            specific.check(size)?;
            o.put((name, " (service=", specific.u32(8)?, ") "));
        }
        RESET => {
            specific.check(size)?;
            o.put((name, " (code=", named(RESET_CODES, specific.u8(8)?, "invalid"), ") "));
        }
        _ => o.put((name, " ")),
    }
    if kind != DATA && kind != REQUEST {
        let number = if extended { specific.u48(2)? } else { specific.u24(1)?.into() };
        o.put(("(ack=", number, ") "));
    }
    if o.opt.verbose < 2 {
        return Ok(());
    }
    o.put(("seq ", if extended { v.u48(10)? } else { v.u24(9)?.into() }));
    if header_len > fixed {
        o.put(" <");
        options(o, v.skip(fixed).claim(header_len - fixed))?;
        o.put(">");
    }
    Ok(())
}

/// The verdict on the checksum, which may cover the header only (RFC 4340,
/// section 9.2).
fn check(o: &mut Out, v: View<'_>, ip: &Ip<'_>) -> Step {
    if !v.has(v.len()) {
        return Ok(());
    }
    let covered = match usize::from(v.get(COVERAGE)?) {
        0 => v.len(),
        coverage => ((usize::from(v.get(HEADER_WORDS)?) + coverage - 1) * 4).min(v.len()),
    };
    let field = v.get(CHECKSUM)?;
    o.put((", cksum 0x", Hex4(field), " "));
    match ip.checksum(PROTOCOL, v.len(), v.bytes(0, covered)?)? {
        0 => o.put("(correct)"),
        computed => o.put(("(incorrect -> 0x", Hex4(checksum::should_be(field, computed)), ")")),
    }
    Ok(())
}

/// The options (RFC 4340, section 5.8). The first is read even where none fits.
fn options(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    loop {
        match option(o, v)? {
            Some(size) if size < v.len() => v = v.skip(size),
            _ => return Ok(()),
        }
        o.put(", ");
    }
}

/// One option: its octets, or nothing if its length cannot be right or its value
/// is cut.
fn option(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    const FIRST_WITH_LENGTH: u8 = 32;
    const FIRST_OF_CCID: u8 = 128;
    let kind = v.u8(0)?;
    let size = if kind >= FIRST_WITH_LENGTH { usize::from(v.u8(1)?) } else { 1 };
    let sane = size <= v.len() && (kind < FIRST_WITH_LENGTH || size >= 2);
    if sane && !v.has(size) {
        o.truncated();
        return Ok(None);
    }
    if kind >= FIRST_OF_CCID {
        o.put(("CCID option ", kind));
    } else {
        o.put(named_dec(OPTION_NAMES, kind, "Option "));
    }
    if kind >= FIRST_WITH_LENGTH && size < 2 {
        o.put(" optlen too short");
        return Ok(None);
    }
    if v.len() < size {
        o.put(" optlen goes past header length");
        return Ok(None);
    }
    let value = v.skip(2);
    match kind {
        FIRST_OF_CCID.. | ELAPSED_TIME => match size {
            4 => o.put((" ", value.u16(0)?)),
            6 => o.put((" ", value.u32(0)?)),
            _ if kind == ELAPSED_TIME => o.put(" [optlen != 4 or 6]"),
            _ => {}
        },
        TIMESTAMP if size == 6 => o.put((" ", value.u32(0)?)),
        TIMESTAMP => o.put(" [optlen != 6]"),
        TIMESTAMP_ECHO => match size {
            6 => o.put((" ", value.u32(0)?)),
            8 => o.put((" ", value.u32(0)?, " (elapsed time ", value.u16(4)?, ")")),
            10 => o.put((" ", value.u32(0)?, " (elapsed time ", value.u32(4)?, ")")),
            _ => o.put(" [optlen != 6 or 8 or 10]"),
        },
        CHANGE_L | CHANGE_R | CONFIRM_L | CONFIRM_R => {
            if size < 3 {
                o.put(" optlen too short");
            } else if let Some(name) = lookup(FEATURES, value.u8(0)?.into()) {
                o.put((" ", name));
                for i in 3..size {
                    o.put((" ", value.u8(i - 2)?));
                }
            }
        }
        INIT_COOKIE | ACK_VECTOR_0 | ACK_VECTOR_1 | DATA_DROPPED | DATA_CHECKSUM if size > 2 => {
            o.put(if kind == DATA_CHECKSUM { " " } else { " 0x" });
            for i in 0..size - 2 {
                o.put(Octets(value.bytes(i, 1)?));
            }
        }
        NDP_COUNT => {
            for i in 0..size - 2 {
                o.put((" ", value.u8(i)?));
            }
        }
        _ => {}
    }
    Ok(Some(size))
}
