//! The Connectionless Network Protocol (ISO/IEC 8473-1, ITU-T X.233).

use super::nsap::Nsap;
use super::osi::{self, comma};
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Hex4, Named, Otherwise, Table, UpperHex, bits, named};
use crate::view::{Step, View};

/// The fixed part of a header (X.233, section 7.2).
const FIXED: usize = 9;
const SIZE: usize = 1;
const VERSION_AT: usize = 2;
const LIFETIME: usize = 3;
const TYPE: usize = 4;
const SEGMENT_LENGTH: usize = 5;
const CHECKSUM: usize = 7;

const VERSION: u8 = 1;
const TYPE_MASK: u8 = 0x1f;

const ERROR_REPORT: u8 = 1;
const ECHO_RESPONSE: u8 = 31;
const TYPES: Table = &[(1, "Error Report"), (29, "MD"), (28, "Data"), (30, "Echo Request"), (31, "Echo Response")];

const SEGMENTATION: u8 = 0x80;
const FLAGS: Table = &[(0x80, "Segmentation permitted"), (0x40, "more Segments"), (0x20, "request Error Report")];

/// Octets of the segmentation part.
const SEGMENT: usize = 6;

const DISCARD_REASON: u8 = 193;
const QUALITY: u8 = 195;
const SECURITY: u8 = 197;
const SOURCE_ROUTING: u8 = 200;
const ROUTE_RECORDING: u8 = 203;
const PADDING: u8 = 204;
const PRIORITY: u8 = 205;
const OPTIONS: Table = &[
    (193, "Discard Reason"),
    (205, "Priority"),
    (195, "QoS Maintenance"),
    (197, "Security"),
    (200, "Source Routing"),
    (203, "Route Recording"),
    (204, "Padding"),
];

const ROUTES: Table = &[(0, "partial"), (1, "complete")];

const SCOPE: u8 = 0xc0;
const SCOPE_GLOBAL: u8 = 0xc0;
const SCOPES: Table =
    &[(0x40, "Source Address Specific"), (0x80, "Destination Address Specific"), (0xc0, "Globally unique")];
const QUALITIES: Table = &[
    (0x20, "reserved"),
    (0x10, "sequencing vs. delay"),
    (0x08, "congested"),
    (0x04, "delay vs. cost"),
    (0x02, "error vs. delay"),
    (0x01, "error vs. cost"),
];

/// The classes of reasons for discard (X.233, table 9).
const CLASSES: Table = &[
    (0x0, "General"),
    (0x8, "Address"),
    (0x9, "Source Routeing"),
    (0xa, "Lifetime"),
    (0xb, "PDU Discarded"),
    (0xc, "Reassembly"),
];
/// The reasons, by the octet that has the class too.
const REASONS: Table = &[
    (0x00, "Reason not specified"),
    (0x01, "Protocol procedure error"),
    (0x02, "Incorrect checksum"),
    (0x03, "PDU discarded due to congestion"),
    (0x04, "Header syntax error (cannot be parsed)"),
    (0x05, "Segmentation needed but not permitted"),
    (0x06, "Incomplete PDU received"),
    (0x07, "Duplicate option"),
    (0x80, "Destination address unreachable"),
    (0x81, "Destination address unknown"),
    (0x90, "Unspecified source routeing error"),
    (0x91, "Syntax error in source routeing field"),
    (0x92, "Unknown address in source routeing field"),
    (0x93, "Path not acceptable"),
    (0xa0, "Lifetime expired while data unit in transit"),
    (0xa1, "Lifetime expired during reassembly"),
    (0xb0, "Unsupported option not specified"),
    (0xb1, "Unsupported protocol version"),
    (0xb2, "Unsupported security option"),
    (0xb3, "Unsupported source routeing option"),
    (0xb4, "Unsupported recording of route option"),
    (0xc0, "Reassembly interference"),
];

const NO_ROOM: &str = "li < size of fixed part of CLNP header and addresses";

/// The tree's fields, and those of a segment.
const FIELDS: &[Slot] = &[
    Slot::new("clnp.nlpi", 0, 1),
    Slot::new("clnp.len", SIZE, 1),
    Slot::new("clnp.version", VERSION_AT, 1),
    Slot::new("clnp.ttl", LIFETIME, 1),
    Slot::new("clnp.type", TYPE, 1),
    Slot::new("clnp.cnf.segmentation", TYPE, 1).bit(7),
    Slot::new("clnp.cnf.more_segments", TYPE, 1).bit(6),
    Slot::new("clnp.cnf.report_error", TYPE, 1).bit(5),
    Slot::new("clnp.cnf.type", TYPE, 1).bits(0, TYPE_MASK as u64),
    Slot::new("clnp.pdu.len", SEGMENT_LENGTH, 2),
    Slot::new("clnp.checksum", CHECKSUM, 2),
];
const SEGMENT_FIELDS: &[Slot] = &[
    Slot::new("clnp.data_unit_identifier", 0, 2),
    Slot::new("clnp.segment_offset", 2, 2),
    Slot::new("clnp.total_length", 4, 2),
];

