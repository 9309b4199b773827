//! The slow protocols for the tree: link aggregation with its marker protocol (IEEE 802.1AX),
//! operations, administration and maintenance (IEEE 802.3, clause 57), and those of organizations.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const AGGREGATION: &[Slot] = &[Slot::new("lacp.version", 1, 1)];
const AGGREGATION_TLV: &[Slot] = &[Slot::new("lacp.tlv_type", 0, 1), Slot::new("lacp.tlv_length", 1, 1)];
/// What TLVs of link aggregation hold, from their header on.
const AGGREGATION_TLVS: &[(u8, &[Slot])] = &[
    (
        1,
        &[
            Slot::new("lacp.actor.sys_priority", 2, 2),
            Slot::new("lacp.actor.sysid", 4, 6),
            Slot::new("lacp.actor.key", 10, 2),
            Slot::new("lacp.actor.port_priority", 12, 2),
            Slot::new("lacp.actor.port", 14, 2),
            Slot::new("lacp.actor.state", 16, 1),
            Slot::new("lacp.actor.state.activity", 16, 1).bit(0),
            Slot::new("lacp.actor.state.timeout", 16, 1).bit(1),
            Slot::new("lacp.actor.state.aggregation", 16, 1).bit(2),
            Slot::new("lacp.actor.state.synchronization", 16, 1).bit(3),
            Slot::new("lacp.actor.state.collecting", 16, 1).bit(4),
            Slot::new("lacp.actor.state.distributing", 16, 1).bit(5),
            Slot::new("lacp.actor.state.defaulted", 16, 1).bit(6),
            Slot::new("lacp.actor.state.expired", 16, 1).bit(7),
        ],
    ),
    (
        2,
        &[
            Slot::new("lacp.partner.sys_priority", 2, 2),
            Slot::new("lacp.partner.sysid", 4, 6),
            Slot::new("lacp.partner.key", 10, 2),
            Slot::new("lacp.partner.port_priority", 12, 2),
            Slot::new("lacp.partner.port", 14, 2),
            Slot::new("lacp.partner.state", 16, 1),
            Slot::new("lacp.partner.state.activity", 16, 1).bit(0),
            Slot::new("lacp.partner.state.timeout", 16, 1).bit(1),
            Slot::new("lacp.partner.state.aggregation", 16, 1).bit(2),
            Slot::new("lacp.partner.state.synchronization", 16, 1).bit(3),
            Slot::new("lacp.partner.state.collecting", 16, 1).bit(4),
            Slot::new("lacp.partner.state.distributing", 16, 1).bit(5),
            Slot::new("lacp.partner.state.defaulted", 16, 1).bit(6),
            Slot::new("lacp.partner.state.expired", 16, 1).bit(7),
        ],
    ),
    (3, &[Slot::new("lacp.collector.max_delay", 2, 2)]),
];

const MARKER: &[Slot] = &[Slot::new("marker.version", 1, 1)];
const MARKER_TLV: &[Slot] = &[Slot::new("marker.tlvType", 0, 1), Slot::new("marker.tlvLen", 1, 1)];
const MARKERS: &[Slot] = &[
    Slot::new("marker.requesterPort", 2, 2),
    Slot::new("marker.requesterSystem", 4, 6),
    Slot::new("marker.requesterTransId", 10, 4),
];
const MARKER_TLVS: &[(u8, &[Slot])] = &[(1, MARKERS), (2, MARKERS)];

const MAINTENANCE: &[Slot] = &[
    Slot::new("oampdu.flags", 1, 2),
    Slot::new("oampdu.flags.linkFault", 1, 2).bit(0),
    Slot::new("oampdu.flags.dyingGasp", 1, 2).bit(1),
    Slot::new("oampdu.flags.criticalEvent", 1, 2).bit(2),
    Slot::new("oampdu.flags.localEvaluating", 1, 2).bit(3),
    Slot::new("oampdu.flags.localStable", 1, 2).bit(4),
    Slot::new("oampdu.flags.remoteEvaluating", 1, 2).bit(5),
    Slot::new("oampdu.flags.remoteStable", 1, 2).bit(6),
    Slot::new("oampdu.code", 3, 1),
];
/// Octets of the subtype, the flags and the code.
const MAINTENANCE_SIZE: usize = 4;

const INFORMATION_TYPE: &[Slot] = &[Slot::new("oampdu.info.type", 0, 1)];
const INFORMATION_LENGTH: &[Slot] = &[Slot::new("oampdu.info.length", 1, 1)];
const INFORMATION: &[Slot] = &[
    Slot::new("oampdu.info.version", 2, 1),
    Slot::new("oampdu.info.revision", 3, 2),
    Slot::new("oampdu.info.state", 5, 1),
    Slot::new("oampdu.info.state.parser", 5, 1).bits(0, 3),
    Slot::new("oampdu.info.state.multiplexer", 5, 1).bit(2),
    Slot::new("oampdu.info.oamConfig", 6, 1),
    Slot::new("oampdu.info.oamConfig.mode", 6, 1).bit(0),
    Slot::new("oampdu.info.oampduConfig", 7, 2),
    Slot::new("oampdu.info.oui", 9, 3),
    Slot::new("oampdu.info.vendor", 12, 4),
];

