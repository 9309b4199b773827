//! The variable fields of IS-IS packets (IANA, IS-IS TLV Codepoints).

use std::cell::Cell;

use super::esis;
use super::isis::{LSP, NODE, SYSTEM, SystemId};
use super::isis_auth::authentication;
use super::isis_reach::{self as reach, Version};
use super::isis_spb as spb;
use super::nsap::Nsap;
use super::osi;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Hex4, Hex8, Ipv4, Ipv6, Named, Otherwise, Spaces, Table, bits, named};
use crate::view::{Step, Stop, View};

const AREA_ADDRESSES: u8 = 1;
const NEIGHBORS: u8 = 2;
const END_SYSTEMS: u8 = 3;
const PARTITION_SYSTEMS: u8 = 4;
const PREFIX_NEIGHBORS: u8 = 5;
const LAN_NEIGHBORS: u8 = 6;
const INSTANCE: u8 = 7;
const PADDING: u8 = 8;
const ENTRIES: u8 = 9;
const AUTHENTICATION: u8 = 10;
const CHECKSUM: u8 = 12;
const PURGE_ORIGINATOR: u8 = 13;
const BUFFER_SIZE: u8 = 14;
const EXTENDED_NEIGHBORS: u8 = 22;
pub(super) const ALIAS: u8 = 24;
const INTERNAL_IPV4: u8 = 128;
const PROTOCOLS: u8 = 129;
const EXTERNAL_IPV4: u8 = 130;
const INTER_DOMAIN: u8 = 131;
const IPV4_ADDRESSES: u8 = 132;
const ROUTER_ID: u8 = 134;
const EXTENDED_IPV4: u8 = 135;
const HOSTNAME: u8 = 137;
const SHARED_RISK: u8 = 138;
const PORT_CAPABILITY: u8 = 143;
const TOPOLOGY_CAPABILITY: u8 = 144;
const RESTART: u8 = 211;
const TOPOLOGY_NEIGHBORS: u8 = 222;
const TOPOLOGIES: u8 = 229;
const IPV6_ADDRESSES: u8 = 232;
const TOPOLOGY_IPV4: u8 = 235;
const IPV6: u8 = 236;
const TOPOLOGY_IPV6: u8 = 237;
const ADJACENCY: u8 = 240;
const HELLO_SEQUENCE: u8 = 241;
const ROUTER_CAPABILITY: u8 = 242;
const VENDOR: u8 = 250;

const NAMES: Table = &[
    (1, "Area address(es)"),
    (2, "IS Reachability"),
    (3, "ES Neighbor(s)"),
    (4, "Partition DIS"),
    (5, "Prefix Neighbors"),
    (6, "IS Neighbor(s)"),
    (7, "Instance Identifier"),
    (8, "Padding"),
    (9, "LSP entries"),
    (10, "Authentication"),
    (12, "Checksum"),
    (13, "Purge Originator Identifier"),
    (14, "LSP Buffersize"),
    (22, "Extended IS Reachability"),
    (24, "IS Alias ID"),
    (42, "DECnet Phase IV"),
    (66, "Lucent Proprietary"),
    (128, "IPv4 Internal Reachability"),
    (129, "Protocols supported"),
    (130, "IPv4 External Reachability"),
    (131, "Inter-Domain Information Type"),
    (132, "IPv4 Interface address(es)"),
    (133, "IPv4 authentication (deprecated)"),
    (134, "Traffic Engineering Router ID"),
    (135, "Extended IPv4 Reachability"),
    (138, "Shared Risk Link Group"),
    (143, "Multi-Topology-Aware Port Capability"),
    (144, "Multi-Topology Capability"),
    (176, "Nortel Proprietary"),
    (177, "Nortel Proprietary"),
    (137, "Hostname"),
    (211, "Restart Signaling"),
    (222, "Multi Topology IS Reachability"),
    (229, "Multi Topology"),
    (232, "IPv6 Interface address(es)"),
    (235, "Multi-Topology IPv4 Reachability"),
    (236, "IPv6 reachability"),
    (237, "Multi-Topology IP6 Reachability"),
    (240, "Point-to-point Adjacency State"),
    (241, "Hello PDU Sequence Number"),
    (242, "IS-IS Router Capability"),
    (250, "Vendor Private"),
];

