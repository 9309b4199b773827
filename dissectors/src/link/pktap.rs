//! Packets with the process that sent or got them, as Darwin captures them
//! (`net/pktap.h`; little-endian in all captures that are known).

use crate::below::Below;
use crate::field::Slot;
use crate::link::{ethernet, ppi};
use crate::out::Out;
use crate::put::Chars;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 108;

/// The header for the tree; the names of the interface and of the commands are beside it.
const FIELDS: &[Slot] = &[
    Slot::new("pktap.hdrlen", 0, 4).little(),
    Slot::new("pktap.rectype", 4, 4).little(),
    Slot::new("pktap.dlt", 8, 4).little(),
    Slot::new("pktap.flags", 36, 4).little(),
    Slot::new("pktap.pfamily", 40, 4).little(),
    Slot::new("pktap.llhdrlen", 44, 4).little(),
    Slot::new("pktap.lltrlrlen", 48, 4).little(),
    Slot::new("pktap.pid", 52, 4).little(),
    Slot::new("pktap.svc_class", 76, 4).little(),
    Slot::new("pktap.iftype", 80, 2).little(),
    Slot::new("pktap.ifunit", 82, 2).little(),
    Slot::new("pktap.epid", 84, 4).little(),
];

const RECORD_NONE: u32 = 0;
const RECORD_PACKET: u32 = 1;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "pktap";
    let result = packet(o, v, below);
    o.settle(result)
}

fn packet(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    if v.len() < HEADER {
        o.put((" (packet too short, ", v.len(), " < ", HEADER, ")"));
        return Err(Stop::Malformed);
    }
    // The link type is read first.
    let (dlt, header) = (v.le32(8)?, v.le32(0)?);
    if (header as usize) < HEADER {
        o.put((" (pkt_len too small, ", header, " < ", HEADER, ")"));
        return Err(Stop::Malformed);
    }
    if header as usize > v.len() {
        o.put((" (pkt_len too big, ", header, " > ", v.len(), ")"));
        return Err(Stop::Malformed);
    }
    let header = header as usize;
    v.check(header)?;
    o.see_all(FIELDS, v);
    o.see_name(id!("pktap.ifname"), v, 12, 24);
    o.see_name(id!("pktap.cmdname"), v, 56, 20);
    o.see_name(id!("pktap.ecmdname"), v, 88, 20);
    if o.opt.link {
        put_header(o, v)?;
    }
    o.link_len += header;
    let inner = v.skip(header);
    match v.le32(4)? {
        RECORD_NONE => o.put("no data"),
        RECORD_PACKET => match ppi::dissector(dlt) {
            Some(dissect) => return ppi::carried(o, inner, below, dissect),
            None => {
                if !o.opt.link {
                    put_header(o, v)?;
                }
                ethernet::default_dump(o, inner);
            }
        },
        _ => {}
    }
    Ok(())
}

fn put_header(o: &mut Out, v: View<'_>) -> Step {
    let dlt = v.le32(8)?;
    let name = o.names.link_type(dlt).unwrap_or("UNKNOWN").to_owned();
    if o.opt.quiet == 0 {
        o.put(("DLT ", Chars(name.as_bytes()), " (", dlt, ") len ", v.le32(0)?));
    } else {
        o.put(Chars(name.as_bytes()));
    }
    o.put((", length ", v.len(), ": "));
    Ok(())
}
