//! Link Management Protocol (RFC 4204), with service discovery of UNI 1.0.

use super::gmpls::{ENCODING, Mbps, SWITCHING};
use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Hex8, Ipv4, Ipv6, Named, Otherwise, Put, Table, bits, named};
use crate::routing::lmp_fields;
use crate::view::{Step, View};

/// The header (RFC 4204, section 12.1).
const HEADER: usize = 8;
const VERSION_AT: usize = 0;
const FLAGS: usize = 2;
const TYPE: usize = 3;
const LENGTH: usize = 4;
const VERSION: u16 = 1;

const FIELDS: &[Slot] = &[
    Slot::new("lmp.hdr.ccdown", FLAGS, 1).bit(0),
    Slot::new("lmp.hdr.reboot", FLAGS, 1).bit(1),
    Slot::new("lmp.version", VERSION_AT, 1),
    Slot::new("lmp.header_flags", FLAGS, 1),
    Slot::new("lmp.msg", TYPE, 1),
    Slot::new("lmp.header_length", LENGTH, 2),
    Slot::new("lmp.checksum", 6, 2),
];

const HEADER_FLAGS: Table = &[(1, "Control Channel Down"), (2, "LMP restart")];
const MESSAGES: Table = &[
    (1, "Config"),
    (2, "Config ACK"),
    (3, "Config NACK"),
    (4, "Hello"),
    (5, "Begin Verify"),
    (6, "Begin Verify ACK"),
    (7, "Begin Verify NACK"),
    (8, "End Verify"),
    (9, "End Verify ACK"),
    (10, "Test"),
    (11, "Test Status Success"),
    (12, "Test Status Failure"),
    (13, "Test Status ACK"),
    (14, "Link Summary"),
    (15, "Link Summary ACK"),
    (16, "Link Summary NACK"),
    (17, "Channel Status"),
    (18, "Channel Status ACK"),
    (19, "Channel Status Request"),
    (20, "Channel Status Response"),
    (50, "Service Config"),
    (51, "Service Config ACK"),
    (52, "Service Config NACK"),
];

/// Octets of an object's header (RFC 4204, section 12.2), which its length counts.
const OBJECT: usize = 4;
const CONTROL_CHANNEL: u8 = 1;
const NODE: u8 = 2;
const LINK: u8 = 3;
const INTERFACE: u8 = 4;
const MESSAGE: u8 = 5;
const CONFIGURATION: u8 = 6;
const HELLO: u8 = 7;
const VERIFY_BEGIN: u8 = 8;
const VERIFY_BEGIN_ACK: u8 = 9;
const VERIFY: u8 = 10;
const TE_LINK: u8 = 11;
const DATA_LINK: u8 = 12;
const CHANNEL_STATUS: u8 = 13;
const CHANNEL_STATUS_REQUEST: u8 = 14;
const ERROR: u8 = 20;
const SERVICE: u8 = 51;
const OBJECTS: Table = &[
    (1, "Control Channel ID"),
    (2, "Node ID"),
    (3, "Link ID"),
    (4, "Interface ID"),
    (5, "Message ID"),
    (6, "Configuration"),
    (7, "Hello"),
    (8, "Verify Begin"),
    (9, "Verify Begin ACK"),
    (10, "Verify ID"),
    (11, "TE Link"),
    (12, "Data Link"),
    (13, "Channel Status"),
    (14, "Channel Status Request"),
    (20, "Error Code"),
    (51, "Service Config"),
];

const TE_LINK_FLAGS: Table = &[(1, "Fault Management Supported"), (2, "Link Verification Supported")];
const DATA_LINK_FLAGS: Table = &[(1, "Data Link Port"), (2, "Allocated for user traffic"), (4, "Failed link")];
const STATUSES: Table = &[(1, "Signal Okay"), (2, "Signal Degraded"), (3, "Signal Fail")];
const VERIFY_FLAGS: Table = &[(1, "Verify all links"), (2, "Data link type")];
const VERIFY_ERRORS: Table = &[
    (0x01, "Link Verification Procedure Not supported"),
    (0x02, "Unwilling to verify"),
    (0x04, "Unsupported verification transport mechanism"),
    (0x08, "Link-Id configuration error"),
    (0x10, "Unknown object c-type"),
];
const SUMMARY_ERRORS: Table = &[
    (0x01, "Unacceptable non-negotiable LINK-SUMMARY parameters"),
    (0x02, "Renegotiate LINK-SUMMARY parameters"),
    (0x04, "Invalid TE-LINK Object"),
    (0x08, "Invalid DATA-LINK Object"),
    (0x10, "Unknown TE-LINK Object c-type"),
    (0x20, "Unknown DATA-LINK Object c-type"),
];
const SUBOBJECTS: Table = &[(1, "Interface Switching Type"), (2, "Wavelength")];

