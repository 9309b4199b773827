//! One direction of a TCP connection: segments in any order become a byte stream
//! (RFC 9293, section 3.4; sequence numbers wrap).
//!
//! In order, a segment is handed on where it lies. What comes early waits; the
//! first octet that arrived for a place stays. Octets that the capture does not
//! have are said to be missing once the receiver has acknowledged them, so that
//! they will not be sent again, or once too much waits behind them.

use std::collections::BTreeMap;

/// Octets that wait behind a hole before the hole is given up.
const MAX_WAITING: usize = 4 << 20;
/// Packets of the connection that a hole is waited for, from its acknowledgment on:
/// captures swap neighbours. In an exchange of short messages these are the answer,
/// the next message and its answer.
const PATIENCE: u8 = 3;
/// What a waiting piece costs beside its octets, about.
const PIECE: usize = 96;

/// What comes out of a direction, in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Run<'s> {
    /// The next octets.
    Octets(&'s [u8]),
    /// So many octets were not captured.
    Missing(u64),
}

/// A segment that came early.
struct Piece {
    octets: Vec<u8>,
    /// Octets after these that the snapshot cut off.
    cut: u32,
}

impl Piece {
    fn len(&self) -> u64 {
        self.octets.len() as u64 + u64::from(self.cut)
    }
}

/// A direction's state. Places are counted from the first octet.
#[derive(Default)]
pub struct Half {
    started: bool,
    /// The sequence number of the octet at `next`.
    seq: u32,
    /// The place of the next octet to hand out.
    next: u64,
    /// The place after the last octet that the receiver has acknowledged.
    acked: u64,
    /// The place of FIN.
    end: Option<u64>,
    patience: u8,
    waiting: BTreeMap<u64, Piece>,
    held: usize,
}

impl Half {
    /// Whether a sequence number is known.
    pub fn started(&self) -> bool {
        self.started
    }

    /// Begins at a sequence number.
    pub fn start(&mut self, seq: u32) {
        (self.started, self.seq) = (true, seq);
    }

    /// Octets that wait, with what keeping them costs.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Whether everything up to FIN was handed out.
    pub fn ended(&self) -> bool {
        self.end.is_some_and(|end| self.next >= end)
    }

    /// How far a sequence number is beyond the next octet; negative if before it.
    pub fn ahead(&self, seq: u32) -> i64 {
        i64::from(seq.wrapping_sub(self.seq) as i32)
    }

