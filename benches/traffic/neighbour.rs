//! What neighbours say: ARP (RFC 826), neighbour discovery (RFC 4861), echoes (RFC 792, RFC 4443).

use std::io;

use super::Flow;
use super::random::Random;
use super::wire::{Address, ETHERTYPE_ARP, ICMP, ICMP6, Path, Wire};

const BROADCAST: [u8; 6] = [0xff; 6];
/// Where the checksum is in an ICMP header.
const CHECKSUM: usize = 2;

/// A request and, mostly, the reply.
struct Arp {
    path: Path,
    asked: bool,
}

pub fn arp(random: &mut Random) -> Box<dyn Flow> {
    Box::new(Arp { path: Path::inside(random, false), asked: false })
}

impl Flow for Arp {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let [asks, answers] = self.path.ends;
        let (operation, from, to, target) =
            if self.asked { (2, answers, asks, asks.mac) } else { (1, asks, answers, BROADCAST) };
        let (Address::V4(sender), Address::V4(wanted)) = (from.address, to.address) else {
            unreachable!("the path is one of IPv4")
        };
        wire.ethernet(from.mac, target, None, ETHERTYPE_ARP);
        wire.frame.extend_from_slice(&[0, 1, 8, 0, 6, 4, 0, operation]);
        wire.frame.extend_from_slice(&from.mac);
        wire.frame.extend_from_slice(&sender);
        wire.frame.extend_from_slice(&if self.asked { to.mac } else { [0; 6] });
        wire.frame.extend_from_slice(&wanted);
        wire.record()?;
        let more = !self.asked && !wire.random.once_in(3);
        self.asked = true;
        Ok(more)
    }
}

/// Requests and replies, one after the other.
struct Echo {
    path: Path,
    identifier: [u8; 2],
    sequence: u16,
    replies: bool,
    last: u16,
}

pub fn echo(random: &mut Random) -> Box<dyn Flow> {
    let (path, last) = (Path::out(random, 0), random.within(1..6) as u16);
    Box::new(Echo { path, identifier: random.octets(), sequence: 1, replies: false, last })
}

impl Flow for Echo {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let (protocol, kinds) = if self.path.is_ipv6() { (ICMP6, [128, 129]) } else { (ICMP, [8, 0]) };
        wire.ip(&self.path, usize::from(self.replies), protocol);
        wire.frame.extend_from_slice(&[kinds[usize::from(self.replies)], 0, 0, 0]);
        wire.frame.extend_from_slice(&self.identifier);
        wire.frame.extend_from_slice(&self.sequence.to_be_bytes());
        wire.frame.extend_from_slice(&u64::from(self.sequence).to_be_bytes());
        wire.frame.extend(0x10..0x40);
        wire.send_summed(CHECKSUM)?;
        let more = !(self.replies && self.sequence == self.last);
        self.sequence += u16::from(self.replies);
        self.replies = !self.replies;
        Ok(more)
    }
}

/// Somebody looks for a neighbour and is answered; now and then a router tells about itself.
struct Discovery {
    path: Path,
    asked: bool,
}

pub fn discovery(random: &mut Random) -> Box<dyn Flow> {
    Box::new(Discovery { path: Path::inside(random, true), asked: false })
}

impl Flow for Discovery {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let [asks, answers] = self.path.ends;
        let (Address::V6(asking), Address::V6(wanted)) = (asks.address, answers.address) else {
            unreachable!("the path is one of IPv6")
        };
        if self.asked {
            // Advertisement: solicited, overrides; with the target's link address.
            wire.ip6((answers.mac, wanted), (asks.mac, asking), None, ICMP6);
            wire.frame.extend_from_slice(&[136, 0, 0, 0, 0x60, 0, 0, 0]);
            wire.frame.extend_from_slice(&wanted);
            wire.frame.extend_from_slice(&[2, 1]);
            wire.frame.extend_from_slice(&answers.mac);
            wire.send_summed(CHECKSUM)?;
            return Ok(false);
        }
        self.asked = true;
        if wire.random.once_in(8) {
            self.advertise(wire)?;
            return Ok(false);
        }
        // The solicited-node address ends like the wanted one (RFC 4291, 2.7.1).
        let [.., a, b, c] = wanted;
        let everyone = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c];
        wire.ip6((asks.mac, asking), ([0x33, 0x33, 0xff, a, b, c], everyone), None, ICMP6);
        wire.frame.extend_from_slice(&[135, 0, 0, 0, 0, 0, 0, 0]);
        wire.frame.extend_from_slice(&wanted);
        wire.frame.extend_from_slice(&[1, 1]);
        wire.frame.extend_from_slice(&asks.mac);
        wire.send_summed(CHECKSUM)?;
        Ok(true)
    }
}

impl Discovery {
    /// A router advertisement with a link address, an MTU and a prefix.
    fn advertise(&self, wire: &mut Wire<'_>) -> io::Result<()> {
        let router = self.path.ends[0].mac;
        let source = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0, 0xff, 0xfe, 0, 0, 1];
        let everyone = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        wire.ip6((router, source), ([0x33, 0x33, 0, 0, 0, 1], everyone), None, ICMP6);
        wire.frame.extend_from_slice(&[134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        wire.frame.extend_from_slice(&router);
        wire.frame.extend_from_slice(&[5, 1, 0, 0, 0, 0, 0x05, 0xdc]);
        wire.frame.extend_from_slice(&[3, 4, 64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x07, 8, 0, 0, 0, 0]);
        wire.frame.extend_from_slice(&[0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        wire.send_summed(CHECKSUM)
    }
}
