//! OpenFlow over TCP: the header of all versions, and the messages of versions
//! [1.0](super::openflow10) and [1.3](super::openflow13).

use super::{openflow_fields, openflow10, openflow13};
use crate::below::Below;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Chars, Hex8, Named, Otherwise, Table, bits, named};
use crate::view::{Step, View};

/// The header (OpenFlow 1.0, section 5.1), which its length counts.
const HEADER: usize = 8;
const TYPE: usize = 1;
const LENGTH: usize = 2;
const TRANSACTION: usize = 4;

const VERSIONS: Table = &[(1, "1.0"), (2, "1.1"), (3, "1.2"), (4, "1.3"), (5, "1.4"), (6, "1.5")];

/// Vendors that the Open Networking Foundation numbers.
const EXPERIMENTERS: Table = &[
    (0x4f4e_4600, "ONF Extensions"),
    (0xff00_0001, "Budapest University of Technology and Economics"),
    (0xff00_0002, "NoviFlow"),
    (0xff00_0003, "L3+ Extensions, Vendor Neutral"),
    (0xff00_0004, "L4-L7 Extensions"),
    (0xff00_0005, "Wireless and Mobility Extensions"),
    (0xff00_0006, "Forwarding Abstractions Extensions"),
    (0xff00_0007, "Optical Transport Extensions"),
    (0xff00_0008, "Network Benchmarking Lab, NCTU"),
    (0xff00_0009, "Mobile Packet Core Extensions"),
    (0xff00_000a, "MPLS-TP OpenFlow Extensions for SPTN"),
];

/// The octets that the body of a message may have.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// Any number.
    Any,
    /// This number.
    Fixed(usize),
    /// At least this number.
    Least(usize),
}

/// Writes a body: its octets, and how many it claims.
pub(super) type Body = fn(&mut Out, View<'_>, usize) -> Step;

/// A type of message: its name, its size, and what writes its body.
pub(super) type Message = (&'static str, Size, Option<Body>);

/// The messages of a segment, which is taken to begin with one.
pub(crate) fn dissect(o: &mut Out, mut v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "openflow";
    o.put(": OpenFlow");
    while !v.is_empty() {
        let Some(size) = message(o, v)? else { break };
        v = v.skip(size);
    }
    Ok(())
}

/// A message; its octets, or nothing where it does not end in the segment.
fn message(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    let version = v.u8(0)?;
    openflow_fields::note(o, v);
    o.put(("\n\tversion ", Named(VERSIONS, version.into(), Otherwise::Hex("unknown (0x", 2, ")"))));
    if v.len() < LENGTH {
        return partial(o, v.skip(TYPE));
    }
    let kind = v.u8(TYPE)?;
    let known = match version {
        1 => openflow10::MESSAGES.get(usize::from(kind)),
        4 => openflow13::MESSAGES.get(usize::from(kind)),
        _ => None,
    };
    match known {
        Some(row) => o.put((", type ", row.0)),
        None => o.put((", type ", Named(&[], kind.into(), Otherwise::Hex("unknown (0x", 2, ")")))),
    }
    if v.len() < TRANSACTION {
        return partial(o, v.skip(LENGTH));
    }
    let length = usize::from(v.u16(LENGTH)?);
    o.put((", length ", length, (length < HEADER).then_some(" (too short!)")));
    if v.len() < HEADER {
        return partial(o, v.skip(TRANSACTION));
    }
    o.put((", xid 0x", Hex8(v.u32(TRANSACTION)?)));
    let rest = v.skip(HEADER);
    if length < HEADER {
        o.invalid();
        rest.need(rest.len())?;
        return Ok(None);
    }
    // A body may go on behind the segment; what is captured of it is written.
    body(o, rest, length - HEADER, known)?;
    Ok((length <= v.len()).then_some(length))
}

/// A header that the segment ends in, of which `rest` was not read.
fn partial(o: &mut Out, rest: View<'_>) -> Step<Option<usize>> {
    o.put(" (end of TCP payload)");
    rest.need(rest.len())?;
    Ok(None)
}

/// The body of a message, `size` octets.
fn body(o: &mut Out, v: View<'_>, size: usize, known: Option<&Message>) -> Step {
    let Some(&(_, must, write)) = known else { return v.need(size) };
    let fits = match must {
        Size::Any => true,
        Size::Fixed(fixed) => size == fixed,
        Size::Least(least) => size >= least,
    };
    if !fits {
        o.invalid();
        return v.need(size);
    }
    match write {
        Some(write) if o.opt.verbose > 0 => write(o, v, size),
        _ => v.need(size),
    }
}

/// `size` octets that are wrong.
pub(super) fn wrong(o: &mut Out, v: View<'_>, size: usize) -> Step {
    o.invalid();
    v.need(size)
}

/// Says so where `left` octets are fewer than a structure has; false then.
pub(super) fn enough(o: &mut Out, v: View<'_>, left: usize, must: usize) -> Step<bool> {
    if left < must {
        o.put((" [remaining length ", left, " < ", must, "]"));
        wrong(o, v, left)?;
    }
    Ok(left >= must)
}

/// The names of bits, and whether there are others than those of `table`.
pub(super) fn bitmap(o: &mut Out, table: Table, value: u32) {
    let all = table.iter().fold(0, |all, row| all | row.0);
    bitmap_within(o, table, value, all);
}

/// As [`bitmap`], with all bits that may be set.
pub(super) fn bitmap_within(o: &mut Out, table: Table, value: u32, all: u32) {
    if value & all != 0 {
        o.put((" (", bits(table, value, ", ", ""), ")"));
    }
    if value & !all != 0 {
        o.put(" (bogus)");
    }
}

/// A number in hexadecimal with the names of its bits, behind `name`.
pub(super) fn flags(o: &mut Out, name: &'static str, table: Table, value: u32) {
    o.put((name, " 0x", Hex8(value)));
    bitmap(o, table, value);
}

/// `size` octets of data.
pub(super) fn data(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size == 0 {
        return Ok(());
    }
    o.put(("\n\t data (", size, " octets)"));
    if o.opt.verbose >= 2 {
        o.hex_ascii_dump("\n\t  ", &v.data()[..size.min(v.caplen())]);
    }
    v.need(size)
}

/// `, vendor 0x00002320 (Nicira Networks)`.
pub(super) fn vendor(o: &mut Out, before: &'static str, vendor: u32) {
    let table = if vendor >> 24 == 0 { ORGANIZATIONS } else { EXPERIMENTERS };
    o.put((before, " 0x", Hex8(vendor), " (", named(table, vendor, "unknown"), ")"));
}

/// A name of `size` octets, padded with NULs, in quotation marks.
pub(super) fn name(o: &mut Out, before: &'static str, v: View<'_>, size: usize) -> Step {
    o.put((before, " '"));
    o.text_to_nul(v, size)?;
    o.put("'");
    Ok(())
}

/// Text of `size` octets in quotation marks.
pub(super) fn text(o: &mut Out, before: &'static str, v: View<'_>, size: usize) -> Step {
    o.put((before, " '", Chars(&v.data()[..size.min(v.caplen())])));
    v.need(size)?;
    o.put("'");
    Ok(())
}
