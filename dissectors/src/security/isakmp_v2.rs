//! Payloads of IKE version 2 (RFC 7296, section 3).

use crate::options::Opens;
use crate::out::Out;
use crate::put::{Table, named_dec};
use crate::security::esp;
use crate::security::isakmp::{Behind, Context, GENERIC, PROTOCOLS, Payload, chain, cut, open, raw, sender, some_data};
use crate::security::isakmp_attributes::{self as attributes, ENCRYPTION, ESP, GROUPS};
use crate::security::isakmp_fields;
use crate::security::isakmp_v1::{self, NOTIFICATION, PROPOSAL, TRANSFORM};
use crate::view::{Step, View};

const SA: u8 = 33;
const KEY_EXCHANGE: u8 = 34;
const IDENTIFICATION_I: u8 = 35;
const IDENTIFICATION_R: u8 = 36;
const AUTHENTICATION: u8 = 39;
const NONCE: u8 = 40;
const NOTIFY: u8 = 41;
const VENDOR_ID: u8 = 43;
const ENCRYPTED: u8 = 46;

/// The critical flag of a payload's second octet.
const CRITICAL: u8 = 0x80;

const TRANSFORM_TYPES: Table = &[(1, "encr"), (2, "prf"), (3, "integ"), (4, "dh"), (5, "esn")];
const PSEUDO_RANDOM: Table = &[(1, "hmac-md5"), (2, "hmac-sha"), (3, "hmac-tiger"), (4, "aes128_xcbc")];
const INTEGRITY: Table = &[(1, "hmac-md5"), (2, "hmac-sha"), (3, "dec-mac"), (4, "kpdk-md5"), (5, "aes-xcbc")];
const EXTENDED_SEQUENCE: Table = &[(0, "no-esn"), (1, "esn")];
const METHODS: Table = &[(0, "invalid"), (1, "rsasig"), (2, "shared-secret"), (3, "dsssig")];

/// Notifications: whether their SPI is printed too.
const NOTIFICATIONS: &[(u16, &str, bool)] = &[
    (1, "unsupported_critical_payload", false),
    (4, "invalid_ike_spi", true),
    (5, "invalid_major_version", false),
    (7, "invalid_syntax", true),
    (9, "invalid_message_id", true),
    (11, "invalid_spi", true),
    (14, "no_protocol_chosen", true),
    (17, "invalid_ke_payload", true),
    (24, "authentication_failed", true),
    (34, "single_pair_required", true),
    (35, "no_additional_sas", false),
    (36, "internal_address_failure", false),
    (37, "failed:cp_required", false),
    (39, "invalid_selectors", false),
    (16384, "initial_contact", false),
    (16385, "set_window_size", false),
    (16386, "additional_ts_possible", false),
    (16387, "ipcomp_supported", false),
    (16388, "nat_detection_source_ip", true),
    (16389, "nat_detection_destination_ip", true),
    (16390, "cookie", true),
    (16391, "use_transport_mode", false),
    (16392, "http_cert_lookup_supported", false),
    (16393, "rekey_sa", true),
    (16394, "tfc_padding_not_supported", false),
    (16395, "non_first_fragment_also", false),
];
const COOKIE: u16 = 16390;

/// A payload of either version: the versions share their numbers.
pub(super) fn payload<'p>(o: &mut Out, c: Context<'p>, kind: u8, at: usize, length: usize) -> Behind {
    match kind {
        SA => association(o, c, at),
        KEY_EXCHANGE => key_exchange(o, c, at, length),
        IDENTIFICATION_I | IDENTIFICATION_R => identification(o, c, kind, at, length),
        AUTHENTICATION => authentication(o, c, at, length),
        NONCE => nonce(o, c, at, length),
        NOTIFY => notify(o, c, at, length),
        VENDOR_ID => vendor_id(o, c, at, length),
        ENCRYPTED => encrypted(o, c, at, length),
        37 | 38 | 42 | 44 | 45 | 47 | 48 => opaque(o, c, kind, at, length),
        1..=13 => isakmp_v1::payload(o, c, kind, at, length),
        _ => {
            o.put(Payload(kind));
            Ok(Some(at + length))
        }
    }
}

