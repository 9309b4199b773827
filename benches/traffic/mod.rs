//! Captures of made-up traffic, the same for the same seed, in classic pcap: web
//! pages over TCP with and without TLS, QUIC, name resolution, neighbours,
//! echoes, errors, VLANs, fragments, losses and resets, on IPv4 and IPv6, many
//! conversations at a time. All checksums are right.

// The benches and tests that include this each use a part of it.
#![allow(dead_code)]

mod bgp;
mod datagram;
mod neighbour;
mod random;
mod tcp;
mod web;
mod wire;

use std::io::{self, Write};

use random::Random;
use wire::Wire;

/// Conversations under way at a time.
const CONVERSATIONS: usize = 200;

/// Something that sends packets until it is over.
trait Flow {
    /// Sends the next packet; false after the last one.
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool>;
}

type Start = fn(&mut Random) -> Box<dyn Flow>;

/// Kinds of conversations, with how many there are of each.
const KINDS: &[(usize, Start)] = &[
    (30, web::tls),
    (14, web::http),
    (6, datagram::quic),
    (60, datagram::dns),
    (4, datagram::fragments),
    (6, datagram::unreachable),
    (12, neighbour::arp),
    (8, neighbour::echo),
    (6, neighbour::discovery),
];

/// Writes about `octets` octets of many kinds of traffic.
pub fn mix(seed: u64, octets: u64, out: &mut impl Write) -> io::Result<()> {
    conversations(KINDS, seed, octets, out)
}

/// Writes about `octets` octets of peers that exchange routes.
pub fn bgp(seed: u64, octets: u64, out: &mut impl Write) -> io::Result<()> {
    conversations(&[(1, bgp::session)], seed, octets, out)
}

/// Writes about `octets` octets of questions for names and their answers.
pub fn dns(seed: u64, octets: u64, out: &mut impl Write) -> io::Result<()> {
    conversations(&[(1, datagram::dns)], seed, octets, out)
}

fn conversations(kinds: &[(usize, Start)], seed: u64, octets: u64, out: &mut impl Write) -> io::Result<()> {
    let mut wire = Wire::new(seed, out)?;
    let mut flows: Vec<_> = (0..CONVERSATIONS).map(|_| start(kinds, &mut wire.random)).collect();
    while wire.written < octets {
        // A conversation sends a few packets in a row, as windows allow.
        let at = wire.random.below(flows.len());
        for _ in 0..wire.random.within(1..5) {
            if !flows[at].step(&mut wire)? {
                flows[at] = start(kinds, &mut wire.random);
            }
        }
        wire.pause();
    }
    wire.finish()
}

/// Writes about `octets` octets of one TCP connection that sends all it can.
pub fn elephant(seed: u64, octets: u64, out: &mut impl Write) -> io::Result<()> {
    let mut wire = Wire::new(seed, out)?;
    let mut flow = web::bulk(&mut wire.random);
    while wire.written < octets && flow.step(&mut wire)? {}
    wire.finish()
}

fn start(kinds: &[(usize, Start)], random: &mut Random) -> Box<dyn Flow> {
    let mut ticket = random.below(kinds.iter().map(|kind| kind.0).sum());
    for (share, make) in kinds {
        match ticket.checked_sub(*share) {
            None => return make(random),
            Some(rest) => ticket = rest,
        }
    }
    unreachable!("a ticket is less than the sum of the shares")
}

/// Writes about `octets` octets of the packets of other captures, of classic
/// pcap in this machine's byte order and of one link type, in turns again and
/// again, as if one came after the other.
pub fn again(captures: &[Vec<u8>], octets: u64, out: &mut impl Write) -> io::Result<()> {
    const HEADER: usize = 24;
    const RECORD: usize = 16;
    const GAP: u64 = 25;
    let word = |octets: &[u8]| octets.first_chunk().map_or(0, |word| u32::from_ne_bytes(*word));
    let mut records = Vec::new();
    for capture in captures {
        let mut rest = capture.get(HEADER..).unwrap_or_default();
        while rest.len() > RECORD {
            let (record, behind) = rest.split_at((RECORD + word(&rest[8..]) as usize).min(rest.len()));
            records.push(&record[8..]);
            rest = behind;
        }
    }
    let first = captures.first().and_then(|capture| capture.get(..HEADER)).ok_or(io::ErrorKind::InvalidInput)?;
    let mut out = io::BufWriter::new(out);
    out.write_all(first)?;
    let (mut written, mut micros) = (HEADER as u64, 0);
    for record in records.iter().cycle() {
        if written >= octets {
            break;
        }
        let (seconds, fraction) = (1_700_000_000 + micros / 1_000_000, micros % 1_000_000);
        out.write_all(&(seconds as u32).to_ne_bytes())?;
        out.write_all(&(fraction as u32).to_ne_bytes())?;
        out.write_all(record)?;
        written += 8 + record.len() as u64;
        micros += GAP;
    }
    out.flush()
}
