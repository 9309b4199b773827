//! The Multicast Source Discovery Protocol (RFC 3618).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::Ipv4;
use crate::registry;
use crate::view::{Step, View};

/// Octets of a message's type and length.
const HEADER: usize = 3;
/// The longest message that is usual (RFC 3618, section 12).
const USUAL: usize = 1400;
/// The longest that a segment begins with.
const LONGEST: usize = 1500;

/// The tree's field of the sources that are active.
const ACTIVE_FIELDS: &[Slot] = &[Slot::new("msdp.sa.entry_count", 3, 1), Slot::new("msdp.sa.rp_addr", 4, 4)];
const SOURCE: &[Slot] = &[
    Slot::new("msdp.sa.sprefix_len", 3, 1),
    Slot::new("msdp.sa.group_addr", 4, 4),
    Slot::new("msdp.sa.src_addr", 8, 4),
];
const REQUEST_FIELDS: &[Slot] = &[Slot::new("msdp.sa_req.group_addr", 4, 4)];
const NOTIFICATION_FIELDS: &[Slot] = &[
    Slot::new("msdp.not.o", 3, 1).bit(7),
    Slot::new("msdp.not.error", 3, 1).bits(0, 0x7f),
    Slot::new("msdp.not.error_sub", 4, 1),
];

const ACTIVE: u8 = 1;
const REQUEST: u8 = 2;
const RESPONSE: u8 = 3;
const KEEPALIVE: u8 = 4;
const NOTIFICATION: u8 = 5;
/// The last type of RFC 3618, section 12.2.
const LAST: u8 = 7;

/// The messages of a segment.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "msdp";
    o.put(": msdp");
    let mut rest = v;
    while !rest.is_empty() {
        let (kind, size) = (rest.u8(0)?, usize::from(rest.u16(1)?));
        o.note(id!("msdp.type"), kind);
        o.note(id!("msdp.length"), size);
        // Only what a segment begins with has to look like a message.
        let unlikely = !(ACTIVE..=LAST).contains(&kind) || !(HEADER..=LONGEST).contains(&size);
        if unlikely && rest.at() == v.at() {
            o.truncated();
            return Ok(());
        }
        if size > USUAL || o.opt.verbose > 0 {
            o.put((" [len ", size, "]"));
        }
        if size < HEADER || size > rest.len() {
            o.truncated();
            return Ok(());
        }
        if !message(o, rest, kind, size, below)? {
            o.truncated();
            return Ok(());
        }
        o.proto = "msdp";
        rest = rest.skip(size);
    }
    Ok(())
}

/// One message of `size` octets; false if its entries are not there.
fn message(o: &mut Out, v: View<'_>, kind: u8, size: usize, below: &Below<'_>) -> Step<bool> {
    match kind {
        ACTIVE | RESPONSE => {
            o.put(if kind == ACTIVE { " SA" } else { " SA-Response" });
            return entries(o, v, size, below);
        }
        REQUEST => {
            o.put(" SA-Request");
            o.see_all(REQUEST_FIELDS, v);
            o.put((" for ", Ipv4(v.array(HEADER + 1)?)));
        }
        KEEPALIVE => {
            o.put(" Keepalive");
            if size != HEADER {
                o.put(("[len=", size, "] "));
            }
        }
        NOTIFICATION => {
            o.put(" Notification");
            o.see_all(NOTIFICATION_FIELDS, v);
        }
        _ => o.put((" [type=", kind, " len=", size, "]")),
    }
    Ok(true)
}

/// How many sources are active, and the packet that may follow them (RFC 3618,
/// section 12.2.1).
fn entries(o: &mut Out, v: View<'_>, size: usize, below: &Below<'_>) -> Step<bool> {
    /// Octets before the entries.
    const FIXED: usize = 8;
    const ENTRY: usize = 12;
    if v.len() == HEADER {
        return Ok(false);
    }
    let count = v.u8(HEADER)?;
    o.see_all(ACTIVE_FIELDS, v);
    o.put((" ", count, " entries"));
    let end = FIXED + ENTRY * usize::from(count);
    o.see_rows(SOURCE, v.cut(end.min(size)).skip(FIXED), ENTRY);
    if end < size {
        o.put(" [w/data]");
        if o.opt.verbose > 1 {
            o.put(" ");
            o.nested(|o| registry::ipv4()(o, v.skip(end).claim(size - end), below))?;
        }
    }
    Ok(true)
}
