//! OSPF for the tree: versions 2 (RFC 2328) and 3 (RFC 5340).

use super::ospf_opaque_fields;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::Ipv6;
use crate::view::{Step, Stop, View};

const HEADER: &[Slot] = &[
    Slot::new("ospf.version", 0, 1),
    Slot::new("ospf.msg", 1, 1),
    Slot::new("ospf.packet_length", 2, 2),
    Slot::new("ospf.srcrouter", 4, 4),
    Slot::new("ospf.area_id", 8, 4),
    Slot::new("ospf.checksum", 12, 2),
];
const HEADER2: &[Slot] = &[Slot::new("ospf.auth.type", 14, 2)];
/// By type of authentication: a password, or what a digest behind the packet is of.
const PASSWORD: u16 = 1;
const PASSWORD_FIELDS: &[Slot] = &[Slot::new("ospf.auth.simple", 16, 8)];
const DIGEST: u16 = 2;
const DIGEST_FIELDS: &[Slot] = &[
    Slot::new("ospf.auth.crypt.key_id", 18, 1),
    Slot::new("ospf.auth.crypt.data_length", 19, 1),
    Slot::new("ospf.auth.crypt.seq_nbr", 20, 4),
];
const HEADER3: &[Slot] = &[Slot::new("ospf.instance_id", 14, 1)];
/// The option of link-local signalling.
const SIGNALLING: u8 = 0x10;
/// That a packet is of a type, from the first on.
const MESSAGES: [Id; 5] = [
    Id::of("ospf.msg.hello"),
    Id::of("ospf.msg.dbdesc"),
    Id::of("ospf.msg.lsreq"),
    Id::of("ospf.msg.lsupdate"),
    Id::of("ospf.msg.lsack"),
];

const OPTIONS2: &[Slot] = &[
    Slot::new("ospf.v2.options", 0, 1),
    Slot::new("ospf.v2.options.dn", 0, 1).bit(7),
    Slot::new("ospf.v2.options.o", 0, 1).bit(6),
    Slot::new("ospf.v2.options.dc", 0, 1).bit(5),
    Slot::new("ospf.v2.options.l", 0, 1).bit(4),
    Slot::new("ospf.v2.options.mc", 0, 1).bit(2),
    Slot::new("ospf.v2.options.e", 0, 1).bit(1),
    Slot::new("ospf.v2.options.mt", 0, 1).bit(0),
];
/// The bit that has another meaning in advertisements of stub areas.
const NSSA: &[Slot] = &[Slot::new("ospf.v2.options.n", 0, 1).bit(3)];
const PROPAGATE: &[Slot] = &[Slot::new("ospf.v2.options.p", 0, 1).bit(3)];
const OPTIONS3: &[Slot] = &[
    Slot::new("ospf.v3.options", 0, 3),
    Slot::new("ospf.v3.options.at", 0, 3).bit(10),
    Slot::new("ospf.v3.options.l", 0, 3).bit(9),
    Slot::new("ospf.v3.options.af", 0, 3).bit(8),
    Slot::new("ospf.v3.options.dc", 0, 3).bit(5),
    Slot::new("ospf.v3.options.r", 0, 3).bit(4),
    Slot::new("ospf.v3.options.n", 0, 3).bit(3),
    Slot::new("ospf.v3.options.mc", 0, 3).bit(2),
    Slot::new("ospf.v3.options.e", 0, 3).bit(1),
    Slot::new("ospf.v3.options.v6", 0, 3).bit(0),
];

