//! The control and authentication protocols of PPP for the tree (RFC 1661, RFC 1332,
//! RFC 1334, RFC 1994).

use super::ppp::{BACP, CCP, CHAP, IPCP, IPV6CP, LCP, MPLSCP, OSICP, PAP, VJC};
use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const CONTROL: &[Slot] =
    &[Slot::new("ppp.code", 0, 1), Slot::new("ppp.identifier", 1, 1), Slot::new("ppp.length", 2, 2)];
const MAGIC: &[Slot] = &[Slot::new("lcp.magic_number", 4, 4)];

/// The codes of packets with options, and of those with a magic number.
const CONFIGURES: std::ops::RangeInclusive<u8> = 1..=4;
const WITH_MAGIC: std::ops::RangeInclusive<u8> = 9..=13;

const LCP_OPTION: &[Slot] = &[Slot::new("lcp.opt.type", 0, 1), Slot::new("lcp.opt.length", 1, 1)];
const LCP_OPTIONS: &[(u8, &[Slot])] = &[
    (0, &[]),
    (1, &[Slot::new("lcp.opt.mru", 2, 2)]),
    (2, &[]),
    (3, &[Slot::new("lcp.opt.auth_protocol", 2, 2)]),
    (4, &[]),
    (5, &[Slot::new("lcp.opt.magic_number", 2, 4)]),
    (7, &[]),
    (8, &[]),
    (9, &[]),
    (10, &[]),
    (11, &[]),
    (12, &[]),
    (13, &[Slot::new("lcp.opt.operation", 2, 1)]),
    (15, &[]),
    (16, &[]),
    (17, &[]),
    (18, &[]),
    (19, &[]),
    (20, &[]),
    (21, &[]),
    (22, &[]),
    (23, &[]),
];
const ALGORITHM: &[Slot] = &[Slot::new("lcp.opt.algorithm", 4, 1)];
const IPCP_OPTION: &[Slot] = &[Slot::new("ipcp.opt.type", 0, 1), Slot::new("ipcp.opt.length", 1, 1)];
const IPCP_OPTIONS: &[(u8, &[Slot])] = &[
    (1, &[]),
    (2, &[Slot::new("ipcp.opt.compress_proto", 2, 2)]),
    (3, &[Slot::new("ipcp.opt.ip_address", 2, 4)]),
    (129, &[Slot::new("ipcp.opt.pri_dns_address", 2, 4)]),
    (4, &[]),
    (130, &[]),
    (132, &[]),
    (131, &[Slot::new("ipcp.opt.sec_dns_address", 2, 4)]),
];
/// What follows the protocol of the option for Van Jacobson's compression.
const SLOTS: &[Slot] = &[Slot::new("ipcp.opt.max_slot_id", 4, 1), Slot::new("ipcp.opt.comp_slot_id", 5, 1)];
const IPV6CP_OPTION: &[Slot] = &[Slot::new("ipv6cp.opt.type", 0, 1), Slot::new("ipv6cp.opt.length", 1, 1)];
const IPV6CP_OPTIONS: &[(u8, &[Slot])] = &[(1, &[])];
const CCP_OPTION: &[Slot] = &[Slot::new("ccp.opt.type", 0, 1), Slot::new("ccp.opt.length", 1, 1)];
const CCP_OPTIONS: &[(u8, &[Slot])] = &[
    (1, &[]),
    (2, &[]),
    (3, &[]),
    (17, &[]),
    (18, &[Slot::new("ccp.opt.supported_bits", 2, 4)]),
    (19, &[]),
    (20, &[]),
    (23, &[]),
    (24, &[]),
    (26, &[]),
    (27, &[]),
];

const CHALLENGE: &[Slot] =
    &[Slot::new("chap.code", 0, 1), Slot::new("chap.identifier", 1, 1), Slot::new("chap.length", 2, 2)];
const PASSWORD: &[Slot] =
    &[Slot::new("pap.code", 0, 1), Slot::new("pap.identifier", 1, 1), Slot::new("pap.length", 2, 2)];

/// Notes a packet of a protocol, if it is one of these.
pub(super) fn note(o: &mut Out, protocol: u16, v: View<'_>) {
    if o.tree.is_none() {
        return;
    }
    let _ends_early = match protocol {
        LCP => control(o, v, LCP_OPTION, LCP_OPTIONS),
        IPCP => control(o, v, IPCP_OPTION, IPCP_OPTIONS),
        IPV6CP => control(o, v, IPV6CP_OPTION, IPV6CP_OPTIONS),
        CCP => control(o, v, CCP_OPTION, CCP_OPTIONS),
        OSICP | MPLSCP | BACP => control(o, v, &[], &[]),
        CHAP => chap(o, v),
        PAP => pap(o, v),
        _ => Ok(()),
    };
}

/// A packet of a control protocol (RFC 1661, section 5), with its options.
fn control(o: &mut Out, v: View<'_>, option: &[Slot], known: &[(u8, &[Slot])]) -> Step {
    const OPTIONS: usize = 4;
    const COMPRESSION: u8 = 2;
    const AUTHENTICATION: u8 = 3;
    o.see_all(CONTROL, v);
    let code = v.u8(0)?;
    let lcp = std::ptr::eq(option, LCP_OPTION);
    if lcp && WITH_MAGIC.contains(&code) {
        o.see_all(MAGIC, v);
    }
    if !CONFIGURES.contains(&code) {
        return Ok(());
    }
    let mut options = v.cut(v.u16(2)?.into()).skip(OPTIONS);
    while !options.is_empty() {
        let (kind, size) = (options.u8(0)?, usize::from(options.u8(1)?));
        if size < 2 {
            return Ok(());
        }
        let whole = options.cut(size);
        if let Some(row) = known.iter().find(|row| row.0 == kind) {
            o.see_all(option, whole);
            o.see_all(row.1, whole);
        }
        if lcp && kind == AUTHENTICATION && whole.u16(2)? == CHAP {
            o.see_all(ALGORITHM, whole);
        }
        if std::ptr::eq(option, IPCP_OPTION) && kind == COMPRESSION && whole.u16(2)? == VJC {
            o.see_all(SLOTS, whole);
        }
        options = options.skip(size);
    }
    Ok(())
}

fn chap(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(CHALLENGE, v);
    let data = v.cut(v.u16(2)?.into()).skip(4);
    match v.u8(0)? {
        1 | 2 => {
            let size = data.u8(0)?;
            o.note(id!("chap.value_size"), size);
            o.note_octets(id!("chap.value"), data.bytes(1, size.into())?);
            o.note_octets(id!("chap.name"), data.skip(1 + usize::from(size)).data());
        }
        3 | 4 => o.note_octets(id!("chap.message"), data.data()),
        _ => {}
    }
    Ok(())
}

fn pap(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(PASSWORD, v);
    let data = v.cut(v.u16(2)?.into()).skip(4);
    match v.u8(0)? {
        1 => {
            let size = data.u8(0)?;
            o.note(id!("pap.peer_id.length"), size);
            o.note_octets(id!("pap.peer_id"), data.bytes(1, size.into())?);
            let data = data.skip(1 + usize::from(size));
            let size = data.u8(0)?;
            o.note(id!("pap.password.length"), size);
            o.note_octets(id!("pap.password"), data.bytes(1, size.into())?);
        }
        2 | 3 => {
            let size = data.u8(0)?;
            o.note(id!("pap.message.length"), size);
            o.note_octets(id!("pap.message"), data.bytes(1, size.into())?);
        }
        _ => {}
    }
    Ok(())
}
