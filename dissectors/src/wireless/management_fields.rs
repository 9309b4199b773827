//! 802.11 management frames for the tree (IEEE 802.11, 9.3.3): what is fixed, and elements (9.4.2).

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const CAPABILITIES: &[Slot] = &[
    Slot::new("wlan.fixed.capabilities", 0, 2).little(),
    Slot::new("wlan.fixed.capabilities.ess", 0, 2).little().bit(0),
    Slot::new("wlan.fixed.capabilities.ibss", 0, 2).little().bit(1),
    Slot::new("wlan.fixed.capabilities.privacy", 0, 2).little().bit(4),
    Slot::new("wlan.fixed.capabilities.short_preamble", 0, 2).little().bit(5),
    Slot::new("wlan.fixed.capabilities.spec_man", 0, 2).little().bit(8),
    Slot::new("wlan.fixed.capabilities.qos", 0, 2).little().bit(9),
    Slot::new("wlan.fixed.capabilities.short_slot_time", 0, 2).little().bit(10),
    Slot::new("wlan.fixed.capabilities.radio_measurement", 0, 2).little().bit(12),
];
const LISTENS: &[Slot] = &[Slot::new("wlan.fixed.listen_ival", 2, 2).little()];
const CURRENT: &[Slot] = &[Slot::new("wlan.fixed.current_ap", 4, 6)];
const ASSOCIATED: &[Slot] =
    &[Slot::new("wlan.fixed.status_code", 2, 2).little(), Slot::new("wlan.fixed.aid", 4, 2).little().bits(0, 0x3fff)];
const BEACON: &[Slot] =
    &[Slot::new("wlan.fixed.timestamp", 0, 8).little(), Slot::new("wlan.fixed.beacon", 8, 2).little()];
const REASON: &[Slot] = &[Slot::new("wlan.fixed.reason_code", 0, 2).little()];
const AUTHENTICATION: &[Slot] = &[
    Slot::new("wlan.fixed.auth.alg", 0, 2).little(),
    Slot::new("wlan.fixed.auth_seq", 2, 2).little(),
    Slot::new("wlan.fixed.status_code", 4, 2).little(),
];

const CATEGORY: &[Slot] = &[Slot::new("wlan.fixed.category_code", 0, 1)];
/// The action of a category.
const ACTIONS: &[(u8, &[Slot])] = &[
    (0, ACTION),
    (BLOCK_ACK, ACTION),
    (PUBLIC, &[Slot::new("wlan.fixed.publicact", 1, 1)]),
    (RADIO_MEASUREMENT, &[Slot::new("wlan.fixed.action_code", 1, 1), Slot::new("wlan.rm.dialog_token", 2, 1)]),
    (
        FAST_TRANSITION,
        &[
            Slot::new("wlan.fixed.action_code", 1, 1),
            Slot::new("wlan.fixed.sta_address", 2, 6),
            Slot::new("wlan.fixed.target_ap_address", 8, 6),
        ],
    ),
    (7, &[Slot::new("wlan.fixed.htact", 1, 1)]),
    (8, &[Slot::new("wlan.fixed.action_code", 1, 1), Slot::new("wlan.fixed.transaction_id", 2, 2).little()]),
    (9, &[Slot::new("wlan.fixed.publicact", 1, 1)]),
    (NETWORK_MANAGEMENT, ACTION),
    (13, &[Slot::new("wlan.fixed.mesh_action", 1, 1)]),
    (14, &[Slot::new("wlan.fixed.multihop_action", 1, 1)]),
    (15, &[Slot::new("wlan.fixed.selfprot_action", 1, 1)]),
    (21, &[Slot::new("wlan.vht.action", 1, 1)]),
    (127, &[Slot::new("wlan.tag.oui", 1, 3)]),
];
const ACTION: &[Slot] = &[Slot::new("wlan.fixed.action_code", 1, 1)];
const SPECTRUM: u8 = 0;
const BLOCK_ACK: u8 = 3;
const PUBLIC: u8 = 4;
const RADIO_MEASUREMENT: u8 = 5;
const FAST_TRANSITION: u8 = 6;
const NETWORK_MANAGEMENT: u8 = 10;

