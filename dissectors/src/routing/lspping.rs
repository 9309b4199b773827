//! MPLS echo requests and replies (RFC 8029, first RFC 4379).

use super::bgp_nlri::Distinguisher;
use super::pseudowire::PSEUDOWIRES;
use crate::below::Below;
use crate::field::Slot;
use crate::management::ntp_time::Timestamp;
use crate::out::Out;
use crate::put::{Hex4, Hex8, Ipv4, Ipv6, Named, Otherwise, Table, named};
use crate::security::radius_values::ENTERPRISES;
use crate::view::{Step, View};

/// The header (RFC 8029, section 3).
const HEADER: usize = 32;
const VERSION_AT: usize = 0;
const TYPE: usize = 4;
const REPLY_MODE: usize = 5;
const RETURN_CODE: usize = 6;
const RETURN_SUBCODE: usize = 7;
const HANDLE: usize = 8;
const SEQUENCE: usize = 12;
const SENT: usize = 16;
const RECEIVED: usize = 24;
const VERSION: u16 = 1;

const FIELDS: &[Slot] = &[
    Slot::new("mpls_echo.version", VERSION_AT, 2),
    Slot::new("mpls_echo.msg_type", TYPE, 1),
    Slot::new("mpls_echo.reply_mode", REPLY_MODE, 1),
    Slot::new("mpls_echo.return_code", RETURN_CODE, 1),
    Slot::new("mpls_echo.return_subcode", RETURN_SUBCODE, 1),
    Slot::new("mpls_echo.sender_handle", HANDLE, 4),
    Slot::new("mpls_echo.sequence", SEQUENCE, 4),
];

const TYPES: Table = &[(1, "MPLS Echo Request"), (2, "MPLS Echo Reply")];
const REPLY_MODES: Table = &[
    (1, "Do not reply"),
    (2, "Reply via an IPv4/IPv6 UDP packet"),
    (3, "Reply via an IPv4/IPv6 UDP packet with Router Alert"),
    (4, "Reply via application level control channel"),
];
const RETURN_CODES: Table = &[
    (0, "No return code or return code contained in the Error Code TLV"),
    (1, "Malformed echo request received"),
    (2, "One or more of the TLVs was not understood"),
    (3, "Replying router is an egress for the FEC at stack depth"),
    (4, "Replying router has no mapping for the FEC at stack depth"),
    (5, "Reserved"),
    (6, "Reserved"),
    (7, "Reserved"),
    (8, "Label switched at stack-depth"),
    (9, "Label switched but no MPLS forwarding at stack-depth"),
    (10, "Mapping for this FEC is not the given label at stack depth"),
    (11, "No label entry at stack-depth"),
    (12, "Protocol not associated with interface at FEC stack depth"),
    (13, "Premature termination of ping due to label stack shrinking to a single label"),
];

/// Octets of a TLV's type and length; the length does not count them, nor the
/// padding to a multiple of four octets.
const TLV: usize = 4;
const TARGET: u16 = 1;
const DOWNSTREAM: u16 = 2;
const VENDOR: u16 = 5;
const DISCRIMINATOR: u16 = 15;
const TLVS: Table = &[
    (1, "Target FEC Stack"),
    (2, "Downstream Mapping"),
    (3, "Pad"),
    (9, "Error Code"),
    (5, "Vendor Enterprise Code"),
    (7, "Interface Label Stack"),
    (10, "Reply TOS Byte"),
    (15, "BFD Discriminator"),
    (0xfc00, "Vendor Private Code"),
];
const TARGETS: Table = &[
    (1, "LDP IPv4 prefix"),
    (2, "LDP IPv6 prefix"),
    (3, "RSVP IPv4 Session Query"),
    (4, "RSVP IPv6 Session Query"),
    (5, "Reserved"),
    (6, "VPN IPv4 prefix"),
    (7, "VPN IPv6 prefix"),
    (8, "L2 VPN endpoint"),
    (9, "FEC 128 pseudowire (old)"),
    (10, "FEC 128 pseudowire"),
    (12, "BGP labeled IPv4 prefix"),
    (13, "BGP labeled IPv6 prefix"),
];
const ADDRESSES: Table = &[(1, "IPv4"), (2, "Unnumbered IPv4"), (3, "IPv6"), (4, "IPv6")];

/// How a list of TLVs goes on.
#[derive(PartialEq)]
enum Next {
    /// With the next one.
    Tlv,
    /// Not at all.
    Nothing,
}

