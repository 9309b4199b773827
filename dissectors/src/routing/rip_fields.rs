//! RIP for the tree (RFC 1058, RFC 2453): the header, the entries and their authentication (RFC 4822).

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const HEADER: &[Slot] = &[Slot::new("rip.command", 0, 1), Slot::new("rip.version", 1, 1)];
const HEADER_SIZE: usize = 4;
const ENTRY_SIZE: usize = 20;

const FAMILY: Slot = Slot::new("rip.family", 0, 2);
const TAG: Slot = Slot::new("rip.route_tag", 2, 2);
const ADDRESS: Slot = Slot::new("rip.ip", 4, 4);
const MASK: Slot = Slot::new("rip.netmask", 8, 4);
const NEXT_HOP: Slot = Slot::new("rip.next_hop", 12, 4);
const METRIC: Slot = Slot::new("rip.metric", 16, 4);

/// Families: of requests for all routes, of routes, of authentication.
const ANY: u16 = 0;
const INTERNET: u16 = 2;
const AUTHENTICATION: u16 = 0xffff;

const AUTHENTICATION_TYPE: &[Slot] = &[Slot::new("rip.auth.type", 2, 2)];
const PASSWORD: &[Slot] = &[Slot::new("rip.auth.passwd", 4, 16)];
const DIGEST: &[Slot] = &[
    Slot::new("rip.digest_offset", 4, 2),
    Slot::new("rip.key_id", 6, 1),
    Slot::new("rip.auth_data_len", 7, 1),
    Slot::new("rip.seq_num", 8, 4),
];

/// Notes a packet.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(HEADER, v);
    let second = v.u8(1)? == 2;
    // The trailer of a digest is no entry.
    let mut entries = v.skip(HEADER_SIZE);
    while entries.has(ENTRY_SIZE) {
        match entries.u16(0)? {
            ANY if second => o.see_all(&[FAMILY, TAG, MASK, NEXT_HOP, METRIC], entries),
            ANY => o.see_all(&[FAMILY, METRIC], entries),
            INTERNET if second => o.see_all(&[FAMILY, TAG, ADDRESS, MASK, NEXT_HOP, METRIC], entries),
            INTERNET => o.see_all(&[FAMILY, ADDRESS, METRIC], entries),
            AUTHENTICATION => {
                if let Some(end) = authentication(o, v, entries)? {
                    entries = entries.cut(end);
                }
            }
            _ => {}
        }
        entries = entries.skip(ENTRY_SIZE);
    }
    Ok(())
}

/// The authentication of a packet: with a digest, the octets from this entry on
/// that are not its trailer.
fn authentication(o: &mut Out, packet: View<'_>, entry: View<'_>) -> Step<Option<usize>> {
    const TRAILER: usize = 4;
    const MD5: usize = 16;
    o.see_all(AUTHENTICATION_TYPE, entry);
    match entry.u16(2)? {
        2 => o.see_all(PASSWORD, entry),
        3 => {
            o.see_all(DIGEST, entry);
            let at = usize::from(entry.u16(4)?);
            if let Ok(digest) = packet.bytes(at + TRAILER, MD5) {
                o.note_octets(id!("rip.authentication_data"), digest);
            }
            return Ok(at.checked_sub(entry.at() - packet.at()));
        }
        _ => {}
    }
    Ok(None)
}
