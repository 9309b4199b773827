//! The options of nc, as OpenBSD's has them, and the few that are new.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{ArgMatches, Command};

use super::exit::Failure;
use super::ports::Ports;
use super::proxy::{Protocol, Proxy};
use super::{secret, tls, tos};
use crate::cli::{NO_SANDBOX, Outcome, Row, explain, help_text, tool};

/// Options: id, letter, long name, value, help.
const ROWS: &[Row] = &[
    ("v4", Some('4'), None, None, "Use IPv4"),
    ("v6", Some('6'), None, None, "Use IPv6"),
    ("broadcast", Some('b'), None, None, "Allow broadcast"),
    ("crlf", Some('C'), None, None, "Send CR LF for each LF of the input"),
    ("debug", Some('D'), None, None, "Set the socket option SO_DEBUG"),
    ("detached", Some('d'), None, None, "Do not read standard input"),
    ("pass", Some('F'), None, None, "Pass the connected socket to standard output with sendmsg(2), and exit"),
    ("help", Some('h'), Some("help"), None, "Print help, and exit"),
    ("receive-buffer", Some('I'), None, Some("OCTETS"), "Size of the TCP receive buffer"),
    (
        "interval",
        Some('i'),
        None,
        Some("SECONDS"),
        "Wait so long between lines that are sent, and between ports that are tested",
    ),
    ("keep", Some('k'), None, None, "With -l, serve many clients, at once"),
    ("listen", Some('l'), None, None, "Listen instead of connecting"),
    ("ttl", Some('M'), None, Some("TTL"), "TTL or hop limit of what is sent"),
    ("min-ttl", Some('m'), None, Some("TTL"), "Take no packets with a lower TTL or hop limit"),
    ("shutdown", Some('N'), None, None, "Shut the connection's sending side down at the end of input"),
    ("no-names", Some('n'), None, None, "Look no names up"),
    ("send-buffer", Some('O'), None, Some("OCTETS"), "Size of the TCP send buffer"),
    (
        "proxy-user",
        Some('P'),
        None,
        Some("USER"),
        "User at the proxy; NC_PROXY_PASSWORD holds the password, or it is asked for",
    ),
    ("source-port", Some('p'), None, Some("PORT"), "Local port"),
    (
        "quit",
        Some('q'),
        None,
        Some("SECONDS"),
        "End so long after the end of input; implies -N, which is all of it with 0; never if negative (default)",
    ),
    ("random", Some('r'), None, None, "Test ports in random order, from random local ports"),
    ("md5", Some('S'), None, None, "Sign TCP with MD5 (RFC 2385); NC_MD5_SECRET holds the secret, or it is asked for"),
    ("source", Some('s'), None, Some("ADDRESS"), "Local address, or with -uU the path of the local socket"),
    ("tos", Some('T'), None, Some("KEYWORD"), "Type of service or traffic class: a name such as ef, or a number"),
    ("telnet", Some('t'), None, None, "Refuse what telnet servers offer"),
    ("unix", Some('U'), None, None, "Use UNIX sockets; a name with @ first is an abstract one"),
    ("udp", Some('u'), None, None, "Use UDP, or with -U datagrams"),
    ("table", Some('V'), None, Some("VRF"), "Use the routing table of this VRF device"),
    ("verbose", Some('v'), None, None, "Tell what happens"),
    ("limit", Some('W'), None, Some("N"), "End after N packets from the network"),
    (
        "timeout",
        Some('w'),
        None,
        Some("SECONDS"),
        "Give up after so long without a connection, and end after so long without data; with --evidence, what is no number is a file",
    ),
    (
        "proxy-protocol",
        Some('X'),
        None,
        Some("4|4A|5|connect"),
        "What the proxy speaks: SOCKS 4, 4A, 5 (default), or HTTP",
    ),
    ("proxy", Some('x'), None, Some("HOST[:PORT]"), "Connect through this proxy"),
    ("dccp", Some('Z'), None, None, "Use DCCP"),
    ("scan", Some('z'), None, None, "Only test whether ports are open"),
    (
        "evidence",
        None,
        Some("evidence"),
        None,
        "With -z, capture the packets of the tests and print them under each verdict; -w FILE keeps them as pcapng",
    ),
    ("tls", None, Some("tls"), None, "Use TLS; -v tells of the certificates"),
    ("trusting", None, Some("no-verify"), None, "Take any certificate"),
    ("authorities", None, Some("ca"), Some("FILE"), "Trust the authorities in FILE (PEM) instead of the system's"),
    ("certificate", None, Some("cert"), Some("FILE"), "The own certificate (PEM); a listener without one makes one up"),
    ("key", None, Some("key"), Some("FILE"), "Its key, if that is in another file"),
    ("server-name", None, Some("server-name"), Some("NAME"), "The name to ask for, instead of the destination"),
    ("protocols", None, Some("alpn"), Some("NAME,…"), "Application protocols to offer"),
    ("keylog", None, Some("keylog"), Some("FILE"), "Add the secrets to FILE, with which sniff http --keylog decrypts"),
    ("vsock", None, Some("vsock"), None, "Use vsock: the destination is a context id"),
    ("no-sandbox", None, Some("no-sandbox"), None, NO_SANDBOX),
];

