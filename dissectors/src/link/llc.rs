//! Logical Link Control (IEEE 802.2) and the Subnetwork Access Protocol
//! (IEEE 802, clause 10; RFC 1042), with bridged frames (RFC 2684, section 5.2).

use crate::below::{Below, Dissect};
use crate::field::Slot;
use crate::link::ethernet;
use crate::names::ORGANIZATIONS;
use crate::network::ipx;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex6, Named, Otherwise, Table, named};
use crate::registry::{self, ETHERTYPES};
use crate::view::{Step, View};

const SERVICE_ACCESS_POINTS: &[Slot] = &[
    Slot::new("llc.dsap", 0, 1),
    Slot::new("llc.dsap.sap", 0, 1).bits(1, 0x7f),
    Slot::new("llc.dsap.ig", 0, 1).bit(0),
    Slot::new("llc.ssap", 1, 1),
    Slot::new("llc.ssap.sap", 1, 1).bits(1, 0x7f),
    Slot::new("llc.ssap.cr", 1, 1).bit(0),
];
/// A SNAP header, whose protocol has a field for each kind of organization.
const ORGANIZATION: &[Slot] = &[Slot::new("llc.oui", 0, 3)];
const TYPE: &[Slot] = &[Slot::new("llc.type", 3, 2)];
const CISCO_TYPE: &[Slot] = &[Slot::new("llc.cisco_pid", 3, 2)];
const APPLETALK_TYPE: &[Slot] = &[Slot::new("llc.apple_atalk_pid", 3, 2)];
const OTHER_TYPE: &[Slot] = &[Slot::new("llc.pid", 3, 2)];
/// What is exchanged of identification.
const IDENTIFICATION: &[Slot] = &[
    Slot::new("basicxid.llc.xid.format", 0, 1),
    Slot::new("basicxid.llc.xid.types", 1, 1),
    Slot::new("basicxid.llc.xid.wsize", 2, 1).bits(1, 0x7f),
];

/// How much of a frame was a link header, and whether its payload was printed.
#[derive(Clone, Copy)]
pub(crate) struct Printed {
    /// Octets of the LLC and SNAP headers.
    pub(crate) header: usize,
    /// Whether a printer knew the payload.
    pub(crate) known: bool,
}

const SAP_SNAP: u8 = 0xaa;
const SAP_IPX: u8 = 0xe0;
const SAP_GLOBAL: u8 = 0xff;
const SAP_NAMES: Table = &[
    (0x00, "Null"),
    (0xff, "Global"),
    (0x02, "802.1B I"),
    (0x03, "802.1B G"),
    (0x06, "IP"),
    (0x04, "SNA"),
    (0x0e, "ProWay NM"),
    (0x42, "STP"),
    (0x4e, "RS511"),
    (0x7e, "ISO8208"),
    (0x8e, "ProWay"),
    (0xaa, "SNAP"),
    (0xe0, "IPX"),
    (0xf0, "NetBeui"),
    (0xfe, "OSI"),
];

/// The control field of unnumbered information.
const CONTROL_UI: u16 = 0x03;
/// The control field of an exchange of identification.
const CONTROL_XID: u16 = 0xaf;
/// The poll/final bit of an unnumbered control field.
const UNNUMBERED_POLL: u16 = 0x10;
/// The poll/final bit of the other control fields, which are little-endian.
const NUMBERED_POLL: u16 = 0x100;
/// The format identifier of the information field of XID (IEEE 802.2, 5.4.1.1.2).
const XID_FORMAT: u8 = 0x81;

const COMMANDS: Table = &[
    (0x03, "ui"),
    (0xe3, "test"),
    (0xaf, "xid"),
    (0x63, "ua"),
    (0x43, "disc"),
    (0x0f, "dm"),
    (0x6f, "sabme"),
    (0x87, "frmr"),
];
const SUPERVISORY: Table = &[(0, "Receiver Ready"), (1, "Receiver not Ready"), (2, "Reject")];
const GROUP: Table = &[(0, "Individual"), (1, "Group")];
const FLAGS: Table =
    &[(0, "Command"), (1, "Response"), (0x10, "Poll"), (0x11, "Final"), (0x100, "Poll"), (0x101, "Final")];

