//! The authentication of IS-IS packets (RFC 5304, RFC 5310).

use md5::{Digest, Md5};

use super::isis_tlv::Packet;
use crate::out::Out;
use crate::put::{Hex2, Octets, Table, lookup};
use crate::view::{Step, View};

const PASSWORD: u8 = 1;
const GENERIC: u8 = 3;
const HMAC_MD5: u8 = 54;
const NAMES: Table = &[
    (1, "simple text password"),
    (3, "Generic Crypto key-id"),
    (54, "HMAC-MD5 password"),
    (255, "Routing Domain private password"),
];

/// Octets of an HMAC-MD5, and of a block of MD5 (RFC 2104).
const DIGEST: usize = 16;
const BLOCK: usize = 64;

/// The field of `size` octets.
pub(super) fn authentication(o: &mut Out, packet: &Packet<'_>, v: View<'_>, size: usize) -> Step {
    if size < 1 {
        return Ok(());
    }
    let kind = v.u8(0)?;
    let (v, left) = (v.skip(1), size - 1);
    o.put("\n\t      ");
    match lookup(NAMES, kind.into()) {
        Some(name) => o.put(name),
        None => o.put(("unknown Authentication type 0x", Hex2(kind))),
    }
    o.put(": ");
    match kind {
        PASSWORD => o.text_to_nul(v, left)?,
        HMAC_MD5 => {
            octets(o, v, left)?;
            o.put((left != DIGEST).then_some(", (invalid subTLV) "));
            verify(o, packet, v);
        }
        GENERIC if left < 2 => {}
        GENERIC => {
            o.put((v.u16(0)?, ", password: "));
            octets(o, v.skip(2), left - 2)?;
        }
        _ => o.unknown(v, "\n\t\t  ", left),
    }
    Ok(())
}

/// `size` octets, as far as there are.
fn octets(o: &mut Out, v: View<'_>, size: usize) -> Step {
    o.put(Octets(v.cut(size).data()));
    v.need(size)
}

/// Whether a digest is what the secret of `-M` makes of the packet.
fn verify(o: &mut Out, packet: &Packet<'_>, v: View<'_>) {
    let right =
        o.opt.md5_secret.as_deref().filter(|_| packet.may_check()).and_then(|secret| signature(packet, v, secret));
    match (right, v.bytes(0, DIGEST)) {
        (Some(right), Ok(given)) if right == given => o.put(" (valid)"),
        (Some(right), _) => o.put((Octets(&right), " (invalid)")),
        _ => o.put(" (unchecked)"),
    }
}

/// The digest of a packet, with its octets at `v` and those that change on the
/// way zero; nothing where not all of it is there.
fn signature(packet: &Packet<'_>, v: View<'_>, secret: &[u8]) -> Option<[u8; DIGEST]> {
    // As tcpdump has it: the lifetime and the checksum of link state packets are
    // taken out of every packet.
    const CHANGING: [std::ops::Range<usize>; 2] = [10..12, 24..26];
    let mut octets = packet.v.bytes(0, packet.length).ok()?.to_vec();
    let at = v.at().checked_sub(packet.v.at())?;
    let [lifetime, checksum] = CHANGING;
    for range in [at..at + DIGEST, lifetime, checksum] {
        octets.get_mut(range)?.fill(0);
    }
    let mut key = [0; BLOCK];
    if secret.len() > BLOCK {
        key[..DIGEST].copy_from_slice(&Md5::digest(secret));
    } else {
        key[..secret.len()].copy_from_slice(secret);
    }
    let mut inner = Md5::new();
    inner.update(key.map(|octet| octet ^ 0x36));
    inner.update(&octets);
    let mut outer = Md5::new();
    outer.update(key.map(|octet| octet ^ 0x5c));
    outer.update(inner.finalize());
    Some(outer.finalize().into())
}
