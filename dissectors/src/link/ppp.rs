//! The Point-to-Point Protocol (RFC 1661), in HDLC-like framing (RFC 1662) and
//! without, with its control and authentication protocols and multilink.

use super::hdlc;
use super::ppp_fields;
use super::ppp_options::{family, options};
use crate::below::Below;
use crate::names::ORGANIZATIONS;
use crate::out::Out;
use crate::put::{Hex2, Hex3, Hex4, Hex8, Named, Otherwise, Table, bits, lookup, named};
use crate::registry;
use crate::view::{Step, View};

/// The address and control octets (RFC 1662, section 3.1).
const ADDRESS: u8 = 0xff;
const ADDRESS_CONTROL: u16 = 0xff03;
/// What pppd writes in their place: the direction.
const PPPD_IN: u16 = 0x0003;
const PPPD_OUT: u16 = 0x0103;
/// Cisco's addresses in HDLC framing.
const CISCO_UNICAST: u8 = 0x0f;
const CISCO_BROADCAST: u8 = 0x8f;
/// The flag and escape octets of HDLC.
const FLAG: u8 = 0x7e;
const ESCAPE: u8 = 0x7d;

const IP: u16 = 0x0021;
pub(crate) const VJC: u16 = 0x002d;
const MULTILINK: u16 = 0x003d;
const IPV6: u16 = 0x0057;
const COMPRESSED: u16 = 0x00fd;
pub(crate) const IPCP: u16 = 0x8021;
pub(crate) const OSICP: u16 = 0x8023;
pub(crate) const IPV6CP: u16 = 0x8057;
pub(crate) const CCP: u16 = 0x80fd;
pub(crate) const MPLSCP: u16 = 0x8281;
pub(crate) const LCP: u16 = 0xc021;
pub(crate) const PAP: u16 = 0xc023;
pub(crate) const LQM: u16 = 0xc025;
pub(crate) const SPAP: u16 = 0xc027;
pub(crate) const BACP: u16 = 0xc02b;
const BAP: u16 = 0xc02d;
pub(crate) const SPAP_OLD: u16 = 0xc123;
pub(crate) const CHAP: u16 = 0xc223;
pub(crate) const EAP: u16 = 0xc227;

/// The names of PPP protocols (IANA, PPP Numbers).
pub(crate) const PROTOCOLS: Table = &[
    (0x0021, "IP"),
    (0x0023, "OSI"),
    (0x0025, "NS"),
    (0x0027, "DECNET"),
    (0x0029, "APPLE"),
    (0x002b, "IPX"),
    (0x002d, "VJC IP"),
    (0x002f, "VJNC IP"),
    (0x0031, "BRPDU"),
    (0x0033, "STII"),
    (0x0035, "VINES"),
    (0x0281, "MPLS"),
    (0x0283, "MPLS"),
    (0x00fd, "Compressed"),
    (0x003d, "MLPPP"),
    (0x0057, "IP6"),
    (0x0201, "HELLO"),
    (0x0231, "LUXCOM"),
    (0x0233, "SNS"),
    (0x8021, "IPCP"),
    (0x8023, "OSICP"),
    (0x8025, "NSCP"),
    (0x8027, "DECNETCP"),
    (0x8029, "APPLECP"),
    (0x802b, "IPXCP"),
    (0x8033, "STIICP"),
    (0x8035, "VINESCP"),
    (0x8057, "IP6CP"),
    (0x8281, "MPLSCP"),
    (0xc021, "LCP"),
    (0xc023, "PAP"),
    (0xc025, "LQM"),
    (0xc223, "CHAP"),
    (0xc227, "EAP"),
    (0xc027, "SPAP"),
    (0xc123, "Old-SPAP"),
    (0xc02b, "BACP"),
    (0xc02d, "BAP"),
    (0xc03d, "MLPPP-CP"),
    (0x80fd, "CCP"),
];

/// Octets of the header with address and control.
const HEADER: usize = 4;

/// The frame entry of BSD/OS, whose headers tcpdump reads on that system only:
/// it prints nothing.
pub(crate) fn bsdos(_: &mut Out, _: View<'_>, _: &Below<'_>) -> Step {
    Ok(())
}

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ppp";
    if !v.has(HEADER) {
        o.truncated();
        o.link_len += v.caplen();
        return Ok(());
    }
    o.link_len += HEADER;
    dissect(o, v, below)
}

