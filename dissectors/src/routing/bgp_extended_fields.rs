//! BGP for the tree: extended communities (RFC 4360), provider tunnels (RFC 6514), and the
//! routes of Ethernet VPNs (RFC 7432, RFC 9136) and of link states (RFC 9552).

use super::bgp_nlri::{DISTINGUISHER, prefix4};
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::{Step, Stop, View};

const TYPE: &[Slot] = &[
    Slot::new("bgp.ext_com.type", 0, 1),
    Slot::new("bgp.ext_com.type.auth", 0, 1).bit(7),
    Slot::new("bgp.ext_com.type.tran", 0, 1).bit(6),
];
const AS2: Slot = Slot::new("bgp.ext_com.value_as2", 2, 2);
const NUMBER4: Slot = Slot::new("bgp.ext_com.value_an4", 4, 4);
const NUMBER2: Slot = Slot::new("bgp.ext_com.value_an2", 6, 2);
const ADDRESS: Slot = Slot::new("bgp.ext_com.value_IP4", 2, 4);
const AS4: Slot = Slot::new("bgp.ext_com.value_as4", 2, 4);
const ROUTER: &[Slot] = &[Slot::new("bgp.ext_com.value_ospf_rid", 2, 4)];
const RAW: &[Slot] = &[Slot::new("bgp.ext_com.value_raw", 2, 6)];
const LINK_BANDWIDTH: u8 = 4;
const OSPF_ROUTER: u8 = 7;
/// The subtype, by type.
const SUBTYPES: &[(u8, &[Slot])] = &[
    (0x00, &[Slot::new("bgp.ext_com.stype_tr_as2", 1, 1)]),
    (0x40, &[Slot::new("bgp.ext_com.stype_ntr_as2", 1, 1)]),
    (0x01, &[Slot::new("bgp.ext_com.stype_tr_IP4", 1, 1)]),
    (0x02, &[Slot::new("bgp.ext_com.stype_tr_as4", 1, 1)]),
    (0x03, &[Slot::new("bgp.ext_com.stype_tr_opaque", 1, 1)]),
    (0x43, &[Slot::new("bgp.ext_com.stype_ntr_opaque", 1, 1)]),
    (0x06, &[Slot::new("bgp.ext_com.stype_tr_evpn", 1, 1)]),
    (0x80, &[Slot::new("bgp.ext_com.stype_tr_exp", 1, 1)]),
];
/// Values, by type and subtype.
const VALUES: &[(u8, u8, &[Slot])] = &[
    (0x03, 0x06, ROUTE_TYPE),
    (0x80, 0x00, ROUTE_TYPE),
    (0x03, 0x0c, &[Slot::new("bgp.ext_com.tunnel_type", 6, 2)]),
    (
        0x06,
        0x00,
        &[
            Slot::new("bgp.ext_com_evpn.mmac.flags", 2, 1),
            Slot::new("bgp.ext_com_evpn.mmac.flags.sticky", 2, 1).bit(0),
            Slot::new("bgp.ext_com_evpn.mmac.seq", 4, 4),
        ],
    ),
    (
        0x06,
        0x01,
        &[
            Slot::new("bgp.ext_com_l2.esi_label_flag", 2, 1).bit(0),
            Slot::new("bgp.update.path_attribute.mpls_label_value", 5, 3),
            Slot::new("bgp.update.path_attribute.mpls_label_value_20bits", 5, 3).bits(4, 0xf_ffff),
        ],
    ),
    (0x06, 0x02, &[Slot::new("bgp.ext_com_evpn.esi.rt", 2, 6)]),
    (0x06, 0x03, &[Slot::new("bgp.ext_com_evpn.esi.router_mac", 2, 6)]),
    (
        0x06,
        0x04,
        &[
            Slot::new("bgp.ext_com_evpn.l2attr.flags", 2, 2),
            Slot::new("bgp.ext_com_evpn.l2attr.flag_c", 2, 2).bit(2),
            Slot::new("bgp.ext_com_evpn.l2attr.flag_p", 2, 2).bit(1),
            Slot::new("bgp.ext_com_evpn.l2attr.flag_b", 2, 2).bit(0),
            Slot::new("bgp.ext_com_evpn.l2attr.l2_mtu", 4, 2),
        ],
    ),
    (0x80, 0x01, ROUTER),
    (0x80, 0x05, &[Slot::new("bgp.ext_com.stype_tr_as2", 1, 1), AS2, NUMBER4]),
    (0x80, 0x06, &[AS2]),
    (
        0x80,
        0x07,
        &[Slot::new("bgp.ext_com_flow.sample", 7, 1).bit(1), Slot::new("bgp.ext_com_flow.traff_act", 7, 1).bit(0)],
    ),
    (0x80, 0x08, &[AS2, NUMBER4]),
    (0x80, 0x09, &[Slot::new("bgp.ext_com.value_fs_dscp", 7, 1).bits(0, 0x3f)]),
    (
        0x80,
        0x0a,
        &[
            Slot::new("bgp.ext_com_l2.encaps_type", 2, 1),
            Slot::new("bgp.ext_com_l2.c_flags", 3, 1),
            Slot::new("bgp.ext_com_l2.flag_c", 3, 1).bit(1),
            Slot::new("bgp.ext_com_l2.flag_s", 3, 1).bit(0),
            Slot::new("bgp.ext_com_l2.l2_mtu", 4, 2),
        ],
    ),
];
const ROUTE_TYPE: &[Slot] = &[
    Slot::new("bgp.ext_com.value_ospf_rtype.area", 2, 4),
    Slot::new("bgp.ext_com.value_ospf_rtype.type", 6, 1),
    Slot::new("bgp.ext_com.value_ospf_rtype.options", 7, 1),
    Slot::new("bgp.ext_com.value_ospf_rtype.options.mt", 7, 1).bit(0),
];

