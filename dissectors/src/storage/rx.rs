//! Rx, the remote procedure calls of AFS (E. Zayas, AFS-3 Programmer's Reference:
//! Specification for the Rx Remote Procedure Call Facility).

use super::afs;
use crate::below::{Below, ip_of};
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex8, Named, Otherwise, Table};
use crate::state::RxKey;
use crate::view::{Step, View};

/// The UDP ports of the services.
pub(crate) const FIRST_PORT: u16 = 7000;
pub(crate) const LAST_PORT: u16 = 7009;

/// The header.
pub(super) const HEADER: usize = 28;
const CONNECTION: usize = 4;
const CALL: usize = 8;
const SEQUENCE: usize = 12;
const SERIAL: usize = 16;
const TYPE: usize = 20;
const FLAGS: usize = 21;
const SECURITY: usize = 23;
const SERVICE: usize = 26;

const FIELDS: &[Slot] = &[
    Slot::new("rx.cid", CONNECTION, 4),
    Slot::new("rx.callnumber", CALL, 4),
    Slot::new("rx.seq", SEQUENCE, 4),
    Slot::new("rx.serial", SERIAL, 4),
    Slot::new("rx.type", TYPE, 1),
    Slot::new("rx.flags", FLAGS, 1),
    Slot::new("rx.flags.free_packet", FLAGS, 1).bit(4),
    Slot::new("rx.flags.more_packets", FLAGS, 1).bit(3),
    Slot::new("rx.flags.last_packet", FLAGS, 1).bit(2),
    Slot::new("rx.flags.request_ack", FLAGS, 1).bit(1),
    Slot::new("rx.flags.client_init", FLAGS, 1).bit(0),
    Slot::new("rx.userstatus", 22, 1),
    Slot::new("rx.securityindex", SECURITY, 1),
    Slot::new("rx.serviceid", SERVICE, 2),
];

pub(super) const DATA: u8 = 1;
const ACKNOWLEDGEMENT: u8 = 2;
pub(super) const ABORT: u8 = 4;
const TYPES: Table = &[
    (1, "data"),
    (2, "ack"),
    (3, "busy"),
    (4, "abort"),
    (5, "ackall"),
    (6, "challenge"),
    (7, "response"),
    (8, "debug"),
    (9, "params"),
    (13, "version"),
];

const CLIENT: u8 = 1;
/// Flags, with the type of the packet where it decides over their meaning.
const FLAG_NAMES: &[(u8, Option<u8>, &str)] = &[
    (1, None, "<client-init>"),
    (2, None, "<req-ack>"),
    (4, None, "<last-pckt>"),
    (8, None, "<more-pckts>"),
    (16, None, "<free-pckt>"),
    (32, Some(ACKNOWLEDGEMENT), "<slow-start>"),
    (32, Some(DATA), "<jumbogram>"),
];

const REASONS: Table = &[
    (1, "ack requested"),
    (2, "duplicate packet"),
    (3, "out of sequence"),
    (4, "exceeds window"),
    (5, "no buffer space"),
    (6, "ping"),
    (7, "ping response"),
    (8, "delay"),
    (9, "idle"),
];

const ACKNOWLEDGED: &[Slot] = &[
    Slot::new("rx.bufferspace", 28, 2),
    Slot::new("rx.maxskew", 30, 2),
    Slot::new("rx.first", 32, 4),
    Slot::new("rx.prev", 36, 4),
    Slot::new("rx.serial", 40, 4),
    Slot::new("rx.reason", 44, 1),
    Slot::new("rx.num_acks", 45, 1),
];
/// Behind the packets and three octets of padding, in Wireshark's order.
const WINDOW: &[Slot] = &[
    Slot::new("rx.max_mtu", 0, 4),
    Slot::new("rx.if_mtu", 4, 4),
    Slot::new("rx.rwind", 8, 4),
    Slot::new("rx.max_packets", 12, 4),
];
const PACKET: &[Slot] = &[Slot::new("rx.ack_type", 0, 1)];
const ABORTED: &[Slot] = &[Slot::new("rx.abort_code", HEADER, 4)];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "rx";
    if !v.has(HEADER) {
        o.put((" [|rx] (", v.len(), ")"));
        return Ok(());
    }
    o.see_all(FIELDS, v);
    match v.u8(TYPE)? {
        ACKNOWLEDGEMENT => {
            o.see_all(ACKNOWLEDGED, v);
            let acknowledged = usize::from(v.u8(45).unwrap_or(0));
            o.see_rows(PACKET, v.skip(46).cut(acknowledged), 1);
            o.see_all(WINDOW, v.skip(46 + acknowledged + 3));
        }
        ABORT => o.see_all(ABORTED, v),
        _ => {}
    }
    let (kind, flags) = (v.u8(TYPE)?, v.u8(FLAGS)?);
    o.put((" rx ", Named(TYPES, kind.into(), Otherwise::Dec("type ", ""))));
    details(o, v, kind, flags)?;
    let first = kind == DATA && v.u32(SEQUENCE)? == 1;
    let from_client = flags & CLIENT != 0;
    if first && from_client {
        if let Ok(operation) = v.u32(HEADER) {
            let key = key(v, below, true)?;
            o.state().rx.insert(key, operation);
        }
        afs::call(o, v, below.dport)?;
    } else if (first || kind == ABORT) && !from_client {
        let key = key(v, below, false)?;
        if let Some(operation) = o.state().rx.find(&key) {
            afs::reply(o, v, below.sport, kind, operation)?;
        }
    } else if kind == ACKNOWLEDGEMENT {
        acknowledgement(o, v)?;
    }
    o.put((" (", v.len(), ")"));
    Ok(())
}

