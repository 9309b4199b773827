//! Name servers of others, asked by `sniff check` and through `sniff nc`.

use std::process::{Child, Command, Stdio};

use super::{Place, place};
use crate::common::{Ran, has};

/// The octets of a query for the address of a.test, and of the answer's record.
const QUERY: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x04test\x00\x00\x01\x00\x01";
const ADDRESS: &[u8] = &[0, 4, 10, 1, 2, 3];

/// A server that goes away.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(mut command: Command) -> Daemon {
    Daemon(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

fn check(place: &Place, args: &[&str]) -> Ran {
    Ran::from(place.command(env!("CARGO_BIN_EXE_sniff"), &[&["check"], args].concat()).output().unwrap())
}

/// What a name server for a.test alone says, at this address.
fn ask(place: &Place, server: &str, port: &str, other: &str) {
    let url = |rest: &str| format!("dns://{server}:{port}/{rest}");
    // It may take its time to begin.
    let ran = check(place, &["--wait", "20s", "--timeout", "1s", &url("a.test")]);
    assert!(ran.stdout.contains("  NOERROR, 1 answer  dns "), "{ran:?}");
    assert_eq!(ran.code, Some(0));
    let ran = check(place, &[&url("b.example")]);
    assert!(ran.stdout.starts_with(&format!("FAIL  {}  {other}, 0 answers  ", url("b.example"))), "{ran:?}");
    assert_eq!(ran.code, Some(8));
    let ran = place.feed(place.nc(&["-uW1", server, port]), QUERY);
    assert!(ran.stdout.starts_with(&QUERY[..2]) && ran.stdout.ends_with(ADDRESS), "{ran:?}");
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn dnsmasq_answers() {
    let Some(place) = place() else { return };
    if !has("dnsmasq") {
        return;
    }
    let args = [
        "-k",
        "-C",
        "/dev/null",
        "--listen-address=127.0.0.1",
        "--bind-interfaces",
        "-R",
        "-h",
        "--address=/a.test/10.1.2.3",
    ];
    let _server = start(place.command("dnsmasq", &args));
    ask(&place, "127.0.0.1", "53", "REFUSED");
    let open = "Connection to 127.0.0.1 53 port [udp/*] succeeded!\n";
    assert_eq!(place.run(&["-zuvn", "127.0.0.1", "53"]), Ran::new("", open, 0));
}

#[test]
fn unbound_answers() {
    let Some(place) = place() else { return };
    if !has("unbound") {
        return;
    }
    let settings = "server:\n interface: 127.0.0.1@5300\n username: \"\"\n chroot: \"\"\n directory: \".\"\n pidfile: \"\"\n \
                    use-syslog: no\n local-zone: \"test.\" static\n local-data: \"a.test. IN A 10.1.2.3\"\n \
                    local-zone: \"example.\" static\nremote-control:\n control-enable: no\n";
    place.scratch.write("unbound.conf", settings);
    let _server = start(place.command("unbound", &["-d", "-c", "unbound.conf"]));
    ask(&place, "127.0.0.1", "5300", "NXDOMAIN");
}

#[test]
fn an_address_that_is_silent_leaves_time_for_the_next() {
    let Some(place) = place() else { return };
    assert!(place.net.run("echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"));
    if !place.firewall(&["meta nfproto ipv6 tcp dport 7000 drop"]) {
        return;
    }
    // localhost is ::1 first, if the system's files have it so.
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7000"]));
    let ran = check(&place, &["--timeout", "2s", "--json", "tcp://localhost:7000"]);
    assert!(ran.stdout.contains("\"address\":\"127.0.0.1\""), "{ran:?}");
    assert_eq!(ran.code, Some(0));
}
