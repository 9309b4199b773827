//! Label Distribution Protocol (RFC 5036), with pseudowires (RFC 4906), fault
//! tolerance (RFC 3479) and the MTU (RFC 3988).

use super::bgp_nlri::{Wrong, prefix4, prefix6};
use super::ldp_fields;
use super::pseudowire::PSEUDOWIRES;
use crate::below::Below;
use crate::families::FAMILIES;
use crate::out::Out;
use crate::put::{Chars, Hex2, Hex4, Hex8, Ipv4, Ipv6, Named, Otherwise, Put, Table, bits, named};
use crate::view::{Step, Stop, View};

/// The header of a PDU (RFC 5036, section 3.1). Its length does not count the
/// version and itself.
const HEADER: usize = 10;
const UNCOUNTED: usize = 4;
const VERSION_AT: usize = 0;
const LENGTH: usize = 2;
const ROUTER: usize = 4;
const LABEL_SPACE: usize = 8;
const VERSION: u16 = 1;

/// The header of a message (RFC 5036, section 3.5); its length counts the identifier.
const MESSAGE: usize = 8;
const MESSAGE_LENGTH: usize = 2;
const MESSAGE_ID: usize = 4;
const MESSAGES: Table = &[
    (0x0001, "Notification"),
    (0x0100, "Hello"),
    (0x0200, "Initialization"),
    (0x0201, "Keepalive"),
    (0x0300, "Address"),
    (0x0301, "Address Withdraw"),
    (0x0400, "Label Mapping"),
    (0x0401, "Label Request"),
    (0x0402, "Label Withdraw"),
    (0x0403, "Label Release"),
    (0x0404, "Label Abort Request"),
];

/// Those whose TLVs are written.
const DECODED: [u16; 8] = [0x0001, 0x0100, 0x0200, 0x0201, 0x0300, 0x0301, 0x0400, 0x0402];

/// Octets of a TLV's type and length.
const TLV: usize = 4;
const FEC: u16 = 0x0100;
const ADDRESS_LIST: u16 = 0x0101;
const GENERIC_LABEL: u16 = 0x0200;
const STATUS: u16 = 0x0300;
const COMMON_HELLO: u16 = 0x0400;
const IPV4_TRANSPORT: u16 = 0x0401;
const SEQUENCE: u16 = 0x0402;
const IPV6_TRANSPORT: u16 = 0x0403;
const COMMON_SESSION: u16 = 0x0500;
const FAULT_TOLERANT: u16 = 0x0503;
const MTU: u16 = 0x0601;
const TLVS: Table = &[
    (0x0100, "FEC"),
    (0x0101, "Address List"),
    (0x0103, "Hop Count"),
    (0x0104, "Path Vector"),
    (0x0200, "Generic Label"),
    (0x0201, "ATM Label"),
    (0x0202, "Frame-Relay Label"),
    (0x0300, "Status"),
    (0x0301, "Extended Status"),
    (0x0302, "Returned PDU"),
    (0x0303, "Returned Message"),
    (0x0400, "Common Hello Parameters"),
    (0x0401, "IPv4 Transport Address"),
    (0x0402, "Configuration Sequence Number"),
    (0x0403, "IPv6 Transport Address"),
    (0x0500, "Common Session Parameters"),
    (0x0501, "ATM Session Parameters"),
    (0x0502, "Frame-Relay Session Parameters"),
    (0x0503, "Fault-Tolerant Session Parameters"),
    (0x0600, "Label Request Message ID"),
    (0x0601, "MTU"),
];

const IPV4: u16 = 1;
const IPV6: u16 = 2;

const PREFIX: u8 = 0x02;
const CIRCUIT: u8 = 0x80;
const FECS: Table = &[(0x01, "Wildcard"), (0x02, "Prefix"), (0x03, "Host address"), (0x80, "Martini VC")];

const INTERFACE_MTU: u8 = 0x01;
const DESCRIPTION: u8 = 0x03;
const VERIFICATION: u8 = 0x0c;
const INTERFACE_PARAMETERS: Table = &[(0x01, "MTU"), (0x03, "Description"), (0x0c, "VCCV")];
/// RFC 5085, section 5.1.
const CONTROL_CHANNELS: Table =
    &[(1, "PWE3 control word"), (2, "MPLS Router Alert Label"), (4, "MPLS inner label TTL = 1")];
const VERIFICATION_TYPES: Table = &[(1, "ICMP Ping"), (2, "LSP Ping"), (4, "BFD")];

