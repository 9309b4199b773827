//! DHCPv6 for the tree (RFC 8415): messages with their options, and what those inside hold.

use crate::field::Slot;
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
            1 | 2 => o.see_all(DUID, value),
            3 | 25 => {
                o.see_all(TIMES, value);
                o.nested(|o| options(o, value.skip(12)))?;
            }
            4 => o.nested(|o| options(o, value.skip(4)))?,
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
            _ => {}
        }
        v = v.skip(OPTION_SIZE + size);
    }
    Ok(())
}
