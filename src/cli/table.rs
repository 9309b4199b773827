//! The option table: what parses, completes, and documents is made from it.

use std::env;
use std::ffi::OsString;
use std::io;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::verbs::{self, Verb};
use crate::message;

/// An option: short letter, long name, value name, help.
pub(crate) type Row = (&'static str, Option<char>, Option<&'static str>, Option<&'static str>, &'static str);

/// The help of `--no-sandbox`.
pub(crate) const NO_SANDBOX: &str =
    "Do without Landlock and seccomp, which keep a run from files and system calls that it does not need";

/// Options in the order of the manual page: id, letter, long name, value, help.
const ROWS: &[Row] = &[
    // Input.
    (
        "interface",
        Some('i'),
        Some("interface"),
        Some("NAME|N"),
        "Capture on this interface, or on the one with this number in -D; given again, on all of them",
    ),
    (
        "read",
        Some('r'),
        None,
        Some("FILE"),
        "Read packets from a pcap or pcapng file, also compressed with gzip, zstd or lz4; - is standard input",
    ),
    (
        "list-of-files",
        Some('V'),
        None,
        Some("FILE"),
        "Read packets from the files that FILE lists, one on each line; - is standard input",
    ),
    (
        "snaplen",
        Some('s'),
        Some("snapshot-length"),
        Some("OCTETS"),
        "Capture at most so many octets of each packet (default 262144)",
    ),
    ("buffer", Some('B'), Some("buffer-size"), Some("KIB"), "Size of the kernel's capture buffer"),
    ("no-promiscuous", Some('p'), Some("no-promiscuous-mode"), None, "Do not put the interface into promiscuous mode"),
    ("monitor", Some('I'), Some("monitor-mode"), None, "Put the Wi-Fi interface into monitor mode"),
    (
        "direction",
        Some('Q'),
        Some("direction"),
        Some("in|out|inout"),
        "Capture only packets that were received, sent, or both",
    ),
    ("linktype", Some('y'), Some("linktype"), Some("NAME"), "Capture with this link type"),
    (
        "time-stamp-type",
        Some('j'),
        Some("time-stamp-type"),
        Some("NAME"),
        "Let the interface make time stamps of this type",
    ),
    ("time-stamp-precision", None, Some("time-stamp-precision"), Some("micro|nano"), "Precision of time stamps"),
    ("micro", None, Some("micro"), None, "Time stamps in microseconds (default)"),
    ("nano", None, Some("nano"), None, "Time stamps in nanoseconds"),
    ("immediate", None, Some("immediate-mode"), None, "Take packets as soon as they arrive"),
    (
        "memory",
        None,
        Some("memory"),
        Some("SIZE"),
        "Hold at most so much of what is captured and not printed yet (default 256M)",
    ),
    ("threads", None, Some("threads"), Some("N"), "Print with at most N threads (default: the number of cores)"),
    ("interfaces", Some('D'), Some("list-interfaces"), None, "List the interfaces that can be captured, and exit"),
    ("linktypes", Some('L'), Some("list-data-link-types"), None, "List the link types of the interface, and exit"),
    (
        "time-stamp-types",
        Some('J'),
        Some("list-time-stamp-types"),
        None,
        "List the time stamp types of the interface, and exit",
    ),
    // Filter.
    ("filter-file", Some('F'), None, Some("FILE"), "Read the filter expression from FILE; - is standard input"),
    ("no-optimize", Some('O'), Some("no-optimize"), None, "Do not optimize the compiled filter"),
    ("dump", Some('d'), None, None, "Print the compiled filter and exit; -dd as C, -ddd as numbers"),
    (
        "match",
        None,
        Some("match"),
        Some("REGEX"),
        "Only packets whose payload matches the regular expression, after the filter",
    ),
    (
        "match-hex",
        None,
        Some("match-hex"),
        Some("HEX"),
        "Only packets whose payload contains these octets, after the filter",
    ),
    (
        "trigger",
        None,
        Some("trigger"),
        Some("EXPRESSION"),
        "Only packets around those for which this is true; without it, around those that --match and --match-hex find",
    ),
    (
        "before",
        None,
        Some("before"),
        Some("TIME"),
        "With --trigger, packets from TIME before on; they wait in a half of --memory",
    ),
    ("after", None, Some("after"), Some("TIME"), "With --trigger, packets until TIME after"),
    (
        "where",
        None,
        Some("where"),
        Some("CONDITION"),
        "Only packets whose fields satisfy the condition, after the filter: http.host contains \"x\" && ip.src == 10.0.0.0/8",
    ),
    ("count", Some('c'), None, Some("N"), "Stop after N packets"),
    (
        "duration",
        None,
        Some("duration"),
        Some("TIME"),
        "Stop after TIME, with or without packets: seconds, or a number with ms, s, m, h or d",
    ),
    (
        "stats",
        None,
        Some("stats"),
        Some("TIME"),
        "Print the counters on standard error after each TIME in which they changed",
    ),
    ("skip", None, Some("skip"), Some("N"), "Skip the first N packets"),
    // Output.
    (
        "write",
        Some('w'),
        None,
        Some("FILE"),
        "Write packets to FILE instead of printing; pcapng where the name ends in .pcapng; compressed where .gz or .zst follows .pcap or .pcapng; - is standard output",
    ),
    ("print", None, Some("print"), None, "Print packets also with -w"),
    ("print-sampling", None, Some("print-sampling"), Some("N"), "Print only every Nth packet; implies --print and -S"),
    ("packet-buffered", Some('U'), Some("packet-buffered"), None, "With -w, write each packet at once"),
    ("line-buffered", Some('l'), None, None, "Print each line at once"),
    ("count-only", None, Some("count"), None, "Print only the number of packets"),
    (
        "color",
        None,
        Some("color"),
        Some("auto|always|never"),
        "Colour addresses, ports, flags and matches (default: auto)",
    ),
    // The line.
    ("numeric", Some('n'), None, None, "Do not convert addresses and ports to names"),
    ("no-domain", Some('N'), None, None, "Print host names without their domain"),
    ("foreign", Some('f'), None, None, "Print addresses outside the interface's network as numbers"),
    ("number", Some('#'), Some("number"), None, "Print the packet's number"),
    ("lengths", None, Some("lengths"), None, "Print the captured and the original length"),
    (
        "time",
        Some('t'),
        None,
        None,
        "No time; -tt seconds since 1970, -ttt since the previous line, -tttt with the date, -ttttt since the first",
    ),
    ("json", None, Some("json"), None, "Print a JSON object for each packet, with the fields that sniff fields lists"),
    (
        "fields",
        None,
        Some("fields"),
        Some("NAME,…"),
        "Print these fields of each packet, with tabs between them; given again, more of them; sniff fields lists them",
    ),
    ("csv", None, Some("csv"), None, "With --fields, print commas between them"),
    (
        "analyze",
        None,
        Some("analyze"),
        None,
        "Append how TCP connections go: [retransmission], [out of order], [dup ack N], [zero window], [RTT N ms]",
    ),
    ("link-header", Some('e'), None, None, "Print the link-level header"),
    ("quiet", Some('q'), None, None, "Print less"),
    ("verbose", Some('v'), None, None, "Print more; up to -vvvv"),
    ("hex", Some('x'), None, None, "Dump each packet in hexadecimal; -xx with its link header"),
    ("hex-ascii", Some('X'), None, None, "Dump each packet in hexadecimal and ASCII; -XX with its link header"),
    ("ascii", Some('A'), None, None, "Dump each packet in ASCII; -AA with its link header"),
    ("absolute-seq", Some('S'), Some("absolute-tcp-sequence-numbers"), None, "Print absolute TCP sequence numbers"),
    ("no-checksums", Some('K'), Some("dont-verify-checksums"), None, "Do not verify IP, TCP and UDP checksums"),
    ("one-line", Some('g'), Some("ip-oneline"), None, "No line break after the IP header with -v"),
    ("asdot", Some('b'), None, None, "Print AS numbers in ASDOT notation"),
    ("raw-handles", Some('u'), None, None, "Print NFS file handles undecoded"),
    ("mesh", Some('H'), None, None, "Look for 802.11s mesh headers"),
    (
        "type",
        Some('T'),
        None,
        Some("TYPE"),
        "Print payloads of selected packets as TYPE: aodv carp cnfp domain lmp nhrp pgm pgm_zmtp1 ptp quic radius resp rpc rtcp rtp snmp someip tftp vat vxlan wb zmtp1",
    ),
    (
        "esp-secret",
        Some('E'),
        None,
        Some("SPEC"),
        "Secrets of IPsec ESP packets: [SPI@IPADDR] ALGO[-cbc][-hmac96]:KEY with KEY as text or 0xHEX, separated by commas, or file NAME; of IKEv2: ikev2 I|R 0xSPI 0xSPI ALGO:KEY ALGO[-cbc][-hmac96]:KEY",
    ),
    ("md5-secret", Some('M'), None, Some("SECRET"), "Check TCP MD5 signatures (RFC 2385) with this secret"),
    // Files and rotation.
    (
        "file-size",
        Some('C'),
        None,
        Some("SIZE"),
        "Begin a new file after SIZE million octets; with k, m or g, so many KiB, MiB or GiB",
    ),
    (
        "rotate-seconds",
        Some('G'),
        None,
        Some("SECONDS"),
        "Begin a new file every SECONDS, whose name is made by strftime(3) in local time; with -r by the packets' time",
    ),
    (
        "file-count",
        Some('W'),
        None,
        Some("N"),
        "With -C, begin again with the first of N files; with -G alone, stop after N files",
    ),
    ("hook", Some('z'), None, Some("COMMAND"), "Run COMMAND FILE on each file that is complete but the last"),
    ("hook-last", None, Some("rotate-hook-last"), None, "Run the command of -z on the last file too"),
    (
        "ring-bytes",
        None,
        Some("ring-bytes"),
        Some("SIZE"),
        "Keep the newest files with SIZE octets in all, or KiB, MiB or GiB with k, m or g; without -C a file has a tenth",
    ),
    (
        "ring-age",
        None,
        Some("ring-age"),
        Some("TIME"),
        "Keep files for TIME; without -C and -G a file has a tenth of it",
    ),
    (
        "split-by",
        None,
        Some("split-by"),
        Some("flow"),
        "With -w DIR, write a file for each conversation into the folder DIR",
    ),
    ("max-bytes", None, Some("max-bytes"), Some("SIZE"), "Stop when SIZE octets are written"),
    (
        "user",
        Some('Z'),
        Some("relinquish-privileges"),
        Some("USER"),
        "As root, become USER once the capture is open, instead of tcpdump or nobody; root stays root",
    ),
    ("no-sandbox", None, Some("no-sandbox"), None, NO_SANDBOX),
    // About the program.
    ("ignored", Some('a'), None, None, "Accepted and ignored"),
    (
        "mib-module",
        Some('m'),
        None,
        Some("MODULE"),
        "Accepted and ignored with a note: SNMP is printed without MIB modules",
    ),
    ("fp-type", None, Some("fp-type"), None, "Print how floating point behaves here, and exit"),
    ("time-t-size", None, Some("time-t-size"), None, "Print the size of time_t in bits, and exit"),
    (
        "generate",
        None,
        Some("generate"),
        Some("man|bash|zsh|fish"),
        "Print the manual page or shell completions, and exit",
    ),
    ("help", Some('h'), Some("help"), None, "Print help, and exit"),
    ("version", None, Some("version"), None, "Print versions, with -v also what protects a run, and exit"),
];

