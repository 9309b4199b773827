//! BIND's lightweight resolver protocol.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::fields::Id;
use crate::naming::dns_records::{CLASSES, TYPES};
use crate::out::Out;
use crate::put::{Chars, Elapsed, Hex, Ipv4, Ipv6, Octets, Table, named_dec, named_hex};
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 28;

const LENGTH: Field<u32> = Field::new("lwres.length", 0);
const VERSION: Field<u16> = Field::new("lwres.version", 4);
const FLAGS: Field<u16> = Field::new("lwres.flags", 6);
const SERIAL: Field<u32> = Field::new("lwres.serial", 8);
const OPCODE: Field<u32> = Field::new("lwres.opcode", 12);
const RESULT: Field<u32> = Field::new("lwres.result", 16);
const RECEIVE_LENGTH: Field<u32> = Field::new("lwres.recvlen", 20);
const AUTH_TYPE: Field<u16> = Field::new("lwres.authtype", 24);
const AUTH_LENGTH: Field<u16> = Field::new("lwres.authlen", 26);

const RESPONSE: u16 = 1;
const NOOP: u32 = 0;
const ADDRESSES_BY_NAME: u32 = 0x0001_0001;
const NAME_BY_ADDRESS: u32 = 0x0001_0002;
const DATA_BY_NAME: u32 = 0x0001_0003;
const OPCODES: Table = &[
    (NOOP, "noop"),
    (ADDRESSES_BY_NAME, "getaddrsbyname"),
    (NAME_BY_ADDRESS, "getnamebyaddr"),
    (DATA_BY_NAME, "getrdatabyname"),
];
const INTERNET: u16 = 1;

/// A request or response.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lwres";
    let result = packet(o, v);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    v.need(HEADER)?;
    o.put(" lwres");
    let version = v.get(VERSION)?;
    if o.opt.verbose > 0 || version != 0 {
        o.put((" v", VERSION.show(version)));
    }
    o.see(LENGTH, v);
    let length = v.get(LENGTH)?;
    let end = if version != 0 {
        v.need(length as usize)?;
        Some(length as usize)
    } else {
        body(o, v)?
    };
    if length as usize != v.len() {
        o.put((" [len: ", length, " != ", v.len(), "]"));
    }
    if end.is_some_and(|end| end < length as usize) {
        o.put("[extra]");
    }
    Ok(())
}

/// Everything of version 0; where it ends, if the operation is known.
fn body(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    let (flags, opcode) = (v.get(FLAGS)?, v.get(OPCODE)?);
    let response = flags & RESPONSE != 0;
    o.put((" ", OPCODE.text(opcode, named_hex(OPCODES, opcode, "#0x", 1)), if response { "" } else { "?" }));
    o.note(FLAGS, flags);
    if flags & !RESPONSE != 0 {
        o.put(("[0x", Hex(flags), "]"));
    }
    if o.opt.verbose > 1 {
        o.put((" (serial:0x", SERIAL.hex(v.get(SERIAL)?), " result:0x", RESULT.hex(v.get(RESULT)?)));
        o.put((" recvlen:", RECEIVE_LENGTH.show(v.get(RECEIVE_LENGTH)?)));
        if o.opt.verbose > 2 {
            o.put((
                " authtype:0x",
                AUTH_TYPE.hex(v.get(AUTH_TYPE)?),
                " authlen:",
                AUTH_LENGTH.show(v.get(AUTH_LENGTH)?),
            ));
        }
        o.put(")");
    }
    let content = v.skip(HEADER);
    let taken = match (opcode, response) {
        (NOOP, _) => 0,
        (ADDRESSES_BY_NAME, false) => {
            content.need(10)?;
            more_flags(o, content)?;
            address_kinds(o, content.u32(4)?);
            o.see_all(&[Slot::new("lwres.adn.addrtype", 4, 4)], content);
            note_name(o, id!("lwres.adn.name"), content.skip(10), content.u16(8)?);
            10 + name(o, content.skip(10), content.u16(8)?)?
        }
        (NAME_BY_ADDRESS, false) => {
            content.need(4)?;
            more_flags(o, content)?;
            4 + address(o, content.skip(4))?
        }
        (DATA_BY_NAME, false) => {
            content.need(10)?;
            more_flags(o, content)?;
            kind_and_class(o, content)?;
            o.see_all(KIND_AND_CLASS, content);
            note_name(o, id!("lwres.reqdname"), content.skip(10), content.u16(8)?);
            10 + name(o, content.skip(10), content.u16(8)?)?
        }
        (ADDRESSES_BY_NAME, true) => addresses(o, content)?,
        (NAME_BY_ADDRESS, true) => names(o, content)?,
        (DATA_BY_NAME, true) => data(o, content)?,
        _ => return Ok(None),
    };
    Ok(Some(HEADER + taken))
}

