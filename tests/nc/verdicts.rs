//! What a test of a port says, and how it ends.

use super::{Place, place};
use crate::common::Ran;

fn said(stderr: &str, code: i32) -> Ran {
    Ran::new("", stderr, code)
}

fn at(place: &Place, args: &[&str], stderr: &str, code: i32) {
    assert_eq!(place.run(args), said(stderr, code), "{args:?}");
}

#[test]
fn open_and_closed_ports_are_as_nc_tells_them() {
    let Some(place) = place() else { return };
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7000"]));
    at(&place, &["-z", "127.0.0.1", "7000"], "", 0);
    at(&place, &["-z", "127.0.0.1", "7003"], "", 1);
    at(&place, &["-zvn", "127.0.0.1", "7000"], "Connection to 127.0.0.1 7000 port [tcp/*] succeeded!\n", 0);
    let refused = "nc: connect to 127.0.0.1 port 7003 (tcp) failed: Connection refused\n";
    at(&place, &["-zv", "127.0.0.1", "7003"], refused, 1);
    at(&place, &["127.0.0.1", "7003"], refused, 1);
    at(&place, &["-zv4w1", "localhost", "7003"], &refused.replacen("127.0.0.1", "localhost (127.0.0.1)", 1), 1);
}

#[test]
fn a_service_has_its_name() {
    let Some(place) = place() else { return };
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "http"]));
    at(&place, &["-zv", "127.0.0.1", "http"], "Connection to 127.0.0.1 80 port [tcp/http] succeeded!\n", 0);
}

#[test]
fn of_a_range_each_port_has_a_line_in_order() {
    let Some(place) = place() else { return };
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7000"]));
    let line = |port| format!("nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n");
    let open = "Connection to 127.0.0.1 7000 port [tcp/*] succeeded!\n";
    let lines = [line(6999), open.to_owned(), line(7001), line(7002)].concat();
    at(&place, &["-zvn", "127.0.0.1", "6999-7002"], &lines, 0);
    at(&place, &["-zvn", "127.0.0.1", "7002-6999"], &lines, 0);
    at(&place, &["-zvn", "127.0.0.1", "6999,7000"], &(line(6999) + open), 0);
    at(&place, &["-zn", "127.0.0.1", "7001-7003"], "", 1);
    let ran = place.run(&["-zvnr", "127.0.0.1", "6999-7002"]);
    let mut random: Vec<_> = ran.stderr.split_inclusive('\n').collect();
    let mut ordered: Vec<_> = lines.split_inclusive('\n').collect();
    random.sort_unstable();
    ordered.sort_unstable();
    assert_eq!((random, ran.code), (ordered, Some(0)));
}

#[test]
fn many_ports_are_told_in_order_too() {
    let Some(place) = place() else { return };
    let _server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7000"]));
    let ran = place.run(&["-zvn", "127.0.0.1", "6001-7600"]);
    let line = |port| match port {
        7000 => "Connection to 127.0.0.1 7000 port [tcp/*] succeeded!\n".to_owned(),
        port => format!("nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n"),
    };
    assert!(ran.stderr == (6001..=7600).map(line).collect::<String>());
    assert_eq!(ran.code, Some(0));
}

