//! A verb on an interface: packets go to it as they come, on one thread. While
//! it works the kernel's buffer holds what comes, and counts what it cannot.

use std::io;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sniff_captures::chunk::Chunk;
use sniff_captures::file::{Records, Walk};
use sniff_captures::live::{self, Live};
use sniff_captures::wait::Watch;
use sniff_captures::{Time, link};
use sniff_filters::Target;

use super::Run;
use crate::cli::Args;
use crate::message;
use crate::pipeline::{Failure, choose, expression, plural, refused, settings, unfiltered};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;

/// How often a verb is told how late it is while nothing comes.
const TICK: Duration = Duration::from_secs(1);

/// An interface that a verb listens on.
pub(super) struct Source {
    live: Live,
    records: Records,
    chunk: Chunk,
    taken: u64,
}

impl Source {
    /// Opens the interface and gives up what the run does not need any more.
    pub(super) fn open(args: &Args, name: Option<&str>) -> Result<Self, Failure> {
        let name = choose(name)?;
        let (mut live, warnings) = Live::open(&name, &settings(args)).map_err(|error| refused(error.text))?;
        warnings.iter().for_each(|warning| message::warning(warning));
        let expression = expression::read(args)?;
        let mask = live::network(&name).map_or(0, |(_, mask)| mask.into());
        let target = Target { link: live.dlt(), snaplen: args.snaplen, mask };
        live.set_filter(&expression, args.optimize, mask).map_err(|text| unfiltered(&expression, text, target))?;
        sandbox::enter(&Policy::of(args, Vec::new())).map_err(Failure::Text)?;
        let interfaces = vec![live.interface().clone()];
        message::note(&format!(
            "listening on {name}, link-type {}, snapshot length {} bytes",
            link::describe(live.dlt()),
            interfaces[0].snaplen
        ));
        Ok(Source { live, records: Records::captured(interfaces), chunk: Chunk::default(), taken: 0 })
    }

    /// Hands packets to the verb until a signal, the count, or the end of the interface.
    pub(super) fn run(&mut self, run: &mut Run, args: &Args, signals: &Signals) -> Result<(), Failure> {
        let end = args.duration.and_then(|duration| Instant::now().checked_add(duration));
        let stopped = || signals.stopped() || end.is_some_and(|end| Instant::now() >= end);
        let mut watch = Watch::new(&[self.live.descriptor(), signals.descriptor()], Some(io::stdout().as_raw_fd()));
        while run.left > 0 && !stopped() {
            if self.take(run)? > 0 {
                continue;
            }
            run.consumer.tick(now());
            run.write()?;
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            watch
                .wait(Some(left.map_or(TICK, |left| left.min(TICK))))
                .map_err(|error| Failure::Text(error.to_string()))?;
            if watch.happened(2) {
                return Err(Failure::Output(io::Error::from_raw_os_error(libc::EPIPE)));
            }
            signals.clear();
            if signals.take_report() {
                message::note(&self.counters().join(", "));
            }
        }
        self.drain(run)
    }

    /// Hands over what the kernel has; how many packets it was.
    fn take(&mut self, run: &mut Run) -> Result<usize, Failure> {
        self.chunk.clear();
        let count = self.live.drain(&mut self.chunk, None);
        let damaged = |text: String| Failure::Text(format!("pcap_loop: {text}"));
        let octets = self.chunk.octets();
        let mut at = 0;
        while run.left > 0 {
            let next = self.records.next(&octets[at..]).map_err(|error| damaged(error.to_string()))?;
            let Walk::Packet { at: data, record, head } = next else { break };
            let packet = head.packet(&octets[at..], data, record);
            let link = self.records.interfaces()[packet.interface].link;
            self.taken += 1;
            run.packet(&packet, link)?;
            at += record;
        }
        count.map_err(damaged)
    }

    /// After a signal: takes what the kernel had received by then.
    fn drain(&mut self, run: &mut Run) -> Result<(), Failure> {
        let counts = self.live.counts().unwrap_or_default();
        let target = counts.received.saturating_sub(counts.dropped);
        let deadline = Instant::now() + 2 * self.live.hold();
        let mut watch = Watch::new(&[self.live.descriptor()], None);
        while run.left > 0 && self.taken < target {
            if self.take(run)? > 0 {
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

    /// The counters of the capture.
    pub(super) fn counters(&mut self) -> Vec<String> {
        let counts = self.live.counts().unwrap_or_default();
        let line = |count: u64, what: &str| format!("{count} packet{} {what}", plural(count));
        vec![
            line(self.taken, "captured"),
            line(counts.received, "received by filter"),
            line(counts.dropped, "dropped by kernel"),
        ]
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time { seconds: since.as_secs() as i64, nanos: u64::from(since.subsec_nanos()) }
}
