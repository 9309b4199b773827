//! The shared whiteboard `wb` of the MBone (S. Floyd and others, A Reliable
//! Multicast Framework for Light-weight Sessions and Application Level Framing).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Ipv4, Named, Otherwise, Put, Table};
use crate::view::{Step, Stop, View};

/// The UDP port.
pub(crate) const PORT: u16 = 4567;

/// The header.
const HEADER: usize = 12;
const TYPE: usize = 10;
const FLAGS: usize = 11;

const FIELDS: &[Slot] = &[Slot::new("wb.type", TYPE, 1), Slot::new("wb.flags", FLAGS, 1)];

const DRAWING: u8 = 0;
const IDENTITY: u8 = 1;
const REPAIR_REQUEST: u8 = 2;
const REPAIR: u8 = 3;
const KILL: u8 = 4;
const PAGE_REQUEST: u8 = 5;
const PAGES: u8 = 7;

/// Octets of a page with a sequence number, and of the state of a page.
const SOURCE: usize = 8;
const STATE: usize = 16;

const SKIP: u8 = 14;
const HOLE: u8 = 15;
const DRAWINGS: Table = &[
    (2, "RECT"),
    (3, "LINE"),
    (4, "ML"),
    (5, "DEL"),
    (6, "XFORM"),
    (7, "ELL"),
    (8, "CHAR"),
    (9, "STR"),
    (10, "NOP"),
    (11, "PSCODE"),
    (12, "PSCOMP"),
    (13, "REF"),
    (14, "SKIP"),
    (15, "HOLE"),
];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "wb";
    let result = packet(o, v);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    v.need(HEADER)?;
    o.see_all(FIELDS, v);
    o.note(id!("wb.source"), Ipv4(v.array(0)?));
    o.put((v.u8(FLAGS)? != 0).then_some("*"));
    let (body, kind) = (v.skip(HEADER), v.u8(TYPE)?);
    let (name, least) = match kind {
        KILL => {
            o.put(" wb-kill");
            return Ok(());
        }
        IDENTITY => (" wb-id:", 28),
        REPAIR_REQUEST => (" wb-rreq:", 20),
        REPAIR => (" wb-rrep:", 20),
        DRAWING => (" wb-dop:", 16),
        PAGE_REQUEST => (" wb-preq:", 16),
        PAGES => (" wb-prep:", 4),
        _ => {
            o.put((" wb-", kind, "!"));
            return Err(Stop::Malformed);
        }
    };
    o.put(name);
    if body.len() < least {
        return Err(Stop::Malformed);
    }
    match kind {
        IDENTITY => identity(o, body),
        REPAIR_REQUEST => {
            let source = Ipv4(body.array(0)?);
            o.put((" please repair ", source, " ", page(body, 4)?, "<", body.u32(12)?, ":", body.u32(16)?, ">"));
            Ok(())
        }
        REPAIR => {
            let source = Ipv4(body.array(0)?);
            o.put((" for ", source, " ", page(body, 4)?, "<", body.u32(12)?, ":", body.u32(16)?, ">"));
            drawings(o, body.skip(4))
        }
        DRAWING => {
            o.put((" ", page(body, 0)?, "<", body.u32(8)?, ":", body.u32(12)?, ">"));
            drawings(o, body)
        }
        PAGE_REQUEST => {
            o.put((" need ", body.u32(8)?, "/", page(body, 0)?));
            body.need(16)
        }
        _ => pages(o, body),
    }
}

/// A page: who began it, and its number.
fn page(v: View<'_>, at: usize) -> Step<impl Put> {
    Ok((Ipv4(v.array(at)?), ":", v.u32(at + 4)?))
}

/// Where a sender is, and its name.
fn identity(o: &mut Out, v: View<'_>) -> Step {
    const FIXED: usize = 28;
    let most = (v.u32(0)?, "/", page(v, 4)?);
    o.put((" ", v.u32(12)?, "/", page(v, 16)?, " (max ", most, ") "));
    v.need(FIXED)?;
    let count = usize::from(v.u16(24)?);
    let left = v.len() - FIXED;
    if left < count * SOURCE {
        return Err(Stop::Malformed);
    }
    let rest = v.skip(FIXED);
    let mut before = "<";
    for row in 0..count {
        o.put((before, page(rest, row * SOURCE)?));
        before = ",";
    }
    o.put("> \"");
    let (name, size) = (rest.skip(count * SOURCE), left - count * SOURCE);
    o.text_to_nul(name, size)?;
    o.put("\"");
    Ok(())
}

/// The states of pages.
fn pages(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v.skip(4);
    for _ in 0..v.u32(0)? {
        o.put((" ", rest.u32(0)?, "/", page(rest, 4)?));
        rest.need(STATE)?;
        // As tcpdump has it: only the upper octet of the number counts.
        let count = usize::from(rest.u8(12)?);
        rest = rest.skip(STATE);
        let mut before = "<";
        for row in 0..count {
            o.put((before, page(rest, row * SOURCE)?));
            before = ",";
        }
        o.put(">");
        rest = rest.skip(count * SOURCE);
    }
    Ok(())
}

/// Operations between the sequence numbers that come before them.
fn drawings(o: &mut Out, v: View<'_>) -> Step {
    const FIXED: usize = 16;
    const OPERATION: usize = 8;
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let (mut number, last) = (v.u32(8)?, v.u32(12)?);
    let mut rest = v.skip(FIXED);
    o.put(" <");
    while number <= last {
        let kind = rest.u8(7)?;
        o.put((" ", Named(DRAWINGS, kind.into(), Otherwise::Dec("dop-", "!"))));
        if matches!(kind, SKIP | HOLE) {
            let until = rest.u32(0)?;
            o.put(until.wrapping_sub(number).wrapping_add(1));
            if number > until || until > last {
                o.put("[|]");
                if until < number {
                    return Ok(());
                }
            }
            number = until;
        }
        rest = rest.skip((OPERATION + usize::from(rest.u16(4)?)).next_multiple_of(4));
        number = number.wrapping_add(1);
    }
    o.put(" >");
    Ok(())
}
