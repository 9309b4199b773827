//! `sniff dns`: a line for each lookup, printed when it is answered or given up.

pub(crate) mod message;
mod print;

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use sniff_captures::{Packet, Time};
use sniff_dissectors::Line;

use crate::output::Stamps;
use crate::streams::decode::{self, Ip};
use crate::streams::flow::{Key, Table};
use crate::streams::icmp::{self, Origin};
use crate::streams::row::Format;
use crate::streams::tcp::{Connections, Conversation, Ends, Opening, Side, Want};
use crate::streams::transport::{Endpoint, Transport, Transports};
use crate::streams::{Consumer, nanos_between};

use message::Message;
use print::Output;

/// The ports of DNS and of LLMNR (RFC 4795).
const PORTS: [u16; 2] = [53, 5355];
/// Octets that a message over TCP may have before its length.
const LENGTH: usize = 2;

/// A lookup is told by its number, the client's address and the server's end: some
/// ask again from another port.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Id {
    key: Key,
    id: u16,
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
        state.write_u16(self.id);
    }
}

/// A lookup.
struct Lookup {
    ends: Ends,
    tcp: bool,
    query: Option<Message>,
    response: Option<Message>,
    /// When it was first asked, and last.
    first: Time,
    last: Time,
    answered: Option<Time>,
    /// What ICMP said of the question, and when.
    error: Option<(Origin, Time)>,
    retransmissions: u32,
}

impl Lookup {
    fn message(&self) -> Option<&Message> {
        self.query.as_ref().or(self.response.as_ref())
    }

    /// Nanoseconds from the first question to the answer.
    fn latency(&self) -> Option<i64> {
        self.query.as_ref()?;
        self.answered.map(|answered| nanos_between(self.first, answered))
    }

    /// Whether it waits for an answer.
    fn waits(&self) -> bool {
        self.answered.is_none() && self.error.is_none()
    }
}

/// Lookups that wait for answers, and those that were answered a while ago.
struct Lookups {
    table: Table<Lookup, Id>,
    timeout: i64,
    output: Output,
}

impl Lookups {
    /// Takes a message from one end to the other.
    fn message(&mut self, source: Endpoint, target: Endpoint, tcp: bool, octets: &[u8], time: Time) {
        self.expire(time);
        let Some(message) = Message::parse(octets).filter(Message::is_lookup) else { return };
        let protocol = if tcp { decode::TCP } else { decode::UDP };
        let (client, server) = if message.is_response() { (target, source) } else { (source, target) };
        let key = Key { a: client.address, b: server.address, ports: (0, server.port), protocol };
        let id = Id { key, id: message.id };
        let found = self.table.find(&id);
        let same = found.filter(|&slot| {
            let asked = self.table.get_mut(slot).message();
            asked.is_some_and(|asked| asked.kind == message.kind && asked.name.eq_ignore_ascii_case(&message.name))
        });
        if message.is_response() {
            let ends = Ends { client: target, server: source };
            match same {
                Some(slot) => self.answer(slot, message, time),
                None => self.unasked(ends, tcp, message, time),
            }
            return;
        }
        if let Some(slot) = same.filter(|&slot| self.table.get_mut(slot).waits()) {
            let lookup = self.table.get_mut(slot);
            lookup.retransmissions += 1;
            lookup.last = time;
            return;
        }
        // The number is used again.
        if let Some((_, lookup)) = found.and_then(|slot| self.table.remove(slot)) {
            self.give_up(&lookup);
        }
        let ends = Ends { client: source, server: target };
        let held = message.held();
        let (first, last) = (time, time);
        let query = Some(message);
        let lookup =
            Lookup { ends, tcp, query, response: None, first, last, answered: None, error: None, retransmissions: 0 };
        let slot = self.table.insert(id, lookup);
        self.table.charge(slot, held);
        while let Some((_, lookup)) = self.table.pop_excess() {
            self.give_up(&lookup);
        }
    }

    fn answer(&mut self, slot: u32, message: Message, time: Time) {
        let lookup = self.table.get_mut(slot);
        if lookup.answered.is_some() {
            return;
        }
        (lookup.answered, lookup.last, lookup.response, lookup.error) = (Some(time), time, Some(message), None);
        self.output.print(lookup);
        // Only the question is needed to know the lookup again.
        lookup.response = None;
    }

