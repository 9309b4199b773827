//! Extensions of ICMP messages: multi-part messages (RFC 4884) with label
//! stacks (RFC 4950).

use crate::checksum;
use crate::out::Out;
use crate::put::{Hex4, Table, named};
use crate::view::{Step, View};

/// Where extensions start in a message (RFC 4884, section 5.5): after 128
/// octets of the original datagram.
const START: usize = 136;
/// Octets of the extension header, and of an object's header.
const HEADER: usize = 4;
const VERSION: u8 = 2;

const LABEL_STACK: u8 = 1;
const CLASS_NAMES: Table = &[(1, "MPLS Stack Entry"), (2, "Interface Identification")];

/// The extensions of an error message, if it has them.
pub(crate) fn multi_part(o: &mut Out, v: View<'_>) -> Step {
    if v.len() <= START {
        return Ok(());
    }
    v.check(START + HEADER + 1)?;
    let extension = v.skip(START);
    let mut left = extension.len();
    let all = extension.bytes(0, left).ok().map(checksum::internet);
    // Without the length attribute only a good checksum tells that this is an
    // extension (RFC 4884, section 5.1).
    if v.u8(5)? == 0 && all.is_some_and(|computed| computed != 0) {
        return Ok(());
    }
    let version = extension.u8(0)? >> 4;
    o.put(("\n\tICMP Multi-Part extension v", version));
    if version != VERSION {
        o.put(" packet not supported");
        return Ok(());
    }
    if let Some(computed) = all {
        verdict(o, extension.u16(2)?, computed, left);
    }
    left = left.saturating_sub(HEADER);
    let mut objects = extension.skip(HEADER);
    while left > HEADER {
        match object(o, objects)? {
            Some(size) if left >= size => {
                left -= size;
                objects = objects.skip(size);
            }
            _ => break,
        }
    }
    Ok(())
}

fn verdict(o: &mut Out, field: u16, computed: u16, length: usize) {
    let verdict = if computed == 0 { "correct" } else { "incorrect" };
    o.put((", checksum 0x", Hex4(field), " (", verdict, "), length ", length));
}

/// An extension object: its octets, or nothing if no other may follow.
fn object(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    v.check(HEADER)?;
    let (size, class, kind) = (usize::from(v.u16(0)?), v.u8(2)?, v.u8(3)?);
    o.put((
        "\n\t  ",
        named(CLASS_NAMES, class, "unknown"),
        " Object (",
        class,
        "), Class-Type: ",
        kind,
        ", length ",
        size,
    ));
    if class == 0 || size < HEADER {
        return Ok(None);
    }
    let value = v.skip(HEADER).claim(size - HEADER);
    if class == LABEL_STACK && kind == 1 {
        label(o, value)?;
    } else {
        o.unknown(value, "\n\t    ", value.len());
    }
    Ok(Some(size))
}

/// The first entry of the label stack.
fn label(o: &mut Out, v: View<'_>) -> Step {
    let entry = v.u32(0)?;
    o.put(("\n\t    label ", entry >> 12, ", tc ", entry >> 9 & 7));
    o.put((entry & 0x100 != 0).then_some(", [S]"));
    o.put((", ttl ", entry & 0xff));
    Ok(())
}
