//! Compressing capture files as they are written.

use std::io::{self, Write};
use std::mem;
use std::path::Path;

use flate2::write::GzEncoder;

/// Levels that keep up with a capture: the next ones save a few hundredths more
/// at half the speed.
const GZIP_LEVEL: u32 = 3;
const ZSTD_LEVEL: i32 = 3;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip (RFC 1952).
    Gzip,
    /// zstd (RFC 8878).
    Zstd,
}

impl Compression {
    /// What a name asks for that ends in `.gz` or `.zst`, and that name without it.
    pub fn of(name: &Path) -> Option<(Self, &Path)> {
        let compression = match name.extension()?.to_str()? {
            "gz" => Compression::Gzip,
            "zst" => Compression::Zstd,
            _ => return None,
        };
        Some((compression, Path::new(name.file_stem()?)))
    }
}

/// Compresses a stream in parts.
pub enum Compressor {
    /// gzip.
    Gzip(GzEncoder<Vec<u8>>),
    /// zstd.
    Zstd(zstd::Encoder<'static, Vec<u8>>),
}

impl Compressor {
    /// Starts a stream.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::Gzip => Compressor::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL))),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Compressor::Zstd(encoder)
            }
        })
    }

    /// A part, compressed and complete: a reader gets every octet of it, even if
    /// nothing follows.
    ///
    /// # Errors
    /// The compressor fails.
    pub fn part(&mut self, octets: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Compressor::Gzip(encoder) => {
                encoder.write_all(octets)?;
                encoder.flush()?;
                Ok(mem::take(encoder.get_mut()))
            }
            Compressor::Zstd(encoder) => {
                encoder.write_all(octets)?;
                encoder.flush()?;
                Ok(mem::take(encoder.get_mut()))
            }
        }
    }

    /// The end of the stream.
    ///
    /// # Errors
    /// The compressor fails.
    pub fn end(self) -> io::Result<Vec<u8>> {
        match self {
            Compressor::Gzip(encoder) => encoder.finish(),
            Compressor::Zstd(encoder) => encoder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn every_part_can_be_read_before_the_stream_ends() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            let mut compressor = Compressor::new(compression).unwrap();
            let (mut packed, mut plain) = (Vec::new(), Vec::new());
            for part in [&b"one"[..], &[7; 300_000], b"three"] {
                packed.extend(compressor.part(part).unwrap());
                plain.extend_from_slice(part);
                let mut reader: Box<dyn Read> = match compression {
                    Compression::Gzip => Box::new(flate2::read::GzDecoder::new(&packed[..])),
                    Compression::Zstd => Box::new(zstd::Decoder::new(&packed[..]).unwrap()),
                };
                let mut read = vec![0; plain.len()];
                reader.read_exact(&mut read).unwrap();
                assert_eq!(read, plain, "{compression:?}");
            }
            packed.extend(compressor.end().unwrap());
            let mut read = Vec::new();
            match compression {
                Compression::Gzip => flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut read).unwrap(),
                Compression::Zstd => zstd::Decoder::new(&packed[..]).unwrap().read_to_end(&mut read).unwrap(),
            };
            assert_eq!(read, plain, "{compression:?}");
        }
    }

    #[test]
    fn names_ask_for_compression() {
        assert_eq!(
            ["d/x.pcap.gz", "x.pcapng.zst", "x.pcap", "gz", ".gz"].map(|name| Compression::of(Path::new(name))),
            [
                Some((Compression::Gzip, Path::new("x.pcap"))),
                Some((Compression::Zstd, Path::new("x.pcapng"))),
                None,
                None,
                None
            ]
        );
    }
}
