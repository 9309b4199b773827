//! Information elements of IEEE 802.15.4 (2015, 7.4).

use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Hex8, Octets, Table, lookup};
use crate::view::{Step, Stop, View};
use crate::wireless::ieee802154::{error, put_address};

/// Header elements (table 7-7).
const HEADER: Table = &[
    (0x00, "Vendor Specific Header IE"),
    (0x1a, "LE CSL IE"),
    (0x1b, "LE RIT IE"),
    (0x1c, "DSME PAN descriptor IE"),
    (0x1d, "Rendezvous Time IE"),
    (0x1e, "Time Correction IE"),
    (0x21, "Extended DSME PAN descriptor IE"),
    (0x22, "Fragment Sequence Context Description IE"),
    (0x23, "Simplified Superframe Specification IE"),
    (0x24, "Simplified GTS Specification IE"),
    (0x25, "LECIM Capabilities IE"),
    (0x26, "TRLE Descriptor IE"),
    (0x27, "RCC Capabilities IE"),
    (0x28, "RCCN Descriptor IE"),
    (0x29, "Global Time IE"),
    (0x2a, "Omnibus Header IE"),
    (0x2b, "DA IE"),
    (0x7e, "Header Termination 1 IE"),
    (0x7f, "Header Termination 2 IE"),
];
/// The element that payload elements follow, and the one that the payload follows.
const TERMINATION_1: u16 = 0x7e;
const TERMINATION_2: u16 = 0x7f;
/// Numbers of header elements from here on are not assigned at all.
const HEADER_END: u16 = 0x80;

/// Groups of payload elements (table 7-15).
const PAYLOAD: Table = &[
    (0x0, "ESDU IE"),
    (0x1, "MLME IE"),
    (0x2, "Vendor Specific Nested IE"),
    (0x3, "Multiplexed IE (802.15.9)"),
    (0x4, "Omnibus Payload Group IE"),
    (0x5, "IETF IE"),
    (0xf, "List termination"),
];
const LIST_TERMINATION: u16 = 0xf;

/// Nested elements of the short format (table 7-16).
const SHORT: Table = &[
    (0x1a, "TSCH Synchronization IE"),
    (0x1b, "TSCH Slotframe and Link IE"),
    (0x1c, "TSCH Timeslot IE"),
    (0x1d, "Hopping timing IE"),
    (0x1e, "Enhanced Beacon Filter IE"),
    (0x1f, "MAC Metrics IE"),
    (0x20, "All MAC Metrics IE"),
    (0x21, "Coexistence Specification IE"),
    (0x22, "SUN Device Capabilities IE"),
    (0x23, "SUN FSK Generic PHY IE"),
    (0x24, "Mode Switch Parameter IE"),
    (0x25, "PHY Parameter Change IE"),
    (0x26, "O-QPSK PHY Mode IE"),
    (0x27, "PCA Allocation IE"),
    (0x28, "LECIM DSSS Operating Mode IE"),
    (0x29, "LECIM FSK Operating Mode IE"),
    (0x2b, "TVWS PHY Operating Mode Description IE"),
    (0x2c, "TVWS Device Capabilities IE"),
    (0x2d, "TVWS Device Category IE"),
    (0x2e, "TVWS Device Identiication IE"),
    (0x2f, "TVWS Device Location IE"),
    (0x30, "TVWS Channel Information Query IE"),
    (0x31, "TVWS Channel Information Source IE"),
    (0x32, "CTM IE"),
    (0x33, "Timestamp IE"),
    (0x34, "Timestamp Difference IE"),
    (0x35, "TMCTP Sepcification IE"),
    (0x36, "RCC PHY Operating Mode IE"),
];
/// Numbers of the short format below this one are left to the long format.
const SHORT_BEGIN: u16 = 0x10;

/// Nested elements of the long format (table 7-17).
const LONG: Table = &[(0x08, "Vendor Specific MLME Nested IE"), (0x09, "Channel Hopping IE")];

