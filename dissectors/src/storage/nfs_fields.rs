//! NFS versions 2 (RFC 1094) and 3 (RFC 1813) for the tree: the arguments and the
//! results of each procedure, part by part.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::state::CallKind;
use crate::storage::nfs::VERSION_3;
use crate::storage::rpc_fields;
use crate::view::{Step, View};

const PROGRAM: u32 = 100_003;
const VERSION_2: u32 = 2;

const PROCEDURE_2: Id = Id::of("nfs.procedure_v2");
const PROCEDURE_3: Id = Id::of("nfs.procedure_v3");
const STATUS_2: Id = Id::of("nfs.status2");
const STATUS_3: Id = Id::of("nfs.status3");
/// The status of either version.
const STATUS: Id = Id::of("nfs.status");
const HANDLE: Id = Id::of("nfs.fhandle");
const FOLLOWS: &[Slot] = &[Slot::new("nfs.attributes_follow", 0, 4)];
const HANDLE_FOLLOWS: &[Slot] = &[Slot::new("nfs.handle_follow", 0, 4)];

/// A part of arguments or results.
#[derive(Clone, Copy)]
enum Part {
    /// Fields in so many octets.
    Row(&'static [Slot], usize),
    /// A handle of version 2, whose size is fixed, and one of version 3.
    Handle2,
    Handle3,
    /// Text behind its length.
    Text(Id),
    /// Attributes after an operation, if they are there; those before and after one.
    After,
    Change,
    /// Attributes to set.
    Wanted,
    /// A time that the object must have been changed at.
    Guard,
    /// How to create a file: attributes, or a verifier.
    How,
    /// The type of a special file, its attributes and its device.
    Special,
    /// The handle of a new object, if it is there.
    New,
    /// Entries of a directory, up to its end: of version 2, 3, and 3 with attributes.
    Entries2,
    Entries3,
    EntriesPlus,
}
use Part::{
    After, Change, Entries2, Entries3, EntriesPlus, Guard, Handle2, Handle3, How, New, Row, Special, Text, Wanted,
};

const NAME: Part = Text(Id::of("nfs.name"));
const TARGET: Part = Text(Id::of("nfs.symlink.to"));
const PATH: Part = Text(Id::of("nfs.readlink.data"));
const ATTRIBUTES_2: Part = Row(
    &[
        Slot::new("nfs.ftype", 0, 4),
        Slot::new("nfs.mode", 4, 4),
        Slot::new("nfs.fattr.nlink", 8, 4),
        Slot::new("nfs.fattr.uid", 12, 4),
        Slot::new("nfs.fattr.gid", 16, 4),
        Slot::new("nfs.fattr.size", 20, 4),
        Slot::new("nfs.fattr.blocksize", 24, 4),
        Slot::new("nfs.fattr.rdev", 28, 4),
        Slot::new("nfs.fattr.blocks", 32, 4),
        Slot::new("nfs.fattr.fsid", 36, 4),
        Slot::new("nfs.fattr.fileid", 40, 4),
        Slot::new("nfs.atime.sec", 44, 4),
        Slot::new("nfs.mtime.sec", 52, 4),
        Slot::new("nfs.ctime.sec", 60, 4),
    ],
    68,
);
const WANTED_2: Part = Row(
    &[
        Slot::new("nfs.mode", 0, 4),
        Slot::new("nfs.fattr.uid", 4, 4),
        Slot::new("nfs.fattr.gid", 8, 4),
        Slot::new("nfs.fattr.size", 12, 4),
        Slot::new("nfs.atime.sec", 16, 4),
        Slot::new("nfs.mtime.sec", 24, 4),
    ],
    32,
);
const READ_2: Part = Row(
    &[Slot::new("nfs.read.offset", 0, 4), Slot::new("nfs.read.count", 4, 4), Slot::new("nfs.read.totalcount", 8, 4)],
    12,
);
const WRITE_2: Part = Row(
    &[
        Slot::new("nfs.write.beginoffset", 0, 4),
        Slot::new("nfs.write.offset", 4, 4),
        Slot::new("nfs.write.totalcount", 8, 4),
    ],
    12,
);
const READDIR_2: Part = Row(&[Slot::new("nfs.readdir.cookie", 0, 4), Slot::new("nfs.readdir.count", 4, 4)], 8);
const STATFS: Part = Row(
    &[
        Slot::new("nfs.statfs.tsize", 0, 4),
        Slot::new("nfs.statfs.bsize", 4, 4),
        Slot::new("nfs.statfs.blocks", 8, 4),
        Slot::new("nfs.statfs.bfree", 12, 4),
        Slot::new("nfs.statfs.bavail", 16, 4),
    ],
    20,
);

const ATTRIBUTES_3: Part = Row(
    &[
        Slot::new("nfs.fattr3.type", 0, 4),
        Slot::new("nfs.mode3", 4, 4),
        Slot::new("nfs.fattr3.nlink", 8, 4),
        Slot::new("nfs.fattr3.uid", 12, 4),
        Slot::new("nfs.fattr3.gid", 16, 4),
        Slot::new("nfs.fattr3.size", 20, 8),
        Slot::new("nfs.fattr3.used", 28, 8),
        Slot::new("nfs.specdata1", 36, 4),
        Slot::new("nfs.specdata2", 40, 4),
        Slot::new("nfs.fattr3.fsid", 44, 8),
        Slot::new("nfs.fattr3.fileid", 52, 8),
        Slot::new("nfs.atime.sec", 60, 4),
        Slot::new("nfs.mtime.sec", 68, 4),
        Slot::new("nfs.ctime.sec", 76, 4),
    ],
    84,
);
const BEFORE: Part = Row(
    &[Slot::new("nfs.wcc_attr.size", 0, 8), Slot::new("nfs.mtime.sec", 8, 4), Slot::new("nfs.ctime.sec", 16, 4)],
    24,
);
const DEVICE: Part = Row(&[Slot::new("nfs.specdata1", 0, 4), Slot::new("nfs.specdata2", 4, 4)], 8);
const VERIFIER: Part = Row(&[Slot::new("nfs.verifier", 0, 8)], 8);
const COUNT: Part = Row(&[Slot::new("nfs.count3", 0, 4)], 4);
const RANGE: Part = Row(&[Slot::new("nfs.offset3", 0, 8), Slot::new("nfs.count3", 8, 4)], 12);
const WRITE: Part = Row(&[Slot::new("nfs.write.stable", 0, 4)], 4);
const WRITTEN: Part = Row(&[Slot::new("nfs.count3", 0, 4), Slot::new("nfs.write.committed", 4, 4)], 8);
const READ: Part = Row(&[Slot::new("nfs.count3", 0, 4), Slot::new("nfs.read.eof", 4, 4)], 8);
const ACCESS: Part = Row(&[Slot::new("nfs.access_check", 0, 4)], 4);
const RIGHTS: Part = Row(&[Slot::new("nfs.access_rights", 0, 4)], 4);
const COOKIE: Part = Row(&[Slot::new("nfs.cookie3", 0, 8), Slot::new("nfs.verifier", 8, 8)], 16);
const COUNTS: Part = Row(&[Slot::new("nfs.count3_dircount", 0, 4), Slot::new("nfs.count3_maxcount", 4, 4)], 8);
const FSSTAT: Part = Row(
    &[
        Slot::new("nfs.fsstat3_resok.tbytes", 0, 8),
        Slot::new("nfs.fsstat3_resok.fbytes", 8, 8),
        Slot::new("nfs.fsstat3_resok.abytes", 16, 8),
        Slot::new("nfs.fsstat3_resok.tfiles", 24, 8),
        Slot::new("nfs.fsstat3_resok.ffiles", 32, 8),
        Slot::new("nfs.fsstat3_resok.afiles", 40, 8),
        Slot::new("nfs.fsstat.invarsec", 48, 4),
    ],
    52,
);
const FSINFO: Part = Row(
    &[
        Slot::new("nfs.fsinfo.rtmax", 0, 4),
        Slot::new("nfs.fsinfo.rtpref", 4, 4),
        Slot::new("nfs.fsinfo.rtmult", 8, 4),
        Slot::new("nfs.fsinfo.wtmax", 12, 4),
        Slot::new("nfs.fsinfo.wtpref", 16, 4),
        Slot::new("nfs.fsinfo.wtmult", 20, 4),
        Slot::new("nfs.fsinfo.dtpref", 24, 4),
        Slot::new("nfs.fsinfo.maxfilesize", 28, 8),
        Slot::new("nfs.fsinfo.properties", 44, 4),
    ],
    48,
);
const PATHCONF: Part = Row(
    &[
        Slot::new("nfs.pathconf.linkmax", 0, 4),
        Slot::new("nfs.pathconf.name_max", 4, 4),
        Slot::new("nfs.pathconf.no_trunc", 8, 4),
        Slot::new("nfs.pathconf.chown_restricted", 12, 4),
        Slot::new("nfs.pathconf.case_insensitive", 16, 4),
        Slot::new("nfs.pathconf.case_preserving", 20, 4),
    ],
    24,
);

/// By procedure: the arguments, the results after a status of success, and those
/// after another.
type Procedure = (&'static [Part], &'static [Part], &'static [Part]);

const PROCEDURES_2: [Procedure; 18] = [
    (&[], &[], &[]),
    (&[Handle2], &[ATTRIBUTES_2], &[]),
    (&[Handle2, WANTED_2], &[ATTRIBUTES_2], &[]),
    (&[], &[], &[]),
    (&[Handle2, NAME], &[Handle2, ATTRIBUTES_2], &[]),
    (&[Handle2], &[PATH], &[]),
    (&[Handle2, READ_2], &[ATTRIBUTES_2], &[]),
    (&[], &[], &[]),
    (&[Handle2, WRITE_2], &[ATTRIBUTES_2], &[]),
    (&[Handle2, NAME, WANTED_2], &[Handle2, ATTRIBUTES_2], &[]),
    (&[Handle2, NAME], &[], &[]),
    (&[Handle2, NAME, Handle2, NAME], &[], &[]),
    (&[Handle2, Handle2, NAME], &[], &[]),
    (&[Handle2, NAME, TARGET, WANTED_2], &[], &[]),
    (&[Handle2, NAME, WANTED_2], &[Handle2, ATTRIBUTES_2], &[]),
    (&[Handle2, NAME], &[], &[]),
    (&[Handle2, READDIR_2], &[Entries2], &[]),
    (&[Handle2], &[STATFS], &[]),
];

const MADE: &[Part] = &[New, After, Change];
const PROCEDURES_3: [Procedure; 22] = [
    (&[], &[], &[]),
    (&[Handle3], &[ATTRIBUTES_3], &[]),
    (&[Handle3, Wanted, Guard], &[Change], &[Change]),
    (&[Handle3, NAME], &[Handle3, After, After], &[After]),
    (&[Handle3, ACCESS], &[After, RIGHTS], &[After]),
    (&[Handle3], &[After, PATH], &[After]),
    (&[Handle3, RANGE], &[After, READ], &[After]),
    (&[Handle3, RANGE, WRITE], &[Change, WRITTEN, VERIFIER], &[Change]),
    (&[Handle3, NAME, How], MADE, &[Change]),
    (&[Handle3, NAME, Wanted], MADE, &[Change]),
    (&[Handle3, NAME, Wanted, TARGET], MADE, &[Change]),
    (&[Handle3, NAME, Special], MADE, &[Change]),
    (&[Handle3, NAME], &[Change], &[Change]),
    (&[Handle3, NAME], &[Change], &[Change]),
    (&[Handle3, NAME, Handle3, NAME], &[Change, Change], &[Change, Change]),
    (&[Handle3, Handle3, NAME], &[After, Change], &[After, Change]),
    (&[Handle3, COOKIE, COUNT], &[After, VERIFIER, Entries3], &[After]),
    (&[Handle3, COOKIE, COUNTS], &[After, VERIFIER, EntriesPlus], &[After]),
    (&[Handle3], &[After, FSSTAT], &[After]),
    (&[Handle3], &[After, FSINFO], &[After]),
    (&[Handle3], &[After, PATHCONF], &[After]),
    (&[Handle3, RANGE], &[Change, VERIFIER], &[Change]),
];

/// The parts of a procedure of version 2 or 3.
fn procedure(kind: CallKind) -> Option<&'static Procedure> {
    match kind.version {
        VERSION_2 => PROCEDURES_2.get(kind.procedure as usize),
        VERSION_3 => PROCEDURES_3.get(kind.procedure as usize),
        _ => None,
    }
}

/// Notes a call.
pub(super) fn call(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = arguments(o, v);
    }
}

