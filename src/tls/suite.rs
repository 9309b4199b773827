//! The cipher suites that can be decrypted, and their key derivation: the PRF of
//! TLS 1.0 and 1.1 (RFC 2246, section 5), that of TLS 1.2 (RFC 5246, section 5), and
//! HKDF of TLS 1.3 (RFC 8446, section 7.1).

use ::hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use ring::hkdf::{HKDF_SHA256, HKDF_SHA384, KeyType, Prk};
use ring::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384};

use super::aead::Algorithm;
use super::record::Reader;

/// TLS 1.0.
pub const TLS10: u16 = 0x0301;
/// TLS 1.2.
pub const TLS12: u16 = 0x0303;

/// How records are protected.
#[derive(Clone, Copy, PartialEq)]
pub enum Protection {
    /// AES-GCM, AES-CCM or ChaCha20-Poly1305.
    Aead(Algorithm),
    /// AES-CBC with an HMAC; octets of the key.
    Cbc(usize, hmac::Algorithm),
}

/// A cipher suite.
#[derive(Clone, Copy, PartialEq)]
pub struct Suite {
    /// How records are protected.
    pub protection: Protection,
    /// The digest that keys are derived with: SHA-384 if true, or SHA-256.
    pub sha384: bool,
}

impl Suite {
    /// The suite of a number, if it can be decrypted.
    pub fn of(cipher: u16) -> Option<Self> {
        use Algorithm::{Ccm128, Ccm256, ChaCha20, Gcm128, Gcm256};
        use Protection::{Aead, Cbc};
        let (protection, sha384) = match cipher {
            0x1301 | 0x009c | 0x009e | 0x00a2 | 0x00a8 | 0x00aa | 0x00ac | 0xc02b | 0xc02f | 0xd001 => {
                (Aead(Gcm128), false)
            }
            0x1302 | 0x009d | 0x009f | 0x00a3 | 0x00a9 | 0x00ab | 0x00ad | 0xc02c | 0xc030 | 0xd002 => {
                (Aead(Gcm256), true)
            }
            0x1303 | 0xcca8..=0xccae => (Aead(ChaCha20), false),
            0x1304 | 0xc09c | 0xc09e | 0xc0a4 | 0xc0a6 | 0xc0ac | 0xd005 => (Aead(Ccm128(16)), false),
            0x1305 | 0xc0a0 | 0xc0a2 | 0xc0a8 | 0xc0aa | 0xc0ae | 0xd003 => (Aead(Ccm128(8)), false),
            0xc09d | 0xc09f | 0xc0a5 | 0xc0a7 | 0xc0ad => (Aead(Ccm256(16)), false),
            0xc0a1 | 0xc0a3 | 0xc0a9 | 0xc0ab | 0xc0af => (Aead(Ccm256(8)), false),
            0x002f | 0x0032..=0x0034 | 0x008c | 0xc009 | 0xc013 => (Cbc(16, HMAC_SHA1_FOR_LEGACY_USE_ONLY), false),
            0x0035 | 0x0038..=0x003a | 0x008d | 0xc00a | 0xc014 => (Cbc(32, HMAC_SHA1_FOR_LEGACY_USE_ONLY), false),
            0x003c | 0x0067 | 0xc023 | 0xc027 => (Cbc(16, HMAC_SHA256), false),
            0x003d | 0x006b => (Cbc(32, HMAC_SHA256), false),
            0xc024 | 0xc028 => (Cbc(32, HMAC_SHA384), true),
            _ => return None,
        };
        Some(Suite { protection, sha384 })
    }

    fn hmac(self) -> hmac::Algorithm {
        if self.sha384 { HMAC_SHA384 } else { HMAC_SHA256 }
    }

    /// HKDF-Expand-Label.
    pub fn expand(self, secret: &[u8], label: &str, len: usize) -> Vec<u8> {
        expand_label(&Prk::new_less_safe(if self.sha384 { HKDF_SHA384 } else { HKDF_SHA256 }, secret), label, len)
    }

