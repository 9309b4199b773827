//! The options of a run: built from the parsed words, with tcpdump's checks in
//! tcpdump's order.

use std::ffi::{OsStr, OsString};
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::ArgMatches;
use sniff_captures::link;
use sniff_captures::live::{self, Direction};
use sniff_dissectors::{Options, PacketType};

use super::files::{self, Files, positive, time};
use super::generate::Kind;
use super::numbers::based;
use super::verbs::{self, Verb, VerbArgs};
use super::{secrets, usage};
use crate::message;
use crate::streams::row::Format;

/// The most octets of a packet.
const MAX_SNAPLEN: i64 = 262_144;

/// More workers than this only wait for each other.
const MAX_THREADS: usize = 64;

/// What is held of a live capture where nothing is asked for, in octets.
const MEMORY: u64 = 256 << 20;

/// Something to print instead of running.
#[derive(Debug, PartialEq, Eq)]
pub struct Stop {
    /// Text for standard output.
    pub stdout: String,
    /// Text for standard error, with the program's name before it if `named`.
    pub stderr: String,
    /// Whether the program's name goes before the error.
    pub named: bool,
    /// The exit code.
    pub code: u8,
}

impl Stop {
    /// An error with the program's name before it, exit code 1.
    pub fn failure(text: impl Into<String>) -> Self {
        Stop { stdout: String::new(), stderr: text.into(), named: true, code: 1 }
    }

    /// A bad option; before it stands the program as it was called, as with getopt.
    pub(super) fn usage(program: &str, line: &str, verb: Option<Verb>) -> Self {
        let usage = verb.map_or_else(usage::usage, usage::of_verb);
        let stderr = format!("{program}: {line}\n{}", usage.trim_end());
        Stop { stdout: String::new(), stderr, named: false, code: 1 }
    }

    fn text(text: String) -> Self {
        Stop { stdout: text, stderr: String::new(), named: false, code: 0 }
    }
}

/// Where packets come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Interfaces, or the default one.
    Live(Vec<String>),
    /// A file, or `-`.
    File(PathBuf),
    /// A file with a list of files, or `-`.
    List(PathBuf),
}

/// What stands before a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStamp {
    /// The time of day.
    Clock,
    /// Nothing.
    None,
    /// Seconds since 1970.
    Epoch,
    /// Time since the previous line.
    SincePrevious,
    /// Date and time of day.
    Date,
    /// Time since the first line.
    SinceFirst,
}

/// What `-D`, `-L`, `-J` or `-d` ask for instead of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Interfaces.
    Interfaces,
    /// Link types of an interface.
    LinkTypes,
    /// Time stamp types of an interface.
    TimeStampTypes,
    /// Versions, and what protects a run.
    Versions,
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless the environment forbids.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What lets packets on, and which: those around a packet that matches.
#[derive(Clone, Debug, Default)]
pub struct Trigger {
    /// A filter expression; `--match` and `--match-hex` count as well.
    pub expression: Option<String>,
    /// How long before.
    pub before: Duration,
    /// How long after.
    pub after: Duration,
}

