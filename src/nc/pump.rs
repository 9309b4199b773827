//! One direction of a relay: it is filled from its source and drained to its sink.

use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

use super::stdio::is_pipe;

/// Octets that are asked for at once; also the size of an own pipe.
const MOST: usize = 1 << 20;
/// Octets of a buffer: more than the largest datagram of UDP, and of UNIX sockets
/// where nobody raises what they may send.
const BUFFER: usize = 256 << 10;
/// Octets of input that make one datagram at most, as with nc.
const DATAGRAM: usize = 16 << 10;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many octets went on.
    Moved(usize),
    /// Nothing can be done yet.
    Waits,
    /// The source has ended.
    Ended,
}

/// One direction.
pub(super) struct Pump {
    way: Way,
    /// Whether the source has ended.
    pub(super) ended: bool,
    /// Octets that reached the sink.
    pub(super) moved: u64,
}

/// How octets get from the source to the sink.
enum Way {
    /// Within the kernel, one end being a pipe; whether the source has something.
    Direct(bool),
    /// Within the kernel, through an own pipe that holds so many octets.
    Through(OwnedFd, OwnedFd, usize),
    /// Through a buffer.
    Copied(Copy),
}

impl Pump {
    /// A pump within the kernel, if that can be.
    pub(super) fn spliced(source: BorrowedFd<'_>, sink: BorrowedFd<'_>) -> Self {
        let way = if is_pipe(source) || is_pipe(sink) {
            // A larger pipe wakes its other end less often.
            [source, sink].into_iter().filter(|end| is_pipe(*end)).for_each(widen);
            Way::Direct(false)
        } else if let Ok((out, into)) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK) {
            widen(into.as_fd());
            Way::Through(out, into, 0)
        } else {
            Way::Copied(Copy::receiving(false))
        };
        Pump { way, ended: false, moved: 0 }
    }

    /// A pump through a buffer.
    pub(super) fn copied(copy: Copy) -> Self {
        Pump { way: Way::Copied(copy), ended: false, moved: 0 }
    }

    /// Octets that have left the source and not reached the sink.
    pub(super) fn held(&self) -> usize {
        match &self.way {
            Way::Direct(_) => 0,
            Way::Through(_, _, held) => *held,
            Way::Copied(copy) => copy.octets().len(),
        }
    }

    /// Whether it is to be filled next.
    pub(super) fn fills(&self) -> bool {
        !self.ended && !self.drains()
    }

    /// Whether it is to be drained next.
    pub(super) fn drains(&self) -> bool {
        match self.way {
            Way::Direct(ready) => ready,
            _ => self.held() > 0,
        }
    }

    /// What it holds, if that can be looked at.
    pub(super) fn octets(&self) -> &[u8] {
        match &self.way {
            Way::Copied(copy) => copy.octets(),
            _ => &[],
        }
    }

    /// Adds octets that do not come from the source, if there is a buffer.
    pub(super) fn append(&mut self, octets: &[u8]) {
        if let Way::Copied(copy) = &mut self.way {
            copy.append(octets);
        }
    }

    /// Fills it; `read` is asked where octets go through a buffer.
    pub(super) fn fill(
        &mut self,
        source: BorrowedFd<'_>,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<Step> {
        let step = match &mut self.way {
            Way::Direct(ready) => {
                *ready = true;
                Step::Moved(0)
            }
            Way::Through(_, into, held) => match moved(source, into.as_fd(), MOST) {
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => return self.copy_instead(),
                result => result.inspect(|step| {
                    if let Step::Moved(count) = step {
                        *held += count;
                    }
                })?,
            },
            Way::Copied(copy) => copy.fill(read)?,
        };
        self.ended |= step == Step::Ended;
        Ok(step)
    }

    /// Drains it; `write` is given what is in a buffer. `ready` says that the sink
    /// was waited for.
    pub(super) fn drain(
        &mut self,
        source: BorrowedFd<'_>,
        sink: BorrowedFd<'_>,
        ready: bool,
        write: impl FnOnce(&[u8]) -> io::Result<usize>,
    ) -> io::Result<Step> {
        let result = match &mut self.way {
            Way::Direct(_) => moved(source, sink, MOST),
            Way::Through(out, _, held) => moved(out.as_fd(), sink, *held),
            Way::Copied(copy) => copy.drain(write),
        };
        let step = match result {
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) && !matches!(self.way, Way::Copied(_)) => {
                return self.copy_instead();
            }
            result => result?,
        };
        match (&mut self.way, step) {
            // It is not known which end has to be waited for: the sink first.
            (Way::Direct(full), Step::Waits) => *full = !ready,
            (Way::Direct(full), _) => *full = false,
            (Way::Through(_, _, held), Step::Moved(count)) => *held -= count,
            _ => {}
        }
        self.ended |= step == Step::Ended;
        if let Step::Moved(count) = step {
            self.moved += count as u64;
        }
        Ok(step)
    }

    /// Goes on with a buffer, where an end cannot be spliced; what an own pipe
    /// holds is taken along.
    fn copy_instead(&mut self) -> io::Result<Step> {
        let mut copy = Copy::receiving(false);
        if let Way::Through(out, _, held) = &self.way {
            let mut octets = vec![0; *held];
            let mut at = 0;
            while at < octets.len() {
                at += rustix::io::read(out, &mut octets[at..])?;
            }
            copy.append(&octets);
        }
        self.way = Way::Copied(copy);
        Ok(Step::Waits)
    }
}

