//! OSPF version 2 (RFC 2328), with link-local signalling (RFC 5613).

use super::ospf_fields;
use super::ospf_lsa::{self, LSA_NAMES, OPAQUE_NAMES, OPTIONS};
use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex4, Hex8, Ipv4, Named, Otherwise, Table, bits, lookup, named};
use crate::view::{Step, View};

/// The header (RFC 2328, section A.3.1).
const HEADER: usize = 24;
const VERSION_AT: usize = 0;
const TYPE: usize = 1;
const LENGTH: usize = 2;
const ROUTER: usize = 4;
const AREA: usize = 8;
const AUTHENTICATION: usize = 14;
const SECRET: usize = 16;

const NO_AUTHENTICATION: u16 = 0;
const PASSWORD: u16 = 1;
const CRYPTOGRAPHIC: u16 = 2;
/// Octets of a password, and of the digest behind the packet (RFC 2328, section D).
const PASSWORD_SIZE: usize = 8;
const DIGEST: usize = 16;

pub(super) const HELLO: u8 = 1;
pub(super) const DESCRIPTION: u8 = 2;
pub(super) const REQUEST: u8 = 3;
pub(super) const UPDATE: u8 = 4;
pub(super) const ACKNOWLEDGEMENT: u8 = 5;
pub(super) const TYPES: Table =
    &[(1, "Hello"), (2, "Database Description"), (3, "LS-Request"), (4, "LS-Update"), (5, "LS-Ack")];
const AUTHENTICATION_NAMES: Table = &[(0, "none"), (1, "simple"), (2, "MD5")];
const DESCRIPTION_FLAGS: Table = &[(4, "Init"), (2, "More"), (1, "Master"), (8, "OOBResync")];

/// The option that says that link-local signalling follows.
const HAS_SIGNALLING: u8 = 0x10;
const EXTENDED_OPTIONS: u16 = 1;
const SIGNALLING_DIGEST: u16 = 2;
const SIGNALLING_NAMES: Table = &[(1, "Extended Options"), (2, "MD5 Authentication")];
const EXTENDED_FLAGS: Table = &[(1, "LSDB resync"), (2, "Restart")];

/// An OSPF packet over IPv4.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ospf2";
    ospf_fields::note(o, v);
    // The digest is not part of the packet.
    let v = if v.u16(AUTHENTICATION)? == CRYPTOGRAPHIC {
        let length = (v.len() as u32).wrapping_sub(DIGEST as u32) as usize;
        v.cut(v.caplen().saturating_sub(DIGEST)).claim(length)
    } else {
        v
    };
    let kind = v.u8(TYPE)?;
    let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown LS-type ", ""));
    o.put(("OSPFv", v.u8(VERSION_AT)?, ", ", name, ", length ", v.len()));
    if lookup(TYPES, kind.into()).is_none() || o.opt.verbose == 0 {
        return Ok(());
    }
    let length = usize::from(v.u16(LENGTH)?);
    if v.len() != length {
        o.put((" [len ", length, "]"));
    }
    identity(o, v)?;
    if !authentication(o, v)? {
        return Ok(());
    }
    let version = v.u8(VERSION_AT)?;
    if version != 2 {
        o.put((" ospf [version ", version, "]"));
        return Ok(());
    }
    message(o, v, kind, length.min(v.len()))?;
    if v.len() > length {
        signalling(o, v, kind, length)?;
    }
    Ok(())
}

/// The router and its area.
fn identity(o: &mut Out, v: View<'_>) -> Step {
    let router = v.array(ROUTER)?;
    o.put(("\n\tRouter-ID ", Ipv4(router)));
    let area = v.array(AREA)?;
    if area == [0; 4] {
        o.put(", Backbone Area");
    } else {
        o.put((", Area ", Ipv4(area)));
    }
    Ok(())
}

