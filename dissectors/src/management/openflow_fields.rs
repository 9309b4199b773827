//! OpenFlow for the tree: messages of versions 1.0 and 1.3 (Open Networking Foundation,
//! OpenFlow Switch Specification), with their matches, actions and ports.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

const FIELDS: &[Slot] =
    &[Slot::new("openflow.version", 0, 1), Slot::new("openflow.length", 2, 2), Slot::new("openflow.xid", 4, 4)];
/// Only version 1.0 has a name of its own for the type.
const TYPE10: &[Slot] = &[Slot::new("openflow_1_0.type", 1, 1)];
const FIELDS13: &[Slot] = &[
    Slot::new("openflow_v4.version", 0, 1),
    Slot::new("openflow_v4.type", 1, 1),
    Slot::new("openflow_v4.length", 2, 2),
    Slot::new("openflow_v4.xid", 4, 4),
];

/// Types of messages with parts that are read after their fields.
const FEATURES: u8 = 6;
const PACKET_IN: u8 = 10;
const FLOW_REMOVED: u8 = 11;
const PORT_STATUS: u8 = 12;
const PACKET_OUT: u8 = 13;
const FLOW_MODIFICATION: u8 = 14;
const STATISTICS_REQUEST: u8 = 16;
const MULTIPART_REQUEST: u8 = 18;

/// Fields of messages of version 1.0, by type.
const MESSAGES10: &[(u8, &[Slot])] = &[
    (
        FEATURES,
        &[
            Slot::new("openflow.datapath_id", 8, 8),
            Slot::new("openflow.n_buffers", 16, 4),
            Slot::new("openflow.n_tables", 20, 1),
            Slot::new("openflow.capabilities", 24, 4),
            Slot::new("openflow.actions", 28, 4),
        ],
    ),
    (8, CONFIGURATION10),
    (9, CONFIGURATION10),
    (
        PACKET_IN,
        &[
            Slot::new("openflow.buffer_id", 8, 4),
            Slot::new("openflow.total_len", 12, 2),
            Slot::new("openflow.in_port", 14, 2),
            Slot::new("openflow.reason", 16, 1),
        ],
    ),
    (
        PACKET_OUT,
        &[
            Slot::new("openflow.buffer_id", 8, 4),
            Slot::new("openflow.in_port", 12, 2),
            Slot::new("openflow.actions_len", 14, 2),
        ],
    ),
    (
        FLOW_MODIFICATION,
        &[
            Slot::new("openflow.cookie", 48, 8),
            Slot::new("openflow.command", 56, 2),
            Slot::new("openflow.idle_timeout", 58, 2),
            Slot::new("openflow.hard_timeout", 60, 2),
            Slot::new("openflow.priority", 62, 2),
            Slot::new("openflow.buffer_id", 64, 4),
            Slot::new("openflow.out_port", 68, 2),
            Slot::new("openflow.flags", 70, 2),
        ],
    ),
    (STATISTICS_REQUEST, STATISTICS10),
    (17, STATISTICS10),
];
const CONFIGURATION10: &[Slot] =
    &[Slot::new("openflow.config_flags", 8, 2), Slot::new("openflow.miss_send_len", 10, 2)];
const STATISTICS10: &[Slot] = &[Slot::new("openflow.stats.type", 8, 2), Slot::new("openflow.flags", 10, 2)];
const FLOWS10: &[Slot] = &[Slot::new("openflow.table_id", 52, 1), Slot::new("openflow.out_port", 54, 2)];

const MATCH10: &[Slot] = &[
    Slot::new("openflow.wildcards", 0, 4),
    Slot::new("openflow.in_port", 4, 2),
    Slot::new("openflow.eth_src", 6, 6),
    Slot::new("openflow.eth_dst", 12, 6),
    Slot::new("openflow.dl_vlan", 18, 2),
    Slot::new("openflow.dl_vlan_pcp", 20, 1),
    Slot::new("openflow.ofp_match.dl_type", 22, 2),
    Slot::new("openflow.ofp_match.tos", 24, 1),
    Slot::new("openflow.ofp_match.nw_proto", 25, 1),
    Slot::new("openflow.ofp_match.source_addr", 28, 4),
    Slot::new("openflow.ofp_match.dest_addr", 32, 4),
    Slot::new("openflow.ofp_match.source_port", 36, 2),
    Slot::new("openflow.ofp_match.dest_port", 38, 2),
];
const ACTION10: &[Slot] = &[Slot::new("openflow.action_typ", 0, 2), Slot::new("openflow.action_len", 2, 2)];
const OUTPUT10: &[Slot] = &[Slot::new("openflow.output_port", 4, 2), Slot::new("openflow.max_len", 6, 2)];
const PORT10: &[Slot] = &[
    Slot::new("openflow.port_no", 0, 2),
    Slot::new("openflow.hw_add", 2, 6),
    Slot::new("openflow.port_config", 24, 4),
    Slot::new("openflow.port_state", 28, 4),
    Slot::new("openflow.port_curr", 32, 4),
];
const PORT10_SIZE: usize = 48;

