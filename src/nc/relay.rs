//! Passes octets between standard input and output and a peer.
//!
//! Where nothing looks at the octets they stay in the kernel (splice(2)): a pipe at
//! one end takes them from the other, else they go through a pipe of this
//! program's own. What splice cannot do is copied.

use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use rustix::stdio::stdin;

use super::channel::Channel;
use super::exit::{Exit, Failure, reason};
use super::icmp::{self, Origin};
use super::options::Options;
use super::pump::{Copy, Pump, Step};
use super::stdio::{Output, unwritten};
use super::telnet::Telnet;
use super::wait;

/// What says that a descriptor failed.
const BROKEN: PollFlags = PollFlags::ERR.union(PollFlags::HUP).union(PollFlags::NVAL);

/// A run with a peer.
struct Relay<'r> {
    options: &'r Options,
    channel: &'r mut dyn Channel,
    /// The channel's socket again, to wait for.
    socket: OwnedFd,
    /// The peer in messages.
    peer: &'r str,
    output: Output,
    /// From standard input to the peer.
    sending: Pump,
    /// From the peer to standard output.
    receiving: Pump,
    telnet: Option<Telnet>,
    /// When the run ends because input has ended.
    end: Option<Instant>,
    /// When the next line may be sent.
    next: Option<Instant>,
    /// What came from the network, in packets.
    packets: u64,
    /// Whether the peer's octets ended without TLS's own end.
    cut: bool,
    /// Whether the socket was seen to have an end or an error, and to be shut in both directions.
    hung: bool,
    shut: bool,
}

/// Passes octets between standard input and output and a peer that messages name,
/// until both sides have ended or the options end it.
pub(super) fn run(options: &Options, output: Output, channel: &mut dyn Channel, peer: &str) -> Result<Exit, Failure> {
    Relay::new(options, output, channel, peer)?.run()
}

impl<'r> Relay<'r> {
    fn new(options: &'r Options, output: Output, channel: &'r mut dyn Channel, peer: &'r str) -> Result<Self, Failure> {
        let failed = |error| Failure::system("socket", &error);
        let socket = channel.socket().as_fd().try_clone_to_owned().map_err(failed)?;
        let datagrams = options.transport.is_datagram();
        let plain = channel.is_plain() && !datagrams && options.limit.is_none() && !options.telnet;
        let mut sending = if plain && !options.crlf && options.interval.is_none() {
            Pump::spliced(stdin(), socket.as_fd())
        } else {
            Pump::copied(Copy::sending(datagrams, options.crlf, options.interval.is_some()))
        };
        sending.ended = options.detached;
        let receiving =
            if plain { Pump::spliced(socket.as_fd(), output.fd()) } else { Pump::copied(Copy::receiving(datagrams)) };
        Ok(Relay {
            options,
            channel,
            socket,
            peer,
            output,
            sending,
            receiving,
            telnet: options.telnet.then(Telnet::default),
            end: None,
            next: None,
            packets: 0,
            cut: false,
            hung: false,
            shut: false,
        })
    }

    fn run(mut self) -> Result<Exit, Failure> {
        while !self.is_over() {
            let now = Instant::now();
            if self.end.is_some_and(|end| end <= now) || !self.step(now)? {
                return self.quit();
            }
        }
        // It may be gone already.
        let _ = self.channel.close();
        if self.cut { Err(self.lost(&io::ErrorKind::UnexpectedEof.into())) } else { Ok(Exit::Done) }
    }

    fn is_over(&self) -> bool {
        let received = self.receiving.ended && !self.receiving.drains();
        let sent = received && self.sending.held() == 0 && !self.channel.waits();
        // A client of a server that has said all is done, as with nc, but for what is there for
        // it. With -N the end of input is to reach it, so a program that writes it is waited for.
        let waits = self.options.shutdown && !io::stdin().is_terminal();
        let sent = sent && (self.sending.ended || self.options.listen && !waits && !has_input());
        sent || self.is_full() && self.receiving.held() == 0
    }

    /// Whether as much has come as was wanted.
    fn is_full(&self) -> bool {
        self.options.limit.is_some_and(|limit| self.packets >= limit)
    }

    /// The end by time: input that was not sent is not forgotten silently.
    fn quit(&mut self) -> Result<Exit, Failure> {
        match self.sending.held() {
            0 if !self.channel.waits() => {
                let _ = self.channel.close();
                Ok(Exit::Done)
            }
            0 => Err(Failure::new(Exit::TimedOut, format!("{}: the end of input was not sent", self.peer))),
            left => Err(Failure::new(Exit::TimedOut, format!("{}: {left} octets of input were not sent", self.peer))),
        }
    }

