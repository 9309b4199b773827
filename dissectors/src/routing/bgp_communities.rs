//! Communities of BGP (RFC 1997) and extended ones (RFC 4360).

use super::bgp::As;
use super::gmpls::Mbps;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Ipv4, Named, Octets, Otherwise, Table, bits, named};
use crate::view::{Step, View};

/// Communities that everybody knows.
const WELL_KNOWN: Table =
    &[(0xffff_ff01, " NO_EXPORT"), (0xffff_ff02, " NO_ADVERTISE"), (0xffff_ff03, " NO_EXPORT_SUBCONFED")];

/// Communities in `size` octets.
pub(super) fn list(o: &mut Out, v: View<'_>, size: usize) -> Step {
    for at in (0..size).step_by(4) {
        let community = v.u32(at)?;
        if WELL_KNOWN.iter().any(|row| row.0 == community) {
            o.put(named(WELL_KNOWN, community, ""));
        } else {
            o.put((community >> 16, ":", community & 0xffff, (size - at > 4).then_some(", ")));
        }
    }
    Ok(())
}

const FLAGS: Table = &[(0x8000, "vendor-specific"), (0x4000, "non-transitive")];
const NAMES: Table = &[
    (0x0002, "target"),
    (0x0102, "target"),
    (0x0202, "target"),
    (0x0003, "origin"),
    (0x0103, "origin"),
    (0x0203, "origin"),
    (0x4004, "link-BW"),
    (0x0005, "ospf-domain"),
    (0x0105, "ospf-domain"),
    (0x0205, "ospf-domain"),
    (0x8005, "ospf-domain"),
    (0x0306, "ospf-route-type"),
    (0x8000, "ospf-route-type"),
    (0x030c, "encapsulation"),
    (0x0107, "ospf-router-id"),
    (0x8001, "ospf-router-id"),
    (0x800a, "layer2-info"),
    (0x8800, "eigrp-general-route (flag, tag)"),
    (0x8801, "eigrp-route-metric (AS, delay)"),
    (0x8802, "eigrp-route-metric (reliability, nexthop, bandwidth)"),
    (0x8803, "eigrp-route-metric (load, MTU)"),
    (0x8804, "eigrp-external-route (remote-AS, remote-ID)"),
    (0x8805, "eigrp-external-route (remote-proto, remote-metric)"),
    (0x0009, "source-AS"),
    (0x010b, "vrf-route-import"),
    (0x000a, "l2vpn-id"),
    (0xf10a, "l2vpn-id"),
];

/// Types of routes of OSPF (RFC 4577, section 4.2.6).
const ROUTE_TYPES: Table =
    &[(1, "Router"), (2, "Network"), (3, "Summary"), (5, "External"), (7, "NSSA External"), (129, "MPLS-VPN Sham")];

/// Encapsulations of virtual private LANs (RFC 6624, section 3.1).
const ENCAPSULATIONS: Table = &[
    (0, "Reserved"),
    (1, "Frame Relay"),
    (2, "ATM AAL5 SDU VCC transport"),
    (3, "ATM transparent cell transport"),
    (4, "Ethernet (VLAN) Tagged Mode"),
    (5, "Ethernet Raw Mode"),
    (6, "Cisco HDLC"),
    (7, "PPP"),
    (8, "SONET/SDH Circuit Emulation Service over MPLS"),
    (9, "ATM n-to-one VCC cell transport"),
    (10, "ATM n-to-one VPC cell transport"),
    (11, "IP layer 2 transport"),
    (15, "Frame Relay Port mode"),
    (17, "Structure-agnostic E1 over packet"),
    (18, "Structure-agnostic T1 (DS1) over packet"),
    (19, "VPLS"),
    (20, "Structure-agnostic T3 (DS3) over packet"),
    (21, "Nx64kbit/s Basic Service using Structure-aware"),
    (25, "Frame Relay DLCI"),
    (40, "Structure-agnostic E3 over packet"),
    // The typing error is tcpdump's.
    (41, "Octet-aligned playload for Structure-agnostic DS1 circuits"),
    (42, "E1 Nx64kbit/s with CAS using Structure-aware"),
    (43, "DS1 (ESF) Nx64kbit/s with CAS using Structure-aware"),
    (44, "DS1 (SF) Nx64kbit/s with CAS using Structure-aware"),
];

/// Types of tunnels (RFC 9012, section 13).
const TUNNELS: Table = &[
    (1, "L2TPv3 over IP"),
    (2, "GRE"),
    (3, "Transmit Tunnel"),
    (4, "IPsec"),
    (5, "IP in IP with IPsec"),
    (6, "MPLS in IP with IPsec"),
    (7, "IP in IP"),
    (8, "VXLAN"),
    (9, "NVGRE"),
    (10, "MPLS"),
    (11, "MPLS in GRE"),
    (12, "VXLAN GPE"),
    (13, "MPLS in UDP"),
    (14, "IPv6"),
    (15, "SR TE"),
    (16, "Bare"),
    (17, "SR"),
];

/// An extended community of eight octets.
pub(super) fn extended(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u16(0)?;
    o.put(("\n\t    ", named(NAMES, kind, "unknown extd community typecode"), " (0x", Hex4(kind)));
    o.put(("), Flags [", bits(FLAGS, kind, ", ", "none"), "]"));
    o.put(": ");
    match kind {
        0x0002 | 0x0003 | 0x000a => o.put((v.u16(2)?, ":", v.u32(4)?, " (= ", Ipv4(v.array(4)?), ")")),
        0x0102 | 0x0103 | 0xf10a | 0x010b => o.put((Ipv4(v.array(2)?), ":", v.u16(6)?)),
        0x0202 | 0x0203 => o.put((As(v.u32(2)?), ":", v.u16(6)?)),
        0x4004 => o.put(("bandwidth: ", Mbps(v.u32(4)?))),
        0x0005 | 0x0105 | 0x0205 | 0x8005 | 0x0107 | 0x8001 => o.put(Ipv4(v.array(2)?)),
        0x0306 | 0x8000 => {
            let route = v.u8(6)?;
            let name = Named(ROUTE_TYPES, route.into(), Otherwise::Hex("unknown (0x", 2, ")"));
            let second = (v.u8(7)? & 1 != 0).then_some("E2");
            let first = matches!(route, 5 | 7).then_some("E1");
            o.put(("area:", Ipv4(v.array(2)?), ", router-type:", name, ", metric-type:", second, first));
        }
        0x800a => {
            let name = named(ENCAPSULATIONS, v.u8(2)?, "unknown encaps");
            o.put((name, " Control Flags [0x", Hex2(v.u8(3)?), "]:MTU ", v.u16(4)?));
        }
        0x0009 => o.put(("AS ", v.u16(2)?)),
        0x030c => o.put(("Tunnel type: ", named(TUNNELS, v.u16(6)?, "unknown encaps"))),
        _ => o.put(Octets(v.bytes(2, 6)?)),
    }
    Ok(())
}