/// Flags that say more when they are given again.
const REPEATED: &[&str] = &["dump", "numeric", "time", "quiet", "verbose", "hex", "hex-ascii", "ascii"];

const ABOUT: &str = "Capture packets and print, filter, search and save them";

const DESCRIPTION: &str = "sniff prints what tcpdump prints and takes its options. Packets come from an interface \
(-i) or a file (-r), pass the filter EXPRESSION (see pcap-filter(7)), and are printed one to a line or, with -w, \
written to a file. As the first word, http, tls, dns, follow or flows shows \
conversations instead; sniff http -h tells its options. sniff nc tests services and talks to them, sniff check times how they answer; -h after these tells their options.";

/// The help text of all options, or of a verb's.
pub(super) fn options_help(verb: Option<Verb>) -> String {
    help_text(command(verb))
}

/// A command's help, for a terminal of up to 100 columns on standard output, or for 80.
pub(crate) fn help_text(command: Command) -> String {
    command.term_width(message::width(io::stdout()).min(100)).render_long_help().to_string()
}

/// The options of the packet view or of a verb.
fn rows(verb: Option<Verb>) -> Vec<&'static Row> {
    verb.map_or_else(|| ROWS.iter().collect(), |verb| verbs::rows(verb, ROWS))
}

/// An option as the parser has it.
fn argument(&(id, letter, long, value, help): &Row) -> Arg {
    let mut arg = Arg::new(id).help(help);
    if let Some(letter) = letter {
        arg = arg.short(letter);
    }
    if let Some(long) = long {
        arg = arg.long(long);
    }
    match value {
        None if REPEATED.contains(&id) => arg.action(ArgAction::Count),
        None => arg.action(ArgAction::SetTrue),
        Some(name) => arg
            .action(ArgAction::Append)
            .value_name(name)
            .allow_hyphen_values(true)
            .value_parser(clap::value_parser!(OsString)),
    }
}

