//! The objects of RSVP (RFC 2205), of traffic engineering (RFC 3209, RFC 4090,
//! RFC 4124), of GMPLS (RFC 3473) and of point-to-multipoint paths (RFC 4875).

use super::rsvp_routes;
use super::rsvp_services;
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Hex8, Ipv4, Ipv6, Named, Otherwise, Put, Table, bits, named};
use crate::registry::ETHERTYPES;
use crate::routing::gmpls::{ENCODING, General, PAYLOADS, SWITCHING};
use crate::view::{Step, View};

pub(super) const NAMES: Table = &[
    (1, "Session"),
    (3, "RSVP Hop"),
    (4, "Integrity"),
    (5, "Time Values"),
    (6, "Error Spec"),
    (7, "Scope"),
    (8, "Style"),
    (9, "Flowspec"),
    (10, "FilterSpec"),
    (11, "Sender Template"),
    (12, "Sender TSpec"),
    (13, "Adspec"),
    (14, "Policy Data"),
    (15, "Confirm"),
    (16, "Label"),
    (19, "Label Request"),
    (20, "ERO"),
    (21, "RRO"),
    (22, "Hello"),
    (23, "Message ID"),
    (24, "Message ID Ack"),
    (25, "Message ID List"),
    (34, "Recovery Label"),
    (35, "Upstream Label"),
    (36, "Label Set"),
    (37, "Protection"),
    (50, "Sub-LSP to LSP"),
    (63, "Detour"),
    (66, "Class Type"),
    (125, "Class Type (old)"),
    (129, "Suggested Label"),
    (130, "Acceptable Label Set"),
    (131, "Restart Capability"),
    (134, "Capability"),
    (195, "Notify Request"),
    (196, "Administrative Status"),
    (204, "Properties"),
    (205, "Fast Re-Route"),
    (207, "Session Attribute"),
    (229, "Generalized UNI"),
    (230, "Call-ID"),
    (236, "Call Capability"),
];

const SESSION: u8 = 1;
const HOP: u8 = 3;
const INTEGRITY: u8 = 4;
const TIMES: u8 = 5;
const ERROR: u8 = 6;
const STYLE: u8 = 8;
const FLOW: u8 = 9;
const FILTER: u8 = 10;
const TEMPLATE: u8 = 11;
const TRAFFIC: u8 = 12;
const ADVERTISED: u8 = 13;
const CONFIRM: u8 = 15;
const LABEL: u8 = 16;
const LABEL_REQUEST: u8 = 19;
const ROUTE: u8 = 20;
pub(super) const RECORD: u8 = 21;
const HELLO: u8 = 22;
const MESSAGE: u8 = 23;
const ACKNOWLEDGEMENT: u8 = 24;
const MESSAGES: u8 = 25;
const RECOVERY_LABEL: u8 = 34;
const UPSTREAM_LABEL: u8 = 35;
const LABEL_SET: u8 = 36;
const SUB_PATH: u8 = 50;
const DETOUR: u8 = 63;
const CLASS: u8 = 66;
const OLD_CLASS: u8 = 125;
const SUGGESTED_LABEL: u8 = 129;
const RESTART: u8 = 131;
const CAPABILITY: u8 = 134;
const NOTIFY: u8 = 195;
const ADMINISTRATIVE: u8 = 196;
const PROPERTIES: u8 = 204;
const FAST_REROUTE: u8 = 205;
const ATTRIBUTE: u8 = 207;
const UNI: u8 = 229;

/// The object whose digest is verified.
pub(super) const INTEGRITY_MD5: (u8, u8) = (INTEGRITY, 1);

/// What became of an object.
#[derive(PartialEq)]
pub(super) enum Shown {
    /// It was written.
    Whole,
    /// It is to be dumped.
    Unknown,
    /// It is shorter than it must be.
    Short,
    /// It ends the message, and was said to.
    Nothing,
}

