//! PIM (RFC 7761), its first version over IGMP, and the announcements of
//! rendezvous points by Cisco's Auto-RP.

use crate::below::{Below, ip_of};
use crate::checksum;
use crate::field::{Field, Slot};
use crate::out::Out;
use crate::put::{Elapsed, Hex2, Hex4, Ipv4, Named, Otherwise, Table, named};
use crate::routing::{pim_fields, pim_messages};
use crate::view::{Step, Stop, View};

/// The IP protocol number.
const PROTOCOL: u8 = 103;

const VERSION: Field<u8> = Field::bits("pim.version", 0, 4, 15);
const TYPE: Field<u8> = Field::bits("pim.type", 0, 0, 15);
const CHECKSUM: Field<u16> = Field::new("pim.cksum", 2);

const NAMES_V1: Table = &[
    (0, "Query"),
    (1, "Register"),
    (2, "Register-Stop"),
    (3, "Join/Prune"),
    (4, "RP-reachable"),
    (5, "Assert"),
    (6, "Graft"),
    (7, "Graft-ACK"),
];
const NAMES: Table = &[
    (0, "Hello"),
    (1, "Register"),
    (2, "Register Stop"),
    (3, "Join / Prune"),
    (4, "Bootstrap"),
    (5, "Assert"),
    (6, "Graft"),
    (7, "Graft Acknowledgement"),
    (8, "Candidate RP Advertisement"),
    (9, "Prune Refresh"),
    (10, "DF Election"),
    (11, "ECMP Redirect"),
];

/// A PIM message over IP.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "pim";
    let (version, kind) = (v.get(VERSION)?, v.get(TYPE)?);
    pim_fields::note(o, v);
    let name = named(NAMES, kind, "Unknown Type");
    o.put(("PIMv", version));
    if version != 2 {
        o.put((", length ", v.len()));
        return Ok(());
    }
    if o.opt.verbose == 0 {
        o.put((", ", name, ", length ", v.len()));
        return Ok(());
    }
    o.put((", length ", v.len(), "\n\t", name));
    o.proto = "pimv2";
    let result = version_2(o, v, kind, below);
    o.settle(result)
}

fn version_2(o: &mut Out, v: View<'_>, kind: u8, below: &Below<'_>) -> Step {
    if v.len() < 2 {
        o.put(("[length ", v.len(), " < 2]"));
        return Err(Stop::Malformed);
    }
    // RFC 2117 had the length of unencoded addresses here.
    let address_len = usize::from(v.u8(1)? & 15);
    o.put((address_len != 0).then_some(", RFC2117-encoding"));
    if v.len() < 4 {
        o.put(("[length ", v.len(), " < 4]"));
        return Err(Stop::Malformed);
    }
    let field = v.get(CHECKSUM)?;
    o.put((", cksum 0x", Hex4(field), " "));
    o.put(match verify(v, field, kind, below)? {
        None => "(unverified)",
        Some(true) => "(correct)",
        Some(false) => "(incorrect)",
    });
    let result = pim_messages::dissect(o, v.skip(4), kind, v.u8(1)? >> 4, address_len, below);
    // A message that is too short for its fields is marked as cut.
    if result == Err(Stop::Malformed) {
        o.truncated();
        return Ok(());
    }
    result
}

/// Whether the checksum is right, if that can be told. That of a Register
/// covers the header, but some senders cover the whole (RFC 7761, section 4.9).
fn verify(v: View<'_>, field: u16, kind: u8, below: &Below<'_>) -> Step<Option<bool>> {
    const REGISTER: u8 = 1;
    const REGISTER_COVERS: usize = 8;
    if field == 0 {
        return Ok(None);
    }
    let ip = ip_of(below)?;
    let over = |n: usize| -> Step<Option<bool>> {
        let Ok(covered) = v.bytes(0, n) else { return Ok(None) };
        let sum = if ip.version == 4 { checksum::internet(covered) } else { ip.checksum(PROTOCOL, n, covered)? };
        Ok(Some(sum == 0))
    };
    if kind == REGISTER {
        let header = over(REGISTER_COVERS)?;
        if header != Some(false) {
            return Ok(header);
        }
    }
    over(v.len())
}

