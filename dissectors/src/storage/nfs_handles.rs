//! NFS file handles. They are opaque; what wrote them is guessed from where
//! their zero octets are, and then tells where device and inode stand.

use crate::out::Out;
use crate::put::Hex;
use crate::view::{Step, View};

/// Octets of a version 2 handle.
const V2_SIZE: usize = 32;
/// Octets that any known kind of handle has at least.
const KNOWN_SIZE: usize = 16;
/// Undecoded handles are written up to so many octets.
const OPAQUE_SIZE: usize = 32;

/// A device and an inode on it.
struct File {
    major: u32,
    minor: u32,
    inode: u32,
}

/// What a handle is taken for.
enum Kind {
    Numbers(File),
    /// A device name follows the first octet.
    Vms(u32),
    Unknown,
}

/// A handle, with its length before it in version 3: what follows it.
pub(crate) fn put<'p>(o: &mut Out, v: View<'p>, version_3: bool) -> Step<View<'p>> {
    let (v, size) = if version_3 { (v.skip(4), v.u32(0)? as usize / 4 * 4) } else { (v, V2_SIZE) };
    v.check(size)?;
    let handle = v.bytes(0, size)?;
    if o.opt.raw_handles {
        o.put(" fh[");
        for (i, word) in handle.chunks_exact(4).enumerate() {
            o.put((i > 0).then_some(":"));
            o.put(Hex(View::new(word, 4).u32(0)?));
        }
        o.put("]");
        return Ok(v.skip(size));
    }
    // As many characters of a name are written as the handle has words.
    let room = size / 4;
    match classify(View::new(handle, size)).unwrap_or(Kind::Unknown) {
        Kind::Numbers(file) => o.put((" fh ", file.major, ",", file.minor, "/", file.inode)),
        Kind::Vms(inode) => {
            o.put(" fh ");
            for &byte in handle[1..].iter().take(room).take_while(|&&byte| byte != 0 && byte != b' ') {
                o.char(byte);
            }
            o.put(("/", inode));
        }
        Kind::Unknown => {
            let name = "Unknown";
            o.put((" fh ", &name[..room.min(name.len())], "/"));
            for &octet in handle.iter().take(OPAQUE_SIZE) {
                put_upper(o, octet);
            }
        }
    }
    Ok(v.skip(size))
}

/// An octet in upper-case hexadecimal.
fn put_upper(o: &mut Out, octet: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    o.line.byte(DIGITS[usize::from(octet >> 4)]);
    o.line.byte(DIGITS[usize::from(octet & 15)]);
}

/// The decision tree. An error means that the handle is too short.
fn classify(v: View<'_>) -> Step<Kind> {
    v.check(KNOWN_SIZE)?;
    let at = |i: usize| v.u8(i);
    let zero = |i: usize| -> Step<bool> { Ok(v.u8(i)? == 0) };
    let file = |major: u32, minor: u32, inode: u32| Ok(Kind::Numbers(File { major, minor, inode }));
    let osf = || -> Step<Kind> {
        let device = v.le32(0)?;
        file(device >> 20, device & 0xf_ffff, v.le32(12)?)
    };
    let sunos_5 = || -> Step<Kind> { file(u32::from(v.u16(0)?) >> 2, v.u24(1)? & 0x3_ffff, v.u32(12)?) };
    let short = |major: usize, minor: usize, inode: u32| -> Step<Kind> {
        file(u32::from(v.u8(major)?), u32::from(v.u8(minor)?), inode)
    };
    match (zero(0)? && zero(1)?, zero(2)? && zero(3)?) {
        // Auspex.
        (true, true) => short(6, 7, v.u32(12)?),
        (true, false) if !zero(4)? && zero(5)? && at(8)? == 12 && zero(9)? => osf(),
        // IRIX 4, where a length stands in place of a file system type.
        (true, false) if v.u32(4)? == 0x0008_0000 => short(2, 3, v.u32(8)?),
        // SunOS 4.
        (true, false) => short(2, 3, v.u32(12)?),
        // 4.4BSD.
        (false, true) if zero(6)? && zero(7)? => short(1, 0, v.le32(12)?),
        // Ultrix.
        (false, true) if v.has(24) && zero(21)? && zero(23)? => short(1, 0, v.le32(4)?),
        (false, true) if at(9)? == 10 => sunos_5(),
        (false, true) => Ok(Kind::Unknown),
        (false, false) if at(8)? == 12 && zero(9)? => osf(),
        (false, false) if zero(8)? && at(9)? == 10 => {
            if v.u32(4)? == 0 {
                // HP-UX 9.
                file(at(0)?.into(), v.u24(1)?, v.u32(12)?)
            } else {
                sunos_5()
            }
        }
        (false, false) if is_vms(v)? => Ok(Kind::Vms(u32::from_be_bytes([at(26)?, at(27)?, at(23)?, at(22)?]))),
        (false, false) => Ok(Kind::Unknown),
    }
}

/// Whether a printable device name, filled up with NULs, follows the first octet.
fn is_vms(v: View<'_>) -> Step<bool> {
    v.check(28)?;
    let name = v.bytes(1, 13)?;
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    let (text, fill) = name.split_at(end);
    Ok(text.iter().all(|byte| (0x20..0x7f).contains(byte)) && fill.iter().all(|&byte| byte == 0))
}