/// The name of a type, whose meaning depends on the class of the object.
pub(super) fn class_type(class: u8, kind: u8) -> &'static str {
    const TUNNEL: &str = "Tunnel IPv4";
    match (class, kind) {
        (HOP | ERROR, 3) => "IPv4 plus opt. TLVs",
        (HOP | ERROR, 4) => "IPv6 plus opt. TLVs",
        (HOP | NOTIFY | CONFIRM | FILTER | SESSION | TEMPLATE | ERROR, 1) | (ROUTE | RECORD | RESTART, 1) => "IPv4",
        (HOP | NOTIFY | CONFIRM | FILTER | SESSION | TEMPLATE | ERROR, 2) => "IPv6",
        (FLOW, 1) => "obsolete",
        (FLOW | TRAFFIC | ADVERTISED, 2) => "IntServ",
        (FILTER, 3) => "IPv6 Flow-label",
        (FILTER | SESSION | TEMPLATE | ATTRIBUTE | FAST_REROUTE | DETOUR, 7) => TUNNEL,
        (FILTER | TEMPLATE, 12) | (SESSION, 13) => "IPv4 P2MP LSP Tunnel",
        (FILTER | TEMPLATE, 13) | (SESSION, 14) => "IPv6 P2MP LSP Tunnel",
        (SESSION, 11) => "UNI IPv4",
        (TIMES | MESSAGE | MESSAGES | STYLE | CAPABILITY | FAST_REROUTE | PROPERTIES | ADMINISTRATIVE, 1)
        | (CLASS | OLD_CLASS | LABEL_SET | UNI, 1) => "1",
        (ACKNOWLEDGEMENT, 1) => "Message id ack",
        (ACKNOWLEDGEMENT, 2) => "Message id nack",
        (HELLO, 1) => "Hello Request",
        (HELLO, 2) => "Hello Ack",
        (LABEL_REQUEST, 1) => "without label range",
        (LABEL_REQUEST, 2) => "with ATM label range",
        (LABEL_REQUEST, 3) => "with FR label range",
        (LABEL | SUGGESTED_LABEL | UPSTREAM_LABEL | RECOVERY_LABEL, 1) => "Label",
        (LABEL | SUGGESTED_LABEL | UPSTREAM_LABEL | RECOVERY_LABEL, 2) | (LABEL_REQUEST, 4) => "Generalized Label",
        (LABEL | SUGGESTED_LABEL | UPSTREAM_LABEL | RECOVERY_LABEL, 3) => "Waveband Switching",
        (SUB_PATH, 1) => "IPv4 sub-LSP",
        (SUB_PATH, 2) => "IPv6 sub-LSP",
        _ => "Unknown",
    }
}

/// The contents of an object, `left` octets, all of which are captured.
pub(super) fn contents(
    o: &mut Out,
    v: View<'_>,
    class: u8,
    kind: u8,
    left: usize,
    indent: &'static str,
) -> Step<Shown> {
    match (class, kind) {
        (SESSION, _) => session(o, v, kind, left, indent),
        (TEMPLATE | FILTER, _) => sender(o, v, class, kind, left, indent),
        (CONFIRM | NOTIFY | SUB_PATH, 1 | 2) => address(o, v, class, kind, left, indent),
        (LABEL | SUGGESTED_LABEL | UPSTREAM_LABEL | RECOVERY_LABEL, 1..=3) => label(o, v, kind, left, indent),
        (STYLE, 1) => style(o, v, left, indent),
        (LABEL_REQUEST, 1..=4) => request(o, v, kind, left, indent),
        (ROUTE | RECORD, 1) => rsvp_routes::route(o, v, left, indent),
        (HELLO, 1 | 2) | (RESTART, 1) => pair(o, v, class, left, indent),
        (CAPABILITY, 1) => capability(o, v, left, indent),
        (ATTRIBUTE, 7) => attribute(o, v, left, indent),
        (UNI, 1) => rsvp_routes::interface(o, v, left, indent),
        (HOP, 1..=4) => hop(o, v, kind, left, indent),
        (TIMES | CLASS | OLD_CLASS | ADMINISTRATIVE, 1) => number(o, v, class, left, indent),
        (TRAFFIC | ADVERTISED | FLOW, 2) => rsvp_services::services(o, v, left, indent),
        (FAST_REROUTE, 1 | 7) => fast_reroute(o, v, kind, left, indent),
        (DETOUR, 7) => {
            for at in (0..left / 8).map(|row| row * 8) {
                let avoided = Ipv4(v.array(at + 4)?);
                o.put((indent, "  PLR-ID: ", Ipv4(v.array(at)?), ", Avoid-Node-ID: ", avoided));
            }
            Ok(Shown::Whole)
        }
        (ERROR, 1..=4) => error(o, v, kind, left, indent),
        (PROPERTIES, 1) => properties(o, v, left, indent),
        (MESSAGE | ACKNOWLEDGEMENT | MESSAGES, 1 | 2) => messages(o, v, left, indent),
        (INTEGRITY, 1) => integrity(o, v, left, indent),
        (LABEL_SET, 1) => label_set(o, v, left, indent),
        (CONFIRM | NOTIFY | SUB_PATH | LABEL | SUGGESTED_LABEL | UPSTREAM_LABEL | RECOVERY_LABEL, _)
        | (STYLE | LABEL_REQUEST | ROUTE | RECORD | HELLO | RESTART | CAPABILITY | ATTRIBUTE | UNI | HOP, _)
        | (TIMES | CLASS | OLD_CLASS | ADMINISTRATIVE | TRAFFIC | ADVERTISED | FLOW | FAST_REROUTE, _)
        | (DETOUR | ERROR | PROPERTIES | MESSAGE | ACKNOWLEDGEMENT | MESSAGES | INTEGRITY | LABEL_SET, _) => {
            Ok(Shown::Unknown)
        }
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t    ", left);
            }
            Ok(Shown::Whole)
        }
    }
}

