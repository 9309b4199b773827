//! What goes over UDP: names (RFC 1035), QUIC (RFC 9000) with noise for what is
//! encrypted, datagrams in fragments, and ports where nobody listens.

use std::io;

use super::Flow;
use super::random::Random;
use super::web::host;
use super::wire::{Address, ICMP, ICMP6, Path, UDP, Wire, folded, sum};

/// Where the checksum is in a UDP header, and how long that is.
const CHECKSUM: usize = 6;
const HEADER: usize = 8;

/// Starts a datagram with a payload of `len` octets, which the caller appends.
fn start(wire: &mut Wire<'_>, path: &Path, from: usize, len: usize) {
    let (source, target) = (path.ends[from].port, path.ends[1 - from].port);
    wire.ip(path, from, UDP);
    for word in [source, target, (HEADER + len) as u16, 0] {
        wire.frame.extend_from_slice(&word.to_be_bytes());
    }
}

fn send(wire: &mut Wire<'_>, path: &Path, from: usize, payload: &[u8]) -> io::Result<()> {
    start(wire, path, from, payload.len());
    wire.frame.extend_from_slice(payload);
    wire.send_summed(CHECKSUM)
}

const A: u16 = 1;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const PTR: u16 = 12;
const MX: u16 = 15;
const AAAA: u16 = 28;
const OPT: u16 = 41;

/// A question and its answer.
struct Dns {
    path: Path,
    question: Option<(u16, u16, String)>,
    answered: bool,
}

pub fn dns(random: &mut Random) -> Box<dyn Flow> {
    Box::new(Dns { path: Path::out(random, 53), question: None, answered: false })
}

impl Flow for Dns {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let random = &mut wire.random;
        if let Some((id, kind, name)) = &self.question {
            let octets = answer(random, *id, *kind, name);
            send(wire, &self.path, 1, &octets)?;
            return Ok(false);
        }
        let kind = *random.choose(&[A, A, A, AAAA, AAAA, PTR, MX]);
        let name = if kind == PTR {
            let [a, b] = random.octets();
            format!("{a}.{b}.18.198.in-addr.arpa")
        } else {
            host(random)
        };
        let id = random.next() as u16;
        let mut octets = Vec::with_capacity(64);
        words(&mut octets, &[id, 0x0100, 1, 0, 0, 1]);
        question(&mut octets, &name, kind);
        edns(&mut octets);
        self.question = Some((id, kind, name));
        send(wire, &self.path, 0, &octets)?;
        Ok(true)
    }
}

fn words(out: &mut Vec<u8>, words: &[u16]) {
    out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
}

