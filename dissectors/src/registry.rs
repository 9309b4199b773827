//! Which dissector follows: static tables whose order is the precedence.

use crate::below::{Below, Dissect, ip_of};
use crate::industrial::someip;
use crate::link::{
    arcnet, atm, bluetooth, cip, enc, ethernet, fddi, fibre_channel, frame_relay, hdlc, ieee1394, ipnet, ipoib,
    juniper, loopback, netanalyzer, nflog, null, pflog, pktap, ppi, ppp, pppoe, raw, slip, sll, symantec, token_ring,
    usb, vsock,
};
use crate::management::{bcm_li, dhcp, dhcp6, netflow, ntp, openflow, pptp, ptp, sflow, snmp, syslog, tftp, timed};
use crate::media::{rtcp, rtp, vat, whiteboard};
use crate::names;
use crate::naming::{dns, lwres, zephyr};
use crate::network::{appletalk, arp, decnet, icmp, icmp6, igmp, ipv4, ipv6, ipx};
use crate::options::PacketType;
use crate::out::Out;
use crate::put::{Table, named};
use crate::routing::{
    ahcp, aodv, babel, bfd, bgp, egp, eigrp, hncp, hsrp, igrp, ldp, lmp, lspping, msdp, olsr, osi, ospf, ospf3, pim,
    rip, ripng, rsvp, vrrp,
};
use crate::security::{ah, eap, esp, isakmp, kerberos, radius, rpki_rtr, tls_fields};
use crate::storage::{aoe, nfs, rpc, rx};
use crate::switching::{broadcom, cdp, cfm, dtp, lldp, marvell, mpcp, msnlb, realtek, slow, stp, tipc, udld, vqp, vtp};
use crate::text::{beep, http_fields, lines, resp, sip_fields, ssh, telnet, zmtp};
use crate::transport::{dccp, pgm, quic, sctp, tcp, udp};
use crate::tunnel::{geneve, gre, gtp_fields, ipcomp, l2tp, lisp, mobile_ip, mpls, nsh, vxlan};
use crate::view::{Step, View};
use crate::wireless::{calm_fast, geonet, ieee80211, ieee802154, lwapp, radio, zep};

/// Link types by their LINKTYPE_ value in a capture file.
const LINKS: &[(u16, Dissect)] = &[
    (0, null::frame),
    (1, ethernet::frame),
    (6, token_ring::frame),
    (7, arcnet::frame),
    (8, slip::frame),
    (9, ppp::frame),
    (10, fddi::frame),
    (50, ppp::framed),
    (51, pppoe::frame),
    (99, symantec::frame),
    (100, atm::frame),
    (101, raw::frame),
    (102, slip::bsdos),
    (103, ppp::bsdos),
    (104, hdlc::frame),
    (105, ieee80211::frame),
    (106, cip::frame),
    (107, frame_relay::frame),
    (108, null::frame),
    (109, enc::frame),
    (112, hdlc::frame),
    (113, sll::frame),
    (114, appletalk::frame),
    (117, pflog::frame),
    (119, radio::prism),
    (122, fibre_channel::frame),
    (123, atm::sun),
    (127, radio::radiotap),
    (129, arcnet::linux),
    (130, juniper::mlppp),
    (131, juniper::mlfr),
    (132, juniper::es),
    (133, juniper::ggsn),
    (134, juniper::mfr),
    (135, juniper::atm2),
    (136, juniper::services),
    (137, juniper::atm1),
    (138, ieee1394::frame),
    // What Darwin writes for PKTAP.
    (149, pktap::frame),
    (163, radio::avs),
    (164, juniper::monitor),
    (166, ppp::frame),
    (167, juniper::pppoe),
    (168, juniper::pppoe_atm),
    (178, juniper::ether),
    (179, juniper::point_to_point),
    (180, juniper::frelay),
    (181, juniper::chdlc),
    (182, frame_relay::multilink_frame),
    (189, usb::frame),
    (192, ppi::frame),
    (195, ieee802154::frame),
    (201, bluetooth::frame),
    (220, usb::long_frame),
    (226, ipnet::frame),
    (228, raw::frame),
    (229, raw::frame),
    (230, ieee802154::frame),
    (239, nflog::frame),
    (240, netanalyzer::frame),
    (241, netanalyzer::transparent),
    (242, ipoib::frame),
    (258, pktap::frame),
    (271, vsock::frame),
    (276, sll::frame2),
    (281, broadcom::frame),
    (282, broadcom::prepended_frame),
    (283, ieee802154::tap),
    (284, marvell::frame),
    (285, marvell::typed_frame),
];

