//! Multiprotocol Label Switching (RFC 3032).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of a label stack entry.
const ENTRY: usize = 4;

const LABEL: Field<u32> = Field::bits("mpls.label", 0, 12, 0xf_ffff);
const CLASS: Field<u32> = Field::bits("mpls.exp", 0, 9, 7);
const BOTTOM: Field<u32> = Field::bits("mpls.bottom", 0, 8, 1);
const TTL: Field<u32> = Field::bits("mpls.ttl", 0, 0, 0xff);

const IPV4_EXPLICIT_NULL: u32 = 0;
const IPV6_EXPLICIT_NULL: u32 = 2;
const IMPLICIT_NULL: u32 = 3;

/// The tree's fields of what is beside a pseudowire.
const CHANNEL: &[Slot] =
    &[Slot::new("pwach.ver", 0, 1).bits(0, 15), Slot::new("pwach.res", 1, 1), Slot::new("pwach.channel_type", 2, 2)];

/// The names of the reserved labels (RFC 3032, section 2.1).
fn reserved(label: u32) -> Option<&'static str> {
    Some(match label {
        IPV4_EXPLICIT_NULL => " (IPv4 explicit NULL)",
        1 => " (router alert)",
        IPV6_EXPLICIT_NULL => " (IPv6 explicit NULL)",
        IMPLICIT_NULL => " (implicit NULL)",
        4..=15 => " (rsvd)",
        _ => return None,
    })
}

/// A label stack and its payload, which is guessed: nothing tells what it is.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "mpls";
    o.put("MPLS");
    let mut rest = v;
    let bottom = match stack(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            return rest.need(rest.len());
        }
        other => other?,
    };
    let payload = match bottom {
        IPV4_EXPLICIT_NULL | IMPLICIT_NULL => registry::ipv4(),
        IPV6_EXPLICIT_NULL => registry::ipv6(),
        _ if rest.is_empty() => return Ok(()),
        // The first octet of IP has the version and a header length, that of
        // OSI is the network layer protocol identifier.
        _ => match rest.u8(0)? {
            0x45..=0x4f => registry::ipv4(),
            0x60..=0x6f => registry::ipv6(),
            0x81..=0x83 => registry::osi,
            first => {
                // The channel beside a pseudowire (RFC 4385, section 5).
                o.see_all(if first >> 4 == 1 { CHANNEL } else { &[] }, rest);
                return o.unknown_payload(rest);
            }
        },
    };
    o.put(if o.opt.verbose > 0 { "\n\t" } else { " " });
    o.nested(|o| payload(o, rest, below))
}

/// Prints the entries up to the bottom of the stack, whose label is the result.
fn stack(o: &mut Out, rest: &mut View<'_>) -> Step<u32> {
    let mut before = " ";
    loop {
        if rest.len() < ENTRY {
            return Err(Stop::Malformed);
        }
        let label = rest.get(LABEL)?;
        o.put((before, "(label ", LABEL.show(label)));
        if o.opt.verbose > 0 {
            o.put(reserved(label));
            before = "\n\t";
        }
        o.see(BOTTOM, *rest);
        let bottom = rest.get(BOTTOM)? == 1;
        o.put((", tc ", CLASS.show(rest.get(CLASS)?), if bottom { ", [S]" } else { "" }));
        o.put((", ttl ", TTL.show(rest.get(TTL)?), ")"));
        *rest = rest.skip(ENTRY);
        if bottom {
            return Ok(label);
        }
    }
}
