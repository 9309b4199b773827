//! How much faster than tshark, and in how much less memory, the verbs and the fields of
//! packets read a capture: `cargo bench --bench streams`. It needs tshark and GNU time.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use flate2::read::MultiGzDecoder;

/// Copies of the recorded conversations, each with a client of its own.
const COPIES: u32 = 2000;
/// Microseconds between the copies.
const APART: u64 = 3000;
/// Runs of which the fastest counts.
const RUNS: usize = 3;

const HTTP: &[&str] = &["http.request.method", "http.request.uri", "http.response.code", "http.content_type"];
const PACKET: &[&str] = &[
    "frame.number",
    "frame.time_epoch",
    "frame.len",
    "ip.src",
    "ip.dst",
    "tcp.srcport",
    "tcp.dstport",
    "http.request.method",
];
const HELLO: &[&str] = &["tls.handshake.extensions_server_name", "tls.handshake.ja3"];

fn main() {
    // Without this word it runs as a test, which has nothing to do.
    if !env::args().any(|word| word == "--bench") {
        return;
    }
    let folder = env::temp_dir().join("sniff-bench-streams");
    fs::create_dir_all(&folder).expect("a folder for captures");
    let http = multiplied("http.pcap.gz", &folder);
    let tls = multiplied("tls.pcap.gz", &folder);
    println!(
        "{:<14}{:>10}{:>10}{:>10}{:>12}{:>12}{:>10}",
        "", "sniff s", "tshark s", "faster", "sniff MB", "tshark MB", "smaller"
    );
    let fields =
        |names: &[&str]| names.iter().flat_map(|name| ["-e".to_owned(), (*name).to_owned()]).collect::<Vec<_>>();
    let tshark = |filter: &str, output: Vec<String>| [vec!["-Y".to_owned(), filter.to_owned()], output].concat();
    let as_fields = |names: &[&str]| [vec!["-T".to_owned(), "fields".to_owned()], fields(names)].concat();
    compare("http", &http, &["http"], &tshark("http.response", as_fields(HTTP)));
    compare("http fields", &http, &["http", "--fields", &HTTP.join(",")], &tshark("http.response", as_fields(HTTP)));
    compare("http json", &http, &["http", "--json"], &tshark("http", vec!["-T".into(), "ek".into()]));
    compare(
        "tls fields",
        &tls,
        &["tls", "--fields", &HELLO.join(",")],
        &tshark("tls.handshake.type == 1", as_fields(HELLO)),
    );
    let whole = |output: Vec<String>| [vec!["-n".to_owned()], output].concat();
    compare("packet fields", &http, &["-n", "--fields", &PACKET.join(",")], &whole(as_fields(PACKET)));
    compare("packet json", &http, &["-n", "--json"], &whole(vec!["-T".into(), "ek".into()]));
    compare("flows", &http, &["flows"], &["-q".to_owned(), "-z".to_owned(), "conv,tcp".to_owned()]);
    fs::remove_dir_all(folder).expect("the folder goes");
}

/// A capture with many copies of a recorded one.
fn multiplied(name: &str, folder: &Path) -> PathBuf {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/recorded").join(name);
    let packets = packets(&recorded);
    let path = folder.join(name.trim_end_matches(".gz"));
    let mut file = std::io::BufWriter::new(fs::File::create(&path).expect("room for a capture"));
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    let mut write = |octets: &[u8]| file.write_all(octets).expect("room for a capture");
    write(&words(&[0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1]));
    for copy in 0..COPIES {
        for (time, frame) in &packets {
            let time = time + u64::from(copy) * APART;
            let size = frame.len() as u32;
            write(&words(&[(time / 1_000_000) as u32, (time % 1_000_000) as u32, size, size]));
            write(&with_client(frame, copy));
        }
    }
    path
}

/// The packets of a compressed classic capture in little-endian order, with
/// their times in microseconds.
fn packets(path: &Path) -> Vec<(u64, Vec<u8>)> {
    let file = fs::File::open(path).expect("a recorded capture");
    let mut octets = Vec::new();
    MultiGzDecoder::new(file).read_to_end(&mut octets).expect("a whole capture");
    let mut rest = &octets[24..];
    let mut packets = Vec::new();
    while let Some((head, tail)) = rest.split_first_chunk::<16>() {
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (frame, tail) = tail.split_at(word(8) as usize);
        packets.push((u64::from(word(0)) * 1_000_000 + u64::from(word(4)), frame.to_vec()));
        rest = tail;
    }
    packets
}

/// A frame in which 10.9.0.1 is another client.
fn with_client(frame: &[u8], copy: u32) -> Vec<u8> {
    const ADDRESSES: [usize; 2] = [26, 30];
    let mut frame = frame.to_vec();
    for at in ADDRESSES {
        if frame.get(at..at + 4) == Some(&[10, 9, 0, 1]) {
            frame[at..at + 4].copy_from_slice(&(0x0b00_0000 + copy).to_be_bytes());
        }
    }
    frame
}

fn compare(name: &str, capture: &Path, ours: &[&str], theirs: &[String]) {
    let ours: Vec<String> = ours.iter().map(|word| (*word).to_owned()).collect();
    let sniff = measure(env!("CARGO_BIN_EXE_sniff"), &[&ours[..1], &["-r".into(), path(capture)], &ours[1..]].concat());
    let tshark = measure("tshark", &[&["-r".into(), path(capture)], theirs].concat());
    println!(
        "{name:<14}{:>10.2}{:>10.2}{:>9.0}x{:>12.0}{:>12.0}{:>9.0}x",
        sniff.0,
        tshark.0,
        tshark.0 / sniff.0,
        sniff.1,
        tshark.1,
        tshark.1 / sniff.1
    );
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// Seconds and MB of a command, of the fastest of some runs.
fn measure(program: &str, args: &[String]) -> (f64, f64) {
    let run = || {
        let output = Command::new("/usr/bin/time")
            .args(["-f", "%e %M", program])
            .args(args)
            .stdout(Stdio::null())
            .output()
            .expect("GNU time");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut numbers =
            text.lines().last().unwrap_or_default().split(' ').map(|word| word.parse().unwrap_or(f64::NAN));
        (numbers.next().unwrap_or(f64::NAN), numbers.next().unwrap_or(f64::NAN) / 1024.0)
    };
    (0..RUNS).map(|_| run()).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::NAN, f64::NAN))
}
