//! Payloads of IKE version 1 (RFC 2407, RFC 2408, RFC 2409).

use crate::names;
use crate::out::Out;
use crate::put::{Hex2, Ipv4, Ipv6, Table, named_dec};
use crate::security::isakmp::{Behind, Context, GENERIC, PROTOCOLS, Payload, chain, cut, raw, some_data};
use crate::security::isakmp_attributes::{self as attributes, IPSEC, OAKLEY};
use crate::security::isakmp_v2;
use crate::view::Step;

pub(super) const SA: u8 = 1;
pub(super) const PROPOSAL: u8 = 2;
pub(super) const TRANSFORM: u8 = 3;
const KEY_EXCHANGE: u8 = 4;
const IDENTIFICATION: u8 = 5;
const CERTIFICATE: u8 = 6;
const CERTIFICATE_REQUEST: u8 = 7;
const HASH: u8 = 8;
const SIGNATURE: u8 = 9;
const NONCE: u8 = 10;
pub(super) const NOTIFICATION: u8 = 11;
const DELETE: u8 = 12;
const VENDOR_ID: u8 = 13;

/// The domain of interpretation of IPsec (RFC 2407).
const DOI_IPSEC: u32 = 1;

const CERTIFICATES: Table = &[
    (0, "none"),
    (1, "pkcs7"),
    (2, "pgp"),
    (3, "dns"),
    (4, "x509sign"),
    (5, "x509ke"),
    (6, "kerberos"),
    (7, "crl"),
    (8, "arl"),
    (9, "spki"),
    (10, "x509attr"),
];
const IDENTITIES: Table = &[
    (1, "IPv4"),
    (2, "FQDN"),
    (3, "user FQDN"),
    (4, "IPv4net"),
    (5, "IPv6"),
    (6, "IPv6net"),
    (7, "IPv4range"),
    (8, "IPv6range"),
    (9, "ASN1 DN"),
    (10, "ASN1 GN"),
    (11, "keyid"),
];
/// Errors from 1, states from 16384, and IPsec's from 8192 and 24576.
const NOTIFICATIONS: Table = &[
    (1, "INVALID-PAYLOAD-TYPE"),
    (2, "DOI-NOT-SUPPORTED"),
    (3, "SITUATION-NOT-SUPPORTED"),
    (4, "INVALID-COOKIE"),
    (5, "INVALID-MAJOR-VERSION"),
    (6, "INVALID-MINOR-VERSION"),
    (7, "INVALID-EXCHANGE-TYPE"),
    (8, "INVALID-FLAGS"),
    (9, "INVALID-MESSAGE-ID"),
    (10, "INVALID-PROTOCOL-ID"),
    (11, "INVALID-SPI"),
    (12, "INVALID-TRANSFORM-ID"),
    (13, "ATTRIBUTES-NOT-SUPPORTED"),
    (14, "NO-PROPOSAL-CHOSEN"),
    (15, "BAD-PROPOSAL-SYNTAX"),
    (16, "PAYLOAD-MALFORMED"),
    (17, "INVALID-KEY-INFORMATION"),
    (18, "INVALID-ID-INFORMATION"),
    (19, "INVALID-CERT-ENCODING"),
    (20, "INVALID-CERTIFICATE"),
    (21, "CERT-TYPE-UNSUPPORTED"),
    (22, "INVALID-CERT-AUTHORITY"),
    (23, "INVALID-HASH-INFORMATION"),
    (24, "AUTHENTICATION-FAILED"),
    (25, "INVALID-SIGNATURE"),
    (26, "ADDRESS-NOTIFICATION"),
    (27, "NOTIFY-SA-LIFETIME"),
    (28, "CERTIFICATE-UNAVAILABLE"),
    (29, "UNSUPPORTED-EXCHANGE-TYPE"),
    (30, "UNEQUAL-PAYLOAD-LENGTHS"),
    (16384, "CONNECTED"),
];
const RESPONDER_LIFETIME: u16 = 24576;
const REPLAY_STATUS: u16 = 24577;

