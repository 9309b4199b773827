//! Tunnels: protocols that carry others.

pub(crate) mod geneve;
pub(crate) mod gre;
mod gre_fields;
pub(crate) mod gtp_fields;
pub(crate) mod ipcomp;
pub(crate) mod l2tp;
mod l2tp_attributes;
mod l2tp_fields;
pub(crate) mod lisp;
pub(crate) mod mobile_ip;
pub(crate) mod mpls;
pub(crate) mod nhrp;
pub(crate) mod nsh;
pub(crate) mod vxlan;
