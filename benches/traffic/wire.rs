//! Where packets go: Ethernet, VLAN and IP headers, checksums, and the records of
//! a classic pcap file.

use std::io::{self, BufWriter, Write};

use super::random::Random;

pub const ICMP: u8 = 1;
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;
pub const ICMP6: u8 = 58;

pub const ETHERTYPE_ARP: u16 = 0x0806;
const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_VLAN: u16 = 0x8100;
const ETHERTYPE_IPV6: u16 = 0x86dd;

/// 2026-01-01 00:00:00 UTC.
const START: u64 = 1_767_225_600;
const ROUTER: [u8; 6] = [0x02, 0x5e, 0, 0, 0, 1];
/// The largest body of a message, in octets.
pub const LARGEST: usize = 96 << 10;

#[derive(Clone, Copy)]
pub enum Address {
    V4([u8; 4]),
    V6([u8; 16]),
}

/// One of the two that talk.
#[derive(Clone, Copy)]
pub struct End {
    pub mac: [u8; 6],
    pub address: Address,
    pub port: u16,
}

/// Who talks to whom: first the one that begins.
#[derive(Clone, Copy)]
pub struct Path {
    pub ends: [End; 2],
    pub vlan: Option<u16>,
}

impl Path {
    /// A host of the network and a server behind the router, on IPv4 or IPv6.
    pub fn out(random: &mut Random, port: u16) -> Self {
        let host = random.within(1..2000);
        let server = random.below(500) as u16;
        let version_6 = random.once_in(4);
        let vlan = random.once_in(8).then(|| random.within(10..14) as u16);
        let own = random.within(32_768..61_000) as u16;
        Path {
            ends: [
                End { mac: mac(host), address: local(host, version_6), port: own },
                End { mac: ROUTER, address: remote(server, version_6), port },
            ],
            vlan,
        }
    }

    /// Two hosts of the network.
    pub fn inside(random: &mut Random, version_6: bool) -> Self {
        let first = random.within(1..2000);
        let second = first % 2000 + 1;
        let end = |host| End { mac: mac(host), address: local(host, version_6), port: 0 };
        Path { ends: [end(first), end(second)], vlan: None }
    }

    pub fn is_ipv6(&self) -> bool {
        matches!(self.ends[0].address, Address::V6(_))
    }
}

fn mac(host: usize) -> [u8; 6] {
    let [_, _, _, _, _, _, high, low] = (host as u64).to_be_bytes();
    [0x02, 0x5e, 0x10, 0, high, low]
}

fn local(host: usize, version_6: bool) -> Address {
    let [high, low] = (host as u16).to_be_bytes();
    if version_6 {
        Address::V6([0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0x5e, 0x10, 0xff, 0xfe, 0, high, low])
    } else {
        Address::V4([10, 20, high, low])
    }
}

fn remote(server: u16, version_6: bool) -> Address {
    let [high, low] = server.to_be_bytes();
    if version_6 {
        Address::V6([0x20, 0x01, 0x0d, 0xb8, 0x80, high, 0, 0, 0, 0, 0, 0, 0, 0, 0, low])
    } else {
        Address::V4([198, 18 + high, low, 80])
    }
}

/// The capture file, and what the packets are made of.
pub struct Wire<'a> {
    pub random: Random,
    /// Octets of the file so far.
    pub written: u64,
    /// Text and noise that bodies are cut from.
    pub text: Vec<u8>,
    pub noise: Vec<u8>,
    /// The packet under way.
    pub frame: Vec<u8>,
    /// Where its IP header is, and where what follows that.
    network: usize,
    transport: usize,
    identification: u16,
    /// Microseconds since the start.
    clock: u64,
    out: BufWriter<&'a mut dyn Write>,
}

impl<'a> Wire<'a> {
    pub fn new(seed: u64, out: &'a mut impl Write) -> io::Result<Self> {
        let mut random = Random::new(seed);
        let noise = (0..2 * LARGEST / 8).flat_map(|_| random.next().to_le_bytes()).collect();
        let mut out = BufWriter::with_capacity(1 << 20, out as &mut dyn Write);
        let header = [0xa1b2_c3d4_u32, 4 << 16 | 2, 0, 0, 262_144, 1];
        out.write_all(header.map(u32::to_le_bytes).as_flattened())?;
        let text = super::web::text(&mut random, 2 * LARGEST);
        let (network, transport) = (0, 0);
        let frame = Vec::with_capacity(2048);
        Ok(Wire { random, written: 24, text, noise, frame, network, transport, identification: 1, clock: 0, out })
    }

    /// Time goes by without packets.
    pub fn pause(&mut self) {
        self.clock += self.random.below(60) as u64;
    }

    /// Milliseconds since the start, as TCP's time stamps count them.
    pub fn milliseconds(&self) -> u32 {
        (self.clock / 1000) as u32
    }

    /// Starts a packet with its Ethernet header.
    pub fn ethernet(&mut self, from: [u8; 6], to: [u8; 6], vlan: Option<u16>, ethertype: u16) {
        self.frame.clear();
        self.frame.extend_from_slice(&to);
        self.frame.extend_from_slice(&from);
        if let Some(vlan) = vlan {
            self.frame.extend_from_slice(&ETHERTYPE_VLAN.to_be_bytes());
            self.frame.extend_from_slice(&vlan.to_be_bytes());
        }
        self.frame.extend_from_slice(&ethertype.to_be_bytes());
        self.network = self.frame.len();
    }

