//! What a connection speaks, found by its content, and changed by upgrades.

use sniff_captures::Time;

use super::h1::{Http1, Next};
use super::h2::{self, Http2};
use super::message::Exchange;
use super::websocket::WebSocket;
use super::{Output, Shared, Transactions};
use crate::streams::tcp::{Conversation, Opening, Side, Want};
use crate::tls::Lost;
use crate::tls::keys::Keys;
use crate::tls::record::starts_hello;
use crate::tls::session::{Event, Session as Tls};

/// Octets that decide what a connection speaks.
const ENOUGH: usize = 24;
/// Pieces of a connection whose beginning is missing that are looked at.
const MAX_TRIES: u32 = 64;

/// A connection that may be HTTP.
pub struct Connection {
    opening: Opening,
    speech: Speech,
}

/// What is spoken.
enum Session {
    /// Not known yet; so many pieces were looked at, and these octets of a side
    /// are too few to decide.
    Unknown(u32, Side, Vec<u8>),
    Http1(Box<Http1>),
    Http2(Box<Http2>),
    WebSocket(Box<WebSocket>),
    /// TLS, and what is spoken in it.
    Tls(Box<(Tls, Speech)>),
}

/// A byte stream in both directions, of TCP or in TLS.
struct Speech {
    session: Session,
    /// Whether it was seen from its beginning.
    begun: bool,
    /// Whether what was taken for the client is the server.
    flipped: bool,
    tls: bool,
}

impl Speech {
    fn new(begun: bool, tls: bool) -> Self {
        Speech { session: Session::Unknown(0, Side::Client, Vec::new()), begun, flipped: false, tls }
    }

    fn side(&self, from: Side) -> Side {
        if self.flipped { from.other() } else { from }
    }

