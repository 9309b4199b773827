//! The directory of the files, held open since the start: names stay within it
//! whatever becomes of the working directory, the root, or a sandbox.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, FileType, Mode, OFlags};

/// A directory.
pub(super) struct Folder {
    fd: OwnedFd,
    /// What stands before the names in it, with the slash.
    shown: OsString,
}

/// What tells a file from all others: device and inode.
pub(super) type Identity = (u64, u64);

impl Folder {
    /// Opens the directory of `path`; the name that is left. If names are made by
    /// the time, it is the last directory without a conversion.
    pub(super) fn of(path: &Path, timed: bool) -> io::Result<(Self, OsString)> {
        let octets = path.as_os_str().as_bytes();
        let fixed = if timed { octets.iter().position(|&octet| octet == b'%') } else { None };
        let fixed = &octets[..fixed.unwrap_or(octets.len())];
        let split = fixed.iter().rposition(|&octet| octet == b'/').map_or(0, |slash| slash + 1);
        let (directory, name) = octets.split_at(split);
        if name.is_empty() {
            return Err(rustix::io::Errno::ISDIR.into());
        }
        let opened = if directory.is_empty() { b"." } else { directory };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(OsStr::from_bytes(opened), flags, Mode::empty())?;
        let shown = OsStr::from_bytes(directory).to_owned();
        Ok((Folder { fd, shown }, OsStr::from_bytes(name).to_owned()))
    }

    /// The path of a name as the user gave it.
    pub(super) fn path(&self, name: &OsStr) -> PathBuf {
        let mut path = self.shown.clone();
        path.push(name);
        path.into()
    }

    /// Fails where files cannot be made.
    pub(super) fn check(&self) -> io::Result<()> {
        Ok(rustix::fs::accessat(&self.fd, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
    }

    /// Makes a file or empties the one that is there.
    pub(super) fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.fd, name, flags, Mode::from_raw_mode(0o666))?.into())
    }

    /// Opens a file to go on at its end.
    pub(super) fn append(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.fd, name, flags, Mode::empty())?.into())
    }

    /// Removes a file.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.fd, name, AtFlags::empty())?)
    }

    /// Which regular file a name is.
    pub(super) fn identity(&self, name: &OsStr) -> Option<Identity> {
        regular(&rustix::fs::statat(&self.fd, name, AtFlags::empty()).ok()?)
    }
}

/// Which regular file is read: one of a path, or standard input for `-`.
pub(super) fn identity_of_input(path: &Path) -> Option<Identity> {
    let stat = if path.as_os_str() == "-" { rustix::fs::fstat(io::stdin()) } else { rustix::fs::stat(path) };
    regular(&stat.ok()?)
}

fn regular(stat: &rustix::fs::Stat) -> Option<Identity> {
    (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then_some((stat.st_dev, stat.st_ino))
}
