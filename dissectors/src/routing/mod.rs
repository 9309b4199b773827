//! Routing protocols.

pub(crate) mod bfd;
pub(crate) mod bgp;
mod bgp_attributes;
mod bgp_communities;
mod bgp_nlri;
pub(crate) mod carp;
pub(crate) mod dvmrp;
pub(crate) mod eigrp;
pub(crate) mod gmpls;
pub(crate) mod hsrp;
pub(crate) mod igrp;
pub(crate) mod nsap;
pub(crate) mod ospf;
pub(crate) mod ospf3;
mod ospf3_lsa;
mod ospf_lsa;
mod ospf_te;
pub(crate) mod pim;
mod pim_messages;
pub(crate) mod rip;
pub(crate) mod ripng;
pub(crate) mod vrrp;
