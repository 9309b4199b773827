//! The IP Authentication Header (RFC 4302).

use crate::out::Out;
use crate::put::{Hex, Hex2, Hex8};
use crate::view::{Step, View};

/// Octets before the integrity check value.
const HEADER: usize = 12;

/// The header: its octets.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step<usize> {
    o.proto = "ah";
    o.put("AH");
    let words = v.u8(1)?;
    let size = (usize::from(words) + 2) * 4;
    o.put("(");
    if o.opt.verbose > 0 {
        o.put(("length=", words, "(", size, "-bytes),"));
    }
    let reserved = v.u16(2)?;
    if reserved != 0 {
        o.put(("reserved=0x", Hex(reserved), "[MustBeZero],"));
    }
    let spi = v.u32(4)?;
    o.note(id!("ah.spi"), spi);
    o.put(("spi=0x", Hex8(spi), ","));
    let sequence = v.u32(8)?;
    o.note(id!("ah.sequence"), sequence);
    o.put(("seq=0x", Hex(sequence), ","));
    o.put("icv=0x");
    for at in HEADER..size {
        o.put(Hex2(v.u8(at)?));
    }
    o.put("): ");
    Ok(size)
}
