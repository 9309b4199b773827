//! Captures that are long in one respect or another: octets, packets of the
//! largest size, interfaces.

mod common;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::process::Command;

use common::{
    LINE, Ran, Scratch, block, enhanced, header, interface, ip, option, reading_as, record, section, udp, words,
};

/// The most octets of a packet that a file may hold.
const LARGEST: usize = 262_144;

const ETHERNET: &str = "EN10MB (Ethernet)";

/// A file of `count` packets of the largest size, all zeros behind their UDP header.
fn largest(count: u32) -> Vec<u8> {
    let mut packet = udp(b"");
    packet.resize(LARGEST, 0);
    let records = (1..=count).flat_map(|at| record(at, 0, &packet));
    header((2, 4), LARGEST as u32, 1).into_iter().chain(records).collect()
}

#[test]
fn packets_of_the_largest_size_are_printed_and_saved() {
    let scratch = Scratch::new();
    scratch.write("f", largest(9));
    let said = reading_as("f", ETHERNET, LARGEST as u32);
    for threads in ["1", "2", "8"] {
        let ran = scratch.run(&["-nt", "--threads", threads, "-r", "f"]);
        assert_eq!(ran, Ran::new(LINE.repeat(9), &*said, 0));
        let ran = scratch.run(&["-nt", "-XX", "--threads", threads, "-r", "f"]);
        assert_eq!(ran.stdout.lines().count(), 9 * (1 + LARGEST / 16));
        assert!(ran.stdout.ends_with("\t0x3fff0:  0000 0000 0000 0000 0000 0000 0000 0000  ................\n"));
    }
    assert_eq!(scratch.run(&["-r", "f", "-w", "copy"]).code, Some(0));
    assert!(scratch.read("copy") == largest(9));
    assert_eq!(scratch.run(&["-r", "f", "-w", "copy.pcapng"]).code, Some(0));
    assert_eq!(scratch.run(&["-r", "copy.pcapng", "-w", "back", "--nano"]).code, Some(0));
    assert_eq!(scratch.run(&["-r", "back", "-w", "copy"]).code, Some(0));
    let back = scratch.run(&["-nttXX", "-r", "copy"]);
    assert!(back.stdout == scratch.run(&["-nttXX", "-r", "f"]).stdout);
}

#[test]
fn thousands_of_interfaces_keep_their_names_and_packets() {
    const INTERFACES: u32 = 4096;
    let scratch = Scratch::new();
    // Every other one is raw IP, and half of them are told of after the first packets.
    let describe =
        |at: u32| interface(if at.is_multiple_of(2) { 1 } else { 101 }, 65535, &option(2, name(at).as_bytes()));
    let packet = |at: u32| enhanced(at, u64::from(at), &if at.is_multiple_of(2) { udp(b"") } else { ip(b"") });
    let (early, late) = (0..INTERFACES / 2, INTERFACES / 2..INTERFACES);
    let mut file = section((1, 0));
    for half in [early, late] {
        file.extend(half.clone().flat_map(describe));
        file.extend(half.rev().flat_map(packet));
    }
    scratch.write("f", &file);
    let said = reading_as("f", ETHERNET, 65535);
    let halves = (0..INTERFACES / 2).rev().chain((INTERFACES / 2..INTERFACES).rev());
    let names: String = halves.map(|at| format!("{}\n", name(at))).collect();
    for threads in ["1", "8"] {
        let args = ["--threads", threads, "-r", "f"];
        assert_eq!(scratch.run(&[&args[..], &["-nt"]].concat()).stdout, LINE.repeat(INTERFACES as usize));
        let ran = scratch.run(&[&args[..], &["--fields", "frame.interface_name"]].concat());
        assert_eq!(ran, Ran::new(&*names, &*said, 0));
        assert_eq!(scratch.run(&[&args[..], &["-w", "copy.pcapng"]].concat()), Ran::new("", &*said, 0));
        assert!(scratch.read("copy.pcapng") == file);
    }
    assert_eq!(scratch.run(&["--count", "-r", "f", "udp", "port", "2"]).stdout, "4096 packets\n");
}

fn name(interface: u32) -> String {
    format!("if{interface}")
}

/// A file of five gigabytes, of which the disk holds what is not zero: the start
/// of each packet.
#[test]
fn five_gigabytes_are_read_to_the_end() {
    const PACKETS: u32 = 20_000;
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path().join("f")).unwrap();
    file.write_all(&header((2, 4), LARGEST as u32, 1)).unwrap();
    for at in 1..=PACKETS {
        file.write_all(&words(&[at, 0, LARGEST as u32, LARGEST as u32])).unwrap();
        // The ports of the last packet differ.
        let mut packet = udp(b"");
        packet[37] += u8::from(at == PACKETS);
        file.write_all(&packet).unwrap();
        file.seek(SeekFrom::Current((LARGEST - packet.len()) as i64)).unwrap();
    }
    let size = file.stream_position().unwrap();
    file.set_len(size).unwrap();
    assert!(size > 5_000_000_000);

    let said = reading_as("f", ETHERNET, LARGEST as u32);
    assert_eq!(scratch.run(&["--count", "-r", "f"]).stdout, "20000 packets\n");
    let last = "1970-01-01 05:33:20.000000 IP 10.0.0.1.1 > 10.0.0.2.3: UDP, length 0\n";
    assert_eq!(scratch.run(&["-ntttt", "-r", "f", "udp", "port", "3"]), Ran::new(last, &*said, 0));
    assert_eq!(scratch.run(&["-r", "f", "-w", "last", "udp", "port", "3"]), Ran::new("", &*said, 0));
    assert_eq!(scratch.read("last").len(), 24 + 16 + LARGEST);
    let lines = scratch.run(&["-n", "-r", "f"]).stdout;
    assert_eq!(lines.lines().count(), PACKETS as usize);
    assert!(lines.ends_with(&last[11..]));
}

#[test]
fn a_run_that_gets_no_memory_says_so_and_ends_with_12() {
    let scratch = Scratch::new();
    let mut file = section((1, 0));
    file.extend(interface(1, 65535, b""));
    // A block that nothing knows, of nearly the size that is allowed.
    file.extend(block(0xbad, &vec![0; 15 << 20]));
    file.extend(enhanced(0, 1, &udp(b"")));
    scratch.write("f", &file);
    let sniff = scratch.command(&["-nt", "--threads", "1", "-r", "f"]);
    assert_eq!(scratch.run(&["-nt", "-r", "f"]).code, Some(0));
    let limited = Command::new("prlimit")
        .arg("--data=8000000")
        .arg(sniff.get_program())
        .args(sniff.get_args())
        .current_dir(scratch.path())
        .output();
    let ran = Ran::from(limited.unwrap());
    assert_eq!(ran.code, Some(12), "{ran:?}");
    assert!(ran.stderr.contains("\nsniff: out of memory: cannot have "), "{ran:?}");
}
