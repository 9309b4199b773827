//! The tree of a packet: the fields that its dissectors have read.

use crate::fields::{Id, Kind};
use crate::flow::{Flow, Turn};
use crate::put::{Ipv4, Ipv6, Mac};

/// Fields of a packet beyond so many are left out.
const MAX_NODES: usize = 1 << 16;
/// Octets of text and data of a packet beyond so many are left out.
const MAX_OCTETS: usize = 1 << 20;

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number; nanoseconds where the field is a time.
    Number(u64),
    /// An IPv4 address.
    Ipv4([u8; 4]),
    /// An IPv6 address.
    Ipv6([u8; 16]),
    /// A MAC address.
    Mac([u8; 6]),
    /// Text or data, where it starts and ends in the tree's own octets.
    Octets(u32, u32),
}

macro_rules! value_from {
    ($($type:ty => $variant:ident($from:expr));* $(;)?) => {$(
        impl From<$type> for Value {
            #[inline]
            fn from(value: $type) -> Self {
                Value::$variant($from(value))
            }
        }
    )*};
}
value_from! {
    u8 => Number(u64::from);
    u16 => Number(u64::from);
    u32 => Number(u64::from);
    u64 => Number(u64::from);
    i64 => Number(|v: i64| v as u64);
    usize => Number(|v| v as u64);
    bool => Number(u64::from);
    Ipv4 => Ipv4(|a: Ipv4| a.0);
    Ipv6 => Ipv6(|a: Ipv6| a.0);
    Mac => Mac(|a: Mac| a.0);
}

/// One noted field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The field.
    pub field: Id,
    /// Its value.
    pub value: Value,
}

/// The fields of one packet in the order in which they were read, outermost
/// header first.
#[derive(Default, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    octets: Vec<u8>,
    flows: Vec<Flow>,
    /// The flows that headers have taken.
    taken: usize,
    /// What is known of the message in the datagram that is read.
    turn: Option<Turn>,
    /// Whether the data of segments and datagrams is noted.
    pub payloads: bool,
    /// By field: whether it is wanted; all are if nothing is said.
    pub wanted: Option<Box<[bool]>>,
}

impl Tree {
    /// The fields.
    #[inline]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The text or data between two places of [`Value::Octets`].
    #[inline]
    pub fn octets(&self, from: u32, to: u32) -> &[u8] {
        self.octets.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Forgets everything.
    #[inline]
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.octets.clear();
        self.follow(&[]);
    }

    /// Takes what earlier packets tell of the packet's segments and datagrams, outer ones first.
    pub fn follow(&mut self, flows: &[Flow]) {
        self.flows.clear();
        self.flows.extend_from_slice(flows);
        (self.taken, self.turn) = (0, None);
    }

    /// What earlier packets tell of the next header of a protocol with these ports.
    pub(crate) fn flow(&mut self, protocol: u8, ports: (u16, u16)) -> Option<Flow> {
        let rest = self.flows.get(self.taken..)?;
        let at = rest.iter().position(|flow| (flow.protocol, flow.ports) == (protocol, ports))?;
        self.taken += at + 1;
        let flow = self.flows.get(self.taken - 1).copied();
        self.turn = flow.and_then(|flow| flow.turn);
        flow
    }

    /// What is known of the message in the datagram whose header was read last.
    pub(crate) fn turn(&mut self) -> Option<Turn> {
        self.turn.take()
    }

    /// Adds a field. Cold, since most runs make no tree: the text's way stays short.
    #[cold]
    #[inline(never)]
    pub fn add(&mut self, field: Id, value: Value) {
        if !self.wants(field) {
            return;
        }
        let Some(info) = field.info() else {
            debug_assert!(false, "a field that dissectors/src/fields does not have");
            return;
        };
        let value = match (info.kind, value) {
            (Kind::Ipv4, Value::Number(number)) => Value::Ipv4((number as u32).to_be_bytes()),
            (Kind::Mac, Value::Number(number)) => {
                let [_, _, octets @ ..] = number.to_be_bytes();
                Value::Mac(octets)
            }
            (Kind::Octets | Kind::Colons, Value::Mac(octets)) => self.keep(&octets),
            (_, value) => value,
        };
        if self.nodes.len() < MAX_NODES {
            self.nodes.push(Node { field, value });
        }
    }

    /// Adds text or data.
    #[cold]
    #[inline(never)]
    pub fn add_octets(&mut self, field: Id, octets: &[u8]) {
        if self.wants(field) && self.octets.len() + octets.len() <= MAX_OCTETS {
            let value = self.keep(octets);
            self.add(field, value);
        }
    }

    /// Adds text that the first NUL ends, if there is one.
    pub fn add_padded(&mut self, field: Id, octets: &[u8]) {
        self.add_octets(field, octets.split(|octet| *octet == 0).next().unwrap_or_default());
    }

    #[inline]
    fn wants(&self, field: Id) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.get(field.index()) == Some(&true))
    }

    fn keep(&mut self, octets: &[u8]) -> Value {
        let start = self.octets.len() as u32;
        self.octets.extend_from_slice(octets);
        Value::Octets(start, self.octets.len() as u32)
    }

    /// Puts another value into the first node of a field.
    pub fn replace(&mut self, field: Id, octets: &[u8]) {
        let value = self.keep(octets);
        if let Some(node) = self.nodes.iter_mut().find(|node| node.field == field) {
            node.value = value;
        }
    }
}
