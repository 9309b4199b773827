//! DVMRP for the tree: version 3, as draft-ietf-idmr-dvmrp-v3 has it.

use crate::field::Slot;
use crate::out::Out;
use crate::put::Ipv4;
use crate::view::{Step, View};

const HEADER: &[Slot] =
    &[Slot::new("dvmrp.type", 0, 1), Slot::new("dvmrp.v3.code", 1, 1), Slot::new("dvmrp.checksum", 2, 2)];
const HEADER_SIZE: usize = 8;
const CAPABILITIES: &[Slot] = &[
    Slot::new("dvmrp.capabilities", 5, 1),
    Slot::new("dvmrp.cap.netmask", 5, 1).bit(5),
    Slot::new("dvmrp.cap.snmp", 5, 1).bit(4),
    Slot::new("dvmrp.cap.mtrace", 5, 1).bit(3),
    Slot::new("dvmrp.cap.genid", 5, 1).bit(2),
    Slot::new("dvmrp.cap.prune", 5, 1).bit(1),
    Slot::new("dvmrp.cap.leaf", 5, 1).bit(0),
];
const VERSIONS: &[Slot] = &[Slot::new("dvmrp.min_ver", 6, 1), Slot::new("dvmrp.maj_ver", 7, 1)];

const GENERATION: &[Slot] = &[Slot::new("dvmrp.genid", 0, 4)];
const NEIGHBOUR: &[Slot] = &[Slot::new("dvmrp.neighbor", 0, 4)];
const GRAFT: &[Slot] =
    &[Slot::new("dvmrp.saddr", 0, 4), Slot::new("dvmrp.maddr", 4, 4), Slot::new("dvmrp.netmask", 8, 4)];
const PRUNE: &[Slot] = &[
    Slot::new("dvmrp.saddr", 0, 4),
    Slot::new("dvmrp.maddr", 4, 4),
    Slot::new("dvmrp.lifetime", 8, 4),
    Slot::new("dvmrp.netmask", 12, 4),
];
const INTERFACE: &[Slot] = &[
    Slot::new("dvmrp.local", 0, 4),
    Slot::new("dvmrp.metric", 4, 1),
    Slot::new("dvmrp.threshold", 5, 1),
    Slot::new("dvmrp.flag.tunnel", 6, 1).bit(0),
    Slot::new("dvmrp.flag.srcroute", 6, 1).bit(1),
    Slot::new("dvmrp.flag.down", 6, 1).bit(4),
    Slot::new("dvmrp.flag.disabled", 6, 1).bit(5),
    Slot::new("dvmrp.flag.querier", 6, 1).bit(6),
    Slot::new("dvmrp.flag.leaf", 6, 1).bit(7),
    Slot::new("dvmrp.ncount", 7, 1),
];
const INTERFACE_SIZE: usize = 8;

/// Notes a message, from its IGMP header on.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    const VERSION: u8 = 3;
    o.note(id!("dvmrp.version"), VERSION);
    o.see_all(HEADER, v);
    let (kind, body) = (v.u8(1)?, v.skip(HEADER_SIZE));
    if matches!(kind, 1 | 6) {
        o.see_all(CAPABILITIES, v);
    }
    o.see_all(VERSIONS, v);
    match kind {
        1 => {
            o.see_all(GENERATION, body);
            o.see_rows(NEIGHBOUR, body.skip(4), 4);
        }
        2 => routes(o, body)?,
        6 => {
            let mut interface = body;
            while !interface.is_empty() {
                o.see_all(INTERFACE, interface);
                let neighbours = usize::from(interface.u8(7)?) * 4;
                interface = interface.skip(INTERFACE_SIZE);
                o.see_rows(NEIGHBOUR, interface.cut(neighbours), 4);
                interface = interface.skip(neighbours);
            }
        }
        7 => o.see_all(PRUNE, body),
        8 | 9 => o.see_all(GRAFT, body),
        _ => {}
    }
    Ok(())
}

/// Routes grouped by mask; the mask tells how many octets of origins follow.
fn routes(o: &mut Out, v: View<'_>) -> Step {
    const LAST: u8 = 0x80;
    let mut v = v;
    while !v.is_empty() {
        let [a, b, c] = v.array(0)?;
        o.note(id!("dvmrp.netmask"), Ipv4([255, a, b, c]));
        let width = match (a, b, c) {
            (_, _, 1..) => 4,
            (_, 1.., _) => 3,
            (1.., _, _) => 2,
            _ => 1,
        };
        v = v.skip(3);
        loop {
            let mut origin = [0; 4];
            origin[..width].copy_from_slice(v.bytes(0, width)?);
            let metric = v.u8(width)?;
            o.note(id!("dvmrp.saddr"), Ipv4(origin));
            o.note(id!("dvmrp.metric"), metric & !LAST);
            v = v.skip(width + 1);
            if metric & LAST != 0 {
                break;
            }
        }
    }
    Ok(())
}
