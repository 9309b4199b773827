//! Replies of NFS (RFC 1094, RFC 1813).

use crate::below::Ip;
use crate::out::Out;
use crate::put::{Hex, Hex4, Hex8, Named, Otherwise, Table, Zeros};
use crate::state::CallKind;
use crate::storage::nfs::{self, VERSION_3};
use crate::storage::{nfs_attributes as attributes, nfs_fields, nfs_handles, rpc_fields};
use crate::view::{Step, Stop, View};

/// Fields of an RPC reply (RFC 5531, section 9).
const STATE: usize = 8;
const VERIFIER: usize = 12;
const REJECTION: usize = 12;

const ACCEPTED: u32 = 0;
const DENIED: u32 = 1;

/// What is wrong with the credentials (RFC 5531, section 9).
const AUTHENTICATION: Table = &[
    (0, "OK"),
    (1, "Bogus Credentials (seal broken)"),
    (2, "Rejected Credentials (client should begin new session)"),
    (3, "Bogus Verifier (seal broken)"),
    (4, "Verifier expired or was replayed"),
    (5, "Credentials are too weak"),
    (6, "Bogus response verifier"),
    (7, "Unknown failure"),
];
const FAILURES: Table =
    &[(1, "PROG_UNAVAIL"), (2, "PROG_MISMATCH"), (3, "PROC_UNAVAIL"), (4, "GARBAGE_ARGS"), (5, "SYSTEM_ERR")];
const ERRORS: Table = &[
    (1, "Operation not permitted"),
    (2, "No such file or directory"),
    (5, "Input/output error"),
    (6, "Device not configured"),
    (11, "Resource deadlock avoided"),
    (12, "Cannot allocate memory"),
    (13, "Permission denied"),
    (17, "File exists"),
    (18, "Cross-device link"),
    (19, "Operation not supported by device"),
    (20, "Not a directory"),
    (21, "Is a directory"),
    (22, "Invalid argument"),
    (26, "Text file busy"),
    (27, "File too large"),
    (28, "No space left on device"),
    (30, "Read-only file system"),
    (31, "Too many links"),
    (45, "Operation not supported"),
    (62, "Too many levels of symbolic links"),
    (63, "File name too long"),
    (66, "Directory not empty"),
    (69, "Disc quota exceeded"),
    (70, "Stale NFS file handle"),
    (71, "Too many levels of remote in path"),
    (99, "Write cache flushed to disk"),
    (10001, "Illegal NFS file handle"),
    (10002, "Update synchronization mismatch"),
    (10003, "READDIR/READDIRPLUS cookie is stale"),
    (10004, "Operation not supported"),
    (10005, "Buffer or request is too small"),
    (10006, "Unspecified error on server"),
    (10007, "Object of that type not supported"),
    (10008, "Request couldn't be completed in time"),
];

/// A reply.
pub(crate) fn reply(o: &mut Out, v: View<'_>, ip: &Ip<'_>) -> Step {
    o.proto = "nfs";
    o.see_all(&rpc_fields::CALL[..2], v);
    v.check(STATE + 4)?;
    match v.u32(STATE)? {
        ACCEPTED => {
            o.put(("reply ok ", v.len()));
            let key = nfs::key(v.u32(nfs::XID)?, ip.destination()?, ip.source()?);
            let call = o.state().calls.find(&key);
            nfs_fields::reply(o, v, call);
            match call {
                Some(kind) => match results(o, v, kind) {
                    // A failure was written: what is missing is not marked.
                    Err(Stop::Malformed) => Ok(()),
                    other => other,
                },
                None => Ok(()),
            }
        }
        DENIED => {
            nfs_fields::reply(o, v, None);
            o.put(("reply ERR ", v.len(), ": "));
            match v.u32(REJECTION)? {
                0 => o.put(("RPC Version mismatch (", v.u32(REJECTION + 4)?, "-", v.u32(REJECTION + 8)?, ")")),
                1 => {
                    let why = Named(AUTHENTICATION, v.u32(REJECTION + 4)?, Otherwise::Dec("Invalid failure code ", ""));
                    o.put(("Auth ", why));
                }
                other => o.put(("Unknown reason for rejecting rpc message ", other)),
            }
            Ok(())
        }
        other => {
            o.put(("reply Unknown rpc response code=", other, " ", v.len()));
            Ok(())
        }
    }
}

