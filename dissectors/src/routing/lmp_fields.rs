//! The objects of LMP for the tree (RFC 4204, section 13), from their header on.

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

const OBJECT: &[Slot] = &[
    Slot::new("lmp.object", 1, 1),
    Slot::new("lmp.negotiable", 0, 1).bit(7),
    Slot::new("lmp.object_length", 2, 2),
    Slot::new("lmp.object_class", 1, 1),
    Slot::new("lmp.obj.ctype", 0, 1).bits(0, 0x7f),
];
const OBJECT_SIZE: usize = 4;

/// What objects of a class and type hold.
const OBJECTS: &[(u8, u8, &[Slot])] = &[
    (1, 1, &[Slot::new("lmp.local_ccid", 4, 4)]),
    (1, 2, &[Slot::new("lmp.remote_ccid", 4, 4)]),
    (2, 1, &[Slot::new("lmp.local_nodeid", 4, 4)]),
    (2, 2, &[Slot::new("lmp.remote_nodeid", 4, 4)]),
    (3, 1, &[Slot::new("lmp.local_linkid_ipv4", 4, 4)]),
    (3, 2, &[Slot::new("lmp.remote_linkid_ipv4", 4, 4)]),
    (3, 3, &[Slot::new("lmp.local_linkid_ipv6", 4, 16)]),
    (3, 4, &[Slot::new("lmp.remote_linkid_ipv6", 4, 16)]),
    (3, 5, &[Slot::new("lmp.local_linkid_unnum", 4, 4)]),
    (3, 6, &[Slot::new("lmp.remote_linkid_unnum", 4, 4)]),
    (4, 1, &[Slot::new("lmp.local_interfaceid_ipv4", 4, 4)]),
    (4, 2, &[Slot::new("lmp.remote_interfaceid_ipv4", 4, 4)]),
    (4, 3, &[Slot::new("lmp.local_interfaceid_ipv6", 4, 16)]),
    (4, 4, &[Slot::new("lmp.remote_interfaceid_ipv6", 4, 16)]),
    (4, 5, &[Slot::new("lmp.local_interfaceid_unnum", 4, 4)]),
    (4, 6, &[Slot::new("lmp.remote_interfaceid_unnum", 4, 4)]),
    (5, 1, &[Slot::new("lmp.messageid", 4, 4)]),
    (5, 2, &[Slot::new("lmp.messageid_ack", 4, 4)]),
    (6, 1, &[Slot::new("lmp.hellointerval", 4, 2), Slot::new("lmp.hellodeadinterval", 6, 2)]),
    (7, 1, &[Slot::new("lmp.txseqnum", 4, 4), Slot::new("lmp.rxseqnum", 8, 4)]),
    (
        8,
        1,
        &[
            Slot::new("lmp.begin_verify.flags", 4, 2),
            Slot::new("lmp.begin_verify.all_links", 4, 2).bit(0),
            Slot::new("lmp.begin_verify.link_type", 4, 2).bit(1),
            Slot::new("lmp.verify_interval", 6, 2),
            Slot::new("lmp.number_of_data_links", 8, 4),
            Slot::new("lmp.begin_verify.enctype", 12, 1),
            Slot::new("lmp.verify_transport_mechanism", 14, 2),
            Slot::new("lmp.wavelength", 20, 4),
        ],
    ),
    (9, 1, &[Slot::new("lmp.verifydeadinterval", 4, 2), Slot::new("lmp.verify_transport_response", 6, 2)]),
    (10, 1, &[Slot::new("lmp.verifyid", 4, 4)]),
    (11, 1, &[Slot::new("lmp.te_link.local_ipv4", 8, 4), Slot::new("lmp.te_link.remote_ipv4", 12, 4)]),
    (11, 2, &[Slot::new("lmp.te_link.local_ipv6", 8, 16), Slot::new("lmp.te_link.remote_ipv6", 24, 16)]),
    (11, 3, &[Slot::new("lmp.te_link.local_unnum", 8, 4), Slot::new("lmp.te_link.remote_unnum", 12, 4)]),
    (12, 1, &[Slot::new("lmp.data_link.local_ipv4", 8, 4), Slot::new("lmp.data_link.remote_ipv4", 12, 4)]),
    (12, 2, &[Slot::new("lmp.data_link.local_ipv6", 8, 16), Slot::new("lmp.data_link.remote_ipv6", 24, 16)]),
    (12, 3, &[Slot::new("lmp.data_link.local_unnum", 8, 4), Slot::new("lmp.data_link.remote_unnum", 12, 4)]),
    (20, 1, &[Slot::new("lmp.error", 4, 4)]),
    (20, 2, &[Slot::new("lmp.error", 4, 4)]),
    (20, 3, &[Slot::new("lmp.error", 4, 4)]),
    (20, 4, &[Slot::new("lmp.error", 4, 4)]),
];
const TE_LINK: u8 = 11;
const TE_LINK_FLAGS: &[Slot] = &[
    Slot::new("lmp.te_link_flags", 4, 1),
    Slot::new("lmp.te_link.fault_mgmt", 4, 1).bit(0),
    Slot::new("lmp.te_link.link_verify", 4, 1).bit(1),
];
const DATA_LINK: u8 = 12;
const DATA_LINK_FLAGS: &[Slot] = &[
    Slot::new("lmp.data_link_flags", 4, 1),
    Slot::new("lmp.data_link.port", 4, 1).bit(0),
    Slot::new("lmp.data_link.link_verify", 4, 1).bit(1),
];
const SUBOBJECT: &[Slot] = &[Slot::new("lmp.subobject_type", 0, 1), Slot::new("lmp.subobject_length", 1, 1)];
/// What subobjects of a data link hold, from their header on.
const SUBOBJECTS: &[(u8, &[Slot])] = &[
    (1, &[Slot::new("lmp.data_link_switching", 2, 1), Slot::new("lmp.data_link_encoding", 3, 1)]),
    (2, &[Slot::new("lmp.wavelength", 4, 4)]),
];

