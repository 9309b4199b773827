//! Ethernet in the first mile: operations, administration and maintenance
//! (IEEE 802.3, clause 57).

use super::slow::TLV_HEADER;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Hex6, Hex8, Named, Otherwise, Table, bits, named};
use crate::view::{Step, Stop, View};

/// Octets of flags and code.
const HEADER: usize = 3;

const INFORMATION: u8 = 0x00;
const EVENT: u8 = 0x01;
const LOOPBACK: u8 = 0x04;
const CODES: Table = &[
    (0x00, "Information"),
    (0x01, "Event Notification"),
    (0x02, "Variable Request"),
    (0x03, "Variable Response"),
    (0x04, "Loopback Control"),
    (0xfe, "Vendor Private"),
];
const FLAGS: Table = &[
    (0x01, "Link Fault"),
    (0x02, "Dying Gasp"),
    (0x04, "Critical Event"),
    (0x08, "Local Evaluating"),
    (0x10, "Local Stable"),
    (0x20, "Remote Evaluating"),
    (0x40, "Remote Stable"),
];

/// The end of a list of TLVs, whatever its length says.
const END: u8 = 0x00;
/// Octets of an information TLV and of a link event TLV.
const INFORMATION_LEN: usize = 16;
const EVENT_LEN: usize = 40;
const INFORMATIONS: Table =
    &[(0x00, "End of TLV marker"), (0x01, "Local"), (0x02, "Remote"), (0xfe, "Organization specific")];
const EVENTS: Table = &[
    (0x00, "End of TLV marker"),
    (0x01, "Errored Symbol Period Event"),
    (0x02, "Errored Frame Event"),
    (0x03, "Errored Frame Period Event"),
    (0x04, "Errored Frame Seconds Summary Event"),
    (0xfe, "Organization specific"),
];

/// An OAM data unit behind its subtype; malformed where it is too short.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    v.need(HEADER)?;
    let code = v.u8(2)?;
    o.put(("\n\tCode ", Named(CODES, code.into(), Otherwise::Dec("Unknown (", ")")), " OAM PDU, Flags ["));
    o.put((bits(FLAGS, v.u16(0)?, ", ", "none"), "]"));
    let data = v.skip(HEADER);
    match code {
        INFORMATION => tlvs(o, data, INFORMATIONS, " Information Type (", &[1, 2], INFORMATION_LEN, information),
        EVENT => {
            if data.len() < 2 {
                return Err(Stop::Malformed);
            }
            o.put(("\n\t  Sequence Number ", data.u16(0)?));
            tlvs(o, data.skip(2), EVENTS, " Link Event Type (", &[1, 2, 3, 4], EVENT_LEN, event)
        }
        LOOPBACK => {
            const COMMANDS: Table = &[(1, "Enable OAM Remote Loopback"), (2, "Disable OAM Remote Loopback")];
            if data.is_empty() {
                return Err(Stop::Malformed);
            }
            let command = data.u8(0)?;
            o.put(("\n\t  Command ", named(COMMANDS, command, "Unknown"), " (", command, ")"));
            Ok(())
        }
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(data, "\n\t  ", data.len());
            }
            Ok(())
        }
    }
}

/// A list of TLVs, of which the `known` ones have one length and one printer.
fn tlvs(
    o: &mut Out,
    v: View<'_>,
    names: Table,
    label: &'static str,
    known: &[u8],
    expected: usize,
    print: fn(&mut Out, View<'_>) -> Step,
) -> Step {
    let mut rest = v;
    while !rest.is_empty() {
        if rest.len() < TLV_HEADER {
            return Err(Stop::Malformed);
        }
        rest.need(TLV_HEADER)?;
        let (kind, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        o.put(("\n\t  ", named(names, kind, "Reserved"), label, kind, "), length ", length));
        if kind == END {
            return Ok(());
        }
        if length < TLV_HEADER {
            o.put("\n\t    ERROR: illegal length - should be >= 2");
            return Ok(());
        }
        if rest.len() < length {
            return Err(Stop::Malformed);
        }
        rest.need(length)?;
        let mut dumped = o.opt.verbose > 1;
        if !known.contains(&kind) {
            dumped = true;
        } else if length != expected {
            o.put(("\n\t    ERROR: illegal length - should be ", expected));
            dumped = true;
        } else {
            print(o, rest)?;
        }
        if dumped {
            o.unknown(rest, "\n\t  ", length);
        }
        rest = rest.skip(length);
    }
    Ok(())
}

/// A local or remote information TLV (IEEE 802.3, 57.5.2.1).
fn information(o: &mut Out, v: View<'_>) -> Step {
    const PARSER: Table = &[(0, "forwarding"), (1, "looping back"), (2, "discarding"), (3, "reserved")];
    const MULTIPLEXER: Table = &[(0, "forwarding"), (4, "discarding")];
    const CONFIGURATION: Table = &[
        (0x01, "Active"),
        (0x02, "Unidirectional"),
        (0x04, "Remote-Loopback"),
        (0x08, "Link-Events"),
        (0x10, "Variable-Retrieval"),
    ];
    let (state, organization) = (v.u8(5)?, v.u24(9)?);
    o.put(("\n\t    OAM-Version ", v.u8(2)?, ", Revision ", v.u16(3)?));
    o.put(("\n\t    State-Parser-Action ", named(PARSER, state & 3, "Reserved"), ", State-MUX-Action "));
    o.put(named(MULTIPLEXER, state & 4, "Reserved"));
    o.put(("\n\t    OAM-Config Flags [", bits(CONFIGURATION, v.u8(6)?, ", ", "none")));
    o.put(("], OAM-PDU-Config max-PDU size ", v.u16(7)? & 0x7ff));
    o.put(("\n\t    OUI ", named(ORGANIZATIONS, organization, "Unknown"), " (0x", Hex6(organization), ")"));
    o.put((", Vendor-Private 0x", Hex8(v.u32(12)?)));
    Ok(())
}

/// A link event TLV (IEEE 802.3, 57.5.3); its time is in units of 100 ms.
fn event(o: &mut Out, v: View<'_>) -> Step {
    o.put(("\n\t    Timestamp ", u32::from(v.u16(2)?) * 100, " ms, Errored Window ", v.u64(4)?));
    o.put(("\n\t    Errored Threshold ", v.u64(12)?, "\n\t    Errors ", v.u64(20)?));
    o.put(("\n\t    Error Running Total ", v.u64(28)?, "\n\t    Event Running Total ", v.u32(36)?));
    Ok(())
}