/// The dissector of a link type, if it has one.
pub fn link(linktype: u16) -> Option<Dissect> {
    LINKS.iter().find(|row| row.0 == linktype).map(|row| row.1)
}

/// Whether packets of a link type are decoded.
pub fn has_printer(linktype: u16) -> bool {
    link(linktype).is_some()
}

/// The names of Ethertypes (IANA, IEEE 802 Numbers).
pub(crate) const ETHERTYPES: Table = &[
    (0x00fe, "GRE-OSI"),
    (0x0200, "PUP"),
    (0x0500, "Sprite"),
    (0x0600, "NS"),
    (0x0707, "GeoNet (old)"),
    (0x0800, "IPv4"),
    (0x0806, "ARP"),
    (0x1000, "Trail"),
    (0x1111, "CALM FAST"),
    (0x6001, "MOP DL"),
    (0x6002, "MOP RC"),
    (0x6003, "DN"),
    (0x6004, "LAT"),
    (0x6007, "SCA"),
    (0x6558, "TEB"),
    (0x8035, "Reverse ARP"),
    (0x8038, "Lanbridge"),
    (0x803c, "DEC DNS"),
    (0x803e, "DEC DTS"),
    (0x805b, "VEXP"),
    (0x805c, "VPROD"),
    (0x809b, "Appletalk"),
    (0x80f3, "Appletalk ARP"),
    (0x8100, "802.1Q"),
    (0x8137, "IPX"),
    (0x86dd, "IPv6"),
    (0x8808, "MPCP"),
    (0x8809, "Slow Protocols"),
    (0x880b, "PPP"),
    (0x8847, "MPLS unicast"),
    (0x8848, "MPLS multicast"),
    (0x8863, "PPPoE D"),
    (0x8864, "PPPoE S"),
    (0x886f, "MS NLB heartbeat"),
    (0x8870, "Jumbo"),
    (0x888e, "EAPOL"),
    (0x8899, "Realtek protocols"),
    (0x88a2, "AoE"),
    (0x88a8, "802.1Q-QinQ"),
    (0x88ca, "TIPC"),
    (0x88cc, "LLDP"),
    (0x88e5, "802.1AE MACsec"),
    (0x88f7, "PTP"),
    (0x8902, "CFM"),
    (0x893a, "IEEE1905.1"),
    (0x8947, "GeoNet"),
    (0x894f, "NSH"),
    (0x9000, "Loopback"),
    (0x9100, "802.1Q-9100"),
    (0x9200, "802.1Q-9200"),
    (0xabcd, "CFM (old)"),
    (0xd28b, "Arista Vendor Specific Protocol"),
    (0xfefe, "OSI"),
];

/// An 802.1Q tag.
pub(crate) const VLAN: u16 = 0x8100;

/// IPX.
pub(crate) fn ipx() -> Dissect {
    ipx::dissect
}

/// AppleTalk.
pub(crate) const APPLETALK: u16 = 0x809b;

/// IEEE 802.1AE: a security tag, and the type of the frame behind it.
pub(crate) const MACSEC: u16 = 0x88e5;

/// Arista: a header, and the type of the frame behind it.
pub(crate) const ARISTA: u16 = 0xd28b;

