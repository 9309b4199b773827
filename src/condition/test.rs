//! A condition's tree, and whether it holds.

use std::cmp::Ordering;

use regex::bytes::Regex;
use sniff_dissectors::fields::{Id, Kind};
use sniff_dissectors::{Tree, Value};

use super::literal::Literal;

/// A condition.
#[derive(Debug)]
pub(super) enum Expr {
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// The packet has a field, or a protocol.
    Exists(Operand),
    /// A field stands in a relation to a value.
    Compare(Operand, Relation, Literal),
    /// A field stands in a relation to another.
    Fields(Operand, Relation, Operand),
    /// A field has one of several values, each from one to another.
    In(Operand, Vec<(Literal, Literal)>),
    /// Text or data matches a regular expression.
    Matches(Operand, Regex),
}

/// How a value stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    /// No value of the field is equal.
    Different,
    Less,
    Greater,
    AtMost,
    AtLeast,
}

impl Relation {
    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Relation::Equal | Relation::Different => order == Some(Ordering::Equal),
            Relation::Less => order == Some(Ordering::Less),
            Relation::Greater => order == Some(Ordering::Greater),
            Relation::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Relation::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// What a condition looks at.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    /// The name in the condition.
    pub name: String,
    /// Its fields; none is the whole frame.
    pub fields: Vec<Id>,
    /// The octets of it that count, from one to another.
    pub slices: Vec<(i64, Option<i64>)>,
    /// The bits of it that count.
    pub mask: Option<u64>,
}

/// A value as it is compared.
enum Seen<'t> {
    Number(i128),
    Ipv4(u32),
    Ipv6(u128),
    Octets(&'t [u8]),
    /// The octets of several slices.
    Joined(Vec<u8>),
}

impl Seen<'_> {
    fn octets(&self) -> Option<&[u8]> {
        match self {
            Seen::Octets(octets) => Some(octets),
            Seen::Joined(octets) => Some(octets),
            _ => None,
        }
    }

    fn order(&self, literal: &Literal) -> Option<Ordering> {
        match (self, literal) {
            (Seen::Number(a), Literal::Number(b)) => Some(a.cmp(b)),
            (Seen::Ipv4(a), Literal::Ipv4(network, mask)) => Some((a & mask).cmp(network)),
            (Seen::Ipv6(a), Literal::Ipv6(network, mask)) => Some((a & mask).cmp(network)),
            (seen, Literal::Octets(b)) => seen.octets().map(|a| a.cmp(&b[..])),
            _ => None,
        }
    }

    fn order_of(&self, other: &Seen<'_>) -> Option<Ordering> {
        match (self, other) {
            (Seen::Number(a), Seen::Number(b)) => Some(a.cmp(b)),
            (Seen::Ipv4(a), Seen::Ipv4(b)) => Some(a.cmp(b)),
            (Seen::Ipv6(a), Seen::Ipv6(b)) => Some(a.cmp(b)),
            (a, b) => a.octets().zip(b.octets()).map(|(a, b)| a.cmp(b)),
        }
    }
}

impl Operand {
    /// Whether some value of a packet passes `test`.
    fn any(&self, tree: &Tree, frame: &[u8], mut test: impl FnMut(&Seen<'_>) -> bool) -> bool {
        if self.fields.is_empty() {
            return test(&self.seen(frame));
        }
        let nodes = tree.nodes().iter().filter(|node| self.fields.contains(&node.field));
        nodes.map(|node| node.value).any(|value| match value {
            Value::Octets(from, to) => test(&self.seen(tree.octets(from, to))),
            Value::Mac(octets) => test(&self.seen(&octets)),
            Value::Ipv4(octets) if self.slices.is_empty() => test(&Seen::Ipv4(u32::from_be_bytes(octets))),
            Value::Ipv4(octets) => test(&self.seen(&octets)),
            Value::Ipv6(octets) if self.slices.is_empty() => test(&Seen::Ipv6(u128::from_be_bytes(octets))),
            Value::Ipv6(octets) => test(&self.seen(&octets)),
            Value::Number(number) => {
                let number = number & self.mask.unwrap_or(u64::MAX);
                // Signed numbers and times are kept as two's complements.
                test(&Seen::Number(if self.is_signed() { i128::from(number as i64) } else { number.into() }))
            }
        })
    }

    fn is_signed(&self) -> bool {
        self.fields
            .first()
            .and_then(|id| id.info())
            .is_some_and(|info| matches!(info.kind, Kind::Signed | Kind::Seconds))
    }

    /// The octets of a value that count.
    fn seen<'t>(&self, octets: &'t [u8]) -> Seen<'t> {
        let len = octets.len() as i64;
        let place = |at: i64| (if at < 0 { len + at } else { at }).clamp(0, len) as usize;
        let part = |&(from, to): &(i64, Option<i64>)| {
            let (from, to) = (place(from), to.map_or(len as usize, place));
            octets.get(from..to).unwrap_or_default()
        };
        match &self.slices[..] {
            [] => Seen::Octets(octets),
            [slice] => Seen::Octets(part(slice)),
            slices => Seen::Joined(slices.iter().flat_map(part).copied().collect()),
        }
    }

    /// Whether the fields' values are compared as octets.
    pub(super) fn is_octets(&self) -> bool {
        self.fields.is_empty() || !self.slices.is_empty()
    }
}

