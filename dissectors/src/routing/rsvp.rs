//! Resource Reservation Protocol (RFC 2205), with refresh reduction (RFC 2961).
//! The objects are in [`super::rsvp_objects`].

use md5::{Digest, Md5};

use super::rsvp_fields;
use super::rsvp_objects::{self, Shown};
use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex4, Named, Octets, Otherwise, Table, bits, lookup, named};
use crate::view::{Step, Stop, View};

/// The header (RFC 2205, section 3.1.1).
const HEADER: usize = 8;
const VERSION_AT: usize = 0;
const TYPE: usize = 1;
const CHECKSUM: usize = 2;
const TTL: usize = 4;
const LENGTH: usize = 6;
const VERSION: u8 = 1;

const FIELDS: &[Slot] = &[
    Slot::new("rsvp.version", VERSION_AT, 1).bits(4, 0xf),
    Slot::new("rsvp.flags", VERSION_AT, 1).bits(0, 0xf),
    Slot::new("rsvp.msg", TYPE, 1),
    Slot::new("rsvp.message_checksum", CHECKSUM, 2),
    Slot::new("rsvp.sending_ttl", TTL, 1),
    Slot::new("rsvp.message_length", LENGTH, 2),
];

const BUNDLE: u8 = 12;
const MESSAGES: Table = &[
    (1, "Path"),
    (2, "Resv"),
    (3, "PathErr"),
    (4, "ResvErr"),
    (5, "PathTear"),
    (6, "ResvTear"),
    (7, "ResvConf"),
    (12, "Bundle"),
    (13, "Acknowledgement"),
    (14, "Hello (Old)"),
    (15, "Refresh"),
    (20, "Hello"),
];
const FLAGS: Table = &[(1, "Refresh reduction capable")];

/// Octets of an object's header (RFC 2205, section 3.1.2), which its length counts.
const OBJECT: usize = 4;

/// The digest within the object of integrity (RFC 2747, section 2), and its octets.
const DIGEST: usize = 16;
const DIGEST_SIZE: usize = 16;

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "rsvp";
    v.check(HEADER)?;
    o.see_all(FIELDS, v);
    let (version, kind) = (v.u8(VERSION_AT)? >> 4, v.u8(TYPE)?);
    if o.opt.verbose < 1 && version == VERSION {
        let name = Named(MESSAGES, kind.into(), Otherwise::Dec("unknown (", ")"));
        o.put(("RSVPv", version, " ", name, " Message, length: ", v.len()));
        return Ok(());
    }
    let Some(length) = header(o, v, "\n\t")? else { return Ok(()) };
    let (body, left) = (v.skip(HEADER), length - HEADER);
    match kind {
        BUNDLE => bundle(o, body, left).map_err(Stop::noticed),
        _ if lookup(MESSAGES, kind.into()).is_some() => {
            objects(o, v.cut(length), body, left, "\n\t  ").map_err(Stop::noticed)?;
            Ok(())
        }
        _ => {
            o.unknown(body, "\n\t    ", left);
            Ok(())
        }
    }
}

/// A header; the octets of the message with it, or nothing if they cannot be.
fn header(o: &mut Out, v: View<'_>, indent: &'static str) -> Step<Option<usize>> {
    v.check(HEADER)?;
    let first = v.u8(VERSION_AT)?;
    if first >> 4 != VERSION {
        o.put(("ERROR: RSVP version ", first >> 4, " packet not supported"));
        return Ok(None);
    }
    let (kind, length) = (v.u8(TYPE)?, usize::from(v.u16(LENGTH)?));
    let name = Named(MESSAGES, kind.into(), Otherwise::Dec("unknown, type: ", ""));
    o.put((indent, "RSVPv", VERSION, " ", name, " Message (", kind, "), Flags: ["));
    let flags = bits(FLAGS, first & 0xf, ", ", "none");
    o.put((flags, "], length: ", length, ", ttl: ", v.u8(TTL)?, ", checksum: 0x", Hex4(v.u16(CHECKSUM)?)));
    if length < HEADER {
        o.put(("ERROR: common header too short ", length, " < ", HEADER));
        return Ok(None);
    }
    Ok(Some(length))
}

