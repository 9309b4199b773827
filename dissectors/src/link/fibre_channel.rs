//! IP over Fibre Channel (RFC 2625): the Network_Header and LLC.

use crate::below::{Below, Station};
use crate::link::llc;
use crate::out::Out;
use crate::put::{Eui64, Mac};
use crate::view::{Step, View};

/// Octets of the header: two network addresses, each two octets and a MAC.
const HEADER: usize = 16;

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ipfc";
    v.need(HEADER)?;
    let (destination, source) = (Mac(v.array(2)?), Mac(v.array(10)?));
    o.note_text(id!("ipfc.nh.da"), Eui64(v.array(0)?));
    o.note_text(id!("ipfc.nh.sa"), Eui64(v.array(8)?));
    if o.opt.link {
        o.put((source, " > ", destination, ", length ", v.len(), ": "));
    }
    let below = Below { source: Some(Station::Mac(source)), destination: Some(Station::Mac(destination)), ..*below };
    let header = llc::dissect_or_dump(o, v.skip(HEADER), &below)?;
    o.link_len += HEADER + header;
    Ok(())
}
