//! RESP, the Redis serialization protocol (version 2).

use crate::below::Below;
use crate::fields::Id;
use crate::out::Out;
use crate::put::Chars;
use crate::view::{Step, Stop, View};

const SIMPLE_STRING: u8 = b'+';
const ERROR: u8 = b'-';
const INTEGER: u8 = b':';
const BULK_STRING: u8 = b'$';
const ARRAY: u8 = b'*';

/// The values of a segment, one after the other.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "resp";
    o.put(": RESP");
    let mut rest = v;
    while !rest.is_empty() {
        match value(o, rest) {
            Ok(behind) => rest = behind,
            // Whatever is wrong, no further value can be found.
            Err(stop) => return Err(if stop == Stop::Malformed { Stop::Cut } else { stop }),
        }
    }
    Ok(())
}

/// One value; what follows it.
fn value<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    match octet(v, 0)? {
        kind @ (SIMPLE_STRING | ERROR | INTEGER) => {
            let v = v.skip(1);
            let end = find_line_end(v)?;
            note_line(o, kind, v.bytes(0, end)?);
            text(o, v, end)?;
            Ok(v.skip(end + 2))
        }
        BULK_STRING => bulk_string(o, v.skip(1)),
        ARRAY => array(o, v.skip(1)),
        _ => inline(o, v),
    }
}

/// An octet that is claimed and captured.
fn octet(v: View<'_>, at: usize) -> Step<u8> {
    if at < v.len() { v.u8(at) } else { Err(Stop::Cut) }
}

/// The octets before the next CR LF.
fn find_line_end(v: View<'_>) -> Step<usize> {
    v.payload().windows(2).position(|pair| pair == b"\r\n").ok_or(Stop::Cut)
}

fn text(o: &mut Out, v: View<'_>, length: usize) -> Step {
    o.put((" \"", Chars(v.bytes(0, length)?), "\""));
    Ok(())
}

/// A length as it is written before a bulk string or an array.
enum Length {
    Is(usize),
    Null,
    /// Not a usable number; the text that says so.
    Odd(&'static str),
}

/// The length at the start of `v`, and what follows its line.
fn length(v: View<'_>) -> Step<(Length, View<'_>)> {
    let negative = octet(v, 0)? == b'-';
    let digits = v.skip(usize::from(negative));
    let mut number = Some(0_i32);
    let mut at = 0;
    loop {
        let byte = octet(digits, at)?;
        if !byte.is_ascii_digit() {
            break;
        }
        number = number.and_then(|n| n.checked_mul(10)?.checked_add(i32::from(byte - b'0')));
        at += 1;
    }
    let rest = digits.skip(at);
    // Digits and CR LF, and nothing else; the rest follows what is wrong.
    if at == 0 || octet(rest, 0)? != b'\r' {
        return Ok((Length::Odd(" invalid"), rest.skip(1)));
    }
    if octet(rest, 1)? != b'\n' {
        return Ok((Length::Odd(" invalid"), rest.skip(2)));
    }
    let rest = rest.skip(2);
    let length = match (negative, number) {
        (true, Some(1)) => Length::Null,
        (true, _) => Length::Odd(" length negative and not -1"),
        (false, Some(number)) => Length::Is(number as usize),
        (false, None) => Length::Odd(" length too large"),
    };
    Ok((length, rest))
}

/// Notes a length, or -1 where there is nothing.
fn note_length(o: &mut Out, field: Id, length: &Length) {
    match length {
        Length::Is(length) => o.note(field, *length),
        Length::Null => o.note(field, -1_i64),
        Length::Odd(_) => {}
    }
}

/// Notes a value that is a line.
fn note_line(o: &mut Out, kind: u8, text: &[u8]) {
    match kind {
        SIMPLE_STRING => o.note_octets(id!("resp.string"), text),
        ERROR => o.note_octets(id!("resp.error"), text),
        _ => {
            if let Some(number) = str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok()) {
                o.note(id!("resp.integer"), number);
            }
        }
    }
}

/// Prints what is no number of octets or elements.
fn odd(o: &mut Out, length: &Length) {
    match length {
        Length::Is(_) => o.put(" empty"),
        Length::Null => o.put(" null"),
        Length::Odd(text) => o.put(*text),
    }
}

fn bulk_string<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let (length, v) = length(v)?;
    note_length(o, id!("resp.bulk_string.length"), &length);
    let Length::Is(octets) = length else {
        odd(o, &length);
        return Ok(v);
    };
    if octets > v.len() {
        return Err(Stop::Cut);
    }
    if octets == 0 {
        odd(o, &length);
    } else {
        v.check(octets)?;
        text(o, v, octets)?;
    }
    o.note_octets(id!("resp.bulk_string.value"), v.bytes(0, octets).unwrap_or_default());
    let v = v.skip(octets);
    Ok(v.skip(find_line_end(v)? + 2))
}

fn array<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let (length, mut rest) = length(v)?;
    note_length(o, id!("resp.array.length"), &length);
    let Length::Is(elements @ 1..) = length else {
        odd(o, &length);
        return Ok(rest);
    };
    o.nested(|o| {
        for _ in 0..elements {
            rest = value(o, rest)?;
        }
        Ok(())
    })?;
    Ok(rest)
}

/// A command as plain text, as somebody types it.
fn inline<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    let v = skip_line_ends(v)?;
    let end = v.payload().iter().position(|&byte| is_line_end(byte)).ok_or(ended(v))?;
    text(o, v, end)?;
    skip_line_ends(v.skip(end))
}

/// Why a line does not end: the capture or the segment does.
fn ended(v: View<'_>) -> Stop {
    if v.has(v.len()) { Stop::Cut } else { Stop::Truncated }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// What follows any CR and LF; an error if nothing at all is left.
fn skip_line_ends(v: View<'_>) -> Step<View<'_>> {
    octet(v, 0)?;
    let line_ends = v.payload().iter().take_while(|&&byte| is_line_end(byte)).count();
    if line_ends == v.caplen() && line_ends < v.len() { Err(Stop::Truncated) } else { Ok(v.skip(line_ends)) }
}
