//! The Configuration Testing Protocol, "loopback" (Ethernet 2.0, section 8).

use crate::below::Below;
use crate::out::Out;
use crate::put::{Mac, Named, Otherwise, Table};
use crate::view::{Step, Stop, View};

const REPLY: u16 = 1;
const FORWARD: u16 = 2;
const FUNCTIONS: Table = &[(1, "Reply"), (2, "Forward Data")];

/// Octets of a number of the protocol, all of them little-endian.
const WORD: usize = 2;
/// Octets of a forwarding address.
const ADDRESS: usize = 6;

/// A loopback message behind the octets to skip.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "loopback";
    o.put("Loopback");
    let mut rest = v;
    match message(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            rest.need(rest.len())
        }
        other => other,
    }
}

/// Prints a message; `rest` is what is left where it stops.
fn message(o: &mut Out, rest: &mut View<'_>) -> Step {
    let skipped = word(rest)?;
    o.note(id!("loop.skipcount"), skipped);
    o.put((", skipCount ", skipped));
    if skipped % 8 != 0 {
        o.put(" (bogus)");
    }
    take(rest, skipped.into())?;
    let function = word(rest)?;
    o.note(id!("loop.relevant_function"), function);
    o.put((", ", Named(FUNCTIONS, function.into(), Otherwise::Dec(" invalid (", ")"))));
    match function {
        REPLY => {
            let receipt = word(rest)?;
            o.note(id!("loop.receipt_number"), receipt);
            o.put((", receipt number ", receipt, ", data (", rest.len(), " octets)"));
        }
        FORWARD => {
            let address = Mac(take(rest, ADDRESS)?.array(0)?);
            o.note(id!("loop.forwarding_address"), address);
            o.put((", forwarding address ", address, ", data (", rest.len(), " octets)"));
        }
        _ => {}
    }
    rest.need(rest.len())
}

/// The next little-endian number.
fn word(rest: &mut View<'_>) -> Step<u16> {
    take(rest, WORD)?.le16(0)
}

/// The next `n` octets, which must be both claimed and captured.
fn take<'p>(rest: &mut View<'p>, n: usize) -> Step<View<'p>> {
    if rest.len() < n {
        return Err(Stop::Malformed);
    }
    rest.need(n)?;
    let taken = rest.cut(n);
    *rest = rest.skip(n);
    Ok(taken)
}
