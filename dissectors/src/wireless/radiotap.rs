//! The fields of radiotap headers (radiotap.org).

use super::codes::RATES;
use super::radio_fields::Summary;
use super::radiotap_fields;
use crate::out::Out;
use crate::view::{Step, Stop, View};

/// Octets of the header with its first bitmap.
const HEADER: usize = 8;
/// Bits of a bitmap that mean the same in every one.
const RADIOTAP_NAMESPACE: u32 = 29;
const EXTENDED: u32 = 31;

const XCHANNEL: u32 = 18;
const MCS: u32 = 19;

/// The flags that say how the frame behind the header is.
const FLAG_CHECK: u8 = 0x10;
const FLAG_PADDED: u8 = 0x20;
const FLAGS: &[(u8, &str)] =
    &[(0x01, "cfp "), (0x02, "short preamble "), (0x04, "wep "), (0x08, "fragmented "), (0x40, "bad-fcs ")];

/// What a header says about the frame behind it.
pub(super) struct Radiotap {
    /// Octets of the header.
    pub(super) len: usize,
    /// Whether the 802.11 header is padded.
    pub(super) padded: bool,
    /// Octets of the frame check sequence.
    pub(super) check: usize,
}

/// Fields in their natural alignment from the start of the header on.
struct Fields<'p> {
    v: View<'p>,
    at: usize,
}

impl Fields<'_> {
    /// Where a field of `n` octets is.
    fn take(&mut self, n: usize) -> Step<usize> {
        let at = self.at.next_multiple_of(n);
        if at + n > self.v.len() {
            return Err(Stop::Malformed);
        }
        self.at = at + n;
        Ok(at)
    }

    fn u8(&mut self) -> Step<u8> {
        let at = self.take(1)?;
        self.v.u8(at)
    }

    fn u16(&mut self) -> Step<u16> {
        let at = self.take(2)?;
        self.v.le16(at)
    }

    fn u32(&mut self) -> Step<u32> {
        let at = self.take(4)?;
        self.v.le32(at)
    }

    fn u64(&mut self) -> Step<u64> {
        let at = self.take(8)?;
        self.v.le64(at)
    }
}

/// Prints a header; nothing if it is cut.
pub(super) fn header(o: &mut Out, v: View<'_>) -> Step<Option<Radiotap>> {
    if !v.has(HEADER) {
        return Ok(None);
    }
    let len = usize::from(v.le16(2)?);
    if len < HEADER || !v.has(len) {
        return Ok(None);
    }
    let v = v.cut(len).claim(len);
    o.see_all(radiotap_fields::HEADER, v);
    let mut last = 4;
    while last + 4 <= len && v.le32(last)? >> EXTENDED != 0 {
        last += 4;
    }
    if last + 4 > len {
        return Ok(None);
    }
    let mut fields = Fields { v, at: last + 4 };
    let mut flags = 0;
    let mut summary = Summary::default();
    let mut first = 0;
    // The octets of a vendor's namespace, which are skipped.
    let mut vendor: Option<usize> = None;
    for at in (4..=last).step_by(4) {
        let present = v.le32(at)?;
        o.see_all(radiotap_fields::PRESENT, v.skip(at));
        match vendor {
            Some(skipped) => {
                if fields.at + skipped > len {
                    break;
                }
                fields.at += skipped;
                vendor = Some(0);
            }
            None => {
                if !namespace(o, &mut fields, present, first, &mut flags, &mut summary)? {
                    break;
                }
            }
        }
        match present >> RADIOTAP_NAMESPACE & 3 {
            0 => first += 32,
            1 => {
                first = 0;
                vendor = None;
            }
            2 => {
                first = 0;
                vendor = Some(vendor_header(&mut fields).unwrap_or_else(|_| {
                    o.truncated();
                    0
                }));
            }
            _ => {}
        }
    }
    summary.note(o);
    let check = if flags & FLAG_CHECK != 0 { 4 } else { 0 };
    Ok(Some(Radiotap { len, padded: flags & FLAG_PADDED != 0, check }))
}

