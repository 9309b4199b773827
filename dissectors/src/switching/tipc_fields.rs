//! TIPC for the tree: the header of version 2, by the user that a message is of.

use super::tipc::Node;
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const FIRST: &[Slot] = &[
    Slot::new("tipc.ver", 0, 4).bits(29, 7),
    Slot::new("tipc.usr", 0, 4).bits(25, 15),
    Slot::new("tipc.hdr_size", 0, 4).bits(21, 15),
    Slot::new("tipc.non_sequenced", 0, 4).bit(20),
    Slot::new("tipc.msg_size", 0, 4).bits(0, 0x1_ffff),
];
const PAYLOAD: &[Slot] = &[
    Slot::new("tipc.destdrop", 0, 4).bit(19),
    Slot::new("tipc.srcdrop", 0, 4).bit(18),
    Slot::new("tipc.syn", 0, 4).bit(17),
    Slot::new("tipc.data_type", 4, 4).bits(29, 7),
    ERROR,
    REROUTE,
    SCOPE,
    Slot::new("tipcv2.opt_p", 4, 4).bits(16, 7),
    FROM,
    TO,
    Slot::new("tipcv2.port_name_type", 32, 4),
    Slot::new("tipcv2.port_name_instance", 36, 4),
];
const ERROR: Slot = Slot::new("tipcv2.errorcode", 4, 4).bits(25, 15);
const REROUTE: Slot = Slot::new("tipcv2.rer_cnt", 4, 4).bits(21, 15);
const SCOPE: Slot = Slot::new("tipcv2.lookup_scope", 4, 4).bits(19, 3);
const FROM: Slot = Slot::new("tipc.org_port", 16, 4);
const TO: Slot = Slot::new("tipc.dst_port", 20, 4);
const BEARER: Slot = Slot::new("tipcv2.bearer_id", 20, 4).bits(9, 7);
const SEQUENCES: &[Slot] = &[
    Slot::new("tipcv2.broadcast_ack_no", 4, 4).bits(0, 0xffff),
    Slot::new("tipcv2.link_level_ack_no", 8, 4).bits(16, 0xffff),
    Slot::new("tipcv2.link_level_seq_no", 8, 4).bits(0, 0xffff),
];
/// The user that finds links has no sequences.
const DISCOVERY: u8 = 13;
/// What messages of other users have.
const USERS: &[(u8, &[Slot])] = &[
    (0, PAYLOAD),
    (1, PAYLOAD),
    (2, PAYLOAD),
    (3, PAYLOAD),
    (
        5,
        &[
            Slot::new("tipcv2.bcast_msg_type", 4, 4).bits(29, 7),
            Slot::new("tipcv2.network_id", 20, 4),
            Slot::new("tipcv2.bcast_tag", 36, 4).bits(16, 0xffff),
        ],
    ),
    (
        6,
        &[
            Slot::new("tipcv2.bundler_msg_type", 4, 4).bits(29, 7),
            Slot::new("tipcv2.msg_count", 36, 4).bits(16, 0xffff),
        ],
    ),
    (
        7,
        &[
            Slot::new("tipcv2.link_msg_type", 4, 4).bits(29, 7),
            Slot::new("tipcv2.seq_gap", 4, 4).bits(16, 0x1fff),
            Slot::new("tipcv2.next_sent_broadcast", 16, 4).bits(16, 0xffff),
            Slot::new("tipcv2.next_sent_packet", 16, 4).bits(0, 0xffff),
            Slot::new("tipcv2.session_no", 20, 4).bits(16, 0xffff),
            Slot::new("tipcv2.redundant_link", 20, 4).bit(12),
            BEARER,
            Slot::new("tipcv2.link_prio", 20, 4).bits(4, 31),
            Slot::new("tipcv2.network_plane", 20, 4).bits(1, 7),
            Slot::new("tipcv2.probe", 20, 4).bit(0),
            Slot::new("tipcv2.timestamp", 32, 4),
            Slot::new("tipcv2.max_packet", 36, 4).bits(16, 0xffff),
            Slot::new("tipcv2.link_tolerance", 36, 4).bits(0, 0xffff),
        ],
    ),
    (
        8,
        &[
            Slot::new("tipcv2.connmgr_msg_type", 4, 4).bits(29, 7),
            ERROR,
            REROUTE,
            SCOPE,
            FROM,
            TO,
            Slot::new("tipcv2.conn_mgr_msg_ack", 36, 4).bits(16, 0xffff),
        ],
    ),
    (9, &[Slot::new("tipcv2.route_msg_type", 4, 4).bits(29, 7), TO]),
    (10, &[Slot::new("tipcv2.changeover_msg_type", 4, 4).bits(29, 7), BEARER]),
    (11, &[Slot::new("tipcv2.naming_msg_type", 4, 4).bits(29, 7), TO]),
    (
        12,
        &[
            Slot::new("tipcv2.fragmenter_msg_type", 4, 4).bits(29, 7),
            Slot::new("tipcv2.fragment_number", 16, 4).bits(16, 0xffff),
            Slot::new("tipcv2.fragment_msg_number", 16, 4).bits(0, 0xffff),
        ],
    ),
    (
        DISCOVERY,
        &[
            Slot::new("tipcv2.data_msg_type", 4, 4).bits(29, 7),
            Slot::new("tipcv2.minor_pv", 4, 4).bits(16, 0xff),
            Slot::new("tipcv2.node_sig", 4, 4).bits(0, 0xffff),
            Slot::new("tipcv2.network_id", 16, 4),
            Slot::new("tipcv2.media_id", 20, 4).bits(0, 0xff),
        ],
    ),
];

/// Notes a message.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(FIRST, v);
    let first = v.u32(0)?;
    if first >> 29 != 2 {
        return Ok(());
    }
    let user = (first >> 25 & 15) as u8;
    let header = v.cut((first >> 21 & 15) as usize * 4);
    if let Some(&(_, slots)) = USERS.iter().find(|row| row.0 == user) {
        o.see_all(slots, header);
    }
    if user == DISCOVERY {
        o.note_text(id!("tipcv2.destination_domain"), Node(header.u32(8)?));
    } else {
        o.see_all(SEQUENCES, header);
    }
    o.note_text(id!("tipcv2.prev_node"), Node(header.u32(12)?));
    if user != DISCOVERY {
        o.note_text(id!("tipcv2.orig_node"), Node(header.u32(24)?));
        o.note_text(id!("tipcv2.dest_node"), Node(header.u32(28)?));
    }
    Ok(())
}
