//! The Home Networking Control Protocol (RFC 7788) over the Distributed Node
//! Consensus Protocol (RFC 7787).

use super::hncp_options::{dhcp, dhcp6};
use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex8, Hex16, Ipv4, Ipv6, Octets, Put, Table, Zeros, named};
use crate::view::{Step, View};

/// Octets of a type and a length.
const TLV: usize = 4;

const REQUEST_NETWORK_STATE: u32 = 1;
const REQUEST_NODE_STATE: u32 = 2;
const NODE_ENDPOINT: u32 = 3;
const NETWORK_STATE: u32 = 4;
const NODE_STATE: u32 = 5;
const PEER: u32 = 8;
const KEEP_ALIVE: u32 = 9;
const TRUST_VERDICT: u32 = 10;
const VERSION: u32 = 32;
const EXTERNAL_CONNECTION: u32 = 33;
const DELEGATED_PREFIX: u32 = 34;
const ASSIGNED_PREFIX: u32 = 35;
const NODE_ADDRESS: u32 = 36;
/// RFC 7788, erratum 5113, has this and the next.
const DHCP_DATA: u32 = 37;
const DHCP6_DATA: u32 = 38;
const DELEGATED_ZONE: u32 = 39;
const DOMAIN_NAME: u32 = 40;
const NODE_NAME: u32 = 41;
const MANAGED_KEY: u32 = 42;
const PREFIX_POLICY: u32 = 43;

/// What stands for all types of a range.
const RESERVED: u32 = 0x10000;
const UNASSIGNED: u32 = 0x10001;
const PRIVATE: u32 = 0x10002;
const FUTURE: u32 = 0x10003;

const NAMES: Table = &[
    (REQUEST_NETWORK_STATE, "Request network state"),
    (REQUEST_NODE_STATE, "Request node state"),
    (NODE_ENDPOINT, "Node endpoint"),
    (NETWORK_STATE, "Network state"),
    (NODE_STATE, "Node state"),
    (PEER, "Peer"),
    (KEEP_ALIVE, "Keep-alive interval"),
    (TRUST_VERDICT, "Trust-Verdict"),
    (VERSION, "HNCP-Version"),
    (EXTERNAL_CONNECTION, "External-Connection"),
    (DELEGATED_PREFIX, "Delegated-Prefix"),
    (PREFIX_POLICY, "Prefix-Policy"),
    (DHCP_DATA, "DHCPv4-Data"),
    (DHCP6_DATA, "DHCPv6-Data"),
    (ASSIGNED_PREFIX, "Assigned-Prefix"),
    (NODE_ADDRESS, "Node-Address"),
    (DELEGATED_ZONE, "DNS-Delegated-Zone"),
    (DOMAIN_NAME, "Domain-Name"),
    (NODE_NAME, "Node-Name"),
    (MANAGED_KEY, "Managed-PSK"),
    (RESERVED, "Reserved"),
    (UNASSIGNED, "Unassigned"),
    (PRIVATE, "Private use"),
    (FUTURE, "Future use"),
];

/// The tree's fields of some TLVs, from their value on.
const NODE: &[Slot] = &[Slot::new("hncp.node_id", 0, 4)];
const PEER_FIELDS: &[Slot] = &[
    Slot::new("hncp.peer.node_id", 0, 4),
    Slot::new("hncp.peer.endpoint_id", 4, 4),
    Slot::new("hncp.endpoint_id", 8, 4),
];

/// A type, or what stands for its range.
fn class(kind: u16) -> u32 {
    match kind {
        0 => RESERVED,
        1..=5 | 8..=10 | 32..=43 => kind.into(),
        44..=511 => UNASSIGNED,
        768..=1023 => PRIVATE,
        _ => FUTURE,
    }
}

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "hncp";
    o.put(("hncp (", v.len(), ")"));
    let result = records(o, v, v.len(), 1);
    o.settle(result)
}

/// A line of its own, so deep.
pub(super) fn line(o: &mut Out, depth: usize) {
    o.put('\n');
    for _ in 0..depth {
        o.put('\t');
    }
}

/// Types that follow one another, on one line with how many there are of each.
struct Summary {
    class: Option<u32>,
    count: u32,
    depth: usize,
    is_first: bool,
}

