//! The RPKI to router protocol, version 0 (RFC 6810).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Chars, Hex2, Hex4, Ipv4, Ipv6, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 8;

const VERSION: Field<u8> = Field::new("rpki-rtr.version", 0);
const TYPE: Field<u8> = Field::new("rpki-rtr.pdu_type", 1);
/// A session's number or an error's code.
const SESSION: Field<u16> = Field::new("rpki-rtr.session_id", 2);
const LENGTH: Field<u32> = Field::new("rpki-rtr.length", 4);

const FIELDS: &[Slot] =
    &[Slot::new("rpki-rtr.version", 0, 1), Slot::new("rpki-rtr.pdu_type", 1, 1), Slot::new("rpki-rtr.length", 4, 4)];

const SERIAL_NOTIFY: u8 = 0;
const SERIAL_QUERY: u8 = 1;
const RESET_QUERY: u8 = 2;
const CACHE_RESPONSE: u8 = 3;
const IPV4_PREFIX: u8 = 4;
const IPV6_PREFIX: u8 = 6;
const END_OF_DATA: u8 = 7;
const CACHE_RESET: u8 = 8;
const ERROR_REPORT: u8 = 10;
const TYPES: Table = &[
    (0, "Serial Notify"),
    (1, "Serial Query"),
    (2, "Reset Query"),
    (3, "Cache Response"),
    (4, "IPV4 Prefix"),
    (6, "IPV6 Prefix"),
    (7, "End of Data"),
    (8, "Cache Reset"),
    (10, "Error Report"),
];
const ERRORS: Table = &[
    (0, "Corrupt Data"),
    (1, "Internal Error"),
    (2, "No Data Available"),
    (3, "Invalid Request"),
    (4, "Unsupported Protocol Version"),
    (5, "Unsupported PDU Type"),
    (6, "Withdrawal of Unknown Record"),
    (7, "Duplicate Announcement Received"),
];

/// The tree's fields of units, by type (sections 5.2 to 5.10).
const UNITS: &[(u8, &[Slot])] = &[
    (SERIAL_NOTIFY, SERIAL),
    (SERIAL_QUERY, SERIAL),
    (END_OF_DATA, SERIAL),
    (
        IPV4_PREFIX,
        &[
            Slot::new("rpki-rtr.flags", 8, 1),
            Slot::new("rpki-rtr.flags.aw", 8, 1).bit(0),
            Slot::new("rpki-rtr.prefix_length", 9, 1),
            Slot::new("rpki-rtr.max_length", 10, 1),
            Slot::new("rpki-rtr.ipv4_prefix", 12, 4),
            Slot::new("rpki-rtr.as_number", 16, 4),
        ],
    ),
    (
        IPV6_PREFIX,
        &[
            Slot::new("rpki-rtr.flags", 8, 1),
            Slot::new("rpki-rtr.flags.aw", 8, 1).bit(0),
            Slot::new("rpki-rtr.prefix_length", 9, 1),
            Slot::new("rpki-rtr.max_length", 10, 1),
            Slot::new("rpki-rtr.ipv6_prefix", 12, 16),
            Slot::new("rpki-rtr.as_number", 28, 4),
        ],
    ),
    (ERROR_REPORT, &[Slot::new("rpki-rtr.error_code", 2, 2), Slot::new("rpki-rtr.length_pdu", 8, 4)]),
];
const SERIAL: &[Slot] = &[Slot::new("rpki-rtr.serial_number", 8, 4)];

/// Notes the text of an error, which is behind the unit that it quotes.
fn note_text(o: &mut Out, v: View<'_>) -> Step {
    let rest = v.skip(HEADER + 4).skip(v.u32(HEADER)? as usize);
    let size = rest.u32(0)?;
    o.note(id!("rpki-rtr.length_text"), size);
    if size > 0 {
        o.note_octets(id!("rpki-rtr.error_text"), rest.bytes(4, size as usize)?);
    }
    Ok(())
}

/// The units of a segment, with `-v`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "rpki_rtr";
    if o.opt.verbose == 0 {
        o.put(", RPKI-RTR");
        return Ok(());
    }
    let mut rest = v;
    while !rest.is_empty() {
        rest = rest.skip(unit(o, rest, "\n\t  ", true)?);
    }
    Ok(())
}

/// A unit; its octets. A malformed one takes all that is left.
fn unit(o: &mut Out, v: View<'_>, indent: &'static str, outermost: bool) -> Step<usize> {
    match body(o, v, indent, outermost) {
        Err(Stop::Malformed) => {
            o.invalid();
            v.need(v.len())?;
            Ok(v.len())
        }
        other => other,
    }
}

