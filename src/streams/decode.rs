//! From a captured frame to the IP packet in it: link headers, VLAN tags, PPPoE,
//! MPLS and IP-in-IP are stepped over without a copy.

use std::net::IpAddr;

use sniff_dissectors::Line;

pub(super) const ETHERTYPE_IPV4: u16 = 0x0800;
pub(super) const ETHERTYPE_IPV6: u16 = 0x86dd;
const ETHERTYPE_PPPOE: u16 = 0x8864;
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;

/// IP protocol numbers.
pub const TCP: u8 = 6;
/// The user datagram protocol.
pub const UDP: u8 = 17;
pub(super) const IP_IN_IP: u8 = 4;
pub(super) const IPV6_IN_IP: u8 = 41;

/// Tags, labels and tunnels that are stepped over in one frame.
const MAX_LAYERS: usize = 16;

/// An IP address; IPv4 in its IPv6-mapped form (RFC 4291, section 2.5.5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 16]);

impl Address {
    /// An IPv4 address.
    pub fn v4(octets: [u8; 4]) -> Self {
        let mut address = [0; 16];
        (address[10], address[11]) = (0xff, 0xff);
        address[12..].copy_from_slice(&octets);
        Address(address)
    }

    /// The four octets of an IPv4 address.
    pub fn as_v4(&self) -> Option<[u8; 4]> {
        let [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d] = self.0 else { return None };
        Some([a, b, c, d])
    }

    /// Writes it in its usual form.
    pub fn write(&self, line: &mut Line) {
        match self.as_v4() {
            Some(octets) => line.ipv4(octets),
            None => line.ipv6(self.0),
        }
    }
}

impl From<Address> for IpAddr {
    fn from(address: Address) -> Self {
        address.as_v4().map_or_else(|| address.0.into(), Into::into)
    }
}

/// Where a fragment belongs in its datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The datagram's identification.
    pub id: u32,
    /// The fragment's place in octets.
    pub offset: u32,
    /// Whether more fragments follow.
    pub more: bool,
}

/// An IP packet.
#[derive(Clone, Copy, Debug)]
pub struct Ip<'p> {
    /// The sender.
    pub source: Address,
    /// The receiver.
    pub target: Address,
    /// The protocol above IP and its extension headers.
    pub protocol: u8,
    /// What it is a fragment of.
    pub fragment: Option<Fragment>,
    /// The captured octets above the IP headers, without link-layer padding.
    pub payload: &'p [u8],
    /// How many there were on the wire.
    pub len: usize,
}

/// The IP packet in a frame of LINKTYPE_ `link`; nothing if there is none or its
/// header is cut or wrong.
pub fn ip(link: u16, data: &[u8]) -> Option<Ip<'_>> {
    let mut packet = network(network_layer(link, data)?)?;
    for _ in 0..MAX_LAYERS {
        if !matches!(packet.protocol, IP_IN_IP | IPV6_IN_IP) || packet.fragment.is_some() {
            return Some(packet);
        }
        packet = network(packet.payload)?;
    }
    None
}

/// What a frame of LINKTYPE_ `link` has behind its headers of the link and tags.
pub(super) fn network_layer(link: u16, data: &[u8]) -> Option<&[u8]> {
    let (mut kind, mut rest) = link_layer(link, data)?;
    for _ in 0..MAX_LAYERS {
        match kind {
            ETHERTYPE_IPV4 | ETHERTYPE_IPV6 => return Some(rest),
            // IEEE 802.1Q, 802.1ad and two older tags.
            0x8100 | 0x88a8 | 0x9100 | 0x9200 => (kind, rest) = (half(rest, 2)?, rest.get(4..)?),
            ETHERTYPE_PPPOE => {
                kind = ethertype_of_ppp(half(rest, 6)?)?;
                rest = rest.get(8..)?;
            }
            // MPLS: the bottom of the stack has bit 8 set (RFC 3032, section 2.1).
            0x8847 | 0x8848 => {
                let bottom = rest.get(2)? & 1 == 1;
                rest = rest.get(4..)?;
                if bottom {
                    kind = ethertype_of_version(*rest.first()?)?;
                }
            }
            _ => return None,
        }
    }
    None
}

