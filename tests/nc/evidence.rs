//! The packets under a verdict.

use std::process::Command;

use super::place;
use crate::common::Ran;

/// The lines without times, sequence numbers and the ports that the kernel chose.
fn lines(ran: &Ran) -> Vec<String> {
    let word = |word: &str| match word.trim_end_matches(':').rsplit_once('.').map(|(_, port)| port.parse::<u16>()) {
        Some(Ok(1024..)) => "OWN".to_owned(),
        _ => word.to_owned(),
    };
    let plain = |line: &str| match line.split_once(" IP ") {
        Some((_, rest)) => {
            let rest = rest.split(", seq").next().unwrap_or(rest);
            rest.split(' ').map(word).collect::<Vec<_>>().join(" ")
        }
        None => line.split(" after ").next().unwrap_or(line).to_owned(),
    };
    ran.stdout.lines().map(plain).collect()
}

#[test]
fn each_verdict_has_its_packets() {
    let Some(place) = place() else { return };
    if !place.firewall(&["tcp dport 81 drop", "tcp dport 82 reject with icmp type admin-prohibited"]) {
        return;
    }
    let ran = place.run(&["-zn", "--evidence", "-w", "1.5", "-w", "e.pcapng", "127.0.0.1", "80-82"]);
    let expected = [
        "nc: connect to 127.0.0.1 port 80 (tcp) failed: Connection refused",
        "  SYN answered by RST",
        "OWN > 127.0.0.1.80: Flags [S]",
        "127.0.0.1.80 > OWN Flags [R.]",
        "nc: connect to 127.0.0.1 port 81 (tcp) timed out: no answer in 1.5 s",
        "  SYN without an answer, sent 2 times",
        "OWN > 127.0.0.1.81: Flags [S]",
        "OWN > 127.0.0.1.81: Flags [S]",
        "nc: connect to 127.0.0.1 port 82 (tcp) failed: No route to host (ICMP administratively prohibited from 127.0.0.1)",
        "  SYN answered by ICMP administratively prohibited from 127.0.0.1",
        "OWN > 127.0.0.1.82: Flags [S]",
        "127.0.0.1 > 127.0.0.1: ICMP host 127.0.0.1 unreachable - admin prohibited filter, length 68",
    ];
    assert_eq!(lines(&ran), expected);
    assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(1)));
    // The file has the packets, and each verdict at the one that proves it.
    let file = place.scratch.read("e.pcapng");
    for verdict in
        ["port 80 (tcp) failed: Connection refused", "port 81 (tcp) timed out", "port 82 (tcp) failed: No route"]
    {
        let count = file.windows(verdict.len()).filter(|octets| *octets == verdict.as_bytes()).count();
        assert_eq!(count, 1, "{verdict}");
    }
    let read = place.scratch.run(&["-n", "-r", "e.pcapng"]);
    let packets = |text: &str| text.lines().filter(|line| line.contains(" IP ")).count();
    assert_eq!(packets(&read.stdout), packets(&ran.stdout));
}

#[test]
fn an_open_port_has_its_handshake() {
    let Some(place) = place() else { return };
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7000"]));
    let ran = place.run(&["-zn", "--evidence", "127.0.0.1", "7000"]);
    let mut lines = ran.stdout.lines();
    assert_eq!(lines.next(), Some("Connection to 127.0.0.1 7000 port [tcp/*] succeeded!"));
    let summary = lines.next().unwrap();
    assert!(summary.starts_with("  SYN answered by SYN-ACK after 0."), "{summary}");
    assert!(summary.ends_with(" ms: the handshake's RTT"), "{summary}");
    assert!(lines.next().unwrap().contains("Flags [S],"));
    assert!(lines.next().unwrap().contains("Flags [S.],"));
    assert_eq!(ran.code, Some(0));
}

#[test]
fn of_many_ports_no_packet_is_lost() {
    let Some(place) = place() else { return };
    let ran = place.run(&["-zn", "--evidence", "127.0.0.1", "1-3000"]);
    assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(1)));
    assert_eq!(ran.stdout.matches("  SYN answered by RST after ").count(), 3000);
}

#[test]
fn udp_has_its_evidence_too() {
    let Some(place) = place() else { return };
    let ran = place.run(&["-zun", "--evidence", "127.0.0.1", "7003"]);
    assert!(
        ran.stdout.contains("  datagram answered by ICMP port unreachable from 127.0.0.1 after "),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("ICMP 127.0.0.1 udp port 7003 unreachable"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(1));
}

#[test]
fn without_rights_the_test_is_made_all_the_same() {
    let Some(place) = place() else { return };
    let drop = ["--reuid", "65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "true"];
    if !Command::new("setpriv").args(drop).status().is_ok_and(|status| status.success()) {
        return;
    }
    // Somebody else may not reach where the program is built.
    let copy = place.scratch.path().join("sniff");
    crate::common::copy_program(&copy);
    let args = [&drop[..5], &[copy.to_str().unwrap(), "nc", "-z", "--evidence", "127.0.0.1", "7003"]].concat();
    let ran = Ran::from(place.command("setpriv", &args).output().unwrap());
    assert_eq!(ran.stdout, "nc: connect to 127.0.0.1 port 7003 (tcp) failed: Connection refused\n", "{ran:?}");
    assert!(ran.stderr.contains("no evidence: ") && ran.stderr.contains("setcap"), "{ran:?}");
    assert_eq!(ran.code, Some(1));
}
