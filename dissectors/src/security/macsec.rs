//! MAC security (IEEE 802.1AE, clause 9): the security tag behind its Ethertype.

use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex16, Table, bits};
use crate::view::{Step, View};

const TAG_CONTROL: Field<u8> = Field::new("macsec.TCI", 0);
const ASSOCIATION: Field<u8> = Field::bits("macsec.AN", 0, 0, 3);
const SHORT_LENGTH: Field<u8> = Field::new("macsec.SL", 1);
const PACKET_NUMBER: Field<u32> = Field::new("macsec.PN", 2);
const CHANNEL: Field<u64> = Field::new("macsec.SCI", 6);

/// Octets of the tag without and with a secure channel identifier.
const SHORT: usize = 6;
const LONG: usize = 14;
/// Octets of the integrity check value behind the payload.
const CHECK: usize = 16;

const VERSION: u8 = 0x80;
const HAS_CHANNEL: u8 = 0x20;
/// The payload is encrypted, or otherwise changed.
const CONFIDENTIAL: u8 = 0x0c;
const FLAGS: Table = &[(0x08, "E"), (0x04, "C"), (0x40, "S"), (0x10, "B"), (0x20, "I")];

/// What follows a tag.
pub(crate) enum Payload<'p> {
    /// Nothing that can be printed.
    None,
    /// Encrypted data.
    Encrypted(View<'p>),
    /// The type and the payload of the frame.
    Clear(View<'p>),
}

/// Octets of the tag.
pub(crate) fn header_len(v: View<'_>) -> Step<usize> {
    Ok(if v.get(TAG_CONTROL)? & HAS_CHANNEL != 0 { LONG } else { SHORT })
}

/// Prints a tag where the link header is printed or nothing else can be.
pub(crate) fn header<'p>(o: &mut Out, v: View<'p>, below: &Below<'_>) -> Step<Payload<'p>> {
    let outer = o.proto;
    o.proto = "macsec";
    let result = tag(o, v, below);
    if result.is_ok() {
        o.proto = outer;
    }
    result
}

fn tag<'p>(o: &mut Out, v: View<'p>, below: &Below<'_>) -> Step<Payload<'p>> {
    let fits = |v: View<'_>, n: usize| v.has(n) && v.len() >= n;
    if !fits(v, SHORT) || !fits(v, header_len(v)?) {
        o.truncated();
        return Ok(Payload::None);
    }
    let (control, short) = (v.get(TAG_CONTROL)?, v.get(SHORT_LENGTH)?);
    // The association number has the lowest bits.
    o.note(TAG_CONTROL, control >> 2);
    if short & 0xc0 != 0 || control & VERSION != 0 {
        o.invalid();
        return Ok(Payload::None);
    }
    if o.opt.link {
        fields(o, v)?;
    }
    let inner = v.skip(header_len(v)?);
    if control & CONFIDENTIAL != 0 {
        if !o.opt.link {
            if let Some((source, destination)) = below.source.zip(below.destination) {
                o.put((source, " > ", destination, " "));
            }
            o.put("802.1AE MACsec, ");
            fields(o, v)?;
        }
        return Ok(Payload::Encrypted(inner));
    }
    let short = usize::from(short);
    if !fits(inner, CHECK) || !fits(inner, CHECK + short) {
        o.truncated();
        return Ok(Payload::None);
    }
    let (captured, claimed) = (inner.caplen() - CHECK, inner.len() - CHECK);
    let inner = inner.cut(captured).claim(claimed);
    Ok(Payload::Clear(if short == 0 { inner } else { inner.claim(claimed.min(short)) }))
}

/// The fields of a tag.
fn fields(o: &mut Out, v: View<'_>) -> Step {
    let (control, short) = (v.get(TAG_CONTROL)?, v.get(SHORT_LENGTH)?);
    o.put(("an ", ASSOCIATION.show(v.get(ASSOCIATION)?), ", pn ", PACKET_NUMBER.show(v.get(PACKET_NUMBER)?)));
    o.put((", flags ", bits(FLAGS, control & 0x7c, "", "none")));
    if short != 0 {
        o.put((", sl ", SHORT_LENGTH.show(short)));
    }
    if control & HAS_CHANNEL != 0 {
        let channel = v.get(CHANNEL)?;
        o.put((", sci ", CHANNEL.text(channel, Hex16(channel))));
    }
    o.put(", ");
    Ok(())
}
