//! Linux "cooked" captures (LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).

use crate::below::Below;
use crate::field::Slot;
use crate::link::{ethernet, llc};
use crate::names;
use crate::network::ipx;
use crate::out::Out;
use crate::put::{Hex4, Mac, Table, lookup, named};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, View};
use crate::wireless::radio;

/// Protocol values that are not Ethertypes.
const PROTOCOL_802_3: u16 = 0x0001;
const PROTOCOL_802_2: u16 = 0x0004;

/// The ARPHRD_ type of an interface whose packets start with radiotap.
const HARDWARE_RADIOTAP: u16 = 803;

const DIRECTIONS: Table = &[(0, "In"), (1, "B"), (2, "M"), (3, "P"), (4, "Out")];

/// The two versions of the header.
struct Version {
    proto: &'static str,
    header: usize,
    protocol: usize,
    hardware: usize,
    /// What the tree has of a header whether it is printed or not.
    fields: &'static [Slot],
    /// Where the address is.
    address: usize,
    show: fn(&mut Out, View<'_>) -> Step,
}

const SLL: Version = Version {
    proto: "sll",
    header: 16,
    protocol: 14,
    hardware: 2,
    fields: &[Slot::new("sll.pkttype", 0, 2), Slot::new("sll.hatype", 2, 2), Slot::new("sll.halen", 4, 2)],
    address: 6,
    show: addresses,
};

const SLL2: Version = Version {
    proto: "sll2",
    header: 20,
    protocol: 0,
    hardware: 8,
    fields: &[
        Slot::new("sll.ifindex", 4, 4),
        Slot::new("sll.hatype", 8, 2),
        Slot::new("sll.pkttype", 10, 1),
        Slot::new("sll.halen", 11, 1),
    ],
    address: 12,
    show: addresses2,
};

const IPV4_ADDRESS: &[Slot] = &[Slot::new("sll.src.ipv4", 0, 4)];
const MAC_ADDRESS: &[Slot] = &[Slot::new("sll.src.eth", 0, 6)];

const DIRECTION: usize = 0;
const ADDRESS_LEN: usize = 4;

const INTERFACE2: usize = 4;
const DIRECTION2: usize = 10;
const ADDRESS_LEN2: usize = 11;

/// The frame entry of version 1.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = SLL.proto;
    v.check(SLL.header)?;
    cooked(o, v, below, &SLL)
}

/// The frame entry of version 2.
pub(crate) fn frame2(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = SLL2.proto;
    v.check(SLL2.header)?;
    names::put_interface(o, v.u32(INTERFACE2)?, 5);
    o.put(" ");
    let direction = v.u8(DIRECTION2)?;
    padded(o, lookup(DIRECTIONS, direction.into()).unwrap_or("?"), false);
    cooked(o, v, below, &SLL2)
}

fn cooked(o: &mut Out, v: View<'_>, below: &Below<'_>, version: &Version) -> Step {
    if o.opt.link {
        header(o, v, version, v.len())?;
    }
    let mut header_len = version.header;
    let mut inner = v.skip(version.header);
    if o.tree.is_some() {
        note(o, v, version)?;
    }
    if v.u16(version.hardware)? == HARDWARE_RADIOTAP {
        o.link_len += version.header;
        return radio::radiotap(o, inner, below);
    }
    let mut kind = v.u16(version.protocol)?;
    while kind == registry::VLAN {
        if !inner.has(4) {
            o.proto = "vlan";
            o.truncated();
            o.link_len += header_len + inner.caplen();
            return Ok(());
        }
        ethernet::see_tag(o, inner, kind);
        if o.opt.link {
            ethernet::put_tag(o, inner.u16(0)?);
            o.put(", ");
        }
        kind = inner.u16(2)?;
        if kind <= ethernet::MAX_LENGTH {
            kind = PROTOCOL_802_2;
        }
        if o.opt.quiet == 0 {
            o.put(("ethertype ", named(ETHERTYPES, kind, "Unknown"), ", "));
        }
        inner = inner.skip(4);
        header_len += 4;
    }
    match kind {
        PROTOCOL_802_3 => ipx::dissect(o, inner, below)?,
        PROTOCOL_802_2 => {
            let printed = llc::dissect(o, inner, below)?;
            if printed.known {
                header_len += printed.header;
            } else {
                ethernet::default_dump(o, inner);
            }
        }
        0..=ethernet::MAX_LENGTH => ethernet::default_dump(o, inner),
        _ => match registry::ethertype(kind) {
            Some(dissect) => dissect(o, inner, below)?,
            None => {
                if !o.opt.link {
                    header(o, v, version, inner.len() + version.header)?;
                }
                ethernet::default_dump(o, inner);
            }
        },
    }
    o.link_len += header_len;
    Ok(())
}

/// Notes the header.
fn note(o: &mut Out, v: View<'_>, version: &Version) -> Step {
    /// The ARPHRD_ types of tunnels that carry other protocols than Ethertypes.
    const GRE: u16 = 778;
    let (hardware, kind) = (v.u16(version.hardware)?, v.u16(version.protocol)?);
    o.see_all(version.fields, v);
    let length =
        if version.header == SLL.header { v.u16(ADDRESS_LEN)?.into() } else { usize::from(v.u8(ADDRESS_LEN2)?) };
    let room = v.skip(version.address).cut(8);
    match length {
        0 => {}
        4 => o.see_all(IPV4_ADDRESS, room),
        6 => o.see_all(MAC_ADDRESS, room),
        _ => o.note_octets(id!("sll.src.other"), room.cut(length).data()),
    }
    o.note(
        match (hardware, kind) {
            (GRE, _) => id!("sll.gretype"),
            (_, 0..=ethernet::MAX_LENGTH) => id!("sll.ltype"),
            _ => id!("sll.etype"),
        },
        kind,
    );
    Ok(())
}

/// What `-e` prints of the header.
fn header(o: &mut Out, v: View<'_>, version: &Version, length: usize) -> Step {
    o.proto = version.proto;
    (version.show)(o, v)?;
    if o.opt.quiet > 0 {
        return Ok(());
    }
    let kind = v.u16(version.protocol)?;
    match kind {
        PROTOCOL_802_3 => o.put("802.3"),
        PROTOCOL_802_2 => o.put("802.2"),
        0..=ethernet::MAX_LENGTH => o.put(("ethertype Unknown (0x", Hex4(kind), ")")),
        _ => o.put(("ethertype ", named(ETHERTYPES, kind, "Unknown"), " (0x", Hex4(kind), ")")),
    }
    o.put((", length ", length, ": "));
    Ok(())
}

/// The direction and the address of version 1.
fn addresses(o: &mut Out, v: View<'_>) -> Step {
    let direction = v.u16(DIRECTION)?;
    padded(o, lookup(DIRECTIONS, direction.into()).unwrap_or("?"), true);
    if v.u16(ADDRESS_LEN)? == 6 {
        o.put((Mac(v.array(SLL.address)?), " "));
    }
    Ok(())
}

/// The interface and the address of version 2.
fn addresses2(o: &mut Out, v: View<'_>) -> Step {
    o.put(("ifindex ", v.u32(INTERFACE2)?, " "));
    if v.u8(ADDRESS_LEN2)? == 6 {
        o.put((Mac(v.array(SLL2.address)?), " "));
    }
    Ok(())
}

/// A direction in three columns and a space.
fn padded(o: &mut Out, text: &'static str, right: bool) {
    let spaces = &"   "[text.len().min(3)..];
    if right { o.put((spaces, text, " ")) } else { o.put((text, spaces, " ")) }
}
