//! IPv4 (RFC 791), with its options.

use crate::below::{Below, Ip};
use crate::checksum;
use crate::field::Field;
use crate::names;
use crate::network::ipv4_fields;
use crate::out::Out;
use crate::put::{Hex, Ipv4, Paint, Painted, Table, bits, named, named_dec};
use crate::registry::{self, IP_PROTOCOLS};
use crate::view::{Step, Stop, View};

/// Octets of the header without options.
const HEADER: usize = 20;

const VERSION: Field<u8> = Field::bits("ip.version", 0, 4, 15);
const HEADER_WORDS: Field<u8> = Field::bits("ip.hdr_len", 0, 0, 15);
const TOS: Field<u8> = Field::new("ip.dsfield", 1);
const DSCP: Field<u8> = Field::bits("ip.dsfield.dscp", 1, 2, 0x3f);
const ECN: Field<u8> = Field::bits("ip.dsfield.ecn", 1, 0, 3);
const LENGTH: Field<u16> = Field::new("ip.len", 2);
const ID: Field<u16> = Field::new("ip.id", 4);
const FLAGS: Field<u16> = Field::bits("ip.flags", 6, 0, 0xe000);
const RESERVED: Field<u8> = Field::bits("ip.flags.rb", 6, 7, 1);
const DONT_FRAGMENT: Field<u8> = Field::bits("ip.flags.df", 6, 6, 1);
const MORE: Field<u8> = Field::bits("ip.flags.mf", 6, 5, 1);
const OFFSET: Field<u16> = Field::bits("ip.frag_offset", 6, 0, 0x1fff);
const TTL: Field<u8> = Field::new("ip.ttl", 8);
const PROTOCOL: Field<u8> = Field::new("ip.proto", 9);
const CHECKSUM: Field<u16> = Field::new("ip.checksum", 10);
const SOURCE: Field<Ipv4> = Field::new("ip.src", 12);
const DESTINATION: Field<Ipv4> = Field::new("ip.dst", 16);

const MORE_FRAGMENTS: u16 = 0x2000;
const FLAG_NAMES: Table = &[(0x2000, "+"), (0x4000, "DF"), (0x8000, "rsvd")];

const OPTION_END: u8 = 0;
const OPTION_NOP: u8 = 1;
const OPTION_RECORD_ROUTE: u8 = 7;
const OPTION_TIMESTAMP: u8 = 68;
const OPTION_LOOSE_ROUTE: u8 = 131;
const OPTION_STRICT_ROUTE: u8 = 137;
const OPTION_ROUTER_ALERT: u8 = 148;
const OPTION_NAMES: Table = &[
    (0, "EOL"),
    (1, "NOP"),
    (68, "timestamp"),
    (130, "security"),
    (7, "RR"),
    (137, "SSRR"),
    (131, "LSRR"),
    (148, "RA"),
    (82, "traceroute"),
];

/// An IPv4 datagram. Its total length bounds everything inside.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.nested(|o| datagram(o, v, below))
}

fn datagram(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ip";
    if !o.opt.link {
        o.put((Painted(Paint::Protocol, "IP"), " "));
    }
    match lengths(o, v) {
        Err(Stop::Malformed) => {
            o.invalid();
            Ok(())
        }
        Ok((header_len, len)) if v.has(HEADER) => body(o, v, header_len, len, below),
        Ok(_) => {
            o.truncated();
            Ok(())
        }
        Err(stop) => Err(stop),
    }
}

/// The lengths of the header and of the datagram; the latter is zero where
/// segmentation offload left it open.
fn lengths(o: &mut Out, v: View<'_>) -> Step<(usize, usize)> {
    if v.len() < HEADER {
        return Err(o.wrong("length", v.len(), "<", HEADER));
    }
    let version = v.get(VERSION)?;
    if version != 4 {
        return Err(o.wrong("version", version, "!=", 4u8));
    }
    let header_len = usize::from(v.get(HEADER_WORDS)?) * 4;
    if header_len < HEADER {
        return Err(o.wrong("header length", header_len, "<", HEADER));
    }
    let len = usize::from(v.get(LENGTH)?);
    if len > v.len() {
        o.put(("[total length ", len, " > length ", v.len(), "]"));
        o.invalid();
        o.put(" ");
    }
    if len != 0 && len < header_len {
        return Err(o.wrong("total length", len, "<", header_len));
    }
    Ok((header_len, len))
}

