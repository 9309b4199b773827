//! EIGRP for the tree (RFC 7868): the header, parameters and routes.

use crate::field::Slot;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::{Step, View};

const HEADER: &[Slot] = &[
    Slot::new("eigrp.version", 0, 1),
    Slot::new("eigrp.opcode", 1, 1),
    Slot::new("eigrp.checksum", 2, 2),
    Slot::new("eigrp.flags", 4, 4),
    Slot::new("eigrp.flags.init", 4, 4).bit(0),
    Slot::new("eigrp.flags.condrecv", 4, 4).bit(1),
    Slot::new("eigrp.flags.restart", 4, 4).bit(2),
    Slot::new("eigrp.flags.eot", 4, 4).bit(3),
    Slot::new("eigrp.seq", 8, 4),
    Slot::new("eigrp.ack", 12, 4),
    Slot::new("eigrp.vrid", 16, 2),
    Slot::new("eigrp.as", 18, 2),
];
const HEADER_SIZE: usize = 20;

const TLV: &[Slot] = &[Slot::new("eigrp.tlv_type", 0, 2), Slot::new("eigrp.tlv.len", 2, 2)];
const TLV_SIZE: usize = 4;

/// What TLVs about the router hold, from their value on.
const GENERAL: &[(u16, &[Slot])] = &[
    (
        1,
        &[
            Slot::new("eigrp.par.k1", 0, 1),
            Slot::new("eigrp.par.k2", 1, 1),
            Slot::new("eigrp.par.k3", 2, 1),
            Slot::new("eigrp.par.k4", 3, 1),
            Slot::new("eigrp.par.k5", 4, 1),
            Slot::new("eigrp.par.k6", 5, 1),
            Slot::new("eigrp.par.holdtime", 6, 2),
        ],
    ),
    (
        2,
        &[
            Slot::new("eigrp.auth.type", 0, 2),
            Slot::new("eigrp.auth.length", 2, 2),
            Slot::new("eigrp.auth.keyid", 4, 4),
            Slot::new("eigrp.auth.keyseq", 8, 4),
            Slot::new("eigrp.auth.digest", 20, 16),
        ],
    ),
    (4, &[Slot::new("eigrp.release_version", 0, 2), Slot::new("eigrp.tlv_version", 2, 2)]),
    (5, &[Slot::new("eigrp.next_mcast_seq", 0, 4)]),
    (
        6,
        &[
            Slot::new("eigrp.stub_options", 0, 2),
            Slot::new("eigrp.stub_options.connected", 0, 2).bit(0),
            Slot::new("eigrp.stub_options.static", 0, 2).bit(1),
            Slot::new("eigrp.stub_options.summary", 0, 2).bit(2),
            Slot::new("eigrp.stub_options.recvonly", 0, 2).bit(3),
            Slot::new("eigrp.stub_options.leakmap", 0, 2).bit(4),
            Slot::new("eigrp.stub_options.redist", 0, 2).bit(5),
        ],
    ),
    (8, &[Slot::new("eigrp.tidlist.flags", 0, 2), Slot::new("eigrp.tidlist.len", 2, 2)]),
    (0x0204, &[Slot::new("eigrp.appletalk_cable_range", 0, 4), Slot::new("eigrp.atalk.routerid", 4, 4)]),
];
const SEQUENCE: u16 = 3;
const TOPOLOGIES: u16 = 8;
const TOPOLOGY: &[Slot] = &[Slot::new("eigrp.tidlist", 0, 2)];

const NEXT_HOP: &[Slot] = &[Slot::new("eigrp.ipv4.nexthop", 0, 4)];
const NEXT_HOP6: &[Slot] = &[Slot::new("eigrp.ipv6.nexthop", 0, 16)];
const NEXT_HOP_IPX: &[Slot] = &[Slot::new("eigrp.ipx.nexthop_net", 0, 4), Slot::new("eigrp.ipx.nexthop_host", 4, 6)];

