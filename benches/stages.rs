//! What each stage of a packet's way takes, in packets a second: `cargo bench --bench stages`.

#[path = "traffic/mod.rs"]
mod traffic;

use std::sync::LazyLock;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use sniff::cli::TimeStamp;
use sniff::output::Stamp;
use sniff_captures::write::Writer;
use sniff_captures::{Interface, Packet, Resolution, Time};
use sniff_dissectors::{Frame, Line, Numeric, Options, Out, body};
use sniff_filters::{Program, Target};

/// LINKTYPE_ and DLT_ value of Ethernet.
const ETHERNET: u16 = 1;
const SNAPLEN: u32 = 262_144;
/// Octets of traffic, so that a kind has some hundred packets.
const OCTETS: u64 = 8_000_000;
/// Packets of a kind at most: they stay in the processor's cache, so that the
/// stage is measured and not the memory.
const PACKETS: usize = 512;
/// Octets of text after which a printer starts over, as one that writes does.
const FULL: usize = 60 << 10;

/// Kinds of packets, and the filter that finds them.
const KINDS: &[(&str, &str)] = &[
    ("mix", ""),
    ("tcp", "ip and tcp"),
    ("http", "ip and tcp port 80"),
    ("dns", "ip and udp port 53"),
    ("icmp", "icmp"),
    ("arp", "arp"),
    ("ipv6", "ip6"),
    ("vlan", "vlan"),
];

const FILTERS: &[&str] = &["ip", "tcp port 80", "host 10.20.0.1", "tcp[tcpflags] & tcp-syn != 0", "net 198.18.0.0/16"];

/// Packets of the generator with their times.
static TRAFFIC: LazyLock<Vec<(Time, Vec<u8>)>> = LazyLock::new(|| {
    let mut file = Vec::new();
    traffic::mix(1, OCTETS, &mut file).expect("memory takes all");
    let mut packets = Vec::new();
    let mut rest = &file[24..];
    while !rest.is_empty() {
        let word = |at: usize| u32::from_le_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
        let time = Time { seconds: i64::from(word(0)), nanos: u64::from(word(4)) * 1000 };
        let end = 16 + word(8) as usize;
        packets.push((time, rest[16..end].to_vec()));
        rest = &rest[end..];
    }
    packets
});

fn program(expression: &str) -> Program {
    let target = Target { link: i32::from(ETHERNET), snaplen: SNAPLEN, mask: 0, savefile: true };
    Program::compile(expression, target, true).expect("the filter is right")
}

/// Packets of a kind, from where all conversations are under way.
fn packets(expression: &str) -> Vec<&'static (Time, Vec<u8>)> {
    let program = program(expression);
    let matches = |packet: &&(Time, Vec<u8>)| program.matches(&packet.1, packet.1.len() as u32);
    TRAFFIC.iter().skip(2000).filter(matches).take(PACKETS).collect()
}

fn main() {
    divan::main();
}

#[divan::bench(args = FILTERS)]
fn filter(bencher: Bencher<'_, '_>, expression: &str) {
    let (program, packets) = (program(expression), packets(""));
    bencher.counter(ItemsCount::new(packets.len())).bench_local(|| {
        packets.iter().filter(|packet| program.matches(black_box(&packet.1), packet.1.len() as u32)).count()
    });
}

/// The text of packets of a kind, without time stamps.
fn format(bencher: Bencher<'_, '_>, kind: &str, options: Options) {
    let expression = KINDS.iter().find(|row| row.0 == kind).expect("the kind is a row").1;
    let packets = packets(expression);
    let octets: usize = packets.iter().map(|packet| packet.1.len()).sum();
    let mut out = Out::new(options, Box::new(Numeric));
    bencher.counter(ItemsCount::new(packets.len())).counter(BytesCount::new(octets)).bench_local(|| {
        for packet in &packets {
            let frame = Frame { data: black_box(&packet.1), wire_len: packet.1.len() as u32, link: ETHERNET };
            body(&mut out, &frame);
            if out.line.len() >= FULL {
                black_box(out.line.as_bytes());
                out.line.clear();
            }
        }
    });
}

fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|row| row.0)
}

fn numeric() -> Options {
    Options { numeric: 1, ..Options::default() }
}

#[divan::bench(args = kinds())]
fn format_n(bencher: Bencher<'_, '_>, kind: &str) {
    format(bencher, kind, numeric());
}

