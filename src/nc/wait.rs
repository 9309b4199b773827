//! Waiting for descriptors.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Waits until one of these is ready or the time is over; how many are.
pub(crate) fn ready(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    loop {
        match poll(fds, timeout.as_ref()) {
            Err(Errno::INTR) => {}
            result => return result.map_err(io::Error::from),
        }
    }
}

/// Waits for one descriptor until a time, or for ever; whether it is ready.
pub(crate) fn one(fd: impl AsFd, flags: PollFlags, until: Option<Instant>) -> io::Result<bool> {
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    let fd = fd.as_fd();
    ready(&mut [PollFd::from_borrowed_fd(fd, flags)], left).map(|count| count > 0)
}
