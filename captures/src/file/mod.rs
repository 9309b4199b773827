//! Reading capture files: classic pcap and pcapng, plain or compressed, from a
//! path, a FIFO or standard input.

mod compressed;
pub(crate) mod pcap;
mod pcapng;
mod source;

pub use source::{Source, Taken};

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use crate::chunk::Chunk;
use crate::error::Error;
use crate::packet::{Interface, Packet, Time};

/// The largest packet that libpcap accepts for nearly all link types, in octets.
pub(crate) const MAX_SNAPLEN: u32 = 262_144;

/// What lies at the start of some octets of a capture file.
pub enum Walk {
    /// A packet of `len` octets at `at`, in a record of `record` octets.
    Packet {
        /// Where the captured octets start.
        at: usize,
        /// Octets of the whole record.
        record: usize,
        /// The packet's facts.
        head: Head,
    },
    /// A pcapng block of `record` octets without a packet.
    Block {
        /// Octets of the whole block.
        record: usize,
    },
    /// The record does not end within the octets.
    Need(Need),
}

/// A packet's facts without its octets.
pub struct Head {
    /// When it was captured.
    pub time: Time,
    /// Octets captured.
    pub caplen: usize,
    /// Its length on the wire in octets.
    pub wire_len: u32,
    /// The number of its interface in [`Records::interfaces`].
    pub interface: usize,
}

impl Head {
    /// The packet with its octets, which start at `at` of `octets`, in a record of `record` octets.
    #[inline]
    pub fn packet<'c>(&self, octets: &'c [u8], at: usize, record: usize) -> Packet<'c> {
        Packet {
            time: self.time,
            wire_len: self.wire_len,
            data: &octets[at..at + self.caplen],
            interface: self.interface,
            record: &octets[..record],
        }
    }
}

/// How records lie in a file, where they can go into another as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Classic pcap in this machine's byte order, with nanoseconds or microseconds.
    Pcap {
        /// Whether fractions of a second are nanoseconds.
        nano: bool,
    },
    /// pcapng.
    Pcapng,
}

/// More octets than there are, and what to say if the file ends before them.
pub struct Need {
    /// Octets from the start of the record.
    pub octets: usize,
    /// Octets of the record that were complete before the missing part.
    before: usize,
    /// The format's words for the missing part.
    part: Part,
}

impl Need {
    /// The error of a file that ends after `have` octets of the record.
    pub fn cut(&self, have: usize) -> Error {
        let (tried, got) = (self.octets - self.before, have.saturating_sub(self.before));
        Error::damage(match self.part {
            Part::RecordHeader => format!("truncated dump file; tried to read {tried} header bytes, only got {got}"),
            Part::RecordBody => format!("truncated dump file; tried to read {tried} captured bytes, only got {got}"),
            Part::Block => format!("truncated pcapng dump file; tried to read {tried} bytes, only got {got}"),
        })
    }
}

/// The part of a file that is cut.
enum Part {
    /// A classic pcap record header.
    RecordHeader,
    /// The octets of a classic pcap record.
    RecordBody,
    /// Any part of a pcapng block.
    Block,
}

enum Format {
    Pcap(pcap::Walker),
    Pcapng(pcapng::Walker),
}

/// Walks the records of a capture file in their order.
pub struct Records {
    format: Format,
}

impl Records {
    /// Records of packets that were captured into chunks.
    pub fn captured(interfaces: Vec<Interface>) -> Self {
        Records { format: Format::Pcap(pcap::Walker::captured(interfaces)) }
    }

    /// The interfaces seen so far; a classic file has one.
    pub fn interfaces(&self) -> &[Interface] {
        match &self.format {
            Format::Pcap(walker) => walker.interfaces(),
            Format::Pcapng(walker) => walker.interfaces(),
        }
    }

    /// How the records lie, if they can go into another file as they are.
    pub fn layout(&self) -> Option<Layout> {
        match &self.format {
            Format::Pcap(walker) => walker.layout(),
            Format::Pcapng(_) => Some(Layout::Pcapng),
        }
    }

    /// Whether the file is pcapng.
    pub fn is_pcapng(&self) -> bool {
        matches!(self.format, Format::Pcapng(_))
    }

    /// The record at the start of `octets`.
    ///
    /// # Errors
    /// The file is damaged at this place.
    #[inline(always)]
    pub fn next(&mut self, octets: &[u8]) -> Result<Walk, Error> {
        match &mut self.format {
            Format::Pcap(walker) => walker.next(octets),
            Format::Pcapng(walker) => walker.next(octets),
        }
    }
}

