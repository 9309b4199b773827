//! One TLS connection: its handshake, and with its secrets what it protects.

use std::collections::VecDeque;

use sniff_captures::Time;

use super::certificate::Certificate;
use super::cipher::{Cipher, Lost, Opened};
use super::hello::{ClientHello, ServerHello};
use super::keys::Keys;
use super::record::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, NotTls, Reader, Record, Records};
use super::suite::Suite;
use crate::streams::tcp::Side;

/// Octets of a handshake message; certificate chains are the longest.
const MAX_MESSAGE: usize = 256 << 10;
/// Octets of protected records that wait for their secrets.
const MAX_WAITING: usize = 256 << 10;
/// The length of a protected alert in TLS 1.3 with AEAD: two octets, the type, a tag.
const PROTECTED_ALERT: usize = 2 + 1 + 16;
/// Records behind missing octets that may fail to open one after the other, before
/// no more lost ones are reckoned with: each costs many tries.
const MAX_FAILED: u32 = 16;
const TLS13: u16 = 0x0304;

/// Handshake types (RFC 8446, section 4).
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const END_OF_EARLY_DATA: u8 = 5;
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
    /// Application data, and when they came.
    Data(Side, &'e [u8], Time),
    /// Application data that could not be read.
    Missing(Side, Lost, Time),
    /// An alert that a side has sent after the handshake.
    Alert(&'e Alert),
}

/// Where secrets come from, and what is told goes to.
struct To<'t> {
    keys: &'t mut Keys,
    tell: &'t mut dyn FnMut(Event<'_>),
}

/// Where a direction's protection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Plain,
    /// Early data of a client of TLS 1.3.
    Early,
    /// Handshake traffic of TLS 1.3.
    Handshake,
    /// Application traffic, or all of earlier versions after ChangeCipherSpec.
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
    /// Octets since the last record that was read, if some were missing.
    gap: u64,
    /// Records behind missing octets that could not be opened, since one was.
    failed: u32,
}

/// A protected record that waits for its secrets.
struct Waiting {
    side: Side,
    kind: u8,
    version: u16,
    fragment: Vec<u8>,
    gap: u64,
    time: Time,
}

impl Waiting {
    fn new(side: Side, record: &Record<'_>, time: Time) -> Self {
        let Record { kind, version, fragment, gap } = *record;
        Waiting { side, kind, version, fragment: fragment.to_vec(), gap, time }
    }

    fn record(&self) -> Record<'_> {
        Record { kind: self.kind, version: self.version, fragment: &self.fragment, gap: self.gap }
    }

    fn held(&self) -> usize {
        self.fragment.len() + size_of::<Waiting>()
    }
}