/// The octets of `v` from `at` up to `end`, each with a space.
fn octets(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step {
    for at in at..end {
        o.put((Hex2(v.u8(at)?), " "));
    }
    Ok(())
}

/// `IE Data = ` and the octets.
fn data(o: &mut Out, v: View<'_>) -> Step {
    o.put("IE Data = ");
    octets(o, v, 0, v.len())
}

/// An organization and its octets.
fn vendor(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 3 {
        return Err(error(o, "Vendor OUI missing"));
    }
    o.put(("OUI = 0x", Octets(v.bytes(0, 3)?), ", Data = "));
    octets(o, v, 3, v.len())
}

/// Ends an element: what contradicts itself was printed, and the next one follows.
fn settle(result: Step) -> Step {
    match result {
        Err(Stop::Malformed) => Ok(()),
        other => other,
    }
}

/// Header elements up to their termination: what follows, and whether that
/// begins with payload elements.
pub(super) fn header_elements<'p>(o: &mut Out, v: View<'p>) -> Step<(View<'p>, bool)> {
    // Elements end with what was captured.
    let mut rest = v.cut(v.caplen());
    loop {
        if rest.len() < 2 {
            return Err(error(o, "Truncated header IE"));
        }
        let descriptor = rest.le16(0)?;
        if descriptor & 0x8000 != 0 {
            error(o, "Header IE with type 1");
            o.put(" ");
        }
        let (size, id) = (usize::from(descriptor & 0x7f), descriptor >> 7 & 0xff);
        if id >= HEADER_END {
            o.put(("Reserved Element ID ", Hex2(id), ", length = ", size, " "));
        } else {
            o.put("\n\t");
            match lookup(HEADER, id.into()) {
                Some(name) => o.put(name),
                None => o.put(("Reserved 0x", Hex2(id))),
            }
            if size == 0 {
                o.put(" [");
            } else {
                o.put((" [ length = ", size, ", "));
            }
        }
        if rest.len() < 2 + size {
            return Err(error(o, "Truncated IE data"));
        }
        let element = rest.skip(2).claim(size);
        if size > 0 && o.opt.verbose > 3 {
            settle(header_element(o, element, id))?;
        } else if size > 0 {
            data(o, element)?;
        }
        o.put("] ");
        // An element may be claimed to end beyond the frame.
        let over = rest.len() < 2 + size;
        rest = rest.skip(2 + size);
        match id {
            TERMINATION_1 => return Ok((rest, true)),
            TERMINATION_2 => return Ok((rest, false)),
            _ if over => return Err(Stop::Truncated),
            _ if rest.is_empty() => return Ok((rest, false)),
            _ => {}
        }
    }
}

/// What a header element says.
fn header_element(o: &mut Out, v: View<'_>, id: u16) -> Step {
    match id {
        0x00 => vendor(o, v),
        0x1a => {
            if v.len() < 4 {
                return Err(error(o, "Truncated CSL IE"));
            }
            o.put(("CSL Phase = ", v.le16(0)?, ", CSL Period = ", v.le16(2)?));
            if v.len() >= 6 {
                o.put((", Rendezvous time = ", v.le16(4)?));
            }
            if !matches!(v.len(), 4 | 6) {
                o.put(" ");
                error(o, "CSL IE length wrong");
            }
            Ok(())
        }
        0x1b => {
            if v.len() < 4 {
                return Err(error(o, "Truncated RIT IE"));
            }
            o.put(("Time to First Listen = ", v.u8(0)?, ", # of Repeat Listen = ", v.u8(1)?));
            o.put((", Repeat Listen Interval = ", v.le16(2)?));
            Ok(())
        }
        0x1c => pan_descriptor(o, v, false),
        0x21 => pan_descriptor(o, v, true),
        0x1d => {
            if v.len() != 4 {
                return Err(error(o, "Length != 2"));
            }
            o.put(("Rendezvous time = ", v.le16(0)?, ", Wake-up Interval = ", v.le16(2)?));
            Ok(())
        }
        0x1e => {
            if v.len() != 2 {
                return Err(error(o, "Length != 2"));
            }
            let value = v.le16(0)?;
            if value & 0x8000 != 0 {
                o.put("Negative ");
            }
            // A number of twelve bits with a sign.
            let correction = (value << 4) as i16 >> 4;
            o.put(("Ack time correction = ", i32::from(correction), ", "));
            Ok(())
        }
        _ => data(o, v),
    }
}

