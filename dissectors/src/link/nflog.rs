//! Packets logged by Linux's netfilter: attributes, the last of which is the
//! packet (LINKTYPE_NFLOG; `linux/netfilter/nfnetlink_log.h`).

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table, named};
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 4;
/// Octets of an attribute's length and type.
const ATTRIBUTE: usize = 4;
/// The attribute that is the packet.
const PACKET: u16 = 9;

const IPV4: u8 = 2;
const IPV6: u8 = 10;
const FAMILIES: Table = &[(2, "IPv4"), (10, "IPv6")];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "nflog";
    if !v.has(HEADER) || v.len() < HEADER {
        o.link_len += v.caplen();
        return Err(Stop::Cut);
    }
    let (family, version) = (v.u8(0)?, v.u8(1)?);
    o.note("nflog.family", family);
    o.note("nflog.version", version);
    o.note("nflog.resource_id", v.u16(2)?);
    o.link_len += HEADER;
    if version != 0 {
        o.put(("version ", version, " (unknown)"));
        return Ok(());
    }
    if o.opt.link {
        header(o, v, v.len())?;
    }
    let packet = packet(o, v.skip(HEADER))?;
    match family {
        IPV4 => registry::ipv4()(o, packet, below),
        IPV6 => registry::ipv6()(o, packet, below),
        _ => {
            if !o.opt.link {
                header(o, v, packet.len() + HEADER)?;
            }
            ethernet::default_dump(o, packet);
            Ok(())
        }
    }
}

/// What follows the attributes up to the packet's own header.
fn packet<'p>(o: &mut Out, mut v: View<'p>) -> Step<View<'p>> {
    while !v.is_empty() {
        if v.len() < ATTRIBUTE {
            return Err(Stop::Cut);
        }
        v.check(ATTRIBUTE)?;
        // Lengths and types are in the order of the host that captured, which is
        // nearly always this one.
        let (size, kind) = (usize::from(v.le16(0)?), v.le16(2)?);
        let size = size.next_multiple_of(4);
        if size < ATTRIBUTE || size > v.len() {
            return Err(Stop::Cut);
        }
        v.check(size)?;
        if kind == PACKET {
            o.link_len += ATTRIBUTE;
            return Ok(v.skip(ATTRIBUTE));
        }
        o.link_len += size;
        v = v.skip(size);
    }
    Ok(v)
}

fn header(o: &mut Out, v: View<'_>, length: usize) -> Step {
    let family = v.u8(0)?;
    o.put(("version ", v.u8(1)?, ", resource ID ", v.u16(2)?));
    if o.opt.quiet == 0 {
        o.put((", family ", named(FAMILIES, family, "Unknown"), " (", family, ")"));
    } else {
        o.put((", ", Named(FAMILIES, family.into(), Otherwise::Hex("Unknown NFLOG (0x", 2, ")"))));
    }
    o.put((", length ", length, ": "));
    Ok(())
}
