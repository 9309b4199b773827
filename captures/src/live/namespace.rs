//! The name of this process's network namespace (ip-netns(8)): a namespace whose
//! name is deleted lives on, without anyone who could reach it, for as long as a
//! process captures in it.

use std::ffi::OsString;
use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};

/// Where names are bound to namespaces.
const NAMES: &str = "/run/netns";
const OWN: &str = "/proc/thread-self/ns/net";

/// Watches over the names of the namespace.
pub struct Namespace {
    events: OwnedFd,
    names: Vec<OsString>,
}

impl Namespace {
    /// Watches over the names of this process's namespace; nothing if it has none.
    pub fn watch() -> Option<Self> {
        let own = fs::metadata(OWN).ok()?;
        let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
        inotify::add_watch(&events, NAMES, WatchFlags::DELETE | WatchFlags::MOVED_FROM).ok()?;
        let entries = fs::read_dir(NAMES).ok()?.flatten();
        let is_own = |entry: &fs::DirEntry| {
            // The file that is bound over the entry, not the entry.
            fs::metadata(entry.path()).is_ok_and(|found| (found.dev(), found.ino()) == (own.dev(), own.ino()))
        };
        let names: Vec<_> = entries.filter(is_own).map(|entry| entry.file_name()).collect();
        (!names.is_empty()).then_some(Namespace { events, names })
    }

    /// The descriptor that becomes readable when a name was deleted.
    pub fn descriptor(&self) -> RawFd {
        self.events.as_raw_fd()
    }

    /// The last name of the namespace, if it is gone.
    pub fn deleted(&mut self) -> Option<String> {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.events, &mut buffer);
        while let Ok(event) = reader.next() {
            let Some(gone) = event.file_name() else { continue };
            let place = self.names.iter().position(|name| name.as_bytes() == gone.to_bytes());
            if let Some(name) = place.map(|place| self.names.swap_remove(place))
                && self.names.is_empty()
            {
                return Some(name.to_string_lossy().into_owned());
            }
        }
        None
    }
}
