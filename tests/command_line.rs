//! The command line: value errors, checks between options, listings, filters,
//! the forms of a line, and what is written.

mod common;

use common::{LINE, Ran, Scratch, header, installed, ip, pcap, pcapng_of_one, reading, reading_as, record, udp};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// A folder with `f`: packets that carry `hello`, `world` and nothing, at
/// 1.000001, 2.000002 and 3.000003.
fn three() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"hello"), udp(b"world"), udp(b"")]));
    scratch
}

fn line(length: usize) -> String {
    format!("IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length {length}\n")
}

/// What `args` print of the three packets; the run must succeed.
fn printed(args: &[&str]) -> String {
    let ran = three().run(&[&["-n", "-r", "f"], args].concat());
    assert_eq!((ran.stderr, ran.code), (reading("f"), Some(0)), "{args:?}");
    ran.stdout
}

#[test]
fn values_that_cannot_be_are_refused() {
    let rows: &[(&[&str], &str)] = &[
        (&["-c", "0"], "invalid packet count 0"),
        (&["-c", "-1"], "invalid packet count -1"),
        (&["-c", "abc"], "invalid packet count abc"),
        (&["-B", "0"], "invalid packet buffer size 0"),
        (&["-C", "0"], "invalid file size 0"),
        (&["-C", "1x"], "invalid file size 1x"),
        (&["-C", "9223372036854775807g"], "file size 9223372036854775807g is too large"),
        (&["-G", "-1"], "invalid number of seconds -1"),
        (&["-W", "0"], "invalid number of output files 0"),
        (&["-s", "262145"], "invalid snaplen 262145 (must be >= 0 and <= 262144)"),
        (&["-s", "-1"], "invalid snaplen -1 (must be >= 0 and <= 262144)"),
        (&["-Q", "up"], "unknown capture direction 'up'"),
        (&["-T", "nosuch"], "unknown packet type 'nosuch'"),
        (&["-y", "NOSUCH"], "invalid data link type NOSUCH"),
        (&["-j", "nosuch"], "invalid time stamp type nosuch"),
        (&["--time-stamp-precision=pico"], "unsupported time stamp precision"),
    ];
    let scratch = Scratch::new();
    for (args, error) in rows {
        assert_eq!(scratch.run(args), Ran::new("", format!("sniff: {error}\n"), 1), "{args:?}");
    }
}

#[test]
fn numbers_are_read_as_atoi_and_strtol_read_them() {
    assert_eq!(printed(&["-t", "-c", "1abc"]), line(5));
    // 0x1d octets of the frame are not enough for the IPv4 header; a file is not cut.
    assert_eq!(printed(&["-t", "-c1", "-s", "0x1d"]), line(5));
    assert_eq!(printed(&["-t", "-c1", "-s", "017"]), line(5));
}

#[test]
fn options_that_exclude_each_other_are_refused_in_tcpdumps_order() {
    let rows: &[(&[&str], &str)] = &[
        (&["-A", "-x", "-X"], "-A and -x[x] are mutually exclusive."),
        (&["-AX", "-C", "1"], "-A and -X[X] are mutually exclusive."),
        (&["-xX", "-C", "1"], "-x[x] and -X[X] are mutually exclusive."),
        (&["-C", "1", "-G", "1"], "-C cannot be used without -w."),
        (&["-G", "1", "-z", "true"], "-G cannot be used without -w."),
        (&["-z", "true", "-tttttt"], "-z cannot be used without -w and (-C or -G)."),
        (&["-tttttt", "-f"], "only -t, -tt, -ttt, -tttt and -ttttt are supported"),
        (&["-f", "-V", "f"], "-f cannot be used with -V or -r."),
        (&["-V", "f"], "-V and -r are mutually exclusive."),
    ];
    let scratch = three();
    for (args, error) in rows {
        let ran = scratch.run(&[&["-r", "f"], *args].concat());
        assert_eq!(ran, Ran::new("", format!("sniff: {error}\n"), 1), "{args:?}");
    }
}

