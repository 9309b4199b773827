//! The fields of radiotap headers for the tree (radiotap.org): where they are in each.

use super::radio_fields::Summary;
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// The header before the fields, and one of its bitmaps.
pub(super) const HEADER: &[Slot] = &[
    Slot::new("radiotap.version", 0, 1),
    Slot::new("radiotap.pad", 1, 1),
    Slot::new("radiotap.length", 2, 2).little(),
];
pub(super) const PRESENT: &[Slot] = &[Slot::new("radiotap.present.word", 0, 4).little()];

/// Fields by their bits, with their alignment in octets.
const FIELDS: &[(u32, usize, &[Slot])] = &[
    (0, 8, &[Slot::new("radiotap.mactime", 0, 8).little()]),
    (
        1,
        1,
        &[
            Slot::new("radiotap.flags", 0, 1),
            Slot::new("radiotap.flags.cfp", 0, 1).bit(0),
            Slot::new("radiotap.flags.preamble", 0, 1).bit(1),
            Slot::new("radiotap.flags.wep", 0, 1).bit(2),
            Slot::new("radiotap.flags.frag", 0, 1).bit(3),
            Slot::new("radiotap.flags.fcs", 0, 1).bit(4),
            Slot::new("radiotap.flags.datapad", 0, 1).bit(5),
            Slot::new("radiotap.flags.badfcs", 0, 1).bit(6),
            Slot::new("radiotap.flags.shortgi", 0, 1).bit(7),
        ],
    ),
    (
        3,
        2,
        &[
            Slot::new("radiotap.channel.freq", 0, 2).little(),
            Slot::new("radiotap.channel.flags", 2, 2).little(),
            Slot::new("radiotap.channel.flags.turbo", 2, 2).little().bit(4),
            Slot::new("radiotap.channel.flags.cck", 2, 2).little().bit(5),
            Slot::new("radiotap.channel.flags.ofdm", 2, 2).little().bit(6),
            Slot::new("radiotap.channel.flags.2ghz", 2, 2).little().bit(7),
            Slot::new("radiotap.channel.flags.5ghz", 2, 2).little().bit(8),
            Slot::new("radiotap.channel.flags.passive", 2, 2).little().bit(9),
            Slot::new("radiotap.channel.flags.dynamic", 2, 2).little().bit(10),
            Slot::new("radiotap.channel.flags.gfsk", 2, 2).little().bit(11),
            Slot::new("radiotap.channel.flags.half", 2, 2).little().bit(14),
            Slot::new("radiotap.channel.flags.quarter", 2, 2).little().bit(15),
        ],
    ),
    (4, 1, &[Slot::new("radiotap.fhss.hopset", 0, 1), Slot::new("radiotap.fhss.pattern", 1, 1)]),
    (5, 1, &[Slot::new("radiotap.dbm_antsignal", 0, 1)]),
    (6, 1, &[Slot::new("radiotap.dbm_antnoise", 0, 1)]),
    (7, 2, &[Slot::new("radiotap.quality", 0, 2).little()]),
    (8, 2, &[Slot::new("radiotap.txattenuation", 0, 2).little()]),
    (10, 1, &[Slot::new("radiotap.txpower", 0, 1)]),
    (11, 1, &[Slot::new("radiotap.antenna", 0, 1)]),
    (12, 1, &[Slot::new("radiotap.db_antsignal", 0, 1)]),
    (13, 1, &[Slot::new("radiotap.db_antnoise", 0, 1)]),
    (
        14,
        2,
        &[Slot::new("radiotap.rxflags", 0, 2).little(), Slot::new("radiotap.rxflags.badplcp", 0, 2).little().bit(1)],
    ),
    (
        18,
        4,
        &[
            Slot::new("radiotap.xchannel.flags", 0, 4).little(),
            Slot::new("radiotap.xchannel.flags.ht20", 0, 4).little().bit(16),
            Slot::new("radiotap.xchannel.flags.ht40u", 0, 4).little().bit(17),
            Slot::new("radiotap.xchannel.flags.ht40d", 0, 4).little().bit(18),
            Slot::new("radiotap.xchannel.freq", 4, 2).little(),
            Slot::new("radiotap.xchannel.channel", 6, 1),
        ],
    ),
    (19, 1, &[Slot::new("radiotap.mcs.known", 0, 1)]),
    (
        20,
        4,
        &[
            Slot::new("radiotap.ampdu.reference", 0, 4).little(),
            Slot::new("radiotap.ampdu.flags", 4, 2).little(),
            Slot::new("radiotap.ampdu.flags.last", 4, 2).little().bit(3),
        ],
    ),
    (21, 2, &[]),
];

