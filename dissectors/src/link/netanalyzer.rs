//! Captures of Hilscher's netANALYZER: Ethernet behind a header, and with its
//! preamble too.

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::view::{Step, Stop, View};

/// Octets of the header, and of the header with preamble and start delimiter.
const HEADER: usize = 4;
const TRANSPARENT_HEADER: usize = 12;

/// What the header says of a frame, where it is of a version that is known and of no event.
const FIELDS: &[Slot] = &[
    Slot::new("netanalyzer.packetstatus", 0, 1),
    Slot::new("netanalyzer.port", 0, 4).little().bits(14, 3),
    Slot::new("netanalyzer.framelen", 0, 4).little().bits(16, 0xfff),
];
/// What is wrong with a frame, if anything is.
const ERRORS: &[Slot] = &[
    Slot::new("netanalyzer.packetstatus.rx_er", 0, 1).bit(0),
    Slot::new("netanalyzer.packetstatus.alignment_error", 0, 1).bit(1),
    Slot::new("netanalyzer.packetstatus.fcs_error", 0, 1).bit(2),
    Slot::new("netanalyzer.packetstatus.too_long", 0, 1).bit(3),
    Slot::new("netanalyzer.packetstatus.sfd_error", 0, 1).bit(4),
    Slot::new("netanalyzer.packetstatus.short_frame", 0, 1).bit(5),
    Slot::new("netanalyzer.packetstatus.short_preamble", 0, 1).bit(6),
    Slot::new("netanalyzer.packetstatus.long_preamble", 0, 1).bit(7),
];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "netanalyzer";
    behind(o, v, HEADER)
}

/// The frame entry of frames with preamble and start delimiter.
pub(crate) fn transparent(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "netanalyzer_transparent";
    behind(o, v, TRANSPARENT_HEADER)
}

/// What is captured is an event of an input.
const EVENT: u32 = 0x100;

fn behind(o: &mut Out, v: View<'_>, header: usize) -> Step {
    if v.len() < header || !v.has(header) {
        return Err(Stop::Truncated);
    }
    let word = v.le32(0)?;
    if matches!(word >> 10 & 15, 1 | 2) && word & EVENT == 0 {
        o.see_all(FIELDS, v);
        if v.u8(0)? != 0 {
            o.see_all(ERRORS, v);
        }
    }
    let mut link_len = 0;
    let result = ethernet::dissect(o, v.skip(header), None, &mut link_len);
    o.link_len += header + link_len;
    result
}
