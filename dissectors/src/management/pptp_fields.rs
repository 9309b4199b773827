//! PPTP for the tree (RFC 2637, section 2): what each control message holds, from its header on.

use crate::field::Slot;
use crate::out::Out;
use crate::view::View;

const CALL: Slot = Slot::new("pptp.call_id", 12, 2);
const PEER: Slot = Slot::new("pptp.peer_call_id", 14, 2);
const PEER_FIRST: Slot = Slot::new("pptp.peer_call_id", 12, 2);
const SERIAL: Slot = Slot::new("pptp.call_serial_number", 14, 2);
const VERSION: Slot = Slot::new("pptp.protocol_version", 12, 2);
const FRAMINGS: Slot = Slot::new("pptp.framing_capabilities", 16, 4);
const BEARERS: Slot = Slot::new("pptp.bearer_capabilities", 20, 4);
const CHANNELS: Slot = Slot::new("pptp.maximum_channels", 24, 2);
const FIRMWARE: Slot = Slot::new("pptp.firmware_revision", 26, 2);
const HOST: Slot = Slot::new("pptp.host_name", 28, 64);
const VENDOR: Slot = Slot::new("pptp.vendor_name", 92, 64);

/// By type of control message.
const MESSAGES: [&[Slot]; 16] = [
    &[],
    &[VERSION, FRAMINGS, BEARERS, CHANNELS, FIRMWARE, HOST, VENDOR],
    &[
        VERSION,
        Slot::new("pptp.control_result", 14, 1),
        Slot::new("pptp.error", 15, 1),
        FRAMINGS,
        BEARERS,
        CHANNELS,
        FIRMWARE,
        HOST,
        VENDOR,
    ],
    &[Slot::new("pptp.reason", 12, 1)],
    &[Slot::new("pptp.stop_result", 12, 1), Slot::new("pptp.error", 13, 1)],
    &[Slot::new("pptp.identifier", 12, 4)],
    &[Slot::new("pptp.identifier", 12, 4), Slot::new("pptp.echo_result", 16, 1), Slot::new("pptp.error", 17, 1)],
    &[
        CALL,
        SERIAL,
        Slot::new("pptp.minimum_bps", 16, 4),
        Slot::new("pptp.maximum_bps", 20, 4),
        Slot::new("pptp.bearer_type", 24, 4),
        Slot::new("pptp.framing_type", 28, 4),
        Slot::new("pptp.packet_receive_window_size", 32, 2),
        Slot::new("pptp.packet_processing_delay", 34, 2),
        Slot::new("pptp.phone_number_length", 36, 2),
        Slot::new("pptp.phone_number", 40, 64),
        Slot::new("pptp.subaddress", 104, 64),
    ],
    &[
        CALL,
        PEER,
        Slot::new("pptp.out_result", 16, 1),
        Slot::new("pptp.error", 17, 1),
        Slot::new("pptp.cause", 18, 2),
        Slot::new("pptp.connect_speed", 20, 4),
        Slot::new("pptp.packet_receive_window_size", 24, 2),
        Slot::new("pptp.packet_processing_delay", 26, 2),
        Slot::new("pptp.physical_channel_id", 28, 4),
    ],
    &[
        CALL,
        SERIAL,
        Slot::new("pptp.bearer_type", 16, 4),
        Slot::new("pptp.physical_channel_id", 20, 4),
        Slot::new("pptp.dialed_number_length", 24, 2),
        Slot::new("pptp.dialing_number_length", 26, 2),
        Slot::new("pptp.dialed_number", 28, 64),
        Slot::new("pptp.dialing_number", 92, 64),
        Slot::new("pptp.subaddress", 156, 64),
    ],
    &[
        CALL,
        PEER,
        Slot::new("pptp.in_result", 16, 1),
        Slot::new("pptp.error", 17, 1),
        Slot::new("pptp.packet_receive_window_size", 18, 2),
        Slot::new("pptp.packet_processing_delay", 20, 2),
    ],
    &[
        PEER_FIRST,
        Slot::new("pptp.connect_speed", 16, 4),
        Slot::new("pptp.packet_receive_window_size", 20, 2),
        Slot::new("pptp.packet_processing_delay", 22, 2),
        Slot::new("pptp.framing_type", 24, 4),
    ],
    &[CALL],
    &[
        CALL,
        Slot::new("pptp.disc_result", 14, 1),
        Slot::new("pptp.error", 15, 1),
        Slot::new("pptp.cause", 16, 2),
        Slot::new("pptp.call_Statistics", 20, 64),
    ],
    &[
        PEER_FIRST,
        Slot::new("pptp.crc_errors", 16, 4),
        Slot::new("pptp.framing_errors", 20, 4),
        Slot::new("pptp.hardware_overruns", 24, 4),
        Slot::new("pptp.buffer_overruns", 28, 4),
        Slot::new("pptp.timeout_errors", 32, 4),
        Slot::new("pptp.alignment_errors", 36, 4),
    ],
    &[PEER_FIRST, Slot::new("pptp.send_accm", 16, 4), Slot::new("pptp.receive_accm", 20, 4)],
];

/// Notes a message of a type.
pub(super) fn note(o: &mut Out, v: View<'_>, control: u16) {
    if let Some(slots) = MESSAGES.get(usize::from(control)) {
        o.see_all(slots, v);
    }
}
