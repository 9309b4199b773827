//! What BGP tells to be reachable, by address family: prefixes (RFC 4271, RFC
//! 8277, RFC 4364), route targets (RFC 4684), virtual private LANs (RFC 4761) and
//! multicast (RFC 6514, RFC 6037).

use super::bgp::As;
use super::nsap::Nsap;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Ipv4, Ipv6, Octets, Put, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of a route distinguisher (RFC 4364, section 4.2).
pub(super) const DISTINGUISHER: usize = 8;

/// Octets of a label (RFC 8277, section 2.2).
const LABEL: usize = 3;

/// Octets of text that tcpdump makes of one entry at most.
const MOST_TEXT: usize = 163;

/// Why an entry cannot be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Its length cannot be.
    Length,
    /// It is longer than what is left, which ends the message.
    Message,
    /// It is longer than what is left, which ends its attribute.
    Attribute,
}

/// A prefix of IPv4.
pub(super) type Prefix4 = (Ipv4, &'static str, usize);

/// A prefix of IPv6.
pub(super) type Prefix6 = (Ipv6, &'static str, usize);

/// Whether entries seem to have path identifiers (RFC 7911), which only the
/// opening of the session says: with them all fits, without them nothing does.
pub(super) fn has_paths(v: View<'_>, left: usize, most: u8) -> bool {
    if left < 5 {
        return false;
    }
    let mut at = 0;
    while at < left {
        at += 4;
        let Ok(bits) = v.u8(at) else { break };
        if bits > most {
            return false;
        }
        at += 1 + usize::from(bits).div_ceil(8);
    }
    if at > left {
        return false;
    }
    at = 0;
    while at < left {
        let Ok(bits) = v.u8(at) else { break };
        if bits < 1 || bits > most {
            return true;
        }
        at += 1 + usize::from(bits).div_ceil(8);
    }
    at > left
}

/// The `bits` first bits of an address at `at`, and the octets that they take.
pub(super) fn address<const N: usize>(v: View<'_>, at: usize, bits: usize) -> Step<([u8; N], usize)> {
    let size = bits.div_ceil(8);
    if size > N {
        return Err(Stop::Malformed);
    }
    let mut address = [0; N];
    address[..size].copy_from_slice(v.bytes(at, size)?);
    if !bits.is_multiple_of(8) {
        address[size - 1] &= (0xff00_u16 >> (bits % 8)) as u8;
    }
    Ok((address, size))
}

/// A prefix of IPv4 in at most `left` octets.
pub(super) fn prefix4(v: View<'_>, left: usize) -> Step<Result<(Prefix4, usize), Wrong>> {
    Ok(prefix::<4>(v, left)?.map(|(address, bits, size)| ((Ipv4(address), "/", bits), size)))
}

/// A prefix of IPv6 in at most `left` octets.
pub(super) fn prefix6(v: View<'_>, left: usize) -> Step<Result<(Prefix6, usize), Wrong>> {
    Ok(prefix::<16>(v, left)?.map(|(address, bits, size)| ((Ipv6(address), "/", bits), size)))
}

/// An address of `N` octets, its bits, and the octets of the prefix.
type Prefix<const N: usize> = ([u8; N], usize, usize);

fn prefix<const N: usize>(v: View<'_>, left: usize) -> Step<Result<Prefix<N>, Wrong>> {
    let bits = usize::from(v.u8(0)?);
    if left < 1 {
        return Ok(Err(Wrong::Message));
    }
    if bits > N * 8 {
        return Ok(Err(Wrong::Length));
    }
    let (address, size) = address::<N>(v, 1, bits)?;
    if left - 1 < size {
        return Ok(Err(Wrong::Message));
    }
    Ok(Ok((address, bits, 1 + size)))
}

/// A label behind the octet of a prefix's length.
fn label(v: View<'_>) -> Step<impl Put> {
    let label = v.u24(1)?;
    let bottom = if label & 1 == 0 { "(BOGUS: Bottom of Stack NOT set!)" } else { "(bottom)" };
    Ok((", label:", label >> 4, " ", bottom))
}

/// A route distinguisher.
#[derive(Clone, Copy)]
pub(super) struct Distinguisher(pub [u8; DISTINGUISHER]);

impl Put for Distinguisher {
    fn put(self, o: &mut Out) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let (short, long) = (u16::from_be_bytes([g, h]), u32::from_be_bytes([e, f, g, h]));
        let dotted = |a: u8, b: u8, c: u8, d: u8| (a, '.', b, '.', c, '.', d);
        match u16::from_be_bytes([a, b]) {
            0 => o.put((u16::from_be_bytes([c, d]), ":", long, " (= ", dotted(e, f, g, h), ")")),
            1 => o.put((dotted(c, d, e, f), ":", short)),
            2 => {
                let number = As(u32::from_be_bytes([c, d, e, f]));
                o.put((number, ":", short, " (", dotted(c, d, e, f), ":", short, ")"));
            }
            _ => o.put("unknown RD format"),
        }
    }
}

/// An address family and its subsequent one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Family(pub u16, pub u8);

/// How the entries of a family are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Prefix4,
    Labeled4,
    Vpn4,
    Targets,
    MulticastVpn,
    Tree,
    Prefix6,
    Labeled6,
    Vpn6,
    Lan,
    Nsap,
    VpnNsap,
}

