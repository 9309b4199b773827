//! IPv6 (RFC 8200), with its extension headers and jumbograms (RFC 2675).

use crate::below::{Below, Ip};
use crate::field::Field;
use crate::network::{ipv6_fields, ipv6_options, ipv6_routing, mobility};
use crate::out::Out;
use crate::put::{Hex2, Hex8, Ipv6, Paint, Painted, named};
use crate::registry::{self, IP_PROTOCOLS};
use crate::view::{Step, Stop, View};

/// Octets of the fixed header.
const HEADER: usize = 40;
/// Octets of the fragment header.
const FRAGMENT_HEADER: usize = 8;
/// The part of the fragment header's offset field that is the offset.
const OFFSET_MASK: u16 = 0xfff8;

const VERSION: Field<u8> = Field::bits("ipv6.version", 0, 4, 15);
const CLASS: Field<u16> = Field::bits("ipv6.tclass", 0, 4, 0xff);
const DSCP: Field<u16> = Field::bits("ipv6.tclass.dscp", 0, 6, 0x3f);
const ECN: Field<u16> = Field::bits("ipv6.tclass.ecn", 0, 4, 3);
const FLOW: Field<u32> = Field::bits("ipv6.flow", 0, 0, 0x000f_ffff);
const PAYLOAD_LENGTH: Field<u16> = Field::new("ipv6.plen", 4);
const NEXT_HEADER: Field<u8> = Field::new("ipv6.nxt", 6);
const HOP_LIMIT: Field<u8> = Field::new("ipv6.hlim", 7);
const SOURCE: Field<Ipv6> = Field::new("ipv6.src", 8);
const DESTINATION: Field<Ipv6> = Field::new("ipv6.dst", 24);

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY_OLD: u8 = 62;
const MOBILITY: u8 = 135;

/// An IPv6 datagram. Its payload length bounds everything inside.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.nested(|o| {
        let result = datagram(o, v, below);
        o.settle(result)
    })
}

fn datagram(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ip6";
    if !o.opt.link {
        o.put((Painted(Paint::Protocol, "IP6"), " "));
    }
    if v.len() < HEADER {
        return Err(o.wrong("length", v.len(), "<", HEADER));
    }
    let version = v.get(VERSION)?;
    if version != 6 {
        return Err(o.wrong("version", version, "!=", 6u8));
    }
    let payload_len = usize::from(v.get(PAYLOAD_LENGTH)?);
    let mut len = v.len() + HEADER;
    if payload_len != 0 {
        len = payload_len + HEADER;
        too_long(o, len, v.len());
    }
    let next = v.get(NEXT_HEADER)?;
    if o.opt.verbose > 0 {
        verbose(o, v, next)?;
    }
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    note(o, v)?;
    Chain { whole: v, v: v.cut(len), at: 0, len, payload_len, jumbo: false, options_seen: false, fragmented: false }
        .follow(o, next, below)
}

fn too_long(o: &mut Out, len: usize, limit: usize) {
    if len > limit {
        o.put(("[header+payload length ", len, " > length ", limit, "]"));
        o.invalid();
        o.put(" ");
    }
}

/// The parenthesis of `-v`.
fn verbose(o: &mut Out, v: View<'_>, next: u8) -> Step {
    o.put("(");
    let class = v.get(CLASS)? & 0xff;
    if class != 0 {
        o.put(("class 0x", Hex2(class), ", "));
    }
    let flow = v.get(FLOW)?;
    if flow != 0 {
        o.put("flowlabel 0x");
        o.line.hex(u64::from(flow), 5);
        o.put(", ");
    }
    o.put(("hlim ", v.get(HOP_LIMIT)?, ", next-header ", named(IP_PROTOCOLS, next, "unknown"), " (", next, ")"));
    o.put((", payload length ", v.get(PAYLOAD_LENGTH)?, ") "));
    Ok(())
}

/// The tree's fields.
fn note(o: &mut Out, v: View<'_>) -> Step {
    if o.tree.is_none() {
        return Ok(());
    }
    o.note(VERSION, v.get(VERSION)?);
    o.note(CLASS, v.get(CLASS)?);
    o.see(DSCP, v);
    o.see(ECN, v);
    o.note(FLOW, v.get(FLOW)?);
    o.note(PAYLOAD_LENGTH, v.get(PAYLOAD_LENGTH)?);
    o.note(NEXT_HEADER, v.get(NEXT_HEADER)?);
    o.note(HOP_LIMIT, v.get(HOP_LIMIT)?);
    o.note(SOURCE, v.get(SOURCE)?);
    o.note(DESTINATION, v.get(DESTINATION)?);
    Ok(())
}

/// The way along the chain of headers.
struct Chain<'p> {
    /// The datagram as the layer below gave it.
    whole: View<'p>,
    /// The datagram within its payload length.
    v: View<'p>,
    /// Octets of the headers passed so far.
    at: usize,
    /// The claimed octets from `at` on.
    len: usize,
    /// From the fixed header or from a jumbo payload option.
    payload_len: usize,
    jumbo: bool,
    /// Whether hop-by-hop options were found.
    options_seen: bool,
    fragmented: bool,
}

