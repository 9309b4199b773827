//! The records of NetFlow 9 (RFC 3954) and IPFIX (RFC 7011), by the templates that came before.

use crate::below::Address;
use crate::field::Slot;
use crate::fields::Id;
use crate::management::netflow_elements::{PLAIN, TIMES, Unit};
use crate::out::Out;
use crate::state::Aging;
use crate::view::View;

/// Templates that are remembered.
const MAX_TEMPLATES: usize = 4096;
/// A template with more elements is not remembered.
const MAX_ELEMENTS: usize = 128;
/// The length of an element that says its own (RFC 7011, section 7).
const VARIABLE: u16 = u16::MAX;

/// Whose template it is: the exporter, its number for where it observes, the version, and
/// the template's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub exporter: Option<Address>,
    pub domain: u32,
    pub version: u16,
    pub template: u16,
}

/// An element of a template.
#[derive(Clone, Copy)]
pub(super) struct Element {
    /// What it is.
    pub what: What,
    /// Its octets.
    pub len: u16,
}

/// What an element is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The one of a number.
    Number(u16),
    /// What an option of NetFlow 9 is about (RFC 3954, section 6.1).
    Scope(u16),
    /// One of an enterprise.
    Unknown,
}

/// The latest templates.
pub(crate) struct Templates {
    known: Aging<Key, Box<[Element]>>,
}

impl Default for Templates {
    fn default() -> Self {
        Templates { known: Aging::with_capacity(MAX_TEMPLATES) }
    }
}

impl Templates {
    /// Remembers a template; one without elements is taken back (RFC 7011, section 8.1).
    pub(super) fn learn(&mut self, key: Key, elements: &[Element]) {
        let fits = elements.len() <= MAX_ELEMENTS;
        self.known.insert(key, if fits { elements.into() } else { Box::default() });
    }
}

/// What options are about, by their kinds from 1 on.
const SCOPES: [Id; 5] = [
    Id::of("cflow.scope_system"),
    Id::of("cflow.scope_interface"),
    Id::of("cflow.scope_linecard"),
    Id::of("cflow.scope_cache"),
    Id::of("cflow.scope_template"),
];
/// When a flow started and ended.
const ENDS: [[Id; 2]; 2] =
    [[Id::of("cflow.timestart"), Id::of("cflow.abstimestart")], [Id::of("cflow.timeend"), Id::of("cflow.abstimeend")]];
const DURATION: Id = Id::of("cflow.timedelta");
const LABEL: [Slot; 3] = [
    Slot::new("cflow.mpls_label", 0, 3).bits(4, 0x000f_ffff),
    Slot::new("cflow.mpls_exp", 2, 1).bits(1, 7),
    Slot::new("cflow.mpls_bos", 2, 1).bit(0),
];
const ICMPV6: [Slot; 2] = [Slot::new("cflow.icmp_ipv6_type", 0, 1), Slot::new("cflow.icmp_ipv6_code", 1, 1)];
const ENGINE: [Slot; 1] = [Slot::new("cflow.appl_id.classification_engine_id", 0, 1)];
const SELECTOR: Id = Id::of("cflow.appl_id.selector_id");

/// Notes the records of a set.
pub(super) fn note(o: &mut Out, v: View<'_>, key: Key) {
    let Some(elements) = o.state().netflow.known.get(key).map(std::mem::take) else { return };
    let mut rest = v;
    while let Some(behind) = record(o, rest, &elements) {
        rest = behind;
    }
    o.state().netflow.known.insert(key, elements);
}

/// Notes a record; what is behind it, if all of it is there.
fn record<'p>(o: &mut Out, v: View<'p>, elements: &[Element]) -> Option<View<'p>> {
    let least: usize = elements.iter().map(|element| element.least()).sum();
    if least == 0 || !v.has(least) {
        return None;
    }
    let (mut rest, mut times) = (v, [None; 2]);
    for element in elements {
        let (at, len) = element.place(rest)?;
        let value = rest.skip(at).cut(len);
        if value.caplen() == len && len > 0 {
            match element.what {
                What::Number(number) => note_element(o, value, number, &mut times),
                What::Scope(kind) => {
                    if let Some(&id) = SCOPES.get(usize::from(kind).wrapping_sub(1)) {
                        o.see_all(&[Slot::of(id, 0, len)], value);
                    }
                }
                What::Unknown => {}
            }
        }
        rest = rest.skip(at + len);
    }
    Some(rest)
}

impl Element {
    /// The least octets that it takes.
    fn least(self) -> usize {
        if self.len == VARIABLE { 1 } else { self.len.into() }
    }

    /// Where its value begins, and how long it is.
    fn place(self, v: View<'_>) -> Option<(usize, usize)> {
        const LONG: u8 = 255;
        if self.len != VARIABLE {
            return Some((0, self.len.into()));
        }
        match v.u8(0).ok()? {
            LONG => Some((3, v.u16(1).ok()?.into())),
            len => Some((1, len.into())),
        }
    }
}

/// Notes an element; `times` are when the flow started and ended, as far as is known.
fn note_element(o: &mut Out, v: View<'_>, number: u16, times: &mut [Option<u64>; 2]) {
    if let Ok(at) = PLAIN.binary_search_by_key(&number, |row| row.0) {
        return o.see_all(&[Slot::of(PLAIN[at].1, 0, v.caplen())], v);
    }
    if let Ok(at) = TIMES.binary_search_by_key(&number, |row| row.0) {
        let (_, unit, id) = TIMES[at];
        let time = time(v, unit);
        o.note(id, time);
        if let Some(end) = ENDS.iter().position(|ids| ids.contains(&id)) {
            times[end] = Some(time);
            if let [Some(start), Some(end)] = *times {
                o.note(DURATION, end.wrapping_sub(start));
                *times = [None; 2];
            }
        }
        return;
    }
    match number {
        70..=79 => o.see_all(&LABEL, v),
        95 => {
            o.see_all(&ENGINE, v);
            o.note_octets(SELECTOR, v.skip(1).data());
        }
        139 => o.see_all(&ICMPV6, v),
        _ => {}
    }
}

/// Nanoseconds since 1970, or since the router has started.
fn time(v: View<'_>, unit: Unit) -> u64 {
    let count = v.data().iter().fold(0, |sum: u64, &octet| sum << 8 | u64::from(octet));
    match unit {
        Unit::Second => count.saturating_mul(1_000_000_000),
        Unit::Millisecond => count.saturating_mul(1_000_000),
        Unit::Microsecond => count.saturating_mul(1000),
        Unit::Ntp => {
            const SINCE_1900: u64 = 2_208_988_800;
            let (seconds, fraction) = (count >> 32, count & 0xffff_ffff);
            // What is too early for 1968 is after 2036 (RFC 4330, section 3).
            let era = if seconds < 1 << 31 { 1 << 32 } else { 0 };
            (seconds + era)
                .wrapping_sub(SINCE_1900)
                .wrapping_mul(1_000_000_000)
                .wrapping_add((fraction * 1_000_000_000) >> 32)
        }
    }
}
