//! ZeroMQ's message transport protocol, version 1.0 (ZeroMQ RFC 13), over TCP and
//! inside PGM.

use crate::below::Below;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Table, bits};
use crate::view::{Step, Stop, View};

/// The first octet of a length in 64 bits.
const LONG: u8 = 0xff;
/// The tree's field of a frame's length, its flags included; Wireshark has none.
const LENGTH: Id = Id::of("zmtp.length");
/// Octets of a frame's body that a single `-v` shows.
const BRIEF: usize = 128;
const FLAGS: Table =
    &[(0x01, "MORE"), (0x02, "R1"), (0x04, "R2"), (0x08, "R3"), (0x10, "R4"), (0x20, "R5"), (0x40, "R6"), (0x80, "R7")];

/// The frames of a TCP segment.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "zmtp1";
    o.put(": ZMTP/1.0");
    frames(o, v)
}

fn frames(o: &mut Out, v: View<'_>) -> Step {
    let mut at = 0;
    while at < v.payload().len() {
        at += frame(o, v.skip(at))?;
    }
    Ok(())
}

/// A frame; its octets.
fn frame(o: &mut Out, v: View<'_>) -> Step<usize> {
    o.put("\n\t");
    let first = v.u8(0)?;
    let (header, length) = if first != LONG {
        o.put((" frame flags+body  (8-bit) length ", first));
        o.note(LENGTH, first);
        (1, u64::from(first))
    } else {
        o.put(" frame flags+body (64-bit) length");
        let length = v.u64(1)?;
        o.put((" ", length));
        o.note(LENGTH, length);
        (9, length)
    };
    if length == 0 {
        return Ok(header);
    }
    let flags = v.u8(header)?;
    o.note(id!("zmtp.flags"), flags);
    // The captured octets are counted from the body on, even beyond the claimed end.
    let captured = v.payload().len().wrapping_sub(header) as u64;
    if length > captured {
        o.put((" (", captured, " captured)"));
    }
    o.put((", flags 0x", Hex2(flags)));
    if o.opt.verbose > 0 {
        o.put((" (", bits(FLAGS, flags, ", ", "none"), ")"));
        let mut shown = captured.min(length) as usize;
        if o.opt.verbose == 1 {
            shown = shown.min(BRIEF + 1);
        }
        if shown > 1 {
            o.put((", first ", shown - 1, " byte(s) of body:"));
            dump(o, v.skip(header + 1), shown - 1)?;
        }
    }
    let length = usize::try_from(length).map_err(|_| Stop::Truncated)?;
    v.skip(header).need(length)?;
    Ok(header + length)
}

fn dump(o: &mut Out, v: View<'_>, octets: usize) -> Step {
    o.hex_ascii_dump("\n\t ", v.claim(octets).payload());
    v.need(octets)
}

/// The payload of a PGM packet, which claims `size` octets: where its first message
/// begins, what is before that, and frames (zmq_pgm(7)).
pub(crate) fn datagram(o: &mut Out, v: View<'_>, size: usize) -> Step {
    o.proto = "zmtp1";
    const ALL: u16 = 0xffff;
    let offset = v.u16(0)?;
    o.put(("\n\t frame offset 0x", Hex4(offset)));
    let rest = v.skip(2);
    let part = if offset == ALL { (size as u32).wrapping_sub(2) as usize } else { offset.into() };
    if offset != ALL && 2 + part > size {
        o.put(" (exceeds datagram declared length)");
        return Err(Stop::Truncated);
    }
    if part > 0 {
        let captured = rest.caplen();
        o.put(("\n\t frame intermediate part, ", part, " bytes"));
        if part > captured {
            o.put((" (", captured, " captured)"));
        }
        let mut shown = part.min(captured);
        if o.opt.verbose == 1 {
            shown = shown.min(BRIEF);
        }
        if o.opt.verbose > 0 && shown > 1 {
            o.put((", first ", shown, " byte(s):"));
            dump(o, rest, shown)?;
        }
    }
    frames(o, rest.skip(part).claim(size.saturating_sub(2).saturating_sub(part)))
}
