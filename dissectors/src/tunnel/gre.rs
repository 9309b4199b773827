//! GRE (RFC 2784, RFC 2890) with source routes (RFC 1701), and its version 1 of
//! PPTP (RFC 2637, section 4.1).

use crate::below::Below;
use crate::field::Slot;
use crate::link::{ethernet, ppp};
use crate::options::PacketType;
use crate::out::Out;
use crate::put::{Hex, Hex4, Table, bits, named};
use crate::registry::{self, ETHERTYPES};
use crate::tunnel::{gre_fields, nhrp};
use crate::view::{Step, Stop, View};

const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
const ACKNOWLEDGMENT: u16 = 0x0080;
const VERSION: u16 = 0x0007;
const FLAG_NAMES: Table = &[
    (0x8000, "checksum present"),
    (0x4000, "routing present"),
    (0x2000, "key present"),
    (0x1000, "sequence# present"),
    (0x0800, "source routing present"),
    (0x0080, "ack present"),
];

const PPP: u16 = 0x880b;
const TRANSPARENT_ETHERNET: u16 = 0x6558;

const OSI: u16 = 0x00fe;

const NHRP: u16 = 0x2001;
const IPX: u16 = 0x8137;
const APPLETALK: u16 = 0x809b;

/// The other payloads that GRE carries by their Ethertype: IPv4, IPv6 and MPLS.
const CARRIED: &[u16] = &[0x0800, 0x86dd, 0x8847];

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("gre.flags_and_version", 0, 2),
    Slot::new("gre.flags.checksum", 0, 2).bits(15, 1),
    Slot::new("gre.flags.routing", 0, 2).bits(14, 1),
    Slot::new("gre.flags.key", 0, 2).bits(13, 1),
    Slot::new("gre.flags.sequence_number", 0, 2).bits(12, 1),
    Slot::new("gre.flags.strict_source_route", 0, 2).bits(11, 1),
    Slot::new("gre.flags.recursion_control", 0, 2).bits(8, 7),
    Slot::new("gre.flags.version", 0, 2).bits(0, 7),
];

const CHECKSUM_FIELDS: &[Slot] = &[Slot::new("gre.checksum", 0, 2), Slot::new("gre.offset", 2, 2)];
const ROUTE_FIELDS: &[Slot] = &[
    Slot::new("gre.routing.address_family", 0, 2),
    Slot::new("gre.routing.sre_offset", 2, 1),
    Slot::new("gre.routing.src_length", 3, 1),
];
/// The key of version 1.
const CALL_FIELDS: &[Slot] = &[Slot::new("gre.key.payload_length", 0, 2), Slot::new("gre.key.call_id", 2, 2)];
const KEY_FIELDS: &[Slot] = &[Slot::new("gre.key", 0, 4)];
const VERSION_1_FIELDS: &[Slot] = &[Slot::new("gre.flags.ack", 0, 2).bit(7)];

/// A GRE packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "gre";
    let result = packet(o, v, below);
    o.go_on(result)
}

/// Fails as cut unless `n` octets are left.
fn enough(v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(Stop::Cut) } else { v.check(n) }
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    enough(v, 2)?;
    let flags = v.u16(0)?;
    o.see_all(FIELDS, v);
    let version = flags & VERSION;
    o.put(("GREv", version));
    match version {
        0 => version_0(o, v, flags, below),
        1 => version_1(o, v, flags, below),
        _ => {
            o.put(" ERROR: unknown-version");
            Ok(())
        }
    }
}

/// The flags with `-v`, and the protocol type.
fn header<'p>(o: &mut Out, v: View<'p>, flags: u16) -> Step<(u16, View<'p>)> {
    if o.opt.verbose > 0 {
        o.put((", Flags [", bits(FLAG_NAMES, flags, ", ", "none"), "]"));
    }
    let rest = v.skip(2);
    enough(rest, 2)?;
    let kind = rest.u16(0)?;
    o.note(id!("gre.proto"), kind);
    Ok((kind, rest.skip(2)))
}

/// A field of four octets that is present where `flag` is set.
fn optional<'p>(o: &mut Out, v: View<'p>, present: bool, write: impl FnOnce(&mut Out, u32)) -> Step<View<'p>> {
    if !present {
        return Ok(v);
    }
    enough(v, 4)?;
    let value = v.u32(0)?;
    write(o, value);
    Ok(v.skip(4))
}

/// The end of the header's text.
fn close(o: &mut Out, kind: u16, length: usize) {
    if o.opt.link {
        o.put((", proto ", named(ETHERTYPES, kind, "unknown"), " (0x", Hex4(kind), ")"));
    }
    o.put((", length ", length));
}

/// What stands between header and payload.
fn demarcation(o: &mut Out) {
    o.put(if o.opt.verbose < 1 { ": " } else { "\n\t" });
}

