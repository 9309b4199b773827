//! Realtek's protocols: remote control (RRCP), echo (REP), loop detection (RLDP)
//! and the tags of its switches (datasheets of the RTL8324 and RTL8306).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Mac, Named, Otherwise, Table};
use crate::view::{Step, View};

/// Which protocol it is; of tags only the upper four bits.
const PROTOCOL: usize = 0;
const REMOTE_CONTROL: u8 = 0x01;

/// Whether a remote control packet is a reply, and its operation.
const OPERATION: usize = 1;
const REPLY: u8 = 0x80;
const KEY: usize = 2;
const REGISTER: usize = 4;
const VALUE: usize = 6;
const COOKIE_LOW: usize = 10;
const COOKIE_HIGH: usize = 14;
const DOWNLINK: usize = 4;
const UPLINK: usize = 5;
const UPLINK_ADDRESS: usize = 6;
const CHIP: usize = 12;
const VENDOR: usize = 14;

/// The tree's fields of remote control.
const FIELDS: &[Slot] = &[
    Slot::new("rrcp.protocol", 0, 1),
    Slot::new("rrcp.reply", 1, 1).bits(7, 1),
    Slot::new("rrcp.opcode", 1, 1).bits(0, 0x7f),
    Slot::new("rrcp.authkey", 2, 2),
];

const HELLO_FIELDS: &[Slot] = &[
    Slot::new("rrcp.hello_reply.downlink_port", 4, 1),
    Slot::new("rrcp.hello_reply.uplink_port", 5, 1),
    Slot::new("rrcp.hello_reply.uplink_mac", 6, 6),
    Slot::new("rrcp.hello_reply.chip_id", 12, 2),
    Slot::new("rrcp.hello_reply.vendor_id", 14, 4),
];
const REGISTER_FIELDS: &[Slot] = &[Slot::new("rrcp.regaddr", 4, 2), Slot::new("rrcp.regdata", 6, 2)];
/// Echo, loop detection, and a tag of a switch.
const ECHO: &[Slot] = &[Slot::new("rep.protocol", 0, 1)];
const LOOP: &[Slot] = &[Slot::new("rldp.protocol", 0, 1)];

const HELLO: u8 = 0;
const GET: u8 = 1;
const SET: u8 = 2;
const OPERATIONS: Table = &[(0, "hello"), (1, "get"), (2, "set")];

/// A packet behind its Ethertype.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "rtl";
    if let Some((source, destination)) = below.source.zip(below.destination) {
        o.put((source, " > ", destination, ", "));
    }
    match v.u8(PROTOCOL)? {
        REMOTE_CONTROL => return remote_control(o, v),
        0x02 => {
            o.see_all(ECHO, v);
            o.put("REP");
        }
        0x03 | 0x23 => {
            o.see_all(LOOP, v);
            o.put("RLDP");
        }
        0x04 => o.put("Realtek 8-byte DSA tag"),
        0x90..=0x9f => o.put("Realtek RTL8306 4-byte DSA tag"),
        0xa0..=0xaf => o.put("Realtek RTL8366RB 4-byte DSA tag"),
        other => o.put(("Realtek unknown type 0x", Hex2(other))),
    }
    Ok(())
}

fn remote_control(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "rrcp";
    o.see_all(FIELDS, v);
    let (reply, operation) = (v.u8(OPERATION)? & REPLY != 0, v.u8(OPERATION)? & !REPLY);
    let name = Named(OPERATIONS, operation.into(), Otherwise::Hex("unknown opcode (0x", 2, ")"));
    o.put(("RRCP ", if reply { "reply" } else { "query" }, ": ", name));
    let register = matches!(operation, GET | SET);
    if register {
        o.see_all(REGISTER_FIELDS, v);
        o.put((" addr=0x", Hex4(v.le16(REGISTER)?), ", data=0x", Hex8(v.le32(VALUE)?)));
    }
    o.put((", auth=0x", Hex4(v.u16(KEY)?)));
    if register {
        o.put((", cookie=0x", Hex8(v.u32(COOKIE_HIGH)?), Hex8(v.u32(COOKIE_LOW)?), " "));
    } else if operation == HELLO && reply {
        o.see_all(HELLO_FIELDS, v);
        o.put((
            (" downlink_port=", v.u8(DOWNLINK)?, ", uplink_port=", v.u8(UPLINK)?),
            (", uplink_mac=", Mac(v.array(UPLINK_ADDRESS)?)),
            (", vendor_id=", Hex8(v.u32(VENDOR)?), " ,chip_id=", Hex4(v.u16(CHIP)?), " "),
        ));
    }
    Ok(())
}