const ABOUT: &str = "Test services, connect to them, or be one, as nc does";

const DESCRIPTION: &str = "Connects to PORT of DESTINATION, or with -l listens there, and passes standard input on \
and what comes to standard output. Ports may be ranges (20-25), lists (22,80) and names.

Exit codes: 0 all went well, or with -z a port is open; 1 refused, or an error of this host such as a bad option; \
2 no answer in time; 3 reset by the peer; 4 name not found; 5 unreachable, as ICMP or the routing table says; \
6 UDP without an answer, which is open or filtered; 7 the TLS handshake failed; 8 a proxy refuses.";

/// The usage after a bad option.
const USAGE: &str = "usage: sniff nc [-46bCDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V vrf] [-W recvlimit] [-w timeout]
	  [-X proxy_protocol] [-x proxy_address[:port]] [--evidence]
	  [--tls] [--vsock] [destination] [port]";

/// What carries the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// DCCP.
    Dccp,
    /// A UNIX stream socket.
    UnixStream,
    /// A UNIX datagram socket.
    UnixDatagram,
    /// A vsock stream.
    Vsock,
}

impl Transport {
    /// The name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
            Transport::Dccp => "dccp",
            Transport::UnixStream | Transport::UnixDatagram => "unix",
            Transport::Vsock => "vsock",
        }
    }

    /// Whether each message is a unit.
    pub(super) fn is_datagram(self) -> bool {
        matches!(self, Transport::Udp | Transport::UnixDatagram)
    }

    /// Whether it is over IP.
    pub(super) fn is_ip(self) -> bool {
        matches!(self, Transport::Tcp | Transport::Udp | Transport::Dccp)
    }
}

/// An IP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// All options of a run.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub family: Option<Family>,
    pub transport: Transport,
    pub broadcast: bool,
    pub crlf: bool,
    pub debug: bool,
    pub detached: bool,
    pub pass: bool,
    pub receive_buffer: Option<usize>,
    pub send_buffer: Option<usize>,
    pub interval: Option<Duration>,
    pub keep: bool,
    pub listen: bool,
    pub ttl: Option<u32>,
    pub min_ttl: Option<u32>,
    /// Whether the end of input shuts the sending side down.
    pub shutdown: bool,
    /// How long after the end of input the run ends.
    pub quit: Option<Duration>,
    pub numeric: bool,
    pub source: Option<OsString>,
    pub source_port: Option<u16>,
    pub random: bool,
    pub tos: Option<u32>,
    pub telnet: bool,
    /// The VRF device.
    pub table: Option<String>,
    pub verbose: bool,
    /// Packets after which the run ends.
    pub limit: Option<u64>,
    pub timeout: Option<Duration>,
    pub scan: bool,
    /// Whether the packets of tests are shown.
    pub evidence: bool,
    /// The file that keeps them.
    pub save: Option<PathBuf>,
    /// The secret of TCP's MD5 signatures.
    pub md5: Option<String>,
    /// The proxy to connect through.
    pub proxy: Option<Proxy>,
    /// What TLS is to do, if there is TLS.
    pub tls: Option<tls::Settings>,
    /// The host, the path of a UNIX socket, or a vsock context id.
    pub destination: Option<OsString>,
    pub ports: Ports,
    /// Whether Landlock and seccomp are used.
    pub sandbox: bool,
}