#[divan::bench(args = kinds())]
fn format_nv(bencher: Bencher<'_, '_>, kind: &str) {
    format(bencher, kind, Options { verbose: 1, ..numeric() });
}

#[divan::bench(args = kinds())]
fn format_ne(bencher: Bencher<'_, '_>, kind: &str) {
    format(bencher, kind, Options { link: true, ..numeric() });
}

#[divan::bench(args = ["mix", "tcp"])]
fn format_nx(bencher: Bencher<'_, '_>, kind: &str) {
    format(bencher, kind, Options { hex: 1, ..numeric() });
}

#[divan::bench(args = ["mix", "tcp"])]
fn format_n_hex_ascii(bencher: Bencher<'_, '_>, kind: &str) {
    format(bencher, kind, Options { hex_ascii: 1, ..numeric() });
}

#[divan::bench(args = ["mix", "tcp"])]
fn format_n_ascii(bencher: Bencher<'_, '_>, kind: &str) {
    format(bencher, kind, Options { ascii: 1, ..numeric() });
}

#[divan::bench(args = [TimeStamp::Clock, TimeStamp::Epoch, TimeStamp::Date, TimeStamp::SincePrevious])]
fn time_stamp(bencher: Bencher<'_, '_>, form: TimeStamp) {
    let packets = packets("");
    let (mut stamp, mut line) = (Stamp::new(form, false), Line::with_capacity(FULL));
    bencher.counter(ItemsCount::new(packets.len())).bench_local(|| {
        line.clear();
        for packet in &packets {
            stamp.write(&mut line, black_box(packet.0), packet.0);
        }
    });
}

#[divan::bench(args = [false, true])]
fn save_classic(bencher: Bencher<'_, '_>, nano: bool) {
    let packets = packets("");
    let octets: usize = packets.iter().map(|packet| packet.1.len()).sum();
    let interface =
        Interface { link: ETHERNET, snaplen: SNAPLEN, resolution: Resolution::MICRO, offset: 0, name: None };
    let mut writer = Writer::pcap(&interface, nano);
    bencher.counter(ItemsCount::new(packets.len())).counter(BytesCount::new(octets)).bench_local(|| {
        writer.octets().clear();
        for (time, data) in &packets {
            let packet = Packet { time: *time, wire_len: data.len() as u32, data, interface: 0, record: &[] };
            writer.packet(black_box(&packet));
        }
    });
}

/// The writers that lines are made with.
mod line {
    use super::{Bencher, FULL, ItemsCount, Line, black_box};

    /// Values to write in one go.
    const VALUES: u32 = 1000;

    fn write(bencher: Bencher<'_, '_>, write: impl Fn(&mut Line, u32)) {
        let mut line = Line::with_capacity(FULL);
        bencher.counter(ItemsCount::new(VALUES)).bench_local(|| {
            line.clear();
            for value in 0..VALUES {
                write(&mut line, black_box(value.wrapping_mul(2_654_435_761)));
            }
        });
    }

    #[divan::bench]
    fn decimal(bencher: Bencher<'_, '_>) {
        write(bencher, |line, value| line.dec(u64::from(value)));
    }

    #[divan::bench]
    fn decimal_of_a_port(bencher: Bencher<'_, '_>) {
        write(bencher, |line, value| line.dec(u64::from(value >> 16)));
    }

    #[divan::bench]
    fn hexadecimal(bencher: Bencher<'_, '_>) {
        write(bencher, |line, value| line.hex(u64::from(value), 8));
    }

    #[divan::bench]
    fn ipv4(bencher: Bencher<'_, '_>) {
        write(bencher, |line, value| line.ipv4(value.to_be_bytes()));
    }

    #[divan::bench]
    fn ipv6(bencher: Bencher<'_, '_>) {
        write(bencher, |line, value| {
            let [a, b, c, d] = value.to_be_bytes();
            line.ipv6([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]);
        });
    }

    #[divan::bench]
    fn mac(bencher: Bencher<'_, '_>) {
        write(bencher, |line, value| {
            let [a, b, c, d] = value.to_be_bytes();
            line.mac([2, 0x5e, a, b, c, d]);
        });
    }

    #[divan::bench]
    fn text(bencher: Bencher<'_, '_>) {
        write(bencher, |line, _| line.str(black_box("Flags [P.], ")));
    }
}
