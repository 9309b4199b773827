//! Bluetooth HCI frames (Bluetooth Core, volume 4) behind libpcap's direction.

use crate::below::Below;
use crate::field::Slot;
use crate::link::{bluetooth_fields, ethernet};
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of the direction.
const HEADER: usize = 4;

const DIRECTION: &[Slot] = &[Slot::new("hci_h4.direction", 0, 4)];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "bluetooth";
    o.put("bluetooth");
    if v.len() < HEADER || !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    o.link_len += HEADER;
    let inner = v.skip(HEADER);
    o.see_all(DIRECTION, v);
    bluetooth_fields::note(o, inner);
    if o.opt.link {
        let direction = if v.u32(0)? & 1 != 0 { "in" } else { "out" };
        o.put((", hci length ", inner.len(), ", direction ", direction));
    }
    ethernet::default_dump(o, inner);
    Ok(())
}