/// What stands instead of a run.
pub(super) enum Instead {
    /// Help for standard output.
    Help(String),
    /// A failure, with the usage if that may help.
    Failure(Failure, Option<&'static str>),
}

impl From<Failure> for Instead {
    fn from(failure: Failure) -> Self {
        Instead::Failure(failure, None)
    }
}

/// The options and their help.
pub(crate) fn command() -> Command {
    tool("sniff nc", ABOUT, ROWS, "DESTINATION PORT").long_about(ABOUT).after_long_help(DESCRIPTION)
}

/// Parses the words after `nc`.
pub(super) fn parse(words: &[OsString]) -> Result<Options, Instead> {
    let command = command();
    let matches = command.clone().try_get_matches_from(words).map_err(|error| {
        let rows: Vec<_> = ROWS.iter().collect();
        match explain(&error, words, &rows) {
            Outcome::Usage(text) => usage(text),
            Outcome::Text(text) => Failure::local(text).into(),
        }
    })?;
    if matches.get_flag("help") {
        return Err(Instead::Help(help_text(command)));
    }
    build(&matches)
}

fn usage(text: impl Into<String>) -> Instead {
    Instead::Failure(Failure::local(text), Some(USAGE))
}

fn build(matches: &ArgMatches) -> Result<Options, Instead> {
    let has = |id: &str| matches.get_flag(id);
    let value = |id: &str| matches.get_many::<OsString>(id).and_then(Iterator::last).map(OsString::as_os_str);
    let quit = value("quit").map(|text| number::<i64>("quit timer", text, i64::from(i32::MIN), i64::from(i32::MAX)));
    let quit = quit.transpose()?.and_then(|seconds| u64::try_from(seconds).ok());
    let size = |id, what| value(id).map(|text| number(what, text, 1, 65_536 << 14)).transpose();
    let hops = |id: &str| {
        let result = value(id).map(|text| number("ttl", text, 0, 255)).transpose();
        // As nc has it, without the number.
        result.map_err(|failure: Failure| {
            let text = failure.text.split(':').next().unwrap_or_default();
            Failure::local(text.replacen("ttl", &format!("{} is", id.replace('-', "")), 1))
        })
    };
    // -w is nc's timeout and tcpdump's file.
    let given = matches.get_many::<OsString>("timeout").unwrap_or_default().map(OsString::as_os_str);
    let is_time = |text: &&OsStr| !has("evidence") || text.to_string_lossy().parse::<f64>().is_ok();
    let (times, files): (Vec<_>, Vec<_>) = given.partition(is_time);
    let mut options = Options {
        family: family(has("v4"), has("v6")),
        transport: transport(matches)?,
        broadcast: has("broadcast"),
        crlf: has("crlf"),
        debug: has("debug"),
        detached: has("detached"),
        pass: has("pass"),
        receive_buffer: size("receive-buffer", "TCP receive window")?,
        send_buffer: size("send-buffer", "TCP send window")?,
        interval: value("interval").map(|text| seconds("interval", text)).transpose()?,
        keep: has("keep"),
        listen: has("listen"),
        ttl: hops("ttl")?,
        min_ttl: hops("min-ttl")?,
        shutdown: has("shutdown") || quit.is_some(),
        quit: quit.filter(|&seconds| seconds > 0).map(Duration::from_secs),
        numeric: has("no-names"),
        source: value("source").map(OsStr::to_owned),
        source_port: None,
        random: has("random"),
        tos: value("tos").map(|text| tos::parse(&text.to_string_lossy())).transpose()?,
        telnet: has("telnet"),
        table: value("table").map(|text| text.to_string_lossy().into_owned()),
        verbose: matches.get_count("verbose") > 0,
        limit: value("limit").map(|text| number("receive limit", text, 1, i32::MAX as u64)).transpose()?,
        timeout: times.last().map(|text| seconds("timeout", text)).transpose()?,
        scan: has("scan"),
        evidence: has("evidence"),
        save: files.last().map(PathBuf::from),
        md5: None,
        proxy: None,
        tls: has("tls").then(|| tls::Settings {
            trusting: has("trusting"),
            authorities: value("authorities").map(PathBuf::from),
            certificate: value("certificate").map(PathBuf::from),
            key: value("key").map(PathBuf::from),
            name: value("server-name").map(|name| name.to_string_lossy().into_owned()),
            protocols: value("protocols").map(|names| list(&names.to_string_lossy())).unwrap_or_default(),
            keylog: value("keylog").map(PathBuf::from),
        }),
        destination: None,
        ports: Ports::default(),
        sandbox: !has("no-sandbox"),
    };
    if let Some(text) = value("source-port") {
        options.source_port = Some(Ports::one(&text.to_string_lossy(), options.transport)?);
    }
    let words: Vec<_> = matches.get_many::<OsString>("words").unwrap_or_default().map(OsString::as_os_str).collect();
    options.place(&words)?;
    let protocol = value("proxy-protocol").map(|name| Protocol::from_name(&name.to_string_lossy())).transpose()?;
    if let Some(place) = value("proxy") {
        let user = value("proxy-user").map(|user| user.to_string_lossy().into_owned());
        let protocol = protocol.unwrap_or(Protocol::Socks5);
        options.proxy = Some(Proxy::new(protocol, &place.to_string_lossy(), user)?);
    }
    options.check(has("md5"))?;
    if has("md5") {
        options.md5 = Some(secret::get("NC_MD5_SECRET", "TCP MD5 secret")?);
    }
    Ok(options)
}

/// The names in a list.
fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

fn family(v4: bool, v6: bool) -> Option<Family> {
    match (v4, v6) {
        // The last would win; both are as good as none.
        (true, false) => Some(Family::V4),
        (false, true) => Some(Family::V6),
        _ => None,
    }
}

fn transport(matches: &ArgMatches) -> Result<Transport, Instead> {
    let has = |id: &str| matches.get_flag(id);
    match (has("unix"), has("udp"), has("dccp"), has("vsock")) {
        (false, false, false, false) => Ok(Transport::Tcp),
        (false, true, false, false) => Ok(Transport::Udp),
        (false, false, true, false) => Ok(Transport::Dccp),
        (true, false, false, false) => Ok(Transport::UnixStream),
        (true, true, false, false) => Ok(Transport::UnixDatagram),
        (false, false, false, true) => Ok(Transport::Vsock),
        (true, _, true, _) => Err(Failure::local("cannot use -Z and -U").into()),
        (_, true, true, _) => Err(Failure::local("cannot use -Z and -u").into()),
        (_, _, _, true) => Err(Failure::local("cannot use --vsock with -U, -u or -Z").into()),
    }
}

impl Options {
    /// Finds out which words are the destination and the ports.
    fn place(&mut self, words: &[&OsStr]) -> Result<(), Instead> {
        let is_port = |word: &OsStr| word.to_string_lossy().bytes().all(|octet| octet.is_ascii_digit());
        let (host, ports) = match (words, self.transport) {
            ([path], Transport::UnixStream | Transport::UnixDatagram) => (Some(*path), &[][..]),
            (_, Transport::UnixStream | Transport::UnixDatagram) => return Err(usage("a UNIX socket has one path")),
            ([], _) if self.listen && self.source_port.is_some() => (None, &[][..]),
            ([host], _) if self.listen && self.source_port.is_some() && !is_port(host) => (Some(*host), &[][..]),
            ([_], _) if self.listen && self.source_port.is_none() => (None, words),
            ([], _) if self.listen => return Err(Failure::local("missing port number").into()),
            ([_], _) if !self.listen => return Err(Failure::local("missing port number").into()),
            ([host, ports @ ..], _) if self.source_port.is_none() || !self.listen => (Some(*host), ports),
            _ => return Err(usage("a destination and a port are needed")),
        };
        self.destination = host.map(OsStr::to_owned);
        if !ports.is_empty() {
            let least = if self.listen { 0 } else { 1 };
            let ports: Vec<_> = ports.iter().map(|word| word.to_string_lossy()).collect();
            self.ports = Ports::parse(&ports.join(","), self.transport, least)?;
        } else if self.transport.is_ip() || self.transport == Transport::Vsock {
            self.ports = Ports::of(self.source_port.unwrap_or_default());
        }
        Ok(())
    }

