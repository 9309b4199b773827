//! Shortest path bridging in IS-IS (RFC 6329; IEEE 802.1aq, clause 28).

use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Hex8, Table, named};
use crate::view::{Step, View};

const CONFIGURATION: u8 = 4;
const DIGEST: u8 = 5;
const VLANS: u8 = 6;
const PORT_NAMES: Table = &[(4, "SPB MCID"), (5, "SPB Digest"), (6, "SPB BVID")];

const INSTANCE: u8 = 1;
const SERVICES: u8 = 3;
const TOPOLOGY_NAMES: Table = &[(1, "SPB Instance"), (3, "SPBM Service Identifier and Unicast Address")];

/// Octets of a configuration identifier: format, name, level and digest.
const IDENTIFIER: usize = 51;
const NAME: usize = 32;

/// Why sub-TLVs end early, and the text that says so.
enum Bad {
    Truncated,
    TooLong,
    TooShort,
}

/// What the printer of a sub-TLV returns.
type Value = Step<Result<(), Bad>>;

/// `, length: 12` and what follows in each sub-TLV of `left` octets.
fn sub_tlvs<'p>(
    o: &mut Out,
    (mut v, mut left): (View<'p>, usize),
    (indent, names): (&'static str, Table),
    print: fn(&mut Out, View<'p>, u8, usize) -> Value,
) -> Step {
    while left > 2 {
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        (v, left) = (v.skip(2), left - 2);
        o.put((indent, named(names, kind, "unknown"), " subTLV #", kind, ", length: ", size));
        let result = match size {
            _ if left < size => Err(Bad::TooLong),
            _ if !v.has(size) => Err(Bad::Truncated),
            _ => print(o, v, kind, size)?,
        };
        if let Err(bad) = result {
            match bad {
                Bad::Truncated => o.truncated(),
                Bad::TooLong => o.put(" (> containing TLV length)"),
                Bad::TooShort => o.put(" (too short)"),
            }
            break;
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// The capabilities of a port (RFC 6165, RFC 6329, section 12), in `size` octets.
pub(super) fn port_capability(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 2 {
        return Ok(());
    }
    let topology = v.u16(0)?;
    o.put(("\n\t       RES: ", topology >> 12, ", MTID(s): ", topology & 0x0fff));
    sub_tlvs(o, (v.skip(2), size - 2), ("\n\t       ", PORT_NAMES), port_value)
}

fn port_value(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Value {
    match kind {
        CONFIGURATION => {
            if size < 2 * IDENTIFIER {
                return Ok(Err(Bad::TooShort));
            }
            o.put("\n\t         MCID: ");
            identifier(o, v)?;
            o.put("\n\t         AUX-MCID: ");
            identifier(o, v.skip(IDENTIFIER))?;
        }
        DIGEST => {
            if size < 33 {
                return Ok(Err(Bad::TooShort));
            }
            let flags = v.u8(0)?;
            o.put(("\n\t        RES: ", flags >> 5, " V: ", flags >> 4 & 1));
            o.put((" A: ", flags >> 2 & 3, " D: ", flags & 3, "\n\t         Digest: "));
            for word in 0..8 {
                o.put((Hex8(v.u32(1 + word * 4)?), " ", (word == 3).then_some("\n\t                 ")));
            }
        }
        VLANS => {
            let (mut v, mut left) = (v, size);
            while left > 0 {
                if left < 4 {
                    return Ok(Err(Bad::TooShort));
                }
                o.put(("\n\t           ECT: ", Hex8(v.u32(0)?)));
                if left < 6 {
                    return Ok(Err(Bad::TooShort));
                }
                let vlan = v.u16(4)?;
                o.put((" BVID: ", vlan >> 4, ", U:", vlan >> 3 & 1, " M:", vlan >> 2 & 1, " "));
                (v, left) = (v.skip(6), left - 6);
            }
        }
        _ => {}
    }
    Ok(Ok(()))
}

/// A configuration identifier (IEEE 802.1Q, section 13.8).
fn identifier(o: &mut Out, v: View<'_>) -> Step {
    o.put(("ID: ", v.u8(0)?, ", Name: "));
    o.text_to_nul(v.skip(1), NAME)?;
    o.put(("\n\t              Lvl: ", v.u16(1 + NAME)?, ", Digest: "));
    for &octet in v.bytes(3 + NAME, 16)? {
        o.put((Hex2(octet), " "));
    }
    Ok(())
}

/// The capabilities of a topology (RFC 6329, section 13), in `size` octets.
pub(super) fn topology_capability(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 2 {
        return Ok(());
    }
    let topology = v.u16(0)?;
    o.put(("\n\t      O: ", topology >> 15, ", RES: ", topology >> 12 & 7, ", MTID(s): ", topology & 0x0fff));
    sub_tlvs(o, (v.skip(2), size - 2), ("\n\t      ", TOPOLOGY_NAMES), topology_value)
}

fn topology_value(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Value {
    match kind {
        INSTANCE => return instance(o, v, size),
        SERVICES => {
            if size < 8 {
                return Ok(Err(Bad::Truncated));
            }
            o.put(("\n\t        BMAC: ", Hex8(v.u32(0)?), Hex4(v.u16(4)?)));
            let vlan = v.u16(6)?;
            o.put((", RES: ", vlan >> 12, ", VID: ", vlan & 0x0fff));
            for number in 0..(size - 8) / 4 {
                let service = v.u32(8 + number * 4)?;
                o.put(("\n\t        T: ", service >> 31, ", R: ", service >> 30 & 1));
                o.put((", RES: ", service >> 24 & 0x3f, ", ISID: ", service & 0x00ff_ffff));
            }
        }
        _ => {}
    }
    Ok(Ok(()))
}

/// A bridge and its trees (RFC 6329, section 14.1).
fn instance(o: &mut Out, v: View<'_>, size: usize) -> Value {
    const FIXED: usize = 19;
    const TREE: usize = 8;
    if size < FIXED {
        return Ok(Err(Bad::TooShort));
    }
    o.put(("\n\t        CIST Root-ID: ", Hex8(v.u32(0)?), " ", Hex8(v.u32(4)?)));
    o.put((", Path Cost: ", Hex8(v.u32(8)?), ", Prio: ", v.u16(12)?));
    let flags = v.u16(14)?;
    o.put(("\n\t        RES: ", flags >> 5, ", V: ", flags >> 4 & 1));
    let count = v.u8(18)?;
    o.put((", SPSource-ID: ", v.u32(14)? & 0x000f_ffff, ", No of Trees: ", Hex(count)));
    let (mut v, mut left) = (v.skip(FIXED), size - FIXED);
    for _ in 0..count {
        if left < TREE {
            return Ok(Err(Bad::Truncated));
        }
        let flags = v.u8(0)?;
        o.put(("\n\t         U:", flags >> 7, ", M:", flags >> 6 & 1, ", A:", flags >> 5 & 1, ", RES:", flags & 0x1f));
        let vlans = v.u24(5)?;
        o.put((", ECT: ", Hex8(v.u32(1)?), ", BVID: ", vlans >> 12, ", SPVID: ", vlans & 0x0fff));
        (v, left) = (v.skip(TREE), left - TREE);
    }
    Ok(Ok(()))
}
