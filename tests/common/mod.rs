//! What the tests of the command share: captures built in memory, a folder that
//! goes away with the test, and runs of the program.

// Each test file uses only some of this.
#![allow(dead_code)]

pub mod net;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process, thread};

/// How `-nt` prints [`udp`] without a payload.
pub const LINE: &str = "IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 0\n";

/// A folder of a test's own.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sniff-test-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, octets: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), octets).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    /// The program, to be run in this folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sniff"));
        command.args(args).current_dir(&self.0).env("TZ", "UTC").env_remove("POSIXLY_CORRECT").stdin(Stdio::null());
        command
    }

    /// What the program answers.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    /// What the program answers to `input` on standard input.
    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A run that ends early does not read everything.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran::from(output)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl Ran {
    pub fn new(stdout: impl Into<String>, stderr: impl Into<String>, code: i32) -> Self {
        Ran { stdout: stdout.into(), stderr: stderr.into(), code: Some(code) }
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }
}

/// The line on standard error before the packets of an Ethernet file.
pub fn reading(name: &str) -> String {
    reading_as(name, "EN10MB (Ethernet)", 65535)
}

pub fn reading_as(name: &str, link: &str, snaplen: u32) -> String {
    format!("reading from file {name}, link-type {link}, snapshot length {snaplen}\n")
}

/// An IPv4 packet with UDP from 10.0.0.1 port 1 to 10.0.0.2 port 2.
pub fn ip(payload: &[u8]) -> Vec<u8> {
    let size = payload.len() as u16;
    let mut packet = vec![0x45, 0];
    packet.extend((28 + size).to_be_bytes());
    packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2]);
    packet.extend((8 + size).to_be_bytes());
    packet.extend([0, 0]);
    packet.extend(payload);
    packet
}

/// The same in an Ethernet frame.
pub fn udp(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
    frame.extend(ip(payload));
    frame
}

/// The octets of 32-bit words, little-endian.
pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The header of a classic file: version, snapshot length, link type.
pub fn header(version: (u16, u16), snaplen: u32, link: u32) -> Vec<u8> {
    words(&[0xa1b2_c3d4, u32::from(version.1) << 16 | u32::from(version.0), 0, 0, snaplen, link])
}

/// A classic file's record.
pub fn record(seconds: u32, fraction: u32, packet: &[u8]) -> Vec<u8> {
    let size = packet.len() as u32;
    [words(&[seconds, fraction, size, size]), packet.to_vec()].concat()
}

/// A classic Ethernet file; each packet comes a second and a microsecond after the other.
pub fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    let records = (1..).zip(packets).flat_map(|(at, packet)| record(at, at, packet));
    header((2, 4), 65535, 1).into_iter().chain(records).collect()
}

/// A pcapng block; the body is padded.
pub fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let size = (padded + 12) as u32;
    let mut block = words(&[kind, size]);
    block.extend(body);
    block.resize(8 + padded, 0);
    block.extend(size.to_le_bytes());
    block
}

/// A pcapng option; the value is padded.
pub fn option(code: u16, value: &[u8]) -> Vec<u8> {
    let mut option = words(&[(value.len() as u32) << 16 | u32::from(code)]);
    option.extend(value);
    option.resize(option.len().next_multiple_of(4), 0);
    option
}

/// A pcapng Section Header Block.
pub fn section(version: (u16, u16)) -> Vec<u8> {
    let version = u32::from(version.1) << 16 | u32::from(version.0);
    block(0x0a0d_0d0a, &words(&[0x1a2b_3c4d, version, u32::MAX, u32::MAX]))
}

/// A pcapng Interface Description Block.
pub fn interface(link: u32, snaplen: u32, options: &[u8]) -> Vec<u8> {
    block(1, &[words(&[link, snaplen]), options.to_vec()].concat())
}

/// A pcapng Enhanced Packet Block.
pub fn enhanced(interface: u32, units: u64, packet: &[u8]) -> Vec<u8> {
    let size = packet.len() as u32;
    block(6, &[words(&[interface, (units >> 32) as u32, units as u32, size, size]), packet.to_vec()].concat())
}

/// A pcapng file's beginning: a section with an Ethernet interface.
pub fn begun() -> Vec<u8> {
    [section((1, 0)), interface(1, 65535, &[])].concat()
}

/// [`begun`] and a packet.
pub fn pcapng_of_one() -> Vec<u8> {
    [begun(), enhanced(0, 1_000_001, &udp(b""))].concat()
}

/// Whether a program is there; a note if not, with which a test is skipped.
pub fn has(program: &str) -> bool {
    let there = installed(program);
    if !there {
        eprintln!("skipped: {program} is missing");
    }
    there
}

/// Whether a program of this name is on the path.
pub fn installed(program: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Copies the program to `to` with another process: a file that this one has
/// written may still be open, in a child of another test, when it is to run.
pub fn copy_program(to: &Path) {
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_sniff")).arg(to).status().unwrap().success());
}
