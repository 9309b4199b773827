//! ATM LAN emulation (ATM Forum af-lane-0021): data frames of IEEE 802.3
//! behind the number of their sender, and control frames.

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex, Named, Otherwise, Table};
use crate::view::{Step, View};

/// Octets of the stations and the type of a data frame.
const FRAME_HEADER: usize = 14;
/// What stands in place of the number in a control frame.
const CONTROL_MARKER: u16 = 0xff00;

const OPERATIONS: Table = &[
    (0x0001, "configure request"),
    (0x0101, "configure response"),
    (0x0002, "join request"),
    (0x0102, "join response"),
    (0x0003, "ready query"),
    (0x0103, "ready indication"),
    (0x0004, "register request"),
    (0x0104, "register response"),
    (0x0005, "unregister request"),
    (0x0105, "unregister response"),
    (0x0006, "ARP request"),
    (0x0106, "ARP response"),
    (0x0007, "flush request"),
    (0x0107, "flush response"),
    (0x0008, "NARP request"),
    (0x0009, "topology request"),
];

/// A frame of an emulated LAN.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lane";
    if v.u16(0)? == CONTROL_MARKER {
        let operation = Named(OPERATIONS, v.u16(4)?.into(), Otherwise::Dec("opcode-#", ""));
        o.put(("lec: proto ", Hex(v.u8(2)?), " vers ", Hex(v.u8(3)?), " ", operation));
        return Ok(());
    }
    let (sender, frame) = (v.u16(0)?, v.skip(2));
    if frame.len() >= FRAME_HEADER && frame.has(FRAME_HEADER) {
        o.put(("lecid:", Hex(sender), " "));
    }
    o.nested(|o| ethernet::dissect(o, frame, None, &mut 0))
}
