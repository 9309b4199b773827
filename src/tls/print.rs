//! Handshakes as lines, JSON and fields.

use jiff::Timestamp;
use sniff_captures::Time;
use sniff_dissectors::Line;

use super::hello::{ClientHello, ServerHello};
use super::names;
use super::session::{Alert, Event, Facts};
use crate::output::Stamps;
use crate::quic::Told;
use crate::streams::row::{self, Column, Format, Value};
use crate::streams::tcp::{Ends, Opening, Side};
use crate::streams::{nanos_between, text};

/// A handshake as it is printed.
#[derive(Default)]
pub struct Handshake {
    /// The client and the server.
    pub ends: Ends,
    /// The number of its conversation.
    pub number: u64,
    /// The version of QUIC, if it is one of QUIC.
    pub quic: Option<u32>,
    first: Time,
    nanos: i64,
    complete: bool,
    resumed: bool,
    client: Option<ClientHello>,
    server: Option<ServerHello>,
    subject: Option<String>,
    issuer: Option<String>,
    validity: Option<[i64; 2]>,
    alerts: Vec<Alert>,
}

type Get = for<'r> fn(&'r Handshake) -> Value<'r>;

const fn column(name: &'static str, get: Get) -> Column<Handshake> {
    Column { name, get }
}

fn owned(text: Option<&String>) -> Value<'_> {
    Value::maybe(text.map(String::as_bytes))
}

fn port(row: &Handshake, side: Side, quic: bool) -> Value<'_> {
    if row.quic.is_some() == quic { Value::Number(u64::from(row.ends.from(side).0.port)) } else { Value::None }
}

/// The fields of a handshake. JA4, names of certificates as text and the outcome
/// are this program's own; Wireshark has none.
pub(super) const COLUMNS: &[Column<Handshake>] = &[
    column("frame.time_epoch", |row| Value::Epoch(row.first)),
    column("tcp.stream", |row| if row.quic.is_none() { Value::Number(row.number) } else { Value::None }),
    column("ip.src", |row| Value::v4(row.ends.client.address)),
    column("ip.dst", |row| Value::v4(row.ends.server.address)),
    column("ipv6.src", |row| Value::v6(row.ends.client.address)),
    column("ipv6.dst", |row| Value::v6(row.ends.server.address)),
    column("tcp.srcport", |row| port(row, Side::Client, false)),
    column("tcp.dstport", |row| port(row, Side::Server, false)),
    column("udp.srcport", |row| port(row, Side::Client, true)),
    column("udp.dstport", |row| port(row, Side::Server, true)),
    column("quic.version", |row| Value::maybe(row.quic.map(u64::from))),
    column("tls.handshake.version", |row| Value::maybe(row.client.as_ref().map(|hello| u64::from(hello.version)))),
    column("tls.version", |row| Value::maybe(row.server.as_ref().map(|hello| names::version(hello.version)))),
    column("tls.handshake.extensions_server_name", |row| {
        Value::maybe(row.client.as_ref().and_then(|hello| hello.server_name.as_deref()))
    }),
    column("tls.handshake.extensions_alpn_str", |row| {
        if row.offered().is_empty() {
            Value::None
        } else {
            Value::List(row.offered().iter().map(|p| Value::Text(p)).collect())
        }
    }),
    column("tls.alpn", |row| Value::maybe(row.server.as_ref().and_then(|hello| hello.alpn.as_deref()))),
    column("tls.handshake.ciphersuite", |row| Value::maybe(row.server.as_ref().map(|hello| u64::from(hello.cipher)))),
    column("tls.cipher", |row| Value::maybe(row.server.as_ref().map(|hello| names::cipher(hello.cipher)))),
    column("tls.handshake.ja3", |row| Value::maybe(row.ja3())),
    column("tls.handshake.ja3_full", |row| Value::maybe(row.client.as_ref().map(ClientHello::ja3_full))),
    column("tls.handshake.ja3s", |row| Value::maybe(row.server.as_ref().map(ServerHello::ja3s))),
    column("tls.handshake.ja4", |row| Value::maybe(row.ja4())),
    column("tls.certificate.subject", |row| owned(row.subject.as_ref())),
    column("tls.certificate.issuer", |row| owned(row.issuer.as_ref())),
    column("x509af.notBefore", |row| Value::maybe(row.validity.map(|[from, _]| date(from, true)))),
    column("x509af.notAfter", |row| Value::maybe(row.validity.map(|[_, until]| date(until, true)))),
    column("tls.resumed", |row| Value::Flag(row.resumed)),
    column("tls.complete", |row| Value::Flag(row.complete)),
    column("tls.handshake.time", |row| Value::Nanos(row.nanos)),
    column("tls.alert_message.desc", |row| {
        let known = row.alerts.iter().filter_map(|alert| alert.content);
        let list: Vec<_> = known.map(|(_, description)| Value::Number(u64::from(description))).collect();
        if list.is_empty() { Value::None } else { Value::List(list) }
    }),
];

impl Handshake {
    /// What is known of a handshake.
    pub fn new(facts: &Facts, ends: Ends, number: u64, quic: Option<u32>) -> Self {
        let certificate = facts.certificate.as_ref();
        Handshake {
            ends,
            number,
            quic,
            first: facts.first,
            nanos: nanos_between(facts.first, facts.last),
            complete: facts.complete,
            resumed: facts.resumed,
            client: facts.client.clone(),
            server: facts.server.clone(),
            subject: certificate.map(|certificate| certificate.subject.clone()),
            issuer: certificate.map(|certificate| certificate.issuer.clone()),
            validity: certificate.map(|certificate| [certificate.not_before, certificate.not_after]),
            alerts: facts.alerts.clone(),
        }
    }

