//! Attributes of NFS objects (RFC 1094, section 2.3.5; RFC 1813, section 2.6).

use crate::out::Out;
use crate::put::{Hex, Named, Otherwise, Put, Table, Zeros};
use crate::view::{Step, Stop, View};

/// Octets of the attributes in each version.
const V2_SIZE: usize = 68;
const V3_SIZE: usize = 84;
/// Octets of the attributes before an operation.
const BEFORE_SIZE: usize = 24;

pub(crate) const TYPES: Table = &[(0, "NON"), (1, "REG"), (2, "DIR"), (3, "BLK"), (4, "CHR"), (5, "LNK"), (7, "FIFO")];

/// A number in octal.
pub(crate) struct Octal(pub u32);

impl Put for Octal {
    fn put(self, o: &mut Out) {
        if self.0 > 7 {
            Octal(self.0 >> 3).put(o);
        }
        (self.0 & 7).put(o);
    }
}

/// A time at `at`: seconds, and their fraction in six digits.
pub(crate) fn time(v: View<'_>, at: usize) -> Step<(u32, &'static str, Zeros<u32>)> {
    Ok((v.u32(at)?, ".", Zeros(v.u32(at + 4)?, 6)))
}

/// Fails as malformed where the attributes are not captured whole: after an
/// error nothing says so.
fn whole(v: View<'_>, size: usize) -> Step {
    if v.has(size) { Ok(()) } else { Err(Stop::Malformed) }
}

/// The attributes of an object: what follows them.
pub(crate) fn put<'p>(o: &mut Out, v: View<'p>, verbose: u8, version_3: bool) -> Step<View<'p>> {
    whole(v, 20)?;
    if verbose > 0 {
        let kind = Named(TYPES, v.u32(0)?, Otherwise::Dec("unk-ft ", " "));
        o.put((" ", kind, " ", Octal(v.u32(4)?), " ids ", v.i32(12)?, "/", v.i32(16)?));
        if version_3 {
            o.put((" sz ", v.u64(20)?));
        } else {
            o.put((" sz ", v.u32(20)?));
        }
    }
    let size = if version_3 { V3_SIZE } else { V2_SIZE };
    if verbose > 1 {
        whole(v, size)?;
        o.put((" nlink ", v.u32(8)?));
        if version_3 {
            o.put((" rdev ", v.u32(36)?, "/", v.u32(40)?, " fsid ", Hex(v.u64(44)?), " fileid ", Hex(v.u64(52)?)));
        } else {
            o.put((" rdev 0x", Hex(v.u32(28)?), " fsid 0x", Hex(v.u32(36)?), " nodeid 0x", Hex(v.u32(40)?)));
        }
        let at = size - 24;
        o.put((" a/m/ctime ", time(v, at)?, " ", time(v, at + 8)?, " ", time(v, at + 16)?));
    }
    Ok(v.skip(size))
}

/// Attributes after an operation, if they are there: what follows them.
pub(crate) fn after<'p>(o: &mut Out, v: View<'p>, verbose: u8) -> Step<View<'p>> {
    let present = v.u32(0)? != 0;
    let v = v.skip(4);
    match (present, verbose) {
        (false, _) => Ok(v),
        (true, 0) => Ok(v.skip(V3_SIZE)),
        (true, _) => put(o, v, verbose, true),
    }
}

/// Attributes before an operation, if they are there: what follows them.
fn before<'p>(o: &mut Out, v: View<'p>, verbose: u8) -> Step<View<'p>> {
    let present = v.u32(0)? != 0;
    let v = v.skip(4);
    if !present {
        return Ok(v);
    }
    whole(v, BEFORE_SIZE)?;
    if verbose > 1 {
        o.put((" sz ", v.u64(0)?, " mtime ", time(v, 8)?, " ctime ", time(v, 16)?));
    }
    Ok(v.skip(BEFORE_SIZE))
}

/// Attributes before and after an operation: what follows them.
pub(crate) fn change<'p>(o: &mut Out, v: View<'p>, verbose: u8) -> Step<View<'p>> {
    o.put((verbose > 1).then_some(" PRE:"));
    let v = before(o, v, verbose)?;
    o.put((verbose > 0).then_some(" POST:"));
    after(o, v, verbose)
}

/// Attributes to set on a new object.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wanted {
    mode: Option<u32>,
    user: Option<u32>,
    group: Option<u32>,
    accessed: Option<(u32, u32)>,
    modified: Option<(u32, u32)>,
}

impl Wanted {
    /// Reads them: what follows them.
    pub(crate) fn read(v: View<'_>) -> Step<(Wanted, View<'_>)> {
        /// The client sends the time.
        const FROM_CLIENT: u32 = 2;
        fn number<'p>(v: View<'p>) -> Step<(Option<u32>, View<'p>)> {
            if v.u32(0)? == 0 { Ok((None, v.skip(4))) } else { Ok((Some(v.u32(4)?), v.skip(8))) }
        }
        fn time<'p>(v: View<'p>) -> Step<(Option<(u32, u32)>, View<'p>)> {
            if v.u32(0)? != FROM_CLIENT {
                return Ok((None, v.skip(4)));
            }
            Ok((Some((v.u32(4)?, v.u32(8)?)), v.skip(12)))
        }
        let (mode, v) = number(v)?;
        let (user, v) = number(v)?;
        let (group, v) = number(v)?;
        let (_, v) = number(v)?;
        let (accessed, v) = time(v)?;
        let (modified, v) = time(v)?;
        Ok((Wanted { mode, user, group, accessed, modified }, v))
    }

    /// Writes what `-v` shows of them.
    pub(crate) fn put(self, o: &mut Out) {
        o.put(self.mode.map(|mode| (" mode ", Octal(mode))));
        o.put(self.user.map(|user| (" uid ", user)));
        o.put(self.group.map(|group| (" gid ", group)));
        if o.opt.verbose > 1 {
            o.put(self.accessed.map(|(seconds, part)| (" atime ", seconds, ".", Zeros(part, 6))));
            o.put(self.modified.map(|(seconds, part)| (" mtime ", seconds, ".", Zeros(part, 6))));
        }
    }
}
