//! ICMP for the tree: RFC 792, RFC 950 (appendix I), RFC 1256, RFC 1191, Mobile IP's
//! advertisements (RFC 5944, section 2.1) and extended echoes (RFC 8335).

use crate::field::Slot;
use crate::fields::Id;
use crate::network::icmp_extension_fields;
use crate::out::Out;
use crate::view::View;

const ECHO_REPLY: u8 = 0;
const UNREACHABLE: u8 = 3;
const REDIRECT: u8 = 5;
const ECHO: u8 = 8;
const ROUTER_ADVERTISEMENT: u8 = 9;
const TIME_EXCEEDED: u8 = 11;
const PARAMETER_PROBLEM: u8 = 12;
const TIMESTAMP: u8 = 13;
const TIMESTAMP_REPLY: u8 = 14;
const MASK_REQUEST: u8 = 17;
const MASK_REPLY: u8 = 18;
const EXTENDED_ECHO: u8 = 42;
const EXTENDED_ECHO_REPLY: u8 = 43;
/// The code of a datagram that may not be fragmented and must.
const FRAGMENTATION_NEEDED: u8 = 4;

const CHECKSUM: [Slot; 1] = [Slot::new("icmp.checksum", 2, 2)];
const NUMBERS: [Slot; 4] = [
    Slot::new("icmp.ident", 4, 2),
    Slot::new("icmp.ident_le", 4, 2).little(),
    Slot::new("icmp.seq", 6, 2),
    Slot::new("icmp.seq_le", 6, 2).little(),
];
const TIMES: [Slot; 3] = [
    Slot::new("icmp.originate_timestamp", 8, 4),
    Slot::new("icmp.receive_timestamp", 12, 4),
    Slot::new("icmp.transmit_timestamp", 16, 4),
];
const MASK: [Slot; 1] = [Slot::new("icmp.address_mask", 8, 4)];
const NEXT_MTU: [Slot; 1] = [Slot::new("icmp.mtu", 6, 2)];
const GATEWAY: [Slot; 1] = [Slot::new("icmp.redir_gw", 4, 4)];
const POINTER: [Slot; 1] = [Slot::new("icmp.pointer", 4, 1)];
/// In units of four octets.
const LENGTH: [Slot; 1] = [Slot::new("icmp.length", 5, 1)];
const ORIGINAL_LENGTH: Id = Id::of("icmp.length.original_datagram");

const ROUTERS: [Slot; 3] =
    [Slot::new("icmp.num_addrs", 4, 1), Slot::new("icmp.addr_entry_size", 5, 1), Slot::new("icmp.lifetime", 6, 2)];
const ROUTER: [Slot; 2] = [Slot::new("icmp.router_address", 0, 4), Slot::new("icmp.pref_level", 4, 4)];

const MOBILITY_AGENT: u8 = 16;
const PREFIX_LENGTHS: u8 = 19;
const CHALLENGE: u8 = 24;
const AGENT_TYPE: [Slot; 1] = [Slot::new("icmp.mip.type", 0, 1)];
const AGENT_LENGTH: [Slot; 1] = [Slot::new("icmp.mip.length", 1, 1)];
const AGENT: [Slot; 13] = [
    Slot::new("icmp.mip.seq", 2, 2),
    Slot::new("icmp.mip.life", 4, 2),
    Slot::new("icmp.mip.flags", 6, 2),
    Slot::new("icmp.mip.r", 6, 2).bit(15),
    Slot::new("icmp.mip.b", 6, 2).bit(14),
    Slot::new("icmp.mip.h", 6, 2).bit(13),
    Slot::new("icmp.mip.f", 6, 2).bit(12),
    Slot::new("icmp.mip.m", 6, 2).bit(11),
    Slot::new("icmp.mip.g", 6, 2).bit(10),
    Slot::new("icmp.mip.v", 6, 2).bit(9),
    Slot::new("icmp.mip.rt", 6, 2).bit(8),
    Slot::new("icmp.mip.u", 6, 2).bit(7),
    Slot::new("icmp.mip.x", 6, 2).bit(6),
];
const CARE_OF: [Slot; 1] = [Slot::new("icmp.mip.coa", 0, 4)];
const AGENT_PREFIX: [Slot; 1] = [Slot::new("icmp.mip.prefixlength", 0, 1)];
const AGENT_CHALLENGE: Id = Id::of("icmp.mip.challenge");

