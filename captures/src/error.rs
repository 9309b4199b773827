//! What can go wrong with a capture, in libpcap's words where it has some.

use std::{fmt, io};

/// An error of a capture file or interface.
#[derive(Debug)]
pub enum Error {
    /// The operating system's answer.
    Io(io::Error),
    /// What is wrong with the contents, without the file's name.
    Damage(String),
}

impl Error {
    /// Contents that are wrong as `text` says.
    pub fn damage(text: impl Into<String>) -> Self {
        Error::Damage(text.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => f.write_str(&io_text(error)),
            Error::Damage(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// The text of `strerror`, without the number that Rust adds.
fn io_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
