//! VXLAN (RFC 7348) and its Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::link::ethernet;
use crate::network::{ipv4, ipv6};
use crate::out::Out;
use crate::put::{Hex2, Table, bits};
use crate::tunnel::nsh;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 8;
/// The flags that are printed, of those that the tree has.
const FLAGS: usize = 0;
const ALL_FLAGS: Field<u16> = Field::new("vxlan.flags", FLAGS);
/// Where the network identifier stands.
const NETWORK: usize = 4;

/// The tree's other fields, and those of the extension.
const FIELDS: &[Slot] = &[
    Slot::new("vxlan.flag_g", 0, 2).bit(15),
    Slot::new("vxlan.flag_i", 0, 2).bit(11),
    Slot::new("vxlan.flag_d", 0, 2).bit(6),
    Slot::new("vxlan.flag_a", 0, 2).bit(3),
    Slot::new("vxlan.gbp", 2, 2),
];
const EXTENDED_FIELDS: &[Slot] = &[
    Slot::new("vxlan.flags", 0, 1),
    Slot::new("vxlan.ver", 0, 1).bits(4, 3),
    Slot::new("vxlan.i_bit", 0, 1).bit(3),
    Slot::new("vxlan.p_bit", 0, 1).bit(2),
    Slot::new("vxlan.o_bit", 0, 1).bit(0),
    Slot::new("vxlan.next_proto", 3, 1),
];

const FLAG_NAMES: Table = &[(0x08, "I")];
const EXTENDED_FLAG_NAMES: Table = &[(0x08, "I"), (0x04, "P"), (0x02, "B"), (0x01, "O")];

/// A VXLAN packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "vxlan";
    o.put("VXLAN");
    let result = plain(o, v, below);
    o.settle(result)
}

fn plain(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    let flags = v.u8(FLAGS)?;
    o.see(ALL_FLAGS, v);
    o.see_all(FIELDS, v);
    o.put((", flags [", bits(FLAG_NAMES, flags, "", "invalid"), "] (0x", Hex2(flags), "), "));
    let network = v.u24(NETWORK)?;
    o.note(id!("vxlan.vni"), network);
    o.put(("vni ", network, "\n"));
    v.need(HEADER)?;
    ethernet::encapsulated(o, v.skip(HEADER), below)
}

/// A packet of the Generic Protocol Extension.
pub(crate) fn extended(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "vxlan_gpe";
    o.put("VXLAN-GPE, ");
    let result = generic(o, v, below);
    o.settle(result)
}

fn generic(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    const IPV4: u8 = 1;
    const IPV6: u8 = 2;
    const ETHERNET: u8 = 3;
    const NSH: u8 = 4;
    if v.len() < HEADER {
        o.put((" (len ", v.len(), " < ", HEADER, ")"));
        return Err(Stop::Malformed);
    }
    o.see_all(EXTENDED_FIELDS, v);
    let flags = v.u8(FLAGS)?;
    o.put(("flags [", bits(EXTENDED_FLAG_NAMES, flags, "", "none"), "], "));
    v.need(HEADER)?;
    let next = v.u8(3)?;
    let network = v.u24(NETWORK)?;
    o.note(id!("vxlan.vni"), network);
    o.put(("vni ", network));
    let payload = v.skip(HEADER);
    o.put(if o.opt.verbose > 0 { "\n    " } else { ": " });
    match next {
        IPV4 => ipv4::dissect(o, payload, below),
        IPV6 => ipv6::dissect(o, payload, below),
        ETHERNET => ethernet::encapsulated(o, payload, below),
        NSH => nsh::dissect(o, payload, below),
        _ => {
            o.put("ERROR: unknown-next-protocol");
            Err(Stop::Malformed)
        }
    }
}