/// Fields of messages of version 1.3, by type.
const MESSAGES13: &[(u8, &[Slot])] = &[
    (1, &[Slot::new("openflow_v4.error.type", 8, 2), Slot::new("openflow_v4.error.code", 10, 2)]),
    (
        FEATURES,
        &[
            Slot::new("openflow_v4.switch_features.datapath_id", 8, 8),
            Slot::new("openflow_v4.switch_features.n_buffers", 16, 4),
            Slot::new("openflow_v4.switch_features.n_tables", 20, 1),
            Slot::new("openflow_v4.switch_features.auxiliary_id", 21, 1),
            Slot::new("openflow_v4.switch_features.capabilities", 24, 4),
        ],
    ),
    (8, CONFIGURATION13),
    (9, CONFIGURATION13),
    (
        PACKET_IN,
        &[
            Slot::new("openflow_v4.packet_in.buffer_id", 8, 4),
            Slot::new("openflow_v4.packet_in.total_len", 12, 2),
            Slot::new("openflow_v4.packet_in.reason", 14, 1),
            Slot::new("openflow_v4.packet_in.table_id", 15, 1),
            Slot::new("openflow_v4.packet_in.cookie", 16, 8),
        ],
    ),
    (
        FLOW_REMOVED,
        &[
            Slot::new("openflow_v4.flow_removed.cookie", 8, 8),
            Slot::new("openflow_v4.flow_removed.priority", 16, 2),
            Slot::new("openflow_v4.flow_removed.reason", 18, 1),
            Slot::new("openflow_v4.flow_removed.table_id", 19, 1),
            Slot::new("openflow_v4.flow_removed.duration_sec", 20, 4),
            Slot::new("openflow_v4.flow_removed.idle_timeout", 28, 2),
            Slot::new("openflow_v4.flow_removed.hard_timeout", 30, 2),
            Slot::new("openflow_v4.flow_removed.packet_count", 32, 8),
            Slot::new("openflow_v4.flow_removed.byte_count", 40, 8),
        ],
    ),
    (PORT_STATUS, &[Slot::new("openflow_v4.port_status.reason", 8, 1)]),
    (
        PACKET_OUT,
        &[
            Slot::new("openflow_v4.packet_out.buffer_id", 8, 4),
            Slot::new("openflow_v4.packet_out.in_port", 12, 4),
            Slot::new("openflow_v4.packet_out.acts_len", 16, 2),
        ],
    ),
    (
        FLOW_MODIFICATION,
        &[
            Slot::new("openflow_v4.flowmod.cookie", 8, 8),
            Slot::new("openflow_v4.flowmod.cookie_mask", 16, 8),
            Slot::new("openflow_v4.flowmod.table_id", 24, 1),
            Slot::new("openflow_v4.flowmod.command", 25, 1),
            Slot::new("openflow_v4.flowmod.idle_timeout", 26, 2),
            Slot::new("openflow_v4.flowmod.hard_timeout", 28, 2),
            Slot::new("openflow_v4.flowmod.priority", 30, 2),
            Slot::new("openflow_v4.flowmod.buffer_id", 32, 4),
            Slot::new("openflow_v4.flowmod.out_port", 36, 4),
            Slot::new("openflow_v4.flowmod.out_group", 40, 4),
            Slot::new("openflow_v4.flowmod.flags", 44, 2),
        ],
    ),
    (
        MULTIPART_REQUEST,
        &[
            Slot::new("openflow_v4.multipart_request.type", 8, 2),
            Slot::new("openflow_v4.multipart_request.flags", 10, 2),
        ],
    ),
    (19, &[Slot::new("openflow_v4.multipart_reply.type", 8, 2), Slot::new("openflow_v4.multipart_reply.flags", 10, 2)]),
];
const CONFIGURATION13: &[Slot] =
    &[Slot::new("openflow_v4.switch_config.flags", 8, 2), Slot::new("openflow_v4.switch_config.miss_send_len", 10, 2)];
const MATCH13: &[Slot] = &[Slot::new("openflow_v4.match.type", 0, 2), Slot::new("openflow_v4.match.length", 2, 2)];
const FIELD13: &[Slot] = &[
    Slot::new("openflow_v4.oxm.class", 0, 2),
    Slot::new("openflow_v4.oxm.field", 2, 1).bits(1, 127),
    Slot::new("openflow_v4.oxm.hm", 2, 1).bit(0),
    Slot::new("openflow_v4.oxm.length", 3, 1),
];
const INSTRUCTION: &[Slot] =
    &[Slot::new("openflow_v4.instruction.type", 0, 2), Slot::new("openflow_v4.instruction.length", 2, 2)];
const ACTION13: &[Slot] = &[Slot::new("openflow_v4.action.type", 0, 2), Slot::new("openflow_v4.action.length", 2, 2)];
const OUTPUT13: &[Slot] =
    &[Slot::new("openflow_v4.action.output.port", 4, 4), Slot::new("openflow_v4.action.output.max_len", 8, 2)];
