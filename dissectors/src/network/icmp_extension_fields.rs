//! Extensions of ICMP messages for the tree (RFC 4884), of either version of IP: label
//! stacks (RFC 4950), interfaces (RFC 5837) and what a probe asks for (RFC 8335).

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::view::View;

/// Octets of the extension's header, and of an object's.
const HEADER: usize = 4;
/// The standard's, and the one before it.
const VERSIONS: [u8; 2] = [1, 2];
const STRUCTURE: [Slot; 2] = [Slot::new("icmp.ext.version", 0, 1).bits(4, 15), Slot::new("icmp.ext.checksum", 2, 2)];
const OBJECT: [Slot; 3] =
    [Slot::new("icmp.ext.length", 0, 2), Slot::new("icmp.ext.class", 2, 1), Slot::new("icmp.ext.ctype", 3, 1)];
const DATA: Id = Id::of("icmp.ext.data");

const LABELS: u8 = 1;
const INTERFACE: u8 = 2;
const PROBE: u8 = 3;

const LABEL: [Slot; 4] = [
    Slot::new("icmp.mpls.label", 0, 3).bits(4, 0x000f_ffff),
    Slot::new("icmp.mpls.exp", 2, 1).bits(1, 7),
    Slot::new("icmp.mpls.s", 2, 1).bit(0),
    Slot::new("icmp.mpls.ttl", 3, 1),
];

/// What an object's type says of an interface.
const ROLE: [Slot; 5] = [
    Slot::new("icmp.int_info.role", 3, 1).bits(6, 3),
    Slot::new("icmp.int_info.ifindex", 3, 1).bit(3),
    Slot::new("icmp.int_info.ipaddr", 3, 1).bit(2),
    Slot::new("icmp.int_info.name_present", 3, 1).bit(1),
    Slot::new("icmp.int_info.mtu_present", 3, 1).bit(0),
];
const INDEX: [Slot; 1] = [Slot::new("icmp.int_info.index", 0, 4)];
const FAMILY: [Slot; 1] = [Slot::new("icmp.int_info.afi", 0, 2)];
const ADDRESS_4: [Slot; 1] = [Slot::new("icmp.int_info.ipv4", 4, 4)];
const ADDRESS_6: [Slot; 1] = [Slot::new("icmp.int_info.ipv6", 4, 16)];
/// With itself.
const NAME_LENGTH: [Slot; 1] = [Slot::new("icmp.int_info.name_length", 0, 1)];
const NAME: Id = Id::of("icmp.int_info.name");
const MTU: [Slot; 1] = [Slot::new("icmp.int_info.mtu", 0, 4)];

const PROBED_NAME: Id = Id::of("icmp.int_ident.name");
const PROBED_INDEX: [Slot; 1] = [Slot::new("icmp.int_ident.index", 0, 4)];
const PROBED_FAMILY: [Slot; 2] = [Slot::new("icmp.int_ident.afi", 0, 2), Slot::new("icmp.int_ident.addr_length", 2, 1)];
const PROBED_4: [Slot; 1] = [Slot::new("icmp.int_ident.ipv4", 4, 4)];
const PROBED_6: [Slot; 1] = [Slot::new("icmp.int_ident.ipv6", 4, 16)];
const PROBED_ADDRESS: Id = Id::of("icmp.int_ident.address");

/// Families of addresses (IANA).
const IPV4: u16 = 1;
const IPV6: u16 = 2;

/// Notes an extension, if there is one.
pub(crate) fn note(o: &mut Out, v: View<'_>) {
    if !v.has(HEADER) {
        return;
    }
    o.see_all(&STRUCTURE, v);
    if v.u8(0).is_ok_and(|octet| !VERSIONS.contains(&(octet >> 4))) {
        return;
    }
    let mut rest = v.skip(HEADER);
    while let (Ok(size), Ok(class), Ok(kind)) = (rest.u16(0), rest.u8(2), rest.u8(3)) {
        let size = usize::from(size);
        o.see_all(&OBJECT, rest);
        if size < HEADER || !rest.has(size) {
            return;
        }
        let object = rest.cut(size);
        let value = object.skip(HEADER);
        match class {
            LABELS if kind == 1 => o.see_rows(&LABEL, value, 4),
            INTERFACE => {
                o.see_all(&ROLE, object);
                interface(o, value, kind);
            }
            PROBE => probe(o, value, kind),
            _ => o.note_octets(DATA, value.data()),
        }
        rest = rest.skip(size);
    }
}

/// An interface, of which the type says what is there.
fn interface(o: &mut Out, mut v: View<'_>, kind: u8) {
    if kind & 8 != 0 {
        o.see_all(&INDEX, v);
        v = v.skip(4);
    }
    if kind & 4 != 0 {
        o.see_all(&FAMILY, v);
        match v.u16(0) {
            Ok(IPV4) => {
                o.see_all(&ADDRESS_4, v);
                v = v.skip(8);
            }
            Ok(IPV6) => {
                o.see_all(&ADDRESS_6, v);
                v = v.skip(20);
            }
            _ => return,
        }
    }
    if kind & 2 != 0 {
        let Ok(length @ 1..) = v.u8(0) else { return };
        o.see_all(&NAME_LENGTH, v);
        o.see_name(NAME, v, 1, usize::from(length) - 1);
        v = v.skip(length.into());
    }
    if kind & 1 != 0 {
        o.see_all(&MTU, v);
    }
}

/// What interface a probe asks for: by its name, index or address.
fn probe(o: &mut Out, v: View<'_>, kind: u8) {
    match kind {
        1 => o.note_padded(PROBED_NAME, v.data()),
        2 => o.see_all(&PROBED_INDEX, v),
        3 => {
            o.see_all(&PROBED_FAMILY, v);
            match v.u16(0) {
                Ok(IPV4) => o.see_all(&PROBED_4, v),
                Ok(IPV6) => o.see_all(&PROBED_6, v),
                _ => o.note_octets(PROBED_ADDRESS, v.skip(4).data()),
            }
        }
        _ => {}
    }
}
