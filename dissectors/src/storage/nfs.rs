//! NFS versions 2 (RFC 1094) and 3 (RFC 1813): calls. Replies have a file of
//! their own; the call tells what is in them.

use crate::below::{Address, Below, Ip, ip_of};
use crate::out::Out;
use crate::put::{Hex4, Hex8, Named, Otherwise, Table, lookup, named_dec};
use crate::state::{CallKey, CallKind};
use crate::storage::nfs_attributes::{TYPES, Wanted};
use crate::storage::{nfs_fields, nfs_handles, nfs_replies, rpc_fields};
use crate::view::{Step, Stop, View};

/// The port of NFS.
pub(crate) const PORT: u16 = 2049;
pub(crate) const VERSION_3: u32 = 3;

/// Fields of an RPC message (RFC 5531, section 9).
pub(crate) const XID: usize = 0;
pub(crate) const DIRECTION: usize = 4;
const CALL_VERSION: usize = 16;
const CALL_PROCEDURE: usize = 20;
const CALL_CREDENTIALS: usize = 24;
pub(crate) const CALL: u32 = 0;
pub(crate) const REPLY: u32 = 1;

pub(crate) const GETATTR: u32 = 1;
pub(crate) const SETATTR: u32 = 2;
pub(crate) const LOOKUP: u32 = 3;
pub(crate) const ACCESS: u32 = 4;
pub(crate) const READLINK: u32 = 5;
pub(crate) const READ: u32 = 6;
pub(crate) const WRITE: u32 = 7;
pub(crate) const CREATE: u32 = 8;
pub(crate) const MKDIR: u32 = 9;
pub(crate) const SYMLINK: u32 = 10;
pub(crate) const MKNOD: u32 = 11;
pub(crate) const REMOVE: u32 = 12;
pub(crate) const RMDIR: u32 = 13;
pub(crate) const RENAME: u32 = 14;
pub(crate) const LINK: u32 = 15;
pub(crate) const READDIR: u32 = 16;
pub(crate) const READDIRPLUS: u32 = 17;
pub(crate) const FSSTAT: u32 = 18;
pub(crate) const FSINFO: u32 = 19;
pub(crate) const PATHCONF: u32 = 20;
pub(crate) const COMMIT: u32 = 21;
const NOOP: u32 = 25;

/// The version 3 procedures of the version 2 numbers.
const FROM_V2: [u32; 26] = [
    0, GETATTR, SETATTR, NOOP, LOOKUP, READLINK, READ, NOOP, WRITE, CREATE, REMOVE, RENAME, LINK, SYMLINK, MKDIR,
    RMDIR, READDIR, FSSTAT, NOOP, NOOP, NOOP, NOOP, NOOP, NOOP, NOOP, NOOP,
];
const NAMES: Table = &[
    (25, "nop"),
    (0, "null"),
    (1, "getattr"),
    (2, "setattr"),
    (3, "lookup"),
    (4, "access"),
    (5, "readlink"),
    (6, "read"),
    (7, "write"),
    (8, "create"),
    (9, "mkdir"),
    (10, "symlink"),
    (11, "mknod"),
    (12, "remove"),
    (13, "rmdir"),
    (14, "rename"),
    (15, "link"),
    (16, "readdir"),
    (17, "readdirplus"),
    (18, "fsstat"),
    (19, "fsinfo"),
    (20, "pathconf"),
    (21, "commit"),
];
const WRITE_MODES: Table = &[(0, "unstable"), (1, "datasync"), (2, "filesync")];

/// ` <filesync>`; tcpdump takes the number of an unknown mode for a signed one.
pub(crate) fn put_write_mode(o: &mut Out, mode: u32) {
    match lookup(WRITE_MODES, mode) {
        Some(name) => o.put((" <", name, ">")),
        None => o.put((" <#", mode as i32, ">")),
    }
}

const ALL_ACCESS: u32 = 0x3f;
const ACCESS_NAMES: Table = &[
    (0x01, "NFS_ACCESS_READ"),
    (0x02, "NFS_ACCESS_LOOKUP"),
    (0x04, "NFS_ACCESS_MODIFY"),
    (0x08, "NFS_ACCESS_EXTEND"),
    (0x10, "NFS_ACCESS_DELETE"),
    (0x20, "NFS_ACCESS_EXECUTE"),
];

