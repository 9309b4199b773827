//! The messages of OpenFlow 1.0 (OpenFlow Switch Specification 1.0.0), except for
//! [statistics](super::openflow10_stats) and [actions](super::openflow10_actions).

use super::openflow::{Message, Size, bitmap, bitmap_within, data, enough, flags, name, wrong};
use super::openflow10_actions::{actions, vendor_message};
use super::openflow10_stats::{stats_reply, stats_request};
use super::openflow10_values::*;
use crate::below::Below;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Hex16, Ipv4, Mac, Named, Otherwise};
use crate::view::{Step, View};

/// The types of messages by number (section 5.1), with the octets behind the header.
pub(super) const MESSAGES: &[Message] = &[
    ("HELLO", Size::Any, Some(data)),
    ("ERROR", Size::Least(4), Some(error)),
    ("ECHO_REQUEST", Size::Any, Some(data)),
    ("ECHO_REPLY", Size::Any, Some(data)),
    ("VENDOR", Size::Least(4), Some(vendor_message)),
    ("FEATURES_REQUEST", Size::Fixed(0), None),
    ("FEATURES_REPLY", Size::Least(24), Some(features)),
    ("GET_CONFIG_REQUEST", Size::Fixed(0), None),
    ("GET_CONFIG_REPLY", Size::Fixed(4), Some(configuration)),
    ("SET_CONFIG", Size::Fixed(4), Some(configuration)),
    ("PACKET_IN", Size::Least(10), Some(packet_in)),
    ("FLOW_REMOVED", Size::Fixed(80), Some(flow_removed)),
    ("PORT_STATUS", Size::Fixed(56), Some(port_status)),
    ("PACKET_OUT", Size::Least(8), Some(packet_out)),
    ("FLOW_MOD", Size::Least(64), Some(flow_change)),
    ("PORT_MOD", Size::Fixed(24), Some(port_change)),
    ("STATS_REQUEST", Size::Least(4), Some(stats_request)),
    ("STATS_REPLY", Size::Least(4), Some(stats_reply)),
    ("BARRIER_REQUEST", Size::Fixed(0), None),
    ("BARRIER_REPLY", Size::Fixed(0), None),
    ("QUEUE_GET_CONFIG_REQUEST", Size::Fixed(4), Some(queue_request)),
    ("QUEUE_GET_CONFIG_REPLY", Size::Least(8), Some(queue_reply)),
];

/// Octets of a match (section 5.2.3).
pub(super) const MATCH: usize = 40;

/// A port by its name or number.
pub(super) fn port(value: u16) -> Named {
    Named(PORTS, value.into(), Otherwise::Dec("", ""))
}

