//! The Cisco Discovery Protocol.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Fixed, Hex2, Hex4, Hex8, Ipv4, Ipv6, Table, bits};
use crate::view::{Step, Stop, View};

/// Octets of the header and of a TLV's header.
const HEADER: usize = 4;

const VERSION: Field<u8> = Field::new("cdp.version", 0);
const TTL: Field<u8> = Field::new("cdp.ttl", 1);
const CHECKSUM: Field<u16> = Field::new("cdp.checksum", 2);
const TLV_TYPE: Field<u16> = Field::new("cdp.tlv.type", 0);
const TLV_LENGTH: Field<u16> = Field::new("cdp.tlv.len", 2);

const CAPABILITIES: Table = &[
    (0x01, "Router"),
    (0x02, "Transparent Bridge"),
    (0x04, "Source Route Bridge"),
    (0x08, "L2 Switch"),
    (0x10, "L3 capable"),
    (0x20, "IGMP snooping"),
    (0x40, "L1 capable"),
];

/// How a TLV is printed.
struct Kind {
    name: &'static str,
    /// The octets that its value may have.
    lengths: (usize, usize),
    print: fn(&mut Out, View<'_>) -> Step,
}

/// The device's identifier is the one TLV that a short line has.
const DEVICE_ID: u16 = 0x01;

const ANY: (usize, usize) = (0, usize::MAX);

fn kind(code: u16) -> Option<Kind> {
    let row = |name, lengths, print| Some(Kind { name, lengths, print });
    match code {
        // Gaps in the numbering are known to be unknown: they are not dumped.
        0x00 | 0x0c | 0x0d => row("unknown field type", ANY, undecoded),
        DEVICE_ID => row("Device-ID", ANY, string),
        0x02 => row("Address", ANY, addresses),
        0x03 => row("Port-ID", ANY, string),
        0x04 => row("Capability", (4, 4), capability),
        0x05 => row("Version String", ANY, version),
        0x06 => row("Platform", ANY, string),
        0x07 => row("Prefixes", ANY, prefixes),
        0x08 => row("Protocol-Hello option", ANY, undecoded),
        0x09 => row("VTP Management Domain", ANY, string),
        0x0a => row("Native VLAN ID", (2, 2), number),
        0x0b => row("Duplex", (1, 1), duplex),
        0x0e => row("ATA-186 VoIP VLAN assignment", (3, 3), voice_vlan),
        0x0f => row("ATA-186 VoIP VLAN request", (2, 3), voice_vlan),
        0x10 => row("power consumption", (1, 3), power),
        0x11 => row("MTU", (4, 4), mtu),
        0x12 => row("AVVID trust bitmap", (1, 1), octet),
        0x13 => row("AVVID untrusted ports CoS", (1, 1), octet),
        0x14 => row("System Name", ANY, string),
        0x15 => row("System Object ID (not decoded)", ANY, undecoded),
        0x16 => row("Management Addresses", (4, usize::MAX), addresses),
        0x17 => row("Physical Location", (1, usize::MAX), place),
        _ => None,
    }
}

/// Types whose values are text, for the tree.
const TEXTS: [(u16, Id); 6] = [
    (1, Id::of("cdp.deviceid")),
    (3, Id::of("cdp.portid")),
    (5, Id::of("cdp.software_version")),
    (6, Id::of("cdp.platform")),
    (9, Id::of("cdp.vtp_management_domain")),
    (0x14, Id::of("cdp.system_name")),
];

/// A CDP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "cdp";
    let mut rest = v;
    match packet(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            rest.need(rest.len())
        }
        other => other,
    }
}

/// Prints a packet; `rest` is what is left where it stops.
fn packet(o: &mut Out, rest: &mut View<'_>) -> Step {
    let length = rest.len();
    if length < HEADER {
        o.put((" (packet length ", length, " < ", HEADER, ")"));
        return Err(Stop::Malformed);
    }
    o.put(("CDPv", VERSION.show(rest.get(VERSION)?), ", ttl: ", TTL.show(rest.get(TTL)?), "s"));
    let checksum = rest.get(CHECKSUM)?;
    if o.opt.verbose > 0 {
        o.put((", checksum: 0x", CHECKSUM.text(checksum, Hex4(checksum)), " (unverified), length ", length));
    }
    *rest = rest.skip(HEADER);
    while !rest.is_empty() {
        tlv(o, rest)?;
    }
    if o.opt.verbose == 0 {
        o.put((", length ", length));
    }
    Ok(())
}

