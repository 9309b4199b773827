//! DHCP options for the tree (RFC 2132).

use crate::fields::Id;
use crate::out::Out;

const PAD: u8 = 0;
const END: u8 = 255;

const TYPE: Id = Id::of("dhcp.option.type");
const LENGTH: Id = Id::of("dhcp.option.length");

/// How an option's value is noted.
#[derive(Clone, Copy)]
enum Form {
    /// Numbers of so many octets, or addresses of four.
    Numbers(usize),
    Text,
}

const OPTIONS: &[(u8, Id, Form)] = &[
    (1, Id::of("dhcp.option.subnet_mask"), Form::Numbers(4)),
    (3, Id::of("dhcp.option.router"), Form::Numbers(4)),
    (6, Id::of("dhcp.option.domain_name_server"), Form::Numbers(4)),
    (12, Id::of("dhcp.option.hostname"), Form::Text),
    (15, Id::of("dhcp.option.domain_name"), Form::Text),
    (26, Id::of("dhcp.option.interface_mtu"), Form::Numbers(2)),
    (28, Id::of("dhcp.option.broadcast_address"), Form::Numbers(4)),
    (50, Id::of("dhcp.option.requested_ip_address"), Form::Numbers(4)),
    (51, Id::of("dhcp.option.ip_address_lease_time"), Form::Numbers(4)),
    (53, Id::of("dhcp.option.dhcp"), Form::Numbers(1)),
    (54, Id::of("dhcp.option.dhcp_server_id"), Form::Numbers(4)),
    (55, Id::of("dhcp.option.request_list_item"), Form::Numbers(1)),
    (58, Id::of("dhcp.option.renewal_time_value"), Form::Numbers(4)),
    (59, Id::of("dhcp.option.rebinding_time_value"), Form::Numbers(4)),
    (60, Id::of("dhcp.option.vendor_class_id"), Form::Text),
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
        None => {}
    }
}
