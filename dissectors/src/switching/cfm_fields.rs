//! CFM for the tree (IEEE 802.1Q, clause 21; ITU-T Y.1731): what messages hold, from the
//! header on, the names of domains and associations, and TLVs.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 4;
const CHECK: u8 = 1;
const REPLY: u8 = 4;
const TRACE: u8 = 5;
/// Where the names of the domain and of the association are, in a check.
const NAMES: usize = 10;

/// What messages hold, by the opcode.
const MESSAGES: &[(u8, &[Slot])] = &[
    (
        CHECK,
        &[
            Slot::new("cfm.flags.rdi", 2, 1).bit(7),
            Slot::new("cfm.flags.interval", 2, 1).bits(0, 7),
            Slot::new("cfm.ccm.seq.num", 4, 4),
            Slot::new("cfm.ccm.ma.ep.id", 8, 2).bits(0, 0x1fff),
        ],
    ),
    (2, LOOPED),
    (3, LOOPED),
    (
        REPLY,
        &[
            Slot::new("cfm.flags.usefdbonly", 2, 1).bit(7),
            Slot::new("cfm.flags.fwdyes", 2, 1).bit(6),
            Slot::new("cfm.flags.ltr.terminalmep", 2, 1).bit(5),
            TRANSACTION,
            HOPS,
            Slot::new("cfm.ltr.relay.action", 9, 1),
        ],
    ),
    (
        TRACE,
        &[
            Slot::new("cfm.flags.usefdbonly", 2, 1).bit(7),
            TRANSACTION,
            HOPS,
            Slot::new("cfm.ltm.orig.addr", 9, 6),
            Slot::new("cfm.ltm.targ.addr", 15, 6),
        ],
    ),
    (33, ALARM),
    (35, ALARM),
    (37, &[Slot::new("cfm.tst.sequence.num", 4, 4)]),
    (
        39,
        &[
            Slot::new("cfm.raps.req.st", 4, 1).bits(4, 15),
            Slot::new("cfm.aps.req.sgnl", 5, 1),
            Slot::new("cfm.aps.brdgd.sgnl", 6, 1),
        ],
    ),
    (
        40,
        &[
            Slot::new("cfm.raps.req.st", 4, 1).bits(4, 15),
            Slot::new("cfm.raps.flags", 5, 1),
            Slot::new("cfm.raps.flags.rb", 5, 1).bit(7),
            Slot::new("cfm.raps.flags.dnf", 5, 1).bit(6),
            Slot::new("cfm.raps.node.id", 6, 6),
        ],
    ),
    (42, &[]),
    (43, &[]),
    (45, &[]),
    (46, &[]),
    (47, &[]),
];
const LOOPED: &[Slot] = &[Slot::new("cfm.lb.transaction.id", 4, 4)];
const ALARM: &[Slot] = &[Slot::new("cfm.flags.ais_lck_Period", 2, 1).bits(0, 7)];
const TRANSACTION: Slot = Slot::new("cfm.lt.transaction.id", 4, 4);
const HOPS: Slot = Slot::new("cfm.lt.ttl", 8, 1);

const TLV: &[Slot] = &[Slot::new("cfm.tlv.type", 0, 1), Slot::new("cfm.tlv.length", 1, 2)];
const TLV_SIZE: usize = 3;
/// What TLVs hold, from their header on.
const TLVS: &[(u8, &[Slot])] = &[
    (2, &[Slot::new("cfm.tlv.port.status.value", 3, 1)]),
    (4, &[Slot::new("cfm.tlv.port.interface.value", 3, 1)]),
    (5, &[Slot::new("cfm.tlv.reply.ingress.action", 3, 1), Slot::new("cfm.tlv.reply.ingress.mac.address", 4, 6)]),
    (6, &[Slot::new("cfm.tlv.reply.egress.action", 3, 1), Slot::new("cfm.tlv.reply.egress.mac.address", 4, 6)]),
    (7, &[Slot::new("cfm.tlv.ltm.egress.id.mac", 5, 6)]),
    (8, &[Slot::new("cfm.tlv.ltr.egress.last.id.mac", 5, 6), Slot::new("cfm.tlv.ltr.egress.next.id.mac", 13, 6)]),
    (31, &[Slot::new("cfm.tlv.org.spec.oui", 3, 3), Slot::new("cfm.tlv.org.spec.subtype", 6, 1)]),
    (32, &[Slot::new("cfm.tlv.tst.test.pattern.type", 3, 1)]),
];

/// The fields of a name: its format, its length and the text.
const DOMAIN: [Id; 3] =
    [id!("cfm.maid.md.name.format"), id!("cfm.maid.md.name.length"), id!("cfm.maid.md.name.string")];
const ASSOCIATION: [Id; 3] =
    [id!("cfm.maid.ma.name.format"), id!("cfm.maid.ma.name.length"), id!("cfm.maid.ma.name.string")];

/// Notes a message behind its header.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = message(o, v);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    let opcode = v.u8(1)?;
    let Some(&(_, slots)) = MESSAGES.iter().find(|row| row.0 == opcode) else { return Ok(()) };
    o.see_all(slots, v);
    if opcode == CHECK {
        names(o, v.skip(NAMES))?;
    }
    // Wireshark expects TLVs where messages of the first version end.
    tlvs(
        o,
        v.skip(match opcode {
            CHECK => 74,
            2 | 3 => 8,
            REPLY => 10,
            TRACE => 21,
            _ => HEADER + usize::from(v.u8(3)?),
        }),
    )
}

/// The name of the domain, unless there is none, and that of the association.
fn names(o: &mut Out, v: View<'_>) -> Step {
    const NONE: u8 = 1;
    let rest = if v.u8(0)? == NONE {
        o.note(DOMAIN[0], NONE);
        v.skip(1)
    } else {
        name(o, v, DOMAIN, |format| format != 3)?
    };
    name(o, rest, ASSOCIATION, |format| matches!(format, 2 | 32)).map(drop)
}

/// A name, which is text in some formats; what is behind it.
fn name<'p>(o: &mut Out, v: View<'p>, [format, length, text]: [Id; 3], is_text: fn(u8) -> bool) -> Step<View<'p>> {
    let (kind, size) = (v.u8(0)?, v.u8(1)?);
    o.note(format, kind);
    o.note(length, size);
    if is_text(kind) {
        o.note_padded(text, v.bytes(2, size.into())?);
    }
    Ok(v.skip(2 + usize::from(size)))
}

fn tlvs(o: &mut Out, v: View<'_>) -> Step {
    const END: u8 = 0;
    const DATA: u8 = 3;
    let mut v = v;
    while !v.is_empty() {
        let kind = v.u8(0)?;
        if kind == END {
            o.note(id!("cfm.tlv.type"), kind);
            return Ok(());
        }
        o.see_all(TLV, v);
        let size = TLV_SIZE + usize::from(v.u16(1)?);
        let tlv = v.cut(size);
        if let Some(&(_, slots)) = TLVS.iter().find(|row| row.0 == kind) {
            o.see_all(slots, tlv);
        }
        if kind == DATA {
            o.note_octets(id!("cfm.tlv.data.value"), tlv.skip(TLV_SIZE).data());
        }
        v = v.skip(size);
    }
    Ok(())
}
