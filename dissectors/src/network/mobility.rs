//! The Mobility Header of Mobile IPv6 (RFC 6275, section 6.1).

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex, Hex4, Hex8, Ipv6, Otherwise, Table, bits, named_dec};
use crate::view::{Step, Stop, View};

/// The payload protocol that says that nothing follows.
const NO_NEXT_HEADER: u8 = 59;
/// Octets before the message.
const HEADER: usize = 8;

const PAYLOAD_PROTOCOL: Field<u8> = Field::new("mip6.proto", 0);
const UNITS: Field<u8> = Field::new("mip6.hlen", 1);
const TYPE: Field<u8> = Field::new("mip6.mhtype", 2);
/// Where most messages start, before the end of the common header.
const MESSAGE: usize = 6;

const REFRESH_REQUEST: u8 = 0;
const HOME_TEST_INIT: u8 = 1;
const CARE_OF_TEST_INIT: u8 = 2;
const HOME_TEST: u8 = 3;
const CARE_OF_TEST: u8 = 4;
const BINDING_UPDATE: u8 = 5;
const BINDING_ACK: u8 = 6;
const BINDING_ERROR: u8 = 7;
const NAMES: Table = &[(0, "BRR"), (1, "HoTI"), (2, "CoTI"), (3, "HoT"), (4, "CoT"), (5, "BU"), (6, "BA"), (7, "BE")];
/// The least octets of each message, common header included.
const SIZES: [usize; 8] = [8, 16, 16, 24, 24, 16, 16, 24];

const UPDATE_FLAGS: Table = &[(8, "A"), (4, "H"), (2, "L"), (1, "K")];

/// The tree's fields of messages (sections 6.1.3 to 6.1.9).
const MESSAGES: &[(u8, &[Slot])] = &[
    (HOME_TEST_INIT, &[Slot::new("mip6.hoti.cookie", 8, 8)]),
    (CARE_OF_TEST_INIT, &[Slot::new("mip6.coti.cookie", 8, 8)]),
    (
        HOME_TEST,
        &[Slot::new("mip6.hot.nindex", 6, 2), Slot::new("mip6.hot.cookie", 8, 8), Slot::new("mip6.hot.token", 16, 8)],
    ),
    (
        CARE_OF_TEST,
        &[
            Slot::new("mip6.cot.nindex", 6, 2),
            Slot::new("mip6.cot.cookie", 8, 8),
            // Wireshark has one name for both tokens.
            Slot::new("mip6.hot.token", 16, 8),
        ],
    ),
    (
        BINDING_UPDATE,
        &[
            Slot::new("mip6.bu.seqnr", 6, 2),
            Slot::new("mip6.bu.a_flag", 8, 1).bit(7),
            Slot::new("mip6.bu.h_flag", 8, 1).bit(6),
            Slot::new("mip6.bu.l_flag", 8, 1).bit(5),
            Slot::new("mip6.bu.k_flag", 8, 1).bit(4),
            Slot::new("mip6.bu.lifetime", 10, 2),
        ],
    ),
    (
        BINDING_ACK,
        &[
            Slot::new("mip6.ba.status", 6, 1),
            Slot::new("mip6.ba.k_flag", 7, 1).bit(7),
            Slot::new("mip6.ba.seqnr", 8, 2),
            Slot::new("mip6.ba.lifetime", 10, 2),
        ],
    ),
    (BINDING_ERROR, &[Slot::new("mip6.be.status", 6, 1), Slot::new("mip6.be.haddr", 8, 16)]),
];

