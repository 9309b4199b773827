//! What must be done in the order of the packets, as quickly as possible: the
//! walk over the records, the filter, the counts, and what the text of a packet
//! needs of earlier ones.

use std::sync::Arc;

use foldhash::HashMap;
use sniff_captures::file::{Records, Taken, Walk};
use sniff_captures::{Interface, Packet, Time};
use sniff_dissectors::{Frame, Names, State};
use sniff_filters::Program;

use super::Ring;
use super::gate::{Entry, Gate};
use super::tagged::Tagged;
use super::worker::{Desk, Job, Text, Worker};
use crate::cli::Args;
use crate::condition::Condition;
use crate::names::SystemNames;
use crate::output::{Origin, Place as Standing, Shown};
use crate::pipeline::{Failure, compile, reason};
use crate::search::Search;
use crate::streams::analyzer::{self, Analyzer};

/// The course of a run over all of its files.
pub(in crate::pipeline) struct Course {
    /// Where packets wait for a trigger.
    pub(in crate::pipeline) gate: Option<Gate>,
    /// What to tell if no packet passes.
    pub(in crate::pipeline) tagged: Tagged,
    search: Option<Arc<Search>>,
    skip: u64,
    limit: u64,
    sampling: u64,
    /// Packets that passed the filter and the search.
    pub(in crate::pipeline) count: u64,
    /// Packets that were looked at.
    pub(in crate::pipeline) taken: u64,
    prints: bool,
    saves: bool,
    origin: Origin,
    state: Box<State>,
    names: Box<dyn Names>,
    watch: Option<Watch>,
    condition: Option<Condition>,
}

/// What is kept of the packets so far for those who want to know where a packet
/// stands among them.
pub(in crate::pipeline) struct Watch {
    first: Option<Time>,
    previous: Time,
    /// Names of interfaces.
    names: Vec<Option<Arc<str>>>,
    analyzer: Option<Analyzer>,
}

impl Watch {
    /// Follows connections too, within `memory` octets, if it is given.
    pub(in crate::pipeline) fn new(memory: Option<usize>) -> Self {
        let analyzer = memory.map(Analyzer::new);
        Watch { first: None, previous: Time::default(), names: Vec::new(), analyzer }
    }

    /// Takes a packet that was read, filtered out or not; where it stands.
    fn packet(&mut self, packet: &Packet<'_>, number: u64, interfaces: &[Interface]) -> Box<Standing> {
        let first = *self.first.get_or_insert(packet.time);
        let previous = if number == 1 { packet.time } else { self.previous };
        self.previous = packet.time;
        if self.names.len() < interfaces.len() {
            let new = &interfaces[self.names.len()..];
            self.names.extend(new.iter().map(|interface| interface.name.as_deref().map(Arc::from)));
        }
        let name = self.names.get(packet.interface).cloned().flatten();
        // Boxed: those who want none do not move so much for each packet.
        Box::new(Standing { number, first, previous, interface: packet.interface as u32, name, flows: Box::default() })
    }
}

impl Course {
    /// The course of a run with these options, at its start.
    pub(in crate::pipeline) fn new(
        args: &Args,
        prints: bool,
        search: Option<Arc<Search>>,
        watch: Option<Watch>,
        condition: Option<Condition>,
    ) -> Self {
        let gate = args.trigger.as_ref();
        let gate = gate.map(|trigger| Gate::new(trigger, search.clone(), args.memory, args.optimize));
        Course {
            // What opens the gate is no filter.
            search: search.filter(|_| gate.is_none()),
            gate,
            tagged: Tagged::default(),
            watch,
            condition,
            skip: args.skip,
            limit: args.count.map_or(u64::MAX, |count| count.saturating_add(args.skip)),
            sampling: args.sampling.max(1),
            count: 0,
            taken: 0,
            prints,
            saves: args.write.is_some(),
            origin: Origin::new(args.time, args.nano),
            state: Box::default(),
            names: Box::new(SystemNames::default()),
        }
    }

    /// Begins with a file, or a capture, that has these interfaces.
    ///
    /// # Errors
    /// The trigger does not fit a link type.
    pub(in crate::pipeline) fn begin(&mut self, interfaces: &[Interface], filter: &str) -> Result<(), Failure> {
        self.tagged.begin(filter);
        self.gate.as_mut().map_or(Ok(()), |gate| gate.begin(interfaces))
    }

    /// How many more packets are wanted.
    pub(in crate::pipeline) fn wanted(&self) -> u64 {
        self.limit - self.count
    }
}

/// The filter, compiled for each interface's own link type.
pub(crate) struct Filters {
    expression: String,
    /// What more is required where the link type allows it.
    pushed: Option<String>,
    optimize: bool,
    /// Whether all interfaces must have one link type, as a classic file needs.
    one_link: bool,
    /// Link type and program of each interface.
    rows: Vec<(u16, Program)>,
    /// The programs by link type and snapshot length.
    known: HashMap<(u16, u32), Program>,
}

