//! Transactions as lines, JSON and fields.

use ring::digest::{SHA256, digest};
use sniff_dissectors::Line;

use super::Output;
use super::coding::{Decoded, decode};
use super::message::{Exchange, Frame, Message};
use crate::streams::row::{self, Column, Format, Value};
use crate::streams::text;

/// A transaction with what was decoded of it.
pub(super) struct Row {
    exchange: Exchange,
    url: Vec<u8>,
    /// The bodies of the request and the response, if they are wanted.
    bodies: Option<[Decoded; 2]>,
}

type Get = for<'r> fn(&'r Row) -> Value<'r>;

macro_rules! request_field {
    ($name:literal) => {
        |row: &Row| Value::maybe(row.exchange.request.as_ref().and_then(|message| message.field($name)))
    };
}

macro_rules! response_field {
    ($name:literal) => {
        |row: &Row| Value::maybe(row.exchange.response.as_ref().and_then(|message| message.field($name)))
    };
}

const fn column(name: &'static str, get: Get) -> Column<Row> {
    Column { name, get }
}

/// The fields of a transaction. Those that Wireshark does not have are the sizes
/// and times of a whole transaction and a body's digest.
pub(super) const COLUMNS: &[Column<Row>] = &[
    column("frame.time_epoch", |row| Value::Epoch(row.exchange.first())),
    column("tcp.stream", |row| Value::Number(row.exchange.connection)),
    column("ip.src", |row| Value::v4(row.exchange.ends.client.address)),
    column("ip.dst", |row| Value::v4(row.exchange.ends.server.address)),
    column("ipv6.src", |row| Value::v6(row.exchange.ends.client.address)),
    column("ipv6.dst", |row| Value::v6(row.exchange.ends.server.address)),
    column("tcp.srcport", |row| Value::Number(u64::from(row.exchange.ends.client.port))),
    column("tcp.dstport", |row| Value::Number(u64::from(row.exchange.ends.server.port))),
    column("http2.streamid", |row| Value::maybe(row.exchange.stream.map(u64::from))),
    column("http.request.method", |row| Value::text(row.exchange.method())),
    column("http.request.uri", |row| request_part(row, 1)),
    column("http.request.version", |row| request_part(row, 2)),
    column(
        "http.request.full_uri",
        |row| {
            if row.exchange.request.is_some() { Value::text(&row.url) } else { Value::None }
        },
    ),
    column("http.host", |row| Value::maybe(row.exchange.host())),
    column("http.user_agent", request_field!("user-agent")),
    column("http.referer", request_field!("referer")),
    column("http.accept", request_field!("accept")),
    column("http.authorization", request_field!("authorization")),
    column("http.cookie", request_field!("cookie")),
    column("http.x_forwarded_for", request_field!("x-forwarded-for")),
    column("http.response.version", |row| response_part(row, 0)),
    column("http.response.code", |row| {
        Value::maybe(row.exchange.response.as_ref().map(|response| u64::from(response.status)))
    }),
    column("http.response.phrase", |row| response_part(row, 2)),
    column("http.server", response_field!("server")),
    column("http.content_type", response_field!("content-type")),
    column("http.content_encoding", response_field!("content-encoding")),
    column("http.content_length_header", response_field!("content-length")),
    column("http.transfer_encoding", response_field!("transfer-encoding")),
    column("http.location", response_field!("location")),
    column("http.set_cookie", response_field!("set-cookie")),
    column("http.date", response_field!("date")),
    column("http.last_modified", response_field!("last-modified")),
    column("http.request.line", |row| lines(row.exchange.request.as_ref())),
    column("http.response.line", |row| lines(row.exchange.response.as_ref())),
    column("http.request.size", |row| Value::maybe(row.exchange.request.as_ref().map(|message| message.size))),
    column("http.response.size", |row| Value::maybe(row.exchange.response.as_ref().map(|message| message.size))),
    column("http.time", |row| row.exchange.to_first_byte().map_or(Value::None, Value::Nanos)),
    column("http.time.total", |row| row.exchange.total().map_or(Value::None, Value::Nanos)),
    column("http.request.data", |row| body(row, 0)),
    column("http.file_data", |row| body(row, 1)),
    column("http.request.data.sha256", |row| digested(row, 0)),
    column("http.file_data.sha256", |row| digested(row, 1)),
    column("grpc.status_code", |row| Value::maybe(row.exchange.trailer("grpc-status"))),
    column("grpc.status_message", |row| Value::maybe(row.exchange.trailer("grpc-message"))),
    column("websocket.opcode", |row| Value::maybe(row.exchange.frame.as_ref().map(|frame| u64::from(frame.opcode)))),
    column("websocket.payload_length", |row| Value::maybe(row.exchange.frame.as_ref().map(|frame| frame.size))),
    column("websocket.from_client", |row| {
        row.exchange.frame.as_ref().map_or(Value::None, |frame| Value::Flag(frame.from_client))
    }),
    column("websocket.payload", |row| Value::maybe(row.exchange.frame.as_ref().map(|frame| &frame.payload[..]))),
];

