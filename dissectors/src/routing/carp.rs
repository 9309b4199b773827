//! CARP, OpenBSD's redundancy protocol, which shares VRRP's protocol number.

use crate::below::{Below, ip_of};
use crate::checksum;
use crate::field::Slot;
use crate::out::Out;
use crate::put::Hex;
use crate::view::{Step, View};

const VERSION: u8 = 2;
const ADVERTISEMENT: u8 = 1;
/// The time to live that a message must have.
const TIME_TO_LIVE: u8 = 255;

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("carp.version", 0, 1).bits(4, 15),
    Slot::new("carp.type", 0, 1).bits(0, 15),
    Slot::new("carp.vhid", 1, 1),
    Slot::new("carp.advskew", 2, 1),
    Slot::new("carp.authlen", 3, 1),
    Slot::new("carp.demotion", 4, 1),
    Slot::new("carp.adver_int", 5, 1),
    Slot::new("carp.checksum", 6, 2),
    Slot::new("carp.counter", 8, 8),
    Slot::new("carp.hmac", 16, 20),
];

/// A CARP message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "carp";
    o.see_all(FIELDS, v);
    o.put("CARP");
    let ttl = ip_of(below)?.ttl;
    let first = v.u8(0)?;
    let (version, kind) = (first >> 4, first & 15);
    let name = if kind == ADVERTISEMENT { "advertise" } else { "unknown" };
    o.put(("v", version, "-", name, " ", v.len(), ": "));
    o.put((ttl != TIME_TO_LIVE).then_some(("[ttl=", ttl, "!] ")));
    if version != VERSION || kind != ADVERTISEMENT {
        return Ok(());
    }
    o.put(("vhid=", v.u8(1)?, " advbase=", v.u8(5)?, " advskew=", v.u8(2)?, " authlen=", v.u8(3)?, " "));
    if o.opt.verbose > 0
        && let Ok(covered) = v.bytes(0, v.len())
        && checksum::internet(covered) != 0
    {
        o.put((" (bad carp cksum ", Hex(v.u16(6)?), "!)"));
    }
    o.put(("counter=", v.u64(8)?));
    Ok(())
}
