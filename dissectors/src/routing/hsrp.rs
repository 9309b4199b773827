//! Cisco's HSRP (RFC 2281).

use crate::below::{Below, ip_of};
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Elapsed, Ipv4, Named, Otherwise, Table};
use crate::view::{Step, Stop, View};

const OPERATIONS: Table = &[(0, "hello"), (1, "coup"), (2, "resign")];
const STATES: Table = &[(0, "initial"), (1, "learn"), (2, "listen"), (4, "speak"), (8, "standby"), (16, "active")];
/// Octets of the authentication data.
const PASSWORD: usize = 8;

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("hsrp.version", 0, 1),
    Slot::new("hsrp.opcode", 1, 1),
    Slot::new("hsrp.state", 2, 1),
    Slot::new("hsrp.hellotime", 3, 1),
    Slot::new("hsrp.holdtime", 4, 1),
    Slot::new("hsrp.priority", 5, 1),
    Slot::new("hsrp.group", 6, 1),
    Slot::new("hsrp.auth_data", 8, 8),
    Slot::new("hsrp.virt_ip", 16, 4),
];
const VERSION: &[Slot] = &[Slot::new("hsrp.version", 0, 1), Slot::new("hsrp.opcode", 1, 1)];
const ADVERTISEMENT: &[Slot] = &[
    Slot::new("hsrp.adv.tlvtype", 2, 2),
    Slot::new("hsrp.adv.tlvlength", 4, 2),
    Slot::new("hsrp.adv.state", 6, 1),
    Slot::new("hsrp.adv.activegrp", 8, 2),
    Slot::new("hsrp.adv.passivegrp", 10, 2),
];

/// Of version 2: what TLVs hold, from their type on.
const GROUP: &[Slot] = &[
    Slot::new("hsrp2.group_state_tlv", 0, 1),
    Slot::new("hsrp2.version", 2, 1),
    Slot::new("hsrp2.opcode", 3, 1),
    Slot::new("hsrp2.state", 4, 1),
    Slot::new("hsrp2.ipversion", 5, 1),
    Slot::new("hsrp2.group", 6, 2),
    Slot::new("hsrp2.identifier", 8, 6),
    Slot::new("hsrp2.priority", 14, 4),
    Slot::new("hsrp2.hellotime", 18, 4),
    Slot::new("hsrp2.holdtime", 22, 4),
];
const GROUP_ADDRESS: &[Slot] = &[Slot::new("hsrp2.virt_ip", 26, 4)];
const GROUP_ADDRESS6: &[Slot] = &[Slot::new("hsrp2.virt_ip_v6", 26, 16)];
const INTERFACE: &[Slot] = &[
    Slot::new("hsrp2.interface_state_tlv", 0, 1),
    Slot::new("hsrp2.active_groups", 2, 2),
    Slot::new("hsrp2.passive_groups", 4, 2),
];
const TEXT: &[Slot] = &[Slot::new("hsrp2.text_auth_tlv", 0, 1), Slot::new("hsrp2.auth_data", 2, 8)];
const DIGEST: &[Slot] = &[
    Slot::new("hsrp2.md5_auth_tlv", 0, 1),
    Slot::new("hsrp2.md5_algorithm", 2, 1),
    Slot::new("hsrp2.md5_flags", 4, 2),
    Slot::new("hsrp.md5_ip_address", 6, 4),
    Slot::new("hsrp2.md5_key_id", 10, 4),
    Slot::new("hsrp2.md5_auth_data", 14, 16),
];

/// Octets of a message of version 1 before its TLVs.
const MESSAGE: usize = 20;
/// The group that version 2 is sent to.
const ALL_ROUTERS_2: [u8; 4] = [224, 0, 0, 102];

/// Notes a message: which version it has only the address tells.
fn note(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let ip = ip_of(below)?;
    if ip.version == 6 || ip.destination()?.octets() == ALL_ROUTERS_2 {
        return tlvs(o, v);
    }
    const ADVERTISE: u8 = 3;
    if v.u8(1)? == ADVERTISE {
        o.see_all(VERSION, v);
        o.see_all(ADVERTISEMENT, v);
        return Ok(());
    }
    o.see_all(FIELDS, v);
    tlvs(o, v.skip(MESSAGE))
}

fn tlvs(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        match v.u8(0)? {
            1 => {
                o.see_all(GROUP, v);
                o.see_all(if v.u8(5)? == 6 { GROUP_ADDRESS6 } else { GROUP_ADDRESS }, v);
            }
            2 => o.see_all(INTERFACE, v),
            3 => o.see_all(TEXT, v),
            4 => o.see_all(DIGEST, v),
            _ => return Ok(()),
        }
        v = v.skip(2 + usize::from(v.u8(1)?));
    }
    Ok(())
}

/// An HSRP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "hsrp";
    let version = v.u8(0)?;
    if o.tree.is_some() {
        let _ends_early = note(o, v, below);
    }
    o.put(("HSRPv", version));
    if version != 0 {
        return Ok(());
    }
    o.put("-");
    o.put((Named(OPERATIONS, v.u8(1)?.into(), Otherwise::Dec("unknown (", ")")), " "));
    o.put((v.len(), ": "));
    o.put(("state=", Named(STATES, v.u8(2)?.into(), Otherwise::Dec("Unknown (", ")")), " "));
    o.put(("group=", v.u8(6)?, " "));
    let reserved = v.u8(7)?;
    o.put((reserved != 0).then_some(("[reserved=", reserved, "!] ")));
    o.put(("addr=", Ipv4(v.array(16)?)));
    if o.opt.verbose > 0 {
        o.put((" hellotime=", Elapsed(v.u8(3)?.into())));
        o.put((" holdtime=", Elapsed(v.u8(4)?.into())));
        o.put((" priority=", v.u8(5)?));
        o.put(" auth=\"");
        if o.until_nul(v.skip(8), PASSWORD) {
            return Err(Stop::Truncated);
        }
        o.put("\"");
    }
    Ok(())
}
