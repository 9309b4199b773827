//! What a worker has at hand: a chunk, and a desk with what is to be done with
//! its packets.

use std::ops::Range;

use sniff_captures::chunk::Chunk;
use sniff_captures::{Packet, Time};
use sniff_dissectors::{Facts, Frame, Line, Names, Observed, State, observe};

use super::token::Place;
use crate::output::{Place as Standing, Printer, Shown};
use crate::pipeline::Failure;

/// Octets of text after which it is put out although the chunk is not done.
const FULL: usize = 1 << 20;

/// A worker's chunk and desk.
pub(in crate::pipeline) struct Worker {
    pub(super) chunk: Chunk,
    pub(in crate::pipeline) desk: Desk,
}

impl Worker {
    /// A worker that prints with `printer`, if packets are printed.
    pub(in crate::pipeline) fn new(printer: Option<Printer>) -> Self {
        let desk = Desk {
            printer,
            early: Line::default(),
            jobs: Vec::new(),
            standings: Vec::new(),
            printed: 0,
            runs: Vec::new(),
            kept: 0,
            shortened: Vec::new(),
            count: 0,
        };
        Worker { chunk: Chunk::default(), desk }
    }

    /// Makes the text of what is on the desk, and room for what is kept.
    pub(super) fn finish(&mut self, spill: impl FnMut(&mut Desk) -> Result<(), Failure>) -> Result<(), Failure> {
        self.desk.text(self.chunk.octets(), spill)?;
        let Desk { runs, shortened, .. } = &mut self.desk;
        for (record, caplen) in shortened.drain(..) {
            self.chunk.octets_mut()[record + 8..record + 12].copy_from_slice(&caplen.to_ne_bytes());
        }
        if !runs.is_empty() {
            self.chunk.compact(runs);
        }
        Ok(())
    }

    /// The records that are kept as they lie, and how many they are.
    pub(in crate::pipeline) fn kept(&self) -> (&[u8], u64) {
        if self.desk.kept == 0 { (&[], 0) } else { (self.chunk.octets(), self.desk.kept) }
    }

    /// The packets and blocks that are kept one by one; packets with their link type.
    pub(in crate::pipeline) fn records(&self) -> impl Iterator<Item = (Packet<'_>, Option<u16>)> {
        let octets = self.chunk.octets();
        let jobs = if self.desk.kept == 0 { &self.desk.jobs[..] } else { &[] };
        let link = |job: &Job| if matches!(job.text, Text::Block) { None } else { Some(job.link) };
        jobs.iter().map(move |job| (job.packet(octets), link(job)))
    }
}

/// What is to be done with the packets of a chunk.
pub(in crate::pipeline) struct Desk {
    printer: Option<Printer>,
    /// Text that was made in the order of the packets, ahead of the rest.
    early: Line,
    jobs: Vec<Job>,
    /// Where the packets of the jobs stand among the others, if somebody wants to know.
    standings: Vec<Option<Box<Standing>>>,
    /// Jobs whose text is made.
    printed: usize,
    /// Where the records lie that are kept as they are.
    runs: Vec<Range<usize>>,
    /// How many they are.
    kept: u64,
    /// Records that are longer than their file allows, and their captured octets.
    shortened: Vec<(usize, u32)>,
    /// Packets that were wanted up to the end of the chunk.
    pub(in crate::pipeline) count: u64,
}

/// How the text of a packet is made.
pub(super) enum Text {
    /// There is none.
    None,
    /// None: this is a block without a packet.
    Block,
    /// It stands in the early text.
    Early(Range<usize>),
    /// It can be made with these facts, the time that differences are from among them.
    Later(Facts, Time),
}

/// A packet, and what is to be done with it.
pub(super) struct Job {
    record: usize,
    size: usize,
    data: usize,
    caplen: usize,
    wire_len: u32,
    interface: u32,
    link: u16,
    time: Time,
    number: u64,
    text: Text,
    /// Where its text ends, once it is made.
    end: usize,
}

impl Job {
    #[inline(always)]
    pub(super) fn new(packet: &Packet<'_>, link: u16, place: Place, number: u64, text: Text) -> Self {
        Job {
            record: place.record,
            size: packet.record.len(),
            data: place.data,
            caplen: packet.data.len(),
            wire_len: packet.wire_len,
            interface: packet.interface as u32,
            link,
            time: packet.time,
            number,
            text,
            end: 0,
        }
    }

