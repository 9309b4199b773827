//! `sniff follow`: the octets of conversations.

use sniff_captures::{Packet, Time};
use sniff_dissectors::Line;

use crate::output::Stamps;
use crate::streams::decode::UDP;
use crate::streams::flow::{Key, Table};
use crate::streams::tcp::{Connections, Conversation, Ends, Opening, Side, Want};
use crate::streams::transport::{Message, Transport, Transports};
use crate::streams::{Consumer, text};

/// How octets are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// As text, with controls escaped.
    Text,
    /// As a hexadecimal dump.
    Hex,
    /// As they are.
    Raw,
}

impl Show {
    /// Their names on the command line.
    pub const NAMES: &[(&str, Show)] = &[("text", Show::Text), ("hex", Show::Hex), ("raw", Show::Raw)];
}

/// Which conversations are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// All that pass the filter.
    All,
    /// The TCP connection of this number.
    Tcp(u64),
    /// The UDP conversation of this number.
    Udp(u64),
}

/// What the conversations share.
struct Printer {
    what: What,
    show: Show,
    from: Option<Side>,
    stamp: Stamps,
    line: Line,
    /// The conversation and side that was printed last.
    last: Option<(u8, u64, Side)>,
    /// Whether the next octet begins a line.
    fresh: bool,
}

/// One conversation.
struct Followed {
    udp: bool,
    number: u64,
    ends: Ends,
    /// Octets of the client and of the server that were seen.
    places: [u64; 2],
}

impl Followed {
    fn print(&mut self, from: Side, octets: &[u8], time: Time, printer: &mut Printer) -> Want {
        let place = self.places[from.index()];
        self.places[from.index()] += octets.len() as u64;
        if printer.from.is_some_and(|only| only != from) {
            return Want::More;
        }
        printer.turn(self, from, time);
        match printer.show {
            Show::Raw => printer.line.bytes(octets),
            Show::Text => {
                text::lines(&mut printer.line, octets);
                printer.fresh = octets.ends_with(b"\n");
            }
            Show::Hex => {
                let indent = if from == Side::Server { "    " } else { "" };
                text::dump(&mut printer.line, octets, place, indent);
            }
        }
        Want::More
    }
}

impl Printer {
    fn wants(&self, udp: bool, number: u64) -> bool {
        match self.what {
            What::All => true,
            What::Tcp(wanted) => !udp && wanted == number,
            What::Udp(wanted) => udp && wanted == number,
        }
    }

    /// Says who speaks, where that changes.
    fn turn(&mut self, followed: &Followed, from: Side, time: Time) {
        let now = Some((u8::from(followed.udp), followed.number, from));
        if self.show == Show::Raw || self.last == now {
            return;
        }
        self.end_line();
        self.last = now;
        let line = &mut self.line;
        line.str("--- ");
        self.stamp.write(line, time);
        line.str(if followed.udp { "udp " } else { "tcp " });
        line.dec(followed.number);
        line.byte(b' ');
        let (source, target) = followed.ends.from(from);
        source.write(line);
        line.str(" > ");
        target.write(line);
        line.byte(b'\n');
    }

    fn end_line(&mut self) {
        if !self.fresh {
            self.line.byte(b'\n');
            self.fresh = true;
        }
    }
}

/// A TCP connection, if it is wanted.
impl Conversation for Followed {
    type Shared = Printer;

    fn open(opening: &Opening, _: Time, _: &mut Printer) -> Self {
        Followed { udp: false, number: opening.number, ends: opening.ends, places: [0; 2] }
    }

    fn octets(&mut self, from: Side, octets: &[u8], time: Time, printer: &mut Printer) -> Want {
        if !printer.wants(false, self.number) {
            return Want::Nothing;
        }
        self.print(from, octets, time, printer)
    }

    fn missing(&mut self, from: Side, octets: u64, time: Time, printer: &mut Printer) -> Want {
        if !printer.wants(false, self.number) {
            return Want::Nothing;
        }
        self.places[from.index()] += octets;
        if printer.show != Show::Raw && printer.from.is_none_or(|only| only == from) {
            printer.turn(self, from, time);
            printer.end_line();
            printer.line.byte(b'[');
            printer.line.dec(octets);
            printer.line.str(" bytes missing]\n");
        }
        Want::More
    }

    fn closed(&mut self, _: Side, _: Time, _: &mut Printer) {}

    fn end(self, _: Time, _: &mut Printer) {}

    fn held(&self) -> usize {
        0
    }
}

/// The verb.
pub struct Follow {
    transports: Transports,
    connections: Connections<Followed>,
    messages: Messages,
    printer: Printer,
}

/// UDP conversations, and whether the client is the key's second end.
struct Messages {
    table: Table<(Followed, bool)>,
    seen: u64,
}

impl Follow {
    /// Follows conversations within `memory` octets.
    pub fn new(what: What, show: Show, from: Option<Side>, memory: usize, stamp: Stamps) -> Self {
        let printer = Printer { what, show, from, stamp, line: Line::default(), last: None, fresh: true };
        Follow {
            transports: Transports::new(memory / 16),
            connections: Connections::new(memory / 4 * 3),
            messages: Messages { table: Table::new(memory / 8), seen: 0 },
            printer,
        }
    }
}

impl Messages {
    fn message(&mut self, message: &Message<'_>, time: Time, printer: &mut Printer) {
        let (source, target) = (message.source, message.target);
        let (key, reversed) = Key::of((source.address, source.port), (target.address, target.port), UDP);
        let slot = match self.table.find(&key) {
            Some(slot) => slot,
            None => {
                let ends = Ends { client: source, server: target };
                self.seen += 1;
                let followed = Followed { udp: true, number: self.seen - 1, ends, places: [0; 2] };
                self.table.insert(key, (followed, reversed))
            }
        };
        let (followed, client_is_b) = self.table.get_mut(slot);
        let side = if reversed == *client_is_b { Side::Client } else { Side::Server };
        if printer.wants(true, followed.number) && !message.octets.is_empty() {
            followed.print(side, message.octets, time, printer);
        }
        while self.table.pop_excess().is_some() {}
    }
}

impl Consumer for Follow {
    fn packet(&mut self, packet: &Packet<'_>, link: u16) {
        match self.transports.of(link, packet.data) {
            Some(Transport::Tcp(segment)) => self.connections.segment(&segment, packet.time, &mut self.printer),
            Some(Transport::Udp(message)) => self.messages.message(&message, packet.time, &mut self.printer),
            None => {}
        }
    }

    fn end_next(&mut self) -> bool {
        self.connections.end_next(&mut self.printer)
    }

    fn finish(&mut self) -> Result<(), String> {
        self.printer.end_line();
        match self.printer.what {
            What::Tcp(number) if number >= self.connections.seen() => {
                Err(format!("there is no TCP conversation {number}"))
            }
            What::Udp(number) if number >= self.messages.seen => Err(format!("there is no UDP conversation {number}")),
            _ => Ok(()),
        }
    }

    fn output(&mut self) -> &mut Line {
        &mut self.printer.line
    }

    fn evicted(&self) -> u64 {
        self.connections.evicted() + self.messages.table.evicted
    }
}
