//! ICMP errors: what they say, who says it, and of which packet (RFC 792, RFC 4443).

use std::fmt;
use std::net::IpAddr;

use super::decode::{self, Ip};

/// IP protocol numbers.
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;
/// The octets of an error before the packet that it is about.
const HEADER: usize = 8;
/// LINKTYPE_RAW: such a packet has no link header.
const RAW: u16 = 101;

/// An ICMP error, and who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether it is ICMPv6.
    pub v6: bool,
    /// The type.
    pub kind: u8,
    /// The code.
    pub code: u8,
    /// The sender.
    pub sender: Option<IpAddr>,
}

/// What types and codes mean: RFC 792, RFC 1812 (5.2.7.1), RFC 4443 (3).
const NAMES: &[((bool, u8, u8), &str)] = &[
    ((false, 3, 0), "net unreachable"),
    ((false, 3, 1), "host unreachable"),
    ((false, 3, 2), "protocol unreachable"),
    ((false, 3, 3), "port unreachable"),
    ((false, 3, 4), "fragmentation needed"),
    ((false, 3, 9), "net prohibited"),
    ((false, 3, 10), "host prohibited"),
    ((false, 3, 13), "administratively prohibited"),
    ((false, 11, 0), "time exceeded in transit"),
    ((true, 1, 0), "no route"),
    ((true, 1, 1), "administratively prohibited"),
    ((true, 1, 3), "address unreachable"),
    ((true, 1, 4), "port unreachable"),
    ((true, 1, 5), "source address failed policy"),
    ((true, 1, 6), "reject route"),
    ((true, 2, 0), "packet too big"),
    ((true, 3, 0), "hop limit exceeded in transit"),
];

impl Origin {
    /// Whether it says that no program listens on a UDP port.
    pub(crate) fn is_port_unreachable(&self) -> bool {
        matches!((self.v6, self.kind, self.code), (false, 3, 3) | (true, 1, 4))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.v6 { "ICMPv6 " } else { "ICMP " })?;
        match NAMES.iter().find(|row| row.0 == (self.v6, self.kind, self.code)) {
            Some((_, name)) => f.write_str(name)?,
            None => write!(f, "type {} code {}", self.kind, self.code)?,
        }
        self.sender.map_or(Ok(()), |sender| write!(f, " from {sender}"))
    }
}

/// The error in a frame of LINKTYPE_ `link` that a packet did not arrive, and what it
/// quotes of that packet.
pub(crate) fn error(link: u16, data: &[u8]) -> Option<(Origin, Ip<'_>)> {
    let ip = decode::ip(link, data)?;
    let &[kind, code] = ip.payload.first_chunk()?;
    let v6 = match (ip.protocol, ip.fragment) {
        (ICMP, None) => false,
        (ICMPV6, None) => true,
        _ => return None,
    };
    let lost = match (v6, kind) {
        // Who sends too much at once sends less, and again.
        (false, 3) => code != 4,
        (false, 11 | 12) | (true, 1 | 3 | 4) => true,
        _ => false,
    };
    let quoted = ip.payload.get(HEADER..).filter(|_| lost)?;
    let sender = Some(ip.source.into());
    Some((Origin { v6, kind, code, sender }, decode::ip(RAW, quoted)?))
}
