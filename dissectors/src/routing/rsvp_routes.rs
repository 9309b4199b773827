//! Routes in objects of RSVP (RFC 3209, sections 4.3 and 4.4), and the interface
//! between users and an optical network (RFC 3476).

use super::rsvp_objects::{Prefixed, RECORD, Shown, class_type};
use crate::families::FAMILIES;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6, Named, Otherwise, Table, bits, named};
use crate::view::{Step, Stop, View};

const IPV4: u8 = 1;
const LABEL: u8 = 3;
const SUBOBJECTS: Table = &[
    (0, "Reserved"),
    (1, "IPv4 prefix"),
    (2, "IPv6 prefix"),
    (3, "Label"),
    (32, "Autonomous system number"),
    (64, "MPLS label switched path termination"),
];
/// RFC 4090, section 4.4.
const FLAGS: Table = &[
    (1, "Local protection available"),
    (2, "Local protection in use"),
    (4, "Bandwidth protection"),
    (8, "Node protection"),
];
const LABEL_FLAGS: Table = &[(1, "Global")];

/// A route that is asked for or was recorded, `left` octets.
pub(super) fn route(o: &mut Out, mut v: View<'_>, mut left: usize, indent: &'static str) -> Step<Shown> {
    while left >= 4 {
        let (first, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        let kind = first & 0x7f;
        let name = Named(SUBOBJECTS, kind.into(), Otherwise::Dec("Unknown ", ""));
        o.put((indent, "  Subobject Type: ", name, ", length ", size));
        if left < size {
            o.put((indent, "  ERROR: ERO subobject length > object length"));
            break;
        }
        if size == 0 {
            o.put((indent, "  ERROR: zero length ERO subtype"));
            break;
        }
        if matches!(kind, IPV4 | LABEL) && size != 8 {
            o.put(" ERROR: length != 8");
            return Err(Stop::Malformed);
        }
        match kind {
            IPV4 => {
                let length = v.u8(6)?;
                if length != 32 {
                    o.put((" ERROR: Prefix length ", length, " != 32"));
                    return Err(Stop::Malformed);
                }
                let loose = if first & 0x80 != 0 { "Loose" } else { "Strict" };
                let flags = bits(FLAGS, v.u8(7)?, ", ", "none");
                o.put((", ", loose, ", ", Ipv4(v.array(2)?), "/", length, ", Flags: [", flags, "]"));
            }
            LABEL => {
                let (flags, class) = (v.u8(2)?, v.u8(3)?);
                o.put((", Flags: [", bits(LABEL_FLAGS, flags, ", ", "none"), "] (", Prefixed(flags), ")"));
                o.put((", Class-Type: ", class_type(RECORD, class), " (", class, "), ", v.u32(4)?));
            }
            _ => {}
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(Shown::Whole)
}

/// The attributes of a connection between users, `left` octets (RFC 3476, section 3).
pub(super) fn interface(o: &mut Out, mut v: View<'_>, mut left: usize, indent: &'static str) -> Step<Shown> {
    const HEADER: usize = 4;
    const DIVERSITY: u8 = 3;
    const EGRESS_LABEL: u8 = 4;
    const SERVICE_LEVEL: u8 = 5;
    const NAMES: Table = &[
        (1, "Source TNA address"),
        (2, "Destination TNA address"),
        (3, "Diversity"),
        (4, "Egress label"),
        (5, "Service level"),
    ];
    if left < HEADER {
        return Ok(Shown::Short);
    }
    let mut shown = Shown::Whole;
    while left > 0 {
        if left < HEADER {
            return Err(Stop::Malformed);
        }
        let (size, kind, family) = (usize::from(v.u16(0)?), v.u8(2)?, v.u8(3)?);
        let name = (named(NAMES, kind, "Unknown"), " (", kind, "), AF: ");
        let family_name = (named(FAMILIES, family, "Unknown"), " (", family, ")");
        o.put((indent, "  Subobject Type: ", name, family_name, ", length: ", size));
        if size < HEADER || size > left {
            return Err(Stop::Malformed);
        }
        let must = match (kind, family) {
            (1 | 2, 1) | (SERVICE_LEVEL, _) => 8,
            (1 | 2, 2) => 20,
            (EGRESS_LABEL, _) => 16,
            _ => HEADER,
        };
        if size < must {
            o.put((indent, "ERROR: sub-object is too short"));
            return Ok(Shown::Nothing);
        }
        match (kind, family) {
            (1 | 2, 1) => o.put((indent, "    UNI IPv4 TNA address: ", Ipv4(v.array(4)?))),
            (1 | 2, 2) => o.put((indent, "    UNI IPv6 TNA address: ", Ipv6(v.array(4)?))),
            (1 | 2, 3) => shown = Shown::Unknown,
            (1 | 2, _) => {}
            (DIVERSITY, _) if size == HEADER => {}
            (EGRESS_LABEL, _) => {
                let first = v.u32(4)?;
                o.put((indent, "    U-bit: ", first >> 31, ", Label type: ", first & 0xff));
                o.put((", Logical port id: ", v.u32(8)?, ", Label: ", v.u32(12)?));
            }
            (SERVICE_LEVEL, _) => o.put((indent, "    Service level: ", v.u8(4)?)),
            _ => shown = Shown::Unknown,
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(shown)
}
