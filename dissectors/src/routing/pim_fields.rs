//! PIM for the tree: the messages of version 2 (RFC 7761, RFC 3973, RFC 5015) and of version 1.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::{Step, View};

const HEADER: &[Slot] = &[
    Slot::new("pim.version", 0, 1).bits(4, 15),
    Slot::new("pim.type", 0, 1).bits(0, 15),
    Slot::new("pim.cksum", 2, 2),
];
const HEADER_SIZE: usize = 4;
const ELECTION: &[Slot] = &[Slot::new("pim.df_elect.subtype", 1, 1).bits(4, 15)];
const HEADER_1: &[Slot] =
    &[Slot::new("pim.code", 1, 1), Slot::new("pim.cksum", 2, 2), Slot::new("pim.version", 4, 1).bits(4, 15)];
const HEADER_1_SIZE: usize = 8;

const OPTION: &[Slot] = &[Slot::new("pim.optiontype", 0, 2), Slot::new("pim.optionlength", 2, 2)];
const OPTION_SIZE: usize = 4;
const ADDRESSES: u16 = 24;
const ADDRESSES_OLD: u16 = 65001;
/// What options of hellos hold, from their value on.
const OPTIONS: &[(u16, &[Slot])] = &[
    (1, &[Slot::new("pim.holdtime", 0, 2)]),
    (
        2,
        &[
            Slot::new("pim.t", 0, 1).bit(7),
            Slot::new("pim.propagation_delay", 0, 2).bits(0, 0x7fff),
            Slot::new("pim.override_interval", 2, 2),
        ],
    ),
    (19, &[Slot::new("pim.dr_priority", 0, 4)]),
    (20, &[Slot::new("pim.generation_id", 0, 4)]),
    (21, &[Slot::new("pim.state_refresh_version", 0, 1), Slot::new("pim.state_refresh_interval", 1, 1)]),
];

const REGISTER: &[Slot] = &[
    Slot::new("pim.register_flag", 0, 4),
    Slot::new("pim.register_flag.border", 0, 4).bit(31),
    Slot::new("pim.register_flag.null_register", 0, 4).bit(30),
    Slot::new("pim.ip_version", 4, 1).bits(4, 15),
];
const METRIC: &[Slot] = &[
    Slot::new("pim.rpt", 0, 1).bit(7),
    Slot::new("pim.metric_pref", 0, 4).bits(0, 0x7fff_ffff),
    Slot::new("pim.metric", 4, 4),
];
const ELECTION_METRIC: &[Slot] = &[Slot::new("pim.metric_pref", 0, 4), Slot::new("pim.metric", 4, 4)];
const METRIC_SIZE: usize = 8;
const REFRESH: &[Slot] = &[
    Slot::new("pim.mask_len", 0, 1),
    Slot::new("pim.ttl", 1, 1),
    Slot::new("pim.prune_indicator", 2, 1).bit(7),
    Slot::new("pim.prune_now", 2, 1).bit(6),
    Slot::new("pim.assert_override", 2, 1).bit(5),
    Slot::new("pim.interval", 3, 1),
];
const GROUPS: &[Slot] = &[Slot::new("pim.numgroups", 1, 1), Slot::new("pim.holdtime", 2, 2)];
const JOINS: &[Slot] = &[Slot::new("pim.numjoins", 0, 2)];
const PRUNES: &[Slot] = &[Slot::new("pim.numprunes", 2, 2)];
const BOOTSTRAP: &[Slot] =
    &[Slot::new("pim.fragment_tag", 0, 2), Slot::new("pim.hash_mask_len", 2, 1), Slot::new("pim.bsr_priority", 3, 1)];
const POINTS: &[Slot] = &[Slot::new("pim.rp_count", 0, 1), Slot::new("pim.frp_count", 1, 1)];
const POINT: &[Slot] = &[Slot::new("pim.holdtime", 0, 2), Slot::new("pim.priority", 2, 1)];
const CANDIDATE: &[Slot] =
    &[Slot::new("pim.prefix_count", 0, 1), Slot::new("pim.priority", 1, 1), Slot::new("pim.holdtime", 2, 2)];