/// A superframe specification (7.3.1.3).
pub(super) fn put_superframe(o: &mut Out, value: u16) {
    if o.opt.verbose == 0 {
        return;
    }
    o.put(("\n\tBeacon order = ", value & 0xf, ", Superframe order = ", value >> 4 & 0xf, ", "));
    o.put(("Final CAP Slot = ", value >> 8 & 0xf));
    for (bit, name) in [(12, ", BLE enabled"), (14, ", PAN Coordinator"), (15, ", Association Permit")] {
        if value >> bit & 1 != 0 {
            o.put(name);
        }
    }
}

/// Addresses that data are pending for (7.3.1.5); the octets that they take.
pub(super) fn put_pending(o: &mut Out, v: View<'_>) -> Step<usize> {
    let counts = v.u8(0)?;
    let (short, long) = (usize::from(counts & 7), usize::from(counts >> 4 & 7));
    let size = 1 + 2 * short + 8 * long;
    if o.opt.verbose > 0 {
        o.put(("\n\tPending address list, # short addresses = ", short, ", # extended addresses = ", long));
    }
    if v.len() < size {
        o.put(" ");
        return Err(error(o, "Pending address list truncated"));
    }
    if o.opt.verbose < 2 {
        return Ok(size);
    }
    let mut rest = v.skip(1);
    for (label, count, octets) in [(", Short", short, 2), (", Extended", long, 8)] {
        if count == 0 {
            continue;
        }
        o.put((label, " address list = [ "));
        for _ in 0..count {
            put_address(o, rest, octets)?;
            o.put(" ");
            rest = rest.skip(octets);
        }
        o.put("]");
    }
    Ok(size)
}

/// ` [ERROR: what]` unless `v` has `n` octets.
fn room(o: &mut Out, v: View<'_>, n: usize, what: &'static str) -> Step {
    if v.len() >= n {
        return Ok(());
    }
    o.put(" ");
    Err(error(o, what))
}

