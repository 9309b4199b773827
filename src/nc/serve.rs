//! Serves many clients at once: what they send is printed as it comes, and input
//! goes to all of them.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::stdio::stdin;
use socket2::Socket;

use super::channel::Channel;
use super::exit::{Exit, Failure, reason};
use super::options::Options;
use super::stdio::Output;
use super::tls::{self, Tls};
use super::{listener, say, tell, wait};

/// Octets that are read at once.
const MOST: usize = 64 << 10;
/// Octets that may wait for a client before input waits for it.
const WAITING: usize = 1 << 20;

/// A client.
struct Client {
    channel: Box<dyn Channel>,
    name: String,
    /// What it has not taken yet.
    waiting: Vec<u8>,
    /// Whether it has said all.
    ended: bool,
    /// Whether it was told that no more comes.
    told: bool,
    /// Whether it is done.
    gone: bool,
    /// When something last came from it or went to it.
    active: Instant,
}

/// Serves until the end of the world, or -W packets.
pub(super) fn run(
    options: &Options,
    output: Output,
    listener: &Socket,
    tls: Option<&tls::Server>,
) -> Result<Exit, Failure> {
    let mut server = Server { options, tls, output, clients: Vec::new(), ended: options.detached, packets: 0 };
    let mut room = vec![0; MOST];
    loop {
        let events = server.wait(listener)?;
        for (at, events) in events.clients.iter().enumerate() {
            server.client(at, *events, &mut room)?;
        }
        if events.input {
            server.input(&mut room)?;
        }
        if events.listener {
            server.accept(listener)?;
        }
        server.clients.retain(|client| !client.gone && !client.is_idle(options.timeout));
        if options.limit.is_some_and(|limit| server.packets >= limit) {
            return Ok(Exit::Done);
        }
    }
}

struct Server<'s> {
    options: &'s Options,
    tls: Option<&'s tls::Server>,
    output: Output,
    clients: Vec<Client>,
    /// Whether input has ended.
    ended: bool,
    packets: u64,
}

/// What has happened.
struct Events {
    listener: bool,
    input: bool,
    clients: Vec<PollFlags>,
}

impl Server<'_> {
    fn wait(&self, listener: &Socket) -> Result<Events, Failure> {
        let mut fds = vec![PollFd::new(listener, PollFlags::IN)];
        for client in &self.clients {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, !client.ended);
            flags.set(PollFlags::OUT, !client.waiting.is_empty() || client.channel.waits());
            fds.push(PollFd::from_borrowed_fd(client.channel.socket().as_fd(), flags));
        }
        let full = self.clients.iter().any(|client| client.waiting.len() > WAITING);
        let reads = !self.ended && !self.clients.is_empty() && !full;
        if reads {
            fds.push(PollFd::from_borrowed_fd(stdin(), PollFlags::IN));
        }
        let first = self.clients.iter().map(|client| client.active).min();
        let end = first.zip(self.options.timeout).and_then(|(first, timeout)| first.checked_add(timeout));
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        wait::ready(&mut fds, left).map_err(|error| Failure::system("poll", &error))?;
        let happened = |fd: Option<&PollFd<'_>>| fd.is_some_and(|fd| !fd.revents().is_empty());
        Ok(Events {
            listener: happened(fds.first()),
            input: reads && happened(fds.last()),
            clients: fds.iter().skip(1).take(self.clients.len()).map(PollFd::revents).collect(),
        })
    }

    fn accept(&mut self, listener: &Socket) -> Result<(), Failure> {
        // Without descriptors or memory the next clients wait in the queue.
        let accepted = match listener::accept(self.options, listener) {
            Ok(accepted) => accepted,
            Err(failure) if !self.clients.is_empty() => {
                say(&failure.text);
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let Some((socket, name)) = accepted else { return Ok(()) };
        tell(self.options, || format!("Connection received on {}", listener::spaced(&name)));
        // A handshake goes on while the others are served.
        let channel: Box<dyn Channel> = match self.tls {
            Some(tls) => Box::new(Tls::new(tls.start()?, socket)),
            None => Box::new(socket),
        };
        let mut client = Client {
            channel,
            name,
            waiting: Vec::new(),
            ended: false,
            told: false,
            gone: false,
            active: Instant::now(),
        };
        self.tell_end(&mut client);
        self.clients.push(client);
        Ok(())
    }

    /// Sees to a client; its errors end it and no other.
    fn client(&mut self, at: usize, events: PollFlags, room: &mut [u8]) -> Result<(), Failure> {
        let Some(client) = self.clients.get_mut(at) else { return Ok(()) };
        if events.is_empty() {
            return Ok(());
        }
        let mut reads = events.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR);
        while reads && !client.ended && !client.gone {
            match client.channel.read(room) {
                Ok(0) => client.ended = true,
                Ok(count) => {
                    client.active = Instant::now();
                    self.packets += 1;
                    self.output.write_all(&room[..count])?;
                }
                Err(error) => client.failed(&error),
            }
            reads = client.channel.is_ready();
        }
        if let Err(error) = client.channel.flush() {
            client.failed(&error);
        }
        client.send();
        // As with nc, who has said all is done, once it has what waits for it.
        if client.ended && client.waiting.is_empty() && !client.channel.waits() {
            client.gone = true;
            // A layer has an end of its own, which may come too late.
            let _ = client.channel.close();
        }
        if client.waiting.is_empty() && self.ended && self.options.shutdown {
            client.end();
        }
        Ok(())
    }

    /// Passes input to all clients.
    fn input(&mut self, room: &mut [u8]) -> Result<(), Failure> {
        let read = rustix::io::read(stdin(), &mut *room);
        let count = read.map_err(|error| Failure::system("standard input", &error.into()))?;
        self.ended = count == 0;
        let mut clients = std::mem::take(&mut self.clients);
        for client in clients.iter_mut().filter(|client| !client.gone) {
            client.waiting.extend_from_slice(&room[..count]);
            client.send();
            self.tell_end(client);
        }
        self.clients = clients;
        Ok(())
    }

    /// With -N, tells a client that has all of the input that it has.
    fn tell_end(&self, client: &mut Client) {
        if self.ended && self.options.shutdown && !self.options.detached && client.waiting.is_empty() {
            client.end();
        }
    }
}

impl Client {
    /// Whether nothing has come or gone for so long.
    fn is_idle(&self, timeout: Option<Duration>) -> bool {
        timeout.is_some_and(|timeout| self.active.elapsed() >= timeout)
    }

    /// Sends what it takes.
    fn send(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        match self.channel.write(&self.waiting) {
            Ok(count) => {
                self.active = Instant::now();
                self.waiting.drain(..count);
            }
            Err(error) => self.failed(&error),
        }
    }

    fn end(&mut self) {
        if !self.told {
            self.told = true;
            if let Err(error) = self.channel.shutdown() {
                self.failed(&error);
            }
        }
    }

    fn failed(&mut self, error: &io::Error) {
        if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) {
            return;
        }
        self.gone = true;
        let left = match self.waiting.len() {
            0 => String::new(),
            left => format!("; {left} octets were not sent"),
        };
        say(&format!("{}: {}{left}", self.name, reason(error)));
    }
}