/// An echo request or reply.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lspping";
    if v.len() < HEADER {
        too_short(o);
        return Ok(());
    }
    v.need(HEADER)?;
    o.see_all(FIELDS, v);
    let (version, kind) = (v.u16(VERSION_AT)?, v.u8(TYPE)?);
    if version != VERSION {
        o.put(("LSP-PING version ", version, " packet not supported"));
        return Ok(());
    }
    if o.opt.verbose < 1 {
        let name = Named(TYPES, kind.into(), Otherwise::Dec("unknown (", ")"));
        o.put(("LSP-PINGv", version, ", ", name, ", seq ", v.u32(SEQUENCE)?, ", length: ", v.len()));
        return Ok(());
    }
    o.put(("\n\tLSP-PINGv", version, ", msg-type: ", named(TYPES, kind, "unknown"), " (", kind, ")"));
    let mode = v.u8(REPLY_MODE)?;
    o.put((", length: ", v.len(), "\n\t  reply-mode: ", named(REPLY_MODES, mode, "unknown"), " (", mode, ")"));
    let (code, subcode) = (v.u8(RETURN_CODE)?, v.u8(RETURN_SUBCODE)?);
    // With these the subcode is the depth in the stack.
    let depth = matches!(code, 3 | 4 | 8 | 10..=12).then_some((" ", subcode));
    o.put(("\n\t  Return Code: ", named(RETURN_CODES, code, "unknown"), depth, " (", code, ")"));
    o.put(("\n\t  Return Subcode: (", subcode, ")"));
    o.put(("\n\t  Sender Handle: 0x", Hex8(v.u32(HANDLE)?), ", Sequence: ", v.u32(SEQUENCE)?));
    o.put(("\n\t  TimeStamp Sent: ", Timestamp::read(v, SENT)?));
    o.put("\n\t  TimeStamp Received: ");
    if v.u64(RECEIVED)? != 0 {
        o.put(Timestamp::read(v, RECEIVED)?);
    } else {
        o.put("no timestamp");
    }
    let mut rest = v.skip(HEADER);
    while !rest.is_empty() {
        match tlv(o, rest)? {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    Ok(())
}

fn too_short(o: &mut Out) {
    o.put("\n\t\t packet is too short");
}

/// A TLV; what is behind it, or nothing where the packet ends.
fn tlv<'p>(o: &mut Out, v: View<'p>) -> Step<Option<View<'p>>> {
    if v.len() < TLV {
        too_short(o);
        return Ok(None);
    }
    let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
    o.put(("\n\t  ", named(TLVS, kind, "Unknown"), " TLV (", kind, "), length: ", size));
    if size == 0 {
        return Ok(Some(v.skip(TLV)));
    }
    if v.len() < size + TLV {
        too_short(o);
        return Ok(None);
    }
    let value = v.skip(TLV);
    value.need(size)?;
    let mut dump = o.opt.verbose > 1;
    match kind {
        TARGET => match targets(o, value, size)? {
            Some(Next::Nothing) => return Ok(None),
            Some(Next::Tlv) => {}
            None => dump = true,
        },
        DOWNSTREAM => {
            if !downstream(o, value, size)? {
                tlv_too_short(o);
            }
            dump = true;
        }
        DISCRIMINATOR | VENDOR if size < 4 => {
            tlv_too_short(o);
            dump = true;
        }
        DISCRIMINATOR => o.put(("\n\t    BFD Discriminator 0x", Hex8(value.u32(0)?))),
        VENDOR => {
            let vendor = value.u32(0)?;
            o.put(("\n\t    Vendor: ", named(ENTERPRISES, vendor, "Unknown"), " (0x", Hex4(vendor), ")"));
        }
        _ if o.opt.verbose <= 1 => o.unknown(value, "\n\t    ", size),
        _ => {}
    }
    if dump {
        o.unknown(value, "\n\t    ", size);
    }
    let padded = TLV + size.next_multiple_of(4);
    if v.len() < padded {
        too_short(o);
        return Ok(None);
    }
    Ok(Some(v.skip(padded)))
}

fn tlv_too_short(o: &mut Out) {
    o.put("\n\t      TLV is too short");
}

