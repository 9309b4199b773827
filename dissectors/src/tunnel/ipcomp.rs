//! IP Payload Compression (RFC 3173), never decompressed.

use crate::below::Below;
use crate::out::Out;
use crate::put::Hex4;
use crate::view::{Step, View};

/// A compressed payload: its compression parameter index.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ipcomp";
    let index = v.u16(2)?;
    o.note(id!("ipcomp.cpi"), index);
    o.put(("IPComp(cpi=0x", Hex4(index), ")"));
    Ok(())
}
