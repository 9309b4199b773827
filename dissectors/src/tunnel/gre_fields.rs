//! ERSPAN for the tree: the header of a mirrored frame in GRE (draft-foschiano-erspan).

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::view::View;

/// The protocol types of version 1 and 2, and of version 3.
const MIRRORED: u16 = 0x88be;
const MIRRORED_3: u16 = 0x22eb;

const HEADER: &[Slot] = &[
    Slot::new("erspan.version", 0, 2).bits(12, 15),
    Slot::new("erspan.vlan", 0, 2).bits(0, 0xfff),
    Slot::new("erspan.cos", 2, 2).bits(13, 7),
    Slot::new("erspan.truncated", 2, 2).bit(10),
    Slot::new("erspan.spanid", 2, 2).bits(0, 0x3ff),
];
const SECOND: &[Slot] =
    &[Slot::new("erspan.encap", 2, 2).bits(11, 3), Slot::new("erspan.index", 4, 4).bits(0, 0xf_ffff)];
const THIRD: &[Slot] = &[
    Slot::new("erspan.bso", 2, 2).bits(11, 3),
    Slot::new("erspan.timestamp", 4, 4),
    Slot::new("erspan.sgt", 8, 2),
    Slot::new("erspan.p", 10, 2).bit(15),
    Slot::new("erspan.ft", 10, 2).bits(10, 31),
    Slot::new("erspan.hw", 10, 2).bits(4, 63),
    Slot::new("erspan.direction", 10, 2).bit(3),
    Slot::new("erspan.gra", 10, 2).bits(1, 3),
    Slot::new("erspan.o", 10, 2).bit(0),
];

/// Notes the header of a mirrored frame, if a packet of this protocol type has one.
pub(super) fn note_mirrored(o: &mut Out, v: View<'_>, kind: u16, sequence: bool) {
    // The first version has no header, and no sequence number either.
    if o.tree.is_none() || !matches!(kind, MIRRORED | MIRRORED_3) || kind == MIRRORED && !sequence {
        return;
    }
    o.see_all(HEADER, v);
    /// Octets of the header of each version, and of what may follow the third's.
    const SECOND_SIZE: usize = 8;
    const THIRD_SIZE: usize = 12;
    const PLATFORM: usize = 8;
    let size = match v.u8(0) {
        Ok(first) if first >> 4 == 1 => {
            o.see_all(SECOND, v);
            SECOND_SIZE
        }
        Ok(first) if first >> 4 == 2 => {
            o.see_all(THIRD, v);
            THIRD_SIZE + if v.u8(THIRD_SIZE - 1).is_ok_and(|last| last & 1 == 1) { PLATFORM } else { 0 }
        }
        _ => return,
    };
    o.note_unread(|o| ethernet::encapsulated(o, v.skip(size), &Below::default()));
}
