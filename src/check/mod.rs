//! `sniff check`: whether services answer as they should, and how long each phase takes.

mod dns;
mod options;
mod phases;
mod print;
mod target;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crate::message;
use crate::nc::exit::{Exit, Failure};
use crate::nc::tls::Client;
use crate::pipeline;
use crate::sandbox::{self, Policy};
pub(crate) use options::command;
use options::{Instead, Options};
use phases::Outcome;
use target::Target;

/// The word that asks for this.
pub const WORD: &str = "check";

/// Targets that are checked at once.
const AT_ONCE: usize = 64;
/// The pause before a target is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs with the words after `check`; the exit code.
pub fn run(words: &[OsString]) -> u8 {
    match options::parse(words) {
        Ok(options) => match prepare(&options) {
            Ok(client) => check(&options, client.as_ref()).unwrap_or_else(|error| pipeline::unwritten(&error)),
            Err(failure) => {
                message::error(&failure.text);
                failure.exit.code()
            }
        },
        Err(Instead::Help(text)) => pipeline::show(&text).map_or_else(|error| pipeline::unwritten(&error), |()| 0),
        Err(Instead::Error(text)) => {
            message::error(&text);
            Exit::Failed.code()
        }
    }
}

/// Reads what TLS needs, if a target speaks it, and gives up what no check needs.
fn prepare(options: &Options) -> Result<Option<Client>, Failure> {
    /// What name services may read besides: their settings, which may be written anew meanwhile.
    const SETTINGS: &[&str] = &["/etc", "/run", "/var/run"];
    let client = options.targets.iter().any(Target::is_tls).then(|| Client::new(&options.tls)).transpose()?;
    let policy = Policy {
        confine: options.sandbox,
        names: true,
        inputs: SETTINGS.iter().map(PathBuf::from).collect(),
        connects: true,
        keeps_user: true,
        ..Policy::default()
    };
    sandbox::enter(&policy).map_err(Failure::local)?;
    Ok(client)
}

/// Checks all targets at once and prints what is found in their order; the code
/// is that of the first that fails.
fn check(options: &Options, client: Option<&Client>) -> io::Result<u8> {
    let mut code = 0;
    for targets in options.targets.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let checks: Vec<_> =
                targets.iter().map(|target| scope.spawn(move || persist(target, options, client))).collect();
            for (target, check) in targets.iter().zip(checks) {
                let Ok((outcome, tries)) = check.join() else { continue };
                if code == 0 {
                    code = outcome.exit.code();
                }
                if !options.quiet {
                    let line = print::line(target, &outcome, tries, options.json);
                    writeln!(io::stdout(), "{line}")?;
                    io::stdout().flush()?;
                }
            }
            Ok::<_, io::Error>(())
        })?;
    }
    Ok(code)
}

/// Checks a target, again and again where that is wanted; what came last, and how
/// often it was tried.
fn persist(target: &Target, options: &Options, client: Option<&Client>) -> (Outcome, u32) {
    let end = options.wait.and_then(|wait| Instant::now().checked_add(wait));
    let mut tries = 1;
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let time = left.map_or(options.timeout, |left| left.min(options.timeout).max(Duration::from_millis(1)));
        let outcome = phases::check(target, client, time);
        let again = match end {
            Some(end) => Instant::now() + PAUSE < end,
            None => tries <= options.retry,
        };
        if outcome.exit == Exit::Done || !again {
            return (outcome, tries);
        }
        thread::sleep(PAUSE);
        tries += 1;
    }
}
