//! Cisco's Dynamic Trunking Protocol.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex, Hex4, Mac, Table, named};
use crate::view::{Step, Stop, View};

const VERSION: Field<u8> = Field::new("dtp.version", 0);
const TLV_TYPE: Field<u16> = Field::new("dtp.tlv_type", 0);
const TLV_LENGTH: Field<u16> = Field::new("dtp.tlv_len", 2);
/// Octets of a TLV's header.
/// What TLVs hold, from their header on.
const STATUS_FIELDS: &[Slot] = &[Slot::new("dtp.tos", 4, 1).bit(7), Slot::new("dtp.tas", 4, 1).bits(0, 7)];
const TRUNK_FIELDS: &[Slot] = &[Slot::new("dtp.tot", 4, 1).bits(5, 7), Slot::new("dtp.tat", 4, 1).bits(0, 7)];
const NEIGHBOR_FIELDS: &[Slot] = &[Slot::new("dtp.senderid", 4, 6)];
const TLV_HEADER: usize = 4;

const END: u16 = 0;
const DOMAIN: u16 = 1;
const STATUS: u16 = 2;
const TRUNK_TYPE: u16 = 3;
const NEIGHBOR: u16 = 4;
const TLVS: Table = &[(1, "Domain"), (2, "Status"), (3, "DTP type"), (4, "Neighbor")];

/// A DTP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "dtp";
    let mut rest = v;
    match packet(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            rest.need(rest.len())
        }
        other => other,
    }
}

/// Prints a packet; `rest` is what is left where it stops.
fn packet(o: &mut Out, rest: &mut View<'_>) -> Step {
    if rest.is_empty() {
        o.put("[zero packet length]");
        return Err(Stop::Malformed);
    }
    o.put(("DTPv", VERSION.show(rest.get(VERSION)?), ", length ", rest.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    *rest = rest.skip(1);
    while !rest.is_empty() {
        if rest.len() < TLV_HEADER {
            o.put(("[", rest.len(), " bytes remaining]"));
            return Err(Stop::Malformed);
        }
        let (kind, length) = (rest.get(TLV_TYPE)?, usize::from(rest.get(TLV_LENGTH)?));
        if kind == END {
            return Ok(());
        }
        o.see(TLV_LENGTH, *rest);
        o.put(("\n\t", TLV_TYPE.text(kind, named(TLVS, kind, "Unknown")), " (0x", Hex4(kind), ") TLV, length "));
        o.put(length);
        if length < TLV_HEADER || length > rest.len() {
            o.put(("[invalid TLV length ", length, "]"));
            return Err(Stop::Malformed);
        }
        let value = rest.skip(TLV_HEADER).claim(length - TLV_HEADER);
        o.see_all(
            match (kind, value.len()) {
                (STATUS, 1) => STATUS_FIELDS,
                (TRUNK_TYPE, 1) => TRUNK_FIELDS,
                (NEIGHBOR, 6) => NEIGHBOR_FIELDS,
                _ => &[],
            },
            *rest,
        );
        match (kind, value.len()) {
            (DOMAIN, len) => {
                o.put(", ");
                o.note_padded(id!("dtp.domain"), value.payload());
                o.text_to_nul(value, len)?;
            }
            (STATUS | TRUNK_TYPE, 1) => o.put((", 0x", Hex(value.u8(0)?))),
            (NEIGHBOR, 6) => o.put((", ", Mac(value.array(0)?))),
            (STATUS | TRUNK_TYPE | NEIGHBOR, _) => return Err(Stop::Malformed),
            (_, len) => value.need(len)?,
        }
        *rest = rest.skip(length);
    }
    Ok(())
}
