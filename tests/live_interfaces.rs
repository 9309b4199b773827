//! Live captures of several interfaces, and of interfaces and namespaces that
//! come and go, in network namespaces of the tests' own.

mod common;

use std::{thread, time};

use common::net::Net;
use common::{Ran, Scratch, installed};

/// What a capture says of `near` and `far`.
const LISTENING: &str = "listening on near, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n";
const PRINTED: &str = "IP 10.9.9.1.9 > 10.9.9.2.4000: UDP, length 4\n";

fn counters(count: u32) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} packet{s} captured\n{count} packet{s} received by filter\n0 packets dropped by kernel\n")
}

/// The text with the port that the system chose as 9.
fn with_port(text: &str) -> String {
    let line = |line: &str| {
        let (before, after) = line.split_once(" > ").unwrap_or_else(|| panic!("{line:?}"));
        format!("{}.9 > {after}\n", before.rsplit_once('.').unwrap().0)
    };
    text.lines().filter(|text| !text.is_empty()).map(line).collect()
}

#[test]
fn several_interfaces_are_one_capture_in_the_order_of_time() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture_of(&scratch, 2, &["-nt", "-i", "near", "-i", "far", "udp port 4000"]);
    net.send(100);
    capture.signal("-INT");
    let (ran, said) = capture.end();
    let verbose = "sniff: verbose output suppressed, use -v[v]... for full protocol decode\n";
    assert_eq!(said, format!("{verbose}{LISTENING}{}", LISTENING.replace("near", "far")));
    // Each packet is sent before it is received.
    let pair = format!("near  {PRINTED}far   {PRINTED}");
    let ran = Ran { stdout: with_port(&ran.stdout), ..ran };
    assert_eq!(ran, Ran::new(pair.repeat(100), counters(200), 0));
}

#[test]
fn a_silent_interface_does_not_hold_up_another() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture_of(&scratch, 3, &["-nt", "-i", "lo", "-i", "near", "-i", "far", "udp"]);
    for _ in 0..2 {
        net.send(1);
        assert_eq!(with_port(&capture.printed()), format!("near  {PRINTED}"));
        assert_eq!(with_port(&capture.printed()), format!("far   {PRINTED}"));
    }
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("\n", counters(4), 0));
}

#[test]
fn an_interface_that_is_named_twice_or_by_its_number_counts_once() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let list = net.inside(None, env!("CARGO_BIN_EXE_sniff"), &["-D"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let number = list.lines().find_map(|line| line.split_once(".near ")).unwrap().0;
    let capture = net.capture(&scratch, &["-nt", "-i", "near", "-i", number, "-i", "near", "-c", "2", "udp"]);
    net.send(2);
    let (ran, _) = capture.end();
    assert_eq!(with_port(&ran.stdout), PRINTED.repeat(2));
}

#[test]
fn any_may_stand_beside_an_interface() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture_of(&scratch, 2, &["-nt", "-i", "any", "-i", "near", "udp port 4000"]);
    net.send(1);
    capture.signal("-INT");
    let (ran, _) = capture.end();
    let text = with_port(&ran.stdout);
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    let line = PRINTED.trim_end();
    assert_eq!(lines, [format!("any   far   P   {line}"), format!("any   near  Out {line}"), format!("near  {line}")]);
    assert!(ran.stderr.ends_with(&counters(3)), "{}", ran.stderr);
}

#[test]
fn a_pcapng_file_keeps_the_interface_of_each_packet() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture_of(&scratch, 2, &["-i", "near", "-i", "any", "-w", "out.pcapng", "udp"]);
    net.send(3);
    capture.signal("-INT");
    let (ran, _) = capture.end();
    assert_eq!((ran.stderr, ran.code), (counters(9), Some(0)));
    let (octets, mut rest, mut links, mut packets, mut received) =
        (scratch.read("out.pcapng"), 0, vec![], [0; 2], vec![]);
    let word = |at: usize| u32::from_le_bytes(*octets[at..].first_chunk().unwrap());
    while rest < octets.len() {
        match word(rest) {
            1 => links.push(word(rest + 8) & 0xffff),
            6 => packets[word(rest + 8) as usize] += 1,
            // Interface Statistics: the interface, the time, then if_recv (4) with 8 octets.
            5 => received.push((word(rest + 8), word(rest + 20) & 0xffff, word(rest + 24))),
            _ => {}
        }
        rest += word(rest + 4) as usize;
    }
    assert_eq!((links, packets), (vec![1, 276], [3, 6]));
    assert_eq!(received, [(0, 4, 3), (1, 4, 6)]);
    let name =
        |name: &[u8]| octets.windows(name.len() + 4).any(|at| at == [b"\x02\0", &[name.len() as u8, 0], name].concat());
    assert!(name(b"near") && name(b"any"));
}

