//! Link state advertisements of OSPF for IPv6 (RFC 5340, section A.4).

use super::ospf_te;
use crate::out::Out;
use crate::put::{Hex2, Hex8, Ipv4, Ipv6, Table, bits, named};
use crate::view::{Step, Stop, View};

/// Octets of the header of an advertisement.
pub(super) const HEADER: usize = 20;
const AGE: usize = 0;
const TYPE: usize = 2;
const ID: usize = 4;
const ROUTER: usize = 8;
const SEQUENCE: usize = 12;
const LENGTH: usize = 18;

/// RFC 5340, section A.2, RFC 5838, RFC 5613, RFC 7166. The priority of the router
/// may stand in the upper octet.
pub(super) const OPTIONS: Table = &[
    (0x001, "V6"),
    (0x002, "External"),
    (0x004, "Deprecated"),
    (0x008, "NSSA"),
    (0x010, "Router"),
    (0x020, "Demand Circuit"),
    (0x100, "AFs Support"),
    (0x200, "LLS"),
    (0x400, "Authentication Trailer"),
];
const ROUTER_FLAGS: Table = &[
    (0x01, "ABR"),
    (0x02, "External"),
    (0x04, "Virtual-Link Endpoint"),
    (0x08, "Deprecated"),
    (0x10, "NSSA Translator"),
];
const FORWARDING: u32 = 0x0200_0000;
const TAG: u32 = 0x0100_0000;
const EXTERNAL_FLAGS: Table = &[(0x8000_0000, "External Type 2"), (FORWARDING, "Forwarding"), (TAG, "Tag")];
const PREFIX_OPTIONS: Table = &[
    (0x01, "No Unicast"),
    (0x02, "Local address"),
    (0x04, "Deprecated"),
    (0x08, "Propagate"),
    (0x10, "Down"),
    (0x20, "N-bit"),
];

/// The scope and the function of a type, and what is done where it is unknown
/// (RFC 5340, section A.4.2.1).
const TRANSITIVE: u16 = 0x8000;
const SCOPE: u16 = 0x6000;
const FUNCTION: u16 = 0x1fff;
const SCOPES: Table = &[(0, "Link Local"), (0x2000, "Area Local"), (0x4000, "Domain Wide")];
const LSA_NAMES: Table = &[
    (1, "Router"),
    (2, "Network"),
    (3, "Inter-Area Prefix"),
    (4, "Inter-Area Router"),
    (5, "External"),
    (6, "Deprecated"),
    (7, "NSSA"),
    (8, "Link"),
    (9, "Intra-Area Prefix"),
    (10, "Intra-Area TE"),
    (11, "Grace"),
    (12, "Router Information"),
    (13, "Inter-AS-TE"),
    (14, "Layer 1 VPN"),
];
const ROUTER_LINKS: u16 = 0x2001;
const NETWORK_LINKS: u16 = 0x2002;
const INTER_AREA_PREFIX: u16 = 0x2003;
const EXTERNAL: u16 = 0x4005;
const LINK: u16 = 0x0008;
const INTRA_AREA_PREFIX: u16 = 0x2009;
const TRAFFIC_ENGINEERING: u16 = 0x000a;
const GRACE: u16 = 0x000b;

/// The bits of a word that are a metric.
const METRIC: u32 = 0x00ff_ffff;

/// The type of an advertisement and its identifier.
pub(super) fn kind(o: &mut Out, kind: u16, id: [u8; 4]) {
    let (function, scope) = (kind & FUNCTION, named(SCOPES, kind & SCOPE, "Unknown"));
    o.put(("\n\t    ", named(LSA_NAMES, function, "Unknown"), " LSA (", function, "), ", scope, " Scope"));
    o.put(((kind & TRANSITIVE != 0).then_some(", transitive"), ", LSA-ID ", Ipv4(id)));
}

/// The header of an advertisement in `left` octets.
pub(super) fn header(o: &mut Out, v: View<'_>, left: usize) -> Step {
    if left < HEADER {
        return Err(Stop::Truncated);
    }
    let length = usize::from(v.u16(LENGTH)?);
    if length < HEADER {
        o.put(("\n\t\t  Bogus length ", length, " < header (", HEADER, ")"));
        return Err(Stop::Truncated);
    }
    let (router, sequence, age) = (Ipv4(v.array(ROUTER)?), v.u32(SEQUENCE)?, v.u16(AGE)?);
    o.put(("\n\t  Advertising Router ", router, ", seq 0x", Hex8(sequence)));
    o.put((", age ", age, "s, length ", length - HEADER));
    kind(o, v.u16(TYPE)?, v.array(ID)?);
    Ok(())
}

/// Reads the parts of an advertisement; more than is left of it is as if the
/// capture ended there.
struct Body<'p> {
    v: View<'p>,
    left: usize,
}

impl<'p> Body<'p> {
    fn take(&mut self, size: usize) -> Step<View<'p>> {
        if self.left < size {
            return Err(Stop::Truncated);
        }
        let part = self.v;
        (self.v, self.left) = (self.v.skip(size), self.left - size);
        Ok(part)
    }

    /// A prefix with its options and metric (RFC 5340, section A.4.1.1).
    fn prefix(&mut self, o: &mut Out) -> Step {
        if self.left < 4 {
            return Err(Stop::Truncated);
        }
        self.v.check(4)?;
        let bits_long = self.v.u8(0)?;
        let size = usize::from(bits_long).div_ceil(32) * 4;
        if size > 16 {
            o.put((" bogus prefixlen /", bits_long));
            return Err(Stop::Truncated);
        }
        let v = self.take(4 + size)?;
        let mut address = [0; 16];
        address[..size].copy_from_slice(v.bytes(4, size)?);
        o.put(("\n\t\t", Ipv6(address), "/", bits_long));
        let options = v.u8(1)?;
        o.put((options != 0).then_some((", Options [", bits(PREFIX_OPTIONS, options, ", ", "none"), "]")));
        o.put((", metric ", v.u16(2)?));
        Ok(())
    }

    fn prefixes(&mut self, o: &mut Out, count: u32) -> Step {
        for _ in 0..count {
            self.prefix(o)?;
        }
        Ok(())
    }
}

