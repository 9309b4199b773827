//! IPv6 routing headers (RFC 8200, section 4.4): the source route of RFC 5095,
//! Mobile IPv6's (RFC 6275, section 6.4) and segment routing (RFC 8754).

use crate::out::Out;
use crate::put::{Hex, Ipv6};
use crate::view::{Step, Stop, View};

const SOURCE_ROUTE: u8 = 0;
const MOBILE: u8 = 2;
const SEGMENT: u8 = 4;

/// Octets before the addresses.
const HEADER: usize = 8;

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
    addresses(o, v, units)
}

/// The addresses that fill the header. Each takes two units of length.
fn addresses(o: &mut Out, v: View<'_>, units: u8) -> Step {
    if units % 2 == 1 {
        o.put((" (invalid length ", units, ")"));
        return Err(Stop::Malformed);
    }
    for i in 0..usize::from(units / 2) {
        o.put((", [", i, "]", Ipv6(v.array(HEADER + i * 16)?)));
    }
    Ok(())
}

/// The Segment Routing Header (RFC 8754, section 2). What its TLVs hold is
/// printed as more addresses.
fn segment(o: &mut Out, v: View<'_>, units: u8) -> Step {
    o.put((", last-entry=", v.u8(4)?));
    let flags = v.u8(5)?;
    if flags != 0 || o.opt.verbose > 0 {
        o.put((", flags=0x", Hex(flags)));
    }
    o.put((", tag=", Hex(v.u16(6)?)));
    addresses(o, v, units)
}
