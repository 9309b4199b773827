//! Packets logged by Linux's netfilter: attributes, the last of which is the
//! packet (LINKTYPE_NFLOG; `linux/netfilter/nfnetlink_log.h`).

use crate::below::Below;
use crate::field::Slot;
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

/// The header for the tree, that of an attribute, and attributes by type.
const FIELDS: &[Slot] =
    &[Slot::new("nflog.family", 0, 1), Slot::new("nflog.version", 1, 1), Slot::new("nflog.res_id", 2, 2)];
const ATTRIBUTE_FIELDS: &[Slot] =
    &[Slot::new("nflog.tlv_length", 0, 2).little(), Slot::new("nflog.tlv_type", 2, 2).little().bits(0, 0x7fff)];
const ATTRIBUTES: &[(u16, &[Slot])] = &[
    (1, &[Slot::new("nflog.protocol", 0, 2), Slot::new("nflog.hook", 2, 1)]),
    (4, &[Slot::new("nflog.ifindex_indev", 0, 4)]),
    (5, &[Slot::new("nflog.ifindex_outdev", 0, 4)]),
    (6, &[Slot::new("nflog.ifindex_physindev", 0, 4)]),
    (7, &[Slot::new("nflog.ifindex_physoutdev", 0, 4)]),
    (11, &[Slot::new("nflog.uid", 0, 4)]),
    (14, &[Slot::new("nflog.gid", 0, 4)]),
];
const TIMESTAMP: u16 = 3;
const PREFIX: u16 = 10;

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
    o.see_all(FIELDS, v);
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
        if o.tree.is_some() {
            attribute(o, kind, v);
        }
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

/// Notes an attribute.
fn attribute(o: &mut Out, kind: u16, v: View<'_>) {
    const SECOND: u64 = 1_000_000_000;
    const MICROSECOND: u64 = 1000;
    let length = v.le16(0).map_or(0, usize::from);
    if length < ATTRIBUTE {
        return;
    }
    o.see_all(ATTRIBUTE_FIELDS, v);
    let value = v.cut(length).skip(ATTRIBUTE);
    if let Some((_, slots)) = ATTRIBUTES.iter().find(|row| row.0 == kind)
        && value.has(4)
    {
        o.see_all(slots, value);
    }
    match kind {
        TIMESTAMP => {
            if let (Ok(seconds), Ok(microseconds)) = (value.u64(0), value.u64(8)) {
                let time = seconds.wrapping_mul(SECOND).wrapping_add(microseconds.wrapping_mul(MICROSECOND));
                o.note(id!("nflog.timestamp"), time);
            }
        }
        PREFIX => o.see_name(id!("nflog.prefix"), value, 0, value.caplen()),
        _ => {}
    }
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
