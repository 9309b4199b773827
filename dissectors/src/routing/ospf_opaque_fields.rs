//! OSPF for the tree: opaque advertisements, of traffic engineering (RFC 3630, RFC 4203),
//! graceful restart (RFC 3623), capabilities of routers (RFC 7770) and extended prefixes and
//! links (RFC 7684) with their segments (RFC 8665); and link-local signalling (RFC 5613).

use crate::field::Slot;
use crate::out::Out;
use crate::view::{Step, View};

/// Octets of a TLV's type and length.
const TLV_SIZE: usize = 4;
const TYPE: &[Slot] = &[Slot::new("ospf.tlv_type", 0, 2)];
const LENGTH: &[Slot] = &[Slot::new("ospf.tlv_length", 2, 2)];

/// What TLVs hold by type, from their value on.
type Values = [(u16, &'static [Slot])];

const ENGINEERING: &Values = &[(1, &[Slot::new("ospf.mpls.routerid", 0, 4)])];
const LINK: u16 = 2;
const LINK_VALUES: &Values = &[
    (1, &[Slot::new("ospf.mpls.linktype", 0, 1)]),
    (2, &[Slot::new("ospf.mpls.linkid", 0, 4)]),
    (5, &[Slot::new("ospf.mpls.te_metric", 0, 4)]),
    (9, &[Slot::new("ospf.mpls.linkcolor", 0, 4)]),
    (11, &[Slot::new("ospf.mpls.local_id", 0, 4), Slot::new("ospf.mpls.remote_id", 4, 4)]),
    (14, &[Slot::new("ospf.mpls.protection_capability", 0, 1)]),
    (15, &[Slot::new("ospf.mpls.switching_type", 0, 1), Slot::new("ospf.mpls.encoding", 1, 1)]),
    (17, &[Slot::new("ospf.mpls.bc.model_id", 0, 1)]),
];
/// TLVs that are lists of numbers of four octets.
const LINK_LISTS: &Values = &[
    (3, &[Slot::new("ospf.mpls.local_addr", 0, 4)]),
    (4, &[Slot::new("ospf.mpls.remote_addr", 0, 4)]),
    (16, &[Slot::new("ospf.mpls.shared_risk_link_group", 0, 4)]),
];

const RESTART: &Values = &[
    (1, &[Slot::new("ospf.v2.grace.period", 0, 4)]),
    (2, &[Slot::new("ospf.v2.grace.reason", 0, 1)]),
    (3, &[Slot::new("ospf.v2.grace.ip", 0, 4)]),
];

const ROUTER_TYPE: &[Slot] = &[Slot::new("ospf.tlv_type.opaque", 0, 2)];
const ROUTER: &Values = &[(
    1,
    &[
        Slot::new("ospf.ri.options", 0, 1),
        Slot::new("ospf.ri.options.grc", 0, 1).bit(7),
        Slot::new("ospf.ri.options.grh", 0, 1).bit(6),
        Slot::new("ospf.ri.options.srs", 0, 1).bit(5),
        Slot::new("ospf.ri.options.tes", 0, 1).bit(4),
        Slot::new("ospf.ri.options.p2plan", 0, 1).bit(3),
        Slot::new("ospf.ri.options.ete", 0, 1).bit(2),
        Slot::new("ospf.ri.options.host", 0, 1).bit(0),
    ],
)];
const HOSTNAME: u16 = 7;
const ALGORITHMS: u16 = 8;
const ALGORITHM: &[Slot] = &[Slot::new("ospf.lsa_sa", 0, 1)];
const LABEL_RANGE: u16 = 9;
const LOCAL_BLOCK: u16 = 14;
const RANGE: &[Slot] = &[Slot::new("ospf.tlv.range_size", 0, 3)];
const RANGE_LABEL: &[Slot] = &[
    Slot::new("ospf.tlv.sidlabel_range.type", 0, 2),
    Slot::new("ospf.tlv_length", 2, 2),
    Slot::new("ospf.tlv.sid_label", 4, 3),
];
const DEPTHS: u16 = 12;
const DEPTH: &[Slot] = &[Slot::new("ospf.tlv.igp_msd_type", 0, 1), Slot::new("ospf.tlv.igp_msd_value", 1, 1)];

const PREFIX: &[Slot] = &[
    Slot::new("ospf.tlv.extpfx.tlv_type", 0, 2),
    Slot::new("ospf.tlv_length", 2, 2),
    Slot::new("ospf.tlv.extpfx.rotuetype", 4, 1),
    Slot::new("ospf.prefix_length", 5, 1),
    Slot::new("ospf.tlv.extpfx.af", 6, 1),
    Slot::new("ospf.tlv.extpfx.flags", 7, 1),
    Slot::new("ospf.tlv.extpfx.flags.a", 7, 1).bit(7),
    Slot::new("ospf.tlv.extpfx.flags.n", 7, 1).bit(6),
    Slot::new("ospf.v3.address_prefix.ipv4", 8, 4),
];
const PREFIX_SUBTYPE: &[Slot] = &[Slot::new("ospf.tlv.extpfx.subtlv_type", 0, 2)];
const PREFIX_SEGMENT: &[Slot] = &[
    Slot::new("ospf.tlv.pfxsid.flags", 0, 1),
    Slot::new("ospf.tlv.pfxsid.flags.np", 0, 1).bit(6),
    Slot::new("ospf.tlv.pfxsid.flags.m", 0, 1).bit(5),
    Slot::new("ospf.tlv.pfxsid.flags.e", 0, 1).bit(4),
    Slot::new("ospf.tlv.pfxsid.flags.v", 0, 1).bit(3),
    Slot::new("ospf.tlv.pfxsid.flags.l", 0, 1).bit(2),
    Slot::new("ospf.tlv.extlink.mt_id", 2, 1),
    Slot::new("ospf.lsa_sa", 3, 1),
];

const EXTENDED_LINK: &[Slot] = &[
    Slot::new("ospf.tlv.extlink.tlv_type", 0, 2),
    Slot::new("ospf.tlv_length", 2, 2),
    Slot::new("ospf.lsa.router.linktype", 4, 1),
    Slot::new("ospf.lsa.router.linkid", 8, 4),
    Slot::new("ospf.lsa.router.linkdata", 12, 4),
];
const LINK_SUBTYPE: &[Slot] = &[Slot::new("ospf.tlv.extlink.subtlv_type", 0, 2)];
const ADJACENCY_SEGMENT: &[Slot] = &[
    Slot::new("ospf.tlv.adjsid.flags", 0, 1),
    Slot::new("ospf.tlv.adjsid.flags.v", 0, 1).bit(6),
    Slot::new("ospf.tlv.adjsid.flags.g", 0, 1).bit(4),
    Slot::new("ospf.tlv.adjsid.flags.p", 0, 1).bit(3),
    Slot::new("ospf.tlv.extlink.mt_id", 2, 1),
    Slot::new("ospf.tlv.extlink.weight", 3, 1),
];
const NEIGHBOUR: &[Slot] = &[Slot::new("ospf.tlv.extlink.nbr", 4, 4)];
/// A label, and an index into the range of labels.
const SEGMENT_LABEL: &[Slot] = &[Slot::new("ospf.tlv.sid_label", 0, 3)];
const SEGMENT_INDEX: &[Slot] = &[Slot::new("ospf.tlv.sid_label", 0, 4)];

const SIGNALLING: &[Slot] = &[Slot::new("ospf.lls.checksum", 0, 2)];
const SIGNALLED: &Values = &[
    (
        1,
        &[
            Slot::new("ospf.lls.ext.options", 0, 4),
            Slot::new("ospf.lls.ext.options.rs", 0, 4).bit(1),
            Slot::new("ospf.lls.ext.options.lr", 0, 4).bit(0),
        ],
    ),
    (2, &[Slot::new("ospf.v2.lls.sequence_number", 0, 4), Slot::new("ospf.v2.lls.auth_data", 4, 16)]),
];

/// The TLVs of a list, which are padded to four octets: their type and value.
fn tlvs(o: &mut Out, v: View<'_>, header: &[Slot], mut each: impl FnMut(&mut Out, u16, View<'_>)) -> Step {
    let mut v = v;
    while v.has(TLV_SIZE) {
        o.see_all(header, v);
        o.see_all(LENGTH, v);
        let size = TLV_SIZE + usize::from(v.u16(2)?);
        each(o, v.u16(0)?, v.cut(size).skip(TLV_SIZE));
        v = v.skip(size.next_multiple_of(4));
    }
    Ok(())
}

fn values(o: &mut Out, kind: u16, v: View<'_>, values: &Values) {
    if let Some(&(_, slots)) = values.iter().find(|row| row.0 == kind) {
        o.see_all(slots, v);
    }
}

/// Notes the body of an advertisement of an opaque type.
pub(super) fn note(o: &mut Out, opaque: u8, v: View<'_>) -> Step {
    match opaque {
        1 => tlvs(o, v, TYPE, |o, kind, value| {
            values(o, kind, value, ENGINEERING);
            if kind == LINK {
                let _ends_early = tlvs(o, value, TYPE, |o, kind, value| {
                    values(o, kind, value, LINK_VALUES);
                    if let Some(&(_, row)) = LINK_LISTS.iter().find(|row| row.0 == kind) {
                        o.see_rows(row, value, 4);
                    }
                });
            }
        }),
        3 => tlvs(o, v, TYPE, |o, kind, value| values(o, kind, value, RESTART)),
        4 => tlvs(o, v, ROUTER_TYPE, router),
        7 => extended(o, v, PREFIX, 12, PREFIX_SUBTYPE),
        8 => extended(o, v, EXTENDED_LINK, 16, LINK_SUBTYPE),
        _ => Ok(()),
    }
}

/// A capability of a router.
fn router(o: &mut Out, kind: u16, v: View<'_>) {
    values(o, kind, v, ROUTER);
    match kind {
        HOSTNAME => o.note_padded(id!("ospf.dynhostname"), v.data()),
        ALGORITHMS => o.see_rows(ALGORITHM, v, 1),
        LABEL_RANGE | LOCAL_BLOCK => {
            o.see_all(RANGE, v);
            o.see_all(RANGE_LABEL, v.skip(4));
        }
        DEPTHS => o.see_rows(DEPTH, v, 2),
        _ => {}
    }
}

/// Prefixes or links, whose TLVs begin with `fixed` octets.
fn extended(o: &mut Out, v: View<'_>, header: &[Slot], fixed: usize, subtype: &[Slot]) -> Step {
    let mut v = v;
    while v.has(TLV_SIZE) {
        o.see_all(header, v);
        let size = TLV_SIZE + usize::from(v.u16(2)?);
        tlvs(o, v.cut(size).skip(fixed), subtype, |o, kind, value| segment(o, kind, value, fixed == 12))?;
        v = v.skip(size.next_multiple_of(4));
    }
    Ok(())
}

/// The identifier of a segment: of a prefix, of an adjacency, or of one in a LAN.
fn segment(o: &mut Out, kind: u16, v: View<'_>, of_prefix: bool) {
    let at = match (of_prefix, kind) {
        (true, 2) => {
            o.see_all(PREFIX_SEGMENT, v);
            4
        }
        (false, 2) => {
            o.see_all(ADJACENCY_SEGMENT, v);
            4
        }
        (false, 3) => {
            o.see_all(ADJACENCY_SEGMENT, v);
            o.see_all(NEIGHBOUR, v);
            8
        }
        _ => return,
    };
    let identifier = v.skip(at);
    o.see_all(if identifier.has(4) { SEGMENT_INDEX } else { SEGMENT_LABEL }, identifier);
}

/// Notes the block behind a packet that routers on a link tell each other.
pub(super) fn signalling(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(SIGNALLING, v);
    // The length counts words.
    let size = usize::from(v.u16(2)?) * 4;
    o.note(id!("ospf.lls.data_length"), size);
    tlvs(o, v.cut(size).skip(TLV_SIZE), TYPE, |o, kind, value| values(o, kind, value, SIGNALLED))
}
