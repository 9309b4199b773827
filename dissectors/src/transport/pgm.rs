//! Pragmatic General Multicast (RFC 3208), with the acknowledgements and options of
//! PGMCC (L. Rizzo, pgmcc: a TCP-friendly single-rate multicast congestion control
//! scheme).

use crate::below::{Below, ip_of};
use crate::field::Slot;
use crate::options::PacketType;
use crate::out::Out;
use crate::put::{Hex2, Hex8, Ipv6Text, Octets, Put, TcpPort};
use crate::text::zmtp;
use crate::transport::pgm_fields;
use crate::view::{Step, Stop, View};

/// The IP protocol.
const PROTOCOL: u8 = 113;

/// The header (RFC 3208, section 8).
const HEADER: usize = 16;
const DESTINATION: usize = 2;
const TYPE: usize = 4;
const OPTIONS: usize = 5;
const SOURCE_ID: usize = 8;
const LENGTH: usize = 14;

const FIELDS: &[Slot] = &[
    Slot::new("pgm.hdr.sport", 0, 2),
    Slot::new("pgm.hdr.dport", DESTINATION, 2),
    Slot::new("pgm.hdr.type", TYPE, 1),
    Slot::new("pgm.hdr.opts", OPTIONS, 1),
    Slot::new("pgm.hdr.opts.opt", OPTIONS, 1).bit(0),
    Slot::new("pgm.hdr.opts.netsig", OPTIONS, 1).bit(1),
    Slot::new("pgm.hdr.opts.varlen", OPTIONS, 1).bit(6),
    Slot::new("pgm.hdr.opts.parity", OPTIONS, 1).bit(7),
    Slot::new("pgm.hdr.cksum", 6, 2),
    Slot::new("pgm.hdr.tsdulen", LENGTH, 2),
];

const HAS_OPTIONS: u8 = 1;

const SOURCE_PATH: u8 = 0x00;
const POLL: u8 = 0x01;
const POLL_RESPONSE: u8 = 0x02;
const DATA: u8 = 0x04;
const REPAIR: u8 = 0x05;
const NAK: u8 = 0x08;
const NULL_NAK: u8 = 0x09;
const CONFIRMATION: u8 = 0x0a;
const ACKNOWLEDGEMENT: u8 = 0x0b;
const REQUEST: u8 = 0x0c;

/// The mark of the last option, and the octets of an option's header.
const LAST: u8 = 0x80;
const OPTION: usize = 4;

/// The text of an address, which is never looked up.
enum Text {
    Four([u8; 4]),
    Six([u8; 16]),
}

impl Put for Text {
    fn put(self, o: &mut Out) {
        match self {
            Text::Four(address) => o.line.ipv4(address),
            Text::Six(address) => Ipv6Text(address).put(o),
        }
    }
}

/// An address of a family, `at` octets into `v`, and what is behind it.
fn address(v: View<'_>, family: u16, at: usize) -> Step<(Text, usize)> {
    match family {
        1 => {
            v.check(at + 4)?;
            Ok((Text::Four(v.array(at)?), at + 4))
        }
        2 => {
            v.check(at + 16)?;
            Ok((Text::Six(v.array(at)?), at + 16))
        }
        // As tcpdump has it: what cannot be skipped is taken for cut off.
        _ => Err(Stop::Cut),
    }
}

/// A packet, over IP or over UDP.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "pgm";
    let ip = ip_of(below)?;
    if !v.has(DESTINATION + 2) {
        o.put((ip.source()?, " > ", ip.destination()?, ":"));
        return Err(Stop::Cut);
    }
    let (sport, dport) = (TcpPort(v.u16(0)?), TcpPort(v.u16(DESTINATION)?));
    ip.put_ends(o, PROTOCOL, sport, dport)?;
    v.check(HEADER)?;
    o.see_all(FIELDS, v);
    o.note_octets(id!("pgm.hdr.gsi"), v.bytes(SOURCE_ID, 6)?);
    pgm_fields::note(o, v);
    o.put(("PGM, length ", v.u16(LENGTH)?));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put((" 0x", Octets(v.bytes(SOURCE_ID, 6)?), " "));
    message(o, v)
}

/// What is behind the header.
fn message(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u8(TYPE)?;
    // As tcpdump has it: behind a type without a body, options are sought from the
    // header's start.
    let mut rest = match body(o, v.skip(HEADER), kind)? {
        0 => v,
        used => v.skip(HEADER + used),
    };
    if v.u8(OPTIONS)? & HAS_OPTIONS != 0 {
        match options(o, rest)? {
            Some(behind) => rest = behind,
            None => return Ok(()),
        }
    }
    o.put((" [", v.len(), "]"));
    if o.opt.packet_type == Some(PacketType::PgmZmtp1) && matches!(kind, DATA | REPAIR) {
        return zmtp::datagram(o, rest, v.u16(LENGTH)?.into());
    }
    Ok(())
}

