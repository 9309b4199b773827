//! Octets between standard input and output and a peer.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::{Place, place};
use crate::common::{Ran, has};

/// Octets that do not repeat early.
fn octets(count: usize) -> Vec<u8> {
    (0..count as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

fn sent(place: &Place, args: &[&str], input: &[u8]) -> Ran {
    Ran::from(place.feed(place.nc(args), input))
}

#[test]
fn a_listener_gets_what_a_client_sends_and_both_end_well() {
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lv", "127.0.0.1", "7105"]));
    assert_eq!(server.said, "Listening on localhost 7105\n");
    assert_eq!(sent(&place, &["-N", "127.0.0.1", "7105"], b"hello\n"), Ran::new("", "", 0));
    let ran = server.end();
    assert_eq!((ran.stdout.as_str(), ran.code), ("hello\n", Some(0)));
    assert!(ran.stderr.contains("Connection received on localhost "), "{}", ran.stderr);
}

#[test]
fn both_directions_keep_every_octet() {
    let Some(place) = place() else { return };
    let (there, back) = (octets(3_000_017), octets(2_000_003));
    place.scratch.write("there", &there);
    place.scratch.write("back", &back);
    // Files and pipes at both ends: each way that octets can take.
    for (sink, source) in [("cat > got1", "cat back |"), ("> got1", "< back"), (">> got1", "< back")] {
        let _ = fs::remove_file(place.scratch.path().join("got1"));
        let exe = env!("CARGO_BIN_EXE_sniff");
        let pipe = if sink.starts_with("cat") { "|" } else { "" };
        let (feed, from) = if source.ends_with('|') { (source, "") } else { ("", source) };
        let server = format!("{feed} {exe} nc -Nlvn 127.0.0.1 7000 {from} {pipe} {sink}");
        let server = place.serve(place.command("bash", &["-c", &server]));
        let ran = place.feed(place.nc(&["-N", "127.0.0.1", "7000"]), &there);
        assert_eq!((ran.status.code(), ran.stdout == back), (Some(0), true), "{sink}");
        assert_eq!(server.end().code, Some(0));
        assert!(place.scratch.read("got1") == there, "{sink}");
    }
}

#[test]
fn a_server_sends_all_to_a_client_that_only_listens() {
    let Some(place) = place() else { return };
    let back = octets(3_000_017);
    place.scratch.write("back", &back);
    let input = fs::File::open(place.scratch.path().join("back")).unwrap();
    let server = place.serve_fed(place.nc(&["-lvn", "127.0.0.1", "7000"]), input.into());
    let mut client = place.nc(&["-N", "127.0.0.1", "7000"]);
    let output = client.stdin(Stdio::null()).output().unwrap();
    assert!(output.stdout == back);
    assert_eq!(server.end().code, Some(0));
}

#[test]
fn a_client_without_n_goes_on_after_its_input() {
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lvnd", "127.0.0.1", "7000"]));
    // -w ends what is idle, and that is no failure.
    let begun = Instant::now();
    assert_eq!(sent(&place, &["-w1", "127.0.0.1", "7000"], b"x"), Ran::new("", "", 0));
    assert!(begun.elapsed() >= Duration::from_millis(900));
    assert_eq!(server.end().stdout, "x");
    // -q is -N and a time, or with 0 -N alone: what the server says late is waited for.
    let server = place.serve_fed(place.nc(&["-lvN", "127.0.0.1", "7000"]), Stdio::null());
    assert_eq!(sent(&place, &["-q1", "127.0.0.1", "7000"], b"y"), Ran::new("", "", 0));
    assert_eq!(server.end().stdout, "y");
    let exe = env!("CARGO_BIN_EXE_sniff");
    let server = format!("(sleep 0.5; printf late) | {exe} nc -lvN 127.0.0.1 7000");
    let server = place.serve(place.command("bash", &["-c", &server]));
    assert_eq!(sent(&place, &["-q0", "127.0.0.1", "7000"], b"y"), Ran::new("late", "", 0));
    assert_eq!(server.end().stdout, "y");
    let server = format!("(sleep 5; printf late) | {exe} nc -lvN 127.0.0.1 7000");
    let server = place.serve(place.command("bash", &["-c", &server]));
    assert_eq!(sent(&place, &["-q1", "127.0.0.1", "7000"], b"y"), Ran::new("", "", 0));
    server.stop();
}

#[test]
fn who_reads_no_more_ends_it_quietly_and_a_full_disk_does_not() {
    let Some(place) = place() else { return };
    let exe = env!("CARGO_BIN_EXE_sniff");
    for (sink, said, code) in [
        ("| head -c 2; exit ${PIPESTATUS[0]}", "", 0),
        ("> /dev/full", "nc: standard output: No space left on device\n", 1),
    ] {
        let server = place.serve(place.command("bash", &["-c", &format!("yes | {exe} nc -lvn 127.0.0.1 7000")]));
        let script = format!("{exe} nc -d 127.0.0.1 7000 {sink}");
        let ran = Ran::from(place.command("bash", &["-c", &script]).output().unwrap());
        assert_eq!((ran.stderr.as_str(), ran.code), (said, Some(code)), "{sink}");
        server.stop();
    }
}

#[test]
fn a_reset_in_mid_transfer_is_told() {
    let Some(place) = place() else { return };
    // A peer that goes away with octets unread resets.
    let peer = "import socket; s = socket.create_server(('127.0.0.1', 7000)); print('listening on', flush=True); \
                c, _ = s.accept(); c.send(b'abc'); c.recv(1); import struct; \
                c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()";
    if !has("python3") {
        return;
    }
    let mut command = place.command("bash", &["-c", &format!("python3 -c \"{peer}\" >&2")]);
    command.stdin(Stdio::null());
    let server = place.serve(command);
    let mut client = place
        .nc(&["127.0.0.1", "7000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.as_mut().unwrap().write_all(b"1234").unwrap();
    let ran = Ran::from(client.wait_with_output().unwrap());
    let text = "nc: 127.0.0.1 port 7000 (tcp): Connection reset by peer after 3 octets received and 4 sent\n";
    assert_eq!(ran, Ran::new("abc", text, 3));
    server.end();
}

#[test]
fn many_clients_are_served_at_once() {
    let Some(place) = place() else { return };
    let mut server = place.serve_fed(place.nc(&["-lkvn", "127.0.0.1", "7000"]), Stdio::piped());
    let mut clients: Vec<_> = (0..3)
        .map(|_| {
            let mut client = place.nc(&["127.0.0.1", "7000"]);
            let client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            assert!(server.line().starts_with("Connection received on 127.0.0.1 "));
            client
        })
        .collect();
    // The last is heard although the first two are still there.
    for (n, client) in clients.iter_mut().enumerate().rev() {
        client.stdin.as_mut().unwrap().write_all(&[b'a' + n as u8]).unwrap();
        assert_eq!(server.printed(1), [b'a' + n as u8]);
    }
    // What the server says goes to all.
    server.child.stdin.as_mut().unwrap().write_all(b"all\n").unwrap();
    for client in &mut clients {
        let mut got = [0; 4];
        std::io::Read::read_exact(client.stdout.as_mut().unwrap(), &mut got).unwrap();
        assert_eq!(&got, b"all\n");
    }
    for mut client in clients {
        client.kill().unwrap();
        client.wait().unwrap();
    }
    // It goes on, after clients that were killed, too.
    assert_eq!(place.run(&["-z", "127.0.0.1", "7000"]).code, Some(0));
    server.stop();
}

#[test]
fn idle_clients_are_left_and_others_are_served_on() {
    let Some(place) = place() else { return };
    let mut server = place.serve(place.nc(&["-lkvnw1", "127.0.0.1", "7000"]));
    let idle = place.command("bash", &["-c", "exec 3<> /dev/tcp/127.0.0.1/7000; timeout 20 cat <&3"]).status();
    assert!(idle.unwrap().success());
    assert_eq!(sent(&place, &["-N", "127.0.0.1", "7000"], b"served"), Ran::new("", "", 0));
    assert_eq!(server.printed(6), b"served");
    server.stop();
}

#[test]
fn a_client_that_has_said_all_gets_what_waits_for_it() {
    let Some(place) = place() else { return };
    // More than sockets hold, so that it waits.
    let back = octets(9_000_001);
    place.scratch.write("back", &back);
    let input = fs::File::open(place.scratch.path().join("back")).unwrap();
    let _server = place.serve_fed(place.nc(&["-lkvN", "127.0.0.1", "7000"]), input.into());
    let script = format!("{} nc 127.0.0.1 7000 < /dev/null | (sleep 0.5; cat > got)", env!("CARGO_BIN_EXE_sniff"));
    assert!(place.command("bash", &["-c", &script]).status().unwrap().success());
    assert!(place.scratch.read("got") == back);
}

#[test]
fn a_busy_port_is_refused() {
    let Some(place) = place() else { return };
    let refused = Ran::new("", "nc: Address already in use\n", 1);
    let _tcp = place.serve(place.nc(&["-lvn", "127.0.0.1", "7000"]));
    assert_eq!(place.run(&["-l", "127.0.0.1", "7000"]), refused);
    let _udp = place.serve(place.nc(&["-luvn", "127.0.0.1", "7000"]));
    assert_eq!(place.run(&["-lu", "127.0.0.1", "7000"]), refused);
    let _unix = place.serve(place.nc(&["-lvU", "s"]));
    assert_eq!(place.run(&["-lU", "s"]), refused);
}

#[test]
fn a_listener_on_udp_keeps_to_its_peer_or_takes_all() {
    let Some(place) = place() else { return };
    let mut server = place.serve(place.nc(&["-luvn", "127.0.0.1", "7000"]));
    let send = |text: &str| assert!(place.net.run(&format!("printf {text} > /dev/udp/127.0.0.1/7000")));
    send("one");
    assert_eq!(server.printed(3), b"one");
    assert!(server.line().starts_with("Connection received on 127.0.0.1 "));
    send("three");
    let told = server.line();
    assert!(told.starts_with("nc: 5 octets from 127.0.0.1 "), "{told}");
    assert!(told.ends_with(" were not taken; -k takes all\n"), "{told}");
    server.stop();
    let mut server = place.serve(place.nc(&["-lukvn", "127.0.0.1", "7000"]));
    send("one");
    send("three");
    assert_eq!(server.printed(8), b"onethree");
    server.stop();
}

#[test]
fn large_datagrams_are_not_cut() {
    let Some(place) = place() else { return };
    let mut server = place.serve(place.nc(&["-luvnW1", "127.0.0.1", "7000"]));
    let script = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'z' * 65507, ('127.0.0.1', 7000))";
    if has("python3") {
        assert!(place.command("python3", &["-c", script]).status().unwrap().success());
        assert_eq!(server.printed(65507), [b'z'; 65507]);
        assert_eq!(server.end().code, Some(0));
    }
}

#[test]
fn udp_to_a_closed_port_is_told() {
    let Some(place) = place() else { return };
    let text = "nc: 127.0.0.1 port 7003 (udp): Connection refused (ICMP port unreachable from 127.0.0.1)\n";
    assert_eq!(sent(&place, &["-uw2", "127.0.0.1", "7003"], b"x"), Ran::new("", text, 1));
}

#[test]
fn a_dead_unix_socket_refuses_and_makes_room() {
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lvU", "s"]));
    server.stop();
    assert!(place.scratch.path().join("s").exists());
    assert_eq!(place.run(&["-U", "s"]), Ran::new("", "nc: s: Connection refused\n", 1));
    let server = place.serve(place.nc(&["-lvU", "s"]));
    assert_eq!(sent(&place, &["-NU", "s"], b"hello"), Ran::new("", "", 0));
    assert_eq!(server.end().stdout, "hello");
    assert_eq!(place.run(&["-U", "nosuch"]), Ran::new("", "nc: nosuch: No such file or directory\n", 1));
    // Datagrams, and abstract names.
    let mut server = place.serve(place.nc(&["-lvuU", "d"]));
    assert_eq!(sent(&place, &["-uUw1", "d"], b"gram"), Ran::new("", "", 0));
    assert_eq!(server.printed(4), b"gram");
    server.stop();
    let server = place.serve(place.nc(&["-lvU", "@sniff-test"]));
    assert_eq!(sent(&place, &["-NU", "@sniff-test"], b"abstract"), Ran::new("", "", 0));
    assert_eq!(server.end().stdout, "abstract");
}

#[test]
fn lines_end_as_c_says_and_come_as_i_says() {
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lvnd", "127.0.0.1", "7000"]));
    assert_eq!(sent(&place, &["-NC", "127.0.0.1", "7000"], b"a\nb\r\nc"), Ran::new("", "", 0));
    assert_eq!(server.end().stdout, "a\r\nb\r\nc");
    let server = place.serve(place.nc(&["-lvnd", "127.0.0.1", "7000"]));
    let begun = Instant::now();
    assert_eq!(sent(&place, &["-Ni0.3", "127.0.0.1", "7000"], b"a\nb\nc\n"), Ran::new("", "", 0));
    assert!(begun.elapsed() >= Duration::from_millis(600), "{:?}", begun.elapsed());
    assert_eq!(server.end().stdout, "a\nb\nc\n");
}

#[test]
fn telnet_offers_are_refused() {
    let Some(place) = place() else { return };
    let server = place.serve_fed(place.nc(&["-lvnW1", "127.0.0.1", "7000"]), Stdio::piped());
    let mut server = server;
    server.child.stdin.as_mut().unwrap().write_all(b"\xff\xfd\x18").unwrap();
    let client = place.nc(&["-tw2", "127.0.0.1", "7000"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(server.printed(3), b"\xff\xfc\x18");
    assert_eq!(server.end().code, Some(0));
    client.wait_with_output().unwrap();
}

#[test]
fn source_and_socket_options_are_set() {
    let Some(place) = place() else { return };
    let mut server = place.serve(place.nc(&["-lkvn", "127.0.0.1", "7000"]));
    let args = [
        "-zs",
        "127.0.0.7",
        "-p5000",
        "-T",
        "ef",
        "-M",
        "9",
        "-I",
        "9000",
        "-O",
        "9000",
        "-m",
        "1",
        "127.0.0.1",
        "7000",
    ];
    assert_eq!(place.run(&args), Ran::new("", "", 0));
    assert_eq!(server.line(), "Connection received on 127.0.0.7 5000\n");
    // The connection's packets have too low a TTL for this.
    let args = ["-zv", "-m", "200", "-w1", "127.0.0.1", "7000"];
    assert_eq!(place.run(&args).code, Some(2));
    server.stop();
}

#[test]
fn a_socket_is_passed_on() {
    if !has("python3") {
        return;
    }
    let Some(place) = place() else { return };
    let server = place.serve(place.nc(&["-lvn", "127.0.0.1", "7000"]));
    let script = format!(
        "import socket, subprocess, array\n\
         a, b = socket.socketpair()\n\
         r = subprocess.run(['{}', 'nc', '-F', '127.0.0.1', '7000'], stdout=b)\n\
         _, fds, _, _ = socket.recv_fds(a, 1, 1)\n\
         socket.socket(fileno=fds[0]).send(b'passed')\n\
         raise SystemExit(r.returncode)",
        env!("CARGO_BIN_EXE_sniff")
    );
    assert!(place.command("python3", &["-c", &script]).status().unwrap().success());
    assert_eq!(server.end().stdout, "passed");
}

#[test]
fn a_peer_that_ends_is_waited_for_no_longer_than_the_input() {
    let Some(place) = place() else { return };
    let server = place.serve_fed(place.nc(&["-lNvn", "127.0.0.1", "7000"]), Stdio::null());
    let mut client = place.nc(&["127.0.0.1", "7000"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // The server has said all; it still listens.
    thread::sleep(Duration::from_millis(200));
    client.stdin.as_mut().unwrap().write_all(b"later").unwrap();
    drop(client.stdin.take());
    assert_eq!(server.said, "Listening on 127.0.0.1 7000\n");
    thread::sleep(Duration::from_millis(200));
    client.kill().unwrap();
    client.wait().unwrap();
    assert_eq!(server.stop().stdout, "later");
}
