//! `sniff nc` beside the installed nc, in a network namespace that is made for it;
//! it needs root, iproute2, nftables and OpenBSD's nc:
//!
//!     cargo bench --bench nc [-- relay|scan]
//!
//! `relay` sends a gigabyte from a file to a file through a client and a listener,
//! and from a pipe to a pipe, and compares what arrives by its SHA-256. `scan` tests
//! a thousand ports that are closed, or of which every tenth is open, and eight that
//! do not answer. Both tell each program's best time and the ratio, which is nc's
//! time over sniff's: the goal is 1 or more.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, process, thread};

use nix::sched::{CloneFlags, setns};
use ring::digest::{Context, SHA256};

/// Octets that are sent.
const OCTETS: usize = 1 << 30;
/// Times that each program has its turn.
const TURNS: usize = 5;
/// Ports that are tested: nobody listens on the first, and on every tenth of the second.
const CLOSED: &str = "1-1000";
const MIXED: &str = "10001-11000";
/// Ports whose packets are dropped.
const FILTERED: &str = "2001-2008";

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
            eprintln!("nc: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let wants = |name: &str| words.iter().all(|word| word.starts_with('-')) || words.iter().any(|word| word == name);
    let stage = Stage::new()?;
    if wants("scan") {
        compare("scan of 1,000 closed ports", TURNS, |program| stage.scan(program, &[], CLOSED, 1))?;
        let _listeners = stage.listen()?;
        compare("scan of 1,000 ports, 100 of them open", TURNS, |program| stage.scan(program, &[], MIXED, 0))?;
        stage.drop_packets()?;
        let code = |program: &[&str]| if program.len() > 1 { 2 } else { 1 };
        compare("scan of 8 filtered ports with -w 1", 1, |program| {
            stage.scan(program, &["-w", "1"], FILTERED, code(program))
        })?;
    }
    if wants("relay") {
        stage.fill()?;
        compare("1 GiB from file to file", TURNS, |program| stage.relay(program, false))?;
        compare("1 GiB from pipe to pipe", TURNS, |program| stage.relay(program, true))?;
    }
    Ok(())
}

/// Runs both programs by so many turns, and tells the best time of each.
fn compare(what: &str, turns: usize, mut run: impl FnMut(&[&str]) -> Result<Duration>) -> Result<()> {
    let programs: [&[&str]; 2] = [&["nc"], &[env!("CARGO_BIN_EXE_sniff"), "nc"]];
    let mut best = [Duration::MAX; 2];
    for _ in 0..turns {
        for (program, best) in programs.iter().zip(&mut best) {
            *best = run(program)?.min(*best);
        }
    }
    let [nc, sniff] = best.map(|time| time.as_secs_f64());
    println!("{what}: nc {:.1} ms, sniff {:.1} ms, ratio {:.2}", nc * 1e3, sniff * 1e3, nc / sniff);
    Ok(())
}

/// A namespace and a folder, both of which go away.
struct Stage {
    namespace: String,
    folder: PathBuf,
}

impl Stage {
    fn new() -> Result<Self> {
        let namespace = format!("sniff-nc-{}", process::id());
        let folder = env::temp_dir().join(&namespace);
        let stage = Stage { namespace, folder };
        fs::create_dir_all(&stage.folder)?;
        let made = Command::new("ip").args(["netns", "add", &stage.namespace]).status()?;
        let up = stage.inside(&["ip", "link", "set", "lo", "up"]).status()?;
        if made.success() && up.success() { Ok(stage) } else { Err("no network namespace can be made".into()) }
    }

