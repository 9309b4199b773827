//! Live captures on a veth pair in a network namespace of the test's own. They
//! need root and iproute2; where these are missing a note is all there is.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::process::Stdio;
use std::{env, fs, io};

use common::net::Net;
use common::{Ran, Scratch, pcap, reading_as, udp};

/// The counters at the end of a capture that lost nothing.
fn counters(count: u32) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} packet{s} captured\n{count} packet{s} received by filter\n0 packets dropped by kernel\n")
}

/// The line without the sender's port, which the system chose.
fn without_port(line: &str) -> String {
    let (before, after) = line.split_once(" > ").unwrap_or_else(|| panic!("{line:?}"));
    format!("{} > {after}", before.rsplit_once('.').unwrap().0)
}

const LISTENING: &str = "listening on near, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n";
const PRINTED: &str = "IP 10.9.9.1 > 10.9.9.2.4000: UDP, length 4\n";

#[test]
fn packets_are_printed_until_the_count() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-nt", "-i", "near", "-c", "3", "udp port 4000"]);
    net.send(3);
    let (ran, said) = capture.end();
    let verbose = "sniff: verbose output suppressed, use -v[v]... for full protocol decode\n";
    assert_eq!(said, verbose.to_owned() + LISTENING);
    let lines: String = ran.stdout.lines().map(|line| without_port(line) + "\n").collect();
    assert_eq!(Ran { stdout: lines, ..ran }, Ran::new(PRINTED.repeat(3), counters(3), 0));
}

#[test]
fn what_has_no_lines_is_not_said_to_have_longer_ones() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for (form, printed) in [(&["--json"][..], "{\"sniff\":1,"), (&["--fields", "udp.dstport"], "4000\n")] {
        let capture = net.capture(&scratch, &[form, &["-i", "near", "-c", "1", "udp port 4000"]].concat());
        net.send(1);
        let (ran, said) = capture.end();
        assert_eq!((said, ran.code), (format!("sniff: {LISTENING}"), Some(0)), "{form:?}");
        assert!(ran.stdout.starts_with(printed), "{}", ran.stdout);
    }
}

#[test]
fn an_interrupt_ends_with_the_counters_and_0() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for signal in ["-INT", "-TERM"] {
        let mut capture = net.capture(&scratch, &["-nt", "-i", "far", "udp"]);
        net.send(1);
        // A line appears although neither -l nor a terminal asks for it.
        assert_eq!(without_port(&capture.printed()), PRINTED);
        capture.signal(signal);
        let (ran, _) = capture.end();
        assert_eq!(ran, Ran::new("\n", counters(1), 0), "{signal}");
    }
}

#[test]
fn an_interrupt_at_once_loses_no_packet() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for name in ["out", "out.pcapng"] {
        let capture = net.capture(&scratch, &["-i", "near", "-w", name, "udp"]);
        net.send(2000);
        capture.signal("-INT");
        let (ran, said) = capture.end();
        assert_eq!(said, format!("sniff: {LISTENING}"));
        assert_eq!(ran, Ran::new("", counters(2000), 0), "{name}");
        let read = scratch.run(&["--count", "-r", name]);
        assert_eq!(read, Ran::new("2000 packets\n", reading_as(name, "EN10MB (Ethernet)", 262_144), 0));
    }
    // A single packet that sits in a block that is not full.
    let capture = net.capture(&scratch, &["-i", "near", "-w", "out", "udp"]);
    net.send(1);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters(1), 0));
    assert_eq!(scratch.run(&["--count", "-r", "out"]).stdout, "1 packet\n");
}

#[test]
fn usr1_prints_the_counters_and_the_capture_goes_on() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["-nt", "-i", "near", "udp"]);
    net.send(2);
    for _ in 0..2 {
        assert_eq!(without_port(&capture.printed()), PRINTED);
    }
    capture.signal("-USR1");
    let report = "sniff: 2 packets captured, 2 packets received by filter, 0 packets dropped by kernel\n";
    assert_eq!(capture.line(), report);
    net.send(1);
    assert_eq!(without_port(&capture.printed()), PRINTED);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("\n", counters(3), 0));
}

