//! Classic pcap files in this machine's byte order.

use std::io::{self, Write};

use crate::file::Layout;
use crate::packet::{Interface, Packet};

const MAGIC_MICRO: u32 = 0xa1b2_c3d4;
const MAGIC_NANO: u32 = 0xa1b2_3c4d;
const VERSION: (u16, u16) = (2, 4);

/// Writes records.
pub struct Writer<W> {
    out: W,
    /// Nanoseconds to a unit of the file's time stamps.
    unit: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(mut out: W, interface: &Interface, nano: bool) -> io::Result<Self> {
        let mut header = [0; 24];
        header[..4].copy_from_slice(&(if nano { MAGIC_NANO } else { MAGIC_MICRO }).to_ne_bytes());
        header[4..6].copy_from_slice(&VERSION.0.to_ne_bytes());
        header[6..8].copy_from_slice(&VERSION.1.to_ne_bytes());
        // Eight octets of time zone and accuracy are always zero.
        header[16..20].copy_from_slice(&interface.snaplen.to_ne_bytes());
        header[20..].copy_from_slice(&u32::from(interface.link).to_ne_bytes());
        out.write_all(&header)?;
        Ok(Writer { out, unit: if nano { 1 } else { 1000 } })
    }

    pub(super) fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        let words = [
            packet.time.seconds as u32,
            (packet.time.nanos / self.unit) as u32,
            packet.data.len() as u32,
            packet.wire_len,
        ];
        let mut header = [0; 16];
        for (octets, word) in header.chunks_exact_mut(4).zip(words) {
            octets.copy_from_slice(&word.to_ne_bytes());
        }
        self.out.write_all(&header)?;
        self.out.write_all(packet.data)
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::Pcap { nano: self.unit == 1 }
    }

    pub(super) fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }
}
