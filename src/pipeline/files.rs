//! Reading capture files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sniff_captures::file::{Item, Reader};
use sniff_captures::write::{InterfaceFacts, Section};
use sniff_captures::{Interface, link, wait};
use sniff_filters::Program;

use super::progress::Progress;
use super::sink::{self, Sink};
use super::{Failure, compile, expression, plural, reason};
use crate::cli::Args;
use crate::message;
use crate::output::{Save, Style, is_pcapng_name};
use crate::signals::Signals;

/// The link type of Linux cooked captures, version 2.
const LINUX_SLL2: u16 = 276;

/// The paths that a list of files holds, one on each line.
pub(super) fn list(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = if path.as_os_str() == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text =
        text.map_err(|error| Failure::Text(format!("Unable to open file: {}: {}", path.display(), reason(&error))))?;
    let paths: Vec<PathBuf> = text.lines().map(PathBuf::from).collect();
    if paths.is_empty() {
        return Err(Failure::Text(format!("Nothing in {}", path.display())));
    }
    Ok(paths)
}

/// Reads files one after the other.
pub(super) fn run(args: &Args, paths: &[PathBuf]) -> Result<(), Failure> {
    let signals = Signals::install().map_err(|error| Failure::Text(error.to_string()))?;
    let mut sink = Sink::new(args, None)?;
    let result = read(args, paths, &mut sink, &signals);
    let finished = sink.finish();
    result.and(finished)?;
    if args.count_only {
        sink.text(&format!("{} packet{}\n", sink.count, plural(sink.count)))?;
    }
    Ok(())
}

fn read(args: &Args, paths: &[PathBuf], sink: &mut Sink, signals: &Signals) -> Result<(), Failure> {
    let mut first: Option<Interface> = None;
    for path in paths {
        let mut reader = open(path, signals)?;
        announce(path, &reader);
        let expression = expression::read(args)?;
        let mut filters = Filters {
            expression: &expression,
            optimize: args.optimize,
            one_link: args.write.as_ref().is_some_and(|path| !is_pcapng_name(path)),
            rows: Vec::new(),
        };
        filters.extend(reader.interfaces())?;
        match &first {
            None => {
                if let Some(target) = &args.write {
                    sink.save_to(Save::create(args, paths, &style(args, target, &reader, &expression))?);
                }
                first = reader.interfaces().first().cloned();
            }
            Some(first) if filters.one_link && !reader.interfaces().iter().all(|i| sink::fits(first, i)) => {
                return Err(Failure::Text(format!("{}: new dlt does not match original", path.display())));
            }
            Some(_) => {
                if let Some(target) = &args.write {
                    sink.input(&style(args, target, &reader, &expression))?;
                }
            }
        }
        let waits = !path.is_file();
        let mut work = Work { reader: &mut reader, filters, waits };
        let result = work.run(sink, signals);
        sink.flush()?;
        result?;
        if sink.wanted() == 0 || signals.stopped() {
            break;
        }
    }
    Ok(())
}

/// Opens a file; reading one that can block ends with a signal.
fn open(path: &Path, signals: &Signals) -> Result<Reader, Failure> {
    let shown = path.display().to_string();
    let failed = |error: &io::Error| Failure::Text(format!("{shown}: {}", reason(error)));
    let (source, size): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
        // Not the buffered handle: what it holds back would not show in a poll.
        let stdin = File::from(io::stdin().as_fd().try_clone_to_owned().map_err(|error| failed(&error))?);
        let fd = stdin.as_raw_fd();
        (Box::new(Interruptible::new(stdin, fd, signals)), None)
    } else {
        let file = File::open(path).map_err(|error| failed(&error))?;
        let metadata = file.metadata().map_err(|error| failed(&error))?;
        if metadata.is_file() {
            (Box::new(file), Some(metadata.len()))
        } else {
            let fd = file.as_raw_fd();
            (Box::new(Interruptible::new(file, fd, signals)), None)
        }
    };
    Reader::from_source(source, size).map_err(|error| match error {
        sniff_captures::Error::Io(error) => Failure::Text(format!("error reading dump file: {}", reason(&error))),
        damage => Failure::Text(damage.to_string()),
    })
}

/// `reading from file …`.
pub(super) fn announce(path: &Path, reader: &Reader) {
    let Some(interface) = reader.interfaces().first() else { return };
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
fn style<'a>(args: &Args, target: &Path, reader: &'a Reader, expression: &str) -> Style<'a> {
    let interfaces = reader.interfaces();
    if !is_pcapng_name(target) {
        return Style::Pcap(&interfaces[0], args.nano);
    }
    if reader.is_pcapng() {
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

/// The filter, compiled for each interface's own link type.
struct Filters<'a> {
    expression: &'a str,
    optimize: bool,
    /// Whether all interfaces must have one link type, as a classic file needs.
    one_link: bool,
    /// Link type and program of each interface.
    rows: Vec<(u16, Program)>,
}

impl Filters<'_> {
    /// Compiles for the interfaces that are new.
    fn extend(&mut self, interfaces: &[Interface]) -> Result<(), Failure> {
        for interface in &interfaces[self.rows.len()..] {
            if self.one_link && interface.link != interfaces[0].link {
                return Err(Failure::Text(format!(
                    "pcap_loop: an interface has a type {} different from the type of the first interface",
                    interface.link
                )));
            }
            // Interfaces of one kind share a program; there may be thousands.
            let seen = interfaces[..self.rows.len()].iter();
            let same = seen.zip(&self.rows).find(|(i, _)| i.link == interface.link && i.snaplen == interface.snaplen);
            let program = match same {
                Some((_, row)) => row.1.clone(),
                None => compile(self.expression, interface, self.optimize)?,
            };
            self.rows.push((interface.link, program));
        }
        Ok(())
    }
}

/// The walk through one file.
struct Work<'a> {
    reader: &'a mut Reader,
    filters: Filters<'a>,
    /// Whether the source can keep a reader waiting.
    waits: bool,
}

impl Work<'_> {
    fn run(&mut self, sink: &mut Sink, signals: &Signals) -> Result<(), Failure> {
        let mut progress = Progress::new();
        let damaged = |error: sniff_captures::Error| Failure::Text(format!("pcap_loop: {error}"));
        while sink.wanted() > 0 && !signals.stopped() {
            match self.reader.take().map_err(damaged)? {
                Some(Item::Packet(packet)) => {
                    let (link, program) = &self.filters.rows[packet.interface];
                    if program.matches(packet.data, packet.wire_len) {
                        sink.packet(&packet, *link)?;
                    }
                }
                Some(Item::Block(block)) => {
                    sink.block(block)?;
                    self.filters.extend(self.reader.interfaces())?;
                }
                None => {
                    if self.waits {
                        sink.flush()?;
                    }
                    if let Some(progress) = &mut progress {
                        progress.step(self.reader.progress(), sink.count);
                    }
                    if !self.reader.fill().map_err(damaged)? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A source that may block: a signal to stop ends it.
struct Interruptible<R> {
    source: R,
    fd: RawFd,
    wake: RawFd,
    stop: Arc<AtomicBool>,
}

impl<R> Interruptible<R> {
    fn new(source: R, fd: RawFd, signals: &Signals) -> Self {
        Interruptible { source, fd, wake: signals.descriptor(), stop: signals.stop_flag() }
    }
}

impl<R: Read> Read for Interruptible<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.stop.load(Ordering::Relaxed) {
            if let [true, _] = wait::readable([self.fd, self.wake], None)? {
                return self.source.read(buffer);
            }
        }
        Ok(0)
    }
}
