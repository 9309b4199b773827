//! Optimized Link State Routing (RFC 3626), with the link qualities, names and
//! gateways of olsr.org.

use super::olsr_fields;
use crate::below::{Address, Below};
use crate::out::Out;
use crate::put::{Fixed, Hex2, Hex4, Ipv4, Ipv6, Named, Otherwise, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of the packet header (RFC 3626, section 3.3).
const HEADER: usize = 4;

const HELLO: u8 = 1;
const TOPOLOGY: u8 = 2;
const INTERFACES: u8 = 3;
const NETWORKS: u8 = 4;
const NAMES: u8 = 130;
const HELLO_QUALITY: u8 = 201;
const TOPOLOGY_QUALITY: u8 = 202;
const MESSAGES: Table = &[
    (1, "Hello"),
    (2, "TC"),
    (3, "MID"),
    (4, "HNA"),
    (128, "Powerinfo"),
    (130, "Nameservice"),
    (201, "Hello-LQ"),
    (202, "TC-LQ"),
];

const LINKS: Table = &[(0, "Unspecified"), (1, "Asymmetric"), (2, "Symmetric"), (3, "Lost")];
const NEIGHBORS: Table = &[(0, "Not-Neighbor"), (1, "Symmetric"), (2, "Symmetric-MPR")];

/// The flags of a gateway, in the second octet of the mask of a network of zeros.
const GATEWAY_FLAGS: [(u8, &str); 5] =
    [(0x01, " LINKSPEED"), (0x02, " IPV4"), (0x04, " IPV4-NAT"), (0x08, " IPV6"), (0x10, " IPv6-PREFIX")];
const GATEWAY_SPEED: u8 = 0x01;

const INVALID: &str = " (invalid)";

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "olsr";
    let is_v6 = below.ip.is_some_and(|ip| ip.version == 6);
    o.put(if is_v6 { "OLSRv6" } else { "OLSRv4" });
    if v.len() < HEADER {
        return Err(Stop::Cut);
    }
    v.check(HEADER)?;
    if !is_v6 {
        olsr_fields::note(o, v);
    }
    let length = v.len().min(v.u16(0)?.into());
    o.put((", seq 0x", Hex4(v.u16(2)?), ", length ", length));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let addresses = Addresses { is_v6 };
    let mut at = HEADER;
    while at < length {
        match message(o, v.skip(at), addresses, length)? {
            Some(size) => at += size,
            None => break,
        }
    }
    Ok(())
}

/// Of which IP version the addresses are.
#[derive(Clone, Copy)]
struct Addresses {
    is_v6: bool,
}

impl Addresses {
    fn size(self) -> usize {
        if self.is_v6 { 16 } else { 4 }
    }

    fn at(self, v: View<'_>, at: usize) -> Step<Address> {
        Ok(if self.is_v6 { Address::V6(v.array(at)?) } else { Address::V4(v.array(at)?) })
    }
}

/// A time in seconds: mantissa and exponent (RFC 3626, section 18.3).
fn seconds(value: u8) -> Fixed {
    let scaled = 0.0625 * (1.0 + f64::from(value >> 4) / 16.0);
    Fixed(scaled * f64::from(1_u32 << (value & 15)), 3)
}

