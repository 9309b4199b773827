//! OpenBSD's nc and ncat at the other end.

use std::process::Stdio;

use super::{Place, place};
use crate::common::{Ran, has};

/// A program that listens there and gets this program's octets, and the other way round.
fn both_ways(place: &Place, program: &str, target: &[&str], ends: &str) {
    assert!(place.net.run("rm -f s"));
    let listen = [&["-lvn"], target].concat();
    let server = place.serve(place.command(program, &listen));
    let ran = place.feed(place.nc(&[&["-N"], target].concat()), b"to it");
    assert_eq!(Ran::from(ran), Ran::new("", "", 0), "{program} {target:?}");
    assert_eq!(server.end().stdout, "to it", "{program} {target:?}");
    assert!(place.net.run("rm -f s"));
    let server = place.serve(place.nc(&listen));
    let ran = place.feed(place.command(program, &[&[ends], target].concat()), b"from it");
    assert_eq!(ran.status.code(), Some(0), "{program} {target:?}");
    assert_eq!(server.end().stdout, "from it", "{program} {target:?}");
}

#[test]
fn nc_and_ncat_understand_and_are_understood() {
    let Some(place) = place() else { return };
    assert!(place.net.run("echo 0 > /proc/sys/net/ipv6/conf/lo/disable_ipv6"));
    for (program, ends) in [("nc", "-N"), ("ncat", "--send-only")] {
        if has(program) {
            both_ways(&place, program, &["127.0.0.1", "7000"], ends);
            both_ways(&place, program, &["-6", "::1", "7000"], ends);
            both_ways(&place, program, &["-U", "s"], ends);
        }
    }
}

#[test]
fn datagrams_go_both_ways() {
    let Some(place) = place() else { return };
    for program in ["nc", "ncat"] {
        if !has(program) {
            continue;
        }
        let mut server = place.serve(place.nc(&["-luvn", "127.0.0.1", "7000"]));
        let mut client = place.command(program, &["-u", "127.0.0.1", "7000"]);
        let mut client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(client.stdin.as_mut().unwrap(), b"datagram").unwrap();
        assert_eq!(server.printed(8), b"datagram", "{program}");
        client.kill().unwrap();
        client.wait().unwrap();
        server.stop();
        let mut server = place.serve(place.command(program, &["-luvn", "127.0.0.1", "7000"]));
        assert_eq!(place.feed(place.nc(&["-uw1", "127.0.0.1", "7000"]), b"datagram").status.code(), Some(0));
        assert_eq!(server.printed(8), b"datagram", "{program}");
        server.stop();
    }
}

#[test]
fn a_proxy_of_ncat_connects() {
    let Some(place) = place() else { return };
    if !has("ncat") {
        return;
    }
    let args = ["-lkvn", "--proxy-type", "http", "--proxy-auth", "me:secret", "127.0.0.1", "3128"];
    let _proxy = place.serve(place.command("ncat", &args));
    let run = |password: &str, args: &[&str]| {
        let mut command = place.nc(&[&["-Xconnect", "-x127.0.0.1"], args].concat());
        command.env("NC_PROXY_PASSWORD", password);
        Ran::from(place.feed(command, b"through it"))
    };
    let server = place.serve(place.nc(&["-lvn", "127.0.0.1", "7000"]));
    assert_eq!(run("secret", &["-N", "-P", "me", "127.0.0.1", "7000"]), Ran::new("", "", 0));
    assert_eq!(server.end().stdout, "through it");
    let refused = |why: &str| Ran::new("", format!("nc: proxy 127.0.0.1 port 3128: CONNECT refused: {why}\n"), 8);
    assert_eq!(run("secret", &["-P", "me", "127.0.0.1", "7000"]), refused("HTTP/1.0 504 Gateway Timeout"));
    let denied = refused("HTTP/1.0 407 Proxy Authentication Required");
    assert_eq!(run("wrong", &["-P", "me", "127.0.0.1", "7000"]), denied);
    assert_eq!(run("secret", &["127.0.0.1", "7000"]), denied);
}