/// A command that takes these options and then words, which the help calls `words`.
pub(crate) fn tool(name: &'static str, about: &'static str, rows: &[Row], words: &'static str) -> Command {
    let words = Arg::new("words").value_name(words).num_args(0..).value_parser(clap::value_parser!(OsString));
    Command::new(name)
        .about(about)
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args_override_self(true)
        .infer_long_args(true)
        .args(rows.iter().map(argument))
        .arg(words)
}

/// The command of the packet view or of a verb.
pub(super) fn command(verb: Option<Verb>) -> Command {
    let rows = rows(verb).into_iter().map(|row| match row.0 {
        "generate" => argument(row).value_parser(PossibleValuesParser::new(["man", "bash", "zsh", "fish"])),
        "color" => argument(row).value_parser(PossibleValuesParser::new(["auto", "always", "never"])),
        _ => argument(row),
    });
    let expression = Arg::new("expression")
        .value_name("EXPRESSION")
        .num_args(0..)
        .value_parser(clap::value_parser!(OsString))
        .help("Only packets for which this is true; see pcap-filter(7)");
    let command = match verb {
        None => Command::new("sniff").about(ABOUT).long_about(DESCRIPTION),
        Some(verb) => Command::new("sniff")
            .bin_name(format!("sniff {}", verb.name()))
            .about(verb.about())
            .long_about(verb.about()),
    };
    command
        .version(env!("CARGO_PKG_VERSION"))
        .no_binary_name(false)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .args_override_self(true)
        .infer_long_args(true)
        .args(rows)
        .arg(expression)
}

