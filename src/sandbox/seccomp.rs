//! System calls that no run makes, refused by the kernel with EPERM.

use libc::c_long;
use seccompiler::{SeccompAction, apply_filter_all_threads, sock_filter};

use super::Policy;

/// Executing programs.
const EXECUTE: &[c_long] = &[libc::SYS_execve, libc::SYS_execveat];

/// Opening sockets.
const SOCKET: &[c_long] = &[libc::SYS_socket];

/// What reaches into other processes, the kernel, mounts, namespaces, users
/// and clocks, or around this filter.
const NEVER: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_syslog,
    libc::SYS_quotactl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_mknodat,
    libc::SYS_setuid,
    libc::SYS_setreuid,
    libc::SYS_setresuid,
    libc::SYS_setfsuid,
    libc::SYS_setgid,
    libc::SYS_setregid,
    libc::SYS_setresgid,
    libc::SYS_setfsgid,
    libc::SYS_setgroups,
    libc::SYS_capset,
    libc::SYS_personality,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
];

#[cfg(target_arch = "x86_64")]
const NEVER_HERE: &[c_long] =
    &[libc::SYS_mknod, libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt, libc::SYS_kexec_file_load];
#[cfg(not(target_arch = "x86_64"))]
const NEVER_HERE: &[c_long] = &[];

/// Namespaces that clone(2) can make.
const NEW_NAMESPACES: i32 = libc::CLONE_NEWNS
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP;

/// The architecture as `seccomp_data` has it (linux/audit.h).
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_003e);
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_00b7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ARCHITECTURE: Option<u32> = None;

/// System calls from here on are those of the x32 interface, with other numbers.
const X32: u32 = 0x4000_0000;

/// Filters the system calls of all threads; whether it does.
pub(super) fn restrict(policy: &Policy) -> bool {
    ARCHITECTURE.is_some_and(|arch| apply_filter_all_threads(&program(policy, arch)).is_ok())
}

// Where the parts of `struct seccomp_data` are, little-endian.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENT_0: u32 = 16;
const ARGUMENT_1: u32 = 24;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const AND: u16 = (libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
const IF_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const IF_GREATER_OR_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const IF_ANY_BIT: u16 = (libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K) as u16;

/// Where the program goes if a condition holds.
#[derive(Clone, Copy)]
enum To {
    /// Over so many instructions.
    Over(u8),
    Refuse,
    Missing,
}

/// Where everything that is no condition goes.
const NEXT: To = To::Over(0);

/// The program. It is a plain row of comparisons of the number, so that the
/// kernel sees at once which calls always pass and does not run it for them.
fn program(policy: &Policy, architecture: u32) -> Vec<sock_filter> {
    let networked = policy.names || policy.commands || policy.connects;
    let never = [NEVER, NEVER_HERE, if policy.commands { &[] } else { EXECUTE }, if networked { &[] } else { SOCKET }];
    let mut rows = vec![
        (LOAD, ARCH, NEXT),
        (IF_EQUAL, architecture, To::Over(1)),
        (RETURN, SeccompAction::KillProcess.into(), NEXT),
        (LOAD, NUMBER, NEXT),
        (IF_GREATER_OR_EQUAL, X32, To::Missing),
        // Its flags cannot be seen from here; the C library then falls back to clone(2).
        (IF_EQUAL, libc::SYS_clone3 as u32, To::Missing),
    ];
    rows.extend(never.concat().into_iter().map(|call| (IF_EQUAL, call as u32, To::Refuse)));
    rows.extend([
        (IF_EQUAL, libc::SYS_clone as u32, To::Over(2)),
        (IF_EQUAL, libc::SYS_socket as u32, To::Over(4)),
        (RETURN, SeccompAction::Allow.into(), NEXT),
        (LOAD, ARGUMENT_0, NEXT),
        (IF_ANY_BIT, NEW_NAMESPACES as u32, To::Refuse),
        (RETURN, SeccompAction::Allow.into(), NEXT),
    ]);
    rows.extend(sockets());
    let end = rows.len();
    let assemble = |(at, (code, k, to)): (usize, (u16, u32, To))| {
        let to = match to {
            To::Over(instructions) => instructions,
            To::Refuse => (end - at - 1) as u8,
            To::Missing => (end - at) as u8,
        };
        sock_filter { code, jt: to, jf: 0, k }
    };
    let mut program: Vec<_> = rows.into_iter().enumerate().map(assemble).collect();
    for error in [libc::EPERM, libc::ENOSYS] {
        program.push(sock_filter { code: RETURN, jt: 0, jf: 0, k: SeccompAction::Errno(error as u32).into() });
    }
    program
}

/// The part for socket(2): only IP, which is not raw, and the families that looking names up needs.
fn sockets() -> [(u16, u32, To); 10] {
    /// The bits of a type that are not flags.
    const TYPE: u32 = 0xf;
    [
        (LOAD, ARGUMENT_0, NEXT),
        (IF_EQUAL, libc::AF_UNIX as u32, To::Over(7)),
        (IF_EQUAL, libc::AF_NETLINK as u32, To::Over(6)),
        (IF_EQUAL, libc::AF_INET as u32, To::Over(2)),
        (IF_EQUAL, libc::AF_INET6 as u32, To::Over(1)),
        (RETURN, SeccompAction::Errno(libc::EPERM as u32).into(), NEXT),
        (LOAD, ARGUMENT_1, NEXT),
        (AND, TYPE, NEXT),
        (IF_EQUAL, libc::SOCK_RAW as u32, To::Refuse),
        (RETURN, SeccompAction::Allow.into(), NEXT),
    ]
}
