//! pcapng files: of live captures and classic files with this program's own
//! section, of pcapng files block by block as they were, so that comments,
//! names and secrets are kept. Where packets go on in another file, that file
//! begins with all that the packets refer to.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::block_common::PcapNgBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption, InterfaceTsResolution,
};
use pcap_file::pcapng::blocks::interface_statistics::{InterfaceStatisticsBlock, InterfaceStatisticsOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness};

use super::Whole;
use crate::packet::{Packet, Time};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAME_RESOLUTION: u32 = 4;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;
/// Custom blocks that may be copied (section 4.9).
const CUSTOM: u32 = 0xbad;

/// Type, length, and the length again at the end.
const OVERHEAD: usize = 12;
/// Where the section's length stands in its header's block, and what says that
/// it is not given (section 4.1).
const SECTION_LENGTH: std::ops::Range<usize> = 16..24;
const UNSPECIFIED: [u8; 8] = [0xff; 8];

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

/// Makes blocks.
pub(super) struct Writer {
    out: Out,
    beginning: Beginning,
    /// Whether the section that is copied counts from the big end.
    big: bool,
}

enum Out {
    Own(PcapNgWriter<Vec<u8>>),
    Copied(Vec<u8>),
}

/// What each file begins with.
#[derive(Default)]
struct Beginning {
    /// The most octets of both, if there is more than one file.
    most: Option<usize>,
    /// The section header and the interfaces.
    section: Vec<u8>,
    /// Names and secrets seen in the section, the newest last.
    others: VecDeque<Vec<u8>>,
    /// Octets of `others`.
    size: usize,
}

impl Writer {
    pub(super) fn new(section: &Section, repeated: Option<usize>) -> io::Result<Self> {
        let mut writer = Writer {
            out: Out::Copied(Vec::new()),
            beginning: Beginning { most: repeated, ..Beginning::default() },
            big: false,
        };
        writer.change(section, Vec::new())?;
        Ok(writer)
    }

    pub(super) fn begin(&mut self) {
        let Writer { out, beginning, .. } = self;
        let octets = out.octets();
        octets.extend_from_slice(&beginning.section);
        for block in &beginning.others {
            octets.extend_from_slice(block);
        }
    }

    /// Goes on with a section of another source.
    pub(super) fn section(&mut self, section: &Section) -> io::Result<()> {
        let octets = std::mem::take(self.out.octets());
        self.change(section, octets)?;
        let Writer { out, beginning, .. } = self;
        out.octets().extend_from_slice(&beginning.section);
        Ok(())
    }

    fn change(&mut self, section: &Section, octets: Vec<u8>) -> io::Result<()> {
        self.beginning = Beginning { most: self.beginning.most, ..Beginning::default() };
        self.out = match section {
            Section::Copied => Out::Copied(octets),
            Section::Own { application, os, interfaces } => {
                self.big = false;
                let mut writer = own(application, os.as_deref(), interfaces)?;
                self.beginning.section = std::mem::replace(writer.get_mut(), octets);
                Out::Own(writer)
            }
        };
        Ok(())
    }

    /// A packet: the block that it came in, or an Enhanced Packet Block (section
    /// 4.3) with nanoseconds.
    pub(super) fn packet(&mut self, packet: &Packet<'_>) {
        self.enhanced(packet, &[]);
    }

    /// A packet with a comment (sections 3.5 and 4.3).
    pub(super) fn commented(&mut self, packet: &Packet<'_>, comment: &str) {
        const COMMENT: u16 = 1;
        // The end of the options has neither type nor length.
        const END: [u8; 4] = [0; 4];
        let mut most = comment.len().min(usize::from(u16::MAX));
        while !comment.is_char_boundary(most) {
            most -= 1;
        }
        let text = &comment.as_bytes()[..most];
        let mut options = Vec::with_capacity(text.len() + 12);
        options.extend_from_slice(&COMMENT.to_le_bytes());
        options.extend_from_slice(&(text.len() as u16).to_le_bytes());
        options.extend_from_slice(text);
        options.resize(options.len().next_multiple_of(4), 0);
        options.extend_from_slice(&END);
        self.enhanced(packet, &options);
    }

    /// A packet with these options.
    fn enhanced(&mut self, packet: &Packet<'_>, options: &[u8]) {
        let octets = match &mut self.out {
            Out::Copied(octets) => return octets.extend_from_slice(packet.record),
            Out::Own(writer) => writer.get_mut(),
        };
        const FIXED: usize = 28;
        let nanos = units(packet.time);
        let padded = packet.data.len().next_multiple_of(4);
        let size = (FIXED + padded + options.len() + 4) as u32;
        let words = [
            ENHANCED_PACKET,
            size,
            packet.interface as u32,
            (nanos >> 32) as u32,
            nanos as u32,
            packet.data.len() as u32,
            packet.wire_len,
        ];
        let mut fixed = [0; FIXED];
        for (octets, word) in fixed.chunks_exact_mut(4).zip(words) {
            octets.copy_from_slice(&word.to_le_bytes());
        }
        octets.extend_from_slice(&fixed);
        octets.extend_from_slice(packet.data);
        octets.extend_from_slice(&[0; 4][..padded - packet.data.len()]);
        octets.extend_from_slice(options);
        octets.extend_from_slice(&size.to_le_bytes());
    }

