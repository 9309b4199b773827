//! A try: name lookup, connection, TLS, request and first octet, each with its time.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use socket2::{Domain, Socket, Type};

use super::dns::Question;
use super::target::{Kind, Target};
use crate::nc::channel::Channel;
use crate::nc::exit::{Exit, Failure, reason};
use crate::nc::tls::{Agreed, Client, Tls};
use crate::nc::verdict::Verdict;
use crate::nc::{address, icmp, probe, socket, wait};

/// Octets of an HTTP status line at most.
const STATUS: usize = 8 << 10;
/// Octets of a datagram at most.
const DATAGRAM: usize = 64 << 10;
/// How often a datagram is sent again.
const AGAIN: Duration = Duration::from_secs(1);

/// What came of a try.
pub(super) struct Outcome {
    /// How it ended.
    pub exit: Exit,
    /// What is said of it.
    pub text: String,
    /// The address that was tried last.
    pub address: Option<SocketAddr>,
    /// The phases and their times, in their order.
    pub phases: Vec<(&'static str, Duration)>,
    /// How long all took.
    pub total: Duration,
    /// What TLS agreed on.
    pub tls: Option<Agreed>,
    /// The HTTP status.
    pub status: Option<u16>,
}

/// A try under way.
struct Try<'t> {
    target: &'t Target,
    /// What makes TLS, if a target speaks it.
    client: Option<&'t Client>,
    until: Instant,
    time: Duration,
    outcome: Outcome,
}

/// Checks a target once, within this time.
pub(super) fn check(target: &Target, client: Option<&Client>, time: Duration) -> Outcome {
    let begun = Instant::now();
    let outcome = Outcome {
        exit: Exit::Done,
        text: String::new(),
        address: None,
        phases: Vec::new(),
        total: Duration::ZERO,
        tls: None,
        status: None,
    };
    let mut attempt = Try { target, client, until: begun + time, time, outcome };
    let result = attempt.run();
    let mut outcome = attempt.outcome;
    if let Err(failure) = result {
        (outcome.exit, outcome.text) = (failure.exit, failure.text);
    }
    outcome.total = begun.elapsed();
    outcome
}

