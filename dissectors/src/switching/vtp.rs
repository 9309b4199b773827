//! Cisco's VLAN Trunking Protocol.

use super::vtp_fields;
use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex, Hex2, Hex4, Hex8, Ipv4, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of the header, which ends with the domain's name.
const HEADER: usize = 36;
const NAME_LEN: usize = 32;
/// Octets of a VLAN's information before its name.
const VLAN_HEADER: usize = 12;

const VERSION: Field<u8> = Field::new("vtp.version", 0);
const CODE: Field<u8> = Field::new("vtp.code", 1);
const DOMAIN_LEN: Field<u8> = Field::new("vtp.md_len", 3);
const DOMAIN: usize = 4;

const SUMMARY: u8 = 1;
const SUBSET: u8 = 2;
const REQUEST: u8 = 3;
const CODES: Table =
    &[(1, "Summary advertisement"), (2, "Subset advertisement"), (3, "Advertisement request"), (4, "Join message")];
/// What the third octet is.
const THIRD: Table = &[(1, "Followers"), (2, "Seq number"), (3, "Rsvd"), (4, "Rsvd")];

const VLAN_TYPES: Table = &[(1, "Ethernet"), (2, "FDDI"), (3, "TrCRF"), (4, "FDDI-net"), (5, "TrBRF")];
const VLAN_STATES: Table = &[(0, "Operational"), (1, "Suspended")];

const STP_TYPE: u8 = 3;
const PRUNING: u8 = 6;
const BRIDGE_TYPE: u8 = 7;
const EXPLORER_HOPS: u8 = 9;
const BACKUP: u8 = 10;
const TLVS: Table = &[
    (1, "Source-Routing Ring Number TLV"),
    (2, "Source-Routing Bridge Number TLV"),
    (3, "STP type TLV"),
    (4, "Parent VLAN TLV"),
    (5, "Translationally bridged VLANs TLV"),
    (6, "Pruning TLV"),
    (7, "Bridge Type TLV"),
    (8, "Max ARP Hop Count TLV"),
    (9, "Max STE Hop Count TLV"),
    (10, "Backup CRF Mode TLV"),
];
const STP_TYPES: Table = &[(1, "SRT"), (2, "SRB"), (3, "Auto")];

/// A VTP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "vtp";
    match message(o, v) {
        Err(Stop::Malformed) => {
            o.invalid();
            v.need(v.len())
        }
        other => other,
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    v.need(HEADER)?;
    vtp_fields::note(o, v);
    let (version, code) = (v.get(VERSION)?, v.get(CODE)?);
    o.put(("VTPv", version, ", Message ", named(CODES, code, "Unknown message type")));
    o.put((" (0x", Hex2(code), "), length ", v.len()));
    if o.opt.verbose == 0 {
        return v.need(v.len());
    }
    o.put("\n\tDomain name: ");
    let length = usize::from(v.get(DOMAIN_LEN)?);
    if !(1..=NAME_LEN).contains(&length) {
        o.put((" [invalid MgmtD Len ", length, "]"));
        return Err(Stop::Malformed);
    }
    o.text_to_nul(v.skip(DOMAIN), length)?;
    o.put((", ", named(THIRD, code, "Unknown"), ": ", v.u8(2)?));
    let body = v.skip(HEADER);
    match code {
        SUMMARY => summary(o, body),
        SUBSET => {
            o.put((", Config Rev ", Hex(body.u32(0)?)));
            let mut rest = body.skip(4);
            while !rest.is_empty() {
                let length = usize::from(rest.u8(0)?);
                if length == 0 {
                    break;
                }
                rest.need(length)?;
                vlan(o, rest.claim(length))?;
                rest = rest.skip(length);
            }
            Ok(())
        }
        REQUEST => {
            o.put(("\n\tStart value: ", body.u32(0)?));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn summary(o: &mut Out, v: View<'_>) -> Step {
    o.put(("\n\t  Config Rev ", Hex(v.u32(0)?), ", Updater ", Ipv4(v.array(4)?)));
    o.put((", Timestamp 0x", Hex8(v.u32(8)?), " 0x", Hex8(v.u32(12)?), " 0x", Hex8(v.u32(16)?)));
    o.put((", MD5 digest: ", Hex8(v.u32(20)?), Hex8(v.u32(24)?), Hex8(v.u32(28)?), Hex8(v.u32(32)?)));
    Ok(())
}

/// The information about one VLAN.
fn vlan(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < VLAN_HEADER {
        return Err(Stop::Malformed);
    }
    o.put(("\n\tVLAN info status ", named(VLAN_STATES, v.u8(1)?, "Unknown"), ", type "));
    o.put((named(VLAN_TYPES, v.u8(2)?, "Unknown"), ", VLAN-id ", v.u16(4)?, ", MTU ", v.u16(6)?));
    o.put((", SAID 0x", Hex8(v.u32(8)?), ", Name "));
    let name_len = usize::from(v.u8(3)?);
    let name = v.skip(VLAN_HEADER);
    // Names are padded to 32-bit boundaries.
    let padded = name_len.next_multiple_of(4);
    if name.len() < padded {
        return Err(Stop::Malformed);
    }
    o.text_to_nul(name, name_len)?;
    let mut rest = name.skip(padded);
    while !rest.is_empty() {
        if rest.len() < 2 {
            return Err(Stop::Malformed);
        }
        let length = 2 + 2 * usize::from(rest.u8(1)?);
        tlv(o, rest, length)?;
        rest = rest.skip(length);
    }
    Ok(())
}

/// One TLV of a VLAN; its length field counts units of 16 bits.
fn tlv(o: &mut Out, v: View<'_>, length: usize) -> Step {
    let kind = v.u8(0)?;
    o.put(("\n\t\t", named(TLVS, kind, "Unknown"), " (0x", Hex4(kind), ") TLV"));
    if v.len() < length {
        o.put(" (TLV goes past the end of the packet)");
        return Err(Stop::Malformed);
    }
    v.need(length)?;
    if length != 4 {
        o.put((" (invalid TLV length ", (length - 2) / 2, " != 1)"));
        return Err(Stop::Malformed);
    }
    let value = v.u16(2)?;
    let one_of = |yes, no| (", ", if value == 1 { yes } else { no }, " (", value, ")");
    match kind {
        EXPLORER_HOPS => o.put((", ", value)),
        PRUNING => o.put(one_of("Enabled", "Disabled")),
        STP_TYPE => o.put((", ", named(STP_TYPES, value, "Unknown"), " (", value, ")")),
        BRIDGE_TYPE => o.put(one_of("SRB", "SRT")),
        BACKUP => o.put(one_of("Backup", "Not backup")),
        _ => o.unknown(v, "\n\t\t  ", length),
    }
    Ok(())
}
