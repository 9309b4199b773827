//! The file system and TCP, through Landlock.

use std::path::Path;

use ::landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, NetPort, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, make_bitflags,
};

use super::Policy;

/// The rights that are known here; a kernel that knows fewer restricts fewer.
const KNOWN: ABI = ABI::V7;

/// What any run reads: names of ports, protocols and stations; time zones;
/// interfaces with their statistics.
const ALWAYS: &[&str] = &[
    "/etc/services",
    "/etc/protocols",
    "/etc/ethers",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/sys/class/net",
    "/sys/devices",
];

/// What the system's look-up of host names reads and loads, whatever
/// nsswitch.conf(5) names.
const NAMES: &[&str] = &[
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/networks",
    "/etc/ld.so.cache",
    "/etc/sssd",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/nscd",
    "/var/run/nscd",
    "/var/lib/sss",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/nix/store",
    "/gnu/store",
];

/// Where DNS over TCP is answered.
const DOMAIN: u16 = 53;

/// Restricts this thread and those that it will start; the version of the
/// interface, if there is one.
pub(super) fn restrict(policy: &Policy) -> Option<i32> {
    let status = ruleset(policy).and_then(RulesetCreated::restrict_self).ok()?;
    match status.landlock {
        LandlockStatus::Available { effective_abi, .. } if status.ruleset != RulesetStatus::NotEnforced => {
            Some(effective_abi as i32)
        }
        _ => None,
    }
}

fn ruleset(policy: &Policy) -> Result<RulesetCreated, RulesetError> {
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let handled = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?;
    if policy.commands {
        // What a command reads and reaches is not known here.
        return allow(allow_output(handled.create()?, policy)?, "/", read | AccessFs::Execute);
    }
    let net = if policy.connects { BitFlags::EMPTY } else { AccessNet::from_all(KNOWN) };
    let handled = if net.is_empty() { handled } else { handled.handle_access(net)? };
    let mut rules = allow_output(handled.create()?, policy)?;
    if let Some(folder) = &policy.removes {
        rules = allow(rules, folder, AccessFs::RemoveFile.into())?;
    }
    for path in ALWAYS {
        rules = allow(rules, path, read)?;
    }
    for path in &policy.inputs {
        rules = allow(rules, path, read)?;
    }
    if policy.names {
        if !policy.connects {
            rules = rules.add_rule(NetPort::new(DOMAIN, AccessNet::ConnectTcp))?;
        }
        for path in NAMES {
            rules = allow(rules, path, read)?;
        }
    }
    Ok(rules)
}

/// Allows to create, replace and remove files in the output's folder.
fn allow_output(rules: RulesetCreated, policy: &Policy) -> Result<RulesetCreated, RulesetError> {
    let Some(folder) = &policy.output else { return Ok(rules) };
    let change = make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | MakeReg | RemoveFile | Truncate});
    allow(rules, folder, change)
}

/// Allows something beneath a path; one that is not there needs no rule.
fn allow(
    rules: RulesetCreated,
    path: impl AsRef<Path>,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    match PathFd::new(path) {
        Ok(opened) => rules.add_rule(PathBeneath::new(opened, access)),
        Err(_) => Ok(rules),
    }
}
