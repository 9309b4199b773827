//! How much faster than the installed tcpdump `sniff` works through files, and
//! what `cp`, `cat` and `wc -l` take as limits:
//!
//!     cargo bench --bench versus [-- FILTER] [--megabytes N]
//!
//! The input is made once: `--megabytes` (1,000) of a realistic mix, as much of
//! one bulk flow, and a cut of the mix for what takes tcpdump too long; peers that
//! exchange routes, names and their answers, and the captures of the tests again and
//! again for every kind of a protocol's messages. It lies in /dev/shm if there is
//! room, else in the target folder. Programs take turns, at least five times each;
//! times are medians, in the time zone UTC. FILTER keeps the rows that contain it.

mod rows;
mod run;
mod same;
#[path = "../traffic/mod.rs"]
mod traffic;

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, process};

use rows::{Goal, ROWS, Row, Who};
use run::{Measured, Runner};

const SEED: u64 = 1;
const MEGABYTE: u64 = 1_000_000;
/// Octets of the input of rows that take tcpdump long, and of a file of a few packets.
const CUT: u64 = 100 * MEGABYTE;
const SMALL: u64 = 20_000;

/// Turns of a row, at least; more are taken while there is time.
const TURNS: usize = 5;
const MOST_TURNS: usize = 21;
const TIME: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    // `cargo test --benches` runs this too, and does not want to wait.
    if !words.iter().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    match compare(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("versus: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(words: &[String]) -> Result<(), Box<dyn Error>> {
    let (filter, megabytes) = options(words)?;
    let inputs = Inputs::new(megabytes * MEGABYTE)?;
    let runner = Runner::new(inputs.folder.clone());
    println!("{} against {}", version(env!("CARGO_BIN_EXE_sniff"))?, version("tcpdump")?);
    println!("input: {megabytes} MB in {}; medians in UTC", inputs.folder.display());
    // Memory is counted from the fork on, so that nothing less than this can be seen.
    println!("least memory that can be seen: {:.1} MB\n", in_megabytes(runner.run(Command::new("true"))?.memory));
    for args in ["-n", "-nv", "-nX"] {
        println!("{}", same::text(args, &inputs.path("cut.pcap"))?);
    }
    let mut summary = String::from("\n| work | goal | measured |\n|---|---|---|\n");
    for row in ROWS.iter().filter(|row| filter.as_ref().is_none_or(|filter| row.contains(filter))) {
        println!("\n{}{}", row.work, if row.input == "cut.pcap" { " (on a cut of the input)" } else { "" });
        match turns(row, &inputs, &runner) {
            Ok(measured) => report(row, &measured, &mut summary),
            Err(error) => println!("    {error}"),
        }
    }
    println!("{summary}");
    Ok(())
}

/// The filter and the size of the input.
fn options(words: &[String]) -> Result<(Option<String>, u64), Box<dyn Error>> {
    let (mut filter, mut megabytes) = (None, 1000);
    let mut words = words.iter().filter(|word| *word != "--bench");
    while let Some(word) = words.next() {
        if word == "--megabytes" {
            megabytes = words.next().ok_or("--megabytes needs a number")?.parse()?;
        } else {
            filter = Some(word.clone());
        }
    }
    Ok((filter, megabytes))
}

/// The first line of what a program says about its version.
fn version(program: &str) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program).arg("--version").output().map_err(|error| format!("{program}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned())
}

/// The captures that the rows read, in a folder that goes away.
struct Inputs {
    folder: PathBuf,
}

impl Inputs {
    fn new(octets: u64) -> Result<Self, Box<dyn Error>> {
        // Two inputs, a copy, and text.
        let memory = Path::new("/dev/shm");
        let room =
            if room(memory) > octets * 4 { memory.to_owned() } else { PathBuf::from(env!("CARGO_TARGET_TMPDIR")) };
        let inputs = Inputs { folder: room.join(format!("sniff-versus-{}", process::id())) };
        fs::create_dir(&inputs.folder)?;
        for (name, octets) in [("mix.pcap", octets), ("cut.pcap", octets.min(CUT)), ("small.pcap", SMALL)] {
            traffic::mix(SEED, octets, &mut File::create(inputs.path(name))?)?;
        }
        traffic::elephant(SEED, octets, &mut File::create(inputs.path("elephant.pcap"))?)?;
        traffic::bgp(SEED, octets.min(CUT), &mut File::create(inputs.path("bgp.pcap"))?)?;
        traffic::dns(SEED, octets.min(CUT), &mut File::create(inputs.path("dns.pcap"))?)?;
        for (name, captures) in rows::MESSAGES {
            let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
            let read: Vec<Vec<u8>> =
                captures.iter().map(|capture| fs::read(golden.join(capture))).collect::<Result<_, _>>()?;
            traffic::again(&read, octets.min(CUT), &mut File::create(inputs.path(name))?)?;
        }
        let text = File::create(inputs.path("mix.txt"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_sniff"));
        command.args(["-n", "-r"]).arg(inputs.path("mix.pcap")).stdout(text).stderr(Stdio::null()).status()?;
        Ok(inputs)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Inputs {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Free octets in a folder.
fn room(folder: &Path) -> u64 {
    let output = Command::new("df").args(["-B1", "--output=avail"]).arg(folder).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().last().and_then(|line| line.trim().parse().ok()).unwrap_or(0)
}

/// Runs the programs of a row in turns; each one's measurements. One that
/// cannot run is left out with a note.
fn turns(row: &Row, inputs: &Inputs, runner: &Runner) -> Result<Vec<Vec<Measured>>, Box<dyn Error>> {
    let input = inputs.path(row.input);
    let mut measured: Vec<Vec<Measured>> = row.who.iter().map(|_| Vec::new()).collect();
    let mut able: Vec<bool> = row.who.iter().map(|_| true).collect();
    let mut spent = Duration::ZERO;
    for turn in 0..MOST_TURNS.max(row.turns) {
        if turn >= TURNS.max(row.turns) && spent > TIME {
            break;
        }
        for (at, who) in row.who.iter().enumerate().filter(|(at, _)| able[*at]).collect::<Vec<_>>() {
            match runner.row(row, who, &input) {
                Ok(one) => {
                    spent += one.time;
                    measured[at].push(one);
                }
                Err(error) => {
                    println!("    {who}: {error}");
                    able[at] = false;
                }
            }
        }
    }
    Ok(measured)
}

/// Prints medians, and what became of the goals.
fn report(row: &Row, measured: &[Vec<Measured>], summary: &mut String) {
    let medians: Vec<Option<Measured>> = measured.iter().map(|runs| median(runs)).collect();
    for ((who, median), runs) in row.who.iter().zip(&medians).zip(measured) {
        let Some(median) = median else { continue };
        let (seconds, memory) = (median.time.as_secs_f64(), in_megabytes(median.memory));
        println!("    {:<44} {:>9.1} ms {memory:>7.1} MB   {} runs", who.to_string(), seconds * 1e3, runs.len());
    }
    let time = |at: usize| medians[at].map(|median| median.time.as_secs_f64());
    for goal in row.goals {
        let (wanted, found, met) = match *goal {
            Goal::Faster { who, than, times } => {
                let Some((own, other)) = time(who).zip(time(than)) else { continue };
                let wanted = format!("{times} x {}", row.who[than].program());
                (wanted, format!("{:.2} x", other / own), other / own >= times)
            }
            Goal::Within { who, than, times } => {
                let Some((own, other)) = time(who).zip(time(than)) else { continue };
                let wanted = format!("within {times} of {}", row.who[than].program());
                (wanted, format!("{:.2}", own / other), own / other <= times)
            }
            Goal::Memory { who, megabytes } => {
                let Some(peak) = measured[who].iter().map(|run| run.memory).max() else { continue };
                let peak = in_megabytes(peak);
                (format!("{megabytes} MB"), format!("{peak:.1} MB"), peak <= megabytes)
            }
        };
        let verdict = if met { "" } else { " (missed)" };
        let own = goal.who(row);
        println!("    {own}: {found}; the goal is {wanted}{verdict}");
        *summary += &format!("| {}, `{own}` | {wanted} | {found}{verdict} |\n", row.work);
    }
}

fn in_megabytes(octets: u64) -> f64 {
    octets as f64 / MEGABYTE as f64
}

/// The median of time and of memory.
fn median(runs: &[Measured]) -> Option<Measured> {
    let mut times: Vec<_> = runs.iter().map(|run| run.time).collect();
    let mut memory: Vec<_> = runs.iter().map(|run| run.memory).collect();
    times.sort();
    memory.sort();
    Some(Measured { time: *times.get(runs.len() / 2)?, memory: memory[runs.len() / 2] })
}

impl Goal {
    /// Whose goal it is.
    fn who<'a>(&self, row: &'a Row) -> &'a Who {
        let (Goal::Faster { who, .. } | Goal::Within { who, .. } | Goal::Memory { who, .. }) = *self;
        &row.who[who]
    }
}