const HELLO2: &[Slot] = &[
    Slot::new("ospf.hello.network_mask", 0, 4),
    Slot::new("ospf.hello.hello_interval", 4, 2),
    Slot::new("ospf.hello.router_priority", 7, 1),
    Slot::new("ospf.hello.router_dead_interval", 8, 4),
    Slot::new("ospf.hello.designated_router", 12, 4),
    Slot::new("ospf.hello.backup_designated_router", 16, 4),
];
const HELLO3: &[Slot] = &[
    Slot::new("ospf.hello.interface_id", 0, 4),
    Slot::new("ospf.hello.router_priority", 4, 1),
    Slot::new("ospf.hello.hello_interval", 8, 2),
    Slot::new("ospf.hello.router_dead_interval", 10, 2),
    Slot::new("ospf.hello.designated_router", 12, 4),
    Slot::new("ospf.hello.backup_designated_router", 16, 4),
];
const NEIGHBOR: &[Slot] = &[Slot::new("ospf.hello.active_neighbor", 0, 4)];

/// Behind the options, of either version.
const DESCRIPTION: &[Slot] = &[
    Slot::new("ospf.dbd", 0, 1),
    Slot::new("ospf.dbd.r", 0, 1).bit(3),
    Slot::new("ospf.dbd.i", 0, 1).bit(2),
    Slot::new("ospf.dbd.m", 0, 1).bit(1),
    Slot::new("ospf.dbd.ms", 0, 1).bit(0),
    Slot::new("ospf.db.dd_sequence", 1, 4),
];
const MTU: &[Slot] = &[Slot::new("ospf.db.interface_mtu", 0, 2)];

const REQUEST2: &[Slot] = &[Slot::new("ospf.lsa", 0, 4)];
const REQUEST3: &[Slot] = &[
    Slot::new("ospf.v3.lsa", 2, 2),
    Slot::new("ospf.v3.lsa.u", 2, 2).bit(15),
    Slot::new("ospf.v3.lsa.s12", 2, 2).bits(13, 3),
    Slot::new("ospf.v3.lsa.fc", 2, 2).bits(0, 0x1fff),
];
const REQUESTED: &[Slot] = &[Slot::new("ospf.link_state_id", 4, 4), Slot::new("ospf.advrouter", 8, 4)];

const AGE: &[Slot] = &[Slot::new("ospf.lsa.age", 0, 2).bits(0, 0x7fff)];
const AGES2: &[Slot] = &[Slot::new("ospf.lsa.donotage", 0, 2).bit(15)];
const AGES3: &[Slot] = &[Slot::new("ospf.v3.lsa.do_not_age", 0, 2).bit(15)];
const TYPE2: &[Slot] = &[Slot::new("ospf.lsa", 3, 1)];
const IDENTITY: &[Slot] = &[Slot::new("ospf.lsa.id", 4, 4)];
const OPAQUE: &[Slot] = &[Slot::new("ospf.lsid_opaque_type", 4, 1)];
const OPAQUE_IDENTITY: &[Slot] = &[Slot::new("ospf.lsid.opaque_id", 5, 3)];
/// Of traffic engineering (RFC 3630, section 2.2).
const INSTANCE: &[Slot] = &[Slot::new("ospf.lsid_te_lsa.instance", 6, 2)];
const ADVERTISEMENT: &[Slot] = &[
    Slot::new("ospf.advrouter", 8, 4),
    Slot::new("ospf.lsa.seqnum", 12, 4),
    Slot::new("ospf.lsa.chksum", 16, 2),
    Slot::new("ospf.lsa.length", 18, 2),
];
const ADVERTISEMENT_SIZE: usize = 20;
/// That an advertisement is of a type.
const KINDS2: [(u8, Id); 10] = [
    (1, Id::of("ospf.lsa.router")),
    (2, Id::of("ospf.lsa.network")),
    (3, Id::of("ospf.lsa.summary")),
    (4, Id::of("ospf.lsa.asbr")),
    (5, Id::of("ospf.lsa.asext")),
    (6, Id::of("ospf.lsa.member")),
    (7, Id::of("ospf.lsa.nssa")),
    (9, Id::of("ospf.lsa.opaque")),
    (10, Id::of("ospf.lsa.opaque")),
    (11, Id::of("ospf.lsa.opaque")),
];
/// By the function code of version 3.
const KINDS3: [(u8, Id); 7] = [
    (1, Id::of("ospf.v3.lsa.router")),
    (2, Id::of("ospf.v3.lsa.network")),
    (3, Id::of("ospf.v3.lsa.interprefix")),
    (4, Id::of("ospf.v3.lsa.interrouter")),
    (5, Id::of("ospf.v3.lsa.asext")),
    (8, Id::of("ospf.v3.lsa.link")),
    (9, Id::of("ospf.v3.lsa.intraprefix")),
];