/// What follows the verifier and the state of an accepted call; a failure is
/// written and malformed.
fn accepted<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let size = v.u32(VERIFIER + 4)? as usize;
    if size >= v.len() {
        return Err(Stop::Truncated);
    }
    let rest = v.skip(VERIFIER + 8 + size.next_multiple_of(4));
    match rest.u32(0)? {
        0 => Ok(rest.skip(4)),
        state => {
            o.put((" ", Named(FAILURES, state, Otherwise::Dec("ar_stat ", ""))));
            Err(Stop::Malformed)
        }
    }
}

/// The status of a procedure: whether it succeeded, and what follows.
fn status<'p>(o: &mut Out, v: View<'p>) -> Step<(bool, View<'p>)> {
    let error = v.u32(0)?;
    if error != 0 && o.opt.quiet == 0 {
        o.put((" ERROR: ", Named(ERRORS, error, Otherwise::Dec("unk ", ""))));
    }
    Ok((error == 0, v.skip(4)))
}

fn results(o: &mut Out, v: View<'_>, kind: CallKind) -> Step {
    let version_3 = kind.version == VERSION_3;
    let procedure = nfs::procedure(o, kind);
    if !(nfs::GETATTR..=nfs::COMMIT).contains(&procedure) {
        return Ok(());
    }
    let v = accepted(o, v)?;
    let (ok, v) = status(o, v)?;
    let result = results_of(o, v, procedure, ok, version_3);
    if result == Err(Stop::Malformed) && ok {
        o.truncated();
        return Ok(());
    }
    result
}

/// The results after the status.
fn results_of(o: &mut Out, v: View<'_>, procedure: u32, ok: bool, version_3: bool) -> Step {
    if version_3 || matches!(procedure, nfs::MKNOD | nfs::READDIRPLUS | nfs::FSINFO | nfs::PATHCONF | nfs::COMMIT) {
        return version_3_results(o, v, procedure, ok);
    }
    if !ok {
        // Access has attributes even then, in either version.
        return if procedure == nfs::ACCESS { access(o, v, ok) } else { Ok(()) };
    }
    let verbose = o.opt.verbose;
    match procedure {
        nfs::GETATTR | nfs::SETATTR => {
            attributes::put(o, v, u8::from(o.opt.quiet == 0), false)?;
        }
        nfs::LOOKUP | nfs::CREATE | nfs::MKDIR => {
            let v = nfs_handles::put(o, v, false)?;
            attributes::put(o, v, verbose, false)?;
        }
        nfs::READ | nfs::WRITE => {
            attributes::put(o, v, verbose, false)?;
        }
        nfs::READLINK => {
            o.put(" ");
            nfs::file_name(o, v)?;
        }
        nfs::READDIR if o.opt.quiet == 0 => {
            o.put((" offset 0x", Hex(v.u32(0)?), " size ", v.u32(4)?, " "));
            o.put((v.u32(8)? != 0).then_some(" eof"));
        }
        nfs::FSSTAT if o.opt.quiet == 0 => {
            v.check(20)?;
            o.put((" tsize ", v.u32(0)?, " bsize ", v.u32(4)?, " blocks ", v.u32(8)?));
            o.put((" bfree ", v.u32(12)?, " bavail ", v.u32(16)?));
        }
        nfs::ACCESS => access(o, v, ok)?,
        _ => {}
    }
    Ok(())
}

fn access(o: &mut Out, v: View<'_>, ok: bool) -> Step {
    let verbose = o.opt.verbose;
    o.put((verbose > 0).then_some(" attr:"));
    let v = attributes::after(o, v, verbose)?;
    if ok {
        o.put((" c ", Hex4(v.u32(0)?)));
    }
    Ok(())
}