/// How the packet is authenticated; false if that is unknown.
fn authentication(o: &mut Out, v: View<'_>) -> Step<bool> {
    v.need(SECRET + PASSWORD_SIZE)?;
    let kind = v.u16(AUTHENTICATION)?;
    o.put((", Authentication Type: ", named(AUTHENTICATION_NAMES, kind, "unknown"), " (", kind, ")"));
    match kind {
        NO_AUTHENTICATION => {}
        PASSWORD => {
            o.put("\n\tSimple text password: ");
            o.text_to_nul(v.skip(SECRET), PASSWORD_SIZE)?;
        }
        CRYPTOGRAPHIC => {
            o.put(("\n\tKey-ID: ", v.u8(SECRET + 2)?, ", Auth-Length: ", v.u8(SECRET + 3)?));
            o.put((", Crypto Sequence Number: 0x", Hex8(v.u32(SECRET + 4)?)));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The body of a packet that ends `end` octets into `v`.
fn message(o: &mut Out, v: View<'_>, kind: u8, end: usize) -> Step {
    let body = v.skip(HEADER);
    let left = end.saturating_sub(HEADER);
    match kind {
        HELLO => hello(o, body, left),
        DESCRIPTION => {
            o.put(("\n\tOptions [", bits(OPTIONS, body.u8(2)?, ", ", "none"), "]"));
            o.put((", DD Flags [", bits(DESCRIPTION_FLAGS, body.u8(3)?, ", ", "none"), "]"));
            let mtu = body.u16(0)?;
            o.put((mtu != 0).then_some((", MTU: ", mtu)));
            o.put((", Sequence: 0x", Hex8(body.u32(4)?)));
            headers(o, body.skip(8), left.saturating_sub(8))
        }
        REQUEST => requests(o, body, left),
        UPDATE => {
            let count = body.u32(0)?;
            o.put((", ", count, " LSA", (count != 1).then_some("s")));
            let mut rest = body.skip(4);
            for number in 1..=count {
                o.put(("\n\t  LSA #", number));
                rest = ospf_lsa::advertisement(o, rest)?;
            }
            Ok(())
        }
        ACKNOWLEDGEMENT => headers(o, body, left),
        _ => Ok(()),
    }
}

/// Headers of advertisements, as far as `left` octets, until one makes no sense.
fn headers(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    while left > 0 && ospf_lsa::header(o, v)?.is_some() {
        v = v.skip(ospf_lsa::HEADER);
        left = left.saturating_sub(ospf_lsa::HEADER);
    }
    Ok(())
}

/// RFC 2328, section A.3.2.
fn hello(o: &mut Out, v: View<'_>, left: usize) -> Step {
    const NEIGHBORS: usize = 20;
    o.put(("\n\tOptions [", bits(OPTIONS, v.u8(6)?, ", ", "none"), "]"));
    let (interval, dead, mask, priority) = (v.u16(4)?, v.u32(8)?, v.array(0)?, v.u8(7)?);
    o.put(("\n\t  Hello Timer ", interval, "s, Dead Timer ", dead, "s, Mask ", Ipv4(mask), ", Priority ", priority));
    let designated = v.array(12)?;
    o.put((designated != [0; 4]).then_some(("\n\t  Designated Router ", Ipv4(designated))));
    let backup = v.array(16)?;
    o.put((backup != [0; 4]).then_some((", Backup Designated Router ", Ipv4(backup))));
    o.put((left > NEIGHBORS).then_some("\n\t  Neighbor List:"));
    for at in (NEIGHBORS..left).step_by(4) {
        let neighbor = Ipv4(v.array(at)?);
        o.put(("\n\t    ", neighbor));
    }
    Ok(())
}

/// RFC 2328, section A.3.4.
fn requests(o: &mut Out, v: View<'_>, left: usize) -> Step {
    const SIZE: usize = 12;
    for at in (0..left).step_by(SIZE) {
        v.need(at + SIZE)?;
        let kind = v.u32(at)?;
        o.put(("\n\t  Advertising Router: ", Ipv4(v.array(at + 8)?)));
        o.put((", ", named(LSA_NAMES, kind, "unknown"), " LSA (", kind, ")"));
        if matches!(kind, 9..=11) {
            let opaque = v.u8(at + 4)?;
            o.put((", Opaque-Type: ", named(OPAQUE_NAMES, opaque, "unknown"), " LSA (", opaque, ")"));
            o.put((", Opaque-ID: ", v.u24(at + 5)?));
        } else {
            o.put((", LSA-ID: ", Ipv4(v.array(at + 4)?)));
        }
    }
    Ok(())
}

/// The block behind a packet whose options announce it (RFC 5613).
fn signalling(o: &mut Out, v: View<'_>, kind: u8, length: usize) -> Step {
    let options = match kind {
        HELLO => v.u8(HEADER + 6)?,
        DESCRIPTION => v.u8(HEADER + 2)?,
        _ => return Ok(()),
    };
    if options & HAS_SIGNALLING == 0 {
        return Ok(());
    }
    let digest = if v.u16(AUTHENTICATION)? == CRYPTOGRAPHIC { v.u8(SECRET + 3)?.into() } else { 0 };
    if length + digest >= v.len() {
        o.put("\n\t[LLS truncated]");
        return Ok(());
    }
    let (mut at, end) = (length + digest, v.len());
    o.put(("\n\t  LLS: checksum: 0x", Hex4(v.u16(at)?)));
    o.put((", length: ", v.u16(at + 2)?));
    at += 4;
    while at < end {
        let kind = v.u16(at)?;
        o.put(("\n\t    ", named(SIGNALLING_NAMES, kind, "Unknown TLV"), " (", kind, ")"));
        let mut size = v.u16(at + 2)?;
        o.put((", length: ", size));
        at += 4;
        match kind {
            EXTENDED_OPTIONS => {
                size = fixed(o, size, 4);
                let flags = v.u32(at)?;
                o.put(("\n\t      Options: 0x", Hex8(flags), " [", bits(EXTENDED_FLAGS, flags, ", ", "?"), "]"));
            }
            SIGNALLING_DIGEST => {
                size = fixed(o, size, 20);
                o.put(("\n\t      Sequence number: 0x", Hex8(v.u32(at)?)));
            }
            _ => {}
        }
        at += usize::from(size);
    }
    Ok(())
}

/// Says so where a size is not what it must be; what it must be.
fn fixed(o: &mut Out, size: u16, must: u16) -> u16 {
    o.put((size != must).then_some((" [should be ", must, "]")));
    must
}
