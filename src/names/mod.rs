//! Names of hosts, services and protocols, looked up beside the printing.

mod files;
mod resolver;

use sniff_dissectors::{Names, PortKind};

use files::Files;
use resolver::Resolver;

/// Names from the system's files, from captured DNS answers, and from reverse
/// DNS, which a line waits for at most [`resolver::PATIENCE`].
pub struct SystemNames {
    files: Files,
    resolver: Resolver,
}

impl SystemNames {
    /// Reads the system's files and starts the resolver.
    pub fn new() -> Self {
        SystemNames { files: Files::read(), resolver: Resolver::start() }
    }
}

impl Default for SystemNames {
    fn default() -> Self {
        Self::new()
    }
}

impl Names for SystemNames {
    fn ipv4(&mut self, address: [u8; 4]) -> Option<&str> {
        self.resolver.name(address.into())
    }

    fn ipv6(&mut self, address: [u8; 16]) -> Option<&str> {
        self.resolver.name(address.into())
    }

    fn mac(&mut self, address: [u8; 6]) -> Option<&str> {
        self.files.stations.get(&address).map(String::as_str)
    }

    fn port(&mut self, kind: PortKind, port: u16) -> Option<&str> {
        self.files.services.get(&(kind, port)).map(String::as_str)
    }

    fn protocol(&mut self, number: u8) -> Option<&str> {
        self.files.protocols.get(&number).map(String::as_str)
    }

    fn learn_ipv4(&mut self, name: &[u8], address: [u8; 4]) {
        self.resolver.learn(address.into(), name);
    }

    fn learn_ipv6(&mut self, name: &[u8], address: [u8; 16]) {
        self.resolver.learn(address.into(), name);
    }
}
