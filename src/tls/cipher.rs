//! Opens protected records of TLS 1.0 (RFC 2246, section 6.2.3), 1.1 (RFC 4346), 1.2
//! (RFC 5246; RFC 5288, RFC 6655, RFC 7905, RFC 7366) and 1.3 (RFC 8446, section 5.2).

use std::ops::Range;

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use aes::{Aes128, Aes256};
use ring::aead::NONCE_LEN;
use ring::hmac;

use super::aead::{Algorithm, Open};
use super::record::{HEADER, Record};
use super::suite::{Protection, Suite};

/// An AES block.
const BLOCK: usize = 16;
/// Octets of a nonce that each record of TLS 1.2 carries (RFC 5288, section 3).
const EXPLICIT: usize = 8;
/// Octets that a record takes at least.
const MIN_RECORD: u64 = 24;
/// Records that may have been lost in one place.
const MAX_LOST: u64 = 256;

enum Key {
    /// The nonce's fixed part; whether each record carries the rest; TLS 1.3.
    Aead {
        key: Box<dyn Open>,
        tag: usize,
        iv: [u8; NONCE_LEN],
        explicit: bool,
        tls13: bool,
    },
    Cbc(Cbc),
}

struct Cbc {
    key: Vec<u8>,
    mac: hmac::Key,
    /// Whether the MAC is outside of what is encrypted.
    outside: bool,
    /// The IV of the next record, in TLS 1.0: the last block of the one before.
    next: Option<[u8; BLOCK]>,
}

/// The protection of one direction.
pub struct Cipher {
    key: Key,
    sequence: u64,
}

/// A record that was opened.
pub struct Opened {
    /// Its content type.
    pub kind: u8,
    /// Where its octets are in the buffer.
    pub range: Range<usize>,
    /// What was in records that were lost before it.
    pub lost: Lost,
}

/// Octets that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// How many there were.
    pub octets: u64,
    /// Whether that is known; they may be some more or less.
    pub exact: bool,
}

impl Cipher {
    /// The cipher of TLS 1.3 for a traffic secret.
    pub fn tls13(suite: Suite, secret: &[u8]) -> Option<Self> {
        let Protection::Aead(algorithm) = suite.protection else { return None };
        let key = algorithm.with(&suite.expand(secret, "key", algorithm.key_len()))?;
        let iv = suite.expand(secret, "iv", NONCE_LEN).try_into().ok()?;
        let key = Key::Aead { key, tag: algorithm.tag_len(), iv, explicit: false, tls13: true };
        Some(Cipher { key, sequence: 0 })
    }

    /// The cipher of an earlier version for a part of the key block: MAC key, key, IV.
    pub fn tls12(suite: Suite, [mac, key, iv]: &[Vec<u8>; 3], outside: bool) -> Option<Self> {
        let key = match suite.protection {
            Protection::Aead(algorithm) => {
                let mut fixed = [0; NONCE_LEN];
                fixed[..iv.len()].copy_from_slice(iv);
                let explicit = algorithm != Algorithm::ChaCha20;
                let tag = algorithm.tag_len();
                Key::Aead { key: algorithm.with(key)?, tag, iv: fixed, explicit, tls13: false }
            }
            Protection::Cbc(_, algorithm) => {
                let mac = hmac::Key::new(algorithm, mac);
                Key::Cbc(Cbc { key: key.clone(), mac, outside, next: iv.first_chunk().copied() })
            }
        };
        Some(Cipher { key, sequence: 0 })
    }

    /// Opens a record within `buffer`. Nothing if it does not fit; the next one may.
    /// `gap` octets of the stream before it were not opened: any number of records
    /// may have been in them.
    pub fn open(&mut self, record: &Record<'_>, gap: u64, buffer: &mut Vec<u8>) -> Option<Opened> {
        let most = if gap == 0 { 0 } else { (gap / MIN_RECORD + 1).min(MAX_LOST) };
        let found = (self.sequence..=self.sequence + most).find_map(|sequence| {
            buffer.clear();
            buffer.extend_from_slice(record.fragment);
            let (kind, range) = self.key.open(record, sequence, buffer)?;
            Some((sequence, kind, range))
        });
        if let Key::Cbc(Cbc { next: Some(next), mac, outside, .. }) = &mut self.key {
            let end = record.fragment.len().saturating_sub(if *outside { tag_len(mac) } else { 0 });
            *next = record.fragment[..end].last_chunk().copied().unwrap_or(*next);
        }
        let (sequence, kind, range) = found?;
        let records = sequence - self.sequence;
        let (overhead, exact) = self.key.overhead();
        let lost = Lost { octets: gap.saturating_sub(records * overhead), exact };
        self.sequence = sequence + 1;
        Some(Opened { kind, range, lost })
    }
}

