//! Capturing on an interface.

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, RawFd};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, thread};

use sniff_captures::chunk::{self, Chunk};
use sniff_captures::file::Records;
use sniff_captures::live::{self, Counts, Live, Settings};
use sniff_captures::wait::Watch;
use sniff_captures::write::{InterfaceFacts, Section};
use sniff_captures::{Interface, Time, link};
use sniff_filters::Target;

use super::arenas::{Pool, arenas};
use super::output::Output;
use super::ring::{Course, Filters, Ring, Token};
use super::workers::Workers;
use super::{Failure, expression, plural, unfiltered};
use crate::cli::Args;
use crate::message;
use crate::output::{Save, Split, Style, is_pcapng_name};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;

/// How often `Got N` is printed.
const SECOND: Duration = Duration::from_secs(1);

/// How often workers that are behind are looked after.
const BACKLOG: Duration = Duration::from_millis(20);

/// Packets that are thrown away at once while memory is full.
const AT_ONCE: usize = 4096;

/// The interface of a name, or of a number in the list, or the first.
pub(crate) fn choose(name: Option<&str>) -> Result<String, Failure> {
    let Some(name) = name else {
        let first = live::devices().map_err(Failure::Text)?.into_iter().next();
        return first
            .map(|device| device.name)
            .ok_or_else(|| Failure::Text("no interfaces available for capture".to_owned()));
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(name.to_owned());
    }
    let devices = live::devices().map_err(Failure::Text)?;
    if devices.iter().any(|device| device.name == name) {
        return Ok(name.to_owned());
    }
    match name.parse::<usize>() {
        Ok(number @ 1..) if number <= devices.len() => Ok(devices[number - 1].name.clone()),
        Ok(1..) => Err(Failure::Text(format!(
            "Invalid adapter index {name}: only {} interface{} found",
            devices.len(),
            plural(devices.len() as u64)
        ))),
        _ => Err(Failure::Text("Invalid adapter index".to_owned())),
    }
}

/// How the options want the interface.
pub(crate) fn settings(args: &Args) -> Settings {
    Settings {
        snaplen: args.snaplen,
        promiscuous: args.promiscuous,
        monitor: args.monitor,
        buffer: args.buffer,
        immediate: args.immediate,
        time_stamp: args.time_stamp_type.clone(),
        nano: args.nano,
        direction: args.direction,
        link: args.link.as_ref().map(|link| link.0),
    }
}

/// Captures until a signal, the count, or the end of the interface.
pub(super) fn run(args: &Args, name: Option<&str>) -> Result<(), Failure> {
    let signals = Signals::install().map_err(|error| Failure::Text(error.to_string()))?;
    let name = choose(name)?;
    let (mut live, warnings) = Live::open(&name, &settings(args)).map_err(|error| refused(error.text))?;
    for warning in warnings {
        message::warning(&warning);
    }
    if args.link.is_some() || name == "any" {
        let shown = link::name(live.dlt()).map_or_else(|| live.dlt().to_string(), |(link, _)| link);
        message::note(&format!("data link type {shown}"));
    }
    let (network, mask) = live::network(&name).unwrap_or((Ipv4Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED));
    let expression = expression::read(args)?;
    let target = Target { link: live.dlt(), snaplen: args.snaplen, mask: mask.into() };
    let workers = Workers::new(args, args.foreign.then(|| (network.octets(), mask.octets())))?;
    let condition = workers.condition(args)?;
    let filter = workers.pushed(args, condition.as_ref()).map(|pushed| expression::joined(&expression, &pushed));
    live.set_filter(&expression, args.optimize, mask.into()).map_err(|text| unfiltered(&expression, text, target))?;
    if let Some(filter) = filter {
        // Where the link type has no such filter, the condition does all by itself.
        let _ = live.set_filter(&filter, args.optimize, mask.into());
    }
    let mut course = workers.course(args, condition);
    let mut output = Output::new(true)?;
    let interfaces = live.interfaces().to_vec();
    if let Some(path) = args.write.as_ref().filter(|_| args.files.by_flow) {
        sandbox::check_user(args.user.as_deref()).map_err(Failure::Text)?;
        output.split = Some(Split::create(path.as_os_str(), &[], args.nano)?);
    } else if let Some(path) = &args.write {
        sandbox::check_user(args.user.as_deref()).map_err(Failure::Text)?;
        output.save = Some(Save::create(args, &[], &style(args, path, &interfaces[0], &expression))?);
    }
    sandbox::enter(&Policy::of(args, Vec::new())).map_err(Failure::Text)?;
    announce(args, &name, &live, workers.print());
    let mut records = Records::captured(interfaces.clone());
    let verbatim = output.save.as_ref().and_then(Save::layout).is_some_and(|own| records.layout() == Some(own));
    let token = Token::new(&mut course, &mut records, Filters::none(&interfaces), verbatim);
    let (pool, feed) = arenas(args.memory, &signals);
    let ring = Ring::new(&feed, token, &mut output);
    let mut capture = Capture { live, pool, arena: Chunk::default(), taken: 0, dropped: 0, full: false };
    let stdout = (workers.print()).then(|| io::stdout().as_raw_fd());
    let make = || workers.worker();
    let captured = thread::scope(|scope| {
        let (ring, make) = (&ring, &make);
        for _ in 0..args.threads {
            scope.spawn(move || ring.work(scope, 1, make));
        }
        let result = capture.run(args, ring, &signals, stdout);
        // The workers leave once they have done what is left.
        while !capture.arena.is_empty() && !ring.ended() {
            capture.pool.send(&mut capture.arena);
            if !capture.arena.is_empty() {
                thread::sleep(BACKLOG);
            }
        }
        capture.pool.close();
        result
    });
    let result = ring.finish().and(captured);
    finish(args, &mut capture, &mut output, &course, &signals, result)
}

