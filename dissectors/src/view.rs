//! A bounded view of a packet's bytes: every read is checked, and both bounds
//! that shape tcpdump's text are kept apart.

use crate::field::{Field, Read};

/// Why a dissector stopped early.
///
/// `Truncated` means that the capture ends before the field: the frame closes
/// the line with ` [|proto]`. `Malformed` means that the packet contradicts
/// itself: the printer that notices it writes ` (invalid)` where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The captured bytes end before the field.
    Truncated,
    /// As `Truncated`, where tcpdump's printer marks it and returns. The frame is
    /// not given up, so that a dump begins behind the link header.
    Cut,
    /// A length or value in the packet cannot be right.
    Malformed,
}

impl Stop {
    /// A truncated packet that tcpdump's printer notices itself.
    #[must_use]
    pub fn noticed(self) -> Self {
        if self == Stop::Truncated { Stop::Cut } else { self }
    }
}

/// What a dissector returns: `?` carries a [`Stop`] to the place that prints it.
pub type Step<T = ()> = Result<T, Stop>;

/// Bytes of one packet from some header on.
///
/// `data` ends at the snapshot or at the tightest enclosing length; `len` is
/// what the outer layer claims is left and may be larger or smaller; `at` is the
/// offset of the first byte in the frame. All are in octets.
#[derive(Clone, Copy, Debug)]
pub struct View<'p> {
    data: &'p [u8],
    len: usize,
    at: usize,
}

impl<'p> View<'p> {
    /// A view of `data` that claims to be `len` octets long.
    pub fn new(data: &'p [u8], len: usize) -> Self {
        View { data, len, at: 0 }
    }

    /// The octets that the outer layer says are left.
    #[inline]
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether the outer layer says that nothing is left.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The octets that can be read.
    #[inline]
    pub fn caplen(self) -> usize {
        self.data.len()
    }

    /// The offset of the first octet in the frame.
    #[inline]
    pub fn at(self) -> usize {
        self.at
    }

    /// Everything that can be read.
    #[inline]
    pub fn data(self) -> &'p [u8] {
        self.data
    }

    /// Everything that can be read and is claimed.
    #[inline]
    pub fn payload(self) -> &'p [u8] {
        &self.data[..self.len.min(self.data.len())]
    }

    /// The view from `n` octets on; past the end it is empty.
    #[inline]
    #[must_use]
    pub fn skip(self, n: usize) -> Self {
        View { data: self.data.get(n..).unwrap_or(&[]), len: self.len.saturating_sub(n), at: self.at.wrapping_add(n) }
    }

    /// The view cut to `n` octets, both what is claimed and what can be read:
    /// a length field of the protocol bounds everything inside it.
    #[inline]
    #[must_use]
    pub fn cut(self, n: usize) -> Self {
        View { data: &self.data[..n.min(self.data.len())], len: n.min(self.len), at: self.at }
    }

    /// The same bytes with another claimed length.
    #[inline]
    #[must_use]
    pub fn claim(self, len: usize) -> Self {
        View { len, ..self }
    }

    /// Whether `n` octets can be read.
    #[inline]
    pub fn has(self, n: usize) -> bool {
        n <= self.data.len()
    }

    /// Fails unless `n` octets can be read.
    #[inline]
    pub fn need(self, n: usize) -> Step {
        if self.has(n) { Ok(()) } else { Err(Stop::Truncated) }
    }

    /// As [`need`](Self::need), where tcpdump's printer returns instead of giving
    /// up the frame.
    #[inline]
    pub fn check(self, n: usize) -> Step {
        self.need(n).map_err(Stop::noticed)
    }

    /// The `n` octets at `at`.
    #[inline]
    pub fn bytes(self, at: usize, n: usize) -> Step<&'p [u8]> {
        let end = at.checked_add(n).ok_or(Stop::Truncated)?;
        self.data.get(at..end).ok_or(Stop::Truncated)
    }

    /// `N` octets at `at` as an array.
    #[inline(always)]
    pub fn array<const N: usize>(self, at: usize) -> Step<[u8; N]> {
        match self.data.get(at..).and_then(|rest| rest.first_chunk::<N>()) {
            Some(chunk) => Ok(*chunk),
            None => Err(Stop::Truncated),
        }
    }

    /// The octet at `at`.
    #[inline(always)]
    pub fn u8(self, at: usize) -> Step<u8> {
        self.data.get(at).copied().ok_or(Stop::Truncated)
    }

    /// The signed octet at `at`.
    #[inline]
    pub fn i8(self, at: usize) -> Step<i8> {
        Ok(self.u8(at)? as i8)
    }

    /// The 16-bit number at `at`, network order.
    #[inline(always)]
    pub fn u16(self, at: usize) -> Step<u16> {
        Ok(u16::from_be_bytes(self.array(at)?))
    }

    /// The 24-bit number at `at`, network order.
    #[inline]
    pub fn u24(self, at: usize) -> Step<u32> {
        let [a, b, c] = self.array(at)?;
        Ok(u32::from_be_bytes([0, a, b, c]))
    }

    /// The 32-bit number at `at`, network order.
    #[inline(always)]
    pub fn u32(self, at: usize) -> Step<u32> {
        Ok(u32::from_be_bytes(self.array(at)?))
    }

    /// The signed 32-bit number at `at`, network order.
    #[inline]
    pub fn i32(self, at: usize) -> Step<i32> {
        Ok(i32::from_be_bytes(self.array(at)?))
    }

    /// The 48-bit number at `at`, network order.
    #[inline]
    pub fn u48(self, at: usize) -> Step<u64> {
        let [a, b, c, d, e, f] = self.array(at)?;
        Ok(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// The 64-bit number at `at`, network order.
    #[inline]
    pub fn u64(self, at: usize) -> Step<u64> {
        Ok(u64::from_be_bytes(self.array(at)?))
    }

    /// The 16-bit number at `at`, little-endian.
    #[inline]
    pub fn le16(self, at: usize) -> Step<u16> {
        Ok(u16::from_le_bytes(self.array(at)?))
    }

    /// The 24-bit number at `at`, little-endian.
    #[inline]
    pub fn le24(self, at: usize) -> Step<u32> {
        let [a, b, c] = self.array(at)?;
        Ok(u32::from_le_bytes([a, b, c, 0]))
    }

    /// The 32-bit number at `at`, little-endian.
    #[inline]
    pub fn le32(self, at: usize) -> Step<u32> {
        Ok(u32::from_le_bytes(self.array(at)?))
    }

    /// The 64-bit number at `at`, little-endian.
    #[inline]
    pub fn le64(self, at: usize) -> Step<u64> {
        Ok(u64::from_le_bytes(self.array(at)?))
    }

    /// The value of a named field.
    #[inline(always)]
    pub fn get<T: Read>(self, field: Field<T>) -> Step<T> {
        field.read(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stop_at_the_end_of_the_data_and_not_at_the_claimed_length() {
        let view = View::new(&[1, 2, 3], 2);
        assert_eq!(view.u24(0), Ok(0x0001_0203));
        assert_eq!(view.u16(2), Err(Stop::Truncated));
        assert_eq!(view.bytes(usize::MAX, 2), Err(Stop::Truncated));
        assert_eq!(view.skip(9).caplen(), 0);
        assert_eq!(view.cut(1).u16(0), Err(Stop::Truncated));
        assert_eq!(view.payload(), [1, 2]);
    }
}