/// Alteon jumbo frames: LLC follows.
pub(crate) const JUMBO: u16 = 0x8870;

/// Whether an Ethertype announces an 802.1Q tag.
pub(crate) fn is_vlan_tag(ethertype: u16) -> bool {
    matches!(ethertype, 0x8100 | 0x9100 | 0x9200 | 0x88a8)
}

/// Payloads by Ethertype.
const ETHERTYPE_ROWS: &[(u16, Dissect, Needs)] = &[
    (0x0800, ipv4::dissect, EARLIER),
    (0x86dd, ipv6::dissect, EARLIER),
    (0x0806, arp::dissect, ALONE),
    (0x8035, arp::dissect, ALONE),
    (0x8863, pppoe::dissect, EARLIER),
    (0x8864, pppoe::dissect, EARLIER),
    (0x3c12, pppoe::dissect, EARLIER),
    (0x3c13, pppoe::dissect, EARLIER),
    (0x880b, ppp::dissect_after_colon, EARLIER),
    (0x8137, ipx::ethernet_ii, EARLIER),
    (0x888e, eap::over_lan, ALONE),
    (0x8808, mpcp::dissect, ALONE),
    (0x8809, slow::dissect, ALONE),
    (0x8902, cfm::dissect, ALONE),
    (0xabcd, cfm::dissect, ALONE),
    (0x88cc, lldp::dissect, ALONE),
    (0x9000, loopback::dissect, ALONE),
    (0x886f, msnlb::dissect, ALONE),
    (0x8899, realtek::dissect, ALONE),
    (0x88a2, aoe::dissect, ALONE),
    (0x8847, mpls::dissect, EARLIER),
    (0x8848, mpls::dissect, EARLIER),
    (0x894f, nsh::dissect, EARLIER),
    (0x88f7, ptp::dissect, ALONE),
    (0x6003, decnet::dissect, EARLIER),
    (0x809b, appletalk::phase_1, EARLIER),
    (0x80f3, appletalk::address_resolution, ALONE),
    (0x88ca, tipc::dissect, EARLIER),
    (0x0707, geonet::dissect, EARLIER),
    (0x8947, geonet::dissect, EARLIER),
    (0x1111, calm_fast::dissect, EARLIER),
    (0xfefe, osi::behind_pad, EARLIER),
];

/// The dissector of an Ethertype, if it has one.
pub(crate) fn ethertype(value: u16) -> Option<Dissect> {
    ETHERTYPE_ROWS.iter().find(|row| row.0 == value).map(|row| row.1)
}

/// Whether the text behind an Ethertype depends on nothing but the frame.
pub(crate) fn ethertype_stands_alone(value: u16) -> bool {
    ETHERTYPE_ROWS.iter().find(|row| row.0 == value).is_some_and(|row| row.2 == ALONE)
}

/// Payloads by LLC service access point.
const LLC_ROWS: &[(u8, Dissect)] = &[(0x42, stp::dissect), (0x06, ipv4::dissect), (0xe0, ipx::dissect), (0xfe, osi)];

/// The dissector of unnumbered information between two equal service access
/// points, if they have one.
pub(crate) fn service_access_point(value: u8) -> Option<Dissect> {
    LLC_ROWS.iter().find(|row| row.0 == value).map(|row| row.1)
}

/// Payloads by SNAP protocol identifier of Cisco.
const CISCO_ROWS: &[(u16, Dissect)] = &[
    (0x2000, cdp::dissect),
    (0x2004, dtp::dissect),
    (0x0111, udld::dissect),
    (0x2003, vtp::dissect),
    (0x010b, stp::dissect),
    (0x010c, stp::dissect),
];

/// The dissector of a SNAP protocol identifier of Cisco, if it has one.
pub(crate) fn cisco_identifier(value: u16) -> Option<Dissect> {
    CISCO_ROWS.iter().find(|row| row.0 == value).map(|row| row.1)
}

