//! Domain names in messages (RFC 1035, sections 3.1 and 4.1.4), with the bit
//! labels of RFC 2673.

use crate::out::Out;
use crate::put::{Hex, Hex2};
use crate::view::{Step, Stop, View};

/// The longest name that is printed, in octets.
const MAX_NAME: usize = 255;
/// At most so many labels and pointers are followed in a message, so that
/// pointers into pointers stay cheap.
const MAX_STEPS: usize = 1 << 20;

/// The upper two bits of a label's first octet.
const KIND: u8 = 0xc0;
const POINTER: u8 = 0xc0;
const RESERVED: u8 = 0x80;
const EXTENDED: u8 = 0x40;
/// The only extended label type: a bit string.
const BIT_LABEL: u8 = 1;

/// A message while it is printed.
pub(crate) struct Message<'p> {
    /// From the identification on; offsets in names count from here.
    pub view: View<'p>,
    /// Multicast DNS: the upper bit of a class has another meaning.
    pub multicast: bool,
    /// Where the question's name starts, while addresses belong to it.
    pub learn_from: Option<usize>,
    steps: usize,
}

impl<'p> Message<'p> {
    pub(crate) fn new(view: View<'p>, multicast: bool) -> Self {
        Message { view, multicast, learn_from: None, steps: 0 }
    }

    fn step(&mut self) -> Step {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(Stop::Cut) } else { Ok(()) }
    }
}

/// The offset behind the name at `at`, if it can be found.
pub(crate) fn skip(v: View<'_>, at: usize) -> Option<usize> {
    let mut first = v.u8(at).ok()?;
    let mut at = at + 1;
    while first != 0 {
        match first & KIND {
            POINTER => return Some(at + 1),
            EXTENDED if first & !KIND == BIT_LABEL => at += 1 + bit_octets(v.u8(at).ok()?),
            EXTENDED | RESERVED => return None,
            _ => at += usize::from(first),
        }
        first = v.u8(at).ok()?;
        at += 1;
    }
    Some(at)
}

/// The octet at `at`; tcpdump's printer notices itself where a name is cut.
fn octet(v: View<'_>, at: usize) -> Step<u8> {
    v.u8(at).map_err(Stop::noticed)
}

/// How many bits a bit label has: zero stands for 256.
fn bit_count(octet: u8) -> usize {
    if octet == 0 { 256 } else { usize::from(octet) }
}

fn bit_octets(octet: u8) -> usize {
    bit_count(octet).div_ceil(8)
}

/// The octets of the label at `at` behind its first; of a pointer any number.
fn label_len(o: &mut Out, v: View<'_>, at: usize) -> Step<usize> {
    let first = octet(v, at)?;
    match first & KIND {
        EXTENDED if first & !KIND == BIT_LABEL => Ok(bit_octets(octet(v, at + 1)?) + 1),
        EXTENDED => {
            o.put(("<ELT ", first & !KIND, ">"));
            Err(Stop::Cut)
        }
        RESERVED => {
            o.put("<BAD LABEL TYPE>");
            Err(Stop::Cut)
        }
        _ => Ok(usize::from(first)),
    }
}

/// Prints the name at `at`; the offset behind it.
pub(crate) fn put(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step<usize> {
    put_with_base(o, m, at, 0, at)
}

/// Prints the name at `at`, whose pointers count from `base` on and must be
/// below `limit`.
pub(crate) fn put_with_base(o: &mut Out, m: &mut Message<'_>, at: usize, base: usize, mut limit: usize) -> Step<usize> {
    let v = m.view;
    let mut length = label_len(o, v, at)?;
    let mut first = octet(v, at)?;
    let mut at = at + 1;
    let mut end = at + length;
    let indirect = first & KIND == POINTER;
    let mut compressed = false;
    let mut printed = 0;
    if first == 0 {
        o.put(".");
        return Ok(end);
    }
    while first != 0 && at < v.caplen() {
        m.step()?;
        if first & KIND == POINTER {
            if !compressed {
                end = at + 1;
                compressed = true;
            }
            let offset = usize::from(first & !KIND) << 8 | usize::from(octet(v, at)?);
            // Only backwards: no loop can be made.
            if offset >= limit {
                o.put("<BAD PTR>");
                return Err(Stop::Cut);
            }
            limit = offset;
            at = base + offset;
            first = octet(v, at)?;
            length = label_len(o, v, at)?;
            at += 1;
            continue;
        }
        if first & KIND == EXTENDED {
            bit_label(o, v, at)?;
        } else {
            label(o, v, at, length.min(MAX_NAME.saturating_sub(printed)))?;
            printed += length;
        }
        at += length;
        if printed <= MAX_NAME {
            o.put(".");
        }
        printed += 1;
        first = octet(v, at)?;
        length = label_len(o, v, at)?;
        at += 1;
        if !compressed {
            end += length + 1;
        }
    }
    if printed > MAX_NAME {
        o.put("<DOMAIN NAME TOO LONG>");
    }
    // A pointer of which only the first octet was captured leads nowhere.
    if indirect && !compressed { Err(Stop::Cut) } else { Ok(end) }
}

fn label(o: &mut Out, v: View<'_>, at: usize, length: usize) -> Step {
    text(o, v.skip(at), length)
}

/// `length` octets of text; what is captured of them is printed in any case.
pub(crate) fn text(o: &mut Out, v: View<'_>, length: usize) -> Step {
    let captured = &v.data()[..length.min(v.caplen())];
    for &byte in captured {
        o.char(byte);
    }
    v.check(length)
}

/// A bit string as `\[xHEX/BITS]`.
fn bit_label(o: &mut Out, v: View<'_>, at: usize) -> Step {
    let bits = bit_count(octet(v, at)?);
    o.put("\\[x");
    let (mut at, mut left) = (at + 1, bits);
    while left > 7 {
        o.put(Hex2(v.u8(at)?));
        at += 1;
        left -= 8;
    }
    if left > 4 {
        o.put(Hex2(v.u8(at)? & 0xff << (8 - left)));
    } else if left > 0 {
        o.put(Hex(v.u8(at)? >> 4 & 0x0f << (4 - left)));
    }
    o.put(("/", bits, "]"));
    Ok(())
}

/// The name at `at` without its last dot in `room`; nothing if it is odd or cut.
pub(crate) fn plain<'b>(v: View<'_>, at: usize, room: &'b mut [u8; MAX_NAME]) -> Option<&'b [u8]> {
    let (mut at, mut limit, mut used) = (at, at, 0);
    loop {
        let first = v.u8(at).ok()?;
        match first & KIND {
            0 if first == 0 => break,
            0 => {
                let label = v.bytes(at + 1, usize::from(first)).ok()?;
                if used > 0 {
                    *room.get_mut(used)? = b'.';
                    used += 1;
                }
                room.get_mut(used..used + label.len())?.copy_from_slice(label);
                used += label.len();
                at += 1 + label.len();
            }
            POINTER => {
                let offset = usize::from(v.u16(at).ok()? & 0x3fff);
                if offset >= limit {
                    return None;
                }
                (at, limit) = (offset, offset);
            }
            _ => return None,
        }
    }
    room.get(..used)
}
