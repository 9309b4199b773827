//! The Light Weight Access Point Protocol (RFC 5412).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex8, Mac, Table, bits, named};
use crate::view::{Step, View};

/// The port of control messages, to which access points put their address.
pub(crate) const CONTROL: u16 = 12223;
/// The port of data.
pub(crate) const DATA: u16 = 12222;

/// Octets of the transport header (RFC 5412, section 3.3), of an address before
/// it, and of a message's header (section 4.1).
const TRANSPORT: usize = 6;
const STATION: usize = 6;
const MESSAGE: usize = 8;

/// The transport header for the tree, what precedes it, and a message's header.
const FIELDS: &[Slot] = &[
    Slot::new("lwapp.version", 0, 1).bits(6, 3),
    Slot::new("lwapp.slotId", 0, 1).bits(3, 7),
    Slot::new("lwapp.flags", 0, 1).bits(0, 0x3f),
    Slot::new("lwapp.flags.type", 0, 1).bit(2),
    Slot::new("lwapp.flags.fragment", 0, 1).bit(1),
    Slot::new("lwapp.flags.fragmentType", 0, 1).bit(0),
    Slot::new("lwapp.fragmentId", 1, 1),
    Slot::new("lwapp.Length", 2, 2),
    Slot::new("lwapp.rssi", 4, 1),
    Slot::new("lwapp.snr", 5, 1),
];
const STATION_FIELDS: &[Slot] = &[Slot::new("lwapp.apid", 0, 6)];
const MESSAGE_FIELDS: &[Slot] = &[
    Slot::new("lwapp.control.type", 0, 1),
    Slot::new("lwapp.control.seqno", 1, 1),
    Slot::new("lwapp.control.length", 2, 2),
];

const VERSION: u8 = 0;
const IS_CONTROL: u8 = 0x04;
/// As tcpdump names them.
const FLAGS: Table = &[(0x01, "Last Fragment Bit"), (0x02, "Fragment Bit"), (0x04, "Control Bit")];

const MESSAGES: Table = &[
    (1, "Discovery req"),
    (2, "Discovery resp"),
    (3, "Join req"),
    (4, "Join resp"),
    (5, "Join ack"),
    (6, "Join confirm"),
    (10, "Configure req"),
    (11, "Configure resp"),
    (12, "Update req"),
    (13, "Update resp"),
    (14, "WTP event req"),
    (15, "WTP event resp"),
    (16, "Change state event req"),
    (17, "Change state event resp"),
    (22, "Echo req"),
    (23, "Echo resp"),
    (24, "Image data req"),
    (25, "Image data resp"),
    (26, "Channel status req"),
    (27, "Channel status resp"),
    (30, "Key update req"),
    (31, "Key update resp"),
    (32, "Primary discovery req"),
    (33, "Primary discovery resp"),
    (34, "Data transfer req"),
    (35, "Data transfer resp"),
    (36, "Clear config ind"),
    (37, "Wlan config req"),
    (38, "Wlan config resp"),
    (39, "Mobile config req"),
    (40, "Mobile config resp"),
];

/// The start of a header, up to its version's text; false if that is unknown.
fn version(o: &mut Out, v: View<'_>, length: usize) -> Step<bool> {
    let first = v.u8(0)?;
    let version = first >> 6;
    o.see_all(FIELDS, v);
    if version != VERSION {
        o.put(("LWAPP version ", version, " packet not supported"));
        return Ok(false);
    }
    o.put(("LWAPPv", version, if first & IS_CONTROL != 0 { ", Control frame, " } else { ", Data frame, " }));
    if o.opt.verbose == 0 {
        o.put(("Flags [", bits(FLAGS, first & 7, ", ", "none"), "], length ", length));
    }
    Ok(o.opt.verbose > 0)
}

/// A packet of the control port.
pub(crate) fn control(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "lwapp_control";
    let has_station = below.dport == CONTROL;
    let header = v.skip(if has_station { STATION } else { 0 });
    header.check(TRANSPORT)?;
    if has_station {
        o.see_all(STATION_FIELDS, v);
    }
    if !version(o, header, v.len())? {
        return Ok(());
    }
    let (first, mut left) = (header.u8(0)?, usize::from(header.u16(2)?));
    o.put(("Radio-id ", first >> 3 & 7, ", Flags [", bits(FLAGS, first & 7, ", ", "none"), "], Frag-id "));
    o.put((header.u8(1)?, ", length ", left));
    if has_station {
        o.put(("\n\tAP identity: ", Mac(v.array(0)?)));
    }
    let mut v = header.skip(TRANSPORT);
    while left > 0 {
        v.check(MESSAGE)?;
        o.see_all(MESSAGE_FIELDS, v);
        let size = usize::from(v.u16(2)?);
        if left < MESSAGE + size {
            o.put("\n\t  Msg goes past end of PDU");
            break;
        }
        let kind = v.u8(0)?;
        o.put(("\n\t  Msg type: ", named(MESSAGES, kind, "Unknown"), " (", kind, "), Seqnum: ", v.u8(1)?));
        o.put((", Msg len: ", size, ", Session: 0x", Hex8(v.u32(4)?)));
        // As tcpdump has it: without the header.
        v.check(size)?;
        (v, left) = (v.skip(MESSAGE + size), left - MESSAGE - size);
    }
    Ok(())
}

/// A packet of the data port: an IEEE 802.11 frame, which is dumped.
pub(crate) fn data(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lwapp_data";
    v.check(TRANSPORT)?;
    if !version(o, v, v.len())? {
        return Ok(());
    }
    let (first, length) = (v.u8(0)?, usize::from(v.u16(2)?));
    o.put(("Radio-id  ", first >> 3 & 7, ", Flags [", bits(FLAGS, first & 7, ", ", "none"), "], "));
    let Some(left) = length.checked_sub(TRANSPORT) else {
        o.put(("length ", length, " < transport header length"));
        return Ok(());
    };
    o.put(("Frag-id  ", v.u8(1)?, ", length ", length));
    o.unknown(v.skip(TRANSPORT), "\n\t", left);
    Ok(())
}
