//! CALM FAST (ISO 29281:2009, non-IP networking of land mobiles).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of the header: the references of two networks.
const HEADER: usize = 2;

/// The tree's fields, of which Wireshark has none.
const FIELDS: &[Slot] = &[Slot::new("calm_fast.src_nwref", 0, 1), Slot::new("calm_fast.dst_nwref", 1, 1)];

/// A packet behind its Ethertype.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "calm_fast";
    o.put("CALM FAST");
    if let Some(source) = below.source {
        o.put((" src:", source));
    }
    o.put("; ");
    if v.len() < HEADER {
        o.put((" (length ", v.len(), " < ", HEADER, ")"));
        o.invalid();
        return v.need(v.len());
    }
    o.see_all(FIELDS, v);
    o.put(("SrcNwref:", v.u8(0)?, "; "));
    o.put(("DstNwref:", v.u8(1)?, "; "));
    if o.opt.verbose > 0 {
        o.default_dump(v.skip(HEADER).payload());
        v.need(v.len())?;
    }
    Ok(())
}
