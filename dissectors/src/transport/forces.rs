//! Forwarding and Control Element Separation over SCTP (RFC 5810, RFC 5811).

use super::forces_paths::{self as paths, blanks, line_blanks};
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Hex8, Table, named};
use crate::view::{Step, View};

/// The common header (RFC 5810, section 6.1).
const HEADER: usize = 24;
const TYPE: usize = 1;
const LENGTH: usize = 2;
const SOURCE: usize = 4;
const DESTINATION: usize = 8;
const CORRELATOR: usize = 12;
const FLAGS: usize = 20;

/// Octets of a TLV's type and length, and of an ILV's.
pub(super) const TLV: usize = 4;
pub(super) const ILV: usize = 8;

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("forces.flags.version", 0, 1).bits(4, 15),
    Slot::new("forces.messagetype", TYPE, 1),
    Slot::new("forces.sid", SOURCE, 4),
    Slot::new("forces.did", DESTINATION, 4),
    Slot::new("forces.correlator", CORRELATOR, 8),
    Slot::new("forces.Flags", FLAGS, 4),
    Slot::new("forces.flags.ack", FLAGS, 4).bits(30, 3),
    Slot::new("forces.flags.pri", FLAGS, 4).bits(27, 7),
    Slot::new("forces.flags.em", FLAGS, 4).bits(22, 3),
    Slot::new("forces.flags.at", FLAGS, 4).bit(21),
    Slot::new("forces.flags.tp", FLAGS, 4).bits(19, 3),
];

const HEARTBEAT: u8 = 0x0f;
const SETUP: u8 = 0x01;
const TEARDOWN: u8 = 0x02;
const EVENT: u8 = 0x05;
const REDIRECT: u8 = 0x06;
const SETUP_RESPONSE: u8 = 0x11;

const ACKNOWLEDGES: Table = &[(0, "NoACK"), (1, "SuccessACK"), (2, "FailureACK"), (3, "AlwaysACK")];
const EXECUTIONS: Table =
    &[(0, "EMReserved"), (1, "execute-all-or-none"), (2, "execute-until-failure"), (3, "continue-execute-on-failure")];
const ATOMICITIES: Table = &[(0, "Standalone"), (1, "2PCtransaction")];
const PHASES: Table = &[(0, "StartofTransaction"), (1, "MiddleofTransaction"), (2, "EndofTransaction"), (3, "abort")];

const BLOCKS: Table = &[(0, "Invalid TLV"), (1, "FEObj LFB"), (2, "FEProtoObj LFB")];

const TLVS: Table = &[
    (0x0000, "Invalid TLV"),
    (0x0001, "REDIRECT TLV"),
    (0x0010, "ASResult TLV"),
    (0x0011, "ASTreason TLV"),
    (0x1000, "LFBselect TLV"),
    (0x0110, "PATH-DATA TLV"),
    (0x0111, "KEYINFO TLV"),
    (0x0112, "FULLDATA TLV"),
    (0x0113, "SPARSEDATA TLV"),
    (0x0114, "RESULT TLV"),
    (0x0115, "METADATA TLV"),
    (0x0116, "REDIRECTDATA TLV"),
];
const METADATA: u16 = 0x0115;
const REDIRECT_DATA: u16 = 0x0116;

/// So many operations that a message does not know are dumped: each with all that follows it.
const MAX_DUMPS: usize = 32;

/// The operations that a message may hold, a bit each from the first on.
const REPORT: u16 = 1 << 10;
const CONFIGURE: u16 = 1 | 1 << 1 | 1 << 4 | 1 << 11 | 1 << 13;
const CONFIGURED: u16 = 1 << 2 | 1 << 3 | 1 << 5 | 1 << 12;
const GET: u16 = 1 << 6 | 1 << 7;
const GOT: u16 = 1 << 8 | 1 << 9;

/// The name of a message, the TLVs that it has at least and at most, and the
/// operations that are allowed in it.
fn message(kind: u8) -> Option<(&'static str, usize, usize, u16)> {
    Some(match kind {
        SETUP => ("Association Setup", 0, 2, REPORT),
        TEARDOWN => ("Association TearDown", 1, 1, 0),
        0x03 => ("Config", 1, 15, CONFIGURE),
        0x04 => ("Query", 1, 15, GET),
        EVENT => ("Event Notification", 1, 1, REPORT),
        REDIRECT => ("Packet Redirect", 1, 15, 0),
        HEARTBEAT => ("HeartBeat", 0, 0, 0),
        SETUP_RESPONSE => ("Association Response", 1, 1, 0),
        0x13 => ("Config Response", 1, 15, CONFIGURED),
        0x14 => ("Query Response", 1, 15, GOT),
        _ => return None,
    })
}