/// A request to go to another access point (9.6.13.9), and the answer.
const TRANSITION_REQUEST: &[Slot] = &[
    Slot::new("wlan.fixed.dialog_token", 2, 1),
    Slot::new("wlan.fixed.request_mode.pref_cand", 3, 1).bit(0),
    Slot::new("wlan.fixed.request_mode.abridged", 3, 1).bit(1),
    Slot::new("wlan.fixed.request_mode.disassoc_imminent", 3, 1).bit(2),
    Slot::new("wlan.fixed.request_mode.bss_term_included", 3, 1).bit(3),
    Slot::new("wlan.fixed.request_mode.ess_disassoc_imminent", 3, 1).bit(4),
    Slot::new("wlan.fixed.disassoc_timer", 4, 2).little(),
    Slot::new("wlan.fixed.validity_interval", 6, 1),
];
const TRANSITION_RESPONSE: &[Slot] = &[
    Slot::new("wlan.fixed.dialog_token", 2, 1),
    Slot::new("wlan.fixed.bss_transition_status_code", 3, 1),
    Slot::new("wlan.fixed.bss_termination_delay", 4, 1),
    Slot::new("wlan.fixed.bss_transition_target_bss", 5, 6),
];

/// A request for block acknowledgments, its response and its end.
const BLOCK_ACK_ACTIONS: [&[Slot]; 3] = [
    &[
        Slot::new("wlan.fixed.dialog_token", 2, 1),
        Slot::new("wlan.fixed.baparams", 3, 2).little(),
        Slot::new("wlan.fixed.baparams.tid", 3, 2).little().bits(2, 15),
        Slot::new("wlan.fixed.baparams.buffersize", 3, 2).little().bits(6, 0x3ff),
        Slot::new("wlan.fixed.batimeout", 5, 2).little(),
        Slot::new("wlan.fixed.ssc", 7, 2).little(),
        Slot::new("wlan.fixed.ssc.fragment", 7, 2).little().bits(0, 15),
        Slot::new("wlan.fixed.ssc.sequence", 7, 2).little().bits(4, 0xfff),
    ],
    &[
        Slot::new("wlan.fixed.dialog_token", 2, 1),
        Slot::new("wlan.fixed.status_code", 3, 2).little(),
        Slot::new("wlan.fixed.baparams", 5, 2).little(),
        Slot::new("wlan.fixed.baparams.tid", 5, 2).little().bits(2, 15),
        Slot::new("wlan.fixed.baparams.buffersize", 5, 2).little().bits(6, 0x3ff),
        Slot::new("wlan.fixed.batimeout", 7, 2).little(),
    ],
    &[
        Slot::new("wlan.fixed.delba.param", 2, 2).little(),
        Slot::new("wlan.fixed.delba.param.initiator", 2, 2).little().bit(11),
        Slot::new("wlan.fixed.delba.param.tid", 2, 2).little().bits(12, 15),
        Slot::new("wlan.fixed.reason_code", 4, 2).little(),
    ],
];

const ELEMENT: &[Slot] = &[Slot::new("wlan.tag.number", 0, 1)];
const LENGTH: &[Slot] = &[Slot::new("wlan.tag.length", 1, 1)];
/// An element of which the number follows (9.4.2.1).
const EXTENDED: u8 = 255;
const EXTENDED_NUMBER: &[Slot] = &[Slot::new("wlan.ext_tag.number", 0, 1)];
/// The operation of a network of 802.11ax (9.4.2.249), behind its number.
const HIGH_EFFICIENCY: u8 = 36;
const HIGH_EFFICIENCY_OPERATION: &[Slot] = &[
    Slot::new("wlan.ext_tag.he_operation.params", 1, 3).little(),
    Slot::new("wlan.ext_tag.bss_color_information", 4, 1),
    Slot::new("wlan.ext_tag.bss_color_information.bss_color", 4, 1).bits(0, 0x3f),
    Slot::new("wlan.ext_tag.he_operation.basic_he_mcs_and_nss", 5, 2).little(),
];

