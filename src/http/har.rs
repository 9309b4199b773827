//! HTTP archives, HAR 1.2, as Firefox and Chromium import them: Firefox asks for the
//! list of pages, which may be empty, and for URLs that it can parse. Entries are
//! written as they end, so the archive needs no memory of its own.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use sniff_captures::Time;
use sniff_dissectors::Line;

use super::coding::Decoded;
use super::message::{Exchange, Message};
use crate::streams::nanos_between;

/// An archive that is being written.
pub(super) struct Archive {
    path: PathBuf,
    file: BufWriter<File>,
    first: bool,
    error: Option<io::Error>,
}

impl Archive {
    /// Creates the file.
    pub fn create(path: &Path) -> Result<Self, String> {
        let file = File::create(path).map_err(|error| failure(path, &error))?;
        let mut archive = Archive { path: path.into(), file: BufWriter::new(file), first: true, error: None };
        let creator = json!({"name": "sniff", "version": env!("CARGO_PKG_VERSION")});
        archive.write(&format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"pages\":[],\"entries\":["));
        Ok(archive)
    }

    fn write(&mut self, text: &str) {
        if self.error.is_none() {
            self.error = self.file.write_all(text.as_bytes()).err();
        }
    }

    /// Adds an exchange that has a request and a response.
    pub fn add(&mut self, exchange: &Exchange, url: &[u8], bodies: &[Decoded; 2]) {
        let (Some(request), Some(response)) = (&exchange.request, &exchange.response) else { return };
        let entry = entry(exchange, request, response, url, bodies);
        self.write(if self.first { "\n" } else { ",\n" });
        self.first = false;
        self.write(&entry.to_string());
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Something could not be written.
    pub fn finish(mut self) -> Result<(), String> {
        self.write("\n]}}\n");
        let error = self.error.take().or_else(|| self.file.flush().err());
        error.map_or(Ok(()), |error| Err(failure(&self.path, &error)))
    }
}

fn failure(path: &Path, error: &io::Error) -> String {
    format!("{}: {}", path.display(), crate::pipeline::reason(error))
}

fn entry(exchange: &Exchange, request: &Message, response: &Message, url: &[u8], bodies: &[Decoded; 2]) -> Value {
    let url = absolute(exchange, url);
    let millis = |nanos: i64| (nanos.max(0) as f64) / 1e6;
    let send = millis(nanos_between(request.first, request.last));
    let wait = millis(nanos_between(request.last, response.first));
    let receive = millis(nanos_between(response.first, response.last));
    let mut sent = json!({
        "method": lossy(exchange.method()),
        "url": url,
        "httpVersion": lossy(request.start(2)),
        "cookies": cookies(request, "cookie"),
        "headers": headers(request),
        "queryString": query(&url),
        "headersSize": header_size(exchange, request),
        "bodySize": request.body_size,
    });
    if !bodies[0].octets.is_empty() {
        let kind = lossy(request.field("content-type").unwrap_or_default());
        sent["postData"] = json!({"mimeType": kind, "text": lossy(&bodies[0].octets)});
    }
    json!({
        "startedDateTime": started(request.first),
        "time": send + wait + receive,
        "request": sent,
        "response": {
            "status": response.status,
            "statusText": lossy(response.start(2)),
            "httpVersion": lossy(response.start(0)),
            "cookies": cookies(response, "set-cookie"),
            "headers": headers(response),
            "content": content(response, &bodies[1]),
            "redirectURL": lossy(response.field("location").unwrap_or_default()),
            "headersSize": header_size(exchange, response),
            "bodySize": response.body_size,
        },
        "cache": {},
        "timings": {"send": send, "wait": wait, "receive": receive},
        "serverIPAddress": address(exchange),
        "connection": exchange.connection.to_string(),
    })
}