const EXTERNAL: &[Slot] = &[
    Slot::new("eigrp.extdata.origrid", 0, 4),
    Slot::new("eigrp.extdata.as", 4, 4),
    Slot::new("eigrp.extdata.tag", 8, 4),
    Slot::new("eigrp.extdata.metric", 12, 4),
    Slot::new("eigrp.extdata.proto", 18, 1),
    Slot::new("eigrp.opaque.flag.ext", 19, 1).bit(0),
    Slot::new("eigrp.opaque.flag.cd", 19, 1).bit(1),
];
const EXTERNAL_IPX: &[Slot] = &[
    Slot::new("eigrp.ipx.routerid", 0, 6),
    Slot::new("eigrp.extdata.as", 6, 4),
    Slot::new("eigrp.extdata.tag", 10, 4),
    Slot::new("eigrp.extdata.proto", 14, 1),
    Slot::new("eigrp.opaque.flag.ext", 15, 1).bit(0),
    Slot::new("eigrp.opaque.flag.cd", 15, 1).bit(1),
    Slot::new("eigrp.extdata.ipx_metric", 16, 2),
    Slot::new("eigrp.extdata.ipx_delay", 18, 2),
];
const EXTERNAL_SIZE: usize = 20;

const METRIC: &[Slot] = &[
    Slot::new("eigrp.old_metric.delay", 0, 4),
    Slot::new("eigrp.old_metric.bw", 4, 4),
    Slot::new("eigrp.old_metric.mtu", 8, 3),
    Slot::new("eigrp.old_metric.hopcount", 11, 1),
    Slot::new("eigrp.old_metric.rel", 12, 1),
    Slot::new("eigrp.old_metric.load", 13, 1),
    Slot::new("eigrp.old_metric.intag", 14, 1),
    Slot::new("eigrp.metric.flags.srcwd", 15, 1).bit(0),
    Slot::new("eigrp.metric.flags.cd", 15, 1).bit(1),
    Slot::new("eigrp.metric.flags.active", 15, 1).bit(2),
    Slot::new("eigrp.metric.flags.repl", 15, 1).bit(3),
];
const METRIC_SIZE: usize = 16;
/// The wide metric (RFC 7868, section 6.9.3.1); the flags are those that the first octet has.
const WIDE_METRIC: &[Slot] = &[
    Slot::new("eigrp.metric.offset", 0, 1),
    Slot::new("eigrp.metric.priority", 1, 1),
    Slot::new("eigrp.metric.reliability", 2, 1),
    Slot::new("eigrp.metric.load", 3, 1),
    Slot::new("eigrp.metric.mtu", 4, 3),
    Slot::new("eigrp.metric.hopcount", 7, 1),
    Slot::new("eigrp.metric.delay", 8, 6),
    Slot::new("eigrp.metric.bandwidth", 14, 6),
    Slot::new("eigrp.metric.flags.srcwd", 22, 1).bit(0),
    Slot::new("eigrp.metric.flags.cd", 22, 1).bit(1),
    Slot::new("eigrp.metric.flags.active", 22, 1).bit(2),
    Slot::new("eigrp.metric.flags.repl", 22, 1).bit(3),
];
const WIDE_METRIC_SIZE: usize = 24;

/// What routes of several topologies or protocols begin with.
const TOPOLOGY_ROUTE: &[Slot] = &[
    Slot::new("eigrp.tid", 2, 2),
    Slot::new("eigrp.afi", 4, 2),
    Slot::new("eigrp.routerid", 6, 4),
    Slot::new("eigrp.old_metric.tag", 10, 4),
];
const TOPOLOGY_ROUTE_SIZE: usize = 14;
const PROTOCOL_ROUTE: &[Slot] =
    &[Slot::new("eigrp.tid", 0, 2), Slot::new("eigrp.afi", 2, 2), Slot::new("eigrp.routerid", 4, 4)];
const PROTOCOL_ROUTE_SIZE: usize = 8;

/// What a route leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Ipv4,
    Ipv6,
    Ipx,
}

/// Notes a packet, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        o.see_all(HEADER, v);
        let _ends_early = tlvs(o, v.skip(HEADER_SIZE));
    }
}

fn tlvs(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(TLV, v);
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if size < TLV_SIZE {
            return Ok(());
        }
        // What a TLV lacks is no reason to leave out the next.
        let _ends_early = value(o, v.cut(size).skip(TLV_SIZE), kind);
        v = v.skip(size);
    }
    Ok(())
}

