//! `sniff fields [GLOB]…`: the fields that packets are printed and filtered by.

use std::ffi::OsString;
use std::fmt::Write;

use clap::{Arg, Command};
use regex::Regex;
use sniff_dissectors::fields;

use super::Stop;

/// The word that asks for the list.
pub(super) const WORD: &str = "fields";

/// What the manual page and the completions tell of it.
pub(super) fn command() -> Command {
    let about = "List the fields of --fields, --json and --where: name, kind, meaning";
    let glob = Arg::new("glob").value_name("GLOB").num_args(0..).help("Only fields with such names");
    Command::new("sniff fields").about(about).disable_help_flag(true).arg(glob)
}

/// The fields whose names match one of the globs, or all.
pub(super) fn list(globs: &[OsString]) -> Stop {
    let globs: Vec<_> = globs.iter().map(|glob| glob.to_string_lossy()).collect();
    if globs.iter().any(|glob| glob.starts_with('-')) {
        let text =
            "Usage: sniff fields [GLOB]…\n\nLists the fields of --fields, --json and --where: name, kind, meaning.\n";
        return Stop { stdout: text.to_owned(), stderr: String::new(), named: false, code: 0 };
    }
    let patterns: Vec<_> = globs.iter().filter_map(|glob| pattern(glob)).collect();
    let mut text = String::new();
    for info in fields::list() {
        if globs.is_empty() || patterns.iter().any(|pattern| pattern.is_match(info.name)) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:<40} {:<8} {}", info.name, info.kind.name(), info.about);
        }
    }
    if text.is_empty() {
        return Stop::failure(format!("no field matches {}", globs.join(" ")));
    }
    Stop { stdout: text, stderr: String::new(), named: false, code: 0 }
}

/// A glob as a regular expression: `*` is any text, `?` any character.
fn pattern(glob: &str) -> Option<Regex> {
    let escaped = regex::escape(glob).replace(r"\*", ".*").replace(r"\?", ".");
    Regex::new(&format!("^{escaped}$")).ok()
}
