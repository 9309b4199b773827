//! `/etc/services`, `/etc/protocols` and `/etc/ethers`.

use std::fs;

use foldhash::{HashMap, HashMapExt};
use sniff_dissectors::PortKind;

/// The names that the files hold; the first name of a number counts.
pub(super) struct Files {
    pub services: HashMap<(PortKind, u16), String>,
    pub protocols: HashMap<u8, String>,
    pub stations: HashMap<[u8; 6], String>,
}

impl Files {
    /// Reads the files; one that is missing has no names.
    pub(super) fn read() -> Self {
        let text = |path| fs::read_to_string(path).unwrap_or_default();
        Files {
            services: services(&text("/etc/services")),
            protocols: protocols(&text("/etc/protocols")),
            stations: stations(&text("/etc/ethers")),
        }
    }
}

/// The name of the interface with an index on this host.
pub(super) fn interface(index: u32) -> Option<String> {
    let wanted = index.to_string();
    let entries = fs::read_dir("/sys/class/net").ok()?.flatten();
    entries
        .filter(|entry| fs::read_to_string(entry.path().join("ifindex")).is_ok_and(|text| text.trim() == wanted))
        .find_map(|entry| entry.file_name().into_string().ok())
}

/// The first two words of each line that is not a comment.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        Some((words.next()?, words.next()?))
    })
}

fn services(text: &str) -> HashMap<(PortKind, u16), String> {
    let mut names = HashMap::new();
    for (name, port) in pairs(text) {
        let Some((number, protocol)) = port.split_once('/') else { continue };
        let kind = match protocol {
            "tcp" => PortKind::Tcp,
            "udp" => PortKind::Udp,
            _ => continue,
        };
        if let Ok(number) = number.parse() {
            names.entry((kind, number)).or_insert_with(|| name.to_owned());
        }
    }
    names
}

fn protocols(text: &str) -> HashMap<u8, String> {
    let mut names = HashMap::new();
    for (name, number) in pairs(text) {
        if let Ok(number) = number.parse() {
            names.entry(number).or_insert_with(|| name.to_owned());
        }
    }
    names
}

fn stations(text: &str) -> HashMap<[u8; 6], String> {
    let mut names = HashMap::new();
    for (address, name) in pairs(text) {
        let octets: Vec<u8> = address.split(':').map_while(|part| u8::from_str_radix(part, 16).ok()).collect();
        if let Ok(octets) = <[u8; 6]>::try_from(octets) {
            names.entry(octets).or_insert_with(|| name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_of_a_number_counts_and_comments_do_not() {
        let names = services("# x\nhttp\t80/tcp www # web\nalso 80/tcp\nhttp 80/udp\nbad\nodd 7/sctp\n");
        assert_eq!(names[&(PortKind::Tcp, 80)], "http");
        assert_eq!(names.len(), 2);
        assert_eq!(protocols("ip 0 IP\nicmp 1 ICMP\n")[&1], "icmp");
        assert_eq!(stations("2:0:0:0:0:a gate\n2:0 bad\n").get(&[2, 0, 0, 0, 0, 10]).unwrap(), "gate");
    }
}
