//! Writers into room that suffices: each stores its text at the start and gives
//! back the rest.
//!
//! Room and rest stay in registers from writer to writer, where a line would be
//! loaded and stored for each; and nothing that was stored is read back, since a
//! load of what several stores have just written waits for all of them. So this
//! is several times faster than `std::fmt`. Room that does not suffice is an error
//! of the caller's, and panics.

/// The decimal digits of 0 to 9999, the first in the lowest octet; the two highest
/// bits of that, which no digit has, are how many digits follow.
static SHORT: [u32; 10_000] = {
    let mut table = [0; 10_000];
    let mut i = 0;
    while i < 10_000 {
        let (mut left, mut digits, mut after) = (i, 0, 0);
        loop {
            digits = digits << 8 | (b'0' as u32 + left % 10);
            left /= 10;
            if left == 0 {
                break;
            }
            after += 1;
        }
        table[i as usize] = digits | after << 6;
        i += 1;
    }
    table
};

/// The decimal digits of 0 to 99.
pub(crate) static PAIRS: [[u8; 2]; 100] = {
    let mut table = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        table[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
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

/// Each octet in decimal with a dot behind it, as in [`SHORT`].
static DOTTED: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let digits = SHORT[i];
        table[i] = (digits | (b'.' as u32) << (8 * ((digits >> 6 & 3) + 1))) + (1 << 6);
        i += 1;
    }
    table
};

/// The text and the size of an entry of [`SHORT`] or [`DOTTED`].
#[inline(always)]
fn sized(entry: u32) -> ([u8; 4], usize) {
    ((entry & !0xc0).to_le_bytes(), (entry >> 6 & 3) as usize + 1)
}

/// Stores the first `used` bytes of `chunk`, writing the whole chunk so that the
/// copy has a constant size.
#[inline(always)]
pub(crate) fn start_of<'r, const N: usize>(room: &'r mut [u8], chunk: &[u8; N], used: usize) -> &'r mut [u8] {
    debug_assert!(used <= N);
    room[..N].copy_from_slice(chunk);
    &mut room[used..]
}

/// Text as it is.
#[inline(always)]
pub(crate) fn str<'r>(room: &'r mut [u8], text: &str) -> &'r mut [u8] {
    let (start, rest) = room.split_at_mut(text.len());
    start.copy_from_slice(text.as_bytes());
    rest
}

/// The room that an unsigned number in decimal needs.
pub(crate) const DEC: usize = 32;

/// An unsigned number in decimal.
#[inline(always)]
pub(crate) fn dec(room: &mut [u8], value: u64) -> &mut [u8] {
    if value < 10_000 {
        let (digits, size) = sized(SHORT[value as usize]);
        start_of(room, &digits, size)
    } else {
        dec_long(room, value)
    }
}

/// As [`dec`], from 10,000 on. The number is taken as a fixed-point number, all but
/// its first pair of digits behind the point; times 100, the next pair is before it.
fn dec_long(room: &mut [u8], value: u64) -> &mut [u8] {
    // The factors are 2^32, 2^48 and 2^57 by 10^4, 10^6 and 10^8, rounded up: exact
    // enough for all numbers of 32 bits.
    if value < 1_000_000 {
        pairs(room, value * 429_497, 2)
    } else if value < 100_000_000 {
        pairs(room, (value * 281_474_978) >> 16, 3)
    } else if value <= u32::MAX.into() {
        pairs(room, ((value * 1_441_151_881) >> 25) + 1, 4)
    } else {
        dec_huge(room, value)
    }
}

/// The digits of a number of less than 100 with 32 bits behind the point: without a
/// zero before them, and `after` pairs of the fraction, of four at most.
#[inline(always)]
fn pairs(room: &mut [u8], number: u64, after: u32) -> &mut [u8] {
    let first = u16::from_le_bytes(PAIRS[(number >> 32) as usize]);
    let skip = usize::from(number >> 32 < 10);
    let rest = start_of(room, &(first >> (8 * skip)).to_le_bytes(), 2 - skip);
    let (mut fraction, mut digits) = (number as u32, 0);
    for pair in 0..after {
        let next = u64::from(fraction) * 100;
        digits |= u64::from(u16::from_le_bytes(PAIRS[(next >> 32) as usize])) << (16 * pair);
        fraction = next as u32;
    }
    start_of(rest, &digits.to_le_bytes(), 2 * after as usize)
}

#[cold]
fn dec_huge(room: &mut [u8], value: u64) -> &mut [u8] {
    const LOW: u64 = 1_000_000_000;
    let rest = dec(room, value / LOW);
    // A one before the digits keeps their zeros; it is not left in the text.
    let mut low = [0; 16];
    dec_long(&mut low, LOW + value % LOW);
    let [_, digits @ ..] = low;
    start_of(rest, &digits, 9)
}

/// The room that a number in hexadecimal needs, which has no more digits.
pub(crate) const HEX_DIGITS: usize = 16;