const PROBE: [Slot; 4] = [
    Slot::new("icmp.ident", 4, 2),
    Slot::new("icmp.ident_le", 4, 2).little(),
    Slot::new("icmp.ext.echo.seq", 6, 1),
    Slot::new("icmp.ext.echo.req.local", 7, 1).bit(0),
];
const PROBED: [Slot; 7] = [
    Slot::new("icmp.ident", 4, 2),
    Slot::new("icmp.ident_le", 4, 2).little(),
    Slot::new("icmp.ext.echo.seq", 6, 1),
    Slot::new("icmp.ext.echo.rsp.state", 7, 1).bits(5, 7),
    Slot::new("icmp.ext.echo.rsp.active", 7, 1).bit(2),
    Slot::new("icmp.ext.echo.rsp.ipv4", 7, 1).bit(1),
    Slot::new("icmp.ext.echo.rsp.ipv6", 7, 1).bit(0),
];

/// Octets before what depends on the type.
const HEADER: usize = 8;

/// Notes a message of a type.
pub(crate) fn note(o: &mut Out, v: View<'_>, kind: u8, code: u8) {
    if o.tree.is_none() {
        return;
    }
    o.see_all(&CHECKSUM, v);
    match kind {
        ECHO | ECHO_REPLY | TIMESTAMP..=MASK_REPLY => o.see_all(&NUMBERS, v),
        UNREACHABLE if code == FRAGMENTATION_NEEDED => o.see_all(&NEXT_MTU, v),
        PARAMETER_PROBLEM => o.see_all(&POINTER, v),
        REDIRECT => o.see_all(&GATEWAY, v),
        ROUTER_ADVERTISEMENT => advertisement(o, v),
        EXTENDED_ECHO => {
            o.see_all(&PROBE, v);
            icmp_extension_fields::note(o, v.skip(HEADER));
        }
        EXTENDED_ECHO_REPLY => o.see_all(&PROBED, v),
        _ => {}
    }
    match kind {
        TIMESTAMP | TIMESTAMP_REPLY => o.see_all(&TIMES, v),
        MASK_REQUEST | MASK_REPLY => o.see_all(&MASK, v),
        UNREACHABLE | TIME_EXCEEDED | PARAMETER_PROBLEM => extension(o, v),
        _ => {}
    }
}

/// The extension behind the quoted datagram (RFC 4884, section 5.1). Without its length there
/// is one behind 128 octets, if the datagram is no longer.
fn extension(o: &mut Out, v: View<'_>) {
    const QUOTED: usize = 128;
    let Ok(words) = v.u8(5) else { return };
    let mut quoted = usize::from(words) * 4;
    if words != 0 {
        o.see_all(&LENGTH, v);
        o.note(ORIGINAL_LENGTH, quoted);
    } else if v.u16(HEADER + 2).is_ok_and(|length| usize::from(length) <= QUOTED) {
        quoted = QUOTED;
    } else {
        return;
    }
    icmp_extension_fields::note(o, v.skip(HEADER + quoted));
}

fn advertisement(o: &mut Out, v: View<'_>) {
    o.see_all(&ROUTERS, v);
    let (Ok(count), Ok(2)) = (v.u8(4), v.u8(5)) else { return };
    let routers = v.skip(HEADER).cut(usize::from(count) * 8);
    o.see_rows(&ROUTER, routers, 8);
    let mut rest = v.skip(HEADER + usize::from(count) * 8);
    while let Ok(kind) = rest.u8(0) {
        o.see_all(&AGENT_TYPE, rest);
        let mut size = 1;
        // A type of zero is padding.
        if kind != 0 {
            let Ok(length) = rest.u8(1) else { return };
            o.see_all(&AGENT_LENGTH, rest);
            size = 2 + usize::from(length);
            agent(o, rest.cut(size), kind);
        }
        rest = rest.skip(size);
    }
}

/// An extension of mobility agents.
fn agent(o: &mut Out, v: View<'_>, kind: u8) {
    match kind {
        MOBILITY_AGENT => {
            o.see_all(&AGENT, v);
            o.see_rows(&CARE_OF, v.skip(8), 4);
        }
        PREFIX_LENGTHS => o.see_rows(&AGENT_PREFIX, v.skip(2), 1),
        CHALLENGE => o.note_octets(AGENT_CHALLENGE, v.skip(2).data()),
        _ => {}
    }
}
