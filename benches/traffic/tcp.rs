//! A TCP connection: handshake, messages in segments with acknowledgements, now
//! and then a lost segment, and the end (RFC 9293, RFC 7323, RFC 2018).

use std::io;

use super::Flow;
use super::random::Random;
use super::wire::{LARGEST, Path, TCP, Wire};

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

const CLIENT: usize = 0;
const SERVER: usize = 1;
/// Where the checksum is in a TCP header.
const CHECKSUM: usize = 16;

/// What one end says until the other one answers, or more of it.
#[derive(Default)]
pub struct Message {
    /// Who speaks: 0 the client, 1 the server.
    pub from: usize,
    pub head: Vec<u8>,
    /// Octets behind the head, cut out of text or noise.
    pub body: usize,
    pub text: bool,
    /// Where in the text or noise the body is.
    pub at: usize,
}

impl Message {
    /// Starts anew.
    pub fn reset(&mut self, from: usize, random: &mut Random) {
        self.from = from;
        self.head.clear();
        self.body = 0;
        self.text = false;
        self.at = random.below(LARGEST);
    }

    fn len(&self) -> usize {
        self.head.len() + self.body
    }

    /// Appends the octets from `start` on to a packet.
    fn append(&self, wire: &mut Wire<'_>, start: usize, len: usize) {
        let from_head = self.head.len().saturating_sub(start).min(len);
        if from_head > 0 {
            wire.frame.extend_from_slice(&self.head[start..start + from_head]);
        }
        let at = self.at + (start + from_head).saturating_sub(self.head.len());
        let pool = if self.text { &wire.text } else { &wire.noise };
        wire.frame.extend_from_slice(&pool[at..at + len - from_head]);
    }
}

/// What is said over a connection.
pub trait Script {
    /// Fills in the next message; false if there is none.
    fn next(&mut self, random: &mut Random, message: &mut Message) -> bool;
}

enum Stage {
    Syn,
    SynAck,
    Established,
    Talk,
    Fin,
    FinAck,
    LastAck,
    Refused,
}

/// A segment that got lost: where in the message, and acknowledgements that ask for it.
struct Hole {
    start: usize,
    asked: u32,
}

pub struct Connection<S> {
    path: Path,
    script: S,
    stage: Stage,
    message: Message,
    /// Octets of the message that were sent.
    sent: usize,
    /// Segments that nobody acknowledged.
    pending: usize,
    hole: Option<Hole>,
    /// The next sequence number of each end.
    next: [u32; 2],
    /// Where the clock of each end started.
    clock: [u32; 2],
    window: [u16; 2],
    /// Octets in a full segment.
    full: usize,
}

impl<S: Script> Connection<S> {
    pub fn new(random: &mut Random, port: u16, script: S) -> Self {
        let path = Path::out(random, port);
        Connection {
            path,
            script,
            stage: Stage::Syn,
            message: Message::default(),
            sent: 0,
            pending: 0,
            hole: None,
            next: [random.next() as u32, random.next() as u32],
            clock: [random.next() as u32, random.next() as u32],
            window: [502, 501],
            full: if path.is_ipv6() { 1428 } else { 1448 },
        }
    }

    /// Sends a segment from one end with `len` octets of the message from `start` on.
    fn segment(&mut self, wire: &mut Wire<'_>, from: usize, flags: u8, start: usize, len: usize) -> io::Result<()> {
        let behind = if len > 0 { (self.sent - start) as u32 } else { 0 };
        let seq = self.next[from].wrapping_sub(behind);
        self.header(wire, from, flags, seq, None);
        self.message.append(wire, start, len);
        wire.send_summed(CHECKSUM)
    }

