//! Several files of `-w`: their names and contents, what becomes of the old
//! ones, the command of `-z`, and disks that are full.

mod common;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use common::{
    Ran, Scratch, begun, block, enhanced, header, interface, option, pcap, reading, reading_as, record, section, udp,
    words,
};

/// A folder with `f`: packets at these seconds, each with a payload of so many octets.
fn capture(times: impl IntoIterator<Item = u32>, size: usize) -> Scratch {
    let scratch = Scratch::new();
    let records = (0..).zip(times).flat_map(|(number, time)| record(time, number, &udp(&vec![number as u8; size])));
    scratch.write("f", header((2, 4), 65535, 1).into_iter().chain(records).collect::<Vec<_>>());
    scratch
}

/// The files of a folder that begin with `o`, and the times of their packets.
fn files(scratch: &Scratch) -> BTreeMap<String, Vec<u32>> {
    let names = fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('o')).map(|name| (name.clone(), times(&scratch.read(&name)))).collect()
}

/// The seconds of the packets in a classic file, every octet of which is checked.
fn times(mut octets: &[u8]) -> Vec<u32> {
    assert_eq!(octets[..24], header((2, 4), 65535, 1));
    octets = &octets[24..];
    let mut times = Vec::new();
    while !octets.is_empty() {
        let word = |at: usize| u32::from_le_bytes(octets[at..at + 4].try_into().unwrap());
        times.push(word(0));
        octets = &octets[16 + word(8) as usize..];
    }
    times
}

/// Files by name, each with the times of its packets.
type Files = &'static [(&'static str, &'static [u32])];
/// Options, and the files that they make.
type Row = (&'static [&'static str], Files);

/// The same as [`files`] finds.
fn expected(files: &[(&str, &[u32])]) -> BTreeMap<String, Vec<u32>> {
    files.iter().map(|(name, times)| ((*name).to_owned(), times.to_vec())).collect()
}

