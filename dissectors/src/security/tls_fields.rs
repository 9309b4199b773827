//! TLS for the tree (RFC 8446): the records that a segment begins with, and the
//! hellos in them. `sniff tls` sees handshakes of many segments.

use crate::fields::Id;
use crate::out::Out;

/// Octets of a record's header.
const HEADER: usize = 5;
/// The largest fragment of a record (RFC 5246, section 6.2.3).
const MAX_FRAGMENT: usize = (1 << 14) + 2048;

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
/// The highest type of a handshake message.
const MAX_HANDSHAKE: u8 = 25;

const SERVER_NAME: u16 = 0;
const GROUPS: u16 = 10;
const SIGNATURES: u16 = 13;
const ALPN: u16 = 16;
const VERSIONS: u16 = 43;

const CIPHER: Id = Id::of("tls.handshake.ciphersuite");
const VERSION: Id = Id::of("tls.handshake.extensions.supported_version");

/// Octets that are taken from the front.
struct Reader<'p>(&'p [u8]);

impl<'p> Reader<'p> {
    fn take(&mut self, n: usize) -> Option<&'p [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of `n` octets.
    fn number(&mut self, n: usize) -> Option<usize> {
        Some(self.take(n)?.iter().fold(0, |sum, &octet| sum << 8 | usize::from(octet)))
    }

    /// What is counted by a length of `n` octets.
    fn counted(&mut self, n: usize) -> Option<Reader<'p>> {
        let size = self.number(n)?;
        self.take(size).map(Reader)
    }

    fn short(&mut self) -> Option<u16> {
        self.number(2).map(|number| number as u16)
    }
}

/// Whether `octets` begin with a record's header.
fn is_record(octets: &[u8]) -> bool {
    let [kind @ CHANGE_CIPHER_SPEC..=APPLICATION_DATA, 3, 0..=4, high, low, ..] = *octets else { return false };
    let size = usize::from(u16::from_be_bytes([high, low]));
    size > 0 && size <= MAX_FRAGMENT && (kind != ALERT || size >= 2)
}

/// Notes the records of a segment, as far as they are whole.
pub(crate) fn note(o: &mut Out, octets: &[u8]) {
    let (mut rest, mut encrypted) = (octets, false);
    while is_record(rest) {
        let size = usize::from(u16::from_be_bytes([rest[3], rest[4]]));
        let Some(fragment) = rest.get(HEADER..HEADER + size) else { return };
        o.note(id!("tls.record.content_type"), rest[0]);
        o.note(id!("tls.record.version"), u16::from_be_bytes([rest[1], rest[2]]));
        o.note(id!("tls.record.length"), size);
        match (rest[0], fragment) {
            (CHANGE_CIPHER_SPEC, _) => encrypted = true,
            // A hello request is alone in its record; zeros before others are a nonce.
            (HANDSHAKE, [0, ..]) if size != 4 => {}
            (HANDSHAKE, _) if !encrypted => {
                let mut messages = Reader(fragment);
                while handshake(o, &mut messages).is_some() {}
            }
            (ALERT, [level @ 1..=2, description]) => {
                o.note(id!("tls.alert_message.level"), *level);
                o.note(id!("tls.alert_message.desc"), *description);
            }
            _ => {}
        }
        rest = &rest[HEADER + size..];
    }
}

/// One message; nothing at the end, or where it is encrypted.
fn handshake(o: &mut Out, messages: &mut Reader<'_>) -> Option<()> {
    let kind = *messages.0.first().filter(|&&kind| kind <= MAX_HANDSHAKE)?;
    messages.take(1)?;
    let mut body = messages.counted(3)?;
    o.note(id!("tls.handshake.type"), kind);
    o.note(id!("tls.handshake.length"), body.0.len());
    match kind {
        CLIENT_HELLO | SERVER_HELLO => hello(o, &mut body, kind == CLIENT_HELLO),
        _ => Some(()),
    };
    Some(())
}

fn hello(o: &mut Out, body: &mut Reader<'_>, client: bool) -> Option<()> {
    o.note(id!("tls.handshake.version"), body.short()?);
    o.note_octets(id!("tls.handshake.random"), body.take(32)?);
    let session = body.counted(1)?;
    o.note(id!("tls.handshake.session_id_length"), session.0.len());
    if !session.0.is_empty() {
        o.note_octets(id!("tls.handshake.session_id"), session.0);
    }
    if client {
        let mut ciphers = body.counted(2)?;
        o.note(id!("tls.handshake.cipher_suites_length"), ciphers.0.len());
        while let Some(cipher) = ciphers.short() {
            o.note(CIPHER, cipher);
        }
        let methods = body.counted(1)?;
        o.note(id!("tls.handshake.comp_methods_length"), methods.0.len());
        for &method in methods.0 {
            o.note(id!("tls.handshake.comp_method"), method);
        }
    } else {
        o.note(CIPHER, body.short()?);
        o.note(id!("tls.handshake.comp_method"), body.number(1)?);
    }
    let mut extensions = body.counted(2)?;
    o.note(id!("tls.handshake.extensions_length"), extensions.0.len());
    while let Some(kind) = extensions.short() {
        let mut value = extensions.counted(2)?;
        o.note(id!("tls.handshake.extension.type"), kind);
        o.note(id!("tls.handshake.extension.len"), value.0.len());
        extension(o, kind, &mut value, client);
    }
    Some(())
}

fn extension(o: &mut Out, kind: u16, value: &mut Reader<'_>, client: bool) -> Option<()> {
    match kind {
        SERVER_NAME => {
            let mut names = value.counted(2)?;
            while names.number(1)? == 0 {
                o.note_octets(id!("tls.handshake.extensions_server_name"), names.counted(2)?.0);
            }
        }
        ALPN => {
            let mut protocols = value.counted(2)?;
            while let Some(protocol) = protocols.counted(1) {
                o.note_octets(id!("tls.handshake.extensions_alpn_str"), protocol.0);
            }
        }
        GROUPS => {
            let mut groups = value.counted(2)?;
            while let Some(group) = groups.short() {
                o.note(id!("tls.handshake.extensions_supported_group"), group);
            }
        }
        SIGNATURES => {
            let mut algorithms = value.counted(2)?;
            while let Some(algorithm) = algorithms.short() {
                o.note(id!("tls.handshake.sig_hash_alg"), algorithm);
            }
        }
        VERSIONS if client => {
            let mut versions = value.counted(1)?;
            while let Some(version) = versions.short() {
                o.note(VERSION, version);
            }
        }
        VERSIONS => o.note(VERSION, value.short()?),
        _ => {}
    }
    Some(())
}