/// What a type of packet has of its own; its octets.
fn body(o: &mut Out, v: View<'_>, kind: u8) -> Step<usize> {
    match kind {
        SOURCE_PATH => {
            v.check(16)?;
            let (path, end) = address(v, v.u16(12)?, 16)?;
            o.put(("SPM seq ", v.u32(0)?, " trail ", v.u32(4)?, " lead ", v.u32(8)?, " nla ", path));
            Ok(end)
        }
        POLL => {
            v.check(12)?;
            let (path, end) = address(v, v.u16(8)?, 12)?;
            let random = (v.u32(end)?, " rnd 0x", Hex8(v.u32(end + 4)?), " mask 0x", Hex8(v.u32(end + 8)?));
            o.put(("POLL seq ", v.u32(0)?, " round ", v.u16(4)?, " nla ", path, " ivl ", random));
            Ok(end + 12)
        }
        POLL_RESPONSE => {
            v.check(8)?;
            o.put(("POLR seq ", v.u32(0)?, " round ", v.u16(4)?));
            Ok(8)
        }
        DATA | REPAIR => {
            let name = if kind == DATA { "ODATA" } else { "RDATA" };
            v.check(8)?;
            o.put((name, " trail ", v.u32(4)?, " seq ", v.u32(0)?));
            Ok(8)
        }
        NAK | NULL_NAK | CONFIRMATION => {
            v.check(8)?;
            let (source, end) = address(v, v.u16(4)?, 8)?;
            // As tcpdump has it: the family of the group is sought four octets late.
            let family = end + 4;
            let (group, end) = address(v, v.u16(family)?, family)?;
            let name = match kind {
                NAK => "NAK ",
                NULL_NAK => "NNAK ",
                _ => "NCF ",
            };
            o.put((name, "(", source, " -> ", group, "), seq ", v.u32(0)?));
            Ok(end)
        }
        ACKNOWLEDGEMENT => {
            v.check(8)?;
            o.put(("ACK seq ", v.u32(0)?));
            Ok(8)
        }
        REQUEST => {
            o.put("SPMR");
            Ok(0)
        }
        _ => {
            o.put(("UNKNOWN type 0x", Hex2(kind)));
            Ok(0)
        }
    }
}

/// Options (RFC 3208, section 9.1); what is behind them, or nothing if one of them
/// ends the packet.
fn options<'p>(o: &mut Out, v: View<'p>) -> Step<Option<View<'p>>> {
    v.check(OPTION)?;
    let kind = v.u8(0)? & !LAST;
    if kind != 0 {
        o.put(("[First option bad, should be PGM_OPT_LENGTH, is ", kind, "]"));
        return Ok(None);
    }
    let size = v.u8(1)?;
    if usize::from(size) != OPTION {
        o.put(("[Bad OPT_LENGTH option, length ", size, " != 4]"));
        return Ok(None);
    }
    let total = usize::from(v.u16(2)?);
    if total < OPTION {
        o.put(("[Bad total option length ", total, " < 4]"));
        return Ok(None);
    }
    o.put((" OPTS LEN ", total));
    let (mut v, mut left) = (v.skip(OPTION), total - OPTION);
    while left > 0 {
        if left < OPTION {
            o.put("[Total option length leaves no room for final option]");
            return Ok(None);
        }
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        if size < OPTION {
            o.put(("[Bad option, length ", size, " < ", OPTION, "]"));
            return Ok(Some(v.skip(2)));
        }
        if left < size {
            o.put("[Total option length leaves no room for final option]");
            return Ok(None);
        }
        v.check(size)?;
        if !option(o, v, kind, size)? {
            return Ok(None);
        }
        // As tcpdump has it: those that it does not look into are taken for two octets
        // longer, and the header of a list of sequence numbers is not counted.
        v = v.skip(if is_known(kind & !LAST) { size } else { size + 2 });
        left -= if kind & !LAST == NAK_LIST { size - OPTION } else { size };
        if kind & LAST != 0 {
            break;
        }
    }
    Ok(Some(v))
}

const NAK_LIST: u8 = 0x02;
const REDIRECT: u8 = 0x07;
const CONGESTION_DATA: u8 = 0x12;
const CONGESTION_FEEDBACK: u8 = 0x13;

