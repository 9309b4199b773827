//! LDP for the tree (RFC 5036): all TLVs by type and length, and what those hold
//! that set up sessions and paths.

use super::bgp_nlri;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::{Step, Stop, View};

const HEADER: &[Slot] = &[
    Slot::new("ldp.hdr.version", 0, 2),
    Slot::new("ldp.hdr.pdu_len", 2, 2),
    Slot::new("ldp.hdr.ldpid.lsr", 4, 4),
    Slot::new("ldp.hdr.ldpid.lsid", 8, 2),
];
const HEADER_SIZE: usize = 10;
/// What the length of a PDU, or of a message, does not count.
const UNCOUNTED: usize = 4;

const MESSAGE: &[Slot] = &[
    Slot::new("ldp.msg.ubit", 0, 1).bit(7),
    Slot::new("ldp.msg.type", 0, 2).bits(0, 0x7fff),
    Slot::new("ldp.msg.len", 2, 2),
    Slot::new("ldp.msg.id", 4, 4),
];
const MESSAGE_SIZE: usize = 8;
const TLV: &[Slot] = &[
    Slot::new("ldp.msg.tlv.unknown", 0, 1).bits(6, 3),
    Slot::new("ldp.msg.tlv.type", 0, 2).bits(0, 0x3fff),
    Slot::new("ldp.msg.tlv.len", 2, 2),
];
const TLV_SIZE: usize = 4;

const STATUS: &[Slot] = &[
    Slot::new("ldp.msg.tlv.status.ebit", 0, 1).bit(7),
    Slot::new("ldp.msg.tlv.status.fbit", 0, 1).bit(6),
    Slot::new("ldp.msg.tlv.status.data", 0, 4).bits(0, 0x3fff_ffff),
    Slot::new("ldp.msg.tlv.status.msg.id", 4, 4),
    Slot::new("ldp.msg.tlv.status.msg.type", 8, 2),
];
const HELLO: &[Slot] = &[
    Slot::new("ldp.msg.tlv.hello.hold", 0, 2),
    Slot::new("ldp.msg.tlv.hello.targeted", 2, 2).bit(15),
    Slot::new("ldp.msg.tlv.hello.requested", 2, 2).bit(14),
    Slot::new("ldp.msg.tlv.hello.gtsm", 2, 2).bit(13),
];
const TRANSPORT4: &[Slot] = &[Slot::new("ldp.msg.tlv.ipv4.taddr", 0, 4)];
const TRANSPORT6: &[Slot] = &[Slot::new("ldp.msg.tlv.ipv6.taddr", 0, 16)];
const CONFIGURATION: &[Slot] = &[Slot::new("ldp.msg.tlv.hello.cnf_seqno", 0, 4)];
const SESSION: &[Slot] = &[
    Slot::new("ldp.msg.tlv.sess.ver", 0, 2),
    Slot::new("ldp.msg.tlv.sess.ka", 2, 2),
    Slot::new("ldp.msg.tlv.sess.advbit", 4, 1).bit(7),
    Slot::new("ldp.msg.tlv.sess.ldetbit", 4, 1).bit(6),
    Slot::new("ldp.msg.tlv.sess.pvlim", 5, 1),
    Slot::new("ldp.msg.tlv.sess.mxpdu", 6, 2),
    Slot::new("ldp.msg.tlv.sess.rxlsr", 8, 4),
    Slot::new("ldp.msg.tlv.sess.rxls", 12, 2),
];
const FAULT_TOLERANT: &[Slot] = &[
    Slot::new("ldp.msg.tlv.ft_sess.flags", 0, 2),
    Slot::new("ldp.msg.tlv.ft_sess.reconn_to", 4, 4),
    Slot::new("ldp.msg.tlv.ft_sess.recovery_time", 8, 4),
];
const LABEL: &[Slot] = &[Slot::new("ldp.msg.tlv.generic.label", 0, 4).bits(0, 0xf_ffff)];
const ATM_LABEL: &[Slot] =
    &[Slot::new("ldp.msg.tlv.atm.label.vpi", 0, 2).bits(0, 0xfff), Slot::new("ldp.msg.tlv.atm.label.vci", 2, 2)];
