//! `sniff nc` in a network of its own: what OpenBSD's nc does is done, and what it
//! gets wrong is right.

#[path = "../common/mod.rs"]
mod common;

mod evidence;
mod options;
mod peers;
mod proxy;
mod sandbox;
mod services;
mod tls;
mod transfer;
mod transports;
mod verdicts;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use common::net::Net;
use common::{Ran, Scratch};

/// A network and a folder.
pub struct Place {
    /// The network.
    pub net: Net,
    /// The folder.
    pub scratch: Scratch,
}

/// A place to test in, if there can be one.
pub fn place() -> Option<Place> {
    let net = Net::new()?;
    Some(Place { net, scratch: Scratch::new() })
}

impl Place {
    /// A command inside.
    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        self.net.inside(Some(&self.scratch), program, args)
    }

    /// `sniff nc` with these arguments.
    pub fn nc(&self, args: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_sniff"), &[&["nc"], args].concat())
    }

    /// What it does without input.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.nc(args).output().unwrap())
    }

    /// What a command does with this input.
    pub fn feed(&self, mut command: Command, input: &[u8]) -> Output {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// A server that says `Listening` or `Bound` on standard error before it is used.
    pub fn serve(&self, command: Command) -> Server {
        self.serve_fed(command, Stdio::null())
    }

    /// The same with this input.
    pub fn serve_fed(&self, mut command: Command, input: Stdio) -> Server {
        let mut child = command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("istening on") && !said.contains("Bound on") {
            assert!(stderr.read_line(&mut said).unwrap() > 0, "it does not listen: {said}");
        }
        Server { child, stderr, said }
    }

    /// Rules of a firewall for what comes in.
    pub fn firewall(&self, rules: &[&str]) -> bool {
        let mut script =
            "nft add table inet t && nft add chain inet t in '{ type filter hook input priority 0; }'".to_owned();
        for rule in rules {
            script += &format!(" && nft add rule inet t in {rule}");
        }
        let done = common::has("nft") && self.net.run(&script);
        if !done {
            eprintln!("skipped: no firewall can be made");
        }
        done
    }
}

/// A server in the background.
pub struct Server {
    /// The process.
    pub child: Child,
    stderr: BufReader<ChildStderr>,
    /// What it said before it was ready.
    pub said: String,
}

impl Server {
    /// What was said and printed until its end.
    pub fn end(mut self) -> Ran {
        let mut stdout = Vec::new();
        self.child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
        let mut stderr = std::mem::take(&mut self.said);
        self.stderr.read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code();
        Ran { stdout: String::from_utf8_lossy(&stdout).into_owned(), stderr, code }
    }

    /// The same of one that does not end by itself.
    pub fn stop(mut self) -> Ran {
        // It may have ended.
        let _ = self.child.kill();
        self.end()
    }

    /// The next line on standard error.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        line
    }

    /// The next octets on standard output.
    pub fn printed(&mut self, count: usize) -> Vec<u8> {
        let mut octets = vec![0; count];
        self.child.stdout.as_mut().unwrap().read_exact(&mut octets).unwrap();
        octets
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
