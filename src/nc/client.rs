//! Connects, and passes octets.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::stdio::stdout;
use socket2::{Domain, SockAddr, Socket};

use super::exit::{Exit, Failure};
use super::options::{Options, Transport};
use super::verdict::Verdict;
use super::{address, icmp, relay, service, socket, tell, wait};

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
        let addresses = address::resolve(&host, port, options.family, !options.numeric)?;
        match connect(options, &host, &addresses) {
            Ok((socket, address)) => {
                let shown = address::shown(&host, &address);
                connected(options, &shown, port);
                if options.pass {
                    return pass(&socket);
                }
                let mut socket = socket;
                return relay::run(
                    options,
                    &mut socket,
                    &format!("{shown} port {port} ({})", options.transport.name()),
                );
            }
            Err(failure) => last = failure,
        }
        if options.ports.several() {
            super::say(&last.text);
            last.text.clear();
        }
    }
    Err(last)
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
        Ok(false) => finish(&socket, until),
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

/// Waits for a connection; false where it does not come in time.
fn finish(socket: &Socket, until: Option<Instant>) -> io::Result<bool> {
    if !wait::one(socket, PollFlags::OUT, until)? {
        return Ok(false);
    }
    socket.take_error()?.map_or(Ok(true), Err)
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
    let result = established(options, socket, &target, &path).and_then(|mut socket| {
        tell(options, || format!("Connection to {path} [unix] succeeded!"));
        relay::run(options, &mut socket, &path)
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
    let mut socket = established(options, socket, &SockAddr::vsock(cid, port), &place)?;
    tell(options, || format!("Connection to {cid} {port} port [vsock] succeeded!"));
    relay::run(options, &mut socket, &place)
}

/// Connects a socket that is not over IP.
fn established(options: &Options, socket: Socket, target: &SockAddr, place: &str) -> Result<Socket, Failure> {
    /// How long a server whose queue is full is left alone.
    const PAUSE: Duration = Duration::from_millis(20);
    let until = options.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let result = match socket::start(&socket, target) {
            Ok(true) => Ok(true),
            Ok(false) => finish(&socket, until),
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
