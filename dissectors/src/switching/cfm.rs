//! Connectivity fault management (IEEE 802.1Q, clause 21; ITU-T Y.1731).

use super::cfm_fields;
use crate::below::Below;
use crate::families::FAMILIES;
use crate::field::Field;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Ipv4, Ipv6, Mac, Named, Otherwise, Table, bits, named};
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 4;

const LEVEL: Field<u8> = Field::bits("cfm.md.level", 0, 5, 7);
const VERSION: Field<u8> = Field::bits("cfm.version", 0, 0, 0x1f);
const OPCODE: Field<u8> = Field::new("cfm.opcode", 1);
const FLAGS: Field<u8> = Field::new("cfm.flags", 2);
const FIRST_TLV: Field<u8> = Field::new("cfm.first.tlv.offset", 3);

const CONTINUITY_CHECK: u8 = 1;
const TRACE_REPLY: u8 = 4;
const TRACE: u8 = 5;
const OPCODES: Table = &[
    (1, "Continuity Check Message"),
    (2, "Loopback Reply"),
    (3, "Loopback Message"),
    (4, "Linktrace Reply"),
    (5, "Linktrace Message"),
];

/// Octets of the messages before their TLVs.
const CONTINUITY_CHECK_LEN: usize = 70;
const TRACE_REPLY_LEN: usize = 6;
const TRACE_LEN: usize = 17;

/// A CFM message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "cfm";
    match message(o, v) {
        Err(Stop::Malformed) => {
            o.put("\n\t\t packet is too short");
            Ok(())
        }
        other => o.settle(other),
    }
}