/// Reads the start of a capture file: how its records are walked, and where its
/// octets come from, which then start with its first record or block.
///
/// # Errors
/// The source cannot be read, or its header is no capture file's.
pub fn open(mut source: Source) -> Result<(Source, Records), Error> {
    let mut head = Vec::new();
    let format = open_format(&mut head, &mut source)?;
    let mut records = Records { format };
    find_interface(&mut records, &mut head, &mut source)?;
    source.start_with(head);
    Ok((source, records))
}

/// What a walk over a file meets.
pub enum Met<'c> {
    /// A packet.
    Packet(Packet<'c>),
    /// A pcapng block without one.
    Block(&'c [u8]),
}

/// Hands everything in a file to `take`, in order, with the interfaces so far,
/// until it breaks off.
///
/// # Errors
/// The file cannot be read or is damaged: what came before that was handed out.
pub fn walk(
    source: &Source,
    records: &mut Records,
    mut take: impl FnMut(Met<'_>, &[Interface]) -> ControlFlow<()>,
) -> Result<(), Error> {
    let (mut chunk, mut rest, mut need) = (Chunk::default(), Vec::new(), 0);
    loop {
        let taken = source.take(&mut chunk);
        let ends = taken.last || taken.error.is_some();
        if rest.len() + chunk.len() < need && !ends {
            rest.extend_from_slice(chunk.octets());
            continue;
        }
        chunk.prepend(&rest);
        let octets = chunk.octets();
        let mut at = 0;
        let missing = loop {
            let (met, record) = match records.next(&octets[at..])? {
                Walk::Packet { at: data, record, head } => {
                    (Met::Packet(head.packet(&octets[at..], data, record)), record)
                }
                Walk::Block { record } => (Met::Block(&octets[at..at + record]), record),
                Walk::Need(missing) => break missing,
            };
            if take(met, records.interfaces()).is_break() {
                return Ok(());
            }
            at += record;
        };
        rest.clear();
        rest.extend_from_slice(&octets[at..]);
        need = missing.octets;
        if let Some(error) = taken.error {
            return Err(error.into());
        }
        if taken.last {
            return if rest.is_empty() { Ok(()) } else { Err(missing.cut(rest.len())) };
        }
    }
}

/// Hands every packet of the file at `path` to `take`, with its interface.
///
/// # Errors
/// As [`walk`].
pub fn each_packet(path: &Path, mut take: impl FnMut(&Packet<'_>, &Interface)) -> Result<(), Error> {
    let (source, mut records) = open(Source::file(File::open(path)?)?)?;
    walk(&source, &mut records, |met, interfaces| {
        if let Met::Packet(packet) = met {
            take(&packet, &interfaces[packet.interface]);
        }
        ControlFlow::Continue(())
    })
}

/// Walks to the first interface description, which the file's first line
/// needs; the blocks before it stay in `head` and are walked again later.
fn find_interface(records: &mut Records, head: &mut Vec<u8>, source: &mut Source) -> Result<(), Error> {
    let Format::Pcapng(walker) = &mut records.format else { return Ok(()) };
    while let Some(need) = walker.first_interface(head)? {
        if !source.more(head, need.octets)? {
            if head.len() == need.before {
                return Err(Error::damage("the capture file has no Interface Description Blocks"));
            }
            return Err(need.cut(head.len()));
        }
    }
    Ok(())
}

/// Reads the file's header and decides what walks its records.
fn open_format(head: &mut Vec<u8>, source: &mut Source) -> Result<Format, Error> {
    if !source.more(head, 4)? {
        return Err(Error::damage(format!(
            "truncated dump file; tried to read 4 file header bytes, only got {}",
            head.len()
        )));
    }
    if let Some(order) = pcap::magic(head) {
        if !source.more(head, pcap::HEADER)? {
            return Err(Error::damage(format!(
                "truncated dump file; tried to read 24 file header bytes, only got {}",
                head.len() - 4
            )));
        }
        let walker = pcap::Walker::new(order, head)?;
        head.drain(..pcap::HEADER);
        return Ok(Format::Pcap(walker));
    }
    source.more(head, pcapng::MIN_SECTION)?;
    match pcapng::Walker::new(head)? {
        Some(walker) => Ok(Format::Pcapng(walker)),
        None => Err(Error::damage("unknown file format")),
    }
}