/// Why parsing ended.
pub(crate) enum Outcome {
    /// A bad option: this line, then version and usage.
    Usage(String),
    /// Another error with its text.
    Text(String),
}

/// Parses the words of a command line.
pub(super) fn parse(words: &[OsString], verb: Option<Verb>) -> Result<ArgMatches, Outcome> {
    let rows = rows(verb);
    let ends = env::var_os("POSIXLY_CORRECT").is_some();
    let result = match words.get(..first_other(words, &rows)).filter(|_| ends) {
        Some(options) => {
            let rest = &words[options.len()..];
            let rest = rest.strip_prefix(&[OsString::from("--")]).unwrap_or(rest);
            command(verb).try_get_matches_from([options, &[OsString::from("--")], rest].concat())
        }
        None => command(verb).try_get_matches_from(words),
    };
    result.map_err(|error| explain(&error, words, &rows))
}

/// The number of the first word that is neither an option nor an option's value;
/// `--` is such a word.
fn first_other(words: &[OsString], rows: &[&Row]) -> usize {
    let takes = |row: Option<&&Row>| row.is_some_and(|row| row.3.is_some());
    let mut at = 1;
    while let Some(word) = words.get(at).map(|word| word.to_string_lossy())
        && word.starts_with('-')
        && !matches!(&*word, "-" | "--")
    {
        let value_follows = if let Some(long) = word.strip_prefix("--") {
            takes(rows.iter().find(|row| row.2.is_some_and(|name| name.starts_with(long))))
        } else {
            let letter = word.char_indices().skip(1).find(|&(_, c)| takes(rows.iter().find(|row| row.1 == Some(c))));
            letter.is_some_and(|(place, c)| place + c.len_utf8() == word.len())
        };
        at += 1 + usize::from(value_follows);
    }
    at.min(words.len())
}

