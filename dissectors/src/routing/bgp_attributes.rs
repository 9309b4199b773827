//! The path attributes of BGP (RFC 4271, section 4.3).

use super::bgp::{As, SUBSEQUENT};
use super::bgp_communities as communities;
use super::bgp_nlri::{self, DISTINGUISHER, Distinguisher, Family, Kind, Wrong, has_paths};
use super::nsap::Nsap;
use crate::families::FAMILIES;
use crate::out::Out;
use crate::put::{Hex, Hex8, Ipv4, Ipv6, Table, bits, named};
use crate::view::{Step, View};

/// The flag for a length of two octets.
const EXTENDED: u8 = 0x10;
const FLAGS: Table = &[(0x80, "O"), (0x40, "T"), (0x20, "P"), (0x10, "E")];

const ORIGIN: u8 = 1;
const AS_PATH: u8 = 2;
const NEXT_HOP: u8 = 3;
const DISCRIMINATOR: u8 = 4;
const PREFERENCE: u8 = 5;
const ATOMIC_AGGREGATE: u8 = 6;
const AGGREGATOR: u8 = 7;
const COMMUNITY: u8 = 8;
const ORIGINATOR: u8 = 9;
const CLUSTERS: u8 = 10;
const REACH: u8 = 14;
const UNREACH: u8 = 15;
const EXTENDED_COMMUNITY: u8 = 16;
const AS4_PATH: u8 = 17;
const AGGREGATOR4: u8 = 18;
const PMSI_TUNNEL: u8 = 22;
const ACCUMULATED_METRIC: u8 = 26;
const LARGE_COMMUNITY: u8 = 32;
const SET: u8 = 128;
const NAMES: Table = &[
    (1, "Origin"),
    (2, "AS Path"),
    (17, "AS4 Path"),
    (3, "Next Hop"),
    (4, "Multi Exit Discriminator"),
    (5, "Local Preference"),
    (6, "Atomic Aggregate"),
    (7, "Aggregator"),
    (18, "Aggregator4"),
    (8, "Community"),
    (9, "Originator ID"),
    (10, "Cluster List"),
    (11, "DPA"),
    (12, "Advertisers"),
    (13, "RCID Path / Cluster ID"),
    (14, "Multi-Protocol Reach NLRI"),
    (15, "Multi-Protocol Unreach NLRI"),
    (16, "Extended Community"),
    (22, "PMSI Tunnel"),
    (23, "Tunnel Encapsulation"),
    (24, "Traffic Engineering"),
    (25, "IPv6 Extended Community"),
    (26, "Accumulated IGP Metric"),
    (27, "PE Distinguisher Label"),
    (28, "Entropy Label"),
    (32, "Large Community"),
    (128, "Attribute Set"),
    (255, "Reserved for development"),
];
const ORIGINS: Table = &[(0, "IGP"), (1, "EGP"), (2, "Incomplete")];
/// RFC 5065, section 3.
const SEGMENT_OPENS: Table = &[(2, ""), (1, "{ "), (3, "( "), (4, "({ ")];
const SEGMENT_CLOSES: Table = &[(2, ""), (1, "}"), (3, ")"), (4, "})")];

const TUNNELS: Table = &[
    (1, "RSVP-TE P2MP LSP"),
    (2, "LDP P2MP LSP"),
    (3, "PIM-SSM Tree"),
    (4, "PIM-SM Tree"),
    (5, "PIM-Bidir Tree"),
    (6, "Ingress Replication"),
    (7, "LDP MP2MP LSP"),
];
const TUNNEL_FLAGS: Table = &[(1, "Leaf Information required")];

/// Sets of attributes inside one another that are followed.
const DEEPEST: u8 = 10;

/// The header of an attribute.
struct Header {
    flags: u8,
    kind: u8,
    size: usize,
}

impl Header {
    /// A header at the start of `v` with `left` octets, and its own octets; none if
    /// those are too few.
    fn read(v: View<'_>, left: usize) -> Step<Option<(Self, usize)>> {
        if left < 2 {
            return Ok(None);
        }
        let (flags, kind) = (v.u8(0)?, v.u8(1)?);
        let extended = flags & EXTENDED != 0;
        let own = if extended { 4 } else { 3 };
        if left < own {
            return Ok(None);
        }
        let size = if extended { v.u16(2)?.into() } else { v.u8(2)?.into() };
        Ok(Some((Header { flags, kind, size }, own)))
    }

