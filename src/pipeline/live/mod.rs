//! Capturing on interfaces.

mod capture;
mod counters;
mod surroundings;

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, thread};

use sniff_captures::file::Records;
use sniff_captures::live::{self, Live, Settings, Several};
use sniff_captures::write::{InterfaceFacts, Section};
use sniff_captures::{Interface, Time, link};
use sniff_filters::Target;

use super::arenas::arenas;
use super::output::Output;
use super::ring::{Course, Filters, Ring, Token};
use super::workers::Workers;
use super::{Failure, expression, plural, unfiltered};
use crate::cli::Args;
use crate::message;
use crate::output::{Save, Split, Style, is_pcapng_name};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;
use crate::streams::row::Format;
use capture::Capture;
pub(crate) use counters::Counters;
pub(crate) use surroundings::Surroundings;

/// How often workers that are behind are looked after.
const BACKLOG: Duration = Duration::from_millis(20);

/// The part of memory in which packets wait for earlier ones of other interfaces.
const WAITING: u64 = 8;

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

/// The interfaces that the options name, each once.
fn chosen(names: &[String]) -> Result<Vec<String>, Failure> {
    if names.is_empty() {
        return Ok(vec![choose(None)?]);
    }
    let mut chosen = Vec::new();
    for name in names {
        let name = choose(Some(name))?;
        if !chosen.contains(&name) {
            chosen.push(name);
        }
    }
    Ok(chosen)
}

/// The interfaces that the options name as one source, with the filter set.
pub(crate) fn together(args: &Args, names: &[String]) -> Result<Several, Failure> {
    let names = chosen(names)?;
    let mut lives = names.iter().map(|name| open(args, name)).collect::<Result<Vec<_>, _>>()?;
    let expression = expression::read(args)?;
    for live in &mut lives {
        filter(args, live, &expression, None, names.len() > 1)?;
    }
    Ok(Several::new(lives, (args.memory / WAITING) as usize))
}

/// Captures until a signal, the count, or the end of an interface.
pub(super) fn run(args: &Args, names: &[String]) -> Result<(), Failure> {
    let signals = Signals::install().map_err(|error| Failure::Text(error.to_string()))?;
    let names = chosen(names)?;
    let mut lives = names.iter().map(|name| open(args, name)).collect::<Result<Vec<_>, _>>()?;
    let expression = expression::read(args)?;
    let network = live::network(&names[0]).unwrap_or((Ipv4Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED));
    let foreign = args.foreign.then(|| (network.0.octets(), network.1.octets()));
    let mut workers = Workers::new(args, foreign)?;
    if names.len() > 1 {
        workers.name_interfaces(&names);
    }
    let condition = workers.condition(args)?;
    let pushed = workers.pushed(args, condition.as_ref());
    for live in &mut lives {
        filter(args, live, &expression, pushed.as_deref(), names.len() > 1)?;
    }
    let mut course = workers.course(args, condition);
    let mut output = Output::new(true)?;
    let sources = Several::new(lives, (args.memory / WAITING) as usize);
    let interfaces = sources.interfaces();
    course.begin(&interfaces, &expression)?;
    if let Some(path) = args.write.as_ref().filter(|_| args.files.by_flow) {
        sandbox::check_user(args.user.as_deref()).map_err(Failure::Text)?;
        output.split = Some(Split::create(path.as_os_str(), &[], args.nano)?);
    } else if let Some(path) = &args.write {
        sandbox::check_user(args.user.as_deref()).map_err(Failure::Text)?;
        output.save = Some(Save::create(args, &[], &style(args, path, &interfaces, &expression)?)?);
    }
    let mut capture = Capture::new(sources);
    sandbox::enter(&Policy::of(args, statistics(&names))).map_err(Failure::Text)?;
    let lines = workers.print() && args.format == Format::Text;
    announce(&interfaces, args.text.verbose == 0 && lines && args.write.is_none());
    let mut records = Records::captured(interfaces.clone());
    let verbatim = output.save.as_ref().and_then(Save::layout).is_some_and(|own| records.layout() == Some(own));
    let token = Token::new(&mut course, &mut records, Filters::none(&interfaces), verbatim);
    let (pool, feed) = arenas(args.memory, &signals);
    let ring = Ring::new(&feed, token, &mut output);
    let stdout = (workers.print()).then(|| io::stdout().as_raw_fd());
    let make = || workers.worker();
    let captured = thread::scope(|scope| {
        let (ring, make) = (&ring, &make);
        for _ in 0..args.threads {
            scope.spawn(move || ring.work(scope, 1, make));
        }
        capture.run(args, ring, pool, &signals, stdout)
    });
    let result = ring.finish().and(captured);
    finish(args, &mut capture, &mut output, &course, &signals, result)
}

/// Opens an interface, and says what is to be said of it.
fn open(args: &Args, name: &str) -> Result<Live, Failure> {
    let (live, warnings) = Live::open(name, &settings(args)).map_err(|error| refused(error.text))?;
    for warning in warnings {
        message::warning(&warning);
    }
    if args.link.is_some() || name == "any" {
        let shown = link::name(live.dlt()).map_or_else(|| live.dlt().to_string(), |(link, _)| link);
        message::note(&format!("data link type {shown}"));
    }
    Ok(live)
}

