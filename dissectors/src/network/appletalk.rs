//! AppleTalk (Inside AppleTalk, second edition): LocalTalk's link access
//! protocol, DDP, AARP, ATP and NBP.

use super::appletalk_fields;
use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Mac, Put, Table, named_dec};
use crate::routing::eigrp;
use crate::view::{Step, Stop, View};

/// Octets of LocalTalk's header: destination, source and type.
const LINK_HEADER: usize = 3;
/// Octets of the headers of DDP.
const SHORT_HEADER: usize = 5;
const HEADER: usize = 13;

const TYPES: Table = &[(1, "rtmp"), (5, "rtmpReq"), (4, "echo"), (22, "IP"), (23, "ARP"), (0x4b, "KLAP")];
const SOCKETS: Table = &[(1, "rtmp"), (2, "nis"), (4, "echo"), (6, "zip")];

/// A node of a network; the node 255 stands for the network.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Node {
    network: u16,
    node: u8,
}

impl Put for Node {
    fn put(self, o: &mut Out) {
        o.put(self.network);
        if self.node != 255 {
            o.put((".", self.node));
        }
    }
}

/// Where a datagram comes from.
#[derive(Clone, Copy)]
struct Source {
    node: Node,
    socket: u8,
}

/// A socket: its name where names are wanted.
struct Socket(u8);

impl Put for Socket {
    fn put(self, o: &mut Out) {
        match SOCKETS.iter().find(|row| row.0 == self.0.into()) {
            Some(row) if o.opt.numeric == 0 => o.put(row.1),
            _ => o.put(self.0),
        }
    }
}

/// The frame entry of LocalTalk.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let header = link_access(o, v, below)?;
    o.link_len += if header == 0 { v.caplen() } else { header };
    Ok(())
}

/// A frame of LocalTalk in UDP, as the Kinetics Internet Protocol has it.
pub(crate) fn over_udp(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if o.opt.verbose > 0 {
        o.put("kip ");
    }
    link_access(o, v, below).map(drop)
}

/// A frame of LocalTalk; the result is the octets of its headers, 0 if it is cut.
fn link_access(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<usize> {
    o.proto = "llap";
    if v.len() < LINK_HEADER {
        o.put((" [|llap ", v.len(), "]"));
        return Ok(v.len());
    }
    if !v.has(LINK_HEADER) {
        o.truncated();
        return Ok(0);
    }
    o.see_all(appletalk_fields::LINK, v);
    let (to, from, kind) = (v.u8(0)?, v.u8(1)?, v.u8(2)?);
    let inner = v.skip(LINK_HEADER);
    let local = |node| Node { network: 0, node };
    match kind {
        1 => {
            if inner.len() < SHORT_HEADER {
                o.put((" [|sddp ", inner.len(), "]"));
                return Ok(inner.len());
            }
            if !inner.has(SHORT_HEADER) {
                o.put(" [|sddp]");
                return Ok(0);
            }
            o.see_all(SHORT_FIELDS, inner);
            let source = Source { node: local(from), socket: inner.u8(3)? };
            o.put((source.node, ".", Socket(source.socket), " > ", local(to), ".", Socket(inner.u8(2)?), ":"));
            datagram(o, inner.u8(4)?, inner.skip(SHORT_HEADER), source, below)?;
            Ok(LINK_HEADER + SHORT_HEADER)
        }
        2 => match long_header(o, inner, ":")? {
            Some(source) => {
                datagram(o, inner.u8(12)?, inner.skip(HEADER), source, below)?;
                Ok(LINK_HEADER + HEADER)
            }
            None if inner.len() < HEADER => Ok(inner.len()),
            None => Ok(0),
        },
        _ => {
            o.put((from, " > ", to, " at-lap#", kind, " ", inner.len()));
            Ok(LINK_HEADER)
        }
    }
}

/// A datagram behind its own Ethertype, as EtherTalk phase 1 has it.
pub(crate) fn phase_1(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if o.opt.verbose > 0 {
        o.put("et1 ");
    }
    dissect(o, v, below)
}

/// A datagram behind SNAP.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "atalk";
    if !o.opt.link {
        o.put("AT ");
    }
    match long_header(o, v, ": ")? {
        Some(source) => datagram(o, v.u8(12)?, v.skip(HEADER), source, below),
        None => Ok(()),
    }
}

/// The tree's fields of the long header.
const FIELDS: &[Slot] = &[
    Slot::new("ddp.hopcount", 0, 1).bits(2, 15),
    Slot::new("ddp.len", 0, 2).bits(0, 0x3ff),
    Slot::new("ddp.checksum", 2, 2),
    Slot::new("ddp.dst.net", 4, 2),
    Slot::new("ddp.src.net", 6, 2),
    Slot::new("ddp.dst.node", 8, 1),
    Slot::new("ddp.src.node", 9, 1),
    Slot::new("ddp.dst_socket", 10, 1),
    Slot::new("ddp.src_socket", 11, 1),
    Slot::new("ddp.type", 12, 1),
];

