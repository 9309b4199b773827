//! The chunked transfer coding (RFC 9112, section 7.1).

/// Octets of a chunk-size line or of one trailer line.
const MAX_LINE: usize = 16 << 10;

#[derive(Default)]
enum State {
    /// In a chunk's size.
    #[default]
    Size,
    /// After a size, to the end of its line.
    Extension,
    /// In a chunk.
    Data,
    /// At the line end after a chunk.
    DataEnd,
    /// In a trailer line.
    Trailer,
    /// After the last line.
    Ended,
}

/// Where a chunked body is.
#[derive(Default)]
pub(super) struct Chunked {
    state: State,
    /// The size that is read, or what is left of the chunk.
    left: u64,
    /// Octets of the line.
    line: usize,
    digits: u8,
}

impl Chunked {
    pub fn ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Takes octets and hands on those of the body; how many were taken, or
    /// that this is no chunked body.
    pub fn octets(&mut self, octets: &[u8], mut body: impl FnMut(&[u8])) -> Result<usize, ()> {
        let mut at = 0;
        while at < octets.len() && !self.ended() {
            if matches!(self.state, State::Data) {
                let take = (octets.len() - at).min(usize::try_from(self.left).unwrap_or(usize::MAX));
                body(&octets[at..at + take]);
                at += take;
                self.left -= take as u64;
                if self.left == 0 {
                    self.state = State::DataEnd;
                }
                continue;
            }
            self.octet(octets[at])?;
            at += 1;
        }
        Ok(at)
    }

    /// Takes an octet that is not of the body.
    fn octet(&mut self, octet: u8) -> Result<(), ()> {
        self.line += 1;
        if self.line > MAX_LINE {
            return Err(());
        }
        match (&self.state, octet) {
            (State::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.digits += 1;
                if self.digits > 16 {
                    return Err(());
                }
                self.left = self.left << 4 | u64::from(char::from(octet).to_digit(16).unwrap_or(0));
            }
            (State::Size, b';' | b' ' | b'\t') if self.digits > 0 => self.state = State::Extension,
            (State::Size | State::Extension, b'\n') if self.digits > 0 => {
                self.state = if self.left == 0 { State::Trailer } else { State::Data };
                self.line = 0;
                self.digits = 0;
            }
            (State::Size, b'\r') | (State::Extension, _) | (State::DataEnd, b'\r') => {}
            (State::DataEnd, b'\n') => {
                self.state = State::Size;
                self.line = 0;
            }
            // An empty line ends the trailers; CR alone does not count.
            (State::Trailer, b'\n') => {
                if self.line == 1 || (self.line == 2 && self.digits == 1) {
                    self.state = State::Ended;
                }
                (self.line, self.digits) = (0, 0);
            }
            (State::Trailer, _) => {
                if self.line == 1 {
                    self.digits = u8::from(octet == b'\r');
                }
            }
            _ => return Err(()),
        }
        Ok(())
    }

    /// Octets are missing; whether they were all within one chunk.
    pub fn skip(&mut self, octets: u64) -> bool {
        if !matches!(self.state, State::Data) || octets > self.left {
            return false;
        }
        self.left -= octets;
        if self.left == 0 {
            self.state = State::DataEnd;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body, and how many octets were taken; fed in pieces of `step`.
    fn decode(octets: &[u8], step: usize) -> Result<(String, usize, bool), ()> {
        let mut chunked = Chunked::default();
        let (mut text, mut taken) = (String::new(), 0);
        for piece in octets.chunks(step) {
            taken += chunked.octets(piece, |body| text.push_str(std::str::from_utf8(body).unwrap()))?;
        }
        Ok((text, taken, chunked.ended()))
    }

    #[test]
    fn chunks_are_joined_however_they_are_cut() {
        let body = b"5\r\nhello\r\nA;x=y\r\n, chunked \r\n0\r\nX: y\r\n\r\n";
        for step in 1..=body.len() {
            assert_eq!(decode(body, step), Ok(("hello, chunked ".into(), body.len(), true)), "{step}");
        }
        assert_eq!(decode(b"1\na\n0\n\nHTTP", 100), Ok(("a".into(), 7, true)));
    }

    #[test]
    fn what_is_no_size_is_an_error() {
        for body in [&b"x\r\n"[..], b"\r\n", b"5\r\nhelloX", b"11111111111111111\r\n"] {
            assert!(decode(body, 1).is_err(), "{body:?}");
        }
    }

    #[test]
    fn missing_octets_within_a_chunk_are_skipped() {
        let mut chunked = Chunked::default();
        chunked.octets(b"a\r\nabc", |_| {}).unwrap();
        assert!(chunked.skip(5));
        let mut rest = Vec::new();
        chunked.octets(b"ij\r\n0\r\n\r\n", |body| rest.extend_from_slice(body)).unwrap();
        assert!(chunked.ended() && rest == b"ij");
        assert!(!chunked.skip(1));
    }
}