    /// Takes a segment of `len` octets, of which `octets` were captured.
    #[inline]
    pub fn segment(&mut self, seq: u32, octets: &[u8], len: u32, fin: bool, mut out: impl FnMut(Run<'_>)) {
        if !self.started {
            self.start(seq);
        }
        let ahead = self.ahead(seq);
        let start = self.next as i64 + ahead;
        let end = start + i64::from(len);
        if fin && self.end.is_none() && end >= self.next as i64 {
            self.end = Some(end as u64);
        }
        if end <= self.next as i64 || len == 0 {
            return;
        }
        if ahead <= 0 && self.waiting.is_empty() {
            // The common case: nothing waits, and this is next.
            let skip = (-ahead) as usize;
            let octets = octets.get(skip..).unwrap_or_default();
            self.hand(octets, (end - self.next as i64) as u64, &mut out);
            return;
        }
        self.keep(start, octets, end as u64);
        self.drain(&mut out);
        self.wait(&mut out);
        while self.held > MAX_WAITING {
            self.skip(&mut out);
        }
    }

    /// Hands out octets and what is missing after them up to `len`.
    fn hand(&mut self, octets: &[u8], len: u64, out: &mut impl FnMut(Run<'_>)) {
        if !octets.is_empty() {
            out(Run::Octets(octets));
        }
        let cut = len - octets.len() as u64;
        if cut > 0 {
            out(Run::Missing(cut));
        }
        self.advance(len);
    }

    fn advance(&mut self, by: u64) {
        self.next += by;
        self.seq = self.seq.wrapping_add(by as u32);
        self.patience = 0;
    }

    /// Keeps the parts of a segment that are for places still empty.
    fn keep(&mut self, start: i64, octets: &[u8], end: u64) {
        let mut at = self.next.max(start.max(0) as u64);
        let part = |from: u64, to: u64| {
            let from_octet = ((from as i64 - start) as usize).min(octets.len());
            let to_octet = ((to as i64 - start) as usize).min(octets.len());
            let octets = octets[from_octet..to_octet].to_vec();
            Piece { cut: (to - from - octets.len() as u64) as u32, octets }
        };
        let waiting = &mut self.waiting;
        if let Some((&from, piece)) = waiting.range(..at).next_back() {
            at = at.max(from + piece.len());
        }
        if at >= end {
            return;
        }
        let mut new = Vec::new();
        for (&from, piece) in waiting.range(at..end) {
            if at < from {
                new.push((at, part(at, from)));
            }
            at = from + piece.len();
        }
        if at < end {
            new.push((at, part(at, end)));
        }
        for (at, piece) in new {
            self.held += piece.octets.len() + PIECE;
            waiting.insert(at, piece);
        }
    }

    /// Hands out what waits and is next.
    fn drain(&mut self, out: &mut impl FnMut(Run<'_>)) {
        while let Some(first) = self.waiting.first_entry() {
            if *first.key() > self.next {
                return;
            }
            let piece = first.remove();
            self.held -= piece.octets.len() + PIECE;
            self.hand(&piece.octets, piece.len(), out);
        }
    }

    /// Gives up the first hole.
    fn skip(&mut self, out: &mut impl FnMut(Run<'_>)) {
        if let Some((&from, _)) = self.waiting.first_key_value() {
            let missing = from - self.next;
            out(Run::Missing(missing));
            self.advance(missing);
        }
        self.drain(out);
    }

    /// Takes the receiver's acknowledgment.
    #[inline]
    pub fn acknowledged(&mut self, ack: u32, mut out: impl FnMut(Run<'_>)) {
        if !self.started {
            return;
        }
        let acked = self.next as i64 + self.ahead(ack);
        if acked > self.acked as i64 {
            self.acked = acked as u64;
        }
        self.wait(&mut out);
    }

    /// Counts a packet while acknowledged octets have not come; the hole is given up
    /// if that are enough and it is known where it ends.
    fn wait(&mut self, out: &mut impl FnMut(Run<'_>)) {
        if self.acked <= self.next {
            return;
        }
        self.patience = self.patience.saturating_add(1);
        if self.patience >= PATIENCE
            && let Some((&hole_ends, _)) = self.waiting.first_key_value()
            && self.acked >= hole_ends
        {
            self.skip(out);
        }
    }

    /// The connection is over: hands out what waits, and what is missing.
    pub fn finish(&mut self, mut out: impl FnMut(Run<'_>)) {
        while !self.waiting.is_empty() {
            self.skip(&mut out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A direction that writes octets as they are and missing ones as `[N]`.
    #[derive(Default)]
    struct Written {
        half: Half,
        text: String,
    }

    fn write(text: &mut String) -> impl FnMut(Run<'_>) {
        |run| match run {
            Run::Octets(octets) => text.push_str(std::str::from_utf8(octets).unwrap()),
            Run::Missing(octets) => text.push_str(&format!("[{octets}]")),
        }
    }

    impl Written {
        fn send(&mut self, seq: u32, octets: &str) -> &str {
            self.half.segment(seq, octets.as_bytes(), octets.len() as u32, false, write(&mut self.text));
            &self.text
        }

        fn ack(&mut self, ack: u32) -> &str {
            self.half.acknowledged(ack, write(&mut self.text));
            &self.text
        }
    }

    #[test]
    fn segments_come_in_order_across_the_wrap() {
        let mut written = Written::default();
        written.half.start(0xffff_fffe);
        assert_eq!(written.send(2, "efg"), "");
        assert_eq!(written.send(0xffff_fffe, "ab"), "ab");
        assert_eq!(written.send(0, "cd"), "abcdefg");
        assert_eq!(written.send(0xffff_fffe, "XXXXXXXh"), "abcdefgh", "what was sent before stays");
        assert_eq!(written.half.held(), 0);
    }

    #[test]
    fn what_arrived_first_stays() {
        let mut written = Written::default();
        written.half.start(0);
        written.send(2, "cd");
        written.send(6, "gh");
        written.send(1, "XXXXXXXXi");
        assert_eq!(written.send(0, "aYYYYYY"), "aXcdXXghXi");
    }

    #[test]
    fn acknowledged_holes_are_missing() {
        let mut written = Written::default();
        written.half.start(0);
        written.send(0, "ab");
        written.send(5, "fg");
        for _ in 0..8 {
            assert_eq!(written.ack(4), "ab", "the hole's end is not acknowledged");
        }
        assert_eq!(written.ack(7), "ab[3]fg");
        let mut written = Written::default();
        written.half.start(0);
        written.send(0, "ab");
        for _ in 2..PATIENCE {
            assert_eq!(written.ack(5), "ab");
        }
        assert_eq!(written.send(5, "fg"), "ab");
        assert_eq!(written.ack(5), "ab[3]fg", "neighbours may have been swapped until then");
    }

    #[test]
    fn the_end_gives_holes_up_and_cut_segments_are_missing() {
        let mut written = Written::default();
        written.half.start(0);
        written.half.segment(0, b"ab", 5, false, write(&mut written.text));
        assert_eq!(written.send(6, "gh"), "ab[3]");
        written.half.finish(write(&mut written.text));
        assert_eq!(written.text, "ab[3][1]gh");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut half = Half::default();
        half.start(0);
        let mut handed = 0;
        for at in 0..10_000u32 {
            half.segment(1 + at * 2000, &[0; 1000], 1000, false, |_| handed += 1);
            assert!(half.held() <= MAX_WAITING);
        }
        assert!(handed > 1000);
    }
}