#[test]
fn bad_options_are_named_before_version_and_usage() {
    let rows: &[(&[&str], &str)] = &[
        (&["-n", "-o"], "invalid option -- 'o'"),
        (&["--nosuch"], "unrecognized option '--nosuch'"),
        (
            &["--no"],
            "option '--no' is ambiguous; possibilities: '--no-optimize' '--no-promiscuous-mode' '--no-sandbox'",
        ),
        (&["-r"], "option requires an argument -- 'r'"),
        (&["--count=3"], "option '--count' doesn't allow an argument"),
    ];
    let scratch = Scratch::new();
    for (args, error) in rows {
        // The program is named as it was called.
        let ran = Ran::from(scratch.command(args).arg0("./bin/sniff").output().unwrap());
        let mut lines = ran.stderr.lines();
        assert_eq!(lines.next(), Some(&*format!("./bin/sniff: {error}")), "{args:?}");
        assert!(lines.next().unwrap().starts_with("sniff version "));
        assert!(lines.next().unwrap().starts_with("libpcap version "));
        assert!(lines.next().unwrap().starts_with("Usage: sniff "));
        assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(1)), "{args:?}");
    }
}

#[test]
fn messages_begin_with_the_name_the_program_was_called_by() {
    let scratch = Scratch::new();
    let ran = Ran::from(scratch.command(&["-c", "0"]).arg0("/opt/bin/tcpdump").output().unwrap());
    assert_eq!(ran, Ran::new("", "tcpdump: invalid packet count 0\n", 1));
}

#[test]
fn options_may_be_bundled_abbreviated_and_follow_the_filter() {
    assert_eq!(printed(&["-tc2", "udp", "-q"]), line(5).repeat(2));
    assert_eq!(printed(&["--num", "-tc1"]), format!("    1  {}", line(5)));
}

#[test]
fn texts_that_stand_instead_of_a_run_go_to_standard_output() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run(&["--fp-type"]), Ran::new("9877.895\n", "", 0));
    assert_eq!(scratch.run(&["--time-t-size"]), Ran::new("64\n", "", 0));
    let version = scratch.run(&["--version"]);
    assert!(version.stdout.starts_with(&format!("sniff version {}\nlibpcap version ", env!("CARGO_PKG_VERSION"))));
    assert_eq!((version.stderr.as_str(), version.code), ("", Some(0)));
    let help = scratch.run(&["-h"]);
    for option in ["--list-interfaces", "--match-hex", "--print-sampling", "-w"] {
        assert!(help.stdout.contains(option), "{option}");
    }
    assert_eq!((help.stderr.as_str(), help.code), ("", Some(0)));
    // A pipe has as many columns as most terminals.
    for args in [&["-h"][..], &["http", "-h"], &["nc", "-h"], &["check", "-h"]] {
        let help = scratch.run(args).stdout;
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
    // What comes first acts.
    assert_eq!(scratch.run(&["--fp-type", "-c", "0"]).code, Some(0));
    assert_eq!(scratch.run(&["-c", "0", "--fp-type"]).code, Some(1));
}

#[test]
fn the_manual_page_and_completions_are_generated() {
    let scratch = Scratch::new();
    let manual = scratch.run(&["--generate", "man"]);
    assert!(manual.stdout.contains(".TH sniff 1"), "{}", manual.stdout);
    assert!(manual.stdout.contains("print\\-sampling"));
    // Options have their values also in the synopsis.
    let (_, synopsis) = manual.stdout.split_once(".SH SYNOPSIS\n").unwrap();
    let synopsis = synopsis.split(".SH ").next().unwrap().replace("\\fB", "").replace("\\fI", "").replace("\\fR", "");
    for option in ["sniff [\\-i NAME|N] [\\-r FILE]", "[\\-p]", "[\\-\\-match REGEX]", "[\\-\\-count]", "[EXPRESSION]"]
    {
        assert!(synopsis.contains(option), "{option}: {synopsis}");
    }
    let bash = scratch.run(&["--generate", "bash"]);
    assert!(bash.stdout.contains("complete -F _sniff") && bash.stdout.contains("--match-hex"));
    // The commands with options of their own.
    for (word, option) in [("http", "--har"), ("flows", "--sort"), ("nc", "--evidence"), ("check", "--retry")] {
        let section = manual.stdout.split(&format!("\n.SH SNIFF {}\n", word.to_uppercase())).nth(1).unwrap();
        let section = section.split("\n.SH ").next().unwrap();
        assert!(section.contains(&option.replace('-', "\\-")), "{section}");
        let line = bash.stdout.split(&format!("sniff__subcmd__{word})\n")).nth(1).unwrap().lines().next().unwrap();
        assert!(line.contains("opts=") && line.contains(option), "{line}");
    }
    assert_eq!((manual.code, bash.code), (Some(0), Some(0)));
    assert_eq!(scratch.run(&["--generate", "word"]).code, Some(1));
}

