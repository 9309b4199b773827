//! DECnet Phase IV: the routing layer (AA-X435A-TK) and the network services
//! protocol (AA-X439A-TK). All numbers are little-endian.

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Put, Table, named_dec};
use crate::view::{Step, Stop, View};

/// Octets of the length before a packet.
const LENGTH: usize = 2;
/// Octets of the headers of data packets.
const SHORT_HEADER: usize = 6;
const LONG_HEADER: usize = 21;

/// The flags of a packet.
const PADDED: u8 = 0x80;
const FUTURE: u8 = 0x40;
/// The least flags of hellos.
const HELLO: u8 = 0x0b;
/// Messages of services without links, or with that of one end.
const NO_OPERATION: u8 = 0x08;
const CONNECT_ACK: u8 = 0x24;
const CONTROL: u8 = 0x01;

/// A node's address, `area.node`.
struct Node(u16);

impl Put for Node {
    fn put(self, o: &mut Out) {
        o.put((self.0 >> 10, ".", self.0 & 0x3ff));
    }
}

/// An octet in octal, `%o`.
struct Octal(u8);

impl Put for Octal {
    fn put(self, o: &mut Out) {
        let digits = [self.0 >> 6, self.0 >> 3 & 7, self.0 & 7];
        let first = digits.iter().position(|&digit| digit != 0).unwrap_or(2);
        for digit in &digits[first..] {
            o.put(*digit);
        }
    }
}

/// The routing header for the tree, from its flags on.
const FLAG_FIELDS: &[Slot] = &[Slot::new("dec_dna.flags", 0, 1)];
const CONTROL_FIELDS: &[Slot] =
    &[Slot::new("dec_dna.flags.control", 0, 1).bit(0), Slot::new("dec_dna.rt.msg_type", 0, 1).bits(1, 7)];
const DATA_FIELDS: &[Slot] = &[
    Slot::new("dec_dna.flags.msglen", 0, 1).bits(1, 3),
    Slot::new("dec_dna.flags.RQR", 0, 1).bit(3),
    Slot::new("dec_dna.flags.RTS", 0, 1).bit(4),
];
const LONG_FLAGS: &[Slot] =
    &[Slot::new("dec_dna.flags.intra_eth", 0, 1).bit(5), Slot::new("dec_dna.flags.discard", 0, 1).bit(6)];
const SHORT_FIELDS: &[Slot] = &[
    Slot::new("dec_dna.dst_node", 1, 2).little(),
    Slot::new("dec_dna.src_node", 3, 2).little(),
    Slot::new("dec_dna.vst_node", 5, 1),
];
const LONG_FIELDS: &[Slot] = &[
    Slot::new("dec_dna.dst.address", 3, 6),
    Slot::new("dec_dna.src.addr", 11, 6),
    Slot::new("dec_dna.nl2", 17, 1),
    Slot::new("dec_dna.visit_cnt", 18, 1),
    Slot::new("dec_dna.svc_cls", 19, 1),
    Slot::new("dec_dna.proto_type", 20, 1),
];
/// Of control messages: when links start, and of hellos of routers and end nodes.
const START_FIELDS: &[Slot] = &[
    Slot::new("dec_dna.ctl.tiinfo", 3, 1),
    Slot::new("dec_dna.ctl.blk_size", 4, 2).little(),
    Slot::new("dec_dna.ctl.timer", 9, 2).little(),
];
const HELLO_FIELDS: &[Slot] = &[
    Slot::new("dec_dna.ctl.id", 4, 6),
    Slot::new("dec_dna.ctl.tiinfo", 10, 1),
    Slot::new("dec_dna.ctl.iinfo.node_type", 10, 1).bits(0, 3),
    Slot::new("dec_dna.ctl.iinfo.vrf", 10, 1).bit(2),
    Slot::new("dec_dna.ctl.iinfo.rej", 10, 1).bit(3),
    Slot::new("dec_dna.ctl.iinfo.verf", 10, 1).bit(4),
    Slot::new("dec_dna.ctl.iinfo.mta", 10, 1).bit(5),
    Slot::new("dec_dna.ctl.iinfo.blkreq", 10, 1).bit(6),
    Slot::new("dec_dna.ctl.blk_size", 11, 2).little(),
];
const ROUTER_FIELDS: &[Slot] = &[Slot::new("dec_dna.ctl.prio", 13, 1), Slot::new("dec_dna.ctl.timer", 15, 2).little()];
const END_FIELDS: &[Slot] = &[
    Slot::new("dec_dna.ctl.seed", 14, 8),
    Slot::new("dec_dna.ctl_neighbor", 22, 6),
    Slot::new("dec_dna.ctl.timer", 28, 2).little(),
];
const CONTROL_NODE: Slot = Slot::new("dec_dna.src_node", 1, 2).little();
/// Of the network services protocol, whose links are under the nodes' names.
const SERVICES_FIELDS: &[Slot] = &[Slot::new("dec_dna.nsp.msg_type", 0, 1)];
const LINK_FIELDS: [Slot; 2] =
    [Slot::new("dec_dna.dst_node", 1, 2).little(), Slot::new("dec_dna.src_node", 3, 2).little()];