/// A message of the first version, with its IGMP header.
pub(crate) fn version_1(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    const QUERY: u8 = 0;
    const REGISTER: u8 = 1;
    const REGISTER_STOP: u8 = 2;
    const JOIN_PRUNE: u8 = 3;
    const REACHABILITY: u8 = 4;
    const ASSERT: u8 = 5;
    const GRAFT: u8 = 6;
    const GRAFT_ACK: u8 = 7;
    o.proto = "pimv1";
    pim_fields::note_version_1(o, v);
    let kind = v.u8(1)?;
    o.put((" ", Named(NAMES_V1, kind.into(), Otherwise::Dec("[type ", "]"))));
    let verbose = o.opt.verbose > 0;
    match kind {
        QUERY => {
            match v.u8(8).map(|octet| octet >> 4) {
                Ok(0) => o.put(" Dense-mode"),
                Ok(1) => o.put(" Sparse-mode"),
                Ok(2) => o.put(" Sparse-Dense-mode"),
                Ok(mode) => o.put((" mode-", mode)),
                Err(_) => {}
            }
            if verbose {
                o.put(" (Hold-time ");
                o.put((Elapsed(v.u16(10)?.into()), ")"));
            }
        }
        REGISTER => {
            if !v.has(28) {
                o.truncated();
                return Ok(());
            }
            o.put((" for ", Ipv4(v.array(20)?), " > ", Ipv4(v.array(24)?)));
        }
        REGISTER_STOP => o.put((" for ", Ipv4(v.array(8)?), " > ", Ipv4(v.array(12)?))),
        REACHABILITY if verbose => {
            o.put((" group ", Ipv4(v.array(8)?)));
            mask(o, v.array(12)?);
            o.put((" RP ", Ipv4(v.array(16)?), " hold "));
            o.put(Elapsed(v.u16(22)?.into()));
        }
        ASSERT => {
            o.put((" for ", Ipv4(v.array(16)?), " > ", Ipv4(v.array(8)?)));
            mask(o, v.array(12)?);
            let preference = v.u32(20)?;
            let tree = if preference >> 31 != 0 { " RP-tree" } else { " SPT" };
            o.put((tree, " pref ", preference & 0x7fff_ffff, " metric ", v.u32(24)?));
        }
        JOIN_PRUNE | GRAFT | GRAFT_ACK if verbose => {
            if v.len() < 8 {
                o.truncated();
                return Ok(());
            }
            let result = join_prune_v1(o, v.skip(8));
            if result == Err(Stop::Malformed) {
                o.truncated();
            } else {
                result?;
            }
        }
        _ => {}
    }
    let version = v.u8(4)? >> 4;
    o.put((version != 1).then_some((" [v", version, "]")));
    Ok(())
}

/// A mask, unless it is that of a host.
fn mask(o: &mut Out, mask: [u8; 4]) {
    o.put((mask != [255; 4]).then_some(("/", Ipv4(mask))));
}

/// Fails as malformed where fewer than `n` octets are left.
fn left(v: View<'_>, n: usize) -> Step {
    if v.len() < n { Err(Stop::Malformed) } else { Ok(()) }
}

fn join_prune_v1(o: &mut Out, v: View<'_>) -> Step {
    /// The usual hold time in seconds: it is not printed.
    const USUAL_HOLD: u16 = 180;
    if v.has(30) && v.u8(11)? == 1 && u32::from(v.u16(20)?) + u32::from(v.u16(22)?) == 1 {
        o.put((" RPF ", Ipv4(v.array(0)?), " "));
        let hold = v.u16(6)?;
        if hold != USUAL_HOLD {
            o.put(("Hold ", Elapsed(hold.into())));
        }
        let flags = v.u8(25)?;
        o.put((if v.u16(20)? != 0 { "Join" } else { "Prune" }, " (", Ipv4(v.array(26)?), "/", flags & 0x3f));
        o.put((", ", Ipv4(v.array(12)?)));
        mask(o, v.array(16)?);
        o.put((") ", if v.u8(24)? & 1 != 0 { "Sparse" } else { "Dense" }));
        o.put((if flags & 0x80 != 0 { " WC" } else { "" }, if flags & 0x40 != 0 { " RP" } else { " SPT" }));
        return Ok(());
    }
    let new_line = (o.opt.verbose > 1).then_some("\n");
    left(v, 4)?;
    o.put(new_line);
    o.put((" Upstream Nbr: ", Ipv4(v.array(0)?)));
    let v = v.skip(4);
    left(v, 4)?;
    o.put(new_line);
    o.put(" Hold time: ");
    o.put(Elapsed(v.u16(2)?.into()));
    if o.opt.verbose < 2 {
        return Ok(());
    }
    let mut v = v.skip(4);
    left(v, 4)?;
    let groups = v.u8(3)?;
    v = v.skip(4);
    for _ in 0..groups {
        v = group_v1(o, v)?;
    }
    Ok(())
}

