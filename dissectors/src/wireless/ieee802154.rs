//! IEEE 802.15.4 (2015), frames of the MAC sublayer.

use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Eui64, Hex, Hex2, Hex4, Hex8, Octets, Table, lookup};
use crate::view::{Step, Stop, View};
use crate::wireless::ieee802154_elements::{header_elements, payload_elements, put_pending, put_superframe};
use crate::wireless::ieee802154_fields::{self, FROM, LONG_MULTIPURPOSE, SHORT_MULTIPURPOSE, Station, TO};

const FRAME_TYPES: [&str; 8] = ["Beacon", "Data", "ACK", "Command", "Reserved", "Multipurpose", "Fragment", "Extended"];

const BEACON: u16 = 0;
const COMMAND: u16 = 3;
const MULTIPURPOSE: u16 = 5;

/// Octets before the frame in captures with metadata (LINKTYPE_IEEE802_15_4_TAP).
const TAP_HEADER: usize = 4;

/// The frame entry. As in tcpdump, a dump begins behind the first octet of a frame
/// that could be read.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.link_len += usize::from(dissect(o, v.claim(v.caplen()))?);
    Ok(())
}

/// The frame entry with metadata, which are not printed.
pub(crate) fn tap(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "802.15.4_tap";
    let cut = |o: &mut Out| {
        o.truncated();
        o.link_len += v.caplen();
        Ok(())
    };
    if !v.has(TAP_HEADER) {
        return cut(o);
    }
    let (version, length) = (v.u8(0)?, usize::from(v.le16(2)?));
    if version != 0 || length < TAP_HEADER {
        o.invalid();
        return Ok(());
    }
    if !v.has(length) {
        return cut(o);
    }
    o.link_len += length;
    ieee802154_fields::note_tap(o, v.cut(length));
    frame(o, v.skip(length), below)
}

