//! Arista's vendor-specific header, which carries a timestamp.

use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex4, Table, Zeros, named};
use crate::time::Date;
use crate::view::{Step, View};

/// The header for the tree, and the timestamp of each format with the type behind it.
const FIELDS: &[Slot] = &[Slot::new("avsp.sub_type", 0, 2)];
const VERSION: &[Slot] = &[Slot::new("avsp.ver", 2, 2)];
const FIELDS_64: &[Slot] =
    &[Slot::new("avsp.64sec", 4, 4), Slot::new("avsp.64ns", 8, 4), Slot::new("avsp.etype", 12, 2)];
const FIELDS_48: &[Slot] =
    &[Slot::new("avsp.48sec", 4, 2), Slot::new("avsp.48ns", 6, 4), Slot::new("avsp.etype", 10, 2)];

const SUBTYPE: usize = 0;
const TIMESCALE: usize = 2;
const FORMAT: usize = 3;
const TIMESTAMP: usize = 4;

const SUBTYPE_TIMESTAMP: u16 = 1;
const SUBTYPES: Table = &[(1, "Timestamp")];
const TIMESCALES: Table = &[(0, "TAI"), (1, "UTC")];
const FORMAT_64_BIT: u8 = 1;
const FORMAT_48_BIT: u8 = 2;
const FORMATS: Table = &[(1, "64-bit"), (2, "48-bit")];
const HARDWARE: Table = &[(0, "R/R2"), (1, "R3")];

/// Prints a header; the result is its length if a type follows it.
pub(crate) fn header(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    o.proto = "arista";
    let subtype = v.u16(SUBTYPE)?;
    o.see_all(FIELDS, v);
    o.put(("SubType ", named(SUBTYPES, subtype, "Unknown"), " (0x", Hex4(subtype), "), "));
    if subtype != SUBTYPE_TIMESTAMP {
        return Ok(None);
    }
    o.see_all(VERSION, v);
    let timescale = v.u8(TIMESCALE)?;
    o.put(("Timescale ", named(TIMESCALES, timescale, "Unknown"), " (", timescale, "), "));
    let (format, hardware) = (v.u8(FORMAT)? >> 4, v.u8(FORMAT)? & 15);
    o.put(("Format ", named(FORMATS, format, "Unknown"), " (", format, "), "));
    o.put(("HwInfo ", named(HARDWARE, hardware, "Unknown"), " (", hardware, "), Timestamp "));
    let len = match format {
        FORMAT_64_BIT => {
            o.see_all(FIELDS_64, v);
            let (seconds, nanoseconds) = stamp(v.u32(TIMESTAMP)?, v.u32(TIMESTAMP + 4)?);
            o.put((Date(seconds.into()), ".", Zeros(nanoseconds, 9)));
            8
        }
        FORMAT_48_BIT => {
            o.see_all(FIELDS_48, v);
            let (seconds, nanoseconds) = stamp(v.u16(TIMESTAMP)?.into(), v.u32(TIMESTAMP + 2)?);
            o.put((seconds, ".", Zeros(nanoseconds, 9)));
            6
        }
        _ => return Ok(None),
    };
    o.put(": ");
    Ok(Some(TIMESTAMP + len))
}

/// Seconds and nanoseconds, of which there may be more than a second's.
fn stamp(seconds: u32, nanoseconds: u32) -> (u32, u32) {
    const SECOND: u32 = 1_000_000_000;
    (seconds.wrapping_add(nanoseconds / SECOND), nanoseconds % SECOND)
}