const HOPS: &[Slot] = &[Slot::new("ldp.msg.tlv.hc.value", 0, 1)];
const PATH: &[Slot] = &[Slot::new("ldp.msg.tlv.pv.lsrid", 0, 4)];
const REQUEST: &[Slot] = &[Slot::new("ldp.msg.tlv.lbl_req_msg_id", 0, 4)];
const PSEUDOWIRE_STATUS: &[Slot] = &[Slot::new("ldp.msg.tlv.pwstatus.code", 0, 4)];
const ADDRESSES: &[Slot] = &[Slot::new("ldp.msg.tlv.addrl.addr_family", 0, 2)];
const ADDRESS: Id = Id::of("ldp.msg.tlv.addrl.addr");
const ELEMENT: &[Slot] = &[Slot::new("ldp.msg.tlv.fec.type", 0, 1)];
const PREFIX: &[Slot] = &[Slot::new("ldp.msg.tlv.fec.af", 1, 2), Slot::new("ldp.msg.tlv.fec.len", 3, 1)];
const PREFIX_VALUE: Id = Id::of("ldp.msg.tlv.fec.pfval");

/// A pseudowire (RFC 8077, section 6.1), and what its identifier and its parameters are.
const PSEUDOWIRE: &[Slot] = &[
    Slot::new("ldp.msg.tlv.fec.pw.controlword", 1, 1).bit(7),
    Slot::new("ldp.msg.tlv.fec.pw.pwtype", 1, 2).bits(0, 0x7fff),
    Slot::new("ldp.msg.tlv.fec.pw.infolength", 3, 1),
    Slot::new("ldp.msg.tlv.fec.pw.groupid", 4, 4),
];
const PSEUDOWIRE_SIZE: usize = 8;
const PSEUDOWIRE_ID: &[Slot] = &[Slot::new("ldp.msg.tlv.fec.pw.pwid", 0, 4)];
const PARAMETER: &[Slot] =
    &[Slot::new("ldp.msg.tlv.fec.vc.intparam.id", 0, 1), Slot::new("ldp.msg.tlv.fec.vc.intparam.length", 1, 1)];
const MTU: &[Slot] = &[Slot::new("ldp.msg.tlv.fec.vc.intparam.mtu", 2, 2)];
const VLAN: &[Slot] = &[Slot::new("ldp.msg.tlv.fec.vc.intparam.vlanid", 2, 2)];

const IPV4: u16 = 1;
const IPV6: u16 = 2;

/// Notes the PDUs of a datagram or segment, as far as they are what they should be.
pub(super) fn note(o: &mut Out, mut v: View<'_>) {
    while o.tree.is_some() && v.len() >= HEADER_SIZE {
        match pdu(o, v) {
            Ok(size) => v = v.skip(size),
            Err(_) => return,
        }
    }
}

fn pdu(o: &mut Out, v: View<'_>) -> Step<usize> {
    const VERSION: u16 = 1;
    if v.u16(0)? != VERSION {
        return Err(Stop::Malformed);
    }
    o.see_all(HEADER, v);
    let size = usize::from(v.u16(2)?) + UNCOUNTED;
    let mut rest = v.cut(size).skip(HEADER_SIZE);
    while !rest.is_empty() {
        o.see_all(MESSAGE, rest);
        let size = usize::from(rest.u16(2)?) + UNCOUNTED;
        tlvs(o, rest.cut(size).skip(MESSAGE_SIZE))?;
        rest = rest.skip(size);
    }
    Ok(size.max(HEADER_SIZE))
}

