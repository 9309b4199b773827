//! Writers into room that suffices: each stores its text at the start and gives
//! back the rest.
//!
//! Room and rest stay in registers from writer to writer, where a line would be
//! loaded and stored for each; and nothing that was stored is read back, since a
//! load of what several stores have just written waits for all of them. So this
//! is several times faster than `std::fmt`. Room that does not suffice is an error
//! of the caller's, and panics.

/// The decimal digits of 0 to 9999, four bytes each.
pub(crate) static DIGITS: [[u8; 4]; 10_000] = {
    let mut table = [[0u8; 4]; 10_000];
    let mut i = 0;
    while i < 10_000 {
        table[i] =
            [b'0' + (i / 1000) as u8, b'0' + (i / 100 % 10) as u8, b'0' + (i / 10 % 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    table
};

/// The two hexadecimal digits of each octet.
static HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0u8; 2]; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = [digits[i >> 4], digits[i & 15]];
        i += 1;
    }
    table
};

/// The two hexadecimal digits of an octet.
#[inline]
pub(crate) fn hex_digits(octet: u8) -> [u8; 2] {
    HEX[octet as usize]
}

/// Each octet in decimal with a dot behind it, and how long that is.
static DOTTED: [([u8; 4], u8); 256] = {
    let mut table = [([b'.'; 4], 0); 256];
    let mut i = 0;
    while i < 256 {
        let skip = 1 + (i < 100) as usize + (i < 10) as usize;
        let mut at = skip;
        while at < 4 {
            table[i].0[at - skip] = DIGITS[i][at];
            at += 1;
        }
        table[i].1 = (5 - skip) as u8;
        i += 1;
    }
    table
};

/// Stores the first `used` bytes of `chunk`, writing the whole chunk so that the
/// copy has a constant size.
#[inline(always)]
pub(crate) fn start_of<'r, const N: usize>(room: &'r mut [u8], chunk: &[u8; N], used: usize) -> &'r mut [u8] {
    room[..N].copy_from_slice(chunk);
    &mut room[used.min(N)..]
}

/// Text as it is.
#[inline(always)]
pub(crate) fn str<'r>(room: &'r mut [u8], text: &str) -> &'r mut [u8] {
    let (start, rest) = room.split_at_mut(text.len());
    start.copy_from_slice(text.as_bytes());
    rest
}

/// The room that an unsigned number in decimal needs.
pub(crate) const DEC: usize = 24;

/// An unsigned number in decimal.
#[inline(always)]
pub(crate) fn dec(room: &mut [u8], value: u64) -> &mut [u8] {
    if value < 10_000 {
        let digits = u32::from_le_bytes(DIGITS[value as usize]);
        let skip = usize::from(value < 1000) + usize::from(value < 100) + usize::from(value < 10);
        start_of(room, &(digits >> (8 * skip)).to_le_bytes(), 4 - skip)
    } else {
        dec_long(room, value)
    }
}

fn dec_long(room: &mut [u8], value: u64) -> &mut [u8] {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const HIGH: u64 = 100_000_000;
    if value < HIGH {
        let digits = eight_digits(value as u32);
        let skip = (digits ^ ZEROS).trailing_zeros() / 8;
        return start_of(room, &(digits >> (8 * skip)).to_le_bytes(), 8 - skip as usize);
    }
    let (high, low) = (value / HIGH, (value % HIGH) as u32);
    let rest = if high < 10_000 { dec(room, high) } else { dec_high(room, high) };
    start_of(rest, &eight_digits(low).to_le_bytes(), 8)
}

/// The digits of a number above twelve digits before the last eight.
#[cold]
fn dec_high(room: &mut [u8], high: u64) -> &mut [u8] {
    dec_long(room, high)
}

/// The room that a number in hexadecimal needs, which has no more digits.
pub(crate) const HEX_DIGITS: usize = 16;

/// A number in lower-case hexadecimal with at least `width` digits, 16 at most.
#[inline(always)]
pub(crate) fn hex(room: &mut [u8], value: u64, width: usize) -> &mut [u8] {
    match u16::try_from(value) {
        Ok(value) if width <= 4 => {
            let (digits, size) = short_hex(value, width);
            start_of(room, &digits, size)
        }
        _ => hex_long(room, value, width),
    }
}

fn hex_long(room: &mut [u8], value: u64, width: usize) -> &mut [u8] {
    let needed = (16 - value.leading_zeros() as usize / 4).max(1).max(width).min(HEX_DIGITS);
    let mut digits = 0;
    for octet in value.to_le_bytes() {
        digits = digits << 16 | u128::from(u16::from_le_bytes(HEX[octet as usize]));
    }
    start_of(room, &(digits >> (8 * (16 - needed))).to_le_bytes(), needed)
}

/// The room that an IPv4 address needs.
pub(crate) const IPV4: usize = 16;

