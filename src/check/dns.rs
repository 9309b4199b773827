//! A DNS question and what its answer says (RFC 1035, section 4).

use std::hash::{BuildHasher, RandomState};

use crate::dns::message::{Message, rcode_name, type_name};

/// A question.
pub(super) struct Question {
    id: u16,
    /// The packet.
    pub packet: Vec<u8>,
}

impl Question {
    /// The question in the path of a target: `/NAME?type=TYPE`; the name is the
    /// root and the type NS, or A with a name, if they are not given.
    pub(super) fn new(path: &str) -> Result<Self, String> {
        let (name, query) = path.split_once('?').unwrap_or((path, ""));
        let name = name.trim_matches(['/', '.']);
        let wanted = query.split(['&', ';']).find_map(|part| part.strip_prefix("type="));
        let wanted = wanted.unwrap_or(if name.is_empty() { "NS" } else { "A" }).to_ascii_uppercase();
        let number = wanted.strip_prefix("TYPE").unwrap_or_default().parse().ok();
        let kind = number.or_else(|| (1..=u16::MAX).find(|&kind| type_name(kind) == wanted));
        let kind = kind.ok_or_else(|| format!("there is no DNS type {wanted}"))?;
        let id = RandomState::new().hash_one(path) as u16;
        // Recursion desired, one question.
        let mut packet = [id.to_be_bytes(), [1, 0], [0, 1], [0, 0], [0, 0], [0, 0]].concat();
        for label in name.split('.').filter(|_| !name.is_empty()) {
            match u8::try_from(label.len()) {
                Ok(length @ 1..=63) => packet.push(length),
                _ => return Err(format!("{name} is no DNS name")),
            }
            packet.extend(label.bytes());
        }
        packet.push(0);
        packet.extend(kind.to_be_bytes());
        // The Internet class.
        packet.extend([0, 1]);
        Ok(Question { id, packet })
    }

    /// Whether octets answer it, whether all is well, and what is said.
    pub(super) fn answer(&self, octets: &[u8]) -> Option<(bool, String)> {
        let message = Message::parse(octets).filter(|message| message.is_response() && message.id == self.id)?;
        let well = message.rcode() == 0;
        let cut = if message.truncated() { ", truncated" } else { "" };
        let count = message.answer_count;
        let plural = if count == 1 { "" } else { "s" };
        Some((well, format!("{}, {count} answer{plural}{cut}", rcode_name(message.rcode()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_have_names_and_types() {
        let question = |path| Question::new(path).map(|question| question.packet[2..].to_vec());
        let header = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        assert_eq!(question("/").unwrap(), [&header[..], &[0, 0, 2, 0, 1]].concat());
        assert_eq!(question("/a.bc?type=aaaa").unwrap(), [&header[..], b"\x01a\x02bc\0\0\x1c\0\x01"].concat());
        assert_eq!(question("/a?type=TYPE65").unwrap(), [&header[..], b"\x01a\0\0\x41\0\x01"].concat());
        assert_eq!(question("/a?type=X").unwrap_err(), "there is no DNS type X");
        assert!(question("/a..b").is_err());
    }

    #[test]
    fn answers_are_told_from_others() {
        let question = Question::new("/a").unwrap();
        assert_eq!(question.answer(&question.packet), None);
        let mut answer = question.packet.clone();
        answer[2] |= 0x80;
        answer[3] = 3;
        assert_eq!(question.answer(&answer), Some((false, "NXDOMAIN, 0 answers".to_owned())));
        answer[0] ^= 1;
        assert_eq!(question.answer(&answer), None);
    }
}
