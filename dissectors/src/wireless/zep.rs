//! ZigBee Encapsulation Protocol, versions 1 and 2: IEEE 802.15.4 frames over UDP.

use crate::below::Below;
use crate::calendar::Calendar;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex4, Zeros};
use crate::view::{Step, Stop, View};
use crate::wireless::ieee802154;

/// Octets of the headers: version 1, and acknowledgements and data of version 2.
const HEADER_1: usize = 16;
const ACKNOWLEDGEMENT: usize = 8;
const HEADER_2: usize = 32;

/// The headers for the tree: what all have, version 1, and acknowledgements and data of version 2.
const FIELDS: &[Slot] = &[Slot::new("zep.protocol_id", 0, 2), Slot::new("zep.version", 2, 1)];
const FIELDS_1: &[Slot] = &[
    Slot::new("zep.channel_id", 3, 1),
    Slot::new("zep.device_id", 4, 2),
    Slot::new("zep.lqi_mode", 6, 1),
    Slot::new("zep.length", 15, 1),
];
const FIELDS_2: &[Slot] = &[
    Slot::new("zep.type", 3, 1),
    Slot::new("zep.channel_id", 4, 1),
    Slot::new("zep.device_id", 5, 2),
    Slot::new("zep.lqi_mode", 7, 1),
    Slot::new("zep.seqno", 17, 4),
    Slot::new("zep.length", 31, 1),
];
const ACKNOWLEDGEMENT_FIELDS: &[Slot] = &[Slot::new("zep.type", 3, 1), Slot::new("zep.seqno", 4, 4)];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "zep";
    let result = packet(o, v);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.put("ZEP");
    if v.u8(0)? != b'E' || v.u8(1)? != b'X' {
        o.put(" [Preamble Code: ");
        o.char(v.u8(0)?);
        o.char(v.u8(1)?);
        o.put("]");
        return Err(Stop::Malformed);
    }
    let version = v.u8(2)?;
    o.see_all(FIELDS, v);
    o.put(("v", version, " "));
    let (header, inner) = if version == 1 {
        need(o, v, HEADER_1)?;
        o.see_all(FIELDS_1, v);
        o.put(("Channel ID ", v.u8(3)?, ", Device ID 0x", Hex4(v.u16(4)?), ", "));
        quality(o, v, 6)?;
        let inner = v.u8(15)?;
        o.put(("inner len = ", inner));
        (HEADER_1, inner)
    } else if v.u8(3)? == 2 {
        need(o, v, ACKNOWLEDGEMENT)?;
        o.see_all(ACKNOWLEDGEMENT_FIELDS, v);
        o.put(("ACK, seq# = ", v.u32(4)?));
        (ACKNOWLEDGEMENT, 0)
    } else {
        need(o, v, HEADER_2)?;
        o.see_all(FIELDS_2, v);
        o.put(("Type ", v.u8(3)?, ", Channel ID ", v.u8(4)?, ", Device ID 0x", Hex4(v.u16(5)?), ", "));
        quality(o, v, 7)?;
        timestamp(o, v.u32(9)?, v.u32(13)?);
        let (number, inner) = (v.u32(17)?, v.u8(31)?);
        o.put((", seq# = ", number, ", inner len = ", inner));
        (HEADER_2, inner)
    };
    let mut rest = v.skip(header);
    if inner != 0 {
        o.put("\n\t");
        if ieee802154::dissect(o, rest.claim(inner.into()))? {
            rest.check(rest.len())?;
            rest = rest.skip(rest.len());
        }
    }
    ethernet::default_dump(o, rest);
    if o.opt.dumps_unknown() { rest.need(rest.len()) } else { Ok(()) }
}

fn need(o: &mut Out, v: View<'_>, octets: usize) -> Step {
    if v.len() < octets { Err(o.wrong("len", v.len(), "<", octets)) } else { Ok(()) }
}

/// Whether a CRC ends the frame, or else how well it was received.
fn quality(o: &mut Out, v: View<'_>, at: usize) -> Step {
    if v.u8(at)? != 0 {
        o.put("CRC, ");
    } else {
        o.note(id!("zep.lqi"), v.u8(at + 1)?);
        o.put(("LQI ", v.u8(at + 1)?, ", "));
    }
    Ok(())
}

/// An NTP timestamp, in seconds and billionths, and as a date.
fn timestamp(o: &mut Out, seconds: u32, fraction: u32) {
    /// Seconds from 1900 to 1970.
    const EPOCH: u32 = 2_208_988_800;
    let since_epoch = u64::from(seconds.wrapping_sub(EPOCH)) * 1_000_000_000;
    o.note(id!("zep.time"), since_epoch + ((u64::from(fraction) * 1_000_000_000) >> 32));
    let billionths = f64::from((fraction as f32) / 4_294_967_296_f32) * 1e9;
    o.put((seconds, ".", Zeros(billionths as u32, 9)));
    if seconds != 0 {
        let c = Calendar::from_unix(i64::from(seconds.wrapping_sub(EPOCH)));
        o.put((" (", c.year, "/", Zeros(c.month, 2), "/", Zeros(c.day, 2)));
        o.put((" ", Zeros(c.hour, 2), ":", Zeros(c.minute, 2), ":", Zeros(c.second, 2), ")"));
    }
}
