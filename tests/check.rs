//! `sniff check`.

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::thread;

use common::Scratch;

fn check(args: &[&str]) -> common::Ran {
    Scratch::new().run(&[&["check"], args].concat())
}

/// An HTTP server that gives this answer to everybody; where it is.
fn server(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut octets = [0; 1024];
            // A client may only look whether somebody is there.
            let _ = client.read(&mut octets).and_then(|_| client.write_all(answer.as_bytes()));
        }
    });
    port
}

/// A DNS server that answers every question with this code.
fn dns(rcode: u8) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut octets = [0; 512];
        while let Ok((count, client)) = socket.recv_from(&mut octets) {
            octets[2] |= 0x80;
            octets[3] = rcode;
            let _ = socket.send_to(&octets[..count], client);
        }
    });
    port
}

/// A port that nobody has.
fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn each_phase_has_its_time() {
    let port = server("HTTP/1.1 204 No Content\r\n\r\n");
    let url = format!("http://127.0.0.1:{port}/");
    let ran = check(&[&url]);
    assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(0)));
    assert!(ran.stdout.starts_with(&format!("ok    {url}  HTTP/1.1 204 No Content  dns ")), "{}", ran.stdout);
    for phase in ["tcp ", "request ", "first byte ", "total "] {
        assert!(ran.stdout.contains(phase), "{}", ran.stdout);
    }
    let ran = check(&["--json", &url]);
    let object: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&object["ok"], &object["status"], &object["code"]), (&true.into(), &204.into(), &0.into()));
    for phase in ["dns_ms", "tcp_ms", "request_ms", "first_byte_ms", "total_ms"] {
        assert!(object[phase].as_f64().unwrap() >= 0.0, "{object}");
    }
}

#[test]
fn what_fails_has_its_code() {
    let (bad, odd) = (server("HTTP/1.1 503 \x1b[2J\r\n\r\n"), server("SSH-2.0-x\r\n"));
    let (good, not) = (dns(0), dns(3));
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (url, code, text) in [
        (format!("http://127.0.0.1:{bad}/"), 8, "FAIL  URL  HTTP/1.1 503 \\u{1b}[2J  "),
        (format!("http://127.0.0.1:{odd}/"), 8, "FAIL  URL  no HTTP answer: SSH-2.0-x  "),
        (format!("tcp://127.0.0.1:{odd}"), 0, "ok    URL  "),
        (format!("tcp://127.0.0.1:{}", closed()), 1, "FAIL  URL  connect to 127.0.0.1 port "),
        (format!("udp://127.0.0.1:{nobody}"), 1, "FAIL  URL  connect to 127.0.0.1 port "),
        (format!("dns://127.0.0.1:{good}/a.test?type=MX"), 0, "ok    URL  NOERROR, 0 answers  "),
        (format!("dns://127.0.0.1:{not}/a.test"), 8, "FAIL  URL  NXDOMAIN, 0 answers  "),
        ("tcp://nosuch.invalid:1".to_owned(), 4, "FAIL  URL  getaddrinfo for host \"nosuch.invalid\""),
        (
            format!("tls://127.0.0.1:{odd}"),
            7,
            "FAIL  URL  TLS handshake with 127.0.0.1 failed: what the peer sends is not TLS  ",
        ),
        (
            format!("tls://127.0.0.1:{}", server("\x15\x03\x03\x00\x02\x02\x28")),
            7,
            "FAIL  URL  TLS handshake with 127.0.0.1 failed: \
             the peer can agree to nothing that is offered (alert handshake_failure)  ",
        ),
        (
            format!("tls://127.0.0.1:{}", server("\x15\x03\x03\x00\x02\x02\x46")),
            7,
            "FAIL  URL  TLS handshake with 127.0.0.1 failed: \
             the peer speaks neither TLS 1.2 nor 1.3 (alert protocol_version)  ",
        ),
    ] {
        let ran = check(&["--timeout", "5s", &url]);
        assert!(ran.stdout.starts_with(&text.replace("URL", &url)), "{}", ran.stdout);
        assert_eq!(ran.code, Some(code), "{}", ran.stdout);
    }
}

#[test]
fn what_is_not_the_answer_yet_is_passed_over() {
    let waits =
        server("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\n\r\n");
    let ran = check(&[&format!("http://127.0.0.1:{waits}/")]);
    assert!(ran.stdout.contains("  HTTP/1.1 503 No  "), "{}", ran.stdout);
    assert_eq!(ran.code, Some(8));
    let moved = server("HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n");
    assert_eq!(check(&[&format!("http://127.0.0.1:{moved}/")]).code, Some(0));
}

#[test]
fn the_next_address_is_tried() {
    // localhost is ::1 first, where nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(check(&["-q", &format!("tcp://localhost:{port}")]).code, Some(0));
    let port = dns(0);
    let ran = check(&["--json", &format!("dns://localhost:{port}/a.test")]);
    assert!(ran.stdout.contains("\"address\":\"127.0.0.1\""), "{}", ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn silence_is_waited_for_no_longer_than_said() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (udp, http) = (silent.local_addr().unwrap(), listener.local_addr().unwrap());
    let (udp, http) = (format!("udp://{udp}"), format!("http://{http}/"));
    let begun = std::time::Instant::now();
    // Both at once; the code is that of the first.
    let ran = check(&["--timeout", "300ms", &udp, &http]);
    assert!(begun.elapsed().as_secs() < 5);
    assert_eq!(ran.code, Some(6));
    assert!(ran.stdout.contains("(udp) is open|filtered: no answer in 0.3 s"), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("FAIL  {http}  the answer timed out  ")), "{}", ran.stdout);
}

#[test]
fn a_service_is_waited_for() {
    let port = closed();
    let url = format!("tcp://127.0.0.1:{port}");
    assert_eq!(check(&["-q", &url]), common::Ran::new("", "", 1));
    let ran = check(&["--retry", "1", &url]);
    assert!(ran.stdout.ends_with("  2 tries\n"), "{}", ran.stdout);
    let late = thread::spawn(move || {
        thread::sleep(std::time::Duration::from_millis(500));
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        drop(listener.accept());
    });
    let ran = check(&["--wait", "20s", &url]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    late.join().unwrap();
}

#[test]
fn bad_words_are_told() {
    for (args, text) in [
        (&[][..], "check: no target; sniff check -h tells more"),
        (&["h:1"], "h:1: a target begins with tcp:// or the like"),
        (&["--timeout", "x", "tcp://h:1"], "invalid value x of --timeout: seconds, or a number with ms, s, m, h or d"),
    ] {
        assert_eq!(check(args), common::Ran::new("", format!("sniff: {text}\n"), 1));
    }
}
