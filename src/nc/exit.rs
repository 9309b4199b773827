//! How a run ends: one exit code for each kind of end, so that scripts can tell
//! them apart. Nought and one are what nc has.

use std::io;

use super::icmp::Origin;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All went well; a port is open.
    Done = 0,
    /// The connection was refused, or an error of this host's own, such as a bad option.
    Failed = 1,
    /// No answer came in time.
    TimedOut = 2,
    /// The peer reset the connection or cut it, or input was left that it does not take.
    Reset = 3,
    /// The name was not found.
    Name = 4,
    /// A router or host said by ICMP that there is no way, or there is no route.
    Unreachable = 5,
    /// UDP's silence: the port is open or filtered.
    Silent = 6,
    /// The TLS handshake failed.
    Tls = 7,
    /// A proxy or a service answered, but not as it should.
    Answer = 8,
}

impl Exit {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// Its name in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Exit::Done => "ok",
            Exit::Failed => "refused",
            Exit::TimedOut => "timeout",
            Exit::Reset => "reset",
            Exit::Name => "name",
            Exit::Unreachable => "unreachable",
            Exit::Silent => "open|filtered",
            Exit::Tls => "tls",
            Exit::Answer => "answer",
        }
    }

    /// The end that a system call's error is, unless the error came by ICMP.
    pub(crate) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Exit::TimedOut,
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => Exit::Reset,
            io::ErrorKind::InvalidData => Exit::Tls,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Exit::Unreachable,
            _ => Exit::Failed,
        }
    }
}

/// Why a run ends early: what is said, and how it ends.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The kind of end.
    pub exit: Exit,
    /// The message, without the program's name.
    pub text: String,
}

impl Failure {
    /// An end with a message.
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Failure { exit, text: text.into() }
    }

    /// An error of this host's own.
    pub(crate) fn local(text: impl Into<String>) -> Self {
        Self::new(Exit::Failed, text)
    }

    /// A system call's error, after what was tried.
    pub(crate) fn system(what: &str, error: &io::Error) -> Self {
        Self::new(Exit::Failed, format!("{what}: {}", reason(error)))
    }

    /// The same of a connection, with what ICMP said.
    pub(crate) fn of(what: &str, error: &io::Error, origin: Option<&Origin>) -> Self {
        let exit = if origin.is_some() { Exit::Unreachable } else { Exit::of(error) };
        let origin = origin.map(|origin| format!(" ({origin})")).unwrap_or_default();
        Self::new(exit, format!("{what}: {}{origin}", reason(error)))
    }
}

/// The system's words for an error, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    // TLS that ends without saying so may have been cut (RFC 8446, section 6.1).
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return "ended without TLS's own end".to_owned();
    }
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}
