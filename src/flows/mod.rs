//! `sniff flows`: conversations with what was sent and how it went.

use std::cmp::Reverse;

use sniff_captures::{Packet, Time};
use sniff_dissectors::Line;

use crate::output::Stamps;
use crate::streams::analysis::Analysis;
use crate::streams::decode::{TCP, UDP};
use crate::streams::flow::{Key, Table};
use crate::streams::row::{self, Column, Format, Value};
use crate::streams::tcp::{Ends, Side, is_from_client};
use crate::streams::transport::{Segment, Transport, Transports};
use crate::streams::{Consumer, nanos_between, text};

/// The order of conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By their first packet.
    Start,
    /// Those with the most packets first.
    Packets,
    /// Those with the most octets first.
    Bytes,
    /// The longest first.
    Duration,
    /// Those with the longest round trip first.
    Rtt,
    /// Those with the most retransmissions first.
    Retransmissions,
}

impl Order {
    /// Their names on the command line.
    pub const NAMES: &[(&str, Order)] = &[
        ("start", Order::Start),
        ("packets", Order::Packets),
        ("bytes", Order::Bytes),
        ("duration", Order::Duration),
        ("rtt", Order::Rtt),
        ("retransmissions", Order::Retransmissions),
    ];
}

/// A conversation; pairs are the client's and the server's.
struct Flow {
    protocol: u8,
    number: u64,
    /// Its place among all conversations.
    place: u64,
    client_is_b: bool,
    ends: Ends,
    first: Time,
    last: Time,
    packets: [u64; 2],
    /// Octets of the frames on the wire.
    bytes: [u64; 2],
    tcp: Analysis,
}

impl Flow {
    fn duration(&self) -> i64 {
        nanos_between(self.first, self.last)
    }

    fn count(&self, counts: [u32; 2]) -> Value<'_> {
        if self.protocol == TCP {
            Value::Number(counts.iter().map(|&count| u64::from(count)).sum())
        } else {
            Value::None
        }
    }

    fn number_of(&self, protocol: u8) -> Value<'_> {
        if self.protocol == protocol { Value::Number(self.number) } else { Value::None }
    }

    fn port_of(&self, protocol: u8, side: Side) -> Value<'_> {
        if self.protocol == protocol { Value::Number(u64::from(self.ends.from(side).0.port)) } else { Value::None }
    }
}

const COLUMNS: &[Column<Flow>] = &[
    Column { name: "frame.time_epoch", get: |f| Value::Epoch(f.first) },
    Column { name: "tcp.stream", get: |f| f.number_of(TCP) },
    Column { name: "udp.stream", get: |f| f.number_of(UDP) },
    Column { name: "ip.src", get: |f| Value::v4(f.ends.client.address) },
    Column { name: "ip.dst", get: |f| Value::v4(f.ends.server.address) },
    Column { name: "ipv6.src", get: |f| Value::v6(f.ends.client.address) },
    Column { name: "ipv6.dst", get: |f| Value::v6(f.ends.server.address) },
    Column { name: "tcp.srcport", get: |f| f.port_of(TCP, Side::Client) },
    Column { name: "tcp.dstport", get: |f| f.port_of(TCP, Side::Server) },
    Column { name: "udp.srcport", get: |f| f.port_of(UDP, Side::Client) },
    Column { name: "udp.dstport", get: |f| f.port_of(UDP, Side::Server) },
    Column { name: "flow.packets.client", get: |f| Value::Number(f.packets[0]) },
    Column { name: "flow.packets.server", get: |f| Value::Number(f.packets[1]) },
    Column { name: "flow.bytes.client", get: |f| Value::Number(f.bytes[0]) },
    Column { name: "flow.bytes.server", get: |f| Value::Number(f.bytes[1]) },
    Column { name: "flow.duration", get: |f| Value::Nanos(f.duration()) },
    Column { name: "tcp.analysis.initial_rtt", get: |f| f.tcp.rtt.map_or(Value::None, Value::Nanos) },
    Column { name: "flow.retransmissions", get: |f| f.count(f.tcp.retransmissions) },
    Column { name: "flow.out_of_order", get: |f| f.count(f.tcp.out_of_order) },
    Column { name: "flow.zero_windows", get: |f| f.count(f.tcp.zero_windows) },
];

/// The verb.
pub struct Flows {
    transports: Transports,
    conversations: Conversations,
}

struct Conversations {
    table: Table<Flow>,
    /// The slots that are still to be printed at the end.
    left: Option<Vec<u32>>,
    format: Format,
    order: Order,
    top: usize,
    seen: [u64; 2],
    stamp: Stamps,
    line: Line,
}

impl Flows {
    /// Conversations within `memory` octets.
    ///
    /// # Errors
    /// An unknown field.
    pub fn new(format: Format, order: Order, top: usize, memory: usize, stamp: Stamps) -> Result<Self, String> {
        format.check(COLUMNS)?;
        let table = Table::new(memory);
        Ok(Flows {
            transports: Transports::new(memory / 16),
            conversations: Conversations {
                table,
                left: None,
                format,
                order,
                top,
                seen: [0; 2],
                stamp,
                line: Line::default(),
            },
        })
    }
}

