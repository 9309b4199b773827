//! ICMP for IPv6 (RFC 4443). Neighbor discovery, multicast listeners and the
//! other families have files of their own.

use crate::below::{Below, Ip, ip_of};
use crate::checksum;
use crate::field::Field;
use crate::network::{
    icmp6_fields, icmp6_information, icmp6_multicast, icmp6_neighbor, icmp6_renumbering, icmp6_rpl, ipv6,
};
use crate::out::Out;
use crate::put::{Hex4, Ipv6, Named, Otherwise, Table, TcpPort, UdpPort};
use crate::view::{Step, Stop, View};

/// The IP protocol number.
const PROTOCOL: u8 = 58;
/// Octets of the header.
pub(crate) const HEADER: usize = 8;

const TYPE: Field<u8> = Field::new("icmpv6.type", 0);
const CODE: Field<u8> = Field::new("icmpv6.code", 1);
const CHECKSUM: Field<u16> = Field::new("icmpv6.checksum", 2);
const ID: Field<u16> = Field::new("icmpv6.echo.identifier", 4);
const SEQUENCE: Field<u16> = Field::new("icmpv6.echo.sequence_number", 6);

const UNREACHABLE: u8 = 1;
const TOO_BIG: u8 = 2;
const TIME_EXCEEDED: u8 = 3;
const PARAMETER_PROBLEM: u8 = 4;
const ECHO: u8 = 128;
const ECHO_REPLY: u8 = 129;
const LISTENER_QUERY: u8 = 130;
const LISTENER_REPORT: u8 = 131;
const LISTENER_DONE: u8 = 132;
pub(crate) const ROUTER_SOLICITATION: u8 = 133;
pub(crate) const ROUTER_ADVERTISEMENT: u8 = 134;
pub(crate) const NEIGHBOR_SOLICITATION: u8 = 135;
pub(crate) const NEIGHBOR_ADVERTISEMENT: u8 = 136;
pub(crate) const REDIRECT: u8 = 137;
const RENUMBERING: u8 = 138;
const NODE_QUERY: u8 = 139;
const NODE_REPLY: u8 = 140;
const INVERSE_SOLICITATION: u8 = 141;
const INVERSE_ADVERTISEMENT: u8 = 142;
const LISTENER_REPORT_V2: u8 = 143;
const HOME_AGENT_REQUEST: u8 = 144;
const HOME_AGENT_REPLY: u8 = 145;
const MOBILE_PREFIX_SOLICITATION: u8 = 146;
pub(crate) const MOBILE_PREFIX_ADVERTISEMENT: u8 = 147;
const RPL: u8 = 155;

const NAMES: Table = &[
    (1, "destination unreachable"),
    (2, "packet too big"),
    (3, "time exceeded in-transit"),
    (4, "parameter problem"),
    (128, "echo request"),
    (129, "echo reply"),
    (130, "multicast listener query"),
    (131, "multicast listener report"),
    (132, "multicast listener done"),
    (133, "router solicitation"),
    (134, "router advertisement"),
    (135, "neighbor solicitation"),
    (136, "neighbor advertisement"),
    (137, "redirect"),
    (138, "router renumbering"),
    (141, "inverse neighbor solicitation"),
    (142, "inverse neighbor advertisement"),
    (143, "multicast listener report v2"),
    (144, "ha discovery request"),
    (145, "ha discovery reply"),
    (146, "mobile router solicitation"),
    (147, "mobile router advertisement"),
    (139, "node information query"),
    (140, "node information reply"),
    (201, "mtrace message"),
    (200, "mtrace response"),
    (155, "RPL"),
];
const UNREACHABLE_CODES: Table = &[
    (0, "unreachable route"),
    (1, " unreachable prohibited"),
    (2, "beyond scope"),
    (3, "unreachable address"),
    (4, "unreachable port"),
];

/// Messages that quote the packet that they are about.
const ERRORS: std::ops::RangeInclusive<u8> = 1..=4;

/// Fields of the quoted datagram, from the start of the ICMP header.
const QUOTED_SOURCE: usize = HEADER + 8;
const QUOTED_DESTINATION: usize = HEADER + 24;

/// An ICMPv6 message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "icmp6";
    let ip = ip_of(below)?;
    if v.is_empty() {
        o.put("ICMP6, length 0");
        return Err(Stop::Malformed);
    }
    if o.opt.verbose > 0 && !ip.fragmented {
        check(o, v, ip)?;
    }
    let kind = v.get(TYPE)?;
    o.note(TYPE, kind);
    o.put("ICMP6, ");
    o.put(Named(NAMES, kind.into(), Otherwise::Dec("unknown icmp6 type (", ")")));
    // These types say their length first, the others last.
    let length_first = matches!(kind, ROUTER_SOLICITATION..=REDIRECT | HOME_AGENT_REPLY | MOBILE_PREFIX_ADVERTISEMENT);
    if o.opt.verbose > 0 && length_first {
        o.put((", length ", v.len()));
    }
    let code = v.get(CODE)?;
    o.note(CODE, code);
    if o.tree.is_some() {
        icmp6_fields::note(o, v, kind, code);
    }
    let result = message(o, v, kind, code);
    if ERRORS.contains(&kind) {
        // The text has none but a few of the quoted packet's fields (RFC 4443, section 3).
        o.note_unread(|o| ipv6::dissect(o, v.skip(HEADER), &Below::default()));
    }
    match result {
        Ok(true) if o.opt.verbose == 0 => o.put((", length ", v.len())),
        Ok(_) => {}
        // A malformed option list is marked as cut.
        Err(Stop::Malformed) => o.truncated(),
        Err(stop) => return Err(stop),
    }
    Ok(())
}