/// RFC 2205, section A.1; RFC 3209, section 4.6.1; RFC 4875, section 19.1.
fn session(o: &mut Out, v: View<'_>, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    let must = match kind {
        1 => 8,
        2 => 20,
        7 | 11 | 13 => 12,
        8 => 36,
        14 => 26,
        _ => return Ok(Shown::Unknown),
    };
    if left < must {
        return Ok(Shown::Short);
    }
    match kind {
        1 => {
            o.put((indent, "  IPv4 DestAddress: ", Ipv4(v.array(0)?), ", Protocol ID: 0x", Hex2(v.u8(4)?)));
            o.put((indent, "  Flags: [0x", Hex2(v.u8(5)?), "], DestPort ", v.u16(6)?));
        }
        2 => {
            o.put((indent, "  IPv6 DestAddress: ", Ipv6(v.array(0)?), ", Protocol ID: 0x", Hex2(v.u8(16)?)));
            o.put((indent, "  Flags: [0x", Hex2(v.u8(17)?), "], DestPort ", v.u16(18)?));
        }
        7 | 11 => {
            let tunnel = (", Tunnel ID: 0x", Hex4(v.u16(6)?), ", Extended Tunnel ID: ", Ipv4(v.array(8)?));
            o.put((indent, "  IPv4 Tunnel EndPoint: ", Ipv4(v.array(0)?), tunnel));
        }
        8 => {
            let tunnel = (", Tunnel ID: 0x", Hex4(v.u16(18)?), ", Extended Tunnel ID: ", Ipv6(v.array(20)?));
            o.put((indent, "  IPv6 Tunnel EndPoint: ", Ipv6(v.array(0)?), tunnel));
        }
        13 => {
            let tunnel = (", Tunnel ID: 0x", Hex4(v.u16(6)?), ", Extended Tunnel ID: ", Ipv4(v.array(8)?));
            o.put((indent, "  IPv4 P2MP LSP ID: ", Ipv4(v.array(0)?), tunnel));
        }
        _ => {
            let tunnel = (", Tunnel ID: 0x", Hex4(v.u16(6)?), ", Extended Tunnel ID: ", Ipv6(v.array(8)?));
            o.put((indent, "  IPv6 P2MP LSP ID: 0x", Hex8(v.u32(0)?), tunnel));
        }
    }
    Ok(Shown::Whole)
}

