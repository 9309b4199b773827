//! The same octets come out for any number of workers, also where the text of a
//! packet depends on earlier ones.

mod common;
#[path = "../benches/traffic/mod.rs"]
mod traffic;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

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

/// Checks that a verb prints `file` alike for any number of workers.
fn verb_agrees(scratch: &Scratch, file: &str, verb: &str, more: &[&str]) {
    let run = |threads| scratch.run(&[&[verb, "-r", file, "--threads", threads], more].concat());
    let one = run("1");
    assert!(!one.stdout.is_empty(), "{file} {verb} {more:?}: {}", one.stderr);
    for threads in WORKERS {
        assert!(run(threads) == one, "{file} {verb} {more:?} --threads {threads}");
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

#[test]
fn verbs_are_the_same_for_any_number_of_workers() {
    let scratch = Scratch::new();
    let mut octets = Vec::new();
    traffic::mix(1, 4 << 20, &mut octets).unwrap();
    scratch.write("mix", octets);
    for verb in ["http", "tls", "dns", "flows"] {
        verb_agrees(&scratch, "mix", verb, &["-tt"]);
        verb_agrees(&scratch, "mix", verb, &["--json"]);
        verb_agrees(&scratch, "mix", verb, &["--fields", "frame.time_epoch,ip.src,ip.dst"]);
    }
    verb_agrees(&scratch, "mix", "http", &["-v", "--body", "--memory", "2m"]);
    verb_agrees(&scratch, "mix", "flows", &["--sort", "bytes", "--top", "20", "tcp"]);
    verb_agrees(&scratch, "mix", "follow", &["--as", "hex", "-c", "3000"]);
    verb_agrees(&scratch, "mix", "follow", &["3"]);
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/recorded");
    let path = |name: &str| recorded.join(name).to_str().unwrap().to_owned();
    for (capture, keys) in [("tls.pcap.gz", "tls.keys"), ("gaps.pcap.gz", "gaps.keys")] {
        verb_agrees(&scratch, &path(capture), "http", &["--keylog", &path(keys), "--body"]);
        verb_agrees(&scratch, &path(capture), "tls", &["--keylog", &path(keys), "-v"]);
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
    let header = &files.iter().find(ethernet).unwrap()[..HEADER];
    scratch.write("mixed", mixed_up(header, &packets));
    agree(&scratch, "mixed", &[&["-n"], &["-nvv"], &["-nveXttt"], &["--json"]]);
}

/// A file of packets in a random order, each several times, of a few megabytes.
fn mixed_up(header: &[u8], packets: &[&[u8]]) -> Vec<u8> {
    let mut octets = header.to_vec();
    let mut random = 0x5eed_u64;
    while octets.len() < 3 << 20 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        octets.extend(packets[(random % packets.len() as u64) as usize]);
    }
    octets
}

/// All captures of a folder: each alone, and for each link type all packets in
/// their order, so often that all workers are busy, and in a random order.
#[test]
#[ignore = "needs a folder of captures, named by SNIFF_CAPTURES"]
fn captures_of_a_folder_are_the_same_for_any_number_of_workers() {
    const WAYS: [&[&str]; 4] = [&["-n"], &["-nvv"], &["-nveXttt"], &["--json"]];
    let scratch = Scratch::new();
    let mut links: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
    for path in files_below(Path::new(&env::var_os("SNIFF_CAPTURES").expect("SNIFF_CAPTURES names a folder"))) {
        let path = path.to_str().unwrap();
        let run = |threads| scratch.run(&["--threads", threads, "-nvv", "-r", path]);
        let one = run("1");
        for threads in WORKERS {
            assert!(run(threads) == one, "{path} --threads {threads}");
        }
        // Captures of several link types cannot become classic files.
        if scratch.run(&["-r", path, "-w", "classic"]).code == Some(0) {
            let file = scratch.read("classic");
            links.entry(file[20..HEADER].to_vec()).or_default().push(file);
        }
    }
    for (link, files) in links {
        let packets: Vec<&[u8]> = files.iter().flat_map(|file| records(file)).collect();
        if packets.is_empty() {
            continue;
        }
        let header = [&files[0][..16], &262_144_u32.to_le_bytes(), &link].concat();
        let mut octets = header.clone();
        while octets.len() < 3 << 20 {
            octets.extend(packets.concat());
        }
        scratch.write("in-order", octets);
        scratch.write("mixed", mixed_up(&header, &packets));
        agree(&scratch, "in-order", &WAYS);
        agree(&scratch, "mixed", &WAYS);
    }
}

/// The files in a folder and in its folders.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
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