/// A call or reply in a UDP datagram or, without its record mark, in a TCP
/// segment, after `before`; false if it is none.
pub(crate) fn message(o: &mut Out, v: View<'_>, below: &Below<'_>, before: &'static str) -> Step<bool> {
    let Ok(direction) = v.u32(DIRECTION) else { return Ok(false) };
    let ip = ip_of(below)?;
    if below.dport == PORT && direction == CALL {
        nfs_fields::call(o, v);
        o.put((before, "NFS request xid ", v.u32(XID)?, " "));
        call(o, v, ip)?;
    } else if below.sport == PORT && direction == REPLY {
        o.put((before, "NFS reply xid ", v.u32(XID)?, " "));
        nfs_replies::reply(o, v, ip)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// A segment to or from the port: a record mark (RFC 5531, section 11) and a message.
pub(crate) fn segment(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    const LENGTH: u32 = 0x7fff_ffff;
    if v.len() < 4 || !v.has(4) {
        return Ok(());
    }
    o.see_all(rpc_fields::MARK, v);
    let record = v.skip(4);
    let length = (v.u32(0)? & LENGTH) as usize;
    message(o, record.claim(length.min(record.len())), below, ": ")?;
    Ok(())
}

/// What a reply is matched with its call by.
pub(crate) fn key(xid: u32, client: Address, server: Address) -> CallKey {
    let mut key = CallKey { version: 4, xid, client: [0; 16], server: [0; 16] };
    for (room, address) in [(&mut key.client, client), (&mut key.server, server)] {
        let octets = address.octets();
        room[..octets.len()].copy_from_slice(octets);
    }
    if matches!(client, Address::V6(_)) {
        key.version = 6;
    }
    key
}

/// The procedure in terms of version 3, with its name.
pub(crate) fn procedure(o: &mut Out, kind: CallKind) -> u32 {
    let known = FROM_V2.get(kind.procedure as usize).filter(|_| kind.version != VERSION_3);
    let number = known.copied().unwrap_or(kind.procedure);
    o.put((" ", named_dec(NAMES, number, "proc-")));
    number
}

fn call(o: &mut Out, v: View<'_>, ip: &Ip<'_>) -> Step {
    o.proto = "nfs";
    o.put(v.len());
    v.check(CALL_PROCEDURE + 4)?;
    let kind = CallKind { procedure: v.u32(CALL_PROCEDURE)?, version: v.u32(CALL_VERSION)? };
    let key = key(v.u32(XID)?, ip.source()?, ip.destination()?);
    o.state().calls.insert(key, kind);
    let procedure = procedure(o, kind);
    if (GETATTR..=COMMIT).contains(&procedure) {
        let arguments = arguments(v)?;
        arguments_of(o, arguments, procedure, kind.version == VERSION_3)?;
    }
    Ok(())
}

/// What follows the credentials and the verifier.
fn arguments(v: View<'_>) -> Step<View<'_>> {
    let mut rest = v.skip(CALL_CREDENTIALS);
    let mut length = v.len();
    for _ in 0..2 {
        if length < 8 {
            return Err(Stop::Cut);
        }
        let size = rest.u32(4)? as usize;
        if size > length {
            return Err(Stop::Cut);
        }
        let whole = 8 + size.next_multiple_of(4);
        rest.check(whole)?;
        if whole > length {
            return Err(Stop::Cut);
        }
        length -= whole;
        rest = rest.skip(whole);
    }

    if length == 0 { Err(Stop::Cut) } else { Ok(rest) }
}

/// A file name in quotes: what follows it.
pub(crate) fn file_name<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let size = v.u32(0)?;
    if size.checked_next_multiple_of(4).is_none() {
        o.put("[cannot pad to 32-bit boundaries]");
        o.invalid();
        return Err(Stop::Cut);
    }
    let size = size as usize;
    let whole = size.next_multiple_of(4);
    let text = v.skip(4);
    text.check(whole)?;
    o.put("\"");
    for &byte in text.bytes(0, size)? {
        o.char(byte);
    }
    o.put("\"");
    Ok(text.skip(whole))
}

/// A directory's handle and a name in it: what follows them.
fn entry<'p>(o: &mut Out, v: View<'p>, version_3: bool) -> Step<View<'p>> {
    let v = nfs_handles::put(o, v, version_3)?;
    o.put(" ");
    file_name(o, v)
}

