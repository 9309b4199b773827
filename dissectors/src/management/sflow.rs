//! sFlow version 5 (sFlow.org, sFlow Version 5).

use crate::below::Below;
use crate::management::sflow_fields;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6, Named, Otherwise, Table, named};
use crate::view::{Step, Stop, View};

const VERSION: usize = 0;
const ADDRESS_TYPE: usize = 4;
const AGENT: usize = 8;
/// Octets of the header with an IPv4 and an IPv6 agent; agent's number, sequence
/// number, uptime and count of samples are its last four words.
const HEADER: usize = 28;
const HEADER_6: usize = 40;

/// Octets of a sample's format and length.
const SAMPLE_HEADER: usize = 8;

const IPV4: u32 = 1;
const IPV6: u32 = 2;

const FLOW_SAMPLE: u32 = 1;
const COUNTER_SAMPLE: u32 = 2;
const EXPANDED_FLOW_SAMPLE: u32 = 3;
const EXPANDED_COUNTER_SAMPLE: u32 = 4;
const SAMPLES: Table =
    &[(1, "flow sample"), (2, "counter sample"), (3, "expanded flow sample"), (4, "expanded counter sample")];

const RAW_PACKET: u32 = 1;
const ETHERNET_FRAME: u32 = 2;
const SWITCH_DATA: u32 = 1001;
const FLOWS: Table = &[
    (1, "Raw packet"),
    (2, "Ethernet frame"),
    (3, "IPv4 Data"),
    (4, "IPv6 Data"),
    (1001, "Extended Switch data"),
    (1002, "Extended Router data"),
    (1003, "Extended Gateway data"),
    (1004, "Extended User data"),
    (1005, "Extended URL data"),
    (1006, "Extended MPLS data"),
    (1007, "Extended NAT data"),
    (1008, "Extended MPLS tunnel"),
    (1009, "Extended MPLS VC"),
    (1010, "Extended MPLS FEC"),
    (1011, "Extended MPLS LVP FEC"),
    (1012, "Extended VLAN Tunnel"),
];
const COUNTERS: Table = &[
    (1, "Generic counter"),
    (2, "Ethernet counter"),
    (3, "Token ring counter"),
    (4, "100 BaseVG counter"),
    (5, "Vlan counter"),
    (1001, "Processor counter"),
];
const RAW_PROTOCOLS: Table = &[(1, "Ethernet"), (11, "IPv4"), (12, "IPv6")];
const DIRECTIONS: Table = &[(0, "unknown"), (1, "full-duplex"), (2, "half-duplex"), (3, "in"), (4, "out")];

/// A datagram; its samples only with `-v`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "sflow";
    let result = datagram(o, v);
    o.settle(result)
}

fn datagram(o: &mut Out, v: View<'_>) -> Step {
    sflow_fields::note(o, v);
    let address_type = v.u32(ADDRESS_TYPE)?;
    let version = v.u32(VERSION)?;
    if (v.len() < HEADER && address_type == IPV4) || (v.len() < HEADER_6 && address_type == IPV6) {
        o.put(("sFlowv", version, " [length ", v.len(), " < ", HEADER, "]"));
        return Err(Stop::Malformed);
    }
    v.need(HEADER)?;
    if version != 5 {
        o.put(("sFlow version ", version, " packet not supported"));
        return Ok(());
    }
    let is_ipv4 = address_type == IPV4;
    let header = if is_ipv4 { HEADER } else { HEADER_6 };
    let word = |i: usize| v.u32(header - 16 + 4 * i);
    let agent_id = word(0)?;
    let samples = if o.opt.verbose > 0 { Some((word(1)?, word(2)?, word(3)?)) } else { None };
    let agent = if is_ipv4 { (Some(Ipv4(v.array(AGENT)?)), None) } else { (None, Some(Ipv6(v.array(AGENT)?))) };
    o.put(("sFlowv", version, if is_ipv4 { ", IPv4" } else { ", IPv6" }, " agent ", agent));
    o.put((", agent-id ", agent_id));
    let Some((sequence, uptime, count)) = samples else {
        o.put((", length ", v.len()));
        return Ok(());
    };
    o.put((", seqnum ", sequence, ", uptime ", uptime, ", samples ", count, ", length ", v.len()));
    if v.len() < header {
        return Err(o.wrong("tlen", v.len(), "<", header));
    }
    let mut rest = v.skip(header);
    for _ in 0..count {
        if rest.is_empty() {
            break;
        }
        match sample(o, rest) {
            Ok(Some(taken)) => rest = rest.skip(taken),
            Ok(None) => break,
            Err(Stop::Malformed) => {
                o.invalid();
                let content = if rest.len() < SAMPLE_HEADER { rest } else { rest.skip(SAMPLE_HEADER) };
                return content.need(content.len());
            }
            Err(stop) => return Err(stop),
        }
    }
    Ok(())
}

