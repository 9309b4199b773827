//! ISAKMP (RFC 2408): the header of IKE versions 1 (RFC 2409) and 2 (RFC 7296),
//! and its UDP encapsulation (RFC 3948).

use crate::below::{Address, Below, Ip};
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Octets, Put, Table, named_dec};
use crate::security::esp;
use crate::security::{isakmp_fields, isakmp_v1, isakmp_v2};
use crate::view::{Step, View};

/// Octets of the header.
const HEADER: usize = 28;
/// Octets of the header that every payload has.
pub(super) const GENERIC: usize = 4;

const FIELDS: &[Slot] = &[
    Slot::new("isakmp.ispi", 0, 8),
    Slot::new("isakmp.rspi", 8, 8),
    Slot::new("isakmp.nextpayload", 16, 1),
    Slot::new("isakmp.version", 17, 1),
    Slot::new("isakmp.exchangetype", 18, 1),
    Slot::new("isakmp.flags", 19, 1),
    Slot::new("isakmp.messageid", 20, 4),
    Slot::new("isakmp.length", 24, 4),
];
const VERSIONS: &[Slot] = &[Slot::new("isakmp.mjver", 17, 1).bits(4, 15), Slot::new("isakmp.mnver", 17, 1).bits(0, 15)];
/// The flags of version 1 (RFC 2408, section 3.1) and 2 (RFC 7296, section 3.1).
const FLAGS_1: &[Slot] = &[
    Slot::new("isakmp.flag_e", 19, 1).bit(0),
    Slot::new("isakmp.flag_c", 19, 1).bit(1),
    Slot::new("isakmp.flag_a", 19, 1).bit(2),
];
const FLAGS_2: &[Slot] = &[
    Slot::new("isakmp.flag_i", 19, 1).bit(3),
    Slot::new("isakmp.flag_v", 19, 1).bit(4),
    Slot::new("isakmp.flag_r", 19, 1).bit(5),
];
const INITIATOR: Field<u64> = Field::new("isakmp.ispi", 0);
const RESPONDER: Field<u64> = Field::new("isakmp.rspi", 8);
const NEXT: Field<u8> = Field::new("isakmp.nextpayload", 16);
const VERSION: Field<u8> = Field::new("isakmp.version", 17);
const EXCHANGE: Field<u8> = Field::new("isakmp.exchangetype", 18);
const FLAGS: Field<u8> = Field::new("isakmp.flags", 19);
const MESSAGE: Field<u32> = Field::new("isakmp.messageid", 20);
const MESSAGE_AT: usize = 20;
const LENGTH: Field<u32> = Field::new("isakmp.length", 24);

const ENCRYPTED: u8 = 0x01;
const COMMIT: u8 = 0x02;
const FROM_INITIATOR: u8 = 0x08;
const HIGHER_VERSION: u8 = 0x10;
const RESPONSE: u8 = 0x20;

const PAYLOADS: [&str; 49] = [
    "none", "sa", "p", "t", "ke", "id", "cert", "cr", "hash", "sig", "nonce", "n", "d", "vid", "pay14", "pay15",
    "pay16", "pay17", "pay18", "pay19", "pay20", "pay21", "pay22", "pay23", "pay24", "pay25", "pay26", "pay27",
    "pay28", "pay29", "pay30", "pay31", "pay32", "v2sa", "v2ke", "v2IDi", "v2IDr", "v2cert", "v2cr", "v2auth",
    "v2nonce", "v2n", "v2d", "v2vid", "v2TSi", "v2TSr", "v2e", "v2cp", "v2eap",
];
const EXCHANGES: Table = &[
    (0, "none"),
    (1, "base"),
    (2, "ident"),
    (3, "auth"),
    (4, "agg"),
    (5, "inf"),
    (32, "oakley-quick"),
    (33, "oakley-newgroup"),
    (34, "ikev2_init"),
    (35, "ikev2_auth"),
    (36, "child_sa"),
    (37, "inf2"),
];
pub(super) const PROTOCOLS: Table = &[(1, "isakmp"), (2, "ipsec-ah"), (3, "ipsec-esp"), (4, "ipcomp")];

/// A payload's name, or `#` and its number.
#[derive(Clone, Copy)]
pub(super) struct Payload(pub u8);

impl Put for Payload {
    fn put(self, o: &mut Out) {
        match PAYLOADS.get(usize::from(self.0)) {
            Some(name) => o.put(*name),
            None => o.put(("#", self.0)),
        }
    }
}

/// What a payload's printer knows of its surroundings. Offsets count from the
/// header of the message.
#[derive(Clone, Copy)]
pub(super) struct Context<'p> {
    /// The message as far as it is captured, or what was encrypted in it.
    pub v: View<'p>,
    /// The message with its header.
    pub message: View<'p>,
    /// The protocol of the proposal around a transform.
    pub protocol: u8,
    /// How many payloads are around.
    pub depth: usize,
}

