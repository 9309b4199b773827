//! LISP control messages (RFC 6830): map registrations and notifications.

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6, Table, bits, named, named_dec};
use crate::view::{Step, Stop, View};

/// Octets before the authentication data, of an EID record and of a locator.
const HEADER: usize = 16;
const RECORD: usize = 12;
const LOCATOR: usize = 8;
/// Octets of an xTR identifier.
const XTR_ID: usize = 16;

/// The tree's fields.
const TYPE_FIELDS: &[Slot] = &[Slot::new("lisp.type", 0, 1).bits(4, 15)];
const FIELDS: &[Slot] = &[
    Slot::new("lisp.records", 3, 1),
    Slot::new("lisp.nonce", 4, 8),
    Slot::new("lisp.keyid", 12, 2),
    Slot::new("lisp.authlen", 14, 2),
];
const REGISTER_FIELDS: &[Slot] = &[
    Slot::new("lisp.mreg.flags.pmr", 0, 3).bit(19),
    Slot::new("lisp.mreg.flags.sec", 0, 3).bit(18),
    Slot::new("lisp.mreg.flags.xtrid", 0, 3).bit(17),
    Slot::new("lisp.mreg.flags.rtr", 0, 3).bit(16),
    Slot::new("lisp.mreg.flags.wmn", 0, 3).bit(0),
];
const NOTIFY_FIELDS: &[Slot] =
    &[Slot::new("lisp.mnot.flags.xtrid", 0, 3).bit(19), Slot::new("lisp.mnot.flags.rtr", 0, 3).bit(18)];
const RECORD_FIELDS: &[Slot] = &[
    Slot::new("lisp.mapping.ttl", 0, 4),
    Slot::new("lisp.mapping.loccnt", 4, 1),
    Slot::new("lisp.mapping.eid.masklen", 5, 1),
    Slot::new("lisp.mapping.act", 6, 2).bits(13, 7),
    Slot::new("lisp.mapping.auth", 6, 2).bit(12),
    Slot::new("lisp.mapping.ver", 8, 2).bits(0, 0xfff),
    Slot::new("lisp.mapping.eid.afi", 10, 2),
];
const LOCATOR_FIELDS: &[Slot] = &[
    Slot::new("lisp.loc.priority", 0, 1),
    Slot::new("lisp.loc.weight", 1, 1),
    Slot::new("lisp.loc.multicast_priority", 2, 1),
    Slot::new("lisp.loc.multicast_weight", 3, 1),
    Slot::new("lisp.loc.flags", 4, 2),
    Slot::new("lisp.loc.flags.local", 4, 2).bit(2),
    Slot::new("lisp.loc.flags.probe", 4, 2).bit(1),
    Slot::new("lisp.loc.flags.reach", 4, 2).bit(0),
    Slot::new("lisp.loc.afi", 6, 2),
];
const END_FIELDS: &[Slot] = &[Slot::new("lisp.xtrid", 0, 16), Slot::new("lisp.siteid", 16, 8)];

const REGISTER: u8 = 3;
const NOTIFY: u8 = 4;
const TYPE_NAMES: Table = &[
    (0, "LISP-Reserved"),
    (1, "LISP-Map-Request"),
    (2, "LISP-Map-Reply"),
    (3, "LISP-Map-Register"),
    (4, "LISP-Map-Notify"),
    (8, "LISP-Encapsulated-Contol-Message"),
];
const REGISTER_FLAGS: Table = &[
    (0x0800_0000, "P-Proxy-Map-Reply"),
    (0x0400_0000, "S-LISP-SEC-Capable"),
    (0x0200_0000, "I-xTR-ID-Present"),
    (0x0100_0000, "R-Build-For-RTR"),
    (0x0000_0100, "M-Want-Map-Notify"),
];
const NOTIFY_FLAGS: Table = &[(0x0800_0000, "I-xTR-ID-Present"), (0x0400_0000, "R-Build-For-RTR")];
const AUTHENTICATION: Table = &[(0, "None"), (1, "SHA1"), (2, "SHA256")];
const ACTIONS: Table = &[(0, "No-Action"), (1, "Natively-Forward"), (2, "Send-Map-Request"), (3, "Drop")];
const LOCATOR_FLAGS: Table = &[(4, "Local-Locator"), (2, "RLoc-Probed"), (1, "Reachable")];

/// A control message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lisp";
    let result = message(o, v);
    o.settle(result)
}