/// An LLC frame. Without stations in `below` none are printed.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<Printed> {
    o.proto = "llc";
    let cut = |o: &mut Out| {
        o.truncated();
        o.default_dump(v.data());
        Ok(Printed { header: v.caplen().min(v.len()), known: true })
    };
    if v.caplen() < 3 || v.len() < 3 {
        return cut(o);
    }
    let (dsap_field, ssap_field) = (v.u8(0)?, v.u8(1)?);
    let mut control = u16::from(v.u8(2)?);
    let unnumbered = control & 3 == 3;
    let mut header = 3;
    if !unnumbered {
        if v.caplen() < 4 || v.len() < 4 {
            return cut(o);
        }
        control = v.le16(2)?;
        header = 4;
    }
    if ssap_field != SAP_GLOBAL || dsap_field != SAP_GLOBAL {
        o.see_all(SERVICE_ACCESS_POINTS, v);
        note_control(o, control, ssap_field & 1 != 0);
    }
    if ssap_field == SAP_GLOBAL && dsap_field == SAP_GLOBAL {
        // IPX in a bare 802.3 frame: there is no LLC header, these octets are
        // the checksum that IPX does not use.
        if o.opt.link {
            o.put("IPX 802.3: ");
        }
        ipx::dissect(o, v, below)?;
        return Ok(Printed { header: 0, known: true });
    }
    let (dsap, ssap) = (dsap_field & !1, ssap_field & !1);
    if o.opt.link {
        o.put(("LLC, dsap ", named(SAP_NAMES, dsap, "Unknown"), " (0x", Hex2(dsap), ") "));
        o.put((named(GROUP, dsap_field & 1, "Unknown"), ", ssap ", named(SAP_NAMES, ssap, "Unknown")));
        o.put((" (0x", Hex2(ssap), ") ", named(FLAGS, ssap_field & 1, "Unknown"), ", ctrl 0x"));
        if unnumbered {
            o.put(Hex2(control))
        } else {
            o.put(Hex4(control))
        }
        o.put(": ");
    }
    let inner = v.skip(header);
    let length = v.len();
    if ssap == dsap && control == CONTROL_UI {
        if ssap == SAP_SNAP {
            note_snap(o, inner);
            let known = snap(o, inner, below, 2)?;
            return Ok(Printed { header: header + SNAP_HEADER, known });
        }
        if let Some(dissect) = registry::service_access_point(ssap) {
            if ssap == SAP_IPX && o.opt.link {
                o.put("IPX 802.2: ");
            }
            let result = dissect(o, inner, below);
            o.go_on(result)?;
            return Ok(Printed { header, known: true });
        }
    }
    if !o.opt.link {
        stations(o, below, dsap, ssap);
    }
    let response = u16::from(ssap_field & 1);
    let known = if unnumbered {
        unnumbered_frame(o, inner, control, response, length)?
    } else if control & 1 != 0 {
        o.put(("Supervisory, ", named(SUPERVISORY, control >> 2 & 3, "?"), ", rcv seq ", control >> 9));
        flags(o, response | control & NUMBERED_POLL, length);
        true
    } else {
        o.put(("Information, send seq ", control >> 1 & 0x7f, ", rcv seq ", control >> 9));
        flags(o, response | control & NUMBERED_POLL, length);
        false
    };
    Ok(Printed { header, known })
}

/// Notes a control field (IEEE 802.2, 5.4) of a command or a response.
fn note_control(o: &mut Out, control: u16, response: bool) {
    if o.tree.is_none() {
        return;
    }
    let unnumbered = control & 3 == 3;
    o.note(id!("llc.control"), control);
    o.note(id!("llc.control.ftype"), control & if unnumbered { 3 } else { 1 });
    if unnumbered {
        let field = if response { id!("llc.control.u_modifier_resp") } else { id!("llc.control.u_modifier_cmd") };
        o.note(field, control >> 2 & 0x3b);
    } else {
        o.note(id!("llc.control.n_r"), control >> 9);
        if control & 1 != 0 {
            o.note(id!("llc.control.s_ftype"), control >> 2 & 3);
        } else {
            o.note(id!("llc.control.n_s"), control >> 1 & 0x7f);
        }
    }
    if control & if unnumbered { UNNUMBERED_POLL } else { NUMBERED_POLL } != 0 {
        o.note(if response { id!("llc.control.f") } else { id!("llc.control.p") }, true);
    }
}

