//! Arenas on their way from the capture loop to the workers and back: chunks that
//! are filled, handed over without waiting, and used again.

use std::mem;

use crossbeam_channel::{Receiver, Sender, bounded};
use sniff_captures::chunk::{self, Chunk};
use sniff_captures::file::Taken;

use super::ring::Feed;
use crate::signals::Signals;

/// Arenas that are kept for later although the workers have done with them.
const SPARE: usize = 16;

/// Where the capture loop gets arenas and hands them over.
pub(super) struct Pool {
    filled: Option<Sender<(u64, Chunk)>>,
    empty: Receiver<Chunk>,
    next: u64,
}

/// Where the workers take them.
pub(super) struct ArenaFeed<'a> {
    filled: Receiver<(u64, Chunk)>,
    empty: Sender<Chunk>,
    signals: &'a Signals,
}

/// The two ends of a ring of arenas that takes at most `memory` octets.
pub(super) fn arenas(memory: u64, signals: &Signals) -> (Pool, ArenaFeed<'_>) {
    let count = usize::try_from(memory / chunk::SIZE as u64).unwrap_or(usize::MAX).clamp(2, 1 << 20);
    let (filled, to_fill) = bounded(count);
    let (emptied, empty) = bounded(SPARE);
    (Pool { filled: Some(filled), empty, next: 0 }, ArenaFeed { filled: to_fill, empty: emptied, signals })
}

impl Pool {
    /// Hands an arena over in exchange for an empty one, unless memory is full.
    pub(super) fn send(&mut self, arena: &mut Chunk) {
        let Some(filled) = self.filled.as_ref().filter(|_| !arena.is_empty()) else { return };
        if filled.is_full() {
            return;
        }
        let next = self.empty.try_recv().unwrap_or_default();
        let full = mem::replace(arena, next);
        // Only the workers' end can be gone, and then nobody wants it.
        let _ = filled.try_send((self.next, full));
        self.next += 1;
    }

    /// Whether the workers have taken all that was handed over.
    pub(super) fn is_idle(&self) -> bool {
        self.filled.as_ref().is_none_or(Sender::is_empty)
    }

    /// Lets the workers go when they have done what is left.
    pub(super) fn close(&mut self) {
        self.filled = None;
    }
}

impl Feed for ArenaFeed<'_> {
    fn take(&self, chunk: &mut Chunk) -> Option<Taken> {
        let (number, arena) = self.filled.recv().ok()?;
        let mut used = mem::replace(chunk, arena);
        used.clear();
        let _ = self.empty.try_send(used);
        Some(Taken { number, last: false, error: None })
    }

    fn stopped(&self) -> bool {
        false
    }

    fn end(&self) {
        self.signals.wake();
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (0, None)
    }
}