impl Conversations {
    fn print(&mut self, flow: &Flow) {
        let line = &mut self.line;
        if row::write(line, &self.format, COLUMNS, flow) {
            return;
        }
        self.stamp.write(line, flow.first);
        line.str(if flow.protocol == TCP { "tcp " } else { "udp " });
        line.dec(flow.number);
        line.byte(b' ');
        flow.ends.client.write(line);
        line.str(" > ");
        flow.ends.server.write(line);
        for (name, [client, server]) in [(" packets ", flow.packets), (" bytes ", flow.bytes)] {
            line.str(name);
            line.dec(client);
            line.byte(b'>');
            line.dec(server);
        }
        line.str(" duration ");
        text::duration(line, flow.duration());
        if let Some(rtt) = flow.tcp.rtt {
            line.str(" rtt ");
            text::duration(line, rtt);
        }
        let rows = [
            (" retransmissions ", flow.tcp.retransmissions),
            (" out-of-order ", flow.tcp.out_of_order),
            (" zero-windows ", flow.tcp.zero_windows),
        ];
        for (name, [client, server]) in rows {
            if client + server > 0 {
                line.str(name);
                line.dec(u64::from(client));
                line.byte(b'>');
                line.dec(u64::from(server));
            }
        }
        line.byte(b'\n');
    }

    /// The slot of a packet's conversation.
    fn slot(&mut self, key: Key, segment: Option<&Segment<'_>>, from_client: bool, reversed: bool, time: Time) -> u32 {
        if let Some(slot) = self.table.find(&key) {
            let flow = self.table.get_mut(slot);
            let side = if reversed == flow.client_is_b { Side::Client } else { Side::Server };
            if !segment.is_some_and(|segment| flow.tcp.reused(segment, side)) {
                return slot;
            }
            // A new connection between the same ends: the old one is done.
            if let Some((_, flow)) = self.table.remove(slot) {
                self.print(&flow);
            }
        }
        let seen = &mut self.seen[usize::from(key.protocol == UDP)];
        let number = *seen;
        *seen += 1;
        let client_is_b = from_client == reversed;
        self.table.insert(
            key,
            Flow {
                protocol: key.protocol,
                number,
                place: self.seen.iter().sum(),
                client_is_b,
                ends: Ends::of(&key, client_is_b),
                first: time,
                last: time,
                packets: [0; 2],
                bytes: [0; 2],
                tcp: Analysis::default(),
            },
        )
    }
}

/// The slots of the first `top` conversations in an order, the first of them last.
fn sorted(table: &Table<Flow>, order: Order, top: usize) -> Vec<u32> {
    let mut flows: Vec<(u32, &Flow)> = table.entries().collect();
    match order {
        Order::Start => flows.sort_unstable_by_key(|(_, f)| f.place),
        Order::Packets => flows.sort_unstable_by_key(|(_, f)| (Reverse(f.packets[0] + f.packets[1]), f.place)),
        Order::Bytes => flows.sort_unstable_by_key(|(_, f)| (Reverse(f.bytes[0] + f.bytes[1]), f.place)),
        Order::Duration => flows.sort_unstable_by_key(|(_, f)| (Reverse(f.duration()), f.place)),
        Order::Rtt => flows.sort_unstable_by_key(|(_, f)| (Reverse(f.tcp.rtt), f.place)),
        Order::Retransmissions => {
            flows.sort_unstable_by_key(|(_, f)| (Reverse(f.tcp.retransmissions.iter().sum::<u32>()), f.place));
        }
    }
    flows.iter().take(top).rev().map(|(slot, _)| *slot).collect()
}

impl Consumer for Flows {
    fn packet(&mut self, packet: &Packet<'_>, link: u16) {
        if let Some(transport) = self.transports.of(link, packet.data) {
            self.conversations.transport(&transport, packet);
        }
    }

    fn end_next(&mut self) -> bool {
        self.conversations.end_next()
    }

    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }

    fn output(&mut self) -> &mut Line {
        &mut self.conversations.line
    }

    fn evicted(&self) -> u64 {
        self.conversations.table.evicted
    }
}

impl Conversations {
    /// Prints the next of the conversations that are left, in the order that is
    /// wanted; false behind the last.
    fn end_next(&mut self) -> bool {
        let left = self.left.get_or_insert_with(|| sorted(&self.table, self.order, self.top));
        let Some(flow) = left.pop().and_then(|slot| self.table.remove(slot)) else { return false };
        self.print(&flow.1);
        true
    }

    #[inline]
    fn transport(&mut self, transport: &Transport<'_>, packet: &Packet<'_>) {
        let (source, target, protocol, segment) = match transport {
            Transport::Tcp(segment) => (segment.source, segment.target, TCP, Some(segment)),
            Transport::Udp(message) => (message.source, message.target, UDP, None),
        };
        let from_client = match segment {
            Some(segment) => is_from_client(segment),
            // The first datagram is a question.
            None => true,
        };
        let (key, reversed) = Key::of((source.address, source.port), (target.address, target.port), protocol);
        let slot = self.slot(key, segment, from_client, reversed, packet.time);
        let flow = self.table.get_mut(slot);
        let side = if reversed == flow.client_is_b { Side::Client } else { Side::Server };
        flow.last = packet.time;
        flow.packets[side.index()] += 1;
        flow.bytes[side.index()] += u64::from(packet.wire_len);
        if let Some(segment) = segment {
            flow.tcp.segment(segment, side, packet.time);
        }
        while let Some((_, flow)) = self.table.pop_excess() {
            self.print(&flow);
        }
    }
}
