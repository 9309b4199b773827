//! IS-IS (ISO/IEC 10589, RFC 1195): headers and the bodies of all packets.

use super::isis_fields;
use super::isis_tlv::{self, Packet};
use super::osi::{self, comma};
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Named, Otherwise, Put, Spaces, Table, lookup, named};
use crate::room;
use crate::view::{Step, Stop, View};

/// The common header (ISO/IEC 10589, section 9.5).
const COMMON: usize = 8;
const FIXED_LENGTH: usize = 1;
const VERSION_AT: usize = 2;
const ID_LENGTH: usize = 3;
const TYPE: usize = 4;
const TYPE_VERSION: usize = 5;
const AREAS: usize = 7;

const VERSION: u8 = 1;
/// Octets of the identifiers of a system, of one of its nodes and of a link state packet.
pub(super) const SYSTEM: usize = 6;
pub(super) const NODE: usize = 7;
pub(super) const LSP: usize = 8;

const TYPES: Table = &[
    (15, "L1 Lan IIH"),
    (16, "L2 Lan IIH"),
    (17, "p2p IIH"),
    (18, "L1 LSP"),
    (20, "L2 LSP"),
    (24, "L1 CSNP"),
    (25, "L2 CSNP"),
    (26, "L1 PSNP"),
    (27, "L2 PSNP"),
];

const CIRCUITS: Table = &[(1, "Level 1 only"), (2, "Level 2 only"), (3, "Level 1, Level 2")];
const PRIORITY: u8 = 0x7f;

/// The flags of a link state packet.
const PARTITION: u8 = 0x80;
const OVERLOAD: u8 = 0x04;
const ATTACHED: u8 = 0x78;
const ATTACHMENTS: [(u8, &str); 4] = [(0x08, "default "), (0x10, "delay "), (0x20, "expense "), (0x40, "error ")];
const LEVEL: u8 = 0x03;
const LEVELS: Table = &[(0, "Unused 0x0 (invalid)"), (1, "L1 IS"), (2, "Unused 0x2 (invalid)"), (3, "L2 IS")];

/// The identifier of a system, a node or a link state packet.
#[derive(Clone, Copy)]
pub(super) struct SystemId<'p>(pub &'p [u8]);

impl Put for SystemId<'_> {
    fn put(self, o: &mut Out) {
        o.put((self,));
    }

    fn room(&self, _: &Out) -> Option<usize> {
        Some(3 * self.0.len())
    }

    fn write(self, room: &mut [u8]) -> &mut [u8] {
        let mut rest = room;
        for (at, &octet) in self.0.iter().enumerate() {
            rest = match at {
                2 | 4 | 6 => room::start_of(rest, b".", 1),
                7 => room::start_of(rest, b"-", 1),
                _ => rest,
            };
            rest = room::start_of(rest, &room::hex_digits(octet), 2);
        }
        rest
    }
}

/// The kinds of packets, which differ in their headers.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    LanHello,
    Hello,
    LinkState,
    Complete,
    Partial,
}

impl Kind {
    fn of(value: u8) -> Option<Self> {
        Some(match value {
            15 | 16 => Kind::LanHello,
            17 => Kind::Hello,
            18 | 20 => Kind::LinkState,
            24 | 25 => Kind::Complete,
            26 | 27 => Kind::Partial,
            _ => return None,
        })
    }

    /// Octets behind the common header.
    fn size(self) -> usize {
        match self {
            Kind::LanHello => 19,
            Kind::Hello => 12,
            Kind::LinkState => 19,
            Kind::Complete => 25,
            Kind::Partial => 9,
        }
    }

    /// Where the length of the packet is, behind the common header.
    fn length_at(self) -> usize {
        if matches!(self, Kind::LanHello | Kind::Hello) { 9 } else { 0 }
    }
}

