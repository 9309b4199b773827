//! 802.11 headers for the tree (IEEE 802.11, clause 9).

use super::management_fields;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::UpperHex;
use crate::view::{Step, View};

/// The kind of a frame, which is shown in the order of its octets and not as the number that it is.
const FRAME_CONTROL: &[Slot] = &[
    Slot::new("wlan.fc", 0, 2),
    Slot::new("wlan.fc.version", 0, 1).bits(0, 3),
    Slot::new("wlan.fc.type", 0, 1).bits(2, 3),
    Slot::new("wlan.fc.subtype", 0, 1).bits(4, 15),
    Slot::new("wlan.flags", 1, 1),
    Slot::new("wlan.fc.pwrmgt", 1, 1).bit(4),
    Slot::new("wlan.fc.moredata", 1, 1).bit(5),
    Slot::new("wlan.fc.order", 1, 1).bit(7),
];
/// The flags that control frame extensions have no room for.
const FLAGS: &[Slot] = &[
    Slot::new("wlan.fc.ds", 1, 1).bits(0, 3),
    Slot::new("wlan.fc.tods", 1, 1).bit(0),
    Slot::new("wlan.fc.fromds", 1, 1).bit(1),
    Slot::new("wlan.fc.frag", 1, 1).bit(2),
    Slot::new("wlan.fc.retry", 1, 1).bit(3),
    Slot::new("wlan.fc.protected", 1, 1).bit(6),
];
const EXTENSION: &[Slot] = &[Slot::new("wlan.fc.extension", 1, 1).bits(0, 15)];

const DURATION: &[Slot] = &[Slot::new("wlan.duration", 2, 2).little()];
/// What frames that poll have in the duration's place.
const ASSOCIATION: &[Slot] = &[Slot::new("wlan.aid", 2, 2).little().bits(0, 0x3fff)];
const RECEIVER: &[Slot] = &[Slot::new("wlan.ra", 4, 6)];
const TRANSMITTER: &[Slot] = &[Slot::new("wlan.ta", 10, 6)];
const SEQUENCE: &[Slot] =
    &[Slot::new("wlan.frag", 22, 2).little().bits(0, 15), Slot::new("wlan.seq", 22, 2).little().bits(4, 0xfff)];

/// The addresses of a frame between stations, from a system, to one, and between two.
const ADDRESSES: [&[Slot]; 4] = [
    &[Slot::new("wlan.da", 4, 6), Slot::new("wlan.sa", 10, 6), Slot::new("wlan.bssid", 16, 6)],
    &[
        Slot::new("wlan.bssid", 4, 6),
        Slot::new("wlan.sa", 10, 6),
        Slot::new("wlan.staa", 10, 6),
        Slot::new("wlan.da", 16, 6),
    ],
    &[
        Slot::new("wlan.da", 4, 6),
        Slot::new("wlan.staa", 4, 6),
        Slot::new("wlan.bssid", 10, 6),
        Slot::new("wlan.sa", 16, 6),
    ],
    &[Slot::new("wlan.da", 16, 6), Slot::new("wlan.sa", 24, 6)],
];

/// Control frames: the addresses behind the receiver's, by subtype.
const CONTROL_ADDRESSES: &[(u8, &[Slot])] = &[
    (2, TRANSMITTER),
    (3, TRANSMITTER),
    (4, TRANSMITTER),
    (5, TRANSMITTER),
    (BLOCK_ACK_REQUEST, TRANSMITTER),
    (BLOCK_ACK, TRANSMITTER),
    (POWER_SAVE_POLL, &[Slot::new("wlan.bssid", 4, 6), Slot::new("wlan.ta", 10, 6)]),
    (11, TRANSMITTER),
    (14, &[Slot::new("wlan.bssid", 10, 6)]),
    (15, TRANSMITTER),
];
const CONTROL_EXTENSION: u8 = 6;
const WRAPPER: u8 = 7;
const BLOCK_ACK_REQUEST: u8 = 8;
const BLOCK_ACK: u8 = 9;
const POWER_SAVE_POLL: u8 = 10;

/// The control field and the first sequence number of block acknowledgments.
const BLOCK: &[Slot] = &[
    Slot::new("wlan.ba.control", 16, 2).little(),
    Slot::new("wlan.ba.control.ackpolicy", 16, 2).little().bit(0),
    Slot::new("wlan.ba.control.ba_type", 16, 2).little().bits(1, 15),
];
const BLOCK_START: &[Slot] = &[
    Slot::new("wlan.ba.basic.tidinfo", 16, 2).little().bits(12, 15),
    Slot::new("wlan.fixed.ssc", 18, 2).little(),
    Slot::new("wlan.fixed.ssc.fragment", 18, 2).little().bits(0, 15),
    Slot::new("wlan.fixed.ssc.sequence", 18, 2).little().bits(4, 0xfff),
];

/// The bits of a data frame's subtype.
const POLL: u8 = 2;
const NULL: u8 = 4;
const QUALITY: u8 = 8;

