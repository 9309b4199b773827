//! Broadcom's switch tags behind the addresses (LINKTYPE_DSA_TAG_BRCM) and
//! before them (LINKTYPE_DSA_TAG_BRCM_PREPEND).

use crate::below::Below;
use crate::link::ethernet::{self, SwitchTag};
use crate::out::Out;
use crate::put::{Hex4, Table, named};
use crate::view::{Step, View};

/// Octets of a tag.
const TAG: usize = 4;
/// The bit of the operation code that marks a tag towards the switch.
const INGRESS: u8 = 0x20;

const ENFORCEMENT: Table = &[(0, "None"), (1, "Untag"), (2, "Header"), (3, "Reserved")];
const REASONS: Table =
    &[(1, "mirror"), (2, "MAC learning"), (4, "switching"), (8, "prot term"), (16, "prot snoop"), (32, "exception")];

/// The frame entry of tags behind the addresses.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "brcm-tag";
    ethernet::tagged_frame(o, v, Some(&SwitchTag { len: TAG, print: tag }))
}

/// The frame entry of tags before the addresses.
pub(crate) fn prepended_frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "brcm-tag-prepend";
    v.check(TAG)?;
    let mut link_len = 0;
    let result = ethernet::dissect(o, v.skip(TAG), Some(&|o: &mut Out| tag(o, v)), &mut link_len);
    o.link_len += TAG + link_len;
    result
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
