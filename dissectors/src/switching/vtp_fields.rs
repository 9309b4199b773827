//! VTP for the tree: the domain, and what advertisements tell of it and its VLANs.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const HEADER: &[Slot] = &[Slot::new("vtp.version", 0, 1), Slot::new("vtp.code", 1, 1)];
const DOMAIN: &[Slot] = &[Slot::new("vtp.md_len", 3, 1), Slot::new("vtp.md", 4, 32)];
const SUMMARY: &[Slot] = &[
    Slot::new("vtp.followers", 2, 1),
    Slot::new("vtp.conf_rev_num", 36, 4),
    Slot::new("vtp.upd_id", 40, 4),
    Slot::new("vtp.upd_ts", 44, 12),
    Slot::new("vtp.md5_digest", 56, 16),
];
const SUBSET: &[Slot] = &[Slot::new("vtp.seq_num", 2, 1), Slot::new("vtp.conf_rev_num", 36, 4)];
const REQUEST: &[Slot] = &[Slot::new("vtp.start_value", 36, 2)];
const JOIN: &[Slot] = &[Slot::new("vtp.pruning.first", 36, 2), Slot::new("vtp.pruning.last", 38, 2)];

const VLAN_LENGTH: &[Slot] = &[Slot::new("vtp.vlan_info.len", 0, 1)];
const VLAN: &[Slot] = &[
    Slot::new("vtp.vlan_info.status", 1, 1),
    Slot::new("vtp.vlan_info.status.vlan_susp", 1, 1).bit(0),
    Slot::new("vtp.vlan_info.vlan_type", 2, 1),
    Slot::new("vtp.vlan_info.vlan_name_len", 3, 1),
    Slot::new("vtp.vlan_info.isl_vlan_id", 4, 2),
    Slot::new("vtp.vlan_info.mtu_size", 6, 2),
    Slot::new("vtp.vlan_info.802_10_index", 8, 4),
];
const VLAN_SIZE: usize = 12;
const TLV: &[Slot] = &[Slot::new("vtp.vlan_info.tlv_type", 0, 1), Slot::new("vtp.vlan_info.tlv_len", 1, 1)];
/// What TLVs of a VLAN hold, from their header on.
const TLVS: &[(u8, &[Slot])] = &[
    (1, &[Slot::new("vtp.vlan_info.src_route_ring_num", 2, 2)]),
    (2, &[Slot::new("vtp.vlan_info.src_route_bridge_num", 2, 2)]),
    (3, &[Slot::new("vtp.vlan_info.stp_type", 2, 2)]),
    (4, &[Slot::new("vtp.vlan_info.parent_vlan", 2, 2)]),
    (5, &[Slot::new("vtp.vlan_info.translationally_bridged_vlans", 2, 2)]),
    (6, &[Slot::new("vtp.vlan_info.pruning", 2, 2)]),
    (7, &[Slot::new("vtp.vlan_info.bridge_type", 2, 2)]),
    (8, &[Slot::new("vtp.vlan_info.max_are_hop_count", 2, 2)]),
    (9, &[Slot::new("vtp.vlan_info.max_ste_hop_count", 2, 2)]),
    (10, &[Slot::new("vtp.vlan_info.backup_crf_mode", 2, 2)]),
];

/// Notes a message.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(HEADER, v);
    if (1..=4).contains(&v.u8(1)?) {
        o.see_all(DOMAIN, v);
    }
    match v.u8(1)? {
        1 => o.see_all(SUMMARY, v),
        2 => {
            o.see_all(SUBSET, v);
            let mut rest = v.skip(40);
            while !rest.is_empty() {
                o.see_all(VLAN_LENGTH, rest);
                let size = usize::from(rest.u8(0)?);
                if size == 0 {
                    break;
                }
                vlan(o, rest.cut(size))?;
                rest = rest.skip(size);
            }
        }
        3 => o.see_all(REQUEST, v),
        4 => o.see_all(JOIN, v),
        _ => {}
    }
    Ok(())
}

fn vlan(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(VLAN, v);
    let name = usize::from(v.u8(3)?);
    let mut rest = v.skip(VLAN_SIZE);
    o.note_padded(id!("vtp.vlan_info.vlan_name"), rest.bytes(0, name)?);
    rest = rest.skip(name.next_multiple_of(4));
    while !rest.is_empty() {
        o.see_all(TLV, rest);
        let (kind, words) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        if let (Some(&(_, slots)), 1) = (TLVS.iter().find(|row| row.0 == kind), words) {
            o.see_all(slots, rest);
        }
        rest = rest.skip(2 + 2 * words);
    }
    Ok(())
}
