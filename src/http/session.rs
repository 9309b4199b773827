//! What a connection speaks, found by its content, and changed by upgrades.

use sniff_captures::Time;

use super::h1::{Http1, Next};
use super::{Output, Transactions};
use crate::streams::tcp::{Conversation, Opening, Side, Want};

/// Octets that decide what a connection speaks.
const ENOUGH: usize = 24;
/// Pieces of a connection whose beginning is missing that are looked at.
const MAX_TRIES: u32 = 64;

/// What is spoken.
enum Session {
    /// Not known yet; so many pieces were looked at, and these octets of a side
    /// are too few to decide.
    Unknown(u32, Side, Vec<u8>),
    Http1(Box<Http1>),
}

/// A connection that may be HTTP.
pub struct Connection {
    opening: Opening,
    session: Session,
    /// Whether what was taken for the client is the server.
    flipped: bool,
}

impl Connection {
    fn new(opening: Opening) -> Self {
        Connection { opening, session: Session::Unknown(0, Side::Client, Vec::new()), flipped: false }
    }

    fn transactions<'o>(opening: &Opening, flipped: bool, output: &'o mut Output) -> Transactions<'o> {
        let mut ends = opening.ends;
        if flipped {
            std::mem::swap(&mut ends.client, &mut ends.server);
        }
        Transactions { output, ends, connection: opening.number, tls: false, upgraded: None }
    }

    fn take(&mut self, from: Side, octets: &[u8], time: Time, output: &mut Output) -> Want {
        let side = if self.flipped { from.other() } else { from };
        let mut to = Self::transactions(&self.opening, self.flipped, output);
        match &mut self.session {
            Session::Unknown(..) => self.decide(from, octets, time, output),
            Session::Http1(http) => match http.octets(side, octets, time, &mut to) {
                Next::Same => Want::More,
                Next::Never | Next::Upgraded { .. } => {
                    http.end(time, &mut to);
                    Want::Nothing
                }
            },
        }
    }

    /// Looks at octets of a connection that is not known yet.
    fn decide(&mut self, from: Side, octets: &[u8], time: Time, output: &mut Output) -> Want {
        let Session::Unknown(tries, side, early) = &mut self.session else { return Want::Nothing };
        let whole;
        let view = if early.is_empty() || *side != from {
            octets
        } else {
            early.extend_from_slice(octets);
            whole = std::mem::take(early);
            &whole[..]
        };
        if view.len() < ENOUGH && !view.contains(&b'\n') && self.opening.begun {
            (*side, *early) = (from, view.to_vec());
            return Want::More;
        }
        let request = starts_request(view);
        if request || view.starts_with(b"HTTP/1.") {
            self.flipped = request != (from == Side::Client);
            self.session =
                Session::Http1(Box::new(if self.opening.begun { Http1::default() } else { Http1::midway() }));
            return self.take(from, view, time, output);
        }
        *tries += 1;
        if self.opening.begun || *tries > MAX_TRIES { Want::Nothing } else { Want::More }
    }
}

impl Conversation for Connection {
    type Shared = Output;

    fn open(opening: &Opening, _: Time, _: &mut Output) -> Self {
        Connection::new(*opening)
    }

    fn octets(&mut self, from: Side, octets: &[u8], time: Time, output: &mut Output) -> Want {
        self.take(from, octets, time, output)
    }

    fn missing(&mut self, from: Side, octets: u64, time: Time, output: &mut Output) -> Want {
        let side = if self.flipped { from.other() } else { from };
        let mut to = Self::transactions(&self.opening, self.flipped, output);
        match &mut self.session {
            Session::Unknown(_, _, early) => {
                early.clear();
                self.opening.begun = false;
            }
            Session::Http1(http) => http.missing(side, octets, time, &mut to),
        }
        Want::More
    }

    fn closed(&mut self, from: Side, time: Time, output: &mut Output) {
        let side = if self.flipped { from.other() } else { from };
        let mut to = Self::transactions(&self.opening, self.flipped, output);
        match &mut self.session {
            Session::Unknown(..) => {}
            Session::Http1(http) => http.closed(side, time, &mut to),
        }
    }

    fn end(mut self, time: Time, output: &mut Output) {
        let mut to = Self::transactions(&self.opening, self.flipped, output);
        match &mut self.session {
            Session::Unknown(..) => {}
            Session::Http1(http) => http.end(time, &mut to),
        }
    }

    fn held(&self) -> usize {
        match &self.session {
            Session::Unknown(_, _, early) => early.capacity(),
            Session::Http1(http) => size_of::<Http1>() + http.held(),
        }
    }
}

/// Whether octets look like the beginning of a request.
pub(super) fn starts_request(octets: &[u8]) -> bool {
    /// Methods that are enough where the line's end is not in sight.
    const METHODS: &[&[u8]] =
        &[b"GET", b"POST", b"PUT", b"HEAD", b"DELETE", b"OPTIONS", b"PATCH", b"CONNECT", b"TRACE", b"PROPFIND"];
    /// The longest method that is registered has 17 letters.
    const LONGEST: usize = 24;
    let Some(space) = octets.iter().take(LONGEST).position(|&octet| octet == b' ') else { return false };
    let method = &octets[..space];
    if method.len() < 3 || !method.iter().all(|octet| octet.is_ascii_uppercase() || *octet == b'-') {
        return false;
    }
    match octets.iter().position(|&octet| octet == b'\n') {
        Some(end) => {
            let line = octets[..end].trim_ascii_end();
            line.len() > 9 && line[line.len() - 9..].starts_with(b" HTTP/1.")
        }
        None => METHODS.contains(&method),
    }
}
