//! Reading capture files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sniff_captures::file::{self, Layout, Records, Source};
use sniff_captures::wait::Watch;
use sniff_captures::write::{InterfaceFacts, Section};
use sniff_captures::{Interface, link};

use super::output::Output;
use super::progress::Progress;
use super::ring::{Course, FileFeed, Filters, Ring, Token};
use super::workers::Workers;
use super::{Failure, expression, plural, reason};
use crate::cli::Args;
use crate::message;
use crate::output::{Save, Split, Style, is_pcapng_name};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;

/// The link type of Linux cooked captures, version 2.
const LINUX_SLL2: u16 = 276;

/// The paths that a list of files holds, one on each line.
pub(crate) fn list(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text =
        text.map_err(|error| Failure::Text(format!("Unable to open file: {}: {}", path.display(), reason(&error))))?;
    let paths: Vec<PathBuf> = text.lines().map(PathBuf::from).collect();
    if paths.is_empty() {
        return Err(Failure::Text(format!("Nothing in {}", path.display())));
    }
    Ok(paths)
}

/// Files that are opened before root is given up: all, but for very many.
const OPENED_AHEAD: usize = 512;

/// Opens the files, which only root may be able to; a FIFO that is not the first
/// waits until it is its turn.
pub(crate) fn open_ahead(paths: &[PathBuf]) -> Vec<Option<io::Result<File>>> {
    let ahead = |(at, path): (usize, &PathBuf)| {
        let opens = path.as_os_str() != "-" && at < OPENED_AHEAD && (at == 0 || path.is_file());
        opens.then(|| File::open(path))
    };
    paths.iter().enumerate().map(ahead).collect()
}

/// Reads files one after the other.
pub(super) fn run(args: &Args, paths: &[PathBuf]) -> Result<(), Failure> {
    let signals = Signals::install().map_err(|error| Failure::Text(error.to_string()))?;
    let make = Workers::new(args, None)?;
    let condition = make.condition(args)?;
    let pushed = make.pushed(args, condition.as_ref());
    let mut course = make.course(args, condition);
    let mut output = Output::new(false)?;
    output.progress = Progress::new();
    let result = read(args, paths, &make, pushed.as_deref(), &mut course, &mut output, &signals);
    output.progress = None;
    let finished = output.finish();
    if let Some(gate) = &course.gate {
        gate.report();
    }
    result.and(finished)?;
    if course.count == 0 {
        course.tagged.report();
    }
    if args.count_only {
        output.text(&format!("{} packet{}\n", course.count, plural(course.count)))?;
    }
    Ok(())
}

fn read(
    args: &Args,
    paths: &[PathBuf],
    make: &Workers,
    pushed: Option<&str>,
    course: &mut Course,
    output: &mut Output,
    signals: &Signals,
) -> Result<(), Failure> {
    let (mut first, mut damaged): (Option<Interface>, bool) = (None, false);
    let opened = open_ahead(paths);
    let (mut read, mut expression) = (Some(expression::read(args)), String::new());
    let later = paths.iter().zip(&opened).filter(|row| row.1.is_none()).map(|row| row.0.clone());
    let mut policy = Some(Policy::of(args, later.collect()));
    // Nothing is decoded as root, but for the first header where the file of -w
    // cannot be made before it, or where -Z has its place among the messages.
    if args.write.is_none() && args.user.is_none() {
        confine(&mut policy)?;
    }
    for (path, file) in paths.iter().zip(opened) {
        let (source, mut records) = open(path, file, signals)?;
        output.eager = !path.is_file();
        announce(path, records.interfaces());
        if let Some(read) = read.take() {
            expression = read?;
        }
        let one_link = !args.files.by_flow && args.write.as_ref().is_some_and(|path| !is_pcapng_name(path));
        let mut filters = Filters::new(expression.clone(), args.optimize, one_link).with(pushed.map(str::to_owned));
        filters.extend(records.interfaces())?;
        course.begin(records.interfaces(), &expression)?;
        match &first {
            None => {
                if let Some(target) = args.write.as_ref().filter(|_| args.files.by_flow) {
                    sandbox::check_user(args.user.as_deref()).map_err(Failure::Text)?;
                    output.split = Some(Split::create(target.as_os_str(), paths, args.nano)?);
                } else if let Some(target) = &args.write {
                    let style = style(args, target, &records, &expression);
                    sandbox::check_user(args.user.as_deref()).map_err(Failure::Text)?;
                    output.save = Some(Save::create(args, paths, &style)?);
                }
                confine(&mut policy)?;
                first = records.interfaces().first().cloned();
            }
            Some(first) if one_link && !records.interfaces().iter().all(|i| i.link == first.link) => {
                return Err(Failure::Text(format!("{}: new dlt does not match original", path.display())));
            }
            Some(_) => {
                if let Some(target) = args.write.as_ref().filter(|_| !args.files.by_flow) {
                    output.input(&style(args, target, &records, &expression))?;
                }
            }
        }
        let verbatim = output.save.as_ref().and_then(Save::layout).is_some_and(|own| records.layout() == Some(own));
        let feed = FileFeed::new(&source, signals);
        let token = Token::new(course, &mut records, filters, verbatim);
        match Ring::new(&feed, token, output).run(args.threads, &|| make.worker()) {
            // The files behind a damaged one are read all the same.
            Err(Failure::Text(text)) if paths.len() > 1 => {
                message::error(&text);
                damaged = true;
            }
            result => result?,
        }
        if course.wanted() == 0 || output.complete().0 || signals.stopped() {
            break;
        }
    }
    if damaged { Err(Failure::Said) } else { Ok(()) }
}

