//! Token Ring (IEEE 802.5) with source routing.

use crate::below::{Below, Station};
use crate::field::Slot;
use crate::link::llc;
use crate::out::Out;
use crate::put::{Hex, Hex2, Mac, Table, named};
use crate::view::{Step, View};

/// Octets of the header: access control, frame control and two stations.
const HEADER: usize = 14;

/// The header for the tree, which has the source without the bit that announces routing information.
const FIELDS: &[Slot] = &[
    Slot::new("tr.ac", 0, 1),
    Slot::new("tr.priority", 0, 1).bits(5, 7),
    Slot::new("tr.frame", 0, 1).bit(4),
    Slot::new("tr.monitor_cnt", 0, 1).bit(3),
    Slot::new("tr.priority_reservation", 0, 1).bits(0, 7),
    Slot::new("tr.fc", 1, 1),
    Slot::new("tr.frame_type", 1, 1).bits(6, 3),
    Slot::new("tr.frame_pcf", 1, 1).bits(0, 15),
    Slot::new("tr.dst", 2, 6),
    Slot::new("tr.src", 8, 6).bits(0, 0x7fff_ffff_ffff),
    Slot::new("tr.sr", 8, 1).bit(7),
];
/// Routing information: its length, what are the bits of its control field where they stand, and segments.
const ROUTE: &[Slot] = &[
    Slot::new("tr.rif_bytes", 0, 1).bits(0, 0x1f),
    Slot::new("tr.broadcast", 0, 1).bits(0, 0xe0),
    Slot::new("tr.max_frame_size", 1, 1).bits(0, 0x70),
    Slot::new("tr.direction", 1, 1).bits(0, 0x80),
];
const RING: &[Slot] = &[Slot::new("tr.rif.ring", 0, 2).bits(4, 0xfff)];
const BRIDGE: &[Slot] = &[Slot::new("tr.rif.bridge", 1, 1).bits(0, 15)];

/// The bit of a source address that announces routing information.
const ROUTED: u8 = 0x80;
/// The frame control of LLC, in its two upper bits.
const LLC: u8 = 1;

const BROADCASTS: Table = &[
    (0, "Non-Broadcast"),
    (1, "Non-Broadcast"),
    (2, "Non-Broadcast"),
    (3, "Non-Broadcast"),
    (4, "All-routes"),
    (5, "All-routes"),
    (6, "Single-route"),
    (7, "Single-route"),
];
const DIRECTIONS: Table = &[(0, "Forward"), (1, "Backward")];
const LARGEST_FRAMES: Table =
    &[(0, "516"), (1, "1500"), (2, "2052"), (3, "4472"), (4, "8144"), (5, "11407"), (6, "17800"), (7, "??")];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let header = dissect(o, v, below)?;
    o.link_len += header;
    Ok(())
}

/// A frame inside another protocol.
pub(crate) fn encapsulated(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.nested(|o| dissect(o, v, below).map(drop))
}

/// A frame; the result is the octets of its headers.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<usize> {
    o.proto = "token-ring";
    if !v.has(HEADER) {
        o.truncated();
        return Ok(HEADER);
    }
    o.see_all(FIELDS, v);
    let mut source: [u8; 6] = v.array(8)?;
    let destination = Mac(v.array(2)?);
    let routed = source[0] & ROUTED != 0;
    source[0] &= !ROUTED;
    let source = Mac(source);
    if o.opt.link {
        put_header(o, v, source, destination)?;
    }
    let mut header = HEADER;
    if routed {
        let (octets, whole) = route(o, v)?;
        header += octets;
        if !whole {
            o.truncated();
            return Ok(header);
        }
    }
    if !v.has(header) || v.len() < header {
        o.truncated();
        return Ok(header);
    }
    let inner = v.skip(header);
    if v.u8(1)? >> 6 == LLC {
        let below =
            Below { source: Some(Station::Mac(source)), destination: Some(Station::Mac(destination)), ..*below };
        return Ok(header + llc::dissect_or_dump(o, inner, &below)?);
    }
    if !o.opt.link {
        put_header(o, v, source, destination)?;
    }
    if o.opt.dumps_unknown() {
        o.default_dump(inner.payload());
    }
    Ok(header)
}

fn put_header(o: &mut Out, v: View<'_>, source: Mac, destination: Mac) -> Step {
    if o.opt.quiet == 0 {
        o.put((Hex2(v.u8(0)?), " ", Hex2(v.u8(1)?), " "));
    }
    o.put((source, " > ", destination, ", length ", v.len(), ": "));
    Ok(())
}

/// The routing information (IEEE 802.5, 3.3.1.5): its octets, and whether they were captured.
fn route(o: &mut Out, v: View<'_>) -> Step<(usize, bool)> {
    if !v.has(HEADER + 2) {
        return Ok((0, false));
    }
    let control = v.u16(HEADER)?;
    let octets = usize::from(control >> 8 & 0x1f);
    if !v.has(HEADER + octets) {
        return Ok((octets, false));
    }
    o.see_all(ROUTE, v.skip(HEADER));
    let segments = v.skip(HEADER + 2).cut(octets.saturating_sub(2));
    o.see_rows(RING, segments, 2);
    // The last ring has no bridge.
    o.see_rows(BRIDGE, segments.cut(octets.saturating_sub(4)), 2);
    if o.opt.verbose > 0 {
        o.put((named(BROADCASTS, control >> 13, "?"), " ", named(DIRECTIONS, control >> 7 & 1, "?")));
    } else {
        o.put(("rt = ", Hex(control)));
    }
    for segment in 0..octets.saturating_sub(2) / 2 {
        let segment = v.u16(HEADER + 2 + 2 * segment)?;
        if o.opt.verbose > 0 {
            o.put((" [", segment >> 4, ":", segment & 0xf, "]"));
        } else {
            o.put((":", Hex(segment)));
        }
    }
    o.put((" (", named(LARGEST_FRAMES, control >> 4 & 7, "?"), ") "));
    Ok((octets, true))
}