/// Dumps what was captured of `len` octets.
fn dump(o: &mut Out, indent: &str, v: View<'_>, len: usize) -> Step {
    o.unknown(v, indent, len);
    v.need(len)
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    // Type and flags are read as one.
    let first = (v.u32(0)? >> 24) as u8;
    let kind = first >> 4;
    let verbose = o.opt.verbose > 0;
    o.put((named_dec(TYPE_NAMES, kind, "unknown-type-"), ","));
    o.see_all(TYPE_FIELDS, v);
    o.see_all(
        match kind {
            REGISTER => REGISTER_FIELDS,
            NOTIFY => NOTIFY_FIELDS,
            _ => &[],
        },
        v,
    );
    let (flags, has_xtr_id) = match kind {
        REGISTER => (REGISTER_FLAGS, first & 2 != 0),
        NOTIFY => (NOTIFY_FLAGS, first & 8 != 0),
        _ => return v.check(HEADER),
    };
    if verbose {
        o.put((" flags [", bits(flags, v.u32(0)?, ", ", "none"), "],"));
    }
    o.see_all(FIELDS, v);
    let size = usize::from(v.u16(14)?);
    if let Ok(data) = v.bytes(HEADER, size) {
        o.note_octets(id!("lisp.auth"), data);
    }
    let records = v.u8(3)?;
    if verbose {
        let method = v.u16(12)?;
        o.put(("\n    ", records, " record(s), "));
        o.put(("Authentication ", named(AUTHENTICATION, method, "unknown-type"), ","));
    } else {
        o.put((" ", records, " record(s),"));
    }
    let limit = v.len() - HEADER;
    if size > limit {
        return Err(Stop::Malformed);
    }
    if verbose {
        dump(o, "\n    Authentication-Data: ", v.skip(HEADER), size)?;
    }
    if records == 0 {
        return Err(Stop::Malformed);
    }
    let mut v = v.skip(HEADER + size);
    for _ in 0..records {
        if v.is_empty() {
            break;
        }
        match record(o, v)? {
            Some(rest) => v = rest,
            None => return Ok(()),
        }
    }
    if has_xtr_id {
        if !v.has(XTR_ID + 8) {
            return Err(Stop::Malformed);
        }
        o.see_all(END_FIELDS, v);
        dump(o, "\n    xTR-ID: ", v, XTR_ID)?;
        o.put(("\n    SITE-ID: ", v.u64(XTR_ID)?));
    } else if v.caplen() > 0 {
        o.hex_dump("\n    Data: ", v.data());
    }
    Ok(())
}

/// An address of the given family, and what follows it.
fn address<'p>(o: &mut Out, v: View<'p>, family: u16, label: &'static str) -> Step<Option<View<'p>>> {
    match family {
        1 => {
            o.put((label, Ipv4(v.array(0)?)));
            Ok(Some(v.skip(4)))
        }
        2 => {
            o.put((label, Ipv6(v.array(0)?)));
            Ok(Some(v.skip(16)))
        }
        _ => Ok(None),
    }
}

/// An EID record with its locators: what follows it, or nothing if its address
/// family is unknown.
fn record<'p>(o: &mut Out, v: View<'p>) -> Step<Option<View<'p>>> {
    v.check(RECORD)?;
    o.see_all(RECORD_FIELDS, v);
    o.put("\n");
    if o.opt.verbose > 0 {
        o.put(("      Record TTL ", v.u32(0)?, ","));
        let action = v.u8(6)?;
        o.put(if action & 0x10 != 0 { " Authoritative," } else { " Non-Authoritative," });
        o.put((" ", named(ACTIONS, action >> 5, "unknown"), ","));
        o.put((" Map Version: ", v.u16(8)? & 0xfff, ","));
    }
    let family = v.u16(10)?;
    match (family, v.array(RECORD), v.array(RECORD)) {
        (1, Ok(eid), _) => o.note(id!("lisp.mapping.eid.ipv4"), Ipv4(eid)),
        (2, _, Ok(eid)) => o.note(id!("lisp.mapping.eid.ipv6"), Ipv6(eid)),
        _ => {}
    }
    let Some(mut rest) = address(o, v.skip(RECORD), family, " EID ")? else {
        return Ok(None);
    };
    let locators = v.u8(4)?;
    o.put(("/", v.u8(5)?, ",", " ", locators, " locator(s)"));
    for _ in 0..locators {
        rest = locator(o, rest)?;
    }
    Ok(Some(rest))
}

fn locator<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    v.check(LOCATOR)?;
    o.see_all(LOCATOR_FIELDS, v);
    match (v.u16(6)?, v.array(LOCATOR), v.array(LOCATOR)) {
        (1, Ok(locator), _) => o.note_text(id!("lisp.loc.locator"), Ipv4(locator)),
        (2, _, Ok(locator)) => o.note_text(id!("lisp.loc.locator"), Ipv6(locator)),
        _ => {}
    }
    let verbose = o.opt.verbose > 0;
    o.put(verbose.then_some("\n       "));
    let value = v.skip(LOCATOR);
    let rest = address(o, value, v.u16(6)?, " LOC ")?.unwrap_or(value);
    if verbose {
        o.put(("\n          Priority/Weight ", v.u8(0)?, "/", v.u8(1)?));
        o.put((", Multicast Priority/Weight ", v.u8(2)?, "/", v.u8(3)?, ","));
        o.put((" flags [", bits(LOCATOR_FLAGS, v.u16(4)?, ", ", "none"), "],"));
    }
    Ok(rest)
}
