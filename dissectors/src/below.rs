//! What the layers below a dissector said: stations, IP header and ports.

use crate::checksum::Sum;
use crate::out::Out;
use crate::put::{Eui64, Ipv4, Ipv6, Mac, Put};
use crate::room;
use crate::view::{Step, Stop, View};

/// The layers below a dissector.
#[derive(Clone, Copy, Default)]
pub struct Below<'p> {
    /// The sending station.
    pub source: Option<Station>,
    /// The receiving station.
    pub destination: Option<Station>,
    /// The nearest IP header.
    pub ip: Option<&'p Ip<'p>>,
    /// The source port.
    pub sport: u16,
    /// The destination port.
    pub dport: u16,
}

/// The address of a station on a link.
#[derive(Clone, Copy)]
pub enum Station {
    /// Of Ethernet and of most links.
    Mac(Mac),
    /// Of IEEE 1394.
    Eui64(Eui64),
}

impl Put for Station {
    fn put(self, o: &mut Out) {
        match self {
            Station::Mac(address) => address.put(o),
            Station::Eui64(address) => address.put(o),
        }
    }
}

/// An IP header as the protocols above it see it.
#[derive(Clone, Copy)]
pub struct Ip<'p> {
    /// 4 or 6.
    pub version: u8,
    /// From the header's first octet to the end of the datagram.
    pub header: View<'p>,
    /// The protocol field of the fixed header; with IPv6 extension headers or
    /// AH not the protocol that is being printed.
    pub protocol: u8,
    /// The time to live or hop limit.
    pub ttl: u8,
    /// Whether more fragments follow, so that checksums cannot be checked.
    pub fragmented: bool,
    /// With IPv6, the final destination that a routing header gives.
    pub final_destination: Option<[u8; 16]>,
}

impl<'p> Ip<'p> {
    /// The source address.
    pub fn source(&self) -> Step<Address> {
        if self.version == 4 { Ok(Address::V4(self.header.array(12)?)) } else { Ok(Address::V6(self.header.array(8)?)) }
    }

    /// The destination address of the fixed header.
    pub fn destination(&self) -> Step<Address> {
        if self.version == 4 {
            Ok(Address::V4(self.header.array(16)?))
        } else {
            Ok(Address::V6(self.header.array(24)?))
        }
    }

    /// Writes `source.port > destination.port: ` of a transport protocol; behind an
    /// extension header the ports alone.
    #[inline]
    pub(crate) fn put_ends<P: Put>(&self, o: &mut Out, protocol: u8, sport: P, dport: P) -> Step {
        let header = self.header;
        match (self.protocol == protocol, self.version) {
            (false, _) => o.put((sport, " > ", dport, ": ")),
            (_, 4) => o.put((Ipv4(header.array(12)?), ".", sport, " > ", Ipv4(header.array(16)?), ".", dport, ": ")),
            _ => o.put((Ipv6(header.array(8)?), ".", sport, " > ", Ipv6(header.array(24)?), ".", dport, ": ")),
        }
        Ok(())
    }

    /// The destination for pseudo-headers: the last hop of a source route.
    fn pseudo_destination(&self) -> Step<Address> {
        match (self.version, self.final_destination) {
            (4, _) => Ok(Address::V4(source_routed(self.header)?.map_or(self.header.array(16)?, |a| a))),
            (_, Some(last)) => Ok(Address::V6(last)),
            _ => self.destination(),
        }
    }

    /// The checksum over the pseudo-header (RFC 9293 section 3.1, RFC 8200
    /// section 8.1) with `length` and `protocol`, and over `covered`.
    pub fn checksum(&self, protocol: u8, length: usize, covered: &[u8]) -> Step<u16> {
        let sum = Sum::default();
        let sum = match (self.source()?, self.pseudo_destination()?) {
            (Address::V4(from), Address::V4(to)) => {
                // The length field of the IPv4 pseudo-header has 16 bits.
                sum.with(&from).with(&to).with_u32(u32::from(protocol) << 16 | length as u32 & 0xffff)
            }
            (from, to) => {
                sum.with(from.octets()).with(to.octets()).with_u32(length as u32).with_u32(u32::from(protocol))
            }
        };
        Ok(sum.with(covered).finish())
    }
}

/// The last hop of an IPv4 source route option, if there is one (RFC 791,
/// section 3.1).
fn source_routed(header: View<'_>) -> Step<Option<[u8; 4]>> {
    const END: u8 = 0;
    const NO_OPERATION: u8 = 1;
    const LOOSE: u8 = 131;
    const STRICT: u8 = 137;
    let length = usize::from(header.u8(0)? & 15) * 4;
    if length <= 20 {
        return Ok(None);
    }
    let options = header.skip(20).cut(length - 20);
    let mut at = 0;
    while at < options.len() {
        let kind = options.u8(at)?;
        let size = match kind {
            END => break,
            NO_OPERATION => 1,
            // An option that ends before its length or is longer than the header hides the rest.
            _ => options.u8(at + 1).map_or(0, usize::from),
        };
        if size == 0 || (size < 2 && kind != NO_OPERATION) || options.bytes(at, size).is_err() {
            break;
        }
        if matches!(kind, LOOSE | STRICT) && size >= 7 {
            return Ok(Some(options.array(at + size - 4)?));
        }
        at += size;
    }
    Ok(None)
}

/// An IP address of either version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// IPv4.
    V4([u8; 4]),
    /// IPv6.
    V6([u8; 16]),
}

impl Address {
    /// The octets in network order.
    pub fn octets(&self) -> &[u8] {
        match self {
            Address::V4(octets) => octets,
            Address::V6(octets) => octets,
        }
    }
}

impl Put for Address {
    #[inline]
    fn put(self, o: &mut Out) {
        match self {
            Address::V4(octets) => Ipv4(octets).put(o),
            Address::V6(octets) => Ipv6(octets).put(o),
        }
    }

    #[inline(always)]
    fn room(&self, o: &Out) -> Option<usize> {
        match self {
            Address::V4(octets) => Ipv4(*octets).room(o),
            Address::V6(octets) => Ipv6(*octets).room(o),
        }
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        match self {
            Address::V4(octets) => room::ipv4(room, octets),
            Address::V6(octets) => room::ipv6(room, octets),
        }
    }
}

/// A function that prints one protocol.
pub type Dissect = fn(&mut Out, View<'_>, &Below<'_>) -> Step;

/// The IP header below, for protocols that only exist above IP.
pub(crate) fn ip_of<'p>(below: &Below<'p>) -> Step<&'p Ip<'p>> {
    below.ip.ok_or(Stop::Malformed)
}
