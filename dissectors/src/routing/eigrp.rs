//! EIGRP (RFC 7868).

use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Ipv4, Named, Otherwise, Right, Table, bits, named};
use crate::routing::eigrp_fields;
use crate::view::{Step, View};

/// Octets of the header and of a TLV's header.
const HEADER: usize = 20;
const TLV: usize = 4;
const VERSION: u8 = 2;

const OPCODES: Table = &[(1, "Update"), (3, "Query"), (4, "Reply"), (5, "Hello"), (6, "IPX SAP"), (7, "Probe")];
const FLAGS: Table = &[(1, "Init"), (2, "Conditionally Received"), (4, "Restart"), (8, "End-of-Table")];

const PARAMETERS: u16 = 0x0001;
const SOFTWARE: u16 = 0x0004;
const IP_INTERNAL: u16 = 0x0102;
const IP_EXTERNAL: u16 = 0x0103;
const APPLETALK_INTERNAL: u16 = 0x0202;
const APPLETALK_EXTERNAL: u16 = 0x0203;
const APPLETALK_CABLE: u16 = 0x0204;
const TLV_NAMES: Table = &[
    (0x0001, "General Parameters"),
    (0x0002, "Authentication"),
    (0x0003, "Sequence"),
    (0x0004, "Software Version"),
    (0x0005, "Next Multicast Sequence"),
    (0x0102, "IP Internal routes"),
    (0x0103, "IP External routes"),
    (0x0202, "AppleTalk Internal routes"),
    (0x0203, "AppleTalk External routes"),
    (0x0204, "AppleTalk Cable setup"),
    (0x0302, "IPX Internal routes"),
    (0x0303, "IPX External routes"),
];
const ORIGINS: Table = &[
    (1, "IGRP"),
    (2, "EIGRP"),
    (3, "Static"),
    (4, "RIP"),
    (5, "Hello"),
    (6, "OSPF"),
    (7, "IS-IS"),
    (8, "EGP"),
    (9, "BGP"),
    (10, "IDRP"),
    (11, "Connected"),
];

/// An EIGRP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "eigrp";
    v.check(HEADER)?;
    if v.len() < HEADER {
        short_name(o, v)?;
        o.put((" (too short, < ", HEADER, ")"));
        return Ok(());
    }
    eigrp_fields::note(o, v);
    let version = v.u8(0)?;
    if version != VERSION {
        o.put(("EIGRP version ", version, " packet not supported"));
        return Ok(());
    }
    if o.opt.verbose == 0 {
        short_name(o, v)?;
        return Ok(());
    }
    let opcode = v.u8(1)?;
    let body = v.skip(HEADER);
    o.put((
        ("\n\tEIGRP v", version),
        (", opcode: ", Named(OPCODES, opcode.into(), Otherwise::Dec("unknown, type: ", ""))),
        (" (", opcode, "), chksum: 0x", Hex4(v.u16(2)?)),
        (", Flags: [", bits(FLAGS, v.u32(4)?, ", ", "none"), "]"),
        ("\n\tseq: 0x", Hex8(v.u32(8)?), ", ack: 0x", Hex8(v.u32(12)?)),
        (", VRID: ", v.u16(16)?, ", AS: ", v.u16(18)?, ", length: ", body.len()),
    ));
    let mut v = body;
    while !v.is_empty() {
        match tlv(o, v)? {
            Some(size) => v = v.skip(size),
            None => return Ok(()),
        }
    }
    Ok(())
}

fn short_name(o: &mut Out, v: View<'_>) -> Step {
    let name = Named(OPCODES, v.u8(1)?.into(), Otherwise::Dec("unknown (", ")"));
    o.put(("EIGRP ", name, ", length: ", v.len()));
    Ok(())
}

/// A TLV: its octets, or nothing if its length cannot be right.
fn tlv(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    v.check(TLV)?;
    let size = usize::from(v.u16(2)?);
    let kind = v.u16(0)?;
    if size < TLV || size > v.len() {
        o.unknown(v.skip(TLV), "\n\t    ", v.len());
        return Ok(None);
    }
    o.put(("\n\t  ", named(TLV_NAMES, kind, "Unknown"), " TLV (0x", Hex4(kind), "), length: ", size));
    v.check(size)?;
    let value = v.cut(size).skip(TLV);
    let least = match kind {
        PARAMETERS | APPLETALK_CABLE => 8,
        SOFTWARE => 4,
        IP_INTERNAL => 22,
        IP_EXTERNAL => 42,
        APPLETALK_INTERNAL => 24,
        APPLETALK_EXTERNAL => 40,
        _ => 0,
    };
    if value.len() < least {
        o.put((" (too short, < ", least + TLV, ")"));
    } else {
        self::value(o, value, kind)?;
    }
    if o.opt.verbose > 1 {
        o.unknown(value, "\n\t    ", value.len());
    }
    Ok(Some(size))
}

