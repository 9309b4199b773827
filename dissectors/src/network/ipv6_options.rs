//! IPv6 hop-by-hop and destination options (RFC 8200, sections 4.3 and 4.6).

use crate::out::Out;
use crate::put::{Hex2, Hex4, Ipv6, Put};
use crate::view::{Step, View};

const PAD1: u8 = 0x00;
const PADN: u8 = 0x01;
const ROUTER_ALERT: u8 = 0x05;
const JUMBO: u8 = 0xc2;
const HOME_ADDRESS: u8 = 0xc9;

/// Octets of the options, type and length included.
const MIN_OPTION: usize = 2;
const ROUTER_ALERT_SIZE: usize = 4;
const JUMBO_SIZE: usize = 6;
const HOME_ADDRESS_SIZE: usize = 18;

/// Payloads below this need no jumbogram (RFC 2675, section 3).
const MIN_JUMBO: u32 = 65_536;

/// Hop-by-hop options: their octets. `jumbo` becomes the payload length that a
/// valid jumbo payload option gives.
pub(crate) fn hop_by_hop(o: &mut Out, v: View<'_>, payload_len: usize, jumbo: &mut Option<u32>) -> Step<usize> {
    o.proto = "hbhopt";
    let size = (usize::from(v.u8(1)?) + 1) * 8;
    v.check(size)?;
    o.put("HBH ");
    options(o, v.cut(size).skip(2), &mut Jumbo { payload_len: Some(payload_len), seen: false, valid: jumbo })?;
    Ok(size)
}

/// Destination options: their octets.
pub(crate) fn destination(o: &mut Out, v: View<'_>) -> Step<usize> {
    o.proto = "dstopt";
    let size = (usize::from(v.u8(1)?) + 1) * 8;
    v.check(size)?;
    o.put("DSTOPT ");
    if o.opt.verbose > 0 {
        options(o, v.cut(size).skip(2), &mut Jumbo { payload_len: None, seen: false, valid: &mut None })?;
    }
    Ok(size)
}

/// What jumbo payload options have said so far.
struct Jumbo<'a> {
    /// The payload length of the fixed header, in hop-by-hop options.
    payload_len: Option<usize>,
    seen: bool,
    valid: &'a mut Option<u32>,
}

/// The octets of the option at the view's start.
fn option_size(o: &mut Out, v: View<'_>, left: usize) -> Step<usize> {
    let mut size = 1;
    if v.u8(0)? != PAD1 {
        if left < MIN_OPTION {
            return Err(o.wrong("remaining length", left, "<", MIN_OPTION));
        }
        size = usize::from(v.u8(1)?) + 2;
    }
    if left < size {
        return Err(o.wrong("remaining length", left, "<", size));
    }
    v.check(size)?;
    Ok(size)
}

fn options(o: &mut Out, v: View<'_>, jumbo: &mut Jumbo<'_>) -> Step {
    let mut at = 0;
    while at < v.caplen() {
        let rest = v.skip(at);
        let left = rest.caplen();
        let size = option_size(o, rest, left)?;
        option(o, rest, left, size, jumbo)?;
        at += size;
    }
    put_verbose(o, " ");
    Ok(())
}

fn put_verbose(o: &mut Out, what: impl Put) {
    if o.opt.verbose > 0 {
        o.put(what);
    }
}

fn option(o: &mut Out, v: View<'_>, left: usize, size: usize, jumbo: &mut Jumbo<'_>) -> Step {
    match v.u8(0)? {
        PAD1 => put_verbose(o, "(pad1)"),
        PADN => put_verbose(o, "(padn)"),
        ROUTER_ALERT => {
            if left < ROUTER_ALERT_SIZE {
                return Err(o.wrong("(rtalert) remaining length", left, "<", ROUTER_ALERT_SIZE));
            }
            if size != ROUTER_ALERT_SIZE {
                return Err(o.wrong("(rtalert) length", size - 2, "!=", ROUTER_ALERT_SIZE - 2));
            }
            put_verbose(o, ("(rtalert: 0x", Hex4(v.u16(2)?), ") "));
        }
        JUMBO => {
            if left < JUMBO_SIZE {
                return Err(o.wrong("(jumbo) remaining length", left, "<", JUMBO_SIZE));
            }
            if size != JUMBO_SIZE {
                return Err(o.wrong("(jumbo) length", size - 2, "!=", JUMBO_SIZE - 2));
            }
            let length = v.u32(2)?;
            let verdict = jumbo.judge(length);
            put_verbose(o, ("(jumbo: ", length, verdict, ") "));
        }
        HOME_ADDRESS => {
            if left < HOME_ADDRESS_SIZE {
                return Err(o.wrong("(homeaddr) remaining length", left, "<", HOME_ADDRESS_SIZE));
            }
            if size < HOME_ADDRESS_SIZE {
                return Err(o.wrong("(homeaddr) length", size - 2, "<", HOME_ADDRESS_SIZE - 2));
            }
            if o.opt.verbose > 0 {
                o.put(("(homeaddr: ", Ipv6(v.array(2)?)));
                sub_options(o, v.cut(size).skip(HOME_ADDRESS_SIZE))?;
                o.put(")");
            }
        }
        kind => put_verbose(o, ("(unknown opt-type 0x", Hex2(kind), " len=", size - 2, ")")),
    }
    Ok(())
}

impl Jumbo<'_> {
    /// Takes a jumbo payload length if it is valid, or says why it is not.
    fn judge(&mut self, length: u32) -> &'static str {
        if self.seen {
            return " - already seen";
        }
        self.seen = true;
        match self.payload_len {
            None => " - not a hop-by-hop option",
            Some(1..) => " - payload len != 0",
            Some(0) if length < MIN_JUMBO => " - < 65536",
            Some(0) => {
                *self.valid = Some(length);
                ""
            }
        }
    }
}

/// Sub-options of a home address (RFC 6275, section 6.3).
fn sub_options(o: &mut Out, v: View<'_>) -> Step {
    let mut at = 0;
    while at < v.caplen() {
        let rest = v.skip(at);
        let size = option_size(o, rest, rest.caplen())?;
        match rest.u8(0)? {
            PAD1 => o.put(", pad1"),
            PADN => o.put(", padn"),
            kind => o.put((", unknown subopt-type 0x", Hex2(kind), " len=", size - 2)),
        }
        at += size;
    }
    Ok(())
}
