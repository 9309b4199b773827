//! `--trigger`: packets wait in memory, and go on only around one that matches.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use sniff_captures::chunk::{self, Chunk};
use sniff_captures::{Interface, Packet, Time};

use super::token::{Filters, Place};
use crate::cli::Trigger;
use crate::message;
use crate::output::Place as Standing;
use crate::pipeline::{Failure, plural};
use crate::search::Search;

/// Octets that a packet takes besides its own: tables grow by doubling.
const ENTRY: usize = 2 * size_of::<Entry>();

/// Nanoseconds since 1970.
type Nanos = i128;

/// Blocks that are kept for later although nothing waits in them.
const SPARE: usize = 4;

/// Where packets wait for one that matches.
pub(in crate::pipeline) struct Gate {
    trigger: Trigger,
    search: Option<Arc<Search>>,
    optimize: bool,
    /// Nothing if the search alone decides.
    filters: Option<Filters>,
    /// When the last packet came that matched, while others go on around it.
    opened: Option<Nanos>,
    waiting: VecDeque<Block>,
    spare: Vec<Chunk>,
    /// Octets that wait, and how many may.
    octets: usize,
    most: usize,
    /// Packets that had to go before their time.
    given_up: u64,
    /// What goes on: octets, and what lies in them.
    out: Chunk,
    passed: Vec<Entry>,
}

/// Octets of packets that wait, and where each one lies.
struct Block {
    chunk: Chunk,
    entries: VecDeque<Entry>,
}

/// A record with a packet, or without one.
pub(super) struct Entry {
    /// Where it starts, and how many octets it has.
    at: usize,
    size: usize,
    packet: Option<Head>,
    standing: Option<Box<Standing>>,
}

#[derive(Clone, Copy)]
struct Head {
    /// Where the packet starts in its record.
    data: usize,
    caplen: usize,
    wire_len: u32,
    interface: usize,
    link: u16,
    time: Time,
}

impl Entry {
    /// Where it starts, and how many octets it has.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.at, self.size)
    }

    /// Where its packet stands among the others, if somebody wants to know.
    pub(super) fn standing(&mut self) -> Option<Box<Standing>> {
        self.standing.take()
    }

    /// Its packet, if it has one, in the octets that went on with it, the packet's
    /// link type, and where it lies.
    pub(super) fn packet<'c>(&self, octets: &'c [u8]) -> Option<(Packet<'c>, u16, Place)> {
        let head = self.packet?;
        let data = self.at + head.data;
        let packet = Packet {
            time: head.time,
            wire_len: head.wire_len,
            data: &octets[data..data + head.caplen],
            interface: head.interface,
            record: &octets[self.at..self.at + self.size],
        };
        Some((packet, head.link, Place { record: self.at, data }))
    }
}

fn nanos(time: Time) -> Nanos {
    Nanos::from(time.seconds) * 1_000_000_000 + Nanos::from(time.nanos)
}

impl Gate {
    /// A gate that `trigger`, and `search` if there is one, opens; a half of
    /// `memory` is for what waits, the other for what goes on at once.
    pub(super) fn new(trigger: &Trigger, search: Option<Arc<Search>>, memory: u64, optimize: bool) -> Self {
        Gate {
            trigger: trigger.clone(),
            search,
            optimize,
            filters: None,
            opened: None,
            waiting: VecDeque::new(),
            spare: Vec::new(),
            octets: 0,
            most: usize::try_from(memory / 2).unwrap_or(usize::MAX),
            given_up: 0,
            out: Chunk::default(),
            passed: Vec::new(),
        }
    }

    /// Begins with another file, whose records may lie otherwise: what waits goes.
    pub(super) fn begin(&mut self, interfaces: &[Interface]) -> Result<(), Failure> {
        self.waiting.clear();
        self.octets = 0;
        let filter = |expression: &String| Filters::new(expression.clone(), self.optimize, false);
        self.filters = self.trigger.expression.as_ref().map(filter);
        self.extend(interfaces)
    }

    /// Compiles the trigger for the interfaces that are new.
    pub(super) fn extend(&mut self, interfaces: &[Interface]) -> Result<(), Failure> {
        let named = |text: String| format!("--trigger: {text}");
        let result = self.filters.as_mut().map_or(Ok(()), |filters| filters.extend(interfaces));
        result.map_err(|failure| match failure {
            Failure::Text(text) => Failure::Text(named(text)),
            Failure::Filter(expression, at, text) => Failure::Filter(expression, at, named(text)),
            other => other,
        })
    }