fn tlvs(o: &mut Out, mut v: View<'_>) -> Step {
    while v.len() >= TLV_SIZE {
        o.see_all(TLV, v);
        let size = usize::from(v.u16(2)?);
        let value = v.skip(TLV_SIZE).cut(size);
        value.need(size)?;
        match v.u16(0)? & 0x3fff {
            // One that is wrong leaves the others as they are.
            0x0100 => _ = elements(o, value),
            0x0101 => addresses(o, value)?,
            0x0103 => o.see_all(HOPS, value),
            0x0104 => o.see_rows(PATH, value, 4),
            0x0201 => o.see_all(ATM_LABEL, value),
            0x0200 => o.see_all(LABEL, value),
            0x0300 => o.see_all(STATUS, value),
            0x0400 => o.see_all(HELLO, value),
            0x0401 => o.see_all(TRANSPORT4, value),
            0x0402 => o.see_all(CONFIGURATION, value),
            0x0403 => o.see_all(TRANSPORT6, value),
            0x0500 => o.see_all(SESSION, value),
            0x0503 => o.see_all(FAULT_TOLERANT, value),
            0x0600 => o.see_all(REQUEST, value),
            0x096a => o.see_all(PSEUDOWIRE_STATUS, value),
            _ => {}
        }
        v = v.skip(TLV_SIZE + size);
    }
    Ok(())
}

/// Forwarding equivalence classes (RFC 5036, section 3.4.1), up to one that is not known.
fn elements(o: &mut Out, mut v: View<'_>) -> Step {
    const OWN: usize = 4;
    const WILDCARD: u8 = 1;
    while !v.is_empty() {
        o.see_all(ELEMENT, v);
        match v.u8(0)? {
            WILDCARD => v = v.skip(1),
            2 | 3 => {
                o.see_all(PREFIX, v);
                let bits = usize::from(v.u8(3)?);
                let size = match v.u16(1)? {
                    IPV4 => {
                        let (address, size) = bgp_nlri::address(v, OWN, bits)?;
                        o.note_text(PREFIX_VALUE, Ipv4(address));
                        size
                    }
                    IPV6 => {
                        let (address, size) = bgp_nlri::address(v, OWN, bits)?;
                        o.note_text(PREFIX_VALUE, Ipv6(address));
                        size
                    }
                    _ => return Ok(()),
                };
                v = v.skip(OWN + size);
            }
            128 => v = pseudowire(o, v)?,
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// A pseudowire; what is behind it.
fn pseudowire<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    o.see_all(PSEUDOWIRE, v);
    let size = usize::from(v.u8(3)?);
    let more = v.skip(PSEUDOWIRE_SIZE).cut(size);
    more.need(size)?;
    o.see_all(PSEUDOWIRE_ID, more);
    let mut parameters = more.skip(4);
    while !parameters.is_empty() {
        let (kind, length) = (parameters.u8(0)?, usize::from(parameters.u8(1)?));
        if length < 2 || length > parameters.len() {
            return Err(Stop::Malformed);
        }
        o.see_all(PARAMETER, parameters);
        match kind {
            1 => o.see_all(MTU, parameters),
            3 => o.note_padded(id!("ldp.msg.tlv.fec.vc.intparam.desc"), parameters.bytes(2, length - 2)?),
            6 => o.see_all(VLAN, parameters),
            _ => {}
        }
        parameters = parameters.skip(length);
    }
    Ok(v.skip(PSEUDOWIRE_SIZE + size))
}

fn addresses(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(ADDRESSES, v);
    let list = v.skip(2);
    match v.u16(0)? {
        IPV4 => {
            for at in (0..list.len() / 4).map(|row| row * 4) {
                o.note_text(ADDRESS, Ipv4(list.array(at)?));
            }
        }
        IPV6 => {
            for at in (0..list.len() / 16).map(|row| row * 16) {
                o.note_text(ADDRESS, Ipv6(list.array(at)?));
            }
        }
        _ => {}
    }
    Ok(())
}
