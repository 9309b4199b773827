//! Linux "cooked" captures (LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).

use crate::below::Below;
use crate::field::{Field, Slot};
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
    protocol: Field<u16>,
    hardware: Field<u16>,
    /// What the tree has of a header whether it is printed or not.
    fields: &'static [Slot],
    show: fn(&mut Out, View<'_>) -> Step,
}

const SLL: Version = Version {
    proto: "sll",
    header: 16,
    protocol: Field::new("sll.etype", 14),
    hardware: Field::new("sll.hatype", 2),
    fields: &[Slot::new("sll.hatype", 2, 2), Slot::new("sll.halen", 4, 2)],
    show: addresses,
};

const SLL2: Version = Version {
    proto: "sll2",
    header: 20,
    protocol: Field::new("sll.etype", 0),
    hardware: Field::new("sll.hatype", 8),
    fields: &[Slot::new("sll.hatype", 8, 2), Slot::new("sll.halen", 11, 1)],
    show: addresses2,
};

const DIRECTION: Field<u16> = Field::new("sll.pkttype", 0);
const ADDRESS_LEN: Field<u16> = Field::new("sll.halen", 4);
const ADDRESS: Field<Mac> = Field::new("sll.src.eth", 6);

const INTERFACE2: Field<u32> = Field::new("sll.ifindex", 4);
const DIRECTION2: Field<u8> = Field::new("sll.pkttype", 10);
const ADDRESS_LEN2: Field<u8> = Field::new("sll.halen", 11);
const ADDRESS2: Field<Mac> = Field::new("sll.src.eth", 12);

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
    names::put_interface(o, v.get(INTERFACE2)?, 5);
    o.put(" ");
    let direction = v.get(DIRECTION2)?;
    o.note(DIRECTION2, direction);
    padded(o, lookup(DIRECTIONS, direction.into()).unwrap_or("?"), false);
    cooked(o, v, below, &SLL2)
}

fn cooked(o: &mut Out, v: View<'_>, below: &Below<'_>, version: &Version) -> Step {
    if o.opt.link {
        header(o, v, version, v.len())?;
    }
    let mut header_len = version.header;
    let mut inner = v.skip(version.header);
    o.see_all(version.fields, v);
    if v.get(version.hardware)? == HARDWARE_RADIOTAP {
        o.link_len += version.header;
        return radio::radiotap(o, inner, below);
    }
    let mut kind = v.get(version.protocol)?;
    o.note(version.protocol.name, kind);
    while kind == registry::VLAN {
        if !inner.has(4) {
            o.proto = "vlan";
            o.truncated();
            o.link_len += header_len + inner.caplen();
            return Ok(());
        }
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

/// What `-e` prints of the header.
fn header(o: &mut Out, v: View<'_>, version: &Version, length: usize) -> Step {
    o.proto = version.proto;
    (version.show)(o, v)?;
    if o.opt.quiet > 0 {
        return Ok(());
    }
    let kind = v.get(version.protocol)?;
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
    let direction = v.get(DIRECTION)?;
    o.note(DIRECTION, direction);
    padded(o, lookup(DIRECTIONS, direction.into()).unwrap_or("?"), true);
    if v.get(ADDRESS_LEN)? == 6 {
        o.put((ADDRESS.show(v.get(ADDRESS)?), " "));
    }
    Ok(())
}

/// The interface and the address of version 2.
fn addresses2(o: &mut Out, v: View<'_>) -> Step {
    o.put(("ifindex ", INTERFACE2.show(v.get(INTERFACE2)?), " "));
    if v.get(ADDRESS_LEN2)? == 6 {
        o.put((ADDRESS2.show(v.get(ADDRESS2)?), " "));
    }
    Ok(())
}

/// A direction in three columns and a space.
fn padded(o: &mut Out, text: &'static str, right: bool) {
    let spaces = &"   "[text.len().min(3)..];
    if right { o.put((spaces, text, " ")) } else { o.put((text, spaces, " ")) }
}
