//! Opens protected records of TLS 1.2 (RFC 5246, section 6.2.3; RFC 5288, RFC
//! 7905, RFC 7366) and TLS 1.3 (RFC 8446, section 5.2).

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use aes::{Aes128, Aes256};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use super::record::Record;
use super::suite::{Protection, Suite};

/// An AES block.
const BLOCK: usize = 16;
/// Octets of the part of a GCM nonce that each record carries (RFC 5288, section 3).
const EXPLICIT: usize = 8;

enum Key {
    /// The nonce's fixed part; whether each record carries the rest; TLS 1.3.
    Aead { key: Box<LessSafeKey>, iv: [u8; NONCE_LEN], explicit: bool, tls13: bool },
    /// The key, the MAC's key, and whether the MAC is outside.
    Cbc { key: Vec<u8>, mac: hmac::Key, outside: bool },
}

/// The protection of one direction.
pub struct Cipher {
    key: Key,
    sequence: u64,
}

impl Cipher {
    /// The cipher of TLS 1.3 for a traffic secret.
    pub fn tls13(suite: Suite, secret: &[u8]) -> Option<Self> {
        let Protection::Aead(algorithm) = suite.protection else { return None };
        let key = UnboundKey::new(algorithm, &suite.expand(secret, "key", algorithm.key_len())).ok()?;
        let iv = suite.expand(secret, "iv", NONCE_LEN).try_into().ok()?;
        let key = Key::Aead { key: Box::new(LessSafeKey::new(key)), iv, explicit: false, tls13: true };
        Some(Cipher { key, sequence: 0 })
    }

    /// The cipher of TLS 1.2 for a part of the key block: MAC key, key, IV.
    pub fn tls12(suite: Suite, [mac, key, iv]: &[Vec<u8>; 3], outside: bool) -> Option<Self> {
        let key = match suite.protection {
            Protection::Aead(algorithm) => {
                let mut fixed = [0; NONCE_LEN];
                fixed[..iv.len()].copy_from_slice(iv);
                let explicit = algorithm != &CHACHA20_POLY1305;
                let key = Box::new(LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?));
                Key::Aead { key, iv: fixed, explicit, tls13: false }
            }
            Protection::Cbc(_, algorithm) => {
                Key::Cbc { key: key.clone(), mac: hmac::Key::new(algorithm, mac), outside }
            }
        };
        Some(Cipher { key, sequence: 0 })
    }

    /// Opens a record within `buffer`: its content type and octets. Nothing if it
    /// does not fit; the next one may.
    pub fn open<'b>(&mut self, record: &Record<'_>, buffer: &'b mut Vec<u8>) -> Option<(u8, &'b [u8])> {
        buffer.clear();
        buffer.extend_from_slice(record.fragment);
        let sequence = self.sequence;
        let (kind, range) = match &self.key {
            Key::Aead { key, iv, explicit, tls13 } => {
                let start = if *explicit { EXPLICIT } else { 0 };
                let mut nonce = *iv;
                if *explicit {
                    nonce[NONCE_LEN - EXPLICIT..].copy_from_slice(record.fragment.get(..EXPLICIT)?);
                } else {
                    nonce.iter_mut().rev().zip(sequence.to_le_bytes()).for_each(|(octet, part)| *octet ^= part);
                }
                let nonce = Nonce::assume_unique_for_key(nonce);
                let len = if *tls13 {
                    let aad = header(record, record.fragment.len());
                    key.open_in_place(nonce, Aad::from(aad), &mut buffer[start..]).ok()?.len()
                } else {
                    let plain = record.fragment.len().checked_sub(start + key.algorithm().tag_len())?;
                    let aad = mac_header(sequence, record, plain);
                    key.open_in_place(nonce, Aad::from(aad), &mut buffer[start..]).ok()?.len()
                };
                if *tls13 {
                    // The content type is the last octet that is not zero.
                    let end = buffer[..len].iter().rposition(|&octet| octet != 0)?;
                    (buffer[end], 0..end)
                } else {
                    (record.kind, start..start + len)
                }
            }
            Key::Cbc { key, mac, outside } => {
                let range = cbc(key, mac, *outside, sequence, record, buffer)?;
                (record.kind, range)
            }
        };
        self.sequence += 1;
        Some((kind, &buffer[range]))
    }
}

/// A record's header with another length.
fn header(record: &Record<'_>, len: usize) -> [u8; 5] {
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

/// Opens a CBC record in place: where its octets are.
fn cbc(
    key: &[u8],
    mac: &hmac::Key,
    outside: bool,
    sequence: u64,
    record: &Record<'_>,
    buffer: &mut [u8],
) -> Option<std::ops::Range<usize>> {
    let tag = mac.algorithm().digest_algorithm().output_len();
    let verify = |octets: &[u8], expected: &[u8]| {
        let mut context = hmac::Context::with_key(mac);
        context.update(&mac_header(sequence, record, octets.len()));
        context.update(octets);
        (context.sign().as_ref() == expected).then_some(())
    };
    let mut end = buffer.len();
    if outside {
        end = end.checked_sub(tag)?;
        verify(&buffer[..end], &buffer[end..])?;
    }
    let (iv, rest) = buffer[..end].split_first_chunk_mut::<BLOCK>()?;
    if rest.is_empty() || !rest.len().is_multiple_of(BLOCK) {
        return None;
    }
    let opened = match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, iv).ok()?.decrypt_padded::<NoPadding>(rest).ok()?.len(),
        _ => cbc::Decryptor::<Aes256>::new_from_slices(key, iv).ok()?.decrypt_padded::<NoPadding>(rest).ok()?.len(),
    };
    let padding = usize::from(rest[opened - 1]) + 1;
    let plain = opened.checked_sub(padding)?;
    if outside {
        return Some(BLOCK..BLOCK + plain);
    }
    let plain = plain.checked_sub(tag)?;
    verify(&rest[..plain], &rest[plain..plain + tag])?;
    Some(BLOCK..BLOCK + plain)
}
