//! The largest values of fields: a condition that asks for more can never hold.

use sniff_dissectors::fields::{Info, Kind};

use super::literal::Literal;
use super::test::{Operand, Relation};

/// The bits of numbers that tables show in decimal, where a header gives them a width of
/// their own. What is shown in hexadecimal has as many digits as it has room for.
const BITS: &[(u32, &[&str])] = &[
    (2, &["ip.dsfield.ecn"]),
    (3, &["ieee8021ad.priority", "vlan.priority"]),
    (4, &["ip.version", "ipv6.version"]),
    (6, &["ip.dsfield.dscp"]),
    (8, &["arp.hw.size", "arp.proto.size", "icmp.code", "icmp.type", "icmpv6.code", "icmpv6.type"]),
    (8, &["ip.proto", "ip.ttl", "ipv6.hlim", "ipv6.nxt", "tls.record.content_type"]),
    (12, &["ieee8021ad.id", "vlan.id"]),
    (13, &["ip.frag_offset"]),
    (16, &["arp.hw.type", "arp.opcode", "dns.qry.type", "icmp.ident", "icmp.seq", "ip.len", "ipv6.plen"]),
    (16, &["dccp.dstport", "dccp.srcport", "sctp.dstport", "sctp.srcport", "tcp.dstport", "tcp.srcport"]),
    (16, &["tcp.urgent_pointer", "tcp.window_size_value", "tls.record.length"]),
    (16, &["udp.dstport", "udp.length", "udp.srcport"]),
    (32, &["tcp.ack", "tcp.seq"]),
];

/// The largest value of a field, if that is known.
fn largest(field: &Info) -> Option<i128> {
    let bits = match field.kind {
        Kind::Flag => 1,
        Kind::Hex(digits) => 4 * u32::from(digits),
        _ => BITS.iter().find(|row| row.1.contains(&field.name))?.0,
    };
    Some((1 << bits) - 1)
}

/// Whether values of the operand may stand so to a value.
///
/// # Errors
/// They never do; the text says why.
pub(super) fn check(operand: &Operand, relation: Relation, literal: &Literal) -> Result<(), String> {
    let field = operand.fields.first().and_then(|field| field.info());
    let (Some(field), Literal::Number(number), name) = (field, literal, &operand.name) else { return Ok(()) };
    if matches!(field.kind, Kind::Signed | Kind::Seconds) {
        return Ok(());
    }
    let largest = largest(field).unwrap_or(u64::MAX.into());
    if *number < 0 {
        Err(format!("{name} is never negative"))
    } else if *number > largest {
        Err(format!("{number} is too large: {name} is at most {largest}"))
    } else if *number == 0 && relation == Relation::Less {
        Err(format!("nothing is less: {name} is at least 0"))
    } else if *number == largest && relation == Relation::Greater {
        Err(format!("nothing is greater: {name} is at most {largest}"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sniff_dissectors::fields::Id;

    #[test]
    fn the_fields_are_numbers_in_decimal() {
        for name in BITS.iter().flat_map(|row| row.1) {
            let kind = Id::find(name).and_then(Id::info).map(|info| info.kind);
            assert_eq!(kind, Some(Kind::Decimal), "{name}");
        }
    }
}