impl Chain<'_> {
    fn follow(mut self, o: &mut Out, first: u8, below: &Below<'_>) -> Step {
        let (mut next, mut advance) = (first, HEADER);
        loop {
            if self.len < advance {
                o.truncated();
                return Ok(());
            }
            self.at += advance;
            self.len -= advance;
            if self.at == HEADER && !registry::prints_own_addresses(next) {
                o.put((self.v.get(SOURCE)?, " > ", self.v.get(DESTINATION)?, ": "));
            }
            let rest = self.v.skip(self.at);
            advance = match next {
                HOP_BY_HOP => match self.hop_by_hop(o, rest)? {
                    Some(advance) => advance,
                    None => return Ok(()),
                },
                DESTINATION_OPTIONS => {
                    ipv6_fields::destination(o, rest);
                    ipv6_options::destination(o, rest)?
                }
                ROUTING => {
                    ipv6_fields::routing(o, rest, self.v.get(DESTINATION)?.0);
                    ipv6_routing::dissect(o, rest)?
                }
                FRAGMENT => match self.fragment(o, rest)? {
                    Some(advance) => advance,
                    None => return Ok(()),
                },
                // Nothing may follow a mobility header (RFC 6275, section 6.1.1).
                MOBILITY | MOBILITY_OLD => return mobility::dissect(o, rest, below),
                _ => return self.upper_layer(o, first, next, below),
            };
            next = rest.u8(0)?;
            o.proto = "ip6";
        }
    }

    /// Hop-by-hop options may only follow the fixed header (RFC 8200, section
    /// 4.1); nothing if the line ends with them.
    fn hop_by_hop(&mut self, o: &mut Out, rest: View<'_>) -> Step<Option<usize>> {
        if self.at != HEADER {
            o.put(if self.options_seen {
                "[The Hop-by-Hop Options header was already found]"
            } else {
                "[The Hop-by-Hop Options header don't follow the IPv6 header]"
            });
            return Err(Stop::Malformed);
        }
        self.options_seen = true;
        ipv6_fields::hop_by_hop(o, rest);
        let mut jumbo = None;
        let advance = ipv6_options::hop_by_hop(o, rest, self.payload_len, &mut jumbo);
        if let Some(length) = jumbo {
            self.payload_len = length as usize;
            self.jumbo = true;
        }
        let advance = match advance {
            Ok(advance) => Some(advance),
            Err(Stop::Malformed) => {
                o.invalid();
                None
            }
            Err(stop) => return Err(stop),
        };
        if self.payload_len == 0 {
            o.put("[No valid Jumbo Payload Hop-by-Hop option found]");
            return Err(Stop::Malformed);
        }
        Ok(advance)
    }

    /// The fragment header (RFC 8200, section 4.5); nothing if what follows it
    /// is not in this datagram.
    fn fragment(&mut self, o: &mut Out, rest: View<'_>) -> Step<Option<usize>> {
        o.proto = "frag6";
        o.put("frag (");
        let id = rest.u32(4)?;
        ipv6_fields::fragment(o, rest);
        if o.opt.verbose > 0 {
            o.put(("0x", Hex8(id), ":"));
        }
        let offset = rest.u16(2)? & OFFSET_MASK;
        o.put((offset, "|"));
        let end = HEADER + usize::from(self.v.get(PAYLOAD_LENGTH)?);
        match end.checked_sub(self.at + FRAGMENT_HEADER) {
            Some(length) => o.put((length, ")")),
            None => o.put("[length < 0] (invalid))"),
        }
        if offset != 0 {
            return Ok(None);
        }
        o.put(" ");
        self.fragmented = true;
        Ok((rest.caplen() > FRAGMENT_HEADER).then_some(FRAGMENT_HEADER))
    }

    /// The payload behind all headers.
    fn upper_layer(mut self, o: &mut Out, first: u8, next: u8, below: &Below<'_>) -> Step {
        if self.jumbo {
            let len = self.payload_len + HEADER;
            if len < self.at {
                o.truncated();
                return Ok(());
            }
            too_long(o, len, self.whole.len());
            self.v = self.whole.cut(len);
            self.len = len - self.at;
        } else if self.payload_len == 0 {
            if self.at > HEADER {
                // Without payload there is no room for extension headers.
                o.truncated();
                return Ok(());
            }
            self.v = self.whole.cut(HEADER);
            self.len = 0;
        }
        let ip = Ip {
            version: 6,
            header: self.v,
            protocol: first,
            ttl: self.v.get(HOP_LIMIT)?,
            fragmented: self.fragmented,
            final_destination: if is_extension(first) { final_destination(self.v) } else { None },
        };
        let payload = self.v.skip(self.at).claim(self.len);
        registry::ip_payload(o, payload, next, &Below { ip: Some(&ip), ..*below })
    }
}

/// Whether a routing header may follow.
fn is_extension(next: u8) -> bool {
    matches!(next, HOP_BY_HOP | DESTINATION_OPTIONS | ROUTING | FRAGMENT | MOBILITY | MOBILITY_OLD)
}

/// The last hop of the first routing header, which pseudo-headers use (RFC
/// 8200, section 8.1).
fn final_destination(v: View<'_>) -> Option<[u8; 16]> {
    let mut next = v.get(NEXT_HEADER).ok()?;
    let mut at = HEADER;
    while is_extension(next) {
        let header = v.skip(at);
        if next == ROUTING {
            return ipv6_routing::last_hop(header).ok()?;
        }
        at += if next == FRAGMENT { FRAGMENT_HEADER } else { (usize::from(header.u8(1).ok()?) + 1) * 8 };
        next = header.u8(0).ok()?;
    }
    None
}
