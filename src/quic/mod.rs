//! QUIC's Initial packets (RFC 9001, section 5; version 2: RFC 9369), which
//! everybody can open: the handshakes that they begin.

mod initial;

use sniff_captures::Time;

use crate::streams::decode::UDP;
use crate::streams::flow::{Key, Table};
use crate::streams::reassembly::{Half, Run};
use crate::streams::tcp::{Ends, Side};
use crate::streams::transport::Message;
use crate::tls::hello::{ClientHello, ServerHello};
use crate::tls::record::Reader;
use crate::tls::session::Facts;

use initial::{Keys, Version, frames, packets};

/// Octets of the handshake that a side sends in Initial packets.
const MAX_CRYPTO: u64 = 64 << 10;
/// A client's first datagram has at least so many octets (RFC 9000, section 14.1).
const MIN_DATAGRAM: u32 = 1200;

/// A connection whose handshake has begun.
struct Connection {
    version: Version,
    client_is_b: bool,
    keys: Keys,
    halves: [Half; 2],
    /// Handshake messages that are not whole.
    messages: [Vec<u8>; 2],
    facts: Facts,
    told: bool,
}

/// A handshake: its ends, the version of QUIC, and what is known.
pub struct Told<'t> {
    /// The client and the server.
    pub ends: Ends,
    /// The version of QUIC.
    pub version: u32,
    /// The hellos.
    pub facts: &'t Facts,
}

/// Connections, within a budget of octets.
pub struct Quic {
    table: Table<Connection>,
}

impl Quic {
    /// Connections that hold at most `limit` octets.
    pub fn new(limit: usize) -> Self {
        Quic { table: Table::new(limit) }
    }

    /// Connections that were given up to stay within the budget.
    pub fn evicted(&self) -> u64 {
        self.table.evicted
    }

    /// Takes a datagram.
    pub fn datagram(&mut self, message: &Message<'_>, time: Time, tell: &mut dyn FnMut(&Told<'_>)) {
        // A long header: the two highest bits are set.
        if message.octets.first().is_none_or(|first| first & 0xc0 != 0xc0) {
            return;
        }
        let (source, target) = (message.source, message.target);
        let (key, reversed) = Key::of((source.address, source.port), (target.address, target.port), UDP);
        let slot = match self.table.find(&key) {
            Some(slot) => slot,
            None if message.len >= MIN_DATAGRAM => {
                let Some(connection) = Connection::begin(message.octets, reversed, time) else { return };
                self.table.insert(key, connection)
            }
            None => return,
        };
        let connection = self.table.get_mut(slot);
        let side = if reversed == connection.client_is_b { Side::Client } else { Side::Server };
        if !connection.told {
            connection.datagram(side, message.octets, time);
            if connection.facts.server.is_some() {
                connection.tell(&key, tell);
            }
            let held = connection.held();
            self.table.charge(slot, held);
        }
        while let Some((key, mut connection)) = self.table.pop_excess() {
            connection.tell(&key, tell);
        }
    }

    /// Tells of handshakes without an answer.
    pub fn finish(&mut self, tell: &mut dyn FnMut(&Told<'_>)) {
        while let Some((key, mut connection)) = self.table.pop_oldest() {
            connection.tell(&key, tell);
        }
    }
}

impl Connection {
    /// A connection that begins with a client's Initial packet.
    fn begin(octets: &[u8], client_is_b: bool, time: Time) -> Option<Self> {
        let packet = packets(octets).next()?;
        Some(Connection {
            version: packet.version,
            client_is_b,
            keys: Keys::new(packet.version, packet.target)?,
            halves: Default::default(),
            messages: Default::default(),
            facts: Facts { first: time, last: time, ..Facts::default() },
            told: false,
        })
    }

    fn held(&self) -> usize {
        let messages: usize = self.messages.iter().map(Vec::capacity).sum();
        messages + self.halves.iter().map(Half::held).sum::<usize>() + 1024
    }

    fn datagram(&mut self, side: Side, octets: &[u8], time: Time) {
        for packet in packets(octets) {
            let mut opened = self.keys.open(side, &packet);
            if opened.is_none() && side == Side::Client {
                // After a Retry the keys are those of another connection ID.
                let again = Keys::new(packet.version, packet.target);
                if let Some(keys) = again {
                    opened = keys.open(side, &packet);
                    if opened.is_some() {
                        self.keys = keys;
                        self.version = packet.version;
                    }
                }
            }
            let Some(payload) = opened else { continue };
            self.facts.last = time;
            for (offset, data) in frames(&payload) {
                self.crypto(side, offset, data);
            }
        }
    }

    /// Octets of the handshake at a place.
    fn crypto(&mut self, side: Side, offset: u64, data: &[u8]) {
        if offset + data.len() as u64 > MAX_CRYPTO {
            return;
        }
        let half = &mut self.halves[side.index()];
        if !half.started() {
            half.start(0);
        }
        let message = &mut self.messages[side.index()];
        half.segment(offset as u32, data, data.len() as u32, false, |run| {
            if let Run::Octets(octets) = run {
                message.extend_from_slice(octets);
            }
        });
        let mut reader = Reader(message);
        let (Some(kind), Some(body)) = (reader.u8(), reader.vec24()) else { return };
        match (kind, side) {
            (1, Side::Client) if self.facts.client.is_none() => self.facts.client = ClientHello::parse(body),
            (2, Side::Server) if self.facts.server.is_none() => {
                self.facts.server = ServerHello::parse(body);
                self.facts.resumed = self.facts.server.as_ref().is_some_and(ServerHello::resumes);
                self.facts.complete = self.facts.server.is_some();
            }
            _ => {}
        }
    }

    fn tell(&mut self, key: &Key, tell: &mut dyn FnMut(&Told<'_>)) {
        if !self.told && self.facts.client.is_some() {
            let ends = Ends::of(key, self.client_is_b);
            tell(&Told { ends, version: self.version.number(), facts: &self.facts });
        }
        self.told = true;
        self.halves = Default::default();
        self.messages = Default::default();
        self.facts = Facts::default();
    }
}
