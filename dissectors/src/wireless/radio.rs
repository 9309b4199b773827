//! The headers of radios before 802.11 frames: radiotap, AVS and Prism.

use super::{ieee80211, radio_fields, radiotap};
use crate::below::Below;
use crate::out::Out;
use crate::view::{Step, View};

/// The frame entry of radiotap.
pub(crate) fn radiotap(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "802.11_radio";
    let header = match radiotap::header(o, v)? {
        Some(radio) => radio.len + ieee80211::dissect(o, v.skip(radio.len), radio.padded, radio.check)?,
        None => {
            o.truncated();
            v.caplen()
        }
    };
    o.link_len += header;
    Ok(())
}

/// The frame entry of AVS headers, whose length is their second word.
pub(crate) fn avs(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "802.11_radio_avs";
    let length = if v.has(8) { v.u32(4)? as usize } else { 0 };
    let header = if length < 8 || !v.has(length) {
        o.truncated();
        v.caplen()
    } else {
        radio_fields::note_avs(o, v.cut(length));
        length + ieee80211::dissect(o, v.skip(length), false, 0)?
    };
    o.link_len += header;
    Ok(())
}

/// Octets of a Prism header.
const PRISM: usize = 144;
/// The first word of AVS headers, which are found on the same link type.
const AVS: std::ops::RangeInclusive<u32> = 0x8021_1001..=0x8021_1002;

/// The frame entry of Prism headers.
pub(crate) fn prism(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "prism";
    if !v.has(4) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    if AVS.contains(&v.u32(0)?) {
        return avs(o, v, below);
    }
    if !v.has(PRISM) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    radio_fields::note_prism(o, v.cut(PRISM));
    let header = ieee80211::dissect(o, v.skip(PRISM), false, 0)?;
    o.link_len += PRISM + header;
    Ok(())
}
