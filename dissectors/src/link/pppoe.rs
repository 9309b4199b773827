//! PPP over Ethernet (RFC 2516): discovery and session.

use crate::below::Below;
use crate::field::Field;
use crate::link::ppp;
use crate::out::Out;
use crate::put::{Hex, Named, Otherwise, Table};
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 6;

const VERSION: Field<u8> = Field::bits("pppoe.version", 0, 4, 15);
const TYPE: Field<u8> = Field::bits("pppoe.type", 0, 0, 15);
const CODE: Field<u8> = Field::new("pppoe.code", 1);
const SESSION: Field<u16> = Field::new("pppoe.session_id", 2);
const LENGTH: Field<u16> = Field::new("pppoe.payload_length", 4);

const SESSION_DATA: u8 = 0x00;
const INITIATION: u8 = 0x09;
const CODES: Table = &[(0x09, "PADI"), (0x07, "PADO"), (0x19, "PADR"), (0x65, "PADS"), (0xa7, "PADT"), (0x00, "")];
/// The longest payload of an initiation (RFC 2516, section 5.1).
const INITIATION_MAX: usize = 1478;

const END_OF_LIST: u16 = 0;
const TAGS: Table = &[
    (0x0000, "EOL"),
    (0x0101, "Service-Name"),
    (0x0102, "AC-Name"),
    (0x0103, "Host-Uniq"),
    (0x0104, "AC-Cookie"),
    (0x0105, "Vendor-Specific"),
    (0x0110, "Relay-Session-ID"),
    (0x0120, "PPP-Max-Payload"),
    (0x0201, "Service-Name-Error"),
    (0x0202, "AC-System-Error"),
    (0x0203, "Generic-Error"),
];
/// A tag's value is judged, and printed as text, by so many octets.
const TAG_TEXT: usize = 79;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let mut link_len = 0;
    let result = packet(o, v, below, &mut link_len);
    o.link_len += link_len;
    result
}

/// A packet inside another protocol.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, &mut 0)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>, link_len: &mut usize) -> Step {
    o.proto = "pppoe";
    if v.len() < HEADER {
        o.put((" (length ", v.len(), " < ", HEADER, ")"));
        o.invalid();
        return Ok(());
    }
    v.need(HEADER)?;
    o.see(VERSION, v);
    o.see(TYPE, v);
    o.see(SESSION, v);
    o.see(LENGTH, v);
    let (version, kind, code) = (v.get(VERSION)?, v.get(TYPE)?, v.get(CODE)?);
    let mut length = usize::from(v.get(LENGTH)?);
    let available = v.len() - HEADER;
    if version != 1 {
        o.put((" [ver ", version, "]"));
    }
    if kind != 1 {
        o.put((" [type ", kind, "]"));
    }
    o.put(("PPPoE ", CODE.text(code, Named(CODES, code.into(), Otherwise::Hex("PAD-", 1, "")))));
    if code == INITIATION && length > INITIATION_MAX {
        o.put((" [len ", length, "!]"));
    }
    if length > available {
        o.put((" [len ", length, " > ", available, "!]"));
        length = available;
    }
    let session = v.get(SESSION)?;
    if session != 0 {
        o.put((" [ses 0x", Hex(session), "]"));
    }
    *link_len = HEADER;
    if code != SESSION_DATA {
        return tags(o, v.skip(HEADER), length);
    }
    o.put(" ");
    *link_len += ppp::packet(o, v.claim(HEADER + length), HEADER, below)?;
    Ok(())
}

/// The tags of a discovery packet.
fn tags(o: &mut Out, v: View<'_>, length: usize) -> Step {
    let mut at = 0;
    let mut kind = None;
    while kind != Some(END_OF_LIST) && at < length {
        let code = v.u16(at)?;
        let len = usize::from(v.u16(at + 2)?);
        kind = Some(code);
        at += 4;
        let name = Named(TAGS, code.into(), Otherwise::Hex("TAG-0x", 1, ""));
        if len == 0 {
            o.put((" [", name, "]"));
        } else {
            tag(o, name, v.bytes(at, len)?);
        }
        at += len;
    }
    Ok(())
}

/// A tag's value as text where most of it is printable, else in hexadecimal.
fn tag(o: &mut Out, name: Named, value: &[u8]) {
    let printable = |octet: &u8| (0x20..0x7f).contains(octet);
    let text = &value[..value.len().min(TAG_TEXT)];
    if text.iter().filter(|octet| printable(octet)).count() * 2 > text.len() {
        o.put((" [", name, " \""));
        for octet in text {
            o.line.byte(if printable(octet) { *octet } else { b'.' });
        }
        o.put("\"]");
    } else {
        o.put((" [", name, " 0x"));
        for &octet in value {
            for digit in [octet >> 4, octet & 15] {
                o.line.byte(b"0123456789ABCDEF"[usize::from(digit)]);
            }
        }
        o.put("]");
    }
}
