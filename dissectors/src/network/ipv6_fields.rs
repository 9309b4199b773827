//! The extension headers of IPv6 for the tree (RFC 8200, section 4), with the options that
//! IANA lists and the routing headers of RFC 5095, RFC 6275, RFC 6554, RFC 8754 and RFC 9631.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::Ipv6;
use crate::view::View;

const HOP_BY_HOP: [Slot; 2] = [Slot::new("ipv6.hopopts.nxt", 0, 1), Slot::new("ipv6.hopopts.len", 1, 1)];
const HOP_BY_HOP_OCTETS: Id = Id::of("ipv6.hopopts.len_oct");
const DESTINATION: [Slot; 2] = [Slot::new("ipv6.dstopts.nxt", 0, 1), Slot::new("ipv6.dstopts.len", 1, 1)];
const DESTINATION_OCTETS: Id = Id::of("ipv6.dstopts.len_oct");

const TYPE: [Slot; 1] = [Slot::new("ipv6.opt.type", 0, 1)];
const TYPE_PARTS: [Slot; 4] = [
    Slot::new("ipv6.opt.type.action", 0, 1).bits(6, 3),
    Slot::new("ipv6.opt.type.change", 0, 1).bit(5),
    Slot::new("ipv6.opt.type.rest", 0, 1).bits(0, 31),
    Slot::new("ipv6.opt.length", 1, 1),
];
const PAD1: u8 = 0;

