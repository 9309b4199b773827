//! Frame Relay (RFC 2427) with Q.922 addresses (ITU-T Q.922, section 3.3),
//! fragments (FRF.12 and FRF.15) and multilink (FRF.16).

use super::{frame_relay_fields, llc, ppp, q933};
use crate::below::Below;
use crate::families::NETWORK_IDENTIFIERS;
use crate::out::Out;
use crate::put::{Hex2, Hex3, Hex4, Named, Otherwise, Table, bits, named};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, Stop, View};

/// A Q.922 address: two to four octets, of which the last has its lowest bit set.
pub(crate) struct Q922 {
    /// Octets of the address.
    pub(crate) len: usize,
    /// The data link connection identifier.
    pub(crate) dlci: u32,
    /// The flag bits where the longest form of the address has them.
    pub(crate) flags: u32,
}

impl Q922 {
    /// Reads an address; `Malformed` if it ends too early or not at all.
    pub(crate) fn read(v: View<'_>) -> Step<Self> {
        let octet = |at: usize| if at < v.len() { v.u8(at) } else { Err(Stop::Truncated) };
        let last = |octet: u8| octet & 1 != 0;
        let first = octet(0)?;
        if last(first) {
            return Err(Stop::Malformed);
        }
        let second = octet(1)?;
        let mut dlci = u32::from(first & 0xfc) << 2 | u32::from(second >> 4);
        let mut flags = u32::from(first & 2) << 24 | u32::from(second & 0x0e) << 16;
        if last(second) {
            return Ok(Q922 { len: 2, dlci, flags });
        }
        let mut len = 3;
        if !last(octet(2)?) {
            dlci = dlci << 7 | u32::from(octet(2)? >> 1);
            len = 4;
        }
        let end = octet(len - 1)?;
        if !last(end) {
            return Err(Stop::Malformed);
        }
        dlci = dlci << 6 | u32::from(end >> 2);
        flags |= u32::from(end & 2);
        Ok(Q922 { len, dlci, flags })
    }
}

/// A hardware address that is a Q.922 address, as ARP has it (RFC 2427, section 11).
pub(crate) fn put_dlci(o: &mut Out, octets: &[u8]) {
    match Q922::read(View::new(octets, octets.len())) {
        Ok(address) => o.put(("DLCI ", address.dlci)),
        Err(Stop::Malformed) => o.put("<Invalid DLCI>"),
        Err(Stop::Truncated | Stop::Cut) => o.put("<Truncated>"),
    }
}

/// Unnumbered information, the control octet of RFC 2427.
const CONTROL: u8 = 0x03;

const FLAGS: Table =
    &[(0x0200_0000, "C!"), (0x0002_0000, "DE"), (0x0004_0000, "BECN"), (0x0008_0000, "FECN"), (0x0000_0002, "sdlcore")];

const SNAP: u8 = 0x80;
const CALL_CONTROL: u8 = 0x08;
const FRAGMENT: u8 = 0xb1;
const PPP: u8 = 0xcf;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "fr";
    if !v.has(4) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    let header = dissect(o, v, below)?;
    o.link_len += header;
    Ok(())
}

