//! A field's value as JSON and as a cell of a table.

use sniff_dissectors::fields::{Id, Kind};
use sniff_dissectors::{Line, Tree, Value};

use crate::streams::text;

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// Writes a value as Wireshark's tables show it.
pub(crate) fn plain(line: &mut Line, tree: &Tree, field: Id, value: Value) {
    let kind = field.info().map_or(Kind::Decimal, |info| info.kind);
    match (kind, value) {
        (Kind::Hex(digits), Value::Number(number)) => {
            line.str("0x");
            line.hex(number, digits.into());
        }
        (Kind::Text, Value::Octets(from, to)) => text::escaped(line, tree.octets(from, to)),
        (Kind::Utf8, Value::Octets(from, to)) => line.bytes(tree.octets(from, to)),
        (kind, Value::Octets(from, to)) => {
            for (at, &octet) in tree.octets(from, to).iter().enumerate() {
                if at > 0 && kind == Kind::Colons {
                    line.byte(b':');
                }
                line.hex2(octet);
            }
        }
        (kind, value) => number(line, kind, value),
    }
}

/// Writes a value as JSON.
pub(crate) fn json(line: &mut Line, tree: &Tree, field: Id, value: Value) {
    let kind = field.info().map_or(Kind::Decimal, |info| info.kind);
    match (kind, value) {
        (Kind::Flag, Value::Number(number)) => line.str(if number == 0 { "false" } else { "true" }),
        (Kind::Text | Kind::Utf8, Value::Octets(from, to)) => text::json(line, tree.octets(from, to)),
        (_, Value::Number(_)) => number(line, kind, value),
        (_, value) => {
            line.byte(b'"');
            plain(line, tree, field, value);
            line.byte(b'"');
        }
    }
}

/// A value that has no text of a packet.
fn number(line: &mut Line, kind: Kind, value: Value) {
    match (kind, value) {
        (Kind::Signed, Value::Number(number)) => {
            let number = number as i64;
            sign(line, number);
            line.dec(number.unsigned_abs());
        }
        (Kind::Seconds, Value::Number(number)) => {
            let number = number as i64;
            sign(line, number);
            line.dec(number.unsigned_abs() / SECOND);
            line.byte(b'.');
            line.dec_padded(number.unsigned_abs() % SECOND, 9, b'0');
        }
        (_, Value::Number(number)) => line.dec(number),
        (_, Value::Ipv4(octets)) => line.ipv4(octets),
        (_, Value::Ipv6(octets)) => line.ipv6(octets),
        (_, Value::Mac(octets)) => line.mac(octets),
        (_, Value::Octets(..)) => {}
    }
}

fn sign(line: &mut Line, number: i64) {
    if number < 0 {
        line.byte(b'-');
    }
}

/// Writes a cell of a comma-separated table, in quotes where it needs them
/// (RFC 4180, section 2).
pub(crate) fn quoted(line: &mut Line, cell: &[u8]) {
    if !cell.iter().any(|octet| b",\"".contains(octet)) {
        return line.bytes(cell);
    }
    line.byte(b'"');
    for (at, part) in cell.split(|&octet| octet == b'"').enumerate() {
        if at > 0 {
            line.str("\"\"");
        }
        line.bytes(part);
    }
    line.byte(b'"');
}