/// An option: its type, what has a fixed place behind its length, and what the octets from
/// a place on are.
type Known = (u8, &'static [Slot], Option<(usize, Id)>);

const OPTIONS: &[Known] = &[
    (0x01, &[], Some((0, Id::of("ipv6.opt.padn")))),
    (0x04, &[Slot::new("ipv6.opt.tel", 0, 1)], None),
    (0x05, &[Slot::new("ipv6.opt.router_alert", 0, 2)], None),
    // CALIPSO (RFC 5570).
    (
        0x07,
        &[
            Slot::new("ipv6.opt.calipso.doi", 0, 4),
            Slot::new("ipv6.opt.calipso.cmpt.length", 4, 1),
            Slot::new("ipv6.opt.calipso.sens_level", 5, 1),
            Slot::new("ipv6.opt.calipso.checksum", 6, 2),
        ],
        Some((8, Id::of("ipv6.opt.calipso.cmpt_bitmap"))),
    ),
    // Performance and Diagnostic Metrics (RFC 8250).
    (
        0x0f,
        &[
            Slot::new("ipv6.opt.pdm.scale_dtlr", 0, 1),
            Slot::new("ipv6.opt.pdm.scale_dtls", 1, 1),
            Slot::new("ipv6.opt.pdm.psn_this_pkt", 2, 2),
            Slot::new("ipv6.opt.pdm.psn_last_recv", 4, 2),
            Slot::new("ipv6.opt.pdm.delta_last_recv", 6, 2),
            Slot::new("ipv6.opt.pdm.delta_last_sent", 8, 2),
        ],
        None,
    ),
    // Path MTU (RFC 9268).
    (
        0x30,
        &[
            Slot::new("ipv6.opt.pmtu.min", 0, 2),
            Slot::new("ipv6.opt.pmtu.rtn", 2, 2).bits(0, 0xfffe),
            Slot::new("ipv6.opt.pmtu.r_flag", 3, 1).bit(0),
        ],
        None,
    ),
    // RPL (RFC 6553).
    (
        0x63,
        &[
            Slot::new("ipv6.opt.rpl.flag", 0, 1),
            Slot::new("ipv6.opt.rpl.flag.o", 0, 1).bit(7),
            Slot::new("ipv6.opt.rpl.flag.r", 0, 1).bit(6),
            Slot::new("ipv6.opt.rpl.flag.f", 0, 1).bit(5),
            Slot::new("ipv6.opt.rpl.instance_id", 1, 1),
            Slot::new("ipv6.opt.rpl.sender_rank", 2, 2),
        ],
        None,
    ),
    // MPL (RFC 7731).
    (
        0x6d,
        &[
            Slot::new("ipv6.opt.mpl.flag", 0, 1),
            Slot::new("ipv6.opt.mpl.flag.s", 0, 1).bits(6, 3),
            Slot::new("ipv6.opt.mpl.flag.m", 0, 1).bit(5),
            Slot::new("ipv6.opt.mpl.flag.v", 0, 1).bit(4),
            Slot::new("ipv6.opt.mpl.sequence", 1, 1),
        ],
        Some((2, Id::of("ipv6.opt.mpl.seed_id"))),
    ),
    // ILNP's nonce (RFC 6744) and line identities (RFC 6788).
    (0x8b, &[], Some((0, Id::of("ipv6.opt.ilnp_nonce")))),
    (0x8c, &[Slot::new("ipv6.opt.lio.length", 0, 1)], Some((1, Id::of("ipv6.opt.lio.line_id")))),
    // Jumbo payloads (RFC 2675) and home addresses (RFC 6275).
    (0xc2, &[Slot::new("ipv6.opt.jumbo", 0, 4)], None),
    (0xc9, &[Slot::new("ipv6.opt.mipv6.home_address", 0, 16)], None),
    // Depth-first forwarding (RFC 6971).
    (
        0xee,
        &[
            Slot::new("ipv6.opt.dff.flags", 0, 1),
            Slot::new("ipv6.opt.dff.flag.ver", 0, 1).bits(6, 3),
            Slot::new("ipv6.opt.dff.flag.dup", 0, 1).bit(5),
            Slot::new("ipv6.opt.dff.flag.ret", 0, 1).bit(4),
            Slot::new("ipv6.opt.dff.sequence_number", 1, 2),
        ],
        None,
    ),
];
/// In-situ measurements and lists without duplicates, of which there is what frames them.
const FRAMED: [u8; 4] = [0x08, 0x11, 0x31, 0x8a];
const EXPERIMENT: Id = Id::of("ipv6.opt.experimental");
const UNKNOWN: Id = Id::of("ipv6.opt.unknown");

const QUICK_START: u8 = 0x26;
const QUICK: [Slot; 2] =
    [Slot::new("ipv6.opt.qs_func", 0, 1).bits(4, 15), Slot::new("ipv6.opt.qs_rate", 0, 1).bits(0, 15)];
const QUICK_TTL: [Slot; 1] = [Slot::new("ipv6.opt.qs_ttl", 1, 1)];
const QUICK_UNUSED: [Slot; 1] = [Slot::new("ipv6.opt.qs_unused", 1, 1)];
const QUICK_NONCE: [Slot; 2] =
    [Slot::new("ipv6.opt.qs_nonce", 2, 4).bits(2, 0x3fff_ffff), Slot::new("ipv6.opt.qs_reserved", 2, 4).bits(0, 3)];
/// What a router asks for, and what the other end tells of it.
const REQUEST: u8 = 0;
const REPORT: u8 = 8;

const ROUTING: [Slot; 4] = [
    Slot::new("ipv6.routing.nxt", 0, 1),
    Slot::new("ipv6.routing.len", 1, 1),
    Slot::new("ipv6.routing.type", 2, 1),
    Slot::new("ipv6.routing.segleft", 3, 1),
];
const ROUTING_OCTETS: Id = Id::of("ipv6.routing.len_oct");
/// Octets of a routing header before what its type says.
const ROUTING_HEADER: usize = 4;
const ROUTING_UNKNOWN: Id = Id::of("ipv6.routing.unknown_data");
const ROUTE: [Slot; 1] = [Slot::new("ipv6.routing.src.reserved", 0, 4)];
const ROUTE_ADDRESS: [Slot; 1] = [Slot::new("ipv6.routing.src.addr", 0, 16)];
const MOBILE: [Slot; 1] = [Slot::new("ipv6.routing.mipv6.reserved", 0, 4)];
const MOBILE_ADDRESS: [Slot; 1] = [Slot::new("ipv6.routing.mipv6.home_address", 0, 16)];
const SEGMENTS: [Slot; 3] = [
    Slot::new("ipv6.routing.srh.last_entry", 0, 1),
    Slot::new("ipv6.routing.srh.flags", 1, 1),
    Slot::new("ipv6.routing.srh.tag", 2, 2),
];
const SEGMENT: [Slot; 1] = [Slot::new("ipv6.routing.srh.addr", 0, 16)];
const COMPRESSED: [Slot; 4] = [
    Slot::new("ipv6.routing.rpl.cmprI", 0, 1).bits(4, 15),
    Slot::new("ipv6.routing.rpl.cmprE", 0, 1).bits(0, 15),
    Slot::new("ipv6.routing.rpl.pad", 1, 1).bits(4, 15),
    Slot::new("ipv6.routing.rpl.reserved", 0, 4).bits(0, 0x000f_ffff),
];
const COMPRESSED_COUNT: Id = Id::of("ipv6.routing.rpl.addr_count");
const COMPRESSED_ADDRESS: Id = Id::of("ipv6.routing.rpl.address");
const FULL_ADDRESS: Id = Id::of("ipv6.routing.rpl.full_address");
const SHORT_SEGMENT: [Slot; 1] = [Slot::new("ipv6.routing.crh16.sid", 0, 2)];
const LONG_SEGMENT: [Slot; 1] = [Slot::new("ipv6.routing.crh32.sid", 0, 4)];
const CURRENT_SHORT_SEGMENT: Id = Id::of("ipv6.routing.crh16.current_sid");
const CURRENT_LONG_SEGMENT: Id = Id::of("ipv6.routing.crh32.current_sid");

const FRAGMENT: [Slot; 6] = [
    Slot::new("ipv6.fraghdr.nxt", 0, 1),
    Slot::new("ipv6.fraghdr.reserved_octet", 1, 1),
    Slot::new("ipv6.fraghdr.offset", 2, 2).bits(3, 0x1fff),
    Slot::new("ipv6.fraghdr.reserved_bits", 2, 2).bits(1, 3),
    Slot::new("ipv6.fraghdr.more", 2, 2).bit(0),
    Slot::new("ipv6.fraghdr.ident", 4, 4),
];

/// Notes hop-by-hop options.
pub(crate) fn hop_by_hop(o: &mut Out, v: View<'_>) {
    options(o, v, &HOP_BY_HOP, HOP_BY_HOP_OCTETS);
}

/// Notes destination options.
pub(crate) fn destination(o: &mut Out, v: View<'_>) {
    options(o, v, &DESTINATION, DESTINATION_OCTETS);
}

/// Notes a fragment header.
pub(crate) fn fragment(o: &mut Out, v: View<'_>) {
    o.see_all(&FRAGMENT, v);
}

/// Notes the fields of a header's start and its length: the header.
fn sized<'p>(o: &mut Out, v: View<'p>, header: &[Slot], octets: Id) -> Option<View<'p>> {
    let size = (usize::from(v.u8(1).ok()?) + 1) * 8;
    o.see_all(header, v);
    o.note(octets, size);
    Some(v.cut(size))
}

