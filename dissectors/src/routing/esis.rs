//! The End System to Intermediate System protocol (ISO 9542).

use super::clnp::size_fits;
use super::nsap::Nsap;
use super::osi::{self, comma};
use crate::families::NETWORK_IDENTIFIERS;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Mac, Named, Otherwise, Put, Table, named};
use crate::view::{Step, View};

/// The fixed part of a header (ISO 9542, section 7.2).
const FIXED: usize = 9;
const SIZE: usize = 1;
const VERSION_AT: usize = 2;
const TYPE: usize = 4;
const HOLDING_TIME: usize = 5;
const CHECKSUM: usize = 7;

const VERSION: u8 = 1;
const TYPE_MASK: u8 = 0x1f;
const REDIRECT: u8 = 6;
const END_SYSTEM: u8 = 2;
const INTERMEDIATE_SYSTEM: u8 = 4;
const TYPES: Table = &[(6, "redirect"), (2, "ESH"), (4, "ISH")];

const PROTOCOLS: u8 = 129;
const CONFIGURATION_TIME: u8 = 198;
const OPTIONS: Table = &[
    (129, "Protocols supported"),
    (195, "QoS Maintenance"),
    (197, "Security"),
    (198, "ES Configuration Time"),
    (205, "Priority"),
    // As tcpdump spells it.
    (225, "Addressk Mask"),
    (226, "SNPA Mask"),
];

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("esis.nlpi", 0, 1),
    Slot::new("esis.length", SIZE, 1),
    Slot::new("esis.ver", VERSION_AT, 1),
    Slot::new("esis.type", TYPE, 1).bits(0, TYPE_MASK as u64),
    Slot::new("esis.htime", HOLDING_TIME, 2),
    Slot::new("esis.chksum", CHECKSUM, 2),
];

/// A packet from its identifier on.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "esis";
    if !o.opt.link {
        o.put("ES-IS");
    }
    if v.len() <= 2 {
        o.put(if o.opt.quiet > 0 { "bad pkt!" } else { "no header at all!" });
        return Ok(());
    }
    v.check(FIXED)?;
    let size = usize::from(v.u8(SIZE)?);
    let version = v.u8(VERSION_AT)?;
    if version != VERSION {
        o.put((" version ", version, " packet not supported"));
        return Ok(());
    }
    if !size_fits(o, v, size, FIXED + 2) {
        return Ok(());
    }
    let (kind, time) = (v.u8(TYPE)? & TYPE_MASK, v.u16(HOLDING_TIME)?);
    o.see_all(FIELDS, v);
    if o.opt.verbose == 0 {
        let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown type (", ")"));
        o.put((comma(o), name, ", length ", v.len()));
        return Ok(());
    }
    let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown type: ", ""));
    o.put((comma(o), "length ", v.len(), "\n\t", name, " (", kind, "), v: ", version));
    let given = v.u16(CHECKSUM)?;
    o.put((", checksum: 0x", Hex4(given)));
    osi::compare(o, v, given, CHECKSUM, size);
    o.put((", holding time: ", time, "s, length indicator: ", size));
    if o.opt.verbose > 1 {
        o.unknown(v, "\n\t", FIXED);
    }
    let mut rest = Rest { v: v.skip(FIXED), left: size - FIXED };
    let sound = match kind {
        REDIRECT => redirect(o, &mut rest)?,
        END_SYSTEM => end_system(o, &mut rest)?,
        INTERMEDIATE_SYSTEM => match rest.field(o, ", bad ish/li")? {
            Some(net) => {
                o.put(("\n\t  NET (length: ", net.len(), "): ", Nsap(net)));
                true
            }
            None => false,
        },
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(rest.v, "\n\t  ", rest.v.caplen());
            }
            false
        }
    };
    while sound && rest.left > 0 {
        if !option(o, &mut rest)? {
            break;
        }
    }
    Ok(())
}

/// What is left of a packet.
struct Rest<'p> {
    v: View<'p>,
    /// Octets of it that the header's length covers.
    left: usize,
}

impl<'p> Rest<'p> {
    /// A number of one octet; nothing, and `bad`, where the packet ends before it.
    fn number(&mut self, o: &mut Out, bad: &'static str) -> Step<Option<u8>> {
        self.v.check(1)?;
        let number = self.v.u8(0)?;
        if self.left < 1 {
            o.put(bad);
            return Ok(None);
        }
        self.pass(1);
        Ok(Some(number))
    }

