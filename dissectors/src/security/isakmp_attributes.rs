//! Attributes of transforms (RFC 2407, section 4.5; RFC 2409, appendix A; RFC
//! 7296, section 3.3.5).

use crate::out::Out;
use crate::put::{Table, lookup};
use crate::security::isakmp::{Behind, Context, cut, raw};
use crate::view::Step;

/// Attributes by their type: the name and the names of values.
pub(super) type Map = &'static [(&'static str, Table)];

pub(super) const GROUPS: Table = &[
    (1, "modp768"),
    (2, "modp1024"),
    (3, "EC2N 2^155"),
    (4, "EC2N 2^185"),
    (5, "modp1536"),
    (6, "iana-grp06"),
    (7, "iana-grp07"),
    (8, "iana-grp08"),
    (9, "iana-grp09"),
    (10, "iana-grp10"),
    (11, "iana-grp11"),
    (12, "iana-grp12"),
    (13, "iana-grp13"),
    (14, "modp2048"),
    (15, "modp3072"),
    (16, "modp4096"),
    (17, "modp6144"),
    (18, "modp8192"),
];
/// The groups that attributes name; the last is left out there.
const ATTRIBUTE_GROUPS: Table = GROUPS.split_at(17).0;
const LIFE_TYPES: Table = &[(1, "sec"), (2, "kb")];

pub(super) const IPSEC: Map = &[
    ("", &[]),
    ("lifetype", LIFE_TYPES),
    ("life", &[]),
    ("group desc", ATTRIBUTE_GROUPS),
    ("enc mode", &[(1, "tunnel"), (2, "transport")]),
    ("auth", &[(1, "hmac-md5"), (2, "hmac-sha1"), (3, "1des-mac"), (4, "keyed")]),
    ("keylen", &[]),
    ("rounds", &[]),
    ("dictsize", &[]),
    ("privalg", &[]),
];

pub(super) const OAKLEY: Map = &[
    ("", &[]),
    ("enc", &[(1, "1des"), (2, "idea"), (3, "blowfish"), (4, "rc5"), (5, "3des"), (6, "cast"), (7, "aes")]),
    ("hash", &[(1, "md5"), (2, "sha1"), (3, "tiger"), (4, "sha2-256"), (5, "sha2-384"), (6, "sha2-512")]),
    ("auth", &[(1, "preshared"), (2, "dss"), (3, "rsa sig"), (4, "rsa enc"), (5, "rsa enc revised")]),
    ("group desc", ATTRIBUTE_GROUPS),
    ("group type", &[(1, "MODP"), (2, "ECP"), (3, "EC2N")]),
    ("group prime", &[]),
    ("group gen1", &[]),
    ("group gen2", &[]),
    ("group curve A", &[]),
    ("group curve B", &[]),
    ("lifetype", LIFE_TYPES),
    ("lifeduration", &[]),
    ("prf", &[]),
    ("keylen", &[]),
    ("field", &[]),
    ("order", &[]),
];

/// Of encryption transforms in version 2.
pub(super) const ENCRYPTION: Map = &[
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("", &[]),
    ("keylen", &[]),
];

pub(super) const ESP: Table = &[
    (1, "1des-iv64"),
    (2, "1des"),
    (3, "3des"),
    (4, "rc5"),
    (5, "idea"),
    (6, "cast"),
    (7, "blowfish"),
    (8, "3idea"),
    (9, "1des-iv32"),
    (10, "rc4"),
    (11, "null"),
    (12, "aes"),
];
const AH: Table =
    &[(1, "(reserved)"), (2, "md5"), (3, "sha"), (4, "1des"), (5, "sha2-256"), (6, "sha2-384"), (7, "sha2-512")];
const IPCOMP: Table = &[(1, "oui"), (2, "deflate"), (3, "lzs")];

/// The transforms of a protocol: AH, ESP or IPComp.
pub(super) fn transforms(protocol: u8) -> Table {
    match protocol {
        2 => AH,
        3 => ESP,
        _ => IPCOMP,
    }
}

/// The attributes of a transform from `at` to `end`, which may not be captured.
pub(super) fn list(o: &mut Out, c: &Context<'_>, kind: u8, at: usize, end: usize, map: Option<Map>) -> Behind {
    let Some(behind) = run(o, c, at, end, map)? else { return cut(o, kind) };
    if c.end() < end {
        o.put("...");
    }
    Ok(Some(behind))
}

/// Attributes as far as they are captured; nothing if one is cut.
pub(super) fn run(o: &mut Out, c: &Context<'_>, at: usize, end: usize, map: Option<Map>) -> Behind {
    let mut at = at;
    while at < c.end() && at < end {
        match attribute(o, c, at, end, map)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// `(type=name value=name)`: a short value in place of the length, or a long one.
fn attribute(o: &mut Out, c: &Context<'_>, at: usize, end: usize, map: Option<Map>) -> Step<Option<usize>> {
    const SHORT: u8 = 0x80;
    const HEADER: usize = 4;
    let short = c.v.u8(at)? & SHORT != 0;
    let octets = if short { 0 } else { usize::from(c.v.u16(at + 2)?) };
    let next = at + HEADER + octets;
    if end < next {
        o.put("[|attr]");
        return Ok(Some(end + 1));
    }
    let kind = c.v.u16(at)? & 0x7fff;
    let known = map.and_then(|map| map.get(usize::from(kind))).filter(|known| !known.0.is_empty());
    match known {
        Some(known) => o.put(("(type=", known.0, " ")),
        None => o.put(("(type=#", kind, " ")),
    }
    let whole = if short {
        o.put("value=");
        // Only the map's reader reads the value as a number.
        let value = match map {
            Some(_) => Some(c.v.u16(at + 2)?),
            None => None,
        };
        match value.and_then(|value| lookup(known?.1, value.into())) {
            Some(name) => {
                o.put(name);
                true
            }
            None => raw(o, c, at + 2, 2),
        }
    } else {
        o.put(("len=", octets, " value="));
        raw(o, c, at + HEADER, octets)
    };
    o.put(")");
    Ok(whole.then_some(next))
}
