//! TCP connections: finds a packet's connection, puts both directions in order,
//! and tells the conversation that a verb runs on it.

use sniff_captures::Time;

use super::decode::TCP;
use super::flow::{Key, Table};
use super::reassembly::{Half, Run};
use super::transport::{ACK, Endpoint, FIN, RST, SYN, Segment};

/// Who sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that opened the connection, as far as is known.
    Client,
    /// The other one.
    Server,
}

impl Side {
    /// 0 for the client, 1 for the server.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The other side.
    pub fn other(self) -> Self {
        if self == Side::Client { Side::Server } else { Side::Client }
    }
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    /// The end that opened it, as far as is known.
    pub client: Endpoint,
    /// The other end.
    pub server: Endpoint,
}

impl Ends {
    /// The ends of a key.
    pub fn of(key: &Key, client_is_b: bool) -> Self {
        let a = Endpoint { address: key.a, port: key.ports.0 };
        let b = Endpoint { address: key.b, port: key.ports.1 };
        if client_is_b { Ends { client: b, server: a } } else { Ends { client: a, server: b } }
    }

    /// The sender and receiver of what a side sends.
    pub fn from(&self, side: Side) -> (Endpoint, Endpoint) {
        if side == Side::Client { (self.client, self.server) } else { (self.server, self.client) }
    }
}

/// Whether a segment that begins what is known of a connection comes from the
/// client; without SYN the ports tell: servers have the lower one.
pub fn is_from_client(segment: &Segment<'_>) -> bool {
    if segment.flags & SYN != 0 { segment.flags & ACK == 0 } else { segment.source.port >= segment.target.port }
}

/// Whether a conversation wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Yes.
    More,
    /// No: the rest of the connection is nothing to it.
    Nothing,
}

/// What is known of a connection when its first octets come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opening {
    /// Its ends.
    pub ends: Ends,
    /// Its number among all TCP connections, from 0.
    pub number: u64,
    /// Whether its beginning was captured.
    pub begun: bool,
}

/// What a verb does with one connection. `Shared` is what all of them share:
/// options and output.
pub trait Conversation: Sized {
    /// Options and output.
    type Shared;

    /// The first octets are about to come.
    fn open(opening: &Opening, time: Time, shared: &mut Self::Shared) -> Self;

    /// The next octets of a side.
    fn octets(&mut self, from: Side, octets: &[u8], time: Time, shared: &mut Self::Shared) -> Want;

    /// Octets of a side that were not captured.
    fn missing(&mut self, from: Side, octets: u64, time: Time, shared: &mut Self::Shared) -> Want;

    /// A side sends no more.
    fn closed(&mut self, from: Side, time: Time, shared: &mut Self::Shared);

    /// The connection is over or given up.
    fn end(self, time: Time, shared: &mut Self::Shared);

    /// Octets of memory held beside the value itself.
    fn held(&self) -> usize;
}

/// How far a connection is.
enum Stage<C> {
    /// No octets yet.
    Quiet,
    /// The conversation runs.
    Open(Box<C>),
    /// Over, or nothing to the verb.
    Done,
}

struct Connection<C> {
    halves: [Half; 2],
    /// Whether the client is the key's second end.
    client_is_b: bool,
    number: u64,
    /// Whether SYN was seen.
    begun: bool,
    closed: [bool; 2],
    over: bool,
    last: Time,
    stage: Stage<C>,
}

/// All connections, within a budget of octets.
pub struct Connections<C: Conversation> {
    table: Table<Connection<C>>,
    seen: u64,
}

impl<C: Conversation> Connections<C> {
    /// Connections that hold at most `limit` octets.
    pub fn new(limit: usize) -> Self {
        Connections { table: Table::new(limit), seen: 0 }
    }

    /// Connections that were given up to stay within the budget.
    pub fn evicted(&self) -> u64 {
        self.table.evicted
    }

    /// Connections so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Octets of memory used.
    pub fn used(&self) -> usize {
        self.table.used()
    }

    /// Takes a segment.
    pub fn segment(&mut self, segment: &Segment<'_>, time: Time, shared: &mut C::Shared) {
        let (key, reversed) =
            Key::of((segment.source.address, segment.source.port), (segment.target.address, segment.target.port), TCP);
        let mut found = self.table.find(&key);
        if let Some(slot) = found
            && self.table.get_mut(slot).reused(segment, reversed)
            && let Some((key, connection)) = self.table.remove(slot)
        {
            connection.finish(&key, time, shared);
            found = None;
        }
        let slot = found.unwrap_or_else(|| {
            self.seen += 1;
            self.table.insert(key, Connection::new(segment, reversed, self.seen - 1))
        });
        let connection = self.table.get_mut(slot);
        connection.segment(&key, segment, reversed, time, shared);
        let held = connection_held(connection);
        self.table.charge(slot, held);
        while let Some((key, connection)) = self.table.pop_excess() {
            connection.finish(&key, time, shared);
        }
    }

    /// Ends the connection that was used longest ago; false if there is none.
    pub fn end_next(&mut self, shared: &mut C::Shared) -> bool {
        let Some((key, connection)) = self.table.pop_oldest() else { return false };
        let time = connection.last;
        connection.finish(&key, time, shared);
        true
    }
}

