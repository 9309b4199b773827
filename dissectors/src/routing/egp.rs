//! The Exterior Gateway Protocol (RFC 904).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Ipv4, Named, Otherwise, Table, lookup, named};
use crate::view::{Step, Stop, View};

/// The header with the longest of what follows it (RFC 904, appendix A).
const HEADER: usize = 16;
const VERSION_AT: usize = 0;
const TYPE: usize = 1;
const CODE: usize = 2;
const STATUS: usize = 3;
const SYSTEM: usize = 6;
const SEQUENCE: usize = 8;
const HELLO_INTERVAL: usize = 10;
const REASON: usize = 10;
const INTERNAL: usize = 10;
const EXTERNAL: usize = 11;
const POLL_INTERVAL: usize = 12;
const SOURCE_NETWORK: usize = 12;

const VERSION: u8 = 2;

const UPDATE: u8 = 1;
const POLL: u8 = 2;
const ACQUIRE: u8 = 3;
const REACH: u8 = 5;
const ERROR: u8 = 8;
const ACQUIRE_CODES: Table = &[(0, "request"), (1, "confirm"), (2, "refuse"), (3, "cease"), (4, "cease_ack")];
const ACQUIRE_STATUS: Table = &[
    (0, "unspecified"),
    (1, "active_mode"),
    (2, "passive_mode"),
    (3, "insufficient_resources"),
    (4, "administratively_prohibited"),
    (5, "going_down"),
    (6, "parameter_violation"),
    (7, "protocol_violation"),
];
const REACH_CODES: Table = &[(0, "hello"), (1, "i-h-u")];
const STATES: Table = &[(0, "indeterminate"), (1, "up"), (2, "down")];
const UNSOLICITED: u8 = 0x80;
const REASONS: Table = &[
    (0, "unspecified"),
    (1, "bad_EGP_header_format"),
    (2, "bad_EGP_data_field_format"),
    (3, "reachability_info_unavailable"),
    (4, "excessive_polling_rate"),
    (5, "no_response"),
    (6, "unsupported_version"),
];

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("egp.version", VERSION_AT, 1),
    Slot::new("egp.type", TYPE, 1),
    Slot::new("egp.code", CODE, 1),
    Slot::new("egp.status", STATUS, 1),
    Slot::new("egp.checksum", 4, 2),
    Slot::new("egp.as", SYSTEM, 2),
    Slot::new("egp.seq", SEQUENCE, 2),
];

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "egp";
    if v.len() < HEADER {
        return Err(Stop::Cut);
    }
    v.check(HEADER)?;
    let (version, system) = (v.u8(VERSION_AT)?, v.u16(SYSTEM)?);
    o.see_all(FIELDS, v);
    if o.opt.verbose == 0 {
        o.put(("EGPv", version, ", AS ", system, ", seq ", v.u16(SEQUENCE)?, ", length ", v.len()));
        return Ok(());
    }
    o.put(("EGPv", version, ", length ", v.len()));
    if version != VERSION {
        o.put(("[version ", version, "]"));
        return Ok(());
    }
    typed(o, v)
}

/// RFC 904, appendix A.
fn typed(o: &mut Out, v: View<'_>) -> Step {
    let (kind, code, status) = (v.u8(TYPE)?, v.u8(CODE)?, v.u8(STATUS)?);
    match kind {
        ACQUIRE => acquire(o, v, code, status)?,
        REACH => match lookup(REACH_CODES, code.into()) {
            Some(name) => {
                o.put((" ", name));
                state(o, status);
            }
            None => o.put(("[reach code ", code, "]")),
        },
        POLL => {
            o.put(" poll");
            state(o, status);
            o.put((" net:", Ipv4(v.array(SOURCE_NETWORK)?)));
        }
        UPDATE => {
            o.put((" update", (status & UNSOLICITED != 0).then_some(" unsolicited")));
            state(o, status & !UNSOLICITED);
            o.put((" ", Ipv4(v.array(SOURCE_NETWORK)?), " int ", v.u8(INTERNAL)?, " ext ", v.u8(EXTERNAL)?));
            gateways(o, v)?;
        }
        ERROR => {
            o.put(" error");
            state(o, status);
            o.put((" ", Named(REASONS, v.u16(REASON)?.into(), Otherwise::Dec("[reason ", "]"))));
        }
        _ => o.put(("[type ", kind, "]")),
    }
    Ok(())
}