/// A frame of the claimed octets; whether it could be read.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step<bool> {
    o.proto = "802.15.4";
    if v.len() < 2 {
        o.truncated();
        return Ok(!v.is_empty());
    }
    let control = v.le16(0)?;
    let kind = control & 7;
    o.put(("IEEE 802.15.4 ", FRAME_TYPES[usize::from(kind)], " packet "));
    let result = match kind {
        0..=3 => standard(o, v, control),
        MULTIPURPOSE => multipurpose(o, v, control),
        _ => return Ok(false),
    };
    match result {
        Ok(()) => Ok(true),
        // What contradicts itself was printed where it was noticed.
        Err(Stop::Malformed) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// ` [ERROR: what]`, and the stop to return.
pub(super) fn error(o: &mut Out, what: &'static str) -> Stop {
    o.put(("[ERROR: ", what, "]"));
    Stop::Malformed
}

/// The check sequence at the end of a frame, and what was computed.
#[derive(Clone, Copy, Default)]
struct Check {
    stored: u32,
    computed: u32,
    /// The octets that it has, if it is right.
    octets: usize,
}

impl Check {
    /// Finds the check sequence of four or two octets; the frame without it, if it is right.
    fn find(v: View<'_>, four_from: usize) -> Step<(Self, View<'_>)> {
        let length = v.len();
        if length >= four_from {
            let check = Check { stored: v.le32(length - 4)?, computed: crc32(v.bytes(0, length - 4)?), octets: 4 };
            if check.stored == check.computed {
                return Ok((check, v.claim(length - 4)));
            }
        }
        let (stored, computed) = (v.le16(length - 2)?.into(), crc16(v.bytes(0, length - 2)?).into());
        if stored == computed {
            return Ok((Check { stored, computed, octets: 2 }, v.claim(length - 2)));
        }
        Ok((Check { stored, computed, octets: 0 }, v))
    }

    /// Notes a check sequence that is right, and the octets of the frame without it.
    fn note(self, o: &mut Out, v: View<'_>) {
        o.note(id!("wpan.frame_length"), v.len());
        if self.octets > 0 {
            o.note(if self.octets == 2 { id!("wpan.fcs") } else { id!("wpan.fcs32") }, self.stored);
            o.note(id!("wpan.fcs_ok"), true);
        }
    }

    fn put(self, o: &mut Out) {
        if o.opt.verbose <= 2 {
            return;
        }
        if self.stored == self.computed {
            o.put(("FCS ", Hex(self.stored), " "));
        } else {
            o.put(("wrong FCS ", Hex(self.stored), " vs ", Hex(self.computed), " (assume no FCS stored) "));
        }
    }
}

/// The CRC of two octets (7.2.10): ITU-T's, with the bits reversed and 0 at first.
fn crc16(octets: &[u8]) -> u16 {
    octets.iter().fold(0, |crc, &octet| {
        (0..8).fold(crc ^ u16::from(octet), |crc, _| if crc & 1 != 0 { crc >> 1 ^ 0x8408 } else { crc >> 1 })
    })
}

/// The CRC of four octets (7.2.10): ANSI X3.66, with the bits reversed and 0 at first.
fn crc32(octets: &[u8]) -> u32 {
    octets.iter().fold(0, |crc, &octet| {
        (0..8).fold(crc ^ u32::from(octet), |crc, _| if crc & 1 != 0 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// How an address is given (7.2.2.9), in the octets that it takes.
fn address_octets(o: &mut Out, mode: u16, what: &'static str) -> Step<usize> {
    match mode & 3 {
        0 => Ok(0),
        2 => Ok(2),
        3 => Ok(8),
        _ => Err(error(o, what)),
    }
}

/// An address of 0, 2 or 8 octets, little-endian.
pub(super) fn put_address(o: &mut Out, v: View<'_>, octets: usize) -> Step {
    match octets {
        0 => o.put("none"),
        2 => o.put(Hex4(v.le16(0)?)),
        _ => {
            let mut address: [u8; 8] = v.array(0)?;
            address.reverse();
            o.put(Eui64(address));
        }
    }
    Ok(())
}

/// `pan:address` or `-:address`; what follows.
fn station<'p>(o: &mut Out, v: View<'p>, pan: bool, octets: usize, fields: &Station) -> Step<View<'p>> {
    let mut v = v;
    if pan {
        if v.len() < 2 {
            return Err(error(o, "Truncated before dst_pan"));
        }
        o.note(fields.network, v.le16(0)?);
        o.put((Hex4(v.le16(0)?), ":"));
        v = v.skip(2);
    } else {
        o.put("-:");
    }
    if v.len() < octets {
        return Err(error(o, "Truncated before dst_addr"));
    }
    ieee802154_fields::note_address(o, v, octets, fields)?;
    put_address(o, v, octets)?;
    Ok(v.skip(octets))
}

/// What follows the first octets of a frame, which its check sequence may leave too short.
fn behind<'p>(o: &mut Out, v: View<'p>, octets: usize) -> Step<View<'p>> {
    if v.len() < octets {
        o.truncated();
        return Err(Stop::Malformed);
    }
    Ok(v.skip(octets))
}

/// The names of the flags of `control` that are set.
fn flags(o: &mut Out, control: u16, names: &[(u16, &'static str)]) {
    if o.opt.verbose > 2 {
        for &(flag, name) in names {
            if control & flag != 0 {
                o.put((name, ", "));
            }
        }
    }
}

/// Which of the two networks are given (7.2.2.6 and table 7-2): destination, source.
fn networks(o: &mut Out, version: u16, compressed: bool, to: usize, from: usize) -> (bool, bool) {
    if version < 2 {
        if compressed && (to == 0 || from == 0) {
            error(o, "PAN ID Compression != 0, and only one address with frame version < 2");
        }
        return (to > 0, from > 0 && !compressed);
    }
    match (compressed, to, from) {
        (true, 0, 0) => (true, false),
        (true, 0, _) | (true, _, 0) | (true, 8, 8) => (false, false),
        (true, ..) => (true, false),
        // Two extended addresses share a network; so do those of some
        // implementations of 6TiSCH, though they should not.
        (false, 8 | 2, 8) => (true, false),
        (false, ..) => (to > 0, from > 0),
    }
}

/// Beacons, data, acknowledgements and commands (7.2 and 7.3).
fn standard(o: &mut Out, v: View<'_>, control: u16) -> Step {
    let (check, mut v) = if v.len() < 4 { (Check::default(), v) } else { Check::find(v, 4)? };
    let version = control >> 12 & 3;
    o.see_all(ieee802154_fields::CONTROL, v);
    check.note(o, v);
    o.put(("v", version, " "));
    flags(
        o,
        control,
        &[
            (0x08, "Security Enabled"),
            (0x10, "Frame Pending"),
            (0x20, "AR"),
            (0x40, "PAN ID Compression"),
            (0x100, "Sequence Number Suppression"),
            (0x200, "IE present"),
        ],
    );
    if control & 0x100 != 0 {
        if version < 2 {
            error(o, "Sequence number suppressed on frames where version < 2");
        }
        if o.opt.verbose > 0 {
            o.put("seq suppressed ");
        }
        v = behind(o, v, 2)?;
    } else {
        let number = v.u8(2)?;
        o.note(id!("wpan.seq_no"), number);
        if o.opt.verbose > 0 {
            o.put(("seq ", Hex2(number), " "));
        }
        v = behind(o, v, 3)?;
    }
    let (to, from) = (control >> 10, control >> 14);
    let from = address_octets(o, from, "Invalid src address mode")?;
    let to = address_octets(o, to, "Invalid dst address mode")?;
    let (to_network, from_network) = networks(o, version, control & 0x40 != 0, to, from);
    v = station(o, v, to_network, to, &TO)?;
    o.put(" < ");
    v = station(o, v, from_network, from, &FROM)?;
    o.put(" ");
    v = secured(o, v, control & 0x08 != 0, control & 0x200 != 0)?;
    check.put(o);
    match control & 7 {
        BEACON if version < 2 => match beacon(o, v) {
            // Nothing is dumped behind a beacon that ends too early.
            Err(Stop::Malformed) => return Ok(()),
            rest => v = rest?,
        },
        COMMAND => v = command(o, v)?,
        _ => {}
    }
    ethernet::default_dump(o, v);
    Ok(())
}

/// Multipurpose frames (7.3.5).
fn multipurpose(o: &mut Out, v: View<'_>, control: u16) -> Step {
    let (check, mut v) = if v.len() < 3 { (Check::default(), v) } else { Check::find(v, 5)? };
    let long = control & 0x08 != 0;
    o.see_all(ieee802154_fields::MULTIPURPOSE, v);
    o.see_all(if long { LONG_MULTIPURPOSE } else { SHORT_MULTIPURPOSE }, v);
    check.note(o, v);
    let mut number_at = Some(1);
    if long {
        o.put(("v", control >> 12 & 3, " "));
        flags(
            o,
            control,
            &[
                (0x200, "Security Enabled"),
                (0x800, "Frame Pending"),
                (0x4000, "AR"),
                (0x100, "PAN ID Present"),
                (0x400, "Sequence Number Suppression"),
                (0x8000, "IE present"),
            ],
        );
        number_at = (control & 0x400 == 0).then_some(2);
    }
    match number_at {
        Some(at) => {
            let number = v.u8(at)?;
            o.note(id!("wpan.seq_no"), number);
            if o.opt.verbose > 0 {
                o.put(("seq ", Hex2(number), " "));
            }
            v = behind(o, v, at + 1)?;
        }
        None => v = behind(o, v, 2)?,
    }
    let (to, from) = (control >> 4, control >> 6);
    let from = address_octets(o, from, "Invalid src address mode")?;
    let to = address_octets(o, to, "Invalid dst address mode")?;
    v = station(o, v, long && control & 0x100 != 0, to, &TO)?;
    o.put(" < ");
    o.put(" ");
    v = station(o, v, false, from, &FROM)?;
    o.put(" ");
    v = secured(o, v, long && control & 0x200 != 0, long && control & 0x8000 != 0)?;
    check.put(o);
    ethernet::default_dump(o, v);
    Ok(())
}

/// The security header, information elements and integrity code; the payload.
fn secured<'p>(o: &mut Out, v: View<'p>, security: bool, elements: bool) -> Step<View<'p>> {
    let (level, mut v) = if security { security_header(o, v)? } else { (0, v) };
    let code = [0, 4, 8, 16][usize::from(level & 3)];
    let mut integrity = None;
    if code > 0 {
        if v.len() < code {
            return Err(error(o, "Truncated before MIC"));
        }
        integrity = Some(v.skip(v.len() - code));
        v = v.claim(v.len() - code);
    }
    if elements {
        let (rest, more) = header_elements(o, v)?;
        v = rest;
        if more && level >= 4 {
            o.put("Payload IEs present, but encrypted, cannot print ");
        } else if more {
            v = payload_elements(o, v)?;
        }
    }
    if let Some(integrity) = integrity.filter(|_| o.opt.verbose > 2) {
        o.put(("\n\tMIC ", Octets(integrity.bytes(0, code)?), " "));
    }
    Ok(v)
}

/// The auxiliary security header (9.4): its level, and what follows.
fn security_header<'p>(o: &mut Out, v: View<'p>) -> Step<(u8, View<'p>)> {
    if v.is_empty() {
        return Err(error(o, "Truncated before Aux Security Header"));
    }
    let control = v.u8(0)?;
    o.see_all(ieee802154_fields::SECURITY, v);
    let (level, mode) = (control & 7, control >> 3 & 3);
    let mut v = v.skip(1);
    if o.opt.verbose > 0 {
        o.put(("\n\tSecurity Level ", level, ", Key Id Mode ", mode, ", "));
    }
    let wordy = o.opt.verbose > 1;
    if control & 0x20 == 0 {
        if v.len() < 4 {
            return Err(error(o, "Truncated before Frame Counter"));
        }
        o.see_all(ieee802154_fields::COUNTER, v);
        if wordy {
            o.put(("Frame Counter 0x", Hex8(v.le32(0)?), " "));
        }
        v = v.skip(4);
    }
    match mode {
        0 => {
            if wordy {
                o.put("Implicit");
            }
            return Ok((level, v));
        }
        1 => o.see_all(ieee802154_fields::KEY_INDEX, v),
        _ => {
            let octets = if mode == 2 { 4 } else { 8 };
            o.see_all(ieee802154_fields::KEY_INDEX, v.skip(octets));
            if v.len() < octets {
                return Err(error(o, "Truncated before Key Source"));
            }
            if wordy && mode == 2 {
                // As in tcpdump, whose format means a padding that it does not have.
                o.put(("KeySource 0x", Hex4(v.le16(0)?), ":", Hex(v.le16(2)?), "4x, "));
            } else if wordy {
                o.put("KeySource ");
                put_address(o, v, 8)?;
                o.put(", ");
            }
            // As in tcpdump, a source of eight octets is passed over as one of four.
            v = v.skip(4);
        }
    }
    if v.is_empty() {
        return Err(error(o, "Truncated before Key Index"));
    }
    if wordy {
        o.put(("KeyIndex 0x", Hex2(v.u8(0)?), ", "));
    }
    Ok((level, v.skip(1)))
}