impl Try<'_> {
    fn run(&mut self) -> Result<(), Failure> {
        let addresses = self.phase("dns", Self::resolve)?;
        match self.target.kind {
            Kind::Udp | Kind::Dns => self.datagram(&addresses),
            Kind::Tcp => self.phase("tcp", |this| this.connect(&addresses)).map(drop),
            Kind::Http => {
                let mut socket = self.phase("tcp", |this| this.connect(&addresses))?;
                self.http(&mut socket)
            }
            Kind::Tls | Kind::Https => {
                let socket = self.phase("tcp", |this| this.connect(&addresses))?;
                let mut channel = self.phase("tls", |this| this.tls(socket))?;
                if self.target.kind == Kind::Https { self.http(&mut channel) } else { Ok(()) }
            }
        }
    }

    /// Runs a phase and keeps its time.
    fn phase<T>(
        &mut self,
        name: &'static str,
        run: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let begun = Instant::now();
        let result = run(self);
        self.outcome.phases.push((name, begun.elapsed()));
        result
    }

    /// How long the address with this number has of so many, and until when: none that
    /// is silent takes the time of the others.
    fn share(&self, number: usize, count: usize) -> (Duration, Instant) {
        let now = Instant::now();
        let left = self.until.saturating_duration_since(now);
        (self.time / count as u32, now + left / (count - number) as u32)
    }

    fn late(&self, what: &str) -> Failure {
        Failure::new(Exit::TimedOut, format!("{what} timed out"))
    }

    /// Looks the host up, in a thread, since that cannot be hurried.
    fn resolve(&mut self) -> Result<Vec<SocketAddr>, Failure> {
        let (sender, receiver) = mpsc::channel();
        let (host, port) = (self.target.host.clone(), self.target.port);
        thread::spawn(move || sender.send(address::resolve(&host, port, None, true)));
        let left = self.until.saturating_duration_since(Instant::now());
        receiver.recv_timeout(left).unwrap_or_else(|_| Err(self.late("the name lookup")))
    }

    /// A connection to the first address that takes it.
    fn connect(&mut self, addresses: &[SocketAddr]) -> Result<Socket, Failure> {
        let mut failure = Failure::local("no address");
        for (number, address) in addresses.iter().enumerate() {
            self.outcome.address = Some(*address);
            let (share, until) = self.share(number, addresses.len());
            let socket = open(address, Type::STREAM)?;
            let result = match socket::start(&socket, &(*address).into()) {
                Ok(true) => Ok(true),
                Ok(false) => socket::finish(&socket, Some(until)),
                Err(error) => Err(error),
            };
            let verdict = match result {
                Ok(true) => {
                    icmp::ignore(&socket, address.is_ipv6());
                    return Ok(socket);
                }
                Ok(false) => Verdict::Filtered(Some(share)),
                Err(error) => Verdict::of(error, icmp::take(&socket), false),
            };
            failure = Failure::new(
                verdict.exit(),
                verdict.failure(&format!("{} port {} (tcp)", address.ip(), address.port())),
            );
        }
        Err(failure)
    }

    fn tls(&mut self, socket: Socket) -> Result<Tls, Failure> {
        let protocols = if self.target.kind == Kind::Https { &["http/1.1".to_owned()][..] } else { &[] };
        let client = self.client.ok_or_else(|| Failure::local("TLS was not set up"))?;
        let (connection, _) = client.start(&self.target.host, protocols)?;
        let mut channel = Tls::new(connection, socket);
        channel.handshake(&self.target.host, Some(self.until))?;
        self.outcome.tls = Some(channel.agreed());
        Ok(channel)
    }

    /// Asks for the path; a status below 400 is good.
    fn http(&mut self, channel: &mut dyn Channel) -> Result<(), Failure> {
        let Target { host, port, path, .. } = self.target;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: sniff/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
            env!("CARGO_PKG_VERSION")
        );
        self.phase("request", |this| this.send(channel, request.as_bytes()))?;
        let mut answer = Vec::new();
        self.phase("first_byte", |this| this.receive(channel, &mut answer))?;
        let (line, status) = loop {
            while !answer.contains(&b'\n') && answer.len() < STATUS {
                self.receive(channel, &mut answer)?;
            }
            let (line, status) = status_line(&answer);
            match ends_with_header(&answer) {
                // What is not the answer yet (RFC 9110, section 15.2).
                _ if !matches!(status, Some(100 | 102..200)) => break (line, status),
                Some(end) => drop(answer.drain(..end)),
                None if answer.len() < STATUS => self.receive(channel, &mut answer)?,
                None => return Err(Failure::new(Exit::Answer, "the answer is too long")),
            }
        };
        self.outcome.status = status;
        match status {
            Some(101 | 200..400) => {
                self.outcome.text = line;
                Ok(())
            }
            Some(_) => Err(Failure::new(Exit::Answer, line)),
            None => Err(Failure::new(Exit::Answer, format!("no HTTP answer: {line}"))),
        }
    }

    fn send(&self, channel: &mut dyn Channel, octets: &[u8]) -> Result<(), Failure> {
        let mut rest = octets;
        while !rest.is_empty() || channel.waits() {
            let result = if rest.is_empty() { channel.flush().map(|()| 0) } else { channel.write(rest) };
            match result {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(Failure::of("the request", &error, None)),
            }
            if (!rest.is_empty() || channel.waits()) && !self.ready(channel, PollFlags::OUT)? {
                return Err(self.late("the request"));
            }
        }
        Ok(())
    }

    /// Reads what comes next.
    fn receive(&self, channel: &mut dyn Channel, answer: &mut Vec<u8>) -> Result<(), Failure> {
        let mut room = [0; STATUS];
        loop {
            match channel.read(&mut room) {
                Ok(0) => return Err(Failure::new(Exit::Answer, "the connection ended without an answer")),
                Ok(count) => {
                    answer.extend_from_slice(&room[..count]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(Failure::of("the answer", &error, None)),
            }
            if !self.ready(channel, PollFlags::IN)? {
                return Err(self.late("the answer"));
            }
        }
    }

    fn ready(&self, channel: &dyn Channel, flags: PollFlags) -> Result<bool, Failure> {
        wait::one(channel.socket(), flags, Some(self.until)).map_err(|error| Failure::system("poll", &error))
    }

    /// Asks in a datagram, and again until there is an answer.
    fn datagram(&mut self, addresses: &[SocketAddr]) -> Result<(), Failure> {
        let question = match self.target.kind {
            Kind::Dns => Some(Question::new(&self.target.path).map_err(Failure::local)?),
            _ => None,
        };
        let packet = match &question {
            Some(question) => question.packet.clone(),
            None => probe::question(self.target.port),
        };
        let octets = self.phase("answer", |this| this.ask_any(addresses, &packet, question.as_ref()))?;
        let Some(question) = question else {
            self.outcome.text = format!("answered with {} octets", octets.len());
            return Ok(());
        };
        match question.answer(&octets) {
            Some((true, text)) => {
                self.outcome.text = text;
                Ok(())
            }
            Some((false, text)) => Err(Failure::new(Exit::Answer, text)),
            None => Err(Failure::new(Exit::Answer, "no DNS answer")),
        }
    }

    /// The answer of the first address that gives one.
    fn ask_any(
        &mut self,
        addresses: &[SocketAddr],
        packet: &[u8],
        question: Option<&Question>,
    ) -> Result<Vec<u8>, Failure> {
        let mut result = Err(Failure::local("no address"));
        for (number, address) in addresses.iter().enumerate() {
            self.outcome.address = Some(*address);
            result = ask(address, packet, question, self.share(number, addresses.len()));
            if result.is_ok() {
                break;
            }
        }
        result
    }
}

/// Asks an address for so long, until then, and again meanwhile.
fn ask(
    address: &SocketAddr,
    packet: &[u8],
    question: Option<&Question>,
    (time, until): (Duration, Instant),
) -> Result<Vec<u8>, Failure> {
    let place = format!("{} port {} (udp)", address.ip(), address.port());
    let failed = |verdict: &Verdict| Failure::new(verdict.exit(), verdict.failure(&place));
    let socket = open(address, Type::DGRAM)?;
    let refused = |error| failed(&Verdict::of(error, icmp::take(&socket), true));
    socket.connect(&(*address).into()).map_err(refused)?;
    let mut octets = vec![0; DATAGRAM];
    while Instant::now() < until {
        socket.send(packet).map_err(refused)?;
        let pause = (Instant::now() + AGAIN).min(until);
        while wait::one(&socket, PollFlags::IN, Some(pause)).map_err(|error| Failure::system("poll", &error))? {
            match io::Read::read(&mut &socket, &mut octets) {
                // Another's answer is none.
                Ok(count) if question.is_some_and(|question| question.answer(&octets[..count]).is_none()) => {}
                Ok(count) => return Ok(octets[..count].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(refused(error)),
            }
        }
    }
    Err(failed(&Verdict::Silent(time)))
}

/// The first line of an HTTP answer, and the status in it.
fn status_line(answer: &[u8]) -> (String, Option<u16>) {
    let line = answer.split(|&octet| octet == b'\r' || octet == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line).into_owned();
    let status =
        line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)).and_then(|code| code.parse().ok());
    (line, status)
}

/// Where what follows an HTTP answer's header begins, if that is there.
fn ends_with_header(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|octets| octets == b"\r\n\r\n").map(|at| at + 4)
}

/// A socket that does not wait, with ICMP errors watched.
fn open(address: &SocketAddr, kind: Type) -> Result<Socket, Failure> {
    let socket = Socket::new(Domain::for_address(*address), kind.nonblocking(), None)
        .map_err(|error| Failure::local(format!("socket: {}", reason(&error))))?;
    icmp::watch(&socket, address.is_ipv6());
    Ok(socket)
}