/// All options of a run.
#[derive(Clone, Debug)]
pub struct Args {
    /// Where packets come from.
    pub input: Input,
    /// A listing to print instead.
    pub listing: Option<Listing>,
    /// The level of `-d`: print the compiled filter instead.
    pub dump: u8,
    /// The filter expression.
    pub expression: String,
    /// A file that replaces the expression.
    pub filter_file: Option<PathBuf>,
    /// Whether the filter is optimized.
    pub optimize: bool,
    /// Regular expressions of `--match`.
    pub match_text: Option<String>,
    /// Octets of `--match-hex`.
    pub match_octets: Option<Vec<u8>>,
    /// Only packets around those that match.
    pub trigger: Option<Trigger>,
    /// The condition of `--where`.
    pub condition: Option<String>,
    /// How packets are printed.
    pub format: Format,
    /// Whether text tells how TCP connections go.
    pub analyze: bool,
    /// Stop after so many packets.
    pub count: Option<u64>,
    /// Packets to skip.
    pub skip: u64,
    /// Print only every Nth packet.
    pub sampling: u64,
    /// The most octets captured of a packet.
    pub snaplen: u32,
    /// The kernel's buffer in KiB.
    pub buffer: Option<u32>,
    /// Whether promiscuous mode is asked for.
    pub promiscuous: bool,
    /// Whether monitor mode is asked for.
    pub monitor: bool,
    /// Whether packets come as soon as they arrive.
    pub immediate: bool,
    /// Which packets are wanted.
    pub direction: Direction,
    /// The DLT_ value and name asked for.
    pub link: Option<(i32, String)>,
    /// The time stamp type asked for, and its name.
    pub time_stamp_type: Option<(i32, String)>,
    /// Whether times are in nanoseconds.
    pub nano: bool,
    /// The file to write.
    pub write: Option<PathBuf>,
    /// How it is followed by others.
    pub files: Files,
    /// Stop after this time.
    pub duration: Option<Duration>,
    /// Tell the counters after each such time.
    pub stats: Option<Duration>,
    /// Whether packets are printed although they are written.
    pub print: bool,
    /// Whether each packet is written at once.
    pub packet_buffered: bool,
    /// Whether each line is printed at once.
    pub line_buffered: bool,
    /// Whom root becomes, instead of the default user.
    pub user: Option<String>,
    /// Whether Landlock and seccomp are used.
    pub sandbox: bool,
    /// Whether only the number of packets is printed.
    pub count_only: bool,
    /// Whether packets are numbered.
    pub number: bool,
    /// Whether lengths are printed.
    pub lengths: bool,
    /// What stands before a packet.
    pub time: TimeStamp,
    /// Whether `-f` was given.
    pub foreign: bool,
    /// The most workers.
    pub threads: usize,
    /// The most octets of packets that are captured and not printed yet.
    pub memory: u64,
    /// When text is coloured.
    pub color: Color,
    /// Options that shape a packet's text.
    pub text: Options,
    /// What is to be said before the run.
    pub warnings: Vec<String>,
    /// What is shown instead of packets.
    pub verb: Option<VerbArgs>,
}

/// Builds the options of a run.
pub(super) fn build(matches: &ArgMatches, verb: Option<Verb>) -> Result<Args, Stop> {
    let mut args = Args {
        input: Input::Live(Vec::new()),
        listing: None,
        dump: 0,
        expression: String::new(),
        filter_file: None,
        optimize: flag(matches, "no-optimize") == 0,
        match_text: None,
        match_octets: None,
        trigger: None,
        condition: None,
        format: Format::Text,
        analyze: flag(matches, "analyze") > 0,
        count: None,
        skip: 0,
        sampling: 0,
        snaplen: MAX_SNAPLEN as u32,
        buffer: None,
        promiscuous: flag(matches, "no-promiscuous") == 0,
        monitor: flag(matches, "monitor") > 0,
        immediate: flag(matches, "immediate") > 0,
        direction: Direction::Both,
        link: None,
        time_stamp_type: None,
        nano: false,
        write: None,
        files: Files { hook_last: flag(matches, "hook-last") > 0, ..Files::default() },
        duration: None,
        stats: None,
        print: flag(matches, "print") > 0,
        packet_buffered: flag(matches, "packet-buffered") > 0,
        line_buffered: flag(matches, "line-buffered") > 0,
        user: None,
        sandbox: flag(matches, "no-sandbox") == 0,
        count_only: flag(matches, "count-only") > 0,
        number: flag(matches, "number") > 0,
        lengths: flag(matches, "lengths") > 0,
        time: TimeStamp::Clock,
        foreign: flag(matches, "foreign") > 0,
        threads: thread::available_parallelism().map_or(1, usize::from),
        memory: MEMORY,
        color: Color::Auto,
        text: text_options(matches),
        warnings: Vec::new(),
        verb: verb.map(VerbArgs::new),
    };
    let mut given = Given::default();
    for (id, value) in in_order(matches) {
        act(&id, value.as_deref(), &mut args, &mut given)?;
    }
    args.dump = flag(matches, "dump");
    args.expression = expression(matches);
    if let Some(verb) = &mut args.verb {
        args.expression = verb.check(&args.expression)?;
    }
    check(&mut args, &given, matches)?;
    Ok(args)
}

