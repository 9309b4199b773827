//! What live captures count, in network namespaces of the tests' own: all that was
//! received by the filter was captured or dropped, and everything says where.

mod common;

use common::net::{Net, numbered};
use common::{Ran, Scratch};

/// Packets of a burst that a stopped capture cannot hold.
const BURST: u32 = 20_000;

fn counters(captured: u32, received: u32, dropped: u32) -> String {
    let line = |count: u32, what: &str| format!("{count} packet{} {what}\n", if count == 1 { "" } else { "s" });
    line(captured, "captured") + &line(received, "received by filter") + &line(dropped, "dropped by kernel")
}

/// The counter of the line that ends so.
fn count(said: &str, what: &str) -> u32 {
    let line = said.lines().find(|line| line.ends_with(what));
    line.map_or(0, |line| line.split(' ').next().unwrap().parse().unwrap())
}

/// The numbers in the packets of a classic file.
fn numbers(octets: &[u8]) -> Vec<u32> {
    let (mut rest, mut numbers) = (&octets[24..], Vec::new());
    while !rest.is_empty() {
        let caplen = u32::from_le_bytes(*rest[8..].first_chunk().unwrap()) as usize;
        // 14 octets of Ethernet, 20 of IPv4, 8 of UDP.
        numbers.push(u32::from_be_bytes(*rest[16 + 42..].first_chunk().unwrap()));
        rest = &rest[16 + caplen..];
    }
    numbers
}

#[test]
fn everything_is_captured_and_counted_on_veth_and_lo() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for (interface, to) in [("near", "10.9.9.2"), ("far", "10.9.9.2"), ("lo", "127.0.0.1")] {
        let capture = net.capture(&scratch, &["-i", interface, "-w", "out", "udp port 4000"]);
        net.send_numbered(to, 5000);
        capture.signal("-INT");
        assert_eq!(capture.end().0, Ran::new("", counters(5000, 5000, 0), 0), "{interface}");
        assert!(numbers(&scratch.read("out")).into_iter().eq(0..5000), "{interface}");
    }
}

#[test]
fn what_the_kernel_drops_is_counted_once_on_veth_and_lo() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for (interface, to) in [("near", "10.9.9.2"), ("lo", "127.0.0.1")] {
        let capture = net.capture(&scratch, &["-B", "512", "-i", interface, "-w", "out", "udp port 4000"]);
        capture.signal("-STOP");
        net.send_numbered(to, BURST);
        capture.signal("-CONT");
        capture.signal("-INT");
        let (ran, _) = capture.end();
        let captured = count(&ran.stderr, "captured");
        assert!(captured > 0 && captured < BURST, "{}", ran.stderr);
        assert_eq!(ran, Ran::new("", counters(captured, BURST, BURST - captured), 0), "{interface}");
        let numbers = numbers(&scratch.read("out"));
        assert_eq!(numbers.len(), captured as usize);
        assert!(numbers.is_sorted_by(|a, b| a < b), "{interface}");
    }
}

#[test]
fn a_direction_counts_only_its_own_packets() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for (interface, direction, to, expected) in [
        ("near", "out", "10.9.9.2", 100),
        ("near", "in", "10.9.9.2", 0),
        ("far", "in", "10.9.9.2", 100),
        ("lo", "in", "127.0.0.1", 100),
        ("lo", "out", "127.0.0.1", 0),
        // A direction of the filter's own counts from the first packet.
        ("near", "inout", "10.9.9.2", 100),
        ("any", "out", "10.9.9.2", 100),
        ("any", "inout", "127.0.0.1", 100),
    ] {
        let args = ["-p", "-Q", direction, "-i", interface, "-w", "out", "(inbound or outbound) and udp port 4000"];
        let capture = net.capture(&scratch, &args);
        net.send_numbered(to, 100);
        capture.signal("-INT");
        assert_eq!(capture.end().0, Ran::new("", counters(expected, expected, 0), 0), "{interface} {direction}");
    }
}

#[test]
fn cooked_captures_count_what_lo_sends_once() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for link in ["LINUX_SLL", "LINUX_SLL2"] {
        let capture = net.capture(&scratch, &["-p", "-i", "any", "-y", link, "-w", "out", "udp port 4000"]);
        net.send_numbered("127.0.0.1", 100);
        capture.signal("-INT");
        let said = format!("sniff: data link type {link}\n");
        assert_eq!(capture.end().0.stderr.replace(&said, ""), counters(100, 100, 0), "{link}");
    }
}

#[test]
fn a_filter_that_is_too_long_for_the_kernel_counts_what_passes() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let ports: String = (0..400).map(|at| format!("udp port {} or ", 9 + 2 * at)).collect();
    for (interface, to) in [("near", "10.9.9.2"), ("lo", "127.0.0.1")] {
        let expression = format!("{ports} udp port 4000");
        // libpcap's optimizer takes minutes for this.
        let capture = net.capture(&scratch, &["-O", "-i", interface, "-w", "out", &expression]);
        assert!(net.run(&format!("for i in {{1..50}}; do echo > /dev/udp/{to}/4002; done")));
        net.send_numbered(to, 100);
        capture.signal("-INT");
        let (ran, _) = capture.end();
        assert!(ran.stderr.ends_with(&counters(100, 100, 0)), "{interface}: {}", ran.stderr);
        assert!(numbers(&scratch.read("out")).into_iter().eq(0..100), "{interface}");
    }
}

#[test]
fn a_capture_that_starts_under_load_counts_what_passes_its_filter() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    // Packets that do not pass come all the time, also before the filter is set.
    let mut flood = net.inside(None, "bash", &["-c", "while true; do echo > /dev/udp/10.9.9.2/9; done"]);
    let mut flood = flood.spawn().unwrap();
    for _ in 0..5 {
        let capture = net.capture(&scratch, &["-i", "near", "-w", "out", "udp port 4000"]);
        net.send_numbered("10.9.9.2", 10);
        capture.signal("-INT");
        assert_eq!(capture.end().0, Ran::new("", counters(10, 10, 0), 0));
    }
    flood.kill().unwrap();
    flood.wait().unwrap();
}

#[test]
fn a_reader_that_stalls_loses_nothing() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    // The lines are more than a pipe holds, and nobody reads them before all packets were sent.
    let capture = net.capture(&scratch, &["-nt", "-i", "near", "udp port 4000"]);
    net.send_numbered("10.9.9.2", BURST);
    capture.signal("-INT");
    let (ran, _) = capture.end();
    assert_eq!(ran.stderr, counters(BURST, BURST, 0));
    assert_eq!(ran.stdout.matches(" > 10.9.9.2.4000: UDP, length 4\n").count(), BURST as usize);
}

#[test]
fn counters_are_told_from_time_to_time_if_they_change() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["--stats", "20ms", "-i", "near", "-w", "out", "udp"]);
    let line = |count: u32| format!("sniff: {}", counters(count, count, 0).trim_end().replace('\n', ", ")) + "\n";
    assert_eq!(capture.line(), line(0));
    for count in 1..=2 {
        net.send(1);
        // A packet that the kernel still holds back is only received.
        let lines: Vec<_> = (0..2).map(|_| capture.line()).take_while(|told| *told != line(count)).collect();
        assert!(lines.len() < 2, "{lines:?}");
    }
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters(2, 2, 0), 0));
}

#[test]
#[ignore = "runs in a namespace of another test"]
fn a_sender() {
    numbered();
}
