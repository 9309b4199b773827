//! SNMP: versions 1 (RFC 1157), 2c (RFC 3416) and 3 (RFC 3412, RFC 3414).

use crate::below::Below;
use crate::field::Slot;
use crate::management::snmp_asn1::{self, Element, Kind};
use crate::out::Out;
use crate::put::{Ipv4, Named, Otherwise, Put, Table};
use crate::view::{Step, Stop, View};

const VERSION_1: i32 = 0;
const VERSION_2C: i32 = 1;
const VERSION_3: i32 = 3;

const GET: u32 = 0;
const GET_NEXT: u32 = 1;
const SET: u32 = 3;
const TRAP: u32 = 4;
const GET_BULK: u32 = 5;
const INFORM: u32 = 6;
const TRAP_2: u32 = 7;
const REPORT: u32 = 8;

const ERRORS: Table = &[
    (0, "noError"),
    (1, "tooBig"),
    (2, "noSuchName"),
    (3, "badValue"),
    (4, "readOnly"),
    (5, "genErr"),
    (6, "noAccess"),
    (7, "wrongType"),
    (8, "wrongLength"),
    (9, "wrongEncoding"),
    (10, "wrongValue"),
    (11, "noCreation"),
    (12, "inconsistentValue"),
    (13, "resourceUnavailable"),
    (14, "commitFailed"),
    (15, "undoFailed"),
    (16, "authorizationError"),
    (17, "notWritable"),
    (18, "inconsistentName"),
];

const ENTERPRISE_SPECIFIC: i32 = 6;
const GENERIC_TRAPS: [&str; 7] =
    ["coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure", "egpNeighborLoss", "enterpriseSpecific"];

/// The community that is not printed.
const DEFAULT_COMMUNITY: &[u8] = b"public";

/// What is left of a level of the message; taking an element shortens it.
struct Level<'p>(View<'p>);

impl<'p> Level<'p> {
    /// The next element.
    fn any(&mut self, o: &mut Out) -> Step<Element<'p>> {
        let element = snmp_asn1::read(o, self.0)?;
        self.0 = self.0.skip(element.taken);
        Ok(element)
    }

    /// The next element, which must be of `kind`; else `otherwise` and what it is
    /// are printed, and the message is given up.
    fn of(&mut self, o: &mut Out, kind: Kind, otherwise: &str) -> Step<Element<'p>> {
        let element = self.any(o)?;
        if element.kind != kind {
            o.put(otherwise);
            snmp_asn1::put(o, &element)?;
            return Err(Stop::Malformed);
        }
        Ok(element)
    }

    fn integer(&mut self, o: &mut Out, otherwise: &str) -> Step<i32> {
        Ok(self.of(o, Kind::Integer, otherwise)?.number as i32)
    }

    fn string(&mut self, o: &mut Out, otherwise: &str) -> Step<Element<'p>> {
        self.of(o, Kind::String, otherwise)
    }

    /// The content of the sequence that comes next. Where `extra` is given, it
    /// and a count say that something follows the sequence.
    fn sequence(&mut self, o: &mut Out, otherwise: &str, extra: &str) -> Step<Level<'p>> {
        let element = self.of(o, Kind::Sequence, otherwise)?;
        if !extra.is_empty() {
            self.extra(o, extra);
        }
        Ok(Level(element.content))
    }

    fn extra(&self, o: &mut Out, what: &str) {
        if !self.0.is_empty() {
            o.put(("[", self.0.len(), what));
        }
    }
}

/// A message. One that cannot be understood ends with a remark in brackets.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "snmp";
    o.put(" ");
    match message(o, v) {
        Err(Stop::Malformed) => Ok(()),
        other => other,
    }
}

