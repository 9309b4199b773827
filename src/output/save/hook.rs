//! `-z`: a command for each file that is complete, beside the capture.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::{env, io, thread};

use rustix::fs::Access;

use crate::message;
use crate::pipeline::reason;

/// Files that wait for their turn; with more the run waits too.
const MAX_WAITING: usize = 4096;
/// Commands at once, however many processors there are.
const MAX_RUNNING: usize = 8;

/// The lowest priority.
const NICE: i32 = 19;

/// Runs the command.
pub(super) struct Hooks {
    /// As it was given, and where it was found.
    name: OsString,
    program: PathBuf,
    waiting: VecDeque<PathBuf>,
    running: Vec<(Child, PathBuf)>,
    at_once: usize,
}

impl Hooks {
    /// Finds the command.
    pub(super) fn new(name: &OsStr) -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Ok(Hooks {
            name: name.to_owned(),
            program: find(name)?,
            waiting: VecDeque::new(),
            running: Vec::new(),
            at_once: processors.min(MAX_RUNNING),
        })
    }

    /// Runs the command on a file, now or when others are done.
    pub(super) fn run(&mut self, file: PathBuf) {
        self.waiting.push_back(file);
        self.step();
        while self.waiting.len() > MAX_WAITING {
            self.wait_for_one();
        }
    }

    /// Leaves out a file that is gone.
    pub(super) fn forget(&mut self, file: &Path) {
        self.waiting.retain(|waiting| waiting != file);
    }

    /// Whether a command runs.
    pub(super) fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }

    /// Takes note of the commands that have ended, and starts others.
    pub(super) fn step(&mut self) {
        let mut at = 0;
        while at < self.running.len() {
            match self.running[at].0.try_wait() {
                Ok(None) => at += 1,
                Ok(Some(status)) => {
                    let (_, file) = self.running.swap_remove(at);
                    self.ended(&file, status);
                }
                Err(_) => drop(self.running.swap_remove(at)),
            }
        }
        while self.running.len() < self.at_once {
            let Some(file) = self.waiting.pop_front() else { break };
            match self.start(&file) {
                Ok(child) => self.running.push((child, file)),
                Err(error) => self.failed(&file, &reason(&error)),
            }
        }
    }

    /// Waits until all commands have ended.
    pub(super) fn finish(&mut self) {
        while self.is_busy() || !self.waiting.is_empty() {
            self.step();
            self.wait_for_one();
        }
    }

    fn wait_for_one(&mut self) {
        if self.is_busy() {
            let (mut child, file) = self.running.remove(0);
            if let Ok(status) = child.wait() {
                self.ended(&file, status);
            }
        }
        self.step();
    }

    fn ended(&self, file: &Path, status: ExitStatus) {
        if !status.success() {
            self.failed(file, &status.to_string());
        }
    }

    fn failed(&self, file: &Path, why: &str) {
        message::error(&format!("-z {} {}: {why}", self.name.display(), file.display()));
    }

    fn start(&self, file: &Path) -> io::Result<Child> {
        let mut direct = Command::new(&self.program);
        direct.arg0(&self.name).arg(file);
        match spawn(direct) {
            // A script that does not say what runs it, as execvp(3) takes it.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
                let mut script = Command::new("/bin/sh");
                script.arg(&self.program).arg(file);
                spawn(script)
            }
            other => other,
        }
    }
}

/// Starts a command at the lowest priority, which it takes over from the thread
/// that starts it. In a process group of its own it outlives a Ctrl-C.
fn spawn(mut command: Command) -> io::Result<Child> {
    command.stdin(Stdio::null()).process_group(0);
    let start = move || {
        // With a higher number than is allowed nothing changes, which is no harm.
        let _ = rustix::process::setpriority_process(None, NICE);
        command.spawn()
    };
    thread::Builder::new().spawn(start)?.join().unwrap_or_else(|_| Err(io::Error::other("the command did not start")))
}

/// The program of a name, on the path if the name has no slash.
fn find(name: &OsStr) -> io::Result<PathBuf> {
    if name.as_bytes().contains(&b'/') {
        return executable(Path::new(name)).map(|()| name.into());
    }
    let paths = env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let mut error = io::Error::from(rustix::io::Errno::NOENT);
    for folder in env::split_paths(&paths) {
        let path = folder.join(name);
        match executable(&path) {
            Ok(()) => return Ok(path),
            Err(other) if other.kind() == io::ErrorKind::PermissionDenied => error = other,
            Err(_) => {}
        }
    }
    Err(error)
}

fn executable(path: &Path) -> io::Result<()> {
    if path.metadata()?.is_dir() {
        return Err(rustix::io::Errno::ACCESS.into());
    }
    Ok(rustix::fs::access(path, Access::EXEC_OK)?)
}
