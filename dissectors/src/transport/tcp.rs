//! TCP (RFC 9293) with its options (IANA, TCP Option Kind Numbers).

use crate::below::{Below, Ip, ip_of};
use crate::checksum;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex4, Paint, Painted, Put, TcpPort};
use crate::registry;
use crate::room;
use crate::state::TcpBase;
use crate::transport::{tcp_fields, tcp_options};
use crate::view::{Step, Stop, View};

/// Octets of the header without options.
pub(crate) const HEADER: usize = 20;
/// The IP protocol number.
pub(crate) const PROTOCOL: u8 = 6;
/// Octets shown of the data in a reset (RFC 9293, section 3.5.3).
const RESET_TEXT: usize = 30;

const SOURCE: Field<u16> = Field::new("tcp.srcport", 0);
const DESTINATION: Field<u16> = Field::new("tcp.dstport", 2);
const SEQUENCE: Field<u32> = Field::new("tcp.seq_raw", 4);
const ACKNOWLEDGMENT: Field<u32> = Field::new("tcp.ack_raw", 8);
const HEADER_WORDS: Field<u8> = Field::bits("tcp.hdr_len", 12, 4, 15);
const FLAGS: Field<u8> = Field::bits("tcp.flags", 13, 0, 0xff);
const WINDOW: Field<u16> = Field::new("tcp.window_size_value", 14);
const CHECKSUM: Field<u16> = Field::new("tcp.checksum", 16);
const URGENT: Field<u16> = Field::new("tcp.urgent_pointer", 18);

pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const RST: u8 = 0x04;
pub(crate) const ACK: u8 = 0x10;
const URG: u8 = 0x20;
/// The flags' letters, from the lowest bit on.
const FLAG_LETTERS: &[u8; 8] = b"FSRP.UEW";

/// What stands for no flags.
const NO_FLAGS: &str = "none";

/// The letters of each combination of flags, and how many they are.
static FLAG_TEXTS: [([u8; 8], u8); 256] = {
    let mut table = [([0; 8], 0); 256];
    let mut flags = 0;
    while flags < 256 {
        let mut bit = 0;
        while bit < 8 {
            if flags >> bit & 1 == 1 {
                table[flags].0[table[flags].1 as usize] = FLAG_LETTERS[bit];
                table[flags].1 += 1;
            }
            bit += 1;
        }
        flags += 1;
    }
    table
};

/// The letters of the flags that are set, or `none`.
struct Flags(u8);

impl Put for Flags {
    #[inline]
    fn put(self, o: &mut Out) {
        match FLAG_TEXTS[usize::from(self.0)] {
            (_, 0) => o.put(NO_FLAGS),
            (letters, count) => o.line.start_of(&letters, count.into()),
        }
    }

    #[inline(always)]
    fn room(&self, _: &Out) -> Option<usize> {
        Some(FLAG_LETTERS.len())
    }

    #[inline(always)]
    fn write(self, room: &mut [u8]) -> &mut [u8] {
        match &FLAG_TEXTS[usize::from(self.0)] {
            (_, 0) => room::str(room, NO_FLAGS),
            (letters, count) => room::start_of(room, letters, usize::from(*count)),
        }
    }
}

