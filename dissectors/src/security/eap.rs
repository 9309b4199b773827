//! The Extensible Authentication Protocol (RFC 3748), and EAP over LANs
//! (IEEE 802.1X, clause 11).

use super::eapol_fields;
use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex2, Table, bits, named};
use crate::view::{Step, View};

const LAN_VERSION: Field<u8> = Field::new("eapol.version", 0);
const LAN_TYPE: Field<u8> = Field::new("eapol.type", 1);
const LAN_LENGTH: Field<u16> = Field::new("eapol.len", 2);
/// Octets of the header over LANs.
const LAN_HEADER: usize = 4;

const LAN_PACKET: u8 = 0;
const LAN_KEY: u8 = 3;
const LAN_TYPES: Table =
    &[(0, "EAP packet"), (1, "EAPOL start"), (2, "EAPOL logoff"), (3, "EAPOL key"), (4, "Encapsulated ASF alert")];

const CODE: Field<u8> = Field::new("eap.code", 0);
const IDENTIFIER: Field<u8> = Field::new("eap.id", 1);
const LENGTH: Field<u16> = Field::new("eap.len", 2);
const TYPE: Field<u8> = Field::new("eap.type", 4);
/// Octets of the header, and where the data of a type start.
const HEADER: usize = 4;
const DATA: usize = 5;

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;
const CODES: Table = &[(1, "Request"), (2, "Response"), (3, "Success"), (4, "Failure")];

const IDENTITY: u8 = 1;
const NOTIFICATION: u8 = 2;
const NAK: u8 = 3;
const TLS: u8 = 13;
const SIM: u8 = 18;
const TTLS: u8 = 21;
const AKA: u8 = 23;
const FAST: u8 = 43;
const TYPES: Table = &[
    (0, "No proposed"),
    (1, "Identity"),
    (2, "Notification"),
    (3, "Nak"),
    (4, "MD5-challenge"),
    (5, "OTP"),
    (6, "GTC"),
    (13, "TLS"),
    (18, "SIM"),
    (21, "TTLS"),
    (23, "AKA"),
    (43, "FAST"),
    (254, "Expanded types"),
    (255, "Experimental"),
];

/// The flag of TLS that says that a length follows (RFC 5216, section 3.1).
const HAS_LENGTH: u8 = 0x80;
const TLS_FLAGS: Table = &[(0x80, "L bit"), (0x40, "More fragments bit"), (0x20, "Start bit")];
const AKA_SUBTYPES: Table = &[
    (1, "Challenge"),
    (2, "Auth reject"),
    (4, "Sync failure"),
    (5, "Identity"),
    (10, "Start"),
    (11, "Challenge"),
    (12, "Notification"),
    (13, "Reauth"),
    (14, "Client error"),
];

/// A frame of EAP over LANs.
pub(crate) fn over_lan(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "eap";
    let result = frame(o, v);
    o.settle(result)
}

fn frame(o: &mut Out, v: View<'_>) -> Step {
    v.check(LAN_HEADER)?;
    let (kind, version, length) = (v.get(LAN_TYPE)?, v.get(LAN_VERSION)?, v.get(LAN_LENGTH)?);
    o.put((LAN_TYPE.text(kind, named(LAN_TYPES, kind, "unknown")), " (", kind, ") v", LAN_VERSION.show(version)));
    o.put((", len ", LAN_LENGTH.show(length)));
    if kind == LAN_KEY {
        eapol_fields::note(o, v.skip(LAN_HEADER).cut(length.into()));
    }
    if o.opt.verbose == 0 || kind != LAN_PACKET {
        return Ok(());
    }
    if length == 0 {
        o.truncated();
        return Ok(());
    }
    o.put(", ");
    dissect(o, v.skip(LAN_HEADER).claim(length.into()))
}

/// An EAP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "eap";
    o.see(LENGTH, v);
    let (code, length) = (v.get(CODE)?, usize::from(v.get(LENGTH)?));
    if length != v.len() {
        // The protocol below may put a fragment without header there.
        o.put("EAP fragment?");
        return Ok(());
    }
    let id = v.get(IDENTIFIER)?;
    o.put((CODE.text(code, named(CODES, code, "unknown")), " (", code, "), id ", IDENTIFIER.show(id)));
    o.put((", len ", length));
    if length < HEADER {
        return too_short(o, "EAP header");
    }
    v.check(length)?;
    if !matches!(code, REQUEST | RESPONSE) {
        return Ok(());
    }
    if length < DATA {
        return too_short(o, "EAP request/response");
    }
    let kind = v.get(TYPE)?;
    o.put(("\n\t\t Type ", TYPE.text(kind, named(TYPES, kind, "unknown")), " (", kind, ")"));
    data(o, kind, v.skip(DATA))
}

/// ` (too short for EAP header)`.
fn too_short(o: &mut Out, what: &'static str) -> Step {
    o.put((" (too short for ", what, ")"));
    Ok(())
}

/// The data of a type.
fn data(o: &mut Out, kind: u8, v: View<'_>) -> Step {
    match kind {
        IDENTITY if v.is_empty() => {}
        IDENTITY => {
            o.put(", Identity: ");
            o.text_to_nul(v, v.len())?;
        }
        NOTIFICATION if v.is_empty() => return too_short(o, "EAP Notification request/response"),
        NOTIFICATION => {
            o.put(", Notification: ");
            o.text_to_nul(v, v.len())?;
        }
        NAK if v.is_empty() => return too_short(o, "EAP Legacy NAK request/response"),
        NAK => {
            for at in 0..v.len() {
                let desired = v.u8(at)?;
                let separator = if at == 0 { " " } else { ", " };
                o.put((separator, named(TYPES, desired, "unknown"), " (", desired, ")"));
            }
        }
        TLS | TTLS | FAST => return tls(o, kind, v),
        AKA | SIM if v.is_empty() => return too_short(o, "EAP SIM/AKA request/response"),
        AKA | SIM => {
            let subtype = v.u8(0)?;
            o.put((" subtype [", named(AKA_SUBTYPES, subtype, "unknown"), "] 0x", Hex2(subtype)));
        }
        _ => {}
    }
    Ok(())
}

/// The version, flags and length of the types that carry TLS.
fn tls(o: &mut Out, kind: u8, v: View<'_>) -> Step {
    let fast = kind == FAST;
    if v.is_empty() {
        return too_short(o, if fast { "EAP FAST request/response" } else { "EAP TLS/TTLS request/response" });
    }
    let flags = v.u8(0)?;
    match kind {
        TTLS => o.put((" TTLSv", flags & 7)),
        FAST => o.put((" FASTv", flags & 7)),
        _ => {}
    }
    o.put((" flags [", bits(TLS_FLAGS, flags, ", ", "none"), "] 0x", Hex2(flags)));
    if flags & HAS_LENGTH == 0 {
        return Ok(());
    }
    if v.len() < 5 {
        o.put((" (too short for EAP ", if fast { "FAST" } else { "TLS/TTLS" }, " request/response with length)"));
        return Ok(());
    }
    o.put((", len ", v.u32(1)?));
    Ok(())
}
