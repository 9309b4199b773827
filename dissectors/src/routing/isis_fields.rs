//! IS-IS for the tree (ISO/IEC 10589): headers, and of the options those that most
//! routers send. Wireshark writes system identifiers with dots, as here.

use super::isis::SystemId;
use super::isis_segment_fields as segments;
use crate::field::Slot;
use crate::fields::Id;
use crate::out::Out;
use crate::put::{Ipv4, Ipv6};
use crate::view::{Step, Stop, View};

const COMMON: &[Slot] = &[
    Slot::new("isis.irpd", 0, 1),
    Slot::new("isis.len", 1, 1),
    Slot::new("isis.version", 2, 1),
    Slot::new("isis.sysid_len", 3, 1),
    Slot::new("isis.type", 4, 1).bits(0, 0x1f),
    Slot::new("isis.version2", 5, 1),
    Slot::new("isis.max_area_adr", 7, 1),
];
const COMMON_SIZE: usize = 8;

const HELLO: &[Slot] = &[
    Slot::new("isis.hello.circuit_type", 0, 1).bits(0, 3),
    Slot::new("isis.hello.holding_timer", 7, 2),
    Slot::new("isis.hello.pdu_length", 9, 2),
];
const PRIORITY: &[Slot] = &[Slot::new("isis.hello.priority", 11, 1).bits(0, 0x7f)];
const CIRCUIT: &[Slot] = &[Slot::new("isis.hello.local_circuit_id", 11, 1)];

const LINK_STATE: &[Slot] = &[
    Slot::new("isis.lsp.pdu_length", 0, 2),
    Slot::new("isis.lsp.remaining_life", 2, 2),
    Slot::new("isis.lsp.sequence_number", 12, 4),
    Slot::new("isis.lsp.checksum", 16, 2),
    Slot::new("isis.lsp.partition_repair", 18, 1).bit(7),
    Slot::new("isis.lsp.att", 18, 1).bits(3, 0xf),
    Slot::new("isis.lsp.overload", 18, 1).bit(2),
    Slot::new("isis.lsp.is_type", 18, 1).bits(0, 3),
];

const COMPLETE: &[Slot] = &[Slot::new("isis.csnp.pdu_length", 0, 2), Slot::new("isis.csnp.source_circuit", 8, 1)];
const PARTIAL: &[Slot] = &[Slot::new("isis.psnp.pdu_length", 0, 2), Slot::new("isis.psnp.source_circuit", 8, 1)];
const ENTRY: &[Slot] = &[
    Slot::new("isis.csnp.lsp_remain_life", 0, 2),
    Slot::new("isis.csnp.lsp_seq_num", 10, 4),
    Slot::new("isis.csnp.lsp_checksum", 14, 2),
];

/// The type and the length of an option, by the packet.
const HELLO_OPTION: &[Slot] = &[Slot::new("isis.hello.clv.type", 0, 1), Slot::new("isis.hello.clv.length", 1, 1)];
const LSP_OPTION: &[Slot] = &[Slot::new("isis.lsp.clv.type", 0, 1), Slot::new("isis.lsp.clv.length", 1, 1)];
const CSNP_OPTION: &[Slot] = &[Slot::new("isis.csnp.clv.type", 0, 1), Slot::new("isis.csnp.clv.length", 1, 1)];
const PSNP_OPTION: &[Slot] = &[Slot::new("isis.psnp.clv.type", 0, 1), Slot::new("isis.psnp.clv.length", 1, 1)];