/// How often a flag was given.
fn flag(matches: &ArgMatches, id: &str) -> u8 {
    match matches.try_get_one::<u8>(id) {
        Ok(count) => count.copied().unwrap_or(0),
        Err(_) => u8::from(matches!(matches.try_get_one::<bool>(id), Ok(Some(true)))),
    }
}

fn text_options(matches: &ArgMatches) -> Options {
    Options {
        verbose: flag(matches, "verbose"),
        quiet: flag(matches, "quiet"),
        numeric: flag(matches, "numeric"),
        link: flag(matches, "link-header") > 0,
        absolute_seq: flag(matches, "absolute-seq") > 0,
        no_checksums: flag(matches, "no-checksums") > 0,
        no_domain: flag(matches, "no-domain") > 0,
        asdot: flag(matches, "asdot") > 0,
        raw_handles: flag(matches, "raw-handles") > 0,
        mesh: flag(matches, "mesh") > 0,
        one_line: flag(matches, "one-line") > 0,
        hex: flag(matches, "hex"),
        hex_ascii: flag(matches, "hex-ascii"),
        ascii: flag(matches, "ascii"),
        ..Options::default()
    }
}

/// The words after the options, joined by spaces.
fn expression(matches: &ArgMatches) -> String {
    let words = matches.get_many::<OsString>("expression").unwrap_or_default();
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Options that act or can fail as they are read, in the order of the command
/// line; flags that only count are not among them.
fn in_order(matches: &ArgMatches) -> Vec<(String, Option<OsString>)> {
    const ACTING: &[&str] = &["help", "version", "fp-type", "time-t-size", "micro", "nano", "json", "csv", "body"];
    let mut found = Vec::new();
    for id in matches.ids().map(clap::Id::as_str).filter(|&id| id != "expression") {
        if ACTING.contains(&id) {
            if flag(matches, id) > 0 {
                found.extend(matches.indices_of(id).and_then(Iterator::last).map(|at| (at, id.to_owned(), None)));
            }
            continue;
        }
        let Some(indices) = matches.indices_of(id) else { continue };
        if let Ok(Some(values)) = matches.try_get_many::<OsString>(id) {
            found.extend(indices.zip(values).map(|(at, value)| (at, id.to_owned(), Some(value.clone()))));
        } else if let Ok(Some(values)) = matches.try_get_many::<String>(id) {
            found.extend(indices.zip(values).map(|(at, value)| (at, id.to_owned(), Some(value.into()))));
        }
    }
    found.sort_by_key(|row| row.0);
    found.into_iter().map(|(_, id, value)| (id, value)).collect()
}

/// Values that only the checks need.
#[derive(Default)]
struct Given {
    interfaces: Vec<String>,
    read: Option<PathBuf>,
    list: Option<PathBuf>,
    esp: Option<String>,
    csv: bool,
}

/// Takes one option with its value.
fn act(id: &str, value: Option<&OsStr>, args: &mut Args, given: &mut Given) -> Result<(), Stop> {
    let os = value.unwrap_or_default();
    let text = os.to_string_lossy();
    let fail = |text: String| Err(Stop::failure(text));
    if let Some(verb) = &mut args.verb
        && verbs::is_own(id)
    {
        return verb.act(id, value);
    }
    match id {
        "help" => return Err(Stop::text(usage::help(args.verb.as_ref().map(|verb| verb.verb)))),
        "version" if args.text.verbose == 0 => return Err(Stop::text(usage::version())),
        "version" => args.listing = Some(Listing::Versions),
        "fp-type" => return Err(Stop::text("9877.895\n".to_owned())),
        "time-t-size" => return Err(Stop::text("64\n".to_owned())),
        "generate" => {
            let mut page = Vec::new();
            if let Some(kind) = Kind::from_name(&text) {
                super::generate(kind, &mut page).map_err(|error| Stop::failure(error.to_string()))?;
            }
            return Err(Stop::text(String::from_utf8_lossy(&page).into_owned()));
        }
        "mib-module" => message::note(&format!("ignoring option `-m {text}' (no libsmi support)")),
        "interface" => given.interfaces.push(text.into_owned()),
        "read" => given.read = Some(os.into()),
        "list-of-files" => given.list = Some(os.into()),
        "filter-file" => args.filter_file = Some(os.into()),
        "match" => args.match_text = Some(text.into_owned()),
        "match-hex" => args.match_octets = Some(octets(&text)?),
        "trigger" => args.trigger.get_or_insert_default().expression = Some(text.into_owned()),
        "before" => args.trigger.get_or_insert_default().before = time(&text, id)?,
        "after" => args.trigger.get_or_insert_default().after = time(&text, id)?,
        "where" if args.condition.is_some() => {
            return fail("--where is given once: join conditions with &&.".to_owned());
        }
        "where" => args.condition = Some(text.into_owned()),
        "json" => args.format.choose(Format::Json)?,
        "fields" => args.format.choose(Format::Tsv(verbs::names(&text)?))?,
        "csv" => given.csv = true,
        "write" => args.write = Some(os.into()),
        "color" => {
            args.color = match &*text {
                "always" => Color::Always,
                "never" => Color::Never,
                _ => Color::Auto,
            }
        }
        "micro" => args.nano = false,
        "nano" => args.nano = true,
        "time-stamp-precision" => match &*text {
            prefix if !prefix.is_empty() && "micro".starts_with(prefix) => args.nano = false,
            prefix if !prefix.is_empty() && "nano".starts_with(prefix) => args.nano = true,
            _ => return fail("unsupported time stamp precision".to_owned()),
        },
        "count" => args.count = Some(positive(&text, "packet count")?),
        "buffer" => {
            args.buffer = Some(u32::try_from(positive(&text, "packet buffer size")?).unwrap_or(u32::MAX));
        }
        "threads" => {
            args.threads =
                usize::try_from(positive(&text, "number of threads")?).map_or(MAX_THREADS, |n| n.min(MAX_THREADS))
        }
        "memory" => args.memory = files::octets(&text, id)?,
        "stats" => args.stats = Some(time(&text, id)?),
        "duration" => args.duration = Some(time(&text, id)?),
        "skip" => match based(&text) {
            Some(skip) if skip >= 0 => args.skip = skip as u64,
            _ => return fail(format!("invalid skip count {text}")),
        },
        "print-sampling" => {
            args.sampling = positive(&text, "print sampling")?;
            args.print = true;
            args.text.absolute_seq = true;
        }
        "snaplen" => match based(&text) {
            Some(0) => args.snaplen = MAX_SNAPLEN as u32,
            Some(snaplen) if (1..=MAX_SNAPLEN).contains(&snaplen) => args.snaplen = snaplen as u32,
            _ => return fail(format!("invalid snaplen {text} (must be >= 0 and <= {MAX_SNAPLEN})")),
        },
        "user" => args.user = Some(text.into_owned()),
        "esp-secret" => given.esp = Some(text.into_owned()),
        "md5-secret" => args.text.md5_secret = Some(os.as_bytes().to_vec()),
        "direction" => match text.to_ascii_lowercase().as_str() {
            "in" => args.direction = Direction::In,
            "out" => args.direction = Direction::Out,
            "inout" => args.direction = Direction::Both,
            _ => return fail(format!("unknown capture direction '{text}'")),
        },
        "type" => {
            let lower = text.to_ascii_lowercase();
            match PacketType::ALL.iter().find(|row| row.0 == lower) {
                Some(row) => args.text.packet_type = Some(row.1),
                None => return fail(format!("unknown packet type '{text}'")),
            }
        }
        "linktype" => match link::from_name(&text) {
            Some(dlt) => args.link = Some((dlt, text.into_owned())),
            None => return fail(format!("invalid data link type {text}")),
        },
        "time-stamp-type" => match live::time_stamp_type(&text) {
            Some(kind) => args.time_stamp_type = Some((kind, text.into_owned())),
            None => return fail(format!("invalid time stamp type {text}")),
        },
        _ => args.files.take(id, os)?,
    }
    Ok(())
}

/// The octets of `--match-hex`; colons and spaces may separate them.
fn octets(text: &str) -> Result<Vec<u8>, Stop> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    let invalid = || Stop::failure(format!("invalid hexadecimal octets '{text}' of --match-hex"));
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return Err(invalid());
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| invalid())).collect()
}

