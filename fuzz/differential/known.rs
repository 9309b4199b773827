//! What differs only because tcpdump 4.99.6, which sniff follows, differs from
//! 4.99.3, which Debian installs. Both texts are brought to the same form.

/// A pattern, what stands for it, and why.
pub struct Known {
    pub pattern: &'static str,
    pub form: &'static str,
    pub reason: &'static str,
}

/// Packets that are not compared: what 4.99.6 prints of them 4.99.3 does not at all.
pub const APART: &[&str] = &[
    // Packets of an interface that segments TCP itself have no length.
    r"bad-len 0|presumed TSO",
    // 4.99.6 takes a header of UDP behind the end of IP for cut.
    r"UDP, bad length \d+ > [0-7]\b",
    // The ports of a segment are tried in another order.
    r"\[prefix length",
    // 4.99.6 ends a packet with the length of IP.
    r"\[length \d+ < caplen|UDP, bad length \d+ > [0-7]\b",
    // What is no LocalTalk is not taken for it where a port below 1024 is known.
    r"\.(319|320|832)\b[^\n]*(\[\|(ddp|llap)|kip |at-[a-z#])",
    // The version of PTP with another minor version than zero.
    r"PTPv(1[6-9]|[2-9]\d|\d{3})",
    // 4.99.6 has VXLAN at the port that was OTV's.
    r"\bOTV\b",
    // 4.99.6 tries the ports of PTP before those of AppleTalk.
    r"\.(319|320)( >|:)[^\n]*( kip | \[\|s?ddp| at-)",
    // 4.99.6 bounds the options of IP.
    r"truncated-option",
];