/// A sample; its octets, or nothing if no other can follow.
fn sample(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    let kind = v.u32(0)? & 0xfff;
    let length = v.u32(4)? as usize;
    if v.len() < SAMPLE_HEADER {
        return Err(Stop::Malformed);
    }
    let v = v.skip(SAMPLE_HEADER);
    o.put(("\n\t", named(SAMPLES, kind, "Unknown"), " (", kind, "), length ", length, ","));
    if kind == 0 || length == 0 {
        return Ok(None);
    }
    if v.len() < length {
        return Err(Stop::Malformed);
    }
    v.need(length)?;
    match kind {
        FLOW_SAMPLE | EXPANDED_FLOW_SAMPLE => flow_sample(o, v, kind == EXPANDED_FLOW_SAMPLE)?,
        COUNTER_SAMPLE | EXPANDED_COUNTER_SAMPLE => counter_sample(o, v, kind == EXPANDED_COUNTER_SAMPLE)?,
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t    ", length);
            }
        }
    }
    Ok(Some(SAMPLE_HEADER + length))
}

/// Malformed unless so many octets are left.
fn claims(v: View<'_>, octets: usize) -> Step {
    if v.len() < octets { Err(Stop::Malformed) } else { Ok(()) }
}

/// The source's type and index: one word, or two if expanded. What follows them.
fn source<'p>(o: &mut Out, v: View<'p>, expanded: bool) -> Step<View<'p>> {
    if expanded {
        o.put((" seqnum ", v.u32(0)?, ", type ", v.u32(4)?, ", idx ", v.u32(8)?));
        Ok(v.skip(12))
    } else {
        o.put((" seqnum ", v.u32(0)?, ", type ", v.u8(4)?, ", idx ", v.u24(5)?));
        Ok(v.skip(8))
    }
}

fn flow_sample(o: &mut Out, v: View<'_>, expanded: bool) -> Step {
    let octets = if expanded { 44 } else { 32 };
    claims(v, octets)?;
    let count = v.u32(octets - 4)?;
    v.need(octets)?;
    let rest = source(o, v, expanded)?;
    o.put((", rate ", rest.u32(0)?, ", pool ", rest.u32(4)?, ", drops ", rest.u32(8)?));
    if !expanded {
        o.put((", input ", rest.u32(12)?, " output ", rest.u32(16)?));
    }
    o.put((if expanded { ", records " } else { " records " }, count));
    let mut rest = v.skip(octets);
    for _ in 0..count {
        rest = rest.skip(flow(o, rest)?);
    }
    Ok(())
}

/// A flow record; its octets.
fn flow(o: &mut Out, v: View<'_>) -> Step<usize> {
    const RECORD: usize = 8;
    claims(v, RECORD)?;
    let (format, length) = (v.u32(0)?, v.u32(4)? as usize);
    let (enterprise, kind) = (format >> 12, format & 0xfff);
    let name = if enterprise == 0 { named(FLOWS, kind, "Unknown") } else { named(&[], kind, "Unknown") };
    o.put(("\n\t    enterprise ", enterprise, " ", name, " (", kind, ") length ", length));
    let v = v.skip(RECORD);
    claims(v, length)?;
    match kind {
        _ if enterprise != 0 => {}
        RAW_PACKET => {
            claims(v, 16)?;
            v.need(16)?;
            let protocol = v.u32(0)?;
            o.put(("\n\t      protocol ", named(RAW_PROTOCOLS, protocol, "Unknown"), " (", protocol));
            o.put(("), length ", v.u32(4)?, ", stripped bytes ", v.u32(8)?, ", header_size ", v.u32(12)?));
        }
        ETHERNET_FRAME => {
            claims(v, 24)?;
            v.need(24)?;
            o.put(("\n\t      frame len ", v.u32(0)?, ", type ", v.u32(20)?));
        }
        SWITCH_DATA => {
            claims(v, 16)?;
            o.put(("\n\t      src vlan ", v.u32(0)?, ", src pri ", v.u32(4)?));
            o.put((", dst vlan ", v.u32(8)?, ", dst pri ", v.u32(12)?));
        }
        _ if FLOWS.iter().any(|row| row.0 == kind) => {}
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t\t", length),
        _ => {}
    }
    Ok(RECORD + length)
}

fn counter_sample(o: &mut Out, v: View<'_>, expanded: bool) -> Step {
    let octets = if expanded { 16 } else { 12 };
    claims(v, octets)?;
    let count = v.u32(octets - 4)?;
    source(o, v, expanded)?;
    o.put((", records ", count));
    let mut rest = v.skip(octets);
    for _ in 0..count {
        rest = rest.skip(counter(o, rest)?);
    }
    Ok(())
}

