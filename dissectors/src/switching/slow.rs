//! The slow protocols (IEEE 802.3, annex 57A): link aggregation with its marker
//! protocol (IEEE 802.1AX) and operations, administration and maintenance.

use super::{oam, slow_fields};
use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex2, Hex8, Mac, Named, Otherwise, Table, bits, named};
use crate::view::{Step, Stop, View};

const SUBTYPE: Field<u8> = Field::new("slow.subtype", 0);
const VERSION: Field<u8> = Field::new("lacp.version", 1);

const AGGREGATION: u8 = 1;
const MARKER: u8 = 2;
const OAM: u8 = 3;
const SUBTYPES: Table = &[(1, "LACP"), (2, "MARKER"), (3, "OAM")];
const VERSION_1: u8 = 1;

/// Octets of a TLV's header.
pub(super) const TLV_HEADER: usize = 2;

/// A slow protocol's data unit.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "slow";
    match packet(o, v) {
        Err(Stop::Malformed) => {
            too_short(o);
            Ok(())
        }
        other => other,
    }
}

fn too_short(o: &mut Out) {
    o.put(if o.opt.verbose == 0 { " (packet is too short)" } else { "\n\t\t packet is too short" });
}

/// Prints a packet; it is malformed where it is too short.
fn packet(o: &mut Out, v: View<'_>) -> Step {
    if v.is_empty() {
        return Err(Stop::Malformed);
    }
    let subtype = v.get(SUBTYPE)?;
    o.note(SUBTYPE, subtype);
    slow_fields::note(o, v);
    let name = Named(SUBTYPES, subtype.into(), Otherwise::Dec("unknown (", ")"));
    let versioned = matches!(subtype, AGGREGATION | MARKER);
    if versioned {
        if v.len() < 2 {
            return Err(Stop::Malformed);
        }
        let version = v.get(VERSION)?;
        if version != VERSION_1 {
            o.put((name, " version ", version, " packet not supported"));
            return Ok(());
        }
    }
    o.put((name, if versioned { "v1" } else { "" }, ", length ", v.len()));
    match subtype {
        AGGREGATION | MARKER if o.opt.verbose > 0 => tlvs(o, v.skip(2), subtype),
        OAM if o.opt.verbose > 0 => oam::dissect(o, v.skip(1)),
        AGGREGATION | MARKER | OAM => Ok(()),
        _ => {
            o.unknown(v, "\n\t", v.len());
            Ok(())
        }
    }
}

const TERMINATOR: u8 = 0;
const PARTNER: u8 = 2;
const AGGREGATION_TLVS: Table =
    &[(0, "Terminator"), (1, "Actor Information"), (2, "Partner Information"), (3, "Collector Information")];
const MARKER_TLVS: Table = &[(0, "Terminator"), (1, "Marker Information")];

/// The TLVs of link aggregation and of its marker protocol.
fn tlvs(o: &mut Out, v: View<'_>, subtype: u8) -> Step {
    let names = if subtype == MARKER { MARKER_TLVS } else { AGGREGATION_TLVS };
    let mut rest = v;
    while !rest.is_empty() {
        if rest.len() < TLV_HEADER {
            return Err(Stop::Malformed);
        }
        let (kind, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        o.put(("\n\t", named(names, kind, "Unknown"), " TLV (0x", Hex2(kind), "), length ", length));
        if kind == TERMINATOR {
            return Ok(());
        }
        if length < TLV_HEADER {
            o.put("\n\t    ERROR: illegal length - should be >= 2");
            return Ok(());
        }
        if rest.len() < length {
            return Err(Stop::Malformed);
        }
        rest.need(length)?;
        let value = rest.claim(length).skip(TLV_HEADER);
        let expected = match (subtype, kind) {
            (AGGREGATION, 1 | PARTNER) => Some(18),
            (AGGREGATION, 3) => Some(14),
            (MARKER, 1) => Some(14),
            _ => None,
        };
        match expected {
            Some(expected) if value.len() != expected => {
                o.put(("\n\t    ERROR: illegal length - should be ", expected + TLV_HEADER));
            }
            Some(_) => information(o, value, subtype, kind)?,
            None if o.opt.verbose <= 1 => o.unknown(value, "\n\t  ", value.len()),
            None => {}
        }
        if o.opt.verbose > 1 {
            o.unknown(value, "\n\t  ", value.len());
        }
        rest = rest.skip(length);
    }
    Ok(())
}

/// The value of a TLV that has the right length.
fn information(o: &mut Out, v: View<'_>, subtype: u8, kind: u8) -> Step {
    const STATES: Table = &[
        (0x01, "Activity"),
        (0x02, "Timeout"),
        (0x04, "Aggregation"),
        (0x08, "Synchronization"),
        (0x10, "Collecting"),
        (0x20, "Distributing"),
        (0x40, "Default"),
        (0x80, "Expired"),
    ];
    match (subtype, kind) {
        (MARKER, _) => {
            o.put(("\n\t  Request System ", Mac(v.array(2)?), ", Request Port ", v.u16(0)?));
            o.put((", Request Transaction ID 0x", Hex8(v.u32(8)?)));
        }
        (_, 1 | PARTNER) => {
            o.put(("\n\t  System ", Mac(v.array(2)?), ", System Priority ", v.u16(0)?, ", Key ", v.u16(8)?));
            o.put((", Port ", v.u16(12)?, ", Port Priority ", v.u16(10)?));
            o.put(("\n\t  State Flags [", bits(STATES, v.u8(14)?, ", ", "none"), "]"));
        }
        _ => o.put(("\n\t  Max Delay ", v.u16(0)?)),
    }
    Ok(())
}
