//! From an IP packet, or one put together of fragments, to TCP and UDP.

use sniff_dissectors::Line;

use super::decode::{self, Address, Ip, TCP, UDP};
use super::defrag::{Datagram, Defrag};

/// FIN, no more octets follow.
pub const FIN: u8 = 1;
/// SYN, the connection begins.
pub const SYN: u8 = 2;
/// RST, the connection is broken off.
pub const RST: u8 = 4;
/// ACK, the acknowledgment number counts.
pub const ACK: u8 = 16;

/// An address and a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// The address.
    pub address: Address,
    /// The port.
    pub port: u16,
}

impl Endpoint {
    /// Writes `ADDRESS:PORT`, an IPv6 address in brackets.
    pub fn write(&self, line: &mut Line) {
        if self.address.as_v4().is_some() {
            self.address.write(line);
        } else {
            line.byte(b'[');
            self.address.write(line);
            line.byte(b']');
        }
        line.byte(b':');
        line.dec(u64::from(self.port));
    }
}

/// A TCP segment (RFC 9293, section 3.1).
#[derive(Clone, Copy, Debug)]
pub struct Segment<'p> {
    /// Its sender.
    pub source: Endpoint,
    /// Its receiver.
    pub target: Endpoint,
    /// The sequence number of its first octet, or of SYN.
    pub seq: u32,
    /// The number of the octet that its sender expects next.
    pub ack: u32,
    /// The flags, [`FIN`] and others.
    pub flags: u8,
    /// The window, not scaled.
    pub window: u16,
    /// The options, of which some may be cut.
    pub options: &'p [u8],
    /// The captured octets.
    pub octets: &'p [u8],
    /// The number of octets on the wire.
    pub len: u32,
}

impl Segment<'_> {
    /// The shift of the window scale option (RFC 7323, section 2.2), if there is one.
    pub fn window_scale(&self) -> Option<u8> {
        const NOP: u8 = 1;
        const WINDOW_SCALE: u8 = 3;
        let mut rest = self.options;
        loop {
            rest = match *rest {
                [NOP, ref rest @ ..] => rest,
                [WINDOW_SCALE, 3, shift, ..] => return Some(shift),
                // The end of the list has no length.
                [kind, size, ..] if kind > NOP && size >= 2 => rest.get(usize::from(size)..)?,
                _ => return None,
            };
        }
    }
}

/// A UDP datagram (RFC 768).
#[derive(Clone, Copy, Debug)]
pub struct Message<'p> {
    /// Its sender.
    pub source: Endpoint,
    /// Its receiver.
    pub target: Endpoint,
    /// The captured octets.
    pub octets: &'p [u8],
    /// The number of octets on the wire.
    pub len: u32,
}

/// What an IP packet carries.
#[derive(Clone, Copy, Debug)]
pub enum Transport<'p> {
    /// TCP.
    Tcp(Segment<'p>),
    /// UDP.
    Udp(Message<'p>),
}

/// Finds TCP and UDP in frames, fragments included.
pub struct Transports {
    defrag: Defrag,
    whole: Option<Datagram>,
}

impl Transports {
    /// Keeps at most `limit` octets of fragments.
    pub fn new(limit: usize) -> Self {
        Transports { defrag: Defrag::new(limit), whole: None }
    }

    /// What a frame of LINKTYPE_ `link` carries.
    #[inline]
    pub fn of<'p>(&'p mut self, link: u16, data: &'p [u8]) -> Option<Transport<'p>> {
        let ip = decode::ip(link, data)?;
        let Some(fragment) = ip.fragment else { return of(&ip) };
        self.whole = self.defrag.fragment(&ip, fragment);
        let whole = self.whole.as_ref()?;
        of(&Ip {
            source: whole.source,
            target: whole.target,
            protocol: whole.protocol,
            fragment: None,
            payload: &whole.payload,
            len: whole.payload.len(),
        })
    }
}

/// The TCP or UDP header of an IP packet that is no later fragment.
pub(super) fn of<'p>(ip: &Ip<'p>) -> Option<Transport<'p>> {
    let payload = ip.payload;
    let ends = |ports: &[u8; 4]| {
        let [a, b, c, d] = *ports;
        let source = Endpoint { address: ip.source, port: u16::from_be_bytes([a, b]) };
        (source, Endpoint { address: ip.target, port: u16::from_be_bytes([c, d]) })
    };
    match ip.protocol {
        TCP => {
            let header: &[u8; 20] = payload.first_chunk()?;
            let (source, target) = ends(header.first_chunk()?);
            let size = usize::from(header[12] >> 4) * 4;
            if size < 20 || size > ip.len {
                return None;
            }
            let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
            Some(Transport::Tcp(Segment {
                source,
                target,
                seq: number(4),
                ack: number(8),
                flags: header[13],
                window: u16::from_be_bytes([header[14], header[15]]),
                options: &payload[20..size.min(payload.len())],
                octets: payload.get(size..).unwrap_or_default(),
                len: (ip.len - size) as u32,
            }))
        }
        UDP => {
            let header: &[u8; 8] = payload.first_chunk()?;
            let (source, target) = ends(header.first_chunk()?);
            let claimed = usize::from(u16::from_be_bytes([header[4], header[5]]));
            // A length of zero is a jumbogram's, or a card's to fill in.
            let len = if claimed == 0 { ip.len - 8 } else { claimed.checked_sub(8)?.min(ip.len - 8) };
            let octets = &payload[8..payload.len().min(8 + len)];
            Some(Transport::Udp(Message { source, target, octets, len: len as u32 }))
        }
        _ => None,
    }
}