/// RFC 2205, sections A.9 and A.10; RFC 3209, section 4.6.2; RFC 4875, section 19.2.
fn sender(o: &mut Out, v: View<'_>, class: u8, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    let must = match kind {
        1 | 7 => 8,
        2 => 20,
        3 | 8 if class == FILTER => 20,
        12 => 16,
        13 => 40,
        _ => return Ok(Shown::Unknown),
    };
    if left < must {
        return Ok(Shown::Short);
    }
    let source = "  Source Address: ";
    match kind {
        1 => o.put((indent, source, Ipv4(v.array(0)?), ", Source Port: ", v.u16(6)?)),
        2 => o.put((indent, source, Ipv6(v.array(0)?), ", Source Port: ", v.u16(18)?)),
        3 => o.put((indent, source, Ipv6(v.array(0)?), ", Flow Label: ", v.u24(17)?)),
        7 if class == TEMPLATE => {
            let id = (", LSP-ID: 0x", Hex4(v.u16(6)?));
            o.put((indent, "  IPv4 Tunnel Sender Address: ", Ipv4(v.array(0)?), id));
        }
        7 => o.put((indent, source, Ipv4(v.array(0)?), ", LSP-ID: 0x", Hex4(v.u16(6)?))),
        // As tcpdump has it: the first four octets are taken for the address.
        8 => o.put((indent, source, Ipv4(v.array(0)?), ", LSP-ID: 0x", Hex4(v.u16(18)?))),
        12 => {
            let group = ("  Sub-Group Originator ID: ", Ipv4(v.array(8)?), ", Sub-Group ID: 0x", Hex4(v.u16(12)?));
            let id = (", LSP ID: 0x", Hex4(v.u16(6)?));
            o.put((indent, "  IPv4 Tunnel Sender Address: ", Ipv4(v.array(0)?), id, indent, group));
        }
        _ => {
            let group = ("  Sub-Group Originator ID: ", Ipv6(v.array(20)?), ", Sub-Group ID: 0x", Hex4(v.u16(38)?));
            let id = (", LSP ID: 0x", Hex4(v.u16(18)?));
            o.put((indent, "  IPv6 Tunnel Sender Address: ", Ipv6(v.array(0)?), id, indent, group));
        }
    }
    Ok(Shown::Whole)
}

/// An object that is an address alone (RFC 2205, section A.14; RFC 3473, section
/// 4.2; RFC 4875, section 19.3).
fn address(o: &mut Out, v: View<'_>, class: u8, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    if left < if kind == 1 { 4 } else { 16 } {
        return Ok(Shown::Short);
    }
    let version = if kind == 1 { "IPv4" } else { "IPv6" };
    match class {
        CONFIRM => o.put((indent, "  ", version, " Receiver Address: ")),
        NOTIFY => o.put((indent, "  ", version, " Notify Node Address: ")),
        _ => o.put((indent, "  Sub-LSP destination address: ")),
    }
    if kind == 1 {
        o.put(Ipv4(v.array(0)?))
    } else {
        o.put(Ipv6(v.array(0)?))
    }
    Ok(Shown::Whole)
}

/// RFC 3209, section 4.1; RFC 3473, section 2.3.
fn label(o: &mut Out, v: View<'_>, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    match kind {
        1 => {
            for row in 0..left / 4 {
                o.put((indent, "  Label: ", v.u32(row * 4)?));
            }
        }
        2 if left >= 4 => o.put((indent, "  Generalized Label: ", v.u32(0)?)),
        3 if left >= 12 => {
            let range = ("  Start Label: ", v.u32(4)?, ", Stop Label: ", v.u32(8)?);
            o.put((indent, "  Waveband ID: ", v.u32(0)?, indent, range));
        }
        _ => return Ok(Shown::Short),
    }
    Ok(Shown::Whole)
}

/// RFC 2205, section A.7.
fn style(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    const STYLES: Table = &[(17, "Wildcard Filter"), (10, "Fixed Filter"), (18, "Shared Explicit")];
    if left < 4 {
        return Ok(Shown::Short);
    }
    let style = named(STYLES, v.u24(1)?, "Unknown");
    o.put((indent, "  Reservation Style: ", style, ", Flags: [0x", Hex2(v.u8(0)?), "]"));
    Ok(Shown::Whole)
}

