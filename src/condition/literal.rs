//! What fields are compared with.

use std::net::{Ipv4Addr, Ipv6Addr};

use sniff_dissectors::fields::Kind;

use super::lexer::Token;

/// A value in a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// A number, nanoseconds or a flag.
    Number(i128),
    /// An IPv4 network and its mask.
    Ipv4(u32, u32),
    /// An IPv6 network and its mask.
    Ipv6(u128, u128),
    /// Text, data or a MAC address.
    Octets(Vec<u8>),
}

/// Reads a word as a value of a kind of field.
pub(super) fn read(kind: Kind, token: &Token) -> Result<Literal, String> {
    let word = match (token, kind) {
        (Token::Word(word), _) => word,
        (Token::Quoted(octets), Kind::Text | Kind::Utf8 | Kind::Octets | Kind::Colons) => {
            return Ok(Literal::Octets(octets.clone()));
        }
        (Token::Quoted(_), _) => return Err(format!("a value of kind {} is not in quotes", kind.name())),
        (Token::Sign(sign), _) => return Err(format!("a value is expected, not '{sign}'")),
    };
    let wrong = || format!("'{word}' is no value of kind {}", kind.name());
    match kind {
        Kind::Decimal | Kind::Hex(_) | Kind::Signed => number(word).map(Literal::Number),
        Kind::Flag => match &**word {
            "true" | "True" => Some(Literal::Number(1)),
            "false" | "False" => Some(Literal::Number(0)),
            _ => number(word).map(Literal::Number),
        },
        Kind::Seconds => seconds(word).map(Literal::Number),
        Kind::Ipv4 => network(word, 32).and_then(|(address, bits)| {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            let address: Ipv4Addr = address.parse().ok()?;
            Some(Literal::Ipv4(u32::from(address) & mask, mask))
        }),
        Kind::Ipv6 => network(word, 128).and_then(|(address, bits)| {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            let address: Ipv6Addr = address.parse().ok()?;
            Some(Literal::Ipv6(u128::from(address) & mask, mask))
        }),
        Kind::Mac => octets(word).filter(|octets| octets.len() == 6).map(Literal::Octets),
        Kind::Octets | Kind::Colons => octets(word).map(Literal::Octets),
        Kind::Text | Kind::Utf8 => return Err(format!("text is written in quotes: \"{word}\"")),
    }
    .ok_or_else(wrong)
}

/// An address and the bits of its prefix, of at most `width`.
fn network(word: &str, width: u32) -> Option<(&str, u32)> {
    match word.split_once('/') {
        None => Some((word, width)),
        Some((address, bits)) => bits.parse().ok().filter(|&bits| bits <= width).map(|bits| (address, bits)),
    }
}

/// A number in decimal or, after `0x`, in hexadecimal.
pub(super) fn number(word: &str) -> Option<i128> {
    let (negative, digits) = word.strip_prefix('-').map_or((false, word), |digits| (true, digits));
    let number = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(digits) => i128::from(u64::from_str_radix(digits, 16).ok()?),
        None if digits.bytes().all(|digit| digit.is_ascii_digit()) => i128::from(digits.parse::<u64>().ok()?),
        None => return None,
    };
    Some(if negative { -number } else { number })
}

/// Seconds with decimals, as nanoseconds.
fn seconds(word: &str) -> Option<i128> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse::<i128>().ok()?;
    let seconds = number(whole)? * 1_000_000_000;
    Some(if whole.starts_with('-') { seconds - nanos } else { seconds + nanos })
}

/// Hexadecimal pairs with colons, hyphens or nothing between them.
fn octets(word: &str) -> Option<Vec<u8>> {
    let digits: String = word.chars().filter(|c| !matches!(c, ':' | '-')).collect();
    let pairs = !digits.is_empty() && digits.len().is_multiple_of(2) && digits.is_ascii();
    let separated = word.split([':', '-']).all(|part| part.len() == 2) || digits.len() == word.len();
    if !pairs || !separated {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}
