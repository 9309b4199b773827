//! Broadcom's switch tags behind the addresses (LINKTYPE_DSA_TAG_BRCM) and
//! before them (LINKTYPE_DSA_TAG_BRCM_PREPEND).

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet::{self, SwitchTag};
use crate::out::Out;
use crate::put::{Hex4, Table, named};
use crate::view::{Step, View};

/// Octets of a tag.
const TAG: usize = 4;
/// The bit of the operation code that marks a tag towards the switch.
const INGRESS: u8 = 0x20;

/// A tag for the tree, of which Wireshark has none: towards the switch and from it.
const OPERATION: &[Slot] = &[Slot::new("brcm_tag.opcode", 0, 1).bits(5, 7)];
const TOWARDS: &[Slot] = &[
    Slot::new("brcm_tag.tc", 1, 1).bits(2, 7),
    Slot::new("brcm_tag.te", 1, 1).bits(0, 3),
    Slot::new("brcm_tag.dst_map", 2, 2).bits(0, 0x1ff),
];
const FROM: &[Slot] = &[
    Slot::new("brcm_tag.cid", 1, 1),
    Slot::new("brcm_tag.reason", 2, 1),
    Slot::new("brcm_tag.tc", 3, 1).bits(5, 7),
    Slot::new("brcm_tag.port", 3, 1).bits(0, 31),
];

const ENFORCEMENT: Table = &[(0, "None"), (1, "Untag"), (2, "Header"), (3, "Reserved")];
const REASONS: Table =
    &[(1, "mirror"), (2, "MAC learning"), (4, "switching"), (8, "prot term"), (16, "prot snoop"), (32, "exception")];

/// The frame entry of tags behind the addresses.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "brcm-tag";
    ethernet::tagged_frame(o, v, Some(&SwitchTag { len: TAG, print: noted }))
}

/// The frame entry of tags before the addresses.
pub(crate) fn prepended_frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "brcm-tag-prepend";
    v.check(TAG)?;
    note(o, v)?;
    let mut link_len = 0;
    let result = ethernet::dissect(o, v.skip(TAG), Some(&|o: &mut Out| tag(o, v)), &mut link_len);
    o.link_len += TAG + link_len;
    result
}

fn noted(o: &mut Out, v: View<'_>) -> Step {
    note(o, v)?;
    tag(o, v)
}

/// Notes a tag, which is printed before addresses only with them.
fn note(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(OPERATION, v);
    o.see_all(if v.u8(0)? & INGRESS != 0 { TOWARDS } else { FROM }, v);
    Ok(())
}

fn tag(o: &mut Out, v: View<'_>) -> Step {
    let [operation, a, b, c] = v.array(0)?;
    o.put(if operation == 0 { "BRCM tag OP: EG" } else { "BRCM tag OP: IG" });
    if operation & INGRESS != 0 {
        o.put((", TC: ", a >> 2 & 7, ", TE: ", named(ENFORCEMENT, a & 3, "unknown")));
        o.put((", TS: ", a >> 7, ", DST map: 0x", Hex4(u16::from_be_bytes([b, c]) & 0x1ff), ", "));
    } else {
        o.put((", CID: ", a, ", RC: ", named(REASONS, b, "reserved")));
        o.put((", TC: ", c >> 5, ", port: ", c & 0x1f, ", "));
    }
    Ok(())
}
