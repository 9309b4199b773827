//! ClientHello and ServerHello (RFC 8446, section 4.1), and their fingerprints
//! JA3, JA3S and JA4.

use md5::{Digest, Md5};
use ring::digest::{SHA256, digest};

use super::record::{Reader, numbers};

const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const ENCRYPT_THEN_MAC: u16 = 22;
const PRE_SHARED_KEY: u16 = 41;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

/// The random of a ServerHello that is a HelloRetryRequest (section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// Whether a number is one of those that stand for nothing (RFC 8701).
fn is_grease(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

/// What a client offers.
#[derive(Clone, Debug, Default)]
pub struct ClientHello {
    /// The version field.
    pub version: u16,
    /// Its random octets.
    pub random: [u8; 32],
    /// The session that it wants to resume.
    pub session: Vec<u8>,
    /// Cipher suites.
    pub ciphers: Vec<u16>,
    /// Extension types, in order.
    pub extensions: Vec<u16>,
    /// The name of the server.
    pub server_name: Option<Vec<u8>>,
    /// Protocols above.
    pub alpn: Vec<Vec<u8>>,
    /// Versions of the extension.
    pub versions: Vec<u16>,
    groups: Vec<u16>,
    point_formats: Vec<u8>,
    signatures: Vec<u16>,
}

impl ClientHello {
    /// Reads the body of the message.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let mut hello = ClientHello {
            version: reader.u16()?,
            random: *reader.take(32)?.first_chunk()?,
            session: reader.vec8()?.to_vec(),
            ciphers: numbers(reader.vec16()?).collect(),
            ..ClientHello::default()
        };
        reader.vec8()?;
        let mut extensions = Reader(reader.vec16().unwrap_or_default());
        while let (Some(kind), Some(data)) = (extensions.u16(), extensions.vec16()) {
            hello.extensions.push(kind);
            let mut data = Reader(data);
            match kind {
                SERVER_NAME => hello.server_name = server_name(data),
                SUPPORTED_GROUPS => hello.groups = numbers(data.vec16().unwrap_or_default()).collect(),
                EC_POINT_FORMATS => hello.point_formats = data.vec8().unwrap_or_default().to_vec(),
                SIGNATURE_ALGORITHMS => hello.signatures = numbers(data.vec16().unwrap_or_default()).collect(),
                ALPN => hello.alpn = protocols(data),
                SUPPORTED_VERSIONS => {
                    let versions = numbers(data.vec8().unwrap_or_default());
                    hello.versions = versions.filter(|&version| !is_grease(version)).collect();
                }
                _ => {}
            }
        }
        Some(hello)
    }

    /// Whether data follow before the server's answer (RFC 8446, section 4.2.10).
    pub fn early_data(&self) -> bool {
        self.extensions.contains(&EARLY_DATA)
    }

    /// The text that JA3 digests.
    pub fn ja3_full(&self) -> String {
        let list = |numbers: &[u16]| joined(numbers, false, "-");
        let formats: Vec<u16> = self.point_formats.iter().map(|&format| u16::from(format)).collect();
        let parts = [&self.ciphers, &self.extensions, &self.groups, &formats].map(|numbers| list(numbers));
        format!("{},{}", self.version, parts.join(","))
    }

    /// JA3: the MD5 digest of what the client offers, in hexadecimal.
    pub fn ja3(&self) -> String {
        md5(&self.ja3_full())
    }

    /// JA4, for TCP or QUIC.
    pub fn ja4(&self, quic: bool) -> String {
        let version = match self.versions.iter().max().copied().unwrap_or(self.version) {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            _ => "00",
        };
        let count = |numbers: &[u16]| numbers.iter().filter(|&&number| !is_grease(number)).count().min(99);
        let name = if self.extensions.contains(&SERVER_NAME) { 'd' } else { 'i' };
        let mut ciphers = self.ciphers.clone();
        ciphers.sort_unstable();
        let mut extensions = self.extensions.clone();
        extensions.retain(|&kind| kind != SERVER_NAME && kind != ALPN);
        extensions.sort_unstable();
        let mut last = joined(&extensions, true, ",");
        let signatures = joined(&self.signatures, true, ",");
        if !signatures.is_empty() && !last.is_empty() {
            last = format!("{last}_{signatures}");
        }
        format!(
            "{}{version}{name}{:02}{:02}{}_{}_{}",
            if quic { 'q' } else { 't' },
            count(&self.ciphers),
            count(&self.extensions),
            ja4_alpn(self.alpn.first()),
            sha256_12(&joined(&ciphers, true, ",")),
            sha256_12(&last)
        )
    }
}

/// The first and last letter of the first protocol.
fn ja4_alpn(protocol: Option<&Vec<u8>>) -> String {
    let Some(([first, ..], [.., last])) = protocol.map(|p| (&p[..], &p[..])) else { return "00".to_owned() };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(*first), char::from(*last)].iter().collect();
    }
    let (first, last) = (format!("{first:02x}"), format!("{last:02x}"));
    format!("{}{}", &first[..1], &last[1..])
}

