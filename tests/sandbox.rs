//! What a run gives up: seen from /proc, from what still works, and from what
//! no longer does. Runs as root and as another user; parts need root.

mod common;

use std::collections::HashMap;
use std::fs::{self, File, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::process::{Child, Command, Stdio};
use std::{env, thread};

use common::{LINE, Ran, Scratch, pcap, reading, record, udp};
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use nix::unistd::{Uid, User, geteuid, setuid};
use sniff::sandbox::{Policy, enter};

/// Whom root becomes without `-Z`.
fn default_user() -> User {
    let find = |name| User::from_name(name).unwrap();
    find("tcpdump").or_else(|| find("nobody")).expect("nobody exists")
}

/// A run that has read one packet from standard input and waits for more.
struct Waiting(Child);

impl Waiting {
    fn new(scratch: &Scratch, args: &[&str]) -> Self {
        let mut command = scratch.command(args);
        command.args(["-t", "-r", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(&pcap(&[udp(b"")])).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("UDP, length 0"), "{args:?}: {line}");
        Waiting(child)
    }

    /// The fields of each thread's status.
    fn threads(&self) -> Vec<HashMap<String, String>> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let status = |task: io::Result<fs::DirEntry>| {
            let text = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
            let rows = text.lines().filter_map(|line| line.split_once(':'));
            rows.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
        };
        tasks.map(status).collect()
    }

    /// More packets, and the end: what was printed besides the first line.
    fn finish(mut self) -> Ran {
        self.0.stdin.take().unwrap().write_all(&record(9, 9, &udp(b""))).unwrap();
        Ran::from(self.0.wait_with_output().unwrap())
    }
}

/// Whether a field holds this four times, as Uid and Gid do.
fn is_each(value: &str, id: u32) -> bool {
    value.split_whitespace().map(|word| word.parse::<u32>().unwrap()).eq([id; 4])
}

const NO_CAPABILITIES: &str = "0000000000000000";

#[test]
fn a_run_is_unprivileged_in_all_its_threads() {
    let scratch = Scratch::new();
    // Without -n threads look names up.
    for (args, printed) in [(&["-n"][..], LINE), (&["-K"], "")] {
        let run = Waiting::new(&scratch, args);
        let threads = run.threads();
        assert_eq!(threads.len() > 1, printed.is_empty(), "{args:?}");
        for status in threads {
            if geteuid().is_root() {
                let user = default_user();
                assert!(is_each(&status["Uid"], user.uid.as_raw()), "{status:?}");
                assert!(is_each(&status["Gid"], user.gid.as_raw()), "{status:?}");
                assert_eq!(status["Groups"], user.gid.to_string());
            }
            for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
                assert_eq!(status[set], NO_CAPABILITIES, "{set} {args:?}");
            }
            assert_eq!((&*status["NoNewPrivs"], &*status["Seccomp"]), ("1", "2"), "{args:?}");
        }
        let ran = run.finish();
        assert_eq!((ran.stderr, ran.code), (reading("-"), Some(0)));
        assert!(ran.stdout.ends_with(printed), "{}", ran.stdout);
    }
}

#[test]
fn without_a_sandbox_only_privileges_go() {
    let scratch = Scratch::new();
    let run = Waiting::new(&scratch, &["-n", "--no-sandbox"]);
    let status = &run.threads()[0];
    assert_eq!((&*status["NoNewPrivs"], &*status["Seccomp"]), ("1", "0"));
    assert_eq!(status["CapPrm"], NO_CAPABILITIES);
    assert_eq!(run.finish(), Ran::new(LINE, reading("-"), 0));
}