const STATES: Table = &[(0, "Up"), (1, "Initializing"), (2, "Down")];
const RESTART_FLAGS: Table =
    &[(1, "Restart Request"), (2, "Restart Acknowledgement"), (4, "Suppress adjacency advertisement")];

const AS_NUMBER: u8 = 2;
const INTER_DOMAIN_TYPES: Table = &[(0, "Reserved"), (1, "Routing-Domain Specific"), (2, "AS Number Tag")];

const CAPABILITY_FLAGS: Table = &[(1, "S bit"), (2, "D bit")];
const SEGMENT_ROUTING: u8 = 2;
const CAPABILITIES: Table = &[(2, "SR-Capabilities")];
const SEGMENT_ROUTING_FLAGS: Table = &[(0x80, "ipv4"), (0x40, "ipv6")];

/// So many checksums and signatures of one packet are looked at: each is over all of it.
const MAX_CHECKS: u32 = 64;

/// The packet that checksums and signatures cover.
pub(super) struct Packet<'p> {
    /// From its identifier on.
    pub v: View<'p>,
    /// Its octets.
    pub length: usize,
    checks: Cell<u32>,
}

impl<'p> Packet<'p> {
    /// A packet of `length` octets.
    pub fn new(v: View<'p>, length: usize) -> Self {
        Packet { v, length, checks: Cell::new(0) }
    }

    /// Whether one more is to be looked at.
    pub fn may_check(&self) -> bool {
        self.checks.set(self.checks.get() + 1);
        self.checks.get() <= MAX_CHECKS
    }
}

