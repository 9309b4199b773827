//! The Internet checksum (RFC 1071).

/// A running one's-complement sum of 16-bit words in network order.
#[derive(Clone, Copy, Default)]
pub struct Sum(u64);

impl Sum {
    /// Adds octets; only the last part of a message may have an odd length.
    #[must_use]
    pub fn with(self, octets: &[u8]) -> Self {
        let mut sum = self.0;
        let words = octets.chunks_exact(4);
        let rest = words.remainder();
        for word in words {
            sum += u64::from(u32::from_be_bytes([word[0], word[1], word[2], word[3]]));
        }
        let mut last = [0; 4];
        last[..rest.len()].copy_from_slice(rest);
        // Fold so that any number of parts fits.
        sum += u64::from(u32::from_be_bytes(last));
        Sum((sum & 0xffff_ffff) + (sum >> 32))
    }

    /// Adds a number.
    #[must_use]
    pub fn with_u32(self, value: u32) -> Self {
        self.with(&value.to_be_bytes())
    }

    /// The checksum: zero when the sum includes a correct checksum field.
    pub fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !(sum as u16)
    }
}

/// The checksum of one stretch of octets.
pub fn internet(octets: &[u8]) -> u16 {
    Sum::default().with(octets).finish()
}

/// What a checksum field should hold, given what it holds and the (nonzero)
/// checksum computed with it in place.
pub fn should_be(field: u16, computed: u16) -> u16 {
    let mut sum = u32::from(field) + u32::from(computed);
    sum = (sum & 0xffff) + (sum >> 16);
    sum as u16
}

/// What the two octets at `at` of a message should be (ISO/IEC 8473-1, annex C;
/// RFC 1008, section 7.2.1); what they are does not matter. `at` must not be above the
/// message's length.
pub fn fletcher(octets: &[u8], at: usize) -> u16 {
    const MODULUS: i64 = 255;
    let (mut first, mut second) = (0_u32, 0_u32);
    for (place, &octet) in octets.iter().enumerate() {
        if place != at && place != at + 1 {
            first = first.wrapping_add(octet.into());
        }
        second = second.wrapping_add(first);
    }
    let (first, second) = (i64::from(first) % MODULUS, i64::from(second) % MODULUS);
    let behind = (octets.len() - at) as i64 * first;
    // As tcpdump has it: a negative sum that is one short of zero gives zero, not one.
    let of = |sum: i64| match if sum < 0 { (sum - 1) % MODULUS } else { sum % MODULUS } {
        0 => MODULUS as u16,
        sum => sum as u16 & 0xff,
    };
    of(behind - first - second) << 8 | of(second - behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fletcher_leaves_sums_of_zero() {
        // With the checksum in place both sums are zero, modulo 255.
        for octets in [&b"\x81\x0b\x01\x40\x1c\x00\x20\x00\x00\x01\x49"[..], b"abcdefghijkl", &[255; 40]] {
            let mut octets = octets.to_vec();
            let sum = fletcher(&octets, 7);
            octets[7..9].copy_from_slice(&sum.to_be_bytes());
            let (mut first, mut second) = (0_u32, 0_u32);
            for octet in octets {
                first += u32::from(octet);
                second += first;
            }
            assert_eq!((first % 255, second % 255), (0, 0));
        }
        assert_eq!(fletcher(&[], 0), 0xffff);
    }

    #[test]
    fn rfc_1071_example() {
        // RFC 1071, section 3: the sum is ddf2.
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(internet(&octets), !0xddf2);
        assert_eq!(Sum::default().with(&octets[..4]).with(&octets[4..]).finish(), !0xddf2);
        assert_eq!(internet(&[1]), !0x0100);
    }
}
