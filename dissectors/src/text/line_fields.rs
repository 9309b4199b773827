//! FTP (RFC 959, RFC 2428), SMTP (RFC 5321), WHOIS (RFC 3912) and RTSP (RFC 2326) for
//! the tree: the commands, replies and start lines that a segment begins with.

use crate::fields::Id;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::text::http_fields::line;

/// Lines of a segment beyond so many are not looked at.
const MAX_LINES: usize = 256;
/// Digits of a reply.
const CODE: usize = 3;

/// The first line with its end; all if it does not end.
fn whole_line(octets: &[u8]) -> (&[u8], &[u8]) {
    let end = octets.iter().position(|&octet| octet == b'\n').map_or(octets.len(), |at| at + 1);
    octets.split_at(end)
}

/// The first word and what is behind the space.
fn word(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|&octet| octet == b' ') {
        Some(at) => (&line[..at], &line[at + 1..]),
        None => (line, &[]),
    }
}

/// A number in decimal.
pub(super) fn number(text: &[u8]) -> Option<u32> {
    str::from_utf8(text).ok()?.trim().parse().ok()
}

/// A reply's code and its text.
fn code(line: &[u8]) -> Option<(u32, &[u8])> {
    let digits = line.get(..CODE).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    Some((number(digits)?, line.get(CODE + 1..).unwrap_or_default()))
}

/// Notes a command or, from the server, a reply of FTP.
pub(super) fn ftp(o: &mut Out, octets: &[u8], from_server: bool) {
    let text = whole_line(octets).0.trim_ascii_end();
    o.note(id!("ftp.request"), !from_server);
    o.note(id!("ftp.response"), from_server);
    if from_server {
        let Some((code, argument)) = code(text) else { return };
        o.note(id!("ftp.response.code"), code);
        optional(o, id!("ftp.response.arg"), argument);
        let inside = argument.split(|&octet| octet == b'(').nth(1).unwrap_or_default();
        match code {
            227 => address(o, inside, id!("ftp.passive.ip"), id!("ftp.passive.port")),
            229 => {
                let port = inside.split(|&octet| octet == b'|').nth(3).and_then(number);
                port.into_iter().for_each(|port| o.note(id!("ftp.epsv.port"), port));
            }
            _ => {}
        }
        return;
    }
    let (command, argument) = word(text);
    o.note_octets(id!("ftp.request.command"), command);
    optional(o, id!("ftp.request.arg"), argument);
    if command.eq_ignore_ascii_case(b"PORT") {
        address(o, argument, id!("ftp.active.cip"), id!("ftp.active.port"));
    } else if command.eq_ignore_ascii_case(b"EPRT") {
        extended(o, argument);
    }
}

fn optional(o: &mut Out, field: Id, text: &[u8]) {
    if !text.is_empty() {
        o.note_octets(field, text);
    }
}

/// `h1,h2,h3,h4,p1,p2` (RFC 959, section 4.1.2).
fn address(o: &mut Out, text: &[u8], ip: Id, port: Id) {
    let mut numbers = [0; 6];
    let mut parts = text.split(|octet| !octet.is_ascii_digit());
    for room in &mut numbers {
        let Some(part) = parts.next().and_then(number).and_then(|part| u8::try_from(part).ok()) else { return };
        *room = part;
    }
    let [a, b, c, d, high, low] = numbers;
    o.note(ip, Ipv4([a, b, c, d]));
    o.note(port, u16::from_be_bytes([high, low]));
}

/// `|family|address|port|` (RFC 2428, section 2).
fn extended(o: &mut Out, text: &[u8]) {
    let Some(&separator) = text.first() else { return };
    let mut parts = text.split(|&octet| octet == separator).skip(1);
    let mut next = || str::from_utf8(parts.next()?).ok();
    let (Some(family), Some(address), Some(port)) = (next(), next(), next()) else { return };
    if let Ok(family) = family.parse::<u8>() {
        o.note(id!("ftp.eprt.af"), family);
    }
    if let Ok(address) = address.parse::<std::net::Ipv4Addr>() {
        o.note(id!("ftp.eprt.ip"), Ipv4(address.octets()));
    } else if let Ok(address) = address.parse::<std::net::Ipv6Addr>() {
        o.note(id!("ftp.eprt.ipv6"), Ipv6(address.octets()));
    }
    if let Ok(port) = port.parse::<u16>() {
        o.note(id!("ftp.eprt.port"), port);
    }
}