/// The flags at the start of an operation's fields, with `-vvv`.
fn more_flags(o: &mut Out, v: View<'_>) -> Step {
    if o.opt.verbose > 2 {
        o.put((" flags:0x", Hex(v.u32(0)?)));
    }
    Ok(())
}

fn address_kinds(o: &mut Out, kinds: u32) {
    match kinds & 3 {
        1 => o.put(" IPv4"),
        2 => o.put(" IPv6"),
        3 => o.put(" IPv4/6"),
        _ => {}
    }
    if kinds & !3 != 0 {
        o.put(("[0x", Hex(kinds), "]"));
    }
}

fn kind_and_class(o: &mut Out, v: View<'_>) -> Step {
    let class = v.u16(4)?;
    o.put((" ", named_dec(TYPES, v.u16(6)?, "Type")));
    if class != INTERNET {
        o.put((" ", named_dec(CLASSES, class, "Class")));
    }
    Ok(())
}

/// What data is asked for.
const KIND_AND_CLASS: &[Slot] = &[Slot::new("lwres.class", 4, 2), Slot::new("lwres.type", 6, 2)];

/// Notes a name, if it is captured.
fn note_name(o: &mut Out, field: Id, v: View<'_>, length: u16) {
    if let Ok(octets) = v.bytes(0, length.into()) {
        o.note_octets(field, octets);
    }
}

/// A name and the NUL that must follow; their octets.
fn name(o: &mut Out, v: View<'_>, length: u16) -> Step<usize> {
    let length = usize::from(length);
    o.put(" ");
    o.put(Chars(v.claim(length).payload()));
    if v.u8(length)? != 0 {
        o.put(" (not NUL-terminated!)");
    }
    Ok(length + 1)
}

/// A name after its length.
fn counted_name(o: &mut Out, v: View<'_>) -> Step<usize> {
    Ok(2 + name(o, v.skip(2), v.u16(0)?)?)
}

/// Octets after their length.
fn counted_octets(o: &mut Out, v: View<'_>) -> Step<usize> {
    let length = usize::from(v.u16(0)?);
    let field = v.skip(2).claim(length);
    o.put(Octets(field.payload()));
    field.need(length)?;
    Ok(2 + length)
}

/// An address after its family and length.
fn address(o: &mut Out, v: View<'_>) -> Step<usize> {
    const ADDRESS: usize = 6;
    let (family, length) = (v.u32(0)?, usize::from(v.u16(4)?));
    let field = v.skip(ADDRESS);
    field.need(length)?;
    match family {
        1 | 2 if length < if family == 1 { 4 } else { 16 } => return Err(Stop::Malformed),
        1 => {
            o.put((" ", Ipv4(field.array(0)?)));
            return Ok(ADDRESS + 4);
        }
        2 => {
            o.put((" ", Ipv6(field.array(0)?)));
            return Ok(ADDRESS + 16);
        }
        _ => o.put((" ", family, "/", Octets(field.bytes(0, length)?))),
    }
    Ok(ADDRESS + length)
}

/// The addresses of a name, and its aliases.
fn addresses(o: &mut Out, v: View<'_>) -> Step<usize> {
    v.need(10)?;
    more_flags(o, v)?;
    let (aliases, addresses) = (v.u16(4)?, v.u16(6)?);
    o.put((" ", aliases, "/", addresses));
    let mut at = 10 + name(o, v.skip(10), v.u16(8)?)?;
    for _ in 0..aliases {
        at += counted_name(o, v.skip(at))?;
    }
    for _ in 0..addresses {
        at += address(o, v.skip(at))?;
    }
    Ok(at)
}

/// The name of an address, and its aliases.
fn names(o: &mut Out, v: View<'_>) -> Step<usize> {
    v.need(8)?;
    more_flags(o, v)?;
    let aliases = v.u16(4)?;
    o.put((" ", aliases));
    let mut at = 8 + name(o, v.skip(8), v.u16(6)?)?;
    for _ in 0..aliases {
        at += counted_name(o, v.skip(at))?;
    }
    Ok(at)
}

/// Resource data and signatures.
fn data(o: &mut Out, v: View<'_>) -> Step<usize> {
    v.need(16)?;
    more_flags(o, v)?;
    kind_and_class(o, v)?;
    o.see_all(KIND_AND_CLASS, v);
    let (records, signatures) = (v.u16(12)?, v.u16(14)?);
    o.put((" TTL ", Elapsed(v.u32(8)?), " ", records, "/", signatures));
    let mut at = 16;
    at += counted_name(o, v.skip(at))?;
    for _ in 0..u32::from(records) + u32::from(signatures) {
        at += counted_octets(o, v.skip(at))?;
    }
    Ok(at)
}
