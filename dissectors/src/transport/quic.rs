//! The headers of QUIC packets (RFC 9000, section 17), as `-T quic` prints them.
//! Records of DTLS may share the ports (RFC 9443).

use crate::below::Below;
use crate::field::Slot;
use crate::fields::Id as Field;
use crate::out::Out;
use crate::put::{Hex, Named, Octets, Otherwise, Table};
use crate::transport::dtls;
use crate::view::{Step, View};

/// The bit of a header with both connection IDs, and the one that is set in all.
const LONG: u8 = 0x80;
/// Octets of the longest connection ID (section 17.2).
const LONGEST_ID: usize = 20;
/// Tokens of so many octets are not printed.
const LONG_TOKEN: u64 = 1000;
/// Octets of the Retry Integrity Tag (section 17.2.5), and the fewest of a
/// protected packet.
const TAG: usize = 16;

/// Version 2 counts the types from one on (RFC 9369, section 3.2).
const VERSION_2: u32 = 0x6b33_43cf;

const INITIAL: u8 = 0;
const RETRY: u8 = 3;
const TYPES: Table = &[(0, "initial"), (1, "0-rtt"), (2, "handshake"), (3, "retry")];

/// The tree's fields.
const FORM: &[Slot] = &[Slot::new("quic.header_form", 0, 1).bit(7)];
const FIXED: &[Slot] = &[Slot::new("quic.fixed_bit", 0, 1).bit(6)];
const SHORT: &[Slot] = &[Slot::new("quic.spin_bit", 0, 1).bit(5)];
const TYPE: &[Slot] = &[Slot::new("quic.long.packet_type", 0, 1).bits(4, 3)];
const TYPE_2: &[Slot] = &[Slot::new("quic.long.packet_type_v2", 0, 1).bits(4, 3)];
const VERSION: &[Slot] = &[Slot::new("quic.version", 1, 4)];
const DESTINATION: [Field; 2] = [Field::of("quic.dcil"), Field::of("quic.dcid")];
const SOURCE: [Field; 2] = [Field::of("quic.scil"), Field::of("quic.scid")];
const INTEGRITY: &[Slot] = &[Slot::new("quic.retry_integrity_tag", 0, TAG)];

/// A datagram of either protocol.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    if v.u8(0).is_ok_and(|first| dtls::FIRST.contains(&first)) {
        return dtls::dissect(o, v);
    }
    o.proto = "quic";
    o.put("quic");
    let end = v.caplen().min(v.len());
    let mut at = 0;
    while at < end {
        at = packet(o, v, at, end)?;
        // Zeros are padding.
        at += v.bytes(at, end.saturating_sub(at))?.iter().take_while(|&&octet| octet == 0).count();
    }
    Ok(())
}

