//! The attribute value pairs of L2TP (RFC 2661, section 4).

use crate::out::Out;
use crate::put::{Chars, Hex2, Hex4, Hex8, Octets, Table, named_dec};
use crate::view::{Step, Stop, View};

/// Octets of an attribute's header.
const HEADER: usize = 6;

const MESSAGES: Table = &[
    (1, "SCCRQ"),
    (2, "SCCRP"),
    (3, "SCCCN"),
    (4, "StopCCN"),
    (6, "HELLO"),
    (7, "OCRQ"),
    (8, "OCRP"),
    (9, "OCCN"),
    (10, "ICRQ"),
    (11, "ICRP"),
    (12, "ICCN"),
    (14, "CDN"),
    (15, "WEN"),
    (16, "SLI"),
];
const NAMES: Table = &[
    (0, "MSGTYPE"),
    (1, "RESULT_CODE"),
    (2, "PROTO_VER"),
    (3, "FRAMING_CAP"),
    (4, "BEARER_CAP"),
    (5, "TIE_BREAKER"),
    (6, "FIRM_VER"),
    (7, "HOST_NAME"),
    (8, "VENDOR_NAME"),
    (9, "ASSND_TUN_ID"),
    (10, "RECV_WIN_SIZE"),
    (11, "CHALLENGE"),
    (12, "Q931_CC"),
    (13, "CHALLENGE_RESP"),
    (14, "ASSND_SESS_ID"),
    (15, "CALL_SER_NUM"),
    (16, "MINIMUM_BPS"),
    (17, "MAXIMUM_BPS"),
    (18, "BEARER_TYPE"),
    (19, "FRAMING_TYPE"),
    (20, "PACKET_PROC_DELAY"),
    (21, "CALLED_NUMBER"),
    (22, "CALLING_NUMBER"),
    (23, "SUB_ADDRESS"),
    (24, "TX_CONN_SPEED"),
    (25, "PHY_CHANNEL_ID"),
    (26, "INI_RECV_LCP"),
    (27, "LAST_SENT_LCP"),
    (28, "LAST_RECV_LCP"),
    (29, "PROXY_AUTH_TYPE"),
    (30, "PROXY_AUTH_NAME"),
    (31, "PROXY_AUTH_CHAL"),
    (32, "PROXY_AUTH_ID"),
    (33, "PROXY_AUTH_RESP"),
    (34, "CALL_ERRORS"),
    (35, "ACCM"),
    (36, "RANDOM_VECTOR"),
    (37, "PRIVATE_GRP_ID"),
    (38, "RX_CONN_SPEED"),
    (39, "SEQ_REQUIRED"),
    (46, "PPP_DISCON_CC"),
];
const AUTHENTICATION_TYPES: Table =
    &[(0, "Reserved"), (1, "Textual"), (2, "CHAP"), (3, "PAP"), (4, "No Auth"), (5, "MS-CHAPv1")];
const DIRECTIONS: Table = &[(0, "global error"), (1, "at peer"), (2, "at local")];

/// All attributes of a control message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while !v.is_empty() {
        let size = attribute(o, v)?;
        v = v.skip(size);
    }
    Ok(())
}

fn attribute(o: &mut Out, v: View<'_>) -> Step<usize> {
    const MANDATORY: u16 = 0x8000;
    const HIDDEN: u16 = 0x4000;
    o.put(" ");
    let flags = v.u16(0)?;
    let size = usize::from(flags & 0x3ff);
    if size < HEADER {
        return Err(Stop::Truncated);
    }
    if size > v.len() {
        return Err(Stop::Truncated);
    }
    v.check(size)?;
    o.put((flags & MANDATORY != 0).then_some("*"));
    o.put((flags & HIDDEN != 0).then_some("?"));
    let (vendor, kind) = (v.u16(2)?, v.u16(4)?);
    let value = v.cut(size).skip(HEADER);
    if vendor != 0 {
        o.put(("VENDOR", Hex4(vendor), ":ATTR", Hex4(kind), "(", Octets(value.data()), ")"));
        return Ok(size);
    }
    o.put((named_dec(NAMES, kind, "AVP-#"), "("));
    if flags & HIDDEN != 0 {
        o.put("???");
    } else if self::value(o, value, kind).is_err() {
        // The attribute was captured whole: only its own length can be short.
        o.put("AVP too short");
    }
    o.put(")");
    Ok(size)
}

/// The value of an attribute; an error means that it is too short.
fn value(o: &mut Out, v: View<'_>, kind: u16) -> Step {
    match kind {
        0 => o.put(named_dec(MESSAGES, v.u16(0)?, "MSGTYPE-#")),
        1 => result_code(o, v)?,
        2 => o.put((v.u8(0)?, ".", v.u8(1)?)),
        3 | 19 => capabilities(o, v.u32(0)?, "S"),
        4 | 18 => capabilities(o, v.u32(0)?, "D"),
        5 => o.put(Octets(v.bytes(0, 8)?)),
        6 | 9 | 10 | 14 => o.put(v.u16(0)?),
        7 | 8 | 21 | 22 | 23 | 30 | 37 => o.put(Chars(v.data())),
        11 | 26 | 27 | 28 | 31 | 33 | 36 => o.put(Octets(v.data())),
        12 => {
            v.check(3)?;
            o.put((v.u16(0)?, ", ", Hex2(v.u8(2)?)));
            message(o, v.skip(3));
        }
        13 => o.put(Octets(v.bytes(0, 16)?)),
        15 | 16 | 17 | 24 | 25 | 38 => o.put(v.u32(0)?),
        20 => o.put("obsolete"),
        29 => o.put(named_dec(AUTHENTICATION_TYPES, v.u16(0)?, "AuthType-#")),
        32 => o.put(v.u16(0)? & 0xff),
        34 => {
            let names = ["CRCErr=", "FrameErr=", "HardOver=", "BufOver=", "Timeout=", "AlignErr="];
            for (i, name) in names.into_iter().enumerate() {
                o.put((name, v.u32(2 + i * 4)?, " "));
            }
        }
        35 => {
            o.put(("send=", Hex8(v.u32(2)?), " "));
            o.put(("recv=", Hex8(v.u32(6)?), " "));
        }
        46 => {
            v.check(5)?;
            o.put((Hex4(v.u16(0)?), ", ", Hex4(v.u16(2)?), " ", named_dec(DIRECTIONS, v.u8(4)?, "Direction-#")));
            message(o, v.skip(5));
        }
        _ => {}
    }
    Ok(())
}

/// `A` for asynchronous or analog, and `other` for its opposite.
fn capabilities(o: &mut Out, bits: u32, other: &'static str) {
    o.put((bits & 2 != 0).then_some("A"));
    o.put((bits & 1 != 0).then_some(other));
}

fn message(o: &mut Out, v: View<'_>) {
    if v.caplen() > 0 {
        o.put((" ", Chars(v.data())));
    }
}

/// The result and error codes (RFC 2661, section 4.4.2).
fn result_code(o: &mut Out, v: View<'_>) -> Step {
    o.put(v.u16(0)?);
    match v.caplen() {
        2 => {}
        3 => o.put(" AVP too short"),
        _ => {
            o.put(("/", v.u16(2)?));
            message(o, v.skip(4));
        }
    }
    Ok(())
}
