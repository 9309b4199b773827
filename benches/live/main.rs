//! Live captures under load, beside the installed tcpdump's, in a network
//! namespace that is made for it; it needs root, iproute2 and tcpreplay:
//!
//!     cargo bench --bench live [-- topspeed|soak] [--packets N]
//!
//! `topspeed` sends a mix of 280,000 packets over a veth pair as fast as
//! tcpreplay can while a program prints them, and tells what each program lost
//! and the processor time that a packet took. `soak` sends ten million packets
//! in loops while `sniff` writes a ring of files, and tells its memory.

#[path = "../traffic/mod.rs"]
mod traffic;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitCode, Stdio};
use std::time::Duration;
use std::{env, fmt, process, thread};

use wait4::Wait4;

const SEED: u64 = 1;

/// Packets of the mix, and octets that hold more than them.
const MIX: u64 = 280_000;
const OCTETS: u64 = 300_000_000;

/// Packets that are sent in all, to a ring of files.
const SOAK: u64 = 10_000_000;

/// Octets of the headers of a file and of its records, and where records say their length.
const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
const CAPLEN: usize = 8;

/// Times that each program has its turn.
const TURNS: usize = 3;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    // `cargo test --benches` runs this too, and does not want to wait.
    if !words.iter().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("live: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let given = words.iter().position(|word| word == "--packets").and_then(|at| words.get(at + 1));
    let packets = given.map_or(Ok(SOAK), |number| number.parse())?;
    let wants = |what: &str| {
        !words.iter().any(|word| word == "topspeed" || word == "soak") || words.iter().any(|word| word == what)
    };
    let stage = Stage::new()?;
    if wants("topspeed") {
        topspeed(&stage)?;
    }
    if wants("soak") {
        soak(&stage, packets)?;
    }
    Ok(())
}

/// What each program loses of a burst that it prints.
fn topspeed(stage: &Stage) -> Result<()> {
    println!("{MIX} packets over veth at top speed, printed with -n to /dev/null");
    for turn in 1..=TURNS {
        for program in ["tcpdump", env!("CARGO_BIN_EXE_sniff")] {
            let capture = stage.capture(program, &["-n", "-i", "far"])?;
            let speed = stage.replay(1)?;
            let ended = capture.end()?;
            let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy().into_owned();
            println!("    turn {turn}, {speed}: {name:<8} {ended}");
        }
    }
    Ok(())
}

/// How memory does over many packets.
fn soak(stage: &Stage, packets: u64) -> Result<()> {
    println!("{packets} packets over veth at top speed into a ring of four files of 50 MB");
    let folder = stage.folder.join("ring");
    fs::create_dir(&folder)?;
    let out = folder.join("out.pcap");
    let capture = stage
        .capture(env!("CARGO_BIN_EXE_sniff"), &["-i", "far", "-w", &out.to_string_lossy(), "-C", "50", "-W", "4"])?;
    let (rounds, each) = (10, (packets / MIX).div_ceil(10).max(1));
    for round in 1..=rounds {
        let speed = stage.replay(each)?;
        println!("    {:>9} sent, {speed}: {}", round * each * MIX, memory(capture.child.id())?);
    }
    println!("    {}", capture.end()?);
    Ok(())
}

/// The resident memory of a process, now and at its peak.
fn memory(process: u32) -> Result<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let field =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    Ok(format!("resident {}, peak {}", field("VmRSS:"), field("VmHWM:")))
}

/// A veth pair in a namespace, and the mix in a file.
struct Stage {
    namespace: String,
    folder: PathBuf,
}

impl Stage {
    fn new() -> Result<Self> {
        let namespace = format!("sniff-bench-{}", process::id());
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() }.join(&namespace);
        fs::create_dir(&folder)?;
        let stage = Stage { namespace, folder };
        let mut mix = Vec::new();
        traffic::mix(SEED, OCTETS, &mut mix)?;
        mix.truncate(end_of(&mix, MIX)?);
        fs::write(stage.mix(), mix)?;
        ran(Command::new("ip").args(["netns", "add", &stage.namespace]))?;
        for command in [
            // Without IPv6 nothing is sent that the bench does not send.
            "for i in all default; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done 2> /dev/null; true",
            "ip link add near mtu 9000 type veth peer name far mtu 9000",
            "ip link set near up",
            "ip link set far up",
        ] {
            ran(stage.inside("bash").args(["-c", command]))?;
        }
        Ok(stage)
    }

    fn mix(&self) -> PathBuf {
        self.folder.join("mix.pcap")
    }

    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace, program]).env("TZ", "UTC").stdin(Stdio::null());
        command
    }

    /// Sends the mix so many times; the speed.
    fn replay(&self, times: u64) -> Result<String> {
        let mut command = self.inside("tcpreplay");
        command.args(["--topspeed", "--preload-pcap", "--intf1", "near", "--loop", &times.to_string()]).arg(self.mix());
        let output = command.output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let speed = text.lines().find(|line| line.starts_with("Rated:")).and_then(|line| line.rsplit_once(", "));
        match speed {
            Some((_, speed)) if output.status.success() => Ok(speed.to_owned()),
            _ => Err(format!("tcpreplay: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }

    /// A program that captures.
    fn capture(&self, program: &str, args: &[&str]) -> Result<Capture> {
        let mut command = self.inside(program);
        let mut child = command.args(args).stdout(File::create("/dev/null")?).stderr(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let mut line = String::new();
        while !line.contains("listening on ") {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                return Err(format!("{program} does not listen").into());
            }
        }
        Ok(Capture { child, said })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.namespace]).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A capture under way.
struct Capture {
    child: Child,
    said: BufReader<ChildStderr>,
}

/// What became of a capture.
struct Ended {
    captured: u64,
    dropped: u64,
    time: Duration,
    memory: String,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.time.as_nanos() as u64 / self.captured.max(1);
        let Ended { captured, dropped, memory, .. } = self;
        write!(f, "captured {captured:>8}, dropped {dropped:>6}, {each:>5} ns of processor time a packet, {memory}")
    }
}

impl Capture {
    fn end(mut self) -> Result<Ended> {
        // What tcpdump has in the kernel's buffer at the end would be lost.
        thread::sleep(Duration::from_secs(2));
        let memory = memory(self.child.id())?;
        ran(Command::new("kill").args(["-INT", &self.child.id().to_string()]))?;
        let usage = self.child.wait4()?.rusage;
        let mut said = String::new();
        self.said.read_to_string(&mut said)?;
        let count = |what: &str| {
            let counts = said.lines().filter(|line| line.contains(what)).filter_map(|line| line.split(' ').next());
            counts.filter_map(|count| count.parse::<u64>().ok()).sum()
        };
        let time = usage.utime + usage.stime;
        Ok(Ended { captured: count(" captured"), dropped: count(" dropped by "), time, memory })
    }
}

fn ran(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Where so many packets of a file end.
fn end_of(file: &[u8], packets: u64) -> Result<usize> {
    let mut at = FILE_HEADER;
    for _ in 0..packets {
        let caplen =
            file.get(at + CAPLEN..).and_then(|rest| rest.first_chunk()).ok_or("the mix has too few packets")?;
        at += RECORD_HEADER + u32::from_le_bytes(*caplen) as usize;
    }
    Ok(at)
}
