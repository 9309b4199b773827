//! From root to an unprivileged user, and the end of capabilities.

use std::ffi::CString;

use caps::CapSet;
use nix::errno::Errno;
use nix::unistd::{User, geteuid, initgroups, setgid, setgroups, setuid};

use crate::message;

/// The user that keeps his privileges.
const ROOT: &str = "root";

/// Whom root becomes without being asked: the first that exists.
const DEFAULTS: &[&str] = &["tcpdump", "nobody"];

/// Whether root asks to stay root.
pub(super) fn stays(wanted: Option<&str>) -> bool {
    wanted == Some(ROOT) && geteuid().is_root()
}

/// The user of `-Z`, where root asks for one and does not stay.
pub(super) fn named(wanted: Option<&str>) -> Result<Option<User>, String> {
    let wanted = wanted.filter(|&name| name != ROOT && geteuid().is_root());
    let find = |name| User::from_name(name).ok().flatten().ok_or_else(|| format!("Couldn't find user '{name}'"));
    wanted.map(find).transpose()
}

/// Root becomes `wanted`, and tells, or without being asked the `owner` of a
/// folder in which files will be created, or else one of the default users; who
/// he became. Others stay who they are, and so does root where a container
/// forbids the default, or where the folder is his own: without capabilities he
/// can do little else.
pub(super) fn relinquish(wanted: Option<&str>, owner: Option<u32>) -> Result<Option<String>, String> {
    if !geteuid().is_root() || wanted == Some(ROOT) {
        return Ok(None);
    }
    let Some(user) = named(wanted)? else {
        if owner == Some(0) {
            return Ok(None);
        }
        let user = owner
            .and_then(|owner| User::from_uid(owner.into()).ok().flatten())
            .or_else(|| DEFAULTS.iter().find_map(|name| User::from_name(name).ok().flatten()));
        // No group besides his own: these users have none, and to ask loads libraries.
        let became = |user: &User| setgroups(&[user.gid]).and_then(|()| assume(user)).is_ok();
        return Ok(user.filter(became).map(|user| user.name));
    };
    let name = user.name.as_str();
    let groups = CString::new(name).map_err(|_| Errno::EINVAL).and_then(|name| initgroups(&name, user.gid));
    groups
        .and_then(|()| assume(&user))
        .map_err(|error| format!("Couldn't change to '{name}' uid={} gid={}: {}", user.uid, user.gid, error.desc()))?;
    message::line(&format!("dropped privs to {name}"));
    Ok(Some(user.name))
}

/// Takes over a user's identity, in all threads.
fn assume(user: &User) -> Result<(), Errno> {
    setgid(user.gid)?;
    setuid(user.uid)
}

/// Drops all capabilities of this thread and of those it will start; whether none is left.
pub(super) fn drop_capabilities() -> bool {
    let held = [CapSet::Ambient, CapSet::Effective, CapSet::Permitted, CapSet::Inheritable];
    // All are tried: one that a kernel lacks must not keep the others.
    let cleared = held.map(|set| caps::clear(None, set));
    cleared[1..].iter().all(Result::is_ok)
}
