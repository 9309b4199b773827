//! RPL for the tree (RFC 6550, section 6), with its metrics (RFC 6551) as far as their headers.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::Ipv6;
use crate::view::View;

const SOLICITATION: u8 = 0;
const INFORMATION: u8 = 1;
const ADVERTISEMENT: u8 = 2;
const ACKNOWLEDGEMENT: u8 = 3;

const FLAGS: [Slot; 1] = [Slot::new("icmpv6.rpl.dis.flags", 0, 1)];
const OBJECT: [Slot; 9] = [
    Slot::new("icmpv6.rpl.dio.instance", 0, 1),
    Slot::new("icmpv6.rpl.dio.version", 1, 1),
    Slot::new("icmpv6.rpl.dio.rank", 2, 2),
    Slot::new("icmpv6.rpl.dio.flag", 4, 1),
    Slot::new("icmpv6.rpl.dio.flag.g", 4, 1).bit(7),
    Slot::new("icmpv6.rpl.dio.flag.mop", 4, 1).bits(3, 7),
    Slot::new("icmpv6.rpl.dio.flag.preference", 4, 1).bits(0, 7),
    Slot::new("icmpv6.rpl.dio.dtsn", 5, 1),
    Slot::new("icmpv6.rpl.dio.dagid", 8, 16),
];
const DESTINATION: [Slot; 5] = [
    Slot::new("icmpv6.rpl.dao.instance", 0, 1),
    Slot::new("icmpv6.rpl.dao.flag", 1, 1),
    Slot::new("icmpv6.rpl.dao.flag.k", 1, 1).bit(7),
    Slot::new("icmpv6.rpl.dao.flag.d", 1, 1).bit(6),
    Slot::new("icmpv6.rpl.dao.sequence", 3, 1),
];
const DESTINATION_GRAPH: [Slot; 1] = [Slot::new("icmpv6.rpl.dao.dodagid", 4, 16)];
const ANSWER: [Slot; 5] = [
    Slot::new("icmpv6.rpl.daoack.instance", 0, 1),
    Slot::new("icmpv6.rpl.daoack.flag", 1, 1),
    Slot::new("icmpv6.rpl.daoack.flag.d", 1, 1).bit(7),
    Slot::new("icmpv6.rpl.daoack.sequence", 2, 1),
    Slot::new("icmpv6.rpl.daoack.status", 3, 1),
];
const ANSWER_GRAPH: [Slot; 1] = [Slot::new("icmpv6.rpl.daoack.dodagid", 4, 16)];
/// Octets before the identity of a graph, and of that.
const HEADER: usize = 4;
const GRAPH: usize = 16;
/// Octets of an information object before its options, and of a solicitation.
const OBJECT_SIZE: usize = 24;
const SOLICITATION_SIZE: usize = 2;

const TYPE: [Slot; 1] = [Slot::new("icmpv6.rpl.opt.type", 0, 1)];
const LENGTH: [Slot; 1] = [Slot::new("icmpv6.rpl.opt.length", 1, 1)];
const PAD1: u8 = 0;
const ROUTE: u8 = 3;
const TARGET: u8 = 5;

