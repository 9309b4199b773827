//! DHCP options for the tree (RFC 2132).

use crate::fields::Id;
use crate::out::Out;
use crate::put::Mac;

const PAD: u8 = 0;
const END: u8 = 255;

const TYPE: Id = Id::of("dhcp.option.type");
const LENGTH: Id = Id::of("dhcp.option.length");

/// How an option's value is noted.
#[derive(Clone, Copy)]
enum Form {
    /// Numbers of so many octets, or addresses of four.
    Numbers(usize),
    /// A signed number of four octets.
    Signed,
    Text,
    /// Whole names (RFC 4702, section 2).
    Name,
    /// A type and an identifier (RFC 2132, section 9.14).
    Client,
    /// Options of the relay (RFC 3046).
    Relay,
}

/// Octets of flags before a client's name.
const NAME_FLAGS: usize = 3;

const OPTIONS: &[(u8, Id, Form)] = &[
    (1, Id::of("dhcp.option.subnet_mask"), Form::Numbers(4)),
    (2, Id::of("dhcp.option.time_offset"), Form::Signed),
    (3, Id::of("dhcp.option.router"), Form::Numbers(4)),
    (6, Id::of("dhcp.option.domain_name_server"), Form::Numbers(4)),
    (12, Id::of("dhcp.option.hostname"), Form::Text),
    (15, Id::of("dhcp.option.domain_name"), Form::Text),
    (26, Id::of("dhcp.option.interface_mtu"), Form::Numbers(2)),
    (28, Id::of("dhcp.option.broadcast_address"), Form::Numbers(4)),
    (42, Id::of("dhcp.option.ntp_server"), Form::Numbers(4)),
    (44, Id::of("dhcp.option.netbios_over_tcpip_name_server"), Form::Numbers(4)),
    (46, Id::of("dhcp.option.netbios_over_tcpip_node_type"), Form::Numbers(1)),
    (50, Id::of("dhcp.option.requested_ip_address"), Form::Numbers(4)),
    (51, Id::of("dhcp.option.ip_address_lease_time"), Form::Numbers(4)),
    (52, Id::of("dhcp.option.option_overload"), Form::Numbers(1)),
    (53, Id::of("dhcp.option.dhcp"), Form::Numbers(1)),
    (54, Id::of("dhcp.option.dhcp_server_id"), Form::Numbers(4)),
    (55, Id::of("dhcp.option.request_list_item"), Form::Numbers(1)),
    (56, Id::of("dhcp.option.message"), Form::Text),
    (57, Id::of("dhcp.option.dhcp_max_message_size"), Form::Numbers(2)),
    (58, Id::of("dhcp.option.renewal_time_value"), Form::Numbers(4)),
    (59, Id::of("dhcp.option.rebinding_time_value"), Form::Numbers(4)),
    (60, Id::of("dhcp.option.vendor_class_id"), Form::Text),
    (61, Id::of("dhcp.hw.mac_addr"), Form::Client),
    (66, Id::of("dhcp.option.tftp_server_name"), Form::Text),
    (67, Id::of("dhcp.option.bootfile_name"), Form::Text),
    (81, Id::of("dhcp.fqdn.name"), Form::Name),
    (82, Id::of("dhcp.option.agent_information_option.suboption"), Form::Relay),
    (93, Id::of("dhcp.option.client_system_architecture"), Form::Numbers(2)),
    (100, Id::of("dhcp.option.tz_pcode"), Form::Text),
    (101, Id::of("dhcp.option.tz_tcode"), Form::Text),
    (114, Id::of("dhcp.option.captive_portal"), Form::Text),
    (118, Id::of("dhcp.option.subnet_selection_option"), Form::Numbers(4)),
    (150, Id::of("dhcp.option.tftp_server_address"), Form::Numbers(4)),
];

/// Notes the options, as far as they are whole.
pub(crate) fn note(o: &mut Out, options: &[u8]) {
    let mut rest = options;
    while let [kind, after @ ..] = rest {
        o.note(TYPE, *kind);
        match (*kind, after) {
            (END, _) => return,
            (PAD, _) => rest = after,
            (kind, [size, after @ ..]) => {
                o.note(LENGTH, *size);
                let Some((value, after)) = after.split_at_checked((*size).into()) else { return };
                option(o, kind, value);
                rest = after;
            }
            _ => return,
        }
    }
}

fn option(o: &mut Out, kind: u8, value: &[u8]) {
    match OPTIONS.iter().find(|row| row.0 == kind) {
        Some(&(_, field, Form::Text)) => o.note_octets(field, value.strip_suffix(b"\0").unwrap_or(value)),
        Some(&(_, field, Form::Numbers(size))) => {
            for octets in value.chunks_exact(size) {
                o.note(field, octets.iter().fold(0_u64, |sum, &octet| sum << 8 | u64::from(octet)));
            }
        }
        Some(&(_, field, Form::Signed)) => {
            if let Ok(octets) = <[u8; 4]>::try_from(value) {
                o.note(field, i64::from(i32::from_be_bytes(octets)));
            }
        }
        Some(&(_, field, Form::Name)) => {
            let (Some(flags), Some(name)) = (value.first(), value.get(NAME_FLAGS..)) else { return };
            o.note(id!("dhcp.fqdn.flags"), *flags);
            o.note_octets(field, name);
        }
        Some(&(_, field, Form::Client)) => {
            const ETHERNET: u8 = 1;
            let Some((&kind, identifier)) = value.split_first() else { return };
            match <[u8; 6]>::try_from(identifier) {
                Ok(address) if kind == ETHERNET => {
                    o.note(id!("dhcp.hw.type"), kind);
                    o.note(field, Mac(address));
                }
                _ if kind == 0 => o.note(id!("dhcp.client_id.type"), kind),
                _ => {}
            }
        }
        Some(&(_, field, Form::Relay)) => relay(o, field, value),
        None => {}
    }
}

fn relay(o: &mut Out, field: Id, mut rest: &[u8]) {
    while let [kind, size, after @ ..] = rest {
        o.note(field, *kind);
        let Some((value, after)) = after.split_at_checked((*size).into()) else { return };
        match kind {
            1 => o.note_octets(id!("dhcp.option.agent_information_option.agent_circuit_id"), value),
            2 => o.note_octets(id!("dhcp.option.agent_information_option.agent_remote_id"), value),
            _ => {}
        }
        rest = after;
    }
}
