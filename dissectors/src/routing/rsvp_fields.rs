//! RSVP for the tree (RFC 2205, RFC 3209): the objects that set up tunnels, and
//! those of refresh reduction (RFC 2961) and hellos.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// An object from its header on.
const OBJECT: &[Slot] = &[Slot::new("rsvp.length", 0, 2), Slot::new("rsvp.object", 2, 1)];

/// What objects of a class and type hold, from their header on.
const OBJECTS: &[(u8, u8, &[Slot])] = &[
    (1, 1, SESSION),
    (1, 7, TUNNEL),
    (
        1,
        2,
        &[
            Slot::new("rsvp.session.destination_address", 4, 16),
            Slot::new("rsvp.session.protocol", 20, 1),
            Slot::new("rsvp.session.flags", 21, 1),
            Slot::new("rsvp.session.destination_port", 22, 2),
        ],
    ),
    (
        1,
        13,
        &[
            Slot::new("rsvp.session.p2mp_id", 4, 4),
            Slot::new("rsvp.session.tunnel_id", 10, 2),
            Slot::new("rsvp.session.ext_tunnel_id", 12, 4),
        ],
    ),
    (3, 1, HOP),
    (3, 2, HOP_6),
    (
        4,
        1,
        &[
            Slot::new("rsvp.integrity.flags", 4, 1),
            Slot::new("rsvp.integrity.key_identifier", 6, 6),
            Slot::new("rsvp.integrity.sequence_number", 12, 8),
        ],
    ),
    (5, 1, &[Slot::new("rsvp.refresh_interval", 4, 4)]),
    (6, 1, ERROR),
    (6, 3, ERROR),
    (6, 2, ERROR6),
    (6, 4, ERROR6),
    (7, 1, &[Slot::new("rsvp.scope.ipv4_address", 4, 4)]),
    (8, 1, &[Slot::new("rsvp.style.flags", 4, 1), Slot::new("rsvp.style.style", 5, 3)]),
    (10, 1, SENDER),
    (11, 1, SENDER),
    (10, 2, SENDER6),
    (11, 2, SENDER6),
    (10, 12, SENDER_GROUP),
    (11, 12, SENDER_GROUP),
    (10, 7, &[SENDER_ADDRESS, SENDER_PATH]),
    (11, 7, &[SENDER_ADDRESS, Slot::new("rsvp.sender.short_call_id", 8, 2), SENDER_PATH]),
    (15, 1, &[Slot::new("rsvp.confirm.receiver_address_ipv4", 4, 4)]),
    (15, 2, &[Slot::new("rsvp.confirm.receiver_address_ipv6", 4, 16)]),
    (16, 1, LABEL),
    (35, 1, LABEL),
    (16, 2, GENERALIZED_LABEL),
    (34, 2, GENERALIZED_LABEL),
    (19, 1, REQUEST),
    (19, 2, REQUEST),
    (19, 3, REQUEST),
    (19, 4, GENERALIZED_REQUEST),
    (19, 5, GENERALIZED_REQUEST),
    (22, 1, HELLO),
    (22, 2, HELLO),
    (23, 1, MESSAGE),
    (24, 1, ACKNOWLEDGEMENT),
    (50, 1, &[Slot::new("rsvp.s2l_sub_lsp.destination_ipv4_address", 4, 4)]),
    (50, 2, &[Slot::new("rsvp.s2l_sub_lsp.destination_ipv6_address", 4, 16)]),
    (66, 1, &[Slot::new("rsvp.dste.classtype", 7, 1)]),
    (131, 1, RESTART),
    (195, 1, &[Slot::new("rsvp.notify_request.notify_node_address_ipv4", 4, 4)]),
    (195, 2, &[Slot::new("rsvp.notify_request.notify_node_address_ipv6", 4, 16)]),
    (
        196,
        1,
        &[
            Slot::new("rsvp.admin_status.bits", 4, 4),
            Slot::new("rsvp.admin_status.reflect", 4, 4).bit(31),
            Slot::new("rsvp.admin_status.testing", 4, 4).bit(2),
            Slot::new("rsvp.admin_status.down", 4, 4).bit(1),
            Slot::new("rsvp.admin_status.delete", 4, 4).bit(0),
        ],
    ),
    (205, 1, FAST_REROUTE),
    (205, 7, FAST_REROUTE),
    (207, 7, ATTRIBUTE),
];