/// Options of a fixed size: their types, names in complaints, and sizes.
const FIXED: &[(u8, &str, usize)] = &[
    (0x00, "OPT_LENGTH", 4),
    (0x01, "OPT_FRAGMENT", 16),
    (0x03, "OPT_JOIN", 8),
    (0x04, "OPT_NAK_BO_IVL", 12),
    (0x05, "OPT_NAK_BO_RNG", 12),
    (0x08, "OPT_PARITY_PRM", 8),
    (0x09, "OPT_PARITY_GRP", 8),
    (0x0a, "OPT_CURR_TGSIZE", 8),
    (0x0b, "OPT_NBR_UNREACH", 4),
    (0x0d, "OPT_SYN", 4),
    (0x0e, "OPT_FIN", 4),
    (0x0f, "OPT_RST", 4),
    (0x11, "OPT_CRQST", 4),
];

/// Whether an option is looked into.
fn is_known(kind: u8) -> bool {
    FIXED.iter().any(|row| row.0 == kind) || matches!(kind, NAK_LIST | REDIRECT | CONGESTION_DATA | CONGESTION_FEEDBACK)
}

/// An option of `size` octets; false if it ends the packet.
fn option(o: &mut Out, v: View<'_>, kind: u8, size: usize) -> Step<bool> {
    let plain = kind & !LAST;
    if let Some(&(_, name, must)) = FIXED.iter().find(|row| row.0 == plain)
        && size != must
    {
        o.put(("[Bad ", name, " option, length ", size, " != ", must, "]"));
        return Ok(false);
    }
    match plain {
        0x00 => o.put((" OPTS LEN (extra?) ", v.u16(2)?)),
        0x01 => o.put((" FRAG seq ", v.u32(4)?, " off ", v.u32(8)?, " len ", v.u32(12)?)),
        NAK_LIST => {
            o.put(" NAK LIST");
            for at in (OPTION..size).step_by(4) {
                if size - at < 4 {
                    o.put("[Option length not a multiple of 4]");
                    return Ok(false);
                }
                o.put((" ", v.u32(at)?));
            }
        }
        0x03 => o.put((" JOIN ", v.u32(4)?)),
        0x04 => o.put((" BACKOFF ivl ", v.u32(4)?, " ivlseq ", v.u32(8)?)),
        0x05 => o.put((" BACKOFF max ", v.u32(4)?, " min ", v.u32(8)?)),
        REDIRECT => return with_address(o, v, size, 8, "OPT_REDIRECT", "OPT_REDIRECT"),
        0x08 => o.put((" PARITY MAXTGS ", v.u32(4)?)),
        0x09 => o.put((" PARITY GROUP ", v.u32(4)?)),
        0x0a => o.put((" PARITY ATGS ", v.u32(4)?)),
        0x0b => o.put(" NBR_UNREACH"),
        0x0c => o.put((" PATH_NLA [", size, "]")),
        0x0d => o.put(" SYN"),
        0x0e => o.put(" FIN"),
        0x0f => o.put(" RST"),
        0x10 => o.put(" CR"),
        0x11 => o.put(" CRQST"),
        CONGESTION_DATA => return with_address(o, v, size, 12, "OPT_PGMCC_DATA", "OPT_PGMCC_DATA"),
        CONGESTION_FEEDBACK => {
            return with_address(o, v, size, 12, "PGM_OPT_PGMCC_FEEDBACK", "OPT_PGMCC_FEEDBACK");
        }
        _ => o.put((" OPT_", Upper(kind), " [", size, "] ")),
    }
    Ok(true)
}

/// An option that ends in an address behind `fixed` octets; false if its size is
/// wrong. The names are those in complaints of too few octets, and of others.
fn with_address(
    o: &mut Out,
    v: View<'_>,
    size: usize,
    fixed: usize,
    short: &'static str,
    name: &'static str,
) -> Step<bool> {
    if size < fixed {
        o.put(("[Bad ", short, " option, length ", size, " < ", fixed, "]"));
        return Ok(false);
    }
    let family = v.u16(fixed - 4)?;
    let must = match family {
        1 => fixed + 4,
        2 => fixed + 16,
        _ => return Err(Stop::Cut),
    };
    if size != must {
        o.put(("[Bad ", name, " option, length ", size, " != ", fixed, " + address size]"));
        return Ok(false);
    }
    let (address, _) = address(v, family, fixed)?;
    match name {
        "OPT_REDIRECT" => o.put((" REDIRECT ", address)),
        "OPT_PGMCC_DATA" => o.put((" PGMCC DATA ", v.u32(4)?, " ", address)),
        _ => o.put((" PGMCC FEEDBACK ", v.u32(4)?, " ", address)),
    }
    Ok(true)
}

/// Two hexadecimal digits, capital letters.
struct Upper(u8);

impl Put for Upper {
    fn put(self, o: &mut Out) {
        for digit in [self.0 >> 4, self.0 & 0xf] {
            o.line.byte(b"0123456789ABCDEF"[usize::from(digit)]);
        }
    }
}
