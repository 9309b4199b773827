//! Streams that want to use up memory: the program runs with little address
//! space, and must neither fail nor print without end.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use crate::common::{header, words};
use crate::talk::{Talk, capture};

/// Address space of the program in KiB: code, stacks, buffers and `--memory 16m`
/// with the room that growing tables and allocators need.
const SPACE: u32 = 160 << 10;

/// What the program prints of a capture written by `write`, with 16 MiB for
/// conversations, and its messages.
fn run(args: &str, write: impl FnOnce(&mut dyn Write) + Send + 'static) -> (String, String) {
    let command = format!("ulimit -v {SPACE}; verb=$1; shift; exec \"$0\" \"$verb\" -r - --memory 16m \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &command, env!("CARGO_BIN_EXE_sniff")])
        .args(args.split(' '))
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = std::io::BufWriter::with_capacity(1 << 16, child.stdin.take().unwrap());
    let writer = thread::spawn(move || write(&mut stdin));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    let stderr = text(output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args}: {stderr}");
    (text(output.stdout), stderr)
}

/// A TCP frame with everything that varies.
fn frame(client: u32, port: u16, seq: u32, flags: u8, octets: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0];
    frame.extend((40 + octets.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    frame.extend((0x0b00_0000 + client).to_be_bytes());
    frame.extend([10, 0, 0, 2]);
    frame.extend(port.to_be_bytes());
    frame.extend([0, 80]);
    frame.extend(seq.to_be_bytes());
    frame.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    frame.extend(octets);
    frame
}

fn record(out: &mut dyn Write, frame: &[u8]) {
    let size = frame.len() as u32;
    out.write_all(&words(&[1, 0, size, size])).unwrap();
    out.write_all(frame).unwrap();
}

fn begin(out: &mut dyn Write) {
    out.write_all(&header((2, 4), 262_144, 1)).unwrap();
}

#[test]
fn a_million_half_open_connections_stay_within_the_budget() {
    for (verb, connections) in [("http", 1_000_000), ("tls", 200_000), ("follow", 200_000)] {
        let (stdout, stderr) = run(verb, move |out| {
            begin(out);
            for client in 0..connections {
                record(out, &frame(client, 1024, 7, 2, b""));
            }
        });
        assert_eq!(stdout, "");
        assert!(stderr.contains(" conversations given up to stay within --memory"), "{stderr}");
    }
}

#[test]
fn conversations_that_had_to_go_are_listed_too() {
    let (stdout, _) = run("flows --fields tcp.stream", |out| {
        begin(out);
        for client in 0..200_000 {
            record(out, &frame(client, 1024, 7, 2, b""));
        }
    });
    assert_eq!(stdout.lines().count(), 200_000, "those given up are printed early");
}

#[test]
fn heads_without_end_are_given_up() {
    let (stdout, _) = run("http -v", |out| {
        begin(out);
        record(out, &frame(0, 5000, 0, 2, b""));
        record(out, &frame(0, 5000, 1, 16, b"GET / HTTP/1.1\r\n"));
        let line = b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(30);
        for at in 0..40_000u32 {
            record(out, &frame(0, 5000, 17 + at * line.len() as u32, 16, &line));
        }
    });
    assert_eq!(stdout, "");
}

#[test]
fn heads_of_one_octet_segments_are_read_in_linear_time() {
    let (stdout, _) = run("http", |out| {
        begin(out);
        record(out, &frame(0, 5000, 0, 2, b""));
        let head = [b"GET / HTTP/1.1\r\nX: ".to_vec(), vec![b'y'; 200_000], b"\r\n\r\n".to_vec()].concat();
        for (at, octet) in (1..).zip(head) {
            record(out, &frame(0, 5000, at, 16, &[octet]));
        }
    });
    assert!(stdout.contains(" GET http://10.0.0.2:80/ - - 200023B>- [no response]"), "{stdout}");
}

#[test]
fn requests_that_are_never_answered_are_bounded() {
    let (stdout, _) = run("http --fields http.request.uri", |out| {
        begin(out);
        record(out, &frame(0, 5000, 0, 2, b""));
        let requests = b"GET / HTTP/1.1\r\n\r\n".repeat(60);
        for at in 0..2000u32 {
            record(out, &frame(0, 5000, 1 + at * requests.len() as u32, 16, &requests));
        }
    });
    assert_eq!(stdout.lines().count(), 120_000);
}

#[test]
fn segments_that_wait_for_a_hole_are_bounded() {
    let (stdout, _) = run("follow --as hex", |out| {
        begin(out);
        record(out, &frame(0, 5000, 0, 2, b""));
        for at in 0..300_000u32 {
            record(out, &frame(0, 5000, 3 + at * 2, 16, b"x"));
        }
    });
    assert!(stdout.lines().filter(|line| line.contains("bytes missing")).count() > 200_000);
}

#[test]
fn compression_bombs_are_cut() {
    use flate2::{Compression, write::GzEncoder};
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..100 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let mut talk = Talk::new();
    talk.client("GET / HTTP/1.1\r\n\r\n");
    talk.server(format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len()));
    talk.server(&bomb);
    let file = capture(&talk.packets);
    let (stdout, _) =
        run("http --fields http.response.code,http.file_data.sha256", move |out| out.write_all(&file).unwrap());
    // 16 MiB of zeros.
    assert_eq!(stdout, "200\t080acf35a507ac9849cfcba47dc2ad83e01b75663a516279c8b9d243b719643e\n");
}

/// An HTTP/2 frame.
fn h2(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u32).to_be_bytes();
    [&len[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[test]
fn field_blocks_that_grow_and_streams_that_never_end_are_bounded() {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // A table entry of 3968 octets, and 60,000 references to it in each block.
    let entry = [&[0x82, 0x84, 0x40, 1, b'a', 0x7f, 0x81, 0x1e][..], &[b'x'; 3968]].concat();
    let mut talk = Talk::new();
    talk.client(PREFACE).client(h2(4, 0, 0, b"")).client(h2(1, 4, 1, &entry));
    for stream in 1..20 {
        talk.client(h2(1, 4, 2 * stream + 1, &[&[0x82, 0x84][..], &[0xbe; 60_000]].concat()));
    }
    for stream in 20..20_000 {
        talk.client(h2(1, 4, 2 * stream + 1, &[0x82, 0x84, 0xbe]));
    }
    let file = capture(&talk.packets);
    let (stdout, _) = run("http -t", move |out| out.write_all(&file).unwrap());
    assert_eq!(stdout.lines().filter(|line| line.contains(" GET http://10.0.0.2:80/ - - ")).count(), 20_000);
}

#[test]
fn queries_that_are_never_answered_are_bounded() {
    let (stdout, _) = run("dns --fields dns.timeout", |out| {
        begin(out);
        for number in 0..300_000u32 {
            let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 57, 0, 0, 0, 0, 64, 17, 0, 0];
            frame.extend((0x0b00_0000 + number).to_be_bytes());
            frame.extend([10, 0, 0, 2, 0x20, 0, 0, 53, 0, 37, 0, 0, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
            frame.extend(b"\x03www\x07example\0\0\x01\0\x01");
            record(out, &frame);
        }
    });
    assert_eq!(stdout.matches("true\n").count(), 300_000);
}
