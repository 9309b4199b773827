//! Bidirectional Forwarding Detection (RFC 5880 to RFC 5884, RFC 7130).

use crate::below::Below;
use crate::field::Slot;
use crate::out::Out;
use crate::put::{Chars, Hex2, Hex8, Named, Octets, Otherwise, Spaces, Table, bits, named};
use crate::view::{Step, View};

/// Octets of the mandatory section.
const HEADER: usize = 24;

pub(crate) const CONTROL: u16 = 3784;
pub(crate) const ECHO: u16 = 3785;
pub(crate) const MULTIHOP: u16 = 4784;
pub(crate) const AGGREGATE: u16 = 6784;
const PORT_NAMES: Table = &[(3784, "Control"), (4784, "Multihop"), (6784, "Lag")];

const AUTHENTICATED: u8 = 0x04;
const FLAGS_V0: Table = &[
    (0x80, "I Hear You"),
    (0x40, "Demand"),
    (0x20, "Poll"),
    (0x10, "Final"),
    (0x08, "Control Plane Independent"),
    (0x04, "Authentication Present"),
    (0x02, "Reserved"),
    (0x01, "Reserved"),
];
const FLAGS_V1: Table = &[
    (0x20, "Poll"),
    (0x10, "Final"),
    (0x08, "Control Plane Independent"),
    (0x04, "Authentication Present"),
    (0x02, "Demand"),
    (0x01, "Multipoint"),
];
const STATES: Table = &[(0, "AdminDown"), (1, "Down"), (2, "Init"), (3, "Up")];
const DIAGNOSTICS: Table = &[
    (0, "No Diagnostic"),
    (1, "Control Detection Time Expired"),
    (2, "Echo Function Failed"),
    (3, "Neighbor Signaled Session Down"),
    (4, "Forwarding Plane Reset"),
    (5, "Path Down"),
    (6, "Concatenated Path Down"),
    (7, "Administratively Down"),
    (8, "Reverse Concatenated Path Down"),
];
const AUTHENTICATION: Table = &[
    (1, "Simple Password"),
    (2, "Keyed MD5"),
    (3, "Meticulous Keyed MD5"),
    (4, "Keyed SHA1"),
    (5, "Meticulous Keyed SHA1"),
];

/// A packet: the destination port tells what kind it is.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    of_port(o, v, below.dport)
}

/// A packet of the kind that `port` stands for.
pub(crate) fn of_port(o: &mut Out, v: View<'_>, port: u16) -> Step {
    o.proto = "bfd";
    match port {
        CONTROL | MULTIHOP | AGGREGATE => control(o, v, port),
        ECHO => undecoded(o, v, "BFD, Echo"),
        _ => {
            o.put(("BFD, unknown (", port, "), length: ", v.len()));
            if o.opt.verbose > 0 {
                o.unknown(v, "\n\t", v.len());
            }
            Ok(())
        }
    }
}

fn undecoded(o: &mut Out, v: View<'_>, what: &'static str) -> Step {
    o.put((what, ", length: ", v.len()));
    if o.opt.verbose > 0 {
        o.unknown(v, "\n\t", v.len());
    }
    Ok(())
}

/// The tree's fields.
const FIELDS: &[Slot] = &[
    Slot::new("bfd.version", 0, 1).bits(5, 7),
    Slot::new("bfd.diag", 0, 1).bits(0, 31),
    Slot::new("bfd.flags", 1, 1),
    Slot::new("bfd.detect_time_multiplier", 2, 1),
    Slot::new("bfd.message_length", 3, 1),
    Slot::new("bfd.my_discriminator", 4, 4),
    Slot::new("bfd.your_discriminator", 8, 4),
    Slot::new("bfd.desired_min_tx_interval", 12, 4),
    Slot::new("bfd.required_min_rx_interval", 16, 4),
    Slot::new("bfd.required_min_echo_interval", 20, 4),
];
/// What the second octet holds, by version.
const STATE: &[Slot] = &[
    Slot::new("bfd.sta", 1, 1).bits(6, 3),
    Slot::new("bfd.flags.p", 1, 1).bit(5),
    Slot::new("bfd.flags.f", 1, 1).bit(4),
    Slot::new("bfd.flags.c", 1, 1).bit(3),
    Slot::new("bfd.flags.a", 1, 1).bit(2),
    Slot::new("bfd.flags.d", 1, 1).bit(1),
    Slot::new("bfd.flags.m", 1, 1).bit(0),
];
const STATE_V0: &[Slot] = &[
    Slot::new("bfd.flags.h", 1, 1).bit(7),
    Slot::new("bfd.flags.d", 1, 1).bit(6),
    Slot::new("bfd.flags.p", 1, 1).bit(5),
    Slot::new("bfd.flags.f", 1, 1).bit(4),
];
const AUTHENTICATION_FIELDS: &[Slot] =
    &[Slot::new("bfd.auth.type", 0, 1), Slot::new("bfd.auth.len", 1, 1), Slot::new("bfd.auth.key", 2, 1)];
