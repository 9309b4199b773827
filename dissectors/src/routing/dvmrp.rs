//! DVMRP, the distance vector multicast routing protocol (RFC 1075).

use crate::below::Below;
use crate::out::Out;
use crate::put::{Elapsed, Ipv4, Named, Otherwise, Table};
use crate::routing::dvmrp_fields;
use crate::view::{Step, Stop, View};

/// Octets of the IGMP header, whose code is the message type.
const HEADER: usize = 8;

const PROBE: u8 = 1;
const REPORT: u8 = 2;
const NEIGHBORS: u8 = 4;
const NEIGHBORS_2: u8 = 6;
const PRUNE: u8 = 7;
const GRAFT: u8 = 8;
const GRAFT_ACK: u8 = 9;
const NAMES: Table = &[
    (1, "Probe"),
    (2, "Report"),
    (3, "Ask-neighbors(old)"),
    (4, "Neighbors(old)"),
    (5, "Ask-neighbors2"),
    (6, "Neighbors2"),
    (7, "Prune"),
    (8, "Graft"),
    (9, "Graft-ACK"),
];

/// Flags of an interface, in the order in which they are printed.
const INTERFACE_FLAGS: Table =
    &[(0x01, "/tunnel"), (0x02, "/srcrt"), (0x40, "/querier"), (0x20, "/disabled"), (0x10, "/down")];

/// A message with its IGMP header.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "dvmrp";
    let result = message(o, v);
    o.settle(result)
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    dvmrp_fields::note(o, v);
    let kind = v.u8(1)?;
    o.put((" ", Named(NAMES, kind.into(), Otherwise::Dec("[type ", "]"))));
    let body = v.skip(HEADER);
    match kind {
        PROBE if o.opt.verbose > 0 => probe(o, body),
        REPORT if o.opt.verbose > 1 => report(o, body),
        NEIGHBORS => neighbors(o, body),
        NEIGHBORS_2 => neighbors_2(o, body, v.u8(7)?, v.u8(6)?),
        PRUNE => {
            source_and_group(o, body)?;
            o.put(" timer ");
            o.put(Elapsed(body.u32(8)?));
            Ok(())
        }
        GRAFT | GRAFT_ACK => source_and_group(o, body),
        _ => Ok(()),
    }
}

fn source_and_group(o: &mut Out, v: View<'_>) -> Step {
    o.put((" src ", Ipv4(v.array(0)?), " grp ", Ipv4(v.array(4)?)));
    Ok(())
}

/// Fails with ` [length N < n]` unless `n` octets are left.
fn enough(o: &mut Out, v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(o.wrong("length", v.len(), "<", n)) } else { Ok(()) }
}

fn probe(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 4 {
        return Err(o.wrong("full length", v.len(), "<", 4u8));
    }
    o.put(if o.opt.verbose > 1 { "\n\t" } else { " " });
    o.put(("genid ", v.u32(0)?));
    if o.opt.verbose < 2 {
        return Ok(());
    }
    let mut v = v.skip(4);
    while !v.is_empty() {
        if v.len() < 4 {
            o.put(("[remaining length ", v.len(), " < 4]"));
            return Err(Stop::Malformed);
        }
        o.put(("\n\tneighbor ", Ipv4(v.array(0)?)));
        v = v.skip(4);
    }
    Ok(())
}

/// Routes grouped by mask; the mask tells how many octets of origins follow.
fn report(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        enough(o, v, 3)?;
        let [a, b, c] = v.array(0)?;
        let width = match (a, b, c) {
            (_, _, 1..) => 4,
            (_, 1.., _) => 3,
            (1.., _, _) => 2,
            _ => 1,
        };
        o.put("\n\tMask ");
        o.line.ipv4([255, a, b, c]);
        v = v.skip(3);
        loop {
            if v.len() < width + 1 {
                o.put("\n\t  [Truncated Report]");
                return Err(Stop::Malformed);
            }
            let mut origin = [0; 4];
            origin[..width].copy_from_slice(v.bytes(0, width)?);
            let metric = v.u8(width)?;
            o.put("\n\t  ");
            o.line.ipv4(origin);
            o.put((" metric ", metric & 0x7f));
            v = v.skip(width + 1);
            if metric & 0x80 != 0 {
                break;
            }
        }
    }
    Ok(())
}

fn neighbors(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        enough(o, v, 7)?;
        let interface = v;
        let (metric, threshold, count) = (v.u8(4)?, v.u8(5)?, v.u8(6)?);
        v = v.skip(7);
        for _ in 0..count {
            enough(o, v, 4)?;
            o.put((" [", Ipv4(interface.array(0)?), " ->"));
            o.put((" ", Ipv4(v.array(0)?), ", (", metric, "/", threshold, ")]"));
            v = v.skip(4);
        }
    }
    Ok(())
}

fn neighbors_2(o: &mut Out, v: View<'_>, major: u8, minor: u8) -> Step {
    o.put((" (v ", major, ".", minor, "):"));
    let mut v = v;
    while !v.is_empty() {
        enough(o, v, 8)?;
        let interface = v;
        let (metric, threshold, flags, count) = (v.u8(4)?, v.u8(5)?, v.u8(6)?, v.u8(7)?);
        v = v.skip(8);
        for _ in 0..count {
            if v.is_empty() {
                o.put(" [invalid ncount]");
                return Err(Stop::Malformed);
            }
            enough(o, v, 4)?;
            o.put((" [", Ipv4(interface.array(0)?), " -> "));
            o.put((Ipv4(v.array(0)?), " (", metric, "/", threshold));
            for &(flag, name) in INTERFACE_FLAGS {
                o.put((u32::from(flags) & flag != 0).then_some(name));
            }
            o.put(")]");
            v = v.skip(4);
        }
    }
    Ok(())
}
