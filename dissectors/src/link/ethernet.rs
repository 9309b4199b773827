//! Ethernet II and 802.3 (IEEE 802.3, clause 3), with 802.1Q tags (IEEE 802.1Q,
//! clause 9) and the tags that switch chips insert before the type.

use crate::below::{Below, Dissect, Station};
use crate::field::{Field, Slot};
use crate::link::{ethernet_fields, llc};
use crate::out::Out;
use crate::put::{Hex4, Mac, Named, Otherwise, named};
use crate::registry::{self, ETHERTYPES};
use crate::security::macsec::{self, Payload};
use crate::switching::arista;
use crate::view::{Step, Stop, View};

/// Octets of the header: two addresses and the type or length.
pub(crate) const HEADER: usize = 14;
/// Octets of the two addresses.
const ADDRESSES: usize = 12;
/// Octets of a VLAN tag behind its type.
const TAG_LEN: usize = 4;

/// Values up to this are 802.3 lengths, values above are Ethertypes.
pub(crate) const MAX_LENGTH: u16 = 1500;

const DESTINATION: Field<Mac> = Field::new("eth.dst", 0);
const SOURCE: Field<Mac> = Field::new("eth.src", 6);
const TYPE: Field<u16> = Field::new("eth.type", 0);
const LENGTH: Field<u16> = Field::new("eth.len", 0);
/// The type behind a tag.
const TAG_TYPE: usize = 2;
const TAG_FIELDS: &[Slot] = &[
    Slot::new("vlan.priority", 0, 2).bits(13, 7),
    Slot::new("vlan.dei", 0, 2).bit(12),
    Slot::new("vlan.id", 0, 2).bits(0, 0xfff),
];
const TAGGED_TYPE: Field<u16> = Field::new("vlan.etype", TAG_TYPE);
const TAGGED_LENGTH: Field<u16> = Field::new("vlan.len", TAG_TYPE);
/// The type of a provider's tag (IEEE 802.1Q, clause 9.5), which has fields of its own.
const SERVICE_TAG: u16 = 0x88a8;
const SERVICE_FIELDS: &[Slot] = &[
    Slot::new("ieee8021ad.priority", 0, 2).bits(13, 7),
    Slot::new("ieee8021ad.dei", 0, 2).bit(12),
    Slot::new("ieee8021ad.id", 0, 2).bits(0, 0xfff),
];

/// What an encapsulation prints before the Ethernet header that it carries.
pub(crate) type Before<'a> = Option<&'a dyn Fn(&mut Out) -> Step>;

/// A tag between the addresses and the type.
pub(crate) struct SwitchTag {
    /// Its octets.
    pub(crate) len: usize,
    /// Prints it.
    pub(crate) print: fn(&mut Out, View<'_>) -> Step,
}

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ether";
    if v.has(HEADER)
        && v.len() >= HEADER
        && !o.opt.link
        && o.tree.is_none()
        && let Some(dissect) = usual(v.u16(ADDRESSES)?)
    {
        let result = dissect(o, v.skip(HEADER), &stations(v.get(SOURCE)?, v.get(DESTINATION)?));
        if result != Err(Stop::Truncated) {
            o.link_len += HEADER;
        }
        return result;
    }
    tagged_frame(o, v, None)
}

/// The stations of a frame, for the layers above.
fn stations(source: Mac, destination: Mac) -> Below<'static> {
    Below { source: Some(Station::Mac(source)), destination: Some(Station::Mac(destination)), ..Below::default() }
}

/// The entry of frames that have a switch's tag.
pub(crate) fn tagged_frame(o: &mut Out, v: View<'_>, tag: Option<&SwitchTag>) -> Step {
    let mut link_len = 0;
    let result = packet(o, v, tag, None, &mut link_len);
    // A dump behind a line that was cut shows the header too.
    if result != Err(Stop::Truncated) {
        o.link_len += link_len;
    }
    result
}

/// An Ethernet frame inside another protocol.
pub(crate) fn encapsulated(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.nested(|o| dissect(o, v, None, &mut 0))
}

/// An Ethernet frame; `link_len` becomes the octets of its header and tags.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, before: Before<'_>, link_len: &mut usize) -> Step {
    o.proto = "ether";
    packet(o, v, None, before, link_len)
}

