//! ICMP for IPv4 (RFC 792), with its extensions.

use crate::below::{Below, ip_of};
use crate::checksum;
use crate::field::Field;
use crate::network::{icmp_extension, icmp_fields, ipv4};
use crate::out::Out;
use crate::put::{Hex, Hex8, Ipv4, Put, Table, TcpPort, UdpPort, Zeros, named_dec};
use crate::view::{Step, View};

const TYPE: Field<u8> = Field::new("icmp.type", 0);
const CODE: Field<u8> = Field::new("icmp.code", 1);
const CHECKSUM: Field<u16> = Field::new("icmp.checksum", 2);
const ID: Field<u16> = Field::new("icmp.ident", 4);
const SEQUENCE: Field<u16> = Field::new("icmp.seq", 6);
/// Octets before what depends on the type.
const HEADER: usize = 8;

/// Fields of the quoted datagram, from the start of the ICMP header.
const QUOTED_PROTOCOL: usize = HEADER + 9;
const QUOTED_DESTINATION: usize = HEADER + 16;

const ECHO_REPLY: u8 = 0;
const UNREACHABLE: u8 = 3;
const SOURCE_QUENCH: u8 = 4;
const REDIRECT: u8 = 5;
const ECHO: u8 = 8;
const ROUTER_ADVERTISEMENT: u8 = 9;
const TIME_EXCEEDED: u8 = 11;
const PARAMETER_PROBLEM: u8 = 12;
const TIMESTAMP: u8 = 13;
const TIMESTAMP_REPLY: u8 = 14;
const MASK_REPLY: u8 = 18;
/// The types whose texts hold nothing else.
const NAMES: Table = &[
    (4, "source quench"),
    (10, "router solicitation"),
    (15, "information request"),
    (16, "information reply"),
    (17, "address mask request"),
];

/// The longest text of a message.
const MAX_TEXT: usize = 163;