/// Text that is only printed with `-v`.
fn verbose(o: &mut Out, text: &str) {
    if o.opt.verbose > 0 {
        o.put(text);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    let mut level = Level(v).sequence(o, "[!init SEQ]", " extra after iSEQ]")?;
    let version = level.integer(o, "[version!=INT]")?;
    if version != VERSION_3 {
        o.note(id!("snmp.version"), version as u32);
    }
    match version {
        VERSION_1 => verbose(o, "{ SNMPv1 "),
        VERSION_2C => verbose(o, "{ SNMPv2c "),
        VERSION_3 => verbose(o, "{ SNMPv3 "),
        _ => {
            o.put(("SNMP [version = ", version, "]"));
            return Ok(());
        }
    }
    // What is wrong inside is said there; the braces are closed all the same.
    let inner = if version == VERSION_3 { message_3(o, level) } else { community(o, level, version) };
    if matches!(inner, Err(Stop::Truncated | Stop::Cut)) {
        return inner;
    }
    verbose(o, "} ");
    Ok(())
}

/// Ends a level: what was wrong has been said, and the outer level goes on.
fn said(result: Step) -> Step {
    if result == Err(Stop::Malformed) { Ok(()) } else { result }
}

fn community(o: &mut Out, mut level: Level<'_>, version: i32) -> Step {
    let community = level.string(o, "[comm!=STR]")?;
    o.note_octets(id!("snmp.community"), community.content.payload());
    if community.content.payload() != DEFAULT_COMMUNITY {
        o.put("C=");
        snmp_asn1::put_string(o, &community)?;
        o.put(" ");
    }
    unit(o, level, version)
}

/// The tree's fields of the flags of version 3 (RFC 3412, section 6.4).
const FLAGS_3: &[Slot] = &[
    Slot::new("snmp.v3.flags.report", 0, 1).bit(2),
    Slot::new("snmp.v3.flags.crypt", 0, 1).bit(1),
    Slot::new("snmp.v3.flags.auth", 0, 1).bit(0),
];

/// The header, security parameters and scoped unit of version 3.
fn message_3(o: &mut Out, mut level: Level<'_>) -> Step {
    const USER_BASED: i32 = 3;
    let whole = level.0;
    let mut header = level.sequence(o, "[!message]", "")?;
    verbose(o, "{ ");
    o.note(id!("snmp.msgVersion"), i64::from(VERSION_3));
    let id = header.integer(o, "[msgID!=INT]")?;
    o.note(id!("snmp.msgID"), id as u32);
    let most = header.integer(o, "[msgMaxSize!=INT]")?;
    o.note(id!("snmp.msgMaxSize"), most as u32);
    let flags = header.string(o, "[msgFlags!=STR]")?;
    o.note_octets(id!("snmp.msgFlags"), flags.content.payload());
    if flags.content.len() != 1 {
        o.put(("[msgFlags size ", flags.content.len(), "]"));
        return Ok(());
    }
    o.see_all(FLAGS_3, flags.content);
    let flags = flags.content.u8(0)?;
    // Privacy needs authentication.
    if !matches!(flags, 0 | 1 | 3 | 4 | 5 | 7) {
        o.put("[msgFlags=0x");
        o.put((upper_hex(flags >> 4), upper_hex(flags & 15), "]"));
        return Ok(());
    }
    let mark = |bit: u8, text: &'static str| if flags & bit != 0 { text } else { "" };
    o.put(("F=", mark(1, "a"), mark(2, "p"), mark(4, "r"), " "));
    let model = header.any(o)?;
    if model.kind != Kind::Integer {
        o.put("[msgSecurityModel!=INT]");
        return snmp_asn1::put(o, &model);
    }
    // The octets of the last element are compared with what is left behind it.
    if model.taken < header.0.len() {
        o.put(("[", header.0.len() - model.taken, " extra after message SEQ]"));
    }
    verbose(o, "} ");
    let model = model.number as i32;
    o.note(id!("snmp.msgSecurityModel"), model as u32);
    if model != USER_BASED {
        o.put(("[security model ", model, "]"));
        return Ok(());
    }
    verbose(o, "{ USM ");
    // They follow the last element that was read, even if the sequence has more.
    let mut level = Level(whole.skip(header.0.at() - whole.at()));
    let parameters = level.string(o, "[msgSecurityParameters!=STR]")?;
    said(user_based(o, Level(parameters.content)))?;
    verbose(o, "} ");
    verbose(o, "{ ScopedPDU ");
    said(scoped(o, level))?;
    verbose(o, "} ");
    Ok(())
}

fn upper_hex(digit: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(digit & 15)])
}

