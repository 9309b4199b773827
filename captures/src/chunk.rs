//! Page-aligned buffers that capture files are read into and reused.
//!
//! A large `Vec` starts a few bytes past a page, which makes the kernel's copy
//! of a read several times slower.

use std::io::{self, Read};
use std::slice;

const PAGE: usize = 4096;

#[derive(Clone, Copy)]
#[repr(C, align(4096))]
struct Page([u8; PAGE]);

/// The octets of a chunk as it is first made.
pub const SIZE: usize = 256 << 10;

/// A buffer with a stretch of unread octets.
pub struct Chunk {
    pages: Vec<Page>,
    start: usize,
    end: usize,
}

impl Default for Chunk {
    fn default() -> Self {
        Chunk { pages: vec![Page([0; PAGE]); SIZE / PAGE], start: 0, end: 0 }
    }
}

impl Chunk {
    fn buffer(&mut self) -> &mut [u8] {
        let len = self.pages.len() * PAGE;
        // SAFETY: pages are plain octets in one allocation, `len` of them, and
        // the slice borrows `self`.
        unsafe { slice::from_raw_parts_mut(self.pages.as_mut_ptr().cast(), len) }
    }

    /// The octets that have not been consumed.
    pub fn unread(&self) -> &[u8] {
        // SAFETY: as in `buffer`; `start` and `end` stay within the allocation.
        let all: &[u8] = unsafe { slice::from_raw_parts(self.pages.as_ptr().cast(), self.pages.len() * PAGE) };
        &all[self.start..self.end]
    }

    /// The `len` octets that start `at` octets into the unread ones.
    pub fn slice(&self, at: usize, len: usize) -> &[u8] {
        &self.unread()[at..at + len]
    }

    /// Marks the first `len` unread octets as read.
    pub fn consume(&mut self, len: usize) {
        self.start = (self.start + len).min(self.end);
    }

    /// Reads once from `source` behind the unread octets, which move to the
    /// front; room for at least `need` octets in all is made. Returns how many
    /// were read; zero at the end.
    pub fn fill(&mut self, source: &mut dyn Read, need: usize) -> io::Result<usize> {
        let (start, end) = (self.start, self.end);
        let pages = need.div_ceil(PAGE) + 1;
        if pages > self.pages.len() {
            self.pages.resize(pages, Page([0; PAGE]));
        }
        // So that reads go to page boundaries, the unread octets end on one.
        let unread = end - start;
        let to = unread.next_multiple_of(PAGE) - unread;
        self.buffer().copy_within(start..end, to);
        self.start = to;
        self.end = to + unread;
        let end = self.end;
        let read = loop {
            match source.read(&mut self.buffer()[end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.end += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_octets_survive_a_fill_and_records_of_any_size_fit() {
        let data: Vec<u8> = (0..1_000_000u32).map(|i| i as u8).collect();
        let mut source = &data[..];
        let mut chunk = Chunk::default();
        chunk.fill(&mut source, 1).unwrap();
        chunk.consume(5);
        while chunk.unread().len() < 900_000 {
            assert_ne!(chunk.fill(&mut source, 900_000).unwrap(), 0);
        }
        assert_eq!(chunk.unread(), &data[5..5 + chunk.unread().len()]);
    }
}