impl Context<'_> {
    /// Where the captured octets end.
    pub(super) fn end(&self) -> usize {
        self.v.caplen()
    }

    /// Whether `octets` at `at` are captured.
    pub(super) fn has(&self, at: usize, octets: usize) -> bool {
        at.checked_add(octets).is_some_and(|end| self.v.has(end))
    }

    /// A payload one level further inside.
    pub(super) fn inside(self) -> Self {
        Context { depth: self.depth + 1, ..self }
    }
}

/// Both security parameters indexes of a message of version 2, and whether its
/// sender is the initiator.
pub(super) fn sender(message: View<'_>) -> Step<(bool, [u8; 16])> {
    Ok((message.get(FLAGS)? & FROM_INITIATOR != 0, message.array(0)?))
}

/// A payload's printer gives the offset behind it; nothing if the rest of the
/// message is not understood, which it has said.
pub(super) type Behind = Step<Option<usize>>;

/// ` [|name]`: the payload is cut.
pub(super) fn cut(o: &mut Out, payload: u8) -> Behind {
    o.put((" [|", Payload(payload), "]"));
    Ok(None)
}

/// Prints octets as hexadecimal; false if they are not all captured.
pub(super) fn raw(o: &mut Out, c: &Context<'_>, at: usize, octets: usize) -> bool {
    match c.v.bytes(at, octets) {
        Ok(octets) => {
            o.put(Octets(octets));
            true
        }
        Err(_) => false,
    }
}

/// The first and last octets from `at` to the end of what is captured.
pub(super) fn some_data(o: &mut Out, c: &Context<'_>, at: usize) -> bool {
    const FIRST: usize = 10;
    const LAST: usize = 20;
    let end = c.end();
    let first = end.saturating_sub(at).min(FIRST);
    let (tail, octets) = match end.checked_sub(LAST) {
        Some(tail) if tail >= at + first => (tail, LAST),
        _ => (at + first, end.saturating_sub(at + first)),
    };
    o.put(" data=(");
    if !raw(o, c, at, first) {
        return false;
    }
    o.put("...");
    if octets > 0 && !raw(o, c, tail, octets) {
        return false;
    }
    o.put(")");
    true
}

/// The opening bracket of a payload on a line of its own.
pub(super) fn open(o: &mut Out, depth: usize) {
    o.put("\n");
    for _ in 0..depth {
        o.put("    ");
    }
    o.put("(");
}

/// The payloads from `at` on, the first of kind `first`; `print` prints one whose
/// octets are captured.
pub(super) fn chain<'p>(
    o: &mut Out,
    c: Context<'p>,
    first: u8,
    at: usize,
    print: fn(&mut Out, Context<'p>, u8, usize, usize) -> Behind,
) -> Behind {
    let (mut kind, mut at) = (first, at);
    while kind != 0 {
        if !c.has(at, GENERIC) {
            return cut(o, kind);
        }
        let length = usize::from(c.v.u16(at + 2)?);
        isakmp_fields::note(o, &c, kind, at, length);
        if !c.has(at, length) {
            return cut(o, kind);
        }
        open(o, c.depth + 1);
        // A shorter payload than its own header would never end.
        let behind = if length <= GENERIC { None } else { print(o, c.inside(), kind, at, length)? };
        o.put(")");
        let Some(behind) = behind else { return Ok(None) };
        kind = c.v.u8(at)?;
        at = behind;
    }
    Ok(Some(at))
}

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "isakmp";
    if !v.has(HEADER) {
        o.truncated();
        return Ok(());
    }
    o.see_all(FIELDS, v);
    let version = v.get(VERSION)?;
    let (major, minor) = (version >> 4, version & 15);
    o.see_all(VERSIONS, v);
    o.see_all(if major == 1 { FLAGS_1 } else { FLAGS_2 }, v);
    o.put("isakmp");
    if o.opt.verbose > 0 {
        o.put((" ", major, ".", minor));
        o.put((" msgid ", Octets(v.bytes(MESSAGE_AT, 4)?)));
    }
    if o.opt.verbose > 1 {
        o.put((" cookie ", Octets(v.bytes(0, 8)?), "->", Octets(v.bytes(8, 8)?)));
    }
    o.put(":");
    match major {
        1 => version_1(o, v, below.ip),
        2 => version_2(o, v),
        _ => Ok(()),
    }
}