/// A counter record; its octets.
fn counter(o: &mut Out, v: View<'_>) -> Step<usize> {
    const RECORD: usize = 8;
    claims(v, RECORD)?;
    let (format, length) = (v.u32(0)?, v.u32(4)? as usize);
    // The enterprise of counters is cut shorter than that of flows.
    let (enterprise, kind) = (format >> 20, format & 0xfff);
    let name = if enterprise == 0 { named(COUNTERS, kind, "Unknown") } else { named(&[], kind, "Unknown") };
    o.put(("\n\t    enterprise ", enterprise, ", ", name, " (", kind, ") length ", length));
    let v = v.skip(RECORD);
    claims(v, length)?;
    match kind {
        _ if enterprise != 0 => {}
        1 => generic(o, v)?,
        2 => ethernet(o, v)?,
        3 => {}
        4 => any_lan(o, v)?,
        5 => {
            claims(v, 28)?;
            v.need(28)?;
            o.put(("\n\t      vlan_id ", v.u32(0)?, ", octets ", v.u64(4)?, ", unicast_pkt ", v.u32(12)?));
            o.put((", multicast_pkt ", v.u32(16)?, ", broadcast_pkt ", v.u32(20)?, ", discards ", v.u32(24)?));
        }
        1001 => {
            claims(v, 28)?;
            v.need(28)?;
            o.put(("\n\t      5sec ", v.u32(0)?, ", 1min ", v.u32(4)?, ", 5min ", v.u32(8)?));
            o.put((", total_mem ", v.u64(12)?, ", total_mem ", v.u64(20)?));
        }
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t\t", length),
        _ => {}
    }
    Ok(RECORD + length)
}

fn generic(o: &mut Out, v: View<'_>) -> Step {
    claims(v, 88)?;
    let direction = v.u32(16)?;
    o.put(("\n\t      ifindex ", v.u32(0)?, ", iftype ", v.u32(4)?, ", ifspeed ", v.u64(8)?));
    o.put((", ifdirection ", direction, " (", Named(DIRECTIONS, direction, Otherwise::Text("Unknown")), ")"));
    let status = v.u32(20)?;
    let state = |bit: u32| if status >> bit & 1 != 0 { "up" } else { "down" };
    o.put(("\n\t      ifstatus ", status, ", adminstatus: ", state(0), ", operstatus: ", state(1)));
    packets(o, v.skip(24), "\n\t      In octets ")?;
    o.put(("\n\t      In errors ", v.u32(48)?, ", unknown protos ", v.u32(52)?));
    packets(o, v.skip(56), "\n\t      Out octets ")?;
    o.put(("\n\t      Out errors ", v.u32(80)?, ", promisc mode ", v.u32(84)?));
    Ok(())
}

/// Octets, and packets by kind.
fn packets(o: &mut Out, v: View<'_>, name: &str) -> Step {
    v.need(24)?;
    o.put((name, v.u64(0)?, ", unicast pkts ", v.u32(8)?, ", multicast pkts ", v.u32(12)?));
    o.put((", broadcast pkts ", v.u32(16)?, ", discards ", v.u32(20)?));
    Ok(())
}

fn ethernet(o: &mut Out, v: View<'_>) -> Step {
    claims(v, 52)?;
    v.need(20)?;
    o.put(("\n\t      align errors ", v.u32(0)?, ", fcs errors ", v.u32(4)?, ", single collision ", v.u32(8)?));
    o.put((", multiple collision ", v.u32(12)?, ", test error ", v.u32(16)?));
    v.need(36)?;
    o.put(("\n\t      deferred ", v.u32(20)?, ", late collision ", v.u32(24)?));
    o.put((", excessive collision ", v.u32(28)?, ", mac trans error ", v.u32(32)?));
    v.need(52)?;
    o.put(("\n\t      carrier error ", v.u32(36)?, ", frames too long ", v.u32(40)?));
    o.put((", mac receive errors ", v.u32(44)?, ", symbol errors ", v.u32(48)?));
    Ok(())
}

/// 100VG-AnyLAN (IEEE 802.12).
fn any_lan(o: &mut Out, v: View<'_>) -> Step {
    claims(v, 80)?;
    o.put(("\n\t      in high prio frames ", v.u32(0)?, ", in high prio octets ", v.u64(4)?));
    o.put(("\n\t      in norm prio frames ", v.u32(12)?, ", in norm prio octets ", v.u64(16)?));
    v.need(40)?;
    o.put(("\n\t      in ipm errors ", v.u32(24)?, ", oversized ", v.u32(28)?));
    o.put((", in data errors ", v.u32(32)?, ", null addressed frames ", v.u32(36)?));
    v.need(56)?;
    o.put(("\n\t      out high prio frames ", v.u32(40)?, ", out high prio octets ", v.u64(44)?));
    o.put((", trans into frames ", v.u32(52)?));
    v.need(80)?;
    o.put(("\n\t      in hc high prio octets ", v.u64(56)?, ", in hc norm prio octets ", v.u64(64)?));
    o.put((", out hc high prio octets ", v.u64(72)?));
    Ok(())
}
