//! The file of `-w`: whole records, whatever happens to the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sniff_captures::file::Layout;
use sniff_captures::write::{Section, Writer};
use sniff_captures::{Interface, Packet, Time};

use super::Stdout;

/// Octets that are held back before they are written.
const FULL: usize = 256 << 10;

/// What a file cannot be, or what became of it.
#[derive(Debug)]
pub(crate) enum SaveError {
    /// It cannot be created.
    Create(PathBuf, io::Error),
    /// It cannot be written; so many packets are in it.
    Write(PathBuf, io::Error, u64),
    /// It is the file that is read.
    SameFile(PathBuf),
}

enum Target {
    File(File),
    Stdout(Stdout),
}

impl Target {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(file) => file.write(octets),
            Target::Stdout(stdout) => stdout.write(octets).map(|()| octets.len()),
        }
    }
}

/// A capture file that is being written.
pub(crate) struct Save {
    path: PathBuf,
    target: Target,
    writer: Writer<Vec<u8>>,
    /// Where each record in the buffer ends, and whether it is a packet.
    ends: Vec<(usize, bool)>,
    /// Octets of whole records that are in the file.
    written: u64,
    packets: u64,
    each: bool,
}

/// A whole record: its size in octets, and whether it holds a packet.
#[derive(Clone, Copy)]
pub(crate) struct Kept(u32);

impl Kept {
    const PACKET: u32 = 1 << 31;

    /// A record of `size` octets, fewer than 2^31.
    pub(crate) fn new(size: usize, packet: bool) -> Self {
        Kept(size as u32 | if packet { Self::PACKET } else { 0 })
    }

    fn size(self) -> usize {
        (self.0 & !Self::PACKET) as usize
    }

    fn is_packet(self) -> bool {
        self.0 & Self::PACKET != 0
    }
}

/// How a file is to be written.
pub(crate) enum Style<'a> {
    /// Classic, for packets of an interface, with nanoseconds or not.
    Pcap(&'a Interface, bool),
    /// pcapng.
    Pcapng(Section),
}

/// Whether a file name asks for pcapng.
pub(crate) fn is_pcapng_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "pcapng")
}

impl Save {
    /// Creates the file, or takes standard output for `-`; the header goes out
    /// at once with `each`, as every packet does then.
    pub(crate) fn create(path: &Path, input: Option<&Path>, style: &Style<'_>, each: bool) -> Result<Self, SaveError> {
        let failed = |error| SaveError::Create(path.to_owned(), error);
        let target = if path.as_os_str() == "-" {
            Target::Stdout(Stdout::new().map_err(failed)?)
        } else {
            if input.is_some_and(|input| same_file(input, path)) {
                return Err(SaveError::SameFile(path.to_owned()));
            }
            let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
            Target::File(file.map_err(failed)?)
        };
        let buffer = Vec::with_capacity(FULL + (64 << 10));
        let writer = match style {
            Style::Pcap(interface, nano) => Writer::pcap(buffer, interface, *nano),
            Style::Pcapng(section) => Writer::pcapng(buffer, section),
        };
        let writer = writer.map_err(failed)?;
        let mut save = Save { path: path.to_owned(), target, writer, ends: Vec::new(), written: 0, packets: 0, each };
        let header = save.writer.get_mut().len();
        save.ends.push((header, false));
        if each {
            save.flush()?;
        }
        Ok(save)
    }

    /// Writes a packet.
    pub(crate) fn packet(&mut self, packet: &Packet<'_>) -> Result<(), SaveError> {
        self.record(true, |writer| writer.packet(packet))
    }

    /// How records must lie to be written as they are; see [`Save::records`].
    pub(crate) fn layout(&self) -> Option<Layout> {
        self.writer.layout()
    }

    /// Writes whole records of the file's own layout as they lie.
    pub(crate) fn records(&mut self, octets: &[u8], kept: &[Kept]) -> Result<(), SaveError> {
        self.flush()?;
        let (done, result) = write_all(&mut self.target, octets);
        let mut end = 0;
        for record in kept.iter().take_while(|record| {
            end += record.size();
            end <= done
        }) {
            self.written += record.size() as u64;
            self.packets += u64::from(record.is_packet());
        }
        result.map_err(|error| self.cut(error))
    }

    /// Keeps a block that holds no packet.
    pub(crate) fn block(&mut self, block: &[u8]) -> Result<(), SaveError> {
        self.record(false, |writer| writer.block(block))
    }

    /// The counters at the end of a live capture, where the format has a place for them.
    pub(crate) fn statistics(&mut self, end: Time, received: u64, dropped: u64) -> Result<(), SaveError> {
        self.record(false, |writer| match writer {
            Writer::Pcapng(writer) => writer.statistics(0, end, received, dropped),
            Writer::Pcap(_) => Ok(()),
        })
    }

    fn record(
        &mut self,
        packet: bool,
        write: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
    ) -> Result<(), SaveError> {
        let before = self.writer.get_mut().len();
        if let Err(error) = write(&mut self.writer) {
            self.writer.get_mut().truncate(before);
            return Err(SaveError::Write(self.path.clone(), error, self.packets));
        }
        let end = self.writer.get_mut().len();
        self.ends.push((end, packet));
        if self.each || end >= FULL { self.flush() } else { Ok(()) }
    }

    /// Writes what is held back. If the disk is full, the file is cut to its
    /// last whole record.
    pub(crate) fn flush(&mut self) -> Result<(), SaveError> {
        let (done, result) = write_all(&mut self.target, self.writer.get_mut());
        let whole = self.ends.iter().take_while(|row| row.0 <= done);
        let mut end = 0;
        for &(at, packet) in whole {
            end = at;
            self.packets += u64::from(packet);
        }
        self.written += end as u64;
        self.ends.clear();
        self.writer.get_mut().clear();
        result.map_err(|error| self.cut(error))
    }

    /// Cuts the file to its last whole record, after a write that failed.
    fn cut(&mut self, error: io::Error) -> SaveError {
        if let Target::File(file) = &self.target {
            // If even this fails there is nothing better to leave behind.
            let _ = file.set_len(self.written);
        }
        SaveError::Write(self.path.clone(), error, self.packets)
    }
}

/// Writes everything; how much was written, and why not more.
fn write_all(target: &mut Target, octets: &[u8]) -> (usize, io::Result<()>) {
    let mut done = 0;
    while done < octets.len() {
        match target.write(&octets[done..]) {
            Ok(0) => return (done, Err(io::Error::from(io::ErrorKind::WriteZero))),
            Ok(wrote) => done += wrote,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (done, Err(error)),
        }
    }
    (done, Ok(()))
}

/// Whether two paths are one file.
fn same_file(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| path.metadata().ok().map(|data| (data.dev(), data.ino(), data.is_file()));
    matches!((identity(one), identity(other)), (Some(one), Some(other)) if one == other && one.2)
}
