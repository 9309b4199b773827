//! Extensions of ICMP messages: multi-part messages (RFC 4884) with label
//! stacks (RFC 4950) and interfaces (RFC 5837), and PROBE (RFC 8335).

use crate::checksum;
use crate::out::Out;
use crate::put::{Hex4, Ipv4, Ipv6, Table, named};
use crate::view::{Step, Stop, View};

/// Where extensions start in a message (RFC 4884, section 5.5): after 128
/// octets of the original datagram.
const START: usize = 136;
/// Octets of the extension header, and of an object's header.
const HEADER: usize = 4;
const VERSION: u8 = 2;

const LABEL_STACK: u8 = 1;
const INTERFACE_INFORMATION: u8 = 2;
const INTERFACE_IDENTIFICATION: u8 = 3;
const CLASS_NAMES: Table =
    &[(1, "MPLS Stack Entry Object"), (2, "Interface Information Object"), (3, "Interface Identification Object")];
const ROLES: Table = &[
    (0, "Incoming IP Interface"),
    (1, "Sub-IP Component of Incoming IP Interface"),
    (2, "Outgoing IP Interface"),
    (3, "IP Next hop"),
];
const REPLY_CODES: Table = &[
    (0, "No error"),
    (1, "Malformed Query"),
    (2, "No Such Interface"),
    (3, "No Such Table Entry"),
    (4, "Multiple Interfaces Satisfy Query"),
];
const STATES: Table =
    &[(0, "Reserved"), (1, "Incomplete"), (2, "Reachable"), (3, "Stale"), (4, "Delay"), (5, "Probe"), (6, "Failed")];

/// The extensions of an error message, if it has them.
pub(crate) fn multi_part(o: &mut Out, v: View<'_>) -> Step {
    if v.len() <= START {
        return Ok(());
    }
    v.need(START + HEADER + 1)?;
    let extension = v.skip(START);
    let mut left = extension.len();
    let all = extension.bytes(0, left).ok().map(checksum::internet);
    // Without the length attribute only a good checksum tells that this is an
    // extension (RFC 4884, section 5.1).
    if v.u8(5)? == 0 && all.is_some_and(|computed| computed != 0) {
        return Ok(());
    }
    let version = extension.u8(0)? >> 4;
    o.put(("\n\tICMP Multi-Part extension v", version));
    if version != VERSION {
        o.put(" packet not supported");
        return Ok(());
    }
    if let Some(computed) = all {
        verdict(o, extension.u16(2)?, computed, left);
    }
    left = left.saturating_sub(HEADER);
    let mut objects = extension.skip(HEADER);
    while left > HEADER {
        match object(o, objects)? {
            Some(size) if left >= size => {
                left -= size;
                objects = objects.skip(size);
            }
            _ => break,
        }
    }
    Ok(())
}

fn verdict(o: &mut Out, field: u16, computed: u16, length: usize) {
    let verdict = if computed == 0 { "correct" } else { "incorrect" };
    o.put((", checksum 0x", Hex4(field), " (", verdict, "), length ", length));
}

/// The query or answer of an extended echo (RFC 8335, sections 2 and 3).
pub(crate) fn extended_echo(o: &mut Out, v: View<'_>, is_request: bool, code: u8) -> Step {
    let information = v.u8(7)?;
    if !is_request {
        let state = information >> 5;
        o.put(("\n\tCode ", code, " (", named(REPLY_CODES, code, "Unknown"), "), State ", state));
        o.put((" (", named(STATES, state, "Unknown"), "), active ", information >> 2 & 1));
        o.put((" ipv4 ", information >> 1 & 1, " ipv6 ", information & 1));
        return Ok(());
    }
    o.put(("\n\t", if information & 1 != 0 { "Local" } else { "Remote" }, " Interface"));
    let extension = v.skip(8);
    if extension.u8(0)? >> 4 != VERSION {
        o.invalid();
        return Ok(());
    }
    let field = extension.u16(2)?;
    let length = usize::from(extension.u16(4)?.wrapping_add(4));
    if let Ok(covered) = extension.bytes(0, length) {
        verdict(o, field, checksum::internet(covered), length);
    }
    object(o, extension.skip(HEADER))?;
    Ok(())
}

