//! sFlow version 5 for the tree (sFlow.org, sFlow Version 5): the samples, with the
//! records about packets, frames, VLANs and interfaces.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const HEADER: &[Slot] = &[Slot::new("sflow_245.version", 0, 4), Slot::new("sflow_245.agenttype", 4, 4)];
const AGENT: &[Slot] = &[Slot::new("sflow_245.agent", 8, 4)];
const AGENT_6: &[Slot] = &[Slot::new("sflow_245.agent.v6", 8, 16)];
const COUNTS: &[Slot] = &[
    Slot::new("sflow_245.sub_agent_id", 0, 4),
    Slot::new("sflow_245.sequence_number", 4, 4),
    Slot::new("sflow_245.sysuptime", 8, 4),
    Slot::new("sflow_245.numsamples", 12, 4),
];
const COUNTS_SIZE: usize = 16;

/// What samples and records begin with: their format, and the octets behind it.
const ENTERPRISE: &[Slot] = &[Slot::new("sflow.enterprise", 0, 4).bits(12, 0xf_ffff)];
const SAMPLE: &[Slot] = &[Slot::new("sflow_245.sampletype", 0, 4).bits(0, 0xfff)];
const FLOW_FORMAT: &[Slot] = &[Slot::new("sflow_245.flow_record_format", 0, 4).bits(0, 0xfff)];
const COUNTER_FORMAT: &[Slot] = &[Slot::new("sflow_245.counters_record_format", 0, 4).bits(0, 0xfff)];
const BEGINNING: usize = 8;

const FLOW_SEQUENCE: &[Slot] = &[Slot::new("sflow.flow_sample.sequence_number", 0, 4)];
const FLOW_SOURCE: &[Slot] =
    &[Slot::new("sflow.flow_sample.source_id_class", 4, 1), Slot::new("sflow.flow_sample.index", 5, 3)];
const EXPANDED_FLOW_SOURCE: &[Slot] =
    &[Slot::new("sflow.flow_sample.source_id_type", 4, 4), Slot::new("sflow.flow_sample.source_id_index", 8, 4)];
const RATES: &[Slot] = &[
    Slot::new("sflow.flow_sample.sampling_rate", 0, 4),
    Slot::new("sflow.flow_sample.sample_pool", 4, 4),
    Slot::new("sflow.flow_sample.dropped_packets", 8, 4),
];
const INTERFACES: &[Slot] = &[
    Slot::new("sflow.flow_sample.input_interface", 12, 4),
    Slot::new("sflow.flow_sample.output_interface", 16, 4),
    Slot::new("sflow.flow_sample.flow_record", 20, 4),
];
const EXPANDED_INTERFACES: &[Slot] = &[
    Slot::new("sflow.flow_sample.input_interface_value", 16, 4),
    Slot::new("sflow.flow_sample.output_interface_value", 24, 4),
    Slot::new("sflow.flow_sample.flow_record", 28, 4),
];

const COUNTER_SEQUENCE: &[Slot] = &[Slot::new("sflow.counters_sample.sequence_number", 0, 4)];
const COUNTER_SOURCE: &[Slot] = &[
    Slot::new("sflow.counters_sample.source_id_type", 4, 1),
    Slot::new("sflow.counters_sample.source_id_index", 5, 3),
    Slot::new("sflow.counters_sample.counters_records", 8, 4),
];
const EXPANDED_COUNTER_SOURCE: &[Slot] = &[
    Slot::new("sflow.counters_sample.source_id_type", 4, 4),
    Slot::new("sflow.counters_sample.source_id_index", 8, 4),
    Slot::new("sflow.counters_sample.counters_records", 12, 4),
];