/// A stack of classes in `left` octets (RFC 8029, section 3.2); nothing where it
/// is too short for one.
fn targets(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<Option<Next>> {
    while left != 0 {
        if left < TLV {
            tlv_too_short(o);
            return Ok(None);
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        if left < size + TLV {
            tlv_too_short(o);
            return Ok(None);
        }
        let value = v.skip(TLV);
        value.need(size)?;
        o.put(("\n\t    ", named(TARGETS, kind, "Unknown"), " subTLV (", kind, "), length: ", size));
        let known = target(o, value, kind, size)?;
        if o.opt.verbose > 1 || !known {
            o.unknown(value, "\n\t      ", size);
        }
        let padded = size.next_multiple_of(4);
        if left < padded + TLV {
            o.put("\n\t\t TLV is too short");
            return Ok(Some(Next::Nothing));
        }
        // As tcpdump has it: the next one is looked for where the value's octets
        // would end if they began with the header.
        (v, left) = (v.skip(padded), left - padded - TLV);
    }
    Ok(Some(Next::Tlv))
}

/// A class, `size` octets; false if it is not known or has another size.
fn target(o: &mut Out, v: View<'_>, kind: u16, size: usize) -> Step<bool> {
    let must = match kind {
        1 | 12 => 5,
        2 | 13 => 17,
        3 => 20,
        4 => 56,
        6 => 13,
        7 => 25,
        8 | 10 => 14,
        9 => 10,
        _ => return Ok(false),
    };
    if size != must {
        o.put(("\n\t      invalid subTLV length, should be ", must));
        return Ok(false);
    }
    match kind {
        1 | 12 => o.put(("\n\t      ", Ipv4(v.array(0)?), "/", v.u8(4)?)),
        2 | 13 => o.put(("\n\t      ", Ipv6(v.array(0)?), "/", v.u8(16)?)),
        3 => {
            let (end, sender) = (Ipv4(v.array(0)?), Ipv4(v.array(12)?));
            let identifiers = (Hex4(v.u16(18)?), "\n\t      tunnel-id 0x", Hex4(v.u16(6)?));
            o.put(("\n\t      tunnel end-point ", end, ", tunnel sender ", sender, ", lsp-id 0x", identifiers));
            o.put((", extended tunnel-id ", Ipv4(v.array(8)?)));
        }
        4 => {
            let (end, sender) = (Ipv6(v.array(0)?), Ipv6(v.array(36)?));
            let identifiers = (Hex4(v.u16(54)?), "\n\t      tunnel-id 0x", Hex4(v.u16(18)?));
            o.put(("\n\t      tunnel end-point ", end, ", tunnel sender ", sender, ", lsp-id 0x", identifiers));
            o.put((", extended tunnel-id ", Ipv6(v.array(20)?)));
        }
        6 => o.put(("\n\t      RD: ", Distinguisher(v.array(0)?), ", ", Ipv4(v.array(8)?), "/", v.u8(12)?)),
        7 => o.put(("\n\t      RD: ", Distinguisher(v.array(0)?), ", ", Ipv6(v.array(8)?), "/", v.u8(24)?)),
        8 => {
            let ends = (", Sender VE ID: ", v.u16(8)?, ", Receiver VE ID: ", v.u16(10)?);
            o.put(("\n\t      RD: ", Distinguisher(v.array(0)?), ends));
            let kind = v.u16(12)?;
            o.put(("\n\t      Encapsulation Type: ", named(PSEUDOWIRES, kind, "unknown"), " (", kind, ")"));
        }
        9 => {
            o.put(("\n\t      Remote PE: ", Ipv4(v.array(0)?)));
            pseudowire(o, v.skip(4))?;
        }
        _ => {
            o.put(("\n\t      Sender PE: ", Ipv4(v.array(0)?), ", Remote PE: ", Ipv4(v.array(4)?)));
            pseudowire(o, v.skip(8))?;
        }
    }
    Ok(true)
}

/// A pseudowire's identifier and type (RFC 8029, section 3.2.9).
fn pseudowire(o: &mut Out, v: View<'_>) -> Step {
    let (id, kind) = (v.u32(0)?, v.u16(4)?);
    o.put(("\n\t      PW ID: 0x", Hex8(id), ", PW Type: ", named(PSEUDOWIRES, kind, "unknown"), " (", kind, ")"));
    Ok(())
}

/// RFC 4379, section 3.3; false if `size` octets are too few.
fn downstream(o: &mut Out, v: View<'_>, size: usize) -> Step<bool> {
    const FIXED: usize = 4;
    const BEHIND: usize = 4;
    if size < FIXED {
        return Ok(false);
    }
    let kind = v.u8(2)?;
    o.put(("\n\t    MTU: ", v.u16(0)?, ", Address-Type: ", named(ADDRESSES, kind, "unknown"), " (", kind, ")"));
    let fixed = match kind {
        1 | 2 => 12,
        3 => 36,
        4 => 24,
        _ => 0,
    };
    if size < fixed {
        return Ok(false);
    }
    match kind {
        1 => {
            o.put(("\n\t    Downstream IP: ", Ipv4(v.array(4)?)));
            o.put(("\n\t    Downstream Interface IP: ", Ipv4(v.array(8)?)));
        }
        2 => {
            o.put(("\n\t    Downstream IP: ", Ipv4(v.array(4)?)));
            o.put(("\n\t    Downstream Interface Index: 0x", Hex8(v.u32(8)?)));
        }
        3 => {
            o.put(("\n\t    Downstream IP: ", Ipv6(v.array(4)?)));
            o.put(("\n\t    Downstream Interface IP: ", Ipv6(v.array(20)?)));
        }
        4 => {
            o.put(("\n\t    Downstream IP: ", Ipv6(v.array(4)?)));
            o.put(("\n\t    Downstream Interface Index: 0x", Hex8(v.u32(20)?)));
        }
        _ => {}
    }
    Ok(size - fixed >= BEHIND)
}
