//! Names to addresses and back.

use std::io;
use std::net::{IpAddr, SocketAddr};

use dns_lookup::{AddrInfoHints, LookupError, SockType, getaddrinfo, getnameinfo};

use super::exit::{Exit, Failure, reason};
use super::options::Family;

/// The addresses of a host, in the order in which they are to be tried. Without
/// `lookup` only numbers are addresses.
pub(crate) fn resolve(host: &str, port: u16, family: Option<Family>, lookup: bool) -> Result<Vec<SocketAddr>, Failure> {
    let failed = |text: &str| Failure::new(Exit::Name, format!("getaddrinfo for host \"{host}\" port {port}: {text}"));
    let hints = AddrInfoHints {
        address: match family {
            None => libc::AF_UNSPEC,
            Some(Family::V4) => libc::AF_INET,
            Some(Family::V6) => libc::AF_INET6,
        },
        flags: if lookup { 0 } else { libc::AI_NUMERICHOST },
        // Each address once, whatever the transport.
        socktype: SockType::Stream.into(),
        ..AddrInfoHints::default()
    };
    let found = getaddrinfo(Some(bare(host)), None, Some(hints)).map_err(|error| failed(&words(error)))?;
    let mut addresses: Vec<_> = found.flatten().map(|found| found.sockaddr).collect();
    addresses.iter_mut().for_each(|address| address.set_port(port));
    if addresses.is_empty() { Err(failed("no address")) } else { Ok(addresses) }
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// The resolver's words, without what the wrapper puts before them.
fn words(error: LookupError) -> String {
    let text = reason(&io::Error::from(error));
    text.rsplit_once("address information: ").map_or(text.clone(), |(_, words)| words.to_owned())
}

/// A host in messages: as it was given, with its address if that is another.
pub(super) fn shown(host: &str, address: &SocketAddr) -> String {
    let ip = address.ip();
    // An address may have a zone (RFC 4007, section 11).
    let number = bare(host).split('%').next().unwrap_or_default();
    if number.parse::<IpAddr>().is_ok() || number == ip.to_string() {
        host.to_owned()
    } else {
        format!("{host} ({ip})")
    }
}

/// The name of an address, or the address where it has none.
pub(super) fn name(address: &SocketAddr, lookup: bool) -> String {
    if lookup && let Ok((name, _)) = getnameinfo(address, libc::NI_NUMERICSERV) {
        return name;
    }
    address.ip().to_string()
}
