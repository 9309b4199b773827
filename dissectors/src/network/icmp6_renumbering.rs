//! Router renumbering (RFC 2894).

use crate::out::Out;
use crate::put::{Hex, Ipv6Text, Table, bits};
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 16;
/// Octets of a match-prefix and of a use-prefix part.
const MATCH: usize = 24;
const USE: usize = 32;

const COMMAND: u8 = 0;
const FLAGS: Table = &[(0x80, "T"), (0x40, "R"), (0x20, "A"), (0x10, "S"), (0x08, "P")];

/// A message. A prefix list of an impossible length is an error.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    let code = v.u8(1)?;
    match code {
        COMMAND => o.put(", command"),
        1 => o.put(", result"),
        255 => o.put(", sequence number reset"),
        _ => o.put((", code-#", code)),
    }
    o.put((", seq=", v.u32(4)?));
    if o.opt.verbose > 0 {
        o.put("[");
        let flags = v.u8(9)?;
        if flags != 0 {
            o.put((bits(FLAGS, flags, "", ""), ","));
        }
        o.put(("seg=", v.u8(8)?, ",maxdelay=", v.u16(10)?));
        let reserved = v.u32(12)?;
        o.put((reserved != 0).then_some(("rsvd=0x", Hex(reserved))));
        o.put("]");
    }
    if code != COMMAND {
        return Ok(());
    }
    // What cannot be right is marked as cut, and the length still follows.
    let result = command(o, v.skip(HEADER));
    if result == Err(Stop::Malformed) {
        o.truncated();
        return Ok(());
    }
    result
}

fn separator(o: &Out) -> &'static str {
    if o.opt.verbose > 1 { "\n\t" } else { " " }
}

/// A prefix control operation (RFC 2894, section 3.2).
fn command(o: &mut Out, v: View<'_>) -> Step {
    if !v.has(MATCH) {
        return Err(Stop::Malformed);
    }
    o.put((separator(o), "match("));
    match v.u8(0)? {
        1 => o.put("add"),
        2 => o.put("change"),
        3 => o.put("setglobal"),
        other => o.put(("#", other)),
    }
    if o.opt.verbose > 0 {
        o.put((",ord=", v.u8(2)?, ",min=", v.u8(4)?, ",max=", v.u8(5)?));
    }
    o.put((",", Ipv6Text(v.array(8)?), "/", v.u8(3)?, ")"));
    let count = i32::from(v.u8(1)?) - 3;
    if count % 4 != 0 {
        return Err(Stop::Malformed);
    }
    for i in 0..(count / 4).max(0) as usize {
        use_prefix(o, v.skip(MATCH + i * USE))?;
    }
    Ok(())
}

fn use_prefix(o: &mut Out, v: View<'_>) -> Step {
    if !v.has(USE) {
        return Err(Stop::Malformed);
    }
    o.put((separator(o), "use("));
    let flags = v.u8(12)?;
    if flags != 0 {
        o.put((if flags & 0x80 != 0 { "V" } else { "" }, if flags & 0x40 != 0 { "P" } else { "" }, ","));
    }
    if o.opt.verbose > 0 {
        o.put(("mask=0x", Hex(v.u8(2)?), ",raflags=0x", Hex(v.u8(3)?), ","));
        lifetime(o, "vltime=", v.u32(4)?);
        lifetime(o, "pltime=", v.u32(8)?);
    }
    o.put((Ipv6Text(v.array(16)?), "/", v.u8(0)?, "/", v.u8(1)?, ")"));
    Ok(())
}

fn lifetime(o: &mut Out, name: &'static str, seconds: u32) {
    if seconds == u32::MAX { o.put((name, "infty,")) } else { o.put((name, seconds, ",")) }
}
