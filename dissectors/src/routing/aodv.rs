//! Ad hoc On-Demand Distance Vector routing (RFC 3561), for IPv6 as in
//! draft-perkins-aodv6-01 too.

use crate::below::{Address, Below};
use crate::field::Slot;
use crate::out::Out;
use crate::put::Hex8;
use crate::view::{Step, Stop, View};

const REQUEST: u8 = 1;
const REPLY: u8 = 2;
const ERROR: u8 = 3;
const ACKNOWLEDGMENT: u8 = 4;
/// The types of the draft.
const REQUEST6: u8 = 16;
const REPLY6: u8 = 17;
const ERROR6: u8 = 18;
const ACKNOWLEDGMENT6: u8 = 19;

/// Flags of a request.
const JOIN: u8 = 0x80;
const REPAIR: u8 = 0x40;
const GRATUITOUS: u8 = 0x20;
const DESTINATION_ONLY: u8 = 0x10;
const UNKNOWN_SEQUENCE: u8 = 0x08;
/// Flags of a reply.
const REPLY_REPAIR: u8 = 0x80;
const REPLY_ACKNOWLEDGE: u8 = 0x40;
const PREFIX: u8 = 0x1f;
/// A flag of an error.
const NO_DELETE: u8 = 0x80;

/// Octets of an extension's type and length; the extension with the next hello's time.
const EXTENSION: usize = 2;
const HELLO: u8 = 1;

/// How addresses stand in a message.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    V4,
    V6,
    /// As the draft has them: behind the sequence numbers.
    Draft,
}

impl Form {
    fn size(self) -> usize {
        if self == Form::V4 { 4 } else { 16 }
    }

    fn address(self, v: View<'_>, at: usize) -> Step<Address> {
        Ok(if self == Form::V4 { Address::V4(v.array(at)?) } else { Address::V6(v.array(at)?) })
    }
}

const TYPE: &[Slot] = &[Slot::new("aodv.type", 0, 1)];
const REQUEST_FIELDS: &[Slot] = &[
    Slot::new("aodv.flags", 1, 2),
    Slot::new("aodv.flags.rreq_join", 1, 2).bit(15),
    Slot::new("aodv.flags.rreq_repair", 1, 2).bit(14),
    Slot::new("aodv.flags.rreq_gratuitous", 1, 2).bit(13),
    Slot::new("aodv.flags.rreq_destinationonly", 1, 2).bit(12),
    Slot::new("aodv.flags.rreq_unknown", 1, 2).bit(11),
    Slot::new("aodv.hopcount", 3, 1),
    Slot::new("aodv.rreq_id", 4, 4),
    Slot::new("aodv.dest_ip", 8, 4),
    Slot::new("aodv.dest_seqno", 12, 4),
    Slot::new("aodv.orig_ip", 16, 4),
    Slot::new("aodv.orig_seqno", 20, 4),
];
const REPLY_FIELDS: &[Slot] = &[
    Slot::new("aodv.flags", 1, 2),
    Slot::new("aodv.flags.rrep_repair", 1, 2).bit(15),
    Slot::new("aodv.flags.rrep_ack", 1, 2).bit(14),
    Slot::new("aodv.prefix_sz", 2, 1).bits(0, 0x1f),
    Slot::new("aodv.hopcount", 3, 1),
    Slot::new("aodv.dest_ip", 4, 4),
    Slot::new("aodv.dest_seqno", 8, 4),
    Slot::new("aodv.orig_ip", 12, 4),
    Slot::new("aodv.lifetime", 16, 4),
];
const ERROR_FIELDS: &[Slot] = &[
    Slot::new("aodv.flags", 1, 2),
    Slot::new("aodv.flags.rerr_nodelete", 1, 2).bit(15),
    Slot::new("aodv.destcount", 3, 1),
];
const UNREACHABLE: &[Slot] = &[Slot::new("aodv.unreach_dest_ip", 0, 4), Slot::new("aodv.dest_seqno", 4, 4)];

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "aodv";
    let kind = v.u8(0)?;
    o.see_all(TYPE, v);
    o.put(" aodv");
    let form = match kind {
        REQUEST6..=ERROR6 => Form::Draft,
        _ if below.ip.is_some_and(|ip| ip.version == 6) => Form::V6,
        _ => Form::V4,
    };
    if form == Form::V4 {
        match kind {
            REQUEST => o.see_all(REQUEST_FIELDS, v),
            REPLY => o.see_all(REPLY_FIELDS, v),
            ERROR => {
                o.see_all(ERROR_FIELDS, v);
                o.see_rows(UNREACHABLE, v.skip(4).cut(usize::from(v.u8(3).unwrap_or(0)) * 8), 8);
            }
            _ => {}
        }
    }
    match kind {
        REQUEST | REQUEST6 => request(o, v, form),
        REPLY | REPLY6 => reply(o, v, form),
        ERROR | ERROR6 => error(o, v, form),
        ACKNOWLEDGMENT | ACKNOWLEDGMENT6 => {
            o.put((" rrep-ack ", v.len()));
            Ok(())
        }
        _ => {
            o.put((" type ", kind, " ", v.len()));
            Ok(())
        }
    }
}

