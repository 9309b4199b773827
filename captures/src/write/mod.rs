//! Writing capture files.

mod pcap;
mod pcapng;

use std::io::{self, Write};

pub use pcapng::{InterfaceFacts, Section};

use crate::file::Layout;
use crate::packet::{Interface, Packet};

/// A capture file that is being written.
pub enum Writer<W: Write> {
    /// Classic pcap.
    Pcap(pcap::Writer<W>),
    /// pcapng.
    Pcapng(pcapng::Writer<W>),
}

impl<W: Write> Writer<W> {
    /// Starts a classic file for packets of `interface`, with nanoseconds if `nano`.
    ///
    /// # Errors
    /// The header cannot be written.
    pub fn pcap(out: W, interface: &Interface, nano: bool) -> io::Result<Self> {
        pcap::Writer::new(out, interface, nano).map(Writer::Pcap)
    }

    /// Starts a pcapng file.
    ///
    /// # Errors
    /// The header cannot be written.
    pub fn pcapng(out: W, section: &Section) -> io::Result<Self> {
        pcapng::Writer::new(out, section).map(Writer::Pcapng)
    }

    /// Writes a packet.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        match self {
            Writer::Pcap(writer) => writer.packet(packet),
            Writer::Pcapng(writer) => writer.packet(packet),
        }
    }

    /// Keeps a block of a pcapng file that holds no packet; a classic file has
    /// no place for it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn block(&mut self, block: &[u8]) -> io::Result<()> {
        match self {
            Writer::Pcap(_) => Ok(()),
            Writer::Pcapng(writer) => writer.block(block),
        }
    }

    /// How records must lie to be written as they are.
    pub fn layout(&self) -> Option<Layout> {
        match self {
            Writer::Pcap(writer) => Some(writer.layout()),
            Writer::Pcapng(writer) => writer.layout(),
        }
    }

    /// What is written to.
    pub fn get_mut(&mut self) -> &mut W {
        match self {
            Writer::Pcap(writer) => writer.get_mut(),
            Writer::Pcapng(writer) => writer.get_mut(),
        }
    }
}