/// Whether a format shows what only kept bodies tell.
pub(super) fn needs_bodies(format: &Format) -> bool {
    let (Format::Tsv(names) | Format::Csv(names)) = format else { return false };
    names.iter().any(|name| name.starts_with("http.file_data") || name.starts_with("http.request.data"))
}

/// Whether a format shows payloads of WebSocket messages.
pub(super) fn needs_payloads(format: &Format) -> bool {
    match format {
        Format::Json => true,
        Format::Tsv(names) | Format::Csv(names) => names.iter().any(|name| name == "websocket.payload"),
        Format::Text => false,
    }
}

fn request_part(row: &Row, at: usize) -> Value<'_> {
    row.exchange.request.as_ref().map_or(Value::None, |message| Value::text(message.start(at)))
}

fn response_part(row: &Row, at: usize) -> Value<'_> {
    row.exchange.response.as_ref().map_or(Value::None, |message| Value::text(message.start(at)))
}

fn body(row: &Row, at: usize) -> Value<'_> {
    row.bodies.as_ref().map_or(Value::None, |bodies| Value::text(&bodies[at].octets))
}

/// The digest of a message's body.
fn digested(row: &Row, at: usize) -> Value<'_> {
    let message = [&row.exchange.request, &row.exchange.response][at];
    let bodies = row.bodies.as_ref().filter(|_| message.is_some());
    Value::maybe(bodies.map(|bodies| hex(digest(&SHA256, &bodies[at].octets).as_ref())))
}

/// All fields of a message, each as `name: value`.
fn lines(message: Option<&Message>) -> Value<'_> {
    let Some(message) = message else { return Value::None };
    let line = |(name, value): (&[u8], &[u8])| {
        Value::Owned(String::from_utf8_lossy(&[name, b": ", value].concat()).into_owned())
    };
    Value::List(message.fields().map(line).collect())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

impl Output {
    /// Prints an exchange, and adds it to the archive.
    pub(super) fn print(&mut self, exchange: Exchange) -> Exchange {
        let mut row = Row { exchange, url: Vec::new(), bodies: None };
        row.exchange.url(&mut row.url);
        if self.keep && row.exchange.frame.is_none() {
            let decoded =
                |message: &Option<Message>| message.as_ref().map_or(Decoded { octets: Vec::new(), cut: false }, decode);
            row.bodies = Some([decoded(&row.exchange.request), decoded(&row.exchange.response)]);
        }
        if let (Some(archive), Some(bodies)) = (&mut self.archive, &row.bodies) {
            archive.add(&row.exchange, &row.url, bodies);
        }
        if !row::write(&mut self.line, &self.options.format, COLUMNS, &row) {
            self.print_line(&row);
        }
        row.exchange
    }

    fn print_line(&mut self, row: &Row) {
        let Row { exchange, url, .. } = row;
        let line = &mut self.line;
        self.stamp.write(line, exchange.first());
        exchange.ends.client.write(line);
        line.str(if exchange.frame.as_ref().is_some_and(|frame| !frame.from_client) { " < " } else { " > " });
        exchange.ends.server.write(line);
        line.byte(b' ');
        if let Some(frame) = &exchange.frame {
            print_frame(line, frame, url, self.options.body);
            return;
        }
        text::word(line, if exchange.request.is_some() { exchange.method() } else { b"-" });
        line.byte(b' ');
        text::word(line, url);
        line.byte(b' ');
        match &exchange.response {
            Some(response) => line.dec(u64::from(response.status)),
            None => line.byte(b'-'),
        }
        line.byte(b' ');
        text::word(line, exchange.media_type().unwrap_or(b"-"));
        line.byte(b' ');
        for (message, after) in [(&exchange.request, ">"), (&exchange.response, "")] {
            match message {
                Some(message) => {
                    line.dec(message.size);
                    line.byte(b'B');
                }
                None => line.byte(b'-'),
            }
            line.str(after);
        }
        for (name, nanos) in [(" ttfb ", exchange.to_first_byte()), (" total ", exchange.total())] {
            if let Some(nanos) = nanos {
                line.str(name);
                text::duration(line, nanos);
            }
        }
        remarks(line, exchange);
        line.byte(b'\n');
        if self.options.verbose {
            print_fields(line, exchange);
        }
        if let Some(bodies) = row.bodies.as_ref().filter(|_| self.options.body) {
            print_body(line, ">", &bodies[0]);
            print_body(line, "<", &bodies[1]);
        }
    }
}

