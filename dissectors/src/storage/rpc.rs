//! Sun's remote procedure calls (RFC 5531) as `-T rpc` prints them: calls of the
//! port mapper (RFC 1833), and replies as those of NFS.

use crate::below::{Below, ip_of};
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex, Table, named_dec};
use crate::storage::{nfs, nfs_fields, nfs_replies, rpc_fields};
use crate::view::{Step, View};

/// The port mapper's port.
const PORT: u16 = 111;
const VERSION: u32 = 2;
/// Octets of a call without credentials and verifier.
const CALL_SIZE: usize = 32;
const PROCEDURES: Table = &[(0, "null"), (1, "set"), (2, "unset"), (3, "getport"), (4, "dump"), (5, "call")];

/// The tree's fields of a call of the port mapper (RFC 1833, section 3).
const PROGRAM: u32 = 100_000;
const PROCEDURE: &[Slot] = &[Slot::new("portmap.procedure_v2", 20, 4)];
const MAPPING: &[Slot] = &[
    Slot::new("portmap.prog", 0, 4),
    Slot::new("portmap.version", 4, 4),
    Slot::new("portmap.proto", 8, 4),
    Slot::new("portmap.port", 12, 4),
];

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    let ip = ip_of(below)?;
    let (from, to) = (ip.source()?, ip.destination()?);
    let numeric = o.opt.numeric > 0;
    if v.u32(nfs::DIRECTION)? != nfs::CALL {
        o.proto = "nfs";
        let xid = v.u32(nfs::XID)?;
        o.put((from, "."));
        if numeric {
            o.put(nfs::PORT)
        } else {
            o.put("nfs")
        }
        o.put((" > ", to, ".", xid, ": "));
        return nfs_replies::reply(o, v, ip);
    }
    o.proto = "sunrpc";
    nfs_fields::call(o, v);
    note_mapping(o, v);
    v.check(CALL_SIZE)?;
    o.put((from, ".0x", Hex(v.u32(nfs::XID)?), " > ", to, "."));
    if numeric {
        o.put(("0x", Hex(PORT)))
    } else {
        o.put("sunrpc")
    }
    o.put((": ", v.len()));
    let procedure = v.u32(20)?;
    o.put((" ", named_dec(PROCEDURES, procedure, " proc #")));
    let version = v.u32(8)?;
    o.put((version != VERSION).then_some((" [rpcver ", version, "]")));
    if matches!(procedure, 1 | 2 | 3 | 5) {
        o.put((if numeric { " " } else { " #" }, v.u32(12)?, ".", v.u32(16)?));
    }
    Ok(())
}

/// Notes a call of the port mapper that is about a program's port.
fn note_mapping(o: &mut Out, v: View<'_>) {
    const SET_UNSET_AND_GETPORT: [u32; 3] = [1, 2, 3];
    if o.tree.is_none() || v.u32(12) != Ok(PROGRAM) || v.u32(16) != Ok(VERSION) {
        return;
    }
    o.see_all(PROCEDURE, v);
    if v.u32(20).is_ok_and(|procedure| SET_UNSET_AND_GETPORT.contains(&procedure))
        && let Ok(arguments) = rpc_fields::arguments(v)
    {
        o.see_all(MAPPING, arguments);
    }
}