/// A message of the size that `v` claims.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "forces";
    if !v.has(HEADER) {
        // The rest of the association's packet is looked at all the same.
        o.truncated();
        return Ok(());
    }
    o.see_all(FIELDS, v);
    let result = whole(o, v);
    if matches!(result, Ok(false)) {
        o.hex_field("\n\t[", v, v.len())?;
        o.put("\n\t]");
    }
    o.settle(result.map(|_| ()))
}

/// Prints a message; false where it makes no sense.
fn whole(o: &mut Out, v: View<'_>) -> Step<bool> {
    let kind = v.u8(TYPE)?;
    let Some((name, least, most, operations)) = message(kind) else {
        // One type between those of responses is taken for reserved, not invalid.
        if kind == 0x12 {
            o.put(("\n\tUnknown ForCES message type=0x", Hex(kind)));
        } else {
            o.put(("Invalid ForCES message type ", kind, "\n"));
        }
        return Ok(false);
    };
    let length = usize::from(v.u16(LENGTH)?) * 4;
    o.put(("\n\tForCES ", name, " "));
    if v.len() < HEADER || length != v.len() {
        o.put(("Illegal ForCES pkt len - min ", HEADER, ", total recvd ", v.len(), ", advertised ", length, " "));
        return Ok(false);
    }
    header(o, v, length)?;
    let left = length - HEADER;
    if left > TLV && most == 0 {
        // A bit says so in tcpdump's table.
        o.put("<0x1>Illegal Top level TLV!\n");
        return Ok(false);
    }
    if left <= TLV && least > 0 {
        o.put("\tTop level TLV Data missing!\n");
        return Ok(false);
    }
    let is_whole = left <= TLV || top_level(o, v.skip(HEADER), (kind, operations), most, left)?;
    if is_whole && o.opt.verbose >= 4 {
        o.put("\n\t  Raw ForCES message\n\t [");
        o.hex_field("\n\t ", v, v.len())?;
        o.put("\n\t ]");
    }
    Ok(is_whole)
}

/// The common header, as far as the verbosity asks for it.
fn header(o: &mut Out, v: View<'_>, length: usize) -> Step {
    let flags = v.u32(FLAGS)?;
    let bits = |shift: u32, mask: u32| flags >> shift & mask;
    if o.opt.verbose >= 1 {
        let (source, destination) = (v.u32(SOURCE)?, v.u32(DESTINATION)?);
        o.put(("\n\tForCES Version ", v.u8(0)? >> 4, " len ", length, "B flags 0x", Hex8(flags), " "));
        o.put(("\n\tSrcID 0x", Hex(source), "(", node(source), ") DstID 0x", Hex(destination), "("));
        o.put((node(destination), ") Correlator 0x", Hex(v.u64(CORRELATOR)?)));
    }
    if o.opt.verbose >= 2 {
        let (acknowledge, execution, atomicity, phase) = (bits(30, 3), bits(22, 3), bits(21, 1), bits(19, 3));
        o.put(("\n\tForCES flags:\n\t  ", named(ACKNOWLEDGES, acknowledge, "ACKUnknown"), "(0x", acknowledge));
        o.put(("), prio=", bits(27, 7), ", ", named(EXECUTIONS, execution, "EMUnknown"), "(0x", execution));
        o.put(("),\n\t  ", named(ATOMICITIES, atomicity, "ATUnknown"), "(0x", atomicity, "), "));
        o.put((named(PHASES, phase, "TPUnknown"), "(0x", phase, ")\n"));
        o.put(("\t  Extra flags: rsv(b5-7) 0x", bits(24, 7), " rsv(b13-31) 0x", Hex(bits(0, 0x7_ffff)), "\n"));
    }
    Ok(())
}

/// What an identifier stands for (RFC 5810, section 6.1).
fn node(id: u32) -> &'static str {
    match id {
        0..=0x3fff_ffff => "FE",
        0x4000_0000..=0x7fff_ffff => "CE",
        0xc000_0000..=0xffff_ffef => "AllMulticast",
        0xffff_fffd => "AllCEsBroadcast",
        0xffff_fffe => "AllFEsBroadcast",
        0xffff_ffff => "AllBroadcast",
        _ => "ForCESreserved",
    }
}