/// Options: their types, and what has a fixed place.
const OPTIONS: &[(u8, &[Slot])] = &[
    (
        2,
        &[
            Slot::new("icmpv6.rpl.opt.metric.type", 2, 1),
            Slot::new("icmpv6.rpl.opt.metric.flags", 3, 2),
            Slot::new("icmpv6.rpl.opt.metric.flag.p", 3, 2).bit(10),
            Slot::new("icmpv6.rpl.opt.metric.flag.c", 3, 2).bit(9),
            Slot::new("icmpv6.rpl.opt.metric.flag.o", 3, 2).bit(8),
            Slot::new("icmpv6.rpl.opt.metric.flag.r", 3, 2).bit(7),
            Slot::new("icmpv6.rpl.opt.metric.length", 5, 1),
        ],
    ),
    (
        ROUTE,
        &[
            Slot::new("icmpv6.rpl.opt.route.prefix_length", 2, 1),
            Slot::new("icmpv6.rpl.opt.route.flag", 3, 1),
            Slot::new("icmpv6.rpl.opt.route.pref", 3, 1).bits(3, 3),
            Slot::new("icmpv6.rpl.opt.route.lifetime", 4, 4),
        ],
    ),
    (
        4,
        &[
            Slot::new("icmpv6.rpl.opt.config.flag", 2, 1),
            Slot::new("icmpv6.rpl.opt.config.auth", 2, 1).bit(3),
            Slot::new("icmpv6.rpl.opt.config.pcs", 2, 1).bits(0, 7),
            Slot::new("icmpv6.rpl.opt.config.interval_double", 3, 1),
            Slot::new("icmpv6.rpl.opt.config.interval_min", 4, 1),
            Slot::new("icmpv6.rpl.opt.config.redundancy", 5, 1),
            Slot::new("icmpv6.rpl.opt.config.max_rank_inc", 6, 2),
            Slot::new("icmpv6.rpl.opt.config.min_hop_rank_inc", 8, 2),
            Slot::new("icmpv6.rpl.opt.config.ocp", 10, 2),
            Slot::new("icmpv6.rpl.opt.config.def_lifetime", 13, 1),
            Slot::new("icmpv6.rpl.opt.config.lifetime_unit", 14, 2),
        ],
    ),
    (TARGET, &[Slot::new("icmpv6.rpl.opt.target.prefix_length", 3, 1)]),
    (
        6,
        &[
            Slot::new("icmpv6.rpl.opt.transit.flag", 2, 1),
            Slot::new("icmpv6.rpl.opt.transit.flag.e", 2, 1).bit(7),
            Slot::new("icmpv6.rpl.opt.transit.pathctl", 3, 1),
            Slot::new("icmpv6.rpl.opt.transit.pathseq", 4, 1),
            Slot::new("icmpv6.rpl.opt.transit.pathlifetime", 5, 1),
            Slot::new("icmpv6.rpl.opt.transit.parent", 6, 16),
        ],
    ),
    (
        7,
        &[
            Slot::new("icmpv6.rpl.opt.solicited.instance", 2, 1),
            Slot::new("icmpv6.rpl.opt.solicited.flag", 3, 1),
            Slot::new("icmpv6.rpl.opt.solicited.flag.v", 3, 1).bit(7),
            Slot::new("icmpv6.rpl.opt.solicited.flag.i", 3, 1).bit(6),
            Slot::new("icmpv6.rpl.opt.solicited.flag.d", 3, 1).bit(5),
            Slot::new("icmpv6.rpl.opt.solicited.dodagid", 4, 16),
            Slot::new("icmpv6.rpl.opt.solicited.version", 20, 1),
        ],
    ),
    (
        8,
        &[
            Slot::new("icmpv6.rpl.opt.prefix.length", 2, 1),
            Slot::new("icmpv6.rpl.opt.prefix.flag", 3, 1),
            Slot::new("icmpv6.rpl.opt.prefix.flag.l", 3, 1).bit(7),
            // As Wireshark, which has these two below another option.
            Slot::new("icmpv6.rpl.opt.config.flag.a", 3, 1).bit(6),
            Slot::new("icmpv6.rpl.opt.config.flag.r", 3, 1).bit(5),
            Slot::new("icmpv6.rpl.opt.prefix.valid_lifetime", 4, 4),
            Slot::new("icmpv6.rpl.opt.prefix.preferred_lifetime", 8, 4),
            Slot::new("icmpv6.rpl.opt.prefix", 16, 16),
        ],
    ),
    (9, &[Slot::new("icmpv6.rpl.opt.targetdesc.descriptor", 2, 4)]),
];
const ROUTE_PREFIX: Id = Id::of("icmpv6.rpl.opt.route.prefix");
const TARGET_PREFIX: Id = Id::of("icmpv6.rpl.opt.target.prefix");

/// Notes a control message behind the ICMPv6 type, code and checksum. Of secured ones there
/// is nothing.
pub(super) fn note(o: &mut Out, v: View<'_>, code: u8) {
    let Ok(flags) = v.u8(1) else { return };
    let rest = match code {
        SOLICITATION => {
            o.see_all(&FLAGS, v);
            v.skip(SOLICITATION_SIZE)
        }
        INFORMATION => {
            o.see_all(&OBJECT, v);
            v.skip(OBJECT_SIZE)
        }
        ADVERTISEMENT => {
            o.see_all(&DESTINATION, v);
            graph(o, v, &DESTINATION_GRAPH, flags & 0x40 != 0)
        }
        ACKNOWLEDGEMENT => {
            o.see_all(&ANSWER, v);
            graph(o, v, &ANSWER_GRAPH, flags & 0x80 != 0)
        }
        _ => return,
    };
    options(o, rest);
}

/// Notes the graph, if it is told; what follows.
fn graph<'p>(o: &mut Out, v: View<'p>, slot: &[Slot], told: bool) -> View<'p> {
    if !told {
        return v.skip(HEADER);
    }
    o.see_all(slot, v);
    v.skip(HEADER + GRAPH)
}

fn options(o: &mut Out, mut rest: View<'_>) {
    while let Ok(kind) = rest.u8(0) {
        o.see_all(&TYPE, rest);
        let mut size = 1;
        if kind != PAD1 {
            let Ok(length) = rest.u8(1) else { return };
            size = usize::from(length) + 2;
            if !rest.has(size) {
                return;
            }
            o.see_all(&LENGTH, rest);
            let option = rest.cut(size);
            if let Some((_, slots)) = OPTIONS.iter().find(|known| known.0 == kind) {
                o.see_all(slots, option);
            }
            match kind {
                ROUTE => prefix(o, option.skip(8), ROUTE_PREFIX),
                TARGET => prefix(o, option.skip(4), TARGET_PREFIX),
                _ => {}
            }
        }
        rest = rest.skip(size);
    }
}

/// Notes a prefix, of which there may be fewer octets than of an address.
pub(super) fn prefix(o: &mut Out, v: View<'_>, id: Id) {
    let octets = &v.data()[..v.caplen().min(16)];
    if !octets.is_empty() {
        let mut address = [0; 16];
        address[..octets.len()].copy_from_slice(octets);
        o.note(id, Ipv6(address));
    }
}
