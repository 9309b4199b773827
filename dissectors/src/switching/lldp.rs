//! The Link Layer Discovery Protocol (IEEE 802.1AB).

use super::{lldp_dcbx, lldp_fields, lldp_ieee, lldp_med};
use crate::below::Below;
use crate::families::FAMILIES;
use crate::field::Field;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex6, Ipv4, Ipv6, Mac, Put, Table, bits, named};
use crate::view::{Step, Stop, View};

/// A TLV starts with its type (7 bits) and length (9 bits).
const TYPE: Field<u16> = Field::bits("lldp.tlv.type", 0, 9, 0x7f);
const LENGTH: Field<u16> = Field::bits("lldp.tlv.len", 0, 0, 0x1ff);
/// Octets of type and length.
pub(super) const TLV_HEADER: usize = 2;

const END: u16 = 0;
const CHASSIS_ID: u16 = 1;
const PORT_ID: u16 = 2;
const TIME_TO_LIVE: u16 = 3;
const PORT_DESCRIPTION: u16 = 4;
const SYSTEM_NAME: u16 = 5;
const SYSTEM_DESCRIPTION: u16 = 6;
const CAPABILITIES: u16 = 7;
const MANAGEMENT: u16 = 8;
const PRIVATE: u16 = 127;
const TYPES: Table = &[
    (0, "End"),
    (1, "Chassis ID"),
    (2, "Port ID"),
    (3, "Time to Live"),
    (4, "Port Description"),
    (5, "System Name"),
    (6, "System Description"),
    (7, "System Capabilities"),
    (8, "Management Address"),
    (127, "Organization specific"),
];

const CHASSIS: Subtypes = Subtypes {
    names: &[
        (1, "Chassis component"),
        (2, "Interface alias"),
        (3, "Port component"),
        (4, "MAC address"),
        (5, "Network address"),
        (6, "Interface name"),
        (7, "Local"),
    ],
    mac: 4,
    network: 5,
    text: &[1, 2, 3, 6, 7],
};
const PORT: Subtypes = Subtypes {
    names: &[
        (1, "Interface alias"),
        (2, "Port component"),
        (3, "MAC address"),
        (4, "Network Address"),
        (5, "Interface Name"),
        (6, "Agent circuit ID"),
        (7, "Local"),
    ],
    mac: 3,
    network: 4,
    text: &[1, 2, 5, 6, 7],
};

const CAPABILITY_NAMES: Table = &[
    (0x01, "Other"),
    (0x02, "Repeater"),
    (0x04, "Bridge"),
    (0x08, "WLAN AP"),
    (0x10, "Router"),
    (0x20, "Telephone"),
    (0x40, "Docsis"),
    (0x80, "Station Only"),
];

const OUI_8021: u32 = 0x00_80c2;
const OUI_8023: u32 = 0x00_120f;
const OUI_IANA: u32 = 0x00_005e;
const OUI_TIA: u32 = 0x00_12bb;
const OUI_DCBX: u32 = 0x00_1b21;

/// An LLDP data unit.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lldp";
    o.put(("LLDP, length ", v.len()));
    let result = tlvs(o, v);
    o.close(result)
}

fn tlvs(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while rest.len() >= TLV_HEADER {
        rest.check(TLV_HEADER)?;
        let (kind, length) = (rest.get(TYPE)?, usize::from(rest.get(LENGTH)?));
        o.note(TYPE, kind);
        o.note(LENGTH, length);
        if o.opt.verbose > 0 {
            o.put(("\n\t", named(TYPES, kind, "Unknown"), " TLV (", kind, "), length ", length));
        }
        if kind == END || length == 0 {
            break;
        }
        let value = rest.skip(TLV_HEADER);
        value.check(length)?;
        if value.len() < length {
            o.truncated();
            return Ok(());
        }
        lldp_fields::note(o, kind, value.cut(length).data());
        match tlv(o, kind, value.cut(length)) {
            Ok(decoded) => {
                if o.opt.verbose > 1 || (o.opt.verbose > 0 && !decoded) {
                    o.unknown(value, "\n\t  ", length);
                }
            }
            Err(Stop::Malformed) => {
                o.truncated();
                return Ok(());
            }
            Err(stop) => return Err(stop),
        }
        rest = value.skip(length);
    }
    Ok(())
}

/// Fails unless a value has `n` octets.
fn least(v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(Stop::Malformed) } else { Ok(()) }
}

/// Prints the value of a TLV; false if it is to be dumped.
fn tlv(o: &mut Out, kind: u16, v: View<'_>) -> Step<bool> {
    // The system's name is the one thing that is worth a short line.
    if kind == SYSTEM_NAME {
        o.put(": ");
        o.until_nul(v, v.len());
        return Ok(true);
    }
    if o.opt.verbose == 0 {
        return Ok(true);
    }
    match kind {
        CHASSIS_ID => return identifier(o, v, &CHASSIS),
        PORT_ID => return identifier(o, v, &PORT),
        TIME_TO_LIVE => {
            least(v, 2)?;
            o.put((": TTL ", v.u16(0)?, "s"));
        }
        PORT_DESCRIPTION => {
            o.put(": ");
            o.until_nul(v, v.len());
        }
        SYSTEM_DESCRIPTION => {
            o.put("\n\t  ");
            o.until_nul(v, v.len());
        }
        CAPABILITIES => {
            least(v, 4)?;
            let (system, enabled) = (v.u16(0)?, v.u16(2)?);
            o.put(("\n\t  System  Capabilities [", bits(CAPABILITY_NAMES, system, ", ", "none"), "]"));
            o.put((" (0x", Hex4(system), ")"));
            o.put(("\n\t  Enabled Capabilities [", bits(CAPABILITY_NAMES, enabled, ", ", "none"), "]"));
            o.put((" (0x", Hex4(enabled), ")"));
        }
        MANAGEMENT => management(o, v)?,
        PRIVATE => return private(o, v),
        _ => return Ok(false),
    }
    Ok(true)
}

