//! Messages on standard error.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::OnceLock;

use colored::Colorize;
use rustix::termios::tcgetwinsize;

/// What stands before what is shown below a message.
const INDENT: &str = "  ";
/// A narrower terminal breaks the lines.
const MIN_WIDTH: usize = 20;
/// What stands for text that is left out.
const DOTS: [char; 3] = ['.'; 3];

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

/// The columns of a terminal, or 80 of what is none.
pub(crate) fn width(terminal: impl AsFd) -> usize {
    match tcgetwinsize(terminal) {
        // A terminal that does not know says 0.
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => 80,
    }
}

/// Names in columns, as many as there is room for, in lines that begin with two spaces.
pub(crate) fn columns(names: &[&str]) -> String {
    let widest = names.iter().map(|name| name.len()).max().unwrap_or(0) + INDENT.len();
    let columns = (width(io::stderr()) / widest).max(1);
    let lines = names.chunks(columns).map(|names| {
        let line: String = names.iter().map(|name| format!("{INDENT}{name:<0$}", widest - INDENT.len())).collect();
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

/// A text on one line with a caret under its octet `at`; of a longer one than the
/// terminal has room for what is around that place.
pub(crate) fn place(text: &str, at: usize) {
    let shown: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let before = text.get(..at).unwrap_or_default().chars().count();
    let (shown, before) = excerpt(&shown, before, width(io::stderr()).max(MIN_WIDTH) - INDENT.len());
    line(&format!("{INDENT}{shown}\n{INDENT}{}^", " ".repeat(before)));
}

/// At most `room` characters of a text around one of them, with dots for what is left
/// out, and how many of these come before that one.
fn excerpt(text: &[char], at: usize, room: usize) -> (String, usize) {
    // The caret may stand behind the end.
    let whole = text.len().max(at + 1);
    let start = at.saturating_sub(room / 2).min(whole.saturating_sub(room));
    let mut shown: Vec<char> = text[start..].iter().copied().take(room).collect();
    if start > 0 {
        shown[..DOTS.len()].copy_from_slice(&DOTS);
    }
    if start + room < text.len() {
        shown[room - DOTS.len()..].copy_from_slice(&DOTS);
    }
    (shown.into_iter().collect(), at - start)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_the_place_in_it() {
        let text: Vec<char> = ('a'..='z').collect();
        for (at, room, shown, before) in [
            (3, 26, "abcdefghijklmnopqrstuvwxyz", 3),
            (3, 10, "abcdefg...", 3),
            (13, 10, "...lmno...", 5),
            (24, 10, "...tuvwxyz", 8),
            // Behind the end there must be room for the caret.
            (26, 10, "...uvwxyz", 9),
            (26, 26, "...efghijklmnopqrstuvwxyz", 25),
        ] {
            assert_eq!(excerpt(&text, at, room), (shown.to_owned(), before), "{at} {room}");
        }
        assert_eq!(excerpt(&[], 0, 18), (String::new(), 0));
    }
}
