//! OSPF for IPv6 (RFC 5340), with its authentication trailer (RFC 7166) and
//! link-local signalling (RFC 5613).

use super::ospf::{ACKNOWLEDGEMENT, DESCRIPTION, HELLO, REQUEST, TYPES, UPDATE};
use super::ospf_fields;
use super::ospf3_lsa::{self, OPTIONS};
use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex4, Hex8, Ipv4, Named, Otherwise, Table, bits, lookup};
use crate::view::{Step, Stop, View};

/// The header (RFC 5340, section A.3.1).
pub(super) const HEADER: usize = 16;
const TYPE: usize = 1;
const LENGTH: usize = 2;
const ROUTER: usize = 4;
const AREA: usize = 8;
const INSTANCE: usize = 14;

const DESCRIPTION_FLAGS: Table = &[(4, "Init"), (2, "More"), (1, "Master"), (0x10, "IPv6 MTU")];

/// The option that says that link-local signalling follows.
const HAS_SIGNALLING: u32 = 0x200;
/// Octets of the header of the signalling block, and of an authentication trailer.
const SIGNALLING: usize = 4;
const TRAILER: usize = 16;
const HMAC: u16 = 1;

/// An OSPF packet over IPv6.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ospf3";
    let (version, kind) = (v.u8(0)?, v.u8(TYPE)?);
    ospf_fields::note(o, v);
    let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown packet type (", ")"));
    o.put(("OSPFv", version, ", ", name, ", length ", v.len()));
    if lookup(TYPES, kind.into()).is_none() || o.opt.verbose == 0 {
        return Ok(());
    }
    let length = usize::from(v.u16(LENGTH)?);
    if length > v.len() {
        o.put((" [len ", length, "]"));
        return Ok(());
    }
    let router = Ipv4(v.array(ROUTER)?);
    o.put(("\n\tRouter-ID ", router));
    let area = v.array(AREA)?;
    if area == [0; 4] {
        o.put(", Backbone Area");
    } else {
        o.put((", Area ", Ipv4(area)));
    }
    let instance = v.u8(INSTANCE)?;
    o.put((instance != 0).then_some((", Instance ", instance)));
    if version == 3 {
        message(o, v, kind, length)?;
        let left = v.len() - length;
        let signalling = signalling(o, v, kind, v.skip(length), left)?;
        trailer(o, v.skip(length + signalling), left - signalling)?;
    }
    Ok(())
}

/// The body of a packet that ends `end` octets into `v`.
fn message(o: &mut Out, v: View<'_>, kind: u8, end: usize) -> Step {
    let (body, left) = (v.skip(HEADER), end.saturating_sub(HEADER));
    let whole = o.opt.verbose > 1;
    match kind {
        HELLO => hello(o, body, left),
        DESCRIPTION => {
            o.put(("\n\tOptions [", bits(OPTIONS, body.u32(0)?, ", ", "none"), "]"));
            o.put((", DD Flags [", bits(DESCRIPTION_FLAGS, body.u8(7)?, ", ", "none"), "]"));
            o.put((", MTU ", body.u16(4)?, ", DD-Sequence 0x", Hex8(body.u32(8)?)));
            if whole { headers(o, body.skip(12), left.saturating_sub(12)) } else { Ok(()) }
        }
        REQUEST if whole => {
            const SIZE: usize = 12;
            for at in (0..left).step_by(SIZE) {
                body.check(at + SIZE)?;
                o.put(("\n\t  Advertising Router ", Ipv4(body.array(at + 8)?)));
                ospf3_lsa::kind(o, body.u16(at + 2)?, body.array(at + 4)?);
            }
            Ok(())
        }
        UPDATE if whole => {
            let count = body.u32(0)?;
            let (mut rest, mut left) = (body.skip(4), left.saturating_sub(4));
            for _ in 0..count {
                if left == 0 {
                    break;
                }
                let size = ospf3_lsa::advertisement(o, rest, left)?;
                (rest, left) = (rest.skip(size), left.saturating_sub(size));
            }
            Ok(())
        }
        ACKNOWLEDGEMENT if whole => headers(o, body, left),
        _ => Ok(()),
    }
}

/// `left` octets of headers of advertisements.
fn headers(o: &mut Out, v: View<'_>, left: usize) -> Step {
    for at in (0..left).step_by(ospf3_lsa::HEADER) {
        ospf3_lsa::header(o, v.skip(at), left - at)?;
    }
    Ok(())
}

/// RFC 5340, section A.3.2.
fn hello(o: &mut Out, v: View<'_>, left: usize) -> Step {
    const NEIGHBORS: usize = 20;
    o.put(("\n\tOptions [", bits(OPTIONS, v.u32(4)?, ", ", "none"), "]"));
    let (interval, dead, priority) = (v.u16(8)?, v.u16(10)?, v.u8(4)?);
    o.put(("\n\t  Hello Timer ", interval, "s, Dead Timer ", dead, "s, Interface-ID ", Ipv4(v.array(0)?)));
    o.put((", Priority ", priority));
    let designated = v.array(12)?;
    o.put((designated != [0; 4]).then_some(("\n\t  Designated Router ", Ipv4(designated))));
    let backup = v.array(16)?;
    o.put((backup != [0; 4]).then_some((", Backup Designated Router ", Ipv4(backup))));
    if o.opt.verbose > 1 {
        o.put("\n\t  Neighbor List:");
        for at in (NEIGHBORS..left).step_by(4) {
            let neighbor = Ipv4(v.array(at)?);
            o.put(("\n\t    ", neighbor));
        }
    }
    Ok(())
}

/// The block that a packet's options announce (RFC 5613), at `block`, of at most
/// `left` octets; how many it has.
fn signalling(o: &mut Out, v: View<'_>, kind: u8, block: View<'_>, left: usize) -> Step<usize> {
    let options = match kind {
        HELLO => v.u32(HEADER + 4)?,
        DESCRIPTION => v.u32(HEADER)?,
        _ => 0,
    };
    if options & HAS_SIGNALLING == 0 || left == 0 {
        return Ok(0);
    }
    if left < SIGNALLING {
        return Err(Stop::Truncated);
    }
    o.put(("\n\tLLS Checksum 0x", Hex4(block.u16(0)?)));
    let size = usize::from(block.u16(2)?);
    o.put((", Data Length ", size));
    if size < SIGNALLING || size > left {
        return Err(Stop::Truncated);
    }
    block.check(size)?;
    Ok(size)
}

/// RFC 7166, section 4.1: at most `left` octets.
fn trailer(o: &mut Out, v: View<'_>, left: usize) -> Step {
    if left == 0 {
        return Ok(());
    }
    if left < TRAILER {
        return Err(Stop::Truncated);
    }
    let kind = v.u16(0)?;
    o.put("\n\tAuthentication Type ");
    if kind == HMAC {
        o.put("HMAC");
    } else {
        o.put(("unknown (0x", Hex4(kind), ")"));
    }
    let size = usize::from(v.u16(2)?);
    o.put((", Length ", size));
    if size < TRAILER || size > left {
        return Err(Stop::Truncated);
    }
    o.put((", SAID ", v.u16(6)?));
    o.put((", CSN 0x", Hex8(v.u32(8)?)));
    o.put((":", Hex8(v.u32(12)?)));
    v.check(size)?;
    if o.opt.verbose > 1 {
        o.unknown(v.skip(TRAILER), "\n\tAuthentication Data ", size - TRAILER);
    }
    Ok(())
}