/// The PDUs of a datagram or segment.
pub(crate) fn dissect(o: &mut Out, mut v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "ldp";
    ldp_fields::note(o, v);
    while v.len() > HEADER + MESSAGE {
        let Some(used) = pdu(o, v)? else { break };
        if v.len() < used {
            o.put((" [remaining length ", v.len(), " < ", used, "]"));
            o.invalid();
            break;
        }
        v = v.skip(used);
    }
    Ok(())
}

/// A PDU; its octets, or nothing where no other is looked for.
fn pdu(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    v.need(HEADER)?;
    let indent = (o.opt.verbose > 0).then_some("\n\t");
    let version = v.u16(VERSION_AT)?;
    if version != VERSION {
        o.put((indent, "LDP version ", version, " packet not supported"));
        return Ok(None);
    }
    let length = v.u16(LENGTH)?;
    let least = HEADER - UNCOUNTED;
    if usize::from(length) < least {
        o.put((indent, "LDP, pdu-length: ", length, " (too short, < ", least, ")"));
        return Ok(None);
    }
    let router = Ipv4(v.array(ROUTER)?);
    o.put((indent, "LDP, Label-Space-ID: ", router, ":", v.u16(LABEL_SPACE)?, ", pdu-length: ", length));
    if o.opt.verbose < 1 {
        return Ok(None);
    }
    let mut rest = v.skip(HEADER);
    // A message that is longer than the PDU makes what is left wrap around.
    let mut left = length - least as u16;
    while left != 0 {
        match message(o, rest)? {
            Some(size) => {
                rest = rest.skip(size);
                left = left.wrapping_sub(size as u16);
            }
            None => return Ok(None),
        }
    }
    Ok(Some(usize::from(length) + UNCOUNTED))
}

/// A message; its octets, or nothing if its length cannot be.
fn message(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    v.need(MESSAGE)?;
    let (first, length) = (v.u16(0)?, v.u16(MESSAGE_LENGTH)?);
    let kind = first & 0x7fff;
    o.put(("\n\t  ", named(MESSAGES, kind, "Unknown"), " Message (0x", Hex4(kind), "), length: ", length));
    let least = MESSAGE - UNCOUNTED;
    if usize::from(length) < least {
        o.put((" (too short, < ", least, ")"));
        return Ok(None);
    }
    let id = v.u32(MESSAGE_ID)?;
    o.put((", Message ID: 0x", Hex8(id), ", Flags: [", unknown(first), " if unknown]"));
    let length = usize::from(length);
    v.need(length)?;
    let body = v.skip(MESSAGE);
    let mut left = length - least;
    if DECODED.contains(&kind) {
        let mut rest = body;
        while left >= TLV {
            let Some(used) = tlv(o, rest, left)? else { break };
            (rest, left) = (rest.skip(used), left - used);
        }
    } else if o.opt.verbose <= 1 {
        o.unknown(body, "\n\t  ", left);
    }
    if o.opt.verbose > 1 {
        o.unknown(body, "\n\t  ", length);
    }
    Ok(Some(length + UNCOUNTED))
}

/// What is done with a message or TLV whose type is not known.
fn unknown(first: u16) -> &'static str {
    if first & 0x8000 != 0 { "continue processing" } else { "ignore" }
}

/// A TLV in at most `left` octets; its octets, or nothing if they are more.
fn tlv(o: &mut Out, v: View<'_>, left: usize) -> Step<Option<usize>> {
    v.need(TLV)?;
    let (first, length) = (v.u16(0)?, v.u16(2)?);
    let size = usize::from(length);
    if size + TLV > left {
        o.put("\n\t\t TLV contents go past end of message");
        return Ok(None);
    }
    let kind = first & 0x3fff;
    o.put(("\n\t    ", named(TLVS, kind, "Unknown"), " TLV (0x", Hex4(kind), "), length: ", length));
    let forward = if first & 0x4000 != 0 { "do" } else { "don't" };
    o.put((", Flags: [", unknown(first), " and ", forward, " forward if unknown]"));
    match value(o, v.skip(TLV), kind, size) {
        Err(Stop::Malformed) => o.invalid(),
        other => other?,
    }
    Ok(Some(size + TLV))
}

/// Says so where a value has fewer octets than it must.
fn least(o: &mut Out, size: usize, must: usize) -> Step {
    if size < must { Err(o.wrong("tlv length", size, "<", must)) } else { Ok(()) }
}