/// An advertisement in `left` octets; the octets that it has.
pub(super) fn advertisement(o: &mut Out, v: View<'_>, left: usize) -> Step<usize> {
    header(o, v, left)?;
    let length = usize::from(v.u16(LENGTH)?);
    if length > left {
        return Err(Stop::Truncated);
    }
    let mut body = Body { v: v.skip(HEADER), left: length - HEADER };
    let whole = match v.u16(TYPE)? {
        ROUTER_LINKS => {
            router_links(o, &mut body)?;
            true
        }
        NETWORK_LINKS => {
            let v = body.take(4)?;
            o.put(("\n\t      Options [", bits(OPTIONS, v.u32(0)?, ", ", "none"), "]"));
            o.put("\n\t      Connected Routers:");
            while body.left != 0 {
                o.put(("\n\t\t", Ipv4(body.take(4)?.array(0)?)));
            }
            true
        }
        INTER_AREA_PREFIX => {
            o.put((", metric ", body.take(4)?.u32(0)? & METRIC));
            while body.left != 0 {
                body.prefix(o)?;
            }
            true
        }
        EXTERNAL => {
            external(o, &mut body)?;
            true
        }
        LINK => {
            link(o, &mut body)?;
            true
        }
        INTRA_AREA_PREFIX => {
            intra_area_prefix(o, &mut body)?;
            true
        }
        GRACE => ospf_te::grace(o, body.v, body.left)?,
        TRAFFIC_ENGINEERING => ospf_te::traffic_engineering(o, body.v, body.left)?,
        _ => {
            o.unknown(body.v, "\n\t      ", body.left);
            true
        }
    };
    if whole { Ok(length) } else { Err(Stop::Truncated) }
}

/// RFC 5340, section A.4.3.
fn router_links(o: &mut Out, body: &mut Body<'_>) -> Step {
    const SIZE: usize = 16;
    let v = body.take(4)?;
    o.put(("\n\t      Options [", bits(OPTIONS, v.u32(0)?, ", ", "none"), "]"));
    o.put((", RLA-Flags [", bits(ROUTER_FLAGS, v.u8(0)?, ", ", "none"), "]"));
    while body.left != 0 {
        let v = body.take(SIZE)?;
        v.check(SIZE)?;
        let kind = v.u8(0)?;
        let label = match kind {
            1 => "\n\t      Neighbor Router-ID ",
            2 => "\n\t      Neighbor Network-ID ",
            4 => "\n\t      Virtual Link: Neighbor Router-ID ",
            _ => {
                o.put(("\n\t      Unknown Router Links Type 0x", Hex2(kind)));
                return Ok(());
            }
        };
        o.put((label, Ipv4(v.array(12)?), "\n\t      Neighbor Interface-ID ", Ipv4(v.array(8)?)));
        o.put((", Interface ", Ipv4(v.array(4)?), ", metric ", v.u16(2)?));
    }
    Ok(())
}

/// RFC 5340, section A.4.7.
fn external(o: &mut Out, body: &mut Body<'_>) -> Step {
    let flags = body.take(4)?.u32(0)?;
    o.put(("\n\t     Flags [", bits(EXTERNAL_FLAGS, flags, ", ", "none"), "] metric ", flags & METRIC));
    let prefix = body.v;
    body.prefix(o)?;
    if flags & FORWARDING != 0 {
        o.put((" forward ", Ipv6(body.take(16)?.array(0)?)));
    }
    if flags & TAG != 0 {
        o.put((" tag ", Ipv4(body.take(4)?.array(0)?)));
    }
    // The upper octet of the type of the advertisement that is referred to.
    if prefix.u8(2)? != 0 {
        o.put((" RefLSID: ", Ipv4(body.take(4)?.array(0)?)));
    }
    Ok(())
}

/// RFC 5340, section A.4.9.
fn link(o: &mut Out, body: &mut Body<'_>) -> Step {
    let v = body.take(4)?;
    o.put(("\n\t      Options [", bits(OPTIONS, v.u32(0)?, ", ", "none"), "]"));
    let priority = v.u8(0)?;
    let v = body.take(20)?;
    let count = v.u32(16)?;
    o.put(("\n\t      Priority ", priority, ", Link-local address ", Ipv6(v.array(0)?), ", Prefixes ", count, ":"));
    body.prefixes(o, count)
}

/// RFC 5340, section A.4.10. Of the twelve octets before the prefixes tcpdump takes
/// six from what is left.
fn intra_area_prefix(o: &mut Out, body: &mut Body<'_>) -> Step {
    const BEFORE: usize = 12;
    if body.left < 4 {
        return Err(Stop::Truncated);
    }
    let v = body.v;
    v.check(BEFORE)?;
    kind(o, v.u16(2)?, v.array(4)?);
    if body.left < 6 {
        return Err(Stop::Truncated);
    }
    let count = v.u16(0)?;
    o.put(("\n\t      Prefixes ", count, ":"));
    (body.v, body.left) = (v.skip(BEFORE), body.left - 6);
    body.prefixes(o, count.into())
}
