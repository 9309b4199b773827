//! HTTP/1.0 and 1.1 (RFC 9112): messages out of the two byte streams, paired in
//! order, also pipelined ones.

use std::collections::VecDeque;

use sniff_captures::Time;

use super::Transactions;
use super::chunked::Chunked;
use super::message::{Exchange, Message};
use super::session::starts_request;
use crate::streams::tcp::Side;
use crate::tls::Lost;

/// Octets of a start line with its header fields.
const MAX_HEAD: usize = 256 << 10;
/// Requests that wait for their responses.
const MAX_PIPELINED: usize = 1024;

/// What the connection has become after an exchange.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// More HTTP/1.
    Same,
    /// Something else: this side's octets from here on are of it, and all that
    /// the other side still sends.
    Upgraded {
        /// How many octets of this call belong to HTTP/1.
        taken: usize,
    },
    /// It is no HTTP, and never will be.
    Never,
}

/// Where a direction is.
#[derive(Default)]
enum State {
    /// Before or in a start line and header fields.
    #[default]
    Head,
    /// In a body of so many more octets.
    Length(u64),
    /// In a chunked body.
    Chunked(Chunked),
    /// In a body that ends with the connection.
    UntilClose,
    /// Octets are missing: until something looks like a message again.
    Lost,
}

/// A direction.
#[derive(Default)]
struct Half {
    state: State,
    /// A head that is not whole.
    head: Vec<u8>,
    /// When its first octet came.
    begun: Option<Time>,
    /// The message whose body is read.
    message: Option<Message>,
}

/// Both directions of an HTTP/1 connection.
#[derive(Default)]
pub struct Http1 {
    request: Half,
    response: Half,
    /// Exchanges whose response has not ended, oldest first.
    pending: VecDeque<Exchange>,
    /// What `pending` holds in octets.
    held: usize,
    /// Octets of the server that are missing and not within a response.
    missing: u64,
}

