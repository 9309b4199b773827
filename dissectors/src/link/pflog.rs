//! Packets logged by the packet filter of OpenBSD and its relatives
//! (`net/if_pflog.h`).

use crate::below::Below;
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table};
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the shortest header: up to the sub-rule's number.
const SHORTEST: u8 = 45;
/// Octets that a capture has of any header.
const WHOLE: usize = 64;
/// Octets of the names of an interface and of a rule set.
const NAME: usize = 16;

/// The header for the tree, what follows it in longer ones in the order of the host, and the direction.
const FIELDS: &[Slot] = &[
    Slot::new("pflog.length", 0, 1),
    Slot::new("pflog.af", 1, 1),
    Slot::new("pflog.action", 2, 1),
    Slot::new("pflog.reason", 3, 1),
    Slot::new("pflog.rulenr", 36, 4),
    Slot::new("pflog.subrulenr", 40, 4),
];
const PROCESSES: &[Slot] = &[
    Slot::new("pflog.uid", 44, 4).little(),
    Slot::new("pflog.pid", 48, 4).little(),
    Slot::new("pflog.rule_uid", 52, 4).little(),
    Slot::new("pflog.rule_pid", 56, 4).little(),
    Slot::new("pflog.dir", 60, 1),
];

const REASONS: Table = &[
    (0, "0(match)"),
    (1, "1(bad-offset)"),
    (2, "2(fragment)"),
    // As in tcpdump, which has no 4(normalize).
    (4, "3(short)"),
    (5, "5(memory)"),
    (6, "6(bad-timestamp)"),
    (7, "7(congestion)"),
    (8, "8(ip-option)"),
    (9, "9(proto-cksum)"),
    (10, "10(state-mismatch)"),
    (11, "11(state-insert)"),
    (12, "12(state-limit)"),
    (13, "13(src-limit)"),
    (14, "14(synproxy)"),
];
const ACTIONS: Table = &[
    (0, "pass"),
    (1, "block"),
    (2, "scrub"),
    (4, "nat"),
    (5, "nonat"),
    (6, "binat"),
    (7, "nobinat"),
    (8, "rdr"),
    (9, "nordr"),
    (10, "synproxy-drop"),
];
const DIRECTIONS: Table = &[(0, "in/out"), (1, "in"), (2, "out")];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "pflog";
    let cut = |o: &mut Out, header: usize| {
        o.truncated();
        o.link_len += header;
        Ok(())
    };
    let Ok(length) = v.u8(0) else {
        return cut(o, v.caplen());
    };
    if length < SHORTEST {
        o.put("[pflog: invalid header length!]");
        o.link_len += usize::from(length);
        return Ok(());
    }
    let header = usize::from(length).next_multiple_of(4);
    if !v.has(header.max(WHOLE)) || v.len() < header {
        return cut(o, header);
    }
    o.see_all(FIELDS, v);
    o.see_name(id!("pflog.ifname"), v, 4, NAME);
    o.see_name(id!("pflog.ruleset"), v, 20, NAME);
    o.see_all(PROCESSES, v);
    if o.opt.link {
        rule(o, v)?;
    }
    let inner = v.skip(header);
    match v.u8(1)? {
        2 => registry::ipv4()(o, inner, below)?,
        // AF_INET6 of OpenBSD, FreeBSD and Darwin.
        24 | 28 | 30 => registry::ipv6()(o, inner, below)?,
        _ => {
            if !o.opt.link {
                rule(o, v)?;
            }
            ethernet::default_dump(o, inner);
        }
    }
    o.link_len += header;
    Ok(())
}

/// The rule that logged the packet, why, and what it did.
fn rule(o: &mut Out, v: View<'_>) -> Step {
    let (rule, sub) = (v.u32(36)?, v.u32(40)?);
    if sub == u32::MAX {
        o.put(("rule ", rule, "/"));
    } else {
        o.put(("rule ", rule, "."));
        name(o, v, 20)?;
        o.put((".", sub, "/"));
    }
    let (action, reason, direction) = (v.u8(2)?, v.u8(3)?, v.u8(60)?);
    o.put((Named(REASONS, reason.into(), UNKNOWN), ": ", Named(ACTIONS, action.into(), UNKNOWN), " "));
    o.put((Named(DIRECTIONS, direction.into(), UNKNOWN), " on "));
    name(o, v, 4)?;
    o.put(": ");
    Ok(())
}

const UNKNOWN: Otherwise = Otherwise::Dec("unkn(", ")");

/// A name, which a zero octet ends.
fn name(o: &mut Out, v: View<'_>, at: usize) -> Step {
    if o.until_nul(v.skip(at), NAME) { Err(Stop::Truncated) } else { Ok(()) }
}