/// A packet behind its Ethertype.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "decnet";
    let result = packet(o, v);
    o.settle(result)
}

fn short(o: &mut Out, what: &'static str, length: usize, bound: usize) -> Stop {
    o.put((" (", what, " ", length, " < ", bound, ")"));
    Stop::Malformed
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < SHORT_HEADER {
        return Err(short(o, "length", v.len(), SHORT_HEADER));
    }
    let packet = usize::from(v.le16(0)?);
    if packet < SHORT_HEADER {
        return Err(short(o, "pktlen", packet, SHORT_HEADER));
    }
    if packet > v.len() {
        o.put((" (pktlen ", packet, " > ", v.len(), ")"));
        return Err(Stop::Malformed);
    }
    let mut length = packet;
    let mut v = v.claim(length);
    let mut flags = v.u8(LENGTH)?;
    if flags & PADDED != 0 {
        let pad = usize::from(flags & !PADDED);
        if o.opt.verbose > 0 {
            o.put(("[pad:", pad, "] "));
        }
        if length < pad + LENGTH {
            return Err(short(o, "length", length, pad + LENGTH));
        }
        v.need(LENGTH + pad)?;
        v = v.skip(pad);
        length -= pad;
        flags = v.u8(LENGTH)?;
    }
    if flags & FUTURE != 0 {
        o.put("future-version-decnet");
        o.default_dump(v.payload());
        return Ok(());
    }
    o.see_all(FLAG_FIELDS, v.skip(LENGTH));
    if flags & CONTROL != 0 {
        o.see_all(CONTROL_FIELDS, v.skip(LENGTH));
        // All but hellos begin with the node.
        o.see_all(if flags < HELLO { &[CONTROL_NODE] } else { &[] }, v.skip(LENGTH));
        return control(o, v.skip(LENGTH).claim(length));
    }
    let rest = v.skip(LENGTH);
    let (to, from, hops, header) = match flags & 7 {
        2 => (rest.le16(1)?, rest.le16(3)?, u32::from(rest.u8(5)? & 0x3f) + 1, SHORT_HEADER),
        6 => {
            if length < LONG_HEADER {
                return Err(short(o, "length", length, LONG_HEADER));
            }
            rest.need(LONG_HEADER)?;
            (rest.le16(7)?, rest.le16(15)?, u32::from(rest.u8(18)?), LONG_HEADER)
        }
        _ => {
            o.put("unknown message flags under mask");
            o.default_dump(v.payload());
            return Ok(());
        }
    };
    o.see_all(DATA_FIELDS, rest);
    o.see_all(if header == LONG_HEADER { LONG_FLAGS } else { &[] }, rest);
    o.see_all(if header == LONG_HEADER { LONG_FIELDS } else { SHORT_FIELDS }, rest);
    let service = rest.skip(header);
    o.see_all(SERVICES_FIELDS, service);
    match service.u8(0) {
        Ok(NO_OPERATION) => {}
        // Only one of the ends knows the other yet.
        Ok(CONNECT_ACK) => o.see_all(&LINK_FIELDS[..1], service),
        _ => o.see_all(&LINK_FIELDS, service),
    }
    o.put((Node(from), " > ", Node(to), " ", packet, " "));
    if o.opt.verbose > 0 {
        for (flag, name) in [(0x08, "RQR "), (0x10, "RTS "), (0x20, "IE ")] {
            if flags & flag != 0 {
                o.put(name);
            }
        }
        o.put((hops, " hops "));
    }
    // Padding may leave less than a header; tcpdump then goes on in 32 bits, and so
    // finds that the message is cut.
    services(o, rest.skip(header).claim((length as u32).wrapping_sub(header as u32) as usize))
}

