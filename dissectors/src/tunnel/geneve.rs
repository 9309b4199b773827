//! Geneve (RFC 8926) with its options.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex, Hex4, Hex8, Table, bits, named};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, Stop, View};

/// Octets of the header without options.
const HEADER: usize = 8;
const VERSION: Field<u8> = Field::bits("geneve.version", 0, 6, 3);
const OPTION_WORDS: Field<u8> = Field::bits("geneve.options_length", 0, 0, 0x3f);
const FLAGS: Field<u8> = Field::new("geneve.flags", 1);
const PROTOCOL: Field<u16> = Field::new("geneve.proto_type", 2);

/// The tree's other fields, and those of each option.
const FLAG_FIELDS: &[Slot] =
    &[Slot::new("geneve.flags.oam", 1, 1).bit(7), Slot::new("geneve.flags.critical", 1, 1).bit(6)];
const OPTION: &[Slot] = &[
    Slot::new("geneve.option.class", 0, 2),
    Slot::new("geneve.option.type", 2, 1),
    Slot::new("geneve.option.type.critical", 2, 1).bit(7),
];

const TRANSPARENT_ETHERNET: u16 = 0x6558;
const FLAG_NAMES: Table =
    &[(0x80, "O"), (0x40, "C"), (0x20, "R1"), (0x10, "R2"), (0x08, "R3"), (0x04, "R4"), (0x02, "R5"), (0x01, "R6")];

/// A Geneve packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "geneve";
    o.put("Geneve");
    packet(o, v, below)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADER {
        let stop = o.wrong("length", v.len(), "<", HEADER);
        return o.settle(Err(stop));
    }
    v.check(HEADER)?;
    o.see(VERSION, v);
    o.see(FLAGS, v);
    o.see_all(FLAG_FIELDS, v);
    let version = v.get(VERSION)?;
    if version != 0 {
        o.put((" ERROR: unknown-version ", version));
        return Ok(());
    }
    let (flags, kind, network, reserved) = (v.get(FLAGS)?, v.get(PROTOCOL)?, v.u24(4)?, v.u8(7)?);
    o.note(PROTOCOL, kind);
    o.note(id!("geneve.vni"), network);
    o.put((", Flags [", bits(FLAG_NAMES, flags, "", "none"), "]"));
    o.put((", vni 0x", Hex(network)));
    o.put((reserved != 0).then_some((", rsvd 0x", Hex(reserved))));
    if o.opt.link {
        o.put((", proto ", named(ETHERTYPES, kind, "unknown"), " (0x", Hex4(kind), ")"));
    }
    let size = usize::from(v.get(OPTION_WORDS)?) * 4;
    o.note(OPTION_WORDS, size);
    let v = v.skip(HEADER);
    if v.len() < size {
        o.put((" truncated-geneve - ", size - v.len(), " bytes missing"));
        return Ok(());
    }
    v.check(size)?;
    if size > 0 {
        o.put(", options [");
        if o.opt.verbose > 0 {
            options(o, v.claim(size))?;
        } else {
            o.put((size, " bytes"));
        }
        o.put("]");
    }
    let payload = v.skip(size);
    o.put(if o.opt.verbose < 1 { ": " } else { "\n\t" });
    if kind == TRANSPARENT_ETHERNET {
        return ethernet::encapsulated(o, payload, below);
    }
    match registry::ethertype(kind) {
        Some(dissect) => dissect(o, payload, &Below::default()),
        None => {
            o.put(("geneve-proto-0x", Hex(kind)));
            Ok(())
        }
    }
}

/// The options (RFC 8926, section 3.5).
fn options(o: &mut Out, v: View<'_>) -> Step {
    const CRITICAL: u8 = 0x80;
    let mut v = v;
    let mut separator = "";
    while !v.is_empty() {
        if v.len() < 4 {
            return Err(Stop::Truncated);
        }
        o.see_all(OPTION, v);
        o.put(separator);
        separator = ", ";
        let (class, kind, size) = (v.u16(0)?, v.u8(2)?, 4 + usize::from(v.u8(3)? & 0x1f) * 4);
        o.put(("class ", class_name(class), " (0x", Hex(class), ") type 0x", Hex(kind)));
        o.put((if kind & CRITICAL != 0 { "(C)" } else { "" }, " len ", size));
        if size > v.len() {
            o.put(" [bad length]");
            return Ok(());
        }
        if o.opt.verbose > 1 && size > 4 {
            o.put(" data");
            for at in (4..size).step_by(4) {
                o.put((" ", Hex8(v.u32(at)?)));
            }
        }
        v = v.skip(size);
    }
    Ok(())
}

/// The organisation that an option class was assigned to (IANA, Geneve Option Class).
fn class_name(class: u16) -> &'static str {
    match class {
        0x0000..=0x00ff => "Standard",
        0x0100 => "Linux",
        0x0101 => "Open vSwitch",
        0x0102 => "Open Virtual Networking (OVN)",
        0x0103 => "In-band Network Telemetry (INT)",
        0x0104 => "VMware",
        0xfff0..=0xffff => "Experimental",
        _ => "Unknown",
    }
}