    fn inside(&self, words: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace]).args(words).stdin(Stdio::null());
        command
    }

    /// Listens on every tenth of the mixed ports.
    fn listen(&self) -> Result<Vec<TcpListener>> {
        let namespace = File::open(Path::new("/run/netns").join(&self.namespace))?;
        let listeners = thread::spawn(move || -> io::Result<Vec<TcpListener>> {
            setns(namespace, CloneFlags::CLONE_NEWNET)?;
            (10_001..=11_000).step_by(10).map(|port| TcpListener::bind(("127.0.0.1", port))).collect()
        });
        Ok(listeners.join().map_err(|_| "nobody listens")??)
    }

    /// Drops what goes to the filtered ports.
    fn drop_packets(&self) -> Result<()> {
        let rules = format!(
            "nft add table inet t && nft add chain inet t in '{{ type filter hook input priority 0; }}' \
             && nft add rule inet t in tcp dport {FILTERED} drop"
        );
        let done = self.inside(&["sh", "-c", &rules]).status()?.success();
        if done { Ok(()) } else { Err("no firewall can be made".into()) }
    }

    /// Tests ports; the exit code has to be this.
    fn scan(&self, program: &[&str], options: &[&str], ports: &str, expected: i32) -> Result<Duration> {
        let begun = Instant::now();
        let code = self.inside(&[program, options, &["-zn", "127.0.0.1", ports]].concat()).status()?.code();
        if code == Some(expected) { Ok(begun.elapsed()) } else { Err(format!("a scan ended with {code:?}").into()) }
    }

    fn source(&self) -> PathBuf {
        self.folder.join("source")
    }

    /// Makes what is sent: octets that do not repeat early.
    fn fill(&self) -> Result<()> {
        let mut file = io::BufWriter::new(File::create(self.source())?);
        let mut state = 1_u64;
        for _ in 0..OCTETS / 8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            file.write_all(&state.to_le_bytes())?;
        }
        Ok(file.flush()?)
    }

    /// Sends it, and checks what arrives.
    fn relay(&self, program: &[&str], pipes: bool) -> Result<Duration> {
        let sink = self.folder.join("sink");
        let mut listener = self.inside(&[program, &["-lNn", "127.0.0.1", "7000"]].concat());
        let mut client = self.inside(&[program, &["-Nn", "127.0.0.1", "7000"]].concat());
        listener.stdout(if pipes { Stdio::piped() } else { File::create(&sink)?.into() });
        client.stdin(if pipes { Stdio::piped() } else { File::open(self.source())?.into() });
        let mut listener = listener.spawn()?;
        // Until it listens; a connection would be its only one.
        thread::sleep(Duration::from_millis(300));
        let begun = Instant::now();
        let mut client = client.spawn()?;
        let (fed, got) = (feed(&mut client, &self.source()), drain(&mut listener, &sink));
        let ended = [client.wait()?, listener.wait()?];
        let time = begun.elapsed();
        fed.map(|thread| thread.join()).transpose().map_err(|_| "nothing was read")?.transpose()?;
        got.map(|thread| thread.join()).transpose().map_err(|_| "nothing was written")?.transpose()?;
        if !ended.iter().all(|status| status.success()) {
            return Err(format!("a relay ended with {ended:?}").into());
        }
        if digest(&sink)? == digest(&self.source())? { Ok(time) } else { Err("other octets have arrived".into()) }
    }
}

type Work = Option<thread::JoinHandle<io::Result<u64>>>;

/// Feeds a file into the pipe of a client that has one.
fn feed(client: &mut Child, source: &Path) -> Work {
    let (pipe, source) = (client.stdin.take()?, source.to_owned());
    Some(thread::spawn(move || copy(&mut File::open(source)?, pipe)))
}

/// Takes what comes out of a listener's pipe if it has one.
fn drain(listener: &mut Child, sink: &Path) -> Work {
    let (mut pipe, sink) = (listener.stdout.take()?, sink.to_owned());
    Some(thread::spawn(move || copy(&mut pipe, File::create(sink)?)))
}

fn copy(from: &mut impl Read, mut to: impl Write) -> io::Result<u64> {
    io::copy(from, &mut to)
}

fn digest(path: &Path) -> Result<Vec<u8>> {
    let (mut file, mut context, mut room) = (File::open(path)?, Context::new(&SHA256), vec![0; 1 << 20]);
    loop {
        match file.read(&mut room)? {
            0 => return Ok(context.finish().as_ref().to_vec()),
            count => context.update(&room[..count]),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // They may not have been made.
        let _ = Command::new("ip").args(["netns", "del", &self.namespace]).stderr(Stdio::null()).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
