//! Connections through proxies: SOCKS 4 and 4A, SOCKS 5 (RFC 1928, RFC 1929), and
//! HTTP's CONNECT (RFC 9110, section 9.3.6).

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use rustix::event::PollFlags;
use socket2::Socket;

use super::exit::{Exit, Failure, reason};
use super::options::{Family, Options, Transport};
use super::ports::Ports;
use super::{address, client, secret, wait};

/// The variable that may hold the password of -P.
const PASSWORD: &str = "NC_PROXY_PASSWORD";
/// Octets of an HTTP proxy's answer at most.
const MOST: usize = 64 << 10;

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// SOCKS 4, with addresses.
    Socks4,
    /// SOCKS 4A, with names.
    Socks4A,
    /// SOCKS 5.
    Socks5,
    /// HTTP CONNECT.
    Connect,
}

impl Protocol {
    /// The protocol that a word names.
    pub(super) fn from_name(name: &str) -> Result<Self, Failure> {
        match name.to_ascii_lowercase().as_str() {
            "4" => Ok(Protocol::Socks4),
            "4a" => Ok(Protocol::Socks4A),
            "5" => Ok(Protocol::Socks5),
            "connect" => Ok(Protocol::Connect),
            _ => Err(Failure::local("unsupported proxy protocol")),
        }
    }

    /// Its well-known port.
    fn port(self) -> u16 {
        if self == Protocol::Connect { 3128 } else { 1080 }
    }
}

/// A proxy.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    pub protocol: Protocol,
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
}

impl Proxy {
    /// The proxy at `host[:port]`, where the port may be a service's name, and an IPv6
    /// address stands in brackets.
    pub(super) fn new(protocol: Protocol, place: &str, user: Option<String>) -> Result<Self, Failure> {
        let after = place.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match place[after..].rfind(':') {
            // More colons are an address of IPv6.
            Some(at) if after > 0 || place.matches(':').count() == 1 => {
                let port = &place[after + at + 1..];
                let wrong = || Failure::local(format!("invalid proxy port {port}"));
                (&place[..after + at], Ports::one(port, Transport::Tcp).map_err(|_| wrong())?)
            }
            _ => (place, protocol.port()),
        };
        Ok(Proxy { protocol, host: host.trim_matches(['[', ']']).to_owned(), port, user })
    }
}

/// Connects to a host through the proxy.
pub(super) fn connect(options: &Options, proxy: &Proxy, host: &str, port: u16) -> Result<Socket, Failure> {
    let addresses = address::resolve(&proxy.host, proxy.port, None, true)?;
    let (socket, _) = client::connect(options, &proxy.host, &addresses)?;
    let until = options.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let name = format!("proxy {} port {}", proxy.host, proxy.port);
    let mut talk = Talk { socket, until, name };
    match proxy.protocol {
        Protocol::Socks4 => {
            let found = address::resolve(host, port, Some(Family::V4), !options.numeric)?;
            let address = found.iter().find_map(|found| match found.ip() {
                IpAddr::V4(address) => Some(address),
                IpAddr::V6(_) => None,
            });
            let address = address.ok_or_else(|| Failure::new(Exit::Name, format!("{host} has no IPv4 address")))?;
            talk.socks4(address, port, proxy.user.as_deref(), None)?;
        }
        Protocol::Socks4A => match host.parse() {
            Ok(address) => talk.socks4(address, port, proxy.user.as_deref(), None)?,
            // An address that cannot be says that the name follows.
            Err(_) => talk.socks4(Ipv4Addr::new(0, 0, 0, 1), port, proxy.user.as_deref(), Some(host))?,
        },
        Protocol::Socks5 => talk.socks5(host, port, proxy.user.as_deref())?,
        Protocol::Connect => talk.http(host, port, proxy.user.as_deref())?,
    }
    Ok(talk.socket)
}

/// Questions and answers with a proxy.
struct Talk {
    socket: Socket,
    until: Option<Instant>,
    name: String,
}

impl Talk {
    fn failure(&self, exit: Exit, text: impl AsRef<str>) -> Failure {
        Failure::new(exit, format!("{}: {}", self.name, text.as_ref()))
    }

    /// Waits for the socket to be ready for what would have waited.
    fn pause(&self, result: io::Result<usize>, flags: PollFlags) -> Result<Option<usize>, Failure> {
        match result {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => match wait::one(&self.socket, flags, self.until)
            {
                Ok(true) => Ok(None),
                Ok(false) => Err(self.failure(Exit::TimedOut, "timed out")),
                Err(error) => Err(self.failure(Exit::Failed, reason(&error))),
            },
            Err(error) => Err(self.failure(Exit::of(&error), reason(&error))),
        }
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), Failure> {
        let mut rest = octets;
        while !rest.is_empty() {
            let written = self.socket.write(rest);
            rest = &rest[self.pause(written, PollFlags::OUT)?.unwrap_or(0)..];
        }
        Ok(())
    }