/// Notes extended communities; whether one of them says that routes are in VXLAN or its like.
pub(super) fn communities(o: &mut Out, v: View<'_>) -> Step<bool> {
    const ENCAPSULATION: [u8; 2] = [0x03, 0x0c];
    const VXLAN: u16 = 8;
    const NVGRE: u16 = 9;
    const VXLAN_GPE: u16 = 12;
    let mut over_vxlan = false;
    for at in (0..v.len() / 8).map(|row| row * 8) {
        let community = v.skip(at).cut(8);
        self::community(o, community)?;
        over_vxlan |= community.array(0)? == ENCAPSULATION && matches!(community.u16(6)?, VXLAN | NVGRE | VXLAN_GPE);
    }
    Ok(over_vxlan)
}

fn community(o: &mut Out, v: View<'_>) -> Step {
    const OF_EIGRP: u8 = 0x88;
    o.see_all(TYPE, v);
    let (kind, subtype) = (v.u8(0)?, v.u8(1)?);
    match SUBTYPES.iter().find(|row| row.0 == kind) {
        Some(&(_, slots)) => o.see_all(slots, v),
        None if kind == OF_EIGRP => return Ok(()),
        None => {
            o.note(id!("bgp.ext_com.stype_unknown"), subtype);
            o.see_all(RAW, v);
            return Ok(());
        }
    }
    let slots = VALUES.iter().find(|row| (row.0, row.1) == (kind, subtype)).map(|row| row.2);
    o.see_all(
        slots.unwrap_or(match (kind, subtype) {
            (0x40, LINK_BANDWIDTH) => &[AS2],
            (0x00 | 0x40, _) => &[AS2, NUMBER4],
            (0x01, OSPF_ROUTER) => ROUTER,
            (0x01, _) => &[ADDRESS, NUMBER2],
            (0x02, _) => &[AS4, NUMBER2],
            _ => RAW,
        }),
        v,
    );
    Ok(())
}

const TUNNEL: &[Slot] = &[
    Slot::new("bgp.update.path_attribute.pmsi.tunnel.flags", 0, 1),
    Slot::new("bgp.update.path_attribute.pmsi.tunnel.type", 1, 1),
    Slot::new("bgp.update.path_attribute.mpls_label_value_20bits", 2, 3).bits(4, 0xf_ffff),
];
const INGRESS_REPLICATION: u8 = 6;
const REPLICATOR: &[Slot] = &[Slot::new("bgp.update.path_attribute.pmsi.ingress_rep_ip", 5, 4)];

/// Notes a tunnel of multicast traffic.
pub(super) fn tunnel(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(TUNNEL, v);
    if v.u8(1)? == INGRESS_REPLICATION {
        o.see_all(REPLICATOR, v);
    }
    Ok(())
}

