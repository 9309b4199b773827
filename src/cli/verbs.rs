//! The verbs, which come first on the command line, and their own options.

use std::ffi::{OsStr, OsString};
use std::mem;
use std::path::PathBuf;

use super::args::Stop;
use super::numbers::leading;
use super::table::Row;
use crate::flows::Order;
use crate::follow::{Show, What};
use crate::streams::row::Format;
use crate::streams::tcp::Side;

/// What is shown instead of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A line for each HTTP transaction.
    Http,
    /// A line for each TLS handshake.
    Tls,
    /// A line for each DNS lookup.
    Dns,
    /// The octets of conversations.
    Follow,
    /// A line for each conversation.
    Flows,
}

impl Verb {
    /// The verb that a word names.
    pub fn from_word(word: &OsStr) -> Option<Self> {
        VERBS.iter().find(|(_, name, _)| *name == word).map(|(verb, _, _)| *verb)
    }

    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        VERBS.iter().map(|row| row.0)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        VERBS[self as usize].1
    }

    pub(super) fn about(self) -> &'static str {
        VERBS[self as usize].2
    }
}

/// In the order of the enumeration.
const VERBS: &[(Verb, &str, &str)] = &[
    (Verb::Http, "http", "Print a line for each HTTP transaction, when it ends"),
    (Verb::Tls, "tls", "Print a line for each TLS handshake"),
    (Verb::Dns, "dns", "Print a line for each DNS lookup"),
    (
        Verb::Follow,
        "follow",
        "Print the octets of conversations: of the TCP one numbered N in sniff flows, of udp N, or of all that match EXPRESSION",
    ),
    (Verb::Flows, "flows", "Print a line for each conversation"),
];

/// Options of the packet view that verbs take too.
const SHARED: &[&str] = &[
    "interface",
    "read",
    "list-of-files",
    "snaplen",
    "buffer",
    "no-promiscuous",
    "monitor",
    "direction",
    "linktype",
    "time-stamp-type",
    "time-stamp-precision",
    "micro",
    "nano",
    "immediate",
    "filter-file",
    "no-optimize",
    "count",
    "skip",
    "line-buffered",
    "duration",
    "threads",
    "user",
    "no-sandbox",
    "numeric",
    "time",
    "verbose",
    "help",
    "version",
];

const TABLES: &[Verb] = &[Verb::Http, Verb::Tls, Verb::Dns, Verb::Flows];

/// The verbs that have an option, and the option.
const OWN: &[(&[Verb], Row)] = &[
    (TABLES, ("json", None, Some("json"), None, "Print a JSON object for each row, with Wireshark's names")),
    (
        TABLES,
        (
            "fields",
            None,
            Some("fields"),
            Some("NAME,…"),
            "Print these fields of each row, with tabs between them; given again, more of them",
        ),
    ),
    (TABLES, ("csv", None, Some("csv"), None, "With --fields, print commas between them")),
    (&[Verb::Http], ("body", None, Some("body"), None, "Print bodies, decoded")),
    (&[Verb::Http], ("har", None, Some("har"), Some("FILE"), "Write the transactions to an HTTP archive")),
    (
        &[Verb::Http, Verb::Tls],
        (
            "keylog",
            None,
            Some("keylog"),
            Some("FILE"),
            "Decrypt TLS with the secrets in FILE, as SSLKEYLOGFILE holds them; it may grow",
        ),
    ),
    (
        &[Verb::Dns],
        ("timeout", None, Some("timeout"), Some("SECONDS"), "A query without an answer ends after SECONDS (default 5)"),
    ),
    (&[Verb::Follow], ("as", None, Some("as"), Some("text|hex|raw"), "How octets are printed (default: text)")),
    (&[Verb::Follow], ("from", None, Some("from"), Some("client|server"), "Only the octets of this side")),
    (
        &[Verb::Flows],
        (
            "sort",
            None,
            Some("sort"),
            Some("COLUMN"),
            "Order of the lines: start packets bytes duration rtt retransmissions (default: start)",
        ),
    ),
    (&[Verb::Flows], ("top", None, Some("top"), Some("N"), "Print only the first N lines")),
    (
        &[Verb::Http, Verb::Tls, Verb::Dns, Verb::Follow, Verb::Flows],
        (
            "memory",
            None,
            Some("memory"),
            Some("SIZE"),
            "Memory for conversations, in octets or with k, m or g (default 256m); the oldest are given up",
        ),
    ),
];

