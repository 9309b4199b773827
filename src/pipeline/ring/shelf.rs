//! Where finished chunks wait for their turn to go out, so that no worker has to:
//! what it finished stays here, and it goes on with another desk.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::turn::Turn;
use super::worker::Worker;
use crate::pipeline::Failure;

/// Chunks that may wait, each with its text, which is a few times its size at most.
const MOST: usize = 4;

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
    /// Desks that have been put out.
    spare: Vec<Worker>,
}

/// What becomes of a chunk that is finished.
pub(super) enum Left {
    /// It waits for its turn; a desk to go on with, if there is one to spare.
    Waits(Option<Worker>),
    /// It is its turn.
    Goes(Finished),
    /// Nothing goes out any more.
    Closed,
}

impl Shelf {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of `number`; false if nothing goes out any more.
    pub(super) fn wait(&self, number: u64) -> bool {
        self.turn.wait(number)
    }

    /// Takes chunk `number`, or waits for its turn where too many do already.
    pub(super) fn leave(&self, number: u64, finished: Finished) -> Left {
        let mut rows = self.rows();
        if !self.turn.is_of(number) && rows.finished.len() < MOST {
            rows.finished.push((number, finished));
            return Left::Waits(rows.spare.pop());
        }
        drop(rows);
        if self.turn.wait(number) { Left::Goes(finished) } else { Left::Closed }
    }

    /// Passes the turn on: to the next chunk, if it is finished, in exchange for `worker`.
    pub(super) fn pass(&self, worker: Worker) -> Result<Finished, Worker> {
        let mut rows = self.rows();
        self.turn.pass();
        match rows.finished.iter().position(|row| self.turn.is_of(row.0)) {
            Some(at) => {
                rows.spare.push(worker);
                Ok(rows.finished.swap_remove(at).1)
            }
            None => Err(worker),
        }
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
        assert!(matches!(shelf.leave(2, finished(2)), Left::Waits(None)));
        assert!(matches!(shelf.leave(1, finished(1)), Left::Waits(None)));
        let Left::Goes(mut own) = shelf.leave(0, finished(0)) else { panic!("its turn") };
        for count in 1..=2 {
            own = shelf.pass(own.worker).unwrap_or_else(|_| panic!("chunk {count} is finished"));
            assert_eq!(own.worker.desk.count, count);
        }
        assert!(shelf.pass(own.worker).is_err());
        assert!(matches!(shelf.leave(5, finished(5)), Left::Waits(Some(_))));
        shelf.close();
        assert!(!shelf.wait(3));
    }
}
