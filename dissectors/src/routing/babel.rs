//! Babel (RFC 8966), with its authentication (RFC 8967, RFC 7298) and the
//! source-specific messages of draft-boutier-babel-source-specific-01.

use super::babel_fields;
use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Ipv4, Ipv6, Put, UpperHex, Zeros};
use crate::view::{Step, Stop, View};

/// The packet header (RFC 8966, section 4.2).
const HEADER: usize = 4;
const MAGIC: u8 = 42;
const VERSION: u8 = 2;

const PAD1: u8 = 0;
const PADN: u8 = 1;
const ACKNOWLEDGMENT_REQUEST: u8 = 2;
const ACKNOWLEDGMENT: u8 = 3;
const HELLO: u8 = 4;
const HEARD_YOU: u8 = 5;
const ROUTER_ID: u8 = 6;
const NEXT_HOP: u8 = 7;
const UPDATE: u8 = 8;
const ROUTE_REQUEST: u8 = 9;
const SEQUENCE_REQUEST: u8 = 10;
const PACKET_COUNTER_OLD: u8 = 11;
const DIGEST: u8 = 12;
const SOURCE_UPDATE: u8 = 13;
const SOURCE_REQUEST: u8 = 14;
const SOURCE_SEQUENCE_REQUEST: u8 = 15;
const CODE: u8 = 16;
const PACKET_COUNTER: u8 = 17;
const CHALLENGE_REQUEST: u8 = 18;
const CHALLENGE_REPLY: u8 = 19;

/// The longest nonce of a challenge (RFC 8967, section 6.3).
const MAX_NONCE: usize = 192;

const SUB_PAD1: u8 = 0;
const SUB_PADN: u8 = 1;
const SUB_DIVERSITY: u8 = 2;
const SUB_TIMESTAMP: u8 = 3;
/// A message with such a sub-TLV is to be ignored by those who do not know it.
const MANDATORY: u8 = 0x80;

const UNICAST: u16 = 0x8000;
const FLAG_PREFIX: u8 = 0x80;
const FLAG_ROUTER: u8 = 0x40;
const FLAGS_UNKNOWN: u8 = 0x3f;

/// Address encodings.
const WILDCARD: u8 = 0;
const IPV4: u8 = 1;
const IPV6: u8 = 2;
const LINK_LOCAL: u8 = 3;

/// The upper part of an IPv4 address as an IPv6 address, and its bits.
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const MAPPED_BITS: u8 = 96;

type Address = [u8; 16];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "babel";
    o.put("babel");
    v.check(HEADER)?;
    if v.u8(0)? != MAGIC {
        o.put(" invalid header");
        return Ok(());
    }
    babel_fields::note(o, v);
    let version = v.u8(1)?;
    o.put((" ", version));
    if version != VERSION {
        o.put(" unknown version");
        return Ok(());
    }
    let result = body(o, v);
    o.settle(result)
}

fn body(o: &mut Out, v: View<'_>) -> Step {
    let Some(left) = v.len().checked_sub(HEADER) else { return Err(Stop::Malformed) };
    let size = usize::from(v.u16(2)?);
    o.put((" (", size, ")"));
    let rest = v.skip(HEADER);
    if left < size {
        return Err(Stop::Malformed);
    }
    messages(o, rest, size)?;
    if left > size {
        o.put(if o.opt.verbose > 0 { "\n\t----" } else { " |" });
        messages(o, rest.skip(size), left - size)?;
    }
    Ok(())
}

/// The prefixes of which updates leave out octets.
struct Prefixes {
    v4: Address,
    v6: Address,
}

/// Messages in `left` octets.
fn messages(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step {
    let mut mapped = [0; 16];
    mapped[..MAPPED.len()].copy_from_slice(&MAPPED);
    let mut last = Prefixes { v4: mapped, v6: [0; 16] };
    while left > 0 {
        let kind = v.u8(0)?;
        if kind == PAD1 {
            o.put(if o.opt.verbose > 0 { "\n\tPad 1" } else { " pad1" });
            (v, left) = (v.skip(1), left - 1);
            continue;
        }
        if left < 2 {
            return Err(Stop::Malformed);
        }
        v.check(2)?;
        let size = usize::from(v.u8(1)?);
        if left < 2 + size {
            return Err(Stop::Malformed);
        }
        v.check(2 + size)?;
        let m = Message { kind, v: v.skip(2), size };
        if o.opt.verbose > 0 {
            verbose(o, &m, &mut last)?;
        } else {
            brief(o, &m)?;
        }
        (v, left) = (v.skip(2 + size), left - 2 - size);
    }
    Ok(())
}

/// A message.
struct Message<'p> {
    kind: u8,
    /// Behind the type and the length.
    v: View<'p>,
    /// The octets that its length covers.
    size: usize,
}

