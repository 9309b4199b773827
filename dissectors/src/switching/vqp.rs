//! Cisco's VLAN Query Protocol.

use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex8, Ipv4, Mac, Named, Otherwise, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of the header and of an object's header.
const HEADER: usize = 8;
const OBJECT_HEADER: usize = 6;

const VERSION: Field<u8> = Field::new("vqp.version", 0);
const TYPE: Field<u8> = Field::new("vqp.type", 1);
const ERROR: Field<u8> = Field::new("vqp.error", 2);
const COUNT: Field<u8> = Field::new("vqp.count", 3);
const SEQUENCE: Field<u32> = Field::new("vqp.sequence", 4);

const VERSION_1: u8 = 1;
const TYPES: Table =
    &[(1, "Request, Join Port"), (2, "Response, VLAN"), (3, "Request, Reconfirm"), (4, "Response, Reconfirm")];
const ERRORS: Table = &[(0, "No error"), (3, "Access denied"), (4, "Shutdown port"), (5, "Wrong VTP domain")];

const CLIENT_ADDRESS: u32 = 0x0c01;
const PORT_NAME: u32 = 0x0c02;
const ETHERNET_PACKET: u32 = 0x0c05;
const MAC_NULL: u32 = 0x0c06;
const MAC_ADDRESS: u32 = 0x0c08;
const OBJECTS: Table = &[
    (0x0c01, "Client IP Address"),
    (0x0c02, "Port Name"),
    (0x0c03, "VLAN Name"),
    (0x0c04, "VTP Domain"),
    (0x0c05, "Ethernet Packet"),
    (0x0c06, "MAC Null"),
    (0x0c08, "MAC Address"),
];

/// A VQP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "vqp";
    let result = message(o, v);
    o.settle(result)
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    v.need(HEADER)?;
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    o.see(VERSION, v);
    let version = v.get(VERSION)?;
    if version != VERSION_1 {
        o.put(("VQP version ", version, " packet not supported"));
        return Ok(());
    }
    o.see(ERROR, v);
    let (kind, error) = (v.get(TYPE)?, v.get(ERROR)?);
    let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown (", ")"));
    let brief = o.opt.verbose == 0;
    o.put((if brief { "VQPv" } else { "\n\tVQPv" }, version, if brief { " " } else { ", " }));
    o.put((TYPE.text(kind, name), " Message, error-code ", named(ERRORS, error, "unknown"), " (", error, ")"));
    if brief {
        o.put((", length ", v.len()));
        return Ok(());
    }
    let (count, sequence) = (v.get(COUNT)?, v.get(SEQUENCE)?);
    o.put((", seq 0x", SEQUENCE.text(sequence, Hex8(sequence)), ", items ", COUNT.show(count), ", length ", v.len()));
    let mut rest = v.skip(HEADER);
    for _ in 0..count {
        if rest.is_empty() || !object(o, &mut rest)? {
            break;
        }
    }
    Ok(())
}

/// Prints the next object; false if none can follow.
fn object(o: &mut Out, rest: &mut View<'_>) -> Step<bool> {
    rest.need(OBJECT_HEADER)?;
    if rest.len() < OBJECT_HEADER {
        return Err(Stop::Malformed);
    }
    let (kind, length) = (rest.u32(0)?, usize::from(rest.u16(4)?));
    let value = rest.skip(OBJECT_HEADER);
    o.put(("\n\t  ", named(OBJECTS, kind, "Unknown"), " Object (0x", Hex8(kind), "), length ", length, ", value: "));
    if kind == 0 || length == 0 {
        return Ok(false);
    }
    value.need(length)?;
    if value.len() < length {
        return Err(Stop::Malformed);
    }
    match (kind, length) {
        (CLIENT_ADDRESS, 4) => o.put((Ipv4(value.array(0)?), " (0x", Hex8(value.u32(0)?), ")")),
        (PORT_NAME..=ETHERNET_PACKET, _) => o.text_to_nul(value, length)?,
        (MAC_ADDRESS | MAC_NULL, 6) => o.put(Mac(value.array(0)?)),
        (CLIENT_ADDRESS | MAC_ADDRESS | MAC_NULL, _) => return Err(Stop::Malformed),
        _ if o.opt.verbose <= 1 => o.unknown(value, "\n\t    ", length),
        _ => {}
    }
    *rest = value.skip(length);
    Ok(true)
}