    fn put(&self, o: &mut Out, before: &'static str) {
        o.put((before, named(NAMES, self.kind, "Unknown Attribute"), " (", self.kind, "), length: ", self.size));
        if self.flags != 0 {
            o.put((", Flags [", bits(FLAGS, self.flags, "", "")));
            let rest = self.flags & 0xf;
            o.put(((rest != 0).then_some(("+", Hex(rest))), "]"));
        }
    }
}

/// The attributes of an update, `left` octets of a message that `v` claims; nothing
/// if one ends early.
pub(super) fn list(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<Option<()>> {
    while left > 0 {
        if !v.has(2) || v.len() < 2 {
            return Ok(None);
        }
        let own = if v.u8(0)? & EXTENDED != 0 { 4 } else { 3 };
        if left >= 2 && v.len() < own {
            return Ok(None);
        }
        let Some((header, own)) = Header::read(v, left)? else {
            o.put("\n\t  [path attrs too short]");
            break;
        };
        (v, left) = (v.skip(own), left - own);
        header.put(o, "\n\t  ");
        o.put((header.flags != 0).then_some(": "));
        if left < header.size {
            o.put(" [path attrs too short]");
            break;
        }
        if !attribute(o, v, header.kind, header.size, 0)? {
            return Ok(None);
        }
        (v, left) = (v.skip(header.size), left - header.size);
    }
    Ok(Some(()))
}

/// An attribute of `size` octets in `level` sets; false if it ends early.
fn attribute(o: &mut Out, v: View<'_>, kind: u8, size: usize, level: u8) -> Step<bool> {
    // What a set leaves, or a list of communities, is not dumped.
    let mut dumped = size;
    match kind {
        ORIGIN | NEXT_HOP | DISCRIMINATOR | PREFERENCE | ATOMIC_AGGREGATE | AGGREGATOR | AGGREGATOR4 | ORIGINATOR => {
            number(o, v, kind, size)?;
        }
        AS_PATH | AS4_PATH => {
            if !as_path(o, v, kind, size)? {
                return Ok(false);
            }
        }
        COMMUNITY | CLUSTERS if !size.is_multiple_of(4) => o.put("invalid len"),
        COMMUNITY => communities::list(o, v, size)?,
        CLUSTERS => {
            for at in (0..size).step_by(4) {
                o.put((Ipv4(v.array(at)?), (size - at > 4).then_some(", ")));
            }
        }
        REACH => {
            if !reach(o, v, size)? {
                return Ok(false);
            }
        }
        UNREACH => {
            if !unreach(o, v, size)? {
                return Ok(false);
            }
        }
        EXTENDED_COMMUNITY if !size.is_multiple_of(8) => o.put("invalid len"),
        EXTENDED_COMMUNITY => {
            for at in (0..size).step_by(8) {
                communities::extended(o, v.skip(at))?;
            }
        }
        PMSI_TUNNEL => {
            if !tunnel(o, v, size)? {
                return Ok(false);
            }
        }
        ACCUMULATED_METRIC => {
            if !accumulated_metric(o, v, size)? {
                return Ok(false);
            }
        }
        SET => match set(o, v, size, level)? {
            Some(left) => dumped = left,
            None => return Ok(false),
        },
        LARGE_COMMUNITY if size == 0 || !size.is_multiple_of(12) => o.put("invalid len"),
        LARGE_COMMUNITY => {
            o.put("\n\t    ");
            for at in (0..size).step_by(12) {
                o.put((v.u32(at)?, ":", v.u32(at + 4)?, ":", v.u32(at + 8)?, (size - at > 12).then_some(", ")));
            }
            dumped = 0;
        }
        _ => {
            if !v.has(size) {
                return Ok(false);
            }
            o.put(("\n\t    no Attribute ", kind, " decoder"));
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t    ", size);
            }
        }
    }
    if o.opt.verbose > 1 && dumped > 0 {
        if !v.has(dumped) {
            return Ok(false);
        }
        o.unknown(v, "\n\t    ", dumped);
    }
    Ok(true)
}