/// The values of elements that have fields at fixed places, by the element's number.
const ELEMENTS: &[(u8, &[Slot])] = &[
    (3, &[Slot::new("wlan.ds.current_channel", 0, 1)]),
    (
        5,
        &[
            Slot::new("wlan.tim.dtim_count", 0, 1),
            Slot::new("wlan.tim.dtim_period", 1, 1),
            Slot::new("wlan.tim.bmapctl", 2, 1),
            Slot::new("wlan.tim.bmapctl.multicast", 2, 1).bit(0),
        ],
    ),
    (6, &[Slot::new("wlan.ibss.atim_windows", 0, 2).little()]),
    (7, &[Slot::new("wlan.country_info.code", 0, 2), Slot::new("wlan.country_info.environment", 2, 1)]),
    (
        11,
        &[
            Slot::new("wlan.qbss.scount", 0, 2).little(),
            Slot::new("wlan.qbss.cu", 2, 1),
            Slot::new("wlan.qbss.adc", 3, 2).little(),
        ],
    ),
    (32, &[Slot::new("wlan.powercon.local", 0, 1)]),
    (33, &[Slot::new("wlan.powercap.min", 0, 1), Slot::new("wlan.powercap.max", 1, 1)]),
    (
        37,
        &[
            Slot::new("wlan.csa.channel_switch_mode", 0, 1),
            Slot::new("wlan.csa.new_channel_number", 1, 1),
            Slot::new("wlan.csa.channel_switch.count", 2, 1),
        ],
    ),
    (42, &[Slot::new("wlan.erp_info", 0, 1), Slot::new("wlan.erp_info.use_protection", 0, 1).bit(1)]),
    (
        45,
        &[
            Slot::new("wlan.ht.capabilities", 0, 2).little(),
            Slot::new("wlan.ht.capabilities.width", 0, 2).little().bit(1),
            Slot::new("wlan.ht.capabilities.short20", 0, 2).little().bit(5),
            Slot::new("wlan.ht.capabilities.short40", 0, 2).little().bit(6),
            Slot::new("wlan.ht.ampduparam", 2, 1),
        ],
    ),
    (54, &[Slot::new("wlan.mobility_domain.mdid", 0, 2).little(), Slot::new("wlan.mobility_domain.ft_capab", 2, 1)]),
    (
        61,
        &[
            Slot::new("wlan.ht.info.primarychannel", 0, 1),
            Slot::new("wlan.ht.info.secchanoffset", 1, 1).bits(0, 3),
            Slot::new("wlan.ht.info.chanwidth", 1, 1).bit(2),
        ],
    ),
    (
        191,
        &[
            Slot::new("wlan.vht.capabilities", 0, 4).little(),
            Slot::new("wlan.vht.capabilities.supportedchanwidthset", 0, 4).little().bits(2, 3),
        ],
    ),
    (
        192,
        &[
            Slot::new("wlan.vht.op.channelwidth", 0, 1),
            Slot::new("wlan.vht.op.channelcenter0", 1, 1),
            Slot::new("wlan.vht.op.channelcenter1", 2, 1),
        ],
    ),
];

/// The channels of a country and of a station: the first, how many, and with what power.
const COUNTRY_CHANNELS: &[Slot] = &[
    Slot::new("wlan.country_info.fnm.fcn", 0, 1),
    Slot::new("wlan.country_info.fnm.nc", 1, 1),
    Slot::new("wlan.country_info.fnm.mtpl", 2, 1),
];
const CHANNELS: &[Slot] = &[Slot::new("wlan.supchan.first", 0, 1), Slot::new("wlan.supchan.range", 1, 1)];
const EXTENDED_CAPABILITIES: &[Slot] = &[Slot::new("wlan.extcap", 0, 1)];
const SUPPORTED_RATE: &[Slot] = &[Slot::new("wlan.supported_rates", 0, 1)];
const EXTENDED_RATE: &[Slot] = &[Slot::new("wlan.extended_supported_rates", 0, 1)];

