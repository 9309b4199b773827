//! Messages on standard error.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::OnceLock;

use colored::Colorize;
use rustix::termios::tcgetwinsize;

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

/// The columns of the terminal that messages go to, or 80.
pub(crate) fn width() -> usize {
    match tcgetwinsize(io::stderr()) {
        // A terminal that does not know says 0.
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => 80,
    }
}

/// Names in columns, as many as there is room for, in lines that begin with two spaces.
pub(crate) fn columns(names: &[&str]) -> String {
    let widest = names.iter().map(|name| name.len()).max().unwrap_or(0) + 2;
    let columns = (width() / widest).max(1);
    let lines = names.chunks(columns).map(|names| {
        let line: String = names.iter().map(|name| format!("  {name:<0$}", widest - 2)).collect();
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
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
