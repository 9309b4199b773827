//! What ICMP said of a socket's packets: the kernel keeps it in the socket's error
//! queue, with the sender, where the socket asks for it (ip(7), `IP_RECVERR`).

use std::io::IoSliceMut;
use std::net::IpAddr;
use std::os::fd::AsRawFd;

use nix::sys::socket::sockopt::{Ipv4RecvErr, Ipv6RecvErr};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};
use socket2::Socket;

pub(crate) use crate::streams::icmp::Origin;

/// `ee_origin` of errors that came by ICMP and ICMPv6.
const BY_ICMP: u8 = 2;
const BY_ICMP6: u8 = 3;

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
