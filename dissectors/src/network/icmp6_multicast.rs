//! Multicast listener discovery: MLDv1 (RFC 2710) and MLDv2 (RFC 3810).

use crate::out::Out;
use crate::put::{Ipv6, Named, Otherwise, Table};
use crate::view::{Step, View};

const SIZE_V1: usize = 24;
const SIZE_V2: usize = 28;
/// Octets of a group record before its sources.
const RECORD: usize = 20;

const RECORD_NAMES: Table = &[(1, "is_in"), (2, "is_ex"), (3, "to_in"), (4, "to_ex"), (5, "allow"), (6, "block")];

/// A message of the first version.
pub(crate) fn version_1(o: &mut Out, v: View<'_>) -> Step {
    if v.has(SIZE_V1) {
        o.put(("max resp delay: ", v.u16(4)?, " "));
        o.put(("addr: ", Ipv6(v.array(8)?)));
    }
    Ok(())
}

/// A query of either version: its length tells which.
pub(crate) fn query(o: &mut Out, v: View<'_>) -> Step {
    if v.len() == SIZE_V1 {
        return version_1(o, v);
    }
    if v.len() < SIZE_V2 {
        o.put((" unknown-version (len ", v.len(), ") "));
        return Ok(());
    }
    o.put(" v2");
    let verbose = o.opt.verbose > 0;
    let delay = floating(u32::from(v.u16(4)?), 15);
    if verbose {
        o.put((" [max resp delay=", delay, "]"));
    }
    o.put((" [gaddr ", Ipv6(v.array(8)?)));
    if verbose {
        let flags = v.u8(24)?;
        o.put((flags & 8 != 0).then_some(" sflag"));
        o.put((flags & 7 != 0).then_some((" robustness=", flags & 7)));
        o.put((" qqi=", floating(u32::from(v.u8(25)?), 7)));
    }
    let sources = usize::from(v.u16(26)?);
    if sources > 0 {
        if v.len() < SIZE_V2 + sources * 16 {
            o.put(" [invalid number of sources]");
        } else if o.opt.verbose > 1 {
            put_sources(o, v.skip(SIZE_V2), sources)?;
        } else {
            o.put((", ", sources, " source(s)"));
        }
    }
    o.put("]");
    Ok(())
}

/// A floating-point code of `bits` bits and one: an exponent of three bits and
/// a mantissa (RFC 3810, section 5.1.3).
fn floating(code: u32, bits: u32) -> u32 {
    if code >> bits == 0 {
        return code;
    }
    let mantissa_bits = bits - 3;
    let mantissa = code & ((1 << mantissa_bits) - 1) | 1 << mantissa_bits;
    mantissa << ((code >> mantissa_bits & 7) + 3)
}

fn put_sources(o: &mut Out, v: View<'_>, count: usize) -> Step {
    o.put(" {");
    for i in 0..count {
        o.put((" ", Ipv6(v.array(i * 16)?)));
    }
    o.put(" }");
    Ok(())
}

/// A report of the second version (RFC 3810, section 5.2).
pub(crate) fn report_v2(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 8 {
        o.put((" [invalid len ", v.len(), "]"));
        return Ok(());
    }
    let groups = v.u16(6)?;
    o.put((", ", groups, " group record(s)"));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let mut at = 8;
    for _ in 0..groups {
        if v.len() < at + RECORD {
            o.put(" [invalid number of groups]");
            return Ok(());
        }
        let record = v.skip(at);
        o.put((" [gaddr ", Ipv6(record.array(4)?)));
        o.put((" ", Named(RECORD_NAMES, record.u8(0)?.into(), Otherwise::Dec(" [v2-report-#", "]"))));
        let sources = usize::from(record.u16(2)?);
        if record.len() < RECORD + sources * 16 {
            o.put((" [invalid number of sources ", sources, "]"));
            return Ok(());
        }
        if o.opt.verbose == 1 {
            o.put((", ", sources, " source(s)"));
        } else {
            put_sources(o, record.skip(RECORD), sources)?;
        }
        at += RECORD + sources * 16;
        o.put("]");
    }
    Ok(())
}
