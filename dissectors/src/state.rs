//! What outlives a packet: bounded tables with counted eviction.

use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::mem;

use foldhash::HashMap;

use crate::below::Address;
use crate::link::slip::Connections;
use crate::management::netflow_records::Templates;
use crate::security::isakmp::Cookies;
use crate::transport::quic::ConnectionIds;

/// A map that forgets: once the young half is full, the old half is dropped and
/// the young half becomes old. What is used moves to the young half again, so
/// entries in use stay; every operation takes constant time, but for the one
/// that drops a half.
pub struct Aging<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
    evicted: u64,
}

impl<K: Copy + Eq + Hash, V> Aging<K, V> {
    /// A map of at most `capacity` entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Aging { young: HashMap::default(), old: HashMap::default(), half: capacity.div_ceil(2).max(1), evicted: 0 }
    }

    /// The value of `key`.
    #[inline]
    pub fn get(&mut self, key: K) -> Option<&mut V> {
        self.age();
        match self.young.entry(key) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            Entry::Vacant(entry) => self.old.remove(&key).map(|value| entry.insert(value)),
        }
    }

    /// Sets the value of `key`.
    pub fn insert(&mut self, key: K, value: V) {
        self.age();
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    /// Makes the young half old when it is full; its memory is used again.
    #[inline]
    fn age(&mut self) {
        if self.young.len() >= self.half {
            self.evicted += self.old.len() as u64;
            self.old.clear();
            mem::swap(&mut self.young, &mut self.old);
        }
    }

    /// How many entries were forgotten to stay within the bound.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// What the numbers of a TCP segment are relative to: the first sequence numbers
/// of its own end and of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TcpBase {
    pub own: u32,
    pub other: u32,
}

/// Two TCP conversations by their end points, the lower one first: addresses
/// and ports. With IPv4 all fit into one number.
type Ends4 = u128;
type Ends6 = (u128, u128, u32);

/// The first sequence numbers of the TCP conversations, of the lower end and of
/// the higher.
struct TcpBases {
    over4: Aging<Ends4, (u32, u32)>,
    over6: Aging<Ends6, (u32, u32)>,
}

impl TcpBases {
    /// The base of a segment; the first of a conversation, and any that opens
    /// one, sets it and has none itself.
    #[inline(always)]
    fn settle(&mut self, ends: [(Address, u16); 2], opens: bool, seq: u32, ack: u32) -> Option<TcpBase> {
        let [(source, sport), (destination, dport)] = ends;
        let ports = |low: u16, high: u16| u32::from(low) << 16 | u32::from(high);
        match (source, destination) {
            (Address::V4(from), Address::V4(to)) => {
                let [from, to] = [from, to].map(|address| u128::from(u32::from_be_bytes(address)));
                let reversed = (sport, from) > (dport, to);
                let key = if reversed {
                    to << 64 | from << 32 | u128::from(ports(dport, sport))
                } else {
                    from << 64 | to << 32 | u128::from(ports(sport, dport))
                };
                settle(&mut self.over4, key, reversed, opens, seq, ack)
            }
            (Address::V6(from), Address::V6(to)) => {
                let [from, to] = [from, to].map(u128::from_be_bytes);
                let reversed = (sport, from) > (dport, to);
                let key = if reversed { (to, from, ports(dport, sport)) } else { (from, to, ports(sport, dport)) };
                settle(&mut self.over6, key, reversed, opens, seq, ack)
            }
            _ => None,
        }
    }
}

/// As [`TcpBases::settle`], in the table of one IP version.
#[inline]
fn settle<K: Copy + Eq + Hash>(
    bases: &mut Aging<K, (u32, u32)>,
    key: K,
    reversed: bool,
    opens: bool,
    seq: u32,
    ack: u32,
) -> Option<TcpBase> {
    if !opens && let Some(&mut (low, high)) = bases.get(key) {
        return Some(if reversed { TcpBase { own: high, other: low } } else { TcpBase { own: low, other: high } });
    }
    let (own, other) = (seq, ack.wrapping_sub(1));
    bases.insert(key, if reversed { (other, own) } else { (own, other) });
    None
}

