//! `sniff http`: a line for each transaction, printed when it ends.

mod chunked;
mod coding;
mod h1;
mod h2;
mod har;
mod hpack;
mod hpack_tables;
mod message;
mod print;
mod session;
mod websocket;

use std::path::PathBuf;

use sniff_captures::Packet;
use sniff_dissectors::Line;

use crate::output::Stamps;
use crate::streams::Consumer;
use crate::streams::row::Format;
use crate::streams::tcp::{Connections, Ends};
use crate::streams::transport::{Transport, Transports};
use crate::tls::keys::Keys;

use har::Archive;
use message::Exchange;
use session::Connection;

/// How transactions are printed.
pub struct Options {
    /// As lines, JSON or fields.
    pub format: Format,
    /// Whether header fields are printed.
    pub verbose: bool,
    /// Whether bodies are printed.
    pub body: bool,
    /// The HTTP archive to write.
    pub har: Option<PathBuf>,
    /// The file with TLS secrets.
    pub keylog: Option<PathBuf>,
}

/// What connections share.
pub struct Shared {
    output: Output,
    keys: Keys,
}

/// Where transactions go.
struct Output {
    options: Options,
    /// Whether bodies are kept until they are printed.
    keep: bool,
    /// Whether payloads of WebSocket messages are.
    payloads: bool,
    archive: Option<Archive>,
    stamp: Stamps,
    line: Line,
}

/// Where the transactions of one connection go.
struct Transactions<'o> {
    output: &'o mut Output,
    ends: Ends,
    connection: u64,
    tls: bool,
    /// The exchange after which the connection is something else.
    upgraded: Option<Exchange>,
}

impl Transactions<'_> {
    fn keeps_bodies(&self) -> bool {
        self.output.keep
    }

    fn keeps_payloads(&self) -> bool {
        self.output.payloads
    }

    /// An exchange without messages.
    fn exchange(&self) -> Exchange {
        Exchange { ends: self.ends, connection: self.connection, tls: self.tls, ..Exchange::default() }
    }

    /// An exchange has ended.
    fn done(&mut self, exchange: Exchange) {
        let exchange = self.output.print(exchange);
        let status = exchange.response.as_ref().map_or(0, |response| response.status);
        if status == 101 || exchange.method() == b"CONNECT" {
            self.upgraded = Some(exchange);
        }
    }
}

/// The verb.
pub struct Http {
    transports: Transports,
    connections: Connections<Connection>,
    shared: Shared,
}

impl Http {
    /// Transactions within `memory` octets.
    ///
    /// # Errors
    /// An unknown field, or an archive that cannot be created,
    /// or a key log that cannot be read.
    pub fn new(options: Options, memory: usize, stamp: Stamps) -> Result<Self, String> {
        options.format.check(print::COLUMNS)?;
        let archive = options.har.as_deref().map(Archive::create).transpose()?;
        let keep = options.body || archive.is_some() || print::needs_bodies(&options.format);
        let payloads = options.body || print::needs_payloads(&options.format);
        let keys = Keys::new(options.keylog.as_deref())?;
        Ok(Http {
            transports: Transports::new(memory / 16),
            connections: Connections::new(memory / 8 * 7),
            shared: Shared { output: Output { options, keep, payloads, archive, stamp, line: Line::default() }, keys },
        })
    }
}

impl Consumer for Http {
    fn packet(&mut self, packet: &Packet<'_>, link: u16) {
        if let Some(Transport::Tcp(segment)) = self.transports.of(link, packet.data) {
            self.connections.segment(&segment, packet.time, &mut self.shared);
        }
    }

    fn block(&mut self, block: &[u8]) {
        self.shared.keys.block(block);
    }

    fn end_next(&mut self) -> bool {
        self.connections.end_next(&mut self.shared)
    }

    fn finish(&mut self) -> Result<(), String> {
        self.shared.output.archive.take().map_or(Ok(()), Archive::finish)
    }

    fn output(&mut self) -> &mut Line {
        &mut self.shared.output.line
    }

    fn evicted(&self) -> u64 {
        self.connections.evicted()
    }
}
