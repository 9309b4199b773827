//! Secrets that are not to stand on a command line: from the environment, or asked
//! for on the terminal without showing them.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::exit::{Failure, reason};

/// The secret in an environment variable, or what is typed after `question`.
pub(super) fn get(variable: &str, question: &str) -> Result<String, Failure> {
    if let Ok(secret) = env::var(variable) {
        return Ok(secret);
    }
    let missing = |error: io::Error| Failure::local(format!("{question}: {}; {variable} may hold it", reason(&error)));
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(missing)?;
    ask(&terminal, question).map_err(missing)
}

fn ask(mut terminal: &File, question: &str) -> io::Result<String> {
    write!(terminal, "{question}: ")?;
    let before = tcgetattr(terminal)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
    let mut line = String::new();
    let read = BufReader::new(terminal).read_line(&mut line);
    tcsetattr(terminal, OptionalActions::Flush, &before)?;
    writeln!(terminal)?;
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
