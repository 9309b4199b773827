//! Running a program, with its time and its memory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use super::rows::{Output, Row, Who};

/// What one run took.
#[derive(Clone, Copy)]
pub struct Measured {
    pub time: Duration,
    /// Octets that were resident at the peak.
    pub memory: u64,
}

/// Runs programs that write into a folder.
pub struct Runner {
    folder: PathBuf,
}

impl Runner {
    pub fn new(folder: PathBuf) -> Self {
        Runner { folder }
    }

    /// Runs a program with nothing on standard input and its output thrown away.
    pub fn run(&self, command: Command) -> Result<Measured, String> {
        self.measure(command, Output::Null).map_err(|error| error.to_string())
    }

    /// Runs one of a row.
    pub fn row(&self, row: &Row, who: &Who, input: &Path) -> Result<Measured, String> {
        let output = self.folder.join("output");
        // Whoever overwrites a file must free it first; that is not measured.
        let _ = fs::remove_file(&output);
        let program = if who.program() == "sniff" { env!("CARGO_BIN_EXE_sniff") } else { who.program() };
        let mut command = Command::new(program);
        for &arg in &who.0[1..] {
            match arg {
                "IN" => command.arg(input),
                "OUT" => command.arg(&output),
                other => command.arg(other),
            };
        }
        let measured = self.measure(command, row.output).map_err(|error| error.to_string());
        let _ = fs::remove_file(&output);
        measured
    }

    fn measure(&self, mut command: Command, output: Output) -> io::Result<Measured> {
        let said = self.folder.join("stderr");
        let stdout = match output {
            Output::Null => Stdio::from(OpenOptions::new().write(true).open("/dev/null")?),
            Output::File => Stdio::from(File::create(self.folder.join("output"))?),
            Output::Pipe | Output::FirstLine => Stdio::piped(),
        };
        command.env("TZ", "UTC").stdin(Stdio::null()).stdout(stdout).stderr(File::create(&said)?);
        let start = Instant::now();
        let mut child = command.spawn()?;
        let mut first = None;
        if let Some(mut pipe) = child.stdout.take() {
            let mut buffer = vec![0; 256 << 10];
            while pipe.read(&mut buffer)? > 0 {
                first.get_or_insert_with(|| start.elapsed());
            }
        }
        let ended = child.wait4()?;
        let time = start.elapsed();
        if !ended.status.success() {
            let said = fs::read_to_string(said)?;
            let error = said.lines().find(|line| line.contains("sniff: ") || line.contains("tcpdump: "));
            let error = error.or(said.lines().last()).unwrap_or_default();
            return Err(io::Error::other(format!("{}: {error}", ended.status)));
        }
        let time = if output == Output::FirstLine { first.unwrap_or(time) } else { time };
        Ok(Measured { time, memory: ended.rusage.maxrss })
    }
}
