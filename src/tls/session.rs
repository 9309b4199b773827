//! One TLS connection: its handshake, and with its secrets what it protects.

use std::collections::VecDeque;

use sniff_captures::Time;

use super::certificate::Certificate;
use super::cipher::Cipher;
use super::hello::{ClientHello, ServerHello};
use super::keys::Keys;
use super::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, NotTls, Reader, Record, Records};
use super::suite::Suite;
use crate::streams::tcp::Side;

/// Octets of a handshake message; certificate chains are the longest.
const MAX_MESSAGE: usize = 256 << 10;
/// Octets of protected records that wait for their secrets.
const MAX_WAITING: usize = 256 << 10;
/// The length of a protected alert in TLS 1.3 with AEAD: two octets, the type, a tag.
const PROTECTED_ALERT: usize = 2 + 1 + 16;
const TLS13: u16 = 0x0304;

/// Handshake types (RFC 8446, section 4).
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;
const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Who sent it.
    pub from: Side,
    /// Its level and description; nothing if it could not be decrypted.
    pub content: Option<(u8, u8)>,
}

/// What is known of a handshake.
#[derive(Debug, Default)]
pub struct Facts {
    /// The first ClientHello.
    pub client: Option<ClientHello>,
    /// The last ServerHello.
    pub server: Option<ServerHello>,
    /// The server's certificate.
    pub certificate: Option<Certificate>,
    /// Whether a session was resumed.
    pub resumed: bool,
    /// Alerts before its end.
    pub alerts: Vec<Alert>,
    /// Whether it has ended.
    pub complete: bool,
    /// When its first octet came.
    pub first: Time,
    /// When its last octet came.
    pub last: Time,
}

