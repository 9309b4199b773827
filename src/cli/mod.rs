//! The command line: parsed without side effects, then checked in tcpdump's order.

mod args;
mod fields;
mod files;
mod generate;
mod numbers;
mod secrets;
mod table;
mod usage;
mod verbs;

pub use args::{Args, Color, Input, Listing, Stop, TimeStamp, Trigger};
pub use files::Files;
pub(crate) use files::time;
pub use generate::{Kind, generate};
pub(crate) use table::{NO_SANDBOX, Outcome, Row, explain, help_text, tool};
pub use usage::version;
pub use verbs::{Verb, VerbArgs};

use std::ffi::OsString;

/// Parses the words of a command line, the program's name first.
///
/// # Errors
/// What is to be printed instead of running, and the exit code.
pub fn parse(words: &[OsString]) -> Result<Args, Stop> {
    if words.get(1).is_some_and(|word| word == fields::WORD) {
        return Err(fields::list(&words[2..]));
    }
    let split = verbs::split(words);
    let (verb, rest) = split.as_ref().map_or((None, words), |(verb, rest)| (Some(*verb), &rest[..]));
    match table::parse(rest, verb) {
        Ok(matches) => args::build(&matches, verb),
        Err(Outcome::Usage(text)) => {
            let program = words.first().map_or("sniff".into(), |word| word.to_string_lossy());
            Err(Stop::usage(&program, &text, verb))
        }
        Err(Outcome::Text(text)) => Err(Stop::failure(text)),
    }
}
