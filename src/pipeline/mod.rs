//! A run: packets from their source through the filter to the outputs.

mod arenas;
pub(crate) mod expression;
mod files;
mod listing;
mod live;
mod output;
mod progress;
mod ring;
mod workers;

use std::io::{self, Write};

use signal_hook::consts::SIGPIPE;
use signal_hook::low_level::emulate_default_handler;
use sniff_captures::Interface;
use sniff_dissectors::fields;
use sniff_filters::{Program, Target};

use crate::cli::{Args, Input};
pub(crate) use files::{announce, list, open, open_ahead};
pub(crate) use live::{Counters, Surroundings, announce as announce_interfaces, refused, together};
pub(crate) use ring::Filters;

use crate::message;
use crate::output::SaveError;
use crate::verbs;

/// Exit code of a run that failed.
pub const EXIT_FAILURE: u8 = 1;
/// There is no memory.
pub const EXIT_MEMORY: u8 = 12;
/// Exit code when standard output cannot be written.
pub const EXIT_OUTPUT: u8 = 14;

/// Why a run ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A message, after the program's name.
    Text(String),
    /// What was said already.
    Said,
    /// Standard output cannot be written.
    Output(io::Error),
    /// The file of `-w` cannot be written.
    Save(SaveError),
    /// The filter does not compile: expression, octet of the error, message.
    Filter(String, usize, String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

impl From<SaveError> for Failure {
    fn from(error: SaveError) -> Self {
        Failure::Save(error)
    }
}

/// Runs as the options say; the exit code.
pub fn run(args: &Args) -> u8 {
    if let Some(verb) = &args.verb {
        return verbs::run(args, verb).map_or_else(report, |()| 0);
    }
    let result = match (&args.listing, args.dump) {
        (Some(listing), _) => listing::print(*listing, args),
        (None, 1..) => listing::program(args),
        (None, 0) => match &args.input {
            Input::Live(names) => live::run(args, names),
            Input::File(path) => files::run(args, std::slice::from_ref(path)),
            Input::List(list) => files::list(list).and_then(|paths| files::run(args, &paths)),
        },
    };
    match result {
        Ok(()) => 0,
        Err(failure) => report(failure),
    }
}

/// Says why a run ended early; its exit code.
fn report(failure: Failure) -> u8 {
    match failure {
        Failure::Output(error) => return unwritten(&error),
        Failure::Said => {}
        Failure::Text(text) => message::error(&text),
        Failure::Save(error) => message::error(&error.to_string()),
        Failure::Filter(expression, at, text) => {
            message::error(&text);
            message::place(&expression, at);
            if text.contains("syntax error") && is_of_fields(&expression) {
                message::line("Fields are for --where, which takes one word: --where 'tcp.port == 80'");
            }
        }
    }
    EXIT_FAILURE
}

/// Whether somebody took a filter expression for a condition, or left out its quotes.
fn is_of_fields(expression: &str) -> bool {
    let is_field = |word: &str| word.contains('.') && !fields::named(word).is_empty();
    expression.starts_with("==") || expression.split([' ', '(', ')', '!']).any(is_field)
}

/// Prints what stands instead of a run: a listing or a help text. Where nobody reads
/// on, SIGPIPE ends the program without a word, as it does tcpdump that early.
///
/// # Errors
/// Standard output cannot be written.
pub fn show(text: &str) -> io::Result<()> {
    let written = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    if matches!(&written, Err(error) if error.kind() == io::ErrorKind::BrokenPipe) {
        emulate_default_handler(SIGPIPE)?;
    }
    written
}

/// Says that standard output cannot be written; the exit code.
pub fn unwritten(error: &io::Error) -> u8 {
    message::error(&format!("Unable to write output: {}", reason(error)));
    EXIT_OUTPUT
}

/// The text of `strerror`, without the number that Rust adds.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.find(" (os error ").map_or(text.clone(), |end| text[..end].to_owned())
}

/// The ending of a counted noun.
pub(crate) fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Compiles the filter for packets of an interface, with `pushed` where it fits
/// the link type.
fn compile(expression: &str, pushed: Option<&str>, interface: &Interface, optimize: bool) -> Result<Program, Failure> {
    let link = sniff_captures::link::to_dlt(interface.link);
    let target = Target { link, snaplen: interface.snaplen, mask: 0, savefile: true };
    program(expression, pushed, target, optimize)
}

/// The DLT_ values of links on which libpcap sees what we see: raw IP, loopback,
/// Ethernet and Linux's cooked captures. Behind other headers it may look elsewhere.
const SEEN: [i32; 8] = [0, 1, 12, 108, 113, 228, 229, 276];

/// Compiles the filter for a target; `pushed` narrows it where that is certain.
fn program(expression: &str, pushed: Option<&str>, target: Target, optimize: bool) -> Result<Program, Failure> {
    let alone = Program::compile(expression, target, optimize).map_err(|text| unfiltered(expression, text, target))?;
    let pushed = pushed.filter(|_| SEEN.contains(&target.link));
    let both = pushed.map(|pushed| Program::compile(&expression::joined(expression, pushed), target, optimize));
    Ok(both.and_then(Result::ok).unwrap_or(alone))
}

/// The failure of a filter that does not compile.
pub(crate) fn unfiltered(expression: &str, text: String, target: Target) -> Failure {
    if expression.is_empty() || !(text.contains("syntax error") || text.contains('\'')) {
        return Failure::Text(text);
    }
    let at = sniff_filters::place(expression, &text, target);
    Failure::Filter(expression.to_owned(), at, text)
}

/// The name and version that written files carry.
pub(crate) fn application() -> String {
    format!("sniff {}", env!("CARGO_PKG_VERSION"))
}
