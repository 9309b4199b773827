//! The GPRS Tunnelling Protocol of user data for the tree (3GPP TS 29.281), and what is in
//! its tunnels. The text has nothing of it, as tcpdump's.

use crate::below::Below;
use crate::field::Slot;
use crate::fields::Id;
use crate::network::{ipv4, ipv6};
use crate::out::Out;
use crate::view::View;

/// The port of either side.
pub(crate) const PORT: u16 = 2152;

const HEADER: [Slot; 9] = [
    Slot::new("gtp.flags", 0, 1),
    Slot::new("gtp.flags.version", 0, 1).bits(5, 7),
    Slot::new("gtp.flags.payload", 0, 1).bit(4),
    Slot::new("gtp.flags.e", 0, 1).bit(2),
    Slot::new("gtp.flags.s", 0, 1).bit(1),
    Slot::new("gtp.flags.pn", 0, 1).bit(0),
    Slot::new("gtp.message", 1, 1),
    Slot::new("gtp.length", 2, 2),
    Slot::new("gtp.teid", 4, 4),
];
/// Octets of the header, and of what follows it if one of the flags is set.
const SIZE: usize = 8;
const OPTIONAL: usize = 4;
const SEQUENCE: [Slot; 1] = [Slot::new("gtp.seq_number", 8, 2)];
const UNIT: [Slot; 1] = [Slot::new("gtp.npdu_number", 10, 1)];

/// The version and the protocol in the first octet.
const VERSION: u8 = 3;
const WITH_EXTENSIONS: u8 = 4;
const WITH_SEQUENCE: u8 = 2;
const WITH_UNIT: u8 = 1;
const USER_DATA: u8 = 255;

const NEXT: Id = Id::of("gtp.ext_hdr.next");
/// In units of four octets.
const LENGTH: [Slot; 1] = [Slot::new("gtp.ext_hdr.length", 0, 1)];
const SESSION: u8 = 0x85;
const SESSION_TYPE: [Slot; 2] = [
    Slot::new("gtp.ext_hdr.pdu_ses_con.pdu_type", 1, 1).bits(4, 15),
    Slot::new("gtp.ext_hdr.pdu_ses_con.qos_flow_id", 2, 1).bits(0, 0x3f),
];
/// Of sessions to the terminal.
const TO_TERMINAL: [Slot; 2] =
    [Slot::new("gtp.ext_hdr.pdu_ses_cont.ppp", 2, 1).bit(7), Slot::new("gtp.ext_hdr.pdu_ses_cont.rqi", 2, 1).bit(6)];
const PACKET_NUMBER: u8 = 0xc0;
const NUMBER: [Slot; 1] = [Slot::new("gtp.ext_hdr.pdcp_sn", 1, 2)];

/// Notes a datagram.
pub(crate) fn note(o: &mut Out, v: View<'_>) {
    let (Ok(flags), Ok(kind), Ok(length)) = (v.u8(0), v.u8(1), v.u16(2)) else { return };
    if flags >> 4 != VERSION || !v.has(SIZE) {
        return;
    }
    o.see_all(&HEADER, v);
    let v = v.cut(SIZE + usize::from(length));
    let mut rest = v.skip(SIZE);
    if flags & (WITH_EXTENSIONS | WITH_SEQUENCE | WITH_UNIT) != 0 {
        if flags & WITH_SEQUENCE != 0 {
            o.see_all(&SEQUENCE, v);
        }
        if flags & WITH_UNIT != 0 {
            o.see_all(&UNIT, v);
        }
        rest = rest.skip(OPTIONAL);
        if flags & WITH_EXTENSIONS != 0 {
            let Some(behind) = extensions(o, v, rest) else { return };
            rest = behind;
        }
    }
    if kind == USER_DATA {
        o.note_unread(|o| match rest.u8(0)? >> 4 {
            4 => ipv4::dissect(o, rest, &Below::default()),
            6 => ipv6::dissect(o, rest, &Below::default()),
            _ => Ok(()),
        });
    }
}

/// Notes extension headers; what is behind them.
fn extensions<'p>(o: &mut Out, v: View<'p>, mut rest: View<'p>) -> Option<View<'p>> {
    let mut next = v.u8(SIZE + OPTIONAL - 1).ok()?;
    o.note(NEXT, next);
    while next != 0 {
        o.see_all(&LENGTH, rest);
        let size = usize::from(rest.u8(0).ok()?) * 4;
        let header = rest.cut(size);
        match next {
            SESSION => {
                o.see_all(&SESSION_TYPE, header);
                if header.u8(1).is_ok_and(|octet| octet >> 4 == 0) {
                    o.see_all(&TO_TERMINAL, header);
                }
            }
            PACKET_NUMBER => o.see_all(&NUMBER, header),
            _ => {}
        }
        // The last octet says what follows.
        next = rest.u8(size.checked_sub(1)?).ok()?;
        o.note(NEXT, next);
        rest = rest.skip(size);
    }
    Some(rest)
}