impl Family {
    /// How its entries are written, if that is known.
    pub(super) fn kind(self) -> Option<Kind> {
        Some(match (self.0, self.1) {
            (1, 1..=3) => Kind::Prefix4,
            (1, 4) => Kind::Labeled4,
            (1, 128..=130) => Kind::Vpn4,
            (1, 132) => Kind::Targets,
            (1, 5) => Kind::MulticastVpn,
            (1, 66) => Kind::Tree,
            (2, 1..=3) => Kind::Prefix6,
            (2, 4) => Kind::Labeled6,
            (2, 128..=130) => Kind::Vpn6,
            (25, 65) | (196, 128..=130) => Kind::Lan,
            (3, 1..=3) => Kind::Nsap,
            (3, 128..=130) => Kind::VpnNsap,
            _ => return None,
        })
    }
}

/// What stands before an entry.
const BEFORE: &str = "\n\t      ";

/// An entry, in an attribute of `left` octets; its octets. Where it is wrong its
/// text is lost. With path identifiers one of a wrong length is passed over as if
/// it had three octets.
pub(super) fn entry(o: &mut Out, v: View<'_>, kind: Kind, left: usize, paths: bool) -> Step<Result<usize, Wrong>> {
    if kind == Kind::Targets {
        return target(o, v);
    }
    let path = if paths && matches!(kind, Kind::Prefix4 | Kind::Prefix6) { Some(v.u32(0)?) } else { None };
    let start = o.line.len();
    o.put(BEFORE);
    let read = decode(o, v.skip(if path.is_some() { 4 } else { 0 }), kind, left);
    if !matches!(read, Ok(Ok(_))) {
        o.line.truncate(start);
    }
    let read = read?;
    if read == Err(Wrong::Length) {
        o.put("\n\t    (illegal prefix length)");
    }
    match path {
        Some(path) if read != Err(Wrong::Message) => {
            o.put(("   Path Id: ", path));
            Ok(Ok(read.map_or(3, |size| size + 4)))
        }
        _ => Ok(read),
    }
}

fn decode(o: &mut Out, v: View<'_>, kind: Kind, left: usize) -> Step<Result<usize, Wrong>> {
    let start = o.line.len();
    let read = match kind {
        Kind::Prefix4 | Kind::Prefix6 => plain(o, v, kind, left),
        Kind::Labeled4 => labeled::<4>(o, v, left),
        Kind::Labeled6 => labeled::<16>(o, v, left),
        Kind::Vpn4 => vpn::<4>(o, v),
        Kind::Vpn6 => vpn::<16>(o, v),
        Kind::VpnNsap => vpn::<19>(o, v),
        Kind::Nsap => nsap(o, v),
        Kind::Targets => target(o, v),
        Kind::MulticastVpn => multicast(o, v),
        Kind::Tree => tree(o, v),
        Kind::Lan => lan(o, v),
    };
    o.line.truncate(o.line.len().min(start + MOST_TEXT));
    read
}

