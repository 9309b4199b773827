//! What IS-IS systems reach: neighbors and prefixes, with traffic engineering
//! (RFC 5305, RFC 5307), topologies (RFC 5120), IPv6 (RFC 5308) and segments (RFC 8667).

use super::gmpls::{self, Mbps};
use super::isis::{NODE, SYSTEM, SystemId};
use super::isis_tlv::ALIAS;
use super::nsap::Nsap;
use crate::out::Out;
use crate::put::{Hex3, Hex4, Hex8, Ipv4, Ipv6, Named, Otherwise, Put, Right, Table, bits, named};
use crate::view::{Step, Stop, View};

const INDENT: &str = "\n\t      ";
const INDENT_SUB: &str = "\n\t        ";

const GROUP: u8 = 3;
const LINK_IDENTIFIERS: u8 = 4;
const REMOTE_IDENTIFIER: u8 = 5;
const INTERFACE: u8 = 6;
const NEIGHBOR: u8 = 8;
const BANDWIDTH: u8 = 9;
const RESERVABLE: u8 = 10;
const UNRESERVED: u8 = 11;
const OLD_CONSTRAINTS: u8 = 12;
const METRIC: u8 = 18;
const ATTRIBUTES: u8 = 19;
const PROTECTION: u8 = 20;
const SWITCHING: u8 = 21;
const CONSTRAINTS: u8 = 22;
const SPB_METRIC: u8 = 29;
const ADJACENCY_SEGMENT: u8 = 32;
const CISCO: &str = "Reserved for cisco specific extensions";
const LINK_NAMES: Table = &[
    (3, "Administrative groups"),
    (4, "Link Local/Remote Identifier"),
    (5, "Link Remote Identifier"),
    (6, "IPv4 interface address"),
    (8, "IPv4 neighbor address"),
    (9, "Maximum link bandwidth"),
    (10, "Reservable link bandwidth"),
    (11, "Unreserved bandwidth"),
    (18, "Traffic Engineering Metric"),
    (19, "Link Attribute"),
    (20, "Link Protection Type"),
    (21, "Interface Switching Capability"),
    (12, "Bandwidth Constraints (old)"),
    (22, "Bandwidth Constraints"),
    (32, "LAN Adjacency Segment Identifier"),
    (29, "SPB Metric"),
    (250, CISCO),
    (251, CISCO),
    (252, CISCO),
    (253, CISCO),
    (254, CISCO),
    (255, "Reserved for future expansion"),
];
const LINK_ATTRIBUTES: Table = &[
    (1, "Local Protection Available"),
    (2, "Link excluded from local protection path"),
    (4, "Local maintenance required"),
];
const SEGMENT_FLAGS: Table = &[
    (0x80, "Address family IPv6"),
    (0x40, "Backup"),
    (0x20, "Value"),
    (0x10, "Local significance"),
    (0x08, "Set of adjacencies"),
    (0x04, "Persistent"),
];
const SEGMENT_VALUE: u8 = 0x20;
const SEGMENT_LOCAL: u8 = 0x10;

/// The first and the last of the packet switch capabilities, and time division.
const PACKET: std::ops::RangeInclusive<u8> = 1..=4;
const TIME_DIVISION: u8 = 100;
const INDICATIONS: Table = &[(0, "Standard SONET/SDH"), (1, "Arbitrary SONET/SDH")];

const TAG32: u8 = 1;
const TAG64: u8 = 2;
const PREFIX_SEGMENT: u8 = 3;
const COLOR: u8 = 117;
const PREFIX_NAMES: Table = &[
    (1, "32-Bit Administrative tag"),
    (2, "64-Bit Administrative tag"),
    (3, "Prefix SID"),
    (117, "Management Prefix Color"),
];
const PREFIX_SEGMENT_FLAGS: Table = &[
    (0x80, "Readvertisement"),
    (0x40, "Node"),
    (0x20, "No-PHP"),
    (0x10, "Explicit NULL"),
    (0x08, "Value"),
    (0x04, "Local"),
];
const PREFIX_SEGMENT_VALUE: u8 = 0x08;
const ALGORITHMS: Table = &[(0, "SPF"), (1, "strict-SPF")];

