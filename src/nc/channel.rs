//! What octets go through to the peer: a socket, or a layer on one.

use std::io::{self, Read, Write};
use std::net::Shutdown;

use socket2::Socket;

/// A connection to a peer. Nothing waits: what cannot be done at once fails with
/// `WouldBlock`.
pub(crate) trait Channel {
    /// The socket that carries it.
    fn socket(&self) -> &Socket;

    /// Whether octets may go through the socket past this.
    fn is_plain(&self) -> bool;

    /// Reads octets, or one datagram.
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize>;

    /// Writes octets, or one datagram.
    fn write(&mut self, octets: &[u8]) -> io::Result<usize>;

    /// Tells the peer that no more comes.
    fn shutdown(&mut self) -> io::Result<()>;

    /// Tells the peer's layer, if there is one, that this is the end.
    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Whether a read may have something although the socket has not.
    fn is_ready(&self) -> bool {
        false
    }

    /// Whether it holds octets that the socket has not taken.
    fn waits(&self) -> bool {
        false
    }

    /// Gives them to the socket.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Channel for Socket {
    fn socket(&self) -> &Socket {
        self
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        Read::read(self, octets)
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        Write::write(self, octets)
    }

    fn shutdown(&mut self) -> io::Result<()> {
        match Socket::shutdown(self, Shutdown::Write) {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            result => result,
        }
    }
}
