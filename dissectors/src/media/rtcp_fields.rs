//! RTCP for the tree (RFC 3550, section 6; RFC 4585, section 6): each packet of a
//! datagram with its reports, descriptions and reasons.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const APPLICATION: u8 = 204;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;

const VERSION: &[Slot] = &[Slot::new("rtcp.version", 0, 1).bits(6, 3), Slot::new("rtcp.padding", 0, 1).bit(5)];
/// What the low five bits of the first octet are.
const REPORTS: &[Slot] = &[Slot::new("rtcp.rc", 0, 1).bits(0, 31)];
const SOURCES: &[Slot] = &[Slot::new("rtcp.sc", 0, 1).bits(0, 31)];
const SUBTYPE: &[Slot] = &[Slot::new("rtcp.app.subtype", 0, 1).bits(0, 31)];
const TRANSPORT_FORMAT: &[Slot] = &[Slot::new("rtcp.rtpfb.fmt", 0, 1).bits(0, 31)];
const PAYLOAD_FORMAT: &[Slot] = &[Slot::new("rtcp.psfb.fmt", 0, 1).bits(0, 31)];
const TYPE: &[Slot] = &[Slot::new("rtcp.pt", 1, 1), Slot::new("rtcp.length", 2, 2)];
const HEADER: usize = 4;

const SENDER: &[Slot] = &[Slot::new("rtcp.senderssrc", 0, 4)];
const SENT: &[Slot] = &[
    Slot::new("rtcp.timestamp.ntp.msw", 0, 4),
    Slot::new("rtcp.timestamp.ntp.lsw", 4, 4),
    Slot::new("rtcp.timestamp.rtp", 8, 4),
    Slot::new("rtcp.sender.packetcount", 12, 4),
    Slot::new("rtcp.sender.octetcount", 16, 4),
];
const SENT_SIZE: usize = 20;
const REPORT: &[Slot] = &[
    Slot::new("rtcp.ssrc.identifier", 0, 4),
    Slot::new("rtcp.ssrc.fraction", 4, 1),
    Slot::new("rtcp.ssrc.cum_nr", 5, 3),
    Slot::new("rtcp.ssrc.ext_high", 8, 4),
    Slot::new("rtcp.ssrc.high_cycles", 8, 2),
    Slot::new("rtcp.ssrc.high_seq", 10, 2),
    Slot::new("rtcp.ssrc.jitter", 12, 4),
    Slot::new("rtcp.ssrc.lsr", 16, 4),
    Slot::new("rtcp.ssrc.dlsr", 20, 4),
];
const REPORT_SIZE: usize = 24;
const SOURCE: &[Slot] = &[Slot::new("rtcp.ssrc.identifier", 0, 4)];
const NAME: &[Slot] = &[Slot::new("rtcp.app.name", 4, 4)];
const MEDIA: &[Slot] = &[Slot::new("rtcp.mediassrc", 4, 4)];

/// Notes all packets of a datagram, as far as captured.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packets(o, v);
    }
}

fn packets(o: &mut Out, mut v: View<'_>) -> Step {
    while !v.is_empty() {
        let size = (usize::from(v.u16(2)?) + 1) * 4;
        let _ends_early = packet(o, v.cut(size));
        v = v.skip(size);
    }
    Ok(())
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    let (count, kind) = (usize::from(v.u8(0)? & 31), v.u8(1)?);
    let body = v.skip(HEADER);
    o.see_all(VERSION, v);
    o.see_all(
        match kind {
            SENDER_REPORT | RECEIVER_REPORT => REPORTS,
            DESCRIPTION | GOODBYE => SOURCES,
            APPLICATION => SUBTYPE,
            TRANSPORT_FEEDBACK => TRANSPORT_FORMAT,
            PAYLOAD_FEEDBACK => PAYLOAD_FORMAT,
            _ => &[],
        },
        v,
    );
    o.see_all(TYPE, v);
    match kind {
        SENDER_REPORT => {
            o.see_all(SENDER, body);
            o.see_all(SENT, body.skip(4));
            o.see_rows(REPORT, body.skip(4 + SENT_SIZE).cut(count * REPORT_SIZE), REPORT_SIZE);
        }
        RECEIVER_REPORT => {
            o.see_all(SENDER, body);
            o.see_rows(REPORT, body.skip(4).cut(count * REPORT_SIZE), REPORT_SIZE);
        }
        DESCRIPTION => descriptions(o, body, count)?,
        GOODBYE => goodbye(o, body, count)?,
        APPLICATION => {
            o.see_all(SOURCE, body);
            o.see_all(NAME, body);
        }
        TRANSPORT_FEEDBACK | PAYLOAD_FEEDBACK => {
            o.see_all(SENDER, body);
            o.see_all(MEDIA, body);
        }
        _ => {}
    }
    Ok(())
}

/// Section 6.5: chunks of a source and items, which end with a NUL and are filled
/// up to four octets.
fn descriptions(o: &mut Out, mut v: View<'_>, count: usize) -> Step {
    for _ in 0..count {
        o.see_all(SOURCE, v);
        let mut at = 4;
        loop {
            let kind = v.u8(at)?;
            o.note(id!("rtcp.sdes.type"), kind);
            if kind == 0 {
                break;
            }
            at = text(o, v, at + 1)?;
        }
        v = v.skip((at + 1).next_multiple_of(4));
    }
    Ok(())
}

/// Section 6.6: sources, and perhaps a reason.
fn goodbye(o: &mut Out, v: View<'_>, count: usize) -> Step {
    o.see_rows(SOURCE, v.cut(count * 4), 4);
    if v.len() > count * 4 {
        text(o, v, count * 4)?;
    }
    Ok(())
}

/// Text behind its length: where it ends.
fn text(o: &mut Out, v: View<'_>, at: usize) -> Step<usize> {
    let size = v.u8(at)?;
    o.note(id!("rtcp.sdes.length"), size);
    let end = at + 1 + usize::from(size);
    o.note_octets(id!("rtcp.sdes.text"), v.bytes(at + 1, size.into())?);
    Ok(end)
}
