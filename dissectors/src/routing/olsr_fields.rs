//! OLSR for the tree (RFC 3626), over IPv4.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const HEADER: &[Slot] = &[Slot::new("olsr.packet_len", 0, 2), Slot::new("olsr.packet_seq_num", 2, 2)];
const HEADER_SIZE: usize = 4;
const MESSAGE: &[Slot] = &[
    Slot::new("olsr.message_type", 0, 1),
    Slot::new("olsr.message_size", 2, 2),
    Slot::new("olsr.origin_addr", 4, 4),
    Slot::new("olsr.ttl", 8, 1),
    Slot::new("olsr.hop_count", 9, 1),
    Slot::new("olsr.message_seq_num", 10, 2),
];
const MESSAGE_SIZE: usize = 12;
/// Those of olsr.org, with the quality of each link.
const WITH_QUALITY_HELLO: u8 = 201;
const WITH_QUALITY_TOPOLOGY: u8 = 202;
const HELLO: &[Slot] = &[Slot::new("olsr.willingness", 3, 1)];
const LINK: &[Slot] = &[Slot::new("olsr.link_type", 0, 1), Slot::new("olsr.link_message_size", 2, 2)];
const NEIGHBOR: &[Slot] = &[Slot::new("olsr.neighbor_addr", 0, 4)];
const TOPOLOGY: &[Slot] = &[Slot::new("olsr.ansn", 0, 2)];
const INTERFACE: &[Slot] = &[Slot::new("olsr.interface_addr", 0, 4)];
const NETWORK: &[Slot] = &[Slot::new("olsr.network_addr", 0, 4), Slot::new("olsr.netmask", 4, 4)];

/// Notes a packet, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(HEADER, v);
    let mut rest = v.cut(v.u16(0)?.into()).skip(HEADER_SIZE);
    while rest.len() >= MESSAGE_SIZE {
        o.see_all(MESSAGE, rest);
        let size = usize::from(rest.u16(2)?);
        if size < MESSAGE_SIZE {
            return Ok(());
        }
        let body = rest.cut(size).skip(MESSAGE_SIZE);
        match rest.u8(0)? {
            1 => hello(o, body, 4)?,
            WITH_QUALITY_HELLO => hello(o, body, 8)?,
            kind @ (2 | WITH_QUALITY_TOPOLOGY) => {
                o.see_all(TOPOLOGY, body);
                o.see_rows(NEIGHBOR, body.skip(4), if kind == 2 { 4 } else { 8 });
            }
            3 => o.see_rows(INTERFACE, body, 4),
            4 => o.see_rows(NETWORK, body, 8),
            _ => {}
        }
        rest = rest.skip(size);
    }
    Ok(())
}

/// RFC 3626, section 6.1: neighbors of so many octets by the kind of their links.
fn hello(o: &mut Out, v: View<'_>, neighbor: usize) -> Step {
    const LINK_SIZE: usize = 4;
    o.see_all(HELLO, v);
    let mut links = v.skip(4);
    while links.len() >= LINK_SIZE {
        o.see_all(LINK, links);
        let size = usize::from(links.u16(2)?);
        if size < LINK_SIZE {
            return Ok(());
        }
        o.see_rows(NEIGHBOR, links.cut(size).skip(LINK_SIZE), neighbor);
        links = links.skip(size);
    }
    Ok(())
}