/// The frame entry of links that certainly use HDLC-like framing: PPP's own
/// or Cisco's (RFC 1547, section 4.3.1).
pub(crate) fn framed(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ppp_hdlc";
    let cut = |o: &mut Out| {
        o.truncated();
        o.link_len += v.caplen();
        Ok(())
    };
    if !v.has(2) {
        return cut(o);
    }
    let address = v.u8(0)?;
    if matches!(address, CISCO_UNICAST | CISCO_BROADCAST) {
        return hdlc::frame(o, v, below);
    }
    if !v.has(HEADER) {
        return cut(o);
    }
    if o.opt.link {
        o.put((Hex2(address), " ", Hex2(v.u8(1)?), " ", v.len(), " "));
    }
    if address != ADDRESS {
        o.put(("unknown addr ", Hex2(v.u8(2)?), "; ctrl ", Hex2(v.u8(3)?)));
        o.link_len += 2;
        return Ok(());
    }
    let protocol = v.u16(2)?;
    o.note(id!("ppp.protocol"), protocol);
    o.put((unknown(protocol), ": "));
    payload(o, protocol, v, HEADER, below)?;
    o.link_len += HEADER;
    Ok(())
}

/// A PPP packet inside another protocol.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, 0, below).map(drop)
}

/// A PPP packet behind its own Ethertype, unless it is empty.
pub(crate) fn dissect_after_colon(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.is_empty() {
        return Ok(());
    }
    o.put(": ");
    dissect(o, v, below)
}

/// A PPP packet `at` octets into `v`; the result is the octets of its header.
/// What stands before it is printed too where protocol numbers are compressed.
pub(crate) fn packet(o: &mut Out, v: View<'_>, at: usize, below: &Below<'_>) -> Step<usize> {
    o.proto = "ppp";
    let length = v.len().saturating_sub(at);
    let cut = |o: &mut Out| {
        o.truncated();
        Ok(0)
    };
    if length < 2 {
        return cut(o);
    }
    let mut header = 0;
    let first = v.u16(at)?;
    if matches!(first, PPPD_IN | PPPD_OUT | ADDRESS_CONTROL) {
        header = 2;
        match first {
            PPPD_IN if o.opt.link => o.put("In  "),
            PPPD_OUT if o.opt.link => o.put("Out "),
            _ => {}
        }
    }
    if length - header < 2 {
        return cut(o);
    }
    let octet = v.u8(at + header)?;
    let protocol = if octet & 1 != 0 {
        // Protocol-Field-Compression (RFC 1661, section 6.5).
        header += 1;
        u16::from(octet)
    } else {
        header += 2;
        v.u16(at + header - 2)?
    };
    o.note(id!("ppp.protocol"), protocol);
    if o.opt.link {
        o.put((named(PROTOCOLS, protocol, "unknown"), " (0x", Hex4(protocol), "), length ", length));
        if lookup(PROTOCOLS, protocol.into()).is_none() {
            return Ok(header);
        }
        o.put(": ");
    }
    payload(o, protocol, v, at + header, below)?;
    Ok(header)
}

fn unknown(protocol: u16) -> Named {
    Named(PROTOCOLS, protocol.into(), Otherwise::Hex("unknown PPP protocol (0x", 4, ")"))
}

/// The payload of a protocol, `at` octets into `v`.
fn payload(o: &mut Out, protocol: u16, v: View<'_>, at: usize, below: &Below<'_>) -> Step {
    let inner = v.skip(at);
    ppp_fields::note(o, protocol, inner);
    if protocol >> 8 == u16::from(FLAG) {
        return o.nested(|o| escaped(o, v.skip(at.saturating_sub(1)), below));
    }
    match protocol {
        LCP | IPCP | OSICP | MPLSCP | IPV6CP | CCP | BACP => control(o, protocol, v, at),
        MULTILINK => {
            multilink(o, inner);
            Ok(())
        }
        CHAP => chap(o, inner),
        PAP => pap(o, inner),
        BAP => Ok(()),
        COMPRESSED => {
            o.put("compressed PPP data");
            Ok(())
        }
        _ => match registry::ppp_protocol(protocol) {
            Some(dissect) => o.nested(|o| dissect(o, inner, below)),
            None => {
                o.put((unknown(protocol), " "));
                o.unknown(inner, "\n\t", inner.len());
                Ok(())
            }
        },
    }
}