impl<'p> Message<'p> {
    fn least(&self, octets: usize) -> Step {
        if self.size < octets { Err(Stop::Malformed) } else { Ok(()) }
    }

    /// The address or prefix at `at`, of which `omitted` octets are those of `last`,
    /// and the octets that it takes; a message that encodes none is malformed.
    fn prefix(
        &self,
        encoding: u8,
        bits: Option<u8>,
        omitted: u8,
        at: usize,
        last: Option<&Address>,
    ) -> Step<(Address, usize)> {
        let octets = match (bits, encoding) {
            (Some(bits), _) => usize::from(bits).div_ceil(8),
            (None, IPV4) => 4,
            (None, _) => 16,
        };
        let omitted = usize::from(omitted);
        let mut address = [0; 16];
        // Where the octets go, and how many of them stand in the message.
        let (from, written) = match encoding {
            _ if octets > 16 => return Err(Stop::Malformed),
            WILDCARD => return Ok((address, 0)),
            IPV4 if omitted <= 4 && octets <= 4 => {
                address[..MAPPED.len()].copy_from_slice(&MAPPED);
                (MAPPED.len() + omitted, octets.saturating_sub(omitted))
            }
            IPV6 if omitted <= 16 => (omitted, octets.saturating_sub(omitted)),
            LINK_LOCAL => {
                address[..2].copy_from_slice(&[0xfe, 0x80]);
                (8, octets.saturating_sub(8))
            }
            _ => return Err(Stop::Malformed),
        };
        if self.size < at + written {
            return Err(Stop::Malformed);
        }
        if omitted > 0 && encoding != LINK_LOCAL {
            let last = last.ok_or(Stop::Malformed)?;
            address[..from].copy_from_slice(&last[..from]);
        }
        address[from..from + written].copy_from_slice(self.v.bytes(at, written)?);
        Ok((address, written))
    }

    /// The sub-TLVs from `at` on.
    fn sub_tlvs(&self, o: &mut Out, at: usize) -> Step {
        if at >= self.size {
            return Ok(());
        }
        match sub_tlvs(o, self.v.skip(at), self.size - at, self.kind) {
            // Only they are marked: the next message is printed.
            Err(Stop::Malformed) => {
                o.invalid();
                Ok(())
            }
            other => other,
        }
    }
}

/// An address.
#[derive(Clone, Copy)]
struct Shown(Address);

impl Put for Shown {
    fn put(self, o: &mut Out) {
        match self.0 {
            [a @ .., b, c, d, e] if a == MAPPED => Ipv4([b, c, d, e]).put(o),
            address => Ipv6(address).put(o),
        }
    }
}

/// A prefix and its bits.
fn shown(address: Address, bits: u8) -> impl Put {
    let is_mapped = bits >= MAPPED_BITS && address.starts_with(&MAPPED);
    let v4 = is_mapped.then_some((Shown(address), "/", bits.wrapping_sub(MAPPED_BITS)));
    (v4, (!is_mapped).then_some((Ipv6(address), "/", bits)))
}

/// The bits of a prefix as an IPv6 prefix.
fn as_ipv6(encoding: u8, bits: u8) -> u8 {
    if encoding == IPV4 { bits.wrapping_add(MAPPED_BITS) } else { bits }
}

/// Hundredths of a second.
struct Interval(u16);

impl Put for Interval {
    fn put(self, o: &mut Out) {
        match self.0 {
            0 => o.put("0.0s (bogus)"),
            value => o.put((value / 100, ".", Zeros(value % 100, 2), "s")),
        }
    }
}

/// The interval of an update, which may never come again.
fn update_interval(value: u16) -> impl Put {
    let is_infinite = value == u16::MAX;
    (is_infinite.then_some("infinity"), (!is_infinite).then_some(Interval(value)))
}

