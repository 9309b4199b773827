//! Cisco's NetFlow, versions 1, 5 and 6 (NetFlow Services and Applications,
//! export datagram formats), as `-T cnfp` prints it.

use crate::below::Below;
use crate::management::netflow_fields;
use crate::out::Out;
use crate::put::{Chars, Hex, Put, Spaces, Zeros};
use crate::view::{Step, View};

/// Octets of the headers of version 1, and of versions 5 and 6.
const HEADER: usize = 16;
const LONG_HEADER: usize = 24;
/// Octets of a record, and of one of version 6. As in tcpdump, any must have the
/// octets of the longest.
const RECORD: usize = 48;
const LONG_RECORD: usize = 52;

const TCP: u8 = 6;

/// Milliseconds as seconds.
struct Seconds(u32);

impl Put for Seconds {
    fn put(self, o: &mut Out) {
        o.put((self.0 / 1000, ".", Zeros(self.0 % 1000, 3)));
    }
}

/// An address, which is never looked up.
struct Number([u8; 4]);

impl Put for Number {
    fn put(self, o: &mut Out) {
        o.line.ipv4(self.0);
    }
}

/// An export datagram.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "cnfp";
    netflow_fields::note(o, v, below);
    let result = datagram(o, v);
    o.close(result)
}

fn datagram(o: &mut Out, v: View<'_>) -> Step {
    let version = v.u16(0)?;
    let numbered = match version {
        1 => false,
        5 | 6 => true,
        _ => {
            o.put(("NetFlow v", Hex(version)));
            return Ok(());
        }
    };
    let header = if numbered { LONG_HEADER } else { HEADER };
    v.check(header)?;
    // As in tcpdump, two octets of the uptime are taken for the count's too.
    let count = v.u32(2)?;
    o.put((
        "NetFlow v",
        Hex(version),
        ", ",
        Seconds(v.u32(4)?),
        " uptime, ",
        v.u32(8)?,
        ".",
        Zeros(v.u32(12)?, 9),
        ", ",
    ));
    if numbered {
        o.put(("#", v.u32(16)?, ", "));
    }
    o.put((Spaces(count, 2), " recs"));
    let mut rest = v.skip(header);
    for _ in 0..count {
        rest.check(LONG_RECORD)?;
        record(o, rest, version)?;
        rest = rest.skip(if version == 6 { LONG_RECORD } else { RECORD });
    }
    Ok(())
}

fn record(o: &mut Out, v: View<'_>, version: u16) -> Step {
    o.put(("\n  started ", Seconds(v.u32(24)?), ", last ", Seconds(v.u32(28)?)));
    o.put("\n    ");
    for end in 0..2 {
        o.put((if end == 0 { "" } else { "> " }, Number(v.array(4 * end)?)));
        if version != 1 {
            o.put(("/", v.u8(44 + end)?, ":", v.u16(40 + 2 * end)?));
        }
        o.put((":", v.u16(32 + 2 * end)?, " "));
    }
    o.put((">> ", Number(v.array(8)?), "\n    "));
    let protocol = v.u8(38)?;
    match o.names.protocol(protocol).map(str::to_owned) {
        Some(name) if o.opt.numeric == 0 => o.put((Chars(name.as_bytes()), " ")),
        _ => o.put((protocol, " ")),
    }
    if protocol == TCP {
        let flags = v.u8(if version == 1 { 40 } else { 37 })?;
        for (bit, name) in ["F", "S", "R", "P", "A", "U"].into_iter().enumerate() {
            if flags >> bit & 1 != 0 {
                o.put(name);
            }
        }
        o.put((flags != 0).then_some(" "));
    }
    o.put(("tos ", v.u8(39)?, ", ", v.u32(16)?, " (", v.u32(20)?, " octets) "));
    if version == 6 {
        o.put(("(", v.u8(46)?, "<>", v.u8(47)?, " encaps)"));
    }
    Ok(())
}