/// A refused capture with the command that helps.
pub(crate) fn refused(text: String) -> Failure {
    if text.contains("permission") {
        return Failure::Text(format!(
            "{text}\nTo capture without being root: sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v sniff)\""
        ));
    }
    Failure::Text(text)
}

/// `listening on …`.
fn announce(args: &Args, name: &str, live: &Live, prints: bool) {
    let text = format!(
        "listening on {name}, link-type {}, snapshot length {} bytes",
        link::describe(live.dlt()),
        live.interfaces()[0].snaplen
    );
    if args.text.verbose == 0 && prints && args.write.is_none() {
        message::note("verbose output suppressed, use -v[v]... for full protocol decode");
        message::line(&text);
    } else {
        message::note(&text);
    }
}

/// What kind of file `-w` writes.
fn style<'a>(args: &Args, path: &Path, interface: &'a Interface, expression: &str) -> Style<'a> {
    if !is_pcapng_name(path) {
        return Style::Pcap(interface, args.nano);
    }
    let os = fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|release| format!("Linux {}", release.trim()));
    let facts = InterfaceFacts {
        link: interface.link,
        snaplen: interface.snaplen,
        name: interface.name.clone(),
        filter: (!expression.is_empty()).then(|| expression.to_owned()),
        os: os.clone(),
    };
    Style::Pcapng(Section::Own { application: super::application(), os, interfaces: vec![facts] })
}

/// A capture under way: packets are moved out of the kernel's ring into arenas,
/// and whoever makes text of them is never waited for.
struct Capture {
    live: Live,
    pool: Pool,
    /// What is being filled.
    arena: Chunk,
    /// Packets taken from the kernel.
    taken: u64,
    /// Packets thrown away because memory was full.
    dropped: u64,
    /// Whether memory is full.
    full: bool,
}

impl Capture {
    fn run(&mut self, args: &Args, ring: &Ring<'_>, signals: &Signals, stdout: Option<RawFd>) -> Result<(), Failure> {
        let reports = args.text.verbose > 0 && args.write.is_some() && !args.print;
        let mut got = Got { wanted: reports, next: Instant::now() + SECOND, shown: u64::MAX };
        let mut watch = Watch::new(&[self.live.descriptor(), signals.descriptor()], stdout);
        let end = args.duration.and_then(|duration| Instant::now().checked_add(duration));
        let stopped = || signals.stopped() || ring.complete() || end.is_some_and(|end| Instant::now() >= end);
        let mut next = ring.tick()?;
        while !ring.ended() && !stopped() {
            if self.take()? == 0 {
                self.hand_over();
                let pause = if self.arena.is_empty() { reports.then_some(SECOND) } else { Some(BACKLOG) };
                let left = next.into_iter().chain(end).min().map(|at| at.saturating_duration_since(Instant::now()));
                watch.wait(pause.into_iter().chain(left).min()).map_err(|error| Failure::Text(error.to_string()))?;
                if watch.happened(2) {
                    return Err(Failure::Output(io::Error::from_raw_os_error(libc::EPIPE)));
                }
            }
            next = ring.tick()?;
            signals.clear();
            if signals.take_report() {
                self.report();
            }
            if signals.take_flush() {
                ring.flush()?;
            }
            got.step(self.taken - self.dropped);
        }
        if stopped() && !ring.ended() {
            self.drain(ring)?;
        }
        Ok(())
    }

