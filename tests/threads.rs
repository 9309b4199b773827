//! The same octets come out for any number of workers, also where the text of a
//! packet depends on earlier ones.

mod common;
#[path = "../benches/traffic/mod.rs"]
mod traffic;

use std::fs;
use std::path::{Path, PathBuf};

use common::Scratch;

/// Numbers of workers that must agree with one.
const WORKERS: [&str; 3] = ["2", "3", "8"];

/// Octets of a classic file's header and of a record's.
const HEADER: usize = 24;
const RECORD: usize = 16;

/// Checks that all numbers of workers print and save `file` alike.
fn agree(scratch: &Scratch, file: &str, ways: &[&[&str]]) {
    for way in ways {
        let args = |threads| [&["--threads", threads, "-r", file], *way].concat();
        let one = scratch.run(&args("1"));
        assert!(!one.stdout.is_empty(), "{file} {way:?}: {}", one.stderr);
        for threads in WORKERS {
            assert!(scratch.run(&args(threads)) == one, "{file} {way:?} --threads {threads}");
        }
    }
}

/// The golden captures.
fn captures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "pcap"));
    paths.sort();
    paths
}

/// The records of a little-endian classic file.
fn records(octets: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    let mut rest = &octets[HEADER..];
    while rest.len() > RECORD {
        let size = RECORD + u32::from_le_bytes(*rest[8..].first_chunk().unwrap()) as usize;
        let (record, others) = rest.split_at(size);
        records.push(record);
        rest = others;
    }
    records
}

#[test]
fn mixed_traffic_is_the_same_for_any_number_of_workers() {
    let scratch = Scratch::new();
    for seed in [1, 2] {
        let mut octets = Vec::new();
        traffic::mix(seed, 4 << 20, &mut octets).unwrap();
        scratch.write("mix", octets);
        agree(&scratch, "mix", &[&["-n"], &["-nvv", "-ttt", "-#"], &["-nS", "tcp"], &["-nXe", "-c", "5000"]]);
        let window = ["--trigger", "udp port 53 or icmp", "--before", "3ms", "--after", "1ms"];
        agree(&scratch, "mix", &[&[&["-n", "-#"], &window[..]].concat(), &[&["-w", "-"], &window[..]].concat()]);
        let fields = "frame.number,frame.time_delta,tcp.stream,tcp.seq,tcp.analysis.ack_rtt,dns.qry.name,http.host";
        agree(&scratch, "mix", &[&["--json", "-c", "9000"], &["--fields", fields], &["-n", "--analyze"]]);
        let condition = "tcp.port == 443 && tcp.len > 100 || dns.flags.response == 1";
        agree(&scratch, "mix", &[&["-n", "--where", condition], &["-w", "-", "--where", condition]]);
        agree(&scratch, "mix", &[&["-w", "-"], &["-w", "-", "udp"], &["-n", "--print-sampling", "7", "-ttttt"]]);
    }
}

/// Every golden packet of one link type, over and over in an order that is mixed
/// up, so that each meets the state that others left.
#[test]
fn packets_that_leave_state_are_the_same_in_any_interleaving() {
    let scratch = Scratch::new();
    let files: Vec<Vec<u8>> = captures().iter().map(|path| fs::read(path).unwrap()).collect();
    let ethernet = |file: &&Vec<u8>| file.starts_with(&[0xd4, 0xc3, 0xb2, 0xa1]) && file[20..24] == [1, 0, 0, 0];
    let packets: Vec<&[u8]> = files.iter().filter(ethernet).flat_map(|file| records(file)).collect();
    assert!(packets.len() > 500);
    let mut octets = files.iter().find(ethernet).unwrap()[..HEADER].to_vec();
    let mut random = 0x5eed_u64;
    while octets.len() < 3 << 20 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        octets.extend(packets[(random % packets.len() as u64) as usize]);
    }
    scratch.write("mixed", octets);
    agree(&scratch, "mixed", &[&["-n"], &["-nvv"], &["-nveXttt"], &["--json"]]);
}

#[test]
fn a_damaged_end_is_the_same_for_any_number_of_workers() {
    let scratch = Scratch::new();
    let mut octets = Vec::new();
    traffic::mix(3, 2 << 20, &mut octets).unwrap();
    octets.truncate(octets.len() - 5);
    scratch.write("cut", octets);
    agree(&scratch, "cut", &[&["-n"]]);
    assert_eq!(scratch.run(&["--threads", "3", "-nr", "cut"]).code, Some(1));
}
