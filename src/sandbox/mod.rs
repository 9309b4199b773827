//! Giving up what a run does not need once its sources and outputs are open:
//! root, capabilities, the file system and dangerous system calls.
//!
//! [`enter`] is called before threads are started: Landlock holds for the
//! calling thread and those that it starts. What the kernel lacks is left out.

mod landlock;
mod privileges;
mod seccomp;

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cli::{Args, Input};

/// What a run still needs.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The user of `-Z`: root stays who he is, and without a user he becomes
    /// `tcpdump` or `nobody`, whoever exists.
    pub user: Option<String>,
    /// Whether Landlock and seccomp are used.
    pub confine: bool,
    /// The folder in which files will be created.
    pub output: Option<PathBuf>,
    /// Files that will be opened.
    pub inputs: Vec<PathBuf>,
    /// Whether names may be looked up over the network.
    pub names: bool,
    /// Whether commands will be run.
    pub commands: bool,
    /// Whether more files will be created in the folder: not by anybody else
    /// than its owner, whom root then becomes.
    pub creates: bool,
    /// The folder from which a file will be removed.
    pub removes: Option<PathBuf>,
    /// Whether sockets of IP will connect to anywhere.
    pub connects: bool,
    /// Whether root stays root without being asked to.
    pub keeps_user: bool,
    /// Whether capabilities are kept, for what they are needed for.
    pub keeps_capabilities: bool,
}

impl Policy {
    /// What a run with these options needs, when `inputs` are yet to be opened.
    pub fn of(args: &Args, inputs: Vec<PathBuf>) -> Self {
        // A folder whose name is made of the time lies in one that is there.
        let folder = |path: &Path| {
            let there = path.ancestors().skip(1).find(|folder| folder.is_dir());
            there.map_or_else(|| PathBuf::from("."), Path::to_owned)
        };
        // A filter for link types that come later is compiled later, and may name hosts.
        let late_filter = !args.expression.is_empty() || args.filter_file.is_some();
        Policy {
            user: args.user.clone(),
            confine: args.sandbox,
            output: match args.write.as_deref().filter(|path| path.as_os_str() != "-") {
                Some(path) if args.files.by_flow => Some(path.to_owned()),
                path => path.map(folder),
            },
            inputs,
            names: args.text.numeric == 0 || late_filter && !matches!(args.input, Input::Live(_)),
            commands: args.files.hook.is_some(),
            creates: args.files.are_several(),
            ..Policy::default()
        }
    }
}

/// What came into force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Active {
    /// Whom root became.
    pub user: Option<String>,
    /// Whether no capability is left.
    pub without_capabilities: bool,
    /// Whether programs that are executed gain no privileges.
    pub no_new_privs: bool,
    /// The version of Landlock's interface that is used.
    pub landlock: Option<i32>,
    /// Whether system calls are filtered.
    pub seccomp: bool,
}

impl fmt::Display for Active {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_ref().map(|user| format!("user {user}"));
        let landlock = self.landlock.map(|version| format!("landlock ABI {version}"));
        let flag = |set: bool, name: &str| set.then(|| name.to_owned());
        let parts = [
            user,
            flag(self.without_capabilities, "no capabilities"),
            flag(self.no_new_privs, "no_new_privs"),
            landlock,
            flag(self.seccomp, "seccomp"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { f.write_str("none") } else { f.write_str(&parts.join(", ")) }
    }
}

/// Whether [`enter`] will know the user of `-Z`, before anything is overwritten.
///
/// # Errors
/// The user is unknown: tcpdump's text.
pub fn check_user(user: Option<&str>) -> Result<(), String> {
    privileges::named(user).map(drop)
}

/// Gives up what `policy` does not need, for good.
///
/// # Errors
/// The user of `-Z` is unknown, or root cannot become that user: tcpdump's text.
pub fn enter(policy: &Policy) -> Result<Active, String> {
    let folder = policy.output.as_ref().filter(|_| policy.creates);
    let owner = folder.and_then(|folder| folder.metadata().ok()).map(|metadata| metadata.uid());
    let keeps = policy.keeps_capabilities || privileges::stays(policy.user.as_deref());
    let user = if policy.keeps_user { None } else { privileges::relinquish(policy.user.as_deref(), owner)? };
    let mut active = Active {
        without_capabilities: !keeps && privileges::drop_capabilities(),
        no_new_privs: nix::sys::prctl::set_no_new_privs().is_ok(),
        user,
        ..Active::default()
    };
    if policy.confine {
        active.landlock = landlock::restrict(policy);
        active.seccomp = seccomp::restrict(policy);
    }
    Ok(active)
}
