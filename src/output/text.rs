//! Packets as lines of text.

use std::io;

use sniff_captures::Packet;
use sniff_dissectors::{Frame, Out, body, header_fault};

use super::{Stamp, Stdout};
use crate::search::Search;

/// Octets of text after which it is written.
const FULL: usize = 60 << 10;

/// Prints packets.
pub(crate) struct Printer {
    out: Out,
    stamp: Stamp,
    stdout: Stdout,
    number: bool,
    lengths: bool,
    each: bool,
}

impl Printer {
    /// A printer; `each` line is written at once.
    pub(crate) fn new(out: Out, stamp: Stamp, stdout: Stdout, number: bool, lengths: bool, each: bool) -> Self {
        Printer { out, stamp, stdout, number, lengths, each }
    }

    /// Prints a packet of link type `link`, the `count`th.
    pub(crate) fn packet(
        &mut self,
        packet: &Packet<'_>,
        link: u16,
        count: u64,
        search: Option<&Search>,
    ) -> io::Result<()> {
        let o = &mut self.out;
        let start = o.line.len();
        if self.number {
            o.line.dec_padded(count, 5, b' ');
            o.line.str("  ");
        }
        let frame = Frame { data: packet.data, wire_len: packet.wire_len, link };
        if self.lengths {
            o.put(("caplen ", packet.data.len(), " len ", packet.wire_len, " "));
        }
        if !header_fault(o, &frame) {
            self.stamp.write(&mut o.line, packet.time);
            body(o, &frame);
        }
        o.line.byte(b'\n');
        if o.opt.color
            && let Some(search) = search
        {
            search.mark(o, start);
        }
        if self.each || o.line.len() >= FULL { self.flush() } else { Ok(()) }
    }

    /// Text of this program's own between packets.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.line.str(text);
        self.flush()
    }

    /// Writes what has been printed.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.out.line.is_empty() {
            return Ok(());
        }
        let result = self.stdout.write(self.out.line.as_bytes());
        self.out.line.clear();
        result
    }
}