/// The dissector of a bridged frame (RFC 2684, section 5.2), and the octets of
/// medium access control that precede it behind the padding, if it has both.
pub(crate) fn bridged(identifier: u16) -> Option<(Dissect, Option<usize>)> {
    Some(match identifier {
        0x0001 | 0x0007 => (ethernet::encapsulated, Some(0)),
        0x0003 | 0x0009 => (token_ring::encapsulated, Some(0)),
        0x0004 | 0x000a => (fddi::encapsulated, Some(1)),
        0x000e => (stp::dissect, None),
        _ => return None,
    })
}

/// Payloads by BSD address family.
pub(crate) fn bsd_family(family: u32) -> Option<Dissect> {
    Some(match family {
        2 => ipv4(),
        24 | 28 | 30 => ipv6(),
        7 => osi,
        16 => appletalk,
        23 => ipx::dissect,
        _ => return None,
    })
}

/// Payloads by the protocol of Cisco HDLC.
pub(crate) fn hdlc_protocol(protocol: u16) -> Option<Dissect> {
    Some(match protocol {
        0x0800 => ipv4(),
        0x86dd => ipv6(),
        0x8847 | 0x8848 => mpls::dissect,
        _ => return None,
    })
}

/// Payloads by PPP protocol; some senders put an Ethertype there.
pub(crate) fn ppp_protocol(protocol: u16) -> Option<Dissect> {
    Some(match protocol {
        0x0021 | 0x002f | 0x0800 => ipv4(),
        0x0057 | 0x86dd => ipv6(),
        0x002b | 0x8137 => ipx::dissect,
        0x0023 => osi,
        0x0281 | 0x0283 => mpls::dissect,
        _ => return None,
    })
}

/// IPv4.
pub(crate) fn ipv4() -> Dissect {
    ipv4::dissect
}

/// IPv6.
pub(crate) fn ipv6() -> Dissect {
    ipv6::dissect
}

/// IP of the version that its first octet says.
pub(crate) fn ip(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ipn";
    if v.is_empty() {
        o.put("truncated-ip 0");
        return Ok(());
    }
    match v.u8(0)? >> 4 {
        4 => ipv4()(o, v, below),
        6 => ipv6()(o, v, below),
        version => {
            o.put(("unknown ip ", version));
            Ok(())
        }
    }
}

/// The OSI network layer.
pub(crate) fn osi(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    osi::dissect(o, v, below)
}

/// AppleTalk.
pub(crate) fn appletalk(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    appletalk::dissect(o, v, below)
}

/// The names of IP protocols (IANA, Assigned Internet Protocol Numbers).
pub(crate) const IP_PROTOCOLS: Table = &[
    (0, "HBH"),
    (1, "ICMP"),
    (2, "IGMP"),
    (4, "IPIP"),
    (6, "TCP"),
    (8, "EGP"),
    (9, "IGRP"),
    (17, "UDP"),
    (33, "DCCP"),
    (41, "IPv6"),
    (43, "Routing"),
    (44, "Fragment"),
    (46, "RSVP"),
    (47, "GRE"),
    (50, "ESP"),
    (51, "AH"),
    (55, "Mobile IP"),
    (58, "ICMPv6"),
    (62, "Mobile IP (old)"),
    (88, "EIGRP"),
    (89, "OSPF"),
    (103, "PIM"),
    (108, "Compressed IP"),
    (112, "VRRP"),
    (113, "PGM"),
    (132, "SCTP"),
    (135, "Mobility"),
    (143, "Ethernet"),
];

/// Protocols whose printers write the addresses with their ports.
pub(crate) fn prints_own_addresses(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 132 | 33)
}

/// Which IP versions a protocol is defined for.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    Any,
    V4,
    V6,
}

