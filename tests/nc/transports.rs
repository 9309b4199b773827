//! Signatures of TCP, and what is not TCP, UDP or UNIX sockets, where the kernel has it.

use super::place;
use crate::common::{Ran, has};

#[test]
fn tcp_is_signed_with_the_secret_of_the_peer() {
    let Some(place) = place() else { return };
    if !has("python3") {
        return;
    }
    // TCP_MD5SIG of linux/tcp.h: an address, flags, lengths, an interface, the key.
    let peer = "import socket, struct\n\
                s = socket.socket()\n\
                s.bind(('127.0.0.1', 7000))\n\
                key = struct.pack('=H2s4s120sBBHi80s', socket.AF_INET, b'', socket.inet_aton('127.0.0.1'), b'', 0, 0, 6, 0, b'secret')\n\
                s.setsockopt(socket.IPPROTO_TCP, 14, key)\n\
                s.listen()\n\
                import sys; print('listening on', file=sys.stderr, flush=True)\n\
                c, _ = s.accept()\n\
                c.send(b'signed ' + c.recv(100))\n";
    place.scratch.write("peer.py", peer);
    let server = place.serve(place.command("bash", &["-c", "python3 peer.py || echo no listening on >&2"]));
    if server.said.starts_with("no ") || server.said.contains("Error") {
        return eprintln!("skipped: the kernel does not sign TCP: {}", server.said);
    }
    let run = |secret: &str, args: &[&str]| {
        let mut command = place.nc(args);
        command.env("NC_MD5_SECRET", secret);
        Ran::from(place.feed(command, b"hello"))
    };
    let silent = "nc: connect to 127.0.0.1 port 7000 (tcp) timed out: no answer in 0.5 s\n";
    assert_eq!(run("wrong", &["-S", "-w0.5", "127.0.0.1", "7000"]), Ran::new("", silent, 2));
    assert_eq!(run("secret", &["-w0.5", "127.0.0.1", "7000"]), Ran::new("", silent, 2));
    assert_eq!(run("secret", &["-S", "127.0.0.1", "7000"]), Ran::new("signed hello", "", 0));
    let long = "x".repeat(81);
    assert_eq!(run(&long, &["-S", "127.0.0.1", "7000"]), Ran::new("", "nc: TCP MD5: invalid input parameter\n", 1));
}

#[test]
fn dccp_connects_where_the_kernel_has_it() {
    let Some(place) = place() else { return };
    let ran = place.run(&["-Z", "127.0.0.1", "7000"]);
    if ran.stderr.contains("not supported") {
        return eprintln!("skipped: the kernel has no DCCP: {}", ran.stderr);
    }
    assert_eq!(ran, Ran::new("", "nc: connect to 127.0.0.1 port 7000 (dccp) failed: Connection refused\n", 1));
    let server = place.serve(place.nc(&["-lvnZ", "127.0.0.1", "7000"]));
    assert_eq!(place.feed(place.nc(&["-NZ", "127.0.0.1", "7000"]), b"hello").status.code(), Some(0));
    assert_eq!(server.end().stdout, "hello");
}

#[test]
fn vsock_connects_where_the_kernel_has_a_loopback() {
    let Some(place) = place() else { return };
    let ran = place.run(&["-w2", "--vsock", "1", "7000"]);
    assert!(ran.stderr.starts_with("nc: "), "{ran:?}");
    assert_ne!(ran.code, Some(0));
    if !ran.stderr.contains("Connection reset") {
        return eprintln!("skipped: the kernel has no loopback of vsock: {}", ran.stderr);
    }
    let server = place.serve(place.nc(&["-lv", "--vsock", "7000"]));
    assert_eq!(place.feed(place.nc(&["-N", "--vsock", "1", "7000"]), b"hello").status.code(), Some(0));
    assert_eq!(server.end().stdout, "hello");
}
