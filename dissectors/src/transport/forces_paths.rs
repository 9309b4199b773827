//! What the operations of ForCES work on: paths to data, and the data (RFC 5810,
//! sections 6.4 and 7.1).

use super::forces::{ILV, TLV, dump, is_tlv, length_error, messy, numbered, tlv_error, tlv_name};
use crate::out::Out;
use crate::put::{Hex, Table, Zeros};
use crate::view::{Step, View};

/// The kinds of data that an operation may hold, and how its path selects.
const FULL: u16 = 0x01;
const SPARSE: u16 = 0x02;
const RESULT: u16 = 0x04;
const KEY: u16 = 0x08;
const APPEND: u16 = 0x10;
const RANGE: u16 = 0x20;

/// The flags of a path.
const SELECT_KEY: u16 = 1;
const SELECT_RANGE: u16 = 2;
const SELECT_APPEND: u16 = 4;

/// The TLVs in a path.
const PATH: u16 = 0x0110;
const KEY_TLV: u16 = 0x0111;
const FULL_TLV: u16 = 0x0112;
const SPARSE_TLV: u16 = 0x0113;
const RESULT_TLV: u16 = 0x0114;

/// Results (RFC 5810, section 7.1.7).
const RESULTS: Table = &[
    (0x00, "SUCCESS"),
    (0x01, "INVALID HEADER"),
    (0x02, "LENGTH MISMATCH"),
    (0x03, "VERSION MISMATCH"),
    (0x04, "INVALID DESTINATION PID"),
    (0x05, "LFB UNKNOWN"),
    (0x06, "LFB NOT FOUND"),
    (0x07, "LFB INSTANCE ID NOT FOUND"),
    (0x08, "INVALID PATH"),
    (0x09, "COMPONENT DOES NOT EXIST"),
    (0x0a, "EXISTS ALREADY"),
    (0x0b, "NOT FOUND"),
    (0x0c, "READ ONLY"),
    (0x0d, "INVALID ARRAY CREATION"),
    (0x0e, "VALUE OUT OF RANGE"),
    (0x0f, "CONTENTS TOO LONG"),
    (0x10, "INVALID PARAMETERS"),
    (0x11, "INVALID MESSAGE TYPE"),
    (0x12, "INVALID FLAGS"),
    (0x13, "INVALID TLV"),
    (0x14, "EVENT ERROR"),
    (0x15, "NOT SUPPORTED"),
    (0x16, "MEMORY ERROR"),
    (0x17, "INTERNAL ERROR"),
    (0xff, "UNSPECIFIED ERROR"),
];

/// Lines are indented by so much at most.
const DEEPEST: usize = 255;

/// A line feed and the spaces of the deepest line.
const BLANKS: &str = {
    const OCTETS: [u8; DEEPEST + 1] = {
        let mut octets = [b' '; DEEPEST + 1];
        octets[0] = b'\n';
        octets
    };
    match std::str::from_utf8(&OCTETS) {
        Ok(text) => text,
        Err(_) => "",
    }
};

/// So many spaces.
pub(super) fn blanks(depth: usize) -> &'static str {
    BLANKS.get(1..=depth.min(DEEPEST)).unwrap_or_default()
}

/// A line feed and one space less.
pub(super) fn line_blanks(depth: usize) -> &'static str {
    BLANKS.get(..depth.min(DEEPEST)).unwrap_or_default()
}

/// What an operation holds.
enum Holds {
    Nothing,
    Paths,
    OnePath,
    Invalid,
}

