//! What follows the payload of an Ethernet frame, for the tree: padding up to the least
//! length (IEEE 802.3, clause 3.2.7), a trailer and the check sequence. Nothing in a frame
//! says that they are there: that the payload tells its own length does.

use crate::fields::Id;
use crate::link::ethernet::{HEADER, MAX_LENGTH};
use crate::out::Out;
use crate::registry;
use crate::view::View;

const PADDING: Id = Id::of("eth.padding");
const TRAILER: Id = Id::of("eth.trailer");
const CHECK_SEQUENCE: Id = Id::of("eth.fcs");
const VLAN_TRAILER: Id = Id::of("vlan.trailer");

/// The least octets of a frame without its check sequence, and with it.
const LEAST: usize = 60;
const LEAST_CHECKED: usize = 64;
const CHECK_SIZE: usize = 4;
/// Octets of a VLAN tag with the type behind it.
const TAG: usize = 4;

const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
/// The hardware type of ATM, whose addresses have other lengths (RFC 2225).
const ATM: u16 = 19;
const VLAN: u16 = 0x8100;
const RARP: u16 = 0x8035;
const IPV6: u16 = 0x86dd;
const MPLS: u16 = 0x8847;
const EAPOL: u16 = 0x888e;

/// Notes what follows the payload of a frame, if all of it is captured. Frames in other
/// protocols have no padding of their own.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    let Some((tag, end)) = end(v) else { return };
    let Ok(mut rest) = v.bytes(end, v.len().saturating_sub(end)) else { return };
    let outermost = !o.is_nested();
    if outermost && end < LEAST && v.len() >= LEAST {
        let (padding, after) = rest.split_at(LEAST - end);
        if padding.iter().all(|&octet| octet == 0) {
            o.note_octets(PADDING, padding);
            rest = after;
        }
    }
    let mut trailer = TRAILER;
    match tag {
        None if outermost && v.len() >= LEAST_CHECKED => {
            if let Some((before, check)) = rest.split_last_chunk::<CHECK_SIZE>() {
                o.note(CHECK_SEQUENCE, u32::from_be_bytes(*check));
                rest = before;
            }
        }
        None => {}
        Some(VLAN) => trailer = VLAN_TRAILER,
        Some(_) => return,
    }
    if !rest.is_empty() {
        o.note_octets(trailer, rest);
    }
}

/// The type of the last tag, and where the payload of a frame ends.
fn end(v: View<'_>) -> Option<(Option<u16>, usize)> {
    let (mut at, mut tag) = (HEADER, None);
    let mut kind = v.u16(HEADER - 2).ok()?;
    while registry::is_vlan_tag(kind) {
        tag = Some(kind);
        kind = v.u16(at + TAG - 2).ok()?;
        at += TAG;
    }
    Some((tag, at + size(v.skip(at), kind)?))
}

/// The octets of a payload of a type, if it tells them.
fn size(v: View<'_>, kind: u16) -> Option<usize> {
    let size = match kind {
        0..=MAX_LENGTH => usize::from(kind),
        IPV4 => usize::from(v.u16(2).ok()?),
        IPV6 => match v.u16(4).ok()? {
            // A jumbogram's.
            0 if v.u8(6).ok()? == 0 => return None,
            length => 40 + usize::from(length),
        },
        ARP | RARP if v.u16(0) == Ok(ATM) => return None,
        ARP | RARP => 8 + 2 * (usize::from(v.u8(4).ok()?) + usize::from(v.u8(5).ok()?)),
        EAPOL => 4 + usize::from(v.u16(2).ok()?),
        MPLS => return labelled(v),
        _ => return None,
    };
    // Segmentation offload leaves the length to the card.
    (size > 0 || kind == 0).then_some(size)
}

/// The octets of labels and the IP packet behind them.
fn labelled(v: View<'_>) -> Option<usize> {
    const LABEL: usize = 4;
    let mut at = 0;
    // The last label has its lowest bit before the time to live set (RFC 3032, section 2.1).
    while v.u8(at + 2).ok()? & 1 == 0 {
        at += LABEL;
    }
    at += LABEL;
    let kind = match v.u8(at).ok()? >> 4 {
        4 => IPV4,
        6 => IPV6,
        _ => return None,
    };
    Some(at + size(v.skip(at), kind)?)
}