#[test]
fn usr2_and_u_bring_packets_to_the_file() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["-nt", "-i", "near", "-Uw", "out", "--print", "udp"]);
    // The header is there before any packet.
    assert_eq!(scratch.read("out").len(), 24);
    net.send(1);
    capture.printed();
    // 14 octets of Ethernet, 20 of IPv4, 8 of UDP, 4 of payload.
    assert_eq!(fs::metadata(scratch.path().join("out")).unwrap().len(), 24 + 16 + 46);
    capture.signal("-USR2");
    capture.signal("-INT");
    assert_eq!(capture.end().0.code, Some(0));
}

#[test]
fn an_interface_that_goes_away_ends_with_the_counters_and_1() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "far", "-w", "out", "udp"]);
    net.send(5);
    assert!(net.run("ip link del near"));
    let (ran, _) = capture.end();
    let expected = format!("sniff: pcap_loop: The interface disappeared\n{}", counters(5));
    assert_eq!(ran, Ran::new("", expected, 1));
    assert_eq!(scratch.run(&["--count", "-r", "out"]).stdout, "5 packets\n");
}

#[test]
fn interfaces_that_cannot_be_captured_are_refused() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    assert!(net.run("ip link set far down"));
    let run =
        |args: &[&str]| Ran::from(net.inside(Some(&scratch), env!("CARGO_BIN_EXE_sniff"), args).output().unwrap());
    let missing = "sniff: nosuch: No such device exists\n(No such device exists)\n";
    assert_eq!(run(&["-i", "nosuch"]), Ran::new("", missing, 1));
    assert_eq!(run(&["-i", "far"]), Ran::new("", "sniff: far: That device is not up\n", 1));
    let index = run(&["-i", "99"]);
    assert!(index.stderr.starts_with("sniff: Invalid adapter index 99: only "), "{}", index.stderr);
    assert!(index.stderr.ends_with(" interfaces found\n") && index.code == Some(1), "{}", index.stderr);
    let monitor = "sniff: lo: That device doesn't support monitor mode\n";
    assert_eq!(run(&["-i", "lo", "-I"]), Ran::new("", monitor, 1));
    let link = run(&["-i", "near", "-y", "RAW"]);
    assert!(link.stderr.contains("RAW is not one of the DLTs supported by this device"), "{}", link.stderr);
    assert_eq!(link.code, Some(1));
}

#[test]
fn the_first_interface_and_a_link_type_are_taken_as_asked() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let list = net.inside(None, env!("CARGO_BIN_EXE_sniff"), &["-D"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let first = list.lines().next().and_then(|line| line.strip_prefix("1.")).unwrap().split(' ').next().unwrap();
    let capture = net.capture(&scratch, &["-w", "out", "--duration", "1ms"]);
    assert!(capture.end().1.starts_with(&format!("sniff: listening on {first}, ")), "{list}");
    let capture = net.capture(&scratch, &["-i", "near", "-y", "docsis", "-w", "out", "--duration", "1ms"]);
    let said = "sniff: data link type DOCSIS\n\
        sniff: listening on near, link-type DOCSIS (DOCSIS), snapshot length 262144 bytes\n";
    assert_eq!(capture.end().1, said);
}

#[test]
fn interfaces_and_their_link_types_are_listed() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let run =
        |args: &[&str]| Ran::from(net.inside(Some(&scratch), env!("CARGO_BIN_EXE_sniff"), args).output().unwrap());
    let list = run(&["-D"]);
    assert_eq!((list.stderr.as_str(), list.code), ("", Some(0)));
    for (wanted, at) in list.stdout.lines().zip(1..) {
        assert!(wanted.starts_with(&format!("{at}.")), "{}", list.stdout);
    }
    let has = |what: &str| list.stdout.lines().any(|line| line.split_once('.').unwrap().1 == what);
    assert!(has("near [Up, Running, Connected]"), "{}", list.stdout);
    assert!(has("lo [Up, Running, Loopback]"), "{}", list.stdout);
    let links = run(&["-L", "-i", "near"]);
    assert!(links.stdout.starts_with("Data link types for near (use option -y to set):\n"), "{}", links.stdout);
    assert!(links.stdout.contains("\n  EN10MB (Ethernet)\n"), "{}", links.stdout);
    let stamps = run(&["-J", "-i", "near"]);
    assert!(stamps.stdout.contains("near"), "{}", stamps.stdout);
    assert_eq!(stamps.code, Some(0));
}