fn body(o: &mut Out, v: View<'_>, indent: &'static str, outermost: bool) -> Step<usize> {
    if v.len() < HEADER {
        o.put(("(", v.len(), " bytes is too few to decode)"));
        return Err(Stop::Malformed);
    }
    let version = v.get(VERSION)?;
    if version != 0 {
        o.put(("\n\tRPKI-RTRv", version, " (unknown)"));
        return Ok(v.len());
    }
    let kind = v.get(TYPE)?;
    let length = v.get(LENGTH)?;
    // Not those of the unit that an error quotes.
    if outermost {
        o.see_all(FIELDS, v);
        if matches!(kind, SERIAL_NOTIFY | SERIAL_QUERY | END_OF_DATA | CACHE_RESPONSE) {
            o.see(SESSION, v);
        }
        if let Some((_, slots)) = UNITS.iter().find(|row| row.0 == kind) {
            o.see_all(slots, v.cut(length as usize));
        }
        if kind == ERROR_REPORT {
            let _ends_early = note_text(o, v.cut(length as usize));
        }
    }
    o.put(("\n\tRPKI-RTRv", version, ", ", named(TYPES, kind, "Unknown")));
    o.put((" PDU (", kind, "), length: ", length));
    let length = length as usize;
    if length < HEADER || length > v.len() {
        return Err(Stop::Malformed);
    }
    let exactly = |octets: usize| if length == octets { Ok(()) } else { Err(Stop::Malformed) };
    let mut unknown = false;
    match kind {
        SERIAL_NOTIFY | SERIAL_QUERY | END_OF_DATA => {
            exactly(HEADER + 4)?;
            o.put((indent, "Session ID: 0x", Hex4(SESSION.read(v)?), ", Serial: ", v.u32(HEADER)?));
        }
        RESET_QUERY | CACHE_RESET => exactly(HEADER)?,
        CACHE_RESPONSE => {
            exactly(HEADER)?;
            o.put((indent, "Session ID: 0x", Hex4(v.get(SESSION)?)));
        }
        IPV4_PREFIX => {
            exactly(20)?;
            v.need(20)?;
            let address = Ipv4(v.array(12)?);
            o.put((indent, "IPv4 Prefix ", address, "/", v.u8(9)?, "-", v.u8(10)?));
            o.put((", origin-as ", v.u32(16)?, ", flags 0x", Hex2(v.u8(8)?)));
        }
        IPV6_PREFIX => {
            exactly(32)?;
            v.need(32)?;
            let address = Ipv6(v.array(12)?);
            o.put((indent, "IPv6 Prefix ", address, "/", v.u8(9)?, "-", v.u8(10)?));
            o.put((", origin-as ", v.u32(28)?, ", flags 0x", Hex2(v.u8(8)?)));
        }
        ERROR_REPORT => error_report(o, v.claim(length), indent, outermost)?,
        _ => {
            v.need(length)?;
            unknown = true;
        }
    }
    if o.opt.verbose > 1 || (o.opt.verbose > 0 && unknown) {
        o.unknown(v, "\n\t  ", length);
    }
    Ok(length)
}

/// An error with the unit that caused it and a text; reports inside reports are
/// followed once.
fn error_report(o: &mut Out, v: View<'_>, indent: &'static str, outermost: bool) -> Step {
    let claims = |octets: usize| if v.len() < octets { Err(Stop::Malformed) } else { Ok(()) };
    claims(HEADER + 4)?;
    let encapsulated = v.u32(HEADER)?;
    let error = v.get(SESSION)?;
    o.put((indent, "Error code: ", named(ERRORS, error, "Unknown"), " (", error));
    o.put(("), Encapsulated PDU length: ", encapsulated));
    let encapsulated = encapsulated as usize;
    let mut at = HEADER + 4;
    if encapsulated > 0 {
        claims(at + encapsulated)?;
        if outermost {
            o.put("\n\t    -----encapsulated PDU-----");
            unit(o, v.skip(at).claim(encapsulated), "\n\t    ", false)?;
        } else {
            v.need(at + encapsulated)?;
        }
        at += encapsulated;
    }
    claims(at + 4)?;
    let octets = v.u32(at)? as usize;
    at += 4;
    if octets > 0 {
        claims(at.saturating_add(octets))?;
        o.put((indent, "Error text: "));
        let text = v.skip(at).claim(octets);
        o.put(Chars(text.payload()));
        text.need(octets)?;
    }
    Ok(())
}
