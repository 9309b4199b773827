//! PTP (IEEE 1588-2008, clause 13; minor versions of IEEE 1588-2019).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex, Table, bits, named};
use crate::view::{Step, View};

/// Octets of the common header.
const HEADER: usize = 34;

const SDO: Field<u8> = Field::bits("ptp.v2.majorsdoid", 0, 4, 15);
const TYPE: Field<u8> = Field::bits("ptp.v2.messagetype", 0, 0, 15);
const MINOR: Field<u8> = Field::bits("ptp.v2.minorversionptp", 1, 4, 15);
const VERSION: Field<u8> = Field::bits("ptp.v2.versionptp", 1, 0, 15);
const LENGTH: Field<u16> = Field::new("ptp.v2.messagelength", 2);
const DOMAIN: Field<u8> = Field::new("ptp.v2.domainnumber", 4);
const RESERVED_1: Field<u8> = Field::new("ptp.v2.minorsdoid", 5);
const FLAGS: Field<u16> = Field::new("ptp.v2.flags", 6);
const CORRECTION: usize = 8;
/// The nanoseconds of the correction, which parts of 2^16 of one follow.
const WHOLE_CORRECTION: &[Slot] = &[Slot::new("ptp.v2.correction.ns", CORRECTION, 6)];
const SUB_CORRECTION: usize = 14;
const RESERVED_2: Field<u32> = Field::new("ptp.v2.messagetypespecific", 16);
const CLOCK: Field<u64> = Field::new("ptp.v2.clockidentity", 20);
const PORT: Field<u16> = Field::new("ptp.v2.sourceportid", 28);
const SEQUENCE: Field<u16> = Field::new("ptp.v2.sequenceid", 30);
const CONTROL: Field<u8> = Field::new("ptp.v2.controlfield", 32);
const INTERVAL: Field<u8> = Field::new("ptp.v2.logmessageperiod", 33);

const SYNC: u8 = 0;
const DELAY_REQUEST: u8 = 1;
const PEER_DELAY_REQUEST: u8 = 2;
const PEER_DELAY_RESPONSE: u8 = 3;
const FOLLOW_UP: u8 = 8;
const DELAY_RESPONSE: u8 = 9;
const PEER_DELAY_FOLLOW_UP: u8 = 10;
const ANNOUNCE: u8 = 11;
const SIGNALING: u8 = 12;
const MANAGEMENT: u8 = 13;
const TYPES: Table = &[
    (0, "sync msg"),
    (1, "delay req msg"),
    (2, "peer delay req msg"),
    (3, "peer delay resp msg"),
    (8, "follow up msg"),
    (9, "delay resp msg"),
    (10, "pdelay resp fup msg"),
    (11, "announce msg"),
    (12, "signaling msg"),
    (13, "management msg"),
];
const CONTROLS: Table =
    &[(0, "Sync"), (1, "Delay_Req"), (2, "Follow_Up"), (3, "Delay_Resp"), (4, "Management"), (5, "Other")];
const FLAG_NAMES: Table = &[
    (0x0001, "l1 61"),
    (0x0002, "l1 59"),
    (0x0004, "utc reasonable"),
    (0x0008, "timescale"),
    (0x0010, "time tracable"),
    (0x0020, "frequency tracable"),
    (0x0100, "alternate master"),
    (0x0200, "two step"),
    (0x0400, "unicast"),
    (0x1000, "profile specific 1"),
    (0x2000, "profile specific 2"),
    (0x4000, "security mask"),
    (0x18c0, "unknown"),
];