/// `left` octets of fields; false where the whole packet is to be dumped.
pub(super) fn all(o: &mut Out, packet: &Packet<'_>, mut v: View<'_>, mut left: usize) -> Step<bool> {
    while left > 0 {
        v.check(2)?;
        if left < 2 {
            return Err(Stop::Cut);
        }
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        (v, left) = (v.skip(2), left - 2);
        o.put(("\n\t    ", named(NAMES, kind, "unknown"), " TLV #", kind, ", length: ", size));
        if left < size {
            return Err(Stop::Cut);
        }
        if matches!(kind, INTERNAL_IPV4 | EXTERNAL_IPV4) {
            // As tcpdump has it: where these make no sense, nothing more is said.
            if !reach::ipv4(o, v, size)? {
                return Ok(true);
            }
        } else {
            field(o, packet, v, kind, size)?;
        }
        if o.opt.verbose > 1 {
            o.unknown(v, "\n\t      ", size);
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}

/// One field of `size` octets.
fn field(o: &mut Out, packet: &Packet<'_>, v: View<'_>, kind: u8, size: usize) -> Step {
    match kind {
        AREA_ADDRESSES => area_addresses(o, v, size),
        NEIGHBORS | END_SYSTEMS | PREFIX_NEIGHBORS => reach::old(o, v, kind == NEIGHBORS, kind == END_SYSTEMS, size),
        PARTITION_SYSTEMS => listed(o, v, size, SYSTEM, |o, v| {
            v.check(SYSTEM)?;
            o.put(("\n\t      ", SystemId(v.bytes(0, SYSTEM)?)));
            Ok(())
        }),
        LAN_NEIGHBORS => listed(o, v, size, SYSTEM, |o, v| {
            v.check(SYSTEM)?;
            o.put(("\n\t      SNPA: ", SystemId(v.bytes(0, SYSTEM)?)));
            Ok(())
        }),
        INSTANCE => instance(o, v, size),
        PADDING => Ok(()),
        ENTRIES => listed(o, v, size, 16, entry),
        AUTHENTICATION => authentication(o, packet, v, size),
        CHECKSUM => checksum(o, packet, v, size),
        PURGE_ORIGINATOR => purge_originator(o, v, size),
        EXTENDED_NEIGHBORS | ALIAS => reach::neighbors(o, v, kind, size),
        TOPOLOGY_NEIGHBORS => {
            reach::topology(o, v, size)?;
            reach::neighbors(o, v.skip(2), kind, size - 2)
        }
        PROTOCOLS => {
            o.put("\n\t      NLPID(s): ");
            esis::identifiers(o, v, size)
        }
        INTER_DOMAIN => inter_domain(o, v, size),
        IPV4_ADDRESSES => listed(o, v, size, 4, |o, v| {
            o.put(("\n\t      IPv4 interface address: ", Ipv4(v.array(0)?)));
            Ok(())
        }),
        IPV6_ADDRESSES => listed(o, v, size, 16, |o, v| {
            o.put(("\n\t      IPv6 interface address: ", Ipv6(v.array(0)?)));
            Ok(())
        }),
        EXTENDED_IPV4 => reach::prefixes(o, v, Version::V4, size),
        IPV6 => reach::prefixes(o, v, Version::V6, size),
        TOPOLOGY_IPV4 | TOPOLOGY_IPV6 => {
            let version = if kind == TOPOLOGY_IPV4 { Version::V4 } else { Version::V6 };
            reach::topology(o, v, size)?;
            reach::prefixes(o, v.skip(2), version, size - 2)
        }
        HOSTNAME => {
            o.put("\n\t      Hostname: ");
            o.text_to_nul(v, size)
        }
        SHARED_RISK => shared_risk(o, v, size),
        PORT_CAPABILITY => spb::port_capability(o, v, size),
        TOPOLOGY_CAPABILITY => spb::topology_capability(o, v, size),
        RESTART => restart(o, v, size),
        TOPOLOGIES => topologies(o, v, size),
        ADJACENCY => adjacency(o, v, size),
        ROUTER_CAPABILITY => router_capability(o, v, size),
        VENDOR => vendor(o, v, size),
        BUFFER_SIZE | ROUTER_ID | HELLO_SEQUENCE => number(o, v, kind, size),
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t\t", size);
            }
            Ok(())
        }
    }
}

/// Items of `each` octets, as far as whole ones fit `left`.
fn listed<'p>(o: &mut Out, v: View<'p>, left: usize, each: usize, item: impl Fn(&mut Out, View<'p>) -> Step) -> Step {
    for number in 0..left / each {
        item(o, v.skip(number * each))?;
    }
    Ok(())
}