/// UNI 1.0, section 9.4.2.
const SDH: u8 = 5;
const SONET: u8 = 6;
const LINK_TYPES: Table = &[(5, "SDH ITU-T G.707"), (6, "SONET ANSI T1.105")];
const SDH_SIGNALS: Table = &[
    (5, "VC-3"),
    (6, "VC-4"),
    (7, "STM-0"),
    (8, "STM-1"),
    (9, "STM-4"),
    (10, "STM-16"),
    (11, "STM-64"),
    (12, "STM-256"),
];
const SONET_SIGNALS: Table = &[
    (5, "STS-1 SPE"),
    (6, "STS-3c SPE"),
    (7, "STS-1"),
    (8, "STM-3"),
    (9, "STM-12"),
    (10, "STM-48"),
    (11, "STM-192"),
    (12, "STM-768"),
];
const PROTOCOLS: Table = &[(1, "RSVP Supported"), (2, "LDP Supported")];
const PORT_TRANSPARENCY: Table = &[
    (1, "Path/VC Overhead Transparency Supported"),
    (2, "Line/MS Overhead Transparency Supported"),
    (4, "Section/RS Overhead Transparency Supported"),
];
const CONCATENATION: Table = &[(1, "Contiguous Concatenation Types Supported")];
const TRANSPARENCY: Table =
    &[(1, "Standard SOH/RSOH Transparency Supported"), (2, "Standard LOH/MSOH Transparency Supported")];
const MONITORING: Table = &[(1, "Transparent Tandem Connection Monitoring Supported")];
const DIVERSITY: Table =
    &[(1, "Node Diversity Supported"), (2, "Link Diversity Supported"), (4, "SRLG Diversity Supported")];

/// What became of an object's contents.
enum Shown {
    /// They were written.
    Whole,
    /// Their size is not that of their class.
    Wrong,
    /// They are to be dumped.
    Unknown,
}

/// The name of a type, whose meaning depends on the class of the object.
fn class_type(class: u8, kind: u8) -> &'static str {
    const ENDS: [&str; 6] =
        ["IPv4 Local", "IPv4 Remote", "IPv6 Local", "IPv6 Remote", "Unnumbered Local", "Unnumbered Remote"];
    let names: &[&'static str] = match class {
        CONTROL_CHANNEL | NODE => &["Local", "Remote"],
        LINK | INTERFACE => &ENDS,
        MESSAGE | ERROR => &["1", "2"],
        CONFIGURATION | HELLO | VERIFY_BEGIN | VERIFY_BEGIN_ACK | VERIFY => &["1"],
        TE_LINK | DATA_LINK | CHANNEL_STATUS | CHANNEL_STATUS_REQUEST => &["IPv4", "IPv6", "Unnumbered"],
        SERVICE => &["1", "2", "3", "4"],
        _ => &[],
    };
    usize::from(kind).checked_sub(1).and_then(|row| names.get(row)).copied().unwrap_or("Unknown")
}

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "lmp";
    v.need(HEADER)?;
    o.see_all(FIELDS, v);
    let (version, kind) = (v.u16(VERSION_AT)? >> 12, v.u8(TYPE)?);
    if version != VERSION {
        o.put(("LMP version ", version, " packet not supported"));
        return Ok(());
    }
    if o.opt.verbose < 1 {
        let name = Named(MESSAGES, kind.into(), Otherwise::Dec("unknown (", ")"));
        o.put(("LMPv", version, " ", name, " Message, length: ", v.len()));
        return Ok(());
    }
    let length = usize::from(v.u16(LENGTH)?);
    let name = Named(MESSAGES, kind.into(), Otherwise::Dec("unknown, type: ", ""));
    let flags = bits(HEADER_FLAGS, v.u8(FLAGS)?, ", ", "none");
    o.put(("\n\tLMPv", version, ", msg-type: ", name, ", Flags: [", flags, "], length: ", length));
    if length < HEADER {
        o.put(" (too short)");
        return Ok(());
    }
    if length > v.len() {
        o.put(" (too long)");
    }
    lmp_fields::note(o, v.cut(length).skip(HEADER));
    // As tcpdump has it: what is left wraps around where the datagram is shorter.
    let mut left = length.min(v.len()).wrapping_sub(HEADER);
    let mut rest = v.skip(HEADER);
    while left != 0 {
        let Some(size) = object(o, rest)? else { break };
        if left < size {
            o.put((" [remaining objects length ", left, " < ", size, "]"));
            o.invalid();
            break;
        }
        (rest, left) = (rest.skip(size), left - size);
    }
    Ok(())
}

