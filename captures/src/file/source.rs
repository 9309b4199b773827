//! Where the octets of a capture file come from: ranges of a regular file, read
//! side by side, or a stream, read in turns.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::compressed;
use crate::chunk::{self, Chunk};

/// Octets read at first: enough for the header of nearly every file.
const FIRST: usize = 4096;

/// The octets of a capture file, taken chunk by chunk by any number of threads.
pub struct Source {
    inner: Inner,
    /// What was read to look at the header; the first chunk.
    head: Mutex<Option<Vec<u8>>>,
    position: Arc<AtomicU64>,
    size: Option<u64>,
}

enum Inner {
    Ranges {
        file: File,
        /// Where the range of chunk 1 starts.
        start: u64,
        next: AtomicU64,
    },
    Stream(Mutex<Stream>),
}

struct Stream {
    source: Box<dyn Read + Send>,
    next: u64,
    /// Whether chunks are filled: the source keeps no reader waiting.
    whole: bool,
    ended: bool,
}

/// What was taken of a source.
pub struct Taken {
    /// The number of the chunk, from 0.
    pub number: u64,
    /// Whether the source ends with this chunk.
    pub last: bool,
    /// Why the source cannot be read beyond this chunk.
    pub error: Option<io::Error>,
}

impl Source {
    /// A regular file; it may be compressed.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file(file: File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        let mut magic = [0; compressed::MAGIC];
        let read = file.read_at(&mut magic, 0)?;
        if compressed::is_compressed(&magic[..read]) {
            let mut source = Self::stream(Box::new(file))?;
            if let Inner::Stream(stream) = &mut source.inner {
                stream.get_mut().unwrap_or_else(PoisonError::into_inner).whole = true;
            }
            source.size = Some(size);
            return Ok(source);
        }
        let inner = Inner::Ranges { file, start: 0, next: AtomicU64::new(0) };
        Ok(Source { inner, head: Mutex::default(), position: Arc::default(), size: Some(size) })
    }

    /// Any stream; it may be compressed, and reading it may block.
    ///
    /// # Errors
    /// Its first octets cannot be read.
    pub fn stream(source: Box<dyn Read + Send>) -> io::Result<Self> {
        let position = Arc::new(AtomicU64::new(0));
        let counted = Counted { source, position: Arc::clone(&position) };
        let source = compressed::detect(Box::new(counted))?;
        let stream = Stream { source, next: 0, whole: false, ended: false };
        Ok(Source { inner: Inner::Stream(Mutex::new(stream)), head: Mutex::default(), position, size: None })
    }

    /// Octets read of the (compressed) file, and its size where it has one.
    pub fn progress(&self) -> (u64, Option<u64>) {
        (self.position.load(Ordering::Relaxed), self.size)
    }

    /// Reads until `head` has `need` octets; false if the source ends before.
    pub(super) fn more(&mut self, head: &mut Vec<u8>, need: usize) -> io::Result<bool> {
        while head.len() < need {
            let have = head.len();
            let want = (need - have).next_multiple_of(FIRST);
            head.resize(have + want, 0);
            let read = match &mut self.inner {
                Inner::Ranges { file, start, .. } => {
                    let read = file.read_at(&mut head[have..], *start);
                    *start += *read.as_ref().unwrap_or(&0) as u64;
                    read
                }
                Inner::Stream(stream) => {
                    let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                    stream.source.read(&mut head[have..])
                }
            };
            let read = match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
                other => other.map(Some),
            };
            head.truncate(have + read.as_ref().ok().copied().flatten().unwrap_or(0));
            if read? == Some(0) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sets the first chunk.
    pub(super) fn start_with(&mut self, head: Vec<u8>) {
        *self.head.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }

    fn take_head(&self) -> Vec<u8> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    /// Takes the next chunk. Behind the last one there is nothing.
    pub fn take(&self, chunk: &mut Chunk) -> Taken {
        match &self.inner {
            Inner::Ranges { file, start, next } => {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number == 0 {
                    chunk.fill(&self.take_head());
                    return Taken { number, last: false, error: None };
                }
                let offset = *start + (number - 1) * chunk::SIZE as u64;
                let error = chunk.read_at(file, offset).err();
                self.position.fetch_max(offset + chunk.len() as u64, Ordering::Relaxed);
                Taken { number, last: chunk.len() < chunk::SIZE, error }
            }
            Inner::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                let number = stream.next;
                stream.next += 1;
                if number == 0 {
                    chunk.fill(&self.take_head());
                    return Taken { number, last: false, error: None };
                }
                if stream.ended {
                    chunk.clear();
                    return Taken { number, last: true, error: None };
                }
                let whole = stream.whole;
                let error = chunk.read(&mut *stream.source, whole).err();
                stream.ended = error.is_some() || chunk.is_empty();
                Taken { number, last: stream.ended && error.is_none(), error }
            }
        }
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
