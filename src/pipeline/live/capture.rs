//! The capture loop.

use std::io;
use std::os::fd::RawFd;
use std::thread;
use std::time::Instant;

use sniff_captures::chunk::{self, Chunk};
use sniff_captures::live::{Counts, Several};
use sniff_captures::wait::Watch;

use super::BACKLOG;
use super::counters::{Counters, Every, got, say_got};
use super::surroundings::Surroundings;
use crate::cli::Args;
use crate::message;
use crate::pipeline::Failure;
use crate::pipeline::arenas::Pool;
use crate::pipeline::ring::Ring;
use crate::signals::Signals;

/// Packets that are thrown away at once while memory is full.
const AT_ONCE: usize = 4096;

/// A capture under way: packets are moved out of the kernel's ring into arenas,
/// and whoever makes text of them is never waited for.
pub(super) struct Capture {
    sources: Several,
    around: Surroundings,
    /// What is being filled.
    arena: Chunk,
    /// Packets taken.
    taken: u64,
    /// Packets thrown away because memory was full.
    lost: u64,
    /// Whether memory is full.
    full: bool,
}

impl Capture {
    /// A capture of interfaces whose filters are set.
    pub(super) fn new(sources: Several) -> Self {
        let around = Surroundings::of(&sources.interfaces());
        Capture { sources, around, arena: Chunk::default(), taken: 0, lost: 0, full: false }
    }

    /// Captures until a signal or another end, and hands over all there is.
    pub(super) fn run(
        &mut self,
        args: &Args,
        ring: &Ring<'_>,
        mut pool: Pool,
        signals: &Signals,
        stdout: Option<RawFd>,
    ) -> Result<(), Failure> {
        let result = self.rounds(args, ring, &mut pool, signals, stdout);
        // The workers leave once they have done what is left.
        while !self.arena.is_empty() && !ring.ended() {
            pool.send(&mut self.arena);
            if !self.arena.is_empty() {
                thread::sleep(BACKLOG);
            }
        }
        pool.close();
        result
    }

    fn rounds(
        &mut self,
        args: &Args,
        ring: &Ring<'_>,
        pool: &mut Pool,
        signals: &Signals,
        stdout: Option<RawFd>,
    ) -> Result<(), Failure> {
        let mut got = got(args.text.verbose > 0 && args.write.is_some() && !args.print);
        let mut stats = Every::new(args.stats);
        let mut eyes = self.eyes(signals, stdout);
        let end = args.duration.and_then(|duration| Instant::now().checked_add(duration));
        let stopped = || signals.stopped() || ring.complete() || end.is_some_and(|end| Instant::now() >= end);
        let mut next = ring.tick()?;
        while !ring.ended() && !stopped() {
            if self.take(pool)? == 0 {
                self.hand_over(pool);
                let deadlines = [next, end, self.around.deadline(), got.deadline(), stats.deadline()];
                let left = deadlines.into_iter().flatten().min().map(|at| at.saturating_duration_since(Instant::now()));
                let backlog = (!self.arena.is_empty()).then_some(BACKLOG);
                let pauses = [left, backlog, self.sources.pause()];
                let pause = pauses.into_iter().flatten().min();
                eyes.watch.wait(pause).map_err(|error| Failure::Text(error.to_string()))?;
                if eyes.watch.happened(eyes.stdout) {
                    return Err(Failure::Output(io::Error::from_raw_os_error(libc::EPIPE)));
                }
                if let Err(failure) = self.around.look(&eyes.watch, eyes.around) {
                    self.drain(ring, pool)?;
                    return Err(failure);
                }
            }
            next = ring.tick()?;
            signals.clear();
            if signals.take_report() {
                say(&self.counters(self.taken - self.lost));
            }
            if signals.take_flush() {
                ring.flush()?;
            }
            if stats.is_due() {
                stats.step(self.counters(self.taken - self.lost), say);
            }
            if got.is_due() {
                got.step(self.taken - self.lost, say_got);
            }
        }
        if stopped() && !ring.ended() {
            self.drain(ring, pool)?;
        }
        Ok(())
    }

    /// What is watched besides the interfaces.
    fn eyes(&self, signals: &Signals, stdout: Option<RawFd>) -> Eyes {
        let mut all = self.sources.descriptors();
        all.push(signals.descriptor());
        let around = all.len();
        all.extend(self.around.descriptors());
        Eyes { watch: Watch::new(&all, stdout), around, stdout: all.len() }
    }

    /// Takes what the kernel has; how many packets it was.
    fn take(&mut self, pool: &mut Pool) -> Result<usize, Failure> {
        let result = if self.full {
            self.sources.discard(AT_ONCE).inspect(|&count| self.lost += count as u64)
        } else {
            self.sources.take(&mut self.arena)
        };
        let count = result.map_err(|text| {
            pool.send(&mut self.arena);
            Failure::Text(format!("pcap_loop: {text}"))
        })?;
        self.taken += count as u64;
        if self.arena.len() >= chunk::SIZE {
            pool.send(&mut self.arena);
        }
        let full = self.arena.len() >= chunk::SIZE;
        if full && !self.full && self.lost == 0 {
            message::warning("memory is full: packets are dropped; --memory gives it more");
        }
        self.full = full;
        Ok(count)
    }

    /// Hands over what there is, when nothing more comes at once. While others
    /// are behind, one arena may as well become full.
    fn hand_over(&mut self, pool: &mut Pool) {
        if !self.arena.is_empty() && pool.is_idle() {
            pool.send(&mut self.arena);
        }
    }

    /// After the end: takes what the kernel had received by then. A block that is
    /// not full is handed over only after a while.
    fn drain(&mut self, ring: &Ring<'_>, pool: &mut Pool) -> Result<(), Failure> {
        self.sources.close();
        let deadline = Instant::now() + 2 * self.sources.hold();
        while !ring.ended() && !self.sources.is_done() {
            if self.take(pool)? > 0 {
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.sources.give_up();
                continue;
            }
            let pause = self.sources.pause().map_or(left, |pause| pause.min(left));
            let mut watch = Watch::new(&self.sources.descriptors(), None);
            watch.wait(Some(pause)).map_err(|error| Failure::Text(error.to_string()))?;
        }
        Ok(())
    }

    /// The kernel's counters for each interface.
    pub(super) fn counts(&mut self) -> Option<Vec<Counts>> {
        self.sources.counts().ok()
    }

    /// The counters, where so many packets were captured.
    pub(super) fn counters(&mut self, captured: u64) -> Option<Counters> {
        Some(Counters::new(captured, self.lost, &self.counts()?))
    }
}

/// Tells the counters, if the source has any.
fn say(counters: &Option<Counters>) {
    if let Some(counters) = counters {
        counters.say();
    }
}

/// What is watched: the interfaces first, then signals, links, the namespace, and
/// whether standard output has a reader.
struct Eyes {
    watch: Watch,
    around: usize,
    stdout: usize,
}