/// A prefix without anything.
fn plain(o: &mut Out, v: View<'_>, kind: Kind, left: usize) -> Step<Result<usize, Wrong>> {
    if kind == Kind::Prefix4 {
        return Ok(prefix4(v, left)?.map(|(prefix, size)| {
            o.put(prefix);
            size
        }));
    }
    Ok(prefix::<16>(v, left)?.map(|(address, bits, size)| {
        o.put((Ipv6(address), "/", bits));
        size
    }))
}

/// An address of four, sixteen or up to nineteen octets, as far as it is given.
fn put_address<const N: usize>(o: &mut Out, address: [u8; N], size: usize) {
    match N {
        4 => o.put(Ipv4(address[..4].try_into().unwrap_or_default())),
        16 => o.put(Ipv6(address[..16].try_into().unwrap_or_default())),
        _ => o.put(Nsap(&address[..size])),
    }
}

/// A prefix with a label, whose bits are counted too (RFC 8277).
fn labeled<const N: usize>(o: &mut Out, v: View<'_>, left: usize) -> Step<Result<usize, Wrong>> {
    if !v.has(1 + LABEL) {
        return Ok(Err(Wrong::Message));
    }
    if left < 1 + LABEL {
        return Ok(Err(Wrong::Attribute));
    }
    let bits = match usize::from(v.u8(0)?).checked_sub(LABEL * 8) {
        Some(bits) if bits <= N * 8 => bits,
        _ => return Ok(Err(Wrong::Length)),
    };
    if N == 4 && left - 1 - LABEL < bits.div_ceil(8) {
        return Ok(Err(Wrong::Attribute));
    }
    let (address, size) = address::<N>(v, 1 + LABEL, bits)?;
    let label = label(v)?;
    put_address(o, address, size);
    o.put(("/", bits, label));
    Ok(Ok(1 + LABEL + size))
}

/// A prefix with a label and a route distinguisher, whose bits are counted too
/// (RFC 4364).
fn vpn<const N: usize>(o: &mut Out, v: View<'_>) -> Step<Result<usize, Wrong>> {
    const BEFORE: usize = 1 + LABEL + DISTINGUISHER;
    let bits = match usize::from(v.u8(0)?).checked_sub((LABEL + DISTINGUISHER) * 8) {
        Some(bits) if bits <= N * 8 => bits,
        _ => return Ok(Err(Wrong::Length)),
    };
    let (address, size) = address::<N>(v, BEFORE, bits)?;
    let (label, distinguisher) = (label(v)?, Distinguisher(v.array(1 + LABEL)?));
    o.put(("RD: ", distinguisher, ", "));
    put_address(o, address, size);
    o.put(("/", bits, label));
    Ok(Ok(BEFORE + size))
}

/// A prefix of the OSI network layer; as tcpdump has it, three octets behind its
/// length.
fn nsap(o: &mut Out, v: View<'_>) -> Step<Result<usize, Wrong>> {
    let bits = usize::from(v.u8(0)?);
    if bits > 19 * 8 {
        return Ok(Err(Wrong::Length));
    }
    let (address, size) = address::<19>(v, 4, bits)?;
    o.put((Nsap(&address[..size]), "/", bits));
    Ok(Ok(1 + size))
}

