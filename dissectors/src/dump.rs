//! Hexadecimal and ASCII dumps in tcpdump's layouts.

use memchr::memchr_iter;

use crate::out::Out;
use crate::room::hex_digits;
use crate::view::{Step, Stop, View};

/// Octets to a line.
const WIDTH: usize = 16;

/// Octets of a row's digits: eight groups of a space and four digits.
const DIGITS: usize = 40;

#[inline]
fn graphic(byte: u8) -> u8 {
    if byte.wrapping_sub(0x21) < 0x5e { byte } else { b'.' }
}

/// As [`graphic`], in text that keeps its lines.
#[inline]
fn on_lines(byte: u8) -> u8 {
    // Without branches, so that many octets are done at once.
    if (byte == b'\n') | (byte == b' ') | (byte == b'\t') | (byte.wrapping_sub(0x21) < 0x5e) { byte } else { b'.' }
}

/// A whole row's digits, in groups of four behind a space.
#[inline]
fn digits(row: &[u8; WIDTH]) -> [u8; DIGITS] {
    let mut text = [b' '; DIGITS];
    for (group, pair) in text.as_chunks_mut::<5>().0.iter_mut().zip(row.as_chunks::<2>().0) {
        let [high, low] = pair.map(hex_digits);
        group[1..3].copy_from_slice(&high);
        group[3..5].copy_from_slice(&low);
    }
    text
}

impl Out {
    /// `-x`: after `indent` each line has its offset and eight groups of two octets.
    pub fn hex_dump(&mut self, indent: &str, octets: &[u8]) {
        self.hex_dump_from(indent, octets, 0);
    }

    /// A hexadecimal dump whose offsets start at `offset`.
    pub fn hex_dump_from(&mut self, indent: &str, octets: &[u8], offset: usize) {
        for (i, row) in octets.chunks(WIDTH).enumerate() {
            self.row_start(indent, offset + i * WIDTH);
            self.hex_row(row);
        }
    }

    /// `-X`: as `-x`, with the printable characters at a fixed column.
    pub fn hex_ascii_dump(&mut self, indent: &str, octets: &[u8]) {
        for (i, row) in octets.chunks(WIDTH).enumerate() {
            self.row_start(indent, i * WIDTH);
            let start = self.line.len();
            self.hex_row(row);
            for _ in self.line.len() - start..DIGITS + 2 {
                self.line.byte(b' ');
            }
            let mut text = [0; WIDTH];
            text[..row.len()].copy_from_slice(row);
            self.line.start_of(&text.map(graphic), row.len());
        }
    }

    fn row_start(&mut self, indent: &str, offset: usize) {
        self.line.str(indent);
        self.line.str("0x");
        self.line.hex(offset as u64, 4);
        self.line.str(": ");
    }

    #[inline]
    fn hex_row(&mut self, row: &[u8]) {
        if let Ok(row) = row.try_into() {
            return self.line.start_of(&digits(row), DIGITS);
        }
        for pair in row.chunks(2) {
            self.line.byte(b' ');
            for &octet in pair {
                self.line.hex2(octet);
            }
        }
    }

    /// `-A`: the octets as text on lines of their own. Line feeds, spaces and
    /// tabs stay, a carriage return before a line feed goes, the rest are dots.
    pub fn ascii_dump(&mut self, octets: &[u8]) {
        self.line.byte(b'\n');
        let mut start = 0;
        for at in memchr_iter(b'\r', octets) {
            self.line.mapped(&octets[start..at], on_lines);
            start = at + 1;
            // Before a line feed, or with at most one octet behind it, it goes.
            let rest = &octets[start..];
            if rest.len() > 1 && rest[0] != b'\n' {
                self.line.byte(b'.');
            }
        }
        self.line.mapped(&octets[start..], on_lines);
    }

    /// The dump of a payload that no printer knows: hexadecimal and ASCII.
    pub fn default_dump(&mut self, octets: &[u8]) {
        self.hex_ascii_dump("\n\t", octets);
    }

    /// Dumps `len` octets of a field that is not decoded, as far as captured.
    pub fn unknown(&mut self, view: View<'_>, indent: &str, len: usize) {
        let octets = &view.data()[..len.min(view.caplen())];
        self.hex_dump(indent, octets);
    }

    /// Dumps a field of `len` octets as [`Out::hex_dump`] does; where the capture
    /// ends inside it, the dump stops there.
    pub fn hex_field(&mut self, indent: &str, view: View<'_>, len: usize) -> Step {
        if let Ok(octets) = view.bytes(0, len) {
            self.hex_dump(indent, octets);
            return Ok(());
        }
        // Octets are written in pairs, and a row is begun before its first pair is read.
        let whole = view.caplen() & !1;
        self.hex_dump(indent, &view.data()[..whole]);
        if whole.is_multiple_of(WIDTH) {
            self.row_start(indent, whole);
        }
        Err(Stop::Truncated)
    }

    /// Dumps what is claimed and captured of a payload, unless the whole packet
    /// is dumped anyway. A dump that the capture cuts says so.
    pub fn unknown_payload(&mut self, view: View<'_>) -> Step {
        if self.opt.dumps_unknown() {
            self.default_dump(view.payload());
            view.check(view.len())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::names::Numeric;
    use crate::options::Options;
    use crate::out::Out;

    fn dumped(write: impl FnOnce(&mut Out)) -> String {
        let mut out = Out::new(Options::default(), Box::new(Numeric));
        write(&mut out);
        String::from_utf8(out.line.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn layouts_are_tcpdumps() {
        let octets: Vec<u8> = (0x3a..0x4d).collect();
        assert_eq!(
            dumped(|o| o.hex_ascii_dump("\n\t", &octets)),
            "\n\t0x0000:  3a3b 3c3d 3e3f 4041 4243 4445 4647 4849  :;<=>?@ABCDEFGHI\
             \n\t0x0010:  4a4b 4c                                  JKL"
        );
        assert_eq!(dumped(|o| o.hex_dump("\n\t", &octets[16..])), "\n\t0x0000:  4a4b 4c");
        assert_eq!(dumped(|o| o.ascii_dump(b"a b\tc\r\nd\r\x1b\xff\r")), "\na b\tc\nd...");
    }
}