/// A payload of either version: the versions share their numbers.
pub(super) fn payload<'p>(o: &mut Out, c: Context<'p>, kind: u8, at: usize, length: usize) -> Behind {
    match kind {
        SA => o_nested(o, c, at),
        PROPOSAL => proposal(o, c, at),
        TRANSFORM => transform(o, c, at, length),
        KEY_EXCHANGE => opaque(o, c, kind, " key len=", at, length),
        IDENTIFICATION => identification(o, c, at, length),
        CERTIFICATE | CERTIFICATE_REQUEST => certificate(o, c, kind, at, length),
        HASH | SIGNATURE | VENDOR_ID => opaque(o, c, kind, " len=", at, length),
        NONCE => nonce(o, c, at, length),
        NOTIFICATION => notification(o, c, at, length),
        DELETE => delete(o, c, at),
        33..=45 | 47 | 48 => isakmp_v2::payload(o, c, kind, at, length),
        _ => {
            o.put(Payload(kind));
            Ok(Some(at + length))
        }
    }
}

/// Associations can hold each other in a message that lies: nesting is bounded.
fn o_nested(o: &mut Out, c: Context<'_>, at: usize) -> Behind {
    let mut behind = None;
    o.nested(|o| {
        behind = association(o, c, at)?;
        Ok(())
    })?;
    Ok(behind)
}

/// The name of a payload whose content is `length` octets, and with `-vvv` those.
fn opaque(o: &mut Out, c: Context<'_>, kind: u8, before: &str, at: usize, length: usize) -> Behind {
    o.put((Payload(kind), ":"));
    if !c.has(at, GENERIC) {
        return cut(o, kind);
    }
    o.put((before, length - GENERIC));
    content(o, c, kind, at, length)
}

/// With `-vvv` the content of a payload.
fn content(o: &mut Out, c: Context<'_>, kind: u8, at: usize, length: usize) -> Behind {
    if o.opt.verbose > 2 && length > GENERIC {
        o.put(" ");
        if !raw(o, &c, at + GENERIC, length - GENERIC) {
            return cut(o, kind);
        }
    }
    Ok(Some(at + length))
}

fn association(o: &mut Out, c: Context<'_>, at: usize) -> Behind {
    const HEADER: usize = 12;
    o.put((Payload(SA), ":"));
    if !c.has(at, HEADER) {
        return cut(o, SA);
    }
    let (doi, situation) = (c.v.u32(at + 4)?, c.v.u32(at + 8)?);
    if doi != DOI_IPSEC {
        o.put((" doi=", doi, " situation=", situation));
        return Ok(Some(at + HEADER));
    }
    o.put(" doi=ipsec situation=");
    let mut separator = "";
    for (bit, name) in [(1, "identity"), (2, "secrecy"), (4, "integrity")] {
        if situation & bit != 0 {
            o.put((separator, name));
            separator = "+";
        }
    }
    let mut next = at + HEADER;
    if situation != 1 {
        // The identifier is read behind the generic header, not behind the situation.
        o.put((" ident=", c.v.u32(at + GENERIC)?));
        next += 4;
    }
    if !c.has(next, GENERIC) {
        return cut(o, SA);
    }
    chain(o, c, PROPOSAL, next, payload)
}

fn proposal(o: &mut Out, c: Context<'_>, at: usize) -> Behind {
    const HEADER: usize = 8;
    o.put((Payload(PROPOSAL), ":"));
    if !c.has(at, HEADER) {
        return cut(o, PROPOSAL);
    }
    let protocol = c.v.u8(at + 5)?;
    let spi = usize::from(c.v.u8(at + 6)?);
    o.put((" #", c.v.u8(at + 4)?, " protoid=", named_dec(PROTOCOLS, protocol, "#"), " transform=", c.v.u8(at + 7)?));
    if spi > 0 {
        o.put(" spi=");
        if !raw(o, &c, at + HEADER, spi) {
            return cut(o, PROPOSAL);
        }
    }
    let next = at + HEADER + spi;
    if !c.has(next, GENERIC) {
        return cut(o, PROPOSAL);
    }
    let mut behind = None;
    o.nested(|o| {
        behind = chain(o, Context { protocol, ..c }, TRANSFORM, next, payload)?;
        Ok(())
    })?;
    Ok(behind)
}