#[test]
fn root_becomes_whom_z_names() {
    if !geteuid().is_root() {
        return eprintln!("skipped: not root");
    }
    let scratch = Scratch::new();
    let run = Waiting::new(&scratch, &["-n", "-Z", "nobody"]);
    let nobody = User::from_name("nobody").unwrap().unwrap();
    assert!(is_each(&run.threads()[0]["Uid"], nobody.uid.as_raw()));
    assert_eq!(run.finish(), Ran::new(LINE, reading("-") + "dropped privs to nobody\n", 0));

    let run = Waiting::new(&scratch, &["-n", "-Z", "root"]);
    let status = &run.threads()[0];
    assert!(is_each(&status["Uid"], 0));
    assert_eq!(status["CapEff"], own_capabilities());
    assert_eq!(status["Seccomp"], "2");
    assert_eq!(run.finish(), Ran::new(LINE, reading("-"), 0));
}

/// The effective capabilities of this process.
fn own_capabilities() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix("CapEff:\t")).unwrap().to_owned()
}

#[test]
fn an_unknown_user_ends_the_run_of_root() {
    let scratch = Scratch::new();
    scratch.write("f", pcap(&[udp(b"")]));
    let ran = scratch.run(&["-nt", "-Z", "nosuch", "-r", "f"]);
    if geteuid().is_root() {
        let refused = Ran::new("", reading("f") + "sniff: Couldn't find user 'nosuch'\n", 1);
        assert_eq!(ran, refused);
        scratch.write("out", "precious");
        assert_eq!(scratch.run(&["-Z", "nosuch", "-r", "f", "-w", "out"]), refused);
        assert_eq!(scratch.read("out"), b"precious");
    } else {
        assert_eq!(ran, Ran::new(LINE, reading("f"), 0));
    }
}

#[test]
fn files_of_root_alone_are_read_and_written() {
    let scratch = Scratch::new();
    fs::DirBuilder::new().mode(0o700).create(scratch.path().join("own")).unwrap();
    for name in ["own/a", "own/b"] {
        scratch.write(name, pcap(&[udp(b"")]));
        fs::set_permissions(scratch.path().join(name), Permissions::from_mode(0o600)).unwrap();
    }
    scratch.write("list", "own/a\nown/b\n");
    let said = reading("own/a") + &reading("own/b");
    assert_eq!(scratch.run(&["-nt", "-V", "list"]), Ran::new(LINE.repeat(2), said.clone(), 0));
    assert_eq!(scratch.run(&["-V", "list", "-w", "own/out"]), Ran::new("", said, 0));
    assert_eq!(scratch.run(&["-nt", "-r", "own/out"]).stdout, LINE.repeat(2));
    // A filter is compiled inside, and may name hosts.
    assert_eq!(scratch.run(&["-nt", "-r", "own/a", "udp and not host localhost"]).stdout, LINE);
}

#[test]
fn what_protects_a_run_is_shown() {
    let scratch = Scratch::new();
    let line = |args: &[&str]| scratch.run(args).stdout.lines().nth(2).unwrap_or_default().to_owned();
    let user =
        if geteuid().is_root() { format!("sandbox: user {}, ", default_user().name) } else { "sandbox: ".to_owned() };
    let shown = line(&["--version", "-v"]);
    assert!(shown.starts_with(&format!("{user}no capabilities, no_new_privs")), "{shown}");
    assert!(shown.ends_with(", seccomp"), "{shown}");
    assert_eq!(line(&["-v", "--version", "--no-sandbox"]), format!("{user}no capabilities, no_new_privs"));
    assert_eq!(line(&["--version"]), "");
}

/// Runs a test of this file that confines its process, in one of its own.
fn alone(test: &str, scratch: &Scratch) -> Ran {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).current_dir(scratch.path());
    Ran::from(command.output().unwrap())
}

#[test]
fn what_is_not_needed_is_refused() {
    let scratch = Scratch::new();
    for name in ["input", "other"] {
        scratch.write(name, "x");
    }
    fs::create_dir(scratch.path().join("output")).unwrap();
    for test in ["confined_without_names", "confined_with_names", "confined_with_commands", "confined_with_connections"]
    {
        let ran = alone(test, &scratch);
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("1 passed"), "{}", ran.stdout);
    }
}

