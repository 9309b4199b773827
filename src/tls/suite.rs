//! The cipher suites that can be decrypted, and their key derivation: the PRF of
//! TLS 1.2 (RFC 5246, section 5) and HKDF of TLS 1.3 (RFC 8446, section 7.1).

use ring::aead::{AES_128_GCM, AES_256_GCM, Algorithm, CHACHA20_POLY1305};
use ring::hkdf::{self, HKDF_SHA256, HKDF_SHA384, KeyType, Prk};
use ring::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384};

use super::record::Reader;

/// How records are protected.
#[derive(Clone, Copy, PartialEq)]
pub enum Protection {
    /// AES-GCM or ChaCha20-Poly1305.
    Aead(&'static Algorithm),
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
        use Protection::{Aead, Cbc};
        let (protection, sha384) = match cipher {
            0x1301 | 0x009c | 0x009e | 0x00a2 | 0x00a8 | 0xc02b | 0xc02f => (Aead(&AES_128_GCM), false),
            0x1302 | 0x009d | 0x009f | 0x00a3 | 0x00a9 | 0xc02c | 0xc030 => (Aead(&AES_256_GCM), true),
            0x1303 | 0xcca8..=0xccae => (Aead(&CHACHA20_POLY1305), false),
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

    /// HKDF-Expand-Label; nothing if the secret's length is wrong.
    pub fn expand(self, secret: &[u8], label: &str, len: usize) -> Vec<u8> {
        expand_label(if self.sha384 { HKDF_SHA384 } else { HKDF_SHA256 }, secret, label, len)
    }

    /// The octets of `key_block` that a side uses: MAC key, key and IV.
    pub fn key_block(self, master: &[u8], client: &[u8; 32], server: &[u8; 32], side: usize) -> Option<[Vec<u8>; 3]> {
        let sizes = match self.protection {
            Protection::Aead(algorithm) => {
                [0, algorithm.key_len(), if algorithm == &CHACHA20_POLY1305 { 12 } else { 4 }]
            }
            Protection::Cbc(key, mac) => [mac.digest_algorithm().output_len(), key, 0],
        };
        let seed = [b"key expansion", &server[..], &client[..]].concat();
        let block = self.prf(master, &seed, 2 * sizes.iter().sum::<usize>());
        let mut reader = Reader(&block);
        let mut take = |size| Some([reader.take(size)?.to_vec(), reader.take(size)?.to_vec()][side].clone());
        Some([take(sizes[0])?, take(sizes[1])?, take(sizes[2])?])
    }

    /// P_hash.
    fn prf(self, secret: &[u8], seed: &[u8], len: usize) -> Vec<u8> {
        let key = hmac::Key::new(self.hmac(), secret);
        let mut output = Vec::new();
        let mut a = hmac::sign(&key, seed);
        while output.len() < len {
            output.extend_from_slice(hmac::sign(&key, &[a.as_ref(), seed].concat()).as_ref());
            a = hmac::sign(&key, a.as_ref());
        }
        output.truncate(len);
        output
    }
}

/// HKDF-Expand-Label with an empty context (RFC 8446, section 7.1).
pub fn expand_label(algorithm: hkdf::Algorithm, secret: &[u8], label: &str, len: usize) -> Vec<u8> {
    struct Len(usize);
    impl KeyType for Len {
        fn len(&self) -> usize {
            self.0
        }
    }
    let name = ["tls13 ", label].concat();
    let info: [&[u8]; 4] = [&(len as u16).to_be_bytes(), &[name.len() as u8], name.as_bytes(), &[0]];
    let mut output = vec![0; len];
    let prk = Prk::new_less_safe(algorithm, secret);
    // Only lengths beyond 255 digests fail.
    if prk.expand(&info, Len(len)).and_then(|okm| okm.fill(&mut output)).is_err() {
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
