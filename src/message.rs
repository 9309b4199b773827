//! Messages on standard error.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::OnceLock;

use colored::Colorize;

static PROGRAM: OnceLock<String> = OnceLock::new();

/// Sets the name that messages begin with: the last part of the command's path.
pub fn set_program(path: Option<&OsString>) {
    let name = path.and_then(|path| Path::new(path).file_name()).map(|name| name.to_string_lossy().into_owned());
    let _ = PROGRAM.set(name.unwrap_or_else(|| "sniff".to_owned()));
    // The library looks at standard output only; messages go to standard error.
    if !io::stderr().is_terminal() {
        colored::control::set_override(false);
    }
}

/// The name that messages begin with.
pub fn program() -> &'static str {
    PROGRAM.get().map_or("sniff", String::as_str)
}

/// The text without what a terminal would obey: control characters but tabs and
/// line ends, and marks of writing direction, are escaped.
#[must_use]
pub fn harmless(text: &str) -> String {
    const DIRECTIONS: [char; 12] = [
        '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
        '\u{2067}', '\u{2068}', '\u{2069}',
    ];
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\t') || DIRECTIONS.contains(&c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A line.
pub fn line(text: &str) {
    put(&harmless(text));
}

fn put(text: &str) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(io::stderr(), "{}", text.trim_end_matches('\n'));
}

/// `PROG: text`.
pub fn note(text: &str) {
    line(&format!("{}: {text}", program()));
}

/// `PROG: text`, an error.
pub fn error(text: &str) {
    put(&format!("{}: {}", harmless(program()), harmless(text.trim_end()).red()));
}

/// Says that so many octets could not be had, without taking memory for it.
pub fn out_of_memory(octets: usize) {
    let mut line = [0; 128];
    let mut rest = &mut line[..];
    // A name that leaves no room for the rest cuts it off.
    let _ = writeln!(rest, "{:.60}: out of memory: cannot have {octets} octets more", program());
    let left = rest.len();
    let _ = io::stderr().write_all(&line[..line.len() - left]);
}

/// `PROG: WARNING: text`.
pub fn warning(text: &str) {
    put(&format!("{}: {} {}", harmless(program()), "WARNING:".yellow(), harmless(text)));
}
