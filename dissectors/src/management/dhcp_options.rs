//! DHCP options (RFC 2132 and later; IANA, BOOTP Vendor Extensions and DHCP Options).

use crate::out::Out;
use crate::put::{Chars, Hex, Hex8, Ipv4, Named, Otherwise, Table, bits, named};
use crate::view::{Step, View};

const PAD: u8 = 0;
const MESSAGE_TYPE: u8 = 53;
const PARAMETER_REQUEST: u8 = 55;
const END: u8 = 255;

/// How an option's value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// IPv4 addresses.
    Addresses,
    /// Pairs of IPv4 addresses.
    Pairs,
    /// 32-bit numbers.
    Numbers,
    /// Signed 32-bit numbers.
    Signed,
    /// 16-bit numbers.
    Shorts,
    /// Decimal octets joined by periods.
    Octets,
    Text,
    /// Yes or no.
    Switch,
    NodeType,
    Overload,
    ClientId,
    UserClass,
    Fqdn,
    Agent,
    Routes,
    Redirect,
}
use Format::*;

const OPTIONS: &[(u8, &str, Format)] = &[
    (0, "PAD", Octets),
    (1, "Subnet-Mask", Addresses),
    (2, "Time-Zone", Signed),
    (3, "Default-Gateway", Addresses),
    (4, "Time-Server", Addresses),
    (5, "IEN-Name-Server", Addresses),
    (6, "Domain-Name-Server", Addresses),
    (7, "LOG", Addresses),
    (8, "CS", Addresses),
    (9, "LPR-Server", Addresses),
    (10, "IM", Addresses),
    (11, "RL", Addresses),
    (12, "Hostname", Text),
    (13, "BS", Shorts),
    (14, "DP", Text),
    (15, "Domain-Name", Text),
    (16, "SS", Addresses),
    (17, "RP", Text),
    (18, "EP", Text),
    (19, "IPF", Switch),
    (20, "SRT", Switch),
    (21, "PF", Pairs),
    (22, "RSZ", Shorts),
    (23, "TTL", Octets),
    (24, "MTU-Timeout", Numbers),
    (25, "MTU-Table", Shorts),
    (26, "MTU", Shorts),
    (27, "LSN", Switch),
    (28, "BR", Addresses),
    (29, "MD", Switch),
    (30, "MS", Switch),
    (31, "Router-Discovery", Switch),
    (32, "RSA", Addresses),
    (33, "Static-Route", Pairs),
    (34, "UT", Switch),
    (35, "AT", Numbers),
    (36, "IE", Switch),
    (37, "TT", Octets),
    (38, "KI", Numbers),
    (39, "KG", Switch),
    (40, "YD", Text),
    (41, "YS", Addresses),
    (42, "NTP", Addresses),
    (43, "Vendor-Option", Octets),
    (44, "Netbios-Name-Server", Addresses),
    (45, "WDD", Addresses),
    (46, "Netbios-Node", NodeType),
    (47, "Netbios-Scope", Text),
    (48, "XFS", Addresses),
    (49, "XDM", Addresses),
    (50, "Requested-IP", Addresses),
    (51, "Lease-Time", Numbers),
    (52, "OO", Overload),
    (53, "DHCP-Message", Octets),
    (54, "Server-ID", Addresses),
    (55, "Parameter-Request", Octets),
    (56, "MSG", Text),
    (57, "MSZ", Shorts),
    (58, "RN", Numbers),
    (59, "RB", Numbers),
    (60, "Vendor-Class", Text),
    (61, "Client-ID", ClientId),
    (64, "N+D", Shorts),
    (65, "N+S", Addresses),
    (66, "TFTP", Text),
    (67, "BF", Text),
    (68, "MH", Addresses),
    (69, "SMTP", Addresses),
    (70, "POP3", Addresses),
    (71, "NNTP", Addresses),
    (72, "WWW", Addresses),
    (73, "FG", Addresses),
    (74, "IRC", Addresses),
    (75, "STS", Addresses),
    (76, "STDA", Addresses),
    (77, "User-Class", UserClass),
    (78, "SLP-DA", Octets),
    (79, "SLP-SCOPE", Octets),
    (80, "SLP-NA", Text),
    (81, "FQDN", Fqdn),
    (82, "Agent-Information", Agent),
    (83, "ARMT", Octets),
    (88, "TZSTR", Text),
    (89, "FQDNS", Octets),
    (90, "AUTH", Octets),
    (91, "Last-Transaction-Time", Signed),
    (92, "Associated-IP", Addresses),
    (93, "ARCH", Shorts),
    (94, "NDI", Octets),
    (95, "LDAP", Text),
    (97, "GUID", Octets),
    (98, "UAP", Text),
    (100, "POSIX-TZ", Text),
    (101, "TZ-Name", Text),
    (112, "NI", Addresses),
    (113, "NITAG", Text),
    (114, "URL", Text),
    (116, "NOAUTO", Switch),
    (117, "NSSEARCH", Shorts),
    (118, "SUBNET", Addresses),
    (121, "Classless-Static-Route", Routes),
    (143, "SZTP-Redirect", Redirect),
    (150, "TFTP-Server-Address", Addresses),
    (161, "MUD-URL", Text),
    (249, "Classless-Static-Route-Microsoft", Routes),
    (255, "END", Octets),
];

