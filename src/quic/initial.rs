//! Opening Initial packets (RFC 9000, section 17.2.2; RFC 9001, section 5).

use ring::aead::quic::{AES_128, HeaderProtectionKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};

use crate::streams::tcp::Side;
use crate::tls::expand_label;
use crate::tls::record::Reader;

/// Packets in one datagram.
const MAX_PACKETS: usize = 8;
/// Octets of a connection ID.
const MAX_ID: usize = 20;
/// Where the sample of header protection begins after the packet number's place.
const SAMPLE: usize = 4;

/// A version of QUIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

impl Version {
    fn of(number: u32) -> Option<Self> {
        [Version::V1, Version::V2].into_iter().find(|version| version.number() == number)
    }

    /// Its number on the wire.
    pub fn number(self) -> u32 {
        match self {
            Version::V1 => 1,
            Version::V2 => 0x6b33_43cf,
        }
    }

    /// The type of Initial packets (RFC 9369, section 3.2).
    fn initial(self) -> u8 {
        match self {
            Version::V1 => 0,
            Version::V2 => 1,
        }
    }

    fn salt(self) -> [u8; 20] {
        match self {
            Version::V1 => [
                0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc,
                0xbb, 0x7f, 0x0a,
            ],
            Version::V2 => [
                0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9,
                0xbd, 0x2e, 0xd9,
            ],
        }
    }

    fn label(self, name: &str) -> String {
        format!("{} {name}", if self == Version::V1 { "quic" } else { "quicv2" })
    }
}

/// A protected Initial packet.
pub(super) struct Packet<'p> {
    pub version: Version,
    /// The connection ID of its receiver.
    pub target: &'p [u8],
    /// The whole packet.
    octets: &'p [u8],
    /// Where its number is.
    number: usize,
}

/// The Initial packets of a datagram.
pub(super) fn packets(octets: &[u8]) -> impl Iterator<Item = Packet<'_>> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let packet = next(rest);
        rest = packet.as_ref().map_or(&[], |packet| &rest[packet.octets.len()..]);
        packet
    })
    .take(MAX_PACKETS)
}

fn next(octets: &[u8]) -> Option<Packet<'_>> {
    let mut reader = Reader(octets);
    let first = reader.u8()?;
    let version = Version::of(u32::from_be_bytes(*reader.take(4)?.first_chunk()?))?;
    if first & 0xc0 != 0xc0 || first >> 4 & 3 != version.initial() {
        return None;
    }
    let target = reader.vec8().filter(|id| id.len() <= MAX_ID)?;
    reader.vec8().filter(|id| id.len() <= MAX_ID)?;
    let token = varint(&mut reader)?;
    reader.take(usize::try_from(token).ok()?)?;
    let len = usize::try_from(varint(&mut reader)?).ok()?;
    let number = octets.len() - reader.0.len();
    reader.take(len)?;
    Some(Packet { version, target, octets: &octets[..number + len], number })
}

/// A number of one to eight octets (RFC 9000, section 16).
fn varint(reader: &mut Reader<'_>) -> Option<u64> {
    let first = reader.u8()?;
    let rest = reader.take((1 << (first >> 6)) - 1)?;
    Some(rest.iter().fold(u64::from(first & 0x3f), |number, &octet| number << 8 | u64::from(octet)))
}

/// The keys of one side.
struct SideKeys {
    key: LessSafeKey,
    iv: [u8; NONCE_LEN],
    header: HeaderProtectionKey,
}

/// The keys of both sides' Initial packets.
pub(super) struct Keys([SideKeys; 2]);

impl Keys {
    /// The keys that follow from the connection ID of a client's first packet.
    pub fn new(version: Version, id: &[u8]) -> Option<Self> {
        let initial = Salt::new(HKDF_SHA256, &version.salt()).extract(id);
        let side = |label: &str| {
            let secret = Prk::new_less_safe(HKDF_SHA256, &expand_label(&initial, label, 32));
            let part = |name: &str, len| expand_label(&secret, &version.label(name), len);
            Some(SideKeys {
                key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &part("key", 16)).ok()?),
                iv: part("iv", NONCE_LEN).try_into().ok()?,
                header: HeaderProtectionKey::new(&AES_128, &part("hp", 16)).ok()?,
            })
        };
        Some(Keys([side("client in")?, side("server in")?]))
    }

    /// The frames in a packet of a side.
    pub fn open(&self, side: Side, packet: &Packet<'_>) -> Option<Vec<u8>> {
        let SideKeys { key, iv, header } = &self.0[side.index()];
        let mut octets = packet.octets.to_vec();
        let at = packet.number;
        let sample = octets.get(at + SAMPLE..at + SAMPLE + header.algorithm().sample_len())?;
        let mask = header.new_mask(sample).ok()?;
        octets[0] ^= mask[0] & 0x0f;
        let len = usize::from(octets[0] & 3) + 1;
        let mut number = 0u64;
        for place in 0..len {
            octets[at + place] ^= mask[1 + place];
            number = number << 8 | u64::from(octets[at + place]);
        }
        // Initial packets are few: their numbers are short enough to be whole.
        let mut nonce = *iv;
        nonce.iter_mut().rev().zip(number.to_le_bytes()).for_each(|(octet, part)| *octet ^= part);
        let (head, payload) = octets.split_at_mut(at + len);
        let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&*head), payload).ok()?;
        Some(opened.to_vec())
    }
}

/// The CRYPTO frames of a payload: places and octets (RFC 9000, section 19).
pub(super) fn frames(payload: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut reader = Reader(payload);
    std::iter::from_fn(move || {
        loop {
            match varint(&mut reader)? {
                // PADDING, PING.
                0 | 1 => {}
                // ACK, with or without counts of marks.
                kind @ (2 | 3) => {
                    let (_, _) = (varint(&mut reader)?, varint(&mut reader)?);
                    let ranges = varint(&mut reader)?;
                    let numbers = 1 + 2 * ranges + if kind == 3 { 3 } else { 0 };
                    for _ in 0..numbers {
                        varint(&mut reader)?;
                    }
                }
                6 => {
                    let offset = varint(&mut reader)?;
                    let len = varint(&mut reader)?;
                    return Some((offset, reader.take(usize::try_from(len).ok()?)?));
                }
                _ => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_rfc_9001_and_9369() {
        let id = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
        let ivs = [(Version::V1, "fa044b2f42a3fd3b46fb255c"), (Version::V2, "91f73e2351d8fa91660e909f")];
        for (version, iv) in ivs {
            let keys = Keys::new(version, &id).unwrap();
            assert_eq!(keys.0[0].iv.map(|octet| format!("{octet:02x}")).concat(), iv);
        }
    }

    #[test]
    fn frames_that_claim_too_much_end_the_payload() {
        assert_eq!(frames(&[0, 1, 6, 0, 2, 7, 8, 0]).collect::<Vec<_>>(), [(0, &[7, 8][..])]);
        assert_eq!(frames(&[2, 0, 0, 0xff, 255, 255, 255, 255, 255, 255, 255]).count(), 0);
        assert_eq!(frames(&[6, 0, 0x40]).count(), 0);
    }
}
