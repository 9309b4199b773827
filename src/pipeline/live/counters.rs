//! What a capture counts, and when it says so.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use sniff_captures::live::Counts;

use crate::message;
use crate::pipeline::plural;

/// How often `Got N` is printed.
const SECOND: Duration = Duration::from_secs(1);

/// The counters of a capture: all that was received by the filter was captured,
/// or dropped by the kernel or by this program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub captured: u64,
    /// Dropped because memory was full.
    pub lost: u64,
    pub kernel: Counts,
}

impl Counters {
    /// The counters of interfaces that are captured together.
    pub(crate) fn new(captured: u64, lost: u64, interfaces: &[Counts]) -> Self {
        let mut kernel = Counts::default();
        for counts in interfaces {
            kernel.received += counts.received;
            kernel.dropped += counts.dropped;
            kernel.interface_dropped += counts.interface_dropped;
        }
        Counters { captured, lost, kernel }
    }

    /// `N packets captured` and the others.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |count: u64, what: &str| format!("{count} packet{} {what}", plural(count));
        let mut lines = vec![
            line(self.captured, "captured"),
            line(self.kernel.received, "received by filter"),
            line(self.kernel.dropped, "dropped by kernel"),
        ];
        if self.lost > 0 {
            lines.push(line(self.lost, "dropped by sniff"));
        }
        if self.kernel.interface_dropped > 0 {
            lines.push(line(self.kernel.interface_dropped, "dropped by interface"));
        }
        lines
    }

    /// The counters on one line, as USR1 and `--stats` ask for them.
    pub(crate) fn say(&self) {
        message::note(&self.lines().join(", "));
    }
}

/// Something that is said from time to time, if there is news.
pub(super) struct Every<T> {
    pause: Option<Duration>,
    next: Instant,
    said: Option<T>,
}

impl<T: PartialEq> Every<T> {
    /// Said after each `pause`, or never.
    pub(super) fn new(pause: Option<Duration>) -> Self {
        let now = Instant::now();
        Every { pause, next: pause.and_then(|pause| now.checked_add(pause)).unwrap_or(now), said: None }
    }

    /// When it is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.pause.map(|_| self.next)
    }

    /// Whether it is time.
    pub(super) fn is_due(&self) -> bool {
        self.pause.is_some() && Instant::now() >= self.next
    }

    /// Says what is now, if it is not what was said last.
    pub(super) fn step(&mut self, news: T, say: impl FnOnce(&T)) {
        let Some(pause) = self.pause else { return };
        let now = Instant::now();
        self.next = now.checked_add(pause).unwrap_or(now);
        if self.said.as_ref() != Some(&news) {
            say(&news);
            self.said = Some(news);
        }
    }
}

/// `Got N` on standard error, each second in which something came.
pub(super) fn got(wanted: bool) -> Every<u64> {
    Every::new(wanted.then_some(SECOND))
}

/// Prints it.
pub(super) fn say_got(captured: &u64) {
    let _ = write!(io::stderr(), "Got {captured}\r");
}