impl Filters {
    /// The filter of `expression`, not compiled yet.
    pub(crate) fn new(expression: String, optimize: bool, one_link: bool) -> Self {
        Filters { expression, pushed: None, optimize, one_link, rows: Vec::new(), known: HashMap::default() }
    }

    /// Drops what does not pass `pushed` either, where the link type allows it.
    pub(in crate::pipeline) fn with(self, pushed: Option<String>) -> Self {
        Filters { pushed, ..self }
    }

    /// Lets every packet of the interfaces pass: the kernel has filtered.
    pub(in crate::pipeline) fn none(interfaces: &[Interface]) -> Self {
        let rows = interfaces.iter().map(|interface| (interface.link, Program::all())).collect();
        Filters { rows, ..Filters::new(String::new(), true, false) }
    }

    /// The link type of a packet that passes.
    #[inline]
    pub(crate) fn matches(&self, packet: &Packet<'_>) -> Option<u16> {
        let (link, program) = &self.rows[packet.interface];
        program.matches(packet.data, packet.wire_len).then_some(*link)
    }

    /// Compiles for the interfaces that are new.
    ///
    /// # Errors
    /// The filter does not fit the link type, or the link type not the file.
    pub(crate) fn extend(&mut self, interfaces: &[Interface]) -> Result<(), Failure> {
        for interface in &interfaces[self.rows.len()..] {
            if self.one_link && interface.link != interfaces[0].link {
                return Err(Failure::Text(format!(
                    "pcap_loop: an interface has a type {} different from the type of the first interface",
                    interface.link
                )));
            }
            // Interfaces of one kind share a program; there may be thousands.
            let kind = (interface.link, interface.snaplen);
            let program = match self.known.get(&kind) {
                Some(program) => program.clone(),
                None => compile(&self.expression, self.pushed.as_deref(), interface, self.optimize)?,
            };
            self.known.entry(kind).or_insert_with(|| program.clone());
            self.rows.push((interface.link, program));
        }
        Ok(())
    }
}

/// What goes from worker to worker.
pub(in crate::pipeline) struct Token<'a> {
    course: &'a mut Course,
    records: &'a mut Records,
    filters: Filters,
    /// Whether records go into the file of `-w` as they lie.
    verbatim: bool,
    /// The start of a record that the chunks so far do not end, and the octets
    /// that it needs in all.
    rest: Vec<u8>,
    need: usize,
    over: bool,
}

impl<'a> Token<'a> {
    /// The token at the start of a file; its records go into the file of `-w` as
    /// they lie if `verbatim`.
    pub(in crate::pipeline) fn new(
        course: &'a mut Course,
        records: &'a mut Records,
        filters: Filters,
        verbatim: bool,
    ) -> Self {
        Token { course, records, filters, verbatim, rest: Vec::new(), need: 0, over: false }
    }

    /// Walks the records of a worker's chunk and notes what is to be done with
    /// each packet; false if nothing more is wanted.
    pub(super) fn walk(&mut self, worker: &mut Worker, taken: &Taken, ring: &Ring<'_>) -> Result<bool, Failure> {
        let Worker { chunk, desk } = worker;
        desk.clear();
        if self.over {
            return Ok(false);
        }
        let ends = taken.last || taken.error.is_some();
        if self.rest.len() + chunk.len() < self.need && !ends {
            self.rest.extend_from_slice(chunk.octets());
            return Ok(true);
        }
        chunk.prepend(&self.rest);
        self.rest.clear();
        let mut result = self.records(chunk.octets(), desk, taken, ring);
        if let Some(gate) = &mut self.course.gate {
            let passed = gate.exchange(chunk);
            let passed = self.passed(passed, chunk.octets(), desk, taken, ring);
            result = passed.and(result).map(|goes_on| goes_on && self.course.wanted() > 0);
        }
        self.over = !matches!(result, Ok(true));
        desk.count = self.course.count;
        result
    }