impl Http1 {
    /// Begins in the middle of both streams.
    pub fn midway() -> Self {
        let mut http = Http1::default();
        (http.request.state, http.response.state) = (State::Lost, State::Lost);
        http
    }

    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        let half = |half: &Half| half.head.capacity() + half.message.as_ref().map_or(0, Message::held);
        self.held + half(&self.request) + half(&self.response)
    }

    /// Takes octets of a side.
    pub fn octets(&mut self, from: Side, octets: &[u8], time: Time, to: &mut Transactions<'_>) -> Next {
        let mut rest = octets;
        while !rest.is_empty() {
            let half = if from == Side::Client { &mut self.request } else { &mut self.response };
            let taken = match &mut half.state {
                State::Head => match self.head(from, rest, time, to) {
                    Ok(taken) => taken,
                    Err(Next::Upgraded { taken }) => {
                        return Next::Upgraded { taken: octets.len() - rest.len() + taken };
                    }
                    Err(next) => return next,
                },
                State::Lost if starts_message(from, rest) => {
                    half.state = State::Head;
                    // Who does not pipeline has asked anew only after an answer.
                    if from == Side::Server && self.pending.len() == 2 {
                        self.unanswered(to);
                    }
                    0
                }
                State::Lost => return Next::Same,
                _ => self.body(from, rest, time, to),
            };
            rest = &rest[taken..];
        }
        Next::Same
    }

    /// Takes octets of a head; how many were its own.
    fn head(&mut self, from: Side, octets: &[u8], time: Time, to: &mut Transactions<'_>) -> Result<usize, Next> {
        let half = if from == Side::Client { &mut self.request } else { &mut self.response };
        // Empty lines before a message are no message (RFC 9112, section 2.2).
        if half.head.is_empty() && matches!(octets[0], b'\r' | b'\n') {
            return Ok(1);
        }
        let begun = *half.begun.get_or_insert(time);
        let joined;
        let (head, taken) = if half.head.is_empty() {
            match head_end(octets, 0) {
                Some(end) => (&octets[..end], end),
                None => return half.keep(octets),
            }
        } else {
            let before = half.head.len();
            half.head.extend_from_slice(octets);
            match head_end(&half.head, before.saturating_sub(3)) {
                Some(end) => {
                    joined = std::mem::take(&mut half.head);
                    (&joined[..end], end - before)
                }
                None => return half.keep(&[]).map(|_| octets.len()),
            }
        };
        half.begun = None;
        let message = if from == Side::Client { parse_request(head, begun) } else { parse_response(head, begun) };
        let Some(mut message) = message else {
            half.state = State::Lost;
            return if self.pending.is_empty() && self.response.message.is_none() {
                Err(Next::Never)
            } else {
                Ok(taken)
            };
        };
        message.size = head.len() as u64;
        (message.last, message.heads) = (time, message.fields().count());
        if from == Side::Client {
            self.requested(message, to);
            return Ok(taken);
        }
        if self.responded(message, time, to) { Err(Next::Upgraded { taken }) } else { Ok(taken) }
    }

    /// The answer to the oldest request is among what is missing.
    fn unanswered(&mut self, to: &mut Transactions<'_>) {
        if let Some(mut exchange) = self.pending.pop_front() {
            self.held -= exchange.held();
            exchange.missing = std::mem::take(&mut self.missing);
            to.done(exchange);
        }
    }

    /// A request's head is there.
    fn requested(&mut self, message: Message, to: &mut Transactions<'_>) {
        let state = match body_of(&message) {
            Some(state) => state,
            // A request without a length has no body (RFC 9112, section 6.3).
            None => State::Length(0),
        };
        while matches!(self.response.state, State::Lost) && !self.pending.is_empty() {
            self.unanswered(to);
        }
        if self.pending.len() >= MAX_PIPELINED
            && let Some(oldest) = self.pending.pop_front()
        {
            self.held -= oldest.held();
            to.done(oldest);
        }
        self.request.state = state;
        self.request.message = Some(message);
        if matches!(self.request.state, State::Length(0)) {
            self.request_ended(true, to);
        }
    }

    /// The request's message is over, or its connection is.
    fn request_ended(&mut self, whole: bool, to: &Transactions<'_>) {
        self.request.state = State::Head;
        if let Some(mut message) = self.request.message.take() {
            message.whole = whole;
            let exchange = Exchange { request: Some(message), ..to.exchange() };
            self.held += exchange.held();
            self.pending.push_back(exchange);
        }
    }

    /// A response's head is there; whether the connection is something else after it.
    fn responded(&mut self, message: Message, time: Time, to: &mut Transactions<'_>) -> bool {
        let status = message.status;
        if (100..200).contains(&status) && status != 101 {
            return false;
        }
        // An answer before the request's end, as an error may be.
        let request = self.pending.front().and_then(|exchange| exchange.request.as_ref());
        let request = request.or(self.request.message.as_ref());
        let method = request.map_or(&b""[..], |request| request.start(0));
        let upgraded = status == 101 || (method == b"CONNECT" && (200..300).contains(&status));
        let empty = upgraded || method == b"HEAD" || matches!(status, 204 | 304);
        self.response.state = match body_of(&message) {
            _ if empty => State::Length(0),
            Some(state) => state,
            None => State::UntilClose,
        };
        self.response.message = Some(message);
        if matches!(self.response.state, State::Length(0)) {
            self.response_ended(true, time, to);
        }
        upgraded
    }

    /// The response's message is over, or its connection is.
    fn response_ended(&mut self, whole: bool, time: Time, to: &mut Transactions<'_>) {
        self.response.state = State::Head;
        let Some(mut message) = self.response.message.take() else { return };
        message.whole = whole;
        message.last = if whole { time } else { message.last };
        if self.pending.is_empty() {
            self.request_ended(false, to);
        }
        let mut exchange = match self.pending.pop_front() {
            Some(exchange) => {
                self.held -= exchange.held();
                exchange
            }
            None => to.exchange(),
        };
        exchange.response = Some(message);
        to.done(exchange);
    }

    /// Takes octets of a body; how many were its own.
    fn body(&mut self, from: Side, octets: &[u8], time: Time, to: &mut Transactions<'_>) -> usize {
        let keep = to.keeps_bodies();
        let half = if from == Side::Client { &mut self.request } else { &mut self.response };
        let Some(message) = &mut half.message else {
            half.state = State::Lost;
            return 0;
        };
        let (taken, ended) = match &mut half.state {
            State::Length(left) => {
                let taken = octets.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                message.take_body(&octets[..taken], keep);
                *left -= taken as u64;
                (taken, *left == 0)
            }
            State::Chunked(chunked) => match chunked.octets(octets, |body| message.take_body(body, keep)) {
                Ok(taken) => (taken, chunked.ended()),
                Err(()) => {
                    half.state = State::Lost;
                    (octets.len(), false)
                }
            },
            _ => {
                message.take_body(octets, keep);
                (octets.len(), false)
            }
        };
        message.size += taken as u64;
        message.last = time;
        if ended {
            match from {
                Side::Client => self.request_ended(true, to),
                Side::Server => self.response_ended(true, time, to),
            }
        }
        taken
    }

    /// Octets that were not captured.
    pub fn missing(&mut self, from: Side, Lost { octets, exact }: Lost, time: Time, to: &mut Transactions<'_>) {
        let half = if from == Side::Client { &mut self.request } else { &mut self.response };
        match half.message.as_mut() {
            Some(message) => message.missing += octets,
            None if from == Side::Server => self.missing += octets,
            None => {}
        }
        let inside = match &mut half.state {
            _ if !exact => false,
            State::Length(left) if *left >= octets => {
                *left -= octets;
                *left > 0
            }
            State::Chunked(chunked) => chunked.skip(octets),
            State::UntilClose => true,
            _ => false,
        };
        if inside {
            return;
        }
        half.head.clear();
        half.begun = None;
        let ended = matches!(half.state, State::Length(0));
        match from {
            Side::Client => self.request_ended(ended, to),
            Side::Server => self.response_ended(ended, time, to),
        }
        let half = if from == Side::Client { &mut self.request } else { &mut self.response };
        half.state = if ended { State::Head } else { State::Lost };
    }

    /// A side sends no more.
    pub fn closed(&mut self, from: Side, time: Time, to: &mut Transactions<'_>) {
        if from == Side::Server && self.response.message.is_some() {
            let whole = matches!(self.response.state, State::UntilClose);
            self.response_ended(whole, time, to);
        }
    }

    /// The connection is over.
    pub fn end(&mut self, time: Time, to: &mut Transactions<'_>) {
        self.response_ended(matches!(self.response.state, State::UntilClose), time, to);
        self.request_ended(false, to);
        for exchange in self.pending.drain(..) {
            to.done(exchange);
        }
    }
}