fn value(o: &mut Out, v: View<'_>, kind: u16) -> Step {
    match kind {
        PARAMETERS => {
            o.put(("\n\t    holdtime: ", v.u16(6)?, "s, k1 ", v.u8(0)?, ", k2 ", v.u8(1)?));
            o.put((", k3 ", v.u8(2)?, ", k4 ", v.u8(3)?, ", k5 ", v.u8(4)?));
            Ok(())
        }
        SOFTWARE => {
            o.put(("\n\t    IOS version: ", v.u8(0)?, ".", v.u8(1)?));
            o.put((", EIGRP version ", v.u8(2)?, ".", v.u8(3)?));
            Ok(())
        }
        IP_INTERNAL => {
            if prefix(o, v, 20)? {
                metrics(o, v.skip(4))?;
            }
            Ok(())
        }
        IP_EXTERNAL => {
            if prefix(o, v, 40)? {
                o.put(("\n\t      origin-router ", Ipv4(v.array(4)?)));
                origin(o, v, 22, v.u32(16)?, v.u32(12)?)?;
                metrics(o, v.skip(24))?;
            }
            Ok(())
        }
        APPLETALK_CABLE => {
            o.put(("\n\t    Cable-range: ", v.u16(0)?, "-", v.u16(2)?, ", Router-ID ", v.u32(4)?));
            Ok(())
        }
        APPLETALK_INTERNAL => {
            cables(o, v, 20)?;
            metrics(o, v.skip(4))
        }
        APPLETALK_EXTERNAL => {
            cables(o, v, 36)?;
            o.put(("\n\t      origin-router ", v.u32(4)?));
            origin(o, v, 16, v.u16(18)?.into(), v.u32(12)?)?;
            metrics(o, v.skip(20))
        }
        _ => {
            if o.opt.verbose <= 1 {
                o.unknown(v, "\n\t    ", v.len());
            }
            Ok(())
        }
    }
}

/// The prefix at `at` and the next hop; false if the prefix is too long.
fn prefix(o: &mut Out, v: View<'_>, at: usize) -> Step<bool> {
    let length = v.u8(at)?;
    if length > 32 {
        o.put(("\n\t    illegal prefix length ", length));
        return Ok(false);
    }
    let octets = usize::from(length).div_ceil(8);
    let mut address = [0; 4];
    address[..octets].copy_from_slice(v.bytes(at + 1, octets)?);
    o.put(("\n\t    IPv4 prefix: ", Right(Ipv4(address), 15), "/", length, ", nexthop: "));
    match v.array(0)? {
        [0, 0, 0, 0] => o.put("self"),
        next_hop => o.put(Ipv4(next_hop)),
    }
    Ok(true)
}

/// A cable range at `at` and the next hop.
fn cables(o: &mut Out, v: View<'_>, at: usize) -> Step {
    o.put(("\n\t     Cable-Range: ", v.u16(at)?, "-", v.u16(at + 2)?, ", nexthop: "));
    match v.u32(0)? {
        0 => o.put("self"),
        _ => o.put((v.u16(0)?, ".", v.u16(2)?)),
    }
    Ok(())
}

/// Where an external route comes from; the protocol and the flags are at `at`.
fn origin(o: &mut Out, v: View<'_>, at: usize, metric: u32, tag: u32) -> Step {
    o.put((", origin-as ", v.u32(8)?, ", origin-proto ", named(ORIGINS, v.u8(at)?, "unknown")));
    o.put((", flags [0x", Hex2(v.u8(at + 1)?), "], tag 0x", Hex8(tag), ", metric ", metric));
    Ok(())
}

fn metrics(o: &mut Out, v: View<'_>) -> Step {
    o.put(("\n\t      delay ", v.u32(0)? / 100, " ms, bandwidth ", v.u32(4)?, " Kbps, mtu ", v.u24(8)?));
    o.put((", hop ", v.u8(11)?, ", reliability ", v.u8(12)?, ", load ", v.u8(13)?));
    Ok(())
}