fn connection_held<C: Conversation>(connection: &Connection<C>) -> usize {
    let halves: usize = connection.halves.iter().map(Half::held).sum();
    halves + if let Stage::Open(c) = &connection.stage { size_of::<C>() + c.held() } else { 0 }
}

impl<C: Conversation> Connection<C> {
    /// A connection that begins with this segment.
    fn new(segment: &Segment<'_>, reversed: bool, number: u64) -> Self {
        let from_client = is_from_client(segment);
        Connection {
            halves: [Half::default(), Half::default()],
            client_is_b: from_client == reversed,
            number,
            begun: segment.flags & SYN != 0,
            closed: [false; 2],
            over: false,
            last: Time::default(),
            stage: Stage::Quiet,
        }
    }

    /// Whether a segment begins a new connection between the same ends.
    fn reused(&self, segment: &Segment<'_>, reversed: bool) -> bool {
        if segment.flags & (SYN | ACK | RST) != SYN {
            return false;
        }
        let half = &self.halves[self.side(reversed).index()];
        // A repeated SYN has the number before the first octet.
        self.over || (half.started() && !(-1 - (1 << 20)..=0).contains(&half.ahead(segment.seq)))
    }

    fn side(&self, reversed: bool) -> Side {
        if reversed == self.client_is_b { Side::Client } else { Side::Server }
    }

    fn opening(&self, key: &Key) -> Opening {
        Opening { ends: Ends::of(key, self.client_is_b), number: self.number, begun: self.begun }
    }

    fn segment(&mut self, key: &Key, segment: &Segment<'_>, reversed: bool, time: Time, shared: &mut C::Shared) {
        self.last = time;
        if self.over {
            return;
        }
        let side = self.side(reversed);
        let opening = self.opening(key);
        if segment.flags & RST != 0 {
            if self.resets(side, segment) {
                self.drain(opening, time, shared);
                self.end(time, shared);
            }
            return;
        }
        let Connection { halves, stage, .. } = self;
        let mut seq = segment.seq;
        if segment.flags & SYN != 0 {
            seq = seq.wrapping_add(1);
            if !halves[side.index()].started() {
                halves[side.index()].start(seq);
            }
            let other = &mut halves[side.other().index()];
            if segment.flags & ACK != 0 && !other.started() {
                other.start(segment.ack);
            }
        }
        let mut run = Runner { stage, opening, time, shared };
        if segment.flags & ACK != 0 {
            halves[side.other().index()].acknowledged(segment.ack, |part| run.take(side.other(), &part));
        }
        let fin = segment.flags & FIN != 0;
        if segment.len > 0 || fin {
            halves[side.index()].segment(seq, segment.octets, segment.len, fin, |part| run.take(side, &part));
        }
        self.close(time, shared);
    }

    /// Tells the conversation which sides have ended; both, and it is over.
    fn close(&mut self, time: Time, shared: &mut C::Shared) {
        for side in [Side::Client, Side::Server] {
            if self.halves[side.index()].ended() && !self.closed[side.index()] {
                self.closed[side.index()] = true;
                if let Stage::Open(conversation) = &mut self.stage {
                    conversation.closed(side, time, shared);
                }
            }
        }
        if self.closed == [true; 2] || matches!(self.stage, Stage::Done) {
            self.end(time, shared);
        }
    }

    /// The connection is over; what it held goes.
    fn end(&mut self, time: Time, shared: &mut C::Shared) {
        self.over = true;
        self.halves = [Half::default(), Half::default()];
        if let Stage::Open(conversation) = std::mem::replace(&mut self.stage, Stage::Done) {
            conversation.end(time, shared);
        }
    }

    /// Whether RST is about where the stream is and counts (RFC 5961, section 3).
    fn resets(&self, side: Side, segment: &Segment<'_>) -> bool {
        let half = &self.halves[side.index()];
        !half.started() || segment.seq == 0 || (-(1 << 20)..1 << 30).contains(&half.ahead(segment.seq))
    }

    /// Hands out what waits behind holes.
    fn drain(&mut self, opening: Opening, time: Time, shared: &mut C::Shared) {
        let Connection { halves, stage, .. } = self;
        let mut run = Runner { stage, opening, time, shared };
        for side in [Side::Client, Side::Server] {
            halves[side.index()].finish(|part| run.take(side, &part));
        }
    }

    fn finish(mut self, key: &Key, time: Time, shared: &mut C::Shared) {
        self.drain(self.opening(key), time, shared);
        if let Stage::Open(conversation) = self.stage {
            conversation.end(time, shared);
        }
    }
}

/// Hands parts of the streams to the conversation.
struct Runner<'r, C: Conversation> {
    stage: &'r mut Stage<C>,
    opening: Opening,
    time: Time,
    shared: &'r mut C::Shared,
}

impl<C: Conversation> Runner<'_, C> {
    fn take(&mut self, from: Side, run: &Run<'_>) {
        if matches!(self.stage, Stage::Quiet) {
            *self.stage = Stage::Open(Box::new(C::open(&self.opening, self.time, self.shared)));
        }
        let Stage::Open(conversation) = self.stage else { return };
        let want = match *run {
            Run::Octets(octets) => conversation.octets(from, octets, self.time, self.shared),
            Run::Missing(octets) => conversation.missing(from, octets, self.time, self.shared),
        };
        if want == Want::Nothing {
            *self.stage = Stage::Done;
        }
    }
}