/// The commands of SMTP; other lines of a client are message text.
const SMTP_COMMANDS: [&[u8]; 22] = [
    b"ATRN",
    b"AUTH",
    b"BDAT",
    b"DATA",
    b"EHLO",
    b"ETRN",
    b"EXPN",
    b"HELO",
    b"HELP",
    b"LHLO",
    b"MAIL",
    b"NOOP",
    b"QUIT",
    b"RCPT",
    b"RSET",
    b"SAML",
    b"SEND",
    b"SOML",
    b"STARTTLS",
    b"TURN",
    b"VRFY",
    b"XCLIENT",
];

/// Notes commands or, from the server, replies of SMTP.
pub(super) fn smtp(o: &mut Out, octets: &[u8], from_server: bool) {
    let mut rest = octets;
    let mut first = true;
    let mut goes_on = false;
    for _ in 0..MAX_LINES {
        let (whole, behind) = whole_line(rest);
        let text = whole.trim_ascii_end();
        if text.is_empty() {
            return;
        }
        rest = behind;
        if !from_server {
            let (command, parameter) = word(text);
            if !SMTP_COMMANDS.iter().any(|known| known.eq_ignore_ascii_case(command)) {
                return;
            }
            o.note(id!("smtp.req"), true);
            o.note_octets(id!("smtp.command_line"), whole);
            o.note_octets(id!("smtp.req.command"), command);
            optional(o, id!("smtp.req.parameter"), parameter);
            continue;
        }
        let Some((code, parameter)) = code(text) else { return };
        if first {
            o.note(id!("smtp.rsp"), true);
        }
        // Lines of one reply have a hyphen behind the code, but for its last.
        if !goes_on {
            o.note_octets(id!("smtp.response"), whole);
            o.note(id!("smtp.response.code"), code);
        }
        optional(o, id!("smtp.rsp.parameter"), parameter);
        goes_on = text.get(CODE) == Some(&b'-');
        first = false;
    }
}

/// Notes a question of WHOIS.
pub(super) fn whois(o: &mut Out, octets: &[u8], from_server: bool) {
    if !from_server {
        o.note_octets(id!("whois.query"), whole_line(octets).0);
    }
}

const RTSP_TEXTS: [(&[u8], Id); 3] = [
    (b"transport", Id::of("rtsp.transport")),
    (b"session", Id::of("rtsp.session")),
    (b"content-type", Id::of("rtsp.content-type")),
];

/// Notes the start line of RTSP and some headers.
pub(super) fn rtsp(o: &mut Out, octets: &[u8]) {
    let (whole, mut rest) = whole_line(octets);
    let (first, behind) = word(whole.trim_ascii_end());
    if first.starts_with(b"RTSP/") {
        o.note_octets(id!("rtsp.response"), whole);
        if let Some(status) = number(word(behind).0) {
            o.note(id!("rtsp.status"), status);
        }
    } else {
        o.note_octets(id!("rtsp.request"), whole);
        o.note_octets(id!("rtsp.method"), first);
        o.note_octets(id!("rtsp.url"), word(behind).0);
    }
    for _ in 0..MAX_LINES {
        let Some((name, value)) = header(&mut rest) else { return };
        if let Some((_, id)) = RTSP_TEXTS.iter().find(|row| row.0.eq_ignore_ascii_case(name)) {
            o.note_octets(*id, value);
        } else if name.eq_ignore_ascii_case(b"content-length")
            && let Some(length) = number(value)
        {
            o.note(id!("rtsp.content-length"), length);
        }
    }
}

/// The name and the value of the next header.
pub(super) fn header<'p>(rest: &mut &'p [u8]) -> Option<(&'p [u8], &'p [u8])> {
    let (text, behind) = line(rest)?;
    *rest = behind;
    let colon = text.iter().position(|&octet| octet == b':')?;
    Some((text[..colon].trim_ascii(), text[colon + 1..].trim_ascii()))
}