fn arguments_of(o: &mut Out, v: View<'_>, procedure: u32, version_3: bool) -> Step {
    let verbose = o.opt.verbose > 0;
    match procedure {
        LOOKUP | CREATE | MKDIR | REMOVE | RMDIR => {
            entry(o, v, version_3)?;
            return Ok(());
        }
        SYMLINK => {
            let v = entry(o, v, version_3)?;
            o.put(" ->");
            let (wanted, v) = if version_3 { Wanted::read(v)? } else { (Wanted::default(), v) };
            file_name(o, v)?;
            if verbose {
                wanted.put(o);
            }
            return Ok(());
        }
        MKNOD => {
            let v = entry(o, v, version_3)?;
            return special_file(o, v);
        }
        RENAME => {
            let v = entry(o, v, version_3)?;
            o.put(" ->");
            entry(o, v, version_3)?;
            return Ok(());
        }
        _ => {}
    }
    let v = nfs_handles::put(o, v, version_3)?;
    match procedure {
        ACCESS => access(o, v.u32(0)?),
        READ if version_3 => o.put((" ", v.u32(8)?, " bytes @ ", v.u64(0)?)),
        READ => o.put((" ", v.u32(4)?, " bytes @ ", v.u32(0)?)),
        WRITE if version_3 => {
            o.put((" ", v.u32(16)?, " (", v.u32(8)?, ") bytes @ ", v.u64(0)?));
            if verbose {
                put_write_mode(o, v.u32(12)?);
            }
        }
        WRITE => o.put((" ", v.u32(12)?, " (", v.u32(8)?, ") bytes @ ", v.u32(4)?, " (", v.u32(0)?, ")")),
        LINK => {
            o.put(" ->");
            entry(o, v, version_3)?;
        }
        READDIR if !version_3 => o.put((" ", v.u32(4)?, " bytes @ ", v.u32(0)?)),
        READDIR => {
            o.put((" ", v.u32(16)?, " bytes @ ", v.u64(0)? as i64));
            if verbose {
                o.put((" verf ", Hex8(v.u32(8)?), Hex8(v.u32(12)?)));
            }
        }
        READDIRPLUS => {
            o.put((" ", v.u32(16)?, " bytes @ ", v.u64(0)? as i64));
            if verbose {
                o.put((" max ", v.u32(20)?, " verf ", Hex8(v.u32(8)?), Hex8(v.u32(12)?)));
            }
        }
        COMMIT => o.put((" ", v.u32(8)?, " bytes @ ", v.u64(0)?)),
        _ => {}
    }
    Ok(())
}

fn access(o: &mut Out, wanted: u32) {
    if wanted & !ALL_ACCESS != 0 {
        o.put((" ", Hex4(wanted)));
    } else if wanted == ALL_ACCESS {
        o.put(" NFS_ACCESS_FULL");
    } else {
        let mut separator = " ";
        for &(bit, name) in ACCESS_NAMES {
            if wanted & bit != 0 {
                o.put((separator, name));
                separator = "|";
            }
        }
    }
}

fn special_file(o: &mut Out, v: View<'_>) -> Step {
    const BLOCK: u32 = 3;
    const CHARACTER: u32 = 4;
    let kind = v.u32(0)?;
    let (wanted, v) = Wanted::read(v.skip(4))?;
    o.put((" ", Named(TYPES, kind, Otherwise::Dec("unk-ft ", ""))));
    if o.opt.verbose > 0 {
        if kind == BLOCK || kind == CHARACTER {
            o.put((" ", v.u32(0)?, "/", v.u32(4)?));
        }
        wanted.put(o);
    }
    Ok(())
}
