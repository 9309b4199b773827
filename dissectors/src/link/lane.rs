//! ATM LAN emulation (ATM Forum af-lane-0021): data frames of IEEE 802.3
//! behind the number of their sender, and control frames.

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex, Named, Otherwise, Table};
use crate::view::{Step, View};

/// Octets of the stations and the type of a data frame.
const FRAME_HEADER: usize = 14;
/// What stands in place of the number in a control frame.
const CONTROL_MARKER: u16 = 0xff00;

/// What precedes a frame.
const SENDER: &[Slot] = &[Slot::new("atm.le_client.client", 0, 2)];
/// A control frame (section 4.4) up to what its operation needs.
const CONTROL: &[Slot] = &[
    Slot::new("atm.le_control.marker", 0, 2),
    Slot::new("atm.le_control.protocol", 2, 1),
    Slot::new("atm.le_control.version", 3, 1),
    Slot::new("atm.le_control.opcode", 4, 2),
];
const STATUS: &[Slot] = &[Slot::new("atm.le_control.status", 6, 2)];
const REQUEST: &[Slot] = &[
    Slot::new("atm.le_control.transaction_id", 8, 4),
    Slot::new("atm.le_control.requester_lecid", 12, 2),
    Slot::new("atm.le_control.flag", 14, 2),
];
const STATIONS: &[Slot] = &[
    Slot::new("atm.lan_destination.tag", 16, 2),
    Slot::new("atm.lan_destination.mac", 18, 6),
    Slot::new("atm.lan_destination.tag", 24, 2),
    Slot::new("atm.lan_destination.mac", 26, 6),
    Slot::new("atm.source_atm", 32, 20),
];
const TARGET: &[Slot] = &[Slot::new("atm.target_atm", 56, 20)];
const CONFIGURE: &[Slot] = &[
    Slot::new("atm.le_configure_join_frame.lan_type", 52, 1),
    Slot::new("atm.le_configure_join_frame.max_frame_size", 53, 1),
    Slot::new("atm.le_configure_join_frame.num_tlvs", 54, 1),
    Slot::new("atm.le_configure_join_frame.elan_name_size", 55, 1),
];
/// Where the name of an emulated LAN is.
const NAME: usize = 76;

/// The kinds of traffic in the tree.
const CONTROL_TRAFFIC: u8 = 1;
const DATA: u8 = 2;

const OPERATIONS: Table = &[
    (0x0001, "configure request"),
    (0x0101, "configure response"),
    (0x0002, "join request"),
    (0x0102, "join response"),
    (0x0003, "ready query"),
    (0x0103, "ready indication"),
    (0x0004, "register request"),
    (0x0104, "register response"),
    (0x0005, "unregister request"),
    (0x0105, "unregister response"),
    (0x0006, "ARP request"),
    (0x0106, "ARP response"),
    (0x0007, "flush request"),
    (0x0107, "flush response"),
    (0x0008, "NARP request"),
    (0x0009, "topology request"),
];

/// A frame of an emulated LAN.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lane";
    if v.u16(0)? == CONTROL_MARKER {
        if o.tree.is_some() {
            let _ends_early = note(o, v);
        }
        let operation = Named(OPERATIONS, v.u16(4)?.into(), Otherwise::Dec("opcode-#", ""));
        o.put(("lec: proto ", Hex(v.u8(2)?), " vers ", Hex(v.u8(3)?), " ", operation));
        return Ok(());
    }
    o.note(id!("atm.traffic.lane"), DATA);
    o.see_all(SENDER, v);
    let (sender, frame) = (v.u16(0)?, v.skip(2));
    if frame.len() >= FRAME_HEADER && frame.has(FRAME_HEADER) {
        o.put(("lecid:", Hex(sender), " "));
    }
    o.nested(|o| ethernet::dissect(o, frame, None, &mut 0))
}

/// Notes a control frame.
fn note(o: &mut Out, v: View<'_>) -> Step {
    const RESPONSE: u16 = 0x100;
    o.note(id!("atm.traffic.lane"), CONTROL_TRAFFIC);
    o.see_all(CONTROL, v);
    let operation = v.u16(4)?;
    let kind = operation & 0xff;
    if !matches!(kind, 1 | 2 | 4..=10) {
        return Ok(());
    }
    if operation & RESPONSE != 0 {
        o.see_all(STATUS, v);
    }
    o.see_all(REQUEST, v);
    if kind < 9 {
        o.see_all(STATIONS, v);
    }
    if !matches!(kind, 4 | 5 | 9) {
        o.see_all(TARGET, v);
    }
    if kind < 3 {
        o.see_all(CONFIGURE, v);
        o.note_octets(id!("atm.le_configure_join_frame.elan_name"), v.bytes(NAME, v.u8(55)?.into())?);
    }
    Ok(())
}