/// The tree's fields of messages behind the header, by type (clause 13.5 to 13.13).
const BODIES: &[(u8, &[Slot])] = &[
    (SYNC, REQUESTED),
    (DELAY_REQUEST, REQUESTED),
    (
        PEER_DELAY_REQUEST,
        &[
            Slot::new("ptp.v2.pdrq.origintimestamp.seconds", 0, 6),
            Slot::new("ptp.v2.pdrq.origintimestamp.nanoseconds", 6, 4),
        ],
    ),
    (
        PEER_DELAY_RESPONSE,
        &[
            Slot::new("ptp.v2.pdrs.requestreceipttimestamp.seconds", 0, 6),
            Slot::new("ptp.v2.pdrs.requestreceipttimestamp.nanoseconds", 6, 4),
            Slot::new("ptp.v2.pdrs.requestingportidentity", 10, 8),
            Slot::new("ptp.v2.pdrs.requestingsourceportid", 18, 2),
        ],
    ),
    (
        FOLLOW_UP,
        &[
            Slot::new("ptp.v2.fu.preciseorigintimestamp.seconds", 0, 6),
            Slot::new("ptp.v2.fu.preciseorigintimestamp.nanoseconds", 6, 4),
        ],
    ),
    (
        DELAY_RESPONSE,
        &[
            Slot::new("ptp.v2.dr.receivetimestamp.seconds", 0, 6),
            Slot::new("ptp.v2.dr.receivetimestamp.nanoseconds", 6, 4),
            Slot::new("ptp.v2.dr.requestingsourceportidentity", 10, 8),
            Slot::new("ptp.v2.dr.requestingsourceportid", 18, 2),
        ],
    ),
    (
        PEER_DELAY_FOLLOW_UP,
        &[
            Slot::new("ptp.v2.pdfu.responseorigintimestamp.seconds", 0, 6),
            Slot::new("ptp.v2.pdfu.responseorigintimestamp.nanoseconds", 6, 4),
            Slot::new("ptp.v2.pdfu.requestingportidentity", 10, 8),
            Slot::new("ptp.v2.pdfu.requestingsourceportid", 18, 2),
        ],
    ),
    (
        ANNOUNCE,
        &[
            Slot::new("ptp.v2.an.origintimestamp.seconds", 0, 6),
            Slot::new("ptp.v2.an.origintimestamp.nanoseconds", 6, 4),
            Slot::new("ptp.v2.an.origincurrentutcoffset", 10, 2),
            Slot::new("ptp.v2.an.priority1", 13, 1),
            Slot::new("ptp.v2.an.grandmasterclockclass", 14, 1),
            Slot::new("ptp.v2.an.grandmasterclockaccuracy", 15, 1),
            Slot::new("ptp.v2.an.grandmasterclockvariance", 16, 2),
            Slot::new("ptp.v2.an.priority2", 18, 1),
            Slot::new("ptp.v2.an.grandmasterclockidentity", 19, 8),
            Slot::new("ptp.v2.an.localstepsremoved", 27, 2),
            Slot::new("ptp.v2.timesource", 29, 1),
        ],
    ),
    (SIGNALING, &[Slot::new("ptp.v2.sig.targetportidentity", 0, 8), Slot::new("ptp.v2.sig.targetportid", 8, 2)]),
    (
        MANAGEMENT,
        &[
            Slot::new("ptp.v2.mm.targetportidentity", 0, 8),
            Slot::new("ptp.v2.mm.targetportid", 8, 2),
            Slot::new("ptp.v2.mm.startingboundaryhops", 10, 1),
            Slot::new("ptp.v2.mm.boundaryhops", 11, 1),
            Slot::new("ptp.v2.mm.action", 12, 1).bits(0, 15),
        ],
    ),
];
const REQUESTED: &[Slot] =
    &[Slot::new("ptp.v2.sdr.origintimestamp.seconds", 0, 6), Slot::new("ptp.v2.sdr.origintimestamp.nanoseconds", 6, 4)];
const FLAG_BITS: &[Slot] =
    &[Slot::new("ptp.v2.flags.twostep", 6, 2).bit(9), Slot::new("ptp.v2.flags.unicast", 6, 2).bit(10)];

