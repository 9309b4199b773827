//! What a test of a port says.

use std::io;
use std::time::Duration;

use super::exit::{Exit, reason};
use super::icmp::Origin;

/// What is known of a port.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Something accepts connections, or answered.
    Open,
    /// Nothing answers there: a reset, or for UDP an ICMP port unreachable.
    Closed,
    /// No answer at all in this time, or in the kernel's own.
    Filtered(Option<Duration>),
    /// UDP's silence.
    Silent(Duration),
    /// An ICMP error and what the system makes of it.
    Rejected(String, Origin),
    /// Another error.
    Failed(io::Error),
}

impl Verdict {
    /// What an error of a connection, or of a datagram, means.
    pub(crate) fn of(error: io::Error, origin: Option<Origin>, udp: bool) -> Self {
        match (error.kind(), origin) {
            (io::ErrorKind::ConnectionRefused, None) => Verdict::Closed,
            (_, Some(origin)) if udp && origin.is_port_unreachable() => Verdict::Closed,
            (_, Some(origin)) => Verdict::Rejected(reason(&error), origin),
            (io::ErrorKind::TimedOut, None) => Verdict::Filtered(None),
            _ => Verdict::Failed(error),
        }
    }

    /// How a run with this verdict ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Verdict::Open => Exit::Done,
            Verdict::Closed => Exit::Failed,
            Verdict::Filtered(_) => Exit::TimedOut,
            Verdict::Silent(_) => Exit::Silent,
            Verdict::Rejected(..) => Exit::Unreachable,
            Verdict::Failed(error) => Exit::of(error),
        }
    }

    /// What is said of it: `place` is `HOST port PORT (tcp)`.
    pub(crate) fn failure(&self, place: &str) -> String {
        match self {
            Verdict::Open => format!("{place} is open"),
            Verdict::Closed => format!("connect to {place} failed: Connection refused"),
            Verdict::Filtered(Some(time)) => {
                format!("connect to {place} timed out: no answer in {}", seconds(*time))
            }
            Verdict::Filtered(None) => format!("connect to {place} timed out: Connection timed out"),
            Verdict::Silent(time) => format!("{place} is open|filtered: no answer in {}", seconds(*time)),
            Verdict::Rejected(text, origin) => format!("connect to {place} failed: {text} ({origin})"),
            Verdict::Failed(error) => format!("connect to {place} failed: {}", reason(error)),
        }
    }
}

/// Seconds without zeros that say nothing.
pub(super) fn seconds(time: Duration) -> String {
    let text = format!("{:.3}", time.as_secs_f64());
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_its_words_and_its_code() {
        let origin = Origin { v6: false, kind: 3, code: 13, sender: Some([10, 0, 0, 1].into()) };
        let closed = Origin { code: 3, ..origin.clone() };
        let error = |code| io::Error::from_raw_os_error(code);
        let rows = [
            (Verdict::of(error(libc::ECONNREFUSED), None, false), 1, "connect to X failed: Connection refused"),
            (
                Verdict::of(error(libc::ECONNREFUSED), Some(closed.clone()), true),
                1,
                "connect to X failed: Connection refused",
            ),
            (
                Verdict::of(error(libc::ECONNREFUSED), Some(closed), false),
                5,
                "connect to X failed: Connection refused (ICMP port unreachable from 10.0.0.1)",
            ),
            (
                Verdict::of(error(libc::EHOSTUNREACH), Some(origin), false),
                5,
                "connect to X failed: No route to host (ICMP administratively prohibited from 10.0.0.1)",
            ),
            (Verdict::of(error(libc::ENETUNREACH), None, false), 5, "connect to X failed: Network is unreachable"),
            (Verdict::of(error(libc::ETIMEDOUT), None, false), 2, "connect to X timed out: Connection timed out"),
            (Verdict::Filtered(Some(Duration::from_millis(1500))), 2, "connect to X timed out: no answer in 1.5 s"),
            (Verdict::Silent(Duration::from_secs(3)), 6, "X is open|filtered: no answer in 3 s"),
        ];
        for (verdict, code, text) in rows {
            assert_eq!((verdict.exit().code(), verdict.failure("X").as_str()), (code, text));
        }
    }
}
