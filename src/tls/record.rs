//! TLS records out of a byte stream (RFC 8446, section 5.1), and a checked reader
//! of the structures in them (section 3).

/// Octets of a record's header.
const HEADER: usize = 5;
/// Octets that a protected record may have (RFC 5246, section 6.2.3).
const MAX_FRAGMENT: usize = (1 << 14) + 2048;

/// Content types.
pub const CHANGE_CIPHER_SPEC: u8 = 20;
/// An alert.
pub const ALERT: u8 = 21;
/// Handshake messages.
pub const HANDSHAKE: u8 = 22;
/// Application data.
pub const APPLICATION_DATA: u8 = 23;

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'r> {
    /// The content type.
    pub kind: u8,
    /// The version that the header names.
    pub version: u16,
    /// What follows the header.
    pub fragment: &'r [u8],
}

/// The stream is not TLS.
#[derive(Debug, PartialEq, Eq)]
pub struct NotTls;

/// Records of one direction.
#[derive(Default)]
pub struct Records {
    /// A record that is not whole.
    begun: Vec<u8>,
}

impl Records {
    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        self.begun.capacity()
    }

    /// Hands on every whole record; `take` may end the stream.
    pub fn octets(
        &mut self,
        mut octets: &[u8],
        mut take: impl FnMut(Record<'_>) -> Result<(), NotTls>,
    ) -> Result<(), NotTls> {
        while !self.begun.is_empty() && !octets.is_empty() {
            let missing = needed(&self.begun)? - self.begun.len();
            let part = &octets[..missing.min(octets.len())];
            self.begun.extend_from_slice(part);
            octets = &octets[part.len()..];
            if self.begun.len() >= HEADER && needed(&self.begun)? == self.begun.len() {
                let whole = std::mem::take(&mut self.begun);
                take(record(&whole))?;
                // The memory is used again.
                self.begun = whole;
                self.begun.clear();
            }
        }
        while octets.len() >= HEADER {
            let size = needed(octets)?;
            let Some(whole) = octets.get(..size) else { break };
            take(record(whole))?;
            octets = &octets[size..];
        }
        self.begun.extend_from_slice(octets);
        if !self.begun.is_empty() {
            needed(&self.begun)?;
        }
        Ok(())
    }
}

/// Octets of the record at the start of `octets`, or of its header if that is cut.
fn needed(octets: &[u8]) -> Result<usize, NotTls> {
    let valid = matches!(octets[0], 20..=24) && octets.get(1).is_none_or(|&major| major == 3);
    if !valid {
        return Err(NotTls);
    }
    let Some(&[_, _, _, high, low]) = octets.first_chunk() else { return Ok(HEADER) };
    let size = usize::from(u16::from_be_bytes([high, low]));
    if size > MAX_FRAGMENT { Err(NotTls) } else { Ok(HEADER + size) }
}

fn record(octets: &[u8]) -> Record<'_> {
    Record { kind: octets[0], version: u16::from_be_bytes([octets[1], octets[2]]), fragment: &octets[HEADER..] }
}

/// Whether octets begin with a handshake record with a ClientHello or ServerHello.
pub fn starts_hello(octets: &[u8]) -> bool {
    matches!(octets, [HANDSHAKE, 3, 0..=4, _, _, 1 | 2, 0, ..])
}

/// Reads structures.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'r>(pub &'r [u8]);

impl<'r> Reader<'r> {
    /// The next `len` octets.
    pub fn take(&mut self, len: usize) -> Option<&'r [u8]> {
        let (part, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(part)
    }

    /// A number of one octet.
    pub fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    /// A number of two octets.
    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    /// A number of three octets.
    pub fn u24(&mut self) -> Option<usize> {
        Some(self.take(3)?.iter().fold(0, |number, &octet| number << 8 | usize::from(octet)))
    }

    /// Octets after their number in one octet.
    pub fn vec8(&mut self) -> Option<&'r [u8]> {
        let len = self.u8()?;
        self.take(usize::from(len))
    }

    /// Octets after their number in two octets.
    pub fn vec16(&mut self) -> Option<&'r [u8]> {
        let len = self.u16()?;
        self.take(usize::from(len))
    }

    /// Octets after their number in three octets.
    pub fn vec24(&mut self) -> Option<&'r [u8]> {
        let len = self.u24()?;
        self.take(len)
    }
}

/// Numbers of two octets each.
pub fn numbers(octets: &[u8]) -> impl Iterator<Item = u16> {
    octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_whole_however_they_are_cut() {
        let stream = [&[22, 3, 1, 0, 3][..], b"abc", &[23, 3, 3, 0, 0], &[21, 3, 3, 0, 1], b"x"].concat();
        for step in 1..=stream.len() {
            let mut records = Records::default();
            let mut found = Vec::new();
            for piece in stream.chunks(step) {
                let take = |record: Record<'_>| {
                    found.push((record.kind, record.version, record.fragment.to_vec()));
                    Ok(())
                };
                records.octets(piece, take).unwrap();
            }
            let expected = vec![(22, 0x301, b"abc".to_vec()), (23, 0x303, vec![]), (21, 0x303, b"x".to_vec())];
            assert_eq!(found, expected, "{step}");
        }
    }

    #[test]
    fn what_is_no_record_ends_the_stream() {
        for stream in [&b"GET / HTTP/1.1"[..], &[22, 4], &[22, 3, 3, 0xff, 0xff, 0]] {
            assert_eq!(Records::default().octets(stream, |_| Ok(())), Err(NotTls), "{stream:?}");
        }
    }
}