/// What is out of the ordinary, and what gRPC says.
fn remarks(line: &mut Line, exchange: &Exchange) {
    if exchange.is_grpc() {
        line.str(" grpc-status ");
        text::word(line, exchange.trailer("grpc-status").unwrap_or(b"-"));
        if let Some(message) = exchange.trailer("grpc-message").filter(|message| !message.is_empty()) {
            line.byte(b' ');
            text::escaped(line, message);
        }
    }
    if exchange.response.is_none() && exchange.missing == 0 {
        line.str(" [no response]");
    }
    let messages = || exchange.request.iter().chain(&exchange.response);
    let missing = exchange.missing + messages().map(|message| message.missing).sum::<u64>();
    if missing > 0 {
        line.str(" [");
        line.dec(missing);
        line.str("B missing]");
    }
    if messages().any(|message| !message.whole) {
        line.str(" [incomplete]");
    }
}

/// Start lines and fields, `>` for the request and `<` for the response.
fn print_fields(line: &mut Line, exchange: &Exchange) {
    for (message, mark) in [(&exchange.request, "\t> "), (&exchange.response, "\t< ")] {
        let Some(message) = message else { continue };
        line.str(mark);
        for at in 0..3 {
            if at > 0 && !message.start(at).is_empty() {
                line.byte(b' ');
            }
            text::escaped(line, message.start(at));
        }
        line.byte(b'\n');
        for (at, (name, value)) in message.fields().enumerate() {
            if at == message.heads {
                line.str(mark);
                line.byte(b'\n');
            }
            line.str(mark);
            text::escaped(line, name);
            line.str(": ");
            text::escaped(line, value);
            line.byte(b'\n');
        }
    }
}

/// A body: text with its lines after a mark, other octets as a dump.
fn print_body(line: &mut Line, mark: &str, body: &Decoded) {
    if body.octets.is_empty() && !body.cut {
        return;
    }
    if is_text(&body.octets) {
        for part in body.octets.split_inclusive(|&octet| octet == b'\n') {
            line.byte(b'\t');
            line.str(mark);
            line.byte(b' ');
            text::lines(line, part);
            if !part.ends_with(b"\n") {
                line.byte(b'\n');
            }
        }
    } else {
        let indent = ["\t", mark, " "].concat();
        text::dump(line, &body.octets, 0, &indent);
    }
    if body.cut {
        line.byte(b'\t');
        line.str(mark);
        line.str(" [cut]\n");
    }
}

/// Whether octets are text for people: UTF-8 without controls but line ends and tabs.
fn is_text(octets: &[u8]) -> bool {
    std::str::from_utf8(octets).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !"\r\n\t".contains(c)))
}

/// `WEBSOCKET URL text 5B`.
fn print_frame(line: &mut Line, frame: &Frame, url: &[u8], body: bool) {
    line.str("WEBSOCKET ");
    text::word(line, url);
    line.byte(b' ');
    match frame.opcode {
        1 => line.str("text"),
        2 => line.str("binary"),
        8 => line.str("close"),
        9 => line.str("ping"),
        10 => line.str("pong"),
        other => line.dec(u64::from(other)),
    }
    line.byte(b' ');
    line.dec(frame.size);
    line.byte(b'B');
    if frame.opcode == 8
        && let Some((code, reason)) = frame.payload.split_first_chunk()
    {
        line.byte(b' ');
        line.dec(u64::from(u16::from_be_bytes(*code)));
        line.byte(b' ');
        text::escaped(line, reason);
    }
    line.byte(b'\n');
    if body && frame.opcode != 8 {
        print_body(
            line,
            if frame.from_client { ">" } else { "<" },
            &Decoded { octets: frame.payload.clone(), cut: frame.cut },
        );
    }
}
