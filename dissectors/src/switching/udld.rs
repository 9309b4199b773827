//! Cisco's Unidirectional Link Detection (RFC 5171).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Table, bits, named};
use crate::view::{Step, Stop, View};

/// Octets of the header and of a TLV's header.
const HEADER: usize = 4;

const VERSION: Field<u8> = Field::bits("udld.version", 0, 5, 7);
const OPCODE: Field<u8> = Field::bits("udld.opcode", 0, 0, 0x1f);
const FLAGS: Field<u8> = Field::new("udld.flags", 1);
const FLAG_FIELDS: &[Slot] = &[Slot::new("udld.flags.rt", 1, 1).bit(0), Slot::new("udld.flags.rsy", 1, 1).bit(1)];
const TLV_FIELDS: &[Slot] = &[Slot::new("udld.tlv.type", 0, 2), Slot::new("udld.tlv.len", 2, 2)];
const CHECKSUM: Field<u16> = Field::new("udld.checksum", 2);

const OPCODES: Table = &[(0, "Reserved"), (1, "Probe message"), (2, "Echo message"), (3, "Flush message")];
const FLAG_NAMES: Table = &[
    (0x01, "RT"),
    (0x02, "RSY"),
    (0x04, "MBZ-2"),
    (0x08, "MBZ-3"),
    (0x10, "MBZ-4"),
    (0x20, "MBZ-5"),
    (0x40, "MBZ-6"),
    (0x80, "MBZ-7"),
];

const DEVICE_ID: u16 = 1;
const PORT_ID: u16 = 2;
const ECHO: u16 = 3;
const MESSAGE_INTERVAL: u16 = 4;
const TIMEOUT_INTERVAL: u16 = 5;
const DEVICE_NAME: u16 = 6;
const SEQUENCE_NUMBER: u16 = 7;
const TLVS: Table = &[
    (1, "Device-ID TLV"),
    (2, "Port-ID TLV"),
    (3, "Echo TLV"),
    (4, "Message Interval TLV"),
    (5, "Timeout Interval TLV"),
    (6, "Device Name TLV"),
    (7, "Sequence Number TLV"),
];

/// A UDLD message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "udld";
    let mut rest = v;
    match message(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            rest.need(rest.len())
        }
        other => other,
    }
}

/// Prints a message; `rest` is what is left where it stops.
fn message(o: &mut Out, rest: &mut View<'_>) -> Step {
    let v = *rest;
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    o.see_all(FLAG_FIELDS, v);
    let (version, opcode, flags) = (v.get(VERSION)?, v.get(OPCODE)?, v.get(FLAGS)?);
    o.put(("UDLDv", VERSION.show(version), ", Code ", OPCODE.text(opcode, named(OPCODES, opcode, "Reserved"))));
    o.put((" (", Hex(opcode), "), Flags [", FLAGS.text(flags, bits(FLAG_NAMES, flags, ", ", "none")), "]"));
    o.put((" (0x", Hex2(flags), "), length ", v.len()));
    if o.opt.verbose == 0 {
        return v.need(v.len());
    }
    let checksum = v.get(CHECKSUM)?;
    o.put(("\n\tChecksum 0x", CHECKSUM.text(checksum, Hex4(checksum)), " (unverified)"));
    *rest = v.skip(HEADER);
    while !rest.is_empty() {
        tlv(o, rest)?;
    }
    Ok(())
}

/// Prints the next TLV.
fn tlv(o: &mut Out, rest: &mut View<'_>) -> Step {
    if rest.len() < HEADER {
        return Err(Stop::Malformed);
    }
    let (kind, length) = (rest.u16(0)?, usize::from(rest.u16(2)?));
    o.see_all(TLV_FIELDS, *rest);
    *rest = rest.skip(HEADER);
    o.put(("\n\t", named(TLVS, kind, "Unknown"), " (0x", Hex4(kind), ") TLV, length ", length));
    if length <= HEADER || rest.len() < length - HEADER {
        return Err(Stop::Malformed);
    }
    let length = length - HEADER;
    note(o, kind, rest.cut(length));
    match (kind, length) {
        (DEVICE_ID | PORT_ID | DEVICE_NAME, _) => {
            o.put(", ");
            o.text_to_nul(*rest, length)?;
        }
        (ECHO, _) => {
            o.put(", ");
            o.text(*rest, length)?;
        }
        (MESSAGE_INTERVAL | TIMEOUT_INTERVAL, 1) => o.put((", ", rest.u8(0)?, "s")),
        (SEQUENCE_NUMBER, 4) => o.put((", ", rest.u32(0)?)),
        (MESSAGE_INTERVAL | TIMEOUT_INTERVAL | SEQUENCE_NUMBER, _) => return Err(Stop::Malformed),
        _ => rest.need(length)?,
    }
    *rest = rest.skip(length);
    Ok(())
}

/// Notes the value of a TLV.
fn note(o: &mut Out, kind: u16, value: View<'_>) {
    match kind {
        DEVICE_ID => o.note_padded(id!("udld.device_id"), value.data()),
        PORT_ID => o.note_padded(id!("udld.sent_through_interface"), value.data()),
        _ => o.note_octets(id!("udld.data"), value.data()),
    }
}
