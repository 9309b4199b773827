//! Actions of OpenFlow 1.0 (OpenFlow Switch Specification 1.0.0, section 5.2.4), and
//! the extensions of Big Switch Networks, as oftest and Loxigen have them.

use super::openflow::{data, text, vendor, wrong};
use super::openflow10::port;
use super::openflow10_values::{ACTIONS, QUEUES, priority, vlan};
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Ipv4, Mac, Named, Otherwise, Table};
use crate::view::{Step, View};

const BIG_SWITCH: u32 = 0x5c_16c7;

const SUBTYPES: Table = &[
    (0, "SET_IP_MASK"),
    (1, "GET_IP_MASK_REQUEST"),
    (2, "GET_IP_MASK_REPLY"),
    (3, "SET_MIRRORING"),
    (4, "GET_MIRRORING_REQUEST"),
    (5, "GET_MIRRORING_REPLY"),
    (6, "SHELL_COMMAND"),
    (7, "SHELL_OUTPUT"),
    (8, "SHELL_STATUS"),
    (9, "GET_INTERFACES_REQUEST"),
    (10, "GET_INTERFACES_REPLY"),
    (11, "SET_PKTIN_SUPPRESSION_REQUEST"),
    (12, "SET_L2_TABLE_REQUEST"),
    (13, "GET_L2_TABLE_REQUEST"),
    (14, "GET_L2_TABLE_REPLY"),
    (15, "VIRTUAL_PORT_CREATE_REQUEST"),
    (16, "VIRTUAL_PORT_CREATE_REPLY"),
    (17, "VIRTUAL_PORT_REMOVE_REQUEST"),
    (18, "BW_ENABLE_SET_REQUEST"),
    (19, "BW_ENABLE_GET_REQUEST"),
    (20, "BW_ENABLE_GET_REPLY"),
    (21, "BW_CLEAR_DATA_REQUEST"),
    (22, "BW_CLEAR_DATA_REPLY"),
    (23, "BW_ENABLE_SET_REPLY"),
    (24, "SET_L2_TABLE_REPLY"),
    (25, "SET_PKTIN_SUPPRESSION_REPLY"),
    (26, "VIRTUAL_PORT_REMOVE_REPLY"),
    (27, "HYBRID_GET_REQUEST"),
    (28, "HYBRID_GET_REPLY"),
    (31, "PDU_TX_REQUEST"),
    (32, "PDU_TX_REPLY"),
    (33, "PDU_RX_REQUEST"),
    (34, "PDU_RX_REPLY"),
    (35, "PDU_RX_TIMEOUT"),
];
const ACTION_SUBTYPES: Table = &[(1, "MIRROR"), (2, "SET_TUNNEL_DST"), (4, "CHECKSUM")];
const STAGES: Table = &[(0, "INGRESS"), (1, "EGRESS")];
const SWITCHED: Table = &[(0, "OFF"), (1, "ON")];