    /// Takes a packet that passed the filter.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, link: u16, data: usize, standing: Option<Box<Standing>>) {
        let time = nanos(packet.time);
        let opens = self.filters.as_ref().is_none_or(|filters| filters.matches(packet).is_some())
            && self.search.as_ref().is_none_or(|search| search.matches(link, packet.data));
        if opens {
            self.open(time);
        }
        // A time that cannot be, of a damaged packet, does not hold the gate open.
        self.opened = self.opened.filter(|opened| self.since(*opened) <= time && time <= self.until(*opened));
        let head = Head {
            data,
            caplen: packet.data.len(),
            wire_len: packet.wire_len,
            interface: packet.interface,
            link,
            time: packet.time,
        };
        if self.opened.is_some() {
            self.pass(packet.record, Some(head), standing);
        } else {
            self.keep(packet.record, head, standing);
            self.shrink(time);
        }
    }

    /// From when on packets go on that came before `time`.
    fn since(&self, time: Nanos) -> Nanos {
        time - self.trigger.before.as_nanos() as Nanos
    }

    /// Until when packets go on that come after `time`.
    fn until(&self, time: Nanos) -> Nanos {
        time + self.trigger.after.as_nanos() as Nanos
    }

    /// Takes a block without a packet, which does not wait.
    pub(super) fn block(&mut self, block: &[u8]) {
        self.pass(block, None, None);
    }

    fn pass(&mut self, record: &[u8], packet: Option<Head>, standing: Option<Box<Standing>>) {
        self.passed.push(Entry { at: self.out.len(), size: record.len(), packet, standing });
        self.out.append(record);
    }

    fn keep(&mut self, record: &[u8], head: Head, standing: Option<Box<Standing>>) {
        let fits = |block: &Block| block.chunk.len() + record.len() <= chunk::SIZE;
        if !self.waiting.back().is_some_and(fits) {
            let chunk = self.spare.pop().unwrap_or_default();
            self.waiting.push_back(Block { chunk, entries: VecDeque::new() });
        }
        let Some(block) = self.waiting.back_mut() else { return };
        let entry = Entry { at: block.chunk.len(), size: record.len(), packet: Some(head), standing };
        block.entries.push_back(entry);
        block.chunk.append(record);
        self.octets += record.len() + ENTRY;
    }

    /// At this time: lets those go whose time is over, and the oldest where memory
    /// is full.
    fn shrink(&mut self, now: Nanos) {
        let since = self.since(now);
        // One that is as far ahead has a time that cannot be.
        let ahead = now + (now - since);
        while let Some(block) = self.waiting.front_mut() {
            let Some(entry) = block.entries.front() else {
                self.forget();
                continue;
            };
            let time = entry.packet.map_or(now, |head| nanos(head.time));
            let over = time < since || time > ahead;
            if !over && self.octets <= self.most {
                break;
            }
            self.given_up += u64::from(!over);
            self.octets -= entry.size + ENTRY;
            block.entries.pop_front();
        }
    }

    /// Takes the first block away.
    fn forget(&mut self) {
        if let Some(mut block) = self.waiting.pop_front()
            && self.spare.len() < SPARE
        {
            block.chunk.clear();
            self.spare.push(block.chunk);
        }
    }

    /// A packet of this time matches: lets those on that wait and whose time is not over.
    fn open(&mut self, now: Nanos) {
        self.shrink(now);
        self.opened = Some(now);
        self.out.reserve(self.octets);
        while let Some(mut block) = self.waiting.pop_front() {
            for entry in mem::take(&mut block.entries) {
                self.pass(&block.chunk.octets()[entry.at..entry.at + entry.size], entry.packet, entry.standing);
            }
            self.waiting.push_front(block);
            self.forget();
        }
        self.octets = 0;
    }

    /// Exchanges `chunk` for the octets of what goes on; what lies in them.
    pub(super) fn exchange(&mut self, chunk: &mut Chunk) -> Vec<Entry> {
        mem::swap(chunk, &mut self.out);
        self.out.clear();
        mem::take(&mut self.passed)
    }

    /// Says what did not fit into memory.
    pub(in crate::pipeline) fn report(&self) {
        let count = self.given_up;
        if count > 0 {
            let were = if count == 1 { "was" } else { "were" };
            message::warning(&format!(
                "memory is full: {count} packet{} {were} given up earlier than --before says; --memory gives it more",
                plural(count)
            ));
        }
    }
}