impl Half {
    /// Keeps the beginning of a head.
    fn keep(&mut self, octets: &[u8]) -> Result<usize, Next> {
        self.head.extend_from_slice(octets);
        if self.head.len() > MAX_HEAD {
            return Err(Next::Never);
        }
        Ok(octets.len())
    }
}

/// Where the empty line after a head ends, looked for from `from`.
fn head_end(octets: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += octets[at..].iter().position(|&octet| octet == b'\n')? + 1;
        match octets.get(at..) {
            Some([b'\n', ..]) => return Some(at + 1),
            Some([b'\r', b'\n', ..]) => return Some(at + 2),
            _ => {}
        }
    }
}

/// The request at the start of which `head` stands (RFC 9112, section 3). A target
/// with spaces is wrong, and sent all the same.
fn parse_request(head: &[u8], time: Time) -> Option<Message> {
    let (line, fields) = lines(head)?;
    let method = line.iter().position(|&octet| octet == b' ')?;
    let version = line.iter().rposition(|&octet| octet == b' ').filter(|&at| at > method)?;
    let start = [&line[..method], line[method..version].trim_ascii(), &line[version + 1..]];
    if !start[2].starts_with(b"HTTP/1.") || start[0].is_empty() {
        return None;
    }
    Some(with_fields(Message::new(start, time), fields))
}

/// The response at the start of which `head` stands (RFC 9112, section 4).
fn parse_response(head: &[u8], time: Time) -> Option<Message> {
    let (line, fields) = lines(head)?;
    let mut parts = line.splitn(3, |&octet| octet == b' ');
    let (version, code) = (parts.next()?, parts.next()?);
    let &[a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] = code else { return None };
    if !version.starts_with(b"HTTP/1.") {
        return None;
    }
    let start = [version, code, parts.next().unwrap_or_default()];
    let mut message = with_fields(Message::new(start, time), fields);
    message.status = [a, b, c].iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    Some(message)
}

/// The first line of a head, and the others.
fn lines(head: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = head.iter().position(|&octet| octet == b'\n')?;
    Some((head[..end].trim_ascii_end(), &head[end + 1..]))
}

/// Adds the fields; every octet of them is kept, valid or not. A line that begins
/// with white space goes on with the one before (RFC 9112, section 5.2).
fn with_fields(mut message: Message, fields: &[u8]) -> Message {
    for line in fields.split(|&octet| octet == b'\n').map(<[u8]>::trim_ascii_end) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            message.extend_last(line.trim_ascii());
        } else if !line.is_empty() {
            let colon = line.iter().position(|&octet| octet == b':').unwrap_or(line.len());
            message.push(line[..colon].trim_ascii_end(), line.get(colon + 1..).unwrap_or_default().trim_ascii());
        }
    }
    message
}

/// How long the body is, if the fields say (RFC 9112, section 6.3).
fn body_of(message: &Message) -> Option<State> {
    if message.field_has("transfer-encoding", "chunked") {
        return Some(State::Chunked(Chunked::default()));
    }
    let length = std::str::from_utf8(message.field("content-length")?).ok()?;
    length.split(',').next()?.trim().parse().ok().map(State::Length)
}

/// Whether octets look like the beginning of a side's message.
fn starts_message(from: Side, octets: &[u8]) -> bool {
    if from == Side::Server { octets.starts_with(b"HTTP/1.") } else { starts_request(octets) }
}
