//! The Encapsulating Security Payload (RFC 4303), never decrypted.

use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::Hex8;
use crate::view::{Step, View};

const SPI: Field<u32> = Field::new("esp.spi", 0);
const SEQUENCE: Field<u32> = Field::new("esp.sequence", 4);

/// An encapsulated payload.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "esp";
    o.put("ESP");
    let spi = v.get(SPI)?;
    o.put(("(spi=0x", SPI.text(spi, Hex8(spi))));
    o.put((",seq=0x", SEQUENCE.hex(v.get(SEQUENCE)?), ")"));
    o.put((", length ", v.len()));
    Ok(())
}