/// Records of flows, by format.
const FLOWS: &[(u32, &[Slot])] = &[
    (
        1,
        &[
            Slot::new("sflow_245.header_protocol", 0, 4),
            Slot::new("sflow_245.header.frame_length", 4, 4),
            Slot::new("sflow_245.header.payload_stripped", 8, 4),
            Slot::new("sflow_245.header.sampled_header_length", 12, 4),
        ],
    ),
    (
        2,
        &[
            Slot::new("sflow_245.ethernet.length", 0, 4),
            Slot::new("sflow_245.ethernet.source_mac_address", 4, 6),
            Slot::new("sflow_245.ethernet.destination_mac_address", 12, 6),
            Slot::new("sflow_245.ethernet.packet_type", 20, 4),
        ],
    ),
    (
        1001,
        &[
            Slot::new("sflow_245.vlan.in", 0, 4),
            Slot::new("sflow_245.pri.in", 4, 4),
            Slot::new("sflow_245.vlan.out", 8, 4),
            Slot::new("sflow_245.pri.out", 12, 4),
        ],
    ),
];
/// Records of counters, by format.
const COUNTERS: &[(u32, &[Slot])] = &[(
    1,
    &[
        Slot::new("sflow_245.ifindex", 0, 4),
        Slot::new("sflow_245.iftype", 4, 4),
        Slot::new("sflow_245.ifspeed", 8, 8),
        Slot::new("sflow_245.ifdirection", 16, 4),
        Slot::new("sflow_245.ifadmin_status", 20, 4).bit(0),
        Slot::new("sflow_245.ifoper_status", 20, 4).bit(1),
        Slot::new("sflow_245.ifinoct", 24, 8),
        Slot::new("sflow_245.ifinpkt", 32, 4),
        Slot::new("sflow_245.ifinmcast", 36, 4),
        Slot::new("sflow_245.ifinbcast", 40, 4),
        Slot::new("sflow_245.ifindisc", 44, 4),
        Slot::new("sflow_245.ifinerr", 48, 4),
        Slot::new("sflow_245.ifinunk", 52, 4),
        Slot::new("sflow_245.ifoutoct", 56, 8),
        Slot::new("sflow_245.ifoutpkt", 64, 4),
        Slot::new("sflow_245.ifoutmcast", 68, 4),
        Slot::new("sflow_245.ifoutbcast", 72, 4),
        Slot::new("sflow_245.ifoutdisc", 76, 4),
        Slot::new("sflow_245.ifouterr", 80, 4),
        Slot::new("sflow_245.ifpromisc", 84, 4),
    ],
)];

/// Notes a datagram.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = datagram(o, v);
    }
}

fn datagram(o: &mut Out, v: View<'_>) -> Step {
    const VERSION: u32 = 5;
    const IPV4: u32 = 1;
    o.see_all(HEADER, v);
    if v.u32(0)? != VERSION {
        return Ok(());
    }
    let (agent, size) = if v.u32(4)? == IPV4 { (AGENT, 4) } else { (AGENT_6, 16) };
    o.see_all(agent, v);
    let counts = v.skip(8 + size);
    o.see_all(COUNTS, counts);
    let mut rest = counts.skip(COUNTS_SIZE);
    for _ in 0..counts.u32(12)? {
        o.see_all(ENTERPRISE, rest);
        o.see_all(SAMPLE, rest);
        let (kind, size) = (rest.u32(0)?, rest.u32(4)? as usize);
        let own = rest.skip(BEGINNING).cut(size);
        let _ends_early = match kind {
            1 | 3 => flow(o, own, kind == 3),
            2 | 4 => counter(o, own, kind == 4),
            _ => Ok(()),
        };
        rest = rest.skip(BEGINNING + size);
    }
    Ok(())
}

fn flow(o: &mut Out, v: View<'_>, expanded: bool) -> Step {
    o.see_all(FLOW_SEQUENCE, v);
    let (source, at, interfaces, size) =
        if expanded { (EXPANDED_FLOW_SOURCE, 12, EXPANDED_INTERFACES, 32) } else { (FLOW_SOURCE, 8, INTERFACES, 24) };
    o.see_all(source, v);
    let rest = v.skip(at);
    o.see_all(RATES, rest);
    o.see_all(interfaces, rest);
    records(o, rest.skip(size), rest.u32(size - 4)?, FLOW_FORMAT, FLOWS)
}

fn counter(o: &mut Out, v: View<'_>, expanded: bool) -> Step {
    o.see_all(COUNTER_SEQUENCE, v);
    let (source, size) = if expanded { (EXPANDED_COUNTER_SOURCE, 16) } else { (COUNTER_SOURCE, 12) };
    o.see_all(source, v);
    records(o, v.skip(size), v.u32(size - 4)?, COUNTER_FORMAT, COUNTERS)
}

fn records(o: &mut Out, mut v: View<'_>, count: u32, format: &[Slot], known: &[(u32, &[Slot])]) -> Step {
    for _ in 0..count {
        o.see_all(ENTERPRISE, v);
        o.see_all(format, v);
        let (kind, size) = (v.u32(0)?, v.u32(4)? as usize);
        if let Some((_, slots)) = known.iter().find(|row| row.0 == kind) {
            o.see_all(slots, v.skip(BEGINNING).cut(size));
        }
        v = v.skip(BEGINNING + size);
    }
    Ok(())
}