/// RFC 3209, section 4.2; RFC 3473, section 2.1.
fn request(o: &mut Out, v: View<'_>, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    let protocol = |at: usize| -> Step<Named> {
        Ok(Named(ETHERTYPES, v.u16(at)?.into(), Otherwise::Hex("Unknown Protocol (0x", 4, ")")))
    };
    match kind {
        1 => {
            for row in 0..left / 4 {
                o.put((indent, "  L3 Protocol ID: ", protocol(row * 4 + 2)?));
            }
        }
        2 if left >= 12 => {
            let merge = (v.u8(4)? & 0x80 != 0).then_some("no");
            o.put((indent, "  L3 Protocol ID: ", protocol(2)?, ",", merge, " merge capability"));
            o.put((indent, "  Minimum VPI/VCI: ", v.u16(4)? & 0xfff, "/", v.u16(6)? & 0xfff));
            o.put((indent, "  Maximum VPI/VCI: ", v.u16(8)? & 0xfff, "/", v.u16(10)? & 0xfff));
        }
        3 if left >= 12 => {
            o.put((indent, "  L3 Protocol ID: ", protocol(2)?));
            let width = match v.u16(4)? >> 7 & 3 {
                0 => Some("10"),
                2 => Some("23"),
                _ => None,
            };
            let range = (v.u32(4)? & 0x7f_ffff, "/", v.u32(8)? & 0x7f_ffff);
            o.put((indent, "  Minimum/Maximum DLCI: ", range, ", ", width, " bit DLCI"));
        }
        4 if left >= 4 => {
            let encoding = v.u8(0)?;
            o.put((indent, "  LSP Encoding Type: ", named(ENCODING, encoding, "Unknown"), " (", encoding, ")"));
            let (switching, payload) = (v.u8(1)?, v.u16(2)?);
            o.put((indent, "  Switching Type: ", named(SWITCHING, switching, "Unknown"), " (", switching, ")"));
            o.put((", Payload ID: ", named(PAYLOADS, payload, "Unknown"), " (0x", Hex4(payload), ")"));
        }
        _ => return Ok(Shown::Short),
    }
    Ok(Shown::Whole)
}

/// RFC 3209, section 5.2; RFC 3473, section 9.1.
fn pair(o: &mut Out, v: View<'_>, class: u8, left: usize, indent: &'static str) -> Step<Shown> {
    if left < 8 {
        return Ok(Shown::Short);
    }
    if class == HELLO {
        let destination = (", Destination Instance: 0x", Hex8(v.u32(4)?));
        o.put((indent, "  Source Instance: 0x", Hex8(v.u32(0)?), destination));
    } else {
        o.put((indent, "  Restart  Time: ", v.u32(0)?, "ms, Recovery Time: ", v.u32(4)?, "ms"));
    }
    Ok(Shown::Whole)
}

/// RFC 5063, section 4.2.
fn capability(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    const FLAGS: Table =
        &[(4, "RecoveryPath Transmit Enabled"), (2, "RecoveryPath Desired"), (1, "RecoveryPath Srefresh Capable")];
    if left < 4 {
        return Ok(Shown::Short);
    }
    let flags = v.u32(0)?;
    let reserved = flags & !7;
    o.put((reserved != 0).then_some((indent, "  [reserved=0x", Hex8(reserved), " must be zero]")));
    o.put((indent, "  Flags: [", bits(FLAGS, flags & 7, ", ", "none"), "]"));
    Ok(Shown::Whole)
}

/// RFC 3209, section 4.7.
fn attribute(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    const FIXED: usize = 4;
    const FLAGS: Table = &[
        (0x01, "Local Protection"),
        (0x02, "Label Recording"),
        (0x04, "SE Style"),
        (0x08, "Bandwidth protection"),
        (0x10, "Node protection"),
    ];
    if left < FIXED {
        return Ok(Shown::Short);
    }
    let size = usize::from(v.u8(3)?);
    if left < FIXED + size {
        return Ok(Shown::Short);
    }
    o.put((indent, "  Session Name: "));
    o.text(v.skip(FIXED), size)?;
    let flags = v.u8(2)?;
    o.put((indent, "  Setup Priority: ", v.u8(0)?, ", Holding Priority: ", v.u8(1)?));
    o.put((", Flags: [", bits(FLAGS, flags, ", ", "none"), "] (", Prefixed(flags), ")"));
    Ok(Shown::Whole)
}

/// Hexadecimal with `0x`, except for zero.
#[derive(Clone, Copy)]
pub(super) struct Prefixed(pub u8);

impl Put for Prefixed {
    fn put(self, o: &mut Out) {
        o.put((self.0 != 0).then_some("0x"));
        o.put(Hex(self.0));
    }
}

