//! GeoNetworking for the tree, of the edition that Wireshark reads too (ETSI EN 302 636-4-1 V1.2.1): tcpdump's text is
//! of an earlier one, whose headers are others behind the first octet.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// The basic header (9.6), and the common one (9.7).
const BASIC: &[Slot] = &[
    Slot::new("geonw.bh.version", 0, 1).bits(4, 15),
    Slot::new("geonw.bh.nh", 0, 1).bits(0, 15),
    Slot::new("geonw.bh.lt", 2, 1),
    Slot::new("geonw.bh.lt.mult", 2, 1).bits(2, 0x3f),
    Slot::new("geonw.bh.lt.base", 2, 1).bits(0, 3),
    Slot::new("geonw.bh.rhl", 3, 1),
];
const BASIC_SIZE: usize = 4;
const COMMON: &[Slot] = &[
    Slot::new("geonw.ch.nh", 0, 1).bits(4, 15),
    Slot::new("geonw.ch.htype", 1, 1),
    Slot::new("geonw.ch.tclass", 2, 1),
    Slot::new("geonw.ch.tc.id", 2, 1).bits(0, 0x3f),
    Slot::new("geonw.ch.flags.mob", 3, 1).bit(7),
    Slot::new("geonw.ch.plength", 4, 2),
    Slot::new("geonw.ch.mhl", 6, 1),
];
const COMMON_SIZE: usize = 8;
const SEQUENCE: &[Slot] = &[Slot::new("geonw.seq_num", 0, 2)];
const SEQUENCE_SIZE: usize = 4;
/// The long position of a source, and the short one of a destination (9.5).
const SOURCE: &[Slot] = &[
    Slot::new("geonw.src_pos.addr", 0, 8),
    Slot::new("geonw.src_pos.addr.type", 0, 1).bits(2, 31),
    Slot::new("geonw.src_pos.addr.mid", 2, 6),
    Slot::new("geonw.src_pos.tst", 8, 4),
    Slot::new("geonw.src_pos.lat", 12, 4),
    Slot::new("geonw.src_pos.long", 16, 4),
    Slot::new("geonw.src_pos.pai", 20, 1).bit(7),
    Slot::new("geonw.src_pos.hdg", 22, 2),
];
const SOURCE_SIZE: usize = 24;
const DESTINATION: &[Slot] = &[
    Slot::new("geonw.dst_pos.addr", 0, 8),
    Slot::new("geonw.dst_pos.addr.type", 0, 1).bits(2, 31),
    Slot::new("geonw.dst_pos.addr.mid", 2, 6),
    Slot::new("geonw.dst_pos.tst", 8, 4),
    Slot::new("geonw.dst_pos.lat", 12, 4),
    Slot::new("geonw.dst_pos.long", 16, 4),
];
const DESTINATION_SIZE: usize = 20;
/// An area, which is a circle or has two sides.
const AREA: &[Slot] = &[
    Slot::new("geonw.gxc.latitude", 0, 4),
    Slot::new("geonw.gxc.longitude", 4, 4),
    Slot::new("geonw.gxc.distanceb", 10, 2),
    Slot::new("geonw.gxc.angle", 12, 2),
];
const RADIUS: &[Slot] = &[Slot::new("geonw.gxc.radius", 8, 2)];
const SIDE: &[Slot] = &[Slot::new("geonw.gxc.distancea", 8, 2)];
const AREA_SIZE: usize = 16;
const SEARCHED: &[Slot] = &[Slot::new("geonw.ls_req.addr", 0, 8)];

/// The ports of the transport protocol (ETSI EN 302 636-5-1), between two and to one.
const PORTS: &[Slot] = &[Slot::new("btpa.dstport", 0, 2), Slot::new("btpa.srcport", 2, 2)];
const PORT: &[Slot] = &[Slot::new("btpb.dstport", 0, 2), Slot::new("btpb.dstportinf", 2, 2)];

/// Notes a packet up to the ports.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    const WITH_COMMON: u8 = 1;
    o.see_all(BASIC, v);
    if v.u8(0)? & 15 != WITH_COMMON {
        return Ok(());
    }
    let common = v.skip(BASIC_SIZE);
    o.see_all(COMMON, common);
    let (next, kind) = (common.u8(0)? >> 4, common.u8(1)?);
    if !matches!(kind >> 4, 1..=6) {
        return Ok(());
    }
    let mut rest = common.skip(COMMON_SIZE);
    if !matches!(kind, 0x10 | 0x50) {
        o.see_all(SEQUENCE, rest);
        rest = rest.skip(SEQUENCE_SIZE);
    }
    o.see_all(SOURCE, rest);
    rest = rest.skip(SOURCE_SIZE);
    match (kind >> 4, kind & 15) {
        (2, _) | (6, 1) => {
            o.see_all(DESTINATION, rest);
            rest = rest.skip(DESTINATION_SIZE);
        }
        (3 | 4, shape) => {
            o.see_all(AREA, rest);
            o.see_all(if shape == 0 { RADIUS } else { SIDE }, rest);
            rest = rest.skip(AREA_SIZE);
        }
        (5, 0) => rest = rest.skip(4),
        (6, 0) => o.see_all(SEARCHED, rest),
        _ => {}
    }
    match next {
        1 => o.see_all(PORTS, rest),
        2 => o.see_all(PORT, rest),
        _ => {}
    }
    Ok(())
}
