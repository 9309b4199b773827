//! The Next Hop Resolution Protocol (RFC 2332) with the traffic indication of
//! DMVPN (draft-detienne-dmvpn-01, section 4.4), as `-T nhrp` prints it.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Ipv4, Ipv6, Mac, Named, Otherwise, Table};
use crate::view::{Step, Stop, View};

/// Octets of the fixed header, of the mandatory part before its addresses, and of a
/// client information entry before its own (sections 5.2.1, 5.2.2, 5.2.0.1).
const HEADER: usize = 20;
const MANDATORY: usize = 8;
const ENTRY: usize = 12;

const VERSION: u8 = 1;

const ERROR: u8 = 7;
const TRAFFIC: u8 = 8;
const OPERATIONS: Table = &[
    (1, "res request"),
    (2, "res reply"),
    (3, "reg request"),
    (4, "reg reply"),
    (5, "purge request"),
    (6, "purge reply"),
    (7, "error indication"),
    (8, "traffic indication"),
];
/// Error codes (section 5.2.7).
const ERRORS: Table = &[
    (1, "unrecognized extension"),
    (3, "NHRP loop detected"),
    (6, "protocol address unreachable"),
    (7, "protocol error"),
    (8, "NHRP SDU size exceeded"),
    (9, "invalid extension"),
    (10, "invalid NHRP resolution reply received"),
    (11, "authentication failure"),
    (15, "hop count exceeded"),
];
const TRAFFIC_CODES: Table = &[(0, "NHRP traffic redirect/indirection")];

/// Types and lengths: the bit that must be zero, and that of E.164.
const RESERVED: u8 = 0x80;
const E164: u8 = 0x40;

/// The tree's fields of the header.
const FIELDS: &[Slot] = &[
    Slot::new("nhrp.hdr.afn", 0, 2),
    Slot::new("nhrp.hdr.pro.type", 2, 2),
    Slot::new("nhrp.hdr.hopcnt", 9, 1),
    Slot::new("nhrp.hdr.pktsz", 10, 2),
    Slot::new("nhrp.hdr.chksum", 12, 2),
    Slot::new("nhrp.hdr.extoff", 14, 2),
    Slot::new("nhrp.hdr.version", 16, 1),
    Slot::new("nhrp.hdr.op.type", 17, 1),
    Slot::new("nhrp.hdr.shtl", 18, 1),
    Slot::new("nhrp.hdr.sstl", 19, 1),
    Slot::new("nhrp.src.prot.len", 20, 1),
    Slot::new("nhrp.dst.prot.len", 21, 1),
];
/// Those of a client information entry.
const ENTRY_FIELDS: &[Slot] = &[
    Slot::new("nhrp.code", 0, 1),
    Slot::new("nhrp.prefix", 1, 1),
    Slot::new("nhrp.mtu", 4, 2),
    Slot::new("nhrp.htime", 6, 2),
    Slot::new("nhrp.prot.len", 10, 1),
    Slot::new("nhrp.pref", 11, 1),
];

/// What an address is of.
#[derive(Clone, Copy)]
enum Family {
    Ipv4,
    Ipv6,
    Mac,
    Other(u16),
}

impl Family {
    /// By the numbers of IANA's address families.
    fn of_link(number: u16) -> Self {
        match number {
            1 => Family::Ipv4,
            2 => Family::Ipv6,
            6 => Family::Mac,
            other => Family::Other(other),
        }
    }

    /// By Ethertype.
    fn of_protocol(kind: u16) -> Self {
        match kind {
            0x0800 => Family::Ipv4,
            0x86dd => Family::Ipv6,
            other => Family::Other(other),
        }
    }
}

/// An address; one of another length than its family's as octets.
fn address(o: &mut Out, family: Family, octets: &[u8], id: Id) {
    match (family, octets.len()) {
        (Family::Ipv4, 4) => {
            let octets = std::array::from_fn(|i| octets[i]);
            o.note(id, Ipv4(octets));
            o.put(Ipv4(octets));
        }
        (Family::Ipv6, 16) => o.put(Ipv6(std::array::from_fn(|i| octets[i]))),
        (Family::Mac, 6) => o.put(Mac(std::array::from_fn(|i| octets[i]))),
        _ => o.line.octets(octets, b':'),
    }
}