/// Lists of channels: their class, type, rows and the octets of a row.
const CHANNELS: &[(u8, u8, &[Slot], usize)] = &[
    (13, 1, &[Slot::new("lmp.interface_id.ipv4", 0, 4), LINK, STATUS], 8),
    (
        13,
        2,
        &[
            Slot::new("lmp.interface_id.ipv6", 0, 16),
            Slot::new("lmp.link", 16, 4).bit(31),
            Slot::new("lmp.channel_status", 16, 4).bits(0, 0x7fff_ffff),
        ],
        20,
    ),
    (13, 3, &[Slot::new("lmp.interface_id.id_unnumbered", 0, 4), LINK, STATUS], 8),
    (14, 1, &[Slot::new("lmp.channel_status_interfaceid_ipv4", 0, 4)], 4),
    (14, 2, &[Slot::new("lmp.channel_status_interfaceid_ipv6", 0, 16)], 16),
    (14, 3, &[Slot::new("lmp.channel_status_interfaceid_unnum", 0, 4)], 4),
];
const LINK: Slot = Slot::new("lmp.link", 4, 4).bit(31);
const STATUS: Slot = Slot::new("lmp.channel_status", 4, 4).bits(0, 0x7fff_ffff);

/// Notes the objects of a message.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = objects(o, v);
    }
}

fn objects(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while v.has(OBJECT_SIZE) && !v.is_empty() {
        o.see_all(OBJECT, v);
        let (kind, class, size) = (v.u8(0)? & 0x7f, v.u8(1)?, usize::from(v.u16(2)?));
        if size < OBJECT_SIZE {
            return Ok(());
        }
        object(o, v.cut(size), class, kind);
        v = v.skip(size);
    }
    Ok(())
}

fn object(o: &mut Out, v: View<'_>, class: u8, kind: u8) {
    o.see_all(
        match class {
            TE_LINK => TE_LINK_FLAGS,
            DATA_LINK => DATA_LINK_FLAGS,
            _ => &[],
        },
        v,
    );
    if let Some(&(.., slots)) = OBJECTS.iter().find(|row| (row.0, row.1) == (class, kind)) {
        o.see_all(slots, v);
    }
    if let Some(&(_, _, row, size)) = CHANNELS.iter().find(|row| (row.0, row.1) == (class, kind)) {
        o.see_rows(row, v.skip(OBJECT_SIZE), size);
    }
    if class == DATA_LINK {
        let fixed = match kind {
            2 => 40,
            _ => 16,
        };
        let _ends_early = subobjects(o, v.skip(fixed));
    }
}

fn subobjects(o: &mut Out, v: View<'_>) -> Step {
    let mut v = v;
    while v.has(2) {
        o.see_all(SUBOBJECT, v);
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        if size < 2 {
            return Ok(());
        }
        if let Some(&(_, slots)) = SUBOBJECTS.iter().find(|row| row.0 == kind) {
            o.see_all(slots, v.cut(size));
        }
        v = v.skip(size);
    }
    Ok(())
}