/// The descriptor of a network with deterministic and synchronous channels (7.4.2.4 and 7.4.2.5).
fn pan_descriptor(o: &mut Out, v: View<'_>, extended: bool) -> Step {
    if v.len() < 2 {
        return Err(error(o, "Truncated DSME PAN IE"));
    }
    put_superframe(o, v.le16(0)?);
    if v.len() < 3 {
        return Err(error(o, "Truncated before pending addresses field"));
    }
    let mut rest = v.skip(2);
    rest = rest.skip(put_pending(o, rest)?);
    let size = if extended { 2 } else { 1 };
    if rest.len() < size {
        return Err(error(o, "Truncated before DSME Superframe Specification"));
    }
    // The extended form has the same flags, after an order of eight bits, and one more.
    let value = if extended { rest.le16(0)? } else { rest.u8(0)?.into() };
    let (order, flags) = if extended { (value & 0xff, value >> 8) } else { (value & 0xf, value >> 4) };
    rest = rest.skip(size);
    o.put(("Multi-superframe Order = ", order));
    o.put((", ", if flags & 1 != 0 { "Channel hopping mode" } else { "Channel adaptation mode" }));
    if flags & 4 != 0 {
        o.put(", CAP reduction enabled");
    }
    if flags & 8 != 0 {
        o.put(", Deferred beacon enabled");
    }
    let hopping = extended && flags & 0x10 != 0;
    if hopping {
        o.put(", Hopping Sequence Present");
    }
    room(o, rest, 8, "Truncated before Time syncronization specification")?;
    let timestamp = u64::from(rest.le32(0)?) | u64::from(rest.le16(4)?) << 32;
    o.put(("Beacon timestamp = ", timestamp, ", offset = ", rest.le16(6)?));
    rest = rest.skip(8);
    room(o, rest, 4, "Truncated before Beacon Bitmap")?;
    let bitmap = usize::from(rest.le16(2)?);
    o.put(("SD Index = ", rest.le16(0)?, ", Bitmap len = ", bitmap, ", "));
    rest = rest.skip(4);
    room(o, rest, bitmap, "Truncated in SD bitmap")?;
    o.put(" SD Bitmap = ");
    octets(o, rest, 0, bitmap)?;
    rest = rest.skip(bitmap);
    room(o, rest, 5, "Truncated before Channel hopping specification")?;
    // As in tcpdump, the length is read as two octets, though one is passed over.
    let bitmap = usize::from(rest.le16(4)?);
    o.put(("Hopping Seq ID = ", rest.u8(0)?, ", PAN Coordinator BSN = ", rest.u8(1)?, ", "));
    o.put(("Channel offset = ", rest.le16(2)?, ", Bitmap length = ", bitmap, ", "));
    rest = rest.skip(5);
    room(o, rest, bitmap, "Truncated in Channel offset bitmap")?;
    o.put(" Channel offset bitmap = ");
    octets(o, rest, 0, bitmap)?;
    rest = rest.skip(bitmap);
    if !hopping {
        return Ok(());
    }
    room(o, rest, 1, "Truncated in Hopping Sequence length")?;
    let channels = usize::from(rest.u8(0)?);
    o.put(("Hopping Seq length = ", channels, " [ "));
    rest = rest.skip(1);
    room(o, rest, 2 * channels, "Truncated in Channel offset bitmap")?;
    channel_list(o, rest, channels)
}

/// Channels of two octets, and `]`.
fn channel_list(o: &mut Out, v: View<'_>, channels: usize) -> Step {
    for i in 0..channels {
        o.put((Hex2(v.le16(2 * i)?), " "));
    }
    o.put("]");
    Ok(())
}

/// Payload elements up to their termination; what follows.
pub(super) fn payload_elements<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    // Elements end with what was captured.
    let mut rest = v.cut(v.caplen());
    loop {
        if rest.len() < 2 {
            return Err(error(o, "Truncated header IE"));
        }
        let descriptor = rest.le16(0)?;
        if descriptor & 0x8000 == 0 {
            error(o, "Payload IE with type 0");
            o.put(" ");
        }
        let (size, group) = (usize::from(descriptor & 0x3ff), descriptor >> 11 & 0xf);
        o.put("\n\t");
        match lookup(PAYLOAD, group.into()) {
            Some(name) => o.put(name),
            None => o.put(("Reserved 0x", Hex2(group))),
        }
        if size == 0 {
            o.put(" [");
        } else {
            o.put((" [ length = ", size, ", "));
        }
        if rest.len() < 2 + size {
            return Err(error(o, "Truncated IE data"));
        }
        let element = rest.skip(2).claim(size);
        if size > 0 && o.opt.verbose > 3 {
            settle(payload_element(o, element, group))?;
        } else if size > 0 {
            data(o, element)?;
        }
        o.put("]\n\t");
        rest = rest.skip(2 + size);
        if group == LIST_TERMINATION || rest.is_empty() {
            return Ok(rest);
        }
    }
}

/// What a payload element says.
fn payload_element(o: &mut Out, v: View<'_>, group: u16) -> Step {
    match group {
        0x1 => nested_elements(o, v),
        0x2 => vendor(o, v),
        0x3 => multiplexed(o, v),
        0x5 => {
            o.put(("Subtype ID = 0x", Hex2(v.u8(0)?), ", Subtype content = "));
            octets(o, v, 1, v.len())
        }
        _ => data(o, v),
    }
}