/// `name[C]:`.
fn title(o: &mut Out, c: &Context<'_>, name: impl crate::put::Put, at: usize) -> Step {
    let critical = c.v.u8(at + 1)? & CRITICAL != 0;
    o.put((name, if critical { "[C]:" } else { ":" }));
    Ok(())
}

/// The length of a payload's content, and with `-vvv` the content.
fn opaque(o: &mut Out, c: Context<'_>, kind: u8, at: usize, length: usize) -> Behind {
    if !c.has(at, GENERIC) {
        return cut(o, kind);
    }
    title(o, &c, Payload(kind), at)?;
    o.put((" len=", length - GENERIC));
    if o.opt.verbose > 2 && length > GENERIC {
        o.put(" ");
        if !raw(o, &c, at + GENERIC, length - GENERIC) {
            return cut(o, kind);
        }
    }
    Ok(Some(at + length))
}

/// Walks the substructures of an association or a proposal: `left` octets from
/// `at` on, the first of kind `first`. `print` prints those of that kind.
fn substructures<'p>(
    o: &mut Out,
    c: Context<'p>,
    around: u8,
    first: u8,
    at: usize,
    left: usize,
    print: fn(&mut Out, Context<'p>, usize, usize, usize) -> Behind,
) -> Behind {
    let (mut kind, mut at, mut left) = (first, at, left);
    let mut number = 0;
    while kind != 0 {
        number += 1;
        if left < GENERIC {
            cut(o, around)?;
            return Ok(Some(at + left));
        }
        if !c.has(at, GENERIC) {
            return cut(o, around);
        }
        let length = usize::from(c.v.u16(at + 2)?);
        isakmp_fields::note(o, &c, kind, at, length);
        if length <= GENERIC {
            return cut(o, around);
        }
        if left < length {
            cut(o, around)?;
            return Ok(Some(at + left));
        }
        if !c.has(at, length) {
            return cut(o, around);
        }
        open(o, c.depth + 1);
        let start = at;
        if kind == first {
            match print(o, c.inside(), number, at, length)? {
                Some(behind) => at = behind,
                None => return Ok(None),
            }
        } else {
            o.put(Payload(kind));
            at += length;
        }
        o.put(")");
        left -= length;
        kind = c.v.u8(start)?;
    }
    Ok(Some(at))
}

fn association(o: &mut Out, c: Context<'_>, at: usize) -> Behind {
    if !c.has(at, GENERIC) {
        return cut(o, SA);
    }
    title(o, &c, "sa", at)?;
    let left = usize::from(c.v.u16(at + 2)?).saturating_sub(GENERIC);
    o.put((" len=", left));
    substructures(o, c, SA, PROPOSAL, at + GENERIC, left, proposal)
}

fn proposal(o: &mut Out, c: Context<'_>, _: usize, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    if !c.has(at, HEADER) {
        return cut(o, PROPOSAL);
    }
    title(o, &c, Payload(PROPOSAL), at)?;
    let mut left = length - GENERIC;
    let protocol = c.v.u8(at + 5)?;
    o.put((" #", c.v.u8(at + 4)?, " protoid=", named_dec(PROTOCOLS, protocol, "#")));
    o.put((" transform=", c.v.u8(at + 7)?, " len=", length));
    let mut next = at + HEADER;
    let spi = usize::from(c.v.u8(at + 6)?);
    if spi > 0 {
        if left < spi {
            cut(o, PROPOSAL)?;
            return Ok(Some(next + left));
        }
        o.put(" spi=");
        if !raw(o, &c, next, spi) {
            return cut(o, PROPOSAL);
        }
        next += spi;
        left -= spi;
    }
    substructures(o, c, PROPOSAL, TRANSFORM, next, left, transform)
}