const RSN_VERSION: &[Slot] = &[Slot::new("wlan.rsn.version", 0, 2).little()];
const GROUP_CIPHER: &[Slot] =
    &[Slot::new("wlan.rsn.gcs", 0, 4), Slot::new("wlan.rsn.gcs.oui", 0, 3), Slot::new("wlan.rsn.gcs.type", 3, 1)];
const PAIRWISE_COUNT: &[Slot] = &[Slot::new("wlan.rsn.pcs.count", 0, 2).little()];
const PAIRWISE: &[Slot] =
    &[Slot::new("wlan.rsn.pcs", 0, 4), Slot::new("wlan.rsn.pcs.oui", 0, 3), Slot::new("wlan.rsn.pcs.type", 3, 1)];
const KEYS_COUNT: &[Slot] = &[Slot::new("wlan.rsn.akms.count", 0, 2).little()];
const KEYS: &[Slot] =
    &[Slot::new("wlan.rsn.akms", 0, 4), Slot::new("wlan.rsn.akms.oui", 0, 3), Slot::new("wlan.rsn.akms.type", 3, 1)];
const RSN_CAPABILITIES: &[Slot] = &[
    Slot::new("wlan.rsn.capabilities", 0, 2).little(),
    Slot::new("wlan.rsn.capabilities.preauth", 0, 2).little().bit(0),
    Slot::new("wlan.rsn.capabilities.mfpr", 0, 2).little().bit(6),
    Slot::new("wlan.rsn.capabilities.mfpc", 0, 2).little().bit(7),
];
const KEY_IDENTIFIERS_COUNT: &[Slot] = &[Slot::new("wlan.rsn.pmkid.count", 0, 2).little()];
const KEY_IDENTIFIER: &[Slot] = &[Slot::new("wlan.pmkid.akms", 0, 16)];
const GROUP_MANAGEMENT_CIPHER: &[Slot] =
    &[Slot::new("wlan.rsn.gmcs", 0, 4), Slot::new("wlan.rsn.gmcs.oui", 0, 3), Slot::new("wlan.rsn.gmcs.type", 3, 1)];

/// The identifier of a master key in the data of a key (12.7.2).
const KEY_DATA: &[Slot] = &[Slot::new("wlan.rsn.ie.pmkid", 4, 16)];
const VENDOR: &[Slot] = &[Slot::new("wlan.tag.oui", 0, 3), Slot::new("wlan.tag.vendor.oui.type", 3, 1)];
/// What Microsoft's and the Wi-Fi Alliance's elements are about.
const ALLIANCE: &[Slot] = &[Slot::new("wlan.wfa.ie.type", 3, 1)];
const WPA: &[Slot] = &[
    Slot::new("wlan.wfa.ie.wpa.version", 4, 2).little(),
    Slot::new("wlan.wfa.ie.wpa.mcs", 6, 4),
    Slot::new("wlan.wfa.ie.wpa.mcs.oui", 6, 3),
    Slot::new("wlan.wfa.ie.wpa.mcs.type", 9, 1),
];
const WPA_UNICAST_COUNT: &[Slot] = &[Slot::new("wlan.wfa.ie.wpa.ucs.count", 0, 2).little()];
const WPA_UNICAST: &[Slot] = &[
    Slot::new("wlan.wfa.ie.wpa.ucs", 0, 4),
    Slot::new("wlan.wfa.ie.wpa.ucs.oui", 0, 3),
    Slot::new("wlan.wfa.ie.wpa.ucs.type", 3, 1),
];
const WPA_KEYS_COUNT: &[Slot] = &[Slot::new("wlan.wfa.ie.wpa.akms.count", 0, 2).little()];
const WPA_KEYS: &[Slot] = &[
    Slot::new("wlan.wfa.ie.wpa.akms", 0, 4),
    Slot::new("wlan.wfa.ie.wpa.akms.oui", 0, 3),
    Slot::new("wlan.wfa.ie.wpa.type", 3, 1),
];
const WME: &[Slot] = &[
    Slot::new("wlan.wfa.ie.wme.subtype", 4, 1),
    Slot::new("wlan.wfa.ie.wme.version", 5, 1),
    Slot::new("wlan.wfa.ie.wme.qos_info", 6, 1),
];