fn value(o: &mut Out, v: View<'_>, kind: u16) -> Step {
    if let Some(&(_, slots)) = GENERAL.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
    let external = kind & 0xf == 3;
    match kind {
        SEQUENCE => sequence(o, v)?,
        TOPOLOGIES => o.see_rows(TOPOLOGY, v.skip(4), 2),
        0x0102 | 0x0103 => legacy(o, v, Family::Ipv4, external)?,
        0x0302 | 0x0303 => legacy(o, v, Family::Ipx, external)?,
        0x0402 | 0x0403 => legacy(o, v, Family::Ipv6, external)?,
        0x00f1..=0x00f3 => {
            o.see_all(TOPOLOGY_ROUTE, v);
            let metric = v.skip(TOPOLOGY_ROUTE_SIZE);
            o.see_all(METRIC, metric);
            several(o, metric.skip(METRIC_SIZE), v.u16(4)?, external)?;
        }
        0x0602 | 0x0603 => {
            o.see_all(PROTOCOL_ROUTE, v);
            let metric = v.skip(PROTOCOL_ROUTE_SIZE);
            o.see_all(WIDE_METRIC, metric);
            // Octets of two of attributes that follow.
            let attributes = 2 * usize::from(metric.u8(0)?);
            several(o, metric.skip(WIDE_METRIC_SIZE + attributes), v.u16(2)?, external)?;
        }
        _ => {}
    }
    Ok(())
}

/// The neighbours that are to ignore the next multicast: addresses behind their lengths.
fn sequence(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let size = v.u8(0)?;
        o.note(id!("eigrp.seq.addrlen"), size);
        match size {
            4 => o.note(id!("eigrp.seq.ipv4addr"), Ipv4(v.array(1)?)),
            16 => o.note(id!("eigrp.seq.ipv6addr"), Ipv6(v.array(1)?)),
            _ => return Ok(()),
        }
        v = v.skip(1 + usize::from(size));
    }
    Ok(())
}

/// A route of one protocol: the metric is behind what is known of an external one.
fn legacy(o: &mut Out, v: View<'_>, family: Family, external: bool) -> Step {
    let mut v = next_hop(o, v, family);
    if external {
        o.see_all(if family == Family::Ipx { EXTERNAL_IPX } else { EXTERNAL }, v);
        v = v.skip(EXTERNAL_SIZE);
    }
    o.see_all(METRIC, v);
    destinations(o, v.skip(METRIC_SIZE), family)
}

/// A route of one of several protocols, behind its metric.
fn several(o: &mut Out, v: View<'_>, family: u16, external: bool) -> Step {
    let family = match family {
        1 => Family::Ipv4,
        2 => Family::Ipv6,
        _ => return Ok(()),
    };
    let mut v = next_hop(o, v, family);
    if external {
        o.see_all(EXTERNAL, v);
        v = v.skip(EXTERNAL_SIZE);
    }
    destinations(o, v, family)
}

/// The next hop, and what is behind it.
fn next_hop<'p>(o: &mut Out, v: View<'p>, family: Family) -> View<'p> {
    let (slots, size) = match family {
        Family::Ipv4 => (NEXT_HOP, 4),
        Family::Ipv6 => (NEXT_HOP6, 16),
        Family::Ipx => (NEXT_HOP_IPX, 10),
    };
    o.see_all(slots, v);
    v.skip(size)
}

/// Prefixes up to the end.
fn destinations(o: &mut Out, v: View<'_>, family: Family) -> Step {
    let mut v = v;
    while !v.is_empty() {
        if family == Family::Ipx {
            o.see_all(const { &[Slot::new("eigrp.ipx.dest", 0, 4)] }, v);
            return Ok(());
        }
        let length = v.u8(0)?;
        let octets = usize::from(length).div_ceil(8);
        let mut address = [0; 16];
        if let Some(room) = address.get_mut(..octets) {
            room.copy_from_slice(v.bytes(1, octets)?);
        }
        if family == Family::Ipv4 {
            o.note(id!("eigrp.ipv4.prefixlen"), length);
            let [a, b, c, d, ..] = address;
            o.note(id!("eigrp.ipv4.destination"), Ipv4([a, b, c, d]));
        } else {
            o.note(id!("eigrp.ipv6.prefixlen"), length);
            o.note(id!("eigrp.ipv6.destination"), Ipv6(address));
        }
        v = v.skip(1 + octets);
    }
    Ok(())
}
