//! A condition's words.

use super::Wrong;

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name, a number or an address.
    Word(String),
    /// Text in quotes, with its escapes undone.
    Quoted(Vec<u8>),
    /// An operator, a bracket or a comma.
    Sign(&'static str),
}

/// Signs; of two that begin alike the longer one is first.
const SIGNS: [&str; 18] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "~", "&", "(", ")", "{", "}", "[", "]", ","];

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '-')
}

/// The words of a condition, each with the octet where it starts.
pub(super) fn words(text: &str) -> Result<Vec<(usize, Token)>, Wrong> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if in_word(c) {
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            words.push((at, Token::Word(rest[..end].to_owned())));
            at += end;
        } else if c == '"' {
            let (octets, size) = quoted(rest, at)?;
            words.push((at, Token::Quoted(octets)));
            at += size;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            words.push((at, Token::Sign(sign)));
            at += sign.len();
        } else {
            return Err(Wrong { at, text: format!("unexpected '{}'", c.escape_default()) });
        }
    }
    Ok(words)
}

/// Text in quotes at the start of `rest`: its octets, and its size with quotes.
fn quoted(rest: &str, at: usize) -> Result<(Vec<u8>, usize), Wrong> {
    let mut octets = Vec::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((place, c)) = chars.next() {
        let escape = match c {
            '"' => return Ok((octets, place + 1)),
            '\\' => chars.next().map(|next| next.1),
            c => {
                octets.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
        };
        match escape {
            Some('n') => octets.push(b'\n'),
            Some('r') => octets.push(b'\r'),
            Some('t') => octets.push(b'\t'),
            Some('x') => {
                let digits = [chars.next(), chars.next()].map(|next| next.and_then(|next| next.1.to_digit(16)));
                let [Some(high), Some(low)] = digits else {
                    return Err(Wrong { at: at + place, text: "\\x needs two hexadecimal digits".to_owned() });
                };
                octets.push((high << 4 | low) as u8);
            }
            Some(c @ ('"' | '\\')) => octets.push(c as u8),
            // What is left alone means something to a regular expression.
            Some(c) => {
                octets.push(b'\\');
                octets.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            None => break,
        }
    }
    Err(Wrong { at, text: "the quotation has no end".to_owned() })
}
