//! Lookups as lines, JSON and fields.

use sniff_dissectors::Line;

use super::Lookup;
use super::message::{Answer, Message, rcode_name, type_name};
use crate::output::Stamps;
use crate::streams::icmp::Origin;
use crate::streams::nanos_between;
use crate::streams::row::{self, Column, Format, Value};
use crate::streams::text;

type Get = for<'r> fn(&'r Lookup) -> Value<'r>;

const fn column(name: &'static str, get: Get) -> Column<Lookup> {
    Column { name, get }
}

fn port(row: &Lookup, server: bool, tcp: bool) -> Value<'_> {
    let end = if server { row.ends.server } else { row.ends.client };
    if row.tcp == tcp { Value::Number(u64::from(end.port)) } else { Value::None }
}

fn asked(row: &Lookup, get: fn(&Message) -> u64) -> Value<'_> {
    Value::maybe(row.message().map(get))
}

fn answered(row: &Lookup, get: fn(&Message) -> u64) -> Value<'_> {
    Value::maybe(row.response.as_ref().map(get))
}

/// Something of each answer, of one type or of all.
fn answers<'r>(row: &'r Lookup, kind: Option<u16>, get: fn(&'r Answer) -> Value<'r>) -> Value<'r> {
    let all = row.response.iter().flat_map(|response| &response.answers);
    let list: Vec<_> = all.filter(|answer| kind.is_none_or(|kind| kind == answer.kind)).map(get).collect();
    if list.is_empty() { Value::None } else { Value::List(list) }
}

fn text_of(answer: &Answer) -> Value<'_> {
    Value::Text(&answer.text)
}

fn icmp(row: &Lookup, v6: bool, get: fn(&Origin) -> u8) -> Value<'_> {
    let error = row.error.as_ref().filter(|(error, _)| error.v6 == v6);
    Value::maybe(error.map(|(error, _)| u64::from(get(error))))
}

/// The fields of a lookup; those of answers are lists.
pub(super) const COLUMNS: &[Column<Lookup>] = &[
    column("frame.time_epoch", |row| Value::Epoch(row.first)),
    column("ip.src", |row| Value::v4(row.ends.client.address)),
    column("ip.dst", |row| Value::v4(row.ends.server.address)),
    column("ipv6.src", |row| Value::v6(row.ends.client.address)),
    column("ipv6.dst", |row| Value::v6(row.ends.server.address)),
    column("udp.srcport", |row| port(row, false, false)),
    column("udp.dstport", |row| port(row, true, false)),
    column("tcp.srcport", |row| port(row, false, true)),
    column("tcp.dstport", |row| port(row, true, true)),
    column("dns.id", |row| asked(row, |message| u64::from(message.id))),
    column("dns.qry.name", |row| Value::maybe(row.message().map(|message| &message.name[..]))),
    column("dns.qry.type", |row| asked(row, |message| u64::from(message.kind))),
    column("dns.qry.class", |row| asked(row, |message| u64::from(message.class))),
    column("dns.flags.rcode", |row| answered(row, |message| u64::from(message.rcode()))),
    column("dns.flags.truncated", |row| {
        row.response.as_ref().map_or(Value::None, |message| Value::Flag(message.truncated()))
    }),
    column("dns.flags.authoritative", |row| {
        row.response.as_ref().map_or(Value::None, |message| Value::Flag(message.flags & 0x0400 != 0))
    }),
    column("dns.count.answers", |row| answered(row, |message| u64::from(message.answer_count))),
    column("dns.a", |row| answers(row, Some(1), text_of)),
    column("dns.aaaa", |row| answers(row, Some(28), text_of)),
    column("dns.cname", |row| answers(row, Some(5), text_of)),
    column("dns.resp.type", |row| answers(row, None, |answer| Value::Number(u64::from(answer.kind)))),
    column("dns.resp.ttl", |row| answers(row, None, |answer| Value::Number(u64::from(answer.ttl)))),
    column("dns.answers", |row| answers(row, None, text_of)),
    column("dns.time", |row| row.latency().map_or(Value::None, Value::Nanos)),
    column("dns.retransmissions", |row| Value::Number(u64::from(row.retransmissions))),
    column("dns.timeout", |row| Value::Flag(row.waits())),
    column("icmp.type", |row| icmp(row, false, |error| error.kind)),
    column("icmp.code", |row| icmp(row, false, |error| error.code)),
    column("icmpv6.type", |row| icmp(row, true, |error| error.kind)),
    column("icmpv6.code", |row| icmp(row, true, |error| error.code)),
    column("dns.unsolicited", |row| Value::Flag(row.query.is_none())),
];

/// Where lookups go.
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

    /// Prints a lookup.
    pub fn print(&mut self, row: &Lookup) {
        let line = &mut self.line;
        if row::write(line, &self.format, COLUMNS, row) {
            return;
        }
        let Some(question) = row.message() else { return };
        self.stamp.write(line, row.first);
        row.ends.client.write(line);
        line.str(" > ");
        row.ends.server.write(line);
        line.byte(b' ');
        line.str(&type_name(question.kind));
        line.byte(b' ');
        text::word(line, if question.name.is_empty() { b"." } else { &question.name });
        line.byte(b' ');
        let Some(response) = &row.response else {
            line.str("- -");
            if let Some((_, time)) = &row.error {
                line.byte(b' ');
                text::duration(line, nanos_between(row.first, *time));
            }
            remarks(line, row, false);
            return;
        };
        line.str(&rcode_name(response.rcode()));
        line.byte(b' ');
        if response.answers.is_empty() {
            line.byte(b'-');
        }
        for (at, answer) in response.answers.iter().enumerate() {
            if at > 0 {
                line.byte(b',');
            }
            if answer.kind != question.kind {
                line.str(&type_name(answer.kind));
                line.byte(b' ');
            }
            text::escaped(line, &answer.text);
        }
        if let Some(latency) = row.latency() {
            line.byte(b' ');
            text::duration(line, latency);
        }
        remarks(line, row, response.truncated());
        if self.verbose {
            for answer in &response.answers {
                line.byte(b'\t');
                line.str(&type_name(answer.kind));
                line.str(" ttl ");
                line.dec(u64::from(answer.ttl));
                line.byte(b' ');
                text::escaped(line, &answer.text);
                line.byte(b'\n');
            }
        }
    }
}

/// What is out of the ordinary, and the end of the line.
fn remarks(line: &mut Line, row: &Lookup, truncated: bool) {
    if row.tcp {
        line.str(" tcp");
    }
    if row.retransmissions > 0 {
        line.str(" retransmissions ");
        line.dec(u64::from(row.retransmissions));
    }
    if truncated {
        line.str(" [truncated]");
    }
    if let Some((error, _)) = &row.error {
        line.str(" [");
        line.str(&error.to_string());
        line.byte(b']');
    } else if row.answered.is_none() {
        line.str(" [no answer]");
    }
    if row.query.is_none() {
        line.str(" [no question]");
    }
    line.byte(b'\n');
}
