//! A file that is being written.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use sniff_captures::write::{Compression, Compressor};

/// What became of a write that failed: octets that went out before it did.
pub(super) struct Short {
    pub(super) done: usize,
    pub(super) error: io::Error,
}

/// A file, or standard output.
pub(super) struct Target {
    pub(super) name: OsString,
    file: File,
    compressor: Option<Compressor>,
    /// Octets that are in it.
    pub(super) octets: u64,
}

impl Target {
    pub(super) fn new(name: OsString, file: File, compression: Option<Compression>) -> io::Result<Self> {
        Ok(Target { name, file, compressor: compression.map(Compressor::new).transpose()?, octets: 0 })
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.compressor.is_some()
    }

    /// Octets as they stand in the file.
    pub(super) fn encode<'o>(&mut self, octets: &'o [u8]) -> io::Result<Cow<'o, [u8]>> {
        match &mut self.compressor {
            Some(compressor) if !octets.is_empty() => compressor.part(octets).map(Cow::Owned),
            _ => Ok(Cow::Borrowed(octets)),
        }
    }

    /// What ends the file.
    pub(super) fn ending(&mut self) -> io::Result<Vec<u8>> {
        self.compressor.take().map_or(Ok(Vec::new()), Compressor::end)
    }

    /// Writes octets; `room` may make some where there is none.
    pub(super) fn write(&mut self, octets: &[u8], room: &mut dyn FnMut(&io::Error) -> bool) -> Result<(), Short> {
        let mut done = 0;
        while done < octets.len() {
            match self.file.write(&octets[done..]) {
                Ok(0) => return Err(Short { done, error: io::ErrorKind::WriteZero.into() }),
                Ok(wrote) => {
                    done += wrote;
                    self.octets += wrote as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if room(&error) => {}
                Err(error) => return Err(Short { done, error }),
            }
        }
        Ok(())
    }

    /// Takes back the last octets, where the file can be cut. If even this fails
    /// there is nothing better to leave behind.
    pub(super) fn cut(&mut self, octets: usize) {
        let Ok(end) = self.file.stream_position() else { return };
        let end = end.saturating_sub(octets as u64);
        if self.file.set_len(end).is_ok() {
            let _ = self.file.seek(SeekFrom::Start(end));
        }
    }
}