const MESSAGE_TYPES: Table = &[
    (1, "Discover"),
    (2, "Offer"),
    (3, "Request"),
    (4, "Decline"),
    (5, "ACK"),
    (6, "NACK"),
    (7, "Release"),
    (8, "Inform"),
    (10, "LeaseQuery"),
    (11, "LeaseUnassigned"),
    (12, "LeaseUnknown"),
    (13, "LeaseActive"),
];
const OVERLOADS: Table = &[(1, "file"), (2, "sname"), (3, "file+sname")];
const NODE_TYPES: Table = &[(1, "b-node"), (2, "p-node"), (4, "m-node"), (8, "h-node")];
const HARDWARE_TYPES: Table =
    &[(1, "ether"), (6, "ieee802"), (7, "arcnet"), (15, "frelay"), (23, "strip"), (24, "ieee1394")];
const AGENT_SUBOPTIONS: Table = &[(1, "Circuit-ID"), (2, "Remote-ID"), (6, "Subscriber-ID")];
const FQDN_FLAGS: Table = &[(1, "S"), (2, "O"), (4, "E"), (8, "N")];

/// A number that its table does not hold, as `#5`.
const NUMBER: Otherwise = Otherwise::Dec("#", "");

fn option_of(tag: u8) -> Option<&'static (u8, &'static str, Format)> {
    OPTIONS.iter().find(|row| row.0 == tag)
}

fn option_name(tag: u8) -> &'static str {
    option_of(tag).map_or("Unknown", |row| row.1)
}

/// The magic number and the options; padding and the end only with `-vvv`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.put("\n\t  Vendor-rfc1048 Extensions");
    o.put(("\n\t    Magic Cookie 0x", Hex8(v.u32(0)?)));
    let mut at = 4;
    while let Ok(tag) = v.u8(at) {
        at += 1;
        if tag == PAD && o.opt.verbose < 3 {
            continue;
        }
        if tag == END && o.opt.verbose < 3 {
            break;
        }
        let mut length = 0;
        if tag != PAD && tag != END {
            length = usize::from(v.u8(at)?);
            at += 1;
        }
        o.put(("\n\t    ", option_name(tag), " (", tag, "), length ", length, if length > 0 { ": " } else { "" }));
        if tag == PAD {
            let more = v.skip(at).data().iter().take_while(|&&octet| octet == PAD).count();
            if more > 0 {
                o.put((", occurs ", more + 1));
            }
            at += more;
        }
        v.skip(at).check(length)?;
        value(o, v.skip(at).claim(length), tag)?;
        at += length;
    }
    Ok(())
}

