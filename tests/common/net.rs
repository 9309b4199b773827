//! A network of a test's own. It needs root and iproute2; where these are missing
//! a note is all there is.

use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process, str};

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

    /// Sends `count` UDP packets with their numbers in four octets, quickly, to this
    /// address and port 4000. The test's file has [`numbered`] as a test of its own.
    pub fn send_numbered(&self, to: &str, count: u32) {
        let test = env::current_exe().unwrap();
        let mut command = self.inside(None, test.to_str().unwrap(), &["--exact", "a_sender", "--ignored"]);
        let output = command.env("SEND_TO", to).env("SEND_COUNT", count.to_string()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Deletes it; who is inside stays.
    pub fn delete(&self) {
        assert!(Command::new("ip").args(["netns", "del", &self.0]).status().unwrap().success());
    }

    /// A capture that listens.
    pub fn capture(&self, scratch: &Scratch, args: &[&str]) -> Capture {
        self.capture_of(scratch, 1, args)
    }

    /// A capture that listens on so many interfaces.
    pub fn capture_of(&self, scratch: &Scratch, interfaces: usize, args: &[&str]) -> Capture {
        let mut command = self.inside(Some(scratch), env!("CARGO_BIN_EXE_sniff"), args);
        Capture::of(command.stdout(Stdio::piped()).stderr(Stdio::piped()), interfaces)
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = Command::new("ip").args(["netns", "del", &self.0]).stderr(Stdio::null()).status();
    }
}

/// Sends as [`Net::send_numbered`] says; somebody listens where it is sent to
/// this host, or there would be answers.
pub fn numbered() {
    let (to, count) = (env::var("SEND_TO").unwrap(), env::var("SEND_COUNT").unwrap());
    let _listener = UdpSocket::bind((to.as_str(), 4000));
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    for number in 0..count.parse::<u32>().unwrap() {
        while socket.send_to(&number.to_be_bytes(), (to.as_str(), 4000)).is_err() {}
    }
}

/// A capture under way.
pub struct Capture {
    pub child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

impl Capture {
    /// What a command that becomes a capture of so many interfaces is, once it listens.
    pub fn of(command: &mut Command, interfaces: usize) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while said.matches("listening on ").count() < interfaces {
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

    /// What comes on standard error up to an octet.
    pub fn until(&mut self, octet: u8) -> String {
        let mut text = Vec::new();
        self.stderr.read_until(octet, &mut text).unwrap();
        String::from_utf8(text).unwrap()
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