/// An object; its octets, or nothing if its length cannot be.
fn object(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    let (first, class, size) = (v.u8(0)?, v.u8(1)?, usize::from(v.u16(2)?));
    let kind = first & 0x7f;
    o.put(("\n\t  ", named(OBJECTS, class, "Unknown"), " Object (", class, "), Class-Type: "));
    let not = (first & 0x80 == 0).then_some("non-");
    o.put((class_type(class, kind), " (", kind, ") Flags: [", not, "negotiable], length: ", size));
    if size < OBJECT {
        o.put(" (too short)");
        return Ok(None);
    }
    if !size.is_multiple_of(4) {
        o.put(" (not a multiple of 4)");
        return Ok(None);
    }
    v.need(size)?;
    let (body, left) = (v.skip(OBJECT), size - OBJECT);
    let mut dump = o.opt.verbose > 1;
    match contents(o, body, class, kind, left)? {
        Shown::Whole => {}
        Shown::Wrong => o.put(" (not correct for object)"),
        Shown::Unknown => dump = true,
    }
    if dump {
        o.unknown(body, "\n\t    ", left);
    }
    Ok(Some(size))
}

/// A number both as an address and in hexadecimal.
fn address(v: View<'_>, at: usize) -> Step<impl Put> {
    Ok((Ipv4(v.array(at)?), " (0x", Hex8(v.u32(at)?), ")"))
}

/// An address with its first four octets in hexadecimal.
fn address6(v: View<'_>, at: usize) -> Step<impl Put> {
    Ok((Ipv6(v.array(at)?), " (0x", Hex8(v.u32(at)?), ")"))
}

/// A number both in decimal and in hexadecimal.
fn number(v: View<'_>, at: usize) -> Step<impl Put> {
    Ok((v.u32(at)?, " (0x", Hex8(v.u32(at)?), ")"))
}

/// The contents of an object, `left` octets (RFC 4204, section 13).
fn contents(o: &mut Out, v: View<'_>, class: u8, kind: u8, left: usize) -> Step<Shown> {
    let must = match (class, kind) {
        (CONTROL_CHANNEL | NODE | MESSAGE | ERROR, 1 | 2) => 4,
        (LINK | INTERFACE, 1 | 2 | 5 | 6) => 4,
        (LINK | INTERFACE, 3 | 4) => 16,
        (CONFIGURATION | VERIFY_BEGIN_ACK | VERIFY, 1) => 4,
        (HELLO, 1) => 8,
        (VERIFY_BEGIN, 1) => 20,
        (TE_LINK | DATA_LINK, 1..=3) => return link(o, v, class, kind, left),
        (CHANNEL_STATUS | CHANNEL_STATUS_REQUEST, 1..=3) => {
            channels(o, v, class, kind, left)?;
            return Ok(Shown::Whole);
        }
        (SERVICE, 1..=4) => return service(o, v, kind, left),
        (1..=14 | ERROR | SERVICE, _) => return Ok(Shown::Unknown),
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t    ", left);
            }
            return Ok(Shown::Whole);
        }
    };
    if left != must {
        return Ok(Shown::Wrong);
    }
    match (class, kind) {
        (CONTROL_CHANNEL, _) => o.put(("\n\t    Control Channel ID: ", number(v, 0)?)),
        (NODE, _) => o.put(("\n\t    Node ID: ", address(v, 0)?)),
        (LINK | INTERFACE, 1 | 2) => o.put(("\n\t    IPv4 Link ID: ", address(v, 0)?)),
        (LINK | INTERFACE, 3 | 4) => o.put(("\n\t    IPv6 Link ID: ", address6(v, 0)?)),
        (LINK | INTERFACE, _) => o.put(("\n\t    Link ID: ", number(v, 0)?)),
        (MESSAGE, 1) => o.put(("\n\t    Message ID: ", number(v, 0)?)),
        (MESSAGE, _) => o.put(("\n\t    Message ID Ack: ", number(v, 0)?)),
        (CONFIGURATION, _) => {
            o.put(("\n\t    Hello Interval: ", v.u16(0)?, "\n\t    Hello Dead Interval: ", v.u16(2)?));
        }
        (HELLO, _) => o.put(("\n\t    Tx Seq: ", v.u32(0)?, ", Rx Seq: ", v.u32(4)?)),
        (VERIFY_BEGIN, _) => verification(o, v)?,
        (VERIFY_BEGIN_ACK, _) => {
            o.put(("\n\t    Verify Dead Interval: ", v.u16(0)?));
            o.put(("\n\t    Verify Transport Response: ", v.u16(2)?));
        }
        (VERIFY, _) => o.put(("\n\t    Verify ID: ", v.u32(0)?)),
        (_, 1) => o.put(("\n\t    Error Code: ", bits(VERIFY_ERRORS, v.u32(0)?, ", ", "none"))),
        (_, _) => o.put(("\n\t    Error Code: ", bits(SUMMARY_ERRORS, v.u32(0)?, ", ", "none"))),
    }
    Ok(Shown::Whole)
}