#[test]
fn a_capture_has_no_privileges_and_ends_with_its_counters() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "out", "udp"]);
    let status = fs::read_to_string(format!("/proc/{}/status", capture.child.id())).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    assert!(field("Uid:").split_whitespace().all(|id| id != "0"), "{status}");
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
        assert_eq!(field(set), "0000000000000000", "{set}");
    }
    assert_eq!((&*field("NoNewPrivs:"), &*field("Seccomp:")), ("1", "2"));
    net.send(1);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters(1), 0));
}

#[test]
fn names_are_asked_for_from_inside_the_sandbox() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let server = env::current_exe().unwrap();
    let args = ["--exact", "a_name_server", "--ignored", "--nocapture"];
    let mut server = net.inside(None, server.to_str().unwrap(), &args).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().ends_with("ready")));
    scratch.write("resolv.conf", "nameserver 127.0.0.1\n");
    scratch.write("f", pcap(&[udp(b"")]));
    let script = format!("mount --bind resolv.conf /etc/resolv.conf && exec {} -t -r f", env!("CARGO_BIN_EXE_sniff"));
    let ran = Ran::from(net.inside(Some(&scratch), "bash", &["-c", &script]).output().unwrap());
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(ran.stdout.starts_with("IP gate.example."), "{ran:?}");
}

#[test]
fn a_reader_that_goes_away_ends_an_idle_capture_with_14() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["-n", "-i", "near", "udp"]);
    drop(capture.child.stdout.take());
    let (ran, _) = capture.end();
    assert!(ran.stderr.ends_with("sniff: Unable to write output: Broken pipe\n"), "{}", ran.stderr);
    assert_eq!(ran.code, Some(14));
}

#[test]
fn what_memory_cannot_hold_is_counted_apart() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-nt", "--memory", "600k", "-i", "near", "udp"]);
    // Nobody reads the lines before the end.
    net.send(40_000);
    capture.signal("-INT");
    let (ran, _) = capture.end();
    let count = |what: &str| {
        let line = ran.stderr.lines().find(|line| line.ends_with(what));
        line.map_or(0, |line| line.split(' ').next().unwrap().parse::<usize>().unwrap())
    };
    let (captured, lost) = (count("captured"), count("dropped by sniff"));
    assert!(ran.stderr.starts_with("sniff: WARNING: memory is full"), "{}", ran.stderr);
    assert!(captured > 0 && lost > 0, "{}", ran.stderr);
    assert_eq!(captured + lost + count("dropped by kernel"), 40_000, "{}", ran.stderr);
    assert_eq!(ran.stdout.matches(": UDP, length ").count(), captured);
}

/// Answers every question with `gate.example`.
#[test]
#[ignore = "runs in a namespace of another test"]
fn a_name_server() {
    /// For the name at octet 12: PTR, IN, 60 s, 14 octets.
    const ANSWER: &[u8] = b"\xc0\x0c\0\x0c\0\x01\0\0\0\x3c\0\x0e\x04gate\x07example\0";
    let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
    println!("ready");
    io::stdout().flush().unwrap();
    let mut octets = [0; 512];
    while let Ok((size, from)) = socket.recv_from(&mut octets) {
        // A response with one question and one answer.
        octets[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
        // The question ends behind its name's zero with type and class.
        let end = 12 + octets[12..size].iter().position(|&octet| octet == 0).unwrap() + 5;
        let _ = socket.send_to(&[&octets[..end], ANSWER].concat(), from);
    }
}