const SESSION: &[Slot] = &[
    Slot::new("rsvp.session.ip", 4, 4),
    Slot::new("rsvp.session.proto", 8, 1),
    Slot::new("rsvp.session.flags", 9, 1),
    Slot::new("rsvp.session.port", 10, 2),
];
const TUNNEL: &[Slot] = &[
    Slot::new("rsvp.session.ip", 4, 4),
    Slot::new("rsvp.session.short_call_id", 8, 2),
    Slot::new("rsvp.session.tunnel_id", 10, 2),
    Slot::new("rsvp.extended_tunnel_id", 12, 4),
    Slot::new("rsvp.session.ext_tunnel_id", 12, 4),
];
const HOP: &[Slot] =
    &[Slot::new("rsvp.hop.neighbor_address_ipv4", 4, 4), Slot::new("rsvp.hop.logical_interface", 8, 4)];
const HOP_6: &[Slot] =
    &[Slot::new("rsvp.neighbor_address_ipv6", 4, 16), Slot::new("rsvp.hop.logical_interface", 20, 4)];
const ERROR: &[Slot] = &[
    Slot::new("rsvp.error.error_node_ipv4", 4, 4),
    Slot::new("rsvp.error_flags", 8, 1),
    Slot::new("rsvp.error_flags.path_state_removed", 8, 1).bit(2),
    Slot::new("rsvp.error_flags.not_guilty", 8, 1).bit(1),
    Slot::new("rsvp.error_flags.in_place", 8, 1).bit(0),
    Slot::new("rsvp.error.error_code", 9, 1),
    Slot::new("rsvp.error_value", 10, 2),
];
const ERROR6: &[Slot] = &[
    Slot::new("rsvp.error.error_node_ipv6", 4, 16),
    Slot::new("rsvp.error_flags", 20, 1),
    Slot::new("rsvp.error_flags.path_state_removed", 20, 1).bit(2),
    Slot::new("rsvp.error_flags.not_guilty", 20, 1).bit(1),
    Slot::new("rsvp.error_flags.in_place", 20, 1).bit(0),
    Slot::new("rsvp.error.error_code", 21, 1),
    Slot::new("rsvp.error_value", 22, 2),
];
const SENDER6: &[Slot] = &[
    Slot::new("rsvp.template_filter.source_address_ipv6", 4, 16),
    Slot::new("rsvp.template_filter.source_port", 22, 2),
];
const SENDER_GROUP: &[Slot] = &[
    Slot::new("rsvp.template_filter.ipv4_tunnel_sender_address", 4, 4),
    SENDER_PATH,
    Slot::new("rsvp.template_filter.sub_group_id", 18, 2),
];
const FAST_REROUTE: &[Slot] = &[
    Slot::new("rsvp.fast_reroute.setup_priority", 4, 1),
    Slot::new("rsvp.fast_reroute.hold_priority", 5, 1),
    Slot::new("rsvp.fast_reroute.hop_limit", 6, 1),
    Slot::new("rsvp.fast_reroute.flags", 7, 1),
    Slot::new("rsvp.frr.flags.one2one_backup", 7, 1).bit(0),
    Slot::new("rsvp.frr.flags.facility_backup", 7, 1).bit(1),
    Slot::new("rsvp.fast_reroute.include_any", 12, 4),
    Slot::new("rsvp.fast_reroute.exclude_any", 16, 4),
    Slot::new("rsvp.fast_reroute.include_all", 20, 4),
];
const SENDER_ADDRESS: Slot = Slot::new("rsvp.sender.ip", 4, 4);
const SENDER_PATH: Slot = Slot::new("rsvp.sender.lsp_id", 10, 2);
const SENDER: &[Slot] = &[SENDER_ADDRESS, Slot::new("rsvp.sender.port", 10, 2)];
const LABEL: &[Slot] = &[Slot::new("rsvp.label.label", 4, 4)];
const GENERALIZED_LABEL: &[Slot] = &[Slot::new("rsvp.label.generalized_label", 4, 4)];
const REQUEST: &[Slot] = &[Slot::new("rsvp.label_request.l3pid", 6, 2)];
const GENERALIZED_REQUEST: &[Slot] = &[
    Slot::new("rsvp.label_request.lsp_encoding_type", 4, 1),
    Slot::new("rsvp.label_request.switching_type", 5, 1),
    Slot::new("rsvp.label_request.g_pid", 6, 2),
];
const HELLO: &[Slot] =
    &[Slot::new("rsvp.hello.source_instance", 4, 4), Slot::new("rsvp.hello.destination_instance", 8, 4)];
