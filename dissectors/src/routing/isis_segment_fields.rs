//! IS-IS for the tree: segments (RFC 8667) and tags (RFC 5130) of links and prefixes, the
//! capabilities of a router (RFC 7981), shared risks (RFC 5307), and authentication (RFC 5304).

use super::isis::SystemId;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

const SYSTEM: usize = 6;

const ADJACENCY: &[Slot] = &[
    Slot::new("isis.lsp.adj_sid.flags", 0, 1),
    Slot::new("isis.lsp.adj_sid.flags.f", 0, 1).bit(7),
    Slot::new("isis.lsp.adj_sid.flags.b", 0, 1).bit(6),
    Slot::new("isis.lsp.adj_sid.flags.v", 0, 1).bit(5),
    Slot::new("isis.lsp.adj_sid.flags.l", 0, 1).bit(4),
    Slot::new("isis.lsp.adj_sid.flags.s", 0, 1).bit(3),
    Slot::new("isis.lsp.adj_sid.weight", 1, 1),
];
const PREFIX: &[Slot] = &[
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags", 0, 1),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags.r", 0, 1).bit(7),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags.n", 0, 1).bit(6),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags.p", 0, 1).bit(5),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags.e", 0, 1).bit(4),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags.v", 0, 1).bit(3),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_sid.flags.l", 0, 1).bit(2),
    Slot::new("isis.lsp.sr_alg", 1, 1),
];
/// The identifier of a segment: a label where a segment has its value, or an index.
const LABEL: &[Slot] = &[Slot::new("isis.lsp.sid.sli_label", 0, 3).bits(0, 0xf_ffff)];
const INDEX: &[Slot] = &[Slot::new("isis.lsp.sid.sli_index", 0, 4)];
const TAG: &[Slot] = &[Slot::new("isis.lsp.32_bit_administrative_tag", 0, 4)];
const LONG_TAG: &[Slot] = &[Slot::new("isis.lsp.64_bit_administrative_tag", 0, 8)];

fn identifier(o: &mut Out, v: View<'_>) {
    match v.caplen() {
        3 => o.see_all(LABEL, v),
        4 => o.see_all(INDEX, v),
        _ => {}
    }
}

/// Notes a sub-TLV of a link: the segment of an adjacency, or of one in a LAN.
pub(super) fn link(o: &mut Out, code: u8, v: View<'_>) -> Step {
    const OWN: usize = 2;
    match code {
        31 => {
            o.see_all(ADJACENCY, v);
            identifier(o, v.skip(OWN));
        }
        32 => {
            o.see_all(ADJACENCY, v);
            o.note_text(id!("isis.lsp.adj_sid.system_id"), SystemId(v.bytes(OWN, SYSTEM)?));
            identifier(o, v.skip(OWN + SYSTEM));
        }
        _ => {}
    }
    Ok(())
}

/// Notes a sub-TLV of a prefix.
pub(super) fn prefix(o: &mut Out, code: u8, v: View<'_>) {
    match code {
        1 => o.see_rows(TAG, v, 4),
        2 => o.see_rows(LONG_TAG, v, 8),
        3 => {
            o.see_all(PREFIX, v);
            identifier(o, v.skip(2));
        }
        _ => {}
    }
}

const RANGE: &[Slot] = &[
    Slot::new("isis.lsp.sr_cap.i_flag", 0, 1).bit(7),
    Slot::new("isis.lsp.sr_cap.v_flag", 0, 1).bit(6),
    Slot::new("isis.lsp.sr_cap.range", 1, 3),
];
const RANGE_LABEL: &[Slot] = &[Slot::new("isis.lsp.sr_cap.label", 6, 3)];
const ALGORITHM: &[Slot] = &[Slot::new("isis.lsp.sr_alg", 0, 1)];
const DEPTH: &[Slot] = &[Slot::new("isis.lsp.igp_msd_type", 0, 1), Slot::new("isis.lsp.igp_msd_value", 1, 1)];

/// Notes the sub-TLVs of a router's capabilities.
pub(super) fn capabilities(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let (code, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        let value = v.skip(2).cut(size);
        match code {
            2 => {
                o.see_all(RANGE, value);
                o.see_all(RANGE_LABEL, value);
            }
            19 => o.see_rows(ALGORITHM, value, 1),
            23 => o.see_rows(DEPTH, value, 2),
            _ => {}
        }
        v = v.skip(2 + size);
    }
    Ok(())
}

const RISK: &[Slot] =
    &[Slot::new("isis.lsp.srlg.pseudo_num", 6, 1), Slot::new("isis.lsp.srlg.flags_numbered", 7, 1).bit(0)];
const RISK_LINK: &[Slot] =
    &[Slot::new("isis.lsp.srlg.ipv4_local", 8, 4), Slot::new("isis.lsp.srlg.ipv4_remote", 12, 4)];
const RISK_VALUE: &[Slot] = &[Slot::new("isis.lsp.srlg.value", 0, 4)];

/// Notes the groups of links that share a risk.
pub(super) fn risks(o: &mut Out, v: View<'_>) -> Step {
    const OWN: usize = 16;
    o.note_text(id!("isis.lsp.srlg.system_id"), SystemId(v.bytes(0, SYSTEM)?));
    o.see_all(RISK, v);
    o.see_all(RISK_LINK, v);
    o.see_rows(RISK_VALUE, v.skip(OWN), 4);
    Ok(())
}

/// Notes the systems that took an advertisement away (RFC 6232).
pub(super) fn purge(o: &mut Out, v: View<'_>) -> Step {
    let count = v.u8(0)?;
    o.note(id!("isis.lsp.purge_originator_id.num"), count);
    for at in (0..usize::from(count).min(2)).map(|number| 1 + number * SYSTEM) {
        o.note_text(id!("isis.lsp.purge_originator_id.system_id"), SystemId(v.bytes(at, SYSTEM)?));
    }
    Ok(())
}

/// Notes authentication: a password or a digest, perhaps behind the number of its key.
pub(super) fn authentication(o: &mut Out, v: View<'_>, field: Id) -> Step {
    const GENERIC: u8 = 3;
    match v.u8(0)? {
        GENERIC => {
            o.note(id!("isis.clv.key_id"), v.u16(1)?);
            o.note_octets(field, v.skip(3).data());
        }
        _ => o.note_octets(field, v.skip(1).data()),
    }
    Ok(())
}