    /// Starts a packet from one end of `path` with Ethernet and IP headers;
    /// what follows is appended to `frame`, and [`Wire::send`] ends it.
    pub fn ip(&mut self, path: &Path, from: usize, protocol: u8) {
        let (source, target) = (&path.ends[from], &path.ends[1 - from]);
        let hops = if source.mac == ROUTER { 52 + source.port as u8 % 8 } else { 64 };
        match (source.address, target.address) {
            (Address::V4(from), Address::V4(to)) => {
                self.ethernet(source.mac, target.mac, path.vlan, ETHERTYPE_IPV4);
                self.identification = self.identification.wrapping_add(1);
                let [high, low] = self.identification.to_be_bytes();
                let do_not_fragment = if protocol == TCP { 0x40 } else { 0 };
                self.frame.extend_from_slice(&[0x45, 0, 0, 0, high, low, do_not_fragment, 0, hops, protocol, 0, 0]);
                self.frame.extend_from_slice(&from);
                self.frame.extend_from_slice(&to);
            }
            (Address::V6(from), Address::V6(to)) => self.ip6((source.mac, from), (target.mac, to), path.vlan, protocol),
            _ => unreachable!("both ends have one version"),
        }
        self.transport = self.frame.len();
    }

    /// As [`Wire::ip`], for IPv6 with addresses of their own.
    pub fn ip6(&mut self, from: ([u8; 6], [u8; 16]), to: ([u8; 6], [u8; 16]), vlan: Option<u16>, protocol: u8) {
        self.ethernet(from.0, to.0, vlan, ETHERTYPE_IPV6);
        // Neighbour discovery must come from the link itself (RFC 4861, 7.1).
        let hops = if protocol == ICMP6 { 255 } else { 64 };
        self.frame.extend_from_slice(&[0x60, 0, 0, 0, 0, 0, protocol, hops]);
        self.frame.extend_from_slice(&from.1);
        self.frame.extend_from_slice(&to.1);
        self.transport = self.frame.len();
    }

    /// Makes the packet a fragment: its offset in octets, whether more follow,
    /// and the datagram it belongs to.
    pub fn fragment(&mut self, offset: usize, more: bool, identification: u16) {
        let word = (offset / 8) as u16 | u16::from(more) << 13;
        self.frame[self.network + 4..self.network + 6].copy_from_slice(&identification.to_be_bytes());
        self.frame[self.network + 6..self.network + 8].copy_from_slice(&word.to_be_bytes());
    }

    /// Fills in the lengths and the IPv4 header's checksum, and writes the packet.
    pub fn send(&mut self) -> io::Result<()> {
        let (header, length) = (self.network, self.frame.len() - self.network);
        if self.frame[header] == 0x45 {
            self.frame[header + 2..header + 4].copy_from_slice(&(length as u16).to_be_bytes());
            let sum = folded(sum(&self.frame[header..self.transport]));
            self.frame[header + 10..header + 12].copy_from_slice(&sum.to_be_bytes());
        } else {
            self.frame[header + 4..header + 6].copy_from_slice(&(length as u16 - 40).to_be_bytes());
        }
        self.record()
    }

    /// As [`Wire::send`], with the checksum of what follows the IP header, which
    /// lies `at` octets into it.
    pub fn send_summed(&mut self, at: usize) -> io::Result<()> {
        let sum = folded(self.pseudo_header() + sum(&self.frame[self.transport..]));
        // A UDP checksum of zero would mean that there is none (RFC 768).
        let sum = if sum == 0 { 0xffff } else { sum };
        self.frame[self.transport + at..][..2].copy_from_slice(&sum.to_be_bytes());
        self.send()
    }

    /// The sum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1).
    fn pseudo_header(&self) -> u64 {
        let header = &self.frame[self.network..self.transport];
        let (protocol, addresses) =
            if header[0] == 0x45 { (header[9], &header[12..]) } else { (header[6], &header[8..]) };
        if protocol == ICMP {
            return 0;
        }
        let length = self.frame.len() - self.transport;
        sum(addresses) + u64::from(protocol) + length as u64
    }

    /// Writes the frame as a record of the file, padded as Ethernet pads.
    pub fn record(&mut self) -> io::Result<()> {
        let size = self.frame.len().max(60);
        self.frame.resize(size, 0);
        // A gigabit network needs eight nanoseconds an octet.
        self.clock += (size as u64 / 125).max(1);
        let (seconds, micros) = (START + self.clock / 1_000_000, self.clock % 1_000_000);
        let header = [seconds as u32, micros as u32, size as u32, size as u32];
        self.out.write_all(header.map(u32::to_le_bytes).as_flattened())?;
        self.out.write_all(&self.frame)?;
        self.written += 16 + size as u64;
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The sum of 16-bit words in network order, not folded; at most a few megabytes.
pub fn sum(octets: &[u8]) -> u64 {
    let mut words = octets.chunks_exact(8);
    let mut total = 0_u64;
    for word in &mut words {
        let word = u64::from_be_bytes(word.try_into().expect("chunks have eight octets"));
        total += (word >> 32) + (word & 0xffff_ffff);
    }
    let mut rest = [0; 8];
    rest[..words.remainder().len()].copy_from_slice(words.remainder());
    let word = u64::from_be_bytes(rest);
    total + (word >> 32) + (word & 0xffff_ffff)
}

/// The Internet checksum of a sum (RFC 1071).
pub fn folded(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !(sum as u16)
}
