//! Text of packets, made harmless: the one way in which octets from a packet
//! come onto a line, into a table's field, or into JSON.

use sniff_dissectors::Line;

/// Writes octets as printable ASCII; others as `\t`, `\n`, `\r`, `\\` or `\xNN`.
pub fn escaped(line: &mut Line, octets: &[u8]) {
    let mut rest = octets;
    while let Some(at) = rest.iter().position(|&octet| !(0x20..0x7f).contains(&octet) || octet == b'\\') {
        line.bytes(&rest[..at]);
        match rest[at] {
            b'\t' => line.str("\\t"),
            b'\n' => line.str("\\n"),
            b'\r' => line.str("\\r"),
            b'\\' => line.str("\\\\"),
            octet => {
                line.str("\\x");
                line.hex2(octet);
            }
        }
        rest = &rest[at + 1..];
    }
    line.bytes(rest);
}

/// Writes octets as [`escaped`], and spaces too, so that the text is one word.
pub fn word(line: &mut Line, octets: &[u8]) {
    for (at, part) in octets.split(|&octet| octet == b' ').enumerate() {
        if at > 0 {
            line.str("\\x20");
        }
        escaped(line, part);
    }
}

/// Writes lines of text; line ends and tabs stay, all else is [`escaped`].
pub fn lines(line: &mut Line, octets: &[u8]) {
    for part in octets.split_inclusive(|&octet| octet == b'\n') {
        let text = part.strip_suffix(b"\n").unwrap_or(part);
        let text = if part.len() > text.len() { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
        for (at, column) in text.split(|&octet| octet == b'\t').enumerate() {
            if at > 0 {
                line.byte(b'\t');
            }
            escaped(line, column);
        }
        if part.len() > text.len() {
            line.byte(b'\n');
        }
    }
}

/// Writes a JSON string (RFC 8259, section 7). Octets that are no UTF-8 become
/// U+FFFD; controls, C1 controls and marks of writing direction are escaped.
pub fn json(line: &mut Line, octets: &[u8]) {
    line.byte(b'"');
    for chunk in octets.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find(unsafe_in_json) {
            line.str(&rest[..at]);
            let c = rest[at..].chars().next().unwrap_or_default();
            json_escape(line, c);
            rest = &rest[at + c.len_utf8()..];
        }
        line.str(rest);
        if !chunk.invalid().is_empty() {
            line.str("\u{fffd}");
        }
    }
    line.byte(b'"');
}

fn json_escape(line: &mut Line, c: char) {
    match c {
        '"' => line.str("\\\""),
        '\\' => line.str("\\\\"),
        '\n' => line.str("\\n"),
        '\r' => line.str("\\r"),
        '\t' => line.str("\\t"),
        c => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                line.str("\\u");
                line.hex(u64::from(*unit), 4);
            }
        }
    }
}

/// Characters that JSON or a terminal would not take as text.
fn unsafe_in_json(c: char) -> bool {
    matches!(c, '"' | '\\' | '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}'
        | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes a hexadecimal dump, each line after `indent`; `place` is the first
/// octet's in its stream.
pub fn dump(line: &mut Line, octets: &[u8], place: u64, indent: &str) {
    for (row, octets) in octets.chunks(16).enumerate() {
        line.str(indent);
        line.hex(place + row as u64 * 16, 8);
        line.byte(b' ');
        for at in 0..16 {
            line.str(if at == 8 { "  " } else { " " });
            match octets.get(at) {
                Some(&octet) => line.hex2(octet),
                None => line.str("  "),
            }
        }
        line.str("  ");
        for &octet in octets {
            line.byte(if (0x20..0x7f).contains(&octet) { octet } else { b'.' });
        }
        line.byte(b'\n');
    }
}

/// Writes a duration in nanoseconds in the unit that suits it: `41us`, `0.4ms`, `12.0s`.
pub fn duration(line: &mut Line, nanos: i64) {
    if nanos < 0 {
        line.byte(b'-');
    }
    let nanos = nanos.unsigned_abs();
    if nanos < 100_000 {
        line.dec((nanos + 500) / 1000);
        line.str("us");
        return;
    }
    let (tenth, unit) = match nanos {
        0..1_000_000_000 => (100_000, "ms"),
        _ => (100_000_000, "s"),
    };
    let tenths = (nanos + tenth / 2) / tenth;
    line.dec(tenths / 10);
    line.byte(b'.');
    line.dec(tenths % 10);
    line.str(unit);
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
    fn no_control_reaches_the_terminal() {
        let octets = b"a\x1b[2J\\\x9b\t\r\n\xe2\x80\xae b";
        assert_eq!(written(|l| escaped(l, octets)), "a\\x1b[2J\\\\\\x9b\\t\\r\\n\\xe2\\x80\\xae b");
        assert_eq!(written(|l| word(l, b"a b")), "a\\x20b");
        assert_eq!(written(|l| lines(l, b"a\r\nb\tc\rd\n\x1b")), "a\nb\tc\\rd\n\\x1b");
    }

    #[test]
    fn json_is_valid_whatever_comes() {
        let octets = "ä\u{202e}\"\\\n\u{1}\u{9b}😀".as_bytes();
        assert_eq!(written(|l| json(l, octets)), "\"ä\\u202e\\\"\\\\\\n\\u0001\\u009b😀\"");
        assert_eq!(written(|l| json(l, b"a\xffb\xe2\x80")), "\"a\u{fffd}b\u{fffd}\"");
    }

    #[test]
    fn durations_have_one_digit_after_the_point() {
        for (nanos, text) in
            [(0, "0us"), (41_400, "41us"), (449_999, "0.4ms"), (12_345_678, "12.3ms"), (2_000_000_000, "2.0s")]
        {
            assert_eq!(written(|l| duration(l, nanos)), text);
        }
        assert_eq!(written(|l| duration(l, -150_000)), "-0.2ms");
    }
}