/// A beacon of the old versions (7.3.1); its payload.
fn beacon<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    if v.len() < 2 {
        return Err(error(o, "Truncated before beacon information"));
    }
    o.see_all(ieee802154_fields::SUPERFRAME, v);
    put_superframe(o, v.le16(0)?);
    let mut rest = v.skip(2);
    if rest.is_empty() {
        return Err(error(o, "Truncated before GTS info"));
    }
    rest = rest.skip(guaranteed_slots(o, rest)?);
    if rest.is_empty() {
        return Err(error(o, "Truncated before pending addresses"));
    }
    Ok(rest.skip(put_pending(o, rest)?))
}

/// Guaranteed time slots (7.3.1.4); the octets that they take.
fn guaranteed_slots(o: &mut Out, v: View<'_>) -> Step<usize> {
    let count = usize::from(v.u8(0)? & 7);
    o.see_all(ieee802154_fields::GUARANTEED, v);
    if count == 0 {
        if o.opt.verbose > 0 {
            o.put(("\n\tGTS Descriptor Count = ", count, ", "));
        }
        return Ok(1);
    }
    let octets = 2 + 3 * count;
    if v.len() < octets {
        o.put(" ");
        return Err(error(o, "Truncated GTS Info List"));
    }
    if o.opt.verbose < 2 {
        return Ok(octets);
    }
    o.put(("GTS Descriptor Count = ", count, ", GTS Directions Mask = ", Hex2(v.u8(1)? & 0x7f), ", [ "));
    for i in 0..count {
        let slot = v.skip(2 + 3 * i);
        o.put(("[ ", Hex4(slot.le16(0)?)));
        let start = slot.u8(1)?;
        o.put((", Start slot = ", start & 0xf, ", Length = ", start >> 4, " ] "));
    }
    o.put("]");
    Ok(octets)
}

