//! Kerberos version 5 for the tree (RFC 4120, section 5): the requests, replies and
//! errors of a datagram, but for what is encrypted in them.

use crate::fields::Id;
use crate::out::Out;

/// What an element of a structure holds, behind its context tag.
#[derive(Clone, Copy)]
enum Part {
    Number(Id),
    Text(Id),
    /// Bits behind the number of those that are not used.
    Bits(Id),
    Time(Id),
    /// A principal's type and its strings.
    Name(Id),
    Numbers(Id),
    Structure(&'static [Row]),
    /// A structure behind a tag of the application's class.
    Tagged(&'static [Row]),
    /// Data for pre-authentication, which may be a request for an application.
    Preparations,
}
/// A context tag's number and what is behind it.
type Row = (u8, Part);
use Part::{Bits, Name, Number, Numbers, Preparations, Structure, Tagged, Text, Time};

const VERSION: Part = Number(Id::of("kerberos.pvno"));
const TYPE: Part = Number(Id::of("kerberos.msg_type"));
const REALM: Part = Text(Id::of("kerberos.realm"));
const CLIENT_REALM: Part = Text(Id::of("kerberos.crealm"));
const CLIENT: Part = Name(Id::of("kerberos.CNameString"));
const SERVER: Part = Name(Id::of("kerberos.SNameString"));

const REQUEST: &[Row] = &[(1, VERSION), (2, TYPE), (3, Preparations), (4, Structure(BODY))];
const BODY: &[Row] = &[
    (0, Bits(Id::of("kerberos.kdc_options"))),
    (1, CLIENT),
    (2, REALM),
    (3, SERVER),
    (5, Time(Id::of("kerberos.till"))),
    (7, Number(Id::of("kerberos.nonce"))),
    (8, Numbers(Id::of("kerberos.ENCTYPE"))),
];
const REPLY: &[Row] = &[
    (0, VERSION),
    (1, TYPE),
    (2, Preparations),
    (3, CLIENT_REALM),
    (4, CLIENT),
    (5, Tagged(TICKET)),
    (6, Structure(ENCRYPTED)),
];
const TICKET: &[Row] = &[(0, Number(Id::of("kerberos.tkt_vno"))), (1, REALM), (2, SERVER), (3, Structure(ENCRYPTED))];
const ENCRYPTED: &[Row] = &[(0, Number(Id::of("kerberos.etype"))), (1, Number(Id::of("kerberos.kvno")))];
const APPLICATION_REQUEST: &[Row] = &[(0, VERSION), (1, TYPE), (3, Tagged(TICKET)), (4, Structure(ENCRYPTED))];
const APPLICATION_REPLY: &[Row] = &[(0, VERSION), (1, TYPE), (2, Structure(ENCRYPTED))];
const ERROR: &[Row] = &[
    (0, VERSION),
    (1, TYPE),
    (4, Time(Id::of("kerberos.stime"))),
    (5, Number(Id::of("kerberos.susec"))),
    (6, Number(Id::of("kerberos.error_code"))),
    (7, CLIENT_REALM),
    (8, CLIENT),
    (9, REALM),
    (10, SERVER),
    (11, Text(Id::of("kerberos.e_text"))),
];

/// Tags of elements.
const CONTEXT: u8 = 0xa0;
const APPLICATION: u8 = 0x60;
const SEQUENCE: u8 = 0x30;

/// Messages by their tag's number.
const MESSAGES: [(u8, &[Row]); 7] = [
    (10, REQUEST),
    (11, REPLY),
    (12, REQUEST),
    (13, REPLY),
    (14, APPLICATION_REQUEST),
    (15, APPLICATION_REPLY),
    (30, ERROR),
];

/// Notes a datagram, if it is a message of version 5.
pub(super) fn note(o: &mut Out, octets: &[u8]) {
    if o.tree.is_some() {
        let _ends_early = message(o, octets);
    }
}

fn message(o: &mut Out, octets: &[u8]) -> Option<()> {
    let (tag, content, _) = element(octets)?;
    let number = tag.checked_sub(APPLICATION)?;
    let (_, rows) = MESSAGES.iter().find(|row| row.0 == number)?;
    structure(o, content, rows)
}

/// An element: its tag, its content, and what follows (X.690, section 8.1).
fn element(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = octets.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (size, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |size, &digit| size << 8 | usize::from(digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(size)?;
    Some((tag, content, rest))
}

/// The content of an element with a tag.
fn inside(octets: &[u8], expected: u8) -> Option<&[u8]> {
    element(octets).filter(|element| element.0 == expected).map(|element| element.1)
}

/// A sequence of elements with context tags.
fn structure(o: &mut Out, octets: &[u8], rows: &[Row]) -> Option<()> {
    let mut rest = inside(octets, SEQUENCE)?;
    while !rest.is_empty() {
        let (tag, content, behind) = element(rest)?;
        if let Some(&(_, part)) = rows.iter().find(|row| row.0 | CONTEXT == tag) {
            self::part(o, content, part)?;
        }
        rest = behind;
    }
    Some(())
}

fn part(o: &mut Out, octets: &[u8], part: Part) -> Option<()> {
    match part {
        Number(id) => o.note(id, number(element(octets)?.1)?),
        Text(id) => o.note_octets(id, element(octets)?.1),
        Bits(id) => o.note_octets(id, element(octets)?.1.get(1..)?),
        Time(id) => o.note(id, time(element(octets)?.1)?),
        Name(id) => name(o, octets, id)?,
        Numbers(id) => {
            let mut rest = inside(octets, SEQUENCE)?;
            while !rest.is_empty() {
                let (_, content, behind) = element(rest)?;
                o.note(id, number(content)?);
                rest = behind;
            }
        }
        Structure(rows) => structure(o, octets, rows)?,
        Tagged(rows) => structure(o, element(octets)?.1, rows)?,
        Preparations => {
            let mut rest = inside(octets, SEQUENCE)?;
            while !rest.is_empty() {
                let (_, _, behind) = element(rest)?;
                preparation(o, &rest[..rest.len() - behind.len()])?;
                rest = behind;
            }
        }
    }
    Some(())
}

/// A type, and a value that is octets (section 5.2.7).
fn preparation(o: &mut Out, octets: &[u8]) -> Option<()> {
    const FOR_TICKETS: i64 = 1;
    let (_, kind, rest) = element(inside(octets, SEQUENCE)?)?;
    let kind = number(element(kind)?.1)?;
    o.note(id!("kerberos.padata_type"), kind);
    if kind == FOR_TICKETS {
        let value = element(element(rest)?.1)?.1;
        structure(o, element(value)?.1, APPLICATION_REQUEST)?;
    }
    Some(())
}

fn name(o: &mut Out, octets: &[u8], id: Id) -> Option<()> {
    let (_, kind, rest) = element(inside(octets, SEQUENCE)?)?;
    o.note(id!("kerberos.name_type"), number(element(kind)?.1)?);
    let mut strings = inside(element(rest)?.1, SEQUENCE)?;
    while !strings.is_empty() {
        let (_, text, behind) = element(strings)?;
        o.note_octets(id, text);
        strings = behind;
    }
    Some(())
}

/// A signed number of at most eight octets.
fn number(octets: &[u8]) -> Option<i64> {
    let start = if octets.first()? & 0x80 != 0 { -1 } else { 0 };
    (octets.len() <= 8).then(|| octets.iter().fold(start, |sum, &octet| sum << 8 | i64::from(octet)))
}

/// Nanoseconds since 1970 of `20370913024805Z`.
fn time(octets: &[u8]) -> Option<i64> {
    const SECOND: i64 = 1_000_000_000;
    let text = octets.get(..14).filter(|text| text.iter().all(u8::is_ascii_digit))?;
    let digits =
        |from: usize, to: usize| text[from..to].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let (year, month, day) = (digits(0, 4), digits(4, 6), digits(6, 8));
    // Years begin in March, so that a leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    (days * 86_400 + digits(8, 10) * 3600 + digits(10, 12) * 60 + digits(12, 14)).checked_mul(SECOND)
}
