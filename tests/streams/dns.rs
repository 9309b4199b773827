//! `sniff dns`: lookups that ICMP ends.

use std::path::Path;

use crate::common::{Scratch, pcap};
use crate::talk::printed;

const CLIENT: [u8; 4] = [10, 0, 0, 1];
const SERVER: [u8; 4] = [10, 0, 0, 2];
const ROUTER: [u8; 4] = [10, 0, 0, 254];

/// An Ethernet frame around an IPv4 packet.
fn frame(source: [u8; 4], target: [u8; 4], protocol: u8, payload: &[u8]) -> Vec<u8> {
    let size = (20 + payload.len()) as u16;
    let head = [&[0x45, 0][..], &size.to_be_bytes(), &[0, 0, 0, 0, 64, protocol, 0, 0], &source, &target].concat();
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0][..], &head, payload].concat()
}

/// A datagram with a DNS message for the address of `x`.
fn datagram(ports: (u16, u16), id: u16, flags: u16) -> Vec<u8> {
    let name = b"\x01x\0\0\x01\0\x01";
    let numbers = [ports.0, ports.1, 8 + 12 + name.len() as u16, 0, id, flags, 1, 0, 0, 0];
    [&numbers.map(u16::to_be_bytes).concat()[..], name].concat()
}

fn question(port: u16, id: u16) -> Vec<u8> {
    frame(CLIENT, SERVER, 17, &datagram((port, 53), id, 0x0100))
}

/// The error of `sender` that quotes so many octets of a frame's packet.
fn error(sender: [u8; 4], kind: u8, code: u8, quoted: &[u8], octets: usize) -> Vec<u8> {
    let icmp = [&[kind, code, 0, 0, 0, 0, 0, 0][..], &quoted[14..][..octets]].concat();
    frame(sender, quoted[26..30].try_into().unwrap(), 1, &icmp)
}

fn lookups(packets: &[Vec<u8>], args: &[&str]) -> String {
    let scratch = Scratch::new();
    scratch.write("f", pcap(packets));
    printed(&scratch, &[&["dns", "-r", "f"], args].concat())
}

#[test]
fn an_icmp_error_ends_a_lookup() {
    let (a, b) = (question(4000, 1), question(4001, 2));
    // All that RFC 792 asks for is too little: the number of the question is not in it.
    let short = error(SERVER, 3, 3, &a, 28);
    let packets = [a.clone(), b.clone(), short, error(ROUTER, 3, 1, &b, 40), error(SERVER, 3, 3, &a, 47)];
    let said = "10.0.0.1:4001 > 10.0.0.2:53 A x - - 2.0s [ICMP host unreachable from 10.0.0.254]\n\
                10.0.0.1:4000 > 10.0.0.2:53 A x - - 4.0s [ICMP port unreachable]\n";
    assert_eq!(lookups(&packets, &["-t"]), said);
    let fields = "dns.id,icmp.type,icmp.code,icmpv6.type,dns.time,dns.timeout";
    assert_eq!(lookups(&packets, &["--fields", fields]), "2\t3\t1\t\t\tfalse\n1\t3\t3\t\t\tfalse\n");
}

#[test]
fn only_an_error_about_the_question_ends_it() {
    let (a, answer) = (question(4000, 1), frame(SERVER, CLIENT, 17, &datagram((53, 4000), 1, 0x8180)));
    let waits = "10.0.0.1:4000 > 10.0.0.2:53 A x - - [no answer]\n";
    // An answer that came too late for its port, a packet that is too large, another number.
    for other in [
        error(CLIENT, 3, 3, &answer, 47),
        error(ROUTER, 3, 4, &a, 47),
        error(SERVER, 3, 3, &question(4000, 2), 47),
        frame(SERVER, CLIENT, 1, &[3, 3, 0]),
    ] {
        assert_eq!(lookups(&[a.clone(), other], &["-t"]), waits);
    }
    // What is asked again is a lookup of its own, and what was answered stays so.
    let refused = error(SERVER, 3, 3, &a, 47);
    let said = "10.0.0.1:4000 > 10.0.0.2:53 A x - - 1.0s [ICMP port unreachable]\n\
                10.0.0.1:4000 > 10.0.0.2:53 A x NOERROR - 1.0s\n";
    assert_eq!(lookups(&[a.clone(), refused.clone(), a.clone(), answer.clone(), refused], &["-t"]), said);
}

#[test]
fn a_recorded_error_is_understood() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/web.pcap");
    let ran = Scratch::new().run(&["dns", "-t", "-r", path.to_str().unwrap()]);
    assert_eq!(ran.stdout, "10.9.0.1:50041 > 10.9.0.2:53 A www.example.com - - 0.7ms [ICMP port unreachable]\n");
}

#[test]
fn icmpv6_ends_lookups_too() {
    let packet = |source: u8, target: u8, next: u8, payload: &[u8]| {
        let address = |last| [&[0xfd][..], &[0; 14], &[last]].concat();
        let size = (payload.len() as u16).to_be_bytes();
        [&[0x60, 0, 0, 0][..], &size, &[next, 64], &address(source), &address(target), payload].concat()
    };
    let framed = |packet: &[u8]| [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd][..], packet].concat();
    let question = packet(1, 2, 17, &datagram((4000, 53), 7, 0x0100));
    let error = packet(2, 1, 58, &[&[1, 4, 0, 0, 0, 0, 0, 0][..], &question].concat());
    let packets = [framed(&question), framed(&error)];
    let said = "[fd00::1]:4000 > [fd00::2]:53 A x - - 1.0s [ICMPv6 port unreachable]\n";
    assert_eq!(lookups(&packets, &["-t"]), said);
    assert_eq!(lookups(&packets, &["--fields", "icmpv6.type,icmpv6.code"]), "1\t4\n");
}