/// Actions in `left` octets, each on a line that begins with `before`.
pub(super) fn actions(o: &mut Out, before: &'static str, mut v: View<'_>, mut left: usize) -> Step {
    const LEAST: usize = 8;
    const HEADER: usize = 4;
    while left > 0 {
        o.put((before, "action"));
        if !super::openflow::enough(o, v, left, LEAST)? {
            return Ok(());
        }
        let kind = v.u16(0)?;
        o.put((" type ", Named(ACTIONS, kind.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
        let size = usize::from(v.u16(2)?);
        o.put((", len ", size));
        if size < LEAST || size > left {
            return wrong(o, v.skip(HEADER), left - HEADER);
        }
        let bogus = match kind {
            0..=3 | 6..=10 => size != 8,
            4 | 5 | 11 => size != 16,
            0xffff => !size.is_multiple_of(8),
            _ => false,
        };
        if bogus {
            o.put(" (bogus)");
        } else {
            action(o, v.skip(HEADER), kind, size - HEADER)?;
        }
        v.need(size)?;
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// What an action of a known type does, `size` octets.
fn action(o: &mut Out, v: View<'_>, kind: u16, size: usize) -> Step {
    const CONTROLLER: u16 = 0xfffd;
    match kind {
        0 => {
            let out = v.u16(0)?;
            o.put((", port ", port(out)));
            if out == CONTROLLER {
                o.put((", max_len ", v.u16(2)?));
            }
        }
        1 => o.put((", vlan_vid ", vlan(v.u16(0)?))),
        2 => o.put((", vlan_pcp ", priority(v.u8(0)?))),
        4 | 5 => o.put((", dl_addr ", Mac(v.array(0)?))),
        6 | 7 => o.put((", nw_addr ", Ipv4(v.array(0)?))),
        8 => o.put((", nw_tos 0x", Hex2(v.u8(0)?))),
        9 | 10 => o.put((", tp_port ", v.u16(0)?)),
        11 => {
            o.put((", port ", port(v.u16(0)?)));
            o.put((", queue_id ", Named(QUEUES, v.u32(8)?, Otherwise::Dec("", ""))));
        }
        0xffff => {
            let id = v.u32(0)?;
            vendor(o, ", vendor", id);
            let write = if id == BIG_SWITCH { mirror } else { data };
            write(o, v.skip(4), size - 4)?;
        }
        _ => {}
    }
    Ok(())
}

/// An action of Big Switch Networks.
fn mirror(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const MIRROR: u32 = 1;
    const TAGGED: u32 = 0x8100;
    if size < 4 {
        return wrong(o, v, size);
    }
    let subtype = v.u32(0)?;
    o.put(("\n\t  subtype ", Named(ACTION_SUBTYPES, subtype, Otherwise::Hex("unknown (0x", 8, ")"))));
    if subtype != MIRROR {
        return v.need(size);
    }
    if size != 16 {
        return wrong(o, v.skip(4), size - 4);
    }
    o.put((", dest_port ", v.u32(4)?));
    let tag = v.u32(8)?;
    match tag >> 16 {
        0 => o.put(", vlan_tag none"),
        TAGGED => {
            o.put(", vlan_tag 802.1Q (");
            ethernet::put_tag(o, tag as u16);
            o.put(")");
        }
        other => o.put((", vlan_tag unknown (0x", Hex4(other), ")")),
    }
    o.put((", copy_stage ", Named(STAGES, v.u8(12)?.into(), Otherwise::Dec("unknown (", ")"))));
    v.need(16)
}

/// A message of a vendor (section 5.5.4).
pub(super) fn vendor_message(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let id = v.u32(0)?;
    vendor(o, ", vendor", id);
    let write = if id == BIG_SWITCH { big_switch } else { data };
    write(o, v.skip(4), size - 4)
}

/// A message of Big Switch Networks.
fn big_switch(o: &mut Out, v: View<'_>, size: usize) -> Step {
    if size < 4 {
        return wrong(o, v, size);
    }
    let subtype = v.u32(0)?;
    o.put(("\n\t subtype ", Named(SUBTYPES, subtype, Otherwise::Hex("unknown (0x", 8, ")"))));
    let (v, left) = (v.skip(4), size - 4);
    let fits = match subtype {
        0..=2 => left == 8,
        3..=5 | 8 | 17 => left == 4,
        9 | 13 | 19 | 21 | 27 => left == 0,
        6 => left >= 4,
        _ => true,
    };
    if !fits {
        return wrong(o, v, left);
    }
    match subtype {
        0..=2 => {
            o.put((", index ", v.u8(0)?));
            if subtype != 1 {
                o.put((", mask ", Ipv4(v.array(4)?)));
            }
        }
        3..=5 => {
            let switched = Named(SWITCHED, v.u8(0)?.into(), Otherwise::Dec("bogus (", ")"));
            o.put((", report_mirror_ports ", switched));
        }
        6 => {
            o.put((", service ", v.u32(0)?));
            text(o, ", data", v.skip(4), left - 4)?;
        }
        7 => text(o, ", data", v, left)?,
        8 => o.put((", status 0x", Hex8(v.u32(0)?))),
        17 => o.put((", vport_no ", v.u32(0)?)),
        _ => {}
    }
    v.need(left)
}