/// An attribute of one number or address.
fn number(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step {
    match (kind, size) {
        (ORIGIN, 1) => {
            let origin = v.u8(0)?;
            o.put(named(ORIGINS, origin, "Unknown Origin Typecode"));
        }
        (NEXT_HOP, 4) => {
            let hop = Ipv4(v.array(0)?);
            o.put(hop);
        }
        (ORIGINATOR, 4) => o.put(Ipv4(v.array(0)?)),
        (DISCRIMINATOR, 4) => {
            let value = v.u32(0)?;
            o.put(value);
        }
        (PREFERENCE, 4) => {
            let value = v.u32(0)?;
            o.put(value);
        }
        (ATOMIC_AGGREGATE, 0) => {}
        (AGGREGATOR, 6) => o.put((" AS #", As(v.u16(0)?.into()), ", origin ", Ipv4(v.array(2)?))),
        (AGGREGATOR | AGGREGATOR4, 8) => o.put((" AS #", As(v.u32(0)?), ", origin ", Ipv4(v.array(4)?))),
        _ => o.put("invalid len"),
    }
    Ok(())
}

/// The octets of an AS number in a path, which nothing says: two, if that fits.
pub(super) fn as_size(v: View<'_>, kind: u8, size: usize) -> Step<usize> {
    if kind == AS4_PATH {
        return Ok(4);
    }
    let mut at = 0;
    while at < size {
        if !(1..=4).contains(&v.u8(at)?) {
            return Ok(4);
        }
        at += 2 + usize::from(v.u8(at + 1)?) * 2;
    }
    Ok(if at == size { 2 } else { 4 })
}

/// RFC 4271, section 4.3, RFC 6793; false if it ends early.
fn as_path(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step<bool> {
    if !size.is_multiple_of(2) {
        o.put("invalid len");
        return Ok(true);
    }
    if size == 0 {
        o.put("empty");
        return Ok(true);
    }
    let width = as_size(v, kind, size)?;
    let mut at = 0;
    while at < size {
        let segment = v.u8(at)?;
        o.put(named(SEGMENT_OPENS, segment, "?"));
        let count = usize::from(v.u8(at + 1)?);
        for number in 0..count {
            let place = at + 2 + number * width;
            if !v.has(place + width) {
                return Ok(false);
            }
            let number = if width == 2 { v.u16(place)?.into() } else { v.u32(place)? };
            o.put((As(number), " "));
        }
        o.put(named(SEGMENT_CLOSES, segment, "?"));
        at += 2 + count * width;
    }
    Ok(true)
}

/// An address family; none if it is not decoded, false if the attribute ends early.
fn family(o: &mut Out, v: View<'_>, size: usize) -> Step<Result<Family, bool>> {
    let (afi, safi) = (v.u16(0)?, v.u8(2)?);
    o.put(("\n\t    AFI: ", named(FAMILIES, afi, "Unknown AFI"), " (", afi, "), "));
    o.put((safi > 128).then_some("vendor specific "));
    o.put(("SAFI: ", named(SUBSEQUENT, safi, "Unknown SAFI"), " (", safi, ")"));
    let family = Family(afi, safi);
    if family.kind().is_some() {
        return Ok(Ok(family));
    }
    if !v.has(size) {
        return Ok(Err(false));
    }
    o.put(("\n\t    no AFI ", afi, " / SAFI ", safi, " decoder"));
    if o.opt.verbose <= 1 {
        o.unknown(v, "\n\t    ", size);
    }
    Ok(Err(true))
}

/// RFC 4760, section 3; false if it ends early.
fn reach(o: &mut Out, v: View<'_>, size: usize) -> Step<bool> {
    if !v.has(3) || size < 3 {
        return Ok(false);
    }
    let family = match family(o, v, size)? {
        Ok(family) => family,
        Err(goes_on) => return Ok(goes_on),
    };
    let Some(kind) = family.kind() else { return Ok(true) };
    let (mut at, own) = (4, 4);
    if size < own {
        return Ok(false);
    }
    let length = usize::from(v.u8(3)?);
    if length > 0 {
        if size - at < length {
            return Ok(false);
        }
        o.put("\n\t    nexthop: ");
        let end = at + length;
        while at < end {
            o.put((at > own).then_some(", "));
            match next_hop(o, v.skip(at), kind, end - at)? {
                Some(used) => at += used,
                None => return Ok(false),
            }
        }
    }
    o.put((", nh-length: ", length));
    if size - at < 1 {
        return Ok(false);
    }
    let points = v.u8(at)?;
    at += 1;
    if points == 0 {
        o.put(", no SNPA");
    } else {
        o.put(("\n\t    ", points, " SNPA"));
        for _ in 0..points {
            if size - at < 1 {
                return Ok(false);
            }
            let octets = usize::from(v.u8(at)?);
            o.put(("\n\t      ", octets, " bytes"));
            at += 1;
            if size - at < octets || !v.has(at + octets) {
                return Ok(false);
            }
            at += octets;
        }
    }
    entries(o, v, kind, at, size)
}

/// RFC 4760, section 4; false if it ends early.
fn unreach(o: &mut Out, v: View<'_>, size: usize) -> Step<bool> {
    const LEAST: usize = 3;
    if !v.has(LEAST) {
        return Ok(false);
    }
    let family = match family(o, v, size)? {
        Ok(family) => family,
        Err(goes_on) => return Ok(goes_on),
    };
    let Some(kind) = family.kind() else { return Ok(true) };
    o.put((size == LEAST).then_some("\n\t      End-of-Rib Marker (empty NLRI)"));
    entries(o, v, kind, LEAST, size)
}

/// The entries from `at` to `size`; false if one ends early.
fn entries(o: &mut Out, v: View<'_>, kind: Kind, mut at: usize, size: usize) -> Step<bool> {
    let left = size.saturating_sub(at);
    let most = if matches!(kind, Kind::Prefix6) { 128 } else { 32 };
    let paths = has_paths(v.skip(at), left, most);
    while at < size {
        match bgp_nlri::entry(o, v.skip(at), kind, size, paths)? {
            Ok(used) => at += used,
            Err(Wrong::Message) => return Ok(false),
            Err(_) => break,
        }
    }
    Ok(true)
}

/// One of the next hops in `left` octets; its octets, or nothing if it ends early.
fn next_hop(o: &mut Out, v: View<'_>, kind: Kind, left: usize) -> Step<Option<usize>> {
    let size = match kind {
        Kind::Prefix4 | Kind::Labeled4 | Kind::Targets | Kind::MulticastVpn | Kind::Tree | Kind::Lan => 4,
        Kind::Vpn4 => DISTINGUISHER + 4,
        Kind::Prefix6 | Kind::Labeled6 => 16,
        Kind::Vpn6 => DISTINGUISHER + 16,
        Kind::Nsap => 0,
        Kind::VpnNsap => DISTINGUISHER + 1,
    };
    if left < size {
        o.put("invalid len");
        return Ok(Some(left));
    }
    match kind {
        Kind::Vpn4 => o.put(("RD: ", Distinguisher(v.array(0)?), ", ", Ipv4(v.array(DISTINGUISHER)?))),
        Kind::Prefix6 | Kind::Labeled6 => o.put(Ipv6(v.array(0)?)),
        Kind::Vpn6 => o.put(("RD: ", Distinguisher(v.array(0)?), ", ", Ipv6(v.array(DISTINGUISHER)?))),
        Kind::Nsap => {
            o.put(Nsap(v.bytes(0, left)?));
            return Ok(Some(left));
        }
        Kind::VpnNsap => {
            if !v.has(left) {
                return Ok(None);
            }
            vpn_nsap(o, v, left)?;
            return Ok(Some(left));
        }
        _ => o.put(Ipv4(v.array(0)?)),
    }
    Ok(Some(size))
}

/// A next hop of the OSI network layer in `left` octets.
fn vpn_nsap(o: &mut Out, v: View<'_>, left: usize) -> Step {
    /// The start of addresses that hold one of IPv4 (RFC 986), or one of IPv6 (RFC 1888).
    const HOLDS_IPV4: u32 = 0x4700_0601;
    const HOLDS_IPV6: u32 = 0x0035_0000;
    let address = v.skip(DISTINGUISHER);
    o.put(("RD: ", Distinguisher(v.array(0)?), ", ", Nsap(address.bytes(0, left - DISTINGUISHER)?)));
    if address.u32(0)? == HOLDS_IPV4 {
        o.put((" = ", Ipv4(address.array(4)?)));
    } else if address.u24(0)? == HOLDS_IPV6 {
        o.put((" = ", Ipv6(address.array(3)?)));
    }
    Ok(())
}

/// RFC 6514, section 5; false if it ends early.
fn tunnel(o: &mut Out, v: View<'_>, size: usize) -> Step<bool> {
    const OWN: usize = 5;
    if !v.has(OWN) || size < OWN {
        return Ok(false);
    }
    let (kind, flags) = (v.u8(1)?, bits(TUNNEL_FLAGS, v.u8(0)?, ", ", "none"));
    o.put(("\n\t    Tunnel-type ", named(TUNNELS, kind, "Unknown"), " (", kind, "), Flags [", flags));
    o.put(("], MPLS Label ", v.u24(2)? >> 4));
    let v = v.skip(OWN);
    let second = |label: &'static str| Ok::<_, crate::view::Stop>((label, Ipv4(v.array(4)?)));
    match kind {
        1 => o.put(("\n\t      Extended-Tunnel-ID ", Ipv4(v.array(0)?), ", P2MP-ID 0x", Hex8(v.u32(4)?))),
        2 | 7 => o.put(("\n\t      Root-Node ", Ipv4(v.array(0)?), ", LSP-ID 0x", Hex8(v.u32(4)?))),
        3 => o.put(("\n\t      Root-Node ", Ipv4(v.array(0)?), second(", P-Group ")?)),
        4 | 5 => o.put(("\n\t      Sender ", Ipv4(v.array(0)?), second(", P-Group ")?)),
        6 => o.put(("\n\t      Tunnel-Endpoint ", Ipv4(v.array(0)?))),
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t      ", size - OWN),
        _ => {}
    }
    Ok(true)
}

/// RFC 7311, section 3; false if it ends early.
fn accumulated_metric(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<bool> {
    const TLV: usize = 3;
    const METRIC: u8 = 1;
    while left >= TLV {
        let (kind, size) = (v.u8(0)?, usize::from(v.u16(1)?));
        (v, left) = (v.skip(TLV), left - TLV);
        let name = if kind == METRIC { "AIGP" } else { "Unknown" };
        o.put(("\n\t    ", name, " TLV (", kind, "), length ", size));
        let Some(size) = size.checked_sub(TLV).filter(|&size| size <= left) else { return Ok(false) };
        if kind == METRIC {
            if size < 8 {
                return Ok(false);
            }
            o.put((", metric ", v.u64(0)?));
        } else if o.opt.verbose <= 1 {
            o.unknown(v, "\n\t      ", size);
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}

/// RFC 6368, section 5: what is left of it, or nothing if it ends early.
fn set(o: &mut Out, v: View<'_>, size: usize, level: u8) -> Step<Option<usize>> {
    const OWN: usize = 4;
    if !v.has(OWN) || size < OWN {
        return Ok(None);
    }
    o.put(("\n\t    Origin AS: ", As(v.u32(0)?)));
    let (mut v, mut left) = (v.skip(OWN), size - OWN);
    while left > 0 {
        if !v.has(2) {
            return Ok(None);
        }
        if left < 2 {
            o.put(" [path attr too short]");
            break;
        }
        let own = if v.u8(0)? & EXTENDED != 0 { 4 } else { 3 };
        if !v.has(own) {
            return Ok(None);
        }
        let Some((header, own)) = Header::read(v, left)? else {
            o.put(" [path attr too short]");
            left -= 2;
            break;
        };
        (v, left) = (v.skip(own), left - own);
        header.put(o, "\n\t      ");
        o.put(": ");
        if left < header.size {
            o.put(" [path attr too short]");
            break;
        }
        if level == DEEPEST {
            o.put("(too many nested levels, not recursing)");
        } else if !attribute(o, v, header.kind, header.size, level + 1)? {
            return Ok(None);
        }
        (v, left) = (v.skip(header.size), left - header.size);
    }
    Ok(Some(left))
}
