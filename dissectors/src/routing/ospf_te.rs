//! Advertisements of OSPF that versions 2 and 3 share: traffic engineering (RFC
//! 3630, RFC 4203, RFC 4124) and graceful restart (RFC 3623).

use super::gmpls::{self, Mbps};
use crate::out::Out;
use crate::put::{Hex8, Ipv4, Put, Table, bits, named};
use crate::view::{Step, View};

/// Octets of a TLV's type and length.
const TLV: usize = 4;

const ROUTER_ADDRESS: u16 = 1;
const LINK: u16 = 2;
const TE_NAMES: Table = &[(1, "Router Address"), (2, "Link")];

const LINK_TYPE: u16 = 1;
const LINK_ID: u16 = 2;
const LOCAL_ADDRESS: u16 = 3;
const REMOTE_ADDRESS: u16 = 4;
const METRIC: u16 = 5;
const BANDWIDTH: u16 = 6;
const RESERVABLE: u16 = 7;
const UNRESERVED: u16 = 8;
const GROUP: u16 = 9;
const LINK_IDENTIFIERS: u16 = 11;
const PROTECTION: u16 = 14;
const SWITCHING: u16 = 15;
const SHARED_RISK: u16 = 16;
const CONSTRAINTS: u16 = 17;
const LINK_NAMES: Table = &[
    (1, "Link Type"),
    (2, "Link ID"),
    (3, "Local Interface IP address"),
    (4, "Remote Interface IP address"),
    (5, "Traffic Engineering Metric"),
    (6, "Maximum Bandwidth"),
    (7, "Maximum Reservable Bandwidth"),
    (8, "Unreserved Bandwidth"),
    (9, "Administrative Group"),
    (11, "Link Local/Remote Identifier"),
    (14, "Link Protection Type"),
    (15, "Interface Switching Capability"),
    (16, "Shared Risk Link Group"),
    (17, "Bandwidth Constraints"),
];
const LINK_TYPES: Table = &[(1, "Point-to-point"), (2, "Multi-Access")];

const GRACE_PERIOD: u16 = 1;
const GRACE_REASON: u16 = 2;
const GRACE_ADDRESS: u16 = 3;
const GRACE_NAMES: Table = &[(1, "Grace Period"), (2, "Graceful restart Reason"), (3, "IPv4 interface address")];
const REASONS: Table =
    &[(0, "Unknown"), (1, "Software Restart"), (2, "Software Reload/Upgrade"), (3, "Control Processor Switch")];

/// A size with the padding to a multiple of four octets.
fn padded(size: usize) -> usize {
    size.next_multiple_of(4)
}

/// `left` octets of TLVs of a grace advertisement; false where they make no sense.
pub(super) fn grace(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<bool> {
    while left > 0 {
        if !v.has(TLV) {
            return Ok(false);
        }
        if left < TLV {
            o.put(("\n\t    Remaining LS length ", left, " < 4"));
            return Ok(false);
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(TLV), left - TLV);
        o.put(("\n\t    ", named(GRACE_NAMES, kind, "unknown"), " TLV (", kind, "), length ", size, ", value: "));
        if size > left {
            o.put(("\n\t    Bogus length ", size, " > ", left));
            return Ok(false);
        }
        if kind == 0 || size == 0 || !v.has(size) {
            return Ok(false);
        }
        let must = match kind {
            GRACE_PERIOD | GRACE_ADDRESS => 4,
            GRACE_REASON => 1,
            _ => size,
        };
        if size != must {
            o.put(("\n\t    Bogus length ", size, " != ", must));
            return Ok(false);
        }
        match kind {
            GRACE_PERIOD => o.put((v.u32(0)?, "s")),
            GRACE_REASON => o.put((named(REASONS, v.u8(0)?, "Unknown"), " (", v.u8(0)?, ")")),
            GRACE_ADDRESS => o.put(Ipv4(v.array(0)?)),
            _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t      ", size),
            _ => {}
        }
        // As tcpdump has it: what is left wraps around behind padding that is not counted.
        (v, left) = (v.skip(padded(size)), left.wrapping_sub(padded(size)));
    }
    Ok(true)
}

/// `left` octets of TLVs of a traffic engineering advertisement; false where they
/// make no sense.
pub(super) fn traffic_engineering(o: &mut Out, mut v: View<'_>, mut left: usize) -> Step<bool> {
    while left != 0 {
        if !v.has(TLV) {
            return Ok(false);
        }
        if left < TLV {
            o.put(("\n\t    Remaining LS length ", left, " < 4"));
            return Ok(false);
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(TLV), left - TLV);
        o.put(("\n\t    ", named(TE_NAMES, kind, "unknown"), " TLV (", kind, "), length: ", size));
        if size > left {
            o.put(("\n\t    Bogus length ", size, " > ", left));
            return Ok(false);
        }
        if kind == 0 || size == 0 {
            return Ok(false);
        }
        let used = match kind {
            LINK => {
                match link(o, v, size)? {
                    Some(behind) => v = behind,
                    None => return Ok(false),
                }
                // As tcpdump has it: what is left is not made less by a link.
                0
            }
            ROUTER_ADDRESS if size < 4 => {
                o.put(("\n\t    TLV length ", size, " < 4"));
                return Ok(false);
            }
            ROUTER_ADDRESS => {
                o.put((", ", Ipv4(v.array(0)?)));
                padded(size)
            }
            _ => {
                if o.opt.verbose <= 1 {
                    o.unknown(v, "\n\t      ", size);
                }
                padded(size)
            }
        };
        if used > left {
            o.put(("\n\t    Bogus padded length ", used, " > ", left));
            return Ok(false);
        }
        (v, left) = (v.skip(used), left - used);
    }
    Ok(true)
}

/// The sub-TLVs of a link, `left` octets; what is behind them, or nothing where
/// they make no sense.
fn link<'p>(o: &mut Out, mut v: View<'p>, mut left: usize) -> Step<Option<View<'p>>> {
    while left != 0 {
        if left < TLV {
            o.put(("\n\t    Remaining TLV length ", left, " < 4"));
            return Ok(None);
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(TLV), left - TLV);
        if kind == 0 || size == 0 {
            o.invalid();
            return Ok(None);
        }
        o.put(("\n\t      ", named(LINK_NAMES, kind, "unknown"), " subTLV (", kind, "), length: ", size));
        if exceeds(o, size, left) || !v.has(size) {
            return Ok(None);
        }
        if !property(o, v, kind, size)? {
            o.invalid();
            return Ok(None);
        }
        if exceeds(o, padded(size), left) {
            return Ok(None);
        }
        // As tcpdump has it: it goes on behind the groups twice over.
        let read = if kind == SHARED_RISK { size } else { 0 };
        (v, left) = (v.skip(read + padded(size)), left - padded(size));
    }
    Ok(Some(v))
}

