//! ICMPv6 for the tree: echoes and neighbour discovery (RFC 4861).

use crate::field::Field;
use crate::fields::Id;
use crate::network::icmp6::{CHECKSUM, ID, SEQUENCE};
use crate::out::Out;
use crate::put::Ipv6;
use crate::view::View;

const ECHO: u8 = 128;
const ECHO_REPLY: u8 = 129;
const ROUTER_SOLICITATION: u8 = 133;
const ROUTER_ADVERTISEMENT: u8 = 134;
const NEIGHBOR_SOLICITATION: u8 = 135;
const NEIGHBOR_ADVERTISEMENT: u8 = 136;

const HOP_LIMIT: Field<u8> = Field::new("icmpv6.nd.ra.cur_hop_limit", 4);
const MANAGED: Field<u8> = Field::bits("icmpv6.nd.ra.flag.m", 5, 7, 1);
const OTHER: Field<u8> = Field::bits("icmpv6.nd.ra.flag.o", 5, 6, 1);
const LIFETIME: Field<u16> = Field::new("icmpv6.nd.ra.router_lifetime", 6);
const REACHABLE: Field<u32> = Field::new("icmpv6.nd.ra.reachable_time", 8);
const RETRANSMISSION: Field<u32> = Field::new("icmpv6.nd.ra.retrans_timer", 12);
const SOLICITED: Field<Ipv6> = Field::new("icmpv6.nd.ns.target_address", 8);
const ROUTER: Field<u8> = Field::bits("icmpv6.nd.na.flag.r", 4, 7, 1);
const ANSWER: Field<u8> = Field::bits("icmpv6.nd.na.flag.s", 4, 6, 1);
const OVERRIDE: Field<u8> = Field::bits("icmpv6.nd.na.flag.o", 4, 5, 1);
const ADVERTISED: Field<Ipv6> = Field::new("icmpv6.nd.na.target_address", 8);

const TYPE: Field<u8> = Field::new("icmpv6.opt.type", 0);
/// In units of eight octets.
const LENGTH: Field<u8> = Field::new("icmpv6.opt.length", 1);
const PREFIX_LENGTH: Field<u8> = Field::new("icmpv6.opt.prefix.length", 2);
const PREFIX: Field<Ipv6> = Field::new("icmpv6.opt.prefix", 16);
const MTU: Field<u32> = Field::new("icmpv6.opt.mtu", 4);
const LINK_ADDRESS: Id = Id::of("icmpv6.opt.linkaddr");

/// Notes a message of a type.
pub(crate) fn note(o: &mut Out, v: View<'_>, kind: u8) {
    o.see(CHECKSUM, v);
    let options = match kind {
        ECHO | ECHO_REPLY => {
            o.see(ID, v);
            o.see(SEQUENCE, v);
            return;
        }
        ROUTER_SOLICITATION => 8,
        ROUTER_ADVERTISEMENT => {
            for flag in [HOP_LIMIT, MANAGED, OTHER] {
                o.see(flag, v);
            }
            o.see(LIFETIME, v);
            o.see(REACHABLE, v);
            o.see(RETRANSMISSION, v);
            16
        }
        NEIGHBOR_SOLICITATION => {
            o.see(SOLICITED, v);
            24
        }
        NEIGHBOR_ADVERTISEMENT => {
            for flag in [ROUTER, ANSWER, OVERRIDE] {
                o.see(flag, v);
            }
            o.see(ADVERTISED, v);
            24
        }
        _ => return,
    };
    let mut rest = v.skip(options);
    while let (Ok(kind), Ok(units @ 1..)) = (rest.get(TYPE), rest.get(LENGTH)) {
        let size = usize::from(units) * 8;
        if size > rest.caplen() {
            return;
        }
        o.see(TYPE, rest);
        o.see(LENGTH, rest);
        match kind {
            // The addresses of the source and of the target.
            1 | 2 => o.note_octets(LINK_ADDRESS, rest.cut(size).skip(2).data()),
            3 => {
                o.see(PREFIX_LENGTH, rest);
                o.see(PREFIX, rest);
            }
            5 => o.see(MTU, rest),
            _ => {}
        }
        rest = rest.skip(size);
    }
}
