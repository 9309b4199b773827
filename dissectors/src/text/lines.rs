//! Protocols of text lines: FTP (RFC 959), SMTP (RFC 5321), WHOIS (RFC 3912),
//! HTTP (RFC 9112), RTSP (RFC 2326) and SIP (RFC 3261).
//!
//! The first line is printed, with `-v` all lines up to the first that is not
//! text. Where a message has a start line, packets without one are taken for the
//! rest of a body and have only the protocol's name printed.

use crate::below::Below;
use crate::out::Out;
use crate::text::{line_fields, sip_fields};
use crate::view::{Step, View};

/// Ports of servers.
const FTP: u16 = 21;
const SMTP: u16 = 25;
const WHOIS: u16 = 43;

/// A longer word is neither a method nor a status code.
const MAX_TOKEN: usize = 128;

const HTTP_METHODS: &[&str] = &[
    "GET",
    "PUT",
    "COPY",
    "HEAD",
    "LOCK",
    "MOVE",
    "POLL",
    "POST",
    "BCOPY",
    "BMOVE",
    "MKCOL",
    "TRACE",
    "LABEL",
    "MERGE",
    "DELETE",
    "SEARCH",
    "UNLOCK",
    "REPORT",
    "UPDATE",
    "NOTIFY",
    "BDELETE",
    "CONNECT",
    "OPTIONS",
    "CHECKIN",
    "PROPFIND",
    "CHECKOUT",
    "CCM_POST",
    "SUBSCRIBE",
    "PROPPATCH",
    "BPROPFIND",
    "BPROPPATCH",
    "UNCHECKOUT",
    "MKACTIVITY",
    "MKWORKSPACE",
    "UNSUBSCRIBE",
    "RPC_CONNECT",
    "VERSION-CONTROL",
    "BASELINE-CONTROL",
];

const RTSP_METHODS: &[&str] = &[
    "DESCRIBE",
    "ANNOUNCE",
    "GET_PARAMETER",
    "OPTIONS",
    "PAUSE",
    "PLAY",
    "RECORD",
    "REDIRECT",
    "SETUP",
    "SET_PARAMETER",
    "TEARDOWN",
];

const SIP_METHODS: &[&str] = &[
    "ACK",
    "BYE",
    "CANCEL",
    "DO",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "QAUTH",
    "REFER",
    "REGISTER",
    "SPRACK",
    "SUBSCRIBE",
    "UPDATE",
    "PUBLISH",
];

/// FTP: commands and replies only.
pub(crate) fn ftp(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ftp";
    if o.tree.is_some() && !v.payload().is_empty() {
        line_fields::ftp(o, v.payload(), below.sport == FTP);
    }
    lines(o, v, ": FTP", true)
}

/// SMTP: any line, message text included.
pub(crate) fn smtp(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "smtp";
    if o.tree.is_some() {
        line_fields::smtp(o, v.payload(), below.sport == SMTP);
    }
    lines(o, v, ": SMTP", true)
}

/// WHOIS: any line.
pub(crate) fn whois(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "whois";
    if o.tree.is_some() && !v.payload().is_empty() {
        line_fields::whois(o, v.payload(), below.sport == WHOIS);
    }
    lines(o, v, ": WHOIS", true)
}

/// HTTP with WebDAV and its relatives.
pub(crate) fn http(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "http";
    lines(o, v, ": HTTP", has_start_line(v, HTTP_METHODS))
}

/// RTSP.
pub(crate) fn rtsp(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "rtsp";
    let starts = has_start_line(v, RTSP_METHODS);
    if o.tree.is_some() && starts {
        line_fields::rtsp(o, v.payload());
    }
    lines(o, v, ": RTSP", starts)
}

/// SIP.
pub(crate) fn sip(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "sip";
    let starts = has_start_line(v, SIP_METHODS);
    if o.tree.is_some() && starts {
        sip_fields::note(o, v.payload());
    }
    lines(o, v, "SIP", starts)
}

/// Whether a request's method or, as second word, a status code of three digits
/// stands at the start.
fn has_start_line(v: View<'_>, methods: &[&str]) -> bool {
    let Some((first, rest)) = token(v) else { return false };
    let is_method = methods.iter().any(|method| method.as_bytes().eq_ignore_ascii_case(first));
    is_method || token(rest).is_some_and(|(second, _)| second.len() == 3 && second.iter().all(u8::is_ascii_digit))
}

/// The word at the start and what follows the space behind it; nothing if the
/// word is empty, cut or not text.
fn token(v: View<'_>) -> Option<(&[u8], View<'_>)> {
    let mut end = 0;
    while end < v.len() {
        match v.u8(end).ok()? {
            b' ' | b'\t' | b'\r' | b'\n' => break,
            0x21..=0x7e if end < MAX_TOKEN => end += 1,
            _ => return None,
        }
    }
    let word = v.bytes(0, end).ok().filter(|word| !word.is_empty())?;
    let mut next = end;
    while next < v.len() && v.u8(next) == Ok(b' ') {
        next += 1;
    }
    Some((word, v.skip(next)))
}

/// Prints `name`, and the lines of `v` behind it if they are text.
fn lines(o: &mut Out, v: View<'_>, name: &str, are_text: bool) -> Step {
    o.put(name);
    // The lines themselves have no fields.
    if !are_text || o.tree.is_some() {
        return Ok(());
    }
    if o.opt.verbose == 0 {
        return line(o, v, ": ").map(drop);
    }
    o.put((", length: ", v.len()));
    let mut rest = v;
    while !rest.is_empty() {
        match line(o, rest, "\n\t")? {
            0 => break,
            taken => rest = rest.skip(taken),
        }
    }
    Ok(())
}

/// Prints the first line of `v` after `before`: the octets it takes, zero if no
/// line follows. A line with anything but printable characters is not printed,
/// nor is one whose end was not captured.
fn line(o: &mut Out, v: View<'_>, before: &str) -> Step<usize> {
    let mut end = 0;
    let mut taken = 0;
    while end < v.len() {
        match v.u8(end)? {
            b'\n' => {
                taken = end + 1;
                break;
            }
            b'\r' if end + 1 < v.len() && v.u8(end + 1)? == b'\n' => {
                taken = end + 2;
                break;
            }
            0x20..=0x7e | b'\t' => end += 1,
            _ => return Ok(0),
        }
    }
    o.put(before);
    o.line.bytes(v.bytes(0, end)?);
    Ok(taken)
}