/// The `n` octets at the front of `v`.
fn take<'p>(v: &mut View<'p>, n: usize) -> Step<&'p [u8]> {
    let octets = v.bytes(0, n)?;
    *v = v.skip(n);
    Ok(octets)
}

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "nhrp";
    o.put("NHRP: ");
    match packet(o, v) {
        Err(Stop::Malformed) => {
            o.invalid();
            Ok(())
        }
        result => result,
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(o.wrong("length", v.len(), "<", HEADER));
    }
    o.see_all(FIELDS, v);
    let version = v.u8(16)?;
    if version != VERSION {
        o.put(("unknown-version-", Hex2(version)));
        return Ok(());
    }
    let (size, extensions, operation) = (usize::from(v.u16(10)?), usize::from(v.u16(14)?), v.u8(17)?);
    if size < HEADER {
        return Err(o.wrong("pktsz", size, "<", HEADER));
    }
    o.put(Named(OPERATIONS, operation.into(), Otherwise::Hex("unknown-op-type-", 4, "")));
    let end = match extensions {
        0 => size,
        _ if extensions > size => return Err(o.wrong("extoff", extensions, ">", size)),
        1..HEADER => return Err(o.wrong("extoff", extensions, "<", HEADER)),
        _ => extensions,
    };
    let mandatory = v.skip(HEADER).cut(end.min(v.len()) - HEADER);
    v.check(HEADER)?;
    if mandatory.len() < MANDATORY {
        return Err(o.wrong("mand_part_len", mandatory.len(), "<", MANDATORY));
    }
    mandatory.check(MANDATORY)?;
    match operation {
        1..=6 => {
            let id = mandatory.u32(4)?;
            o.note(id!("nhrp.reqid"), id);
            o.put((", id ", id));
        }
        ERROR => {
            let code = mandatory.u16(4)?;
            o.note(id!("nhrp.err.code"), code);
            o.put((", error <", Named(ERRORS, code.into(), Otherwise::Dec("unknown-err-code-", "")), ">"));
        }
        TRAFFIC => {
            let code = mandatory.u16(4)?.into();
            o.put((", code <", Named(TRAFFIC_CODES, code, Otherwise::Dec("unknown-traffic-code-", "")), ">"));
        }
        _ => {}
    }
    let (shape, sub) = (v.u8(18)?, v.u8(19)?);
    if o.opt.verbose > 0 {
        o.put((", hopcnt ", v.u8(9)?));
        o.put((shape & RESERVED != 0).then_some(" (shtl bit 7 set)"));
        o.put((shape & E164 != 0).then_some(" (nbma E.154)"));
    }
    let families = (Family::of_link(v.u16(0)?), Family::of_protocol(v.u16(2)?));
    let lengths = (mandatory.u8(0)?.into(), mandatory.u8(1)?.into());
    let mut rest = mandatory.skip(MANDATORY);
    source(o, &mut rest, families.0, shape.into())?;
    long_enough(o, "mand_part_len", rest, sub.into())?;
    take(&mut rest, sub.into())?;
    ends(o, &mut rest, families.1, lengths)?;
    if (1..=6).contains(&operation) {
        while !rest.is_empty() {
            match entry(o, &mut rest, families) {
                Err(Stop::Malformed) => {
                    o.invalid();
                    return Ok(());
                }
                result => result?,
            }
        }
    }
    Ok(())
}

/// Complains unless `n` octets are left.
fn long_enough(o: &mut Out, what: &'static str, v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(o.wrong(what, v.len(), "<", n)) } else { Ok(()) }
}

/// The address of the source in the network below.
fn source(o: &mut Out, rest: &mut View<'_>, family: Family, len: usize) -> Step {
    if len == 0 {
        return Ok(());
    }
    long_enough(o, "mand_part_len", *rest, len)?;
    let octets = take(rest, len)?;
    below(o, family, octets, ", src nbma ", id!("nhrp.src.nbma.addr"));
    Ok(())
}

/// An address in the network below.
fn below(o: &mut Out, family: Family, octets: &[u8], before: &'static str, id: Id) {
    match family {
        Family::Other(number) => {
            o.put((", unknown-nbma-addr-family-", Hex4(number), " ("));
            o.line.octets(octets, b':');
            o.put(")");
        }
        family => {
            o.put(before);
            address(o, family, octets, id);
        }
    }
}

/// The addresses of source and destination in the network above.
fn ends(o: &mut Out, rest: &mut View<'_>, family: Family, (source, destination): (usize, usize)) -> Step {
    o.put(", ");
    if source != 0 {
        long_enough(o, "mand_part_len", *rest, source)?;
        if let Family::Other(kind) = family {
            o.put(("proto type ", Hex4(kind), " "));
        }
        address(o, family, take(rest, source)?, id!("nhrp.src.prot.addr"));
        o.put(" ");
    }
    o.put("->");
    if destination != 0 {
        long_enough(o, "mand_part_len", *rest, destination)?;
        let octets = take(rest, destination)?;
        o.put(" ");
        address(o, family, octets, id!("nhrp.dst.prot.addr"));
    }
    Ok(())
}

/// A client information entry (section 5.2.0.1).
fn entry(o: &mut Out, rest: &mut View<'_>, families: (Family, Family)) -> Step {
    const LEFT: &str = "remaining mandatory part length";
    long_enough(o, LEFT, *rest, ENTRY)?;
    let v = *rest;
    o.put((" (code ", v.u8(0)?));
    o.see_all(ENTRY_FIELDS, v);
    if o.opt.verbose > 0 {
        o.put((", pl ", v.u8(1)?, ", mtu ", v.u16(4)?, ", htime ", v.u16(6)?, ", pref ", v.u8(11)?));
    }
    let [link, sub, above] = v.array(8)?;
    o.put((link & E164 != 0).then_some(", nbma E.154"));
    *rest = v.skip(ENTRY);
    if link != 0 {
        long_enough(o, LEFT, *rest, link.into())?;
        below(o, families.0, take(rest, link.into())?, ", nbma ", id!("nhrp.client.nbma.addr"));
    }
    if sub != 0 {
        long_enough(o, LEFT, *rest, sub.into())?;
        o.put(", unknown-nbma-saddr-family");
        take(rest, sub.into())?;
    }
    if above != 0 {
        long_enough(o, LEFT, *rest, above.into())?;
        let octets = take(rest, above.into())?;
        if let Family::Other(kind) = families.1 {
            o.put((", unknown-proto-family-", Hex4(kind), " ("));
            o.line.octets(octets, b':');
            o.put(")");
        } else {
            o.put(", proto ");
            address(o, families.1, octets, id!("nhrp.client.prot.addr"));
        }
    }
    o.put(")");
    Ok(())
}
