//! Fiber Distributed Data Interface (ISO 9314-2).

use crate::below::{Below, Station};
use crate::field::Slot;
use crate::link::llc;
use crate::out::Out;
use crate::put::{Hex, Hex2, Mac};
use crate::view::{Step, View};

/// Octets of the header: frame control and two stations.
const HEADER: usize = 13;

const FIELDS: &[Slot] = &[
    Slot::new("fddi.fc", 0, 1),
    Slot::new("fddi.fc.clf", 0, 1).bits(4, 15),
    Slot::new("fddi.dst", 1, 6),
    Slot::new("fddi.src", 7, 6),
];
const PRIORITY: &[Slot] = &[Slot::new("fddi.fc.prio", 0, 1).bits(0, 7)];
const SMT_SUBTYPE: &[Slot] = &[Slot::new("fddi.fc.smt_subtype", 0, 1).bits(0, 15)];
const MAC_SUBTYPE: &[Slot] = &[Slot::new("fddi.fc.mac_subtype", 0, 1).bits(0, 15)];

/// The class and format of a frame control.
const CLASS: u8 = 0xf0;
const SMT: u8 = 0x40;
const LLC_ASYNC: u8 = 0x50;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let header = dissect(o, v, below)?;
    o.link_len += header;
    Ok(())
}

/// A frame inside another protocol.
pub(crate) fn encapsulated(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.nested(|o| dissect(o, v, below).map(drop))
}

/// A frame; the result is the octets of its headers.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<usize> {
    o.proto = "fddi";
    if !v.has(HEADER) {
        o.truncated();
        return Ok(v.caplen());
    }
    o.see_all(FIELDS, v);
    match v.u8(0)? {
        0x40..=0x4f => o.see_all(SMT_SUBTYPE, v),
        0x50..=0x5f => o.see_all(PRIORITY, v),
        0xc1..=0xcf => o.see_all(MAC_SUBTYPE, v),
        _ => {}
    }
    let (destination, source) = (Mac(v.array(1)?), Mac(v.array(7)?));
    if o.opt.link {
        put_header(o, v, source, destination)?;
    }
    let inner = v.skip(HEADER);
    let class = v.u8(0)? & CLASS;
    if class == LLC_ASYNC {
        let below =
            Below { source: Some(Station::Mac(source)), destination: Some(Station::Mac(destination)), ..*below };
        return Ok(HEADER + llc::dissect_or_dump(o, inner, &below)?);
    }
    if class == SMT {
        o.put("<SMT printer not yet implemented>");
        return Ok(HEADER);
    }
    if !o.opt.link {
        put_header(o, v, source, destination)?;
    }
    if o.opt.dumps_unknown() {
        o.default_dump(inner.payload());
    }
    Ok(HEADER)
}

fn put_header(o: &mut Out, v: View<'_>, source: Mac, destination: Mac) -> Step {
    if o.opt.quiet == 0 {
        frame_control(o, v.u8(0)?);
    }
    o.put((source, " > ", destination, ", length ", v.len(), ": "));
    Ok(())
}

fn frame_control(o: &mut Out, control: u8) {
    let low = Hex(control & 0xf);
    match control {
        0x40 => o.put("void "),
        0x80 => o.put("nrt "),
        0xc0 => o.put("rt "),
        0x41 => o.put("info "),
        0x4f => o.put("nsa "),
        0xc2 => o.put("beacon "),
        0xc3 => o.put("claim "),
        _ => match control & CLASS {
            0xc0 => o.put(("mac", low, " ")),
            SMT => o.put(("smt", low, " ")),
            LLC_ASYNC => o.put(("async", low, " ")),
            0xd0 => o.put(("sync", low, " ")),
            0x60 => o.put(("imp_async", low, " ")),
            0xe0 => o.put(("imp_sync", low, " ")),
            _ => o.put((Hex2(control), " ")),
        },
    }
}
