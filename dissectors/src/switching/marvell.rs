//! The tags of Marvell's Distributed Switch Architecture, with an Ethertype
//! (LINKTYPE_DSA_TAG_EDSA) and without (LINKTYPE_DSA_TAG_DSA).

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet::{self, SwitchTag};
use crate::out::Out;
use crate::put::{Hex4, Table, named};
use crate::registry::ETHERTYPES;
use crate::view::{Step, View};

/// A tag for the tree, of which Wireshark has none.
const FIELDS: &[Slot] = &[
    Slot::new("dsa.mode", 0, 1).bits(6, 3),
    Slot::new("dsa.tagged", 0, 1).bit(5),
    Slot::new("dsa.device", 0, 1).bits(0, 31),
    Slot::new("dsa.port", 1, 1).bits(3, 31),
    Slot::new("dsa.priority", 2, 1).bits(5, 7),
    Slot::new("dsa.vlan", 2, 2).bits(0, 0xfff),
];

const TO_CPU: u8 = 0;
const FROM_CPU: u8 = 1;
const TO_SNIFFER: u8 = 2;
const MODES: Table = &[(0, "To CPU"), (1, "From CPU"), (2, "To Sniffer"), (3, "Forward")];
const CODES: Table = &[
    (0, "BPDU (MGMT) Trap"),
    (1, "Frame2Reg"),
    (2, "IGMP/MLD Trap"),
    (3, "Policy Trap"),
    (4, "ARP Mirror"),
    (5, "Policy Mirror"),
];

/// The frame entry of tags without Ethertype.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "dsa";
    ethernet::tagged_frame(o, v, Some(&SwitchTag { len: 4, print: plain }))
}

/// The frame entry of tags with an Ethertype.
pub(crate) fn typed_frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "edsa";
    ethernet::tagged_frame(o, v, Some(&SwitchTag { len: 8, print: typed }))
}

fn plain(o: &mut Out, v: View<'_>) -> Step {
    o.put(if o.opt.link { "Marvell DSA " } else { "DSA " });
    tag(o, v)
}

fn typed(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u16(0)?;
    if o.opt.link {
        o.put(("Marvell EDSA ethertype 0x", Hex4(kind), " (", named(ETHERTYPES, kind, "Unknown"), "), "));
        o.put(("rsvd ", v.u8(2)?, " ", v.u8(3)?, ", "));
    } else {
        o.put(("EDSA 0x", Hex4(kind), ", "));
    }
    tag(o, v.skip(4))
}

/// The parts of a tag, from its four octets.
struct Tag {
    mode: u8,
    tagged: bool,
    device: u8,
    port: u8,
    /// The source is a trunk, or the frame was sniffed where it came in.
    trunk_or_ingress: bool,
    canonical: bool,
    priority: u8,
    vlan: u16,
    code: u8,
}

impl Tag {
    fn read(v: View<'_>) -> Step<Self> {
        let [a, b, c, d] = v.array(0)?;
        Ok(Tag {
            mode: a >> 6,
            tagged: a & 0x20 != 0,
            device: a & 0x1f,
            port: b >> 3,
            trunk_or_ingress: b & 4 != 0,
            canonical: b & 1 != 0,
            priority: c >> 5,
            vlan: u16::from(c & 0x0f) << 8 | u16::from(d),
            code: (b >> 1 & 3) << 1 | c >> 4 & 1,
        })
    }
}

fn tag(o: &mut Out, v: View<'_>) -> Step {
    let tag = Tag::read(v)?;
    o.see_all(FIELDS, v);
    if o.opt.link {
        long(o, &tag)
    } else {
        short(o, &tag)
    }
    Ok(())
}

/// The tag with the link header.
fn long(o: &mut Out, tag: &Tag) {
    o.put(("mode ", named(MODES, tag.mode, "unknown"), ", "));
    let place = match tag.mode {
        TO_CPU | TO_SNIFFER => "source dev ",
        FROM_CPU => "target dev ",
        _ => "dev ",
    };
    let trunk = tag.mode == 3 && tag.trunk_or_ingress;
    o.put((place, tag.device, if trunk { ", trunk " } else { ", port " }, tag.port, ", "));
    match tag.mode {
        TO_CPU => o.put(("code ", named(CODES, tag.code, "reserved"), ", ")),
        TO_SNIFFER => o.put(if tag.trunk_or_ingress { "ingress sniff, " } else { "egress sniff, " }),
        _ => {}
    }
    o.put((if tag.tagged { "tagged, " } else { "untagged, " }, if tag.canonical { "CFI, " } else { "" }));
    o.put(("VID ", tag.vlan, ", FPri ", tag.priority, ", "));
}

/// The tag alone.
fn short(o: &mut Out, tag: &Tag) {
    let (before, after) = match tag.mode {
        TO_CPU => ("port ", " > CPU, "),
        FROM_CPU => ("CPU > port ", ", "),
        TO_SNIFFER if tag.trunk_or_ingress => ("port ", " > Rx Sniffer, "),
        TO_SNIFFER => ("port ", " > Tx Sniffer, "),
        _ if tag.trunk_or_ingress => ("Forward trunk ", ", "),
        _ => ("Forward port ", ", "),
    };
    o.put((before, tag.device, ".", tag.port, after));
    o.put(("VLAN ", tag.vlan, if tag.tagged { "t, " } else { "u, " }));
}
