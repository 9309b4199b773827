//! DCCP for the tree (RFC 4340): what is behind the header that all packets have, and the options.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const SEQUENCE: &[Slot] = &[Slot::new("dccp.seq", 9, 3)];
const SEQUENCE_SIZE: usize = 12;
const LONG_SEQUENCE: &[Slot] = &[Slot::new("dccp.seq_raw", 10, 6)];
const LONG_SEQUENCE_SIZE: usize = 16;

const ACKNOWLEDGMENT: &[Slot] = &[Slot::new("dccp.ack_raw", 1, 3)];
const LONG_ACKNOWLEDGMENT: &[Slot] = &[Slot::new("dccp.ack_raw", 2, 6)];
const SERVICE: &[Slot] = &[Slot::new("dccp.service_code", 0, 4)];
const RESET: &[Slot] = &[
    Slot::new("dccp.reset_code", 0, 1),
    Slot::new("dccp.data1", 1, 1),
    Slot::new("dccp.data2", 2, 1),
    Slot::new("dccp.data3", 3, 1),
];

const OPTION: &[Slot] = &[Slot::new("dccp.option_type", 0, 1)];
/// What options with a length hold, from their value on: with so many octets, or any number.
const OPTIONS: &[(u8, Option<usize>, &[Slot])] = &[
    (32, None, FEATURE),
    (33, None, FEATURE),
    (34, None, FEATURE),
    (35, None, FEATURE),
    (41, Some(4), &[Slot::new("dccp.timestamp", 0, 4)]),
    (42, Some(4), &[ECHO]),
    (42, Some(6), &[ECHO, Slot::new("dccp.elapsed_time", 4, 2)]),
    (42, Some(8), &[ECHO, Slot::new("dccp.elapsed_time", 4, 4)]),
    (43, Some(2), &[Slot::new("dccp.elapsed_time", 0, 2)]),
    (43, Some(4), &[Slot::new("dccp.elapsed_time", 0, 4)]),
    (44, Some(4), &[Slot::new("dccp.checksum_data", 0, 4)]),
];
const FEATURE: &[Slot] = &[Slot::new("dccp.feature_number", 0, 1)];
const ECHO: Slot = Slot::new("dccp.timestamp_echo", 0, 4);

/// Notes a packet that has its header whole.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    const REQUEST: u8 = 0;
    const RESPONSE: u8 = 1;
    const DATA: u8 = 2;
    const RESET_TYPE: u8 = 7;
    const LAST: u8 = 9;
    let first = v.u8(8)?;
    let (kind, extended) = (first >> 1 & 15, first & 1 != 0);
    o.see_all(if extended { LONG_SEQUENCE } else { SEQUENCE }, v);
    let header = usize::from(v.u8(4)?) * 4;
    let mut rest = v.cut(header).skip(if extended { LONG_SEQUENCE_SIZE } else { SEQUENCE_SIZE });
    if kind > LAST {
        return Ok(());
    }
    if !matches!(kind, REQUEST | DATA) {
        o.see_all(if extended { LONG_ACKNOWLEDGMENT } else { ACKNOWLEDGMENT }, rest);
        rest = rest.skip(if extended { 8 } else { 4 });
    }
    match kind {
        REQUEST | RESPONSE => o.see_all(SERVICE, rest),
        RESET_TYPE => o.see_all(RESET, rest),
        _ => {}
    }
    options(o, rest.skip(if matches!(kind, REQUEST | RESPONSE | RESET_TYPE) { 4 } else { 0 }))
}

fn options(o: &mut Out, v: View<'_>) -> Step {
    const FIRST_WITH_LENGTH: u8 = 32;
    let mut v = v;
    while !v.is_empty() {
        let kind = v.u8(0)?;
        o.see_all(OPTION, v);
        if kind < FIRST_WITH_LENGTH {
            v = v.skip(1);
            continue;
        }
        let size = usize::from(v.u8(1)?);
        if size < 2 {
            return Ok(());
        }
        value(o, v.cut(size).skip(2), kind);
        v = v.skip(size);
    }
    Ok(())
}

fn value(o: &mut Out, v: View<'_>, kind: u8) {
    let size = v.caplen();
    if let Some(&(_, _, slots)) = OPTIONS.iter().find(|row| row.0 == kind && row.1.is_none_or(|octets| octets == size))
    {
        o.see_all(slots, v);
    }
    match kind {
        36 => o.note_octets(id!("dccp.init_cookie"), v.data()),
        37 if (1..=6).contains(&size) => {
            let count = v.data().iter().fold(0, |sum: u64, octet| sum << 8 | u64::from(*octet));
            o.note(id!("dccp.ndp_count"), count);
        }
        38 => o.note_octets(id!("dccp.ack_vector.nonce_0"), v.data()),
        39 => o.note_octets(id!("dccp.ack_vector.nonce_1"), v.data()),
        40 => o.note_octets(id!("dccp.data_dropped"), v.data()),
        _ => {}
    }
}
