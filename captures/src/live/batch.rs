//! Packets moved out of the kernel's ring into memory that is reused.

use crate::packet::{Packet, Time};

/// One packet's facts and place.
struct Entry {
    time: Time,
    wire_len: u32,
    at: usize,
    len: usize,
}

/// Packets in the order of their arrival.
#[derive(Default)]
pub struct Batch {
    octets: Vec<u8>,
    entries: Vec<Entry>,
}

impl Batch {
    /// Forgets the packets and keeps the memory.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.entries.clear();
    }

    /// Octets held.
    pub fn octets(&self) -> usize {
        self.octets.len()
    }

    /// Whether there are no packets.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The packets.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'_>> {
        self.entries.iter().map(|entry| Packet {
            time: entry.time,
            wire_len: entry.wire_len,
            data: &self.octets[entry.at..entry.at + entry.len],
            interface: 0,
            block: &[],
        })
    }

    /// Copies a packet from the ring; its fraction of a second is in nanoseconds
    /// if `nano`, else in microseconds.
    pub(super) fn push(&mut self, packet: &pcap::Packet<'_>, nano: bool) {
        let header = packet.header;
        let fraction = header.ts.tv_usec as u64;
        self.entries.push(Entry {
            time: Time { seconds: header.ts.tv_sec, nanos: if nano { fraction } else { fraction * 1000 } },
            wire_len: header.len,
            at: self.octets.len(),
            len: packet.data.len(),
        });
        self.octets.extend_from_slice(packet.data);
    }
}
