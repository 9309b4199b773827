//! Serial Line IP (RFC 1055) with the header that BSD puts before it, and Van
//! Jacobson's compression of TCP (RFC 1144).

use crate::below::Below;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the header: a direction, and the compressed header as it was sent.
const HEADER: usize = 16;
/// Where the compressed header begins.
const COMPRESSED: usize = 1;
/// Octets of a TCP header without options.
const TCP: usize = 20;

/// The header for the tree, of which Wireshark has none; what is compressed has its names.
const FIELDS: &[Slot] = &[Slot::new("slip.direction", 0, 1), Slot::new("slip.type", 1, 1)];
const CHANGES: &[Slot] = &[
    Slot::new("vjc.change_mask", 0, 1),
    Slot::new("vjc.change_mask.connection_number", 0, 1).bit(6),
    Slot::new("vjc.change_mask.ip_id", 0, 1).bit(5),
    Slot::new("vjc.change_mask.psh", 0, 1).bit(4),
    Slot::new("vjc.change_mask.seq", 0, 1).bit(3),
    Slot::new("vjc.change_mask.ack", 0, 1).bit(2),
    Slot::new("vjc.change_mask.win", 0, 1).bit(1),
    Slot::new("vjc.change_mask.urg", 0, 1).bit(0),
];
const CONNECTION: &[Slot] = &[Slot::new("vjc.connection_number", 0, 1)];
const CHECKSUM: &[Slot] = &[Slot::new("vjc.checksum", 0, 2)];

/// What the lines before left behind (RFC 1144, section 3.2.3): the data of the
/// last packet of each connection, in both directions.
pub(crate) struct Connections {
    last: u8,
    octets: [[u32; 256]; 2],
}

impl Default for Connections {
    fn default() -> Self {
        Connections { last: 255, octets: [[0; 256]; 2] }
    }
}

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "slip";
    if !v.has(HEADER) || v.len() < HEADER {
        return Err(Stop::Truncated);
    }
    if o.tree.is_some() {
        note(o, v.cut(HEADER))?;
    }
    let inner = v.skip(HEADER);
    if o.opt.link {
        header(o, v, inner)?;
    }
    if inner.is_empty() || !inner.has(1) {
        return Err(Stop::Truncated);
    }
    match inner.u8(0)? >> 4 {
        4 => registry::ipv4()(o, inner, below)?,
        6 => registry::ipv6()(o, inner, below)?,
        version => o.put(("ip v", version)),
    }
    o.link_len += HEADER;
    Ok(())
}

/// The frame entry of BSD/OS, which prints no header.
pub(crate) fn bsdos(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "slip_bsdos";
    if !v.has(HEADER) || v.len() < HEADER {
        return Err(Stop::Truncated);
    }
    let inner = v.skip(HEADER);
    registry::ipv4()(o, inner, below)?;
    o.link_len += HEADER;
    Ok(())
}

/// Notes the header.
fn note(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(FIELDS, v);
    let kind = v.u8(COMPRESSED)?;
    if kind & 0xf0 == 0x70 {
        o.see_all(CONNECTION, v.skip(COMPRESSED + 9));
    } else if kind & 0x80 != 0 {
        let mut rest = v.skip(COMPRESSED);
        o.see_all(CHANGES, rest);
        rest = rest.skip(1);
        if kind & NEW_C != 0 {
            o.see_all(CONNECTION, rest);
            rest = rest.skip(1);
        }
        o.see_all(CHECKSUM, rest);
        rest = rest.skip(2);
        // Two combinations of bits stand for common changes, and have no numbers.
        if !matches!(kind & SPECIALS, SPECIAL_I | SPECIAL_D) {
            for (bit, field) in DELTAS {
                if kind & bit != 0 {
                    rest = delta(o, rest, field)?;
                }
            }
        }
        if kind & NEW_I != 0 {
            delta(o, rest, id!("vjc.delta_ipid"))?;
        }
    }
    Ok(())
}

/// Notes a number of one octet, or of two behind a zero; what follows it.
fn delta<'p>(o: &mut Out, v: View<'p>, field: Id) -> Step<View<'p>> {
    match v.u8(0)? {
        0 => {
            o.note(field, v.u16(1)?);
            Ok(v.skip(3))
        }
        short => {
            o.note(field, short);
            Ok(v.skip(1))
        }
    }
}