    /// What the client offers for the protocol above.
    fn offered(&self) -> &[Vec<u8>] {
        self.client.as_ref().map_or(&[], |hello| &hello.alpn)
    }

    fn ja3(&self) -> Option<String> {
        self.client.as_ref().map(ClientHello::ja3)
    }

    fn ja4(&self) -> Option<String> {
        self.client.as_ref().map(|hello| hello.ja4(self.quic.is_some()))
    }
}

/// A time of a certificate, as a date or to the second.
fn date(seconds: i64, time: bool) -> String {
    let text = Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string());
    if time { text } else { text.split('T').next().unwrap_or_default().to_owned() }
}

/// Where handshakes go.
pub(super) struct Output {
    format: Format,
    verbose: bool,
    stamp: Stamps,
    pub line: Line,
}

impl Output {
    pub fn new(format: Format, verbose: bool, stamp: Stamps) -> Result<Self, String> {
        format.check(COLUMNS)?;
        Ok(Output { format, verbose, stamp, line: Line::default() })
    }

    /// Takes what a session tells.
    pub fn event(&mut self, opening: &Opening, flipped: bool, event: &Event<'_>) {
        let Event::Handshake(facts) = event else { return };
        let mut ends = opening.ends;
        if flipped {
            std::mem::swap(&mut ends.client, &mut ends.server);
        }
        self.print(&Handshake::new(facts, ends, opening.number, None));
    }

    /// Takes a handshake of QUIC.
    pub fn quic(&mut self, told: &Told<'_>) {
        self.print(&Handshake::new(told.facts, told.ends, 0, Some(told.version)));
    }

    /// Prints a handshake.
    pub fn print(&mut self, row: &Handshake) {
        let line = &mut self.line;
        if row::write(line, &self.format, COLUMNS, row) {
            return;
        }
        self.stamp.write(line, row.first);
        row.ends.client.write(line);
        line.str(" > ");
        row.ends.server.write(line);
        line.byte(b' ');
        match row.quic {
            Some(1) => line.str("QUICv1 "),
            Some(0x6b33_43cf) => line.str("QUICv2 "),
            Some(version) => {
                line.str("QUIC-0x");
                line.hex(u64::from(version), 8);
                line.byte(b' ');
            }
            None => {}
        }
        let (client, server) = (row.client.as_ref(), row.server.as_ref());
        let version = server.map(|hello| hello.version).or(client.map(|hello| hello.version));
        let alpn = server.and_then(|hello| hello.alpn.as_ref()).or(row.offered().first());
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        line.str(&or_dash(version.map(names::version)));
        line.byte(b' ');
        text::word(line, client.and_then(|hello| hello.server_name.as_deref()).unwrap_or(b"-"));
        line.byte(b' ');
        text::word(line, alpn.map_or(&b"-"[..], |protocol| protocol));
        line.byte(b' ');
        line.str(&or_dash(server.map(|hello| names::cipher(hello.cipher))));
        for (name, value) in [(" ja3 ", row.ja3()), (" ja4 ", row.ja4())] {
            if let Some(value) = value {
                line.str(name);
                line.str(&value);
            }
        }
        for (name, value) in [(" subject ", &row.subject), (" issuer ", &row.issuer)] {
            if let Some(value) = value {
                line.str(name);
                line.byte(b'"');
                text::escaped(line, value.as_bytes());
                line.byte(b'"');
            }
        }
        if let Some([_, until]) = row.validity {
            line.str(" expires ");
            line.str(&date(until, false));
        }
        if row.resumed {
            line.str(" resumed");
        }
        line.byte(b' ');
        text::duration(line, row.nanos);
        remarks(line, row);
        line.byte(b'\n');
        if self.verbose {
            details(line, row);
        }
    }
}

fn remarks(line: &mut Line, row: &Handshake) {
    for alert in &row.alerts {
        line.str(if alert.from == Side::Client { " [client alert " } else { " [server alert " });
        match alert.content {
            Some((_, description)) => line.str(&names::alert(description)),
            None => line.str("encrypted"),
        }
        line.byte(b']');
    }
    if !row.complete && row.alerts.is_empty() {
        line.str(" [incomplete]");
    }
}

/// The lines of `-v`.
fn details(line: &mut Line, row: &Handshake) {
    let offered: Vec<_> = row.offered().iter().map(|protocol| String::from_utf8_lossy(protocol)).collect();
    let valid = row.validity.map(|[from, until]| format!("{} to {}", date(from, true), date(until, true)));
    let rows = [
        ("ja3 full", row.client.as_ref().map(ClientHello::ja3_full)),
        ("ja3s", row.server.as_ref().map(ServerHello::ja3s)),
        ("alpn offered", (!offered.is_empty()).then(|| offered.join(" "))),
        ("certificate valid", valid),
    ];
    for (name, value) in rows {
        let Some(value) = value else { continue };
        line.byte(b'\t');
        line.str(name);
        line.str(": ");
        text::escaped(line, value.as_bytes());
        line.byte(b'\n');
    }
}
