//! The headers of DTLS records, of version 1.2 (RFC 6347, section 4.1) and of
//! version 1.3 (RFC 9147, section 4).

use std::ops::RangeInclusive;

use crate::out::Out;
use crate::put::{Named, Otherwise, Table};
use crate::transport::dtls_fields;
use crate::view::{Step, View};

/// First octets by which DTLS is told from what shares its ports (RFC 9443, section 3).
pub(super) const FIRST: RangeInclusive<u8> = 20..=63;

/// Bits of the first octet of a unified header: whether it is one, has a
/// connection ID, a sequence number of two octets, and a length; and the epoch.
const UNIFIED: u8 = 0x20;
const WITH_ID: u8 = 0x10;
const LONG_SEQUENCE: u8 = 0x08;
const WITH_LENGTH: u8 = 0x04;
const EPOCH: u8 = 0x03;

/// Octets of a header with everything in it.
const HEADER: usize = 13;

const TYPES: Table = &[
    (20, "change cipher spec"),
    (21, "alert"),
    (22, "handshake"),
    (23, "application data"),
    (24, "heartbeat"),
    (25, "protected with connection ID"),
    (26, "ack"),
];
const VERSIONS: Table = &[(0xfeff, "v1.0"), (0xfefd, "v1.2"), (0xfefc, "v1.3")];

/// The records of a datagram.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "dtls";
    o.put("dtls");
    let mut rest = v;
    while !rest.is_empty() {
        let kind = rest.u8(0)?;
        rest = if kind & UNIFIED != 0 { unified(o, rest, kind)? } else { record(o, rest, kind)? };
    }
    Ok(())
}

/// A record whose header has everything in it, and what is behind.
fn record<'p>(o: &mut Out, v: View<'p>, kind: u8) -> Step<View<'p>> {
    if kind == 25 {
        // Nothing tells how long the connection ID is.
        o.put((", ", Named(TYPES, u32::from(kind), Otherwise::Text(""))));
        return Ok(v.skip(v.len()));
    }
    dtls_fields::note(o, v);
    let (version, epoch, sequence, length) = (v.u16(1)?, v.u16(3)?, v.u48(5)?, v.u16(11)?);
    o.put((", ", Named(TYPES, u32::from(kind), Otherwise::Dec("type ", ""))));
    o.put((", ", Named(VERSIONS, u32::from(version), Otherwise::Hex("version 0x", 4, ""))));
    o.put((", epoch ", epoch, ", seq ", sequence, ", length ", length));
    v.check(HEADER + usize::from(length))?;
    Ok(v.skip(HEADER + usize::from(length)))
}

/// A protected record of version 1.3, whose number is encrypted, and what is behind.
fn unified<'p>(o: &mut Out, v: View<'p>, first: u8) -> Step<View<'p>> {
    o.put((", protected, epoch ", first & EPOCH));
    if first & WITH_ID != 0 || first & WITH_LENGTH == 0 {
        // Nothing tells where the next record is.
        return Ok(v.skip(v.len()));
    }
    let at = if first & LONG_SEQUENCE != 0 { 3 } else { 2 };
    let length = v.u16(at)?;
    o.put((", length ", length));
    v.check(at + 2 + usize::from(length))?;
    Ok(v.skip(at + 2 + usize::from(length)))
}