#[test]
fn a_classic_file_has_one_link_type() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let args = ["-p", "-i", "near", "-i", "any", "-w", "out"];
    let ran = Ran::from(net.inside(Some(&scratch), env!("CARGO_BIN_EXE_sniff"), &args).output().unwrap());
    let error = "sniff: data link type LINUX_SLL2\n\
        sniff: out: a classic pcap file has one link type, but near has EN10MB (Ethernet) and any has LINUX_SLL2 \
        (Linux cooked v2); a name that ends in .pcapng gets a file that keeps both\n";
    assert_eq!(ran, Ran::new("", error, 1));
    let capture = net.capture_of(&scratch, 2, &["-i", "near", "-i", "far", "-w", "out", "udp"]);
    net.send(2);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters(4), 0));
    assert_eq!(scratch.run(&["--count", "-r", "out"]).stdout, "4 packets\n");
}

#[test]
fn the_filter_fits_each_link_type_or_the_interface_is_named() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let run = |filter: &str| {
        let args = ["-p", "-i", "near", "-i", "any", filter];
        Ran::from(net.inside(Some(&scratch), env!("CARGO_BIN_EXE_sniff"), &args).output().unwrap())
    };
    let ran = run("ether broadcast");
    assert!(ran.stderr.contains("sniff: any: "), "{}", ran.stderr);
    assert_eq!(ran.code, Some(1));
}

#[test]
fn one_of_several_interfaces_that_goes_away_is_named() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture_of(&scratch, 2, &["-i", "lo", "-i", "far", "-w", "out", "udp"]);
    net.send(5);
    assert!(net.run("ip link del near"));
    let (ran, _) = capture.end();
    let error = "sniff: pcap_loop: far: The interface disappeared\n5 packets captured\n";
    assert!(ran.stderr.starts_with(error), "{}", ran.stderr);
    assert_eq!(ran.code, Some(1));
    assert_eq!(scratch.run(&["--count", "-r", "out"]).stdout, "5 packets\n");
}

#[test]
fn a_link_that_goes_down_and_comes_up_is_told_and_the_capture_goes_on() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["-nt", "-i", "far", "udp"]);
    assert!(net.run("ip link set far down"));
    assert_eq!(capture.line(), "sniff: far: the link is down\n");
    assert!(net.run("ip link set far up"));
    assert_eq!(capture.line(), "sniff: far: the link is up\n");
    net.send(1);
    assert_eq!(with_port(&capture.printed()), PRINTED);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("\n", counters(1), 0));
}

#[test]
fn a_namespace_that_is_deleted_ends_its_captures() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "out", "udp"]);
    net.send(5);
    net.delete();
    let (ran, _) = capture.end();
    let error = format!("sniff: the network namespace {} was deleted\n", net.name());
    assert_eq!(ran, Ran::new("", error + &counters(5), 1));
    assert_eq!(scratch.run(&["--count", "-r", "out"]).stdout, "5 packets\n");
}

#[test]
fn the_name_of_an_interface_cannot_reach_the_terminal_raw() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    assert!(net.run("ip link set near down; ip link set near name $'x\\e[31my'; ip link set $'x\\e[31my' up"));
    assert!(net.run("ip neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev $'x\\e[31my' nud permanent"));
    let list = net.inside(None, env!("CARGO_BIN_EXE_sniff"), &["-D"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains(".x\\u{1b}[31my [Up, Running, Connected]\n"), "{list}");
    let capture = net.capture_of(&scratch, 2, &["-nt", "-i", "x\u{1b}[31my", "-i", "far", "udp"]);
    net.send(1);
    capture.signal("-INT");
    let (ran, said) = capture.end();
    assert!(said.contains("listening on x\\u{1b}[31my, link-type"), "{said}");
    assert_eq!(with_port(&ran.stdout), format!("x\\u{{1b}}[31my {PRINTED}far          {PRINTED}"));
}

#[test]
fn interfaces_that_are_down_are_listed_as_such() {
    let Some(net) = Net::new() else { return };
    assert!(net.run("ip link set far down"));
    let list = net.inside(None, env!("CARGO_BIN_EXE_sniff"), &["-D"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains(".far [none, Disconnected]\n"), "{list}");
}

#[test]
fn an_idle_capture_wakes_nobody() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    if !installed("strace") {
        return eprintln!("skipped: strace is missing");
    }
    let capture = net.capture_of(&scratch, 2, &["-n", "-i", "near", "-i", "far", "udp"]);
    let trace = scratch.path().join("trace");
    let id = capture.child.id().to_string();
    let mut strace = std::process::Command::new("strace")
        .args(["-f", "-o", trace.to_str().unwrap(), "-p", &id])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(time::Duration::from_millis(1500));
    let kill = std::process::Command::new("kill").args(["-INT", &strace.id().to_string()]).status();
    assert!(kill.unwrap().success());
    strace.wait().unwrap();
    let calls = std::fs::read_to_string(&trace).unwrap_or_default();
    if calls.is_empty() {
        return eprintln!("skipped: strace cannot look at a process");
    }
    // The loop looks at interfaces without waiting and then waits for all without end;
    // what wakes it are names of other namespaces that go.
    let waits = calls.lines().filter(|line| line.contains("poll([") && !line.contains("}], 1, 0)"));
    assert!(waits.clone().all(|line| line.contains(", -1")), "{calls}");
    assert!(calls.lines().count() < 1000, "{calls}");
    capture.signal("-INT");
    assert_eq!(capture.end().0.code, Some(0));
}