/// RFC 4204, section 13.8.
fn verification(o: &mut Out, v: View<'_>) -> Step {
    o.put(("\n\t    Flags: ", bits(VERIFY_FLAGS, v.u16(0)?, ", ", "none")));
    o.put(("\n\t    Verify Interval: ", v.u16(2)?));
    o.put(("\n\t    Data links: ", v.u32(4)?));
    o.put(("\n\t    Encoding type: ", named(ENCODING, v.u8(8)?, "Unknown")));
    let mechanism = v.u16(10)?;
    // As tcpdump has it: the mask is 8000 in decimal.
    let capable = (mechanism & 8000 != 0).then_some(" (Payload test messages capable)");
    o.put(("\n\t    Verify Transport Mechanism: ", mechanism, " (0x", Hex(mechanism), ")", capable));
    o.put(("\n\t    Transmission Rate: ", Mbps(v.u32(12)?)));
    o.put(("\n\t    Wavelength: ", v.u32(16)?));
    Ok(())
}

/// RFC 4204, sections 13.11 and 13.12.
fn link(o: &mut Out, v: View<'_>, class: u8, kind: u8, left: usize) -> Step<Shown> {
    const UNNUMBERED: u8 = 3;
    let fixed = if kind == 2 { 36 } else { 12 };
    if left < fixed || class == TE_LINK && left != fixed {
        return Ok(Shown::Wrong);
    }
    let (flags, what) =
        if class == TE_LINK { (TE_LINK_FLAGS, " Link-ID: ") } else { (DATA_LINK_FLAGS, " Interface ID: ") };
    o.put(("\n\t    Flags: [", bits(flags, v.u8(0)?, ", ", "none"), "]"));
    let (local, remote) = ("\n\t    Local", "\n\t    Remote");
    match kind {
        2 => o.put((local, what, address6(v, 4)?, remote, what, address6(v, 20)?)),
        UNNUMBERED => o.put((local, what, number(v, 4)?, remote, what, number(v, 8)?)),
        _ => o.put((local, what, address(v, 4)?, remote, what, address(v, 8)?)),
    }
    if class == DATA_LINK && !subobjects(o, v.skip(fixed), left - fixed)? {
        return Ok(Shown::Unknown);
    }
    Ok(Shown::Whole)
}

