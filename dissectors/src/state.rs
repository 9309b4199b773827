//! What outlives a packet: bounded tables with counted eviction.

use std::hash::Hash;
use std::mem;

use foldhash::HashMap;

use crate::security::isakmp::Cookies;

/// A map that forgets: once the young half is full, the old half is dropped and
/// the young half becomes old. What is used moves to the young half again, so
/// entries in use stay; every operation takes constant time.
pub struct Aging<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
    evicted: u64,
}

impl<K: Eq + Hash, V> Aging<K, V> {
    /// A map of at most `capacity` entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Aging { young: HashMap::default(), old: HashMap::default(), half: capacity.div_ceil(2).max(1), evicted: 0 }
    }

    /// The value of `key`.
    pub fn get(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    /// Sets the value of `key`.
    pub fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.evicted += self.old.len() as u64;
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    /// How many entries were forgotten to stay within the bound.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// The end points of a TCP conversation, in an order that is the same for both
/// directions. IPv4 addresses fill the first four octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TcpKey {
    pub version: u8,
    pub low: [u8; 16],
    pub high: [u8; 16],
    pub low_port: u16,
    pub high_port: u16,
}

/// The first sequence numbers of a TCP conversation, of the low and the high end.
#[derive(Clone, Copy)]
pub(crate) struct TcpBase {
    pub low: u32,
    pub high: u32,
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

/// The latest remote procedure calls. Replies to calls longer ago than the last
/// 64 are not understood, by tcpdump neither.
#[derive(Default)]
pub(crate) struct Calls {
    ring: Vec<(CallKey, CallKind)>,
    next: usize,
    /// Where the last search ended, and the next one begins.
    hint: usize,
}

impl Calls {
    const SIZE: usize = 64;

    /// Remembers a call in place of the oldest.
    pub fn insert(&mut self, key: CallKey, kind: CallKind) {
        match self.ring.get_mut(self.next) {
            Some(entry) => *entry = (key, kind),
            None => self.ring.push((key, kind)),
        }
        self.next = (self.next + 1) % Self::SIZE;
    }

    /// What the call asked for that a reply belongs to.
    pub fn find(&mut self, key: &CallKey) -> Option<CallKind> {
        let (before, after) = (0..self.hint.min(self.ring.len()), self.hint..self.ring.len());
        let found = after.chain(before).find(|&i| self.ring.get(i).is_some_and(|entry| entry.0 == *key))?;
        self.hint = found;
        self.ring.get(found).map(|entry| entry.1)
    }
}

/// At most so many TCP conversations are remembered (about 60 MB).
const TCP_FLOWS: usize = 1 << 19;

/// The state of all dissectors.
pub struct State {
    pub(crate) tcp: Aging<TcpKey, TcpBase>,
    pub(crate) calls: Calls,
    pub(crate) isakmp: Cookies,
}

impl Default for State {
    fn default() -> Self {
        State { tcp: Aging::with_capacity(TCP_FLOWS), calls: Calls::default(), isakmp: Cookies::default() }
    }
}

impl State {
    /// How many entries the tables forgot to stay within their bounds.
    pub fn evicted(&self) -> u64 {
        self.tcp.evicted()
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
            assert_eq!(map.get(&0).copied(), Some(0), "used at every step");
        }
        assert!(map.get(&1).is_none());
        assert!(map.young.len() + map.old.len() <= 8);
        assert!(map.evicted() > 80);
    }
}
