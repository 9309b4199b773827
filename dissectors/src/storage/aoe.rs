//! ATA over Ethernet, version 1.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Hex2, Hex4, Hex8, Mac, Named, Otherwise, Table, bits, named};
use crate::view::{Step, Stop, View};

/// Octets of the header before the argument of a command.
const HEADER: usize = 10;

const VERSION: Field<u8> = Field::bits("aoe.version", 0, 4, 15);
const FLAGS: Field<u8> = Field::bits("aoe.flags", 0, 0, 15);
const ERROR: Field<u8> = Field::new("aoe.error", 1);
const MAJOR: Field<u16> = Field::new("aoe.major", 2);
const MINOR: Field<u8> = Field::new("aoe.minor", 4);
const COMMAND: Field<u8> = Field::new("aoe.cmd", 5);
const TAG: Field<u32> = Field::new("aoe.tag", 6);

/// The tree's other fields: flags, and those of an ATA command, which a response has the status of.
const FLAG_FIELDS: &[Slot] = &[Slot::new("aoe.response", 0, 1).bit(3), Slot::new("aoe.flags_error", 0, 1).bit(2)];
const ATA_FIELDS: &[Slot] = &[
    Slot::new("aoe.aflags.e", 0, 1).bit(6),
    Slot::new("aoe.aflags.w", 0, 1).bit(0),
    Slot::new("aoe.err_feature", 1, 1),
    Slot::new("aoe.sector_count", 2, 1),
    Slot::new("aoe.lba", 4, 6).little(),
];
const ATA_COMMAND: &[Slot] = &[Slot::new("aoe.ata.cmd", 3, 1)];
const ATA_STATUS: &[Slot] = &[Slot::new("aoe.ata.status", 3, 1)];
const ATA_DEVICE: &[Slot] = &[Slot::new("aoe.aflags.d", 0, 1).bit(4)];
const ATA_ASYNCHRONOUS: &[Slot] = &[Slot::new("aoe.aflags.a", 0, 1).bit(1)];

const FLAG_RESPONSE: u8 = 0x08;
const FLAG_ERROR: u8 = 0x04;
const FLAG_NAMES: Table = &[(0x08, "Response"), (0x04, "Error"), (0x02, "MBZ-1"), (0x01, "MBZ-0")];
const ERRORS: Table = &[
    (1, "Unrecognized command code"),
    (2, "Bad argument parameter"),
    (3, "Device unavailable"),
    (4, "Config string present"),
    (5, "Unsupported version"),
    (6, "Target is reserved"),
];
const COMMANDS: Table =
    &[(0, "Issue ATA Command"), (1, "Query Config Information"), (2, "MAC Mask List"), (3, "Reserve/Release")];

/// An AoE message.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "aoe";
    o.put(("AoE length ", v.len()));
    let mut rest = v;
    match message(o, &mut rest) {
        Err(Stop::Malformed) => {
            o.invalid();
            rest.need(rest.len())
        }
        other => other,
    }
}

/// Fails unless `n` octets are claimed.
fn least(v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(Stop::Malformed) } else { Ok(()) }
}

fn unknown(table: Table, value: u8) -> Named {
    Named(table, value.into(), Otherwise::Hex("Unknown (0x", 2, ")"))
}

/// Prints a message; `rest` is what is left where it stops.
fn message(o: &mut Out, rest: &mut View<'_>) -> Step {
    let v = *rest;
    least(v, 1)?;
    let version = v.get(VERSION)?;
    o.put((", Ver ", VERSION.show(version)));
    if version != 1 {
        return Ok(());
    }
    least(v, HEADER)?;
    let flags = v.get(FLAGS)?;
    o.see_all(FLAG_FIELDS, v);
    o.put((", Flags: [", FLAGS.text(flags, bits(FLAG_NAMES, flags, ", ", "none")), "]"));
    if o.opt.verbose == 0 {
        return Ok(());
    }
    if flags & FLAG_ERROR != 0 {
        let error = v.get(ERROR)?;
        o.put(("\n\tError: ", ERROR.text(error, Named(ERRORS, error.into(), Otherwise::Dec("Invalid (", ")")))));
    }
    let major = v.get(MAJOR)?;
    o.put(("\n\tMajor: 0x", MAJOR.text(major, Hex4(major))));
    let minor = v.get(MINOR)?;
    o.put((", Minor: 0x", MINOR.text(minor, Hex2(minor))));
    let command = v.get(COMMAND)?;
    o.put((", Command: ", COMMAND.text(command, unknown(COMMANDS, command))));
    let tag = v.get(TAG)?;
    o.put((", Tag: 0x", TAG.text(tag, Hex8(tag))));
    *rest = v.skip(HEADER);
    match command {
        0 => {
            note_ata(o, *rest, flags & FLAG_RESPONSE != 0);
            issue(o, *rest)
        }
        1 => query(o, rest),
        2 => mask_list(o, rest),
        3 => reserve(o, rest),
        _ => Ok(()),
    }
}

