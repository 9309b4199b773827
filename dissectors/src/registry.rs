//! Which dissector follows: static tables whose order is the precedence.

use crate::below::{Below, Dissect};
use crate::industrial::someip;
use crate::link::ethernet;
use crate::management::{dhcp, dhcp6, ntp, pptp, ptp, sflow, snmp, syslog, tftp, timed};
use crate::names;
use crate::naming::{dns, lwres, zephyr};
use crate::network::ipv4;
use crate::options::PacketType;
use crate::out::Out;
use crate::put::{Table, named};
use crate::security::{eap, isakmp, kerberos, radius, rpki_rtr};
use crate::text::{beep, lines, resp, ssh, telnet, zmtp};
use crate::transport::{tcp, udp};
use crate::view::{Step, View};

/// Link types by their LINKTYPE_ value in a capture file.
const LINKS: &[(u16, Dissect)] = &[(1, ethernet::frame)];

/// The dissector of a link type, if it has one.
pub fn link(linktype: u16) -> Option<Dissect> {
    LINKS.iter().find(|row| row.0 == linktype).map(|row| row.1)
}

/// The names of Ethertypes (IANA, IEEE 802 Numbers).
pub(crate) const ETHERTYPES: Table = &[
    (0x0800, "IPv4"),
    (0x8847, "MPLS unicast"),
    (0x8848, "MPLS multicast"),
    (0x86dd, "IPv6"),
    (0x8100, "802.1Q"),
    (0x9100, "802.1Q-9100"),
    (0x88a8, "802.1Q-QinQ"),
    (0x9200, "802.1Q-9200"),
    (0x8181, "VMAN"),
    (0x0200, "PUP"),
    (0x0806, "ARP"),
    (0x8035, "Reverse ARP"),
    (0x0600, "NS"),
    (0x0500, "Sprite"),
    (0x1000, "Trail"),
    (0x6001, "MOP DL"),
    (0x6002, "MOP RC"),
    (0x6003, "DN"),
    (0x6004, "LAT"),
    (0x6007, "SCA"),
    (0x6558, "TEB"),
    (0x8038, "Lanbridge"),
    (0x803c, "DEC DNS"),
    (0x803e, "DEC DTS"),
    (0x805b, "VEXP"),
    (0x805c, "VPROD"),
    (0x809b, "Appletalk"),
    (0x80f3, "Appletalk ARP"),
    (0x8137, "IPX"),
    (0x880b, "PPP"),
    (0x8808, "MPCP"),
    (0x8809, "Slow Protocols"),
    (0x8863, "PPPoE D"),
    (0x8864, "PPPoE S"),
    (0x888e, "EAPOL"),
    (0x8899, "RRCP"),
    (0x886f, "MS NLB heartbeat"),
    (0x8870, "Jumbo"),
    (0x894f, "NSH"),
    (0x9000, "Loopback"),
    (0x00fe, "OSI"),
    (0x00fe, "GRE-OSI"),
    (0x8903, "CFM (old)"),
    (0x8902, "CFM"),
    (0x893a, "IEEE1905.1"),
    (0x88cc, "LLDP"),
    (0x88ca, "TIPC"),
    (0x0707, "GeoNet (old)"),
    (0x8947, "GeoNet"),
    (0x04e0, "CALM FAST"),
    (0x88a2, "AoE"),
    (0x9999, "MEDSA"),
];

/// Alteon jumbo frames: LLC follows.
pub(crate) const JUMBO: u16 = 0x8870;

/// Whether an Ethertype announces an 802.1Q tag.
pub(crate) fn is_vlan_tag(ethertype: u16) -> bool {
    matches!(ethertype, 0x8100 | 0x9100 | 0x9200 | 0x88a8)
}

/// Payloads by Ethertype.
const ETHERTYPE_ROWS: &[(u16, Dissect)] = &[(0x0800, ipv4::dissect), (0x888e, eap::frame), (0x88f7, ptp::dissect)];

/// The dissector of an Ethertype, if it has one.
pub(crate) fn ethertype(value: u16) -> Option<Dissect> {
    ETHERTYPE_ROWS.iter().find(|row| row.0 == value).map(|row| row.1)
}

/// The names of IP protocols (IANA, Assigned Internet Protocol Numbers).
pub(crate) const IP_PROTOCOLS: Table = &[
    (0, "Options"),
    (1, "ICMP"),
    (2, "IGMP"),
    (4, "IPIP"),
    (6, "TCP"),
    (8, "EGP"),
    (9, "IGRP"),
    (17, "UDP"),
    (33, "DCCP"),
    (41, "IPv6"),
    (46, "RSVP"),
    (47, "GRE"),
    (50, "ESP"),
    (51, "AH"),
    (55, "Mobile IP"),
    (58, "ICMPv6"),
    (63, "mobile-ip"),
    (88, "EIGRP"),
    (89, "OSPF"),
    (103, "PIM"),
    (108, "Compressed IP"),
    (112, "VRRP"),
    (113, "PGM"),
    (132, "SCTP"),
    (135, "Mobility"),
    (254, "CARP"),
];

/// Protocols whose printers write the addresses with their ports.
pub(crate) fn prints_own_addresses(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 132 | 33)
}

/// Payloads by IP protocol.
const IP_ROWS: &[(u8, Dissect)] = &[(6, tcp::dissect), (17, udp::dissect), (4, ipv4::dissect)];

/// Prints the payload of an IP datagram.
pub(crate) fn ip_payload(o: &mut Out, v: View<'_>, protocol: u8, below: &Below<'_>) -> Step {
    match IP_ROWS.iter().find(|row| row.0 == protocol) {
        Some(row) => (row.1)(o, v, below),
        None => {
            names::put_protocol(o, protocol);
            o.put((" ", v.len()));
            Ok(())
        }
    }
}