/// The nested elements of MLME (7.4.3.2).
fn nested_elements(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    loop {
        if rest.len() < 2 {
            return Err(error(o, "Truncated MLME IE"));
        }
        let descriptor = rest.le16(0)?;
        let long = descriptor & 0x8000 != 0;
        let (size, id) = if long {
            (usize::from(descriptor & 0x3ff), descriptor >> 11 & 0xf)
        } else {
            (usize::from(descriptor & 0xff), descriptor >> 8 & 0x7f)
        };
        o.put("\n\t\t");
        match lookup(if long { LONG } else { SHORT }, id.into()) {
            Some(name) => o.put(name),
            None if !long && id < SHORT_BEGIN => o.put(("Reserved for long format 0x", Hex(id))),
            None => o.put(("Reserved 0x", Hex2(id))),
        }
        o.put((" [ length = ", size, ", "));
        if rest.len() < size {
            return Err(error(o, "Truncated IE data"));
        }
        if size > 0 {
            // Only -vvvv comes here, which decodes.
            settle(nested_element(o, rest.skip(2).claim(size), id))?;
        }
        o.put("] ");
        let over = rest.len() < 2 + size;
        rest = rest.skip(2 + size);
        if over {
            return Err(Stop::Truncated);
        }
        if rest.is_empty() {
            return Ok(());
        }
    }
}

/// What a nested element says; the numbers of both formats differ.
fn nested_element(o: &mut Out, v: View<'_>, id: u16) -> Step {
    match id {
        0x08 => vendor(o, v),
        0x09 => channel_hopping(o, v),
        0x1a => {
            if v.len() < 6 {
                error(o, "Length != 6");
            }
            let (low, high) = (v.le32(0)?, v.u8(4)?);
            o.put(("ASN = ", Hex2(high), Hex8(low), ", Join Metric = ", v.u8(5)?, " "));
            Ok(())
        }
        0x1b => slotframes(o, v),
        0x1c => timeslot(o, v),
        _ => data(o, v),
    }
}

/// Channel hopping (7.4.4.31).
fn channel_hopping(o: &mut Out, v: View<'_>) -> Step {
    o.put(("Hopping Sequence ID = ", v.u8(0)?));
    if v.len() == 1 {
        return Ok(());
    }
    let mut rest = v.skip(1);
    if rest.len() < 7 {
        return Err(error(o, "IE truncated"));
    }
    let (page, channels) = (rest.u8(0)?, rest.le16(1)?);
    o.put(("Channel Page = ", page, ", Number of Channels = ", channels, ", "));
    o.put(("Phy Configuration = 0x", Hex8(rest.le32(3)?), ", "));
    rest = rest.skip(7);
    if matches!(page, 9 | 10) {
        let size = usize::from(channels).div_ceil(8);
        if rest.len() < size {
            return Err(error(o, "IE truncated"));
        }
        o.put("Extended bitmap = 0x");
        for at in 0..size {
            o.put(Hex2(rest.u8(at)?));
        }
        o.put(", ");
        rest = rest.skip(size);
    }
    if rest.len() < 2 {
        return Err(error(o, "IE truncated"));
    }
    let count = usize::from(rest.le16(0)?);
    rest = rest.skip(2);
    o.put(("Hopping Seq length = ", count, " [ "));
    room(o, rest, 2 * count, "IE truncated")?;
    channel_list(o, rest, count)?;
    rest = rest.skip(2 * count);
    if rest.len() < 2 {
        return Err(error(o, "IE truncated"));
    }
    o.put(("Current hop = ", rest.le16(0)?));
    Ok(())
}

/// Slot frames with their links (7.4.4.3).
fn slotframes(o: &mut Out, v: View<'_>) -> Step {
    let count = v.u8(0)?;
    o.put(("Slotframes = ", count, " "));
    let mut rest = v.skip(1);
    for _ in 0..count {
        if rest.len() < 4 {
            return Err(error(o, "Truncated IE before slotframes"));
        }
        let links = rest.u8(3)?;
        o.put(("\n\t\t\t[ Handle ", rest.u8(0)?, ", size = ", rest.le16(1)?, ", links = ", links, " "));
        rest = rest.skip(4);
        for _ in 0..links {
            if rest.len() < 5 {
                error(o, "Truncated IE links");
                break;
            }
            o.put(("\n\t\t\t\t[ Timeslot =  ", rest.le16(0)?, ", Offset = ", rest.le16(2)?, ", Options = "));
            let options = rest.u8(4)?;
            for (bit, name) in ["TX ", "RX ", "Shared ", "Timekeeping ", "Priority "].into_iter().enumerate() {
                if options >> bit & 1 != 0 {
                    o.put(name);
                }
            }
            rest = rest.skip(5);
            o.put("] ");
        }
        o.put("] ");
    }
    Ok(())
}