/// Prints a message; it is malformed where it is too short.
fn message(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    v.check(HEADER)?;
    o.see(VERSION, v);
    o.see(FLAGS, v);
    o.see(FIRST_TLV, v);
    let (version, level, opcode) = (v.get(VERSION)?, v.get(LEVEL)?, v.get(OPCODE)?);
    if version != 0 {
        o.put(("CFMv", version, " not supported, length ", v.len()));
        return Ok(());
    }
    let name = Named(OPCODES, opcode.into(), Otherwise::Dec("unknown (", ")"));
    o.put(("CFMv0 ", OPCODE.text(opcode, name), ", MD Level ", LEVEL.show(level), ", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    cfm_fields::note(o, v);
    let first = usize::from(v.get(FIRST_TLV)?);
    o.put(("\n\tFirst TLV offset ", first));
    let body = v.skip(HEADER);
    if first > body.len() {
        o.put((" (too large, must be <= ", body.len(), ")"));
        return Ok(());
    }
    let flags = v.get(FLAGS)?;
    let (least, complaint) = match opcode {
        CONTINUITY_CHECK => (CONTINUITY_CHECK_LEN, " (too small 1, must be >= "),
        TRACE => (TRACE_LEN, " (too small 4, must be >= "),
        TRACE_REPLY => (TRACE_REPLY_LEN, " (too small 5, must be >= "),
        _ => (0, ""),
    };
    if first < least {
        o.put((complaint, least, ")"));
        return Ok(());
    }
    body.check(least)?;
    match opcode {
        CONTINUITY_CHECK => {
            if !continuity_check(o, body, flags)? {
                return Ok(());
            }
        }
        TRACE => trace(o, body, flags)?,
        TRACE_REPLY => trace_reply(o, body, flags)?,
        _ => o.unknown(body, "\n\t  ", body.len() - first),
    }
    tlvs(o, body.skip(first))
}

/// The interval between checks, and the least and most that one is valid, in
/// seconds (IEEE 802.1Q, 21.6.1.3).
const INTERVALS: [[&str; 3]; 8] = [
    ["", "", ""],
    ["0.003", "0.011", "0.012"],
    ["0.010", "0.032", "0.035"],
    ["0.100", "0.325", "0.350"],
    ["1.000", "3.250", "3.500"],
    ["10.000", "32.500", "35.000"],
    ["60.000", "195.000", "210.000"],
    ["600.000", "1950.000", "2100.000"],
];

const DOMAIN_FORMATS: Table = &[
    (0, "IEEE 802.1"),
    (1, "No MD Name present"),
    (2, "DNS string"),
    (3, "MAC + 16Bit Integer"),
    (4, "Character string"),
];
const ASSOCIATION_FORMATS: Table =
    &[(0, "IEEE 802.1"), (1, "Primary VID"), (2, "Character string"), (3, "16Bit Integer"), (4, "RFC2685 VPN-ID")];

/// A continuity check; false if its names end the printing.
fn continuity_check(o: &mut Out, v: View<'_>, flags: u8) -> Step<bool> {
    let interval = flags & 7;
    o.put((", Flags [CCM Interval ", interval, if flags & 0x80 != 0 { ", RDI]" } else { "]" }));
    if let (1.., Some([base, least, most])) = (interval, INTERVALS.get(usize::from(interval))) {
        o.put(("\n\t  CCM Interval ", *base, "s, min CCM Lifetime ", *least, "s, max CCM Lifetime ", *most, "s"));
    }
    o.put(("\n\t  Sequence Number 0x", Hex8(v.u32(0)?), ", MA-End-Point-ID 0x", Hex4(v.u16(4)?)));
    match domain_name(o, v.skip(6).claim(48))? {
        Some(rest) => association_name(o, rest),
        None => Ok(false),
    }
}

/// The name of the maintenance domain; the result is what follows it.
fn domain_name<'p>(o: &mut Out, v: View<'p>) -> Step<Option<View<'p>>> {
    const NONE: u8 = 1;
    const MAC: u8 = 3;
    let format = v.u8(0)?;
    o.put(("\n\t  MD Name Format ", named(DOMAIN_FORMATS, format, "Unknown"), " (", format, ")"));
    if format == NONE {
        return Ok(Some(v.skip(1)));
    }
    let length = usize::from(v.u8(1)?);
    let name = v.skip(2);
    o.put((", MD Name length ", length));
    // The association's name needs three octets at least.
    if length > name.len() - 3 {
        o.put((" (too large, must be <= ", name.len() - 2, ")"));
        return Ok(None);
    }
    o.put("\n\t  MD Name: ");
    match format {
        2 | 4 => o.text_to_nul(name, length)?,
        MAC if length == 6 => o.put(("\n\t  MAC ", Mac(name.array(0)?))),
        MAC => o.put("\n\t  MAC (length invalid)"),
        _ => o.unknown(name, "\n\t    ", length),
    }
    Ok(Some(name.skip(length)))
}

/// The name of the maintenance association; false if it ends the printing.
fn association_name(o: &mut Out, v: View<'_>) -> Step<bool> {
    const TEXT: u8 = 2;
    let (format, length) = (v.u8(0)?, usize::from(v.u8(1)?));
    let name = v.skip(2);
    o.put(("\n\t  MA Name-Format ", named(ASSOCIATION_FORMATS, format, "Unknown"), " (", format, ")"));
    o.put((", MA name length ", length));
    if length > name.len() {
        o.put((" (too large, must be <= ", name.len(), ")"));
        return Ok(false);
    }
    o.put("\n\t  MA Name: ");
    if format == TEXT {
        o.text_to_nul(name, length)?;
    } else {
        o.unknown(name, "\n\t    ", length);
    }
    Ok(true)
}

fn trace(o: &mut Out, v: View<'_>, flags: u8) -> Step {
    const NAMES: Table = &[(0x80, "Use Forwarding-DB only")];
    o.put((", Flags [", bits(NAMES, flags, ", ", "none"), "]"));
    o.put(("\n\t  Transaction-ID 0x", Hex8(v.u32(0)?), ", ttl ", v.u8(4)?));
    o.put(("\n\t  Original-MAC ", Mac(v.array(5)?), ", Target-MAC ", Mac(v.array(11)?)));
    Ok(())
}

