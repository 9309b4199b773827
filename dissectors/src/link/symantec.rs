//! Captures of Symantec's Enterprise Firewall: an Ethertype amid 42 octets that
//! are not known.

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::registry;
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 44;
const FIELDS: &[Slot] = &[Slot::new("symantec.if", 0, 4), Slot::new("symantec.type", 6, 2)];
/// The largest number in the place of an Ethertype that is none.
const MAX_LENGTH: u16 = 1500;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "symantec";
    v.need(HEADER)?;
    o.link_len += HEADER;
    o.see_all(FIELDS, v);
    if o.opt.link {
        put_header(o, v)?;
    }
    let ethertype = v.u16(6)?;
    let inner = v.skip(HEADER);
    match registry::ethertype(ethertype).filter(|_| ethertype > MAX_LENGTH) {
        Some(dissect) => dissect(o, inner, below),
        None => {
            if !o.opt.link {
                put_header(o, v)?;
            }
            ethernet::default_dump(o, inner);
            Ok(())
        }
    }
}

fn put_header(o: &mut Out, v: View<'_>) -> Step {
    let ethertype = v.u16(6)?;
    if ethertype <= MAX_LENGTH {
        o.put(("invalid ethertype ", ethertype));
    } else {
        ethernet::put_type(o, ethertype);
    }
    o.put((", length ", v.len(), ": "));
    Ok(())
}
