//! How a TCP connection went, from its headers alone. What counts as what is
//! Wireshark's "TCP Analysis", as far as a few numbers per connection allow.

use sniff_captures::Time;
use sniff_dissectors::Line;

use super::flow::{Key, Table};
use super::nanos_between;
use super::tcp::{Side, is_from_client};
use super::transport::{ACK, FIN, RST, SYN, Segment, Transport, Transports};

/// How late a segment that fills a hole may be to count as out of order and not
/// as sent again, where the round trip is not known, in nanoseconds.
const REORDERING: i64 = 3_000_000;

/// What is said of one segment, with what came before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The number of its connection, from 0.
    pub stream: u64,
    /// The sequence number, relative to the connection's first.
    pub seq: u32,
    /// The acknowledgment number, relative to the other side's first.
    pub ack: u32,
    /// Whether it was sent before.
    pub retransmission: bool,
    /// Whether it was overtaken.
    pub out_of_order: bool,
    /// How often its acknowledgment was repeated, this time included.
    pub duplicate: u32,
    /// Whether it says that nothing more may be sent.
    pub zero_window: bool,
    /// From a segment to this acknowledgment of it, in nanoseconds; only the latest
    /// segments are timed, and none that was sent again.
    pub rtt: Option<i64>,
}

impl Verdict {
    /// Writes what is unusual about the segment: ` [retransmission]` and others.
    pub fn write(&self, line: &mut Line) {
        if self.retransmission {
            line.str(" [retransmission]");
        }
        if self.out_of_order {
            line.str(" [out of order]");
        }
        if self.duplicate > 0 {
            line.str(" [dup ack ");
            line.dec(self.duplicate.into());
            line.byte(b']');
        }
        if self.zero_window {
            line.str(" [zero window]");
        }
        if let Some(rtt) = self.rtt {
            line.str(" [RTT ");
            milliseconds(line, rtt.max(0).unsigned_abs());
            line.byte(b']');
        }
    }
}

/// `12.3 ms`; below one millisecond with three decimals.
fn milliseconds(line: &mut Line, nanos: u64) {
    let (unit, digits) = if nanos < 1_000_000 { (1_000, 3) } else { (100_000, 1) };
    let rounded = nanos.saturating_add(unit / 2) / unit;
    let one = 10_u64.pow(digits);
    line.dec(rounded / one);
    line.byte(b'.');
    line.dec_padded(rounded % one, digits as usize, b'0');
    line.str(" ms");
}

/// How many segments of a direction are timed.
const TIMED: usize = 4;

/// One direction.
#[derive(Clone, Copy, Default)]
struct Half {
    /// The number before the first octet.
    base: Option<u32>,
    /// The latest acknowledgment and window, and how often they were repeated.
    ack: Option<(u32, u16)>,
    repeated: u32,
    /// The numbers after the latest segments, and when those were sent.
    timed: [Option<(u32, Time)>; TIMED],
    started: bool,
    /// The number after the highest that was sent.
    high: u32,
    /// When `high` was sent.
    when: Time,
    /// The latest hole below `high`, its first number and the one after it.
    hole: Option<(u32, u32)>,
    fin: bool,
}

/// A connection's numbers; pairs are the client's and the server's.
#[derive(Clone, Copy, Default)]
pub struct Analysis {
    halves: [Half; 2],
    syn: Option<Time>,
    answered: bool,
    reset: bool,
    /// From SYN to the acknowledgment of its answer, in nanoseconds.
    pub rtt: Option<i64>,
    /// Segments that were sent again.
    pub retransmissions: [u32; 2],
    /// Segments that were overtaken.
    pub out_of_order: [u32; 2],
    /// Segments that say that nothing more may be sent.
    pub zero_windows: [u32; 2],
}

impl Analysis {
    /// Whether a segment begins a new connection between the same ends.
    pub fn reused(&self, segment: &Segment<'_>, side: Side) -> bool {
        if segment.flags & (SYN | ACK | RST) != SYN {
            return false;
        }
        let over = self.reset || self.halves.iter().all(|half| half.fin);
        let half = &self.halves[side.index()];
        let ahead = half.high.wrapping_sub(segment.seq) as i32;
        over || (half.started && !(0..1 << 20).contains(&ahead))
    }

    /// Takes a segment of a side.
    pub fn segment(&mut self, segment: &Segment<'_>, side: Side, time: Time) -> Verdict {
        self.handshake(segment, side, time);
        self.reset |= segment.flags & RST != 0;
        let mut verdict = Verdict::default();
        (verdict.seq, verdict.ack) = self.relative(segment, side);
        if segment.window == 0 && segment.flags & (SYN | FIN | RST) == 0 {
            self.zero_windows[side.index()] += 1;
            verdict.zero_window = true;
        }
        if segment.flags & ACK != 0 {
            verdict.rtt = self.acknowledged(segment.ack, side, time);
            verdict.duplicate = self.halves[side.index()].repeats(segment);
        }
        let occupied = segment.len + u32::from(segment.flags & SYN != 0) + u32::from(segment.flags & FIN != 0);
        if occupied != 0 && segment.flags & RST == 0 {
            self.sent(segment, side, time, occupied, &mut verdict);
        }
        verdict
    }