const FORM: &[Slot] = &[Slot::new("pim.addr_address_family", 0, 1), Slot::new("pim.addr_encoding_type", 1, 1)];
const GROUP_FLAGS: &[Slot] = &[
    Slot::new("pim.group_addr.flags", 2, 1),
    Slot::new("pim.group_addr.flags.b", 2, 1).bit(7),
    Slot::new("pim.group_addr.flags.z", 2, 1).bit(0),
    Slot::new("pim.mask_len", 3, 1),
];
const SOURCE_FLAGS: &[Slot] = &[
    Slot::new("pim.source_addr.flags", 2, 1),
    Slot::new("pim.source_addr.flags.s", 2, 1).bit(2),
    Slot::new("pim.source_addr.flags.w", 2, 1).bit(1),
    Slot::new("pim.source_addr.flags.r", 2, 1).bit(0),
    Slot::new("pim.mask_len", 3, 1),
];
const ATTRIBUTE: &[Slot] = &[Slot::new("pim.source_ja.flags", 0, 1), Slot::new("pim.source_ja.length", 1, 1)];

/// What an address is, by IP version.
type Role = (Id, Id);
const GROUP: Role = (id!("pim.group"), id!("pim.group_ip6"));
const SOURCE: Role = (id!("pim.source"), id!("pim.source_ip6"));
const UNICAST: Role = (id!("pim.unicast"), id!("pim.unicast_ipv6"));
const UPSTREAM: Role = (id!("pim.upstream_neighbor"), id!("pim.upstream_neighbor_ip6"));
const JOIN: Role = (id!("pim.join_ip"), id!("pim.join_ip6"));
const PRUNE: Role = (id!("pim.prune_ip"), id!("pim.prune_ip6"));
const ROUTER: Role = (id!("pim.bsr"), id!("pim.bsr_ip6"));
const RENDEZVOUS: Role = (id!("pim.rp"), id!("pim.rp_ip6"));
const ORIGINATOR: Role = (id!("pim.originator"), id!("pim.originator_ip6"));
const ADDRESS: Role = (id!("pim.address_list"), id!("pim.address_list_ip6"));

/// The form of an encoded address (RFC 7761, section 4.9.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Unicast,
    Group,
    Source,
}

/// Notes a message of version 2.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(HEADER, v);
    let (first, second) = (v.u8(0)?, v.u8(1)?);
    // RFC 2117 had the length of addresses without a form in the second octet.
    if first >> 4 != 2 || second & 15 != 0 {
        return Ok(());
    }
    let body = v.skip(HEADER_SIZE);
    match first & 15 {
        0 => hello(o, body),
        1 => {
            o.see_all(REGISTER, body);
            Ok(())
        }
        2 => {
            let rest = address(o, body, Form::Group, GROUP)?;
            address(o, rest, Form::Unicast, SOURCE).map(drop)
        }
        3 | 6 | 7 => join_prune(o, body),
        4 => bootstrap(o, body),
        5 => {
            let rest = address(o, body, Form::Group, GROUP)?;
            let rest = address(o, rest, Form::Unicast, SOURCE)?;
            o.see_all(METRIC, rest);
            Ok(())
        }
        8 => candidate(o, body),
        9 => {
            let rest = address(o, body, Form::Group, GROUP)?;
            let rest = address(o, rest, Form::Unicast, SOURCE)?;
            let rest = address(o, rest, Form::Unicast, ORIGINATOR)?;
            o.see_all(METRIC, rest);
            o.see_all(REFRESH, rest.skip(METRIC_SIZE));
            Ok(())
        }
        10 => {
            o.see_all(ELECTION, v);
            let rest = address(o, body, Form::Unicast, RENDEZVOUS)?;
            o.see_all(ELECTION_METRIC, rest);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// An encoded address; what is behind it.
fn address<'p>(o: &mut Out, v: View<'p>, form: Form, role: Role) -> Step<View<'p>> {
    let at = if form == Form::Unicast { 2 } else { 4 };
    let family = v.u8(0)?;
    let size = if family == 1 { 4 } else { 16 };
    let note = |o: &mut Out, (four, six): Role| -> Step {
        match family {
            1 => o.note(four, Ipv4(v.array(at)?)),
            2 => o.note(six, Ipv6(v.array(at)?)),
            _ => {}
        }
        Ok(())
    };
    note(o, role)?;
    o.see_all(FORM, v);
    match form {
        Form::Unicast => note(o, UNICAST)?,
        Form::Group => {
            o.see_all(GROUP_FLAGS, v);
            note(o, GROUP)?;
        }
        Form::Source => {
            o.see_all(SOURCE_FLAGS, v);
            note(o, SOURCE)?;
        }
    }
    let mut rest = v.skip(at + size);
    // Encoding 1 has attributes behind the address (RFC 5384, section 3.1).
    let mut attributes = form == Form::Source && v.u8(1)? == 1;
    while attributes {
        const LAST: u8 = 0x40;
        o.see_all(ATTRIBUTE, rest);
        attributes = rest.u8(0)? & LAST == 0;
        rest = rest.skip(2 + usize::from(rest.u8(1)?));
    }
    Ok(rest)
}

