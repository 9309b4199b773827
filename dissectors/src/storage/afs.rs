//! The services of AFS over [Rx](super::rx): the arguments of their calls and
//! replies, which [`super::afs_calls`] lists.

use super::afs_calls::{self, Argument};
use super::afs_names::{self, Service};
use super::rx::{ABORT, DATA, HEADER};
use crate::calendar::Calendar;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Chars, Hex2, Hex4, Hex8, Named, Otherwise};
use crate::view::{Step, View};

/// Octets of a list of access rights that are looked at.
const ACCESS_LIST: usize = 1024;

/// What is left of a packet's arguments.
struct Reader<'p> {
    v: View<'p>,
    /// Whether they are of the file service, whose files and names are noted.
    of_files: bool,
}

impl<'p> Reader<'p> {
    fn take(&mut self, octets: usize) -> View<'p> {
        let taken = self.v;
        self.v = taken.skip(octets);
        taken
    }

    fn u32(&mut self) -> Step<u32> {
        let value = self.v.u32(0)?;
        self.take(4);
        Ok(value)
    }

    /// Whether so many octets are captured.
    fn has(&self, octets: usize) -> bool {
        self.v.has(octets)
    }
}

/// A call to a service that is known by its port.
pub(super) fn call(o: &mut Out, v: View<'_>, port: u16) -> Step {
    let Some(service) = afs_names::service(port) else { return Ok(()) };
    if v.len() <= HEADER {
        return Ok(());
    }
    let operation = v.u32(HEADER)?;
    let mut reader = Reader { v: v.skip(HEADER + 4), of_files: is_file_service(service) };
    note_operation(o, service, operation);
    o.put((" ", service.name));
    let (mark, list) = if service.replicated && afs_names::is_ubik(operation) {
        o.put((" ubik call ", operation_name(afs_names::UBIK, operation)));
        (" [|ubik]", afs_calls::ubik_call(operation))
    } else {
        o.put((" call ", operation_name(service.operations, operation)));
        (service.mark, (service.call)(operation))
    };
    if !arguments(o, &mut reader, list)? {
        o.put(mark);
    }
    Ok(())
}

fn operation_name(table: crate::put::Table, operation: u32) -> Named {
    Named(table, operation, Otherwise::Dec("op#", ""))
}

/// A reply to a call for `operation`.
pub(super) fn reply(o: &mut Out, v: View<'_>, port: u16, kind: u8, operation: u32) -> Step {
    let Some(service) = afs_names::service(port) else { return Ok(()) };
    // As tcpdump has it: some services take a reply without octets for one.
    if v.len() < HEADER || v.len() == HEADER && !service.empty_replies {
        return Ok(());
    }
    let mut reader = Reader { v: v.skip(HEADER), of_files: is_file_service(service) };
    note_operation(o, service, operation);
    o.put((" ", service.name));
    if service.replicated && afs_names::is_ubik(operation) {
        o.put((" ubik reply ", operation_name(afs_names::UBIK, operation)));
        let list = if kind == DATA { afs_calls::ubik_reply(operation) } else { afs_calls::ubik_error(operation) };
        if !arguments(o, &mut reader, list)? {
            o.put(" [|ubik]");
        }
        return Ok(());
    }
    o.put((" reply ", operation_name(service.operations, operation)));
    if kind == DATA {
        let list = (service.reply)(operation);
        if !arguments(o, &mut reader, list)? {
            o.put(service.mark);
        }
    } else if !is_file_service(service) {
        o.put(" errcode");
        o.put((" ", reader.u32()? as i32));
    } else if kind == ABORT {
        let code = reader.u32()?;
        o.put(" error ");
        match crate::put::lookup(afs_names::FILE_ERRORS, code) {
            Some(name) => o.put(name),
            None => o.put(("#", code as i32)),
        }
    }
    Ok(())
}

/// The tree's fields of a file.
const FILE: &[Slot] =
    &[Slot::new("afs.fs.fid.volume", 0, 4), Slot::new("afs.fs.fid.vnode", 4, 4), Slot::new("afs.fs.fid.uniq", 8, 4)];

/// Notes the operation of a call or a reply, by its service.
fn note_operation(o: &mut Out, service: &Service, operation: u32) {
    if service.replicated && afs_names::is_ubik(operation) {
        return o.note(id!("afs.ubik.opcode"), operation);
    }
    match service.name {
        "fs" => o.note(id!("afs.fs.opcode"), operation),
        "cb" => o.note(id!("afs.cb.opcode"), operation),
        "pt" => o.note(id!("afs.prot.opcode"), operation),
        "vldb" => o.note(id!("afs.vldb.opcode"), operation),
        "kauth" => o.note(id!("afs.kauth.opcode"), operation),
        "vol" => o.note(id!("afs.vol.opcode"), operation),
        "bos" => o.note(id!("afs.bos.opcode"), operation),
        _ => {}
    }
}

fn is_file_service(service: &Service) -> bool {
    service.name == "fs"
}

