//! Numbers the connections of a run, packet by packet, and tells how they go.

use sniff_captures::Time;
use sniff_dissectors::{Flow, Verdict};

use super::analysis::Analysis;
use super::decode::{TCP, UDP};
use super::flow::{Key, Table};
use super::lookups::{Lookups, PORTS};
use super::tcp::{Side, is_from_client};
use super::transport::{Endpoint, Message, Segment, Transport};
use super::{layers, nanos_between};

/// A frame to be placed among the others.
pub struct Frame<'p> {
    /// Its number.
    pub number: u64,
    /// Its LINKTYPE_.
    pub link: u16,
    /// The captured octets.
    pub data: &'p [u8],
    /// When it was captured.
    pub time: Time,
}

/// Follows the connections of a run.
pub struct Analyzer {
    connections: Numbered<Connection>,
    exchanges: Numbered<Lookups>,
    flows: Vec<Flow>,
}

impl Analyzer {
    /// Connections within `memory` octets, those of UDP within a quarter of them.
    pub fn new(memory: usize) -> Self {
        let udp = memory / 4;
        Analyzer { connections: Numbered::new(memory - udp), exchanges: Numbered::new(udp), flows: Vec::new() }
    }

    /// What is to be said of the segments and datagrams in a frame.
    pub fn frame(&mut self, frame: &Frame<'_>) -> &[Flow] {
        self.flows.clear();
        layers::each(frame.link, frame.data, |transport, quoted| {
            let flow = match transport {
                Transport::Tcp(segment) => segment_flow(&mut self.connections, &segment, quoted, frame.time),
                Transport::Udp(message) => message_flow(&mut self.exchanges, &message, quoted, frame),
            };
            self.flows.push(Flow { quoted, ..flow });
        });
        &self.flows
    }
}

/// Whether the lower end of its key opened a connection, and how it goes.
struct Connection {
    client_is_b: bool,
    analysis: Analysis,
}

impl Connection {
    fn side(&self, reversed: bool) -> Side {
        if reversed == self.client_is_b { Side::Client } else { Side::Server }
    }
}

fn segment_flow(all: &mut Numbered<Connection>, segment: &Segment<'_>, quoted: bool, time: Time) -> Flow {
    let (key, reversed) = key(segment.source, segment.target, TCP);
    if !quoted {
        all.forget_if(&key, |connection| connection.analysis.reused(segment, connection.side(reversed)));
    }
    let new = || Connection { client_is_b: is_from_client(segment) == reversed, analysis: Analysis::default() };
    let (entry, flow) = all.packet(key, new, ports(segment.source, segment.target), time);
    let verdict = |connection: &mut Connection| -> Verdict {
        let side = connection.side(reversed);
        connection.analysis.segment(segment, side, time)
    };
    Flow { verdict: (!quoted).then(|| verdict(entry)), ..flow }
}

fn message_flow(all: &mut Numbered<Lookups>, message: &Message<'_>, quoted: bool, frame: &Frame<'_>) -> Flow {
    let (key, _) = key(message.source, message.target, UDP);
    let ports = ports(message.source, message.target);
    let (lookups, flow) = all.packet(key, Lookups::default, ports, frame.time);
    if quoted || !PORTS.contains(&ports.0) && !PORTS.contains(&ports.1) {
        return flow;
    }
    let turn = lookups.message(message.octets, frame);
    let held = lookups.held();
    all.charge(&key, held);
    Flow { turn, ..flow }
}

fn key(source: Endpoint, target: Endpoint, protocol: u8) -> (Key, bool) {
    Key::of((source.address, source.port), (target.address, target.port), protocol)
}

fn ports(source: Endpoint, target: Endpoint) -> (u16, u16) {
    (source.port, target.port)
}

/// Connections with their numbers and times.
struct Numbered<T> {
    table: Table<Entry<T>>,
    seen: u64,
}

struct Entry<T> {
    number: u64,
    first: Time,
    previous: Time,
    value: T,
}

impl<T> Numbered<T> {
    fn new(memory: usize) -> Self {
        Numbered { table: Table::new(memory), seen: 0 }
    }

    /// Says what the connection of a key holds beside itself, in octets.
    fn charge(&mut self, key: &Key, held: usize) {
        if let Some(slot) = self.table.find(key) {
            self.table.charge(slot, held);
            while self.table.pop_excess().is_some() {}
        }
    }

    /// Forgets the connection of a key if it is over.
    fn forget_if(&mut self, key: &Key, over: impl FnOnce(&T) -> bool) {
        if let Some(slot) = self.table.find(key)
            && over(&self.table.get_mut(slot).value)
        {
            self.table.remove(slot);
        }
    }

    /// Takes a packet: what is known of its connection, and its place among the others.
    fn packet(&mut self, key: Key, new: impl FnOnce() -> T, ports: (u16, u16), time: Time) -> (&mut T, Flow) {
        let slot = self.table.find(&key).unwrap_or_else(|| {
            let entry = Entry { number: self.seen, first: time, previous: time, value: new() };
            self.seen += 1;
            let slot = self.table.insert(key, entry);
            while self.table.pop_excess().is_some() {}
            slot
        });
        let entry = self.table.get_mut(slot);
        let since_first = nanos_between(entry.first, time);
        let since_previous = nanos_between(entry.previous, time);
        entry.previous = time;
        let flow = Flow {
            protocol: key.protocol,
            ports,
            stream: entry.number,
            since_first,
            since_previous,
            quoted: false,
            verdict: None,
            turn: None,
        };
        (&mut entry.value, flow)
    }
}