/// A packet from its identifier on; false where it makes no sense.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step<bool> {
    o.proto = "clnp";
    v.check(FIXED)?;
    let size = usize::from(v.u8(SIZE)?);
    if !o.opt.link {
        o.put("CLNP");
    }
    let version = v.u8(VERSION_AT)?;
    if version != VERSION {
        o.put(("version ", version, " packet not supported"));
        return Ok(false);
    }
    if !size_fits(o, v, size, FIXED) {
        return Ok(false);
    }
    let mut rest = Rest { v: v.skip(FIXED), left: size - FIXED };
    let kind = v.u8(TYPE)? & TYPE_MASK;
    o.see_all(FIELDS, v);
    let Some(to) = rest.address(o)? else { return Ok(false) };
    let Some(from) = rest.address(o)? else { return Ok(false) };
    o.note_octets(id!("clnp.dsap"), to);
    o.note_octets(id!("clnp.ssap"), from);
    let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown (", ")"));
    if o.opt.verbose == 0 {
        o.put((comma(o), Nsap(from), " > ", Nsap(to), ", ", name, ", length ", v.len()));
        return Ok(true);
    }
    o.put((comma(o), "length ", v.len()));
    let (lifetime, given) = (v.u8(LIFETIME)?, v.u16(CHECKSUM)?);
    o.put(("\n\t", name, " PDU, hlen: ", size, ", v: ", version, ", lifetime: ", lifetime / 2));
    o.put((".", lifetime % 2 * 5, "s, Segment PDU length: ", v.u16(SEGMENT_LENGTH)?, ", checksum: 0x", Hex4(given)));
    osi::compare(o, v, given, CHECKSUM, size);
    let flags = v.u8(TYPE)? & !TYPE_MASK;
    o.put(("\n\tFlags [", bits(FLAGS, flags, ", ", "none"), "]"));
    o.put(("\n\tsource address (length ", from.len(), "): ", Nsap(from)));
    o.put(("\n\tdest   address (length ", to.len(), "): ", Nsap(to)));
    if flags & SEGMENTATION != 0 {
        o.see_all(SEGMENT_FIELDS, rest.v);
    }
    if flags & SEGMENTATION != 0 && !segment(o, &mut rest)? {
        return Ok(false);
    }
    while rest.left > 0 {
        if !option(o, &mut rest)? {
            return Ok(false);
        }
    }
    data(o, v, rest.v, kind, size)?;
    Ok(true)
}

/// Whether a header of `size` octets fits its packet and its fixed part of at
/// least `least`; says so where it does not.
pub(super) fn size_fits(o: &mut Out, v: View<'_>, size: usize, least: usize) -> bool {
    if size > v.len() {
        o.put((" length indicator(", size, ") > PDU size (", v.len(), ")!"));
        return false;
    }
    if size < least {
        o.put((" length indicator ", size, " < min PDU size:"));
        for &octet in v.data() {
            o.put(UpperHex(octet));
        }
        return false;
    }
    true
}

/// What is left of a header.
struct Rest<'p> {
    v: View<'p>,
    /// Octets of it that the header's length covers.
    left: usize,
}

impl<'p> Rest<'p> {
    /// An address behind its length; nothing, and a text, where the header ends in it.
    fn address(&mut self, o: &mut Out) -> Step<Option<&'p [u8]>> {
        if self.left < 1 {
            o.put(NO_ROOM);
            return Ok(None);
        }
        let size = usize::from(self.v.u8(0)?);
        if self.left - 1 < size {
            o.put(NO_ROOM);
            return Ok(None);
        }
        self.v.check(1 + size)?;
        let octets = self.v.bytes(1, size)?;
        self.pass(1 + size);
        Ok(Some(octets))
    }

    fn pass(&mut self, octets: usize) {
        (self.v, self.left) = (self.v.skip(octets), self.left.saturating_sub(octets));
    }
}

