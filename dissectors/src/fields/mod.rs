//! All fields that dissectors note: name, kind and meaning, stated once. Names
//! are Wireshark's display-filter names where it has one.

mod captured;
mod gateways;
mod lans;
mod link;
mod management;
mod naming;
mod netflow;
mod network;
mod openflow;
mod other;
mod radio;
mod radius;
mod routing;
mod security;
mod states;
mod storage;
mod switching;
mod text;
mod transport;
mod tunnel;
mod wireless;

use std::cmp::Ordering;

/// What a field holds, and how a table shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An unsigned number.
    Decimal,
    /// An unsigned number, in tables with `0x` and so many hexadecimal digits.
    Hex(u8),
    /// A signed number.
    Signed,
    /// A yes or no.
    Flag,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A MAC address.
    Mac,
    /// Text.
    Text,
    /// Text in UTF-8 that dissectors wrote, and that is shown as it is.
    Utf8,
    /// Octets, in hexadecimal pairs.
    Octets,
    /// Octets, in hexadecimal pairs with colons between them.
    Colons,
    /// A time in nanoseconds, shown in seconds: since 1970, or a duration.
    Seconds,
}

impl Kind {
    /// The kind's name in the list of fields.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Decimal | Kind::Hex(_) => "number",
            Kind::Signed => "signed",
            Kind::Flag => "flag",
            Kind::Ipv4 => "ipv4",
            Kind::Ipv6 => "ipv6",
            Kind::Mac => "mac",
            Kind::Text | Kind::Utf8 => "text",
            Kind::Octets | Kind::Colons => "octets",
            Kind::Seconds => "seconds",
        }
    }
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Its name, as in `tcp.srcport`.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means.
    pub about: &'static str,
}

impl Info {
    /// The protocol that it belongs to: the name up to the first dot.
    pub fn protocol(&self) -> &'static str {
        prefix(self.name)
    }
}

/// The tables, by the rooms of their dissectors.
const TABLES: &[&[(&str, Kind, &str)]] = &[
    captured::ROWS,
    link::ROWS,
    network::ROWS,
    transport::ROWS,
    text::ROWS,
    naming::ROWS,
    security::ROWS,
    radius::ROWS,
    management::ROWS,
    netflow::ROWS,
    openflow::ROWS,
    switching::ROWS,
    lans::ROWS,
    tunnel::ROWS,
    routing::ROWS,
    storage::ROWS,
    gateways::ROWS,
    states::ROWS,
    other::ROWS,
    radio::ROWS,
    wireless::ROWS,
];

/// How many fields there are.
const COUNT: usize = {
    let (mut count, mut at) = (0, 0);
    while at < TABLES.len() {
        count += TABLES[at].len();
        at += 1;
    }
    count
};

static FIELDS: [Info; COUNT] = {
    let mut all = [Info { name: "", kind: Kind::Decimal, about: "" }; COUNT];
    let (mut to, mut table) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            let (name, kind, about) = TABLES[table][row];
            assert!(row == 0 || matches!(order(TABLES[table][row - 1].0.as_bytes(), name.as_bytes()), Ordering::Less));
            all[to] = Info { name, kind, about };
            (to, row) = (to + 1, row + 1);
        }
        table += 1;
    }
    all
};

/// Names that stand for several fields.
const GROUPS: &[(&str, &[&str], &str)] = &[
    ("arp.hw_mac", &["arp.src.hw_mac", "arp.dst.hw_mac"], "Either MAC address"),
    ("arp.proto_ipv4", &["arp.src.proto_ipv4", "arp.dst.proto_ipv4"], "Either IPv4 address"),
    ("dccp.port", &["dccp.srcport", "dccp.dstport"], "Either port"),
    ("eth.addr", &["eth.src", "eth.dst"], "Either address"),
    ("fddi.addr", &["fddi.src", "fddi.dst"], "Either address"),
    ("ip.addr", &["ip.src", "ip.dst"], "Either address"),
    ("ipv6.addr", &["ipv6.src", "ipv6.dst"], "Either address"),
    ("sctp.port", &["sctp.srcport", "sctp.dstport"], "Either port"),
    ("tcp.port", &["tcp.srcport", "tcp.dstport"], "Either port"),
    ("tr.addr", &["tr.src", "tr.dst"], "Either address"),
    ("udp.port", &["udp.srcport", "udp.dstport"], "Either port"),
    ("usb.addr", &["usb.src", "usb.dst"], "Either address"),
    ("wlan.addr", &["wlan.ra", "wlan.ta", "wlan.da", "wlan.sa", "wlan.bssid"], "Any address"),
];

/// A field, as a number; small and quick to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u16);

impl Id {
    /// The field of a name. For constants: the tables that it reads are then not in the program.
    ///
    /// # Panics
    /// No field has it: in a constant, as nearly everywhere, that is an error while compiling.
    pub const fn of(name: &str) -> Self {
        let (mut before, mut table) = (0, 0);
        while table < TABLES.len() {
            if let Some(row) = row(TABLES[table], name.as_bytes()) {
                return Id((before + row) as u16);
            }
            before += TABLES[table].len();
            table += 1;
        }
        panic!("no table of fields has this name");
    }

