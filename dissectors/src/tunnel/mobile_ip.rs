//! Minimal encapsulation of Mobile IP (RFC 2004).

use crate::below::Below;
use crate::checksum;
use crate::field::Slot;
use crate::out::Out;
use crate::put::Ipv4;
use crate::view::{Step, View};

/// Octets of the header without and with the original source.
const SHORT: usize = 8;
const LONG: usize = 12;
const SOURCE_PRESENT: u16 = 0x0080;

/// The tree's fields; Wireshark has none.
const FIELDS: &[Slot] =
    &[Slot::new("mobile.proto", 0, 1), Slot::new("mobile.checksum", 2, 2), Slot::new("mobile.dst", 4, 4)];
const SOURCE: &[Slot] = &[Slot::new("mobile.src", 8, 4)];

/// A minimally encapsulated datagram.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "mobile";
    if v.len() < SHORT || !v.has(LONG) {
        o.truncated();
        return Ok(());
    }
    o.put("mobile: ");
    let protocol = v.u16(0)?;
    let with_source = protocol & SOURCE_PRESENT != 0;
    o.see_all(FIELDS, v);
    o.see_all(if with_source { SOURCE } else { &[] }, v);
    let verbose = o.opt.verbose > 0;
    if with_source {
        o.put("[S] ");
        o.put(verbose.then_some((Ipv4(v.array(8)?), " ")));
    } else {
        o.put("[] ");
    }
    if verbose {
        o.put(("> ", Ipv4(v.array(4)?), " "));
        o.put(("(oproto=", protocol >> 8, ")"));
    }
    if checksum::internet(v.bytes(0, if with_source { LONG } else { SHORT })?) != 0 {
        o.put((" (bad checksum ", v.u16(2)?, ")"));
    }
    Ok(())
}
