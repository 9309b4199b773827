//! TCP options (IANA, TCP Option Kind Numbers).

use md5::{Digest, Md5};

use crate::below::{Address, Below, ip_of};
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Octets, Table, named_dec};
use crate::transport::mptcp;
use crate::view::{Step, Stop, View};

const END: u8 = 0;
const NOP: u8 = 1;
const MSS: u8 = 2;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const SACK: u8 = 5;
const ECHO: u8 = 6;
const ECHO_REPLY: u8 = 7;
const TIMESTAMPS: u8 = 8;
const CC: u8 = 11;
const CC_NEW: u8 = 12;
const CC_ECHO: u8 = 13;
const MD5: u8 = 19;
const SCPS: u8 = 20;
const USER_TIMEOUT: u8 = 28;
const AUTHENTICATION: u8 = 29;
const MPTCP: u8 = 30;
const FAST_OPEN: u8 = 34;
const EXPERIMENT_2: u8 = 254;

const NAMES: Table = &[
    (0, "eol"),
    (1, "nop"),
    (2, "mss"),
    (3, "wscale"),
    (4, "sackOK"),
    (5, "sack"),
    (6, "echo"),
    (7, "echoreply"),
    (8, "TS"),
    (11, "cc"),
    (12, "ccnew"),
    (13, ""),
    (19, "md5"),
    (20, "scps"),
    (28, "uto"),
    (29, "tcp-ao"),
    (30, "mptcp"),
    (34, "tfo"),
    (254, "exp"),
];

/// Octets of an MD5 signature.
const SIGNATURE: usize = 16;

/// The segment that the options are in.
struct Segment<'a, 'p> {
    /// From the header's first octet.
    all: View<'p>,
    below: &'a Below<'p>,
    flags: u8,
    /// What selective acknowledgments are counted from.
    sack_base: u32,
}

/// `, options […]`; false if the line ends there because an option is bad or cut.
/// `v` claims what the header length leaves for options; `segment` is the whole
/// segment, which the MD5 signature covers.
#[inline(always)]
pub(crate) fn dissect(
    o: &mut Out,
    v: View<'_>,
    segment: View<'_>,
    below: &Below<'_>,
    flags: u8,
    sack_base: u32,
) -> Step<bool> {
    if v.len() == 12 && v.has(12) && v.array(0)? == [NOP, NOP, TIMESTAMPS, 10] {
        // As RFC 7323 recommends (appendix A), and as nearly all segments are.
        o.put((", options [nop,nop,TS val ", v.u32(4)?, " ecr ", v.u32(8)?, "]"));
        return Ok(true);
    }
    list(o, v, &Segment { all: segment, below, flags, sack_base })
}

/// The options one by one.
#[inline(never)]
fn list(o: &mut Out, v: View<'_>, segment: &Segment<'_, '_>) -> Step<bool> {
    o.put(", options [");
    let mut at = 0;
    while at < v.len() {
        if at > 0 {
            o.put(",");
        }
        match option(o, v.skip(at), segment) {
            Ok(Found::Option(size)) => at += size,
            Ok(Found::End) => break,
            Ok(Found::Cut) => {
                o.truncated();
                o.put((at > 0).then_some(">"));
                return Ok(false);
            }
            Err(Stop::Malformed) => {
                o.put("[bad opt]");
                o.put((at > 0).then_some("]"));
                return Ok(false);
            }
            Err(stop) => return Err(stop),
        }
    }
    o.put("]");
    Ok(true)
}

/// What there is at a place in the options.
enum Found {
    /// An option of so many octets.
    Option(usize),
    /// The end of the list.
    End,
    /// An option whose value the capture cuts.
    Cut,
}

/// One option.
fn option(o: &mut Out, v: View<'_>, segment: &Segment<'_, '_>) -> Step<Found> {
    let kind = v.u8(0)?;
    let has_length = kind != END && kind != NOP;
    let size = if has_length { usize::from(v.u8(1)?) } else { 1 };
    if has_length && (size < 2 || size > v.len()) {
        return Err(Stop::Malformed);
    }
    o.put(named_dec(NAMES, kind, "unknown-"));
    if kind == END {
        return Ok(Found::End);
    }
    if !has_length {
        return Ok(Found::Option(size));
    }
    // The value may reach past the option's own size into the next one: tcpdump
    // prints it and then says that the length does not fit.
    let value = v.skip(2);
    let used = match self::value(o, kind, value, size - 2, segment) {
        Err(Stop::Truncated | Stop::Cut) => return Ok(Found::Cut),
        used => used?,
    };
    if used + 2 != size {
        o.put(("[len ", size, "]"));
    }
    Ok(Found::Option(used + 2))
}

/// Fails as malformed where fewer than `n` octets of options are left.
fn left(v: View<'_>, n: usize) -> Step {
    if n > v.len() { Err(Stop::Malformed) } else { v.need(n) }
}