fn group_v1<'p>(o: &mut Out, v: View<'p>) -> Step<View<'p>> {
    left(v, 4)?;
    o.put(("\n\tGroup: ", Ipv4(v.array(0)?)));
    left(v, 8)?;
    mask(o, v.array(4)?);
    left(v, 12)?;
    let (joins, prunes) = (u32::from(v.u16(8)?), u32::from(v.u16(10)?));
    o.put((" joined: ", joins, " pruned: ", prunes));
    let mut v = v.skip(12);
    for i in 0..joins + prunes {
        left(v, 6)?;
        let flags = v.u8(1)?;
        o.put((
            if i < joins { "\n\tJoin  " } else { "\n\tPrune " },
            if v.u8(0)? & 1 != 0 { "Sparse " } else { "Dense " },
            if flags & 0x80 != 0 { "WC " } else { "" },
            if flags & 0x40 != 0 { "RP " } else { "SPT " },
            Ipv4(v.array(2)?),
            "/",
            flags & 0x3f,
        ));
        v = v.skip(6);
    }
    Ok(v)
}

/// Auto-RP announcements and mappings.
pub(crate) fn auto_rp(o: &mut Out, v: View<'_>, _: &Below<'_>) -> Step {
    o.proto = "cisco_autorp";
    let result = announcements(o, v);
    if result == Err(Stop::Malformed) {
        o.truncated();
        return Ok(());
    }
    result
}

/// The tree's fields of announcements, of each rendezvous point and of its groups.
const ANNOUNCEMENT: &[Slot] = &[
    Slot::new("auto_rp.version", 0, 1).bits(4, 15),
    Slot::new("auto_rp.type", 0, 1).bits(0, 15),
    Slot::new("auto_rp.rp_count", 1, 1),
    Slot::new("auto_rp.holdtime", 2, 2),
];
const POINT: &[Slot] = &[
    Slot::new("auto_rp.rp_addr", 0, 4),
    Slot::new("auto_rp.pim_ver", 4, 1).bits(0, 3),
    Slot::new("auto_rp.group_num", 5, 1),
];
const GROUP: &[Slot] = &[
    Slot::new("auto_rp.prefix_sign", 0, 1).bit(0),
    Slot::new("auto_rp.mask_len", 1, 1),
    Slot::new("auto_rp.group_prefix", 2, 4),
];

fn announcements(o: &mut Out, v: View<'_>) -> Step {
    left(v, 8)?;
    o.see_all(ANNOUNCEMENT, v);
    o.put(" auto-rp ");
    match v.u8(0)? {
        0x11 => o.put("candidate-advert"),
        0x12 => o.put("mapping"),
        kind => o.put(("type-0x", Hex2(kind))),
    }
    let points = v.u8(1)?;
    o.put(" Hold ");
    match v.u16(2)? {
        0 => o.put("FOREVER"),
        hold => o.put(Elapsed(hold.into())),
    }
    let mut v = v.skip(8);
    for _ in 0..points {
        left(v, 4)?;
        o.see_all(POINT, v);
        o.put((" RP ", Ipv4(v.array(0)?)));
        left(v, 5)?;
        let version = v.u8(4)?;
        o.put([" PIMv?", " PIMv1", " PIMv2", " PIMv1+2"][usize::from(version & 3)]);
        o.put((version & 0xfc != 0).then_some((" [rsvd=0x", Hex2(version & 0xfc), "]")));
        left(v, 6)?;
        let entries = v.u8(5)?;
        v = v.skip(6);
        for i in 0..entries {
            left(v, 6)?;
            o.see_all(GROUP, v);
            let flags = v.u8(0)?;
            let separator = if i == 0 { " " } else { "," };
            o.put((separator, if flags & 1 != 0 { "!" } else { "" }, Ipv4(v.array(2)?), "/", v.u8(1)?));
            o.put((flags & 2 != 0).then_some(" bidir"));
            o.put((flags & 0xfc != 0).then_some(("[rsvd=0x", Hex2(flags & 0xfc), "]")));
            v = v.skip(6);
        }
    }
    Ok(())
}
