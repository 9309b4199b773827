//! EAP (RFC 3748), and EAP over LANs (IEEE 802.1X).

use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex2, Table, bits, named};
use crate::view::{Step, View};

const CODE: Field<u8> = Field::new("eap.code", 0);
const ID: Field<u8> = Field::new("eap.id", 1);
const LENGTH: Field<u16> = Field::new("eap.len", 2);
const TYPE: Field<u8> = Field::new("eap.type", 4);
/// Octets before a type's data.
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
const TLS_FLAGS: Table = &[(0x80, "L bit"), (0x40, "More fragments bit"), (0x20, "Start bit")];
const TLS_LENGTH: u8 = 0x80;
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

const FRAME_VERSION: Field<u8> = Field::new("eapol.version", 0);
const FRAME_TYPE: Field<u8> = Field::new("eapol.type", 1);
const FRAME_LENGTH: Field<u16> = Field::new("eapol.len", 2);
const FRAME_HEADER: usize = 4;
const FRAME_PACKET: u8 = 0;
const FRAME_TYPES: Table =
    &[(0, "EAP packet"), (1, "EAPOL start"), (2, "EAPOL logoff"), (3, "EAPOL key"), (4, "Encapsulated ASF alert")];

/// An 802.1X frame; its packet only with `-v`.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "eap";
    let kind = v.get(FRAME_TYPE)?;
    let length = v.get(FRAME_LENGTH)?;
    o.put((FRAME_TYPE.text(kind, named(FRAME_TYPES, kind, "unknown")), " (", kind, ") v"));
    o.put((FRAME_VERSION.show(v.get(FRAME_VERSION)?), ", len ", FRAME_LENGTH.show(length)));
    if o.opt.verbose == 0 || kind != FRAME_PACKET {
        return Ok(());
    }
    if length == 0 {
        o.truncated();
        return Ok(());
    }
    o.put(", ");
    packet(o, v.skip(FRAME_HEADER).claim(length.into()))
}

/// An EAP packet, in whatever carries it.
pub(crate) fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "eap";
    let code = v.get(CODE)?;
    let length = usize::from(v.get(LENGTH)?);
    if length != v.len() {
        // A carrier may spread a packet over several of its fields.
        o.put("EAP fragment?");
        return Ok(());
    }
    o.put((
        CODE.text(code, named(CODES, code, "unknown")),
        " (",
        code,
        "), id ",
        ID.show(v.get(ID)?),
        ", len ",
        length,
    ));
    v.need(length)?;
    if code != REQUEST && code != RESPONSE {
        return Ok(());
    }
    if length < DATA {
        return too_short(o, "request/response");
    }
    let kind = v.get(TYPE)?;
    o.put(("\n\t\t Type ", TYPE.text(kind, named(TYPES, kind, "unknown")), " (", kind, ")"));
    match kind {
        IDENTITY if length > DATA => {
            o.put(", Identity: ");
            o.until_nul(v.skip(DATA), length - DATA);
        }
        NOTIFICATION => {
            if length == DATA {
                return too_short(o, "Notification request/response");
            }
            o.put(", Notification: ");
            o.until_nul(v.skip(DATA), length - DATA);
        }
        NAK => {
            if length == DATA {
                return too_short(o, "Legacy NAK request/response");
            }
            for at in DATA..length {
                let wanted = v.u8(at)?;
                o.put((if at > DATA { "," } else { "" }, " ", named(TYPES, wanted, "unknown"), " (", wanted, ")"));
            }
        }
        TLS | TTLS | FAST => {
            let protocol = if kind == FAST { "FAST request/response" } else { "TLS/TTLS request/response" };
            if length == DATA {
                return too_short(o, protocol);
            }
            let flags = v.u8(DATA)?;
            match kind {
                TTLS => o.put((" TTLSv", flags & 7)),
                FAST => o.put((" FASTv", flags & 7)),
                _ => {}
            }
            o.put((" flags [", bits(TLS_FLAGS, flags, ", ", "none"), "] 0x", Hex2(flags)));
            if flags & TLS_LENGTH != 0 {
                if length < DATA + 5 {
                    o.put((" (too short for EAP ", protocol, " with length)"));
                    return Ok(());
                }
                o.put((", len ", v.u32(DATA + 1)?));
            }
        }
        AKA | SIM => {
            if length == DATA {
                return too_short(o, "SIM/AKA request/response");
            }
            let subtype = v.u8(DATA)?;
            o.put((" subtype [", named(AKA_SUBTYPES, subtype, "unknown"), "] 0x", Hex2(subtype)));
        }
        _ => {}
    }
    Ok(())
}

fn too_short(o: &mut Out, what: &str) -> Step {
    o.put((" (too short for EAP ", what, ")"));
    Ok(())
}
