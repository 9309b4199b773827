//! The packets of the conference tools vat and vt.

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// The port of vat.
pub(crate) const PORT: u16 = 3456;
/// Octets of vat's header.
const HEADER: usize = 8;

/// The tree's fields of vat; Wireshark has none.
const FIELDS: &[Slot] = &[
    Slot::new("vat.format", 0, 4).bits(16, 31),
    Slot::new("vat.conference", 0, 4).bits(0, 0xffff),
    Slot::new("vat.timestamp", 4, 4),
];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "vat";
    if v.len() < 2 {
        o.put(("udp/va/vat, length ", v.len(), " < 2"));
        return Ok(());
    }
    let first = v.u16(0)?;
    if first & 0xf060 != 0 {
        o.put(("udp/vt ", v.len(), " ", first & 0x3ff, " / ", first >> 10));
        return Ok(());
    }
    if v.len() < HEADER {
        o.put(("udp/vat, length ", v.len(), " < ", HEADER));
        return Ok(());
    }
    o.see_all(FIELDS, v);
    let (word, time) = (v.u32(0)?, v.u32(4)?);
    let mark = if word & 0x80_0000 != 0 { "*" } else { "" };
    o.put(("udp/vat ", v.len() - HEADER, " c", word & 0xffff, " ", time, mark));
    let (format, site) = (word >> 16 & 0x1f, word >> 24 & 0x3f);
    o.put((format != 0).then_some((" f", format)));
    o.put((site != 0).then_some((" s", site)));
    Ok(())
}
