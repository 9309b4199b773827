//! The packets of tests, captured while they run: they prove what is said of a port.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use foldhash::HashMap;
use nix::ifaddrs::getifaddrs;
use sniff_captures::chunk::Chunk;
use sniff_captures::file::{Records, Walk};
use sniff_captures::live::{self, Direction, Live, Settings};
use sniff_captures::wait::Watch;
use sniff_captures::write::{InterfaceFacts, Section, Writer};
use sniff_captures::{Interface, Packet, Time};
use sniff_dissectors::{Frame, Numeric, Options as Text, Out};

use super::exit::{Failure, reason};
use super::headers::{Meaning, Test, meaning};
use crate::cli::TimeStamp;
use crate::output::{Printer, Shown, Stamp};
use crate::pipeline::{self, application};

/// The file with the kernel's release, which the kept packets' file tells.
pub(super) const RELEASE: &str = "/proc/sys/kernel/osrelease";
/// Octets of packets that are kept at most.
const MOST: usize = 64 << 20;
/// Octets that are captured of a packet: of smaller ones more fit into the kernel's buffer,
/// and longer ones are answers whose beginning proves enough.
const SNAPLEN: u32 = 4096;
/// Packets that the kernel may hold: many less than fit into its buffer.
const BEHIND: usize = 1024;
/// How long a capture waits before it looks whether it is to end.
const TICK: Duration = Duration::from_millis(20);

/// A packet that was kept.
struct Kept {
    time: Time,
    interface: usize,
    wire_len: u32,
    data: Vec<u8>,
}

/// A packet of a test: where it is among the others, and what it says.
struct Own {
    at: usize,
    time: Time,
    meaning: Meaning,
}

/// Captures that are about to begin.
pub(super) struct Opened(Vec<Live>);

/// Captures under way.
pub(super) struct Capture {
    stop: Arc<AtomicBool>,
    /// Packets that were taken.
    count: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Taken>>,
    interfaces: Vec<Interface>,
}

/// What a capture has got: its packets, and how many did not fit.
struct Taken {
    packets: Vec<Kept>,
    lost: u64,
}

impl Opened {
    /// Opens captures of what goes to these hosts and comes from them.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn new(targets: &[SocketAddr]) -> Result<Self, String> {
        let mut names: Vec<_> = targets.iter().map(interface).collect();
        names.sort_unstable();
        names.dedup();
        let hosts: Vec<_> = targets.iter().map(|target| format!("host {}", target.ip())).collect();
        let expression = format!("{} or icmp or icmp6", hosts.join(" or "));
        let open = |name: &String| {
            let settings = Settings {
                snaplen: SNAPLEN,
                promiscuous: false,
                monitor: false,
                buffer: None,
                immediate: true,
                time_stamp: None,
                nano: false,
                direction: Direction::Both,
                link: None,
            };
            let (mut live, _) = Live::open(name, &settings).map_err(|error| error.text)?;
            let mask = live::network(name).map_or(0, |(_, mask)| mask.into());
            live.set_filter(&expression, true, mask)?;
            Ok(live)
        };
        names.iter().map(open).collect::<Result<_, _>>().map(Opened)
    }

    /// Takes packets from now on.
    pub(super) fn start(self) -> Capture {
        let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let interfaces = self.0.iter().map(|live| live.interface().clone()).collect();
        let take = |(number, live)| {
            let (stop, count) = (Arc::clone(&stop), Arc::clone(&count));
            thread::spawn(move || take(live, number, &stop, &count))
        };
        let threads = self.0.into_iter().enumerate().map(take).collect();
        Capture { stop, count, threads, interfaces }
    }
}

impl Capture {
    /// Waits a little, if so many tests were begun that the capture may not keep up.
    pub(super) fn follow(&self, begun: usize) {
        /// How often it is looked, a millisecond apart: some tests have no packets.
        const LOOKS: usize = 20;
        let is_behind = || self.count.load(Ordering::Relaxed) + BEHIND < begun;
        (0..LOOKS).take_while(|_| is_behind()).for_each(|_| thread::sleep(Duration::from_millis(1)));
    }

