//! Neighbor discovery (RFC 4861) with its options, and mobile prefix
//! advertisements (RFC 6275, section 6.8), which carry the same options.

use crate::naming::dns_names;
use crate::network::icmp6;
use crate::out::Out;
use crate::put::{Hex4, Ipv6, Put, Table, bits, named};
use crate::view::{Step, Stop, View};

const ROUTER_FLAGS: Table = &[(0x80, "managed"), (0x40, "other stateful"), (0x20, "home agent"), (0x02, "ipv6 only")];
const NEIGHBOR_FLAGS: Table = &[(0x8000_0000, "router"), (0x4000_0000, "solicited"), (0x2000_0000, "override")];
const PREFIX_FLAGS: Table = &[(0x80, "onlink"), (0x40, "auto"), (0x20, "router")];

const SOURCE_LINK_ADDRESS: u8 = 1;
const TARGET_LINK_ADDRESS: u8 = 2;
const PREFIX: u8 = 3;
const REDIRECTED: u8 = 4;
const MTU: u8 = 5;
const INTERVAL: u8 = 7;
const HOME_AGENT: u8 = 8;
const ROUTE: u8 = 24;
const DNS_SERVERS: u8 = 25;
const DNS_SEARCH: u8 = 31;
const OPTION_NAMES: Table = &[
    (1, "source link-address"),
    (2, "destination link-address"),
    (3, "prefix info"),
    (4, "redirected header"),
    (5, "mtu"),
    (25, "rdnss"),
    (31, "dnssl"),
    (7, "advertisement interval"),
    (8, "homeagent information"),
    (24, "route info"),
];

/// A message of neighbor discovery. A malformed option list is an error.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, kind: u8) -> Step {
    let verbose = o.opt.verbose > 0;
    let mut at = 8;
    match kind {
        icmp6::ROUTER_ADVERTISEMENT if verbose => {
            let flags = v.u8(5)?;
            o.put((
                "\n\thop limit ",
                v.u8(4)?,
                ", Flags [",
                bits(ROUTER_FLAGS, flags, ", ", "none"),
                "], pref ",
                preference(flags),
                ", router lifetime ",
                v.u16(6)?,
                "s, reachable time ",
                v.u32(8)?,
                "ms, retrans timer ",
                v.u32(12)?,
                "ms",
            ));
            at = 16;
        }
        icmp6::NEIGHBOR_SOLICITATION => {
            o.put((", who has ", Ipv6(v.array(8)?)));
            at = 24;
        }
        icmp6::NEIGHBOR_ADVERTISEMENT => {
            o.put((", tgt is ", Ipv6(v.array(8)?)));
            if verbose {
                o.put((", Flags [", bits(NEIGHBOR_FLAGS, v.u32(4)?, ", ", "none"), "]"));
            }
            at = 24;
        }
        icmp6::REDIRECT => {
            o.put((", ", Ipv6(v.array(24)?)));
            o.put((" to ", Ipv6(v.array(8)?)));
            at = 40;
        }
        icmp6::MOBILE_PREFIX_ADVERTISEMENT if verbose => {
            o.put((", id 0x", Hex4(v.u16(4)?)));
            let flags = v.u16(6)?;
            o.put((flags & 0xc000 != 0).then_some(" "));
            o.put((flags & 0x8000 != 0).then_some("M"));
            o.put((flags & 0x4000 != 0).then_some("O"));
        }
        _ => {}
    }
    if verbose { options(o, v.skip(at)) } else { Ok(()) }
}

/// The default router preference (RFC 4191, section 2.1).
fn preference(flags: u8) -> &'static str {
    ["medium", "high", "rsv", "low"][usize::from(flags >> 3 & 3)]
}

/// Seconds, of which the largest number is no limit.
struct Lifetime(u32);

impl Put for Lifetime {
    fn put(self, o: &mut Out) {
        if self.0 == u32::MAX { "infinity".put(o) } else { (self.0, "s").put(o) }
    }
}

