//! SSH: the identification string (RFC 4253, section 4.2).

use crate::below::Below;
use crate::out::Out;
use crate::text::ssh_fields;
use crate::view::{Step, View};

const PORT: u16 = 22;

/// Prints the identification at the start of a segment, and nothing else.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ssh";
    ssh_fields::note(o, v, below.sport == PORT);
    for (at, &expected) in b"SSH-".iter().enumerate() {
        if v.u8(at)? != expected {
            return Ok(());
        }
    }
    for end in 4..v.len() {
        let ends = match v.u8(end)? {
            b'\n' => true,
            b'\r' => end + 1 < v.len() && v.u8(end + 1)? == b'\n',
            0x20..=0x7e => continue,
            _ => false,
        };
        if ends {
            o.put(": SSH: ");
            o.line.bytes(v.bytes(0, end)?);
        }
        break;
    }
    Ok(())
}
