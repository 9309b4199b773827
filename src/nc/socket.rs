//! Sockets as the options want them.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Instant;

use rustix::event::PollFlags;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::address;
use super::exit::{Failure, reason};
use super::options::{Options, Transport};
use super::{icmp, wait};

/// A socket for an address.
pub(super) fn open(options: &Options, domain: Domain) -> Result<Socket, Failure> {
    let (kind, protocol) = match options.transport {
        Transport::Udp => (Type::DGRAM, Some(Protocol::UDP)),
        Transport::UnixDatagram => (Type::DGRAM, None),
        Transport::Dccp => (Type::DCCP, Some(Protocol::DCCP)),
        Transport::Tcp => (Type::STREAM, Some(Protocol::TCP)),
        Transport::UnixStream | Transport::Vsock => (Type::STREAM, None),
    };
    let failed = |error| Failure::system("socket", &error);
    let socket = Socket::new(domain, kind.nonblocking(), protocol).map_err(failed)?;
    if options.transport.is_ip() {
        configure(&socket, options, domain == Domain::IPV6)?;
    }
    Ok(socket)
}

/// Sets the options that are about IP and what it carries.
fn configure(socket: &Socket, options: &Options, v6: bool) -> Result<(), Failure> {
    let set = |what: &str, result: io::Result<()>| {
        result.map_err(|error| Failure::local(format!("{what}: {}", reason(&error))))
    };
    if let Some(device) = &options.table {
        set(&format!("routing table of {device}"), socket.bind_device(Some(device.as_bytes())))?;
    }
    if options.broadcast {
        set("broadcast", socket.set_broadcast(true))?;
    }
    if options.debug {
        set("SO_DEBUG", own::debug(socket))?;
    }
    if let Some(octets) = options.receive_buffer {
        set("set TCP receive buffer size", socket.set_recv_buffer_size(octets))?;
    }
    if let Some(octets) = options.send_buffer {
        set("set TCP send buffer size", socket.set_send_buffer_size(octets))?;
    }
    if let Some(tos) = options.tos {
        set(
            if v6 { "set IPv6 traffic class" } else { "set IP ToS" },
            if v6 { socket.set_tclass_v6(tos) } else { socket.set_tos_v4(tos) },
        )?;
    }
    if let Some(ttl) = options.ttl {
        set(
            if v6 { "set IPv6 unicast hops" } else { "set IP TTL" },
            if v6 { socket.set_unicast_hops_v6(ttl) } else { socket.set_ttl_v4(ttl) },
        )?;
    }
    if let Some(ttl) = options.min_ttl {
        set(if v6 { "set IPv6 min hop count" } else { "set IP min TTL" }, own::min_ttl(socket, v6, ttl as i32))?;
    }
    Ok(())
}

/// Socket options that the usual crates lack.
mod own {
    use std::io;
    use std::net::{IpAddr, SocketAddr};

    use nix::sys::socket::{SetSockOpt, setsockopt};
    use nix::{setsockopt_impl, sys::socket::sockopt::SetStruct};
    use socket2::Socket;

    #[derive(Clone, Copy)]
    struct Debug;
    #[derive(Clone, Copy)]
    struct MinTtl;
    #[derive(Clone, Copy)]
    struct MinHopCount;
    /// `struct tcp_md5sig` of linux/tcp.h: address, flags, prefix length, key length,
    /// interface, key.
    #[repr(C)]
    #[derive(Clone, Copy)]
    pub(super) struct Md5 {
        address: [u8; 128],
        flags: u8,
        prefix: u8,
        length: u16,
        interface: i32,
        key: [u8; 80],
    }

    #[derive(Clone, Copy)]
    struct Md5Signature;
    setsockopt_impl!(Md5Signature, libc::IPPROTO_TCP, libc::TCP_MD5SIG, Md5, SetStruct<Md5>);

    /// Signs what goes to a peer, and takes only what it has signed.
    pub(super) fn sign(socket: &Socket, peer: SocketAddr, secret: &str) -> io::Result<()> {
        let mut key = [0; 80];
        let place = key.get_mut(..secret.len()).ok_or(io::ErrorKind::InvalidInput)?;
        place.copy_from_slice(secret.as_bytes());
        // As `struct sockaddr_in` or `sockaddr_in6`, whose port does not matter.
        let mut address = [0; 128];
        let (family, at, octets) = match peer.ip() {
            IpAddr::V4(ip) => (libc::AF_INET, 4, ip.octets().to_vec()),
            IpAddr::V6(ip) => (libc::AF_INET6, 8, ip.octets().to_vec()),
        };
        address[..2].copy_from_slice(&(family as u16).to_ne_bytes());
        address[at..at + octets.len()].copy_from_slice(&octets);
        let value = Md5 { address, flags: 0, prefix: 0, length: secret.len() as u16, interface: 0, key };
        setsockopt(socket, Md5Signature, &value).map_err(io::Error::from)
    }