/// An extension object: its octets, or nothing if no other may follow.
fn object(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    let (size, class, kind) = (usize::from(v.u16(0)?), v.u8(2)?, v.u8(3)?);
    o.put(("\n\t  ", named(CLASS_NAMES, class, "unknown"), " (", class, "), Class-Type: ", kind, ", length ", size));
    if class == 0 || size < HEADER {
        return Ok(None);
    }
    let value = v.skip(HEADER).claim(size - HEADER);
    let result = match (class, kind) {
        (LABEL_STACK, 1) => label(o, value),
        (INTERFACE_INFORMATION, _) => information(o, value, kind),
        (INTERFACE_IDENTIFICATION, 1..=3) => identification(o, value, kind),
        _ => {
            o.unknown(value, "\n\t    ", value.len());
            Ok(())
        }
    };
    match result {
        Ok(()) => Ok(Some(size)),
        Err(Missing::Stop(Stop::Malformed)) => Ok(None),
        Err(Missing::Stop(stop)) => Err(stop),
        Err(Missing::Field) => Ok(Some(size)),
    }
}

/// Why the text of an object ends early.
enum Missing {
    /// The object is too short for the field: the next object follows.
    Field,
    Stop(Stop),
}

impl From<Stop> for Missing {
    fn from(stop: Stop) -> Self {
        Missing::Stop(stop)
    }
}

/// Fails unless the next field of `n` octets is captured and within the object.
fn room(v: View<'_>, n: usize) -> Result<(), Missing> {
    v.need(n)?;
    if v.len() < n { Err(Missing::Field) } else { Ok(()) }
}

fn label(o: &mut Out, v: View<'_>) -> Result<(), Missing> {
    room(v, 4)?;
    let entry = v.u32(0)?;
    o.put(("\n\t    label ", entry >> 12, ", tc ", entry >> 9 & 7));
    o.put((entry & 0x100 != 0).then_some(", [S]"));
    o.put((", ttl ", entry & 0xff));
    Ok(())
}

/// Interface information (RFC 5837, section 4).
fn information(o: &mut Out, v: View<'_>, kind: u8) -> Result<(), Missing> {
    const INDEX: u8 = 8;
    const ADDRESS: u8 = 4;
    const NAME: u8 = 2;
    const MTU: u8 = 1;
    let mut v = v;
    o.put(("\n\t    Interface Role: ", named(ROLES, kind >> 6, "an unknown interface role")));
    if kind & INDEX != 0 {
        room(v, 4)?;
        o.put(("\n\t    Interface Index: ", v.u32(0)?));
        v = v.skip(4);
    }
    if kind & ADDRESS != 0 {
        o.put("\n\t    IP Address sub-object: ");
        room(v, 4)?;
        let family = v.u16(0)?;
        v = v.skip(4);
        let size = if family == 1 { 4 } else { 16 };
        if family == 1 || family == 2 {
            room(v, size)?;
        }
        address(o, v, family)?;
        v = v.skip(size);
    }
    if kind & NAME != 0 {
        room(v, 1)?;
        let size = v.u8(0)?;
        o.put("\n\t    Interface Name");
        if size < 1 {
            o.put((" [length ", size, "]"));
            o.invalid();
            return Ok(());
        }
        room(v, usize::from(size))?;
        if size % 4 != 0 || size > 64 {
            o.put((" [length ", size, if size % 4 != 0 { " != N x 4]" } else { " > 64]" }));
            o.invalid();
            return Ok(());
        }
        o.put((", length ", size, ": "));
        o.until_nul(v.skip(1), usize::from(size) - 1);
        v = v.skip(usize::from(size));
    }
    if kind & MTU != 0 {
        room(v, 4)?;
        o.put(("\n\t    MTU: ", v.u32(0)?));
    }
    Ok(())
}

/// Interface identification (RFC 8335, section 2.1).
fn identification(o: &mut Out, v: View<'_>, kind: u8) -> Result<(), Missing> {
    match kind {
        1 => {
            o.put(("\n\t    Interface Name, length ", v.len(), ": "));
            if o.until_nul(v, v.len()) {
                return Err(Missing::Stop(Stop::Truncated));
            }
        }
        2 => {
            room(v, 4)?;
            o.put(("\n\t    Interface Index: ", v.u32(0)?));
        }
        _ => {
            o.put("\n\t    IP Address sub-object: ");
            room(v, 4)?;
            let (family, size) = (v.u16(0)?, v.u8(2)?);
            if v.len() < 4 + usize::from(size) {
                return Err(Missing::Field);
            }
            v.need(usize::from(size))?;
            if family == 1 && size != 4 {
                o.put(("[length ", size, " != 4] "));
            } else if family == 2 && size != 16 {
                o.put(("[length ", size, " != 16] "));
            }
            address(o, v.skip(4), family)?;
        }
    }
    Ok(())
}

fn address(o: &mut Out, v: View<'_>, family: u16) -> Step {
    match family {
        1 => o.put(Ipv4(v.array(0)?)),
        2 => o.put(Ipv6(v.array(0)?)),
        _ => {
            o.put("Unknown Address Family Identifier");
            return Err(Stop::Malformed);
        }
    }
    Ok(())
}
