//! Classical IP over ATM (RFC 2225) as Linux captures it: LLC and SNAP before
//! the packet, or nothing.

use crate::below::Below;
use crate::link::llc;
use crate::out::Out;
use crate::registry;
use crate::view::{Step, View};

/// LLC and SNAP with the organization of Ethertypes.
const SNAP: [u8; 6] = [0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "cip";
    if o.opt.link {
        o.put((v.len(), ": "));
    }
    if !v.has(SNAP.len()) {
        o.truncated();
        return Ok(());
    }
    if v.array(0)? == SNAP {
        let header = llc::dissect_or_dump(o, v, below)?;
        o.link_len += header;
        return Ok(());
    }
    registry::ipv4()(o, v, below)
}