    fn read<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let mut octets = [0; N];
        self.read_into(&mut octets)?;
        Ok(octets)
    }

    fn read_into(&mut self, octets: &mut [u8]) -> Result<(), Failure> {
        let mut at = 0;
        while at < octets.len() {
            let read = self.socket.read(&mut octets[at..]);
            match self.pause(read, PollFlags::IN)? {
                Some(0) => return Err(self.failure(Exit::Answer, "the connection ended within its answer")),
                count => at += count.unwrap_or(0),
            }
        }
        Ok(())
    }

    /// Version 4, command 1, port, address, user, and with 4A the name.
    fn socks4(&mut self, address: Ipv4Addr, port: u16, user: Option<&str>, name: Option<&str>) -> Result<(), Failure> {
        const GRANTED: u8 = 90;
        let mut request = vec![4, 1];
        request.extend(port.to_be_bytes());
        request.extend(address.octets());
        for text in [user.unwrap_or_default()].into_iter().chain(name) {
            request.extend(text.bytes());
            request.push(0);
        }
        self.write(&request)?;
        match self.read::<8>()? {
            [0, GRANTED, ..] => Ok(()),
            [0, code, ..] => Err(self.failure(Exit::Answer, format!("SOCKS 4 request rejected, code {code}"))),
            _ => Err(self.failure(Exit::Answer, "no answer of SOCKS 4")),
        }
    }

    fn socks5(&mut self, host: &str, port: u16, user: Option<&str>) -> Result<(), Failure> {
        const NONE: u8 = 0;
        const PASSWORDS: u8 = 2;
        self.write(if user.is_some() { &[5, 2, NONE, PASSWORDS] } else { &[5, 1, NONE] })?;
        match (self.read::<2>()?, user) {
            ([5, NONE], _) => {}
            ([5, PASSWORDS], Some(user)) => self.login(user)?,
            ([5, _], _) => return Err(self.failure(Exit::Answer, "SOCKS 5 wants another authentication")),
            _ => return Err(self.failure(Exit::Answer, "no answer of SOCKS 5")),
        }
        // Version, CONNECT, reserved, then the kind of the address.
        let mut request = vec![5, 1, 0];
        match host.parse() {
            Ok(IpAddr::V4(address)) => {
                request.push(1);
                request.extend(address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                request.push(4);
                request.extend(address.octets());
            }
            Err(_) => {
                request.push(3);
                self.counted(&mut request, host)?;
            }
        }
        request.extend(port.to_be_bytes());
        self.write(&request)?;
        let [version, reply, _, kind] = self.read::<4>()?;
        if version != 5 {
            return Err(self.failure(Exit::Answer, "no answer of SOCKS 5"));
        }
        if reply != 0 {
            let (exit, text) = match reply {
                2 => (Exit::Answer, "connection not allowed"),
                3 => (Exit::Unreachable, "network unreachable"),
                4 => (Exit::Unreachable, "host unreachable"),
                5 => (Exit::Failed, "connection refused"),
                6 => (Exit::Unreachable, "TTL expired"),
                7 => (Exit::Answer, "command not supported"),
                8 => (Exit::Answer, "address type not supported"),
                _ => (Exit::Answer, "general failure"),
            };
            return Err(self.failure(exit, format!("SOCKS 5: {text}, code {reply}")));
        }
        let length = match kind {
            1 => 4,
            4 => 16,
            _ => usize::from(self.read::<1>()?[0]),
        };
        self.read_into(&mut vec![0; length + 2])
    }

    /// User and password (RFC 1929).
    fn login(&mut self, user: &str) -> Result<(), Failure> {
        let password = secret::get(PASSWORD, &format!("Proxy password for {user}"))?;
        let mut request = vec![1];
        self.counted(&mut request, user)?;
        self.counted(&mut request, &password)?;
        self.write(&request)?;
        match self.read::<2>()? {
            [_, 0] => Ok(()),
            _ => Err(self.failure(Exit::Answer, "user or password not accepted")),
        }
    }

    /// Adds text after its length.
    fn counted(&self, request: &mut Vec<u8>, text: &str) -> Result<(), Failure> {
        let length = u8::try_from(text.len()).map_err(|_| self.failure(Exit::Failed, format!("{text} is too long")))?;
        request.push(length);
        request.extend(text.bytes());
        Ok(())
    }

    fn http(&mut self, host: &str, port: u16, user: Option<&str>) -> Result<(), Failure> {
        if host.contains(|c: char| c.is_ascii_control() || c == ' ') {
            return Err(self.failure(Exit::Failed, "a host has no spaces"));
        }
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(user) = user {
            let password = secret::get(PASSWORD, &format!("Proxy password for {user}"))?;
            request += &format!("Proxy-Authorization: Basic {}\r\n", base64(format!("{user}:{password}").as_bytes()));
        }
        request += "\r\n";
        self.write(request.as_bytes())?;
        // One octet at a time: what follows the header is the host's.
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") && !answer.ends_with(b"\n\n") {
            answer.extend(self.read::<1>()?);
            if answer.len() > MOST {
                return Err(self.failure(Exit::Answer, "the answer is too long"));
            }
        }
        let line = answer.split(|&octet| octet == b'\r' || octet == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line).into_owned();
        let accepted = line.starts_with("HTTP/1.") && line.split(' ').nth(1).is_some_and(|code| code.starts_with('2'));
        if accepted { Ok(()) } else { Err(self.failure(Exit::Answer, format!("CONNECT refused: {line}"))) }
    }
}

/// Octets in Base64 (RFC 4648, section 4).
fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, &octet| bits << 8 | u32::from(octet)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        for (octets, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(octets.as_bytes()), text);
        }
    }

    #[test]
    fn a_proxy_has_its_own_port_or_the_usual_one() {
        for (place, host, port) in [
            ("proxy", "proxy", 1080),
            ("proxy:81", "proxy", 81),
            ("[::1]:81", "::1", 81),
            ("[::1]", "::1", 1080),
            ("fe80::1", "fe80::1", 1080),
        ] {
            let proxy = Proxy::new(Protocol::Socks5, place, None).unwrap();
            assert_eq!((proxy.host.as_str(), proxy.port), (host, port));
        }
        assert!(Proxy::new(Protocol::Connect, "proxy:x", None).is_err());
    }
}
