//! Cisco's IGRP.

use crate::below::{Below, ip_of};
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex4, Ipv4, Table, named_dec};
use crate::view::{Step, View};

/// Octets of the header and of a route.
const HEADER: usize = 12;
const ROUTE: usize = 14;
/// What is printed before an interior route.
const INTERIOR: &str = " *.";
const OPERATIONS: Table = &[(1, "update"), (2, "request")];

/// The tree's fields, and those of each route.
const FIELDS: &[Slot] = &[
    Slot::new("igrp.version", 0, 1).bits(4, 15),
    Slot::new("igrp.command", 0, 1).bits(0, 15),
    Slot::new("igrp.update", 1, 1),
    Slot::new("igrp.as", 2, 2),
    Slot::new("igrp.interior_routes", 4, 2),
    Slot::new("igrp.system_routes", 6, 2),
    Slot::new("igrp.exterior_routes", 8, 2),
    Slot::new("igrp.checksum", 10, 2),
];
const ROUTE_FIELDS: &[Slot] = &[
    Slot::new("igrp.delay", 3, 3),
    Slot::new("igrp.bandwidth", 6, 3),
    Slot::new("igrp.mtu", 9, 2),
    Slot::new("igrp.reliability", 11, 1),
    Slot::new("igrp.load", 12, 1),
    Slot::new("igrp.hop_count", 13, 1),
];

/// An IGRP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "igrp";
    o.put("igrp:");
    o.see_all(FIELDS, v);
    let (mut interior, mut system, mut exterior) = (v.u16(4)?, v.u16(6)?, v.u16(8)?);
    let first = v.u8(0)?;
    o.put((" ", named_dec(OPERATIONS, first & 15, "op-#"), " V", first >> 4, " edit=", v.u8(1)?, " AS=", v.u16(2)?));
    o.put((" (", interior, "/", system, "/", exterior, ")"));
    let sum = v.u16(10)?;
    o.put((o.opt.verbose > 0).then_some((" checksum=0x", Hex4(sum))));
    let mut length = (v.len() as u32).wrapping_sub(HEADER as u32);
    let mut rest = v.skip(HEADER);
    while length >= ROUTE as u32 {
        let [a, b, c] = rest.array(0)?;
        let (left, before, after) = if interior > 0 {
            (&mut interior, INTERIOR, "")
        } else if system > 0 {
            (&mut system, " ", ".0")
        } else if exterior > 0 {
            (&mut exterior, " X", ".0")
        } else {
            o.put((" [extra bytes ", length, "]"));
            break;
        };
        *left -= 1;
        if o.tree.is_some() {
            // Of interior routes the first octet is that of the sender's network.
            let network = match ip_of(below)?.source()?.octets() {
                [first, ..] if before == INTERIOR => [*first, a, b, c],
                _ => [a, b, c, 0],
            };
            o.note(id!("igrp.network"), Ipv4(network));
            o.see_all(ROUTE_FIELDS, rest);
        }
        o.put((before, a, ".", b, ".", c, after));
        metrics(o, rest)?;
        rest = rest.skip(ROUTE);
        length -= ROUTE as u32;
    }
    if interior != 0 || system != 0 || exterior != 0 || length != 0 {
        o.invalid();
    }
    Ok(())
}

fn metrics(o: &mut Out, v: View<'_>) -> Step {
    let (delay, bandwidth) = (v.u24(3)?, v.u24(6)?);
    let kilobits = 10_000_000u32.checked_div(bandwidth).unwrap_or(0);
    let (mtu, reliability, load, hops) = (v.u16(9)?, v.u8(11)?, v.u8(12)?, v.u8(13)?);
    o.put((" d=", 10 * delay, " b=", kilobits, " r=", reliability, " l=", load));
    o.put((" M=", (delay + bandwidth).min(0xff_ffff), " mtu=", mtu, " in ", hops, " hops"));
    Ok(())
}
