//! Bluetooth HCI frames for the tree (Bluetooth Core, volume 4, part E): headers, and what is filtered by of commands
//! and events. All numbers are little-endian.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// Frames by their first octet (part A, section 2).
const TYPE: &[Slot] = &[Slot::new("hci_h4.type", 0, 1)];
const COMMAND: u8 = 1;
const ASYNCHRONOUS: u8 = 2;
const SYNCHRONOUS: u8 = 3;
const EVENT: u8 = 4;

const COMMAND_FIELDS: &[Slot] = &[
    Slot::new("bthci_cmd.opcode", 1, 2).little(),
    Slot::new("bthci_cmd.opcode.ogf", 1, 2).little().bits(10, 0x3f),
    Slot::new("bthci_cmd.opcode.ocf", 1, 2).little().bits(0, 0x3ff),
    Slot::new("bthci_cmd.param_length", 3, 1),
];
/// Where the parameters of a command and of an event begin.
const COMMAND_PARAMETERS: usize = 4;
const EVENT_PARAMETERS: usize = 3;
/// Parameters of commands, by code.
const COMMANDS: &[(u16, &[Slot])] = &[
    (0x0405, &[Slot::new("bthci_cmd.bd_addr", 0, 6).little()]),
    (
        0x0406,
        &[Slot::new("bthci_cmd.connection_handle", 0, 2).little().bits(0, 0xfff), Slot::new("bthci_cmd.reason", 2, 1)],
    ),
    (
        0x200b,
        &[
            Slot::new("bthci_cmd.le_scan_type", 0, 1),
            Slot::new("bthci_cmd.le_scan_interval", 1, 2).little(),
            Slot::new("bthci_cmd.le_scan_window", 3, 2).little(),
        ],
    ),
    (0x200c, &[Slot::new("bthci_cmd.le_scan_enable", 0, 1), Slot::new("bthci_cmd.le_filter_duplicates", 1, 1)]),
];

const ASYNCHRONOUS_FIELDS: &[Slot] = &[
    Slot::new("bthci_acl.chandle", 1, 2).little().bits(0, 0xfff),
    Slot::new("bthci_acl.pb_flag", 1, 2).little().bits(12, 3),
    Slot::new("bthci_acl.bc_flag", 1, 2).little().bits(14, 3),
    Slot::new("bthci_acl.length", 3, 2).little(),
];
/// The header of L2CAP (volume 3, part A, section 3), which is in first fragments.
const CHANNEL: &[Slot] = &[Slot::new("btl2cap.length", 5, 2).little(), Slot::new("btl2cap.cid", 7, 2).little()];
const SYNCHRONOUS_FIELDS: &[Slot] = &[
    Slot::new("bthci_sco.chandle", 1, 2).little().bits(0, 0xfff),
    Slot::new("bthci_sco.packet_status", 1, 2).little().bits(12, 3),
    Slot::new("bthci_sco.length", 3, 1),
];

