//! `--split-by flow`.

use std::fs;

use crate::common::{Ran, Scratch, udp};
use crate::talk::{Talk, capture};

fn names(scratch: &Scratch, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(scratch.path().join(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_conversation_has_a_file() {
    let scratch = Scratch::new();
    let mut packets = Talk::new().client("a").packets.clone();
    packets.push(udp(b"x"));
    let mut arp = vec![255; 6];
    arp.extend([2, 0, 0, 0, 0, 1, 8, 6]);
    arp.extend([0; 28]);
    packets.push(arp);
    packets.extend(Talk::midway().ports(5001, 80).client("b").packets.clone());
    scratch.write("f", capture(&packets));
    let ran = scratch.run(&["-r", "f", "-w", "flows", "--split-by", "flow"]);
    assert_eq!((&*ran.stdout, ran.code), ("", Some(0)), "{}", ran.stderr);
    assert_eq!(
        names(&scratch, "flows"),
        [
            "000001-tcp-10.0.0.1.5000-10.0.0.2.80.pcap",
            "000002-udp-10.0.0.1.1-10.0.0.2.2.pcap",
            "000003-link1.pcap",
            "000004-tcp-10.0.0.1.5001-10.0.0.2.80.pcap",
        ]
    );
    let count = |name: &str| scratch.run(&["-r", &format!("flows/{name}"), "--count"]).stdout;
    assert_eq!(count("000001-tcp-10.0.0.1.5000-10.0.0.2.80.pcap"), "4 packets\n");
    assert_eq!(count("000003-link1.pcap"), "1 packet\n");
    // What they hold is what was there, in any number of workers.
    let text = scratch.run(&["-ntvvv", "-r", "f", "tcp port 5000"]).stdout;
    assert_eq!(scratch.run(&["-ntvvv", "-r", "flows/000001-tcp-10.0.0.1.5000-10.0.0.2.80.pcap"]).stdout, text);
    // The second time they are written anew; with a condition there are fewer.
    fs::remove_file(scratch.path().join("flows/000001-tcp-10.0.0.1.5000-10.0.0.2.80.pcap")).unwrap();
    scratch.run(&["-r", "f", "-w", "flows", "--split-by", "flow", "--where", "udp"]);
    assert_eq!(names(&scratch, "flows")[0], "000001-udp-10.0.0.1.1-10.0.0.2.2.pcap");
}

#[test]
fn many_conversations_keep_their_order_and_no_file_open() {
    let scratch = Scratch::new();
    let mut packets = Vec::new();
    for round in 0..3 {
        for port in 1..600 {
            let talk = Talk::midway().ports(port, 9).client(format!("{round}")).packets.clone();
            packets.extend(talk);
        }
    }
    scratch.write("f", capture(&packets));
    // A few open files must do.
    let mut command = std::process::Command::new("sh");
    let program = env!("CARGO_BIN_EXE_sniff");
    let line = format!("ulimit -n 40; exec {program} -r f -w flows --split-by flow");
    let output = command.args(["-c", &line]).current_dir(scratch.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = names(&scratch, "flows");
    assert_eq!(names.len(), 599);
    let fields = scratch.run(&["-r", &format!("flows/{}", names[300]), "--fields", "tcp.port,tcp.payload"]).stdout;
    assert_eq!(fields, "301,9\t30\n301,9\t31\n301,9\t32\n");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let scratch = Scratch::new();
    scratch.write("f", capture(&[udp(b"")]));
    let run = |args: &[&str]| scratch.run(&[&["-r", "f", "--split-by"], args].concat());
    assert_eq!(run(&["flow"]), Ran::new("", "sniff: --split-by needs a folder: -w DIR.\n", 1));
    assert_eq!(run(&["size", "-w", "d"]), Ran::new("", "sniff: unknown way to split 'size'; there is flow\n", 1));
    let both = "sniff: --split-by cannot be used with -C, -G, -W, -z, --ring-bytes, --ring-age or --max-bytes.\n";
    assert_eq!(run(&["flow", "-w", "d", "-C", "1"]), Ran::new("", both, 1));
    let inside = run(&["flow", "-w", "f"]);
    assert_eq!((&*inside.stdout, inside.code), ("", Some(1)));
    assert!(inside.stderr.ends_with("sniff: f: Not a directory\n"), "{}", inside.stderr);
}
