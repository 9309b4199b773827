//! The line writer: the one place where packet text is put into memory.
//!
//! Dissectors are safe code over this small core. A writer that reserves once
//! and then stores digits from a table is several times faster than `std::fmt`;
//! that is why the few `unsafe` lines of the crate are here and nowhere else.

/// The decimal digits of 0 to 9999, four bytes each.
static DIGITS: [[u8; 4]; 10_000] = {
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

/// A growing buffer of output text that is reused from packet to packet.
#[derive(Default)]
pub struct Line {
    buf: Vec<u8>,
}

impl Line {
    /// An empty line with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Line { buf: Vec::with_capacity(capacity) }
    }

    /// What has been written since the last [`Line::clear`].
    pub fn as_bytes(&self) -> &[u8] {
        &self.buf
    }

    /// The number of bytes written.
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// Forgets the text and keeps the memory.
    pub fn clear(&mut self) {
        self.buf.clear();
    }

    /// Takes back everything after the first `len` bytes.
    pub fn truncate(&mut self, len: usize) {
        self.buf.truncate(len);
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
    }

    /// Appends bytes, each as `show` shows it.
    #[inline]
    pub fn mapped(&mut self, bytes: &[u8], show: impl Fn(u8) -> u8) {
        self.buf.extend(bytes.iter().map(|&byte| show(byte)));
    }

    /// Appends text as it is.
    #[inline(always)]
    pub fn str(&mut self, text: &str) {
        let size = text.len();
        if self.buf.capacity() - self.buf.len() < size {
            self.grow(size);
        }
        let len = self.buf.len();
        // SAFETY: there is room for `size` bytes after `len`, and they are
        // initialised when the length is raised.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), self.buf.as_mut_ptr().add(len), size);
            self.buf.set_len(len + size);
        }
    }

    /// Appends one byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.store(&[byte], 1);
    }

    /// Appends the first `used` bytes of `chunk`.
    #[inline]
    pub fn start_of<const N: usize>(&mut self, chunk: &[u8; N], used: usize) {
        self.store(chunk, used.min(N));
    }

    /// Stores the first `used` bytes of `chunk`, writing the whole chunk so that
    /// the copy has a constant size.
    #[inline(always)]
    fn store<const N: usize>(&mut self, chunk: &[u8; N], used: usize) {
        debug_assert!(used <= N);
        if self.buf.capacity() - self.buf.len() < N {
            self.grow(N);
        }
        let len = self.buf.len();
        // SAFETY: there is room for N bytes after `len`, and `used` <= N of them
        // have been initialised when the length is raised.
        unsafe {
            std::ptr::copy_nonoverlapping(chunk.as_ptr(), self.buf.as_mut_ptr().add(len), N);
            self.buf.set_len(len + used);
        }
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        self.buf.reserve(more.max(4096));
    }

    /// Appends an unsigned number in decimal.
    #[inline]
    pub fn dec(&mut self, value: u64) {
        if value < 10_000 {
            let digits = u32::from_le_bytes(DIGITS[value as usize]);
            let skip = usize::from(value < 1000) + usize::from(value < 100) + usize::from(value < 10);
            self.store(&(digits >> (8 * skip)).to_le_bytes(), 4 - skip);
        } else {
            self.dec_long(value);
        }
    }

    fn dec_long(&mut self, value: u64) {
        const ZEROS: u64 = 0x3030_3030_3030_3030;
        if value < 100_000_000 {
            let digits = eight_digits(value);
            let skip = (digits ^ ZEROS).trailing_zeros() / 8;
            self.store(&(digits >> (8 * skip)).to_le_bytes(), 8 - skip as usize);
        } else {
            self.dec(value / 100_000_000);
            self.store(&eight_digits(value % 100_000_000).to_le_bytes(), 8);
        }
    }

    /// Appends a number in decimal, padded on the left to `width` with `pad`.
    pub fn dec_padded(&mut self, value: u64, width: usize, pad: u8) {
        for _ in digits_of(value)..width {
            self.byte(pad);
        }
        self.dec(value);
    }

    /// Appends exactly six digits, as in microseconds; `value` is below 1,000,000.
    #[inline]
    pub fn dec6(&mut self, value: u32) {
        let high = DIGITS[(value / 10_000 % 100) as usize];
        let low = DIGITS[(value % 10_000) as usize];
        self.store(&[high[2], high[3], low[0], low[1], low[2], low[3], 0, 0], 6);
    }

    /// Appends exactly two digits; `value` is below 100.
    #[inline]
    pub fn dec2(&mut self, value: u32) {
        let digits = DIGITS[(value % 100) as usize];
        self.store(&[digits[2], digits[3]], 2);
    }

    /// Appends a number in lower-case hexadecimal with at least `width` digits.
    #[inline]
    pub fn hex(&mut self, value: u64, width: usize) {
        match u16::try_from(value) {
            Ok(value) if width <= 4 => self.hex4(value, width),
            _ => self.hex_long(value, width),
        }
    }

    fn hex_long(&mut self, value: u64, width: usize) {
        let needed = (16 - value.leading_zeros() as usize / 4).max(1).max(width);
        for _ in 16..needed {
            self.byte(b'0');
        }
        let mut digits = 0;
        for octet in value.to_le_bytes() {
            digits = digits << 16 | u128::from(u16::from_le_bytes(HEX[octet as usize]));
        }
        let needed = needed.min(16);
        self.store(&(digits >> (8 * (16 - needed))).to_le_bytes(), needed);
    }

    /// Appends a 16-bit number in lower-case hexadecimal with at least `width`
    /// digits, of which four are the most.
    #[inline]
    fn hex4(&mut self, value: u16, width: usize) {
        let (digits, size) = short_hex(value, width);
        self.store(&digits, size);
    }

    /// Appends the two hexadecimal digits of an octet.
    #[inline]
    pub fn hex2(&mut self, octet: u8) {
        self.store(&HEX[octet as usize], 2);
    }

    /// Appends an IPv4 address in dotted decimal.
    #[inline]
    pub fn ipv4(&mut self, address: [u8; 4]) {
        let mut text = [0; 16];
        let mut len = 0;
        for octet in address {
            let (digits, size) = DOTTED[octet as usize];
            text[len..len + 4].copy_from_slice(&digits);
            len += usize::from(size);
        }
        self.store(&text, len - 1);
    }

    /// Appends an IPv6 address in the form of RFC 5952, with the dotted tail of
    /// IPv4-mapped and IPv4-compatible addresses as `inet_ntop` writes them.
    pub fn ipv6(&mut self, address: [u8; 16]) {
        let word = |i: usize| u16::from_be_bytes([address[2 * i], address[2 * i + 1]]);
        let (start, count) = longest_zero_run(u128::from_be_bytes(address));
        let dotted = start == 0 && (count == 6 || (count == 5 && word(5) == 0xffff));
        let (mut text, mut len, mut i) = ([0; 48], 0, 0);
        while i < 8 {
            if i != 0 || count > 0 && start == 0 {
                text[len] = b':';
                len += 1;
            }
            if count > 0 && i == start {
                i += count;
                if i == 8 {
                    text[len] = b':';
                    len += 1;
                }
                continue;
            }
            if dotted && i == 6 {
                self.store(&text, len);
                return self.ipv4([address[12], address[13], address[14], address[15]]);
            }
            let (digits, size) = short_hex(word(i), 1);
            text[len..len + 4].copy_from_slice(&digits);
            len += size;
            i += 1;
        }
        self.store(&text, len);
    }

    /// Appends octets as hexadecimal pairs joined by `separator`.
    pub fn octets(&mut self, octets: &[u8], separator: u8) {
        for (i, &octet) in octets.iter().enumerate() {
            if i > 0 {
                self.byte(separator);
            }
            self.hex2(octet);
        }
    }

    /// Appends a MAC address, `00:11:22:33:44:55`.
    #[inline]
    pub fn mac(&mut self, m: [u8; 6]) {
        let mut chunk = [b':'; 18];
        for (i, octet) in m.into_iter().enumerate() {
            let [high, low] = HEX[octet as usize];
            chunk[3 * i] = high;
            chunk[3 * i + 1] = low;
        }
        self.store(&chunk, 17);
    }
}

