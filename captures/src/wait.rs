//! Waiting for descriptors.

use std::io;
use std::os::fd::RawFd;
use std::time::Duration;

/// Descriptors that are watched together.
pub struct Watch(Vec<libc::pollfd>);

impl Watch {
    /// Watches for octets in `read`, and for the other end of `broken` going
    /// away. A negative descriptor is none.
    pub fn new(read: &[RawFd], broken: Option<RawFd>) -> Self {
        let read = read.iter().map(|&fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
        let broken = broken.map(|fd| libc::pollfd { fd, events: 0, revents: 0 });
        Watch(read.chain(broken).collect())
    }

    /// Waits until something happens, for at most `timeout`. A signal ends the
    /// wait early.
    ///
    /// # Errors
    /// The descriptors cannot be polled.
    pub fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let milliseconds = timeout.map_or(-1, |t| i32::try_from(t.as_micros().div_ceil(1000)).unwrap_or(i32::MAX));
        // SAFETY: the vector has as many entries as the count says.
        let ready = unsafe { libc::poll(self.0.as_mut_ptr(), self.0.len() as libc::nfds_t, milliseconds) };
        if ready >= 0 {
            return Ok(());
        }
        self.0.iter_mut().for_each(|entry| entry.revents = 0);
        let error = io::Error::last_os_error();
        if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) }
    }

    /// Whether something happened at the descriptor of this number, `broken` being the last.
    pub fn happened(&self, number: usize) -> bool {
        self.0.get(number).is_some_and(|entry| entry.revents != 0)
    }
}

/// Whether the process ignores a signal, as under nohup(1).
pub fn ignored(signal: i32) -> bool {
    // SAFETY: a zeroed action is a valid value to be overwritten.
    let mut action = unsafe { std::mem::zeroed::<libc::sigaction>() };
    // SAFETY: only the current action is read.
    let code = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    code == 0 && action.sa_sigaction == libc::SIG_IGN
}
