//! Standard input, FIFOs, readers that go away, compressed files, copies of
//! pcapng files, and full disks.

mod common;

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use common::{
    LINE, Ran, Scratch, begun, block, enhanced, interface, option, pcap, pcapng_of_one, reading, section, udp,
};

/// A classic file of so many packets without payload.
fn packets(count: usize) -> Vec<u8> {
    pcap(&vec![udp(b""); count])
}

#[test]
fn standard_input_is_read_like_a_file() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run_with(&["-nt", "-r", "-"], &packets(3)), Ran::new(LINE.repeat(3), reading("-"), 0));
    assert_eq!(scratch.run_with(&["-nt", "-r", "-"], &pcapng_of_one()), Ran::new(LINE, reading("-"), 0));
    let torn = scratch.run_with(&["-nt", "-r", "-"], &packets(2)[..100]);
    let error = "sniff: pcap_loop: truncated dump file; tried to read 42 captured bytes, only got 2\n";
    assert_eq!(torn, Ran::new(LINE, reading("-") + error, 1));
    let empty = "sniff: truncated dump file; tried to read 4 file header bytes, only got 0\n";
    assert_eq!(scratch.run_with(&["-r", "-"], b""), Ran::new("", empty, 1));
}

#[test]
fn packets_of_a_fifo_are_printed_while_it_stays_open() {
    let scratch = Scratch::new();
    let fifo = scratch.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut child = scratch
        .command(&["-nt", "-r", "fifo"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut writer = OpenOptions::new().write(true).open(&fifo).unwrap();
    let file = packets(2);
    // All but the last octet: the first packet is whole, the second is not.
    writer.write_all(&file[..file.len() - 1]).unwrap();
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, LINE);
    writer.write_all(&file[file.len() - 1..]).unwrap();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, LINE.repeat(2));
    drop(writer);
    assert_eq!(lines.read_line(&mut line).unwrap(), 0);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_ends_the_run_with_14() {
    let scratch = Scratch::new();
    // More text than any pipe holds.
    scratch.write("f", packets(50_000));
    for args in [&["-nt", "-r", "f"][..], &["-ntl", "-r", "f"], &["-r", "f", "-w", "-", "-U", "--print"]] {
        let mut child =
            scratch.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 40]).unwrap();
        drop(stdout);
        let ran = Ran::from(child.wait_with_output().unwrap());
        if args.contains(&"-w") {
            assert_ne!(ran.code, Some(0));
            assert!(ran.stderr.contains("Broken pipe"), "{}", ran.stderr);
            continue;
        }
        assert_eq!(ran, Ran::new("", reading("f") + "sniff: Unable to write output: Broken pipe\n", 14));
    }
}

#[test]
fn head_takes_its_line_and_the_run_says_so() {
    let scratch = Scratch::new();
    scratch.write("f", packets(50_000));
    let script = "\"$0\" -nt -r f 2> err | head -1; echo \"${PIPESTATUS[0]}\"";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_sniff")])
        .current_dir(scratch.path())
        .output()
        .expect("bash");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{LINE}14\n"));
    let stderr = String::from_utf8(scratch.read("err")).unwrap();
    assert_eq!(stderr, reading("f") + "sniff: Unable to write output: Broken pipe\n");
}

#[test]
fn listings_end_with_their_reader_as_tcpdumps_do() {
    let scratch = Scratch::new();
    for args in [&["fields"][..], &["-h"], &["http", "-h"], &["nc", "-h"], &["--generate", "bash"], &["-d", "ip"]] {
        let mut command = scratch.command(args);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.signal(), Some(13), "{args:?} {stderr}");
        assert_eq!(stderr, if args.contains(&"-d") { "Warning: assuming Ethernet\n" } else { "" });
    }
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn zstd(octets: &[u8]) -> Vec<u8> {
    zstd::encode_all(octets, 3).unwrap()
}

fn lz4(octets: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_files_are_read_whatever_their_name() {
    let scratch = Scratch::new();
    let file = packets(1000);
    // Members are cut in the middle of a record.
    let (start, end) = file.split_at(777);
    let expected = Ran::new(LINE.repeat(1000), reading("f"), 0);
    let one = Ran::new(LINE, reading("f"), 0);
    for (name, compress) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("zstd", zstd), ("lz4", lz4)] {
        scratch.write("f", compress(&file));
        assert_eq!(scratch.run(&["-nt", "-r", "f"]), expected, "{name}");
        scratch.write("f", [compress(start), compress(end)].concat());
        assert_eq!(scratch.run(&["-nt", "-r", "f"]), expected, "{name} members");
        scratch.write("f", compress(&pcapng_of_one()));
        assert_eq!(scratch.run(&["-nt", "-r", "f"]), one, "{name} of pcapng");
        assert_eq!(scratch.run_with(&["--count", "-r", "-"], &compress(&file)).stdout, "1000 packets\n", "{name} pipe");
    }
}

