//! 802.11 frames (IEEE 802.11, clause 9).

use super::ieee80211_fields::{self, Payload};
use super::management;
use crate::below::{Below, Station};
use crate::field::Field;
use crate::link::llc;
use crate::out::Out;
use crate::put::{Hex, Hex3, Mac, Table, named};
use crate::view::{Step, View};

/// The frame control field, which is little-endian.
pub(super) type Control = u16;

pub(super) fn subtype(control: Control) -> u8 {
    (control >> 4 & 15) as u8
}

fn kind(control: Control) -> u8 {
    (control >> 2 & 3) as u8
}

const MANAGEMENT: u8 = 0;
const CONTROL: u8 = 1;
const DATA: u8 = 2;

const TO_SYSTEM: Control = 0x0100;
const FROM_SYSTEM: Control = 0x0200;
const BOTH_SYSTEMS: Control = 0x0300;
pub(super) const PROTECTED: Control = 0x4000;
const CONTROL_NAMES: &[(Control, &str)] = &[
    (0x2000, "More Data "),
    (0x0400, "More Fragments "),
    (0x1000, "Pwr Mgmt "),
    (0x0800, "Retry "),
    (0x8000, "Strictly Ordered "),
    (0x4000, "Protected "),
];

/// The bits of the subtype of a data frame.
const DATA_ACK: u8 = 1;
const DATA_POLL: u8 = 2;
const DATA_NULL: u8 = 4;
const DATA_QOS: u8 = 8;

const DURATION: usize = 2;
/// The four addresses, named for what they always or mostly are.
const ADDRESS_1: Field<Mac> = Field::new("wlan.ra", 4);
const ADDRESS_2: Field<Mac> = Field::new("wlan.ta", 10);
const ADDRESS_3: Field<Mac> = Field::new("wlan.bssid", 16);
const ADDRESS_4: Field<Mac> = Field::new("wlan.sa", 24);
const WRAPPER: u8 = 7;
const ACK_REQUEST: u8 = 8;
const BLOCK_ACK: u8 = 9;
const POWER_SAVE: u8 = 10;
const REQUEST_TO_SEND: u8 = 11;
const CLEAR_TO_SEND: u8 = 12;
const ACKNOWLEDGMENT: u8 = 13;
const END: u8 = 14;
const END_ACK: u8 = 15;
const CONTROL_FRAMES: Table = &[
    (7, "Control Wrapper"),
    (8, "BAR"),
    (9, "BA"),
    (10, "Power Save-Poll"),
    (11, "Request-To-Send"),
    (12, "Clear-To-Send"),
    (13, "Acknowledgment"),
    (14, "CF-End"),
    (15, "CF-End+CF-Ack"),
];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "802.11";
    let header = dissect(o, v, false, 0)?;
    o.link_len += header;
    Ok(())
}

/// A frame with `check` octets of frame check sequence, and with padding behind
/// its header if `padded`; the result is the octets of its headers.
pub(super) fn dissect(o: &mut Out, v: View<'_>, padded: bool, check: usize) -> Step<usize> {
    o.proto = "802.11";
    if v.len() < check {
        o.truncated();
        return Ok(v.caplen());
    }
    let length = v.len() - check;
    let all = v.caplen();
    if check > 0
        && let Ok(sum) = v.le32(length)
    {
        o.note(id!("wlan.fcs"), sum);
    }
    let v = v.cut(length);
    if !v.has(2) {
        o.truncated();
        return Ok(all);
    }
    ieee80211_fields::note(o, v);
    let control = v.le16(0)?;
    let Some(mut header) = header_len(o, control) else { return Ok(0) };
    if padded {
        header = header.next_multiple_of(4);
    }
    let mut mesh = 0;
    if o.opt.mesh && kind(control) == DATA && subtype(control) & DATA_QOS != 0 {
        let Ok(flags) = v.u8(header) else {
            o.truncated();
            return Ok(header);
        };
        mesh = if flags & !3 != 0 { 0 } else { 6 * (1 + usize::from(flags & 3)) };
        header += mesh;
    }
    if !v.has(header) {
        o.truncated();
        return Ok(header);
    }
    if o.opt.link {
        put_header(o, control, v, header, mesh)?;
    }
    body(o, control, v, header)
}