    /// The octets of `key_block` that a side uses in a version before TLS 1.3: MAC key, key and IV.
    pub fn key_block(
        self,
        version: u16,
        master: &[u8],
        [client, server]: [&[u8; 32]; 2],
        side: usize,
    ) -> Option<[Vec<u8>; 3]> {
        let sizes = match self.protection {
            Protection::Aead(algorithm) => [0, algorithm.key_len(), algorithm.fixed_len()],
            // Only the first record of TLS 1.0 has its IV from here.
            Protection::Cbc(key, mac) => {
                [mac.digest_algorithm().output_len(), key, if version == TLS10 { 16 } else { 0 }]
            }
        };
        let seed = [b"key expansion", &server[..], &client[..]].concat();
        let len = 2 * sizes.iter().sum::<usize>();
        let block =
            if version < TLS12 { prf_of_md5_and_sha1(master, &seed, len) } else { self.prf(master, &seed, len) };
        let mut reader = Reader(&block);
        let mut take = |size| Some([reader.take(size)?.to_vec(), reader.take(size)?.to_vec()][side].clone());
        Some([take(sizes[0])?, take(sizes[1])?, take(sizes[2])?])
    }

    /// The PRF of TLS 1.2.
    fn prf(self, secret: &[u8], seed: &[u8], len: usize) -> Vec<u8> {
        let key = hmac::Key::new(self.hmac(), secret);
        p_hash(|octets| hmac::sign(&key, octets).as_ref().to_vec(), seed, len)
    }
}

/// The PRF of TLS 1.0 and 1.1: halves of the secret for MD5 and SHA-1.
fn prf_of_md5_and_sha1(secret: &[u8], seed: &[u8], len: usize) -> Vec<u8> {
    let half = secret.len().div_ceil(2);
    let (first, second) = (&secret[..half], &secret[secret.len() - half..]);
    let sha1 = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, second);
    let md5 = |octets: &[u8]| {
        // An HMAC takes a key of any length.
        let mac = Hmac::<Md5>::new_from_slice(first).map(|mac| mac.chain_update(octets));
        mac.map_or(Vec::new(), |mac| mac.finalize().into_bytes().to_vec())
    };
    let mut output = p_hash(md5, seed, len);
    let other = p_hash(|octets| hmac::sign(&sha1, octets).as_ref().to_vec(), seed, len);
    output.iter_mut().zip(other).for_each(|(octet, other)| *octet ^= other);
    output
}

/// P_hash.
fn p_hash(sign: impl Fn(&[u8]) -> Vec<u8>, seed: &[u8], len: usize) -> Vec<u8> {
    let mut output = Vec::new();
    let mut a = sign(seed);
    while output.len() < len && !a.is_empty() {
        output.extend(sign(&[&a[..], seed].concat()));
        a = sign(&a);
    }
    output.truncate(len);
    output
}

/// HKDF-Expand-Label with an empty context (RFC 8446, section 7.1).
pub fn expand_label(secret: &Prk, label: &str, len: usize) -> Vec<u8> {
    struct Len(usize);
    impl KeyType for Len {
        fn len(&self) -> usize {
            self.0
        }
    }
    let name = ["tls13 ", label].concat();
    let info: [&[u8]; 4] = [&(len as u16).to_be_bytes(), &[name.len() as u8], name.as_bytes(), &[0]];
    let mut output = vec![0; len];
    // Only lengths beyond 255 digests fail.
    if secret.expand(&info, Len(len)).and_then(|okm| okm.fill(&mut output)).is_err() {
        output.clear();
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_tls_1_3_are_those_of_rfc_8448() {
        // Section 3: the server's handshake traffic secret and its keys.
        let secret = "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38";
        let secret: Vec<u8> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(&secret[at..at + 2], 16).unwrap()).collect();
        let suite = Suite::of(0x1301).unwrap();
        let hex = |octets: Vec<u8>| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        assert_eq!(hex(suite.expand(&secret, "key", 16)), "3fce516009c21727d0f2e4e86ee403bc");
        assert_eq!(hex(suite.expand(&secret, "iv", 12)), "5d313eb2671276ee13000b30");
    }
}
