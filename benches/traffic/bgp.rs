//! Peers that open a session and send a table of routes, then changes of it (BGP-4,
//! RFC 4271), with autonomous systems of four octets (RFC 6793) and communities
//! (RFC 1997).

use super::Flow;
use super::random::Random;
use super::tcp::{Connection, Message, Script};

const CLIENT: usize = 0;
const SERVER: usize = 1;

const OPEN: u8 = 1;
const UPDATE: u8 = 2;
const KEEPALIVE: u8 = 4;

/// Octets of routes that a peer has ready at a time.
const READY: usize = 40_000;
/// Prefixes in the table. The Internet has a million; tcpdump 4.99 keeps the text
/// of each address in lists that it then walks for minutes.
const ROUTES: usize = 20_000;

/// What the two say in turns.
struct Session {
    peer: [u8; 4],
    stage: usize,
    /// Shares of the table that are left.
    left: usize,
}

pub fn session(random: &mut Random) -> Box<dyn Flow> {
    let [a, b] = random.octets();
    let script = Session { peer: [198, 18, a, b], stage: 0, left: random.within(20..60) };
    Box::new(Connection::new(random, 179, script))
}

impl Script for Session {
    fn next(&mut self, random: &mut Random, message: &mut Message) -> bool {
        let from = if self.stage < 4 { self.stage % 2 } else { SERVER };
        message.reset(from, random);
        let out = &mut message.head;
        match self.stage {
            0 | 1 => append(out, OPEN, &open(self.peer)),
            2 | 3 => append(out, KEEPALIVE, &[]),
            _ if self.left == 0 => return false,
            _ if random.once_in(8) => {
                message.from = CLIENT;
                append(out, KEEPALIVE, &[]);
            }
            _ => {
                self.left -= 1;
                // A share of the table, or a change of it.
                let octets = if random.once_in(3) { READY } else { random.within(60..1400) };
                while out.len() < octets {
                    append(out, UPDATE, &update(random, self.peer));
                }
            }
        }
        self.stage += 1;
        true
    }
}

/// A message with its header (RFC 4271, 4.1).
fn append(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    out.extend([0xff; 16]);
    out.extend((19 + body.len() as u16).to_be_bytes());
    out.push(kind);
    out.extend(body);
}

/// Version, system, hold time, identifier, and the capabilities of IPv4 unicast,
/// route refresh and systems of four octets (RFC 5492).
fn open(peer: [u8; 4]) -> Vec<u8> {
    let mut out = vec![4, 0x5b, 0xa0, 0, 180];
    out.extend(peer);
    out.extend([16, 2, 14, 1, 4, 0, 1, 0, 1, 2, 0, 65, 4, 0, 1, peer[2], peer[3]]);
    out
}

/// Routes with attributes in common, or some that are gone (RFC 4271, 4.3).
fn update(random: &mut Random, peer: [u8; 4]) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    if random.once_in(12) {
        prefixes(&mut out, random);
        let len = out.len() as u16;
        out.splice(0..0, len.to_be_bytes());
        out.extend([0; 2]);
        return out;
    }
    out.extend([0; 4]);
    let start = out.len();
    out.extend([0x40, 1, 1, if random.once_in(10) { 2 } else { 0 }]);
    let systems = random.within(2..7);
    out.extend([0x40, 2, (2 + 4 * systems) as u8, 2, systems as u8]);
    for _ in 0..systems {
        out.extend((1 + random.below(400_000) as u32).to_be_bytes());
    }
    out.extend([0x40, 3, 4]);
    out.extend(peer);
    if random.once_in(3) {
        out.extend([0x80, 4, 4, 0, 0, 0, random.below(200) as u8]);
    }
    if random.once_in(2) {
        let communities = random.within(1..6);
        out.extend([0xc0, 8, (4 * communities) as u8]);
        for _ in 0..communities {
            out.extend(random.octets::<4>());
        }
    }
    let len = (out.len() - start) as u16;
    out[2..4].copy_from_slice(&len.to_be_bytes());
    prefixes(&mut out, random);
    out
}

fn prefixes(out: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..random.within(1..8) {
        let [a, b, c, low] = (random.below(ROUTES) as u32 + 1).wrapping_mul(0x9e37_79b1).to_be_bytes();
        let host = low % 9;
        out.push(24 - host);
        out.extend(
            &[1 + a % 223, b, c & 0xff_u8.checked_shl(host.into()).unwrap_or(0)][..if host < 8 { 3 } else { 2 }],
        );
    }
}