/// The direction and what the compressor made of the packet.
fn header(o: &mut Out, v: View<'_>, inner: View<'_>) -> Step {
    let direction = match v.u8(0)? {
        0 => Some(0),
        1 => Some(1),
        _ => None,
    };
    match direction {
        Some(0) => o.put("I "),
        Some(_) => o.put("O "),
        None => o.put(("Invalid direction ", v.u8(0)?, " ")),
    }
    let kind = v.u8(COMPRESSED)?;
    match kind & 0xf0 {
        // An IP packet as it is.
        0x40 => o.put(("ip ", v.len(), ": ")),
        // One whose protocol field is the number of its connection from now on.
        0x70 => {
            let connection = v.u8(COMPRESSED + 9)?;
            o.state().slip.last = connection;
            o.put(("utcp ", connection, ": "));
            if let Some(direction) = direction {
                let octets = data(inner)?;
                o.state().slip.octets[direction][usize::from(connection)] = octets;
            }
        }
        _ => match direction {
            None => {}
            Some(direction) if kind & 0x80 != 0 => {
                compressed(o, v.skip(COMPRESSED), inner, direction)?;
                o.put(": ");
            }
            Some(_) => o.put(("slip-", kind, "!: ")),
        },
    }
    Ok(())
}

/// The octets of a packet behind its IP and TCP headers, wrapping around as
/// 32 bits do where the headers claim more than there is.
fn data(inner: View<'_>) -> Step<u32> {
    let words = usize::from(inner.u8(0)? & 0xf);
    inner.need(4 * words + TCP)?;
    let words = words + usize::from(inner.u8(4 * words + 12)? >> 4);
    Ok((inner.len() as u32).wrapping_sub(4 * words as u32))
}

/// The numbers of changes, in their order.
const DELTAS: [(u8, Id); 4] = [
    (NEW_U, id!("vjc.urgent_pointer")),
    (NEW_W, id!("vjc.delta_window")),
    (NEW_A, id!("vjc.delta_ack")),
    (NEW_S, id!("vjc.delta_seq")),
];

const NEW_C: u8 = 0x40;
const NEW_I: u8 = 0x20;
const NEW_S: u8 = 0x08;
const NEW_A: u8 = 0x04;
const NEW_W: u8 = 0x02;
const NEW_U: u8 = 0x01;
const SPECIALS: u8 = NEW_S | NEW_A | NEW_W | NEW_U;
const SPECIAL_I: u8 = NEW_S | NEW_W | NEW_U;
const SPECIAL_D: u8 = NEW_S | NEW_A | NEW_W | NEW_U;

/// A compressed header (RFC 1144, section 3.2.2).
fn compressed(o: &mut Out, v: View<'_>, inner: View<'_>, direction: usize) -> Step {
    let changes = v.u8(0)?;
    let mut at = 1;
    if changes & NEW_C != 0 {
        let connection = v.u8(at)?;
        at += 1;
        o.state().slip.last = connection;
        o.put(("ctcp ", connection));
    } else {
        o.put("ctcp *");
    }
    // The TCP checksum.
    at += 2;
    let connection = usize::from(o.state().slip.last);
    let before = o.state().slip.octets[direction][connection];
    match changes & SPECIALS {
        SPECIAL_I => o.put((" *SA+", before)),
        SPECIAL_D => o.put((" *S+", before)),
        _ => {
            if changes & NEW_U != 0 {
                change(o, "U=", v, &mut at)?;
            }
            if changes & NEW_W != 0 {
                let value = number(v, &mut at)? as i16;
                o.put((if value >= 0 { " W+" } else { " W" }, i32::from(value)));
            }
            if changes & NEW_A != 0 {
                change(o, "A+", v, &mut at)?;
            }
            if changes & NEW_S != 0 {
                change(o, "S+", v, &mut at)?;
            }
        }
    }
    if changes & NEW_I != 0 {
        change(o, "I+", v, &mut at)?;
    }
    let octets = data(inner)?;
    o.state().slip.octets[direction][connection] = octets;
    o.put((" ", octets, " (", at, ")"));
    Ok(())
}

fn change(o: &mut Out, name: &'static str, v: View<'_>, at: &mut usize) -> Step {
    o.put((" ", name, number(v, at)?));
    Ok(())
}

/// A number of one octet, or of two behind a zero. As in tcpdump, one of one
/// octet is not passed over.
fn number(v: View<'_>, at: &mut usize) -> Step<u16> {
    let short = v.u8(*at)?;
    if short != 0 {
        return Ok(short.into());
    }
    let long = v.u16(*at + 1)?;
    *at += 3;
    Ok(long)
}