/// RFC 4684, section 4.
fn target(o: &mut Out, v: View<'_>) -> Step<Result<usize, Wrong>> {
    const ORIGIN: usize = 32;
    let bits = usize::from(v.u8(0)?);
    if bits == 0 {
        o.put("\n\t      default route target");
        return Ok(Ok(1));
    }
    let origin = if bits < ORIGIN { None } else { Some(As(v.u32(1)?)) };
    let (Some(origin), Some(bits)) = (origin, bits.checked_sub(ORIGIN).filter(|&bits| bits <= 64)) else {
        o.put("\n\t      (illegal prefix length)");
        return Ok(Err(Wrong::Length));
    };
    let (octets, size) = address::<8>(v, 5, bits)?;
    o.put(("\n\t      origin AS: ", origin, ", "));
    let shown = PairedOctets(&octets[..size]);
    let [a, b, c, d, e, f, g, h] = octets;
    let (short, long) = (u16::from_be_bytes([g, h]), u32::from_be_bytes([e, f, g, h]));
    match u16::from_be_bytes([a, b]) {
        _ if bits == 0 => o.put("route-target: 0:0/0"),
        _ if bits < 16 => o.put(("route-target: partial-type: (", shown, "/", bits, ")")),
        0x0002 => o.put(("route-target: ", u16::from_be_bytes([c, d]), ":", long, "/", bits, " (", shown, ")")),
        0x0102 => {
            o.put(("route-target: ", c, '.', d, '.', e, '.', f, ":", short, "/", bits, " (", shown, ")"));
        }
        0x0202 => {
            let number = As(u32::from_be_bytes([c, d, e, f]));
            o.put(("route-target: ", number, ":", short, "/", bits, " (", shown, ")"));
        }
        kind => o.put(("route target: unknown-type(", Hex4(kind), ") (", shown, "/", bits, ")")),
    }
    Ok(Ok(5 + size))
}

/// Octets in hexadecimal, two and two.
struct PairedOctets<'p>(&'p [u8]);

impl Put for PairedOctets<'_> {
    fn put(self, o: &mut Out) {
        for (at, pair) in self.0.chunks(2).enumerate() {
            o.put(((at > 0).then_some(" "), Octets(pair)));
        }
    }
}

const MULTICAST_ROUTES: Table = &[
    (1, "Intra-AS I-PMSI"),
    (2, "Inter-AS I-PMSI"),
    (3, "S-PMSI"),
    (4, "Intra-AS Segment-Leaf"),
    (5, "Source-Active"),
    (6, "Shared Tree Join"),
    (7, "Source Tree Join"),
];

/// RFC 6514, section 4.
fn multicast(o: &mut Out, v: View<'_>) -> Step<Result<usize, Wrong>> {
    let (kind, size) = (v.u8(0)?, v.u8(1)?);
    o.put(("Route-Type: ", named(MULTICAST_ROUTES, kind, "Unknown"), " (", kind, "), length: ", size));
    let v = v.skip(2);
    let least = match kind {
        1 | 3 | 5 => DISTINGUISHER,
        2 | 6 | 7 => DISTINGUISHER + 4,
        _ => return Ok(Ok(usize::from(size) + 2)),
    };
    if !v.has(least) {
        return Ok(Err(Wrong::Message));
    }
    let distinguisher = Distinguisher(v.array(0)?);
    let behind = v.skip(least);
    match kind {
        1 => {
            let bits = u32::from(size).wrapping_sub(DISTINGUISHER as u32) << 3;
            let originator = vpn_address(behind, bits)?;
            o.put((", RD: ", distinguisher, ", Originator ", originator));
        }
        2 => o.put((", RD: ", distinguisher, ", Source-AS ", As(v.u32(DISTINGUISHER)?))),
        3 => {
            o.put((", RD: ", distinguisher));
            let used = source_and_group(o, behind)?;
            let left = u32::from(size).wrapping_sub(used as u32);
            if !behind.has(left as usize) {
                return Ok(Err(Wrong::Message));
            }
            o.put((", Originator ", vpn_address(behind, left << 3)?));
        }
        5 => {
            o.put((", RD: ", distinguisher));
            source_and_group(o, behind)?;
        }
        _ => {
            o.put((", RD: ", distinguisher, ", Source-AS ", As(v.u32(DISTINGUISHER)?)));
            source_and_group(o, behind)?;
        }
    }
    Ok(Ok(usize::from(size) + 2))
}

/// An address of either version, by its length in bits.
enum VpnAddress {
    V4(Ipv4),
    V6(Ipv6),
    Bogus(u32),
}

impl Put for VpnAddress {
    fn put(self, o: &mut Out) {
        match self {
            VpnAddress::V4(address) => o.put(address),
            VpnAddress::V6(address) => o.put(address),
            VpnAddress::Bogus(bits) => o.put(("bogus address length ", bits)),
        }
    }
}

