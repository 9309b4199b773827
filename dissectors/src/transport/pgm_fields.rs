//! PGM for the tree (RFC 3208): what types of packets have behind the header, and options.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, Stop, View};

const HEADER: usize = 16;
const TYPE: usize = 4;
const OPTIONS: usize = 5;
const HAS_OPTIONS: u8 = 1;

const PATH: &[Slot] = &[
    Slot::new("pgm.spm.sqn", 0, 4),
    Slot::new("pgm.spm.trail", 4, 4),
    Slot::new("pgm.spm.lead", 8, 4),
    Slot::new("pgm.spm.pathafi", 12, 2),
];
const DATA: &[Slot] = &[Slot::new("pgm.spm.sqn", 0, 4), Slot::new("pgm.spm.trail", 4, 4)];
const POLL: &[Slot] = &[
    Slot::new("pgm.poll.sqn", 0, 4),
    Slot::new("pgm.poll.round", 4, 2),
    Slot::new("pgm.poll.subtype", 6, 2),
    Slot::new("pgm.poll.pathafi", 8, 2),
];
const POLL_END: &[Slot] = &[
    Slot::new("pgm.poll.backoff_ivl", 0, 4),
    Slot::new("pgm.poll.rand_str", 4, 4),
    Slot::new("pgm.poll.matching_bmask", 8, 4),
];
const POLL_RESPONSE: &[Slot] = &[Slot::new("pgm.polr.sqn", 0, 4), Slot::new("pgm.polr.round", 4, 2)];
const NAK: &[Slot] = &[Slot::new("pgm.nak.sqn", 0, 4), Slot::new("pgm.nak.srcafi", 4, 2)];
/// From the end of the source on.
const NAK_GROUP: &[Slot] = &[Slot::new("pgm.nak.grpafi", 0, 2)];
const ACKNOWLEDGEMENT: &[Slot] = &[Slot::new("pgm.ack.maxsqn", 0, 4), Slot::new("pgm.ack.bitmap", 4, 4)];

/// An address by its family, 1 and 2.
type Address = [&'static [Slot]; 2];
const PATH_ADDRESS: Address = [&[Slot::new("pgm.spm.path.ipv4", 0, 4)], &[Slot::new("pgm.spm.path.ipv6", 0, 16)]];
const POLL_ADDRESS: Address = [&[Slot::new("pgm.poll.path.ipv4", 0, 4)], &[Slot::new("pgm.poll.path.ipv6", 0, 16)]];
const SOURCE_ADDRESS: Address = [&[Slot::new("pgm.nak.src.ipv4", 0, 4)], &[Slot::new("pgm.nak.src.ipv6", 0, 16)]];
const GROUP_ADDRESS: Address = [&[Slot::new("pgm.nak.grp.ipv4", 0, 4)], &[Slot::new("pgm.nak.grp.ipv6", 0, 16)]];
const REDIRECT_ADDRESS: Address =
    [&[Slot::new("pgm.opts.redirect.dlr.ipv4", 0, 4)], &[Slot::new("pgm.opts.redirect.dlr.ipv6", 0, 16)]];
const ACKER: Address =
    [&[Slot::new("pgm.opts.ccdata.acker.ipv4", 0, 4)], &[Slot::new("pgm.opts.ccdata.acker.ipv6", 0, 16)]];

const FIRST_TYPE: &[Slot] = &[Slot::new("pgm.opts.type", 0, 1)];
const FIRST_OPTION: &[Slot] = &[Slot::new("pgm.opts.len", 1, 1), Slot::new("pgm.opts.tlen", 2, 2)];
const OPTION: &[Slot] = &[
    Slot::new("pgm.genopts.end", 0, 1).bit(7),
    Slot::new("pgm.genopts.type", 0, 1).bits(0, 0x7f),
    Slot::new("pgm.genopts.len", 1, 1),
];
/// What only options of the right size are looked into for.
const RIGHT_OPTION: &[Slot] = &[Slot::new("pgm.genopts.opx", 2, 1).bits(0, 3)];
/// Octets of an option's header.
const OPTION_SIZE: usize = 4;
const NAK_LIST: u8 = 0x02;
const REDIRECT: u8 = 0x07;
const FEEDBACK: u8 = 0x13;
/// What options hold, from their header on.
const OPTION_FIELDS: &[(u8, &[Slot])] = &[
    (
        0x01,
        &[
            Slot::new("pgm.opts.fragment.first_sqn", 4, 4),
            Slot::new("pgm.opts.fragment.fragment_offset", 8, 4),
            Slot::new("pgm.opts.fragment.total_length", 12, 4),
        ],
    ),
    (NAK_LIST, &[Slot::new("pgm.opts.nak.op", 3, 1)]),
    (0x03, &[Slot::new("pgm.opts.join.min_join", 4, 4)]),
    (0x04, &[Slot::new("pgm.opts.nak_bo_ivl.bo_ivl", 4, 4), Slot::new("pgm.opts.nak_bo_ivl.bo_ivl_sqn", 8, 4)]),
    (0x05, &[Slot::new("pgm.opts.nak_bo_rng.min_bo_ivl", 4, 4), Slot::new("pgm.opts.nak_bo_rng.max_bo_ivl", 8, 4)]),
    (REDIRECT, &[Slot::new("pgm.opts.redirect.afi", 4, 2)]),
    (0x08, PARITY),
    (0x09, PARITY),
    (0x12, CONGESTION),
    (FEEDBACK, CONGESTION),
];
const PARITY: &[Slot] = &[Slot::new("pgm.opts.parity_prm.op", 3, 1), Slot::new("pgm.opts.parity_prm.prm_grp", 4, 4)];
const CONGESTION: &[Slot] = &[Slot::new("pgm.opts.ccdata.tstamp", 4, 4), Slot::new("pgm.opts.ccdata.afi", 8, 2)];
const LOSS: &[Slot] = &[Slot::new("pgm.opts.ccdata.lossrate", 10, 2)];

/// Notes what is behind the header.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    let rest = body(o, v.skip(HEADER), v.u8(TYPE)?)?;
    if v.u8(OPTIONS)? & HAS_OPTIONS != 0 { options(o, rest) } else { Ok(()) }
}

