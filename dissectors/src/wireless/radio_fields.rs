//! The headers of radios before 802.11 frames for the tree: AVS (version 2.1.1 of its specification) and Prism.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// What the headers of all radios tell, which Wireshark shows once more in the same names.
#[derive(Default)]
pub(crate) struct Summary {
    pub(crate) channel: Option<u32>,
    /// In MHz.
    pub(crate) frequency: Option<u16>,
    /// In dBm.
    pub(crate) signal: Option<i8>,
    pub(crate) noise: Option<i8>,
    /// In microseconds.
    pub(crate) time: Option<u64>,
}

impl Summary {
    /// Notes what there is; the frequency tells the channel where nothing else does.
    pub(crate) fn note(self, o: &mut Out) {
        if let Some(channel) = self.channel.or_else(|| self.frequency.and_then(channel)) {
            o.note(id!("wlan_radio.channel"), channel);
        }
        if let Some(frequency) = self.frequency {
            o.note(id!("wlan_radio.frequency"), frequency);
        }
        for (field, strength) in
            [(id!("wlan_radio.signal_dbm"), self.signal), (id!("wlan_radio.noise_dbm"), self.noise)]
        {
            if let Some(strength) = strength {
                o.note(field, i64::from(strength));
            }
        }
        if let Some(time) = self.time {
            o.note(id!("wlan_radio.timestamp"), time);
        }
    }
}

/// The channel of a frequency in MHz (IEEE 802.11, annex E).
fn channel(frequency: u16) -> Option<u32> {
    match frequency {
        2412..=2472 if frequency % 5 == 2 => Some((frequency - 2407) / 5),
        2484 => Some(14),
        5000..=5925 if frequency.is_multiple_of(5) => Some((frequency - 5000) / 5),
        5955..=7115 if frequency.is_multiple_of(5) => Some((frequency - 5950) / 5),
        _ => None,
    }
    .map(u32::from)
}

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
    const DBM: u32 = 2;
    const FIRST_FREQUENCY: u32 = 256;
    /// Bits in a second of the unit of rates.
    const RATE: u64 = 100_000;
    o.see_all(AVS, v);
    let kind = v.u32(24)?;
    o.see_all(
        if kind == HOPS {
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
    let number = Some(v.u32(28)?).filter(|_| kind != HOPS);
    let in_dbm = v.u32(44)? == DBM;
    let strength = |at: usize| v.u32(at).ok().filter(|_| in_dbm).map(|value| value as i8);
    Summary {
        channel: number.filter(|channel| *channel < FIRST_FREQUENCY),
        frequency: number.filter(|frequency| *frequency >= FIRST_FREQUENCY).and_then(|value| value.try_into().ok()),
        signal: strength(48),
        noise: strength(52),
        time: Some(v.u64(8)?),
    }
    .note(o);
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
    let mut summary = Summary::default();
    let mut rest = v.skip(8 + NAME);
    while rest.has(VALUE_SIZE) {
        o.see_all(VALUE, rest);
        let number = (rest.le32(0)? >> 16) as usize;
        if rest.le16(4)? == THERE
            && let Some(slot) = number.checked_sub(1).and_then(|number| VALUES.get(number))
        {
            o.see_all(&[*slot], rest);
            let value = rest.le32(8)?;
            match number {
                2 => summary.time = Some(value.into()),
                3 => summary.channel = Some(value),
                4 => summary.signal = Some(value as i8),
                _ => {}
            }
        }
        rest = rest.skip(VALUE_SIZE);
    }
    summary.note(o);
    Ok(())
}
