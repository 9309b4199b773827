//! A TLS connection as a channel.

use std::io::{self, Read, Write};
use std::time::Instant;

use rustix::event::PollFlags;
use rustls::Connection;
use socket2::Socket;

use super::{report, words};
use crate::nc::channel::Channel;
use crate::nc::exit::{Exit, Failure, reason};
use crate::nc::wait;

/// TLS on a socket.
pub(crate) struct Tls {
    connection: Connection,
    socket: Socket,
    /// Whether the last read had something, after which there may be more, or the end.
    ready: bool,
}

impl Tls {
    /// TLS that is about to begin.
    pub(crate) fn new(connection: impl Into<Connection>, socket: Socket) -> Self {
        Tls { connection: connection.into(), socket, ready: false }
    }

    /// Shakes hands until this time at the latest.
    pub(crate) fn handshake(&mut self, peer: &str, until: Option<Instant>) -> Result<(), Failure> {
        while self.connection.is_handshaking() {
            self.step().map_err(|error| lost(peer, &error))?;
            if !self.connection.is_handshaking() {
                break;
            }
            let mut flags = PollFlags::IN;
            flags.set(PollFlags::OUT, self.connection.wants_write());
            if !wait::one(&self.socket, flags, until).map_err(|error| Failure::system("poll", &error))? {
                return Err(Failure::new(Exit::TimedOut, format!("TLS handshake with {peer} timed out")));
            }
        }
        // The last flight.
        self.flush().map_err(|error| lost(peer, &error))
    }

    /// What was agreed on, and the peer's certificates, in lines.
    pub(crate) fn report(&self) -> Vec<String> {
        report::lines(&self.connection)
    }

    /// What was agreed on: version, cipher suite, application protocol.
    pub(crate) fn agreed(&self) -> report::Agreed {
        report::Agreed::of(&self.connection)
    }

    /// Moves what can be moved between the socket and TLS. The end of the stream
    /// is told by the reader.
    fn step(&mut self) -> io::Result<()> {
        self.flush()?;
        match self.connection.read_tls(&mut self.socket) {
            Ok(0) if self.connection.is_handshaking() => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
        let processed = self.connection.process_new_packets();
        // An alert goes out even where that is the end.
        let flushed = self.flush();
        processed.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, words::plain(&error)))?;
        flushed
    }
}

/// A handshake that fails.
fn lost(peer: &str, error: &io::Error) -> Failure {
    let exit = match error.kind() {
        io::ErrorKind::InvalidData => Exit::Tls,
        io::ErrorKind::UnexpectedEof => Exit::Tls,
        _ => Exit::of(error),
    };
    let text = match error.kind() {
        io::ErrorKind::UnexpectedEof => "the peer ended the connection".to_owned(),
        _ => reason(error),
    };
    Failure::new(exit, format!("TLS handshake with {peer} failed: {text}"))
}

impl Channel for Tls {
    fn socket(&self) -> &Socket {
        &self.socket
    }

    fn is_plain(&self) -> bool {
        false
    }

    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        self.ready = false;
        let result = match self.connection.reader().read(octets) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.step()?;
                self.connection.reader().read(octets)
            }
            result => result,
        };
        self.ready = matches!(result, Ok(1..));
        result
    }

    fn close(&mut self) -> io::Result<()> {
        self.shutdown()
    }

    fn is_ready(&self) -> bool {
        self.ready
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let count = self.connection.writer().write(octets)?;
        self.flush()?;
        if count == 0 && !octets.is_empty() { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }

    fn shutdown(&mut self) -> io::Result<()> {
        self.connection.send_close_notify();
        self.flush()
    }

    fn waits(&self) -> bool {
        self.connection.wants_write()
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut self.socket) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