#[test]
fn compiled_filters_print_in_three_forms() {
    let scratch = three();
    let warning = "Warning: assuming Ethernet\n";
    let mnemonics =
        "(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 3\n(002) ret      #262144\n(003) ret      #0\n";
    assert_eq!(scratch.run(&["-d", "ip"]), Ran::new(mnemonics, warning, 0));
    let c = "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n";
    assert_eq!(scratch.run(&["-dd", "ip"]), Ran::new(c, warning, 0));
    let decimal = "4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n";
    assert_eq!(scratch.run(&["-ddd", "ip"]), Ran::new(decimal, warning, 0));
    assert_eq!(scratch.run(&["-ddd", "-y", "EN10MB", "ip"]), Ran::new(decimal, "", 0));
    // A file has its own link type and snapshot length.
    let of_file = decimal.replace("262144", "65535");
    assert_eq!(scratch.run(&["-ddd", "-r", "f", "ip"]), Ran::new(of_file, reading("f"), 0));
    let lines = |args: &[&str]| scratch.run(args).stdout.lines().count();
    assert!(lines(&["-O", "-d", "tcp port 80"]) > lines(&["-d", "tcp port 80"]));
}

#[test]
fn a_filter_comes_from_a_file_or_standard_input_with_comments() {
    let scratch = three();
    scratch.write("filter", "# packets with five octets\nudp and # not more\n  udp[4:2] = 13\n");
    let expected = Ran::new(line(5).repeat(2), reading("f"), 0);
    assert_eq!(scratch.run(&["-nt", "-r", "f", "-F", "filter"]), expected);
    // The file replaces the expression.
    assert_eq!(scratch.run(&["-nt", "-r", "f", "-F", "filter", "tcp"]), expected);
    assert_eq!(scratch.run_with(&["-nt", "-r", "f", "-F", "-"], b"udp[4:2] = 13 # five"), expected);
    let missing = scratch.run(&["-nt", "-r", "f", "-F", "nosuch"]);
    assert!(missing.stderr.ends_with("sniff: can't open nosuch: No such file or directory\n"), "{}", missing.stderr);
    assert_eq!((missing.stdout.as_str(), missing.code), ("", Some(1)));
}

#[test]
fn a_filter_error_is_shown_with_its_place() {
    let scratch = three();
    let error = |args: &[&str], text: &str| {
        let ran = scratch.run(&[&["-nt", "-r", "f"], args].concat());
        assert_eq!(ran, Ran::new("", reading("f") + text, 1));
    };
    error(&["tcp prot 80"], "sniff: can't parse filter expression: syntax error\n  tcp prot 80\n      ^\n");
    let hint = "Fields are for --where, which takes one word: --where 'tcp.port == 80'\n";
    let place = "sniff: can't parse filter expression: syntax error\n";
    error(&["tcp.port == 80"], &format!("{place}  tcp.port == 80\n  ^\n{hint}"));
    error(&["--where", "tcp.port", "==", "80"], &format!("{place}  == 80\n  ^\n{hint}"));
    error(&["udp", "and"], "sniff: can't parse filter expression: syntax error\n  udp and\n         ^\n");
    error(&["port nosuch"], "sniff: unknown port 'nosuch'\n  port nosuch\n       ^\n");
    // Of a long one what is around the place, in the 80 columns that a pipe is taken to have.
    let long = "port 80 or ".repeat(50);
    let around = "  ...or port 80 or port 80 or port 80 or prot 80 or port 80 or port 80 or por...\n";
    let caret = format!("  {}^\n", " ".repeat(39));
    error(&[&format!("{long}prot 80 or {long} udp")], &format!("sniff: unknown port 'prot'\n{around}{caret}"));
    let ran = scratch.run(&["-r", "f", "--where", &format!("{}x", "ip && ".repeat(50))]);
    let end = format!("  ...& {}x\n  {}^\n", "ip && ".repeat(12), " ".repeat(77));
    assert_eq!(ran, Ran::new("", format!("sniff: no field 'x'; sniff fields lists them\n{end}"), 1));
}