/// A message, over UDP or Ethernet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ptp";
    if v.len() < HEADER {
        let stop = o.wrong("length", v.len(), "<", HEADER);
        return o.settle(Err(stop));
    }
    o.see(MINOR, v);
    o.see_all(WHOLE_CORRECTION, v);
    o.see_all(FLAG_BITS, v);
    let (version, minor) = (v.get(VERSION)?, v.get(MINOR)?);
    o.put(("PTPv", VERSION.show(version)));
    if minor != 0 {
        o.put((".", minor));
    }
    match version {
        1 => o.put(" (not implemented)"),
        2 => return message(o, v),
        _ => {}
    }
    Ok(())
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.get(TYPE)?;
    o.put((", majorSdoId: 0x", SDO.hex(v.get(SDO)?)));
    o.put((", msg type: ", TYPE.text(kind, named(TYPES, kind, "Reserved"))));
    o.put((", length: ", LENGTH.show(v.get(LENGTH)?)));
    v.u16(4)?;
    o.put((", domain: ", DOMAIN.show(v.get(DOMAIN)?)));
    o.put((", reserved1: ", RESERVED_1.show(v.get(RESERVED_1)?)));
    let flags = v.get(FLAGS)?;
    o.put((", Flags [", FLAGS.text(flags, bits(FLAG_NAMES, flags, ", ", "none")), "]"));
    o.put((", NS correction: ", v.u48(CORRECTION)?));
    o.put((", sub NS correction: ", v.u16(SUB_CORRECTION)?));
    o.put((", reserved2: ", RESERVED_2.show(v.get(RESERVED_2)?)));
    o.put((", clock identity: 0x", CLOCK.hex(v.get(CLOCK)?)));
    o.put((", port id: ", PORT.show(v.get(PORT)?)));
    o.put((", seq id: ", SEQUENCE.show(v.get(SEQUENCE)?)));
    let control = v.get(CONTROL)?;
    o.put((", control: ", CONTROL.show(control), " (", named(CONTROLS, control, "Reserved"), ")"));
    o.put((", log message interval: ", INTERVAL.show(v.get(INTERVAL)?)));
    let body = v.skip(HEADER);
    if let Some((_, slots)) = BODIES.iter().find(|row| row.0 == kind) {
        o.see_all(slots, body);
    }
    match kind {
        SYNC | DELAY_REQUEST => timestamp(o, body, ", originTimeStamp:"),
        FOLLOW_UP => timestamp(o, body, ", preciseOriginTimeStamp:"),
        PEER_DELAY_REQUEST | PEER_DELAY_FOLLOW_UP => {
            timestamp(o, body, ", preciseOriginTimeStamp:")?;
            port(o, body.skip(10))
        }
        PEER_DELAY_RESPONSE | DELAY_RESPONSE => {
            timestamp(o, body, ", receiveTimeStamp:")?;
            port(o, body.skip(10))
        }
        ANNOUNCE => announce(o, body),
        SIGNALING => port(o, body),
        MANAGEMENT => management(o, body),
        _ => Ok(()),
    }
}

/// Seconds in 48 bits and nanoseconds in 32.
fn timestamp(o: &mut Out, v: View<'_>, name: &str) -> Step {
    o.put(name);
    o.put((" ", v.u48(0)?, " seconds,"));
    o.put((" ", v.u32(6)?, " nanoseconds"));
    Ok(())
}

/// A clock's identity and its port's number.
fn port(o: &mut Out, v: View<'_>) -> Step {
    o.put((", port identity: 0x", Hex(v.u64(0)?)));
    o.put((", port id: ", v.u16(8)?));
    Ok(())
}

fn announce(o: &mut Out, v: View<'_>) -> Step {
    // Here the comma is missing.
    o.put(", originTimeStamp:");
    o.put((" ", v.u48(0)?, " seconds"));
    o.put((" ", v.u32(6)?, " nanoseconds"));
    o.put((", origin cur utc:", v.u16(10)?));
    o.put((", rsvd: ", v.u8(12)?));
    o.put((", gm priority_1: ", v.u8(13)?));
    o.put((", gm clock class: ", v.u8(14)?));
    o.put((", gm clock accuracy: ", v.u8(15)?));
    o.put((", gm clock variance: ", v.u16(16)?));
    o.put((", gm priority_2: ", v.u8(18)?));
    o.put((", gm clock id: 0x", Hex(v.u64(19)?)));
    o.put((", steps removed: ", v.u16(27)?));
    o.put((", time source: 0x", Hex(v.u8(29)?)));
    Ok(())
}

fn management(o: &mut Out, v: View<'_>) -> Step {
    port(o, v)?;
    o.put((", start boundary hops: ", v.u8(10)?));
    o.put((", boundary hops: ", v.u8(11)?));
    o.put((", flags: 0x", Hex(v.u8(12)?)));
    o.put((", reserved: 0x", Hex(v.u8(13)?)));
    Ok(())
}