/// The header of a vendor's namespace; the result is how many octets follow it.
fn vendor_header(fields: &mut Fields<'_>) -> Step<usize> {
    fields.at = fields.at.next_multiple_of(2);
    for _ in 0..4 {
        fields.u8()?;
    }
    fields.u16().map(usize::from)
}

/// Prints the fields of a bitmap; false if none can follow.
fn namespace(
    o: &mut Out,
    fields: &mut Fields<'_>,
    present: u32,
    first: u32,
    flags: &mut u8,
    summary: &mut Summary,
) -> Step<bool> {
    for bit in (0..RADIOTAP_NAMESPACE).filter(|bit| present >> bit & 1 != 0) {
        radiotap_fields::note(o, first + bit, fields.v, fields.at, summary);
        match field(o, fields, first + bit, present, flags) {
            Ok(true) => {}
            Ok(false) => {
                o.put(("[bit ", first + bit, "] "));
                return Ok(false);
            }
            Err(Stop::Malformed) => {
                o.truncated();
                return Ok(false);
            }
            Err(stop) => return Err(stop),
        }
    }
    Ok(true)
}

/// Prints a field; false if its length is not known.
fn field(o: &mut Out, fields: &mut Fields<'_>, bit: u32, present: u32, flags: &mut u8) -> Step<bool> {
    match bit {
        0 => o.put((fields.u64()?, "us tsft ")),
        1 => {
            *flags = fields.u8()?;
            for &(mask, name) in FLAGS {
                if *flags & mask != 0 {
                    o.put(name);
                }
            }
        }
        2 => match fields.u8()? {
            // Some systems put the index of a scheme here.
            rate @ 0x80..=0x8f => o.put(("MCS ", rate & 0x7f, " ")),
            rate => o.put((rate / 2, if rate % 2 == 0 { ".0" } else { ".5" }, " Mb/s ")),
        },
        3 => {
            let (frequency, channel) = (fields.u16()?, fields.u16()?);
            if present >> XCHANNEL & 1 == 0 {
                put_channel(o, frequency, channel.into(), present);
            }
        }
        4 => o.put(("fhset ", fields.u8()?, " fhpat ", fields.u8()?, " ")),
        5 => o.put((fields.u8()? as i8, "dBm signal ")),
        6 => o.put((fields.u8()? as i8, "dBm noise ")),
        7 => o.put((fields.u16()?, " sq ")),
        8 => o.put((-i32::from(fields.u16()? as i16), " tx power ")),
        9 => o.put((-i32::from(fields.u8()? as i8), "dB tx attenuation ")),
        10 => o.put((fields.u8()? as i8, "dBm tx power ")),
        11 => o.put(("antenna ", fields.u8()?, " ")),
        12 => o.put((fields.u8()?, "dB signal ")),
        13 => o.put((fields.u8()?, "dB noise ")),
        14 => {
            fields.u16()?;
        }
        XCHANNEL => {
            let (channel, frequency) = (fields.u32()?, fields.u16()?);
            fields.u8()?;
            fields.u8()?;
            put_channel(o, frequency, channel, present);
        }
        MCS => scheme(o, fields)?,
        20 => {
            fields.u32()?;
            fields.u16()?;
            fields.u8()?;
            fields.u8()?;
        }
        21 => very_high_throughput(o, fields)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The frequency and the kind of a channel.
fn put_channel(o: &mut Out, frequency: u16, flags: u32, present: u32) {
    const GFSK: u32 = 0x0880;
    const A: u32 = 0x0140;
    const B: u32 = 0x00a0;
    const PURE_G: u32 = 0x00c0;
    const G: u32 = 0x0480;
    let is = |kind: u32| flags & kind == kind;
    let width = |names: [&'static str; 3]| {
        let [full, half, quarter] = names;
        if is(0x4000) {
            half
        } else if is(0x8000) {
            quarter
        } else {
            full
        }
    };
    o.put((frequency, " MHz"));
    if present >> MCS & 1 != 0 {
        o.put(" 11n");
    } else {
        if is(GFSK) {
            o.put(" FHSS");
        }
        if is(A) {
            o.put(width([" 11a", " 11a/10Mhz", " 11a/5Mhz"]));
        }
        if is(PURE_G) || is(G) {
            o.put(width([" 11g", " 11g/10Mhz", " 11g/5Mhz"]));
        } else if is(B) {
            o.put(" 11b");
        }
        if is(0x0010) {
            o.put(" Turbo");
        }
    }
    if is(0x1_0000) {
        o.put(" ht/20");
    } else if is(0x4_0000) {
        o.put(" ht/40-");
    } else if is(0x2_0000) {
        o.put(" ht/40+");
    }
    o.put(" ");
}

/// A modulation and coding scheme of 802.11n.
fn scheme(o: &mut Out, fields: &mut Fields<'_>) -> Step {
    let (known, flags, index) = (fields.u8()?, fields.u8()?, fields.u8()?);
    let short = flags & 4 != 0;
    if known & 2 != 0 {
        let column = usize::from(flags & 3 == 1) * 2 + usize::from(short);
        let rate = RATES.get(usize::from(index)).and_then(|row| row.get(column)).copied().unwrap_or(0);
        if known & 5 != 0 && rate != 0 {
            radiotap_fields::note_rate(o, rate);
            o.put((rate / 10, ".", rate % 10, " Mb/s "));
        }
        o.put(("MCS ", index, " "));
    }
    if known & 1 != 0 {
        o.put(match flags & 3 {
            0 => "20 MHz ",
            1 => "40 MHz ",
            2 => "20 MHz (L) ",
            _ => "20 MHz (U) ",
        });
    }
    if known & 4 != 0 {
        o.put(if short { "short GI " } else { "long GI " });
    }
    if known & 8 != 0 {
        o.put(if flags & 8 != 0 { "greenfield " } else { "mixed " });
    }
    if known & 0x10 != 0 {
        o.put(if flags & 0x10 != 0 { "LDPC FEC " } else { "BCC FEC " });
    }
    if known & 0x20 != 0 {
        o.put(("RX-STBC", flags >> 5 & 3, " "));
    }
    Ok(())
}

/// The bandwidths of 802.11ac.
const BANDWIDTHS: [&str; 32] = [
    "20 MHz",
    "40 MHz",
    "20 MHz (L)",
    "20 MHz (U)",
    "80 MHz",
    "80 MHz (L)",
    "80 MHz (U)",
    "80 MHz (LL)",
    "80 MHz (LU)",
    "80 MHz (UL)",
    "80 MHz (UU)",
    "160 MHz",
    "160 MHz (L)",
    "160 MHz (U)",
    "160 MHz (LL)",
    "160 MHz (LU)",
    "160 MHz (UL)",
    "160 MHz (UU)",
    "160 MHz (LLL)",
    "160 MHz (LLU)",
    "160 MHz (LUL)",
    "160 MHz (UUU)",
    "160 MHz (ULL)",
    "160 MHz (ULU)",
    "160 MHz (UUL)",
    "160 MHz (UUU)",
    "unknown (26)",
    "unknown (27)",
    "unknown (28)",
    "unknown (29)",
    "unknown (30)",
    "unknown (31)",
];

/// The scheme of each user, bandwidth and guard interval of 802.11ac.
fn very_high_throughput(o: &mut Out, fields: &mut Fields<'_>) -> Step {
    let (known, flags, bandwidth) = (fields.u16()?, fields.u8()?, fields.u8()?);
    let mut users = [0; 4];
    for user in &mut users {
        *user = fields.u8()?;
    }
    let coding = fields.u8()?;
    fields.u8()?;
    fields.u16()?;
    for (i, user) in users.into_iter().enumerate() {
        if user & 15 != 0 {
            o.put(("User ", i, " MCS ", user >> 4, " "));
            o.put(if coding >> i & 1 != 0 { "LDPC FEC " } else { "BCC FEC " });
        }
    }
    if known & 0x40 != 0 {
        o.put((BANDWIDTHS.get(usize::from(bandwidth & 0x1f)).copied(), " "));
    }
    if known & 4 != 0 {
        o.put(if flags & 4 != 0 { "short GI " } else { "long GI " });
    }
    Ok(())
}
