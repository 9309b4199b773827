//! LLDP for the tree (IEEE 802.1AB, with the organizations' TLVs of IEEE 802.1, IEEE
//! 802.3 and TIA-1057): one TLV at a time.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::View;

const CHASSIS_ID: u16 = 1;
const PORT_ID: u16 = 2;
const CAPABILITIES: u16 = 7;
const MANAGEMENT: u16 = 8;
const PRIVATE: u16 = 127;
const OUI_8021: u32 = 0x00_80c2;
const OUI_8023: u32 = 0x00_120f;
const OUI_MEDIA: u32 = 0x00_12bb;

/// Types of identifiers that are MAC and network addresses; a port counts from one
/// less than a chassis.
const MAC: u8 = 4;
const NETWORK: u8 = 5;

/// TLVs whose value is one field.
const SIMPLE: &[(u16, &[Slot])] = &[(3, &[Slot::new("lldp.time_to_live", 0, 2)]), (CAPABILITIES, SYSTEM)];
const TEXTS: [(u16, Id); 3] =
    [(4, Id::of("lldp.port.desc")), (5, Id::of("lldp.tlv.system.name")), (6, Id::of("lldp.tlv.system.desc"))];

const CHASSIS: &[Slot] = &[Slot::new("lldp.chassis.subtype", 0, 1)];
const CHASSIS_MAC: &[Slot] = &[Slot::new("lldp.chassis.id.mac", 1, 6)];
const CHASSIS4: &[Slot] = &[Slot::new("lldp.chassis.id.ip4", 2, 4)];
const CHASSIS6: &[Slot] = &[Slot::new("lldp.chassis.id.ip6", 2, 16)];
const PORT: &[Slot] = &[Slot::new("lldp.port.subtype", 0, 1)];
const PORT_MAC: &[Slot] = &[Slot::new("lldp.port.id.mac", 1, 6)];
const PORT4: &[Slot] = &[Slot::new("lldp.port.id.ip4", 2, 4)];
const PORT6: &[Slot] = &[Slot::new("lldp.port.id.ip6", 2, 16)];
const SYSTEM: &[Slot] = &[
    Slot::new("lldp.tlv.system_cap", 0, 2),
    Slot::new("lldp.tlv.system_cap.repeater", 0, 2).bit(1),
    Slot::new("lldp.tlv.system_cap.bridge", 0, 2).bit(2),
    Slot::new("lldp.tlv.system_cap.wlan_access_pt", 0, 2).bit(3),
    Slot::new("lldp.tlv.system_cap.router", 0, 2).bit(4),
    Slot::new("lldp.tlv.system_cap.telephone", 0, 2).bit(5),
    Slot::new("lldp.tlv.enable_system_cap", 2, 2),
    Slot::new("lldp.tlv.enable_system_cap.repeater", 2, 2).bit(1),
    Slot::new("lldp.tlv.enable_system_cap.bridge", 2, 2).bit(2),
    Slot::new("lldp.tlv.enable_system_cap.wlan_access_pt", 2, 2).bit(3),
    Slot::new("lldp.tlv.enable_system_cap.router", 2, 2).bit(4),
    Slot::new("lldp.tlv.enable_system_cap.telephone", 2, 2).bit(5),
];
const MANAGED: &[Slot] = &[Slot::new("lldp.mgn.address.len", 0, 1), Slot::new("lldp.mgn.address.subtype", 1, 1)];
const MANAGED4: &[Slot] = &[Slot::new("lldp.mgn.addr.ip4", 2, 4)];
const MANAGED6: &[Slot] = &[Slot::new("lldp.mgn.addr.ip6", 2, 16)];
const MANAGED_INTERFACE: &[Slot] =
    &[Slot::new("lldp.mgn.interface.subtype", 0, 1), Slot::new("lldp.mgn.interface.number", 1, 4)];