fn trace_reply(o: &mut Out, v: View<'_>, flags: u8) -> Step {
    const NAMES: Table = &[(0x80, "UseFDB Only"), (0x40, "FwdYes"), (0x20, "Terminal MEP")];
    const ACTIONS: Table = &[(1, "Exact Match"), (2, "Filtering DB"), (3, "MIP CCM DB")];
    o.put((", Flags [", bits(NAMES, flags, ", ", "none"), "]"));
    o.put(("\n\t  Transaction-ID 0x", Hex8(v.u32(0)?), ", ttl ", v.u8(4)?));
    let action = v.u8(5)?;
    o.put(("\n\t  Replay-Action ", named(ACTIONS, action, "Unknown"), " (", action, ")"));
    Ok(())
}

/// Octets of a TLV's header.
const TLV_HEADER: usize = 3;

const END: u8 = 0;
const SENDER: u8 = 1;
const PORT_STATUS: u8 = 2;
const INTERFACE_STATUS: u8 = 3;
const PRIVATE: u8 = 31;
const TLVS: Table = &[
    (0, "End"),
    (1, "Sender ID"),
    (2, "Port status"),
    (3, "Interface status"),
    (4, "Data"),
    (5, "Reply Ingress"),
    (6, "Reply Egress"),
    (31, "Organization Specific"),
];
const PORT_STATES: Table = &[(1, "Blocked"), (2, "Up")];
const INTERFACE_STATES: Table =
    &[(1, "Up"), (2, "Down"), (3, "Testing"), (5, "Dormant"), (6, "not present"), (7, "lower Layer down")];

/// How the printing goes on behind a TLV.
enum Next {
    /// With the next one, after a dump of so many octets where one is wanted.
    Dumped(bool, usize),
    /// With the next one, so many octets on.
    Skip(usize),
    /// Not at all.
    Stop,
}

fn tlvs(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while !rest.is_empty() {
        let kind = rest.u8(0)?;
        o.put(("\n\t", named(TLVS, kind, "Unknown"), " TLV (0x", Hex2(kind), ")"));
        if kind == END {
            return Ok(());
        }
        if rest.len() < TLV_HEADER {
            return Err(Stop::Malformed);
        }
        rest.check(TLV_HEADER)?;
        let length = usize::from(rest.u16(1)?);
        o.put((", length ", length));
        rest = rest.skip(TLV_HEADER);
        if rest.len() < length {
            return Err(Stop::Malformed);
        }
        rest.check(length)?;
        match tlv(o, kind, rest.claim(length))? {
            Next::Stop => return Ok(()),
            Next::Dumped(wanted, octets) if wanted || o.opt.verbose > 1 => o.unknown(rest, "\n\t  ", octets),
            Next::Dumped(..) => {}
            Next::Skip(octets) => {
                rest = rest.skip(octets);
                continue;
            }
        }
        rest = rest.skip(length);
    }
    Ok(())
}

/// Prints the value of a TLV.
fn tlv(o: &mut Out, kind: u8, v: View<'_>) -> Step<Next> {
    let least = match kind {
        PORT_STATUS | INTERFACE_STATUS | SENDER => 1,
        PRIVATE => 4,
        _ => 0,
    };
    if v.len() < least {
        o.put((" (too short, must be >= ", least, ")"));
        return Ok(if kind == SENDER { Next::Skip(0) } else { Next::Stop });
    }
    match kind {
        PORT_STATUS | INTERFACE_STATUS => {
            let state = v.u8(0)?;
            let names = if kind == PORT_STATUS { PORT_STATES } else { INTERFACE_STATES };
            o.put((", Status: ", named(names, state, "Unknown"), " (", state, ")"));
            Ok(Next::Dumped(false, v.len()))
        }
        PRIVATE => {
            let vendor = v.u24(0)?;
            o.put((", Vendor: ", named(ORGANIZATIONS, vendor, "Unknown"), " (", vendor, "), Sub-Type ", v.u8(3)?));
            Ok(Next::Dumped(true, v.len()))
        }
        SENDER => sender(o, v),
        _ => Ok(Next::Dumped(true, v.len())),
    }
}

