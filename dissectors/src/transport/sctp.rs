//! SCTP (RFC 9260) with its chunks.

use crate::below::{Below, ip_of};
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Named, Otherwise, Table, lookup};
use crate::transport::{forces, m3ua, sctp_fields};
use crate::view::{Step, Stop, View};

/// Octets of the common header.
const HEADER: usize = 12;
/// Octets of a chunk's header.
const CHUNK: usize = 4;

/// The tree's fields behind the ports, and those of each chunk.
const FIELDS: &[Slot] = &[Slot::new("sctp.verification_tag", 4, 4), Slot::new("sctp.checksum", 8, 4)];
const CHUNK_FIELDS: &[Slot] =
    &[Slot::new("sctp.chunk_type", 0, 1), Slot::new("sctp.chunk_flags", 1, 1), Slot::new("sctp.chunk_length", 2, 2)];
const SOURCE: Field<u16> = Field::new("sctp.srcport", 0);
const DESTINATION: Field<u16> = Field::new("sctp.dstport", 2);

const DATA: u8 = 0;
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;
const SACK: u8 = 3;
const NAMES: Table = &[
    (0x00, "DATA"),
    (0x01, "INIT"),
    (0x02, "INIT ACK"),
    (0x03, "SACK"),
    (0x04, "HB REQ"),
    (0x05, "HB ACK"),
    (0x06, "ABORT"),
    (0x07, "SHUTDOWN"),
    (0x08, "SHUTDOWN ACK"),
    (0x09, "OP ERR"),
    (0x0a, "COOKIE ECHO"),
    (0x0b, "COOKIE ACK"),
    (0x0c, "ECN ECHO"),
    (0x0d, "ECN CWR"),
    (0x0e, "SHUTDOWN COMPLETE"),
    (0xc0, "FOR CUM TSN"),
    (0xc1, "REL CTRL"),
    (0xc2, "REL CTRL ACK"),
];

/// The ports of ForCES (RFC 5811, section 6).
const FORCES_PORTS: Table = &[(6704, "ForCES HP"), (6705, "ForCES MP"), (6706, "ForCES LP")];
const PAYLOAD_M3UA: u32 = 3;
/// Payload protocol identifiers (IANA).
const PAYLOADS: Table = &[
    (1, "ISDN Q.921"),
    (2, "M2UA"),
    (3, "M3UA"),
    (4, "SUA"),
    (5, "M2PA"),
    (6, "V5.2"),
    (7, "H.248"),
    (8, "BICC"),
    (9, "TALI"),
    (10, "DUA"),
    (11, "ASAP"),
    (12, "ENRP"),
    (13, "H.323"),
    (14, "Q.IPC"),
    (15, "SIMCO"),
    (16, "DDPSC"),
    (17, "DDPSSC"),
    (18, "S1AP"),
    (19, "RUA"),
    (20, "HNBAP"),
    (21, "ForCES HP"),
    (22, "ForCES MP"),
    (23, "ForCES LP"),
    (24, "SBc-AP"),
    (25, "NBAP"),
    (27, "X2AP"),
];

/// An SCTP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "sctp";
    packet(o, v, below)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADER {
        o.put(("truncated-sctp - ", HEADER - v.len(), " bytes missing!"));
        return Ok(());
    }
    let ip = ip_of(below)?;
    v.check(HEADER)?;
    let (sport, dport) = (v.get(SOURCE)?, v.get(DESTINATION)?);
    o.put((ip.source()?, ".", SOURCE.show(sport), " > ", ip.destination()?, ".", DESTINATION.show(dport), ": sctp"));
    o.see_all(FIELDS, v);
    let mut over_forces = false;
    for port in [sport, dport] {
        if let Some(name) = lookup(FORCES_PORTS, port.into()) {
            o.put(("[", name, "]"));
            over_forces = true;
        }
    }
    let mut v = v.skip(HEADER);
    let mut number = 0u32;
    while !v.is_empty() {
        number += 1;
        match chunk(o, v, number, &mut over_forces)? {
            Some(size) => v = v.skip(size),
            None => break,
        }
    }
    Ok(())
}

/// What stands before a chunk's number.
fn separator(o: &Out, number: u32) -> &'static str {
    match number {
        _ if o.opt.verbose >= 2 => "\n\t",
        1 => " (",
        _ => ", (",
    }
}