const ROUTE: &[Slot] = &[
    Slot::new("bgp.evpn.nlri.rt", 0, 1),
    Slot::new("bgp.evpn.nlri.len", 1, 1),
    Slot::new("bgp.evpn.nlri.rd", 2, DISTINGUISHER),
];
const SEGMENT: &[Slot] = &[Slot::new("bgp.evpn.nlri.esi", 0, 10), Slot::new("bgp.evpn.nlri.esi.type", 0, 1)];
const SEGMENT_SIZE: usize = 10;
const TAG: &[Slot] = &[Slot::new("bgp.evpn.nlri.etag", 0, 4)];
const STATION: &[Slot] = &[Slot::new("bgp.evpn.nlri.maclen", 0, 1), Slot::new("bgp.evpn.nlri.mac_addr", 1, 6)];
const LABEL: &[Slot] = &[Slot::new("bgp.evpn.nlri.mpls_ls1", 0, 3).bits(4, 0xf_ffff)];
const LABEL_2: &[Slot] = &[Slot::new("bgp.evpn.nlri.mpls_ls2", 0, 3).bits(4, 0xf_ffff)];
const NETWORK: &[Slot] = &[Slot::new("bgp.evpn.nlri.vni", 0, 3)];
const LABEL_VALUE: &[Slot] = &[Slot::new("bgp.update.path_attribute.mpls_label_value", 0, 3)];

/// Notes the routes of Ethernet VPNs.
pub(super) fn ethernet(o: &mut Out, v: View<'_>, over_vxlan: bool) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(ROUTE, v);
        let size = 2 + usize::from(v.u8(1)?);
        let kind = v.u8(0)?;
        ethernet_route(o, v.cut(size).skip(2 + DISTINGUISHER), kind, over_vxlan)?;
        v = v.skip(size);
    }
    Ok(())
}

fn ethernet_route(o: &mut Out, v: View<'_>, kind: u8, over_vxlan: bool) -> Step {
    let label = if over_vxlan { NETWORK } else { LABEL };
    match kind {
        1 => {
            o.see_all(SEGMENT, v);
            o.see_all(TAG, v.skip(SEGMENT_SIZE));
            o.see_all(label, v.skip(SEGMENT_SIZE + 4));
        }
        2 => {
            o.see_all(SEGMENT, v);
            o.see_all(TAG, v.skip(SEGMENT_SIZE));
            let station = v.skip(SEGMENT_SIZE + 4);
            o.see_all(STATION, station);
            let rest = counted(o, station.skip(7))?;
            o.see_all(label, rest);
            o.see_all(if over_vxlan { NETWORK } else { LABEL_2 }, rest.skip(3));
        }
        3 => {
            o.see_all(TAG, v);
            counted(o, v.skip(4))?;
        }
        4 => {
            o.see_all(SEGMENT, v);
            counted(o, v.skip(SEGMENT_SIZE))?;
        }
        5 => {
            o.see_all(SEGMENT, v);
            o.see_all(TAG, v.skip(SEGMENT_SIZE));
            let prefix = v.skip(SEGMENT_SIZE + 4);
            o.note(id!("bgp.evpn.nlri.prefix_len"), prefix.u8(0)?);
            // What is left tells the family: two addresses and a label.
            let rest = if prefix.len() < 1 + 2 * 16 {
                o.note(id!("bgp.evpn.nlri.ip.addr"), Ipv4(prefix.array(1)?));
                o.note(id!("bgp.evpn.nlri.ipv4.gtw_addr"), Ipv4(prefix.array(5)?));
                prefix.skip(9)
            } else {
                o.note(id!("bgp.evpn.nlri.ipv6.addr"), Ipv6(prefix.array(1)?));
                o.note(id!("bgp.evpn.nlri.ipv6.gtw_addr"), Ipv6(prefix.array(17)?));
                prefix.skip(33)
            };
            o.see_all(if over_vxlan { NETWORK } else { LABEL_VALUE }, rest);
        }
        _ => {}
    }
    Ok(())
}

/// An address behind its bits; what is behind it.
fn counted<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let bits = v.u8(0)?;
    o.note(id!("bgp.evpn.nlri.iplen"), bits);
    match bits {
        32 => o.note(id!("bgp.evpn.nlri.ip.addr"), Ipv4(v.array(1)?)),
        128 => o.note(id!("bgp.evpn.nlri.ipv6.addr"), Ipv6(v.array(1)?)),
        _ => {}
    }
    Ok(v.skip(1 + usize::from(bits / 8)))
}

const LINK_STATE: &[Slot] = &[Slot::new("bgp.ls.nlri_type", 0, 2), Slot::new("bgp.ls.nlri_length", 2, 2)];
const LINK_STATE_SIZE: usize = 4;
const LINK_STATE_SOURCE: &[Slot] =
    &[Slot::new("bgp.ls.nlri_node.protocol_id", 0, 1), Slot::new("bgp.ls.nlri_node.identifier", 1, 8)];