/// A datagram whose lengths are possible.
fn body(o: &mut Out, v: View<'_>, header_len: usize, len: usize, below: &Below<'_>) -> Step {
    let len = if len == 0 { v.len() } else { len };
    let v = v.claim(v.len().max(len)).cut(len);
    note(o, v, header_len)?;
    let more = v.get(FLAGS)? & MORE_FRAGMENTS != 0;
    let offset = v.get(OFFSET)?;
    let protocol = v.get(PROTOCOL)?;
    if o.opt.verbose > 0 {
        let cut_options = verbose(o, v, header_len)?;
        if cut_options {
            endpoints(o, v)?;
            o.put(" ");
            o.truncated();
            return Ok(());
        }
    }
    if offset != 0 {
        // Without the first fragment there is no next header to print.
        if o.opt.quiet <= 1 {
            o.put((v.get(SOURCE)?, " > ", v.get(DESTINATION)?, ":"));
            names::put_protocol(o, protocol);
        }
        return Ok(());
    }
    if !registry::prints_own_addresses(protocol) {
        endpoints(o, v)?;
        o.put(" ");
    }
    if !v.has(header_len) {
        o.put((" [remaining caplen(", v.caplen(), ") < header length(", header_len, ")]"));
        return Err(Stop::Truncated);
    }
    let ip = Ip { version: 4, header: v, protocol, ttl: v.get(TTL)?, fragmented: more, final_destination: None };
    registry::ip_payload(o, v.skip(header_len), protocol, &Below { ip: Some(&ip), ..*below })
}

/// `source > destination:`.
fn endpoints(o: &mut Out, v: View<'_>) -> Step {
    o.put((v.get(SOURCE)?, " > ", v.get(DESTINATION)?, ":"));
    Ok(())
}

/// The tree's fields.
fn note(o: &mut Out, v: View<'_>, header_len: usize) -> Step {
    if o.tree.is_none() {
        return Ok(());
    }
    o.note(VERSION, v.get(VERSION)?);
    o.note(HEADER_WORDS, u16::from(v.get(HEADER_WORDS)?) * 4);
    o.note(TOS, v.get(TOS)?);
    o.see(DSCP, v);
    o.see(ECN, v);
    o.note(LENGTH, v.get(LENGTH)?);
    o.note(ID, v.get(ID)?);
    o.note(FLAGS, v.get(FLAGS)? >> 13);
    o.see(RESERVED, v);
    o.see(DONT_FRAGMENT, v);
    o.see(MORE, v);
    o.note(OFFSET, v.get(OFFSET)?);
    o.note(TTL, v.get(TTL)?);
    o.note(PROTOCOL, v.get(PROTOCOL)?);
    o.note(CHECKSUM, v.get(CHECKSUM)?);
    o.note(SOURCE, v.get(SOURCE)?);
    o.note(DESTINATION, v.get(DESTINATION)?);
    ipv4_fields::options(o, v.cut(header_len).skip(HEADER));
    Ok(())
}

/// The parenthesis of `-v`; true if the capture ends inside the options.
fn verbose(o: &mut Out, v: View<'_>, header_len: usize) -> Step<bool> {
    let tos = v.get(TOS)?;
    let congestion = ["", ",ECT(1)", ",ECT(0)", ",CE"][usize::from(tos & 3)];
    o.put(("(tos 0x", Hex(tos), congestion));
    let ttl = v.get(TTL)?;
    if ttl >= 1 {
        o.put((", ttl ", ttl));
    }
    let protocol = v.get(PROTOCOL)?;
    o.put((", id ", v.get(ID)?, ", offset ", u32::from(v.get(OFFSET)?) * 8));
    o.put((", flags [", bits(FLAG_NAMES, v.get(FLAGS)?, ", ", "none"), "]"));
    o.put((", proto ", named(IP_PROTOCOLS, protocol, "unknown"), " (", protocol, ")"));
    match v.get(LENGTH)? {
        0 => o.put((", length ", v.len(), " [was 0, presumed TSO]")),
        length => o.put((", length ", length)),
    }
    let mut cut = false;
    if header_len > HEADER {
        o.put(", options (");
        cut = options(o, v.skip(HEADER).claim(header_len - HEADER))?;
        o.put(cut.then_some(" [truncated-option]"));
        o.put(")");
    }
    if !o.opt.no_checksums && v.has(header_len) {
        let computed = checksum::internet(v.bytes(0, header_len)?);
        if computed != 0 {
            let field = v.get(CHECKSUM)?;
            o.put((", bad cksum ", Hex(field), " (->", Hex(checksum::should_be(field, computed)), ")!"));
        }
    }
    o.put(if o.opt.one_line { ") " } else { ")\n    " });
    Ok(cut)
}

