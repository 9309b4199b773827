//! The headers of radios before 802.11 frames for the tree: AVS (version 2.1.1 of its specification) and Prism.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const AVS: &[Slot] = &[
    Slot::new("wlancap.magic", 0, 4).bits(4, 0xfff_ffff),
    Slot::new("wlancap.version", 0, 4).bits(0, 15),
    Slot::new("wlancap.length", 4, 4),
    Slot::new("wlancap.mactime", 8, 8),
    Slot::new("wlancap.hosttime", 16, 8),
    Slot::new("wlancap.phytype", 24, 4),
    Slot::new("wlancap.antenna", 36, 4),
    Slot::new("wlancap.priority", 40, 4),
    Slot::new("wlancap.ssi_type", 44, 4),
    Slot::new("wlancap.preamble", 56, 4),
    Slot::new("wlancap.encoding", 60, 4),
];
const AVS_2: &[Slot] = &[
    Slot::new("wlancap.sequence", 64, 4),
    Slot::new("wlancap.drops", 68, 4),
    Slot::new("wlancap.receiver_addr", 72, 6),
];
const HOPPING: &[Slot] = &[
    Slot::new("wlancap.fhss.hop_set", 28, 1),
    Slot::new("wlancap.fhss.hop_pattern", 29, 1),
    Slot::new("wlancap.fhss.hop_index", 30, 1),
];
const CHANNEL: &[Slot] = &[Slot::new("wlancap.channel", 28, 4)];
const FREQUENCY: &[Slot] = &[Slot::new("wlancap.channel_frequency", 28, 4)];
/// Signal and noise by their unit, from 1 on.
const STRENGTHS: [&[Slot]; 3] = [
    &[Slot::new("wlancap.normrssi_antsignal", 48, 4), Slot::new("wlancap.normrssi_antnoise", 52, 4)],
    &[Slot::new("wlancap.dbm_antsignal", 48, 4), Slot::new("wlancap.dbm_antnoise", 52, 4)],
    &[Slot::new("wlancap.rawrssi_antsignal", 48, 4), Slot::new("wlancap.rawrssi_antnoise", 52, 4)],
];

/// Notes an AVS header.
pub(super) fn note_avs(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = avs(o, v);
    }
}

fn avs(o: &mut Out, v: View<'_>) -> Step {
    const HOPS: u32 = 1;
    const FIRST_FREQUENCY: u32 = 256;
    /// Bits in a second of the unit of rates.
    const RATE: u64 = 100_000;
    o.see_all(AVS, v);
    o.see_all(
        if v.u32(24)? == HOPS {
            HOPPING
        } else if v.u32(28)? < FIRST_FREQUENCY {
            CHANNEL
        } else {
            FREQUENCY
        },
        v,
    );
    o.note(id!("wlancap.data_rate"), u64::from(v.u32(32)?) * RATE);
    if let Some(slots) = (v.u32(44)? as usize).checked_sub(1).and_then(|unit| STRENGTHS.get(unit)) {
        o.see_all(slots, v);
    }
    if v.u32(0)? & 15 >= 2 {
        o.see_all(AVS_2, v);
    }
    Ok(())
}

const PRISM: &[Slot] = &[Slot::new("prism.msgcode", 0, 4).little(), Slot::new("prism.msglen", 4, 4).little()];
/// Octets of the name of a device.
const NAME: usize = 16;
const VALUE: &[Slot] = &[
    Slot::new("prism.did.type", 0, 4).little(),
    Slot::new("prism.did.status", 4, 2).little(),
    Slot::new("prism.did.length", 6, 2).little(),
];
/// Octets of a value with its header.
const VALUE_SIZE: usize = 12;
/// What values mean, from 1 on.
const VALUES: [Slot; 10] = [
    Slot::new("prism.did.hosttime", 8, 4).little(),
    Slot::new("prism.did.mactime", 8, 4).little(),
    Slot::new("prism.did.channel", 8, 4).little(),
    Slot::new("prism.did.rssi", 8, 4).little(),
    Slot::new("prism.did.sq", 8, 4).little(),
    Slot::new("prism.did.signal", 8, 4).little(),
    Slot::new("prism.did.noise", 8, 4).little(),
    Slot::new("prism.did.rate", 8, 4).little(),
    Slot::new("prism.did.istx", 8, 4).little(),
    Slot::new("prism.did.frmlen", 8, 4).little(),
];

/// Notes a Prism header, of a station whose numbers are little-endian.
pub(super) fn note_prism(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = prism(o, v);
    }
}

fn prism(o: &mut Out, v: View<'_>) -> Step {
    const MESSAGE: u32 = 0x44;
    const THERE: u16 = 0;
    if v.le32(0)? != MESSAGE {
        return Ok(());
    }
    o.see_all(PRISM, v);
    o.see_name(id!("prism.devname"), v, 8, NAME);
    let mut rest = v.skip(8 + NAME);
    while rest.has(VALUE_SIZE) {
        o.see_all(VALUE, rest);
        let number = (rest.le32(0)? >> 16) as usize;
        if rest.le16(4)? == THERE
            && let Some(slot) = number.checked_sub(1).and_then(|number| VALUES.get(number))
        {
            o.see_all(&[*slot], rest);
        }
        rest = rest.skip(VALUE_SIZE);
    }
    Ok(())
}