/// What identifies the call that a packet belongs to.
fn key(v: View<'_>, below: &Below<'_>, to_server: bool) -> Step<RxKey> {
    let ip = ip_of(below)?;
    let (from, to) = (ip.source()?, ip.destination()?);
    let (client, server, port) = if to_server { (from, to, below.dport) } else { (to, from, below.sport) };
    Ok((v.u32(CALL)?, client, server, port, v.u16(SERVICE)?))
}

/// What more verbosity shows of the header.
fn details(o: &mut Out, v: View<'_>, kind: u8, flags: u8) -> Step {
    if o.opt.verbose == 0 {
        return Ok(());
    }
    if o.opt.verbose > 1 {
        o.put((" cid ", Hex8(v.u32(CONNECTION)?), " call# ", v.u32(CALL)?));
    }
    o.put((" seq ", v.u32(SEQUENCE)?, " ser ", v.u32(SERIAL)?));
    if o.opt.verbose > 2 {
        o.put((" secindex ", v.u8(SECURITY)?, " serviceid ", v.u16(SERVICE)?));
    }
    if o.opt.verbose > 1 {
        let mut separator = " ";
        for &(flag, of, name) in FLAG_NAMES {
            if flags & flag != 0 && of.is_none_or(|of| of == kind) {
                o.put((separator, name));
                separator = ",";
            }
        }
    }
    Ok(())
}

fn acknowledgement(o: &mut Out, v: View<'_>) -> Step {
    const FIXED: usize = 18;
    if v.len() < HEADER {
        return Ok(());
    }
    let v = v.skip(HEADER);
    if !v.has(FIXED) {
        o.put(" [|ack]");
        return Ok(());
    }
    if o.opt.verbose > 2 {
        o.put((" bufspace ", v.u16(0)?, " maxskew ", v.u16(2)?));
    }
    let first = v.u32(4)?;
    let reason = Named(REASONS, v.u8(16)?.into(), Otherwise::Dec("#", ""));
    o.put((" first ", first, " serial ", v.u32(12)?, " reason ", reason));
    let count = usize::from(v.u8(17)?);
    let Ok(packets) = v.bytes(FIXED, count) else {
        o.put(" [|ack]");
        return Ok(());
    };
    ranges(o, packets, 1, first, " acked ");
    ranges(o, packets, 0, first, " nacked ");
    if o.opt.verbose > 1 {
        // Three octets of padding come before what later versions added.
        let more = v.skip(FIXED + count + 3);
        for (row, name) in [" ifmtu ", " maxmtu ", " rwind ", " maxpackets "].into_iter().enumerate() {
            let Ok(value) = more.u32(row * 4) else { break };
            o.put((name, value));
        }
    }
    Ok(())
}

/// The numbers of those packets that are of a kind, those that follow one another
/// as a range; `first` is the number of the first packet.
fn ranges(o: &mut Out, packets: &[u8], kind: u8, first: u32, before: &'static str) {
    let mut before = before;
    let mut at = 0;
    while let Some(start) = packets.iter().skip(at).position(|&packet| packet == kind).map(|found| at + found) {
        let run = packets.iter().skip(start).take_while(|&&packet| packet == kind).count();
        o.put((before, first.wrapping_add(start as u32)));
        if run > 1 {
            o.put(("-", first.wrapping_add((start + run - 1) as u32)));
        }
        before = ",";
        at = start + run;
    }
}
