//! pcapng (draft-ietf-opsawg-pcapng): sections of blocks, with any number of
//! interfaces, each with its own link type and clock.

use super::{Head, MAX_SNAPLEN, Need, Part, Walk};
use crate::error::Error;
use crate::link;
use crate::packet::{Interface, Resolution, Time};

/// Octets that tell whether a file is pcapng: block type, length, byte-order magic.
pub(super) const MIN_SECTION: usize = 12;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// Type, length, and the length again at the end.
const OVERHEAD: usize = 12;
/// Larger blocks are refused, as libpcap does, so that memory stays bounded.
const MAX_BLOCK: u32 = 16 << 20;
/// Interfaces beyond this are refused, so that memory stays bounded.
const MAX_INTERFACES: usize = 1 << 16;

const OPTION_END: u16 = 0;
const OPTION_NAME: u16 = 2;
const OPTION_RESOLUTION: u16 = 9;
const OPTION_OFFSET: u16 = 14;

/// Walks the blocks of a pcapng file.
pub(super) struct Walker {
    big: bool,
    /// The number of the section's first interface among all of the file's.
    base: usize,
    interfaces: Vec<Interface>,
    /// Octets at the start of the file that were looked at before they are walked.
    ahead: usize,
}

impl Walker {
    /// A walker for a file that starts with `octets`; nothing if it is no pcapng.
    pub(super) fn new(octets: &[u8]) -> Result<Option<Self>, Error> {
        if octets.len() < MIN_SECTION || number(octets, 0, false) != SECTION_HEADER {
            return Ok(None);
        }
        let Some(big) = byte_order(octets) else { return Ok(None) };
        Ok(Some(Walker { big, base: 0, interfaces: Vec::new(), ahead: 0 }))
    }

    pub(super) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Looks ahead to the first interface; what is needed if it is not there yet.
    pub(super) fn first_interface(&mut self, octets: &[u8]) -> Result<Option<Need>, Error> {
        loop {
            let rest = &octets[self.ahead.min(octets.len())..];
            let block = match self.block(rest)? {
                Ok(block) => block,
                Err(need) => {
                    return Ok(Some(Need {
                        octets: self.ahead + need.octets,
                        before: self.ahead + need.before,
                        part: need.part,
                    }));
                }
            };
            match block.kind {
                INTERFACE_DESCRIPTION => {
                    self.describe(block.body)?;
                    self.ahead += block.size;
                    return Ok(None);
                }
                ENHANCED_PACKET | SIMPLE_PACKET | OBSOLETE_PACKET => {
                    return Err(Error::damage(
                        "the capture file has a packet block before any Interface Description Blocks",
                    ));
                }
                _ => self.ahead += block.size,
            }
        }
    }

    /// The block at the start of `octets`.
    #[inline]
    pub(super) fn next(&mut self, octets: &[u8]) -> Result<Walk, Error> {
        let block = match self.block(octets)? {
            Ok(block) => block,
            Err(need) => return Ok(Walk::Need(need)),
        };
        let (kind, record, body) = (block.kind, block.size, block.body);
        let seen = self.ahead > 0;
        self.ahead = self.ahead.saturating_sub(record);
        match kind {
            ENHANCED_PACKET => self.enhanced(body, record),
            SIMPLE_PACKET => self.simple(body, record),
            OBSOLETE_PACKET => self.obsolete(body, record),
            INTERFACE_DESCRIPTION if !seen => {
                self.describe(body)?;
                Ok(Walk::Block { record })
            }
            SECTION_HEADER if !seen => {
                self.base = self.interfaces.len();
                Ok(Walk::Block { record })
            }
            _ => Ok(Walk::Block { record }),
        }
    }