fn hello(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(OPTION, v);
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        let mut value = v.skip(OPTION_SIZE).cut(size);
        if let Some(&(_, slots)) = OPTIONS.iter().find(|row| row.0 == kind) {
            o.see_all(slots, value);
        }
        while matches!(kind, ADDRESSES | ADDRESSES_OLD) && !value.is_empty() {
            value = address(o, value, Form::Unicast, ADDRESS)?;
        }
        v = v.skip(OPTION_SIZE + size);
    }
    Ok(())
}

fn join_prune(o: &mut Out, v: View<'_>) -> Step {
    let mut v = address(o, v, Form::Unicast, UPSTREAM)?;
    o.see_all(GROUPS, v);
    let groups = v.u8(1)?;
    v = v.skip(4);
    for _ in 0..groups {
        v = address(o, v, Form::Group, GROUP)?;
        let (joins, prunes, counts) = (v.u16(0)?, v.u16(2)?, v);
        o.see_all(JOINS, counts);
        v = v.skip(4);
        for _ in 0..joins {
            v = address(o, v, Form::Source, JOIN)?;
        }
        o.see_all(PRUNES, counts);
        for _ in 0..prunes {
            v = address(o, v, Form::Source, PRUNE)?;
        }
    }
    Ok(())
}

fn bootstrap(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(BOOTSTRAP, v);
    let mut v = address(o, v.skip(4), Form::Unicast, ROUTER)?;
    while !v.is_empty() {
        v = address(o, v, Form::Group, GROUP)?;
        o.see_all(POINTS, v);
        let points = v.u8(1)?;
        v = v.skip(4);
        for _ in 0..points {
            v = address(o, v, Form::Unicast, RENDEZVOUS)?;
            o.see_all(POINT, v);
            v = v.skip(4);
        }
    }
    Ok(())
}

fn candidate(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(CANDIDATE, v);
    let prefixes = v.u8(0)?;
    let mut v = address(o, v.skip(4), Form::Unicast, RENDEZVOUS)?;
    for _ in 0..prefixes {
        v = address(o, v, Form::Group, GROUP)?;
    }
    Ok(())
}

