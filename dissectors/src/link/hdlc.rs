//! Cisco HDLC with SLARP, its address and keep-alive protocol.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Ipv4, Table, named, named_hex};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, Stop, View};

/// Octets of the header: address, control and protocol.
const HEADER: usize = 4;

/// What only the tree has.
const CONTROL: &[Slot] = &[Slot::new("chdlc.control", 1, 1)];
const ADDRESS: Field<u8> = Field::new("chdlc.address", 0);
const PROTOCOL: Field<u16> = Field::new("chdlc.protocol", 2);

const ADDRESSES: Table = &[(0x0f, "unicast"), (0x8f, "bcast")];
const SLARP: u16 = 0x8035;
const OSI: u16 = 0xfefe;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "chdlc";
    if v.len() < HEADER {
        o.truncated();
        o.link_len += v.len();
        return Ok(());
    }
    v.check(HEADER)?;
    o.link_len += HEADER;
    dissect(o, v, below)
}

/// A frame from its address octet on.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "chdlc";
    let result = o.nested(|o| packet(o, v, below));
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Cut);
    }
    let protocol = v.get(PROTOCOL)?;
    o.see(ADDRESS, v);
    o.see_all(CONTROL, v);
    o.note(PROTOCOL, protocol);
    if o.opt.link {
        o.put((named_hex(ADDRESSES, v.get(ADDRESS)?, "0x", 2), ", ethertype "));
        o.put((named(ETHERTYPES, protocol, "Unknown"), " (0x", Hex4(protocol), "), length ", v.len(), ": "));
    }
    let inner = v.skip(HEADER);
    match protocol {
        SLARP => slarp(o, inner),
        OSI => {
            if inner.len() < 2 {
                return Err(Stop::Malformed);
            }
            // Some senders put a pad octet before the network layer's identifier.
            let padded = matches!(inner.u8(1)?, 0x81..=0x83);
            registry::osi(o, inner.skip(usize::from(padded)), below)
        }
        _ => match registry::hdlc_protocol(protocol) {
            Some(dissect) => dissect(o, inner, below),
            None => {
                if !o.opt.link {
                    o.put(("unknown CHDLC protocol (0x", Hex4(protocol), ")"));
                }
                Ok(())
            }
        },
    }
}

/// SLARP for the tree: its type, an address or its request, and the counters of a keep-alive.
const SLARP_TYPE: &[Slot] = &[Slot::new("slarp.ptype", 0, 4)];
const SLARP_ADDRESS: &[Slot] = &[Slot::new("slarp.address", 4, 4), Slot::new("slarp.netmask", 8, 4)];
const SLARP_COUNTERS: &[Slot] = &[
    Slot::new("slarp.mysequence", 4, 4),
    Slot::new("slarp.yoursequence", 8, 4),
    Slot::new("slarp.reliability", 12, 2),
];

/// Octets of a SLARP packet without and with the sender's uptime.
const SLARP_MIN: usize = 14;
const SLARP_MAX: usize = 18;

const REQUEST: u32 = 0;
const REPLY: u32 = 1;
const KEEPALIVE: u32 = 2;

fn slarp(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "chdlc_slarp";
    let length = v.len();
    o.put(("SLARP (length: ", length, "), "));
    if length < SLARP_MIN || !v.has(SLARP_MIN) {
        o.truncated();
        return Ok(());
    }
    let mut data = v.skip(4);
    o.see_all(SLARP_TYPE, v);
    match v.u32(0)? {
        REQUEST => {
            o.see_all(SLARP_ADDRESS, v);
            o.put("request");
        }
        REPLY => {
            o.see_all(SLARP_ADDRESS, v);
            o.put(("reply ", Ipv4(v.array(4)?), "/", Ipv4(v.array(8)?)));
        }
        KEEPALIVE => {
            o.see_all(SLARP_COUNTERS, v);
            o.put(("keepalive: mineseen=0x", Hex8(v.u32(4)?), ", yourseen=0x", Hex8(v.u32(8)?)));
            o.put((", reliability=0x", Hex4(v.u16(12)?)));
            if length >= SLARP_MAX {
                uptime(o, v.u32(SLARP_MIN)? / 1000);
                // What is dumped starts behind the uptime, as far as there is more.
                data = v.skip(SLARP_MAX).claim(length - 4);
            }
        }
        code => {
            o.put(("0x", Hex2(code), " unknown"));
            if o.opt.verbose <= 1 {
                o.unknown(data, "\n\t", data.len());
            }
        }
    }
    if length > SLARP_MAX && o.opt.verbose > 0 {
        o.put((", (trailing junk: ", length - SLARP_MAX, " bytes)"));
    }
    if o.opt.verbose > 1 {
        o.unknown(data, "\n\t", data.len());
    }
    Ok(())
}

/// `, link uptime=1d2h3m4s`.
fn uptime(o: &mut Out, seconds: u32) {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    o.put((", link uptime=", hours / 24, "d", hours % 24, "h", minutes % 60, "m", seconds % 60, "s"));
}