/// A mobility header.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "mobility";
    o.put("mobility: ");
    o.see(PAYLOAD_PROTOCOL, v);
    let next = v.get(PAYLOAD_PROTOCOL)?;
    if next != NO_NEXT_HEADER {
        o.put(("(payload protocol ", next, " should be ", NO_NEXT_HEADER, ") "));
    }
    o.see(UNITS, v);
    let size = (usize::from(v.get(UNITS)?) + 1) * 8;
    let kind = v.get(TYPE)?;
    o.put(TYPE.text(kind, named_dec(NAMES, kind, "type-#")));
    if let Some(&least) = SIZES.get(usize::from(kind))
        && size < least
    {
        o.put((" (header length ", size, " < ", least, ")"));
        return Err(Stop::Malformed);
    }
    if let Some((_, slots)) = MESSAGES.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
    let end = match kind {
        REFRESH_REQUEST => HEADER,
        HOME_TEST_INIT | CARE_OF_TEST_INIT => {
            token(o, v, if kind == HOME_TEST_INIT { " Home" } else { " Care-of" }, " Init Cookie=", HEADER)?;
            HEADER + 8
        }
        HOME_TEST | CARE_OF_TEST => {
            o.put((" nonce id=0x", Hex(v.u16(MESSAGE)?)));
            let which = if kind == HOME_TEST { " Home" } else { " Care-of" };
            token(o, v, which, " Init Cookie=", HEADER)?;
            token(o, v, which, " Keygen Token=", HEADER + 8)?;
            HEADER + 16
        }
        BINDING_UPDATE => {
            o.put((" seq#=", v.u16(MESSAGE)?));
            let flags = v.u8(HEADER)? >> 4;
            if flags != 0 {
                o.put((" ", bits(UPDATE_FLAGS, flags, "", "").or(Otherwise::Hex("bits-#0x", 1, ""))));
            }
            o.put((" lifetime=", u32::from(v.u16(HEADER + 2)?) << 2));
            HEADER + 4
        }
        BINDING_ACK => {
            o.put((" status=", v.u8(MESSAGE)?));
            o.put((v.u8(MESSAGE + 1)? & 0x80 != 0).then_some(" K"));
            o.put((" seq#=", v.u16(HEADER)?));
            o.put((" lifetime=", u32::from(v.u16(HEADER + 2)?) << 2));
            HEADER + 4
        }
        BINDING_ERROR => {
            o.put((" status=", v.u8(MESSAGE)?));
            o.put((" homeaddr ", Ipv6(v.array(HEADER)?)));
            HEADER + 16
        }
        _ => {
            o.put((" len=", v.get(UNITS)?));
            return Ok(());
        }
    };
    if o.tree.is_some() {
        note_options(o, v.skip(end).cut(size - end));
    }
    if o.opt.verbose > 0 {
        options(o, v.skip(end), size - end)?;
    }
    Ok(())
}

/// The tree's fields of options, by type (section 6.2).
const OPTIONS: &[(u8, &[Slot])] = &[
    (2, &[Slot::new("mip6.bra.interval", 2, 2)]),
    (3, &[Slot::new("mip6.acoa.acoa", 2, 16)]),
    (4, &[Slot::new("mip6.ni.hni", 2, 2), Slot::new("mip6.ni.cni", 4, 2)]),
];

fn note_options(o: &mut Out, mut v: View<'_>) {
    while let Ok(kind) = v.u8(0) {
        // The first type is a single octet.
        let size = if kind == 0 { 1 } else { usize::from(v.u8(1).unwrap_or_default()) + 2 };
        if let Some((_, slots)) = OPTIONS.iter().find(|row| row.0 == kind) {
            o.see_all(slots, v.cut(size));
        }
        v = v.skip(size);
    }
}

/// A cookie or token of eight octets, with `-v`.
fn token(o: &mut Out, v: View<'_>, which: &'static str, what: &'static str, at: usize) -> Step {
    if o.opt.verbose > 0 {
        o.put((which, what, Hex8(v.u32(at)?), ":", Hex8(v.u32(at + 4)?)));
    }
    Ok(())
}

/// The mobility options (RFC 6275, section 6.2), of `len` octets.
fn options(o: &mut Out, v: View<'_>, len: usize) -> Step {
    let mut at = 0;
    while at < len {
        let (rest, left) = (v.skip(at), len - at);
        let kind = rest.u8(0)?;
        let mut size = 1;
        if kind != 0 {
            enough(o, left, 2)?;
            size = usize::from(rest.u8(1)?) + 2;
        }
        enough(o, left, size)?;
        rest.check(size)?;
        option(o, rest, kind, size, left)?;
        at += size;
    }
    Ok(())
}

fn enough(o: &mut Out, left: usize, size: usize) -> Step {
    if left < size { Err(o.wrong("remaining length", left, "<", size)) } else { Ok(()) }
}

fn option(o: &mut Out, v: View<'_>, kind: u8, size: usize, left: usize) -> Step {
    const PAD1: u8 = 0;
    const PADN: u8 = 1;
    const REFRESH_ADVICE: u8 = 2;
    const ALTERNATE_CARE_OF: u8 = 3;
    const NONCE_INDICES: u8 = 4;
    const AUTHORIZATION: u8 = 5;
    match kind {
        PAD1 => o.put("(pad1)"),
        PADN => o.put("(padn)"),
        REFRESH_ADVICE => {
            o.put("(refresh: ");
            enough(o, left, 4)?;
            o.put((u32::from(v.u16(2)?) << 2, ")"));
        }
        ALTERNATE_CARE_OF => {
            o.put("(alt-CoA: ");
            enough(o, left, 18)?;
            o.put((Ipv6(v.array(2)?), ")"));
        }
        NONCE_INDICES => {
            o.put("(ni: ");
            enough(o, left, 6)?;
            o.put(("ho=0x", Hex4(v.u16(2)?), " co=0x", Hex4(v.u16(4)?), ")"));
        }
        AUTHORIZATION => {
            o.put("(auth)");
            enough(o, left, 12)?;
        }
        _ => o.put(("(unknown: type-#", kind, " len=", size - 2, ")")),
    }
    Ok(())
}
