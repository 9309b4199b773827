//! Overlay Transport Virtualization (draft-hasmit-otv).

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::Hex2;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 8;

/// An OTV packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "otv";
    o.put("OTV, ");
    let result = packet(o, v, below);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADER {
        o.put(("[length ", v.len(), " < ", HEADER, "]"));
        return Err(Stop::Malformed);
    }
    let flags = v.u8(0)?;
    o.put(("flags [", if flags & 8 != 0 { "I" } else { "." }, "] (0x", Hex2(flags), "), "));
    o.put(("overlay ", v.u24(1)?, ", "));
    o.put(("instance ", v.u24(4)?, "\n"));
    v.need(HEADER)?;
    ethernet::encapsulated(o, v.skip(HEADER), below)
}