/// The sender's chassis and management address (IEEE 802.1Q, 21.5.3).
fn sender(o: &mut Out, v: View<'_>) -> Step<Next> {
    let short = |o: &mut Out, octets: usize| {
        o.put("\n\t  (TLV too short)");
        Ok(Next::Skip(octets))
    };
    let length = usize::from(v.u8(0)?);
    let mut rest = v.skip(1);
    let mut dumped = false;
    if length > 0 {
        if rest.is_empty() {
            return short(o, v.len());
        }
        let kind = rest.u8(0)?;
        rest = rest.skip(1);
        o.put(("\n\t  Chassis-ID Type ", named(CHASSIS, kind, "Unknown"), " (", kind, "), Chassis-ID length "));
        o.put(length);
        if rest.len() < length {
            // The type of the identifier is counted twice here.
            return short(o, v.len() - 1);
        }
        dumped = chassis(o, kind, rest.claim(length))?;
        rest = rest.skip(length);
    }
    if rest.is_empty() {
        return Ok(Next::Dumped(dumped, 0));
    }
    let length = usize::from(rest.u8(0)?);
    rest = rest.skip(1);
    o.put(("\n\t  Management Address Domain Length ", length));
    if length == 0 {
        return Ok(Next::Dumped(dumped, rest.len()));
    }
    if rest.len() < length {
        return short(o, v.len());
    }
    o.hex_dump("\n\t  Management Address Domain: ", rest.bytes(0, length)?);
    rest = rest.skip(length);
    if rest.is_empty() {
        o.put(" (Management Address Length is missing)");
        return Ok(Next::Dumped(true, 0));
    }
    let length = usize::from(rest.u8(0)?);
    rest = rest.skip(1);
    o.put(("\n\t  Management Address Length ", length));
    if length > 0 {
        if rest.len() < length {
            o.put("\n\t  (TLV too short)");
            return Ok(Next::Stop);
        }
        o.hex_dump("\n\t  Management Address: ", rest.bytes(0, length)?);
        rest = rest.skip(length);
    }
    Ok(Next::Dumped(dumped, rest.len()))
}

const CHASSIS: Table = &[
    (0, "Reserved"),
    (1, "Chassis component"),
    (2, "Interface alias"),
    (3, "Port component"),
    (4, "MAC address"),
    (5, "Network address"),
    (6, "Interface name"),
    (7, "Locally assigned"),
];

/// A chassis identifier; true if it is to be dumped.
fn chassis(o: &mut Out, kind: u8, v: View<'_>) -> Step<bool> {
    match kind {
        4 if v.len() != 6 => {
            o.put(" (invalid MAC address length)");
            return Ok(true);
        }
        4 => o.put(("\n\t  MAC ", Mac(v.array(0)?))),
        5 => return network_address(o, v),
        1..=3 | 6 | 7 => o.text_to_nul(v, v.len())?,
        _ => return Ok(true),
    }
    Ok(false)
}

/// A network address behind its family; true if it is to be dumped.
fn network_address(o: &mut Out, v: View<'_>) -> Step<bool> {
    if v.is_empty() {
        o.put("\n\t  Network Address Type (invalid, no data");
        return Ok(false);
    }
    let family = v.u8(0)?;
    o.put(("\n\t  Network Address Type ", named(FAMILIES, family, "Unknown"), " (", family, ")"));
    match (family, v.len()) {
        (1, 5) => o.put((", ", Ipv4(v.array(1)?))),
        (2, 17) => o.put((", ", Ipv6(v.array(1)?))),
        (1, len) => o.put(("(invalid IPv4 address length ", len - 1, ")")),
        (2, len) => o.put(("(invalid IPv6 address length ", len - 1, ")")),
        _ => return Ok(true),
    }
    Ok(!matches!((family, v.len()), (1, 5) | (2, 17)))
}
