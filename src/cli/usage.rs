//! Version and usage, in tcpdump's layout.

use sniff_captures::live::library_version;

use super::table;
use super::verbs::Verb;

/// The lines of `--version`.
pub fn version() -> String {
    format!("sniff version {}\n{}\n", env!("CARGO_PKG_VERSION"), library_version())
}

/// The lines after a bad option.
pub(super) fn usage() -> String {
    let lines = [
        "Usage: sniff [-AbdDefgHIJKlLnNOpqStuUvxX#] [ --after time ] [ --analyze ]",
        "[ -B size ] [ --before time ] [ -c count ] [--count]",
        "[ -C file_size ] [ --color when ] [ --csv ] [ --duration time ] [ -E algo:secret ]",
        "[ -F file ] [ --fields names ] [ -G seconds ] [ -i interface ] [ --immediate-mode ]",
        "[ -j tstamptype ] [ --json ] [ --lengths ] [ -M secret ] [ --match regex ]",
        "[ --match-hex hex ] [ --max-bytes size ] [ --memory size ] [ --no-sandbox ]",
        "[ --number ] [ --print ]",
        "[ --print-sampling nth ] [ -Q in|out|inout ] [ -r file ]",
        "[ --ring-age time ] [ --ring-bytes size ] [ --rotate-hook-last ]",
        "[ -s snaplen ] [ --skip count ] [ --split-by flow ] [ --stats time ] [ -T type ]",
        "[ --threads n ] [ --trigger expression ] [ --version ] [ -V file ]",
        "[ --where condition ] [ -w file ] [ -W filecount ] [ -y datalinktype ]",
        "[ --time-stamp-precision precision ] [ --micro ] [ --nano ]",
        "[ -z postrotate-command ] [ -Z user ] [ expression ]",
    ];
    version() + &lines.join("\n\t\t") + "\n"
}

/// The lines after a bad option of a verb.
pub(super) fn of_verb(verb: Verb) -> String {
    format!("sniff {} -h lists the options", verb.name())
}

/// The text of `-h`.
pub(super) fn help(verb: Option<Verb>) -> String {
    version() + &table::options_help(verb)
}
