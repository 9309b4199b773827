//! Node information queries and replies (RFC 4620).

use crate::out::Out;
use crate::put::{Ipv4, Ipv6, Table, bits};
use crate::view::{Step, View};

/// Octets before the subject or data: the ICMPv6 header and a nonce.
const HEADER: usize = 16;
/// The octets of an early request that asks who the node is.
const WHO_ARE_YOU: usize = 12;

const NOTHING: u16 = 0;
const NODE_NAME: u16 = 2;
const NODE_ADDRESSES: u16 = 3;
const IPV4_ADDRESSES: u16 = 4;

const ADDRESS_FLAGS: Table = &[(1, "T"), (2, "A"), (4, "C"), (8, "L"), (0x10, "S"), (0x20, "G")];
const IPV4_FLAGS: Table = &[(1, "T"), (2, "A")];
const TRUNCATE: u16 = 1;

/// A query.
pub(crate) fn query(o: &mut Out, v: View<'_>) -> Step {
    let size = v.caplen();
    if size == WHO_ARE_YOU {
        o.put(" who-are-you request");
        return Ok(());
    }
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    o.put(" (");
    let kind = v.u16(4)?;
    match kind {
        NOTHING => o.put("noop"),
        NODE_NAME => o.put("node name"),
        NODE_ADDRESSES => {
            o.put("node addresses");
            query_flags(o, v.u16(6)?, ADDRESS_FLAGS);
        }
        IPV4_ADDRESSES => {
            o.put("ipv4 addresses");
            query_flags(o, v.u16(6)?, IPV4_FLAGS);
        }
        _ => o.put("unknown"),
    }
    if kind == NOTHING {
        if size != HEADER && o.opt.verbose > 0 {
            o.put(", invalid len");
        }
    } else {
        subject(o, v)?;
    }
    o.put(")");
    Ok(())
}

fn query_flags(o: &mut Out, flags: u16, names: Table) {
    put_flags(o, flags, names);
    o.put((flags & TRUNCATE != 0).then_some(" [invalid flag Truncate present]"));
}

fn put_flags(o: &mut Out, flags: u16, names: Table) {
    if flags != 0 {
        o.put((" [", bits(names, flags, "", "none"), "]"));
    }
}

/// What the query is about: the code tells its form (RFC 4620, section 4).
fn subject(o: &mut Out, v: View<'_>) -> Step {
    const IPV6: u8 = 0;
    const NAME: u8 = 1;
    const IPV4: u8 = 2;
    let data = v.skip(HEADER);
    let code = v.u8(1)?;
    let size = match code {
        IPV6 => 16,
        IPV4 => 4,
        NAME => {
            o.put(", subject=DNS name");
            return name(o, data);
        }
        _ => {
            o.put(", unknown subject");
            return Ok(());
        }
    };
    if data.caplen() > size {
        o.put((o.opt.verbose > 0).then_some(", invalid subject len"));
    } else if data.caplen() == size {
        if code == IPV6 {
            o.put((", subject=", Ipv6(data.array(0)?)));
        } else {
            o.put((", subject=", Ipv4(data.array(0)?)));
        }
    }
    Ok(())
}

/// A reply.
pub(crate) fn reply(o: &mut Out, v: View<'_>) -> Step {
    const SUCCESS: u8 = 0;
    const REFUSED: u8 = 1;
    const UNKNOWN: u8 = 2;
    let size = v.caplen();
    if v.len() > size {
        o.truncated();
        return Ok(());
    }
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    o.put(" (");
    let verbose = o.opt.verbose > 0;
    let invalid_length = (size != HEADER && verbose).then_some(", invalid length");
    let code = v.u8(1)?;
    match code {
        SUCCESS => o.put(verbose.then_some("success, ")),
        REFUSED => o.put(("refused", invalid_length)),
        UNKNOWN => o.put(("unknown", invalid_length)),
        _ => {}
    }
    if code == SUCCESS {
        match v.u16(4)? {
            NOTHING => o.put(("noop", invalid_length)),
            NODE_NAME => {
                o.put("node name");
                name(o, v.skip(HEADER + 4))?;
                if v.u16(6)? & 1 != 0 {
                    o.put((" [TTL=", v.u32(HEADER)?, "]"));
                }
            }
            NODE_ADDRESSES => {
                o.put("node addresses");
                put_flags(o, v.u16(6)?, ADDRESS_FLAGS);
                let mut at = HEADER;
                while at + 20 <= size {
                    o.put((" ", Ipv6(v.array(at + 4)?), "(", v.u32(at)?, ")"));
                    at += 20;
                }
            }
            IPV4_ADDRESSES => {
                o.put("ipv4 addresses");
                put_flags(o, v.u16(6)?, ADDRESS_FLAGS);
                for at in (HEADER..size).step_by(8) {
                    o.put((" ", Ipv4(v.array(at + 4)?), "(", v.u32(at)?, ")"));
                }
            }
            _ => o.put("unknown"),
        }
    }
    o.put(")");
    Ok(())
}

/// A name in labels without compression, up to the end of what was captured.
fn name(o: &mut Out, v: View<'_>) -> Step {
    o.put(", \"");
    let end = v.caplen();
    let mut at = 0;
    while at < end {
        let length = usize::from(v.u8(at)?);
        at += 1;
        if length == 0 {
            if at == end {
                o.put(".");
            } else if at + 1 != end || v.u8(at)? != 0 {
                o.put("???");
            }
            break;
        }
        if length > end - at {
            o.put("???");
            break;
        }
        for &byte in v.bytes(at, length)? {
            o.char(byte);
        }
        at += length;
        if at + 1 < end && v.u8(at)? != 0 {
            o.put(".");
        }
    }
    o.put("\"");
    Ok(())
}