const SEQUENCE: &[Slot] = &[Slot::new("bfd.auth.seq_num", 4, 4)];

/// A control packet (RFC 5880, section 4.1).
fn control(o: &mut Out, v: View<'_>, port: u16) -> Step {
    v.need(HEADER)?;
    let first = v.u8(0)?;
    let (version, diagnostic) = (first >> 5, first & 0x1f);
    let flags = v.u8(1)?;
    o.see_all(FIELDS, v);
    o.see_all(if version == 0 { STATE_V0 } else { STATE }, v);
    if version > 1 {
        o.put(("BFDv", version));
        return undecoded(o, v, ", Control");
    }
    let verbose = o.opt.verbose > 0;
    o.put(("BFDv", version, ", "));
    if verbose {
        o.put(("length: ", v.len(), "\n\t"));
    }
    if version == 0 {
        o.put(("Control, Flags: [", bits(FLAGS_V0, flags, ", ", "none"), "]"));
    } else {
        o.put((Named(PORT_NAMES, port.into(), Otherwise::Dec("unknown (", ")")), ", State "));
        o.put((named(STATES, flags >> 6, ""), ", Flags: [", bits(FLAGS_V1, flags & 0x3f, ", ", "none"), "]"));
    }
    if !verbose {
        o.put((", length: ", v.len()));
        return Ok(());
    }
    o.put((", Diagnostic: ", named(DIAGNOSTICS, diagnostic, "unknown"), " (0x", Hex2(diagnostic), ")"));
    let (multiplier, transmit) = (v.u8(2)?, v.u32(12)?);
    let detection = u32::from(multiplier).wrapping_mul(transmit) / 1000;
    o.put(("\n\tDetection Timer Multiplier: ", multiplier, " (", detection, " ms Detection time)"));
    o.put((", BFD Length: ", v.u8(3)?));
    o.put(("\n\tMy Discriminator: 0x", Hex8(v.u32(4)?), ", Your Discriminator: 0x", Hex8(v.u32(8)?)));
    o.put(("\n\t  Desired min Tx Interval:    ", Spaces(transmit / 1000, 4), " ms"));
    o.put(("\n\t  Required min Rx Interval:   ", Spaces(v.u32(16)? / 1000, 4), " ms"));
    o.put(("\n\t  Required min Echo Interval: ", Spaces(v.u32(20)? / 1000, 4), " ms"));
    if flags & AUTHENTICATED != 0 {
        authentication(o, v.skip(HEADER))?;
    }
    Ok(())
}

/// The authentication section (RFC 5880, sections 4.2 to 4.4).
fn authentication(o: &mut Out, v: View<'_>) -> Step {
    v.need(4)?;
    let (kind, size) = (v.u8(0)?, v.u8(1)?);
    o.put(("\n\tAuthentication: ", named(AUTHENTICATION, kind, "Unknown"), " (", kind, "), length: ", size));
    o.put(("\n\t  Auth Key ID: ", v.u8(2)?));
    o.see_all(AUTHENTICATION_FIELDS, v);
    let (expected, digest, label) = match kind {
        1 => (4..=19, 0, ""),
        2 | 3 => (24..=24, 16, "\n\t  Digest: "),
        4 | 5 => (28..=28, 20, "\n\t  Hash: "),
        _ => return Ok(()),
    };
    if !expected.contains(&size) {
        o.put(("[invalid length ", size, "]"));
        return Ok(());
    }
    if kind == 1 {
        o.put(", Password: ");
        if let Ok(password) = v.bytes(3, usize::from(size) - 3) {
            o.note_octets(id!("bfd.auth.password"), password);
        }
        for at in 3..usize::from(size) {
            o.put(Chars(v.bytes(at, 1)?));
        }
        return Ok(());
    }
    o.put((", Sequence Number: 0x", Hex8(v.u32(4)?)));
    v.need(8 + digest)?;
    o.see_all(SEQUENCE, v);
    let octets = v.bytes(8, digest)?;
    o.note_octets(id!("bfd.checksum"), octets);
    o.put((label, Octets(octets)));
    Ok(())
}