/// The value of an option; what is left of it behind the last whole element is
/// counted.
fn value(o: &mut Out, v: View<'_>, tag: u8) -> Step {
    let length = v.len();
    if tag == MESSAGE_TYPE && length == 1 {
        o.put(Named(MESSAGE_TYPES, v.u8(0)?.into(), Otherwise::Dec("Unknown (", ")")));
        return Ok(());
    }
    if tag == PARAMETER_REQUEST {
        for at in 0..length {
            let inner = v.u8(at)?;
            let before = if at % 4 == 0 { "\n\t      " } else { ", " };
            o.put((before, option_name(inner), " (", inner, ")"));
        }
        return Ok(());
    }
    let format = match option_of(tag) {
        Some(row) => row.2,
        // The size tells the most likely form.
        None if length & 1 != 0 => Octets,
        None if length & 2 != 0 => Shorts,
        None => Numbers,
    };
    let taken = match format {
        Addresses => elements(o, v, 4, |o, v| {
            let _: () = o.put(Ipv4(v.array(0)?));
            Ok(())
        })?,
        Numbers => elements(o, v, 4, |o, v| {
            let _: () = o.put(v.u32(0)?);
            Ok(())
        })?,
        Signed => elements(o, v, 4, |o, v| {
            let _: () = o.put(v.i32(0)?);
            Ok(())
        })?,
        Shorts => elements(o, v, 2, |o, v| {
            let _: () = o.put(v.u16(0)?);
            Ok(())
        })?,
        Pairs if length < 8 || !length.is_multiple_of(8) => {
            o.put((if length == 0 { " " } else { "" }, "[length != N x 8 bytes]"));
            length
        }
        Pairs => elements(o, v, 8, |o, v| {
            let _: () = o.put(("(", Ipv4(v.array(0)?), ":", Ipv4(v.array(4)?), ")"));
            Ok(())
        })?,
        Switch => elements(o, v, 1, |o, v| {
            match v.u8(0)? {
                0 => o.put("N"),
                1 => o.put("Y"),
                other => o.put((other, "?")),
            }
            Ok(())
        })?,
        Octets => {
            for at in 0..length {
                o.put((if at > 0 { "." } else { "" }, v.u8(at)?));
            }
            length
        }
        Text => {
            o.put(("\"", Chars(v.bytes(0, length)?), "\""));
            length
        }
        _ => special(o, v, format)?,
    };
    if taken < length {
        o.put(("\n\t  trailing data length ", length - taken));
    }
    Ok(())
}

/// Elements of `size` octets joined by commas; how many octets they take.
fn elements(o: &mut Out, v: View<'_>, size: usize, put: impl Fn(&mut Out, View<'_>) -> Step) -> Step<usize> {
    let count = v.len() / size;
    for i in 0..count {
        if i > 0 {
            o.put(",");
        }
        put(o, v.skip(i * size))?;
    }
    Ok(count * size)
}

/// The whole value is passed over.
fn bad(o: &mut Out, why: &str) {
    o.put(("[ERROR: ", why, "]"));
}

/// Formats of their own; how many octets they take.
fn special(o: &mut Out, v: View<'_>, format: Format) -> Step<usize> {
    let length = v.len();
    match format {
        NodeType | Overload | ClientId if length < 1 => bad(o, "length < 1 bytes"),
        NodeType | Overload => {
            let table = if format == NodeType { NODE_TYPES } else { OVERLOADS };
            o.put(Named(table, v.u8(0)?.into(), NUMBER));
            return Ok(1);
        }
        ClientId => client_id(o, v)?,
        Fqdn if length < 3 => bad(o, "length < 3 bytes"),
        Fqdn => fqdn(o, v)?,
        Agent => return agent(o, v),
        Routes if length < 5 => bad(o, "length < 5 bytes"),
        Routes => routes(o, v)?,
        UserClass if length < 2 => bad(o, "length < 2 bytes"),
        UserClass => user_class(o, v)?,
        Redirect => return redirect(o, v),
        _ => {}
    }
    Ok(length)
}