fn area_addresses(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    while left > 0 {
        let size = usize::from(v.u8(0)?);
        (v, left) = (v.skip(1), left - 1);
        if left < size {
            break;
        }
        o.put(("\n\t      Area address (length: ", size, "): ", Nsap(v.bytes(0, size)?)));
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// RFC 8202, section 2.1.
fn instance(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 4 {
        return Ok(());
    }
    let count = (size - 2) / 2;
    o.put(("\n\t      Instance ID: ", v.u16(0)?, ", ITIDs(", count, "): "));
    for number in 0..count {
        o.put((v.u16(2 + number * 2)?, (number + 1 < count).then_some(", ")));
    }
    Ok(())
}

/// A link state packet of sequence numbers.
fn entry(o: &mut Out, v: View<'_>) -> Step {
    v.check(2 + LSP)?;
    o.put(("\n\t      lsp-id: ", SystemId(v.bytes(2, LSP)?)));
    o.put((", seq: 0x", Hex8(v.u32(10)?)));
    o.put((", lifetime: ", Spaces(v.u16(0)?, 5), "s"));
    o.put((", chksum: 0x", Hex4(v.u16(14)?)));
    Ok(())
}

/// RFC 3358.
fn checksum(o: &mut Out, packet: &Packet<'_>, v: View<'_>, size: usize) -> Step {
    if size < 2 {
        return Ok(());
    }
    v.check(2)?;
    let given = v.u16(0)?;
    o.put(("\n\t      checksum: 0x", Hex4(given), " "));
    let length = if packet.may_check() { packet.length } else { usize::MAX };
    osi::compare(o, packet.v, given, v.at().saturating_sub(packet.v.at()), length);
    Ok(())
}

/// RFC 6232, section 3.
fn purge_originator(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 1 {
        return Ok(());
    }
    let count = v.u8(0)?;
    if count == 0 {
        o.put(" No system IDs supplied");
        return Ok(());
    }
    if size < 1 + SYSTEM {
        return Ok(());
    }
    v.check(1 + SYSTEM)?;
    o.put(("\n\t      Purge Originator System-ID: ", SystemId(v.bytes(1, SYSTEM)?)));
    if count > 1 && size > 2 * SYSTEM {
        // As tcpdump has it: so much must be captured behind the first.
        v.check(1 + SYSTEM + 2 * SYSTEM + 1)?;
        o.put(("\n\t      Received from System-ID: ", SystemId(v.bytes(1 + SYSTEM, SYSTEM)?)));
    }
    Ok(())
}

/// RFC 1195, section 5.3.5.
fn inter_domain(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 1 {
        return Ok(());
    }
    let kind = v.u8(0)?;
    o.put("\n\t      Inter-Domain Information Type: ");
    o.put(Named(INTER_DOMAIN_TYPES, kind.into(), Otherwise::Hex("Unknown (0x", 2, ")")));
    if kind != AS_NUMBER {
        o.unknown(v.skip(1), "\n\t      ", size - 1);
    } else if size > 2 {
        o.put(("AS Number: ", v.u16(1)?));
    }
    Ok(())
}

/// A field of one number or address.
fn number(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step {
    match kind {
        BUFFER_SIZE if size >= 2 => o.put(("\n\t      LSP Buffersize: ", v.u16(0)?)),
        ROUTER_ID if size >= 4 => o.put(("\n\t      Traffic Engineering Router ID: ", Ipv4(v.array(0)?))),
        HELLO_SEQUENCE if size >= 4 => o.put(("\n\t      Sequence number: ", v.u32(0)?)),
        _ => {}
    }
    Ok(())
}

/// RFC 5307, section 1.4.
fn shared_risk(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FLAGS: usize = NODE;
    const INTERFACE: usize = FLAGS + 1;
    const NEIGHBOR: usize = INTERFACE + 4;
    const GROUPS: usize = NEIGHBOR + 4;
    if size < NODE {
        return Ok(());
    }
    v.check(NODE)?;
    o.put(("\n\t      IS Neighbor: ", SystemId(v.bytes(0, NODE)?)));
    if size < INTERFACE {
        return Ok(());
    }
    o.put((", Flags: [", if v.u8(FLAGS)? & 1 != 0 { "numbered" } else { "unnumbered" }, "]"));
    if size < NEIGHBOR {
        return Ok(());
    }
    o.put(("\n\t      IPv4 interface address: ", Ipv4(v.array(INTERFACE)?)));
    if size < GROUPS {
        return Ok(());
    }
    o.put(("\n\t      IPv4 neighbor address: ", Ipv4(v.array(NEIGHBOR)?)));
    listed(o, v.skip(GROUPS), size - GROUPS, 4, |o, v| {
        o.put(("\n\t      Link-ID: 0x", Hex8(v.u32(0)?)));
        Ok(())
    })
}

/// RFC 5306, section 3.1.
fn restart(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 1 {
        return Ok(());
    }
    v.check(1)?;
    o.put(("\n\t      Flags [", bits(RESTART_FLAGS, v.u8(0)?, ", ", "none"), "]"));
    if size < 3 {
        return Ok(());
    }
    v.check(3)?;
    o.put((", Remaining holding time ", v.u16(1)?, "s"));
    if size == 3 + SYSTEM {
        v.check(3 + SYSTEM)?;
        o.put((", for ", SystemId(v.bytes(3, SYSTEM)?)));
    }
    Ok(())
}

/// RFC 5120, section 7.1.
fn topologies(o: &mut Out, v: View<'_>, size: usize) -> Step {
    listed(o, v, size, 2, |o, v| reach::topology(o, v, 2))?;
    o.put((size % 2 == 1).then_some("\n\t      invalid MT-ID"));
    Ok(())
}

/// RFC 5303, section 3.
fn adjacency(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let mut left = size;
    if left >= 1 {
        let state = v.u8(0)?;
        o.put(("\n\t      Adjacency State: ", named(STATES, state, "unknown"), " (", state, ")"));
        left -= 1;
    }
    if left > 4 {
        o.put(("\n\t      Extended Local circuit-ID: 0x", Hex8(v.u32(1)?)));
        left -= 4;
    }
    if left >= SYSTEM {
        v.check(5 + SYSTEM)?;
        o.put(("\n\t      Neighbor System-ID: ", SystemId(v.bytes(5, SYSTEM)?)));
        left -= SYSTEM;
    }
    if left >= 4 {
        o.put(("\n\t      Neighbor Extended Local circuit-ID: 0x", Hex8(v.u32(5 + SYSTEM)?)));
    }
    Ok(())
}

/// RFC 7981, section 2.
fn router_capability(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 5;
    if size < FIXED {
        o.put((" [object length ", size, " < ", FIXED, "]"));
        o.invalid();
        return Ok(());
    }
    o.put(("\n\t      Router-ID ", Ipv4(v.array(0)?)));
    o.put((", Flags [", bits(CAPABILITY_FLAGS, v.u8(4)?, ", ", "none"), "]"));
    let (mut v, mut left) = (v.skip(FIXED), size - FIXED);
    while left >= 2 {
        let (kind, size) = (v.u8(0)?, v.u8(1)?);
        let octets = usize::from(size);
        (v, left) = (v.skip(2), left - 2);
        o.put(("\n\t\t", named(CAPABILITIES, kind, "unknown"), " subTLV #", kind, ", length: ", size));
        if octets > left || !v.has(octets) {
            break;
        }
        if kind == SEGMENT_ROUTING {
            segment_routing(o, v, size)?;
        } else {
            o.unknown(v, "\n\t\t", octets);
        }
        (v, left) = (v.skip(octets), left - octets);
    }
    Ok(())
}

/// RFC 8667, section 3.1.
fn segment_routing(o: &mut Out, v: View<'_>, size: u8) -> Step {
    const LABEL: u8 = 1;
    let flags = v.u8(0)?;
    o.put((", Flags [", bits(SEGMENT_ROUTING_FLAGS, flags, ", ", "None"), "], Range ", v.u24(1)?));
    let mut v = v.skip(4);
    // As tcpdump has it: a size below four wraps.
    let mut left = size.wrapping_sub(4);
    while left >= 5 {
        let (kind, size) = (v.u8(0)?, v.u8(1)?);
        (v, left) = (v.skip(2), left - 2);
        if size > left {
            break;
        }
        match (kind, size) {
            (LABEL, 3) => o.put((", SID value ", v.u24(0)?)),
            (LABEL, 4) => o.put((", SID value ", v.u32(0)?)),
            (LABEL, _) => o.put((", Unknown SID length", size)),
            _ => o.unknown(v, "\n\t\t  ", size.into()),
        }
        (v, left) = (v.skip(size.into()), left - size);
    }
    Ok(())
}

fn vendor(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 3 {
        return Ok(());
    }
    let organization = v.u24(0)?;
    o.put(("\n\t      Vendor: ", named(ORGANIZATIONS, organization, "Unknown"), " (", organization, ")"));
    o.unknown(v.skip(3), "\n\t\t", size - 3);
    Ok(())
}