const ROUTER2: &[Slot] = &[
    Slot::new("ospf.v2.router.lsa.flags", 0, 1),
    Slot::new("ospf.v2.router.lsa.flags.h", 0, 1).bit(7),
    Slot::new("ospf.v2.router.lsa.flags.n", 0, 1).bit(4),
    Slot::new("ospf.v2.router.lsa.flags.w", 0, 1).bit(3),
    Slot::new("ospf.v2.router.lsa.flags.v", 0, 1).bit(2),
    Slot::new("ospf.v2.router.lsa.flags.e", 0, 1).bit(1),
    Slot::new("ospf.v2.router.lsa.flags.b", 0, 1).bit(0),
    Slot::new("ospf.lsa.number_of_links", 2, 2),
];
const LINK2: &[Slot] = &[
    Slot::new("ospf.lsa.router.linkid", 0, 4),
    Slot::new("ospf.lsa.router.linkdata", 4, 4),
    Slot::new("ospf.lsa.router.linktype", 8, 1),
    Slot::new("ospf.lsa.router.nummetrics", 9, 1),
    Slot::new("ospf.lsa.router.metric0", 10, 2),
];
const LINK_METRIC: &[Slot] = &[Slot::new("ospf.ls.metric", 2, 2)];
const NETWORK2: &[Slot] = &[Slot::new("ospf.lsa.network.netmask", 0, 4)];
const ATTACHED2: &[Slot] = &[Slot::new("ospf.lsa.network.attchrtr", 0, 4)];
const SUMMARY: &[Slot] = &[Slot::new("ospf.lsa.asbr.netmask", 0, 4)];
const SUMMARY_METRIC: &[Slot] = &[Slot::new("ospf.lsa.tos", 0, 1), Slot::new("ospf.metric", 1, 3)];
const EXTERNAL: &[Slot] = &[Slot::new("ospf.lsa.asext.netmask", 0, 4)];
const EXTERNAL_ROUTE: &[Slot] = &[
    Slot::new("ospf.lsa.asext.type", 0, 1).bit(7),
    Slot::new("ospf.lsa.tos", 0, 1).bits(0, 0x7f),
    Slot::new("ospf.metric", 1, 3),
    Slot::new("ospf.lsa.asext.fwdaddr", 4, 4),
    Slot::new("ospf.lsa.asext.extrttag", 8, 4),
];

const ROUTER3: &[Slot] = &[
    Slot::new("ospf.v3.router.lsa.flags", 0, 1),
    Slot::new("ospf.v3.router.lsa.flags.w", 0, 1).bit(3),
    Slot::new("ospf.v3.router.lsa.flags.v", 0, 1).bit(2),
    Slot::new("ospf.v3.router.lsa.flags.e", 0, 1).bit(1),
    Slot::new("ospf.v3.router.lsa.flags.b", 0, 1).bit(0),
];
const LINK3: &[Slot] = &[
    Slot::new("ospf.v3.lsa.type", 0, 1),
    Slot::new("ospf.metric", 2, 2),
    Slot::new("ospf.v3.lsa.interface_id", 4, 4),
    Slot::new("ospf.v3.lsa.neighbor_interface_id", 8, 4),
    Slot::new("ospf.v3.lsa.neighbor_router_id", 12, 4),
];
const ATTACHED3: &[Slot] = &[Slot::new("ospf.v3.lsa.attached_router", 0, 4)];
const METRIC3: &[Slot] = &[Slot::new("ospf.metric", 1, 3)];
const DESTINATION: &[Slot] = &[Slot::new("ospf.metric", 5, 3), Slot::new("ospf.v3.lsa.destination_router_id", 8, 4)];
const EXTERNAL3: &[Slot] = &[
    Slot::new("ospf.v3.as.external.flags", 0, 1),
    Slot::new("ospf.v3.as.external.flags.e", 0, 1).bit(2),
    Slot::new("ospf.v3.as.external.flags.f", 0, 1).bit(1),
    Slot::new("ospf.v3.as.external.flags.t", 0, 1).bit(0),
    Slot::new("ospf.metric", 1, 3),
];
const LINK_LOCAL: &[Slot] =
    &[Slot::new("ospf.v3.lsa.link_local_interface_address.ipv6", 4, 16), Slot::new("ospf.v3.lsa.num_prefixes", 20, 4)];
