//! SIP for the tree (RFC 3261): the start line and the headers of a message.

use crate::fields::Id;
use crate::out::Out;
use crate::text::http_fields::line;
use crate::text::line_fields::{header, number};

/// Headers beyond so many are not looked at.
const MAX_LINES: usize = 256;

/// What a header holds.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    Via,
    Sequence,
    /// An address with a name before it and a tag behind it.
    Address(&'static Parts),
}

/// The fields of an address.
struct Parts {
    name: Id,
    whole: Id,
    user: Id,
    host: Id,
    port: Id,
    tag: Option<Id>,
}

const TO: Parts = Parts {
    name: Id::of("sip.to.display.info"),
    whole: Id::of("sip.to.addr"),
    user: Id::of("sip.to.user"),
    host: Id::of("sip.to.host"),
    port: Id::of("sip.to.port"),
    tag: Some(Id::of("sip.to.tag")),
};
const FROM: Parts = Parts {
    name: Id::of("sip.from.display.info"),
    whole: Id::of("sip.from.addr"),
    user: Id::of("sip.from.user"),
    host: Id::of("sip.from.host"),
    port: Id::of("sip.from.port"),
    tag: Some(Id::of("sip.from.tag")),
};
const CONTACT: Parts = Parts {
    name: Id::of("sip.contact.display.info"),
    whole: Id::of("sip.contact.uri"),
    user: Id::of("sip.contact.user"),
    host: Id::of("sip.contact.host"),
    port: Id::of("sip.contact.port"),
    tag: None,
};

/// Names of headers with their compact forms (section 7.3.3).
const HEADERS: &[(&[u8], &[u8], Id, Form)] = &[
    (b"Via", b"v", Id::of("sip.Via"), Form::Via),
    (b"Max-Forwards", b"", Id::of("sip.Max-Forwards"), Form::Number),
    (b"To", b"t", Id::of("sip.To"), Form::Address(&TO)),
    (b"From", b"f", Id::of("sip.From"), Form::Address(&FROM)),
    (b"Call-ID", b"i", Id::of("sip.Call-ID"), Form::Text),
    (b"CSeq", b"", Id::of("sip.CSeq"), Form::Sequence),
    (b"Contact", b"m", Id::of("sip.Contact"), Form::Address(&CONTACT)),
    (b"User-Agent", b"", Id::of("sip.User-Agent"), Form::Text),
    (b"Server", b"", Id::of("sip.Server"), Form::Text),
    (b"Expires", b"", Id::of("sip.Expires"), Form::Number),
    (b"Route", b"", Id::of("sip.Route"), Form::Text),
    (b"Record-Route", b"", Id::of("sip.Record-Route"), Form::Text),
    (b"Event", b"o", Id::of("sip.Event"), Form::Text),
    (b"Authorization", b"", Id::of("sip.Authorization"), Form::Text),
    (b"WWW-Authenticate", b"", Id::of("sip.WWW-Authenticate"), Form::Text),
    (b"Content-Type", b"c", Id::of("sip.Content-Type"), Form::Text),
    (b"Content-Length", b"l", Id::of("sip.Content-Length"), Form::Number),
];

/// Notes a message that a segment begins with, on whatever port.
pub(crate) fn note_segment(o: &mut Out, octets: &[u8]) {
    const VERSION: &[u8] = b"SIP/2.0";
    let is_start = |line: &[u8]| line.starts_with(VERSION) || line.ends_with(VERSION) && line.is_ascii();
    // Most segments are the middle of something.
    if octets.first().is_some_and(u8::is_ascii_uppercase) && line(octets).is_some_and(|(start, _)| is_start(start)) {
        note(o, octets);
    }
}

/// Notes a message.
pub(super) fn note(o: &mut Out, octets: &[u8]) {
    let Some((start, mut rest)) = line(octets) else { return };
    let mut words = start.splitn(3, |&octet| octet == b' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if first.starts_with(b"SIP/") {
        o.note_octets(id!("sip.Status-Line"), start);
        if let Some(code) = number(second) {
            o.note(id!("sip.Status-Code"), code);
        }
    } else {
        o.note_octets(id!("sip.Request-Line"), start);
        o.note_octets(id!("sip.Method"), first);
        o.note_octets(id!("sip.r-uri"), second);
        place(o, second, [id!("sip.r-uri.user"), id!("sip.r-uri.host"), id!("sip.r-uri.port")]);
    }
    for _ in 0..MAX_LINES {
        let Some((name, value)) = header(&mut rest) else { return };
        let found = HEADERS.iter().find(|row| row.0.eq_ignore_ascii_case(name) || row.1.eq_ignore_ascii_case(name));
        if let Some(&(.., id, form)) = found {
            note_header(o, value, id, form);
        }
    }
}