impl Summary {
    fn count(&mut self, o: &mut Out, class: u32) {
        if self.class == Some(class) {
            self.count += 1;
        } else {
            self.end(o);
            (self.class, self.count) = (Some(class), 1);
        }
    }

    fn end(&mut self, o: &mut Out) {
        let Some(class) = self.class else { return };
        if !self.is_first {
            o.put(", ");
        } else if self.depth > 1 {
            line(o, self.depth);
        } else {
            o.put(" ");
        }
        self.is_first = false;
        o.put(named(NAMES, class, "?"));
        if self.count > 1 {
            o.put((" (x", self.count, ")"));
        }
    }
}

/// TLVs in `left` octets; what is wrong with them is marked here, and what
/// contains them goes on.
fn records(o: &mut Out, mut v: View<'_>, mut left: usize, depth: usize) -> Step {
    let is_brief = o.opt.verbose < 3 && depth > usize::from(o.opt.verbose);
    let mut summary = Summary { class: None, count: 0, depth, is_first: true };
    while left > 0 {
        if !is_brief {
            line(o, depth);
        }
        if !v.has(TLV) {
            o.truncated();
            return Ok(());
        }
        if left < TLV {
            o.invalid();
            return Ok(());
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(TLV), left - TLV);
        if !v.has(size) {
            o.truncated();
            return Ok(());
        }
        if left < size {
            o.invalid();
            return Ok(());
        }
        let class = class(kind);
        if is_brief {
            summary.count(o, class);
        } else {
            o.note(id!("hncp.tlv.type"), kind);
            o.note(id!("hncp.tlv.length"), size);
            o.put(named(NAMES, class, "?"));
            o.put((class > 0xffff).then_some((": type=", kind)));
            o.put((" (", size + TLV, ")"));
            let record = Record { v, size, depth };
            if !o.nested(|o| record.put(o, class))? {
                o.invalid();
                return Ok(());
            }
        }
        let padded = size.next_multiple_of(4);
        (v, left) = (v.skip(padded), left.saturating_sub(padded));
    }
    summary.end(o);
    Ok(())
}

/// A TLV behind its type and length.
struct Record<'p> {
    v: View<'p>,
    size: usize,
    depth: usize,
}

