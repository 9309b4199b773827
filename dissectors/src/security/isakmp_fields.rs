//! The tree's fields of payloads of IKE, of version 1 (RFC 2407 to RFC 2409) and 2
//! (RFC 7296, section 3).

use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::security::isakmp::{Context, GENERIC};
use crate::view::{Step, View};

const NEXT: &[Slot] = &[Slot::new("isakmp.nextpayload", 0, 1)];
const LENGTH: &[Slot] = &[Slot::new("isakmp.payloadlength", 2, 2)];

/// Fields of payloads, by number.
const PAYLOADS: &[(u8, &[Slot])] = &[
    (1, &[Slot::new("isakmp.sa.doi", 4, 4)]),
    (
        PROPOSAL,
        &[
            Slot::new("isakmp.prop.number", 4, 1),
            Slot::new("isakmp.prop.protoid", 5, 1),
            Slot::new("isakmp.spisize", 6, 1),
            Slot::new("isakmp.prop.transforms", 7, 1),
        ],
    ),
    (5, IDENTITY_1),
    (6, CERTIFICATE),
    (7, REQUESTED),
    (
        11,
        &[
            Slot::new("isakmp.notify.doi", 4, 4),
            Slot::new("isakmp.notify.protoid", 8, 1),
            Slot::new("isakmp.spisize", 9, 1),
            Slot::new("isakmp.notify.msgtype", 10, 2),
        ],
    ),
    (
        12,
        &[
            Slot::new("isakmp.delete.doi", 4, 4),
            Slot::new("isakmp.delete.protoid", 8, 1),
            Slot::new("isakmp.spisize", 9, 1),
            Slot::new("isakmp.spinum", 10, 2),
        ],
    ),
    (34, &[Slot::new("isakmp.key_exchange.dh_group", 4, 2)]),
    (35, IDENTITY_2),
    (36, IDENTITY_2),
    (37, CERTIFICATE),
    (38, REQUESTED),
    (39, &[Slot::new("isakmp.auth.method", 4, 1)]),
    (
        41,
        &[
            Slot::new("isakmp.notify.protoid", 4, 1),
            Slot::new("isakmp.spisize", 5, 1),
            Slot::new("isakmp.notify.msgtype", 6, 2),
        ],
    ),
    (
        42,
        &[
            Slot::new("isakmp.delete.protoid", 4, 1),
            Slot::new("isakmp.spisize", 5, 1),
            Slot::new("isakmp.spinum", 6, 2),
        ],
    ),
];
const PROPOSAL: u8 = 2;
const TRANSFORM: u8 = 3;
const IDENTITY_1: &[Slot] =
    &[Slot::new("isakmp.id.type", 4, 1), Slot::new("isakmp.id.protoid", 5, 1), Slot::new("isakmp.id.port", 6, 2)];
const IDENTITY_2: &[Slot] = &[Slot::new("isakmp.id.type", 4, 1)];
const CERTIFICATE: &[Slot] = &[Slot::new("isakmp.cert.encoding", 4, 1)];
const REQUESTED: &[Slot] = &[Slot::new("isakmp.certreq.type", 4, 1)];

/// An identity by its type (RFC 2407, section 4.6.2.1).
const IDENTITIES: &[(u8, &[Slot])] = &[
    (1, &[Slot::new("isakmp.id.data.ipv4_addr", 8, 4)]),
    (4, &[Slot::new("isakmp.id.data.ipv4_addr", 8, 4), Slot::new("isakmp.id.data.ipv4_subnet", 12, 4)]),
    (5, &[Slot::new("isakmp.id.data.ipv6_addr", 8, 16)]),
    (6, &[Slot::new("isakmp.id.data.ipv6_addr", 8, 16), Slot::new("isakmp.id.data.ipv6_subnet", 24, 16)]),
    (7, &[Slot::new("isakmp.id.data.ipv4_range_start", 8, 4), Slot::new("isakmp.id.data.ipv4_range_end", 12, 4)]),
    (8, &[Slot::new("isakmp.id.data.ipv6_range_start", 8, 16), Slot::new("isakmp.id.data.ipv6_range_end", 24, 16)]),
];
const NAMES: [(u8, Id); 3] = [
    (2, Id::of("isakmp.id.data.fqdn")),
    (3, Id::of("isakmp.id.data.user_fqdn")),
    (11, Id::of("isakmp.id.data.key_id")),
];

/// Transforms of version 1 and 2, and what one of version 2 is by its type.
const TRANSFORM_1: &[Slot] = &[Slot::new("isakmp.trans.number", 4, 1), Slot::new("isakmp.trans.id", 5, 1)];
const TRANSFORM_2: &[Slot] = &[Slot::new("isakmp.tf.type", 4, 1)];
const TRANSFORMS: [&[Slot]; 6] = [
    &[Slot::new("isakmp.tf.id", 6, 2)],
    &[Slot::new("isakmp.tf.id.encr", 6, 2)],
    &[Slot::new("isakmp.tf.id.prf", 6, 2)],
    &[Slot::new("isakmp.tf.id.integ", 6, 2)],
    &[Slot::new("isakmp.tf.id.dh", 6, 2)],
    &[Slot::new("isakmp.tf.id.esn", 6, 2)],
];