    /// The field of a name, if it is registered.
    pub fn find(name: &str) -> Option<Self> {
        FIELDS.iter().position(|info| info.name == name).map(|at| Id(at as u16))
    }

    /// What is known of it; nothing if it is not registered.
    #[inline]
    pub fn info(self) -> Option<&'static Info> {
        FIELDS.get(usize::from(self.0))
    }

    /// Its place among all fields, below [`count`].
    #[inline]
    pub fn index(self) -> usize {
        self.0.into()
    }

    /// The protocol that it belongs to: the name up to the first dot.
    #[inline]
    pub fn protocol(self) -> &'static str {
        PROTOCOLS.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

/// The row of a name in a table, which is in the order of the names: compilers
/// find some thousand of them, and a walk over all rows takes them a minute.
const fn row(table: &[(&str, Kind, &str)], name: &[u8]) -> Option<usize> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = (low + high) / 2;
        match order(table[middle].0.as_bytes(), name) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Some(middle),
        }
    }
    None
}

const fn order(a: &[u8], b: &[u8]) -> Ordering {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return if a[at] < b[at] { Ordering::Less } else { Ordering::Greater };
        }
        at += 1;
    }
    match (at < a.len(), at < b.len()) {
        (true, _) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => Ordering::Equal,
    }
}

/// The protocol of each field.
static PROTOCOLS: [&str; COUNT] = {
    let mut all = [""; COUNT];
    let (mut at, mut table) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            all[at] = prefix(TABLES[table][row].0);
            (at, row) = (at + 1, row + 1);
        }
        table += 1;
    }
    all
};

const fn prefix(name: &str) -> &str {
    let octets = name.as_bytes();
    let mut at = 0;
    while at < octets.len() && octets[at] != b'.' {
        at += 1;
    }
    name.split_at(at).0
}

/// How many fields there are.
pub fn count() -> usize {
    COUNT
}

/// All fields, in the order of their places.
pub fn all() -> impl Iterator<Item = Id> {
    (0..COUNT as u16).map(Id)
}

/// The fields that a name stands for: itself, those of a group, or those of a protocol.
pub fn named(name: &str) -> Vec<Id> {
    if let Some(id) = Id::find(name) {
        return vec![id];
    }
    if let Some((_, members, _)) = GROUPS.iter().find(|group| group.0 == name) {
        return members.iter().filter_map(|member| Id::find(member)).collect();
    }
    all().filter(|id| id.protocol() == name).collect()
}

/// Whether a name stands for a protocol.
pub fn is_protocol(name: &str) -> bool {
    PROTOCOLS.contains(&name)
}

/// All fields and groups by name, with what they hold and mean.
pub fn list() -> Vec<Info> {
    let groups = GROUPS.iter().filter_map(|&(name, members, about)| {
        let first = Id::find(members[0])?.info()?;
        Some(Info { name, about, ..*first })
    });
    let mut all: Vec<_> = FIELDS.iter().copied().chain(groups).collect();
    all.sort_by_key(|info| info.name);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    fn folder_of(path: &Path) -> &Path {
        path.parent().unwrap()
    }

    #[test]
    fn names_are_unique_and_groups_are_of_fields_of_one_kind() {
        let all = list();
        for pair in all.windows(2) {
            assert!(pair[0].name < pair[1].name, "{} is there twice", pair[0].name);
        }
        for (group, members, _) in GROUPS {
            let kinds: Vec<_> = members.iter().map(|member| Id::find(member).unwrap().info().unwrap().kind).collect();
            assert!(kinds.iter().all(|kind| *kind == kinds[0]), "{group}");
        }
        assert_eq!(named("tcp.port"), [Id::of("tcp.srcport"), Id::of("tcp.dstport")]);
        assert!(is_protocol("rpki-rtr") && !is_protocol("rpki"));
    }

    /// Every name in the dissectors' text that is read or noted as a field.
    #[test]
    fn every_field_of_every_dissector_is_registered() {
        let (mut seen, mut missing, mut noted) = (0, Vec::new(), HashSet::new());
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                if !folder_of(&path).ends_with("fields") {
                    noted.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
                }
                for before in ["Field::new(\"", "Field::bits(\"", "Slot::new(\"", ".note(\"", "id!(\"", "Id::of(\""] {
                    for part in text.split(before).skip(1) {
                        let name = part.split('"').next().unwrap();
                        seen += 1;
                        // What is in a test, such as this one, has no name of a field.
                        if name.contains('.') && Id::find(name).is_none() {
                            missing.push(name.to_owned());
                        }
                    }
                }
            }
        }
        assert!(seen > 250);
        let unused = |name: &&str| !name.starts_with("frame.") && !name.starts_with("tcp.") && !noted.contains(*name);
        let unused: Vec<_> = FIELDS.iter().map(|info| info.name).filter(unused).collect();
        assert!(unused.is_empty(), "no dissector notes {unused:?}");
        assert!(missing.is_empty(), "not in dissectors/src/fields: {missing:?}");
    }
}
