//! Runs a verb over capture files or on interfaces.

mod live;

use std::fs::File;
use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sniff_captures::file::{self, Met};

use crate::cli::{Args, Input, Verb, VerbArgs};
use crate::dns::Dns;
use crate::flows::Flows;
use crate::follow::{Follow, Show};
use crate::http::{self, Http};
use crate::message;
use crate::output::{Stamps, Stdout};
use crate::pipeline::{Failure, Filters, announce, expression, list, open, open_ahead, plural, reason};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;
use crate::streams::Consumer;
use crate::tls::Tls;
use live::Source;

/// Octets of text after which it is written.
const FULL: usize = 60 << 10;

/// Runs a verb.
pub(crate) fn run(args: &Args, verb: &VerbArgs) -> Result<(), Failure> {
    let signals = Signals::install().map_err(|error| Failure::Text(error.to_string()))?;
    // Its own files are opened before anything is given up.
    let mut run = Run {
        consumer: consumer(args, verb).map_err(Failure::Text)?,
        stdout: Stdout::new()?,
        each: args.line_buffered,
        skip: args.skip,
        left: args.count.unwrap_or(u64::MAX),
    };
    match &args.input {
        Input::File(path) => run.files(std::slice::from_ref(path), args, &signals),
        Input::List(path) => run.files(&list(path)?, args, &signals),
        Input::Live(names) => run.live(names, args, &signals),
    }
}

/// A run of a verb.
struct Run {
    consumer: Box<dyn Consumer>,
    stdout: Stdout,
    each: bool,
    skip: u64,
    left: u64,
}

impl Run {
    /// Captures until a signal or the count.
    fn live(&mut self, names: &[String], args: &Args, signals: &Signals) -> Result<(), Failure> {
        let mut source = Source::open(args, names)?;
        let captured = source.run(self, args, signals);
        let result = self.finish(captured);
        if let Err(Failure::Text(text)) = &result {
            message::error(text);
        }
        if let Some(counters) = source.counters() {
            message::line(&counters.lines().join("\n"));
        }
        match result {
            Err(Failure::Text(_)) => Err(Failure::Said),
            other => other,
        }
    }

    /// Reads files one after the other.
    fn files(&mut self, paths: &[PathBuf], args: &Args, signals: &Signals) -> Result<(), Failure> {
        let opened = open_ahead(paths);
        let later = paths.iter().zip(&opened).filter(|row| row.1.is_none()).map(|row| row.0.clone());
        let policy = Policy::of(args, later.collect());
        let expression = expression::read(args)?;
        sandbox::enter(&policy).map_err(Failure::Text)?;
        let mut files = paths.iter().zip(opened);
        let result = files.try_for_each(|(path, file)| self.file(path, file, &expression, args, signals));
        self.finish(result)
    }

    /// Prints what is unfinished: what was understood before a file's damage is
    /// printed all the same.
    fn finish(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        while self.consumer.end_next() {
            if self.consumer.output().len() >= FULL {
                self.write()?;
            }
        }
        let finished = self.consumer.finish();
        self.write()?;
        let evicted = self.consumer.evicted();
        if evicted > 0 {
            let text = format!("{evicted} conversation{} given up to stay within --memory", plural(evicted));
            message::warning(&text);
        }
        result?;
        finished.map_err(Failure::Text)
    }

    fn file(
        &mut self,
        path: &Path,
        opened: Option<io::Result<File>>,
        expression: &str,
        args: &Args,
        signals: &Signals,
    ) -> Result<(), Failure> {
        let (source, mut records) = open(path, opened, signals)?;
        announce(path, records.interfaces());
        let mut filters = Filters::new(expression.to_owned(), args.optimize, false);
        filters.extend(records.interfaces())?;
        let mut failure = Ok(());
        let walked = file::walk(&source, &mut records, |met, interfaces| {
            if self.left == 0 || signals.stopped() {
                return ControlFlow::Break(());
            }
            failure = match met {
                Met::Packet(packet) => match filters.matches(&packet) {
                    Some(link) => self.packet(&packet, link),
                    None => Ok(()),
                },
                Met::Block(block) => {
                    self.consumer.block(block);
                    filters.extend(interfaces)
                }
            };
            if failure.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        failure?;
        match walked {
            // A signal ends what is read from a pipe, wherever it is.
            Err(_) if signals.stopped() => Ok(()),
            Err(sniff_captures::Error::Io(error)) => {
                Err(Failure::Text(format!("pcap_loop: error reading dump file: {}", reason(&error))))
            }
            other => other.map_err(|error| Failure::Text(format!("pcap_loop: {error}"))),
        }
    }

    fn packet(&mut self, packet: &sniff_captures::Packet<'_>, link: u16) -> Result<(), Failure> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        self.left -= 1;
        self.consumer.packet(packet, link);
        let full = if self.each { 1 } else { FULL };
        if self.consumer.output().len() >= full { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Failure> {
        let line = self.consumer.output();
        self.stdout.write(line.as_bytes())?;
        line.clear();
        Ok(())
    }
}

/// The verb that the options ask for.
fn consumer(args: &Args, verb: &VerbArgs) -> Result<Box<dyn Consumer>, String> {
    let stamp = Stamps::new(args.time, args.nano);
    Ok(match verb.verb {
        Verb::Flows => Box::new(Flows::new(verb.format.clone(), verb.order, verb.top, verb.memory, stamp)?),
        Verb::Follow => {
            if verb.show == Show::Raw && io::stdout().is_terminal() {
                return Err("raw octets are not for a terminal".to_owned());
            }
            Box::new(Follow::new(verb.what, verb.show, verb.from, verb.memory, stamp))
        }
        Verb::Http => {
            let options = http::Options {
                format: verb.format.clone(),
                verbose: args.text.verbose > 0,
                body: verb.body,
                har: verb.har.clone(),
                keylog: verb.keylog.clone(),
            };
            Box::new(Http::new(options, verb.memory, stamp)?)
        }
        Verb::Tls => {
            let verbose = args.text.verbose > 0;
            Box::new(Tls::new(verb.format.clone(), verbose, verb.keylog.as_deref(), verb.memory, stamp)?)
        }
        Verb::Dns => {
            let verbose = args.text.verbose > 0;
            Box::new(Dns::new(verb.format.clone(), verbose, verb.timeout, verb.memory, stamp)?)
        }
    })
}