/// Payloads by IP protocol.
const IP_ROWS: &[(u8, Over, Dissect, Needs)] = &[
    (6, Over::Any, tcp::dissect, EARLIER),
    (17, Over::Any, udp::dissect, EARLIER),
    (1, Over::V4, icmp::dissect, EARLIER),
    (58, Over::V6, icmp6::dissect, EARLIER),
    (50, Over::Any, esp::dissect, EARLIER),
    (108, Over::Any, ipcomp::dissect, EARLIER),
    (132, Over::Any, sctp::dissect, ALONE),
    (33, Over::Any, dccp::dissect, ALONE),
    (2, Over::V4, igmp::dissect, ALONE),
    (4, Over::Any, ipv4::dissect, EARLIER),
    (41, Over::Any, ipv6::dissect, EARLIER),
    (103, Over::Any, pim::dissect, EARLIER),
    (8, Over::Any, egp::dissect, ALONE),
    (9, Over::Any, igrp::dissect, ALONE),
    (46, Over::Any, rsvp::dissect, ALONE),
    (47, Over::Any, gre::dissect, EARLIER),
    (55, Over::Any, mobile_ip::dissect, EARLIER),
    (88, Over::Any, eigrp::dissect, ALONE),
    (89, Over::Any, ospf_of, ALONE),
    (112, Over::Any, vrrp::dissect, ALONE),
    (113, Over::Any, pgm::dissect, EARLIER),
    (143, Over::V6, ethernet::encapsulated, EARLIER),
];

/// Whether the text of an IP payload depends on nothing but the datagram.
pub(crate) fn ip_payload_stands_alone(protocol: u8) -> bool {
    IP_ROWS.iter().find(|row| row.0 == protocol).is_some_and(|row| row.3 == ALONE)
}

/// OSPF of the version that belongs to the IP version.
fn ospf_of(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let dissect = if ip_of(below)?.version == 6 { ospf3::dissect } else { ospf::dissect };
    dissect(o, v, below)
}

/// The protocols that are not printed by a row.
const AUTHENTICATION_HEADER: u8 = 51;
const NO_NEXT_HEADER: u8 = 59;
const SUN_ND: u8 = 77;