fn transform(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    o.put((Payload(TRANSFORM), ":"));
    if !c.has(at, HEADER) {
        return cut(o, TRANSFORM);
    }
    let (number, id) = (c.v.u8(at + 4)?, c.v.u8(at + 5)?);
    o.put((" #", number, " id="));
    let map = match c.protocol {
        1 => {
            o.put(named_dec(&[(1, "ike")], id, "#"));
            Some(OAKLEY)
        }
        2..=4 => {
            o.put(named_dec(attributes::transforms(c.protocol), id, "#"));
            Some(IPSEC)
        }
        _ => {
            o.put(id);
            None
        }
    };
    o.put(" ");
    attributes::list(o, &c, TRANSFORM, at + HEADER, at + length, map)
}

fn identification(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    o.put((Payload(IDENTIFICATION), ":"));
    if !c.has(at, HEADER) {
        return cut(o, IDENTIFICATION);
    }
    let octets = length.saturating_sub(HEADER);
    let data = at + HEADER;
    let (kind, protocol) = (c.v.u8(at + 4)?, c.v.u8(at + 5)?);
    o.put((" idtype=", named_dec(IDENTITIES, kind, "#")));
    let name = if o.opt.numeric == 0 && protocol != 0 { o.names.protocol(protocol).map(str::to_owned) } else { None };
    match name {
        Some(name) => {
            o.put(" protoid=");
            names::put_foreign(o, &name);
        }
        None => o.put((" protoid=", protocol)),
    }
    o.put((" port=", c.v.u16(at + 6)?));
    if octets == 0 {
        return Ok(Some(at + length));
    }
    if !c.has(data, octets) {
        return cut(o, IDENTIFICATION);
    }
    o.put((" len=", octets));
    if identity(o, &c, kind, data, octets)? {
        return Ok(Some(at + length));
    }
    if o.opt.verbose > 2 {
        o.put(" ");
        if !raw(o, &c, data, octets) {
            return cut(o, IDENTIFICATION);
        }
    }
    Ok(Some(at + length))
}

/// The identity itself, if its kind has a text of its own.
fn identity(o: &mut Out, c: &Context<'_>, kind: u8, at: usize, octets: usize) -> Step<bool> {
    let v = c.v.skip(at);
    let least = match kind {
        1 => 4,
        4 | 7 => 8,
        5 => 16,
        6 | 8 => 32,
        _ => 0,
    };
    if octets < least {
        o.put((" [bad: < ", least, "]"));
        return Ok(true);
    }
    match kind {
        1 => o.put((" ", Ipv4(v.array(0)?))),
        2 | 3 => {
            o.put(" ");
            for &byte in v.bytes(0, octets)? {
                o.char(byte);
            }
        }
        4 => {
            o.put((" ", Ipv4(v.array(0)?), "/"));
            o.line.ipv4(v.array(4)?);
        }
        5 => o.put((" ", Ipv6(v.array(0)?))),
        6 => {
            o.put((" ", Ipv6(v.array(0)?), "/0x"));
            for &octet in v.bytes(16, 16)? {
                o.put(Hex2(octet));
            }
        }
        7 => o.put((" ", Ipv4(v.array(0)?), "-", Ipv4(v.array(4)?))),
        8 => o.put((" ", Ipv6(v.array(0)?), "-", Ipv6(v.array(16)?))),
        _ => return Ok(false),
    }
    Ok(true)
}

fn certificate(o: &mut Out, c: Context<'_>, kind: u8, at: usize, length: usize) -> Behind {
    const HEADER: usize = 5;
    o.put((Payload(kind), ":"));
    if !c.has(at, HEADER) {
        return cut(o, kind);
    }
    o.put((" len=", length - GENERIC, " type=", named_dec(CERTIFICATES, c.v.u8(at + 4)?, "#")));
    content(o, c, kind, at, length)
}

