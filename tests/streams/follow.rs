//! `sniff follow`.

use crate::common::{Scratch, udp};
use crate::talk::{Talk, capture, printed, prints};

#[test]
fn both_sides_speak_under_their_heading() {
    let mut talk = Talk::new();
    talk.client("one\n").client("two").server("thr\x1bee\r\nfour").close();
    let text = "--- 00:00:01.003000 tcp 0 10.0.0.1:5000 > 10.0.0.2:80\none\ntwo\n\
                --- 00:00:01.005000 tcp 0 10.0.0.2:80 > 10.0.0.1:5000\nthr\\x1bee\nfour\n";
    assert_eq!(talk.prints(&["follow", "0"]), text);
    assert_eq!(talk.prints(&["follow", "tcp", "0"]), text);
    assert_eq!(talk.prints(&["follow", "tcp", "port", "5000"]), text);
    assert_eq!(talk.prints(&["follow", "--from", "client", "--as", "raw", "0"]), "one\ntwo");
}

#[test]
fn dumps_have_places_and_the_servers_lines_are_indented() {
    let mut talk = Talk::new();
    talk.client("abc").server([0, 255]).client("d");
    assert_eq!(
        talk.prints(&["follow", "-t", "--as", "hex"]),
        "--- tcp 0 10.0.0.1:5000 > 10.0.0.2:80\n\
         00000000  61 62 63                                          abc\n\
         --- tcp 0 10.0.0.2:80 > 10.0.0.1:5000\n\
         \u{20}   00000000  00 ff                                             ..\n\
         --- tcp 0 10.0.0.1:5000 > 10.0.0.2:80\n\
         00000003  64                                                d\n"
    );
}

#[test]
fn missing_octets_are_said() {
    let mut talk = Talk::new();
    talk.server("ab").lost_by_server(3).server("fg").close();
    let text = talk.prints(&["follow", "-t"]);
    assert_eq!(text, "--- tcp 0 10.0.0.2:80 > 10.0.0.1:5000\nab\n[3 bytes missing]\nfg\n");
}

#[test]
fn datagrams_are_followed_too() {
    let packets = [udp(b"ping"), udp(b"pong")];
    let text = "--- udp 0 10.0.0.1:1 > 10.0.0.2:2\npingpong\n";
    assert_eq!(prints(&packets, &["follow", "-t", "udp", "0"]), text);
    assert_eq!(prints(&packets, &["follow", "-t"]), text);
    let scratch = Scratch::new();
    scratch.write("f", capture(&packets));
    for (number, text) in [("0", "TCP conversation 0"), ("udp 1", "UDP conversation 1")] {
        let ran = scratch.run(&[&["follow", "-r", "f"], &number.split(' ').collect::<Vec<_>>()[..]].concat());
        assert!(ran.stderr.ends_with(&format!("sniff: there is no {text}\n")), "{}", ran.stderr);
        assert_eq!((&*ran.stdout, ran.code), ("", Some(1)));
    }
}

#[test]
fn what_is_not_known_is_refused() {
    let scratch = Scratch::new();
    scratch.write("f", capture(&[]));
    let rows: &[(&[&str], &str)] = &[
        (&["--as", "z"], "unknown form 'z'; there are text, hex, raw"),
        (&["--from", "z"], "unknown side 'z'; there are client, server"),
        (&["--memory", "1k"], "memory 1k is too small; at least 1m"),
        (&["--memory", "many"], "invalid memory size many"),
    ];
    for (args, error) in rows {
        let ran = scratch.run(&[&["follow", "-r", "f"], *args].concat());
        assert_eq!((ran.stderr, ran.code), (format!("sniff: {error}\n"), Some(1)));
    }
    assert_eq!(printed(&scratch, &["follow"]), "");
}