/// Sets the filter of an interface, compiled for its own link type; an error
/// says which interface it is if there are `several`. What is `pushed` of a
/// condition narrows it where the link type has such a filter; elsewhere the
/// condition does all by itself.
fn filter(args: &Args, live: &mut Live, expression: &str, pushed: Option<&str>, several: bool) -> Result<(), Failure> {
    let name = live.interface().name.clone().unwrap_or_default();
    let mask = live::network(&name).map_or(0, |(_, mask)| mask.into());
    let target = Target { link: live.dlt(), snaplen: args.snaplen, mask, savefile: false };
    let narrow = pushed.map(|pushed| expression::joined(expression, pushed));
    if narrow.is_some_and(|narrow| live.set_filter(&narrow, args.optimize, mask).is_ok()) {
        return Ok(());
    }
    let result = live.set_filter(expression, args.optimize, mask);
    result.map_err(|text| match unfiltered(expression, text, target) {
        Failure::Text(text) if several => Failure::Text(format!("{name}: {text}")),
        Failure::Filter(expression, at, text) if several => Failure::Filter(expression, at, format!("{name}: {text}")),
        failure => failure,
    })
}

/// Where the kernel counts what interfaces drop, which libpcap reads.
fn statistics(names: &[String]) -> Vec<PathBuf> {
    let folders = names.iter().map(|name| Path::new("/sys/class/net").join(name).join("statistics"));
    folders.filter(|folder| folder.is_dir()).collect()
}

/// A refused capture with the command that helps.
pub(crate) fn refused(text: String) -> Failure {
    if text.contains("permission") {
        return Failure::Text(format!(
            "{text}\nTo capture without being root: \
             sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v {})\"",
            message::program()
        ));
    }
    Failure::Text(text)
}

/// `listening on …`, for each interface; `quiet` if more could be printed.
pub(crate) fn announce(interfaces: &[Interface], quiet: bool) {
    if quiet {
        message::note("verbose output suppressed, use -v[v]... for full protocol decode");
    }
    for interface in interfaces {
        let text = format!(
            "listening on {}, link-type {}, snapshot length {} bytes",
            interface.name.as_deref().unwrap_or_default(),
            link::describe(link::to_dlt(interface.link)),
            interface.snaplen
        );
        if quiet { message::line(&text) } else { message::note(&text) }
    }
}

/// What kind of file `-w` writes.
fn style<'a>(args: &Args, path: &Path, interfaces: &'a [Interface], expression: &str) -> Result<Style<'a>, Failure> {
    if !is_pcapng_name(path) {
        let first = &interfaces[0];
        return match interfaces.iter().find(|interface| interface.link != first.link) {
            None => Ok(Style::Pcap(first, args.nano)),
            Some(other) => Err(Failure::Text(format!(
                "{}: a classic pcap file has one link type, but {} has {} and {} has {}; a name that ends in .pcapng \
                 gets a file that keeps both",
                path.display(),
                first.name.as_deref().unwrap_or_default(),
                link::describe(link::to_dlt(first.link)),
                other.name.as_deref().unwrap_or_default(),
                link::describe(link::to_dlt(other.link)),
            ))),
        };
    }
    let os = fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|release| format!("Linux {}", release.trim()));
    let facts = interfaces.iter().map(|interface| InterfaceFacts {
        link: interface.link,
        snaplen: interface.snaplen,
        name: interface.name.clone(),
        filter: (!expression.is_empty()).then(|| expression.to_owned()),
        os: os.clone(),
    });
    let interfaces = facts.collect();
    Ok(Style::Pcapng(Section::Own { application: super::application(), os, interfaces }))
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
    // The file may hold them unless it is the file that has failed.
    if matches!(result, Ok(()) | Err(Failure::Text(_))) {
        let counts = capture.counts().unwrap_or_default();
        result = result.and(output.statistics(now(), &counts));
    }
    let finished = output.finish();
    result = result.and(finished);
    if signals.stopped() && args.write.is_none() && result.is_ok() && !args.count_only && args.format == Format::Text {
        result = output.text("\n");
    }
    match &result {
        Err(Failure::Text(text)) => message::error(text),
        Err(Failure::Save(error)) => message::error(&error.to_string()),
        _ => {}
    }
    if let Some(gate) = &course.gate {
        gate.report();
    }
    if let Some(counters) = capture.counters(course.taken) {
        message::line(&counters.lines().join("\n"));
    }
    if args.count_only && result.is_ok() {
        result = output.text(&format!("{} packet{}\n", course.count, plural(course.count)));
    }
    match result {
        Err(Failure::Text(_) | Failure::Save(_)) => Err(Failure::Said),
        other => other,
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time { seconds: since.as_secs() as i64, nanos: u64::from(since.subsec_nanos()) }
}
