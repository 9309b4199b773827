//! DHCPv6 for the tree (RFC 8415): messages with their options, and what those inside hold.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

const TYPE: &[Slot] = &[Slot::new("dhcpv6.msgtype", 0, 1)];
const MESSAGE: &[Slot] = &[Slot::new("dhcpv6.xid", 1, 3)];
const RELAYED: &[Slot] =
    &[Slot::new("dhcpv6.hopcount", 1, 1), Slot::new("dhcpv6.linkaddr", 2, 16), Slot::new("dhcpv6.peeraddr", 18, 16)];
const RELAY_FORWARD: u8 = 12;
const RELAY_REPLY: u8 = 13;

const OPTION: &[Slot] = &[Slot::new("dhcpv6.option.type", 0, 2), Slot::new("dhcpv6.option.length", 2, 2)];
const OPTION_SIZE: usize = 4;

const DUID: &[Slot] = &[Slot::new("dhcpv6.duid.type", 0, 2)];
const TIMES: &[Slot] = &[Slot::new("dhcpv6.iaid.t1", 4, 4), Slot::new("dhcpv6.iaid.t2", 8, 4)];
const ADDRESS: &[Slot] = &[
    Slot::new("dhcpv6.iaaddr.ip", 0, 16),
    Slot::new("dhcpv6.iaaddr.pref_lifetime", 16, 4),
    Slot::new("dhcpv6.iaaddr.valid_lifetime", 20, 4),
];
const PREFIX: &[Slot] = &[
    Slot::new("dhcpv6.iaprefix.pref_lifetime", 0, 4),
    Slot::new("dhcpv6.iaprefix.valid_lifetime", 4, 4),
    Slot::new("dhcpv6.iaprefix.pref_len", 8, 1),
    Slot::new("dhcpv6.iaprefix.pref_addr", 9, 16),
];
const REQUESTED: &[Slot] = &[Slot::new("dhcpv6.requested_option_code", 0, 2)];
const PREFERENCE: &[Slot] = &[Slot::new("dhcpv6.option_preference", 0, 1)];
const STATUS: &[Slot] = &[Slot::new("dhcpv6.status_code", 0, 2)];
const ASSOCIATION: &[Slot] = &[Slot::new("dhcpv6.iaid", 0, 4)];
const TEMPORARY: &[Slot] = &[Slot::new("dhcpv6.iata", 0, 4)];
const HARDWARE_1: &[Slot] = &[Slot::new("dhcpv6.duidllt.hwtype", 2, 2)];
const HARDWARE_3: &[Slot] = &[Slot::new("dhcpv6.duidll.hwtype", 2, 2)];
const ENTERPRISE: &[Slot] = &[Slot::new("dhcpv6.duiden.enterprise", 2, 4)];
const RELAY: &[Slot] = &[Slot::new("dhcpv6.remoteid.enterprise", 0, 4)];
const CLIENT_NAME: &[Slot] = &[Slot::new("dhcpv6.client_fqdn_flags", 0, 1)];
/// Options that are one field.
const SIMPLE: &[(u16, &[Slot])] = &[
    (12, &[Slot::new("dhcpv6.unicast", 0, 16)]),
    (16, &[Slot::new("dhcpv6.vendorclass.enterprise", 0, 4)]),
    (17, &[Slot::new("dhcpv6.vendoropts.enterprise", 0, 4)]),
    (19, &[Slot::new("dhcpv6.reconf_msg", 0, 1)]),
    (31, &[Slot::new("dhcpv6.sntp_server", 0, 16)]),
    (32, &[Slot::new("dhcpv6.lifetime", 0, 4)]),
];
const SERVER: &[Slot] = &[Slot::new("dhcpv6.dns_server", 0, 16)];

/// Notes a message, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(TYPE, v);
    let relayed = matches!(v.u8(0)?, RELAY_FORWARD | RELAY_REPLY);
    o.see_all(if relayed { RELAYED } else { MESSAGE }, v);
    options(o, v.skip(if relayed { 34 } else { 4 }))
}

