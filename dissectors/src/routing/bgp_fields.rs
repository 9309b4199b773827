//! BGP for the tree (RFC 4271): what the messages hold, but for routes of families
//! other than plain IPv4 and IPv6.

use super::bgp_attributes::as_size;
use super::bgp_extended_fields;
use super::bgp_nlri::{DISTINGUISHER, address, has_paths, prefix4};
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Hex4, Ipv4, Ipv6, Put};
use crate::view::{Step, Stop, View};

const HEADER: &[Slot] = &[Slot::new("bgp.length", 16, 2), Slot::new("bgp.type", 18, 1)];
const BODY: usize = 19;

const OPEN: &[Slot] = &[
    Slot::new("bgp.open.version", 0, 1),
    Slot::new("bgp.open.myas", 1, 2),
    Slot::new("bgp.open.holdtime", 3, 2),
    Slot::new("bgp.open.identifier", 5, 4),
    Slot::new("bgp.open.opt.len", 9, 1),
];
const OPTION: &[Slot] = &[Slot::new("bgp.open.opt.param.type", 0, 1), Slot::new("bgp.open.opt.param.len", 1, 1)];
const CAPABILITIES: u8 = 2;

const CAPABILITY: &[Slot] = &[Slot::new("bgp.cap.type", 0, 1), Slot::new("bgp.cap.length", 1, 1)];
/// Rows of a capability's value behind what it begins with, and the octets of a row.
const MULTIPROTOCOL: &[Slot] = &[Slot::new("bgp.cap.mp.afi", 0, 2), Slot::new("bgp.cap.mp.safi", 3, 1)];
const NEXT_HOPS: &[Slot] =
    &[Slot::new("bgp.cap.enh.afi", 0, 2), Slot::new("bgp.cap.enh.safi", 2, 2), Slot::new("bgp.cap.enh.nhafi", 4, 2)];
const RESTART: &[Slot] = &[
    Slot::new("bgp.cap.gr.timers", 0, 2),
    Slot::new("bgp.cap.gr.timers.restart_flag", 0, 2).bit(15),
    Slot::new("bgp.cap.gr.timers.notification_flag", 0, 2).bit(14),
    Slot::new("bgp.cap.gr.timers.restart_time", 0, 2).bits(0, 0x0fff),
];
const RESTARTED: &[Slot] = &[
    Slot::new("bgp.cap.gr.afi", 0, 2),
    Slot::new("bgp.cap.gr.safi", 2, 1),
    Slot::new("bgp.cap.gr.flag", 3, 1),
    Slot::new("bgp.cap.gr.flag.pfs", 3, 1).bit(7),
];
const AS_NUMBER: &[Slot] = &[Slot::new("bgp.cap.4as", 0, 4)];
const PATHS: &[Slot] =
    &[Slot::new("bgp.cap.ap.afi", 0, 2), Slot::new("bgp.cap.ap.safi", 2, 1), Slot::new("bgp.cap.ap.sendreceive", 3, 1)];
/// draft-walton-bgp-hostname-capability: each name behind its length.
const NAMES: [(Id, Id); 2] = [
    (Id::of("bgp.cap.orf.fqdn.hostname.len"), Id::of("bgp.cap.orf.fqdn.hostname")),
    (Id::of("bgp.cap.orf.fqdn.domain_name.len"), Id::of("bgp.cap.orf.fqdn.domain_name")),
];

const MAJOR: Id = Id::of("bgp.notify.major_error");
/// The minor code by the major one (RFC 4271, section 4.5).
const MINOR: [Id; 8] = [
    Id::of("bgp.notify.minor_error_unknown"),
    Id::of("bgp.notify.minor_error"),
    Id::of("bgp.notify.minor_error_open"),
    Id::of("bgp.notify.minor_error_update"),
    Id::of("bgp.notify.minor_error_expired"),
    Id::of("bgp.notify.minor_error_state"),
    Id::of("bgp.notify.minor_error_cease"),
    Id::of("bgp.notify.minor_error_capability"),
];

