//! What a packet's text needs of earlier packets, settled in the order of the
//! packets, so that the text itself can be made in any order.
//!
//! Only the common shapes are looked at, and only as far as is certain;
//! everything else is for the caller to print while the packets are in order.

use crate::below::{Address, Below};
use crate::frame::Frame;
use crate::options::Options;
use crate::registry;
use crate::state::{State, TcpBase};
use crate::view::{Step, View};

/// What a packet's text needs of earlier packets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    pub(crate) tcp: Option<TcpBase>,
}

/// How a packet's text can be made.
#[derive(Clone, Copy, Debug)]
pub enum Observed {
    /// In any order, with these facts.
    Settled(Facts),
    /// Only in order, with the state at hand.
    Whole,
}

const ETHERNET: u16 = 1;
const LINUX_SLL: u16 = 113;
const LINUX_SLL2: u16 = 276;
/// Raw IP of either version.
const RAW: [u16; 3] = [101, 228, 229];

/// The ARPHRD_ type of cooked frames that go on with radiotap.
const HARDWARE_RADIOTAP: u16 = 803;

const IPV4: u16 = 0x0800;
/// Up to here, the octets of a frame with LLC.
const LLC_MOST: u16 = 1500;
const ARP: u16 = 0x0806;
const IPV6: u16 = 0x86dd;

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;

const SYN: u8 = 0x02;
const ACK: u8 = 0x10;

/// Settles what the text of `frame` needs of earlier packets, and takes from it
/// into `state` what later ones need.
#[inline(always)]
pub fn observe(frame: &Frame<'_>, opt: &Options, state: &mut State) -> Observed {
    // Names of hosts come in the order in which they are learnt.
    if opt.numeric == 0 || opt.packet_type.is_some() {
        return Observed::Whole;
    }
    if frame.is_faulty() {
        return Observed::Settled(Facts::default());
    }
    match link(frame, opt, state) {
        Ok(Some(facts)) => Observed::Settled(facts),
        Ok(None) | Err(_) => Observed::Whole,
    }
}

/// Nothing where it is not certain, as in the functions below.
#[inline(always)]
fn link(frame: &Frame<'_>, opt: &Options, state: &mut State) -> Step<Option<Facts>> {
    let v = View::new(frame.data, frame.wire_len as usize);
    match frame.link {
        ETHERNET => {
            let (mut at, mut kind) = (14, v.u16(12)?);
            while registry::is_vlan_tag(kind) {
                kind = v.u16(at + 2)?;
                at += 4;
            }
            network(v.skip(at), kind, opt, state)
        }
        LINUX_SLL if v.u16(2)? != HARDWARE_RADIOTAP => network(v.skip(16), v.u16(14)?, opt, state),
        LINUX_SLL2 if v.u16(8)? != HARDWARE_RADIOTAP => network(v.skip(20), v.u16(0)?, opt, state),
        link if RAW.contains(&link) => match v.u8(0)? >> 4 {
            4 => ipv4(v, opt, state),
            6 => ipv6(v, opt, state),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

#[inline]
fn network(v: View<'_>, kind: u16, opt: &Options, state: &mut State) -> Step<Option<Facts>> {
    match kind {
        IPV4 => ipv4(v, opt, state),
        IPV6 => ipv6(v, opt, state),
        ARP => Ok(Some(Facts::default())),
        0..=LLC_MOST => Ok(llc_stands_alone(v)?.then(Facts::default)),
        _ => Ok(registry::ethertype_stands_alone(kind).then(Facts::default)),
    }
}

/// Whether what LLC announces is spanning trees or routing of OSI, which depends
/// on nothing but the frame.
fn llc_stands_alone(v: View<'_>) -> Step<bool> {
    const SPANNING_TREE: u8 = 0x42;
    const OSI: u8 = 0xfe;
    // CLNP, ES-IS and IS-IS.
    const IDENTIFIERS: std::ops::RangeInclusive<u8> = 0x81..=0x83;
    Ok(match v.u8(0)? {
        SPANNING_TREE => true,
        OSI => IDENTIFIERS.contains(&v.u8(3)?),
        _ => false,
    })
}

#[inline(always)]
fn ipv4(v: View<'_>, opt: &Options, state: &mut State) -> Step<Option<Facts>> {
    let header: &[u8; 20] = &v.array(0)?;
    let header_len = usize::from(header[0] & 15) * 4;
    let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let offset = u16::from_be_bytes([header[6], header[7]]) & 0x1fff;
    if header[0] >> 4 != 4 || header_len < 20 || len < header_len || v.len() < 20 {
        return Ok(None);
    }
    if opt.verbose > 0 && header_len > 20 {
        // A line can end within the options.
        return Ok(None);
    }
    if offset != 0 {
        // What follows is the middle of something.
        return Ok(Some(Facts::default()));
    }
    let payload = v.cut(len).skip(header_len);
    let ends = || Ok((Address::V4(v.array(12)?), Address::V4(v.array(16)?)));
    match header[9] {
        TCP => tcp(payload, ends()?, opt, state),
        UDP => udp(payload),
        // Echoes and their replies quote nothing.
        ICMP if matches!(payload.u8(0)?, 0 | 8) => Ok(Some(Facts::default())),
        protocol => Ok(registry::ip_payload_stands_alone(protocol).then(Facts::default)),
    }
}

#[inline]
fn ipv6(v: View<'_>, opt: &Options, state: &mut State) -> Step<Option<Facts>> {
    const HEADER: usize = 40;
    let len = usize::from(v.u16(4)?);
    if v.u8(0)? >> 4 != 6 || len == 0 || v.len() < HEADER {
        return Ok(None);
    }
    let payload = v.skip(HEADER).cut(len);
    let ends = || Ok((Address::V6(v.array(8)?), Address::V6(v.array(24)?)));
    match v.u8(6)? {
        TCP => tcp(payload, ends()?, opt, state),
        UDP => udp(payload),
        // Errors, which quote packets, are below (RFC 4443, section 2.1).
        ICMPV6 if payload.u8(0)? >= 128 => Ok(Some(Facts::default())),
        protocol => Ok(registry::ip_payload_stands_alone(protocol).then(Facts::default)),
    }
}

// Inline, so that each IP version has the way of its addresses alone.
#[inline(always)]
fn tcp(v: View<'_>, ends: (Address, Address), opt: &Options, state: &mut State) -> Step<Option<Facts>> {
    let header: &[u8; 20] = &v.array(0)?;
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (sport, dport) = ((word(0) >> 16) as u16, word(0) as u16);
    if header[12] >> 4 < 5 || registry::tcp_needs_earlier(&Below { sport, dport, ..Below::default() }) {
        return Ok(None);
    }
    let flags = header[13];
    if opt.absolute_seq || opt.quiet > 0 || flags & ACK == 0 {
        return Ok(Some(Facts::default()));
    }
    let ends = [(ends.0, sport), (ends.1, dport)];
    Ok(Some(Facts { tcp: state.tcp_base(ends, flags & SYN != 0, word(4), word(8)) }))
}

#[inline]
fn udp(v: View<'_>) -> Step<Option<Facts>> {
    let below = Below { sport: v.u16(0)?, dport: v.u16(2)?, ..Below::default() };
    Ok((!registry::udp_needs_earlier(&below)).then(Facts::default))
}