fn state(o: &mut Out, status: u8) {
    match lookup(STATES, status.into()) {
        Some(name) => o.put((" state:", name)),
        None => o.put((" [status ", status, "]")),
    }
}

/// RFC 904, section A.1.
fn acquire(o: &mut Out, v: View<'_>, code: u8, status: u8) -> Step {
    o.put(" acquire");
    let Some(name) = lookup(ACQUIRE_CODES, code.into()) else {
        o.put(("[code ", code, "]"));
        return Ok(());
    };
    o.put((" ", name));
    match (code, status) {
        (0..=1, 0..=2) | (2..=4, 0 | 3..=7) => {
            o.put((" ", named(ACQUIRE_STATUS, status, "?")));
        }
        (0..=1, _) => o.put((" [status ", status, "]")),
        _ => o.put(("[status ", status, "]")),
    }
    if code <= 1 {
        o.put((" hello:", v.u16(HELLO_INTERVAL)?, " poll:", v.u16(POLL_INTERVAL)?));
    }
    Ok(())
}

/// An address whose octets tcpdump has in the order of its host, which is not
/// that of the network.
fn reversed(value: u32) -> Ipv4 {
    Ipv4(value.to_le_bytes())
}

/// Which networks the gateways of an update reach (RFC 904, section A.3).
fn gateways(o: &mut Out, v: View<'_>) -> Step {
    // As tcpdump has it: the class of the network is read from its last octet.
    let source = u32::from_le_bytes(v.array(SOURCE_NETWORK)?);
    let (network, size) = match source.leading_ones() {
        0 => (source & 0xff00_0000, 1),
        1 => (source & 0xffff_0000, 2),
        2 => (source & 0xffff_ff00, 3),
        _ => (0, 0),
    };
    let internal = usize::from(v.u8(INTERNAL)?);
    let count = internal + usize::from(v.u8(EXTERNAL)?);
    let mut rest = Rest { v: v.skip(HEADER), left: v.len() - HEADER };
    for gateway in 0..count {
        let host = 4 - size;
        rest.least(host)?;
        rest.v.check(host)?;
        let mut address = 0;
        if size > 0 {
            for &octet in rest.v.bytes(0, host)? {
                address = address << 8 | u32::from(octet);
            }
            rest.v = rest.v.skip(host);
        }
        // As tcpdump has it: a host without a network is counted but not passed.
        rest.left -= host;
        let distances = rest.number()?;
        o.put((if gateway < internal { " int " } else { " ext " }, reversed(address | network), " ("));
        for distance in 0..distances {
            rest.least(2)?;
            o.put(((distance > 0).then_some(", "), "d", rest.v.u8(0)?, ":"));
            let networks = rest.v.u8(1)?;
            rest.pass(2);
            for _ in 0..networks {
                let network = rest.network()?;
                o.put((" ", reversed(network)));
            }
        }
        o.put(")");
    }
    Ok(())
}

/// What is left of an update.
struct Rest<'p> {
    v: View<'p>,
    left: usize,
}

impl Rest<'_> {
    fn least(&self, octets: usize) -> Step {
        if self.left < octets { Err(Stop::Cut) } else { Ok(()) }
    }

    fn pass(&mut self, octets: usize) {
        (self.v, self.left) = (self.v.skip(octets), self.left.saturating_sub(octets));
    }

    fn number(&mut self) -> Step<u8> {
        self.least(1)?;
        let number = self.v.u8(0)?;
        self.pass(1);
        Ok(number)
    }

    /// A network of as many octets as its class has.
    fn network(&mut self) -> Step<u32> {
        let first = u32::from(self.number()?) << 24;
        match first.leading_ones() {
            0 => Ok(first),
            1 => Ok(first | u32::from(self.number()?) << 16),
            _ => {
                self.least(2)?;
                let network = first | u32::from(self.v.u16(0)?) << 8;
                self.pass(2);
                Ok(network)
            }
        }
    }
}