/// The ethertype and what follows the link header.
fn link_layer(link: u16, data: &[u8]) -> Option<(u16, &[u8])> {
    match link {
        // Ethernet.
        1 => Some((half(data, 12)?, data.get(14..)?)),
        // Linux cooked, versions 1 and 2.
        113 => Some((half(data, 14)?, data.get(16..)?)),
        276 => Some((half(data, 0)?, data.get(20..)?)),
        // BSD loopback: an address family in either byte order; raw IP.
        0 | 108 => Some((ethertype_of_version(*data.get(4)?)?, data.get(4..)?)),
        14 | 101 | 228 | 229 => Some((ethertype_of_version(*data.first()?)?, data)),
        // PPP, with or without address and control; Cisco HDLC.
        9 | 50 => {
            let rest = data.strip_prefix(&[0xff, 0x03]).unwrap_or(data);
            Some((ethertype_of_ppp(half(rest, 0)?)?, rest.get(2..)?))
        }
        104 => Some((half(data, 2)?, data.get(4..)?)),
        _ => None,
    }
}

fn ethertype_of_ppp(protocol: u16) -> Option<u16> {
    match protocol {
        PPP_IPV4 => Some(ETHERTYPE_IPV4),
        PPP_IPV6 => Some(ETHERTYPE_IPV6),
        _ => None,
    }
}

fn ethertype_of_version(first: u8) -> Option<u16> {
    match first >> 4 {
        4 => Some(ETHERTYPE_IPV4),
        6 => Some(ETHERTYPE_IPV6),
        _ => None,
    }
}

/// The IP header at the start of `data`.
pub(super) fn network(data: &[u8]) -> Option<Ip<'_>> {
    match data.first()? >> 4 {
        4 => ipv4(data),
        6 => ipv6(data),
        _ => None,
    }
}

/// RFC 791, section 3.1.
fn ipv4(data: &[u8]) -> Option<Ip<'_>> {
    let header: &[u8; 20] = data.first_chunk()?;
    let size = usize::from(header[0] & 15) * 4;
    let total = match usize::from(half(data, 2)?) {
        // Segmentation offload leaves the length to the card.
        0 => data.len(),
        total => total,
    };
    if size < 20 || total < size {
        return None;
    }
    let word = half(data, 6)?;
    let (offset, more) = (u32::from(word & 0x1fff) * 8, word & 0x2000 != 0);
    let fragment = (more || offset > 0).then(|| Fragment { id: u32::from(word_at(header, 4)), offset, more });
    Some(Ip {
        source: Address::v4([header[12], header[13], header[14], header[15]]),
        target: Address::v4([header[16], header[17], header[18], header[19]]),
        protocol: header[9],
        fragment,
        payload: data.get(size..total.min(data.len()))?,
        len: total - size,
    })
}

/// RFC 8200, section 3, with its extension headers.
fn ipv6(data: &[u8]) -> Option<Ip<'_>> {
    let header: &[u8; 40] = data.first_chunk()?;
    let mut len = match usize::from(word_at(header, 4)) {
        0 => data.len() - 40,
        len => len,
    };
    let mut rest = &data[40..data.len().min(40 + len)];
    let mut protocol = header[6];
    let mut fragment = None;
    for _ in 0..MAX_LAYERS {
        let size = match protocol {
            // Hop-by-hop options, routing, destination options, mobility, HIP, shim6.
            0 | 43 | 60 | 135 | 139 | 140 => 8 + usize::from(*rest.get(1)?) * 8,
            // Authentication header: in units of four octets, less two.
            51 => 8 + usize::from(*rest.get(1)?) * 4,
            44 => {
                let word = half(rest, 2)?;
                let id = u32::from_be_bytes(*rest.get(4..)?.first_chunk()?);
                let (offset, more) = (u32::from(word & 0xfff8), word & 1 != 0);
                fragment = (more || offset > 0).then_some(Fragment { id, offset, more });
                8
            }
            _ => break,
        };
        let later = fragment.is_some_and(|f| f.offset > 0);
        (protocol, rest) = (*rest.first()?, rest.get(size..)?);
        len = len.checked_sub(size)?;
        if later {
            break;
        }
    }
    let (source, target) = (data[8..24].try_into().ok()?, data[24..40].try_into().ok()?);
    Some(Ip { source: Address(source), target: Address(target), protocol, fragment, payload: rest, len })
}

