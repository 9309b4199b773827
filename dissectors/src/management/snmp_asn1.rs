//! The part of ASN.1's basic encoding rules (X.690) that SNMP uses.

use crate::out::Out;
use crate::put::{Chars, Hex2};
use crate::view::{Step, Stop, View};

/// What an element is to SNMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A primitive that is not decoded.
    Octets,
    Null,
    ObjectId,
    Integer,
    Unsigned,
    Unsigned64,
    String,
    Sequence,
    Address,
    /// A protocol data unit.
    Unit,
    /// An exception in place of a value.
    Exception,
    /// A type that nothing is known of.
    Other,
}

/// A tag, a length and the content.
#[derive(Clone, Copy)]
pub(crate) struct Element<'p> {
    pub kind: Kind,
    /// The tag's number.
    pub id: u32,
    /// The value of the number kinds.
    pub number: u64,
    /// The content; its claimed length is the encoded one.
    pub content: View<'p>,
    /// Octets of tag, length and content.
    pub taken: usize,
}

const UNIVERSAL: usize = 0;
const APPLICATION: usize = 1;
const CONTEXT: usize = 2;

/// The types of each class by their number (RFC 2578, section 2; RFC 3416, section 3).
const CLASSES: [&[&str]; 4] = [
    &[
        "U-0",
        "Boolean",
        "Integer",
        "Bitstring",
        "String",
        "Null",
        "ObjID",
        "ObjectDes",
        "U-8",
        "U-9",
        "U-10",
        "U-11",
        "U-12",
        "U-13",
        "U-14",
        "U-15",
        "Sequence",
        "Set",
    ],
    &["IpAddress", "Counter", "Gauge", "TimeTicks", "Opaque", "C-5", "Counter64"],
    &["GetRequest", "GetNextRequest", "GetResponse", "SetRequest", "Trap", "GetBulk", "Inform", "V2Trap", "Report"],
    &["P-0"],
];
/// The text that stands for the name of every class.
const CLASS_NAME: &str = "x";
const EXCEPTIONS: [&str; 3] = ["noSuchObject", "noSuchInstance", "endOfMibView"];

/// The tag number that says that the number follows.
const EXTENDED: u8 = 0x1f;
const MORE: u8 = 0x80;

/// A malformed element, after a remark in brackets.
fn malformed<T>() -> Step<T> {
    Err(Stop::Malformed)
}

/// The element at the start of `v`.
pub(crate) fn read<'p>(o: &mut Out, v: View<'p>) -> Step<Element<'p>> {
    if v.is_empty() {
        o.put("[nothing to parse]");
        return malformed();
    }
    let tag = v.u8(0)?;
    let constructed = tag & 0x20 != 0;
    let class = usize::from(tag >> 6);
    let (mut short_id, mut at) = (tag & EXTENDED, 1);
    let mut left = v.len() - 1;
    if short_id == EXTENDED {
        // Eight bits of the number are kept.
        short_id = 0;
        loop {
            let octet = v.u8(at)?;
            if left < 1 {
                o.put("[Xtagfield?]");
                return malformed();
            }
            short_id = short_id << 7 | octet & !MORE;
            left -= 1;
            at += 1;
            if octet & MORE == 0 {
                break;
            }
        }
    }
    if left < 1 {
        o.put("[no asnlen]");
        return malformed();
    }
    let first = v.u8(at)?;
    (at, left) = (at + 1, left - 1);
    let mut length = u32::from(first);
    if first & MORE != 0 {
        let octets = usize::from(first & !MORE);
        if left < octets {
            o.put(("[asnlen? ", left, "<", octets, "]"));
            return malformed();
        }
        length = 0;
        v.check(at + octets)?;
        for _ in 0..octets {
            length = length << 8 | u32::from(v.u8(at)?);
            (at, left) = (at + 1, left - 1);
        }
    }
    let octets = length as usize;
    if left < octets {
        o.put(("[len", left, "<asnlen", length, "]"));
        return malformed();
    }
    let form = if constructed { "C" } else { "P" };
    let Some(name) = CLASSES[class].get(usize::from(short_id)) else {
        o.put(("[id?", form, "/", CLASS_NAME, "/", short_id, "]"));
        return malformed();
    };
    v.skip(at).check(octets)?;
    // The tag and the length of an element inside are read where they are, even
    // behind the end of this one.
    let content = if constructed { v.skip(at).claim(octets) } else { v.skip(at).cut(octets) };
    let mut element = Element { kind: Kind::Octets, id: short_id.into(), number: 0, content, taken: at + octets };
    if constructed {
        element.kind = match (class, short_id) {
            (UNIVERSAL, 16) => Kind::Sequence,
            (CONTEXT, _) => Kind::Unit,
            _ => {
                let letter = if class == UNIVERSAL { "U" } else { CLASS_NAME };
                o.put(("C/", letter, "/", *name));
                Kind::Octets
            }
        };
    } else {
        primitive(o, &mut element, class, name)?;
    }
    Ok(element)
}