fn options(o: &mut Out, mut v: View<'_>) -> Step {
    while !v.is_empty() {
        v.need(OPTION_SIZE)?;
        o.see_all(OPTION, v);
        let (code, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        let value = v.skip(OPTION_SIZE).cut(size);
        value.need(size)?;
        match code {
            1 | 2 => identifier(o, value)?,
            3 | 25 => {
                o.see_all(ASSOCIATION, value);
                o.see_all(TIMES, value);
                o.nested(|o| options(o, value.skip(12)))?;
            }
            4 => {
                o.see_all(TEMPORARY, value);
                o.nested(|o| options(o, value.skip(4)))?;
            }
            5 => {
                o.see_all(ADDRESS, value);
                o.nested(|o| options(o, value.skip(24)))?;
            }
            6 => o.see_rows(REQUESTED, value, 2),
            7 => o.see_all(PREFERENCE, value),
            9 => o.nested(|o| message(o, value))?,
            13 => {
                o.see_all(STATUS, value);
                if size > 2 {
                    o.note_octets(id!("dhcpv6.status_msg"), value.skip(2).data());
                }
            }
            23 => o.see_rows(SERVER, value, 16),
            26 => {
                o.see_all(PREFIX, value);
                o.nested(|o| options(o, value.skip(25)))?;
            }
            8 => o.note(id!("dhcpv6.elapsed_time"), u32::from(value.u16(0)?) * 10),
            18 => o.note_octets(id!("dhcpv6.interface_id"), value.data()),
            24 => names(o, value, id!("dhcpv6.search_list_entry")),
            37 => {
                o.see_all(RELAY, value);
                o.note_octets(id!("dhcpv6.remoteid_enterprise_id"), value.skip(4).data());
            }
            38 => o.note_octets(id!("dhcpv6.subscriber_id"), value.data()),
            39 => {
                o.see_all(CLIENT_NAME, value);
                names(o, value.skip(1), id!("dhcpv6.client_domain"));
            }
            _ => {
                if let Some((_, slots)) = SIMPLE.iter().find(|row| row.0 == code) {
                    o.see_all(slots, value);
                }
            }
        }
        v = v.skip(OPTION_SIZE + size);
    }
    Ok(())
}

/// A unique identifier (section 11).
fn identifier(o: &mut Out, v: View<'_>) -> Step {
    const SECOND: u64 = 1_000_000_000;
    /// Seconds from 1970 to 2000.
    const TO_2000: u64 = 946_684_800;
    o.note_octets(id!("dhcpv6.duid.bytes"), v.data());
    o.see_all(DUID, v);
    match v.u16(0)? {
        1 => {
            o.see_all(HARDWARE_1, v);
            o.note(id!("dhcpv6.duidllt.time"), (u64::from(v.u32(4)?) + TO_2000) * SECOND);
            o.note_octets(id!("dhcpv6.duidllt.link_layer_addr"), v.skip(8).data());
        }
        2 => o.see_all(ENTERPRISE, v),
        3 => {
            o.see_all(HARDWARE_3, v);
            o.note_octets(id!("dhcpv6.duidll.link_layer_addr"), v.skip(4).data());
        }
        _ => {}
    }
    Ok(())
}

/// Names, each with a point behind each of its labels.
fn names(o: &mut Out, v: View<'_>, field: Id) {
    const MAX_NAME: usize = 256;
    let mut rest = v.data();
    let mut name = Vec::new();
    while let [size, after @ ..] = rest {
        let Some((label, after)) = after.split_at_checked((*size).into()) else { break };
        if label.is_empty() || name.len() + label.len() >= MAX_NAME {
            o.note_octets(field, &name);
            name.clear();
        }
        if !label.is_empty() {
            name.extend_from_slice(label);
            name.push(b'.');
        }
        rest = after;
    }
    if !name.is_empty() {
        o.note_octets(field, &name);
    }
}
