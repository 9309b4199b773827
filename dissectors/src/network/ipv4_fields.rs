//! The options of IPv4 for the tree: RFC 791 (section 3.1), RFC 1063, RFC 1108, RFC 1393,
//! RFC 1770, RFC 2113, RFC 4782, and CIPSO (FIPS 188).

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::View;

const END: u8 = 0;
const NOP: u8 = 1;
const RECORD_ROUTE: u8 = 7;
const MTU_PROBE: u8 = 11;
const MTU_REPLY: u8 = 12;
const QUICK_START: u8 = 25;
const TIMESTAMP: u8 = 68;
const TRACEROUTE: u8 = 82;
const SECURITY: u8 = 130;
const LOOSE_ROUTE: u8 = 131;
const EXTENDED_SECURITY: u8 = 133;
const CIPSO: u8 = 134;
const STREAM: u8 = 136;
const STRICT_ROUTE: u8 = 137;
const ROUTER_ALERT: u8 = 148;
const DIRECTED_BROADCAST: u8 = 149;

const TYPE: [Slot; 4] = [
    Slot::new("ip.opt.type", 0, 1),
    Slot::new("ip.opt.type.copy", 0, 1).bit(7),
    Slot::new("ip.opt.type.class", 0, 1).bits(5, 3),
    Slot::new("ip.opt.type.number", 0, 1).bits(0, 31),
];
const LENGTH: Id = Id::of("ip.opt.len");
const POINTER: Id = Id::of("ip.opt.ptr");

/// Octets of a route before its addresses.
const ROUTE_HEADER: usize = 3;
const RECORDED: Id = Id::of("ip.rec_rt");
const TO_VISIT: Id = Id::of("ip.src_rt");
const EMPTY: Id = Id::of("ip.empty_rt");

const MTU: [Slot; 1] = [Slot::new("ip.opt.mtu", 2, 2)];
const TRACE: [Slot; 4] = [
    Slot::new("ip.opt.id_number", 2, 2),
    Slot::new("ip.opt.ohc", 4, 2),
    Slot::new("ip.opt.rhc", 6, 2),
    Slot::new("ip.opt.originator", 8, 4),
];
const STREAM_ID: [Slot; 1] = [Slot::new("ip.opt.sid", 2, 2)];
const ALERT: [Slot; 1] = [Slot::new("ip.opt.ra", 2, 2)];
const EXTENDED: [Slot; 1] = [Slot::new("ip.opt.ext_sec_add_sec_info_format_code", 2, 1)];
const EXTENDED_INFO: Id = Id::of("ip.opt.ext_sec_add_sec_info");
const ADDRESS: [Slot; 1] = [Slot::new("ip.opt.addr", 0, 4)];

const QUICK: [Slot; 2] = [Slot::new("ip.opt.qs_func", 2, 1).bits(4, 15), Slot::new("ip.opt.qs_rate", 2, 1).bits(0, 15)];
const QUICK_TTL: [Slot; 1] = [Slot::new("ip.opt.qs_ttl", 3, 1)];
const QUICK_UNUSED: [Slot; 1] = [Slot::new("ip.opt.qs_unused", 3, 1)];
const QUICK_NONCE: [Slot; 2] =
    [Slot::new("ip.opt.qs_nonce", 4, 4).bits(2, 0x3fff_ffff), Slot::new("ip.opt.qs_reserved", 4, 4).bits(0, 3)];
/// What a router asks for, and what the other end tells of it.
const REQUEST: u8 = 0;
const REPORT: u8 = 8;

/// Octets of a timestamp option before the times.
const TIMES_HEADER: usize = 4;
const TIMES: [Slot; 2] = [Slot::new("ip.opt.overflow", 3, 1).bits(4, 15), Slot::new("ip.opt.flag", 3, 1).bits(0, 15)];
const TIME: [Slot; 1] = [Slot::new("ip.opt.time_stamp", 0, 4)];
const TIME_AND_ADDRESS: [Slot; 2] = [Slot::new("ip.opt.time_stamp_addr", 0, 4), Slot::new("ip.opt.time_stamp", 4, 4)];

const LEVEL: [Slot; 1] = [Slot::new("ip.opt.sec_cl", 2, 1)];
const AUTHORITIES: [Slot; 8] = [
    Slot::new("ip.opt.sec_prot_auth_flags", 0, 1),
    Slot::new("ip.opt.sec_prot_auth_genser", 0, 1).bit(7),
    Slot::new("ip.opt.sec_prot_auth_siop_esi", 0, 1).bit(6),
    Slot::new("ip.opt.sec_prot_auth_sci", 0, 1).bit(5),
    Slot::new("ip.opt.sec_prot_auth_nsa", 0, 1).bit(4),
    Slot::new("ip.opt.sec_prot_auth_doe", 0, 1).bit(3),
    Slot::new("ip.opt.sec_prot_auth_unassigned", 0, 1).bits(1, 3),
    Slot::new("ip.opt.sec_prot_auth_fti", 0, 1).bit(0),
];
/// Octets after the first have no authority yet.
const MORE_AUTHORITIES: [Slot; 3] = [
    Slot::new("ip.opt.sec_prot_auth_flags", 0, 1),
    Slot::new("ip.opt.sec_prot_auth_unassigned", 0, 1).bits(1, 127),
    Slot::new("ip.opt.sec_prot_auth_fti", 0, 1).bit(0),
];

