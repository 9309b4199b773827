//! Connects, and passes octets.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::stdio::stdout;
use socket2::{Domain, SockAddr, Socket};

use super::exit::{Exit, Failure};
use super::options::{Options, Transport};
use super::stdio::Output;
use super::tls::{self, Tls};
use super::verdict::Verdict;
use super::{address, confine, icmp, proxy, relay, service, socket, tell};
use crate::sandbox::Policy;

/// Connects to the first port that takes it, one after the other, and relays.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    match options.transport {
        Transport::UnixStream | Transport::UnixDatagram => unix(options),
        Transport::Vsock => vsock(options),
        _ => ip(options),
    }
}

fn ip(options: &Options) -> Result<Exit, Failure> {
    let host = options.host();
    let mut last = Failure::local("no port");
    for port in options.ports.iter() {
        match reach(options, &host, port) {
            Ok((socket, shown)) => {
                connected(options, &shown, port);
                if options.pass {
                    return pass(&socket);
                }
                return talk(options, socket, &host, &format!("{shown} port {port} ({})", options.transport.name()));
            }
            Err(failure) => last = failure,
        }
        if options.ports.several() && !last.text.is_empty() {
            super::say(&std::mem::take(&mut last.text));
        }
    }
    Err(last)
}

/// Tests ports through a proxy, one after the other; the end is good if one is open.
pub(super) fn scan(options: &Options) -> Result<Exit, Failure> {
    let host = options.host();
    let (mut first, mut open) = (None, false);
    for port in options.ports.iter() {
        match reach(options, &host, port) {
            Ok((_, shown)) => {
                open = true;
                tell(options, || succeeded(options.transport, &shown, port, !options.numeric));
            }
            Err(failure) => {
                tell(options, || format!("nc: {}", failure.text));
                first.get_or_insert(failure.exit);
            }
        }
    }
    Ok(if open { Exit::Done } else { first.unwrap_or(Exit::Failed) })
}

/// A connection to a host, through the proxy if there is one, and the host in messages.
fn reach(options: &Options, host: &str, port: u16) -> Result<(Socket, String), Failure> {
    if let Some(proxy) = &options.proxy {
        return proxy::connect(options, proxy, host, port).map(|socket| (socket, host.to_owned()));
    }
    let addresses = address::resolve(host, port, options.family, !options.numeric)?;
    connect(options, host, &addresses).map(|(socket, address)| (socket, address::shown(host, &address)))
}

/// Passes octets through a connection, or through TLS on it.
fn talk(options: &Options, mut socket: Socket, host: &str, peer: &str) -> Result<Exit, Failure> {
    let output = Output::new();
    let Some(settings) = &options.tls else {
        confine(options, Policy::default())?;
        return relay::run(options, output, &mut socket, peer);
    };
    let until = options.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let (connection, trust) = tls::Client::new(settings)?.start(host, &settings.protocols)?;
    confine(options, Policy::default())?;
    let mut channel = Tls::new(connection, socket);
    channel.handshake(peer, until)?;
    for line in channel.report() {
        tell(options, || line);
    }
    if let Some(doubt) = trust.doubt() {
        tell(options, || format!("not verified: {doubt}"));
    }
    relay::run(options, output, &mut channel, peer)
}

/// Says that there is a connection; of UDP nobody knows yet.
fn connected(options: &Options, shown: &str, port: u16) {
    let service = || service(options.transport, port, !options.numeric);
    match options.transport {
        Transport::Udp => tell(options, || format!("Sending to {shown} {port} port {}", service())),
        _ => tell(options, || succeeded(options.transport, shown, port, !options.numeric)),
    }
}

/// nc's words for a connection, or a port that is open.
pub(super) fn succeeded(transport: Transport, shown: &str, port: u16, names: bool) -> String {
    format!("Connection to {shown} {port} port {} succeeded!", service(transport, port, names))
}

