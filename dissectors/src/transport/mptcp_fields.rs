//! Multipath TCP options for the tree (RFC 6824, RFC 8684, section 3), from their subtype on.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const SUBTYPE: &[Slot] = &[Slot::new("tcp.options.mptcp.subtype", 0, 1).bits(4, 15)];
const CAPABLE: &[Slot] = &[
    Slot::new("tcp.options.mptcp.version", 0, 1).bits(0, 15),
    Slot::new("tcp.options.mptcp.flags", 1, 1),
    Slot::new("tcp.options.mptcp.checksumreq.flags", 1, 1).bit(7),
    Slot::new("tcp.options.mptcp.extensibility.flag", 1, 1).bit(6),
];
const HASH_0: &[Slot] = &[Slot::new("tcp.options.mptcp.sha1.flag", 1, 1).bit(0)];
const HASH_1: &[Slot] = &[
    Slot::new("tcp.options.mptcp.nomoresubflows.flag", 1, 1).bit(5),
    Slot::new("tcp.options.mptcp.sha256.flag", 1, 1).bit(0),
];
const KEYS: &[Slot] = &[
    Slot::new("tcp.options.mptcp.sendkey", 2, 8),
    Slot::new("tcp.options.mptcp.recvkey", 10, 8),
    Slot::new("tcp.options.mptcp.datalvllen", 18, 2),
    Slot::new("tcp.options.mptcp.checksum", 20, 2),
];

const BACKUP: &[Slot] =
    &[Slot::new("tcp.options.mptcp.flags", 0, 1), Slot::new("tcp.options.mptcp.backup.flag", 0, 1).bit(0)];
const ADDRESS_ID: &[Slot] = &[Slot::new("tcp.options.mptcp.addrid", 1, 1)];
const JOIN: &[Slot] = &[Slot::new("tcp.options.mptcp.recvtok", 2, 4), Slot::new("tcp.options.mptcp.sendrand", 6, 4)];
const JOIN_REPLY: &[Slot] =
    &[Slot::new("tcp.options.mptcp.sendtrunchmac", 2, 8), Slot::new("tcp.options.mptcp.sendrand", 10, 4)];
const JOIN_LAST: &[Slot] = &[Slot::new("tcp.options.mptcp.sendhmac", 2, 20)];

const SIGNAL: &[Slot] = &[
    Slot::new("tcp.options.mptcp.flags", 1, 1),
    Slot::new("tcp.options.mptcp.datafin.flag", 1, 1).bit(4),
    Slot::new("tcp.options.mptcp.dseqn8.flag", 1, 1).bit(3),
    Slot::new("tcp.options.mptcp.dseqnpresent.flag", 1, 1).bit(2),
    Slot::new("tcp.options.mptcp.dataack8.flag", 1, 1).bit(1),
    Slot::new("tcp.options.mptcp.dataackpresent.flag", 1, 1).bit(0),
];
const ACK: &[Slot] = &[Slot::new("tcp.options.mptcp.rawdataack", 0, 4)];
const ACK_LONG: &[Slot] = &[Slot::new("tcp.options.mptcp.rawdataack", 0, 8)];
const SEQUENCE: &[Slot] = &[Slot::new("tcp.options.mptcp.rawdataseqno", 0, 4)];
const SEQUENCE_LONG: &[Slot] = &[Slot::new("tcp.options.mptcp.rawdataseqno", 0, 8)];
const MAPPING: &[Slot] =
    &[Slot::new("tcp.options.mptcp.subflowseqno", 0, 4), Slot::new("tcp.options.mptcp.datalvllen", 4, 2)];

const IP_VERSION: &[Slot] = &[Slot::new("tcp.options.mptcp.ipver", 0, 1).bits(0, 15)];
const ECHO: &[Slot] = &[Slot::new("tcp.options.mptcp.echo", 0, 1).bit(0)];
const ADDRESS: &[Slot] = &[Slot::new("tcp.options.mptcp.ipv4", 2, 4)];
const ADDRESS6: &[Slot] = &[Slot::new("tcp.options.mptcp.ipv6", 2, 16)];
const PORT: &[Slot] = &[Slot::new("tcp.options.mptcp.port", 0, 2)];
const ADDRESS_MAC: &[Slot] = &[Slot::new("tcp.options.mptcp.addaddrtrunchmac", 0, 8)];
const REMOVED: &[Slot] = &[Slot::new("tcp.options.mptcp.addrid", 0, 1)];

