//! RIP (RFC 1058, RFC 2453) with its authentication (RFC 4822).

use crate::below::Below;
use crate::out::Out;
use crate::put::{Hex4, Ipv4, Left, Named, Otherwise, Right, Table, named_dec};
use crate::routing::rip_fields;
use crate::view::{Step, Stop, View};

/// Octets of the header, of an entry and of its family and tag.
const HEADER: usize = 4;
const ENTRY: usize = 20;
const ENTRY_HEADER: usize = 4;
/// The family of authentication entries.
const AUTHENTICATION: u16 = 0xffff;
const IPV4: u16 = 2;

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;
const COMMANDS: Table =
    &[(1, "Request"), (2, "Response"), (3, "Trace on"), (4, "Trace off"), (5, "Poll"), (6, "Poll Entry")];
/// Address families as BSD numbers them.
const FAMILIES: Table =
    &[(2, "IPv4"), (6, "NS"), (7, "ISO"), (16, "Appletalk"), (23, "IPX"), (24, "IPv6"), (28, "IPv6"), (30, "IPv6")];

/// A RIP packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "rip";
    packet(o, v)
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    // What was captured bounds the packet.
    if v.payload().len() < HEADER {
        o.truncated();
        return Ok(());
    }
    rip_fields::note(o, v);
    let version = v.u8(1)?;
    o.put((if o.opt.verbose > 0 { "\n\t" } else { "" }, "RIPv", version));
    if version == 0 {
        o.unknown(v, "\n\t", v.len());
        return Ok(());
    }
    let command = v.u8(0)?;
    let name = Named(COMMANDS, command.into(), Otherwise::Dec("unknown command (", ")"));
    o.put((", ", name, ", length: ", v.len()));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    match command {
        REQUEST | RESPONSE if version > 2 => o.put(", unknown version"),
        REQUEST | RESPONSE => {
            o.put((", routes: ", v.len() / ENTRY));
            o.put((version == 2).then_some(" or less"));
            let captured = v.skip(HEADER);
            let result = entries(o, captured.cut(captured.caplen()), version);
            o.settle(result)?;
        }
        4..=6 => {}
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t", v.len()),
        _ => {}
    }
    if o.opt.verbose > 1 {
        o.unknown(v, "\n\t", v.len());
    }
    Ok(())
}

/// The entries up to the end of the packet.
fn entries(o: &mut Out, v: View<'_>, version: u8) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let Some(size) = (if version == 1 { entry_v1(o, v)? } else { entry_v2(o, v)? }) else {
            o.truncated();
            return Ok(());
        };
        if v.len() < size {
            return Err(o.wrong("remaining entries length", v.len(), "<", size));
        }
        v = v.skip(size);
    }
    Ok(())
}

/// An entry of version 1: its octets, or nothing if it does not fit.
fn entry_v1(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    if v.len() < ENTRY {
        return Ok(None);
    }
    let family = v.u16(0)?;
    if family != IPV4 && family != 0 {
        o.put(("\n\t AFI ", Named(FAMILIES, family.into(), Otherwise::Dec("Unknown (", ")")), ", "));
        o.unknown(v.skip(ENTRY_HEADER), "\n\t  ", ENTRY - ENTRY_HEADER);
        return Ok(Some(ENTRY));
    }
    if v.u16(2)? != 0 || v.u64(8)? != 0 {
        o.unknown(v, "\n\t  ", ENTRY);
        return Ok(Some(ENTRY));
    }
    o.put(if family == 0 { "\n\t  AFI 0, " } else { "\n\t  " });
    o.put((Ipv4(v.array(4)?), ", metric: ", v.u32(16)?));
    Ok(Some(ENTRY))
}

/// An entry of version 2: its octets, or nothing if it does not fit.
fn entry_v2(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    if v.len() < ENTRY_HEADER {
        return Ok(None);
    }
    let family = v.u16(0)?;
    if family == AUTHENTICATION {
        return authentication(o, v);
    }
    if family != IPV4 && family != 0 {
        o.put(("\n\t  AFI ", Named(FAMILIES, family.into(), Otherwise::Dec("Unknown (", ")"))));
        o.unknown(v.skip(ENTRY_HEADER), "\n\t  ", ENTRY - ENTRY_HEADER);
        return Ok(Some(ENTRY));
    }
    if v.len() < ENTRY {
        return Ok(None);
    }
    let next_hop: [u8; 4] = v.array(12)?;
    o.put((
        "\n\t  AFI ",
        named_dec(FAMILIES, family, ""),
        ", ",
        Right(Ipv4(v.array(4)?), 15),
        "/",
        Left(prefix_length(v.u32(8)?), 2),
        ", tag 0x",
        Hex4(v.u16(2)?),
        ", metric: ",
        v.u32(16)?,
        ", next-hop: ",
    ));
    if next_hop == [0; 4] {
        o.put("self");
    } else {
        o.put(Ipv4(next_hop));
    }
    Ok(Some(ENTRY))
}

/// The prefix length of a mask, -1 for one that is not contiguous.
fn prefix_length(mask: u32) -> i32 {
    let ones = mask.leading_ones();
    if mask.count_ones() == ones { ones as i32 } else { -1 }
}

/// An authentication entry: its octets, or nothing if it does not fit.
fn authentication(o: &mut Out, v: View<'_>) -> Step<Option<usize>> {
    const TRAILER: u16 = 1;
    const PASSWORD: u16 = 2;
    const CRYPTOGRAPHIC: u16 = 3;
    let kind = v.u16(2)?;
    let data = v.skip(ENTRY_HEADER);
    match kind {
        PASSWORD => {
            o.put("\n\t  Simple Text Authentication data: ");
            if o.until_nul(data, ENTRY - ENTRY_HEADER) {
                return Err(Stop::Truncated);
            }
            Ok(Some(ENTRY))
        }
        CRYPTOGRAPHIC => {
            if data.len() < ENTRY - ENTRY_HEADER {
                return Ok(None);
            }
            o.put("\n\t  Auth header:");
            o.put((" Packet Len ", data.u16(0)?, ","));
            o.put((" Key-ID ", data.u8(2)?, ","));
            o.put((" Auth Data Len ", data.u8(3)?, ","));
            o.put((" SeqNo ", data.u32(4)?, ","));
            o.put((" MBZ ", data.u32(8)?, ","));
            o.put((" MBZ ", data.u32(12)?));
            Ok(Some(ENTRY))
        }
        _ => {
            if kind == TRAILER {
                o.put("\n\t  Auth trailer:");
            } else {
                o.put(("\n\t  Unknown (", kind, ") Authentication data:"));
            }
            // These last to the end of the packet.
            o.unknown(data, "\n\t  ", data.len());
            Ok(Some(v.len()))
        }
    }
}