/// Those of the short one.
const SHORT_FIELDS: &[Slot] = &[
    Slot::new("ddp.len", 0, 2).bits(0, 0x3ff),
    Slot::new("ddp.dst_socket", 2, 1),
    Slot::new("ddp.src_socket", 3, 1),
    Slot::new("ddp.type", 4, 1),
];

/// The long header of DDP, unless it is cut.
fn long_header(o: &mut Out, v: View<'_>, end: &'static str) -> Step<Option<Source>> {
    if v.len() < HEADER {
        o.put((" [|ddp ", v.len(), "]"));
        return Ok(None);
    }
    if !v.has(HEADER) {
        o.put(" [|ddp]");
        return Ok(None);
    }
    o.see_all(FIELDS, v);
    let source = Source { node: Node { network: v.u16(6)?, node: v.u8(9)? }, socket: v.u8(11)? };
    let to = Node { network: v.u16(4)?, node: v.u8(8)? };
    o.put((source.node, ".", Socket(source.socket), " > ", to, ".", Socket(v.u8(10)?), end));
    Ok(Some(source))
}

/// What a datagram carries, by DDP type.
fn datagram(o: &mut Out, kind: u8, v: View<'_>, source: Source, below: &Below<'_>) -> Step {
    appletalk_fields::note(o, kind, v);
    match kind {
        2 => name_binding(o, v, source),
        3 => transaction(o, v),
        88 => eigrp::dissect(o, v, below),
        _ => {
            o.put((" at-", named_dec(TYPES, kind, "#"), " ", v.len()));
            Ok(())
        }
    }
}

/// An address resolution packet.
pub(crate) fn address_resolution(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    /// Octets of a packet for Ethernet.
    const SIZE: usize = 28;
    o.proto = "aarp";
    appletalk_fields::note_resolution(o, v);
    o.put("aarp ");
    if !v.has(SIZE) {
        o.truncated();
        return Ok(());
    }
    if v.len() < SIZE {
        o.put((" [|aarp ", v.len(), "]"));
        return Ok(());
    }
    let protocol = |at: usize| -> Step<Node> { Ok(Node { network: v.u16(at + 1)?, node: v.u8(at + 3)? }) };
    let (hardware, kind, operation) = (v.u16(0)?, v.u16(2)?, v.u16(6)?);
    let (hardware_octets, octets) = (v.u8(4)?, v.u8(5)?);
    let known = hardware == 1 && kind == 0x809b && hardware_octets == 6 && octets == 4;
    match operation {
        1 if known => o.put(("who-has ", protocol(24)?, " tell ", protocol(14)?)),
        2 if known => o.put(("reply ", protocol(14)?, " is-at ", Mac(v.array(8)?))),
        3 if known => o.put(("probe ", protocol(24)?, " tell ", protocol(14)?)),
        _ => {
            o.put(("len ", v.len(), " op ", operation, " htype ", hardware, " ptype "));
            o.put((if kind != 0 { "0x" } else { "" }, Hex(kind)));
            o.put((" halen ", hardware_octets, " palen ", octets));
        }
    }
    Ok(())
}

const XO: u8 = 0x20;
const EOM: u8 = 0x10;
const STS: u8 = 0x08;

/// A transaction (ATP).
fn transaction(o: &mut Out, v: View<'_>) -> Step {
    /// Octets of the header.
    const SIZE: usize = 8;
    if !v.has(SIZE) {
        o.truncated();
        return Ok(());
    }
    if v.len() < SIZE {
        o.put((" [|atp ", v.len(), "]"));
        return Ok(());
    }
    let (control, bitmap, id, data) = (v.u8(0)?, v.u8(1)?, v.u16(2)?, v.len() - SIZE);
    match control & 0xc0 {
        0x40 => {
            o.put((" atp-req", if control & XO != 0 { " " } else { "*" }, " ", id));
            bitmap_of(o, bitmap);
            if data > 0 {
                o.put((" [len=", data, "]"));
            }
            flags(o, " [", control, &[(EOM, "EOM"), (STS, "STS")]);
        }
        0x80 => {
            o.put((" atp-resp", if control & EOM != 0 { "*" } else { " " }, id, ":", bitmap, " (", data, ")"));
            flags(o, " [", control, &[(XO, "XO"), (STS, "STS")]);
        }
        0xc0 => {
            o.put((" atp-rel  ", id));
            bitmap_of(o, bitmap);
            if data > 0 {
                o.put((" [len=", data, "]"));
            }
            flags(o, "[", control, &[(XO, "XO"), (EOM, "EOM"), (STS, "STS")]);
        }
        _ => o.put((" atp-0x", Hex(control), "  ", id, " (", data, ")")),
    }
    let user = v.u32(4)?;
    if user != 0 {
        o.put((" 0x", Hex(user)));
    }
    Ok(())
}

