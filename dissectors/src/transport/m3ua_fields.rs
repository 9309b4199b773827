//! The parameters of M3UA for the tree (RFC 4666, section 3.3 to 3.8).

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const PARAMETER: &[Slot] = &[Slot::new("m3ua.parameter_tag", 0, 2), Slot::new("m3ua.parameter_length", 2, 2)];
const PARAMETER_SIZE: usize = 4;

/// What parameters hold, from their header on.
const PARAMETERS: &[(u16, &[Slot])] = &[
    (0x000b, &[Slot::new("m3ua.traffic_mode_type", 4, 4)]),
    (0x000c, &[Slot::new("m3ua.error_code", 4, 4)]),
    (0x000d, &[Slot::new("m3ua.status_type", 4, 2), Slot::new("m3ua.status_info", 6, 2)]),
    (0x0011, &[Slot::new("m3ua.asp_identifier", 4, 4)]),
    (0x0013, &[Slot::new("m3ua.correlation_identifier", 4, 4)]),
    (0x0200, &[Slot::new("m3ua.network_appearance", 4, 4)]),
    (0x0204, &[Slot::new("m3ua.unavailability_cause", 4, 2), Slot::new("m3ua.user_identity", 6, 2)]),
    (0x0205, &[Slot::new("m3ua.congestion_level", 7, 1)]),
    (0x0206, &[Slot::new("m3ua.concerned_dpc", 5, 3)]),
    (0x020a, &[Slot::new("m3ua.local_rk_identifier", 4, 4)]),
    (0x020b, &[Slot::new("m3ua.dpc_mask", 4, 1), Slot::new("m3ua.dpc_pc", 5, 3)]),
    (
        0x0210,
        &[
            Slot::new("m3ua.protocol_data_opc", 4, 4),
            Slot::new("m3ua.protocol_data_dpc", 8, 4),
            Slot::new("m3ua.protocol_data_si", 12, 1),
            Slot::new("m3ua.protocol_data_ni", 13, 1),
            Slot::new("m3ua.protocol_data_mp", 14, 1),
            Slot::new("m3ua.protocol_data_sls", 15, 1),
        ],
    ),
    (0x0212, &[Slot::new("m3ua.registration_status", 4, 4)]),
    (0x0213, &[Slot::new("m3ua.deregistration_status", 4, 4)]),
];
/// Parameters that are lists of numbers of so many octets.
const LISTS: &[(u16, &[Slot], usize)] = &[
    (0x0006, &[Slot::new("m3ua.routing_context", 0, 4)], 4),
    (0x0012, &[Slot::new("m3ua.affected_point_code_mask", 0, 1), Slot::new("m3ua.affected_point_code_pc", 1, 3)], 4),
    (0x020c, &[Slot::new("m3ua.si", 0, 1)], 1),
    (0x020e, &[Slot::new("m3ua.opc_list_mask", 0, 1), Slot::new("m3ua.opc_list_pc", 1, 3)], 4),
];
/// Parameters that hold others: routing keys and results of registrations.
const FIRST_NESTED: u16 = 0x0207;
const LAST_NESTED: u16 = 0x0209;
/// How deep parameters are looked into.
const MAX_DEPTH: u32 = 4;

/// Notes the parameters of a message.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = parameters(o, v, 0);
    }
}

fn parameters(o: &mut Out, v: View<'_>, depth: u32) -> Step {
    let mut v = v;
    while v.has(PARAMETER_SIZE) {
        o.see_all(PARAMETER, v);
        let (tag, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if size < PARAMETER_SIZE {
            return Ok(());
        }
        let parameter = v.cut(size);
        let value = parameter.skip(PARAMETER_SIZE);
        if let Some(&(_, slots)) = PARAMETERS.iter().find(|row| row.0 == tag) {
            o.see_all(slots, parameter);
        }
        if let Some(&(_, row, each)) = LISTS.iter().find(|row| row.0 == tag) {
            o.see_rows(row, value, each);
        }
        match tag {
            0x0004 => o.note_padded(id!("m3ua.info_string"), value.data()),
            0x0007 => o.note_octets(id!("m3ua.diagnostic_information"), value.data()),
            0x0009 => o.note_octets(id!("m3ua.heartbeat_data"), value.data()),
            FIRST_NESTED..=LAST_NESTED if depth < MAX_DEPTH => parameters(o, value, depth + 1)?,
            _ => {}
        }
        v = v.skip(size.next_multiple_of(4));
    }
    Ok(())
}
