//! The entry: a captured frame and the text of all its layers.

use crate::below::Below;
use crate::out::Out;
use crate::registry;
use crate::view::{Stop, View};

/// The largest packet that is printed, in octets.
const MAX_LENGTH: u32 = 262_144;

/// A captured frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'p> {
    /// The captured octets.
    pub data: &'p [u8],
    /// The length on the wire in octets.
    pub wire_len: u32,
    /// The LINKTYPE_ value of the interface.
    pub link: u16,
}

impl Frame<'_> {
    /// Whether the frame's lengths contradict themselves or are too large.
    #[inline]
    pub fn is_faulty(&self) -> bool {
        let (caplen, len) = (self.data.len() as u32, self.wire_len);
        caplen == 0 || len < caplen || len > MAX_LENGTH
    }
}

/// Writes what is wrong with the frame's lengths; false if nothing is. Such a
/// frame has no more text.
#[inline]
pub fn header_fault(o: &mut Out, frame: &Frame<'_>) -> bool {
    frame.is_faulty() && faults(o, frame)
}

#[cold]
fn faults(o: &mut Out, frame: &Frame<'_>) -> bool {
    let (caplen, len) = (frame.data.len() as u32, frame.wire_len);
    let mut found = false;
    let mut fault = |o: &mut Out, write: &dyn Fn(&mut Out)| {
        o.put(if found { "," } else { "[Invalid header:" });
        write(o);
        found = true;
    };
    if caplen == 0 {
        fault(o, &|o| o.put(" caplen==0"));
    }
    if len == 0 {
        fault(o, &|o| o.put(" len==0"));
    } else if len < caplen {
        fault(o, &|o| o.put((" len(", len, ") < caplen(", caplen, ")")));
    }
    if caplen > MAX_LENGTH {
        fault(o, &|o| o.put((" caplen(", caplen, ") > ", MAX_LENGTH)));
    }
    if len > MAX_LENGTH {
        fault(o, &|o| o.put((" len(", len, ") > ", MAX_LENGTH)));
    }
    if found {
        o.put("]");
    }
    found
}

/// Writes the text of a frame and the dumps that the options ask for, without
/// timestamp and without the closing line feed.
#[inline]
pub fn body(o: &mut Out, frame: &Frame<'_>) {
    o.begin();
    let view = View::new(frame.data, frame.wire_len as usize);
    let result = match registry::link(frame.link) {
        Some(dissect) => dissect(o, view, &Below::default()),
        None => {
            unsupported(o, view);
            Ok(())
        }
    };
    match result {
        Err(Stop::Cut) => o.truncated(),
        Err(Stop::Truncated) => {
            o.truncated();
            // What the link header was is lost with the printer that stopped.
            o.link_len = 0;
        }
        Err(Stop::Malformed) => o.invalid(),
        Ok(()) => {}
    }
    if (o.opt.hex_ascii, o.opt.hex, o.opt.ascii) != (0, 0, 0) {
        dump(o, frame.data);
    }
}

/// A link type without printer: its name for that and all its octets.
fn unsupported(o: &mut Out, view: View<'_>) {
    o.proto = "unsupported";
    o.put("UNSUPPORTED");
    o.default_dump(view.data());
}

/// The dump of `-x`, `-X` or `-A`; given twice it includes the link header.
fn dump(o: &mut Out, data: &[u8]) {
    let behind = data.get(o.link_len..).unwrap_or(&[]);
    let choose = |level: u8| if level > 1 { data } else { behind };
    match (o.opt.hex_ascii, o.opt.hex, o.opt.ascii) {
        (0, 0, 0) => {}
        (0, 0, level) if !choose(level).is_empty() => o.ascii_dump(choose(level)),
        (0, 0, _) => {}
        (0, level, _) => o.hex_dump("\n\t", choose(level)),
        (level, _, _) => o.hex_ascii_dump("\n\t", choose(level)),
    }
}