/// The parameters of a category of access.
const WME_CATEGORY: &[Slot] = &[
    Slot::new("wlan.wfa.ie.wme.acp.aifsn", 0, 1).bits(0, 15),
    Slot::new("wlan.wfa.ie.wme.acp.acm", 0, 1).bit(4),
    Slot::new("wlan.wfa.ie.wme.acp.aci", 0, 1).bits(5, 3),
    Slot::new("wlan.wfa.ie.wme.acp.ecw.max", 1, 1).bits(4, 15),
    Slot::new("wlan.wfa.ie.wme.acp.ecw.min", 1, 1).bits(0, 15),
    Slot::new("wlan.wfa.ie.wme.acp.txop_limit", 2, 2).little(),
];

/// Notes the body of a frame.
pub(super) fn note(o: &mut Out, subtype: u8, v: View<'_>) -> Step {
    const SHARED_SECRET: u16 = 3;
    match subtype {
        0 => {
            o.see_all(CAPABILITIES, v);
            o.see_all(LISTENS, v);
            elements(o, v.skip(4))
        }
        1 | 3 => {
            o.see_all(CAPABILITIES, v);
            o.see_all(ASSOCIATED, v);
            elements(o, v.skip(6))
        }
        2 => {
            o.see_all(CAPABILITIES, v);
            o.see_all(LISTENS, v);
            o.see_all(CURRENT, v);
            elements(o, v.skip(10))
        }
        4 => elements(o, v),
        5 | 8 => {
            o.see_all(BEACON, v);
            o.see_all(CAPABILITIES, v.skip(10));
            elements(o, v.skip(12))
        }
        10 | 12 => {
            o.see_all(REASON, v);
            elements(o, v.skip(2))
        }
        11 => {
            o.see_all(AUTHENTICATION, v);
            if v.le16(0)? == SHARED_SECRET { Ok(()) } else { elements(o, v.skip(6)) }
        }
        13 => action(o, v),
        _ => Ok(()),
    }
}