/// `[proto requires IPv4] (invalid)`: a protocol of one IP version in the other.
pub(crate) fn requires(o: &mut Out, protocol: u8, version: &'static str) -> Step {
    o.put(("[", named(IP_PROTOCOLS, protocol, "unknown"), " requires ", version, "]"));
    o.invalid();
    Ok(())
}

/// Which ports of a datagram or segment select a row.
#[derive(Clone, Copy)]
enum Port {
    /// Source or destination.
    Either(u16),
    /// The source only.
    Source(u16),
    /// The destination only.
    Destination(u16),
    /// Source or destination, both ends included.
    Range(u16, u16),
}

impl Port {
    fn matches(self, below: &Below<'_>) -> bool {
        match self {
            Port::Either(port) => below.sport == port || below.dport == port,
            Port::Source(port) => below.sport == port,
            Port::Destination(port) => below.dport == port,
            Port::Range(low, high) => (low..=high).contains(&below.sport) || (low..=high).contains(&below.dport),
        }
    }
}

/// Prints an ESP packet outside an IP datagram.
pub(crate) fn esp(_: &mut Out, _: View<'_>, _: &Below<'_>) -> Step {
    Ok(())
}

/// UDP payloads by port.
const UDP_ROWS: &[(Port, Dissect)] = &[
    (Port::Either(53), dns::dissect),
    (Port::Range(67, 68), dhcp::dissect),
    (Port::Either(69), tftp::dissect),
    (Port::Either(88), kerberos::dissect),
    (Port::Either(123), ntp::dissect),
    (Port::Range(161, 162), snmp::dissect),
    (Port::Range(319, 320), ptp::dissect),
    (Port::Either(500), isakmp::dissect),
    (Port::Either(514), syslog::dissect),
    (Port::Either(525), timed::dissect),
    (Port::Range(546, 547), dhcp6::dissect),
    (Port::Either(750), kerberos::dissect),
    (Port::Either(921), lwres::dissect),
    (Port::Either(5353), dns::multicast),
    (Port::Either(4500), isakmp::encapsulated),
    (Port::Either(7500), isakmp::dissect),
    (Port::Either(8500), isakmp::dissect),
    (Port::Range(2103, 2104), zephyr::dissect),
    (Port::Either(1645), radius::dissect),
    (Port::Either(1812), radius::dissect),
    (Port::Either(1646), radius::dissect),
    (Port::Either(1813), radius::dissect),
    (Port::Either(1700), radius::dissect),
    (Port::Either(3799), radius::dissect),
    (Port::Either(6343), sflow::dissect),
    (Port::Either(5060), lines::sip),
    (Port::Either(30490), someip::dissect),
];

/// The dissector of a UDP payload, if its ports have one.
pub(crate) fn udp_port(below: &Below<'_>) -> Option<Dissect> {
    UDP_ROWS.iter().find(|row| row.0.matches(below)).map(|row| row.1)
}

/// UDP payloads by the name that `-T` gives.
const UDP_TYPES: &[(PacketType, Dissect)] = &[
    (PacketType::Domain, dns::dissect),
    (PacketType::Ptp, ptp::dissect),
    (PacketType::Radius, radius::dissect),
    (PacketType::Snmp, snmp::dissect),
    (PacketType::Someip, someip::dissect),
    (PacketType::Tftp, tftp::dissect),
];

/// Prints a UDP payload as what `-T` says; a type of another transport prints nothing.
pub(crate) fn udp_forced(o: &mut Out, v: View<'_>, below: &Below<'_>, kind: PacketType) -> Step {
    match UDP_TYPES.iter().find(|row| row.0 == kind) {
        Some(row) => (row.1)(o, v, below),
        None => Ok(()),
    }
}

/// Prints a UDP payload that is a remote procedure call to or from an NFS port;
/// false if it is none.
pub(crate) fn udp_remote_call(_: &mut Out, _: View<'_>, _: &Below<'_>) -> Step<bool> {
    Ok(false)
}

/// TCP payloads by port: the text before it, and the dissector.
const TCP_ROWS: &[(Port, &str, Dissect)] = &[
    (Port::Either(21), ": ", lines::ftp),
    (Port::Either(22), "", ssh::dissect),
    (Port::Either(23), "", telnet::dissect),
    (Port::Either(25), ": ", lines::smtp),
    (Port::Either(43), ": ", lines::whois),
    (Port::Either(53), "", dns::over_tcp),
    (Port::Either(80), ": ", lines::http),
    (Port::Either(323), "", rpki_rtr::dissect),
    (Port::Either(554), ": ", lines::rtsp),
    (Port::Either(1723), "", pptp::dissect),
    (Port::Either(6379), "", resp::dissect),
    (Port::Either(8080), ": ", lines::http),
    (Port::Either(10288), "", beep::dissect),
    (Port::Either(8554), ": ", lines::rtsp),
];

/// TCP payloads by the name that `-T` gives.
const TCP_TYPES: &[(PacketType, Dissect)] =
    &[(PacketType::Domain, dns::over_tcp), (PacketType::Resp, resp::dissect), (PacketType::Zmtp1, zmtp::dissect)];

/// Prints the payload of a TCP segment.
pub(crate) fn tcp_payload(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if let Some(kind) = o.opt.packet_type {
        return match TCP_TYPES.iter().find(|row| row.0 == kind) {
            Some(row) => (row.1)(o, v, below),
            None => Ok(()),
        };
    }
    match TCP_ROWS.iter().find(|row| row.0.matches(below)) {
        Some(&(_, before, dissect)) => {
            o.put(before);
            dissect(o, v, below)
        }
        None => Ok(()),
    }
}
