//! Options, seen by what they do to packets and connections.

use std::process::Stdio;

use super::place;
use crate::common::Ran;

#[test]
fn hops_and_traffic_class_are_on_the_wire() {
    let Some(place) = place() else { return };
    assert!(place.net.run("echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"));
    for (host, args, expected) in [
        ("127.0.0.1", ["-T", "ef", "-M", "9"], "(tos 0xb8, ttl 9,"),
        ("127.0.0.1", ["-T", "0x10", "-M", "255"], "(tos 0x10, ttl 255,"),
        ("::1", ["-T", "af21", "-M", "7"], "(class 0x48, flowlabel"),
    ] {
        let capture = place.net.capture(&place.scratch, &["-nvtc1", "-i", "lo", "udp port 4001"]);
        let ran = place.feed(place.nc(&[&["-uw1"], &args[..], &[host, "4001"]].concat()), b"x");
        assert_eq!(ran.status.code(), Some(1), "nobody is there");
        let (ran, _) = capture.end();
        assert!(ran.stdout.contains(expected), "{}", ran.stdout);
        assert!(host != "::1" || ran.stdout.contains("hlim 7,"), "{}", ran.stdout);
    }
}

#[test]
fn the_family_is_that_of_the_option() {
    let Some(place) = place() else { return };
    assert!(place.net.run("echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"));
    let mut server = place.serve(place.nc(&["-lkvn6", "7000"]));
    assert_eq!(server.said, "Listening on :: 7000\n");
    for (args, host) in [(&["-6"][..], "::1"), (&[], "::1"), (&[], "[::1]")] {
        let ran = place.run(&[&["-zvn"], args, &[host, "7000"]].concat());
        assert_eq!(ran, Ran::new("", format!("Connection to {host} 7000 port [tcp/*] succeeded!\n"), 0));
        assert!(server.line().starts_with("Connection received on ::1 "));
    }
    for (args, host) in [("-4n", "::1"), ("-6n", "127.0.0.1")] {
        assert_eq!(place.run(&["-z", args, host, "7000"]).code, Some(4), "{host}");
    }
    server.stop();
    // An address with a zone.
    let address = "echo 0 > /proc/sys/net/ipv6/conf/near/disable_ipv6; ip addr add fe80::9/64 dev near nodad";
    assert!(place.net.run(address));
    let server = place.serve(place.nc(&["-lvn", "fe80::9%near", "7000"]));
    let ran = place.feed(place.nc(&["-Nv", "fe80::9%near", "7000"]), b"zone");
    let said = "Connection to fe80::9%near 7000 port [tcp/*] succeeded!\n";
    assert_eq!(Ran::from(ran).stderr.replace("bbs", "*"), said);
    assert_eq!(server.end().stdout, "zone");
}

#[test]
fn broadcast_needs_its_option() {
    let Some(place) = place() else { return };
    let run = |args: &[&str]| Ran::from(place.feed(place.nc(&[args, &["10.9.9.255", "4000"]].concat()), b"x"));
    let text = "nc: connect to 10.9.9.255 port 4000 (udp) failed: Permission denied\n";
    assert_eq!(run(&["-uw1"]), Ran::new("", text, 1));
    assert_eq!(run(&["-ubw1"]), Ran::new("", "", 0));
}

#[test]
fn a_vrf_has_its_own_routes() {
    let Some(place) = place() else { return };
    let made = "ip link add blue type vrf table 10 && ip link set blue up && ip link set near master blue";
    if !place.net.run(&format!("({made}) 2> /dev/null")) {
        return eprintln!("skipped: no VRF can be made");
    }
    let run = |args: &[&str]| place.run(&[&["-zw0.3"], args, &["10.9.9.2", "80"]].concat()).code;
    assert_eq!((run(&[]), run(&["-V", "blue"])), (Some(5), Some(2)));
    let text = "nc: routing table of red: No such device\n";
    assert_eq!(place.run(&["-V", "red", "127.0.0.1", "80"]), Ran::new("", text, 1));
}