/// One chunk: its octets with padding, or nothing if none can follow.
fn chunk(o: &mut Out, v: View<'_>, number: u32, over_forces: &mut bool) -> Step<Option<usize>> {
    o.see_all(CHUNK_FIELDS, v);
    let separator = separator(o, number);
    if v.len() < CHUNK {
        o.put((separator, number, ") [chunk descriptor cut off at end of packet]"));
        return Ok(None);
    }
    v.check(CHUNK)?;
    let size = usize::from(v.u16(2)?);
    if size < CHUNK {
        o.put((separator, number, ") [Bad chunk length ", size, ", < size of chunk descriptor]"));
        return Ok(None);
    }
    let padding = size.wrapping_neg() % 4;
    if v.len() < padding {
        o.put((separator, number, ") [Bad chunk length ", size, ", > remaining data in packet]"));
        return Ok(None);
    }
    v.check(size)?;
    let kind = v.u8(0)?;
    sctp_fields::note(o, v.cut(size));
    o.put((separator, number, ") "));
    o.put(("[", Named(NAMES, kind.into(), Otherwise::Hex("Unknown chunk type: 0x", 1, "")), "] "));
    let value = v.cut(size).claim(size).skip(CHUNK);
    let result = match kind {
        // ForCES reads on behind its chunk, as tcpdump has it.
        DATA => data(o, v.claim(size).skip(CHUNK), v.u8(1)?, over_forces),
        INIT | INIT_ACK => init(o, value),
        SACK => selective_ack(o, value),
        _ => Ok(()),
    };
    if result == Err(Stop::Malformed) {
        o.put(("bogus chunk length ", size, "]"));
        return Ok(None);
    }
    result?;
    v.check(size + padding)?;
    Ok(Some(size + padding))
}

/// Fails as malformed unless the chunk has `n` octets.
fn enough(v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(Stop::Malformed) } else { Ok(()) }
}

fn data(o: &mut Out, v: View<'_>, flags: u8, over_forces: &mut bool) -> Step {
    const HEADER: usize = 12;
    o.put((flags & 4 != 0).then_some("(U)"));
    o.put((flags & 2 != 0).then_some("(B)"));
    o.put((flags & 1 != 0).then_some("(E)"));
    o.put((flags & 7 != 0).then_some(" "));
    enough(v, HEADER)?;
    let protocol = v.u32(8)?;
    o.put(("[TSN: ", v.u32(0)?, "] [SID: ", v.u16(4)?, "] [SSEQ ", v.u16(6)?, "] "));
    o.put(("[PPID ", Named(PAYLOADS, protocol, Otherwise::Hex("0x", 1, "")), "] "));
    let payload = v.skip(HEADER);
    if payload.is_empty() {
        return Err(Stop::Malformed);
    }
    let bounded = payload.cut(payload.len());
    *over_forces |= matches!(protocol, 21..=23);
    if *over_forces {
        forces::dissect(o, payload)?;
        o.proto = "sctp";
    } else if o.opt.verbose >= 2 {
        if protocol == PAYLOAD_M3UA {
            m3ua::dissect(o, bounded)?;
            o.proto = "sctp";
        } else {
            o.put("[Payload");
            if o.opt.dumps_unknown() {
                o.put(":");
                o.default_dump(bounded.data());
            }
            o.put("]");
        }
    }
    Ok(())
}

fn init(o: &mut Out, v: View<'_>) -> Step {
    enough(v, 16)?;
    o.put(("[init tag: ", v.u32(0)?, "] [rwnd: ", v.u32(4)?, "] [OS: ", v.u16(8)?, "] "));
    o.put(("[MIS: ", v.u16(10)?, "] [init TSN: ", v.u32(12)?, "] "));
    Ok(())
}

fn selective_ack(o: &mut Out, v: View<'_>) -> Step {
    enough(v, 12)?;
    let (base, gaps, duplicates) = (v.u32(0)?, v.u16(8)?, v.u16(10)?);
    o.put(("[cum ack ", base, "] [a_rwnd ", v.u32(4)?, "] [#gap acks ", gaps, "] [#dup tsns ", duplicates, "] "));
    let mut v = v.skip(12);
    for i in 1..=u32::from(gaps) {
        if v.is_empty() {
            break;
        }
        enough(v, 4)?;
        let edge = |at| -> Step<u32> { Ok(base.wrapping_add(v.u16(at)?.into())) };
        o.put(("\n\t\t[gap ack block #", i, ": start = ", edge(0)?, ", end = ", edge(2)?, "] "));
        v = v.skip(4);
    }
    for i in 1..=u32::from(duplicates) {
        if v.is_empty() {
            break;
        }
        enough(v, 4)?;
        o.put(("\n\t\t[dup TSN #", i, ": ", v.u32(0)?, "] "));
        v = v.skip(4);
    }
    Ok(())
}