fn arguments(o: &mut Out, v: View<'_>) -> Step {
    let rest = rpc_fields::call(o, v)?;
    let kind = CallKind { procedure: v.u32(20)?, version: v.u32(16)? };
    if v.u32(12)? == PROGRAM
        && let Some((arguments, ..)) = named(o, kind)
    {
        parts(o, rest, arguments)?;
    }
    Ok(())
}

/// Notes a reply to a call, if it was seen.
pub(super) fn reply(o: &mut Out, v: View<'_>, call: Option<CallKind>) {
    if o.tree.is_some() {
        let _ends_early = results(o, v, call);
    }
}

fn results(o: &mut Out, v: View<'_>, call: Option<CallKind>) -> Step {
    if let Some(kind) = call {
        o.note(id!("rpc.program"), PROGRAM);
        o.note(id!("rpc.programversion"), kind.version);
        o.note(id!("rpc.procedure"), kind.procedure);
    }
    let Some(rest) = rpc_fields::reply(o, v)? else { return Ok(()) };
    let Some(kind) = call else { return Ok(()) };
    let Some((_, success, failure)) = named(o, kind).filter(|row| !row.0.is_empty()) else { return Ok(()) };
    let status = rest.u32(0)?;
    o.note(if kind.version == VERSION_3 { STATUS_3 } else { STATUS_2 }, status);
    o.note(STATUS, status);
    parts(o, rest.skip(4), if status == 0 { success } else { failure })?;
    Ok(())
}

