//! Multipath TCP options (RFC 8684, section 3).

use crate::out::Out;
use crate::view::{Step, View};

/// The option's value from the subtype on; `size` counts kind and length too.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, size: usize, flags: u8) -> Step {
    let _ = (v, size, flags);
    o.put(" unknown");
    Ok(())
}