#[test]
fn a_panic_is_still_told() {
    let ran = alone("confined_and_panics", &Scratch::new());
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("inside the sandbox"), "{}", ran.stderr);
}

/// A policy for root who stays: what is refused is not for want of privileges.
fn policy() -> Policy {
    Policy {
        user: Some("root".to_owned()),
        confine: true,
        output: Some("output".into()),
        inputs: vec!["input".into()],
        ..Policy::default()
    }
}

fn is_denied<T>(result: io::Result<T>) -> bool {
    result.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

/// Confines this process; false, with a note, where the kernel's Landlock does
/// not cover files and TCP.
fn confine(policy: &Policy) -> bool {
    let covers = enter(policy).unwrap().landlock >= Some(4);
    if !covers {
        eprintln!("skipped: Landlock's interface is older than version 4");
    }
    covers
}

/// What is refused whatever the policy, and what never is.
fn check_always() {
    File::create("output/new").unwrap().write_all(b"x").unwrap();
    assert!(is_denied(File::create("new")));
    assert!(is_denied(fs::write("other", "y")));
    assert!(is_denied(fs::write("input", "y")));
    assert!(is_denied(fs::create_dir("output/folder")));
    fs::remove_file("output/new").unwrap();
    thread::spawn(|| assert!(is_denied(File::create("new")))).join().unwrap();
    let packets = socket(AddressFamily::Packet, SockType::Raw, SockFlag::empty(), None);
    assert_eq!(packets.err(), Some(Errno::EPERM));
    assert_eq!(unshare(CloneFlags::CLONE_NEWUSER), Err(Errno::EPERM));
    assert_eq!(setuid(Uid::from_raw(0)), Err(Errno::EPERM));
}

#[test]
#[ignore = "confines its process"]
fn confined_without_names() {
    if !confine(&policy()) {
        return;
    }
    check_always();
    File::open("input").unwrap();
    assert!(is_denied(File::open("other")));
    assert!(is_denied(File::open("/etc/passwd")));
    assert!(is_denied(UdpSocket::bind("127.0.0.1:0")));
    assert!(is_denied(Command::new("/bin/true").status()));
}

#[test]
#[ignore = "confines its process"]
fn confined_with_names() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    if !confine(&Policy { names: true, ..policy() }) {
        return;
    }
    check_always();
    assert!(is_denied(File::open("/etc/passwd")));
    File::open("/etc/hosts").unwrap();
    UdpSocket::bind("127.0.0.1:0").unwrap();
    assert!(is_denied(TcpListener::bind("127.0.0.1:0")));
    assert!(is_denied(TcpStream::connect(listener.local_addr().unwrap())));
    assert!(is_denied(Command::new("/bin/true").status()));
}

#[test]
#[ignore = "confines its process"]
fn confined_with_commands() {
    if !confine(&Policy { commands: true, ..policy() }) {
        return;
    }
    check_always();
    File::open("other").unwrap();
    assert!(Command::new("/bin/true").status().unwrap().success());
    assert!(!Command::new("sh").args(["-c", "exec 2> /dev/null; echo > new"]).status().unwrap().success());
}

#[test]
#[ignore = "confines its process"]
fn confined_with_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let policy = Policy { user: None, keeps_user: true, connects: true, removes: Some(".".into()), ..policy() };
    let user = geteuid();
    if !confine(&policy) {
        return;
    }
    assert_eq!(geteuid(), user);
    check_always();
    File::open("input").unwrap();
    assert!(is_denied(File::open("/etc/hosts")));
    TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    UdpSocket::bind("127.0.0.1:0").unwrap();
    assert!(is_denied(Command::new("/bin/true").status()));
    fs::remove_file("other").unwrap();
}

#[test]
#[ignore = "confines its process"]
fn confined_and_panics() {
    enter(&policy()).unwrap();
    panic!("inside the sandbox");
}
