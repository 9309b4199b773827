//! Call control and link management of Frame Relay (ITU-T Q.933; ANSI T1.617,
//! annex D).

use crate::field::Slot;
use crate::out::Out;
use crate::put::{Hex2, Named, Octets, Otherwise, Spaces, Table, lookup, named};
use crate::view::{Step, Stop, View};

const MESSAGES: Table = &[
    (0x00, "ESC to National"),
    (0x01, "Alert"),
    (0x02, "Call proceeding"),
    (0x07, "Connect"),
    (0x0f, "Connect ACK"),
    (0x03, "Progress"),
    (0x05, "Setup"),
    (0x45, "Disconnect"),
    (0x4d, "Release"),
    (0x5a, "Release Complete"),
    (0x46, "Restart"),
    (0x4e, "Restart ACK"),
    (0x7d, "Status Reply"),
    (0x75, "Status Enquiry"),
];
/// The information elements of the codesets 0 and 5.
const ELEMENTS: Table = &[
    (0x01, "ANSI Report Type"),
    (0x19, "ANSI Link Verify"),
    (0x03, "ANSI Link Verify"),
    (0x07, "ANSI PVC Status"),
    (0x51, "CCITT Report Type"),
    (0x53, "CCITT Link Verify"),
    (0x57, "CCITT PVC Status"),
];
const REPORTS: Table = &[(0, "Full Status"), (1, "Link verify"), (2, "Async PVC Status")];
/// The codeset that ANSI uses, which a locking shift announces.
const NATIONAL: u8 = 5;

/// The header for the tree; its call reference has a variable length.
const FIELDS: &[Slot] = &[Slot::new("q933.call_ref_len", 0, 1).bits(0, 15)];
const TYPE: &[Slot] = &[Slot::new("q933.message_type", 0, 1)];
const ELEMENT: &[Slot] = &[Slot::new("q933.information_element", 0, 1), Slot::new("q933.length", 1, 1)];
const REPORT: &[Slot] = &[Slot::new("q933.report_type", 0, 1)];
const VERIFICATION: &[Slot] =
    &[Slot::new("q933.link_verification.txseq", 0, 1), Slot::new("q933.link_verification.rxseq", 1, 1)];

/// Notes a call reference, whose first bit says which side chose it.
fn note_reference(o: &mut Out, v: View<'_>) {
    if o.tree.is_none() {
        return;
    }
    let Some((first, rest)) = v.data().split_first() else { return };
    o.note(id!("q933.call_ref_flag"), first & 0x80 != 0);
    let mut number = [0; 15];
    number[0] = first & 0x7f;
    number[1..v.caplen()].copy_from_slice(rest);
    o.note_octets(id!("q933.call_ref"), &number[..v.caplen()]);
}

/// The octet of a shift of codesets (Q.931, section 4.5.2).
fn is_shift(code: u8) -> bool {
    code & 0xf0 == 0x90
}

/// Which codeset the next information element is of.
#[derive(Clone, Copy)]
struct Codeset {
    current: u8,
    /// The codeset to return to behind the next element.
    back: Option<u8>,
}

impl Codeset {
    fn shift(&mut self, code: u8) {
        // A shift that does not lock holds for one element.
        self.back = (code & 8 != 0).then_some(self.current);
        self.current = code & 7;
    }

    fn has_names(self) -> bool {
        matches!(self.current, 0 | NATIONAL)
    }
}

/// A message behind its identifier.
pub(crate) fn dissect(o: &mut Out, v: View<'_>) -> Step {
    o.proto = "q.933";
    if !o.opt.link {
        o.put("Q.933");
    }
    match message(o, v) {
        Err(Stop::Malformed) => {
            o.truncated();
            Ok(())
        }
        other => other,
    }
}

/// Prints a message; it is malformed where it is cut.
fn message(o: &mut Out, v: View<'_>) -> Step {
    let (mut rest, mut codeset) = match header(o, v) {
        Ok(parts) => parts,
        Err(Stop::Malformed) => {
            if !o.opt.link {
                o.put(", ");
            }
            o.put(("length ", v.len()));
            return Err(Stop::Malformed);
        }
        Err(stop) => return Err(stop),
    };
    let mut used = false;
    while !rest.is_empty() {
        if used && let Some(back) = codeset.back.take() {
            codeset.current = back;
        }
        used = codeset.back.is_some();
        let result = element(o, &mut rest, &mut codeset, &mut used);
        match result {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(stop) => {
                if o.opt.verbose == 0 {
                    o.put((", length ", v.len()));
                }
                return Err(stop);
            }
        }
    }
    if o.opt.verbose == 0 {
        o.put((", length ", v.len()));
    }
    Ok(())
}

/// The next octet, if it is both claimed and captured.
fn take(rest: &mut View<'_>) -> Step<u8> {
    if rest.is_empty() {
        return Err(Stop::Malformed);
    }
    let octet = rest.u8(0).map_err(|_| Stop::Malformed)?;
    *rest = rest.skip(1);
    Ok(octet)
}

