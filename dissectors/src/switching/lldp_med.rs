//! The LLDP TLVs of media endpoint discovery (ANSI/TIA-1057).

use super::lldp::subtype;
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Table, bits, named};
use crate::view::{Step, View};

const SUBTYPES: Table = &[
    (1, "LLDP-MED Capabilities"),
    (2, "Network policy"),
    (3, "Location identification"),
    (4, "Extended power-via-MDI"),
    (5, "Inventory - hardware revision"),
    (6, "Inventory - firmware revision"),
    (7, "Inventory - software revision"),
    (8, "Inventory - serial number"),
    (9, "Inventory - manufacturer name"),
    (10, "Inventory - model name"),
    (11, "Inventory - asset ID"),
];
const INVENTORY: Table = &[
    (5, "Hardware revision"),
    (6, "Firmware revision"),
    (7, "Software revision"),
    (8, "Serial number"),
    (9, "Manufacturer name"),
    (10, "Model name"),
    (11, "Asset ID"),
];
const CAPABILITIES: Table = &[
    (0x01, "LLDP-MED capabilities"),
    (0x02, "network policy"),
    (0x04, "location identification"),
    (0x08, "extended power via MDI-PSE"),
    (0x10, "extended power via MDI-PD"),
    (0x20, "Inventory"),
];
const DEVICES: Table =
    &[(1, "endpoint class 1"), (2, "endpoint class 2"), (3, "endpoint class 3"), (4, "network connectivity")];
const APPLICATIONS: Table = &[
    (1, "voice"),
    (2, "voice signaling"),
    (3, "guest voice"),
    (4, "guest voice signaling"),
    (5, "softphone voice"),
    (6, "video conferencing"),
    (7, "streaming video"),
    (8, "video signaling"),
];
const POLICY_FLAGS: Table = &[(0x80, "Unknown"), (0x40, "Tagged"), (0x20, "reserved")];
const POWER_SOURCES: Table =
    &[(1, "PSE - primary power source"), (2, "local - backup power source"), (3, "PSE+local - reserved")];
const POWER_PRIORITIES: Table = &[(1, "critical"), (2, "high"), (3, "low")];
/// Powers from here on, in tenths of a watt, are reserved.
const POWER_MAX: u16 = 1024;

