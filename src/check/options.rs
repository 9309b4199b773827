//! The options of check.

use std::ffi::OsString;
use std::time::Duration;

use clap::Command;

use super::target::Target;
use crate::cli::{NO_SANDBOX, Outcome, Row, explain, help_text, time, tool};
use crate::nc::tls::Settings;

const ROWS: &[Row] = &[
    (
        "timeout",
        None,
        Some("timeout"),
        Some("TIME"),
        "Give a try up after TIME (default 10s): seconds, or a number with ms, s, m or h",
    ),
    ("retry", None, Some("retry"), Some("N"), "Try again up to N times, a second later each"),
    ("wait", None, Some("wait"), Some("TIME"), "Try again until all is well, or TIME is over"),
    ("json", None, Some("json"), None, "Print a JSON object for each target"),
    ("quiet", Some('q'), Some("quiet"), None, "Print nothing: the exit code tells"),
    ("trusting", None, Some("no-verify"), None, "Take any certificate"),
    ("authorities", None, Some("ca"), Some("FILE"), "Trust the authorities in FILE (PEM) instead of the system's"),
    ("keylog", None, Some("keylog"), Some("FILE"), "Add TLS secrets to FILE, with which sniff http --keylog decrypts"),
    ("no-sandbox", None, Some("no-sandbox"), None, NO_SANDBOX),
    ("help", Some('h'), Some("help"), None, "Print help, and exit"),
];

const ABOUT: &str = "Check that services answer as they should, and how long each phase takes";

const DESCRIPTION: &str =
    "Targets: tcp://HOST:PORT, udp://HOST:PORT, tls://HOST[:PORT], http[s]://HOST[:PORT][/PATH], \
dns://SERVER[:PORT]/NAME[?type=TYPE]. All are checked at once.

Exit codes, that of the first target that fails: 0 all is well; 1 refused, or a bad option; 2 no answer in time; \
3 reset by the peer; 4 name not found; 5 unreachable; 6 UDP without an answer; 7 the TLS handshake failed; \
8 an answer that says that something is wrong, such as an HTTP status of 400 and above.";

/// The options of a run.
pub(super) struct Options {
    /// What is checked.
    pub targets: Vec<Target>,
    /// How long a try may take.
    pub timeout: Duration,
    /// How often it is tried again.
    pub retry: u32,
    /// Until when it is tried again.
    pub wait: Option<Duration>,
    pub json: bool,
    pub quiet: bool,
    /// What TLS is to do.
    pub tls: Settings,
    /// Whether Landlock and seccomp are used.
    pub sandbox: bool,
}

/// What stands instead of a run.
pub(super) enum Instead {
    /// Help.
    Help(String),
    /// An error.
    Error(String),
}

/// The options and their help.
pub(crate) fn command() -> Command {
    tool("sniff check", ABOUT, ROWS, "TARGET").long_about(ABOUT).after_long_help(DESCRIPTION)
}

/// Parses the words after `check`.
pub(super) fn parse(words: &[OsString]) -> Result<Options, Instead> {
    /// How long a try may take where nothing is said.
    const TIMEOUT: Duration = Duration::from_secs(10);
    let command = command();
    let matches = command.clone().try_get_matches_from(words).map_err(|error| {
        let rows: Vec<_> = ROWS.iter().collect();
        match explain(&error, words, &rows) {
            Outcome::Usage(text) | Outcome::Text(text) => {
                Instead::Error(format!("check: {text}; sniff check -h tells more"))
            }
        }
    })?;
    if matches.get_flag("help") {
        return Err(Instead::Help(help_text(command)));
    }
    let value = |id: &str| matches.get_many::<OsString>(id).and_then(Iterator::last);
    let text = |id: &str| value(id).map(|value| value.to_string_lossy().into_owned());
    let duration = |id: &str| {
        let value = text(id).map(|text| time(&text, id)).transpose();
        value.map_err(|stop| Instead::Error(stop.stderr))
    };
    let retry = text("retry").map(|text| text.parse().map_err(|_| Instead::Error(format!("invalid number {text}"))));
    let words = matches.get_many::<OsString>("words").unwrap_or_default();
    let targets: Result<Vec<_>, _> = words.map(|word| Target::parse(&word.to_string_lossy())).collect();
    let targets = targets.map_err(Instead::Error)?;
    if targets.is_empty() {
        return Err(Instead::Error("check: no target; sniff check -h tells more".to_owned()));
    }
    Ok(Options {
        targets,
        timeout: duration("timeout")?.unwrap_or(TIMEOUT),
        retry: retry.transpose()?.unwrap_or_default(),
        wait: duration("wait")?,
        json: matches.get_flag("json"),
        quiet: matches.get_count("quiet") > 0,
        tls: Settings {
            trusting: matches.get_flag("trusting"),
            authorities: value("authorities").map(Into::into),
            keylog: value("keylog").map(Into::into),
            ..Settings::default()
        },
        sandbox: !matches.get_flag("no-sandbox"),
    })
}
