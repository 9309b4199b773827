//! Ports: numbers, ranges, lists and services' names.

use dns_lookup::{AddrInfoHints, SockType, getaddrinfo};

use super::exit::Failure;
use super::options::Transport;

/// Ports in ranges, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ports(Vec<(u32, u32)>);

impl Ports {
    /// A single port.
    pub(super) fn of(port: u16) -> Self {
        Ports(vec![(port.into(), port.into())])
    }

    /// The ports of `20-25`, `80`, `http`, and of lists of these with commas.
    /// None is below `least`; those of vsock have 32 bits.
    pub(super) fn parse(text: &str, transport: Transport, least: u32) -> Result<Self, Failure> {
        let part = |part: &str| match part.split_once('-') {
            Some((low, high)) if part.starts_with(|c: char| c.is_ascii_digit()) => {
                let (low, high) = (number(low, transport, least)?, number(high, transport, least)?);
                Ok((low.min(high), low.max(high)))
            }
            _ => service(part, transport, least).map(|port| (port, port)),
        };
        text.split(',').map(part).collect::<Result<_, _>>().map(Ports)
    }

    /// One port.
    pub(super) fn one(text: &str, transport: Transport) -> Result<u16, Failure> {
        service(text, transport, 1).map(|port| port as u16)
    }

    /// Whether there is more than one.
    pub(super) fn several(&self) -> bool {
        !matches!(self.0[..], [] | [(_, _)]) || self.0.first().is_some_and(|(low, high)| low != high)
    }

    /// The first one.
    pub(super) fn first(&self) -> u32 {
        self.0.first().map_or(0, |range| range.0)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = u16> {
        self.0.iter().flat_map(|&(low, high)| low..=high).map(|port| port as u16)
    }
}

fn number(text: &str, transport: Transport, least: u32) -> Result<u32, Failure> {
    let most = if transport == Transport::Vsock { u32::MAX } else { u16::MAX.into() };
    let wrong = |how: &str| Failure::local(format!("port number {how}: {text}"));
    match text.parse::<i128>() {
        Ok(value) if value < least.into() => Err(wrong("too small")),
        Ok(value) if value > most.into() => Err(wrong("too large")),
        Ok(value) => Ok(value as u32),
        Err(_) => Err(wrong("invalid")),
    }
}

/// A port by its number or by the name of its service.
fn service(text: &str, transport: Transport, least: u32) -> Result<u32, Failure> {
    let named = !text.is_empty() && !text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'-');
    if named && transport.is_ip() {
        let kind = if transport == Transport::Udp { SockType::DGram } else { SockType::Stream };
        let hints = AddrInfoHints { socktype: kind.into(), ..AddrInfoHints::default() };
        if let Ok(mut found) = getaddrinfo(None, Some(text), Some(hints))
            && let Some(Ok(found)) = found.next()
        {
            return Ok(found.sockaddr.port().into());
        }
    }
    number(text, transport, least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lists_and_numbers() {
        let ports = |text| Ports::parse(text, Transport::Tcp, 1).map(|ports| ports.iter().collect::<Vec<_>>());
        assert_eq!(ports("5-3,80").unwrap(), [3, 4, 5, 80]);
        assert_eq!(Ports::parse("0", Transport::Tcp, 0).unwrap().first(), 0);
        for (text, error) in [
            ("70000", "port number too large: 70000"),
            ("0", "port number too small: 0"),
            ("1-70000", "port number too large: 70000"),
            ("no-such-service", "port number invalid: no-such-service"),
            ("", "port number invalid: "),
        ] {
            assert_eq!(ports(text).unwrap_err().text, error);
        }
    }

    #[test]
    fn several_ports_are_more_than_one() {
        for (text, several) in [("80", false), ("80-80", false), ("80-81", true), ("80,80", true)] {
            assert_eq!(Ports::parse(text, Transport::Tcp, 1).unwrap().several(), several, "{text}");
        }
    }
}
