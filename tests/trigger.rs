//! `--trigger`: only packets around those that match.

mod common;

use common::net::Net;
use common::{Ran, Scratch, begun, block, enhanced, header, interface, ip, pcap, reading, record, section, udp, words};

/// Packets at these seconds, each with its second as its length.
fn records(seconds: impl Iterator<Item = u8>) -> Vec<u8> {
    seconds.flat_map(|second| record(second.into(), 0, &udp(&vec![b'.'; second.into()]))).collect()
}

/// A file with packets at the seconds 1 to `count`.
fn seconds(count: u8) -> Vec<u8> {
    [header((2, 4), 65535, 1), records(1..=count)].concat()
}

/// The lengths of the packets that are printed.
fn lengths(scratch: &Scratch, args: &[&str]) -> Vec<u32> {
    let ran = scratch.run(&[&["-nt", "-r", "f"], args].concat());
    assert_eq!((&*ran.stderr, ran.code), (&*reading("f"), Some(0)));
    ran.stdout.lines().map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap()).collect()
}

#[test]
fn only_what_surrounds_a_match_is_printed() {
    let scratch = Scratch::new();
    scratch.write("f", seconds(30));
    // UDP's length is 8 more than its payload's.
    let rows: [(&[&str], Vec<u32>); 9] = [
        (&["--trigger", "udp[4:2] = 18", "--before", "3s"], (7..=10).collect()),
        (&["--trigger", "udp[4:2] = 18", "--after", "2"], (10..=12).collect()),
        (&["--trigger", "udp[4:2] = 18", "--before", "2", "--after", "1500ms"], (8..=11).collect()),
        // What lies around two matches comes once.
        (&["--trigger", "udp[4:2] = 18 or udp[4:2] = 21", "--before", "2", "--after", "4"], (8..=17).collect()),
        (&["--trigger", "udp[4:2] = 9", "--before", "1h"], vec![1]),
        (&["--trigger", "tcp", "--before", "1h"], vec![]),
        // The filter comes first.
        (&["--trigger", "udp[4:2] = 18", "--before", "3s", "udp[4:2] & 1 = 0"], vec![8, 10]),
        (&["--match", r"^\.{10}$", "--before", "1", "--after", "1"], vec![9, 10, 11]),
        (&["--trigger", "udp[4:2] < 20", "--match", r"^\.{10}", "--before", "1"], vec![9, 10, 11]),
    ];
    for (args, expected) in rows {
        for threads in ["1", "3"] {
            assert_eq!(lengths(&scratch, &[&["--threads", threads], args].concat()), expected, "{args:?}");
        }
    }
    assert_eq!(lengths(&scratch, &["--trigger", "udp[4:2] = 18", "--before", "5", "-c", "2"]), [5, 6]);
    let count = ["-r", "f", "--count", "--trigger", "udp[4:2] = 18", "--before", "5"];
    assert_eq!(scratch.run(&count), Ran::new("6 packets\n", reading("f"), 0));
}

#[test]
fn a_time_that_cannot_be_does_not_hold_the_gate_open_or_shut() {
    let scratch = Scratch::new();
    let damaged = record(u32::MAX, 0, &udp(&[b'.'; 10]));
    scratch.write("f", [header((2, 4), 65535, 1), records(1..=5), damaged, records(6..=20)].concat());
    let window = ["--trigger", "udp[4:2] = 18", "--before", "2", "--after", "2"];
    assert_eq!(lengths(&scratch, &window), [10, 8, 9, 10, 11, 12]);
}

#[test]
fn files_hold_the_same_packets_as_they_were() {
    let scratch = Scratch::new();
    scratch.write("f", seconds(30));
    let window = ["--trigger", "udp[4:2] = 18", "--before", "3s", "--after", "3s"];
    let write = |name: &str| scratch.run(&[&["-r", "f", "-w", name], &window[..]].concat());
    assert_eq!(write("out"), Ran::new("", reading("f"), 0));
    assert_eq!(scratch.read("out"), [header((2, 4), 65535, 1), records(7..=13)].concat());
    // The same where packets are written one by one.
    assert_eq!(write("out.pcapng").code, Some(0));
    assert_eq!(scratch.run(&["-r", "out.pcapng", "--count"]).stdout, "7 packets\n");
}