const LINK_STATE_SOURCE_SIZE: usize = 9;
const TLV: &[Slot] = &[Slot::new("bgp.ls.type", 0, 2), Slot::new("bgp.ls.length", 2, 2)];
const TLV_SIZE: usize = 4;
/// Descriptors of a node, which hold others.
const LOCAL_NODE: u16 = 256;
const REMOTE_NODE: u16 = 257;
/// A prefix, behind its bits.
const REACHABILITY: u16 = 265;
/// What TLVs hold, from their value on.
const TLVS: &[(u16, &[Slot])] = &[
    (
        258,
        &[Slot::new("bgp.ls.nlri_link_local_identifier", 0, 4), Slot::new("bgp.ls.nlri_link_remote_identifier", 4, 4)],
    ),
    (259, &[Slot::new("bgp.ls.nlri_ipv4_interface_address", 0, 4)]),
    (260, &[Slot::new("bgp.ls.nlri_ipv4_neighbor_address", 0, 4)]),
    (263, &[Slot::new("bgp.ls.nlri_multi_topology_id", 0, 2).bits(0, 0xfff)]),
    (512, &[Slot::new("bgp.ls.tlv.autonomous_system.id", 0, 4)]),
    (513, &[Slot::new("bgp.ls.tlv.bgp_ls_identifier_id", 0, 4)]),
    (
        1024,
        &[
            Slot::new("bgp.ls.node_flag_bits.overload", 0, 1).bit(7),
            Slot::new("bgp.ls.node_flag_bits.attached", 0, 1).bit(6),
            Slot::new("bgp.ls.node_flag_bits.external", 0, 1).bit(5),
            Slot::new("bgp.ls.node_flag_bits.abr", 0, 1).bit(4),
        ],
    ),
    (1028, &[Slot::new("bgp.ls.tlv.ipv4_router_id_value", 0, 4)]),
    (1092, &[Slot::new("bgp.ls.tlv.te_default_metric_value", 0, 4)]),
    (1153, &[Slot::new("bgp.ls.tlv.route_tag_value", 0, 4)]),
    (1155, &[Slot::new("bgp.ls.tlv.prefix_metric_value", 0, 4)]),
];
/// Those that are text, and those that are data.
const TEXTS: &[(u16, Id)] =
    &[(1026, id!("bgp.ls.tlv.node_name_value")), (1098, id!("bgp.ls.tlv.link_name_attribute_value"))];
const OCTETS: &[(u16, Id)] =
    &[(515, id!("bgp.ls.tlv.igp_router_id")), (1027, id!("bgp.ls.tlv.is_is_area_identifier_value"))];

/// Notes the nodes, links and prefixes of link states.
pub(super) fn link_states(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(LINK_STATE, v);
        let size = LINK_STATE_SIZE + usize::from(v.u16(2)?);
        let body = v.cut(size).skip(LINK_STATE_SIZE);
        o.see_all(LINK_STATE_SOURCE, body);
        link_state_tlvs(o, body.skip(LINK_STATE_SOURCE_SIZE), true)?;
        v = v.skip(size);
    }
    Ok(())
}

/// Notes the attributes of link states; `nodes` where descriptors of nodes may be.
pub(super) fn link_state_tlvs(o: &mut Out, v: View<'_>, nodes: bool) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(TLV, v);
        let (kind, size) = (v.u16(0)?, TLV_SIZE + usize::from(v.u16(2)?));
        let value = v.cut(size).skip(TLV_SIZE);
        if nodes && matches!(kind, LOCAL_NODE | REMOTE_NODE) {
            link_state_tlvs(o, value, false)?;
        }
        if kind == REACHABILITY {
            let ((address, _, bits), _) = prefix4(value, value.len())?.map_err(|_| Stop::Malformed)?;
            o.note(id!("bgp.prefix_length"), bits);
            o.note(id!("bgp.ls.nlri_ip_reachability_prefix_ip"), address);
        }
        if let Some(&(_, slots)) = TLVS.iter().find(|row| row.0 == kind) {
            o.see_all(slots, value);
        }
        if let Some(&(_, id)) = TEXTS.iter().find(|row| row.0 == kind) {
            o.note_padded(id, value.data());
        }
        if let Some(&(_, id)) = OCTETS.iter().find(|row| row.0 == kind) {
            o.note_octets(id, value.data());
        }
        v = v.skip(size);
    }
    Ok(())
}

const WHOLE: u8 = 96;
const ORIGINATOR: &[Slot] = &[Slot::new("bgp.originating_as", 1, 4)];

/// Notes the route targets (RFC 4684) that are whole: an AS number and an extended community.
pub(super) fn targets(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let bits = v.u8(0)?;
        if bits == WHOLE {
            o.note(id!("bgp.prefix_length"), bits);
            o.see_all(ORIGINATOR, v);
        }
        v = v.skip(1 + usize::from(bits).div_ceil(8));
    }
    Ok(())
}