const REFRESH: &[Slot] = &[
    Slot::new("bgp.route_refresh.afi", 0, 2),
    Slot::new("bgp.route_refresh.subtype", 2, 1),
    Slot::new("bgp.route_refresh.safi", 3, 1),
];

const WITHDRAWN: Id = Id::of("bgp.withdrawn_prefix");
const ANNOUNCED: Id = Id::of("bgp.nlri_prefix");

const ATTRIBUTE: &[Slot] = &[
    Slot::new("bgp.update.path_attribute.flags", 0, 1),
    Slot::new("bgp.update.path_attribute.flags.optional", 0, 1).bit(7),
    Slot::new("bgp.update.path_attribute.flags.transitive", 0, 1).bit(6),
    Slot::new("bgp.update.path_attribute.flags.partial", 0, 1).bit(5),
    Slot::new("bgp.update.path_attribute.flags.extended_length", 0, 1).bit(4),
    Slot::new("bgp.update.path_attribute.type_code", 1, 1),
];
const EXTENDED: u8 = 0x10;

const SEGMENT: &[Slot] = &[
    Slot::new("bgp.update.path_attribute.as_path_segment.type", 0, 1),
    Slot::new("bgp.update.path_attribute.as_path_segment.length", 1, 1),
];
const AS2: Id = Id::of("bgp.update.path_attribute.as_path_segment.as2");
const AS4: Id = Id::of("bgp.update.path_attribute.as_path_segment.as4");

const COMMUNITY: &[Slot] = &[
    Slot::new("bgp.update.path_attribute.community_as", 0, 2),
    Slot::new("bgp.update.path_attribute.community_value", 2, 2),
];
const WELL_KNOWN: &[Slot] = &[Slot::new("bgp.update.path_attribute.community_wellknown", 0, 4)];
const LARGE_COMMUNITY: &[Slot] = &[
    Slot::new("bgp.large_communities.ga", 0, 4),
    Slot::new("bgp.large_communities.ldp1", 4, 4),
    Slot::new("bgp.large_communities.ldp2", 8, 4),
];
const CLUSTER: &[Slot] = &[Slot::new("bgp.path_attribute.cluster_id", 0, 4)];
const METRIC: &[Slot] = &[
    Slot::new("bgp.update.attribute.aigp.type", 0, 1),
    Slot::new("bgp.update.attribute.aigp.length", 1, 2),
    Slot::new("bgp.update.attribute.aigp.accu_igp_metric", 3, 8),
];

const REACH: &[Slot] = &[
    Slot::new("bgp.update.path_attribute.mp_reach_nlri.afi", 0, 2),
    Slot::new("bgp.update.path_attribute.mp_reach_nlri.safi", 2, 1),
];
const UNREACH: &[Slot] = &[
    Slot::new("bgp.update.path_attribute.mp_unreach_nlri.afi", 0, 2),
    Slot::new("bgp.update.path_attribute.mp_unreach_nlri.safi", 2, 1),
];
const IPV4: u16 = 1;
const IPV6: u16 = 2;
const L2VPN: u16 = 25;
const LINK_STATE: u16 = 16388;
const EVPN: u8 = 70;
const TARGETS: u8 = 132;
const LINK_STATE_KIND: u8 = 71;
const HOP4: Id = Id::of("bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv4");
const HOP6: Id = Id::of("bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6");
/// An address of IPv4 behind a route distinguisher.
const VPN_HOP: usize = DISTINGUISHER + 4;
/// Where routes of both families are noted.
const REACHED: [Id; 2] = [Id::of("bgp.mp_reach_nlri_ipv4_prefix"), Id::of("bgp.mp_reach_nlri_ipv6_prefix")];
const UNREACHED: [Id; 2] = [Id::of("bgp.mp_unreach_nlri_ipv4_prefix"), Id::of("bgp.mp_unreach_nlri_ipv6_prefix")];

/// Notes a message, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>, kind: u8) {
    if o.tree.is_none() {
        return;
    }
    o.see_all(HEADER, v);
    let body = v.skip(BODY).cut(v.len().saturating_sub(BODY));
    let _ends_early = match kind {
        1 => open(o, body),
        2 => update(o, body),
        3 => notification(o, body),
        5 => {
            o.see_all(REFRESH, body);
            Ok(())
        }
        _ => Ok(()),
    };
}

