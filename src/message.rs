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

fn program() -> &'static str {
    PROGRAM.get().map_or("sniff", String::as_str)
}

/// A line as it is.
pub fn line(text: &str) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(io::stderr(), "{}", text.trim_end_matches('\n'));
}

/// `PROG: text`.
pub fn note(text: &str) {
    line(&format!("{}: {text}", program()));
}

/// `PROG: text`, an error.
pub fn error(text: &str) {
    line(&format!("{}: {}", program(), text.trim_end().red()));
}

/// `PROG: WARNING: text`.
pub fn warning(text: &str) {
    line(&format!("{}: {} {text}", program(), "WARNING:".yellow()));
}