    /// What cannot go together.
    fn check(&self, has_md5: bool) -> Result<(), Instead> {
        let rows = [
            (self.listen && self.scan, "cannot use -z and -l"),
            (self.listen && self.pass, "cannot use -F and -l"),
            (self.evidence && !self.scan, "must use -z with --evidence"),
            (self.evidence && self.transport == Transport::Dccp, "cannot use --evidence with -Z"),
            (self.tls.is_some() && self.transport.is_datagram(), "cannot use --tls with -u"),
            (self.tls.is_some() && (self.scan || self.pass), "cannot use --tls with -z or -F"),
            (self.proxy.is_some() && self.listen, "cannot use -x with -l"),
            (self.proxy.is_some() && self.transport != Transport::Tcp, "cannot use -x with -u, -U, -Z or --vsock"),
            (self.proxy.is_some() && self.source.is_some(), "cannot use -s with -x"),
            (has_md5 && (self.listen || self.transport != Transport::Tcp), "can use -S only to connect with TCP"),
            (self.proxy.is_some() && self.evidence, "cannot use --evidence with -x"),
            (!self.listen && self.keep, "must use -l with -k"),
            (self.pass && !self.transport.is_ip(), "cannot use -F with -U or --vsock"),
            (self.evidence && !self.transport.is_ip(), "cannot use --evidence with -U or --vsock"),
        ];
        match rows.iter().find(|row| row.0) {
            Some((_, text)) => Err(Failure::local(*text).into()),
            None if self.listen && self.ports.several() => Err(Failure::local("cannot listen on several ports").into()),
            None => Ok(()),
        }
    }

