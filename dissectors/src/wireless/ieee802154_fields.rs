//! IEEE 802.15.4 for the tree: where the parts of a frame have what. All numbers are little-endian.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::Eui64;
use crate::view::{Step, View};

/// The frame control field (7.2.2).
pub(super) const CONTROL: &[Slot] = &[
    Slot::new("wpan.fcf", 0, 2).little(),
    Slot::new("wpan.frame_type", 0, 2).little().bits(0, 7),
    Slot::new("wpan.security", 0, 2).little().bit(3),
    Slot::new("wpan.pending", 0, 2).little().bit(4),
    Slot::new("wpan.ack_request", 0, 2).little().bit(5),
    Slot::new("wpan.pan_id_compression", 0, 2).little().bit(6),
    Slot::new("wpan.seqno_suppression", 0, 2).little().bit(8),
    Slot::new("wpan.ie_present", 0, 2).little().bit(9),
    Slot::new("wpan.dst_addr_mode", 0, 2).little().bits(10, 3),
    Slot::new("wpan.version", 0, 2).little().bits(12, 3),
    Slot::new("wpan.src_addr_mode", 0, 2).little().bits(14, 3),
];
/// That of a multipurpose frame (7.3.5), of one octet or of two.
pub(super) const MULTIPURPOSE: &[Slot] = &[
    Slot::new("wpan.frame_type", 0, 1).bits(0, 7),
    Slot::new("wpan.long_frame_control", 0, 1).bit(3),
    Slot::new("wpan.dst_addr_mode", 0, 1).bits(4, 3),
    Slot::new("wpan.src_addr_mode", 0, 1).bits(6, 3),
];
pub(super) const SHORT_MULTIPURPOSE: &[Slot] = &[Slot::new("wpan.fcf", 0, 1)];
pub(super) const LONG_MULTIPURPOSE: &[Slot] = &[
    Slot::new("wpan.fcf", 0, 2).little(),
    Slot::new("wpan.pan_id_present", 1, 1).bit(0),
    Slot::new("wpan.security", 1, 1).bit(1),
    Slot::new("wpan.seqno_suppression", 1, 1).bit(2),
    Slot::new("wpan.pending", 1, 1).bit(3),
    Slot::new("wpan.mpf_version", 1, 1).bits(4, 3),
    Slot::new("wpan.ack_request", 1, 1).bit(6),
    Slot::new("wpan.ie_present", 1, 1).bit(7),
];

/// The tree's fields of a station: its network, and its short and its long address.
pub(super) struct Station {
    pub(super) network: Id,
    pub(super) short: Id,
    pub(super) long: Id,
}

pub(super) const TO: Station =
    Station { network: id!("wpan.dst_pan"), short: id!("wpan.dst16"), long: id!("wpan.dst64") };
pub(super) const FROM: Station =
    Station { network: id!("wpan.src_pan"), short: id!("wpan.src16"), long: id!("wpan.src64") };

/// Notes an address of 0, 2 or 8 octets.
pub(super) fn note_address(o: &mut Out, v: View<'_>, octets: usize, station: &Station) -> Step {
    match octets {
        _ if o.tree.is_none() => {}
        0 => {}
        2 => o.note(station.short, v.le16(0)?),
        _ => {
            let mut address: [u8; 8] = v.array(0)?;
            address.reverse();
            o.note_text(station.long, Eui64(address));
        }
    }
    Ok(())
}

/// The auxiliary security header (9.4), its counter and the index of its key.
pub(super) const SECURITY: &[Slot] = &[
    Slot::new("wpan.aux_sec.security_control_field", 0, 1),
    Slot::new("wpan.aux_sec.sec_level", 0, 1).bits(0, 7),
    Slot::new("wpan.aux_sec.key_id_mode", 0, 1).bits(3, 3),
    Slot::new("wpan.aux_sec.frame_counter_suppression", 0, 1).bit(5),
];
pub(super) const COUNTER: &[Slot] = &[Slot::new("wpan.aux_sec.frame_counter", 0, 4).little()];
pub(super) const KEY_INDEX: &[Slot] = &[Slot::new("wpan.aux_sec.key_index", 0, 1)];

