//! The algorithms that open a record and its authentication at once: AES-GCM and
//! ChaCha20-Poly1305, and AES-CCM (RFC 6655).

use aes::{Aes128, Aes256};
use ccm::aead::{AeadInOut, KeyInit, Nonce as CcmNonce, Tag};
use ccm::consts::{U8, U12, U16};
use ccm::{Ccm, KeySizeUser};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// An algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// AES-GCM with a key of 16 octets.
    Gcm128,
    /// AES-GCM with a key of 32 octets.
    Gcm256,
    /// ChaCha20-Poly1305.
    ChaCha20,
    /// AES-CCM with a key of 16 octets, and octets of the tag: 16 or 8.
    Ccm128(usize),
    /// AES-CCM with a key of 32 octets, and octets of the tag.
    Ccm256(usize),
}

impl Algorithm {
    /// Octets of its key.
    pub fn key_len(self) -> usize {
        match self {
            Algorithm::Gcm128 | Algorithm::Ccm128(_) => 16,
            Algorithm::Gcm256 | Algorithm::ChaCha20 | Algorithm::Ccm256(_) => 32,
        }
    }

    /// Octets of its tag.
    pub fn tag_len(self) -> usize {
        match self {
            Algorithm::Ccm128(tag) | Algorithm::Ccm256(tag) => tag,
            _ => 16,
        }
    }

    /// Octets of the nonce that come from the key block of TLS 1.2; the others are
    /// in each record (RFC 5288, section 3; RFC 7905, section 2).
    pub fn fixed_len(self) -> usize {
        if self == Algorithm::ChaCha20 { NONCE_LEN } else { 4 }
    }

    /// The algorithm with a key; nothing if the key has another length.
    pub fn with(self, key: &[u8]) -> Option<Box<dyn Open>> {
        let algorithm = match self {
            Algorithm::Gcm128 => &AES_128_GCM,
            Algorithm::Gcm256 => &AES_256_GCM,
            Algorithm::ChaCha20 => &CHACHA20_POLY1305,
            Algorithm::Ccm128(8) => return ccm::<Ccm<Aes128, U8, U12>>(key),
            Algorithm::Ccm128(_) => return ccm::<Ccm<Aes128, U16, U12>>(key),
            Algorithm::Ccm256(8) => return ccm::<Ccm<Aes256, U8, U12>>(key),
            Algorithm::Ccm256(_) => return ccm::<Ccm<Aes256, U16, U12>>(key),
        };
        Some(Box::new(LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?)))
    }
}

fn ccm<C: AeadInOut + KeyInit + KeySizeUser + 'static>(key: &[u8]) -> Option<Box<dyn Open>> {
    Some(Box::new(InOut(C::new_from_slice(key).ok()?)))
}

/// An algorithm with its key.
pub trait Open {
    /// Opens `buffer`, which ends with the tag, in place: octets of what was in it.
    fn open(&self, nonce: [u8; NONCE_LEN], aad: &[u8], buffer: &mut [u8]) -> Option<usize>;
}

impl Open for LessSafeKey {
    fn open(&self, nonce: [u8; NONCE_LEN], aad: &[u8], buffer: &mut [u8]) -> Option<usize> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        Some(self.open_in_place(nonce, Aad::from(aad), buffer).ok()?.len())
    }
}

struct InOut<C>(C);

impl<C: AeadInOut> Open for InOut<C> {
    fn open(&self, nonce: [u8; NONCE_LEN], aad: &[u8], buffer: &mut [u8]) -> Option<usize> {
        let nonce = CcmNonce::<C>::try_from(&nonce[..]).ok()?;
        let tag_len = Tag::<C>::default().len();
        let (octets, tag) = buffer.split_at_mut(buffer.len().checked_sub(tag_len)?);
        let tag = Tag::<C>::try_from(&tag[..]).ok()?;
        self.0.decrypt_inout_detached(&nonce, aad, octets.into(), &tag).ok()?;
        Some(octets.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38C, appendix C.3.
    #[test]
    fn ccm_opens_what_was_sealed_and_nothing_else() {
        let key: Vec<u8> = (0x40..0x50).collect();
        let nonce: [u8; 12] = std::array::from_fn(|at| 0x10 + at as u8);
        let aad: Vec<u8> = (0..20).collect();
        let sealed = [
            0xe3, 0xb2, 0x01, 0xa9, 0xf5, 0xb7, 0x1a, 0x7a, 0x9b, 0x1c, 0xea, 0xec, 0xcd, 0x97, 0xe7, 0x0b, 0x61, 0x76,
            0xaa, 0xd9, 0xa4, 0x42, 0x8a, 0xa5, 0x48, 0x43, 0x92, 0xfb, 0xc1, 0xb0, 0x99, 0x51,
        ];
        let plain: Vec<u8> = (0x20..0x38).collect();
        let key = Algorithm::Ccm128(8).with(&key).unwrap();
        let mut buffer = sealed.to_vec();
        assert_eq!(key.open(nonce, &aad, &mut buffer), Some(24));
        assert_eq!(buffer[..24], plain);
        let mut buffer = sealed.to_vec();
        assert_eq!(key.open(nonce, &aad[1..], &mut buffer), None);
        assert!(Algorithm::Ccm128(8).with(&[0; 32]).is_none());
    }
}
