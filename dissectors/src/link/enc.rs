//! IPsec as OpenBSD's `enc` interface shows it (`net/if_enc.h`).

use crate::below::Below;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::Hex8;
use crate::registry;
use crate::view::{Step, View};

/// Octets of the header: family, security parameters index, flags.
const HEADER: usize = 12;

/// The parameters index for the tree, and the bits of the flags.
const INDEX: &[Slot] = &[Slot::new("enc.spi", 4, 4)];
const FLAG_BITS: &[(u32, Id)] = &[
    (CONFIDENTIAL, id!("enc.flags.payload_enc")),
    (AUTHENTIC, id!("enc.flags.payload_auth")),
    (0x1000, id!("enc.flags.payload_compress")),
    (0x2000, id!("enc.flags.header_auth")),
];

/// The packet was encrypted.
const CONFIDENTIAL: u32 = 0x0400;
/// The packet was authenticated.
const AUTHENTIC: u32 = 0x0800;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "enc";
    v.need(HEADER)?;
    // In the order of the host that captured, whose families are small numbers.
    let (mut family, mut flags) = (v.le32(0)?, v.le32(8)?);
    if family & 0xffff_0000 != 0 {
        (family, flags) = (family.swap_bytes(), flags.swap_bytes());
    }
    o.note(id!("enc.af"), family);
    o.see_all(INDEX, v);
    o.note(id!("enc.flags"), flags);
    for &(flag, field) in FLAG_BITS {
        o.note(field, flags & flag != 0);
    }
    if flags == 0 {
        o.put("(unprotected): ");
    } else {
        o.put("(");
    }
    for (flag, name) in [(AUTHENTIC, "authentic"), (CONFIDENTIAL, "confidential")] {
        if flags & flag != 0 {
            o.put((name, if flags == flag { "): " } else { "," }));
            flags &= !flag;
        }
    }
    o.put(("SPI 0x", Hex8(v.u32(4)?), ": "));
    let inner = v.skip(HEADER);
    match family {
        2 => registry::ipv4()(o, inner, below)?,
        // AF_INET6 of NetBSD and OpenBSD, FreeBSD, and Darwin.
        24 | 28 | 30 => registry::ipv6()(o, inner, below)?,
        _ => {}
    }
    o.link_len += HEADER;
    Ok(())
}