fn open(o: &mut Out, v: View<'_>) -> Step {
    const OPTIONS: usize = 10;
    o.see_all(OPEN, v);
    let mut options = v.skip(OPTIONS).cut(v.u8(OPTIONS - 1)?.into());
    while !options.is_empty() {
        o.see_all(OPTION, options);
        let size = usize::from(options.u8(1)?);
        if options.u8(0)? == CAPABILITIES {
            capabilities(o, options.skip(2).cut(size))?;
        }
        options = options.skip(2 + size);
    }
    Ok(())
}

fn capabilities(o: &mut Out, mut v: View<'_>) -> Step {
    while !v.is_empty() {
        o.see_all(CAPABILITY, v);
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        let value = v.skip(2).cut(size);
        match kind {
            1 if size == 4 => o.see_all(MULTIPROTOCOL, value),
            5 => o.see_rows(NEXT_HOPS, value, 6),
            64 if size >= 2 => {
                o.see_all(RESTART, value);
                o.see_rows(RESTARTED, value.skip(2), 4);
            }
            65 if size == 4 => o.see_all(AS_NUMBER, value),
            69 => o.see_rows(PATHS, value, 4),
            73 => names(o, value)?,
            _ => {}
        }
        v = v.skip(2 + size);
    }
    Ok(())
}

fn names(o: &mut Out, mut v: View<'_>) -> Step {
    for (length, name) in NAMES {
        let size = v.u8(0)?;
        o.note(length, size);
        o.note_octets(name, v.bytes(1, size.into())?);
        v = v.skip(1 + usize::from(size));
    }
    Ok(())
}

fn notification(o: &mut Out, v: View<'_>) -> Step {
    const CEASE: u8 = 6;
    let (major, minor) = (v.u8(0)?, v.u8(1)?);
    o.note(MAJOR, major);
    o.note(*MINOR.get(usize::from(major)).unwrap_or(&MINOR[0]), minor);
    // What is said on shutting down (RFC 9003).
    if major == CEASE && matches!(minor, 2 | 4) && v.len() > 2 {
        let size = v.u8(2)?;
        let said = v.bytes(3, size.into())?;
        o.note(id!("bgp.notify.communication_length"), size);
        o.note_octets(id!("bgp.notify.communication"), said);
    }
    Ok(())
}

fn update(o: &mut Out, v: View<'_>) -> Step {
    let withdrawn = v.u16(0)?;
    o.note(id!("bgp.update.withdrawn_routes.length"), withdrawn);
    routes(o, WITHDRAWN, v.skip(2).cut(withdrawn.into()))?;
    let v = v.skip(2 + usize::from(withdrawn));
    let size = v.u16(0)?;
    o.note(id!("bgp.update.path_attributes.length"), size);
    let mut list = v.skip(2).cut(size.into());
    let mut over_vxlan = false;
    while !list.is_empty() {
        o.see_all(ATTRIBUTE, list);
        let own = if list.u8(0)? & EXTENDED != 0 { 4 } else { 3 };
        let length = if own == 4 { list.u16(2)? } else { list.u8(2)?.into() };
        o.note(id!("bgp.update.path_attribute.length"), length);
        let value = list.skip(own).cut(length.into());
        attribute(o, list.u8(1)?, value, &mut over_vxlan)?;
        list = list.skip(own + usize::from(length));
    }
    routes(o, ANNOUNCED, v.skip(2 + usize::from(size)))
}

/// Prefixes of IPv4.
fn routes(o: &mut Out, field: Id, mut v: View<'_>) -> Step {
    let paths = has_paths(v, v.len(), 32);
    while !v.is_empty() {
        if paths {
            o.note(id!("bgp.nlri_path_id"), v.u32(0)?);
            v = v.skip(4);
        }
        let ((address, _, bits), size) = prefix4(v, v.len())?.map_err(|_| Stop::Malformed)?;
        o.note(id!("bgp.prefix_length"), bits);
        o.note(field, address);
        v = v.skip(size);
    }
    Ok(())
}

