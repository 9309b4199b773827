//! The multipoint MAC control of EPON (IEEE 802.3, clause 64), and pause frames.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Named, Otherwise, Table, bits};
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 6;

const OPCODE: Field<u16> = Field::new("macc.opcode", 0);
const TIMESTAMP: Field<u32> = Field::new("macc.timestamp", 2);

/// The tree's fields of messages, from the header on.
const PAUSE_FIELDS: &[Slot] = &[Slot::new("macc.pause_time", 2, 2)];
const REQUEST_FIELDS: &[Slot] = &[Slot::new("macc.reg.flags", 6, 1), Slot::new("macc.regreq.grants", 7, 1)];
const REGISTER_FIELDS: &[Slot] = &[
    Slot::new("macc.reg.assignedport", 6, 2),
    Slot::new("macc.reg.flags", 8, 1),
    Slot::new("macc.reg.synctime", 9, 2),
    Slot::new("macc.reg.grants", 11, 1),
];
const ACK_FIELDS: &[Slot] = &[
    Slot::new("macc.reg.flags", 6, 1),
    Slot::new("macc.regack.assignedport", 7, 2),
    Slot::new("macc.regack.synctime", 9, 2),
];

const PAUSE: u16 = 1;
const GATE: u16 = 2;
const REPORT: u16 = 3;
const REGISTER_REQUEST: u16 = 4;
const REGISTER: u16 = 5;
const REGISTER_ACK: u16 = 6;
const OPCODES: Table =
    &[(1, "Pause"), (2, "Gate"), (3, "Report"), (4, "Register Request"), (5, "Register"), (6, "Register ACK")];

const GRANT_FLAGS: Table = &[
    (0x08, "Discovery"),
    (0x10, "Force Grant #1"),
    (0x20, "Force Grant #2"),
    (0x40, "Force Grant #3"),
    (0x80, "Force Grant #4"),
];
const QUEUES: Table =
    &[(0x01, "Q0"), (0x02, "Q1"), (0x04, "Q2"), (0x08, "Q3"), (0x10, "Q4"), (0x20, "Q5"), (0x40, "Q6"), (0x80, "Q7")];
const REQUEST_FLAGS: Table = &[(1, "Register"), (3, "De-Register")];
const REGISTER_FLAGS: Table = &[(1, "Re-Register"), (2, "De-Register"), (3, "ACK"), (4, "NACK")];
const ACK_FLAGS: Table = &[(0, "NACK"), (1, "ACK")];

/// A MAC control frame.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "mpcp";
    let (opcode, timestamp) = (v.get(OPCODE)?, v.get(TIMESTAMP)?);
    let name = Named(OPCODES, opcode.into(), Otherwise::Dec("Unknown (", ")"));
    o.put(("MPCP, Opcode ", OPCODE.text(opcode, name)));
    if opcode != PAUSE {
        o.put((", Timestamp ", timestamp, " ticks"));
    }
    if matches!(opcode, GATE..=REGISTER_ACK) {
        o.note(TIMESTAMP, timestamp);
    }
    o.see_all(
        match opcode {
            PAUSE => PAUSE_FIELDS,
            REGISTER_REQUEST => REQUEST_FIELDS,
            REGISTER => REGISTER_FIELDS,
            REGISTER_ACK => ACK_FIELDS,
            _ => &[],
        },
        v,
    );
    o.put((", length ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let body = v.skip(HEADER);
    match opcode {
        PAUSE => Ok(()),
        GATE => gate(o, body),
        REPORT => report(o, body),
        REGISTER_REQUEST => {
            let flags = bits(REQUEST_FLAGS, body.u8(0)?, ", ", "Reserved");
            o.put(("\n\tFlags [ ", flags, " ], Pending-Grants ", body.u8(1)?));
            Ok(())
        }
        REGISTER => {
            let flags = bits(REGISTER_FLAGS, body.u8(2)?, ", ", "Reserved");
            o.put((
                ("\n\tAssigned-Port ", body.u16(0)?, ", Flags [ ", flags, " ]"),
                ("\n\tSync-Time ", body.u16(3)?, " ticks, Echoed-Pending-Grants ", body.u8(5)?),
            ));
            Ok(())
        }
        REGISTER_ACK => {
            let flags = bits(ACK_FLAGS, body.u8(0)?, ", ", "Reserved");
            o.put((
                ("\n\tEchoed-Assigned-Port ", body.u16(1)?, ", Flags [ ", flags, " ]"),
                ("\n\tEchoed-Sync-Time ", body.u16(3)?, " ticks"),
            ));
            Ok(())
        }
        _ => {
            o.unknown(v, "\n\t", v.len());
            Ok(())
        }
    }
}

/// Times when a station may send.
fn gate(o: &mut Out, v: View<'_>) -> Step {
    let octet = v.u8(0)?;
    let count = usize::from(octet & 7);
    o.put(("\n\tGrant Numbers ", count, ", Flags [ ", bits(GRANT_FLAGS, octet & !7, ", ", "?"), " ]"));
    let mut rest = v.skip(1);
    for grant in 1..=count {
        o.put(("\n\tGrant #", grant, ", Start-Time ", rest.u32(0)?, " ticks, duration ", rest.u16(4)?, " ticks"));
        rest = rest.skip(6);
    }
    o.put(("\n\tSync-Time ", rest.u16(0)?, " ticks"));
    Ok(())
}

/// What a station wants to send.
fn report(o: &mut Out, v: View<'_>) -> Step {
    let sets = v.u8(0)?;
    o.put(("\n\tTotal Queue-Sets ", sets));
    let mut rest = v.skip(1);
    for _ in 1..sets {
        let bitmap = rest.u8(0)?;
        o.put(("\n\t  Queue-Set #", sets, ", Report-Bitmap [ ", bits(QUEUES, bitmap, ", ", "Unknown"), " ]"));
        rest = rest.skip(1);
        for queue in (0..8u8).filter(|queue| bitmap >> queue & 1 != 0) {
            o.put(("\n\t    Q", queue + 1, " Report, Duration ", rest.u16(0)?, " ticks"));
            rest = rest.skip(2);
        }
    }
    Ok(())
}