const HELLO_AREA: Id = Id::of("isis.hello.area_address");
const LSP_AREA: Id = Id::of("isis.lsp.area_address");
const HELLO_PROTOCOL: &[Slot] = &[Slot::new("isis.hello.clv_nlpid.nlpid", 0, 1)];
const LSP_PROTOCOL: &[Slot] = &[Slot::new("isis.lsp.clv_nlpid.nlpid", 0, 1)];
const HELLO_ADDRESS: &[Slot] = &[Slot::new("isis.hello.clv_ipv4_int_addr", 0, 4)];
const LSP_ADDRESS: &[Slot] = &[Slot::new("isis.lsp.clv_ipv4_int_addr", 0, 4)];
const HELLO_ADDRESS6: &[Slot] = &[Slot::new("isis.hello.clv_ipv6_int_addr", 0, 16)];
const HELLO_GLOBAL6: &[Slot] = &[Slot::new("isis.hello.clv_ipv6_glb_int_addr", 0, 16)];
const LSP_ADDRESS6: &[Slot] = &[Slot::new("isis.lsp.clv_ipv6_int_addr", 0, 16)];
const NEIGHBOR: &[Slot] = &[Slot::new("isis.hello.is_neighbor", 0, 6)];
const TOPOLOGY: &[Slot] = &[Slot::new("isis.hello.clv_mt", 0, 2)];
const ADJACENCY: &[Slot] =
    &[Slot::new("isis.hello.adjacency_state", 0, 1), Slot::new("isis.hello.extended_local_circuit_id", 1, 4)];
const ADJACENT: &[Slot] = &[Slot::new("isis.hello.neighbor_extended_local_circuit_id", 11, 4)];
const RESTART: &[Slot] = &[
    Slot::new("isis.hello.clv_restart_flags", 0, 1),
    Slot::new("isis.hello.clv_restart_flags.sa", 0, 1).bit(2),
    Slot::new("isis.hello.clv_restart_flags.ra", 0, 1).bit(1),
    Slot::new("isis.hello.clv_restart_flags.rr", 0, 1).bit(0),
    Slot::new("isis.hello.clv_restart.remain_time", 1, 2),
];

/// Before what several topologies have (RFC 5120, section 7).
const TOPOLOGY_ID: &[Slot] = &[Slot::new("isis.lsp.mtid", 0, 2).bits(0, 0x0fff)];
const ROUTER: &[Slot] = &[Slot::new("isis.lsp.clv_te_router_id", 0, 4)];
const CAPABLE: &[Slot] = &[
    Slot::new("isis.lsp.rt_capable.router_id", 0, 4),
    Slot::new("isis.lsp.rt_capable.flag_s", 4, 1).bit(0),
    Slot::new("isis.lsp.rt_capable.flag_d", 4, 1).bit(1),
];
const REACHABLE: &[Slot] = &[
    Slot::new("isis.lsp.ext_is_reachability.metric", 7, 3),
    Slot::new("isis.lsp.ext_is_reachability.subclvs_length", 10, 1),
];
const REACHABLE_OPTION: &[Slot] =
    &[Slot::new("isis.lsp.ext_is_reachability.code", 0, 1), Slot::new("isis.lsp.ext_is_reachability.length", 1, 1)];
const LINK_IDS: &[Slot] = &[
    Slot::new("isis.lsp.ext_is_reachability.link_local_identifier", 0, 4),
    Slot::new("isis.lsp.ext_is_reachability.link_remote_identifier", 4, 4),
];
const INTERFACE: &[Slot] = &[Slot::new("isis.lsp.ext_is_reachability.ipv4_interface_address", 0, 4)];
const PEER: &[Slot] = &[Slot::new("isis.lsp.ext_is_reachability.ipv4_neighbor_address", 0, 4)];
const TE_METRIC: &[Slot] = &[Slot::new("isis.lsp.ext_is_reachability.traffic_engineering_default_metric", 0, 3)];

/// Metrics of one octet: ISO/IEC 10589, section 9.8, for neighbors; RFC 1195, section 5.3, for prefixes.
const OLD_NEIGHBOR: &[Slot] = &[
    Slot::new("isis.lsp.eis_neighbors.default_metric", 0, 1).bits(0, 0x3f),
    Slot::new("isis.lsp.eis_neighbors.default_metric_ie", 0, 1).bit(6),
];
const OLD_PREFIX: &[Slot] = &[
    Slot::new("isis.lsp.ip_reachability.default_metric", 0, 1).bits(0, 0x3f),
    Slot::new("isis.lsp.ip_reachability.default_metric_ie", 0, 1).bit(6),
    Slot::new("isis.lsp.ip_reachability.distribution", 0, 1).bit(7),
    Slot::new("isis.lsp.ip_reachability.ipv4_prefix", 4, 4),
];