/// A TCP segment.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "tcp";
    let ip = ip_of(below)?;
    if !v.has(4) {
        o.put((ip.source()?, " > ", ip.destination()?, ":"));
        o.truncated();
        return Ok(());
    }
    let (sport, dport) = (v.get(SOURCE)?, v.get(DESTINATION)?);
    o.note(SOURCE, sport);
    o.note(DESTINATION, dport);
    ip.put_ends(o, PROTOCOL, TcpPort(sport), TcpPort(dport))?;
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    let header_len = usize::from(v.get(HEADER_WORDS)?) * 4;
    if header_len < HEADER {
        let rest = (v.len() as u32).wrapping_sub(header_len as u32);
        o.put((" tcp ", rest, " [bad hdr length ", header_len, " - too short, < ", HEADER, "]"));
        return Ok(());
    }
    if o.tree.is_some() {
        tcp_fields::note(o, v, header_len);
    }
    if o.opt.quiet > 0 {
        o.put(("tcp ", (v.len() as u32).wrapping_sub(header_len as u32)));
        too_long(o, header_len, v.len());
        return Ok(());
    }
    let flags = v.get(FLAGS)?;
    o.put(("Flags [", Painted(Paint::Flags, Flags(flags)), "]"));
    let mut numbers = Numbers { seq: v.get(SEQUENCE)?, ack: v.get(ACKNOWLEDGMENT)?, sack_base: 0 };
    if !o.opt.absolute_seq && flags & ACK != 0 {
        numbers.make_relative(o, ip, sport, dport, flags)?;
    }
    if too_long(o, header_len, v.len()) {
        return Ok(());
    }
    if o.opt.verbose > 0 && !o.opt.no_checksums && !ip.fragmented {
        check(o, v, ip)?;
    }
    let payload = v.skip(header_len);
    let length = payload.len();
    let numbered = o.opt.verbose > 1 || length > 0 || flags & (SYN | FIN | RST) != 0;
    let end = (length > 0).then(|| (":", numbers.seq.wrapping_add(length as u32)));
    let acknowledges = flags & ACK != 0;
    o.put((
        numbered.then_some((", seq ", numbers.seq, end)),
        acknowledges.then_some((", ack ", numbers.ack)),
        (o.opt.verbose > 1 && !acknowledges && numbers.ack != 0).then_some((
            ", [ack ",
            numbers.ack,
            " != 0 while ACK flag not set]",
        )),
        (", win ", v.get(WINDOW)?),
    ));
    let urgent = v.get(URGENT)?;
    if flags & URG != 0 {
        o.put((", urg ", urgent));
    } else if o.opt.verbose > 1 && urgent != 0 {
        o.put((", [urg ", urgent, " != 0 while URG flag not set]"));
    }
    if header_len > HEADER {
        let options = v.skip(HEADER).claim(header_len - HEADER);
        if !tcp_options::dissect(o, options, v, below, flags, numbers.sack_base)? {
            return Ok(());
        }
    }
    o.put((", length ", length));
    if length == 0 {
        return Ok(());
    }
    if !v.has(header_len) {
        o.put((" [remaining caplen(", v.caplen(), ") < header length(", header_len, ")]"));
        return Err(Stop::Truncated);
    }
    if flags & RST != 0 {
        if o.opt.verbose == 0 {
            return payload.check(length);
        }
        reset_text(o, payload);
        return Ok(());
    }
    if o.tree.is_some() {
        registry::note_segment(o, payload.payload());
    }
    let below = &Below { sport, dport, ..*below };
    registry::tcp_payload(o, payload, below)
}

/// The note that the header length exceeds the segment; true if it does.
#[inline(always)]
fn too_long(o: &mut Out, header_len: usize, len: usize) -> bool {
    if header_len > len {
        o.put((" [bad hdr length ", header_len, " - too long, > ", len, "]"));
    }
    header_len > len
}

/// The verdict on the checksum, where the whole segment was captured.
fn check(o: &mut Out, v: View<'_>, ip: &Ip<'_>) -> Step {
    let Ok(covered) = v.bytes(0, v.len()) else { return Ok(()) };
    let field = v.get(CHECKSUM)?;
    o.put((", cksum 0x", Hex4(field)));
    match ip.checksum(PROTOCOL, covered.len(), covered)? {
        0 => o.put(" (correct)"),
        computed => o.put((" (incorrect -> 0x", Hex4(checksum::should_be(field, computed)), ")")),
    }
    Ok(())
}

/// The numbers of a segment as they are printed.
struct Numbers {
    seq: u32,
    ack: u32,
    /// What SACK edges are relative to: the first number of the other end.
    sack_base: u32,
}

impl Numbers {
    /// Makes the numbers relative to the first of the conversation that bore an
    /// acknowledgment; that one, and any SYN, stays absolute.
    #[inline(always)]
    fn make_relative(&mut self, o: &mut Out, ip: &Ip<'_>, sport: u16, dport: u16, flags: u8) -> Step {
        let base = match o.facts {
            Some(facts) => facts.tcp,
            None => self.base(o, ip, sport, dport, flags)?,
        };
        self.sack_base = base.map_or(self.ack.wrapping_sub(1), |base| base.other);
        if let Some(base) = base {
            self.seq = self.seq.wrapping_sub(base.own);
            self.ack = self.ack.wrapping_sub(base.other);
        }
        Ok(())
    }

    /// What they are relative to, where it was not settled before.
    #[inline(never)]
    fn base(&self, o: &mut Out, ip: &Ip<'_>, sport: u16, dport: u16, flags: u8) -> Step<Option<TcpBase>> {
        let ends = [(ip.source()?, sport), (ip.destination()?, dport)];
        Ok(o.state.tcp_base(ends, flags & SYN != 0, self.seq, self.ack))
    }
}

/// The text that a reset may carry.
fn reset_text(o: &mut Out, v: View<'_>) {
    o.put(if v.has(v.len()) { " [RST" } else { " [!RST" });
    if v.len() > RESET_TEXT {
        o.put("+");
    }
    o.put(" ");
    let shown = v.payload();
    for &byte in &shown[..shown.len().min(RESET_TEXT)] {
        o.char(byte);
    }
    o.put("]");
}
