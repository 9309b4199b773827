//! The options of DHCP and DHCPv6 that HNCP carries (RFC 7788, section 10.2.2).

use super::hncp::line;
use crate::naming::dns_names::{self, Message};
use crate::out::Out;
use crate::put::{Ipv4, Ipv6, Table, named};
use crate::view::{Step, Stop, View};

const DNS_SERVERS: u8 = 6;
const NTP_SERVERS: u8 = 42;
const DOMAIN_SEARCH: u8 = 119;
const NAMES: Table = &[(6, "DNS-server"), (42, "NTP-server"), (119, "DNS-search")];

const DNS_SERVERS6: u16 = 23;
const DOMAIN_LIST6: u16 = 24;
const SNTP_SERVERS6: u16 = 31;
const NAMES6: Table = &[(23, "DNS-server"), (24, "DNS-search-list"), (31, "SNTP-servers")];

/// Options of DHCP in `left` octets; false where they make no sense.
pub(super) fn dhcp(o: &mut Out, mut v: View<'_>, mut left: usize, depth: usize) -> Step<bool> {
    while left > 0 {
        if left < 2 {
            return Ok(false);
        }
        let (kind, size) = (v.u8(0)?, usize::from(v.u8(1)?));
        (v, left) = (v.skip(2), left - 2);
        line(o, depth);
        o.put((named(NAMES, kind, "Unknown"), " (", size + 2, ")"));
        if left < size {
            return Ok(false);
        }
        match kind {
            DNS_SERVERS | NTP_SERVERS => {
                if size < 4 || !size.is_multiple_of(4) {
                    return Ok(false);
                }
                for at in (0..size).step_by(4) {
                    o.put((" ", Ipv4(v.array(at)?)));
                }
            }
            DOMAIN_SEARCH if !domains(o, v, size)? => return Ok(false),
            _ => {}
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}

/// Options of DHCPv6 in `left` octets; false where they make no sense.
pub(super) fn dhcp6(o: &mut Out, mut v: View<'_>, mut left: usize, depth: usize) -> Step<bool> {
    while left > 0 {
        if left < 4 {
            return Ok(false);
        }
        let (kind, size) = (v.u16(0)?, usize::from(v.u16(2)?));
        (v, left) = (v.skip(4), left - 4);
        line(o, depth);
        o.put((named(NAMES6, kind, "Unknown"), " (", size + 4, ")"));
        if left < size {
            return Ok(false);
        }
        match kind {
            DNS_SERVERS6 | SNTP_SERVERS6 => {
                if !size.is_multiple_of(16) {
                    o.invalid();
                    return Ok(false);
                }
                for at in (0..size).step_by(16) {
                    o.put((" ", Ipv6(v.array(at)?)));
                }
            }
            DOMAIN_LIST6 if !domains(o, v, size)? => return Ok(false),
            _ => {}
        }
        (v, left) = (v.skip(size), left - size);
    }
    Ok(true)
}

/// Domain names in `size` octets, behind which pointers in them count; false where
/// one makes no sense. A bit label that is cut ends the packet.
fn domains(o: &mut Out, v: View<'_>, size: usize) -> Step<bool> {
    let mut names = Message::new(v, false);
    let mut at = 0;
    while at < size {
        o.put(" ");
        match dns_names::put_with_base(o, &mut names, at, size, usize::MAX) {
            Ok(behind) if behind > at => at = behind,
            Err(Stop::Truncated) => return Err(Stop::Truncated),
            _ => return Ok(false),
        }
    }
    Ok(true)
}