    setsockopt_impl!(Debug, libc::SOL_SOCKET, libc::SO_DEBUG, i32, SetStruct<i32>);
    setsockopt_impl!(MinTtl, libc::IPPROTO_IP, libc::IP_MINTTL, i32, SetStruct<i32>);
    setsockopt_impl!(MinHopCount, libc::IPPROTO_IPV6, libc::IPV6_MINHOPCOUNT, i32, SetStruct<i32>);

    fn set<O: SetSockOpt<Val = i32>>(socket: &Socket, option: O, value: i32) -> io::Result<()> {
        setsockopt(socket, option, &value).map_err(io::Error::from)
    }

    pub(super) fn debug(socket: &Socket) -> io::Result<()> {
        set(socket, Debug, 1)
    }

    pub(super) fn min_ttl(socket: &Socket, v6: bool, ttl: i32) -> io::Result<()> {
        if v6 { set(socket, MinHopCount, ttl) } else { set(socket, MinTtl, ttl) }
    }
}

/// The address of a UNIX socket's path, which is an abstract name after `@`.
pub(super) fn unix_address(path: &OsStr) -> Result<SockAddr, Failure> {
    let octets = path.as_bytes();
    let result = match octets.split_first() {
        Some((b'@', name)) => SockAddr::unix(OsStr::from_bytes(&[b"\0", name].concat())),
        _ => SockAddr::unix(Path::new(path)),
    };
    // The only thing that can be wrong; as nc says it.
    result.map_err(|_| Failure::local("File name too long"))
}

/// Binds a socket to the local address and port that the options give, if any;
/// if `known`, to a port in any case, so that it is known from the start.
pub(super) fn bind_source(socket: &Socket, options: &Options, v6: bool, known: bool) -> Result<(), Failure> {
    let port = options.source_port.unwrap_or_default();
    let any = SocketAddr::from(if v6 {
        (std::net::IpAddr::from(Ipv6Addr::UNSPECIFIED), port)
    } else {
        (Ipv4Addr::UNSPECIFIED.into(), port)
    });
    let local = match &options.source {
        None if options.source_port.is_none() && !known => return Ok(()),
        None => any,
        Some(source) => {
            let found = address::resolve(&source.to_string_lossy(), port, options.family, !options.numeric)?;
            let same = found.into_iter().find(|address| address.is_ipv6() == v6);
            same.ok_or_else(|| Failure::local("bind failed: the source address is of another family"))?
        }
    };
    let failed = |error| Failure::system("bind failed", &error);
    // A port in TIME_WAIT may be used again.
    socket.set_reuse_address(options.source_port.is_some() && options.transport != Transport::Udp).map_err(failed)?;
    socket.bind(&local.into()).map_err(failed)
}

/// Starts to connect: whether that is done already.
pub(crate) fn start(socket: &Socket, address: &SockAddr) -> io::Result<bool> {
    match socket.connect(address) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a connection that was started is there by now; an error leaves a socket of
/// TCP that can connect to something else.
pub(super) fn connected(socket: &Socket, address: &SockAddr) -> io::Result<bool> {
    match socket.connect(address) {
        Ok(()) => Ok(true),
        Err(error) => match error.raw_os_error() {
            Some(libc::EISCONN) => Ok(true),
            Some(libc::EALREADY | libc::EINPROGRESS) => Ok(false),
            _ => Err(error),
        },
    }
}

/// A socket to an IP address, with ICMP errors watched, that is about to connect.
pub(super) fn begin(options: &Options, address: &SocketAddr, known: bool) -> Result<Socket, Failure> {
    let v6 = address.is_ipv6();
    let socket = open(options, Domain::for_address(*address))?;
    icmp::watch(&socket, v6);
    bind_source(&socket, options, v6, known)?;
    if let Some(secret) = &options.md5 {
        own::sign(&socket, *address, secret).map_err(|error| Failure::system("TCP MD5", &error))?;
    }
    Ok(socket)
}

/// Waits for a connection; false where it does not come in time.
pub(crate) fn finish(socket: &Socket, until: Option<Instant>) -> io::Result<bool> {
    if !wait::one(socket, PollFlags::OUT, until)? {
        return Ok(false);
    }
    socket.take_error()?.map_or(Ok(true), Err)
}
