//! Transparent Inter-Process Communication (TIPC 2.0, message formats).

use super::tipc_fields;
use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex8, Put, Table, named};
use crate::view::{Step, View};

const USERS: Table = &[
    (0, "Low Importance Data payload"),
    (1, "Medium Importance Data payload"),
    (2, "High Importance Data payload"),
    (3, "Critical Importance Data payload"),
    (5, "Broadcast Link Protocol internal"),
    (6, "Message Bundler Protocol internal"),
    (7, "Link State Protocol internal"),
    (8, "Connection Manager internal"),
    (10, "Link Changeover Protocol internal"),
    (11, "Name Table Update Protocol internal"),
    (12, "Message Fragmentation Protocol internal"),
    (13, "Neighbor Detection Protocol internal"),
];
const MESSAGES: Table = &[(0, "CONN_MSG"), (1, "MCAST_MSG"), (2, "NAMED_MSG"), (3, "DIRECT_MSG")];
const LINK_MESSAGES: Table = &[(0, "Link request"), (1, "Link response")];

/// Words of a header up to which it has no addresses of nodes.
const SHORT_HEADER: u32 = 6;

/// A network address, `zone.cluster.node`.
#[derive(Clone, Copy)]
pub(super) struct Node(pub(super) u32);

impl Put for Node {
    fn put(self, o: &mut Out) {
        o.put((self.0 >> 24, ".", self.0 >> 12 & 0xfff, ".", self.0 & 0xfff));
    }
}

/// A message behind its Ethertype.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "tipc";
    tipc_fields::note(o, v);
    let result = message(o, v);
    o.settle(result)
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    match v.u32(0)? >> 25 & 0xf {
        0..=3 | 8 | 11 => payload(o, v),
        13 => link_configuration(o, v),
        5 | 6 | 7 | 10 | 12 => internal(o, v),
        _ => Ok(()),
    }
}

/// `, headerlength 24 bytes, MessageSize 24 bytes, user, messageType type`.
fn sizes(o: &mut Out, first: u32, kind: u32, kinds: Table) {
    o.put((", headerlength ", (first >> 21 & 0xf) * 4, " bytes, MessageSize ", first & 0x1_ffff, " bytes, "));
    o.put((named(USERS, first >> 25 & 0xf, "unknown"), ", messageType ", named(kinds, kind, "Unknown")));
}

/// Data, with the ports of its ends.
fn payload(o: &mut Out, v: View<'_>) -> Step {
    let (first, second) = (v.u32(0)?, v.u32(4)?);
    let (previous, from, to) = (Node(v.u32(12)?), v.u32(16)?, v.u32(20)?);
    if first >> 21 & 0xf <= SHORT_HEADER {
        o.put(("TIPC v", first >> 29, ".0 ", previous, ":", from, " > ", to));
        sizes(o, first, second >> 29, MESSAGES);
        return Ok(());
    }
    let (source, destination) = (Node(v.u32(24)?), Node(v.u32(28)?));
    o.put(("TIPC v", first >> 29, ".0 ", source, ":", from, " > ", destination, ":", to));
    sizes(o, first, second >> 29, MESSAGES);
    if o.opt.verbose > 0 {
        let third = v.u32(8)?;
        o.put(("\n\tPrevious Node ", previous, ", Broadcast Ack ", second & 0xffff));
        o.put((", Link Ack ", third >> 16, ", Link Sequence ", third & 0xffff));
    }
    Ok(())
}

/// What links say to each other.
fn internal(o: &mut Out, v: View<'_>) -> Step {
    let (first, second) = (v.u32(0)?, v.u32(4)?);
    let (source, destination) = (Node(v.u32(24)?), Node(v.u32(28)?));
    o.put(("TIPC v", first >> 29, ".0 ", source, " > ", destination));
    sizes(o, first, second >> 29, MESSAGES);
    o.put((" (0x", Hex8(second), ")"));
    if o.opt.verbose > 0 {
        v.need(40)?;
        let (third, fifth, ninth) = (v.u32(8)?, v.u32(16)?, v.u32(36)?);
        o.put(("\n\tPrevious Node ", Node(v.u32(12)?), ", Session No. ", v.u32(20)? >> 16));
        o.put((", Broadcast Ack ", second & 0xffff, ", Sequence Gap ", second >> 16 & 0x1fff));
        o.put((",  Broadcast Gap After ", third >> 16, ", Broadcast Gap To ", third & 0xffff));
        o.put((", Last Sent Packet No. ", fifth >> 16, ", Next sent Packet No. ", fifth & 0xffff));
        o.put((", Transport Sequence ", v.u32(32)?, ", msg_count ", ninth >> 16));
        o.put((", Link Tolerance ", ninth & 0xffff));
    }
    Ok(())
}

/// Neighbour detection.
fn link_configuration(o: &mut Out, v: View<'_>) -> Step {
    let (first, second) = (v.u32(0)?, v.u32(4)?);
    let previous = Node(v.u32(12)?);
    o.put(("TIPC v", first >> 29, ".0 ", previous, " > ", Node(v.u32(8)?)));
    sizes(o, first, second >> 29, LINK_MESSAGES);
    if o.opt.verbose > 0 {
        let sixth = v.u32(20)?;
        o.put(("\n\tNodeSignature ", second & 0xffff, ", network_id ", v.u32(16)?, ", media_id ", sixth & 0xff));
    }
    Ok(())
}
