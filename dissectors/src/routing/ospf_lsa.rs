//! Link state advertisements of OSPF version 2 (RFC 2328, section A.4), opaque
//! ones (RFC 5250) and those of stubby areas (RFC 3101).

use super::ospf_te;
use crate::out::Out;
use crate::put::{Hex8, Ipv4, Table, bits, named};
use crate::view::{Step, Stop, View};

/// Octets of the header of an advertisement.
pub(super) const HEADER: usize = 20;
const AGE: usize = 0;
const OPTIONS_AT: usize = 2;
const TYPE: usize = 3;
const ID: usize = 4;
const ROUTER: usize = 8;
const SEQUENCE: usize = 12;
const LENGTH: usize = 18;

/// RFC 2328, section A.2, and RFC 5250, RFC 5613, RFC 4576.
pub(super) const OPTIONS: Table = &[
    (0x01, "MultiTopology"),
    (0x02, "External"),
    (0x04, "Multicast"),
    (0x08, "NSSA"),
    (0x10, "LLS"),
    (0x20, "Demand Circuit"),
    (0x40, "Opaque"),
    (0x80, "Up/Down"),
];

const ROUTER_LINKS: u8 = 1;
const NETWORK_LINKS: u8 = 2;
const SUMMARY: u8 = 3;
const SUMMARY_ROUTER: u8 = 4;
const EXTERNAL: u8 = 5;
const GROUP: u8 = 6;
const STUBBY_EXTERNAL: u8 = 7;
pub(super) const LSA_NAMES: Table = &[
    (1, "Router"),
    (2, "Network"),
    (3, "Summary"),
    (4, "ASBR Summary"),
    (5, "External"),
    (6, "Multicast Group"),
    (7, "NSSA"),
    (9, "Link Local Opaque"),
    (10, "Area Local Opaque"),
    (11, "Domain Wide Opaque"),
];

const TRAFFIC_ENGINEERING: u8 = 1;
const GRACE: u8 = 3;
const ROUTER_INFORMATION: u8 = 4;
pub(super) const OPAQUE_NAMES: Table =
    &[(1, "Traffic Engineering"), (3, "Graceful restart"), (4, "Router Information")];

const ROUTER_FLAGS: Table =
    &[(0x01, "ABR"), (0x02, "ASBR"), (0x04, "Virtual"), (0x08, "Wildcard"), (0x10, "Nt"), (0x80, "Host")];
/// Topologies that have a name (RFC 4915, section 3.7).
const TOPOLOGIES: Table = &[(0, "default"), (1, "multicast"), (2, "management")];

/// Where a metric is infinite, or external metrics are of type 2.
const INFINITE: u32 = 0x00ff_ffff;
const TYPE_2: u32 = 0x8000_0000;

const CAPABILITIES: u16 = 1;
const INFORMATION_NAMES: Table = &[(1, "Router Capabilities")];
/// RFC 7770, section 2.4; the first three bits are counted from the other end.
const CAPABILITY_NAMES: Table = &[
    (1, "Reserved"),
    (2, "Reserved"),
    (4, "Reserved"),
    (8, "Reserved"),
    (16, "graceful restart capable"),
    (32, "graceful restart helper"),
    (64, "Stub router support"),
    (128, "Traffic engineering"),
    (256, "p2p over LAN"),
    (512, "path computation server"),
];

/// The header of an advertisement; the length in octets that it claims, with the
/// header, or nothing if that is shorter than the header.
pub(super) fn header(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    let length = usize::from(v.u16(LENGTH)?);
    if length < HEADER {
        o.put(("\n\t    Bogus length ", length, " < header (", HEADER, ")"));
        return Ok(None);
    }
    let (router, sequence, age) = (Ipv4(v.array(ROUTER)?), v.u32(SEQUENCE)?, v.u16(AGE)?);
    o.put(("\n\t  Advertising Router ", router, ", seq 0x", Hex8(sequence)));
    o.put((", age ", age, "s, length ", length - HEADER));
    let kind = v.u8(TYPE)?;
    if is_opaque(kind) {
        let opaque = v.u8(ID)?;
        o.put(("\n\t    ", named(LSA_NAMES, kind, "unknown"), " LSA (", kind, ")"));
        o.put((", Opaque-Type ", named(OPAQUE_NAMES, opaque, "unknown"), " LSA (", opaque, ")"));
        o.put((", Opaque-ID ", v.u24(ID + 1)?));
    } else {
        let id = Ipv4(v.array(ID)?);
        o.put(("\n\t    ", named(LSA_NAMES, kind, "unknown"), " LSA (", kind, "), LSA-ID: ", id));
    }
    o.put(("\n\t    Options: [", bits(OPTIONS, v.u8(OPTIONS_AT)?, ", ", "none"), "]"));
    Ok(Some(length))
}

fn is_opaque(kind: u8) -> bool {
    (9..=11).contains(&kind)
}

/// An advertisement; what is behind it.
pub(super) fn advertisement<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let length = header(o, v)?.ok_or(Stop::Truncated)?;
    let (body, left) = (v.skip(HEADER), length - HEADER);
    let goes_on = match v.u8(TYPE)? {
        ROUTER_LINKS => router_links(o, body)?,
        NETWORK_LINKS => {
            o.put(("\n\t    Mask ", Ipv4(body.array(0)?), "\n\t    Connected Routers:"));
            for at in (4..left).step_by(4) {
                o.put(("\n\t      ", Ipv4(body.array(at)?)));
            }
            true
        }
        SUMMARY => {
            o.put(("\n\t    Mask ", Ipv4(body.array(0)?)));
            metrics(o, body, left)?;
            true
        }
        SUMMARY_ROUTER => {
            metrics(o, body, left)?;
            true
        }
        EXTERNAL | STUBBY_EXTERNAL => {
            external(o, body, left)?;
            true
        }
        GROUP => {
            group(o, body, left)?;
            true
        }
        kind if is_opaque(kind) => opaque(o, body, v.u8(ID)?, left)?,
        _ => true,
    };
    if goes_on && o.opt.verbose > 1 {
        o.unknown(body, "\n\t    ", left);
    }
    Ok(v.skip(length))
}

