//! Queries of DNS and their answers, by the numbers of the messages (RFC 1035, section 4.1.1).

use std::collections::VecDeque;

use sniff_captures::Time;
use sniff_dissectors::Turn;

use super::analyzer::Frame;
use super::nanos_between;

/// The ports of DNS and of its multicast kind.
pub const PORTS: [u16; 2] = [53, 5353];

/// Queries that are remembered between two ports.
const MAX_QUERIES: usize = 64;

/// A query with the same number is the same one again for so many nanoseconds.
const AGAIN: i64 = 5_000_000_000;

/// The octet with the bit that tells an answer from a query.
const FLAGS: usize = 2;
const ANSWER: u8 = 0x80;

/// The latest queries between two ports.
#[derive(Default)]
pub struct Lookups {
    queries: VecDeque<Query>,
}

struct Query {
    id: u16,
    frame: u64,
    time: Time,
    /// The frame of its first answer.
    answer: Option<u64>,
}

impl Lookups {
    /// Takes a message: what it has to do with earlier ones.
    pub fn message(&mut self, octets: &[u8], frame: &Frame<'_>) -> Option<Turn> {
        let id = u16::from_be_bytes(*octets.first_chunk()?);
        let is_answer = octets.get(FLAGS)? & ANSWER != 0;
        let known = self.queries.iter_mut().rev().find(|query| query.id == id);
        if is_answer {
            let query = known?;
            return Some(match query.answer {
                Some(before) => Turn::AnswerAgain(before),
                None => {
                    query.answer = Some(frame.number);
                    Turn::Answer { query: query.frame, time: nanos_between(query.time, frame.time) }
                }
            });
        }
        if let Some(query) = known
            && query.answer.is_none()
            && nanos_between(query.time, frame.time) <= AGAIN
        {
            return Some(Turn::QueryAgain(query.frame));
        }
        if self.queries.len() == MAX_QUERIES {
            self.queries.pop_front();
        }
        self.queries.push_back(Query { id, frame: frame.number, time: frame.time, answer: None });
        None
    }

    /// What it holds, in octets.
    pub fn held(&self) -> usize {
        self.queries.capacity() * size_of::<Query>()
    }
}
