//! RIPng (RFC 2080).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::Ipv6;
use crate::view::{Step, Stop, View};

/// Octets of the header and of an entry.
const HEADER: usize = 4;
const ENTRY: usize = 20;

const VERSION: u8 = 1;
const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;
/// The metric that means unreachable.
const INFINITY: u8 = 16;

/// The tree's fields, and those of each entry.
const FIELDS: &[Slot] = &[Slot::new("ripng.cmd", 0, 1), Slot::new("ripng.version", 1, 1)];
const ENTRY_FIELDS: &[Slot] = &[
    Slot::new("ripng.rte.ipv6_prefix", 0, 16),
    Slot::new("ripng.rte.route_tag", 16, 2),
    Slot::new("ripng.rte.prefix_length", 18, 1),
    Slot::new("ripng.rte.metric", 19, 1),
];

/// A RIPng packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ripng";
    let result = packet(o, v);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(FIELDS, v);
    o.see_rows(ENTRY_FIELDS, v.skip(HEADER), ENTRY);
    let version = v.u8(1)?;
    if version != VERSION {
        o.put(("ripng [version ", version, ", must be ", VERSION, "]"));
        return Err(Stop::Malformed);
    }
    let command = v.u8(0)?;
    let name = match command {
        REQUEST => " ripng-req ",
        RESPONSE => " ripng-resp ",
        _ => {
            o.put((" ripng-", command, " ?? ", v.len()));
            return Err(Stop::Malformed);
        }
    };
    if v.len() < HEADER {
        return Err(Stop::Malformed);
    }
    let mut entries = v.skip(HEADER);
    let count = entries.len() / ENTRY;
    if command == REQUEST && count == 1 && entries.u8(19)? == INFINITY && entries.array(0)? == [0u8; 16] {
        o.put(" ripng-req dump");
        return Ok(());
    }
    let odd = (count * ENTRY != entries.len()).then_some(("[", v.len(), "]"));
    o.put((name, count, odd, ":"));
    while entries.len() >= ENTRY {
        o.put(if o.opt.verbose > 1 { "\n\t" } else { " " });
        entry(o, entries, command == RESPONSE)?;
        entries = entries.skip(ENTRY);
    }
    if entries.is_empty() { Ok(()) } else { Err(Stop::Malformed) }
}

fn entry(o: &mut Out, v: View<'_>, with_metric: bool) -> Step {
    o.put((Ipv6(v.array(0)?), "/", v.u8(18)?));
    let tag = v.u16(16)?;
    o.put((tag != 0).then_some((" [", tag, "]")));
    let metric = v.u8(19)?;
    o.put((metric != 0 && with_metric).then_some((" (", metric, ")")));
    Ok(())
}
