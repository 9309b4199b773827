//! The ring: workers take chunks of packets, do in order what must be in order,
//! make text side by side, and put it out in order.
//!
//! A worker takes the next chunk, which for a file is a range that it reads
//! itself. With its turn of the token it walks the records, filters them and
//! settles what the text needs of earlier packets; then it passes the token on
//! and makes the text while the next worker walks the next chunk. What is
//! finished goes out by turns as well: a worker whose turn has not come leaves it
//! on the shelf, and goes on. One worker does the same steps alone.

mod gate;
mod shelf;
mod tagged;
mod token;
mod turn;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use sniff_captures::chunk::Chunk;
use sniff_captures::file::{Source, Taken};

use super::Failure;
use super::output::Output;
use crate::signals::Signals;
use shelf::{Finished, Shelf};
pub(crate) use token::Filters;
pub(super) use token::{Course, Token, Watch};
use turn::Turn;
pub(super) use worker::{Desk, Worker};

/// The number of the chunk with which other workers join: what is smaller stays
/// on one thread.
const JOIN: u64 = 2;

/// When to look again whether a worker still writes.
const BUSY: Duration = Duration::from_millis(20);

/// Where chunks come from.
pub(super) trait Feed: Sync {
    /// Takes the next chunk in exchange for `chunk`; nothing behind the last.
    fn take(&self, chunk: &mut Chunk) -> Option<Taken>;
    /// Whether somebody wants the run to end.
    fn stopped(&self) -> bool;
    /// The run has ended from this side.
    fn end(&self);
    /// Octets taken, and how many there are, where that is known.
    fn progress(&self) -> (u64, Option<u64>);
}

/// What the workers of a run share.
pub(super) struct Ring<'a> {
    feed: &'a dyn Feed,
    order: Turn,
    token: Mutex<Token<'a>>,
    shelf: Shelf,
    output: Mutex<&'a mut Output>,
    ended: AtomicBool,
    complete: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Closes the turns when a worker panics, so that nobody waits for it.
struct Guard<'r, 'a>(&'r Ring<'a>);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.close();
        }
    }
}

impl<'a> Ring<'a> {
    /// A ring over `feed`, whose records `token` walks.
    pub(super) fn new(feed: &'a dyn Feed, token: Token<'a>, output: &'a mut Output) -> Self {
        Ring {
            feed,
            order: Turn::default(),
            token: Mutex::new(token),
            shelf: Shelf::default(),
            output: Mutex::new(output),
            ended: AtomicBool::new(false),
            complete: AtomicBool::new(false),
            failure: Mutex::default(),
        }
    }

    /// Works through the feed with at most `threads` workers, this thread among them.
    ///
    /// # Errors
    /// The first failure in the order of the packets.
    pub(super) fn run(self, threads: usize, worker: &(dyn Fn() -> Worker + Sync)) -> Result<(), Failure> {
        thread::scope(|scope| self.work(scope, threads, worker));
        self.finish()
    }

    /// The failure of a run whose workers have left.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.map_or(Ok(()), Err)
    }

    /// Looks whether the files of `-w` are complete.
    fn look(&self, output: &Output) {
        let (complete, takes_none) = output.complete();
        if complete && !self.complete.swap(true, Ordering::Relaxed) {
            self.feed.end();
        }
        if takes_none {
            self.end();
        }
    }

    /// Whether the files of `-w` are complete: what was received by then belongs
    /// to them, and no more is to come.
    pub(super) fn complete(&self) -> bool {
        self.complete.load(Ordering::Relaxed)
    }

    /// Lets the files know that time has passed; when they want to know again.
    /// While a worker is writing, that is soon.
    pub(super) fn tick(&self) -> Result<Option<Instant>, Failure> {
        let Ok(mut output) = self.output.try_lock() else { return Ok(Some(Instant::now() + BUSY)) };
        let next = output.tick()?;
        self.look(&output);
        Ok(next)
    }

    /// Lets out what is held back of the file of `-w`.
    pub(super) fn flush(&self) -> Result<(), Failure> {
        lock(&self.output).flush()
    }

    /// Whether nothing more is wanted.
    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// A worker's rounds; the first one calls the `others` when there is enough to do.
    pub(super) fn work<'s>(&'s self, scope: &'s Scope<'s, '_>, threads: usize, make: &'s (dyn Fn() -> Worker + Sync)) {
        let _guard = Guard(self);
        let mut worker = make();
        let mut others = threads.saturating_sub(1);
        while !self.ended() && !self.feed.stopped() {
            let Some(taken) = self.feed.take(&mut worker.chunk) else { return };
            if taken.number >= JOIN {
                for _ in 0..others {
                    scope.spawn(move || self.work(scope, 1, make));
                }
                others = 0;
            }
            self.round(worker, &taken);
            worker = self.shelf.spare().unwrap_or_else(make);
        }
    }

    /// One chunk's way.
    fn round(&self, mut worker: Worker, taken: &Taken) {
        if !self.order.wait(taken.number) {
            return;
        }
        let walked = lock(&self.token).walk(&mut worker, taken, self);
        if walked.as_ref().map_or(true, |&goes_on| !goes_on) {
            self.end();
        }
        self.order.pass();
        let text = worker.finish(|desk| self.spill(desk, taken.number));
        let mut next = self.shelf.leave(taken.number, Finished { worker, text, walked: walked.map(drop) });
        while let Some(finished) = next {
            next = self.put(finished);
        }
    }

    /// Puts out a chunk whose turn it is; the one behind it, if that is finished.
    fn put(&self, finished: Finished) -> Option<Finished> {
        let Finished { mut worker, text, walked } = finished;
        let mut output = lock(&self.output);
        let result = text.and_then(|()| output.put(&mut worker)).and(walked);
        output.report(self.feed.progress(), worker.desk.count);
        self.look(&output);
        drop(output);
        match result {
            Ok(()) => self.shelf.pass(worker),
            Err(failure) => {
                self.fail(failure);
                None
            }
        }
    }

    /// Puts out what a worker has finished of its chunk before all is finished:
    /// memory stays bounded whatever packets print.
    fn spill(&self, desk: &mut Desk, number: u64) -> Result<(), Failure> {
        if self.shelf.wait(number) { lock(&self.output).put_text(desk) } else { Err(Failure::Said) }
    }

    /// Takes no more chunks.
    fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.feed.end();
    }

    fn close(&self) {
        self.end();
        self.order.close();
        self.shelf.close();
    }

    fn fail(&self, failure: Failure) {
        lock(&self.failure).get_or_insert(failure);
        self.close();
    }
}

/// A capture file, until a signal.
pub(super) struct FileFeed<'a> {
    source: &'a Source,
    signals: &'a Signals,
    last: AtomicBool,
}

impl<'a> FileFeed<'a> {
    /// The chunks of `source`, until a signal to stop.
    pub(super) fn new(source: &'a Source, signals: &'a Signals) -> Self {
        FileFeed { source, signals, last: AtomicBool::new(false) }
    }
}

impl Feed for FileFeed<'_> {
    fn take(&self, chunk: &mut Chunk) -> Option<Taken> {
        if self.last.load(Ordering::Relaxed) {
            return None;
        }
        let taken = self.source.take(chunk);
        if taken.last {
            self.last.store(true, Ordering::Relaxed);
        }
        Some(taken)
    }

    fn stopped(&self) -> bool {
        self.signals.stopped()
    }

    fn end(&self) {}

    fn progress(&self) -> (u64, Option<u64>) {
        self.source.progress()
    }
}
