//! How much faster than the installed tcpdump `sniff` works through files, and
//! what `cp`, `cat` and `wc -l` take as limits:
//!
//!     cargo bench --bench versus [-- FILTER] [--megabytes N]
//!
//! Each input is made when the first row needs it, and goes after the last: `--megabytes`
//! (1,000) of a realistic mix, of one bulk flow, of peers that exchange routes, of names
//! and their answers, and of the captures of the tests again and again for every kind of
//! a protocol's messages; a tenth of it, at most 100 MB, for what takes tcpdump too long.
//! It lies on a disk, in the target folder, as captures do, and is read from memory:
//! programs take turns, at least five times each. What they write lies in /dev/shm. Times
//! are medians, in the time zone UTC. FILTER keeps the rows that contain it.

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
/// Octets of the input of rows that take tcpdump long, at most, and of a file of a few packets.
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
    let mut inputs = Inputs::new(megabytes * MEGABYTE)?;
    let outputs = Folder::new(Path::new("/dev/shm"))?;
    let runner = Runner::new(outputs.0.clone());
    println!("{} against {}", version(env!("CARGO_BIN_EXE_sniff"))?, version("tcpdump")?);
    println!("input: {megabytes} MB in {}; medians in UTC", inputs.folder.0.display());
    // Memory is counted from the fork on, so that nothing less than this can be seen.
    println!("least memory that can be seen: {:.1} MB\n", in_megabytes(runner.run(Command::new("true"))?.memory));
    for args in ["-n", "-nv", "-nX"] {
        println!("{}", same::text(args, &inputs.take("mix-cut.pcap")?)?);
    }
    let mut summary = String::from("\n| work | goal | measured |\n|---|---|---|\n");
    for row in ROWS.iter().filter(|row| filter.as_ref().is_none_or(|filter| row.contains(filter))) {
        println!("\n{}{}", row.work, if row.input.ends_with(rows::CUT) { " (on a cut of the input)" } else { "" });
        let input = inputs.take(row.input)?;
        match turns(row, &input, &runner) {
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

/// A folder that goes away with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new(parent: &Path) -> Result<Self, Box<dyn Error>> {
        let path = parent.join(format!("sniff-versus-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the rows read.
struct Inputs {
    folder: Folder,
    /// Octets of each, but of cuts.
    octets: u64,
    /// The one that is there.
    made: Option<&'static str>,
}

impl Inputs {
    fn new(octets: u64) -> Result<Self, Box<dyn Error>> {
        Ok(Inputs { folder: Folder::new(Path::new(env!("CARGO_TARGET_TMPDIR")))?, octets, made: None })
    }

    /// The input of this name, in place of the one before.
    fn take(&mut self, name: &'static str) -> Result<PathBuf, Box<dyn Error>> {
        let path = self.folder.0.join(name);
        if self.made != Some(name) {
            if let Some(before) = self.made.take() {
                fs::remove_file(self.folder.0.join(before))?;
            }
            self.make(name, &path)?;
            // Or the disk would be busy with it while the programs run.
            File::open(&path)?.sync_all()?;
            self.made = Some(name);
        }
        Ok(path)
    }

    fn make(&self, name: &str, path: &Path) -> Result<(), Box<dyn Error>> {
        let (kind, octets) = match name.strip_suffix(rows::CUT) {
            Some(kind) => (kind, (self.octets / 10).min(CUT)),
            None => (name.trim_end_matches(".pcap"), self.octets),
        };
        let file = &mut File::create(path)?;
        match kind {
            "mix" => traffic::mix(SEED, octets, file)?,
            "small" => traffic::mix(SEED, SMALL, file)?,
            "elephant" => traffic::elephant(SEED, octets, file)?,
            "bgp" => traffic::bgp(SEED, octets, file)?,
            "dns" => traffic::dns(SEED, octets, file)?,
            "mix.txt" => self.text(file.try_clone()?)?,
            _ => {
                let (_, captures) = rows::MESSAGES.iter().find(|row| row.0 == kind).ok_or("an unknown input")?;
                let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
                let read: Vec<Vec<u8>> =
                    captures.iter().map(|capture| fs::read(golden.join(capture))).collect::<Result<_, _>>()?;
                traffic::again(&read, octets, file)?;
            }
        }
        Ok(())
    }

    /// The lines of the mix.
    fn text(&self, file: File) -> Result<(), Box<dyn Error>> {
        let mix = self.folder.0.join("mix");
        traffic::mix(SEED, self.octets, &mut File::create(&mix)?)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_sniff"));
        command.args(["-n", "-r"]).arg(&mix).stdout(file).stderr(Stdio::null()).status()?;
        Ok(fs::remove_file(mix)?)
    }
}

/// Runs the programs of a row in turns; each one's measurements. One that
/// cannot run is left out with a note.
fn turns(row: &Row, input: &Path, runner: &Runner) -> Result<Vec<Vec<Measured>>, Box<dyn Error>> {
    let mut measured: Vec<Vec<Measured>> = row.who.iter().map(|_| Vec::new()).collect();
    let mut able: Vec<bool> = row.who.iter().map(|_| true).collect();
    let mut spent = Duration::ZERO;
    for turn in 0..MOST_TURNS.max(row.turns) {
        if turn >= TURNS.max(row.turns) && spent > TIME {
            break;
        }
        for (at, who) in row.who.iter().enumerate().filter(|(at, _)| able[*at]).collect::<Vec<_>>() {
            match runner.row(row, who, input) {
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