/// The octets of a header; nothing if the kind of frame is not known.
fn header_len(o: &mut Out, control: Control) -> Option<usize> {
    let subtype = subtype(control);
    match kind(control) {
        MANAGEMENT => Some(24),
        CONTROL => match subtype {
            WRAPPER => Some(16),
            ACK_REQUEST => Some(20),
            POWER_SAVE | REQUEST_TO_SEND | END | END_ACK => Some(16),
            BLOCK_ACK | CLEAR_TO_SEND | ACKNOWLEDGMENT => Some(10),
            _ => {
                o.put(("unknown 802.11 ctrl frame subtype (", subtype, ")"));
                None
            }
        },
        DATA => {
            let addresses = if control & BOTH_SYSTEMS == BOTH_SYSTEMS { 30 } else { 24 };
            Some(if subtype & DATA_QOS != 0 { addresses + 2 } else { addresses })
        }
        reserved => {
            o.put(("unknown 802.11 frame type (", reserved, ")"));
            None
        }
    }
}

/// What follows a header; the result is the octets of all headers.
fn body(o: &mut Out, control: Control, v: View<'_>, header: usize) -> Step<usize> {
    let inner = v.skip(header);
    let complete = match kind(control) {
        MANAGEMENT => management::dissect(o, control, v.get(ADDRESS_2)?, inner)?,
        CONTROL => control_frame(o, control, v)?,
        _ if subtype(control) & DATA_NULL != 0 => true,
        _ if control & PROTECTED != 0 => {
            o.put("Data");
            initialization_vector(o, inner)
        }
        _ => {
            let (source, destination) = match control & BOTH_SYSTEMS {
                0 => (ADDRESS_2, ADDRESS_1),
                FROM_SYSTEM => (ADDRESS_3, ADDRESS_1),
                TO_SYSTEM => (ADDRESS_2, ADDRESS_3),
                _ => (ADDRESS_4, ADDRESS_3),
            };
            let (source, destination) = (v.get(source)?, v.get(destination)?);
            let below = Below {
                source: Some(Station::Mac(source)),
                destination: Some(Station::Mac(destination)),
                ..Below::default()
            };
            if o.tree.is_some()
                && let Some(payload) = ieee80211_fields::longer(v)
            {
                let tree = o.tree.take();
                let result = llc::dissect_or_dump(o, inner, &below);
                o.tree = tree;
                note_payload(o, payload, &below);
                return Ok(header + result?);
            }
            return Ok(header + llc::dissect_or_dump(o, inner, &below)?);
        }
    };
    if !complete {
        o.truncated();
    }
    Ok(header)
}

/// Notes a payload that begins elsewhere than tcpdump's text has it, and leaves no text.
fn note_payload(o: &mut Out, payload: Payload<'_>, below: &Below<'_>) {
    let llc = |o: &mut Out, frame| o.note_unread(|o| llc::dissect(o, frame, below).map(drop));
    match payload {
        Payload::One(frame) => llc(o, frame),
        Payload::Aggregate(mut rest) => {
            while let Some(frame) = ieee80211_fields::subframe(o, &mut rest) {
                llc(o, frame);
            }
        }
    }
}

/// The initialization vector of an encrypted frame; false if it is cut.
pub(super) fn initialization_vector(o: &mut Out, v: View<'_>) -> bool {
    let Ok(word) = v.le32(0) else { return false };
    o.put((" IV:", Padded(word & 0xff_ffff), " Pad ", Hex(word >> 24 & 0x3f), " KeyID ", Hex(word >> 30)));
    true
}

/// Hexadecimal of at least three columns.
struct Padded(u32);

impl crate::put::Put for Padded {
    fn put(self, o: &mut Out) {
        match self.0 {
            0..=0xf => o.put(("  ", Hex(self.0))),
            0x10..=0xff => o.put((" ", Hex(self.0))),
            _ => o.put(Hex3(self.0)),
        }
    }
}