impl Record<'_> {
    /// Prints it; false where those that follow make no sense either.
    fn put(&self, o: &mut Out, class: u32) -> Step<bool> {
        let (v, size) = (self.v, self.size);
        let has_room = match class {
            REQUEST_NETWORK_STATE => size == 0,
            REQUEST_NODE_STATE => size == 4,
            NODE_ENDPOINT | NETWORK_STATE => size == 8,
            NODE_STATE | NODE_ADDRESS => size >= 20,
            PEER => size == 12,
            KEEP_ALIVE => size >= 8,
            TRUST_VERDICT => size > 36,
            VERSION => size >= 5,
            DELEGATED_PREFIX => size >= 9 && size >= 9 + usize::from(v.u8(8)?).div_ceil(8),
            ASSIGNED_PREFIX => size >= 6 && size >= 6 + usize::from(v.u8(5)?).div_ceil(8),
            DHCP_DATA | DHCP6_DATA | DOMAIN_NAME | PREFIX_POLICY => size >= 1,
            DELEGATED_ZONE => size >= 17,
            NODE_NAME => size >= 17 && size >= 17 + usize::from(v.u8(16)?),
            MANAGED_KEY => size >= 32,
            _ => true,
        };
        if !has_room {
            o.invalid();
            return Ok(true);
        }
        match class {
            REQUEST_NODE_STATE | NODE_ENDPOINT | NODE_STATE => o.see_all(NODE, v),
            PEER => o.see_all(PEER_FIELDS, v),
            _ => {}
        }
        match class {
            REQUEST_NODE_STATE => o.put((" NID: ", Node(v.array(0)?))),
            NODE_ENDPOINT => o.put((" NID: ", Node(v.array(0)?), " EPID: ", Hex8(v.u32(4)?))),
            NETWORK_STATE => o.put((" hash: ", Hex16(v.u64(0)?))),
            NODE_STATE => {
                o.put((" NID: ", Node(v.array(0)?), " seqno: ", v.u32(4)?, " ", Interval(v.u32(8)?)));
                o.put((" hash: ", Hex16(v.u64(12)?)));
                self.inner(o, 20)?;
            }
            PEER => {
                o.put((" Peer-NID: ", Node(v.array(0)?), " Peer-EPID: ", Hex8(v.u32(4)?)));
                o.put((" Local-EPID: ", Hex8(v.u32(8)?)));
            }
            KEEP_ALIVE => o.put((" EPID: ", Hex8(v.u32(0)?), " Interval: ", Interval(v.u32(4)?))),
            TRUST_VERDICT => {
                o.put((" Verdict: ", v.u8(0)?, " Fingerprint: ", Octets(v.bytes(4, 32)?), " Common Name: "));
                o.text_to_nul(v.skip(36), size - 36)?;
            }
            VERSION => {
                let bits = v.u16(2)?;
                o.put((" M: ", bits >> 12, " P: ", bits >> 8 & 15, " H: ", bits >> 4 & 15, " L: ", bits & 15));
                o.put(" User-agent: ");
                o.text_to_nul(v.skip(4), size - 4)?;
            }
            EXTERNAL_CONNECTION => self.inner(o, 0)?,
            DELEGATED_PREFIX => self.delegated_prefix(o)?,
            ASSIGNED_PREFIX => {
                o.put((" EPID: ", Hex8(v.u32(0)?), " Prty: ", v.u8(4)? & 15, " Prefix: "));
                match prefix(o, v.skip(5), size - 5)? {
                    Ok(octets) => self.inner(o, (5 + octets).next_multiple_of(4))?,
                    Err(_) => o.invalid(),
                }
            }
            NODE_ADDRESS => {
                o.put((" EPID: ", Hex8(v.u32(0)?), " IP Address: ", Address(v.array(4)?)));
                self.inner(o, 20)?;
            }
            DHCP_DATA => return dhcp(o, v, size, self.depth + 1),
            DHCP6_DATA => {
                let is_sound = dhcp6(o, v, size, self.depth + 1)?;
                if !is_sound {
                    o.invalid();
                }
            }
            DELEGATED_ZONE => self.delegated_zone(o)?,
            DOMAIN_NAME => {
                o.put(" Domain: ");
                labels(o, v, size)?;
            }
            NODE_NAME => self.node_name(o)?,
            MANAGED_KEY => {
                o.put((" PSK: ", Octets(v.bytes(0, 32)?)));
                self.inner(o, 32)?;
            }
            PREFIX_POLICY => self.prefix_policy(o)?,
            _ => {}
        }
        Ok(true)
    }

    /// The TLVs inside, from `at` on.
    fn inner(&self, o: &mut Out, at: usize) -> Step {
        match self.size.checked_sub(at) {
            Some(left) => records(o, self.v.skip(at), left, self.depth + 1),
            None => Ok(()),
        }
    }

    /// RFC 7788, section 10.2.1.
    fn delegated_prefix(&self, o: &mut Out) -> Step {
        const PREFIX: usize = 8;
        let v = self.v;
        o.put((" VLSO: ", Interval(v.u32(0)?), " PLSO: ", Interval(v.u32(4)?), " Prefix: "));
        match prefix(o, v.skip(PREFIX), self.size - PREFIX)? {
            Ok(octets) => self.inner(o, PREFIX + octets.next_multiple_of(4)),
            Err(wrong) => {
                wrong.put(o);
                Ok(())
            }
        }
    }

    /// RFC 7788, section 10.2.1.1.
    fn prefix_policy(&self, o: &mut Out) -> Step {
        let (v, size) = (self.v, self.size);
        let policy = v.u8(0)?;
        o.put(" type: ");
        match policy {
            0 | 131 if size != 1 => o.invalid(),
            0 => o.put("Internet connectivity"),
            1..=128 => {
                o.put("Dest-Prefix: ");
                if let Err(wrong) = prefix(o, v, size)? {
                    wrong.put(o);
                }
            }
            129 => {
                o.put("DNS domain: ");
                labels(o, v.skip(1), size - 1)?;
            }
            130 => {
                o.put("Opaque UTF-8: ");
                o.text_to_nul(v.skip(1), size - 1)?;
            }
            131 => o.put("Restrictive assignment"),
            132.. => o.put(("Unknown (", policy, ")")),
        }
        Ok(())
    }

    /// RFC 7788, section 10.5.
    fn delegated_zone(&self, o: &mut Out) -> Step {
        const LABELS: usize = 17;
        let v = self.v;
        let flags = v.u8(16)?;
        o.put((" IP-Address: ", Address(v.array(0)?), " "));
        for (flag, letter) in [(4, 'l'), (2, 'b'), (1, 's')] {
            o.put(if flags & flag != 0 { letter } else { '-' });
        }
        o.put(" ");
        match labels(o, v.skip(LABELS), self.size - LABELS)? {
            Some(octets) => self.inner(o, (LABELS + octets).next_multiple_of(4)),
            None => {
                o.invalid();
                Ok(())
            }
        }
    }

    /// RFC 7788, section 10.6.
    fn node_name(&self, o: &mut Out) -> Step {
        const NAME: usize = 17;
        const LONGEST: usize = 63;
        let v = self.v;
        let length = usize::from(v.u8(16)?);
        o.put((" IP-Address: ", Address(v.array(0)?), " Name: "));
        if length <= LONGEST {
            o.put("\"");
            o.text_to_nul(v.skip(NAME), length)?;
            o.put("\"");
        } else {
            o.invalid();
        }
        self.inner(o, (NAME + length).next_multiple_of(4))
    }
}

