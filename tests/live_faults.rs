//! Live captures that meet with faults: disks, signals, and rights that are
//! missing, in network namespaces of the tests' own.

mod common;

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::{env, fs};

use common::net::Net;
use common::{Ran, Scratch, installed};

/// Somebody without rights.
const NOBODY: u32 = 65_534;

fn counters(count: u32) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} packet{s} captured\n{count} packet{s} received by filter\n0 packets dropped by kernel\n")
}

/// Packets that the program counts in a file that needs no repair.
fn packets(scratch: &Scratch, name: &str) -> u32 {
    let ran = scratch.run(&["-r", name, "--count"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stdout.split(' ').next().unwrap().parse().unwrap()
}

/// A copy of the program that everybody may run.
fn program(scratch: &Scratch) -> String {
    let path = scratch.path().join("program");
    common::copy_program(&path);
    for path in [scratch.path(), &path] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_full_disk_ends_with_the_counters_and_a_readable_file() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for options in ["", "-U"] {
        fs::create_dir_all(scratch.path().join("d")).unwrap();
        // 1,024 packets and more, of 62 octets with their headers.
        let script = format!(
            "mount -t tmpfs -o size=64k none d && {{ $0 -i near -w d/o {options} udp; code=$?; cp d/o o; exit $code; }}"
        );
        let mut command = net.inside(Some(&scratch), "bash", &["-c", &script, env!("CARGO_BIN_EXE_sniff")]);
        let capture = common::net::Capture::of(command.stdout(Stdio::piped()).stderr(Stdio::piped()), 1);
        net.send(2000);
        let (ran, _) = capture.end();
        let whole = (64 * 1024 - 24) / 62;
        let error = format!(
            "sniff: d/o: No space left on device; {whole} packets written, the file ends with a whole packet\n"
        );
        assert!(ran.stderr.contains(&error), "{}", ran.stderr);
        assert!(ran.stderr.contains(" captured\n") && ran.stderr.ends_with(" dropped by kernel\n"), "{}", ran.stderr);
        assert_eq!(ran.code, Some(1));
        assert_eq!(packets(&scratch, "o"), whole);
    }
}

#[test]
fn what_came_before_a_kill_is_in_the_file() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for options in [&["-w", "o"][..], &["-Uw", "o"]] {
        let capture = net.capture(&scratch, &[&["-i", "near", "udp"], options].concat());
        net.send(2000);
        let mut attempts = 0;
        while fs::metadata(scratch.path().join("o")).unwrap().len() < 24 + 2000 * 62 {
            attempts += 1;
            assert!(attempts < 1000, "the packets did not come");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        capture.signal("-KILL");
        assert_eq!(capture.end().0.code, None);
        assert_eq!(packets(&scratch, "o"), 2000);
    }
}

#[test]
fn nohup_is_respected() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut command = net.inside(
        Some(&scratch),
        "bash",
        &["-c", "trap '' HUP; exec $0 -nt -i near udp", env!("CARGO_BIN_EXE_sniff")],
    );
    let mut capture = common::net::Capture::of(command.stdout(Stdio::piped()).stderr(Stdio::piped()), 1);
    capture.signal("-HUP");
    net.send(1);
    assert!(capture.printed().ends_with("UDP, length 4\n"));
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("\n", counters(1), 0));
    let capture = net.capture(&scratch, &["-nt", "-i", "near", "udp"]);
    capture.signal("-HUP");
    assert_eq!(capture.end().0, Ran::new("\n", counters(0), 0));
}

#[test]
fn progress_is_told_each_second_with_v_and_w() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    let mut capture = net.capture(&scratch, &["-v", "-i", "near", "-w", "out", "udp"]);
    net.send(3);
    assert_eq!(capture.until(b'\r'), "Got 3\r");
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters(3), 0));
}

#[test]
fn the_mask_of_the_process_says_who_may_read_a_file() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    for (mask, mode) in [("022", 0o644), ("077", 0o600), ("000", 0o666)] {
        let script = format!("umask {mask}; rm -f out; exec $0 -i near -w out --duration 1ms");
        let args = ["-c", &script, env!("CARGO_BIN_EXE_sniff")];
        assert!(net.inside(Some(&scratch), "bash", &args).stderr(Stdio::null()).status().unwrap().success());
        let out = fs::metadata(scratch.path().join("out")).unwrap();
        assert_eq!(out.permissions().mode() & 0o777, mode, "umask {mask}");
    }
}

#[test]
fn a_capture_that_is_denied_says_what_helps() {
    if !nix::unistd::geteuid().is_root() {
        return eprintln!("skipped: not root");
    }
    let scratch = Scratch::new();
    let program = program(&scratch);
    for name in ["lo", "nosuch"] {
        let output = Command::new(&program).args(["-i", name]).uid(NOBODY).gid(NOBODY).output().unwrap();
        let denied = format!(
            "program: {name}: You don't have permission to perform this capture on that device\n\
             (socket: Operation not permitted)\nTo capture without being root: \
             sudo setcap cap_net_raw,cap_net_admin=eip \"$(command -v program)\"\n"
        );
        assert_eq!(Ran::from(output), Ran::new("", denied, 1));
    }
    // What needs no rights works.
    for args in [&["-D"][..], &["-d", "-y", "RAW", "udp"]] {
        let output = Command::new(&program).args(args).uid(NOBODY).gid(NOBODY).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn a_capability_is_enough_and_does_not_stay() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    if !installed("setcap") || !installed("setpriv") {
        return eprintln!("skipped: setcap or setpriv is missing");
    }
    let program = program(&scratch);
    let set = Command::new("setcap").args(["cap_net_raw=ep", &program]).stderr(Stdio::null()).status();
    if !set.unwrap().success() {
        return eprintln!("skipped: capabilities of files cannot be set");
    }
    let args = ["--reuid", "65534", "--regid", "65534", "--clear-groups", &program, "-p", "-nt", "-i", "near", "udp"];
    let mut command = net.inside(Some(&scratch), "setpriv", &args);
    let mut capture = common::net::Capture::of(command.stdout(Stdio::piped()).stderr(Stdio::piped()), 1);
    let status = fs::read_to_string(format!("/proc/{}/status", capture.child.id())).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    assert!(field("Uid:").split_whitespace().all(|id| id == "65534"), "{status}");
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
        assert_eq!(field(set), "0000000000000000", "{set}");
    }
    net.send(1);
    assert!(capture.printed().ends_with("UDP, length 4\n"));
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("\n", counters(1), 0));
}

#[test]
fn files_are_made_after_privileges_were_given_up() {
    let (Some(net), scratch) = (Net::new(), Scratch::new()) else { return };
    fs::create_dir(scratch.path().join("own")).unwrap();
    fs::set_permissions(scratch.path().join("own"), fs::Permissions::from_mode(0o700)).unwrap();
    let capture = net.capture(&scratch, &["-i", "near", "-w", "own/o", "-C", "1k", "udp"]);
    net.send(100);
    capture.signal("-INT");
    assert_eq!(capture.end().0, Ran::new("", counters(100), 0));
    // 17 packets of 62 octets make a file of more than 1,024.
    let counts: Vec<_> =
        (0..6).map(|at| packets(&scratch, &format!("own/o{}", ["", "1", "2", "3", "4", "5"][at]))).collect();
    assert_eq!(counts, [17, 17, 17, 17, 17, 15]);
}
