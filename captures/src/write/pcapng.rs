//! pcapng files: of live captures and classic files with this program's own
//! section, of pcapng files block by block as they were, so that comments,
//! names and secrets are kept.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use pcap_file::pcapng::blocks::block_common::PcapNgBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption, InterfaceTsResolution,
};
use pcap_file::pcapng::blocks::interface_statistics::{InterfaceStatisticsBlock, InterfaceStatisticsOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{PcapNgWriter, RawBlock};
use pcap_file::{DataLink, Endianness};

use crate::file::Layout;
use crate::packet::{Packet, Time};

const ENHANCED_PACKET: u32 = 6;
/// Type, length, and the length again at the end.
const OVERHEAD: usize = 12;

/// What a file says of an interface.
#[derive(Clone, Debug)]
pub struct InterfaceFacts {
    /// The LINKTYPE_ value.
    pub link: u16,
    /// The most octets that are captured of a packet.
    pub snaplen: u32,
    /// Its name.
    pub name: Option<String>,
    /// The capture filter, if one was given.
    pub filter: Option<String>,
    /// The operating system that captured.
    pub os: Option<String>,
}

/// How a file begins.
#[derive(Clone, Debug)]
pub enum Section {
    /// With this program's own section header and interfaces.
    Own {
        /// The program's name and version.
        application: String,
        /// The operating system.
        os: Option<String>,
        /// The interfaces, in the order of their numbers.
        interfaces: Vec<InterfaceFacts>,
    },
    /// With the blocks of the pcapng file that is read.
    Copied,
}

/// Writes blocks.
pub struct Writer<W: Write> {
    out: Out<W>,
    /// The body of the block that is being written, reused.
    body: Vec<u8>,
}

enum Out<W: Write> {
    Own(PcapNgWriter<W>),
    Copied(W),
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W, section: &Section) -> io::Result<Self> {
        let out = match section {
            Section::Copied => Out::Copied(out),
            Section::Own { application, os, interfaces } => {
                Out::Own(begin(out, application, os.as_deref(), interfaces)?)
            }
        };
        Ok(Writer { out, body: Vec::new() })
    }

    /// A packet: the block that it came in, or an Enhanced Packet Block (section
    /// 4.3) with nanoseconds.
    pub(super) fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        let writer = match &mut self.out {
            Out::Copied(out) => return out.write_all(packet.record),
            Out::Own(writer) => writer,
        };
        let nanos = units(packet.time);
        let padding = packet.data.len().next_multiple_of(4) - packet.data.len();
        self.body.clear();
        for word in
            [packet.interface as u32, (nanos >> 32) as u32, nanos as u32, packet.data.len() as u32, packet.wire_len]
        {
            self.body.extend_from_slice(&word.to_le_bytes());
        }
        self.body.extend_from_slice(packet.data);
        self.body.extend_from_slice(&[0; 4][..padding]);
        let size = (self.body.len() + OVERHEAD) as u32;
        let block =
            RawBlock { type_: ENHANCED_PACKET, initial_len: size, body: Cow::Borrowed(&self.body), trailer_len: size };
        writer.write_raw_block(&block).map(drop).map_err(io::Error::other)
    }

    /// A block of the file that is read.
    pub(super) fn block(&mut self, block: &[u8]) -> io::Result<()> {
        match &mut self.out {
            Out::Copied(out) => out.write_all(block),
            Out::Own(_) => Ok(()),
        }
    }

    /// The counters of an interface (section 4.6), at the end of a live capture.
    ///
    /// # Errors
    /// The block cannot be written.
    pub fn statistics(&mut self, interface: u32, end: Time, received: u64, dropped: u64) -> io::Result<()> {
        let Out::Own(writer) = &mut self.out else { return Ok(()) };
        let block = InterfaceStatisticsBlock {
            interface_id: interface,
            timestamp: Duration::from_nanos(units(end)),
            options: vec![
                InterfaceStatisticsOption::IsbIfRecv(received),
                InterfaceStatisticsOption::IsbIfDrop(dropped),
            ],
        };
        writer.write_block(&block.into_block()).map(drop).map_err(io::Error::other)
    }

    /// Blocks that are read go on as they are; own ones are made.
    pub(super) fn layout(&self) -> Option<Layout> {
        matches!(self.out, Out::Copied(_)).then_some(Layout::Pcapng)
    }

    pub(super) fn get_mut(&mut self) -> &mut W {
        match &mut self.out {
            Out::Own(writer) => writer.get_mut(),
            Out::Copied(out) => out,
        }
    }
}

/// Nanoseconds since 1970.
fn units(time: Time) -> u64 {
    (time.seconds as u64).wrapping_mul(1_000_000_000).wrapping_add(time.nanos)
}

/// Writes the section header and the interfaces.
fn begin<W: Write>(
    out: W,
    application: &str,
    os: Option<&str>,
    interfaces: &[InterfaceFacts],
) -> io::Result<PcapNgWriter<W>> {
    let mut options = Vec::new();
    if let Some(os) = os {
        options.push(SectionHeaderOption::OS(Cow::Borrowed(os)));
    }
    options.push(SectionHeaderOption::UserApplication(Cow::Borrowed(application)));
    let section = SectionHeaderBlock { endianness: Endianness::Little, options, ..SectionHeaderBlock::default() };
    let mut writer = PcapNgWriter::with_section_header(out, section).map_err(io::Error::other)?;
    for facts in interfaces {
        let mut options = Vec::new();
        if let Some(name) = &facts.name {
            options.push(InterfaceDescriptionOption::IfName(Cow::Borrowed(name)));
        }
        let nanoseconds = InterfaceTsResolution::new(false, 9).map_err(io::Error::other)?;
        options.push(InterfaceDescriptionOption::IfTsResol(nanoseconds));
        if let Some(filter) = &facts.filter {
            // The first octet says that the text is a filter expression.
            let value = [b"\0", filter.as_bytes()].concat();
            options.push(InterfaceDescriptionOption::IfFilter(Cow::Owned(value)));
        }
        if let Some(os) = &facts.os {
            options.push(InterfaceDescriptionOption::IfOs(Cow::Borrowed(os)));
        }
        let block = InterfaceDescriptionBlock {
            linktype: DataLink::from(u32::from(facts.link)),
            snaplen: facts.snaplen,
            options,
        };
        writer.write_block(&block.into_block()).map_err(io::Error::other)?;
    }
    Ok(writer)
}