/// Notes which procedure it is.
fn named(o: &mut Out, kind: CallKind) -> Option<&'static Procedure> {
    let found = procedure(kind)?;
    o.note(if kind.version == VERSION_3 { PROCEDURE_3 } else { PROCEDURE_2 }, kind.procedure);
    Some(found)
}

fn parts<'p>(o: &mut Out, v: View<'p>, all: &[Part]) -> Step<View<'p>> {
    all.iter().try_fold(v, |v, &part| self::part(o, v, part))
}

/// A part, and what follows it.
fn part<'p>(o: &mut Out, v: View<'p>, part: Part) -> Step<View<'p>> {
    const HANDLE_SIZE: usize = 32;
    match part {
        Row(slots, size) => {
            o.see_all(slots, v);
            v.need(size)?;
            Ok(v.skip(size))
        }
        Handle2 => {
            o.note_octets(HANDLE, v.bytes(0, HANDLE_SIZE)?);
            Ok(v.skip(HANDLE_SIZE))
        }
        Handle3 => text(o, v, HANDLE),
        Text(id) => text(o, v, id),
        After => optional(o, v, FOLLOWS, ATTRIBUTES_3),
        Change => {
            let v = optional(o, v, FOLLOWS, BEFORE)?;
            optional(o, v, FOLLOWS, ATTRIBUTES_3)
        }
        New => optional(o, v, HANDLE_FOLLOWS, Handle3),
        Wanted => wanted(o, v),
        Guard => {
            const TIME: Part = Row(&[Slot::new("nfs.ctime.sec", 0, 4)], 8);
            optional(o, v, &[Slot::new("nfs.sattrguard3", 0, 4)], TIME)
        }
        How => {
            const EXCLUSIVE: u32 = 2;
            o.see_all(&[Slot::new("nfs.createmode", 0, 4)], v);
            self::part(o, v.skip(4), if v.u32(0)? == EXCLUSIVE { VERIFIER } else { Wanted })
        }
        Special => {
            const DEVICES: [u32; 2] = [3, 4];
            o.see_all(&[Slot::new("nfs.type", 0, 4)], v);
            let rest = wanted(o, v.skip(4))?;
            if DEVICES.contains(&v.u32(0)?) { self::part(o, rest, DEVICE) } else { Ok(rest) }
        }
        Entries2 => {
            const NUMBER: &[Slot] = &[Slot::new("nfs.readdir.entry.fileid", 0, 4)];
            const COOKIE: &[Slot] = &[Slot::new("nfs.readdir.entry.cookie", 0, 4)];
            entries(o, v, (NUMBER, COOKIE), 4, Id::of("nfs.readdir.entry.name"), &[])
        }
        Entries3 => {
            const NUMBER: &[Slot] = &[Slot::new("nfs.readdir.entry3.fileid", 0, 8)];
            const COOKIE: &[Slot] = &[Slot::new("nfs.readdir.entry3.cookie", 0, 8)];
            entries(o, v, (NUMBER, COOKIE), 8, Id::of("nfs.readdir.entry3.name"), &[])
        }
        EntriesPlus => {
            const NUMBER: &[Slot] = &[Slot::new("nfs.readdirplus.entry.fileid", 0, 8)];
            const COOKIE: &[Slot] = &[Slot::new("nfs.readdirplus.entry.cookie", 0, 8)];
            entries(o, v, (NUMBER, COOKIE), 8, Id::of("nfs.readdirplus.entry.name"), &[After, New])
        }
    }
}