/// The user-based security model's parameters (RFC 3414, section 2.4).
fn user_based(o: &mut Out, mut level: Level<'_>) -> Step {
    let mut level = level.sequence(o, "[!usm]", "")?;
    let engine = level.string(o, "[msgAuthoritativeEngineID!=STR]")?;
    o.note_octets(id!("snmp.msgAuthoritativeEngineID"), engine.content.payload());
    let boots = level.integer(o, "[msgAuthoritativeEngineBoots!=INT]")?;
    if o.opt.verbose > 0 {
        o.put(("B=", boots, " "));
    }
    o.note(id!("snmp.msgAuthoritativeEngineBoots"), boots as u32);
    let time = level.integer(o, "[msgAuthoritativeEngineTime!=INT]")?;
    o.note(id!("snmp.msgAuthoritativeEngineTime"), time as u32);
    if o.opt.verbose > 0 {
        o.put(("T=", time, " "));
    }
    let user = level.string(o, "[msgUserName!=STR]")?;
    o.note_octets(id!("snmp.msgUserName"), user.content.payload());
    o.put("U=");
    snmp_asn1::put_string(o, &user)?;
    o.put(" ");
    level.string(o, "[msgAuthenticationParameters!=STR]")?;
    let last = level.string(o, "[msgPrivacyParameters!=STR]")?;
    if last.taken < level.0.len() {
        o.put(("[", level.0.len() - last.taken, " extra after usm SEQ]"));
    }
    Ok(())
}

fn scoped(o: &mut Out, mut level: Level<'_>) -> Step {
    let mut level = level.sequence(o, "[!scoped PDU]", "")?;
    let engine = level.string(o, "[contextEngineID!=STR]")?;
    o.note_octets(id!("snmp.contextEngineID"), engine.content.payload());
    o.put("E=");
    snmp_asn1::put_octets(o, &engine)?;
    o.put(" ");
    let name = level.string(o, "[contextName!=STR]")?;
    o.note_octets(id!("snmp.contextName"), name.content.payload());
    o.put("C=");
    snmp_asn1::put_string(o, &name)?;
    o.put(" ");
    unit(o, level, VERSION_3)
}

/// A protocol data unit.
fn unit(o: &mut Out, mut level: Level<'_>, version: i32) -> Step {
    let unit = level.any(o)?;
    if unit.kind != Kind::Unit {
        o.put("[no PDU]");
        return Ok(());
    }
    o.note(id!("snmp.data"), unit.id);
    level.extra(o, " extra after PDU]");
    verbose(o, "{ ");
    snmp_asn1::put(o, &unit)?;
    o.put(" ");
    if version == VERSION_1 && matches!(unit.id, GET_BULK | INFORM | TRAP_2 | REPORT) {
        o.put("[v2 PDU in v1 message]");
        return Ok(());
    }
    if version == VERSION_2C && unit.id == TRAP {
        o.put("[v1 PDU in v2 message]");
        return Ok(());
    }
    let content = Level(unit.content);
    said(if unit.id == TRAP { trap(o, content) } else { request(o, content, unit.id) })?;
    verbose(o, " } ");
    Ok(())
}

fn error_name(code: i32) -> Named {
    Named(ERRORS, code as u32, Otherwise::Dec("err=", ""))
}

/// Every unit but the first version's trap.
fn request(o: &mut Out, mut level: Level<'_>, kind: u32) -> Step {
    let id = level.integer(o, "[reqId!=INT]")?;
    o.note(id!("snmp.request_id"), i64::from(id));
    if o.opt.verbose > 0 {
        o.put(("R=", id, " "));
    }
    // Only responses have errors.
    let no_error = matches!(kind, GET | GET_NEXT | SET | INFORM | TRAP_2 | REPORT);
    let status = level.integer(o, "[errorStatus!=INT]")?;
    let mut error = 0;
    match kind {
        GET_BULK => o.note(id!("snmp.non_repeaters"), status as u32),
        _ => o.note(id!("snmp.error_status"), i64::from(status)),
    }
    match status {
        0 if kind != GET_BULK => {}
        _ if no_error => o.put(("[errorStatus(", error_name(status), ")!=0]")),
        _ if kind == GET_BULK => o.put((" N=", status)),
        _ => {
            o.put((" ", error_name(status)));
            error = status;
        }
    }
    let index = level.integer(o, "[errorIndex!=INT]")?;
    match kind {
        GET_BULK => o.note(id!("snmp.max_repetitions"), index as u32),
        _ => o.note(id!("snmp.error_index"), i64::from(index)),
    }
    match index {
        0 if kind != GET_BULK => {
            if error != 0 {
                o.put("[errorIndex==0]");
            }
        }
        _ if no_error => o.put(("[errorIndex(", index, ")!=0]")),
        _ if kind == GET_BULK => o.put((" M=", index)),
        _ if error == 0 => o.put(("[errorIndex(", index, ") w/o errorStatus]")),
        _ => o.put(("@", index)),
    }
    bindings(o, level, kind)
}

