//! TFTP (RFC 1350) with its options (RFC 2347).

use crate::below::Below;
use crate::field::Field;
use crate::out::Out;
use crate::put::{Named, Otherwise, Table, lookup};
use crate::view::{Step, Stop, View};

const OPERATION: Field<u16> = Field::new("tftp.opcode", 0);
const BLOCK: Field<u16> = Field::new("tftp.block", 2);
const ERROR_CODE: Field<u16> = Field::new("tftp.error.code", 2);

const READ: u16 = 1;
const WRITE: u16 = 2;
const DATA: u16 = 3;
const ACKNOWLEDGMENT: u16 = 4;
const ERROR: u16 = 5;
const OPTIONS: u16 = 6;
const OPERATIONS: Table = &[(1, "RRQ"), (2, "WRQ"), (3, "DATA"), (4, "ACK"), (5, "ERROR"), (6, "OACK")];
const ERRORS: Table = &[
    (0, "EUNDEF"),
    (1, "ENOTFOUND"),
    (2, "EACCESS"),
    (3, "ENOSPACE"),
    (4, "EBADOP"),
    (5, "EBADID"),
    (6, "EEXISTS"),
    (7, "ENOUSER"),
];

/// A message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "tftp";
    o.put(("TFTP, length ", v.len()));
    if o.tree.is_some() {
        note(o, v.payload());
    }
    message(o, v)
}

/// Options of a packet beyond so many are not noted.
const MAX_OPTIONS: usize = 64;

/// Notes the texts of a message: the file, the mode, the error, the options.
fn note(o: &mut Out, octets: &[u8]) {
    let Some((&operation, rest)) = octets.split_first_chunk() else { return };
    let operation = u16::from_be_bytes(operation);
    let mut texts = rest.split(|&octet| octet == 0);
    match operation {
        READ | WRITE => {
            let file = if operation == READ { id!("tftp.source_file") } else { id!("tftp.destination_file") };
            o.note_octets(file, texts.next().unwrap_or_default());
            if let Some(mode) = texts.next().filter(|mode| !mode.is_empty()) {
                o.note_octets(id!("tftp.type"), mode);
            }
        }
        ERROR => {
            if let Some(text) = rest.get(2..) {
                let text = text.split(|&octet| octet == 0).next().unwrap_or_default();
                o.note_octets(id!("tftp.error.message"), text);
            }
            return;
        }
        OPTIONS => {}
        _ => return,
    }
    for _ in 0..MAX_OPTIONS {
        let (Some(name), Some(value)) = (texts.next(), texts.next()) else { return };
        o.note_octets(id!("tftp.option.name"), name);
        o.note_octets(id!("tftp.option.value"), value);
    }
}

fn message(o: &mut Out, v: View<'_>) -> Step {
    let claimed = |octets: usize| if v.len() < octets { Err(Stop::Cut) } else { Ok(()) };
    claimed(2)?;
    let operation = v.get(OPERATION)?;
    let Some(name) = lookup(OPERATIONS, operation.into()) else {
        o.put((", tftp-#", OPERATION.show(operation)));
        return Ok(());
    };
    o.put((", ", OPERATION.text(operation, name)));
    match operation {
        READ | WRITE => {
            claimed(3)?;
            o.put(" \"");
            let rest = text(o, v.skip(2), "\"")?;
            if rest.is_empty() {
                return Err(Stop::Cut);
            }
            o.put(" ");
            let rest = text(o, rest, "")?;
            options(o, rest)
        }
        DATA | ACKNOWLEDGMENT => {
            claimed(4)?;
            o.put((" block ", BLOCK.show(v.get(BLOCK)?)));
            Ok(())
        }
        ERROR => {
            claimed(4)?;
            let code = v.get(ERROR_CODE)?;
            // A code without a name has a quotation mark behind it.
            let code_name = Named(ERRORS, code.into(), Otherwise::Dec("tftp-err-#", " \""));
            o.put((" ", ERROR_CODE.text(code, code_name)));
            claimed(5)?;
            o.put(" \"");
            text(o, v.skip(4), "\"").map(drop)
        }
        _ => options(o, v.skip(2)),
    }
}

/// Names and values to the end, each after a space unless it is empty.
fn options(o: &mut Out, v: View<'_>) -> Step {
    let mut rest = v;
    while !rest.is_empty() {
        if rest.u8(0)? != 0 {
            o.put(" ");
        }
        rest = text(o, rest, "")?;
    }
    Ok(())
}

/// Prints the text up to its NUL and then `after`; what follows the NUL.
fn text<'p>(o: &mut Out, v: View<'p>, after: &str) -> Step<View<'p>> {
    let end = v.payload().iter().position(|&byte| byte == 0);
    o.until_nul(v, v.len());
    o.put(after);
    end.map(|end| v.skip(end + 1)).ok_or(Stop::Cut)
}