/// A packet from its identifier on; false where it makes no sense.
pub(super) fn dissect(o: &mut Out, v: View<'_>) -> Step<bool> {
    o.proto = "isis";
    v.check(COMMON)?;
    if v.len() < COMMON {
        return Err(Stop::Cut);
    }
    if !o.opt.link {
        o.put("IS-IS");
    }
    isis_fields::note(o, v);
    if !common(o, v)? {
        return Ok(false);
    }
    let value = v.u8(TYPE)?;
    let Some(kind) = Kind::of(value) else {
        if o.opt.verbose == 0 {
            o.put((", length ", v.len()));
            return Ok(true);
        }
        o.unknown(v.skip(COMMON), "\n\t  ", v.len());
        return Ok(false);
    };
    if !size_is_right(o, v, kind)? {
        return Ok(false);
    }
    let size = COMMON + kind.size();
    v.check(size)?;
    if v.len() < size {
        return Err(Stop::Cut);
    }
    let body = v.skip(COMMON);
    if o.opt.verbose == 0 {
        brief(o, body, kind)?;
        o.put((", length ", v.len()));
        return Ok(true);
    }
    let length = v.len().min(body.u16(kind.length_at())?.into());
    match kind {
        Kind::LanHello | Kind::Hello => hello(o, body, kind)?,
        Kind::LinkState => link_state(o, body, length)?,
        Kind::Complete | Kind::Partial => sequence_numbers(o, body, kind)?,
    }
    if o.opt.verbose > 1 {
        o.unknown(body, "\n\t  ", kind.size());
    }
    if length < size {
        o.put((" [packet length ", length, " < ", size, "]"));
        o.invalid();
        return Ok(true);
    }
    isis_tlv::all(o, &Packet::new(v, length), v.skip(size), length - size)
}

/// The common header; false where it makes no sense.
fn common(o: &mut Out, v: View<'_>) -> Step<bool> {
    let (version, ids, pdu) = (v.u8(VERSION_AT)?, v.u8(ID_LENGTH)?, v.u8(TYPE_VERSION)?);
    let (fixed, areas) = (v.u8(FIXED_LENGTH)?, v.u8(AREAS)?);
    if version != VERSION {
        o.put(("version ", version, " packet not supported"));
        return Ok(false);
    }
    if usize::from(ids) != SYSTEM && ids != 0 {
        o.put(("system ID length of ", ids, " is not supported"));
        return Ok(false);
    }
    if pdu != VERSION {
        o.put(("version ", pdu, " packet not supported"));
        return Ok(false);
    }
    if v.len() < fixed.into() {
        o.put(("fixed header length ", fixed, " > packet length ", v.len()));
        return Ok(false);
    }
    if usize::from(fixed) < COMMON {
        o.put(("fixed header length ", fixed, " < minimum header size ", COMMON));
        return Ok(false);
    }
    if areas == u8::MAX {
        o.put("bad packet -- 255 areas");
        return Ok(false);
    }
    let kind = v.u8(TYPE)?;
    if o.opt.verbose == 0 {
        o.put((comma(o), Named(TYPES, kind.into(), Otherwise::Dec("unknown PDU-Type ", ""))));
        return Ok(true);
    }
    o.put((comma(o), "length ", v.len(), "\n\t"));
    o.put((Named(TYPES, kind.into(), Otherwise::Dec("unknown, type ", "")), ", hlen: ", fixed));
    o.put((", v: ", version, ", pdu-v: ", pdu, ", sys-id-len: ", SYSTEM, " (", ids, ")"));
    // None stands for three.
    o.put((", max-area: ", if areas == 0 { 3 } else { areas }, " (", areas, ")"));
    if o.opt.verbose > 1 {
        o.unknown(v, "\n\t", COMMON);
    }
    Ok(true)
}

/// Whether the header has the size that its kind must have; says so where not.
fn size_is_right(o: &mut Out, v: View<'_>, kind: Kind) -> Step<bool> {
    let fixed = v.u8(FIXED_LENGTH)?;
    if usize::from(fixed) == COMMON + kind.size() {
        return Ok(true);
    }
    o.put(if kind == Kind::Partial { "- " } else { ", " });
    // As tcpdump has it: the common header is left out of the right size of one kind.
    let right = if kind == Kind::LinkState { kind.size() } else { COMMON + kind.size() };
    o.put(("bogus fixed header length ", fixed, " should be ", right));
    Ok(false)
}

