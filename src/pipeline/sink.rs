//! What happens to the packets that pass the filter.

use std::io::IsTerminal;
use std::time::Instant;
use std::{env, io};

use sniff_captures::{Interface, Packet, Time};
use sniff_dissectors::Out;

use super::Failure;
use crate::cli::{Args, Color};
use crate::names::SystemNames;
use crate::output::{Printer, Save, Stamp, Stdout, Style};
use crate::search::Search;

/// Counts, prints and saves packets.
pub(super) struct Sink {
    printer: Option<Printer>,
    save: Option<Save>,
    search: Option<Search>,
    skip: u64,
    limit: u64,
    sampling: u64,
    /// Packets that passed the filter and the search.
    pub count: u64,
}

impl Sink {
    /// The outputs that the options ask for; the file of `-w` comes later.
    pub(super) fn new(args: &Args, foreign: Option<([u8; 4], [u8; 4])>) -> Result<Self, Failure> {
        let search = Search::new(args.match_text.as_deref(), args.match_octets.as_deref()).map_err(Failure::Text)?;
        let prints = !args.count_only && (args.write.is_none() || args.print);
        let printer = if prints { Some(printer(args, foreign)?) } else { None };
        Ok(Sink {
            printer,
            save: None,
            search,
            skip: args.skip,
            limit: args.count.map_or(u64::MAX, |count| count.saturating_add(args.skip)),
            sampling: args.sampling.max(1),
            count: 0,
        })
    }

    /// Sets the file that packets are saved to.
    pub(super) fn save_to(&mut self, save: Save) {
        self.save = Some(save);
    }

    /// Whether packets are printed.
    pub(super) fn prints(&self) -> bool {
        self.printer.is_some()
    }

    /// How many more packets are wanted.
    pub(super) fn wanted(&self) -> u64 {
        if self.save.as_ref().is_none_or(Save::takes_packets) { self.limit - self.count } else { 0 }
    }

    /// Whether the files are complete, so that the run is to end.
    pub(super) fn has_ended(&self) -> bool {
        self.save.as_ref().is_some_and(Save::has_ended)
    }

    /// How many packets may be taken at once without taking one too many.
    pub(super) fn appetite(&self) -> usize {
        if self.search.is_some() { 1 } else { usize::try_from(self.wanted()).unwrap_or(usize::MAX) }
    }

    /// Takes a packet that passed the filter.
    #[inline]
    pub(super) fn packet(&mut self, packet: &Packet<'_>, link: u16) -> Result<(), Failure> {
        if let Some(search) = &self.search
            && !search.matches(link, packet.data)
        {
            return Ok(());
        }
        self.count += 1;
        if self.count <= self.skip {
            return Ok(());
        }
        if let Some(save) = &mut self.save
            && !save.packet(packet)?
        {
            return Ok(());
        }
        if let Some(printer) = &mut self.printer
            && self.count.is_multiple_of(self.sampling)
        {
            printer.packet(packet, link, self.count, self.search.as_ref())?;
        }
        Ok(())
    }

    /// Goes on with another input.
    pub(super) fn input(&mut self, style: &Style<'_>) -> Result<(), Failure> {
        match &mut self.save {
            Some(save) => Ok(save.input(style)?),
            None => Ok(()),
        }
    }

    /// Keeps a block of a pcapng file that holds no packet.
    pub(super) fn block(&mut self, block: &[u8]) -> Result<(), Failure> {
        match &mut self.save {
            Some(save) => Ok(save.block(block)?),
            None => Ok(()),
        }
    }

    /// The counters of a live capture, at its end.
    pub(super) fn statistics(&mut self, end: Time, received: u64, dropped: u64) -> Result<(), Failure> {
        match &mut self.save {
            Some(save) => Ok(save.statistics(end, received, dropped)?),
            None => Ok(()),
        }
    }

    /// Prints this program's own text in the stream of packets.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        match &mut self.printer {
            Some(printer) => Ok(printer.text(text)?),
            None => Ok(Stdout::new()?.write(text.as_bytes())?),
        }
    }

    /// Lets everything out that is held back.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        if let Some(printer) = &mut self.printer {
            printer.flush()?;
        }
        self.flush_save()
    }

    /// Lets the files know that time has passed.
    pub(super) fn tick(&mut self) -> Result<(), Failure> {
        match &mut self.save {
            Some(save) => Ok(save.tick()?),
            None => Ok(()),
        }
    }

    /// When [`tick`](Self::tick) is to be called, if not earlier.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.save.as_ref().and_then(Save::deadline)
    }

    /// Ends the files.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        match &mut self.save {
            Some(save) => Ok(save.finish()?),
            None => Ok(()),
        }
    }

    /// Lets out what is held back of the file.
    pub(super) fn flush_save(&mut self) -> Result<(), Failure> {
        if let Some(save) = &mut self.save {
            save.flush()?;
        }
        Ok(())
    }
}

/// The printer of text.
fn printer(args: &Args, foreign: Option<([u8; 4], [u8; 4])>) -> Result<Printer, Failure> {
    let mut options = args.text.clone();
    options.foreign = foreign;
    options.color = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb(),
    };
    let out = Out::new(options, Box::new(SystemNames::default()));
    let stamp = Stamp::new(args.time, args.nano);
    Ok(Printer::new(out, stamp, Stdout::new()?, args.number, args.lengths, args.line_buffered))
}

/// Whether an environment variable is set and not empty.
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Whether the terminal has no colours.
fn is_dumb() -> bool {
    env::var_os("TERM").is_none_or(|term| term == "dumb")
}

/// Whether packets of an interface can follow those of another in a classic file.
pub(super) fn fits(first: &Interface, other: &Interface) -> bool {
    first.link == other.link
}
