//! RTCP, the control protocol of RTP (RFC 3550, section 6).

use crate::below::Below;
use crate::media::rtcp_fields;
use crate::out::Out;
use crate::put::{Fixed, Hex};
use crate::view::{Step, View};

/// Octets of the header, of the sender's information and of a report.
const HEADER: usize = 8;
const SENDER: usize = 20;
const REPORT: usize = 24;

const SENDER_REPORT: u16 = 200;
const RECEIVER_REPORT: u16 = 201;
const DESCRIPTION: u16 = 202;
const GOODBYE: u16 = 203;

/// All packets of a datagram, as far as captured.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    rtcp_fields::note(o, v);
    let mut v = v;
    while v.caplen() > 0 {
        let size = packet(o, v)?;
        v = v.skip(size);
    }
    Ok(())
}

/// One packet: its octets.
fn packet(o: &mut Out, v: View<'_>) -> Step<usize> {
    o.proto = "rtcp";
    let size = (usize::from(v.u16(2)?) + 1) * 4;
    let flags = v.u16(0)?;
    let mut count = usize::from(flags >> 8 & 0x1f);
    let source = v.u32(4)?;
    let verbose = o.opt.verbose > 0;
    let source = verbose.then_some((" ", source));
    let mut reports = v.skip(HEADER);
    match flags & 0xff {
        SENDER_REPORT => {
            o.put(" sr");
            o.put((size != count * REPORT + SENDER + HEADER).then_some((" [", size, "]")));
            o.put(source);
            let seconds = f64::from(v.u32(8)?) + f64::from(v.u32(12)?) / 4_294_967_296.0;
            o.put((" @", Fixed(seconds, 2), " ", v.u32(16)?, " ", v.u32(20)?, "p ", v.u32(24)?, "b"));
            reports = reports.skip(SENDER);
        }
        RECEIVER_REPORT => {
            o.put(" rr");
            o.put((size != count * REPORT + HEADER).then_some((" [", size, "]")));
            o.put(source);
        }
        DESCRIPTION | GOODBYE => {
            o.put((if flags & 0xff == GOODBYE { " bye " } else { " sdes " }, size, source));
            count = 0;
        }
        kind => {
            o.put((" type-0x", Hex(kind), " ", size));
            count = 0;
        }
    }
    o.put((count > 1).then_some((" c", count)));
    for _ in 0..count {
        reports.check(REPORT)?;
        if verbose {
            o.put((" ", reports.u32(0)?));
        }
        let fraction = |at| -> Step<Fixed> { Ok(Fixed(f64::from(reports.u32(at)?) / 65536.0, 2)) };
        let (sent, delay) = (fraction(16)?, fraction(20)?);
        o.put((
            " ",
            reports.u32(4)? & 0xff_ffff,
            "l ",
            reports.u32(8)?,
            "s ",
            reports.u32(12)?,
            "j @",
            sent,
            "+",
            delay,
        ));
        // The first report is written again for each that is announced.
    }
    Ok(size)
}
