//! A verb on interfaces: packets go to it as they come, on one thread. While it
//! works the kernel's buffer holds what comes, and counts what it cannot.

use std::io;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sniff_captures::Time;
use sniff_captures::chunk::Chunk;
use sniff_captures::file::{Records, Walk};
use sniff_captures::live::Several;
use sniff_captures::wait::Watch;

use super::Run;
use crate::cli::Args;
use crate::pipeline::{Counters, Failure, Surroundings, announce_interfaces, together};
use crate::sandbox::{self, Policy};
use crate::signals::Signals;

/// How often a verb is told how late it is while nothing comes.
const TICK: Duration = Duration::from_secs(1);

/// The interfaces that a verb listens on.
pub(super) struct Source {
    interfaces: Several,
    around: Surroundings,
    records: Records,
    chunk: Chunk,
    taken: u64,
}

impl Source {
    /// Opens the interfaces and gives up what the run does not need any more.
    pub(super) fn open(args: &Args, names: &[String]) -> Result<Self, Failure> {
        let several = together(args, names)?;
        let around = Surroundings::of(&several.interfaces());
        sandbox::enter(&Policy::of(args, Vec::new())).map_err(Failure::Text)?;
        let interfaces = several.interfaces();
        announce_interfaces(&interfaces, false);
        let records = Records::captured(interfaces);
        Ok(Source { interfaces: several, around, records, chunk: Chunk::default(), taken: 0 })
    }

    /// Hands packets to the verb until a signal, the count, or the end of an interface.
    pub(super) fn run(&mut self, run: &mut Run, args: &Args, signals: &Signals) -> Result<(), Failure> {
        let end = args.duration.and_then(|duration| Instant::now().checked_add(duration));
        let stopped = || signals.stopped() || end.is_some_and(|end| Instant::now() >= end);
        let mut descriptors = self.interfaces.descriptors();
        descriptors.push(signals.descriptor());
        let around = descriptors.len();
        descriptors.extend(self.around.descriptors());
        let mut watch = Watch::new(&descriptors, Some(io::stdout().as_raw_fd()));
        while run.left > 0 && !stopped() {
            if self.take(run)? > 0 {
                continue;
            }
            run.consumer.tick(now());
            run.write()?;
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let links = self.around.deadline().map(|at| at.saturating_duration_since(Instant::now()));
            let pauses = [Some(TICK), left, links, self.interfaces.pause()];
            let pause = pauses.into_iter().flatten().min();
            watch.wait(pause).map_err(|error| Failure::Text(error.to_string()))?;
            if watch.happened(descriptors.len()) {
                return Err(Failure::Output(io::Error::from_raw_os_error(libc::EPIPE)));
            }
            if let Err(failure) = self.around.look(&watch, around) {
                self.drain(run)?;
                return Err(failure);
            }
            signals.clear();
            if signals.take_report()
                && let Some(counters) = self.counters()
            {
                counters.say();
            }
        }
        self.drain(run)
    }

    /// Hands over what can go out; how many packets it was.
    fn take(&mut self, run: &mut Run) -> Result<usize, Failure> {
        self.chunk.clear();
        let count = self.interfaces.take(&mut self.chunk);
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

    /// After a signal: takes what the kernels had received by then.
    fn drain(&mut self, run: &mut Run) -> Result<(), Failure> {
        self.interfaces.close();
        let deadline = Instant::now() + 2 * self.interfaces.hold();
        let mut watch = Watch::new(&self.interfaces.descriptors(), None);
        while run.left > 0 && !self.interfaces.is_done() {
            if self.take(run)? > 0 {
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.interfaces.give_up();
                continue;
            }
            let pause = self.interfaces.pause().map_or(left, |pause| pause.min(left));
            watch.wait(Some(pause)).map_err(|error| Failure::Text(error.to_string()))?;
        }
        Ok(())
    }

    /// The counters of the capture.
    pub(super) fn counters(&mut self) -> Option<Counters> {
        Some(Counters::new(self.taken, 0, &self.interfaces.counts().ok()?))
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time { seconds: since.as_secs() as i64, nanos: u64::from(since.subsec_nanos()) }
}
