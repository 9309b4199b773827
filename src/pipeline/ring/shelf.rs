//! Where finished chunks wait for their turn to go out, so that no worker has to:
//! what it finished stays here, and it goes on with another desk.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::turn::Turn;
use super::worker::Worker;
use crate::pipeline::Failure;

/// Chunks that may wait, each with its text, which is a few times its size at most.
const MOST: usize = 2;

/// A chunk whose text is made, as far as it could be.
pub(super) struct Finished {
    pub worker: Worker,
    /// How making the text went.
    pub text: Result<(), Failure>,
    /// How the walk before it went.
    pub walked: Result<(), Failure>,
}

/// Finished chunks, and whose turn it is.
#[derive(Default)]
pub(super) struct Shelf {
    turn: Turn,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    finished: Vec<(u64, Finished)>,
    /// What has been put out, to be used again.
    spare: Vec<Worker>,
}

impl Shelf {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of `number`; false if nothing goes out any more.
    pub(super) fn wait(&self, number: u64) -> bool {
        self.turn.wait(number)
    }

    /// Takes chunk `number`, if it is not its turn, or waits for that where too many
    /// do already; gives it back if it is, unless nothing goes out any more.
    pub(super) fn leave(&self, number: u64, finished: Finished) -> Option<Finished> {
        let mut rows = self.rows();
        if !self.turn.is_of(number) && rows.finished.len() < MOST {
            rows.finished.push((number, finished));
            return None;
        }
        drop(rows);
        self.turn.wait(number).then_some(finished)
    }

    /// Passes the turn on, and takes back the worker that had it; the next chunk, if it is finished.
    pub(super) fn pass(&self, worker: Worker) -> Option<Finished> {
        let mut rows = self.rows();
        self.turn.pass();
        rows.spare.push(worker);
        let next = rows.finished.iter().position(|row| self.turn.is_of(row.0))?;
        Some(rows.finished.swap_remove(next).1)
    }

    /// A worker to go on with, if there is one.
    pub(super) fn spare(&self) -> Option<Worker> {
        self.rows().spare.pop()
    }

    /// Sends everybody away who waits now or later.
    pub(super) fn close(&self) {
        self.turn.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(count: u64) -> Finished {
        let mut worker = Worker::new(None);
        worker.desk.count = count;
        Finished { worker, text: Ok(()), walked: Ok(()) }
    }

    #[test]
    fn what_is_finished_early_goes_out_behind_what_is_before_it() {
        let shelf = Shelf::default();
        assert!(shelf.leave(2, finished(2)).is_none());
        assert!(shelf.leave(1, finished(1)).is_none());
        let mut own = shelf.leave(0, finished(0)).expect("its turn");
        for count in 1..=2 {
            own = shelf.pass(own.worker).expect("the next one is finished");
            assert_eq!(own.worker.desk.count, count);
        }
        assert!(shelf.pass(own.worker).is_none());
        assert!((0..3).all(|_| shelf.spare().is_some()) && shelf.spare().is_none());
        shelf.close();
        assert!(!shelf.wait(3));
    }
}