    /// Takes what the kernel has; how many packets it was.
    fn take(&mut self) -> Result<usize, Failure> {
        let result = if self.full {
            self.live.discard(AT_ONCE).inspect(|&count| self.dropped += count as u64)
        } else {
            self.live.drain(&mut self.arena, usize::MAX, None)
        };
        let count = result.map_err(|text| {
            self.pool.send(&mut self.arena);
            Failure::Text(format!("pcap_loop: {text}"))
        })?;
        self.taken += count as u64;
        if self.arena.len() >= chunk::SIZE {
            self.pool.send(&mut self.arena);
        }
        let full = self.arena.len() >= chunk::SIZE;
        if full && !self.full && self.dropped == 0 {
            message::warning("memory is full: packets are dropped; --memory gives it more");
        }
        self.full = full;
        Ok(count)
    }

    /// Hands over what there is, when nothing more comes at once. While others
    /// are behind, one arena may as well become full.
    fn hand_over(&mut self) {
        if !self.arena.is_empty() && self.pool.is_idle() {
            self.pool.send(&mut self.arena);
        }
    }

    /// After a signal: takes what the kernel had received by then. A block that
    /// is not full is handed over only after a while.
    fn drain(&mut self, ring: &Ring<'_>) -> Result<(), Failure> {
        let target = self.counts().map_or(0, |counts| u64::from(counts.received.saturating_sub(counts.dropped)));
        let deadline = Instant::now() + 2 * self.live.hold();
        let mut watch = Watch::new(&[self.live.descriptor()], None);
        while !ring.ended() && self.taken < target {
            if self.take()? > 0 {
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            watch.wait(Some(left)).map_err(|error| Failure::Text(error.to_string()))?;
        }
        Ok(())
    }

    fn counts(&mut self) -> Option<Counts> {
        self.live.counts().ok()
    }

    /// The counters on one line, as USR1 asks for them.
    fn report(&mut self) {
        if let Some(lines) = self.lines(self.taken - self.dropped) {
            message::note(&lines.join(", "));
        }
    }

    /// The counters.
    fn lines(&mut self, captured: u64) -> Option<Vec<String>> {
        let counts = self.counts()?;
        let line = |count: u64, what: &str| format!("{count} packet{} {what}", plural(count));
        let mut lines = vec![
            line(captured, "captured"),
            line(u64::from(counts.received), "received by filter"),
            line(u64::from(counts.dropped), "dropped by kernel"),
        ];
        if self.dropped > 0 {
            lines.push(line(self.dropped, "dropped by sniff"));
        }
        if counts.interface_dropped > 0 {
            lines.push(line(u64::from(counts.interface_dropped), "dropped by interface"));
        }
        Some(lines)
    }
}

/// The end of a capture: statistics into the file, counters to standard error.
fn finish(
    args: &Args,
    capture: &mut Capture,
    output: &mut Output,
    course: &Course,
    signals: &Signals,
    result: Result<(), Failure>,
) -> Result<(), Failure> {
    let mut result = result;
    if result.is_ok() {
        let counts = capture.counts().unwrap_or_default();
        result = output.statistics(now(), u64::from(counts.received), u64::from(counts.dropped));
    }
    let finished = output.finish();
    result = result.and(finished);
    if signals.stopped() && args.write.is_none() && result.is_ok() && !args.count_only {
        result = output.text("\n");
    }
    if let Err(Failure::Text(text)) = &result {
        message::error(text);
    }
    if let Some(lines) = capture.lines(course.taken) {
        message::line(&lines.join("\n"));
    }
    if args.count_only && result.is_ok() {
        result = output.text(&format!("{} packet{}\n", course.count, plural(course.count)));
    }
    match result {
        Err(Failure::Text(_)) => Err(Failure::Said),
        other => other,
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time { seconds: since.as_secs() as i64, nanos: u64::from(since.subsec_nanos()) }
}

/// `Got N` on standard error, each second in which something came.
struct Got {
    wanted: bool,
    next: Instant,
    shown: u64,
}

impl Got {
    fn step(&mut self, captured: u64) {
        if !self.wanted || captured == self.shown || Instant::now() < self.next {
            return;
        }
        self.shown = captured;
        self.next = Instant::now() + SECOND;
        let _ = write!(io::stderr(), "Got {captured}\r");
    }
}