    /// Ends the lookup whose question ICMP says has not arrived: it quotes the beginning
    /// of that packet.
    fn lost(&mut self, mut origin: Origin, quoted: &Ip<'_>, time: Time) {
        // UDP's header, number and flags.
        let Some(&[_, _, high, low, _, _, _, _, id_high, id_low, flags, _]) = quoted.payload.first_chunk() else {
            return;
        };
        let server = Endpoint { address: quoted.target, port: u16::from_be_bytes([high, low]) };
        let is_question = flags & 0x80 == 0 && PORTS.contains(&server.port);
        if quoted.protocol != decode::UDP || quoted.fragment.is_some_and(|fragment| fragment.offset > 0) || !is_question
        {
            return;
        }
        let key = Key { a: quoted.source, b: server.address, ports: (0, server.port), protocol: decode::UDP };
        let id = Id { key, id: u16::from_be_bytes([id_high, id_low]) };
        let Some(slot) = self.table.find(&id) else { return };
        let lookup = self.table.get_mut(slot);
        if lookup.waits() {
            origin.sender = origin.sender.filter(|&sender| sender != IpAddr::from(server.address));
            (lookup.error, lookup.last) = (Some((origin, time)), time);
            self.output.print(lookup);
        }
    }

    fn unasked(&mut self, ends: Ends, tcp: bool, message: Message, time: Time) {
        let response = Some(message);
        let answered = Some(time);
        self.output.print(&Lookup {
            ends,
            tcp,
            query: None,
            response,
            first: time,
            last: time,
            answered,
            error: None,
            retransmissions: 0,
        });
    }

    /// Gives up what was asked too long ago.
    fn expire(&mut self, now: Time) {
        while self.table.oldest().is_some_and(|lookup| nanos_between(lookup.last, now) > self.timeout)
            && let Some((_, lookup)) = self.table.pop_oldest()
        {
            self.give_up(&lookup);
        }
    }

    fn give_up(&mut self, lookup: &Lookup) {
        if lookup.waits() {
            self.output.print(lookup);
        }
    }
}

/// DNS over TCP: messages after their lengths (RFC 7766, section 8).
struct Connection {
    ends: Ends,
    begun: [Vec<u8>; 2],
}

impl Conversation for Connection {
    type Shared = Lookups;

    fn open(opening: &Opening, _: Time, _: &mut Lookups) -> Self {
        Connection { ends: opening.ends, begun: Default::default() }
    }

    fn octets(&mut self, from: Side, octets: &[u8], time: Time, lookups: &mut Lookups) -> Want {
        if ![self.ends.client.port, self.ends.server.port].iter().any(|port| PORTS.contains(port)) {
            return Want::Nothing;
        }
        let begun = &mut self.begun[from.index()];
        begun.extend_from_slice(octets);
        let mut at = 0;
        while let Some(&[high, low]) = begun[at..].first_chunk() {
            let end = at + LENGTH + usize::from(u16::from_be_bytes([high, low]));
            let Some(message) = begun.get(at + LENGTH..end) else { break };
            let (source, target) = self.ends.from(from);
            lookups.message(source, target, true, message, time);
            at = end;
        }
        begun.drain(..at);
        Want::More
    }

    fn missing(&mut self, _: Side, _: u64, _: Time, _: &mut Lookups) -> Want {
        Want::Nothing
    }

    fn closed(&mut self, _: Side, _: Time, _: &mut Lookups) {}

    fn end(self, _: Time, _: &mut Lookups) {}

    fn held(&self) -> usize {
        self.begun.iter().map(Vec::capacity).sum()
    }
}

/// The verb.
pub struct Dns {
    transports: Transports,
    connections: Connections<Connection>,
    lookups: Lookups,
}

impl Dns {
    /// Lookups within `memory` octets; they end `timeout` nanoseconds after the
    /// last question.
    ///
    /// # Errors
    /// An unknown field.
    pub fn new(format: Format, verbose: bool, timeout: i64, memory: usize, stamp: Stamps) -> Result<Self, String> {
        Ok(Dns {
            transports: Transports::new(memory / 16),
            connections: Connections::new(memory / 4),
            lookups: Lookups { table: Table::new(memory / 2), timeout, output: Output::new(format, verbose, stamp)? },
        })
    }
}

impl Consumer for Dns {
    fn packet(&mut self, packet: &Packet<'_>, link: u16) {
        match self.transports.of(link, packet.data) {
            Some(Transport::Udp(message))
                if PORTS.contains(&message.source.port) || PORTS.contains(&message.target.port) =>
            {
                self.lookups.message(message.source, message.target, false, message.octets, packet.time);
            }
            Some(Transport::Tcp(segment)) => self.connections.segment(&segment, packet.time, &mut self.lookups),
            Some(Transport::Udp(_)) => {}
            None => {
                if let Some((origin, quoted)) = icmp::error(link, packet.data) {
                    self.lookups.lost(origin, &quoted, packet.time);
                }
            }
        }
    }

    fn tick(&mut self, now: Time) {
        self.lookups.expire(now);
    }

    fn end_next(&mut self) -> bool {
        if self.connections.end_next(&mut self.lookups) {
            return true;
        }
        let Some((_, lookup)) = self.lookups.table.pop_oldest() else { return false };
        self.lookups.give_up(&lookup);
        true
    }

    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }

    fn output(&mut self) -> &mut Line {
        &mut self.lookups.output.line
    }

    fn evicted(&self) -> u64 {
        self.connections.evicted() + self.lookups.table.evicted
    }
}