    fn records(&mut self, octets: &[u8], desk: &mut Desk, taken: &Taken, ring: &Ring<'_>) -> Result<bool, Failure> {
        let damaged = |error: sniff_captures::Error| Failure::Text(format!("pcap_loop: {error}"));
        let mut at = 0;
        while self.course.wanted() > 0 {
            match self.records.next(&octets[at..]).map_err(damaged)? {
                Walk::Packet { at: data, record, head } => {
                    let packet = head.packet(&octets[at..], data, record);
                    self.course.taken += 1;
                    let number = self.course.taken;
                    let watch = self.course.watch.as_mut();
                    let standing = watch.map(|watch| watch.packet(&packet, number, self.records.interfaces()));
                    if let Some(link) = self.filters.matches(&packet) {
                        let place = Place { record: at, data: at + data };
                        match &mut self.course.gate {
                            Some(gate) => gate.packet(&packet, link, data, standing),
                            None => self.course.packet(&packet, link, place, standing, self.verbatim, desk),
                        }
                        spill(octets, desk, taken, ring)?;
                    } else if self.course.count == 0 {
                        self.course.tagged.look(&packet, self.records.interfaces());
                    }
                    at += record;
                }
                Walk::Block { record } => {
                    self.filters.extend(self.records.interfaces())?;
                    match &mut self.course.gate {
                        Some(gate) => {
                            gate.extend(self.records.interfaces())?;
                            gate.block(&octets[at..at + record]);
                        }
                        None if self.course.saves => desk.push(Job::block(at, record), None),
                        None => {}
                    }
                    at += record;
                }
                Walk::Need(need) => {
                    self.rest.extend_from_slice(&octets[at..]);
                    self.need = need.octets;
                    if let Some(error) = &taken.error {
                        return Err(Failure::Text(format!("pcap_loop: error reading dump file: {}", reason(error))));
                    }
                    if taken.last && !self.rest.is_empty() && !ring.feed.stopped() {
                        return Err(damaged(need.cut(self.rest.len())));
                    }
                    return Ok(!taken.last);
                }
            }
        }
        Ok(false)
    }

    /// Takes what the gate lets on.
    fn passed(
        &mut self,
        entries: Vec<Entry>,
        octets: &[u8],
        desk: &mut Desk,
        taken: &Taken,
        ring: &Ring<'_>,
    ) -> Result<(), Failure> {
        for mut entry in entries {
            let standing = entry.standing();
            if self.course.wanted() == 0 {
                break;
            }
            if let Some((packet, link, place)) = entry.packet(octets) {
                self.course.packet(&packet, link, place, standing, self.verbatim, desk);
                spill(octets, desk, taken, ring)?;
            } else if self.course.saves {
                let (at, size) = entry.place();
                desk.push(Job::block(at, size), None);
            }
        }
        Ok(())
    }
}

/// Puts out what is finished of a chunk where that is much.
#[inline(always)]
fn spill(octets: &[u8], desk: &mut Desk, taken: &Taken, ring: &Ring<'_>) -> Result<(), Failure> {
    if desk.is_full() { spill_full(octets, desk, taken, ring) } else { Ok(()) }
}

#[cold]
fn spill_full(octets: &[u8], desk: &mut Desk, taken: &Taken, ring: &Ring<'_>) -> Result<(), Failure> {
    desk.text(octets, |desk| ring.spill(desk, taken.number))?;
    ring.spill(desk, taken.number)
}

/// Where a record and its packet start in the chunk.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub record: usize,
    pub data: usize,
}

impl Course {
    /// Tells how the connections of a packet go. Cold, since most runs do not ask for it.
    #[cold]
    #[inline(never)]
    fn follow(&mut self, packet: &Packet<'_>, link: u16, standing: &mut Standing) {
        if let Some(analyzer) = self.watch.as_mut().and_then(|watch| watch.analyzer.as_mut()) {
            let frame = analyzer::Frame { number: standing.number, link, data: packet.data, time: packet.time };
            standing.flows = analyzer.frame(&frame).into();
        }
    }

    /// Takes a packet that passed the filter.
    #[inline(always)]
    fn packet(
        &mut self,
        packet: &Packet<'_>,
        link: u16,
        place: Place,
        mut standing: Option<Box<Standing>>,
        verbatim: bool,
        desk: &mut Desk,
    ) {
        if let Some(search) = &self.search
            && !search.matches(link, packet.data)
        {
            return;
        }
        let frame = Frame { data: packet.data, wire_len: packet.wire_len, link };
        if let Some(standing) = &mut standing {
            self.follow(packet, link, standing);
        }
        if let Some(condition) = &mut self.condition {
            let shown = Shown {
                frame,
                time: packet.time,
                since: packet.time,
                number: self.count + 1,
                interface: packet.interface as u32,
                place: standing.as_deref(),
            };
            if !condition.holds(&shown) {
                return;
            }
        }
        self.count += 1;
        if self.count <= self.skip {
            return;
        }
        if verbatim {
            let size = place.data - place.record + packet.data.len();
            if size < packet.record.len() {
                desk.shorten(place.record, packet.data.len());
            }
            desk.keep(place.record, size);
        }
        let printed = self.prints && (self.sampling == 1 || self.count.is_multiple_of(self.sampling));
        if !printed && (verbatim || !self.saves) {
            return;
        }
        let mut text = Text::None;
        if printed {
            let since = if frame.is_faulty() { packet.time } else { self.origin.of(packet.time) };
            let interface = packet.interface as u32;
            let place = standing.as_deref();
            let (time, number) = (packet.time, self.count);
            let shown = || Shown { frame, time, since, number, interface, place };
            text = desk.settle(&frame, since, &mut self.state, &mut self.names, shown);
        }
        desk.push(Job::new(packet, link, place, self.count, text), standing);
    }
}
