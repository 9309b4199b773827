//! The Ad Hoc Configuration Protocol (draft-chroboczek-ahcp-00).

use crate::below::Below;
use crate::calendar::Calendar;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex8, Ipv4, Ipv6, Named, Otherwise, Put, Table};
use crate::view::{Step, View};

const MAGIC: u8 = 43;
const VERSION: u8 = 1;
/// The header, and that of the message behind it.
const HEADER: usize = 24;
const MESSAGE: usize = 4;

const MESSAGES: Table = &[(0, "Discover"), (1, "Offer"), (2, "Request"), (3, "Ack"), (4, "Nack"), (5, "Release")];

const PAD: u8 = 0;
const MANDATORY: u8 = 1;
const OPTIONS: Table = &[
    (0, "Pad"),
    (1, "Mandatory"),
    (2, "Origin Time"),
    (3, "Expires"),
    (4, "My-IPv6-Address"),
    (5, "My-IPv4-Address"),
    (6, "IPv6 Prefix"),
    (7, "IPv4 Prefix"),
    (8, "IPv6 Address"),
    (9, "IPv4 Address"),
    (10, "IPv6 Prefix Delegation"),
    (11, "IPv4 Prefix Delegation"),
    (12, "Name Server"),
    (13, "NTP Server"),
];

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("ahcp.version", 1, 1),
    Slot::new("ahcp.hopcount", 2, 1),
    Slot::new("ahcp.original_hopcount", 3, 1),
    Slot::new("ahcp.nonce", 4, 4),
    Slot::new("ahcp.source_id", 8, 8),
    Slot::new("ahcp.destination_id", 16, 8),
    Slot::new("ahcp.type", 24, 1),
    Slot::new("ahcp.length", 26, 2),
];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ahcp";
    o.put("AHCP");
    if v.len() < 2 {
        return invalid(o, v, v.len());
    }
    if v.u8(0)? != MAGIC {
        return invalid(o, v, v.len());
    }
    let version = v.u8(1)?;
    if version != VERSION {
        o.put((" Version ", version, " (unknown)"));
        return v.need(v.len());
    }
    o.put(" Version 1");
    o.see_all(FIELDS, v);
    let Some(left) = v.len().checked_sub(HEADER) else { return invalid(o, v, v.len()) };
    if o.opt.verbose == 0 {
        v.need(HEADER)?;
    } else {
        o.put(("\n\tHopcount ", v.u8(2)?));
        o.put((", Original Hopcount ", v.u8(3)?));
        o.put((", Nonce 0x", Hex8(v.u32(4)?)));
        o.put((", Source Id ", Id(v.array(8)?)));
        o.put((", Destination Id ", Id(v.array(16)?)));
    }
    message(o, v.skip(HEADER), left)
}

/// Marks what is malformed, and that the capture ends in it.
fn invalid(o: &mut Out, v: View<'_>, left: usize) -> Step {
    o.invalid();
    v.need(left)
}

/// The identifier of a node.
struct Id([u8; 8]);

impl Put for Id {
    fn put(self, o: &mut Out) {
        o.line.octets(&self.0, b':');
    }
}

/// The message in `left` octets.
fn message(o: &mut Out, v: View<'_>, left: usize) -> Step {
    if left < MESSAGE {
        return invalid(o, v, left);
    }
    let (kind, zero, size) = (v.u8(0)?, v.u8(1)?, usize::from(v.u16(2)?));
    let (v, left) = (v.skip(MESSAGE), left - MESSAGE);
    if o.opt.verbose > 0 {
        o.put(("\n\t", Named(MESSAGES, kind.into(), Otherwise::Dec("Unknown-", ""))));
        o.put(((zero != 0).then_some((", MBZ ", zero)), ", Length ", size));
    }
    if size > left {
        return invalid(o, v, left);
    }
    if o.opt.verbose > 1 { options(o, v, size) } else { v.need(size) }
}

fn options(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    while left > 0 {
        let kind = v.u8(0)?;
        o.note(id!("ahcp.option.type"), kind);
        (v, left) = (v.skip(1), left - 1);
        o.put(("\n\t ", Named(OPTIONS, kind.into(), Otherwise::Dec("Unknown-", ""))));
        if matches!(kind, PAD | MANDATORY) {
            continue;
        }
        if left == 0 {
            return invalid(o, v, left);
        }
        let size = usize::from(v.u8(0)?);
        (v, left) = (v.skip(1), left - 1);
        if size > left {
            return invalid(o, v, left);
        }
        option(o, v, kind, size)?;
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// An option of `size` octets.
fn option(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step {
    match kind {
        2 | 3 if size != 4 => invalid(o, v, size),
        2 => {
            o.put((": ", Calendar::from_unix(v.u32(0)?.into()).with(' '), " UTC"));
            Ok(())
        }
        3 => {
            o.put((": ", v.u32(0)?, "s"));
            Ok(())
        }
        4 | 8 | 12 | 13 => listed(o, v, size, 16, |v| Ok(Ipv6(v.array(0)?))),
        5 | 9 => listed(o, v, size, 4, |v| Ok(Ipv4(v.array(0)?))),
        6 | 10 => listed(o, v, size, 17, |v| Ok((Ipv6(v.array(0)?), "/", v.u8(16)?))),
        11 => listed(o, v, size, 5, |v| Ok((Ipv4(v.array(0)?), "/", v.u8(4)?))),
        _ => {
            o.put((" (Length ", size, ")"));
            v.need(size)
        }
    }
}

/// Items of `each` octets in `left`.
fn listed<'p, P: Put>(
    o: &mut Out,
    mut v: View<'p>,
    mut left: usize,
    each: usize,
    item: impl Fn(View<'p>) -> Step<P>,
) -> Step {
    let mut before = ": ";
    while left > 0 {
        if left < each {
            return invalid(o, v, left);
        }
        o.put((before, item(v)?));
        before = ", ";
        (v, left) = (v.skip(each), left - each);
    }
    Ok(())
}
