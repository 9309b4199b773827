//! IP over IEEE 1394 with the header of Apple's captures.

use crate::below::{Below, Station};
use crate::field::Slot;
use crate::link::ethernet;
use crate::out::Out;
use crate::put::Eui64;
use crate::registry;
use crate::view::{Step, View};

/// Octets of the header: two EUI-64 and an Ethertype.
const HEADER: usize = 18;

const FIELDS: &[Slot] =
    &[Slot::new("ap1394.dst", 0, 8), Slot::new("ap1394.src", 8, 8), Slot::new("ap1394.type", 16, 2)];

/// The frame entry.
pub(crate) fn frame(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ap1394";
    v.need(HEADER)?;
    o.link_len += HEADER;
    o.see_all(FIELDS, v);
    if o.opt.link {
        put_header(o, v)?;
    }
    let inner = v.skip(HEADER);
    let (source, destination) = stations(v)?;
    let below = &Below { source: Some(source), destination: Some(destination), ..*below };
    match registry::ethertype(v.u16(16)?) {
        Some(dissect) => dissect(o, inner, below),
        None => {
            if !o.opt.link {
                put_header(o, v)?;
            }
            ethernet::default_dump(o, inner);
            Ok(())
        }
    }
}

/// Source and destination.
fn stations(v: View<'_>) -> Step<(Station, Station)> {
    Ok((Station::Eui64(Eui64(v.array(8)?)), Station::Eui64(Eui64(v.array(0)?))))
}

fn put_header(o: &mut Out, v: View<'_>) -> Step {
    let ethertype = v.u16(16)?;
    let (source, destination) = stations(v)?;
    o.put((source, " > ", destination, ", "));
    ethernet::put_type(o, ethertype);
    o.put((", length ", v.len(), ": "));
    Ok(())
}