/// A frame; the result is the octets of its header.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<usize> {
    o.proto = "fr";
    frame_relay_fields::note(o, v);
    let cut = |o: &mut Out| {
        o.truncated();
        Ok(0)
    };
    let address = match Q922::read(v) {
        Ok(address) => address,
        Err(Stop::Malformed) => {
            o.put("Q.922, invalid address");
            return Ok(0);
        }
        Err(Stop::Truncated | Stop::Cut) => return cut(o),
    };
    let fits = |n: usize| v.has(n) && v.len() >= n;
    let mut len = address.len;
    if !fits(len + 1) {
        return cut(o);
    }
    let control = v.u8(len)?;
    if control != CONTROL && address.dlci != 0 {
        // Cisco puts an Ethertype there.
        if fits(len + 2) {
            let kind = v.u16(len)?;
            if o.opt.link {
                header(o, &address, v.len(), kind);
            }
            if let Some(dissect) = registry::ethertype(kind) {
                dissect(o, v.skip(len + 2), below)?;
                return Ok(len + 2);
            }
        }
        o.put(("UI ", Hex2(control), "! "));
    }
    len += 1;
    if !fits(len + 1) {
        return cut(o);
    }
    // A pad octet aligns what follows an address of three octets, and no other.
    if v.u8(len)? == 0 {
        if address.len != 3 {
            o.put("Pad! ");
        }
        len += 1;
    } else if address.len == 3 {
        o.put("No pad! ");
    }
    len += 1;
    if !fits(len) {
        return cut(o);
    }
    payload(o, v, &address, len, below)?;
    Ok(len)
}

/// The payload behind `len` octets, of which the last is its identifier.
fn payload(o: &mut Out, v: View<'_>, address: &Q922, len: usize, below: &Below<'_>) -> Step {
    let identifier = v.u8(len - 1)?;
    if o.opt.link {
        header(o, address, v.len(), identifier.into());
    }
    let inner = v.skip(len);
    match identifier {
        0xcc => registry::ipv4()(o, inner, below),
        0x8e => registry::ipv6()(o, inner, below),
        // The OSI printers want the identifier.
        0x81..=0x83 => registry::osi(o, v.skip(len - 1), below),
        SNAP => {
            if llc::snap(o, inner, below, 0)? {
                return Ok(());
            }
            if !o.opt.link {
                let address = Q922 { len, ..*address };
                header(o, &address, v.len(), identifier.into());
            }
            o.unknown_payload(v)
        }
        CALL_CONTROL => q933::dissect(o, inner),
        FRAGMENT => fragment(o, inner),
        PPP => ppp::dissect(o, inner, below),
        _ => {
            if !o.opt.link {
                header(o, address, v.len(), identifier.into());
            }
            if o.opt.hex == 0 {
                o.default_dump(inner.payload());
                inner.need(inner.len())?;
            }
            Ok(())
        }
    }
}

/// What `-e` prints; identifiers have 8 bits and Ethertypes 16.
fn header(o: &mut Out, address: &Q922, length: usize, kind: u16) {
    if o.opt.quiet > 0 {
        o.put(("Q.922, DLCI ", address.dlci, ", length ", length, ": "));
        return;
    }
    o.put(("Q.922, hdr-len ", address.len, ", DLCI ", address.dlci));
    o.put((", Flags [", bits(FLAGS, address.flags, ", ", "none"), "], "));
    if kind <= 0xff {
        o.put(("NLPID ", named(NETWORK_IDENTIFIERS, kind, "unknown"), " (0x", Hex2(kind), ")"));
    } else {
        o.put(("cisco-ethertype ", named(ETHERTYPES, kind, "unknown"), " (0x", Hex4(kind), ")"));
    }
    o.put((", length ", length, ": "));
}

/// The bits of a fragment's first octet.
const FRAGMENT_FLAGS: Table = &[(0x80, "Begin"), (0x40, "End"), (0x20, "Control")];
const BEGIN: u8 = 0x80;
const WHOLE: u8 = 0xc0;
const CONTROL_MESSAGE: u8 = 0xe0;

/// A fragment of FRF.12 or FRF.15.
fn fragment(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 2 {
        o.truncated();
        return Ok(());
    }
    o.see_all(frame_relay_fields::FRAGMENT, v);
    let first = v.u8(0)?;
    let flags = bits(FRAGMENT_FLAGS, first & CONTROL_MESSAGE, ", ", "none");
    o.note(id!("frf.sequence"), sequence(v)?);
    o.put(("FRF.15, seq 0x", Hex3(sequence(v)?), ", Flags [", flags, "],"));
    o.put(if first & 1 != 0 { "Interface" } else { "End-to-End" });
    o.put((" Fragmentation, length ", v.len()));
    Ok(())
}

