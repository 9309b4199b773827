//! Names of hosts, stations, vendors and services, from files of the tests' own
//! that stand in for the system's.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, Scratch, installed, reading, udp};

/// Runs the program where `/etc` is the scratch's `etc`; nothing where that cannot
/// be done.
fn run(scratch: &Scratch, args: &[&str]) -> Option<Ran> {
    if !installed("unshare") || !Path::new("/proc/self/ns/mnt").exists() {
        eprintln!("skipped: unshare is missing");
        return None;
    }
    let mounted = "mount --bind etc /etc && exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_sniff");
    let args = [&["--mount", "sh", "-c", mounted, program], args].concat();
    let output = std::process::Command::new("unshare").args(args).current_dir(scratch.path()).env("TZ", "UTC").output();
    let ran = Ran::from(output.unwrap());
    if ran.stderr.starts_with("unshare: ") || ran.stderr.contains("permission denied") {
        eprintln!("skipped: {}", ran.stderr);
        return None;
    }
    Some(ran)
}

/// A packet to another host, and the same to a vendor's station.
fn packets() -> Vec<Vec<u8>> {
    let mut named = udp(b"");
    named[36..38].copy_from_slice(&514_u16.to_be_bytes());
    let mut other = named.clone();
    other[..6].copy_from_slice(&[0, 0, 0x0c, 0, 0, 9]);
    vec![named, other]
}

#[test]
fn names_come_from_the_systems_files_unless_numbers_are_wanted() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path().join("etc")).unwrap();
    scratch.write("etc/nsswitch.conf", "hosts: files\n");
    scratch.write("etc/passwd", fs::read("/etc/passwd").unwrap());
    scratch.write("etc/services", "syslog 514/udp\n");
    scratch.write("etc/hosts", "10.0.0.1 here.example.org alias\n10.0.0.2 there.example.org\n");
    scratch.write("etc/ethers", "# stations\n2:0:0:0:0:1 printer\n02:00:00:00:00:02 scanner\n");
    scratch.write("f", common::pcap(&packets()));
    for (args, lines) in [
        (
            &["-te"][..],
            "printer > scanner, ethertype IPv4 (0x0800), length 42: \
             here.example.org.1 > there.example.org.syslog:  [|syslog]\n\
             printer > 00:00:0c:00:00:09 (oui Cisco), ethertype IPv4 (0x0800), length 42: \
             here.example.org.1 > there.example.org.syslog:  [|syslog]\n",
        ),
        (&["-tN", "-c", "1"], "IP here.1 > there.syslog:  [|syslog]\n"),
        (
            &["-tne", "-c", "1"],
            "02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 42: \
             10.0.0.1.1 > 10.0.0.2.514:  [|syslog]\n",
        ),
    ] {
        let Some(ran) = run(&scratch, &[args, &["-r", "f"]].concat()) else { return };
        assert_eq!(ran, Ran::new(lines, reading("f"), 0));
    }
}