/// Messages in `left` octets (RFC 2961, section 3.3).
fn bundle(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    while left != 0 {
        o.see_all(FIELDS, v);
        let Some(length) = header(o, v, "\n\t  ")? else { break };
        if left < length {
            o.put(("ERROR: common header too large ", length, " > ", left));
            break;
        }
        if !objects(o, v.cut(length), v.skip(HEADER), length - HEADER, "\n\t    ")? {
            break;
        }
        (v, left) = (v.skip(length), left - length);
    }
    Ok(())
}

/// Objects in `left` octets of a message; false where one cannot be.
fn objects(o: &mut Out, message: View<'_>, mut v: View<'_>, mut left: usize, indent: &'static str) -> Step<bool> {
    while left >= OBJECT {
        let size = usize::from(v.u16(0)?);
        let (class, kind) = (v.u8(2)?, v.u8(3)?);
        if !size.is_multiple_of(4) {
            o.put((indent, "ERROR: object header size ", size, " not a multiple of 4"));
            return Ok(false);
        }
        if size < OBJECT {
            o.put((indent, "ERROR: object header too short ", size, " < ", OBJECT));
            return Ok(false);
        }
        let unknown = match class >> 6 {
            0 | 1 => "reject",
            2 => "ignore silently",
            _ => "ignore and forward",
        };
        let name = named(rsvp_objects::NAMES, class, "Unknown");
        o.put((indent, name, " Object (", class, ") Flags: [", unknown, " if unknown], Class-Type: "));
        o.put((rsvp_objects::class_type(class, kind), " (", kind, "), length: ", size));
        if left < size {
            o.put((indent, "ERROR: object goes past end of objects TLV"));
            return Ok(false);
        }
        v.check(size)?;
        rsvp_fields::note(o, v.cut(size));
        let body = v.skip(OBJECT);
        let shown = match rsvp_objects::contents(o, body, class, kind, size - OBJECT, indent) {
            Err(Stop::Malformed) => {
                o.invalid();
                return Ok(false);
            }
            other => other?,
        };
        if (class, kind) == rsvp_objects::INTEGRITY_MD5 && shown == Shown::Whole {
            verdict(o, message, body.skip(DIGEST))?;
        }
        match shown {
            Shown::Short => {
                o.put((indent, "ERROR: object is too short"));
                return Ok(false);
            }
            Shown::Nothing => return Ok(false),
            Shown::Whole if o.opt.verbose <= 1 => {}
            Shown::Whole | Shown::Unknown => o.unknown(body, "\n\t    ", size - OBJECT),
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}

/// Whether the digest of a message fits the secret of `-M`; one that does not is
/// preceded by the one that would. The message is hashed without its checksum and
/// the digest.
fn verdict(o: &mut Out, message: View<'_>, digest: View<'_>) -> Step {
    let Some(secret) = o.opt.md5_secret.as_deref() else {
        o.put(" (unchecked)");
        return Ok(());
    };
    let found: [u8; DIGEST_SIZE] = digest.array(0)?;
    let size = usize::from(message.u16(LENGTH)?);
    let Ok(octets) = message.bytes(0, size) else {
        o.put(" (unchecked)");
        return Ok(());
    };
    let mut octets = octets.to_vec();
    let start = digest.at() - message.at();
    for range in [CHECKSUM..CHECKSUM + 2, start..start + DIGEST_SIZE] {
        if let Some(octets) = octets.get_mut(range) {
            octets.fill(0);
        }
    }
    let computed = hmac_md5(secret, &octets);
    if computed == found {
        o.put(" (valid)");
    } else {
        o.put((Octets(&computed), " (invalid)"));
    }
    Ok(())
}

/// RFC 2104.
fn hmac_md5(secret: &[u8], octets: &[u8]) -> [u8; DIGEST_SIZE] {
    const BLOCK: usize = 64;
    let mut key = [0; BLOCK];
    let hashed: [u8; DIGEST_SIZE];
    let secret = if secret.len() > BLOCK {
        hashed = Md5::digest(secret).into();
        &hashed
    } else {
        secret
    };
    for (to, from) in key.iter_mut().zip(secret) {
        *to = *from;
    }
    let inner = Md5::new().chain_update(key.map(|octet| octet ^ 0x36)).chain_update(octets).finalize();
    Md5::new().chain_update(key.map(|octet| octet ^ 0x5c)).chain_update(inner).finalize().into()
}