#[test]
fn packets_are_counted_limited_skipped_and_sampled() {
    assert_eq!(printed(&["--count"]), "3 packets\n");
    assert_eq!(printed(&["--count", "udp[4:2] = 8"]), "1 packet\n");
    assert_eq!(printed(&["--count", "tcp"]), "0 packets\n");
    assert_eq!(printed(&["-t", "-c", "2"]), line(5).repeat(2));
    assert_eq!(printed(&["-t", "-#"]), format!("    1  {}    2  {}    3  {}", line(5), line(5), line(0)));
    assert_eq!(printed(&["-t#", "--skip", "1"]), format!("    2  {}    3  {}", line(5), line(0)));
    assert_eq!(printed(&["-t#", "--skip", "1", "-c1"]), format!("    2  {}", line(5)));
    assert_eq!(printed(&["-t#", "--print-sampling", "2"]), format!("    2  {}", line(5)));
    assert_eq!(printed(&["-t", "-c1", "--lengths"]), format!("caplen 47 len 47 {}", line(5)));
}

#[test]
fn time_stamps_have_tcpdumps_forms() {
    let stamps = |args: &[&str]| {
        let text = printed(args);
        let stamps: Vec<_> = text.lines().map(|line| line.split("IP").next().unwrap().to_owned()).collect();
        stamps.join("|")
    };
    assert_eq!(stamps(&[]), "00:00:01.000001 |00:00:02.000002 |00:00:03.000003 ");
    assert_eq!(stamps(&["-t"]), "||");
    assert_eq!(stamps(&["-tt"]), "1.000001 |2.000002 |3.000003 ");
    assert_eq!(stamps(&["-ttt"]), " 00:00:00.000000 | 00:00:01.000001 | 00:00:01.000001 ");
    let dates = ["00:00:01.000001 ", "00:00:02.000002 ", "00:00:03.000003 "].map(|time| format!("1970-01-01 {time}"));
    assert_eq!(stamps(&["-tttt"]), dates.join("|"));
    assert_eq!(stamps(&["-ttttt"]), " 00:00:00.000000 | 00:00:01.000001 | 00:00:02.000002 ");
    assert_eq!(stamps(&["--nano", "-tt", "-c1"]), "1.000001000 ");
    assert_eq!(stamps(&["--nano", "--micro", "-tt", "-c1"]), "1.000001 ");
    assert_eq!(stamps(&["--time-stamp-precision=n", "-tt", "-c1"]), "1.000001000 ");
}

#[test]
fn headers_and_dumps_have_tcpdumps_forms() {
    let one = |option: &str| printed(&["-t", "-c1", option]);
    let ethernet = "02:00:00:00:00:01 > 02:00:00:00:00:02";
    let rest = "length 47: 10.0.0.1.1 > 10.0.0.2.2: UDP, length 5\n";
    assert_eq!(one("-e"), format!("{ethernet}, ethertype IPv4 (0x0800), {rest}"));
    assert_eq!(one("-qe"), format!("{ethernet}, IPv4, {rest}"));
    let hex = "\t0x0000:  4500 0021 0000 0000 4011 0000 0a00 0001\n\
               \t0x0010:  0a00 0002 0001 0002 000d 0000 6865 6c6c\n\
               \t0x0020:  6f\n";
    assert_eq!(one("-x"), line(5) + hex);
    assert!(one("-xx").contains("\t0x0000:  0200 0000 0002 0200 0000 0001 0800 4500\n"));
    let ascii = "\t0x0000:  4500 0021 0000 0000 4011 0000 0a00 0001  E..!....@.......\n\
                 \t0x0010:  0a00 0002 0001 0002 000d 0000 6865 6c6c  ............hell\n\
                 \t0x0020:  6f                                       o\n";
    assert_eq!(one("-X"), line(5) + ascii);
    assert_eq!(one("-A"), line(5) + "E..!....@...\n...\n...........hello\n");
}

#[test]
fn control_characters_never_reach_the_terminal_raw() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"\x1b[31m\x07\x08\x9b")]));
    for option in ["-A", "-X", "-AA"] {
        let text = scratch.run(&["-nt", option, "-r", "f"]).stdout;
        assert!(text.contains(".[31"), "{text:?}");
        assert!(!text.contains(['\x1b', '\x07', '\x08', '\u{9b}', '\u{fffd}']), "{text:?}");
    }
}

