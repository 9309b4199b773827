//! Captures of Juniper's routers (the link types LINKTYPE_JUNIPER_*): a header
//! with extensions, a cookie of the interface card, and a frame.

use crate::below::Below;
use crate::field::Slot;
use crate::fields::Id;
use crate::link::juniper_values::{ENCAPSULATIONS, MEDIA};
use crate::link::{atm_oam, ethernet, frame_relay, hdlc, llc, ppp};
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Ipv4, Octets, Right, Table, bits, named};
use crate::registry;
use crate::tunnel::mpls;
use crate::view::{Step, Stop, View};

/// What the header begins with, "MGC".
const MAGIC: u32 = 0x4d_4743;

/// The packet came in.
const IN: u8 = 0x01;
/// There is no frame, only what it carried.
const NO_FRAME: u8 = 0x02;
/// Extensions follow the header.
const EXTENDED: u8 = 0x80;
const FLAGS: Table = &[(0x80, "Ext"), (0x40, "Filter"), (0x04, "IIF"), (0x02, "no-L2"), (0x01, "In")];
const DIRECTIONS: Table = &[(1, "In"), (0, "Out")];

const EXTENSIONS: Table = &[
    (1, "Device Interface Index"),
    (2, "Device Interface Name"),
    (3, "Device Media Type"),
    (4, "Logical Interface Index"),
    (5, "Logical Unit Number"),
    (6, "Logical Interface Encapsulation"),
    (7, "TTP derived Device Media Type"),
    (8, "TTP derived Logical Interface Encapsulation"),
];

/// The header for the tree, the length of its extensions, and their values.
const FIELDS: &[Slot] = &[
    Slot::new("juniper.magic-number", 0, 3),
    Slot::new("juniper.direction", 3, 1).bit(0),
    Slot::new("juniper.l2hdr", 3, 1).bit(1),
];
const EXTENSIONS_LENGTH: &[Slot] = &[Slot::new("juniper.ext_total_len", 0, 2)];
const EXTENSION_FIELDS: &[(u8, Id)] = &[
    (1, id!("juniper.ext.ifd")),
    (3, id!("juniper.ext.ifmt")),
    (4, id!("juniper.ext.ifl")),
    (5, id!("juniper.ext.unit")),
    (6, id!("juniper.ext.ifle")),
    (7, id!("juniper.ext.ttp_ifmt")),
    (8, id!("juniper.ext.ttp_ifle")),
];
/// The cookies of ATM cards and of gateways, and those of multilink: of its own cards, of link services and of
/// adaptive services.
const ATM1_COOKIE: &[Slot] = &[Slot::new("juniper.atm1.cookie", 0, 4)];
const ATM2_COOKIE: &[Slot] = &[Slot::new("juniper.atm2.cookie", 0, 8)];
const GATEWAY_COOKIE: &[Slot] = &[Slot::new("juniper.proto", 2, 1), Slot::new("juniper.vlan", 4, 2)];
const MULTILINK_COOKIE: &[Slot] = &[Slot::new("juniper.mlpic.cookie", 0, 2)];
const LINK_COOKIE: &[Slot] = &[Slot::new("juniper.lspic.cookie", 0, 4)];
const ADAPTIVE_COOKIE: &[Slot] = &[Slot::new("juniper.aspic.cookie", 0, 8)];

/// A kind of interface card: its link type, its name and the octets of its cookie.
#[derive(Clone, Copy)]
struct Card {
    link: u32,
    name: &'static str,
    cookie: usize,
}