/// The header without `-v`.
fn brief(o: &mut Out, v: View<'_>, kind: Kind) -> Step {
    match kind {
        Kind::LanHello => {
            o.put((", src-id ", SystemId(v.bytes(1, SYSTEM)?)));
            o.put((", lan-id ", SystemId(v.bytes(12, NODE)?), ", prio ", v.u8(11)?));
        }
        Kind::Hello => o.put((", src-id ", SystemId(v.bytes(1, SYSTEM)?))),
        Kind::LinkState => {
            o.put((", lsp-id ", SystemId(v.bytes(4, LSP)?), ", seq 0x", Hex8(v.u32(12)?)));
            o.put((", lifetime ", Spaces(v.u16(2)?, 5), "s"));
        }
        Kind::Complete | Kind::Partial => o.put((", src-id ", SystemId(v.bytes(2, NODE)?))),
    }
    Ok(())
}

/// Hellos (ISO/IEC 10589, sections 9.5 to 9.7).
fn hello(o: &mut Out, v: View<'_>, kind: Kind) -> Step {
    let (circuit, source, time, length) = (v.u8(0)?, v.bytes(1, SYSTEM)?, v.u16(7)?, v.u16(9)?);
    // As tcpdump has it: two spaces in one kind.
    let gap = if kind == Kind::LanHello { ",  " } else { ", " };
    o.put(("\n\t  source-id: ", SystemId(source), gap, "holding time: ", time, "s, Flags: ["));
    match lookup(CIRCUITS, circuit.into()) {
        Some(name) => o.put(name),
        None => o.put(("unknown circuit type 0x", Hex2(circuit))),
    }
    o.put("]");
    if kind == Kind::LanHello {
        let priority = v.u8(11)? & PRIORITY;
        o.put(("\n\t  lan-id:    ", SystemId(v.bytes(12, NODE)?), ", Priority: ", priority));
    } else {
        o.put(("\n\t  circuit-id: 0x", Hex2(v.u8(11)?)));
    }
    o.put((", PDU length: ", length));
    Ok(())
}

/// A link state packet (ISO/IEC 10589, section 9.8) of `length` octets with the
/// common header.
fn link_state(o: &mut Out, v: View<'_>, length: usize) -> Step {
    /// Where the identifier is in the packet: the checksum covers it and what follows.
    const COVERED: usize = 12;
    /// Where the checksum is behind that.
    const CHECKSUM: usize = 12;
    let (lifetime, id, sequence, given) = (v.u16(2)?, v.bytes(4, LSP)?, v.u32(12)?, v.u16(16)?);
    o.put(("\n\t  lsp-id: ", SystemId(id), ", seq: 0x", Hex8(sequence)));
    o.put((", lifetime: ", Spaces(lifetime, 5), "s\n\t  chksum: 0x", Hex4(given)));
    match length.checked_sub(COVERED) {
        Some(covered) => osi::compare(o, v.skip(4), given, CHECKSUM, covered),
        None => o.put(" (unverified)"),
    }
    let flags = v.u8(18)?;
    o.put((", PDU length: ", v.u16(0)?, ", Flags: [ ", (flags & OVERLOAD != 0).then_some("Overload bit set, ")));
    if flags & ATTACHED != 0 {
        for (flag, name) in ATTACHMENTS {
            o.put((flags & flag != 0).then_some(name));
        }
        o.put("ATT bit set, ");
    }
    o.put((flags & PARTITION != 0).then_some("P bit set, "));
    o.put((named(LEVELS, flags & LEVEL, "?"), " ]"));
    Ok(())
}

/// Complete and partial sequence numbers (ISO/IEC 10589, sections 9.10 to 9.13).
fn sequence_numbers(o: &mut Out, v: View<'_>, kind: Kind) -> Step {
    o.put(("\n\t  source-id:    ", SystemId(v.bytes(2, NODE)?), ", PDU length: ", v.u16(0)?));
    if kind == Kind::Complete {
        o.put(("\n\t  start lsp-id: ", SystemId(v.bytes(9, LSP)?)));
        o.put(("\n\t  end lsp-id:   ", SystemId(v.bytes(17, LSP)?)));
    }
    Ok(())
}