/// Notes an ATA command or its response. What some flags mean others tell.
fn note_ata(o: &mut Out, v: View<'_>, response: bool) {
    const EXTENDED: u8 = 0x40;
    const WRITE: u8 = 0x01;
    o.see_all(ATA_FIELDS, v);
    o.see_all(if response { ATA_STATUS } else { ATA_COMMAND }, v);
    let Ok(flags) = v.u8(0) else { return };
    if flags & EXTENDED != 0 {
        o.see_all(ATA_DEVICE, v);
    }
    if flags & WRITE != 0 {
        o.see_all(ATA_ASYNCHRONOUS, v);
    }
}

/// An ATA command.
fn issue(o: &mut Out, v: View<'_>) -> Step {
    const LEN: usize = 12;
    const FLAGS: Table = &[
        (0x80, "MBZ-7"),
        (0x40, "Ext48"),
        (0x20, "MBZ-5"),
        (0x10, "Device"),
        (0x08, "MBZ-3"),
        (0x04, "MBZ-2"),
        (0x02, "Async"),
        (0x01, "Write"),
    ];
    least(v, LEN)?;
    o.put(("\n\tAFlags: [", bits(FLAGS, v.u8(0)?, ", ", "none"), "]"));
    o.put((", Err/Feature: ", v.u8(1)?));
    o.put((", Sector Count: ", v.u8(2)?));
    o.put((", Cmd/Status: ", v.u8(3)?));
    for block in 0..6usize {
        o.put((if block == 0 { "\n\tlba" } else { ", lba" }, block, ": ", v.u8(4 + block)?));
    }
    v.need(LEN)?;
    if v.len() > LEN {
        o.put(("\n\tData: ", v.len() - LEN, " bytes"));
    }
    Ok(())
}

/// A query of the configuration.
fn query(o: &mut Out, rest: &mut View<'_>) -> Step {
    const LEN: usize = 8;
    const TEXT_MAX: usize = 1024;
    const COMMANDS: Table = &[
        (0, "read config string"),
        (1, "test config string"),
        (2, "test config string prefix"),
        (3, "set config string"),
        (4, "force set config string"),
    ];
    let v = *rest;
    least(v, LEN)?;
    o.put(("\n\tBuffer Count: ", v.u16(0)?));
    o.put((", Firmware Version: ", v.u16(2)?));
    o.put((", Sector Count: ", v.u8(4)?));
    let octet = v.u8(5)?;
    // The format that prints an unknown command lacks its percent sign.
    o.put((", AoE: ", octet >> 4, ", CCmd: ", named(COMMANDS, octet & 15, "Unknown (0x02x)")));
    let length = usize::from(v.u16(6)?);
    *rest = v.skip(LEN);
    if length > TEXT_MAX || length > rest.len() {
        return Err(Stop::Malformed);
    }
    if length > 0 {
        o.put(("\n\tConfig String (length ", length, "): "));
        o.text(*rest, length)?;
    }
    Ok(())
}

/// A list of stations that may use the target.
fn mask_list(o: &mut Out, rest: &mut View<'_>) -> Step {
    const LEN: usize = 4;
    const DIRECTIVE: usize = 8;
    const COMMANDS: Table = &[(0, "Read Mac Mask List"), (1, "Edit Mac Mask List")];
    const ERRORS: Table = &[(1, "Unspecified Error"), (2, "Bad DCmd directive"), (3, "Mask list full")];
    const DIRECTIVES: Table =
        &[(0, "No Directive"), (1, "Add mac address to mask list"), (2, "Delete mac address from mask list")];
    let v = *rest;
    least(v, LEN)?;
    o.put(("\n\tMCmd: ", unknown(COMMANDS, v.u8(1)?)));
    o.put((", MError: ", unknown(ERRORS, v.u8(2)?)));
    let count = usize::from(v.u8(3)?);
    o.put((", Dir Count: ", count));
    *rest = v.skip(LEN);
    least(*rest, count * DIRECTIVE)?;
    for directive in (0..count).map(|i| rest.skip(i * DIRECTIVE)) {
        o.put(("\n\t DCmd: ", unknown(DIRECTIVES, directive.u8(1)?)));
        o.put((", Ethernet Address: ", Mac(directive.array(2)?)));
    }
    Ok(())
}

/// A reservation of the target.
fn reserve(o: &mut Out, rest: &mut View<'_>) -> Step {
    const LEN: usize = 2;
    const ADDRESS: usize = 6;
    const COMMANDS: Table = &[(0, "Read reserve list"), (1, "Set reserve list"), (2, "Force set reserve list")];
    let v = *rest;
    if v.len() < LEN || !(v.len() - LEN).is_multiple_of(ADDRESS) {
        return Err(Stop::Malformed);
    }
    o.put(("\n\tRCmd: ", unknown(COMMANDS, v.u8(0)?)));
    let count = usize::from(v.u8(1)?);
    o.put((", NMacs: ", count));
    *rest = v.skip(LEN);
    if count * ADDRESS != rest.len() {
        return Err(Stop::Malformed);
    }
    for i in 0..count {
        o.put(("\n\tEthernet Address ", i, ": ", Mac(rest.array(i * ADDRESS)?)));
    }
    Ok(())
}