/// A number in lower-case hexadecimal with at least `width` digits, 16 at most.
#[inline(always)]
pub(crate) fn hex(room: &mut [u8], value: u64, width: usize) -> &mut [u8] {
    match u16::try_from(value) {
        Ok(value) if width <= 4 => {
            let (digits, skip) = short_hex(value, width);
            start_of(room, &(digits >> skip).to_le_bytes(), 4 - skip as usize / 8)
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
pub(crate) const IPV4: usize = 16 + 4;

/// An IPv4 address in dotted decimal.
#[inline(always)]
pub(crate) fn ipv4(room: &mut [u8], address: [u8; 4]) -> &mut [u8] {
    let text = chunk::<IPV4>(room);
    let mut len = 0;
    for octet in address {
        let (digits, size) = sized(DOTTED[octet as usize]);
        // The mask says that it fits, which four sizes of at most four do.
        text[len & 15..][..4].copy_from_slice(&digits);
        len += size;
    }
    // Without the last dot.
    &mut room[len - 1..]
}

/// The start of room that suffices, of a size that is known.
#[inline(always)]
fn chunk<const N: usize>(room: &mut [u8]) -> &mut [u8; N] {
    room.first_chunk_mut().expect("room that suffices")
}

/// The room that an IPv6 address needs.
pub(crate) const IPV6: usize = 64 + 8;

/// An IPv6 address in the form of RFC 5952, with the dotted tail of IPv4-mapped
/// and IPv4-compatible addresses as `inet_ntop` writes them.
pub(crate) fn ipv6(room: &mut [u8], address: [u8; 16]) -> &mut [u8] {
    let word = |i: usize| u16::from_be_bytes([address[2 * i], address[2 * i + 1]]);
    let words = u128::from_be_bytes(address);
    let zeros = zero_words((words >> 64) as u64) | zero_words(words as u64) << 4;
    let (start, count) = ZERO_RUNS[zeros as usize & 0xff];
    let (start, count) = (usize::from(start), usize::from(count));
    let dotted = start == 0 && (count == 6 || (count == 5 && word(5) == 0xffff));
    let text = chunk::<IPV6>(room);
    let mut len = 0;
    for i in 0..start {
        len += group(text, len, word(i));
    }
    if count > 0 {
        // A group leaves a colon behind it.
        text[len & 63..][..2].copy_from_slice(b"::");
        len += 1 + usize::from(start == 0);
    }
    let behind = start + count;
    for i in behind..if dotted { 6 } else { 8 } {
        len += group(text, len, word(i));
    }
    if dotted {
        return ipv4(&mut room[len..], [address[12], address[13], address[14], address[15]]);
    }
    &mut room[len - usize::from(behind < 8)..]
}

/// Stores a group of an IPv6 address and a colon at `at`: how long that is.
#[inline(always)]
fn group(text: &mut [u8; IPV6], at: usize, word: u16) -> usize {
    let (digits, skip) = short_hex(word, 1);
    let digits = u64::from(digits) | u64::from(b':') << 32;
    // The mask says that it fits, which eight groups of at most five do.
    text[at & 63..][..8].copy_from_slice(&(digits >> skip).to_le_bytes());
    5 - skip as usize / 8
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

/// The four hexadecimal digits of a number, and how many bits of them are zeros that
/// leave at least `width` digits.
#[inline(always)]
fn short_hex(value: u16, width: usize) -> (u32, u32) {
    let [high, low] = value.to_be_bytes().map(|octet| u32::from(u16::from_le_bytes(HEX[octet as usize])));
    let digits = high | low << 16;
    // A bit in the first digit that stays ends the zeros.
    let stays = 1 << (8 * (4 - width.clamp(1, 4)));
    (digits, ((digits ^ 0x3030_3030) | stays).trailing_zeros() & !7)
}

/// The longest run of two or more zero words among eight, the first of several: its
/// start and length, by the words that are zero.
static ZERO_RUNS: [(u8, u8); 256] = {
    let mut table = [(0, 0); 256];
    let mut zeros = 0;
    while zeros < 256 {
        let mut start = 0;
        while start < 8 {
            let mut count = 0;
            while start + count < 8 && zeros >> (start + count) & 1 == 1 {
                count += 1;
            }
            if count > 1 && count > table[zeros].1 as usize {
                table[zeros] = (start as u8, count as u8);
            }
            start += count + 1;
        }
        zeros += 1;
    }
    table
};

/// Which of four words are zero, the most significant one in the lowest bit.
#[inline]
fn zero_words(words: u64) -> u32 {
    /// All bits of each word but the highest, which a sum then carries into.
    const REST: u64 = 0x7fff_7fff_7fff_7fff;
    let zero = !(((words & REST) + REST) | words | REST);
    (zero >> 63 | zero >> 46 & 2 | zero >> 29 & 4 | zero >> 12 & 8) as u32
}
