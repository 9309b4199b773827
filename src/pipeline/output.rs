//! What goes out in the order of the packets: text to standard output, records
//! to the file of `-w`.

use std::time::Instant;

use sniff_captures::Time;
use sniff_captures::live::Counts;

use super::Failure;
use super::progress::Progress;
use super::ring::{Desk, Worker};
use crate::output::{Save, Split, Stdout, Style};

/// The outputs of a run.
pub(super) struct Output {
    stdout: Stdout,
    /// The file of `-w`, once it is known what goes into it.
    pub save: Option<Save>,
    /// The files of `--split-by`.
    pub split: Option<Split>,
    /// Whether packets go out as soon as they come: nobody knows when the next will.
    pub eager: bool,
    /// Reports how far a file is read.
    pub progress: Option<Progress>,
}

impl Output {
    /// Standard output alone; the file of `-w` comes later.
    pub(super) fn new(eager: bool) -> Result<Self, Failure> {
        Ok(Output { stdout: Stdout::new()?, save: None, split: None, eager, progress: None })
    }

    /// Puts out what a worker has made of its chunk: who sees the line of a packet
    /// may look for it in the file.
    pub(super) fn put(&mut self, worker: &mut Worker) -> Result<(), Failure> {
        if let Some(save) = &mut self.save {
            let (octets, packets) = worker.kept();
            if !octets.is_empty() {
                save.records(octets, packets)?;
            }
            let mut end = None;
            for (at, (packet, link)) in worker.records().enumerate() {
                if link.is_none() {
                    save.block(packet.record)?;
                } else if !save.packet(&packet)? {
                    end = Some(at);
                    break;
                }
            }
            if self.eager {
                save.flush()?;
            }
            if let Some(end) = end {
                worker.desk.cut(end);
            }
        }
        if let Some(split) = &mut self.split {
            for (packet, link) in worker.records() {
                if let Some(link) = link {
                    split.packet(&packet, link)?;
                }
            }
        }
        self.put_text(&mut worker.desk)
    }

    /// Puts out the text that a worker has made so far.
    pub(super) fn put_text(&mut self, desk: &mut Desk) -> Result<(), Failure> {
        desk.take_text(|text| Ok(self.stdout.write(text)?))
    }

    /// Reports how much of the input is read, and the packets of it.
    pub(super) fn report(&mut self, read: (u64, Option<u64>), packets: u64) {
        if let Some(progress) = &mut self.progress {
            progress.step(read, packets);
        }
    }

    /// Lets out what is held back of the file.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.split.as_mut().map_or(Ok(()), Split::flush)?;
        self.save.as_mut().map_or(Ok(()), |save| Ok(save.flush()?))
    }

    /// Goes on with another input.
    pub(super) fn input(&mut self, style: &Style<'_>) -> Result<(), Failure> {
        self.save.as_mut().map_or(Ok(()), |save| Ok(save.input(style)?))
    }

    /// Ends the files of `-w`.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.split.as_mut().map_or(Ok(()), Split::flush)?;
        self.save.as_mut().map_or(Ok(()), |save| Ok(save.finish()?))
    }

    /// Lets the files know that time has passed; when they want to know again.
    pub(super) fn tick(&mut self) -> Result<Option<Instant>, Failure> {
        let Some(save) = &mut self.save else { return Ok(None) };
        save.tick()?;
        Ok(save.deadline())
    }

    /// Whether the files are complete, and whether they take no more packets.
    pub(super) fn complete(&self) -> (bool, bool) {
        self.save.as_ref().map_or((false, false), |save| (save.has_ended(), !save.takes_packets()))
    }

    /// Prints this program's own text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.stdout.write(text.as_bytes())?)
    }

    /// The counters of each interface of a live capture, at its end.
    pub(super) fn statistics(&mut self, end: Time, interfaces: &[Counts]) -> Result<(), Failure> {
        if let Some(save) = &mut self.save {
            for (interface, counts) in (0..).zip(interfaces) {
                save.statistics(interface, end, counts)?;
            }
        }
        Ok(())
    }
}