#[test]
fn a_new_file_is_begun_when_the_last_is_larger_than_its_size() {
    // A record has 16 octets of header, 42 of packet header, and 442 of payload:
    // after the third a file of 24 + 3 * 500 octets is larger than 1024.
    let rows: &[Row] = &[
        (&["-C", "1k"], &[("o", &[0, 1, 2]), ("o1", &[3, 4, 5]), ("o2", &[6, 7, 8]), ("o3", &[9])]),
        // The suffix is of either case, the number in any base of C.
        (&["-C", "0x1K", "-W", "2"], &[("o0", &[6, 7, 8]), ("o1", &[9])]),
        (&["-C", "1k", "-W", "10"], &[("o0", &[0, 1, 2]), ("o1", &[3, 4, 5]), ("o2", &[6, 7, 8]), ("o3", &[9])]),
        (&["-C", "1k", "-W", "11"], &[("o00", &[0, 1, 2]), ("o01", &[3, 4, 5]), ("o02", &[6, 7, 8]), ("o03", &[9])]),
        (
            &["-C", "1k", "-W", "101"],
            &[("o000", &[0, 1, 2]), ("o001", &[3, 4, 5]), ("o002", &[6, 7, 8]), ("o003", &[9])],
        ),
        (&["-C", "1k", "-W", "1"], &[("o", &[9])]),
        // Without a suffix the unit is a million.
        (&["-C", "1"], &[("o", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]),
        (&["-W", "3"], &[("o", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]),
        (&["-C", "1k", "-U"], &[("o", &[0, 1, 2]), ("o1", &[3, 4, 5]), ("o2", &[6, 7, 8]), ("o3", &[9])]),
        (&["-C", "1k", "-c", "6"], &[("o", &[0, 1, 2]), ("o1", &[3, 4, 5])]),
    ];
    for (options, made) in rows {
        let scratch = capture(0..10, 442);
        assert_eq!(scratch.run(&[&["-r", "f", "-w", "o"], *options].concat()), Ran::new("", reading("f"), 0));
        assert_eq!(files(&scratch), expected(made), "{options:?}");
    }
}

#[test]
fn a_new_file_is_begun_as_the_packets_time_passes() {
    let times = [100, 101, 109, 110, 119, 125, 126, 137];
    let scratch = capture(times, 10);
    assert_eq!(scratch.run(&["-r", "f", "-w", "o%s", "-G", "10"]), Ran::new("", reading("f"), 0));
    // A period begins with the first packet after the one before is over.
    let periods =
        expected(&[("o100", &[100, 101, 109]), ("o110", &[110, 119]), ("o125", &[125, 126]), ("o137", &[137])]);
    assert_eq!(files(&scratch), periods);

    let scratch = capture(times, 10);
    let ran = scratch.run(&["-r", "f", "-w", "o%s", "-G", "10", "-W", "2", "--print", "-nqt"]);
    let line = "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 10\n";
    assert_eq!(ran, Ran::new(line.repeat(5), reading("f") + "Maximum file limit reached: 2\n", 0));
    assert_eq!(files(&scratch), expected(&[("o100", &[100, 101, 109]), ("o110", &[110, 119])]));

    // No period: no conversion either, and nothing that -W could count.
    let scratch = capture(times, 10);
    assert_eq!(scratch.run(&["-r", "f", "-w", "o%s", "-G", "0", "-W", "1"]), Ran::new("", reading("f"), 0));
    assert_eq!(files(&scratch), expected(&[("o%s", &times)]));

    // Without packets there is a file, with the name that it has now.
    let scratch = capture([], 10);
    assert_eq!(scratch.run(&["-r", "f", "-w", "o%%%n", "-G", "10"]).code, Some(0));
    assert_eq!(files(&scratch), expected(&[("o%\n", &[])]));
}

#[test]
fn numbers_start_again_in_each_period() {
    let times = [100, 100, 101, 110, 110, 111, 111, 111];
    let first: Files = &[("o100", &[100, 100, 101]), ("o110", &[110, 110, 111]), ("o1101", &[111, 111])];
    let rows: &[Row] = &[
        (&["-C", "1k", "-G", "10"], first),
        (
            &["-C", "1k", "-G", "10", "-W", "2"],
            &[("o1000", &[100, 100, 101]), ("o1100", &[110, 110, 111]), ("o1101", &[111, 111])],
        ),
        (&["-C", "1k", "-G", "10", "-W", "1"], &[("o100", &[100, 100, 101]), ("o110", &[111, 111])]),
    ];
    for (options, names) in rows {
        let scratch = capture(times, 442);
        assert_eq!(scratch.run(&[&["-r", "f", "-w", "o%s"], *options].concat()), Ran::new("", reading("f"), 0));
        assert_eq!(files(&scratch), expected(names), "{options:?}");
    }
}

#[test]
fn names_are_times_of_the_place() {
    // 2023-11-14 22:13:20 UTC.
    let scratch = capture([1_700_000_000], 10);
    let mut command = scratch.command(&["-r", "f", "-G", "60", "-w", "o-%Y-%m-%d_%H.%M.%S-%b-%j-%Z-%z-%f-%%-%.pcap"]);
    let ran = Ran::from(command.env("TZ", "EST5EDT,M3.2.0,M11.1.0").output().unwrap());
    assert_eq!(ran, Ran::new("", reading("f"), 0));
    assert_eq!(
        files(&scratch).into_keys().collect::<Vec<_>>(),
        ["o-2023-11-14_17.13.20-Nov-318-EST--0500-%f-%-%.pcap"]
    );

    // The time can also choose the directory.
    let scratch = capture([0, 86_400], 10);
    fs::create_dir(scratch.path().join("d-01")).unwrap();
    fs::create_dir(scratch.path().join("d-02")).unwrap();
    assert_eq!(scratch.run(&["-r", "f", "-G", "60", "-w", "./d-%d/o%s"]), Ran::new("", reading("f"), 0));
    assert_eq!(times(&scratch.read("d-01/o0")), [0]);
    assert_eq!(times(&scratch.read("d-02/o86400")), [86_400]);
}

#[test]
fn a_zone_of_the_system_is_known_by_its_name() {
    if !fs::exists("/usr/share/zoneinfo/America/New_York").unwrap() {
        eprintln!("skipped: there are no time zones");
        return;
    }
    let scratch = capture([1_700_000_000], 0);
    let mut command = scratch.command(&["-nq", "-r", "f", "-G", "60", "-w", "o%H%Z", "--print"]);
    let ran = Ran::from(command.env("TZ", "America/New_York").output().unwrap());
    assert_eq!(ran.stdout, "17:13:20.000000 IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 0\n");
    assert_eq!(files(&scratch).into_keys().collect::<Vec<_>>(), ["o17EST"]);
}

#[test]
fn a_name_that_the_next_period_overwrites_is_warned_of() {
    let warning = |name: &str| {
        format!(
            "sniff: WARNING: -G without a conversion of strftime(3) in the file name: each period overwrites {name}; \
             try a name such as '%Y-%m-%d_%H.%M.%S.pcap'\n"
        )
    };
    let rows: &[(&[&str], bool)] = &[
        (&["-w", "o", "-G", "10"], true),
        (&["-w", "o%%", "-G", "10", "-W", "2"], true),
        (&["-w", "o", "-G", "10", "-C", "1"], true),
        (&["-w", "o%s", "-G", "10"], false),
        // A single file of ten seconds.
        (&["-w", "o", "-G", "10", "-W", "1"], false),
        (&["-w", "o", "-G", "0"], false),
    ];
    for (options, warned) in rows {
        let scratch = capture([100, 150], 10);
        let stderr = scratch.run(&[&["-r", "f"], *options].concat()).stderr;
        let warning = if *warned { warning(options[1]) } else { String::new() };
        let stderr =
            stderr.replace("Maximum file limit reached: 1\n", "").replace("Maximum file limit reached: 2\n", "");
        assert_eq!(stderr, warning + &reading("f"), "{options:?}");
    }
}

#[test]
fn files_that_cannot_be_made_are_refused() {
    let scratch = capture(0..9, 442);
    fs::create_dir(scratch.path().join("d")).unwrap();
    let rows: &[(&[&str], &str)] = &[
        (&["-w", ""], "an empty string is not a valid file name"),
        (&["-w", "", "-G", "1"], "an empty string is not a valid file name"),
        (&["-w", "none/o"], "none/o: No such file or directory"),
        (&["-w", "none/o", "-G", "1"], "none/o: No such file or directory"),
        (&["-w", "f/o"], "f/o: Not a directory"),
        (&["-w", "d"], "d: Is a directory"),
        (&["-w", "new/"], "new/: Is a directory"),
        (&["-w", "f"], "f: cannot write the file that is read"),
        (&["-w", "./f"], "./f: cannot write the file that is read"),
    ];
    for (options, error) in rows {
        let ran = scratch.run(&[&["-r", "f"], *options].concat());
        let stderr = ran.stderr.lines().last().unwrap_or_default();
        assert_eq!((stderr, ran.code), (&*format!("sniff: {error}"), Some(1)), "{options:?}");
    }
    // Also where the name comes up later, or is read from standard input.
    fs::rename(scratch.path().join("f"), scratch.path().join("o1")).unwrap();
    let before = scratch.read("o1");
    let ran = scratch.run(&["-r", "o1", "-w", "o", "-C", "1k"]);
    assert_eq!(ran, Ran::new("", reading("o1") + "sniff: o1: cannot write the file that is read\n", 1));
    let stdin = fs::File::open(scratch.path().join("o1")).unwrap();
    let ran = Ran::from(scratch.command(&["-r", "-", "-w", "o1"]).stdin(stdin).output().unwrap());
    assert_eq!(ran, Ran::new("", reading("-") + "sniff: o1: cannot write the file that is read\n", 1));
    scratch.write("list", "o\no1\n");
    assert_eq!(scratch.run(&["-V", "list", "-w", "o1"]).code, Some(1));
    assert_eq!(scratch.read("o1"), before);
}

#[test]
fn a_directory_that_cannot_be_written_is_refused_at_the_start() {
    let scratch = capture(0..9, 442);
    let unprivileged = |args: &[&str]| {
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_sniff")];
        Command::new("setpriv").args(nobody).args(args).current_dir(scratch.path()).output().map(Ran::from)
    };
    if !unprivileged(&["--version"]).is_ok_and(|ran| ran.code == Some(0)) {
        eprintln!("skipped: the program cannot run as someone else");
        return;
    }
    // Also where the first packet is to name the file.
    for options in [&[][..], &["-C", "1k"], &["-G", "1"]] {
        let ran = unprivileged(&[&["-r", "f", "-w", "./o"], options].concat()).unwrap();
        assert_eq!(ran.stderr.lines().last(), Some("sniff: ./o: Permission denied"), "{options:?}");
        assert_eq!(ran.code, Some(1));
    }
}

#[test]
fn options_that_belong_together_are_checked() {
    let rows: &[(&[&str], &str)] = &[
        (&["--ring-bytes", "1k"], "--ring-bytes cannot be used without -w."),
        (&["--ring-age", "1m"], "--ring-age cannot be used without -w."),
        (&["--max-bytes", "1k"], "--max-bytes cannot be used without -w."),
        (&["--ring-bytes", "1k", "-w", "-"], "--ring-bytes cannot be used with -w -."),
        (&["--rotate-hook-last", "-w", "o"], "--rotate-hook-last cannot be used without -z."),
        (
            &["--ring-bytes", "1k", "-C", "1k", "-w", "o"],
            "--ring-bytes must be more than the size of a file that -C gives.",
        ),
        (&["-z", "true", "-w", "o"], "-z cannot be used without -w and (-C or -G)."),
        (&["--ring-bytes", "0"], "invalid value 0 of --ring-bytes: octets, or a number with k, m or g"),
        (&["--max-bytes", "1x"], "invalid value 1x of --max-bytes: octets, or a number with k, m or g"),
        (
            &["--max-bytes", "17179869184g"],
            "invalid value 17179869184g of --max-bytes: octets, or a number with k, m or g",
        ),
        (&["--ring-age", "5w"], "invalid value 5w of --ring-age: seconds, or a number with ms, s, m, h or d"),
        (&["--duration", "0"], "invalid value 0 of --duration: seconds, or a number with ms, s, m, h or d"),
        (&["--duration", "-1s"], "invalid value -1s of --duration: seconds, or a number with ms, s, m, h or d"),
        (&["-C", "1kk"], "invalid file size 1kk"),
    ];
    let scratch = capture(0..1, 0);
    for (options, error) in rows {
        let ran = scratch.run(&[&["-r", "f"], *options].concat());
        assert_eq!(ran, Ran::new("", format!("sniff: {error}\n"), 1), "{options:?}");
    }
    assert!(files(&scratch).is_empty());
}

#[test]
fn a_ring_keeps_the_newest_files() {
    let rows: &[Row] = &[
        // Files of 1524 octets: two and the last, which has 524.
        (&["-C", "1k", "--ring-bytes", "4k"], &[("o1", &[3, 4, 5]), ("o2", &[6, 7, 8]), ("o3", &[9])]),
        (&["-C", "1k", "--ring-bytes", "2049"], &[("o2", &[6, 7, 8]), ("o3", &[9])]),
        // A tenth of 5000 octets is passed with the first packet.
        (
            &["--ring-bytes", "5000"],
            &[
                ("o1", &[1]),
                ("o2", &[2]),
                ("o3", &[3]),
                ("o4", &[4]),
                ("o5", &[5]),
                ("o6", &[6]),
                ("o7", &[7]),
                ("o8", &[8]),
                ("o9", &[9]),
            ],
        ),
        (&["-G", "4", "--ring-bytes", "1m"], &[("o", &[8, 9])]),
        (
            &["-G", "3", "-w", "o%s", "--ring-bytes", "20k"],
            &[("o0", &[0, 1, 2]), ("o3", &[3, 4, 5]), ("o6", &[6, 7, 8]), ("o9", &[9])],
        ),
        // More than a tenth in one period goes on in another file.
        (
            &["-G", "3", "-w", "o%s", "--ring-bytes", "2500"],
            &[("o61", &[7]), ("o62", &[8]), ("o6", &[6]), ("o9", &[9])],
        ),
        // A file that is closed in second 3 goes in second 7, and so on.
        (&["-C", "1k", "--ring-age", "3"], &[("o1", &[3, 4, 5]), ("o2", &[6, 7, 8]), ("o3", &[9])]),
        (
            &["--ring-age", "5"],
            &[("o3", &[3]), ("o4", &[4]), ("o5", &[5]), ("o6", &[6]), ("o7", &[7]), ("o8", &[8]), ("o9", &[9])],
        ),
        (&["--ring-age", "20s", "-W", "2"], &[("o0", &[8, 9]), ("o1", &[6, 7])]),
        (&["-C", "1k", "-W", "3", "--ring-bytes", "3k"], &[("o0", &[9]), ("o2", &[6, 7, 8])]),
    ];
    for (options, kept) in rows {
        let scratch = capture(0..10, 442);
        let ran = scratch.run(&[&["-r", "f", "-w", "o"], *options].concat());
        assert_eq!(ran.code, Some(0), "{options:?}: {}", ran.stderr);
        assert_eq!(files(&scratch), expected(kept), "{options:?}");
    }
}

#[test]
fn a_ring_leaves_what_others_wrote() {
    let scratch = capture(0..10, 442);
    scratch.write("o0", "of someone else");
    assert_eq!(scratch.run(&["-r", "f", "-w", "o", "-C", "1k", "--ring-bytes", "2k"]).code, Some(0));
    assert_eq!(scratch.read("o0"), b"of someone else");
}

#[test]
fn a_run_ends_when_so_many_octets_are_written() {
    let rows: &[Row] = &[
        // With the second packet there are 1024 octets.
        (&["--max-bytes", "1k"], &[("o", &[0, 1])]),
        (&["--max-bytes", "1025"], &[("o", &[0, 1, 2])]),
        (&["--max-bytes", "1"], &[("o", &[0])]),
        // All files count, with their headers.
        (&["--max-bytes", "2048", "-C", "1k"], &[("o", &[0, 1, 2]), ("o1", &[3])]),
        (&["--max-bytes", "2049", "-C", "1k"], &[("o", &[0, 1, 2]), ("o1", &[3, 4])]),
    ];
    for (options, kept) in rows {
        let scratch = capture(0..10, 442);
        assert_eq!(scratch.run(&[&["-r", "f", "-w", "o"], *options].concat()), Ran::new("", reading("f"), 0));
        assert_eq!(files(&scratch), expected(kept), "{options:?}");
    }
}

#[test]
fn standard_output_is_one_file() {
    let times = [100, 101, 110, 120];
    let scratch = capture(times, 442);
    let whole = scratch.read("f");
    for (options, packets, said) in [
        (&["-C", "1k"][..], 4, ""),
        (&["-G", "10"], 4, ""),
        (&["-G", "10", "-W", "1"], 2, "Maximum file limit reached: 1\n"),
    ] {
        let output = scratch.command(&[&["-r", "f", "-w", "-"], options].concat()).output().unwrap();
        assert_eq!(output.stdout, whole[..24 + 500 * packets], "{options:?}");
        assert_eq!(Ran::from(output).stderr, reading("f") + said, "{options:?}");
    }
}

/// A script in the folder.
fn script(scratch: &Scratch, name: &str, text: &str) {
    scratch.write(name, text);
    fs::set_permissions(scratch.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_command_runs_on_each_file_but_the_last() {
    let scratch = capture(0..10, 442);
    let rows: &[(&[&str], &[&str])] = &[
        (&["-C", "1k"], &["o", "o1", "o2"]),
        (&["-C", "1k", "--rotate-hook-last"], &["o", "o1", "o2", "o3"]),
        (&["-C", "1k", "-c", "3"], &[]),
        (&["-G", "4", "-w", "o%s"], &["o0", "o4"]),
        // The last of -W is complete.
        (&["-G", "4", "-W", "2", "-w", "o%s"], &["o0", "o4"]),
        (&["--ring-bytes", "100k", "-C", "2k"], &["o"]),
    ];
    for (options, hooked) in rows {
        let ran = scratch.run(&[&["-r", "f", "-w", "o", "-z", "echo"], *options].concat());
        let mut lines: Vec<_> = ran.stdout.lines().collect();
        // They run beside each other.
        lines.sort_unstable();
        assert_eq!((&lines[..], ran.code), (*hooked, Some(0)), "{options:?}: {}", ran.stderr);
    }
}

#[test]
fn the_command_is_waited_for_has_the_lowest_priority_and_finds_its_file() {
    let scratch = capture(0..100, 442);
    fs::create_dir(scratch.path().join("d")).unwrap();
    // No line says what runs it; execvp(3) takes the shell then.
    script(&scratch, "hook", "sleep 0.01; [ -s \"$1\" ] && nice > \"$1.nice\"; cat; exit 0");
    let mut command = scratch.command(&["-r", "-", "-w", "d/o", "-C", "1k", "-z", "./hook"]);
    // What stands on standard input is not the command's to read.
    let stdin = fs::File::open(scratch.path().join("f")).unwrap();
    let ran = Ran::from(command.stdin(stdin).output().unwrap());
    assert_eq!(ran, Ran::new("", reading("-"), 0));
    for number in 0..33 {
        let name = if number == 0 { "d/o.nice".to_owned() } else { format!("d/o{number}.nice") };
        assert_eq!(scratch.read(&name), b"19\n", "{name}");
    }
    assert!(!fs::exists(scratch.path().join("d/o33.nice")).unwrap());
}

#[test]
fn a_command_that_cannot_run_is_refused_and_one_that_fails_is_told() {
    let scratch = capture(0..4, 442);
    scratch.write("plain", "text");
    for (hook, reason) in [
        ("/none/hook", "No such file or directory"),
        ("sniff-no-such-command", "No such file or directory"),
        ("./plain", "Permission denied"),
        ("/", "Permission denied"),
    ] {
        let ran = scratch.run(&["-r", "f", "-w", "o", "-C", "1k", "-z", hook]);
        assert_eq!(ran, Ran::new("", reading("f") + &format!("sniff: -z {hook}: {reason}\n"), 1));
        assert!(files(&scratch).is_empty());
    }
    let ran = scratch.run(&["-r", "f", "-w", "o", "-C", "1k", "-z", "false"]);
    assert_eq!(ran, Ran::new("", reading("f") + "sniff: -z false o: exit status: 1\n", 0));
    script(&scratch, "hook", "#!/bin/sh\nkill -9 $$");
    let ran = scratch.run(&["-r", "f", "-w", "o", "-C", "1k", "-z", "./hook"]);
    assert_eq!(ran, Ran::new("", reading("f") + "sniff: -z ./hook o: signal: 9 (SIGKILL)\n", 0));
}

#[test]
fn every_pcapng_file_stands_alone() {
    let scratch = capture(0..10, 442);
    let whole = scratch.run(&["-nt", "-r", "f"]).stdout;
    assert_eq!(scratch.run(&["-r", "f", "-w", "o.pcapng", "-C", "1k"]), Ran::new("", reading("f"), 0));
    let names = ["o.pcapng", "o.pcapng1", "o.pcapng2", "o.pcapng3", "o.pcapng4"];
    let parts = names.map(|name| {
        let ran = scratch.run(&["-nt", "-r", name]);
        assert_eq!((ran.stderr, ran.code), (reading(name), Some(0)));
        ran.stdout
    });
    assert_eq!(parts.concat(), whole);
}

/// A pcapng section with a length, two interfaces and names.
fn beginning() -> (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>) {
    let section = block(0x0a0d_0d0a, &words(&[0x1a2b_3c4d, 1, 4096, 0]));
    let (one, two) = (interface(1, 65535, &option(2, b"eth7")), interface(101, 100, &option(2, b"tun8")));
    let names = block(4, &[&[1, 0, 8, 0, 10, 0, 0, 1][..], b"a.b\0", &[0; 4]].concat());
    (section, one, two, names)
}

#[test]
fn every_file_of_a_pcapng_copy_has_its_interfaces_names_and_secrets() {
    let scratch = Scratch::new();
    let (header, one, two, names) = beginning();
    let secrets = block(10, b"KEYS\x04\0\0\0abcd");
    let counters = block(5, &words(&[0, 0, 0]));
    let packet = |at: u64| enhanced(0, at * 1_000_000, &udp(&[at as u8; 960]));
    let raw = enhanced(1, 3_000_000, &common::ip(b""));
    let parts =
        [&*header, &one, &names, &packet(1), &counters, &two, &packet(2), &raw, &secrets, &packet(4), &packet(5)];
    scratch.write("f", parts.concat());
    // A section's length is that of no part of it.
    let header = section((1, 0));
    let first = [&*header, &one, &names, &packet(1), &counters, &two, &packet(2)].concat();
    let second = [&*header, &one, &two, &names, &raw, &secrets, &packet(4)].concat();
    let third = [&*header, &one, &two, &names, &secrets, &packet(5)].concat();

    assert_eq!(scratch.run(&["-r", "f", "-w", "o.pcapng", "-C", "2k"]).code, Some(0));
    assert!(scratch.read("o.pcapng") == first);
    assert!(scratch.read("o.pcapng1") == [&*second, &packet(5)].concat());

    assert_eq!(scratch.run(&["-r", "f", "-w", "o%s.pcapng", "-G", "2"]).code, Some(0));
    // What comes before the first packet is not lost although the packet names the file.
    assert!(scratch.read("o1.pcapng") == first);
    assert!(scratch.read("o3.pcapng") == second);
    assert!(scratch.read("o5.pcapng") == third);
    assert_eq!(scratch.run(&["-nt", "--count", "-r", "o3.pcapng"]).stdout, "2 packets\n");
}

#[test]
fn several_inputs_are_sections_of_one_pcapng_file() {
    let scratch = Scratch::new();
    scratch.write("classic", pcap(&[udp(b"")]));
    scratch.write("raw", [header((2, 4), 65535, 101), record(1, 1, &common::ip(b""))].concat());
    scratch.write("new", [begun(), interface(101, 99, &[]), enhanced(1, 7, &common::ip(b"x"))].concat());
    let printed = |list: &str| {
        scratch.write("list", list);
        assert_eq!(scratch.run(&["-V", "list", "-w", "o.pcapng"]).code, Some(0), "{list}");
        scratch.run(&["-ntt", "-r", "o.pcapng"]).stdout
    };
    let udp = |time: &str, length: usize| format!("{time} IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length {length}\n");
    let (classic, raw, new) = (udp("1.000001", 0), udp("1.000001", 0), udp("0.000007", 1));
    assert_eq!(printed("classic\nraw\nnew\n"), [&*classic, &raw, &new].concat());
    assert_eq!(printed("new\nraw\nnew\nclassic\n"), [&*new, &raw, &new, &classic].concat());
    // A classic file has one link type.
    scratch.write("list", "classic\nraw\n");
    let ran = scratch.run(&["-V", "list", "-w", "o"]);
    let stderr = reading("classic") + &reading_as("raw", "RAW (Raw IP)", 65535);
    assert_eq!(ran, Ran::new("", stderr + "sniff: raw: new dlt does not match original\n", 1));
    assert_eq!(times(&scratch.read("o")), [1]);
}

/// Writes `d/o` of `f` by way of a FIFO, three packets to a file; after the first
/// packet of nine `between` happens.
fn written_in_parts(scratch: &Scratch, between: impl FnOnce()) -> Ran {
    let whole = scratch.read("f");
    fs::create_dir(scratch.path().join("d")).unwrap();
    assert!(Command::new("mkfifo").arg(scratch.path().join("fifo")).status().unwrap().success());
    let mut command = scratch.command(&["-r", "fifo", "-w", "d/o", "-C", "1k", "--print", "-nq"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut fifo = OpenOptions::new().write(true).open(scratch.path().join("fifo")).unwrap();
    fifo.write_all(&whole[..524]).unwrap();
    // Once its packet is printed, the first file is there.
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    between();
    // The reader may be gone by now.
    let _ = fifo.write_all(&whole[524..]);
    drop(fifo);
    Ran::from(child.wait_with_output().unwrap())
}

#[test]
fn a_directory_is_held_wherever_it_goes() {
    let scratch = capture(0..9, 442);
    let ran = written_in_parts(&scratch, || {
        fs::rename(scratch.path().join("d"), scratch.path().join("e")).unwrap();
    });
    assert_eq!((ran.stderr, ran.code), (reading("fifo"), Some(0)));
    let packets = ["e/o", "e/o1", "e/o2"].map(|name| times(&scratch.read(name)));
    assert_eq!(packets, [[0, 1, 2], [3, 4, 5], [6, 7, 8]]);
}

#[test]
fn a_directory_that_is_gone_ends_the_run() {
    let scratch = capture(0..9, 442);
    let ran = written_in_parts(&scratch, || fs::remove_dir_all(scratch.path().join("d")).unwrap());
    assert_eq!((ran.stderr, ran.code), (reading("fifo") + "sniff: d/o1: No such file or directory\n", Some(1)));
}

/// What a shell prints for `script` in a folder where `d` is a disk of 64 KiB and
/// `$0` the program; nothing where there can be none.
fn on_small_disk(scratch: &Scratch, script: &str) -> Option<String> {
    fs::create_dir_all(scratch.path().join("d")).unwrap();
    let whole = format!("mount -t tmpfs -o size=64k none d || exit 1; {{ {script}; }} 2>&1; exit 0");
    let output = Command::new("unshare")
        .args(["-m", "bash", "-c", &whole, env!("CARGO_BIN_EXE_sniff")])
        .current_dir(scratch.path())
        .output();
    match output {
        Ok(output) if output.status.success() => Some(String::from_utf8(output.stdout).unwrap()),
        _ => {
            eprintln!("skipped: no file system can be mounted");
            None
        }
    }
}

#[test]
fn a_full_disk_takes_the_oldest_file_of_a_ring() {
    let scratch = capture(0..1000, 442);
    // Sixteen pages: five files of three pages, 20 packets and a header each, and one.
    let script = "$0 -r f -w d/o -C 10k -W 50; echo $?; ls d; for i in d/*; do $0 --count -r $i 2> /dev/null; done";
    let Some(said) = on_small_disk(&scratch, script) else { return };
    let removed = "sniff: WARNING: No space left on device: the oldest files go, d/o00 first\n";
    let names: String = (43..48).map(|number| format!("o{number:02}\n")).collect();
    let counts = "21 packets\n".repeat(4) + "13 packets\n";
    assert_eq!(said, reading("f") + removed + "0\n" + &names + &counts);
}

#[test]
fn a_full_disk_ends_a_run_that_keeps_all_files() {
    let scratch = capture(0..1000, 442);
    // Sixteen pages: 131 packets in one file; three pages in each of five files and
    // one page in the next.
    let rows = [
        ("", "o", 131, "131\n"),
        ("-U", "o", 131, "131\n"),
        ("-C 10k", "o5", 113, "21\n21\n21\n21\n21\n8\n"),
        ("-C 10k -U", "o5", 113, "21\n21\n21\n21\n21\n8\n"),
    ];
    for (options, name, packets, counts) in rows {
        let script = format!("$0 -r f -w d/o {options}; echo $?; for i in d/*; do $0 -r $i --count 2> /dev/null; done");
        let Some(said) = on_small_disk(&scratch, &script) else { return };
        let error = format!(
            "sniff: d/{name}: No space left on device; {packets} packets written, the file ends with a whole packet\n1\n"
        );
        assert_eq!(said.replace(" packets\n", "\n"), reading("f") + &error + counts, "{options}");
    }
}
