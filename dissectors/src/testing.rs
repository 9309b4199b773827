//! Help for unit tests: the line that literal bytes give.

use crate::frame::{Frame, body};
use crate::names::Numeric;
use crate::options::Options;
use crate::out::Out;

/// Octets from hexadecimal text; white space is skipped.
pub(crate) fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).expect("hexadecimal digits"))
        .collect()
}

/// The text of a frame of link type `link`, numeric, with `-v` given `verbose` times.
pub(crate) fn line(link: u16, hex: &str, verbose: u8) -> String {
    let data = octets(hex);
    let mut out = Out::new(Options { numeric: 1, verbose, ..Options::default() }, Box::new(Numeric));
    body(&mut out, &Frame { data: &data, wire_len: data.len() as u32, link });
    String::from_utf8(out.line.as_bytes().to_vec()).unwrap()
}