/// Arguments in their order; false where one of them is cut short and the service's
/// mark says so.
fn arguments(o: &mut Out, r: &mut Reader<'_>, list: &[Argument]) -> Step<bool> {
    for argument in list {
        if !self::argument(o, r, argument)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn argument(o: &mut Out, r: &mut Reader<'_>, argument: &Argument) -> Step<bool> {
    match *argument {
        Argument::Text(text) => o.put(text),
        Argument::Signed => o.put((" ", r.u32()? as i32)),
        Argument::Unsigned => o.put((" ", r.u32()?)),
        Argument::Long => {
            o.put((" ", r.v.u64(0)?));
            r.take(8);
        }
        Argument::Date => {
            let seconds = r.u32()? as i32;
            o.put((" ", Calendar::from_unix(seconds.into()).with(' ')));
        }
        Argument::Unwritten => {
            r.u32()?;
        }
        Argument::Skip(octets) => {
            if !r.has(octets) {
                return Ok(false);
            }
            r.take(octets);
        }
        Argument::SkipUnseen(octets) => {
            r.take(octets);
        }
        Argument::File => {
            if r.of_files {
                o.see_all(FILE, r.v);
            }
            return triple(o, r, " fid ", "/");
        }
        Argument::Server => return triple(o, r, " server ", ":"),
        Argument::String(most) => return string(o, r, most),
        Argument::Letters(count) => return letters(o, r, count),
        Argument::Version => {
            if !r.has(8) {
                return Ok(false);
            }
            o.put((" ", r.u32()?, ".", r.u32()?));
        }
        Argument::Unique => return unique(o, r),
        Argument::Status => return status(o, r),
        Argument::Access => return access(o, r),
        Argument::Opaque => {
            let size = r.u32()? as usize;
            if !r.has(size) {
                return Ok(false);
            }
            r.take(size);
        }
        Argument::VolumeType => {
            let kind = r.u32()?;
            let names = [(0, "read-write"), (1, "read-only"), (2, "backup")];
            if let Some((_, name)) = names.into_iter().find(|row| row.0 == kind) {
                o.put((" type ", name));
            }
        }
        Argument::Truth(name) => o.put((name, if r.u32()? != 0 { " yes" } else { " no" })),
        Argument::List { each, between, none } => return list(o, r, each, between, none),
        Argument::Callbacks => return callbacks(o, r),
        Argument::Replicas { servers, unique } => return replicas(o, r, servers, unique),
    }
    Ok(true)
}

/// Three numbers.
fn triple(o: &mut Out, r: &mut Reader<'_>, before: &'static str, between: &'static str) -> Step<bool> {
    if !r.has(12) {
        return Ok(false);
    }
    o.put((before, r.u32()?, between, r.u32()?, between, r.u32()?));
    Ok(true)
}

/// Text of a length that is before it, and padded to a multiple of four octets.
fn string(o: &mut Out, r: &mut Reader<'_>, most: usize) -> Step<bool> {
    let size = r.u32()? as usize;
    if size > most {
        return Ok(false);
    }
    let text = r.take(size.next_multiple_of(4));
    if r.of_files && text.has(size) {
        o.note_octets(id!("afs.fs.name"), &text.data()[..size]);
    }
    o.put((" \"", Chars(&text.data()[..size.min(text.caplen())])));
    if !text.has(size) {
        return Ok(false);
    }
    o.put("\"");
    Ok(true)
}

/// Text of `count` characters, each in a number of its own, up to a NUL.
fn letters(o: &mut Out, r: &mut Reader<'_>, count: usize) -> Step<bool> {
    if !r.has(count * 4) {
        return Ok(false);
    }
    let text = r.take(count * 4);
    o.put(" \"");
    for at in 0..count {
        match text.u8(at * 4 + 3)? {
            0 => break,
            letter => o.char(letter),
        }
    }
    o.put("\"");
    Ok(true)
}

/// A universally unique identifier, whose parts are numbers of their own.
fn unique(o: &mut Out, r: &mut Reader<'_>) -> Step<bool> {
    const PARTS: usize = 11;
    if !r.has(PARTS * 4) {
        return Ok(false);
    }
    o.put((" ", Hex8(r.u32()?), Hex4(r.u32()?), Hex4(r.u32()?)));
    for _ in 3..PARTS {
        o.put(Hex2(r.u32()? as u8));
    }
    Ok(true)
}

/// Which attributes of a file are set, and to what.
fn status(o: &mut Out, r: &mut Reader<'_>) -> Step<bool> {
    if !r.has(24) {
        return Ok(false);
    }
    let mask = r.u32()?;
    o.put((mask != 0).then_some(" StoreStatus"));
    if mask & 1 != 0 {
        o.put(" date");
        argument(o, r, &Argument::Date)?;
    } else {
        r.take(4);
    }
    let (owner, group, mode, segment) = (r.u32()?, r.u32()?, r.u32()?, r.u32()?);
    o.put((mask & 2 != 0).then_some((" owner ", owner)));
    o.put((mask & 4 != 0).then_some((" group ", group)));
    if mask & 8 != 0 {
        o.put(format!(" mode {:o}", mode & 0o7777).as_str());
    }
    o.put((mask & 16 != 0).then_some((" segsize ", segment)));
    o.put((mask & 1024 != 0).then_some(" fsync"));
    Ok(true)
}

/// A list of access rights, which is text: how many entries give and how many take
/// rights, then a user and a number for each.
fn access(o: &mut Out, r: &mut Reader<'_>) -> Step<bool> {
    let size = r.u32()? as usize;
    if !r.has(size) {
        return Ok(false);
    }
    let octets = r.v.bytes(0, size.min(ACCESS_LIST))?;
    let octets = octets.split(|&octet| octet == 0).next().unwrap_or_default();
    let mut text = Words { octets };
    let (Some(given), Some(taken)) = (text.number(), text.number()) else { return Ok(true) };
    for (count, before) in [(given, " +{"), (taken, " -{")] {
        for _ in 0..count.max(0) {
            let Some(user) = text.word() else { return Ok(true) };
            let Some(rights) = text.number() else { return Ok(true) };
            o.put((before, Chars(user), " "));
            for (bit, letter) in [(1, 'r'), (8, 'l'), (4, 'i'), (16, 'd'), (2, 'w'), (32, 'k'), (64, 'a')] {
                o.put((rights & bit != 0).then_some(letter));
            }
            o.put("}");
        }
    }
    Ok(true)
}

/// Text that is read as words and numbers between white space.
struct Words<'p> {
    octets: &'p [u8],
}

impl<'p> Words<'p> {
    /// Leaves the white space out that comes next.
    fn trim(&mut self) {
        while let [b' ' | b'\t'..=b'\r', rest @ ..] = self.octets {
            self.octets = rest;
        }
    }

    /// What comes next as far as `is` holds, if it is not empty.
    fn while_is(&mut self, is: impl Fn(u8) -> bool) -> Option<&'p [u8]> {
        let end = self.octets.iter().position(|&octet| !is(octet)).unwrap_or(self.octets.len());
        let (found, rest) = self.octets.split_at(end);
        self.octets = rest;
        (!found.is_empty()).then_some(found)
    }

    fn word(&mut self) -> Option<&'p [u8]> {
        self.trim();
        self.while_is(|octet| !matches!(octet, b' ' | b'\t'..=b'\r'))
    }

    fn number(&mut self) -> Option<i32> {
        self.trim();
        let negative = match self.octets {
            [sign @ (b'-' | b'+'), rest @ ..] => {
                self.octets = rest;
                *sign == b'-'
            }
            _ => false,
        };
        let digits = self.while_is(|octet| octet.is_ascii_digit())?;
        let digit = |value: i64, &digit: &u8| value.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
        let value = digits.iter().fold(0, digit);
        Some((if negative { -value } else { value }) as i32)
    }
}