fn version_0(o: &mut Out, v: View<'_>, flags: u16, below: &Below<'_>) -> Step {
    let length = v.len();
    let (kind, mut v) = header(o, v, flags)?;
    if flags & (CHECKSUM | ROUTING) != 0 {
        enough(v, 2)?;
        let sum = v.u16(0)?;
        o.see_all(CHECKSUM_FIELDS, v);
        o.put((o.opt.verbose > 0).then_some((", sum 0x", Hex(sum))));
        v = v.skip(2);
        enough(v, 2)?;
        o.put((", off 0x", Hex(v.u16(0)?)));
        v = v.skip(2);
    }
    v = optional(o, v, flags & KEY != 0, |o, key| {
        o.note(id!("gre.key"), key);
        o.put((", key=0x", Hex(key)));
    })?;
    v = optional(o, v, flags & SEQUENCE != 0, |o, number| {
        o.note(id!("gre.sequence_number"), number);
        o.put((", seq ", number));
    })?;
    if flags & ROUTING != 0 {
        v = source_routes(o, v)?;
    }
    gre_fields::note_mirrored(o, v, kind, flags & SEQUENCE != 0);
    close(o, kind, length);
    demarcation(o);
    match kind {
        TRANSPARENT_ETHERNET => ethernet::encapsulated(o, v, below),
        OSI => registry::osi(o, v, below),
        // tcpdump 4.99 prints its number.
        NHRP if o.tree.is_some() || o.opt.packet_type == Some(PacketType::Nhrp) => nhrp::dissect(o, v),
        IPX => registry::ipx()(o, v, below),
        APPLETALK => registry::appletalk(o, v, below),
        _ => match registry::ethertype(kind).filter(|_| CARRIED.contains(&kind)) {
            Some(dissect) => dissect(o, v, below),
            None => {
                o.put(("gre-proto-0x", Hex(kind)));
                Ok(())
            }
        },
    }
}

/// Source route entries (RFC 1701, section "Routing").
fn source_routes<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    const IP: u16 = 0x0800;
    const AUTONOMOUS_SYSTEMS: u16 = 0xfffe;
    let mut v = v;
    loop {
        enough(v, 4)?;
        let (family, offset, size) = (v.u16(0)?, v.u8(2)?, v.u8(3)?);
        o.see_all(ROUTE_FIELDS, v);
        v = v.skip(4);
        if family == 0 && size == 0 {
            return Ok(v);
        }
        let hops = match family {
            IP => {
                o.put(", (rtaf=ip");
                source_route(o, v, offset, size, 4)
            }
            AUTONOMOUS_SYSTEMS => {
                o.put(", (rtaf=asn");
                source_route(o, v, offset, size, 2)
            }
            _ => {
                o.put((", (rtaf=0x", Hex(family)));
                Ok(())
            }
        };
        o.put(")");
        hops?;
        enough(v, usize::from(size))?;
        v = v.skip(usize::from(size));
    }
}

/// The hops of a source route, each of `unit` octets: a star marks the next.
fn source_route(o: &mut Out, v: View<'_>, offset: u8, size: u8, unit: u8) -> Step {
    if !offset.is_multiple_of(unit) {
        o.put((", badoffset=", offset));
        return Ok(());
    }
    if !size.is_multiple_of(unit) {
        o.put((", badlength=", size));
        return Ok(());
    }
    if offset >= size {
        o.put((", badoff/len=", offset, "/", size));
        return Ok(());
    }
    for at in (0..size).step_by(usize::from(unit)) {
        let hop = v.skip(usize::from(at));
        enough(hop, usize::from(unit))?;
        let mark = if at == offset { " *" } else { " " };
        if unit == 4 {
            let address = hop.array(0)?;
            o.put(mark);
            o.line.ipv4(address);
        } else {
            o.put((mark, Hex(hop.u16(0)?)));
        }
    }
    Ok(())
}

fn version_1(o: &mut Out, v: View<'_>, flags: u16, below: &Below<'_>) -> Step {
    let length = v.len();
    let first = v;
    let (kind, mut v) = header(o, v, flags)?;
    o.see_all(if kind == PPP { VERSION_1_FIELDS } else { &[] }, first);
    if flags & KEY != 0 {
        // The payload length and the call.
        enough(v, 4)?;
        o.see_all(if kind == PPP { CALL_FIELDS } else { KEY_FIELDS }, v);
        o.put((", call ", v.u16(2)?));
        v = v.skip(4);
    }
    v = optional(o, v, flags & SEQUENCE != 0, |o, number| {
        o.note(id!("gre.sequence_number"), number);
        o.put((", seq ", number));
    })?;
    v = optional(o, v, flags & ACKNOWLEDGMENT != 0, |o, number| {
        o.note(id!("gre.ack_number"), number);
        o.put((", ack ", number));
    })?;
    let has_payload = flags & SEQUENCE != 0;
    o.put((!has_payload).then_some(", no-payload"));
    close(o, kind, length);
    if !has_payload {
        return Ok(());
    }
    demarcation(o);
    if kind == PPP {
        return ppp::dissect(o, v, below);
    }
    o.put(("gre-proto-0x", Hex(kind)));
    Ok(())
}
