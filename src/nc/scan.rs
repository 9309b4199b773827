//! Tests ports: many at once, told in their order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Resource, getrlimit};
use socket2::Socket;

use super::evidence::{self, Capture, Opened};
use super::exit::{Exit, Failure};
use super::headers::Test;
use super::options::{Options, Transport};
use super::stdio::unwritten;
use super::verdict::Verdict;
use super::{address, client, confine, icmp, probe, say, socket, wait};
use crate::message;
use crate::sandbox::Policy;

/// Ports that are tested at once at most.
const AT_ONCE: u64 = 512;
/// Threads that test at most.
const MOST_PARTS: usize = 8;
/// Descriptors that are needed for other things.
const OTHERS: u64 = 32;
/// How long a UDP port has to answer where no time is given, as with nc.
const UDP_TIME: Duration = Duration::from_secs(3);
/// How often a UDP port is asked.
const UDP_AGAIN: Duration = Duration::from_secs(1);

/// A test under way.
struct Probe {
    /// Its port's place among the ports.
    place: usize,
    /// Which of the addresses.
    address: usize,
    socket: Socket,
    /// The local port, if it is wanted.
    local: u16,
    /// When it is given up.
    end: Option<Instant>,
    /// When a UDP port is asked again.
    again: Option<Instant>,
}

/// A port and what is known of it.
struct Port {
    port: u16,
    /// What is said of each address that was tested.
    lines: Vec<Line>,
    /// The end, once the test is over.
    exit: Option<Exit>,
}

/// What is said of a test.
struct Line {
    text: String,
    open: bool,
    test: Test,
}

struct Scan<'s> {
    options: &'s Options,
    host: String,
    addresses: Vec<SocketAddr>,
    ports: Vec<Port>,
    waiting: VecDeque<usize>,
    probes: Vec<Probe>,
    /// A socket of TCP that a closed port has left, good for another port of the same address.
    spare: Option<(usize, Socket)>,
    /// Ports whose lines are printed, or would be but for silence.
    told: usize,
    /// Whether nothing is printed yet.
    silent: bool,
    /// Ports that are tested at once at most.
    most: usize,
}

/// Tests all ports; the end is good if one is open.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let host = options.host();
    let addresses = address::resolve(&host, options.ports.first() as u16, options.family, !options.numeric)?;
    let mut ports: Vec<_> = options.ports.iter().collect();
    if options.random {
        shuffle(&mut ports);
    }
    let opened = options.evidence.then(|| evidence(options, &addresses)).transpose()?;
    let policy = Policy {
        connects: true,
        names: options.source.is_some() && !options.numeric,
        inputs: vec![evidence::RELEASE.into()],
        // Each socket may need the right to a low port, a VRF, or SO_DEBUG.
        keeps_capabilities: options.source_port.is_some() || options.table.is_some() || options.debug,
        ..Policy::default()
    };
    confine(options, policy)?;
    let parts = parts(options, ports.len());
    let share = ports.len().div_ceil(parts).max(1);
    let scan = |ports: &[u16], silent: bool| Scan {
        options,
        host: host.clone(),
        addresses: addresses.clone(),
        ports: ports.iter().map(|&port| Port { port, lines: Vec::new(), exit: None }).collect(),
        waiting: (0..ports.len()).collect(),
        probes: Vec::new(),
        spare: None,
        told: 0,
        silent,
        most: most() / parts,
    };
    let exits = thread::scope(|scope| {
        let (first, others) = ports.split_at(share.min(ports.len()));
        // Whoever is not the first waits with what it has to say.
        let others: Vec<_> = others.chunks(share).map(|ports| scan(ports, true)).collect();
        let works: Vec<_> = others.into_iter().map(|scan| scope.spawn(|| scan.whole())).collect();
        let mut exits = match opened {
            Some((capture, file)) => scan(first, false).proven(capture, file)?.exits(),
            None => scan(first, false).whole()?.exits(),
        };
        for work in works {
            let mut scan = work.join().map_err(|_| Failure::local("a test was not finished"))??;
            (scan.told, scan.silent) = (0, false);
            scan.tell();
            exits.extend(scan.exits());
        }
        Ok::<_, Failure>(exits)
    })?;
    let first = exits.first().copied().unwrap_or(Exit::Failed);
    Ok(exits.into_iter().find(|&exit| exit == Exit::Done).unwrap_or(first))
}

/// A capture of the tests, if it may be, and the file that will keep it.
fn evidence(options: &Options, addresses: &[SocketAddr]) -> Result<(Option<Opened>, Option<File>), Failure> {
    match Opened::new(addresses) {
        Ok(capture) => Ok((Some(capture), options.save.as_deref().map(evidence::create).transpose()?)),
        Err(text) => {
            say(&evidence::missing(text));
            Ok((None, None))
        }
    }
}

