//! What goes out in the order of the packets: text to standard output, records
//! to the file of `-w`.

use sniff_captures::Time;

use super::Failure;
use super::progress::Progress;
use super::ring::{Desk, Worker};
use crate::output::{Save, Stdout};

/// The outputs of a run.
pub(super) struct Output {
    stdout: Stdout,
    /// The file of `-w`, once it is known what goes into it.
    pub save: Option<Save>,
    /// Reports how far a file is read.
    pub progress: Option<Progress>,
}

impl Output {
    /// Standard output alone; the file of `-w` comes later.
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Output { stdout: Stdout::new()?, save: None, progress: None })
    }

    /// Puts out what a worker has made of its chunk.
    pub(super) fn put(&mut self, worker: &mut Worker) -> Result<(), Failure> {
        self.put_text(&mut worker.desk)?;
        if let Some(save) = &mut self.save {
            if let Some((octets, kept)) = worker.kept() {
                save.records(octets, kept)?;
            } else {
                for (packet, block) in worker.records() {
                    if block { save.block(packet.record)? } else { save.packet(&packet)? }
                }
                save.flush()?;
            }
        }
        Ok(())
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
        match &mut self.save {
            Some(save) => Ok(save.flush()?),
            None => Ok(()),
        }
    }

    /// Prints this program's own text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.stdout.write(text.as_bytes())?)
    }

    /// The counters of a live capture, at its end.
    pub(super) fn statistics(&mut self, end: Time, received: u64, dropped: u64) -> Result<(), Failure> {
        if let Some(save) = &mut self.save {
            save.statistics(end, received, dropped)?;
        }
        Ok(())
    }
}