/// Fails unless a message of `size` octets is there.
fn whole(v: View<'_>, size: usize) -> Step {
    v.check(size)?;
    if v.len() < size { Err(Stop::Truncated) } else { Ok(()) }
}

/// RFC 3561, section 5.1.
fn request(o: &mut Out, v: View<'_>, form: Form) -> Step {
    let size = 16 + 2 * form.size();
    whole(v, size)?;
    // As tcpdump has it: the flags are taken from the type.
    let flags = v.u8(0)?;
    let flag = |bit: u8, text: &'static str| (flags & bit != 0).then_some(text);
    let (to, to_sequence, from, from_sequence) = match form {
        Form::Draft => (16, 8, 32, 12),
        _ => (8, 8 + form.size(), 12 + form.size(), 12 + 2 * form.size()),
    };
    o.put((if form == Form::V6 { " v6 rreq " } else { " rreq " }, v.len(), " "));
    o.put((flag(JOIN, "[J]"), flag(REPAIR, "[R]"), flag(GRATUITOUS, "[G]"), flag(DESTINATION_ONLY, "[D]")));
    o.put((if flags & UNKNOWN_SEQUENCE != 0 { "[U] " } else { " " }, "hops ", v.u8(3)?, " id 0x", Hex8(v.u32(4)?)));
    o.put(("\n\tdst ", form.address(v, to)?, " seq ", v.u32(to_sequence)?));
    o.put((" src ", form.address(v, from)?, " seq ", v.u32(from_sequence)?));
    extension(o, v, size)
}

/// RFC 3561, section 5.2.
fn reply(o: &mut Out, v: View<'_>, form: Form) -> Step {
    let size = 12 + 2 * form.size();
    whole(v, size)?;
    let flags = v.u8(0)?;
    let (to, sequence, from) = match form {
        Form::Draft => (8, 4, 24),
        _ => (4, 4 + form.size(), 8 + form.size()),
    };
    o.put((" rrep ", v.len(), " ", (flags & REPLY_REPAIR != 0).then_some("[R]")));
    o.put((if flags & REPLY_ACKNOWLEDGE != 0 { "[A] " } else { " " }, "prefix ", v.u8(2)? & PREFIX));
    o.put((" hops ", v.u8(3)?, "\n\tdst ", form.address(v, to)?, " dseq ", v.u32(sequence)?));
    o.put((" src ", form.address(v, from)?, " ", v.u32(size - 4)?, " ms"));
    extension(o, v, size)
}

/// RFC 3561, section 5.3.
fn error(o: &mut Out, v: View<'_>, form: Form) -> Step {
    const HEADER: usize = 4;
    whole(v, HEADER)?;
    let count = v.u8(3)?;
    o.put((" rerr ", (v.u8(1)? & NO_DELETE != 0).then_some("[D]"), " [items ", count, "] [", v.len(), "]:"));
    let each = form.size() + 4;
    for number in 0..usize::from(count) {
        let at = HEADER + number * each;
        whole(v, at + each)?;
        o.put((" {", form.address(v, at)?, "}(", v.u32(at + form.size())?, ")"));
    }
    Ok(())
}

/// The extension at `at`, if there is one (RFC 3561, section 9).
fn extension(o: &mut Out, v: View<'_>, at: usize) -> Step {
    let v = v.skip(at);
    if v.len() < EXTENSION {
        return Ok(());
    }
    v.check(EXTENSION)?;
    let (kind, size) = (v.u8(0)?, v.u8(1)?);
    if kind != HELLO {
        o.put(("\n\text ", kind, " ", size));
        return Ok(());
    }
    whole(v, EXTENSION + 4)?;
    if size < 4 {
        o.put(("\n\text HELLO - bad length ", size));
    } else {
        o.put(("\n\text HELLO ", v.u32(EXTENSION)?, " ms"));
    }
    Ok(())
}
