//! Names in place of numbers: hosts, services, protocols and vendors.
//!
//! The crate does no I/O; whoever prints gives a [`Names`] that looks them up.

use crate::out::Out;
use crate::put::{Named, Otherwise, Table};

/// A transport protocol with named ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PortKind {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Looks names up. An implementation must not block for long: a line waits for it.
pub trait Names: Send {
    /// The name of an IPv4 host.
    fn ipv4(&mut self, _: [u8; 4]) -> Option<&str> {
        None
    }
    /// The name of an IPv6 host.
    fn ipv6(&mut self, _: [u8; 16]) -> Option<&str> {
        None
    }
    /// The name of a station.
    fn mac(&mut self, _: [u8; 6]) -> Option<&str> {
        None
    }
    /// The service on a port.
    fn port(&mut self, _: PortKind, _: u16) -> Option<&str> {
        None
    }
    /// The name of an IP protocol, as `/etc/protocols` has it.
    fn protocol(&mut self, _: u8) -> Option<&str> {
        None
    }
    /// The name of the interface with an index on the host that prints.
    fn interface(&mut self, _: u32) -> Option<&str> {
        None
    }
    /// The name of a DLT_ value.
    fn link_type(&mut self, _: u32) -> Option<&str> {
        None
    }
    /// A captured DNS answer says that `name` has this IPv4 address.
    fn learn_ipv4(&mut self, _name: &[u8], _: [u8; 4]) {}
    /// A captured DNS answer says that `name` has this IPv6 address.
    fn learn_ipv6(&mut self, _name: &[u8], _: [u8; 16]) {}
}

/// No names at all.
pub struct Numeric;

impl Names for Numeric {}

/// Organizations by the three octets that IEEE assigned to them (OUI), as they
/// are named beside a MAC address and in SNAP and LLDP headers.
pub(crate) const ORGANIZATIONS: Table = &[
    (0x00_0000, "Ethernet"),
    (0x00_000c, "Cisco"),
    (0x00_005e, "IANA"),
    (0x00_0081, "Nortel Networks SONMP"),
    (0x00_00f8, "Cisco bridged"),
    (0x00_049f, "Freescale"),
    (0x00_04ea, "HP-Labs"),
    (0x00_1018, "Broadcom"),
    (0x00_120f, "IEEE 802.3 Private"),
    (0x00_12bb, "ANSI/TIA"),
    (0x00_15ad, "Netronome"),
    (0x00_1b21, "DCBX"),
    (0x00_2320, "Nicira Networks"),
    (0x00_2481, "HP"),
    (0x00_80c2, "Ethernet bridged"),
    (0x00_9069, "Juniper"),
    (0x00_a03e, "ATM Forum"),
    (0x00_e004, "PMC-Sierra"),
    (0x00_e02f, "DOCSIS Spanning Tree"),
    (0x08_0007, "Appletalk"),
    (0x08_0009, "Hewlett-Packard"),
    (0x5c_16c7, "Big Switch Networks"),
    (0x74_8771, "Infoblox Inc"),
    (0xa4_2305, "Open Networking Lab"),
    (0xb0_d2f5, "Vello Systems"),
    (0xd0_f0db, "Ericsson"),
];

/// Writes text that did not come from this program: control characters in caret form.
pub(crate) fn put_foreign(o: &mut Out, text: &str) {
    for &byte in text.as_bytes() {
        o.char(byte);
    }
}

/// Writes a host name, cut at the first dot with `-N`.
fn put_host(o: &mut Out, name: &str) {
    let end = if o.opt.no_domain { name.find('.').unwrap_or(name.len()) } else { name.len() };
    put_foreign(o, &name[..end]);
}

/// Writes an IPv4 host's name, or its address.
pub(crate) fn put_ipv4(o: &mut Out, address: [u8; 4]) {
    let local = o.opt.foreign.is_none_or(|(network, mask)| {
        u32::from_be_bytes(address) & u32::from_be_bytes(mask) == u32::from_be_bytes(network)
    });
    // Any-host and broadcast have no names.
    let named = local && address != [0; 4] && address != [255; 4];
    match named.then(|| o.names.ipv4(address).map(str::to_owned)).flatten() {
        Some(name) => put_host(o, &name),
        None => o.line.ipv4(address),
    }
}

/// Writes an IPv6 host's name, or its address.
pub(crate) fn put_ipv6(o: &mut Out, address: [u8; 16]) {
    match o.names.ipv6(address).map(str::to_owned) {
        Some(name) => put_host(o, &name),
        None => o.line.ipv6(address),
    }
}

/// Writes a station's name, or its address and vendor.
pub(crate) fn put_mac(o: &mut Out, address: [u8; 6]) {
    if let Some(name) = o.names.mac(address).map(str::to_owned) {
        return put_foreign(o, &name);
    }
    o.line.mac(address);
    let [a, b, c, ..] = address;
    let vendor = Named(ORGANIZATIONS, u32::from_be_bytes([0, a, b, c]), Otherwise::Text("Unknown"));
    o.put((" (oui ", vendor, ")"));
}

/// Writes a port by its service, or its number.
pub(crate) fn put_port(o: &mut Out, kind: PortKind, port: u16) {
    match o.names.port(kind, port).map(str::to_owned) {
        Some(name) => put_foreign(o, &name),
        None => o.line.dec(u64::from(port)),
    }
}

/// Writes ` name` of an IP protocol, or ` ip-proto-N`.
pub(crate) fn put_protocol(o: &mut Out, protocol: u8) {
    let name = if o.opt.numeric == 0 { o.names.protocol(protocol).map(str::to_owned) } else { None };
    match name {
        Some(name) => {
            o.line.byte(b' ');
            put_foreign(o, &name);
        }
        None => o.put((" ip-proto-", protocol)),
    }
}

/// Writes the name of the interface with an index, or `?`, padded to `width`.
pub(crate) fn put_interface(o: &mut Out, index: u32, width: usize) {
    let name = o.names.interface(index).map_or_else(|| "?".to_owned(), str::to_owned);
    put_foreign(o, &name);
    for _ in name.len()..width {
        o.line.byte(b' ');
    }
}