/// The eight decimal digits of a number below 100,000,000, the first in the lowest octet.
#[inline(always)]
fn eight_digits(value: u64) -> u64 {
    let four = |part: u64| u64::from(u32::from_le_bytes(DIGITS[part as usize]));
    four(value / 10_000) | four(value % 10_000) << 32
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

/// How many decimal digits `value` has.
fn digits_of(mut value: u64) -> usize {
    let mut digits = 1;
    while value >= 10 {
        value /= 10;
        digits += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Line)) -> String {
        let mut line = Line::default();
        write(&mut line);
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn numbers_match_the_standard_library() {
        let tens = (0..20).map(|n| 10u64.pow(n));
        let ends = tens.clone().map(|v| v - 1).chain(tens);
        for v in ends.chain([7, 65_535, 1 << 32, 1_000_100_010_000, u64::MAX]) {
            assert_eq!(written(|l| l.dec(v)), v.to_string());
            assert_eq!(written(|l| l.hex(v, 1)), format!("{v:x}"));
            assert_eq!(written(|l| l.hex(v, 8)), format!("{v:08x}"));
            assert_eq!(written(|l| l.dec_padded(v, 5, b' ')), format!("{v:>5}"));
        }
        assert_eq!(written(|l| l.dec6(42)), "000042");
        assert_eq!(written(|l| l.dec2(7)), "07");
    }

    #[test]
    fn addresses_match_their_rfcs() {
        assert_eq!(written(|l| l.ipv4([192, 0, 2, 1])), "192.0.2.1");
        assert_eq!(written(|l| l.ipv4([255, 10, 100, 99])), "255.10.100.99");
        assert_eq!(written(|l| l.mac([0, 1, 2, 0xaa, 0xbb, 0xff])), "00:01:02:aa:bb:ff");
        for text in [
            "::",
            "::1",
            "1::",
            "fe80::1",
            "2001:db8::1:0:0:1",
            "::ffff:192.0.2.1",
            "ff02::1:ff00:1",
            "::1.2.3.4",
            "1:2:3:4:5:6:7:8",
            "64:ff9b::c000:201",
            "0:1:0:1:0:1:0:1",
            "1:0:0:1::1",
            "8000:0:7fff::8000:0",
        ] {
            let octets = text.parse::<std::net::Ipv6Addr>().unwrap().octets();
            assert_eq!(written(|l| l.ipv6(octets)), text);
        }
    }
}
