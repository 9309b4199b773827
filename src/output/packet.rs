//! A packet's tree: the fields of its dissectors, after those of its frame.

use std::sync::Arc;

use sniff_captures::Time;
use sniff_dissectors::fields::{self, Id};
use sniff_dissectors::{Facts, Flow, Out, body};

use super::Shown;

const NUMBER: Id = Id::of("frame.number");
const TIME: Id = Id::of("frame.time_epoch");
const RELATIVE: Id = Id::of("frame.time_relative");
const DELTA: Id = Id::of("frame.time_delta");
const LENGTH: Id = Id::of("frame.len");
const CAPTURED: Id = Id::of("frame.cap_len");
const PROTOCOLS: Id = Id::of("frame.protocols");
const INTERFACE: Id = Id::of("frame.interface_id");
const INTERFACE_NAME: Id = Id::of("frame.interface_name");

/// Fields that announce an Ethertype, which Wireshark counts as a layer.
const TYPES: [Id; 4] = [Id::of("eth.type"), Id::of("vlan.etype"), Id::of("sll.etype"), Id::of("avsp.etype")];

/// Protocols whose fields have names of their own in Wireshark: the fields' and the protocol's.
const LAYERS: [(&str, &str); 3] = [("basicxid", "llc"), ("geonw", "gnw"), ("wlan_rsna_eapol", "eapol")];

/// Fields that only earlier packets tell.
const OF_EARLIER: [Id; 27] = [
    Id::of("tcp.stream"),
    Id::of("tcp.time_relative"),
    Id::of("tcp.time_delta"),
    Id::of("tcp.seq"),
    Id::of("tcp.ack"),
    Id::of("tcp.nxtseq"),
    Id::of("tcp.window_size"),
    Id::of("tcp.window_size_scalefactor"),
    Id::of("tcp.options.sack_le"),
    Id::of("tcp.options.sack_re"),
    Id::of("tcp.options.sack.dsack_le"),
    Id::of("tcp.options.sack.dsack_re"),
    Id::of("tcp.analysis.retransmission"),
    Id::of("tcp.analysis.out_of_order"),
    Id::of("tcp.analysis.duplicate_ack"),
    Id::of("tcp.analysis.duplicate_ack_num"),
    Id::of("tcp.analysis.zero_window"),
    Id::of("tcp.analysis.ack_rtt"),
    Id::of("tcp.analysis.initial_rtt"),
    Id::of("udp.stream"),
    Id::of("udp.time_relative"),
    Id::of("udp.time_delta"),
    Id::of("dns.response_to"),
    Id::of("dns.time"),
    Id::of("dns.retransmission"),
    Id::of("dns.retransmit_request_in"),
    Id::of("dns.retransmit_response_in"),
];

/// Whether a field is one that only earlier packets tell.
pub(crate) fn needs_earlier(field: Id) -> bool {
    OF_EARLIER.contains(&field)
}

/// Which fields a tree must have so that those for which `wanted` is true are right.
pub(crate) fn wanted(wanted: impl Fn(Id) -> bool) -> Option<Box<[bool]>> {
    // The list of protocols is made of all fields.
    (!wanted(PROTOCOLS)).then(|| fields::all().map(wanted).collect())
}

/// Whether a field is the whole data of a segment, datagram or message, which is noted
/// only for those who ask for it.
pub(crate) fn is_payload(field: Id) -> bool {
    [Id::of("tcp.payload"), Id::of("udp.payload"), Id::of("http.file_data")].contains(&field)
}

/// Where a packet stands among the others.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Its number among the packets that were read.
    pub number: u64,
    /// When the first of them was captured.
    pub first: Time,
    /// When the one before it was captured.
    pub previous: Time,
    /// The number of its interface.
    pub interface: u32,
    /// The interface's name.
    pub name: Option<Arc<str>>,
    /// What earlier packets tell of its segments and datagrams.
    pub flows: Box<[Flow]>,
}

/// Makes trees.
#[derive(Default)]
pub(crate) struct Grower {
    protocols: Vec<u8>,
}

impl Grower {
    /// Makes the tree of a packet in `o`, with the facts that were settled before.
    pub(crate) fn grow(&mut self, o: &mut Out, shown: &Shown<'_>, facts: Option<Facts>) {
        let start = o.line.len();
        o.facts = facts;
        o.tree.get_or_insert_default().clear();
        let frame = &shown.frame;
        if let Some(place) = shown.place {
            if let Some(tree) = &mut o.tree {
                tree.follow(&place.flows);
            }
            o.note(NUMBER, place.number);
            o.note(TIME, nanos(shown.time));
            o.note(DELTA, nanos(shown.time).wrapping_sub(nanos(place.previous)));
            o.note(RELATIVE, nanos(shown.time).wrapping_sub(nanos(place.first)));
            o.note(LENGTH, frame.wire_len);
            o.note(CAPTURED, frame.data.len());
            if let Some(name) = &place.name {
                o.note(INTERFACE, place.interface);
                o.note_octets(INTERFACE_NAME, name.as_bytes());
            }
        }
        o.note_octets(PROTOCOLS, b"");
        if !frame.is_faulty() {
            body(o, frame);
        }
        o.line.truncate(start);
        if o.tree.as_ref().is_some_and(|tree| tree.wanted.is_none()) {
            self.protocols(o);
        }
    }

    /// Fills in the protocols that have fields, in their order.
    fn protocols(&mut self, o: &mut Out) {
        let Some(tree) = &mut o.tree else { return };
        self.protocols.clear();
        let mut last = "frame";
        for node in tree.nodes() {
            let protocol = node.field.protocol();
            let protocol = LAYERS.iter().find(|row| row.0 == protocol).map_or(protocol, |row| row.1);
            for layer in
                [Some(protocol).filter(|&layer| layer != last), TYPES.contains(&node.field).then_some("ethertype")]
            {
                let Some(layer) = layer else { continue };
                if !self.protocols.is_empty() {
                    self.protocols.push(b':');
                }
                self.protocols.extend_from_slice(layer.as_bytes());
                last = layer;
            }
        }
        tree.replace(PROTOCOLS, &self.protocols);
    }
}

/// Nanoseconds since 1970; a time that they cannot hold is the nearest.
fn nanos(time: Time) -> i64 {
    time.seconds.saturating_mul(1_000_000_000).saturating_add_unsigned(time.nanos)
}
