//! What is checked: a URL (RFC 3986).

use super::dns::Question;

/// What is spoken with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: a TCP connection is enough.
    Tcp,
    /// A datagram that is answered.
    Udp,
    /// A TLS handshake.
    Tls,
    /// An HTTP request.
    Http,
    /// An HTTP request over TLS.
    Https,
    /// A DNS lookup.
    Dns,
}

const KINDS: &[(&str, Kind, Option<u16>)] = &[
    ("tcp", Kind::Tcp, None),
    ("udp", Kind::Udp, None),
    ("tls", Kind::Tls, Some(443)),
    ("http", Kind::Http, Some(80)),
    ("https", Kind::Https, Some(443)),
    ("dns", Kind::Dns, Some(53)),
];

/// A target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// As it was given.
    pub url: String,
    pub kind: Kind,
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
    /// The path with the query, or `/`.
    pub path: String,
}

impl Target {
    /// Whether TLS is spoken with it.
    pub(super) fn is_tls(&self) -> bool {
        matches!(self.kind, Kind::Tls | Kind::Https)
    }

    /// Reads a URL.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let wrong = |how: &str| format!("{url}: {how}");
        if url.contains(|c: char| c.is_control() || c == ' ') {
            return Err(wrong("a target has no spaces and no control characters"));
        }
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("a target begins with tcp:// or the like"))?;
        let row = KINDS.iter().find(|row| scheme.eq_ignore_ascii_case(row.0));
        let (_, kind, usual) = *row.ok_or_else(|| wrong("tcp, udp, tls, http, https and dns can be checked"))?;
        let (place, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if place.contains('@') {
            return Err(wrong("users are not supported"));
        }
        let (host, port) = match place.strip_prefix('[') {
            Some(place) => place.split_once(']').ok_or_else(|| wrong("a bracket is missing"))?,
            None => place.split_at(place.find(':').unwrap_or(place.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().ok().filter(|&port| port > 0).ok_or_else(|| wrong("the port is none"))?,
            None if port.is_empty() => usual.ok_or_else(|| wrong("a port is needed"))?,
            None => return Err(wrong("the host is none")),
        };
        if host.is_empty() {
            return Err(wrong("a host is needed"));
        }
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        if kind == Kind::Dns {
            Question::new(&path).map_err(|how| wrong(&how))?;
        }
        Ok(Target { url: url.to_owned(), kind, host: host.to_owned(), port, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (url, kind, host, port, path) in [
            ("tcp://h:1", Kind::Tcp, "h", 1, "/"),
            ("HTTPS://h", Kind::Https, "h", 443, "/"),
            ("http://[::1]:8080/a?b#c", Kind::Http, "::1", 8080, "/a?b"),
            ("http://h?b", Kind::Http, "h", 80, "/?b"),
            ("dns://[::1]/example.com?type=AAAA", Kind::Dns, "::1", 53, "/example.com?type=AAAA"),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!(
                (target.kind, target.host.as_str(), target.port, target.path.as_str()),
                (kind, host, port, path)
            );
        }
        for (url, error) in [
            ("h:1", "a target begins with tcp:// or the like"),
            ("ftp://h", "tcp, udp, tls, http, https and dns can be checked"),
            ("tcp://h", "a port is needed"),
            ("tcp://h:0", "the port is none"),
            ("tcp://:1", "a host is needed"),
            ("dns://h/a..b", "a..b is no DNS name"),
            ("dns://h/a?type=X", "there is no DNS type X"),
            ("http://[::1", "a bracket is missing"),
            ("http://a b/", "a target has no spaces and no control characters"),
        ] {
            assert_eq!(Target::parse(url).unwrap_err(), format!("{url}: {error}"));
        }
    }
}