const MLPPP: Card = Card { link: 130, name: "MLPPP", cookie: 2 };
const MLFR: Card = Card { link: 131, name: "MLFR", cookie: 2 };
const ES: Card = Card { link: 132, name: "ES", cookie: 0 };
const GGSN: Card = Card { link: 133, name: "GGSN", cookie: 8 };
const MFR: Card = Card { link: 134, name: "MFR", cookie: 4 };
const ATM2: Card = Card { link: 135, name: "ATM2", cookie: 8 };
const SERVICES: Card = Card { link: 136, name: "AS", cookie: 8 };
const ATM1: Card = Card { link: 137, name: "ATM1", cookie: 4 };
const MONITOR: Card = Card { link: 164, name: "MONITOR", cookie: 8 };
const PPPOE: Card = Card { link: 167, name: "PPPoE", cookie: 0 };
const PPPOE_ATM: Card = Card { link: 168, name: "PPPoE ATM", cookie: 0 };
/// The links of cards without a name have no cookie.
const ETHER: Card = Card { link: 178, name: "", cookie: 0 };
const PPP: Card = Card { link: 179, name: "", cookie: 0 };
const FRELAY: Card = Card { link: 180, name: "", cookie: 0 };
const CHDLC: Card = Card { link: 181, name: "", cookie: 0 };

/// The cookies of link services and adaptive services begin with these.
const LINK_SERVICES: u8 = 0x54;
const ADAPTIVE_SERVICES: u8 = 0x47;

/// The protocols of a cookie of adaptive services.
const COOKIE_IPV4: u16 = 0x00;
const COOKIE_IPV6: u16 = 0x10;
const COOKIE_MPLS: u16 = 0x20;
const COOKIE_OSI: u16 = 0x30;
const COOKIE_PROTOCOL: u8 = 0x70;

/// What the header and the cookie say, and the frame.
struct Header<'p> {
    /// The whole packet, for what begins within the header.
    packet: View<'p>,
    /// Octets of the header and the cookie.
    octets: usize,
    /// The octets of the cookie, and the cookie, zeros behind it.
    cookie_octets: usize,
    cookie: [u8; 8],
    bundle: u32,
    protocol: u16,
    incoming: bool,
    /// Octets of a control word before a cell, which count as the cell's.
    control_word: usize,
}

/// Octets of the control word before a cell.
const CONTROL_WORD: usize = 4;

impl<'p> Header<'p> {
    fn frame(&self) -> View<'p> {
        self.packet.skip(self.octets)
    }
}

type Body = fn(&mut Out, &Header<'_>, &Below<'_>) -> Step;

/// Prints the header and what `body` makes of the frame.
fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>, proto: &'static str, card: Card, body: Body) -> Step {
    o.proto = proto;
    match header(o, v, card, below) {
        Err(stop) => o.settle(Err(stop)),
        Ok(Ok(header)) => {
            o.link_len += header.octets;
            body(o, &header, below)
        }
        Ok(Err(octets)) => {
            o.link_len += octets;
            Ok(())
        }
    }
}

/// The header; the octets to leave out where it is all there is to print.
fn header<'p>(o: &mut Out, v: View<'p>, card: Card, below: &Below<'_>) -> Step<Result<Header<'p>, usize>> {
    let flags = v.u8(3)?;
    if v.u24(0)? != MAGIC {
        o.put("no magic-number found!");
        return Ok(Err(0));
    }
    o.see_all(FIELDS, v);
    if o.opt.link {
        o.put((Right(named(DIRECTIONS, flags & IN, "---"), 3), " "));
    }
    if o.opt.verbose > 1 {
        o.put(("\n\tJuniper PCAP Flags [", bits(FLAGS, flags, ", ", "none"), "]"));
    }
    let mut octets = 4;
    if flags & EXTENDED != 0 {
        let length = usize::from(v.u16(octets)?);
        o.see_all(EXTENSIONS_LENGTH, v.skip(octets));
        octets += 2;
        if o.opt.verbose > 1 {
            o.put((", PCAP Extension(s) total length ", length));
        }
        v.need(octets + length)?;
        extensions(o, v.skip(octets).claim(length))?;
        octets += length;
        if o.opt.verbose > 1 {
            o.put("\n\t-----original packet-----\n\t");
        }
    }
    if flags & NO_FRAME != 0 {
        if o.opt.link {
            o.put("no-L2-hdr, ");
        }
        octets += 4;
        if !guess_ip(o, v.skip(octets), below)? {
            o.put("no IP-hdr found!");
        }
        return Ok(Err(octets));
    }
    let mut header = Header {
        packet: v,
        octets,
        cookie_octets: 0,
        cookie: [0; 8],
        bundle: 0,
        protocol: 0,
        incoming: flags & IN != 0,
        control_word: 0,
    };
    match cookie(o, &mut header, card) {
        Err(Stop::Malformed) => {
            o.invalid();
            return Ok(Err(header.octets));
        }
        other => other?,
    }
    if o.opt.link {
        o.put(("hlen ", header.octets, ", proto 0x", Hex4(header.protocol), ", "));
    }
    Ok(Ok(header))
}