/// TLVs of numbers.
const NUMBERS: &[(u16, &[Slot])] = &[
    (0x04, CAPABILITY_FIELDS),
    (0x0a, &[Slot::new("cdp.native_vlan", 0, 2)]),
    (0x0b, &[Slot::new("cdp.duplex", 0, 1)]),
    (0x0e, VOICE),
    (0x0f, VOICE),
    (0x10, &[Slot::new("cdp.power_consumption", 0, 2)]),
    (0x11, &[Slot::new("cdp.mtu", 0, 4)]),
    (0x12, &[Slot::new("cdp.trust_bitmap", 0, 1)]),
    (0x13, &[Slot::new("cdp.untrusted_port_cos", 0, 1)]),
];
const VOICE: &[Slot] = &[Slot::new("cdp.voice_vlan", 1, 2)];
const CAPABILITY_FIELDS: &[Slot] = &[
    Slot::new("cdp.capabilities", 0, 4),
    Slot::new("cdp.capabilities.router", 0, 4).bit(0),
    Slot::new("cdp.capabilities.trans_bridge", 0, 4).bit(1),
    Slot::new("cdp.capabilities.src_bridge", 0, 4).bit(2),
    Slot::new("cdp.capabilities.switch", 0, 4).bit(3),
    Slot::new("cdp.capabilities.host", 0, 4).bit(4),
    Slot::new("cdp.capabilities.igmp_capable", 0, 4).bit(5),
    Slot::new("cdp.capabilities.repeater", 0, 4).bit(6),
    Slot::new("cdp.capabilities.voip_phone", 0, 4).bit(7),
];

/// Notes addresses: of each, a protocol behind its type and length, and the address
/// behind its length.
fn note_addresses(o: &mut Out, v: View<'_>) -> Step {
    const ADDRESS: &[Slot] = &[Slot::new("cdp.nrgyz.ip_address", 0, 4)];
    const ADDRESS_6: &[Slot] = &[Slot::new("cdp.nrgyz.ipv6_address", 0, 16)];
    o.see_all(&[Slot::new("cdp.number_of_addresses", 0, 4)], v);
    let mut rest = v.skip(4);
    for _ in 0..v.u32(0)? {
        let protocol = usize::from(rest.u8(1)?);
        let size = usize::from(rest.u16(2 + protocol)?);
        let address = rest.skip(4 + protocol).cut(size);
        match (protocol, size) {
            (1, 4) if rest.u8(2)? == 0xcc => o.see_all(ADDRESS, address),
            (8, 16) => o.see_all(ADDRESS_6, address),
            _ => {}
        }
        rest = rest.skip(4 + protocol + size);
    }
    Ok(())
}

/// Prints the next TLV.
fn tlv(o: &mut Out, rest: &mut View<'_>) -> Step {
    if rest.len() < HEADER {
        o.put((" (remaining packet length ", rest.len(), " < ", HEADER, ")"));
        return Err(Stop::Malformed);
    }
    let (code, length) = (rest.get(TLV_TYPE)?, usize::from(rest.get(TLV_LENGTH)?));
    o.note(TLV_TYPE, code);
    o.note(TLV_LENGTH, length);
    let kind = kind(code);
    let name = kind.as_ref().map_or("unknown field type", |kind| kind.name);
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    if length < HEADER {
        if o.opt.verbose > 0 {
            o.put(("\n\t", name, " (0x", Hex2(code), "), TLV length: ", length, " byte", plural(length)));
            o.put(" (too short)");
        } else {
            o.put((", ", name, " TLV length ", length, " too short"));
        }
        return Err(Stop::Malformed);
    }
    if length > rest.len() {
        o.put((" (TLV length ", length, " > ", rest.len(), ")"));
        return Err(Stop::Malformed);
    }
    let wanted = o.opt.verbose > 0 || code == DEVICE_ID;
    *rest = rest.skip(HEADER);
    let length = length - HEADER;
    let value = rest.claim(length);
    if let Some((_, field)) = TEXTS.iter().find(|row| row.0 == code) {
        o.note_octets(*field, value.payload());
    } else if let Some((_, fields)) = NUMBERS.iter().find(|row| row.0 == code) {
        o.see_all(fields, value.cut(length));
    } else if matches!(code, 0x02 | 0x16) && o.tree.is_some() {
        let _ends_early = note_addresses(o, value.cut(length));
    } else if code == 0x17 && length > 0 {
        o.note_octets(id!("cdp.location"), value.cut(length).skip(1).data());
    }
    if o.opt.verbose > 0 {
        o.put(("\n\t", name, " (0x", Hex2(code), "), value length: ", length, " byte", plural(length), ": "));
    } else if wanted {
        o.put((", ", name, " "));
    }
    let mut dumped = o.opt.verbose > 0;
    if let Some(kind) = kind {
        let (least, most) = kind.lengths;
        if length < least || length > most {
            o.put(" (malformed TLV)");
        } else if wanted {
            (kind.print)(o, value)?;
            dumped = false;
        }
    }
    if dumped {
        value.need(length)?;
        o.unknown(value, "\n\t  ", length);
    }
    *rest = rest.skip(length);
    Ok(())
}

fn undecoded(_: &mut Out, v: View<'_>) -> Step {
    v.need(v.len())
}

fn string(o: &mut Out, v: View<'_>) -> Step {
    o.put("'");
    o.text(v, v.len())?;
    o.put("'");
    Ok(())
}

fn capability(o: &mut Out, v: View<'_>) -> Step {
    let set = v.u32(0)?;
    o.put(("(0x", Hex8(set), "): ", bits(CAPABILITIES, set, ", ", "none")));
    Ok(())
}