/// RFC 2205, section A.2; RFC 3473, section 8.1.
fn hop(o: &mut Out, v: View<'_>, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    let six = matches!(kind, 2 | 4);
    let must = if six { 20 } else { 8 };
    if left < must {
        return Ok(Shown::Short);
    }
    let handle = |at: usize| -> Step<_> { Ok((", Logical Interface Handle: 0x", Hex8(v.u32(at)?))) };
    if six {
        o.put((indent, "  Previous/Next Interface: ", Ipv6(v.array(0)?), handle(16)?));
    } else {
        o.put((indent, "  Previous/Next Interface: ", Ipv4(v.array(0)?), handle(4)?));
    }
    Ok(if six || left > must { Shown::Unknown } else { Shown::Whole })
}

/// RFC 2205, section A.4; RFC 4124, section 6.2.1; RFC 3473, section 7.1.
fn number(o: &mut Out, v: View<'_>, class: u8, left: usize, indent: &'static str) -> Step<Shown> {
    const STATUSES: Table = &[(0x8000_0000, "Reflect"), (4, "Testing"), (2, "Admin-down"), (1, "Delete-in-progress")];
    if left < 4 {
        return Ok(Shown::Short);
    }
    let number = v.u32(0)?;
    match class {
        TIMES => o.put((indent, "  Refresh Period: ", number, "ms")),
        ADMINISTRATIVE => o.put((indent, "  Flags [", bits(STATUSES, number, ", ", "none"), "]")),
        _ => o.put((indent, "  CT: ", number & 7)),
    }
    Ok(Shown::Whole)
}

/// RFC 4090, section 4.1.
fn fast_reroute(o: &mut Out, v: View<'_>, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    if left < if kind == 1 { 20 } else { 16 } {
        return Ok(Shown::Short);
    }
    let bandwidth = General((f32::from_bits(v.u32(4)?) * 8.0 / 1_000_000.0).into());
    let priorities = (v.u8(0)?, ", Holding Priority: ", v.u8(1)?, ", Hop-limit: ", v.u8(2)?);
    o.put((indent, "  Setup Priority: ", priorities, ", Bandwidth: ", bandwidth, " Mbps"));
    let (include, exclude) = (Hex8(v.u32(8)?), Hex8(v.u32(12)?));
    if kind == 1 {
        let all = (", Include-all: 0x", Hex8(v.u32(16)?));
        o.put((indent, "  Include-any: 0x", include, ", Exclude-any: 0x", exclude, all));
    } else {
        o.put((indent, "  Include Colors: 0x", include, ", Exclude Colors: 0x", exclude));
    }
    Ok(Shown::Whole)
}

/// RFC 2205, section A.5; RFC 3209, section 7.3; RFC 4124, section 6.5.
fn error(o: &mut Out, v: View<'_>, kind: u8, left: usize, indent: &'static str) -> Step<Shown> {
    const ROUTING: u8 = 24;
    const DIFFERENTIATED: u8 = 28;
    const OLD_DIFFERENTIATED: u8 = 125;
    const CODES: Table =
        &[(24, "Routing Problem"), (25, "Notify Error"), (28, "Diffserv TE Error"), (125, "Diffserv TE Error (Old)")];
    const ROUTING_VALUES: Table = &[
        (1, "Bad EXPLICIT_ROUTE object"),
        (2, "Bad strict node"),
        (3, "Bad loose node"),
        (4, "Bad initial subobject"),
        (5, "No route available toward destination"),
        (6, "Unacceptable label value"),
        (7, "RRO indicated routing loops"),
        (8, "non-RSVP-capable router in the path"),
        (9, "MPLS label allocation failure"),
        (10, "Unsupported L3PID"),
    ];
    const DIFFERENTIATED_VALUES: Table = &[
        (1, "Unexpected CT object"),
        (2, "Unsupported CT"),
        (3, "Invalid CT value"),
        (4, "CT/setup priority do not form a configured TE-Class"),
        (5, "CT/holding priority do not form a configured TE-Class"),
        (6, "CT/setup priority and CT/holding priority do not form a configured TE-Class"),
        (7, "Inconsistency between signaled PSC and signaled CT"),
        (8, "Inconsistency between signaled PHBs and signaled CT"),
    ];
    let six = matches!(kind, 2 | 4);
    let size = if six { 16 } else { 4 };
    if left < size + 4 {
        return Ok(Shown::Short);
    }
    o.put((indent, "  Error Node Address: "));
    if six {
        o.put(Ipv6(v.array(0)?))
    } else {
        o.put(Ipv4(v.array(0)?))
    }
    let (code, value) = (v.u8(size + 1)?, v.u16(size + 2)?);
    o.put((", Flags: [0x", Hex2(v.u8(size)?), "]", indent));
    o.put(("  Error Code: ", named(CODES, code, "unknown"), " (", code, ")"));
    match code {
        ROUTING => o.put((", Error Value: ", named(ROUTING_VALUES, value, "unknown"), " (", value, ")")),
        _ if six => {}
        DIFFERENTIATED | OLD_DIFFERENTIATED => {
            o.put((", Error Value: ", named(DIFFERENTIATED_VALUES, value, "unknown"), " (", value, ")"));
        }
        _ => o.put((", Unknown Error Value (", value, ")")),
    }
    Ok(Shown::Whole)
}

