//! Several interfaces captured as one: packets come in the order of their times.

use std::collections::VecDeque;
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use super::{Counts, Live};
use crate::chunk::{self, Chunk};
use crate::file::pcap::PATCHED_RECORD;
use crate::packet::Interface;

/// Packets that are taken within this time wait together.
const BATCH: Duration = Duration::from_millis(10);

/// How much longer packets wait than a kernel holds back those of another interface.
const SLACK: Duration = Duration::from_millis(40);

/// The interfaces of a capture, of which there is at least one.
pub struct Several {
    lanes: Vec<Lane>,
    /// The most octets that wait in a lane.
    most: usize,
    spare: Vec<Chunk>,
    /// What ended an interface, and until when the others' packets are waited for.
    error: Option<(Instant, String)>,
    closed: bool,
}

/// An interface, and its packets that wait for earlier ones of others.
struct Lane {
    live: Live,
    batches: VecDeque<Batch>,
    octets: usize,
    /// Where the next packet starts in the first batch.
    at: usize,
}

struct Batch {
    since: Instant,
    chunk: Chunk,
}

impl Several {
    /// A capture of interfaces, of whose packets at most `memory` octets wait for
    /// others.
    pub fn new(lives: Vec<Live>, memory: usize) -> Self {
        let most = (memory / lives.len().max(1)).max(chunk::SIZE);
        let lane = |live| Lane { live, batches: VecDeque::new(), octets: 0, at: 0 };
        let lanes = lives.into_iter().map(lane).collect();
        Several { lanes, most, spare: Vec::new(), error: None, closed: false }
    }

    /// The interfaces, in the order of their numbers.
    pub fn interfaces(&self) -> Vec<Interface> {
        self.lanes.iter().map(|lane| lane.live.interface().clone()).collect()
    }

    /// The descriptors to poll until there are packets; a negative one where no
    /// more is to come.
    pub fn descriptors(&self) -> Vec<RawFd> {
        self.lanes.iter().map(|lane| if lane.live.is_done() { -1 } else { lane.live.descriptor() }).collect()
    }

    /// How long a kernel may hold packets back.
    pub fn hold(&self) -> Duration {
        self.lanes.iter().map(|lane| lane.live.hold()).max().unwrap_or_default()
    }

    /// How long a packet waits for earlier ones of other interfaces.
    fn patience(&self) -> Duration {
        self.hold() + SLACK
    }

    /// Moves packets into `chunk` until it is full; how many there were. Of one
    /// interface they are all that the kernel has, of several those before which
    /// no other can come.
    ///
    /// # Errors
    /// libpcap's message, as when an interface disappears.
    pub fn take(&mut self, chunk: &mut Chunk) -> Result<usize, String> {
        if let [only] = &mut self.lanes[..] {
            return only.live.drain(chunk, None);
        }
        for number in 0..self.lanes.len() {
            if let Err(text) = self.fill(number)
                && self.error.is_none()
            {
                let name = self.lanes[number].live.interface().name.as_deref().unwrap_or_default();
                self.error = Some((Instant::now() + 2 * self.hold(), format!("{name}: {text}")));
                self.close();
            }
        }
        if self.error.as_ref().is_some_and(|(until, _)| Instant::now() >= *until) {
            self.give_up();
        }
        let mut count = 0;
        let limit = Instant::now().checked_sub(self.patience());
        while chunk.len() < chunk::SIZE
            && let Some(first) = self.next(limit)
        {
            self.lanes[first].pop(chunk, &mut self.spare);
            count += 1;
        }
        if count == 0
            && self.error.is_some()
            && self.is_done()
            && let Some((_, text)) = &self.error
        {
            return Err(text.clone());
        }
        Ok(count)
    }

    /// Takes from a kernel what it has, until too much waits.
    fn fill(&mut self, number: usize) -> Result<(), String> {
        let Several { lanes, most, spare, .. } = self;
        let lane = &mut lanes[number];
        while lane.octets < *most {
            let now = Instant::now();
            let fits = |batch: &Batch| batch.chunk.len() < chunk::SIZE && now.duration_since(batch.since) < BATCH;
            if !lane.batches.back().is_some_and(fits) {
                lane.batches.push_back(Batch { since: now, chunk: spare.pop().unwrap_or_default() });
            }
            let Some(batch) = lane.batches.back_mut() else { break };
            let before = batch.chunk.len();
            let result = lane.live.drain(&mut batch.chunk, Some(number as u32));
            lane.octets += batch.chunk.len() - before;
            let full = batch.chunk.len() >= chunk::SIZE;
            if batch.chunk.is_empty() {
                spare.extend(lane.batches.pop_back().map(|batch| batch.chunk));
            }
            result?;
            if !full {
                break;
            }
        }
        Ok(())
    }