const TOPOLOGIES: Table = &[
    (0, "IPv4 unicast"),
    (1, "In-Band Management"),
    (2, "IPv6 unicast"),
    (3, "Multicast"),
    (4095, "Development, Experimental or Proprietary"),
];
const TOPOLOGY_FLAGS: Table = &[(0x4000, "ATT bit set"), (0x8000, "Overload bit set")];

/// Octets of the four metrics of old fields, and the bits of one.
const METRICS: usize = 4;
const METRIC_VALUE: u8 = 0x3f;
const METRIC_EXTERNAL: u8 = 0x40;
/// For the default metric `down`, for the others that it is not supported.
const METRIC_TOP: u8 = 0x80;

/// A metric and where it comes from.
fn metric(value: u8) -> impl Put {
    (value & METRIC_VALUE, if value & METRIC_EXTERNAL != 0 { ", External" } else { ", Internal" })
}

/// The metrics behind the default one, as far as they are supported.
fn other_metrics(o: &mut Out, v: View<'_>, indent: &'static str) -> Step {
    for (at, name) in [(1, "Delay"), (2, "Expense"), (3, "Error")] {
        let value = v.u8(at)?;
        o.put((value & METRIC_TOP == 0).then_some((indent, "  ", name, " Metric: ", metric(value))));
    }
    Ok(())
}

fn metrics(o: &mut Out, v: View<'_>) -> Step {
    o.put((", Default Metric: ", metric(v.u8(0)?)));
    other_metrics(o, v, "\n\t\t")
}

/// The neighbors of ISO/IEC 10589, sections 9.8 and 9.9, in `size` octets: systems,
/// end systems or prefixes.
pub(super) fn old(o: &mut Out, v: View<'_>, systems: bool, end_systems: bool, size: usize) -> Step {
    if !systems && !end_systems {
        return prefix_neighbors(o, v, size);
    }
    let (mut v, mut left) = (v, size);
    if systems {
        if left < 1 {
            return Ok(());
        }
        match v.u8(0)? {
            0 => o.put((INDENT, "IsNotVirtual")),
            1 => o.put((INDENT, "IsVirtual")),
            flag => o.put((INDENT, "bogus virtual flag 0x", crate::put::Hex2(flag))),
        }
        (v, left) = (v.skip(1), left - 1);
    }
    let (name, id) = if systems { ("IS Neighbor: ", NODE) } else { ("ES Neighbor: ", SYSTEM) };
    while left >= METRICS + id {
        v.check(METRICS + id)?;
        o.put((INDENT, name, SystemId(v.bytes(METRICS, id)?)));
        metrics(o, v)?;
        (v, left) = (v.skip(METRICS + id), left - METRICS - id);
    }
    Ok(())
}

fn prefix_neighbors(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < METRICS {
        return Ok(());
    }
    v.check(METRICS)?;
    o.put((INDENT, "Metric Block"));
    metrics(o, v)?;
    let (mut v, mut left) = (v.skip(METRICS), size - METRICS);
    while left > 0 {
        // In half octets.
        let length = usize::from(v.u8(0)?);
        (v, left) = (v.skip(1), left - 1);
        if length < 2 {
            o.put(("\n\t\tAddress: prefix length ", length, " < 2"));
            break;
        }
        if left < length / 2 {
            break;
        }
        o.put(("\n\t\tAddress: ", Nsap(v.bytes(0, length / 2)?), "/", length * 4));
        (v, left) = (v.skip(length / 2), left - length / 2);
    }
    Ok(())
}

/// Prefixes of RFC 1195, in `left` octets; false where they make no sense.
pub(super) fn ipv4(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<bool> {
    const SIZE: usize = METRICS + 8;
    while left > 0 {
        if left < SIZE {
            o.put(("short IPv4 Reachability (", left, " vs ", SIZE, ")"));
            return Ok(false);
        }
        if !v.has(SIZE) {
            return Ok(false);
        }
        let (prefix, mask) = (Ipv4(v.array(METRICS)?), v.u32(METRICS + 4)?);
        if mask.count_ones() == mask.leading_ones() {
            o.put((INDENT, "IPv4 prefix: ", Right(prefix, 15), "/", mask.leading_ones()));
        } else {
            o.put((INDENT, "IPv4 prefix: ", prefix, " mask ", Ipv4(mask.to_be_bytes())));
        }
        let default = v.u8(0)?;
        o.put((", Distribution: ", direction(default), ", Metric: ", metric(default)));
        other_metrics(o, v, INDENT)?;
        (v, left) = (v.skip(SIZE), left - SIZE);
    }
    Ok(true)
}

fn direction(flags: u8) -> &'static str {
    if flags & METRIC_TOP != 0 { "down" } else { "up" }
}

