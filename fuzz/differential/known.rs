//! What differs only because tcpdump 4.99.6, which sniff follows, differs from
//! 4.99.3, which Debian installs. Both texts are brought to the same form.

/// A pattern, what stands for it, and why.
pub struct Known {
    pub pattern: &'static str,
    pub form: &'static str,
    pub reason: &'static str,
}

pub const KNOWN: &[Known] = &[
    Known {
        pattern: r"(?x):?\ ?(IP6?\ ?)?\ ?(\(((hlim|tos)\ [^)]*\)?(\ ?\)?)?)?\ ?)? (,?\ ? (\[\|ip6?\]
            | IP\d+\ \(invalid\) | IP6,\ wrong\ link-layer\ encapsulation\ \(invalid\)
            | \[version\ \d+\ !=\ [46]\]\ \(invalid\) | truncated-ip6?\ -\ \d+\ bytes\ missing!
            | version\ error:\ \d+\ !=\ 6
            | \[((header|total|header\+payload)\ )?length\ \d+\ [<>]\ (length\ )?\d+\]\ \(invalid\)
            | bad-hlen\ \d+ | bad-len\ \d+) \ ?)+",
        form: "[ip]",
        reason: "4.99.6 prints the protocol before it marks a damaged header of IP, and tells both versions or lengths",
    },
    Known {
        pattern: r"proto HBH \(0\)",
        form: "proto Options (0)",
        reason: "4.99.6 has a table of protocols of its own, Debian's asks the C library",
    },
    Known { pattern: r" payload length: (\d+)\)", form: ", payload length $1)", reason: "4.99.6 has a comma" },
    Known {
        pattern: r"bad udp cksum 0x0000 -> 0x[0-9a-f]{4}!",
        form: "no cksum",
        reason: "4.99.6 says so of a zero checksum over IPv6 too",
    },
    Known {
        pattern: r", \[(ack|urg) \d+ != 0 while (ACK|URG) flag not set\]",
        form: "",
        reason: "4.99.6 tells of numbers that no flag announces",
    },
    Known { pattern: r"kerberos v", form: " v", reason: "4.99.6 names the protocol" },
];
