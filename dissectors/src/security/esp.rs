//! The Encapsulating Security Payload (RFC 4303), decrypted where a secret of
//! `-E` fits. As in tcpdump, no signature is verified.

use std::net::IpAddr;

use aes::{Aes128, Aes192, Aes256};
use blowfish::Blowfish;
use cast5::Cast5;
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use ctr::Ctr32BE;
use des::{Des, TdesEde3};

use crate::below::{Address, Below};
use crate::field::Field;
use crate::options::{Cipher, Opens, Secret};
use crate::out::Out;
use crate::put::Hex8;
use crate::registry;
use crate::view::{Step, Stop, View};

const SPI: Field<u32> = Field::new("esp.spi", 0);
const SEQUENCE: Field<u32> = Field::new("esp.sequence", 4);
/// Octets before what is encrypted.
const HEADER: usize = 8;
/// Octets of the signature HMAC-96 (RFC 2403, RFC 2404).
const HMAC_96: usize = 12;
/// Octets behind the padding: its length and the next header.
const TRAILER: usize = 2;

/// An encapsulated payload.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "esp";
    // A header that nothing follows counts as cut.
    v.check(HEADER + 1)?;
    let spi = v.get(SPI)?;
    o.put(("ESP(spi=0x", SPI.text(spi, Hex8(spi))));
    o.put((",seq=0x", SEQUENCE.hex(v.get(SEQUENCE)?), ")"));
    o.put((", length ", v.len()));
    let Some(plain) = opened(o, v, spi, below)? else {
        return Ok(());
    };
    let &[.., padding, next] = plain.as_slice() else {
        return Ok(());
    };
    let length = plain.len().checked_sub(usize::from(padding) + TRAILER).ok_or(Stop::Truncated)?;
    o.put(": ");
    o.nested(|o| registry::ip_payload(o, View::new(&plain[..length], length), next, below))
}

/// What is encrypted, in clear, if a secret is there for it.
fn opened(o: &Out, v: View<'_>, spi: u32, below: &Below<'_>) -> Step<Option<Vec<u8>>> {
    let Some(ip) = below.ip.filter(|ip| !ip.fragmented && !o.opt.secrets.is_empty()) else {
        return Ok(None);
    };
    let to = match ip.destination()? {
        Address::V4(octets) => IpAddr::from(octets),
        Address::V6(octets) => IpAddr::from(octets),
    };
    // The last one given counts, and one for all packets only where no other fits.
    let fits = |opens| o.opt.secrets.iter().rev().find(|secret| secret.opens == opens);
    // The next header is at the end, which must be captured.
    match (fits(Opens::EspTo(spi, to)).or_else(|| fits(Opens::Esp)), v.bytes(HEADER, v.len().saturating_sub(HEADER))) {
        (Some(secret), Ok(data)) => decrypt(secret, data),
        _ => Ok(None),
    }
}

/// What is encrypted behind the header, in clear; nothing if it is not whole blocks.
///
/// # Errors
/// It is shorter than its initialization vector and its signature.
pub(super) fn decrypt(secret: &Secret, data: &[u8]) -> Step<Option<Vec<u8>>> {
    let signature = if secret.authenticated { HMAC_96 } else { 0 };
    let data = before(data, signature)?;
    let key = &secret.key;
    match secret.cipher {
        Cipher::None => Ok(Some(data.to_vec())),
        Cipher::Des => chained::<Des>(key, data),
        Cipher::TripleDes => chained::<TdesEde3>(key, data),
        Cipher::Blowfish => chained_with::<Blowfish>(&sized(key, 16), data),
        Cipher::Cast128 => chained_with::<Cast5>(&sized(key, 16), data),
        Cipher::Aes128 => chained::<Aes128>(key, data),
        Cipher::Aes192 => chained::<Aes192>(key, data),
        Cipher::Aes256 => chained::<Aes256>(key, data),
        Cipher::Aes128Gcm(tag) => counted::<Ctr32BE<Aes128>>(key, 16, tag, data),
        Cipher::Aes192Gcm(tag) => counted::<Ctr32BE<Aes192>>(key, 24, tag, data),
        Cipher::Aes256Gcm(tag) => counted::<Ctr32BE<Aes256>>(key, 32, tag, data),
    }
}

/// What is before the last `n` octets.
fn before(data: &[u8], n: usize) -> Step<&[u8]> {
    Ok(&data[..data.len().checked_sub(n).ok_or(Stop::Truncated)?])
}

/// A key of `size` octets: one that is shorter is filled up with zeros.
fn sized(key: &[u8], size: usize) -> Vec<u8> {
    key.iter().copied().chain(std::iter::repeat(0)).take(size).collect()
}

/// CBC (RFC 2451, section 3) with a cipher whose keys have one size.
fn chained<C: BlockCipherDecrypt + KeyInit>(key: &[u8], data: &[u8]) -> Step<Option<Vec<u8>>> {
    chained_with::<C>(&sized(key, C::key_size()), data)
}

/// CBC: the initialization vector is a block before the data, which must be whole blocks.
fn chained_with<C: BlockCipherDecrypt + KeyInit>(key: &[u8], data: &[u8]) -> Step<Option<Vec<u8>>> {
    let (vector, data) = data.split_at_checked(C::block_size()).ok_or(Stop::Truncated)?;
    let mut plain = data.to_vec();
    let cipher = C::new_from_slice(key).ok().and_then(|key| Decryptor::<C>::inner_iv_slice_init(key, vector).ok());
    let whole = cipher.is_some_and(|cipher| cipher.decrypt_padded::<NoPadding>(&mut plain).is_ok());
    Ok(whole.then_some(plain))
}

/// GCM (RFC 4106): a salt of four octets ends the key, a vector of eight begins
/// the data, and a tag ends them. The first block of the counter is the tag's.
fn counted<C: KeyIvInit + StreamCipher>(key: &[u8], size: usize, tag: usize, data: &[u8]) -> Step<Option<Vec<u8>>> {
    const SALT: usize = 4;
    const VECTOR: usize = 8;
    let key = sized(key, size + SALT);
    let (vector, data) = data.split_at_checked(VECTOR).ok_or(Stop::Truncated)?;
    let mut counter = [0; 16];
    counter[..SALT].copy_from_slice(&key[size..]);
    counter[SALT..SALT + VECTOR].copy_from_slice(vector);
    counter[15] = 2;
    let mut plain = before(data, tag)?.to_vec();
    let cipher = C::new_from_slices(&key[..size], &counter).ok();
    Ok(cipher.map(|mut cipher| {
        cipher.apply_keystream(&mut plain);
        plain
    }))
}
