//! VRRP versions 2 (RFC 3768) and 3 (RFC 5798).

use crate::below::{Below, ip_of};
use crate::checksum;
use crate::field::Slot;
use crate::options::PacketType;
use crate::out::Out;
use crate::put::{Hex, Ipv4, Ipv6, Named, Otherwise, Table};
use crate::routing::carp;
use crate::view::{Step, Stop, View};

/// The IP protocol number.
const PROTOCOL: u8 = 112;
/// Octets before the addresses.
const HEADER: usize = 8;
/// The time to live that a message must have.
const TIME_TO_LIVE: u8 = 255;

const ADVERTISEMENT: u8 = 1;
const TYPE_NAMES: Table = &[(1, "Advertisement")];
const PASSWORD: u8 = 1;
const AUTHENTICATION: Table = &[(0, "none"), (1, "simple"), (2, "ah")];

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("vrrp.typever", 0, 1),
    Slot::new("vrrp.version", 0, 1).bits(4, 15),
    Slot::new("vrrp.type", 0, 1).bits(0, 15),
    Slot::new("vrrp.virt_rtr_id", 1, 1),
    Slot::new("vrrp.prio", 2, 1),
    Slot::new("vrrp.addr_count", 3, 1),
    Slot::new("vrrp.checksum", 6, 2),
];
const FIELDS_V2: &[Slot] = &[Slot::new("vrrp.auth_type", 4, 1), Slot::new("vrrp.adver_int", 5, 1)];
const FIELDS_V3: &[Slot] =
    &[Slot::new("vrrp.reserved_mbz", 4, 1).bits(4, 15), Slot::new("vrrp.short_adver_int", 4, 2).bits(0, 0xfff)];
const ADDRESS: &[Slot] = &[Slot::new("vrrp.ip_addr", 0, 4)];
const ADDRESS6: &[Slot] = &[Slot::new("vrrp.ipv6_addr", 0, 16)];
const PASSWORD_FIELDS: &[Slot] = &[Slot::new("vrrp.auth_string", 0, 8)];

/// Notes a message.
fn note(o: &mut Out, v: View<'_>, over: u8) -> Step {
    o.see_all(FIELDS, v);
    let version = v.u8(0)? >> 4;
    o.see_all(if version == 3 { FIELDS_V3 } else { FIELDS_V2 }, v);
    let (row, size) = if over == 6 { (ADDRESS6, 16) } else { (ADDRESS, 4) };
    let addresses = usize::from(v.u8(3)?) * size;
    o.see_rows(row, v.skip(HEADER).cut(addresses), size);
    if version == 2 && v.u8(4)? == PASSWORD {
        o.see_all(PASSWORD_FIELDS, v.skip(HEADER + addresses));
    }
    Ok(())
}

/// A VRRP message, or what shares its protocol number where `-T` says so.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if o.opt.packet_type == Some(PacketType::Carp) {
        return carp::dissect(o, v, below);
    }
    o.proto = "vrrp";
    o.put("VRRP");
    let ip = ip_of(below)?;
    let first = v.u8(0)?;
    let (version, kind) = (first >> 4, first & 15);
    if o.tree.is_some() {
        let _ends_early = note(o, v, ip.version);
    }
    o.put(("v", version, ", ", Named(TYPE_NAMES, kind.into(), Otherwise::Dec("unknown type (", ")"))));
    o.put((ip.ttl != TIME_TO_LIVE).then_some((", (ttl ", ip.ttl, ")")));
    if !matches!(version, 2 | 3) || kind != ADVERTISEMENT {
        return Ok(());
    }
    o.put((", vrid ", v.u8(1)?, ", prio ", v.u8(2)?));
    let mut method = 0;
    if version == 2 {
        method = v.u8(4)?;
        // A method without a name is printed as a number after a mark.
        o.put((", authtype ", Named(AUTHENTICATION, method.into(), Otherwise::Dec("#", ""))));
        o.put((", intvl ", v.u8(5)?, "s, length ", v.len()));
    } else {
        o.put((", intvl ", v.u16(4)? & 0xfff, "cs, length ", v.len()));
    }
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let count = v.u8(3)?;
    if let Ok(covered) = v.bytes(0, v.len()) {
        let sum =
            if version == 2 { checksum::internet(covered) } else { ip.checksum(PROTOCOL, covered.len(), covered)? };
        if sum != 0 {
            o.put((", (bad vrrp cksum ", Hex(v.u16(6)?), ")"));
        }
    }
    o.put(", addrs");
    o.put((count > 1).then_some(("(", count, ")")));
    o.put(":");
    let mut rest = v.skip(HEADER);
    for i in 0..count {
        let separator = if i == 0 { " " } else { "," };
        if ip.version == 4 {
            o.put((separator, Ipv4(rest.array(0)?)));
            rest = rest.skip(4);
        } else {
            o.put((separator, Ipv6(rest.array(0)?)));
            rest = rest.skip(16);
        }
    }
    if version == 2 && method == PASSWORD {
        o.put(" auth \"");
        if o.until_nul(rest, 8) {
            return Err(Stop::Truncated);
        }
        o.put("\"");
    }
    Ok(())
}
