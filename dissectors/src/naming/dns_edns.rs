//! Options of EDNS (RFC 6891, section 6.1.2; IANA, DNS EDNS0 Option Codes).

use crate::naming::dns_names::{self, Message};
use crate::out::Out;
use crate::put::{Octets, Table, named_dec};
use crate::view::{Step, Stop, View};

const DAU: u16 = 5;
const DHU: u16 = 6;
const N3U: u16 = 7;
const CLIENT_SUBNET: u16 = 8;
const EXPIRE: u16 = 9;
const COOKIE: u16 = 10;
const KEEPALIVE: u16 = 11;
const PADDING: u16 = 12;
const CHAIN: u16 = 13;
const KEY_TAG: u16 = 14;
const NAMES: Table = &[
    (1, "LLQ"),
    (2, "UL"),
    (3, "NSID"),
    (5, "DAU"),
    (6, "DHU"),
    (7, "N3U"),
    (8, "ECS"),
    (9, "EXPIRE"),
    (10, "COOKIE"),
    (11, "KEEPALIVE"),
    (12, "PADDING"),
    (13, "CHAIN"),
    (14, "KEY-TAG"),
    (16, "CLIENT-TAG"),
    (17, "SERVER-TAG"),
];

const ALGORITHMS: Table = &[
    (0, "DELETE"),
    (1, "RSAMD5"),
    (2, "DH"),
    (3, "DS"),
    (5, "RSASHA1"),
    (6, "DSA-NSEC3-SHA1"),
    (7, "RSASHA1-NSEC3-SHA1"),
    (8, "RSASHA256"),
    (10, "RSASHA512"),
    (12, "ECC-GOST"),
    (13, "ECDSAP256SHA256"),
    (14, "ECDSAP384SHA384"),
    (15, "ED25519"),
    (16, "ED448"),
    (252, "INDIRECT"),
    (253, "PRIVATEDNS"),
    (254, "PRIVATEOID"),
];
const DIGESTS: Table = &[(1, "SHA-1"), (2, "SHA-256"), (3, "GOST_R_34.11-94"), (4, "SHA-384")];
const HASHES: Table = &[(1, "SHA-1")];

/// The options from `at` to `end` in brackets.
pub(crate) fn options(o: &mut Out, m: &mut Message<'_>, at: usize, end: usize) -> Step {
    if at >= end {
        return Ok(());
    }
    let mut at = at;
    o.put(" [");
    while at < end {
        at = option(o, m, at)?;
        if at < end {
            o.put(",");
        }
    }
    o.put("]");
    Ok(())
}

fn option(o: &mut Out, m: &mut Message<'_>, at: usize) -> Step<usize> {
    let code = m.view.u16(at)?;
    o.put(named_dec(NAMES, code, "Opt"));
    let length = usize::from(m.view.u16(at + 2)?);
    let at = at + 4;
    m.view.skip(at).check(length)?;
    if length == 0 {
        return Ok(at);
    }
    o.put(" ");
    let v = m.view.skip(at).cut(length).claim(length);
    if code == CHAIN {
        // Pointers count from the option's end here, and a name that is odd or
        // cut ends neither the option nor the message, but a bit label does.
        if dns_names::put_with_base(o, m, at, at + length, usize::MAX) == Err(Stop::Truncated) {
            return Err(Stop::Truncated);
        }
    } else {
        let result = value(o, v, code);
        o.settle(result)?;
    }
    Ok(at + length)
}

fn value(o: &mut Out, v: View<'_>, code: u16) -> Step {
    let length = v.len();
    match code {
        CLIENT_SUBNET => client_subnet(o, v)?,
        COOKIE if !matches!(length, 8 | 16..=40) => return Err(Stop::Malformed),
        COOKIE => {
            o.put(Octets(v.bytes(0, 8)?));
            if length > 8 {
                o.put((" ", Octets(v.bytes(8, length - 8)?)));
            }
        }
        KEEPALIVE if length != 2 => return Err(Stop::Malformed),
        KEEPALIVE => {
            let tenths = v.u16(0)?;
            o.put((tenths / 10, ".", tenths % 10, " sec"));
        }
        EXPIRE if length != 4 => return Err(Stop::Malformed),
        EXPIRE => o.put((v.u32(0)?, " sec")),
        PADDING => o.put(("(", length, ")")),
        KEY_TAG if !length.is_multiple_of(2) => return Err(Stop::Malformed),
        KEY_TAG => {
            for i in (0..length).step_by(2) {
                o.put((if i > 0 { " " } else { "" }, v.u16(i)?));
            }
        }
        DAU => algorithms(o, v, ALGORITHMS)?,
        DHU => algorithms(o, v, DIGESTS)?,
        N3U => algorithms(o, v, HASHES)?,
        _ => o.put(Octets(v.bytes(0, length)?)),
    }
    Ok(())
}

fn algorithms(o: &mut Out, v: View<'_>, names: Table) -> Step {
    for i in 0..v.len() {
        o.put((if i > 0 { " " } else { "" }, named_dec(names, v.u8(i)?, "Alg_")));
    }
    Ok(())
}

/// The client's subnet (RFC 7871, section 6): the address is as long as the
/// source prefix needs.
fn client_subnet(o: &mut Out, v: View<'_>) -> Step {
    const IPV4: u16 = 1;
    const IPV6: u16 = 2;
    if v.len() < 4 {
        return Err(Stop::Malformed);
    }
    let (family, source, scope) = (v.u16(0)?, v.u8(2)?, v.u8(3)?);
    let bits = match family {
        IPV4 => 32,
        IPV6 => 128,
        _ => return Err(Stop::Malformed),
    };
    let octets = v.len() - 4;
    if octets > bits / 8
        || usize::from(source) > bits
        || usize::from(scope) > bits
        || usize::from(source).div_ceil(8) != octets
    {
        return Err(Stop::Malformed);
    }
    let mut address = [0; 16];
    if let Some(start) = address.get_mut(..octets) {
        start.copy_from_slice(v.bytes(4, octets)?);
    }
    if family == IPV4 {
        let [a, b, c, d, ..] = address;
        o.line.ipv4([a, b, c, d]);
    } else {
        o.line.ipv6(address);
    }
    o.put(("/", source, "/", scope));
    Ok(())
}