/// A topology (RFC 5120, section 7) in a field of which `left` octets are left.
pub(super) fn topology(o: &mut Out, v: View<'_>, left: usize) -> Step {
    if left < 2 {
        return Err(Stop::Cut);
    }
    let value = v.u16(0)?;
    let number = value & 0x0fff;
    o.put((INDENT, named(TOPOLOGIES, number, "Reserved for IETF Consensus"), " Topology (0x", Hex3(number)));
    o.put(("), Flags: [", bits(TOPOLOGY_FLAGS, value & 0xf000, ", ", "none"), "]"));
    Ok(())
}

/// Says so where an item took more than there was; true then.
fn exceeds(o: &mut Out, left: usize, used: usize) -> bool {
    if left < used {
        o.put((" [remaining tlv length ", left, " < ", used, "]"));
        o.invalid();
    }
    left < used
}

/// Neighbors of a field of kind `kind`, in `left` octets.
pub(super) fn neighbors(o: &mut Out, mut v: View<'_>, kind: u8, mut left: usize) -> Step {
    while left > 0 {
        let used = neighbor(o, v, kind, left)?;
        if exceeds(o, left, used) {
            break;
        }
        (v, left) = (v.skip(used), left - used);
    }
    Ok(())
}

/// A neighbor and its link; the octets that it takes.
fn neighbor(o: &mut Out, v: View<'_>, kind: u8, left: usize) -> Step<usize> {
    // The metric of an alias is zero and left out.
    let fixed = NODE + if kind == ALIAS { 0 } else { 3 };
    let enough = |octets: usize| if left < octets { Err(Stop::Cut) } else { v.check(octets) };
    enough(NODE)?;
    o.put((INDENT, "IS Neighbor: ", SystemId(v.bytes(0, NODE)?)));
    if kind != ALIAS {
        enough(fixed)?;
        o.put((", Metric: ", v.u24(NODE)?));
    }
    enough(fixed + 1)?;
    let mut sum = usize::from(v.u8(fixed)?);
    o.put((", ", (sum == 0).then_some("no "), "sub-TLVs present", (sum > 0).then_some((" (", sum, ")"))));
    let mut used = fixed + 1;
    let mut left = left - used;
    let mut v = v.skip(used);
    while sum > 0 {
        v.check(2)?;
        if left < 2 {
            o.put((INDENT_SUB, "Remaining data in TLV shorter than a subTLV header"));
            return Ok(used + left);
        }
        if sum < 2 {
            o.put((INDENT_SUB, "Remaining data in subTLVs shorter than a subTLV header"));
            return Ok(used + sum);
        }
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        (v, left, sum, used) = (v.skip(2), left - 2, sum - 2, used + 2);
        o.put((INDENT_SUB, named(LINK_NAMES, kind, "unknown"), " subTLV #", kind, ", length: ", size));
        if sum < size {
            o.put(" (remaining data in subTLVs shorter than the current subTLV)");
            return Ok(used + sum);
        }
        if left < size {
            o.put(" (> remaining tlv length)");
            return Ok(used + left);
        }
        v.check(size)?;
        let read = property(o, v, kind, size)?;
        // As tcpdump has it: what is left is not made less by what these read.
        left -= size - read;
        (v, sum, used) = (v.skip(size), sum - size, used + size);
    }
    Ok(used)
}