/// Connects to the first of these addresses that takes it.
pub(super) fn connect(
    options: &Options,
    host: &str,
    addresses: &[SocketAddr],
) -> Result<(Socket, SocketAddr), Failure> {
    let mut failures = Vec::new();
    for address in addresses {
        let place = format!("{} port {} ({})", address::shown(host, address), address.port(), options.transport.name());
        match attempt(options, address)? {
            Ok(socket) => {
                failures.iter().for_each(|failure: &Failure| super::say(&failure.text));
                return Ok((socket, *address));
            }
            Err(verdict) => failures.push(Failure::new(verdict.exit(), verdict.failure(&place))),
        }
    }
    // All but the last are said here, the last by whoever is told.
    let last = failures.pop().unwrap_or_else(|| Failure::local("no address"));
    failures.iter().for_each(|failure| super::say(&failure.text));
    Err(last)
}

/// Connects to an address, or tells what is there instead.
fn attempt(options: &Options, address: &SocketAddr) -> Result<Result<Socket, Verdict>, Failure> {
    let socket = socket::begin(options, address, false)?;
    let until = options.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let result = match socket::start(&socket, &(*address).into()) {
        Ok(true) => Ok(true),
        Ok(false) => socket::finish(&socket, until),
        Err(error) => Err(error),
    };
    Ok(match result {
        Ok(true) => {
            if options.transport != Transport::Udp {
                // A router's passing trouble is not to end what works.
                icmp::ignore(&socket, address.is_ipv6());
            }
            Ok(socket)
        }
        Ok(false) => Err(Verdict::Filtered(options.timeout)),
        Err(error) => Err(Verdict::of(error, icmp::take(&socket), false)),
    })
}

/// Gives the connection to whoever holds the other end of standard output.
fn pass(socket: &Socket) -> Result<Exit, Failure> {
    let failed = |error: rustix::io::Errno| Failure::system("sendmsg", &error.into());
    let fds = [socket.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&fds));
    sendmsg(stdout(), &[io::IoSlice::new(&[0])], &mut control, SendFlags::empty()).map_err(failed)?;
    Ok(Exit::Done)
}

fn unix(options: &Options) -> Result<Exit, Failure> {
    let path = options.host();
    let socket = socket::open(options, Domain::UNIX)?;
    let source = options.source.as_deref();
    if let Some(source) = source {
        socket.bind(&socket::unix_address(source)?).map_err(|error| Failure::system("bind failed", &error))?;
    } else if options.transport == Transport::UnixDatagram {
        // The kernel finds a name, so that there are answers (unix(7), autobind).
        socket.bind(&socket::unix_address(OsStr::new(""))?).map_err(|error| Failure::system("bind failed", &error))?;
    }
    let target = socket::unix_address(options.destination.as_deref().unwrap_or_default())?;
    let result = established(options, socket, &target, &path).and_then(|socket| {
        tell(options, || format!("Connection to {path} [unix] succeeded!"));
        if options.scan {
            return Ok(Exit::Done);
        }
        talk(options, socket, "localhost", &path)
    });
    if let Some(source) = source {
        // It may be gone already.
        let _ = std::fs::remove_file(source);
    }
    result
}

fn vsock(options: &Options) -> Result<Exit, Failure> {
    let host = options.host();
    let cid = host.parse().map_err(|_| Failure::local(format!("context id invalid: {host}")))?;
    let port = options.ports.first();
    let socket = socket::open(options, Domain::VSOCK)?;
    let place = format!("{cid} port {port} (vsock)");
    let socket = established(options, socket, &SockAddr::vsock(cid, port), &place)?;
    tell(options, || format!("Connection to {cid} {port} port [vsock] succeeded!"));
    if options.scan {
        return Ok(Exit::Done);
    }
    talk(options, socket, "localhost", &place)
}

/// Connects a socket that is not over IP.
fn established(options: &Options, socket: Socket, target: &SockAddr, place: &str) -> Result<Socket, Failure> {
    /// How long a server whose queue is full is left alone.
    const PAUSE: Duration = Duration::from_millis(20);
    let until = options.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let result = match socket::start(&socket, target) {
            Ok(true) => Ok(true),
            Ok(false) => socket::finish(&socket, until),
            Err(error) => Err(error),
        };
        match result {
            Ok(true) => return Ok(socket),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && until.is_none_or(|end| end > Instant::now()) => {
                std::thread::sleep(PAUSE);
            }
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(Failure::of(place, &error, None)),
            _ => return Err(Failure::new(Exit::TimedOut, format!("{place}: timed out"))),
        }
    }
}
