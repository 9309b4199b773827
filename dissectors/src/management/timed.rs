//! The time synchronization protocol of Berkeley Unix (TSP).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Named, Otherwise, Put, Table, Zeros};
use crate::view::{Step, Stop, View};

const KIND: Field<u8> = Field::new("tsp.type", 0);
const VERSION: Field<u8> = Field::new("tsp.version", 1);
const SEQUENCE: Field<u16> = Field::new("tsp.sequence", 2);
const HOPS: Field<u8> = Field::new("tsp.hopcnt", 4);
const SECONDS: usize = 4;
const MICROSECONDS: usize = 8;
/// A name that ends with NUL: offset and octets.
const NAME: (usize, usize) = (12, 256);

const ADJUST_TIME: u8 = 1;
const SET_TIME: u8 = 5;
const SET_DATE: u8 = 22;
const SET_DATE_REQUEST: u8 = 23;
const LOOP: u8 = 24;
const KINDS: Table = &[
    (0, "TSP_ANY"),
    (1, "TSP_ADJTIME"),
    (2, "TSP_ACK"),
    (3, "TSP_MASTERREQ"),
    (4, "TSP_MASTERACK"),
    (5, "TSP_SETTIME"),
    (6, "TSP_MASTERUP"),
    (7, "TSP_SLAVEUP"),
    (8, "TSP_ELECTION"),
    (9, "TSP_ACCEPT"),
    (10, "TSP_REFUSE"),
    (11, "TSP_CONFLICT"),
    (12, "TSP_RESOLVE"),
    (13, "TSP_QUIT"),
    (14, "TSP_DATE"),
    (15, "TSP_DATEREQ"),
    (16, "TSP_DATEACK"),
    (17, "TSP_TRACEON"),
    (18, "TSP_TRACEOFF"),
    (19, "TSP_MSITE"),
    (20, "TSP_MSITEREQ"),
    (21, "TSP_TEST"),
    (22, "TSP_SETDATE"),
    (23, "TSP_SETDATEREQ"),
    (24, "TSP_LOOP"),
];

/// The tree's fields of a time.
const TIME_FIELDS: &[Slot] = &[Slot::new("tsp.sec", SECONDS, 4), Slot::new("tsp.usec", MICROSECONDS, 4)];

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "timed";
    let kind = v.get(KIND)?;
    o.put(KIND.text(kind, Named(KINDS, kind.into(), Otherwise::Hex("(tsp_type 0x", 1, ")"))));
    o.put((" vers ", VERSION.show(v.get(VERSION)?)));
    o.put((" seq ", SEQUENCE.show(v.get(SEQUENCE)?)));
    if matches!(kind, ADJUST_TIME | SET_TIME | SET_DATE | SET_DATE_REQUEST) {
        o.see_all(TIME_FIELDS, v);
    }
    if let Ok(octets) = v.bytes(NAME.0, v.caplen().saturating_sub(NAME.0).min(NAME.1)) {
        o.note_octets(id!("tsp.name"), octets.split(|&octet| octet == 0).next().unwrap_or_default());
    }
    match kind {
        LOOP => o.put((" hopcnt ", HOPS.show(v.get(HOPS)?))),
        ADJUST_TIME | SET_TIME | SET_DATE | SET_DATE_REQUEST => {
            let (seconds, microseconds) = (v.i32(SECONDS)?, v.i32(MICROSECONDS)?);
            if microseconds < 0 {
                return Ok(());
            }
            time(o, seconds, microseconds);
        }
        _ => {}
    }
    o.put(" name ");
    if o.until_nul(v.skip(NAME.0), NAME.1) { Err(Stop::Truncated) } else { Ok(()) }
}

/// Signed seconds and microseconds that count upwards.
fn time(o: &mut Out, seconds: i32, microseconds: i32) {
    let (mut seconds, mut microseconds) = (seconds, microseconds);
    o.put(" time ");
    if seconds < 0 && microseconds != 0 {
        seconds += 1;
        if seconds == 0 {
            o.put("-");
        }
        microseconds = 1_000_000 - microseconds;
    }
    o.put((seconds, "."));
    if microseconds < 0 {
        // The sign counts for the width.
        ("-", Zeros(microseconds.unsigned_abs(), 5)).put(o);
    } else {
        Zeros(microseconds, 6).put(o);
    }
}