    /// The numbers of a segment relative to the first of each side.
    fn relative(&mut self, segment: &Segment<'_>, side: Side) -> (u32, u32) {
        let syn = segment.flags & SYN != 0;
        let first = segment.seq.wrapping_sub(u32::from(!syn));
        let base = &mut self.halves[side.index()].base;
        // A SYN says it, whatever was taken for the first before.
        let own = *if syn { base.insert(first) } else { base.get_or_insert(first) };
        if segment.flags & ACK == 0 {
            return (segment.seq.wrapping_sub(own), 0);
        }
        let other = *self.halves[1 - side.index()].base.get_or_insert(segment.ack.wrapping_sub(1));
        (segment.seq.wrapping_sub(own), segment.ack.wrapping_sub(other))
    }

    /// The round trip that an acknowledgment from `side` ends, in nanoseconds.
    fn acknowledged(&mut self, ack: u32, side: Side, time: Time) -> Option<i64> {
        let timed = &mut self.halves[1 - side.index()].timed;
        let at = timed.iter().position(|timed| timed.is_some_and(|timed| timed.0 == ack))?;
        timed[at].take().map(|(_, sent)| nanos_between(sent, time))
    }

    /// Takes a segment that occupies sequence numbers.
    fn sent(&mut self, segment: &Segment<'_>, side: Side, time: Time, occupied: u32, verdict: &mut Verdict) {
        let half = &mut self.halves[side.index()];
        half.fin |= segment.flags & FIN != 0;
        let end = segment.seq.wrapping_add(occupied);
        if !half.started {
            (half.started, half.high, half.when) = (true, end, time);
            half.time(end, time);
            return;
        }
        let ahead = segment.seq.wrapping_sub(half.high) as i32;
        if ahead > 0 {
            half.hole = Some((half.high, segment.seq));
        }
        let beyond = end.wrapping_sub(half.high) as i32;
        if beyond > 0 {
            (half.high, half.when) = (end, time);
            half.time(end, time);
        }
        let keep_alive = occupied <= 1 && ahead == -1;
        if ahead >= 0 || keep_alive {
            return;
        }
        // An acknowledgment does not tell which of the two it is for.
        half.timed = [None; TIMED];
        let fills = half
            .hole
            .is_some_and(|(from, to)| segment.seq.wrapping_sub(from) as i32 >= 0 && (end.wrapping_sub(to) as i32) <= 0);
        if fills && nanos_between(half.when, time) < self.rtt.unwrap_or(REORDERING) {
            self.out_of_order[side.index()] += 1;
            verdict.out_of_order = true;
        } else {
            self.retransmissions[side.index()] += 1;
            verdict.retransmission = true;
        }
    }

    fn handshake(&mut self, segment: &Segment<'_>, side: Side, time: Time) {
        match (segment.flags & (SYN | ACK), side) {
            (SYN, Side::Client) => self.syn = self.syn.or(Some(time)),
            (flags, Side::Server) if flags == SYN | ACK => self.answered = true,
            (ACK, Side::Client) if self.answered && self.rtt.is_none() => {
                self.rtt = self.syn.map(|syn| nanos_between(syn, time));
            }
            _ => {}
        }
    }
}

impl Half {
    /// Times a segment in place of the one that was timed longest ago.
    fn time(&mut self, end: u32, now: Time) {
        self.timed.rotate_right(1);
        self.timed[0] = Some((end, now));
    }

    /// How often a bare acknowledgment repeats the one before it (RFC 5681,
    /// section 2), this time included.
    fn repeats(&mut self, segment: &Segment<'_>) -> u32 {
        let now = (segment.ack, segment.window);
        let bare = segment.len == 0 && segment.flags & (SYN | FIN | RST) == 0 && segment.window != 0;
        let keeps = self.ack == Some(now) && (!self.started || segment.seq == self.high);
        if self.ack.is_none_or(|before| before.0 != segment.ack) {
            self.repeated = 0;
        }
        self.ack = Some(now);
        if !(bare && keeps) {
            return 0;
        }
        self.repeated += 1;
        self.repeated
    }
}

/// A connection and how it goes.
struct Connection {
    number: u64,
    client_is_b: bool,
    analysis: Analysis,
}

/// Follows the TCP connections of a run, packet by packet.
pub struct Analyzer {
    transports: Transports,
    table: Table<Connection>,
    seen: u64,
}

impl Analyzer {
    /// Connections within `memory` octets.
    pub fn new(memory: usize) -> Self {
        Analyzer { transports: Transports::new(memory / 16), table: Table::new(memory), seen: 0 }
    }

    /// What is to be said of a frame of LINKTYPE_ `link`, if it has a TCP segment.
    pub fn frame(&mut self, link: u16, data: &[u8], time: Time) -> Option<Verdict> {
        let Some(Transport::Tcp(segment)) = self.transports.of(link, data) else { return None };
        let (source, target) = (segment.source, segment.target);
        let (key, reversed) = Key::of((source.address, source.port), (target.address, target.port), super::decode::TCP);
        let known = self.table.find(&key).filter(|&slot| {
            let connection = self.table.get_mut(slot);
            !connection.analysis.reused(&segment, connection.side(reversed))
        });
        let slot = known.unwrap_or_else(|| {
            if let Some(slot) = self.table.find(&key) {
                self.table.remove(slot);
            }
            let number = self.seen;
            self.seen += 1;
            let client_is_b = is_from_client(&segment) == reversed;
            let slot = self.table.insert(key, Connection { number, client_is_b, analysis: Analysis::default() });
            while self.table.pop_excess().is_some() {}
            slot
        });
        let connection = self.table.get_mut(slot);
        let side = connection.side(reversed);
        let verdict = connection.analysis.segment(&segment, side, time);
        Some(Verdict { stream: connection.number, ..verdict })
    }
}

impl Connection {
    fn side(&self, reversed: bool) -> Side {
        if reversed == self.client_is_b { Side::Client } else { Side::Server }
    }
}