/// A frame that still has its flag and escape octets (RFC 1662, section 4.2).
fn escaped(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.caplen() == 0 || v.len() <= 1 {
        return Ok(());
    }
    let mut octets = Vec::with_capacity(v.caplen());
    let mut escape = false;
    for &octet in v.data() {
        match (escape, octet) {
            (true, _) => octets.push(octet ^ 0x20),
            (false, ESCAPE) => {}
            (false, _) => octets.push(octet),
        }
        escape = !escape && octet == ESCAPE;
    }
    let v = View::new(&octets, octets.len());
    let cut = |o: &mut Out| {
        o.truncated();
        Ok(())
    };
    if v.is_empty() {
        return cut(o);
    }
    // What these octets are is a guess: a compressed protocol number, address
    // and control, or a protocol number.
    let compressed = u16::from(v.u8(0)?);
    if matches!(compressed, IP | IPV6) {
        return payload(o, compressed, v, 1, below);
    }
    if v.len() < 2 {
        return cut(o);
    }
    let mut protocol = v.u16(0)?;
    let mut at = 2;
    if protocol == ADDRESS_CONTROL {
        if v.len() < HEADER {
            return cut(o);
        }
        protocol = v.u16(2)?;
        at = HEADER;
    }
    if protocol >> 8 == u16::from(FLAG) {
        o.put(("(protocol 0x", Hex4(protocol), " invalid)"));
        return Ok(());
    }
    payload(o, protocol, v, at, below)
}

/// A multilink fragment with a sequence number of 12 bits (RFC 1990, section 3).
fn multilink(o: &mut Out, v: View<'_>) {
    const FLAGS: Table = &[(0x80, "begin"), (0x40, "end")];
    if !o.opt.link {
        o.put("MLPPP, ");
    }
    match v.u16(0) {
        Ok(word) if v.len() >= 2 => {
            let flags = bits(FLAGS, word >> 8 & 0xc0, ", ", "none");
            o.put(("seq 0x", Hex3(word & 0xfff), ", Flags [", flags, "], length ", v.len()));
        }
        _ => o.put("[|mlppp]"),
    }
}

/// The length of a control or authentication packet is in its third octet.
const LENGTH: usize = 2;
const CODE: usize = 0;
const IDENTIFIER: usize = 1;

const CONTROL_CODES: Table = &[
    (0, "Vendor-Extension"),
    (1, "Conf-Request"),
    (2, "Conf-Ack"),
    (3, "Conf-Nack"),
    (4, "Conf-Reject"),
    (5, "Term-Request"),
    (6, "Term-Ack"),
    (7, "Code-Reject"),
    (8, "Prot-Reject"),
    (9, "Echo-Request"),
    (10, "Echo-Reply"),
    (11, "Disc-Req"),
    (12, "Ident"),
    (13, "Time-Rem"),
    (14, "Reset-Req"),
    (15, "Reset-Ack"),
];

/// A packet of a control protocol, `at` octets into `frame`.
fn control(o: &mut Out, protocol: u16, frame: View<'_>, at: usize) -> Step {
    let v = frame.skip(at);
    let name = Named(PROTOCOLS, protocol.into(), Otherwise::Hex("unknown ctrl-proto (0x", 4, ")"));
    o.put((name, ", "));
    if v.len() < 4 || !v.has(2) {
        o.put(("[|", name, "]"));
        return Ok(());
    }
    let (code, id) = (v.u8(CODE)?, v.u8(IDENTIFIER)?);
    o.put((named(CONTROL_CODES, code, "Unknown Opcode"), " (0x", Hex2(code), "), id "));
    o.put((id, ", length ", v.len() + 2));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let length = usize::from(v.u16(LENGTH)?);
    if length < 4 {
        o.put(("\n\tencoded length ", length, " (< 4))"));
        return Ok(());
    }
    if length > v.len() {
        o.put(("\n\tencoded length ", length, " (> packet length ", v.len(), "))"));
        return Ok(());
    }
    o.put(("\n\tencoded length ", length, " (=Option(s) length ", length - 4, ")"));
    if length == 4 {
        return Ok(());
    }
    if o.opt.verbose > 1 {
        o.unknown(frame.skip(at.saturating_sub(2)), "\n\t", 6);
    }
    let data = v.skip(4);
    match code {
        1..=4 => {
            if let Some(family) = family(protocol) {
                options(o, family, data, length)?;
            }
        }
        5..=7 => {}
        8 if length >= 6 => {
            let rejected = data.u16(0)?;
            o.put(("\n\t  Rejected ", named(PROTOCOLS, rejected, "unknown"), " Protocol (0x", Hex4(rejected), ")"));
            if length > 6 {
                o.put("\n\t  Rejected Packet");
                o.unknown(data.skip(2), "\n\t    ", length - 2);
            }
        }
        8 => {}
        0 | 9..=13 => return with_magic(o, code, data, length, name),
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(frame.skip(at.saturating_sub(2)), "\n\t  ", length + 2);
            }
        }
    }
    Ok(())
}

