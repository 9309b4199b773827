//! Compressed capture files, recognised by their first octets.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;

type Source = Box<dyn Read + Send>;

/// Octets enough to recognise every format.
pub(super) const MAGIC: usize = 4;

/// Whether octets are the first of a compressed file.
pub(super) fn is_compressed(octets: &[u8]) -> bool {
    matches!(octets, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd] | [0x04, 0x22, 0x4d, 0x18])
}

/// The source itself, or what it holds uncompressed: gzip (RFC 1952), zstd
/// (RFC 8878) or LZ4 frames, also several one after the other.
pub(super) fn detect(mut source: Source) -> io::Result<Source> {
    let mut first = Vec::with_capacity(MAGIC);
    (&mut source).take(MAGIC as u64).read_to_end(&mut first)?;
    let magic = first.clone();
    let whole = io::Cursor::new(first).chain(source);
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 << 10, whole))),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(zstd::Decoder::new(whole)?),
        [0x04, 0x22, 0x4d, 0x18] => {
            let buffered: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(64 << 10, whole));
            Box::new(Lz4Members { member: Some(FrameDecoder::new(buffered)) })
        }
        _ => Box::new(whole),
    })
}

/// LZ4 frames one after the other: the decoder alone stops after the first.
struct Lz4Members {
    member: Option<FrameDecoder<Box<dyn BufRead + Send>>>,
}

impl Read for Lz4Members {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(done) = self.member.take() else { break };
            let mut rest = done.into_inner();
            if !rest.fill_buf()?.is_empty() {
                self.member = Some(FrameDecoder::new(rest));
            }
        }
        Ok(0)
    }
}