/// What is wrong with the length of a TLV in `left` octets.
pub(super) fn tlv_error(length: usize, left: usize) -> Option<&'static str> {
    length_error(length, left, TLV)
}

/// What is wrong with the length of a TLV or ILV with a header of `header` octets.
pub(super) fn length_error(length: usize, left: usize, header: usize) -> Option<&'static str> {
    match length {
        _ if left < header => Some("Invalid total length"),
        _ if length < header => Some("xLV too short"),
        _ if length > left => Some("xLV too long"),
        _ if length.next_multiple_of(4) > left => Some("data padding missing"),
        _ => None,
    }
}

/// A number by its name, or as a signed number behind a number sign.
pub(super) fn numbered(o: &mut Out, table: Table, value: u32) {
    match crate::put::lookup(table, value) {
        Some(name) => o.put(name),
        None => o.put(("#", value as i32)),
    }
}

/// The name of a TLV.
pub(super) fn tlv_name(o: &mut Out, kind: u16) {
    numbered(o, TLVS, kind.into());
}

/// Whether a type is one of those that RFC 5810, section B.1.1, assigns.
pub(super) fn is_tlv(kind: u16) -> bool {
    matches!(kind, 0x0001 | 0x1000 | 0x0010..=0x0011 | 0x0110..=0x0116)
}

/// `left` octets of TLVs, at most `most`; false where they make no sense.
fn top_level(o: &mut Out, mut v: View<'_>, message: (u8, u16), most: usize, mut left: usize) -> Step<bool> {
    const DEPTH: usize = 9;
    let mut count = 0;
    while left > 0 {
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if tlv_error(size, left).is_some() {
            break;
        }
        if !is_tlv(kind) {
            o.put(("\n\tInvalid ForCES Top TLV type=0x", Hex(kind)));
            return Ok(false);
        }
        if o.opt.verbose >= 3 {
            o.put("\t");
            tlv_name(o, kind);
            o.put((", length ", size, " (data length ", size - TLV, " Bytes)"));
        }
        let inner = v.skip(TLV);
        let is_sound = match message.0 {
            TEARDOWN => teardown(o, inner, size - TLV, DEPTH)?,
            SETUP_RESPONSE => setup_response(o, inner, size - TLV, DEPTH)?,
            REDIRECT => redirect(o, inner, size - TLV, DEPTH)?,
            _ => block(o, inner, message.1, size - TLV, DEPTH)?,
        };
        if !is_sound {
            return Ok(false);
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left - padded);
        count += 1;
        if count == most {
            break;
        }
    }
    if left > 0 {
        o.put(("\tMess TopTLV header: min ", TLV, ", total ", left, " advertised ", v.u16(2)?, " "));
    }
    Ok(left == 0)
}

/// Says what is left behind TLVs that made sense.
pub(super) fn messy(o: &mut Out, what: &'static str, v: View<'_>, left: usize) -> Step<bool> {
    if left == 0 {
        return Ok(true);
    }
    let excess = (left as u32).wrapping_sub(v.u16(2)?.into());
    o.put(("\n\t\tMessy ", what, " TLV header, type (0x", Hex(v.u16(0)?), ")\n\t\texcess of ", excess, " Bytes "));
    Ok(false)
}

/// A reason for a teardown (RFC 5810, section 7.5.3).
fn teardown(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    if size != 4 {
        o.put(("illegal ASTresult-TLV: ", size, " bytes!\n"));
        return Ok(false);
    }
    let reason = v.u32(0)?;
    if reason > 255 {
        o.put(("illegal ASTresult result code: ", reason, "!\n"));
        return Ok(false);
    }
    if o.opt.verbose >= 3 {
        let text = match reason {
            0 => "Normal Teardown",
            1 => "Loss of Heartbeats",
            2 => "Out of bandwidth",
            3 => "Out of Memory",
            4 => "Application Crash",
            _ => "Unknown Teardown reason",
        };
        o.put(("Teardown reason:\n", blanks(depth), text, "(", Hex(reason), ")\n", blanks(depth)));
    }
    Ok(true)
}