#[test]
fn the_files_of_a_list_are_read_in_turn_and_counted_together() {
    let scratch = three();
    scratch.write("g", [header((2, 4), 65535, 101), record(9, 9, &ip(b""))].concat());
    scratch.write("list", "f\ng\n");
    let both = reading("f") + &reading_as("g", "RAW (Raw IP)", 65535);
    let numbers = format!("    1  {}    2  {}    3  {}    4  {}", line(5), line(5), line(0), line(0));
    assert_eq!(scratch.run(&["-nt#", "-V", "list"]), Ran::new(numbers, &*both, 0));
    assert_eq!(scratch.run(&["--count", "-V", "list"]), Ran::new("4 packets\n", &*both, 0));
    // The filter is compiled anew for the link type, and -c counts over all files.
    assert_eq!(scratch.run(&["-nt", "-V", "list", "-c2", "udp[4:2] = 8"]), Ran::new(LINE.repeat(2), &*both, 0));
    assert_eq!(scratch.run_with(&["--count", "-V", "-"], b"f\nf\n").stdout, "6 packets\n");
    let refused = Ran::new("", both + "sniff: g: new dlt does not match original\n", 1);
    assert_eq!(scratch.run(&["-V", "list", "-w", "out"]), refused);
    scratch.write("list", "");
    assert_eq!(scratch.run(&["-V", "list"]), Ran::new("", "sniff: Nothing in list\n", 1));
    let missing = "sniff: Unable to open file: nosuch: No such file or directory\n";
    assert_eq!(scratch.run(&["-V", "nosuch"]), Ran::new("", missing, 1));
    assert_eq!(scratch.run(&["-r", "nosuch"]), Ran::new("", "sniff: nosuch: No such file or directory\n", 1));
    scratch.write("list", "f\n\n");
    assert_eq!(scratch.run(&["-nt", "-V", "list"]).code, Some(1));
}

#[test]
fn the_file_that_is_read_is_not_written() {
    let scratch = three();
    let before = scratch.read("f");
    let refused = Ran::new("", reading("f") + "sniff: f: cannot write the file that is read\n", 1);
    assert_eq!(scratch.run(&["-r", "f", "-w", "f"]), refused);
    assert_eq!(scratch.read("f"), before);
    let unwritable = scratch.run(&["-r", "f", "-w", "nosuch/out"]);
    let error = reading("f") + "sniff: nosuch/out: No such file or directory\n";
    assert_eq!(unwritable, Ran::new("", error, 1));
}

#[test]
fn written_files_hold_the_packets_that_pass() {
    let scratch = three();
    let two = pcap(&[udp(b"hello"), udp(b"world")]);
    assert_eq!(scratch.run(&["-r", "f", "-w", "out", "udp[4:2] = 13"]), Ran::new("", reading("f"), 0));
    assert_eq!(scratch.read("out"), two);
    assert_eq!(scratch.run(&["-r", "f", "-c2", "-Uw", "out"]).code, Some(0));
    assert_eq!(scratch.read("out"), two);
    let output = scratch.command(&["-r", "f", "-c2", "-w", "-"]).output().unwrap();
    assert_eq!(output.stdout, two);
    // The last -w wins, --print prints too.
    let ran = scratch.run(&["-nt", "-r", "f", "-w", "unused", "-w", "out", "--print"]);
    assert_eq!(ran.stdout, line(5).repeat(2) + LINE);
    assert!(!scratch.path().join("unused").exists());
    assert_eq!(scratch.read("out"), scratch.read("f"));
    assert_eq!(scratch.run(&["-r", "f", "-w", "out", "--count"]).stdout, "3 packets\n");
    scratch.run(&["-r", "f", "-w", "out", "--nano"]);
    assert_eq!(scratch.read("out")[..4], 0xa1b2_3c4d_u32.to_le_bytes());
    assert_eq!(scratch.run(&["-ntt", "--nano", "-c1", "-r", "out"]).stdout, format!("1.000001000 {}", line(5)));
    if installed("tcpdump") {
        let read = Command::new("tcpdump").args(["-nt", "-r", "out"]).current_dir(scratch.path()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&read.stdout), line(5).repeat(2) + LINE);
    }
}

