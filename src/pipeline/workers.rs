//! Workers as the options want them.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use sniff_dissectors::{Options, Out};

use super::Failure;
use super::ring::{Course, Worker};
use crate::cli::{Args, Color, TimeStamp};
use crate::message::harmless;
use crate::names::SystemNames;
use crate::output::{Printer, Stamp};
use crate::search::Search;

/// The least width of an interface's name, as with `-i any`.
const NAME: usize = 5;

/// Makes workers that are all alike.
pub(super) struct Workers {
    prints: bool,
    options: Options,
    time: TimeStamp,
    nano: bool,
    number: bool,
    lengths: bool,
    search: Option<Arc<Search>>,
    /// What stands before the lines of each interface, if that is shown.
    interfaces: Arc<[String]>,
}

impl Workers {
    /// Workers for a run with these options; `foreign` is the interface's
    /// network and mask for `-f`.
    ///
    /// # Errors
    /// A bad regular expression.
    pub(super) fn new(args: &Args, foreign: Option<([u8; 4], [u8; 4])>) -> Result<Self, Failure> {
        let search = Search::new(args.match_text.as_deref(), args.match_octets.as_deref()).map_err(Failure::Text)?;
        let mut options = args.text.clone();
        options.foreign = foreign;
        options.color = match args.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb(),
        };
        Ok(Workers {
            prints: !args.count_only && (args.write.is_none() || args.print),
            options,
            time: args.time,
            nano: args.nano,
            number: args.number,
            lengths: args.lengths,
            search: search.map(Arc::new),
            interfaces: Arc::default(),
        })
    }

    /// Has each line begin with the name of its interface, in a column.
    pub(super) fn name_interfaces(&mut self, names: &[String]) {
        let names: Vec<_> = names.iter().map(|name| harmless(name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().max(NAME);
        self.interfaces = names.iter().map(|name| format!("{name:width$} ")).collect();
    }

    /// Whether packets are printed.
    pub(super) fn print(&self) -> bool {
        self.prints
    }

    /// The course of a run at its start.
    pub(super) fn course(&self, args: &Args) -> Course {
        Course::new(args, self.prints, self.search.clone())
    }

    /// One more worker.
    pub(super) fn worker(&self) -> Worker {
        Worker::new(self.prints.then(|| {
            let out = Out::new(self.options.clone(), Box::new(SystemNames::default()));
            let stamp = Stamp::new(self.time, self.nano);
            let mut printer = Printer::new(out, stamp, self.number, self.lengths, self.search.clone());
            printer.interfaces = Arc::clone(&self.interfaces);
            printer
        }))
    }
}

/// Whether an environment variable is set and not empty.
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Whether the terminal has no colours.
fn is_dumb() -> bool {
    env::var_os("TERM").is_none_or(|term| term == "dumb")
}