    /// The destination as text.
    pub(super) fn host(&self) -> String {
        self.destination.as_deref().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// A whole number within bounds, with nc's words for those that are not.
fn number<T: FromStr + PartialOrd + Display + Copy>(what: &str, text: &OsStr, least: T, most: T) -> Result<T, Failure> {
    let shown = text.to_string_lossy();
    let wrong = |how: &str| Failure::local(format!("{what} {how}: {shown}"));
    match shown.trim_start().parse::<T>() {
        Ok(value) if value < least => Err(wrong("too small")),
        Ok(value) if value > most => Err(wrong("too large")),
        Ok(value) => Ok(value),
        Err(_) => match shown.parse::<i128>() {
            Ok(..0) => Err(wrong("too small")),
            Ok(_) => Err(wrong("too large")),
            Err(_) => Err(wrong("invalid")),
        },
    }
}

/// Seconds, which may have a fraction.
fn seconds(what: &str, text: &OsStr) -> Result<Duration, Failure> {
    /// More than a human's life is as good as for ever.
    const MOST: f64 = 4_294_967_295.0;
    let shown = text.to_string_lossy();
    let wrong = |how: &str| Failure::local(format!("{what} {how}: {shown}"));
    match shown.trim_start().parse::<f64>() {
        Ok(value) if value < 0.0 => Err(wrong("too small")),
        Ok(value) if value > MOST => Err(wrong("too large")),
        Ok(value) if value.is_finite() => Ok(Duration::from_secs_f64(value)),
        _ => Err(wrong("invalid")),
    }
}