/// An operation in a TLV of `size` octets (RFC 5810, section 7.1.6).
pub(super) fn operation(o: &mut Out, v: View<'_>, kind: u16, size: usize, depth: usize) -> Step {
    const LEAST: usize = 8;
    let (name, kinds, holds) = match kind {
        1 => (" Set", FULL | SPARSE, Holds::Paths),
        2 => (" SetProp", FULL | SPARSE, Holds::Paths),
        3 => (" SetResp", RESULT, Holds::Paths),
        4 => (" SetPropResp", RESULT, Holds::Paths),
        5 => (" Del", 0, Holds::Paths),
        6 => (" DelResp", RESULT, Holds::Paths),
        7 => (" Get", 0, Holds::Paths),
        8 => (" GetProp", 0, Holds::Paths),
        9 => (" GetResp", FULL | SPARSE | RESULT, Holds::Paths),
        10 => (" GetPropResp", FULL | RESULT, Holds::Paths),
        11 => (" Report", FULL | SPARSE, Holds::Paths),
        12 => (" Commit", 0, Holds::Nothing),
        13 => (" RCommit", RESULT, Holds::OnePath),
        14 => (" RTRCOMP", 0, Holds::Nothing),
        _ => ("Invalid OPTLV", 0, Holds::Invalid),
    };
    let (inner, octets) = (v.skip(TLV), size - TLV);
    if o.opt.verbose >= 3 {
        o.put((blanks(depth), "Oper TLV ", name, "(0x", Hex(kind), ") length ", size, "\n"));
    }
    if octets < LEAST {
        o.put(("\t\tOper TLV ", name, "(0x", Hex(kind), ") length ", size, "\n"));
        o.put(("\t\tTruncated data size ", octets, " minimum required ", LEAST, "\n"));
        return dump(o, inner, octets, depth);
    }
    match holds {
        Holds::Nothing => {}
        Holds::Paths => drop(paths(o, inner, octets, kinds, depth + 1)?),
        Holds::OnePath => one_path(o, inner, octets, kinds, depth + 1)?,
        Holds::Invalid => dump(o, inner, octets, depth + 1)?,
    }
    Ok(())
}

/// Paths in `left` octets; false where they make no sense.
fn paths(o: &mut Out, mut v: View<'_>, mut left: usize, kinds: u16, depth: usize) -> Step<bool> {
    while left > 0 {
        let size = usize::from(v.u16(2)?);
        if tlv_error(size, left).is_some() {
            break;
        }
        let kind = v.u16(0)?;
        if o.opt.verbose >= 3 {
            o.put(blanks(depth));
            tlv_name(o, kind);
            o.put((", length ", size, " (data encapsulated ", size - TLV, " Bytes)"));
        }
        let inner = v.skip(TLV);
        if !o.nested(|o| path(o, inner, size - TLV, kinds, depth + 1))? {
            return Ok(false);
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left - padded);
    }
    messy(o, "PATHDATA", v, left)
}

/// The one path of a response to a commit.
fn one_path(o: &mut Out, v: View<'_>, left: usize, kinds: u16, depth: usize) -> Step {
    let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
    o.put("genoptlvprint - ");
    tlv_name(o, kind);
    o.put((" TLV type 0x", Hex(kind), " len ", size, "\n"));
    if tlv_error(size, left).is_some() {
        o.put(("\t\t\tInvalid ForCES TLV type=", Hex(kind)));
    } else if !is_tlv(kind) {
        // As tcpdump has it: the number of no error.
        o.put(("#0 TLV type 0x", Hex(kind), " len ", size, "\n"));
    } else {
        if o.opt.verbose >= 3 {
            o.put(blanks(depth));
            tlv_name(o, kind);
            o.put((", length ", size, " (data length ", size - TLV, " Bytes)"));
        }
        o.nested(|o| path(o, v.skip(TLV), size - TLV, kinds, depth + 1))?;
    }
    Ok(())
}

