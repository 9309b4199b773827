//! `--where`.

use std::path::Path;

use crate::common::{Ran, Scratch, pcap, reading, udp};
use crate::talk::{Talk, capture};

/// A request, its answer and a datagram.
fn scratch() -> Scratch {
    let mut talk = Talk::new();
    talk.client(b"POST /x HTTP/1.1\r\nHost: example.com\r\n\r\n")
        .server(b"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n");
    talk.packets.push(udp(b"example"));
    let scratch = Scratch::new();
    scratch.write("f", capture(&talk.packets));
    scratch
}

#[test]
fn what_no_field_can_be_is_an_error_at_its_place() {
    let error =
        "sniff: 99999 is too large: tcp.port is at most 65535\n  http && tcp.port == 99999\n                      ^\n";
    let ran = scratch().run(&["-r", "f", "--where", "http && tcp.port == 99999"]);
    assert_eq!(ran, Ran::new("", error, 1));
}

#[test]
fn octets_that_are_no_text_match_as_often_as_they_are_there() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"\xff\xff\xff"), udp(b"\xff\xff")]));
    for pattern in ["\\xff{3}", "\\\\xff{3}"] {
        let condition = format!("udp.payload matches \"{pattern}\"");
        assert_eq!(scratch.run(&["-r", "f", "--fields", "frame.number", "--where", &condition]).stdout, "1\n");
    }
}

#[test]
fn packets_are_chosen_by_their_fields() {
    let scratch = scratch();
    for (condition, numbers) in [
        ("tcp", "1 2 3 4 5"),
        ("!tcp", "6"),
        ("not tcp or http.response", "5 6"),
        ("http.request.method == \"POST\" && ip.src == 10.0.0.0/24", "4"),
        ("http.request.method == \"post\"", ""),
        ("http.host matches \"^EXAMPLE\\.\"", "4"),
        ("http.host contains \"ample\" and tcp", "4"),
        ("frame contains \"example\"", "4 6"),
        ("frame contains 65:78:61", "4 6"),
        ("http.response.code >= 400 && http.response.code < 500", "5"),
        ("tcp.flags.syn == true", "1 2"),
        ("tcp.flags & 0x12 == 0x12", "2"),
        ("tcp.flags & 2", "1 2"),
        ("tcp.port in {79, 80..90}", "1 2 3 4 5"),
        ("udp.port in {2}", "6"),
        ("eth.src[0:3] == 02:00:00 && udp", "6"),
        ("eth.src[5] == 01 && udp", "6"),
        ("eth.src[-1:] == 02", ""),
        ("ip.src[3] == 02", "2 5"),
        ("ip.src == 10.0.0.1", "1 3 4 6"),
        ("ip.addr != 10.0.0.3", "1 2 3 4 5 6"),
        ("ip.addr != 10.0.0.1", ""),
        ("tcp.port != 80", ""),
        ("tcp.srcport > tcp.dstport", "1 3 4"),
        ("frame.number >= 3 && frame.number <= 4", "3 4"),
        ("frame.time_relative > 0.0035", "5 6"),
        ("ipv6.src == fe80::/10", ""),
        ("tcp.len == 0 || udp.length == 15", "1 2 3 6"),
        ("tcp.analysis.ack_rtt", "2 3 5"),
        ("(tcp and (tcp.seq == 0)) or http.request", "1 2 4"),
        ("tcp.payload contains \"404\"", "5"),
        ("http.request eq true", "4"),
    ] {
        let ran = scratch.run(&["-r", "f", "--fields", "frame.number", "--where", condition]);
        assert_eq!(ran.stdout.split_whitespace().collect::<Vec<_>>().join(" "), numbers, "{condition}: {}", ran.stderr);
        // What is dropped early must not make a difference.
        let count = scratch.run(&["-r", "f", "--count", "--where", condition]).stdout;
        let expected = numbers.split_whitespace().count();
        assert_eq!(count, format!("{expected} packet{}\n", if expected == 1 { "" } else { "s" }), "{condition}");
    }
}

#[test]
fn the_condition_follows_the_filter_and_precedes_all_else() {
    let scratch = scratch();
    let text = scratch.run(&["-r", "f", "-nt", "--where", "http", "-c", "1", "src host 10.0.0.2"]);
    assert_eq!(text.code, Some(0));
    assert!(text.stdout.starts_with("IP 10.0.0.2.80 > 10.0.0.1.5000: Flags [.]"), "{}", text.stdout);
    assert_eq!(text.stdout.lines().count(), 1);
    let written = scratch.run(&["-r", "f", "-w", "out", "--where", "http.request or udp"]);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    let numbers = scratch.run(&["-r", "out", "--fields", "udp.length,http.request.method"]).stdout;
    assert_eq!(numbers, "\tPOST\n15\t\n");
}

