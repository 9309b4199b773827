//! Which test a captured packet belongs to, and what it says: IPv4 (RFC 791), IPv6
//! (RFC 8200), TCP (RFC 9293), UDP (RFC 768), and the packet within an ICMP error
//! (RFC 792, RFC 4443).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::icmp::Origin;

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMP6: u8 = 58;
/// The octet of a TCP header with the flags.
const FLAGS: usize = 13;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;
/// Octets of an ICMP error before the packet that it is about.
const ERROR: usize = 8;

/// A test: what was asked from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Test {
    /// UDP, or TCP.
    pub udp: bool,
    /// The port on this side.
    pub local: u16,
    /// The host and port that were tested.
    pub remote: SocketAddr,
}

/// What a packet says of its test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A SYN, or a datagram to the host.
    Question,
    /// A SYN with ACK.
    Accepted,
    /// A reset by the host.
    Refused,
    /// An ICMP error.
    Icmp(Origin),
    /// A datagram from the host.
    Answer,
    /// Another packet.
    Other,
}

impl Meaning {
    /// Whether it answers the question.
    pub(super) fn is_answer(&self) -> bool {
        !matches!(self, Meaning::Question | Meaning::Other)
    }
}

/// An IP packet: protocol, source, destination, payload.
type Datagram<'p> = (u8, IpAddr, IpAddr, &'p [u8]);

fn datagram(octets: &[u8]) -> Option<Datagram<'_>> {
    match octets.first()? >> 4 {
        4 => {
            let length = usize::from(octets.first()? & 15) * 4;
            let address = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets.get(at..at + 4)?).ok()?).into());
            Some((*octets.get(9)?, address(12)?, address(16)?, octets.get(length..)?))
        }
        6 => {
            let address = |at: usize| Some(Ipv6Addr::from(<[u8; 16]>::try_from(octets.get(at..at + 16)?).ok()?).into());
            Some((*octets.get(6)?, address(8)?, address(24)?, octets.get(40..)?))
        }
        _ => None,
    }
}

/// The IP packet in a frame of a link type (the LINKTYPE_ values of pcap-linktype(7)).
fn network(link: u16, frame: &[u8]) -> Option<&[u8]> {
    frame.get(
        match link {
            // Ethernet, with a VLAN tag (IEEE 802.1Q) or without.
            1 if frame.get(12..14)? == [0x81, 0] => 18,
            1 => 14,
            // Cooked captures of both versions.
            113 => 16,
            276 => 20,
            // Raw IP.
            101 | 228 | 229 => 0,
            _ => return None,
        }..,
    )
}

fn ports(octets: &[u8]) -> Option<(u16, u16)> {
    let port = |at: usize| Some(u16::from_be_bytes(octets.get(at..at + 2)?.try_into().ok()?));
    Some((port(0)?, port(2)?))
}

/// The number of the test that a frame belongs to if it is one's, and what the
/// frame says there. `find` gives a test its number.
pub(super) fn meaning(link: u16, frame: &[u8], find: impl Fn(&Test) -> Option<usize>) -> Option<(usize, Meaning)> {
    let (protocol, source, destination, payload) = datagram(network(link, frame)?)?;
    if matches!(protocol, ICMP | ICMP6) {
        let (asked, _, remote, inner) = datagram(payload.get(ERROR..)?)?;
        let (local, port) = ports(inner).filter(|_| matches!(asked, TCP | UDP))?;
        let test = find(&Test { udp: asked == UDP, local, remote: (remote, port).into() })?;
        let (kind, code) = (*payload.first()?, *payload.get(1)?);
        return Some((test, Meaning::Icmp(Origin { v6: protocol == ICMP6, kind, code, sender: Some(source) })));
    }
    let (from, to) = ports(payload).filter(|_| matches!(protocol, TCP | UDP))?;
    let udp = protocol == UDP;
    if let Some(test) = find(&Test { udp, local: from, remote: (destination, to).into() }) {
        let asks = udp || payload.get(FLAGS)? & (SYN | ACK | RST) == SYN;
        return Some((test, if asks { Meaning::Question } else { Meaning::Other }));
    }
    let test = find(&Test { udp, local: to, remote: (source, from).into() })?;
    if udp {
        return Some((test, Meaning::Answer));
    }
    let flags = *payload.get(FLAGS)?;
    Some(match flags {
        flags if flags & RST != 0 => (test, Meaning::Refused),
        flags if flags & (SYN | ACK) == SYN | ACK => (test, Meaning::Accepted),
        _ => (test, Meaning::Other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: Test = Test { udp: false, local: 5000, remote: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 80) };

    /// TCP between two ports of one host, raw.
    fn segment(from: u16, to: u16, flags: u8) -> Vec<u8> {
        let mut octets = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, TCP, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];
        octets.extend([from.to_be_bytes(), to.to_be_bytes()].concat());
        octets.extend([0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
        octets
    }

    fn read(octets: &[u8]) -> Option<Meaning> {
        meaning(101, octets, |test| (*test == TEST).then_some(7)).map(|(number, meaning)| {
            assert_eq!(number, 7);
            meaning
        })
    }

    #[test]
    fn segments_of_both_directions_are_told_by_their_ports() {
        assert_eq!(read(&segment(5000, 80, SYN)), Some(Meaning::Question));
        assert_eq!(read(&segment(5000, 80, RST)), Some(Meaning::Other));
        assert_eq!(read(&segment(80, 5000, SYN | ACK)), Some(Meaning::Accepted));
        assert_eq!(read(&segment(80, 5000, RST | ACK)), Some(Meaning::Refused));
        assert_eq!(read(&segment(80, 5001, RST)), None);
        let mut error =
            vec![0x45, 0, 0, 56, 0, 0, 0, 0, 64, ICMP, 0, 0, 10, 0, 0, 1, 127, 0, 0, 1, 3, 13, 0, 0, 0, 0, 0, 0];
        error.extend(&segment(5000, 80, SYN)[..28]);
        let sender = Some([10, 0, 0, 1].into());
        assert_eq!(read(&error), Some(Meaning::Icmp(Origin { v6: false, kind: 3, code: 13, sender })));
    }

    #[test]
    fn what_is_cut_belongs_to_no_test() {
        let whole = segment(5000, 80, SYN);
        for cut in 0..20 + FLAGS + 1 {
            assert_eq!(read(&whole[..cut]), None, "{cut}");
        }
    }
}
