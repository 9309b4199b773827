//! DNS questions and resource records (RFC 1035, sections 4.1.2 and 4.1.3;
//! IANA, Domain Name System Parameters).

use crate::naming::dns_edns;
use crate::naming::dns_names::{self, Message};
use crate::out::Out;
use crate::put::{Elapsed, Table, named_dec};
use crate::put::{Named, Otherwise};
use crate::view::{Step, Stop, View};

const A: u32 = 1;
const NS: u32 = 2;
const CNAME: u32 = 5;
const SOA: u32 = 6;
const PTR: u32 = 12;
const MX: u32 = 15;
const TXT: u32 = 16;
const AAAA: u32 = 28;
const SRV: u32 = 33;
const A6: u32 = 38;
const DNAME: u32 = 39;
pub(crate) const OPT: u32 = 41;
const TSIG: u32 = 250;
const URI: u32 = 256;

pub(crate) const TYPES: Table = &[
    (A, "A"),
    (NS, "NS"),
    (3, "MD"),
    (4, "MF"),
    (CNAME, "CNAME"),
    (SOA, "SOA"),
    (7, "MB"),
    (8, "MG"),
    (9, "MR"),
    (10, "NULL"),
    (11, "WKS"),
    (PTR, "PTR"),
    (13, "HINFO"),
    (14, "MINFO"),
    (MX, "MX"),
    (TXT, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (19, "X25"),
    (20, "ISDN"),
    (21, "RT"),
    (22, "NSAP"),
    (23, "NSAP_PTR"),
    (24, "SIG"),
    (25, "KEY"),
    (26, "PX"),
    (27, "GPOS"),
    (AAAA, "AAAA"),
    (29, "LOC"),
    (30, "NXT"),
    (31, "EID"),
    (32, "NIMLOC"),
    (SRV, "SRV"),
    (34, "ATMA"),
    (35, "NAPTR"),
    (36, "KX"),
    (37, "CERT"),
    (A6, "A6"),
    (DNAME, "DNAME"),
    (40, "SINK"),
    (OPT, "OPT"),
    (42, "APL"),
    (43, "DS"),
    (44, "SSHFP"),
    (45, "IPSECKEY"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (49, "DHCID"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (53, "SMIMEA"),
    (55, "HIP"),
    (56, "NINFO"),
    (57, "RKEY"),
    (58, "TALINK"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (61, "OPENPGPKEY"),
    (62, "CSYNC"),
    (63, "ZONEMD"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (100, "UINFO"),
    (101, "UID"),
    (102, "GID"),
    (103, "UNSPEC"),
    (104, "NID"),
    (105, "L32"),
    (106, "L64"),
    (107, "LP"),
    (108, "EUI48"),
    (109, "EUI64"),
    (249, "TKEY"),
    (TSIG, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (253, "MAILB"),
    (254, "MAILA"),
    (255, "ANY"),
    (URI, "URI"),
    (257, "CAA"),
    (258, "AVC"),
    (259, "DOA"),
    (260, "AMTRELAY"),
    (32768, "TA"),
    (32769, "DLV"),
];

const INTERNET: u16 = 1;
pub(crate) const CLASSES: Table = &[(1, "IN"), (3, "CHAOS"), (4, "HS"), (255, "ANY")];
/// In multicast DNS the upper bit of a class asks for a unicast response, or
/// says that cached records are outdated (RFC 6762, sections 5.4 and 10.2).
const MULTICAST_FLAG: u16 = 0x8000;
/// The only flag of an OPT record: DNSSEC records are wanted (RFC 3225).
const DNSSEC_OK: u16 = 0x8000;
/// Octets of type, class, time to live and length.
const FIXED: usize = 10;

fn class_name(class: u16) -> Named {
    Named(CLASSES, class.into(), Otherwise::Dec("(Class ", ")"))
}

/// ` TYPE CLASS? name`: the question at `at`; the offset behind it.
pub(crate) fn question(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step<usize> {
    let fixed = dns_names::skip(m.view, at).ok_or(Stop::Truncated)?;
    m.view.skip(fixed).check(4)?;
    o.put((" ", named_dec(TYPES, m.view.u16(fixed)?, "Type")));
    let field = m.view.u16(fixed + 2)?;
    let class = if m.multicast { field & !MULTICAST_FLAG } else { field };
    if class != INTERNET {
        o.put((" ", class_name(class)));
    }
    if m.multicast {
        o.put(if field & MULTICAST_FLAG != 0 { " (QU)" } else { " (QM)" });
    }
    o.put("? ");
    Ok(dns_names::put(o, m, at)? + 4)
}

/// The resource record at `at`; the offset behind it. A record whose fixed part
/// is cut ends the message.
pub(crate) fn record(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step<usize> {
    let fixed = if o.opt.verbose > 0 {
        o.put(" ");
        Some(dns_names::put(o, m, at)?)
    } else {
        dns_names::skip(m.view, at)
    };
    let Some(fixed) = fixed.filter(|&fixed| m.view.skip(fixed).has(FIXED)) else {
        return Ok(m.view.caplen());
    };
    let kind = u32::from(m.view.u16(fixed)?);
    let field = m.view.u16(fixed + 2)?;
    let class = if m.multicast { field & !MULTICAST_FLAG } else { field };
    if class != INTERNET && kind != OPT {
        o.put((" ", class_name(class)));
    }
    if m.multicast && field & MULTICAST_FLAG != 0 {
        o.put(" (Cache flush)");
    }
    if kind != OPT && o.opt.verbose > 2 {
        o.put((" [", Elapsed(m.view.u32(fixed + 4)?), "]"));
    }
    let length = usize::from(m.view.u16(fixed + 8)?);
    o.put((" ", named_dec(TYPES, kind, "Type")));
    let data = fixed + FIXED;
    m.view.skip(data).check(length)?;
    if kind == OPT {
        let flags = m.view.u16(fixed + 6)?;
        o.put((" UDPsize=", class, if flags & DNSSEC_OK != 0 { " DO" } else { "" }));
        dns_edns::options(o, m, data, data + length)?;
    } else {
        value(o, m, kind, data, length)?;
    }
    Ok(data + length)
}

/// The data of a record, for the types whose data is printed.
fn value(o: &mut Out, m: &mut Message<'_>, kind: u32, at: usize, length: usize) -> Step {
    let v = m.view;
    match kind {
        A => address(o, m, at),
        AAAA => address6(o, m, at),
        NS | CNAME | PTR | DNAME => {
            o.put(" ");
            dns_names::put(o, m, at).map(drop)
        }
        SOA => start_of_authority(o, m, at),
        MX => {
            o.put(" ");
            v.skip(at).check(2)?;
            dns_names::put(o, m, at + 2)?;
            o.put((" ", v.u16(at)?));
            Ok(())
        }
        TXT => strings(o, v, at, at + length),
        SRV => {
            o.put(" ");
            v.skip(at).check(6)?;
            dns_names::put(o, m, at + 6)?;
            o.put((":", v.u16(at + 4)?, " ", v.u16(at)?, " ", v.u16(at + 2)?));
            Ok(())
        }
        A6 => address_part(o, m, at),
        URI if length < 4 => {
            o.put((" len ", length, " is too short (< 4)"));
            Ok(())
        }
        URI => {
            o.put((" ", v.u16(at)?, " ", v.u16(at + 2)?, " "));
            dns_names::text(o, v.skip(at + 4), length - 4)
        }
        TSIG => transaction_signature(o, m, at),
        _ => Ok(()),
    }
}

fn address(o: &mut Out, m: &Message<'_>, at: usize) -> Step {
    let address = m.view.array(at)?;
    o.put(" ");
    o.line.ipv4(address);
    let mut room = [0; 255];
    if let Some(name) = m.learn_from.and_then(|from| dns_names::plain(m.view, from, &mut room)) {
        o.names.learn_ipv4(name, address);
    }
    Ok(())
}

fn address6(o: &mut Out, m: &Message<'_>, at: usize) -> Step {
    let address = m.view.array(at)?;
    o.put(" ");
    o.line.ipv6(address);
    let mut room = [0; 255];
    if let Some(name) = m.learn_from.and_then(|from| dns_names::plain(m.view, from, &mut room)) {
        o.names.learn_ipv6(name, address);
    }
    Ok(())
}

/// Names of primary server and mailbox and the five numbers, with `-v`.
fn start_of_authority(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step {
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put(" ");
    let at = dns_names::put(o, m, at)?;
    o.put(" ");
    let at = dns_names::put(o, m, at)?;
    m.view.skip(at).check(20)?;
    for at in (at..at + 20).step_by(4) {
        o.put((" ", m.view.u32(at)?));
    }
    Ok(())
}

/// Character strings, each in quotes; the last may exceed the record.
fn strings(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step {
    let mut at = at;
    while at < end {
        o.put(" \"");
        let length = usize::from(v.u8(at)?);
        dns_names::text(o, v.skip(at + 1), length)?;
        o.put("\"");
        at += 1 + length;
    }
    Ok(())
}

/// An A6 record (RFC 2874, section 3.1.1): how many bits are left out, the rest
/// of the address, and the name that has the bits left out.
fn address_part(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step {
    let bits = m.view.u8(at)?;
    let left_out = usize::from(bits / 8);
    if bits > 128 {
        o.put((" ", bits, "(bad plen)"));
        return Ok(());
    }
    if bits < 128 {
        let mut address = [0; 16];
        if let Some(tail) = address.get_mut(left_out..) {
            tail.copy_from_slice(m.view.bytes(at + 1, tail.len())?);
        }
        o.put((" ", bits, " "));
        o.line.ipv6(address);
    }
    if bits > 0 {
        o.put(" ");
        dns_names::put(o, m, at + 17 - left_out)?;
    }
    Ok(())
}

/// A TSIG record (RFC 8945, section 4.2) with `-v`.
fn transaction_signature(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step {
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put(" ");
    // The time signed has six octets.
    let at = dns_names::put(o, m, at)? + 6;
    o.put((" fudge=", m.view.u16(at)?));
    let length = m.view.u16(at + 2)?;
    o.put((" maclen=", length));
    let at = at + 4 + usize::from(length);
    for (i, name) in [" origid=", " error=", " otherlen="].into_iter().enumerate() {
        o.put((name, m.view.u16(at + 2 * i)?));
    }
    Ok(())
}