/// Subobjects of a data link in `left` octets (RFC 4204, section 13.12.1); false
/// if one of them is not known.
fn subobjects(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<bool> {
    const SWITCHING_TYPE: u8 = 1;
    const WAVELENGTH: u8 = 2;
    while left > 0 {
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        o.put(("\n\t    Subobject, Type: ", named(SUBOBJECTS, kind, "Unknown"), " (", kind, "), Length: ", size));
        let wrong = match size {
            0..4 => Some(" (too short)"),
            _ if !size.is_multiple_of(4) => Some(" (not a multiple of 4)"),
            _ if left < size => Some(" (goes past the end of the object)"),
            _ => None,
        };
        if let Some(text) = wrong {
            o.put(text);
            break;
        }
        match kind {
            SWITCHING_TYPE => {
                let switching = v.u8(2)?;
                o.put(("\n\t      Switching Type: ", named(SWITCHING, switching, "Unknown"), " (", switching, ")"));
                let encoding = v.u8(3)?;
                o.put(("\n\t      Encoding Type: ", named(ENCODING, encoding, "Unknown"), " (", encoding, ")"));
                o.put(("\n\t      Min Reservable Bandwidth: ", Mbps(v.u32(4)?)));
                o.put(("\n\t      Max Reservable Bandwidth: ", Mbps(v.u32(8)?)));
            }
            WAVELENGTH => o.put(("\n\t      Wavelength: ", v.u32(4)?)),
            _ => return Ok(false),
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}

/// RFC 4204, sections 13.13 and 13.14.
fn channels(o: &mut Out, v: View<'_>, class: u8, kind: u8, left: usize) -> Step {
    let id = if kind == 2 { 16 } else { 4 };
    let row = if class == CHANNEL_STATUS { id + 4 } else { id };
    for at in (0..left / row).map(|index| index * row) {
        let before = "\n\t    Interface ID: ";
        match kind {
            1 => o.put((before, address(v, at)?)),
            2 => o.put((before, address6(v, at)?)),
            _ => o.put((before, number(v, at)?)),
        }
        if class == CHANNEL_STATUS {
            let status = v.u32(at + id)?;
            let active = if status >> 31 != 0 { "Allocated (1)" } else { "Non-allocated (0)" };
            let direction = if status >> 30 & 1 != 0 { "Transmit (1)" } else { "Receive (0)" };
            o.put(("\n\t\t    Active: ", active, "\n\t\t    Direction: ", direction));
            let status = status & 0x3ff_ffff;
            o.put(("\n\t\t    Channel Status: ", named(STATUSES, status, "Unknown"), " (", status, ")"));
        }
    }
    Ok(())
}

/// Service discovery of UNI 1.0.
fn service(o: &mut Out, v: View<'_>, kind: u8, left: usize) -> Step<Shown> {
    const SIZES: [usize; 4] = [4, 16, 8, 4];
    if SIZES.get(usize::from(kind - 1)) != Some(&left) {
        return Ok(Shown::Wrong);
    }
    match kind {
        1 => {
            o.put(("\n\t Flags: ", bits(PROTOCOLS, v.u8(0)?, ", ", "none")));
            o.put(("\n\t  UNI Version: ", v.u8(1)?));
        }
        2 => port(o, v)?,
        3 => {
            o.put(("\n\t Transparency Flags: ", bits(TRANSPARENCY, v.u32(0)?, ", ", "none")));
            o.put(("\n\t TCM Monitoring Flags: ", bits(MONITORING, v.u8(7)?, ", ", "none")));
        }
        _ => o.put(("\n\t Diversity: Flags: ", bits(DIVERSITY, v.u8(3)?, ", ", "none"))),
    }
    Ok(Shown::Whole)
}

/// What the port of a client can do.
fn port(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u8(0)?;
    o.put(("\n\t Link Type: ", named(LINK_TYPES, kind, "Unknown"), " (", kind, ")"));
    let signals = match kind {
        SDH => Some(SDH_SIGNALS),
        SONET => Some(SONET_SIGNALS),
        _ => None,
    };
    if let Some(signals) = signals {
        let signal = v.u8(1)?;
        o.put(("\n\t Signal Type: ", named(signals, signal, "Unknown"), " (", signal, ")"));
    }
    o.put(("\n\t Transparency: ", bits(PORT_TRANSPARENCY, v.u8(2)?, ", ", "none")));
    o.put(("\n\t Contiguous Concatenation Types: ", bits(CONCATENATION, v.u8(3)?, ", ", "none")));
    o.put(("\n\t Minimum NCC: ", v.u16(4)?));
    o.put(("\n\t Maximum NCC: ", v.u16(6)?));
    o.put(("\n\t Minimum NVC:", v.u16(8)?));
    o.put(("\n\t Maximum NVC:", v.u16(10)?));
    o.put(("\n\t    Local Interface ID: ", address(v, 12)?));
    Ok(())
}
