//! Telnet for the tree (RFC 854, RFC 855): commands, options and lines of data, in
//! their order.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const INTERPRET: u8 = 255;
const DONT: u8 = 254;
const WILL: u8 = 251;
const SUBNEGOTIATE: u8 = 250;

const COMMAND: &[Slot] = &[Slot::new("telnet.cmd", 1, 1)];
const OPTION: &[Slot] = &[Slot::new("telnet.subcmd", 2, 1)];
/// A window's size (RFC 1073).
const SIZE: &[Slot] = &[Slot::new("telnet.naws_subopt.width", 0, 2), Slot::new("telnet.naws_subopt.height", 2, 2)];
const QUALIFIER: &[Slot] = &[Slot::new("telnet.subcmd", 0, 1)];

/// Notes a segment.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = segment(o, v);
    }
}

fn segment(o: &mut Out, mut v: View<'_>) -> Step {
    while !v.is_empty() {
        let taken = if v.u8(0)? == INTERPRET && v.u8(1)? != INTERPRET { command(o, v)? } else { text(o, v) };
        v = v.skip(taken);
    }
    Ok(())
}

/// Data up to the end of a line or a command, with doubled octets as they are: its
/// octets.
fn text(o: &mut Out, v: View<'_>) -> usize {
    let octets = v.payload();
    let mut end = 0;
    while end < octets.len() && octets[end] != b'\n' {
        if octets[end] == INTERPRET {
            if octets.get(end + 1) != Some(&INTERPRET) {
                break;
            }
            end += 1;
        }
        end += 1;
    }
    end = (end + usize::from(octets.get(end) == Some(&b'\n'))).clamp(1, octets.len().max(1));
    o.note_octets(id!("telnet.data"), octets.get(..end).unwrap_or_default());
    end
}

/// A command: its octets, for a subnegotiation those before what ends it.
fn command(o: &mut Out, v: View<'_>) -> Step<usize> {
    o.see_all(COMMAND, v);
    match v.u8(1)? {
        WILL..=DONT => {
            o.see_all(OPTION, v);
            Ok(3)
        }
        SUBNEGOTIATE => {
            o.see_all(OPTION, v);
            let rest = v.skip(3);
            let octets = rest.payload();
            let end = octets.iter().position(|&octet| octet == INTERPRET).unwrap_or(octets.len());
            parameters(o, rest.cut(end), v.u8(2)?);
            Ok(3 + end)
        }
        _ => Ok(2),
    }
}

/// What a subnegotiation of an option tells: the window's size, or text that is asked
/// for or sent (RFC 1079, RFC 1091, RFC 1096).
fn parameters(o: &mut Out, v: View<'_>, option: u8) {
    const TERMINAL: u8 = 24;
    const WINDOW: u8 = 31;
    const SPEED: u8 = 32;
    const DISPLAY: u8 = 35;
    const IS: u8 = 0;
    match option {
        WINDOW => o.see_all(SIZE, v),
        TERMINAL | SPEED | DISPLAY => {
            o.see_all(QUALIFIER, v);
            if v.u8(0) == Ok(IS) {
                o.note_octets(id!("telnet.string_subopt.value"), v.skip(1).payload());
            }
        }
        _ => {}
    }
}
