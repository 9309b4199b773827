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
        pattern: r"(IP6? )?(\((hlim|tos) [^)]*\)?( ?\)?)? ?)? ?\[\|ip6?\]",
        form: "[|ip]",
        reason: "4.99.6 prints the protocol and what it read before it marks a cut header",
    },
    Known {
        pattern: r"IP\d+ \(invalid\)|IP6, wrong link-layer encapsulation \(invalid\)|(IP )? ?\[version \d+ != [46]\] \(invalid\)",
        form: "[version]",
        reason: "4.99.6 tells both versions",
    },
    Known {
        pattern: r"truncated-ip6? - \d+ bytes missing!|\[(total|header\+payload) length \d+ > length \d+\] \(invalid\)",
        form: "[missing]",
        reason: "4.99.6 tells both lengths",
    },
    Known {
        pattern: r"(bad-hlen|bad-len) \d+|\[(header|total) length \d+ [<>] (length )?\d+\] \(invalid\)",
        form: "[bad-length]",
        reason: "4.99.6 tells both lengths",
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
