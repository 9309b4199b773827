//! Several files of `-w` from a live capture, on a veth pair in a network
//! namespace of the test's own.

mod common;

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use std::{fs, thread};

use common::net::{Capture, Net};
use common::{Ran, Scratch};

const NONE: &str = "0 packets captured\n0 packets received by filter\n0 packets dropped by kernel\n";

/// The files that begin with `o`, by name.
fn names(scratch: &Scratch) -> Vec<String> {
    let names = fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with('o')).collect();
    names.sort();
    names
}

/// Packets that the program counts in files.
fn packets(scratch: &Scratch, names: &[String]) -> Vec<usize> {
    let count = |name: &String| {
        let ran = scratch.run(&["-r", name, "--count"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout.split(' ').next().unwrap().parse().unwrap()
    };
    names.iter().map(count).collect()
}

/// Waits until `count` packets are printed.
fn printed(capture: &mut Capture, count: u32) {
    (0..count).for_each(|_| drop(capture.printed()));
}

#[test]
fn an_idle_capture_ends_with_its_last_period() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "o%s", "-G", "1", "-W", "2", "udp"]);
    assert_eq!(capture.end().0, Ran::new("", format!("Maximum file limit reached: 2\n{NONE}"), 0));
    let names = names(&scratch);
    let seconds: Vec<u64> = names.iter().map(|name| name[1..].parse().unwrap()).collect();
    assert_eq!((seconds.len(), seconds[1] - seconds[0]), (2, 1), "{names:?}");
    assert_eq!(packets(&scratch, &names), [0, 0]);
}

#[test]
fn a_command_that_fails_is_told_while_nothing_comes() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["-i", "near", "-w", "o%s", "-G", "1", "-z", "false", "udp"]);
    let line = capture.line();
    assert!(line.starts_with("sniff: -z false o") && line.ends_with(": exit status: 1\n"), "{line}");
    capture.signal("-INT");
    assert_eq!(capture.end().0.code, Some(0));
}

#[test]
fn the_command_cannot_capture() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let script = "#!/bin/sh\nfor inode in $(awk 'NR > 1 { print $9 }' /proc/net/packet); do\n\
        echo socket $inode\nls -l /proc/self/fd | grep \"$inode\"\ndone > \"$1.held\"";
    scratch.write("hook", script);
    fs::set_permissions(scratch.path().join("hook"), fs::Permissions::from_mode(0o755)).unwrap();
    let capture = net.capture(&scratch, &["-i", "near", "-w", "o", "-G", "1", "-W", "1", "-z", "./hook", "udp"]);
    assert_eq!(capture.end().0.code, Some(0));
    let held = String::from_utf8(scratch.read("o.held")).unwrap();
    // There is a socket, and it is not the command's.
    assert!(held.starts_with("socket ") && held.lines().count() == 1, "{held}");
}

#[test]
fn no_packet_is_lost_between_files() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "o.pcapng", "-C", "10k", "udp"]);
    net.send(2000);
    capture.signal("-INT");
    let ran = capture.end().0;
    assert!(ran.stderr.starts_with("2000 packets captured\n"), "{}", ran.stderr);
    let counts = packets(&scratch, &names(&scratch));
    assert!(counts.len() > 10, "{counts:?}");
    assert_eq!(counts.iter().sum::<usize>(), 2000);
}

#[test]
fn a_directory_that_is_gone_ends_with_the_counters_and_1() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    fs::create_dir(scratch.path().join("d")).unwrap();
    let mut capture = net.capture(&scratch, &["-nt", "-i", "near", "-w", "d/o", "-C", "10k", "--print", "udp"]);
    net.send(1);
    printed(&mut capture, 1);
    fs::remove_dir_all(scratch.path().join("d")).unwrap();
    net.send(400);
    let ran = capture.end().0;
    assert_eq!(ran.code, Some(1));
    let lines: Vec<_> = ran.stderr.lines().collect();
    let error = lines.iter().position(|line| *line == "sniff: d/o1: No such file or directory");
    let captured = lines.iter().position(|line| line.ends_with(" packets captured"));
    assert!(error.is_some() && captured.is_some() && lines.len() == 4, "{}", ran.stderr);
}

#[test]
fn a_compressed_file_has_all_packets_after_a_kill() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "o.pcap.zst", "udp"]);
    net.send(300);
    // Once nothing more comes, everything goes out.
    let read = || scratch.run(&["-nt", "-r", "o.pcap.zst"]);
    let mut attempts = 0;
    while read().stdout.lines().count() < 300 {
        attempts += 1;
        assert!(attempts < 1000, "the packets did not come");
        thread::sleep(Duration::from_millis(10));
    }
    capture.signal("-KILL");
    assert_eq!(capture.end().0.code, None);
    let ran = read();
    assert_eq!((ran.stdout.lines().count(), ran.code), (300, Some(1)), "{}", ran.stderr);
}

#[test]
fn a_capture_ends_after_its_time() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "o", "--duration", "300ms", "udp"]);
    assert_eq!(capture.end().0, Ran::new("", NONE, 0));
}

#[test]
fn a_capture_ends_when_so_many_octets_are_written() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let capture = net.capture(&scratch, &["-i", "near", "-w", "o", "--max-bytes", "1k", "udp"]);
    net.send(100);
    let ran = capture.end().0;
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    // 24 octets of header and 62 for each packet.
    assert_eq!(scratch.read("o").len(), 24 + 17 * 62);
}