/// A control frame; false if it is cut.
fn control_frame(o: &mut Out, control: Control, v: View<'_>) -> Step<bool> {
    let subtype = subtype(control);
    o.put(named(CONTROL_FRAMES, subtype, "Unknown Ctrl Subtype"));
    if subtype == POWER_SAVE {
        o.put((" AID(", Hex(v.le16(DURATION)?), ")"));
        return Ok(true);
    }
    if o.opt.link {
        return Ok(true);
    }
    match subtype {
        ACK_REQUEST => ack_request(o, v)?,
        REQUEST_TO_SEND => o.put((" TA:", v.get(ADDRESS_2)?, " ")),
        BLOCK_ACK | CLEAR_TO_SEND | ACKNOWLEDGMENT | END | END_ACK => o.put((" RA:", v.get(ADDRESS_1)?, " ")),
        _ => {}
    }
    Ok(true)
}

fn ack_request(o: &mut Out, v: View<'_>) -> Step {
    o.put((" RA:", v.get(ADDRESS_1)?, " TA:", v.get(ADDRESS_2)?));
    o.put((" CTL(", Hex(v.le16(16)?), ") SEQ(", v.le16(18)?, ") "));
    Ok(())
}

/// What `-e` prints of a header.
fn put_header(o: &mut Out, control: Control, v: View<'_>, header: usize, mesh: usize) -> Step {
    let (kind, subtype) = (kind(control), subtype(control));
    if o.opt.verbose > 0 {
        for &(bit, name) in CONTROL_NAMES {
            if control & bit != 0 {
                o.put(name);
            }
        }
        if kind != CONTROL || subtype != POWER_SAVE {
            o.put((v.le16(DURATION)?, "us "));
        }
    }
    if mesh > 0 {
        mesh_control(o, v.skip(header - mesh))?;
    }
    let (first, second) = (v.get(ADDRESS_1)?, v.get(ADDRESS_2));
    match kind {
        MANAGEMENT => o.put(("BSSID:", v.get(ADDRESS_3)?, " DA:", first, " SA:", second?, " ")),
        CONTROL => match subtype {
            ACK_REQUEST => ack_request(o, v)?,
            REQUEST_TO_SEND => o.put(("RA:", first, " TA:", second?, " ")),
            POWER_SAVE => o.put(("BSSID:", first, " TA:", second?, " ")),
            BLOCK_ACK | CLEAR_TO_SEND | ACKNOWLEDGMENT => o.put(("RA:", first, " ")),
            END | END_ACK => o.put(("RA:", first, " BSSID:", second?, " ")),
            _ => {}
        },
        _ => {
            put_data_header(o, subtype);
            let (second, third) = (second?, v.get(ADDRESS_3)?);
            match control & BOTH_SYSTEMS {
                0 => o.put(("DA:", first, " SA:", second, " BSSID:", third, " ")),
                FROM_SYSTEM => o.put(("DA:", first, " BSSID:", second, " SA:", third, " ")),
                TO_SYSTEM => o.put(("BSSID:", first, " SA:", second, " DA:", third, " ")),
                _ => o.put(("RA:", first, " TA:", second, " DA:", third, " SA:", v.get(ADDRESS_4)?, " ")),
            }
        }
    }
    Ok(())
}

/// What a data frame does besides carrying data.
fn put_data_header(o: &mut Out, subtype: u8) {
    if subtype & (DATA_ACK | DATA_POLL | DATA_QOS) == 0 {
        return;
    }
    o.put(match subtype & (DATA_ACK | DATA_POLL) {
        0 => "CF ",
        DATA_ACK => "CF Ack",
        DATA_POLL => "CF Poll",
        _ => "CF Ack/Poll",
    });
    o.put(if subtype & DATA_QOS != 0 { "+QoS " } else { " " });
}

/// A mesh control field (IEEE 802.11, 9.2.4.7.3).
fn mesh_control(o: &mut Out, v: View<'_>) -> Step {
    let addresses = usize::from(v.u8(0)? & 3);
    o.put(("MeshData (AE ", addresses, " TTL ", v.u8(1)?, " seq ", v.le32(2)?));
    for (i, label) in [" A4:", " A5:", " A6:"].into_iter().enumerate().take(addresses) {
        o.put((label, Mac(v.array(6 + 6 * i)?)));
    }
    o.put(") ");
    Ok(())
}