/// The sequence number of 12 bits.
fn sequence(v: View<'_>) -> Step<u16> {
    Ok(u16::from(v.u8(0)? & 0x1e) << 7 | u16::from(v.u8(1)?))
}

/// The frame entry of multilink.
pub(crate) fn multilink_frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "mfr";
    if !v.has(2) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    let header = multilink(o, v, below)?;
    o.link_len += header;
    Ok(())
}

/// A multilink frame; the result is the octets of its header.
pub(crate) fn multilink(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<usize> {
    o.proto = "mfr";
    if v.len() < 4 {
        o.put(("[length ", v.len(), " < 4]"));
        o.invalid();
        return Ok(v.len());
    }
    if !v.has(4) {
        o.truncated();
        return Ok(v.len());
    }
    let flags = v.u8(0)? & CONTROL_MESSAGE;
    o.see_all(frame_relay_fields::MULTILINK, v);
    let names = bits(FRAGMENT_FLAGS, flags, ", ", "none");
    if flags == CONTROL_MESSAGE && v.u8(1)? == 0 {
        let message = v.u8(2)?;
        o.note(id!("mfr.message"), message);
        let name = Named(MESSAGES, message.into(), Otherwise::Hex("Unknown Message (0x", 2, ")"));
        o.put(("FRF.16 Control, Flags [", names, "], ", name, ", length ", v.len()));
        if o.opt.verbose > 0 {
            let result = elements(o, v.skip(3));
            if result == Err(Stop::Cut) {
                o.truncated();
                return Ok(v.len());
            }
            result?;
        }
        return Ok(3);
    }
    o.note(id!("mfr.sequence"), sequence(v)?);
    o.put(("FRF.16 Frag, seq ", sequence(v)?, ", Flags [", names, "]"));
    if matches!(flags, WHOLE | BEGIN) {
        o.put(", ");
        o.nested(|o| dissect(o, v.skip(2), below).map(drop))?;
        return Ok(2);
    }
    o.unknown(v, "\n\t", v.len());
    Ok(0)
}

const MESSAGES: Table = &[
    (1, "Add Link"),
    (2, "Add Link ACK"),
    (3, "Add Link Reject"),
    (4, "Hello"),
    (5, "Hello ACK"),
    (6, "Remove Link"),
    (7, "Remove Link ACK"),
];
const ELEMENTS: Table =
    &[(1, "Bundle ID"), (2, "Link ID"), (3, "Magic Number"), (5, "Timestamp"), (6, "Vendor Extension"), (7, "Cause")];
/// Octets of an information element's header.
const ELEMENT_HEADER: usize = 2;
/// The most octets of an identifier that are printed.
const IDENTIFIER_MAX: usize = 50;

/// The information elements of a control message (FRF.16.1, section 3.4).
fn elements(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while rest.len() > ELEMENT_HEADER {
        rest.check(ELEMENT_HEADER)?;
        let (kind, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        o.put(("\n\tIE ", named(ELEMENTS, kind, "Unknown"), " (", kind, "), length ", length, ": "));
        if kind == 0 || length <= ELEMENT_HEADER {
            return Ok(());
        }
        rest.check(length)?;
        let value = rest.claim(length).skip(ELEMENT_HEADER);
        match (kind, value.len()) {
            (3, 4) => o.put(("0x", crate::put::Hex8(value.u32(0)?))),
            (3, len) => {
                o.put(("[IE data length ", len, " != 4]"));
                o.invalid();
            }
            (1 | 2, len) => o.text_to_nul(value, len.min(IDENTIFIER_MAX))?,
            (_, len) if o.opt.verbose <= 1 => o.unknown(value, "\n\t  ", len),
            _ => {}
        }
        if o.opt.verbose > 1 {
            o.unknown(value, "\n\t  ", value.len());
        }
        rest = rest.skip(length);
    }
    Ok(())
}
