//! Babel for the tree (RFC 8966): the messages, but for those of its authentication.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const HEADER: &[Slot] =
    &[Slot::new("babel.magic", 0, 1), Slot::new("babel.version", 1, 1), Slot::new("babel.bodylen", 2, 2)];
const HEADER_SIZE: usize = 4;

const TYPE: &[Slot] = &[Slot::new("babel.message.type", 0, 1)];
const LENGTH: &[Slot] = &[Slot::new("babel.message.length", 1, 1)];

/// What messages of a type hold, from their header on, and where a prefix begins
/// that goes on to their end.
const MESSAGES: &[(u8, &[Slot], Option<usize>)] = &[
    (2, &[Slot::new("babel.message.nonce", 4, 2), Slot::new("babel.message.interval", 6, 2)], None),
    (3, &[Slot::new("babel.message.nonce", 2, 2)], None),
    (4, &[Slot::new("babel.message.seqno", 4, 2), Slot::new("babel.message.interval", 6, 2)], None),
    (5, &[AE, Slot::new("babel.message.rxcost", 4, 2), Slot::new("babel.message.interval", 6, 2)], Some(8)),
    (6, &[Slot::new("babel.message.routerid", 4, 8)], None),
    (7, &[AE], Some(4)),
    (
        8,
        &[
            AE,
            Slot::new("babel.message.flags", 3, 1),
            Slot::new("babel.message.plen", 4, 1),
            Slot::new("babel.message.omitted", 5, 1),
            Slot::new("babel.message.interval", 6, 2),
            Slot::new("babel.message.seqno", 8, 2),
            Slot::new("babel.message.metric", 10, 2),
        ],
        Some(12),
    ),
    (9, &[AE, Slot::new("babel.message.plen", 3, 1)], Some(4)),
    (
        10,
        &[
            AE,
            Slot::new("babel.message.plen", 3, 1),
            Slot::new("babel.message.seqno", 4, 2),
            Slot::new("babel.message.hopcount", 6, 1),
            Slot::new("babel.message.routerid", 8, 8),
        ],
        Some(16),
    ),
];
const AE: Slot = Slot::new("babel.message.ae", 2, 1);

/// Notes a packet, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    const PAD1: u8 = 0;
    o.see_all(HEADER, v);
    // What is behind the body is messages too (RFC 8966, section 4.2).
    let mut rest = v.skip(HEADER_SIZE);
    while !rest.is_empty() {
        o.see_all(TYPE, rest);
        let kind = rest.u8(0)?;
        if kind == PAD1 {
            rest = rest.skip(1);
            continue;
        }
        o.see_all(LENGTH, rest);
        let size = 2 + usize::from(rest.u8(1)?);
        let message = rest.cut(size);
        if let Some(&(_, slots, prefix)) = MESSAGES.iter().find(|row| row.0 == kind) {
            o.see_all(slots, message);
            if let Some(at) = prefix {
                let _ends_early = self::prefix(o, message, at);
            }
        }
        rest = rest.skip(size);
    }
    Ok(())
}

/// The octets of an address or a prefix that a message holds, by its encoding.
fn prefix(o: &mut Out, v: View<'_>, at: usize) -> Step {
    const UPDATE: u8 = 8;
    let whole = match v.u8(2)? {
        0 => 0,
        1 => 4,
        2 => 16,
        3 => 8,
        _ => return Ok(()),
    };
    let size = match v.u8(0)? {
        5 | 7 => whole,
        _ if whole == 0 => 0,
        UPDATE => usize::from(v.u8(4)?).div_ceil(8).saturating_sub(v.u8(5)?.into()),
        _ => usize::from(v.u8(3)?).div_ceil(8),
    };
    o.note_octets(id!("babel.message.prefix"), v.bytes(at, size)?);
    Ok(())
}
