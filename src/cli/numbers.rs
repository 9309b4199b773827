//! Numbers on the command line, read as tcpdump reads them.

/// The number at the start of a text, as atoi(3): white space, a sign, digits;
/// zero if there are none.
pub(super) fn leading(text: &str) -> i64 {
    let text = text.trim_start();
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let value = digits[..end]
        .bytes()
        .fold(0i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    if negative { -value } else { value }
}

/// A whole number in decimal, hexadecimal after 0x or octal after 0, as strtol(3).
pub(super) fn based(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = rest.to_ascii_lowercase();
    let value = match lower.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16),
        None if lower.len() > 1 && lower.starts_with('0') => i64::from_str_radix(&lower[1..], 8),
        None => lower.parse(),
    };
    value.ok().map(|value| sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        assert_eq!(["1abc", "x", " 12", "-3", "99999999999999999999"].map(leading), [1, 0, 12, -3, i64::MAX]);
        assert_eq!(
            ["0x40", "010", "0", "96", "-1", "9x"].map(based),
            [Some(64), Some(8), Some(0), Some(96), Some(-1), None]
        );
    }
}
