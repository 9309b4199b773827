//! HTTP/1 for the tree (RFC 9112): the start line and the fields of a message
//! that a segment begins with. `sniff http` sees messages of many segments.

use crate::fields::Id;
use crate::out::Out;
use crate::put::Put;

/// A longer word is neither a method nor a version.
const MAX_WORD: usize = 32;
/// A longer line is none of a head.
const MAX_LINE: usize = 16 << 10;
/// Messages of a segment beyond so many are left out.
const MAX_MESSAGES: usize = 64;
/// A head with more lines is not looked at further.
const MAX_LINES: usize = 256;

const HEADERS: &[(&str, Id)] = &[
    ("accept", Id::of("http.accept")),
    ("accept-encoding", Id::of("http.accept_encoding")),
    ("accept-language", Id::of("http.accept_language")),
    ("authorization", Id::of("http.authorization")),
    ("cache-control", Id::of("http.cache_control")),
    ("connection", Id::of("http.connection")),
    ("content-encoding", Id::of("http.content_encoding")),
    ("content-length", Id::of("http.content_length_header")),
    ("content-type", Id::of("http.content_type")),
    ("cookie", Id::of("http.cookie")),
    ("date", Id::of("http.date")),
    ("host", Id::of("http.host")),
    ("http2-settings", Id::of("http.http2_settings")),
    ("last-modified", Id::of("http.last_modified")),
    ("location", Id::of("http.location")),
    ("proxy-authenticate", Id::of("http.proxy_authenticate")),
    ("proxy-authorization", Id::of("http.proxy_authorization")),
    ("referer", Id::of("http.referer")),
    ("sec-websocket-accept", Id::of("http.sec_websocket_accept")),
    ("sec-websocket-extensions", Id::of("http.sec_websocket_extensions")),
    ("sec-websocket-key", Id::of("http.sec_websocket_key")),
    ("sec-websocket-protocol", Id::of("http.sec_websocket_protocol")),
    ("sec-websocket-version", Id::of("http.sec_websocket_version")),
    ("server", Id::of("http.server")),
    ("set-cookie", Id::of("http.set_cookie")),
    ("transfer-encoding", Id::of("http.transfer_encoding")),
    ("upgrade", Id::of("http.upgrade")),
    ("user-agent", Id::of("http.user_agent")),
    ("www-authenticate", Id::of("http.www_authenticate")),
    ("x-forwarded-for", Id::of("http.x_forwarded_for")),
];

/// Notes the heads of messages, if `octets` begin with one.
pub(crate) fn note(o: &mut Out, octets: &[u8]) {
    let mut rest = octets;
    for _ in 0..MAX_MESSAGES {
        match message(o, rest) {
            Some(behind) if !behind.is_empty() => rest = behind,
            _ => return,
        }
    }
}

/// Notes a head; what is behind its body, if that is known and here.
fn message<'p>(o: &mut Out, octets: &'p [u8]) -> Option<&'p [u8]> {
    // Most segments are the middle of something.
    if !octets.first().is_some_and(u8::is_ascii_uppercase) || !octets.iter().take(MAX_WORD).any(|&octet| octet == b' ')
    {
        return None;
    }
    let (start, mut rest) = line(octets)?;
    let is_request = match () {
        () if start.starts_with(b"HTTP/1.") => false,
        () if request(start).is_some() => true,
        () => return None,
    };
    let mut head = Head::default();
    if is_request {
        head.target = note_request(o, start);
    } else {
        head.open = note_response(o, start);
    }
    let lines = if is_request { id!("http.request.line") } else { id!("http.response.line") };
    for _ in 0..MAX_LINES {
        let before = rest;
        let Some((field, after)) = line(rest) else { break };
        rest = after;
        if field.is_empty() {
            head.note(o);
            return head.body(o, rest);
        }
        o.note_octets(lines, &before[..before.len() - rest.len()]);
        let Some(colon) = field.iter().position(|&octet| octet == b':') else { break };
        let (name, value) = (&field[..colon], field[colon + 1..].trim_ascii());
        if let Some((name, id)) = HEADERS.iter().find(|row| name.eq_ignore_ascii_case(row.0.as_bytes())) {
            o.note_octets(*id, value);
            head.field(o, name, value);
        }
    }
    head.note(o);
    None
}

/// What the fields of a head say together.
#[derive(Default)]
struct Head<'p> {
    target: Option<&'p [u8]>,
    host: Option<&'p [u8]>,
    length: Option<usize>,
    /// Whether the end of the connection ends the body, unless it has a length.
    open: bool,
    /// Whether the body is in chunks, and whether it is compressed.
    chunked: bool,
    compressed: bool,
}

