//! HTTP/1 for the tree (RFC 9112): the start line and the fields of a message
//! that a segment begins with. `sniff http` sees messages of many segments.

use crate::fields::Id;
use crate::out::Out;

/// A longer word is neither a method nor a version.
const MAX_WORD: usize = 32;
/// A longer line is none of a head.
const MAX_LINE: usize = 16 << 10;
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
    ("last-modified", Id::of("http.last_modified")),
    ("location", Id::of("http.location")),
    ("referer", Id::of("http.referer")),
    ("server", Id::of("http.server")),
    ("set-cookie", Id::of("http.set_cookie")),
    ("transfer-encoding", Id::of("http.transfer_encoding")),
    ("upgrade", Id::of("http.upgrade")),
    ("user-agent", Id::of("http.user_agent")),
    ("www-authenticate", Id::of("http.www_authenticate")),
    ("x-forwarded-for", Id::of("http.x_forwarded_for")),
];

/// Notes the head of a message, if `octets` begin with one.
pub(crate) fn note(o: &mut Out, octets: &[u8]) {
    // Most segments are the middle of something.
    if !octets.first().is_some_and(u8::is_ascii_uppercase) || !octets.iter().take(MAX_WORD).any(|&octet| octet == b' ')
    {
        return;
    }
    let Some((start, mut rest)) = line(octets) else { return };
    let is_request = match () {
        () if start.starts_with(b"HTTP/1.") => false,
        () if request(start).is_some() => true,
        () => return,
    };
    if is_request {
        note_request(o, start)
    } else {
        note_response(o, start)
    }
    let lines = if is_request { id!("http.request.line") } else { id!("http.response.line") };
    for _ in 0..MAX_LINES {
        let before = rest;
        let Some((field, after)) = line(rest) else { return };
        if field.is_empty() {
            return;
        }
        rest = after;
        o.note_octets(lines, &before[..before.len() - rest.len()]);
        let Some(colon) = field.iter().position(|&octet| octet == b':') else { return };
        let (name, value) = (&field[..colon], field[colon + 1..].trim_ascii());
        if let Some((_, id)) = HEADERS.iter().find(|row| name.eq_ignore_ascii_case(row.0.as_bytes())) {
            o.note_octets(*id, value);
        }
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

fn note_request(o: &mut Out, line: &[u8]) {
    let Some([method, target, version]) = request(line) else { return };
    o.note(id!("http.request"), true);
    o.note_octets(id!("http.request.method"), method);
    o.note_octets(id!("http.request.uri"), target);
    o.note_octets(id!("http.request.version"), version);
}

fn note_response(o: &mut Out, line: &[u8]) {
    let mut words = line.splitn(3, |&octet| octet == b' ');
    o.note(id!("http.response"), true);
    o.note_octets(id!("http.response.version"), words.next().unwrap_or_default());
    let code = words.next().and_then(|code| str::from_utf8(code).ok()).and_then(|code| code.parse::<u16>().ok());
    if let Some(code) = code {
        o.note(id!("http.response.code"), code);
        o.note_octets(id!("http.response.phrase"), words.next().unwrap_or_default());
    }
}

/// The first line without its end, and what follows.
pub(super) fn line(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.iter().take(MAX_LINE).position(|&octet| octet == b'\n')?;
    let line = &octets[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &octets[end + 1..]))
}