const PORT13: &[Slot] = &[
    Slot::new("openflow_v4.port.port_no", 0, 4),
    Slot::new("openflow_v4.port.hw_addr", 8, 6),
    Slot::new("openflow_v4.port.config", 32, 4),
    // As Wireshark 4.0 spells it.
    Slot::new("openflow_v4.port.sate", 36, 4),
    Slot::new("openflow_v4.port.current", 40, 4),
];

/// Notes a message from its header on, as far as the segment has it.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    let version = v.u8(0)?;
    o.see_all(if version == 4 { FIELDS13 } else { FIELDS }, v);
    o.see_all(if version == 1 { TYPE10 } else { &[] }, v);
    let kind = v.u8(1)?;
    let v = v.cut(v.u16(2)?.into());
    match version {
        1 => version_10(o, v, kind),
        4 => version_13(o, v, kind),
        _ => Ok(()),
    }
}

fn slots(all: &'static [(u8, &'static [Slot])], kind: u8) -> &'static [Slot] {
    all.iter().find(|row| row.0 == kind).map_or(&[], |row| row.1)
}

fn version_10(o: &mut Out, v: View<'_>, kind: u8) -> Step {
    const FLOWS: u16 = 1;
    if kind == FLOW_MODIFICATION {
        o.see_all(MATCH10, v.skip(8));
    }
    o.see_all(slots(MESSAGES10, kind), v);
    match kind {
        FEATURES => {
            let mut rest = v.skip(32);
            while rest.has(PORT10_SIZE) {
                o.see_all(PORT10, rest);
                name(o, id!("openflow.port_name"), rest, 8);
                rest = rest.skip(PORT10_SIZE);
            }
        }
        PACKET_OUT => actions(o, v.skip(16).cut(v.u16(14)?.into()), ACTION10, OUTPUT10)?,
        FLOW_MODIFICATION => actions(o, v.skip(72), ACTION10, OUTPUT10)?,
        STATISTICS_REQUEST if v.u16(8)? == FLOWS => {
            o.see_all(MATCH10, v.skip(12));
            o.see_all(FLOWS10, v);
        }
        _ => {}
    }
    Ok(())
}

fn version_13(o: &mut Out, v: View<'_>, kind: u8) -> Step {
    const FLOWS_AND_AGGREGATES: [u16; 2] = [1, 2];
    o.see_all(slots(MESSAGES13, kind), v);
    match kind {
        PACKET_IN => drop(conditions(o, v.skip(24))?),
        FLOW_REMOVED => drop(conditions(o, v.skip(48))?),
        PORT_STATUS => {
            let port = v.skip(16);
            o.see_all(PORT13, port);
            name(o, id!("openflow_v4.port.name"), port, 16);
        }
        PACKET_OUT => actions(o, v.skip(24).cut(v.u16(16)?.into()), ACTION13, OUTPUT13)?,
        FLOW_MODIFICATION => {
            let rest = conditions(o, v.skip(48))?;
            instructions(o, rest)?;
        }
        MULTIPART_REQUEST if FLOWS_AND_AGGREGATES.contains(&v.u16(8)?) => drop(conditions(o, v.skip(48))?),
        _ => {}
    }
    Ok(())
}

/// A name of 16 octets that NULs fill up.
fn name(o: &mut Out, field: Id, v: View<'_>, at: usize) {
    const SIZE: usize = 16;
    if let Ok(octets) = v.bytes(at, SIZE) {
        o.note_octets(field, octets.split(|&octet| octet == 0).next().unwrap_or_default());
    }
}

/// Actions, of which output has fields of its own.
fn actions(o: &mut Out, mut v: View<'_>, action: &[Slot], output: &[Slot]) -> Step {
    const OUTPUT: u16 = 0;
    while !v.is_empty() {
        o.see_all(action, v);
        let size = usize::from(v.u16(2)?);
        if v.u16(0)? == OUTPUT {
            o.see_all(output, v.cut(size));
        }
        if size < 4 {
            break;
        }
        v = v.skip(size);
    }
    Ok(())
}

/// A match of version 1.3, filled up to eight octets, and what follows.
fn conditions<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    o.see_all(MATCH13, v);
    let size = usize::from(v.u16(2)?);
    let mut rest = v.cut(size).skip(4);
    while !rest.is_empty() {
        o.see_all(FIELD13, rest);
        rest = rest.skip(4 + usize::from(rest.u8(3)?));
    }
    Ok(v.skip(size.next_multiple_of(8)))
}

fn instructions(o: &mut Out, mut v: View<'_>) -> Step {
    const WRITE_AND_APPLY: [u16; 2] = [3, 4];
    while !v.is_empty() {
        o.see_all(INSTRUCTION, v);
        let size = usize::from(v.u16(2)?);
        if WRITE_AND_APPLY.contains(&v.u16(0)?) {
            actions(o, v.cut(size).skip(8), ACTION13, OUTPUT13)?;
        }
        if size < 4 {
            break;
        }
        v = v.skip(size);
    }
    Ok(())
}