fn vpn_address(v: View<'_>, bits: u32) -> Step<VpnAddress> {
    Ok(match bits {
        32 => VpnAddress::V4(Ipv4(v.array(0)?)),
        128 => VpnAddress::V6(Ipv6(v.array(0)?)),
        _ => VpnAddress::Bogus(bits),
    })
}

/// A source and a group, each behind its length in bits; the octets that were read.
fn source_and_group(o: &mut Out, mut v: View<'_>) -> Step<usize> {
    let mut used = 0;
    for label in [", Source ", ", Group "] {
        let bits = v.u8(0)?;
        let size = usize::from(bits >> 3);
        v = v.skip(1);
        if !v.has(size) {
            break;
        }
        used += size + 1;
        if bits != 0 {
            o.put((label, vpn_address(v, bits.into())?));
            v = v.skip(size);
        }
    }
    Ok(used)
}

/// RFC 6037, section 5.1.
fn tree(o: &mut Out, v: View<'_>) -> Step<Result<usize, Wrong>> {
    const SIZE: usize = 16;
    if usize::from(v.u8(0)?) != SIZE * 8 {
        return Ok(Err(Wrong::Length));
    }
    let v = v.skip(1);
    if !v.has(DISTINGUISHER) {
        return Ok(Err(Wrong::Message));
    }
    let (address, group) = (Ipv4(v.array(DISTINGUISHER)?), Ipv4(v.array(DISTINGUISHER + 4)?));
    o.put(("RD: ", Distinguisher(v.array(0)?), ", VPN IP Address: ", address, ", MC Group Address: ", group));
    Ok(Ok(SIZE + 1))
}

/// RFC 4761, section 3.2.2, RFC 6624, section 5.3; for discovery only, RFC 6074.
fn lan(o: &mut Out, v: View<'_>) -> Step<Result<usize, Wrong>> {
    let start = o.line.len();
    const DISCOVERY: usize = 12;
    const BLOCK: usize = 15;
    let size = usize::from(v.u16(0)?);
    let v = v.skip(2);
    if size == DISCOVERY {
        if !v.has(DISCOVERY) {
            return Ok(Err(Wrong::Message));
        }
        o.put(("RD: ", Distinguisher(v.array(0)?), ", BGPNH: ", Ipv4(v.array(DISTINGUISHER)?)));
        return Ok(Ok(size + 2));
    }
    if size <= 17 || !v.has(BLOCK) {
        return Ok(Err(Wrong::Message));
    }
    let (site, offset, base) = (v.u16(8)?, v.u16(10)?, v.u24(12)? >> 4);
    o.put(("RD: ", Distinguisher(v.array(0)?), ", CE-ID: ", site));
    o.put((", Label-Block Offset: ", offset, ", Label Base ", base));
    let (mut v, mut left) = (v.skip(BLOCK), size - BLOCK);
    while left != 0 {
        if left < 3 {
            o.put("\n\t\tran past the end");
            break;
        }
        let (kind, bits) = (v.u8(0)?, v.u16(1)?);
        let octets = usize::from(bits).div_ceil(8);
        v = v.skip(3);
        if kind == 1 {
            o.put(("\n\t\tcircuit status vector (", kind, ") length: ", bits, ": 0x"));
            for _ in 0..octets {
                if left < 1 {
                    o.put(" (ran past the end)");
                    return Ok(Ok(size + 2));
                }
                let Ok(octet) = v.u8(0) else { return Ok(Err(Wrong::Message)) };
                // As tcpdump has it: octets without room for their text are not passed over.
                if o.line.len() - start <= MOST_TEXT {
                    o.put(Hex2(octet));
                    v = v.skip(1);
                }
                left -= 1;
            }
        } else {
            o.put(("\n\t\tunknown TLV #", kind, ", length: ", bits));
            if left < octets {
                o.put(" (ran past the end)");
                break;
            }
            // As tcpdump has it: what is left is made less, but nothing is passed over.
            left -= octets;
        }
    }
    Ok(Ok(size + 2))
}
