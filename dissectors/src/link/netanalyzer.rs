//! Captures of Hilscher's netANALYZER: Ethernet behind a header, and with its
//! preamble too.

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::view::{Step, Stop, View};

/// Octets of the header, and of the header with preamble and start delimiter.
const HEADER: usize = 4;
const TRANSPARENT_HEADER: usize = 12;

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

fn behind(o: &mut Out, v: View<'_>, header: usize) -> Step {
    if v.len() < header || !v.has(header) {
        return Err(Stop::Truncated);
    }
    let mut link_len = 0;
    let result = ethernet::dissect(o, v.skip(header), None, &mut link_len);
    o.link_len += header + link_len;
    result
}
