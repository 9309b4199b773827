//! DNS messages for the tree (RFC 1035, section 4).

use crate::fields::Id;
use crate::flow::Turn;
use crate::naming::dns_data_fields;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::View;

/// Octets of the header.
const HEADER: usize = 12;
/// The longest name, in octets of text.
const MAX_NAME: usize = 255;
/// The upper two bits of a pointer's first octet.
const POINTER: u8 = 0xc0;

const RESPONSE: u16 = 0x8000;
const AUTHENTICATED: u16 = 0x20;

const ID: Id = Id::of("dns.id");
const FLAGS: Id = Id::of("dns.flags");
const COUNTS: [Id; 4] =
    [Id::of("dns.count.queries"), Id::of("dns.count.answers"), Id::of("dns.count.auth_rr"), Id::of("dns.count.add_rr")];

/// The operation that has other counts (RFC 2136, section 2.2).
const UPDATE: u16 = 5;
const UPDATE_COUNTS: [Id; 4] = [
    Id::of("dns.count.zones"),
    Id::of("dns.count.prerequisites"),
    Id::of("dns.count.updates"),
    Id::of("dns.count.add_rr"),
];

/// Flags: the right shift, the mask, and whether only responses have it.
const EACH_FLAG: [(Id, u16, u16, bool); 10] = [
    (Id::of("dns.flags.response"), 15, 1, false),
    (Id::of("dns.flags.opcode"), 11, 15, false),
    (Id::of("dns.flags.authoritative"), 10, 1, true),
    (Id::of("dns.flags.truncated"), 9, 1, false),
    (Id::of("dns.flags.recdesired"), 8, 1, false),
    (Id::of("dns.flags.recavail"), 7, 1, true),
    (Id::of("dns.flags.z"), 6, 1, false),
    (Id::of("dns.flags.authenticated"), 5, 1, true),
    (Id::of("dns.flags.checkdisable"), 4, 1, false),
    (Id::of("dns.flags.rcode"), 0, 15, true),
];

const QUESTION: Id = Id::of("dns.qry.name");
const QUESTION_LEN: Id = Id::of("dns.qry.name.len");
const QUESTION_LABELS: Id = Id::of("dns.count.labels");
const QUESTION_TYPE: Id = Id::of("dns.qry.type");
const QUESTION_CLASS: Id = Id::of("dns.qry.class");
const NAME: Id = Id::of("dns.resp.name");
const TYPE: Id = Id::of("dns.resp.type");
const CLASS: Id = Id::of("dns.resp.class");
const TTL: Id = Id::of("dns.resp.ttl");
const LENGTH: Id = Id::of("dns.resp.len");

const A: u16 = 1;
const SOA: u16 = 6;
const MX: u16 = 15;
const TXT: u16 = 16;
const AAAA: u16 = 28;
const SRV: u16 = 33;
const OPT: u16 = 41;

/// Records whose data is a name.
const NAMES: [(u16, Id); 4] =
    [(2, Id::of("dns.ns")), (5, Id::of("dns.cname")), (12, Id::of("dns.ptr.domain_name")), (39, Id::of("dns.dname"))];

const SOA_NUMBERS: [Id; 5] = [
    Id::of("dns.soa.serial_number"),
    Id::of("dns.soa.refresh_interval"),
    Id::of("dns.soa.retry_interval"),
    Id::of("dns.soa.expire_limit"),
    Id::of("dns.soa.minimum_ttl"),
];

/// Notes a message, as far as it is captured and right.
pub(crate) fn note(o: &mut Out, v: View<'_>, multicast: bool) {
    match o.tree.as_mut().and_then(|tree| tree.turn()) {
        Some(Turn::Answer { query, time }) => {
            o.note(id!("dns.response_to"), query);
            o.note(id!("dns.time"), time);
        }
        Some(Turn::QueryAgain(query)) => {
            o.note(id!("dns.retransmission"), true);
            o.note(id!("dns.retransmit_request_in"), query);
        }
        Some(Turn::AnswerAgain(answer)) => {
            o.note(id!("dns.retransmission"), true);
            o.note(id!("dns.retransmit_response_in"), answer);
        }
        None => {}
    }
    let reader = Reader { v, class: if multicast { 0x7fff } else { 0xffff } };
    let _ = reader.message(o);
}

/// Reads a message.
pub(super) struct Reader<'p> {
    /// The message.
    pub v: View<'p>,
    /// The bits of a class that are one.
    class: u16,
}