fn note_header(o: &mut Out, value: &[u8], id: Id, form: Form) {
    match form {
        Form::Number => {
            if let Some(number) = number(value) {
                o.note(id, number);
            }
            return;
        }
        _ => o.note_octets(id, value),
    }
    match form {
        Form::Via => via(o, value),
        Form::Sequence => {
            let mut words = value.splitn(2, |&octet| octet == b' ');
            if let Some(number) = words.next().and_then(number) {
                o.note(id!("sip.CSeq.seq"), number);
            }
            o.note_octets(id!("sip.CSeq.method"), words.next().unwrap_or_default().trim_ascii());
        }
        Form::Address(parts) => address(o, value, parts),
        Form::Text | Form::Number => {}
    }
}

/// `SIP/2.0/UDP host:port;branch=…` (section 20.42).
fn via(o: &mut Out, value: &[u8]) {
    let (protocol, rest) = split(value, b' ');
    if let Some(slash) = protocol.iter().rposition(|&octet| octet == b'/') {
        o.note_octets(id!("sip.Via.transport"), &protocol[slash + 1..]);
    }
    let (by, parameters) = split(rest, b';');
    let (host, port) = host_and_port(by.trim_ascii());
    let bare = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
    o.note_octets(id!("sip.Via.sent-by.address"), bare.unwrap_or(host));
    if let Some(port) = number(port) {
        o.note(id!("sip.Via.sent-by.port"), port);
    }
    for (name, id) in [(&b"branch"[..], id!("sip.Via.branch")), (b"received", id!("sip.Via.received"))] {
        if let Some(value) = parameter(parameters, name) {
            o.note_octets(id, value);
        }
    }
}

/// An address with or without angle brackets (section 20.10), and its tag.
fn address(o: &mut Out, value: &[u8], parts: &Parts) {
    let (whole, behind) = match value.iter().position(|&octet| octet == b'<') {
        Some(at) => {
            let name = &value[..at];
            let name = if name.first() == Some(&b'"') { name.trim_ascii_end() } else { name };
            if !name.is_empty() {
                o.note_octets(parts.name, name);
            }
            split(&value[at + 1..], b'>')
        }
        None => split(value, b';'),
    };
    if whole.contains(&b':') {
        o.note_octets(parts.whole, whole);
        place(o, whole, [parts.user, parts.host, parts.port]);
    }
    if let (Some(id), Some(tag)) = (parts.tag, parameter(behind, b"tag")) {
        o.note_octets(id, tag);
    }
}

/// The user, the host and the port of `sip:user@host:port;…` (section 19.1.1).
fn place(o: &mut Out, uri: &[u8], [user, host, port]: [Id; 3]) {
    let (scheme, rest) = split(uri, b':');
    if !scheme.eq_ignore_ascii_case(b"sip") && !scheme.eq_ignore_ascii_case(b"sips") {
        return;
    }
    let place = split(rest, b';').0;
    let place = match place.iter().position(|&octet| octet == b'@') {
        Some(at) => {
            o.note_octets(user, split(&place[..at], b':').0);
            &place[at + 1..]
        }
        None => place,
    };
    let (name, number) = host_and_port(place);
    o.note_octets(host, name);
    if !number.is_empty() {
        o.note_octets(port, number);
    }
}

/// A host, in brackets if it is an IPv6 address, and a port.
fn host_and_port(text: &[u8]) -> (&[u8], &[u8]) {
    let from = if text.first() == Some(&b'[') { text.iter().position(|&octet| octet == b']').unwrap_or(0) } else { 0 };
    match text[from..].iter().position(|&octet| octet == b':') {
        Some(at) => (&text[..from + at], &text[from + at + 1..]),
        None => (text, &[]),
    }
}

/// The value of a parameter: `;name=value;…`.
fn parameter<'p>(text: &'p [u8], name: &[u8]) -> Option<&'p [u8]> {
    let mut parts = text.split(|&octet| octet == b';').map(|part| split(part.trim_ascii(), b'='));
    parts.find(|part| part.0.eq_ignore_ascii_case(name)).map(|part| part.1)
}

/// What is before and behind an octet; all and nothing if it is not there.
fn split(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|&octet| octet == at) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}