/// The extensions: type, length and value.
fn extensions(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while rest.len() > 2 {
        let (kind, length) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        if kind == 0 || length == 0 {
            return Ok(());
        }
        if 2 + length > rest.len() {
            return Err(o.wrong("extension_length", rest.len(), "<", 2 + length));
        }
        if let Some((_, field)) = EXTENSION_FIELDS.iter().find(|row| row.0 == kind)
            && let Ok(Some(value)) = number(rest.skip(2), length, false)
        {
            o.note(*field, value);
        }
        if o.opt.verbose > 1 {
            o.put(("\n\t  ", named(EXTENSIONS, kind, "Unknown"), " Extension TLV #", kind));
            o.put((", length ", length, ", value "));
            let value = number(rest.skip(2), length, kind >= BIG_ENDIAN)?;
            match (kind, value) {
                (2, _) | (_, None) => {}
                (3 | 7, Some(value)) => o.put((named(MEDIA, value, "Unknown"), " (", value, ")")),
                (6 | 8, Some(value)) => o.put((named(ENCAPSULATIONS, value, "Unknown"), " (", value, ")")),
                (_, Some(value)) => o.put(value),
            }
        }
        rest = rest.skip(2 + length);
    }
    Ok(())
}

/// The first kind of extension whose values are big-endian.
const BIG_ENDIAN: u8 = 128;

/// A value of up to four octets; there is none of more, and not of -1.
fn number(v: View<'_>, length: usize, big: bool) -> Step<Option<u32>> {
    let value = match (length, big) {
        (1, _) => v.u8(0)?.into(),
        (2, true) => v.u16(0)?.into(),
        (2, false) => v.le16(0)?.into(),
        (3, true) => v.u24(0)?,
        (3, false) => v.le24(0)?,
        (4, true) => v.u32(0)?,
        (4, false) => v.le32(0)?,
        _ => return Ok(None),
    };
    Ok((value != u32::MAX).then_some(value))
}

