//! Whether interfaces are up, as the kernel tells it (rtnetlink(7)).

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, netdevice, recv, send, socket_with,
};

/// The multicast group of changes of links (RTMGRP_LINK).
const GROUP: u32 = 1;

const NEW_LINK: u16 = 16;
const DELETED_LINK: u16 = 17;
const GET_LINK: u16 = 18;
const REQUEST: u16 = 1;
/// All of them.
const DUMP: u16 = 0x300;

/// Octets of `struct nlmsghdr` and of `struct ifinfomsg`.
const HEADER: usize = 16;
const INFO: usize = 16;
/// Where these have the length and the type, the index and the flags.
const LENGTH: usize = 0;
const TYPE: usize = 4;
const INDEX: usize = HEADER + 4;
const FLAGS: usize = HEADER + 8;

/// IFF_UP and IFF_RUNNING: it is meant to be up, and can carry packets.
const UP_AND_RUNNING: u32 = 0x41;

/// A link that goes down may be about to be deleted, which is other news.
const PATIENCE: Duration = Duration::from_millis(100);

/// More than a message of the kernel has.
const ROOM: usize = 64 << 10;

/// Watches over interfaces.
pub struct Links {
    socket: OwnedFd,
    watched: Vec<Link>,
    /// What is to be told, and since when it is known.
    news: VecDeque<(Instant, Change)>,
    buffer: Vec<u8>,
}

/// An interface went down or came up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// Whether it is up now.
    pub up: bool,
}

struct Link {
    name: String,
    index: u32,
    /// Nothing until the kernel has answered.
    up: Option<bool>,
}

impl Links {
    /// Watches over the interfaces of these names; what is none, as `any`, has
    /// nothing to tell.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn watch<'n>(names: impl Iterator<Item = &'n str>) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUP))?;
        let link = |name: &str| {
            let index = netdevice::name_to_index(&socket, name).ok()?;
            Some(Link { name: name.to_owned(), index, up: None })
        };
        let watched = names.filter_map(link).collect();
        let links = Links { socket, watched, news: VecDeque::new(), buffer: vec![0; ROOM] };
        links.ask()?;
        Ok(links)
    }

    /// Asks for the state of all.
    fn ask(&self) -> io::Result<()> {
        let mut request = [0; HEADER + INFO];
        request[LENGTH..LENGTH + 4].copy_from_slice(&((HEADER + INFO) as u32).to_ne_bytes());
        request[TYPE..TYPE + 2].copy_from_slice(&GET_LINK.to_ne_bytes());
        request[TYPE + 2..TYPE + 4].copy_from_slice(&(REQUEST | DUMP).to_ne_bytes());
        send(&self.socket, &request, SendFlags::empty())?;
        Ok(())
    }

    /// The descriptor that becomes readable when there is news.
    pub fn descriptor(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// Takes the kernel's news.
    pub fn read(&mut self) {
        loop {
            match recv(&self.socket, &mut self.buffer[..], RecvFlags::empty()) {
                Ok((0, _)) => break,
                Ok((size, _)) => self.messages(size.min(ROOM)),
                // News was lost: the state is asked for again.
                Err(Errno::NOBUFS) => drop(self.ask()),
                Err(Errno::INTR) => {}
                Err(_) => break,
            }
        }
    }

    /// Looks through the messages in the first octets of the buffer.
    fn messages(&mut self, size: usize) {
        let mut rest = &self.buffer[..size];
        while let Some(length) = word(rest, LENGTH)
            && let Some(message) = rest.get(..length as usize)
            && message.len() >= HEADER
        {
            let kind = message[TYPE..].first_chunk().map(|&octets| u16::from_ne_bytes(octets));
            if let (Some(kind), Some(index), Some(flags)) = (kind, word(message, INDEX), word(message, FLAGS))
                && let Some(link) = self.watched.iter_mut().find(|link| link.index == index)
            {
                let up = flags & UP_AND_RUNNING == UP_AND_RUNNING;
                if kind == DELETED_LINK {
                    self.news.retain(|(_, change)| change.name != link.name);
                } else if kind == NEW_LINK && link.up.replace(up).is_some_and(|before| before != up) {
                    self.news.push_back((Instant::now(), Change { name: link.name.clone(), up }));
                }
            }
            rest = rest.get(message.len().next_multiple_of(4)..).unwrap_or_default();
        }
    }

    /// When there is something to tell, if nothing else happens.
    pub fn deadline(&self) -> Option<Instant> {
        self.news.front().map(|(since, _)| *since + PATIENCE)
    }

    /// The next change that is to be told.
    pub fn change(&mut self) -> Option<Change> {
        let due = self.deadline()? <= Instant::now();
        if due { self.news.pop_front().map(|(_, change)| change) } else { None }
    }
}

fn word(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().map(|&word| u32::from_ne_bytes(word))
}
