//! Classic pcap (draft-ietf-opsawg-pcap): a file header, then records.

use super::{Head, Layout, MAX_SNAPLEN, Need, Part, Walk};
use crate::error::Error;
use crate::link;
use crate::packet::{Interface, Resolution, Time};

/// Octets of the file header.
pub(super) const HEADER: usize = 24;

pub(crate) const RECORD: usize = 16;
/// Octets of the record header of the Kuznetzov patch, which adds an interface
/// index, the protocol and the packet's direction.
pub(crate) const PATCHED_RECORD: usize = 24;
/// Where such a header has the interface.
const TAG: usize = 16;
/// What the octets that the patch counts beyond the packet add to the snapshot length.
const PATCHED_EXTRA: u32 = 14;

const MAGIC_MICRO: u32 = 0xa1b2_c3d4;
const MAGIC_NANO: u32 = 0xa1b2_3c4d;
const MAGIC_PATCHED: u32 = 0xa1b2_cd34;

/// How the numbers of the file are laid out.
#[derive(Clone, Copy)]
pub(super) struct Order {
    big: bool,
    magic: u32,
}

/// The layout that the first four octets announce, if they are a classic file's.
pub(super) fn magic(octets: &[u8]) -> Option<Order> {
    let first: [u8; 4] = *octets.first_chunk()?;
    [false, true].into_iter().find_map(|big| {
        let magic = if big { u32::from_be_bytes(first) } else { u32::from_le_bytes(first) };
        matches!(magic, MAGIC_MICRO | MAGIC_NANO | MAGIC_PATCHED).then_some(Order { big, magic })
    })
}

/// Which of a record's lengths comes first, which old writers disagreed on.
#[derive(Clone, Copy, PartialEq)]
enum Lengths {
    Straight,
    Swapped,
    /// Swapped where the first is the larger.
    Maybe,
}

/// Walks the records of a classic file.
pub(super) struct Walker {
    big: bool,
    record: usize,
    nanos: u64,
    lengths: Lengths,
    snaplen: u32,
    interfaces: Vec<Interface>,
    /// Whether records name their interface, where the patch has it.
    tagged: bool,
}

impl Walker {
    /// Reads the file header.
    pub(super) fn new(order: Order, octets: &[u8]) -> Result<Self, Error> {
        let get = |at: usize| number(&octets[at..at + 4], order.big);
        let half = |at: usize| {
            let pair = [octets[at], octets[at + 1]];
            if order.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let (major, minor) = (half(4), half(6));
        if major < 2 {
            return Err(Error::damage("archaic pcap savefile format"));
        }
        // 543.0 was written by DG/UX.
        let known = (major == 2 && minor <= 4) || (major == 543 && minor == 0);
        if !known {
            return Err(Error::damage(format!("unsupported pcap savefile version {major}.{minor}")));
        }
        let lengths = match (major, minor) {
            (2, 3) => Lengths::Maybe,
            (2, 0..3) | (543, _) => Lengths::Swapped,
            _ => Lengths::Straight,
        };
        let mut snaplen = match get(16) {
            0 => MAX_SNAPLEN,
            large if large > i32::MAX as u32 => MAX_SNAPLEN,
            snaplen => snaplen,
        };
        if order.magic == MAGIC_PATCHED {
            snaplen = snaplen.saturating_add(PATCHED_EXTRA);
        }
        let nano = order.magic == MAGIC_NANO;
        // The upper bits of the link type say how long the frame check sequence is.
        let link = link::of_file((get(20) & 0xffff) as u16);
        let resolution = if nano { Resolution::NANO } else { Resolution::MICRO };
        Ok(Walker {
            big: order.big,
            record: if order.magic == MAGIC_PATCHED { PATCHED_RECORD } else { RECORD },
            nanos: if nano { 1 } else { 1000 },
            lengths,
            snaplen,
            interfaces: vec![Interface { link, snaplen, resolution, offset: 0, name: None }],
            tagged: false,
        })
    }

    /// Walks records in memory that were captured on interfaces, as
    /// [`Chunk::capture`](crate::chunk::Chunk::capture) puts them there.
    pub(super) fn captured(interfaces: Vec<Interface>) -> Self {
        let nano = interfaces.iter().any(|interface| interface.resolution == Resolution::NANO);
        let tagged = interfaces.len() > 1;
        Walker {
            big: cfg!(target_endian = "big"),
            record: if tagged { PATCHED_RECORD } else { RECORD },
            nanos: if nano { 1 } else { 1000 },
            lengths: Lengths::Straight,
            snaplen: MAX_SNAPLEN,
            interfaces,
            tagged,
        }
    }

    /// How the records lie, if it is as this machine writes them.
    pub(super) fn layout(&self) -> Option<Layout> {
        let own = self.big == cfg!(target_endian = "big") && self.record == RECORD && self.lengths == Lengths::Straight;
        own.then_some(Layout::Pcap { nano: self.nanos == 1 })
    }

    pub(super) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// The record at the start of `octets`.
    #[inline(always)]
    pub(super) fn next(&self, octets: &[u8]) -> Result<Walk, Error> {
        let record = self.record;
        let Some(header) = octets.first_chunk::<RECORD>().filter(|_| octets.len() >= record) else {
            return Ok(Walk::Need(Need { octets: record, before: 0, part: Part::RecordHeader }));
        };
        // Of an array, so that nothing is checked for each number; and one branch, not
        // a choice for each.
        let [seconds, fraction, mut caplen, mut wire_len] =
            if self.big { words(header, u32::from_be_bytes) } else { words(header, u32::from_le_bytes) };
        if self.lengths == Lengths::Swapped || (self.lengths == Lengths::Maybe && caplen > wire_len) {
            (caplen, wire_len) = (wire_len, caplen);
        }
        if caplen > MAX_SNAPLEN {
            return Err(self.too_long(caplen));
        }
        let size = record + caplen as usize;
        if octets.len() < size {
            return Ok(Walk::Need(Need { octets: size, before: record, part: Part::RecordBody }));
        }
        let time = Time { seconds: i64::from(seconds), nanos: u64::from(fraction) * self.nanos };
        // Some writers did not keep to their snapshot length: the excess is skipped.
        let caplen = caplen.min(self.snaplen) as usize;
        let interface = if self.tagged { number(&octets[TAG..TAG + 4], self.big) as usize } else { 0 };
        Ok(Walk::Packet { at: record, record: size, head: Head { time, caplen, wire_len, interface } })
    }

    #[cold]
    fn too_long(&self, caplen: u32) -> Error {
        let (what, limit) = if caplen > self.snaplen { ("snaplen", self.snaplen) } else { ("maximum", MAX_SNAPLEN) };
        Error::damage(format!("invalid packet capture length {caplen}, bigger than {what} of {limit}"))
    }
}

/// The four numbers of a record's header.
#[inline(always)]
fn words(header: &[u8; RECORD], number: fn([u8; 4]) -> u32) -> [u32; 4] {
    let word = |i: usize| number([header[4 * i], header[4 * i + 1], header[4 * i + 2], header[4 * i + 3]]);
    [word(0), word(1), word(2), word(3)]
}

#[inline]
fn number(octets: &[u8], big: bool) -> u32 {
    let word = [octets[0], octets[1], octets[2], octets[3]];
    if big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
}