/// The value of an option of `size` octets: how many octets it should have.
fn value(o: &mut Out, kind: u8, v: View<'_>, size: usize, segment: &Segment<'_, '_>) -> Step<usize> {
    match kind {
        MSS => {
            left(v, 2)?;
            o.put((" ", v.u16(0)?));
            return Ok(2);
        }
        WINDOW_SCALE => {
            left(v, 1)?;
            o.put((" ", v.u8(0)?));
            return Ok(1);
        }
        SACK_PERMITTED => return Ok(0),
        SACK => sack(o, v, size, segment.sack_base)?,
        CC | CC_NEW | CC_ECHO | ECHO | ECHO_REPLY => {
            left(v, 4)?;
            o.put((" ", v.u32(0)?));
            return Ok(4);
        }
        TIMESTAMPS => {
            left(v, 8)?;
            o.put((" val ", v.u32(0)?, " ecr ", v.u32(4)?));
            return Ok(8);
        }
        MD5 => {
            left(v, SIGNATURE)?;
            signature(o, v.bytes(0, SIGNATURE)?, segment)?;
            return Ok(SIGNATURE);
        }
        SCPS => {
            left(v, 2)?;
            o.put((" cap ", Hex2(v.u8(0)?), " id ", v.u8(1)?));
            return Ok(2);
        }
        USER_TIMEOUT => {
            left(v, 2)?;
            user_timeout(o, v.u16(0)?);
            return Ok(2);
        }
        AUTHENTICATION => authentication(o, v, size)?,
        MPTCP => {
            left(v, size)?;
            mptcp::dissect(o, v.cut(size), size + 2, segment.flags)?;
        }
        FAST_OPEN => {
            left(v, size)?;
            o.put(" ");
            fast_open(o, v, size)?;
        }
        EXPERIMENT_2 => experiment(o, v, size)?,
        _ => {
            o.put((size > 0).then_some(" 0x"));
            for i in 0..size {
                left(v, i + 1)?;
                o.put(Hex2(v.u8(i)?));
            }
        }
    }
    Ok(size)
}

/// Selective acknowledgments (RFC 2018).
fn sack(o: &mut Out, v: View<'_>, size: usize, base: u32) -> Step {
    if !size.is_multiple_of(8) {
        o.put(" invalid sack");
        return Ok(());
    }
    o.put((" ", size / 8, " "));
    for at in (0..size).step_by(8) {
        left(v, at + 8)?;
        o.put(("{", v.u32(at)?.wrapping_sub(base), ":", v.u32(at + 4)?.wrapping_sub(base), "}"));
    }
    Ok(())
}

/// An MD5 signature (RFC 2385), which the secret of `-M` checks.
fn signature(o: &mut Out, given: &[u8], segment: &Segment<'_, '_>) -> Step {
    o.put(" ");
    let all = segment.all;
    if !all.has(all.len()) {
        o.put(("snaplen too short, can't check - ", Octets(given)));
        return Ok(());
    }
    let Some(secret) = &o.opt.md5_secret else {
        o.put(("shared secret not supplied with -M, can't check - ", Octets(given)));
        return Ok(());
    };
    if signed(segment, secret)? == given {
        o.put("valid");
    } else {
        o.invalid();
    }
    Ok(())
}

/// The signature that a segment should have: over the pseudo-header, the header
/// without options and with a checksum of zero, the data and the secret (RFC
/// 2385, section 2.0).
fn signed(segment: &Segment<'_, '_>, secret: &[u8]) -> Step<[u8; 16]> {
    const FIXED: usize = 20;
    const CHECKSUM: std::ops::Range<usize> = 16..18;
    const PROTOCOL: u8 = 6;
    let ip = ip_of(segment.below)?;
    let mut hash = Md5::new();
    let length = segment.all.len() as u32;
    let (from, to) = (ip.source()?, ip.destination()?);
    hash.update(from.octets());
    hash.update(to.octets());
    match from {
        Address::V4(_) => {
            hash.update([0, PROTOCOL]);
            hash.update((length as u16).to_be_bytes());
        }
        Address::V6(_) => {
            hash.update(length.to_be_bytes());
            hash.update([0, 0, 0, PROTOCOL]);
        }
    }
    let mut header: [u8; FIXED] = segment.all.array(0)?;
    header[CHECKSUM].fill(0);
    hash.update(header);
    let size = usize::from(segment.all.u8(12)? >> 4) * 4;
    hash.update(segment.all.skip(size).payload());
    hash.update(secret);
    Ok(hash.finalize().into())
}

/// The user timeout (RFC 5482): minutes where the lowest bit as tcpdump reads it is set.
fn user_timeout(o: &mut Out, value: u16) {
    let half = u32::from(value >> 1);
    o.put((" 0x", Hex(value), " ", if value & 1 != 0 { half * 60 } else { half }));
}

/// The authentication option (RFC 5925, section 2.2): at least four octets.
fn authentication(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 2 {
        o.invalid();
        return Ok(());
    }
    left(v, 1)?;
    o.put((" keyid ", v.u8(0)?));
    left(v, 2)?;
    o.put((" rnextkeyid ", v.u8(1)?));
    if size > 2 {
        o.put(" mac 0x");
        for i in 2..size {
            left(v, i + 1)?;
            o.put(Hex2(v.u8(i)?));
        }
    }
    Ok(())
}

/// A shared experiment (RFC 6994): TCP Fast Open's, or its number.
fn experiment(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FAST_OPEN_ID: u16 = 0xf989;
    left(v, size)?;
    if size < 2 {
        return Err(Stop::Malformed);
    }
    match v.u16(0)? {
        FAST_OPEN_ID => {
            o.put("-tfo");
            fast_open(o, v.skip(2), size - 2)
        }
        other => {
            o.put(("-", Hex4(other)));
            Ok(())
        }
    }
}

/// A Fast Open cookie (RFC 7413, section 4.1.1): an even number of 4 to 16 octets.
fn fast_open(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size == 0 {
        o.put(" cookiereq");
    } else if !size.is_multiple_of(2) || !(4..=16).contains(&size) {
        o.invalid();
    } else {
        o.put((" cookie ", Octets(v.bytes(0, size)?)));
    }
    Ok(())
}
