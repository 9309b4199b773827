//! ATM operation and maintenance cells (ITU-T I.610).

use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex2, Hex3, Hex4, Hex8, Table, named};
use crate::view::{Step, View};

/// Octets of the header error control of cells that have one.
pub(crate) const HEC: usize = 1;
/// Octets of a cell's header without it.
const HEADER: usize = 4;
/// Octets of a cell's payload: its type, what belongs to its function, and a CRC.
const PAYLOAD: usize = 48;

/// A cell for the tree, behind its header error control, and the functions of each type.
const FIELDS: &[Slot] = &[
    Slot::new("atm.payload_type", 3, 1).bits(1, 7),
    Slot::new("atm.cell_loss_priority", 3, 1).bit(0),
    Slot::new("atm.aal_oamcell.type", 4, 1).bits(4, 15),
];
const FUNCTIONS: &[(u8, Slot)] = &[
    (1, Slot::new("atm.aal_oamcell.type.fm", 4, 1).bits(0, 15)),
    (2, Slot::new("atm.aal_oamcell.type.pm", 4, 1).bits(0, 15)),
    (8, Slot::new("atm.aal_oamcell.type.ad", 4, 1).bits(0, 15)),
];

const FLOWS: Table = &[(3, "OAM F4 (segment)"), (4, "OAM F4 (end)")];
const PAYLOAD_TYPES: Table = &[
    (0, "user data, uncongested, SDU 0"),
    (1, "user data, uncongested, SDU 1"),
    (2, "user data, congested, SDU 0"),
    (3, "user data, congested, SDU 1"),
    (4, "VCC OAM F5 flow segment"),
    (5, "VCC OAM F5 flow end-to-end"),
    (6, "Traffic Control and resource Mgmt"),
];
const CELLS: Table =
    &[(1, "Fault Management"), (2, "Performance Management"), (8, "activate/deactivate"), (15, "System Management")];
const FAULT: Table = &[(0, "AIS"), (1, "RDI"), (4, "Continuity Check"), (8, "Loopback")];
const PERFORMANCE: Table = &[(0, "Forward Monitoring"), (1, "Backward Reporting"), (2, "Monitoring and Reporting")];
const ACTIVATION: Table = &[(0, "Performance Monitoring"), (1, "Continuity Check")];
const INDICATORS: Table = &[(0, "Reply"), (1, "Request")];

/// A cell, with `hec` octets of header error control.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, hec: usize) -> Step {
    o.proto = "oam";
    let result = cell(o, v, hec);
    o.settle(result)
}

fn cell(o: &mut Out, v: View<'_>, hec: usize) -> Step {
    let header = v.u32(hec)?;
    let kinds = v.u8(HEADER + hec)?;
    let (kind, function) = (kinds >> 4, kinds & 0xf);
    o.see_all(FIELDS, v.skip(hec));
    if let Some((_, slot)) = FUNCTIONS.iter().find(|row| row.0 == kind) {
        o.see_all(&[*slot], v.skip(hec));
    }
    let channel = header >> 4 & 0xffff;
    o.put((named(FLOWS, channel, "OAM F5"), ", vpi ", header >> 20 & 0xff, ", vci ", channel));
    o.put((", payload [ ", named(PAYLOAD_TYPES, header >> 1 & 7, "Unknown"), " ], clp ", header & 1));
    o.put((", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put(("\n\tcell-type ", named(CELLS, kind, "unknown"), " (", kind, "), func-type "));
    let functions = match kind {
        1 => Some(FAULT),
        2 => Some(PERFORMANCE),
        8 => Some(ACTIVATION),
        _ => None,
    };
    match functions {
        Some(table) => o.put(named(table, function, "none")),
        None => o.put("unknown"),
    }
    o.put((" (", function, ")"));
    let payload = v.skip(HEADER + hec);
    match (kind, function) {
        (1, 8) => {
            payload.need(1 + 45)?;
            o.put(("\n\tLoopback-Indicator ", named(INDICATORS, payload.u8(1)? & 1, "Unknown")));
            o.put((", Correlation-Tag 0x", Hex8(payload.u32(2)?)));
            location(o, "\n\tLocation-ID ", payload.skip(6), 12)?;
            location(o, "\n\tSource-ID   ", payload.skip(18), 12)?;
        }
        (1, 0 | 1) => {
            payload.need(1 + 45)?;
            o.put(("\n\tFailure-type 0x", Hex2(payload.u8(1)?)));
            location(o, "\n\tLocation-ID ", payload.skip(2), 16)?;
        }
        _ => {}
    }
    let sum = payload.u16(PAYLOAD - 2)? & 0x3ff;
    let correct = crc10(payload.bytes(0, PAYLOAD)?) == 0;
    o.put(("\n\tcksum 0x", Hex3(sum), " (", if correct { "" } else { "in" }, "correct)"));
    Ok(())
}

/// A location of `octets`; each number begins at an odd octet and takes the next too.
fn location(o: &mut Out, label: &'static str, v: View<'_>, octets: usize) -> Step {
    o.put(label);
    for at in (1..octets).step_by(2) {
        o.put((Hex4(v.u16(at)?), " "));
    }
    Ok(())
}

/// The CRC of I.610, x^10+x^9+x^5+x^4+x+1; 0 over a payload with its own.
fn crc10(octets: &[u8]) -> u16 {
    const POLYNOMIAL: u16 = 0x633;
    let mut sum = 0;
    for &octet in octets {
        sum ^= u16::from(octet) << 2;
        for _ in 0..8 {
            sum <<= 1;
            if sum & 0x400 != 0 {
                sum ^= POLYNOMIAL;
            }
        }
    }
    sum
}