    /// Ends the captures, and finds out which packets belong to which test.
    pub(super) fn end(self, tests: &[Test]) -> Evidence {
        self.stop.store(true, Ordering::Relaxed);
        let (mut packets, mut lost) = (Vec::new(), 0);
        for taken in self.threads.into_iter().filter_map(|thread| thread.join().ok()) {
            packets.extend(taken.packets);
            lost += taken.lost;
        }
        packets.sort_by_key(|packet: &Kept| (packet.time.seconds, packet.time.nanos));
        let numbers: HashMap<_, _> = tests.iter().copied().zip(0..).collect();
        let mut own: Vec<_> = tests.iter().map(|_| Vec::new()).collect();
        for (at, packet) in packets.iter().enumerate() {
            let link = self.interfaces.get(packet.interface).map_or(0, |interface| interface.link);
            if let Some((test, meaning)) = meaning(link, &packet.data, |test| numbers.get(test).copied()) {
                own[test].push(Own { at, time: packet.time, meaning });
            }
        }
        Evidence { interfaces: self.interfaces, packets, own, lost }
    }
}

/// The interface through which packets go to a host: the one with the address that
/// they are sent from, or any.
fn interface(target: &SocketAddr) -> String {
    let found = || -> Option<String> {
        let any: IpAddr = if target.is_ipv6() { [0; 16].into() } else { [0; 4].into() };
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.connect(target).ok()?;
        let local = socket.local_addr().ok()?.ip();
        let mut own = getifaddrs().ok()?.filter_map(|one| {
            let address = one.address?;
            let ip = match (address.as_sockaddr_in(), address.as_sockaddr_in6()) {
                (Some(v4), _) => IpAddr::from(v4.ip()),
                (_, Some(v6)) => IpAddr::from(v6.ip()),
                _ => return None,
            };
            Some((one.interface_name, ip))
        });
        // What a host sends to itself goes through loopback.
        if local == target.ip() || local.is_loopback() {
            return Some("lo".to_owned());
        }
        own.find(|(_, ip)| *ip == local).map(|(name, _)| name)
    };
    found().unwrap_or_else(|| "any".to_owned())
}

/// Takes packets until it is to stop, and what the kernel has by then.
fn take(mut live: Live, interface: usize, stop: &AtomicBool, counter: &AtomicUsize) -> Taken {
    let mut records = Records::captured(vec![live.interface().clone()]);
    let (mut taken, mut octets) = (Taken { packets: Vec::new(), lost: 0 }, 0);
    let mut chunk = Chunk::default();
    let mut end = None;
    let mut watch = Watch::new(&[live.descriptor()], None);
    loop {
        if end.is_none() && stop.load(Ordering::Relaxed) {
            live.close();
            end = Some(Instant::now() + 2 * live.hold());
        }
        chunk.clear();
        let count = live.drain(&mut chunk, None).unwrap_or(0);
        let mut at = 0;
        while let Ok(Walk::Packet { at: data, record, head }) = records.next(&chunk.octets()[at..]) {
            let packet = head.packet(&chunk.octets()[at..], data, record);
            at += record;
            counter.fetch_add(1, Ordering::Relaxed);
            octets += packet.data.len();
            if octets > MOST {
                taken.lost += 1;
                continue;
            }
            let (time, wire_len, data) = (packet.time, packet.wire_len, packet.data.to_vec());
            taken.packets.push(Kept { time, interface, wire_len, data });
        }
        let over = end.is_some_and(|end| live.is_done() || Instant::now() >= end);
        if over && count == 0 {
            let counts = live.counts().unwrap_or_default();
            taken.lost += counts.dropped;
            return taken;
        }
        if count == 0 && watch.wait(Some(TICK)).is_err() {
            return taken;
        }
    }
}

/// The packets of all tests, in the order of their times.
pub(super) struct Evidence {
    interfaces: Vec<Interface>,
    packets: Vec<Kept>,
    /// The packets of each test.
    own: Vec<Vec<Own>>,
    /// Packets that were not kept.
    pub(super) lost: u64,
}