#[test]
fn pcapng_keeps_its_blocks_and_its_interfaces() {
    let scratch = Scratch::new();
    let second = |second: u64| second * 1_000_000;
    // Ethernet, and raw IP; a name resolution block between the packets.
    let beginning = [begun(), interface(101, 65535, &[])].concat();
    let names = block(4, &words(&[0]));
    let packets: Vec<_> = (1..=9u64)
        .map(|at| match at % 2 {
            0 => enhanced(0, second(at), &udp(&vec![0; at as usize])),
            _ => enhanced(1, second(at), &ip(&vec![0; at as usize])),
        })
        .collect();
    scratch.write("f.pcapng", [&*beginning, &packets[..4].concat(), &names, &packets[4..].concat()].concat());
    let args = ["-r", "f.pcapng", "-w", "out.pcapng", "--trigger", "udp[4:2] = 14", "--before", "3", "--after", "1"];
    assert_eq!(scratch.run(&args).code, Some(0));
    let expected = [&*beginning, &names, &packets[2..7].concat()].concat();
    assert_eq!(scratch.read("out.pcapng"), expected);
    assert_eq!(section((1, 0)), expected[..section((1, 0)).len()]);
}

#[test]
fn what_memory_cannot_hold_is_told() {
    let scratch = Scratch::new();
    // A match after 2,000 packets of 1,000 octets and more, of which 1 MiB cannot hold a half.
    let mut packets = vec![udp(&[b'.'; 1000]); 2000];
    packets.push(udp(b"here"));
    scratch.write("f", pcap(&packets));
    let window = ["-r", "f", "--count", "--match", "here", "--before", "1d"];
    assert_eq!(scratch.run(&window), Ran::new("2001 packets\n", reading("f"), 0));
    let ran = scratch.run(&[&["--memory", "1m"], &window[..]].concat());
    let count: u32 = ran.stdout.split(' ').next().unwrap().parse().unwrap();
    assert!((300..500).contains(&count), "{}", ran.stdout);
    let warning = format!(
        "sniff: WARNING: memory is full: {} packets were given up earlier than --before says; --memory gives it more\n",
        2001 - count
    );
    assert_eq!(ran.stderr, reading("f") + &warning);
}

#[test]
fn what_makes_no_trigger_is_refused() {
    let scratch = Scratch::new();
    scratch.write("f", seconds(1));
    let refused = |args: &[&str], error: &str| {
        let ran = scratch.run(args);
        assert_eq!(ran, Ran::new("", format!("sniff: {error}\n"), 1), "{args:?}");
    };
    let alone = "--before and --after cannot be used without --trigger, --match or --match-hex.";
    refused(&["-r", "f", "--before", "1"], alone);
    refused(&["-r", "f", "--after", "1"], alone);
    refused(&["-r", "f", "--trigger", "udp"], "--trigger cannot be used without --before or --after.");
    refused(
        &["-r", "f", "--trigger", "udp", "--before", "soon"],
        "invalid value soon of --before: seconds, or a number with ms, s, m, h or d",
    );
    let place = "sniff: --trigger: can't parse filter expression: syntax error\n  udp prot 5\n      ^\n";
    let ran = scratch.run(&["-r", "f", "--trigger", "udp prot 5", "--before", "1", "-w", "out"]);
    assert_eq!(ran, Ran::new("", reading("f") + place, 1));
    assert!(!scratch.path().join("out").exists());
}

#[test]
fn a_live_capture_waits_for_its_trigger() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let args = ["-nt", "-i", "near", "--trigger", "udp[8:4] = 0x30303032", "--before", "1m", "--after", "1m", "udp"];
    let mut capture = net.capture(&scratch, &args);
    // The third has the digits 0002.
    net.send(4);
    let lines = [(); 4].map(|()| capture.printed());
    assert!(lines.iter().all(|line| line.ends_with("UDP, length 4\n")), "{lines:?}");
    capture.signal("-INT");
    let (ran, _) = capture.end();
    let counters = "4 packets captured\n4 packets received by filter\n0 packets dropped by kernel\n";
    assert_eq!(ran, Ran::new("\n", counters, 0));
    let capture = net.capture(&scratch, &["-i", "near", "-w", "out", "--trigger", "tcp", "--before", "1m", "udp"]);
    net.send(4);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters, 0));
    assert_eq!(scratch.run(&["-r", "out", "--count"]).stdout, "0 packets\n");
}
