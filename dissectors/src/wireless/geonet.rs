//! GeoNetworking (ETSI TS 102 636-4-1) with the Basic Transport Protocol
//! (ETSI TS 102 636-5-1).

use super::geonet_fields;
use crate::below::Below;
use crate::out::Out;
use crate::put::{Eui64, Named, Otherwise, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of the Common Header.
const HEADER: usize = 36;
/// Octets of the extended header of a topologically-scoped broadcast.
const MULTI_HOP: usize = 32;
/// Octets of a transport header.
const TRANSPORT: usize = 4;

const NEXT: Table = &[(0, "Any"), (1, "BTP-A"), (2, "BTP-B"), (3, "IPv6")];
/// Types of headers: the type and, in the low four bits, the subtype.
const TYPES: Table = &[
    (0x30, "GeoAnycastCircle"),
    (0x31, "GeoAnycastRect"),
    (0x32, "GeoAnycastElipse"),
    (0x40, "GeoBroadcastCircle"),
    (0x41, "GeoBroadcastRect"),
    (0x42, "GeoBroadcastElipse"),
    (0x50, "TopoScopeBcast-SH"),
    (0x51, "TopoScopeBcast-MH"),
    (0x60, "LocService-Request"),
    (0x61, "LocService-Reply"),
];
const MESSAGES: Table = &[
    (0, "CAM"),
    (1, "DENM"),
    (101, "TPEGM"),
    (102, "TSPDM"),
    (103, "VPM"),
    (104, "SRM"),
    (105, "SLAM"),
    (106, "ecoCAM"),
    (107, "ITM"),
    (150, "SA"),
];

/// A packet behind its Ethertype.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "geonet";
    geonet_fields::note(o, v);
    o.put("GeoNet ");
    if let Some(source) = below.source {
        o.put(("src:", source));
    }
    o.put("; ");
    let mut rest = v;
    match packet(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            Ok(())
        }
        Err(stop) => Err(stop),
        Ok(()) => {
            if o.opt.verbose > 0 {
                o.default_dump(rest.payload());
                rest.need(rest.len())?;
            }
            Ok(())
        }
    }
}

/// Prints the headers; `rest` is what follows them.
fn packet(o: &mut Out, rest: &mut View<'_>) -> Step {
    let v = *rest;
    if v.len() < HEADER {
        o.put((" (common header length ", v.len(), " < ", HEADER, ")"));
        return Err(Stop::Malformed);
    }
    let (first, kind, payload, hops) = (v.u8(0)?, v.u8(1)?, v.u16(4)?, v.u8(7)?);
    let next = first & 0xf;
    o.put(("v:", first >> 4, " "));
    o.put(("NH:", next, "-", named(NEXT, next, "Unknown"), " "));
    o.put(("HT:", kind >> 4, "-", kind & 0xf, "-"));
    match kind >> 4 {
        0 => o.put("Any"),
        1 => o.put("Beacon"),
        2 => o.put("GeoUnicast"),
        _ => o.put(named(TYPES, kind, "Unknown")),
    }
    o.put((" HopLim:", hops, " "));
    o.put(("Payload:", payload, " "));
    o.put(("GN_ADDR:", Eui64(v.array(8)?), " "));
    o.put(("lat:", v.u32(20)?, " "));
    o.put(("lon:", v.u32(24)?));
    v.need(HEADER)?;
    *rest = v.skip(HEADER);
    let header = match kind {
        0..=0x1f | 0x50 => 0,
        0x51 => MULTI_HOP,
        _ => return Ok(()),
    };
    if rest.len() < header {
        o.put((" (header size ", header, " > ", rest.len(), ")"));
        return Err(Stop::Malformed);
    }
    rest.need(header)?;
    *rest = rest.skip(header);
    match next {
        1 | 2 => transport(o, rest),
        _ => Ok(()),
    }
}

/// A transport header and the header of its message.
fn transport(o: &mut Out, rest: &mut View<'_>) -> Step {
    if rest.len() < TRANSPORT {
        o.put((" (BTP length ", rest.len(), " < ", TRANSPORT, ")"));
        return Err(Stop::Malformed);
    }
    o.put(("; BTP Dst:", rest.u16(0)?));
    o.put((" Src:", rest.u16(2)?));
    *rest = rest.skip(TRANSPORT);
    if rest.len() < 2 {
        return Ok(());
    }
    o.put(("; ItsPduHeader v:", rest.u8(0)?));
    let message = rest.u8(1)?;
    o.put((" t:", message, "-", Named(MESSAGES, message.into(), Otherwise::Dec("unknown (", ")"))));
    Ok(())
}
