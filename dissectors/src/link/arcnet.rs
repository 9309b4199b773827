//! ARCNET (RFC 1201; the system codes of its table).

use crate::below::Below;
use crate::field::Slot;
use crate::network::{appletalk, arp, ipx};
use crate::out::Out;
use crate::put::{Hex2, Hex4, Table, named_hex};
use crate::registry;
use crate::view::{Step, Stop, View};

/// Octets of the header up to the system code.
const SHORT: usize = 3;
/// Octets of the header with flag and sequence number (RFC 1201, section 2).
const LONG: usize = 6;
/// Octets of the header of an exception frame.
const EXCEPTION: usize = 10;
/// The flag of an exception frame.
const EXCEPTION_FLAG: u8 = 0xff;

/// Octets of Linux's header up to the system code, and with the flag.
const LINUX_SHORT: usize = 5;
const LINUX_LONG: usize = 8;

/// The stations, and what follows them: the system code, the flag of a fragment and its number; Linux has an
/// offset before them, and an exception frame padding in between.
const STATIONS: &[Slot] = &[Slot::new("arcnet.src", 0, 1), Slot::new("arcnet.dst", 1, 1)];
const OFFSET: &[Slot] = &[Slot::new("arcnet.offset", 2, 2)];
const CODE: &[Slot] = &[Slot::new("arcnet.protID", 0, 1)];
const EXCEPTION_START: &[Slot] = &[Slot::new("arcnet.exception_flag", 1, 1), Slot::new("arcnet.padding", 2, 2)];
const FRAGMENT: &[Slot] = &[Slot::new("arcnet.split_flag", 0, 1), Slot::new("arcnet.sequence", 1, 2)];

const OLD_IP: u8 = 240;
const OLD_ARP: u8 = 241;
const IP: u8 = 212;
const ARP: u8 = 213;
const REVERSE_ARP: u8 = 214;
const APPLETALK: u8 = 221;
const IPX: u8 = 250;
const IPV6: u8 = 196;
const DIAGNOSE: u8 = 128;
const CODES: Table = &[
    (240, "oldip"),
    (241, "oldarp"),
    (212, "ip"),
    (213, "arp"),
    (214, "rarp"),
    (221, "atalk"),
    (247, "banyan"),
    (250, "ipx"),
    (196, "ipv6"),
    (128, "diag"),
];

/// Whether a system code comes without flag and sequence number.
fn is_short(code: u8) -> bool {
    matches!(code, OLD_IP | OLD_ARP | DIAGNOSE)
}

/// What a header says of fragments.
#[derive(Clone, Copy)]
struct Fragment {
    flag: u8,
    sequence: u16,
}

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "arcnet";
    if !v.has(SHORT) || v.len() < SHORT {
        return Err(Stop::Truncated);
    }
    let code = v.u8(2)?;
    o.see_all(STATIONS, v);
    note(o, v.skip(2))?;
    let (header, fragment) = if is_short(code) {
        (SHORT, None)
    } else {
        if !v.has(LONG) || v.len() < LONG {
            return cut(o, v, " phds");
        }
        let exception = v.u8(3)? == EXCEPTION_FLAG;
        if exception && (!v.has(EXCEPTION) || v.len() < EXCEPTION) {
            return cut(o, v, " phds extended");
        }
        let header = if exception { EXCEPTION } else { LONG };
        (header, Some(Fragment { flag: v.u8(header - 3)?, sequence: v.u16(header - 2)? }))
    };
    if o.opt.link {
        put_header(o, v, fragment)?;
    }
    let middle = fragment.is_some_and(|f| f.flag != 0 && f.flag & 1 == 0);
    if !middle && !payload(o, code, v.skip(header), below)? {
        o.default_dump(v.skip(header).payload());
    }
    o.link_len += header;
    Ok(())
}

/// The frame entry of Linux, which reassembles, and has an offset before the system code.
pub(crate) fn linux(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "arcnet_linux";
    if !v.has(LINUX_SHORT) || v.len() < LINUX_SHORT {
        return Err(Stop::Truncated);
    }
    let code = v.u8(4)?;
    o.see_all(STATIONS, v);
    o.see_all(OFFSET, v);
    note(o, v.skip(4))?;
    let header = if is_short(code) { LINUX_SHORT } else { LINUX_LONG };
    if !v.has(header) || v.len() < header {
        return Err(Stop::Truncated);
    }
    if o.opt.link {
        put_header(o, v, None)?;
    }
    if !payload(o, code, v.skip(header), below)? {
        o.default_dump(v.skip(header).payload());
    }
    o.link_len += header;
    Ok(())
}

/// Notes a header from its system code on.
fn note(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(CODE, v);
    if is_short(v.u8(0)?) {
        return Ok(());
    }
    let exception = v.u8(1) == Ok(EXCEPTION_FLAG);
    if exception {
        o.see_all(EXCEPTION_START, v);
    }
    o.see_all(FRAGMENT, v.skip(if exception { 5 } else { 1 }));
    Ok(())
}

fn cut(o: &mut Out, v: View<'_>, what: &'static str) -> Step {
    put_header(o, v, None)?;
    o.put(what);
    Err(Stop::Truncated)
}

fn put_header(o: &mut Out, v: View<'_>, fragment: Option<Fragment>) -> Step {
    let length = v.len();
    o.put((Hex2(v.u8(0)?), " ", Hex2(v.u8(1)?), " "));
    if o.opt.quiet > 0 {
        o.put((length, ": "));
        return Ok(());
    }
    o.put(named_hex(CODES, v.u8(2)?, "", 2));
    if let Some(Fragment { flag, sequence }) = fragment {
        o.put((" seqid ", Hex4(sequence)));
        if flag & 1 != 0 {
            o.put((" (first of ", (u32::from(flag) + 3) / 2, " fragments)"));
        } else if flag != 0 {
            o.put((" (fragment ", flag / 2 + 1, ")"));
        }
    }
    o.put((" ", length, ": "));
    Ok(())
}

/// The packet of a system code; false if the code is not known.
fn payload(o: &mut Out, code: u8, v: View<'_>, below: &Below<'_>) -> Step<bool> {
    match code {
        OLD_IP | IP => registry::ipv4()(o, v, below)?,
        IPV6 => registry::ipv6()(o, v, below)?,
        OLD_ARP | ARP | REVERSE_ARP => arp::dissect(o, v, below)?,
        APPLETALK => appletalk::phase_1(o, v, below)?,
        IPX => ipx::dissect(o, v, below)?,
        _ => return Ok(false),
    }
    Ok(true)
}
