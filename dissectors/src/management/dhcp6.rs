//! DHCPv6 (RFC 8415).

use crate::below::Below;
use crate::field::Field;
use crate::management::{dhcp6_fields, dhcp6_options};
use crate::out::Out;
use crate::put::{Hex, Ipv6, Table, named_dec};
use crate::view::{Step, View};

const KIND: Field<u8> = Field::new("dhcpv6.msgtype", 0);
const ID: Field<u32> = Field::bits("dhcpv6.xid", 0, 0, 0xff_ffff);
/// Octets before the options of a message between client and server.
const HEADER: usize = 4;

const LINK: Field<Ipv6> = Field::new("dhcpv6.linkaddr", 2);
const PEER: Field<Ipv6> = Field::new("dhcpv6.peeraddr", 18);
/// Octets before the options of a relayed message.
const RELAY_HEADER: usize = 34;

const RELAY_FORWARD: u8 = 12;
const RELAY_REPLY: u8 = 13;
const KINDS: Table = &[
    (1, "solicit"),
    (2, "advertise"),
    (3, "request"),
    (4, "confirm"),
    (5, "renew"),
    (6, "rebind"),
    (7, "reply"),
    (8, "release"),
    (9, "decline"),
    (10, "reconfigure"),
    (11, "inf-req"),
    (12, "relay-fwd"),
    (13, "relay-reply"),
    (14, "leasequery"),
    (15, "leasequery-reply"),
];

/// A message; its content only with `-v`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    dhcp6_fields::note(o, v);
    message(o, v)
}

/// A message, also one that a relay carries.
pub(crate) fn message(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "dhcp6";
    o.put("dhcp6");
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    let kind = v.get(KIND)?;
    o.put((" ", named_dec(KINDS, kind, "msgtype-")));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put(" (");
    let options = if kind == RELAY_FORWARD || kind == RELAY_REPLY {
        o.put(("linkaddr=", v.get(LINK)?));
        o.put((" peeraddr=", v.get(PEER)?));
        RELAY_HEADER
    } else {
        let id = v.get(ID)?;
        o.put(("xid=", Hex(id)));
        HEADER
    };
    // What is claimed and captured holds the options.
    let end = v.len().min(v.caplen());
    dhcp6_options::dissect(o, v, options, end)?;
    o.put(")");
    Ok(())
}
