//! Rows of a verb as JSON or as fields of a table, with Wireshark's names.

use sniff_captures::Time;
use sniff_dissectors::Line;

use super::decode::Address;
use super::text;
use crate::message;
use crate::output::near;

/// The version of the rows' fields: it grows when one is removed or changes its meaning.
const VERSION: u64 = 1;

/// A field's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    /// The field is not there.
    None,
    /// Text of a packet.
    Text(&'v [u8]),
    /// Text made for this row.
    Owned(String),
    /// A number.
    Number(u64),
    /// A yes or no.
    Flag(bool),
    /// A time since 1970, in seconds with nine digits.
    Epoch(Time),
    /// A duration in nanoseconds, in seconds with nine digits.
    Nanos(i64),
    /// An address.
    Address(Address),
    /// Several values of one field.
    List(Vec<Value<'v>>),
}

impl<'v> Value<'v> {
    /// A value that may be missing.
    pub fn maybe(value: Option<impl Into<Value<'v>>>) -> Self {
        value.map_or(Value::None, Into::into)
    }

    /// An address if it is IPv4.
    pub fn v4(address: Address) -> Self {
        if address.as_v4().is_some() { Value::Address(address) } else { Value::None }
    }

    /// An address if it is IPv6.
    pub fn v6(address: Address) -> Self {
        if address.as_v4().is_none() { Value::Address(address) } else { Value::None }
    }

    /// Text, or nothing if it is empty.
    pub fn text(text: &'v [u8]) -> Self {
        if text.is_empty() { Value::None } else { Value::Text(text) }
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Value::Number(number)
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(text: &'v [u8]) -> Self {
        Value::Text(text)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Owned(text)
    }
}

/// A field of rows of type `T`.
pub struct Column<T: 'static> {
    /// Wireshark's name, or one of this program's own where it has none.
    pub name: &'static str,
    /// The field of a row.
    pub get: for<'r> fn(&'r T) -> Value<'r>,
}

/// How rows are printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As a line for people.
    #[default]
    Text,
    /// As a JSON object.
    Json,
    /// As the named fields, with tabs between them.
    Tsv(Vec<String>),
    /// As the named fields, with commas between them (RFC 4180).
    Csv(Vec<String>),
}

impl Format {
    /// Checks the names of fields.
    ///
    /// # Errors
    /// A name that no column has.
    pub fn check<T>(&self, columns: &[Column<T>]) -> Result<(), String> {
        let (Format::Tsv(names) | Format::Csv(names)) = self else { return Ok(()) };
        match names.iter().find(|name| !columns.iter().any(|column| column.name == **name)) {
            None => Ok(()),
            Some(name) => {
                let known: Vec<_> = columns.iter().map(|column| column.name).collect();
                let there = match near(name, &known) {
                    Some(near) => format!("did you mean '{near}'? There are"),
                    None => "there are".to_owned(),
                };
                Err(format!("no field '{name}' here; {there}\n{}", message::columns(&known)))
            }
        }
    }
}

/// Writes a row in a format other than text; false for text.
pub fn write<T>(line: &mut Line, format: &Format, columns: &[Column<T>], row: &T) -> bool {
    match format {
        Format::Text => return false,
        Format::Json => object(line, columns, row),
        Format::Tsv(names) => fields(line, columns, row, names, b'\t'),
        Format::Csv(names) => fields(line, columns, row, names, b','),
    }
    line.byte(b'\n');
    true
}

fn object<T>(line: &mut Line, columns: &[Column<T>], row: &T) {
    line.str("{\"sniff\":");
    line.dec(VERSION);
    for column in columns {
        let value = (column.get)(row);
        if value == Value::None {
            continue;
        }
        // Names have nothing to escape.
        line.str(",\"");
        line.str(column.name);
        line.str("\":");
        json(line, &value);
    }
    line.byte(b'}');
}