/// A remote procedure call: its client, its server and its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallKey {
    pub version: u8,
    pub xid: u32,
    pub client: [u8; 16],
    pub server: [u8; 16],
}

/// What a remote procedure call asks for.
#[derive(Clone, Copy)]
pub(crate) struct CallKind {
    pub procedure: u32,
    pub version: u32,
}

/// The latest calls. Replies to calls longer ago than the last 64 are not
/// understood, by tcpdump neither.
pub(crate) struct Recent<K, V> {
    ring: Vec<(K, V)>,
    next: usize,
    /// Where the last search ended, and the next one begins.
    hint: usize,
}

/// The latest remote procedure calls.
pub(crate) type Calls = Recent<CallKey, CallKind>;

/// A call of Rx: its number, client, server, port of the server, and service.
pub(crate) type RxKey = (u32, Address, Address, u16, u16);

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Recent { ring: Vec::new(), next: 0, hint: 0 }
    }
}

impl<K: PartialEq, V: Copy> Recent<K, V> {
    const SIZE: usize = 64;

    /// Remembers a call in place of the oldest.
    pub fn insert(&mut self, key: K, kind: V) {
        match self.ring.get_mut(self.next) {
            Some(entry) => *entry = (key, kind),
            None => self.ring.push((key, kind)),
        }
        self.next = (self.next + 1) % Self::SIZE;
    }

    /// What the call asked for that a reply belongs to.
    pub fn find(&mut self, key: &K) -> Option<V> {
        let (before, after) = (0..self.hint.min(self.ring.len()), self.hint..self.ring.len());
        let found = after.chain(before).find(|&i| self.ring.get(i).is_some_and(|entry| entry.0 == *key))?;
        self.hint = found;
        self.ring.get(found).map(|entry| entry.1)
    }
}

/// At most so many TCP conversations are remembered over each IP version (about
/// 24 MB and 40 MB).
const TCP_FLOWS: usize = 1 << 19;

/// The state of all dissectors.
pub struct State {
    tcp: TcpBases,
    pub(crate) calls: Calls,
    /// The calls of Rx, with what they ask for.
    pub(crate) rx: Recent<RxKey, u32>,
    pub(crate) isakmp: Cookies,
    pub(crate) slip: Box<Connections>,
    pub(crate) quic: ConnectionIds,
    pub(crate) netflow: Templates,
}

impl Default for State {
    fn default() -> Self {
        let tcp = TcpBases { over4: Aging::with_capacity(TCP_FLOWS), over6: Aging::with_capacity(TCP_FLOWS) };
        State {
            tcp,
            calls: Calls::default(),
            rx: Recent::default(),
            isakmp: Cookies::default(),
            slip: Box::default(),
            quic: ConnectionIds::default(),
            netflow: Templates::default(),
        }
    }
}

impl State {
    /// What the numbers of a segment that bears an acknowledgment are relative
    /// to, from its ends with their ports, source first; `opens` with SYN.
    #[inline(always)]
    pub(crate) fn tcp_base(&mut self, ends: [(Address, u16); 2], opens: bool, seq: u32, ack: u32) -> Option<TcpBase> {
        self.tcp.settle(ends, opens, seq, ack)
    }

    /// How many entries the tables forgot to stay within their bounds.
    pub fn evicted(&self) -> u64 {
        self.tcp.over4.evicted() + self.tcp.over6.evicted()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_in_use_survive_and_idle_ones_are_evicted() {
        let mut map = Aging::with_capacity(8);
        for i in 0..100 {
            map.insert(i, i);
            assert_eq!(map.get(0).copied(), Some(0), "used at every step");
        }
        assert!(map.get(1).is_none());
        assert!(map.young.len() + map.old.len() <= 9);
        assert!(map.evicted() > 80);
    }
}