fn version_3_results(o: &mut Out, v: View<'_>, procedure: u32, ok: bool) -> Step {
    let verbose = o.opt.verbose;
    match procedure {
        nfs::GETATTR if ok => {
            attributes::put(o, v, u8::from(o.opt.quiet == 0), true)?;
        }
        nfs::SETATTR | nfs::REMOVE | nfs::RMDIR => {
            attributes::change(o, v, verbose)?;
        }
        nfs::LOOKUP => lookup(o, v, ok)?,
        nfs::ACCESS => access(o, v, ok)?,
        nfs::READLINK if ok => {
            let v = attributes::after(o, v, verbose)?;
            o.put(" ");
            nfs::file_name(o, v)?;
        }
        nfs::READ => {
            let v = attributes::after(o, v, verbose)?;
            if ok && verbose > 0 {
                o.put((" ", v.u32(0)?, " bytes"));
                o.put((v.u32(4)? != 0).then_some(" EOF"));
            }
        }
        nfs::WRITE => {
            let v = attributes::change(o, v, verbose)?;
            if ok && verbose > 0 {
                o.put((" ", v.u32(0)?, " bytes"));
                if verbose > 1 {
                    nfs::put_write_mode(o, v.u32(4)?);
                    o.put((" verf ", Hex(v.u64(8)?)));
                }
            }
        }
        nfs::CREATE | nfs::MKDIR | nfs::SYMLINK | nfs::MKNOD => created(o, v, ok)?,
        nfs::RENAME if verbose > 0 => {
            o.put(" from:");
            let v = attributes::change(o, v, verbose)?;
            o.put(" to:");
            attributes::change(o, v, verbose)?;
        }
        nfs::LINK if verbose > 0 => {
            o.put(" file POST:");
            let v = attributes::after(o, v, verbose)?;
            o.put(" dir:");
            attributes::change(o, v, verbose)?;
        }
        nfs::READDIR | nfs::READDIRPLUS => {
            o.put((verbose > 0).then_some(" POST:"));
            let v = attributes::after(o, v, verbose)?;
            if ok && verbose > 0 {
                o.put((" verf ", Hex8(v.u32(0)?), Hex8(v.u32(4)?)));
            }
        }
        nfs::FSSTAT => file_system(o, v)?,
        nfs::FSINFO => limits(o, v, ok)?,
        nfs::PATHCONF => path_limits(o, v, ok)?,
        nfs::COMMIT => {
            let v = attributes::change(o, v, verbose)?;
            if verbose > 1 {
                o.put((" verf ", Hex(v.u64(0)?)));
            }
        }
        _ => {}
    }

    Ok(())
}

fn lookup(o: &mut Out, v: View<'_>, ok: bool) -> Step {
    let verbose = o.opt.verbose;
    let mut v = v;
    if ok {
        v = nfs_handles::put(o, v, true)?;
        v = attributes::after(o, v, verbose)?;
    }
    if verbose > 1 {
        o.put(" post dattr:");
        attributes::after(o, v, verbose)?;
    }
    Ok(())
}

/// The reply to what makes an object.
fn created(o: &mut Out, v: View<'_>, ok: bool) -> Step {
    let verbose = o.opt.verbose;
    if !ok {
        attributes::change(o, v, verbose)?;
        return Ok(());
    }
    if v.u32(0)? == 0 {
        return Ok(());
    }
    let v = nfs_handles::put(o, v.skip(4), true)?;
    if verbose > 0 {
        let v = attributes::after(o, v, verbose)?;
        if verbose > 1 {
            o.put(" dir attr:");
            attributes::change(o, v, verbose)?;
        }
    }
    Ok(())
}

fn file_system(o: &mut Out, v: View<'_>) -> Step {
    let verbose = o.opt.verbose;
    if o.opt.quiet > 0 {
        return Ok(());
    }
    o.put((verbose > 0).then_some(" POST:"));
    let v = attributes::after(o, v, verbose)?;
    v.check(52)?;
    o.put((" tbytes ", v.u64(0)?, " fbytes ", v.u64(8)?, " abytes ", v.u64(16)?));
    if verbose > 0 {
        o.put((" tfiles ", v.u64(24)?, " ffiles ", v.u64(32)?, " afiles ", v.u64(40)?, " invar ", v.u32(48)?));
    }
    Ok(())
}

fn limits(o: &mut Out, v: View<'_>, ok: bool) -> Step {
    let verbose = o.opt.verbose;
    o.put((verbose > 0).then_some(" POST:"));
    let v = attributes::after(o, v, verbose)?;
    if !ok {
        return Ok(());
    }
    v.check(48)?;
    o.put((" rtmax ", v.u32(0)?, " rtpref ", v.u32(4)?, " wtmax ", v.u32(12)?, " wtpref ", v.u32(16)?));
    o.put((" dtpref ", v.u32(24)?));
    if verbose > 0 {
        o.put((" rtmult ", v.u32(8)?, " wtmult ", v.u32(20)?, " maxfsz ", v.u64(28)?));
        o.put((" delta ", v.u32(36)?, ".", Zeros(v.u32(40)?, 6), " "));
    }
    Ok(())
}

fn path_limits(o: &mut Out, v: View<'_>, ok: bool) -> Step {
    let verbose = o.opt.verbose;
    o.put((verbose > 0).then_some(" POST:"));
    let v = attributes::after(o, v, verbose)?;
    if !ok {
        return Ok(());
    }
    v.check(24)?;
    o.put((" linkmax ", v.u32(0)?, " namemax ", v.u32(4)?));
    for (at, name) in [(8, "notrunc"), (12, "chownres"), (16, "igncase"), (20, "keepcase")] {
        o.put((" ", if v.u32(at)? != 0 { name } else { "" }));
    }
    Ok(())
}