/// What a session tells.
pub enum Event<'e> {
    /// The handshake ended, well or not.
    Handshake(&'e Facts),
    /// Application data.
    Data(Side, &'e [u8]),
    /// An alert that a side has sent after the handshake.
    Alert(&'e Alert),
}

/// Where a direction's protection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Plain,
    /// Handshake traffic of TLS 1.3.
    Handshake,
    /// Application traffic, or all of TLS 1.2 after ChangeCipherSpec.
    Traffic,
}

#[derive(Default)]
struct Half {
    records: Records,
    message: Vec<u8>,
    phase: Phase,
    cipher: Option<Cipher>,
    /// The traffic secret of TLS 1.3, which key updates replace.
    secret: Vec<u8>,
}

/// A protected record that waits for its secrets.
struct Waiting {
    side: Side,
    kind: u8,
    version: u16,
    fragment: Vec<u8>,
    time: Time,
}

/// A TLS connection.
#[derive(Default)]
pub struct Session {
    halves: [Half; 2],
    facts: Facts,
    told: bool,
    suite: Option<Suite>,
    waiting: VecDeque<Waiting>,
    held: usize,
    /// Whether decryption was given up.
    given_up: bool,
    buffer: Vec<u8>,
}

impl Session {
    /// What is known so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether the handshake was told of.
    pub fn told(&self) -> bool {
        self.told
    }

    /// Octets of memory held beside the value itself.
    pub fn held(&self) -> usize {
        let halves: usize = self.halves.iter().map(|half| half.records.held() + half.message.capacity()).sum();
        let hello = self.facts.client.as_ref().map_or(0, |hello| 4 * (hello.ciphers.len() + hello.extensions.len()));
        halves + hello + self.held + self.buffer.capacity() + 512
    }

    /// Takes octets of a side.
    ///
    /// # Errors
    /// The stream is no TLS.
    pub fn octets(
        &mut self,
        side: Side,
        octets: &[u8],
        time: Time,
        keys: &mut Keys,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), NotTls> {
        let mut records = std::mem::take(&mut self.halves[side.index()].records);
        let result = records.octets(octets, |record| self.record(side, &record, time, keys, tell));
        self.halves[side.index()].records = records;
        result
    }

    fn record(
        &mut self,
        side: Side,
        record: &Record<'_>,
        time: Time,
        keys: &mut Keys,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), NotTls> {
        if self.facts.client.is_none() && self.facts.server.is_none() {
            self.facts.first = time;
        }
        if !self.told {
            self.facts.last = time;
        }
        let protected = self.halves[side.index()].phase != Phase::Plain;
        match record.kind {
            CHANGE_CIPHER_SPEC => self.changed(side),
            ALERT if !protected => self.alert(side, record.fragment, tell),
            HANDSHAKE if !protected => return self.handshake(side, record.fragment, keys, tell),
            _ if !protected && record.kind == APPLICATION_DATA => return Err(NotTls),
            _ => self.protected(side, record, time, keys, tell)?,
        }
        Ok(())
    }

    /// ChangeCipherSpec: of TLS 1.2, or of TLS 1.3 for old middleboxes.
    fn changed(&mut self, side: Side) {
        let tls13 = self.facts.server.as_ref().is_some_and(|hello| hello.version == TLS13);
        if tls13 || self.facts.server.is_none() {
            return;
        }
        if side == Side::Server && self.facts.certificate.is_none() {
            let session = |client: &ClientHello, server: &ServerHello| {
                !client.session.is_empty() && client.session == server.session
            };
            let both = self.facts.client.as_ref().zip(self.facts.server.as_ref());
            self.facts.resumed = both.is_some_and(|(client, server)| session(client, server));
        }
        self.halves[side.index()].phase = Phase::Traffic;
        self.halves[side.index()].message.clear();
    }

    fn alert(&mut self, side: Side, octets: &[u8], tell: &mut dyn FnMut(Event<'_>)) {
        let content = octets.first_chunk().map(|&[level, description]| (level, description));
        let alert = Alert { from: side, content };
        if self.told {
            tell(Event::Alert(&alert));
            return;
        }
        self.facts.alerts.push(alert);
        // A fatal alert ends the handshake; a warning does not.
        if content.is_none_or(|(level, description)| level == 2 || description == 0) || self.facts.alerts.len() > 8 {
            self.tell(tell);
        }
    }

    fn tell(&mut self, tell: &mut dyn FnMut(Event<'_>)) {
        if !self.told {
            self.told = true;
            tell(Event::Handshake(&self.facts));
        }
    }

    /// Handshake messages, of which one may need several records.
    fn handshake(
        &mut self,
        side: Side,
        octets: &[u8],
        keys: &mut Keys,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), NotTls> {
        let mut message = std::mem::take(&mut self.halves[side.index()].message);
        message.extend_from_slice(octets);
        let mut reader = Reader(&message);
        loop {
            let before = reader;
            let (Some(kind), Some(body)) = (reader.u8(), reader.vec24()) else {
                let rest = before.0;
                if rest.len() > MAX_MESSAGE {
                    return Err(NotTls);
                }
                let taken = message.len() - rest.len();
                message.drain(..taken);
                self.halves[side.index()].message = message;
                return Ok(());
            };
            self.message(side, kind, body, keys, tell)?;
        }
    }

    fn message(
        &mut self,
        side: Side,
        kind: u8,
        body: &[u8],
        keys: &mut Keys,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), NotTls> {
        match (kind, side) {
            (CLIENT_HELLO, Side::Client) if self.facts.client.is_none() => {
                self.facts.client = Some(ClientHello::parse(body).ok_or(NotTls)?);
            }
            (SERVER_HELLO, Side::Server) if self.facts.server.as_ref().is_none_or(|hello| hello.retry) => {
                self.server_hello(ServerHello::parse(body).ok_or(NotTls)?);
            }
            (ENCRYPTED_EXTENSIONS, Side::Server) => {
                if let Some(hello) = &mut self.facts.server {
                    hello.extend(Reader(body).vec16().unwrap_or_default());
                }
            }
            (CERTIFICATE, Side::Server) if self.facts.certificate.is_none() => {
                let mut reader = Reader(body);
                if self.facts.server.as_ref().is_some_and(|hello| hello.version == TLS13) {
                    reader.vec8();
                }
                let first = reader.vec24().and_then(|list| Reader(list).vec24());
                self.facts.certificate = first.and_then(Certificate::parse);
            }
            (FINISHED, _) => self.finished(side, keys, tell),
            (KEY_UPDATE, _) => self.update(side),
            _ => {}
        }
        Ok(())
    }

    fn server_hello(&mut self, hello: ServerHello) {
        self.suite = Suite::of(hello.cipher);
        if hello.version == TLS13 && !hello.retry {
            self.facts.resumed = hello.resumes();
            for half in &mut self.halves {
                half.phase = Phase::Handshake;
                half.message.clear();
            }
        }
        self.facts.server = Some(hello);
    }

    fn tls13(&self) -> bool {
        self.facts.server.as_ref().is_some_and(|hello| hello.version == TLS13)
    }

    /// A side's Finished was decrypted.
    fn finished(&mut self, side: Side, keys: &mut Keys, tell: &mut dyn FnMut(Event<'_>)) {
        if self.tls13() {
            let half = &mut self.halves[side.index()];
            half.phase = Phase::Traffic;
            half.cipher = None;
            if side == Side::Client {
                self.complete(tell);
            }
            self.derive(side, keys);
        } else if self.halves.iter().all(|half| half.phase == Phase::Traffic) {
            self.complete(tell);
        }
    }

    fn complete(&mut self, tell: &mut dyn FnMut(Event<'_>)) {
        self.facts.complete = true;
        self.tell(tell);
    }

    /// RFC 8446, section 7.2.
    fn update(&mut self, side: Side) {
        let Some(suite) = self.suite.filter(|_| self.tls13()) else { return };
        let half = &mut self.halves[side.index()];
        half.secret = suite.expand(&half.secret, "traffic upd", half.secret.len());
        half.cipher = Cipher::tls13(suite, &half.secret);
    }

    /// A protected record, after those that wait.
    fn protected(
        &mut self,
        side: Side,
        record: &Record<'_>,
        time: Time,
        keys: &mut Keys,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), NotTls> {
        if !keys.any() || self.given_up || self.suite.is_none() {
            self.unreadable(side, record, tell);
            return Ok(());
        }
        if !self.waiting.is_empty() {
            keys.refresh();
        }
        while let Some(waiting) = self.waiting.pop_front() {
            let Waiting { side, kind, version, ref fragment, time } = waiting;
            self.held -= fragment.len() + size_of::<Waiting>();
            if !self.open(side, &Record { kind, version, fragment }, time, keys, tell)? {
                self.held += fragment.len() + size_of::<Waiting>();
                self.waiting.push_front(waiting);
                break;
            }
        }
        if !self.waiting.is_empty() || !self.open(side, record, time, keys, tell)? {
            let (kind, version, fragment) = (record.kind, record.version, record.fragment.to_vec());
            self.held += fragment.len() + size_of::<Waiting>();
            self.waiting.push_back(Waiting { side, kind, version, fragment, time });
            if self.held > MAX_WAITING {
                self.give_up(tell);
            }
        }
        Ok(())
    }

    /// No secrets came: what waits is as if there were no key log.
    fn give_up(&mut self, tell: &mut dyn FnMut(Event<'_>)) {
        self.given_up = true;
        self.held = 0;
        for Waiting { side, kind, version, fragment, .. } in std::mem::take(&mut self.waiting) {
            self.unreadable(side, &Record { kind, version, fragment: &fragment }, tell);
        }
    }

    /// The connection is over.
    pub fn end(&mut self, tell: &mut dyn FnMut(Event<'_>)) {
        self.give_up(tell);
        self.tell(tell);
    }

    /// What a protected record tells without being decrypted.
    fn unreadable(&mut self, side: Side, record: &Record<'_>, tell: &mut dyn FnMut(Event<'_>)) {
        if self.told {
            return;
        }
        let alert = if self.tls13() { record.fragment.len() == PROTECTED_ALERT } else { record.kind == ALERT };
        if alert {
            self.alert(side, &[], tell);
        } else if self.tls13() {
            // The client's first protected record holds its Finished.
            if side == Side::Client {
                self.complete(tell);
            }
        } else if self.halves.iter().all(|half| half.phase == Phase::Traffic) {
            self.complete(tell);
        }
    }

    /// Opens a record; false if its secrets are missing.
    fn open(
        &mut self,
        side: Side,
        record: &Record<'_>,
        time: Time,
        keys: &mut Keys,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<bool, NotTls> {
        if self.halves[side.index()].cipher.is_none() && !self.derive(side, keys) {
            return Ok(false);
        }
        if !self.told {
            self.facts.last = time;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let opened = self.halves[side.index()].cipher.as_mut().and_then(|cipher| cipher.open(record, &mut buffer));
        let result = match opened {
            Some((HANDSHAKE, octets)) => self.handshake(side, octets, keys, tell),
            Some((ALERT, octets)) => {
                self.alert(side, octets, tell);
                Ok(())
            }
            Some((APPLICATION_DATA, octets)) => {
                tell(Event::Data(side, octets));
                Ok(())
            }
            // Early data, under a secret of its own, is passed over.
            _ => Ok(()),
        };
        self.buffer = buffer;
        result.map(|()| true)
    }

    /// Derives a side's cipher for its phase; false if the secrets are missing.
    fn derive(&mut self, side: Side, keys: &mut Keys) -> bool {
        let (Some(suite), Some(client), Some(server)) = (self.suite, &self.facts.client, &self.facts.server) else {
            return false;
        };
        let Some(secrets) = keys.get(&client.random) else { return false };
        let half = &mut self.halves[side.index()];
        if server.version == TLS13 {
            let secrets = if half.phase == Phase::Handshake { &secrets.handshake } else { &secrets.traffic };
            let Some(secret) = &secrets[side.index()] else { return false };
            half.secret.clone_from(secret);
            half.cipher = Cipher::tls13(suite, secret);
        } else {
            let Some(master) = &secrets.master else { return false };
            let block = suite.key_block(master, &client.random, &server.random, side.index());
            half.cipher = block.and_then(|block| Cipher::tls12(suite, &block, server.encrypt_then_mac()));
        }
        half.cipher.is_some()
    }
}
