//! L2TP (RFC 2661).

use crate::below::Below;
use crate::field::Field;
use crate::link::ppp;
use crate::out::Out;
use crate::tunnel::{l2tp_attributes, l2tp_fields};
use crate::view::{Step, View};

const FLAGS: Field<u16> = Field::new("l2tp.type", 0);
const CONTROL: u16 = 0x8000;
const LENGTH: u16 = 0x4000;
const SEQUENCE: u16 = 0x0800;
const OFFSET: u16 = 0x0200;
const PRIORITY: u16 = 0x0100;
const VERSION: u16 = 0x000f;

/// An L2TP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "l2tp";
    packet(o, v, below)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let flags = v.get(FLAGS)?;
    match flags & VERSION {
        2 => o.put(" l2tp:"),
        1 => {
            o.put(" l2f:");
            return Ok(());
        }
        _ => {
            o.put(" Unknown Version, neither L2F(1) nor L2TP(2)");
            return Ok(());
        }
    }
    o.see_all(l2tp_fields::FLAGS, v);
    o.note(id!("l2tp.type"), flags >> 15);
    o.put("[");
    for (flag, letter) in [(CONTROL, "T"), (LENGTH, "L"), (SEQUENCE, "S"), (OFFSET, "O"), (PRIORITY, "P")] {
        o.put((flags & flag != 0).then_some(letter));
    }
    o.put("]");
    let mut at = 2;
    let mut length = v.len();
    let claimed = if flags & LENGTH != 0 {
        at += 2;
        let length = v.u16(2)?;
        o.note(id!("l2tp.length"), length);
        Some(usize::from(length))
    } else {
        None
    };
    let tunnel = v.u16(at)?;
    o.note(id!("l2tp.tunnel"), tunnel);
    o.put(("(", tunnel, "/"));
    let session = v.u16(at + 2)?;
    o.note(id!("l2tp.session"), session);
    o.put((session, ")"));
    at += 4;
    if flags & SEQUENCE != 0 {
        o.see_all(l2tp_fields::SEQUENCES, v.skip(at));
        o.put(("Ns=", v.u16(at)?, ","));
        o.put(("Nr=", v.u16(at + 2)?));
        at += 4;
    }
    if flags & OFFSET != 0 {
        at += 2 + usize::from(v.u16(at)?);
        v.check(at)?;
    }
    if let Some(claimed) = claimed {
        if length < claimed {
            o.put((" Length ", claimed, " larger than packet"));
            return Ok(());
        }
        length = claimed;
    }
    if length < at {
        o.put((" Length ", length, " smaller than header length"));
        return Ok(());
    }
    let rest = v.skip(at).claim(length - at);
    if flags & CONTROL == 0 {
        o.put(" {");
        let result = o.nested(|o| ppp::dissect(o, rest, below));
        o.go_on(result)?;
        o.put("}");
        return Ok(());
    }
    if claimed.is_none() {
        o.put(" No length");
        return Ok(());
    }
    if rest.is_empty() {
        o.put(" ZLB");
    }
    l2tp_fields::note(o, rest);
    l2tp_attributes::dissect(o, rest)
}