/// The cookie, and what it says by the kind of card.
fn cookie(o: &mut Out, header: &mut Header<'_>, card: Card) -> Step {
    if card.name.is_empty() {
        return Ok(());
    }
    let v = header.packet.skip(header.octets);
    let first = v.u8(0)?;
    header.cookie_octets = match first {
        // A child of a bundle has no cookie.
        _ if card.link == MFR.link && first & 0xc0 == 0xc0 => 0,
        LINK_SERVICES => card.cookie + 2,
        ADAPTIVE_SERVICES => 8,
        _ => card.cookie,
    };
    let octets = header.cookie_octets;
    header.octets += octets;
    if o.opt.link {
        o.put((card.name, "-PIC, cookie-len ", octets));
    }
    // A card whose cookies have eight octets has none of link services.
    if octets > header.cookie.len() {
        return Err(Stop::Malformed);
    }
    if octets > 0 {
        v.need(octets)?;
        for (to, &from) in header.cookie.iter_mut().zip(v.bytes(0, octets)?) {
            *to = from;
        }
        if o.opt.link {
            o.put((", cookie 0x", Octets(v.bytes(0, octets)?)));
        }
    }
    if o.opt.link {
        o.put(": ");
    }
    note_cookie(o, v, first, card, octets);
    header.protocol = v.u16(octets)?;
    let kind = match first {
        LINK_SERVICES | ADAPTIVE_SERVICES => first,
        _ => 0,
    };
    let rest = v.skip(header.cookie_octets);
    let [first, second, .., sixth, _, _] = header.cookie;
    let adaptive = (u32::from(u16::from_be_bytes([header.cookie[6], header.cookie[7]])) >> 3 & 0xfff, sixth);
    match (card.link, kind) {
        (130 | 131 | 134, LINK_SERVICES) => {
            header.bundle = second.into();
            if card.link != MLPPP.link {
                header.protocol = rest.u16(0)?;
                header.octets += 2;
            }
        }
        (130 | 131 | 134, ADAPTIVE_SERVICES) => {
            header.bundle = adaptive.0;
            header.protocol = (adaptive.1 & COOKIE_PROTOCOL).into();
        }
        (130 | 131 | 134, _) => {
            header.bundle = first.into();
            if card.link == MLFR.link {
                header.octets += 2;
            }
        }
        (135, _) => {
            let control = rest.u32(0)?;
            if is_cell(header) {
                // Words that are known to stand before a cell.
                if matches!(control, 0 | 0x0800_0000 | 0x0838_0000) {
                    header.octets += CONTROL_WORD;
                    header.control_word = CONTROL_WORD;
                }
                if o.opt.link {
                    o.put(("control-word 0x", Hex8(control), " "));
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Notes a cookie of so many octets.
fn note_cookie(o: &mut Out, v: View<'_>, first: u8, card: Card, octets: usize) {
    let multilink = matches!(card.link, 130 | 131 | 134);
    if multilink {
        o.note(id!("juniper.cookie_len"), octets);
    }
    let slots = match (card.link, first) {
        (137, _) => ATM1_COOKIE,
        (135, _) => ATM2_COOKIE,
        (133, _) => GATEWAY_COOKIE,
        (_, LINK_SERVICES) if multilink => LINK_COOKIE,
        (_, ADAPTIVE_SERVICES) if multilink => ADAPTIVE_COOKIE,
        _ if multilink && octets == card.cookie => MULTILINK_COOKIE,
        _ => return,
    };
    o.see_all(slots, v.cut(octets));
}

/// Whether the cookie of an ATM2 card marks a cell.
fn is_cell(header: &Header<'_>) -> bool {
    header.cookie[7] & 0x70 != 0
}

/// IP by its first octet; false if it is none.
fn guess_ip(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<bool> {
    match v.u8(0)? {
        0x45..=0x4f => registry::ipv4()(o, v, below)?,
        0x60..=0x6f => registry::ipv6()(o, v, below)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// GPRS gateways.
pub(crate) fn ggsn(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    const NAMES: Table = &[(1, "Null"), (2, "IPv4"), (6, "IPv6")];
    packet(o, v, below, "juniper_ggsn", GGSN, |o, header, below| {
        let protocol = header.cookie[2];
        if o.opt.link {
            let vlan = u16::from_be_bytes([header.cookie[4], header.cookie[5]]);
            o.put(("proto ", named(NAMES, protocol, "Unknown"), " (", protocol, "), vlan ", vlan, ": "));
        }
        match protocol {
            2 => return registry::ipv4()(o, header.frame(), below),
            6 => return registry::ipv6()(o, header.frame(), below),
            _ if !o.opt.link => o.put(("unknown GGSN proto (", protocol, ")")),
            _ => {}
        }
        Ok(())
    })
}

/// Encryption.
pub(crate) fn es(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    const TYPES: Table =
        &[(1, "ESP ENCR-AUTH"), (2, "ESP ENCR-AH AUTH"), (3, "ESP AUTH"), (4, "AH AUTH"), (5, "ESP ENCR")];
    /// Octets of the header of a security association.
    const SIZE: usize = 16;
    packet(o, v, below, "juniper_es", ES, |o, header, below| {
        let v = header.frame();
        v.need(SIZE)?;
        let (index, ttl, kind) = (v.u16(0)?, v.u8(2)?, v.u8(3)?);
        let inner = match kind {
            1 | 2 => v,
            3..=5 => v.skip(SIZE),
            _ => {
                o.put(("ES Invalid type ", kind, ", length ", v.len()));
                return Ok(());
            }
        };
        if o.opt.link {
            o.put(("ES SA, index ", index, ", ttl ", ttl, " type ", named(TYPES, kind, "Unknown"), " (", kind, ")"));
            if kind >= 3 {
                o.put((", spi ", v.u32(4)?, ", Tunnel ", Ipv4(v.array(8)?), " > ", Ipv4(v.array(12)?)));
            }
            o.put((", length ", inner.len(), "\n"));
        }
        registry::ipv4()(o, inner, below)
    })
}

/// Monitoring.
pub(crate) fn monitor(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_monitor", MONITOR, |o, header, below| {
        let v = header.frame();
        v.need(8)?;
        if o.opt.link {
            o.put(("service-id ", v.u32(4)?, ", iif ", v.u16(2)?, ", pkt-type ", v.u8(0)?, ": "));
        }
        guess_ip(o, v, below).map(drop)
    })
}

/// Services.
pub(crate) fn services(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_services", SERVICES, |o, header, below| {
        let v = header.frame();
        v.need(8)?;
        if o.opt.link {
            o.put(("service-id ", v.u8(0)?, " flags 0x", Hex2(v.u8(1)?)));
            o.put((" service-set-id 0x", Hex4(v.u16(2)?), " iif ", v.u24(5)?, ": "));
        }
        guess_ip(o, v, below).map(drop)
    })
}

/// PPPoE, whole Ethernet frames.
pub(crate) fn pppoe(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_pppoe", PPPOE, |o, header, below| ethernet::encapsulated(o, header.frame(), below))
}

/// Ethernet.
pub(crate) fn ether(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_ether", ETHER, |o, header, _| {
        let mut link_len = 0;
        let result = o.nested(|o| ethernet::dissect(o, header.frame(), None, &mut link_len));
        o.link_len += link_len;
        result
    })
}

/// PPP.
pub(crate) fn point_to_point(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_ppp", PPP, |o, header, below| ppp::dissect(o, header.frame(), below))
}

/// Frame Relay.
pub(crate) fn frelay(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_frelay", FRELAY, |o, header, below| {
        frame_relay::dissect(o, header.frame(), below).map(drop)
    })
}