/// Prints the payload of an IP datagram.
#[inline(always)]
pub(crate) fn ip_payload(o: &mut Out, v: View<'_>, protocol: u8, below: &Below<'_>) -> Step {
    let (mut v, mut protocol) = (v, protocol);
    // Authentication headers may follow one another.
    while protocol == AUTHENTICATION_HEADER {
        o.proto = "ah";
        if !v.has(1) {
            o.truncated();
            return Ok(());
        }
        protocol = v.u8(0)?;
        let size = ah::dissect(o, v)?;
        v = v.skip(size).claim((v.len() as u32).wrapping_sub(size as u32) as usize);
    }
    let version = if ip_of(below)?.version == 4 { Over::V4 } else { Over::V6 };
    match (IP_ROWS.iter().find(|row| row.0 == protocol), protocol) {
        (Some(&(_, over, dissect, _)), _) if over == Over::Any || over == version => dissect(o, v, below),
        (Some(row), _) => requires(o, protocol, if row.1 == Over::V4 { "IPv4" } else { "IPv6" }),
        (None, NO_NEXT_HEADER) => {
            o.put("no next header");
            Ok(())
        }
        (None, SUN_ND) => {
            o.put((" nd ", v.len()));
            Ok(())
        }
        (None, _) => {
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

/// What a payload's text depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The payload alone.
    Nothing,
    /// Earlier packets too, or it carries a packet that may.
    Earlier,
}
use Needs::{Earlier as EARLIER, Nothing as ALONE};

/// Payloads by port; of two ports that both have a row, the first row wins.
type PortRow = (Port, Dissect, Needs);

/// UDP payloads by port, in tcpdump's order.
const UDP_ROWS: &[PortRow] = &[
    (Port::Either(53), dns::dissect, ALONE),
    (Port::Either(5353), dns::multicast, ALONE),
    (Port::Either(525), timed::dissect, ALONE),
    (Port::Either(69), tftp::dissect, ALONE),
    (Port::Range(67, 68), dhcp::dissect, ALONE),
    (Port::Either(520), rip::dissect, ALONE),
    (Port::Either(654), aodv::dissect, ALONE),
    (Port::Either(500), isakmp::dissect, EARLIER),
    (Port::Either(4500), isakmp::encapsulated, EARLIER),
    (Port::Either(7500), isakmp::dissect, EARLIER),
    (Port::Either(8500), isakmp::dissect, EARLIER),
    (Port::Range(161, 162), snmp::dissect, ALONE),
    (Port::Either(123), ntp::dissect, ALONE),
    (Port::Either(88), kerberos::dissect, ALONE),
    (Port::Either(750), kerberos::dissect, ALONE),
    (Port::Either(1701), l2tp::dissect, EARLIER),
    (Port::Destination(vat::PORT), vat::dissect, ALONE),
    (Port::Range(2103, 2104), zephyr::dissect, ALONE),
    (Port::Range(rx::FIRST_PORT, rx::LAST_PORT), rx::dissect, EARLIER),
    (Port::Either(521), ripng::dissect, ALONE),
    (Port::Range(546, 547), dhcp6::dissect, ALONE),
    (Port::Either(5359), ahcp::dissect, ALONE),
    (Port::Either(6696), babel::dissect, ALONE),
    // The port from before the assignment.
    (Port::Either(6697), babel::dissect, ALONE),
    (Port::Either(8231), hncp::dissect, ALONE),
    (Port::Destination(whiteboard::PORT), whiteboard::dissect, ALONE),
    (Port::Either(496), pim::auto_rp, ALONE),
    (Port::Either(1645), radius::dissect, ALONE),
    (Port::Either(1812), radius::dissect, ALONE),
    (Port::Either(1646), radius::dissect, ALONE),
    (Port::Either(1813), radius::dissect, ALONE),
    (Port::Either(1700), radius::dissect, ALONE),
    (Port::Either(3799), radius::dissect, ALONE),
    (Port::Destination(1985), hsrp::dissect, ALONE),
    (Port::Either(921), lwres::dissect, ALONE),
    (Port::Either(646), ldp::dissect, ALONE),
    (Port::Either(698), olsr::dissect, ALONE),
    (Port::Either(3503), lspping::dissect, ALONE),
    (Port::Either(6635), mpls::dissect, EARLIER),
    (Port::Source(49152), bcm_li::dissect, EARLIER),
    (Port::Destination(bfd::CONTROL), bfd::dissect, ALONE),
    (Port::Destination(bfd::MULTIHOP), bfd::dissect, ALONE),
    (Port::Destination(bfd::AGGREGATE), bfd::dissect, ALONE),
    (Port::Destination(bfd::ECHO), bfd::dissect, ALONE),
    (Port::Either(701), lmp::dissect, ALONE),
    (Port::Either(1589), vqp::dissect, ALONE),
    (Port::Either(6343), sflow::dissect, EARLIER),
    (Port::Either(lwapp::DATA), lwapp::data, ALONE),
    (Port::Either(lwapp::CONTROL), lwapp::control, ALONE),
    (Port::Either(5060), lines::sip, ALONE),
    (Port::Either(514), syslog::dissect, ALONE),
    // The port of Linux from before the assignment.
    (Port::Either(8472), vxlan::dissect, EARLIER),
    (Port::Either(4789), vxlan::dissect, EARLIER),
    (Port::Either(6081), geneve::dissect, EARLIER),
    (Port::Either(4342), lisp::dissect, EARLIER),
    (Port::Either(4790), vxlan::extended, EARLIER),
    (Port::Either(17754), zep::dissect, ALONE),
    (Port::Range(319, 320), ptp::dissect, ALONE),
    (Port::Either(30490), someip::dissect, ALONE),
];

/// The dissector of a UDP payload, if its ports have one.
pub(crate) fn udp_port(below: &Below<'_>) -> Option<Dissect> {
    UDP_PORTS.first(below).map(|row| row.1)
}

/// The dissector of a frame of LocalTalk in UDP: it needs one of the ports that
/// AppleTalk had at different times, and tells its kind itself.
pub(crate) fn localtalk(v: View<'_>, below: &Below<'_>) -> Option<Dissect> {
    const PORTS: [std::ops::Range<u16>; 3] = [200..328, 768..896, 16512..16640];
    const LONG_HEADER: u8 = 2;
    let port = |port: u16| PORTS.iter().any(|range| range.contains(&port));
    let found = v.u8(2) == Ok(LONG_HEADER) && (port(below.sport) || port(below.dport));
    found.then_some(appletalk::over_udp)
}

static UDP_PORTS: Ports = Ports::of(UDP_ROWS);

/// Whether the text of a UDP payload may depend on earlier packets.
#[inline]
pub(crate) fn udp_needs_earlier(below: &Below<'_>) -> bool {
    UDP_PORTS.needs_earlier(below) || below.sport == nfs::PORT || below.dport == nfs::PORT
}

/// The rows of a table by their ports.
struct Ports {
    rows: &'static [PortRow],
    /// A bit for each port that some row names: most packets are of none, and
    /// that is known at once.
    named: [u64; 1024],
    /// The first row that names the port, where one does.
    first: [u8; 1 << 16],
    /// Ports whose rows may need earlier packets.
    earlier: [u64; 1024],
    /// Their remainders by 64: for most ports this one word tells that they are none.
    remainders: u64,
}

impl Ports {
    const fn of(rows: &'static [PortRow]) -> Self {
        assert!(rows.len() < u8::MAX as usize);
        let mut ports = Ports { rows, named: [0; 1024], first: [0; 1 << 16], earlier: [0; 1024], remainders: 0 };
        let mut at = rows.len();
        while at > 0 {
            at -= 1;
            let (mut low, high) = match rows[at].0 {
                Port::Either(port) | Port::Source(port) | Port::Destination(port) => (port, port),
                Port::Range(low, high) => (low, high),
            };
            while low <= high {
                let (word, bit) = (low as usize / 64, 1 << (low % 64));
                ports.named[word] |= bit;
                ports.first[low as usize] = at as u8;
                if matches!(rows[at].2, Needs::Earlier) {
                    ports.earlier[word] |= bit;
                    ports.remainders |= bit;
                }
                low += 1;
            }
        }
        ports
    }

    /// The first row that names one of the ports.
    #[inline]
    fn first(&self, below: &Below<'_>) -> Option<&PortRow> {
        let row = |port: u16| if has(&self.named, port) { self.first[usize::from(port)] } else { u8::MAX };
        let first = usize::from(row(below.sport).min(row(below.dport)));
        // Where it names one end only, and that is the other one, a later one may.
        self.rows.get(first..)?.iter().find(|row| row.0.matches(below))
    }

    /// Whether a row for these ports may need earlier packets.
    #[inline(always)]
    fn needs_earlier(&self, below: &Below<'_>) -> bool {
        let both = self.remainders >> (below.sport % 64) | self.remainders >> (below.dport % 64);
        both & 1 != 0 && self.has_earlier(below)
    }

    #[inline(never)]
    fn has_earlier(&self, below: &Below<'_>) -> bool {
        (has(&self.earlier, below.sport) || has(&self.earlier, below.dport))
            && self.rows.iter().any(|row| row.2 == EARLIER && row.0.matches(below))
    }
}

/// Whether a set has a port.
#[inline]
fn has(set: &[u64; 1024], port: u16) -> bool {
    set[usize::from(port / 64)] >> (port % 64) & 1 != 0
}

/// UDP payloads by the name that `-T` gives.
const UDP_TYPES: &[(PacketType, Dissect)] = &[
    (PacketType::Aodv, aodv::dissect),
    (PacketType::Cnfp, netflow::dissect),
    (PacketType::Vat, vat::dissect),
    (PacketType::Rpc, rpc::dissect),
    (PacketType::Rtp, rtp::dissect),
    (PacketType::Rtcp, rtcp::dissect),
    (PacketType::Vxlan, vxlan::dissect),
    (PacketType::Lmp, lmp::dissect),
    (PacketType::Wb, whiteboard::dissect),
    (PacketType::Pgm, pgm::dissect),
    (PacketType::PgmZmtp1, pgm::dissect),
    (PacketType::Domain, dns::dissect),
    (PacketType::Ptp, ptp::dissect),
    (PacketType::Quic, quic::dissect),
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
pub(crate) fn udp_remote_call(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<bool> {
    if o.opt.quiet > 0 { Ok(false) } else { nfs::message(o, v, below, "") }
}

/// TCP payloads by port.
const TCP_ROWS: &[PortRow] = &[
    (Port::Either(23), telnet::dissect, ALONE),
    (Port::Either(25), lines::smtp, ALONE),
    (Port::Either(43), lines::whois, ALONE),
    (Port::Either(179), bgp::dissect, ALONE),
    (Port::Either(1723), pptp::dissect, ALONE),
    (Port::Either(6379), resp::dissect, ALONE),
    (Port::Either(22), ssh::dissect, ALONE),
    (Port::Either(10288), beep::dissect, ALONE),
    (Port::Either(6633), openflow::dissect, EARLIER),
    (Port::Either(6653), openflow::dissect, EARLIER),
    (Port::Either(53), dns::over_tcp, ALONE),
    (Port::Either(21), lines::ftp, ALONE),
    (Port::Either(80), lines::http, ALONE),
    (Port::Either(8080), lines::http, ALONE),
    (Port::Either(554), lines::rtsp, ALONE),
    (Port::Either(8554), lines::rtsp, ALONE),
    (Port::Either(323), rpki_rtr::dissect, ALONE),
    (Port::Either(639), msdp::dissect, EARLIER),
    (Port::Either(646), ldp::dissect, ALONE),
    (Port::Either(nfs::PORT), nfs::segment, EARLIER),
];

static TCP_PORTS: Ports = Ports::of(TCP_ROWS);

/// Whether the text of a TCP payload may depend on earlier packets.
#[inline]
pub(crate) fn tcp_needs_earlier(below: &Below<'_>) -> bool {
    TCP_PORTS.needs_earlier(below)
}

/// TCP payloads by the name that `-T` gives.
const TCP_TYPES: &[(PacketType, Dissect)] =
    &[(PacketType::Domain, dns::over_tcp), (PacketType::Resp, resp::dissect), (PacketType::Zmtp1, zmtp::dissect)];

/// Notes what a segment carries on whatever port.
pub(crate) fn note_segment(o: &mut Out, payload: &[u8]) {
    http_fields::note(o, payload);
    sip_fields::note_segment(o, payload);
    tls_fields::note(o, payload);
}

/// Notes what a datagram carries that the text has nothing of.
pub(crate) fn note_datagram(o: &mut Out, v: View<'_>, below: &Below<'_>) {
    if [below.sport, below.dport].contains(&gtp_fields::PORT) {
        gtp_fields::note(o, v);
    }
}

/// Prints the payload of a TCP segment.
#[inline(always)]
pub(crate) fn tcp_payload(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if let Some(kind) = o.opt.packet_type {
        return match TCP_TYPES.iter().find(|row| row.0 == kind) {
            Some(row) => (row.1)(o, v, below),
            None => Ok(()),
        };
    }
    TCP_PORTS.first(below).map_or(Ok(()), |row| (row.1)(o, v, below))
}