fn json(line: &mut Line, value: &Value<'_>) {
    match value {
        Value::None => line.str("null"),
        Value::Text(octets) => text::json(line, octets),
        Value::Owned(owned) => text::json(line, owned.as_bytes()),
        Value::Address(_) => {
            line.byte(b'"');
            plain(line, value);
            line.byte(b'"');
        }
        Value::List(values) => {
            line.byte(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    line.byte(b',');
                }
                json(line, value);
            }
            line.byte(b']');
        }
        _ => plain(line, value),
    }
}

fn fields<T>(line: &mut Line, columns: &[Column<T>], row: &T, names: &[String], separator: u8) {
    let mut cell = Line::default();
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            line.byte(separator);
        }
        let Some(column) = columns.iter().find(|column| column.name == *name) else { continue };
        cell.clear();
        plain(&mut cell, &(column.get)(row));
        if separator == b',' && cell.as_bytes().iter().any(|octet| b",\"".contains(octet)) {
            line.byte(b'"');
            for (at, part) in cell.as_bytes().split(|&octet| octet == b'"').enumerate() {
                if at > 0 {
                    line.str("\"\"");
                }
                line.bytes(part);
            }
            line.byte(b'"');
        } else {
            line.bytes(cell.as_bytes());
        }
    }
}

/// A value as a table shows it; several are joined by commas.
fn plain(line: &mut Line, value: &Value<'_>) {
    match value {
        Value::None => {}
        Value::Text(octets) => text::escaped(line, octets),
        Value::Owned(owned) => text::escaped(line, owned.as_bytes()),
        Value::Number(number) => line.dec(*number),
        Value::Flag(flag) => line.str(if *flag { "true" } else { "false" }),
        Value::Epoch(time) => seconds(line, time.seconds < 0, time.seconds.unsigned_abs(), time.nanos),
        Value::Nanos(nanos) => {
            let size = nanos.unsigned_abs();
            seconds(line, *nanos < 0, size / 1_000_000_000, size % 1_000_000_000);
        }
        Value::Address(address) => address.write(line),
        Value::List(values) => {
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    line.byte(b',');
                }
                plain(line, value);
            }
        }
    }
}

fn seconds(line: &mut Line, negative: bool, seconds: u64, nanos: u64) {
    if negative {
        line.byte(b'-');
    }
    line.dec(seconds.saturating_add(nanos / 1_000_000_000));
    line.byte(b'.');
    line.dec_padded(nanos % 1_000_000_000, 9, b'0');
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column<(u64, &[u8])>] = &[
        Column { name: "a", get: |row| Value::Number(row.0) },
        Column { name: "b", get: |row| Value::text(row.1) },
        Column { name: "c", get: |row| Value::List(vec![Value::Number(row.0), Value::Text(row.1)]) },
    ];

    fn written(format: &Format, row: &(u64, &'static [u8])) -> String {
        let mut line = Line::default();
        assert!(write(&mut line, format, COLUMNS, row));
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn rows_are_objects_and_fields() {
        let names = |text: &str| text.split(',').map(str::to_owned).collect();
        assert_eq!(
            written(&Format::Json, &(1, b"x\"y")),
            "{\"sniff\":1,\"a\":1,\"b\":\"x\\\"y\",\"c\":[1,\"x\\\"y\"]}\n"
        );
        assert_eq!(written(&Format::Json, &(1, b"")), "{\"sniff\":1,\"a\":1,\"c\":[1,\"\"]}\n");
        assert_eq!(written(&Format::Tsv(names("b,a")), &(1, b"x\ty")), "x\\ty\t1\n");
        assert_eq!(written(&Format::Csv(names("b,c")), &(1, b"x\"y")), "\"x\"\"y\",\"1,x\"\"y\"\n");
        let error = Format::Tsv(names("a,z")).check(COLUMNS).unwrap_err();
        assert_eq!(error, "no field 'z' here; there are\n  a  b  c");
    }
}
