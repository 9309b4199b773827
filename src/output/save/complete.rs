//! The files that are complete: the command of `-z` runs on them, and the oldest
//! go when there are too many octets of them, when they are too old, or when the
//! disk is full.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem;
use std::sync::Arc;

use super::SaveError;
use super::folder::Folder;
use super::hook::Hooks;
use crate::cli::Files;
use crate::message;
use crate::pipeline::reason;

/// The most files of a ring, however small they are.
const MAX_FILES: usize = 65_536;

struct File {
    name: OsString,
    octets: u64,
    /// The second in which it was complete.
    closed: i64,
}

/// The files of this run that are complete.
pub(super) struct Complete {
    folder: Arc<Folder>,
    hooks: Option<Hooks>,
    /// Whether the oldest may go; otherwise files are not kept in mind.
    ring: bool,
    octets: Option<u64>,
    seconds: Option<i64>,
    /// By the order in which they were complete, which `serials` tells by name.
    files: BTreeMap<u64, File>,
    serials: HashMap<OsString, u64>,
    next: u64,
    total: u64,
    /// Whether the disk was full, which is said once.
    full: bool,
}

impl Complete {
    /// None yet; `wraps` if the same names come again.
    pub(super) fn new(folder: Arc<Folder>, files: &Files, wraps: bool) -> Result<Self, SaveError> {
        let hook = |name: &OsString| Hooks::new(name).map_err(|error| SaveError::Hook(name.clone(), error));
        Ok(Complete {
            folder,
            hooks: files.hook.as_ref().map(hook).transpose()?,
            ring: wraps || files.ring_octets.or(files.ring_seconds).is_some(),
            octets: files.ring_octets,
            seconds: files.ring_seconds.map(|seconds| seconds as i64),
            files: BTreeMap::new(),
            serials: HashMap::new(),
            next: 0,
            total: 0,
            full: false,
        })
    }

    /// Takes a file in; the command runs on it if `hook`.
    pub(super) fn add(&mut self, name: OsString, octets: u64, closed: i64, hook: bool) {
        if let (Some(hooks), true) = (&mut self.hooks, hook) {
            hooks.run(self.folder.path(&name));
        }
        if self.ring {
            self.serials.insert(name.clone(), self.next);
            self.files.insert(self.next, File { name, octets, closed });
            self.next += 1;
            self.total += octets;
        }
    }

    /// Lets a file out that is written again.
    pub(super) fn forget(&mut self, name: &OsStr) {
        if let Some(file) = self.serials.remove(name).and_then(|serial| self.files.remove(&serial)) {
            self.total -= file.octets;
        }
    }

    /// Removes the oldest files until there is room for so many octets.
    pub(super) fn make_room(&mut self, octets: u64) {
        let bounded = self.octets.is_some() || self.seconds.is_some();
        while self.octets.is_some_and(|most| self.total.saturating_add(octets) > most)
            || (bounded && self.files.len() >= MAX_FILES)
        {
            if self.remove_oldest().is_none() {
                break;
            }
        }
    }

    /// Removes the files that are too old in this second.
    pub(super) fn expire(&mut self, now: i64) {
        while self.expiry().is_some_and(|expiry| now >= expiry) {
            self.remove_oldest();
        }
    }

    /// The second in which the oldest file is too old.
    pub(super) fn expiry(&self) -> Option<i64> {
        let seconds = self.seconds?;
        let (_, oldest) = self.files.first_key_value()?;
        // It may hold packets from all of the second in which it was closed.
        Some(oldest.closed.saturating_add(seconds).saturating_add(1))
    }

    /// After a write that failed: removes the oldest file if the disk is full.
    /// Whether there may be room now.
    pub(super) fn relieve(&mut self, error: &io::Error) -> bool {
        if !matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return false;
        }
        let Some(name) = self.remove_oldest() else { return false };
        // A disk that is full stays so: the ring goes on with what it has.
        if !mem::replace(&mut self.full, true) {
            let path = self.folder.path(&name);
            message::warning(&format!("{}: the oldest files go, {} first", reason(error), path.display()));
        }
        true
    }

    /// Looks after the commands.
    pub(super) fn step(&mut self) {
        if let Some(hooks) = &mut self.hooks {
            hooks.step();
        }
    }

    /// Whether a command runs.
    pub(super) fn is_busy(&self) -> bool {
        self.hooks.as_ref().is_some_and(Hooks::is_busy)
    }

    /// Waits until all commands have ended.
    pub(super) fn finish(&mut self) {
        if let Some(hooks) = &mut self.hooks {
            hooks.finish();
        }
    }

    fn remove_oldest(&mut self) -> Option<OsString> {
        let (_, file) = self.files.pop_first()?;
        self.serials.remove(&file.name);
        self.total -= file.octets;
        let path = self.folder.path(&file.name);
        if let Some(hooks) = &mut self.hooks {
            hooks.forget(&path);
        }
        match self.folder.remove(&file.name) {
            // The command may have taken it away.
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                message::warning(&format!("{}: {}", path.display(), reason(&error)));
            }
            _ => {}
        }
        Some(file.name)
    }
}
