//! Standard output, written in large pieces without a second buffer.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

/// Standard output.
pub(crate) struct Stdout {
    file: File,
}

impl Stdout {
    /// A handle of its own, beside the line-buffered one of the standard library.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Stdout { file: File::from(io::stdout().as_fd().try_clone_to_owned()?) })
    }

    /// Writes everything.
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }
}
