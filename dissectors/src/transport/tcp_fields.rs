//! TCP for the tree (RFC 9293), with its options (IANA, TCP Option Kind Numbers).

use crate::field::Slot;
use crate::fields::Id;
use crate::flow::{Scale, Verdict};
use crate::out::Out;
use crate::transport::tcp::{ACK, FIN, HEADER, PROTOCOL, RST, SYN};
use crate::view::View;

const FIXED: [Slot; 17] = [
    Slot::new("tcp.seq_raw", 4, 4),
    Slot::new("tcp.ack_raw", 8, 4),
    // The flags one by one: from the reserved bits to FIN.
    Slot::new("tcp.flags", 12, 2).bits(0, 0xfff),
    Slot::new("tcp.flags.res", 12, 1).bits(1, 7),
    Slot::new("tcp.flags.ae", 12, 1).bit(0),
    Slot::new("tcp.flags.cwr", 13, 1).bit(7),
    Slot::new("tcp.flags.ece", 13, 1).bit(6),
    Slot::new("tcp.flags.urg", 13, 1).bit(5),
    Slot::new("tcp.flags.ack", 13, 1).bit(4),
    Slot::new("tcp.flags.push", 13, 1).bit(3),
    Slot::new("tcp.flags.reset", 13, 1).bit(2),
    Slot::new("tcp.flags.syn", 13, 1).bit(1),
    Slot::new("tcp.flags.fin", 13, 1).bit(0),
    Slot::new("tcp.window_size_value", 14, 2),
    Slot::new("tcp.checksum", 16, 2),
    Slot::new("tcp.urgent_pointer", 18, 2),
    Slot::new("tcp.hdr_len", 12, 1).bits(2, 0x3c),
];
const LENGTH: Id = Id::of("tcp.len");
const PAYLOAD: Id = Id::of("tcp.payload");
const RESET_CAUSE: Id = Id::of("tcp.reset_cause");

const FLAG_TEXT: Id = Id::of("tcp.flags.str");
/// The letters of the flags from the highest bit on; a dot stands for one that is not set.
const LETTERS: &[u8; 12] = b"RRRACEUAPRSF";
const NO_LETTER: &str = "\u{b7}";

const STREAM: Id = Id::of("tcp.stream");
const SINCE_FIRST: Id = Id::of("tcp.time_relative");
const SINCE_PREVIOUS: Id = Id::of("tcp.time_delta");
const SEQUENCE: Id = Id::of("tcp.seq");
const ACKNOWLEDGMENT: Id = Id::of("tcp.ack");
const NEXT: Id = Id::of("tcp.nxtseq");
const WINDOW: Id = Id::of("tcp.window_size");
const FACTOR: Id = Id::of("tcp.window_size_scalefactor");
const RETRANSMISSION: Id = Id::of("tcp.analysis.retransmission");
const OUT_OF_ORDER: Id = Id::of("tcp.analysis.out_of_order");
const DUPLICATE: Id = Id::of("tcp.analysis.duplicate_ack");
const DUPLICATE_NUMBER: Id = Id::of("tcp.analysis.duplicate_ack_num");
const ZERO_WINDOW: Id = Id::of("tcp.analysis.zero_window");
const INITIAL_ROUND_TRIP: Id = Id::of("tcp.analysis.initial_rtt");
const ROUND_TRIP: Id = Id::of("tcp.analysis.ack_rtt");

const OPTIONS: Id = Id::of("tcp.options");
const KIND: Id = Id::of("tcp.option_kind");
const OPTION_LENGTH: Id = Id::of("tcp.option_len");

const END: u8 = 0;
const NOP: u8 = 1;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const SACK: u8 = 5;
const AUTHENTICATION: u8 = 29;
const MPTCP: u8 = 30;
const FAST_OPEN: u8 = 34;
/// Of Riverbed, which nothing is known of.
const PROBE: u8 = 76;
const TRANSPARENCY: u8 = 78;
const ACCURATE_ECN: u8 = 172;
const ACCURATE_ECN_1: u8 = 174;
const EXPERIMENT_1: u8 = 253;
const EXPERIMENT_2: u8 = 254;

