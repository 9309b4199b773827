//! Damaged, odd and hostile capture files: whole packets before the damage are
//! printed, the message is tcpdump's, and so is the exit code.

mod common;

use common::{
    LINE, Ran, Scratch, begun, block, enhanced, header, interface, ip, option, pcap, pcapng_of_one, reading,
    reading_as, record, section, udp, words,
};

/// A file and what the program says of it.
struct Row {
    what: &'static str,
    octets: Vec<u8>,
    stdout: String,
    /// What comes after the `reading` line.
    error: &'static str,
    /// The snapshot length of the `reading` line, if that is printed.
    read: Option<u32>,
}

fn row(what: &'static str, octets: Vec<u8>, lines: usize, error: &'static str) -> Row {
    Row { what, octets, stdout: LINE.repeat(lines), error, read: Some(65535) }
}

/// A file whose header is refused.
fn refused(what: &'static str, octets: Vec<u8>, error: &'static str) -> Row {
    Row { what, octets, stdout: String::new(), error, read: None }
}

fn check(rows: &[Row]) {
    let scratch = Scratch::new();
    let mut failed = Vec::new();
    for row in rows {
        scratch.write("f", &row.octets);
        let mut stderr = row.read.map_or_else(String::new, |snaplen| reading_as("f", "EN10MB (Ethernet)", snaplen));
        if !row.error.is_empty() {
            stderr += &format!("sniff: {}\n", row.error);
        }
        let expected = Ran::new(&*row.stdout, stderr, i32::from(!row.error.is_empty()));
        let ran = scratch.run(&["-nt", "-r", "f"]);
        if ran != expected {
            failed.push(format!("{}: {ran:#?} is not {expected:#?}", row.what));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A record header that claims `caplen` and `len` octets, then the packet.
fn claims(caplen: u32, len: u32, packet: &[u8]) -> Vec<u8> {
    [words(&[1, 1, caplen, len]), packet.to_vec()].concat()
}

/// A whole packet, then more.
fn after_one(rest: &[u8]) -> Vec<u8> {
    [pcap(&[udp(b"")]), rest.to_vec()].concat()
}

fn after_one_block(rest: &[u8]) -> Vec<u8> {
    [pcapng_of_one(), rest.to_vec()].concat()
}

/// The block with a wrong 32-bit word at `at`.
fn patched(mut block: Vec<u8>, at: usize, word: u32) -> Vec<u8> {
    block[at..at + 4].copy_from_slice(&word.to_le_bytes());
    block
}

fn packet_block() -> Vec<u8> {
    enhanced(0, 1, &udp(b""))
}

#[test]
fn a_classic_header_that_is_cut_or_unknown_is_refused() {
    let whole = pcap(&[udp(b"")]);
    check(&[
        refused("empty", vec![], "truncated dump file; tried to read 4 file header bytes, only got 0"),
        refused("2 octets", whole[..2].into(), "truncated dump file; tried to read 4 file header bytes, only got 2"),
        refused("12 octets", whole[..12].into(), "truncated dump file; tried to read 24 file header bytes, only got 8"),
        refused("text", b"#!/bin/sh\necho this is no capture\n".into(), "unknown file format"),
        refused("wrong magic", patched(whole.clone(), 0, 0xa1b2_c3d5), "unknown file format"),
        refused("version 9.9", header((9, 9), 65535, 1), "unsupported pcap savefile version 9.9"),
        refused("version 2.5", header((2, 5), 65535, 1), "unsupported pcap savefile version 2.5"),
        refused("version 1.0", header((1, 0), 65535, 1), "archaic pcap savefile format"),
    ]);
}

#[test]
fn whole_packets_before_a_torn_classic_record_are_printed() {
    let more = record(2, 2, &udp(b""));
    let header_error = "pcap_loop: truncated dump file; tried to read 16 header bytes, only got 9";
    let body_error = "pcap_loop: truncated dump file; tried to read 42 captured bytes, only got 20";
    let none_error = "pcap_loop: truncated dump file; tried to read 42 captured bytes, only got 0";
    check(&[
        row("torn record header", after_one(&more[..9]), 1, header_error),
        row("torn record body", after_one(&more[..36]), 1, body_error),
        row("no record body", after_one(&more[..16]), 1, none_error),
        row("no record at all", pcap(&[]), 0, ""),
        row("two whole records", after_one(&more), 2, ""),
    ]);
}

#[test]
fn captured_lengths_beyond_the_limits_end_the_file() {
    let small = |caplen, len, packet: &[u8]| [header((2, 4), 30, 1), claims(caplen, len, packet)].concat();
    let cut = Row {
        stdout: "IP  [|ip]\n".into(),
        read: Some(30),
        ..row("over the file's snapshot length", small(42, 42, &udp(b"")), 0, "")
    };
    let large = [header((2, 4), 500_000, 1), record(1, 1, &udp(b"")), claims(300_014, 300_014, &[0; 50])].concat();
    let large = Row {
        read: Some(500_000),
        ..row(
            "over the maximum",
            large,
            1,
            "pcap_loop: invalid packet capture length 300014, bigger than maximum of 262144",
        )
    };
    check(&[
        cut,
        large,
        row(
            "300014",
            after_one(&claims(300_014, 300_014, &vec![0; 300_014])),
            1,
            "pcap_loop: invalid packet capture length 300014, bigger than snaplen of 65535",
        ),
        row(
            "256 MiB and 1",
            after_one(&claims((256 << 20) + 1, (256 << 20) + 1, &[])),
            1,
            "pcap_loop: invalid packet capture length 268435457, bigger than snaplen of 65535",
        ),
        row(
            "all ones",
            after_one(&claims(u32::MAX, u32::MAX, &[])),
            1,
            "pcap_loop: invalid packet capture length 4294967295, bigger than snaplen of 65535",
        ),
    ]);
}

#[test]
fn lengths_that_contradict_are_said_in_the_line_and_reading_goes_on() {
    let packet = udp(b"");
    let size = packet.len() as u32;
    let records = [
        claims(size, u32::MAX, &packet),
        claims(size, 10, &packet),
        claims(0, 42, &[]),
        claims(size, 0, &packet),
        claims(0, 0, &[]),
        record(2, 2, &packet),
    ];
    let octets = [header((2, 4), 65535, 1), records.concat()].concat();
    let stdout = "[Invalid header: len(4294967295) > 262144]\n\
                  [Invalid header: len(10) < caplen(42)]\n\
                  [Invalid header: caplen==0]\n\
                  [Invalid header: len==0]\n\
                  [Invalid header: caplen==0, len==0]\n"
        .to_owned()
        + LINE;
    check(&[Row { stdout, ..row("lengths", octets, 0, "") }]);
}

#[test]
fn older_versions_other_byte_orders_and_snapshot_lengths_are_read() {
    let one = record(1, 1, &udp(b""));
    let file = |version, snaplen, link| [header(version, snaplen, link), one.clone()].concat();
    let big = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let big = [big(&[0xa1b2_c3d4, 0x0002_0004, 0, 0, 65535, 1, 1, 1, 42, 42]), udp(b"")].concat();
    let unlimited = |what, snaplen| Row { read: Some(262_144), ..row(what, file((2, 4), snaplen, 1), 1, "") };
    check(&[
        row("version 2.2", file((2, 2), 65535, 1), 1, ""),
        row("version 2.3", file((2, 3), 65535, 1), 1, ""),
        row("frame check sequence in the link type", file((2, 4), 65535, 0x5400_0001), 1, ""),
        row("big-endian", big, 1, ""),
        row("nanoseconds", patched(file((2, 4), 65535, 1), 0, 0xa1b2_3c4d), 1, ""),
        unlimited("snapshot length 0", 0),
        unlimited("negative snapshot length", u32::MAX),
    ]);
}

#[test]
fn link_types_without_a_printer_are_dumped_and_impossible_ones_refused() {
    let scratch = Scratch::new();
    scratch.write("f", [header((2, 4), 65535, 147), record(1, 1, b"sixteen octets!!")].concat());
    let dump = "UNSUPPORTED\n\t0x0000:  7369 7874 6565 6e20 6f63 7465 7473 2121  sixteen.octets!!\n";
    assert_eq!(scratch.run(&["-nt", "-r", "f"]), Ran::new(dump, reading_as("f", "147", 65535), 0));
    scratch.write("f", [header((2, 4), 65535, 9999), record(1, 1, b"packet")].concat());
    let refused = reading_as("f", "9999", 65535) + "sniff: unknown data link type 9999 (min 104, max 289)\n";
    assert_eq!(scratch.run(&["-nt", "-r", "f"]), Ran::new("", &*refused, 1));
    scratch.write("f", [section((1, 0)), interface(9999, 65535, &[]), packet_block()].concat());
    assert_eq!(scratch.run(&["-nt", "-r", "f"]), Ran::new("", &*refused, 1));
}

#[test]
fn link_types_by_the_number_of_a_kernel_are_read_and_written_by_that_of_files() {
    let scratch = Scratch::new();
    let packet = &udp(b"")[14..];
    let llc = [b"\xaa\xaa\x03\x00\x00\x00\x08\x00", packet].concat();
    let slip = [&[0; 16], packet].concat();
    for (number, name, packet, in_files) in [
        (11, "ATM_RFC1483 (RFC 1483 LLC-encapsulated ATM)", &llc[..], 100),
        (12, "RAW (Raw IP)", packet, 101),
        (15, "SLIP_BSDOS (BSD/OS SLIP)", &slip, 102),
        (19, "ATM_CLIP (Linux Classical IP over ATM)", packet, 106),
    ] {
        let records = record(1, 1, packet);
        scratch.write("f", [header((2, 4), 65535, number), records.clone()].concat());
        assert_eq!(scratch.run(&["-nt", "-r", "f"]), Ran::new(LINE, reading_as("f", name, 65535), 0));
        scratch.run(&["-r", "f", "-w", "g"]);
        assert_eq!(scratch.read("g"), [header((2, 4), 65535, in_files), records].concat());
    }
    let pfsync = "PFSYNC (Packet filter state syncing)";
    scratch.write("f", [header((2, 4), 65535, 246), record(1, 1, b"abcd")].concat());
    let dump = "UNSUPPORTED\n\t0x0000:  6162 6364                                abcd\n";
    assert_eq!(scratch.run(&["-nt", "-r", "f"]), Ran::new(dump, reading_as("f", pfsync, 65535), 0));
}

#[test]
fn times_that_cannot_be_are_printed_as_they_are() {
    let scratch = Scratch::new();
    let packet = udp(b"");
    let file = [header((2, 4), 65535, 1), record(u32::MAX, 0, &packet), record(1, 1_000_000, &packet)].concat();
    scratch.write("f", file);
    let stdout = format!("2106-02-07 06:28:15.000000 {LINE}1970-01-01 00:00:01.1000000 (invalid us) {LINE}");
    assert_eq!(scratch.run(&["-ntttt", "-r", "f"]), Ran::new(stdout, reading("f"), 0));
}

#[test]
fn a_pcapng_beginning_that_is_wrong_is_refused() {
    let late = [section((1, 0)), packet_block()].concat();
    let simple = [section((1, 0)), block(3, &words(&[4, 0]))].concat();
    let early = "the capture file has a packet block before any Interface Description Blocks";
    let with = |options: Vec<u8>| [section((1, 0)), interface(1, 65535, &options), packet_block()].concat();
    let resolution = |exponent: u8| with(option(9, &[exponent]));
    let short = "truncated pcapng dump file; tried to read 16 bytes, only got 8";
    check(&[
        refused("packet before any interface", late, early),
        refused("simple packet before any interface", simple, early),
        refused("no interface", section((1, 0)), "the capture file has no Interface Description Blocks"),
        refused(
            "version 2.0",
            [section((2, 0)), begun()[28..].to_vec()].concat(),
            "unsupported pcapng savefile version 2.0",
        ),
        refused("byte-order magic", patched(begun(), 8, 0x1a2b_3c4e), "unknown file format"),
        refused("8 octets of a section", begun()[..8].into(), "unknown file format"),
        refused("20 octets of a section", begun()[..20].into(), short),
        refused(
            "short interface",
            [section((1, 0)), block(1, &[])].concat(),
            "block of type 1 in pcapng dump file is too short",
        ),
        refused(
            "an option beyond its block",
            with(words(&[100 << 16 | 2])),
            "block of type 1 in pcapng dump file is too short",
        ),
        refused(
            "resolution of 10^-20",
            resolution(20),
            "Interface Description Block if_tsresol option resolution 10^-20 is too high",
        ),
        refused(
            "resolution of 2^-64",
            resolution(0x80 | 64),
            "Interface Description Block if_tsresol option resolution 2^-64 is too high",
        ),
        refused(
            "two resolutions",
            with([option(9, &[6]), option(9, &[6])].concat()),
            "Interface Description Block has more than one if_tsresol option",
        ),
        refused(
            "a resolution of two octets",
            with(option(9, &[6, 0])),
            "Interface Description Block has if_tsresol option with length 2 != 1",
        ),
    ]);
}

#[test]
fn whole_packets_before_a_damaged_pcapng_block_are_printed() {
    let length = |length| after_one_block(&patched(packet_block(), 4, length));
    let trailer = packet_block().len() - 4;
    let too_short = "pcap_loop: block of type 6 in pcapng dump file is too short";
    check(&[
        row("length 0", length(0), 1, "pcap_loop: block in pcapng dump file has a length of 0 < 12"),
        row("length 7", length(7), 1, "pcap_loop: block in pcapng dump file has a length of 7 < 12"),
        row(
            "length 81",
            length(81),
            1,
            "pcap_loop: block in pcapng dump file has a length of 81 that is not a multiple of 4",
        ),
        row("4 GiB", length(4_294_967_280), 1, "pcap_loop: pcapng block size 4294967280 > maximum 16777216"),
        row("16 MiB and 4", length((16 << 20) + 4), 1, "pcap_loop: pcapng block size 16777220 > maximum 16777216"),
        row(
            "trailer",
            after_one_block(&patched(packet_block(), trailer, 80)),
            1,
            "pcap_loop: block total length in header and trailer don't match",
        ),
        row(
            "missing interface",
            after_one_block(&enhanced(9, 1, &udp(b""))),
            1,
            "pcap_loop: a packet arrived on interface 9, but there's no Interface Description Block for that interface",
        ),
        row(
            "captured length over the snapshot length",
            after_one_block(&patched(packet_block(), 20, 300_014)),
            1,
            "pcap_loop: invalid packet capture length 300014, bigger than snaplen of 65535",
        ),
        row("captured length over the block", after_one_block(&patched(packet_block(), 20, 45)), 1, too_short),
        row("short packet block", after_one_block(&block(6, &[0; 16])), 1, too_short),
        row(
            "torn block header",
            after_one_block(&packet_block()[..5]),
            1,
            "pcap_loop: truncated pcapng dump file; tried to read 8 bytes, only got 5",
        ),
        row(
            "torn block",
            after_one_block(&packet_block()[..30]),
            1,
            "pcap_loop: truncated pcapng dump file; tried to read 68 bytes, only got 22",
        ),
        row(
            "section of another version",
            after_one_block(&section((3, 0))),
            1,
            "pcap_loop: unknown pcapng savefile major version number 3",
        ),
        row(
            "section with a bad byte-order magic",
            after_one_block(&patched(section((1, 0)), 8, 7)),
            1,
            "pcap_loop: the file has a section with a bad byte order magic field",
        ),
    ]);
}

#[test]
fn unusual_pcapng_files_are_read() {
    let unknown = [begun(), block(0x4711, b"nobody knows"), packet_block()].concat();
    let sections = [pcapng_of_one(), pcapng_of_one()].concat();
    let simple = [begun(), block(3, &[words(&[42]), udp(b"")].concat())].concat();
    let big = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let mut big_endian = big(&[0x0a0d_0d0a, 28, 0x1a2b_3c4d, 0x0001_0000, u32::MAX, u32::MAX, 28]);
    big_endian.extend(big(&[1, 20, 0x0001_0000, 65535, 20]));
    big_endian.extend(big(&[6, 76, 0, 0, 1, 42, 42]));
    big_endian.extend([udp(b""), vec![0, 0], big(&[76])].concat());
    check(&[
        row("unknown block", unknown, 1, ""),
        row("two sections", sections, 2, ""),
        row("simple packet", simple, 1, ""),
        row("version 1.2", [section((1, 2)), pcapng_of_one()[28..].to_vec()].concat(), 1, ""),
        row("big-endian", big_endian, 1, ""),
    ]);
}

#[test]
fn each_interface_has_its_own_link_type_snapshot_length_and_clock() {
    let scratch = Scratch::new();
    let file = [
        begun(),
        enhanced(0, 1_000_001, &udp(b"")),
        interface(101, 100, &option(9, &[9])),
        enhanced(1, 2_000_000_003, &ip(b"")),
        enhanced(0, 3_000_001, &udp(b"")),
    ]
    .concat();
    scratch.write("f", file);
    let stdout = format!("1.000001000 {LINE}2.000000003 {LINE}3.000001000 {LINE}");
    assert_eq!(scratch.run(&["--nano", "-ntt", "-r", "f"]), Ran::new(stdout, reading("f"), 0));
    // The filter is compiled for each link type.
    let filtered = scratch.run(&["-nt", "-r", "f", "udp dst port 2"]);
    assert_eq!(filtered, Ran::new(LINE.repeat(3), reading("f"), 0));
}

#[test]
fn nanoseconds_of_a_classic_file_are_kept_with_nano() {
    let scratch = Scratch::new();
    let magic = patched(header((2, 4), 65535, 1), 0, 0xa1b2_3c4d);
    scratch.write("f", [magic, record(1, 123_456_789, &udp(b""))].concat());
    assert_eq!(scratch.run(&["-ntt", "-r", "f"]).stdout, format!("1.123456 {LINE}"));
    assert_eq!(scratch.run(&["--nano", "-ntt", "-r", "f"]).stdout, format!("1.123456789 {LINE}"));
}