/// A node's identifier.
struct Node([u8; 4]);

impl Put for Node {
    fn put(self, o: &mut Out) {
        o.line.octets(&self.0, b':');
    }
}

/// Milliseconds.
struct Interval(u32);

impl Put for Interval {
    fn put(self, o: &mut Out) {
        o.put((self.0 / 1000, ".", Zeros(self.0 % 1000, 3), "s"));
    }
}

/// The upper part of an IPv4 address as an IPv6 address, and its bits.
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const MAPPED_BITS: u8 = 96;

/// An address of either IP version.
struct Address([u8; 16]);

impl Put for Address {
    fn put(self, o: &mut Out) {
        match self.0 {
            [a @ .., b, c, d, e] if a == MAPPED => Ipv4([b, c, d, e]).put(o),
            address => Ipv6(address).put(o),
        }
    }
}

/// What can be wrong with a prefix.
enum Wrong {
    Length,
    Size,
}

impl Wrong {
    fn put(self, o: &mut Out) {
        match self {
            Wrong::Length => o.put("(length is invalid)"),
            Wrong::Size => o.invalid(),
        }
    }
}

/// A prefix behind its bits, in at most `left` octets; those that it takes.
fn prefix(o: &mut Out, v: View<'_>, left: usize) -> Step<Result<usize, Wrong>> {
    let bits = v.u8(0)?;
    let size = usize::from(bits).div_ceil(8);
    let is_mapped = bits >= MAPPED_BITS && left > MAPPED.len() && v.bytes(1, MAPPED.len())? == MAPPED;
    if bits > 128 {
        return Ok(Err(Wrong::Length));
    }
    if left < 1 + size {
        return Ok(Err(Wrong::Size));
    }
    let mut address = [0; 16];
    address[..size].copy_from_slice(v.bytes(1, size)?);
    if let (Some(last), 1..) = (address[..size].last_mut(), bits % 8) {
        *last &= 0xff << (8 - bits % 8);
    }
    if is_mapped {
        let [.., a, b, c, d] = address;
        o.put((Ipv4([a, b, c, d]), "/", bits - MAPPED_BITS));
    } else {
        o.put((Ipv6(address), "/", bits));
    }
    Ok(Ok(1 + size))
}

/// A domain name of plain labels in at most `left` octets; those that it takes,
/// or nothing where it does not end.
fn labels(o: &mut Out, v: View<'_>, left: usize) -> Step<Option<usize>> {
    let mut at = 0;
    while at < left {
        let size = usize::from(v.u8(at)?);
        at += 1;
        if size == 0 {
            return Ok(Some(at));
        }
        o.put((at > 1).then_some("."));
        o.text_to_nul(v.skip(at), size.min(left - at))?;
        if size > left - at {
            break;
        }
        at += size;
    }
    o.put("[|DNS]");
    Ok(None)
}