/// Refuses what only text has where there is none.
fn check_text(args: &Args) -> Result<(), Stop> {
    let format = args.verb.as_ref().map_or(&args.format, |verb| &verb.format);
    if *format == Format::Text {
        return Ok(());
    }
    if args.text.hex > 0 || args.text.hex_ascii > 0 || args.text.ascii > 0 {
        let text = "--json and --fields print no dumps: -x, -X and -A cannot be used with them.";
        return Err(Stop::failure(text));
    }
    if args.count_only || args.write.is_some() && !args.print {
        let text = "--json and --fields print packets: --count, and -w without --print, cannot be used with them.";
        return Err(Stop::failure(text));
    }
    let rows = [
        (!matches!(args.time, TimeStamp::Clock | TimeStamp::None), "-tt to -ttttt", "frame.time_epoch"),
        (args.number, "-#", "frame.number"),
        (args.lengths, "--lengths", "frame.cap_len and frame.len"),
        (args.analyze, "--analyze", "tcp.analysis.retransmission and the like"),
    ];
    match rows.iter().find(|row| row.0) {
        Some((_, option, fields)) => {
            Err(Stop::failure(format!("{option} cannot be used with --json and --fields, which have {fields}.")))
        }
        None => Ok(()),
    }
}

/// The checks after parsing, in tcpdump's order.
fn check(args: &mut Args, given: &Given, matches: &ArgMatches) -> Result<(), Stop> {
    let fail = |text: &str| Err(Stop::failure(text));
    if args.listing.is_some() {
        return Ok(());
    }
    let (hex, hex_ascii, ascii) = (args.text.hex > 0, args.text.hex_ascii > 0, args.text.ascii > 0);
    if ascii && hex {
        return fail("-A and -x[x] are mutually exclusive.");
    }
    if ascii && hex_ascii {
        return fail("-A and -X[X] are mutually exclusive.");
    }
    if hex && hex_ascii {
        return fail("-x[x] and -X[X] are mutually exclusive.");
    }
    args.files.check(args.write.as_deref())?;
    if flag(matches, "interfaces") > 0 {
        args.listing = Some(Listing::Interfaces);
        return Ok(());
    }
    args.time = match flag(matches, "time") {
        0 => TimeStamp::Clock,
        1 => TimeStamp::None,
        2 => TimeStamp::Epoch,
        3 => TimeStamp::SincePrevious,
        4 => TimeStamp::Date,
        5 => TimeStamp::SinceFirst,
        _ => return fail("only -t, -tt, -ttt, -tttt and -ttttt are supported"),
    };
    if args.foreign && (given.list.is_some() || given.read.is_some()) {
        return fail("-f cannot be used with -V or -r.");
    }
    args.input = match (&given.list, &given.read) {
        (Some(_), Some(_)) => return fail("-V and -r are mutually exclusive."),
        (Some(list), None) => Input::List(list.clone()),
        (None, Some(file)) => Input::File(file.clone()),
        (None, None) => Input::Live(given.interfaces.clone()),
    };
    if given.csv {
        args.format = mem::take(&mut args.format).with_commas()?;
    }
    check_text(args)?;
    args.files.check_more(args.write.as_deref())?;
    if let Some(trigger) = &args.trigger {
        if trigger.expression.is_none() && args.match_text.is_none() && args.match_octets.is_none() {
            return fail("--before and --after cannot be used without --trigger, --match or --match-hex.");
        }
        if trigger.before.is_zero() && trigger.after.is_zero() {
            return fail("--trigger cannot be used without --before or --after.");
        }
    }
    args.warnings.extend(args.files.warning(args.write.as_deref()));
    if let Some(text) = &given.esp {
        let secrets = secrets::parse(text)?;
        args.text.secrets = secrets.found;
        args.warnings.extend(secrets.warnings);
    }
    // With a file there is no interface to ask.
    let live = matches!(args.input, Input::Live(_));
    if live && flag(matches, "linktypes") > 0 {
        args.listing = Some(Listing::LinkTypes);
    }
    if live && flag(matches, "time-stamp-types") > 0 {
        args.listing = Some(Listing::TimeStampTypes);
    }
    Ok(())
}
