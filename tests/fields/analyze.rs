//! `--analyze`.

use crate::common::Scratch;
use crate::talk::{Talk, capture};

#[test]
fn lines_tell_how_the_connection_goes() {
    let mut talk = Talk::new();
    talk.client("aaaa").server("").server("").server("").client("bbbb").client("cccc");
    // A segment again; two swapped; a window of zero.
    talk.packets.push(talk.packets[3].clone());
    let swapped = talk.packets.len();
    talk.client("dddd").client("eeee");
    talk.packets.swap(swapped, swapped + 1);
    talk.server("");
    let last = talk.packets.len() - 1;
    talk.packets[last][48..50].copy_from_slice(&[0, 0]);
    let scratch = Scratch::new();
    scratch.write("f", capture(&talk.packets));
    let ran = scratch.run(&["-nt", "-r", "f", "--analyze"]);
    let marks: Vec<_> = ran.stdout.lines().map(|line| line.split_once(", length ").unwrap().1).collect();
    assert_eq!(
        marks,
        [
            "0",
            "0 [RTT 1.0 ms]",
            "0 [RTT 1.0 ms]",
            "4: HTTP",
            "0 [RTT 1.0 ms]",
            "0 [dup ack 1]",
            "0 [dup ack 2]",
            "4: HTTP",
            "4: HTTP",
            "4: HTTP [retransmission]",
            "4: HTTP",
            "4: HTTP [out of order]",
            "0 [zero window]",
        ]
    );
    let json =
        scratch.run(&["-r", "f", "--fields", "tcp.stream,tcp.seq,tcp.ack,tcp.analysis.retransmission", "-c", "10"]);
    assert_eq!(json.stdout.lines().last(), Some("0\t1\t1\t1"));
    let plain = scratch.run(&["-nt", "-r", "f"]).stdout;
    assert!(!plain.contains("[RTT"), "{plain}");
}
