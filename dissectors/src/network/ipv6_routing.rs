//! IPv6 routing headers (RFC 8200, section 4.4): the source route of RFC 5095,
//! Mobile IPv6's (RFC 6275, section 6.4) and segment routing (RFC 8754).

use crate::out::Out;
use crate::put::{Hex, Hex2, Ipv6, Table, named};
use crate::view::{Step, Stop, View};

const SOURCE_ROUTE: u8 = 0;
const MOBILE: u8 = 2;
const SEGMENT: u8 = 4;

/// Octets before the addresses.
const HEADER: usize = 8;

const TLV_PAD1: u8 = 0;
const TLV_PADN: u8 = 4;
const TLV_HMAC: u8 = 5;
const TLV_NAMES: Table = &[(0, "Pad1"), (4, "PadN"), (5, "HMAC")];
/// The longest padding (RFC 8754, section 2.1.1.2).
const MAX_PADDING: u8 = 5;

/// A routing header: its octets.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step<usize> {
    v.u8(0)?;
    o.proto = "rt6";
    o.put("RT6");
    let units = v.u8(1)?;
    o.put((" (len=", units));
    let kind = v.u8(2)?;
    o.put((", type=", kind));
    o.put((kind == SOURCE_ROUTE).then_some(" [Deprecated]"));
    o.put((", segleft=", v.u8(3)?));
    match kind {
        SOURCE_ROUTE | MOBILE => source_route(o, v, units)?,
        SEGMENT => segment(o, v, units)?,
        _ => {
            o.put(" (unknown type)");
            return Err(Stop::Malformed);
        }
    }
    o.put(") ");
    Ok((usize::from(units) + 1) * 8)
}

/// The final destination of a routing header.
pub(crate) fn last_hop(v: View<'_>) -> Step<Option<[u8; 16]>> {
    let units = usize::from(v.u8(1)?);
    let kind = v.u8(2)?;
    if units % 2 == 1 {
        return Ok(None);
    }
    match kind {
        // Addresses that were not captured leave the last one that was.
        SOURCE_ROUTE | MOBILE => Ok((0..units / 2).map_while(|i| v.array(HEADER + i * 16).ok()).last()),
        SEGMENT => Ok(v.array(HEADER).ok()),
        _ => Ok(None),
    }
}

fn source_route(o: &mut Out, v: View<'_>, units: u8) -> Step {
    let reserved = v.u32(4)?;
    if reserved != 0 || o.opt.verbose > 0 {
        o.put((", rsv=0x", Hex(reserved)));
    }
    if units % 2 == 1 {
        o.put((" [length ", units, "]"));
        return Err(Stop::Malformed);
    }
    addresses(o, v.skip(HEADER), usize::from(units / 2))
}

fn addresses(o: &mut Out, v: View<'_>, count: usize) -> Step {
    for i in 0..count {
        o.put((", [", i, "]", Ipv6(v.array(i * 16)?)));
    }
    Ok(())
}

/// The Segment Routing Header (RFC 8754, section 2).
fn segment(o: &mut Out, v: View<'_>, units: u8) -> Step {
    let last = v.u8(4)?;
    o.put((", last-entry=", last));
    let flags = v.u8(5)?;
    if flags != 0 || o.opt.verbose > 0 {
        o.put((", flags=0x", Hex(flags)));
    }
    o.put((", tag=", Hex(v.u16(6)?)));
    let count = usize::from(last) + 1;
    addresses(o, v.skip(HEADER), count)?;
    let left = usize::from(units).saturating_sub(count * 2) * 8;
    tlvs(o, v.skip(HEADER + count * 16), left)
}

/// The TLVs of a segment routing header, of `left` octets.
fn tlvs(o: &mut Out, v: View<'_>, left: usize) -> Step {
    let (mut v, mut left) = (v, left);
    while left > 0 {
        let kind = v.u8(0)?;
        o.put((", TLV-type=", named(TLV_NAMES, kind, "Unknown"), "(", kind, ")"));
        v = v.skip(1);
        left -= 1;
        if left == 0 {
            break;
        }
        if kind == TLV_PAD1 {
            continue;
        }
        let len = v.u8(0)?;
        o.put((", TLV-len=", len));
        v = v.skip(1);
        left -= 1;
        let used = match kind {
            TLV_PADN => padding(o, v, len, left)?,
            TLV_HMAC => hmac(o, v, len, left)?,
            _ => unknown(o, v, len, left)?,
        };
        v = v.skip(used);
        left -= used;
    }
    Ok(())
}

fn padding(o: &mut Out, v: View<'_>, len: u8, left: usize) -> Step<usize> {
    if len > MAX_PADDING {
        return Err(o.wrong("PadN length", len, ">", MAX_PADDING));
    }
    let size = usize::from(len);
    if left < size {
        return Err(o.wrong("remaining length", left, "<", size));
    }
    v.need(size)?;
    Ok(size)
}

/// The HMAC TLV (RFC 8754, section 2.1.2).
fn hmac(o: &mut Out, v: View<'_>, len: u8, left: usize) -> Step<usize> {
    const FIXED: usize = 6;
    if left < FIXED {
        return Err(o.wrong("remaining length", left, "<", FIXED));
    }
    let verbose = o.opt.verbose > 0;
    let reserved = v.u16(0)?;
    if verbose {
        o.put((", D=", reserved >> 15));
        o.put((reserved & 0x7fff != 0).then_some((", reserved MBZ ", reserved & 0x7fff)));
    }
    let key = v.u32(2)?;
    if verbose {
        o.put((", HMAC-key-ID=0x", Hex2(key)));
        o.put(", HMAC=0x");
    }
    for i in 0..usize::from(len) {
        let octet = v.u8(FIXED + i)?;
        if left - FIXED - i < 1 {
            return Err(o.wrong("remaining length", 0u8, "<", 1u8));
        }
        o.put(verbose.then_some(Hex2(octet)));
    }
    Ok(FIXED + usize::from(len))
}

fn unknown(o: &mut Out, v: View<'_>, len: u8, left: usize) -> Step<usize> {
    let verbose = o.opt.verbose > 0;
    o.put(verbose.then_some(", TLV-value=0x"));
    let size = usize::from(len);
    if left < size {
        return Err(o.wrong("remaining length", left, "<", size));
    }
    for i in 0..size {
        let octet = v.u8(i)?;
        o.put(verbose.then_some(Hex2(octet)));
    }
    Ok(size)
}