/// Properties of Juniper.
fn properties(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    const TLV: usize = 2;
    const NAMES: Table =
        &[(0x01, "Cos"), (0x02, "Metric 1"), (0x04, "Metric 2"), (0x08, "CCC Status"), (0x10, "Path Type")];
    if left < 4 {
        return Ok(Shown::Short);
    }
    let padding = usize::from(v.u16(2)?);
    o.put((indent, "  TLV count: ", v.u16(0)?, ", padding bytes: ", padding));
    let (mut v, mut left) = (v.skip(4), left - 4);
    while left >= TLV + padding {
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        let name = named(NAMES, kind, "unknown");
        o.put((indent, "    ", name, " TLV (0x", Hex2(kind), "), length: ", size));
        if left < size {
            return Ok(Shown::Short);
        }
        if size < TLV {
            o.put((indent, "ERROR: property TLV is too short"));
            return Ok(Shown::Nothing);
        }
        o.unknown(v.skip(TLV), "\n\t\t", size - TLV);
        (v, left) = (v.skip(size), left - size);
    }
    Ok(Shown::Whole)
}

/// RFC 2961, section 4.
fn messages(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    if left < 4 {
        return Ok(Shown::Short);
    }
    o.put((indent, "  Flags [0x", Hex2(v.u8(0)?), "], epoch: ", v.u24(1)?));
    for at in (1..left / 4).map(|row| row * 4) {
        let id = v.u32(at)?;
        o.put((indent, "    Message-ID 0x", Hex8(id), " (", id, ")"));
    }
    Ok(Shown::Whole)
}

/// RFC 2747, section 2.
fn integrity(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    const SIZE: usize = 32;
    const FLAGS: Table = &[(0x80, "Handshake")];
    if left < SIZE {
        return Ok(Shown::Short);
    }
    let key = ("  Key-ID 0x", Hex4(v.u16(2)?), Hex8(v.u32(4)?));
    let sequence = (", Sequence 0x", Hex8(v.u32(8)?), Hex8(v.u32(12)?));
    o.put((indent, key, sequence, ", Flags [", bits(FLAGS, v.u8(0)?, ", ", "none"), "]"));
    let digest = (Hex8(v.u32(16)?), Hex8(v.u32(20)?), Hex8(v.u32(24)?), Hex8(v.u32(28)?));
    o.put((indent, "  MD5-sum 0x", digest, " "));
    Ok(Shown::Whole)
}

/// RFC 3473, section 2.6.
fn label_set(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    const ACTIONS: Table =
        &[(0, "Inclusive list"), (1, "Exclusive list"), (2, "Inclusive range"), (3, "Exclusive range")];
    if left < 4 {
        return Ok(Shown::Short);
    }
    let action = v.u8(0)?;
    let name = named(ACTIONS, action, "Unknown");
    o.put((indent, "  Action: ", name, " (", action, "), Label type: ", v.u8(3)? & 0x7f));
    match action {
        2 | 3 if left < 12 => return Ok(Shown::Short),
        2 | 3 => o.put((indent, "  Start range: ", v.u32(4)?, ", End range: ", v.u32(8)?)),
        _ => {
            for row in 1..left / 4 {
                o.put((indent, "  Subchannel #", row, ": ", v.u32(row * 4)?));
            }
        }
    }
    Ok(Shown::Whole)
}
