//! DNS messages (RFC 1035), over UDP and TCP, and multicast DNS (RFC 6762).

use crate::below::Below;
use crate::field::Field;
use crate::naming::dns_fields;
use crate::naming::dns_names::{self, Message};
use crate::naming::dns_records::{self, OPT};
use crate::out::Out;
use crate::put::{Hex, Put, Table, named};
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 12;

const ID: Field<u16> = Field::new("dns.id", 0);
const FLAGS: Field<u16> = Field::new("dns.flags", 2);
const QUESTIONS: Field<u16> = Field::new("dns.count.queries", 4);
const ANSWERS: Field<u16> = Field::new("dns.count.answers", 6);
const AUTHORITIES: Field<u16> = Field::new("dns.count.auth_rr", 8);
const ADDITIONALS: Field<u16> = Field::new("dns.count.add_rr", 10);

const RESPONSE: u16 = 0x8000;
const AUTHORITATIVE: u16 = 0x0400;
const TRUNCATED: u16 = 0x0200;
const RECURSION_DESIRED: u16 = 0x0100;
const RECURSION_AVAILABLE: u16 = 0x0080;
const AUTHENTIC: u16 = 0x0020;
const CHECKING_DISABLED: u16 = 0x0010;
/// Flags and codes that a query should not have.
const ODD_IN_QUERY: u16 = 0x06cf;
const INVERSE_QUERY: u16 = 1;

const OPCODES: [&str; 16] = [
    "",
    " inv_q",
    " stat",
    " op3",
    " notify",
    " update",
    " op6",
    " op7",
    " op8",
    " updateA",
    " updateD",
    " updateDA",
    " updateM",
    " updateMA",
    " zoneInit",
    " zoneRef",
];

const RESPONSE_CODES: Table = &[
    (0, ""),
    (1, " FormErr"),
    (2, " ServFail"),
    (3, " NXDomain"),
    (4, " NotImp"),
    (5, " Refused"),
    (6, " YXDomain"),
    (7, " YXRRSet"),
    (8, " NXRRSet"),
    (9, " NotAuth"),
    (10, " NotZone"),
    (11, " Resp11"),
    (12, " Resp12"),
    (13, " Resp13"),
    (14, " Resp14"),
    (15, " NoChange"),
    (16, " BadVers"),
    // Two codes lack their space in the text that is reproduced.
    (17, "Resp17"),
    (18, " Resp18"),
    (19, " Resp19"),
    (20, " Resp20"),
    (21, "Resp21"),
    (22, " Resp22"),
    (23, " BadCookie"),
];

/// A message in a UDP datagram.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    message(o, v, false)
}

/// A multicast DNS message.
pub(crate) fn multicast(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    message(o, v, true)
}

/// A message in a TCP segment, after its length (RFC 1035, section 4.2.2).
pub(crate) fn over_tcp(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "domain";
    if v.len() < 2 {
        o.put((" [DNS over TCP: length ", v.len(), " < 2]"));
        o.invalid();
        return Ok(());
    }
    let prefix = usize::from(v.u16(0)?);
    o.note(id!("dns.length"), prefix);
    let length = v.len() - 2;
    if prefix != length {
        o.put((" [prefix length(", prefix, ") != length(", length, ")]"));
        o.invalid();
        return Ok(());
    }
    o.put(" ");
    message(o, v.skip(2), false)
}

fn message(o: &mut Out, v: View<'_>, multicast: bool) -> Step {
    o.proto = "domain";
    if v.len() < HEADER {
        o.put(("domain [length ", v.len(), " < ", HEADER, "]"));
        o.invalid();
        return Ok(());
    }
    if o.tree.is_some() {
        dns_fields::note(o, v, multicast);
    }
    let result = sections(o, Message::new(v, multicast));
    o.close(result)
}

/// How many entries the header announces in each section.
struct Counts {
    questions: u16,
    answers: u16,
    authorities: u16,
    additionals: u16,
}

fn sections(o: &mut Out, mut m: Message<'_>) -> Step {
    m.view.check(HEADER)?;
    let counts = Counts {
        questions: m.view.get(QUESTIONS)?,
        answers: m.view.get(ANSWERS)?,
        authorities: m.view.get(AUTHORITIES)?,
        additionals: m.view.get(ADDITIONALS)?,
    };
    let flags = m.view.get(FLAGS)?;
    if flags & RESPONSE != 0 {
        response(o, &mut m, flags, &counts)?;
    } else {
        query(o, &mut m, flags, &counts)?;
    }
    o.put((" (", m.view.len(), ")"));
    Ok(())
}

