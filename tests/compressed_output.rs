//! Files of `-w` that are compressed as they are written.

mod common;

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{LINE, Ran, Scratch, block, enhanced, interface, pcap, reading, section, udp};

/// Whole octets of a compressed file, also if it is cut.
fn unpacked(name: &str, octets: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut piece = [0; 4096];
    let mut reader: Box<dyn Read> = if name.contains(".gz") {
        Box::new(flate2::read::GzDecoder::new(octets))
    } else {
        Box::new(zstd::Decoder::new(octets).unwrap())
    };
    while let Ok(read @ 1..) = reader.read(&mut piece) {
        plain.extend_from_slice(&piece[..read]);
    }
    plain
}

/// Packets that do not compress to nothing.
fn packets(count: u32) -> Vec<u8> {
    let payload = |number: u32| {
        let mut state = number;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        std::iter::repeat_with(next).take(300).collect::<Vec<_>>()
    };
    pcap(&(0..count).map(|number| udp(&payload(number))).collect::<Vec<_>>())
}

#[test]
fn the_name_asks_for_compression() {
    let scratch = Scratch::new();
    let classic = packets(2000);
    let copied = [
        section((1, 0)),
        interface(1, 65535, &[]),
        block(4, &[&[1, 0, 8, 0, 10, 0, 0, 1][..], b"a.b\0", &[0; 4]].concat()),
        enhanced(0, 1, &udp(b"")),
    ]
    .concat();
    scratch.write("classic", &classic);
    scratch.write("new", &copied);
    for ending in ["gz", "zst"] {
        let name = format!("o.pcap.{ending}");
        assert_eq!(scratch.run(&["-r", "classic", "-w", &name]), Ran::new("", reading("classic"), 0));
        let packed = scratch.read(&name);
        assert!(packed.len() < classic.len());
        assert!(unpacked(&name, &packed) == classic, "{name}");
        assert_eq!(scratch.run(&["-r", &name, "--count"]), Ran::new("2000 packets\n", reading(&name), 0));

        let name = format!("o.pcapng.{ending}");
        assert_eq!(scratch.run(&["-r", "new", "-w", &name]), Ran::new("", reading("new"), 0));
        assert_eq!(unpacked(&name, &scratch.read(&name)), copied);

        // Other names, and standard output, are left alone.
        let name = format!("o.{ending}");
        assert_eq!(scratch.run(&["-r", "classic", "-w", &name]).code, Some(0));
        assert!(scratch.read(&name) == classic, "{name}");
    }
    assert!(scratch.command(&["-r", "classic", "-w", "-"]).output().unwrap().stdout == classic);
}

#[test]
fn the_tools_of_the_formats_find_nothing_wrong() {
    let scratch = Scratch::new();
    let whole = packets(2000);
    scratch.write("f", &whole);
    for (tool, name) in [("gzip", "o.pcap.gz"), ("zstd", "o.pcap.zst")] {
        if !common::installed(tool) {
            eprintln!("skipped: there is no {tool}");
            continue;
        }
        assert_eq!(scratch.run(&["-r", "f", "-U", "-w", name]).code, Some(0));
        let output = Command::new(tool).args(["-dc", name]).current_dir(scratch.path()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout == whole, "{tool}");
    }
}

#[test]
fn what_was_flushed_is_there_after_a_kill() {
    let (first, second) = (700, 33);
    let whole = packets(first + second);
    let scratch = Scratch::new();
    assert!(Command::new("mkfifo").arg(scratch.path().join("fifo")).status().unwrap().success());
    for name in ["o.pcap.gz", "o.pcap.zst", "o.pcapng.gz", "o.pcapng.zst"] {
        let mut command = scratch.command(&["-r", "fifo", "-w", name]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut fifo = OpenOptions::new().write(true).open(scratch.path().join("fifo")).unwrap();
        let cut = 24 + 358 * first as usize;
        for (part, complete) in [(&whole[..cut], first), (&whole[cut..], first + second)] {
            fifo.write_all(part).unwrap();
            // Once there is nothing more to read, everything goes out.
            let mut attempts = 0;
            while scratch.run(&["-r", name, "-nt"]).stdout.lines().count() < complete as usize {
                attempts += 1;
                assert!(attempts < 1000, "{complete} packets of {name} did not come");
                thread::sleep(Duration::from_millis(10));
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // All packets, and then that something is missing.
        let ran = scratch.run(&["-nt", "-r", name]);
        let line = LINE.replace("length 0", "length 300").repeat((first + second) as usize);
        assert_eq!((ran.stdout, ran.code), (line, Some(1)), "{name}");
        assert!(ran.stderr.lines().last().unwrap().starts_with("sniff: pcap_loop: "), "{name}: {}", ran.stderr);
    }
}

#[test]
fn rotated_files_are_compressed_each_on_its_own() {
    let scratch = Scratch::new();
    let whole = packets(3000);
    scratch.write("f", &whole);
    let printed = scratch.run(&["-ntt", "-r", "f"]).stdout;
    for name in ["o.pcap.zst", "o.pcapng.gz"] {
        assert_eq!(scratch.run(&["-r", "f", "-w", name, "-C", "200k"]), Ran::new("", reading("f"), 0));
        // As tcpdump's are when -z compresses them.
        let (stem, ending) = name.rsplit_once('.').unwrap();
        let names = (0..).map(|number| if number == 0 { name.to_owned() } else { format!("{stem}{number}.{ending}") });
        let names: Vec<_> = names.take_while(|name| scratch.path().join(name).exists()).collect();
        assert!(names.len() > 2, "{names:?}");
        let parts = names.iter().map(|name| {
            let ran = scratch.run(&["-ntt", "-r", name]);
            assert_eq!((ran.stderr, ran.code), (reading(name), Some(0)));
            ran.stdout
        });
        assert!(parts.collect::<String>() == printed, "{name}");
    }
}

#[test]
fn a_full_disk_leaves_whole_packets() {
    let scratch = Scratch::new();
    scratch.write("f", packets(5000));
    for name in ["o.pcap.gz", "o.pcap.zst"] {
        // A limit on the size of files stands for a disk of 800 KiB; the signal
        // that goes with it is ignored, so that the write fails.
        let script = format!("trap '' XFSZ; ulimit -f 800; exec \"$0\" -r f -w {name}");
        let output = Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_sniff")])
            .current_dir(scratch.path())
            .output()
            .expect("bash");
        let ran = Ran::from(output);
        let plain = unpacked(name, &scratch.read(name));
        let whole = (plain.len() - 24) / 358;
        assert!(whole > 0 && (plain.len() - 24).is_multiple_of(358), "{}", plain.len());
        let error =
            format!("sniff: {name}: File too large; {whole} packets written, the file ends with a whole packet\n");
        assert_eq!(ran, Ran::new("", reading("f") + &error, 1));
    }
}