/// MAC commands (table 7-49).
const COMMANDS: Table = &[
    (0x01, "Association Request command"),
    (0x02, "Association Response command"),
    (0x03, "Disassociation Notification command"),
    (0x04, "Data Request command"),
    (0x05, "PAN ID Conflict Notification command"),
    (0x06, "Orphan Notification command"),
    (0x07, "Beacon Request command"),
    (0x08, "Coordinator realignment command"),
    (0x09, "GTS request command"),
    (0x0a, "TRLE Management Request command"),
    (0x0b, "TRLE Management Response command"),
    (0x13, "DSME Association Request command"),
    (0x14, "DSME Association Response command"),
    (0x15, "DSME GTS Request command"),
    (0x16, "DSME GTS Response command"),
    (0x17, "DSME GTS Notify command"),
    (0x18, "DSME Information Request command"),
    (0x19, "DSME Information Response command"),
    (0x1a, "DSME Beacon Allocation Notification command"),
    (0x1b, "DSME Beacon Collision Notification command"),
    (0x1c, "DSME Link Report command"),
    (0x20, "RIT Data Request command"),
    (0x21, "DBS Request command"),
    (0x22, "DBS Response command"),
    (0x23, "RIT Data Response command"),
    (0x24, "Vendor Specific command"),
];