/// RFC 2328, section A.4.2; false where an unknown link ends it.
fn router_links(o: &mut Out, v: View<'_>) -> Step<bool> {
    const LINK: usize = 12;
    const FIRST: usize = 4;
    o.put(("\n\t    Router LSA Options: [", bits(ROUTER_FLAGS, v.u8(0)?, ", ", "none"), "]"));
    let count = v.u16(2)?;
    v.need(FIRST + LINK)?;
    let mut link = v.skip(FIRST);
    for _ in 0..count {
        link.need(LINK)?;
        let (id, data, kind) = (Ipv4(link.array(0)?), Ipv4(link.array(4)?), link.u8(8)?);
        match kind {
            1 => o.put(("\n\t      Neighbor Router-ID: ", id, ", Interface Address: ", data)),
            2 => o.put(("\n\t      Neighbor Network-ID: ", id, ", Interface Address: ", data)),
            3 => o.put(("\n\t      Stub Network: ", id, ", Mask: ", data)),
            4 => o.put(("\n\t      Virtual Link: Neighbor Router-ID: ", id, ", Interface Address: ", data)),
            _ => {
                o.put(("\n\t      Unknown Router Link Type (", kind, ")"));
                return Ok(false);
            }
        }
        let others = usize::from(link.u8(9)?);
        for at in 0..=others {
            // The first metric is that of the default topology.
            let topology = if at == 0 { 0 } else { link.u8(8 + 4 * at)? };
            let metric = link.u16(8 + 4 * at + 2)?;
            topology_name(o, topology.into());
            o.put((", metric ", metric));
        }
        link = link.skip(LINK + 4 * others);
    }
    Ok(true)
}

fn topology_name(o: &mut Out, topology: u32) {
    o.put(("\n\t\ttopology ", named(TOPOLOGIES, topology, "Unknown"), " (", topology, ")"));
}

/// The metrics of a summary (RFC 2328, section A.4.4), behind its mask.
fn metrics(o: &mut Out, v: View<'_>, left: usize) -> Step {
    v.need(8)?;
    for at in (4..left).step_by(4) {
        let metric = v.u32(at)?;
        topology_name(o, metric >> 24 & 0x7f);
        o.put((" metric ", metric & INFINITE));
    }
    Ok(())
}

/// RFC 2328, section A.4.5.
fn external(o: &mut Out, v: View<'_>, left: usize) -> Step {
    o.put(("\n\t    Mask ", Ipv4(v.array(0)?)));
    v.need(8)?;
    for at in (4..left).step_by(12) {
        let metric = v.u32(at)?;
        topology_name(o, metric >> 24 & 0x7f);
        o.put((", type ", if metric & TYPE_2 != 0 { 2_u8 } else { 1 }, ", metric"));
        if metric & INFINITE == INFINITE {
            o.put(" infinite");
        } else {
            o.put((" ", metric & INFINITE));
        }
        for (label, at) in [(", forward ", at + 4), (", tag ", at + 8)] {
            let address = v.array(at)?;
            o.put((address != [0; 4]).then_some((label, Ipv4(address))));
        }
    }
    Ok(())
}

/// RFC 1584, section A.3.
fn group(o: &mut Out, v: View<'_>, left: usize) -> Step {
    for at in (0..left).step_by(8) {
        match v.u32(at)? {
            1 => o.put(("\n\t    Router Router-ID ", Ipv4(v.array(at + 4)?))),
            2 => o.put(("\n\t    Network Designated Router ", Ipv4(v.array(at + 4)?))),
            kind => o.put(("\n\t    unknown VertexType (", kind, ")")),
        }
    }
    Ok(())
}

/// The body of an opaque advertisement; false where it makes no sense.
fn opaque(o: &mut Out, v: View<'_>, kind: u8, left: usize) -> Step<bool> {
    match kind {
        ROUTER_INFORMATION => information(o, v, left),
        GRACE => ospf_te::grace(o, v, left),
        TRAFFIC_ENGINEERING => ospf_te::traffic_engineering(o, v, left),
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t    ", left);
            }
            Ok(true)
        }
    }
}

/// RFC 7770, section 2; false where it makes no sense.
fn information(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<bool> {
    while left != 0 {
        v.need(4)?;
        if left < 4 {
            o.put(("\n\t    Remaining LS length ", left, " < 4"));
            return Ok(false);
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(4), left - 4);
        o.put((
            "\n\t    ",
            named(INFORMATION_NAMES, kind, "unknown"),
            " TLV (",
            kind,
            "), length: ",
            size,
            ", value: ",
        ));
        if size > left {
            o.put(("\n\t    Bogus length ", size, " > remaining LS length ", left));
            return Ok(false);
        }
        v.need(size)?;
        if kind == CAPABILITIES {
            if size != 4 {
                o.put(("\n\t    Bogus length ", size, " != 4"));
                return Ok(false);
            }
            o.put(("Capabilities: ", bits(CAPABILITY_NAMES, v.u32(0)?, ", ", "Unknown")));
        } else if o.opt.verbose <= 1 {
            o.unknown(v, "\n\t      ", size);
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}
