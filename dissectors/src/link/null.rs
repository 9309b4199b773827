//! BSD loopback: an address family in host or network byte order
//! (LINKTYPE_NULL and LINKTYPE_LOOP).

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table, named};
use crate::registry;
use crate::view::{Step, View};

/// Octets of the address family.
const HEADER: usize = 4;

const FAMILIES: Table =
    &[(2, "IPv4"), (6, "NS"), (7, "ISO"), (16, "Appletalk"), (23, "IPX"), (24, "IPv6"), (28, "IPv6"), (30, "IPv6")];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "null";
    v.check(HEADER)?;
    o.link_len += HEADER;
    let mut family = v.le32(0)?;
    // The host that captured may have had the other byte order.
    if family > 0xffff {
        family = family.swap_bytes();
    }
    o.note(id!("null.family"), family);
    if o.opt.link {
        header(o, family, v.len());
    }
    let inner = v.skip(HEADER);
    match registry::bsd_family(family) {
        Some(dissect) => dissect(o, inner, below),
        None => {
            if !o.opt.link {
                header(o, family, v.len());
            }
            ethernet::default_dump(o, inner);
            Ok(())
        }
    }
}

fn header(o: &mut Out, family: u32, length: usize) {
    if o.opt.quiet == 0 {
        o.put(("AF ", named(FAMILIES, family, "Unknown"), " (", family, ")"));
    } else {
        o.put(Named(FAMILIES, family, Otherwise::Dec("Unknown AF ", "")));
    }
    o.put((", length ", length, ": "));
}