fn primitive(o: &mut Out, element: &mut Element<'_>, class: usize, name: &str) -> Step {
    let content = element.content.payload();
    element.kind = match (class, element.id) {
        (UNIVERSAL, 2) => {
            let Some(first) = content.first() else {
                o.put("[asnlen=0]");
                return malformed();
            };
            let start = if first & MORE != 0 { u64::MAX } else { 0 };
            element.number = content.iter().fold(start, |number, &octet| number << 8 | u64::from(octet));
            Kind::Integer
        }
        (UNIVERSAL, 4) => Kind::String,
        (UNIVERSAL, 5) => Kind::Null,
        (UNIVERSAL, 6) => Kind::ObjectId,
        (APPLICATION, 0) => Kind::Address,
        (APPLICATION, 1..=3 | 6) => {
            element.number = content.iter().fold(0, |number, &octet| number << 8 | u64::from(octet));
            if element.id == 6 { Kind::Unsigned64 } else { Kind::Unsigned }
        }
        (CONTEXT, 0..=2) => Kind::Exception,
        (CONTEXT, _) => Kind::Other,
        _ => {
            let letter = match class {
                UNIVERSAL => "U",
                APPLICATION => "A",
                _ => CLASS_NAME,
            };
            o.put(("[P/", letter, "/", name, "]"));
            Kind::Octets
        }
    };
    Ok(())
}

/// Prints the value of an element.
pub(crate) fn put(o: &mut Out, element: &Element<'_>) -> Step {
    let content = element.content;
    match element.kind {
        Kind::Octets => put_octets(o, element)?,
        Kind::Null => {}
        Kind::ObjectId => object_id(o, content.payload()),
        Kind::Integer => o.put(element.number as i32),
        Kind::Unsigned => o.put(element.number as u32),
        Kind::Unsigned64 => o.put(element.number),
        Kind::String => put_string(o, element)?,
        Kind::Sequence => o.put(("Seq(", content.len(), ")")),
        Kind::Address => {
            if content.len() != 4 {
                o.put("[inetaddr len!=4]");
            }
            for (i, &octet) in content.payload().iter().enumerate() {
                o.put((if i > 0 { "." } else { "" }, octet));
            }
        }
        Kind::Exception => o.put(("[", EXCEPTIONS.get(element.id as usize).copied(), "]")),
        Kind::Unit => {
            let name = CLASSES[CONTEXT].get(element.id as usize).copied();
            o.put((name, "(", content.len(), ")"));
        }
        Kind::Other => o.put("[BE_ANY!?]"),
    }
    Ok(())
}

/// Octets in hexadecimal, each after an underscore.
pub(crate) fn put_octets(o: &mut Out, element: &Element<'_>) -> Step {
    for &octet in element.content.payload() {
        o.put(("_", Hex2(octet)));
    }
    Ok(())
}

/// Text in quotes, or octets joined by underscores if there is any other.
pub(crate) fn put_string(o: &mut Out, element: &Element<'_>) -> Step {
    let octets = element.content.payload();
    if octets.iter().all(|octet| (0x20..0x7f).contains(octet)) {
        o.put(("\"", Chars(octets), "\""));
    } else {
        o.line.octets(octets, b'_');
    }
    Ok(())
}

/// An object identifier (X.690, section 8.19): the first number holds two arcs.
fn object_id(o: &mut Out, octets: &[u8]) {
    const ARCS: u32 = 40;
    let mut arc = 0_u32;
    let mut first = true;
    for &octet in octets {
        arc = (arc << 7).wrapping_add(u32::from(octet & !MORE));
        if octet & MORE != 0 {
            continue;
        }
        if first {
            let root = (arc / ARCS).min(2);
            o.put((".", root));
            arc -= root * ARCS;
            first = false;
        }
        o.put((".", arc));
        arc = 0;
    }
}
