//! NetFlow for the tree: versions 1, 5 and 9 (RFC 3954), and IPFIX (RFC 7011).

use crate::below::{Below, ip_of};
use crate::field::Slot;
use crate::fields::Id;
use crate::management::netflow_records::{self, Element, Key, What};
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
/// Octets before the elements of a template of options.
const OPTIONS_SIZE: usize = 6;
const OPTIONS9: &[Slot] = &[
    Slot::new("cflow.template_id", 0, 2),
    Slot::new("cflow.option_scope_length", 2, 2),
    Slot::new("cflow.option_length", 4, 2),
];
const OPTIONS10: &[Slot] = &[
    Slot::new("cflow.template_id", 0, 2),
    Slot::new("cflow.template_ipfix_total_field_count", 2, 2),
    Slot::new("cflow.template_ipfix_scope_field_count", 4, 2),
];
const SCOPE9: &[Slot] = &[Slot::new("cflow.scope_field_type", 0, 2), Slot::new("cflow.template_field_length", 2, 2)];
/// An element of an enterprise.
const PRIVATE_FIELD: &[Slot] = &[
    Slot::new("cflow.template_ipfix_pen_provided", 0, 2).bit(15),
    Slot::new("cflow.template_ipfix_field_type_enterprise", 0, 2).bits(0, 0x7fff),
    Slot::new("cflow.template_field_length", 2, 2),
];
const ENTERPRISE: &[Slot] = &[Slot::new("cflow.template_ipfix_field_pen", 4, 4)];

/// The least number of a set of records; the number is that of their template.
const RECORDS: u16 = 256;

/// Notes a datagram, as far as it is captured.
pub(super) fn note(o: &mut Out, v: View<'_>, below: &Below<'_>) {
    if o.tree.is_some() {
        let _ends_early = datagram(o, v, below);
    }
}

fn datagram(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    const IPFIX: u16 = 10;
    o.see_all(VERSION, v);
    let version = v.u16(0)?;
    let exporter = ip_of(below).and_then(|ip| ip.source()).ok();
    let key = |domain: u32| Key { exporter, domain, version, template: 0 };
    if version == IPFIX {
        o.see_all(FIELDS10, v);
        return sets(o, v.skip(SETS10), &Form { templates: 2, options: 3, field: FIELD10, key: key(v.u32(12)?) });
    }
    o.see_all(COUNT, v);
    milliseconds(o, id!("cflow.sysuptime"), v, 4);
    o.see_all(CLOCK, v);
    match version {
        9 => {
            o.see_all(FIELDS9, v);
            sets(o, v.skip(SETS9), &Form { templates: 0, options: 1, field: FIELD9, key: key(v.u32(16)?) })?;
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
                let duration = u64::from(record.u32(28)?).wrapping_sub(record.u32(24)?.into());
                o.note(id!("cflow.timedelta"), duration.wrapping_mul(1_000_000));
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

/// What differs between NetFlow 9 and IPFIX.
struct Form {
    /// The number of sets of templates, and of those of options.
    templates: u16,
    options: u16,
    /// An element of a template.
    field: &'static [Slot],
    /// What identifies a template, but for its number.
    key: Key,
}

impl Form {
    fn is_ipfix(&self) -> bool {
        self.field.len() > FIELD9.len()
    }
}

/// Sets, of which those of a number have templates.
fn sets(o: &mut Out, mut v: View<'_>, form: &Form) -> Step {
    while !v.is_empty() {
        o.see_all(SET, v);
        let (number, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if size < SET_SIZE {
            break;
        }
        let set = v.cut(size).skip(SET_SIZE);
        let _ends_early = match number {
            number if number == form.templates => templates(o, set, form),
            number if number == form.options => options(o, set, form),
            RECORDS.. => {
                netflow_records::note(o, set, Key { template: number, ..form.key });
                Ok(())
            }
            _ => Ok(()),
        };
        v = v.skip(size);
    }
    Ok(())
}

fn templates(o: &mut Out, mut v: View<'_>, form: &Form) -> Step {
    // What is shorter fills up the set.
    while v.len() >= SET_SIZE {
        o.see_all(TEMPLATE, v);
        let (template, count) = (v.u16(0)?, v.u16(2)?);
        v = v.skip(SET_SIZE);
        let mut elements = Vec::new();
        for _ in 0..count {
            let (element, enterprise) = element(v, form)?;
            see_element(o, v, form, element, enterprise);
            elements.push(element);
            v = v.skip(if enterprise { 8 } else { 4 });
        }
        o.state().netflow.learn(Key { template, ..form.key }, &elements);
    }
    Ok(())
}

/// An element of a template; whether it is an enterprise's, whose number follows.
fn element(v: View<'_>, form: &Form) -> Step<(Element, bool)> {
    const WITH_ENTERPRISE: u16 = 0x8000;
    /// The enterprise of elements of the other direction (RFC 5103, section 6.1).
    const REVERSE: u32 = 29_305;
    let number = v.u16(0)?;
    let enterprise = number & WITH_ENTERPRISE != 0 && form.is_ipfix();
    let what = match enterprise {
        true if v.u32(4)? == REVERSE => What::Number(number & !WITH_ENTERPRISE),
        true => What::Unknown,
        false => What::Number(number),
    };
    Ok((Element { what, len: v.u16(2)? }, enterprise))
}

/// Notes an element of a template.
fn see_element(o: &mut Out, v: View<'_>, form: &Form, element: Element, enterprise: bool) {
    o.see_all(if element.what == What::Unknown { PRIVATE_FIELD } else { form.field }, v);
    if enterprise {
        o.see_all(ENTERPRISE, v);
    }
}

/// Templates of options (RFC 3954, section 6.1; RFC 7011, section 3.4.2.2). What the
/// options are about comes first.
fn options(o: &mut Out, mut v: View<'_>, form: &Form) -> Step {
    while v.len() >= OPTIONS_SIZE {
        let (template, first, second) = (v.u16(0)?, v.u16(2)?, v.u16(4)?);
        o.see_all(if form.is_ipfix() { OPTIONS10 } else { OPTIONS9 }, v);
        // The number of all and of the first kind of elements, or the octets of both kinds.
        let (all, scopes) = if form.is_ipfix() { (first, 0) } else { (first / 4 + second / 4, first / 4) };
        v = v.skip(OPTIONS_SIZE);
        let mut elements = Vec::new();
        for number in 0..all {
            let (mut element, enterprise) = element(v, form)?;
            if number < scopes {
                o.see_all(SCOPE9, v);
                element.what = What::Scope(v.u16(0)?);
            } else {
                see_element(o, v, form, element, enterprise);
            }
            elements.push(element);
            v = v.skip(if enterprise { 8 } else { 4 });
        }
        o.state().netflow.learn(Key { template, ..form.key }, &elements);
    }
    Ok(())
}