/// Parts of a scheme of 802.11n, by the bit that says that they are known.
const SCHEME: [(u32, Slot); 6] = [
    (0, Slot::new("radiotap.mcs.bw", 1, 1).bits(0, 3)),
    (1, Slot::new("radiotap.mcs.index", 2, 1)),
    (2, Slot::new("radiotap.mcs.gi", 1, 1).bit(2)),
    (3, Slot::new("radiotap.mcs.format", 1, 1).bit(3)),
    (4, Slot::new("radiotap.mcs.fec", 1, 1).bit(4)),
    (5, Slot::new("radiotap.mcs.stbc", 1, 1).bits(5, 3)),
];
/// Parts of one of 802.11ac.
const VERY_HIGH: [(u32, Slot); 6] = [
    (0, Slot::new("radiotap.vht.stbc", 2, 1).bit(0)),
    (2, Slot::new("radiotap.vht.gi", 2, 1).bit(2)),
    (5, Slot::new("radiotap.vht.beamformed", 2, 1).bit(5)),
    (6, Slot::new("radiotap.vht.bw", 3, 1).bits(0, 31)),
    (7, Slot::new("radiotap.vht.gid", 9, 1)),
    (8, Slot::new("radiotap.vht.paid", 10, 2).little()),
];
/// The scheme and the streams of the first user.
const FIRST_USER: &[Slot] =
    &[Slot::new("radiotap.vht.mcs.0", 4, 1).bits(4, 15), Slot::new("radiotap.vht.nss.0", 4, 1).bits(0, 15)];

/// Notes the field of a bit, before which `at` octets of the header were read.
#[inline]
pub(super) fn note(o: &mut Out, bit: u32, header: View<'_>, at: usize, summary: &mut Summary) {
    if o.tree.is_some() {
        let _ends_early = field(o, bit, header, at, summary);
    }
}

fn field(o: &mut Out, bit: u32, header: View<'_>, at: usize, summary: &mut Summary) -> Step {
    const RATE: u32 = 2;
    const MCS: u32 = 19;
    const VHT: u32 = 21;
    if bit == RATE {
        note_rate(o, u16::from(header.u8(at)?) * 5);
    }
    let Some(&(_, alignment, slots)) = FIELDS.iter().find(|row| row.0 == bit) else { return Ok(()) };
    let v = header.skip(at.next_multiple_of(alignment));
    o.see_all(slots, v);
    match bit {
        0 => summary.time = Some(v.le64(0)?),
        3 => summary.frequency = Some(v.le16(0)?),
        5 => summary.signal = Some(v.i8(0)?),
        6 => summary.noise = Some(v.i8(0)?),
        18 => (summary.frequency, summary.channel) = (Some(v.le16(4)?), Some(v.u8(6)?.into())),
        _ => {}
    }
    let (known, parts) = match bit {
        MCS => (v.u8(0)?.into(), &SCHEME),
        VHT => (v.le16(0)?, &VERY_HIGH),
        _ => return Ok(()),
    };
    for (_, slot) in parts.iter().filter(|row| known >> row.0 & 1 != 0) {
        o.see_all(&[*slot], v);
    }
    if bit == VHT && v.u8(4)? & 15 != 0 {
        o.see_all(FIRST_USER, v);
    }
    Ok(())
}

/// Notes a rate in tenths of a million bits in a second.
pub(super) fn note_rate(o: &mut Out, tenths: u16) {
    let fraction = (!tenths.is_multiple_of(10)).then_some((".", tenths % 10));
    o.note_text(id!("radiotap.datarate"), (tenths / 10, fraction));
}
