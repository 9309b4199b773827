//! Reading capture files: classic pcap and pcapng, plain or compressed, from a
//! path, a FIFO or standard input.

mod compressed;
mod pcap;
mod pcapng;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::chunk::Chunk;
use crate::error::Error;
use crate::packet::{Interface, Packet};

/// The largest packet that libpcap accepts for nearly all link types, in octets.
pub(crate) const MAX_SNAPLEN: u32 = 262_144;

/// What lies next in a capture file.
#[derive(Debug)]
pub enum Item<'c> {
    /// A packet.
    Packet(Packet<'c>),
    /// A whole pcapng block that holds no packet.
    Block(&'c [u8]),
}

/// What a walk over a chunk found.
enum Walk {
    /// A packet of `len` octets at `at`, in a record of `record` octets.
    Packet { at: usize, record: usize, head: Head },
    /// A block of `record` octets without a packet.
    Block { record: usize },
    /// The record does not end within the chunk: so many octets are needed.
    Need(Need),
}

/// A packet's facts without its octets.
struct Head {
    time: crate::Time,
    caplen: usize,
    wire_len: u32,
    interface: usize,
}

/// More octets than a chunk holds, and what to say if the file ends before them.
struct Need {
    /// Octets from the start of the record.
    octets: usize,
    /// Octets of the record that were complete before the missing part.
    before: usize,
    /// The format's words for the missing part.
    part: Part,
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

/// A capture file that is being read.
pub struct Reader {
    source: Box<dyn Read + Send>,
    chunk: Chunk,
    /// Octets of the record that was handed out last; consumed at the next call.
    handed: usize,
    wanted: usize,
    format: Format,
    position: Arc<AtomicU64>,
    size: Option<u64>,
}

impl Reader {
    /// Opens the file at `path`, or standard input for `-`.
    ///
    /// # Errors
    /// The file cannot be opened, or its header is no capture file's.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if path.as_os_str() == "-" {
            return Self::from_source(Box::new(io::stdin()), None);
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let size = metadata.is_file().then_some(metadata.len());
        Self::from_source(Box::new(file), size)
    }

    /// Reads from any source; `size` is what is known of its length in octets.
    ///
    /// # Errors
    /// The header is no capture file's.
    pub fn from_source(source: Box<dyn Read + Send>, size: Option<u64>) -> Result<Self, Error> {
        let position = Arc::new(AtomicU64::new(0));
        let counted = Counted { source, position: Arc::clone(&position) };
        let mut source = compressed::detect(Box::new(counted))?;
        let mut chunk = Chunk::default();
        let format = open_format(&mut chunk, &mut *source)?;
        let mut reader = Reader { source, chunk, handed: 0, wanted: 0, format, position, size };
        reader.find_interface()?;
        Ok(reader)
    }

    /// Walks to the first interface description, which the file's first line
    /// needs; the blocks before it stay in the chunk and are handed out later.
    fn find_interface(&mut self) -> Result<(), Error> {
        let Format::Pcapng(walker) = &mut self.format else { return Ok(()) };
        loop {
            match walker.first_interface(self.chunk.unread())? {
                None => return Ok(()),
                Some(need) => {
                    let octets = need.octets;
                    if self.chunk.fill(&mut *self.source, octets)? == 0 {
                        if self.chunk.unread().len() == need.before {
                            return Err(Error::damage("the capture file has no Interface Description Blocks"));
                        }
                        return Err(cut(&need, self.chunk.unread().len()));
                    }
                }
            }
        }
    }

    /// The interfaces seen so far; a classic file has one.
    pub fn interfaces(&self) -> &[Interface] {
        match &self.format {
            Format::Pcap(walker) => walker.interfaces(),
            Format::Pcapng(walker) => walker.interfaces(),
        }
    }

    /// Whether the file is pcapng.
    pub fn is_pcapng(&self) -> bool {
        matches!(self.format, Format::Pcapng(_))
    }

    /// Octets read of the (compressed) file, and its size where it has one.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.position.load(Ordering::Relaxed), self.size)
    }

    /// The next packet or block that lies whole in the chunk; nothing when the
    /// chunk has to be filled.
    ///
    /// # Errors
    /// The file is damaged at this place.
    #[inline]
    pub fn take(&mut self) -> Result<Option<Item<'_>>, Error> {
        self.chunk.consume(self.handed);
        self.handed = 0;
        let walk = match &mut self.format {
            Format::Pcap(walker) => walker.next(self.chunk.unread())?,
            Format::Pcapng(walker) => walker.next(self.chunk.unread())?,
        };
        match walk {
            Walk::Packet { at, record, head } => {
                self.handed = record;
                let block = if self.is_pcapng() { self.chunk.slice(0, record) } else { &[] };
                Ok(Some(Item::Packet(Packet {
                    time: head.time,
                    wire_len: head.wire_len,
                    data: self.chunk.slice(at, head.caplen),
                    interface: head.interface,
                    block,
                })))
            }
            Walk::Block { record } => {
                self.handed = record;
                Ok(Some(Item::Block(self.chunk.slice(0, record))))
            }
            Walk::Need(need) => {
                self.wanted = need.octets;
                Ok(None)
            }
        }
    }

    /// Reads more of the file; false at its end.
    ///
    /// # Errors
    /// The file cannot be read, or ends within a record.
    pub fn fill(&mut self) -> Result<bool, Error> {
        let wanted = self.wanted.max(1);
        if self.chunk.fill(&mut *self.source, wanted)? > 0 {
            return Ok(true);
        }
        let left = self.chunk.unread();
        if left.is_empty() {
            return Ok(false);
        }
        let walk = match &mut self.format {
            Format::Pcap(walker) => walker.next(left)?,
            Format::Pcapng(walker) => walker.next(left)?,
        };
        match walk {
            Walk::Need(need) => Err(cut(&need, left.len())),
            _ => Ok(true),
        }
    }
}

