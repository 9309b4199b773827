//! What is measured, and the goals.

use std::fmt;

/// Where standard output goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Null,
    /// A file in the folder of the inputs.
    File,
    /// A pipe that is read as fast as it can be.
    Pipe,
    /// A pipe; the time ends with its first octets.
    FirstLine,
}

/// Who takes part: a program and its arguments, where `IN` is the input and
/// `OUT` a file to write.
pub struct Who(pub &'static [&'static str]);

impl Who {
    pub fn program(&self) -> &'static str {
        self.0[0]
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// A goal of one who takes part, by place in the row.
pub enum Goal {
    /// So many times faster than another one, at least.
    Faster { who: usize, than: usize, times: f64 },
    /// At most so many times what another one takes.
    Within { who: usize, than: usize, times: f64 },
    /// At most so many megabytes at the peak.
    Memory { who: usize, megabytes: f64 },
}

pub struct Row {
    pub work: &'static str,
    /// The input's name.
    pub input: &'static str,
    pub output: Output,
    pub who: &'static [Who],
    pub goals: &'static [Goal],
    /// Turns to take at least, where more than usual.
    pub turns: usize,
}

impl Row {
    pub fn contains(&self, text: &str) -> bool {
        self.work.contains(text) || self.who.iter().any(|who| who.to_string().contains(text))
    }
}

/// A row of `sniff` against tcpdump with the same arguments.
macro_rules! both {
    ($work:literal, $input:literal, $output:ident, $times:literal, $($arg:literal)*) => {
        Row {
            work: $work,
            input: $input,
            output: Output::$output,
            who: &[Who(&["sniff", $($arg),*]), Who(&["tcpdump", $($arg),*])],
            goals: &[Goal::Faster { who: 0, than: 1, times: $times }],
            turns: 0,
        }
    };
}

/// How the names of inputs end that are shorter than others.
pub const CUT: &str = "-cut.pcap";

/// Inputs that are heavy in some protocols with every kind of their messages, and
/// the captures of the tests that they are made of.
pub const MESSAGES: &[(&str, &[&str])] = &[
    ("bgp-messages", &["bgp.pcap"]),
    ("dns-messages", &["dns.pcap"]),
    ("igp", &["isoclns.pcap", "ospf.pcap", "ospf3.pcap"]),
];

pub const ROWS: &[Row] = &[
    Row {
        work: "-n to /dev/null",
        input: "mix.pcap",
        output: Output::Null,
        who: &[
            Who(&["sniff", "-n", "-r", "IN"]),
            Who(&["sniff", "--threads", "1", "-n", "-r", "IN"]),
            Who(&["tcpdump", "-n", "-r", "IN"]),
        ],
        goals: &[
            Goal::Faster { who: 0, than: 2, times: 16.0 },
            Goal::Faster { who: 1, than: 2, times: 9.0 },
            Goal::Memory { who: 0, megabytes: 16.0 },
        ],
        turns: 0,
    },
    both!("-n to /dev/null, one bulk flow", "elephant.pcap", Null, 16.0, "-n" "-r" "IN"),
    both!("-n to a file", "mix.pcap", File, 10.0, "-n" "-r" "IN"),
    both!("-nv to /dev/null", "mix.pcap", Null, 10.0, "-nv" "-r" "IN"),
    both!("-ne to /dev/null", "mix.pcap", Null, 10.0, "-ne" "-r" "IN"),
    both!("-n -X to /dev/null", "mix-cut.pcap", Null, 30.0, "-nX" "-r" "IN"),
    both!("-n -X to a pipe", "mix-cut.pcap", Pipe, 15.0, "-nX" "-r" "IN"),
    both!("-n -A to /dev/null", "mix-cut.pcap", Null, 25.0, "-nA" "-r" "IN"),
    both!("BGP, -n", "bgp.pcap", Null, 10.0, "-n" "-r" "IN"),
    both!("BGP, -nv", "bgp-cut.pcap", Null, 10.0, "-nv" "-r" "IN"),
    both!("DNS, -n", "dns.pcap", Null, 10.0, "-n" "-r" "IN"),
    both!("DNS, -nv", "dns-cut.pcap", Null, 10.0, "-nv" "-r" "IN"),
    both!("BGP, all kinds of messages, -n", "bgp-messages.pcap", Null, 10.0, "-n" "-r" "IN"),
    both!("BGP, all kinds of messages, -nv", "bgp-messages-cut.pcap", Null, 10.0, "-nv" "-r" "IN"),
    both!("DNS, all kinds of messages, -n", "dns-messages.pcap", Null, 10.0, "-n" "-r" "IN"),
    both!("DNS, all kinds of messages, -nv", "dns-messages-cut.pcap", Null, 10.0, "-nv" "-r" "IN"),
    both!("IS-IS and OSPF, -n", "igp.pcap", Null, 10.0, "-n" "-r" "IN"),
    both!("IS-IS and OSPF, -nv", "igp-cut.pcap", Null, 10.0, "-nv" "-r" "IN"),
    both!("tcp port 80, printed", "mix.pcap", Null, 4.0, "-n" "-r" "IN" "tcp port 80"),
    both!("--count", "mix.pcap", Null, 2.2, "--count" "-r" "IN"),
    both!("--count with a filter", "mix.pcap", Null, 2.2, "--count" "-r" "IN" "tcp port 80"),
    Row {
        work: "-w, a copy",
        input: "mix.pcap",
        output: Output::Null,
        who: &[
            Who(&["sniff", "-Z", "root", "-r", "IN", "-w", "OUT"]),
            Who(&["tcpdump", "-Z", "root", "-r", "IN", "-w", "OUT"]),
            Who(&["cp", "IN", "OUT"]),
        ],
        goals: &[Goal::Faster { who: 0, than: 1, times: 2.2 }, Goal::Within { who: 0, than: 2, times: 1.2 }],
        turns: 0,
    },
    both!("-w with a filter", "mix.pcap", Null, 2.2, "-Z" "root" "-r" "IN" "-w" "OUT" "tcp port 80"),
    Row {
        work: "start to the first line of a small file",
        input: "small.pcap",
        output: Output::FirstLine,
        who: &[Who(&["sniff", "-n", "-r", "IN"]), Who(&["tcpdump", "-n", "-r", "IN"])],
        goals: &[Goal::Faster { who: 0, than: 1, times: 1.0 }],
        turns: 301,
    },
    Row {
        work: "limits: reading the capture",
        input: "mix.pcap",
        output: Output::Null,
        who: &[Who(&["cp", "IN", "OUT"]), Who(&["cat", "IN"])],
        goals: &[],
        turns: 0,
    },
    Row {
        work: "limits: reading its text",
        input: "mix.txt",
        output: Output::Null,
        who: &[Who(&["wc", "-l", "IN"]), Who(&["cat", "IN"])],
        goals: &[],
        turns: 0,
    },
];