/// An attribute; `over_vxlan` where a community says that routes of Ethernet VPNs are so.
fn attribute(o: &mut Out, kind: u8, v: View<'_>, over_vxlan: &mut bool) -> Step {
    match (kind, v.len()) {
        (1, 1) => o.note(id!("bgp.update.path_attribute.origin"), v.u8(0)?),
        (2, size) => path(o, v, as_size(v, kind, size)?)?,
        (17, _) => path(o, v, 4)?,
        (3, 4) => o.note(id!("bgp.update.path_attribute.next_hop"), Ipv4(v.array(0)?)),
        (4, 4) => o.note(id!("bgp.update.path_attribute.multi_exit_disc"), v.u32(0)?),
        (5, 4) => o.note(id!("bgp.update.path_attribute.local_pref"), v.u32(0)?),
        (7, 6) => aggregator(o, v.u16(0)?.into(), Ipv4(v.array(2)?)),
        (7 | 18, 8) => aggregator(o, v.u32(0)?, Ipv4(v.array(4)?)),
        (8, _) => communities(o, v)?,
        (9, 4) => o.note(id!("bgp.update.path_attribute.originator_id"), Ipv4(v.array(0)?)),
        (10, _) => o.see_rows(CLUSTER, v, 4),
        (14, _) => {
            o.see_all(REACH, v);
            let (hop, size) = (v.skip(4), usize::from(v.u8(3)?));
            next_hop(o, v.u16(0)?, hop.cut(size))?;
            let points = hop.u8(size)?;
            o.note(id!("bgp.update.path_attribute.mp_reach_nlri.nbr_snpa"), points);
            if points == 0 {
                others(o, REACHED, v, hop.skip(size + 1), *over_vxlan)?;
            }
        }
        (15, _) => {
            o.see_all(UNREACH, v);
            others(o, UNREACHED, v, v.skip(3), *over_vxlan)?;
        }
        (16, _) => *over_vxlan |= bgp_extended_fields::communities(o, v)?,
        (22, _) => bgp_extended_fields::tunnel(o, v)?,
        (29, _) => bgp_extended_fields::link_state_tlvs(o, v, false)?,
        (26, _) => o.see_rows(METRIC, v, 11),
        (32, _) => o.see_rows(LARGE_COMMUNITY, v, 12),
        _ => {}
    }
    Ok(())
}

fn aggregator(o: &mut Out, number: u32, origin: Ipv4) {
    o.note(id!("bgp.update.path_attribute.aggregator_as"), number);
    o.note(id!("bgp.update.path_attribute.aggregator_origin"), origin);
}

fn path(o: &mut Out, mut v: View<'_>, width: usize) -> Step {
    while !v.is_empty() {
        o.see_all(SEGMENT, v);
        let count = usize::from(v.u8(1)?);
        for at in (0..count).map(|number| 2 + number * width) {
            match width {
                2 => o.note(AS2, v.u16(at)?),
                _ => o.note(AS4, v.u32(at)?),
            }
        }
        v = v.skip(2 + count * width);
    }
    Ok(())
}

/// RFC 1997; those of the first and last AS number are reserved.
fn communities(o: &mut Out, v: View<'_>) -> Step {
    for at in (0..v.len() / 4).map(|row| row * 4) {
        let known = matches!(v.u16(at)?, 0 | 0xffff);
        o.see_all(if known { WELL_KNOWN } else { COMMUNITY }, v.skip(at));
    }
    Ok(())
}

fn next_hop(o: &mut Out, family: u16, v: View<'_>) -> Step {
    const IN_VPN: usize = DISTINGUISHER + 16;
    match (family, v.len()) {
        (_, 4) => o.note(HOP4, Ipv4(v.array(0)?)),
        (IPV4, VPN_HOP) => o.note(HOP4, Ipv4(v.array(DISTINGUISHER)?)),
        (IPV4 | IPV6, size @ (16 | 32)) => {
            o.note(HOP6, Ipv6(v.array(0)?));
            if size == 32 {
                o.note(id!("bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6.link_local"), Ipv6(v.array(16)?));
            }
        }
        (IPV4 | IPV6, size) if size.is_multiple_of(IN_VPN) => {
            for at in (0..size).step_by(IN_VPN) {
                o.note(HOP6, Ipv6(v.array(at + DISTINGUISHER)?));
            }
        }
        _ => {}
    }
    Ok(())
}