fn text<'p>(o: &mut Out, v: View<'p>, id: Id) -> Step<View<'p>> {
    let (octets, rest) = rpc_fields::opaque(v)?;
    o.note_octets(id, octets);
    Ok(rest)
}

/// A part that follows if a number is not zero.
fn optional<'p>(o: &mut Out, v: View<'p>, follows: &[Slot], part: Part) -> Step<View<'p>> {
    o.see_all(follows, v);
    if v.u32(0)? == 0 { Ok(v.skip(4)) } else { self::part(o, v.skip(4), part) }
}

/// Attributes to set (RFC 1813, section 2.6, sattr3).
fn wanted<'p>(o: &mut Out, mut v: View<'p>) -> Step<View<'p>> {
    const FROM_CLIENT: u32 = 2;
    const SET: &[Slot] = &[Slot::new("nfs.set_it", 0, 4)];
    const NUMBERS: [Part; 4] = [
        Row(&[Slot::new("nfs.mode3", 0, 4)], 4),
        Row(&[Slot::new("nfs.uid3", 0, 4)], 4),
        Row(&[Slot::new("nfs.gid3", 0, 4)], 4),
        Row(&[Slot::new("nfs.set_size", 0, 8)], 8),
    ];
    const TIMES: [Part; 2] = [Row(&[Slot::new("nfs.atime.sec", 0, 4)], 8), Row(&[Slot::new("nfs.mtime.sec", 0, 4)], 8)];
    for number in NUMBERS {
        v = optional(o, v, SET, number)?;
    }
    for time in TIMES {
        o.see_all(SET, v);
        let is_set = v.u32(0)? == FROM_CLIENT;
        v = v.skip(4);
        if is_set {
            v = part(o, v, time)?;
        }
    }
    Ok(v)
}

/// Entries of a directory: each a number, a name, a cookie, in so many octets each,
/// and more parts.
fn entries<'p>(
    o: &mut Out,
    mut v: View<'p>,
    (number, cookie): (&[Slot], &[Slot]),
    size: usize,
    name: Id,
    more: &[Part],
) -> Step<View<'p>> {
    while v.u32(0)? != 0 {
        o.see_all(number, v.skip(4));
        v = text(o, v.skip(4 + size), name)?;
        o.see_all(cookie, v);
        v = parts(o, v.skip(size), more)?;
    }
    o.see_all(&[Slot::new("nfs.readdir.eof", 4, 4)], v);
    Ok(v.skip(8))
}
