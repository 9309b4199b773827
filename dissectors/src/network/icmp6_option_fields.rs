//! The options of neighbor discovery for the tree (IANA, IPv6 Neighbor Discovery Option Formats).

use crate::below::Below;
use crate::field::Slot;
use crate::fields::Id;
use crate::naming::dns_names;
use crate::network::icmp6_rpl_fields::prefix;
use crate::network::ipv6;
use crate::out::Out;
use crate::view::View;

const HEADER: [Slot; 2] = [
    Slot::new("icmpv6.opt.type", 0, 1),
    // In units of eight octets.
    Slot::new("icmpv6.opt.length", 1, 1),
];

/// An option: its type and what has a fixed place.
type Known = (u8, &'static [Slot]);

const SOURCE: u8 = 1;
const TARGET: u8 = 2;
const REDIRECTED: u8 = 4;
const SOURCES: u8 = 9;
const TARGETS: u8 = 10;
const NONCE: u8 = 14;
const ROUTE: u8 = 24;
const SERVERS: u8 = 25;
const DOMAINS: u8 = 31;
const CONTEXT: u8 = 34;
const PORTAL: u8 = 37;
const NAT64: u8 = 38;

const OPTIONS: &[Known] = &[
    (
        3,
        &[
            Slot::new("icmpv6.opt.prefix.length", 2, 1),
            Slot::new("icmpv6.opt.prefix.flag", 3, 1),
            Slot::new("icmpv6.opt.prefix.flag.l", 3, 1).bit(7),
            Slot::new("icmpv6.opt.prefix.flag.a", 3, 1).bit(6),
            Slot::new("icmpv6.opt.prefix.flag.r", 3, 1).bit(5),
            Slot::new("icmpv6.opt.prefix.valid_lifetime", 4, 4),
            Slot::new("icmpv6.opt.prefix.preferred_lifetime", 8, 4),
            Slot::new("icmpv6.opt.prefix", 16, 16),
        ],
    ),
    (5, &[Slot::new("icmpv6.opt.mtu", 4, 4)]),
    (7, &[Slot::new("icmpv6.opt.advertisement_interval", 4, 4)]),
    (8, &[Slot::new("icmpv6.opt.home_agent_preference", 4, 2), Slot::new("icmpv6.opt.home_agent_lifetime", 6, 2)]),
    // Routes (RFC 4191).
    (
        ROUTE,
        &[
            Slot::new("icmpv6.opt.prefix.length", 2, 1),
            Slot::new("icmpv6.opt.route_info.flag", 3, 1),
            Slot::new("icmpv6.opt.route_info.flag.route_preference", 3, 1).bits(3, 3),
            Slot::new("icmpv6.opt.route_lifetime", 4, 4),
        ],
    ),
    // Servers and domains (RFC 8106).
    (SERVERS, &[Slot::new("icmpv6.opt.rdnss.lifetime", 4, 4)]),
    (DOMAINS, &[Slot::new("icmpv6.opt.dnssl.lifetime", 4, 4)]),
    // More flags (RFC 5175).
    (
        26,
        &[
            Slot::new("icmpv6.opt.efo", 2, 2),
            Slot::new("icmpv6.opt.efo.m", 2, 2).bit(15),
            Slot::new("icmpv6.opt.efo.o", 2, 2).bit(14),
            Slot::new("icmpv6.opt.efo.h", 2, 2).bit(13),
            Slot::new("icmpv6.opt.efo.prf", 2, 2).bits(11, 3),
            Slot::new("icmpv6.opt.efo.p", 2, 2).bit(10),
        ],
    ),
    // Of radio networks (RFC 6775, RFC 7400).
    (
        33,
        &[
            Slot::new("icmpv6.opt.aro.status", 2, 1),
            Slot::new("icmpv6.opt.aro.registration_lifetime", 6, 2),
            Slot::new("icmpv6.opt.aro.eui64", 8, 8),
        ],
    ),
    (
        CONTEXT,
        &[
            Slot::new("icmpv6.opt.6co.context_length", 2, 1),
            Slot::new("icmpv6.opt.6co.flag", 3, 1),
            Slot::new("icmpv6.opt.6co.flag.c", 3, 1).bit(4),
            Slot::new("icmpv6.opt.6co.flag.cid", 3, 1).bits(0, 15),
            Slot::new("icmpv6.opt.6co.valid_lifetime", 6, 2),
        ],
    ),
    (
        35,
        &[
            Slot::new("icmpv6.opt.abro.version_low", 2, 2),
            Slot::new("icmpv6.opt.abro.version_high", 4, 2),
            Slot::new("icmpv6.opt.abro.valid_lifetime", 6, 2),
            Slot::new("icmpv6.opt.abro.6lbr_address", 8, 16),
        ],
    ),
    (36, &[Slot::new("icmpv6.opt.6cio.flag_g", 2, 2).bit(0)]),
    // Prefixes of NAT64 (RFC 8781).
    (
        NAT64,
        &[
            Slot::new("icmpv6.opt.pref64.scaled_lifetime", 2, 2).bits(3, 0x1fff),
            Slot::new("icmpv6.opt.pref64.plc", 2, 2).bits(0, 7),
        ],
    ),
];
const LINK_ADDRESS: Id = Id::of("icmpv6.opt.linkaddr");
const SOURCE_ADDRESS: Id = Id::of("icmpv6.opt.src_linkaddr");
const TARGET_ADDRESS: Id = Id::of("icmpv6.opt.target_linkaddr");
const PREFIX: Id = Id::of("icmpv6.opt.prefix");
const CONTEXT_PREFIX: Id = Id::of("icmpv6.opt.6co.context_prefix");
const NAT64_PREFIX: Id = Id::of("icmpv6.opt.pref64.prefix");
const ADDRESS: [Slot; 1] = [Slot::new("icmpv6.opt.ipv6_address", 0, 16)];
const SERVER: [Slot; 1] = [Slot::new("icmpv6.opt.rdnss", 0, 16)];
const DOMAIN: Id = Id::of("icmpv6.opt.dnssl");
const PORTAL_ADDRESS: Id = Id::of("icmpv6.opt.captive_portal");
const NUMBER_ONCE: Id = Id::of("icmpv6.opt.nonce");

/// Notes options, as far as they are whole.
pub(crate) fn note(o: &mut Out, mut rest: View<'_>) {
    while let (Ok(kind), Ok(units @ 1..)) = (rest.u8(0), rest.u8(1)) {
        let size = usize::from(units) * 8;
        if size > rest.caplen() {
            return;
        }
        o.see_all(&HEADER, rest);
        option(o, rest.cut(size), kind);
        rest = rest.skip(size);
    }
}

fn option(o: &mut Out, v: View<'_>, kind: u8) {
    if let Some((_, slots)) = OPTIONS.iter().find(|known| known.0 == kind) {
        o.see_all(slots, v);
    }
    match kind {
        SOURCE | TARGET => {
            let address = v.skip(2).data();
            o.note_octets(LINK_ADDRESS, address);
            o.note_octets(if kind == SOURCE { SOURCE_ADDRESS } else { TARGET_ADDRESS }, address);
        }
        REDIRECTED => o.note_unread(|o| ipv6::dissect(o, v.skip(8), &Below::default())),
        SOURCES | TARGETS => o.see_rows(&ADDRESS, v.skip(8), 16),
        NONCE => o.note_octets(NUMBER_ONCE, v.skip(2).data()),
        ROUTE => prefix(o, v.skip(8), PREFIX),
        SERVERS => o.see_rows(&SERVER, v.skip(8), 16),
        DOMAINS => domains(o, v.skip(8)),
        CONTEXT => prefix(o, v.skip(8), CONTEXT_PREFIX),
        PORTAL => o.note_padded(PORTAL_ADDRESS, v.skip(2).data()),
        NAT64 => prefix(o, v.skip(4), NAT64_PREFIX),
        _ => {}
    }
}

/// Names one behind another; an empty one begins the padding.
fn domains(o: &mut Out, v: View<'_>) {
    let (mut at, mut room) = (0, [0; 255]);
    while v.u8(at).is_ok_and(|length| length != 0) {
        let (Some(name), Some(behind)) = (dns_names::plain(v, at, &mut room), dns_names::skip(v, at)) else { return };
        o.note_octets(DOMAIN, name);
        at = behind;
    }
}
