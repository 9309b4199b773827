//! All TCP and UDP headers of a frame, outer ones first: also those in GRE, VXLAN,
//! Geneve and GTP-U, and those that errors quote.

use super::decode::{self, ETHERTYPE_IPV4, ETHERTYPE_IPV6, IP_IN_IP, IPV6_IN_IP, Ip, UDP, half};
use super::transport::{self, Transport};

/// Headers of IP that are looked at in one frame.
const MAX_LAYERS: usize = 16;

const ICMP: u8 = 1;
const GRE: u8 = 47;
const ICMPV6: u8 = 58;
/// Octets of an ICMP message before what it quotes.
const ICMP_HEADER: usize = 8;

const VXLAN_PORT: u16 = 4789;
const GENEVE_PORT: u16 = 6081;
const GTP_PORT: u16 = 2152;

/// LINKTYPE_ETHERNET, and its frames in tunnels (RFC 1701, RFC 8926).
const ETHERNET: u16 = 1;
const ETHERTYPE_BRIDGED: u16 = 0x6558;

/// Gives the headers of a frame of LINKTYPE_ `link` to `take`, and whether an error quotes them.
pub fn each<'p>(link: u16, data: &'p [u8], mut take: impl FnMut(Transport<'p>, bool)) {
    let Some(mut octets) = decode::network_layer(link, data) else { return };
    let mut quoted = false;
    for _ in 0..MAX_LAYERS {
        let Some(ip) = decode::network(octets) else { return };
        if ip.fragment.is_some_and(|fragment| fragment.offset > 0) {
            return;
        }
        if let Some(transport) = transport::of(&ip) {
            take(transport, quoted);
        }
        let Some(inner) = inside(&ip) else { return };
        octets = inner;
        quoted |= matches!(ip.protocol, ICMP | ICMPV6);
    }
}

/// The IP packet in another one.
fn inside<'p>(ip: &Ip<'p>) -> Option<&'p [u8]> {
    let payload = ip.payload;
    match ip.protocol {
        IP_IN_IP | IPV6_IN_IP => Some(payload),
        GRE => gre(payload),
        UDP => {
            let (from, to, message) = (half(payload, 0)?, half(payload, 2)?, payload.get(8..)?);
            match [from, to] {
                ports if ports.contains(&VXLAN_PORT) => decode::network_layer(ETHERNET, message.get(8..)?),
                ports if ports.contains(&GENEVE_PORT) => geneve(message),
                ports if ports.contains(&GTP_PORT) => gtp(message),
                _ => None,
            }
        }
        // Errors, and redirections.
        ICMP if matches!(payload.first()?, 3..=5 | 11 | 12) => payload.get(ICMP_HEADER..),
        ICMPV6 if matches!(payload.first()?, 1..=4) => payload.get(ICMP_HEADER..),
        _ => None,
    }
}

fn of_ethertype(kind: u16, data: &[u8]) -> Option<&[u8]> {
    match kind {
        ETHERTYPE_IPV4 | ETHERTYPE_IPV6 => Some(data),
        ETHERTYPE_BRIDGED => decode::network_layer(ETHERNET, data),
        _ => None,
    }
}

/// RFC 2784 and RFC 2890.
fn gre(data: &[u8]) -> Option<&[u8]> {
    const ROUTING_OR_VERSION: u16 = 0x4007;
    let flags = half(data, 0)?;
    if flags & ROUTING_OR_VERSION != 0 {
        return None;
    }
    // A checksum, a key and a number are there if a flag says so.
    let words = (flags & 0xb000).count_ones() as usize;
    of_ethertype(half(data, 2)?, data.get(4 + 4 * words..)?)
}

/// RFC 8926, section 3.4.
fn geneve(data: &[u8]) -> Option<&[u8]> {
    let words = usize::from(data.first()? & 0x3f);
    of_ethertype(half(data, 2)?, data.get(8 + 4 * words..)?)
}

/// 3GPP TS 29.281, section 5.1.
fn gtp(data: &[u8]) -> Option<&[u8]> {
    const USER_DATA: u8 = 255;
    let &[flags, kind, ..] = data.first_chunk::<8>()?;
    if flags >> 4 != 3 || kind != USER_DATA {
        return None;
    }
    let mut rest = data.get(8..)?;
    if flags & 7 != 0 {
        let mut next = *rest.get(3)?;
        rest = rest.get(4..)?;
        while flags & 4 != 0 && next != 0 {
            // In units of four octets; the last octet says what follows.
            let size = usize::from(*rest.first()?) * 4;
            next = *rest.get(size.checked_sub(1)?)?;
            rest = rest.get(size..)?;
        }
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An IPv4 packet with what is above it.
    fn ip(protocol: u8, above: &[u8]) -> Vec<u8> {
        let size = 20 + above.len() as u8;
        [&[0x45, 0, 0, size, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], above].concat()
    }

    fn udp(port: u16, above: &[u8]) -> Vec<u8> {
        let size = 8 + above.len() as u8;
        ip(UDP, &[&[0xc0, 0][..], &port.to_be_bytes(), &[0, size, 0, 0], above].concat())
    }

    /// The ports of all datagrams, negative for those that are quoted.
    fn ports(packet: &[u8]) -> Vec<i32> {
        const RAW: u16 = 101;
        let mut found = Vec::new();
        each(RAW, packet, |transport, quoted| {
            let Transport::Udp(message) = transport else { return };
            found.push(if quoted { -1 } else { 1 } * i32::from(message.target.port));
        });
        found
    }

    #[test]
    fn headers_in_tunnels_and_errors_are_found_from_the_outside_on() {
        let inner = udp(7, b"x");
        let ethernet = [&[0; 12][..], &[8, 0], &inner].concat();
        let with = |header: &[u8], inner: &[u8]| [header, inner].concat();
        let session = [0x34, 255, 0, 40, 0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0x10, 9, 0];
        let rows = [
            (ip(4, &inner), vec![7]),
            (ip(GRE, &with(&[0, 0, 8, 0], &inner)), vec![7]),
            (ip(GRE, &with(&[0x30, 0, 0x65, 0x58, 0, 0, 0, 1, 0, 0, 0, 2], &ethernet)), vec![7]),
            (ip(GRE, &with(&[0, 1, 8, 0], &inner)), vec![]),
            (udp(4789, &with(&[8, 0, 0, 0, 0, 0, 5, 0], &ethernet)), vec![4789, 7]),
            (udp(6081, &with(&[1, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 3, 4], &ethernet)), vec![6081, 7]),
            (udp(2152, &with(&[0x30, 255, 0, 29, 0, 0, 0, 9], &inner)), vec![2152, 7]),
            (udp(2152, &with(&session, &inner)), vec![2152, 7]),
            (udp(2152, &with(&[0x30, 1, 0, 29, 0, 0, 0, 9], &inner)), vec![2152]),
            (ip(ICMP, &with(&[3, 1, 0, 0, 0, 0, 0, 0], &inner)), vec![-7]),
            (ip(ICMP, &with(&[8, 0, 0, 0, 0, 0, 0, 0], &inner)), vec![]),
        ];
        for (packet, expected) in rows {
            assert_eq!(ports(&packet), expected, "{packet:02x?}");
            for end in 0..packet.len() {
                assert!(ports(&packet[..end]).len() <= expected.len());
            }
        }
    }

    #[test]
    fn headers_without_end_are_given_up() {
        let mut packet = udp(7, b"");
        for _ in 0..2 * MAX_LAYERS {
            packet = [&packet[..9], &[4], &packet[10..20], &packet].concat();
        }
        assert_eq!(ports(&packet), [0; 0]);
    }
}
