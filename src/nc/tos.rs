//! Types of service and traffic classes by their names.

use super::exit::Failure;

/// The precedences and services of RFC 791 and RFC 1349 as nc names them, and the
/// DiffServ code points of RFC 2474, 2597, 3246, shifted into the octet.
const NAMES: &[(&str, u32)] = &[
    ("critical", 0xa0),
    ("inetcontrol", 0xc0),
    ("lowcost", 0x02),
    ("lowdelay", 0x10),
    ("netcontrol", 0xe0),
    ("reliability", 0x04),
    ("throughput", 0x08),
    ("ef", 0xb8),
    ("va", 0xb0),
    ("le", 0x04),
];

/// The octet that a keyword or a number means.
pub(super) fn parse(text: &str) -> Result<u32, Failure> {
    let named = NAMES.iter().find(|row| row.0 == text).map(|row| row.1).or_else(|| class(text));
    let value = named.or_else(|| match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    });
    value.filter(|&value| value <= 0xff).ok_or_else(|| Failure::local(format!("illegal tos value {text}")))
}

/// `csN` (RFC 2474, 4.2.2) and `afNM` (RFC 2597, section 6).
fn class(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [b'c', b's', n @ b'0'..=b'7'] => Some(u32::from(n - b'0') << 5),
        [b'a', b'f', n @ b'1'..=b'4', m @ b'1'..=b'3'] => Some(u32::from(n - b'0') << 5 | u32::from(m - b'0') << 3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_numbers_are_octets() {
        for (text, octet) in [("af11", 0x28), ("af43", 0x98), ("cs7", 0xe0), ("ef", 0xb8), ("0x10", 16), ("184", 184)] {
            assert_eq!(parse(text).unwrap(), octet, "{text}");
        }
        for text in ["foo", "256", "0x100", "af14", ""] {
            assert_eq!(parse(text).unwrap_err().text, format!("illegal tos value {text}"));
        }
    }
}
