//! Bluetooth HCI frames (Bluetooth Core, volume 4) behind libpcap's direction.

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of the direction.
const HEADER: usize = 4;

const DIRECTION: &[Slot] = &[Slot::new("hci_h4.direction", 0, 4)];
/// Frames by their first octet (Bluetooth Core, volume 4, part A, section 2).
const TYPE: &[Slot] = &[Slot::new("hci_h4.type", 0, 1)];
const COMMAND: u8 = 1;
const DATA: u8 = 2;
const EVENT: u8 = 4;
/// All numbers are little-endian.
const COMMAND_FIELDS: &[Slot] = &[
    Slot::new("bthci_cmd.opcode", 1, 2).little(),
    Slot::new("bthci_cmd.opcode.ogf", 1, 2).little().bits(10, 0x3f),
    Slot::new("bthci_cmd.opcode.ocf", 1, 2).little().bits(0, 0x3ff),
    Slot::new("bthci_cmd.param_length", 3, 1),
];
const DATA_FIELDS: &[Slot] = &[
    Slot::new("bthci_acl.chandle", 1, 2).little().bits(0, 0xfff),
    Slot::new("bthci_acl.pb_flag", 1, 2).little().bits(12, 3),
    Slot::new("bthci_acl.bc_flag", 1, 2).little().bits(14, 3),
    Slot::new("bthci_acl.length", 3, 2).little(),
];
const EVENT_FIELDS: &[Slot] = &[Slot::new("bthci_evt.code", 1, 1), Slot::new("bthci_evt.param_length", 2, 1)];
/// The event that a command is complete.
const COMPLETE: u8 = 0x0e;
const COMPLETE_FIELDS: &[Slot] = &[
    Slot::new("bthci_evt.num_command_packets", 3, 1),
    Slot::new("bthci_evt.opcode", 4, 2).little(),
    Slot::new("bthci_evt.opcode.ogf", 4, 2).little().bits(10, 0x3f),
    Slot::new("bthci_evt.opcode.ocf", 4, 2).little().bits(0, 0x3ff),
    Slot::new("bthci_evt.status", 6, 1),
];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "bluetooth";
    o.put("bluetooth");
    if v.len() < HEADER || !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    o.link_len += HEADER;
    let inner = v.skip(HEADER);
    o.see_all(DIRECTION, v);
    o.see_all(TYPE, inner);
    match inner.u8(0) {
        Ok(COMMAND) => o.see_all(COMMAND_FIELDS, inner),
        Ok(DATA) => o.see_all(DATA_FIELDS, inner),
        Ok(EVENT) => {
            o.see_all(EVENT_FIELDS, inner);
            o.see_all(if inner.u8(1) == Ok(COMPLETE) { COMPLETE_FIELDS } else { &[] }, inner);
        }
        _ => {}
    }
    if o.opt.link {
        let direction = if v.u32(0)? & 1 != 0 { "in" } else { "out" };
        o.put((", hci length ", inner.len(), ", direction ", direction));
    }
    ethernet::default_dump(o, inner);
    Ok(())
}
