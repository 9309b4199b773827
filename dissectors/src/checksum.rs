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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_1071_example() {
        // RFC 1071, section 3: the sum is ddf2.
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(internet(&octets), !0xddf2);
        assert_eq!(Sum::default().with(&octets[..4]).with(&octets[4..]).finish(), !0xddf2);
        assert_eq!(internet(&[1]), !0x0100);
    }
}