/// The context of a parser's error, as text.
fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.first().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// getopt_long's words for a parser's error.
pub(crate) fn explain(error: &clap::Error, words: &[OsString], rows: &[&Row]) -> Outcome {
    let argument = context(error, ContextKind::InvalidArg);
    let word = argument.split([' ', '=', '.']).next().unwrap_or_default().to_owned();
    let letter = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')).and_then(|rest| rest.chars().next());
    match (error.kind(), letter) {
        (ErrorKind::UnknownArgument, Some(letter)) => Outcome::Usage(format!("invalid option -- '{letter}'")),
        (ErrorKind::UnknownArgument, None) => {
            let begun = word.trim_start_matches('-');
            let mut possible: Vec<_> = rows
                .iter()
                .filter_map(|row| row.2)
                .filter(|long| !begun.is_empty() && long.starts_with(begun))
                .map(|long| format!("'--{long}'"))
                .collect();
            possible.sort();
            Outcome::Usage(if possible.len() > 1 {
                format!("option '{word}' is ambiguous; possibilities: {}", possible.join(" "))
            } else {
                format!("unrecognized option '{word}'")
            })
        }
        (ErrorKind::TooManyValues, _) => Outcome::Usage(format!("option '{word}' doesn't allow an argument")),
        // A missing value: the parser names the option in its long form.
        (ErrorKind::InvalidValue, _) if context(error, ContextKind::InvalidValue).is_empty() => {
            missing(&word, words.last(), rows)
        }
        (ErrorKind::InvalidValue, _) => {
            let value = context(error, ContextKind::InvalidValue);
            Outcome::Text(format!("invalid value {value} of {word}"))
        }
        _ => Outcome::Text(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

/// An option without its value, which can only be the last word. The parser
/// names its long form, whatever was typed.
fn missing(option: &str, last: Option<&OsString>, rows: &[&Row]) -> Outcome {
    let long = option.trim_start_matches('-');
    let row = rows.iter().find(|row| row.2 == Some(long) || row.1.is_some_and(|letter| long == letter.to_string()));
    let typed_long = last.is_some_and(|word| word.to_string_lossy().starts_with("--"));
    Outcome::Usage(match row.and_then(|row| row.1) {
        Some(letter) if !typed_long => format!("option requires an argument -- '{letter}'"),
        _ => format!("option '{option}' requires an argument"),
    })
}