const DOMAIN: [Slot; 1] = [Slot::new("ip.cipso.doi", 2, 4)];
/// Octets of CIPSO before the tags.
const CIPSO_HEADER: usize = 6;
const TAG: [Slot; 1] = [Slot::new("ip.cipso.tag_type", 0, 1)];
/// Of a bitmap, a list and ranges of categories.
const SENSITIVITY: [Slot; 1] = [Slot::new("ip.cipso.sensitivity_level", 3, 1)];
const TAG_DATA: Id = Id::of("ip.cipso.tag_data");

/// Notes the options of a header, as far as they are whole.
pub(crate) fn options(o: &mut Out, mut rest: View<'_>) {
    while let Ok(kind) = rest.u8(0) {
        let mut size = 1;
        if kind != END && kind != NOP {
            size = rest.u8(1).unwrap_or_default().into();
            if size < 2 || !rest.has(size) {
                return;
            }
        }
        option(o, rest.cut(size), kind);
        if kind == END {
            return;
        }
        rest = rest.skip(size);
    }
}

/// An option; of others Wireshark knows nothing but their length.
fn option(o: &mut Out, v: View<'_>, kind: u8) {
    let header: &[Slot] = match kind {
        END | NOP => return o.see_all(&TYPE, v),
        MTU_PROBE | MTU_REPLY => &MTU,
        STREAM => &STREAM_ID,
        ROUTER_ALERT => &ALERT,
        TRACEROUTE => &TRACE,
        SECURITY => &LEVEL,
        EXTENDED_SECURITY => &EXTENDED,
        CIPSO => &DOMAIN,
        QUICK_START => &QUICK,
        RECORD_ROUTE | LOOSE_ROUTE | STRICT_ROUTE | TIMESTAMP | DIRECTED_BROADCAST => &[],
        _ => return,
    };
    o.see_all(&TYPE, v);
    o.note(LENGTH, v.caplen());
    o.see_all(header, v);
    match kind {
        RECORD_ROUTE => route(o, v, EMPTY),
        LOOSE_ROUTE | STRICT_ROUTE => route(o, v, TO_VISIT),
        TIMESTAMP => timestamps(o, v),
        SECURITY => authorities(o, v.skip(3)),
        EXTENDED_SECURITY if v.has(4) => o.note_octets(EXTENDED_INFO, v.skip(3).data()),
        CIPSO => tags(o, v.skip(CIPSO_HEADER)),
        QUICK_START => quick_start(o, v),
        DIRECTED_BROADCAST => o.see_rows(&ADDRESS, v.skip(2), 4),
        _ => {}
    }
}

/// A route: the addresses before the pointer were visited.
fn route(o: &mut Out, v: View<'_>, rest: Id) {
    let Ok(pointer) = v.u8(2) else { return };
    o.note(POINTER, pointer);
    // The pointer counts from 1.
    if usize::from(pointer) <= ROUTE_HEADER || pointer % 4 != 0 {
        return;
    }
    let mut at = ROUTE_HEADER;
    while let Ok(address) = v.u32(at) {
        o.note(if at + 1 < pointer.into() { RECORDED } else { rest }, address);
        at += 4;
    }
}

fn timestamps(o: &mut Out, v: View<'_>) {
    let (Ok(pointer), Ok(flags)) = (v.u8(2), v.u8(3)) else { return };
    o.note(POINTER, pointer);
    o.see_all(&TIMES, v);
    let times = v.skip(TIMES_HEADER);
    match flags & 15 {
        1 | 3 => o.see_rows(&TIME_AND_ADDRESS, times, 8),
        _ => o.see_rows(&TIME, times, 4),
    }
}

/// The authorities (RFC 1108, section 2.4); the last bit of an octet says that another follows.
fn authorities(o: &mut Out, mut v: View<'_>) {
    let mut slots: &[Slot] = &AUTHORITIES;
    while let Ok(flags) = v.u8(0) {
        o.see_all(slots, v);
        if flags & 1 == 0 {
            return;
        }
        slots = &MORE_AUTHORITIES;
        v = v.skip(1);
    }
}

/// The tags of CIPSO.
fn tags(o: &mut Out, mut v: View<'_>) {
    const WITH_SENSITIVITY: [u8; 3] = [1, 2, 5];
    while let (Ok(kind), Ok(size @ 2..)) = (v.u8(0), v.u8(1)) {
        let tag = v.cut(size.into());
        o.see_all(&TAG, tag);
        if WITH_SENSITIVITY.contains(&kind) {
            o.see_all(&SENSITIVITY, tag);
        } else {
            o.note_octets(TAG_DATA, tag.skip(2).data());
        }
        v = v.skip(size.into());
    }
}

/// Quick-Start (RFC 4782, section 3.1).
fn quick_start(o: &mut Out, v: View<'_>) {
    match v.u8(2).map(|octet| octet >> 4) {
        Ok(REQUEST) => o.see_all(&QUICK_TTL, v),
        Ok(REPORT) => o.see_all(&QUICK_UNUSED, v),
        _ => return,
    }
    o.see_all(&QUICK_NONCE, v);
}