/// A control packet whose data start with a magic number (RFC 1661, section
/// 5.8; RFC 1570, sections 2.1 and 2.2; RFC 2153, section 1).
fn with_magic(o: &mut Out, code: u8, data: View<'_>, length: usize, name: Named) -> Step {
    let least = match code {
        0 => 11,
        13 => 12,
        _ => 8,
    };
    if length < least {
        return Ok(());
    }
    o.put(("\n\t  Magic-Num 0x", Hex8(data.u32(0)?)));
    let rest = data.skip(4);
    match code {
        0 => {
            let vendor = rest.u24(0)?;
            o.put((" Vendor: ", named(ORGANIZATIONS, vendor, "Unknown"), " (", vendor, ")"));
        }
        12 if length > 8 => {
            o.put("\n\t  Message\n\t    ");
            let text = &rest.data()[..rest.caplen().min(length - 4)];
            o.put(crate::put::Chars(text));
            if text.len() < length - 4 {
                o.put(("[|", name, "]"));
            }
        }
        13 => o.put((", Seconds-Remaining ", rest.u32(0)?, "s")),
        9..=11 if length > 8 => {
            o.put("\n\t  -----trailing data-----");
            if !rest.has(length - 8) {
                o.put(("[|", name, "]"));
                return Ok(());
            }
            o.unknown(rest, "\n\t  ", length - 8);
        }
        _ => {}
    }
    Ok(())
}

/// The header that CHAP and PAP share; nothing if the packet is too short.
fn authentication(o: &mut Out, v: View<'_>, names: [&'static str; 2], codes: Table) -> Step<Option<u8>> {
    let [upper, lower] = names;
    if v.is_empty() {
        o.put(("[|", lower, "]"));
        return Ok(None);
    }
    let code = v.u8(CODE)?;
    if v.len() < 4 {
        o.put(("[|", lower, " 0x", Hex2(code), "]"));
        return Ok(None);
    }
    o.put((upper, ", ", named(codes, code, "unknown"), " (0x", Hex2(code), ")"));
    o.put((", id ", v.u8(IDENTIFIER)?));
    Ok(Some(code))
}

/// The Challenge Handshake Authentication Protocol (RFC 1994).
fn chap(o: &mut Out, v: View<'_>) -> Step {
    const CODES: Table = &[(1, "Challenge"), (2, "Response"), (3, "Success"), (4, "Fail")];
    let Some(code) = authentication(o, v, ["CHAP", "chap"], CODES)? else { return Ok(()) };
    let length = usize::from(v.u16(LENGTH)?);
    let data = v.skip(4);
    match code {
        1 | 2 => {
            if data.is_empty() {
                return Ok(());
            }
            let size = usize::from(data.u8(0)?);
            let value = data.skip(1);
            if value.len() < size {
                return Ok(());
            }
            o.put(", Value ");
            for at in 0..size {
                o.put(Hex2(value.u8(at)?));
            }
            o.put(", Name ");
            // A length that is too small wraps: the name ends with the capture.
            o.text(value.skip(size), length.checked_sub(5 + size).unwrap_or(usize::MAX))
        }
        3 | 4 => {
            o.put(", Msg ");
            o.text(data, length.checked_sub(4).unwrap_or(usize::MAX))
        }
        _ => Ok(()),
    }
}

/// The Password Authentication Protocol (RFC 1334, section 2).
fn pap(o: &mut Out, v: View<'_>) -> Step {
    const CODES: Table = &[(1, "Auth-Req"), (2, "Auth-ACK"), (3, "Auth-NACK")];
    let Some(code) = authentication(o, v, ["PAP", "pap"], CODES)? else { return Ok(()) };
    let length = usize::from(v.u16(LENGTH)?);
    if length > v.len() {
        o.put((", length ", length, " > packet size"));
        return Ok(());
    }
    if length < 4 {
        o.put((", length ", length, " < PAP header length"));
        return Ok(());
    }
    let data = v.claim(length).skip(4);
    match code {
        1 => {
            if length < 6 {
                o.put("[|pap]");
                return Ok(());
            }
            if let Some(rest) = counted(o, data, ", Peer ")? {
                counted(o, rest, ", Name ")?;
            }
        }
        2 | 3 => {
            if length < 5 {
                o.put("[|pap]");
                return Ok(());
            }
            counted(o, data, ", Msg ")?;
        }
        _ => {}
    }
    Ok(())
}

/// A counted text; the result is what follows it.
fn counted<'p>(o: &mut Out, v: View<'p>, label: &'static str) -> Step<Option<View<'p>>> {
    if v.is_empty() {
        return Ok(None);
    }
    let len = usize::from(v.u8(0)?);
    let value = v.skip(1);
    if value.len() < len {
        return Ok(None);
    }
    o.put(label);
    o.text(value, len)?;
    Ok(Some(value.skip(len)))
}
