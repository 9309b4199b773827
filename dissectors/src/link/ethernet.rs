//! Ethernet II and 802.3 (IEEE 802.3, clause 3), with 802.1Q tags (IEEE 802.1Q,
//! clause 9).

use crate::below::{Below, Station};
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex4, Mac, Named, Otherwise, named, named_hex};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, Stop, View};

/// Octets of the header: two addresses and the type or length.
pub(crate) const HEADER: usize = 14;

/// Values up to this are 802.3 lengths, values above are Ethertypes.
pub(crate) const MAX_LENGTH: u16 = 1500;

const DESTINATION: Field<Mac> = Field::new("eth.dst", 0);
const SOURCE: Field<Mac> = Field::new("eth.src", 6);
const TYPE: Field<u16> = Field::new("eth.type", 12);
const TAG: Field<u16> = Field::new("vlan.tci", 0);
const TAG_TYPE: Field<u16> = Field::new("vlan.etype", 2);

/// What an encapsulation prints before the Ethernet header that it carries.
pub(crate) type Before<'a> = Option<&'a dyn Fn(&mut Out) -> Step>;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    let mut link_len = 0;
    let result = dissect(o, v, None, &mut link_len);
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
    if !v.has(HEADER) || v.len() < HEADER {
        *link_len = v.caplen().min(v.len());
        o.truncated();
        return Ok(());
    }
    if o.opt.link {
        if let Some(before) = before {
            before(o)?;
        }
        header(o, v)?;
    }
    let source = v.get(SOURCE)?;
    let destination = v.get(DESTINATION)?;
    o.note(DESTINATION.name, destination);
    o.note(SOURCE.name, source);
    let below = Below {
        source: Some(Station::Mac(source.0)),
        destination: Some(Station::Mac(destination.0)),
        ..Below::default()
    };
    let kind = v.get(TYPE)?;
    o.note(TYPE.name, kind);
    *link_len = HEADER;
    let (kind, inner) = match tags(o, kind, v.skip(HEADER), link_len)? {
        Some(found) => found,
        None => return Ok(()),
    };
    if kind <= MAX_LENGTH || kind == registry::JUMBO {
        return llc(o, inner, &below, link_len);
    }
    let known = registry::ethertype(kind);
    match known {
        Some(dissect) => dissect(o, inner, &below),
        None => {
            if !o.opt.link {
                if let Some(before) = before {
                    before(o)?;
                }
                header(o, v)?;
            }
            default_dump(o, inner);
            Ok(())
        }
    }
}

/// The payload of a length field: LLC, dumped where LLC does not know it.
fn llc(o: &mut Out, v: View<'_>, below: &Below<'_>, link_len: &mut usize) -> Step {
    let _ = (below, link_len);
    default_dump(o, v);
    Ok(())
}

/// Dumps everything captured, beyond the claimed length too: it may be padding.
pub(crate) fn default_dump(o: &mut Out, v: View<'_>) {
    if o.opt.dumps_unknown() {
        o.default_dump(v.data());
    }
}

/// Follows VLAN tags to the type behind them; nothing if a tag is cut.
fn tags<'p>(o: &mut Out, kind: u16, v: View<'p>, link_len: &mut usize) -> Step<Option<(u16, View<'p>)>> {
    let (mut kind, mut v) = (kind, v);
    while registry::is_vlan_tag(kind) {
        if !v.has(4) || v.len() < 4 {
            o.proto = "vlan";
            o.truncated();
            *link_len += v.caplen().min(v.len());
            return Ok(None);
        }
        let tag = v.get(TAG)?;
        o.note(TAG.name, tag);
        kind = v.get(TAG_TYPE)?;
        o.note(TAG_TYPE.name, kind);
        if o.opt.link {
            put_tag(o, tag);
            o.put(", ");
            if kind > MAX_LENGTH {
                o.put(("ethertype ", named_hex(ETHERTYPES, kind, "0x", 4)));
                if o.opt.quiet == 0 {
                    o.put((" (0x", Hex4(kind), ")"));
                }
                o.put(", ");
            }
        }
        v = v.skip(4);
        *link_len += 4;
    }
    Ok(Some((kind, v)))
}

/// `vlan 48, p 1, DEI` of a tag control information.
pub(crate) fn put_tag(o: &mut Out, tag: u16) {
    o.put(("vlan ", tag & 0xfff, ", p ", tag >> 13, if tag & 0x1000 != 0 { ", DEI" } else { "" }));
}

/// The addresses, type and length of `-e`.
fn header(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.get(TYPE)?;
    o.put((v.get(SOURCE)?, " > ", v.get(DESTINATION)?));
    if kind <= MAX_LENGTH {
        o.put((", 802.3, length ", kind, ": "));
        return Ok(());
    }
    if o.opt.quiet == 0 {
        o.put((", ethertype ", named(ETHERTYPES, kind, "Unknown"), " (0x", Hex4(kind), ")"));
    } else {
        o.put((", ", Named(ETHERTYPES, kind.into(), Otherwise::Hex("Unknown Ethertype (0x", 4, ")"))));
    }
    o.put((", length ", v.len(), ": "));
    Ok(())
}
