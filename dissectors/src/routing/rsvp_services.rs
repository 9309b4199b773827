//! Parameters of integrated services in objects of RSVP (RFC 2210, RFC 2215).

use super::gmpls::General;
use super::rsvp_objects::Shown;
use crate::out::Out;
use crate::put::{Hex2, Put, Table, named};
use crate::view::{Step, View};

/// Octets of a header of the object, of a service and of a parameter; lengths
/// count words of four octets behind it.
const HEADER: usize = 4;
const SERVICES: Table = &[(1, "Default/Global Information"), (2, "Guaranteed Service"), (5, "Controlled Load")];
const PARAMETERS: Table = &[
    (4, "IS hop cnt"),
    (6, "Path b/w estimate"),
    (8, "Minimum path latency"),
    (10, "Composed MTU"),
    (127, "Token Bucket TSpec"),
    (130, "Guaranteed Service RSpec"),
    (133, "End-to-end composed value for C"),
    (134, "End-to-end composed value for D"),
    (135, "Since-last-reshaping point composed C"),
    (136, "Since-last-reshaping point composed D"),
];

/// Services in `left` octets (RFC 2210, section 3).
pub(super) fn services(o: &mut Out, v: View<'_>, left: usize, indent: &'static str) -> Step<Shown> {
    if left < HEADER {
        return Ok(Shown::Short);
    }
    o.put((indent, "  Msg-Version: ", v.u8(0)? >> 4, ", length: ", u32::from(v.u16(2)?) << 2));
    let (mut v, mut left) = (v.skip(HEADER), left - HEADER);
    while left >= HEADER {
        let (kind, mut inner) = (v.u8(0)?, u32::from(v.u16(2)?) << 2);
        let not = (v.u8(1)? & 0x80 == 0).then_some("not ");
        let name = (named(SERVICES, kind, "unknown"), " (", kind, ")");
        o.put((indent, "  Service Type: ", name, ", break bit ", not, "set, Service length: ", inner));
        (v, left) = (v.skip(HEADER), left - HEADER);
        while inner >= HEADER as u32 {
            let Some(used) = parameter(o, v, left)? else { break };
            (v, left) = (v.skip(used), left - used);
            // As tcpdump has it: parameters longer than their service make this wrap around.
            inner = inner.wrapping_sub(used as u32);
        }
    }
    Ok(Shown::Whole)
}

/// A rate in octets a second.
fn rate(v: View<'_>, at: usize) -> Step<impl Put> {
    Ok((General((f32::from_bits(v.u32(at)?) / 125_000.0).into()), " Mbps"))
}

/// A parameter in at most `left` octets; its octets, or nothing if they are more.
fn parameter(o: &mut Out, v: View<'_>, left: usize) -> Step<Option<usize>> {
    if left < HEADER {
        return Ok(None);
    }
    let (id, size) = (v.u8(0)?, usize::from(v.u16(2)?) << 2);
    let name = named(PARAMETERS, id, "unknown");
    o.put(("\n\t      Parameter ID: ", name, " (", id, "), length: ", size, ", Flags: [0x", Hex2(v.u8(1)?), "]"));
    if left < HEADER + size {
        return Ok(None);
    }
    let value = v.skip(HEADER);
    match (id, size) {
        (4, 4) => o.put(("\n\t\tIS hop count: ", value.u32(0)?)),
        (6, 4) => o.put(("\n\t\tPath b/w estimate: ", rate(value, 0)?)),
        (8, 4) if value.u32(0)? == u32::MAX => o.put("\n\t\tMinimum path latency: don't care"),
        (8, 4) => o.put(("\n\t\tMinimum path latency: ", value.u32(0)?)),
        (10, 4) => o.put(("\n\t\tComposed MTU: ", value.u32(0)?, " bytes")),
        (127, 20) => {
            o.put(("\n\t\tToken Bucket Rate: ", rate(value, 0)?));
            o.put(("\n\t\tToken Bucket Size: ", General(f32::from_bits(value.u32(4)?).into()), " bytes"));
            o.put(("\n\t\tPeak Data Rate: ", rate(value, 8)?));
            o.put(("\n\t\tMinimum Policed Unit: ", value.u32(12)?, " bytes"));
            o.put(("\n\t\tMaximum Packet Size: ", value.u32(16)?, " bytes"));
        }
        (130, 8) => {
            o.put(("\n\t\tRate: ", rate(value, 0)?));
            o.put(("\n\t\tSlack Term: ", value.u32(4)?));
        }
        (133..=136, 4) => o.put(("\n\t\tValue: ", value.u32(0)?)),
        (4 | 6 | 8 | 10 | 127 | 130 | 133..=136, _) => {}
        _ if o.opt.verbose <= 1 => o.unknown(value, "\n\t\t", size),
        _ => {}
    }
    Ok(Some(HEADER + size))
}