pub const KNOWN: &[Known] = &[
    Known {
        pattern: r"(?x)([:,]?\ *(IP6?\ ?)?\ ?(\((hlim|tos|class|flowlabel)([^()]|\([^()]*\))*\)?\ ?|\(\ ?)?(,?\ ?(\[\|ip6?\]
            | IP\d+\ \(invalid\) | IP6,\ wrong\ link-layer\ encapsulation\ \(invalid\)
            | \[version\ \d+\ !=\ [46]\]\ \(invalid\) | truncated-ip6?\ (\d+|-\ \d+\ bytes\ missing!)
            | version\ error:\ \d+\ !=\ 6
            | \[((header|total|header\+payload)\ )?length\ \d+\ [<>]\ (length\ )?\d+\]\ \(invalid\)
            | bad-hlen\ \d+ | bad-len\ \d+)\ ?)+)+\ *",
        form: "[ip]",
        reason: "4.99.6 prints the protocol before it marks a damaged header of IP, and tells both versions or lengths",
    },
    Known {
        pattern: r"\[ip\]\}",
        form: "[ip]",
        reason: "4.99.6 gives up a packet of L2TP whose inner header of IP is cut",
    },
    Known {
        pattern: r"(proto|next-header) (HBH|Options) \(0\)",
        form: "HBH",
        reason: "4.99.6 has a table of protocols of its own, Debian's asks the C library",
    },
    Known { pattern: r" payload length: (\d+)\)", form: ", payload length $1)", reason: "4.99.6 has a comma" },
    Known {
        pattern: r"\[bad udp cksum 0x0000 -> 0x[0-9a-f]{4}!\] |\[no cksum\] ",
        form: "",
        reason: "4.99.6 says that a checksum is zero over IPv6 too",
    },
    Known {
        pattern: r", \[(ack|urg) \d+ != 0 while (ACK|URG) flag not set\]",
        form: "",
        reason: "4.99.6 tells of numbers that no flag announces",
    },
    Known {
        pattern: r"(Flags \[[^\]]*R[^\]]*\])(?s:.*)",
        form: "$1",
        reason: "4.99.6 prints the payload of a reset as text only, and marks it where it is cut",
    },
    Known {
        pattern: r"s?opt_type (0x[0-9a-f]{2}): |unknown (sub)?opt-type (0x[0-9a-f]{2}) ",
        form: "opt $1$3 ",
        reason: "4.99.6 says that the type of an option of IPv6 is unknown",
    },
    Known {
        pattern: r"((HBH|DSTOPT)\b[^\n]*?)( ?\(\w+: (invalid len \d+|trunc)\))? *(\[\|(hbh|dst)opt\]|\[(\(\w+\) )?(remaining )?length \d+ (<|!=) \d+\] \(invalid\))[^\n]*",
        form: "$1",
        reason: "4.99.6 checks the lengths of options of IPv6 and stops at the first that is wrong",
    },
    Known {
        pattern: r"\[\|(hbh|dst)opt\][^\n]*",
        form: "",
        reason: "4.99.6 seeks no jumbo payload in options of IPv6 that are cut",
    },
    Known {
        pattern: r"frag \([^\n]*|\[\|frag6\][^\n]*",
        form: "frag",
        reason: "4.99.6 reads a whole fragment header first, and prints its offset in 32 bits",
    },
    Known {
        pattern: r"mobility: [^\n]*|\(header length \d+ is too small[^\n]*|\[\|mobility\]",
        form: "mobility",
        reason: "4.99.6 prints the protocol first, bounds the options and calls bad ones invalid",
    },
    Known {
        pattern: r"ICMP6, (who-are-you|node information)[^\n]*",
        form: "ICMP6, node information",
        reason: "4.99.6 prints node information as RFC 4620 has it",
    },
    Known { pattern: r"\[\|(krb|kerberos)?\]|kerberos", form: "", reason: "4.99.6 prints the protocol's name" },
    Known {
        pattern: r"Type\d+|HTTPS|SVCB|CAA|AVC|DOA|AMTRELAY|TALINK|TA|DLV|CDS|CDNSKEY|OPENPGPKEY|CSYNC|ZONEMD|SMIMEA|UNSPECA|UNSPEC|HIP|NINFO|RKEY|TLSA|NSEC3(PARAM)?|DHCID|EUI(48|64)|NID|L(32|64|P)|URI[^\n]*",
        form: "TYPE",
        reason: "4.99.4 has more names of types; 4.99.5 checks the length of a URI",
    },
    Known {
        pattern: r"\n\t( \[\|icmp\]|\[ip\]( ?\[\|icmp\])?)(\n\tICMP Multi-Part extension(?s:.*))?",
        form: "\n\t[ip]",
        reason: "4.99.6 marks a packet in ICMP as IP does, and goes on behind it",
    },
    Known {
        pattern: r"(\[w/data\]) ?\[ip\](?s:.*)",
        form: "$1",
        reason: "4.99.6 goes on behind a damaged packet in MSDP",
    },
    Known {
        pattern: r"PTPv\d+(\.\d+)?(, (v1 compat : \w+|majorSdoId: 0x[0-9a-f]+))?",
        form: "PTP",
        reason: "4.99.6 knows the minor version and the whole of the SdoId",
    },
    Known { pattern: r" :", form: ":", reason: "4.99.6 has no blank before colons in PTP" },
    Known { pattern: r"signalling", form: "signaling", reason: "4.99.5 mended the spelling" },
    Known {
        pattern: r"(msg type: management msg)[^\n]*",
        form: "$1",
        reason: "4.99.6 reads management messages right",
    },
    Known { pattern: r"(\d{4})[/-](\d\d)[/-](\d\d)", form: "$1-$2-$3", reason: "4.99.5 prints dates with hyphens" },
    Known {
        pattern: r"(\d+\.\d{9}) \(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)",
        form: "$1",
        reason: "4.99.6 counts seconds of NTP from 2036 on where the highest bit is clear",
    },
    Known { pattern: r"Originator Timestamp", form: "Origin Timestamp", reason: "4.99.6 has the name of RFC 5905" },
    Known {
        pattern: r"\n?[ \t]*(TimeStamp Sent|Sender Timestamp|TimeStamp Received|Receiver Timestamp): *",
        form: " timestamp ",
        reason: "4.99.6 has the names of RFC 8029, each on its line",
    },
    Known {
        pattern: r"SZTP-Redirect \(143\)[^\n]*(\n\t+( +length \d| +trailing)[^\n]*)*|Unknown \(143\)[^\n]*(\n\t +trailing[^\n]*)?",
        form: "SZTP",
        reason: "4.99.5 knows the option of RFC 8572",
    },
    Known {
        pattern: r"(PF \(21\)|Static-Route \(33\))[^\n]*(\n\t +trailing[^\n]*)?",
        form: "$1",
        reason: "4.99.6 says that a length is no multiple of eight",
    },
    Known {
        pattern: r"\((opt_(15|16|59|136)|Bootfile-URL|SZTP-redirect|user-class)[^()]*\)|(client|server)-ID [^()]*|opt_59|opt_136|Bootfile-URL|SZTP-redirect",
        form: "",
        reason: "4.99.5 knows more options and identifiers of DHCPv6",
    },
    Known {
        pattern: r"(?x)(CDPv\d+,\ ttl:\ \d+s | ,\ Device-ID\ '[^\n]*' | \(malformed\ TLV\))
            (\n\t\ +0x[0-9a-f]{4}:\ [0-9a-f\ ]*[0-9a-f])*
            (((\ \((remaining\ packet|TLV)\ length[^\n()]*\)|,\ [^\n,']*\ too\ short)\ \(invalid\))?\ ?\[\|cdp\]
            | ,\ length\ \d+)?",
        form: "$1",
        reason: "4.99.5 reads and dumps the elements of CDP that have no text with -v only",
    },
    Known {
        pattern: r" ?\[\|(http|ftp|whois|rtsp|sip|smtp|http|finger|syslog)\]",
        form: "",
        reason: "4.99.5 marks text only where it is cut",
    },
    Known {
        pattern: r"flags 0x[0-9a-f]{2} \([^)]*\)",
        form: "flags",
        reason: "4.99.5 prints the flags of ZMTP as other printers do",
    },
    Known { pattern: r"(nspi=\d+)( spi=|,)[^)]*", form: "$1", reason: "4.99.5 prints no SPI that has no octets" },
    Known {
        pattern: r"\[vers \d+\] \(invalid\)|ripng \[version \d+, must be 1\] \(invalid\)",
        form: "ripng version",
        reason: "4.99.5 says what the version must be",
    },
    Known {
        pattern: r"(Common Session Parameters)(?s:.*)",
        form: "$1",
        reason: "4.99.5 prints the other fields of the element",
    },
    Known {
        pattern: r"\s*\(\d bytes is too few to decode\) \(invalid\)|\n\s+RPKI-RTRv\d+ \(unknown\)",
        form: "",
        reason: "4.99.5 checks the length of a PDU before it reads",
    },
    Known {
        pattern: r", actions_len \d+|(\n\s+action)?\s*\[remaining length \d+ < \d+\]|(\n\s+action)?\s*( \(invalid\))? \[\|openflow\]",
        form: "",
        reason: "4.99.5 bounds lists of actions, queues and ports of OpenFlow 1.0",
    },
    Known { pattern: r"(frame decoding below)(?s:.*)", form: "$1", reason: "4.99.5 bounds the frames in OpenFlow 1.0" },
    Known { pattern: r"(LS-Ack)(?s:.*)", form: "$1", reason: "4.99.5 does not read past the last acknowledgement" },
    Known { pattern: r"\(LR\)[^\n]*|flags:([0-9a-f]{2})", form: "$1", reason: "4.99.4 names a field of RPL" },
    Known { pattern: r"(lwres)[^\n]*", form: "$1", reason: "4.99.5 checks a length where it was undefined" },
    Known {
        pattern: r"\n\s+(Advertising Router [^\n]*, length 1844\d+|Bogus length \d+ < header \(20\))(?s:.*)",
        form: "",
        reason: "4.99.5 says that the length of an LSA is less than a header, where it was undefined",
    },
    Known {
        pattern: r"(Opaque-Type Router Information LSA \(4\))(?s:.*)",
        form: "$1",
        reason: "4.99.5 pads TLVs to four octets",
    },
    Known {
        pattern: r"(IE Timestamp \(5\), length 18:) ?(\n\t +0x0000: [0-9a-f ]*[0-9a-f])?",
        form: "$1",
        reason: "4.99.5 takes no timestamp of a multilink for a time of this machine",
    },
    Known { pattern: r"(Call-Back Option \(0x0d\), length \d+:) :", form: "$1", reason: "4.99.5 has a colon less" },
    Known { pattern: r" +", form: " ", reason: "damaged headers of IP leave a blank" },
];
