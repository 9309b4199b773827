//! The LLDP TLVs of Data Center Bridging Exchange, revision 1.01.

use super::lldp::{TLV_HEADER, subtype};
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Hex6, Table};
use crate::view::{Step, View};

const SUBTYPES: Table =
    &[(1, "DCB Capability Exchange Protocol Rev 1"), (2, "DCB Capability Exchange Protocol Rev 1.01")];
const REVISION_1: u8 = 1;

const CONTROL: u16 = 1;
const PRIORITY_GROUPS: u16 = 2;
const FLOW_CONTROL: u16 = 3;
const APPLICATION: u16 = 4;

/// A TLV of DCBX; false if it is to be dumped.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step<bool> {
    if v.len() < 4 {
        return Ok(true);
    }
    if subtype(o, v, SUBTYPES)? == REVISION_1 {
        return Ok(false);
    }
    let mut rest = v.skip(4);
    let mut decoded = true;
    while rest.len() >= TLV_HEADER {
        let header = rest.u16(0)?;
        let (kind, length) = (header >> 9, usize::from(header & 0x1ff));
        decoded = true;
        rest = rest.skip(TLV_HEADER);
        if kind == 0 || length == 0 || rest.len() < length {
            break;
        }
        match tlv(o, kind, rest.cut(length))? {
            Some(known) => decoded = known,
            None => break,
        }
        if o.opt.verbose > 1 || (o.opt.verbose > 0 && !decoded) {
            o.unknown(rest, "\n\t    ", length);
        }
        rest = rest.skip(length);
    }
    Ok(decoded)
}

/// Prints a TLV; whether its type is known, or nothing if it is too short.
fn tlv(o: &mut Out, kind: u16, v: View<'_>) -> Step<Option<bool>> {
    let least = match kind {
        CONTROL => 10,
        PRIORITY_GROUPS => 17,
        FLOW_CONTROL => 6,
        APPLICATION => 4,
        _ => return Ok(Some(false)),
    };
    if v.len() < least {
        return Ok(None);
    }
    let name = match kind {
        CONTROL => "Control - Protocol Control",
        PRIORITY_GROUPS => "Feature - Priority Group",
        FLOW_CONTROL => "Feature - Priority Flow Control",
        _ => "Feature - Application",
    };
    o.put(("\n\t    ", name, " (type 0x", Hex(kind), ", length ", v.len(), ")"));
    o.put(("\n\t      Oper_Version: ", v.u8(0)?, "\n\t      Max_Version: ", v.u8(1)?));
    if kind == CONTROL {
        o.put(("\n\t      Sequence Number: ", v.u32(2)?, "\n\t      Acknowledgement Number: ", v.u32(6)?));
        return Ok(Some(true));
    }
    let info = v.u8(2)?;
    o.put("\n\t      Info block(0x");
    for digit in [info >> 4, info & 15] {
        o.line.byte(b"0123456789ABCDEF"[usize::from(digit)]);
    }
    o.put(("): Enable bit: ", info >> 7, ", Willing bit: ", info >> 6 & 1, ", Error Bit: ", info >> 5 & 1));
    o.put(("\n\t      SubType: ", v.u8(3)?));
    match kind {
        PRIORITY_GROUPS => priority_groups(o, v)?,
        FLOW_CONTROL => flow_control(o, v)?,
        _ => applications(o, v.skip(4))?,
    }
    Ok(Some(true))
}

fn priority_groups(o: &mut Out, v: View<'_>) -> Step {
    o.put("\n\t      Priority Allocation");
    let groups = v.u32(4)?;
    for i in 0..8u32 {
        o.put(("\n\t          PgId_", i, ": ", groups >> (28 - 4 * i) & 15));
    }
    o.put("\n\t      Priority Group Allocation");
    for i in 0..8 {
        o.put(("\n\t          Pg percentage[", i, "]: ", v.u8(8 + i)?));
    }
    o.put(("\n\t      NumTCsSupported: ", v.u8(16)?));
    Ok(())
}

fn flow_control(o: &mut Out, v: View<'_>) -> Step {
    let enabled = v.u8(4)?;
    o.put("\n\t      PFC Config (0x");
    for digit in [enabled >> 4, enabled & 15] {
        o.line.byte(b"0123456789ABCDEF"[usize::from(digit)]);
    }
    o.put(")");
    for i in 0..8u32 {
        let state = if enabled >> i & 1 != 0 { "Enabled" } else { "Disabled" };
        o.put(("\n\t          Priority Bit ", i, ": ", state));
    }
    o.put(("\n\t      NumTCPFCSupported: ", v.u8(5)?));
    Ok(())
}

/// Application protocols, six octets each.
fn applications(o: &mut Out, v: View<'_>) -> Step {
    let count = v.len() / 6;
    for entry in (0..count).map(|i| v.skip(6 * i)) {
        let selector = entry.u24(2)?;
        let what = if selector >> 22 != 0 { "Socket Number" } else { "L2 EtherType" };
        o.put(("\n\t      Application Value\n\t          Application Protocol ID: 0x", Hex4(entry.u16(0)?)));
        o.put(("\n\t          SF (0x", Hex(selector >> 22), ") Application Protocol ID is ", what));
        o.put(("\n\t          OUI: 0x", Hex6(selector & 0x3f_ffff)));
        o.put(("\n\t          User Priority Map: 0x", Hex2(entry.u8(5)?)));
    }
    Ok(())
}
