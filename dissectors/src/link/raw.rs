//! Raw IP: no link header (LINKTYPE_RAW, LINKTYPE_IPV4, LINKTYPE_IPV6).

use crate::below::Below;
use crate::out::Out;
use crate::registry;
use crate::view::{Step, View};

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "raw";
    if o.opt.link {
        o.put("ip: ");
    }
    registry::ip(o, v, below)
}