/// A message of a packet of `length` octets (RFC 3626, section 3.3.2); its
/// octets, or nothing where none can follow.
fn message(o: &mut Out, v: View<'_>, addresses: Addresses, length: usize) -> Step<Option<usize>> {
    let header = 8 + addresses.size();
    v.check(header)?;
    let (kind, size) = (v.u8(0)?, usize::from(v.u16(2)?));
    if kind == 0 || size == 0 {
        return Ok(None);
    }
    let is_sound = (header..=length).contains(&size);
    let behind = 4 + addresses.size();
    o.put(("\n\t", named(MESSAGES, kind, "Unknown"), " Message (0x", Hex2(kind), "), originator "));
    o.put((addresses.at(v, 4)?, ", ttl ", v.u8(behind)?, ", hop ", v.u8(behind + 1)?));
    o.put(("\n\t  vtime ", seconds(v.u8(1)?), "s, msg-seq 0x", Hex4(v.u16(behind + 2)?), ", length ", size));
    if !is_sound {
        o.put(INVALID);
        return Ok(None);
    }
    let (body, left) = (v.skip(header), size - header);
    match kind {
        HELLO | HELLO_QUALITY => hello(o, body, left, addresses, kind)?,
        TOPOLOGY | TOPOLOGY_QUALITY => {
            enough(body, left, 4)?;
            o.put(("\n\t    advertised neighbor seq 0x", Hex4(body.u16(0)?)));
            neighbors(o, body.skip(4), left - 4, addresses, kind == TOPOLOGY_QUALITY)?;
        }
        INTERFACES => {
            for number in 0..left / addresses.size() {
                let address = body.skip(number * addresses.size());
                address.check(addresses.size())?;
                o.put(("\n\t  interface address ", addresses.at(address, 0)?));
            }
        }
        NETWORKS if addresses.is_v6 => networks6(o, body, left)?,
        NETWORKS => networks4(o, body, left)?,
        NAMES => names(o, body, left, addresses)?,
        _ => o.unknown(body, "\n\t    ", left),
    }
    Ok(Some(size))
}

/// Fails unless `octets` are claimed and captured.
fn enough(v: View<'_>, left: usize, octets: usize) -> Step {
    if left < octets { Err(Stop::Cut) } else { v.check(octets) }
}