fn labels(out: &mut Vec<u8>, name: &str) {
    for label in name.split('.') {
        out.push(label.len() as u8);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
}

fn question(out: &mut Vec<u8>, name: &str, kind: u16) {
    labels(out, name);
    words(out, &[kind, 1]);
}

/// The pseudo record of RFC 6891, 6.1.
fn edns(out: &mut Vec<u8>) {
    out.push(0);
    words(out, &[OPT, 1232, 0, 0, 0]);
}

/// A record for the name at `name` octets into the message.
fn record(out: &mut Vec<u8>, name: u16, kind: u16, ttl: u16, data: &[u8]) {
    words(out, &[0xc000 | name, kind, 1, 0, ttl, data.len() as u16]);
    out.extend_from_slice(data);
}

fn answer(random: &mut Random, id: u16, kind: u16, name: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(128);
    let missing = random.once_in(10);
    let (ttl, alias) = (random.within(20..7200) as u16, kind != PTR && random.once_in(3));
    let addresses = if matches!(kind, A | AAAA) { random.within(1..4) } else { usize::from(kind == PTR) };
    let (flags, answers) = if missing { (0x8183, 0) } else { (0x8180, addresses + usize::from(alias)) };
    words(&mut octets, &[id, flags, 1, answers as u16, u16::from(missing), 1]);
    question(&mut octets, name, kind);
    if missing {
        let mut data = Vec::new();
        labels(&mut data, "ns.example.net");
        labels(&mut data, "hostmaster.example.net");
        words(&mut data, &[0, 2026, 0, 7200, 0, 3600, 18, 10_000, 0, 300]);
        record(&mut octets, HEADER as u16 + 4, SOA, 300, &data);
        edns(&mut octets);
        return octets;
    }
    let mut owner = HEADER as u16 + 4;
    if alias {
        let mut data = Vec::new();
        labels(&mut data, &format!("edge{}.cdn.example", random.below(90)));
        let at = octets.len() as u16 + 12;
        record(&mut octets, owner, CNAME, ttl, &data);
        owner = at;
    }
    for _ in 0..addresses {
        match kind {
            A => record(&mut octets, owner, A, ttl, &[198, 18, random.next() as u8, 80]),
            AAAA => {
                let mut address = [0x20, 1, 0x0d, 0xb8, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
                address[15] = random.next() as u8;
                record(&mut octets, owner, AAAA, ttl, &address);
            }
            _ => {
                let mut data = Vec::new();
                labels(&mut data, &host(random));
                record(&mut octets, owner, PTR, ttl, &data);
            }
        }
    }
    edns(&mut octets);
    octets
}

/// A QUIC connection: long headers first, short ones then.
struct Quic {
    path: Path,
    connections: [[u8; 8]; 2],
    sent: usize,
    left: usize,
}

pub fn quic(random: &mut Random) -> Box<dyn Flow> {
    let (path, connections) = (Path::out(random, 443), [random.octets(), random.octets()]);
    Box::new(Quic { path, connections, sent: 0, left: random.within(8..90) })
}

impl Flow for Quic {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let from = match self.sent {
            0 => 0,
            1 | 2 => 1,
            _ => usize::from(!wire.random.once_in(4)),
        };
        let mut head = Vec::with_capacity(40);
        let len = if self.sent < 3 {
            // Initial, then Handshake packets (RFC 9000, 17.2).
            let initial = self.sent < 2;
            head.extend_from_slice(&[if initial { 0xc3 } else { 0xe3 }, 0, 0, 0, 1, 8]);
            head.extend_from_slice(&self.connections[1 - from]);
            head.push(8);
            head.extend_from_slice(&self.connections[from]);
            if initial {
                head.push(0);
            }
            let rest = 1200 - head.len() - 2;
            head.extend_from_slice(&(0x4000 | rest as u16).to_be_bytes());
            1200
        } else {
            head.push(0x40 | wire.random.below(64) as u8);
            head.extend_from_slice(&self.connections[1 - from]);
            if from == 0 { wire.random.within(30..80) } else { wire.random.within(900..1330) }
        };
        start(wire, &self.path, from, len);
        let at = wire.random.below(1 << 16);
        wire.frame.extend_from_slice(&head);
        wire.frame.extend_from_slice(&wire.noise[at..at + len - head.len()]);
        self.sent += 1;
        wire.send_summed(CHECKSUM)?;
        Ok(self.sent < self.left)
    }
}

/// Octets of a datagram in each fragment.
const PIECE: usize = 1480;

/// A datagram that does not fit a frame.
struct Fragments {
    path: Path,
    identification: u16,
    datagram: Vec<u8>,
    sent: usize,
}

pub fn fragments(random: &mut Random) -> Box<dyn Flow> {
    let mut path = Path::inside(random, false);
    (path.ends[0].port, path.ends[1].port) = (random.within(32_768..49_000) as u16, 5004 + random.below(8) as u16 * 2);
    let octets = random.within(1600..7000);
    let mut datagram = Vec::with_capacity(HEADER + octets);
    words(&mut datagram, &[path.ends[0].port, path.ends[1].port, (HEADER + octets) as u16, 0]);
    datagram.extend((0..octets).map(|_| random.next() as u8));
    let (Address::V4(from), Address::V4(to)) = (path.ends[0].address, path.ends[1].address) else {
        unreachable!("the path is one of IPv4")
    };
    let pseudo = sum(&from) + sum(&to) + u64::from(UDP) + datagram.len() as u64;
    let checksum = folded(pseudo + sum(&datagram)).to_be_bytes();
    datagram[CHECKSUM..HEADER].copy_from_slice(&checksum);
    Box::new(Fragments { path, identification: random.next() as u16, datagram, sent: 0 })
}

impl Flow for Fragments {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let end = (self.sent + PIECE).min(self.datagram.len());
        let more = end < self.datagram.len();
        wire.ip(&self.path, 0, UDP);
        wire.fragment(self.sent, more, self.identification);
        wire.frame.extend_from_slice(&self.datagram[self.sent..end]);
        self.sent = end;
        wire.send()?;
        Ok(more)
    }
}

/// A datagram to a port where nobody listens, and what is said about it.
struct Unreachable {
    path: Path,
    datagram: Vec<u8>,
}

pub fn unreachable(random: &mut Random) -> Box<dyn Flow> {
    let port = random.within(33_434..33_500) as u16;
    Box::new(Unreachable { path: Path::out(random, port), datagram: Vec::new() })
}

impl Flow for Unreachable {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        if self.datagram.is_empty() {
            let payload: [u8; 24] = wire.random.octets();
            send(wire, &self.path, 0, &payload)?;
            let link = if self.path.vlan.is_some() { 18 } else { 14 };
            // Frames shorter than 60 octets do not occur here, so that no padding is quoted.
            self.datagram = wire.frame[link..].to_vec();
            return Ok(true);
        }
        let (protocol, kind) = if self.path.is_ipv6() { (ICMP6, [1, 4]) } else { (ICMP, [3, 3]) };
        wire.ip(&self.path, 1, protocol);
        wire.frame.extend_from_slice(&kind);
        wire.frame.extend_from_slice(&[0; 6]);
        wire.frame.extend_from_slice(&self.datagram);
        wire.send_summed(2)?;
        Ok(false)
    }
}