/// A TLS connection.
#[derive(Default)]
pub struct Session {
    halves: [Half; 2],
    facts: Facts,
    told: bool,
    suite: Option<Suite>,
    waiting: VecDeque<Waiting>,
    /// Early data that wait for the server to accept them.
    early: Option<Vec<Waiting>>,
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
        let to = &mut To { keys, tell };
        let mut records = std::mem::take(&mut self.halves[side.index()].records);
        let result = records.octets(octets, |record| self.record(side, &record, time, to));
        self.halves[side.index()].records = records;
        result
    }

    /// Octets of a side that were not captured.
    pub fn missing(&mut self, side: Side, octets: u64) {
        self.halves[side.index()].records.missing(octets);
    }

    fn record(&mut self, side: Side, record: &Record<'_>, time: Time, to: &mut To<'_>) -> Result<(), NotTls> {
        if self.facts.client.is_none() && self.facts.server.is_none() {
            self.facts.first = time;
        }
        if !self.told {
            self.facts.last = time;
        }
        if side == Side::Client && record.kind == APPLICATION_DATA && self.is_early(record, time, to.keys) {
            return Ok(());
        }
        if self.halves[side.index()].phase == Phase::Plain {
            self.plain_gap(side, record);
        }
        let protected = self.halves[side.index()].phase != Phase::Plain;
        match record.kind {
            CHANGE_CIPHER_SPEC => {
                self.halves[side.index()].gap = 0;
                self.changed(side);
            }
            // An alert of two octets is not protected, whatever was agreed on.
            ALERT if !protected || record.fragment.len() == 2 => self.alert(side, record.fragment, to.tell),
            HANDSHAKE if !protected => return self.handshake(side, record.fragment, to),
            _ if !protected && record.kind == APPLICATION_DATA => return Err(NotTls),
            _ => self.protected(side, record, time, to)?,
        }
        Ok(())
    }

    /// Whether a record of the client is early data, or is passed over as such.
    fn is_early(&mut self, record: &Record<'_>, time: Time, keys: &Keys) -> bool {
        match &mut self.early {
            Some(early) if keys.any() && !self.given_up && self.held <= MAX_WAITING => {
                let waiting = Waiting::new(Side::Client, record, time);
                self.held += waiting.held();
                early.push(waiting);
                true
            }
            // Refused, or of no use without secrets.
            _ => {
                let offered = self.facts.client.as_ref().is_some_and(ClientHello::early_data);
                offered && self.halves[Side::Client.index()].phase == Phase::Plain
            }
        }
    }

    /// Reckons with octets that are missing before a record that seems to be plain:
    /// ChangeCipherSpec may have been among them.
    fn plain_gap(&mut self, side: Side, record: &Record<'_>) {
        let half = &mut self.halves[side.index()];
        if record.gap > 0 {
            half.message.clear();
        }
        if half.gap > 0 || record.gap > 0 {
            half.gap += record.gap;
            if record.kind == APPLICATION_DATA {
                self.changed(side);
            } else {
                half.gap += (HEADER + record.fragment.len()) as u64;
            }
        }
    }

    /// ChangeCipherSpec: of TLS 1.2 or before, or of TLS 1.3 for old middleboxes.
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
        let half = &mut self.halves[side.index()];
        half.phase = Phase::Traffic;
        half.message.clear();
        // Also after a renegotiation.
        half.cipher = None;
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
    fn handshake(&mut self, side: Side, octets: &[u8], to: &mut To<'_>) -> Result<(), NotTls> {
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
            self.message(side, kind, body, to)?;
        }
    }

    fn message(&mut self, side: Side, kind: u8, body: &[u8], to: &mut To<'_>) -> Result<(), NotTls> {
        match (kind, side) {
            (CLIENT_HELLO, Side::Client) if self.facts.client.is_none() || self.renegotiates() => {
                let hello = ClientHello::parse(body).ok_or(NotTls)?;
                self.early = hello.early_data().then(Vec::new);
                self.facts.client = Some(hello);
            }
            (SERVER_HELLO, Side::Server)
                if self.facts.server.as_ref().is_none_or(|hello| hello.retry) || self.renegotiates() =>
            {
                self.server_hello(ServerHello::parse(body).ok_or(NotTls)?);
            }
            (ENCRYPTED_EXTENSIONS, Side::Server) => {
                if let Some(hello) = &mut self.facts.server {
                    hello.extend(Reader(body).vec16().unwrap_or_default());
                }
                self.decide_early(to)?;
            }
            (END_OF_EARLY_DATA, Side::Client) if self.halves[side.index()].phase == Phase::Early => {
                let half = &mut self.halves[side.index()];
                (half.phase, half.cipher) = (Phase::Handshake, None);
            }
            (CERTIFICATE, Side::Server) if self.facts.certificate.is_none() => {
                let mut reader = Reader(body);
                if self.facts.server.as_ref().is_some_and(|hello| hello.version == TLS13) {
                    reader.vec8();
                }
                let first = reader.vec24().and_then(|list| Reader(list).vec24());
                self.facts.certificate = first.and_then(Certificate::parse);
            }
            (FINISHED, _) => self.finished(side, to),
            (KEY_UPDATE, _) => self.update(side),
            _ => {}
        }
        Ok(())
    }

    fn server_hello(&mut self, hello: ServerHello) {
        self.suite = Suite::of(hello.cipher);
        if hello.retry || !hello.resumes() {
            self.take_early();
        }
        if hello.version == TLS13 && !hello.retry {
            self.facts.resumed = hello.resumes();
            for half in &mut self.halves {
                half.phase = Phase::Handshake;
                half.message.clear();
                (half.gap, half.failed) = (0, 0);
            }
        }
        self.facts.server = Some(hello);
    }

    /// Whether a hello begins a handshake within the protection of another.
    fn renegotiates(&self) -> bool {
        !self.tls13() && self.halves.iter().all(|half| half.phase == Phase::Traffic)
    }

    /// The early data that wait, which will not wait any more.
    fn take_early(&mut self) -> Vec<Waiting> {
        let early = self.early.take().unwrap_or_default();
        self.held -= early.iter().map(Waiting::held).sum::<usize>();
        early
    }

    /// The server has said whether it accepts early data.
    fn decide_early(&mut self, to: &mut To<'_>) -> Result<(), NotTls> {
        let early = self.take_early();
        let accepted = self.facts.server.as_ref().is_some_and(|hello| hello.early_data);
        let client = &mut self.halves[Side::Client.index()];
        if !accepted || client.phase != Phase::Handshake || client.cipher.is_some() {
            return Ok(());
        }
        client.phase = Phase::Early;
        if !self.derive(Side::Client, to.keys) {
            // What cannot be opened is passed over, up to the client's Finished.
            self.halves[Side::Client.index()].phase = Phase::Handshake;
            return Ok(());
        }
        for waiting in early {
            self.open(Side::Client, &waiting.record(), waiting.time, to)?;
        }
        Ok(())
    }

    fn tls13(&self) -> bool {
        self.facts.server.as_ref().is_some_and(|hello| hello.version == TLS13)
    }

    /// A side's Finished was decrypted.
    fn finished(&mut self, side: Side, to: &mut To<'_>) {
        if self.tls13() {
            let half = &mut self.halves[side.index()];
            half.phase = Phase::Traffic;
            half.cipher = None;
            if side == Side::Client {
                self.complete(to.tell);
            }
            self.derive(side, to.keys);
        } else if self.halves.iter().all(|half| half.phase == Phase::Traffic) {
            self.complete(to.tell);
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
    fn protected(&mut self, side: Side, record: &Record<'_>, time: Time, to: &mut To<'_>) -> Result<(), NotTls> {
        if !to.keys.any() || self.given_up || self.suite.is_none() {
            self.unreadable(side, record, to.tell);
            return Ok(());
        }
        if !self.waiting.is_empty() {
            to.keys.refresh();
        }
        while let Some(waiting) = self.waiting.pop_front() {
            self.held -= waiting.held();
            if !self.open(waiting.side, &waiting.record(), waiting.time, to)? {
                self.held += waiting.held();
                self.waiting.push_front(waiting);
                break;
            }
        }
        if !self.waiting.is_empty() || !self.open(side, record, time, to)? {
            let waiting = Waiting::new(side, record, time);
            self.held += waiting.held();
            self.waiting.push_back(waiting);
            if self.held > MAX_WAITING {
                self.give_up(to.tell);
            }
        }
        Ok(())
    }

    /// No secrets came: what waits is as if there were no key log.
    fn give_up(&mut self, tell: &mut dyn FnMut(Event<'_>)) {
        self.given_up = true;
        self.take_early();
        self.held = 0;
        for waiting in std::mem::take(&mut self.waiting) {
            self.unreadable(waiting.side, &waiting.record(), tell);
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
    fn open(&mut self, side: Side, record: &Record<'_>, time: Time, to: &mut To<'_>) -> Result<bool, NotTls> {
        if self.halves[side.index()].cipher.is_none() && !self.derive(side, to.keys) {
            return Ok(false);
        }
        if !self.told {
            self.facts.last = time;
        }
        let half = &mut self.halves[side.index()];
        if record.gap > 0 {
            half.message.clear();
            if half.failed < MAX_FAILED {
                half.gap += record.gap;
            }
        }
        let gap = half.gap;
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut opened = half.cipher.as_mut().and_then(|cipher| cipher.open(record, gap, &mut buffer));
        if opened.is_none() && gap > 0 && half.phase == Phase::Handshake {
            opened = self.open_traffic(side, record, to, &mut buffer);
        }
        let half = &mut self.halves[side.index()];
        if gap > 0 {
            half.failed = if opened.is_some() { 0 } else { half.failed + 1 };
            let reckon = (1..MAX_FAILED).contains(&half.failed);
            half.gap = if reckon { gap + (HEADER + record.fragment.len()) as u64 } else { 0 };
        }
        let mut result = Ok(());
        // Early data without a secret of their own are passed over.
        if let Some(Opened { kind, range, lost }) = opened {
            let octets = &buffer[range];
            if gap > 0 && lost.octets > 0 && self.halves[side.index()].phase == Phase::Traffic {
                (to.tell)(Event::Missing(side, lost, time));
            }
            match kind {
                HANDSHAKE => result = self.handshake(side, octets, to),
                ALERT => self.alert(side, octets, to.tell),
                APPLICATION_DATA => (to.tell)(Event::Data(side, octets, time)),
                _ => {}
            }
        }
        self.buffer = buffer;
        result.map(|()| true)
    }

    /// Opens a record before which Finished of TLS 1.3 may have been lost.
    fn open_traffic(
        &mut self,
        side: Side,
        record: &Record<'_>,
        to: &mut To<'_>,
        buffer: &mut Vec<u8>,
    ) -> Option<Opened> {
        let half = &mut self.halves[side.index()];
        let before = (half.cipher.take(), std::mem::take(&mut half.secret));
        half.phase = Phase::Traffic;
        self.derive(side, to.keys);
        let half = &mut self.halves[side.index()];
        let opened = half.cipher.as_mut().and_then(|cipher| cipher.open(record, half.gap, buffer));
        if opened.is_none() {
            half.phase = Phase::Handshake;
            (half.cipher, half.secret) = before;
        } else if side == Side::Client {
            self.complete(to.tell);
        }
        opened
    }

    /// Derives a side's cipher for its phase; false if the secrets are missing.
    fn derive(&mut self, side: Side, keys: &mut Keys) -> bool {
        let (Some(suite), Some(client), Some(server)) = (self.suite, &self.facts.client, &self.facts.server) else {
            return false;
        };
        let Some(secrets) = keys.get(&client.random) else { return false };
        let half = &mut self.halves[side.index()];
        if server.version == TLS13 {
            let secret = match half.phase {
                Phase::Early => &secrets.early,
                Phase::Handshake => &secrets.handshake[side.index()],
                _ => &secrets.traffic[side.index()],
            };
            let Some(secret) = secret else { return false };
            half.secret.clone_from(secret);
            half.cipher = Cipher::tls13(suite, secret);
        } else {
            let Some(master) = &secrets.master else { return false };
            let randoms = [&client.random, &server.random];
            let block = suite.key_block(server.version, master, randoms, side.index());
            half.cipher = block.and_then(|block| Cipher::tls12(suite, &block, server.encrypt_then_mac()));
        }
        half.cipher.is_some()
    }
}