const ORGANIZATION: &[Slot] = &[Slot::new("lldp.orgtlv.oui", 0, 3)];
const SUBTYPE_8021: &[Slot] = &[Slot::new("lldp.ieee.802_1.subtype", 3, 1)];
const SUBTYPE_8023: &[Slot] = &[Slot::new("lldp.ieee.802_3.subtype", 3, 1)];
const SUBTYPE_MEDIA: &[Slot] = &[Slot::new("lldp.media.subtype", 3, 1)];
/// Fields of organizations' TLVs, by organization and subtype.
const ORGANIZATIONS: &[(u32, u8, &[Slot])] = &[
    (OUI_8021, 1, &[Slot::new("lldp.ieee.802_1.port_vlan.id", 4, 2)]),
    (
        OUI_8021,
        2,
        &[
            Slot::new("lldp.ieee.802_1.port_and_vlan_id_flag", 4, 1),
            Slot::new("lldp.ieee.802_1.port_proto_vlan.id", 5, 2),
        ],
    ),
    (
        OUI_8021,
        VLAN_NAME,
        &[Slot::new("lldp.ieee.802_1.vlan.id", 4, 2), Slot::new("lldp.ieee.802_1.vlan.name_len", 6, 1)],
    ),
    (
        OUI_8021,
        7,
        &[Slot::new("lldp.ieee.802_1.aggregation_status", 4, 1), Slot::new("lldp.ieee.802_1.aggregated_port_id", 5, 4)],
    ),
    (
        OUI_8023,
        1,
        &[
            Slot::new("lldp.ieee.802_3.mac_phy_auto_neg_status", 4, 1),
            Slot::new("lldp.ieee.802_3.pmd_auto_neg_advertised_caps", 5, 2),
            Slot::new("lldp.ieee.802_3.pmd_mau_type", 7, 2),
        ],
    ),
    (
        OUI_8023,
        2,
        &[
            Slot::new("lldp.ieee.802_3.mdi_power_support", 4, 1),
            Slot::new("lldp.ieee.802_3.mdi_pse_pair", 5, 1),
            Slot::new("lldp.ieee.802_3.mdi_power_class", 6, 1),
        ],
    ),
    (
        OUI_8023,
        3,
        &[Slot::new("lldp.ieee.802_3.aggregation_status", 4, 1), Slot::new("lldp.ieee.802_3.aggregated_port_id", 5, 4)],
    ),
    (OUI_8023, 4, &[Slot::new("lldp.ieee.802_3.max_frame_size", 4, 2)]),
    (OUI_MEDIA, 1, &[Slot::new("lldp.media.subtype.caps", 4, 2), Slot::new("lldp.media.subtype.class", 6, 1)]),
    (
        OUI_MEDIA,
        2,
        &[
            Slot::new("lldp.media.app_type", 4, 1),
            Slot::new("lldp.media.policy_flag", 5, 3).bit(23),
            Slot::new("lldp.media.tag_flag", 5, 3).bit(22),
            Slot::new("lldp.media.vlan_id", 5, 3).bits(9, 0xfff),
            Slot::new("lldp.media.l2_prio", 5, 3).bits(6, 7),
            Slot::new("lldp.media.dscp", 5, 3).bits(0, 63),
        ],
    ),
    (
        OUI_MEDIA,
        4,
        &[
            Slot::new("lldp.media.power.type", 4, 1).bits(6, 3),
            Slot::new("lldp.media.power.source", 4, 1).bits(4, 3),
            Slot::new("lldp.media.power.prio", 4, 1).bits(0, 15),
            Slot::new("lldp.media.power.value", 5, 2),
        ],
    ),
];
const VLAN_NAME: u8 = 3;
/// The inventory (TIA-1057, section 10.2.6).
const INVENTORY: [(u8, Id); 6] = [
    (5, Id::of("lldp.media.hardware")),
    (6, Id::of("lldp.media.firmware")),
    (7, Id::of("lldp.media.software")),
    (8, Id::of("lldp.media.sn")),
    (9, Id::of("lldp.media.manufacturer")),
    (10, Id::of("lldp.media.model")),
];

/// Notes a TLV's value.
pub(super) fn note(o: &mut Out, kind: u16, value: &[u8]) {
    if o.tree.is_none() {
        return;
    }
    let v = View::new(value, value.len());
    if let Some((_, slots)) = SIMPLE.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    } else if let Some((_, id)) = TEXTS.iter().find(|row| row.0 == kind) {
        o.note_octets(*id, value);
    }
    match (kind, value) {
        (CHASSIS_ID, [subtype, id @ ..]) => {
            o.see_all(CHASSIS, v);
            match (*subtype, id) {
                (MAC, [_, _, _, _, _, _]) => o.see_all(CHASSIS_MAC, v),
                (NETWORK, [1, ..]) => o.see_all(CHASSIS4, v),
                (NETWORK, [2, ..]) => o.see_all(CHASSIS6, v),
                _ => o.note_octets(id!("lldp.chassis.id"), id),
            }
        }
        (PORT_ID, [subtype, id @ ..]) => {
            o.see_all(PORT, v);
            match (*subtype + u8::from(*subtype < u8::MAX), id) {
                (MAC, _) => o.see_all(PORT_MAC, v),
                (NETWORK, [1, ..]) => o.see_all(PORT4, v),
                (NETWORK, [2, ..]) => o.see_all(PORT6, v),
                _ => o.note_octets(id!("lldp.port.id"), id),
            }
        }
        (MANAGEMENT, [size, subtype, ..]) => {
            o.see_all(MANAGED, v);
            o.see_all(
                match (*size, *subtype) {
                    (5, 1) => MANAGED4,
                    (17, 2) => MANAGED6,
                    _ => &[],
                },
                v,
            );
            o.see_all(MANAGED_INTERFACE, v.skip(1 + usize::from(*size)));
        }
        (PRIVATE, [a, b, c, subtype, content @ ..]) => {
            private(o, u32::from_be_bytes([0, *a, *b, *c]), *subtype, v, content);
        }
        _ => {}
    }
}

/// An organization's TLV; `content` is behind the subtype.
fn private(o: &mut Out, organization: u32, subtype: u8, v: View<'_>, content: &[u8]) {
    o.see_all(ORGANIZATION, v);
    o.see_all(
        match organization {
            OUI_8021 => SUBTYPE_8021,
            OUI_8023 => SUBTYPE_8023,
            OUI_MEDIA => SUBTYPE_MEDIA,
            _ => &[],
        },
        v,
    );
    if let Some((.., slots)) = ORGANIZATIONS.iter().find(|row| (row.0, row.1) == (organization, subtype)) {
        o.see_all(slots, v);
    }
    match (organization, subtype, content) {
        (OUI_8021, VLAN_NAME, [_, _, size, name @ ..]) => {
            o.note_octets(id!("lldp.ieee.802_1.vlan.name"), &name[..name.len().min((*size).into())]);
        }
        (OUI_MEDIA, ..) => {
            if let Some((_, id)) = INVENTORY.iter().find(|row| row.0 == subtype) {
                o.note_octets(*id, content);
            }
        }
        _ => {}
    }
}