impl<'p> Head<'p> {
    fn field(&mut self, o: &mut Out, name: &str, value: &'p [u8]) {
        match name {
            "host" => self.host = Some(value),
            "content-length" => {
                self.length = str::from_utf8(value).ok().and_then(|length| length.parse().ok());
                if let Some(length) = self.length {
                    o.note(id!("http.content_length"), length);
                }
            }
            "content-encoding" => self.compressed = true,
            "transfer-encoding" => self.chunked = true,
            "cookie" => {
                for pair in value.split(|&octet| octet == b';').map(<[u8]>::trim_ascii) {
                    o.note_octets(id!("http.cookie_pair"), pair);
                }
            }
            _ => {}
        }
    }

    /// Notes the whole address of a request (RFC 9110, section 7.1).
    fn note(&self, o: &mut Out) {
        let Some((target, host)) = self.target.zip(self.host) else { return };
        let is_whole = |scheme: &[u8]| target.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
        if is_whole(b"http://") || is_whole(b"https://") || target == host {
            o.note_octets(id!("http.request.full_uri"), target);
        } else {
            o.note_text(id!("http.request.full_uri"), Address { host, target });
        }
    }

    /// Notes a body that is neither in chunks nor compressed, as far as this segment has
    /// it, if somebody asks; what is behind it, if that is known.
    fn body<'b>(&self, o: &mut Out, rest: &'b [u8]) -> Option<&'b [u8]> {
        if self.chunked {
            return None;
        }
        let length = self.length.unwrap_or(if self.open { usize::MAX } else { 0 });
        let (body, behind) = rest.split_at(length.min(rest.len()));
        if !self.compressed && !body.is_empty() && o.tree.as_ref().is_some_and(|tree| tree.payloads) {
            o.note_octets(id!("http.file_data"), body);
        }
        Some(behind)
    }
}

/// The address of a resource of a host.
struct Address<'p> {
    host: &'p [u8],
    target: &'p [u8],
}

impl Put for Address<'_> {
    fn put(self, o: &mut Out) {
        o.put("http://");
        o.line.bytes(self.host);
        o.line.bytes(self.target);
    }
}

/// The method, target and version of a request line.
fn request(line: &[u8]) -> Option<[&[u8]; 3]> {
    let mut words = line.splitn(3, |&octet| octet == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_method =
        !method.is_empty() && method.len() < MAX_WORD && method.iter().all(|&o| o.is_ascii_uppercase() || o == b'-');
    (is_method && !target.is_empty() && version.starts_with(b"HTTP/1.")).then_some([method, target, version])
}

/// Notes a request line; its target.
fn note_request<'p>(o: &mut Out, line: &'p [u8]) -> Option<&'p [u8]> {
    let [method, target, version] = request(line)?;
    o.note(id!("http.request"), true);
    o.note_octets(id!("http.request.method"), method);
    o.note_octets(id!("http.request.uri"), target);
    o.note_octets(id!("http.request.version"), version);
    note_query(o, target);
    Some(target)
}

/// Notes the path and the query of a target, if it has one.
fn note_query(o: &mut Out, target: &[u8]) {
    let Some(mark) = target.iter().position(|&octet| octet == b'?') else { return };
    let (path, query) = (&target[..mark], &target[mark + 1..]);
    if query.is_empty() {
        return;
    }
    o.note_octets(id!("http.request.uri.path"), path);
    o.note_octets(id!("http.request.uri.query"), query);
    for parameter in query.split(|&octet| octet == b'&').filter(|parameter| !parameter.is_empty()) {
        o.note_octets(id!("http.request.uri.query.parameter"), parameter);
    }
}

/// Notes a status line; whether a body may follow (RFC 9112, section 6.3).
fn note_response(o: &mut Out, line: &[u8]) -> bool {
    let mut words = line.splitn(3, |&octet| octet == b' ');
    o.note(id!("http.response"), true);
    o.note_octets(id!("http.response.version"), words.next().unwrap_or_default());
    let code = words.next().and_then(|code| str::from_utf8(code).ok()).and_then(|code| code.parse::<u16>().ok());
    if let Some(code) = code {
        o.note(id!("http.response.code"), code);
        o.note_octets(id!("http.response.phrase"), words.next().unwrap_or_default());
    }
    !matches!(code, Some(100..=199 | 204 | 304))
}

/// The first line without its end, and what follows.
pub(super) fn line(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.iter().take(MAX_LINE).position(|&octet| octet == b'\n')?;
    let line = &octets[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &octets[end + 1..]))
}
