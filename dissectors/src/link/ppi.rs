//! Per-Packet Information (the CACE PPI specification 1.0.10): a header with
//! radio data before a frame of any link type.

use crate::below::{Below, Dissect};
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::Chars;
use crate::registry;
use crate::view::{Step, View};
use crate::wireless::Summary;

/// Octets of the fixed header.
const HEADER: usize = 8;
/// The longest header (section 3.1.3).
const MAX_HEADER: usize = 65_532;

/// The header for the tree, and that of each field in it.
const FIELDS: &[Slot] = &[
    Slot::new("ppi.version", 0, 1),
    Slot::new("ppi.flags", 1, 1),
    Slot::new("ppi.flags.alignment", 1, 1).bit(0),
    Slot::new("ppi.length", 2, 2).little(),
    Slot::new("ppi.dlt", 4, 4).little(),
];
const FIELD: &[Slot] = &[Slot::new("ppi.field_type", 0, 2).little(), Slot::new("ppi.field_len", 2, 2).little()];
/// Octets of the header of a field.
const FIELD_HEADER: usize = 4;
/// The field of all 802.11 radios (section 4.1.2).
const COMMON: &[Slot] = &[
    Slot::new("ppi.80211-common.tsft", 0, 8).little(),
    Slot::new("ppi.80211-common.flags", 8, 2).little(),
    Slot::new("ppi.80211-common.chan.freq", 12, 2).little(),
    Slot::new("ppi.80211-common.chan.flags", 14, 2).little(),
    Slot::new("ppi.80211-common.fhss.hopset", 16, 1),
    Slot::new("ppi.80211-common.fhss.pattern", 17, 1),
    Slot::new("ppi.80211-common.dbm.antsignal", 18, 1),
    Slot::new("ppi.80211-common.dbm.antnoise", 19, 1),
];
/// Where the header's length is, little-endian.
const LENGTH: usize = 2;
/// Where the link type is, little-endian.
const LINK_TYPE: usize = 4;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ppi";
    if !v.has(HEADER) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    let length = usize::from(v.le16(LENGTH)?);
    if !(HEADER..=MAX_HEADER).contains(&length) {
        o.put((" [length ", length, " < ", HEADER, " or > ", MAX_HEADER, "]"));
        o.invalid();
        o.link_len += v.caplen();
        return Ok(());
    }
    if !v.has(length) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    o.link_len += length;
    if o.tree.is_some() {
        let _ends_early = note(o, v.cut(length));
    }
    if o.opt.link {
        header(o, v, length)?;
    }
    let inner = v.skip(length);
    match dissector(v.le32(LINK_TYPE)?) {
        Some(dissect) => carried(o, inner, below, dissect),
        None => {
            if !o.opt.link {
                header(o, v, length)?;
            }
            ethernet::default_dump(o, inner);
            Ok(())
        }
    }
}

/// Notes a header with its fields.
fn note(o: &mut Out, v: View<'_>) -> Step {
    const ALIGNED: u8 = 1;
    const COMMON_80211: u16 = 2;
    /// Thousands of bits in a second of the unit of rates.
    const RATE: u32 = 500;
    o.see_all(FIELDS, v);
    let mut summary = Summary::default();
    let alignment = if v.u8(1)? & ALIGNED != 0 { 4 } else { 1 };
    let mut rest = v.skip(HEADER);
    while rest.has(FIELD_HEADER) {
        o.see_all(FIELD, rest);
        let (kind, length) = (rest.le16(0)?, usize::from(rest.le16(2)?));
        let value = rest.skip(FIELD_HEADER).cut(length);
        if kind == COMMON_80211 {
            o.see_all(COMMON, value);
            o.note(id!("ppi.80211-common.rate"), u32::from(value.le16(10)?) * RATE);
            summary = Summary {
                frequency: Some(value.le16(12)?),
                signal: Some(value.i8(18)?),
                noise: Some(value.i8(19)?),
                time: Some(value.le64(0)?),
                ..Summary::default()
            };
        }
        rest = rest.skip((FIELD_HEADER + length).next_multiple_of(alignment));
    }
    summary.note(o);
    Ok(())
}

/// DLT_ values whose LINKTYPE_ value in a file is another one: ATM_RFC1483, RAW,
/// SLIP_BSDOS, PPP_BSDOS and ATM_CLIP.
const OTHERWISE_IN_FILES: [(u16, u16); 5] = [(11, 100), (12, 101), (15, 102), (16, 103), (19, 106)];

/// The frame behind the header. As in tcpdump, its own header counts twice in what dumps leave out.
pub(super) fn carried(o: &mut Out, v: View<'_>, below: &Below<'_>, dissect: Dissect) -> Step {
    let before = o.link_len;
    let result = o.nested(|o| dissect(o, v, below));
    o.link_len += o.link_len.saturating_sub(before);
    result
}

/// The dissector of a DLT_ value.
pub(super) fn dissector(dlt: u32) -> Option<Dissect> {
    let dlt = u16::try_from(dlt).ok()?;
    if OTHERWISE_IN_FILES.iter().any(|row| row.1 == dlt) {
        return None;
    }
    let row = OTHERWISE_IN_FILES.iter().find(|row| row.0 == dlt);
    registry::link(row.map_or(dlt, |row| row.1))
}

/// Version, link type and lengths.
fn header(o: &mut Out, v: View<'_>, length: usize) -> Step {
    let dlt = v.le32(LINK_TYPE)?;
    let name = o.names.link_type(dlt).unwrap_or("UNKNOWN").to_owned();
    if o.opt.quiet == 0 {
        o.put(("V.", v.u8(0)?, " DLT ", Chars(name.as_bytes()), " (", dlt, ") len ", length));
    } else {
        o.put(Chars(name.as_bytes()));
    }
    o.put((", length ", v.len(), ": "));
    Ok(())
}