/// The flags of `control` that are set, between brackets.
fn flags(o: &mut Out, begin: &'static str, control: u8, names: &[(u8, &'static str)]) {
    let mut before = begin;
    for &(flag, name) in names {
        if control & flag != 0 {
            o.put((before, name));
            before = ",";
        }
    }
    if before != begin {
        o.put("]");
    }
}

/// The packets that a bitmap asks for: a range if they are all from the first on.
fn bitmap_of(o: &mut Out, bitmap: u8) {
    let set = (0..8).filter(|bit| bitmap >> bit & 1 != 0);
    if bitmap.wrapping_add(1) & bitmap == 0 {
        match bitmap.count_ones() {
            0 | 1 => o.put("<0>"),
            count => o.put(("<0-", count - 1, ">")),
        }
        return;
    }
    for (i, bit) in set.enumerate() {
        o.put((if i == 0 { "<" } else { "," }, bit));
    }
    o.put(">");
}

/// A tuple of name binding: an address and a name.
#[derive(Clone, Copy)]
struct Tuple<'p>(View<'p>);

impl<'p> Tuple<'p> {
    /// Octets before the name.
    const SIZE: usize = 5;

    fn node(self) -> Step<Node> {
        Ok(Node { network: self.0.u16(0)?, node: self.0.u8(2)? })
    }

    fn socket(self) -> Step<u8> {
        self.0.u8(3)
    }

    fn enumerator(self) -> Step<u8> {
        self.0.u8(4)
    }

    /// Prints ` "object:type@zone"`; what follows, unless the name is cut or too long.
    fn name(self, o: &mut Out) -> Step<Option<View<'p>>> {
        o.put(" \"");
        let mut rest = self.0.skip(Self::SIZE);
        for end in [":", "@", "\""] {
            match counted(o, rest)? {
                Some(after) => rest = after,
                None => return Ok(None),
            }
            o.put(end);
        }
        Ok(Some(rest))
    }
}

/// A counted string; what follows it, unless it is cut or too long.
fn counted<'p>(o: &mut Out, v: View<'p>) -> Step<Option<View<'p>>> {
    /// The longest name of an object, type or zone.
    const MAX_NAME: usize = 32;
    let Ok(octets) = v.u8(0) else {
        o.truncated();
        return Ok(None);
    };
    let octets = usize::from(octets);
    if octets > MAX_NAME {
        o.put(("[len=", octets, "]"));
        return Ok(None);
    }
    match o.text(v.skip(1), octets) {
        Err(Stop::Truncated | Stop::Cut) => {
            o.truncated();
            Ok(None)
        }
        result => result.map(|()| Some(v.skip(1 + octets))),
    }
}

/// Name binding (NBP).
fn name_binding(o: &mut Out, v: View<'_>, source: Source) -> Step {
    /// Octets of the header, and of the shortest tuple.
    const SIZE: usize = 2;
    const TUPLE: usize = 8;
    if v.len() < SIZE + TUPLE {
        o.put((" truncated-nbp ", v.len()));
        return Ok(());
    }
    if !v.has(SIZE) {
        o.truncated();
        return Ok(());
    }
    let (control, id) = (v.u8(0)?, v.u8(1)?);
    let tuples = v.skip(SIZE);
    match control & 0xf0 {
        0x10 => o.put((" nbp-brRq ", id, ":")),
        0x20 => o.put((" nbp-lkup ", id, ":")),
        0x30 => {
            o.put((" nbp-reply ", id, ":"));
            return replies(o, tuples, control & 0xf, source);
        }
        _ => {
            o.put((" nbp-0x", Hex(control), "  ", id, " (", tuples.len(), ")"));
            return Ok(());
        }
    }
    let tuple = Tuple(tuples);
    if !tuples.has(Tuple::SIZE) {
        o.truncated();
        return Ok(());
    }
    tuple.name(o)?;
    if control & 0xf != 1 {
        o.put((" [ntup=", control & 0xf, "]"));
    }
    if tuple.enumerator()? != 0 {
        o.put((" [enum=", tuple.enumerator()?, "]"));
    }
    if tuple.node()? != source.node || tuple.socket()? != source.socket {
        o.put((" [addr=", tuple.node()?, ".", tuple.socket()?, "]"));
    }
    Ok(())
}

/// The tuples of a reply, and what in them is not as the source says.
fn replies(o: &mut Out, tuples: View<'_>, count: u8, source: Source) -> Step {
    let mut rest = tuples;
    for _ in 0..count {
        let tuple = Tuple(rest);
        if !rest.has(Tuple::SIZE) {
            o.truncated();
            return Ok(());
        }
        let after = tuple.name(o)?;
        if tuple.enumerator()? != 1 {
            o.put(("(", tuple.enumerator()?, ")"));
        }
        if tuple.socket()? != source.socket {
            o.put((" ", tuple.socket()?));
        }
        if tuple.node()? != source.node {
            o.put((" [addr=", tuple.node()?, "]"));
        }
        match after {
            Some(after) => rest = after,
            None => return Ok(()),
        }
    }
    Ok(())
}
