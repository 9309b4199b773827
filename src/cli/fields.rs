//! `sniff fields [GLOB]…`: the fields that packets are printed and filtered by.
//! `sniff fields --protocols [GLOB]…`: the protocols that they are of.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write;

use clap::{Arg, ArgAction, Command};
use regex::{Regex, RegexBuilder};
use sniff_dissectors::fields;

use super::Stop;
use crate::output::near;

/// The word that asks for the list.
pub(super) const WORD: &str = "fields";

/// The option that asks for the protocols.
const PROTOCOLS: &str = "protocols";

const USAGE: &str = "Usage: sniff fields [--protocols] [GLOB]…

Lists the fields of --fields, --json and --where: name, kind, meaning. With --protocols it
lists the protocols that --where takes, with the number of their fields.

A condition of --where is one word for the shell:
  --where 'http.response.code >= 400 && ip.src == 10.0.0.0/8'
It has tests, among them
  dns    tcp.port == 80    tcp.port in {80, 8000..8100}    tcp.flags & 0x12 == 0x12
  http.host contains \"x\"    http.host matches \"^www\"    eth.src[0:3] == 00:11:22
and joins them with !, &&, || and parentheses.
";

/// What the manual page and the completions tell of it.
pub(super) fn command() -> Command {
    let about = "List the fields of --fields, --json and --where: name, kind, meaning";
    let protocols = Arg::new(PROTOCOLS).long(PROTOCOLS).action(ArgAction::SetTrue);
    let protocols = protocols.help("List the protocols that --where takes, with the number of their fields");
    let glob = Arg::new("glob").value_name("GLOB").num_args(0..);
    let glob = glob.help("Only fields with such names, of any case, or those of a protocol with this name");
    Command::new("sniff fields").about(about).disable_help_flag(true).args([protocols, glob])
}

/// What the arguments ask for: the fields, or the protocols, whose names match one
/// of the globs, or all.
pub(super) fn list(arguments: &[OsString]) -> Stop {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let (options, globs): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|argument| argument.starts_with('-'));
    let of_protocols = match &options[..] {
        [] => false,
        [option] if option.strip_prefix("--") == Some(PROTOCOLS) => true,
        [.., option] if ["-h", "--help"].contains(&option.as_ref()) => {
            return Stop { stdout: USAGE.to_owned(), stderr: String::new(), named: false, code: 0 };
        }
        [.., option] => {
            return Stop::failure(format!("unrecognized option '{option}'\nsniff fields -h lists the options"));
        }
    };
    let patterns: Vec<_> = globs.iter().filter_map(|glob| pattern(glob)).collect();
    let matches = |name: &str| globs.is_empty() || patterns.iter().any(|pattern| pattern.is_match(name));
    let stdout = if of_protocols { protocols(matches) } else { fields(matches) };
    if stdout.is_empty() {
        let (what, names): (_, Vec<_>) = if of_protocols {
            ("protocol", fields::all().map(|id| id.protocol()).collect())
        } else {
            ("field", fields::list().iter().map(|info| info.name).collect())
        };
        let meant = globs.iter().find_map(|glob| near(glob, &names));
        let meant = meant.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        return Stop::failure(format!("no {what} matches '{}'{meant}", globs.join(" ")));
    }
    Stop { stdout, stderr: String::new(), named: false, code: 0 }
}

fn fields(matches: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for info in fields::list().into_iter().filter(|info| matches(info.name) || matches(info.protocol())) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<40} {:<8} {}", info.name, info.kind.name(), info.about);
    }
    text
}

fn protocols(matches: impl Fn(&str) -> bool) -> String {
    let mut counts = BTreeMap::new();
    for id in fields::all().filter(|id| matches(id.protocol())) {
        *counts.entry(id.protocol()).or_insert(0) += 1;
    }
    let mut text = String::new();
    for (name, count) in counts {
        let _ = writeln!(text, "{name:<20} {count} {}", if count == 1 { "field" } else { "fields" });
    }
    text
}

/// A glob as a regular expression, of any case: `*` is any text, `?` any character.
fn pattern(glob: &str) -> Option<Regex> {
    let escaped = regex::escape(glob).replace(r"\*", ".*").replace(r"\?", ".");
    RegexBuilder::new(&format!("^{escaped}$")).case_insensitive(true).build().ok()
}
