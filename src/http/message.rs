//! A transaction: a request, its response, and what was measured.

use std::ops::Range;

use sniff_captures::Time;

use crate::streams::nanos_between;
use crate::streams::tcp::Ends;

/// Octets that are kept of one body.
pub const MAX_BODY: usize = 8 << 20;

/// A request or a response.
#[derive(Debug, Default)]
pub struct Message {
    /// The start line and header fields, as pieces of one text.
    text: Vec<u8>,
    /// Method, target and version; or version, status and phrase.
    start: [Range<u32>; 3],
    /// Names and values; those after `trailers` came after the body.
    fields: Vec<(Range<u32>, Range<u32>)>,
    /// The number of fields before the body.
    pub heads: usize,
    /// A response's status code.
    pub status: u16,
    /// Octets on the wire, framing included.
    pub size: u64,
    /// Octets of the body, coded as it was sent.
    pub body_size: u64,
    /// The body as it was sent, if bodies are wanted; at most [`MAX_BODY`].
    pub body: Vec<u8>,
    /// Octets that the capture does not have.
    pub missing: u64,
    /// Whether it ended as it should.
    pub whole: bool,
    /// When its first octet came.
    pub first: Time,
    /// When its last octet came.
    pub last: Time,
}

impl Message {
    /// A message with its start line.
    pub fn new(start: [&[u8]; 3], time: Time) -> Self {
        let mut message = Message { first: time, last: time, ..Message::default() };
        message.start = start.map(|part| message.add(part));
        message
    }

    fn add(&mut self, octets: &[u8]) -> Range<u32> {
        let from = self.text.len() as u32;
        self.text.extend_from_slice(octets);
        from..self.text.len() as u32
    }

    /// Adds a header field, or a trailer.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let pair = (self.add(name), self.add(value));
        self.fields.push(pair);
    }

    /// Adds to the value of the last field, after a space.
    pub fn extend_last(&mut self, octets: &[u8]) {
        // The last value is the end of the text.
        if let Some((_, value)) = self.fields.last_mut() {
            self.text.push(b' ');
            self.text.extend_from_slice(octets);
            value.end = self.text.len() as u32;
        }
    }

    fn part(&self, range: &Range<u32>) -> &[u8] {
        &self.text[range.start as usize..range.end as usize]
    }

    /// A part of the start line.
    pub fn start(&self, at: usize) -> &[u8] {
        self.part(&self.start[at])
    }

    /// All fields.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|(name, value)| (self.part(name), self.part(value)))
    }

    /// The value of the first field of this name, in any case.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields().find(|field| field.0.eq_ignore_ascii_case(name.as_bytes())).map(|field| field.1)
    }

    /// Whether a field has a word in its list of words.
    pub fn field_has(&self, name: &str, word: &str) -> bool {
        self.fields()
            .filter(|field| field.0.eq_ignore_ascii_case(name.as_bytes()))
            .flat_map(|field| field.1.split(|&octet| octet == b','))
            .any(|part| part.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Octets of the start line and fields.
    pub fn text_size(&self) -> usize {
        self.text.len()
    }

    /// Takes octets of the body; keeps them if `keep`.
    pub fn take_body(&mut self, octets: &[u8], keep: bool) {
        self.body_size += octets.len() as u64;
        if keep {
            let room = MAX_BODY - self.body.len();
            self.body.extend_from_slice(&octets[..octets.len().min(room)]);
        }
    }

    /// Whether the body was not kept whole.
    pub fn body_cut(&self) -> bool {
        self.body_size > self.body.len() as u64
    }

    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        self.text.capacity() + self.fields.capacity() * size_of::<(Range<u32>, Range<u32>)>() + self.body.capacity()
    }
}

