//! Network layers.

pub(crate) mod appletalk;
mod appletalk_fields;
pub(crate) mod arp;
pub(crate) mod decnet;
pub(crate) mod icmp;
pub(crate) mod icmp6;
mod icmp6_fields;
mod icmp6_information;
mod icmp6_multicast;
mod icmp6_neighbor;
mod icmp6_option_fields;
mod icmp6_renumbering;
mod icmp6_rpl;
mod icmp6_rpl_fields;
mod icmp_extension;
mod icmp_extension_fields;
mod icmp_fields;
pub(crate) mod igmp;
pub(crate) mod ipv4;
mod ipv4_fields;
pub(crate) mod ipv6;
mod ipv6_fields;
mod ipv6_options;
mod ipv6_routing;
pub(crate) mod ipx;
mod ipx_services;
mod mobility;
