//! The made-up traffic of the benches: all checksums are right, nothing in it is
//! strange to a printer, and it is the same each time.

#[path = "../benches/traffic/mod.rs"]
mod traffic;

mod common;

use common::Scratch;

fn mix(seed: u64, octets: u64) -> Vec<u8> {
    let mut file = Vec::new();
    traffic::mix(seed, octets, &mut file).unwrap();
    file
}

/// The length of each packet, as the records of the file say.
fn lengths(file: &[u8]) -> Vec<usize> {
    let mut at = 24;
    let mut lengths = Vec::new();
    while at < file.len() {
        let length = u32::from_le_bytes(file[at + 8..at + 12].try_into().unwrap()) as usize;
        lengths.push(length);
        at += 16 + length;
    }
    assert_eq!(at, file.len(), "the last record is whole");
    lengths
}

#[test]
fn a_seed_gives_one_mix() {
    assert_eq!(mix(1, 1 << 20), mix(1, 1 << 20));
    assert_ne!(mix(1, 1 << 20), mix(2, 1 << 20));
}

#[test]
fn sizes_are_those_of_a_network() {
    let lengths = lengths(&mix(1, 20 << 20));
    let mean = lengths.iter().sum::<usize>() / lengths.len();
    assert!((500..700).contains(&mean), "{mean} octets in the mean");
    assert!(lengths.iter().all(|length| (60..=1518).contains(length)));
}

#[test]
fn checksums_are_right_and_everything_occurs() {
    let scratch = Scratch::new();
    let file = mix(1, 4 << 20);
    let packets = lengths(&file).len();
    let counted = scratch.run_with(&["-r", "-", "--count"], &file);
    assert_eq!((counted.stdout, counted.code), (format!("{packets} packets\n"), Some(0)));
    let text = scratch.run_with(&["-nv", "-r", "-"], &file).stdout;
    for wrong in ["bad cksum", "incorrect", "invalid", "[|", "bad length", "wrong"] {
        let line = text.lines().find(|line| line.contains(wrong));
        assert!(line.is_none(), "{wrong}: {line:?}");
    }
    for right in [
        "Flags [S], cksum 0x",
        "[mss 1460,sackOK,TS val ",
        "Flags [R.]",
        "sack 1 {",
        "HTTP/1.1 200 OK",
        "A? www.example.com.",
        " CNAME ",
        "NXDomain",
        "ICMP echo request",
        "ICMP6, echo reply",
        "udp port 334",
        "neighbor solicitation",
        "router advertisement",
        "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has",
        "flags [+], proto UDP (17)",
        ".443: UDP, length 1200",
    ] {
        assert!(text.contains(right), "no {right}");
    }
    let tagged = scratch.run_with(&["-r", "-", "--count", "vlan 10"], &file).stdout;
    assert_ne!(tagged, "0 packets\n");
}

#[test]
fn the_elephant_is_alone() {
    let mut file = Vec::new();
    traffic::elephant(1, 1 << 20, &mut file).unwrap();
    let text = Scratch::new().run_with(&["-nqt", "-r", "-"], &file).stdout;
    let ends = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut ends = [words[1].to_owned(), words[3].trim_end_matches(':').to_owned()];
        ends.sort();
        ends
    };
    let first = ends(text.lines().next().unwrap());
    assert!(text.lines().all(|line| ends(line) == first));
    assert!(text.lines().filter(|line| line.ends_with(" tcp 1448") || line.ends_with(" tcp 1428")).count() > 600);
}
