//! IP fragments put together (RFC 791, section 3.2; RFC 8200, section 4.5).
//!
//! The first octet that arrives for a place stays, as in TCP reassembly. A
//! datagram that does not become whole is forgotten when others need the room.

use super::decode::{Address, Fragment, Ip};
use super::flow::{Key, Table};

/// The largest IP datagram.
const MAX_DATAGRAM: usize = 65_535;
/// Fragments of one datagram; more are nobody's but an attacker's.
const MAX_FRAGMENTS: usize = 1024;

/// A datagram that is not whole yet.
#[derive(Default)]
struct Partial {
    octets: Vec<u8>,
    /// Ranges that have arrived, in order, apart from each other.
    ranges: Vec<(u32, u32)>,
    fragments: usize,
    /// The datagram's length, known from its last fragment.
    len: Option<u32>,
}

/// Datagrams that are not whole yet, within a budget of octets.
pub struct Defrag {
    table: Table<Partial>,
}

/// A whole datagram.
#[derive(Debug, PartialEq, Eq)]
pub struct Datagram {
    /// The sender.
    pub source: Address,
    /// The receiver.
    pub target: Address,
    /// The protocol above.
    pub protocol: u8,
    /// Everything above the IP header.
    pub payload: Vec<u8>,
}

impl Defrag {
    /// Keeps at most `limit` octets.
    pub fn new(limit: usize) -> Self {
        Defrag { table: Table::new(limit) }
    }

    /// Takes a fragment; the datagram when it is whole.
    pub fn fragment(&mut self, ip: &Ip<'_>, fragment: Fragment) -> Option<Datagram> {
        // A fragment that the snapshot cut can complete nothing.
        let end = fragment.offset as usize + ip.len;
        if ip.payload.len() < ip.len || ip.len == 0 || end > MAX_DATAGRAM {
            return None;
        }
        // Not reordered: fragments go one way.
        let ports = ((fragment.id >> 16) as u16, fragment.id as u16);
        let key = Key { a: ip.source, b: ip.target, ports, protocol: ip.protocol };
        let slot = match self.table.find(&key) {
            Some(slot) => slot,
            None => self.table.insert(key, Partial::default()),
        };
        let partial = self.table.get_mut(slot);
        let whole = partial.add(fragment, ip.payload);
        let held = partial.octets.capacity() + partial.ranges.capacity() * 8;
        if whole {
            let (_, partial) = self.table.remove(slot)?;
            let (source, target, protocol) = (ip.source, ip.target, ip.protocol);
            return Some(Datagram { source, target, protocol, payload: partial.octets });
        }
        self.table.charge(slot, held);
        while self.table.pop_excess().is_some() {}
        None
    }
}

impl Partial {
    /// Adds a fragment; whether the datagram is whole.
    fn add(&mut self, fragment: Fragment, payload: &[u8]) -> bool {
        self.fragments += 1;
        if self.fragments > MAX_FRAGMENTS {
            return false;
        }
        let (start, end) = (fragment.offset, fragment.offset + payload.len() as u32);
        if !fragment.more && self.len.is_none() {
            self.len = Some(end);
        }
        if self.octets.len() < end as usize {
            self.octets.resize(end as usize, 0);
        }
        let mut at = start;
        for &(from, to) in self.ranges.iter().chain(&[(u32::MAX, u32::MAX)]) {
            let free = from.min(end);
            if at < free {
                self.octets[at as usize..free as usize]
                    .copy_from_slice(&payload[(at - start) as usize..(free - start) as usize]);
            }
            at = at.max(to);
            if at >= end {
                break;
            }
        }
        self.join(start, end);
        self.len.is_some_and(|len| {
            let whole = matches!(self.ranges.first(), Some(&(0, to)) if to >= len);
            if whole {
                self.octets.truncate(len as usize);
            }
            whole
        })
    }

    /// Adds a range to those that have arrived.
    fn join(&mut self, start: u32, end: u32) {
        let first = self.ranges.partition_point(|&(_, to)| to < start);
        let last = self.ranges.partition_point(|&(from, _)| from <= end);
        let range = match self.ranges.get(first..last) {
            Some([(from, _), .., (_, to)] | [(from, to)]) => ((*from).min(start), (*to).max(end)),
            _ => (start, end),
        };
        self.ranges.splice(first..last, [range]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(defrag: &mut Defrag, id: u32, offset: u32, more: bool, payload: &[u8]) -> Option<Vec<u8>> {
        let fragment = Fragment { id, offset, more };
        let ip = Ip {
            source: Address::v4([1, 1, 1, 1]),
            target: Address::v4([2, 2, 2, 2]),
            protocol: 17,
            fragment: Some(fragment),
            payload,
            len: payload.len(),
        };
        defrag.fragment(&ip, fragment).map(|datagram| datagram.payload)
    }

    #[test]
    fn fragments_make_a_datagram_in_any_order() {
        let mut defrag = Defrag::new(1 << 20);
        assert_eq!(fragment(&mut defrag, 1, 8, true, b"ijklmnop"), None);
        assert_eq!(fragment(&mut defrag, 2, 8, true, b"other id"), None);
        assert_eq!(fragment(&mut defrag, 1, 16, false, b"qr"), None);
        assert_eq!(fragment(&mut defrag, 1, 0, true, b"abcdefgh").unwrap(), b"abcdefghijklmnopqr");
    }

    #[test]
    fn the_first_octets_for_a_place_stay() {
        let mut defrag = Defrag::new(1 << 20);
        assert_eq!(fragment(&mut defrag, 1, 8, true, b"ijklmnop"), None);
        assert_eq!(fragment(&mut defrag, 1, 8, false, b"XXXXXXXXqr"), None);
        assert_eq!(fragment(&mut defrag, 1, 0, true, b"abcdefghYYYY").unwrap(), b"abcdefghijklmnopqr");
    }

    #[test]
    fn the_budget_holds() {
        let mut defrag = Defrag::new(1 << 16);
        for id in 0..10_000 {
            assert_eq!(fragment(&mut defrag, id, 8, true, &[0; 64]), None);
        }
        assert!(defrag.table.used() <= 1 << 16);
        assert!(defrag.table.evicted > 9000);
    }
}
