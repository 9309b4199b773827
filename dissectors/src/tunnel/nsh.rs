//! The Network Service Header (RFC 8300).

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::network::{ipv4, ipv6};
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex6, Hex8, Named, Otherwise, Table, Zeros, bits};
use crate::view::{Step, Stop, View};

/// Octets of the base header and the service path header.
const HEADERS: usize = 8;

/// The tree's fields: of the headers, and of each context.
const BASE: &[Slot] = &[
    Slot::new("nsh.version", 0, 2).bits(14, 3),
    Slot::new("nsh.Obit", 0, 2).bit(13),
    Slot::new("nsh.ttl", 0, 2).bits(6, 63),
    Slot::new("nsh.length", 0, 2).bits(0, 63),
];
const PATH: &[Slot] = &[
    Slot::new("nsh.mdtype", 2, 1),
    Slot::new("nsh.nextproto", 3, 1),
    Slot::new("nsh.spi", 4, 3),
    Slot::new("nsh.si", 7, 1),
];
const CONTEXT: &[Slot] = &[Slot::new("nsh.contextheader", 0, 4)];
const METADATA: &[Slot] = &[
    Slot::new("nsh.metadataclass", 0, 2),
    Slot::new("nsh.metadatatype", 2, 1),
    Slot::new("nsh.metadatalen", 3, 1).bits(0, 127),
];

const FLAG_NAMES: Table = &[(2, "O")];
const METADATA_FIXED: u32 = 1;
const METADATA_VARIABLE: u32 = 2;
const METADATA_NAMES: Table = &[(0, "reserved"), (1, "1"), (2, "2"), (0x0f, "experimental")];

const IPV4: u32 = 1;
const IPV6: u32 = 2;
const ETHERNET: u32 = 3;
const NEXT_NAMES: Table = &[
    (1, "IPv4"),
    (2, "IPv6"),
    (3, "Ethernet"),
    (4, "NSH"),
    (5, "MPLS"),
    (0xfe, "Experiment 1"),
    (0xff, "Experiment 2"),
];

/// A packet behind a service header.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "nsh";
    let result = packet(o, v, below);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADERS {
        o.put((" (packet length ", v.len(), " < ", HEADERS, ")"));
        return Err(Stop::Malformed);
    }
    let base = v.u32(0)?;
    let verbose = o.opt.verbose;
    o.put("NSH, ");
    o.see_all(BASE, v);
    let version = base >> 30;
    o.put((verbose > 1).then_some(("ver ", version, ", ")));
    if version != 0 {
        return Ok(());
    }
    o.see_all(PATH, v);
    let words = (base >> 16 & 0x3f) as usize;
    let metadata = base >> 8 & 15;
    let next = base & 0xff;
    o.put(("flags [", bits(FLAG_NAMES, base >> 28 & 3, "", "none"), "], "));
    if verbose > 2 {
        o.put(("TTL ", base >> 22 & 0x3f, ", length ", words, ", md type "));
        o.put((Named(METADATA_NAMES, metadata, Otherwise::Hex("unknown (0x", 2, ")")), ", "));
    }
    if verbose > 1 {
        o.put(("next-protocol ", Named(NEXT_NAMES, next, Otherwise::Hex("unknown (0x", 2, ")")), ", "));
    }
    if v.len() < words * 4 {
        o.put((" (too many headers for packet length ", v.len(), ")"));
        return Err(Stop::Malformed);
    }
    o.put(("service-path-id 0x", Hex6(v.u24(4)?), ", "));
    o.put(("service-index 0x", Hex(v.u8(7)?)));
    if words < 2 {
        o.put(" (less than two headers)");
        return Err(Stop::Malformed);
    }
    let context = v.skip(HEADERS);
    match metadata {
        METADATA_FIXED if verbose > 2 => fixed_context(o, context, words)?,
        METADATA_VARIABLE if verbose > 2 => variable_context(o, context, words - 2)?,
        _ => context.need((words - 2) * 4)?,
    }
    o.put(if verbose > 0 { "\n    " } else { ": " });
    let payload = v.skip(words * 4);
    match next {
        IPV4 => ipv4::dissect(o, payload, below),
        IPV6 => ipv6::dissect(o, payload, below),
        ETHERNET => ethernet::encapsulated(o, payload, below),
        _ => {
            o.put("ERROR: unknown-next-protocol");
            Ok(())
        }
    }
}

/// The fixed-length context header (RFC 8300, section 2.4).
fn fixed_context(o: &mut Out, v: View<'_>, words: usize) -> Step {
    if words != 6 {
        o.put(" (invalid length for the MD type)");
        return Err(Stop::Malformed);
    }
    o.see_rows(CONTEXT, v.cut((words - 2) * 4), 4);
    for i in 0..words - 2 {
        o.put(("\n        Context[", Zeros(i, 2), "]: 0x", Hex8(v.u32(i * 4)?)));
    }
    Ok(())
}

/// Variable-length context headers (RFC 8300, section 2.5).
fn variable_context(o: &mut Out, v: View<'_>, words: usize) -> Step {
    let mut at = 0;
    while at < words {
        let header = v.skip(at * 4);
        let size = header.u8(3)? & 0x7f;
        o.see_all(METADATA, header);
        if let (true, Ok(value)) = (size > 0, header.bytes(4, usize::from(size))) {
            o.note_octets(id!("nsh.metadata"), value);
        }
        o.put(("\n        TLV Class ", header.u16(0)?, ", Type ", header.u8(2)?, ", Len ", size));
        let value_words = usize::from(size).div_ceil(4);
        at += 1;
        if words < at + value_words {
            o.put(" (length too big)");
            return Err(Stop::Malformed);
        }
        let value = header.skip(4);
        for i in 0..usize::from(size) {
            o.put((i == 0).then_some("\n            Value: "));
            o.put((if i == 0 { "0x" } else { ":" }, Hex2(value.u8(i)?)));
        }
        value.need(value_words * 4)?;
        at += value_words;
    }
    Ok(())
}