#[test]
fn what_is_dropped_is_not_what_is_rejected() {
    let Some(place) = place() else { return };
    let rules = [
        "tcp dport 81 drop",
        "tcp dport 82 reject with icmp type admin-prohibited",
        "tcp dport 83 reject with tcp reset",
        "tcp dport 84 reject",
        "udp dport 81 drop",
        "udp dport 82 reject with icmp type admin-prohibited",
    ];
    if !place.firewall(&rules) {
        return;
    }
    let filtered = "nc: connect to 127.0.0.1 port 81 (tcp) timed out: no answer in 0.3 s\n";
    at(&place, &["-zvw0.3", "127.0.0.1", "81"], filtered, 2);
    at(&place, &["-w0.3", "127.0.0.1", "81"], filtered, 2);
    at(
        &place,
        &["-zv", "127.0.0.1", "82"],
        "nc: connect to 127.0.0.1 port 82 (tcp) failed: No route to host (ICMP administratively prohibited from 127.0.0.1)\n",
        5,
    );
    at(&place, &["-zv", "127.0.0.1", "83"], "nc: connect to 127.0.0.1 port 83 (tcp) failed: Connection refused\n", 1);
    at(
        &place,
        &["-v", "127.0.0.1", "84"],
        "nc: connect to 127.0.0.1 port 84 (tcp) failed: Connection refused (ICMP port unreachable from 127.0.0.1)\n",
        5,
    );
    at(&place, &["-zuvw1", "127.0.0.1", "81"], "nc: 127.0.0.1 port 81 (udp) is open|filtered: no answer in 1 s\n", 6);
    at(
        &place,
        &["-zuv", "127.0.0.1", "82"],
        "nc: connect to 127.0.0.1 port 82 (udp) failed: No route to host (ICMP administratively prohibited from 127.0.0.1)\n",
        5,
    );
    // Ports that do not answer are waited for together.
    let begun = std::time::Instant::now();
    place.net.run("nft add rule inet t in tcp dport 1000-1099 drop");
    assert_eq!(place.run(&["-zw1", "127.0.0.1", "1000-1099"]), said("", 2));
    assert!(begun.elapsed().as_secs() < 10);
}

#[test]
fn udp_is_open_where_it_answers_and_closed_where_icmp_says_so() {
    let Some(place) = place() else { return };
    at(
        &place,
        &["-zuv", "127.0.0.1", "7003"],
        "nc: connect to 127.0.0.1 port 7003 (udp) failed: Connection refused\n",
        1,
    );
    let mut server = place.nc(&["-luvn", "127.0.0.1", "7000"]);
    server.stdout(std::process::Stdio::null());
    // Who is tested answers.
    let mut server = place.serve_fed(server, std::process::Stdio::piped());
    use std::io::Write;
    server.child.stdin.as_mut().unwrap().write_all(b"answer").unwrap();
    at(&place, &["-zuvn", "127.0.0.1", "7000"], "Connection to 127.0.0.1 7000 port [udp/*] succeeded!\n", 0);
}

#[test]
fn a_name_that_is_not_found_and_a_network_that_is_not_there_have_codes_of_their_own() {
    let Some(place) = place() else { return };
    let ran = place.run(&["-zv", "nosuch.invalid", "80"]);
    assert!(ran.stderr.starts_with("nc: getaddrinfo for host \"nosuch.invalid\" port 80: "), "{ran:?}");
    assert_eq!(ran.code, Some(4));
    let text = "nc: getaddrinfo for host \"localhost\" port 80: Name or service not known\n";
    at(&place, &["-n", "localhost", "80"], text, 4);
    at(&place, &["192.0.2.1", "80"], "nc: connect to 192.0.2.1 port 80 (tcp) failed: Network is unreachable\n", 5);
}

#[test]
fn bad_options_end_with_one() {
    let Some(place) = place() else { return };
    for (args, text) in [
        (&["-z", "127.0.0.1", "abc"][..], "port number invalid: abc"),
        (&["-z", "127.0.0.1", "70000"], "port number too large: 70000"),
        (&["127.0.0.1"], "missing port number"),
        (&["-w", "abc", "h", "1"], "timeout invalid: abc"),
        (&["-w", "-1", "h", "1"], "timeout too small: -1"),
        (&["-i", "x", "h", "1"], "interval invalid: x"),
        (&["-q", "x", "h", "1"], "quit timer invalid: x"),
        (&["-T", "foo", "h", "1"], "illegal tos value foo"),
        (&["-M", "300", "h", "1"], "ttl is too large"),
        (&["-m", "x", "h", "1"], "minttl is invalid"),
        (&["-I", "0", "h", "1"], "TCP receive window too small: 0"),
        (&["-W", "0", "h", "1"], "receive limit too small: 0"),
        (&["-lz", "1"], "cannot use -z and -l"),
        (&["-k", "h", "1"], "must use -l with -k"),
        (&["-y"], "invalid option -- 'y'"),
        (&["-w"], "option requires an argument -- 'w'"),
    ] {
        let ran = place.run(args);
        assert_eq!(ran.stderr.lines().next(), Some(format!("nc: {text}").as_str()), "{args:?}");
        assert_eq!(ran.code, Some(1), "{args:?}");
    }
}