fn word_at<const N: usize>(header: &[u8; N], at: usize) -> u16 {
    u16::from_be_bytes([header[at], header[at + 1]])
}

pub(super) fn half(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*data.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPV4: &[u8] =
        &[0x45, 0, 0, 24, 0, 7, 0x20, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 1, 2, 3, 4, 0xee, 0xee];

    fn with(prefix: &[u8]) -> Vec<u8> {
        [prefix, IPV4].concat()
    }

    #[test]
    fn every_link_header_leads_to_the_same_packet() {
        let ethernet = [0u8; 12];
        let rows: Vec<(u16, Vec<u8>)> = vec![
            (1, [&ethernet[..], &[8, 0]].concat()),
            (1, [&ethernet[..], &[0x81, 0, 0, 5, 8, 0]].concat()),
            (1, [&ethernet[..], &[0x88, 0xa8, 0, 1, 0x81, 0, 0, 5, 8, 0]].concat()),
            (1, [&ethernet[..], &[0x88, 0x64, 0x11, 0, 0, 1, 0, 26, 0, 0x21]].concat()),
            (1, [&ethernet[..], &[0x88, 0x47, 0, 0, 0, 64, 0, 1, 1, 64]].concat()),
            (113, [&[0; 14][..], &[8, 0]].concat()),
            (276, [&[8, 0][..], &[0; 18]].concat()),
            (0, vec![2, 0, 0, 0]),
            (101, vec![]),
            (9, vec![0xff, 3, 0, 0x21]),
            (104, vec![0x0f, 0, 8, 0]),
        ];
        for (link, prefix) in rows {
            let data = with(&prefix);
            let ip = ip(link, &data).unwrap_or_else(|| panic!("link type {link}"));
            assert_eq!((ip.payload, ip.len, ip.protocol), (&[1, 2, 3, 4][..], 4, 17), "link type {link}");
            assert_eq!(ip.fragment, Some(Fragment { id: 7, offset: 0, more: true }));
            assert_eq!((ip.source, ip.target), (Address::v4([10, 0, 0, 1]), Address::v4([10, 0, 0, 2])));
        }
    }

    #[test]
    fn cut_headers_are_no_packets() {
        let data = with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]);
        for end in 0..34 {
            assert!(ip(1, &data[..end]).is_none(), "{end} octets");
        }
        assert_eq!(ip(1, &data[..36]).unwrap().payload, [1, 2]);
    }

    #[test]
    fn ipv6_extension_headers_are_stepped_over() {
        let mut data = vec![0x60, 0, 0, 0, 0, 20, 0, 64];
        data.extend([0x20; 16]);
        data.extend([0x30; 16]);
        data.extend([44, 0, 0, 0, 0, 0, 0, 0]);
        data.extend([6, 0, 0, 9, 0, 0, 0, 5]);
        data.extend([1, 2, 3, 4]);
        let ip = ip(101, &data).unwrap();
        assert_eq!((ip.protocol, ip.payload, ip.len), (6, &[1, 2, 3, 4][..], 4));
        assert_eq!(ip.fragment, Some(Fragment { id: 5, offset: 8, more: true }));
    }
}