/// A property of a link; how much of it was counted down as it was read.
fn property(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step<usize> {
    match kind {
        GROUP | LINK_IDENTIFIERS | REMOTE_IDENTIFIER if size >= 4 => {
            o.put((", 0x", Hex8(v.u32(0)?)));
            if size == 8 {
                o.put((", 0x", Hex8(v.u32(4)?)));
            }
        }
        INTERFACE | NEIGHBOR if size >= 4 => o.put((", ", Ipv4(v.array(0)?))),
        BANDWIDTH | RESERVABLE if size >= 4 => o.put((", ", Mbps(v.u32(0)?))),
        UNRESERVED if size >= 32 => {
            for class in 0..8 {
                o.put((INDENT_SUB, "  TE-Class ", class, ": ", Mbps(v.u32(class * 4)?)));
            }
            return Ok(32);
        }
        CONSTRAINTS | OLD_CONSTRAINTS if size > 0 => {
            let model = v.u8(0)?;
            o.put((INDENT_SUB, "Bandwidth Constraints Model ID: ", named(gmpls::CONSTRAINTS, model, "unknown")));
            o.put((" (", model, ")"));
            let classes = (size - 1) / 4;
            for class in 0..classes {
                let bandwidth = Mbps(v.u32(1 + class * 4)?);
                o.put((INDENT_SUB, "  Bandwidth constraint CT", class, ": ", bandwidth));
            }
            return Ok(1 + classes * 4);
        }
        METRIC if size >= 3 => o.put((", ", v.u24(0)?)),
        ATTRIBUTES if size == 2 => {
            let value = v.u16(0)?;
            o.put((", [ ", bits(LINK_ATTRIBUTES, value, ", ", "Unknown"), " ] (0x", Hex4(value), ")"));
        }
        PROTECTION if size >= 2 => {
            o.put((", ", bits(gmpls::PROTECTION, v.u8(0)?, ", ", "none"), ", Priority ", v.u8(1)?));
        }
        SPB_METRIC if size >= 6 => {
            o.put((", LM: ", v.u24(0)?, ", P: ", v.u8(3)?, ", P-ID: ", v.u16(4)?));
            return Ok(4);
        }
        SWITCHING if size >= 36 => {
            switching(o, v, size)?;
            return Ok(36);
        }
        ADJACENCY_SEGMENT if size >= 8 => {
            adjacency_segment(o, v)?;
            return Ok(2);
        }
        GROUP | LINK_IDENTIFIERS | REMOTE_IDENTIFIER | INTERFACE | NEIGHBOR | BANDWIDTH | RESERVABLE | UNRESERVED
        | CONSTRAINTS | OLD_CONSTRAINTS | METRIC | ATTRIBUTES | PROTECTION | SPB_METRIC | SWITCHING
        | ADJACENCY_SEGMENT => {}
        _ => o.unknown(v, "\n\t\t    ", size),
    }
    Ok(0)
}

/// RFC 5307, section 1.3.
fn switching(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 36;
    let capability = v.u8(0)?;
    o.put((INDENT_SUB, "  Interface Switching Capability:", named(gmpls::SWITCHING, capability, "Unknown")));
    o.put((", LSP Encoding: ", named(gmpls::ENCODING, v.u8(1)?, "Unknown")));
    o.put((INDENT_SUB, "  Max LSP Bandwidth:"));
    for priority in 0..8 {
        o.put((INDENT_SUB, "    priority level ", priority, ": ", Mbps(v.u32(4 + priority * 4)?)));
    }
    let (v, left) = (v.skip(FIXED), size - FIXED);
    match capability {
        capability if PACKET.contains(&capability) => {
            if left >= 6 {
                o.put((INDENT_SUB, "  Min LSP Bandwidth: ", Mbps(v.u32(0)?)));
                o.put((INDENT_SUB, "  Interface MTU: ", v.u16(4)?));
            }
        }
        TIME_DIVISION => {
            if left >= 8 {
                o.put((INDENT_SUB, "  Min LSP Bandwidth: ", Mbps(v.u32(0)?)));
                let indication = Named(INDICATIONS, v.u8(4)?.into(), Otherwise::Dec("Unknown (", ")"));
                o.put((INDENT_SUB, "  Indication ", indication));
            }
        }
        _ => o.unknown(v, "\n\t\t    ", left),
    }
    Ok(())
}

/// RFC 8667, section 2.2.2.
fn adjacency_segment(o: &mut Out, v: View<'_>) -> Step {
    const SEGMENT: usize = 2 + SYSTEM;
    let flags = v.u8(0)?;
    o.put((INDENT_SUB, "  Flags: [", bits(SEGMENT_FLAGS, flags, ", ", "none"), "]"));
    o.put((INDENT_SUB, "  Weight: ", v.u8(1)?));
    o.put((INDENT_SUB, "  Neighbor System-ID: ", SystemId(v.bytes(2, SYSTEM)?)));
    match (flags & SEGMENT_VALUE != 0, flags & SEGMENT_LOCAL != 0) {
        (true, true) => o.put((INDENT_SUB, "  Label: ", v.u24(SEGMENT)?)),
        (false, false) => o.put((INDENT_SUB, "  Index: ", v.u32(SEGMENT)?)),
        _ => o.invalid(),
    }
    Ok(())
}

/// The IP version of prefixes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Version {
    V4,
    V6,
}