const MESSAGE: &[Slot] = &[
    Slot::new("rsvp.message_id.flags", 4, 1),
    Slot::new("rsvp.message_id.epoch", 5, 3),
    Slot::new("rsvp.message_id.message_id", 8, 4),
];
const ACKNOWLEDGEMENT: &[Slot] = &[
    Slot::new("rsvp.message_id_ack.flags", 4, 1),
    Slot::new("rsvp.message_id_ack.epoch", 5, 3),
    Slot::new("rsvp.message_id_ack.message_id", 8, 4),
];
const MESSAGES: &[Slot] =
    &[Slot::new("rsvp.message_id_list.flags", 4, 1), Slot::new("rsvp.message_id_list.epoch", 5, 3)];
const LISTED: &[Slot] = &[Slot::new("rsvp.message_id_list.message_id", 0, 4)];
const RESTART: &[Slot] =
    &[Slot::new("rsvp.restart_cap.restart_time", 4, 4), Slot::new("rsvp.restart_cap.recovery_time", 8, 4)];
const ATTRIBUTE: &[Slot] = &[
    Slot::new("rsvp.session_attribute.setup_priority", 4, 1),
    Slot::new("rsvp.session_attribute.hold_priority", 5, 1),
    Slot::new("rsvp.session_attribute.flags", 6, 1),
    Slot::new("rsvp.session_attribute.name_length", 7, 1),
];

/// The traffic that is told of or asked for (RFC 2210, section 3): the version, then services,
/// and in each parameters, both behind their lengths in words of four octets.
const TRAFFIC: u8 = 12;
const TRAFFIC_VERSION: &[Slot] = &[Slot::new("rsvp.tspec.message_format_version", 4, 1).bits(4, 15)];
const TRAFFIC_SERVICE: &[Slot] = &[Slot::new("rsvp.tspec.service_header", 0, 1)];
const FLOW: u8 = 9;
const FLOW_VERSION: &[Slot] = &[Slot::new("rsvp.flowspec.message_format_version", 4, 1).bits(4, 15)];
const FLOW_SERVICE: &[Slot] = &[Slot::new("rsvp.flowspec.service_header", 0, 1)];
const BUCKET: u8 = 127;
const SIZES: &[Slot] = &[Slot::new("rsvp.minimum_policed_unit", 16, 4), Slot::new("rsvp.maximum_packet_size", 20, 4)];
const GUARANTEED: u8 = 130;
const SLACK: &[Slot] = &[Slot::new("rsvp.flowspec.slack_term", 8, 4)];

/// A hop of an explicit or recorded route (RFC 3209, section 4.3), which begins with
/// whether it is loose, in explicit ones.
const LOOSE: &[Slot] = &[Slot::new("rsvp.loose_hop", 0, 1).bit(7)];
const EXPLICIT: &[Slot] =
    &[Slot::new("rsvp.type", 0, 1).bits(0, 0x7f), Slot::new("rsvp.ero_rro_subobjects.length", 1, 1)];