fn transform(o: &mut Out, c: Context<'_>, number: usize, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    if !c.has(at, HEADER) {
        return cut(o, TRANSFORM);
    }
    title(o, &c, Payload(TRANSFORM), at)?;
    let (kind, id) = (c.v.u8(at + 4)?, c.v.u16(at + 6)?);
    o.put((" #", number, " type=", named_dec(TRANSFORM_TYPES, kind, "#"), " id="));
    let table = match kind {
        1 => ESP,
        2 => PSEUDO_RANDOM,
        3 => INTEGRITY,
        4 => GROUPS,
        5 => EXTENDED_SEQUENCE,
        _ => &[],
    };
    match kind {
        1..=5 => o.put((named_dec(table, id, "#"), " ")),
        _ => o.put((id, " ")),
    }
    let map = if kind == 1 { Some(ENCRYPTION) } else { None };
    attributes::list(o, &c, TRANSFORM, at + HEADER, at + length, map)
}

fn key_exchange(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    if !c.has(at, HEADER) {
        return cut(o, KEY_EXCHANGE);
    }
    title(o, &c, Payload(KEY_EXCHANGE), at)?;
    if length < HEADER {
        o.put((" len=", length, " < ", HEADER));
        return Ok(Some(at + length));
    }
    o.put((" len=", length - HEADER, " group=", named_dec(GROUPS, c.v.u16(at + 4)?, "#")));
    if o.opt.verbose > 2 && length > HEADER {
        o.put(" ");
        if !raw(o, &c, at + HEADER, length - HEADER) {
            return cut(o, KEY_EXCHANGE);
        }
    }
    Ok(Some(at + length))
}

fn identification(o: &mut Out, c: Context<'_>, kind: u8, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    if !c.has(at, HEADER) {
        return cut(o, kind);
    }
    if opaque(o, c, kind, at, length)?.is_none() {
        return Ok(None);
    }
    let data = at + HEADER;
    let (name, is_text) = match c.v.u8(at + 4)? {
        1 => (" ipv4:", false),
        2 => (" fqdn:", true),
        3 => (" rfc822:", true),
        5 => (" ipv6:", false),
        9 => (" dn:", false),
        10 => (" gn:", false),
        11 => (" keyid:", false),
        _ => return Ok(Some(at + length)),
    };
    o.put(name);
    // As tcpdump has it: one that is shorter than its header is taken for cut.
    let Some(octets) = length.checked_sub(HEADER) else { return cut(o, kind) };
    if is_text {
        let Ok(text) = c.v.bytes(data, octets) else { return cut(o, kind) };
        text.iter().for_each(|&byte| o.dotted(byte));
    } else if !raw(o, &c, data, octets) {
        return cut(o, kind);
    }
    Ok(Some(at + length))
}

fn authentication(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    if !c.has(at, HEADER) {
        return cut(o, AUTHENTICATION);
    }
    title(o, &c, Payload(AUTHENTICATION), at)?;
    o.put((" len=", length - GENERIC, " method=", named_dec(METHODS, c.v.u8(at + 4)?, "#")));
    let data = at + HEADER;
    if o.opt.verbose > 1 {
        o.put(" authdata=(");
        // A payload without room for the method has more octets than there can be.
        let whole = length.checked_sub(HEADER).is_some_and(|octets| raw(o, &c, data, octets));
        if !whole {
            return cut(o, AUTHENTICATION);
        }
        o.put(") ");
    } else if !some_data(o, &c, data) {
        return cut(o, AUTHENTICATION);
    }
    Ok(Some(at + length))
}

fn nonce(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    if !c.has(at, GENERIC) {
        return cut(o, NONCE);
    }
    title(o, &c, "nonce", at)?;
    o.put((" len=", length - GENERIC));
    if o.opt.verbose > 1 {
        o.put(" nonce=(");
        if !raw(o, &c, at + GENERIC, length - GENERIC) {
            return cut(o, NONCE);
        }
        o.put(") ");
    } else if !some_data(o, &c, at + GENERIC) {
        return cut(o, NONCE);
    }
    Ok(Some(at + length))
}