/// The result of a setup (RFC 5810, section 7.5.2).
fn setup_response(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    if size != 4 {
        o.put(("illegal ASRresult-TLV: ", size, " bytes!\n"));
        return Ok(false);
    }
    let result = v.u32(0)?;
    if result > 3 {
        o.put(("illegal ASRresult result code: ", result, "!\n"));
        return Ok(false);
    }
    if o.opt.verbose >= 3 {
        let text = match result {
            0 => "Success ",
            1 => "FE ID invalid ",
            2 => "permission denied ",
            _ => "Unknown ",
        };
        o.put(("\n", blanks(depth), text, "(", Hex(result), ")\n", blanks(depth)));
    }
    Ok(true)
}

/// A redirected packet with its metadata (RFC 5810, section 7.9).
fn redirect(o: &mut Out, mut v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    const LEAST: usize = 8;
    if size <= LEAST {
        o.put(("\n\t\ttruncated Redirect TLV: ", LEAST - size, " bytes missing! "));
        return Ok(false);
    }
    let (mut left, depth) = (size, depth + 1);
    while left > 0 {
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if tlv_error(size, left).is_some() {
            o.put("Bad Redirect data\n");
            break;
        }
        let (inner, octets) = (v.skip(TLV), size - TLV);
        match kind {
            METADATA => metadata(o, inner, octets, depth)?,
            REDIRECT_DATA => {
                o.put(("\n", blanks(depth), " Redirect Data length ", octets, "\n"));
                if o.opt.verbose >= 3 {
                    o.put("\t\t[");
                    o.hex_field("\n\t\t", inner, octets)?;
                    o.put("\n\t\t]");
                }
            }
            _ => o.put(("Unknown REDIRECT TLV 0x", Hex(kind), " len ", size, "\n")),
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left - padded);
    }
    messy(o, "Redirect", v, left)
}

/// The metadata of a redirected packet (RFC 5810, section 7.9).
fn metadata(o: &mut Out, mut v: View<'_>, mut left: usize, depth: usize) -> Step {
    o.put(("\n", blanks(depth), " METADATA length ", left, "\n"));
    while left >= ILV {
        let size = v.u32(4)? as usize;
        if length_error(size, left, ILV).is_some() {
            break;
        }
        o.put((blanks(depth + 1), "MetaID 0x", Hex(v.u32(0)?), " length ", size, "\n"));
        if o.opt.verbose >= 3 {
            o.hex_field("\t\t[", v.skip(ILV), size - ILV)?;
            o.put(" ]\n");
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left - padded);
    }
    Ok(())
}

/// Operations on a logical functional block (RFC 5810, section 7.1.5); false
/// where they make no sense.
fn block(o: &mut Out, v: View<'_>, operations: u16, size: usize, depth: usize) -> Step<bool> {
    const SELECTOR: usize = 8;
    const LEAST: usize = 12;
    if size <= LEAST {
        o.put(("\n\t\ttruncated lfb selector: ", LEAST - size, " bytes missing! "));
        return Ok(false);
    }
    if !v.has(SELECTOR) {
        o.truncated();
        return Ok(false);
    }
    let class = v.u32(0)?;
    if o.opt.verbose >= 3 {
        o.put(("\n", blanks(depth)));
        numbered(o, BLOCKS, class);
        o.put(("(Classid ", Hex(class), ") instance ", Hex(v.u32(4)?), "\n"));
    }
    let (mut v, mut left, depth) = (v.skip(SELECTOR), size - SELECTOR, depth + 1);
    let mut dumps = 0;
    while left > 0 {
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if tlv_error(size, left).is_some() {
            break;
        }
        let is_allowed = match kind {
            1..=14 => operations & 1 << (kind - 1) != 0,
            _ => kind >= 0x8000,
        };
        if is_allowed {
            // As tcpdump has it: the next is printed whatever this one is.
            paths::operation(o, v, kind, size, depth)?;
        } else {
            o.put((o.opt.verbose < 3).then_some("\n"));
            o.put(("\t\tINValid oper-TLV type 0x", Hex(kind), " length ", size, " for this ForCES message\n"));
            dumps += 1;
            if dumps > MAX_DUMPS {
                return Err(crate::view::Stop::Malformed);
            }
            dump(o, v, left, depth)?;
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left - padded);
    }
    messy(o, "oper", v, left)
}

/// Dumps what makes no sense.
pub(super) fn dump(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step {
    if o.opt.verbose >= 3 {
        o.put((blanks(depth - 1), "Data["));
        o.hex_field(line_blanks(depth), v, size)?;
        o.put((line_blanks(depth), "]\n"));
    }
    Ok(())
}
