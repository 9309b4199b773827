//! `sniff flows`.

use crate::common::udp;
use crate::talk::{Talk, prints};

#[test]
fn conversations_are_lines_in_the_order_asked_for() {
    let mut talk = Talk::new();
    talk.client("a").close();
    let mut packets = vec![udp(b"some datagram that is longer than all"); 9];
    packets.extend(talk.packets);
    let tcp = "tcp 0 10.0.0.1:5000 > 10.0.0.2:80 packets 4>3 bytes 217>162 duration 6.0ms rtt 2.0ms\n";
    let udp = "udp 0 10.0.0.1:1 > 10.0.0.2:2 packets 9>0 bytes 711>0 duration 8.0ms\n";
    assert_eq!(prints(&packets, &["flows", "-t"]), [udp, tcp].concat());
    assert_eq!(prints(&packets, &["flows", "-t", "--sort", "rtt"]), [tcp, udp].concat());
    assert_eq!(prints(&packets, &["flows", "-t", "--sort", "bytes", "--top", "1"]), udp);
    assert_eq!(
        prints(&packets, &["flows", "--csv", "--fields", "tcp.stream,udp.stream,flow.bytes.client"]),
        ",0,711\n0,,217\n"
    );
}

#[test]
fn segments_sent_again_late_or_swapped_are_counted() {
    let mut talk = Talk::new();
    talk.client("aaaa").client("bbbb").client("cccc");
    // A segment again; two swapped.
    talk.packets.push(talk.packets[3].clone());
    let swapped = talk.packets.len();
    talk.client("dddd").client("eeee");
    talk.packets.swap(swapped, swapped + 1);
    let text = talk.prints(&["flows", "-t"]);
    assert!(text.ends_with(" retransmissions 1>0 out-of-order 1>0\n"), "{text}");
}

#[test]
fn a_new_connection_between_the_same_ends_is_another() {
    let mut talk = Talk::new();
    talk.close();
    let again = talk.packets.clone();
    talk.packets.extend(again);
    assert_eq!(talk.prints(&["flows", "--fields", "tcp.stream,flow.packets.client"]), "0\t3\n1\t3\n");
}