/// A superframe (7.3.1.3).
pub(super) const SUPERFRAME: &[Slot] = &[
    Slot::new("wpan.beacon_order", 0, 2).little().bits(0, 15),
    Slot::new("wpan.superframe_order", 0, 2).little().bits(4, 15),
    Slot::new("wpan.cap", 0, 2).little().bits(8, 15),
    Slot::new("wpan.battery_ext", 0, 2).little().bit(12),
    Slot::new("wpan.bcn_coord", 0, 2).little().bit(14),
    Slot::new("wpan.assoc_permit", 0, 2).little().bit(15),
];
pub(super) const GUARANTEED: &[Slot] = &[Slot::new("wpan.gts.count", 0, 1).bits(0, 7)];

/// A command, and the parameters of commands by number and length.
pub(super) const COMMAND: &[Slot] = &[Slot::new("wpan.cmd", 0, 1)];
pub(super) const COMMANDS: &[(u8, &[Slot])] = &[
    (
        1,
        &[
            Slot::new("wpan.cinfo.alt_coord", 0, 1).bit(0),
            Slot::new("wpan.cinfo.device_type", 0, 1).bit(1),
            Slot::new("wpan.cinfo.power_src", 0, 1).bit(2),
            Slot::new("wpan.cinfo.idle_rx", 0, 1).bit(3),
            Slot::new("wpan.cinfo.sec_capable", 0, 1).bit(6),
            Slot::new("wpan.cinfo.alloc_addr", 0, 1).bit(7),
        ],
    ),
    (2, &[Slot::new("wpan.asoc.addr", 0, 2).little(), Slot::new("wpan.assoc.status", 2, 1)]),
    (3, &[Slot::new("wpan.disassoc.reason", 0, 1)]),
    (
        8,
        &[
            Slot::new("wpan.realign.pan", 0, 2).little(),
            Slot::new("wpan.realign.addr", 2, 2).little(),
            Slot::new("wpan.realign.channel", 4, 1),
            Slot::new("wpan.realign.addr", 5, 2).little(),
        ],
    ),
    (
        9,
        &[
            Slot::new("wpan.gtsreq.length", 0, 1).bits(0, 15),
            Slot::new("wpan.gtsreq.direction", 0, 1).bit(4),
            Slot::new("wpan.gtsreq.type", 0, 1).bit(5),
        ],
    ),
];

/// Metadata before a frame: the header, and values.
const TAP: &[Slot] = &[Slot::new("wpan-tap.version", 0, 1), Slot::new("wpan-tap.length", 2, 2).little()];
const TAP_VALUE: &[Slot] =
    &[Slot::new("wpan-tap.tlv.type", 0, 2).little(), Slot::new("wpan-tap.tlv.length", 2, 2).little()];
const TAP_VALUES: &[(u16, &[Slot])] = &[
    (0, &[Slot::new("wpan-tap.fcs_type", 0, 1)]),
    (2, &[Slot::new("wpan-tap.bit_rate", 0, 4).little()]),
    (3, &[Slot::new("wpan-tap.ch_num", 0, 2).little(), Slot::new("wpan-tap.ch_page", 2, 1)]),
    (5, &[Slot::new("wpan-tap.sof_ts", 0, 8).little()]),
    (6, &[Slot::new("wpan-tap.eof_ts", 0, 8).little()]),
    (10, &[Slot::new("wpan-tap.lqi", 0, 1)]),
];
/// The received signal strength in dBm, a number of IEEE 754.
const STRENGTH: u16 = 1;
/// Octets of the header of metadata and of one value.
const TAP_HEADER: usize = 4;

/// Notes metadata.
pub(super) fn note_tap(o: &mut Out, v: View<'_>) {
    if o.tree.is_none() {
        return;
    }
    o.see_all(TAP, v);
    let mut rest = v.skip(TAP_HEADER);
    while rest.has(TAP_HEADER) {
        o.see_all(TAP_VALUE, rest);
        let (kind, length) = (rest.le16(0).unwrap_or_default(), usize::from(rest.le16(2).unwrap_or_default()));
        let value = rest.skip(TAP_HEADER).cut(length);
        if let Some((_, slots)) = TAP_VALUES.iter().find(|row| row.0 == kind) {
            o.see_all(slots, value);
        }
        if kind == STRENGTH
            && let Ok(octets) = value.array(0)
        {
            // In tenths, as far as a radio can tell.
            let tenths = (f32::from_le_bytes(octets) * 10.0) as i32;
            let (sign, size) = ((tenths < 0).then_some("-"), tenths.unsigned_abs());
            o.note_text(id!("wpan-tap.rss"), (sign, size / 10, (!size.is_multiple_of(10)).then_some((".", size % 10))));
        }
        rest = rest.skip((TAP_HEADER + length).next_multiple_of(4));
    }
}