/// RFC 3626, section 6.1.
fn hello(o: &mut Out, v: View<'_>, left: usize, addresses: Addresses, kind: u8) -> Step {
    const FIXED: usize = 4;
    const LINK: usize = 4;
    enough(v, left, FIXED)?;
    o.put(("\n\t  hello-time ", seconds(v.u8(2)?), "s, MPR willingness ", v.u8(3)?));
    let (mut v, mut left) = (v.skip(FIXED), left - FIXED);
    while left >= LINK {
        v.check(LINK)?;
        let (code, size) = (v.u8(0)?, usize::from(v.u16(2)?));
        let is_sound = (LINK..=left).contains(&size);
        o.put(("\n\t    link-type ", named(LINKS, code & 3, "Unknown"), ", neighbor-type "));
        o.put((named(NEIGHBORS, code >> 2, "Unknown"), ", len ", size, (!is_sound).then_some(INVALID)));
        if !is_sound {
            break;
        }
        let inner = v.skip(LINK);
        inner.check(size - LINK)?;
        neighbors(o, inner, size - LINK, addresses, kind == HELLO_QUALITY)?;
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// Neighbors in `left` octets, with the qualities of their links or without.
fn neighbors(o: &mut Out, v: View<'_>, left: usize, addresses: Addresses, has_quality: bool) -> Step {
    if !has_quality {
        o.put("\n\t      neighbor\n\t\t");
        // As tcpdump has it: addresses of four octets in any case.
        for number in 0..left / 4 {
            o.put((Ipv4(v.array(number * 4)?), " "));
        }
        return Ok(());
    }
    let each = addresses.size() + 4;
    let percent = |value: u8| (Fixed(f64::from(value) / 2.55, 2), "%");
    for number in 0..left / each {
        let v = v.skip(number * each);
        v.check(each)?;
        let quality = v.skip(addresses.size());
        o.put(("\n\t      neighbor ", addresses.at(v, 0)?, ", link-quality ", percent(quality.u8(0)?)));
        o.put((", neighbor-link-quality ", percent(quality.u8(1)?)));
    }
    Ok(())
}

/// RFC 3626, section 12.1, for IPv6.
fn networks6(o: &mut Out, v: View<'_>, left: usize) -> Step {
    const EACH: usize = 32;
    o.put(("\n\t  Advertised networks (total ", left / EACH, ")"));
    for number in 0..left / EACH {
        let v = v.skip(number * EACH);
        v.check(EACH)?;
        let (network, mask): ([u8; 16], [u8; 16]) = (v.array(0)?, v.array(16)?);
        // As tcpdump has it: they are all number zero.
        o.put(("\n\t    #0: ", Ipv6(network), "/", mask_length6(mask)));
    }
    Ok(())
}

/// The bits of a mask, as far as its octets are contiguous.
fn mask_length6(mask: [u8; 16]) -> u32 {
    let whole = mask.iter().take_while(|&&octet| octet == u8::MAX).count();
    let next = mask.get(whole).copied().unwrap_or(0);
    whole as u32 * 8 + if next.leading_ones() == next.count_ones() { next.leading_ones() } else { 0 }
}

/// RFC 3626, section 12.1, with gateways, for IPv4.
fn networks4(o: &mut Out, v: View<'_>, left: usize) -> Step {
    const EACH: usize = 8;
    const PER_LINE: usize = 4;
    o.put(("\n\t  Advertised networks (total ", left / EACH, ")"));
    for number in 0..left / EACH {
        let v = v.skip(number * EACH);
        v.check(EACH)?;
        let (network, mask): ([u8; 4], [u8; 4]) = (v.array(0)?, v.array(4)?);
        o.put(if number % PER_LINE == 0 { "\n\t    " } else { ", " });
        match (network, mask) {
            ([0, 0, 0, 0], [0, flags, up, down]) if flags != 0 => {
                o.put("Smart-Gateway:");
                for (flag, name) in GATEWAY_FLAGS {
                    o.put((flags & flag != 0).then_some(name));
                }
                let speed = |value| if flags & GATEWAY_SPEED != 0 { speed(value) } else { 0 };
                o.put((" ", speed(up), "/", speed(down)));
            }
            _ => {
                let bits = u32::from_be_bytes(mask);
                // As tcpdump has it: a mask that is not contiguous has a length of -1, unsigned.
                let length = if bits.leading_ones() == bits.count_ones() { bits.leading_ones() } else { u32::MAX };
                o.put((Ipv4(network), "/", length));
            }
        }
    }
    Ok(())
}

/// A speed in kbit/s of five bits and an exponent of three.
fn speed(value: u8) -> u32 {
    const FASTEST: u32 = 320_000_000;
    match value {
        0 => 0,
        u8::MAX => FASTEST,
        _ => (u32::from(value >> 3) + 1) * 10_u32.pow(u32::from(value & 7)),
    }
}

/// The names of addresses.
fn names(o: &mut Out, v: View<'_>, left: usize, addresses: Addresses) -> Step {
    const FIXED: usize = 4;
    if left < FIXED {
        return Err(Stop::Cut);
    }
    let count = usize::from(v.u16(2)?);
    let is_sound = count > 0 && count * (4 + addresses.size()) <= left;
    o.put(("\n\t  Version ", v.u16(0)?, ", Entries ", count, (!is_sound).then_some(INVALID)));
    if !is_sound {
        return Ok(());
    }
    let (mut v, mut left) = (v.skip(FIXED), left - FIXED);
    for number in 0..count {
        if left < FIXED {
            break;
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(FIXED), left - FIXED);
        let is_sound = size > 0 && addresses.size() + size <= left;
        // Zero has no prefix and is padded all the same.
        let shown = Named(&[(0, "000000")], kind.into(), Otherwise::Hex("0x", 4, ""));
        o.put(("\n\t    #", number, ": type ", shown, ", length ", size, (!is_sound).then_some(INVALID)));
        if !is_sound {
            break;
        }
        let all = addresses.size() + size.next_multiple_of(4);
        enough(v, left, all)?;
        o.put((", address ", addresses.at(v, 0)?, ", name \""));
        o.text(v.skip(addresses.size()), size)?;
        o.put("\"");
        (v, left) = (v.skip(all), left - all);
    }
    Ok(())
}
