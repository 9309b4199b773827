//! The messages of OpenFlow 1.3 (Open Networking Foundation, OpenFlow Switch
//! Specification 1.3.5).

use super::openflow::{Message, Size, data, flags, name, vendor, wrong};
use super::openflow13_errors::{ERRORS, codes};
use crate::out::Out;
use crate::put::{Hex8, Hex16, Mac, Named, Otherwise, Table, named};
use crate::view::{Step, View};

/// The types of messages by number (section 7.1), with the octets behind the header.
pub(super) const MESSAGES: &[Message] = &[
    ("HELLO", Size::Any, Some(hello)),
    ("ERROR", Size::Least(4), Some(error)),
    ("ECHO_REQUEST", Size::Any, Some(data)),
    ("ECHO_REPLY", Size::Any, Some(data)),
    ("EXPERIMENTER", Size::Least(8), Some(experimenter)),
    ("FEATURES_REQUEST", Size::Fixed(0), None),
    ("FEATURES_REPLY", Size::Fixed(24), Some(features)),
    ("GET_CONFIG_REQUEST", Size::Fixed(0), None),
    ("GET_CONFIG_REPLY", Size::Fixed(4), Some(configuration)),
    ("SET_CONFIG", Size::Fixed(4), Some(configuration)),
    ("PACKET_IN", Size::Any, None),
    ("FLOW_REMOVED", Size::Any, None),
    ("PORT_STATUS", Size::Fixed(72), Some(port_status)),
    ("PACKET_OUT", Size::Any, None),
    ("FLOW_MOD", Size::Any, None),
    ("GROUP_MOD", Size::Any, None),
    ("PORT_MOD", Size::Fixed(32), Some(port_change)),
    ("TABLE_MOD", Size::Fixed(8), Some(table)),
    ("MULTIPART_REQUEST", Size::Any, None),
    ("MULTIPART_REPLY", Size::Any, None),
    ("BARRIER_REQUEST", Size::Fixed(0), None),
    ("BARRIER_REPLY", Size::Fixed(0), None),
    ("QUEUE_GET_CONFIG_REQUEST", Size::Fixed(8), Some(queues)),
    ("QUEUE_GET_CONFIG_REPLY", Size::Any, None),
    ("ROLE_REQUEST", Size::Fixed(16), Some(role)),
    ("ROLE_REPLY", Size::Fixed(16), Some(role)),
    ("GET_ASYNC_REQUEST", Size::Fixed(0), None),
    ("GET_ASYNC_REPLY", Size::Fixed(24), Some(asynchronous)),
    ("SET_ASYNC", Size::Fixed(24), Some(asynchronous)),
    ("METER_MOD", Size::Any, None),
];

const CAPABILITIES: Table = &[
    (0x001, "FLOW_STATS"),
    (0x002, "TABLE_STATS"),
    (0x004, "PORT_STATS"),
    (0x008, "GROUP_STATS"),
    (0x020, "IP_REASM"),
    (0x040, "QUEUE_STATS"),
    (0x100, "PORT_BLOCKED"),
];
const FRAGMENTS: Table = &[(0, "FRAG_NORMAL"), (1, "FRAG_DROP"), (2, "FRAG_REASM")];
const TABLES: Table = &[(0xfe, "MAX"), (0xff, "ALL")];
const LENGTHS: Table = &[(0xffe5, "MAX"), (0xffff, "NO_BUFFER")];
const PORT_CONFIGURATION: Table = &[(0x01, "PORT_DOWN"), (0x04, "NO_RECV"), (0x20, "NO_FWD"), (0x40, "NO_PACKET_IN")];
const PORT_STATES: Table = &[(1, "LINK_DOWN"), (2, "BLOCKED"), (4, "LIVE")];
const PORT_FEATURES: Table = &[
    (0x0001, "10MB_HD"),
    (0x0002, "10MB_FD"),
    (0x0004, "100MB_HD"),
    (0x0008, "100MB_FD"),
    (0x0010, "1GB_HD"),
    (0x0020, "1GB_FD"),
    (0x0040, "10GB_FD"),
    (0x0080, "40GB_FD"),
    (0x0100, "100GB_FD"),
    (0x0200, "1TB_FD"),
    (0x0400, "OTHER"),
    (0x0800, "COPPER"),
    (0x1000, "FIBER"),
    (0x2000, "AUTONEG"),
    (0x4000, "PAUSE"),
    (0x8000, "PAUSE_ASYM"),
];
const PORTS: Table = &[
    (0xffff_ff00, "MAX"),
    (0xffff_fff8, "IN_PORT"),
    (0xffff_fff9, "TABLE"),
    (0xffff_fffa, "NORMAL"),
    (0xffff_fffb, "FLOOD"),
    (0xffff_fffc, "ALL"),
    (0xffff_fffd, "CONTROLLER"),
    (0xffff_fffe, "LOCAL"),
    (0xffff_ffff, "ANY"),
];
const ROLES: Table = &[(0, "NOCHANGE"), (1, "EQUAL"), (2, "MASTER"), (3, "SLAVE")];
const VERSION_BITS: Table = &[(0x01, "1.0"), (0x02, "1.1"), (0x04, "1.2"), (0x08, "1.3"), (0x10, "1.4"), (0x20, "1.5")];
const PACKET_REASONS: Table = &[(1, "NO_MATCH"), (2, "ACTION"), (4, "INVALID_TTL")];
const CHANGES: Table = &[(0, "ADD"), (1, "DELETE"), (2, "MODIFY")];
const CHANGE_BITS: Table = &[(1, "ADD"), (2, "DELETE"), (4, "MODIFY")];