/// Into how many parts ports are divided, each with a thread: what is done at
/// once is done by the kernel on behalf of one, and takes its time.
fn parts(options: &Options, ports: usize) -> usize {
    /// Ports that are worth a thread.
    const WORTH: usize = 128;
    if options.interval.is_some() || options.evidence || ports < 2 * WORTH {
        return 1;
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    cores.min(ports / WORTH).clamp(1, MOST_PARTS)
}

/// Puts ports into an order that nobody foresees.
fn shuffle(ports: &mut [u16]) {
    use std::hash::{BuildHasher, RandomState};
    let state = RandomState::new();
    ports.sort_by_cached_key(|port| state.hash_one(port));
}

impl Scan<'_> {
    /// Runs the tests.
    fn whole(mut self) -> Result<Self, Failure> {
        self.run(None)?;
        Ok(self)
    }

    /// Runs the tests, and prints them with what was captured.
    fn proven(mut self, capture: Option<Opened>, mut file: Option<File>) -> Result<Self, Failure> {
        let capture = capture.map(Opened::start);
        self.run(capture.as_ref())?;
        let lines: Vec<_> = self.ports.iter().flat_map(|port| &port.lines).collect();
        let tests: Vec<_> = lines.iter().map(|line| line.test).collect();
        let evidence = capture.map(|capture| capture.end(&tests));
        let mut text = String::new();
        for (number, line) in lines.iter().enumerate() {
            text += &message::harmless(&line.shown());
            text.push('\n');
            if let Some(evidence) = &evidence {
                text += &evidence.of(number, line.test);
            }
        }
        let mut stdout = io::stdout();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| unwritten(&error))?;
        if let Some(evidence) = &evidence {
            if evidence.lost > 0 {
                say(&format!("{} packets were lost: the evidence is not complete", evidence.lost));
            }
            if let (Some(file), Some(path)) = (&mut file, &self.options.save) {
                let verdicts: Vec<_> = lines.iter().map(|line| line.text.clone()).collect();
                let saved = evidence.save(file, &verdicts);
                saved.map_err(|error| Failure::system(&path.to_string_lossy(), &error))?;
            }
        }
        Ok(self)
    }

    fn run(&mut self, capture: Option<&Capture>) -> Result<(), Failure> {
        // With a pause between ports, one at a time.
        let most = if self.options.interval.is_some() { 1 } else { self.most.max(1) };
        while self.told < self.ports.len() {
            while self.probes.len() < most
                && let Some(place) = self.waiting.pop_front()
            {
                if let Some(pause) = self.options.interval.filter(|_| place > 0) {
                    thread::sleep(pause);
                }
                if let Some(capture) = capture {
                    capture.follow(place);
                }
                self.start(place, 0)?;
                self.tell();
            }
            if !self.probes.is_empty() {
                self.wait()?;
            }
            self.tell();
        }
        Ok(())
    }

    /// How the tests of all ports ended.
    fn exits(&self) -> Vec<Exit> {
        self.ports.iter().filter_map(|port| port.exit).collect()
    }

    fn is_udp(&self) -> bool {
        self.options.transport == Transport::Udp
    }

    /// Starts the test of a port at one of the addresses.
    fn start(&mut self, place: usize, address: usize) -> Result<(), Failure> {
        let Some(mut target) = self.addresses.get(address).copied() else { return Ok(()) };
        let port = self.ports[place].port;
        target.set_port(port);
        let socket = match self.spare.take_if(|(of, _)| *of == address) {
            Some((_, socket)) => socket,
            None => socket::begin(self.options, &target, self.options.evidence)?,
        };
        // Only evidence is found by it.
        let local = if self.options.evidence { port_of(&socket) } else { 0 };
        let now = Instant::now();
        let time = if self.is_udp() { Some(self.options.timeout.unwrap_or(UDP_TIME)) } else { self.options.timeout };
        let end = time.and_then(|time| now.checked_add(time));
        let again = self.is_udp().then_some(now + UDP_AGAIN);
        let started = socket::start(&socket, &target.into()).and_then(|done| {
            if self.is_udp() {
                return socket.send(&probe::question(port)).map(|_| false);
            }
            // What this host answers itself is there already.
            if done { Ok(true) } else { socket::connected(&socket, &target.into()) }
        });
        let probe = Probe { place, address, socket, local, end, again };
        match started {
            Ok(false) => {
                self.probes.push(probe);
                Ok(())
            }
            Ok(true) => self.settle(probe, &Verdict::Open),
            Err(error) => {
                let verdict = Verdict::of(error, icmp::take(&probe.socket), self.is_udp());
                self.settle(probe, &verdict)
            }
        }
    }

    /// Waits for the tests under way, and settles those that are over.
    fn wait(&mut self) -> Result<(), Failure> {
        let wanted = if self.is_udp() { PollFlags::IN } else { PollFlags::OUT };
        let mut fds: Vec<_> = self.probes.iter().map(|probe| PollFd::new(&probe.socket, wanted)).collect();
        let next = self.probes.iter().flat_map(|probe| [probe.end, probe.again]).flatten().min();
        let left = next.map(|next| next.saturating_duration_since(Instant::now()));
        wait::ready(&mut fds, left).map_err(|error| Failure::system("poll", &error))?;
        let happened: Vec<_> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        let (now, udp) = (Instant::now(), self.is_udp());
        let mut left = Vec::with_capacity(self.probes.len());
        for (mut probe, happened) in std::mem::take(&mut self.probes).into_iter().zip(happened) {
            let verdict = if happened {
                let mut target = self.addresses[probe.address];
                target.set_port(self.ports[probe.place].port);
                if udp { probe.answer() } else { probe.connected(&target) }
            } else if probe.end.is_some_and(|end| end <= now) {
                Some(match udp {
                    true => Verdict::Silent(self.options.timeout.unwrap_or(UDP_TIME)),
                    false => Verdict::Filtered(self.options.timeout),
                })
            } else {
                probe.ask_again(now, self.ports[probe.place].port)
            };
            match verdict {
                Some(verdict) => self.settle(probe, &verdict)?,
                None => left.push(probe),
            }
        }
        self.probes.append(&mut left);
        Ok(())
    }

    /// Keeps what is known of a port, or goes on with the next address.
    fn settle(&mut self, probe: Probe, verdict: &Verdict) -> Result<(), Failure> {
        let address = &self.addresses[probe.address];
        let shown = address::shown(&self.host, address);
        let port = &mut self.ports[probe.place];
        let (open, udp) = (matches!(verdict, Verdict::Open), self.options.transport == Transport::Udp);
        // Names of services take time that only who sees them has.
        if self.options.verbose || self.options.evidence {
            let text = match open {
                true => client::succeeded(self.options.transport, &shown, port.port, !self.options.numeric),
                false => verdict.failure(&format!("{shown} port {} ({})", port.port, self.options.transport.name())),
            };
            let test = Test { udp, local: probe.local, remote: (address.ip(), port.port).into() };
            port.lines.push(Line { text, open, test });
        }
        let next = probe.address + 1;
        if open || next == self.addresses.len() {
            port.exit = Some(verdict.exit());
        }
        // With evidence each test has a port of its own.
        if matches!(verdict, Verdict::Closed) && self.options.transport == Transport::Tcp && !self.options.evidence {
            self.spare = Some((probe.address, probe.socket));
        }
        if self.ports[probe.place].exit.is_none() { self.start(probe.place, next) } else { Ok(()) }
    }

    /// Prints the lines of the ports that are settled, up to the first that is not.
    fn tell(&mut self) {
        while let Some(port) = self.ports.get(self.told).filter(|port| port.exit.is_some()) {
            // Evidence comes once all of it is there.
            if !self.options.evidence && !self.silent {
                port.lines.iter().for_each(|line| message::line(&line.shown()));
            }
            self.told += 1;
        }
    }
}

