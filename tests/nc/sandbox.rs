//! What is given up, seen from /proc and from what still works.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Place, place};
use crate::common::Ran;

/// The fields of each thread's status.
fn threads(process: u32) -> Vec<HashMap<String, String>> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let status = |task: fs::DirEntry| {
        let text = fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let rows = text.lines().filter_map(|line| line.split_once(':'));
        rows.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
    };
    tasks.map(status).collect()
}

/// Waits until all threads have this in a field; that they never do fails.
fn await_field(process: u32, field: &str, value: &str) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let threads = threads(process);
        if !threads.is_empty() && threads.iter().all(|thread| thread.get(field).is_some_and(|got| got == value)) {
            return;
        }
        assert!(Instant::now() < end, "{field} is not {value}: {threads:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

const NONE: &str = "0000000000000000";

/// Whether this process and all its threads have given up what they should.
fn is_confined(process: u32) {
    await_field(process, "Seccomp", "2");
    await_field(process, "NoNewPrivs", "1");
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        await_field(process, set, NONE);
    }
}

fn start(place: &Place, words: &[&str]) -> Child {
    let mut command: Command = place.command(env!("CARGO_BIN_EXE_sniff"), words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn every_mode_gives_up_what_it_does_not_need() {
    let Some(place) = place() else { return };
    if !place.firewall(&["tcp dport 81 drop", "udp dport 81 drop"]) {
        return;
    }
    let server = place.serve(place.nc(&["-lkv", "127.0.0.1", "7000"]));
    is_confined(server.child.id());
    for words in [
        &["nc", "127.0.0.1", "7000"][..],
        &["nc", "-u", "127.0.0.1", "7000"],
        &["nc", "-luv", "127.0.0.1", "7001"],
        &["nc", "-lv", "--tls", "127.0.0.1", "7002"],
        &["nc", "-zw30", "127.0.0.1", "81"],
        &["nc", "-zw30", "127.0.0.1", "81,1000-1400"],
        &["nc", "-z", "--evidence", "-w30", "-w", "e.pcapng", "127.0.0.1", "81"],
        &["nc", "-zuw30", "127.0.0.1", "81"],
        &["check", "--timeout", "30s", "udp://127.0.0.1:81"],
    ] {
        let child = start(&place, words);
        is_confined(child.id());
        end(child);
    }
    server.stop();
}

#[test]
fn without_a_sandbox_only_privileges_go() {
    let Some(place) = place() else { return };
    for words in [
        &["nc", "--no-sandbox", "-lvn", "127.0.0.1", "7000"][..],
        &["check", "--no-sandbox", "--wait", "30s", "tcp://127.0.0.1:7001"],
    ] {
        let child = start(&place, words);
        await_field(child.id(), "CapEff", NONE);
        await_field(child.id(), "NoNewPrivs", "1");
        await_field(child.id(), "Seccomp", "0");
        end(child);
    }
}

#[test]
fn what_is_needed_later_still_works() {
    let Some(place) = place() else { return };
    // Names of clients, which only the system's files know here.
    let mut server = place.serve(place.nc(&["-lkv", "127.0.0.1", "7000"]));
    is_confined(server.child.id());
    assert_eq!(place.run(&["-z", "127.0.0.1", "7000"]), Ran::new("", "", 0));
    assert!(server.line().starts_with("Connection received on localhost "));
    server.stop();
    // A low source port for each test, and names of services.
    let ran = place.run(&["-zv", "-p", "80", "127.0.0.1", "443,993"]);
    let refused = |port| format!("nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n");
    assert_eq!(ran, Ran::new("", refused(443) + &refused(993), 1));
    // The file of a socket, in a folder that has a name and in one that has none.
    fs::create_dir(place.scratch.path().join("folder")).unwrap();
    for path in ["s", "folder/s"] {
        let server = place.serve(place.nc(&["-lvU", path]));
        is_confined_but_for_capabilities(server.child.id());
        assert_eq!(place.run(&["-NU", path]), Ran::new("", "", 0));
        assert_eq!(server.end().code, Some(0));
        assert!(!place.scratch.path().join(path).exists(), "{path}");
    }
    // Names that are looked up for each try.
    let ran =
        Ran::from(place.command(env!("CARGO_BIN_EXE_sniff"), &["check", "tcp://localhost:7001"]).output().unwrap());
    assert!(ran.stdout.contains(" port 7001 (tcp) failed: Connection refused"), "{ran:?}");
}

fn is_confined_but_for_capabilities(process: u32) {
    await_field(process, "Seccomp", "2");
    await_field(process, "NoNewPrivs", "1");
}