fn check(o: &mut Out, v: View<'_>, ip: &Ip<'_>) -> Step {
    let Ok(covered) = v.bytes(0, v.len()) else { return Ok(()) };
    let field = v.get(CHECKSUM)?;
    match ip.checksum(PROTOCOL, covered.len(), covered)? {
        0 => o.put("[icmp6 sum ok] "),
        computed => {
            o.put(("[bad icmp6 cksum 0x", Hex4(field), " -> 0x", Hex4(checksum::should_be(field, computed)), "!] "));
        }
    }
    Ok(())
}

/// The message; false if the line ends without its length.
fn message(o: &mut Out, v: View<'_>, kind: u8, code: u8) -> Step<bool> {
    match kind {
        UNREACHABLE => return unreachable(o, v, code),
        TOO_BIG => o.put((", mtu ", v.u32(4)?)),
        TIME_EXCEEDED => match code {
            0 => o.put((" for ", Ipv6(v.array(QUOTED_DESTINATION)?))),
            1 => o.put(" (reassembly)"),
            _ => o.put((", unknown code (", code, ")")),
        },
        PARAMETER_PROBLEM => parameter_problem(o, v, code)?,
        ECHO | ECHO_REPLY => o.put((", id ", v.get(ID)?, ", seq ", v.get(SEQUENCE)?)),
        LISTENER_QUERY => icmp6_multicast::query(o, v)?,
        LISTENER_REPORT | LISTENER_DONE => icmp6_multicast::version_1(o, v)?,
        ROUTER_SOLICITATION..=REDIRECT => icmp6_neighbor::dissect(o, v, kind)?,
        RENUMBERING => icmp6_renumbering::dissect(o, v)?,
        NODE_QUERY => icmp6_information::query(o, v)?,
        NODE_REPLY => icmp6_information::reply(o, v)?,
        INVERSE_SOLICITATION | INVERSE_ADVERTISEMENT => {}
        LISTENER_REPORT_V2 => icmp6_multicast::report_v2(o, v)?,
        MOBILE_PREFIX_SOLICITATION | HOME_AGENT_REQUEST => o.put((", id 0x", Hex4(v.u16(4)?))),
        HOME_AGENT_REPLY => home_agents(o, v)?,
        MOBILE_PREFIX_ADVERTISEMENT => icmp6_neighbor::dissect(o, v, kind)?,
        RPL => icmp6_rpl::dissect(o, v.skip(4), code)?,
        _ => {
            o.put((", length ", v.len()));
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t", v.len());
            }
            return Ok(false);
        }
    }
    Ok(true)
}

fn unreachable(o: &mut Out, v: View<'_>, code: u8) -> Step<bool> {
    const BEYOND_SCOPE: u8 = 2;
    const PORT: u8 = 4;
    o.put((", ", Named(UNREACHABLE_CODES, code.into(), Otherwise::Dec("unknown unreach code (", ")"))));
    match code {
        0 | 1 | 3 => o.put((" ", Ipv6(v.array(QUOTED_DESTINATION)?))),
        BEYOND_SCOPE => {
            o.put((" ", Ipv6(v.array(QUOTED_DESTINATION)?), ", source address ", Ipv6(v.array(QUOTED_SOURCE)?)));
        }
        PORT => {
            let (protocol, port) = quoted_port(v.skip(HEADER)).ok_or(Stop::Malformed)?;
            let to = Ipv6(v.array(QUOTED_DESTINATION)?);
            if protocol == TCP {
                o.put((", ", to, " tcp port ", TcpPort(port)));
            } else {
                o.put((", ", to, " udp port ", UdpPort(port)));
            }
        }
        _ if o.opt.verbose <= 1 => {
            o.unknown(v, "\n\t", v.len());
            return Ok(false);
        }
        _ => {}
    }
    Ok(true)
}

const TCP: u8 = 6;
const UDP: u8 = 17;

/// The transport protocol and destination port of a quoted datagram.
fn quoted_port(v: View<'_>) -> Option<(u8, u16)> {
    let mut next = v.u8(6).ok()?;
    let mut at = 40;
    loop {
        let header = v.skip(at);
        let size = match next {
            TCP | UDP => return Some((next, header.u16(2).ok()?)),
            0 | 43 | 60 => (usize::from(header.u8(1).ok()?) + 1) * 8,
            44 if header.u16(2).ok()? & 0xfff8 == 0 => 8,
            51 => (usize::from(header.u8(1).ok()?) + 2) * 4,
            _ => return None,
        };
        next = header.u8(0).ok()?;
        at += size;
    }
}

fn parameter_problem(o: &mut Out, v: View<'_>, code: u8) -> Step {
    v.check(QUOTED_DESTINATION + 16)?;
    let what = match code {
        0 => ", erroneous - octet ",
        1 => ", next header - octet ",
        2 => ", option - octet ",
        3 => ", incomplete header chain - octet ",
        _ => {
            o.put((", code-#", code));
            return Ok(());
        }
    };
    o.put((what, v.u32(4)?));
    Ok(())
}

/// The addresses of home agents (RFC 6275, section 6.6).
fn home_agents(o: &mut Out, v: View<'_>) -> Step {
    if o.opt.verbose > 0 {
        o.put((", id 0x", Hex4(v.u16(4)?)));
        for at in (HEADER..v.len().min(v.caplen())).step_by(16) {
            o.put((", ", Ipv6(v.array(at)?)));
        }
    }
    Ok(())
}
