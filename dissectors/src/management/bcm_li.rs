//! Broadcom's header of lawful interception, over UDP: 32 bits before a copy of
//! the packet.

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Table, named};
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 4;

const DIRECTIONS: Table = &[(1, "unused"), (2, "egress"), (3, "ingress")];
const TYPES: Table = &[(4, "undecided"), (5, "ipv4"), (6, "ipv6"), (7, "ethernet")];
const SUBTYPES: Table = &[(1, "single VLAN tag"), (2, "double VLAN tag"), (3, "untagged")];

/// What is copied.
const UNDECIDED: u32 = 4;
const IPV4: u32 = 5;
const IPV6: u32 = 6;
const ETHERNET: u32 = 7;

/// A copied packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "bcm_li";
    if v.len() < HEADER {
        o.put((" (length ", v.len(), " < ", HEADER, ")"));
        return o.settle(Err(Stop::Malformed));
    }
    let word = v.u32(0)?;
    let (direction, kind, subtype, id) = (word >> 29, word >> 25 & 15, word >> 22 & 7, word & 0x003f_ffff);
    o.put((
        (o.opt.verbose > 0).then_some("\n    "),
        ("BCM-LI-SHIM: direction ", named(DIRECTIONS, direction, "unknown")),
        (", pkt-type ", named(TYPES, kind, "unknown"), ", pkt-subtype ", named(SUBTYPES, subtype, "unknown")),
        (", li-id ", id),
    ));
    let inner = v.skip(HEADER);
    if o.opt.verbose == 0 {
        return inner.need(inner.len());
    }
    o.put("\n    ");
    let kind = match (kind, inner.u8(0)) {
        (UNDECIDED, Err(stop)) => return Err(stop),
        (UNDECIDED, Ok(first)) if first >> 4 == 4 => IPV4,
        (UNDECIDED, Ok(first)) if first >> 4 == 6 => IPV6,
        _ => kind,
    };
    match kind {
        IPV4 => registry::ipv4()(o, inner, below),
        IPV6 => registry::ipv6()(o, inner, below),
        ETHERNET => ethernet::encapsulated(o, inner, below),
        UNDECIDED => {
            o.put("unknown payload");
            Ok(())
        }
        _ => o.settle(Err(Stop::Malformed)),
    }
}