const VENDOR: &[Slot] = &[Slot::new("oampdu.info.oui", 2, 3)];
const ORGANIZATIONS_OWN: u8 = 0xfe;

const EVENTS: &[Slot] = &[Slot::new("oampdu.event.sequence", 0, 2)];
const EVENT_TYPE: &[Slot] = &[Slot::new("oampdu.event.type", 0, 1)];
const EVENT_LENGTH: &[Slot] = &[Slot::new("oampdu.event.length", 1, 1)];
const EVENT_TIME: &[Slot] = &[Slot::new("oampdu.event.timestamp", 2, 2)];
/// What events hold (IEEE 802.3, section 57.5.3), from their header on.
const EVENT_TLVS: &[(u8, &[Slot])] = &[
    (
        1,
        &[
            Slot::new("oampdu.event.espeWindow", 4, 8),
            Slot::new("oampdu.event.espeThreshold", 12, 8),
            Slot::new("oampdu.event.espeErrors", 20, 8),
            Slot::new("oampdu.event.espeTotalErrors", 28, 8),
            Slot::new("oampdu.event.espeTotalEvents", 36, 4),
        ],
    ),
    (
        2,
        &[
            Slot::new("oampdu.event.efeWindow", 4, 2),
            Slot::new("oampdu.event.efeThreshold", 6, 4),
            Slot::new("oampdu.event.efeErrors", 10, 4),
            Slot::new("oampdu.event.efeTotalErrors", 14, 8),
            Slot::new("oampdu.event.efeTotalEvents", 22, 4),
        ],
    ),
    (
        3,
        &[
            Slot::new("oampdu.event.efpeWindow", 4, 4),
            Slot::new("oampdu.event.efpeThreshold", 8, 4),
            Slot::new("oampdu.event.efeErrors", 12, 4),
            Slot::new("oampdu.event.efpeTotalErrors", 16, 8),
            Slot::new("oampdu.event.efpeTotalEvents", 24, 4),
        ],
    ),
    (
        4,
        &[
            Slot::new("oampdu.event.efsseWindow", 4, 2),
            Slot::new("oampdu.event.efsseThreshold", 6, 2),
            Slot::new("oampdu.event.efeErrors", 8, 2),
            Slot::new("oampdu.event.efsseTotalErrors", 10, 4),
            Slot::new("oampdu.event.efsseTotalEvents", 14, 4),
        ],
    ),
];
const LOOPBACK: &[Slot] = &[
    Slot::new("oampdu.lpbk.commands", 0, 1),
    Slot::new("oampdu.lpbk.commands.enable", 0, 1).bit(0),
    Slot::new("oampdu.lpbk.commands.disable", 0, 1).bit(1),
];

const ORGANIZATION: &[Slot] = &[Slot::new("ossp.oui", 1, 3)];

/// Notes a packet, from its subtype on.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    match v.u8(0)? {
        1 => {
            o.see_all(AGGREGATION, v);
            tlvs(o, v.skip(2), AGGREGATION_TLV, AGGREGATION_TLVS)
        }
        2 => {
            o.see_all(MARKER, v);
            tlvs(o, v.skip(2), MARKER_TLV, MARKER_TLVS)
        }
        3 => {
            o.see_all(MAINTENANCE, v);
            let data = v.skip(MAINTENANCE_SIZE);
            match v.u8(3)? {
                0 => information(o, data),
                1 => {
                    o.see_all(EVENTS, data);
                    events(o, data.skip(2))
                }
                4 => {
                    o.see_all(LOOPBACK, data);
                    Ok(())
                }
                _ => Ok(()),
            }
        }
        10 => {
            o.see_all(ORGANIZATION, v);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn tlvs(o: &mut Out, v: View<'_>, header: &[Slot], kinds: &[(u8, &[Slot])]) -> Step {
    let mut v = v;
    while !v.is_empty() {
        o.see_all(header, v);
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        if kind == 0 || size < 2 {
            return Ok(());
        }
        if let Some(&(_, slots)) = kinds.iter().find(|row| row.0 == kind) {
            o.see_all(slots, v.cut(size));
        }
        v = v.skip(size);
    }
    Ok(())
}

fn information(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        if kind != 0 {
            o.see_all(INFORMATION_TYPE, v);
        }
        if !matches!(kind, 1 | 2 | ORGANIZATIONS_OWN) || size < 2 {
            return Ok(());
        }
        o.see_all(INFORMATION_LENGTH, v);
        if kind == ORGANIZATIONS_OWN {
            o.see_all(VENDOR, v.cut(size));
            o.note_octets(id!("oampdu.info.vendor"), v.cut(size).skip(5).data());
        } else {
            o.see_all(INFORMATION, v.cut(size));
        }
        v = v.skip(size);
    }
    Ok(())
}

fn events(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        if kind == 0 || size < 2 {
            return Ok(());
        }
        o.see_all(EVENT_TYPE, v);
        o.see_all(EVENT_LENGTH, v);
        if let Some(&(_, slots)) = EVENT_TLVS.iter().find(|row| row.0 == kind) {
            o.see_all(EVENT_TIME, v.cut(size));
            o.see_all(slots, v.cut(size));
        }
        v = v.skip(size);
    }
    Ok(())
}