/// Where the printing of the types of a frame stands.
struct Walk<'a, 'p> {
    /// What follows the addresses and tags so far.
    rest: View<'p>,
    /// The length of the frame from its first address on.
    length: usize,
    /// Whether that length has been printed.
    told: bool,
    link_len: &'a mut usize,
}

fn packet(o: &mut Out, v: View<'_>, tag: Option<&SwitchTag>, before: Before<'_>, link_len: &mut usize) -> Step {
    if let (true, Some(before)) = (o.opt.link, before) {
        before(o)?;
    }
    let tag_len = tag.map_or(0, |tag| tag.len);
    if !v.has(HEADER + tag_len) || v.len() < HEADER + tag_len {
        *link_len = v.caplen().min(v.len());
        o.truncated();
        return Ok(());
    }
    let (source, destination) = (v.get(SOURCE)?, v.get(DESTINATION)?);
    o.note(DESTINATION, destination);
    o.note(SOURCE, source);
    if o.tree.is_some() && tag.is_none() {
        ethernet_fields::note(o, v);
    }
    if o.opt.link {
        addresses(o, source, destination);
    }
    let rest = v.skip(ADDRESSES);
    if let Some(tag) = tag {
        (tag.print)(o, rest)?;
    }
    *link_len = ADDRESSES + tag_len;
    let below = stations(source, destination);
    let mut walk = Walk { rest: rest.skip(tag_len), length: v.len(), told: false, link_len };
    // A vendor's header may precede the type, and another one that.
    while types(o, &mut walk, &below)? {}
    Ok(())
}

/// The dissector of a type that nothing else goes with: where neither the header nor
/// its fields are wanted, a shortcut of the walk below for most frames.
#[inline]
fn usual(kind: u16) -> Option<Dissect> {
    if kind > MAX_LENGTH && !registry::is_vlan_tag(kind) { registry::ethertype(kind) } else { None }
}

/// Prints a type and its payload; true if the payload starts with a type again.
fn types(o: &mut Out, walk: &mut Walk<'_, '_>, below: &Below<'_>) -> Step<bool> {
    let mut kind = walk.take_type(o)?;
    walk.told = false;
    let mut secured = false;
    if kind == registry::MACSEC {
        if o.opt.link {
            put_type(o, kind);
            o.put((", length ", walk.length, ": "));
            walk.told = true;
        }
        let before = walk.rest.caplen();
        match macsec::header(o, walk.rest, below)? {
            Payload::None => {
                *walk.link_len += before;
                return Ok(false);
            }
            Payload::Encrypted(rest) => {
                *walk.link_len += macsec::header_len(walk.rest)?;
                default_dump(o, rest);
                return Ok(false);
            }
            Payload::Clear(rest) => {
                *walk.link_len += macsec::header_len(walk.rest)?;
                walk.rest = rest;
                secured = true;
                rest.need(2)?;
                if rest.len() < 2 {
                    o.put((" [caplen ", rest.len(), " < 2]"));
                    return Ok(false);
                }
                kind = walk.take_type(o)?;
            }
        }
    }
    while registry::is_vlan_tag(kind) {
        match walk.take_tag(o, kind)? {
            Some(inner) => kind = inner,
            None => return Ok(false),
        }
    }
    // The short length of MACsec bounds what LLC dumps, and not what others read.
    let bound = if secured { walk.rest.len() } else { usize::MAX };
    match kind {
        0..=MAX_LENGTH => {
            let payload = walk.rest.cut(bound.min(kind.into()));
            if o.opt.link {
                o.put("802.3");
                if !walk.told {
                    o.put((", length ", payload.len(), ": "));
                }
            }
            *walk.link_len += llc::dissect_or_dump(o, payload, below)?;
            Ok(false)
        }
        registry::JUMBO => {
            *walk.link_len += llc::dissect_or_dump(o, walk.rest.cut(bound), below)?;
            Ok(false)
        }
        registry::ARISTA => walk.arista(o, kind, below),
        _ => walk.payload(o, kind, below),
    }
}

impl Walk<'_, '_> {
    /// The next type or length.
    fn take_type(&mut self, o: &mut Out) -> Step<u16> {
        let kind = self.rest.get(TYPE)?;
        if kind <= MAX_LENGTH {
            o.note(LENGTH, kind)
        } else {
            o.note(TYPE, kind)
        }
        self.skip(2);
        Ok(kind)
    }