const FAILED: &[Slot] = &[Slot::new("tcp.options.mptcp.rawdataseqno", 2, 8)];
const CLOSED: &[Slot] = &[Slot::new("tcp.options.mptcp.recvkey", 2, 8)];
const RESET: &[Slot] = &[
    Slot::new("tcp.options.mptcp.flags", 0, 1),
    Slot::new("tcp.options.mptcp.flag_U.flag", 0, 1).bit(3),
    Slot::new("tcp.options.mptcp.flag_V.flag", 0, 1).bit(2),
    Slot::new("tcp.options.mptcp.flag_W.flag", 0, 1).bit(1),
    Slot::new("tcp.options.mptcp.flag_T.flag", 0, 1).bit(0),
    Slot::new("tcp.options.mptcp.rst_reason", 1, 1),
];

/// Notes an option; `size` counts kind and length too.
pub(super) fn note(o: &mut Out, v: View<'_>, size: usize) {
    if o.tree.is_some() {
        let _ends_early = option(o, v, size);
    }
}

fn option(o: &mut Out, v: View<'_>, size: usize) -> Step {
    o.see_all(SUBTYPE, v);
    let first = v.u8(0)?;
    match first >> 4 {
        0 => {
            o.see_all(CAPABLE, v);
            o.see_all(if first & 15 == 1 { HASH_1 } else { HASH_0 }, v);
            o.see_all(KEYS, v);
        }
        1 => {
            if matches!(size, 12 | 16) {
                o.see_all(BACKUP, v);
                o.see_all(ADDRESS_ID, v);
            }
            o.see_all(
                match size {
                    12 => JOIN,
                    16 => JOIN_REPLY,
                    24 => JOIN_LAST,
                    _ => &[],
                },
                v,
            );
        }
        2 => signal(o, v)?,
        3 => address(o, v, size),
        4 => o.see_rows(REMOVED, v.skip(1), 1),
        5 => {
            o.see_all(BACKUP, v);
            o.see_all(if size == 4 { ADDRESS_ID } else { &[] }, v);
        }
        6 => o.see_all(FAILED, v),
        7 => o.see_all(CLOSED, v),
        8 => o.see_all(RESET, v),
        _ => {}
    }
    Ok(())
}

fn signal(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(SIGNAL, v);
    let flags = v.u8(1)?;
    let mut v = v.skip(2);
    if flags & 1 != 0 {
        let long = flags & 2 != 0;
        o.see_all(if long { ACK_LONG } else { ACK }, v);
        v = v.skip(if long { 8 } else { 4 });
    }
    if flags & 4 != 0 {
        let long = flags & 8 != 0;
        o.see_all(if long { SEQUENCE_LONG } else { SEQUENCE }, v);
        v = v.skip(if long { 8 } else { 4 });
        o.see_all(MAPPING, v);
    }
    Ok(())
}

/// An address that is added: the first version tells that of IP, the second has
/// it from the length.
fn address(o: &mut Out, v: View<'_>, size: usize) {
    o.see_all(if matches!(v.u8(0), Ok(first) if matches!(first & 15, 4 | 6)) { IP_VERSION } else { ECHO }, v);
    o.see_all(ADDRESS_ID, v);
    let (slots, octets) = match size {
        8 | 10 | 16 | 18 => (ADDRESS, 4),
        20 | 22 | 28 | 30 => (ADDRESS6, 16),
        _ => return,
    };
    o.see_all(slots, v);
    let mut rest = v.skip(2 + octets);
    if matches!(size, 10 | 18 | 22 | 30) {
        o.see_all(PORT, rest);
        rest = rest.skip(2);
    }
    o.see_all(ADDRESS_MAC, rest);
}
