//! The line writer: the one place where packet text is put into memory.

use crate::room::{self, PAIRS, hex_digits};

/// A growing buffer of output text that is reused from packet to packet.
#[derive(Default)]
pub struct Line {
    /// The text, and memory behind it for what follows.
    memory: Vec<u8>,
    /// How long the text is.
    len: usize,
}

impl Line {
    /// An empty line with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Line { memory: vec![0; capacity], len: 0 }
    }

    /// What has been written since the last [`Line::clear`].
    pub fn as_bytes(&self) -> &[u8] {
        &self.memory[..self.len]
    }

    /// The number of bytes written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets the text and keeps the memory.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Takes back everything after the first `len` bytes.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.fill(bytes.len(), |room| {
            let (start, rest) = room.split_at_mut(bytes.len());
            start.copy_from_slice(bytes);
            rest
        });
    }

    /// Appends bytes, each as `show` shows it.
    #[inline]
    pub fn mapped(&mut self, bytes: &[u8], show: impl Fn(u8) -> u8) {
        self.fill(bytes.len(), |room| {
            let (start, rest) = room.split_at_mut(bytes.len());
            for (room, &byte) in start.iter_mut().zip(bytes) {
                *room = show(byte);
            }
            rest
        });
    }

    /// Appends text as it is.
    #[inline(always)]
    pub fn str(&mut self, text: &str) {
        self.fill(text.len(), |room| room::str(room, text));
    }

    /// Appends one byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.start_of(&[byte], 1);
    }

    /// Appends the first `used` bytes of `chunk`.
    #[inline(always)]
    pub fn start_of<const N: usize>(&mut self, chunk: &[u8; N], used: usize) {
        self.fill(N, |room| room::start_of(room, chunk, used));
    }

    /// Appends what `write` puts at the start of room for at least `most` bytes; it
    /// gives back the rest of that.
    #[inline(always)]
    fn fill(&mut self, most: usize, write: impl FnOnce(&mut [u8]) -> &mut [u8]) {
        let left = write(self.room(most)).len();
        self.leave(left);
    }

    /// Room for at least `most` bytes behind the text.
    #[inline(always)]
    pub(crate) fn room(&mut self, most: usize) -> &mut [u8] {
        let left = self.memory.len().checked_sub(self.len);
        if left.is_some_and(|left| left >= most) { &mut self.memory[self.len..] } else { self.grown(most) }
    }

    /// As [`Line::room`], in more memory.
    #[cold]
    fn grown(&mut self, most: usize) -> &mut [u8] {
        // Fresh memory is zero without being touched.
        let mut memory = vec![0; (self.len + most.max(4096)).max(2 * self.memory.len())];
        memory[..self.len].copy_from_slice(self.as_bytes());
        self.memory = memory;
        &mut self.memory[self.len..]
    }

    /// Makes text of the room but for the last `left` bytes.
    #[inline(always)]
    pub(crate) fn leave(&mut self, left: usize) {
        self.len = self.memory.len() - left;
    }

    /// Appends an unsigned number in decimal.
    #[inline]
    pub fn dec(&mut self, value: u64) {
        self.fill(room::DEC, |room| room::dec(room, value));
    }

    /// Appends a number in decimal, padded on the left to `width` with `pad`.
    pub fn dec_padded(&mut self, value: u64, width: usize, pad: u8) {
        for _ in digits_of(value)..width {
            self.byte(pad);
        }
        self.dec(value);
    }

    /// Appends exactly two digits; `value` is below 100.
    #[inline]
    pub fn dec2(&mut self, value: u32) {
        self.start_of(&PAIRS[(value % 100) as usize], 2);
    }

    /// Appends a number in lower-case hexadecimal with at least `width` digits.
    #[inline]
    pub fn hex(&mut self, value: u64, width: usize) {
        for _ in room::HEX_DIGITS..width {
            self.byte(b'0');
        }
        self.fill(room::HEX_DIGITS, |room| room::hex(room, value, width));
    }

    /// Appends the two hexadecimal digits of an octet.
    #[inline]
    pub fn hex2(&mut self, octet: u8) {
        self.start_of(&hex_digits(octet), 2);
    }

    /// Appends an IPv4 address in dotted decimal.
    #[inline]
    pub fn ipv4(&mut self, address: [u8; 4]) {
        self.fill(room::IPV4, |room| room::ipv4(room, address));
    }

    /// Appends an IPv6 address in the form of RFC 5952, with the dotted tail of
    /// IPv4-mapped and IPv4-compatible addresses as `inet_ntop` writes them.
    pub fn ipv6(&mut self, address: [u8; 16]) {
        self.fill(room::IPV6, |room| room::ipv6(room, address));
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
    pub fn mac(&mut self, address: [u8; 6]) {
        self.fill(room::MAC, |room| room::mac(room, address));
    }
}

/// Six digits, as in microseconds; `value` is below 1,000,000.
#[inline]
pub fn six_digits(value: u32) -> [u8; 6] {
    let [[a, b], [c, d], [e, f]] = [value / 10_000, value / 100, value].map(|pairs| PAIRS[(pairs % 100) as usize]);
    [a, b, c, d, e, f]
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
        assert_eq!(six_digits(42), *b"000042");
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
