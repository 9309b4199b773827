//! Minimal encapsulation of Mobile IP (RFC 2004).

use crate::below::Below;
use crate::checksum;
use crate::out::Out;
use crate::put::Ipv4;
use crate::view::{Step, View};

/// Octets of the header without and with the original source.
const SHORT: usize = 8;
const LONG: usize = 12;
const SOURCE_PRESENT: u16 = 0x0080;

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
