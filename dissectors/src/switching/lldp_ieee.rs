//! The LLDP TLVs of IEEE 802.1 (802.1Q, annex D) and 802.3 (802.3, clause 79).

use super::lldp::{put_flags, subtype};
use crate::out::Out;
use crate::put::{Hex4, Table, bits, named};
use crate::view::{Step, View};

/// The columns of a table by priority or traffic class.
const COLUMNS: usize = 8;

const BRIDGING: Table = &[
    (1, "Port VLAN Id"),
    (2, "Port and Protocol VLAN ID"),
    (3, "VLAN name"),
    (4, "Protocol Identity"),
    (7, "Link aggregation"),
    (8, "Congestion Notification"),
    (9, "ETS Configuration"),
    (10, "ETS Recommendation"),
    (11, "Priority Flow Control Configuration"),
    (12, "Application Priority"),
    (13, "EVB"),
    (14, "CDCP"),
];
const PROTOCOL_VLAN_FLAGS: Table = &[(0x02, "supported"), (0x04, "enabled")];

/// An 802.1 TLV; false if it is to be dumped.
pub(super) fn bridging(o: &mut Out, v: View<'_>) -> Step<bool> {
    if v.len() < 4 {
        return Ok(true);
    }
    match subtype(o, v, BRIDGING)? {
        1 if v.len() >= 6 => o.put(("\n\t    port vlan id (PVID): ", v.u16(4)?)),
        2 if v.len() >= 7 => {
            o.put(("\n\t    port and protocol vlan id (PPVID): ", v.u16(5)?, ", flags "));
            put_flags(o, PROTOCOL_VLAN_FLAGS, v.u8(4)?);
        }
        3 if v.len() >= 6 => vlan_name(o, v)?,
        4 if v.len() >= 5 => {
            let length = usize::from(v.u8(4)?);
            if v.len() >= 5 + length {
                o.put("\n\t    protocol identity: ");
                o.until_nul(v.skip(5), length);
            }
        }
        7 => aggregation(o, v)?,
        8 if v.len() >= 6 => {
            o.put("\n\t    Pre-Priority CNPV Indicator");
            bit_columns(o, v.u8(4)?);
            o.put("\n\t    Pre-Priority Ready Indicator");
            bit_columns(o, v.u8(5)?);
        }
        9 if v.len() >= 25 => {
            let octet = v.u8(4)?;
            o.put(("\n\t    Willing:", octet >> 7, ", CBS:", octet >> 6 & 2, ", RES:", octet >> 3 & 7));
            o.put((", Max TCs:", octet & 7));
            transmission(o, v)?;
        }
        10 if v.len() >= 25 => {
            o.put(("\n\t    RES: ", v.u8(4)?));
            transmission(o, v)?;
        }
        11 if v.len() >= 6 => {
            let octet = v.u8(4)?;
            o.put(("\n\t    Willing: ", octet >> 7, ", MBC: ", octet >> 6 & 1, ", RES: ", octet >> 4 & 3));
            o.put((", PFC cap:", octet & 15, " \n\t    PFC Enable"));
            bit_columns(o, v.u8(5)?);
        }
        12 if v.len() >= 5 => applications(o, v)?,
        13 if v.len() >= 9 => edge_virtual_bridging(o, v)?,
        14 if v.len() >= 8 => channels(o, v)?,
        1..=4 | 8..=14 => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn vlan_name(o: &mut Out, v: View<'_>) -> Step {
    o.put(("\n\t    vlan id (VID): ", v.u16(4)?));
    if v.len() < 7 {
        return Ok(());
    }
    let length = usize::from(v.u8(6)?);
    if v.len() >= 7 + length {
        o.put("\n\t    vlan name: ");
        o.until_nul(v.skip(7), length);
    }
    Ok(())
}

/// The bits of an octet under their priorities, lowest first.
fn bit_columns(o: &mut Out, octet: u8) {
    o.put("\n\t     Priority : 0  1  2  3  4  5  6  7\n\t     Value    : ");
    for bit in 0..COLUMNS {
        o.put((octet >> bit & 1, "  "));
    }
}

/// A number to the left of three columns.
fn left(o: &mut Out, value: u8) {
    let spaces = match value {
        0..=9 => "  ",
        10..=99 => " ",
        _ => "",
    };
    o.put((value, spaces));
}

/// Eight numbers in columns.
fn columns(o: &mut Out, values: [u8; COLUMNS]) {
    for (i, value) in values.into_iter().enumerate() {
        if i > 0 {
            o.put(" ");
        }
        left(o, value);
    }
}

/// The three tables of enhanced transmission selection.
fn transmission(o: &mut Out, v: View<'_>) -> Step {
    o.put("\n\t    Priority Assignment Table\n\t     Priority : 0   1   2   3   4   5   6   7");
    o.put("\n\t     Value    : ");
    let [a, b, c, d] = v.array(5)?;
    columns(o, [a >> 4, a & 15, b >> 4, b & 15, c >> 4, c & 15, d >> 4, d & 15]);
    o.put("\n\t    TC Bandwidth Table\n\t     TC%   : 0   1   2   3   4   5   6   7\n\t     Value : ");
    columns(o, v.array(9)?);
    o.put("\n\t    TSA Assignment Table\n\t     Traffic Class: 0   1   2   3   4   5   6   7");
    o.put("\n\t     Value        : ");
    columns(o, v.array(17)?);
    Ok(())
}

/// The application priorities, three octets each.
fn applications(o: &mut Out, v: View<'_>) -> Step {
    o.put(("\n\t    RES: ", v.u8(4)?));
    let table = v.skip(5);
    if table.is_empty() || !table.len().is_multiple_of(3) {
        return Ok(());
    }
    o.put("\n\t    Application Priority Table");
    for at in (0..table.len()).step_by(3) {
        let octet = table.u8(at)?;
        o.put(("\n\t      Priority: ", octet >> 5, ", RES: ", octet >> 3 & 3, ", Sel: ", octet & 7));
        o.put((", Protocol ID: ", table.u16(at + 1)?));
    }
    Ok(())
}

fn edge_virtual_bridging(o: &mut Out, v: View<'_>) -> Step {
    const MODES: Table =
        &[(0, "Not Supported"), (1, "EVB Bridge"), (2, "EVB Station"), (3, "Reserved for future Standardization")];
    let [bridge, station, retries, mode, keep] = v.array(4)?;
    o.put(("\n\t    EVB Bridge Status\n\t      RES: ", bridge >> 3, ", BGID: ", bridge >> 2 & 1));
    o.put((", RRCAP: ", bridge >> 1 & 1, ", RRCTR: ", bridge & 1));
    o.put(("\n\t    EVB Station Status\n\t      RES: ", station >> 4, ", SGID: ", station >> 3 & 1));
    o.put((", RRREQ: ", station >> 2 & 1, ",RRSTAT: ", station & 3));
    o.put(("\n\t    R: ", retries >> 5, ", RTE: ", retries & 0x1f, ", "));
    o.put(("EVB Mode: ", named(MODES, mode >> 6, "unknown"), " [", mode >> 6, "]"));
    o.put(("\n\t    ROL: ", mode >> 5 & 1, ", RWD: ", mode & 0x1f, ", "));
    o.put(("RES: ", keep >> 6, ", ROL: ", keep >> 5 & 1, ", RKA: ", keep & 0x1f));
    Ok(())
}

/// The S-channels of CDCP, three octets each.
fn channels(o: &mut Out, v: View<'_>) -> Step {
    let octet = v.u8(4)?;
    o.put(("\n\t    Role: ", octet >> 7, ", RES: ", octet >> 4 & 7, ", Scomp: ", octet >> 3 & 1, " "));
    o.put(("ChnCap: ", v.u16(6)? & 0xfff));
    let table = v.skip(8);
    if !table.len().is_multiple_of(3) {
        return Ok(());
    }
    for at in (0..table.len()).step_by(3) {
        let pair = table.u24(at)?;
        o.put(("\n\t    SCID: ", pair >> 12, ", SVID: ", pair & 0xfff));
    }
    Ok(())
}

const ETHERNET: Table =
    &[(1, "MAC/PHY configuration/status"), (2, "Power via MDI"), (3, "Link aggregation"), (4, "Max frame size")];
const SUPPORT: Table = &[(0x01, "supported"), (0x02, "enabled")];
const POWER_SUPPORT: Table = &[(1, "PSE"), (2, "supported"), (4, "enabled"), (8, "can be controlled")];
const POWER_PAIRS: Table = &[(1, "signal"), (2, "spare")];
const POWER_CLASSES: Table = &[(1, "class0"), (2, "class1"), (3, "class2"), (4, "class3"), (5, "class4")];
const ADVERTISED: Table = &[
    (0x4000, "10BASE-T hdx"),
    (0x2000, "10BASE-T fdx"),
    (0x1000, "100BASE-T4"),
    (0x0800, "100BASE-TX hdx"),
    (0x0400, "100BASE-TX fdx"),
    (0x0200, "100BASE-T2 hdx"),
    (0x0100, "100BASE-T2 fdx"),
    (0x0080, "Pause for fdx links"),
    (0x0040, "Asym PAUSE for fdx"),
    (0x0020, "Sym PAUSE for fdx"),
    (0x0010, "Asym and Sym PAUSE for fdx"),
    (0x0008, "1000BASE-{X LX SX CX} hdx"),
    (0x0004, "1000BASE-{X LX SX CX} fdx"),
    (0x0002, "1000BASE-T hdx"),
    (0x0001, "1000BASE-T fdx"),
];
/// Medium attachment units (RFC 3636, dot3MauType).
const UNITS: Table = &[
    (0, "Unknown"),
    (1, "AUI"),
    (2, "10BASE_5"),
    (3, "FOIRL"),
    (4, "10BASE2"),
    (5, "10BASET duplex mode unknown"),
    (6, "10BASEFP"),
    (7, "10BASEFB"),
    (8, "10BASEFL duplex mode unknown"),
    (9, "10BROAD36"),
    (10, "10BASET hdx"),
    (11, "10BASET fdx"),
    (12, "10BASEFL hdx"),
    (13, "10BASEFL fdx"),
    (14, "100BASET4"),
    (15, "100BASETX hdx"),
    (16, "100BASETX fdx"),
    (17, "100BASEFX hdx"),
    (18, "100BASEFX fdx"),
    (19, "100BASET2 hdx"),
    (20, "100BASET2 fdx"),
    (21, "1000BASEX hdx"),
    (22, "1000BASEX fdx"),
    (23, "1000BASELX hdx"),
    (24, "1000BASELX fdx"),
    (25, "1000BASESX hdx"),
    (26, "1000BASESX fdx"),
    (27, "1000BASECX hdx"),
    (28, "1000BASECX fdx"),
    (29, "1000BASET hdx"),
    (30, "1000BASET fdx"),
    (31, "10GBASEX"),
    (32, "10GBASELX4"),
    (33, "10GBASER"),
    (34, "10GBASEER"),
    (35, "10GBASELR"),
    (36, "10GBASESR"),
    (37, "10GBASEW"),
    (38, "10GBASEEW"),
    (39, "10GBASELW"),
    (40, "10GBASESW"),
];

/// The state of link aggregation, which moved from 802.3 to 802.1.
fn aggregation(o: &mut Out, v: View<'_>) -> Step {
    if v.len() >= 9 {
        o.put(("\n\t    aggregation status [", bits(SUPPORT, v.u8(4)?, ", ", "none")));
        o.put(("], aggregation port ID ", v.u32(5)?));
    }
    Ok(())
}

/// An 802.3 TLV; false if it is to be dumped.
pub(super) fn ethernet(o: &mut Out, v: View<'_>) -> Step<bool> {
    if v.len() < 4 {
        return Ok(true);
    }
    match subtype(o, v, ETHERNET)? {
        1 if v.len() >= 9 => {
            let (advertised, unit) = (v.u16(5)?, v.u16(7)?);
            o.put("\n\t    autonegotiation ");
            put_flags(o, SUPPORT, v.u8(4)?);
            o.put(("\n\t    PMD autoneg capability [", bits(ADVERTISED, advertised, ", ", "unknown")));
            o.put(("] (0x", Hex4(advertised), ")"));
            o.put(("\n\t    MAU type ", named(UNITS, unit, "unknown"), " (0x", Hex4(unit), ")"));
        }
        2 if v.len() >= 7 => {
            o.put(("\n\t    MDI power support [", bits(POWER_SUPPORT, v.u8(4)?, ", ", "none"), "], power pair "));
            o.put((named(POWER_PAIRS, v.u8(5)?, "unknown"), ", power class "));
            o.put(named(POWER_CLASSES, v.u8(6)?, "unknown"));
        }
        3 => aggregation(o, v)?,
        4 if v.len() >= 6 => o.put(("\n\t    MTU size ", v.u16(4)?)),
        1..=4 => {}
        _ => return Ok(false),
    }
    Ok(true)
}