fn notify(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    const HEADER: usize = 8;
    if !c.has(at, HEADER) {
        return cut(o, NOTIFICATION);
    }
    title(o, &c, Payload(NOTIFICATION), at)?;
    let spi = usize::from(c.v.u8(at + 5)?);
    let kind = c.v.u16(at + 6)?;
    o.put((" prot_id=", named_dec(PROTOCOLS, c.v.u8(at + 4)?, "#")));
    let (name, shows_spi) = match NOTIFICATIONS.iter().find(|row| row.0 == kind) {
        Some(row) => (row.1, row.2),
        None => match kind {
            0..8192 => ("error", true),
            8192..16384 => ("private-error", true),
            16384..40960 => ("status", true),
            _ => ("private-status", true),
        },
    };
    o.put((" type=", kind, "(", name, ")"));
    if shows_spi && spi > 0 {
        o.put(" spi=");
        if !raw(o, &c, at + HEADER, spi) {
            return cut(o, NOTIFICATION);
        }
    }
    let data = at + HEADER + spi;
    if data < c.end() {
        let left = c.end() - data;
        let shows_data = kind == COOKIE;
        let whole = if o.opt.verbose > 3 || (shows_data && left < 30) {
            o.put(" data=(");
            let whole = raw(o, &c, data, left);
            o.put(")");
            whole
        } else {
            !shows_data || some_data(o, &c, data)
        };
        if !whole {
            return cut(o, NOTIFICATION);
        }
    }
    Ok(Some(at + length))
}

fn vendor_id(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    if !c.has(at, GENERIC) {
        return cut(o, VENDOR_ID);
    }
    title(o, &c, Payload(VENDOR_ID), at)?;
    let octets = length - GENERIC;
    o.put((" len=", octets, " vid="));
    let Ok(id) = c.v.bytes(at + GENERIC, octets) else { return cut(o, VENDOR_ID) };
    id.iter().for_each(|&byte| o.dotted(byte));
    if o.opt.verbose > 2 && octets > 4 {
        o.put(" ");
        if !raw(o, &c, at + GENERIC, octets) {
            return cut(o, VENDOR_ID);
        }
    }
    Ok(Some(at + length))
}

/// The encrypted payload is the last: what its header announces is inside it.
fn encrypted(o: &mut Out, c: Context<'_>, at: usize, length: usize) -> Behind {
    if !c.has(at, GENERIC) {
        return cut(o, ENCRYPTED);
    }
    title(o, &c, Payload(ENCRYPTED), at)?;
    let octets = length - GENERIC;
    o.put((" len=", octets));
    if o.opt.verbose > 2 && octets > 4 {
        o.put(" ");
        if !raw(o, &c, at + GENERIC, octets) {
            return cut(o, ENCRYPTED);
        }
    }
    if !c.has(at + GENERIC, octets) {
        return cut(o, ENCRYPTED);
    }
    if let Some(plain) = opened(o, c, at + GENERIC, octets)? {
        let inside = Context { v: View::new(&plain, plain.len()), ..c.inside() };
        o.nested(|o| chain(o, inside, c.v.u8(at)?, 0, payload))?;
    }
    Ok(None)
}

/// What is encrypted, in clear, if a secret is there for it.
fn opened(o: &Out, c: Context<'_>, at: usize, octets: usize) -> Step<Option<Vec<u8>>> {
    let (initiator, spis) = sender(c.message)?;
    let opens = Opens::Ike { initiator, spis };
    let Some(secret) = o.opt.secrets.iter().rev().find(|secret| secret.opens == opens) else {
        return Ok(None);
    };
    Ok(esp::decrypt(secret, c.v.bytes(at, octets)?).unwrap_or(None))
}
