//! `sniff nc`: tests services, connects to them and is one, with the options of
//! OpenBSD's nc. Where nc says what is not so, this says what is.

pub(crate) mod address;
pub(crate) mod channel;
mod client;
mod datagrams;
mod evidence;
pub(crate) mod exit;
mod headers;
pub(crate) mod icmp;
mod listener;
mod options;
mod ports;
pub(crate) mod probe;
mod proxy;
mod pump;
mod relay;
mod scan;
mod secret;
mod serve;
pub(crate) mod socket;
mod stdio;
mod telnet;
pub(crate) mod tls;
mod tos;
pub(crate) mod verdict;
pub(crate) mod wait;

use std::ffi::OsString;

use crate::message;
use crate::pipeline;
use crate::sandbox::{self, Policy};
use exit::{Exit, Failure};
pub(crate) use options::command;
use options::{Instead, Options, Transport};

/// The word that asks for this.
pub const WORD: &str = "nc";

/// Runs with the words after `nc`; the exit code.
pub fn run(words: &[OsString]) -> u8 {
    let result = match options::parse(words) {
        Ok(options) => start(&options),
        Err(Instead::Help(text)) => {
            return pipeline::show(&text).map_or_else(|error| pipeline::unwritten(&error), |()| 0);
        }
        Err(Instead::Failure(failure, usage)) => {
            say(&failure.text);
            usage.into_iter().for_each(message::line);
            return failure.exit.code();
        }
    };
    match result {
        Ok(exit) => exit.code(),
        Err(failure) => {
            if !failure.text.is_empty() {
                say(&failure.text);
            }
            failure.exit.code()
        }
    }
}

fn start(options: &Options) -> Result<Exit, Failure> {
    match (options.scan, options.listen) {
        (true, _) if options.proxy.is_some() => client::scan(options),
        (true, _) if options.transport.is_ip() => scan::run(options),
        (_, true) if options.transport.is_datagram() => datagrams::listen(options),
        (_, true) => listener::run(options),
        _ => client::run(options),
    }
}

/// Gives up what is not needed once there is a connection, a listener, or a test to begin:
/// but for `policy` only descriptors that are open. Root stays root, without capabilities.
fn confine(options: &Options, policy: Policy) -> Result<(), Failure> {
    let policy = Policy { confine: options.sandbox, keeps_user: true, ..policy };
    sandbox::enter(&policy).map(drop).map_err(Failure::local)
}

/// A message, as nc begins its own.
fn say(text: &str) {
    message::line(&format!("nc: {text}"));
}

/// A message with `-v`, which has no beginning.
fn tell(options: &Options, text: impl FnOnce() -> String) {
    if options.verbose {
        message::line(&text());
    }
}

/// A port and its transport, as in `port [tcp/http]`.
fn service(transport: Transport, port: u16, names: bool) -> String {
    use sniff_dissectors::{Names, PortKind};
    let kind = if transport == Transport::Udp { PortKind::Udp } else { PortKind::Tcp };
    let mut files = crate::names::SystemNames::default();
    let name = if names { files.port(kind, port) } else { None };
    format!("[{}/{}]", transport.name(), name.unwrap_or("*"))
}