/// The value of a TLV, `size` octets (RFC 5036, section 3.4).
fn value(o: &mut Out, v: View<'_>, kind: u16, size: usize) -> Step {
    const LEAST: &[(u16, usize)] = &[
        (COMMON_HELLO, 4),
        (IPV4_TRANSPORT, 4),
        (IPV6_TRANSPORT, 16),
        (SEQUENCE, 4),
        (ADDRESS_LIST, 2),
        (COMMON_SESSION, 14),
        (FEC, 1),
        (GENERIC_LABEL, 4),
        (STATUS, 8),
        (FAULT_TOLERANT, 12),
        (MTU, 2),
    ];
    if let Some(&(_, must)) = LEAST.iter().find(|row| row.0 == kind) {
        least(o, size, must)?;
    }
    match kind {
        COMMON_HELLO => {
            let flags = v.u16(2)?;
            let targeted = if flags & 0x8000 != 0 { "Targeted" } else { "Link" };
            let request = (flags & 0x4000 != 0).then_some(", Request for targeted Hellos");
            o.put(("\n\t      Hold Time: ", v.u16(0)?, "s, Flags: [", targeted, " Hello", request, "]"));
        }
        IPV4_TRANSPORT => o.put(("\n\t      IPv4 Transport Address: ", Ipv4(v.array(0)?))),
        IPV6_TRANSPORT => o.put(("\n\t      IPv6 Transport Address: ", Ipv6(v.array(0)?))),
        SEQUENCE => o.put(("\n\t      Sequence Number: ", v.u32(0)?)),
        ADDRESS_LIST => addresses(o, v, size)?,
        COMMON_SESSION => session(o, v)?,
        FEC => {
            let class = v.u8(0)?;
            o.put(("\n\t      ", named(FECS, class, "Unknown"), " FEC (0x", Hex2(class), ")"));
            match class {
                PREFIX => prefix(o, v.skip(1), size - 1)?,
                CIRCUIT => circuit(o, v.skip(1), size - 1)?,
                _ => {}
            }
        }
        GENERIC_LABEL => o.put(("\n\t      Label: ", v.u32(0)? & 0xf_ffff)),
        STATUS => status(o, v)?,
        FAULT_TOLERANT => fault_tolerant(o, v)?,
        MTU => o.put(("\n\t      MTU: ", v.u16(0)?)),
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t      ", size),
        _ => {}
    }
    Ok(())
}

/// RFC 5036, section 3.4.3.
fn addresses(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let family = v.u16(0)?;
    let name = Named(FAMILIES, family.into(), Otherwise::Dec("Unknown (", ")"));
    o.put(("\n\t      Address Family: ", name, ", addresses"));
    let (list, left) = (v.skip(2), size - 2);
    match family {
        IPV4 => {
            for row in 0..left / 4 {
                o.put((" ", Ipv4(list.array(row * 4)?)));
            }
        }
        IPV6 => {
            for row in 0..left / 16 {
                o.put((" ", Ipv6(list.array(row * 16)?)));
            }
        }
        _ => {}
    }
    Ok(())
}

/// RFC 5036, section 3.5.3.
fn session(o: &mut Out, v: View<'_>) -> Step {
    let flags = v.u16(4)?;
    let downstream = if flags & 0x8000 != 0 { "On Demand" } else { "Unsolicited" };
    let detection = if flags & 0x4000 != 0 { "Enabled" } else { "Disabled" };
    let flags = (", Flags: [Downstream ", downstream, ", Loop Detection ", detection, "]");
    o.put(("\n\t      Version: ", v.u16(0)?, ", Keepalive: ", v.u16(2)?, "s", flags));
    let receiver = (", Receiver Label-Space-ID ", Ipv4(v.array(8)?), ":", v.u16(12)?);
    o.put(("\n\t      Path Vector Limit ", v.u8(5)?, ", Max-PDU length: ", v.u16(6)?, receiver));
    Ok(())
}

/// A prefix of addresses, `left` octets (RFC 5036, section 3.4.1).
fn prefix(o: &mut Out, v: View<'_>, left: usize) -> Step {
    least(o, left, 2)?;
    let (family, v, left) = (v.u16(0)?, v.skip(2), left - 2);
    match family {
        IPV4 => put_prefix(o, "IPv4", prefix4(v, left)?)?,
        IPV6 => put_prefix(o, "IPv6", prefix6(v, left)?)?,
        _ => o.put((": Address family ", family, " prefix")),
    }
    Ok(())
}