/// The subtypes of a chassis or port identifier.
struct Subtypes {
    names: Table,
    mac: u8,
    network: u8,
    text: &'static [u8],
}

fn identifier(o: &mut Out, v: View<'_>, subtypes: &Subtypes) -> Step<bool> {
    least(v, 2)?;
    let subtype = v.u8(0)?;
    o.put(("\n\t  Subtype ", named(subtypes.names, subtype, "Unknown"), " (", subtype, "): "));
    let value = v.skip(1);
    if subtype == subtypes.mac {
        least(value, 6)?;
        o.put(Mac(value.array(0)?));
    } else if subtype == subtypes.network {
        network_address(o, "", value)?;
    } else if subtypes.text.contains(&subtype) {
        o.until_nul(value, value.len());
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// `AFI IPv4 (1): 192.0.2.1` behind `before`.
fn network_address(o: &mut Out, before: impl Put, v: View<'_>) -> Step {
    const INET: u8 = 1;
    const INET6: u8 = 2;
    const IEEE_802: u8 = 6;
    least(v, 1)?;
    let family = v.u8(0)?;
    let address = v.skip(1);
    least(
        address,
        match family {
            INET => 4,
            INET6 => 16,
            IEEE_802 => 6,
            _ => 0,
        },
    )?;
    o.put((before, "AFI ", named(FAMILIES, family, "Unknown"), " (", family, ")"));
    match family {
        INET => o.put((": ", Ipv4(address.array(0)?))),
        INET6 => o.put((": ", Ipv6(address.array(0)?))),
        IEEE_802 => o.put((": ", Mac(address.array(0)?))),
        _ => o.put(", no AF printer !"),
    }
    Ok(())
}

/// A management address, an interface and an object identifier.
fn management(o: &mut Out, v: View<'_>) -> Step {
    const NUMBERING: Table = &[(2, "Interface Index"), (3, "System Port Number")];
    least(v, 1)?;
    let length = usize::from(v.u8(0)?);
    let address = v.skip(1);
    least(address, length)?;
    network_address(o, ("\n\t  Management Address length ", length, ", "), address.cut(length))?;
    let interface = address.skip(length);
    least(interface, 5)?;
    let numbering = interface.u8(0)?;
    o.put(("\n\t  ", named(NUMBERING, numbering, "Unknown"), " Interface Numbering (", numbering, "): "));
    o.put(interface.u32(1)?);
    let object = interface.skip(5);
    if object.is_empty() {
        return Ok(());
    }
    let length = usize::from(object.u8(0)?);
    least(object, 1 + length)?;
    if length > 0 {
        o.put(("\n\t  OID length ", length));
        o.until_nul(object.skip(1), length);
    }
    Ok(())
}

/// An organization's own TLV.
fn private(o: &mut Out, v: View<'_>) -> Step<bool> {
    least(v, 3)?;
    let organization = v.u24(0)?;
    o.put((": OUI ", named(ORGANIZATIONS, organization, "Unknown"), " (0x", Hex6(organization), ")"));
    match organization {
        OUI_8021 => lldp_ieee::bridging(o, v),
        OUI_8023 => lldp_ieee::ethernet(o, v),
        OUI_IANA => iana(o, v),
        OUI_TIA => lldp_med::dissect(o, v),
        OUI_DCBX => lldp_dcbx::dissect(o, v),
        _ => Ok(false),
    }
}

/// The manufacturer usage description (RFC 8520, section 11).
fn iana(o: &mut Out, v: View<'_>) -> Step<bool> {
    const MUD_URL: u8 = 1;
    if v.len() < 8 {
        return Ok(true);
    }
    let subtype = subtype(o, v, &[(1, "MUD-URL")])?;
    if subtype != MUD_URL {
        return Ok(false);
    }
    o.put("\n\t  MUD-URL=");
    o.text(v.skip(4), v.len() - 4)?;
    Ok(true)
}

/// Prints the subtype of an organization's TLV.
pub(super) fn subtype(o: &mut Out, v: View<'_>, names: Table) -> Step<u8> {
    let subtype = v.u8(3)?;
    o.put(("\n\t  ", named(names, subtype, "unknown"), " Subtype (", subtype, ")"));
    Ok(subtype)
}

/// `[supported, enabled] (0x03)`.
pub(super) fn put_flags(o: &mut Out, names: Table, value: u8) {
    o.put(("[", bits(names, value, ", ", "none"), "] (0x", Hex2(value), ")"));
}