    /// The lane with the earliest packet, if that can go out: none can come before
    /// it, or it has waited since before `limit`, or too much waits.
    fn next(&self, limit: Option<Instant>) -> Option<usize> {
        let heads = self.lanes.iter().enumerate().filter_map(|(number, lane)| Some((lane.time()?, number)));
        let (_, first) = heads.min()?;
        let all = self.closed || self.lanes.iter().all(|lane| !lane.batches.is_empty());
        let old = |lane: &Lane| lane.batches.front().zip(limit).is_some_and(|(batch, limit)| batch.since <= limit);
        // What is earlier than a packet that has waited has come by now.
        let waited = self.lanes.iter().any(old);
        let full = self.lanes.iter().any(|lane| lane.octets >= self.most);
        (all || waited || full).then_some(first)
    }

    /// How long until there is something to do, whatever comes: a packet that waits
    /// can go out, or an interface has gone away.
    pub fn pause(&self) -> Option<Duration> {
        if self.error.is_some() || self.lanes.iter().any(|lane| lane.live.is_going()) {
            return Some(BATCH);
        }
        let since = self.lanes.iter().filter_map(|lane| Some(lane.batches.front()?.since)).min()?;
        Some(self.patience().saturating_sub(since.elapsed()))
    }

    /// Takes packets away, about as many as `most`; how many there were.
    ///
    /// # Errors
    /// As [`Several::take`].
    pub fn discard(&mut self, most: usize) -> Result<usize, String> {
        if let [only] = &mut self.lanes[..] {
            return only.live.discard(most);
        }
        let mut scrap = self.spare.pop().unwrap_or_default();
        let result = self.take(&mut scrap);
        scrap.clear();
        self.spare.push(scrap);
        result
    }

    /// Takes no more than the kernels have received by now.
    pub fn close(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.live.close());
        self.closed = self.is_taken();
    }

    /// Whether all is taken that the kernels had received when the capture was closed.
    pub fn is_done(&mut self) -> bool {
        self.closed |= self.is_taken();
        self.closed && self.lanes.iter().all(|lane| lane.batches.is_empty())
    }

    fn is_taken(&self) -> bool {
        self.lanes.iter().all(|lane| lane.live.is_done())
    }

    /// The end of waiting for packets that do not come.
    pub fn give_up(&mut self) {
        self.closed = true;
    }

    /// The counters of each interface.
    ///
    /// # Errors
    /// libpcap's message.
    pub fn counts(&mut self) -> Result<Vec<Counts>, String> {
        self.lanes.iter_mut().map(|lane| lane.live.counts()).collect()
    }
}

impl Lane {
    /// The word at `at` of the next packet's header.
    fn word(&self, at: usize) -> Option<u32> {
        let octets = self.batches.front()?.chunk.octets();
        octets.get(self.at + at..)?.first_chunk().map(|word| u32::from_ne_bytes(*word))
    }

    /// When the next packet was captured: seconds, and their fraction.
    fn time(&self) -> Option<(u32, u32)> {
        Some((self.word(0)?, self.word(4)?))
    }

    /// Moves the next packet to `chunk`.
    fn pop(&mut self, chunk: &mut Chunk, spare: &mut Vec<Chunk>) {
        let (Some(size), Some(batch)) = (self.word(8), self.batches.front()) else { return };
        let size = PATCHED_RECORD + size as usize;
        let octets = batch.chunk.octets();
        chunk.append(&octets[self.at..self.at + size]);
        self.at += size;
        self.octets -= size;
        if self.at == octets.len() {
            self.at = 0;
            if let Some(mut batch) = self.batches.pop_front() {
                batch.chunk.clear();
                spare.push(batch.chunk);
                spare.truncate(8);
            }
        }
    }
}
