//! Standard input and output, without the library's buffers.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::stdio::stdout;

use super::exit::{Exit, Failure, reason};
use super::wait;
use rustix::event::PollFlags;

/// Standard output. A pipe is opened anew, so that writing to it need not wait
/// and nobody else who has it notices.
pub(super) struct Output {
    own: Option<OwnedFd>,
}

impl Output {
    pub(super) fn new() -> Self {
        let own = is_pipe(stdout())
            .then(|| open("/proc/self/fd/1", OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).ok());
        Output { own: own.flatten() }
    }

    /// The descriptor.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.own.as_ref().map_or(stdout(), AsFd::as_fd)
    }

    /// Writes as much as there is room for.
    pub(super) fn write(&self, octets: &[u8]) -> io::Result<usize> {
        rustix::io::write(self.fd(), octets).map_err(io::Error::from)
    }

    /// Writes all of it, and waits for whoever reads.
    pub(super) fn write_all(&self, octets: &[u8]) -> Result<(), Failure> {
        let mut rest = octets;
        while !rest.is_empty() {
            match self.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait::one(self.fd(), PollFlags::OUT, None).map_err(|error| unwritten(&error))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unwritten(&error)),
            }
        }
        Ok(())
    }
}

/// Standard output is full, and what comes cannot be passed on, or nobody wants
/// more of it, which ends well, as with nc.
pub(super) fn unwritten(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::new(Exit::Done, "");
    }
    Failure::new(Exit::Failed, format!("standard output: {}", reason(error)))
}

/// Whether this is a pipe.
pub(super) fn is_pipe(fd: BorrowedFd<'_>) -> bool {
    fstat(fd).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
}
