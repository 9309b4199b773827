//! Kerberos version 4 (Athena Technical Plan, section E.2.1); of version 5 only
//! its number.

use crate::below::Below;
use crate::field::Field;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table};
use crate::security::kerberos_fields;
use crate::view::{Step, Stop, View};

const VERSION: Field<u8> = Field::new("krb4.version", 0);
/// The type in the upper seven bits, and whether numbers are little-endian.
const TYPE: Field<u8> = Field::new("krb4.auth_msg_type", 1);
const HEADER: usize = 2;

const KDC_REQUEST: u8 = 2;
const KDC_REPLY: u8 = 4;
const APPLICATION_REQUEST: u8 = 6;
const ERROR_REPLY: u8 = 10;
const TYPES: Table = &[
    (2, "KDC_REQUEST"),
    (4, "KDC_REPLY"),
    (6, "APPL_REQUEST"),
    (8, "APPL_REQUEST_MUTUAL"),
    (10, "ERR_REPLY"),
    (12, "PRIVATE"),
    (14, "SAFE"),
    (16, "APPL_ERR"),
    (126, "DIE"),
];
const ERRORS: Table = &[
    (0, "OK"),
    (1, "NAME_EXP"),
    (2, "SERVICE_EXP"),
    (3, "AUTH_EXP"),
    (4, "PKT_VER"),
    (5, "NAME_MAST_KEY_VER"),
    (6, "SERV_MAST_KEY_VER"),
    (7, "BYTE_ORDER"),
    (8, "PRINCIPAL_UNKNOWN"),
    (9, "PRINCIPAL_NOT_UNIQUE"),
    (10, "NULL_KEY"),
];
const NUMBER: Otherwise = Otherwise::Dec("#", "");

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "kerberos";
    o.put("kerberos");
    let version = v.get(VERSION)?;
    kerberos_fields::note(o, v.payload());
    match version {
        1..=3 => o.put((" v", version)),
        4 => {
            o.note(VERSION, version);
            o.put(" v4");
            return version_4(o, v);
        }
        106 | 107 => o.put(" v5"),
        _ => {}
    }
    Ok(())
}

fn version_4(o: &mut Out, v: View<'_>) -> Step {
    let octet = v.get(TYPE)?;
    let little_endian = octet & 1 != 0;
    let kind = octet & !1;
    o.put((if little_endian { " le " } else { " be " }, Named(TYPES, kind.into(), NUMBER), ": "));
    o.note(TYPE, octet);
    o.note(id!("krb4.m_type"), kind >> 1);
    o.note(id!("krb4.byte_order"), octet & 1);
    let number = |v: View<'_>, at: usize| if little_endian { v.le16(at) } else { v.u16(at) };
    match kind {
        KDC_REQUEST => {
            // Behind the client's time.
            let rest = principal(o, v)?.skip(4);
            let lifetime = rest.u8(0)?;
            o.note(id!("krb4.lifetime"), lifetime);
            o.put((" ", u32::from(lifetime) * 5, "min "));
            let rest = named(o, rest.skip(1), id!("krb4.s_name"))?;
            o.put(".");
            named(o, rest, id!("krb4.s_instance"))?;
        }
        APPLICATION_REQUEST => {
            o.put(("v", v.u8(HEADER)?, " "));
            let rest = text(o, v.skip(HEADER + 1))?;
            o.put((" (", rest.u8(0)?, ")"));
            o.put((" (", rest.u8(1)?, ")"));
        }
        KDC_REPLY => {
            // Behind timestamp, count, expiration and key version.
            let rest = principal(o, v)?;
            o.put((" (", number(rest, 10)?, ")"));
        }
        ERROR_REPLY => {
            // Behind the timestamp.
            let rest = principal(o, v)?;
            o.put((" ", Named(ERRORS, number(rest, 4)?.into(), NUMBER), " "));
            text(o, rest.skip(8))?;
        }
        _ => o.put("(unknown)"),
    }
    Ok(())
}

/// `name.instance@realm`; what follows.
fn principal<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let rest = named(o, v.skip(HEADER), id!("krb4.name"))?;
    o.put(".");
    let rest = named(o, rest, id!("krb4.instance"))?;
    o.put("@");
    named(o, rest, id!("krb4.realm"))
}

/// Text that is a field; what follows.
fn named<'p>(o: &mut Out, v: View<'p>, field: Id) -> Step<View<'p>> {
    if o.tree.is_some()
        && let Some(end) = v.data().iter().position(|&byte| byte == 0)
    {
        o.note_octets(field, &v.data()[..end]);
    }
    text(o, v)
}

/// Text to its NUL; what follows.
fn text<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    o.until_nul(v, v.caplen());
    let end = v.data().iter().position(|&byte| byte == 0);
    end.map(|end| v.skip(end + 1)).ok_or(Stop::Cut)
}