const LINK_PRIORITY: &[Slot] = &[Slot::new("ospf.v3.lsa.router_priority", 0, 1)];
const INTRA_AREA: &[Slot] = &[
    Slot::new("ospf.v3.lsa.num_prefixes", 0, 2),
    Slot::new("ospf.v3.lsa.referenced_ls_type", 2, 2),
    Slot::new("ospf.v3.lsa.referenced_link_state_id", 4, 4),
    Slot::new("ospf.v3.lsa.referenced_advertising_router", 8, 4),
];
const PREFIX: &[Slot] = &[
    Slot::new("ospf.prefix_length", 0, 1),
    Slot::new("ospf.v3.prefix.options", 1, 1),
    Slot::new("ospf.v3.prefix.options.p", 1, 1).bit(3),
    Slot::new("ospf.v3.prefix.options.mc", 1, 1).bit(2),
    Slot::new("ospf.v3.prefix.options.la", 1, 1).bit(1),
    Slot::new("ospf.v3.prefix.options.nu", 1, 1).bit(0),
];
/// What the 16 bits behind a prefix's options are, by the advertisement.
const PREFIX_METRIC: &[Slot] = &[Slot::new("ospf.metric", 2, 2)];
const PREFIX_TYPE: &[Slot] = &[Slot::new("ospf.v3.lsa.referenced_ls_type", 2, 2)];

/// Which version's forms a packet has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Two,
    Three,
}
use Version::{Three, Two};

/// Notes a packet, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(HEADER, v);
    let kind = v.u8(1)?;
    if let Some(field) = usize::from(kind).checked_sub(1).and_then(|at| MESSAGES.get(at)) {
        o.note(*field, true);
    }
    let version = if v.u8(0)? == 2 { Two } else { Three };
    o.see_all(if version == Two { HEADER2 } else { HEADER3 }, v);
    let size = usize::from(v.u16(2)?);
    let mut behind = v.skip(size);
    if version == Two {
        match v.u16(14)? {
            PASSWORD => o.see_all(PASSWORD_FIELDS, v),
            DIGEST => {
                o.see_all(DIGEST_FIELDS, v);
                let octets = v.u8(19)?.into();
                if let Ok(digest) = behind.bytes(0, octets) {
                    o.note_octets(id!("ospf.auth.crypt.data"), digest);
                }
                behind = behind.skip(octets);
            }
            _ => {}
        }
    }
    let header = if version == Two { 24 } else { 16 };
    let body = v.cut(size).skip(header);
    match kind {
        1 => hello(o, body, version),
        2 => {
            let options = if version == Two { 2 } else { 1 };
            if version == Two {
                o.see_all(MTU, body);
                o.see_all(OPTIONS2, body.skip(options));
                o.see_all(NSSA, body.skip(options));
            } else {
                o.see_all(OPTIONS3, body.skip(options));
                o.see_all(MTU, body.skip(4));
            }
            let flags = if version == Two { 3 } else { 7 };
            o.see_all(DESCRIPTION, body.skip(flags));
            headers(o, body.skip(flags + 5), version)?;
        }
        3 => requests(o, body, version),
        4 => updates(o, body, version)?,
        5 => headers(o, body, version)?,
        _ => {}
    }
    match (version, kind) {
        (Two, 1) if body.u8(6)? & SIGNALLING != 0 => ospf_opaque_fields::signalling(o, behind),
        (Two, 2) if body.u8(2)? & SIGNALLING != 0 => ospf_opaque_fields::signalling(o, behind),
        _ => Ok(()),
    }
}