/// The options of a verb, given the options of the packet view.
pub(super) fn rows(verb: Verb, view: &'static [Row]) -> Vec<&'static Row> {
    let shared = view.iter().filter(|row| SHARED.contains(&row.0));
    let own = OWN.iter().filter(move |(verbs, _)| verbs.contains(&verb)).map(|(_, row)| row);
    own.chain(shared).collect()
}

/// All options that only verbs have.
pub(super) fn is_own(id: &str) -> bool {
    OWN.iter().any(|(_, row)| row.0 == id)
}

/// The least memory that conversations get.
const MIN_MEMORY: usize = 1 << 20;
/// The memory that conversations get.
const MEMORY: usize = 256 << 20;
/// How long a DNS query is waited for, in nanoseconds.
const TIMEOUT: i64 = 5_000_000_000;

/// The options of a verb.
#[derive(Clone, Debug)]
pub struct VerbArgs {
    /// The verb.
    pub verb: Verb,
    /// How rows are printed.
    pub format: Format,
    /// Memory for conversations in octets.
    pub memory: usize,
    /// Whether bodies are printed.
    pub body: bool,
    /// The HTTP archive to write.
    pub har: Option<PathBuf>,
    /// The file with TLS secrets.
    pub keylog: Option<PathBuf>,
    /// How long an answer is waited for, in nanoseconds.
    pub timeout: i64,
    /// How octets are printed.
    pub show: Show,
    /// The side whose octets are printed; both if none.
    pub from: Option<Side>,
    /// Which conversations are followed.
    pub what: What,
    /// The order of conversations.
    pub order: Order,
    /// How many conversations are printed.
    pub top: usize,
    csv: bool,
}

impl VerbArgs {
    pub(super) fn new(verb: Verb) -> Self {
        VerbArgs {
            verb,
            format: Format::Text,
            memory: MEMORY,
            body: false,
            har: None,
            keylog: None,
            timeout: TIMEOUT,
            show: Show::Text,
            from: None,
            what: What::All,
            order: Order::Start,
            top: usize::MAX,
            csv: false,
        }
    }

    /// Takes one option with its value.
    pub(super) fn act(&mut self, id: &str, value: Option<&OsStr>) -> Result<(), Stop> {
        let os = value.unwrap_or_default();
        let text = os.to_string_lossy();
        match id {
            "json" => self.format.choose(Format::Json)?,
            "fields" => self.format.choose(Format::Tsv(names(&text)?))?,
            "csv" => self.csv = true,
            "body" => self.body = true,
            "har" if text == "-" => return Err(Stop::failure("--har needs a file; the lines are on standard output")),
            "har" => self.har = Some(os.into()),
            "keylog" => self.keylog = Some(os.into()),
            "timeout" => self.timeout = timeout(&text)?,
            "as" => self.show = pick(&text, Show::NAMES, "form")?,
            "from" => self.from = Some(pick(&text, &[("client", Side::Client), ("server", Side::Server)], "side")?),
            "sort" => self.order = pick(&text, Order::NAMES, "order")?,
            "top" => match leading(&text) {
                top @ 1.. => self.top = top as usize,
                _ => return Err(Stop::failure(format!("invalid number of lines {text}"))),
            },
            "memory" => self.memory = memory(&text)?,
            _ => {}
        }
        Ok(())
    }

    /// The checks after parsing; what the words after the options leave as the filter.
    pub(super) fn check(&mut self, expression: &str) -> Result<String, Stop> {
        if self.csv {
            self.format = mem::take(&mut self.format).with_commas()?;
        }
        if self.verb != Verb::Follow {
            return Ok(expression.to_owned());
        }
        let words: Vec<_> = expression.split_whitespace().collect();
        let (udp, number) = match words[..] {
            [number] | ["tcp", number] => (false, number),
            ["udp", number] => (true, number),
            _ => return Ok(expression.to_owned()),
        };
        match number.parse() {
            Ok(number) => {
                self.what = if udp { What::Udp(number) } else { What::Tcp(number) };
                Ok(String::new())
            }
            Err(_) => Ok(expression.to_owned()),
        }
    }
}

/// The names of a list with commas.
///
/// # Errors
/// A place of the list that has none.
pub(super) fn names(text: &str) -> Result<Vec<String>, Stop> {
    let names: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().position(String::is_empty) {
        None => Ok(names),
        Some(at) => Err(Stop::failure(format!("--fields: name {} of '{text}' is empty", at + 1))),
    }
}

impl Format {
    /// Takes the form of an option; one form excludes another, and names add up.
    pub(super) fn choose(&mut self, form: Format) -> Result<(), Stop> {
        match (&mut *self, form) {
            (Format::Tsv(names), Format::Tsv(more)) => names.extend(more),
            (Format::Text, form) => *self = form,
            (Format::Json, Format::Json) => {}
            _ => return Err(Stop::failure("--json and --fields are mutually exclusive.")),
        }
        Ok(())
    }

    /// A table with commas instead of tabs.
    pub(super) fn with_commas(self) -> Result<Self, Stop> {
        match self {
            Format::Tsv(names) | Format::Csv(names) => Ok(Format::Csv(names)),
            Format::Text | Format::Json => Err(Stop::failure("--csv needs --fields")),
        }
    }
}

fn pick<T: Copy>(text: &str, names: &[(&str, T)], what: &str) -> Result<T, Stop> {
    names.iter().find(|row| row.0 == text).map(|row| row.1).ok_or_else(|| {
        let known: Vec<_> = names.iter().map(|row| row.0).collect();
        Stop::failure(format!("unknown {what} '{text}'; there are {}", known.join(", ")))
    })
}

fn timeout(text: &str) -> Result<i64, Stop> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds < 1e6 => Ok((seconds * 1e9) as i64),
        _ => Err(Stop::failure(format!("invalid timeout {text}"))),
    }
}

fn memory(text: &str) -> Result<usize, Stop> {
    let unit = match text.bytes().last() {
        Some(b'k' | b'K') => 1 << 10,
        Some(b'm' | b'M') => 1 << 20,
        Some(b'g' | b'G') => 1 << 30,
        _ => 1,
    };
    let digits = if unit == 1 { text } else { &text[..text.len() - 1] };
    let size = digits.parse::<usize>().ok().and_then(|size| size.checked_mul(unit));
    match size {
        Some(size) if size >= MIN_MEMORY => Ok(size),
        Some(_) => Err(Stop::failure(format!("memory {text} is too small; at least 1m"))),
        None => Err(Stop::failure(format!("invalid memory size {text}"))),
    }
}

/// The verb of a command line, and the command line without it.
pub(super) fn split(words: &[OsString]) -> Option<(Verb, Vec<OsString>)> {
    let verb = Verb::from_word(words.get(1)?)?;
    Some((verb, [&words[..1], &words[2..]].concat()))
}