/// Says so where a sub-TLV is longer than what is left.
fn exceeds(o: &mut Out, size: usize, left: usize) -> bool {
    if left < size {
        o.put(("\n\t    Remaining TLV length ", left + TLV, " < ", size + TLV));
    }
    left < size
}

/// Says what a size must be; false.
fn must(o: &mut Out, what: impl Put) -> Step<bool> {
    o.put(what);
    Ok(false)
}

/// A property of a link; false where its size is wrong.
fn property(o: &mut Out, v: View<'_>, kind: u16, size: usize) -> Step<bool> {
    match kind {
        GROUP | LOCAL_ADDRESS | REMOTE_ADDRESS | BANDWIDTH | RESERVABLE | METRIC | PROTECTION if size != 4 => {
            return must(o, " != 4");
        }
        LINK_ID | LINK_IDENTIFIERS if size != 4 && size != 8 => return must(o, " != 4 && != 8"),
        UNRESERVED if size != 32 => return must(o, " != 32"),
        CONSTRAINTS if size < 4 => return must(o, " < 4"),
        SWITCHING if size < 36 => return must(o, " < 36"),
        LINK_TYPE if size != 1 => return must(o, " != 1"),
        SHARED_RISK if !size.is_multiple_of(4) => return must(o, " != N x 4"),
        GROUP => o.put((", 0x", Hex8(v.u32(0)?))),
        LINK_ID | LINK_IDENTIFIERS => {
            for at in (0..size).step_by(4) {
                o.put((", ", Ipv4(v.array(at)?), " (0x", Hex8(v.u32(at)?), ")"));
            }
        }
        LOCAL_ADDRESS | REMOTE_ADDRESS => o.put((", ", Ipv4(v.array(0)?))),
        BANDWIDTH | RESERVABLE => o.put((", ", Mbps(v.u32(0)?))),
        UNRESERVED => {
            for class in 0..8 {
                o.put(("\n\t\tTE-Class ", class, ": ", Mbps(v.u32(class * 4)?)));
            }
        }
        CONSTRAINTS => return constraints(o, v, size),
        METRIC => o.put((", Metric ", v.u32(0)?)),
        PROTECTION => o.put((", ", bits(gmpls::PROTECTION, v.u8(0)?, ", ", "none"))),
        SWITCHING => {
            o.put(("\n\t\tInterface Switching Capability: ", named(gmpls::SWITCHING, v.u8(0)?, "Unknown")));
            o.put(("\n\t\tLSP Encoding: ", named(gmpls::ENCODING, v.u8(1)?, "Unknown")));
            o.put("\n\t\tMax LSP Bandwidth:");
            for priority in 0..8 {
                o.put(("\n\t\t  priority level ", priority, ": ", Mbps(v.u32(4 + priority * 4)?)));
            }
        }
        LINK_TYPE => o.put((", ", named(LINK_TYPES, v.u8(0)?, "unknown"), " (", v.u8(0)?, ")")),
        SHARED_RISK => {
            o.put("\n\t\t  Shared risk group: ");
            for at in (0..size).step_by(4) {
                o.put(((at > 0).then_some(", "), v.u32(at)?));
            }
        }
        _ if o.opt.verbose <= 1 => o.unknown(v, "\n\t\t", size),
        _ => {}
    }
    Ok(true)
}

/// RFC 4124, section 5.1; false where the size is wrong.
fn constraints(o: &mut Out, v: View<'_>, size: usize) -> Step<bool> {
    let model = v.u8(0)?;
    o.put(("\n\t\tBandwidth Constraints Model ID: ", named(gmpls::CONSTRAINTS, model, "unknown"), " (", model, ")"));
    if !size.is_multiple_of(4) {
        return must(o, ("\n\t\tlength ", size, " != N x 4"));
    }
    if size > 36 {
        return must(o, ("\n\t\tlength ", size, " > 36"));
    }
    for class in 0..(size - 4) / 4 {
        o.put(("\n\t\t  Bandwidth constraint CT", class, ": ", Mbps(v.u32(4 + class * 4)?)));
    }
    Ok(true)
}
