//! Frame Relay for the tree: Q.922's address, the control field and what names the payload.

use super::frame_relay::Q922;
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// The octets of an address: the first, the second, those between, and the last of more than two.
const FIRST: &[Slot] = &[
    Slot::new("fr.first_addr_octet", 0, 1),
    Slot::new("fr.upper_dlci", 0, 1).bits(2, 0x3f),
    Slot::new("fr.cr", 0, 1).bit(1),
    Slot::new("fr.ea", 0, 1).bit(0),
];
const SECOND: &[Slot] = &[
    Slot::new("fr.second_addr_octet", 1, 1),
    Slot::new("fr.second_dlci", 1, 1).bits(4, 15),
    Slot::new("fr.fecn", 1, 1).bit(3),
    Slot::new("fr.becn", 1, 1).bit(2),
    Slot::new("fr.de", 1, 1).bit(1),
    Slot::new("fr.ea", 1, 1).bit(0),
];
const THIRD: &[Slot] = &[
    Slot::new("fr.third_addr_octet", 2, 1),
    Slot::new("fr.third_dlci", 2, 1).bits(1, 0x7f),
    Slot::new("fr.ea", 2, 1).bit(0),
];
/// The last octet has a part of the identifier, or of a control protocol.
const LAST: &[Slot] = &[Slot::new("fr.dc", 0, 1).bit(1), Slot::new("fr.ea", 0, 1).bit(0)];
const LOWER: &[Slot] = &[Slot::new("fr.lower_dlci", 0, 1).bits(2, 0x3f)];
const CORE: &[Slot] = &[Slot::new("fr.dlcore_control", 0, 1).bits(2, 0x3f)];

const CONTROL: &[Slot] = &[Slot::new("fr.control", 0, 1)];
const IDENTIFIER: &[Slot] = &[Slot::new("fr.nlpid", 0, 1)];
const ORGANIZATION: &[Slot] = &[Slot::new("fr.snap.oui", 1, 3)];
const TYPE: &[Slot] = &[Slot::new("fr.snaptype", 4, 2)];
const PROTOCOL: &[Slot] = &[Slot::new("fr.snap.pid", 4, 2)];
const CISCO: &[Slot] = &[Slot::new("fr.chdlctype", 0, 2)];

/// A fragment of FRF.12 or FRF.15, and a frame of FRF.16, of which Wireshark has none.
pub(super) const FRAGMENT: &[Slot] = &[Slot::new("frf.flags", 0, 1).bits(0, 0xe0)];
pub(super) const MULTILINK: &[Slot] = &[Slot::new("mfr.flags", 0, 1).bits(0, 0xe0)];

/// Notes a frame up to what it carries.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = frame(o, v);
    }
}

fn frame(o: &mut Out, v: View<'_>) -> Step {
    const UNNUMBERED: u8 = 3;
    let address = Q922::read(v)?;
    o.see_all(FIRST, v);
    o.see_all(SECOND, v);
    if address.len == 4 {
        o.see_all(THIRD, v);
    }
    if address.len > 2 {
        let last = v.skip(address.len - 1);
        let core = last.u8(0)? & 2 != 0;
        o.see_all(if core { CORE } else { LOWER }, last);
        o.see_all(LAST, last);
        o.note(id!("fr.dlci"), address.dlci >> if core { 6 } else { 0 });
    } else {
        o.note(id!("fr.dlci"), address.dlci);
    }
    let rest = v.skip(address.len);
    let control = rest.u8(0)?;
    if control != UNNUMBERED {
        if address.dlci != 0 {
            o.see_all(CISCO, rest);
        }
        return Ok(());
    }
    o.see_all(CONTROL, rest);
    o.note(if v.u8(0)? & 2 != 0 { id!("fr.control.u_modifier_resp") } else { id!("fr.control.u_modifier_cmd") }, 0u8);
    o.note(id!("fr.control.ftype"), UNNUMBERED);
    payload(o, rest.skip(1))
}

/// What names the payload, behind a pad octet where there is one.
fn payload(o: &mut Out, v: View<'_>) -> Step {
    const PAD: u8 = 0;
    const SNAP: u8 = 0x80;
    const ETHERNET: u32 = 0;
    let mut rest = v;
    if rest.u8(0)? == PAD {
        o.see_all(IDENTIFIER, rest);
        rest = rest.skip(1);
    }
    o.see_all(IDENTIFIER, rest);
    if rest.u8(0)? == SNAP {
        o.see_all(ORGANIZATION, rest);
        o.see_all(if rest.u24(1)? == ETHERNET { TYPE } else { PROTOCOL }, rest);
    }
    Ok(())
}
