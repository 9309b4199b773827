//! IP over InfiniBand (RFC 4391, section 6): a pseudo-header of 40 octets, then
//! the type.

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex4, named};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, View};

/// Octets of the pseudo-header, the type and the reserved field.
const HEADER: usize = 44;
/// Where the type is.
const TYPE: usize = 40;

/// The pseudo-header for the tree: a receiver's queue pair and GID, and before them a sender's where there is a
/// global routing header.
const FIELDS: &[Slot] = &[
    Slot::new("ipoib.daddr.qpn", 21, 3),
    Slot::new("ipoib.dgid", 24, 16),
    Slot::new("ipoib.type", 40, 2),
    Slot::new("ipoib.reserved", 42, 2),
];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ipoib";
    if !v.has(HEADER) || v.len() < HEADER {
        o.truncated();
        o.link_len += v.caplen().min(v.len());
        return Ok(());
    }
    o.see_all(FIELDS, v);
    let kind = v.u16(TYPE)?;
    if o.opt.link {
        o.put("IPOIB");
        header(o, kind, v.len());
    }
    o.link_len += HEADER;
    let inner = v.skip(HEADER);
    // A type that is a length has no printer here.
    match registry::ethertype(kind).filter(|_| kind > ethernet::MAX_LENGTH) {
        Some(dissect) => dissect(o, inner, below),
        None => {
            if !o.opt.link {
                header(o, kind, v.len());
            }
            ethernet::default_dump(o, inner);
            Ok(())
        }
    }
}

fn header(o: &mut Out, kind: u16, length: usize) {
    o.put((", ethertype ", named(ETHERTYPES, kind, "Unknown")));
    if o.opt.quiet == 0 {
        o.put((" (0x", Hex4(kind), ")"));
    }
    o.put((", length ", length, ": "));
}