const RECORDED: &[Slot] = &[Slot::new("rsvp.type", 0, 1), Slot::new("rsvp.ero_rro_subobjects.length", 1, 1)];
const HOP4: &[Slot] =
    &[Slot::new("rsvp.ero_rro_subobjects.ipv4_hop", 2, 4), Slot::new("rsvp.ero_rro_subobjects.prefix_length", 6, 1)];
const HOP4_FLAGS: &[Slot] = &[Slot::new("rsvp.ero_rro_subobjects.flags", 7, 1)];
const HOP6: &[Slot] =
    &[Slot::new("rsvp.ero_rro_subobjects.ipv6_hop", 2, 16), Slot::new("rsvp.ero_rro_subobjects.prefix_length", 18, 1)];
const HOP6_FLAGS: &[Slot] = &[Slot::new("rsvp.ero_rro_subobjects.flags", 19, 1)];
const HOP_LABEL_FLAGS: &[Slot] = &[Slot::new("rsvp.ero_rro_subobjects.flags", 2, 1)];
const HOP_LABEL: &[Slot] = &[Slot::new("rsvp.ero_rro_subobjects.label", 4, 4)];
const HOP_SYSTEM: &[Slot] = &[Slot::new("rsvp.ero_rro_subobjects.autonomous_system", 2, 2)];

/// Notes an object from its header on.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = object(o, v);
    }
}

fn object(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(OBJECT, v);
    let (class, kind) = (v.u8(2)?, v.u8(3)?);
    if let Some(row) = OBJECTS.iter().find(|row| (row.0, row.1) == (class, kind)) {
        o.see_all(row.2, v);
    }
    match (class, kind) {
        (FLOW | TRAFFIC, 2) => traffic(o, v, class),
        (20, 1) => route(o, v.skip(4), true),
        (21, 1) => route(o, v.skip(4), false),
        (25, 1) => {
            o.see_all(MESSAGES, v);
            o.see_rows(LISTED, v.skip(8), 4);
            Ok(())
        }
        (207, 7) => {
            o.note_octets(id!("rsvp.session_attribute.name"), v.bytes(8, v.u8(7)?.into())?);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn traffic(o: &mut Out, v: View<'_>, class: u8) -> Step {
    const SERVICES: usize = 8;
    let (version, service) =
        if class == FLOW { (FLOW_VERSION, FLOW_SERVICE) } else { (TRAFFIC_VERSION, TRAFFIC_SERVICE) };
    o.see_all(version, v);
    let mut services = v.skip(SERVICES);
    while !services.is_empty() {
        o.see_all(service, services);
        let size = 4 + usize::from(services.u16(2)?) * 4;
        let mut parameters = services.cut(size).skip(4);
        while !parameters.is_empty() {
            match parameters.u8(0)? {
                BUCKET => o.see_all(SIZES, parameters),
                GUARANTEED => o.see_all(SLACK, parameters),
                _ => {}
            }
            parameters = parameters.skip(4 + usize::from(parameters.u16(2)?) * 4);
        }
        services = services.skip(size);
    }
    Ok(())
}

fn route(o: &mut Out, mut v: View<'_>, explicit: bool) -> Step {
    while !v.is_empty() {
        let first = v.u8(0)?;
        let kind = if explicit { first & 0x7f } else { first };
        if explicit && matches!(kind, 1..=3) {
            o.see_all(LOOSE, v);
        }
        o.see_all(if explicit { EXPLICIT } else { RECORDED }, v);
        let (hop, flags): (&[Slot], &[Slot]) = match kind {
            1 => (HOP4, HOP4_FLAGS),
            2 => (HOP6, HOP6_FLAGS),
            3 => (HOP_LABEL, HOP_LABEL_FLAGS),
            32 => (HOP_SYSTEM, &[]),
            _ => (&[], &[]),
        };
        o.see_all(hop, v);
        if !explicit {
            o.see_all(flags, v);
        }
        let size = usize::from(v.u8(1)?);
        if size == 0 {
            return Ok(());
        }
        v = v.skip(size);
    }
    Ok(())
}
