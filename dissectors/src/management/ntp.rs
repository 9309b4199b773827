//! NTP (RFC 5905) with its control messages (RFC 9327).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::fields::Id;
use crate::management::ntp_time::{self, Short, Timestamp};
use crate::out::Out;
use crate::put::{Chars, Hex, Hex8, Ipv4, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of a time message without extensions and authenticator.
const TIME_HEADER: usize = 48;
/// Octets of a control message without data.
const CONTROL_HEADER: usize = 12;

const ALL_FLAGS: Field<u8> = Field::new("ntp.flags", 0);
const LEAP_INDICATOR: Field<u8> = Field::bits("ntp.flags.li", 0, 6, 3);
const VERSION: Field<u8> = Field::bits("ntp.flags.vn", 0, 3, 7);
const MODE: Field<u8> = Field::bits("ntp.flags.mode", 0, 0, 7);
const STRATUM: Field<u8> = Field::new("ntp.stratum", 1);
const POLL: Field<u8> = Field::new("ntp.ppoll", 2);
const PRECISION: Field<u8> = Field::new("ntp.precision", 3);
const ROOT_DELAY: usize = 4;
const ROOT_DISPERSION: usize = 8;
const REFERENCE_ID: usize = 12;
const REFERENCE: usize = 16;
const ORIGIN: usize = 24;
const RECEIVE: usize = 32;
const TRANSMIT: usize = 40;
const KEY_ID: usize = 48;

const CONTROL: Field<u8> = Field::new("ntp.ctrl.flags2", 1);
const SEQUENCE: Field<u16> = Field::new("ntp.ctrl.sequence", 2);
const STATUS: Field<u16> = Field::new("ntp.ctrl.status", 4);
const ASSOCIATION: Field<u16> = Field::new("ntp.ctrl.associd", 6);
const OFFSET: Field<u16> = Field::new("ntp.ctrl.offset", 8);
const COUNT: Field<u16> = Field::new("ntp.ctrl.count", 10);

/// The bits of the first octet that are the leap indicator.
const LEAP: u8 = 0xc0;
const MODE_CONTROL: u8 = 6;
const MODE_RESERVED: u8 = 7;
const MODES: Table = &[
    (0, "unspecified"),
    (1, "symmetric active"),
    (2, "symmetric passive"),
    (3, "Client"),
    (4, "Server"),
    (5, "Broadcast"),
    (6, "Control Message"),
    (7, "Reserved"),
];
const LEAPS: Table = &[(0x00, ""), (0x40, "+1s"), (0x80, "-1s"), (0xc0, "clock unsynchronized")];

const UNSPECIFIED: u8 = 0;
const PRIMARY: u8 = 1;
/// Strata of an old query protocol: the address that follows is all there is.
const INFO_QUERY: u8 = 62;
const INFO_REPLY: u8 = 63;

/// A message; its content only with `-v`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ntp";
    let (version, mode) = (v.get(VERSION)?, v.get(MODE)?);
    if o.tree.is_some() {
        note(o, v, mode);
    }
    o.put(("NTPv", version, ", ", named(MODES, mode, "Unknown mode")));
    o.put((", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let leap = v.u8(0)? & LEAP;
    o.put(("\n\tLeap indicator: ", named(LEAPS, leap, "Unknown"), " (", leap, ")"));
    let result = match mode {
        MODE_CONTROL => control(o, v),
        MODE_RESERVED => Ok(()),
        _ => time(o, v),
    };
    if result == Err(Stop::Malformed) {
        o.invalid();
        return v.check(v.len());
    }
    result
}

const ROOT: &[Slot] = &[Slot::new("ntp.rootdelay", ROOT_DELAY, 4), Slot::new("ntp.rootdispersion", ROOT_DISPERSION, 4)];
const TIMES: [(Id, usize); 4] = [
    (Id::of("ntp.reftime"), REFERENCE),
    (Id::of("ntp.org"), ORIGIN),
    (Id::of("ntp.rec"), RECEIVE),
    (Id::of("ntp.xmt"), TRANSMIT),
];
/// Private messages, which ntpd's tools send (`ntp_request.h`).
const PRIVATE: &[Slot] = &[
    Slot::new("ntp.priv.flags.r", 0, 1).bit(7),
    Slot::new("ntp.priv.flags.more", 0, 1).bit(6),
    Slot::new("ntp.priv.auth", 1, 1).bit(7),
    Slot::new("ntp.priv.seq", 1, 1).bits(0, 127),
    Slot::new("ntp.priv.impl", 2, 1),
    Slot::new("ntp.priv.reqcode", 3, 1),
];
const CONTROL_BITS: &[Slot] = &[
    Slot::new("ntp.ctrl.flags2.r", 1, 1).bit(7),
    Slot::new("ntp.ctrl.flags2.error", 1, 1).bit(6),
    Slot::new("ntp.ctrl.flags2.more", 1, 1).bit(5),
    Slot::new("ntp.ctrl.flags2.opcode", 1, 1).bits(0, 31),
];

/// Nanoseconds since 1970 of a timestamp, which counts from 1900 or, without its
/// highest bit, from 2036 (RFC 4330, section 3); none for one that is not set.
fn nanoseconds(time: u64) -> i64 {
    const SECONDS_TO_1970: i64 = 2_208_988_800;
    const SECOND: i64 = 1_000_000_000;
    let (seconds, fraction) = ((time >> 32) as i64, time & 0xffff_ffff);
    if time == 0 {
        return 0;
    }
    let era = if time >> 63 == 0 { 1_i64 << 32 } else { 0 };
    (seconds + era - SECONDS_TO_1970) * SECOND + ((fraction * SECOND as u64) >> 32) as i64
}

/// The tree's fields.
fn note(o: &mut Out, v: View<'_>, mode: u8) {
    for field in [ALL_FLAGS, VERSION, MODE] {
        o.see(field, v);
    }
    if mode != MODE_RESERVED {
        o.see(LEAP_INDICATOR, v);
    }
    if mode == MODE_RESERVED {
        o.see_all(PRIVATE, v);
    }
    if mode == MODE_CONTROL || mode == MODE_RESERVED {
        return;
    }
    for field in [STRATUM, POLL, PRECISION] {
        o.see(field, v);
    }
    o.see_all(ROOT, v);
    for (name, at) in TIMES {
        if let Ok(time) = v.u64(at) {
            o.note(name, nanoseconds(time));
        }
    }
    for (name, at) in [(id!("ntp.refid"), REFERENCE_ID), (id!("ntp.keyid"), TIME_HEADER)] {
        if let Ok(octets) = v.bytes(at, 4) {
            o.note_octets(name, octets);
        }
    }
}

fn time(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < TIME_HEADER {
        return Err(Stop::Malformed);
    }
    let stratum = v.get(STRATUM)?;
    let stratum_name = match stratum {
        UNSPECIFIED => "unspecified",
        PRIMARY => "primary reference",
        2..=15 => "secondary reference",
        _ => "reserved",
    };
    o.put((", Stratum ", stratum, " (", stratum_name, ")"));
    let exponent = v.get(POLL)? as i8;
    o.put((", poll ", exponent));
    poll(o, exponent);
    o.put((", precision ", v.get(PRECISION)? as i8));
    v.check(ROOT_DISPERSION)?;
    o.put(("\n\tRoot Delay: ", Short::read(v, ROOT_DELAY)?));
    v.check(REFERENCE_ID)?;
    o.put((", Root dispersion: ", Short::read(v, ROOT_DISPERSION)?));
    v.check(REFERENCE_ID + 4)?;
    let reference = v.u32(REFERENCE_ID)?;
    o.put(", Reference-ID: ");
    let octets = reference.to_be_bytes();
    match stratum {
        UNSPECIFIED => o.put("(unspec)"),
        PRIMARY => o.put(Chars(&octets)),
        INFO_QUERY | INFO_REPLY => {
            o.put((Ipv4(octets), if stratum == INFO_QUERY { " INFO_QUERY" } else { " INFO_REPLY" }));
            return Ok(());
        }
        _ => o.put(("0x", Hex8(reference))),
    }
    let stamps = [
        ("\n\t  Reference Timestamp:  ", REFERENCE),
        ("\n\t  Origin Timestamp:     ", ORIGIN),
        ("\n\t  Receive Timestamp:    ", RECEIVE),
        ("\n\t  Transmit Timestamp:   ", TRANSMIT),
    ];
    for (name, at) in stamps {
        v.check(at + 8)?;
        o.put((name, Timestamp::read(v, at)?));
    }
    let origin = Timestamp::read(v, ORIGIN)?;
    o.put("\n\t    Originator - Receive Timestamp:  ");
    ntp_time::difference(o, origin, Timestamp::read(v, RECEIVE)?);
    o.put("\n\t    Originator - Transmit Timestamp: ");
    ntp_time::difference(o, origin, Timestamp::read(v, TRANSMIT)?);
    authenticator(o, v)
}

/// What follows the timestamps: a key, with or without a digest of 128 or 160 bits.
fn authenticator(o: &mut Out, v: View<'_>) -> Step {
    const DIGEST: usize = TIME_HEADER + 4;
    let words = match v.len() - TIME_HEADER {
        0 => return Ok(()),
        4 => 0,
        20 => 4,
        24 => 5,
        more => {
            o.put(("\n\t(", more, " more bytes after the header)"));
            return Ok(());
        }
    };
    o.put(("\n\tKey id: ", v.u32(KEY_ID)?));
    if words > 0 {
        v.check(DIGEST + words * 4)?;
        o.put("\n\tAuthentication: ");
    }
    for i in 0..words {
        o.put(Hex8(v.u32(DIGEST + i * 4)?));
    }
    Ok(())
}

/// The poll interval in seconds, or as a fraction of one.
fn poll(o: &mut Out, exponent: i8) {
    match exponent {
        0..=31 => o.put((" (", 1_u32 << exponent, "s)")),
        -31..0 => o.put((" (1/", 1_u32 << -exponent, "s)")),
        _ => {}
    }
}

fn control(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < CONTROL_HEADER {
        return Err(Stop::Malformed);
    }
    o.see(CONTROL, v);
    o.see_all(CONTROL_BITS, v);
    let flags = v.get(CONTROL)?;
    let choose = |bit: u8, set: &'static str, clear: &'static str| if flags & bit != 0 { set } else { clear };
    o.put((", ", choose(0x80, "Response", "Request"), ", ", choose(0x40, "Error", "OK")));
    o.put((", ", choose(0x20, "More", "Last"), ", OpCode=", flags & 0x1f, "\n"));
    o.put(("\tSequence=", SEQUENCE.show(v.get(SEQUENCE)?)));
    o.see(STATUS, v);
    let status = v.get(STATUS)?;
    o.put((", Status=", if status == 0 { "" } else { "0x" }, Hex(status)));
    o.put((", Assoc.=", ASSOCIATION.show(v.get(ASSOCIATION)?)));
    o.put((", Offset=", OFFSET.show(v.get(OFFSET)?)));
    o.see(COUNT, v);
    let count = usize::from(v.get(COUNT)?);
    o.put((", Count=", count));
    if v.len() < CONTROL_HEADER + count {
        return Err(Stop::Malformed);
    }
    if count != 0 {
        v.check(CONTROL_HEADER + count)?;
        o.put("\n\tTO-BE-DONE: data not interpreted");
    }
    Ok(())
}