/// Section 5.4.4.
fn error(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let kind = v.u16(0)?;
    o.put(("\n\t type ", Named(ERRORS, kind.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    let code = v.u16(2)?;
    let codes = ERROR_CODES.get(usize::from(kind)).copied().unwrap_or(&[]);
    o.put((", code ", Named(codes, code.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    data(o, v.skip(4), size - 4)
}

/// Section 5.3.1.
fn features(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 24;
    o.put(("\n\t dpid 0x", Hex16(v.u64(0)?)));
    o.put((", n_buffers ", v.u32(8)?));
    o.put((", n_tables ", v.u8(12)?));
    let capabilities = v.u32(16)?;
    o.put(("\n\t capabilities 0x", Hex8(capabilities)));
    bitmap_within(o, CAPABILITIES, capabilities, CAPABILITIES_DEFINED);
    flags(o, "\n\t actions", ACTION_BITS, v.u32(20)?);
    let (mut v, mut left) = (v.skip(FIXED), size - FIXED);
    while left > 0 {
        if !enough(o, v, left, PORT)? {
            return Ok(());
        }
        physical_port(o, v)?;
        (v, left) = (v.skip(PORT), left - PORT);
    }
    Ok(())
}

/// Octets of a port (section 5.2.1).
const PORT: usize = 48;

/// Section 5.2.1.
fn physical_port(o: &mut Out, v: View<'_>) -> Step {
    const NAME: usize = 16;
    o.put(("\n\t  port_no ", port(v.u16(0)?)));
    o.put((", hw_addr ", Mac(v.array(2)?)));
    name(o, ", name", v.skip(8), NAME)?;
    if o.opt.verbose < 2 {
        return v.need(PORT);
    }
    flags(o, "\n\t   config", PORT_CONFIGURATION, v.u32(24)?);
    let state = v.u32(28)?;
    let tree = Named(PORT_TREE_STATES, state & PORT_TREE, Otherwise::Text(""));
    let down = (state & LINK_DOWN != 0).then_some(", LINK_DOWN");
    let bogus = (state & !(PORT_TREE | LINK_DOWN) != 0).then_some(" (bogus)");
    o.put(("\n\t   state 0x", Hex8(state), " (", tree, down, ")", bogus));
    flags(o, "\n\t   curr", PORT_FEATURES, v.u32(32)?);
    flags(o, "\n\t   advertised", PORT_FEATURES, v.u32(36)?);
    flags(o, "\n\t   supported", PORT_FEATURES, v.u32(40)?);
    flags(o, "\n\t   peer", PORT_FEATURES, v.u32(44)?);
    Ok(())
}

/// Section 5.3.2.
fn configuration(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t flags ", Named(FRAGMENTS, v.u16(0)?.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    o.put((", miss_send_len ", v.u16(2)?));
    Ok(())
}

/// What a flow must match (section 5.2.3), each on a line that begins with `before`.
pub(super) fn matches(o: &mut Out, before: &'static str, v: View<'_>) -> Step {
    const NETWORK: u32 = 0x3f;
    let wild = v.u32(0)?;
    let given = |bit: u32| wild & bit == 0;
    if wild & !ALL_WILDCARDS != 0 {
        o.put((before, "wildcards 0x", Hex8(wild), " (bogus)"));
    }
    if given(0x01) {
        o.put((before, "match in_port ", port(v.u16(4)?)));
    }
    if given(0x04) {
        o.put((before, "match dl_src ", Mac(v.array(6)?)));
    }
    if given(0x08) {
        o.put((before, "match dl_dst ", Mac(v.array(12)?)));
    }
    if given(0x02) {
        o.put((before, "match dl_vlan ", vlan(v.u16(18)?)));
    }
    if given(0x10_0000) {
        o.put((before, "match dl_vlan_pcp ", priority(v.u8(20)?)));
    }
    let kind = v.u16(22)?;
    if given(0x10) {
        o.put((before, "match dl_type 0x", Hex4(kind)));
    }
    if given(0x20_0000) {
        o.put((before, "match nw_tos 0x", Hex2(v.u8(24)?)));
    }
    let protocol = v.u8(25)?;
    if given(0x20) {
        let arp = given(0x10) && kind == 0x0806;
        o.put((before, "match ", if arp { "arp_opcode " } else { "nw_proto " }, protocol));
    }
    for (at, shift, what) in [(28, 8, "nw_src "), (32, 14, "nw_dst ")] {
        let ignored = wild >> shift & NETWORK;
        if ignored < 32 {
            o.put((before, "match ", what, Ipv4(v.array(at)?), "/", 32 - ignored));
        }
    }
    let icmp = given(0x10) && kind == 0x0800 && given(0x20) && protocol == 1;
    if given(0x40) {
        o.put((before, "match ", if icmp { "icmp_type " } else { "tp_src " }, v.u16(36)?));
    }
    if given(0x80) {
        o.put((before, "match ", if icmp { "icmp_code " } else { "tp_dst " }, v.u16(38)?));
    }
    v.need(MATCH)
}

/// Section 5.3.3.
fn flow_change(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 64;
    matches(o, "\n\t ", v)?;
    let rest = v.skip(MATCH);
    o.put(("\n\t cookie 0x", Hex16(rest.u64(0)?)));
    let command = rest.u16(8)?;
    o.put((", command ", Named(COMMANDS, command.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
    for (at, what) in [(10, ", idle_timeout "), (12, ", hard_timeout "), (14, ", priority ")] {
        let value = rest.u16(at)?;
        o.put((value != 0).then_some((what, value)));
    }
    if command <= 2 {
        o.put((", buffer_id ", Named(BUFFERS, rest.u32(16)?, Otherwise::Hex("0x", 8, ""))));
    }
    if matches!(command, 3 | 4) {
        o.put((", out_port ", port(rest.u16(20)?)));
    }
    short_flags(o, rest.u16(22)?, FLOW_FLAGS);
    actions(o, "\n\t ", v.skip(FIXED), size - FIXED)
}

/// Flags of 16 bits.
pub(super) fn short_flags(o: &mut Out, value: u16, table: crate::put::Table) {
    o.put((", flags 0x", Hex4(value)));
    bitmap(o, table, value.into());
}

/// Section 5.3.3.
fn port_change(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t port_no ", port(v.u16(0)?)));
    o.put((", hw_addr ", Mac(v.array(2)?)));
    flags(o, "\n\t  config", PORT_CONFIGURATION, v.u32(8)?);
    flags(o, "\n\t  mask", PORT_CONFIGURATION, v.u32(12)?);
    flags(o, "\n\t  advertise", PORT_FEATURES, v.u32(16)?);
    v.need(24)
}

/// Section 5.3.4.
fn queue_request(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t port ", port(v.u16(0)?)));
    v.need(4)
}

/// Section 5.3.4.
fn queue_reply(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 8;
    const QUEUE: usize = 8;
    o.put(("\n\t port ", port(v.u16(0)?)));
    v.need(FIXED)?;
    let (mut v, mut left) = (v.skip(FIXED), size - FIXED);
    while left > 0 {
        if !enough(o, v, left, QUEUE)? {
            return Ok(());
        }
        o.put(("\n\t  queue_id ", v.u32(0)?));
        let length = usize::from(v.u16(4)?);
        o.put((", len ", length));
        if length < QUEUE || length > left {
            return wrong(o, v.skip(6), left - 6);
        }
        v.need(QUEUE)?;
        if o.opt.verbose >= 2 {
            queue_properties(o, v.skip(QUEUE), length - QUEUE)?;
        } else {
            v.need(length)?;
        }
        (v, left) = (v.skip(length), left - length);
    }
    Ok(())
}

/// Section 5.2.2.
fn queue_properties(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    const PROPERTY: usize = 8;
    const RATE: u16 = 1;
    while left > 0 {
        if !enough(o, v, left, PROPERTY)? {
            return Ok(());
        }
        let kind = v.u16(0)?;
        o.put(("\n\t   property ", Named(QUEUE_PROPERTIES, kind.into(), Otherwise::Hex("invalid (0x", 4, ")"))));
        let length = usize::from(v.u16(2)?);
        o.put((", len ", length));
        if length < PROPERTY || length > left {
            return wrong(o, v.skip(4), left - 4);
        }
        v.need(PROPERTY)?;
        let bogus = match kind {
            0 => length != PROPERTY,
            RATE => length != 16,
            _ => false,
        };
        o.put(bogus.then_some(" (bogus)"));
        if kind == RATE && !bogus {
            let rate = v.u16(8)?;
            if rate > 1000 {
                o.put(", rate disabled");
            } else {
                o.put((", rate ", rate / 10, ".", rate % 10, "%"));
            }
        }
        v.need(length)?;
        (v, left) = (v.skip(length), left - length);
    }
    Ok(())
}

/// Section 5.3.6.
fn packet_out(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 8;
    o.put(("\n\t buffer_id 0x", Hex8(v.u32(0)?)));
    o.put((", in_port ", port(v.u16(4)?)));
    let length = usize::from(v.u16(6)?);
    o.put((", actions_len ", length));
    let (rest, left) = (v.skip(FIXED), size - FIXED);
    if length > left {
        return wrong(o, rest, left);
    }
    actions(o, "\n\t ", rest, length)?;
    frame(o, rest.skip(length), left - length)
}

/// Section 5.4.1.
fn packet_in(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const FIXED: usize = 10;
    o.put(("\n\t buffer_id ", Named(BUFFERS, v.u32(0)?, Otherwise::Hex("0x", 8, ""))));
    o.put((", total_len ", v.u16(4)?));
    o.put((", in_port ", port(v.u16(6)?)));
    o.put((", reason ", Named(PACKET_REASONS, v.u8(8)?.into(), Otherwise::Hex("invalid (0x", 2, ")"))));
    v.need(FIXED)?;
    frame(o, v.skip(FIXED), size - FIXED)
}

/// A frame of `size` octets, written at three steps of verbosity less.
fn frame(o: &mut Out, v: View<'_>, size: usize) -> Step {
    const LESS: u8 = 3;
    if size == 0 {
        return Ok(());
    }
    o.put(("\n\t data (", size, " octets)"));
    if o.opt.verbose < LESS {
        return v.need(size);
    }
    o.put(", frame decoding below\n");
    o.opt.verbose -= LESS;
    let result = ethernet::encapsulated(o, v.claim(size).cut(size), &Below::default());
    o.opt.verbose += LESS;
    o.proto = if result.is_ok() { "openflow" } else { o.proto };
    result
}

/// Section 5.4.2.
fn flow_removed(o: &mut Out, v: View<'_>, _: usize) -> Step {
    matches(o, "\n\t ", v)?;
    let v = v.skip(MATCH);
    o.put(("\n\t cookie 0x", Hex16(v.u64(0)?)));
    let priority = v.u16(8)?;
    o.put((priority != 0).then_some((", priority ", priority)));
    o.put((", reason ", Named(REMOVAL_REASONS, v.u8(10)?.into(), Otherwise::Hex("unknown (0x", 2, ")"))));
    o.put((", duration_sec ", v.u32(12)?));
    o.put((", duration_nsec ", v.u32(16)?));
    let idle = v.u16(20)?;
    o.put((idle != 0).then_some((", idle_timeout ", idle)));
    o.put((", packet_count ", v.u64(24)?));
    o.put((", byte_count ", v.u64(32)?));
    Ok(())
}

/// Section 5.4.3.
fn port_status(o: &mut Out, v: View<'_>, _: usize) -> Step {
    o.put(("\n\t reason ", Named(PORT_CHANGES, v.u8(0)?.into(), Otherwise::Hex("invalid (0x", 2, ")"))));
    physical_port(o, v.skip(8))
}
