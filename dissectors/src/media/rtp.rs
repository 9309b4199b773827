//! RTP (RFC 3550) and its first draft version.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::Hex4;
use crate::view::{Step, View};

const VERSION: Field<u8> = Field::bits("rtp.version", 0, 6, 3);
const SEQUENCE: Field<u16> = Field::new("rtp.seq", 2);
const TIMESTAMP: Field<u32> = Field::new("rtp.timestamp", 4);
/// The payload type of H.261 video (RFC 3551, section 6).
const H261: u32 = 0x1f;

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("rtp.version", 0, 1).bits(6, 3),
    Slot::new("rtp.padding", 0, 1).bits(5, 1),
    Slot::new("rtp.ext", 0, 1).bits(4, 1),
    Slot::new("rtp.cc", 0, 1).bits(0, 15),
    Slot::new("rtp.marker", 1, 1).bits(7, 1),
    Slot::new("rtp.p_type", 1, 1).bits(0, 127),
    Slot::new("rtp.seq", 2, 2),
    Slot::new("rtp.timestamp", 4, 4),
    Slot::new("rtp.ssrc", 8, 4),
];

const SOURCE: &[Slot] = &[Slot::new("rtp.csrc.item", 0, 4)];
const EXTENSION: &[Slot] = &[Slot::new("rtp.ext.profile", 0, 2), Slot::new("rtp.ext.len", 2, 2)];

/// A packet.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "rtp";
    if v.len() < 8 {
        o.put(("udp/rtp, length ", v.len(), " < 8"));
        return Ok(());
    }
    let word = v.u32(0)?;
    let timestamp = v.get(TIMESTAMP)?;
    let first_version = v.get(VERSION)? == 1;
    let mut header = 8;
    if !first_version {
        if v.len() < 12 {
            o.put(("udp/rtp, length ", v.len(), " < 12"));
            return Ok(());
        }
        header = 12;
    }
    let (name, kind, marker, extended) = if first_version {
        ("rtpv1", word >> 16 & 0x3f, word & 0x40_0000, word & 0x80_0000)
    } else {
        ("rtp", word >> 16 & 0x7f, word & 0x80_0000, word & 0x1000_0000)
    };
    o.put(("udp/", name, " ", v.len() - header, " c", kind, " "));
    o.put((if extended != 0 { "+" } else { "" }, if marker != 0 { "*" } else { "" }));
    if !first_version {
        o.see_all(FIELDS, v);
        let sources = usize::from(v.u8(0)? & 15) * 4;
        o.see_rows(SOURCE, v.skip(header).cut(sources), 4);
        if extended != 0 {
            o.see_all(EXTENSION, v.skip(header + sources));
        }
    }
    o.put((" ", v.get(SEQUENCE)?, " ", timestamp));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    o.put((" ", v.u32(8)?));
    let words = (v.len() / 4).wrapping_sub(header / 4);
    let mut rest = v.skip(header);
    if extended != 0 {
        let found = if first_version { options(rest, words)? } else { extension(rest, words)? };
        match found {
            Some(after) => rest = after,
            None => {
                o.put(if first_version { " !opt" } else { " !ext" });
                return Ok(());
            }
        }
    }
    if kind == H261 {
        o.put((" 0x", Hex4(rest.u32(0)? >> 16)));
    }
    Ok(())
}

/// What follows the options of the first version; nothing if they are too long.
fn options<'p>(v: View<'p>, words: usize) -> Step<Option<View<'p>>> {
    let (mut v, mut words) = (v, words);
    loop {
        let option = v.u32(0)?;
        let size = (option >> 16 & 0xff) as usize;
        if size == 0 || size > words {
            return Ok(None);
        }
        v = v.skip(size * 4);
        words -= size;
        if option >> 31 != 0 {
            return Ok(Some(v));
        }
    }
}

/// What follows the header extension (RFC 3550, section 5.3.1); nothing if it is too long.
fn extension<'p>(v: View<'p>, words: usize) -> Step<Option<View<'p>>> {
    let size = (v.u32(0)? & 0xffff) as usize + 1;
    Ok((size <= words).then(|| v.skip(size * 4)))
}
