//! Solaris IPNET (the DL_IPNET header of `inet/ipnet.h`): IP as a Solaris zone sees it.

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table, named};
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 24;

/// The header for the tree.
const FIELDS: &[Slot] = &[
    Slot::new("ipnet.version", 0, 1),
    Slot::new("ipnet.family", 1, 1),
    Slot::new("ipnet.htype", 2, 2),
    Slot::new("ipnet.pktlen", 4, 4),
    Slot::new("ipnet.ifindex", 8, 4),
    Slot::new("ipnet.grifindex", 12, 4),
    Slot::new("ipnet.zsrc", 16, 4),
    Slot::new("ipnet.zdst", 20, 4),
];

const IPV4: u8 = 2;
const IPV6: u8 = 26;
const FAMILIES: Table = &[(2, "IPv4"), (26, "IPv6")];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ipnet";
    if v.len() < HEADER || !v.has(HEADER) {
        return Err(Stop::Truncated);
    }
    o.link_len += HEADER;
    o.see_all(FIELDS, v);
    if o.opt.link {
        header(o, v)?;
    }
    let inner = v.skip(HEADER);
    match v.u8(1)? {
        IPV4 => registry::ipv4()(o, inner, below),
        IPV6 => registry::ipv6()(o, inner, below),
        _ => {
            if !o.opt.link {
                header(o, v)?;
            }
            ethernet::default_dump(o, inner);
            Ok(())
        }
    }
}

/// The zones, the family and the length, with the header's own.
fn header(o: &mut Out, v: View<'_>) -> Step {
    let family = v.u8(1)?;
    o.put((v.u32(16)?, " > ", v.u32(20)?));
    if o.opt.quiet == 0 {
        o.put((", family ", named(FAMILIES, family, "Unknown"), " (", family, ")"));
    } else {
        o.put((", ", Named(FAMILIES, family.into(), Otherwise::Hex("Unknown Ethertype (0x", 4, ")"))));
    }
    o.put((", length ", v.len(), ": "));
    Ok(())
}