/// The times within a slot (7.4.4.4).
fn timeslot(o: &mut Out, v: View<'_>) -> Step {
    const LABELS: [&str; 10] = [
        ", CCA Offset = ",
        ", CCA = ",
        ", TX Offset = ",
        ", RX Offset = ",
        ", RX Ack Delay = ",
        ", TX Ack Delay = ",
        ", RX Wait = ",
        ", Ack Wait = ",
        ", RX TX = ",
        ", Max Ack = ",
    ];
    match v.len() {
        1 => o.put(("Time slot ID = ", v.u8(0)?, " ")),
        size @ (25 | 27) => {
            o.put(("Time slot ID = ", v.u8(0)?));
            for (i, label) in LABELS.into_iter().enumerate() {
                o.put((label, v.le16(1 + 2 * i)?));
            }
            let (transmit, length) = match size {
                25 => (v.le16(21)?.into(), v.le16(23)?.into()),
                _ => (v.le24(21)?, v.le24(24)?),
            };
            o.put((", Max TX = ", transmit, ", Time slot Length = ", length, " "));
        }
        _ => {
            error(o, "Length not 1, 25, or 27");
            o.put("\n\t\t\t");
            return data(o, v);
        }
    }
    Ok(())
}

/// A multiplexed frame or a fragment of one (IEEE 802.15.9).
fn multiplexed(o: &mut Out, v: View<'_>) -> Step {
    let control = v.u8(0)?;
    let (kind, transaction) = (control & 7, Hex2(control >> 3));
    let begin = match kind {
        0 => {
            o.put("Type = Full upper layer fragment, ");
            if v.len() < 3 {
                return Err(error(o, "Multiplex ID missing"));
            }
            o.put(("tid = 0x", transaction, ", Multiplex ID = 0x", Hex4(v.le16(1)?), ", "));
            3
        }
        1 => {
            o.put("Type = Full upper layer fragment with small Multiplex ID, ");
            o.put(("Multiplex ID = 0x", Hex4(control >> 3), ", "));
            1
        }
        2 | 4 => {
            if v.len() < 2 {
                return Err(error(o, "fragment number missing"));
            }
            let number = v.u8(1)?;
            o.put(match (kind, number) {
                (2, 0) => "Type = First fragment",
                (2, _) => "Type = Middle fragment",
                _ => "Type = Last fragment",
            });
            o.put((", tid = 0x", transaction, ", fragment = 0x", Hex2(number), ", "));
            if number == 0 {
                if v.len() < 6 {
                    return Err(error(o, "Total upper layer size or multiplex ID missing"));
                }
                o.put(("Total upper layer size = 0x", Hex4(v.le16(2)?), ", Multiplex ID = 0x", Hex4(v.le16(4)?), ", "));
                6
            } else {
                2
            }
        }
        6 => {
            o.put(("Type = Abort, tid = 0x", transaction, ", "));
            match v.len() {
                1 => o.put("no max size given"),
                3 => o.put(("max size = 0x", Hex4(v.le16(1)?))),
                size => {
                    o.put(("invalid length = ", size, " (not 1 or 3)Abort data = "));
                    octets(o, v, 1, size)?;
                }
            }
            return Ok(());
        }
        _ => {
            o.put(("Type = ", kind, " (Reserved), tid = 0x", transaction, ", "));
            1
        }
    };
    o.put("Upper layer data = ");
    octets(o, v, begin, v.len())
}