/// Gives up what the run does not need any more, once.
fn confine(policy: &mut Option<Policy>) -> Result<(), Failure> {
    policy.take().map_or(Ok(()), |policy| sandbox::enter(&policy).map(drop).map_err(Failure::Text))
}

/// Opens a file, if it is not `opened` yet; reading one that can block ends with a signal.
pub(crate) fn open(
    path: &Path,
    opened: Option<io::Result<File>>,
    signals: &Signals,
) -> Result<(Source, Records), Failure> {
    let shown = path.display().to_string();
    let failed = |error: io::Error| Failure::Text(format!("{shown}: {}", reason(&error)));
    let file = if path.as_os_str() == "-" {
        // Not the buffered handle: what it holds back would not show in a poll.
        File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed)?)
    } else {
        opened.unwrap_or_else(|| File::open(path)).map_err(failed)?
    };
    let source = if file.metadata().map_err(failed)?.is_file() {
        Source::file(file)
    } else {
        Source::stream(Box::new(Interruptible::new(file, signals)))
    };
    let source = source.map_err(|error| Failure::Text(format!("error reading dump file: {}", reason(&error))))?;
    file::open(source).map_err(|error| match error {
        sniff_captures::Error::Io(error) => Failure::Text(format!("error reading dump file: {}", reason(&error))),
        damage => Failure::Text(damage.to_string()),
    })
}

/// `reading from file …`.
pub(crate) fn announce(path: &Path, interfaces: &[Interface]) {
    let Some(interface) = interfaces.first() else { return };
    message::line(&format!(
        "reading from file {}, link-type {}, snapshot length {}",
        path.display(),
        link::describe(link::to_dlt(interface.link)),
        interface.snaplen
    ));
    if interface.link == LINUX_SLL2 {
        message::line("Warning: interface names might be incorrect");
    }
}

/// What kind of file `-w` writes.
fn style<'a>(args: &Args, target: &Path, records: &'a Records, expression: &str) -> Style<'a> {
    let interfaces = records.interfaces();
    if !is_pcapng_name(target) {
        return Style::Pcap(&interfaces[0], args.nano);
    }
    if records.layout() == Some(Layout::Pcapng) {
        return Style::Pcapng(Section::Copied);
    }
    let facts = interfaces.iter().map(|interface| InterfaceFacts {
        link: interface.link,
        snaplen: interface.snaplen,
        name: interface.name.clone(),
        filter: (!expression.is_empty()).then(|| expression.to_owned()),
        os: None,
    });
    Style::Pcapng(Section::Own { application: super::application(), os: None, interfaces: facts.collect() })
}

/// A source that may block: a signal to stop ends it.
struct Interruptible {
    file: File,
    watch: Watch,
    stop: Arc<AtomicBool>,
}

impl Interruptible {
    fn new(file: File, signals: &Signals) -> Self {
        let watch = Watch::new(&[file.as_raw_fd(), signals.descriptor()], None);
        Interruptible { file, watch, stop: signals.stop_flag() }
    }
}

impl Read for Interruptible {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.stop.load(Ordering::Relaxed) {
            self.watch.wait(None)?;
            if self.watch.happened(0) {
                return self.file.read(buffer);
            }
        }
        Ok(0)
    }
}