/// The options; true if the capture ends inside the value of one.
fn options(o: &mut Out, v: View<'_>) -> Step<bool> {
    let mut at = 0;
    while at < v.len() {
        if at > 0 {
            o.put(",");
        }
        let rest = v.skip(at);
        let code = rest.u8(0)?;
        o.put(named_dec(OPTION_NAMES, code, "unknown "));
        let mut len = 1;
        if code != OPTION_END && code != OPTION_NOP {
            len = usize::from(rest.u8(1)?);
        }
        if (len < 2 && code != OPTION_END && code != OPTION_NOP) || len > rest.len() {
            o.put((" [bad length ", len, "]"));
            return Ok(false);
        }
        if !rest.has(len) {
            return Ok(true);
        }
        let option = rest.cut(len);
        let result = match code {
            OPTION_TIMESTAMP => timestamps(o, option),
            OPTION_RECORD_ROUTE | OPTION_LOOSE_ROUTE | OPTION_STRICT_ROUTE => route(o, option),
            _ => Ok(()),
        };
        if result.is_err() {
            return Ok(true);
        }
        match code {
            OPTION_END => return Ok(false),
            OPTION_ROUTER_ALERT if len < 4 => o.put((" [bad length ", len, "]")),
            OPTION_ROUTER_ALERT if option.u16(2)? != 0 => o.put((" value ", option.u16(2)?)),
            _ => {}
        }
        at += len;
    }
    Ok(false)
}

/// The addresses of a route option; a comma follows each one before the pointer.
fn route(o: &mut Out, v: View<'_>) -> Step {
    let len = v.len();
    if len < 3 {
        o.put((" [bad length ", len, "]"));
        return Ok(());
    }
    if (len + 1) & 3 != 0 {
        o.put((" [bad length ", len, "]"));
    }
    let field = v.u8(2)?;
    let pointer = usize::from(field).wrapping_sub(1);
    if pointer < 3 || pointer.wrapping_add(1) & 3 != 0 || pointer > len + 1 {
        o.put((" [bad ptr ", field, "]"));
    }
    for at in (3..len).step_by(4) {
        o.put((" ", Ipv4(v.array(at)?)));
        // The pointer is 32 bits wide in the comparison: zero wraps to the largest.
        if pointer > at {
            o.put(",");
        }
    }
    Ok(())
}

/// The Internet Timestamp option (RFC 791, section 3.1).
fn timestamps(o: &mut Out, v: View<'_>) -> Step {
    let len = v.len();
    if len < 4 {
        o.put(("[bad length ", len, "]"));
        return Ok(());
    }
    o.put(" TS{");
    let flags = v.u8(3)?;
    let hop = if flags & 15 == 0 { 4 } else { 8 };
    if (len - 4) & (hop - 1) != 0 {
        o.put(("[bad length ", len, "]"));
    }
    let field = v.u8(2)?;
    let pointer = usize::from(field).wrapping_sub(1);
    if pointer < 4 || pointer.wrapping_sub(4) & (hop - 1) != 0 || pointer > len + 1 {
        o.put(("[bad ptr ", field, "]"));
    }
    let mut at = 0;
    let kind = match flags & 15 {
        0 => Some("TSONLY"),
        1 => Some("TS+ADDR"),
        3 => Some("PRESPEC"),
        _ => None,
    };
    match kind {
        None => o.put(("[bad ts type ", flags & 15, "]")),
        Some(kind) => {
            o.put(kind);
            at = 4;
            while at < len {
                let mark = if pointer == at { " ^ " } else { " " };
                let address = if hop == 8 { Some(Ipv4(v.array(at)?)) } else { None };
                o.put((mark, v.u32(at + hop - 4)?, "@", address));
                at += hop;
            }
        }
    }
    if pointer == at {
        o.put(" ^ ");
    }
    match flags >> 4 {
        0 => o.put("}"),
        missed => o.put((" [", missed, " hops not recorded]} ")),
    }
    Ok(())
}
