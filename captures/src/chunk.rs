//! Page-aligned buffers that packets are read or captured into, and reused.
//!
//! A large `Vec` starts a few bytes past a page, which makes the kernel's copy
//! of a read several times slower; so a chunk uses one from its first page on.
//! Fresh memory is zero without being touched, so what a small file does not
//! need costs nothing.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;

use crate::file::pcap;

const PAGE: usize = 4096;

/// The octets that a chunk takes from a source at once.
pub const SIZE: usize = 256 << 10;

/// Room before them, for the start of a record that the chunk before ends in.
const HEAD: usize = 64 << 10;

/// A chunk grown beyond this for a record of unusual size is made anew.
const USUAL: usize = 1 << 20;

/// A buffer with a stretch of octets, and room before it.
pub struct Chunk {
    memory: Vec<u8>,
    /// Where in the memory the first page starts, from which the others count.
    page: usize,
    start: usize,
    end: usize,
}

impl Default for Chunk {
    fn default() -> Self {
        let (memory, page) = pages(HEAD + SIZE);
        Chunk { memory, page, start: HEAD, end: HEAD }
    }
}

/// Memory with so many octets from a page on, and where that starts.
fn pages(octets: usize) -> (Vec<u8>, usize) {
    let memory = vec![0; octets + PAGE];
    let page = memory.as_ptr().align_offset(PAGE);
    (memory, page)
}

impl Chunk {
    /// Holds `octets` instead of what it did.
    pub fn fill(&mut self, octets: &[u8]) {
        self.clear();
        self.reserve(octets.len());
        self.push(octets);
    }

    fn buffer(&mut self) -> &mut [u8] {
        &mut self.memory[self.page..]
    }

    /// The octets.
    #[inline]
    pub fn octets(&self) -> &[u8] {
        &self.memory[self.page + self.start..self.page + self.end]
    }

    /// The octets, to be changed in place.
    pub fn octets_mut(&mut self) -> &mut [u8] {
        let (start, end) = (self.start, self.end);
        &mut self.buffer()[start..end]
    }

    /// How many octets there are.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// How many octets the chunk can hold, with the room before them.
    fn size(&self) -> usize {
        self.memory.len() - self.page
    }

    /// How many octets can follow without more memory.
    fn room(&self) -> usize {
        self.size() - self.end
    }

    /// Forgets the octets, and memory of an unusual size.
    pub fn clear(&mut self) {
        if self.size() > USUAL {
            *self = Chunk::default();
        }
        (self.start, self.end) = (HEAD, HEAD);
    }

    /// Makes room for so many octets to follow.
    pub fn reserve(&mut self, more: usize) {
        let needed = self.end + more;
        if needed > self.size() {
            let (mut memory, page) = pages(needed.max(2 * self.size()));
            memory[page + self.start..page + self.end].copy_from_slice(self.octets());
            (self.memory, self.page) = (memory, page);
        }
    }

    /// Appends octets; there must be room for them.
    #[inline]
    fn push(&mut self, octets: &[u8]) {
        let end = self.end;
        self.buffer()[end..end + octets.len()].copy_from_slice(octets);
        self.end += octets.len();
    }

    /// Appends a captured packet as a record of a classic file in this machine's
    /// byte order, with its interface behind the header if it is `tagged`; what
    /// exceeds the room makes the chunk larger.
    #[inline]
    pub fn capture(&mut self, seconds: u32, fraction: u32, wire_len: u32, octets: &[u8], tagged: Option<u32>) {
        let mut header = [0; pcap::PATCHED_RECORD];
        let words = [seconds, fraction, octets.len() as u32, wire_len, tagged.unwrap_or(0)];
        for (room, word) in header.chunks_exact_mut(4).zip(words) {
            room.copy_from_slice(&word.to_ne_bytes());
        }
        let size = if tagged.is_some() { pcap::PATCHED_RECORD } else { pcap::RECORD };
        self.append(&header[..size]);
        self.append(octets);
    }

    /// Appends octets; what exceeds the room makes the chunk larger.
    #[inline]
    pub fn append(&mut self, octets: &[u8]) {
        if self.room() < octets.len() {
            self.reserve(octets.len());
        }
        self.push(octets);
    }

    /// Puts octets before the others.
    pub fn prepend(&mut self, octets: &[u8]) {
        if octets.len() > self.start {
            let more = octets.len() - self.start;
            self.reserve(more);
            let (start, end) = (self.start, self.end);
            self.buffer().copy_within(start..end, start + more);
            (self.start, self.end) = (start + more, end + more);
        }
        let at = self.start - octets.len();
        self.buffer()[at..at + octets.len()].copy_from_slice(octets);
        self.start = at;
    }

    /// Moves the octets of `ranges`, which are in order and do not overlap, to the
    /// front; the others are lost.
    pub fn compact(&mut self, ranges: &[Range<usize>]) {
        let (start, mut to) = (self.start, self.start);
        for range in ranges {
            let from = start + range.start..start + range.end;
            if from.start != to {
                self.buffer().copy_within(from, to);
            }
            to += range.len();
        }
        self.end = to;
    }

    /// Fills the chunk from `offset` of a file; fewer octets than its size are
    /// the end of the file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_at(&mut self, file: &File, offset: u64) -> io::Result<()> {
        self.clear();
        while self.end < HEAD + SIZE {
            let at = self.end;
            match file.read_at(&mut self.buffer()[at..HEAD + SIZE], offset + (at - HEAD) as u64) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes from a stream what one read gives, or fills the chunk if `whole`;
    /// nothing is the end. With the error the octets that were read before it stay.
    ///
    /// # Errors
    /// The stream cannot be read.
    pub fn read(&mut self, source: &mut dyn Read, whole: bool) -> io::Result<()> {
        self.clear();
        while self.end < HEAD + SIZE {
            let at = self.end;
            match source.read(&mut self.buffer()[at..HEAD + SIZE]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if !whole {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_put_before_others_whatever_their_number() {
        let data: Vec<u8> = (0..1_000_000u32).map(|i| i as u8).collect();
        let mut source = &data[900_000..];
        let mut chunk = Chunk::default();
        chunk.read(&mut source, true).unwrap();
        assert_eq!(chunk.len(), 100_000);
        chunk.prepend(&data[899_990..900_000]);
        chunk.prepend(&data[..899_990]);
        assert_eq!(chunk.octets(), data);
        chunk.clear();
        assert!(chunk.is_empty() && chunk.size() <= USUAL);
    }
}
