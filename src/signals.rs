//! Signals: each sets a flag and wakes whoever polls.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};

/// What signals have asked for.
pub(crate) struct Signals {
    stop: Arc<AtomicBool>,
    report: Arc<AtomicBool>,
    flush: Arc<AtomicBool>,
    wake: UnixStream,
    waker: UnixStream,
}

impl Signals {
    /// Installs the handlers: INT, TERM and HUP stop, USR1 reports the counters,
    /// USR2 flushes the file.
    pub(crate) fn install() -> io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        let signals = Signals { stop: Arc::default(), report: Arc::default(), flush: Arc::default(), wake, waker };
        let rows = [
            (SIGINT, &signals.stop),
            (SIGTERM, &signals.stop),
            (SIGHUP, &signals.stop),
            (SIGUSR1, &signals.report),
            (SIGUSR2, &signals.flush),
        ];
        for (signal, flag) in rows {
            // nohup(1) ignores HUP, and that must stay so.
            if signal == SIGHUP && sniff_captures::wait::ignored(signal) {
                continue;
            }
            signal_hook::flag::register(signal, Arc::clone(flag))?;
            signal_hook::low_level::pipe::register(signal, signals.waker.try_clone()?)?;
        }
        Ok(signals)
    }

    /// Whether the run is to end.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A flag that is set when the run is to end.
    pub(crate) fn stop_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Whether the counters were asked for since the last call.
    pub(crate) fn take_report(&self) -> bool {
        self.report.swap(false, Ordering::Relaxed)
    }

    /// Whether a flush was asked for since the last call.
    pub(crate) fn take_flush(&self) -> bool {
        self.flush.swap(false, Ordering::Relaxed)
    }

    /// The descriptor that becomes readable with a signal.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.wake.as_raw_fd()
    }

    /// Wakes whoever polls, as a signal does.
    pub(crate) fn wake(&self) {
        // A full pipe wakes as well.
        let _ = (&self.waker).write(&[0]);
    }

    /// Takes the wake-ups away.
    pub(crate) fn clear(&self) {
        let mut octets = [0; 64];
        while matches!((&self.wake).read(&mut octets), Ok(read) if read > 0) {}
    }
}
