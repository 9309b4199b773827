//! Classic pcap files in this machine's byte order.

use super::Whole;
use crate::file::Layout;
use crate::packet::{Interface, Packet};

const MAGIC_MICRO: u32 = 0xa1b2_c3d4;
const MAGIC_NANO: u32 = 0xa1b2_3c4d;
const VERSION: (u16, u16) = (2, 4);

/// Octets of the file header and of a record's.
const HEADER: usize = 24;
const RECORD: usize = 16;

/// Makes records.
pub(super) struct Writer {
    pub(super) octets: Vec<u8>,
    header: [u8; HEADER],
    /// Nanoseconds to a unit of the file's time stamps.
    unit: u64,
}

impl Writer {
    pub(super) fn new(interface: &Interface, nano: bool) -> Self {
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(&(if nano { MAGIC_NANO } else { MAGIC_MICRO }).to_ne_bytes());
        header[4..6].copy_from_slice(&VERSION.0.to_ne_bytes());
        header[6..8].copy_from_slice(&VERSION.1.to_ne_bytes());
        // Eight octets of time zone and accuracy are always zero.
        header[16..20].copy_from_slice(&interface.snaplen.to_ne_bytes());
        header[20..].copy_from_slice(&u32::from(interface.link).to_ne_bytes());
        Writer { octets: Vec::new(), header, unit: if nano { 1 } else { 1000 } }
    }

    pub(super) fn begin(&mut self) {
        self.octets.extend_from_slice(&self.header);
    }

    pub(super) fn packet(&mut self, packet: &Packet<'_>) {
        let words = [
            packet.time.seconds as u32,
            (packet.time.nanos / self.unit) as u32,
            packet.data.len() as u32,
            packet.wire_len,
        ];
        let mut header = [0; RECORD];
        for (octets, word) in header.chunks_exact_mut(4).zip(words) {
            octets.copy_from_slice(&word.to_ne_bytes());
        }
        self.octets.extend_from_slice(&header);
        self.octets.extend_from_slice(packet.data);
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::Pcap { nano: self.unit == 1 }
    }
}

/// The whole records at the start of `octets`, after the file's header if `first`.
pub(super) fn whole(octets: &[u8], first: bool) -> Whole {
    let mut whole = Whole::default();
    if first {
        if octets.len() < HEADER {
            return whole;
        }
        whole.octets = HEADER;
    }
    while let Some(&length) = octets.get(whole.octets + 8..).and_then(|rest| rest.first_chunk()) {
        let end = whole.octets + RECORD + u32::from_ne_bytes(length) as usize;
        if end > octets.len() {
            break;
        }
        whole = Whole { octets: end, packets: whole.packets + 1 };
    }
    whole
}
