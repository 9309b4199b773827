//! The OSI network layer: what follows a network layer protocol identifier
//! (ISO/IEC TR 9577).

use super::{clnp, esis, isis};
use crate::below::Below;
use crate::checksum;
use crate::families::NETWORK_IDENTIFIERS;
use crate::link::{ppp, q933};
use crate::out::Out;
use crate::put::{Hex2, Hex4, named};
use crate::registry;
use crate::view::{Step, Stop, View};

const INACTIVE: u8 = 0x00;
const CALL_CONTROL: u8 = 0x08;
pub(super) const CLNP: u8 = 0x81;
pub(super) const ESIS: u8 = 0x82;
const ISIS: u8 = 0x83;
const IPV6: u8 = 0x8e;
const IPV4: u8 = 0xcc;
const PPP: u8 = 0xcf;

/// A packet from its identifier on.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "isoclns";
    let kind = v.u8(0)?;
    if o.opt.link {
        o.put(("OSI NLPID ", named(NETWORK_IDENTIFIERS, kind, "Unknown"), " (0x", Hex2(kind), "): "));
    }
    let inner = v.skip(1);
    match kind {
        CLNP if !clnp::dissect(o, v)? => o.unknown(v, "\n\t", v.len()),
        ISIS if !isis::dissect(o, v)? => o.unknown(v, "\n\t", v.len()),
        CLNP | ISIS => {}
        ESIS => return esis::dissect(o, v),
        INACTIVE => o.put((comma(o), "length: ", v.len())),
        CALL_CONTROL => return q933::dissect(o, inner),
        IPV4 => return registry::ipv4()(o, inner, below),
        IPV6 => return registry::ipv6()(o, inner, below),
        PPP => return ppp::dissect(o, inner, below),
        _ => {
            if !o.opt.link {
                o.put(("OSI NLPID 0x", Hex2(kind), " unknown"));
            }
            o.put((comma(o), "length: ", v.len()));
            if v.len() > 1 {
                o.unknown(v, "\n\t", v.len());
            }
        }
    }
    Ok(())
}

/// A packet behind an octet that means nothing, as Ethernet carries it.
pub(crate) fn behind_pad(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "isoclns";
    if v.is_empty() {
        return Err(Stop::Truncated);
    }
    v.check(1)?;
    dissect(o, v.skip(1), below)
}

/// What comes between the protocol, which `-e` has named already, and its text.
pub(super) fn comma(o: &Out) -> &'static str {
    if o.opt.link { "" } else { ", " }
}

/// How a checksum in the octets at `at` of `length` compares with what it should
/// be (ISO/IEC 8473-1, annex C); zero is none.
pub(super) fn compare(o: &mut Out, v: View<'_>, given: u16, at: usize, length: usize) {
    let covered = v.bytes(0, length).ok().filter(|_| given != 0 && v.has(at + 2) && at <= length);
    match covered.map(|octets| checksum::fletcher(octets, at)) {
        None => o.put(" (unverified)"),
        Some(right) if right == given => o.put(" (correct)"),
        Some(right) => o.put((" (incorrect should be 0x", Hex4(right), ")")),
    }
}
