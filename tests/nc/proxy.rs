//! Proxies: SOCKS 4, 4A and 5, and HTTP.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use crate::common::{Ran, Scratch};

/// Questions and answers.
type Talk = &'static [(&'static [u8], &'static [u8])];

/// A proxy that takes one client, expects these octets, sends those answers, and
/// then repeats what comes; what it was not asked is an error.
fn proxy(talk: Talk) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let thread = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        for (question, answer) in talk {
            let mut octets = vec![0; question.len()];
            client.read_exact(&mut octets).unwrap();
            asked.extend(octets);
            client.write_all(answer).unwrap();
        }
        echo(client);
        asked
    });
    (place, thread)
}

fn echo(mut client: TcpStream) {
    let mut octets = Vec::new();
    // A client that was refused has gone.
    let _ = client.read_to_end(&mut octets).and_then(|_| client.write_all(&octets));
}

fn nc(args: &[&str]) -> Ran {
    let scratch = Scratch::new();
    let mut command: Command = scratch.command(&[&["nc"], args].concat());
    command.env("NC_PROXY_PASSWORD", "secret").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A run that fails early does not read it.
    let _ = child.stdin.take().unwrap().write_all(b"hello");
    Ran::from(child.wait_with_output().unwrap())
}

#[test]
fn each_protocol_is_spoken() {
    const SOCKS5: Talk = &[
        (b"\x05\x01\x00", b"\x05\x00"),
        (b"\x05\x01\x00\x03\x09far.local\x00\x50", b"\x05\x00\x00\x01\x0a\x00\x00\x01\x00\x01"),
    ];
    const LOGIN: Talk = &[
        (b"\x05\x02\x00\x02", b"\x05\x02"),
        (b"\x01\x02me\x06secret", b"\x01\x00"),
        (b"\x05\x01\x00\x03\x09far.local\x00\x50", b"\x05\x00\x00\x03\x01x\x00\x01"),
    ];
    const SOCKS4: Talk = &[(b"\x04\x01\x00\x50\x0a\x01\x02\x03\x00", b"\x00\x5a\0\0\0\0\0\0")];
    const SOCKS4A: Talk = &[(b"\x04\x01\x00\x50\x00\x00\x00\x01me\x00far.local\x00", b"\x00\x5a\0\0\0\0\0\0")];
    const HTTP: Talk = &[(
        b"CONNECT far.local:80 HTTP/1.1\r\nHost: far.local:80\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n",
        b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n",
    )];
    let rows: &[(Talk, &[&str], &str)] = &[
        (SOCKS5, &[], "far.local"),
        (LOGIN, &["-P", "me"], "far.local"),
        (SOCKS4, &["-X4"], "10.1.2.3"),
        (SOCKS4A, &["-X", "4A", "-P", "me"], "far.local"),
        (HTTP, &["-Xconnect", "-Pme"], "far.local"),
    ];
    for (talk, args, host) in rows {
        let (place, thread) = proxy(talk);
        let ran = nc(&[&["-N", "-x", &place], *args, &[host, "80"]].concat());
        assert_eq!(ran, Ran::new("hello", "", 0), "{args:?}");
        let expected: Vec<u8> = talk.iter().flat_map(|row| row.0.to_vec()).collect();
        assert_eq!(thread.join().unwrap(), expected, "{args:?}");
    }
}

#[test]
fn refusals_have_their_codes() {
    const REFUSED: Talk =
        &[(b"\x05\x01\x00", b"\x05\x00"), (b"\x05\x01\x00\x03\x03far\x00\x50", b"\x05\x05\x00\x01\0\0\0\0\0\0")];
    const LOGIN: Talk = &[(b"\x05\x01\x00", b"\x05\xff")];
    const HTTP: Talk = &[(b"CONNECT far:80 HTTP/1.1\r\nHost: far:80\r\n\r\n", b"HTTP/1.1 403 \x1b[2JNo\r\n\r\n")];
    let rows: &[(Talk, &str, &str, i32)] = &[
        (REFUSED, "5", "SOCKS 5: connection refused, code 5", 1),
        (LOGIN, "5", "SOCKS 5 wants another authentication", 8),
        (HTTP, "connect", "CONNECT refused: HTTP/1.1 403 \\u{1b}[2JNo", 8),
    ];
    for (talk, protocol, text, code) in rows {
        let (place, thread) = proxy(talk);
        let ran = nc(&["-zv", "-x", &place, "-X", protocol, "far", "80"]);
        let place = place.replace(':', " port ");
        assert_eq!(ran, Ran::new("", format!("nc: proxy {place}: {text}\n"), *code));
        thread.join().unwrap();
    }
    assert_eq!(nc(&["-X", "9", "h", "1"]), Ran::new("", "nc: unsupported proxy protocol\n", 1));
    assert_eq!(nc(&["-x", "h:nosuch", "h", "1"]), Ran::new("", "nc: invalid proxy port nosuch\n", 1));
    // The port may have a name.
    let ran = nc(&["-x", "127.0.0.1:discard", "h", "1"]);
    assert_eq!(ran, Ran::new("", "nc: connect to 127.0.0.1 port 9 (tcp) failed: Connection refused\n", 1));
}