/// Cisco HDLC.
pub(crate) fn chdlc(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_chdlc", CHDLC, |o, header, below| hdlc::dissect(o, header.frame(), below))
}

/// PPPoE over ATM: an Ethertype, and what it means.
pub(crate) fn pppoe_atm(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_pppoe_atm", PPPOE_ATM, |o, header, below| {
        let v = header.frame();
        let ethertype = v.u16(0)?;
        match registry::ethertype(ethertype) {
            Some(dissect) => dissect(o, v.skip(2), below),
            None => {
                o.put(("unknown ethertype 0x", Hex4(ethertype)));
                Ok(())
            }
        }
    })
}

/// What a cookie of adaptive services says that the frame is; false if it is none of these.
fn by_cookie(o: &mut Out, header: &Header<'_>, below: &Below<'_>) -> Step<bool> {
    let v = header.frame();
    match header.protocol {
        COOKIE_IPV4 => registry::ipv4()(o, v, below)?,
        COOKIE_IPV6 => registry::ipv6()(o, v, below)?,
        COOKIE_MPLS => mpls::dissect(o, v, below)?,
        COOKIE_OSI => registry::osi(o, v, below)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Multilink PPP.
pub(crate) fn mlppp(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    /// The protocol of OSI over PPP, and the address and control octets.
    const OSI: u16 = 0x0023;
    const ADDRESS: u16 = 0xff03;
    /// The flags of a cookie of a packet to the routing engine.
    const ENGINE: u8 = 0x0c;
    packet(o, v, below, "juniper_mlppp", MLPPP, |o, header, below| {
        let begin = u16::from_be_bytes([header.cookie[0], header.cookie[1]]);
        // The cookie of a child of the bundle is a protocol.
        if o.opt.link && begin != OSI && begin != ADDRESS {
            o.put(("Bundle-ID ", header.bundle, ": "));
        }
        if header.protocol == COOKIE_IPV4 && header.cookie[4] == ENGINE {
            return ppp::dissect(o, header.frame(), below);
        }
        if by_cookie(o, header, below)? {
            return Ok(());
        }
        if begin == OSI {
            return ppp::dissect(o, header.packet.skip(header.octets - 2), below);
        }
        ppp::dissect(o, header.frame(), below)
    })
}

/// The protocols of multilink Frame Relay: unnumbered information, and the
/// identifiers of Q.933, IP and IPv6.
fn is_identified(protocol: u16) -> bool {
    matches!(protocol, 0x0308 | 0x03cc | 0x038e)
}

/// Multilink Frame Relay (FRF.16).
pub(crate) fn mfr(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_mfr", MFR, |o, header, below| {
        if header.cookie_octets == 0 {
            return frame_relay::multilink(o, header.frame(), below).map(drop);
        }
        if header.cookie_octets == 8 {
            return by_cookie(o, header, below).map(drop);
        }
        multilink(o, header);
        match header.protocol {
            0xfefe => registry::osi(o, header.frame().skip(1), below),
            protocol if is_identified(protocol) => registry::osi(o, header.packet.skip(header.octets - 1), below),
            protocol => unknown(o, header, protocol),
        }
    })
}