/// The segmentation part (X.233, section 7.4); false where there is no room for it.
fn segment(o: &mut Out, rest: &mut Rest<'_>) -> Step<bool> {
    if rest.left < SEGMENT {
        o.put("li < size of fixed part of CLNP header, addresses, and segment part");
        return Ok(false);
    }
    let v = rest.v;
    v.check(SEGMENT)?;
    o.put(("\n\tData Unit ID: 0x", Hex4(v.u16(0)?), ", Segment Offset: ", v.u16(2)?));
    o.put((", Total PDU Length: ", v.u16(4)?));
    rest.pass(SEGMENT);
    Ok(true)
}

/// An option (X.233, section 7.5); false where it makes no sense.
fn option(o: &mut Out, rest: &mut Rest<'_>) -> Step<bool> {
    if rest.left < 2 {
        o.put(", bad opts/li");
        return Ok(false);
    }
    let (kind, size) = (rest.v.u8(0)?, usize::from(rest.v.u8(1)?));
    rest.pass(2);
    if size > rest.left {
        o.put((", opt (", kind, ") too long"));
        return Ok(false);
    }
    let v = rest.v;
    v.check(size)?;
    o.put(("\n\t  ", named(OPTIONS, kind, "Unknown"), " Option #", kind, ", length ", size, ", value: "));
    let least = match kind {
        ROUTE_RECORDING | SOURCE_ROUTING | SECURITY => 2,
        PRIORITY | QUALITY | DISCARD_REASON => 1,
        _ => 0,
    };
    if size < least {
        o.put(", bad opt len");
        return Ok(false);
    }
    match kind {
        ROUTE_RECORDING | SOURCE_ROUTING => route(o, v, kind, size)?,
        PRIORITY => o.put(("0x", Hex(v.u8(0)? & 0x0f))),
        QUALITY => {
            let value = v.u8(0)?;
            o.put(("\n\t    Format Code: ", named(SCOPES, value & SCOPE, "Reserved")));
            if value & SCOPE == SCOPE_GLOBAL {
                o.put(("\n\t    QoS Flags [", bits(QUALITIES, value & !SCOPE, ", ", "none"), "]"));
            }
        }
        SECURITY => {
            o.put(("\n\t    Format Code: ", named(SCOPES, v.u8(0)? & SCOPE, "Reserved")));
            o.put((", Security-Level ", v.u8(1)?));
        }
        DISCARD_REASON => {
            let reason = v.u8(0)?;
            let (class, within) = (reason >> 4, reason & 0x0f);
            o.put(("\n\t    Class: ", named(CLASSES, class, "Unknown"), " Error (0x", Hex(class), "), "));
            o.put((named(REASONS, reason, "Unknown"), " (0x", Hex(within), ")"));
        }
        PADDING => o.put("padding data"),
        _ => o.unknown(v, "\n\t  ", size),
    }
    if o.opt.verbose > 1 {
        o.unknown(v, "\n\t  ", size);
    }
    rest.pass(size);
    Ok(true)
}

/// A route of `size` octets: the one to take, or the one taken.
fn route(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step {
    let what = if kind == SOURCE_ROUTING { "source routing" } else { "recording of route in progress" };
    o.put((named(ROUTES, v.u8(0)?, "Unknown"), " ", what));
    let offset = usize::from(v.u8(1)?);
    if offset == 0 {
        o.put(" Bad NSAP offset (0)");
        return Ok(());
    }
    if offset - 1 > size {
        o.put(" Bad NSAP offset (past end of option)");
        return Ok(());
    }
    let v = v.skip(offset - 1);
    let mut left = size - (offset - 1);
    // As tcpdump has it: the first address again and again.
    while left > 0 {
        let length = usize::from(v.u8(0)?);
        if left < length + 1 {
            o.put("\n\t    NSAP address goes past end of option");
            break;
        }
        if length > 0 {
            o.put(("\n\t    NSAP address (length ", length, "): ", Nsap(v.bytes(1, length)?)));
        }
        left -= length + 1;
    }
    Ok(())
}

/// What follows the header of `size` octets: the packet that an error quotes, or
/// data.
fn data(o: &mut Out, v: View<'_>, rest: View<'_>, kind: u8, size: usize) -> Step {
    if matches!(kind, ERROR_REPORT | ECHO_RESPONSE) && rest.u8(0)? == osi::CLNP {
        o.put("\n\t-----original packet-----\n\t");
        let quoted = rest.claim(v.len() - size);
        let result = o.nested(|o| dissect(o, quoted).map(|_| ()));
        return o.settle(result);
    }
    let left = v.len().saturating_sub(rest.at() - v.at());
    if left > 0 {
        o.put(("\n\t  undecoded non-header data, length ", v.len() - size));
        o.unknown(rest, "\n\t  ", left);
    }
    Ok(())
}