/// What messages of version 1 hold, behind their header.
const MESSAGES_1: &[(u8, &[Slot])] = &[
    (0, &[Slot::new("pim.mode", 0, 1).bits(4, 15), Slot::new("pim.holdtime", 2, 2)]),
    (2, &[Slot::new("pim.group", 0, 4), Slot::new("pim.source", 4, 4)]),
    (3, JOIN_PRUNE_1),
    (
        4,
        &[
            Slot::new("pim.group_address", 0, 4),
            Slot::new("pim.group_mask", 4, 4),
            Slot::new("pim.rp", 8, 4),
            Slot::new("pim.holdtime", 14, 2),
        ],
    ),
    (
        5,
        &[
            Slot::new("pim.group_address", 0, 4),
            Slot::new("pim.group_mask", 4, 4),
            Slot::new("pim.rpt", 8, 1).bit(7),
            Slot::new("pim.metric_pref", 8, 4).bits(0, 0x7fff_ffff),
            Slot::new("pim.metric", 12, 4),
        ],
    ),
    (6, JOIN_PRUNE_1),
    (7, JOIN_PRUNE_1),
];
const REGISTER_1: &[Slot] = &[Slot::new("pim.ip_version", 0, 1).bits(4, 15)];
const NULL_REGISTER_1: &[Slot] = &[Slot::new("pim.source", 12, 4), Slot::new("pim.group", 16, 4)];
const JOIN_PRUNE_1: &[Slot] = &[
    Slot::new("pim.upstream_neighbor", 0, 4),
    Slot::new("pim.holdtime", 6, 2),
    Slot::new("pim.mask_len", 9, 1),
    Slot::new("pim.addr_len", 10, 1),
    Slot::new("pim.numgroups", 11, 1),
];
const JOIN_PRUNE_1_SIZE: usize = 12;
const GROUP_1: &[Slot] =
    &[Slot::new("pim.group", 0, 4), Slot::new("pim.group_mask", 4, 4), Slot::new("pim.numjoins", 8, 2)];
const GROUP_1_PRUNES: &[Slot] = &[Slot::new("pim.numprunes", 10, 2)];
const GROUP_1_SIZE: usize = 12;
const SOURCE_1: [Slot; 4] = [
    Slot::new("pim.src_flags.s", 0, 1).bit(2),
    Slot::new("pim.src_flags.w", 0, 1).bit(1),
    Slot::new("pim.src_flags.r", 0, 1).bit(0),
    Slot::new("pim.mask_len", 1, 1),
];
const JOIN_1: &[Slot] = &[SOURCE_1[0], SOURCE_1[1], SOURCE_1[2], SOURCE_1[3], Slot::new("pim.join_ip", 2, 4)];
const PRUNE_1: &[Slot] = &[SOURCE_1[0], SOURCE_1[1], SOURCE_1[2], SOURCE_1[3], Slot::new("pim.prune_ip", 2, 4)];
const SOURCE_1_SIZE: usize = 6;

/// Notes a message of version 1, from its IGMP header on.
pub(super) fn note_version_1(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message_1(o, v);
    }
}

fn message_1(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(HEADER_1, v);
    let kind = v.u8(1)?;
    if v.u8(4)? >> 4 != 1 {
        return Ok(());
    }
    let body = v.skip(HEADER_1_SIZE);
    if let Some(&(_, slots)) = MESSAGES_1.iter().find(|row| row.0 == kind) {
        o.see_all(slots, body);
    }
    match kind {
        1 => {
            o.see_all(REGISTER_1, body);
            if body.u8(0)? >> 4 == 0 {
                o.see_all(NULL_REGISTER_1, body);
            }
        }
        3 | 6 | 7 => {
            let mut v = body.skip(JOIN_PRUNE_1_SIZE);
            for _ in 0..body.u8(11)? {
                let (joins, prunes, group) = (v.u16(8)?, v.u16(10)?, v);
                o.see_all(GROUP_1, group);
                v = v.skip(GROUP_1_SIZE);
                let joined = usize::from(joins) * SOURCE_1_SIZE;
                o.see_rows(JOIN_1, v.cut(joined), SOURCE_1_SIZE);
                v = v.skip(joined);
                o.see_all(GROUP_1_PRUNES, group);
                let pruned = usize::from(prunes) * SOURCE_1_SIZE;
                o.see_rows(PRUNE_1, v.cut(pruned), SOURCE_1_SIZE);
                v = v.skip(pruned);
            }
        }
        _ => {}
    }
    Ok(())
}