    /// A block of the file that is read.
    pub(super) fn block(&mut self, block: &[u8]) -> io::Result<()> {
        self.remember(block)?;
        let Out::Copied(octets) = &mut self.out else { return Ok(()) };
        let at = octets.len();
        octets.extend_from_slice(block);
        forget_length(&mut octets[at..]);
        Ok(())
    }

    /// Keeps a block that later files have to begin with.
    pub(super) fn remember(&mut self, block: &[u8]) -> io::Result<()> {
        if matches!(self.out, Out::Own(_)) {
            return Ok(());
        }
        if is_section(block) {
            self.big = is_big(block);
        }
        let beginning = &mut self.beginning;
        let Some(most) = beginning.most else { return Ok(()) };
        let kind = number(block, 0, self.big).unwrap_or_default();
        match kind {
            SECTION_HEADER => {
                beginning.others.clear();
                beginning.size = 0;
                beginning.section.clear();
                beginning.section.extend_from_slice(block);
                forget_length(&mut beginning.section);
            }
            INTERFACE_DESCRIPTION => beginning.section.extend_from_slice(block),
            NAME_RESOLUTION | DECRYPTION_SECRETS | CUSTOM if block.len() <= most => {
                beginning.others.push_back(block.to_vec());
                beginning.size += block.len();
            }
            _ => {}
        }
        while beginning.section.len() + beginning.size > most
            && let Some(oldest) = beginning.others.pop_front()
        {
            beginning.size -= oldest.len();
        }
        if beginning.section.len() > most {
            let text = format!("the interfaces take more than {most} octets, too many to begin each file with");
            return Err(io::Error::other(text));
        }
        Ok(())
    }

    /// The counters of an interface (section 4.6), at the end of a live capture.
    pub(super) fn statistics(&mut self, interface: u32, end: Time, received: u64, dropped: u64) -> io::Result<()> {
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

    pub(super) fn octets(&mut self) -> &mut Vec<u8> {
        self.out.octets()
    }

    /// The whole blocks at the start of `octets`, which belong to the section
    /// that was begun last.
    pub(super) fn whole(&self, octets: &[u8]) -> Whole {
        let mut whole = Whole::default();
        let mut big = self.big;
        while let Some(rest) = octets.get(whole.octets..) {
            if is_section(rest) {
                big = is_big(rest);
            }
            let (Some(kind), Some(size)) = (number(rest, 0, big), number(rest, 4, big)) else { break };
            let size = size as usize;
            if size < OVERHEAD || size > rest.len() {
                break;
            }
            whole.octets += size;
            whole.packets += u64::from(matches!(kind, ENHANCED_PACKET | SIMPLE_PACKET | OBSOLETE_PACKET));
        }
        whole
    }
}

impl Out {
    fn octets(&mut self) -> &mut Vec<u8> {
        match self {
            Out::Own(writer) => writer.get_mut(),
            Out::Copied(octets) => octets,
        }
    }
}

/// Nanoseconds since 1970.
fn units(time: Time) -> u64 {
    (time.seconds as u64).wrapping_mul(1_000_000_000).wrapping_add(time.nanos)
}

/// The 32-bit number at `at`.
fn number(octets: &[u8], at: usize, big: bool) -> Option<u32> {
    let word = *octets.get(at..)?.first_chunk()?;
    Some(if big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
}

/// Whether a pcapng section begins with `octets`; its type reads the same from
/// both ends.
pub fn is_section(octets: &[u8]) -> bool {
    number(octets, 0, false) == Some(SECTION_HEADER)
}

/// Whether the section that begins with `octets` counts from the big end: its
/// byte-order magic is 0x1a2b3c4d.
fn is_big(octets: &[u8]) -> bool {
    octets.get(8) == Some(&0x1a)
}

/// Takes the section's length out of its header, if `block` is one: it holds no
/// more when packets are left out or go to other files.
fn forget_length(block: &mut [u8]) {
    if is_section(block)
        && let Some(length) = block.get_mut(SECTION_LENGTH)
    {
        length.copy_from_slice(&UNSPECIFIED);
    }
}

/// A writer that holds the section header and the interfaces.
fn own(application: &str, os: Option<&str>, interfaces: &[InterfaceFacts]) -> io::Result<PcapNgWriter<Vec<u8>>> {
    let mut options = Vec::new();
    if let Some(os) = os {
        options.push(SectionHeaderOption::OS(Cow::Borrowed(os)));
    }
    options.push(SectionHeaderOption::UserApplication(Cow::Borrowed(application)));
    let section = SectionHeaderBlock { endianness: Endianness::Little, options, ..SectionHeaderBlock::default() };
    let mut writer = PcapNgWriter::with_section_header(Vec::new(), section).map_err(io::Error::other)?;
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
