//! SSH for the tree: the identification (RFC 4253, section 4.2), and the key exchange
//! that begins (section 7.1), while nothing is encrypted.

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::{Step, View};

const PACKET: &[Slot] =
    &[Slot::new("ssh.packet_length", 0, 4), Slot::new("ssh.padding_length", 4, 1), Slot::new("ssh.message_code", 5, 1)];
const COOKIE: &[Slot] = &[Slot::new("ssh.cookie", 6, 16)];
/// Where the lists of names begin.
const LISTS: usize = 22;
const NAMES: [Id; 10] = [
    Id::of("ssh.kex_algorithms"),
    Id::of("ssh.server_host_key_algorithms"),
    Id::of("ssh.encryption_algorithms_client_to_server"),
    Id::of("ssh.encryption_algorithms_server_to_client"),
    Id::of("ssh.mac_algorithms_client_to_server"),
    Id::of("ssh.mac_algorithms_server_to_client"),
    Id::of("ssh.compression_algorithms_client_to_server"),
    Id::of("ssh.compression_algorithms_server_to_client"),
    Id::of("ssh.languages_client_to_server"),
    Id::of("ssh.languages_server_to_client"),
];
const FOLLOWS: &[Slot] = &[Slot::new("ssh.first_kex_packet_follows", 0, 1)];

/// Notes a segment, as far as it is not encrypted.
pub(super) fn note(o: &mut Out, v: View<'_>, from_server: bool) {
    if o.tree.is_none() || v.is_empty() {
        return;
    }
    o.note(id!("ssh.direction"), from_server);
    let octets = v.payload();
    if octets.starts_with(b"SSH-") {
        let line = octets.iter().position(|&octet| octet == b'\n').map(|end| octets[..end].trim_ascii_end());
        if let Some(line) = line.filter(|line| line.iter().all(|&octet| matches!(octet, 0x20..=0x7e))) {
            o.note_octets(id!("ssh.protocol"), line);
        }
        return;
    }
    let _ends_early = exchange(o, v);
}

fn exchange(o: &mut Out, v: View<'_>) -> Step {
    const KEXINIT: u8 = 20;
    // Encrypted data rarely has a length that fits, this number and lists of text.
    if v.u8(5)? != KEXINIT || v.u32(0)? as usize > v.len() {
        return Ok(());
    }
    let list = v.skip(LISTS);
    if !list.bytes(4, list.u32(0)? as usize)?.iter().all(u8::is_ascii_graphic) {
        return Ok(());
    }
    o.see_all(PACKET, v);
    o.see_all(COOKIE, v);
    let mut rest = list;
    for id in NAMES {
        let size = rest.u32(0)? as usize;
        o.note_octets(id, rest.bytes(4, size)?);
        rest = rest.skip(4 + size);
    }
    o.see_all(FOLLOWS, rest);
    Ok(())
}