/// A packet at `at`, and where it ends.
fn packet(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step<usize> {
    let first = v.u8(at)?;
    let header = v.skip(at);
    o.see_all(FORM, header);
    if first & LONG == 0 {
        o.see_all(FIXED, header);
        o.see_all(SHORT, header);
        protected(o, v, at + 1, end);
        return Ok(end);
    }
    let version = v.u32(at + 1)?;
    let kind = match version {
        VERSION_2 => (first >> 4).wrapping_sub(1) & 3,
        _ => first >> 4 & 3,
    };
    if version == 0 {
        o.see_all(VERSION, header);
    } else {
        if kind != RETRY {
            o.see_all(FIXED, header);
        }
        o.see_all(if version == VERSION_2 { TYPE_2 } else { TYPE }, header);
        o.see_all(VERSION, header);
    }
    o.put(", ");
    match version {
        0 => o.put("version negotiation"),
        _ => o.put(Named(TYPES, u32::from(kind), Otherwise::Text(""))),
    }
    if version > 1 {
        o.put((", v", Hex(version)));
    }
    let at = connection_id(o, v, at + 5, ", dcid ", DESTINATION)?;
    let at = connection_id(o, v, at, ", scid ", SOURCE)?;
    if version == 0 { versions(o, v, at, end) } else { rest(o, v, at, end, kind) }
}

/// A packet with a short header, whose connection ID ends where an earlier one tells.
fn protected(o: &mut Out, v: View<'_>, at: usize, end: usize) {
    o.put(", protected");
    match v.bytes(at, end.saturating_sub(at)) {
        Ok(octets) if octets.len() > TAG => {
            if let Some(length) = o.state().quic.known(octets) {
                o.note_octets(DESTINATION[1], &octets[..length]);
                o.put((", dcid ", Octets(&octets[..length])));
            }
        }
        _ => o.truncated(),
    }
}

/// A connection ID behind its length, and where it ends. One that is too long is
/// passed over, but not its octets.
fn connection_id(o: &mut Out, v: View<'_>, at: usize, title: &'static str, ids: [Field; 2]) -> Step<usize> {
    let length = usize::from(v.u8(at)?);
    o.note(ids[0], length);
    if length == 0 || length > LONGEST_ID {
        return Ok(at + 1);
    }
    let id = v.bytes(at + 1, length)?;
    o.note_octets(ids[1], id);
    o.put((title, Octets(id)));
    o.state().quic.learn(id);
    Ok(at + 1 + length)
}

/// The versions of a Version Negotiation packet (section 17.2.1).
fn versions(o: &mut Out, v: View<'_>, at: usize, end: usize) -> Step<usize> {
    for at in (at..end).step_by(4) {
        match v.u32(at) {
            Ok(version) => {
                o.note(id!("quic.supported_version"), version);
                o.put((", version 0x", Hex(version)));
            }
            Err(_) => o.truncated(),
        }
    }
    Ok(end)
}

/// What follows the connection IDs of another packet: its token and length.
fn rest(o: &mut Out, v: View<'_>, at: usize, end: usize, kind: u8) -> Step<usize> {
    let mut at = at;
    if kind == RETRY {
        o.put(", token ");
        let token = end.saturating_sub(at).checked_sub(TAG);
        if let Some(length) = token {
            o.see_all(INTEGRITY, v.skip(at + length));
        }
        match token {
            Some(length @ 1..) => {
                let token = v.bytes(at, length)?;
                o.note_octets(id!("quic.retry_token"), token);
                o.put(Octets(token));
            }
            _ => o.truncated(),
        }
        return Ok(end);
    }
    if kind == INITIAL {
        let (length, octets) = number(v, at)?;
        at += octets;
        o.note(id!("quic.token_length"), length);
        if length > 0 && length < LONG_TOKEN {
            o.note_octets(id!("quic.token"), v.bytes(at, length as usize)?);
            o.put((", token ", Octets(v.bytes(at, length as usize)?)));
            at += length as usize;
        }
    }
    let (length, octets) = number(v, at)?;
    at += octets;
    o.note(id!("quic.length"), length);
    o.put((", length ", length));
    match usize::try_from(length).ok().and_then(|length| at.checked_add(length)) {
        Some(behind) if behind <= end => Ok(behind),
        _ => {
            o.truncated();
            Ok(end)
        }
    }
}

/// A variable-length integer (section 16), and its octets.
fn number(v: View<'_>, at: usize) -> Step<(u64, usize)> {
    let first = v.u8(at)?;
    let octets = 1 << (first >> 6);
    let start = u64::from(first & 0x3f);
    let number = v.bytes(at + 1, octets - 1)?.iter().fold(start, |number, &octet| number << 8 | u64::from(octet));
    Ok((number, octets))
}

/// The connection IDs that long headers told last.
#[derive(Default)]
pub(crate) struct ConnectionIds {
    ids: Vec<Id>,
    next: usize,
}

#[derive(Clone, Copy)]
struct Id {
    octets: [u8; LONGEST_ID],
    length: usize,
}

impl ConnectionIds {
    const MOST: usize = 512;

    /// The length of the ID that octets begin with; it moves to the front.
    fn known(&mut self, octets: &[u8]) -> Option<usize> {
        let at = self.ids.iter().position(|id| octets.starts_with(&id.octets[..id.length]))?;
        self.ids.swap(0, at);
        self.ids.first().map(|id| id.length)
    }

    /// Remembers an ID of at most [`LONGEST_ID`] octets, unless it begins with one that is known.
    fn learn(&mut self, octets: &[u8]) {
        if self.known(octets).is_some() {
            return;
        }
        let mut id = Id { octets: [0; LONGEST_ID], length: octets.len() };
        id.octets[..octets.len()].copy_from_slice(octets);
        match self.ids.get_mut(self.next) {
            Some(old) => *old = id,
            None => self.ids.push(id),
        }
        self.next = (self.next + 1) % Self::MOST;
    }
}