const PREFIX4: &[Slot] = &[
    Slot::new("isis.lsp.ext_ip_reachability.metric", 0, 4),
    Slot::new("isis.lsp.ext_ip_reachability.distribution", 4, 1).bit(7),
    Slot::new("isis.lsp.ext_ip_reachability.subtlv", 4, 1).bit(6),
    Slot::new("isis.lsp.ext_ip_reachability.prefix_length", 4, 1).bits(0, 0x3f),
];
const PREFIX6: &[Slot] = &[
    Slot::new("isis.lsp.ipv6_reachability.metric", 0, 4),
    Slot::new("isis.lsp.ipv6_reachability.distribution", 4, 1).bit(7),
    Slot::new("isis.lsp.ipv6_reachability.distribution_internal", 4, 1).bit(6),
    Slot::new("isis.lsp.ipv6_reachability.subtlv", 4, 1).bit(5),
    Slot::new("isis.lsp.ipv6_reachability.prefix_length", 5, 1),
];

/// The packets, by their type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hello,
    LinkState,
    Complete,
    Partial,
}

/// Notes a packet from its identifier on, as far as it is what it should be.
pub(super) fn note(o: &mut Out, v: View<'_>) {
    if o.tree.is_some() {
        let _ends_early = packet(o, v);
    }
}

fn packet(o: &mut Out, v: View<'_>) -> Step {
    o.see_all(COMMON, v);
    let body = v.skip(COMMON_SIZE);
    let (kind, size, length) = match v.u8(4)? & 0x1f {
        value @ (15..=17) => {
            o.see_all(HELLO, body);
            o.note_text(id!("isis.hello.source_id"), SystemId(body.bytes(1, 6)?));
            if value == 17 {
                o.see_all(CIRCUIT, body);
                (Kind::Hello, 12, 9)
            } else {
                o.see_all(PRIORITY, body);
                o.note_text(id!("isis.hello.lan_id"), SystemId(body.bytes(12, 7)?));
                (Kind::Hello, 19, 9)
            }
        }
        18 | 20 => {
            o.see_all(LINK_STATE, body);
            o.note_text(id!("isis.lsp.lsp_id"), SystemId(body.bytes(4, 8)?));
            (Kind::LinkState, 19, 0)
        }
        24 | 25 => {
            o.see_all(COMPLETE, body);
            o.note_text(id!("isis.csnp.source_id"), SystemId(body.bytes(2, 6)?));
            o.note_text(id!("isis.csnp.start_lsp_id"), SystemId(body.bytes(9, 8)?));
            o.note_text(id!("isis.csnp.end_lsp_id"), SystemId(body.bytes(17, 8)?));
            (Kind::Complete, 25, 0)
        }
        26 | 27 => {
            o.see_all(PARTIAL, body);
            o.note_text(id!("isis.psnp.source_id"), SystemId(body.bytes(2, 6)?));
            (Kind::Partial, 9, 0)
        }
        _ => return Ok(()),
    };
    options(o, v.cut(body.u16(length)?.into()).skip(COMMON_SIZE + size), kind)
}