/// A WebSocket message.
#[derive(Debug)]
pub struct Frame {
    /// The opcode of its first frame (RFC 6455, section 11.8).
    pub opcode: u8,
    /// Octets of the payload, coded as it was sent.
    pub size: u64,
    /// The payload, decoded.
    pub payload: Vec<u8>,
    /// Whether the payload is not all there.
    pub cut: bool,
    /// When its first octet came.
    pub time: Time,
    /// Whether the client sent it.
    pub from_client: bool,
}

/// A request and its response, or a WebSocket message after them.
#[derive(Debug, Default)]
pub struct Exchange {
    /// The client and the server.
    pub ends: Ends,
    /// The number of the TCP connection.
    pub connection: u64,
    /// Whether it was read in decrypted TLS.
    pub tls: bool,
    /// The HTTP/2 stream.
    pub stream: Option<u32>,
    /// The request, if it was captured.
    pub request: Option<Message>,
    /// The response, if there was one.
    pub response: Option<Message>,
    /// Octets that are missing where the response should be.
    pub missing: u64,
    /// The WebSocket message that this is about.
    pub frame: Option<Frame>,
}

impl Exchange {
    /// When it began.
    pub fn first(&self) -> Time {
        if let Some(frame) = &self.frame {
            return frame.time;
        }
        self.request.as_ref().or(self.response.as_ref()).map_or(Time::default(), |message| message.first)
    }

    /// Nanoseconds from the request's first octet to the response's.
    pub fn to_first_byte(&self) -> Option<i64> {
        Some(nanos_between(self.request.as_ref()?.first, self.response.as_ref()?.first))
    }

    /// Nanoseconds from the request's first octet to the response's last.
    pub fn total(&self) -> Option<i64> {
        Some(nanos_between(self.request.as_ref()?.first, self.response.as_ref()?.last))
    }

    /// The request's method.
    pub fn method(&self) -> &[u8] {
        self.request.as_ref().map_or(b"", |request| request.start(0))
    }

    /// The host that the request names.
    pub fn host(&self) -> Option<&[u8]> {
        let request = self.request.as_ref()?;
        request.field("host").or_else(|| request.field(":authority"))
    }

    /// The response's content type without its parameters.
    pub fn media_type(&self) -> Option<&[u8]> {
        let value = self.response.as_ref()?.field("content-type")?;
        value.split(|&octet| octet == b';').next().map(<[u8]>::trim_ascii)
    }

    /// A field of the response, trailers included; of the last with this name.
    pub fn trailer(&self, name: &str) -> Option<&[u8]> {
        let response = self.response.as_ref()?;
        response.fields().filter(|field| field.0.eq_ignore_ascii_case(name.as_bytes())).last().map(|field| field.1)
    }

    /// Whether it is a remote procedure call of gRPC.
    pub fn is_grpc(&self) -> bool {
        let kind = self.request.as_ref().and_then(|request| request.field("content-type"));
        kind.is_some_and(|kind| kind.starts_with(b"application/grpc"))
    }

    /// The URL of the request.
    pub fn url(&self, url: &mut Vec<u8>) {
        let Some(request) = &self.request else {
            url.push(b'-');
            return;
        };
        let target = request.start(1);
        let is_path = target.starts_with(b"/") || target == b"*";
        if !is_path {
            url.extend_from_slice(target);
            return;
        }
        let websocket = self.frame.is_some() || request.field_has("upgrade", "websocket");
        url.extend_from_slice(match (websocket, self.tls) {
            (false, false) => b"http://",
            (false, true) => b"https://",
            (true, false) => b"ws://",
            (true, true) => b"wss://",
        });
        match self.host() {
            Some(host) => url.extend_from_slice(host),
            None => {
                let mut line = sniff_dissectors::Line::default();
                self.ends.server.write(&mut line);
                url.extend_from_slice(line.as_bytes());
            }
        }
        if target != b"*" {
            url.extend_from_slice(target);
        }
    }

    /// Octets of memory held.
    pub fn held(&self) -> usize {
        let messages = self.request.iter().chain(&self.response).map(Message::held).sum::<usize>();
        size_of::<Exchange>() + messages
    }
}