    /// Checks the block at the start of `octets`, and a section's header with it.
    #[inline]
    fn block<'c>(&mut self, octets: &'c [u8]) -> Result<Result<Block<'c>, Need>, Error> {
        let need = |octets: usize, before: usize| Ok(Err(Need { octets, before, part: Part::Block }));
        if octets.len() < 8 {
            return need(8, 0);
        }
        if number(octets, 0, false) == SECTION_HEADER {
            // The byte order may change here, and the length is in the new order.
            // The fixed part: type, length, magic, version and section length, length.
            if octets.len() < 28 {
                return need(28, 12);
            }
            self.big = byte_order(octets)
                .ok_or_else(|| Error::damage("the file has a section with a bad byte order magic field"))?;
        }
        let length = number(octets, 4, self.big);
        if length < OVERHEAD as u32 {
            return Err(Error::damage(format!("block in pcapng dump file has a length of {length} < {OVERHEAD}")));
        }
        if !length.is_multiple_of(4) {
            return Err(Error::damage(format!(
                "block in pcapng dump file has a length of {length} that is not a multiple of 4"
            )));
        }
        if length > MAX_BLOCK {
            return Err(Error::damage(format!("pcapng block size {length} > maximum {MAX_BLOCK}")));
        }
        let size = length as usize;
        if octets.len() < size {
            return need(size, 8);
        }
        if number(octets, size - 4, self.big) != length {
            return Err(Error::damage("block total length in header and trailer don't match"));
        }
        let kind = number(octets, 0, self.big);
        let body = &octets[8..size - 4];
        if kind == SECTION_HEADER {
            self.check_version(body)?;
        }
        Ok(Ok(Block { kind, size, body }))
    }

    fn check_version(&self, body: &[u8]) -> Result<(), Error> {
        if body.len() < 16 {
            return Err(too_short(SECTION_HEADER));
        }
        let (major, minor) = (half(body, 4, self.big), half(body, 6, self.big));
        if major == 1 && matches!(minor, 0 | 2) {
            return Ok(());
        }
        Err(Error::damage(if self.interfaces.is_empty() {
            format!("unsupported pcapng savefile version {major}.{minor}")
        } else if major == 1 {
            format!("unknown pcapng savefile minor version number {minor}")
        } else {
            format!("unknown pcapng savefile major version number {major}")
        }))
    }

    /// Enhanced Packet Block (section 4.3).
    #[inline]
    fn enhanced(&self, body: &[u8], record: usize) -> Result<Walk, Error> {
        const FIXED: usize = 20;
        if body.len() < FIXED {
            return Err(too_short(ENHANCED_PACKET));
        }
        let get = |at: usize| number(body, at, self.big);
        let units = u64::from(get(4)) << 32 | u64::from(get(8));
        let lengths = (get(12), get(16));
        self.packet(ENHANCED_PACKET, get(0), units, lengths, (FIXED, body.len()), record)
    }

    /// Packet Block (section C.1), which Enhanced Packet Blocks replaced.
    fn obsolete(&self, body: &[u8], record: usize) -> Result<Walk, Error> {
        const FIXED: usize = 20;
        if body.len() < FIXED {
            return Err(too_short(OBSOLETE_PACKET));
        }
        let get = |at: usize| number(body, at, self.big);
        let units = u64::from(get(4)) << 32 | u64::from(get(8));
        let interface = u32::from(half(body, 0, self.big));
        self.packet(OBSOLETE_PACKET, interface, units, (get(12), get(16)), (FIXED, body.len()), record)
    }

    /// Simple Packet Block (section 4.4): interface 0, no time, cut at its
    /// snapshot length.
    fn simple(&self, body: &[u8], record: usize) -> Result<Walk, Error> {
        const FIXED: usize = 4;
        if body.len() < FIXED {
            return Err(too_short(SIMPLE_PACKET));
        }
        let wire_len = number(body, 0, self.big);
        let snaplen = self.interfaces.get(self.base).map_or(MAX_SNAPLEN, |interface| interface.snaplen);
        let lengths = (wire_len.min(snaplen), wire_len);
        self.packet(SIMPLE_PACKET, 0, 0, lengths, (FIXED, body.len()), record)
    }

    #[inline]
    fn packet(
        &self,
        kind: u32,
        id: u32,
        units: u64,
        (caplen, wire_len): (u32, u32),
        (fixed, body_len): (usize, usize),
        record: usize,
    ) -> Result<Walk, Error> {
        let index = self.base + id as usize;
        let Some(interface) = self.interfaces.get(index) else {
            return Err(Error::damage(format!(
                "a packet arrived on interface {id}, but there's no Interface Description Block for that interface"
            )));
        };
        if caplen > interface.snaplen.min(MAX_SNAPLEN) {
            let (what, limit) =
                if caplen > interface.snaplen { ("snaplen", interface.snaplen) } else { ("maximum", MAX_SNAPLEN) };
            return Err(Error::damage(format!(
                "invalid packet capture length {caplen}, bigger than {what} of {limit}"
            )));
        }
        let caplen = caplen as usize;
        if caplen > body_len - fixed {
            return Err(too_short(kind));
        }
        let time =
            if kind == SIMPLE_PACKET { Time::default() } else { interface.resolution.time(units, interface.offset) };
        Ok(Walk::Packet { at: 8 + fixed, record, head: Head { time, caplen, wire_len, interface: index } })
    }

    /// Interface Description Block (section 4.2).
    fn describe(&mut self, body: &[u8]) -> Result<(), Error> {
        const FIXED: usize = 8;
        if body.len() < FIXED {
            return Err(too_short(INTERFACE_DESCRIPTION));
        }
        if self.interfaces.len() >= MAX_INTERFACES {
            return Err(Error::damage(format!("the capture file has more than {MAX_INTERFACES} interfaces")));
        }
        let snaplen = match number(body, 4, self.big) {
            0 => MAX_SNAPLEN,
            large if large > i32::MAX as u32 => MAX_SNAPLEN,
            snaplen => snaplen,
        };
        let mut interface = Interface {
            link: link::of_file(half(body, 0, self.big)),
            snaplen,
            resolution: Resolution::MICRO,
            offset: 0,
            name: None,
        };
        let (mut resolutions, mut offsets) = (0, 0);
        let mut rest = &body[FIXED..];
        while !rest.is_empty() {
            if rest.len() < 4 {
                return Err(too_short(INTERFACE_DESCRIPTION));
            }
            let (code, length) = (half(rest, 0, self.big), usize::from(half(rest, 2, self.big)));
            let Some(value) = rest.get(4..4 + length) else { return Err(too_short(INTERFACE_DESCRIPTION)) };
            match code {
                OPTION_END => break,
                OPTION_NAME => {
                    let text = value.split(|&b| b == 0).next().unwrap_or_default();
                    interface.name = Some(String::from_utf8_lossy(text).into_owned());
                }
                OPTION_RESOLUTION => {
                    interface.resolution = resolution(value)?;
                    resolutions += 1;
                }
                OPTION_OFFSET => {
                    let value: [u8; 8] = value.try_into().map_err(|_| {
                        Error::damage(format!(
                            "Interface Description Block has if_tsoffset option with length {length} != 8"
                        ))
                    })?;
                    interface.offset = if self.big { i64::from_be_bytes(value) } else { i64::from_le_bytes(value) };
                    offsets += 1;
                }
                _ => {}
            }
            if resolutions > 1 || offsets > 1 {
                let name = if resolutions > 1 { "if_tsresol" } else { "if_tsoffset" };
                return Err(Error::damage(format!("Interface Description Block has more than one {name} option")));
            }
            rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        }
        self.interfaces.push(interface);
        Ok(())
    }
}

