//! A network of a test's own. It needs root and iproute2; where these are missing
//! a note is all there is.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{process, str};

use super::{Ran, Scratch, installed};

/// A network namespace with two ends of a veth pair: `near` is 10.9.9.1, and
/// what it sends to 10.9.9.2 goes out to `far`.
pub struct Net(String);

impl Net {
    /// Nothing where it cannot be made.
    pub fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        if !installed("ip") || !installed("bash") {
            eprintln!("skipped: iproute2 or bash is missing");
            return None;
        }
        let name = format!("sniff{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let made = Command::new("ip").args(["netns", "add", &name]).stderr(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no network namespace can be made");
            return None;
        }
        let net = Net(name);
        // Without IPv6 nothing is sent that the test does not send.
        net.run("for i in all default; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done 2> /dev/null");
        let commands = [
            "link set lo up",
            "link add near type veth peer name far",
            "addr add 10.9.9.1/24 dev near",
            "link set near up",
            "link set far up",
            "neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev near nud permanent",
        ];
        if !commands.iter().all(|command| net.run(&format!("ip {command}"))) {
            eprintln!("skipped: no veth pair can be made");
            return None;
        }
        Some(net)
    }

    pub fn inside(&self, scratch: Option<&Scratch>, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0, program]).args(args).env("TZ", "UTC").stdin(Stdio::null());
        if let Some(scratch) = scratch {
            command.current_dir(scratch.path());
        }
        command
    }

    /// Runs a shell's commands inside; whether they succeed.
    pub fn run(&self, script: &str) -> bool {
        self.inside(None, "bash", &["-c", script]).status().is_ok_and(|status| status.success())
    }

    /// Sends `count` UDP packets with four octets each from `near`.
    pub fn send(&self, count: u32) {
        let script =
            format!("exec 3> /dev/udp/10.9.9.2/4000; for ((i = 0; i < {count}; i++)); do printf %04d $i >&3; done");
        assert!(self.run(&script));
    }

    /// A capture that listens.
    pub fn capture(&self, scratch: &Scratch, args: &[&str]) -> Capture {
        Capture::of(self.inside(Some(scratch), env!("CARGO_BIN_EXE_sniff"), args))
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
    }
}

/// A capture under way.
pub struct Capture {
    pub child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

impl Capture {
    /// What a command captures, once it listens.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("listening on ") {
            assert!(stderr.read_line(&mut said).unwrap() > 0, "it does not listen: {said}");
        }
        Capture { child, stderr, said }
    }

    /// `ip netns exec` becomes the program, so that the process is the program's.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// The next line on standard error.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        line
    }

    /// The next line on standard output.
    pub fn printed(&mut self) -> String {
        let mut line = Vec::new();
        let mut octet = [0];
        let stdout = self.child.stdout.as_mut().unwrap();
        while line.last() != Some(&b'\n') && stdout.read(&mut octet).unwrap() == 1 {
            line.push(octet[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// Waits for the end; what was said after `listening`.
    pub fn end(mut self) -> (Ran, String) {
        // The lines first: there may be more than a pipe holds.
        let output = self.child.wait_with_output().unwrap();
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        let stdout = str::from_utf8(&output.stdout).unwrap();
        (Ran { stdout: stdout.into(), stderr: rest, code: output.status.code() }, self.said)
    }
}
