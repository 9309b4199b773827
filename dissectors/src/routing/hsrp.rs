//! Cisco's HSRP (RFC 2281).

use crate::below::Below;
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
    Slot::new("hsrp.virt_ip", 16, 4),
];

/// An HSRP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "hsrp";
    let version = v.u8(0)?;
    o.see_all(FIELDS, v);
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