/// A path (RFC 5810, section 7.1.8); false where it makes no sense.
fn path(o: &mut Out, v: View<'_>, size: usize, mut kinds: u16, depth: usize) -> Step<bool> {
    const HEADER: usize = 4;
    if !v.has(HEADER) || size < HEADER {
        o.truncated();
        return Ok(false);
    }
    let (flags, count) = (v.u16(0)?, usize::from(v.u16(2)?));
    if o.opt.verbose >= 3 {
        o.put(("\n", blanks(depth), "Pathdata: Flags 0x", Hex(flags), " ID count ", count, "\n"));
    }
    for (flag, kind) in [(SELECT_KEY, KEY), (SELECT_RANGE, RANGE), (SELECT_APPEND, APPEND)] {
        if flags & flag != 0 {
            kinds |= kind;
        }
    }
    let (v, left) = (v.skip(HEADER), size - HEADER);
    if left < count * 4 {
        o.put(("\t\t\ttruncated IDs expected ", count * 4, "B got ", left, "B\n"));
        o.hex_field("\t\t\tID Data[", v, left)?;
        o.put("]\n");
        return Ok(false);
    }
    if kinds & RANGE != 0 && kinds & KEY != 0 {
        o.put("\t\t\tIllegal to have both Table ranges and keys\n");
        return Ok(false);
    }
    let behind = identifiers(o, v, left, count, kinds, depth)?;
    if behind == 0 {
        return Ok(true);
    }
    paths(o, v.skip(left - behind), behind, kinds, depth + 1)
}

/// The identifiers of a path and what they lead to, in `left` octets; those that
/// are left, none where it makes no sense.
fn identifiers(o: &mut Out, mut v: View<'_>, mut left: usize, count: usize, kinds: u16, depth: usize) -> Step<usize> {
    /// Octets of a range or of a key with its content.
    const SELECTION: usize = 12;
    let is_verbose = o.opt.verbose >= 3;
    if kinds & APPEND != 0 && is_verbose {
        o.put((blanks(depth), "TABLE APPEND\n"));
    }
    for number in 1..=count {
        if !v.has(4) {
            o.truncated();
            return Ok(0);
        }
        if is_verbose {
            o.put((blanks(depth), "ID#", Zeros(number, 2), ": ", v.u32(0)?, "\n"));
        }
        (v, left) = (v.skip(4), left - 4);
    }
    if kinds & (RANGE | KEY) != 0 && left < SELECTION {
        o.put(("pathlength ", left, " with key/range too short ", SELECTION, "\n"));
        return Ok(0);
    }
    if kinds & RANGE != 0 {
        let (first, last) = (v.u32(4)?, v.u32(8)?);
        (v, left) = (v.skip(SELECTION), left - SELECTION);
        if is_verbose {
            o.put((blanks(depth), "Table range: [", first, ",", last, "]\n"));
        }
    }
    if kinds & KEY != 0 {
        // The key's identifier, then a TLV with its content.
        let size = usize::from(v.u16(6)?);
        (v, left) = (v.skip(8), left - 8);
        let Some(content) = size.checked_sub(TLV) else {
            o.put(("key content length ", size, " < ", TLV, "\n"));
            return Ok(0);
        };
        if left < content {
            o.put("key content too short\n");
            return Ok(0);
        }
        (v, left) = (v.skip(content), left - content);
    }
    if left == 0 { Ok(0) } else { content(o, v, left, kinds, depth) }
}

/// What a path leads to, in `left` octets; those that are left, none where it
/// makes no sense.
fn content(o: &mut Out, v: View<'_>, left: usize, kinds: u16, depth: usize) -> Step<usize> {
    let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
    if let Some(error) = tlv_error(size, left) {
        o.put((error, " Outstanding bytes ", left, " for TLV type 0x", Hex(kind), " TLV len ", size, "\n"));
        return if size == 0 { Ok(left) } else { bad(o, v, left) };
    }
    let padded = size.next_multiple_of(4);
    let (name, allowed) = match kind {
        PATH => ("", 0),
        KEY_TLV => ("KEYINFO TLV", 0),
        FULL_TLV => ("FULLDATA TLV", FULL),
        SPARSE_TLV => ("SPARSEDATA TLV", SPARSE),
        RESULT_TLV => ("RESULT TLV", RESULT),
        _ => {
            o.put(("Invalid path data content type 0x", Hex(kind), " len ", size, "\n"));
            return bad(o, v, left);
        }
    };
    if o.opt.verbose >= 3 && kind != PATH {
        let pad = padded - size;
        o.put((blanks(depth), "  ", name, " (Length ", size, " DataLen ", size - TLV));
        o.put(((pad > 0).then_some((" pad ", pad)), " Bytes)\n"));
    }
    if kinds & KEY != 0 {
        o.put((kind != PATH && kind != KEY_TLV).then_some("Based on flags expected KEYINFO TLV!\n"));
    } else if kind != PATH && kinds & allowed == 0 {
        o.put((
            "Illegal DATA encoding for type 0x",
            Hex(kind),
            " programmed ",
            Hex(allowed),
            " got ",
            Hex(kinds),
            "\n",
        ));
    }
    let is_sound = match kind {
        PATH => paths(o, v, padded, kinds, depth + 2)?,
        KEY_TLV => key(o, v, padded, depth + 2)?,
        FULL_TLV => full(o, v, padded, depth + 2)?,
        SPARSE_TLV => sparse(o, v, padded, depth + 2)?,
        _ => result(o, v, padded, depth + 2)?,
    };
    Ok(if is_sound { left - padded } else { 0 })
}

