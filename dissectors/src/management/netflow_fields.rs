//! NetFlow for the tree: versions 1, 5 and 9 (RFC 3954), and IPFIX (RFC 7011). Of the
//! last two there are the templates; which fields other sets have, earlier packets tell.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

const VERSION: &[Slot] = &[Slot::new("cflow.version", 0, 2)];
const COUNT: &[Slot] = &[Slot::new("cflow.count", 2, 2)];
const CLOCK: &[Slot] = &[Slot::new("cflow.unix_secs", 8, 4)];
const NANOSECONDS: &[Slot] = &[Slot::new("cflow.unix_nsecs", 12, 4)];
/// What version 5 has behind it.
const FIELDS5: &[Slot] = &[
    Slot::new("cflow.sequence", 16, 4),
    Slot::new("cflow.engine_type", 20, 1),
    Slot::new("cflow.engine_id", 21, 1),
    Slot::new("cflow.samplingmode", 22, 2).bits(14, 3),
    Slot::new("cflow.samplerate", 22, 2).bits(0, 0x3fff),
];
const RECORD5: &[Slot] = &[
    Slot::new("cflow.srcaddr", 0, 4),
    Slot::new("cflow.dstaddr", 4, 4),
    Slot::new("cflow.nexthop", 8, 4),
    Slot::new("cflow.inputint", 12, 2),
    Slot::new("cflow.outputint", 14, 2),
    Slot::new("cflow.packets", 16, 4),
    Slot::new("cflow.octets", 20, 4),
    Slot::new("cflow.srcport", 32, 2),
    Slot::new("cflow.dstport", 34, 2),
    Slot::new("cflow.tcpflags", 37, 1),
    Slot::new("cflow.protocol", 38, 1),
    Slot::new("cflow.tos", 39, 1),
    Slot::new("cflow.srcas", 40, 2),
    Slot::new("cflow.dstas", 42, 2),
    Slot::new("cflow.srcmask", 44, 1),
    Slot::new("cflow.dstmask", 45, 1),
];

const RECORDS5: usize = 24;
const RECORD5_SIZE: usize = 48;

const FIELDS9: &[Slot] = &[Slot::new("cflow.sequence", 12, 4), Slot::new("cflow.source_id", 16, 4)];
const SETS9: usize = 20;
const FIELDS10: &[Slot] = &[
    Slot::new("cflow.len", 2, 2),
    Slot::new("cflow.exporttime", 4, 4),
    Slot::new("cflow.sequence", 8, 4),
    Slot::new("cflow.od_id", 12, 4),
];
const SETS10: usize = 16;

const SET: &[Slot] = &[Slot::new("cflow.flowset_id", 0, 2), Slot::new("cflow.flowset_length", 2, 2)];
const SET_SIZE: usize = 4;
const TEMPLATE: &[Slot] = &[Slot::new("cflow.template_id", 0, 2), Slot::new("cflow.template_field_count", 2, 2)];
const FIELD9: &[Slot] = &[Slot::new("cflow.template_field_type", 0, 2), Slot::new("cflow.template_field_length", 2, 2)];
const FIELD10: &[Slot] = &[
    Slot::new("cflow.template_ipfix_pen_provided", 0, 2).bit(15),
    Slot::new("cflow.template_ipfix_field_type", 0, 2).bits(0, 0x7fff),
    Slot::new("cflow.template_field_length", 2, 2),
];
const ENTERPRISE: &[Slot] = &[Slot::new("cflow.template_ipfix_field_pen", 4, 4)];

/// Notes a datagram, as far as it is captured.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = datagram(o, v);
    }
}

fn datagram(o: &mut Out, v: View<'_>) -> Step {
    const TEMPLATES9: u16 = 0;
    const TEMPLATES10: u16 = 2;
    const IPFIX: u16 = 10;
    o.see_all(VERSION, v);
    let version = v.u16(0)?;
    if version == IPFIX {
        o.see_all(FIELDS10, v);
        return sets(o, v.skip(SETS10), TEMPLATES10, FIELD10);
    }
    o.see_all(COUNT, v);
    milliseconds(o, id!("cflow.sysuptime"), v, 4);
    o.see_all(CLOCK, v);
    match version {
        9 => {
            o.see_all(FIELDS9, v);
            sets(o, v.skip(SETS9), TEMPLATES9, FIELD9)?;
        }
        5 => {
            o.see_all(NANOSECONDS, v);
            o.see_all(FIELDS5, v);
            for number in 0..usize::from(v.u16(2)?) {
                let record = v.skip(RECORDS5 + number * RECORD5_SIZE);
                record.need(RECORD5_SIZE)?;
                o.see_all(RECORD5, record);
                milliseconds(o, id!("cflow.timestart"), record, 24);
                milliseconds(o, id!("cflow.timeend"), record, 28);
            }
        }
        _ => o.see_all(NANOSECONDS, v),
    }
    Ok(())
}

/// A time since the router has started.
fn milliseconds(o: &mut Out, field: Id, v: View<'_>, at: usize) {
    if let Ok(time) = v.u32(at) {
        o.note(field, u64::from(time) * 1_000_000);
    }
}

/// Sets, of which those of a number have templates.
fn sets(o: &mut Out, mut v: View<'_>, templates: u16, field: &[Slot]) -> Step {
    while !v.is_empty() {
        o.see_all(SET, v);
        let size = usize::from(v.u16(2)?);
        if size < SET_SIZE {
            break;
        }
        if v.u16(0)? == templates {
            let _ends_early = self::templates(o, v.cut(size).skip(SET_SIZE), field);
        }
        v = v.skip(size);
    }
    Ok(())
}

fn templates(o: &mut Out, mut v: View<'_>, field: &[Slot]) -> Step {
    /// A field of an enterprise, whose number follows.
    const WITH_ENTERPRISE: u16 = 0x8000;
    // What is shorter fills up the set.
    while v.len() >= SET_SIZE {
        o.see_all(TEMPLATE, v);
        let count = v.u16(2)?;
        v = v.skip(SET_SIZE);
        for _ in 0..count {
            o.see_all(field, v);
            let enterprise = v.u16(0)? & WITH_ENTERPRISE != 0 && field.len() > FIELD9.len();
            if enterprise {
                o.see_all(ENTERPRISE, v);
            }
            v = v.skip(if enterprise { 8 } else { 4 });
        }
    }
    Ok(())
}