/// As many arguments of a kind as a number says.
fn list(o: &mut Out, r: &mut Reader<'_>, each: &[Argument], between: &'static str, none: &'static str) -> Step<bool> {
    let count = r.u32()?;
    for left in (0..count).rev() {
        if !arguments(o, r, each)? {
            return Ok(false);
        }
        if left > 0 {
            o.put(between);
        }
    }
    if count == 0 {
        o.put(none);
    }
    Ok(true)
}

/// Files, and how long the promises about them hold.
fn callbacks(o: &mut Out, r: &mut Reader<'_>) -> Step<bool> {
    if !list(o, r, &[Argument::File], ",", " <none!>")? {
        return Ok(false);
    }
    let count = r.u32()?;
    o.put((count != 0).then_some(";"));
    for _ in 0..count {
        o.put(" ver");
        o.put((" ", r.u32()? as i32));
        o.put(" expires");
        argument(o, r, &Argument::Date)?;
        r.u32()?;
    }
    Ok(true)
}

/// Where a volume is: `most` servers at most, of which a number says how many count.
fn replicas(o: &mut Out, r: &mut Reader<'_>, most: usize, by_identifier: bool) -> Step<bool> {
    o.put(" numservers");
    let count = r.u32()?;
    o.put((" ", count));
    o.put(" servers");
    let counts = |row: usize| (row as u32) < count;
    for row in 0..most {
        let size = if by_identifier { 44 } else { 4 };
        if by_identifier && counts(row) {
            o.put(" afsuuid");
            if !unique(o, r)? {
                return Ok(false);
            }
            continue;
        }
        if !r.has(size) {
            return Ok(false);
        }
        let server = r.take(size);
        if counts(row) {
            let address = server.array(0)?;
            o.put(" ");
            o.line.ipv4(address);
        }
    }
    if by_identifier {
        if !r.has(4 * most) {
            return Ok(false);
        }
        r.take(4 * most);
    }
    o.put(" partitions");
    for row in 0..most {
        let partition = r.u32()?;
        if counts(row) && partition <= 26 {
            o.put(" ");
            o.line.byte(b'a' + partition as u8);
        } else if counts(row) {
            o.put((" ", partition));
        }
    }
    if !r.has(4 * most) {
        return Ok(false);
    }
    r.take(4 * most);
    o.put((" rwvol ", r.u32()?));
    o.put((" rovol ", r.u32()?));
    o.put((" backup ", r.u32()?));
    Ok(true)
}