/// An IPv4 address in dotted decimal.
#[inline(always)]
pub(crate) fn ipv4(room: &mut [u8], [a, b, c, d]: [u8; 4]) -> &mut [u8] {
    let mut rest = room;
    for octet in [a, b, c] {
        let (digits, size) = &DOTTED[octet as usize];
        rest = start_of(rest, digits, usize::from(*size));
    }
    let (digits, size) = &DOTTED[d as usize];
    start_of(rest, digits, usize::from(*size) - 1)
}

/// The room that an IPv6 address needs.
pub(crate) const IPV6: usize = 48;

/// An IPv6 address in the form of RFC 5952, with the dotted tail of IPv4-mapped
/// and IPv4-compatible addresses as `inet_ntop` writes them.
pub(crate) fn ipv6(room: &mut [u8], address: [u8; 16]) -> &mut [u8] {
    let word = |i: usize| u16::from_be_bytes([address[2 * i], address[2 * i + 1]]);
    let (start, count) = longest_zero_run(u128::from_be_bytes(address));
    let mut rest = room;
    for i in 0..start {
        rest = group(rest, word(i));
    }
    let behind = start + count;
    if count > 0 {
        // A group leaves a colon behind it.
        rest = start_of(rest, b"::", 1 + usize::from(start == 0));
    }
    let dotted = start == 0 && (count == 6 || (count == 5 && word(5) == 0xffff));
    if dotted {
        for i in behind..6 {
            rest = group(rest, word(i));
        }
        return ipv4(rest, [address[12], address[13], address[14], address[15]]);
    }
    for i in behind..7 {
        rest = group(rest, word(i));
    }
    if behind < 8 {
        let (digits, size) = short_hex(word(7), 1);
        rest = start_of(rest, &digits, size);
    }
    rest
}

/// A group of an IPv6 address and a colon.
#[inline(always)]
fn group(room: &mut [u8], word: u16) -> &mut [u8] {
    let (digits, size) = short_hex(word, 1);
    let text = u64::from(u32::from_le_bytes(digits)) | u64::from(b':') << (8 * size);
    start_of(room, &text.to_le_bytes(), size + 1)
}

/// The room that a MAC address needs.
pub(crate) const MAC: usize = 18;

/// A MAC address, `00:11:22:33:44:55`.
#[inline(always)]
pub(crate) fn mac(room: &mut [u8], m: [u8; 6]) -> &mut [u8] {
    let mut chunk = [b':'; MAC];
    for (i, octet) in m.into_iter().enumerate() {
        let [high, low] = HEX[octet as usize];
        chunk[3 * i] = high;
        chunk[3 * i + 1] = low;
    }
    start_of(room, &chunk, MAC - 1)
}

/// The eight decimal digits of a number below 100,000,000, the first in the lowest
/// octet: halves of the number side by side, halves of those, and so on. A table of
/// so many digits would drive other things out of the cache.
#[inline(always)]
fn eight_digits(value: u32) -> u64 {
    let fours = u64::from(value / 10_000) | u64::from(value % 10_000) << 32;
    // A quotient is the product with a rounded-up reciprocal, shifted.
    let hundreds = (fours * 10_486 >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = (twos * 103 >> 10) & 0x000f_000f_000f_000f;
    (tens | (twos - 10 * tens) << 8) | 0x3030_3030_3030_3030
}

/// The hexadecimal digits of a number, at least `width`, and how many they are.
#[inline(always)]
fn short_hex(value: u16, width: usize) -> ([u8; 4], usize) {
    let [high, low] = value.to_be_bytes().map(|octet| u32::from(u16::from_le_bytes(HEX[octet as usize])));
    let skip = (value.leading_zeros() as usize / 4).min(4 - width.clamp(1, 4));
    (((high | low << 16) >> (8 * skip)).to_le_bytes(), 4 - skip)
}

/// The longest run of two or more zero words of 16 bits, the first of several: its
/// start and length.
#[inline]
fn longest_zero_run(address: u128) -> (usize, usize) {
    let zeros = zero_words((address >> 64) as u64) | zero_words(address as u64) << 4;
    // Each round leaves the bits with one more zero word behind them.
    let (mut starts, mut count) = (zeros, 1);
    while starts & starts >> 1 != 0 {
        starts &= starts >> 1;
        count += 1;
    }
    if count > 1 { (starts.trailing_zeros() as usize, count) } else { (0, 0) }
}

/// Which of four words are zero, the most significant one in the lowest bit.
#[inline]
fn zero_words(words: u64) -> u32 {
    /// All bits of each word but the highest, which a sum then carries into.
    const REST: u64 = 0x7fff_7fff_7fff_7fff;
    let zero = !(((words & REST) + REST) | words | REST);
    (zero >> 63 | zero >> 46 & 2 | zero >> 29 & 4 | zero >> 12 & 8) as u32
}
