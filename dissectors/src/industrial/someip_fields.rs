//! Service discovery of SOME/IP for the tree (AUTOSAR, SOME/IP Service Discovery Protocol
//! Specification R19-11): entries and the endpoints that options hold.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// The message's number.
const DISCOVERY: u32 = 0xffff_8100;
/// Octets of SOME/IP's header.
const HEADER: usize = 16;

const FLAGS: &[Slot] = &[
    Slot::new("someipsd.flags", 0, 1),
    Slot::new("someipsd.flags.reboot", 0, 1).bit(7),
    Slot::new("someipsd.flags.unicast", 0, 1).bit(6),
    Slot::new("someipsd.length_entriesarray", 4, 4),
];
const ENTRIES: usize = 8;
const ENTRY: &[Slot] = &[
    Slot::new("someipsd.entry.type", 0, 1),
    Slot::new("someipsd.entry.serviceid", 4, 2),
    Slot::new("someipsd.entry.instanceid", 6, 2),
    Slot::new("someipsd.entry.majorver", 8, 1),
    Slot::new("someipsd.entry.ttl", 9, 3),
];
/// What entries of services and of groups of events end with.
const SERVICE: &[Slot] = &[Slot::new("someipsd.entry.minorver", 12, 4)];
const EVENTS: &[Slot] =
    &[Slot::new("someipsd.entry.counter", 13, 1).bits(0, 15), Slot::new("someipsd.entry.eventgroupid", 14, 2)];
const ENTRY_SIZE: usize = 16;

const OPTIONS_LENGTH: &[Slot] = &[Slot::new("someipsd.length_optionsarray", 0, 4)];
const OPTION: &[Slot] = &[Slot::new("someipsd.option.length", 0, 2), Slot::new("someipsd.option.type", 2, 1)];
/// Endpoints with an address of either version.
const ENDPOINT: &[Slot] = &[
    Slot::new("someipsd.option.ipv4address", 4, 4),
    Slot::new("someipsd.option.proto", 9, 1),
    Slot::new("someipsd.option.port", 10, 2),
];
const ENDPOINT_6: &[Slot] = &[
    Slot::new("someipsd.option.ipv6address", 4, 16),
    Slot::new("someipsd.option.proto", 21, 1),
    Slot::new("someipsd.option.port", 22, 2),
];

/// Notes a message of service discovery.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() && v.u32(0) == Ok(DISCOVERY) {
        let _ends_early = discovery(o, v.skip(HEADER));
    }
}

fn discovery(o: &mut Out, v: View<'_>) -> Step {
    const FIRST_OF_EVENTS: u8 = 4;
    o.see_all(FLAGS, v);
    let size = v.u32(4)? as usize;
    let mut entries = v.skip(ENTRIES).cut(size);
    while entries.has(ENTRY_SIZE) {
        o.see_all(ENTRY, entries);
        o.see_all(if entries.u8(0)? < FIRST_OF_EVENTS { SERVICE } else { EVENTS }, entries);
        entries = entries.skip(ENTRY_SIZE);
    }
    let v = v.skip(ENTRIES).skip(size);
    o.see_all(OPTIONS_LENGTH, v);
    let mut rest = v.skip(4).cut(v.u32(0)? as usize);
    while !rest.is_empty() {
        /// Octets before those that an option's length counts.
        const UNCOUNTED: usize = 3;
        o.see_all(OPTION, rest);
        let size = UNCOUNTED + usize::from(rest.u16(0)?);
        o.see_all(
            match rest.u8(2)? {
                0x04 | 0x14 | 0x24 => ENDPOINT,
                0x06 | 0x16 | 0x26 => ENDPOINT_6,
                _ => &[],
            },
            rest.cut(size),
        );
        rest = rest.skip(size);
    }
    Ok(())
}