/// An ICMP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "icmp";
    let ip = ip_of(below)?;
    let kind = v.get(TYPE)?;
    let code = v.get(CODE)?;
    o.note(TYPE, kind);
    o.note(CODE, code);
    icmp_fields::note(o, v, kind, code);
    // A message that is cut prints none of its text.
    let start = o.line.len();
    o.put("ICMP ");
    let text = o.line.len();
    if let Err(stop) = message(o, v, kind, code) {
        o.line.truncate(start);
        return Err(stop);
    }
    o.line.truncate(o.line.len().min(text + MAX_TEXT));
    o.put((", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    if !ip.fragmented
        && let Ok(covered) = v.bytes(0, v.len())
    {
        let computed = checksum::internet(covered);
        if computed != 0 {
            let field = v.get(CHECKSUM)?;
            o.put((" (wrong icmp cksum ", Hex(field), " (->", Hex(checksum::should_be(field, computed)), ")!)"));
        }
    }
    if matches!(kind, UNREACHABLE | SOURCE_QUENCH | REDIRECT | TIME_EXCEEDED | PARAMETER_PROBLEM) {
        quoted(o, v, below)?;
    }
    o.proto = "icmp";
    if matches!(kind, UNREACHABLE | TIME_EXCEEDED | PARAMETER_PROBLEM) {
        icmp_extension::multi_part(o, v)?;
    }
    Ok(())
}

/// The datagram that the message is about. Its own length bounds it, since
/// extensions may follow.
fn quoted(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.put("\n\t");
    let inner = v.skip(HEADER);
    let length = usize::from(inner.u16(2)?);
    let result = ipv4::dissect(o, inner.claim(length).cut(length), below);
    o.go_on(result)
}

fn message(o: &mut Out, v: View<'_>, kind: u8, code: u8) -> Step {
    match kind {
        ECHO | ECHO_REPLY => {
            o.put((if kind == ECHO { "echo request, id " } else { "echo reply, id " }, v.get(ID)?));
            o.put((", seq ", v.get(SEQUENCE)?));
        }
        UNREACHABLE => unreachable(o, v, code)?,
        REDIRECT => redirect(o, v, code)?,
        ROUTER_ADVERTISEMENT => advertisement(o, v)?,
        TIME_EXCEEDED => {
            v.check(QUOTED_DESTINATION + 4)?;
            match code {
                0 => o.put("time exceeded in-transit"),
                1 => o.put("ip reassembly time exceeded"),
                _ => o.put(("time exceeded-#", code)),
            }
        }
        PARAMETER_PROBLEM if code != 0 => o.put(("parameter problem - code ", code)),
        PARAMETER_PROBLEM => o.put(("parameter problem - octet ", v.u8(4)?)),
        MASK_REPLY => o.put(("address mask is 0x", Hex8(v.u32(HEADER)?))),
        TIMESTAMP => o.put(("time stamp query id ", v.get(ID)?, " seq ", v.get(SEQUENCE)?)),
        TIMESTAMP_REPLY => {
            v.check(HEADER + 12)?;
            o.put(("time stamp reply id ", v.get(ID)?, " seq ", v.get(SEQUENCE)?, ": org "));
            o.put((Clock(v.u32(HEADER)?), ", recv ", Clock(v.u32(HEADER + 4)?), ", xmit ", Clock(v.u32(HEADER + 8)?)));
        }
        _ => o.put(named_dec(NAMES, kind, "type-#")),
    }
    Ok(())
}

/// Milliseconds since midnight as a time of day.
struct Clock(u32);

impl Put for Clock {
    fn put(self, o: &mut Out) {
        let seconds = self.0 / 1000;
        let minutes = seconds / 60;
        (Zeros(minutes / 60, 2), ":", Zeros(minutes % 60, 2), ":", Zeros(seconds % 60, 2)).put(o);
        (".", Zeros(self.0 % 1000, 3)).put(o);
    }
}

/// Destination unreachable (RFC 1812, section 5.2.7.1).
fn unreachable(o: &mut Out, v: View<'_>, code: u8) -> Step {
    const PROTOCOL: u8 = 2;
    const PORT: u8 = 3;
    const FRAGMENTATION_NEEDED: u8 = 4;
    if code == PORT {
        return port_unreachable(o, v);
    }
    let to = |v: View<'_>| v.array(QUOTED_DESTINATION).map(Ipv4);
    match code {
        PROTOCOL => o.put((to(v)?, " protocol ", v.u8(QUOTED_PROTOCOL)?, " unreachable")),
        FRAGMENTATION_NEEDED => {
            let mtu = v.u16(6)?;
            o.put((to(v)?, " unreachable - need to frag", (mtu != 0).then_some((" (mtu ", mtu, ")"))));
        }
        _ => {
            let (before, after) = match code {
                0 => ("net ", " unreachable"),
                1 => ("host ", " unreachable"),
                5 => ("", " unreachable - source route failed"),
                6 => ("net ", " unreachable - unknown"),
                7 => ("host ", " unreachable - unknown"),
                8 => ("", " unreachable - source host isolated"),
                9 => ("net ", " unreachable - admin prohibited"),
                10 => ("host ", " unreachable - admin prohibited"),
                11 => ("net ", " unreachable - tos prohibited"),
                12 => ("host ", " unreachable - tos prohibited"),
                13 => ("host ", " unreachable - admin prohibited filter"),
                14 => ("host ", " unreachable - host precedence violation"),
                15 => ("host ", " unreachable - precedence cutoff"),
                _ => ("", " unreachable - #"),
            };
            o.put((before, to(v)?, after, (code > 15).then_some(code)));
        }
    }
    Ok(())
}

fn port_unreachable(o: &mut Out, v: View<'_>) -> Step {
    const TCP: u8 = 6;
    const UDP: u8 = 17;
    v.check(QUOTED_PROTOCOL + 1)?;
    let header_len = usize::from(v.u8(HEADER)? & 15) * 4;
    let port = v.u16(HEADER + header_len + 2)?;
    let protocol = v.u8(QUOTED_PROTOCOL)?;
    o.put(Ipv4(v.array(QUOTED_DESTINATION)?));
    match protocol {
        TCP => o.put((" tcp port ", TcpPort(port))),
        UDP => o.put((" udp port ", UdpPort(port))),
        _ => o.put((" protocol ", protocol, " port ", port)),
    }
    o.put(" unreachable");
    Ok(())
}

fn redirect(o: &mut Out, v: View<'_>, code: u8) -> Step {
    let (to, gateway) = (Ipv4(v.array(QUOTED_DESTINATION)?), Ipv4(v.array(4)?));
    match code {
        0 => o.put(("redirect ", to, " to net ", gateway)),
        1 => o.put(("redirect ", to, " to host ", gateway)),
        2 => o.put(("redirect-tos ", to, " to net ", gateway)),
        3 => o.put(("redirect-tos ", to, " to host ", gateway)),
        _ => o.put(("redirect-#", code, " ", to, " to ", gateway)),
    }
    Ok(())
}

/// Router advertisements (RFC 1256, section 3).
fn advertisement(o: &mut Out, v: View<'_>) -> Step {
    o.put("router advertisement lifetime ");
    v.check(HEADER)?;
    let lifetime = v.u16(6)?;
    if lifetime < 60 {
        o.put(lifetime);
    } else if lifetime < 3600 {
        o.put((lifetime / 60, ":", Zeros(lifetime % 60, 2)));
    } else {
        o.put((lifetime / 3600, ":", Zeros(lifetime % 3600 / 60, 2), ":", Zeros(lifetime % 60, 2)));
    }
    let count = usize::from(v.u8(4)?);
    o.put((" ", count, ":"));
    let words = v.u8(5)?;
    if words != 2 {
        o.put((" [size ", words, "]"));
        return Ok(());
    }
    for at in (HEADER..HEADER + count * 8).step_by(8) {
        v.check(at + 8)?;
        o.put((" {", Ipv4(v.array(at)?), " ", v.u32(at + 4)?, "}"));
    }
    Ok(())
}