#[test]
fn a_name_that_ends_in_pcapng_asks_for_pcapng() {
    let scratch = three();
    assert_eq!(scratch.run(&["-r", "f", "-w", "out.pcapng", "udp"]), Ran::new("", reading("f"), 0));
    assert_eq!(scratch.read("out.pcapng")[..4], 0x0a0d_0d0a_u32.to_le_bytes());
    let lines = ["1.000001000 ", "2.000002000 ", "3.000003000 "].into_iter().zip([5, 5, 0]);
    let lines: String = lines.map(|(time, length)| time.to_owned() + &line(length)).collect();
    assert_eq!(scratch.run(&["-ntt", "--nano", "-r", "out.pcapng"]), Ran::new(&*lines, reading("out.pcapng"), 0));
    if installed("tshark") {
        let args = ["-r", "out.pcapng", "-T", "fields", "-e", "frame.time_epoch", "-e", "udp.length"];
        let read = Command::new("tshark").args(args).current_dir(scratch.path()).output().unwrap();
        let expected = "1.000001000\t13\n2.000002000\t13\n3.000003000\t8\n";
        assert_eq!(String::from_utf8_lossy(&read.stdout), expected);
    }
    // And pcapng becomes classic under any other name.
    scratch.write("g", pcapng_of_one());
    assert_eq!(scratch.run(&["-r", "g", "-w", "out"]).code, Some(0));
    assert_eq!(scratch.read("out"), pcap(&[udp(b"")]));
}

#[test]
fn payloads_are_searched_for_text_and_octets() {
    assert_eq!(printed(&["-t#", "--match", "^wor.d$"]), format!("    1  {}", line(5)));
    assert_eq!(printed(&["-tt", "--match", "world"]), format!("2.000002 {}", line(5)));
    assert_eq!(printed(&["-tt", "--match-hex", "68:65 6c"]), format!("1.000001 {}", line(5)));
    assert_eq!(printed(&["-t", "--match", "hello", "--match-hex", "776f"]), "");
    assert_eq!(printed(&["--count", "--match", "[eo]"]), "2 packets\n");
    // Headers are not searched: 0a000001 is the source address.
    assert_eq!(printed(&["-t", "--match-hex", "0a000001"]), "");
    let scratch = three();
    for (option, value) in [("--match", "("), ("--match-hex", "abc"), ("--match-hex", "xy"), ("--match-hex", "")] {
        let ran = scratch.run(&["-r", "f", option, value]);
        assert!(ran.stderr.contains(&format!("of {option}")), "{}", ran.stderr);
        assert_eq!((ran.stdout.as_str(), ran.code), ("", Some(1)));
    }
}

