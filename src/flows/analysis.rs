//! How a TCP connection went, from its headers alone. What counts as what is
//! Wireshark's "TCP Analysis", as far as a few numbers per connection allow.

use sniff_captures::Time;

use crate::streams::nanos_between;
use crate::streams::tcp::Side;
use crate::streams::transport::{ACK, FIN, RST, SYN, Segment};

/// How late a segment that fills a hole may be to count as out of order and not
/// as sent again, where the round trip is not known, in nanoseconds.
const REORDERING: i64 = 3_000_000;

/// One direction.
#[derive(Clone, Copy, Default)]
struct Half {
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
pub(super) struct Analysis {
    halves: [Half; 2],
    syn: Option<Time>,
    answered: bool,
    reset: bool,
    /// From SYN to the acknowledgment of its answer, in nanoseconds.
    pub rtt: Option<i64>,
    pub retransmissions: [u32; 2],
    pub out_of_order: [u32; 2],
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
    pub fn segment(&mut self, segment: &Segment<'_>, side: Side, time: Time) {
        self.handshake(segment, side, time);
        self.reset |= segment.flags & RST != 0;
        if segment.window == 0 && segment.flags & (SYN | FIN | RST) == 0 {
            self.zero_windows[side.index()] += 1;
        }
        let occupied = segment.len + u32::from(segment.flags & SYN != 0) + u32::from(segment.flags & FIN != 0);
        if occupied == 0 || segment.flags & RST != 0 {
            return;
        }
        let half = &mut self.halves[side.index()];
        half.fin |= segment.flags & FIN != 0;
        let end = segment.seq.wrapping_add(occupied);
        if !half.started {
            (half.started, half.high, half.when) = (true, end, time);
            return;
        }
        let ahead = segment.seq.wrapping_sub(half.high) as i32;
        if ahead > 0 {
            half.hole = Some((half.high, segment.seq));
        }
        let beyond = end.wrapping_sub(half.high) as i32;
        if beyond > 0 {
            (half.high, half.when) = (end, time);
        }
        let keep_alive = occupied <= 1 && ahead == -1;
        if ahead >= 0 || keep_alive {
            return;
        }
        let fills = half
            .hole
            .is_some_and(|(from, to)| segment.seq.wrapping_sub(from) as i32 >= 0 && (end.wrapping_sub(to) as i32) <= 0);
        if fills && nanos_between(half.when, time) < self.rtt.unwrap_or(REORDERING) {
            self.out_of_order[side.index()] += 1;
        } else {
            self.retransmissions[side.index()] += 1;
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