const QOS: &[Slot] = &[
    Slot::new("wlan.qos", 0, 2).little(),
    Slot::new("wlan.qos.tid", 0, 2).little().bits(0, 15),
    Slot::new("wlan.qos.priority", 0, 2).little().bits(0, 7),
    Slot::new("wlan.qos.ack", 0, 2).little().bits(5, 3),
];
const AGGREGATED: &[Slot] = &[Slot::new("wlan.qos.amsdupresent", 0, 2).little().bit(7)];
/// What an access point says.
const END_OF_SERVICE: &[Slot] = &[Slot::new("wlan.qos.eosp", 0, 2).little().bit(4)];
const LIMIT: &[Slot] = &[Slot::new("wlan.qos.txop_limit", 1, 1)];
/// What a station asks for.
const ASKS: &[Slot] = &[Slot::new("wlan.qos.bit4", 0, 2).little().bit(4)];
const FOR_TIME: &[Slot] = &[Slot::new("wlan.qos.txop_dur_req", 1, 1)];
const FOR_QUEUE: &[Slot] = &[Slot::new("wlan.qos.queue_size", 1, 1)];

/// The control field of 802.11n and its successors, which the order flag announces.
const HIGH_THROUGHPUT: &[Slot] = &[Slot::new("wlan.htc", 0, 4).little()];

/// The bit of the field of quality that announces an aggregate, and the header of a frame in that.
const AGGREGATE: u16 = 0x80;
const SUBFRAME: &[Slot] =
    &[Slot::new("wlan.da", 0, 6), Slot::new("wlan.sa", 6, 6), Slot::new("wlan_aggregate.a_mdsu.length", 12, 2)];
const SUBFRAME_HEADER: usize = 14;

/// What precedes encrypted octets.
const KEY: &[Slot] = &[Slot::new("wlan.wep.key", 3, 1).bits(6, 3)];
const VECTOR: &[Slot] = &[Slot::new("wlan.wep.iv", 0, 3)];

const MANAGEMENT: u8 = 0;
const CONTROL: u8 = 1;
const DATA: u8 = 2;

const PROTECTED: u8 = 0x40;
const ORDERED: u8 = 0x80;

/// Notes a frame up to what it carries; of a management frame that too.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = frame(o, v);
    }
}

fn frame(o: &mut Out, v: View<'_>) -> Step {
    let (first, flags) = (v.u8(0)?, v.u8(1)?);
    let (version, kind, subtype) = (first & 3, first >> 2 & 3, first >> 4);
    if version != 0 {
        return Ok(());
    }
    control(o, v)?;
    if v.le16(2)? < 0x8000 {
        o.see_all(DURATION, v);
    }
    match kind {
        MANAGEMENT => {
            o.see_all(RECEIVER, v);
            o.see_all(TRANSMITTER, v);
            o.see_all(ADDRESSES[0], v);
            o.see_all(SEQUENCE, v);
            if flags & ORDERED != 0 {
                o.see_all(HIGH_THROUGHPUT, v.skip(24));
            }
            let body = v.skip(if flags & ORDERED != 0 { 28 } else { 24 });
            if flags & PROTECTED != 0 {
                return protection(o, body);
            }
            management_fields::note(o, subtype, body)
        }
        CONTROL => control_frame(o, subtype, v),
        DATA => data(o, subtype, flags, v),
        _ => Ok(()),
    }
}

/// The frame control field.
fn control(o: &mut Out, v: View<'_>) -> Step {
    let (first, flags) = (v.u8(0)?, v.u8(1)?);
    let (kind, subtype) = (first >> 2 & 3, first >> 4);
    o.see_all(FRAME_CONTROL, v);
    if (kind, subtype) == (CONTROL, CONTROL_EXTENSION) {
        o.see_all(EXTENSION, v);
        let extension = u16::from(flags & 15);
        o.note(id!("wlan.fc.type_subtype"), u16::from(kind) << 8 | u16::from(subtype) << 4 | extension);
    } else {
        o.see_all(FLAGS, v);
        o.note(id!("wlan.fc.type_subtype"), kind << 4 | subtype);
    }
    Ok(())
}

fn control_frame(o: &mut Out, subtype: u8, v: View<'_>) -> Step {
    const BASIC: u16 = 0;
    const COMPRESSED: u16 = 2;
    if subtype == POWER_SAVE_POLL && v.le16(2)? >= 0x8000 {
        o.see_all(ASSOCIATION, v);
    }
    o.see_all(RECEIVER, v);
    if let Some((_, addresses)) = CONTROL_ADDRESSES.iter().find(|row| row.0 == subtype) {
        o.see_all(addresses, v);
    }
    if subtype == WRAPPER {
        o.see_all(HIGH_THROUGHPUT, v.skip(12));
        return control(o, v.skip(10));
    }
    if !matches!(subtype, BLOCK_ACK_REQUEST | BLOCK_ACK) {
        return Ok(());
    }
    o.see_all(BLOCK, v);
    let form = v.le16(16)? >> 1 & 15;
    if matches!(form, BASIC | COMPRESSED) {
        o.see_all(BLOCK_START, v);
        if subtype == BLOCK_ACK {
            let bitmap = v.bytes(20, if form == BASIC { 128 } else { 8 })?;
            o.note_octets(id!("wlan.ba.bm"), bitmap);
        }
    }
    Ok(())
}

