//! TLS records out of a byte stream (RFC 8446, section 5.1), and a checked reader
//! of the structures in them (section 3).

/// Octets of a record's header.
pub const HEADER: usize = 5;
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
    /// Octets of the stream between the record before and this one.
    pub gap: u64,
}

/// The stream is not TLS.
#[derive(Debug, PartialEq, Eq)]
pub struct NotTls;

/// Records of one direction.
#[derive(Default)]
pub struct Records {
    /// A record that is not whole.
    begun: Vec<u8>,
    /// The version of the last record.
    version: u16,
    /// Octets since the last record.
    gap: u64,
    /// Whether octets were ever missing.
    gapped: bool,
    /// Whether a header is looked for.
    lost: bool,
    /// Octets still to come of a record of which others are missing.
    skip: u64,
}

impl Records {
    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        self.begun.capacity()
    }

    /// Hands on every whole record; `take` may end the stream.
    pub fn octets(&mut self, octets: &[u8], take: impl FnMut(Record<'_>) -> Result<(), NotTls>) -> Result<(), NotTls> {
        let skipped = octets.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
        self.skip -= skipped as u64;
        self.gap += skipped as u64;
        let octets = &octets[skipped..];
        if self.begun.is_empty() {
            let rest = self.walk(octets, take)?;
            self.begun.extend_from_slice(rest);
        } else {
            let mut joined = std::mem::take(&mut self.begun);
            joined.extend_from_slice(octets);
            let rest = self.walk(&joined, take)?.len();
            joined.drain(..joined.len() - rest);
            self.begun = joined;
        }
        Ok(())
    }

    /// Hands on whole records; the rest of the octets.
    fn walk<'o>(
        &mut self,
        mut octets: &'o [u8],
        mut take: impl FnMut(Record<'_>) -> Result<(), NotTls>,
    ) -> Result<&'o [u8], NotTls> {
        while !octets.is_empty() {
            if self.lost {
                let found = self.find(octets);
                let skipped = found.unwrap_or_else(|| octets.len().saturating_sub(HEADER - 1));
                self.gap += skipped as u64;
                octets = &octets[skipped..];
                self.lost = found.is_none();
                if self.lost {
                    break;
                }
            }
            match needed(octets) {
                Ok(size) => {
                    let Some((whole, rest)) = size.and_then(|size| octets.split_at_checked(size)) else { break };
                    take(self.record(whole))?;
                    octets = rest;
                }
                // Behind a gap what looked like a header may have been none.
                Err(NotTls) if self.gapped => self.lost = true,
                Err(NotTls) => return Err(NotTls),
            }
        }
        Ok(octets)
    }

    /// Where a header is that others may follow.
    fn find(&self, octets: &[u8]) -> Option<usize> {
        let version = self.version.to_be_bytes();
        octets.windows(HEADER).enumerate().position(|(at, header)| {
            matches!(header[0], CHANGE_CIPHER_SPEC..=APPLICATION_DATA)
                && header[1..3] == version
                && header[3..] != [0, 0]
                && needed(header).is_ok_and(|size| {
                    let next = size.and_then(|size| octets.get(at + size..));
                    needed(next.unwrap_or_default()).is_ok()
                })
        })
    }

    /// Octets of the stream that were not captured.
    pub fn missing(&mut self, octets: u64) {
        let mut left = self.skip;
        if let Ok(Some(size)) = needed(&self.begun)
            && !self.lost
        {
            left = (size - self.begun.len()) as u64;
        }
        self.gap += self.begun.len() as u64 + octets;
        self.begun.clear();
        self.gapped = true;
        // Where this record ends is known, or the next one has to be looked for.
        self.lost = left < octets || left == 0;
        self.skip = left.saturating_sub(octets);
    }

    fn record<'r>(&mut self, octets: &'r [u8]) -> Record<'r> {
        self.version = u16::from_be_bytes([octets[1], octets[2]]);
        Record {
            kind: octets[0],
            version: self.version,
            fragment: &octets[HEADER..],
            gap: std::mem::take(&mut self.gap),
        }
    }
}

/// Octets of the record at the start of `octets`; nothing yet if its header is cut.
fn needed(octets: &[u8]) -> Result<Option<usize>, NotTls> {
    let valid =
        octets.first().is_none_or(|kind| matches!(kind, 20..=24)) && octets.get(1).is_none_or(|&major| major == 3);
    if !valid {
        return Err(NotTls);
    }
    let Some(&[_, _, _, high, low]) = octets.first_chunk() else { return Ok(None) };
    let size = usize::from(u16::from_be_bytes([high, low]));
    if size > MAX_FRAGMENT { Err(NotTls) } else { Ok(Some(HEADER + size)) }
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

    /// Any octets of a stream of records may be missing: the records before and
    /// behind come out, with what lies between them.
    #[test]
    fn records_are_found_behind_missing_octets() {
        let record = |octet: u8| [&[23, 3, 3, 0, 10][..], &[octet; 10]].concat();
        let stream: Vec<u8> = (b'a'..b'g').flat_map(record).collect();
        for from in 15..60 {
            for to in from + 1..=75 {
                for step in [1, 4, 100] {
                    let mut records = Records::default();
                    let mut found = Vec::new();
                    let mut feed = |records: &mut Records, octets: &[u8]| {
                        for piece in octets.chunks(step) {
                            let take = |record: Record<'_>| {
                                found.push((record.fragment[0], record.gap));
                                Ok(())
                            };
                            records.octets(piece, take).unwrap();
                        }
                    };
                    feed(&mut records, &stream[..from]);
                    records.missing((to - from) as u64);
                    feed(&mut records, &stream[to..]);
                    let (before, behind) = (from / 15, to.div_ceil(15));
                    let gap = |at| if at == behind { 15 * (behind - before) as u64 } else { 0 };
                    let whole = (0..before).map(|at| (at, 0)).chain((behind..6).map(|at| (at, gap(at))));
                    let expected: Vec<_> = whole.map(|(at, gap)| (b'a' + at as u8, gap)).collect();
                    assert_eq!(found, expected, "{from} {to} {step}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_record_ends_the_stream() {
        for stream in [&b"GET / HTTP/1.1"[..], &[22, 4], &[22, 3, 3, 0xff, 0xff, 0]] {
            assert_eq!(Records::default().octets(stream, |_| Ok(())), Err(NotTls), "{stream:?}");
        }
    }
}