/// An option of a fixed length: its kind, the octets of its value, and what is in them.
type Known = (u8, usize, &'static [Slot]);

const ECHO: [Slot; 1] = [Slot::new("tcp.options.echo_value", 0, 4)];
const CONNECTION_COUNT: [Slot; 1] = [Slot::new("tcp.options.cc_value", 0, 4)];
const KNOWN: &[Known] = &[
    (2, 2, &[Slot::new("tcp.options.mss_val", 0, 2)]),
    (WINDOW_SCALE, 1, &[Slot::new("tcp.options.wscale.shift", 0, 1)]),
    (6, 4, &ECHO),
    (7, 4, &ECHO),
    (8, 8, &[Slot::new("tcp.options.timestamp.tsval", 0, 4), Slot::new("tcp.options.timestamp.tsecr", 4, 4)]),
    (11, 4, &CONNECTION_COUNT),
    (12, 4, &CONNECTION_COUNT),
    (13, 4, &CONNECTION_COUNT),
    (19, 16, &[Slot::new("tcp.options.md5.digest", 0, 16)]),
    // Space communications (CCSDS 714.0-B-2).
    (
        20,
        2,
        &[
            Slot::new("tcp.options.scps.vector", 0, 1),
            Slot::new("tcp.options.scpsflags.snack1", 0, 1).bit(6),
            Slot::new("tcp.options.scpsflags.snack2", 0, 1).bit(5),
            Slot::new("tcp.options.scps.binding", 1, 1),
        ],
    ),
    (21, 4, &[Slot::new("tcp.options.snack.offset", 0, 2), Slot::new("tcp.options.snack.size", 2, 2)]),
    (22, 0, &[]),
    (23, 0, &[]),
    // Quick-Start (RFC 4782) and the user timeout (RFC 5482).
    (27, 6, &[Slot::new("tcp.options.qs.rate", 0, 1).bits(0, 15), Slot::new("tcp.options.qs.ttl_diff", 1, 1)]),
    (
        28,
        2,
        &[
            Slot::new("tcp.options.user_to_granularity", 0, 2).bit(15),
            Slot::new("tcp.options.user_to_val", 0, 2).bits(0, 0x7fff),
        ],
    ),
];
const MULTIPLIER: Id = Id::of("tcp.options.wscale.multiplier");
/// The largest shift that counts (RFC 7323, section 2.3).
const MAX_SHIFT: u8 = 14;
const PERMITTED: Id = Id::of("tcp.options.sack_perm");
const LEFT_EDGE: Id = Id::of("tcp.options.sack_le");
const RIGHT_EDGE: Id = Id::of("tcp.options.sack_re");
const TWICE_LEFT: Id = Id::of("tcp.options.sack.dsack_le");
const TWICE_RIGHT: Id = Id::of("tcp.options.sack.dsack_re");
const SACK_COUNT: Id = Id::of("tcp.options.sack.count");
const KEYS: [Slot; 2] = [Slot::new("tcp.options.ao.keyid", 0, 1), Slot::new("tcp.options.ao.rnextkeyid", 1, 1)];
const AUTHENTICATOR: Id = Id::of("tcp.options.ao.mac");
const COOKIE: Id = Id::of("tcp.options.tfo.cookie");
const COOKIE_REQUEST: Id = Id::of("tcp.options.tfo.request");
const EXPERIMENT: [Slot; 1] = [Slot::new("tcp.options.experimental.exid", 0, 2)];
const EXPERIMENT_DATA: Id = Id::of("tcp.options.experimental.data");
/// Fast Open's experiment (RFC 7413, section 4.1.1).
const FAST_OPEN_ID: u16 = 0xf989;
/// The counters of Accurate ECN, in their order in either option.
const COUNTERS: [[Slot; 3]; 2] = [
    [
        Slot::new("tcp.options.acc_ecn.ee0b", 0, 3),
        Slot::new("tcp.options.acc_ecn.eceb", 3, 3),
        Slot::new("tcp.options.acc_ecn.ee1b", 6, 3),
    ],
    [
        Slot::new("tcp.options.acc_ecn.ee1b", 0, 3),
        Slot::new("tcp.options.acc_ecn.eceb", 3, 3),
        Slot::new("tcp.options.acc_ecn.ee0b", 6, 3),
    ],
];
const UNKNOWN: Id = Id::of("tcp.options.unknown.payload");

/// Notes a segment whose header has so many octets.
pub(crate) fn note(o: &mut Out, v: View<'_>, header_len: usize) {
    let Some(tree) = &mut o.tree else { return };
    let payload = v.skip(header_len);
    tree.add(LENGTH, payload.len().into());
    let data = payload.payload();
    match v.u8(13) {
        _ if data.is_empty() => {}
        // What a reset carries tells why (RFC 9293, section 3.5.3).
        Ok(flags) if flags & RST != 0 => tree.add_octets(RESET_CAUSE, data),
        _ if tree.payloads => tree.add_octets(PAYLOAD, data),
        _ => {}
    }
    o.see_all(&FIXED, v);
    flag_text(o, v);
    let first = connection(o, v, payload.len() as u32);
    let acknowledged = Acknowledged { number: v.u32(8).unwrap_or_default(), first };
    options(o, v.skip(HEADER).cut(header_len - HEADER), acknowledged);
}

/// What a segment acknowledges.
#[derive(Clone, Copy)]
struct Acknowledged {
    number: u32,
    /// What it and the edges of selective acknowledgments are relative to.
    first: u32,
}

fn flag_text(o: &mut Out, v: View<'_>) {
    let Ok(flags) = v.u16(12) else { return };
    let (mut text, mut len) = ([0; LETTERS.len() * NO_LETTER.len()], 0);
    for (at, letter) in LETTERS.iter().enumerate() {
        let set = flags >> (LETTERS.len() - 1 - at) & 1 == 1;
        let shown = if set { std::slice::from_ref(letter) } else { NO_LETTER.as_bytes() };
        text[len..len + shown.len()].copy_from_slice(shown);
        len += shown.len();
    }
    o.note_octets(FLAG_TEXT, &text[..len]);
}

/// What earlier packets tell of a segment with so many octets of data: what
/// acknowledgments are relative to.
fn connection(o: &mut Out, v: View<'_>, len: u32) -> u32 {
    let (Ok(from), Ok(to), Ok(seq), Ok(ack)) = (v.u16(0), v.u16(2), v.u32(4), v.u32(8)) else { return 0 };
    let (Ok(flags), Ok(window), Some(tree)) = (v.u8(13), v.u16(14), &mut o.tree) else { return 0 };
    let Some(flow) = tree.flow(PROTOCOL, (from, to)) else { return 0 };
    tree.add(STREAM, flow.stream.into());
    tree.add(SINCE_FIRST, flow.since_first.into());
    tree.add(SINCE_PREVIOUS, flow.since_previous.into());
    let verdict = flow.verdict.unwrap_or_default();
    let relative = seq.wrapping_sub(verdict.own);
    tree.add(SEQUENCE, relative.into());
    let ack = if flags & ACK != 0 { ack.wrapping_sub(verdict.other) } else { 0 };
    tree.add(ACKNOWLEDGMENT, ack.into());
    // The window of a SYN itself is never scaled.
    let (shift, factor) = match verdict.scale {
        _ if flags & SYN != 0 => (0, None),
        Scale::Unknown => (0, Some(-1)),
        Scale::Unused => (0, Some(-2)),
        Scale::Shift(shift) => (shift, Some(1i64 << shift)),
    };
    tree.add(WINDOW, (u32::from(window) << shift).into());
    if flow.quoted {
        return 0;
    }
    if let Some(factor) = factor {
        tree.add(FACTOR, factor.into());
    }
    tree.add(NEXT, relative.wrapping_add(len).wrapping_add(u32::from(flags & (SYN | FIN) != 0)).into());
    analysis(o, &verdict);
    verdict.other
}

/// What is unusual about a segment.
fn analysis(o: &mut Out, verdict: &Verdict) {
    let marks = [
        (RETRANSMISSION, verdict.retransmission),
        (OUT_OF_ORDER, verdict.out_of_order),
        (DUPLICATE, verdict.duplicate > 0),
        (ZERO_WINDOW, verdict.zero_window),
    ];
    for (mark, _) in marks.into_iter().filter(|mark| mark.1) {
        o.note(mark, true);
    }
    if verdict.duplicate > 0 {
        o.note(DUPLICATE_NUMBER, verdict.duplicate);
    }
    if let Some(rtt) = verdict.rtt {
        o.note(ROUND_TRIP, rtt);
    }
    if let Some(rtt) = verdict.initial_rtt {
        o.note(INITIAL_ROUND_TRIP, rtt);
    }
}

/// The options, as far as they are whole.
fn options(o: &mut Out, v: View<'_>, acknowledged: Acknowledged) {
    if v.caplen() > 0 {
        o.note_octets(OPTIONS, v.data());
    }
    let mut rest = v;
    while let Ok(kind) = rest.u8(0) {
        let mut size = 1;
        if kind > NOP {
            size = rest.u8(1).unwrap_or_default().into();
            if size < 2 || !rest.has(size) {
                return;
            }
        }
        o.note(KIND, kind);
        match kind {
            NOP => {}
            // Each zero behind the end is one too.
            END if rest.u8(1).is_ok_and(|next| next != END) => return,
            END => {}
            _ => {
                o.note(OPTION_LENGTH, size);
                option(o, rest.cut(size), kind, acknowledged);
            }
        }
        rest = rest.skip(size);
    }
}

fn option(o: &mut Out, whole: View<'_>, kind: u8, acknowledged: Acknowledged) {
    let v = whole.skip(2);
    if let Some((_, size, slots)) = KNOWN.iter().find(|known| known.0 == kind) {
        if v.caplen() == *size {
            o.see_all(slots, v);
        }
        if let (WINDOW_SCALE, 1, Ok(shift)) = (kind, v.caplen(), v.u8(0)) {
            o.note(MULTIPLIER, 1u16 << shift.min(MAX_SHIFT));
        }
        return;
    }
    match kind {
        SACK_PERMITTED => o.note_octets(PERMITTED, whole.data()),
        SACK => selective(o, v, acknowledged),
        AUTHENTICATION => {
            o.see_all(&KEYS, v);
            if v.has(3) {
                o.note_octets(AUTHENTICATOR, v.skip(2).data());
            }
        }
        FAST_OPEN => fast_open(o, v),
        EXPERIMENT_1 | EXPERIMENT_2 => {
            o.see_all(&EXPERIMENT, v);
            match v.u16(0) {
                Ok(FAST_OPEN_ID) => fast_open(o, v.skip(2)),
                Ok(_) if v.has(3) => o.note_octets(EXPERIMENT_DATA, v.skip(2).data()),
                _ => {}
            }
        }
        ACCURATE_ECN | ACCURATE_ECN_1 => o.see_all(&COUNTERS[usize::from(kind == ACCURATE_ECN_1)], v),
        MPTCP | PROBE | TRANSPARENCY => {}
        _ if v.has(1) => o.note_octets(UNKNOWN, v.data()),
        _ => {}
    }
}

/// Selective acknowledgments (RFC 2018), of which the first may be of octets that came
/// twice (RFC 2883, section 4).
fn selective(o: &mut Out, v: View<'_>, acknowledged: Acknowledged) {
    let Acknowledged { number, first } = acknowledged;
    let is_before = |a: u32, b: u32| (a.wrapping_sub(b) as i32) < 0;
    let block = |at: usize| Some((v.u32(at).ok()?, v.u32(at + 4).ok()?));
    let mut at = 0;
    while let Some((left, right)) = block(at) {
        o.note(LEFT_EDGE, left.wrapping_sub(first));
        o.note(RIGHT_EDGE, right.wrapping_sub(first));
        at += 8;
    }
    o.note(SACK_COUNT, at / 8);
    let Some((left, right)) = block(0) else { return };
    let within = block(8).is_some_and(|(from, to)| !is_before(left, from) && !is_before(to, right));
    if within || is_before(left, number) {
        o.note(TWICE_LEFT, left.wrapping_sub(first));
        o.note(TWICE_RIGHT, right.wrapping_sub(first));
    }
}

/// A cookie, or that one is wanted.
fn fast_open(o: &mut Out, v: View<'_>) {
    if v.has(1) {
        o.note_octets(COOKIE, v.data());
    } else {
        o.note(COOKIE_REQUEST, true);
    }
}