/// What a type of packet has; what is behind it.
fn body<'p>(o: &mut Out, v: View<'p>, kind: u8) -> Step<View<'p>> {
    match kind {
        0x00 => {
            o.see_all(PATH, v);
            address(o, v.skip(16), v.u16(12)?, PATH_ADDRESS)
        }
        0x01 => {
            o.see_all(POLL, v);
            let rest = address(o, v.skip(12), v.u16(8)?, POLL_ADDRESS)?;
            o.see_all(POLL_END, rest);
            Ok(rest.skip(12))
        }
        0x02 => {
            o.see_all(POLL_RESPONSE, v);
            Ok(v.skip(8))
        }
        0x04 | 0x05 => {
            o.see_all(DATA, v);
            Ok(v.skip(8))
        }
        0x08..=0x0a => {
            o.see_all(NAK, v);
            let group = address(o, v.skip(8), v.u16(4)?, SOURCE_ADDRESS)?;
            o.see_all(NAK_GROUP, group);
            address(o, group.skip(4), group.u16(0)?, GROUP_ADDRESS)
        }
        0x0d => {
            o.see_all(ACKNOWLEDGEMENT, v);
            Ok(v.skip(8))
        }
        _ => Ok(v),
    }
}

/// An address; what is behind it.
fn address<'p>(o: &mut Out, v: View<'p>, family: u16, slots: Address) -> Step<View<'p>> {
    let [four, six] = slots;
    match family {
        1 => {
            o.see_all(four, v);
            Ok(v.skip(4))
        }
        2 => {
            o.see_all(six, v);
            Ok(v.skip(16))
        }
        _ => Err(Stop::Malformed),
    }
}

fn options(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(FIRST_TYPE, v);
    if v.u8(0)? != 0 {
        return Ok(());
    }
    o.see_all(FIRST_OPTION, v);
    if usize::from(v.u8(1)?) != OPTION_SIZE {
        return Ok(());
    }
    let mut rest = v.cut(v.u16(2)?.into()).skip(OPTION_SIZE);
    while !rest.is_empty() {
        let (kind, size) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        if size < OPTION_SIZE {
            return Ok(());
        }
        option(o, rest.cut(size), kind & 0x7f)?;
        if kind & 0x80 != 0 {
            return Ok(());
        }
        rest = rest.skip(size);
    }
    Ok(())
}

fn option(o: &mut Out, v: View<'_>, kind: u8) -> Step {
    let Some(&(_, slots)) = OPTION_FIELDS.iter().find(|row| row.0 == kind) else { return Ok(()) };
    o.see_all(OPTION, v);
    let right = match kind {
        0x01 => v.len() == 16,
        0x03 | 0x08 | 0x09 => v.len() == 8,
        0x04 | 0x05 => v.len() == 12,
        REDIRECT => matches!(v.len(), 12 | 24),
        0x12 | FEEDBACK => matches!(v.len(), 16 | 28),
        _ => true,
    };
    if !right {
        return Ok(());
    }
    o.see_all(RIGHT_OPTION, v);
    o.see_all(slots, v);
    match kind {
        REDIRECT => drop(address(o, v.skip(8), v.u16(4)?, REDIRECT_ADDRESS)?),
        0x12 | FEEDBACK => {
            o.see_all(if kind == FEEDBACK { LOSS } else { &[] }, v);
            address(o, v.skip(12), v.u16(8)?, ACKER)?;
        }
        _ => {}
    }
    Ok(())
}
