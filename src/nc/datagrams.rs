//! Listens for datagrams. Without -k the first sender is the peer, and what others
//! send is told of; with -k all that comes is printed, and input goes to the last
//! sender.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny, recvfrom, sendto};
use rustix::stdio::stdin;
use socket2::Socket;

use super::exit::{Exit, Failure};
use super::options::Options;
use super::stdio::Output;
use super::{address, confine, icmp, listener, say, tell, wait};

/// Octets of input in a datagram at most, as with nc.
const INPUT: usize = 16 << 10;
/// Octets of the largest datagram that is taken; UNIX sockets send larger ones
/// only where somebody has raised what they may send.
const LARGEST: usize = 256 << 10;

struct Server<'s> {
    options: &'s Options,
    socket: &'s Socket,
    output: Output,
    /// Who sent first, or with -k last; UNIX sockets need not have names.
    peer: Option<Option<SocketAddrAny>>,
    /// Whether input has ended.
    ended: bool,
    end: Option<Instant>,
    packets: u64,
    /// Datagrams of others than the peer.
    others: u64,
}

/// Takes datagrams until the options end it.
pub(super) fn listen(options: &Options) -> Result<Exit, Failure> {
    let bound = listener::bind(options)?;
    let local = bound.socket.local_addr().ok().and_then(|address| address.as_socket());
    if let Some(local) = local {
        icmp::watch(&bound.socket, local.is_ipv6());
    }
    listener::tell_bound(options, &bound.socket);
    let output = Output::new();
    confine(options, listener::needs(options, &bound))?;
    let mut server = Server {
        options,
        socket: &bound.socket,
        output,
        peer: None,
        ended: options.detached,
        end: None,
        packets: 0,
        others: 0,
    };
    let result = server.run();
    if server.others > 1 {
        say(&format!("{} datagrams of other senders were not taken; -k takes all", server.others));
    }
    result
}

impl Server<'_> {
    fn run(&mut self) -> Result<Exit, Failure> {
        let mut room = vec![0; LARGEST];
        while self.options.limit.is_none_or(|limit| self.packets < limit) {
            let reads = self.peer.is_some() && !self.ended;
            let now = Instant::now();
            let idle = self.options.timeout.filter(|_| self.peer.is_some() && !self.options.keep);
            let until = [idle.and_then(|idle| now.checked_add(idle)), self.end].into_iter().flatten().min();
            let mut fds = vec![PollFd::new(self.socket, PollFlags::IN)];
            if reads {
                fds.push(PollFd::from_borrowed_fd(stdin(), PollFlags::IN));
            }
            let left = until.map(|until| until.saturating_duration_since(now));
            let count = wait::ready(&mut fds, left).map_err(|error| Failure::system("poll", &error))?;
            if count == 0 {
                break;
            }
            let came = fds.first().is_some_and(|fd| !fd.revents().is_empty());
            let typed = fds.get(1).is_some_and(|fd| !fd.revents().is_empty());
            if came {
                self.receive(&mut room)?;
            }
            if typed {
                self.send()?;
            }
        }
        Ok(Exit::Done)
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<(), Failure> {
        let flags = RecvFlags::TRUNC | RecvFlags::DONTWAIT;
        let (octets, whole, sender) = match recvfrom(self.socket, &mut *room, flags) {
            Ok((count, whole, sender)) => (&room[..count], whole, sender),
            Err(error) if error == rustix::io::Errno::AGAIN => return Ok(()),
            Err(error) => return self.refused("datagram to the last sender", &error.into()),
        };
        let known = self.peer.as_ref() == Some(&sender);
        if !known && self.peer.is_some() && !self.options.keep {
            self.others += 1;
            if self.others == 1 {
                say(&format!("{whole} octets from {} were not taken; -k takes all", self.named(sender.as_ref())));
            }
            return Ok(());
        }
        if !known {
            tell(self.options, || format!("Connection received on {}", self.named(sender.as_ref())));
            self.peer = Some(sender);
        }
        self.packets += 1;
        if whole > octets.len() {
            say(&format!("a datagram of {whole} octets was cut to {}", octets.len()));
        }
        self.output.write_all(octets)
    }

    fn send(&mut self) -> Result<(), Failure> {
        let mut octets = vec![0; INPUT];
        let read = rustix::io::read(stdin(), &mut octets);
        let count = read.map_err(|error| Failure::system("standard input", &error.into()))?;
        if count == 0 {
            self.ended = true;
            self.end = self.options.quit.and_then(|quit| Instant::now().checked_add(quit));
            return Ok(());
        }
        let Some(Some(peer)) = &self.peer else {
            return Err(Failure::local(format!("{count} octets of input were not sent: the sender has no name")));
        };
        match sendto(self.socket, &octets[..count], SendFlags::empty(), peer) {
            Ok(_) => Ok(()),
            Err(error) => self.refused(&self.named(Some(peer)), &error.into()),
        }
    }

    /// With -k the others go on.
    fn refused(&self, what: &str, error: &io::Error) -> Result<(), Failure> {
        let failure = Failure::of(what, error, icmp::take(self.socket).as_ref());
        if self.options.keep {
            say(&failure.text);
            return Ok(());
        }
        Err(failure)
    }

    /// A sender as nc names it.
    fn named(&self, sender: Option<&SocketAddrAny>) -> String {
        match sender.and_then(|sender| SocketAddr::try_from(sender.clone()).ok()) {
            Some(sender) => {
                // Only who asks for names waits for them.
                let name = address::name(&sender, self.options.verbose && !self.options.numeric);
                format!("{name} {}", sender.port())
            }
            None => self.options.host(),
        }
    }
}