fn hello(o: &mut Out, v: View<'_>, version: Version) {
    const NEIGHBORS: usize = 20;
    if version == Two {
        o.see_all(HELLO2, v);
        o.see_all(OPTIONS2, v.skip(6));
        o.see_all(NSSA, v.skip(6));
    } else {
        o.see_all(HELLO3, v);
        o.see_all(OPTIONS3, v.skip(5));
    }
    o.see_rows(NEIGHBOR, v.skip(NEIGHBORS), 4);
}

fn requests(o: &mut Out, mut v: View<'_>, version: Version) {
    const SIZE: usize = 12;
    while v.len() >= SIZE && v.has(SIZE) {
        o.see_all(if version == Two { REQUEST2 } else { REQUEST3 }, v);
        o.see_all(REQUESTED, v);
        v = v.skip(SIZE);
    }
}

fn headers(o: &mut Out, mut v: View<'_>, version: Version) -> Step {
    while v.len() >= ADVERTISEMENT_SIZE {
        v.need(ADVERTISEMENT_SIZE)?;
        header(o, v, version)?;
        v = v.skip(ADVERTISEMENT_SIZE);
    }
    Ok(())
}

/// The header of an advertisement (RFC 2328, section A.4.1; RFC 5340, section A.4.2).
fn header(o: &mut Out, v: View<'_>, version: Version) -> Step {
    o.see_all(AGE, v);
    let kinds: &[(u8, Id)] = if version == Two { &KINDS2 } else { &KINDS3 };
    let kind = if version == Two {
        let kind = v.u8(3)?;
        o.see_all(AGES2, v);
        o.see_all(OPTIONS2, v.skip(2));
        o.see_all(if kind == 7 { PROPAGATE } else { NSSA }, v.skip(2));
        o.see_all(TYPE2, v);
        match (kind, v.u8(4)?) {
            (9..=11, opaque) => {
                o.see_all(OPAQUE, v);
                o.see_all(if opaque == 1 { INSTANCE } else { OPAQUE_IDENTITY }, v);
            }
            _ => o.see_all(IDENTITY, v),
        }
        kind
    } else {
        o.see_all(AGES3, v);
        o.see_all(REQUEST3, v);
        o.see_all(&REQUESTED[..1], v);
        v.u8(3)?
    };
    if let Some(row) = kinds.iter().find(|row| row.0 == kind) {
        o.note(row.1, true);
    }
    o.see_all(ADVERTISEMENT, v);
    Ok(())
}

fn updates(o: &mut Out, v: View<'_>, version: Version) -> Step {
    let count = v.u32(0)?;
    o.note(id!("ospf.ls.number_of_lsas"), count);
    let mut v = v.skip(4);
    for _ in 0..count {
        v.need(ADVERTISEMENT_SIZE)?;
        header(o, v, version)?;
        let length = usize::from(v.u16(18)?);
        if length < ADVERTISEMENT_SIZE {
            return Err(Stop::Malformed);
        }
        let body = v.cut(length).skip(ADVERTISEMENT_SIZE);
        let _ends_early = match version {
            Two if matches!(v.u8(3)?, 9..=11) => ospf_opaque_fields::note(o, v.u8(4)?, body),
            Two => body2(o, v.u8(3)?, body),
            Three => body3(o, v.u8(3)?, body),
        };
        v = v.skip(length);
    }
    Ok(())
}