    /// Waits for what can go on, and does it; false where nothing came in time.
    fn step(&mut self, now: Instant) -> Result<bool, Failure> {
        if self.shut && self.receiving.ended && !self.sending.ended {
            self.hung_up()?;
            return Ok(true);
        }
        let pause = self.next.filter(|&next| next > now);
        let reads_input = self.sending.fills() && pause.is_none();
        let sends = self.sending.drains() && pause.is_none();
        let receives = self.receiving.fills() && !self.is_full();
        let writes_output = self.receiving.drains();
        if receives && self.channel.is_ready() {
            self.receive()?;
            return Ok(true);
        }
        let idle = self.options.timeout.and_then(|timeout| now.checked_add(timeout));
        let until = [idle, self.end, pause].into_iter().flatten().min();
        let mut peer = PollFlags::empty();
        peer.set(PollFlags::IN, receives);
        peer.set(PollFlags::OUT, sends || self.channel.waits());
        // A reset comes whatever is waited for, but needs to be seen once only.
        let watches = !peer.is_empty() || !self.hung;
        let mut fds = Vec::with_capacity(3);
        if watches {
            fds.push(PollFd::new(&self.socket, peer));
        }
        if reads_input {
            fds.push(PollFd::from_borrowed_fd(stdin(), PollFlags::IN));
        }
        if writes_output {
            fds.push(PollFd::from_borrowed_fd(self.output.fd(), PollFlags::OUT));
        }
        let left = until.map(|until| until.saturating_duration_since(now));
        let count = wait::ready(&mut fds, left).map_err(|error| Failure::system("poll", &error))?;
        let happened = |fd: Option<&PollFd<'_>>| fd.is_some_and(|fd| !fd.revents().is_empty());
        let events = fds.first().filter(|_| watches).map_or(PollFlags::empty(), PollFd::revents);
        let input = reads_input && happened(fds.get(usize::from(watches)));
        let output = writes_output && happened(fds.last());
        if count == 0 {
            let over = [idle, self.end].into_iter().flatten().any(|end| end <= Instant::now());
            return Ok(!over);
        }
        self.hung |= events.intersects(BROKEN);
        self.shut |= events.contains(PollFlags::HUP);
        if receives && events.intersects(PollFlags::IN | BROKEN) {
            self.receive()?;
        } else if events.contains(PollFlags::ERR) {
            self.broken()?;
        }
        if events.contains(PollFlags::OUT) {
            self.channel.flush().map_err(|error| self.lost(&error))?;
        }
        if output {
            self.write_output(true)?;
        }
        if input {
            self.read_input()?;
        } else if sends && events.contains(PollFlags::OUT) {
            self.send(true)?;
        }
        Ok(true)
    }

    fn receive(&mut self) -> Result<(), Failure> {
        let step = self.receiving.fill(self.socket.as_fd(), |room| self.channel.read(room));
        if step.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof) {
            // What is left to send may still be taken.
            self.cut = true;
            self.receiving.ended = true;
            return Ok(());
        }
        let Step::Moved(_) = step.map_err(|error| self.lost(&error))? else { return Ok(()) };
        self.packets += 1;
        if let Some(telnet) = &mut self.telnet {
            let answers = telnet.answers(self.receiving.octets());
            self.sending.append(&answers);
        }
        self.write_output(false)
    }

    /// Writes what was received; `ready` says that there is room.
    fn write_output(&mut self, ready: bool) -> Result<(), Failure> {
        let (source, sink) = (self.socket.as_fd(), self.output.fd());
        let step = self.receiving.drain(source, sink, ready, |octets| self.output.write(octets));
        step.map(|_| ()).map_err(|error| match error.kind() {
            // Within the kernel either end may be what fails.
            io::ErrorKind::ConnectionReset | io::ErrorKind::TimedOut => self.lost(&error),
            _ => unwritten(&error),
        })
    }

    fn read_input(&mut self) -> Result<(), Failure> {
        let step = self.sending.fill(stdin(), |room| rustix::io::read(stdin(), room).map_err(io::Error::from));
        match step.map_err(|error| Failure::system("standard input", &error))? {
            Step::Moved(_) => self.send(false),
            Step::Waits => Ok(()),
            Step::Ended => self.input_ended(),
        }
    }

    /// Sends what was read; `ready` says that there is room.
    fn send(&mut self, ready: bool) -> Result<(), Failure> {
        let step = self.sending.drain(stdin(), self.socket.as_fd(), ready, |octets| self.channel.write(octets));
        match step.map_err(|error| self.lost(&error))? {
            Step::Moved(_) => self.next = self.options.interval.and_then(|pause| Instant::now().checked_add(pause)),
            Step::Waits => {}
            Step::Ended => self.input_ended()?,
        }
        Ok(())
    }

    fn input_ended(&mut self) -> Result<(), Failure> {
        if self.options.shutdown && !self.options.transport.is_datagram() {
            self.channel.shutdown().map_err(|error| Failure::system("shutdown", &error))?;
        }
        self.end = self.options.quit.and_then(|quit| Instant::now().checked_add(quit));
        Ok(())
    }

    /// The socket has an error that nobody has been told.
    fn broken(&mut self) -> Result<(), Failure> {
        match self.channel.socket().take_error() {
            Ok(Some(error)) => Err(self.lost(&error)),
            // An ICMP error that is only reported.
            _ => {
                icmp::take(self.channel.socket());
                Ok(())
            }
        }
    }

    /// Both directions are shut: nobody takes what would still be sent.
    fn hung_up(&mut self) -> Result<(), Failure> {
        self.sending.ended = true;
        match self.sending.held() {
            0 => Ok(()),
            _ => Err(self.lost(&io::Error::from_raw_os_error(libc::ECONNRESET))),
        }
    }

    /// The connection is lost: why, and after how much.
    fn lost(&self, error: &io::Error) -> Failure {
        let origin = icmp::take(self.channel.socket());
        let datagrams = self.options.transport.is_datagram();
        let exit = match &origin {
            Some(origin) if !datagrams || !origin.is_port_unreachable() => Exit::Unreachable,
            Some(_) => Exit::Failed,
            None => Exit::of(error),
        };
        let said = origin.as_ref().map(|origin: &Origin| format!(" ({origin})")).unwrap_or_default();
        let mut text = format!("{}: {}{said}", self.peer, reason(error));
        if !datagrams {
            let received = self.receiving.moved + self.receiving.held() as u64;
            text += &format!(" after {received} octets received and {} sent", self.sending.moved);
            if self.sending.held() > 0 {
                text += &format!(", {} more not sent", self.sending.held());
            }
        }
        Failure::new(exit, text)
    }
}

/// Whether standard input has something, or has ended.
fn has_input() -> bool {
    wait::one(stdin(), PollFlags::IN, Some(Instant::now())).unwrap_or(false)
}