fn options(o: &mut Out, v: View<'_>, header: &[Slot], octets: Id) {
    if o.tree.is_none() {
        return;
    }
    let Some(header) = sized(o, v, header, octets) else { return };
    let mut rest = header.skip(2);
    while let Ok(kind) = rest.u8(0) {
        o.see_all(&TYPE, rest);
        let mut size = 1;
        if kind != PAD1 {
            let Ok(len) = rest.u8(1) else { return };
            size = usize::from(len) + 2;
            if !rest.has(size) {
                return;
            }
            o.see_all(&TYPE_PARTS, rest);
            option(o, rest.cut(size).skip(2), kind);
        }
        rest = rest.skip(size);
    }
}

/// What follows an option's length.
fn option(o: &mut Out, v: View<'_>, kind: u8) {
    if kind == QUICK_START {
        return quick_start(o, v);
    }
    // The low bits are all set in types for experiments (RFC 4727).
    let unknown = if kind & 0x1f == 0x1e { EXPERIMENT } else { UNKNOWN };
    match OPTIONS.iter().find(|known| known.0 == kind) {
        Some((_, slots, data)) => {
            o.see_all(slots, v);
            if let Some((at, id)) = *data
                && (v.has(at + 1) || at == 0)
            {
                o.note_octets(id, v.skip(at).data());
            }
        }
        None if FRAMED.contains(&kind) => {}
        None => o.note_octets(unknown, v.data()),
    }
}