    fn skip(&mut self, n: usize) {
        self.rest = self.rest.skip(n);
        *self.link_len += n;
    }

    /// The next VLAN tag, announced by `kind`; the result is the type that it
    /// announces, or nothing if the tag is cut.
    fn take_tag(&mut self, o: &mut Out, kind: u16) -> Step<Option<u16>> {
        if !self.rest.has(TAG_LEN) || self.rest.len() < TAG_LEN {
            o.proto = "vlan";
            o.truncated();
            *self.link_len += self.rest.caplen().min(self.rest.len());
            return Ok(None);
        }
        let tag = self.rest.u16(0)?;
        see_tag(o, self.rest, kind);
        if o.opt.link {
            put_type(o, kind);
            self.length(o);
            put_tag(o, tag);
            o.put(", ");
        }
        let inner = self.rest.u16(TAG_TYPE)?;
        self.skip(TAG_LEN);
        Ok(Some(inner))
    }

    /// `, length 60: ` once, then `, `.
    fn length(&mut self, o: &mut Out) {
        if self.told {
            o.put(", ");
        } else {
            o.put((", length ", self.length, ": "));
            self.told = true;
        }
    }

    /// The payload of an Ethertype; dumped with the header where it is unknown.
    fn payload(&mut self, o: &mut Out, kind: u16, below: &Below<'_>) -> Step<bool> {
        if o.opt.link {
            put_type(o, kind);
            self.length(o);
        }
        if let Some(dissect) = registry::ethertype(kind) {
            return dissect(o, self.rest, below).map(|()| false);
        }
        if !o.opt.link {
            self.header(o, kind, below);
        }
        default_dump(o, self.rest);
        Ok(false)
    }

    /// The addresses and the type of a payload that no printer knows.
    fn header(&self, o: &mut Out, kind: u16, below: &Below<'_>) {
        if let Some((source, destination)) = below.source.zip(below.destination) {
            o.put((source, " > ", destination, ", "));
        }
        put_type(o, kind);
        o.put((", length ", self.length, ": "));
    }

    /// Arista's header; true if it is known and a type follows.
    fn arista(&mut self, o: &mut Out, kind: u16, below: &Below<'_>) -> Step<bool> {
        if self.rest.caplen() < 2 || self.rest.len() < 2 {
            o.put("[|arista]");
            *self.link_len += self.rest.caplen().min(self.rest.len());
            return Ok(false);
        }
        put_type(o, kind);
        o.put((", length ", self.length, ": "));
        match arista::header(o, self.rest)? {
            Some(len) => {
                self.skip(len);
                Ok(true)
            }
            None => {
                if !o.opt.link {
                    self.header(o, kind, below);
                }
                default_dump(o, self.rest);
                Ok(false)
            }
        }
    }
}

/// Dumps a payload that no printer knows, as far as it is captured.
pub(crate) fn default_dump(o: &mut Out, v: View<'_>) {
    if o.opt.dumps_unknown() {
        o.default_dump(v.payload());
    }
}

/// Notes a tag that `kind` announces, and the type behind it.
pub(super) fn see_tag(o: &mut Out, v: View<'_>, kind: u16) {
    if kind == SERVICE_TAG {
        return o.see_all(SERVICE_FIELDS, v);
    }
    o.see_all(TAG_FIELDS, v);
    let is_length = v.u16(TAG_TYPE).is_ok_and(|kind| kind <= MAX_LENGTH);
    o.see(if is_length { TAGGED_LENGTH } else { TAGGED_TYPE }, v);
}

/// `vlan 48, p 1, DEI` of a tag control information.
pub(crate) fn put_tag(o: &mut Out, tag: u16) {
    o.put(("vlan ", tag & 0xfff, ", p ", tag >> 13, if tag & 0x1000 != 0 { ", DEI" } else { "" }));
}

fn addresses(o: &mut Out, source: Mac, destination: Mac) {
    o.put((source, " > ", destination, ", "));
}

/// `ethertype IPv4 (0x0800)`, or with `-q` the name alone.
pub(crate) fn put_type(o: &mut Out, value: u16) {
    if o.opt.quiet == 0 {
        o.put(("ethertype ", named(ETHERTYPES, value, "Unknown"), " (0x", Hex4(value), ")"));
    } else {
        o.put(Named(ETHERTYPES, value.into(), Otherwise::Hex("Unknown Ethertype (0x", 4, ")")));
    }
}
