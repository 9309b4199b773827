//! Waiting for descriptors.

use std::io;
use std::os::fd::RawFd;
use std::time::Duration;

/// Waits until one of two descriptors can be read, for at most `timeout`; which
/// of them can. A signal ends the wait early with neither.
///
/// # Errors
/// The descriptors cannot be polled.
pub fn readable(fds: [RawFd; 2], timeout: Option<Duration>) -> io::Result<[bool; 2]> {
    let mut polled = fds.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    let milliseconds = timeout.map_or(-1, |t| i32::try_from(t.as_micros().div_ceil(1000)).unwrap_or(i32::MAX));
    // SAFETY: the array has as many entries as the count says.
    let ready = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, milliseconds) };
    if ready < 0 {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::Interrupted { Ok([false; 2]) } else { Err(error) };
    }
    Ok(polled.map(|entry| entry.revents != 0))
}

/// Whether the process ignores a signal, as under nohup(1).
pub fn ignored(signal: i32) -> bool {
    // SAFETY: a zeroed action is a valid value to be overwritten.
    let mut action = unsafe { std::mem::zeroed::<libc::sigaction>() };
    // SAFETY: only the current action is read.
    let code = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    code == 0 && action.sa_sigaction == libc::SIG_IGN
}