impl Line {
    /// The line as nc has it.
    fn shown(&self) -> String {
        if self.open { self.text.clone() } else { format!("nc: {}", self.text) }
    }
}

impl Probe {
    /// What has come to a UDP socket, if it says something.
    fn answer(&self) -> Option<Verdict> {
        let failed = |error: io::Error| Verdict::of(error, icmp::take(&self.socket), true);
        if let Ok(Some(error)) | Err(error) = self.socket.take_error() {
            return Some(failed(error));
        }
        match self.socket.recv(&mut [std::mem::MaybeUninit::uninit()]) {
            Ok(_) => Some(Verdict::Open),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) => Some(failed(error)),
        }
    }

    /// What a connection has come to, if it has.
    fn connected(&self, target: &SocketAddr) -> Option<Verdict> {
        let error = match socket::connected(&self.socket, &(*target).into()) {
            Ok(true) => return Some(Verdict::Open),
            // An ICMP error that came while the kernel was busy with the socket has ended nothing.
            Ok(false) => self.socket.take_error().ok().flatten(),
            Err(error) => Some(error),
        };
        let origin = icmp::take(&self.socket);
        error.map(|error| Verdict::of(error, origin, false))
    }

    /// Asks a UDP port again when it is time.
    fn ask_again(&mut self, now: Instant, port: u16) -> Option<Verdict> {
        if self.again.is_some_and(|again| again <= now) {
            self.again = now.checked_add(UDP_AGAIN);
            if let Err(error) = self.socket.send(&probe::question(port)) {
                return Some(Verdict::of(error, icmp::take(&self.socket), true));
            }
        }
        None
    }
}

/// The local port of a socket.
fn port_of(socket: &Socket) -> u16 {
    socket.local_addr().ok().and_then(|local| local.as_socket()).map_or(0, |local| local.port())
}

/// How many tests may be under way.
fn most() -> usize {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(AT_ONCE);
    limit.saturating_sub(OTHERS).clamp(1, AT_ONCE) as usize
}