/// The size of start line and fields; HTTP/2 has none that would say anything.
fn header_size(exchange: &Exchange, message: &Message) -> i64 {
    if exchange.stream.is_some() { -1 } else { message.text_size() as i64 + 4 * (message.heads as i64 + 1) + 2 }
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn headers(message: &Message) -> Value {
    message.fields().map(|(name, value)| json!({"name": lossy(name), "value": lossy(value)})).collect()
}

/// Cookies; of `Set-Cookie` without their attributes.
fn cookies(message: &Message, name: &str) -> Value {
    let fields = message.fields().filter(|field| field.0.eq_ignore_ascii_case(name.as_bytes()));
    let pairs = fields.flat_map(|field| {
        let pairs = field.1.split(|&octet| octet == b';');
        pairs.take(if name == "cookie" { usize::MAX } else { 1 })
    });
    let cookie = |pair: &[u8]| {
        let pair = lossy(pair.trim_ascii());
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        json!({"name": name, "value": value})
    };
    pairs.map(cookie).collect()
}

/// A URL with a scheme and a host that are valid. A tunnel's target and a host that
/// is none get the server's address.
fn absolute(exchange: &Exchange, url: &[u8]) -> String {
    let text: String = url
        .iter()
        .map(|&octet| match octet {
            b'!'..=b'~' => char::from(octet).to_string(),
            _ => format!("%{octet:02X}"),
        })
        .collect();
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", &text));
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let is_scheme = matches!(scheme, "http" | "https" | "ws" | "wss");
    if is_scheme && is_host(host) {
        return format!("{scheme}://{host}{path}");
    }
    let mut line = Line::default();
    exchange.ends.server.write(&mut line);
    let path = if is_scheme { path.to_owned() } else { format!("/{text}") };
    format!("http://{}{path}", lossy(line.as_bytes()))
}

/// Whether a URL can have this host and port (https://url.spec.whatwg.org/#host-parsing):
/// what ends in a number is an IPv4 address.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text, "0"),
    };
    if port.parse::<u16>().is_err() {
        return false;
    }
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let number = host.rsplit('.').next().is_some_and(|label| label.starts_with(|letter: char| letter.is_ascii_digit()));
    let valid = |octet: u8| octet.is_ascii_alphanumeric() || b"-._".contains(&octet);
    if number { host.parse::<Ipv4Addr>().is_ok() } else { !host.is_empty() && host.bytes().all(valid) }
}

fn query(url: &str) -> Value {
    let Some((_, query)) = url.split_once('?') else { return json!([]) };
    let query = query.split('#').next().unwrap_or_default();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        json!({"name": name, "value": value})
    };
    query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

/// A body: as text where it is UTF-8, in base64 where not.
fn content(response: &Message, body: &Decoded) -> Value {
    let kind = lossy(response.field("content-type").unwrap_or_default());
    let mut content = json!({"size": body.octets.len(), "mimeType": kind});
    if body.octets.is_empty() {
        return content;
    }
    match std::str::from_utf8(&body.octets) {
        Ok(text) => content["text"] = json!(text),
        Err(_) => {
            content["text"] = json!(base64(&body.octets));
            content["encoding"] = json!("base64");
        }
    }
    content
}

/// RFC 4648, section 4.
fn base64(octets: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
    for group in octets.chunks(3) {
        let word = group.iter().fold(0u32, |word, &octet| word << 8 | u32::from(octet)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

fn address(exchange: &Exchange) -> String {
    let mut line = Line::default();
    exchange.ends.server.address.write(&mut line);
    lossy(line.as_bytes())
}

fn started(time: Time) -> String {
    // A time out of range is shown as the first.
    let nanos = i32::try_from(time.nanos).unwrap_or(999_999_999).min(999_999_999);
    Timestamp::new(time.seconds, nanos).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        let rows = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (octets, text) in rows {
            assert_eq!(base64(octets.as_bytes()), text);
        }
    }

    #[test]
    fn times_and_queries_are_the_formats() {
        assert_eq!(started(Time { seconds: 0, nanos: 1000 }), "1970-01-01T00:00:00.000001Z");
        assert_eq!(query("http://h/p?a=1&b#c").to_string(), r#"[{"name":"a","value":"1"},{"name":"b","value":""}]"#);
    }

    #[test]
    fn urls_can_be_parsed_whatever_was_asked_for() {
        let rows = [
            ("https://h:8/p?q#f", "https://h:8/p?q#f"),
            ("http://[::1]:8080/\u{e4} b", "http://[::1]:8080/%C3%A4%20b"),
            ("example.com:443", "http://example.com:443"),
            ("http://a b/p", "http://0:0/p"),
            ("http:///p", "http://0:0/p"),
            ("http://h:99999/p", "http://0:0/p"),
            ("http://1.2.3.4:5/p", "http://1.2.3.4:5/p"),
            ("http://1.2.3.400/p", "http://0:0/p"),
            ("ftp://h/p", "http://0:0/ftp://h/p"),
        ];
        for (url, expected) in rows {
            let found = absolute(&Exchange::default(), url.as_bytes()).replace("[::]:0", "0:0");
            assert_eq!(found, expected, "{url}");
        }
    }
}
