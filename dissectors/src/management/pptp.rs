//! PPTP control messages (RFC 2637, section 2).

use super::pptp_fields;
use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Hex8, Table, named};
use crate::view::{Step, Stop, View};

const LENGTH: Field<u16> = Field::new("pptp.length", 0);
const TYPE: Field<u16> = Field::new("pptp.type", 2);
const COOKIE: Field<u32> = Field::new("pptp.magic_cookie", 4);
const CONTROL: Field<u16> = Field::new("pptp.control_message_type", 8);
const RESERVED: usize = 10;
const HEADER: usize = 12;

const MAGIC: u32 = 0x1a2b_3c4d;
const CONTROLS: [&str; 16] = [
    "NOT_DEFINED",
    "SCCRQ",
    "SCCRP",
    "StopCCRQ",
    "StopCCRP",
    "ECHORQ",
    "ECHORP",
    "OCRQ",
    "OCRP",
    "ICRQ",
    "ICRP",
    "ICCN",
    "CCRQ",
    "CDN",
    "WEN",
    "SLI",
];

const START_RESULTS: Table = &[
    (1, "Successful channel establishment"),
    (2, "General error"),
    (3, "Command channel already exists"),
    (4, "Requester is not authorized to establish a command channel"),
    (5, "The protocol version of the requester is not supported"),
];
const ECHO_RESULTS: Table = &[(1, "OK"), (2, "General Error")];
const OUTGOING_RESULTS: Table = &[
    (1, "Connected"),
    (2, "General Error"),
    (3, "No Carrier"),
    (4, "Busy"),
    (5, "No Dial Tone"),
    (6, "Time-out"),
    (7, "Do Not Accept"),
];
const INCOMING_RESULTS: Table = &[(1, "Connect"), (2, "General Error"), (3, "Do Not Accept")];
const DISCONNECT_RESULTS: Table = &[(1, "Lost Carrier"), (2, "General Error"), (3, "Admin Shutdown"), (4, "Request")];
const REASONS: Table = &[(1, "None"), (2, "Stop-Protocol"), (3, "Stop-Local-Shutdown")];
const ERRORS: Table = &[
    (0, "None"),
    (1, "Not-Connected"),
    (2, "Bad-Format"),
    (3, "Bad-Value"),
    (4, "No-Resource"),
    (5, "Bad-Call-ID"),
    (6, "PAC-Error"),
];
const BEARERS: Table = &[(1, "A"), (2, "D"), (3, "Any")];
const FRAMINGS: Table = &[(1, "A"), (2, "S"), (3, "E")];