fn put_prefix(o: &mut Out, version: &'static str, prefix: Result<(impl Put, usize), Wrong>) -> Step {
    match prefix {
        Ok((prefix, _)) => o.put((": ", version, " prefix ", prefix)),
        Err(Wrong::Length) => o.put((": ", version, " prefix (invalid length)")),
        // As tcpdump has it: one that is longer than its TLV is taken for cut.
        Err(_) => return Err(Stop::Truncated),
    }
    Ok(())
}

/// A pseudowire, `left` octets (RFC 4906, section 5).
fn circuit(o: &mut Out, v: View<'_>, left: usize) -> Step {
    const IDENTIFIED: usize = 11;
    const IDENTIFIER: usize = 4;
    least(o, left, 7)?;
    let (kind, length) = (v.u16(0)?, usize::from(v.u8(2)?));
    let control = (kind & 0x8000 == 0).then_some("no ");
    let start = (": ", named(PSEUDOWIRES, kind & 0x7fff, "Unknown"), ", ", control, "control word, group-ID ");
    if length == 0 {
        o.put((start, v.u32(3)?, ", VC-info-length: ", length));
        return Ok(());
    }
    least(o, left, IDENTIFIED)?;
    o.put((start, v.u32(3)?, ", VC-ID ", v.u32(7)?, ", VC-info-length: ", length));
    if length < IDENTIFIER {
        o.put(" (invalid, < 4");
        return Ok(());
    }
    least(o, left - IDENTIFIED, length - IDENTIFIER)?;
    interface(o, v.skip(IDENTIFIED), length - IDENTIFIER)
}

/// Parameters of a pseudowire's interface, `left` octets (RFC 4447, section 5.5).
fn interface(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    while left > 2 {
        let (kind, length) = (v.u8(0)?, v.u8(1)?);
        let size = usize::from(length);
        if size < 2 || left < size {
            break;
        }
        let name = named(INTERFACE_PARAMETERS, kind, "Unknown");
        o.put(("\n\t\tInterface Parameter: ", name, " (0x", Hex2(kind), "), len ", length));
        match kind {
            INTERFACE_MTU => o.put((": ", v.u16(2)?)),
            DESCRIPTION => {
                o.put(": ");
                let text = v.skip(2);
                o.put(Chars(&text.data()[..(size - 2).min(text.caplen())]));
                text.need(size - 2)?;
            }
            VERIFICATION => {
                let channels = v.u8(2)?;
                let names = bits(CONTROL_CHANNELS, channels, ", ", "none");
                o.put(("\n\t\t  Control Channels (0x", Hex2(channels), ") = [", names, "]"));
                let types = v.u8(3)?;
                let names = bits(VERIFICATION_TYPES, types, ", ", "none");
                o.put(("\n\t\t  CV Types (0x", Hex2(types), ") = [", names, "]"));
            }
            _ => o.unknown(v.skip(2), "\n\t\t  ", size - 2),
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// RFC 5036, section 3.4.6.
fn status(o: &mut Out, v: View<'_>) -> Step {
    let status = v.u32(0)?;
    let severity = if status & 0x8000_0000 != 0 { "Fatal error" } else { "Advisory Notification" };
    let forward = if status & 0x4000_0000 != 0 { "do" } else { "don't" };
    let flags = (", Flags: [", severity, " and ", forward, " forward]");
    o.put(("\n\t      Status: 0x", Hex2(status & 0x3fff_ffff), flags));
    let cause = v.u32(4)?;
    o.put((cause != 0).then_some((", causing Message ID: 0x", Hex8(cause))));
    Ok(())
}

/// RFC 3479, section 8.5, and RFC 3478, section 2.
fn fault_tolerant(o: &mut Out, v: View<'_>) -> Step {
    let flags = v.u16(0)?;
    let without = |bit: u16, text: &'static str| (flags & bit == 0).then_some(text);
    let labels = if flags & 2 != 0 { "Sequence Numbered Label" } else { "All Labels" };
    o.put(("\n\t      Flags: [", without(0x8000, "No "), "Reconnect, ", without(8, "Don't "), "Save State, "));
    o.put((without(4, "No "), "All-Label Protection, ", labels, " Checkpoint, "));
    o.put((without(1, "Don't "), "Re-Learn State]"));
    let reconnect = v.u32(4)?;
    o.put((reconnect != 0).then_some((", Reconnect Timeout: ", reconnect, "ms")));
    let recovery = v.u32(8)?;
    o.put((recovery != 0).then_some((", Recovery Time: ", recovery, "ms")));
    Ok(())
}