/// The end of a file within a record.
fn cut(need: &Need, have: usize) -> Error {
    let (tried, got) = (need.octets - need.before, have.saturating_sub(need.before));
    Error::damage(match need.part {
        Part::RecordHeader => format!("truncated dump file; tried to read {tried} header bytes, only got {got}"),
        Part::RecordBody => format!("truncated dump file; tried to read {tried} captured bytes, only got {got}"),
        Part::Block => format!("truncated pcapng dump file; tried to read {tried} bytes, only got {got}"),
    })
}

/// Reads the file's header and decides what walks its records.
fn open_format(chunk: &mut Chunk, source: &mut dyn Read) -> Result<Format, Error> {
    let header = |chunk: &mut Chunk, source: &mut dyn Read, need: usize| -> Result<bool, Error> {
        while chunk.unread().len() < need {
            if chunk.fill(source, need)? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if !header(chunk, source, 4)? {
        let got = chunk.unread().len();
        return Err(Error::damage(format!("truncated dump file; tried to read 4 file header bytes, only got {got}")));
    }
    if let Some(order) = pcap::magic(chunk.unread()) {
        if !header(chunk, source, pcap::HEADER)? {
            let got = chunk.unread().len() - 4;
            return Err(Error::damage(format!(
                "truncated dump file; tried to read 24 file header bytes, only got {got}"
            )));
        }
        let walker = pcap::Walker::new(order, chunk.unread())?;
        chunk.consume(pcap::HEADER);
        return Ok(Format::Pcap(walker));
    }
    header(chunk, source, pcapng::MIN_SECTION)?;
    match pcapng::Walker::new(chunk.unread())? {
        Some(walker) => Ok(Format::Pcapng(walker)),
        None => Err(Error::damage("unknown file format")),
    }
}

/// A source that counts the octets taken from it.
struct Counted {
    source: Box<dyn Read + Send>,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