    /// Starts a segment: its headers, in which an acknowledgement of what is
    /// behind a lost segment says so.
    fn header(&mut self, wire: &mut Wire<'_>, from: usize, flags: u8, seq: u32, lost: Option<[u32; 3]>) {
        let (source, target) = (self.path.ends[from].port, self.path.ends[1 - from].port);
        let now = wire.milliseconds();
        let value = now.wrapping_add(self.clock[from]).to_be_bytes();
        let with_ack = flags & ACK != 0;
        let echo = if with_ack { now.wrapping_add(self.clock[1 - from]).wrapping_sub(1) } else { 0 }.to_be_bytes();
        let ack = if with_ack { lost.map_or(self.next[1 - from], |lost| lost[0]) } else { 0 };
        let mut options = Vec::with_capacity(24);
        if flags & RST != 0 {
            // A reset has no options.
        } else if flags & SYN != 0 {
            let [high, low] = (self.full as u16 + 12).to_be_bytes();
            options.extend([2, 4, high, low, 4, 2, 8, 10]);
            options.extend(value);
            options.extend(echo);
            options.extend([1, 3, 3, 7]);
        } else {
            options.extend([1, 1, 8, 10]);
            options.extend(value);
            options.extend(echo);
            if let Some([_, left, right]) = lost {
                options.extend([1, 1, 5, 10]);
                options.extend(left.to_be_bytes());
                options.extend(right.to_be_bytes());
            }
        }
        let window = if flags & SYN != 0 { 64_240 } else { self.window[from] };
        wire.ip(&self.path, from, TCP);
        let frame = &mut wire.frame;
        frame.extend_from_slice(&source.to_be_bytes());
        frame.extend_from_slice(&target.to_be_bytes());
        frame.extend_from_slice(&seq.to_be_bytes());
        frame.extend_from_slice(&ack.to_be_bytes());
        frame.extend_from_slice(&[((20 + options.len()) << 2) as u8, flags]);
        frame.extend_from_slice(&window.to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(&options);
    }

    /// A segment that takes up a sequence number of its own, or none.
    fn signal(&mut self, wire: &mut Wire<'_>, from: usize, flags: u8) -> io::Result<()> {
        self.segment(wire, from, flags, 0, 0)?;
        if flags & (SYN | FIN) != 0 {
            self.next[from] = self.next[from].wrapping_add(1);
        }
        Ok(())
    }

    /// The next packet of a conversation under way; false when there is nothing left to say.
    fn talk(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        let from = self.message.from;
        if self.hole.is_some() && self.pending > 0 {
            return self.ask(wire, from).map(|()| true);
        }
        if self.pending > 1 || self.pending == 1 && self.sent == self.message.len() && !wire.random.once_in(3) {
            self.pending = 0;
            self.window[1 - from] = 480 + wire.random.below(32) as u16;
            return self.signal(wire, 1 - from, ACK).map(|()| true);
        }
        if self.sent == self.message.len() {
            if !self.script.next(&mut wire.random, &mut self.message) {
                return Ok(false);
            }
            self.sent = 0;
            if self.message.from != from {
                self.pending = 0;
            }
        }
        let rest = self.message.len() - self.sent;
        if rest > 8 * self.full && self.hole.is_none() && wire.random.once_in(400) {
            // This segment is seen by nobody.
            self.hole = Some(Hole { start: self.sent, asked: 0 });
            self.advance(self.full);
        }
        let len = rest.min(self.full);
        let len = len.min(self.message.len() - self.sent);
        let start = self.sent;
        self.advance(len);
        self.pending += 1;
        let flags = if self.sent == self.message.len() { PSH | ACK } else { ACK };
        self.segment(wire, self.message.from, flags, start, len)?;
        Ok(true)
    }

    fn advance(&mut self, len: usize) {
        self.sent += len;
        let next = &mut self.next[self.message.from];
        *next = next.wrapping_add(len as u32);
    }

    /// Asks for a lost segment, and sends it at the third time.
    fn ask(&mut self, wire: &mut Wire<'_>, from: usize) -> io::Result<()> {
        let Some(hole) = &mut self.hole else { return Ok(()) };
        let start = hole.start;
        if hole.asked == 3 {
            self.hole = None;
            return self.segment(wire, from, ACK, start, self.full);
        }
        hole.asked += 1;
        if hole.asked < 3 {
            self.pending = 0;
        }
        let end = self.next[from];
        let first = end.wrapping_sub((self.sent - start) as u32);
        let lost = [first, first.wrapping_add(self.full as u32), end];
        self.header(wire, 1 - from, ACK, self.next[1 - from], Some(lost));
        wire.send_summed(CHECKSUM)
    }
}

impl<S: Script> Flow for Connection<S> {
    fn step(&mut self, wire: &mut Wire<'_>) -> io::Result<bool> {
        match self.stage {
            Stage::Syn => {
                self.signal(wire, CLIENT, SYN)?;
                self.stage = if wire.random.once_in(100) { Stage::Refused } else { Stage::SynAck };
            }
            Stage::Refused => {
                self.next[SERVER] = 0;
                self.segment(wire, SERVER, RST | ACK, 0, 0)?;
                return Ok(false);
            }
            Stage::SynAck => {
                self.signal(wire, SERVER, SYN | ACK)?;
                self.stage = Stage::Established;
            }
            Stage::Established => {
                self.signal(wire, CLIENT, ACK)?;
                self.stage = Stage::Talk;
            }
            Stage::Talk => {
                if !self.talk(wire)? {
                    self.stage = Stage::Fin;
                    return self.step(wire);
                }
            }
            Stage::Fin => {
                if wire.random.once_in(20) {
                    self.segment(wire, CLIENT, RST | ACK, 0, 0)?;
                    return Ok(false);
                }
                self.signal(wire, CLIENT, FIN | ACK)?;
                self.stage = Stage::FinAck;
            }
            Stage::FinAck => {
                self.signal(wire, SERVER, FIN | ACK)?;
                self.stage = Stage::LastAck;
            }
            Stage::LastAck => {
                self.signal(wire, CLIENT, ACK)?;
                return Ok(false);
            }
        }
        Ok(true)
    }
}