fn version_1(o: &mut Out, v: View<'_>, ip: Option<&Ip<'_>>) -> Step {
    let phase = if v.get(MESSAGE)? == 0 { 1 } else { 2 };
    o.put((" phase ", phase, if phase == 1 { "" } else { "/others" }));
    let side = side(o, v, ip)?;
    o.put(side);
    let exchange = v.get(EXCHANGE)?;
    o.put((" ", named_dec(EXCHANGES, exchange, "#")));
    let flags = v.get(FLAGS)?;
    if flags != 0 {
        let mark = |bit: u8, text: &'static str| if flags & bit != 0 { text } else { "" };
        o.put(("[", mark(ENCRYPTED, "E"), mark(COMMIT, "C"), "]"));
    }
    payloads(o, v, flags, isakmp_v1::payload)
}

fn version_2(o: &mut Out, v: View<'_>) -> Step {
    let phase = if v.get(MESSAGE)? == 0 { 1 } else { 2 };
    o.put(if phase == 1 { " parent_sa" } else { " child_sa " });
    let exchange = v.get(EXCHANGE)?;
    o.put((" ", named_dec(EXCHANGES, exchange, "#")));
    let flags = v.get(FLAGS)?;
    if flags != 0 {
        let mark = |bit: u8, text: &'static str| if flags & bit != 0 { text } else { "" };
        o.put(("[", mark(FROM_INITIATOR, "I"), mark(HIGHER_VERSION, "V"), mark(RESPONSE, "R"), "]"));
    }
    payloads(o, v, flags, isakmp_v2::payload)
}

/// The payloads, with `-v`, and whether the length is right.
fn payloads<'p>(
    o: &mut Out,
    v: View<'p>,
    flags: u8,
    print: fn(&mut Out, Context<'p>, u8, usize, usize) -> Behind,
) -> Step {
    if o.opt.verbose == 0 {
        return Ok(());
    }
    let next = v.get(NEXT)?;
    o.put(":");
    if flags & ENCRYPTED != 0 {
        o.put((" [encrypted ", Payload(next), "]"));
    } else {
        chain(o, Context { v, message: v, protocol: 0, depth: 0 }, next, HEADER, print)?;
    }
    let length = v.get(LENGTH)?;
    if length as usize != v.len() {
        o.put((" (len mismatch: isakmp ", length, "/ip ", v.len(), ")"));
    }
    Ok(())
}

/// Which side sent the message, as far as its cookie has been seen before.
fn side(o: &mut Out, v: View<'_>, ip: Option<&Ip<'_>>) -> Step<&'static str> {
    let cookie = v.get(INITIATOR)?;
    let responder = v.get(RESPONDER)?;
    let ends = match ip {
        Some(ip) => Some((ip.source()?, ip.destination()?)),
        None => None,
    };
    let known = match o.state().isakmp.find(cookie) {
        Some(known) => known,
        None if responder == 0 => {
            if let Some((source, destination)) = ends {
                o.state().isakmp.record(cookie, source, destination);
            }
            return Ok(" I");
        }
        None => return Ok(" ?"),
    };
    let source = ends.map(|(source, _)| source);
    Ok(match known {
        Some((initiator, _)) if source == Some(initiator) => " I",
        Some((_, responder)) if source == Some(responder) => " R",
        _ => " ?",
    })
}

/// Both ends of a negotiation.
type Ends = (Address, Address);

/// The initiators' cookies of the last negotiations, with the ends of each.
#[derive(Default)]
pub(crate) struct Cookies {
    entries: [(u64, Option<Ends>); 20],
    next: usize,
}

impl Cookies {
    /// The ends that belong to a cookie; a zero cookie is found without ends
    /// while there are unused entries.
    fn find(&self, cookie: u64) -> Option<Option<Ends>> {
        self.entries.iter().find(|entry| entry.0 == cookie).map(|entry| entry.1)
    }

    fn record(&mut self, cookie: u64, source: Address, destination: Address) {
        if let Some(entry) = self.entries.get_mut(self.next) {
            *entry = (cookie, Some((source, destination)));
        }
        self.next = (self.next + 1) % self.entries.len();
    }
}

/// A datagram on the port for NAT traversal: a keep-alive, a message behind a
/// zero word, or ESP.
pub(crate) fn encapsulated(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    const KEEP_ALIVE: u8 = 0xff;
    o.proto = "isakmp_rfc3948";
    if v.len() == 1 && v.u8(0)? == KEEP_ALIVE {
        o.put("isakmp-nat-keep-alive");
        return Ok(());
    }
    if v.len() < 4 {
        o.truncated();
        return Ok(());
    }
    if v.u32(0)? == 0 {
        o.put("NONESP-encap: ");
        return dissect(o, v.skip(4), below);
    }
    o.put("UDP-encap: ");
    esp::dissect(o, v, below)
}
