//! Progress of long reads on standard error, when nobody watches the lines.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// The pause before the first report and between reports.
const PAUSE: Duration = Duration::from_millis(500);

/// Reports how far a file is read.
pub(super) struct Progress {
    start: Instant,
    next: Instant,
    shown: bool,
}

impl Progress {
    /// Reports if standard error is a terminal and standard output is none.
    pub(super) fn new() -> Option<Self> {
        let wanted = io::stderr().is_terminal() && !io::stdout().is_terminal();
        let now = Instant::now();
        wanted.then(|| Progress { start: now, next: now + PAUSE, shown: false })
    }

    /// Reports if it is time: octets read of the size, and packets.
    pub(super) fn step(&mut self, (read, size): (u64, Option<u64>), packets: u64) {
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + PAUSE;
        self.shown = true;
        let text = report(read, size, packets, now - self.start);
        let _ = write!(io::stderr(), "\r{text}\x1b[K");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// The line of a report.
fn report(read: u64, size: Option<u64>, packets: u64, spent: Duration) -> String {
    let seconds = spent.as_secs_f64().max(0.001);
    let rate = read as f64 / seconds;
    let mut text = format!("{} of {}", octets(read as f64), size.map_or("?".to_owned(), |size| octets(size as f64)));
    text += &format!(", {packets} packets, {}/s", octets(rate));
    if let Some(left) = size.map(|size| size.saturating_sub(read) as f64 / rate.max(1.0)) {
        let left = left as u64;
        text += &format!(", {}:{:02} left", left / 60, left % 60);
    }
    text
}

/// A number of octets in the largest fitting unit of 1000.
fn octets(value: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = value;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.*} {}", usize::from(unit > 0), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_octets_packets_rate_and_time_left() {
        let text = report(500_000_000, Some(2_000_000_000), 1234, Duration::from_secs(30));
        assert_eq!(text, "500.0 MB of 2.0 GB, 1234 packets, 16.7 MB/s, 1:30 left");
        assert!(report(10, None, 1, Duration::from_secs(1)).starts_with("10 B of ?, 1 packets"));
    }
}
