//! Syslog in its BSD form (RFC 3164). The tree has what is before the text in the form
//! of RFC 5424 too.

use crate::below::Below;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table};
use crate::view::{Step, Stop, View};

/// The opening bracket of the priority.
/// Digits of a priority, at most.
const MAX_DIGITS: usize = 3;

const SEVERITIES: Table = &[
    (0, "emergency"),
    (1, "alert"),
    (2, "critical"),
    (3, "error"),
    (4, "warning"),
    (5, "notice"),
    (6, "info"),
    (7, "debug"),
];
const FACILITIES: Table = &[
    (0, "kernel"),
    (1, "user"),
    (2, "mail"),
    (3, "daemon"),
    (4, "auth"),
    (5, "syslog"),
    (6, "lpr"),
    (7, "news"),
    (8, "uucp"),
    (9, "cron"),
    (10, "authpriv"),
    (11, "ftp"),
    (12, "ntp"),
    (13, "security"),
    (14, "console"),
    (15, "cron"),
    (16, "local0"),
    (17, "local1"),
    (18, "local2"),
    (19, "local3"),
    (20, "local4"),
    (21, "local5"),
    (22, "local6"),
    (23, "local7"),
];
const UNKNOWN: Otherwise = Otherwise::Dec("unknown (", ")");

/// A message; its text with `-v`, all octets with `-vv`.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "syslog";
    let result = message(o, v);
    o.settle(result)
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    if v.u8(0)? != b'<' {
        return Err(Stop::Malformed);
    }
    let mut priority = 0;
    let mut at = 1;
    while at <= MAX_DIGITS && v.u8(at)?.is_ascii_digit() {
        priority = priority * 10 + u32::from(v.u8(at)? - b'0');
        at += 1;
    }
    if v.u8(at)? != b'>' {
        return Err(Stop::Malformed);
    }
    at += 1;
    let (facility, severity) = (priority >> 3, priority & 7);
    o.note(id!("syslog.facility"), facility);
    o.note(id!("syslog.level"), severity);
    if o.tree.is_some() {
        note(o, v.skip(at).payload());
    }
    let facility_name = Named(FACILITIES, facility, UNKNOWN);
    let severity_name = Named(SEVERITIES, severity, UNKNOWN);
    if o.opt.verbose == 0 {
        o.put(("SYSLOG ", facility_name, ".", severity_name, ", length: ", v.len()));
        return Ok(());
    }
    o.put(("SYSLOG, length: ", v.len()));
    o.put((
        "\n\tFacility ",
        facility_name,
        " (",
        facility,
        "), Severity ",
        severity_name,
        " (",
        severity,
        ")\n\tMsg: ",
    ));
    for at in at..v.len() {
        o.char(v.u8(at)?);
    }
    if o.opt.verbose > 1 {
        o.unknown(v, "\n\t", v.len());
    }
    Ok(())
}

/// Notes a message behind its priority.
fn note(o: &mut Out, text: &[u8]) {
    o.note_octets(id!("syslog.msg"), text);
    let mut words = text.split(|&octet| octet == b' ');
    if words.next() == Some(b"1") {
        o.note_octets(id!("syslog.version"), b"1");
        // Its time is text of another form.
        let names = [id!("syslog.hostname"), id!("syslog.appname"), id!("syslog.procid"), id!("syslog.msgid")];
        for (name, word) in names.into_iter().zip(words.skip(1)) {
            o.note_octets(name, word);
        }
        return;
    }
    let Some((time, rest)) = text.split_at_checked(TIME).filter(|(time, _)| is_time(time)) else { return };
    o.note_octets(id!("syslog.timestamp_rfc3164"), time);
    let mut words = rest.trim_ascii_start().splitn(2, |&octet| octet == b' ');
    o.note_octets(id!("syslog.hostname"), words.next().unwrap_or_default());
    let tag = words.next().unwrap_or_default();
    if let Some(end) = tag.iter().position(|&octet| matches!(octet, b':' | b'[')) {
        o.note_octets(id!("syslog.procid"), &tag[..end]);
    }
}

/// Octets of `Oct 11 22:14:15` (RFC 3164, section 4.1.2).
const TIME: usize = 15;

fn is_time(text: &[u8]) -> bool {
    const FORM: &[u8; TIME] = b"Aaa  0 00:00:00";
    text.iter().zip(FORM).enumerate().all(|(at, (&octet, &form))| match form {
        b'A' | b'a' => octet.is_ascii_alphabetic(),
        // The day may have one digit.
        b' ' if at == 4 => octet == b' ' || octet.is_ascii_digit(),
        b'0' => octet.is_ascii_digit(),
        form => octet == form,
    })
}