/// A TLV of the TIA; false if it is to be dumped.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step<bool> {
    if v.len() < 4 {
        return Ok(true);
    }
    let kind = subtype(o, v, SUBTYPES)?;
    match kind {
        1 if v.len() >= 7 => {
            let (capabilities, device) = (v.u16(4)?, v.u8(6)?);
            o.put(("\n\t    Media capabilities [", bits(CAPABILITIES, capabilities, ", ", "none")));
            o.put(("] (0x", Hex4(capabilities), ")"));
            o.put(("\n\t    Device type [", named(DEVICES, device, "unknown"), "] (0x", Hex2(device), ")"));
        }
        2 if v.len() >= 8 => {
            let application = v.u8(4)?;
            o.put(("\n\t    Application type [", named(APPLICATIONS, application, "none")));
            o.put(("] (0x", Hex2(application), ")"));
            o.put((", Flags [", bits(POLICY_FLAGS, v.u8(5)?, ", ", "none"), "]"));
            o.put(("\n\t    Vlan id ", v.u16(5)? >> 1 & 0xfff, ", L2 priority ", v.u16(6)? >> 6 & 7));
            o.put((", DSCP value ", v.u16(6)? & 0x3f));
        }
        3 if v.len() >= 5 => location(o, v)?,
        4 if v.len() >= 7 => power(o, v)?,
        5..=11 => {
            o.put(("\n\t  ", named(INVENTORY, kind, "unknown"), " "));
            o.until_nul(v.skip(4), v.len() - 4);
        }
        1..=4 => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn power(o: &mut Out, v: View<'_>) -> Step {
    let octet = v.u8(4)?;
    o.put(("\n\t    Power type [", if octet & 3 != 0 { "PD device" } else { "PSE device" }, "], Power source ["));
    o.put((named(POWER_SOURCES, octet >> 4 & 3, "none"), "]\n\t    Power priority ["));
    o.put((named(POWER_PRIORITIES, octet & 15, "none"), "] (0x", Hex2(octet & 15), ")"));
    match v.u16(5)? {
        tenths @ 0..POWER_MAX => o.put((", Power ", tenths / 10, ".", tenths % 10, " Watts")),
        reserved => o.put((", Power ", reserved, " (Reserved)")),
    }
    Ok(())
}

const FORMATS: Table = &[(1, "coordinate-based LCI"), (2, "civic address LCI"), (3, "ECS ELIN")];
const COORDINATES: u8 = 1;
const CIVIC: u8 = 2;
const EMERGENCY: u8 = 3;

fn location(o: &mut Out, v: View<'_>) -> Step {
    let format = v.u8(4)?;
    o.put(("\n\t    Location data format ", named(FORMATS, format, "unknown"), " (0x", Hex2(format), ")"));
    match format {
        COORDINATES if v.len() >= 21 => coordinates(o, v)?,
        CIVIC if v.len() >= 6 => civic(o, v)?,
        COORDINATES | CIVIC => {}
        EMERGENCY => {
            o.put("\n\t    ECS ELIN id ");
            o.until_nul(v.skip(5), v.len() - 5);
        }
        _ => {
            o.put("\n\t    Location ID ");
            o.unknown(v.skip(5), "\n\t      ", v.len() - 5);
        }
    }
    Ok(())
}

/// Coordinates in the form of RFC 3825, section 2.
fn coordinates(o: &mut Out, v: View<'_>) -> Step {
    const ALTITUDES: Table = &[(1, "meters"), (2, "floors")];
    const DATUMS: Table = &[
        (1, "World Geodesic System 1984"),
        (2, "North American Datum 1983 (NAVD88)"),
        (3, "North American Datum 1983 (MLLW)"),
    ];
    let degrees = |at: usize| -> Step<u64> { Ok(u64::from(v.u8(at)? & 3) << 32 | u64::from(v.u32(at + 1)?)) };
    o.put(("\n\t    Latitude resolution ", v.u8(5)? >> 2, ", latitude value ", degrees(5)?));
    o.put(("\n\t    Longitude resolution ", v.u8(10)? >> 2, ", longitude value ", degrees(10)?));
    let altitude = v.u8(15)? >> 4;
    o.put(("\n\t    Altitude type ", named(ALTITUDES, altitude, "unknown"), " (", altitude, ")"));
    o.put(("\n\t    Altitude resolution ", v.u16(15)? >> 6 & 0x3f, ", altitude value 0x"));
    o.put(Hex(v.u32(16)? & 0x3fff_ffff));
    let datum = v.u8(20)?;
    o.put(("\n\t    Datum ", named(DATUMS, datum, "unknown"), " (0x", Hex2(datum), ")"));
    Ok(())
}

/// A civic address (RFC 4776, section 3).
fn civic(o: &mut Out, v: View<'_>) -> Step {
    const WHAT: Table = &[
        (0, "location of DHCP server"),
        (1, "location of the network element believed to be closest to the client"),
        (2, "location of the client"),
    ];
    const TYPES: Table = &[
        (1, "national subdivisions (state,canton,region,province,prefecture)"),
        (2, "county, parish, gun, district"),
        (3, "city, township, shi"),
        (4, "city division, borough, city district, ward chou"),
        (5, "neighborhood, block"),
        (6, "street"),
    ];
    let length = usize::from(v.u8(5)?);
    if length < 3 || v.len() < 7 + length {
        return Ok(());
    }
    let what = v.u8(6)?;
    o.put(("\n\t    LCI length ", length, ", LCI what ", named(WHAT, what, "unknown"), " (0x", Hex2(what)));
    o.put("), Country-code ");
    o.until_nul(v.skip(7), 2);
    let mut rest = v.skip(9).cut(length - 3);
    while rest.len() >= 2 {
        let (kind, len) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        rest = rest.skip(2);
        o.put(("\n\t      CA type '", named(TYPES, kind, "unknown"), "' (", kind, "), length ", len, ": "));
        if kind == 0 || len == 0 || rest.len() < len {
            return Ok(());
        }
        o.until_nul(rest, len);
        rest = rest.skip(len);
    }
    Ok(())
}