#[test]
fn the_place_of_an_error_is_shown() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"")]));
    let ran = scratch.run(&["-r", "f", "--where", "ip.src == 10.0.0.1 && tcp.port = 80"]);
    let expected = "sniff: unexpected '='\n  ip.src == 10.0.0.1 && tcp.port = 80\n                                 ^\n";
    assert_eq!(ran, Ran::new("", expected, 1));
    let ran = scratch.run(&["-r", "f", "--where", "tcp.port == \"80\""]);
    let expected = "sniff: a value of kind number is not in quotes\n  tcp.port == \"80\"\n              ^\n";
    assert_eq!(ran, Ran::new("", expected, 1));
}

/// What the kernel can see of a condition is in the filter, and packets that may
/// have more than their outer headers pass it.
#[test]
fn a_condition_makes_the_filter_narrower() {
    let scratch = scratch();
    let program = |args: &[&str]| scratch.run(&[&["-r", "f", "-d"], args].concat()).stdout;
    let narrow = program(&["--where", "ip.src == 10.0.0.1 && http"]);
    let plain = "((ip proto 6) or (ip6 and ip6[6] = 6)) and not (tcp port 639 or tcp port 6633 or tcp port 6653)";
    assert_eq!(narrow, program(&[&format!("(ip src net 10.0.0.1/32) or not ({plain})")]));
    assert_ne!(narrow, program(&[]));
    // Whoever wants to know how connections go sees both directions.
    assert_eq!(program(&["--where", "ip.src == 10.0.0.1", "--analyze"]), program(&[]));
    assert_eq!(program(&["--where", "http"]), program(&[]));
}

/// Packets inside others are found whether the filter is narrower or not, as with `--json`.
#[test]
fn a_narrower_filter_loses_nothing() {
    let scratch = Scratch::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (capture, condition) in
        [("msdp", "udp"), ("openflow10", "ip.addr == 10.0.0.1"), ("ppi", "ip"), ("icmpv6", "udp")]
    {
        let path = folder.join(capture).with_extension("pcap");
        let run = |options: &[&str]| {
            scratch.run(&[&["-n", "-r", path.to_str().unwrap(), "--where", condition], options].concat())
        };
        let objects = run(&["--json"]).stdout.lines().count();
        assert!(objects > 0, "{capture}");
        assert_eq!(run(&["--fields", "frame.number"]).stdout.lines().count(), objects, "{capture}: {condition}");
    }
}

/// A tag, and another address inside a tunnel: the filter alone would miss them.
#[test]
fn nested_headers_count() {
    let scratch = Scratch::new();
    let mut tagged = udp(b"");
    tagged.splice(12..12, [0x81, 0, 0, 7]);
    let inner = Talk::new().packets[0].split_off(14);
    let mut tunnel = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, (20 + inner.len()) as u8];
    tunnel.extend([0, 0, 0, 0, 64, 4, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
    tunnel.extend(inner);
    scratch.write("f", pcap(&[tagged, tunnel, udp(b"")]));
    let run = |condition| scratch.run(&["-r", "f", "--fields", "frame.number", "--where", condition]);
    assert_eq!(run("ip.src == 10.0.0.1"), Ran::new("1\n2\n3\n", reading("f"), 0));
    assert_eq!(run("tcp.port == 80").stdout, "2\n");
    assert_eq!(run("vlan.id == 7").stdout, "1\n");
}

/// What somebody looks for in a capture of servers.
#[test]
fn captures_are_searched_by_fields_of_applications() {
    let scratch = Scratch::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fields/captures/");
    for (capture, condition, packets) in [
        ("nfs", "nfs.name == \"file.txt\"", "2 packets\n"),
        ("nfs", "rpc && nfs.status3 != 0", "2 packets\n"),
        ("nfs", "rpc.auth.uid == 1000 && nfs.procedure_v3 == 7", "1 packet\n"),
        ("text", "smtp.req.parameter contains \"a@example\"", "1 packet\n"),
        ("text", "ftp.passive.port == 50000", "1 packet\n"),
        ("text", "sip.from.user == \"alice\" && sip.Method == \"INVITE\"", "2 packets\n"),
        ("text", "ssh.kex_algorithms ~ \"curve25519\"", "2 packets\n"),
        ("text", "resp.integer < 0", "1 packet\n"),
        ("dns", "dns.svcb.svcparam.alpn == \"h2\"", "1 packet\n"),
        ("dns", "dns.opt.client.addr4 == 192.0.2.0/24", "1 packet\n"),
        ("kerberos", "kerberos.CNameString == \"alice\" && kerberos.error_code == 25", "1 packet\n"),
        ("seldom", "icmpv6.opt.linkaddr == 02:00:00:00:00:01", "2 packets\n"),
        ("seldom", "icmpv6.opt.linkaddr[4:2] == 00:02", "1 packet\n"),
        ("discovery", "cdp.voice_vlan == 100 || lldp.media.vlan_id == 100", "2 packets\n"),
    ] {
        let file = format!("{folder}{capture}.pcap.gz");
        let ran = scratch.run(&["-r", &file, "--where", condition, "--count"]);
        assert_eq!((&*ran.stdout, ran.code), (packets, Some(0)), "{condition}: {}", ran.stderr);
    }
}