/// Quick-Start (RFC 4782, section 3.2).
fn quick_start(o: &mut Out, v: View<'_>) {
    o.see_all(&QUICK, v);
    match v.u8(0).map(|octet| octet >> 4) {
        Ok(REQUEST) => o.see_all(&QUICK_TTL, v),
        Ok(REPORT) => o.see_all(&QUICK_UNUSED, v),
        _ => return,
    }
    o.see_all(&QUICK_NONCE, v);
}

/// Notes a routing header of a datagram to `target`.
pub(crate) fn routing(o: &mut Out, v: View<'_>, target: [u8; 16]) {
    if o.tree.is_none() {
        return;
    }
    let (Some(header), Ok(kind), Ok(left)) = (sized(o, v, &ROUTING, ROUTING_OCTETS), v.u8(2), v.u8(3)) else { return };
    let v = header.skip(ROUTING_HEADER);
    match kind {
        0 => {
            o.see_all(&ROUTE, v);
            o.see_rows(&ROUTE_ADDRESS, v.skip(4), 16);
        }
        2 => {
            o.see_all(&MOBILE, v);
            o.see_rows(&MOBILE_ADDRESS, v.skip(4), 16);
        }
        3 => compressed(o, v, target),
        4 => {
            o.see_all(&SEGMENTS, v);
            let count = v.u8(0).map_or(0, |last| usize::from(last) + 1);
            o.see_rows(&SEGMENT, v.skip(4).cut(count * 16), 16);
        }
        5 => {
            if let Ok(current) = v.u16(usize::from(left) * 2) {
                o.note(CURRENT_SHORT_SEGMENT, current);
            }
            o.see_rows(&SHORT_SEGMENT, v, 2);
        }
        6 => {
            if let Ok(current) = v.u32(usize::from(left) * 4) {
                o.note(CURRENT_LONG_SEGMENT, current);
            }
            o.see_rows(&LONG_SEGMENT, v, 4);
        }
        _ => o.note_octets(ROUTING_UNKNOWN, v.data()),
    }
}

/// RPL's source route (RFC 6554, section 3): addresses without the octets that they share
/// with the datagram's destination.
fn compressed(o: &mut Out, v: View<'_>, target: [u8; 16]) {
    const HEADER: usize = 4;
    o.see_all(&COMPRESSED, v);
    let (Ok(shared), Ok(pad)) = (v.u8(0), v.u8(1)) else { return };
    let (inner, last, pad) = (16 - usize::from(shared >> 4), 16 - usize::from(shared & 15), usize::from(pad >> 4));
    let Some(before_last) = v.caplen().checked_sub(HEADER + pad + last) else { return };
    let count = before_last / inner + 1;
    o.note(COMPRESSED_COUNT, count);
    let mut at = HEADER;
    for number in 1..=count {
        let size = if number == count { last } else { inner };
        let Ok(octets) = v.bytes(at, size) else { return };
        let mut address = target;
        address[16 - size..].copy_from_slice(octets);
        o.note_octets(COMPRESSED_ADDRESS, octets);
        o.note(FULL_ADDRESS, Ipv6(address));
        at += size;
    }
}
