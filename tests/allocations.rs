//! Nothing is allocated for a packet: a run over many packets allocates no more
//! than one over few, but for tables that grow.

mod common;
#[path = "../benches/traffic/mod.rs"]
mod traffic;

use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};

use common::Scratch;
use sniff::{cli, pipeline};

/// Names the arguments of the run that [`counted_run`] counts.
const ARGUMENTS: &str = "SNIFF_COUNTED_RUN";

/// Runs `sniff` in this process and says on standard error how often it
/// allocated. Only [`allocations`] gives it something to do.
#[test]
fn counted_run() {
    let Ok(arguments) = env::var(ARGUMENTS) else { return };
    let words: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
    let counted = allocation_counter::measure(|| {
        let args = cli::parse(&words).unwrap_or_else(|stop| panic!("{}", stop.stderr));
        assert_eq!(pipeline::run(&args), 0);
    });
    eprintln!("allocated {}", counted.count_total);
}

/// How often a run with one worker allocates.
fn allocations(scratch: &Scratch, options: &str, file: &str) -> u64 {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "counted_run", "--nocapture"])
        .env(ARGUMENTS, format!("sniff --no-sandbox -Z root --threads 1 {options} -r {file}"))
        .env("TZ", "UTC")
        .current_dir(scratch.path())
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let count = stderr.lines().find_map(|line| line.strip_prefix("allocated "));
    count.unwrap_or_else(|| panic!("{stderr}")).parse().unwrap()
}

#[test]
fn packets_are_printed_and_saved_without_allocating() {
    let scratch = Scratch::new();
    for (name, octets) in [("few", 2 << 20), ("many", 12 << 20)] {
        let mut capture = Vec::new();
        traffic::mix(7, octets, &mut capture).unwrap();
        scratch.write(name, capture);
    }
    let more = [scratch.run(&["--count", "-r", "many"]), scratch.run(&["--count", "-r", "few"])]
        .map(|ran| ran.stdout.split(' ').next().unwrap().parse::<u64>().unwrap());
    let packets = more[0] - more[1];
    assert!(packets > 10_000, "{packets}");
    for options in ["-n", "-nve", "-nX", "-nA -ttt", "-w saved", "-w saved tcp", "--count udp"] {
        let (few, many) = (allocations(&scratch, options, "few"), allocations(&scratch, options, "many"));
        // Buffers and tables double as they grow.
        assert!(many <= few + 100, "{options}: {few} allocations, then {many} with {packets} packets more");
    }
}