impl Key {
    /// Opens a record that lies in `buffer`: its content type, and where its octets are.
    fn open(&self, record: &Record<'_>, sequence: u64, buffer: &mut [u8]) -> Option<(u8, Range<usize>)> {
        let (key, tag, iv, explicit, tls13) = match self {
            Key::Aead { key, tag, iv, explicit, tls13 } => (key, *tag, iv, *explicit, *tls13),
            Key::Cbc(cbc) => return Some((record.kind, cbc.open(record, sequence, buffer)?)),
        };
        let start = if explicit { EXPLICIT } else { 0 };
        let mut nonce = *iv;
        if explicit {
            nonce[NONCE_LEN - EXPLICIT..].copy_from_slice(record.fragment.get(..EXPLICIT)?);
        } else {
            nonce.iter_mut().rev().zip(sequence.to_le_bytes()).for_each(|(octet, part)| *octet ^= part);
        }
        if !tls13 {
            let plain = record.fragment.len().checked_sub(start + tag)?;
            let len = key.open(nonce, &mac_header(sequence, record, plain), &mut buffer[start..])?;
            return Some((record.kind, start..start + len));
        }
        let len = key.open(nonce, &header(record, record.fragment.len()), buffer)?;
        // The content type is the last octet that is not zero.
        let end = buffer[..len].iter().rposition(|&octet| octet != 0)?;
        Some((buffer[end], 0..end))
    }

    /// Octets that a record takes beside its own, and whether that is always so.
    /// (Padding of TLS 1.3 is hardly ever used.)
    fn overhead(&self) -> (u64, bool) {
        let (octets, exact) = match self {
            Key::Aead { tag, explicit, tls13, .. } => {
                (tag + usize::from(*tls13) + if *explicit { EXPLICIT } else { 0 }, true)
            }
            Key::Cbc(cbc) => (tag_len(&cbc.mac) + if cbc.next.is_none() { BLOCK } else { 0 }, false),
        };
        ((HEADER + octets) as u64, exact)
    }
}

/// A record's header with another length.
fn header(record: &Record<'_>, len: usize) -> [u8; HEADER] {
    let ([a, b], [c, d]) = (record.version.to_be_bytes(), (len as u16).to_be_bytes());
    [record.kind, a, b, c, d]
}

/// What a MAC of TLS 1.2 covers before the octets.
fn mac_header(sequence: u64, record: &Record<'_>, len: usize) -> [u8; 13] {
    let mut octets = [0; 13];
    octets[..8].copy_from_slice(&sequence.to_be_bytes());
    octets[8..].copy_from_slice(&header(record, len));
    octets
}

fn tag_len(mac: &hmac::Key) -> usize {
    mac.algorithm().digest_algorithm().output_len()
}

impl Cbc {
    /// Opens a record in place: where its octets are.
    fn open(&self, record: &Record<'_>, sequence: u64, buffer: &mut [u8]) -> Option<Range<usize>> {
        let tag = tag_len(&self.mac);
        let verify = |octets: &[u8], expected: &[u8]| {
            let mut context = hmac::Context::with_key(&self.mac);
            context.update(&mac_header(sequence, record, octets.len()));
            context.update(octets);
            (context.sign().as_ref() == expected).then_some(())
        };
        let mut end = buffer.len();
        if self.outside {
            end = end.checked_sub(tag)?;
            verify(&buffer[..end], &buffer[end..])?;
        }
        let (iv, rest) = match self.next {
            Some(iv) => (iv, &mut buffer[..end]),
            None => {
                let (iv, rest) = buffer[..end].split_first_chunk_mut()?;
                (*iv, rest)
            }
        };
        if rest.is_empty() || !rest.len().is_multiple_of(BLOCK) {
            return None;
        }
        let opened = match self.key.len() {
            16 => decrypt::<cbc::Decryptor<Aes128>>(&self.key, &iv, rest)?,
            _ => decrypt::<cbc::Decryptor<Aes256>>(&self.key, &iv, rest)?,
        };
        let start = end - opened;
        let padding = usize::from(rest[opened - 1]) + 1;
        let plain = opened.checked_sub(padding)?;
        if self.outside {
            return Some(start..start + plain);
        }
        let plain = plain.checked_sub(tag)?;
        verify(&rest[..plain], &rest[plain..plain + tag])?;
        Some(start..start + plain)
    }
}

/// Decrypts in place: how many octets.
fn decrypt<D: KeyIvInit + BlockModeDecrypt>(key: &[u8], iv: &[u8; BLOCK], octets: &mut [u8]) -> Option<usize> {
    Some(D::new_from_slices(key, iv).ok()?.decrypt_padded::<NoPadding>(octets).ok()?.len())
}
