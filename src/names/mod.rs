//! Names of hosts, services and protocols, looked up beside the printing.

mod files;
mod resolver;

use foldhash::HashMap;
use sniff_captures::link;
use sniff_dissectors::{Names, PortKind};

use files::Files;
use resolver::Resolver;

/// Interface indices that are remembered; a packet can name any.
const MAX_INTERFACES: usize = 4096;

/// Names from the system's files, from captured DNS answers, and from reverse
/// DNS, which a line waits for at most 0.2 s. Each is read or
/// started when it is first asked for.
#[derive(Default)]
pub struct SystemNames {
    files: Option<Files>,
    resolver: Option<Resolver>,
    interfaces: HashMap<u32, Option<String>>,
    link_type: Option<String>,
}

impl SystemNames {
    fn files(&mut self) -> &Files {
        self.files.get_or_insert_with(Files::read)
    }

    fn resolver(&mut self) -> &mut Resolver {
        self.resolver.get_or_insert_with(Resolver::start)
    }
}

impl Names for SystemNames {
    fn ipv4(&mut self, address: [u8; 4]) -> Option<&str> {
        self.resolver().name(address.into())
    }

    fn ipv6(&mut self, address: [u8; 16]) -> Option<&str> {
        self.resolver().name(address.into())
    }

    fn mac(&mut self, address: [u8; 6]) -> Option<&str> {
        self.files().stations.get(&address).map(String::as_str)
    }

    fn port(&mut self, kind: PortKind, port: u16) -> Option<&str> {
        self.files().services.get(&(kind, port)).map(String::as_str)
    }

    fn protocol(&mut self, number: u8) -> Option<&str> {
        self.files().protocols.get(&number).map(String::as_str)
    }

    fn interface(&mut self, index: u32) -> Option<&str> {
        if self.interfaces.len() > MAX_INTERFACES {
            self.interfaces.clear();
        }
        self.interfaces.entry(index).or_insert_with(|| files::interface(index)).as_deref()
    }

    fn link_type(&mut self, dlt: u32) -> Option<&str> {
        self.link_type = link::name(i32::try_from(dlt).ok()?).map(|(name, _)| name);
        self.link_type.as_deref()
    }

    fn learn_ipv4(&mut self, name: &[u8], address: [u8; 4]) {
        self.resolver().learn(address.into(), name);
    }

    fn learn_ipv6(&mut self, name: &[u8], address: [u8; 16]) {
        self.resolver().learn(address.into(), name);
    }
}