/// A client identifier (RFC 2132, section 9.14): a hardware type and address, or text.
fn client_id(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u8(0)?;
    if kind == 0 {
        o.put(("\"", Chars(v.bytes(1, v.len() - 1)?), "\""));
        return Ok(());
    }
    o.put((Named(HARDWARE_TYPES, kind.into(), Otherwise::Dec("hardware-type ", ",")), " "));
    o.line.octets(v.bytes(1, v.len() - 1)?, b':');
    Ok(())
}

/// The client's name (RFC 4702, section 2).
fn fqdn(o: &mut Out, v: View<'_>) -> Step {
    let flags = v.u8(0)?;
    if flags & 0xf0 != 0 {
        o.put(("[ERROR: MBZ nibble 0x", Hex(flags >> 4), " != 0] "));
    }
    if flags & 0x0f != 0 {
        o.put(("[", bits(FQDN_FLAGS, flags, "", ""), "] "));
    }
    let codes = (v.u8(1)?, v.u8(2)?);
    if codes != (0, 0) {
        o.put((codes.0, "/", codes.1, " "));
    }
    o.put(("\"", Chars(v.bytes(3, v.len() - 3)?), "\""));
    Ok(())
}

/// The relay agent's information (RFC 3046).
fn agent(o: &mut Out, v: View<'_>) -> Step<usize> {
    let mut rest = v;
    while rest.len() >= 2 {
        let (code, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        rest = rest.skip(2);
        let name = named(AGENT_SUBOPTIONS, code, "Unknown");
        o.put(("\n\t      ", name, " SubOption ", code, ", length ", length, ": "));
        if length > rest.len() {
            o.put("length goes past end of option");
            return Ok(v.len());
        }
        if matches!(code, 1 | 2 | 6) {
            o.put(Chars(rest.bytes(0, length)?));
        } else {
            o.unknown(rest, "\n\t\t", length);
        }
        rest = rest.skip(length);
    }
    Ok(v.len() - rest.len())
}

/// Routes (RFC 3442): the width of the mask, as many octets of the network as
/// it needs, the router.
fn routes(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    let mut first = true;
    while !rest.is_empty() {
        if !first {
            o.put(",");
        }
        first = false;
        let width = rest.u8(0)?;
        rest = rest.skip(1);
        if width > 32 {
            o.put(("[ERROR: Mask width (", width, ") > 32]"));
            break;
        }
        let octets = usize::from(width).div_ceil(8);
        if rest.len() < octets + 4 {
            o.put(("[ERROR: Remaining length (", rest.len(), ") < ", octets + 4, " bytes]"));
            break;
        }
        o.put("(");
        if width == 0 {
            o.put("default");
        } else {
            for i in 0..4 {
                o.put((if i > 0 { "." } else { "" }, if i < octets { rest.u8(i)? } else { 0 }));
            }
            o.put(("/", width));
        }
        o.put((":", Ipv4(rest.array(octets)?), ")"));
        rest = rest.skip(octets + 4);
    }
    Ok(())
}

/// User classes (RFC 3004, section 4).
fn user_class(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    let mut number = 1;
    while !rest.is_empty() {
        let length = usize::from(rest.u8(0)?);
        rest = rest.skip(1);
        o.put(("\n\t      instance#", number, ": "));
        if length == 0 {
            bad(o, "suboption length must be non-zero");
            break;
        }
        if rest.len() < length {
            bad(o, "invalid option");
            break;
        }
        o.put(("\"", Chars(rest.bytes(0, length)?), "\", length ", length));
        number += 1;
        rest = rest.skip(length);
    }
    Ok(())
}

/// Addresses of bootstrap servers (RFC 8572, section 8.3).
fn redirect(o: &mut Out, v: View<'_>) -> Step<usize> {
    let mut rest = v;
    while rest.len() >= 2 {
        let length = usize::from(rest.u16(0)?);
        rest = rest.skip(2);
        o.put(("\n\t\t    length ", length, ": "));
        if rest.len() < length {
            o.put("length goes past end of option");
            return Ok(v.len());
        }
        o.put(("\"", Chars(rest.bytes(0, length)?), "\""));
        rest = rest.skip(length);
    }
    if !rest.is_empty() {
        bad(o, "length < 2 bytes");
    }
    Ok(v.len() - rest.len())
}