    fn transactions<'o>(&self, opening: &Opening, output: &'o mut Output) -> Transactions<'o> {
        let mut ends = opening.ends;
        if self.flipped {
            std::mem::swap(&mut ends.client, &mut ends.server);
        }
        Transactions { output, ends, connection: opening.number, tls: self.tls, upgraded: None }
    }

    /// Takes octets; in TLS there are no `keys` for another TLS.
    fn take(
        &mut self,
        opening: &Opening,
        from: Side,
        octets: &[u8],
        time: Time,
        output: &mut Output,
        keys: Option<&mut Keys>,
    ) -> Want {
        let side = self.side(from);
        let mut to = self.transactions(opening, output);
        let goes_on = match &mut self.session {
            Session::Unknown(..) => return self.decide(opening, from, octets, time, output, keys),
            Session::Http1(http) => match http.octets(side, octets, time, &mut to) {
                Next::Same => true,
                Next::Never => {
                    http.end(time, &mut to);
                    false
                }
                Next::Upgraded { taken } => {
                    let upgraded = to.upgraded.take();
                    http.end(time, &mut to);
                    return match self.upgrade(opening, upgraded, output) {
                        Want::More if taken < octets.len() => {
                            self.take(opening, from, &octets[taken..], time, output, keys)
                        }
                        want => want,
                    };
                }
            },
            Session::Http2(http) => {
                let result = http.octets(side, octets, time, &mut to);
                if result.is_err() {
                    http.end(&mut to);
                }
                result.is_ok()
            }
            Session::WebSocket(socket) => socket.octets(side, octets, time, &mut to).is_ok(),
            Session::Tls(layers) => {
                let (tls, inner) = &mut **layers;
                let Some(keys) = keys else { return Want::Nothing };
                let from = |side: Side| if self.flipped { side.other() } else { side };
                let mut tell = |event: Event<'_>| match event {
                    Event::Data(side, octets, time) => inner.give(opening, from(side), octets, time, output),
                    Event::Missing(side, lost, time) => inner.lose(opening, from(side), lost, time, output),
                    Event::Handshake(_) | Event::Alert(_) => {}
                };
                tls.octets(side, octets, time, keys, &mut tell).is_ok()
            }
        };
        if goes_on { Want::More } else { Want::Nothing }
    }

    /// Takes octets that were decrypted; what is not HTTP is not looked at again.
    fn give(&mut self, opening: &Opening, from: Side, octets: &[u8], time: Time, output: &mut Output) {
        if matches!(self.session, Session::Unknown(MAX_TRIES.., ..)) {
            return;
        }
        if self.take(opening, from, octets, time, output, None) == Want::Nothing {
            self.session = Session::Unknown(MAX_TRIES, Side::Client, Vec::new());
        }
    }

    /// Octets could not be decrypted; what is not HTTP any more is not looked at again.
    fn lose(&mut self, opening: &Opening, from: Side, lost: Lost, time: Time, output: &mut Output) {
        if self.missing(opening, from, lost, time, output) == Want::Nothing {
            self.session = Session::Unknown(MAX_TRIES, Side::Client, Vec::new());
        }
    }

    /// Looks at octets of a connection that is not known yet.
    fn decide(
        &mut self,
        opening: &Opening,
        from: Side,
        octets: &[u8],
        time: Time,
        output: &mut Output,
        keys: Option<&mut Keys>,
    ) -> Want {
        let Session::Unknown(tries, side, early) = &mut self.session else { return Want::Nothing };
        let joined;
        let view = if early.is_empty() || *side != from {
            octets
        } else {
            early.extend_from_slice(octets);
            joined = std::mem::take(early);
            &joined[..]
        };
        let settings = from == Side::Server && h2::starts_settings(view);
        if view.len() < ENOUGH && !view.contains(&b'\n') && self.begun && !settings {
            (*side, *early) = (from, view.to_vec());
            return Want::More;
        }
        *tries += 1;
        let tries = *tries;
        let preface = view.starts_with(&h2::PREFACE[..14]);
        let request = starts_request(view);
        let hello = starts_hello(view);
        let from_client = preface || request || (hello && view[5] == 1);
        let session = if self.begun && (preface || settings) {
            Session::Http2(Box::new(Http2::new()))
        } else if request || view.starts_with(b"HTTP/1.") {
            Session::Http1(Box::new(if self.begun { Http1::default() } else { Http1::midway() }))
        } else if hello && keys.as_ref().is_some_and(|keys| keys.any()) {
            Session::Tls(Box::new((Tls::default(), Speech::new(true, true))))
        } else {
            return if self.begun || tries > MAX_TRIES { Want::Nothing } else { Want::More };
        };
        self.flipped = from_client != (from == Side::Client);
        self.session = session;
        self.take(opening, from, view, time, output, keys)
    }

    /// The connection becomes what an exchange made of it.
    fn upgrade(&mut self, opening: &Opening, exchange: Option<Exchange>, output: &mut Output) -> Want {
        let Some(exchange) = exchange else { return Want::Nothing };
        let Some(response) = &exchange.response else { return Want::Nothing };
        if exchange.method() == b"CONNECT" {
            // The tunnel's own sides are those of the connection.
            *self = Speech { begun: true, flipped: false, ..Speech::new(true, self.tls) };
            return Want::More;
        }
        self.session = if response.field_has("upgrade", "websocket") {
            Session::WebSocket(Box::new(WebSocket::new(exchange)))
        } else if response.field_has("upgrade", "h2c") {
            Session::Http2(Box::new(Http2::upgraded(exchange.request, &self.transactions(opening, output))))
        } else {
            return Want::Nothing;
        };
        Want::More
    }

    fn missing(&mut self, opening: &Opening, from: Side, lost: Lost, time: Time, output: &mut Output) -> Want {
        let side = self.side(from);
        let mut to = self.transactions(opening, output);
        let goes_on = match &mut self.session {
            Session::Unknown(_, _, early) => {
                early.clear();
                self.begun = false;
                true
            }
            Session::Http1(http) => {
                http.missing(side, lost, time, &mut to);
                true
            }
            Session::Http2(http) => {
                let result = http.missing(side, lost);
                if result.is_err() {
                    http.end(&mut to);
                }
                result.is_ok()
            }
            Session::WebSocket(socket) => socket.missing(side, lost).is_ok(),
            Session::Tls(layers) => {
                layers.0.missing(side, lost.octets);
                true
            }
        };
        if goes_on { Want::More } else { Want::Nothing }
    }

    fn closed(&mut self, opening: &Opening, from: Side, time: Time, output: &mut Output) {
        let side = self.side(from);
        let mut to = self.transactions(opening, output);
        match &mut self.session {
            Session::Http1(http) => http.closed(side, time, &mut to),
            Session::Tls(layers) => layers.1.closed(opening, from, time, output),
            _ => {}
        }
    }

    fn end(&mut self, opening: &Opening, time: Time, output: &mut Output) {
        let mut to = self.transactions(opening, output);
        match &mut self.session {
            Session::Unknown(..) | Session::WebSocket(_) => {}
            Session::Http1(http) => http.end(time, &mut to),
            Session::Http2(http) => http.end(&mut to),
            Session::Tls(layers) => layers.1.end(opening, time, output),
        }
    }

    fn held(&self) -> usize {
        match &self.session {
            Session::Unknown(_, _, early) => early.capacity(),
            Session::Http1(http) => size_of::<Http1>() + http.held(),
            Session::Http2(http) => size_of::<Http2>() + http.held(),
            Session::WebSocket(socket) => size_of::<WebSocket>() + socket.held(),
            Session::Tls(layers) => size_of::<(Tls, Speech)>() + layers.0.held() + layers.1.held(),
        }
    }
}

impl Conversation for Connection {
    type Shared = Shared;

    fn open(opening: &Opening, _: Time, _: &mut Shared) -> Self {
        Connection { opening: *opening, speech: Speech::new(opening.begun, false) }
    }

    fn octets(&mut self, from: Side, octets: &[u8], time: Time, shared: &mut Shared) -> Want {
        self.speech.take(&self.opening, from, octets, time, &mut shared.output, Some(&mut shared.keys))
    }

    fn missing(&mut self, from: Side, octets: u64, time: Time, shared: &mut Shared) -> Want {
        let lost = Lost { octets, exact: true };
        self.speech.missing(&self.opening, from, lost, time, &mut shared.output)
    }

    fn closed(&mut self, from: Side, time: Time, shared: &mut Shared) {
        self.speech.closed(&self.opening, from, time, &mut shared.output);
    }

    fn end(mut self, time: Time, shared: &mut Shared) {
        self.speech.end(&self.opening, time, &mut shared.output);
    }

    fn held(&self) -> usize {
        self.speech.held()
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