/// Dumps what makes no sense.
fn bad(o: &mut Out, v: View<'_>, left: usize) -> Step<usize> {
    o.hex_field("Bad Data val\n\t  [", v, left)?;
    o.put("]\n");
    Ok(0)
}

/// The TLV of a key in `size` octets (RFC 5810, section 6.4.4).
fn key(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    o.put((blanks(depth), "Keyinfo: Key 0x", Hex(v.u32(TLV)?), "\n"));
    let inner = v.skip(TLV + 4);
    let (kind, length) = (inner.u16(0)?, usize::from(inner.u16(2)?));
    if let Some(error) = tlv_error(length, size) {
        o.put((error, " TLV type 0x", Hex(kind), " len ", length, "\n"));
        return Ok(false);
    }
    // As tcpdump has it: behind the header of the content one more is expected.
    full(o, inner.skip(TLV), length, depth)
}

/// The TLV of all data in `size` octets (RFC 5810, section 6.4.1).
fn full(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    if !v.has(TLV) {
        o.truncated();
        return Ok(false);
    }
    if v.u16(0)? != FULL_TLV {
        o.put("Error: expecting FULLDATA!\n");
        return Ok(false);
    }
    if o.opt.verbose >= 3 {
        o.put((blanks(depth + 1), "["));
        o.hex_field(line_blanks(depth + 2), v.skip(TLV), size - TLV)?;
        o.put(("\n", blanks(depth + 1), "]"));
    }
    Ok(true)
}

/// The TLV of some data in `size` octets, each with its index (RFC 5810, section 6.4.2).
fn sparse(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    let (mut v, mut left) = (v.skip(TLV), size - TLV);
    if left < ILV {
        o.put("Error: BAD SPARSEDATA-TLV!\n");
        return Ok(false);
    }
    while left > 0 {
        let size = if left < ILV { 0 } else { v.u32(4)? as usize };
        if let Some(error) = length_error(size, left, ILV) {
            o.put(("Error: ", error, ", rlen ", left, "\n"));
            return Ok(false);
        }
        if o.opt.verbose >= 3 {
            o.put(("\n", blanks(depth), " ILV: type ", Hex(v.u32(0)?), " length ", size, "\n"));
            o.hex_field("\t\t[", v.skip(ILV), size - ILV)?;
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left - padded);
    }
    Ok(true)
}

/// The TLV of a result in `size` octets (RFC 5810, section 7.1.7).
fn result(o: &mut Out, v: View<'_>, size: usize, depth: usize) -> Step<bool> {
    if size != TLV + 4 {
        o.put(("illegal RESULT-TLV: ", size - TLV, " bytes!\n"));
        return Ok(false);
    }
    if !v.has(TLV + 4) {
        o.truncated();
        return Ok(false);
    }
    let code = v.u8(TLV)?;
    if matches!(code, 0x18..=0xfe) {
        o.put(("illegal reserved result code: 0x", Hex(code), "!\n"));
        return Ok(false);
    }
    if o.opt.verbose >= 3 {
        o.put((blanks(depth), "  Result: "));
        numbered(o, RESULTS, code.into());
        o.put((" (code 0x", Hex(code), ")\n"));
    }
    Ok(true)
}
