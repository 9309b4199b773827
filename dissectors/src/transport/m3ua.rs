//! The adaptation of MTP level 3, M3UA (RFC 4666), over SCTP.

use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex8, Named, Otherwise, Table};
use crate::transport::m3ua_fields;
use crate::view::{Step, Stop, View};

/// The header (RFC 4666, section 3.1), which its length counts.
const HEADER: usize = 8;
const CLASS: usize = 2;
const TYPE: usize = 3;
const LENGTH: usize = 4;
const VERSION: u8 = 1;

const FIELDS: &[Slot] = &[
    Slot::new("m3ua.version", 0, 1),
    Slot::new("m3ua.message_class", CLASS, 1),
    Slot::new("m3ua.message_type", TYPE, 1),
    Slot::new("m3ua.message_length", LENGTH, 4),
];

const CLASSES: Table =
    &[(0, "Management"), (1, "Transfer"), (2, "SS7"), (3, "ASP"), (4, "ASP"), (9, "Routing Key Management")];

/// The types of messages of a class, if they are known.
fn types(class: u8) -> Option<Table> {
    Some(match class {
        0 => &[(0, "Error"), (1, "Notify")],
        1 => &[(1, "Data")],
        2 => &[
            (1, "Destination Unavailable"),
            (2, "Destination Available"),
            (3, "Destination State Audit"),
            (4, "Signalling Congestion"),
            (5, "Destination User Part Unavailable"),
            (6, "Destination Restricted"),
        ],
        3 => &[
            (1, "Up"),
            (2, "Down"),
            (3, "Heartbeat"),
            (4, "Up Acknowledgement"),
            (5, "Down Acknowledgement"),
            (6, "Heartbeat Acknowledgement"),
        ],
        4 => &[(1, "Active"), (2, "Inactive"), (3, "Active Acknowledgement"), (4, "Inactive Acknowledgement")],
        9 => &[
            (1, "Registration Request"),
            (2, "Registration Response"),
            (3, "Deregistration Request"),
            (4, "Deregistration Response"),
        ],
        _ => return None,
    })
}

/// Octets of a parameter's header (RFC 4666, section 3.2), which its length counts.
const PARAMETER: usize = 4;
const ROUTING_CONTEXT: u16 = 0x0006;
const CORRELATION: u16 = 0x0013;
const NETWORK: u16 = 0x0200;
const PARAMETERS: Table = &[
    (0x0004, "INFO String"),
    (0x0006, "Routing Context"),
    (0x0007, "Diagnostic Info"),
    (0x0009, "Heartbeat Data"),
    (0x000b, "Traffic Mode Type"),
    (0x000c, "Error Code"),
    (0x000d, "Status"),
    (0x0011, "ASP Identifier"),
    (0x0012, "Affected Point Code"),
    (0x0013, "Correlation ID"),
    (0x0200, "Network Appearance"),
    (0x0204, "User/Cause"),
    (0x0205, "Congestion Indications"),
    (0x0206, "Concerned Destination"),
    (0x0207, "Routing Key"),
    (0x0208, "Registration Result"),
    (0x0209, "Deregistration Result"),
    (0x020a, "Local Routing Key Identifier"),
    (0x020b, "Destination Point Code"),
    (0x020c, "Service Indicators"),
    (0x020e, "Originating Point Code List"),
    (0x0210, "Protocol Data"),
    (0x0212, "Registration Status"),
    (0x0213, "Deregistration Status"),
];

/// A message, the whole of a chunk's data.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "m3ua";
    o.see_all(FIELDS, v);
    m3ua_fields::note(o, v.skip(HEADER));
    match message(o, v) {
        Err(Stop::Malformed) => {
            o.invalid();
            v.check(v.len())
        }
        other => other,
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    v.check(HEADER)?;
    if v.u8(0)? != VERSION {
        return Ok(());
    }
    let class = v.u8(CLASS)?;
    o.put(("\n\t\t", Named(CLASSES, class.into(), Otherwise::Dec("Unknown message class ", ""))));
    if let Some(types) = types(class) {
        let name = Named(types, v.u8(TYPE)?.into(), Otherwise::Hex("Unknown (0x", 2, ")"));
        o.put((" ", name, " Message"));
    }
    let length = v.u32(LENGTH)?;
    if usize::try_from(length) != Ok(v.len()) {
        o.put(("\n\t\t\t@@@@@@ Corrupted length ", length, " of message @@@@@@"));
        return Ok(());
    }
    let body = v.skip(HEADER);
    let mut at = 0;
    while at < body.len() {
        match parameter(o, body.skip(at)) {
            Err(Stop::Malformed) => {
                o.invalid();
                return body.check(body.len());
            }
            other => at += other?,
        }
    }
    Ok(())
}

/// A parameter; its octets with padding.
fn parameter(o: &mut Out, v: View<'_>) -> Step<usize> {
    if v.len() < PARAMETER {
        return Err(Stop::Malformed);
    }
    let kind = v.u16(0)?;
    let name = Named(PARAMETERS, kind.into(), Otherwise::Hex("Unknown Parameter (0x", 4, ")"));
    o.put(("\n\t\t\t", name, ": "));
    let size = usize::from(v.u16(2)?);
    if size < PARAMETER {
        return Err(Stop::Malformed);
    }
    let padded = size.next_multiple_of(4);
    v.check(padded)?;
    match kind {
        ROUTING_CONTEXT | CORRELATION | NETWORK if size < PARAMETER + 4 => o.invalid(),
        // As tcpdump has it: the header is taken for the value.
        ROUTING_CONTEXT | CORRELATION | NETWORK => o.put(("0x", Hex8(v.u32(0)?))),
        _ => o.put(("(length ", size, ")")),
    }
    Ok(padded)
}