/// A router's identifier.
struct Router([u8; 8]);

impl Put for Router {
    fn put(self, o: &mut Out) {
        o.line.octets(&self.0, b':');
    }
}

/// The flags of an update.
fn flags(value: u8) -> impl Put {
    (
        (value & FLAG_PREFIX != 0).then_some("/prefix"),
        (value & FLAG_ROUTER != 0).then_some("/id"),
        (value & FLAGS_UNKNOWN != 0).then_some("/unknown"),
    )
}

/// A message without `-v`.
fn brief(o: &mut Out, m: &Message<'_>) -> Step {
    o.put(match m.kind {
        PADN => " padN",
        ACKNOWLEDGMENT_REQUEST => " ack-req",
        ACKNOWLEDGMENT => " ack",
        HELLO => " hello",
        HEARD_YOU => " ihu",
        ROUTER_ID => " router-id",
        NEXT_HOP => " nh",
        UPDATE => " update",
        ROUTE_REQUEST => " route-request",
        SEQUENCE_REQUEST => " seqno-request",
        PACKET_COUNTER_OLD => " tspc",
        DIGEST => " hmac",
        SOURCE_UPDATE => " ss-update",
        SOURCE_REQUEST => " ss-request",
        SOURCE_SEQUENCE_REQUEST => " ss-mh-request",
        CODE => " mac",
        PACKET_COUNTER => " pc",
        CHALLENGE_REQUEST => " challenge_request",
        CHALLENGE_REPLY => " challenge_reply",
        _ => " unknown",
    });
    if m.kind == UPDATE {
        m.least(10)?;
        o.put(flags(m.v.u8(1)?));
    }
    Ok(())
}

/// A message with `-v`.
fn verbose(o: &mut Out, m: &Message<'_>, last: &mut Prefixes) -> Step {
    let v = m.v;
    match m.kind {
        PADN => o.put(("\n\tPad ", m.size + 2)),
        ACKNOWLEDGMENT_REQUEST => {
            o.put("\n\tAcknowledgment Request ");
            m.least(6)?;
            o.put((Hex4(v.u16(2)?), " ", Interval(v.u16(4)?)));
        }
        ACKNOWLEDGMENT => {
            o.put("\n\tAcknowledgment ");
            m.least(2)?;
            o.put(Hex4(v.u16(0)?));
        }
        HELLO => hello(o, m)?,
        HEARD_YOU => heard_you(o, m)?,
        ROUTER_ID => {
            o.put("\n\tRouter Id");
            m.least(10)?;
            o.put((" ", Router(v.array(2)?)));
        }
        NEXT_HOP => {
            o.put("\n\tNext Hop");
            m.least(2)?;
            let encoding = v.u8(0)?;
            let (address, _) = m.prefix(encoding, None, 0, 2, None)?;
            o.put(" ");
            named_address(o, encoding, "invalid AE 0", Shown(address));
        }
        UPDATE => update(o, m, last)?,
        ROUTE_REQUEST => {
            o.put("\n\tRoute Request ");
            m.least(2)?;
            let (encoding, bits) = (v.u8(0)?, v.u8(1)?);
            let (address, _) = m.prefix(encoding, Some(bits), 0, 2, None)?;
            o.put("for ");
            named_address(o, encoding, "any", shown(address, as_ipv6(encoding, bits)));
        }
        SEQUENCE_REQUEST => {
            o.put("\n\tSeqno Request ");
            m.least(14)?;
            let (encoding, bits) = (v.u8(0)?, v.u8(1)?);
            let (address, _) = m.prefix(encoding, Some(bits), 0, 14, None)?;
            o.put(("(", v.u8(4)?, " hops) for "));
            named_address(o, encoding, "invalid AE 0", shown(address, as_ipv6(encoding, bits)));
            o.put((" seqno ", v.u16(2)?, " id ", Router(v.array(6)?)));
        }
        SOURCE_UPDATE => source_update(o, m, last)?,
        SOURCE_REQUEST => source_request(o, m)?,
        SOURCE_SEQUENCE_REQUEST => source_sequence_request(o, m)?,
        PACKET_COUNTER_OLD..=DIGEST | CODE..=CHALLENGE_REPLY => authentication(o, m)?,
        kind => o.put(("\n\tUnknown message type ", kind)),
    }
    Ok(())
}

