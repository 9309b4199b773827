//! Waits for connections.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::event::PollFlags;
use socket2::{Domain, SockAddr, Socket, Type};

use super::exit::{Exit, Failure, reason};
use super::options::{Family, Options, Transport};
use super::stdio::Output;
use super::tls::{self, Tls};
use super::{address, confine, relay, serve, socket, tell, wait};
use crate::sandbox::Policy;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;

/// A bound socket, and the file that it leaves.
pub(super) struct Bound {
    pub(super) socket: Socket,
    file: Option<PathBuf>,
}

impl Drop for Bound {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // Somebody may have removed it.
            let _ = fs::remove_file(file);
        }
    }
}

/// Serves one client, or with -k all that come.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let bound = bind(options)?;
    let server = options.tls.as_ref().map(tls::Server::new).transpose()?;
    bound.socket.listen(BACKLOG).map_err(|error| Failure::system("listen", &error))?;
    tell(options, || format!("Listening on {}", local(options, &bound.socket)));
    let output = Output::new();
    confine(options, needs(options, &bound))?;
    if options.keep {
        return serve::run(options, output, &bound.socket, server.as_ref());
    }
    loop {
        wait::one(&bound.socket, PollFlags::IN, None).map_err(|error| Failure::system("poll", &error))?;
        if let Some((mut client, peer)) = accept(options, &bound.socket)? {
            tell(options, || format!("Connection received on {}", spaced(&peer)));
            // Others are refused from now on; the file's name may be used again.
            drop(bound);
            let Some(server) = server else { return relay::run(options, output, &mut client, &peer) };
            let mut channel = Tls::new(server.start()?, client);
            channel.handshake(&peer, None)?;
            channel.report().into_iter().for_each(|line| tell(options, || line));
            return relay::run(options, output, &mut channel, &peer);
        }
    }
}

/// What a listener needs: names of clients for who sees them, and the removal of its file.
pub(super) fn needs(options: &Options, bound: &Bound) -> Policy {
    let folder = |file: &PathBuf| file.parent().filter(|folder| *folder != Path::new("")).map(Path::to_owned);
    Policy {
        names: options.verbose && !options.numeric && options.transport.is_ip(),
        removes: bound.file.as_ref().map(|file| folder(file).unwrap_or_else(|| ".".into())),
        // The folder may be somebody else's.
        keeps_capabilities: bound.file.is_some(),
        ..Policy::default()
    }
}

/// A peer's `host port port` as nc has it after `Connection received on`.
pub(super) fn spaced(peer: &str) -> String {
    peer.replacen(" port ", " ", 1)
}

/// Accepts a client, if it is still there, and names it.
pub(super) fn accept(options: &Options, socket: &Socket) -> Result<Option<(Socket, String)>, Failure> {
    match socket.accept() {
        Ok((client, peer)) => {
            client.set_nonblocking(true).map_err(|error| Failure::system("accept", &error))?;
            let named = match peer.as_socket() {
                Some(address) => {
                    // Only who sees the name waits for it.
                    let name = address::name(&address, options.verbose && !options.numeric);
                    format!("{name} port {}", address.port())
                }
                None => match peer.as_vsock_address() {
                    Some((cid, port)) => format!("{cid} port {port}"),
                    None => options.host(),
                },
            };
            Ok(Some((client, named)))
        }
        // The client has gone meanwhile (accept(2)).
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(Failure::system("accept", &error)),
    }
}

/// A socket bound as the options say. A port or path that somebody listens on is
/// refused.
pub(super) fn bind(options: &Options) -> Result<Bound, Failure> {
    match options.transport {
        Transport::UnixStream | Transport::UnixDatagram => bind_path(options),
        Transport::Vsock => {
            let cid = match options.host().as_str() {
                "" => libc::VMADDR_CID_ANY,
                host => host.parse().map_err(|_| Failure::local(format!("context id invalid: {host}")))?,
            };
            let socket = socket::open(options, Domain::VSOCK)?;
            bound(socket, &SockAddr::vsock(cid, options.ports.first()), None)
        }
        _ => {
            let address = listening(options)?;
            let socket = socket::open(options, Domain::for_address(address))?;
            if options.transport != Transport::Udp {
                // A port in TIME_WAIT may be used again; one with a listener is refused all the same.
                socket.set_reuse_address(true).map_err(|error| Failure::system("bind failed", &error))?;
            }
            bound(socket, &address.into(), None)
        }
    }
}

fn bound(socket: Socket, address: &SockAddr, file: Option<PathBuf>) -> Result<Bound, Failure> {
    match socket.bind(address) {
        Ok(()) => Ok(Bound { socket, file }),
        // As nc says it.
        Err(error) => Err(Failure::local(reason(&error))),
    }
}

/// The local address to listen on: the destination, `-s`, or any.
fn listening(options: &Options) -> Result<SocketAddr, Failure> {
    let port = options.ports.iter().next().unwrap_or_default();
    let host = options.destination.as_deref().or(options.source.as_deref());
    match host {
        None if options.family == Some(Family::V6) => Ok((Ipv6Addr::UNSPECIFIED, port).into()),
        None => Ok((Ipv4Addr::UNSPECIFIED, port).into()),
        Some(host) => {
            let found = address::resolve(&host.to_string_lossy(), port, options.family, !options.numeric)?;
            found.into_iter().next().ok_or_else(|| Failure::local("no address"))
        }
    }
}

/// Binds to a path. A socket there that nobody answers on is a dead one, and
/// makes room.
fn bind_path(options: &Options) -> Result<Bound, Failure> {
    let path = options.destination.as_deref().unwrap_or_default();
    let address = socket::unix_address(path)?;
    let file = (!options.host().starts_with('@')).then(|| PathBuf::from(path));
    if let Some(file) = &file
        && fs::symlink_metadata(file).is_ok_and(|found| found.file_type().is_socket())
    {
        // A socket of another kind finds out without becoming somebody's client.
        let probe =
            Socket::new(Domain::UNIX, Type::SEQPACKET, None).map_err(|error| Failure::system("socket", &error))?;
        if probe.connect(&address).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
            fs::remove_file(file).map_err(|error| Failure::system(&options.host(), &error))?;
        }
    }
    bound(socket::open(options, Domain::UNIX)?, &address, file)
}

/// Where a socket listens.
fn local(options: &Options, socket: &Socket) -> String {
    let address = socket.local_addr().ok();
    if let Some(address) = address.as_ref().and_then(SockAddr::as_socket) {
        return format!("{} {}", address::name(&address, !options.numeric), address.port());
    }
    match address.and_then(|address| address.as_vsock_address()) {
        Some((_, port)) => format!("vsock {port}"),
        None => options.host(),
    }
}

/// The same for sockets that take datagrams.
pub(super) fn tell_bound(options: &Options, socket: &Socket) {
    tell(options, || format!("Bound on {}", local(options, socket)));
}