impl Evidence {
    /// What the packets of a test say, in a line, and the packets as tcpdump prints them.
    pub(super) fn of(&self, number: usize, test: Test) -> String {
        let own = self.own.get(number).map_or(&[][..], Vec::as_slice);
        let text = Text { numeric: 1, ..Text::default() };
        let out = Out::new(text, Box::new(Numeric));
        let mut printer = Printer::new(out, Stamp::new(TimeStamp::Clock, false), false, false, None);
        for (packet, number) in own.iter().filter_map(|own| self.packets.get(own.at)).zip(1..) {
            let link = self.interfaces.get(packet.interface).map_or(0, |interface| interface.link);
            let frame = Frame { data: &packet.data, wire_len: packet.wire_len, link };
            let (time, interface) = (packet.time, packet.interface as u32);
            printer.packet(&Shown { frame, time, since: time, number, interface, place: None }, None);
        }
        format!("  {}\n{}", summary(own, test.udp), String::from_utf8_lossy(printer.text()))
    }

    /// Writes the packets of the tests, and each test's verdict at the packet that
    /// proves it: the first answer, or the last question without one.
    pub(super) fn save(&self, file: &mut File, verdicts: &[String]) -> io::Result<()> {
        let os = fs::read_to_string(RELEASE).ok().map(|release| format!("Linux {}", release.trim()));
        let facts = self.interfaces.iter().map(|interface| InterfaceFacts {
            link: interface.link,
            snaplen: interface.snaplen,
            name: interface.name.clone(),
            filter: None,
            os: os.clone(),
        });
        let section = Section::Own { application: application(), os: os.clone(), interfaces: facts.collect() };
        let mut writer = Writer::pcapng(&section, None)?;
        writer.begin();
        let mut comments: BTreeMap<usize, Option<&str>> = BTreeMap::new();
        for (own, verdict) in self.own.iter().zip(verdicts) {
            comments.extend(own.iter().map(|own| (own.at, None)));
            let proof = own.iter().find(|own| own.meaning.is_answer()).or(own.last());
            comments.extend(proof.map(|proof| (proof.at, Some(verdict.as_str()))));
        }
        for (at, comment) in comments {
            let Some(Kept { time, interface, wire_len, data }) = self.packets.get(at) else { continue };
            let packet = Packet { time: *time, wire_len: *wire_len, data, interface: *interface, record: &[] };
            match comment {
                Some(comment) => writer.commented(&packet, comment),
                None => writer.packet(&packet),
            }
        }
        file.write_all(writer.octets())
    }
}

/// What the packets of a test say.
fn summary(packets: &[Own], udp: bool) -> String {
    let asked = |packet: &&Own| matches!(packet.meaning, Meaning::Question);
    let what = if udp { "datagram" } else { "SYN" };
    let times = packets.iter().filter(asked).count();
    let Some(answer) = packets.iter().find(|packet| packet.meaning.is_answer()) else {
        return match (times, packets.last()) {
            (0, _) => format!("no {what} was seen to leave"),
            (1, _) => format!("{what} without an answer"),
            (times, _) => format!("{what} without an answer, sent {times} times"),
        };
    };
    let last = packets.iter().filter(asked).take_while(|packet| before(packet.time, answer.time)).last();
    let after = last.map(|asked| format!(" after {}", milliseconds(asked.time, answer.time))).unwrap_or_default();
    let again = if times > 1 { format!(", {what} sent {times} times") } else { String::new() };
    match &answer.meaning {
        Meaning::Accepted => format!("{what} answered by SYN-ACK{after}: the handshake's RTT{again}"),
        Meaning::Refused => format!("{what} answered by RST{after}{again}"),
        Meaning::Icmp(origin) => format!("{what} answered by {origin}{after}{again}"),
        Meaning::Answer => format!("{what} answered{after}{again}"),
        Meaning::Question | Meaning::Other => String::new(),
    }
}

fn before(one: Time, other: Time) -> bool {
    (one.seconds, one.nanos) <= (other.seconds, other.nanos)
}

fn milliseconds(from: Time, to: Time) -> String {
    let nanos = (to.seconds - from.seconds) as f64 * 1e9 + to.nanos as f64 - from.nanos as f64;
    format!("{:.3} ms", nanos / 1e6)
}

/// The file that keeps the packets, made before the tests.
pub(super) fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::local(format!("{}: {}", path.display(), reason(&error))))
}

/// Why there is no evidence, with what helps.
pub(super) fn missing(text: String) -> String {
    match pipeline::refused(text) {
        pipeline::Failure::Text(text) => format!("no evidence: {text}"),
        _ => "no evidence".to_owned(),
    }
}