/// An address, or what stands for the wildcard.
fn named_address(o: &mut Out, encoding: u8, wildcard: &'static str, address: impl Put) {
    if encoding == WILDCARD { o.put(wildcard) } else { o.put(address) }
}

/// The messages of RFC 7298 and RFC 8967.
fn authentication(o: &mut Out, m: &Message<'_>) -> Step {
    let v = m.v;
    match m.kind {
        PACKET_COUNTER_OLD => {
            o.put("\n\tTS/PC ");
            m.least(6)?;
            o.put(("timestamp ", v.u32(2)?, " packetcounter ", v.u16(0)?));
        }
        DIGEST => {
            o.put("\n\tHMAC ");
            m.least(18)?;
            o.put(("key-id ", v.u16(0)?, " digest-", m.size - 2, " "));
            for &octet in v.bytes(2, m.size - 2)? {
                o.put(UpperHex(octet));
            }
        }
        CODE => o.put(("\n\tMAC len ", m.size)),
        PACKET_COUNTER => {
            o.put("\n\tPC");
            m.least(4)?;
            o.put((" value ", v.u32(0)?, " index len ", m.size - 4));
        }
        _ => {
            o.put(if m.kind == CHALLENGE_REQUEST { "\n\tChallenge Request" } else { "\n\tChallenge Reply" });
            if m.size > MAX_NONCE {
                return Err(Stop::Malformed);
            }
            o.put((" len ", m.size));
        }
    }
    Ok(())
}

/// RFC 8966, section 4.6.5.
fn hello(o: &mut Out, m: &Message<'_>) -> Step {
    let v = m.v;
    o.put("\n\tHello ");
    m.least(6)?;
    let interval = v.u16(4)?;
    o.put(((v.u16(0)? & UNICAST != 0).then_some("(Unicast) "), "seqno ", v.u16(2)?, " "));
    if interval == 0 {
        o.put("unscheduled");
    } else {
        o.put(("interval ", Interval(interval)));
    }
    m.sub_tlvs(o, 6)
}

/// RFC 8966, section 4.6.6.
fn heard_you(o: &mut Out, m: &Message<'_>) -> Step {
    let v = m.v;
    o.put("\n\tIHU ");
    m.least(6)?;
    let encoding = v.u8(0)?;
    let Ok((address, octets)) = m.prefix(encoding, None, 0, 6, None) else {
        // As tcpdump has it: as if the capture ended there, and on with the next.
        o.truncated();
        return Ok(());
    };
    named_address(o, encoding, "any", Shown(address));
    o.put((" rxcost ", v.u16(2)?, " interval ", Interval(v.u16(4)?)));
    m.sub_tlvs(o, 6 + octets)
}

/// RFC 8966, section 4.6.9.
fn update(o: &mut Out, m: &Message<'_>, last: &mut Prefixes) -> Step {
    let v = m.v;
    o.put("\n\tUpdate");
    m.least(10)?;
    let (encoding, set, bits) = (v.u8(0)?, v.u8(1)?, v.u8(2)?);
    let last = if encoding == IPV4 { &mut last.v4 } else { &mut last.v6 };
    let (address, octets) = m.prefix(encoding, Some(bits), v.u8(3)?, 10, Some(last))?;
    o.put((flags(set), " "));
    named_address(o, encoding, "any", shown(address, as_ipv6(encoding, bits)));
    o.put((" metric ", v.u16(8)?, " seqno ", v.u16(6)?, " interval ", update_interval(v.u16(4)?)));
    if set & FLAG_PREFIX != 0 {
        *last = address;
    }
    m.sub_tlvs(o, 10 + octets)
}