fn number(table: Table, value: u32) -> Named {
    Named(table, value, Otherwise::Dec("", ""))
}

/// Section 7.5.1.
fn hello(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    const ELEMENT: usize = 4;
    const VERSION_BITMAP: u16 = 1;
    while left > 0 {
        if left < ELEMENT {
            return wrong(o, v, left);
        }
        let kind = v.u16(0)?;
        let kind_name = Named(&[(1, "VERSIONBITMAP")], kind.into(), Otherwise::Hex("unknown (0x", 4, ")"));
        o.put(("\n\t type ", kind_name));
        let size = usize::from(v.u16(2)?);
        o.put((", length ", size));
        if size < ELEMENT || size > left {
            return wrong(o, v.skip(ELEMENT), left - ELEMENT);
        }
        let value = v.skip(ELEMENT);
        if kind == VERSION_BITMAP && size == ELEMENT + 4 {
            flags(o, ", bitmap", VERSION_BITS, value.u32(0)?);
        } else {
            o.put((kind == VERSION_BITMAP).then_some(" (bogus)"));
            value.need(size - ELEMENT)?;
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// Section 7.4.4.
fn error(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let kind = v.u16(0)?;
    o.put(("\n\t type ", Named(ERRORS, kind.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    let code = v.u16(2)?;
    o.put((", code ", Named(codes(kind), code.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    data(o, v.skip(4), size - 4)
}

/// Section 7.5.4.
fn experimenter(o: &mut Out, v: View<'_>, size: usize) -> Step {
    vendor(o, "\n\t experimenter", v.u32(0)?);
    o.put((", exp_type 0x", Hex8(v.u32(4)?)));
    data(o, v.skip(8), size - 8)
}

/// Section 7.3.1.
fn features(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t dpid 0x", Hex16(v.u64(0)?)));
    o.put((", n_buffers ", v.u32(8)?));
    o.put((", n_tables ", v.u8(12)?));
    o.put((", auxiliary_id ", v.u8(13)?));
    flags(o, "\n\t capabilities", CAPABILITIES, v.u32(16)?);
    v.need(24)
}

/// Section 7.3.2.
fn configuration(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t flags ", Named(FRAGMENTS, v.u16(0)?.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    o.put((", miss_send_len ", number(LENGTHS, v.u16(2)?.into())));
    Ok(())
}

/// Section 7.3.3.
fn table(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t table_id ", number(TABLES, v.u8(0)?.into())));
    o.put((", config 0x", Hex8(v.u32(4)?)));
    Ok(())
}

/// Section 7.3.9.
fn role(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t role ", Named(ROLES, v.u32(0)?, Otherwise::Hex("invalid (0x", 8, ")"))));
    o.put((", generation_id 0x", Hex16(v.u64(8)?)));
    Ok(())
}

/// Section 7.3.10.
fn asynchronous(o: &mut Out, v: View<'_>, _: usize) -> Step {
    flags(o, "\n\t packet_in_mask[EM]", PACKET_REASONS, v.u32(0)?);
    flags(o, "\n\t packet_in_mask[S]", PACKET_REASONS, v.u32(4)?);
    flags(o, "\n\t port_status_mask[EM]", CHANGE_BITS, v.u32(8)?);
    flags(o, "\n\t port_status_mask[S]", CHANGE_BITS, v.u32(12)?);
    flags(o, "\n\t flow_removed_mask[EM]", CHANGE_BITS, v.u32(16)?);
    flags(o, "\n\t flow_removed_mask[S]", CHANGE_BITS, v.u32(20)?);
    Ok(())
}

/// Section 7.3.4.3.
fn port_change(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t port_no ", number(PORTS, v.u32(0)?)));
    o.put((", hw_addr ", Mac(v.array(8)?)));
    flags(o, "\n\t  config", PORT_CONFIGURATION, v.u32(16)?);
    flags(o, "\n\t  mask", PORT_CONFIGURATION, v.u32(20)?);
    flags(o, "\n\t  advertise", PORT_FEATURES, v.u32(24)?);
    v.need(32)
}

/// Section 7.4.3.
fn port_status(o: &mut Out, v: View<'_>, _: usize) -> Step {
    // As tcpdump has it: an unknown reason is not written.
    o.put(("\n\t reason ", named(CHANGES, v.u8(0)?, "invalid (0x02x)")));
    port(o, v.skip(8))
}

/// Section 7.2.1.
fn port(o: &mut Out, v: View<'_>) -> Step {
    const NAME: usize = 16;
    const SIZE: usize = 64;
    o.put(("\n\t  port_no ", number(PORTS, v.u32(0)?)));
    o.put((", hw_addr ", Mac(v.array(8)?)));
    name(o, ", name", v.skip(16), NAME)?;
    if o.opt.verbose < 2 {
        return v.need(SIZE);
    }
    flags(o, "\n\t   config", PORT_CONFIGURATION, v.u32(32)?);
    flags(o, "\n\t   state", PORT_STATES, v.u32(36)?);
    flags(o, "\n\t   curr", PORT_FEATURES, v.u32(40)?);
    flags(o, "\n\t   advertised", PORT_FEATURES, v.u32(44)?);
    flags(o, "\n\t   supported", PORT_FEATURES, v.u32(48)?);
    flags(o, "\n\t   peer", PORT_FEATURES, v.u32(52)?);
    o.put(("\n\t   curr_speed ", v.u32(56)?, "kbps"));
    o.put(("\n\t   max_speed ", v.u32(60)?, "kbps"));
    Ok(())
}

/// Section 7.3.6.
fn queues(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t port ", number(PORTS, v.u32(0)?)));
    v.need(8)
}