fn options(o: &mut Out, mut v: View<'_>, kind: Kind) -> Step {
    while !v.is_empty() {
        let header = match kind {
            Kind::Hello => HELLO_OPTION,
            Kind::LinkState => LSP_OPTION,
            Kind::Complete => CSNP_OPTION,
            Kind::Partial => PSNP_OPTION,
        };
        o.see_all(header, v);
        let (option, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        let value = v.skip(2).cut(size);
        value.need(size)?;
        match kind {
            Kind::Hello => of_hello(o, option, value)?,
            Kind::LinkState => of_link_state(o, option, value)?,
            Kind::Complete | Kind::Partial if option == 9 => {
                for at in (0..size / 16).map(|row| row * 16) {
                    o.see_all(ENTRY, value.skip(at));
                    o.note_text(id!("isis.csnp.lsp_id"), SystemId(value.bytes(at + 2, 8)?));
                }
            }
            Kind::Complete | Kind::Partial => {}
        }
        v = v.skip(2 + size);
    }
    Ok(())
}

/// Areas, each with its length, which belongs to the value.
fn areas(o: &mut Out, field: Id, mut v: View<'_>) -> Step {
    while !v.is_empty() {
        let size = 1 + usize::from(v.u8(0)?);
        o.note_octets(field, v.bytes(0, size)?);
        v = v.skip(size);
    }
    Ok(())
}

fn of_hello(o: &mut Out, option: u8, v: View<'_>) -> Step {
    match option {
        1 => areas(o, HELLO_AREA, v)?,
        6 => o.see_rows(NEIGHBOR, v, 6),
        10 => segments::authentication(o, v, id!("isis.hello.clv_authentication"))?,
        129 => o.see_rows(HELLO_PROTOCOL, v, 1),
        132 => o.see_rows(HELLO_ADDRESS, v, 4),
        211 => {
            o.see_all(RESTART, v);
            if v.has(9) {
                o.note_text(id!("isis.hello.clv_restart.neighbor"), SystemId(v.bytes(3, 6)?));
            }
        }
        229 => o.see_rows(TOPOLOGY, v, 2),
        232 => o.see_rows(HELLO_ADDRESS6, v, 16),
        233 => o.see_rows(HELLO_GLOBAL6, v, 16),
        240 => {
            o.see_all(ADJACENCY, v);
            if let Ok(neighbor) = v.bytes(5, 6) {
                o.note_text(id!("isis.hello.neighbor_systemid"), SystemId(neighbor));
            }
            o.see_all(ADJACENT, v);
        }
        _ => {}
    }
    Ok(())
}

fn of_link_state(o: &mut Out, option: u8, v: View<'_>) -> Step {
    match option {
        1 => areas(o, LSP_AREA, v)?,
        2 => {
            for at in (1..v.len()).step_by(11) {
                o.see_all(OLD_NEIGHBOR, v.skip(at));
                o.note_text(id!("isis.lsp.eis_neighbors.is_neighbor"), SystemId(v.bytes(at + 4, 7)?));
            }
        }
        10 => segments::authentication(o, v, id!("isis.lsp.authentication"))?,
        13 => segments::purge(o, v)?,
        14 => o.see_all(BUFFER, v),
        22 => reachable(o, v)?,
        128 | 130 => o.see_rows(OLD_PREFIX, v, 12),
        129 => o.see_rows(LSP_PROTOCOL, v, 1),
        132 => o.see_rows(LSP_ADDRESS, v, 4),
        134 => o.see_all(ROUTER, v),
        135 => prefixes4(o, v)?,
        137 => o.note_octets(id!("isis.lsp.hostname"), v.data()),
        138 => segments::risks(o, v)?,
        229 => o.see_rows(LSP_TOPOLOGY, v, 2),
        222 => {
            o.see_all(TOPOLOGY_ID, v);
            reachable(o, v.skip(2))?;
        }
        232 => o.see_rows(LSP_ADDRESS6, v, 16),
        235 => {
            o.see_all(TOPOLOGY_ID, v);
            prefixes4(o, v.skip(2))?;
        }
        236 => prefixes6(o, v)?,
        237 => {
            o.see_all(TOPOLOGY_ID, v);
            prefixes6(o, v.skip(2))?;
        }
        242 => {
            o.see_all(CAPABLE, v);
            segments::capabilities(o, v.skip(5))?;
        }
        _ => {}
    }
    Ok(())
}

/// RFC 5305, section 3.
fn reachable(o: &mut Out, mut v: View<'_>) -> Step {
    const OWN: usize = 11;
    while !v.is_empty() {
        o.note_text(id!("isis.lsp.ext_is_reachability.is_neighbor_id"), SystemId(v.bytes(0, 7)?));
        o.see_all(REACHABLE, v);
        let size = usize::from(v.u8(OWN - 1)?);
        let mut options = v.skip(OWN).cut(size);
        while !options.is_empty() {
            o.see_all(REACHABLE_OPTION, options);
            let (code, size) = (options.u8(0)?, usize::from(options.u8(1)?));
            let value = options.skip(2).cut(size);
            match code {
                4 => o.see_all(LINK_IDS, value),
                6 => o.see_all(INTERFACE, value),
                8 => o.see_all(PEER, value),
                18 => o.see_all(TE_METRIC, value),
                _ => segments::link(o, code, value)?,
            }
            options = options.skip(2 + size);
        }
        v = v.skip(OWN + size);
    }
    Ok(())
}

/// RFC 5305, section 4.
fn prefixes4(o: &mut Out, mut v: View<'_>) -> Step {
    const HAS_OPTIONS: u8 = 0x40;
    while !v.is_empty() {
        o.see_all(PREFIX4, v);
        let control = v.u8(4)?;
        let mut address = [0; 4];
        let size = usize::from(control & 0x3f).div_ceil(8);
        address.get_mut(..size).ok_or(Stop::Malformed)?.copy_from_slice(v.bytes(5, size)?);
        o.note(id!("isis.lsp.ext_ip_reachability.ipv4_prefix"), Ipv4(address));
        v = v.skip(5 + size);
        v = v.skip(prefix_options(
            o,
            v,
            control & HAS_OPTIONS != 0,
            Id::of("isis.lsp.ext_ip_reachability.subclvs_length"),
        )?);
    }
    Ok(())
}

/// RFC 5308, section 2.
fn prefixes6(o: &mut Out, mut v: View<'_>) -> Step {
    const HAS_OPTIONS: u8 = 0x20;
    while !v.is_empty() {
        o.see_all(PREFIX6, v);
        let control = v.u8(4)?;
        let mut address = [0; 16];
        let size = usize::from(v.u8(5)?).div_ceil(8);
        address.get_mut(..size).ok_or(Stop::Malformed)?.copy_from_slice(v.bytes(6, size)?);
        o.note(id!("isis.lsp.ipv6_reachability.ipv6_prefix"), Ipv6(address));
        v = v.skip(6 + size);
        v = v.skip(prefix_options(
            o,
            v,
            control & HAS_OPTIONS != 0,
            Id::of("isis.lsp.ipv6_reachability.subclvs_length"),
        )?);
    }
    Ok(())
}

/// The options of a prefix, if it has any; their octets. Wireshark has the length
/// of none under one name for both families.
fn prefix_options(o: &mut Out, v: View<'_>, has: bool, length: Id) -> Step<usize> {
    if !has {
        o.note(id!("isis.lsp.ext_ip_reachability.subclvs_length"), 0_u8);
        return Ok(0);
    }
    let size = v.u8(0)?;
    o.note(length, size);
    let mut options = v.skip(1).cut(size.into());
    while !options.is_empty() {
        o.see_all(PREFIX_OPTION, options);
        let (code, size) = (options.u8(0)?, usize::from(options.u8(1)?));
        segments::prefix(o, code, options.skip(2).cut(size));
        options = options.skip(2 + size);
    }
    Ok(1 + usize::from(size))
}

const BUFFER: &[Slot] = &[Slot::new("isis.lsp.originating_lsp_buffer_size", 0, 2)];
const LSP_TOPOLOGY: &[Slot] = &[Slot::new("isis.lsp.clv_mt", 0, 2)];
const PREFIX_OPTION: &[Slot] =
    &[Slot::new("isis.lsp.ext_ip_reachability.code", 0, 1), Slot::new("isis.lsp.ext_ip_reachability.length", 1, 1)];
