//! Sun's remote procedure calls for the tree (RFC 5531): what frames the arguments
//! and the results of a program.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

/// Fields of a call before its credentials; the first two are a reply's too.
pub(super) const CALL: &[Slot] = &[
    Slot::new("rpc.xid", 0, 4),
    Slot::new("rpc.msgtyp", 4, 4),
    Slot::new("rpc.version", 8, 4),
    Slot::new("rpc.program", 12, 4),
    Slot::new("rpc.programversion", 16, 4),
    Slot::new("rpc.procedure", 20, 4),
];
const CALL_SIZE: usize = 24;

/// A segment's record mark (section 11).
pub(super) const MARK: &[Slot] =
    &[Slot::new("rpc.lastfrag", 0, 4).bit(31), Slot::new("rpc.fraglen", 0, 4).bits(0, 0x7fff_ffff)];

const REPLY: &[Slot] = &[Slot::new("rpc.replystat", 8, 4)];
const REPLY_SIZE: usize = 12;
const ACCEPTED: &[Slot] = &[Slot::new("rpc.state_accept", 0, 4)];
const PROGRAMS: &[Slot] = &[Slot::new("rpc.programversion.min", 4, 4), Slot::new("rpc.programversion.max", 8, 4)];
const REJECTED: &[Slot] = &[Slot::new("rpc.state_reject", 0, 4)];
const VERSIONS: &[Slot] = &[Slot::new("rpc.version.min", 4, 4), Slot::new("rpc.version.max", 8, 4)];
const WHY: &[Slot] = &[Slot::new("rpc.state_auth", 4, 4)];

const FLAVOR: &[Slot] = &[Slot::new("rpc.auth.flavor", 0, 4), Slot::new("rpc.auth.length", 4, 4)];
const STAMP: &[Slot] = &[Slot::new("rpc.auth.stamp", 0, 4)];
const MACHINE: Id = Id::of("rpc.auth.machinename");
const USER: &[Slot] = &[Slot::new("rpc.auth.uid", 0, 4), Slot::new("rpc.auth.gid", 4, 4)];
const GROUP: &[Slot] = &[Slot::new("rpc.auth.gid", 0, 4)];

/// Text or data behind its length, filled up to four octets, and what follows it.
pub(super) fn opaque(v: View<'_>) -> Step<(&[u8], View<'_>)> {
    let size = v.u32(0)? as usize;
    let octets = v.bytes(4, size)?;
    Ok((octets, v.skip(4 + size.next_multiple_of(4))))
}

/// Notes what frames a call: its arguments.
pub(super) fn call<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    o.see_all(CALL, v);
    let v = authentication(o, v.skip(CALL_SIZE))?;
    authentication(o, v)
}

/// The arguments of a call.
pub(super) fn arguments(v: View<'_>) -> Step<View<'_>> {
    let (_, rest) = opaque(v.skip(CALL_SIZE + 4))?;
    Ok(opaque(rest.skip(4))?.1)
}

/// Notes what frames a reply: the results of a call that succeeded.
pub(super) fn reply<'p>(o: &mut Out, v: View<'p>) -> Step<Option<View<'p>>> {
    const DENIED: u32 = 1;
    o.see_all(REPLY, v);
    let rest = v.skip(REPLY_SIZE);
    if v.u32(8)? == DENIED {
        o.see_all(REJECTED, rest);
        o.see_all(if rest.u32(0)? == 0 { VERSIONS } else { WHY }, rest);
        return Ok(None);
    }
    let rest = authentication(o, rest)?;
    o.see_all(ACCEPTED, rest);
    match rest.u32(0)? {
        0 => return Ok(Some(rest.skip(4))),
        2 => o.see_all(PROGRAMS, rest),
        _ => {}
    }
    Ok(None)
}

/// Credentials or a verifier, and what follows them.
fn authentication<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    const UNIX: u32 = 1;
    o.see_all(FLAVOR, v);
    let flavor = v.u32(0)?;
    let (octets, rest) = opaque(v.skip(4))?;
    if flavor == UNIX {
        let _ends_early = user(o, View::new(octets, octets.len()));
    }
    Ok(rest)
}

/// Appendix A.
fn user(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(STAMP, v);
    let (name, rest) = opaque(v.skip(4))?;
    o.note_octets(MACHINE, name);
    o.see_all(USER, rest);
    let count = rest.u32(8)? as usize;
    let groups = rest.skip(12);
    o.see_rows(GROUP, groups.cut(count.saturating_mul(4)), 4);
    Ok(())
}