#[test]
fn damage_in_compressed_files_is_an_error_after_the_whole_packets() {
    let scratch = Scratch::new();
    let file = packets(2);
    let torn = reading("f") + "sniff: pcap_loop: truncated dump file; tried to read 42 captured bytes, only got 41\n";
    for (name, compress) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("zstd", zstd), ("lz4", lz4)] {
        scratch.write("f", compress(&file[..file.len() - 1]));
        assert_eq!(scratch.run(&["-nt", "-r", "f"]), Ran::new(LINE, &*torn, 1), "{name}");
        let whole = compress(&packets(1000));
        scratch.write("f", &whole[..whole.len() / 2]);
        let ran = scratch.run(&["-nt", "-r", "f"]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.stderr);
        assert!(ran.stderr.lines().last().unwrap().starts_with("sniff: "), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_pcapng_copy_keeps_comments_and_name_records() {
    let scratch = Scratch::new();
    let comment = option(1, b"what the analyst saw");
    let (first, second) = (udp(b"first"), udp(b""));
    let commented = |packet: &[u8]| {
        let mut body = enhanced(0, 1, packet);
        body.drain(..8);
        body.truncate(body.len() - 4);
        block(6, &[body, comment.clone()].concat())
    };
    let names = block(4, &[&[1, 0, 8, 0, 10, 0, 0, 1][..], b"a.b\0", &[0; 4]].concat());
    let secrets = block(10, b"KEYS\x04\0\0\0abcd");
    let beginning = [section((1, 0)), interface(1, 65535, &[option(2, b"eth7"), comment.clone()].concat())].concat();
    let whole = [&*beginning, &names, &commented(&first), &secrets, &commented(&second)].concat();
    scratch.write("f", &whole);
    assert_eq!(scratch.run(&["-r", "f", "-w", "out.pcapng"]), Ran::new("", reading("f"), 0));
    assert_eq!(scratch.read("out.pcapng"), whole);
    // The filter takes a packet away, and nothing else.
    assert_eq!(scratch.run(&["-r", "f", "-w", "out.pcapng", "udp[4:2] = 8"]).code, Some(0));
    let expected = [&*beginning, &names, &secrets, &commented(&second)].concat();
    assert_eq!(scratch.read("out.pcapng"), expected);
    // A damaged file's copy ends with the last whole block.
    scratch.write("f", [&*whole, &begun()[..9]].concat());
    assert_eq!(scratch.run(&["-r", "f", "-w", "out.pcapng"]).code, Some(1));
    assert_eq!(scratch.read("out.pcapng"), whole);
}

#[test]
fn a_full_disk_is_said_and_the_exit_code_is_1_for_files_and_14_for_text() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: there is no /dev/full");
        return;
    }
    let scratch = Scratch::new();
    scratch.write("f", packets(5000));
    let error = "sniff: /dev/full: No space left on device; 0 packets written, the file ends with a whole packet\n";
    for args in [&["-r", "f", "-w", "/dev/full"][..], &["-r", "f", "-U", "-w", "/dev/full"]] {
        assert_eq!(scratch.run(args), Ran::new("", reading("f") + error, 1), "{args:?}");
    }
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    for args in [&["-nt", "-r", "f"][..], &["-ntl", "-r", "f"], &["-d", "ip"], &["--version"], &["-r", "f", "--count"]]
    {
        let output = scratch.command(args).stdout(full()).output().unwrap();
        let ran = Ran::from(output);
        assert_eq!(ran.code, Some(14), "{args:?}: {}", ran.stderr);
        let last = ran.stderr.lines().last();
        assert_eq!(last, Some("sniff: Unable to write output: No space left on device"), "{args:?}");
    }
}

#[test]
fn what_a_small_disk_holds_ends_with_a_whole_packet() {
    let scratch = Scratch::new();
    scratch.write("f", packets(5000));
    // A limit on the size of files stands for a disk of 100 KiB; the signal that
    // goes with it is ignored, so that the write fails.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" -r f -w out";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_sniff")])
        .current_dir(scratch.path())
        .output()
        .expect("bash");
    let ran = Ran::from(output);
    // 24 octets of header, then 58 octets for each packet.
    let whole = (100 * 1024 - 24) / 58;
    let error = format!("sniff: out: File too large; {whole} packets written, the file ends with a whole packet\n");
    assert_eq!(ran, Ran::new("", reading("f") + &error, 1));
    let file = packets(5000);
    assert_eq!(fs::metadata(scratch.path().join("out")).unwrap().len(), 24 + 58 * whole);
    assert!(file.starts_with(&scratch.read("out")));
    assert_eq!(scratch.run(&["--count", "-r", "out"]), Ran::new(format!("{whole} packets\n"), reading("out"), 0));
}

#[test]
fn a_slow_reader_gets_every_line() {
    let scratch = Scratch::new();
    scratch.write("f", packets(20_000));
    let mut child = scratch.command(&["-nt", "-r", "f"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match stdout.read(&mut piece).unwrap() {
                0 => return text,
                read => text.extend_from_slice(&piece[..read]),
            }
            thread::yield_now();
        }
    });
    assert!(child.wait().unwrap().success());
    assert_eq!(reader.join().unwrap().len(), LINE.len() * 20_000);
}