/// How a field of a message is written.
#[derive(Clone, Copy)]
enum Form {
    /// A 16-bit number in brackets after its name.
    Short(&'static str),
    /// A 32-bit number.
    Long(&'static str),
    /// A 32-bit map.
    Map(&'static str),
    /// Two octets joined by a period.
    Version,
    /// Octets that should be zero.
    Reserved1,
    Reserved2,
    /// A result by its table.
    Result(Table),
    Error,
    Reason,
    FramingCapabilities,
    BearerCapabilities,
    BearerType,
    FramingType,
    /// Text of 64 octets, as far as a length field before it says.
    Text64(&'static str, Option<usize>),
    Text128(&'static str),
}
use Form::*;

/// The fields of each message behind the header: offset and form.
const MESSAGES: [&[(usize, Form)]; 16] = [
    &[],
    &[
        (0, Version),
        (2, Reserved2),
        (4, FramingCapabilities),
        (8, BearerCapabilities),
        (12, Short(" MAX_CHAN(")),
        (14, Short(" FIRM_REV(")),
        (16, Text64(" HOSTNAME(", None)),
        (80, Text64(" VENDOR(", None)),
    ],
    &[
        (0, Version),
        (2, Result(START_RESULTS)),
        (3, Error),
        (4, FramingCapabilities),
        (8, BearerCapabilities),
        (12, Short(" MAX_CHAN(")),
        (14, Short(" FIRM_REV(")),
        (16, Text64(" HOSTNAME(", None)),
        (80, Text64(" VENDOR(", None)),
    ],
    &[(0, Reason), (1, Reserved1), (2, Reserved2)],
    &[(0, Result(ECHO_RESULTS)), (1, Error), (2, Reserved2)],
    &[(0, Long(" ID("))],
    &[(0, Long(" ID(")), (4, Result(ECHO_RESULTS)), (5, Error), (6, Reserved2)],
    &[
        (0, Short(" CALL_ID(")),
        (2, Short(" CALL_SER_NUM(")),
        (4, Long(" MIN_BPS(")),
        (8, Long(" MAX_BPS(")),
        (12, BearerType),
        (16, FramingType),
        (20, Short(" RECV_WIN(")),
        (22, Short(" PROC_DELAY(")),
        (24, Short(" PHONE_NO_LEN(")),
        (26, Reserved2),
        (28, Text64(" PHONE_NO(", Some(24))),
        (92, Text64(" SUB_ADDR(", None)),
    ],
    &[
        (0, Short(" CALL_ID(")),
        (2, Short(" PEER_CALL_ID(")),
        (4, Result(OUTGOING_RESULTS)),
        (5, Error),
        (6, Short(" CAUSE_CODE(")),
        (8, Long(" CONN_SPEED(")),
        (12, Short(" RECV_WIN(")),
        (14, Short(" PROC_DELAY(")),
        (16, Long(" PHY_CHAN_ID(")),
    ],
    &[
        (0, Short(" CALL_ID(")),
        (2, Short(" CALL_SER_NUM(")),
        (4, BearerType),
        (8, Long(" PHY_CHAN_ID(")),
        (12, Short(" DIALED_NO_LEN(")),
        (14, Short(" DIALING_NO_LEN(")),
        (16, Text64(" DIALED_NO(", Some(12))),
        (80, Text64(" DIALING_NO(", Some(14))),
        (144, Text64(" SUB_ADDR(", None)),
    ],
    &[
        (0, Short(" CALL_ID(")),
        (2, Short(" PEER_CALL_ID(")),
        (4, Result(INCOMING_RESULTS)),
        (5, Error),
        (6, Short(" RECV_WIN(")),
        (8, Short(" PROC_DELAY(")),
        (10, Reserved2),
    ],
    &[
        (0, Short(" PEER_CALL_ID(")),
        (2, Reserved2),
        (4, Long(" CONN_SPEED(")),
        (8, Short(" RECV_WIN(")),
        (10, Short(" PROC_DELAY(")),
        (12, FramingType),
    ],
    &[(0, Short(" CALL_ID(")), (2, Reserved2)],
    &[
        (0, Short(" CALL_ID(")),
        (2, Result(DISCONNECT_RESULTS)),
        (3, Error),
        (4, Short(" CAUSE_CODE(")),
        (6, Reserved2),
        (8, Text128(" CALL_STATS(")),
    ],
    &[
        (0, Short(" PEER_CALL_ID(")),
        (2, Reserved2),
        (4, Long(" CRC_ERR(")),
        (8, Long(" FRAMING_ERR(")),
        (12, Long(" HARDWARE_OVERRUN(")),
        (16, Long(" BUFFER_OVERRUN(")),
        (20, Long(" TIMEOUT_ERR(")),
        (24, Long(" ALIGN_ERR(")),
    ],
    &[(0, Short(" PEER_CALL_ID(")), (2, Reserved2), (4, Map(" SEND_ACCM(0x")), (8, Map(" RECV_ACCM(0x"))],
];

/// A message at the start of a segment.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "pptp";
    o.put(": pptp");
    if o.opt.verbose > 0 {
        o.put((" Length=", LENGTH.show(v.get(LENGTH)?)));
        let kind = v.get(TYPE)?;
        let name = match kind {
            1 => " CTRL-MSG",
            2 => " MGMT-MSG",
            _ => " UNKNOWN-MSG-TYPE",
        };
        o.put(TYPE.text(kind, name));
    }
    let cookie = v.get(COOKIE)?;
    if cookie != MAGIC {
        o.put((" UNEXPECTED Magic-Cookie!!(", Hex8(cookie), ")"));
    }
    if o.opt.verbose > 0 || cookie != MAGIC {
        o.put((" Magic-Cookie=", COOKIE.text(cookie, Hex8(cookie))));
    }
    let control = v.get(CONTROL)?;
    let index = usize::from(control);
    match CONTROLS.get(index) {
        Some(&name) => o.put((" CTRL_MSGTYPE=", CONTROL.text(control, name))),
        None => o.put((" UNKNOWN_CTRL_MSGTYPE(", CONTROL.show(control), ")")),
    }
    reserved(o, v.u16(RESERVED)?);
    pptp_fields::note(o, v, control);
    let body = v.skip(HEADER);
    for &(at, form) in MESSAGES.get(index).copied().unwrap_or(&[]) {
        field(o, body, at, form)?;
    }
    Ok(())
}

fn reserved(o: &mut Out, value: u16) {
    if value != 0 {
        o.put((" [ERROR: reserved=", value, " must be zero]"));
    }
}

/// A code, and with `-v` its name.
fn code(o: &mut Out, before: &str, code: u8, names: Table) {
    o.put((before, code));
    if o.opt.verbose > 0 {
        o.put((":", named(names, code, "?")));
    }
    o.put(")");
}

fn field(o: &mut Out, v: View<'_>, at: usize, form: Form) -> Step {
    match form {
        Short(name) => o.put((name, v.u16(at)?, ")")),
        Long(name) => o.put((name, v.u32(at)?, ")")),
        Map(name) => o.put((name, Hex8(v.u32(at)?), ")")),
        Version => o.put((" PROTO_VER(", v.u8(at)?, ".", v.u8(at + 1)?, ")")),
        Reserved1 => reserved(o, v.u8(at)?.into()),
        Reserved2 => reserved(o, v.u16(at)?),
        Result(names) => code(o, " RESULT_CODE(", v.u8(at)?, names),
        Error => code(o, " ERR_CODE(", v.u8(at)?, ERRORS),
        Reason => code(o, " REASON(", v.u8(at)?, REASONS),
        FramingCapabilities => {
            o.put(" FRAME_CAP(");
            let bits = v.u32(at)?;
            o.put((if bits & 1 != 0 { "A" } else { "" }, if bits & 2 != 0 { "S" } else { "" }, ")"));
        }
        BearerCapabilities => {
            let bits = v.u32(at)?;
            o.put((" BEARER_CAP(", if bits & 2 != 0 { "D" } else { "" }, if bits & 1 != 0 { "A" } else { "" }, ")"));
        }
        BearerType => o.put((" BEARER_TYPE(", named(BEARERS, v.u32(at)?, "?"), ")")),
        FramingType => o.put((" FRAME_TYPE(", named(FRAMINGS, v.u32(at)?, "?"), ")")),
        Text64(name, length) => {
            let octets = match length {
                Some(length) => usize::from(v.u16(length)?).min(64),
                None => 64,
            };
            text(o, v.skip(at), name, octets)?;
        }
        Text128(name) => text(o, v.skip(at), name, 128)?,
    }
    Ok(())
}

fn text(o: &mut Out, v: View<'_>, name: &str, octets: usize) -> Step {
    o.put(name);
    if o.until_nul(v, octets) {
        return Err(Stop::Truncated);
    }
    o.put(")");
    Ok(())
}