/// A checked block.
struct Block<'c> {
    kind: u32,
    size: usize,
    body: &'c [u8],
}

/// The value of if_tsresol: a power of 10, or with the highest bit of 2.
fn resolution(value: &[u8]) -> Result<Resolution, Error> {
    let [value] = value else {
        return Err(Error::damage(format!(
            "Interface Description Block has if_tsresol option with length {} != 1",
            value.len()
        )));
    };
    let exponent = u32::from(value & 0x7f);
    let (base, per_second) =
        if value & 0x80 == 0 { (10, 10u64.checked_pow(exponent)) } else { (2, 2u64.checked_pow(exponent)) };
    match per_second {
        Some(per_second) => Ok(Resolution { per_second }),
        None => Err(Error::damage(format!(
            "Interface Description Block if_tsresol option resolution {base}^-{exponent} is too high"
        ))),
    }
}

#[cold]
fn too_short(kind: u32) -> Error {
    Error::damage(format!("block of type {kind} in pcapng dump file is too short"))
}

/// Whether the section at the start of `octets` is big-endian; nothing if its
/// byte-order magic is neither.
fn byte_order(octets: &[u8]) -> Option<bool> {
    [false, true].into_iter().find(|&big| number(octets, 8, big) == BYTE_ORDER)
}

#[inline]
fn number(octets: &[u8], at: usize, big: bool) -> u32 {
    let word = [octets[at], octets[at + 1], octets[at + 2], octets[at + 3]];
    if big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
}

#[inline]
fn half(octets: &[u8], at: usize, big: bool) -> u16 {
    let pair = [octets[at], octets[at + 1]];
    if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
}
