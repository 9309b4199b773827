//! DNS messages (RFC 1035, section 4): the question, and answers as text.

use std::net::Ipv6Addr;

/// Octets of a name (section 2.3.4).
const MAX_NAME: usize = 255;
/// Compression pointers that are followed in one name.
const MAX_POINTERS: usize = 32;
/// Answers that are kept of one message.
const MAX_ANSWERS: usize = 64;

const A: u16 = 1;
const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const PTR: u16 = 12;
const MX: u16 = 15;
const TXT: u16 = 16;
const AAAA: u16 = 28;
const SRV: u16 = 33;
const DNAME: u16 = 39;
const SVCB: u16 = 64;
const HTTPS: u16 = 65;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its type.
    pub kind: u16,
    /// Seconds for which it may be kept.
    pub ttl: u32,
    /// Its contents as text, of which the octets are the packet's.
    pub text: Vec<u8>,
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The number that its answer repeats.
    pub id: u16,
    /// The flags, of which the first says that it is a response.
    pub flags: u16,
    /// The name that is asked for.
    pub name: Vec<u8>,
    /// The type that is asked for.
    pub kind: u16,
    /// The class that is asked for.
    pub class: u16,
    /// The number of answers that the header claims.
    pub answer_count: u16,
    /// The answers.
    pub answers: Vec<Answer>,
}

impl Message {
    /// Reads a message with a question; what is cut in the answers is left out.
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?));
        if number(4)? != 1 {
            return None;
        }
        let (name, at) = name(octets, 12)?;
        let mut message = Message {
            id: number(0)?,
            flags: number(2)?,
            name,
            kind: number(at)?,
            class: number(at + 2)?,
            answer_count: number(6)?,
            answers: Vec::new(),
        };
        let mut at = at + 4;
        for _ in 0..usize::from(message.answer_count).min(MAX_ANSWERS) {
            let Some((answer, next)) = answer(octets, at) else { break };
            message.answers.push(answer);
            at = next;
        }
        Some(message)
    }

    /// Whether it is a response.
    pub fn is_response(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    /// Whether it is a standard query or its response (opcode 0).
    pub fn is_lookup(&self) -> bool {
        self.flags & 0x7800 == 0
    }

    /// The response code.
    pub fn rcode(&self) -> u8 {
        (self.flags & 15) as u8
    }

    /// Whether the response was cut to fit a datagram.
    pub fn truncated(&self) -> bool {
        self.flags & 0x0200 != 0
    }

    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        let texts: usize = self.answers.iter().map(|answer| answer.text.capacity()).sum();
        self.name.capacity() + self.answers.capacity() * size_of::<Answer>() + texts
    }
}

/// The name at a place, without its last dot, and the place after it.
fn name(octets: &[u8], mut at: usize) -> Option<(Vec<u8>, usize)> {
    let mut name = Vec::new();
    let mut after = None;
    let mut pointers = 0;
    loop {
        let len = usize::from(*octets.get(at)?);
        if len & 0xc0 == 0xc0 {
            let low = usize::from(*octets.get(at + 1)?);
            after = after.or(Some(at + 2));
            at = (len & 0x3f) << 8 | low;
            pointers += 1;
            if pointers > MAX_POINTERS {
                return None;
            }
            continue;
        }
        if len & 0xc0 != 0 {
            return None;
        }
        if len == 0 {
            return Some((name, after.unwrap_or(at + 1)));
        }
        if !name.is_empty() {
            name.push(b'.');
        }
        name.extend_from_slice(octets.get(at + 1..at + 1 + len)?);
        if name.len() > MAX_NAME {
            return None;
        }
        at += 1 + len;
    }
}

/// The record at a place, and the place after it (section 3.2.1).
fn answer(octets: &[u8], at: usize) -> Option<(Answer, usize)> {
    let (_, at) = name(octets, at)?;
    let head: &[u8; 10] = octets.get(at..)?.first_chunk()?;
    let kind = u16::from_be_bytes([head[0], head[1]]);
    let ttl = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
    let len = usize::from(u16::from_be_bytes([head[8], head[9]]));
    let place = at + 10;
    let data = octets.get(place..place + len)?;
    let text = contents(octets, kind, place, data).unwrap_or_else(|| format!("\\# {len}").into_bytes());
    Some((Answer { kind, ttl, text }, place + len))
}

