//! A table of conversations within a budget of octets: every operation takes
//! constant time, and what was used longest ago goes first.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::decode::Address;

/// What the index costs for each entry: a number and an octet, which wait in up to
/// two places each, and once more while it grows.
const INDEX: usize = 16;

/// Slots grow by one in so many: twice as many might be twice the budget.
const GROWTH: usize = 8;

/// No slot.
const NONE: u32 = u32::MAX;

/// The two ends of a conversation and its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The end whose address and port are lower.
    pub a: Address,
    /// The other end.
    pub b: Address,
    /// The ports of both.
    pub ports: (u16, u16),
    /// The IP protocol.
    pub protocol: u8,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_ne_bytes(self.a.0));
        state.write_u128(u128::from_ne_bytes(self.b.0));
        let (a, b) = self.ports;
        state.write_u64(u64::from(a) << 32 | u64::from(b) << 16 | u64::from(self.protocol));
    }
}

impl Key {
    /// The key of a packet, and whether it goes from `b` to `a`.
    pub fn of(source: (Address, u16), target: (Address, u16), protocol: u8) -> (Self, bool) {
        let reversed = target < source;
        let ((a, from), (b, to)) = if reversed { (target, source) } else { (source, target) };
        (Key { a, b, ports: (from, to), protocol }, reversed)
    }
}

struct Slot<K, T> {
    key: K,
    value: Option<T>,
    cost: usize,
    newer: u32,
    older: u32,
}

/// Conversations, those used last at the front.
pub struct Table<T, K = Key> {
    /// The slots by the hashes of their keys.
    index: HashTable<u32>,
    hasher: RandomState,
    slots: Vec<Slot<K, T>>,
    free: Vec<u32>,
    newest: u32,
    oldest: u32,
    used: usize,
    limit: usize,
    /// Entries that had to go for lack of room.
    pub evicted: u64,
}

impl<T, K: Copy + Eq + Hash> Table<T, K> {
    /// What an entry costs by itself.
    const COST: usize = INDEX + size_of::<Slot<K, T>>();

    /// A table of at most `limit` octets.
    pub fn new(limit: usize) -> Self {
        Table {
            index: HashTable::new(),
            hasher: RandomState::default(),
            slots: Vec::new(),
            free: Vec::new(),
            newest: NONE,
            oldest: NONE,
            used: 0,
            limit,
            evicted: 0,
        }
    }

    /// The slot of a key, which becomes the newest.
    #[inline]
    pub fn find(&mut self, key: &K) -> Option<u32> {
        // Packets come in trains: the last conversation is often the next.
        if let Some(slot) = self.slots.get(self.newest as usize)
            && slot.key == *key
        {
            return Some(self.newest);
        }
        let hash = self.hasher.hash_one(key);
        let at = *self.index.find(hash, |&at| self.slots[at as usize].key == *key)?;
        self.unlink(at);
        self.link(at);
        Some(at)
    }

    /// Adds an entry as the newest; its slot.
    pub fn insert(&mut self, key: K, value: T) -> u32 {
        let cost = Self::COST;
        let slot = Slot { key, value: Some(value), cost, newer: NONE, older: NONE };
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at as usize] = slot;
                at
            }
            None => {
                if self.slots.len() == self.slots.capacity() {
                    self.slots.reserve_exact(self.slots.len() / GROWTH + GROWTH);
                }
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.index.insert_unique(hasher.hash_one(key), at, |&at| hasher.hash_one(slots[at as usize].key));
        self.used += cost;
        self.link(at);
        at
    }

    /// The entry of a slot that [`Table::find`] or [`Table::insert`] gave.
    #[inline]
    pub fn get_mut(&mut self, at: u32) -> &mut T {
        self.slots[at as usize].value.as_mut().expect("slots are handed out only while they are used")
    }

    /// Sets what the entry holds beside itself, in octets.
    #[inline]
    pub fn charge(&mut self, at: u32, held: usize) {
        let cost = Self::COST + held;
        let slot = &mut self.slots[at as usize];
        self.used = self.used - slot.cost + cost;
        slot.cost = cost;
    }

    /// Takes an entry out.
    pub fn remove(&mut self, at: u32) -> Option<(K, T)> {
        let slot = self.slots.get_mut(at as usize)?;
        let value = slot.value.take()?;
        let (key, cost) = (slot.key, slot.cost);
        self.used -= cost;
        if let Ok(entry) = self.index.find_entry(self.hasher.hash_one(key), |&other| other == at) {
            entry.remove();
        }
        self.unlink(at);
        // An empty slot must not be found as the newest.
        self.free.push(at);
        Some((key, value))
    }

    /// Takes the oldest entry out if the table is over its budget; never the only one.
    pub fn pop_excess(&mut self) -> Option<(K, T)> {
        if self.used <= self.limit || self.oldest == self.newest {
            return None;
        }
        self.evicted += 1;
        self.remove(self.oldest)
    }

    /// Takes the oldest entry out.
    pub fn pop_oldest(&mut self) -> Option<(K, T)> {
        if self.oldest == NONE { None } else { self.remove(self.oldest) }
    }

    /// All entries and their slots, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &T)> {
        let slots = (0..).zip(&self.slots);
        slots.filter_map(|(at, slot)| Some((at, slot.value.as_ref()?)))
    }

    /// The oldest entry.
    pub fn oldest(&self) -> Option<&T> {
        self.slots.get(self.oldest as usize)?.value.as_ref()
    }

    /// Octets that are used.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The budget in octets.
    pub fn limit(&self) -> usize {
        self.limit
    }

    fn link(&mut self, at: u32) {
        let newest = self.newest;
        let slot = &mut self.slots[at as usize];
        (slot.older, slot.newer) = (newest, NONE);
        match self.slots.get_mut(newest as usize) {
            Some(slot) => slot.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }

    fn unlink(&mut self, at: u32) {
        let Slot { newer, older, .. } = self.slots[at as usize];
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(port: u16) -> Key {
        Key::of((Address::v4([1, 1, 1, 1]), port), (Address::v4([2, 2, 2, 2]), 80), 6).0
    }

    #[test]
    fn both_directions_have_one_key() {
        let (a, b) = ((Address::v4([1, 1, 1, 1]), 9), (Address::v4([1, 1, 1, 1]), 8));
        assert_eq!(Key::of(a, b, 6), (Key::of(b, a, 6).0, true));
        assert!(!Key::of(b, a, 6).1);
    }

    #[test]
    fn the_oldest_goes_first_and_the_last_stays() {
        let mut table = Table::new(3 * Table::<u16>::COST);
        for port in 0..3 {
            table.insert(key(port), port);
        }
        assert!(table.pop_excess().is_none());
        let slot = table.find(&key(0)).unwrap();
        assert_eq!(*table.get_mut(slot), 0);
        let slot = table.insert(key(3), 3);
        assert_eq!(table.pop_excess().unwrap().1, 1);
        table.charge(slot, 1 << 20);
        assert_eq!([table.pop_excess(), table.pop_excess()].map(|entry| entry.unwrap().1), [2, 0]);
        assert!(table.pop_excess().is_none(), "the only entry stays");
        assert_eq!((table.evicted, table.find(&key(1))), (3, None));
    }
}