fn data(o: &mut Out, subtype: u8, flags: u8, v: View<'_>) -> Step {
    const ASKS_FOR_QUEUE: u8 = 0x10;
    const FROM_SYSTEM: usize = 2;
    let systems = usize::from(flags & 3);
    let quality = subtype & QUALITY != 0;
    let mut header = if systems == 3 { 30 } else { 24 };
    let aggregate = quality && subtype & NULL == 0 && v.le16(header)? & AGGREGATE != 0;
    o.see_all(RECEIVER, v);
    o.see_all(TRANSMITTER, v);
    let mut addresses = ADDRESSES[systems];
    if aggregate && systems != 0 {
        // The subframes have the addresses of the ends.
        addresses = &addresses[..addresses.len() - 1];
    }
    o.see_all(addresses, v);
    o.see_all(SEQUENCE, v);
    if quality {
        let field = v.skip(header).cut(2);
        o.see_all(QOS, field);
        if subtype & NULL == 0 {
            o.see_all(AGGREGATED, field);
        }
        if systems & FROM_SYSTEM != 0 {
            o.see_all(END_OF_SERVICE, field);
            if subtype & POLL != 0 {
                o.see_all(LIMIT, field);
            }
        } else {
            o.see_all(ASKS, field);
            if subtype != QUALITY | POLL {
                o.see_all(if field.u8(0)? & ASKS_FOR_QUEUE != 0 { FOR_QUEUE } else { FOR_TIME }, field);
            }
        }
        header += 2;
        if flags & ORDERED != 0 {
            o.see_all(HIGH_THROUGHPUT, v.skip(header));
            header += 4;
        }
    }
    let body = v.skip(header);
    if flags & PROTECTED != 0 { protection(o, body) } else { Ok(()) }
}

/// What a data frame carries.
#[derive(Clone, Copy)]
pub(super) enum Payload<'p> {
    /// One frame from its LLC header on.
    One(View<'p>),
    /// Several with headers of their own (9.3.2.2).
    Aggregate(View<'p>),
}

/// What a data frame carries, if it has more before that than tcpdump knows: what its text takes for LLC is none.
pub(super) fn longer(v: View<'_>) -> Option<Payload<'_>> {
    let (first, flags) = (v.u8(0).ok()?, v.u8(1).ok()?);
    if first >> 2 & 3 != DATA || first >> 4 & QUALITY == 0 {
        return None;
    }
    let header = if flags & 3 == 3 { 30 } else { 24 };
    let ordered = flags & ORDERED != 0;
    let body = v.skip(header + if ordered { 6 } else { 2 });
    if v.le16(header).ok()? & AGGREGATE != 0 {
        return Some(Payload::Aggregate(body));
    }
    ordered.then_some(Payload::One(body))
}

/// Notes the header of the next frame of an aggregate; what it carries. Each begins at a multiple of four octets.
pub(super) fn subframe<'p>(o: &mut Out, rest: &mut View<'p>) -> Option<View<'p>> {
    o.see_all(SUBFRAME, *rest);
    let octets = usize::from(rest.u16(SUBFRAME_HEADER - 2).ok()?);
    let frame = rest.skip(SUBFRAME_HEADER).cut(octets);
    *rest = rest.skip((SUBFRAME_HEADER + octets).next_multiple_of(4));
    Some(frame)
}

/// What precedes encrypted octets: the vector and the key of WEP, the packet number of TKIP and CCMP.
fn protection(o: &mut Out, v: View<'_>) -> Step {
    const EXTENDED: u8 = 0x20;
    if v.u8(3)? & EXTENDED == 0 {
        o.see_all(VECTOR, v);
    } else {
        let [a, b, c] = v.array(0)?;
        let high = v.array::<4>(4)?;
        // TKIP makes its second octet of the first one (12.5.2.2); CCMP has a zero as the third (12.5.3.2).
        if b == (a | 0x20) & 0x7f {
            note_number(o, id!("wlan.tkip.extiv"), high, [a, c]);
        } else if c == 0 {
            note_number(o, id!("wlan.ccmp.extiv"), high, [b, a]);
        }
    }
    o.see_all(KEY, v);
    Ok(())
}

/// A packet number, of which the high octets follow behind the low ones.
fn note_number(o: &mut Out, field: Id, high: [u8; 4], low: [u8; 2]) {
    let [a, b, c, d] = high.map(UpperHex);
    let [e, f] = low.map(UpperHex);
    o.note_text(field, ("0x", (d, c, b, a, e, f)));
}