impl Expr {
    /// Whether it holds of a packet.
    pub(super) fn holds(&self, tree: &Tree, frame: &[u8]) -> bool {
        match self {
            Expr::And(a, b) => a.holds(tree, frame) && b.holds(tree, frame),
            Expr::Or(a, b) => a.holds(tree, frame) || b.holds(tree, frame),
            Expr::Not(inner) => !inner.holds(tree, frame),
            Expr::Exists(operand) => match operand.mask {
                Some(_) => operand.any(tree, frame, |seen| !matches!(seen, Seen::Number(0))),
                None => operand.any(tree, frame, |_| true),
            },
            Expr::Compare(operand, Relation::Different, literal) => {
                let equal = Relation::Equal;
                operand.any(tree, frame, |_| true) && !operand.any(tree, frame, |seen| equal.holds(seen.order(literal)))
            }
            Expr::Compare(operand, relation, literal) => {
                operand.any(tree, frame, |seen| relation.holds(seen.order(literal)))
            }
            Expr::Fields(a, relation, b) => {
                let either = a.any(tree, frame, |x| b.any(tree, frame, |y| relation.holds(x.order_of(y))));
                if *relation != Relation::Different {
                    return either;
                }
                !either && a.any(tree, frame, |_| true) && b.any(tree, frame, |_| true)
            }
            Expr::In(operand, ranges) => operand.any(tree, frame, |seen| {
                let within = |(low, high): &(Literal, Literal)| {
                    Relation::AtLeast.holds(seen.order(low)) && Relation::AtMost.holds(seen.order(high))
                };
                ranges.iter().any(within)
            }),
            Expr::Matches(operand, regex) => {
                operand.any(tree, frame, |seen| seen.octets().is_some_and(|octets| regex.is_match(octets)))
            }
        }
    }

    /// Whether it looks at a field, also as one of a protocol's.
    pub(super) fn names(&self, id: Id) -> bool {
        match self {
            Expr::And(a, b) | Expr::Or(a, b) => a.names(id) || b.names(id),
            Expr::Not(inner) => inner.names(id),
            Expr::Exists(a) | Expr::Compare(a, ..) | Expr::In(a, _) | Expr::Matches(a, _) => a.fields.contains(&id),
            Expr::Fields(a, _, b) => a.fields.contains(&id) || b.fields.contains(&id),
        }
    }

    /// Whether it looks at some field of which `test` is true.
    pub(super) fn any_field(&self, test: &impl Fn(Id) -> bool) -> bool {
        let of = |operand: &Operand| operand.fields.iter().any(|&id| test(id));
        match self {
            Expr::And(a, b) | Expr::Or(a, b) => a.any_field(test) || b.any_field(test),
            Expr::Not(inner) => inner.any_field(test),
            // A protocol is there with any of its fields.
            Expr::Exists(operand) if operand.is_protocol() => false,
            Expr::Exists(a) | Expr::Compare(a, ..) | Expr::In(a, _) | Expr::Matches(a, _) => of(a),
            Expr::Fields(a, _, b) => of(a) || of(b),
        }
    }
}

impl Operand {
    /// Whether it stands for a protocol.
    pub(super) fn is_protocol(&self) -> bool {
        !self.name.contains('.')
    }
}
