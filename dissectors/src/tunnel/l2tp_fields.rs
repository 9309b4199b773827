//! L2TP for the tree (RFC 2661): the header, and the attributes of control messages.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

pub(super) const FLAGS: &[Slot] = &[
    Slot::new("l2tp.flags", 0, 2),
    Slot::new("l2tp.length_bit", 0, 2).bit(14),
    Slot::new("l2tp.seq_bit", 0, 2).bit(11),
    Slot::new("l2tp.offset_bit", 0, 2).bit(9),
    Slot::new("l2tp.priority", 0, 2).bit(8),
    Slot::new("l2tp.version", 0, 2).bits(0, 15),
];
pub(super) const SEQUENCES: &[Slot] = &[Slot::new("l2tp.Ns", 0, 2), Slot::new("l2tp.Nr", 2, 2)];

const ATTRIBUTE: &[Slot] = &[
    Slot::new("l2tp.avp.mandatory", 0, 2).bit(15),
    Slot::new("l2tp.avp.hidden", 0, 2).bit(14),
    Slot::new("l2tp.avp.length", 0, 2).bits(0, 0x3ff),
    Slot::new("l2tp.avp.vendor_id", 2, 2),
];
const TYPE: &[Slot] = &[Slot::new("l2tp.avp.type", 4, 2)];
const ATTRIBUTE_SIZE: usize = 6;
const HIDDEN: u16 = 0x4000;
const LENGTH: u16 = 0x3ff;

/// What attributes hold, from their value on.
const VALUES: &[(u16, &[Slot])] = &[
    (0, &[Slot::new("l2tp.avp.message_type", 0, 2)]),
    (1, &[Slot::new("l2tp.result_code", 0, 2), Slot::new("l2tp.avp.error_code", 2, 2)]),
    (2, &[Slot::new("l2tp.avp.protocol_version", 0, 1), Slot::new("l2tp.avp.protocol_revision", 1, 1)]),
    (
        3,
        &[
            Slot::new("l2tp.avp.async_framing_supported", 0, 4).bit(1),
            Slot::new("l2tp.avp.sync_framing_supported", 0, 4).bit(0),
        ],
    ),
    (
        4,
        &[
            Slot::new("l2tp.avp.analog_access_supported", 0, 4).bit(1),
            Slot::new("l2tp.avp.digital_access_supported", 0, 4).bit(0),
        ],
    ),
    (6, &[Slot::new("l2tp.avp.firmware_revision", 0, 2)]),
    (9, &[Slot::new("l2tp.avp.assigned_tunnel_id", 0, 2)]),
    (10, &[Slot::new("l2tp.avp.receive_window_size", 0, 2)]),
    (12, &[Slot::new("l2tp.avp.cause_code", 0, 2), Slot::new("l2tp.avp.cause_msg", 2, 1)]),
    (14, &[Slot::new("l2tp.avp.assigned_session_id", 0, 2)]),
    (15, &[Slot::new("l2tp.avp.call_serial_number", 0, 4)]),
    (16, &[Slot::new("l2tp.avp.minimum_bps", 0, 4)]),
    (17, &[Slot::new("l2tp.avp.maximum_bps", 0, 4)]),
    (
        18,
        &[
            Slot::new("l2tp.avp.analog_bearer_type", 0, 4).bit(1),
            Slot::new("l2tp.avp.digital_bearer_type", 0, 4).bit(0),
        ],
    ),
    (
        19,
        &[Slot::new("l2tp.avp.async_framing_type", 0, 4).bit(1), Slot::new("l2tp.avp.sync_framing_type", 0, 4).bit(0)],
    ),
    (24, &[Slot::new("l2tp.avp.connect_speed", 0, 4)]),
    (25, &[Slot::new("l2tp.avp.physical_channel", 0, 4)]),
    (29, &[Slot::new("l2tp.avp.proxy_authen_type", 0, 2)]),
    (32, &[Slot::new("l2tp.avp.proxy_authen_id", 1, 1)]),
    (
        34,
        &[
            Slot::new("l2tp.avp.crc_errors", 2, 4),
            Slot::new("l2tp.avp.framing_errors", 6, 4),
            Slot::new("l2tp.avp.hardware_overruns", 10, 4),
            Slot::new("l2tp.avp.buffer_overruns", 14, 4),
            Slot::new("l2tp.avp.time_out_errors", 18, 4),
            Slot::new("l2tp.avp.alignment_errors", 22, 4),
        ],
    ),
    (35, &[Slot::new("l2tp.avp.send_accm", 2, 4), Slot::new("l2tp.avp.receive_accm", 6, 4)]),
    (38, &[Slot::new("l2tp.avp.rx_connect_speed", 0, 4)]),
];
/// Attributes that are text or data, from an offset on.
const TEXTS: &[(u16, Id, usize)] = &[
    (1, id!("l2tp.avp.error_message"), 4),
    (7, id!("l2tp.avp.host_name"), 0),
    (8, id!("l2tp.avp.vendor_name"), 0),
    (12, id!("l2tp.avp.advisory_msg"), 3),
    (21, id!("l2tp.avp.called_number"), 0),
    (22, id!("l2tp.avp.calling_number"), 0),
    (23, id!("l2tp.avp.sub_address"), 0),
    (30, id!("l2tp.avp.proxy_authen_name"), 0),
];
const OCTETS: &[(u16, Id, usize)] = &[
    (11, id!("l2tp.avp.chap_challenge"), 0),
    (13, id!("l2tp.avp.chap_challenge_response"), 0),
    (27, id!("l2tp.avp.last_sent_lcp_confreq"), 0),
    (28, id!("l2tp.avp.last_received_lcp_confreq"), 0),
    (31, id!("l2tp.avp.proxy_authen_challenge"), 0),
    (33, id!("l2tp.avp.proxy_authen_response"), 0),
    (36, id!("l2tp.avp.random_vector"), 0),
    (37, id!("l2tp.avp.private_group_id"), 0),
];

/// Notes the attributes of a control message.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = attributes(o, v);
    }
}

fn attributes(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(ATTRIBUTE, v);
        let first = v.u16(0)?;
        let size = usize::from(first & LENGTH);
        if size < ATTRIBUTE_SIZE {
            return Ok(());
        }
        // The types of vendors are their own.
        if v.u16(2)? == 0 {
            o.see_all(TYPE, v);
            if first & HIDDEN == 0 {
                value(o, v.cut(size).skip(ATTRIBUTE_SIZE), v.u16(4)?);
            }
        }
        v = v.skip(size);
    }
    Ok(())
}

fn value(o: &mut Out, v: View<'_>, kind: u16) {
    if let Some(&(_, slots)) = VALUES.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
    if let Some(&(_, id, at)) = TEXTS.iter().find(|row| row.0 == kind)
        && v.caplen() > at
    {
        o.note_padded(id, v.skip(at).data());
    }
    if let Some(&(_, id, at)) = OCTETS.iter().find(|row| row.0 == kind)
        && v.caplen() > at
    {
        o.note_octets(id, v.skip(at).data());
    }
}