/// Prints the header; the result is what follows it and its codeset.
fn header<'p>(o: &mut Out, v: View<'p>) -> Step<(View<'p>, Codeset)> {
    let mut rest = v;
    o.see_all(FIELDS, v);
    let reference_len = usize::from(take(&mut rest)? & 15);
    let reference = rest;
    note_reference(o, reference.cut(reference_len));
    for _ in 0..reference_len {
        take(&mut rest)?;
    }
    o.see_all(TYPE, rest);
    let kind = take(&mut rest)?;
    let mut codeset = Codeset { current: 0, back: None };
    let mut ansi = false;
    if !rest.is_empty() {
        let code = rest.u8(0).map_err(|_| Stop::Malformed)?;
        if is_shift(code) {
            take(&mut rest)?;
            codeset.shift(code);
            ansi = codeset.back.is_none() && codeset.current == NATIONAL;
        }
    }
    if !o.opt.link {
        o.put(", ");
    }
    o.put((if ansi { "ANSI" } else { "CCITT" }, ", codeset ", codeset.current));
    // One octet is a reference unless the element behind it starts with zero.
    if reference_len > 1 || (reference_len == 1 && rest.u8(0)? != 0) {
        o.put((", Call Ref: 0x", Octets(reference.bytes(0, reference_len)?)));
    }
    if o.opt.verbose > 0 {
        o.put((", ", named(MESSAGES, kind, "unknown message"), " (0x", Hex2(kind), "), length ", v.len()));
    } else {
        o.put((", ", Named(MESSAGES, kind.into(), Otherwise::Hex("unknown message 0x", 2, ""))));
    }
    Ok((rest, codeset))
}

/// Prints the next information element; false if none can follow.
fn element(o: &mut Out, rest: &mut View<'_>, codeset: &mut Codeset, used: &mut bool) -> Step<bool> {
    let whole = *rest;
    let code = take(rest)?;
    if code & 0x80 != 0 {
        if is_shift(code) {
            codeset.shift(code);
            *used = false;
        }
        return Ok(true);
    }
    o.see_all(ELEMENT, whole);
    let length = usize::from(take(rest)?);
    if o.opt.verbose > 0 {
        let name = if codeset.has_names() { lookup(ELEMENTS, code.into()) } else { None };
        o.put(("\n\t", name.unwrap_or("unknown"), " IE (0x", Hex2(code), "), length ", length, ": "));
    }
    if code == 0 || length == 0 {
        return Ok(false);
    }
    if rest.len() < length || !rest.has(length) {
        return Err(Stop::Malformed);
    }
    let known = codeset.has_names() && value(o, code, rest.claim(length))?;
    if known && o.opt.verbose > 1 {
        o.unknown(*rest, "\n\t  ", length);
    } else if !known && o.opt.verbose > 0 {
        o.unknown(*rest, "\n\t", length);
    }
    *rest = rest.skip(length);
    Ok(true)
}

/// Prints the value of an element; false if it is not known.
fn value(o: &mut Out, code: u8, v: View<'_>) -> Step<bool> {
    let comma = |o: &mut Out| {
        if o.opt.verbose == 0 {
            o.put(", ");
        }
    };
    match code {
        0x01 | 0x51 => {
            o.see_all(REPORT, v);
            if o.opt.verbose > 0 {
                let report = v.u8(0)?;
                o.put((named(REPORTS, report, "unknown"), " (", report, ")"));
            }
        }
        0x03 | 0x19 | 0x53 => {
            comma(o);
            if v.len() < 2 {
                o.put("Invalid LINK VERIFY IE");
            } else {
                o.see_all(VERIFICATION, v);
                o.put(("TX Seq: ", Spaces(v.u8(0)?, 3), ", RX Seq: ", Spaces(v.u8(1)?, 3)));
            }
        }
        0x07 | 0x57 => {
            comma(o);
            status(o, v)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The status of a permanent virtual circuit (Q.933, A.3.3). The last octet of
/// the connection identifier and that of the status have their highest bit set.
fn status(o: &mut Out, v: View<'_>) -> Step {
    let length = v.len();
    let mut valid = (3..=5).contains(&length);
    for at in 0..length.min(5) {
        valid &= (v.u8(at)? & 0x80 != 0) == (at + 2 >= length);
    }
    if !valid {
        o.put("Invalid DLCI in PVC STATUS IE");
        return Ok(());
    }
    let mut dlci = u32::from(v.u8(0)? & 0x3f) << 4 | u32::from(v.u8(1)? & 0x78) >> 3;
    match length {
        4 => dlci = dlci << 6 | u32::from(v.u8(2)? & 0x7e) >> 1,
        5 => dlci = dlci << 13 | u32::from(v.u8(2)? & 0x7f) | u32::from(v.u8(3)? & 0x7e) >> 1,
        _ => {}
    }
    let state = v.u8(length - 1)?;
    o.note(id!("q933.dlci"), dlci);
    o.note(id!("q933.status"), state >> 1 & 7);
    o.put(("DLCI ", dlci, ": status ", if state & 8 != 0 { "New, " } else { "" }));
    o.put(if state & 2 != 0 { "Active" } else { "Inactive" });
    Ok(())
}