#[test]
fn colour_is_only_used_when_asked_for() {
    let scratch = three();
    let text = |args: &[&str], no_color: &str| {
        let output = scratch.command(&[&["-nt", "-c1", "-r", "f"], args].concat()).env("NO_COLOR", no_color).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    for (args, no_color) in [(&[][..], ""), (&[], "1"), (&["--color=auto"], ""), (&["--color=never"], "")] {
        assert_eq!(text(args, no_color), line(5));
    }
    let colored = text(&["--color=always", "-A", "--match", "hello"], "1");
    assert!(colored.starts_with("\x1b[32mIP\x1b[0m \x1b[36m"), "{colored:?}");
    // Without the escapes it is the same text, and the hit is marked.
    let mut plain = String::new();
    for (at, piece) in colored.split('\x1b').enumerate() {
        plain += if at == 0 { piece } else { piece.split_once('m').unwrap().1 };
    }
    assert_eq!(plain, text(&["-A"], ""));
    let tail = colored.rsplit_once("hello").unwrap();
    assert!(tail.0.ends_with('m') && tail.1.starts_with("\x1b[0m"), "{colored:?}");
    let bad = scratch.run(&["--color=pink"]);
    assert_eq!(bad, Ran::new("", "sniff: invalid value pink of --color\n", 1));
}

#[test]
fn options_that_need_an_interface_are_nothing_to_a_file() {
    let scratch = three();
    let all = ["-nt", "-L", "-J", "-i", "nosuch", "-I", "-p", "-B", "4", "-Q", "in", "-s", "10", "-c", "1", "-r", "f"];
    assert_eq!(scratch.run(&all), Ran::new(line(5), reading("f"), 0));
    let nothing = ["-nt", "-W", "3", "-G", "0", "--print", "-a", "-c", "1", "-r", "f"];
    assert_eq!(scratch.run(&nothing), Ran::new(line(5), reading("f"), 0));
}

#[test]
fn the_files_behind_a_damaged_one_are_read_too() {
    let scratch = three();
    let whole = scratch.read("f");
    scratch.write("cut", &whole[..whole.len() - 3]);
    scratch.write("list", "cut\nf\n");
    let ran = scratch.run(&["-nt", "-V", "list"]);
    let all = scratch.run(&["-nt", "-r", "f"]).stdout;
    let before = scratch.run(&["-nt", "-r", "cut"]);
    assert_eq!(ran.stdout, before.stdout + &all);
    assert_eq!(ran.stderr, before.stderr + &reading("f"));
    assert_eq!(ran.code, Some(1));
}

#[test]
fn what_a_file_does_not_hold_is_not_filtered_for() {
    let scratch = three();
    for (filter, what) in [("inbound", "inbound/outbound"), ("ifindex 1", "ifindex")] {
        let said = format!("sniff: {what} not supported on Ethernet when reading savefiles\n");
        assert_eq!(scratch.run(&["-n", "-r", "f", filter]), Ran::new("", reading("f") + &said, 1));
    }
}

#[test]
fn objects_go_with_nothing_that_prints_no_packets() {
    let scratch = three();
    let said = "sniff: --json and --fields print packets: --count, and -w without --print, cannot be used with them.\n";
    for with in [&["--count"][..], &["-w", "out"]] {
        assert_eq!(scratch.run(&[&["-r", "f", "--json"], with].concat()), Ran::new("", said, 1));
    }
    for (option, fields) in [
        ("-tttt", "-tt to -ttttt cannot be used with --json and --fields, which have frame.time_epoch."),
        ("-#", "-# cannot be used with --json and --fields, which have frame.number."),
        ("--lengths", "--lengths cannot be used with --json and --fields, which have frame.cap_len and frame.len."),
        (
            "--analyze",
            "--analyze cannot be used with --json and --fields, which have tcp.analysis.retransmission and the like.",
        ),
    ] {
        let said = Ran::new("", format!("sniff: {fields}\n"), 1);
        assert_eq!(scratch.run(&["-r", "f", "--json", option]), said);
        assert_eq!(scratch.run(&["-r", "f", "--fields", "ip.src", option]), said);
    }
    let time = "sniff: -tt to -ttttt cannot be used with --json and --fields, which have frame.time_epoch.\n";
    assert_eq!(scratch.run(&["dns", "-r", "f", "--json", "-tt"]), Ran::new("", time, 1));
    // No time is what there is.
    assert_eq!(scratch.run(&["-r", "f", "-nvet", "--fields", "udp.length"]).stdout, "13\n13\n8\n");
    let both = "sniff: --json and --fields are mutually exclusive.\n";
    assert_eq!(scratch.run(&["-r", "f", "--json", "--fields", "ip.src"]), Ran::new("", both, 1));
    assert_eq!(scratch.run(&["http", "-r", "f", "--fields", "http.host", "--json"]), Ran::new("", both, 1));
    let twice = "sniff: --where is given once: join conditions with &&.\n";
    assert_eq!(scratch.run(&["-r", "f", "--where", "ip", "--where", "udp"]), Ran::new("", twice, 1));
}

#[test]
fn a_mib_module_is_ignored_with_a_note() {
    let scratch = three();
    let note = "sniff: ignoring option `-m SNMPv2-MIB' (no libsmi support)\n";
    let ran = scratch.run(&["-nt", "-m", "SNMPv2-MIB", "-c", "1", "-r", "f"]);
    assert_eq!(ran, Ran::new(line(5), note.to_owned() + &reading("f"), 0));
}

#[test]
fn no_option_follows_the_filter_where_posix_asks_for_it() {
    let scratch = three();
    let ran = |args: &[&str]| Ran::from(scratch.command(args).env("POSIXLY_CORRECT", "1").output().unwrap());
    assert_eq!(ran(&["-nt", "-r", "f", "udp", "and", "greater", "1", "-c1"]).code, Some(1));
    for args in [&["-nt", "-c1", "-r", "f", "udp", "and", "greater", "1"][..], &["-ntc1", "-rf", "--", "udp"]] {
        assert_eq!(ran(args), Ran::new(line(5), reading("f"), 0), "{args:?}");
    }
}

#[test]
fn names_with_control_characters_are_harmless_in_messages() {
    let scratch = Scratch::new();
    let name = "\u{1b}[31m\u{202e}\u{9b}ä";
    let shown = "\\u{1b}[31m\\u{202e}\\u{9b}ä";
    let missing = format!("sniff: {shown}: No such file or directory\n");
    assert_eq!(scratch.run(&["-r", name]), Ran::new("", missing, 1));
    scratch.write(name, pcap(&[udp(b"")]));
    assert_eq!(scratch.run(&["-nt", "-r", name]), Ran::new(LINE, reading(shown), 0));
}

#[test]
fn a_filter_that_misses_what_is_tagged_gets_a_hint_where_nothing_passes() {
    let scratch = Scratch::new();
    let tagged = |tags: &[u8]| {
        let frame = udp(b"");
        [&frame[..12], tags, &frame[12..]].concat()
    };
    let (one, two) = (tagged(&[0x81, 0, 0, 5]), tagged(&[0x88, 0xa8, 0, 6, 0x81, 0, 0, 5]));
    let hint = |filter: &str| format!("sniff: no packet passed, but packets with a VLAN tag would: {filter}\n");
    scratch.write("f", pcap(&[one.clone(), one.clone()]));
    let said = |filter: &str| scratch.run(&["-nt", "-r", "f", filter]);
    assert_eq!(said("udp port 2"), Ran::new("", reading("f") + &hint("vlan and (udp port 2)"), 0));
    assert!(said("vlan and (udp port 2)").stdout.lines().count() == 2);
    // Nothing to say where the tag is not the reason, or the filter knows of it.
    for filter in ["udp port 7", "tcp", "vlan 7 and udp", "not vlan"] {
        assert_eq!(said(filter), Ran::new("", reading("f"), 0), "{filter}");
    }
    scratch.write("f", pcap(&[two]));
    assert_eq!(said("udp port 2"), Ran::new("", reading("f") + &hint("vlan and vlan and (udp port 2)"), 0));
    // Where something passes, nothing is amiss.
    scratch.write("f", pcap(&[one, udp(b"")]));
    assert_eq!(said("udp port 2"), Ran::new(LINE, reading("f"), 0));
}

#[test]
fn values_are_read_whatever_their_case_and_the_last_file_is_written() {
    let scratch = three();
    for args in [&["-Q", "InOut"][..], &["-T", "DOMAIN"], &["-y", "en10mb"], &["--time-stamp-precision", "n"]] {
        assert_eq!(scratch.run(&[args, &["-c1", "-r", "f"]].concat()).code, Some(0), "{args:?}");
    }
    assert_eq!(scratch.run(&["-r", "f", "-w", "a", "-w", "b"]), Ran::new("", reading("f"), 0));
    assert!(!scratch.path().join("a").exists());
    assert_eq!(scratch.read("b"), scratch.read("f"));
}

#[test]
fn a_blank_line_in_a_list_of_files_is_a_file_that_is_missing() {
    let scratch = three();
    scratch.write("list", "f\n\nf\n");
    let ran = scratch.run(&["-nt", "-V", "list"]);
    let lines = line(5).repeat(2) + &line(0);
    assert_eq!(ran, Ran::new(lines, reading("f") + "sniff: : No such file or directory\n", 1));
}

#[test]
fn link_types_are_named_where_they_have_a_name() {
    let scratch = Scratch::new();
    // LINUX_SLL2: IPv4, an interface that is not here, sent to us, a MAC address of six octets.
    let head = [8, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    let cooked = [&head[..], &ip(b"")].concat();
    scratch.write("f", [header((2, 4), 65535, 276), record(1, 1, &cooked)].concat());
    let said = reading_as("f", "LINUX_SLL2 (Linux cooked v2)", 65535) + "Warning: interface names might be incorrect\n";
    let ran = scratch.run(&["-nt", "-r", "f"]);
    assert_eq!((ran.stderr, ran.code), (said, Some(0)));
    assert!(ran.stdout.ends_with(&format!(" In  {LINE}")), "{}", ran.stdout);
    scratch.write("f", [header((2, 4), 65535, 160), record(1, 1, b"1234")].concat());
    let ran = scratch.run(&["-nt", "-r", "f"]);
    assert_eq!((&*ran.stderr, ran.code), (&*reading_as("f", "160", 65535), Some(0)));
    assert!(ran.stdout.starts_with("UNSUPPORTED"), "{}", ran.stdout);
}