/// The options. They end with the captured octets or with the message.
fn options(o: &mut Out, v: View<'_>) -> Step {
    let mut at = 0;
    while at < v.caplen() {
        let rest = v.skip(at);
        rest.check(2)?;
        if rest.is_empty() {
            return Ok(());
        }
        let (kind, units) = (rest.u8(0)?, rest.u8(1)?);
        let size = usize::from(units) * 8;
        if units == 0 || !rest.has(size) {
            return Err(Stop::Malformed);
        }
        o.put(("\n\t  ", named(OPTION_NAMES, kind, "unknown"), " option (", kind, "), length ", size));
        o.put((" (", units, "): "));
        if kind == REDIRECTED {
            // The dump starts with the first option, wherever this one is.
            o.unknown(v, "\n\t    ", size);
        }
        if !option(o, v, at, kind, units)? {
            return Ok(());
        }
        if o.opt.verbose > 1 {
            o.unknown(rest.skip(2), "\n\t    ", size - 2);
        }
        at += size;
    }
    Ok(())
}

/// One option at `at` in all of them; false if the list is not followed further.
fn option(o: &mut Out, all: View<'_>, at: usize, kind: u8, units: u8) -> Step<bool> {
    let v = all.skip(at);
    let size = usize::from(units) * 8;
    match kind {
        SOURCE_LINK_ADDRESS | TARGET_LINK_ADDRESS => o.line.octets(v.bytes(2, size - 2)?, b':'),
        PREFIX => {
            o.put((
                Ipv6(v.array(16)?),
                "/",
                v.u8(2)?,
                if units == 4 { "" } else { "badlen" },
                ", Flags [",
                bits(PREFIX_FLAGS, v.u8(3)?, ", ", "none"),
                "], valid time ",
                Lifetime(v.u32(4)?),
            ));
            o.put((", pref. time ", Lifetime(v.u32(8)?)));
        }
        REDIRECTED => {}
        MTU => o.put((" ", v.u32(4)?, if units == 1 { "" } else { "bad option length" })),
        DNS_SERVERS => {
            o.put((" lifetime ", v.u32(4)?, "s,"));
            for i in 0..usize::from(units - 1) / 2 {
                o.put((" addr: ", Ipv6(v.array(8 + i * 16)?)));
            }
        }
        DNS_SEARCH => {
            o.put((" lifetime ", v.u32(4)?, "s, domain(s):"));
            let mut names = dns_names::Message::new(all, false);
            let mut name = at + 8;
            while name < at + size && all.u8(name)? != 0 {
                o.put(" ");
                // An odd or cut name makes the list malformed, not cut, but for a bit label.
                let behind = dns_names::put(o, &mut names, name);
                name = behind.map_err(|stop| if stop == Stop::Cut { Stop::Malformed } else { stop })?;
            }
        }
        INTERVAL => o.put((" ", v.u32(4)?, "ms")),
        HOME_AGENT => o.put((" preference ", v.u16(4)?, ", lifetime ", v.u16(6)?)),
        ROUTE => route(o, v, units)?,
        _ if o.opt.verbose <= 1 => {
            o.unknown(v.skip(2), "\n\t  ", size - 2);
            return Ok(false);
        }
        _ => {}
    }
    Ok(true)
}

/// The route information option (RFC 4191, section 2.3).
fn route(o: &mut Out, v: View<'_>, units: u8) -> Step {
    v.check(8)?;
    let mut prefix = [0; 16];
    let present = match units {
        1..=3 => usize::from(units - 1) * 8,
        _ => return Err(Stop::Malformed),
    };
    prefix[..present].copy_from_slice(v.bytes(8, present)?);
    o.put((" ", Ipv6(prefix), "/", v.u8(2)?));
    o.put((", pref=", preference(v.u8(3)?)));
    o.put((", lifetime=", Lifetime(v.u32(4)?)));
    Ok(())
}
