//! What AppleTalk's datagrams carry, for the tree (Inside AppleTalk, second edition): names,
//! transactions, routes and zones; and address resolution.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

pub(super) const LINK: &[Slot] =
    &[Slot::new("llap.dst", 0, 1), Slot::new("llap.src", 1, 1), Slot::new("llap.type", 2, 1)];

const RESOLUTION: &[Slot] = &[
    Slot::new("aarp.hard.type", 0, 2),
    Slot::new("aarp.proto.type", 2, 2),
    Slot::new("aarp.hard.size", 4, 1),
    Slot::new("aarp.proto.size", 5, 1),
    Slot::new("aarp.opcode", 6, 2),
];
/// Where hardware is Ethernet, and where the protocol is AppleTalk.
const STATIONS: &[Slot] = &[Slot::new("aarp.src.hw_mac", 8, 6), Slot::new("aarp.dst.hw_mac", 18, 6)];
const NODES: &[Slot] = &[Slot::new("aarp.src.proto_id", 14, 4), Slot::new("aarp.dst.proto_id", 24, 4)];

const NAMES: &[Slot] = &[
    Slot::new("nbp.info", 0, 1),
    Slot::new("nbp.op", 0, 1).bits(4, 15),
    Slot::new("nbp.count", 0, 1).bits(0, 15),
    Slot::new("nbp.tid", 1, 1),
];
const NAME: &[Slot] = &[
    Slot::new("nbp.net", 0, 2),
    Slot::new("nbp.node", 2, 1),
    Slot::new("nbp.port", 3, 1),
    Slot::new("nbp.enum", 4, 1),
];
const NAME_SIZE: usize = 5;

const TRANSACTION: &[Slot] = &[
    Slot::new("atp.ctrlinfo", 0, 1),
    Slot::new("atp.function", 0, 1).bits(6, 3),
    Slot::new("atp.xo", 0, 1).bit(5),
    Slot::new("atp.eom", 0, 1).bit(4),
    Slot::new("atp.sts", 0, 1).bit(3),
    Slot::new("atp.bitmap", 1, 1),
    Slot::new("atp.tid", 2, 2),
];
/// What only requests that are answered exactly once have, and what only releases.
const TIMER: &[Slot] = &[Slot::new("atp.treltimer", 0, 1).bits(0, 7)];
const USER: &[Slot] = &[Slot::new("atp.user_bytes", 4, 4)];

const ROUTER: &[Slot] =
    &[Slot::new("rtmp.net", 0, 2), Slot::new("nbp.nodeid.length", 2, 1), Slot::new("nbp.nodeid", 3, 1)];
const ROUTER_SIZE: usize = 4;
const RANGE: &[Slot] = &[
    Slot::new("rtmp.tuple.range_start", 0, 2),
    Slot::new("rtmp.tuple.dist", 2, 1).bits(0, 31),
    Slot::new("rtmp.tuple.range_end", 3, 2),
    Slot::new("rtmp.version", 5, 1),
];
const RANGE_SIZE: usize = 6;
const NETWORK: &[Slot] = &[Slot::new("rtmp.tuple.net", 0, 2), Slot::new("rtmp.tuple.dist", 2, 1).bits(0, 31)];
const NETWORK_SIZE: usize = 3;
const ROUTER_REQUEST: &[Slot] = &[Slot::new("rtmp.function", 0, 1)];

const ZONE: &[Slot] = &[Slot::new("zip.function", 0, 1)];
const ZONE_REPLY: &[Slot] = &[
    Slot::new("zip.flags.zone_invalid", 1, 1).bit(7),
    Slot::new("zip.flags.use_broadcast", 1, 1).bit(6),
    Slot::new("zip.flags.only_one_zone", 1, 1).bit(5),
    Slot::new("zip.network_start", 2, 2),
    Slot::new("zip.network_end", 4, 2),
];

/// Notes an address resolution packet.
pub(super) fn note_resolution(o: &mut Out, v: View<'_>) {
    o.see_all(RESOLUTION, v);
    if let Ok([hardware, kind, sizes]) = v.array::<6>(0).map(|[a, b, c, d, e, f]| [[a, b], [c, d], [e, f]])
        && sizes == [6, 4]
    {
        if hardware == [0, 1] {
            o.see_all(STATIONS, v);
        }
        if kind == [0x80, 0x9b] {
            o.see_all(NODES, v);
        }
    }
}

/// Notes what a datagram of a DDP type carries.
pub(super) fn note(o: &mut Out, kind: u8, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = datagram(o, kind, v);
    }
}

fn datagram(o: &mut Out, kind: u8, v: View<'_>) -> Step {
    match kind {
        1 => routes(o, v),
        2 => names(o, v),
        3 => {
            o.see_all(TRANSACTION, v);
            match v.u8(0)? >> 6 {
                1 if v.u8(0)? & 0x20 != 0 => o.see_all(TIMER, v),
                3 => o.see_all(USER, v),
                _ => {}
            }
            Ok(())
        }
        5 => {
            o.see_all(ROUTER_REQUEST, v);
            Ok(())
        }
        6 => zones(o, v),
        _ => Ok(()),
    }
}

fn names(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(NAMES, v);
    let count = v.u8(0)? & 15;
    let mut v = v.skip(2);
    for _ in 0..count {
        o.see_all(NAME, v);
        v = v.skip(NAME_SIZE);
        for part in [id!("nbp.object"), id!("nbp.type"), id!("nbp.zone")] {
            let size = usize::from(v.u8(0)?);
            o.note_octets(part, v.bytes(1, size)?);
            v = v.skip(1 + size);
        }
    }
    Ok(())
}

/// The router, and its networks: ranges have their first number's distance marked.
fn routes(o: &mut Out, v: View<'_>) -> Step {
    const EXTENDED: u8 = 0x80;
    o.see_all(ROUTER, v);
    let mut v = v.skip(ROUTER_SIZE);
    while !v.is_empty() {
        let (row, size) = if v.u8(2)? & EXTENDED != 0 { (RANGE, RANGE_SIZE) } else { (NETWORK, NETWORK_SIZE) };
        o.see_all(row, v);
        v = v.skip(size);
    }
    Ok(())
}

/// What a node asks of its network and what it is told.
fn zones(o: &mut Out, v: View<'_>) -> Step {
    const ASK: u8 = 5;
    const TELL: u8 = 6;
    const NAME_AT: usize = 6;
    o.see_all(ZONE, v);
    let kind = v.u8(0)?;
    if kind == TELL {
        o.see_all(ZONE_REPLY, v);
    }
    if matches!(kind, ASK | TELL) {
        let size = usize::from(v.u8(NAME_AT)?);
        o.note_octets(id!("zip.zone_name"), v.bytes(NAME_AT + 1, size)?);
    }
    Ok(())
}
