//! Workers as the options want them.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use sniff_dissectors::{Options, Out};

use super::Failure;
use super::ring::{Course, Watch, Worker};
use crate::cli::{Args, Color, TimeStamp};
use crate::condition::Condition;
use crate::message::harmless;
use crate::names::SystemNames;
use crate::output::{Columns, Form, Objects, Printer, Stamp, is_payload, needs_earlier, wanted};
use crate::search::Search;
use crate::streams::row::Format;

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
    format: Format,
    /// The columns of a table.
    columns: Option<Columns>,
}

impl Workers {
    /// Workers for a run with these options; `foreign` is the interface's
    /// network and mask for `-f`.
    ///
    /// # Errors
    /// A bad regular expression, or a field that there is not.
    pub(super) fn new(args: &Args, foreign: Option<([u8; 4], [u8; 4])>) -> Result<Self, Failure> {
        let search = Search::new(args.match_text.as_deref(), args.match_octets.as_deref()).map_err(Failure::Text)?;
        let columns = match &args.format {
            Format::Tsv(names) => Some(Columns::new(names, false)),
            Format::Csv(names) => Some(Columns::new(names, true)),
            Format::Text | Format::Json => None,
        };
        let columns = columns.transpose().map_err(Failure::Text)?;
        let mut options = if args.format == Format::Text { args.text.clone() } else { thorough(&args.text) };
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
            format: args.format.clone(),
            columns,
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
    pub(super) fn course(&self, args: &Args, condition: Option<Condition>) -> Course {
        let earlier = self.needs_earlier(args, condition.as_ref());
        let standing = earlier || condition.is_some() || self.format != Format::Text;
        let memory = usize::try_from(args.memory).unwrap_or(usize::MAX);
        let watch = standing.then(|| Watch::new(earlier.then_some(memory)));
        Course::new(args, self.prints, self.search.clone(), watch, condition)
    }

    /// The condition of `--where`.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn condition(&self, args: &Args) -> Result<Option<Condition>, Failure> {
        let Some(text) = &args.condition else { return Ok(None) };
        let condition = Condition::new(text, thorough(&self.options));
        condition.map(Some).map_err(|wrong| Failure::Filter(text.clone(), wrong.at, wrong.text))
    }

    /// A filter that drops what the condition will not let pass; none where the
    /// packets that it drops are needed to tell how connections go.
    pub(super) fn pushed(&self, args: &Args, condition: Option<&Condition>) -> Option<String> {
        if self.needs_earlier(args, condition) { None } else { condition?.filter() }
    }

    /// Whether somebody wants to know how a packet's connection goes.
    fn needs_earlier(&self, args: &Args, condition: Option<&Condition>) -> bool {
        let printed = self.prints && (args.analyze || self.format == Format::Json);
        let column = self.columns.as_ref().is_some_and(|columns| columns.has(needs_earlier));
        printed || column || condition.is_some_and(|condition| condition.reads(needs_earlier))
    }

    /// One more worker.
    pub(super) fn worker(&self) -> Worker {
        Worker::new(self.prints.then(|| {
            let mut out = Out::new(self.options.clone(), Box::new(SystemNames::default()));
            if let Some(columns) = &self.columns {
                let tree = out.tree.get_or_insert_default();
                tree.payloads = columns.has(is_payload);
                tree.wanted = wanted(|id| columns.wants(id));
            }
            let stamp = Stamp::new(self.time, self.nano);
            let mut printer = Printer::new(out, stamp, self.number, self.lengths, self.search.clone());
            printer.interfaces = Arc::clone(&self.interfaces);
            printer.form(match (&self.columns, &self.format) {
                (Some(columns), _) => Form::Table(columns.another()),
                (None, Format::Json) => Form::Json(Objects::new()),
                (None, _) => Form::Text,
            })
        }))
    }
}

/// Options with which dissectors read as much as they can: their text is not
/// seen, and checksums are not computed.
pub(super) fn thorough(options: &Options) -> Options {
    Options {
        verbose: 3,
        quiet: 0,
        numeric: 1,
        link: false,
        no_checksums: true,
        hex: 0,
        hex_ascii: 0,
        ascii: 0,
        color: false,
        ..options.clone()
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
