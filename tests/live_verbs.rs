//! Verbs on an interface, and the fields of packets on one. They need root and
//! iproute2; where these are missing a note is all there is.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use common::net::{Capture, Net};
use common::{Scratch, installed};

/// A server on the loopback interface that answers one request.
fn answer_once(listener: &TcpListener, answer: &[u8]) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = [0; 1024];
    assert!(stream.read(&mut request).unwrap() > 0);
    stream.write_all(answer).unwrap();
}

/// One request and its answer over the loopback interface.
fn transact(listener: &TcpListener) {
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    client.write_all(b"GET /live HTTP/1.0\r\nHost: example.com\r\n\r\n").unwrap();
    answer_once(listener, b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
}

/// What listens on the loopback interface for the connections of a server.
fn listen(scratch: &Scratch, verb: &[&str], more: &[&str]) -> Option<(TcpListener, Capture)> {
    Net::new()?;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let args = [verb, &["-i", "lo"], more, &["tcp", "port", &port]].concat();
    let capture = Capture::of(scratch.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()), 1);
    Some((listener, capture))
}

#[test]
fn a_transaction_is_printed_when_it_ends() {
    let scratch = Scratch::new();
    let fields = "http.request.method,http.request.uri,http.response.code";
    let Some((listener, mut capture)) = listen(&scratch, &["http"], &["--fields", fields]) else { return };
    for _ in 0..2 {
        transact(&listener);
        assert_eq!(capture.printed(), "GET\t/live\t200\n");
    }
    capture.signal("-INT");
    let (ran, said) = capture.end();
    assert_eq!((&*ran.stdout, ran.code), ("", Some(0)), "{}", ran.stderr);
    assert_eq!(said, "sniff: listening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n");
    assert!(ran.stderr.ends_with(" received by filter\n0 packets dropped by kernel\n"), "{}", ran.stderr);
}

/// The archive and the key log are opened before root and files are given up.
#[test]
fn an_archive_is_written_though_only_root_may() {
    let scratch = Scratch::new();
    scratch.write("keys", "");
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(scratch.path().join("keys"), fs::Permissions::from_mode(0o600)).unwrap();
    let more = ["--har", "out.har", "--keylog", "keys"];
    let Some((listener, mut capture)) = listen(&scratch, &["http", "-t"], &more) else { return };
    transact(&listener);
    let line = capture.printed();
    assert!(line.contains(" GET http://example.com/live 200 - "), "{line}");
    let status = fs::read_to_string(format!("/proc/{}/status", capture.child.id())).unwrap();
    assert!(!status.contains("\nUid:\t0\t"), "{status}");
    assert!(status.contains("\nSeccomp:\t2\n"), "{status}");
    capture.signal("-INT");
    assert_eq!(capture.end().0.code, Some(0));
    let archive: serde_json::Value = serde_json::from_slice(&scratch.read("out.har")).unwrap();
    assert_eq!(archive["log"]["entries"][0]["request"]["url"], "http://example.com/live");
}

#[test]
fn a_conversation_is_followed_as_it_goes() {
    let scratch = Scratch::new();
    let more = ["-t", "--from", "server"];
    let Some((listener, mut capture)) = listen(&scratch, &["follow"], &more) else { return };
    transact(&listener);
    let lines: Vec<_> = (0..3).map(|_| capture.printed()).collect();
    assert!(lines[0].starts_with("--- tcp 0 127.0.0.1:"), "{lines:?}");
    assert_eq!(lines[1..], ["HTTP/1.0 200 OK\n", "Content-Length: 2\n"]);
    capture.signal("-INT");
    let (ran, _) = capture.end();
    assert_eq!((ran.stdout.trim(), ran.code), ("hi", Some(0)), "{}", ran.stderr);
}

#[test]
fn a_lookup_without_an_answer_ends_by_the_clock() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["dns", "-i", "near", "-t", "--timeout", "0.2"]);
    let query = r"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x02de\x00\x00\x01\x00\x01";
    assert!(net.run(&format!("printf '{query}' > /dev/udp/10.9.9.2/53")));
    let line = capture.printed();
    assert!(line.ends_with(" > 10.9.9.2:53 A a.de - - [no answer]\n"), "{line}");
    capture.signal("-INT");
    assert_eq!(capture.end().0.code, Some(0));
}

#[test]
fn the_count_ends_a_verb() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["flows", "-i", "near", "-c", "3", "--fields", "flow.packets.client", "udp"]);
    net.send(3);
    let (ran, _) = capture.end();
    assert_eq!((&*ran.stdout, ran.code), ("3\n", Some(0)), "{}", ran.stderr);
}

/// One end of a link sends, the other receives: what is sent comes first.
#[test]
fn several_interfaces_are_one_stream_in_the_order_of_time() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let args = ["flows", "-t", "-i", "near", "-i", "far", "--fields", "udp.stream,udp.dstport,flow.packets.client"];
    let capture = net.capture_of(&scratch, 2, &[&args[..], &["udp"]].concat());
    net.send(50);
    capture.signal("-INT");
    let (ran, said) = capture.end();
    assert_eq!((&*ran.stdout, ran.code), ("0\t4000\t100\n", Some(0)), "{}", ran.stderr);
    assert_eq!(said.matches("sniff: listening on ").count(), 2, "{said}");
    let counters = "100 packets captured\n100 packets received by filter\n0 packets dropped by kernel\n";
    assert_eq!(ran.stderr, counters);
}

#[test]
fn a_transaction_on_one_of_several_interfaces_is_printed_when_it_ends() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    if !installed("curl") || !installed("python3") {
        eprintln!("skipped: curl or python3 is missing");
        return;
    }
    let fields = "http.request.uri,http.response.code";
    let args = ["http", "-i", "near", "-i", "lo", "--fields", fields, "tcp", "port", "8000"];
    let mut capture = net.capture_of(&scratch, 2, &args);
    let script = "python3 -m http.server 8000 > /dev/null 2>&1 & trap \"kill $!\" EXIT
        for i in 1 2 3 4 5 6 7 8 9; do curl -sf -o /dev/null http://10.9.9.1:8000/?$i && exit 0; sleep 0.2; done; exit 1";
    assert!(net.run(script));
    let line = capture.printed();
    assert!(line.starts_with("/?") && line.ends_with("\t200\n"), "{line:?}");
    capture.signal("-INT");
    assert_eq!(capture.end().0.code, Some(0));
}

#[test]
fn a_namespace_that_is_deleted_ends_a_verb() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["flows", "-i", "near", "--fields", "flow.packets.client", "udp"]);
    net.send(2);
    net.delete();
    let (ran, _) = capture.end();
    assert_eq!((&*ran.stdout, ran.code), ("2\n", Some(1)), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("the network namespace {} was deleted\n", net.name())), "{}", ran.stderr);
}

#[test]
fn packets_have_fields_and_conditions_too() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let args = ["-i", "near", "-c", "2", "--fields", "frame.interface_name,udp.dstport", "--where"];
    let capture = net.capture(
        &scratch,
        &[&args[..], &["udp.dstport == 4000 && frame contains \"0001\" || udp.length == 13"]].concat(),
    );
    net.send(3);
    net.send(2);
    let (ran, _) = capture.end();
    assert_eq!((&*ran.stdout, ran.code), ("near\t4000\nnear\t4000\n", Some(0)), "{}", ran.stderr);
}