impl Reader<'_> {
    fn half(&self, at: usize) -> Option<u16> {
        self.v.u16(at).ok()
    }

    fn message(&self, o: &mut Out) -> Option<()> {
        o.note(ID, self.half(0)?);
        let flags = self.half(2)?;
        o.note(FLAGS, flags);
        for (field, shift, mask, in_response) in EACH_FLAG {
            // As Wireshark: a question has this one only if it is set (RFC 6840, section 5.7).
            let asked = flags & AUTHENTICATED != 0 && field == EACH_FLAG[7].0;
            if !in_response || flags & RESPONSE != 0 || asked {
                o.note(field, flags >> shift & mask);
            }
        }
        let mut counts = [0; 4];
        for (at, count) in counts.iter_mut().enumerate() {
            *count = self.half(4 + 2 * at)?;
            o.note(if flags >> 11 & 15 == UPDATE { UPDATE_COUNTS[at] } else { COUNTS[at] }, *count);
        }
        let mut at = HEADER;
        for _ in 0..counts[0] {
            at = self.question(o, at)?;
        }
        for _ in 0..counts[1..].iter().map(|&count| u32::from(count)).sum() {
            at = self.record(o, at)?;
        }
        Some(())
    }

    fn question(&self, o: &mut Out, at: usize) -> Option<usize> {
        let (name, end) = self.name(at)?;
        o.note_octets(QUESTION, name.text());
        o.note(QUESTION_LEN, name.text().len());
        o.note(QUESTION_LABELS, name.labels);
        o.note(QUESTION_TYPE, self.half(end)?);
        o.note(QUESTION_CLASS, self.half(end + 2)? & self.class);
        Some(end + 4)
    }

    fn record(&self, o: &mut Out, at: usize) -> Option<usize> {
        let (name, at) = self.name(at)?;
        o.note_octets(NAME, name.text());
        let kind = self.half(at)?;
        o.note(TYPE, kind);
        // These fields of OPT mean something else (RFC 6891, section 6.1.2).
        if kind != OPT {
            o.note(CLASS, self.half(at + 2)? & self.class);
            o.note(TTL, self.v.u32(at + 4).ok()?);
        } else {
            dns_data_fields::edns(o, self.v.skip(at + 2));
        }
        let length = usize::from(self.half(at + 8)?);
        o.note(LENGTH, length);
        let data = at + 10;
        self.data(o, kind, data, length);
        Some(data + length)
    }

    fn data(&self, o: &mut Out, kind: u16, at: usize, length: usize) -> Option<()> {
        if let Some((_, field)) = NAMES.iter().find(|row| row.0 == kind) {
            o.note_octets(*field, self.name(at)?.0.text());
        }
        match kind {
            A if length == 4 => o.note(id!("dns.a"), Ipv4(self.v.array(at).ok()?)),
            AAAA if length == 16 => o.note(id!("dns.aaaa"), Ipv6(self.v.array(at).ok()?)),
            MX => {
                o.note(id!("dns.mx.preference"), self.half(at)?);
                o.note_octets(id!("dns.mx.mail_exchange"), self.name(at + 2)?.0.text());
            }
            TXT => {
                let mut rest = self.v.bytes(at, length).ok()?;
                while let [size, after @ ..] = rest {
                    let text = after.get(..usize::from(*size))?;
                    o.note(id!("dns.txt.length"), *size);
                    o.note_octets(id!("dns.txt"), text);
                    rest = &after[text.len()..];
                }
            }
            SRV => {
                o.note(id!("dns.srv.priority"), self.half(at)?);
                o.note(id!("dns.srv.weight"), self.half(at + 2)?);
                o.note(id!("dns.srv.port"), self.half(at + 4)?);
                o.note_octets(id!("dns.srv.target"), self.name(at + 6)?.0.text());
            }
            SOA => {
                let (server, at) = self.name(at)?;
                let (mailbox, at) = self.name(at)?;
                o.note_octets(id!("dns.soa.mname"), server.text());
                o.note_octets(id!("dns.soa.rname"), mailbox.text());
                for (place, field) in SOA_NUMBERS.into_iter().enumerate() {
                    o.note(field, self.v.u32(at + 4 * place).ok()?);
                }
            }
            OPT => dns_data_fields::options(o, self.v.skip(at).cut(length))?,
            _ => dns_data_fields::note(o, self, kind, at, length)?,
        }
        Some(())
    }

    /// The name at `at`, and the place behind it; pointers only go backwards, so
    /// that there is no loop.
    pub(super) fn name(&self, at: usize) -> Option<(Name, usize)> {
        let mut name = Name { octets: [0; MAX_NAME], len: 0, labels: 0 };
        let (mut at, mut end, mut limit) = (at, None, at);
        loop {
            let size = self.v.u8(at).ok()?;
            match size & POINTER {
                0 if size == 0 => return Some((name, end.unwrap_or(at + 1))),
                0 => {
                    name.push(self.v.bytes(at + 1, size.into()).ok()?)?;
                    at += 1 + usize::from(size);
                }
                POINTER => {
                    end = end.or(Some(at + 2));
                    at = usize::from(self.half(at)? & 0x3fff);
                    if at >= limit {
                        return None;
                    }
                    limit = at;
                }
                _ => return None,
            }
        }
    }
}

/// A name as text.
pub(super) struct Name {
    octets: [u8; MAX_NAME],
    len: usize,
    labels: usize,
}

impl Name {
    pub(super) fn text(&self) -> &[u8] {
        if self.len == 0 { b"<Root>" } else { &self.octets[..self.len] }
    }

    fn push(&mut self, label: &[u8]) -> Option<()> {
        let dot: &[u8] = if self.len > 0 { b"." } else { b"" };
        for part in [dot, label] {
            self.octets.get_mut(self.len..self.len + part.len())?.copy_from_slice(part);
            self.len += part.len();
        }
        self.labels += 1;
        Some(())
    }
}
