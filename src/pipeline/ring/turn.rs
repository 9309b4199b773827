//! Whose turn it is: workers do the steps that must be in order one after the
//! other, by the numbers of their chunks.

use std::hint;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Looks at the turn before a worker goes to sleep, some fifty microseconds: most
/// steps of the worker before take less, and waking up takes as long.
const LOOKS: u32 = 4000;

/// A turn that goes from number to number.
#[derive(Default)]
pub(super) struct Turn {
    next: AtomicU64,
    closed: AtomicBool,
    asleep: AtomicUsize,
    bed: Mutex<()>,
    bell: Condvar,
}

impl Turn {
    /// Waits for the turn of `number`; false if the turn was closed.
    pub(super) fn wait(&self, number: u64) -> bool {
        for _ in 0..LOOKS {
            if self.next.load(Ordering::Acquire) == number || self.closed.load(Ordering::Acquire) {
                return !self.closed.load(Ordering::Acquire);
            }
            hint::spin_loop();
        }
        let mut guard = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        // Who passes the turn on looks for sleepers after it has done so; who
        // sleeps says so before it looks at the turn: one of the two sees the other.
        self.asleep.fetch_add(1, Ordering::SeqCst);
        while self.next.load(Ordering::SeqCst) != number && !self.closed.load(Ordering::SeqCst) {
            guard = self.bell.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
        !self.closed.load(Ordering::SeqCst)
    }

    /// Whether it is the turn of `number`.
    pub(super) fn is_of(&self, number: u64) -> bool {
        self.next.load(Ordering::Acquire) == number
    }

    /// Passes the turn on; only who has it may.
    pub(super) fn pass(&self) {
        self.next.fetch_add(1, Ordering::SeqCst);
        self.wake();
    }

    /// Sends everybody away who waits now or later.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.wake();
    }

    fn wake(&self) {
        if self.asleep.load(Ordering::SeqCst) > 0 {
            drop(self.bed.lock().unwrap_or_else(PoisonError::into_inner));
            self.bell.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn steps_come_in_the_order_of_their_numbers_and_closing_sends_away() {
        let (turn, log) = (Turn::default(), Mutex::new(Vec::new()));
        let next = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= 1000 || !turn.wait(number) {
                            return;
                        }
                        log.lock().unwrap().push(number);
                        turn.pass();
                    }
                });
            }
        });
        assert!(log.into_inner().unwrap().into_iter().eq(0..1000));
        turn.close();
        assert!(!turn.wait(1000) && !turn.wait(5000));
    }
}
