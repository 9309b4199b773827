//! Capturing on an interface.

use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sniff_captures::live::{self, Batch, Counts, Live, Settings};
use sniff_captures::write::{InterfaceFacts, Section};
use sniff_captures::{Interface, Time, link, wait};
use sniff_filters::Target;

use super::sink::Sink;
use super::{Failure, expression, plural, unfiltered};
use crate::cli::Args;
use crate::message;
use crate::output::{Save, Style, is_pcapng_name};
use crate::signals::Signals;

/// How often a file is flushed under load, and `Got N` is printed.
const SECOND: Duration = Duration::from_secs(1);

/// The interface of a name, or of a number in the list, or the first.
pub(super) fn choose(name: Option<&str>) -> Result<String, Failure> {
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
pub(super) fn settings(args: &Args) -> Settings {
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
    let (mut live, warnings) =
        Live::open(&name, &settings(args)).map_err(|error| Failure::Text(with_help(error.text)))?;
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
    live.set_filter(&expression, args.optimize, mask.into()).map_err(|text| unfiltered(&expression, text, target))?;
    let foreign = args.foreign.then(|| (network.octets(), mask.octets()));
    let mut sink = Sink::new(args, foreign)?;
    if let Some(path) = &args.write {
        sink.save_to(Save::create(args, &[], &style(args, path, &live.interfaces()[0], &expression))?);
    }
    announce(args, &name, &live, &sink);
    let mut capture = Capture { live, batch: Batch::default(), captured: 0, last: Time::default() };
    let result = capture.run(args, &mut sink, &signals);
    let result = result.and_then(|()| sink.flush());
    capture.finish(args, &mut sink, &signals, result)
}

/// A refused capture with the command that helps.
fn with_help(text: String) -> String {
    if text.contains("permission") {
        return format!(
            "{text}\nTo capture without being root: sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v sniff)\""
        );
    }
    text
}

/// `listening on …`.
fn announce(args: &Args, name: &str, live: &Live, sink: &Sink) {
    let text = format!(
        "listening on {name}, link-type {}, snapshot length {} bytes",
        link::describe(live.dlt()),
        live.interfaces()[0].snaplen
    );
    if args.text.verbose == 0 && sink.prints() && args.write.is_none() {
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

/// A capture under way.
struct Capture {
    live: Live,
    batch: Batch,
    /// Packets that were taken from the kernel.
    captured: u64,
    /// The time of the last one.
    last: Time,
}

impl Capture {
    fn run(&mut self, args: &Args, sink: &mut Sink, signals: &Signals) -> Result<(), Failure> {
        let reports = args.text.verbose > 0 && args.write.is_some() && !sink.prints();
        let mut got = Got { wanted: reports, next: Instant::now() + SECOND, shown: u64::MAX };
        let mut flushed = Instant::now();
        let end = args.duration.and_then(|duration| Instant::now().checked_add(duration));
        let stopped =
            |sink: &Sink| signals.stopped() || sink.has_ended() || end.is_some_and(|end| Instant::now() >= end);
        while sink.wanted() > 0 && !stopped(sink) {
            if self.take(sink)? == 0 {
                // Nothing more at once: everything finished goes out.
                sink.flush()?;
                flushed = Instant::now();
                let next = sink.deadline().into_iter().chain(end).min();
                let left = next.map(|at| at.saturating_duration_since(Instant::now()));
                let pause = reports.then_some(SECOND).into_iter().chain(left).min();
                let fds = [self.live.descriptor(), signals.descriptor()];
                wait::readable(fds, pause).map_err(|error| Failure::Text(error.to_string()))?;
            } else if flushed.elapsed() >= SECOND {
                sink.flush()?;
                flushed = Instant::now();
            }
            sink.tick()?;
            signals.clear();
            if signals.take_report() {
                self.report();
            }
            if signals.take_flush() {
                sink.flush_save()?;
            }
            got.step(self.captured);
        }
        if stopped(sink) && sink.wanted() > 0 {
            self.drain(sink)?;
        }
        Ok(())
    }

    /// Takes what the kernel has; how many packets it was.
    fn take(&mut self, sink: &mut Sink) -> Result<usize, Failure> {
        self.batch.clear();
        let result = self.live.drain(&mut self.batch, sink.appetite());
        let link = self.live.interfaces()[0].link;
        let mut taken = 0;
        for packet in self.batch.packets() {
            if sink.wanted() == 0 {
                break;
            }
            taken += 1;
            self.captured += 1;
            self.last = packet.time;
            sink.packet(&packet, link)?;
        }
        match result {
            Ok(_) => Ok(taken),
            Err(text) => {
                sink.flush()?;
                Err(Failure::Text(format!("pcap_loop: {text}")))
            }
        }
    }

    /// After a signal: takes what the kernel had received by then. A block that
    /// is not full is handed over only after a while.
    fn drain(&mut self, sink: &mut Sink) -> Result<(), Failure> {
        let target = self.counts().map_or(0, |counts| u64::from(counts.received.saturating_sub(counts.dropped)));
        let deadline = Instant::now() + 2 * self.live.hold();
        while sink.wanted() > 0 && self.captured < target {
            if self.take(sink)? > 0 {
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // -1 is no descriptor: only the kernel's ring is waited for.
            wait::readable([self.live.descriptor(), -1], Some(left))
                .map_err(|error| Failure::Text(error.to_string()))?;
        }
        Ok(())
    }

    fn counts(&mut self) -> Option<Counts> {
        self.live.counts().ok()
    }

    /// The counters on one line, as USR1 asks for them.
    fn report(&mut self) {
        if let Some(lines) = self.lines() {
            message::note(&lines.join(", "));
        }
    }

    /// The counters.
    fn lines(&mut self) -> Option<Vec<String>> {
        let counts = self.counts()?;
        let line = |count: u64, what: &str| format!("{count} packet{} {what}", plural(count));
        let mut lines = vec![
            line(self.captured, "captured"),
            line(u64::from(counts.received), "received by filter"),
            line(u64::from(counts.dropped), "dropped by kernel"),
        ];
        if counts.interface_dropped > 0 {
            lines.push(line(u64::from(counts.interface_dropped), "dropped by interface"));
        }
        Some(lines)
    }

    /// The end of a capture: statistics into the file, counters to standard error.
    fn finish(
        &mut self,
        args: &Args,
        sink: &mut Sink,
        signals: &Signals,
        result: Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut result = result;
        if result.is_ok() {
            let counts = self.counts().unwrap_or_default();
            result = sink
                .statistics(now(), u64::from(counts.received), u64::from(counts.dropped))
                .and_then(|()| sink.flush());
        }
        result = result.and(sink.finish());
        if signals.stopped() && args.write.is_none() && result.is_ok() && !args.count_only {
            result = sink.text("\n");
        }
        if let Err(Failure::Text(text)) = &result {
            message::error(text);
        }
        if let Some(lines) = self.lines() {
            message::line(&lines.join("\n"));
        }
        if args.count_only && result.is_ok() {
            result = sink.text(&format!("{} packet{}\n", sink.count, plural(sink.count)));
        }
        match result {
            Err(Failure::Text(_)) => Err(Failure::Said),
            other => other,
        }
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
