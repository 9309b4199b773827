//! Novell IPX with its service advertising (SAP) and routing (RIP) protocols.

use crate::below::Below;
use crate::field::{Field, Slot};
use crate::network::ipx_services::SERVICES;
use crate::out::Out;
use crate::put::{Hex, Hex4, Hex8, Put, lookup};
use crate::routing::eigrp;
use crate::view::{Step, Stop, View};

/// Octets of the header.
const HEADER: usize = 30;

const LENGTH: Field<u16> = Field::new("ipx.len", 2);
const DESTINATION: usize = 6;
const DESTINATION_SOCKET: Field<u16> = Field::new("ipx.dst.socket", 16);
const SOURCE: usize = 18;
const SOURCE_SOCKET: Field<u16> = Field::new("ipx.src.socket", 28);

/// The tree's other fields.
const FIELDS: &[Slot] = &[
    Slot::new("ipx.checksum", 0, 2),
    Slot::new("ipx.hops", 4, 1),
    Slot::new("ipx.packet_type", 5, 1),
    Slot::new("ipx.dst.net", DESTINATION, 4),
    Slot::new("ipx.dst.node", DESTINATION + 4, 6),
    Slot::new("ipx.src.net", SOURCE, 4),
    Slot::new("ipx.src.node", SOURCE + 4, 6),
];
/// Of service advertising, behind the command.
const SERVICE_TYPE: &[Slot] = &[Slot::new("ipxsap.server.type", 0, 2)];
const SERVICE: &[Slot] = &[
    Slot::new("ipxsap.server.type", 0, 2),
    Slot::new("ipxsap.server.name", 2, 48),
    Slot::new("ipxsap.server.network", 50, 4),
    Slot::new("ipxsap.server.node", 54, 6),
    Slot::new("ipxsap.server.socket", 60, 2),
    Slot::new("ipxsap.server.intermediate_networks", 62, 2),
];
const SERVICE_SIZE: usize = 64;
/// Of routing.
const ROUTE: &[Slot] =
    &[Slot::new("ipxrip.route_vector", 0, 4), Slot::new("ipxrip.hops", 4, 2), Slot::new("ipxrip.ticks", 6, 2)];
const ROUTE_SIZE: usize = 8;

/// An IPX datagram behind its Ethertype.
pub(crate) fn ethernet_ii(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.put("(NOV-ETHII) ");
    dissect(o, v, below)
}

/// An IPX datagram.
pub(crate) fn dissect(o: &mut Out, v: View<'_>, below: &Below<'_>) -> Step {
    o.proto = "ipx";
    o.see_all(FIELDS, v);
    if !o.opt.link {
        o.put("IPX ");
    }
    o.put((address(v, SOURCE)?, ".", socket(v, SOURCE_SOCKET)?, " > "));
    o.put((address(v, DESTINATION)?, ".", socket(v, DESTINATION_SOCKET)?, ": "));
    let length = usize::from(v.get(LENGTH)?);
    o.note(LENGTH, length);
    if length < HEADER {
        o.put(("[length ", length, " < ", HEADER, "]"));
        o.invalid();
        return Ok(());
    }
    let data = v.skip(HEADER).claim(length - HEADER);
    match v.get(DESTINATION_SOCKET)? {
        0x0451 => o.put(("ipx-ncp ", data.len())),
        0x0452 => {
            let result = services(o, data);
            return o.settle(result);
        }
        0x0453 => {
            let result = routes(o, data);
            return o.settle(result);
        }
        0x0455 => o.put(("ipx-netbios ", data.len())),
        0x0456 => o.put(("ipx-diags ", data.len())),
        0x0553 => o.put(("ipx-nwlink-dgm ", data.len())),
        0x85be => return eigrp::dissect(o, data, below),
        number => o.put(("ipx-#", Hex(number), " ", data.len())),
    }
    Ok(())
}

fn socket(v: View<'_>, field: Field<u16>) -> Step<impl Put> {
    let number = v.get(field)?;
    Ok(field.text(number, Hex4(number)))
}

/// A network and a node.
fn address(v: View<'_>, at: usize) -> Step<Address> {
    Ok(Address(v.u32(at)?, v.array(at + 4)?))
}

struct Address(u32, [u8; 6]);

impl Put for Address {
    fn put(self, o: &mut Out) {
        o.put((Hex8(self.0), "."));
        o.line.mac(self.1);
    }
}

/// What follows the next `n` octets, which must be claimed.
fn after<'p>(v: View<'p>, n: usize) -> Step<View<'p>> {
    if v.len() < n { Err(Stop::Malformed) } else { Ok(v.skip(n)) }
}

/// The command of a packet, and what follows it.
fn command<'p>(o: &mut Out, v: View<'p>) -> Step<(u16, View<'p>)> {
    let command = v.u16(0)?;
    if v.len() < 2 {
        o.put((" [length ", v.len(), " < 2]"));
    }
    Ok((command, after(v, 2)?))
}

/// A service advertising packet.
fn services(o: &mut Out, v: View<'_>) -> Step {
    let (command, mut rest) = command(o, v)?;
    o.note(id!("ipxsap.packet_type"), command);
    match command {
        1 | 3 => {
            o.see_all(SERVICE_TYPE, rest);
            o.put(if command == 1 { "ipx-sap-req" } else { "ipx-sap-nearest-req" });
            service(o, rest)?;
        }
        2 | 4 => {
            o.see_rows(SERVICE, rest, SERVICE_SIZE);
            o.put(if command == 2 { "ipx-sap-resp" } else { "ipx-sap-nearest-resp" });
            for _ in 0..8 {
                if rest.is_empty() {
                    break;
                }
                rest.need(2)?;
                let name = after(rest, 2)?;
                service(o, rest)?;
                o.put(" '");
                if name.len() < 48 {
                    o.put("'");
                    return Err(Stop::Malformed);
                }
                o.text_to_nul(name, 48)?;
                o.put("'");
                let place = name.skip(48);
                place.need(10)?;
                let route = after(place, 10)?;
                o.put((" addr ", address(place, 0)?));
                route.need(4)?;
                rest = after(route, 4)?;
            }
        }
        _ => o.put(("ipx-sap-?", Hex(command))),
    }
    Ok(())
}

/// The type of a service behind a space.
fn service(o: &mut Out, v: View<'_>) -> Step {
    let kind = v.u16(0)?;
    o.put(" ");
    match lookup(SERVICES, kind.into()) {
        Some(name) if o.opt.numeric == 0 => o.put(name),
        _ => o.put(Hex4(kind)),
    }
    Ok(())
}

/// A routing packet.
fn routes(o: &mut Out, v: View<'_>) -> Step {
    let (command, mut rest) = command(o, v)?;
    o.note(id!("ipxrip.packet_type"), command);
    o.see_rows(ROUTE, rest, ROUTE_SIZE);
    let limit = match command {
        1 => 1,
        2 => 50,
        _ => {
            o.put(("ipx-rip-?", Hex(command)));
            return Ok(());
        }
    };
    o.put(if command == 1 { "ipx-rip-req" } else { "ipx-rip-resp" });
    for _ in 0..limit {
        if rest.is_empty() {
            break;
        }
        let next = after(rest, 8)?;
        o.put((" ", Hex8(rest.u32(0)?), "/", rest.u16(4)?, ".", rest.u16(6)?));
        rest = next;
    }
    Ok(())
}