fn source_update(o: &mut Out, m: &Message<'_>, last: &Prefixes) -> Step {
    let v = m.v;
    o.put("\n\tSS-Update");
    m.least(10)?;
    let (encoding, source_bits, bits) = (v.u8(0)?, v.u8(1)?, v.u8(2)?);
    let last = if encoding == IPV4 { &last.v4 } else { &last.v6 };
    let (address, octets) = m.prefix(encoding, Some(bits), v.u8(3)?, 10, Some(last))?;
    let (source, more) = m.prefix(encoding, Some(source_bits), 0, 10 + octets, None)?;
    o.put((" ", shown(address, as_ipv6(encoding, bits)), " from "));
    o.put((shown(source, as_ipv6(encoding, source_bits)), " metric ", v.u16(8)?, " seqno ", v.u16(6)?));
    o.put((" interval ", update_interval(v.u16(4)?)));
    m.sub_tlvs(o, 10 + octets + more)
}

fn source_request(o: &mut Out, m: &Message<'_>) -> Step {
    let v = m.v;
    o.put("\n\tSS-Request ");
    m.least(3)?;
    let (encoding, bits, source_bits) = (v.u8(0)?, v.u8(1)?, v.u8(2)?);
    let (address, octets) = m.prefix(encoding, Some(bits), 0, 3, None)?;
    let (source, _) = m.prefix(encoding, Some(source_bits), 0, 3 + octets, None)?;
    if encoding == WILDCARD {
        o.put("for any");
    } else {
        o.put(("for (", shown(address, as_ipv6(encoding, bits)), ", "));
        o.put((shown(source, as_ipv6(encoding, source_bits)), ")"));
    }
    Ok(())
}

fn source_sequence_request(o: &mut Out, m: &Message<'_>) -> Step {
    let v = m.v;
    o.put("\n\tSS-MH-Request ");
    m.least(14)?;
    let (encoding, bits, source_bits) = (v.u8(0)?, v.u8(1)?, v.u8(5)?);
    let (address, octets) = m.prefix(encoding, Some(bits), 0, 14, None)?;
    let (source, _) = m.prefix(encoding, Some(source_bits), 0, 14 + octets, None)?;
    o.put(("(", v.u8(4)?, " hops) for (", shown(address, as_ipv6(encoding, bits)), ", "));
    o.put((shown(source, as_ipv6(encoding, source_bits)), ") seqno ", v.u16(2)?, " id ", Router(v.array(6)?)));
    Ok(())
}

/// The sub-TLVs of a message of kind `of`, in `left` octets (RFC 8966, section 4.7;
/// RFC 9616).
fn sub_tlvs(o: &mut Out, mut v: View<'_>, mut left: usize, of: u8) -> Step {
    while left > 0 {
        let kind = v.u8(0)?;
        (v, left) = (v.skip(1), left - 1);
        if kind == SUB_PAD1 {
            o.put(" sub-pad1");
            continue;
        }
        o.put((kind & MANDATORY != 0).then_some(" (M)"));
        if left == 0 {
            return Err(Stop::Malformed);
        }
        let size = usize::from(v.u8(0)?);
        (v, left) = (v.skip(1), left - 1);
        if left < size {
            return Err(Stop::Malformed);
        }
        match kind {
            SUB_PADN => o.put(" sub-padn"),
            SUB_DIVERSITY => diversity(o, v, size, of)?,
            SUB_TIMESTAMP => {
                o.put(" sub-timestamp");
                let count = match of {
                    HELLO => 1,
                    HEARD_YOU => 2,
                    _ => 0,
                };
                if size < count * 4 {
                    return Err(Stop::Malformed);
                }
                o.put((count == 0).then_some(" (bogus)"));
                for number in 0..count {
                    let time = v.u32(number * 4)?;
                    let before = if number == 0 { " " } else { "|" };
                    o.put((before, time / 1_000_000, ".", Zeros(time % 1_000_000, 6), "s"));
                }
            }
            _ => o.put((" sub-unknown-0x", Hex2(kind))),
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(())
}

/// The radio channels that interfere with a route
/// (draft-chroboczek-babel-diversity-routing).
fn diversity(o: &mut Out, v: View<'_>, size: usize, of: u8) -> Step {
    o.put(" sub-diversity");
    if size == 0 {
        o.put(" empty");
        return Ok(());
    }
    for at in 0..size {
        o.put(if at == 0 { " " } else { "-" });
        match v.u8(at)? {
            0 => o.put("reserved"),
            u8::MAX => o.put("all"),
            channel => o.put(channel),
        }
    }
    o.put((!matches!(of, UPDATE | SOURCE_UPDATE)).then_some(" (bogus)"));
    Ok(())
}
