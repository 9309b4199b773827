//! The tree of a packet: protocols and their fields, under Wireshark's names.

use crate::put::{Ipv4, Ipv6, Mac};

/// A field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An unsigned number.
    Number(u64),
    /// An IPv4 address.
    Ipv4([u8; 4]),
    /// An IPv6 address.
    Ipv6([u8; 16]),
    /// A MAC address.
    Mac([u8; 6]),
    /// Text from a table of this crate.
    Name(&'static str),
    /// Octets from the packet.
    Bytes(Box<[u8]>),
}

macro_rules! value_from {
    ($($type:ty => $variant:ident($from:expr));* $(;)?) => {$(
        impl From<$type> for Value {
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
    usize => Number(|v| v as u64);
    bool => Number(u64::from);
    Ipv4 => Ipv4(|a: Ipv4| a.0);
    Ipv6 => Ipv6(|a: Ipv6| a.0);
    Mac => Mac(|a: Mac| a.0);
    &'static str => Name(|s| s);
}

/// One noted field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Wireshark's display-filter name.
    pub name: &'static str,
    /// The value.
    pub value: Value,
}

/// The fields of one packet in the order in which they were read.
#[derive(Default, Debug)]
pub struct Tree {
    /// The fields, outermost header first.
    pub nodes: Vec<Node>,
}