/// A record's contents as text; nothing for types that are not known.
fn contents(octets: &[u8], kind: u16, place: usize, data: &[u8]) -> Option<Vec<u8>> {
    let half = |at: usize| Some(u16::from_be_bytes(*data.get(at..)?.first_chunk()?));
    let name_at = |at: usize| {
        let (name, _) = name(octets, place + at)?;
        Some(if name.is_empty() { b".".to_vec() } else { name })
    };
    let numbered = |numbers: String, at: usize| Some([numbers.as_bytes(), &name_at(at)?].concat());
    match kind {
        A => {
            let &[a, b, c, d] = data else { return None };
            Some(format!("{a}.{b}.{c}.{d}").into_bytes())
        }
        AAAA => Some(Ipv6Addr::from(<[u8; 16]>::try_from(data).ok()?).to_string().into_bytes()),
        NS | CNAME | PTR | DNAME | SOA => name_at(0),
        MX | SVCB | HTTPS => numbered(format!("{} ", half(0)?), 2),
        SRV => numbered(format!("{} {} {} ", half(0)?, half(2)?, half(4)?), 6),
        TXT => {
            let mut text = Vec::new();
            let mut rest = data;
            while let Some((&len, tail)) = rest.split_first() {
                let (part, tail) = tail.split_at_checked(usize::from(len))?;
                text.extend_from_slice(part);
                rest = tail;
            }
            Some(text)
        }
        _ => None,
    }
}

/// The name of a type, or `TYPE` and its number (RFC 3597, section 5).
pub fn type_name(kind: u16) -> String {
    const NAMES: &[(u16, &str)] = &[
        (A, "A"),
        (NS, "NS"),
        (CNAME, "CNAME"),
        (SOA, "SOA"),
        (PTR, "PTR"),
        (13, "HINFO"),
        (MX, "MX"),
        (TXT, "TXT"),
        (AAAA, "AAAA"),
        (29, "LOC"),
        (SRV, "SRV"),
        (35, "NAPTR"),
        (DNAME, "DNAME"),
        (43, "DS"),
        (44, "SSHFP"),
        (46, "RRSIG"),
        (47, "NSEC"),
        (48, "DNSKEY"),
        (50, "NSEC3"),
        (52, "TLSA"),
        (SVCB, "SVCB"),
        (HTTPS, "HTTPS"),
        (99, "SPF"),
        (251, "IXFR"),
        (252, "AXFR"),
        (255, "ANY"),
        (256, "URI"),
        (257, "CAA"),
    ];
    NAMES.iter().find(|row| row.0 == kind).map_or_else(|| format!("TYPE{kind}"), |row| row.1.to_owned())
}

/// The name of a response code, or its number (RFC 6895, section 2.3).
pub fn rcode_name(rcode: u8) -> String {
    const NAMES: [&str; 11] = [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
        "NOTZONE",
    ];
    NAMES.get(usize::from(rcode)).map_or_else(|| format!("RCODE{rcode}"), |&name| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(records: &[u8], count: u8) -> Vec<u8> {
        let mut octets = vec![0, 7, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
        octets.extend(b"\x03www\x07example\x03com\x00\x00\x01\x00\x01");
        octets.extend(records);
        octets
    }

    #[test]
    fn answers_are_text_and_what_is_cut_is_left_out() {
        let records = b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01a\xc0\x10\xc0\x2d\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04\xc0";
        let message = Message::parse(&response(records, 3)).unwrap();
        assert_eq!((&message.name[..], message.kind, message.rcode()), (&b"www.example.com"[..], A, 0));
        let texts: Vec<_> = message.answers.iter().map(|answer| String::from_utf8_lossy(&answer.text)).collect();
        assert_eq!(texts, ["a.example.com", "1.2.3.4"]);
        assert_eq!((message.answer_count, message.answers[1].ttl), (3, 60));
    }

    #[test]
    fn pointers_that_go_round_end() {
        let mut octets = response(b"", 0);
        let at = octets.len() as u8;
        octets.extend([0xc0, at]);
        assert!(name(&octets, usize::from(at)).is_none());
        assert!(Message::parse(&octets[..20]).is_none());
    }
}