/// An LLC frame whose unknown payload is dumped; the result is the octets of its headers.
pub(crate) fn dissect_or_dump(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step<usize> {
    let printed = dissect(o, v, below)?;
    if !printed.known {
        ethernet::default_dump(o, v);
    }
    Ok(printed.header)
}

/// `, Flags [Poll], length 60`.
fn flags(o: &mut Out, value: u16, length: usize) {
    o.put((", Flags [", named(FLAGS, value, "?"), "], length ", length));
}

/// The stations with their service access points, without `-e`.
fn stations(o: &mut Out, below: &Below<'_>, dsap: u8, ssap: u8) {
    let destination = Named(SAP_NAMES, dsap.into(), Otherwise::Hex("Unknown DSAP 0x", 2, ""));
    let source = Named(SAP_NAMES, ssap.into(), Otherwise::Hex("Unknown SSAP 0x", 2, ""));
    let pair = below.source.zip(below.destination);
    match (pair, ssap == dsap) {
        (None, true) => o.put((destination, " ")),
        (Some((from, to)), true) => o.put((from, " > ", to, " ", destination, " ")),
        (None, false) => o.put((source, " > ", destination, " ")),
        (Some((from, to)), false) => o.put((from, " ", source, " > ", to, " ", destination, " ")),
    }
}

/// An unnumbered frame; true unless its payload is to be dumped.
fn unnumbered_frame(o: &mut Out, v: View<'_>, control: u16, response: u16, length: usize) -> Step<bool> {
    let command = control & !UNNUMBERED_POLL;
    o.put(("Unnumbered, ", Named(COMMANDS, command.into(), Otherwise::Hex("", 2, ""))));
    flags(o, response | control & UNNUMBERED_POLL, length);
    if command != CONTROL_XID {
        return Ok(false);
    }
    if v.is_empty() {
        return Ok(true);
    }
    let Ok(format) = v.u8(0) else {
        o.truncated();
        return Ok(true);
    };
    if format != XID_FORMAT {
        return Ok(false);
    }
    o.see_all(IDENTIFICATION, v);
    if v.caplen() < 3 || v.len() < 3 {
        o.truncated();
        o.default_dump(v.data());
    } else {
        o.put((": ", Hex2(v.u8(1)?), " ", Hex2(v.u8(2)?)));
    }
    Ok(true)
}

/// Octets of a SNAP header.
const SNAP_HEADER: usize = 5;

const OUI_ETHERNET: u32 = 0x00_0000;
const OUI_CISCO: u32 = 0x00_000c;
const OUI_CISCO_BRIDGED: u32 = 0x00_00f8;
const OUI_BRIDGED: u32 = 0x00_80c2;
const OUI_APPLETALK: u32 = 0x08_0007;

const CISCO: Table =
    &[(0x2000, "CDP"), (0x2003, "VTP"), (0x2004, "DTP"), (0x0111, "UDLD"), (0x010b, "PVST"), (0x010c, "VLAN Bridge")];
const BRIDGED: Table = &[
    (0x0001, "Ethernet + FCS"),
    (0x0007, "Ethernet w/o FCS"),
    (0x0002, "802.4 + FCS"),
    (0x0008, "802.4 w/o FCS"),
    (0x0003, "Token Ring + FCS"),
    (0x0009, "Token Ring w/o FCS"),
    (0x0004, "FDDI + FCS"),
    (0x000a, "FDDI w/o FCS"),
    (0x0005, "802.6 + FCS"),
    (0x000b, "802.6 w/o FCS"),
    (0x000e, "BPDU"),
];

/// The names of an organization's protocol identifiers.
fn identifiers(organization: u32) -> Table {
    match organization {
        OUI_ETHERNET | OUI_CISCO_BRIDGED | OUI_APPLETALK => ETHERTYPES,
        OUI_CISCO => CISCO,
        OUI_BRIDGED => BRIDGED,
        _ => &[],
    }
}

/// A SNAP header and what follows it; false if no printer knows that.
/// `bridge_pad` are the octets between the header and a bridged frame.
pub(crate) fn snap(o: &mut Out, v: View<'_>, below: &Below<'_>, bridge_pad: usize) -> Step<bool> {
    o.proto = "snap";
    if v.caplen() < SNAP_HEADER || v.len() < SNAP_HEADER {
        o.truncated();
        return Ok(true);
    }
    let (organization, kind) = (v.u24(0)?, v.u16(3)?);
    let inner = v.skip(SNAP_HEADER);
    if o.opt.link {
        o.put(("oui ", named(ORGANIZATIONS, organization, "Unknown"), " (0x", Hex6(organization), "), "));
        o.put(if organization == OUI_ETHERNET { "ethertype " } else { "pid " });
        o.put((named(identifiers(organization), kind, "Unknown"), " (0x", Hex4(kind), "), length ", inner.len(), ": "));
    }
    let known = match organization {
        OUI_ETHERNET | OUI_CISCO_BRIDGED => ethertype(o, inner, below, kind)?,
        OUI_APPLETALK if kind == registry::APPLETALK => ethertype(o, inner, below, kind)?,
        OUI_CISCO => match registry::cisco_identifier(kind) {
            Some(dissect) => carried(o, inner, below, dissect)?,
            None => false,
        },
        OUI_BRIDGED => bridged(o, inner, below, kind, bridge_pad)?,
        _ => false,
    };
    if !known && !o.opt.link {
        if let Some((from, to)) = below.source.zip(below.destination) {
            o.put((from, " > ", to, " "));
        }
        o.put("SNAP, ");
        if organization == OUI_ETHERNET {
            o.put("ethertype ");
        } else {
            o.put(("oui ", named(ORGANIZATIONS, organization, "Unknown"), " (0x", Hex6(organization), "), pid "));
        }
        o.put((named(identifiers(organization), kind, "Unknown"), " (0x", Hex4(kind), "), length ", inner.len(), ": "));
    }
    Ok(known)
}

/// Notes a SNAP header.
fn note_snap(o: &mut Out, v: View<'_>) {
    if o.tree.is_some()
        && v.has(SNAP_HEADER)
        && let Ok(organization) = v.u24(0)
    {
        o.see_all(ORGANIZATION, v);
        o.see_all(
            match organization {
                OUI_ETHERNET | OUI_CISCO_BRIDGED => TYPE,
                OUI_CISCO => CISCO_TYPE,
                OUI_APPLETALK => APPLETALK_TYPE,
                _ => OTHER_TYPE,
            },
            v,
        );
    }
}

/// The payload of an Ethertype; false if no printer knows it.
fn ethertype(o: &mut Out, v: View<'_>, below: &Below<'_>, kind: u16) -> Step<bool> {
    match registry::ethertype(kind) {
        Some(dissect) => carried(o, v, below, dissect),
        None => Ok(false),
    }
}

/// Prints what SNAP carries, where there is a printer; a frame that is cut there is not given up.
fn carried(o: &mut Out, v: View<'_>, below: &Below<'_>, dissect: Dissect) -> Step<bool> {
    let result = dissect(o, v, below);
    o.go_on(result).map(|()| true)
}

/// A bridged frame; false if no printer knows its kind.
fn bridged(o: &mut Out, v: View<'_>, below: &Below<'_>, kind: u16, pad: usize) -> Step<bool> {
    let Some((dissect, control)) = registry::bridged(kind) else { return Ok(false) };
    let skipped = control.map_or(0, |octets| pad + octets);
    if !v.has(skipped) {
        o.truncated();
        return Ok(true);
    }
    carried(o, v.skip(skipped), below, dissect)
}