/// Makes a pipe as large as it may be; a smaller one is slower and does as well.
fn widen(pipe: BorrowedFd<'_>) {
    let _ = fcntl_setpipe_size(pipe, MOST);
}

/// Moves octets within the kernel.
fn moved(from: BorrowedFd<'_>, to: BorrowedFd<'_>, most: usize) -> io::Result<Step> {
    match splice(from, None, to, None, most, SpliceFlags::NONBLOCK | SpliceFlags::MOVE) {
        Ok(0) => Ok(Step::Ended),
        Ok(count) => Ok(Step::Moved(count)),
        Err(Errno::AGAIN | Errno::INTR) => Ok(Step::Waits),
        Err(error) => Err(error.into()),
    }
}

/// A buffer between source and sink.
pub(super) struct Copy {
    buffer: Vec<u8>,
    held: Range<usize>,
    /// Octets that are read at once.
    most: usize,
    /// Whether the source's and sink's calls each pass a message.
    datagrams: bool,
    /// Whether LF becomes CR LF; whether CR came last.
    crlf: bool,
    after_cr: bool,
    /// Whether one line goes on at a time.
    lines: bool,
}

impl Copy {
    /// A buffer for what is received.
    pub(super) fn receiving(datagrams: bool) -> Self {
        Copy { buffer: Vec::new(), held: 0..0, most: BUFFER, datagrams, crlf: false, after_cr: false, lines: false }
    }

    /// A buffer for what is sent.
    pub(super) fn sending(datagrams: bool, crlf: bool, lines: bool) -> Self {
        let most = if datagrams { DATAGRAM } else { BUFFER };
        Copy { most, crlf, lines, ..Self::receiving(datagrams) }
    }

    /// What is in it.
    fn octets(&self) -> &[u8] {
        self.buffer.get(self.held.clone()).unwrap_or_default()
    }

    /// Adds octets.
    fn append(&mut self, octets: &[u8]) {
        self.buffer.truncate(self.held.end);
        self.buffer.extend_from_slice(octets);
        self.held.end = self.buffer.len();
    }

    /// Fills the empty buffer. An empty datagram is no end.
    fn fill(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<Step> {
        self.buffer.resize(self.most, 0);
        let count = match read(&mut self.buffer) {
            Ok(0) if self.datagrams && self.most == BUFFER => return Ok(Step::Moved(0)),
            Ok(0) => return Ok(Step::Ended),
            Ok(count) => count,
            Err(error) if is_temporary(&error) => return Ok(Step::Waits),
            Err(error) => return Err(error),
        };
        self.held = 0..count;
        if self.crlf {
            self.translate();
        }
        Ok(Step::Moved(count))
    }

    /// Puts CR before each LF that has none.
    fn translate(&mut self) {
        let mut sent = Vec::with_capacity(self.held.len() + 64);
        for &octet in &self.buffer[self.held.clone()] {
            if octet == b'\n' && !self.after_cr {
                sent.push(b'\r');
            }
            self.after_cr = octet == b'\r';
            sent.push(octet);
        }
        self.buffer = sent;
        self.held = 0..self.buffer.len();
    }

    /// Gives the sink what it takes.
    fn drain(&mut self, write: impl FnOnce(&[u8]) -> io::Result<usize>) -> io::Result<Step> {
        let octets = &self.buffer[self.held.clone()];
        if octets.is_empty() {
            return Ok(Step::Waits);
        }
        let line = octets.iter().position(|&octet| octet == b'\n').filter(|_| self.lines);
        match write(&octets[..line.map_or(octets.len(), |at| at + 1)]) {
            Ok(count) => {
                self.held.start += count;
                Ok(Step::Moved(count))
            }
            Err(error) if is_temporary(&error) => Ok(Step::Waits),
            Err(error) => Err(error),
        }
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