fn action(o: &mut Out, v: View<'_>) -> Step {
    const CHANNEL_SWITCH: u8 = 4;
    o.see_all(CATEGORY, v);
    let (category, action) = (v.u8(0)?, v.u8(1)?);
    if let Some((_, slots)) = ACTIONS.iter().find(|row| row.0 == category) {
        o.see_all(slots, v);
    }
    match (category, action) {
        (BLOCK_ACK, _) => {
            if let Some(slots) = BLOCK_ACK_ACTIONS.get(usize::from(action)) {
                o.see_all(slots, v);
            }
            Ok(())
        }
        (SPECTRUM, CHANNEL_SWITCH) => elements(o, v.skip(2)),
        // A measurement has a number of repetitions too.
        (RADIO_MEASUREMENT, action) => elements(o, v.skip(if action == 0 { 5 } else { 3 })),
        // A response has a status.
        (FAST_TRANSITION, action) => elements(o, v.skip(if action == 2 { 16 } else { 14 })),
        (NETWORK_MANAGEMENT, 7) => {
            o.see_all(TRANSITION_REQUEST, v);
            Ok(())
        }
        (NETWORK_MANAGEMENT, 8) => {
            o.see_all(TRANSITION_RESPONSE, v);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Notes elements, which some frames have beside those of management.
pub(crate) fn elements(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while rest.caplen() > 0 {
        o.see_all(ELEMENT, rest);
        let (number, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        if number == EXTENDED {
            o.note(id!("wlan.ext_tag.length"), length.saturating_sub(1));
        } else {
            o.see_all(LENGTH, rest);
        }
        let value = rest.skip(2);
        value.need(length)?;
        let _ends_early = element(o, number, value.cut(length));
        rest = value.skip(length);
    }
    Ok(())
}

fn element(o: &mut Out, number: u8, v: View<'_>) -> Step {
    if let Some((_, slots)) = ELEMENTS.iter().find(|row| row.0 == number) {
        o.see_all(slots, v);
    }
    match number {
        0 => o.note_octets(id!("wlan.ssid"), v.data()),
        1 => o.see_rows(SUPPORTED_RATE, v, 1),
        7 => o.see_rows(COUNTRY_CHANNELS, v.skip(3), 3),
        16 => o.note_octets(id!("wlan.tag.challenge_text"), v.data()),
        36 => o.see_rows(CHANNELS, v, 2),
        48 => return robust_security(o, v),
        50 => o.see_rows(EXTENDED_RATE, v, 1),
        127 => o.see_rows(EXTENDED_CAPABILITIES, v, 1),
        114 => o.note_octets(id!("wlan.mesh.id"), v.data()),
        221 => return vendor(o, v),
        EXTENDED => {
            o.see_all(EXTENDED_NUMBER, v);
            if v.u8(0)? == HIGH_EFFICIENCY {
                o.see_all(HIGH_EFFICIENCY_OPERATION, v);
            }
        }
        _ => {}
    }
    Ok(())
}

/// What a network protects itself with (9.4.2.24); it may end behind each part.
fn robust_security(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(RSN_VERSION, v);
    o.see_all(GROUP_CIPHER, v.skip(2));
    let rest = counted(o, PAIRWISE_COUNT, PAIRWISE, 4, v.skip(6))?;
    let rest = counted(o, KEYS_COUNT, KEYS, 4, rest)?;
    o.see_all(RSN_CAPABILITIES, rest);
    let rest = counted(o, KEY_IDENTIFIERS_COUNT, KEY_IDENTIFIER, 16, rest.skip(2))?;
    o.see_all(GROUP_MANAGEMENT_CIPHER, rest);
    Ok(())
}

/// Rows of `size` octets behind their number; the result is what follows them.
fn counted<'p>(o: &mut Out, count: &[Slot], row: &[Slot], size: usize, v: View<'p>) -> Step<View<'p>> {
    o.see_all(count, v);
    let octets = usize::from(v.le16(0)?) * size;
    let rest = v.skip(2);
    o.see_rows(row, rest.cut(octets), size);
    Ok(rest.skip(octets))
}

fn vendor(o: &mut Out, v: View<'_>) -> Step {
    const MICROSOFT: u32 = 0x00_50f2;
    const ACCESS: u8 = 1;
    const MULTIMEDIA: u8 = 2;
    const PARAMETERS: u8 = 1;
    const KEYS_OF_80211: u32 = 0x00_0fac;
    const KEY_DATA_IDENTIFIER: u8 = 4;
    o.see_all(VENDOR, v);
    if v.u24(0)? == KEYS_OF_80211 && v.u8(3)? == KEY_DATA_IDENTIFIER {
        o.see_all(KEY_DATA, v);
    }
    if v.u24(0)? != MICROSOFT {
        return Ok(());
    }
    o.see_all(ALLIANCE, v);
    match v.u8(3)? {
        ACCESS => {
            o.see_all(WPA, v);
            let rest = counted(o, WPA_UNICAST_COUNT, WPA_UNICAST, 4, v.skip(10))?;
            counted(o, WPA_KEYS_COUNT, WPA_KEYS, 4, rest)?;
        }
        MULTIMEDIA => {
            o.see_all(WME, v);
            if v.u8(4)? == PARAMETERS {
                o.see_rows(WME_CATEGORY, v.skip(8).cut(16), 4);
            }
        }
        _ => {}
    }
    Ok(())
}