    /// A block without a packet, `size` octets at `record`.
    pub(super) fn block(record: usize, size: usize) -> Self {
        Job {
            record,
            size,
            data: record,
            caplen: 0,
            wire_len: 0,
            interface: 0,
            link: 0,
            time: Time::default(),
            number: 0,
            text: Text::Block,
            end: 0,
        }
    }

    fn packet<'c>(&self, octets: &'c [u8]) -> Packet<'c> {
        Packet {
            time: self.time,
            wire_len: self.wire_len,
            data: &octets[self.data..self.data + self.caplen],
            interface: self.interface as usize,
            record: &octets[self.record..self.record + self.size],
        }
    }
}

impl Desk {
    /// Clears the desk for a new chunk.
    pub(super) fn clear(&mut self) {
        self.jobs.clear();
        self.standings.clear();
        self.printed = 0;
        self.runs.clear();
        self.kept = 0;
        self.shortened.clear();
        self.early.clear();
    }

    /// Whether so much text is made ahead that it should be put out.
    pub(super) fn is_full(&self) -> bool {
        self.early.len() >= FULL
    }

    #[inline(always)]
    pub(super) fn push(&mut self, job: Job, standing: Option<Box<Standing>>) {
        if standing.is_some() {
            self.stand(standing);
        }
        self.jobs.push(job);
    }

    /// Notes where the next job's packet stands.
    #[cold]
    fn stand(&mut self, standing: Option<Box<Standing>>) {
        self.standings.resize(self.jobs.len(), None);
        self.standings.push(standing);
    }

    /// Keeps the record of `size` octets at `record` as it lies.
    #[inline]
    pub(super) fn keep(&mut self, record: usize, size: usize) {
        self.kept += 1;
        match self.runs.last_mut() {
            Some(run) if run.end == record => run.end += size,
            _ => self.runs.push(record..record + size),
        }
    }

    /// Notes that the record at `record` says more than the `caplen` octets of it that count.
    pub(super) fn shorten(&mut self, record: usize, caplen: usize) {
        self.shortened.push((record, caplen as u32));
    }

    /// Settles how the text of a packet is made, or makes it at once.
    #[inline(always)]
    pub(super) fn settle<'p>(
        &mut self,
        frame: &Frame<'p>,
        since: Time,
        state: &mut Box<State>,
        names: &mut Box<dyn Names>,
        shown: impl FnOnce() -> Shown<'p>,
    ) -> Text {
        let Some(printer) = &mut self.printer else { return Text::None };
        match observe(frame, printer.options(), state) {
            Observed::Settled(facts) => Text::Later(facts, since),
            Observed::Whole => {
                let start = self.early.len();
                printer.ahead(&shown(), &mut self.early, state, names);
                Text::Early(start..self.early.len())
            }
        }
    }

    /// Makes the text of the jobs that have none yet; `spill` puts it out when it is long.
    pub(super) fn text(
        &mut self,
        octets: &[u8],
        mut spill: impl FnMut(&mut Desk) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        while let Some(printer) = &mut self.printer
            && let Some(job) = self.jobs.get_mut(self.printed)
        {
            match &job.text {
                Text::None | Text::Block => {}
                Text::Early(range) => printer.raw(&self.early.as_bytes()[range.clone()]),
                Text::Later(facts, since) => {
                    let packet = job.packet(octets);
                    let frame = Frame { data: packet.data, wire_len: packet.wire_len, link: job.link };
                    let place = self.standings.get(self.printed).and_then(Option::as_deref);
                    let (time, number, interface) = (job.time, job.number, job.interface);
                    let shown = Shown { frame, time, since: *since, number, interface, place };
                    printer.packet(&shown, Some(*facts));
                }
            }
            job.end = printer.text().len();
            self.printed += 1;
            if printer.text().len() >= FULL {
                spill(self)?;
            }
        }
        Ok(())
    }

    /// Takes the text back of the job of this number and of those behind it.
    pub(in crate::pipeline) fn cut(&mut self, job: usize) {
        if let Some(printer) = &mut self.printer {
            printer.cut(job.checked_sub(1).map_or(0, |before| self.jobs[before].end));
        }
    }

    /// Takes the text away with `write`.
    pub(in crate::pipeline) fn take_text(
        &mut self,
        write: impl FnOnce(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(printer) = &mut self.printer else { return Ok(()) };
        let result = if printer.text().is_empty() { Ok(()) } else { write(printer.text()) };
        printer.clear();
        if self.printed == self.jobs.len() {
            self.early.clear();
        }
        result
    }
}