/// Prefixes of RFC 5305, section 4, and RFC 5308, section 2, in `left` octets.
pub(super) fn prefixes(o: &mut Out, mut v: View<'_>, version: Version, mut left: usize) -> Step {
    while left > 0 {
        let used = prefix(o, v, version)?;
        if exceeds(o, left, used) {
            break;
        }
        (v, left) = (v.skip(used), left - used);
    }
    Ok(())
}

/// A prefix; the octets that it takes.
fn prefix(o: &mut Out, v: View<'_>, version: Version) -> Step<usize> {
    const STATUS: usize = 4;
    let (metric, status) = (v.u32(0)?, v.u8(STATUS)?);
    let (name, length, most, at) = match version {
        Version::V4 => ("IPv4", usize::from(status & 0x3f), 32, STATUS + 1),
        Version::V6 => ("IPv6", usize::from(v.u8(STATUS + 1)?), 128, STATUS + 2),
    };
    if length > most {
        o.put((INDENT, name, " prefix: bad bit length ", length));
        return Err(Stop::Cut);
    }
    let octets = v.bytes(at, length.div_ceil(8))?;
    let mut address = [0; 16];
    address[..octets.len()].copy_from_slice(octets);
    let has_more = match version {
        Version::V4 => {
            let [a, b, c, d, ..] = address;
            o.put((INDENT, "IPv4 prefix: ", Right(Ipv4([a, b, c, d]), 15), "/", length));
            status & 0x40 != 0
        }
        Version::V6 => {
            o.put((INDENT, "IPv6 prefix: ", Ipv6(address), "/", length));
            status & 0x20 != 0
        }
    };
    o.put((", Distribution: ", direction(status), ", Metric: ", metric));
    if version == Version::V6 {
        o.put(if status & 0x40 != 0 { ", External" } else { ", Internal" });
    }
    let mut used = at + octets.len();
    if !has_more {
        return Ok(used);
    }
    o.put(", sub-TLVs present");
    let sum = v.u8(used)?;
    o.put((" (", sum, ")"));
    let mut v = v.skip(used + 1);
    used += usize::from(sum) + 1;
    // As tcpdump has it: a sub-TLV that exceeds the sum makes it wrap.
    let mut sum = u32::from(sum);
    while sum > 0 {
        let (kind, size) = (v.u8(0)?, v.u8(1)?);
        v = v.skip(2);
        prefix_property(o, v, kind, size.into())?;
        v = v.skip(size.into());
        sum = sum.wrapping_sub(u32::from(size) + 2);
    }
    Ok(used)
}

/// A property of a prefix.
fn prefix_property(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step {
    o.put((INDENT_SUB, named(PREFIX_NAMES, kind, "unknown"), " subTLV #", kind, ", length: ", size));
    if !v.has(size) {
        return unsound(o);
    }
    match kind {
        TAG32 | COLOR => {
            for number in 0..size / 4 {
                let value = v.u32(number * 4)?;
                o.put((", 0x", Hex8(value), " (=", value, ")"));
            }
        }
        TAG64 => {
            for number in 0..size / 8 {
                o.put((", 0x", Hex8(v.u32(number * 8)?), Hex8(v.u32(number * 8 + 4)?)));
            }
        }
        PREFIX_SEGMENT => {
            let (flags, algorithm) = (v.u8(0)?, v.u8(1)?);
            let is_label = flags & PREFIX_SEGMENT_VALUE != 0;
            if size < if is_label { 5 } else { 6 } {
                return unsound(o);
            }
            let segment = if is_label { v.u24(2)? } else { v.u32(2)? };
            o.put((", Flags [", bits(PREFIX_SEGMENT_FLAGS, flags, ", ", "None"), "], Algo "));
            o.put((named(ALGORITHMS, algorithm, "Unknown"), " (", algorithm, "), "));
            o.put((if is_label { "label " } else { "index " }, segment));
        }
        _ => o.unknown(v, "\n\t\t    ", size),
    }
    Ok(())
}

/// As tcpdump has it: the mark of a truncated packet comes twice here.
fn unsound(o: &mut Out) -> Step {
    o.truncated();
    Err(Stop::Cut)
}