fn body2(o: &mut Out, kind: u8, v: View<'_>) -> Step {
    match kind {
        1 => {
            o.see_all(ROUTER2, v);
            let (count, mut v) = (v.u16(2)?, v.skip(4));
            for _ in 0..count {
                o.see_all(LINK2, v);
                let metrics = usize::from(v.u8(9)?);
                o.see_rows(LINK_METRIC, v.skip(12).cut(metrics * 4), 4);
                v = v.skip(12 + metrics * 4);
            }
        }
        2 => {
            o.see_all(NETWORK2, v);
            o.see_rows(ATTACHED2, v.skip(4), 4);
        }
        3 | 4 => {
            o.see_all(SUMMARY, v);
            o.see_rows(SUMMARY_METRIC, v.skip(4), 4);
        }
        5 | 7 => {
            o.see_all(EXTERNAL, v);
            o.see_rows(EXTERNAL_ROUTE, v.skip(4), 12);
        }
        _ => {}
    }
    Ok(())
}

fn body3(o: &mut Out, kind: u8, v: View<'_>) -> Step {
    match kind {
        1 => {
            o.see_all(ROUTER3, v);
            o.see_all(OPTIONS3, v.skip(1));
            o.see_rows(LINK3, v.skip(4), 16);
        }
        2 => {
            o.see_all(OPTIONS3, v.skip(1));
            o.see_rows(ATTACHED3, v.skip(4), 4);
        }
        3 => {
            o.see_all(METRIC3, v);
            prefix(o, v.skip(4), &[])?;
        }
        4 => {
            o.see_all(OPTIONS3, v.skip(1));
            o.see_all(DESTINATION, v);
        }
        5 => external3(o, v)?,
        8 => {
            o.see_all(LINK_PRIORITY, v);
            o.see_all(OPTIONS3, v.skip(1));
            o.see_all(LINK_LOCAL, v);
            prefixes(o, v.u32(20)?, v.skip(24), &[])?;
        }
        9 => {
            o.see_all(INTRA_AREA, v);
            prefixes(o, v.u16(0)?.into(), v.skip(12), PREFIX_METRIC)?;
        }
        _ => {}
    }
    Ok(())
}

fn prefixes(o: &mut Out, count: u32, mut v: View<'_>, more: &[Slot]) -> Step {
    for _ in 0..count {
        v = v.skip(prefix(o, v, more)?);
    }
    Ok(())
}

/// RFC 5340, section A.4.1: a prefix, with `more` of what is behind its options;
/// its octets.
fn prefix(o: &mut Out, v: View<'_>, more: &[Slot]) -> Step<usize> {
    const OWN: usize = 4;
    o.see_all(PREFIX, v);
    o.see_all(more, v);
    let size = usize::from(v.u8(0)?).div_ceil(32) * 4;
    let mut address = [0; 16];
    address.get_mut(..size).ok_or(Stop::Malformed)?.copy_from_slice(v.bytes(OWN, size)?);
    if size > 0 {
        o.note(id!("ospf.v3.address_prefix.ipv6"), Ipv6(address));
    }
    Ok(OWN + size)
}

/// RFC 5340, section A.4.7.
fn external3(o: &mut Out, v: View<'_>) -> Step {
    const FORWARDS: u8 = 2;
    const TAGGED: u8 = 1;
    o.see_all(EXTERNAL3, v);
    let (flags, referenced) = (v.u8(0)?, v.u16(6)?);
    let mut rest = v.skip(4);
    rest = rest.skip(prefix(o, rest, PREFIX_TYPE)?);
    if flags & FORWARDS != 0 {
        o.note(id!("ospf.v3.lsa.forwarding_address.ipv6"), Ipv6(rest.array(0)?));
        rest = rest.skip(16);
    }
    if flags & TAGGED != 0 {
        o.note(id!("ospf.v3.lsa.external_route_tag"), rest.u32(0)?);
        rest = rest.skip(4);
    }
    if referenced != 0 {
        o.note(id!("ospf.link_state_id"), rest.u32(0)?);
    }
    Ok(())
}
