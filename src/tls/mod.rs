//! `sniff tls`: a line for each handshake; and what decrypts TLS for other verbs.

mod aead;
pub(crate) mod certificate;
mod cipher;
pub mod hello;
pub mod keys;
pub(crate) mod names;
mod print;
pub mod record;
pub mod session;
mod suite;

pub use cipher::Lost;
pub use print::Handshake;
pub use suite::expand_label;

use std::path::Path;

use sniff_captures::{Packet, Time};
use sniff_dissectors::Line;

use crate::output::Stamps;
use crate::quic::Quic;
use crate::streams::Consumer;
use crate::streams::row::Format;
use crate::streams::tcp::{Connections, Conversation, Opening, Side, Want};
use crate::streams::transport::{Transport, Transports};

use keys::Keys;
use print::Output;
use record::{NotTls, starts_hello};
use session::Session;

/// Pieces of a connection that are looked at for the beginning of TLS, which may
/// come after a proxy's or a mail server's greeting.
const MAX_TRIES: u32 = 64;

/// What connections share.
pub struct Shared {
    output: Output,
    keys: Keys,
}

/// A connection that may be TLS.
pub struct Connection {
    opening: Opening,
    session: Option<Box<Session>>,
    /// Octets too few to decide on.
    early: [Vec<u8>; 2],
    tries: u32,
    /// Whether what was taken for the client is the server.
    flipped: bool,
}

impl Connection {
    fn take(&mut self, from: Side, octets: &[u8], time: Time, shared: &mut Shared) -> Want {
        let Some(session) = &mut self.session else { return self.decide(from, octets, time, shared) };
        let side = if self.flipped { from.other() } else { from };
        let Shared { output, keys } = shared;
        let (opening, flipped) = (self.opening, self.flipped);
        let result = session.octets(side, octets, time, keys, &mut |event| output.event(&opening, flipped, &event));
        // After the handshake only a decrypted alert could tell more.
        match result {
            Err(NotTls) => {
                self.finish(shared);
                Want::Nothing
            }
            Ok(()) if session.told() => Want::Nothing,
            Ok(()) => Want::More,
        }
    }

    fn decide(&mut self, from: Side, octets: &[u8], time: Time, shared: &mut Shared) -> Want {
        let early = &mut self.early[from.index()];
        let mut view = octets;
        let joined;
        if !early.is_empty() {
            early.extend_from_slice(octets);
            joined = std::mem::take(early);
            view = &joined;
        }
        // The type, version and length of a record and the start of a hello.
        if view.len() < 9 && view[0] == record::HANDSHAKE && view.get(1).is_none_or(|&major| major == 3) {
            *early = view.to_vec();
            return Want::More;
        }
        if starts_hello(view) {
            self.flipped = (view[5] == 1) != (from == Side::Client);
            self.session = Some(Box::default());
            return self.take(from, view, time, shared);
        }
        self.tries += 1;
        if self.tries > MAX_TRIES { Want::Nothing } else { Want::More }
    }

    fn finish(&mut self, shared: &mut Shared) {
        let (opening, flipped) = (self.opening, self.flipped);
        if let Some(session) = &mut self.session {
            session.end(&mut |event| shared.output.event(&opening, flipped, &event));
        }
    }
}

impl Conversation for Connection {
    type Shared = Shared;

    fn open(opening: &Opening, _: Time, _: &mut Shared) -> Self {
        Connection { opening: *opening, session: None, early: Default::default(), tries: 0, flipped: false }
    }

    fn octets(&mut self, from: Side, octets: &[u8], time: Time, shared: &mut Shared) -> Want {
        self.take(from, octets, time, shared)
    }

    fn missing(&mut self, from: Side, octets: u64, _: Time, _: &mut Shared) -> Want {
        self.early[from.index()].clear();
        let side = if self.flipped { from.other() } else { from };
        if let Some(session) = &mut self.session {
            session.missing(side, octets);
        }
        Want::More
    }

    fn closed(&mut self, _: Side, _: Time, _: &mut Shared) {}

    fn end(mut self, _: Time, shared: &mut Shared) {
        self.finish(shared);
    }

    fn held(&self) -> usize {
        self.early.iter().map(Vec::capacity).sum::<usize>()
            + self.session.as_ref().map_or(0, |s| size_of::<Session>() + s.held())
    }
}

/// The verb.
pub struct Tls {
    transports: Transports,
    connections: Connections<Connection>,
    quic: Quic,
    shared: Shared,
}

impl Tls {
    /// Handshakes within `memory` octets.
    ///
    /// # Errors
    /// An unknown field, or a key log that cannot be read.
    pub fn new(
        format: Format,
        verbose: bool,
        keylog: Option<&Path>,
        memory: usize,
        stamp: Stamps,
    ) -> Result<Self, String> {
        Ok(Tls {
            transports: Transports::new(memory / 16),
            connections: Connections::new(memory / 4 * 3),
            quic: Quic::new(memory / 8),
            shared: Shared { output: Output::new(format, verbose, stamp)?, keys: Keys::new(keylog)? },
        })
    }
}

impl Consumer for Tls {
    fn packet(&mut self, packet: &Packet<'_>, link: u16) {
        match self.transports.of(link, packet.data) {
            Some(Transport::Tcp(segment)) => self.connections.segment(&segment, packet.time, &mut self.shared),
            Some(Transport::Udp(message)) => {
                self.quic.datagram(&message, packet.time, &mut |told| self.shared.output.quic(told));
            }
            None => {}
        }
    }

    fn block(&mut self, block: &[u8]) {
        self.shared.keys.block(block);
    }

    fn end_next(&mut self) -> bool {
        self.connections.end_next(&mut self.shared)
    }

    fn finish(&mut self) -> Result<(), String> {
        self.quic.finish(&mut |told| self.shared.output.quic(told));
        Ok(())
    }

    fn output(&mut self) -> &mut Line {
        &mut self.shared.output.line
    }

    fn evicted(&self) -> u64 {
        self.connections.evicted() + self.quic.evicted()
    }
}