    /// The octets behind their number; nothing, and `bad`, where the packet ends in them.
    fn field(&mut self, o: &mut Out, bad: &'static str) -> Step<Option<&'p [u8]>> {
        let Some(size) = self.number(o, bad)? else { return Ok(None) };
        self.v.check(size.into())?;
        let octets = self.v.bytes(0, size.into())?;
        if self.left < octets.len() {
            o.put(bad);
            return Ok(None);
        }
        self.pass(octets.len());
        Ok(Some(octets))
    }

    fn pass(&mut self, octets: usize) {
        (self.v, self.left) = (self.v.skip(octets), self.left.saturating_sub(octets));
    }
}

/// A subnetwork address in the form that its length suggests.
struct Subnetwork<'p>(&'p [u8]);

impl Put for Subnetwork<'_> {
    fn put(self, o: &mut Out) {
        match <[u8; 6]>::try_from(self.0) {
            Ok(mac) => Mac(mac).put(o),
            Err(_) if self.0.is_empty() => o.put("<empty>"),
            Err(_) => o.line.octets(self.0, b':'),
        }
    }
}

/// A redirect (ISO 9542, section 7.6): which address is reached through which
/// system; false where it makes no sense.
fn redirect(o: &mut Out, rest: &mut Rest<'_>) -> Step<bool> {
    const BAD: &str = ", bad redirect/li";
    let Some(destination) = rest.field(o, BAD)? else { return Ok(false) };
    o.put(("\n\t  ", Nsap(destination)));
    let Some(subnetwork) = rest.field(o, BAD)? else { return Ok(false) };
    let octets = rest.v;
    let Some(size) = rest.number(o, BAD)? else { return Ok(false) };
    // As tcpdump has it: the octet of this length is not counted.
    rest.left += 1;
    octets.check(1 + usize::from(size))?;
    let net = octets.bytes(1, size.into())?;
    if rest.left < net.len() {
        o.put(BAD);
        return Ok(false);
    }
    rest.pass(net.len());
    o.put(("\n\t  SNPA (length: ", subnetwork.len(), "): ", Subnetwork(subnetwork)));
    if !net.is_empty() {
        o.put(("\n\t  NET (length: ", net.len(), ") ", Nsap(net)));
    }
    Ok(true)
}

/// The addresses of an end system (ISO 9542, section 7.4); false where they make no sense.
fn end_system(o: &mut Out, rest: &mut Rest<'_>) -> Step<bool> {
    const BAD: &str = ", bad esh/li";
    let Some(count) = rest.number(o, BAD)? else { return Ok(false) };
    o.put(("\n\t  Number of Source Addresses: ", count));
    for _ in 0..count {
        let Some(net) = rest.field(o, BAD)? else { return Ok(false) };
        o.put(("\n\t  NET (length: ", net.len(), "): ", Nsap(net)));
    }
    Ok(true)
}

/// An option (ISO 9542, section 7.2.9); false where it makes no sense.
fn option(o: &mut Out, rest: &mut Rest<'_>) -> Step<bool> {
    if rest.left < 2 {
        o.put(", bad opts/li");
        return Ok(false);
    }
    let (kind, size) = (rest.v.u8(0)?, usize::from(rest.v.u8(1)?));
    rest.pass(2);
    if size > rest.left {
        o.put((", opt (", kind, ") too long"));
        return Ok(false);
    }
    let v = rest.v;
    o.put(("\n\t  ", named(OPTIONS, kind, "Unknown"), " Option #", kind, ", length ", size, ", value: "));
    let mut dumped = size;
    match kind {
        CONFIGURATION_TIME if size == 2 => {
            v.check(2)?;
            o.put((v.u16(0)?, "s"));
        }
        CONFIGURATION_TIME => o.put("(bad length)"),
        PROTOCOLS => {
            identifiers(o, v, size)?;
            // As tcpdump has it: it counted down the length.
            dumped = 0;
        }
        _ => o.unknown(v, "\n\t  ", size),
    }
    if o.opt.verbose > 1 {
        o.unknown(v, "\n\t  ", dumped);
    }
    rest.left -= size;
    rest.v = v.skip(dumped);
    Ok(true)
}

/// `size` network layer protocol identifiers.
pub(super) fn identifiers(o: &mut Out, v: View<'_>, size: usize) -> Step {
    for at in 0..size {
        let kind = v.u8(at)?;
        o.put((named(NETWORK_IDENTIFIERS, kind, "unknown"), " (0x", Hex2(kind), ")"));
        o.put((at + 1 < size).then_some(", "));
    }
    Ok(())
}