fn response(o: &mut Out, m: &mut Message<'_>, flags: u16, counts: &Counts) -> Step {
    let mark = |bit: u16, text: &'static str| if flags & bit != 0 { text } else { "" };
    let code = extended_code(m, flags, counts);
    o.put((m.view.get(ID)?, opcode(flags), named(RESPONSE_CODES, code, "")));
    if code > 23 {
        o.put((" Resp", code & 0xfff));
    }
    o.put((
        mark(AUTHORITATIVE, "*"),
        if flags & RECURSION_AVAILABLE != 0 { "" } else { "-" },
        mark(TRUNCATED, "|"),
        mark(AUTHENTIC, "$"),
    ));
    if counts.questions != 1 {
        o.put((" [", counts.questions, "q]"));
    }
    let question = HEADER;
    let mut at = HEADER;
    for i in 0..counts.questions {
        if i > 0 {
            o.put(",");
        }
        if o.opt.verbose > 1 {
            o.put(" q:");
            at = dns_records::question(o, m, at)?;
        } else {
            at = dns_names::skip(m.view, at).ok_or(Stop::Truncated)? + 4;
        }
    }
    o.put((" ", counts.answers, "/", counts.authorities, "/", counts.additionals));
    m.learn_from = (counts.questions > 0 && o.opt.numeric == 0).then_some(question);
    let at = records(o, m, at, "", counts.answers, true)?;
    m.learn_from = None;
    rest(o, m, at, counts)
}

/// The authority and additional sections, with `-vv`.
fn rest(o: &mut Out, m: &mut Message<'_>, at: usize, counts: &Counts) -> Step {
    if o.opt.verbose > 1 {
        let at = records(o, m, at, " ns:", counts.authorities, false)?;
        records(o, m, at, " ar:", counts.additionals, false)?;
    }
    Ok(())
}

/// The records of one section after `title`; unless `first`, a section that
/// begins beyond the capture is not tried.
fn records(o: &mut Out, m: &mut Message<'_>, at: usize, title: &str, count: u16, first: bool) -> Step<usize> {
    let mut at = at;
    for i in 0..count {
        if (i > 0 || !first) && at >= m.view.caplen() {
            return Err(Stop::Truncated);
        }
        o.put(if i == 0 { title } else { "," });
        at = dns_records::record(o, m, at)?;
    }
    Ok(at)
}

fn query(o: &mut Out, m: &mut Message<'_>, flags: u16, counts: &Counts) -> Step {
    o.put((
        m.view.get(ID)?,
        opcode(flags),
        if flags & RECURSION_DESIRED != 0 { "+" } else { "" },
        if flags & CHECKING_DISABLED != 0 { "%" } else { "" },
    ));
    if flags & ODD_IN_QUERY != 0 {
        o.put((" [b2&3=0x", Hex(flags), "]"));
    }
    let inverse = flags >> 11 & 15 == INVERSE_QUERY;
    let (usual_questions, usual_answers) = if inverse { (0, 1) } else { (1, 0) };
    let questions = (counts.questions != usual_questions).then_some((" [", counts.questions, "q]"));
    let answers = (counts.answers != usual_answers).then_some((" [", counts.answers, "a]"));
    if inverse {
        o.put((questions, answers));
    } else {
        o.put((answers, questions));
    }
    if counts.authorities != 0 {
        o.put((" [", counts.authorities, "n]"));
    }
    if counts.additionals != 0 {
        o.put((" [", counts.additionals, "au]"));
    }
    let mut at = HEADER;
    for i in 0..counts.questions {
        if i > 0 && at >= m.view.caplen() {
            return Err(Stop::Truncated);
        }
        at = dns_records::question(o, m, at)?;
    }
    if o.opt.verbose > 1 {
        let at = records(o, m, at, "", counts.answers, true)?;
        return rest(o, m, at, counts);
    }
    Ok(())
}

fn opcode(flags: u16) -> impl Put {
    OPCODES[usize::from(flags >> 11 & 15)]
}

/// The response code with the upper bits of an OPT record (RFC 6891, section
/// 6.1.3), as far as the capture lets it be found.
fn extended_code(m: &Message<'_>, flags: u16, counts: &Counts) -> u16 {
    let code = flags & 15;
    code | upper_code(m.view, counts).unwrap_or(0)
}

fn upper_code(v: View<'_>, counts: &Counts) -> Option<u16> {
    let inside = |at: usize| (at < v.caplen()).then_some(at);
    let mut at = HEADER;
    for _ in 0..counts.questions {
        at = inside(dns_names::skip(v, at)? + 4)?;
    }
    for _ in 0..u32::from(counts.answers) + u32::from(counts.authorities) {
        let fixed = dns_names::skip(v, at)?;
        at = inside(fixed + 10 + usize::from(v.u16(fixed + 8).ok()?))?;
    }
    for _ in 0..counts.additionals {
        let fixed = dns_names::skip(v, at)?;
        if u32::from(v.u16(fixed).ok()?) == OPT {
            return Some(u16::from(v.u8(fixed + 4).ok()?) << 4);
        }
        at = inside(fixed + 10 + usize::from(v.u16(fixed + 8).ok()?))?;
    }
    None
}