const NODE_TYPES: [&str; 4] = ["reserved-ntype? ", "l2rout ", "l1rout ", "endnode "];

/// The names of the flags that are set, each with a space.
fn flags(o: &mut Out, value: u8, names: &[(u8, &'static str)]) {
    o.put(NODE_TYPES[usize::from(value & 3)]);
    for &(flag, name) in names {
        if value & flag != 0 {
            o.put(name);
        }
    }
}

/// Fails unless a message has its fixed octets.
fn whole(v: View<'_>, octets: usize) -> Step {
    if v.len() < octets { Err(Stop::Malformed) } else { v.need(octets) }
}

/// A control message of the routing layer.
fn control(o: &mut Out, v: View<'_>) -> Step {
    match v.u8(0)? & 0xf {
        0x1 => {
            o.put("init ");
            whole(v, 12)?;
            o.see_all(START_FIELDS, v);
            flags(o, v.u8(3)?, &[(0x04, "verif "), (0x08, "blo ")]);
            o.put(("src ", Node(v.le16(1)?), "blksize ", v.le16(4)?, " vers ", v.u8(6)?));
            o.put((" eco ", v.u8(7)?, " ueco ", v.u8(8)?, " hello ", v.le16(9)?));
        }
        0x3 => {
            o.put("verification ");
            whole(v, 4)?;
            o.put(("src ", Node(v.le16(1)?), " fcnval ", Octal(v.u8(3)?)));
        }
        0x5 => {
            o.put("test ");
            whole(v, 4)?;
            o.put(("src ", Node(v.le16(1)?), " data ", Octal(v.u8(3)?)));
        }
        0x7 => {
            o.put("lev-1-routing ");
            whole(v, 4)?;
            o.put(("src ", Node(v.le16(1)?), " "));
            return routes(o, "{ids ", v.skip(4));
        }
        0x9 => {
            o.put("lev-2-routing ");
            whole(v, 4)?;
            o.put(("src ", Node(v.le16(1)?), " "));
            return routes(o, "{areas ", v.skip(4));
        }
        0xb => {
            o.put("router-hello ");
            whole(v, 18)?;
            o.see_all(HELLO_FIELDS, v);
            o.see_all(ROUTER_FIELDS, v);
            flags(o, v.u8(10)?, &[(0x04, "verif "), (0x20, "nomcast "), (0x40, "blo ")]);
            o.put(("vers ", v.u8(1)?, " eco ", v.u8(2)?, " ueco ", v.u8(3)?, " src ", Node(v.le16(8)?)));
            o.put((" blksize ", v.le16(11)?, " pri ", v.u8(13)?, " hello ", v.le16(15)?));
        }
        0xd => {
            o.put("endnode-hello ");
            whole(v, 32)?;
            o.see_all(HELLO_FIELDS, v);
            o.see_all(END_FIELDS, v);
            flags(o, v.u8(10)?, &[(0x04, "verif "), (0x20, "nomcast "), (0x40, "blo ")]);
            o.put(("vers ", v.u8(1)?, " eco ", v.u8(2)?, " ueco ", v.u8(3)?, " src ", Node(v.le16(8)?)));
            o.put((" blksize ", v.le16(11)?, " rtr ", Node(v.le16(26)?), " hello ", v.le16(28)?));
            o.put((" data ", Octal(v.u8(31)?)));
        }
        _ => {
            o.put("unknown control message");
            o.default_dump(v.payload());
            v.need(v.len())?;
        }
    }
    Ok(())
}

/// Ranges of reachable nodes or areas, before a checksum.
fn routes(o: &mut Out, kind: &'static str, v: View<'_>) -> Step {
    /// Octets of a range: how many, the first, and the way to them.
    const RANGE: usize = 6;
    /// The largest range that is taken for one.
    const MAX_RANGE: u16 = 1024;
    let mut rest = v;
    while rest.len() > RANGE {
        rest.need(RANGE)?;
        let (count, first, way) = (rest.le16(0)?, rest.le16(2)?, rest.le16(4)?);
        if count > MAX_RANGE {
            return Ok(());
        }
        let last = u32::from(first) + u32::from(count);
        o.put((kind, first, "-", last, " cost ", way & 0x1ff, " hops ", way >> 10 & 0x1f, "} "));
        rest = rest.skip(RANGE);
    }
    Ok(())
}

/// Octets of the header of the network services protocol.
const SERVICES: usize = 5;
/// The marks of a sequence number that is an acknowledgement, of the same
/// subchannel or the other, and negative.
const ACK: u16 = 0x8000;
const NAK: u16 = 0x9000;
const OTHER_ACK: u16 = 0xa000;
const OTHER_NAK: u16 = 0xb000;
const NUMBER: u16 = 0xfff;

/// A message of the network services protocol.
fn services(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < SERVICES {
        return Err(short(o, "nsplen", v.len(), SERVICES));
    }
    let (flags, to, from) = (v.u8(0)?, v.le16(1)?, v.le16(3)?);
    let ends = (from, ">", to, " ");
    let reserved = |o: &mut Out, what: &'static str| o.put((what, Hex(flags), " ", from, " > ", to));
    match (flags & 0x0c, flags & 0x70) {
        (0x00, 0x00 | 0x20 | 0x40 | 0x60) => {
            o.put(("data ", ends));
            segment(o, v, "o")?;
        }
        (0x00, 0x30) => {
            o.put("intr ");
            segment(o, v, "dat")?;
        }
        (0x00, 0x10) => {
            o.put(("link-service ", ends));
            link_service(o, v)?;
        }
        (0x00, _) => reserved(o, "reserved-subtype? "),
        (0x04, 0x00) => {
            o.put(("data-ack ", ends));
            acknowledgement(o, v, "o")?;
        }
        (0x04, 0x10) => {
            o.put(("ils-ack ", ends));
            acknowledgement(o, v, "dat")?;
        }
        (0x04, 0x20) => o.put(("conn-ack ", to)),
        (0x04, _) => reserved(o, "reserved-acktype? "),
        (0x08, subtype) => return connection(o, v, subtype, reserved),
        _ => reserved(o, "reserved-type? "),
    }
    Ok(())
}

/// What an acknowledgement of the other subchannel is called.
fn put_ack(o: &mut Out, number: u16, other: &'static str) {
    match (number & NAK == NAK, other) {
        (false, "") => o.put("ack "),
        (true, "") => o.put("nak "),
        (false, "o") => o.put("oack "),
        (true, "o") => o.put("onak "),
        (false, _) => o.put("ackdat "),
        (true, _) => o.put("nakdat "),
    }
    o.put((number & NUMBER, " "));
}

/// The acknowledgements at `at`; the number behind them, where `bound` checks the length.
fn acknowledgements(o: &mut Out, v: View<'_>, other: &'static str) -> Step<u16> {
    let mut at = SERVICES;
    let next = |at: &mut usize| -> Step<u16> {
        if v.len() < *at + 2 {
            return Err(Stop::Malformed);
        }
        *at += 2;
        v.le16(*at - 2)
    };
    let mut number = next(&mut at)?;
    if number & ACK != 0 {
        put_ack(o, number, "");
        number = next(&mut at)?;
        if number & OTHER_ACK == OTHER_ACK || number & OTHER_ACK != 0 {
            let negative = number & OTHER_NAK == OTHER_NAK;
            put_ack(o, if negative { number | NAK } else { number & !0x1000 }, other);
            number = next(&mut at)?;
        }
    }
    Ok(number)
}

fn segment(o: &mut Out, v: View<'_>, other: &'static str) -> Step {
    let number = acknowledgements(o, v, other)?;
    o.put(("seg ", number & NUMBER, " "));
    Ok(())
}

fn acknowledgement(o: &mut Out, v: View<'_>, other: &'static str) -> Step {
    /// Octets of the message with both numbers.
    const SIZE: usize = 9;
    if v.len() < SIZE {
        return Err(Stop::Malformed);
    }
    v.need(SIZE)?;
    let number = v.le16(SERVICES)?;
    if number & ACK != 0 {
        put_ack(o, number, "");
        let number = v.le16(SERVICES + 2)?;
        if number & OTHER_ACK != 0 {
            let negative = number & OTHER_NAK == OTHER_NAK;
            put_ack(o, if negative { number | NAK } else { number & !0x1000 }, other);
        }
    }
    Ok(())
}

fn link_service(o: &mut Out, v: View<'_>) -> Step {
    /// Where the flags and the count of segments are.
    const FLAGS: usize = 11;
    if v.len() < FLAGS + 2 {
        return Err(Stop::Malformed);
    }
    segment(o, v, "dat")?;
    let (flags, count) = (v.u8(FLAGS)?, v.u8(FLAGS + 1)?);
    match (flags & 0x0c, flags & 3) {
        (0, change) => {
            o.put(("dat seg count ", count, " "));
            match change {
                0 => {}
                1 => o.put("donotsend-data "),
                2 => o.put("send-data "),
                _ => o.put(("reserved-fcmod? ", Hex(flags))),
            }
        }
        (4, _) => o.put(("intr req count ", count, " ")),
        _ => o.put(("reserved-fcval-int? ", Hex(flags))),
    }
    Ok(())
}

const REASONS: Table = &[
    (0, "object rejected connect"),
    (1, "insufficient resources"),
    (2, "unrecognized node name"),
    (3, "node is shutting down"),
    (4, "unrecognized object"),
    (5, "invalid object name format"),
    (6, "object too busy"),
    (7, "protocol error discovered"),
    (8, "third party abort"),
    (9, "user abort"),
    (10, "invalid node name format"),
    (11, "local node shutting down"),
    (32, "insufficient local resources"),
    (33, "insufficient remote user resources"),
    (34, "invalid access control information"),
    (36, "bad ACCOUNT information"),
    (38, "no response from object"),
    (39, "node unreachable"),
    (41, "no link terminate"),
    (42, "disconnect complete"),
    (43, "bad image data in connect"),
    (54, "cryptographic service mismatch"),
];

/// A message about a connection.
fn connection(o: &mut Out, v: View<'_>, subtype: u8, reserved: impl Fn(&mut Out, &'static str)) -> Step {
    let ends = (v.le16(3)?, ">", v.le16(1)?, " ");
    let need = |size: usize| if v.len() < size { Err(Stop::Malformed) } else { v.need(size) };
    match subtype {
        0x10 | 0x60 => {
            o.put((if subtype == 0x10 { "conn-initiate " } else { "retrans-conn-initiate " }, ends));
            need(9)?;
            connect(o, v)?;
        }
        0x20 => {
            o.put(("conn-confirm ", ends));
            need(10)?;
            connect(o, v)?;
            let octets = v.u8(9)?;
            if octets != 0 {
                o.put(("optlen ", octets, " "));
            }
        }
        0x30 => {
            o.put(("disconn-initiate ", ends));
            need(8)?;
            o.put((named_dec(REASONS, v.le16(5)?, "reason-"), " "));
            let octets = v.u8(7)?;
            if octets != 0 {
                o.put(("optlen ", octets, " "));
            }
        }
        0x40 => {
            o.put(("disconn-confirm ", ends));
            v.need(7)?;
            o.put((named_dec(REASONS, v.le16(5)?, "reason-"), " "));
        }
        _ => reserved(o, "reserved-ctltype? "),
    }
    Ok(())
}

/// The services that a connection asks for, its version and segment size.
fn connect(o: &mut Out, v: View<'_>) -> Step {
    match v.u8(5)? & 0x0c {
        0x04 => o.put("seg "),
        0x08 => o.put("msg "),
        _ => {}
    }
    o.put(["ver 3.2 ", "ver 3.1 ", "ver 4.0 ", "ver 4.1 "][usize::from(v.u8(6)? & 3)]);
    o.put(("segsize ", v.le16(7)?, " "));
    Ok(())
}
