//! RPL, the routing protocol for low-power networks (RFC 6550, section 6).

use crate::out::Out;
use crate::put::{Hex2, Ipv6, Put, Table, named_dec};
use crate::view::{Step, View};

const SECURE: u8 = 0x80;
const SOLICITATION: u8 = 0;
const INFORMATION: u8 = 1;
const ADVERTISEMENT: u8 = 2;
const ACKNOWLEDGEMENT: u8 = 3;

const MODES: Table = &[(0, "nonstoring"), (1, "storing"), (2, "nonstoring-multicast"), (3, "storing-multicast")];
const OPTION_NAMES: Table = &[
    (0, "pad1"),
    (1, "padN"),
    (2, "metrics"),
    (3, "routinginfo"),
    (4, "config"),
    (5, "rpltarget"),
    (6, "transitinfo"),
    (8, "destprefix"),
    (9, "rpltargetdesc"),
];
/// Octets that a capture has of a destination advertisement, with the graph that
/// it may leave out.
const ADVERTISEMENT_SIZE: usize = 20;
/// Octets of an acknowledgement without an identifier.
const ACKNOWLEDGEMENT_SIZE: usize = 4;
/// Octets of the information object before its options.
const INFORMATION_SIZE: usize = 24;

/// An RPL control message after the ICMPv6 type, code and checksum.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, code: u8) -> Step {
    if code & SECURE != 0 {
        o.put(", (SEC) [worktodo]");
        return Ok(());
    }
    o.put(", (CLR)");
    let body = match code {
        SOLICITATION => {
            o.put("DODAG Information Solicitation");
            return Ok(());
        }
        INFORMATION => {
            o.put("DODAG Information Object");
            information
        }
        ADVERTISEMENT => {
            o.put("Destination Advertisement Object");
            advertisement
        }
        ACKNOWLEDGEMENT => {
            o.put("Destination Advertisement Object Ack");
            acknowledgement
        }
        _ => {
            o.put(("RPL message, unknown code ", code));
            return Ok(());
        }
    };
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let result = body(o, v);
    o.settle(result)
}

fn information(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < INFORMATION_SIZE {
        return Err(o.wrong("length", v.len(), "<", INFORMATION_SIZE));
    }
    let mode = v.u8(4)?;
    o.put((
        " [dagid:",
        Ipv6(v.array(8)?),
        ",seq:",
        v.u8(5)?,
        ",instance:",
        v.u8(0)?,
        ",rank:",
        v.u16(2)?,
        if mode & 0x80 != 0 { ",grounded," } else { "," },
        "mop:",
        named_dec(MODES, mode >> 3 & 7, "mop"),
        ",prf:",
        mode & 7,
        "]",
    ));
    options(o, v.skip(INFORMATION_SIZE))
}

/// The DODAG identifier where the message has one.
struct Graph(Option<[u8; 16]>);

impl Put for Graph {
    fn put(self, o: &mut Out) {
        match self.0 {
            Some(address) => Ipv6(address).put(o),
            None => "<elided>".put(o),
        }
    }
}

/// The identifier after the first four octets, if `present`, and what follows.
fn graph<'p>(o: &mut Out, v: View<'p>, present: bool) -> Step<(Graph, View<'p>)> {
    let rest = v.skip(4);
    if !present {
        return Ok((Graph(None), rest));
    }
    if rest.len() < 16 {
        return Err(o.wrong("length", rest.len(), "<", 16u8));
    }
    Ok((Graph(Some(rest.array(0)?)), rest.skip(16)))
}

fn advertisement(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < 4 {
        return Err(o.wrong("length", v.len(), "<", 4u8));
    }
    v.need(ADVERTISEMENT_SIZE)?;
    let flags = v.u8(1)?;
    let (graph, rest) = graph(o, v, flags & 0x40 != 0)?;
    o.put((
        " [dagid:",
        graph,
        ",seq:",
        v.u8(3)?,
        ",instance:",
        v.u8(0)?,
        if flags & 0x80 != 0 { ",acK" } else { "" },
        if flags & 0x40 != 0 { ",Dagid" } else { "" },
        ",flags:",
        Hex2(flags),
        "]",
    ));
    options(o, rest)
}

fn acknowledgement(o: &mut Out, v: View<'_>) -> Step {
    if v.len() < ACKNOWLEDGEMENT_SIZE {
        return Err(o.wrong("length", v.len(), "<", ACKNOWLEDGEMENT_SIZE));
    }
    v.need(ACKNOWLEDGEMENT_SIZE)?;
    let (graph, rest) = graph(o, v, v.u8(1)? & 0x80 != 0)?;
    o.put((" [dagid:", graph, ",seq:", v.u8(2)?, ",instance:", v.u8(0)?, ",status:", v.u8(3)?, "]"));
    options(o, rest)
}

/// The options (RFC 6550, section 6.7), with `-vv`.
fn options(o: &mut Out, v: View<'_>) -> Step {
    if o.opt.verbose < 2 {
        return Ok(());
    }
    let mut v = v;
    while !v.is_empty() {
        let kind = v.u8(0)?;
        let mut size = 1;
        if kind == 0 {
            o.put(" opt:pad1");
        } else {
            if v.len() < 2 {
                o.truncated();
                return Ok(());
            }
            size = usize::from(v.u8(1)?) + 2;
            o.put((" opt:", named_dec(OPTION_NAMES, kind, "subopt:"), " len:", size, " "));
            v.check(size)?;
            if v.len() < size {
                o.truncated();
                return Ok(());
            }
            if o.opt.verbose > 2 {
                o.hex_field(" ", v.skip(2), size - 2)?;
            }
        }
        v = v.skip(size);
    }
    Ok(())
}