#[test]
fn several_ports_are_words_too_and_the_first_that_takes_it_is_connected() {
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lvn", "127.0.0.1", "7001"]));
    let refused = |port| format!("nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n");
    let ran = place.feed(place.nc(&["-Nn", "127.0.0.1", "7000", "7001-7002"]), b"first");
    assert_eq!(Ran::from(ran), Ran::new("", refused(7000), 0));
    assert_eq!(server.end().stdout, "first");
    let ran = place.run(&["-zvn", "127.0.0.1", "7003", "7000-7001"]);
    assert_eq!(ran, Ran::new("", [7003, 7000, 7001].map(refused).concat(), 1));
}

#[test]
fn a_listener_finds_a_port_itself() {
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lvn", "127.0.0.1", "0"]));
    let port = server.said.trim_end().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(Ran::from(place.feed(place.nc(&["-N", "127.0.0.1", &port]), b"found")), Ran::new("", "", 0));
    assert_eq!(server.end().stdout, "found");
}

#[test]
fn what_is_not_wanted_is_not_read() {
    let Some(place) = place() else { return };
    // -d reads no input, -W takes so many packets.
    let server = place.serve(place.nc(&["-luvnW2", "127.0.0.1", "7000"]));
    let ran = place.feed(place.nc(&["-dw1", "-u", "127.0.0.1", "7000"]), b"unread");
    assert_eq!(Ran::from(ran), Ran::new("", "", 0));
    assert!(place.net.run("exec 3> /dev/udp/127.0.0.1/7000; for i in 1 2 3; do printf $i >&3; done"));
    let ran = server.end();
    assert_eq!((ran.stdout.as_str(), ran.code), ("12", Some(0)));
}

#[test]
fn debugging_is_asked_of_the_kernel_and_help_is_printed() {
    let Some(place) = place() else { return };
    let _server = place.serve(place.nc(&["-lkvnD", "127.0.0.1", "7000"]));
    assert_eq!(place.run(&["-zD", "127.0.0.1", "7000"]), Ran::new("", "", 0));
    for word in ["-h", "--help"] {
        let ran = place.run(&[word]);
        assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(0)));
        for letter in "46DdhIiklMmNnOPpqrSsTtUuVvWwXxZz".chars() {
            assert!(ran.stdout.contains(&format!("  -{letter}")), "-{letter}");
        }
    }
}

#[test]
fn unix_sockets_are_tested_too() {
    let Some(place) = place() else { return };
    assert_eq!(place.run(&["-zU", "s"]), Ran::new("", "nc: s: No such file or directory\n", 1));
    let server = place.serve(place.nc(&["-lvkU", "s"]));
    assert_eq!(place.run(&["-zvU", "s"]), Ran::new("", "Connection to s [unix] succeeded!\n", 0));
    server.stop();
    let long = "x".repeat(200);
    assert_eq!(place.run(&["-lU", &long]), Ran::new("", "nc: File name too long\n", 1));
    // What is no socket is not replaced.
    place.scratch.write("file", "precious");
    assert_eq!(place.run(&["-lU", "file"]), Ran::new("", "nc: Address already in use\n", 1));
    assert_eq!(place.scratch.read("file"), b"precious");
}

#[test]
fn input_and_output_may_be_closed() {
    let Some(place) = place() else { return };
    let exe = env!("CARGO_BIN_EXE_sniff");
    for (streams, expected) in [("<&-", "bye"), ("< /dev/null >&-", ""), ("< /dev/null 2>&-", "bye")] {
        let server =
            place.serve(place.command("bash", &["-c", &format!("printf bye | {exe} nc -lNvn 127.0.0.1 7000")]));
        let script = format!("{exe} nc -N 127.0.0.1 7000 {streams}");
        let output = place.command("bash", &["-c", &script]).stderr(Stdio::null()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{streams}");
        server.end();
    }
}
