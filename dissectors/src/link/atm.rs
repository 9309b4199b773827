//! ATM: frames of RFC 2684 over AAL 5, SunATM's header, and signalling (ATM
//! Forum UNI 3.1, Q.2931).

use crate::below::Below;
use crate::field::Slot;
use crate::link::{atm_oam, lane, llc};
use crate::management::snmp;
use crate::out::Out;
use crate::put::{Hex6, Hex8, Table, named_dec};
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the header of the 802.6 MAC that some drivers leave on frames.
const MAC_802_6: usize = 20;
/// Octets of SunATM's header.
const SUN_HEADER: usize = 4;

/// SunATM's header for the tree; the highest bit says that the host sent the frame.
const SUN_FIELDS: &[Slot] = &[Slot::new("atm.vpi", 1, 1), Slot::new("atm.vci", 2, 2)];
/// The types of traffic in its low bits, and their numbers in the tree.
const TRAFFIC: &[(u8, u8)] = &[(LANE, 3), (LLC, 1), (ILMI, 4)];
const LANE: u8 = 1;
const LLC: u8 = 2;
const ILMI: u8 = 5;
/// Signalling, which has an adaptation layer of its own.
const SIGNALLING: u8 = 6;

/// LLC headers of frames that have no 802.6 header: SNAP, OSI and IP.
const LLC_HEADERS: [u32; 3] = [0xaa_aa03, 0xfe_fe03, 0x06_0603];
/// The unnumbered information of Cisco's frames, which have an NLPID only.
const UI: u8 = 0x03;

/// The frame entry of RFC 2684's frames.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "atm";
    if v.is_empty() || !v.has(1) {
        return Err(Stop::Truncated);
    }
    if v.u8(0)? == UI {
        if o.opt.link {
            o.put("CNLPID ");
        }
        let result = registry::osi(o, v.skip(1), below);
        o.go_on(result)?;
        o.link_len += 1;
        return Ok(());
    }
    if v.len() < 3 || !v.has(3) {
        return Err(Stop::Truncated);
    }
    let mut header = 0;
    if !LLC_HEADERS.contains(&v.u24(0)?) {
        if o.opt.link {
            o.put((Hex8(v.u32(0)?), Hex8(v.u32(4)?), " ", Hex8(v.u32(8)?), Hex8(v.u32(12)?), " "));
        }
        if v.len() < MAC_802_6 || !v.has(MAC_802_6) {
            return Err(Stop::Truncated);
        }
        header = MAC_802_6;
    }
    header += llc::dissect_or_dump(o, v.skip(header), below)?;
    o.link_len += header;
    Ok(())
}

/// The frame entry of SunATM.
pub(crate) fn sun(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "sunatm";
    let first = v.u8(0).unwrap_or_default();
    if o.opt.link && !v.is_empty() && v.has(1) {
        o.put(if first & 0x80 != 0 { "Tx: " } else { "Rx: " });
    }
    if v.len() < SUN_HEADER || !v.has(SUN_HEADER) {
        return Err(Stop::Truncated);
    }
    note_sun(o, v)?;
    let inner = v.skip(SUN_HEADER);
    let result = circuit(o, v.u8(1)?, v.u16(2)?, first & 0xf == LANE, inner, below);
    o.go_on(result)?;
    o.link_len += SUN_HEADER;
    Ok(())
}

/// Notes SunATM's header, and what kind of traffic it says that there is, or its channel.
fn note_sun(o: &mut Out, v: View<'_>) -> Step {
    const AAL_5: u8 = 4;
    const AAL_OF_SIGNALLING: u8 = 6;
    if o.tree.is_none() {
        return Ok(());
    }
    let first = v.u8(0)?;
    let kind = first & 0xf;
    o.note(id!("atm.channel"), first & 0x80 == 0);
    o.note(id!("atm.aal"), if kind == SIGNALLING { AAL_OF_SIGNALLING } else { AAL_5 });
    if kind != SIGNALLING {
        let traffic = TRAFFIC.iter().find(|row| row.0 == kind).map_or(0, |row| row.1);
        o.note(id!("atm.traffic_type"), traffic);
    }
    o.see_all(SUN_FIELDS, v);
    Ok(())
}

/// A PDU of a virtual path and channel.
fn circuit(o: &mut Out, path: u8, channel: u16, emulation: bool, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "atm";
    if o.opt.link {
        o.put(("VPI:", path, " VCI:", channel, " "));
    }
    if path == 0 {
        match channel {
            1 => {
                o.put("meta: ");
                return Ok(());
            }
            2 => {
                o.put("broadcast sig: ");
                return Ok(());
            }
            3 | 4 => return atm_oam::dissect(o, v, atm_oam::HEC),
            5 => return signalling(o, v),
            16 => {
                o.put("ilmi: ");
                return snmp::dissect(o, v, below);
            }
            _ => {}
        }
    }
    if emulation { lane::dissect(o, v, below) } else { llc::dissect_or_dump(o, v, below).map(drop) }
}

const Q2931: u8 = 0x09;
const Q2931_FIELDS: &[Slot] = &[
    Slot::new("q2931.disc", 0, 1),
    Slot::new("q2931.call_ref_len", 1, 1).bits(0, 15),
    Slot::new("q2931.call_ref", 2, 3),
    Slot::new("q2931.message_type", 5, 1),
];
const MESSAGES: Table = &[
    (0x02, "Call_proceeding"),
    (0x07, "Connect"),
    (0x0f, "Connect_ack"),
    (0x05, "Setup"),
    (0x4d, "Release"),
    (0x5a, "Release_complete"),
    (0x46, "Restart"),
    (0x4e, "Restart_ack"),
    (0x7d, "Status"),
    (0x75, "Status_enquiry"),
    (0x80, "Add_party"),
    (0x81, "Add_party_ack"),
    (0x82, "Add_party_reject"),
    (0x83, "Drop_party"),
    (0x84, "Drop_party_ack"),
];

/// A signalling message (Q.2931, 4.1), or some other protocol over SSCOP.
fn signalling(o: &mut Out, v: View<'_>) -> Step {
    let discriminator = v.u8(0)?;
    if discriminator != Q2931 {
        o.put(("SSCOP, proto ", discriminator, " "));
        return Ok(());
    }
    o.see_all(Q2931_FIELDS, v);
    o.put("Q.2931");
    o.put((":", named_dec(MESSAGES, v.u8(5)?, "msgtype#"), " "));
    o.put(("CALL_REF:0x", Hex6(v.u24(2)?)));
    Ok(())
}