/// The first version's trap.
fn trap(o: &mut Out, mut level: Level<'_>) -> Step {
    o.put(" ");
    let enterprise = level.of(o, Kind::ObjectId, "[enterprise!=OID]")?;
    o.note_text(id!("snmp.enterprise"), Dotted(enterprise.content.payload()));
    snmp_asn1::put(o, &enterprise)?;
    o.put(" ");
    let agent = level.of(o, Kind::Address, "[agent-addr!=INETADDR]")?;
    if let Ok(address) = agent.content.array(0) {
        o.note(id!("snmp.agent_addr"), Ipv4(address));
    }
    snmp_asn1::put(o, &agent)?;
    let generic = level.integer(o, "[generic-trap!=INT]")?;
    o.note(id!("snmp.generic_trap"), i64::from(generic));
    match usize::try_from(generic).ok().and_then(|i| GENERIC_TRAPS.get(i)) {
        Some(name) => o.put((" ", *name)),
        None => o.put((" gt=", generic)),
    }
    let specific = level.integer(o, "[specific-trap!=INT]")?;
    o.note(id!("snmp.specific_trap"), i64::from(specific));
    if generic == ENTERPRISE_SPECIFIC {
        o.put((" s=", specific));
    } else if specific != 0 {
        o.put(("[specific-trap(", specific, ")!=0]"));
    }
    o.put(" ");
    let time = level.of(o, Kind::Unsigned, "[time-stamp!=TIMETICKS]")?;
    o.note(id!("snmp.time_stamp"), time.number);
    snmp_asn1::put(o, &time)?;
    bindings(o, level, TRAP)
}

/// Names and values.
fn bindings(o: &mut Out, mut level: Level<'_>, kind: u32) -> Step {
    let mut list = level.sequence(o, "[!SEQ of varbind]", " extra after SEQ of varbind]")?;
    let asks = matches!(kind, GET | GET_NEXT | GET_BULK);
    while !list.0.is_empty() {
        o.put(" ");
        let mut binding = list.sequence(o, "[!varbind]", "")?;
        let name = binding.of(o, Kind::ObjectId, "[objName!=OID]")?;
        o.note_text(id!("snmp.name"), Dotted(name.content.payload()));
        snmp_asn1::put(o, &name)?;
        if !asks {
            o.put("=");
        }
        let value = binding.any(o)?;
        if o.tree.is_some() {
            note_value(o, &value);
        }
        if value.kind != Kind::Null {
            if asks {
                o.put("[objVal!=NULL]");
            }
            snmp_asn1::put(o, &value)?;
        }
    }
    Ok(())
}

/// Notes a value by its type (RFC 2578, section 7.1).
fn note_value(o: &mut Out, value: &Element<'_>) {
    let content = value.content.payload();
    match (value.kind, value.id) {
        (Kind::Integer, _) => o.note(id!("snmp.value.int"), value.number),
        (Kind::String, _) => o.note_octets(id!("snmp.value.octets"), content),
        (Kind::ObjectId, _) => o.note_text(id!("snmp.value.oid"), Dotted(content)),
        (Kind::Address, _) => match <[u8; 4]>::try_from(content) {
            Ok(address) => o.note(id!("snmp.value.ipv4"), Ipv4(address)),
            Err(_) => o.note_octets(id!("snmp.value.addr"), content),
        },
        (Kind::Unsigned, 1) | (Kind::Unsigned64, _) => o.note(id!("snmp.value.counter"), value.number),
        (Kind::Unsigned, 2) => o.note(id!("snmp.value.g32"), value.number),
        (Kind::Unsigned, _) => o.note(id!("snmp.value.timeticks"), value.number),
        (Kind::Exception, 0) => o.note(id!("snmp.noSuchObject"), true),
        (Kind::Exception, 1) => o.note(id!("snmp.noSuchInstance"), true),
        (Kind::Exception, _) => o.note(id!("snmp.endOfMibView"), true),
        _ => {}
    }
}

/// An object identifier with dots (X.690, section 8.19).
struct Dotted<'p>(&'p [u8]);

impl Put for Dotted<'_> {
    fn put(self, o: &mut Out) {
        let (mut number, mut first) = (0_u64, true);
        for octet in self.0 {
            number = number << 7 | u64::from(octet & 0x7f);
            if octet & 0x80 != 0 {
                continue;
            }
            match (first, number) {
                (true, 0..80) => o.put((number / 40, ".", number % 40)),
                (true, _) => o.put(("2.", number - 80)),
                _ => o.put((".", number)),
            }
            (number, first) = (0, false);
        }
    }
}
