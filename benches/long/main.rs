//! Very long captures, made on the fly and read from a pipe: five gigabytes of
//! the mix, and fifty million connections that are never closed. It tells the
//! time and the peak of memory of each run:
//!
//!     cargo bench --bench long [-- --part N]
//!
//! `--part N` takes an Nth of each.

#[path = "../traffic/mod.rs"]
mod traffic;

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, thread};

use wait4::Wait4;

const SEED: u64 = 1;
/// Octets of the mix.
const OCTETS: u64 = 5_000_000_000;
/// Connections that are begun.
const CONNECTIONS: u32 = 50_000_000;
const MEGABYTE: f64 = 1e6;

/// Writes a capture, a part of it.
type Make = fn(u64, &mut dyn Write) -> io::Result<()>;

/// What is done with what.
const RUNS: &[(&str, &[&str], Make)] = &[
    ("5 GB of the mix, -n", &["-n", "-r", "-"], mix),
    ("5 GB of the mix, http", &["http", "-r", "-"], mix),
    ("50 M connections, -n", &["-n", "-r", "-"], connections),
    ("50 M connections, -n --analyze", &["-n", "--analyze", "-r", "-"], connections),
    ("50 M connections, flows", &["flows", "-r", "-"], connections),
    ("50 M connections, http", &["http", "-r", "-"], connections),
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    // `cargo test --benches` runs this too, and does not want to wait.
    if !words.iter().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    let given = words.iter().position(|word| word == "--part").and_then(|at| words.get(at + 1));
    let part = given.and_then(|number| number.parse().ok()).filter(|&part| part > 0).unwrap_or(1);
    for run in RUNS {
        if let Err(error) = measure(run, part) {
            eprintln!("long: {}: {error}", run.0);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure((what, args, make): &(&str, &[&str], Make), part: u64) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sniff"));
    command.args(*args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn()?;
    let stdin = child.stdin.take().ok_or("no pipe")?;
    let make = *make;
    let writer = thread::spawn(move || make(part, &mut BufWriter::with_capacity(1 << 20, stdin)));
    let ended = child.wait4()?;
    let time = start.elapsed().as_secs_f64();
    writer.join().map_err(|_| "the writer gave up")??;
    if !ended.status.success() {
        return Err(ended.status.to_string().into());
    }
    println!("{what}: {time:.1} s, peak memory {:.1} MB", ended.rusage.maxrss as f64 / MEGABYTE);
    Ok(())
}

fn mix(part: u64, mut out: &mut dyn Write) -> io::Result<()> {
    traffic::mix(SEED, OCTETS / part, &mut out)
}

/// The start of a connection from each of very many addresses and ports.
fn connections(part: u64, out: &mut dyn Write) -> io::Result<()> {
    const RECORD: usize = 16;
    /// Where the source address and port stand, behind the record's header.
    const ADDRESS: usize = RECORD + 14 + 12;
    const PORT: usize = RECORD + 14 + 20;
    let header = [0xa1b2_c3d4_u32, 4 << 16 | 2, 0, 0, 65535, 1];
    out.write_all(&header.map(u32::to_le_bytes).concat())?;
    let mut frame = [0_u32, 0, 54, 54].map(u32::to_le_bytes).concat();
    frame.extend([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]);
    frame.extend([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1]);
    frame.extend([0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 255, 255, 0, 0, 0, 0]);
    for at in 0..CONNECTIONS / part as u32 {
        let host = (10 << 24) + (at >> 12);
        let port = 1024 + (at & 0xfff) as u16;
        frame[..4].copy_from_slice(&(at >> 17).to_le_bytes());
        frame[4..8].copy_from_slice(&((at & 0x1_ffff) * 7).to_le_bytes());
        frame[ADDRESS..ADDRESS + 4].copy_from_slice(&host.to_be_bytes());
        frame[PORT..PORT + 2].copy_from_slice(&port.to_be_bytes());
        out.write_all(&frame)?;
    }
    out.flush()
}