/// A MAC command (7.5); what its fields leave.
fn command<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    if v.is_empty() {
        error(o, "Truncated before Command ID");
        return Ok(v);
    }
    let id = v.u8(0)?;
    o.see_all(ieee802154_fields::COMMAND, v);
    o.put("Command ID = ");
    match lookup(COMMANDS, id.into()) {
        Some(name) => o.put((name, " ")),
        None => o.put(("Reserved 0x", Hex2(id), " ")),
    }
    let v = v.skip(1);
    if v.is_empty() {
        return Ok(v);
    }
    match command_fields(o, id, v) {
        Err(Stop::Malformed) => Ok(v),
        other => other.map(|octets| v.skip(octets)),
    }
}

/// The fields of a command; the octets that they take.
fn command_fields(o: &mut Out, id: u8, v: View<'_>) -> Step<usize> {
    let bad = |o: &mut Out, what: &'static str| {
        o.put(("Invalid ", what, " command length"));
        Err(Stop::Malformed)
    };
    let length = v.len();
    if let Some((_, slots)) = ieee802154_fields::COMMANDS.iter().find(|row| row.0 == id) {
        o.see_all(slots, v.cut(length));
    }
    match id {
        0x01 if length != 1 => return bad(o, "Association request"),
        0x01 => association(o, v.u8(0)?),
        0x02 if length != 3 => return bad(o, "Association response"),
        0x02 => {
            o.put(("Short address = ", Hex4(v.le16(0)?)));
            match v.u8(2)? {
                0x00 => o.put(", Association successful"),
                0x01 => o.put(", PAN at capacity"),
                0x02 => o.put(", PAN access denied"),
                0x03 => o.put(", Hooping sequence offset duplication"),
                0x80 => o.put(", Fast association successful"),
                status => o.put((", Status = 0x", Hex2(status))),
            }
        }
        0x03 if length != 1 => return bad(o, "Disassociation Notification"),
        0x03 => match v.u8(0)? {
            0 => o.put("Reserved"),
            1 => o.put("Reason = The coordinator wishes the device to leave PAN"),
            2 => o.put("Reason = The device wishes to leave the PAN"),
            // As in tcpdump, the octet two further on is printed.
            _ => o.put(("Reason = 0x", Hex2(v.u8(2)?))),
        },
        0x04..=0x07 => return Ok(0),
        0x08 if !(7..=8).contains(&length) => return bad(o, "Coordinator Realignment"),
        0x08 => realignment(o, v)?,
        0x09 if length != 1 => return bad(o, "GTS Request"),
        0x09 => {
            let request = v.u8(0)?;
            o.put(("GTS Length = ", request & 0xf));
            o.put((", ", if request & 0x10 != 0 { "Receive-only GTS" } else { "Transmit-only GTS" }));
            o.put((", ", if request & 0x20 != 0 { "GTS allocation" } else { "GTS deallocations" }));
        }
        _ => {
            o.put("Command Data = ");
            for at in 0..length {
                o.put((Hex2(v.u8(at)?), " "));
            }
            return Ok(0);
        }
    }
    Ok(length)
}

/// What a device that associates can do (7.5.2).
fn association(o: &mut Out, capabilities: u8) {
    o.put(if capabilities & 0x02 != 0 { "FFD, " } else { "RFD, " });
    let names = [
        (0x04, "AC powered, "),
        (0x08, "Receiver on when idle, "),
        (0x10, "Fast association, "),
        (0x40, "Security supported, "),
        (0x80, "Allocate address, "),
    ];
    for (flag, name) in names {
        if capabilities & flag != 0 {
            o.put(name);
        }
    }
}

/// A coordinator's realignment (7.5.10).
fn realignment(o: &mut Out, v: View<'_>) -> Step {
    o.put(("Pan ID = 0x", Hex4(v.le16(0)?), ", Coordinator short address = ", Hex4(v.le16(2)?)));
    let channel = u16::from(v.u8(4)?);
    let page = if v.len() == 8 { v.u8(7)? } else { 0x80 };
    if page & 0x80 != 0 {
        o.put((", Channel Number = ", channel | u16::from(page & 0x7f) << 8));
    } else {
        o.put((", Channel Number = ", channel, ", page = ", page));
    }
    o.put((", Short address = ", Hex4(v.le16(5)?)));
    Ok(())
}
