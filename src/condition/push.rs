//! What of a condition the kernel can see: a filter that lets every packet pass
//! that satisfies the condition, so that the others need not be looked at.
//!
//! A condition on `ip.src` holds of any IP header of a packet, also one in a
//! tunnel, behind a tag or quoted in an error. The filter only drops packets that
//! certainly have none but the outer headers: TCP directly above IP, on ports of which
//! nothing is read that quotes packets.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::literal::Literal;
use super::test::{Expr, Operand, Relation};

/// Packets in which nothing is nested: MSDP's and OpenFlow's messages hold packets.
const PLAIN: &str = "((ip proto 6) or (ip6 and ip6[6] = 6)) and not (tcp port 639 or tcp port 6633 or tcp port 6653)";

/// Filters longer than this are left out.
const MAX_FILTER: usize = 4096;

/// The filter of a condition.
pub(super) fn filter(expr: &Expr) -> Option<String> {
    let seen = seen(expr)?;
    Some(format!("({seen}) or not ({PLAIN})")).filter(|filter| filter.len() <= MAX_FILTER)
}

/// What is true of a plain packet if the condition is; nothing where that is not certain.
fn seen(expr: &Expr) -> Option<String> {
    match expr {
        Expr::And(a, b) => match (seen(a), seen(b)) {
            (Some(a), Some(b)) => Some(format!("({a}) and ({b})")),
            (a, b) => a.or(b),
        },
        Expr::Or(a, b) => Some(format!("({}) or ({})", seen(a)?, seen(b)?)),
        Expr::Exists(operand) if operand.is_protocol() => exists(operand),
        Expr::Compare(operand, Relation::Equal, literal) => equal(operand, literal, literal),
        Expr::In(operand, ranges) => {
            let parts: Option<Vec<_>> = ranges.iter().map(|(low, high)| equal(operand, low, high)).collect();
            Some(parts?.join(" or "))
        }
        _ => None,
    }
}

/// A plain packet has TCP and one version of IP.
fn exists(operand: &Operand) -> Option<String> {
    Some(match &*operand.name {
        "ip" => "ip".to_owned(),
        "ipv6" => "ip6".to_owned(),
        "udp" | "icmp" | "icmpv6" | "arp" | "igmp" | "sctp" => "not tcp".to_owned(),
        _ => return None,
    })
}

fn equal(operand: &Operand, low: &Literal, high: &Literal) -> Option<String> {
    if operand.mask.is_some() || !operand.slices.is_empty() {
        return None;
    }
    let (protocol, rest) = operand.name.split_once('.')?;
    let direction = match rest {
        "src" | "srcport" => "src ",
        "dst" | "dstport" => "dst ",
        "addr" | "port" => "",
        _ => return None,
    };
    match (protocol, low, high) {
        ("ip", Literal::Ipv4(network, mask), same) if low == same => {
            let (network, bits) = (Ipv4Addr::from(*network), mask.leading_ones());
            Some(format!("ip {direction}net {network}/{bits}"))
        }
        ("ipv6", Literal::Ipv6(network, mask), same) if low == same => {
            let (network, bits) = (Ipv6Addr::from(*network), mask.leading_ones());
            Some(format!("ip6 {direction}net {network}/{bits}"))
        }
        ("tcp", Literal::Number(low), Literal::Number(high)) => {
            let port = |number: i128| u16::try_from(number).ok();
            Some(format!("tcp {direction}portrange {}-{}", port(*low)?, port(*high)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::parser::parse;

    #[test]
    fn a_filter_is_made_of_what_every_such_packet_has() {
        for (text, expected) in [
            ("ip.src == 10.0.0.0/8", Some("ip src net 10.0.0.0/8")),
            ("tcp.port == 80", Some("tcp portrange 80-80")),
            ("tcp.dstport in {80, 8000..8080}", Some("tcp dst portrange 80-80 or tcp dst portrange 8000-8080")),
            ("http.host == \"x\" && tcp.port == 80", Some("tcp portrange 80-80")),
            ("ipv6 && tcp.port == 80", Some("(ip6) and (tcp portrange 80-80)")),
            ("ip.addr == 1.2.3.4 || tcp.port == 80", Some("(ip net 1.2.3.4/32) or (tcp portrange 80-80)")),
            ("udp", Some("not tcp")),
            ("ip.addr == 1.2.3.4 || http", None),
            ("!(tcp.port == 80)", None),
            ("tcp.port != 80", None),
            ("udp.port == 53", None),
        ] {
            assert_eq!(seen(&parse(text).unwrap()).as_deref(), expected, "{text}");
        }
    }
}