const EVENT_FIELDS: &[Slot] = &[Slot::new("bthci_evt.code", 1, 1), Slot::new("bthci_evt.param_length", 2, 1)];
const STATUS: Slot = Slot::new("bthci_evt.status", 0, 1);
/// Parameters of events, by code.
const EVENTS: &[(u8, &[Slot])] = &[
    (0x01, &[STATUS]),
    (
        0x03,
        &[
            STATUS,
            Slot::new("bthci_evt.connection_handle", 1, 2).little().bits(0, 0xfff),
            Slot::new("bthci_evt.bd_addr", 3, 6).little(),
            Slot::new("bthci_evt.link_type", 9, 1),
            Slot::new("bthci_evt.encryption_mode", 10, 1),
        ],
    ),
    (0x04, &[Slot::new("bthci_evt.bd_addr", 0, 6).little(), Slot::new("bthci_evt.link_type", 9, 1)]),
    (
        0x05,
        &[
            STATUS,
            Slot::new("bthci_evt.connection_handle", 1, 2).little().bits(0, 0xfff),
            Slot::new("bthci_evt.reason", 3, 1),
        ],
    ),
    (
        0x08,
        &[
            STATUS,
            Slot::new("bthci_evt.connection_handle", 1, 2).little().bits(0, 0xfff),
            Slot::new("bthci_evt.encryption_enable", 3, 1),
        ],
    ),
    (
        0x0e,
        &[
            Slot::new("bthci_evt.num_command_packets", 0, 1),
            Slot::new("bthci_evt.opcode", 1, 2).little(),
            Slot::new("bthci_evt.opcode.ogf", 1, 2).little().bits(10, 0x3f),
            Slot::new("bthci_evt.opcode.ocf", 1, 2).little().bits(0, 0x3ff),
            Slot::new("bthci_evt.status", 3, 1),
        ],
    ),
    (
        0x0f,
        &[
            STATUS,
            Slot::new("bthci_evt.num_command_packets", 1, 1),
            Slot::new("bthci_evt.opcode", 2, 2).little(),
            Slot::new("bthci_evt.opcode.ogf", 2, 2).little().bits(10, 0x3f),
            Slot::new("bthci_evt.opcode.ocf", 2, 2).little().bits(0, 0x3ff),
        ],
    ),
    (PACKETS_COMPLETED, &[Slot::new("bthci_evt.num_handles", 0, 1)]),
    (LOW_ENERGY, &[Slot::new("bthci_evt.le_meta_subevent", 0, 1)]),
];
const PACKETS_COMPLETED: u8 = 0x13;
const COMPLETED: &[Slot] = &[
    Slot::new("bthci_evt.connection_handle", 0, 2).little().bits(0, 0xfff),
    Slot::new("bthci_evt.num_compl_packets", 2, 2).little(),
];
const LOW_ENERGY: u8 = 0x3e;
/// Parameters of events of low energy, by the code in their first octet.
const LOW_ENERGY_EVENTS: &[(u8, &[Slot])] = &[
    (
        1,
        &[
            Slot::new("bthci_evt.status", 1, 1),
            Slot::new("bthci_evt.connection_handle", 2, 2).little().bits(0, 0xfff),
            Slot::new("bthci_evt.role", 4, 1),
            Slot::new("bthci_evt.le_peer_address_type", 5, 1),
            Slot::new("bthci_evt.bd_addr", 6, 6).little(),
            Slot::new("bthci_evt.le_con_interval", 12, 2).little(),
            Slot::new("bthci_evt.le_con_latency", 14, 2).little(),
            Slot::new("bthci_evt.le_supv_timeout", 16, 2).little(),
        ],
    ),
    (ADVERTISEMENTS, &[Slot::new("bthci_evt.le_num_reports", 1, 1)]),
    (
        3,
        &[
            Slot::new("bthci_evt.status", 1, 1),
            Slot::new("bthci_evt.connection_handle", 2, 2).little().bits(0, 0xfff),
            Slot::new("bthci_evt.le_con_interval", 4, 2).little(),
            Slot::new("bthci_evt.le_con_latency", 6, 2).little(),
            Slot::new("bthci_evt.le_supv_timeout", 8, 2).little(),
        ],
    ),
];
const ADVERTISEMENTS: u8 = 2;
const ADVERTISEMENT: &[Slot] = &[
    Slot::new("bthci_evt.le_advts_event_type", 0, 1),
    Slot::new("bthci_evt.le_peer_address_type", 1, 1),
    Slot::new("bthci_evt.bd_addr", 2, 6).little(),
    Slot::new("bthci_evt.data_length", 8, 1),
];
const ADVERTISEMENT_HEADER: usize = 9;
const STRENGTH: &[Slot] = &[Slot::new("bthci_evt.rssi", 0, 1)];

/// Notes a frame from its type on.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = frame(o, v);
    }
}

fn frame(o: &mut Out, v: View<'_>) -> Step {
    const CONTINUES: u16 = 1;
    o.see_all(TYPE, v);
    match v.u8(0)? {
        COMMAND => {
            o.see_all(COMMAND_FIELDS, v);
            let code = v.le16(1)?;
            if let Some((_, slots)) = COMMANDS.iter().find(|row| row.0 == code) {
                o.see_all(slots, v.skip(COMMAND_PARAMETERS));
            }
        }
        ASYNCHRONOUS => {
            o.see_all(ASYNCHRONOUS_FIELDS, v);
            if v.le16(1)? >> 12 & 3 != CONTINUES {
                o.see_all(CHANNEL, v);
            }
        }
        SYNCHRONOUS => o.see_all(SYNCHRONOUS_FIELDS, v),
        EVENT => {
            o.see_all(EVENT_FIELDS, v);
            return event(o, v.u8(1)?, v.skip(EVENT_PARAMETERS));
        }
        _ => {}
    }
    Ok(())
}

fn event(o: &mut Out, code: u8, v: View<'_>) -> Step {
    if let Some((_, slots)) = EVENTS.iter().find(|row| row.0 == code) {
        o.see_all(slots, v);
    }
    match code {
        PACKETS_COMPLETED => {
            let octets = 4 * usize::from(v.u8(0)?);
            o.see_rows(COMPLETED, v.skip(1).cut(octets), 4);
        }
        LOW_ENERGY => {
            let code = v.u8(0)?;
            if let Some((_, slots)) = LOW_ENERGY_EVENTS.iter().find(|row| row.0 == code) {
                o.see_all(slots, v);
            }
            if code == ADVERTISEMENTS {
                return advertisements(o, v.u8(1)?, v.skip(2));
            }
        }
        _ => {}
    }
    Ok(())
}

fn advertisements(o: &mut Out, count: u8, v: View<'_>) -> Step {
    let mut rest = v;
    for _ in 0..count {
        o.see_all(ADVERTISEMENT, rest);
        rest = rest.skip(ADVERTISEMENT_HEADER + usize::from(rest.u8(ADVERTISEMENT_HEADER - 1)?));
        o.see_all(STRENGTH, rest);
        rest = rest.skip(1);
    }
    Ok(())
}
