//! DCCP (RFC 4340).

use crate::below::{Below, Ip, ip_of};
use crate::checksum;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex4, Named, Octets, Otherwise, Table, named_dec};
use crate::view::{Step, Stop, View};

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
    (8, "minimum_checksum_coverage"),
    (9, "check_data_checksum"),
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
    let result = packet(o, v, below);
    o.settle(result)
}

/// Fails with ` [length N < n]` unless the packet claims `n` octets.
fn enough(o: &mut Out, v: View<'_>, n: usize, what: &'static str) -> Step {
    if v.len() < n { Err(o.wrong(what, v.len(), "<", n)) } else { Ok(()) }
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    enough(o, v, SHORT_HEADER, "length")?;
    let ip = ip_of(below)?;
    let extended = v.get(EXTENDED)? != 0;
    let mut fixed = if extended { LONG_HEADER } else { SHORT_HEADER };
    enough(o, v, fixed, "length")?;
    v.need(fixed)?;
    let (sport, dport) = (v.get(SOURCE)?, v.get(DESTINATION)?);
    o.put((ip.source()?, ".", SOURCE.show(sport), " > ", ip.destination()?, ".", DESTINATION.show(dport), ": DCCP"));
    let header_len = usize::from(v.get(HEADER_WORDS)?) * 4;
    if o.opt.quiet > 0 {
        enough(o, v, header_len, "length")?;
        o.put((" ", v.len() - header_len));
        return Ok(());
    }
    if o.opt.verbose > 0 {
        o.put((" (CCVal ", v.get(CCVAL)?, ", CsCov ", v.get(COVERAGE)?));
        check(o, v, &ip)?;
        o.put(")");
    }
    let kind = v.get(TYPE)?;
    o.put((" ", TYPE.text(kind, named_dec(NAMES, kind, "packet-type-")), " "));
    let specific = v.skip(fixed);
    fixed += match kind {
        REQUEST => 4,
        DATA => 0,
        RESPONSE | RESET => 12,
        _ if kind <= SYNC_ACK => 8,
        _ => return Err(Stop::Malformed),
    };
    enough(o, v, fixed, "length")?;
    match kind {
        REQUEST => o.put(("(service=", specific.u32(0)?, ") ")),
        RESPONSE => o.put(("(service=", specific.u32(8)?, ") ")),
        RESET => {
            specific.need(12)?;
            let code = specific.u8(8)?;
            o.put(("(code=", Named(RESET_CODES, code.into(), Otherwise::Dec("reset-code-", " (invalid)")), ") "));
        }
        _ => {}
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
        let size = option(o, v)?;
        if v.len() <= size {
            return Ok(());
        }
        v = v.skip(size);
        o.put(", ");
    }
}

fn option(o: &mut Out, v: View<'_>) -> Step<usize> {
    const FIRST_WITH_LENGTH: u8 = 32;
    const FIRST_OF_CCID: u8 = 128;
    let kind = v.u8(0)?;
    if kind >= FIRST_OF_CCID {
        o.put(("CCID option ", kind));
    } else {
        o.put(named_dec(OPTION_NAMES, kind, "option-type-"));
    }
    let mut size = 1;
    if kind >= FIRST_WITH_LENGTH {
        size = usize::from(v.u8(1)?);
        at_least(o, size, 2)?;
    }
    enough(o, v, size, "remaining length")?;
    let value = v.skip(2);
    match kind {
        FIRST_OF_CCID.. => match size {
            4 => o.put((" ", value.u16(0)?)),
            6 => o.put((" ", value.u32(0)?)),
            _ => octets(o, value, size - 2)?,
        },
        0..=2 => {}
        CHANGE_L | CHANGE_R => {
            at_least(o, size, 4)?;
            feature(o, value, size)?;
        }
        CONFIRM_L | CONFIRM_R => {
            at_least(o, size, 3)?;
            feature(o, value, size)?;
        }
        INIT_COOKIE | ACK_VECTOR_0 | ACK_VECTOR_1 | DATA_DROPPED => {
            at_least(o, size, 3)?;
            octets(o, value, size - 2)?;
        }
        NDP_COUNT => {
            at_least(o, size, 3)?;
            if size > 8 {
                return Err(o.wrong("optlen", size, ">", 8u8));
            }
            for i in 0..size - 2 {
                o.put((" ", value.u8(i)?));
            }
        }
        TIMESTAMP => {
            exactly(o, size, 6)?;
            o.put((" ", value.u32(0)?));
        }
        TIMESTAMP_ECHO => timestamp_echo(o, value, size)?,
        ELAPSED_TIME => match size {
            4 => o.put((" ", value.u16(0)?)),
            6 => o.put((" ", value.u32(0)?)),
            _ => {
                o.put(" [optlen != 4 or 6]");
                return Err(Stop::Malformed);
            }
        },
        DATA_CHECKSUM => {
            exactly(o, size, 6)?;
            octets(o, value, 4)?;
        }
        _ => return Err(Stop::Malformed),
    }
    Ok(size)
}

fn at_least(o: &mut Out, size: usize, n: usize) -> Step {
    if size < n { Err(o.wrong("optlen", size, "<", n)) } else { Ok(()) }
}

fn exactly(o: &mut Out, size: usize, n: usize) -> Step {
    if size != n { Err(o.wrong("optlen", size, "!=", n)) } else { Ok(()) }
}

fn octets(o: &mut Out, v: View<'_>, n: usize) -> Step {
    o.put(" 0x");
    for i in 0..n {
        o.put(Octets(v.bytes(i, 1)?));
    }
    Ok(())
}

/// A feature number and its values (RFC 4340, section 6).
fn feature(o: &mut Out, v: View<'_>, size: usize) -> Step {
    o.put((" ", Named(FEATURES, v.u8(0)?.into(), Otherwise::Dec("feature-number-", " (invalid)"))));
    for i in 3..size {
        o.put((" ", v.u8(i - 2)?));
    }
    Ok(())
}

fn timestamp_echo(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if !matches!(size, 6 | 8 | 10) {
        o.put(" [optlen != 6 or 8 or 10]");
        return Err(Stop::Malformed);
    }
    o.put((" ", v.u32(0)?));
    match size {
        8 => o.put((" (elapsed time ", v.u16(4)?, ")")),
        10 => o.put((" (elapsed time ", v.u32(4)?, ")")),
        _ => {}
    }
    Ok(())
}
