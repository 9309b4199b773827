//! How a TCP connection went, from its headers alone. What counts as what is
//! Wireshark's "TCP Analysis", as far as a few numbers per connection allow.

use sniff_captures::Time;
use sniff_dissectors::{Line, Scale, Verdict};

use super::nanos_between;
use super::tcp::Side;
use super::transport::{ACK, FIN, RST, SYN, Segment};

/// How late a segment that fills a hole may be to count as out of order and not
/// as sent again, where the round trip is not known, in nanoseconds.
const REORDERING: i64 = 3_000_000;

/// Writes what is unusual about a segment: ` [retransmission]` and others.
pub fn write(verdict: &Verdict, line: &mut Line) {
    if verdict.retransmission {
        line.str(" [retransmission]");
    }
    if verdict.out_of_order {
        line.str(" [out of order]");
    }
    if verdict.duplicate > 0 {
        line.str(" [dup ack ");
        line.dec(verdict.duplicate.into());
        line.byte(b']');
    }
    if verdict.zero_window {
        line.str(" [zero window]");
    }
    if let Some(rtt) = verdict.rtt {
        line.str(" [RTT ");
        milliseconds(line, rtt.max(0).unsigned_abs());
        line.byte(b']');
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

/// The largest shift of a window that counts (RFC 7323, section 2.3).
const MAX_SHIFT: u8 = 14;

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
    scale: Scale,
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
        let mut verdict = Verdict { initial_rtt: self.rtt, ..Verdict::default() };
        (verdict.own, verdict.other) = self.bases(segment, side);
        verdict.scale = self.scale(segment, side);
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

    /// What the numbers of a segment are relative to: the first of each side.
    fn bases(&mut self, segment: &Segment<'_>, side: Side) -> (u32, u32) {
        let syn = segment.flags & SYN != 0;
        let first = segment.seq.wrapping_sub(u32::from(!syn));
        let base = &mut self.halves[side.index()].base;
        // A SYN says it, whatever was taken for the first before.
        let own = *if syn { base.insert(first) } else { base.get_or_insert(first) };
        if segment.flags & ACK == 0 {
            return (own, 0);
        }
        (own, *self.halves[1 - side.index()].base.get_or_insert(segment.ack.wrapping_sub(1)))
    }

    /// How the windows of a segment's sender are scaled: only if both SYNs say so (RFC
    /// 7323, section 2.2).
    fn scale(&mut self, segment: &Segment<'_>, side: Side) -> Scale {
        let [own, other] = [side.index(), 1 - side.index()].map(|index| self.halves[index].scale);
        if segment.flags & SYN == 0 {
            return own;
        }
        let scale = match segment.window_scale() {
            Some(_) if other == Scale::Unused && segment.flags & ACK != 0 => Scale::Unused,
            Some(shift) => Scale::Shift(shift.min(MAX_SHIFT)),
            None if own == Scale::Unknown => {
                self.halves[1 - side.index()].scale = Scale::Unused;
                Scale::Unused
            }
            None => own,
        };
        self.halves[side.index()].scale = scale;
        scale
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
