//! Content codings (RFC 9110, section 8.4.1; RFC 7932, RFC 8878): bodies are
//! decoded up to a size, so that a small body cannot become a large one.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::message::Message;

/// Octets that are decoded of one body.
const MAX_DECODED: u64 = 16 << 20;
/// Codings that are undone one after the other.
const MAX_CODINGS: usize = 4;
/// The largest window that is kept for zstd, as a power of two (RFC 8878 asks for 8 MB).
const ZSTD_WINDOW: u32 = 23;

/// A decoded body.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The octets.
    pub octets: Vec<u8>,
    /// Whether that is not all: octets were missing, damaged or too many.
    pub cut: bool,
}

/// Decodes a message's body as its fields say.
pub fn decode(message: &Message) -> Decoded {
    let mut decoded = Decoded { octets: message.body.clone(), cut: message.body_cut() || message.missing > 0 };
    let value = message.field("content-encoding").unwrap_or_default();
    let codings = value.split(|&octet| octet == b',').map(|word| word.trim_ascii().to_ascii_lowercase());
    let codings: Vec<_> = codings.filter(|word| !word.is_empty() && word != b"identity").collect();
    // The coding named last was applied last.
    for coding in codings.iter().rev().take(MAX_CODINGS) {
        let (octets, cut) = match &coding[..] {
            b"gzip" | b"x-gzip" => limited(MultiGzDecoder::new(&decoded.octets[..])),
            b"deflate" => deflate(&decoded.octets),
            b"br" => limited(brotli_decompressor::Decompressor::new(&decoded.octets[..], 4096)),
            b"zstd" => zstd(&decoded.octets),
            _ => return decoded,
        };
        decoded = Decoded { octets, cut: cut || decoded.cut };
    }
    decoded
}

/// `deflate` is the zlib format, but some send bare deflate (RFC 9110, section 8.4.1.2).
fn deflate(octets: &[u8]) -> (Vec<u8>, bool) {
    let (decoded, cut) = limited(ZlibDecoder::new(octets));
    if decoded.is_empty() && cut { limited(DeflateDecoder::new(octets)) } else { (decoded, cut) }
}

fn zstd(octets: &[u8]) -> (Vec<u8>, bool) {
    let decoder = zstd::stream::read::Decoder::with_buffer(octets).and_then(|mut decoder| {
        decoder.window_log_max(ZSTD_WINDOW)?;
        Ok(decoder)
    });
    decoder.map_or((Vec::new(), true), limited)
}

/// Reads up to the limit; what was read before an error stays.
fn limited(reader: impl Read) -> (Vec<u8>, bool) {
    let mut octets = Vec::new();
    let mut reader = reader.take(MAX_DECODED + 1);
    let read: io::Result<usize> = reader.read_to_end(&mut octets);
    let long = octets.len() as u64 > MAX_DECODED;
    octets.truncate(MAX_DECODED as usize);
    (octets, long || read.is_err())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use sniff_captures::Time;

    use super::*;

    fn message(coding: &str, body: &[u8]) -> Message {
        let mut message = Message::new([b"HTTP/1.1", b"200", b"OK"], Time::default());
        message.push(b"Content-Encoding", coding.as_bytes());
        message.take_body(body, true);
        message
    }

    fn gzip(octets: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_coding_is_undone() {
        let text = b"hello hello hello".to_vec();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&text).unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(&text).unwrap();
        // brotli: the text in an uncompressed meta-block (RFC 7932, section 9.2).
        let brotli = [&[0x0b, 0x08, 0x80][..], &text[..], &[0x03]].concat();
        let rows = [
            ("", text.clone()),
            ("identity", text.clone()),
            ("gzip", gzip(&text)),
            ("GZIP, x-gzip", gzip(&gzip(&text))),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", bare.finish().unwrap()),
            ("br", brotli),
            ("zstd", zstd::encode_all(&text[..], 3).unwrap()),
        ];
        for (coding, body) in rows {
            let decoded = decode(&message(coding, &body));
            assert_eq!(decoded, Decoded { octets: text.clone(), cut: false }, "{coding}");
        }
    }

    #[test]
    fn bombs_and_damage_are_cut() {
        let bomb = gzip(&vec![0; MAX_DECODED as usize + 10]);
        let decoded = decode(&message("gzip", &bomb));
        assert_eq!((decoded.octets.len() as u64, decoded.cut), (MAX_DECODED, true));
        let whole = gzip(b"hello");
        let decoded = decode(&message("gzip", &whole[..whole.len() - 9]));
        assert!(decoded.cut);
        assert_eq!(decode(&message("br", b"\xff\xff")), Decoded { octets: Vec::new(), cut: true });
    }
}
