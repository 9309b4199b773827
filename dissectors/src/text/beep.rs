//! BEEP (RFC 3080): the kind of a frame.

use crate::below::Below;
use crate::out::Out;
use crate::view::{Step, View};

/// The starts of frames. Two of them end with NUL, which no frame has there.
const KINDS: [(&[u8], &str); 7] = [
    (b"MSG\0", " BEEP MSG"),
    (b"RPY ", " BEEP RPY"),
    (b"ERR ", " BEEP ERR"),
    (b"ANS ", " BEEP ANS"),
    (b"NUL ", " BEEP NUL"),
    (b"SEQ ", " BEEP SEQ"),
    (b"END\0", " BEEP END"),
];

/// Names the frame at the start of a segment.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "beep";
    let kind = KINDS.iter().find(|kind| v.payload().starts_with(kind.0));
    o.put(kind.map_or(" BEEP (payload or undecoded)", |kind| kind.1));
    Ok(())
}