/// Multilink Frame Relay (FRF.15).
pub(crate) fn mlfr(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_mlfr", MLFR, |o, header, below| {
        multilink(o, header);
        match header.protocol {
            0x0003 | 0x0300 => registry::osi(o, header.frame(), below),
            protocol if is_identified(protocol) => registry::osi(o, header.packet.skip(header.octets - 1), below),
            protocol => unknown(o, header, protocol),
        }
    })
}

/// The bundle, unless the frame is one of a child.
fn multilink(o: &mut Out, header: &Header<'_>) {
    let [a, b, c, d, ..] = header.cookie;
    if o.opt.link && u32::from_be_bytes([a, b, c, d]) != 1 {
        o.put(("Bundle-ID ", header.bundle, ", "));
    }
}

fn unknown(o: &mut Out, header: &Header<'_>, protocol: u16) -> Step {
    o.put(("unknown protocol 0x", Hex4(protocol), ", length ", header.frame().len()));
    Ok(())
}

/// LLC headers of OSI and SNAP.
const LLC_HEADERS: [u32; 2] = [0xfe_fe03, 0xaa_aa03];
/// The unnumbered information of Cisco's frames, which have an NLPID only.
const UI: u8 = 0x03;

/// ATM, the first generation.
pub(crate) fn atm1(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    packet(o, v, below, "juniper_atm1", ATM1, |o, header, below| {
        let v = header.frame();
        if header.cookie[0] == 0x80 {
            return atm_oam::dissect(o, v, 0);
        }
        if known_llc(o, v, below)? {
            return Ok(());
        }
        if v.u8(0)? == UI {
            return registry::osi(o, v.skip(1), below);
        }
        guess_ip(o, v, below).map(drop)
    })
}

/// ATM, the second generation.
pub(crate) fn atm2(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    /// The gap count of a cookie, which only Ethernet has on the way out.
    const GAP: u8 = 0x3f;
    packet(o, v, below, "juniper_atm2", ATM2, |o, header, below| {
        let v = header.frame();
        if is_cell(header) {
            return atm_oam::dissect(o, v.claim(v.len() + header.control_word), 0);
        }
        if known_llc(o, v, below)? {
            return Ok(());
        }
        if !header.incoming && header.cookie[3] & GAP != 0 {
            return ethernet::encapsulated(o, v, below);
        }
        if v.u8(0)? == UI {
            return registry::osi(o, v.skip(1), below);
        }
        // PPP without a header, by the protocols that such routers have.
        const PROTOCOLS: [u16; 13] =
            [0x0021, 0x0023, 0x0281, 0x0283, 0x8021, 0x8023, 0x8281, 0xc021, 0xc023, 0xc223, 0x003d, 0x0057, 0x8057];
        if PROTOCOLS.contains(&v.u16(0)?) {
            return ppp::dissect(o, v, below);
        }
        guess_ip(o, v, below).map(drop)
    })
}

/// LLC as RFC 2684 has it; false if there is none, or none that is known.
fn known_llc(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<bool> {
    let known = LLC_HEADERS.contains(&v.u24(0)?);
    Ok(known && llc::dissect(o, v, below)?.known)
}
