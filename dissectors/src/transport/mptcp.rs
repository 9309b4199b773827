//! Multipath TCP options (RFC 6824, RFC 8684, section 3).

use crate::out::Out;
use crate::put::{Hex, Ipv4, Ipv6, Octets, Table, named};
use crate::transport::mptcp_fields;
use crate::transport::tcp::{ACK, SYN};
use crate::view::{Step, Stop, View};

const NAMES: Table = &[
    (0, "capable"),
    (1, "join"),
    (2, "dss"),
    (3, "add-addr"),
    (4, "rem-addr"),
    (5, "prio"),
    (6, "fail"),
    (7, "fast-close"),
];
const ADDRESS_FORMS: Table = &[(6, "v0-ip6"), (4, "v0-ip4"), (1, "v1-echo"), (0, "v1")];

/// The option's value from the subtype on; `size` counts kind and length too.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, size: usize, flags: u8) -> Step {
    o.proto = "mptcp";
    if size < 3 {
        return Err(Stop::Malformed);
    }
    mptcp_fields::note(o, v, size);
    let subtype = v.u8(0)? >> 4;
    o.put((" ", size, " ", named(NAMES, subtype, "unknown")));
    match subtype {
        0 => capable(o, v, size, flags),
        1 => join(o, v, size, flags),
        2 => data(o, v, flags),
        3 => add_address(o, v, size),
        4 => remove_addresses(o, v, size),
        5 => priority(o, v, size),
        6 => {
            expect(size == 12)?;
            o.put((" seq ", v.u64(2)?));
            Ok(())
        }
        7 => {
            expect(size == 12)?;
            o.put((" key 0x", Hex(v.u64(2)?)));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn expect(holds: bool) -> Step {
    if holds { Ok(()) } else { Err(Stop::Malformed) }
}

/// MP_CAPABLE: its length depends on the step of the handshake.
fn capable(o: &mut Out, v: View<'_>, size: usize, flags: u8) -> Step {
    let opening = matches!(size, 4 | 12) && flags & SYN != 0;
    let third = matches!(size, 20 | 22) && flags & (SYN | ACK) == ACK;
    expect(opening || third)?;
    let version = v.u8(0)? & 15;
    if version > 1 {
        o.put((" Unknown Version (", version, ")"));
        return Ok(());
    }
    o.put((" v", version));

    o.put((v.u8(1)? & 0x80 != 0).then_some(" csum"));
    if size >= 12 {
        o.put((" {0x", Hex(v.u64(2)?)));
        if size >= 20 {
            o.put((",0x", Hex(v.u64(10)?)));
        }
        o.put("}");
    }
    Ok(())
}

fn join(o: &mut Out, v: View<'_>, size: usize, flags: u8) -> Step {
    let syn = size == 12 && flags & SYN != 0;
    let reply = size == 16 && flags & (SYN | ACK) == SYN | ACK;
    let third = size == 24 && flags & ACK != 0;
    expect(syn || reply || third)?;
    if !third {
        o.put((v.u8(0)? & 1 != 0).then_some(" backup"));
        o.put((" id ", v.u8(1)?));
    }
    match size {
        12 => o.put((" token 0x", Hex(v.u32(2)?), " nonce 0x", Hex(v.u32(6)?))),
        16 => o.put((" hmac 0x", Hex(v.u64(2)?), " nonce 0x", Hex(v.u32(10)?))),
        _ => o.put((" hmac 0x", Octets(v.bytes(2, 20)?))),
    }
    Ok(())
}

/// DSS: acknowledgement and mapping of the connection's data.
fn data(o: &mut Out, v: View<'_>, flags: u8) -> Step {
    const FIN: u8 = 0x10;
    const LONG_SEQUENCE: u8 = 0x08;
    const MAPPING: u8 = 0x04;
    const LONG_ACK: u8 = 0x02;
    const HAS_ACK: u8 = 0x01;
    expect(v.caplen() >= 2 && flags & SYN == 0)?;
    let what = v.u8(1)?;
    o.put((what & FIN != 0).then_some(" fin"));
    let mut v = v.skip(2);
    if what & HAS_ACK != 0 {
        o.put(" ack ");
        v = number(o, v, what & LONG_ACK != 0)?;
    }
    if what & MAPPING != 0 {
        o.put(" seq ");
        v = number(o, v, what & LONG_SEQUENCE != 0)?;
        expect(v.has(4))?;
        o.put((" subseq ", v.u32(0)?));
        expect(v.has(6))?;
        o.put((" len ", v.u16(4)?));
        v = v.skip(6);
        if v.has(2) {
            o.put((" csum 0x", Hex(v.u16(0)?)));
            v = v.skip(2);
        }
    }
    expect(v.caplen() == 0)
}

/// A number of eight or four octets: what follows it.
fn number<'p>(o: &mut Out, v: View<'p>, long: bool) -> Step<View<'p>> {
    let size = if long { 8 } else { 4 };
    expect(v.has(size))?;
    if long {
        o.put(v.u64(0)?)
    } else {
        o.put(v.u32(0)?)
    }
    Ok(v.skip(size))
}

/// ADD_ADDR: the length tells the address family and what else is there.
fn add_address(o: &mut Out, v: View<'_>, size: usize) -> Step {
    let address = match size {
        8 | 10 | 16 | 18 => 4,
        20 | 22 | 28 | 30 => 16,
        _ => return Err(Stop::Malformed),
    };
    o.put((" ", named(ADDRESS_FORMS, v.u8(0)? & 15, "[bad version/echo]")));
    o.put((" id ", v.u8(1)?));
    if address == 4 {
        o.put((" ", Ipv4(v.array(2)?)));
    } else {
        o.put((" ", Ipv6(v.array(2)?)));
    }
    let rest = v.skip(2 + address);
    let (port, mac) = (matches!(size, 10 | 18 | 22 | 30), matches!(size, 16 | 18 | 28 | 30));
    if port {
        o.put((":", rest.u16(0)?));
    }
    if mac {
        o.put((" hmac 0x", Hex(rest.u64(if port { 2 } else { 0 })?)));
    }
    Ok(())
}

fn remove_addresses(o: &mut Out, v: View<'_>, size: usize) -> Step {
    expect(size >= 4)?;
    o.put(" id");
    for i in 0..size - 3 {
        o.put((" ", v.u8(1 + i)?));
    }
    Ok(())
}

fn priority(o: &mut Out, v: View<'_>, size: usize) -> Step {
    expect(size == 3 || size == 4)?;
    o.put(if v.u8(0)? & 1 != 0 { " backup" } else { " non-backup" });
    if size == 4 {
        o.put((" id ", v.u8(1)?));
    }
    Ok(())
}