/// A text of several lines, each on a line of its own.
fn version(o: &mut Out, v: View<'_>) -> Step {
    o.put("\n\t  ");
    for at in 0..v.len() {
        match v.u8(at)? {
            b'\n' => o.put("\n\t  "),
            byte => o.char(byte),
        }
    }
    Ok(())
}

fn number(o: &mut Out, v: View<'_>) -> Step {
    o.put(v.u16(0)?);
    Ok(())
}

fn duplex(o: &mut Out, v: View<'_>) -> Step {
    o.put(if v.u8(0)? != 0 { "full" } else { "half" });
    Ok(())
}

fn voice_vlan(o: &mut Out, v: View<'_>) -> Step {
    if v.len() == 2 {
        o.put(("unknown 0x", Hex4(v.u16(0)?)));
    } else {
        o.put(("app ", v.u8(0)?, ", vlan ", v.u16(1)?));
    }
    Ok(())
}

/// A power in milliwatts.
fn power(o: &mut Out, v: View<'_>) -> Step {
    let milliwatts = match v.len() {
        1 => v.u8(0)?.into(),
        2 => v.u16(0)?.into(),
        _ => v.u24(0)?,
    };
    o.put((Fixed(f64::from(milliwatts) / 1000.0, 2), "W"));
    Ok(())
}

fn mtu(o: &mut Out, v: View<'_>) -> Step {
    o.put((v.u32(0)?, " bytes"));
    Ok(())
}

fn octet(o: &mut Out, v: View<'_>) -> Step {
    o.put(("0x", Hex2(v.u8(0)?)));
    Ok(())
}

fn place(o: &mut Out, v: View<'_>) -> Step {
    octet(o, v)?;
    if v.len() > 1 {
        o.put("/");
        o.text(v.skip(1), v.len() - 1)?;
    }
    Ok(())
}

/// IPv4 prefixes, five octets each.
fn prefixes(o: &mut Out, v: View<'_>) -> Step {
    if !v.len().is_multiple_of(5) {
        o.put((" [length ", v.len(), " is not a multiple of 5]"));
        return v.need(v.len());
    }
    o.put((" IPv4 Prefixes (", v.len() / 5, "):"));
    for at in (0..v.len()).step_by(5) {
        let [a, b, c, d, bits] = v.array(at)?;
        o.put(" ");
        o.line.ipv4([a, b, c, d]);
        o.put(("/", bits));
    }
    Ok(())
}

/// Kinds of a protocol field: a network layer protocol identifier, or LLC with SNAP.
const BY_IDENTIFIER: u8 = 1;
const BY_SNAP: u8 = 2;
const IDENTIFIER_IPV4: [u8; 1] = [0xcc];
const SNAP_IPV6: [u8; 8] = [0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00, 0x86, 0xdd];

/// A counted list of addresses.
fn addresses(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 4 {
        o.put(" (not enough space for num)");
        return v.need(v.len());
    }
    let mut rest = v.skip(4);
    let mut count = v.u32(0)?;
    while count > 0 {
        if !address(o, &mut rest, count)? {
            return rest.need(rest.len());
        }
        count -= 1;
        if count > 0 {
            o.put(" ");
        }
    }
    if !rest.is_empty() {
        o.put((" (", rest.len(), " bytes of stray data)"));
    }
    Ok(())
}

/// Prints the next address; false if there is no room for it.
fn address(o: &mut Out, rest: &mut View<'_>, number: u32) -> Step<bool> {
    if rest.len() < 2 {
        o.put(" (not enough space for PT+PL)");
        return Ok(false);
    }
    let (form, protocol_len) = (rest.u8(0)?, usize::from(rest.u8(1)?));
    *rest = rest.skip(2);
    if rest.len() < protocol_len + 2 {
        o.put(" (not enough space for P+AL)");
        return Ok(false);
    }
    let len = usize::from(rest.u16(protocol_len)?);
    let protocol = rest.bytes(0, protocol_len)?;
    *rest = rest.skip(protocol_len + 2);
    let ipv4 = form == BY_IDENTIFIER && protocol == IDENTIFIER_IPV4 && len == 4;
    let ipv6 = form == BY_SNAP && protocol == SNAP_IPV6 && len == 16;
    if !ipv4 && !ipv6 {
        o.put(("pt=0x", Hex2(form), ", pl=", protocol_len, ", pb="));
        for &octet in protocol {
            o.put((" ", Hex2(octet)));
        }
        o.put((", al=", len, ", a="));
    }
    if rest.len() < len {
        o.put(" (not enough space for A)");
        return Ok(false);
    }
    if ipv4 {
        o.put(("IPv4 (", number, ") ", Ipv4(rest.array(0)?)));
    } else if ipv6 {
        o.put(("IPv6 (", number, ") ", Ipv6(rest.array(0)?)));
    } else {
        for at in 0..len {
            o.put((" ", Hex2(rest.u8(at)?)));
        }
    }
    *rest = rest.skip(len);
    Ok(true)
}