/// Numbers that are not GREASE, in decimal or as four hexadecimal digits.
fn joined(numbers: &[u16], hex: bool, separator: &str) -> String {
    let mut text = String::with_capacity(numbers.len() * 6);
    for number in numbers.iter().filter(|&&number| !is_grease(number)) {
        if !text.is_empty() {
            text.push_str(separator);
        }
        // Without the formatting machinery: this is most of what a fingerprint costs.
        let (base, mut place) = if hex { (16, 0x1000) } else { (10, 10_000) };
        while !hex && place > 1 && place > *number {
            place /= base;
        }
        while place > 0 {
            text.extend(char::from_digit(u32::from(number / place % base), u32::from(base)));
            place /= base;
        }
    }
    text
}

fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

fn sha256_12(text: &str) -> String {
    if text.is_empty() { "0".repeat(12) } else { hex(&digest(&SHA256, text.as_bytes()).as_ref()[..6]) }
}

/// RFC 6066, section 3.
fn server_name(mut data: Reader<'_>) -> Option<Vec<u8>> {
    let mut list = Reader(data.vec16()?);
    let (kind, name) = (list.u8()?, list.vec16()?);
    (kind == 0).then(|| name.to_vec())
}

/// RFC 7301, section 3.1.
fn protocols(mut data: Reader<'_>) -> Vec<Vec<u8>> {
    let mut list = Reader(data.vec16().unwrap_or_default());
    std::iter::from_fn(|| list.vec8()).map(<[u8]>::to_vec).collect()
}

/// What a server chose.
#[derive(Clone, Debug, Default)]
pub struct ServerHello {
    /// The version field.
    pub legacy_version: u16,
    /// The version that is spoken.
    pub version: u16,
    /// Its random octets.
    pub random: [u8; 32],
    /// The session.
    pub session: Vec<u8>,
    /// The cipher suite.
    pub cipher: u16,
    /// Extension types, in order.
    pub extensions: Vec<u16>,
    /// The protocol above.
    pub alpn: Option<Vec<u8>>,
    /// Whether it is a HelloRetryRequest.
    pub retry: bool,
    /// Whether early data are accepted, as EncryptedExtensions say.
    pub early_data: bool,
}

impl ServerHello {
    /// Reads the body of the message.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let version = reader.u16()?;
        let random: [u8; 32] = *reader.take(32)?.first_chunk()?;
        let session = reader.vec8()?.to_vec();
        let cipher = reader.u16()?;
        reader.u8()?;
        let retry = random == RETRY;
        let mut hello =
            ServerHello { legacy_version: version, version, random, session, cipher, retry, ..Self::default() };
        hello.extend(reader.vec16().unwrap_or_default());
        Some(hello)
    }

    /// Reads extensions, its own or those of EncryptedExtensions.
    pub fn extend(&mut self, extensions: &[u8]) {
        let own = self.extensions.is_empty();
        let mut extensions = Reader(extensions);
        while let (Some(kind), Some(data)) = (extensions.u16(), extensions.vec16()) {
            if own {
                self.extensions.push(kind);
            }
            let mut data = Reader(data);
            match kind {
                ALPN => self.alpn = protocols(data).into_iter().next(),
                SUPPORTED_VERSIONS => self.version = data.u16().unwrap_or(self.version),
                EARLY_DATA => self.early_data = true,
                _ => {}
            }
        }
    }

    /// Whether a session of TLS 1.3 is resumed.
    pub fn resumes(&self) -> bool {
        self.extensions.contains(&PRE_SHARED_KEY)
    }

    /// Whether CBC records carry their MAC outside (RFC 7366).
    pub fn encrypt_then_mac(&self) -> bool {
        self.extensions.contains(&ENCRYPT_THEN_MAC)
    }

    /// JA3S: the MD5 digest of what the server chose, in hexadecimal.
    pub fn ja3s(&self) -> String {
        md5(&format!("{},{},{}", self.legacy_version, self.cipher, joined(&self.extensions, false, "-")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ClientHello of JA4's documentation, as numbers.
    fn chrome() -> ClientHello {
        ClientHello {
            version: 0x0303,
            ciphers: vec![
                0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
                0x009d, 0x002f, 0x0035,
            ],
            extensions: vec![
                0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
                0xff01, 0x000b, 0x000a, 0x0015, 0x3a3a,
            ],
            alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            versions: vec![0x0304, 0x0303],
            signatures: vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
            ..ClientHello::default()
        }
    }

    #[test]
    fn ja4_is_that_of_its_documentation() {
        assert_eq!(chrome().ja4(false), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        let empty = ClientHello { version: 0x0301, ..ClientHello::default() };
        assert_eq!(empty.ja4(true), "q10i000000_000000000000_000000000000");
        let odd = ClientHello { alpn: vec![vec![0xab, 0xcd]], ..chrome() };
        assert!(odd.ja4(false).starts_with("t13d1516ad_"));
    }

    #[test]
    fn ja3_leaves_grease_out() {
        let hello = ClientHello {
            version: 769,
            ciphers: vec![0x0a0a, 47, 53],
            extensions: vec![0, 10, 0xfafa, 11],
            groups: vec![23, 0x1a1a, 24],
            point_formats: vec![0],
            ..ClientHello::default()
        };
        assert_eq!(hello.ja3_full(), "769,47-53,0-10-11,23-24,0");
    }

    #[test]
    fn cut_hellos_are_none() {
        assert!(ClientHello::parse(&[3, 3]).is_none());
        assert!(ServerHello::parse(&[3; 36]).is_none());
    }
}