/// Routes of the family that `v` begins with, if they are prefixes, perhaps behind
/// labels (RFC 8277) and a route distinguisher (RFC 4364).
fn others(o: &mut Out, fields: [Id; 2], v: View<'_>, mut list: View<'_>, over_vxlan: bool) -> Step {
    let (family, kind) = (v.u16(0)?, v.u8(2)?);
    match (family, kind) {
        (L2VPN, EVPN) => return bgp_extended_fields::ethernet(o, list, over_vxlan),
        (_, TARGETS) => return bgp_extended_fields::targets(o, list),
        (LINK_STATE, LINK_STATE_KIND) => return bgp_extended_fields::link_states(o, list),
        _ => {}
    }
    let (labels, distinguisher) = match kind {
        1..=3 => (false, 0),
        4 => (true, 0),
        128 => (true, DISTINGUISHER),
        _ => return Ok(()),
    };
    let paths = !labels && has_paths(list, list.len(), if family == IPV6 { 128 } else { 32 });
    while matches!(family, IPV4 | IPV6) && !list.is_empty() {
        if paths {
            o.note(id!("bgp.nlri_path_id"), list.u32(0)?);
            list = list.skip(4);
        }
        let bits = usize::from(list.u8(0)?);
        o.note(id!("bgp.prefix_length"), bits);
        let labelled = if labels { stack(list.skip(1))? } else { 0 };
        if labels {
            o.note_text(id!("bgp.label_stack"), Labels(list.skip(1).cut(labelled)));
        }
        if distinguisher > 0 {
            o.note_text(id!("bgp.rd"), Plain(list.array(1 + labelled)?));
        }
        let own = labelled + distinguisher;
        let bits = bits.checked_sub(own * 8).ok_or(Stop::Malformed)?;
        let size = if family == IPV4 {
            let (address, size) = address(list, 1 + own, bits)?;
            o.note(fields[0], Ipv4(address));
            size
        } else {
            let (address, size) = address(list, 1 + own, bits)?;
            o.note(fields[1], Ipv6(address));
            size
        };
        list = list.skip(1 + own + size);
    }
    Ok(())
}

/// The octets of a stack of labels, whose last one has a bit set or is that of
/// withdrawn routes.
fn stack(v: View<'_>) -> Step<usize> {
    const LABEL: usize = 3;
    const WITHDRAWN: [u32; 2] = [0x80_0000, 0];
    let mut at = 0;
    loop {
        let label = v.u24(at)?;
        at += LABEL;
        if label & 1 != 0 || WITHDRAWN.contains(&label) {
            return Ok(at);
        }
    }
}

/// A stack of labels, from the top on.
struct Labels<'p>(View<'p>);

impl Put for Labels<'_> {
    fn put(self, o: &mut Out) {
        for (number, label) in self.0.data().chunks_exact(3).enumerate() {
            let &[a, b, c] = label else { continue };
            let value = u32::from_be_bytes([0, a, b, c]);
            o.put(((number > 0).then_some(","), value >> 4, (value & 1 != 0).then_some(" (bottom)")));
        }
    }
}

/// A route distinguisher as the tree has it.
struct Plain([u8; DISTINGUISHER]);

impl Put for Plain {
    fn put(self, o: &mut Out) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let (low, last) = (u16::from_be_bytes([g, h]), u32::from_be_bytes([e, f, g, h]));
        match u16::from_be_bytes([a, b]) {
            0 => o.put((u16::from_be_bytes([c, d]), ":", last)),
            1 => o.put((Ipv4([c, d, e, f]), ":", low)),
            2 => o.put((u32::from_be_bytes([c, d, e, f]), ":", low)),
            kind => o.put(("Unknown (0x", Hex4(kind), ") RD type")),
        }
    }
}