/// Attributes of transforms of IKE (RFC 2409, appendix A), of IPsec (RFC 2407,
/// section 4.5) and of version 2.
const IKE: &[(u16, Id)] = &[
    (1, Id::of("isakmp.ike.attr.encryption_algorithm")),
    (2, Id::of("isakmp.ike.attr.hash_algorithm")),
    (3, Id::of("isakmp.ike.attr.authentication_method")),
    (4, Id::of("isakmp.ike.attr.group_description")),
    (11, Id::of("isakmp.ike.attr.life_type")),
    (12, Id::of("isakmp.ike.attr.life_duration")),
    (14, Id::of("isakmp.ike.attr.key_length")),
];
const IPSEC: &[(u16, Id)] = &[
    (1, Id::of("isakmp.ipsec.attr.life_type")),
    (2, Id::of("isakmp.ipsec.attr.life_duration")),
    (3, Id::of("isakmp.ipsec.attr.group_description")),
    (4, Id::of("isakmp.ipsec.attr.encap_mode")),
    (5, Id::of("isakmp.ipsec.attr.auth_algorithm")),
];
const IKE_2: &[(u16, Id)] = &[(14, Id::of("isakmp.ike2.attr.key_length"))];

/// Notes a payload of `length` octets at `at`, but for those inside it.
pub(super) fn note(o: &mut Out, c: &Context<'_>, kind: u8, at: usize, length: usize) {
    if o.tree.is_some() {
        let _ends_early = payload(o, c, kind, c.v.skip(at).cut(length));
    }
}

fn payload(o: &mut Out, c: &Context<'_>, kind: u8, v: View<'_>) -> Step {
    o.note(id!("isakmp.typepayload"), kind);
    o.see_all(NEXT, v);
    o.see_all(LENGTH, v);
    if let Some((_, slots)) = PAYLOADS.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
    match kind {
        PROPOSAL => spi(o, v, 8, v.u8(6)?)?,
        TRANSFORM => transform(o, c, v)?,
        5 | 35 | 36 => identity(o, v)?,
        4 => o.note_octets(id!("isakmp.key_exchange.data"), v.skip(GENERIC).payload()),
        34 => o.note_octets(id!("isakmp.key_exchange.data"), v.skip(8).payload()),
        10 | 40 => o.note_octets(id!("isakmp.nonce"), v.skip(GENERIC).payload()),
        13 | 43 => o.note_octets(id!("isakmp.vid_bytes"), v.skip(GENERIC).payload()),
        11 => spi(o, v, 12, v.u8(9)?)?,
        41 => spi(o, v, 8, v.u8(5)?)?,
        12 => deleted(o, v.skip(12), v.u8(9)?, v.u16(10)?)?,
        42 => deleted(o, v.skip(8), v.u8(5)?, v.u16(6)?)?,
        _ => {}
    }
    Ok(())
}

fn spi(o: &mut Out, v: View<'_>, at: usize, size: u8) -> Step {
    if size > 0 {
        o.note_octets(id!("isakmp.spi"), v.bytes(at, size.into())?);
    }
    Ok(())
}

fn deleted(o: &mut Out, v: View<'_>, size: u8, count: u16) -> Step {
    let size = usize::from(size);
    let count = if size == 0 { 0 } else { count };
    for i in 0..usize::from(count) {
        o.note_octets(id!("isakmp.delete.spi"), v.bytes(i * size, size)?);
    }
    Ok(())
}

fn identity(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u8(4)?;
    if let Some((_, slots)) = IDENTITIES.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    } else if let Some((_, id)) = NAMES.iter().find(|row| row.0 == kind) {
        o.note_octets(*id, v.skip(8).payload());
    }
    Ok(())
}

fn transform(o: &mut Out, c: &Context<'_>, v: View<'_>) -> Step {
    const ISAKMP: u8 = 1;
    const VERSION: usize = 17;
    let attributes = if c.message.u8(VERSION)? >> 4 == 1 {
        o.see_all(TRANSFORM_1, v);
        if c.protocol == ISAKMP { IKE } else { IPSEC }
    } else {
        o.see_all(TRANSFORM_2, v);
        o.see_all(TRANSFORMS.get(usize::from(v.u8(4)?)).unwrap_or(&TRANSFORMS[0]), v);
        IKE_2
    };
    let mut rest = v.skip(8);
    while !rest.is_empty() {
        /// The value stands in place of its length.
        const SHORT: u16 = 0x8000;
        let (kind, number) = (rest.u16(0)?, rest.u16(2)?);
        let size = if kind & SHORT != 0 { 0 } else { usize::from(number) };
        let found = attributes.iter().find(|row| row.0 == kind & !SHORT);
        match (found, size) {
            (Some((_, id)), 0) => o.note(*id, number),
            (Some((_, id)), 1..=8) => {
                o.note(*id, rest.bytes(4, size)?.iter().fold(0, |sum: u64, &octet| sum << 8 | u64::from(octet)));
            }
            _ => {}
        }
        rest = rest.skip(4 + size);
    }
    Ok(())
}