fn nonce(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    o.put((Payload(NONCE), ":"));
    if !c.has(at, GENERIC) {
        return cut(o, NONCE);
    }
    o.put((" n len=", length - GENERIC));
    if o.opt.verbose == 2 && length > GENERIC {
        o.put(" ");
        if !some_data(o, &c, at + GENERIC) {
            return cut(o, NONCE);
        }
    }
    content(o, c, NONCE, at, length)
}

/// A notification's name: each range of numbers has its own, and other domains
/// of interpretation know fewer.
fn put_notification(o: &mut Out, kind: u16, ipsec: bool) {
    let known = matches!(kind, 0..8192 | 16384..24576);
    match kind {
        8192 if ipsec => o.put("RESERVED"),
        8192..=16383 if ipsec => o.put(("#", kind - 8192)),
        24576 if ipsec => o.put("RESPONDER-LIFETIME"),
        24577 if ipsec => o.put("REPLAY-STATUS"),
        24578 if ipsec => o.put("INITIAL-CONTACT"),
        24579..32768 if ipsec => o.put(("#", kind - 24576)),
        16385..=24575 => o.put(("#", kind - 16384)),
        _ if known => o.put(named_dec(NOTIFICATIONS, kind, "#")),
        _ => o.put(("#", kind)),
    }
}

fn notification(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    const HEADER: usize = 12;
    o.put((Payload(NOTIFICATION), ":"));
    if !c.has(at, HEADER) {
        return cut(o, NOTIFICATION);
    }
    let doi = c.v.u32(at + 4)?;
    let protocol = c.v.u8(at + 8)?;
    let spi = usize::from(c.v.u8(at + 9)?);
    let kind = c.v.u16(at + 10)?;
    let ipsec = doi == DOI_IPSEC;
    if ipsec {
        o.put((" doi=ipsec proto=", named_dec(PROTOCOLS, protocol, "#")));
    } else {
        o.put((" doi=", doi, " proto=", protocol));
    }
    o.put(" type=");
    put_notification(o, kind, ipsec);
    if spi > 0 {
        o.put(" spi=");
        if !raw(o, &c, at + HEADER, spi) {
            return cut(o, NOTIFICATION);
        }
    }
    let data = at + HEADER + spi;
    if !ipsec {
        return Ok(Some(data));
    }
    if data < c.end() {
        let whole = match kind {
            RESPONDER_LIFETIME => {
                o.put(" attrs=(");
                let whole = attributes::run(o, &c, data, at + length, Some(OAKLEY))?.is_some();
                o.put(")");
                whole
            }
            REPLAY_STATUS => {
                o.put(" status=(");
                o.put(("replay detection ", if c.v.u32(data)? != 0 { "en" } else { "dis" }, "abled)"));
                true
            }
            _ if o.opt.verbose > 3 => {
                o.put(" data=(");
                let whole = raw(o, &c, data, c.end() - data);
                o.put(")");
                whole
            }
            _ => some_data(o, &c, data),
        };
        if !whole {
            return cut(o, NOTIFICATION);
        }
    }
    Ok(Some(at + length))
}

fn delete(o: &mut Out, c: Context<'_>, at: usize) -> Behind {
    const HEADER: usize = 12;
    o.put((Payload(DELETE), ":"));
    if !c.has(at, HEADER) {
        return cut(o, DELETE);
    }
    let doi = c.v.u32(at + 4)?;
    let protocol = c.v.u8(at + 8)?;
    if doi == DOI_IPSEC {
        o.put((" doi=ipsec proto=", named_dec(PROTOCOLS, protocol, "#")));
    } else {
        o.put((" doi=", doi, " proto=", protocol));
    }
    let size = usize::from(c.v.u8(at + 9)?);
    let count = c.v.u16(at + 10)?;
    o.put((" spilen=", size, " nspi=", count));
    let mut next = at + HEADER;
    if size > 0 {
        o.put(" spi=");
        for i in 0..count {
            if i > 0 {
                o.put(",");
            }
            if !raw(o, &c, next, size) {
                return cut(o, DELETE);
            }
            next += size;
        }
    }
    Ok(Some(next))
}
