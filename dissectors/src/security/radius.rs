//! RADIUS (RFC 2865, RFC 2866, RFC 5176).

use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex2, Octets, Table, named};
use crate::security::radius_attributes;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 20;

const CODE: Field<u8> = Field::new("radius.code", 0);
const ID: Field<u8> = Field::new("radius.id", 1);
const LENGTH: Field<u16> = Field::new("radius.length", 2);
/// The authenticator: offset and octets.
const AUTHENTICATOR: (usize, usize) = (4, 16);

const CODES: Table = &[
    (1, "Access-Request"),
    (2, "Access-Accept"),
    (3, "Access-Reject"),
    (4, "Accounting-Request"),
    (5, "Accounting-Response"),
    (11, "Access-Challenge"),
    (12, "Status-Server"),
    (13, "Status-Client"),
    (40, "Disconnect-Request"),
    (41, "Disconnect-ACK"),
    (42, "Disconnect-NAK"),
    (43, "CoA-Request"),
    (44, "CoA-ACK"),
    (45, "CoA-NAK"),
    (255, "Reserved"),
];

/// A packet; its attributes only with `-v`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "radius";
    let result = packet(o, v);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    v.check(HEADER)?;
    let length = usize::from(v.get(LENGTH)?);
    if length < HEADER {
        return Err(Stop::Cut);
    }
    let length = length.min(v.len());
    o.see(LENGTH, v);
    let code = v.get(CODE)?;
    let id = v.get(ID)?;
    o.note(CODE, code);
    o.note(ID, id);
    if let Ok(octets) = v.bytes(AUTHENTICATOR.0, AUTHENTICATOR.1) {
        o.note_octets(id!("radius.authenticator"), octets);
    }
    let name = named(CODES, code, "Unknown Command");
    if o.opt.verbose == 0 {
        o.put(("RADIUS, ", name, " (", code, "), id: 0x", Hex2(id), " length: ", length));
        return Ok(());
    }
    o.put(("RADIUS, length: ", length, "\n\t", name, " (", code, "), id: 0x", Hex2(id)));
    o.put((", Authenticator: ", Octets(v.bytes(AUTHENTICATOR.0, AUTHENTICATOR.1)?)));
    radius_attributes::dissect(o, v.claim(length).skip(HEADER))
}
