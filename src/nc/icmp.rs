//! What ICMP said of a socket's packets: the kernel keeps it in the socket's error
//! queue, with the sender, where the socket asks for it (ip(7), `IP_RECVERR`).

use std::fmt;
use std::io::IoSliceMut;
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use nix::sys::socket::sockopt::{Ipv4RecvErr, Ipv6RecvErr};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};
use socket2::Socket;

/// `ee_origin` of errors that came by ICMP and ICMPv6.
const BY_ICMP: u8 = 2;
const BY_ICMP6: u8 = 3;

/// An ICMP error, and who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether it is ICMPv6.
    pub v6: bool,
    /// The type.
    pub kind: u8,
    /// The code.
    pub code: u8,
    /// The sender.
    pub sender: Option<IpAddr>,
}

/// What types and codes mean: RFC 792, RFC 1812 (5.2.7.1), RFC 4443 (3).
const NAMES: &[((bool, u8, u8), &str)] = &[
    ((false, 3, 0), "net unreachable"),
    ((false, 3, 1), "host unreachable"),
    ((false, 3, 2), "protocol unreachable"),
    ((false, 3, 3), "port unreachable"),
    ((false, 3, 4), "fragmentation needed"),
    ((false, 3, 9), "net prohibited"),
    ((false, 3, 10), "host prohibited"),
    ((false, 3, 13), "administratively prohibited"),
    ((false, 11, 0), "time exceeded in transit"),
    ((true, 1, 0), "no route"),
    ((true, 1, 1), "administratively prohibited"),
    ((true, 1, 3), "address unreachable"),
    ((true, 1, 4), "port unreachable"),
    ((true, 1, 5), "source address failed policy"),
    ((true, 1, 6), "reject route"),
    ((true, 2, 0), "packet too big"),
    ((true, 3, 0), "hop limit exceeded in transit"),
];

impl Origin {
    /// Whether it says that no program listens on a UDP port.
    pub(crate) fn is_port_unreachable(&self) -> bool {
        matches!((self.v6, self.kind, self.code), (false, 3, 3) | (true, 1, 4))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.v6 { "ICMPv6 " } else { "ICMP " })?;
        match NAMES.iter().find(|row| row.0 == (self.v6, self.kind, self.code)) {
            Some((_, name)) => f.write_str(name)?,
            None => write!(f, "type {} code {}", self.kind, self.code)?,
        }
        self.sender.map_or(Ok(()), |sender| write!(f, " from {sender}"))
    }
}

/// Has the kernel keep ICMP errors of a socket; kernels that do not are as good
/// for all but the message.
pub(crate) fn watch(socket: &Socket, v6: bool) {
    set(socket, v6, true);
}

/// Has the kernel go on as if it had not been asked.
pub(crate) fn ignore(socket: &Socket, v6: bool) {
    set(socket, v6, false);
}

fn set(socket: &Socket, v6: bool, wanted: bool) {
    let _ = if v6 { setsockopt(socket, Ipv6RecvErr, &wanted) } else { setsockopt(socket, Ipv4RecvErr, &wanted) };
}

/// Takes the next ICMP error of a socket.
pub(crate) fn take(socket: &Socket) -> Option<Origin> {
    let mut octets = [0; 64];
    let mut parts = [IoSliceMut::new(&mut octets)];
    let mut control = [0; 512];
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags).ok()?;
    message.cmsgs().ok()?.find_map(|control| match control {
        ControlMessageOwned::Ipv4RecvErr(error, sender) if error.ee_origin == BY_ICMP => Some(Origin {
            v6: false,
            kind: error.ee_type,
            code: error.ee_code,
            sender: sender.map(|sender| IpAddr::from(u32::from_be(sender.sin_addr.s_addr).to_be_bytes())),
        }),
        ControlMessageOwned::Ipv6RecvErr(error, sender) if error.ee_origin == BY_ICMP6 => Some(Origin {
            v6: true,
            kind: error.ee_type,
            code: error.ee_code,
            sender: sender.map(|sender| IpAddr::from(sender.sin6_addr.s6_addr)),
        }),
        _ => None,
    })
}
